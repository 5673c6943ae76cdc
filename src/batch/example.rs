//! Batches made from the examples of a rule, so that they are judged by the same evaluator as files.
//!
//! Invariants
//! - A cell that an example does not name is blank, and a link that it does not name has no record.
//! - No cell has a place in a file: such a batch has text, but no bytes.

use std::sync::Arc;

use crate::expression::{FieldId, Type, Value};
use crate::input::{RawChunk, RawRecord};
use crate::questionnaire::{Field, Mark};
use crate::rule_pack::{ExampleRecord, ExampleValue, RulePack, record_set};

use super::{Batch, Column, Data, Mask, Table, missing};

/// The records as a batch of submissions, in order. Their parameters are the plan's matter.
pub fn batch_of(pack: &RulePack, records: &[ExampleRecord]) -> Batch {
    batch_about(pack, records, 0)
}

/// The records as a batch: of submissions, or of the own file of the link whose table is `about`.
///
/// A linked record has the key of the record that it is joined to, where the example does not say it.
pub fn batch_about(pack: &RulePack, records: &[ExampleRecord], about: u16) -> Batch {
    let records: Vec<ExampleRecord> = records.iter().map(|record| joined(pack, record, about)).collect();
    let records = records.as_slice();
    let rows = records.len();
    let mut chunk = RawChunk {
        records: (1..).zip(records).map(|(number, _)| raw_record(number)).collect(),
        ..RawChunk::default()
    };
    let links = pack.links.iter().map(|link| link.questionnaire.fields.len());
    // Behind the links stand the record sets that are made of published tables.
    let sets = record_set::NAMES.iter().map(|name| record_set::columns(name).count());
    let widths = std::iter::once(pack.width()).chain(links).chain(sets);
    let tables = (0_u16..)
        .zip(widths)
        .map(|(table, width)| Table {
            linked: linked(records, table, about),
            rows: Vec::new(),
            columns: (0..width)
                .filter_map(|index| u16::try_from(index).ok())
                .map(|index| column(pack, FieldId { table, index }, (records, about), &mut chunk))
                .collect(),
        })
        .collect();
    Batch { chunk, about, keys: Arc::default(), tables, unreadable: Mask::none(rows), findings: Vec::new() }
}

const fn raw_record(number: u64) -> RawRecord {
    RawRecord {
        number,
        origin: 0,
        line: number,
        sheet_row: Some(number),
        column: 1,
        span: (0, 0),
        readable: true,
    }
}

fn joined(pack: &RulePack, record: &ExampleRecord, about: u16) -> ExampleRecord {
    let mut record = record.clone();
    let links = pack.links.iter().filter(|link| about == 0 && record.linked.contains(&link.table));
    let pairs: Vec<(FieldId, FieldId)> = links.flat_map(|link| link.on.iter().copied()).collect();
    for (ours, theirs) in pairs {
        let alike = type_of(pack, ours) == type_of(pack, theirs);
        if let Some(value) = record.values.get(&ours).filter(|_| alike).cloned() {
            record.values.entry(theirs).or_insert(value);
        }
    }
    record
}

fn linked(records: &[ExampleRecord], table: u16, about: u16) -> Mask {
    if table == about {
        return Mask::all(records.len());
    }
    if table == 0 {
        return Mask::none(records.len());
    }
    let mut linked = Mask::none(records.len());
    for (row, record) in records.iter().enumerate() {
        let named = record.values.keys().any(|field| field.table == table);
        linked.put(row, named || record.linked.contains(&table));
    }
    linked
}

/// The type of a column of any table.
pub fn type_of(pack: &RulePack, id: FieldId) -> Option<&Type> {
    let derived = || pack.derived.iter().find(|derived| derived.id == id).map(|derived| &derived.ty);
    let of_a_set = || {
        let set = usize::from(id.table).checked_sub(pack.links.len() + 1)?;
        let column = record_set::columns(record_set::NAMES.get(set)?).nth(usize::from(id.index))?;
        Some(column.1)
    };
    pack.field(id).map(|field| &field.ty).or_else(derived).or_else(of_a_set)
}

fn column(
    pack: &RulePack,
    id: FieldId,
    (records, about): (&[ExampleRecord], u16),
    chunk: &mut RawChunk,
) -> Column {
    let mut column = missing::blank(type_of(pack, id).unwrap_or(&Type::INTEGER), records.len());
    if id.table != about {
        column.blank = linked(records, id.table, about);
    }
    for (row, record) in records.iter().enumerate() {
        let Some(value) = record.values.get(&id) else { continue };
        match value {
            ExampleValue::Blank => continue,
            ExampleValue::Value(value) => {
                if put(&mut column.data, row, value, chunk) {
                    column.known.set(row);
                } else {
                    column.invalid.set(row);
                }
            }
            ExampleValue::NotApplicable => mark(&mut column, row, pack.field(id), |mark| !mark.dont_know),
            ExampleValue::DontKnow => mark(&mut column, row, pack.field(id), |mark| mark.dont_know),
            ExampleValue::Mark(name) => mark(&mut column, row, pack.field(id), |mark| mark.name == *name),
            ExampleValue::Invalid => column.invalid.set(row),
        }
        column.blank.clear(row);
    }
    column
}

/// Gives `row` the field's first mark that is `meant`; without such a mark it is a plain not-applicable, or a plain
/// don't-know where that is what a don't-know mark would be.
fn mark(column: &mut Column, row: usize, field: Option<&Field>, meant: impl Fn(&Mark) -> bool) {
    let marks = || field.into_iter().flat_map(|field| &field.marks);
    let place = marks().position(&meant);
    let unknown = Mark { name: "dk".into(), dont_know: true, tokens: Vec::new() };
    let dont_know =
        place.and_then(|place| marks().nth(place)).map_or_else(|| meant(&unknown), |mark| mark.dont_know);
    if dont_know {
        column.dk.set(row);
    } else {
        column.na.set(row);
    }
    let rows = column.known.len();
    if let Some(number) = place.and_then(|place| u8::try_from(place + 1).ok()) {
        let marks = column.marks.get_or_insert_with(|| vec![0; rows]);
        put_at(marks, row, number);
    }
}

/// Puts `value` into `row`; whether it is of the column's type.
fn put(data: &mut Data, row: usize, value: &Value, chunk: &mut RawChunk) -> bool {
    match (data, value) {
        (Data::Options(codes), Value::Option(code)) => put_at(codes, row, *code),
        (Data::Numbers(numbers), Value::Number(number)) => put_at(numbers, row, *number),
        (Data::Multi { set, listed }, Value::Multi { set: chosen, listed: items }) => {
            put_at(set, row, *chosen) && put_at(listed, row, *items)
        }
        (Data::Text(texts), Value::Text(text)) => {
            chunk.keep(text).is_some_and(|text| put_at(texts, row, text))
        }
        (Data::Dates(days), Value::Date(day)) => put_at(days, row, *day),
        (Data::DateTimes(moments), Value::DateTime(moment)) => put_at(moments, row, *moment),
        (Data::Months(months), Value::YearMonth(month)) => put_at(months, row, *month),
        _ => false,
    }
}

fn put_at<T>(cells: &mut [T], row: usize, value: T) -> bool {
    cells.get_mut(row).map(|cell| *cell = value).is_some()
}
