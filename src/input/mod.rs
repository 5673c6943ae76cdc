//! Files as raw cells: CSV, TSV, JSON, JSON Lines, workbooks → [`RawChunk`].
//!
//! Invariants
//! - Knows where each field's cell stands (slots), not what it means.
//! - A bad row or record is a finding and a record of its own; it never stops the rest.
//! - Record numbers, lines and offsets are given here, once, and never derived from a place in a chunk.

mod aside;
mod csv;
mod form;
mod format;
mod grid;
mod heading;
mod intake;
mod json;
mod json_balance;
mod json_document;
mod json_split;
mod labels;
mod layout;
mod other_forms;
mod pointer;
mod reader;
mod remark;
mod row_fault;
mod scan;
#[cfg(feature = "xlsx")]
mod sheet;
mod telling;
mod unknown_key;
mod workbook_file;
mod written_rows;

pub use csv::cell_text;
pub use form::FormNeeds;
pub use format::InputFormat;
pub use grid::{Grid, GridCell, address, range};
pub use heading::HeaderRow;
pub use layout::{Block, Layout};
pub use other_forms::OtherForms;
pub use pointer::{pointer_at, value_at, values_where};
pub use reader::{ReadOptions, Reader};
pub use unknown_key::{UnknownKey, UnknownKeys};
pub use written_rows::{WrittenRow, written_rows};

use std::sync::Arc;

use crate::diagnostic::{Argument, Code, Fix, Label, Localized, Notice, Severity};
use crate::expression::FieldId;
use crate::source::{Columns, Extent, Position, SourceId, Span, display_width, encoding::Encoding};

/// The sheet of a blank form that explains every question.
pub const GUIDE_SHEET: &str = "記入要領 Guide";

/// The sheet of a blank form with the options of lists that are too long for a cell's own list.
pub const OPTIONS_SHEET: &str = "選択肢 Options";

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

    /// The `len` bytes after the first `skip` of it; never more than it has.
    #[must_use]
    pub const fn part(self, skip: u32, len: u32) -> Self {
        let skip = if skip < self.len { skip } else { self.len };
        let rest = self.len - skip;
        Self { start: self.start + skip, len: if len < rest { len } else { rest } }
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
    /// A number of a workbook that is shown as a date: its text is ISO (`2024-02-01`, `2024-02-01T09:30:00`, `09:30:00`).
    SheetDate,
    /// An error value of a workbook (`#REF!`), as written.
    SheetError,
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
    /// The same where line ends inside answers do not count, as spreadsheets number their rows: it tells nothing of
    /// the answers before it. `None`: JSON, where a record's lines depend on what is answered.
    pub sheet_row: Option<u64>,
    /// Byte column of its first byte on that line, counted from 1: more than 1 only in JSON.
    pub column: u64,
    /// Its bytes within the chunk: (start, end), line end excluded.
    pub span: (u32, u32),
    /// Offset of its first byte in the original file; of a workbook, in the text of its sheet.
    pub origin: u64,
    /// Whether its cells could be told apart.
    pub readable: bool,
}

/// Which part of which field a cell is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    /// Position among the questionnaire's fields.
    pub field: usize,
    /// 0: the whole answer. i + 1: the i-th column of a field that takes several (multiple answers).
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
    /// Further places (offset range within the chunk, text): the second key of a duplicate. Of a finding without
    /// field the first of them is the primary place.
    pub further: Vec<((u32, u32), Argument)>,
    /// Did you mean.
    pub suggestion: Option<Localized<String>>,
    /// What the cell would say instead. `None`: nobody can tell.
    pub fix: Option<Fix>,
}

impl CellFinding {
    /// A finding of one of the engine's own codes about the cell of `field`, or the whole record of `row`.
    pub fn new(code: &'static Code, row: usize, field: Option<FieldId>) -> Self {
        Self::of(code.notice(), row, field)
    }

    /// A finding with the texts and the severity of `notice`.
    pub fn of(notice: Arc<Notice>, row: usize, field: Option<FieldId>) -> Self {
        let arguments = vec![Argument::NotGiven; notice.slots.len()];
        let severity = notice.severity;
        Self { row, field, notice, severity, arguments, further: Vec::new(), suggestion: None, fix: None }
    }

    /// Fills the slot `name`; a name that the notice does not have changes nothing.
    #[must_use]
    pub fn with(mut self, name: &str, argument: impl Into<Argument>) -> Self {
        self.notice.fill(&mut self.arguments, name, argument.into());
        self
    }

    /// Adds a further place.
    #[must_use]
    pub fn further(mut self, range: (u32, u32), text: Argument) -> Self {
        self.further.push((range, text));
        self
    }
}

/// A run of records with their cells, and the bytes they stand in.
#[derive(Debug, Default)]
pub struct RawChunk {
    /// The file.
    pub source: Option<SourceId>,
    /// How its bytes are to be read.
    pub encoding: Encoding,
    /// The original bytes; of UTF-16 and of workbooks, UTF-8 made of them.
    pub bytes: Vec<u8>,
    /// Where the cells stand on a workbook's sheet. `None`: no workbook.
    pub grid: Option<Grid>,
    /// Decoded and unescaped text.
    pub side: String,
    /// The records.
    pub records: Vec<RawRecord>,
    /// What each slot is.
    pub slots: Vec<Slot>,
    /// Slot-major: `cells[slot * records.len() + row]`.
    pub cells: Vec<RawCell>,
    /// Findings about rows (ragged, undecodable, duplicate keys …), by row. One of severity error or above that
    /// names a field makes that cell INVALID.
    pub findings: Vec<CellFinding>,
    /// JSON keys that the form does not know, each once, in order of occurrence; see [`UnknownKeys`].
    pub unknown_keys: Vec<UnknownKey>,
}

