//! What is written: one file per format, fed by one stream of events.
//!
//! Invariants
//! - A report never holds a time, a duration, a host or an absolute path.
//! - Counts are complete even where a human listing is capped, and a cap is declared.
//! - A format either writes as the events come and keeps no finding, so that memory stays flat; or it is a document of
//!   a bounded number of findings ([`collected`]) that declares what it leaves out.
//! - Every document is whole whatever the run came to, and says in its own terms when nothing was judged.
//! - Nothing that a submission holds reaches a terminal as it is (see [`crate::source::picture`]).
//! - Where values are hidden nothing depends on what was answered, but for which findings there are: no value, no
//!   length, no column, no byte offset.

#[cfg(feature = "formats")]
pub mod checkstyle;
pub mod collected;
#[cfg(any(feature = "formats", feature = "xlsx"))]
mod columns;
#[cfg(feature = "formats")]
pub mod csv;
pub mod fingerprint;
#[cfg(feature = "formats")]
pub mod github;
#[cfg(feature = "formats")]
pub mod gitlab;
#[cfg(feature = "html")]
pub mod html;
pub mod json;
pub mod jsonl;
#[cfg(feature = "formats")]
pub mod junit;
#[cfg(feature = "formats")]
pub mod markdown;
pub mod output;
pub mod ranked;
#[cfg(feature = "formats")]
pub mod rdjson;
#[cfg(feature = "formats")]
pub mod sarif;
pub mod short;
pub mod since;
pub mod standing;
pub mod table;
pub mod terminal;
pub mod words;
pub mod wrap;
#[cfg(feature = "xlsx")]
pub mod xlsx;
#[cfg(feature = "formats")]
mod xml;

use std::sync::Arc;

#[cfg(feature = "formats")]
use crate::diagnostic::Fix;
use crate::diagnostic::{Diagnostic, Label, Language, Place, RecordPlace};
use crate::engine::event::{Progress, Reporter, RunHeader, Summary};
use crate::error::Error;
use crate::evaluate::{Finding, RecordFindings};
use crate::input::address;
#[cfg(feature = "formats")]
use crate::source::Extent;
use crate::source::{Position, SourceId, picture};

pub use output::Output;

/// For whom a report is written: what they may see, and in which language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Audience {
    /// The language of titles and messages.
    pub language: Language,
    /// `--values hide`: titles, records and fields only; no message, argument, label text, excerpt or suggestion, and
    /// no column or offset, since they tell how long the answers before them are.
    pub hide_values: bool,
    /// Whether a record is named by its number only.
    pub hide_keys: bool,
    /// By which fingerprints are made where keys are hidden. `None`: none is configured.
    pub secret: Option<fingerprint::Secret>,
}

/// Several reports of one run.
pub struct Reports {
    members: Vec<Box<dyn Reporter>>,
}

impl Reports {
    /// All of `members`, in order; at least one.
    pub fn new(members: Vec<Box<dyn Reporter>>) -> Self {
        Self { members }
    }

    /// Tells every member. One whose reader has gone away is told nothing more, and the others go on: a file does not
    /// depend on who looks at the screen. An error: none is left, or a report cannot be written.
    fn tell(&mut self, tell: impl Fn(&mut dyn Reporter) -> Result<(), Error>) -> Result<(), Error> {
        let mut fault = None;
        self.members.retain_mut(|member| match tell(member.as_mut()) {
            Err(Error::OutputClosed) => false,
            Err(error) => {
                fault.get_or_insert(error);
                true
            }
            Ok(()) => true,
        });
        match fault {
            Some(fault) => Err(fault),
            None if self.members.is_empty() => Err(Error::OutputClosed),
            None => Ok(()),
        }
    }
}

impl Reporter for Reports {
    fn start(&mut self, header: &RunHeader) -> Result<(), Error> {
        self.tell(|member| member.start(header))
    }

    fn file_findings(&mut self, findings: &[Finding]) -> Result<(), Error> {
        self.tell(|member| member.file_findings(findings))
    }

    fn records(&mut self, records: &[RecordFindings]) -> Result<(), Error> {
        self.tell(|member| member.records(records))
    }

    fn finish(&mut self, summary: &Summary) -> Result<(), Error> {
        self.tell(|member| member.finish(summary))
    }

    fn wants_excerpts(&self) -> bool {
        self.members.iter().any(|member| member.wants_excerpts())
    }

    fn wants_answers(&self) -> bool {
        self.members.iter().any(|member| member.wants_answers())
    }

    fn wants_values(&self) -> bool {
        self.members.iter().any(|member| member.wants_values())
    }

    fn wants_keys(&self) -> bool {
        self.members.iter().any(|member| member.wants_keys())
    }

    fn progress(&mut self, progress: Progress) -> Result<(), Error> {
        self.tell(|member| member.progress(progress))
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

/// Where a finding is shown, as far as its audience may know it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Spot {
    /// `None`: the run itself.
    file: Option<SourceId>,
    /// `None`: not known, or not to be told.
    line: Option<u64>,
    /// The display column. `None`: the same.
    column: Option<u64>,
    /// The address of the cell of a workbook, in place of line and column. `None`: no workbook, or not to be told.
    cell: Option<Box<str>>,
    /// The record, where no line can be told.
    record: Option<u64>,
}

impl Spot {
    /// The place of the first label, else the start of the record.
    fn new(diagnostic: &Diagnostic, audience: Audience) -> Self {
        if audience.hide_values {
            return Self::without_position(&diagnostic.place);
        }
        match diagnostic.labels.first() {
            Some(label) => Self { cell: label.cell.clone(), ..Self::at(label.source, label.position) },
            None => Self::of(&diagnostic.place, audience),
        }
    }

