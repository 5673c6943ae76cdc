//! What is open about whole files and about the run, while every record is judged for the first time.
//!
//! Invariants
//! - Findings about records of the submissions are left to the second pass, which has their answers.
//! - Of linked files, and of the run as a whole, no respondent is asked: that is the office's to look after.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::query::{is_open, severity};
use crate::diagnostic::{Language, Place};
use crate::engine::event::{Reporter, RunHeader, Summary};
use crate::error::Error;
use crate::evaluate::{Finding, RecordFindings};
use crate::report::words;
use crate::source::SourceId;
use crate::source::delimited::{harmless, push_row};

/// The columns of what is the office's.
const COLUMNS: [&str; 7] = ["file", "record", "line", "key", "rule", "severity", "text"];

/// Gathers the findings that are about no record of a submission.
#[derive(Debug, Default)]
pub struct FileQueries {
    /// About a submission, in the order in which they were told.
    pub(super) asked: Vec<Finding>,
    /// About linked files and the run, in that order.
    pub(super) of_office: Vec<Finding>,
    links: BTreeSet<SourceId>,
}

impl FileQueries {
    /// How many findings are the office's to look after.
    pub fn of_office(&self) -> usize {
        self.of_office.len()
    }
}

impl Reporter for FileQueries {
    fn start(&mut self, header: &RunHeader) -> Result<(), Error> {
        self.links = header.links.iter().copied().collect();
        Ok(())
    }

    fn file_findings(&mut self, findings: &[Finding]) -> Result<(), Error> {
        for finding in findings.iter().filter(|finding| is_open(finding)) {
            match &finding.diagnostic.place {
                Place::Run => self.of_office.push(finding.clone()),
                Place::File(file) if self.links.contains(file) => self.of_office.push(finding.clone()),
                Place::Record(place) if self.links.contains(&place.source) => {
                    self.of_office.push(finding.clone());
                }
                Place::File(_) => self.asked.push(finding.clone()),
                Place::Record(_) => {}
            }
        }
        Ok(())
    }

    fn records(&mut self, _: &[RecordFindings]) -> Result<(), Error> {
        Ok(())
    }

    fn finish(&mut self, _: &Summary) -> Result<(), Error> {
        Ok(())
    }
}

/// What is the office's to look after, a line each; `name`: how a file is called.
pub(super) fn of_office(
    findings: &[Finding],
    language: Language,
    name: impl Fn(SourceId) -> Arc<str>,
) -> String {
    let mut text = String::from('\u{FEFF}');
    push_row(COLUMNS, ',', &mut text);
    for finding in findings {
        let diagnostic = &finding.diagnostic;
        let (file, place) = match &diagnostic.place {
            Place::Run => (None, None),
            Place::File(file) => (Some(*file), None),
            Place::Record(place) => (Some(place.source), Some(place)),
        };
        let cells = [
            file.map(&name).unwrap_or_default().to_string(),
            place.map(|place| place.record.to_string()).unwrap_or_default(),
            place.and_then(|place| place.sheet_row).map(|row| row.to_string()).unwrap_or_default(),
            place.and_then(|place| place.key.as_deref()).unwrap_or_default().to_owned(),
            diagnostic.notice.full_id(),
            words::severity(severity(finding)).get(language).to_string(),
            diagnostic.message(language),
        ];
        let cells = cells.map(|cell| harmless(&cell));
        push_row(cells.iter().map(String::as_str), ',', &mut text);
    }
    text
}
