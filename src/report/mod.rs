//! What is written: one file per format, fed by one stream of events.
//!
//! Invariants
//! - A report never holds a time, a duration, a host or an absolute path.
//! - Counts are complete even where a human listing is capped, and a cap is declared.
//! - Every format writes as the events come; none keeps the findings, so memory stays flat.
//! - Nothing that a submission holds reaches a terminal as it is (see [`crate::source::picture`]).

pub mod json;
pub mod jsonl;
pub mod output;
pub mod short;
pub mod table;
pub mod terminal;
pub mod words;
pub mod wrap;

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Language, Place};
use crate::engine::event::{Progress, Reporter, RunHeader, Summary};
use crate::error::Error;
use crate::evaluate::{Finding, RecordFindings};
use crate::source::{Position, SourceId};

pub use output::Output;

/// For whom a report is written: what they may see, and in which language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Audience {
    /// The language of titles and messages.
    pub language: Language,
    /// `--values hide`: titles only; no message, argument, label text, excerpt or suggestion.
    pub hide_values: bool,
    /// Whether a record is named by its number only.
    pub hide_keys: bool,
}

/// Several reports of one run.
pub struct Reports {
    members: Vec<Box<dyn Reporter>>,
}

impl Reports {
    /// All of `members`, in order.
    pub fn new(members: Vec<Box<dyn Reporter>>) -> Self {
        Self { members }
    }
}

impl Reporter for Reports {
    fn start(&mut self, header: &RunHeader) -> Result<(), Error> {
        self.members.iter_mut().try_for_each(|member| member.start(header))
    }

    fn file_findings(&mut self, findings: &[Finding]) -> Result<(), Error> {
        self.members.iter_mut().try_for_each(|member| member.file_findings(findings))
    }

    fn records(&mut self, records: &[RecordFindings]) -> Result<(), Error> {
        self.members.iter_mut().try_for_each(|member| member.records(records))
    }

    fn finish(&mut self, summary: &Summary) -> Result<(), Error> {
        self.members.iter_mut().try_for_each(|member| member.finish(summary))
    }

    fn wants_excerpts(&self) -> bool {
        self.members.iter().any(|member| member.wants_excerpts())
    }

    fn progress(&mut self, progress: Progress) -> Result<(), Error> {
        self.members.iter_mut().try_for_each(|member| member.progress(progress))
    }
}

/// The names of the run's files, as a report needs them.
#[derive(Debug, Clone, Default)]
struct Names(std::collections::BTreeMap<SourceId, Arc<str>>);

impl Names {
    /// The name of `source`; empty for one that the run did not announce.
    fn get(&self, source: SourceId) -> &str {
        self.0.get(&source).map_or("", |name| name)
    }
}

/// The file and the position that a finding is shown at: its first label's, else the start of its record.
///
/// The file is `None` for the run itself, the position for a file as a whole.
fn location(diagnostic: &Diagnostic) -> (Option<SourceId>, Option<Position>) {
    if let Some(label) = diagnostic.labels.first() {
        return (Some(label.source), Some(label.position));
    }
    match &diagnostic.place {
        Place::Run => (None, None),
        Place::File(source) => (Some(*source), None),
        Place::Record(place) => {
            (Some(place.source), Some(Position { line: place.line, column: 1, display: 1 }))
        }
    }
}

#[cfg(test)]
mod format_tests;
#[cfg(test)]
mod sample;