impl RawChunk {
    /// The text behind `reference`; empty if it is not of this chunk.
    pub fn text(&self, reference: TextRef) -> &str {
        std::str::from_utf8(self.text_bytes(reference)).unwrap_or("")
    }

    /// The bytes behind `reference`, always UTF-8 where a reader made it; empty if it is not of this chunk.
    pub fn text_bytes(&self, reference: TextRef) -> &[u8] {
        let start = offset(reference.start & !SIDE);
        let end = start.saturating_add(offset(reference.len));
        let buffer = if reference.start & SIDE == 0 { &self.bytes } else { self.side.as_bytes() };
        buffer.get(start..end).unwrap_or(&[])
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

    /// Makes the record of `row` unreadable: it has no cell any more.
    fn reject(&mut self, row: usize) {
        let rows = self.records.len();
        if let Some(record) = self.records.get_mut(row) {
            record.readable = false;
        }
        for cell in self.cells.iter_mut().skip(row).step_by(rows.max(1)) {
            *cell = RawCell::default();
        }
    }

    /// The bytes of a range of this chunk, inside `record`, as a span of the file.
    pub fn span(&self, record: &RawRecord, range: (u32, u32)) -> Span {
        let (start, end) = (offset(range.0), offset(range.1));
        let length = |range| self.encoding.file_length(self.bytes.get(range).unwrap_or(&[]));
        let first = record.origin + length(offset(record.span.0)..start);
        Span::new(first, first + length(start..end))
    }

    /// The bytes of `record` that are at `span` of the file, counted from the record's first. `None`: they are not of
    /// this record.
    pub fn within(&self, record: &RawRecord, span: Span) -> Option<(usize, usize)> {
        let bytes = self.bytes.get(offset(record.span.0)..offset(record.span.1))?;
        within(bytes, self.encoding, record.origin, span)
    }

    /// Where the byte `at` of this chunk stands; `record` is the record that holds it.
    ///
    /// The display column is counted from the start of the record's own bytes: where a record does not begin its line
    /// (JSON on one line) what stands before it counts a column a byte.
    pub fn position(&self, record: &RawRecord, at: u32) -> Position {
        let range = offset(record.span.0)..offset(at.max(record.span.0));
        let before = self.bytes.get(range).unwrap_or(&[]);
        let breaks = line_breaks(before);
        let (tail, line, column) = match breaks {
            (0, _) => (before, record.line, record.column),
            (count, last) => (before.get(last..).unwrap_or(&[]), record.line + count, 1),
        };
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        let shown = display_width(&self.encoding.decode_lossy(tail));
        Position { line, column: column + self.encoding.file_length(tail), display: column + count(shown) }
    }

    /// The same for a whole range, in the text of its line. `None`: the record does not begin its line, and what stands
    /// before it there is not at hand (JSON).
    fn extent(&self, record: &RawRecord, range: (u32, u32)) -> Option<Extent> {
        let held = |from: u32, to: u32| self.bytes.get(offset(from)..offset(to)).unwrap_or(&[]);
        let before = held(record.span.0, range.0.max(record.span.0));
        let (breaks, last) = line_breaks(before);
        if breaks == 0 && record.column > 1 {
            return None;
        }
        let start = Columns::after(&self.encoding.decode_lossy(before.get(last..).unwrap_or(&[])));
        let marked = self.encoding.decode_lossy(held(range.0, range.1));
        Some(Extent { start, end: (!marked.contains(['\r', '\n'])).then(|| start.past(&marked)) })
    }

    /// The cell of a workbook that begins at the byte `at` of this chunk. `None`: no workbook, or no cell begins there.
    pub fn grid_cell(&self, at: u32) -> Option<&GridCell> {
        self.grid.as_ref()?.at(at)
    }

    /// A mark on `range` of this chunk, inside `record`.
    pub fn label(&self, record: &RawRecord, range: (u32, u32), text: Argument) -> Option<Label> {
        let cell = self.grid_cell(range.0);
        let on_sheet = |cell: &GridCell| Position {
            line: u64::from(cell.row),
            column: u64::from(cell.column),
            display: u64::from(cell.column),
        };
        let sheet = self.grid.as_ref().map(|grid| &*grid.sheet);
        Some(Label {
            source: self.source?,
            field: None,
            span: self.span(record, range),
            position: cell.map_or_else(|| self.position(record, range.0), on_sheet),
            extent: if cell.is_some() { None } else { self.extent(record, range) },
            cell: cell.zip(sheet).map(|(cell, sheet)| address(sheet, cell.row, cell.column).into()),
            pointer: None,
            text,
        })
    }
}

/// Where the bytes at `span` of a file are among `held`, of which the first is at `origin`. `None`: they are not there.
pub(crate) fn within(held: &[u8], encoding: Encoding, origin: u64, span: Span) -> Option<(usize, usize)> {
    let start = encoding.held_length(held, span.start.checked_sub(origin)?)?;
    let end = start + encoding.held_length(held.get(start..)?, span.len())?;
    Some((start, end))
}

/// Most places that one finding marks of things that are alike: each costs time in proportion to the record.
const MOST_MARKS: usize = 20;

/// How many line ends `bytes` hold, and where the last line begins. LF, CR and CRLF each end one line.
fn line_breaks(bytes: &[u8]) -> (u64, usize) {
    let mut found = (0, 0);
    for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
        let crlf = bytes.get(at) == Some(&b'\r') && bytes.get(at + 1) == Some(&b'\n');
        if !crlf {
            found = (found.0 + 1, at + 1);
        }
    }
    found
}

/// An offset within a chunk as an index.
fn offset(at: u32) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}

/// An index as an offset within a chunk; chunks are far below 4 GiB.
fn short(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
