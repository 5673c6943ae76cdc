//! Cleaned records as delimited text: the cells of a record as they were written, and further ones behind them.
//!
//! Invariants
//! - Every row has as many cells as its header, whatever the record has.
//! - Cells keep their bytes and their encoding; UTF-16 becomes UTF-8. The cells of private fields are emptied.
//! - Of a record whose cells cannot be told apart no cell is written: nobody knows what is private in it.

use crate::batch::Batch;
use crate::diagnostic::nearest::fold;
use crate::engine::fold::OpenedFile;
use crate::input::{HeaderRow, RawChunk, RawKind, RawRecord, written_rows};
use crate::rule_pack::RulePack;
use crate::source::delimited::push_cell;
use crate::source::encoding::{Encoding, UTF8_MARK};

/// How the rows of one file are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TextShape {
    /// In which the rows are written.
    pub(super) encoding: Encoding,
    /// Between cells.
    pub(super) separator: u8,
    /// Whether the file begins with a mark.
    pub(super) marked: bool,
    /// The names of the columns that the records have themselves.
    pub(super) header: Vec<String>,
    /// How many of the file's columns, at the end, are those of an earlier cleaning, and are left out.
    pub(super) own: usize,
    /// Columns that are called like a private field, whether they were read or not.
    private: Vec<usize>,
}

impl TextShape {
    /// That of `file`; `further` are the names of the columns behind its own. `None`: it has no rows of cells.
    pub(super) fn of(file: &OpenedFile<'_>, further: &[String]) -> Option<Self> {
        let separator = file.line.separator?;
        let transcoded = file.line.encoding.is_transcoded();
        let row = file.headers.first();
        let mut header: Vec<String> =
            row.map(|row| row.cells.iter().map(|(text, _)| text.clone()).collect()).unwrap_or_default();
        let is_own = header.ends_with(further) && header.len() > further.len();
        let own = if is_own { further.len() } else { 0 };
        header.truncate(header.len() - own);
        let marked = |row: &HeaderRow| row.line == 1 && row.origin >= 3;
        let encoding = if transcoded { Encoding::Utf8 } else { file.line.encoding };
        let marked = encoding == Encoding::Utf8 && (transcoded || row.is_some_and(marked));
        let is_private = |text: &String| spellings(&file.plan.pack).any(|name| fold(name) == fold(text));
        let columns = header.iter().enumerate().filter(|(_, text)| is_private(text));
        let private = columns.map(|(column, _)| column).collect();
        Some(Self { encoding, separator, marked, header, own, private })
    }

    /// The first row, with the `further` names.
    pub(super) fn head(&self, further: &[String]) -> Vec<u8> {
        let mark = if self.marked { UTF8_MARK } else { &[] };
        let cells = self.header.iter().chain(further).map(String::as_str);
        [mark, &self.row(cells)].concat()
    }

    /// One row of `cells`.
    fn row<'c>(&self, cells: impl Iterator<Item = &'c str>) -> Vec<u8> {
        let mut text = String::new();
        for (place, cell) in cells.enumerate() {
            if place > 0 {
                text.push(char::from(self.separator));
            }
            push_cell(cell, char::from(self.separator), &mut text);
        }
        text.push('\n');
        self.encoding.table().encode(&text).0.into_owned()
    }

    /// The record of `row` with the `further` cells.
    pub(super) fn record(&self, pack: &RulePack, batch: &Batch, row: usize, further: &[String]) -> Vec<u8> {
        let chunk = &batch.chunk;
        let readable = chunk.records.get(row).filter(|record| record.readable);
        let written = readable.and_then(|record| self.cells(pack, chunk, record, row));
        let Some(mut line) = written else { return self.blank(further) };
        for cell in further {
            line.push(self.separator);
            let mut text = String::new();
            push_cell(cell, char::from(self.separator), &mut text);
            line.extend_from_slice(&self.encoding.table().encode(&text).0);
        }
        line.push(b'\n');
        line
    }

    /// A record of which nothing can be shown, with the `further` cells.
    pub(super) fn blank(&self, further: &[String]) -> Vec<u8> {
        let blank = self.header.iter().map(|_| "");
        self.row(blank.chain(further.iter().map(String::as_str)))
    }

    /// As many cells as the header has, as they were written. `None`: they cannot be told apart after all.
    fn cells(&self, pack: &RulePack, chunk: &RawChunk, record: &RawRecord, row: usize) -> Option<Vec<u8>> {
        let start = usize::try_from(record.span.0).ok()?;
        let bytes = chunk.bytes.get(start..usize::try_from(record.span.1).ok()?)?;
        let rows = written_rows(bytes, self.separator, self.encoding);
        let [written] = rows.as_slice() else { return None };
        let width = self.header.len();
        let end = match written.places.get(width) {
            // The separator before the first cell that is too much.
            Some(&next) => usize::try_from(next).ok()?.checked_sub(1)?,
            None => bytes.len(),
        };
        let mut kept = Vec::with_capacity(end);
        let mut at = 0;
        let read = private(pack, chunk, row).into_iter();
        let read = read.map(|(from, to)| (from.saturating_sub(start), to.saturating_sub(start)));
        let called = self.private.iter().filter_map(|&column| {
            let from = usize::try_from(*written.places.get(column)?).ok()?;
            let next =
                written.places.get(column + 1).map_or(Ok(bytes.len() + 1), |next| usize::try_from(*next));
            Some((from, next.ok()?.checked_sub(1)?))
        });
        let mut emptied: Vec<(usize, usize)> =
            read.chain(called).map(|(from, to)| (from, to.min(end))).collect();
        emptied.sort_unstable();
        for (from, to) in emptied {
            if from < end && at <= from {
                kept.extend_from_slice(bytes.get(at..from)?);
                at = to;
            }
        }
        kept.extend_from_slice(bytes.get(at..end)?);
        let missing = width.saturating_sub(written.places.len());
        kept.extend(std::iter::repeat_n(self.separator, missing));
        Some(kept)
    }
}

/// Under which names a file may have the private fields of `pack`.
pub(super) fn spellings(pack: &RulePack) -> impl Iterator<Item = &str> {
    let private = pack.questionnaire.fields.iter().filter(|field| field.private);
    private
        .flat_map(|field| [&field.name, &field.column].into_iter().chain(&field.aliases).map(|name| &**name))
}

/// Where the cells of private fields stand in the record of `row`, by place.
pub(super) fn private(pack: &RulePack, chunk: &RawChunk, row: usize) -> Vec<(usize, usize)> {
    let fields = &pack.questionnaire.fields;
    let is_private = |field: usize| fields.get(field).is_some_and(|field| field.private);
    let slots = chunk.slots.iter().enumerate().filter(|(_, slot)| is_private(slot.field));
    let cells = slots.filter_map(|(slot, _)| chunk.column(slot).get(row));
    let written = cells.filter(|cell| cell.kind != RawKind::Missing && cell.span.0 < cell.span.1);
    let place = |at: u32| usize::try_from(at).unwrap_or(usize::MAX);
    let mut found: Vec<(usize, usize)> =
        written.map(|cell| (place(cell.span.0), place(cell.span.1))).collect();
    found.sort_unstable();
    found
}
