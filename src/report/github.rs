//! The format `github`: workflow commands, which GitHub shows beside the lines of a change.
//!
//! Invariants
//! - A command a finding, a line a command: nothing that a file holds begins a line or ends one.
//! - The last line says what came of the run; a run that failed says why, as errors.
//! - GitHub shows ten annotations of a kind a step; nothing is left out here.

use std::fmt::Write;

use super::{Audience, Names, Output, Spot, extent_of, marked_fields, statement, words};
use crate::diagnostic::{Diagnostic, Severity};
use crate::engine::event::{Reporter, RunHeader, Summary};
use crate::error::Error;
use crate::evaluate::{Finding, RecordFindings};
use crate::source::picture;

/// Writes the format `github`.
pub struct GitHub {
    output: Output,
    audience: Audience,
    header: RunHeader,
    names: Names,
}

impl GitHub {
    /// For `audience`, into `output`.
    pub fn new(output: Output, audience: Audience) -> Self {
        Self { output, audience, header: RunHeader::default(), names: Names::default() }
    }

    fn line(&self, diagnostic: &Diagnostic) -> String {
        let spot = Spot::new(diagnostic, self.audience);
        let mut place = Vec::new();
        if let Some(file) = spot.file {
            place.push(("file", self.names.get(file).to_owned()));
            place.extend(spot.line.map(|line| ("line", line.to_string())));
            if let Some(extent) = extent_of(diagnostic, self.audience) {
                place.push(("col", extent.start.utf16.to_string()));
                place.extend(extent.end.map(|end| ("endColumn", end.utf16.to_string())));
            }
        }
        let notice = &diagnostic.notice;
        let mut title = format!("{} {}", notice.full_id(), notice.title.get(self.audience.language));
        let fields = marked_fields(diagnostic);
        if !fields.is_empty() {
            // A `String` takes everything that is written to it.
            let _ = write!(title, " [{}]", fields.join(", "));
        }
        place.push(("title", title));
        command(kind(diagnostic.severity), &place, &statement(diagnostic, self.audience))
    }
}

const fn kind(severity: Severity) -> &'static str {
    match severity {
        Severity::Fatal | Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    }
}

/// One command with its line end.
fn command(kind: &str, properties: &[(&str, String)], message: &str) -> String {
    let mut line = format!("::{kind} ");
    for (place, (name, value)) in properties.iter().enumerate() {
        line.push_str(if place > 0 { "," } else { "" });
        line.push_str(name);
        line.push('=');
        line.push_str(&data(value).replace(':', "%3A").replace(',', "%2C"));
    }
    line.push_str("::");
    line.push_str(&data(message));
    line.push('\n');
    line
}

/// `text` as the data of a command.
fn data(text: &str) -> String {
    let text = picture::visible_lines(text);
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

impl Reporter for GitHub {
    fn start(&mut self, header: &RunHeader) -> Result<(), Error> {
        self.names = Names(header.names.clone());
        self.header = header.clone();
        Ok(())
    }

    fn file_findings(&mut self, findings: &[Finding]) -> Result<(), Error> {
        for diagnostic in findings.iter().flat_map(Finding::counted) {
            let line = self.line(diagnostic);
            self.output.write(line.as_bytes())?;
        }
        Ok(())
    }

    fn records(&mut self, records: &[RecordFindings]) -> Result<(), Error> {
        records.iter().try_for_each(|record| self.file_findings(&record.findings))
    }

    fn finish(&mut self, summary: &Summary) -> Result<(), Error> {
        let title = || ("title", env!("CARGO_PKG_NAME").to_owned());
        for failure in &summary.failures {
            let file = failure.file().map(|name| ("file", name.to_string()));
            let properties: Vec<_> = file.into_iter().chain([title()]).collect();
            let text = words::failure(failure, self.audience.language);
            self.output.write(command("error", &properties, &text).as_bytes())?;
        }
        let shown = !self.audience.hide_values;
        let receipt = words::labelled_receipt(&self.header, summary, shown, self.audience.language);
        let result = words::result(summary, self.audience.language);
        let limit = words::pick(
            self.audience.language,
            "GitHubの画面に注釈として表示されるのは、1ステップにつき種類ごとに10件までです。",
            "GitHub shows ten annotations of a kind for each step.",
        );
        let text = format!("{result} {limit} {receipt}");
        self.output.write(command("notice", &[title()], &text).as_bytes())?;
        self.output.finish()
    }
}
