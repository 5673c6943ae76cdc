//! The desk on which one chunk is converted: its cells, the states of a column being filled, the findings.
//!
//! Invariants
//! - Every row of a column gets exactly one state.

use std::collections::BTreeSet;

use super::error_value::is_error;
use super::note::{Change, Note, Proposal};
use super::notice::Fault;
use super::spelling::{Meaning, trim};
use super::{FieldReader, refused};
use crate::batch::{Column, Data, Mask};
use crate::expression::FieldId;
use crate::input::{CellFinding, RawCell, RawChunk, RawKind, TextRef};
use crate::questionnaire::{Field, Mark};

/// What one cell is read as.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Reading<V> {
    /// Nothing there.
    Blank,
    /// The mark at this position.
    Mark(u8),
    /// A value.
    Value(V),
    /// A value of which something is to be told.
    Noted(V, Note),
    /// No value that the field may have.
    Invalid(Fault),
    /// No value that the field may have; but this is probably what was meant, and is proposed.
    Doubtful(Fault, Proposal),
}

impl<V> Reading<V> {
    /// The same, told as spelled otherwise where nothing else is told: `change` says how it is to be spelled.
    pub(super) fn respelled(self, change: impl FnOnce(&V) -> Change) -> Self {
        match self {
            Self::Value(value) => {
                let note = Note::Respelled(change(&value));
                Self::Noted(value, note)
            }
            other => other,
        }
    }
}

/// One chunk being converted.
#[derive(Debug)]
pub(super) struct Desk {
    chunk: RawChunk,
    findings: Vec<CellFinding>,
}

impl Desk {
    pub(super) const fn new(chunk: RawChunk) -> Self {
        Self { chunk, findings: Vec::new() }
    }

    pub(super) fn into_parts(self) -> (RawChunk, Vec<CellFinding>) {
        (self.chunk, self.findings)
    }

    pub(super) fn rows(&self) -> usize {
        self.chunk.records.len()
    }

    /// Rows whose cell of `field` is not read. `None`: there are none.
    pub(super) fn skipped(&self, unreadable: &Mask, field: FieldId) -> Option<Mask> {
        let refused = if self.chunk.findings.is_empty() {
            BTreeSet::new()
        } else {
            refused(&self.chunk.findings, field)
        };
        if refused.is_empty() && unreadable.is_none() {
            return None;
        }
        let mut skip = unreadable.clone();
        for row in refused {
            skip.set(row);
        }
        Some(skip)
    }

    /// The slot of a field's part. `None`: the file has no such column.
    pub(super) fn slot(&self, field: usize, part: usize) -> Option<usize> {
        self.chunk.slots.iter().position(|slot| slot.field == field && slot.part == part)
    }

    /// The cell; missing where the file has no such column.
    pub(super) fn cell(&self, slot: Option<usize>, row: usize) -> RawCell {
        let cell = slot.and_then(|slot| self.chunk.cells.get(slot * self.rows() + row));
        cell.copied().unwrap_or_default()
    }

    /// Whether a workbook says that its days are counted from 1904.
    pub(super) fn counts_from_1904(&self) -> bool {
        self.chunk.grid.as_ref().is_some_and(|grid| grid.from_1904)
    }

    /// Where the cell stands in its workbook; empty outside of workbooks.
    pub(super) fn address(&self, cell: &RawCell) -> Box<str> {
        let cell = self.chunk.grid_cell(cell.span.0);
        cell.map(|cell| cell.short_address().into()).unwrap_or_default()
    }

    /// The cell's text, trimmed.
    pub(super) fn text(&self, cell: &RawCell) -> &str {
        trim(self.chunk.text(cell.text))
    }

    /// Whether blanks or invisible marks stand at the edges of the cell, whose trimmed text is `text`.
    pub(super) fn is_padded(&self, cell: &RawCell, text: &str) -> bool {
        text.len() < self.bytes(cell).len()
    }

    /// The cell's text as it stands, edges included.
    pub(super) fn untrimmed(&self, cell: &RawCell) -> &str {
        self.chunk.text(cell.text)
    }

    /// The cell's text as bytes, not trimmed.
    pub(super) fn bytes(&self, cell: &RawCell) -> &[u8] {
        self.chunk.text_bytes(cell.text)
    }

    /// Where the trimmed text of the cell stands.
    pub(super) fn trimmed(&self, cell: &RawCell) -> TextRef {
        let whole = self.chunk.text(cell.text);
        let kept = trim(whole).len();
        let skip = whole.len() - trim_start(whole).len();
        cell.text.part(short(skip), short(kept))
    }

    /// Keeps a text that does not stand in the chunk.
    pub(super) fn keep(&mut self, text: &str) -> TextRef {
        self.chunk.keep(text).unwrap_or_default()
    }

    /// Adds a finding.
    pub(super) fn report(&mut self, finding: Option<CellFinding>) {
        self.findings.extend(finding);
    }
}

fn trim_start(text: &str) -> &str {
    let end = trim(text);
    text.find(end).and_then(|at| text.get(at..)).unwrap_or("")
}

fn short(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(0)
}

/// The states of a column being filled.
#[derive(Debug)]
pub(super) struct States {
    known: Mask,
    blank: Mask,
    na: Mask,
    dk: Mask,
    invalid: Mask,
    marks: Option<Vec<u8>>,
}

