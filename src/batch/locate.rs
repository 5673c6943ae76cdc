//! From (record, field) to a place in the file, while its bytes are in hand.
//!
//! Invariants
//! - Only the record's own bytes are looked at, so the cost does not grow with the file.
//! - A value that was not written (derived, linked, absent) has no place.

use std::sync::Arc;

use super::{Batch, Column, Data};
use crate::diagnostic::{Argument, Decimal, Label, RecordPlace};
use crate::expression::{FieldId, Type, calendar};
use crate::input::{RawCell, RawChunk, RawKind, RawRecord, pointer_at};
use crate::questionnaire::Field;
use crate::rule_pack::RulePack;
use crate::source::{SourceId, Span};

/// Longest label of a record as a whole, in bytes.
const LONGEST: u32 = 4 << 10;

/// Places of the records and cells of one batch.
#[derive(Debug, Clone, Copy)]
pub struct Locator<'a> {
    batch: &'a Batch,
    pack: &'a RulePack,
}

impl<'a> Locator<'a> {
    /// For the records of `batch`, which was made by `pack`.
    pub fn new(batch: &'a Batch, pack: &'a RulePack) -> Self {
        Self { batch, pack }
    }

    /// Where the record is, with its key.
    pub fn place(&self, row: usize) -> Arc<RecordPlace> {
        let chunk = &self.batch.chunk;
        let record = chunk.records.get(row);
        Arc::new(RecordPlace {
            source: chunk.source.unwrap_or(SourceId(0)),
            record: record.map_or(0, |record| record.number),
            line: record.map_or(0, |record| record.line),
            sheet_row: record.and_then(|record| record.sheet_row),
            sheet: chunk.grid.as_ref().map(|grid| Arc::clone(&grid.sheet)),
            span: record.map_or(Span::default(), |record| chunk.span(record, record.span)),
            key: self.key(row),
        })
    }

    /// A mark on the cell of `field`. `None`: it was not written in this file.
    ///
    /// A blank cell is marked where it stands; a JSON key that is missing, at the opening bracket of its record.
    pub fn label(&self, row: usize, field: FieldId, text: Argument) -> Option<Label> {
        let declared = self.pack.field(field).filter(|_| field.table == self.batch.about)?;
        let record = self.batch.chunk.records.get(row)?;
        let cell = self.cell(row, field)?;
        let missing = cell.kind == RawKind::Missing;
        let range = if missing { (record.span.0, record.span.0 + 1) } else { cell.span };
        let mut label = self.batch.chunk.label(record, range, text)?;
        label.field = Some(Arc::clone(&declared.name));
        label.pointer = if missing { self.expected_pointer(declared) } else { self.pointer(record, cell) };
        Some(label)
    }

    /// A mark on a range of the chunk, inside the record; one as long as the record is cut.
    pub fn label_at(&self, row: usize, range: (u32, u32), text: Argument) -> Option<Label> {
        let record = self.batch.chunk.records.get(row)?;
        let end = range.1.min(range.0.saturating_add(LONGEST));
        self.batch.chunk.label(record, (range.0, end), text)
    }

    /// The cell as written, cut to 64 bytes. [`Argument::NotGiven`]: blank, or not written in this file.
    pub fn written(&self, row: usize, field: FieldId) -> Argument {
        let texts: Vec<&str> = self
            .cells(row, field)
            .map(|cell| self.batch.chunk.text(cell.text).trim())
            .filter(|text| !text.is_empty())
            .collect();
        match texts.as_slice() {
            [] => Argument::NotGiven,
            [only] => Argument::written(only),
            several => Argument::List(several.iter().map(|text| Argument::written(text)).collect()),
        }
    }

    /// The cells of `field` in full, as written but for space around them; without a field, all of the record.
    pub fn texts(&self, row: usize, field: Option<FieldId>) -> impl Iterator<Item = &'a str> + use<'a> {
        let chunk = &self.batch.chunk;
        let of_field = field.into_iter().flat_map(move |field| self.cells(row, field)).collect::<Vec<_>>();
        let every = (0..chunk.slots.len()).filter(move |_| field.is_none());
        let every = every.filter_map(move |slot| chunk.column(slot).get(row));
        of_field.into_iter().chain(every).map(move |cell| chunk.text(cell.text).trim())
    }

