//! The format `rdjson`: the Reviewdog Diagnostic Format, one document.
//!
//! Invariants
//! - Columns count bytes of UTF-8 from 1, whatever the file's encoding; the end of a range is behind it.
//! - What is not known, or not to be told, is left out. What ends a run is a diagnostic too.

use serde::Serialize;

use super::json::text;
use super::{Audience, Names, Output, Spot, extent_of, marked_fields, replacement, statement, words};
use crate::diagnostic::{Argument, Diagnostic, Label, Severity};
use crate::engine::event::{Reporter, RunHeader, Summary};
use crate::engine::verdict::Failure;
use crate::error::Error;
use crate::evaluate::{Finding, RecordFindings};
use crate::source::{Columns, Extent};

const OURSELVES: &str = env!("CARGO_PKG_NAME");

/// Writes the format `rdjson`.
pub struct RdJson {
    output: Output,
    audience: Audience,
    names: Names,
    /// Whether a diagnostic was written, so that the next one needs a comma.
    begun: bool,
}

impl RdJson {
    /// For `audience`, into `output`.
    pub fn new(output: Output, audience: Audience) -> Self {
        Self { output, audience, names: Names::default(), begun: false }
    }

    fn write(&mut self, item: &[u8]) -> Result<(), Error> {
        self.output.write(if self.begun { b",\n  " } else { b"\n  " })?;
        self.begun = true;
        self.output.write(item)
    }
}

#[derive(Serialize)]
struct Item<'a> {
    message: String,
    location: Location<'a>,
    severity: &'static str,
    code: Code,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<Suggestion<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Related<'a>>,
}

#[derive(Serialize)]
struct Code {
    value: String,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<Range>,
}

#[derive(Serialize)]
struct Related<'a> {
    message: String,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Suggestion<'a> {
    range: Range,
    text: &'a str,
}

#[derive(Serialize)]
struct Range {
    start: Place,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<Place>,
}

#[derive(Serialize)]
struct Place {
    line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u64>,
}

impl Range {
    fn new(line: u64, extent: Option<Extent>) -> Self {
        let place = |columns: Option<Columns>| Place { line, column: columns.map(|columns| columns.utf8) };
        let end = extent.and_then(|extent| extent.end);
        Self { start: place(extent.map(|extent| extent.start)), end: end.map(|end| place(Some(end))) }
    }

    /// `None`: a cell of a workbook.
    fn of(label: &Label) -> Option<Self> {
        label.cell.is_none().then(|| Self::new(label.position.line, label.extent))
    }
}

impl<'a> Item<'a> {
    fn new(diagnostic: &'a Diagnostic, audience: Audience, names: &'a Names) -> Self {
        let spot = Spot::new(diagnostic, audience);
        let line = spot.line.filter(|_| spot.cell.is_none());
        let mut message = statement(diagnostic, audience);
        let fields = marked_fields(diagnostic);
        if !fields.is_empty() {
            message = format!("{message} [{}]", fields.join(", "));
        }
        let suggested = replacement(diagnostic, audience);
        let suggestion = suggested.and_then(|(label, fix)| {
            // Without an end nothing could be replaced.
            let range = Range::of(label).filter(|range| range.end.is_some())?;
            Some(Suggestion { range, text: &fix.after })
        });
        let others = diagnostic.labels.iter().skip(1).filter(|_| !audience.hide_values);
        let related = others.map(|label| Related {
            message: match &label.text {
                Argument::Nothing => String::new(),
                text => text.print(audience.language),
            },
            location: Location { path: names.get(label.source), range: Range::of(label) },
        });
        Self {
            message,
            location: Location {
                path: spot.file.map_or(OURSELVES, |file| names.get(file)),
                range: line.map(|line| Range::new(line, extent_of(diagnostic, audience))),
            },
            severity: severity(diagnostic.severity),
            code: Code { value: diagnostic.notice.full_id() },
            suggestions: suggestion.into_iter().collect(),
            related_locations: related.collect(),
        }
    }

    /// Why a run failed.
    fn failure(failure: &'a Failure, audience: Audience) -> Self {
        let path = match failure {
            Failure::Unreadable(name) => name,
            _ => OURSELVES,
        };
        Self {
            message: words::failure(failure, audience.language),
            location: Location { path, range: None },
            severity: severity(Severity::Fatal),
            code: Code { value: format!("{OURSELVES}/{}", failure.word()) },
            suggestions: Vec::new(),
            related_locations: Vec::new(),
        }
    }
}

const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Fatal | Severity::Error => "ERROR",
        Severity::Warning => "WARNING",
        Severity::Info => "INFO",
    }
}

/// How grave the gravest is that was found. `None`: nothing was.
fn gravest(summary: &Summary) -> Option<Severity> {
    if !summary.failures.is_empty() {
        return Some(Severity::Fatal);
    }
    let levels = [Severity::Fatal, Severity::Error, Severity::Warning, Severity::Info];
    levels.into_iter().find(|level| summary.findings_from(*level) > 0)
}

impl Reporter for RdJson {
    fn start(&mut self, header: &RunHeader) -> Result<(), Error> {
        self.names = Names(header.names.clone());
        self.output.write(b"{\"source\":{\"name\":\"")?;
        self.output.write(OURSELVES.as_bytes())?;
        self.output.write(b"\"},\"diagnostics\":[")
    }

    fn file_findings(&mut self, findings: &[Finding]) -> Result<(), Error> {
        for diagnostic in findings.iter().flat_map(Finding::counted) {
            let item = text(&Item::new(diagnostic, self.audience, &self.names));
            self.write(&item)?;
        }
        Ok(())
    }

    fn records(&mut self, records: &[RecordFindings]) -> Result<(), Error> {
        records.iter().try_for_each(|record| self.file_findings(&record.findings))
    }

    fn finish(&mut self, summary: &Summary) -> Result<(), Error> {
        for failure in &summary.failures {
            let item = text(&Item::failure(failure, self.audience));
            self.write(&item)?;
        }
        let grave = gravest(summary).map_or("UNKNOWN_SEVERITY", severity);
        self.output.write(format!("],\"severity\":\"{grave}\"}}\n").as_bytes())?;
        self.output.finish()
    }
}
