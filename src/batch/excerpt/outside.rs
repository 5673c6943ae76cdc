//! Excerpts of what is no answer: the header of delimited text, and keys of JSON that the form does not know.
//!
//! Invariants
//! - Beside a key nothing of its record is shown.

use std::slice;

use super::{Excerpt, Region};
use crate::diagnostic::Label;
use crate::input::{HeaderRow, RawChunk};

/// The header with the columns that `labels` mark. `None`: they mark nothing in it.
pub fn of_header(row: &HeaderRow, labels: &[Label]) -> Option<Excerpt> {
    let index = |at: u32| usize::try_from(at).unwrap_or(usize::MAX);
    let region = Region {
        bytes: &row.bytes,
        origin: row.origin,
        encoding: row.encoding,
        row: true,
        cells: row.cells.iter().map(|(_, (start, end))| (index(*start), index(*end), false)).collect(),
        guarded: false,
        sheet: row.grid.is_some(),
        labels: Vec::new(),
    };
    drawn(&region, labels)
}

/// The key of a JSON record that `label` marks. `None`: it is in none of the chunk's records.
pub fn of_key(chunk: &RawChunk, label: &Label) -> Option<Excerpt> {
    let mut records = chunk.records.iter();
    let (record, (start, end)) =
        records.find_map(|record| Some((record, chunk.within(record, label.span)?)))?;
    let index = |at: u32| usize::try_from(at).ok();
    let region = Region {
        bytes: chunk.bytes.get(index(record.span.0)?..index(record.span.1)?)?,
        origin: record.origin,
        encoding: chunk.encoding,
        row: false,
        cells: vec![(start, end, false)],
        guarded: true,
        sheet: false,
        labels: Vec::new(),
    };
    drawn(&region, slice::from_ref(label))
}

fn drawn(region: &Region<'_>, labels: &[Label]) -> Option<Excerpt> {
    let excerpt = region.cut(labels);
    (!excerpt.text.is_empty()).then_some(excerpt)
}