    /// The cells of a field: one, or one for each column of a multiple answer.
    fn cells(&self, row: usize, field: FieldId) -> impl Iterator<Item = &'a RawCell> + use<'a> {
        let chunk = &self.batch.chunk;
        let wanted = (field.table == self.batch.about).then_some(usize::from(field.index));
        let slots = chunk.slots.iter().enumerate().filter(move |(_, slot)| Some(slot.field) == wanted);
        slots.filter_map(move |(slot, _)| chunk.column(slot).get(row))
    }

    /// The cell to be marked: the first that is written, else the first.
    fn cell(&self, row: usize, field: FieldId) -> Option<&'a RawCell> {
        let written = self.cells(row, field).find(|cell| !cell.text.is_empty());
        written.or_else(|| self.cells(row, field).next())
    }

    /// `None`: not JSON.
    fn pointer(&self, record: &RawRecord, cell: &RawCell) -> Option<Box<str>> {
        if cell.kind == RawKind::Text || self.batch.chunk.grid.is_some() {
            return None;
        }
        let index = |at: u32| usize::try_from(at).ok();
        let bytes = self.batch.chunk.bytes.get(index(record.span.0)?..index(record.span.1)?)?;
        pointer_at(bytes, index(cell.span.0.checked_sub(record.span.0)?)?).map(String::into_boxed_str)
    }

    /// Where a value that is missing would stand.
    fn expected_pointer(&self, field: &Field) -> Option<Box<str>> {
        // An unreadable CSV row has no cells either, but it is no JSON.
        let is_json = self.batch.chunk.grid.is_none()
            && self
                .batch
                .chunk
                .cells
                .iter()
                .any(|cell| !matches!(cell.kind, RawKind::Text | RawKind::Missing));
        let flat = || format!("/{}", field.name).into();
        is_json.then(|| field.pointer.as_deref().map_or_else(flat, Into::into))
    }

    /// The canonical text of the value of a field: an option's code, digits, an ISO date. `None`: it has no value, or
    /// one of several parts.
    pub fn canonical(&self, row: usize, field: FieldId) -> Option<String> {
        canonical(self.batch.column(field)?, &self.pack.field(field)?.ty, row, &self.batch.chunk)
    }

    fn key(&self, row: usize) -> Option<Box<str>> {
        if let Some(link) = usize::from(self.batch.about).checked_sub(1) {
            let theirs: Vec<FieldId> =
                self.pack.links.get(link)?.on.iter().map(|(_, theirs)| *theirs).collect();
            return self.joined(&theirs, row);
        }
        self.joined(&self.pack.key, row).or_else(|| self.joined(&self.pack.fallback_key, row))
    }

    fn joined(&self, fields: &[FieldId], row: usize) -> Option<Box<str>> {
        let parts: Option<Vec<String>> = fields.iter().map(|field| self.printed(*field, row)).collect();
        parts.filter(|parts| !parts.is_empty()).map(|parts| parts.join("+").into_boxed_str())
    }

    /// The value of a field as text. `None`: it has none, or it is private.
    fn printed(&self, field: FieldId, row: usize) -> Option<String> {
        self.pack.field(field).filter(|field| !field.private)?;
        self.canonical(row, field)
    }
}

/// The canonical text of the value in `row` of a column of type `ty`, whose texts are in `chunk`. `None`: it has none, or
/// one of several parts.
pub fn canonical(column: &Column, ty: &Type, row: usize, chunk: &RawChunk) -> Option<String> {
    if !column.known.get(row) {
        return None;
    }
    match (&column.data, ty) {
        (Data::Text(texts), _) => Some(chunk.text(*texts.get(row)?).to_owned()),
        (Data::Numbers(numbers), Type::Number { scale, .. }) => {
            Some(Decimal { mantissa: *numbers.get(row)?, scale: *scale }.to_string())
        }
        (Data::Options(codes), Type::Option(list)) => Some(list.get(*codes.get(row)?)?.code.to_string()),
        (Data::Dates(days), _) => Some(calendar::print_date(*days.get(row)?)),
        (Data::DateTimes(moments), _) => Some(calendar::print_date_time(*moments.get(row)?)),
        (Data::Months(months), _) => Some(calendar::print_year_month(*months.get(row)?)),
        _ => None,
    }
}
