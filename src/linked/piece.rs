//! What is kept of some records of a linked file: the columns that are read, the keys, and where each record stands.
//!
//! Invariants
//! - Columns stay as compact as the conversion made them; the file's bytes are let go.
//! - A record that cannot be read has no key, and no cell has a value in it.

use std::sync::Arc;

use crate::batch::{Batch, Column, Data, key};
use crate::diagnostic::{Label, Place, RecordPlace};
use crate::expression::{FieldId, Type};
use crate::input::{RawChunk, TextRef};
use crate::rule_pack::RulePack;
use crate::source::{Position, SourceId, Span};

use super::Wanted;

/// Longest mark on a record, in bytes.
const LONGEST: u64 = 4 << 10;

/// Where a record stands, in few bytes.
#[derive(Debug, Clone, Copy)]
struct Spot {
    number: u64,
    line: u64,
    start: u64,
    length: u32,
    column: u32,
    /// 0: none.
    sheet_row: u32,
}

/// Some records of a linked file.
#[derive(Debug)]
pub struct Piece {
    source: SourceId,
    sheet: Option<Arc<str>>,
    pub(super) columns: Vec<(FieldId, Column)>,
    /// Holds the texts of the columns, and nothing else.
    pub(super) texts: RawChunk,
    spots: Vec<Spot>,
    /// For each wanted set the keys of the records; taken when the piece is added.
    pub(super) keys: Vec<Vec<Option<Vec<u8>>>>,
}

impl Piece {
    /// What is kept of `batch`, the records of a linked file.
    pub fn of(batch: &Batch, pack: &RulePack, wanted: &Wanted) -> Self {
        let mut texts = RawChunk::default();
        let kept = wanted.columns.iter().filter_map(|field| Some((*field, batch.column(*field)?)));
        let columns = kept.map(|(field, column)| (field, with_texts(column, batch, &mut texts))).collect();
        let keys = wanted
            .keys
            .iter()
            .map(|fields| (0..batch.len()).map(|row| record_key(batch, pack, fields, row)).collect());
        Self {
            source: batch.chunk.source.unwrap_or(SourceId(0)),
            sheet: batch.chunk.grid.as_ref().map(|grid| Arc::clone(&grid.sheet)),
            keys: keys.collect(),
            columns,
            texts,
            spots: spots(batch),
        }
    }

    /// How many records.
    pub const fn len(&self) -> usize {
        self.spots.len()
    }

    /// Whether it is of no record.
    pub const fn is_empty(&self) -> bool {
        self.spots.is_empty()
    }

    /// A column that is kept. `None`: it is not.
    pub fn column(&self, field: FieldId) -> Option<&Column> {
        self.columns.iter().find(|(known, _)| *known == field).map(|(_, column)| column)
    }

    /// The record's number in its file.
    pub fn number(&self, row: usize) -> Option<u64> {
        self.spots.get(row).map(|spot| spot.number)
    }

    /// Where the record stands.
    pub fn place(&self, row: usize, key: Option<Box<str>>) -> Option<Place> {
        let spot = self.spots.get(row)?;
        Some(Place::Record(Arc::new(RecordPlace {
            source: self.source,
            record: spot.number,
            line: spot.line,
            sheet_row: Some(u64::from(spot.sheet_row)).filter(|row| *row > 0),
            sheet: self.sheet.clone(),
            span: Span::new(spot.start, spot.start + u64::from(spot.length)),
            key,
        })))
    }

    /// A mark on the record as a whole.
    pub fn label(&self, row: usize, text: crate::diagnostic::Argument) -> Option<Label> {
        let spot = self.spots.get(row)?;
        let column = u64::from(spot.column);
        Some(Label {
            source: self.source,
            field: None,
            span: Span::new(spot.start, spot.start + u64::from(spot.length).min(LONGEST)),
            position: Position { line: spot.line, column, display: column },
            extent: None,
            cell: None,
            pointer: None,
            text,
        })
    }
}

fn spots(batch: &Batch) -> Vec<Spot> {
    let short = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    let spot = |record| {
        let span = batch.chunk.span(record, record.span);
        Spot {
            number: record.number,
            line: record.line,
            start: span.start,
            length: short(span.len()),
            column: short(record.column),
            sheet_row: record.sheet_row.map_or(0, short),
        }
    };
    batch.chunk.records.iter().map(spot).collect()
}

/// The key of a record by `fields`. `None`: one has no value.
pub(super) fn record_key(batch: &Batch, pack: &RulePack, fields: &[FieldId], row: usize) -> Option<Vec<u8>> {
    if batch.unreadable.get(row) {
        return None;
    }
    let mut key = Vec::new();
    let whole = fields.iter().all(|field| {
        let ty: Option<&Type> = crate::batch::example::type_of(pack, *field);
        let column = batch.column(*field).zip(ty);
        column.is_some_and(|(column, ty)| key::add_cell(&mut key, column, ty, row, &batch.chunk))
    });
    (whole && !fields.is_empty()).then_some(key)
}

/// The column with its texts in `texts`.
fn with_texts(column: &Column, batch: &Batch, texts: &mut RawChunk) -> Column {
    let mut kept = column.clone();
    if let Data::Text(cells) = &mut kept.data {
        for (row, cell) in cells.iter_mut().enumerate() {
            let text = if column.known.get(row) { batch.text(*cell) } else { "" };
            *cell = if text.is_empty() { None } else { texts.keep(text) }.unwrap_or_else(TextRef::default);
        }
        texts.side.shrink_to_fit();
    }
    kept
}