    fn at(file: SourceId, Position { line, display, .. }: Position) -> Self {
        Self { file: Some(file), line: Some(line), column: Some(display), ..Self::default() }
    }

    /// The start of a record, a file as a whole, or nothing.
    fn of(place: &Place, audience: Audience) -> Self {
        match place {
            _ if audience.hide_values => Self::without_position(place),
            Place::Run => Self::default(),
            Place::File(source) => Self { file: Some(*source), ..Self::default() },
            Place::Record(place) => {
                Self::at(place.source, Position { line: place.line, column: 1, display: 1 }).on_sheet(place)
            }
        }
    }

    /// What of a place does not depend on the answers.
    fn without_position(place: &Place) -> Self {
        match place {
            Place::Run => Self::default(),
            Place::File(source) => Self { file: Some(*source), ..Self::default() },
            Place::Record(place) => Self {
                file: Some(place.source),
                line: place.sheet_row,
                record: place.sheet_row.is_none().then_some(place.record),
                ..Self::default()
            },
        }
    }

    /// The first cell of the record's row, if it stands on a sheet.
    fn on_sheet(self, place: &RecordPlace) -> Self {
        let row = u32::try_from(place.line).unwrap_or(u32::MAX);
        let cell = place.sheet.as_ref().map(|sheet| address(sheet, row, 1).into());
        Self { cell, ..self }
    }

    /// `FILE:LINE:COLUMN` or `FILE:SHEET!CELL`, as far as known; `name` is the file's. Without a line, `FILE: record N`.
    fn print(&self, name: &str) -> String {
        if let Some(cell) = &self.cell {
            return format!("{name}:{cell}");
        }
        let line = self.line.map(|line| format!(":{line}")).unwrap_or_default();
        let column = self.column.map(|column| format!(":{column}")).unwrap_or_default();
        let record = self.record.map(|record| format!(": record {record}")).unwrap_or_default();
        format!("{name}{line}{column}{record}")
    }
}

/// Where a label is: `FILE:LINE:COLUMN` or `FILE:SHEET!CELL`; `name` is the file's, safe to be shown.
fn place_of(label: &Label, name: &str) -> String {
    match &label.cell {
        Some(cell) => format!("{name}:{}", picture::visible(cell)),
        None => format!("{name}:{}:{}", label.position.line, label.position.display),
    }
}

/// What a reader may be told of a finding: its message, or, where values are hidden, its title with the fields.
fn told(diagnostic: &Diagnostic, audience: Audience) -> String {
    if audience.hide_values {
        return short::title(diagnostic, audience.language);
    }
    diagnostic.message(audience.language)
}

/// The same for formats that know a file and a line only: with the cell or the record in front, and with what was probably
/// meant, and how the finding stands, behind.
#[cfg(feature = "formats")]
fn statement(diagnostic: &Diagnostic, audience: Audience) -> String {
    let Spot { cell, record, .. } = Spot::new(diagnostic, audience);
    let record = record.map(|number| words::record(number, audience.language));
    let front = cell.map(String::from).or(record).map(|place| format!("{place}: ")).unwrap_or_default();
    let suggestion = diagnostic.suggestion.as_ref().filter(|_| !audience.hide_values);
    let behind = suggestion.map(|text| format!(" {}", text.get(audience.language))).unwrap_or_default();
    let standing =
        standing::sentences(diagnostic, audience).into_iter().map(|sentence| format!(" {sentence}"));
    format!("{front}{}{behind}{}", told(diagnostic, audience), standing.collect::<String>())
}

/// Where the first mark of a finding stands on its line. `None`: not known, or not to be told.
#[cfg(feature = "formats")]
fn extent_of(diagnostic: &Diagnostic, audience: Audience) -> Option<Extent> {
    diagnostic.labels.first().filter(|_| !audience.hide_values)?.extent
}

/// What of a text file would be replaced by what: the mark, its bytes as long as one line holds them, and the text.
/// `None`: nobody can tell, values are hidden, or the mark is of a cell that is written otherwise than its text reads.
#[cfg(feature = "formats")]
fn replacement(diagnostic: &Diagnostic, audience: Audience) -> Option<(&Label, &Fix)> {
    let (label, fix) = diagnostic.labels.first().zip(diagnostic.fix.as_ref())?;
    let plain = !fix.after.contains([',', ';', '\t', '"', '\r', '\n']);
    let text = label.cell.is_none() && label.pointer.is_none();
    (plain && text && !audience.hide_values).then_some((label, fix))
}

/// The fields whose cells a finding marks, each once, the most suspect first.
fn marked_fields(diagnostic: &Diagnostic) -> Vec<&str> {
    let mut fields: Vec<&str> = Vec::new();
    for field in diagnostic.labels.iter().filter_map(|label| label.field.as_deref()) {
        if !fields.contains(&field) {
            fields.push(field);
        }
    }
    fields
}

#[cfg(test)]
#[cfg(all(feature = "formats", feature = "xlsx"))]
mod foreign_tests;
#[cfg(test)]
mod format_tests;
#[cfg(test)]
mod sample;
