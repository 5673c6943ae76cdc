//! The format `short`: one line a finding, for `grep` and for editors.
//!
//! Invariants
//! - `FILE:LINE:COLUMN: SEVERITY ID[SLUG] TEXT`; a finding about a file has no line, one about the run no file.
//! - Where values are hidden there is no column; the text is the title with the fields that it is about, and of JSON
//!   that is not a record a line `record N` stands in the place of the line.
//! - The column counts display characters; severity and slug are the same in every language.
//! - One finding, one line, whatever a cell holds; how it stands is told at the end: `[accepted: 1]`, `[new]`, and in a
//!   ranked run `[impact: 12.50 T05/yes/all of 30]`, points of a figure and how many figures its record can move.

use std::fmt::Write;

use super::{Audience, Names, Output, Spot, marked_fields, standing, told, words};
use crate::diagnostic::{Diagnostic, Language};
use crate::engine::event::{Reporter, RunHeader, Summary};
use crate::error::Error;
use crate::evaluate::{Finding, RecordFindings};
use crate::source::picture;

/// Writes the format `short`.
pub struct Short {
    output: Output,
    audience: Audience,
    names: Names,
}

impl Short {
    /// For `audience`, into `output`.
    pub fn new(output: Output, audience: Audience) -> Self {
        Self { output, audience, names: Names::default() }
    }

    fn line(&self, diagnostic: &Diagnostic) -> String {
        let notice = &diagnostic.notice;
        let mut line = self.start_of(diagnostic);
        let text = told(diagnostic, self.audience);
        // A `String` takes everything that is written to it.
        let tags = standing::tags(diagnostic, self.audience);
        let _ = write!(line, "{} {}[{}] {text}{tags}", diagnostic.severity, notice.full_id(), notice.slug);
        picture::visible(&line).into_owned()
    }

    fn start_of(&self, diagnostic: &Diagnostic) -> String {
        let spot = Spot::new(diagnostic, self.audience);
        let name = spot.file.map_or(env!("CARGO_PKG_NAME"), |file| self.names.get(file));
        format!("{}: ", spot.print(name))
    }
}

/// What is told of a finding where values are hidden: its title, with the fields that it is about.
pub(super) fn title(diagnostic: &Diagnostic, language: Language) -> String {
    let title = diagnostic.notice.title.get(language);
    let fields = marked_fields(diagnostic);
    match language {
        _ if fields.is_empty() => title.to_string(),
        Language::Ja => format!("{title}（{}）", fields.join("、")),
        Language::En => format!("{title} ({})", fields.join(", ")),
    }
}

impl Reporter for Short {
    fn start(&mut self, header: &RunHeader) -> Result<(), Error> {
        self.names = Names(header.names.clone());
        Ok(())
    }

    fn file_findings(&mut self, findings: &[Finding]) -> Result<(), Error> {
        for finding in findings {
            let head = (!finding.heading).then_some(&finding.diagnostic);
            for diagnostic in head.into_iter().chain(&finding.followers) {
                let mut line = self.line(diagnostic);
                line.push('\n');
                self.output.write(line.as_bytes())?;
            }
        }
        Ok(())
    }

    fn records(&mut self, records: &[RecordFindings]) -> Result<(), Error> {
        records.iter().try_for_each(|record| self.file_findings(&record.findings))
    }

    fn finish(&mut self, summary: &Summary) -> Result<(), Error> {
        for cause in &summary.failures {
            let line = words::failure(cause, self.audience.language);
            let line = format!("{}: {}\n", env!("CARGO_PKG_NAME"), picture::visible(&line));
            self.output.write(line.as_bytes())?;
        }
        self.output.finish()
    }
}