impl States {
    pub(super) fn new(rows: usize) -> Self {
        let none = || Mask::none(rows);
        Self { known: none(), blank: none(), na: none(), dk: none(), invalid: none(), marks: None }
    }

    pub(super) fn into_column(self, data: Data) -> Column {
        let Self { known, blank, na, dk, invalid, marks } = self;
        Column { absent: false, known, blank, na, dk, invalid, marks, data }
    }

    /// The row is not read; why has been reported.
    pub(super) fn set_invalid(&mut self, row: usize) {
        self.invalid.set(row);
    }

    fn set_mark(&mut self, row: usize, mark: u8, field: &Field) {
        let dont_know = field.marks.get(usize::from(mark)).is_some_and(|mark| mark.dont_know);
        if dont_know {
            self.dk.set(row);
        } else {
            self.na.set(row);
        }
        let rows = self.known.len();
        let marks = self.marks.get_or_insert_with(|| vec![0; rows]);
        if let Some(kept) = marks.get_mut(row) {
            *kept = mark.saturating_add(1);
        }
    }

    /// The rows whose cell is blank.
    pub(super) fn blank_rows(&self) -> Vec<usize> {
        self.blank.rows().collect()
    }

    /// Gives a blank `row` the state of an answer that stands in other cells; `written` stands for it in a finding.
    pub(super) fn fill<V>(
        &mut self,
        desk: &mut Desk,
        reader: &FieldReader,
        row: usize,
        written: &str,
        reading: Reading<V>,
    ) -> Option<V> {
        self.blank.clear(row);
        let (value, finding) = self.enter(reader, row, reading, (written, written));
        desk.report(finding);
        value
    }

    /// Gives `row` the state of `reading`, reports what is to be told, and returns the value.
    pub(super) fn take<V>(
        &mut self,
        desk: &mut Desk,
        reader: &FieldReader,
        row: usize,
        cell: &RawCell,
        reading: Reading<V>,
    ) -> Option<V> {
        let texts = (desk.text(cell), desk.untrimmed(cell));
        let (value, finding) = self.enter(reader, row, reading, texts);
        desk.report(finding);
        value
    }

    /// Gives `row` the state of `reading`, with its value and finding; `texts`: as written, trimmed and not.
    fn enter<V>(
        &mut self,
        reader: &FieldReader,
        row: usize,
        reading: Reading<V>,
        (trimmed, untrimmed): (&str, &str),
    ) -> (Option<V>, Option<CellFinding>) {
        match reading {
            Reading::Value(value) => {
                self.known.set(row);
                (Some(value), None)
            }
            Reading::Blank => {
                self.blank.set(row);
                (None, None)
            }
            Reading::Mark(mark) => {
                self.set_mark(row, mark, &reader.field);
                (None, None)
            }
            Reading::Noted(value, note) => {
                self.known.set(row);
                (Some(value), reader.notices().note(row, untrimmed, note))
            }
            Reading::Invalid(fault) => {
                self.invalid.set(row);
                (None, Some(reader.notices().invalid(row, trimmed, fault)))
            }
            Reading::Doubtful(fault, proposal) => {
                self.invalid.set(row);
                (None, Some(proposal.beside(reader.notices().invalid(row, trimmed, fault))))
            }
        }
    }
}

/// Reads every row of a field that stands in one column.
pub(super) fn read_column<V: Copy + Default>(
    reader: &FieldReader,
    desk: &mut Desk,
    position: usize,
    skip: Option<&Mask>,
    mut read: impl FnMut(&mut Desk, &RawCell) -> Reading<V>,
) -> (States, Vec<V>) {
    let (rows, slot) = (desk.rows(), desk.slot(position, 0));
    let (mut states, mut values) = (States::new(rows), vec![V::default(); rows]);
    for (row, kept) in values.iter_mut().enumerate() {
        if skip.is_some_and(|skip| skip.get(row)) {
            states.set_invalid(row);
            continue;
        }
        let cell = desk.cell(slot, row);
        let reading = read(desk, &cell);
        if let Some(value) = states.take(desk, reader, row, &cell, reading) {
            *kept = value;
        }
    }
    (states, values)
}

/// Whether the cell is a JSON value that no field of one value can have.
pub(super) const fn is_compound(kind: RawKind) -> bool {
    matches!(kind, RawKind::JsonArray | RawKind::JsonObject)
}

/// Whether the cell holds what is neither a text nor a number: a JSON array, object or truth value, or an error value.
pub(super) fn is_unreadable(kind: RawKind, text: &str) -> bool {
    is_compound(kind) || matches!(kind, RawKind::JsonTrue | RawKind::JsonFalse) || is_error(kind, text)
}

/// Whether a mark is spelled with digits, as a sentinel is.
pub(super) fn has_digits(marks: &[Mark]) -> bool {
    let mut tokens = marks.iter().flat_map(|mark| &mark.tokens);
    tokens.any(|token| token.contains(char::is_numeric))
}

/// The mark that the text is. `None`: it is none.
pub(super) fn mark(reader: &FieldReader, text: &str) -> Option<u8> {
    match reader.dictionary.get(text) {
        Some(Meaning::Mark(mark)) => Some(mark),
        _ => None,
    }
}
