//! The format `short`: one line a finding, for `grep` and for editors.
//!
//! Invariants
//! - `FILE:LINE:COLUMN: SEVERITY ID[SLUG] TEXT`; a finding about a file has no line, one about the run no file.
//! - The column counts display characters; severity and slug are the same in every language.
//! - One finding, one line, whatever a cell holds.

use std::fmt::Write;

use super::{Audience, Names, Output, location};
use crate::diagnostic::Diagnostic;
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
        let language = self.audience.language;
        let mut line = self.start_of(diagnostic);
        let text = if self.audience.hide_values {
            notice.title.get(language).to_string()
        } else {
            diagnostic.message(language)
        };
        // A `String` takes everything that is written to it.
        let _ = write!(line, "{} {}[{}] {text}", diagnostic.severity, notice.full_id(), notice.slug);
        picture::visible(&line).into_owned()
    }

    fn start_of(&self, diagnostic: &Diagnostic) -> String {
        let (file, position) = location(diagnostic);
        let name = file.map_or(env!("CARGO_PKG_NAME"), |file| self.names.get(file));
        match position {
            Some(position) => format!("{name}:{}:{}: ", position.line, position.display),
            None => format!("{name}: "),
        }
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
        if summary.nothing_checked() {
            let line = super::words::nothing_checked(self.audience.language);
            self.output.write(format!("{}: {line}\n", env!("CARGO_PKG_NAME")).as_bytes())?;
        }
        self.output.finish()
    }
}
