//! Files as raw cells: CSV, TSV, JSON, JSON Lines → [`RawChunk`].
//!
//! Invariants
//! - Knows where each field's cell stands (slots), not what it means.
//! - A bad row or record is a finding and a record of its own; it never stops the rest.
//! - Record numbers, lines and offsets are given here, once, and never derived from a place in a chunk.

use std::sync::Arc;

use crate::diagnostic::{Argument, Localized, Notice, Severity};
use crate::expression::FieldId;
use crate::source::{SourceId, Span, encoding::Encoding};

/// A piece of text of a chunk: (start, length); the highest bit of `start` marks the side buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TextRef {
    start: u32,
    len: u32,
}

/// Marks the side buffer.
const SIDE: u32 = 1 << 31;

impl TextRef {
    /// In the chunk's own bytes.
    pub const fn own(start: u32, len: u32) -> Self {
        Self { start, len }
    }

    /// In the side buffer.
    pub const fn side(start: u32, len: u32) -> Self {
        Self { start: start | SIDE, len }
    }

    /// Whether the text has no byte.
    pub const fn is_empty(self) -> bool {
        self.len == 0
    }
}

/// How a cell was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RawKind {
    /// The record has no such cell: JSON key missing.
    #[default]
    Missing,
    /// Text of a CSV or TSV cell, quotes undone.
    Text,
    /// A JSON string, escapes undone.
    JsonString,
    /// A JSON number, as written.
    JsonNumber,
    /// `true`
    JsonTrue,
    /// `false`
    JsonFalse,
    /// `null`
    JsonNull,
    /// An array, as written.
    JsonArray,
    /// An object, as written.
    JsonObject,
    /// The cell's bytes are not of the file's encoding.
    Undecodable,
}

/// One cell as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RawCell {
    /// Its text, decoded, quotes and escapes undone, not trimmed.
    pub text: TextRef,
    /// Its bytes within the chunk, quotes included: (start, end).
    pub span: (u32, u32),
    /// How it was written.
    pub kind: RawKind,
}

/// One record as the reader met it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RawRecord {
    /// Counted from 1 within the file.
    pub number: u64,
    /// Line on which it starts, counted from 1.
    pub line: u64,
    /// Its bytes within the chunk: (start, end), line end excluded.
    pub span: (u32, u32),
    /// Whether its cells could be told apart.
    pub readable: bool,
}

/// Which part of which field a cell is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    /// Position among the questionnaire's fields.
    pub field: usize,
    /// Column of a field that takes several (multiple answers); else 0.
    pub part: usize,
}

/// What the reader found in one cell.
#[derive(Debug, Clone, PartialEq)]
pub struct CellFinding {
    /// Row within the batch.
    pub row: usize,
    /// The cell's field. `None`: about the record as a whole.
    pub field: Option<FieldId>,
    /// Texts.
    pub notice: Arc<Notice>,
    /// Severity.
    pub severity: Severity,
    /// Values for the notice's slots.
    pub arguments: Vec<Argument>,
    /// Further places (offset range within the chunk, text): the second key of a duplicate.
    pub further: Vec<((u32, u32), Argument)>,
    /// Did you mean.
    pub suggestion: Option<Localized<String>>,
}

/// A run of records with their cells, and the bytes they stand in.
#[derive(Debug, Default)]
pub struct RawChunk {
    /// The file.
    pub source: Option<SourceId>,
    /// How its bytes are to be read.
    pub encoding: Encoding,
    /// Offset of `bytes` in the file.
    pub base: u64,
    /// The original bytes.
    pub bytes: Vec<u8>,
    /// Decoded and unescaped text.
    pub side: String,
    /// The records.
    pub records: Vec<RawRecord>,
    /// What each slot is.
    pub slots: Vec<Slot>,
    /// Slot-major: `cells[slot * records.len() + row]`.
    pub cells: Vec<RawCell>,
    /// Findings about rows (ragged, undecodable, duplicate keys …).
    pub findings: Vec<CellFinding>,
}

impl RawChunk {
    /// The text behind `reference`; empty if it is not of this chunk.
    pub fn text(&self, reference: TextRef) -> &str {
        let start = usize::try_from(reference.start & !SIDE).unwrap_or(usize::MAX);
        let end = start.saturating_add(usize::try_from(reference.len).unwrap_or(usize::MAX));
        if reference.start & SIDE == 0 {
            self.bytes.get(start..end).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or("")
        } else {
            self.side.get(start..end).unwrap_or("")
        }
    }

    /// Puts `text` into the side buffer. `None`: the buffer is full (2 GiB).
    pub fn keep(&mut self, text: &str) -> Option<TextRef> {
        let start = u32::try_from(self.side.len()).ok().filter(|start| start & SIDE == 0)?;
        let len = u32::try_from(text.len()).ok()?;
        self.side.push_str(text);
        Some(TextRef::side(start, len))
    }

    /// The cells of one slot, a row each; empty if there is no such slot.
    pub fn column(&self, slot: usize) -> &[RawCell] {
        let rows = self.records.len();
        self.cells.get(slot * rows..(slot + 1) * rows).unwrap_or(&[])
    }

    /// The bytes of a range of this chunk, as a span of the file.
    pub fn span(&self, range: (u32, u32)) -> Span {
        Span::new(self.base + u64::from(range.0), self.base + u64::from(range.1))
    }
}
