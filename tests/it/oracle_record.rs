//! Random records, as the twin reads them and as the evaluator does: cell for cell the same.
//!
//! Invariants
//! - Where a cell has no value the column of the evaluator holds rubbish, so that reading it is seen.

use std::collections::BTreeMap;

use kenpyo::batch::example::batch_of;
use kenpyo::batch::{Batch, Column, Data, Mask};
use kenpyo::expression::{FieldId, Type, Value};
use kenpyo::input::{RawChunk, TextRef};
use kenpyo::rule_pack::{ExampleRecord, RulePack};

use crate::chance::Chance;
use crate::oracle_number::random_value;
use crate::oracle_twin::{Cell, Record};

/// How the records of one pack are.
struct Mood {
    /// Percentages: blank, marked, invalid; the rest has values.
    blank: usize,
    marked: usize,
    invalid: usize,
    /// Percentage of small numbers and early options, so that tests hold more often.
    narrow: usize,
}

pub fn columns(pack: &RulePack) -> Vec<(FieldId, Type)> {
    let links = pack.links.iter().map(|link| &link.questionnaire);
    let forms = std::iter::once(&pack.questionnaire).chain(links);
    forms.flat_map(|form| form.fields.iter().map(|field| (field.id, field.ty.clone()))).collect()
}

/// `count` records, and the same as a batch.
pub fn records(pack: &RulePack, chance: &mut Chance, count: usize) -> (Vec<Record>, Batch) {
    let mood = Mood {
        blank: chance.below(30),
        marked: chance.below(20),
        invalid: chance.below(3),
        narrow: chance.below(60),
    };
    let columns = columns(pack);
    let absent: Vec<bool> = columns.iter().map(|_| chance.percent(1)).collect();
    let linked_share = chance.below(101).max(20);
    let records: Vec<Record> = (0..count)
        .map(|_| {
            let linked = (0..=pack.links.len()).map(|table| table == 0 || chance.percent(linked_share));
            let linked: Vec<bool> = linked.collect();
            let cells = columns.iter().zip(&absent).map(|((id, ty), absent)| {
                let there = linked[usize::from(id.table)];
                let blank = !there && pack.links[usize::from(id.table) - 1].missing_is_blank;
                let cell = match (blank, there, absent) {
                    (true, ..) => Cell::Blank,
                    (false, true, false) => random_cell(ty, &mood, chance),
                    _ => Cell::Absent,
                };
                (*id, cell)
            });
            let cells: BTreeMap<FieldId, Cell> = cells.collect();
            Record { cells, linked, unreadable: chance.below(200) == 0 }
        })
        .collect();
    let batch = batch(pack, &columns, &absent, &records, chance);
    (records, batch)
}

fn random_cell(ty: &Type, mood: &Mood, chance: &mut Chance) -> Cell {
    let mut rest = chance.below(100);
    for (share, kind) in [(mood.blank, 0), (mood.marked, 1), (mood.invalid, 2)] {
        if rest < share {
            let marks = [Cell::Na(1), Cell::Dk(2), Cell::Na(3), Cell::Dk(4), Cell::Na(0), Cell::Dk(0)];
            return match kind {
                0 => Cell::Blank,
                1 => chance.pick(&marks).clone(),
                _ => Cell::Invalid,
            };
        }
        rest -= share;
    }
    if chance.percent(mood.narrow) {
        return Cell::Value(match ty {
            Type::Number { .. } => Value::Number(i64::try_from(chance.below(4)).unwrap()),
            Type::Option(_) => Value::Option(u8::try_from(chance.below(2)).unwrap()),
            Type::Date => Value::Date(19_782 + i32::try_from(chance.below(3)).unwrap()),
            other => random_value(other, chance),
        });
    }
    Cell::Value(random_value(ty, chance))
}

/// The records as a batch.
pub fn batch(
    pack: &RulePack,
    columns: &[(FieldId, Type)],
    absent: &[bool],
    records: &[Record],
    chance: &mut Chance,
) -> Batch {
    let mut batch = batch_of(pack, &vec![ExampleRecord::default(); records.len()]);
    for (row, record) in records.iter().enumerate() {
        batch.unreadable.put(row, record.unreadable);
        for (table, linked) in record.linked.iter().enumerate() {
            batch.tables[table].linked.put(row, *linked);
        }
    }
    for ((id, ty), absent) in columns.iter().zip(absent) {
        let there: Vec<&Cell> = records
            .iter()
            .map(|record| match (&record.cells[id], record.linked[usize::from(id.table)]) {
                // A row without linked record is in no mask, whatever the link says about it.
                (Cell::Blank, false) => &Cell::Absent,
                (cell, _) => cell,
            })
            .collect();
        let column = column(ty, *absent, &there, &mut batch.chunk, chance);
        batch.tables[usize::from(id.table)].columns[usize::from(id.index)] = column;
    }
    batch
}

/// A column whose unknown rows hold rubbish.
fn column(ty: &Type, absent: bool, cells: &[&Cell], chunk: &mut RawChunk, chance: &mut Chance) -> Column {
    let rows = |wanted: fn(&Cell) -> bool| {
        let mut mask = Mask::none(cells.len());
        for (row, cell) in cells.iter().enumerate() {
            mask.put(row, !absent && wanted(cell));
        }
        mask
    };
    let mark = |cell: &&Cell| match cell {
        Cell::Na(mark) | Cell::Dk(mark) => *mark,
        _ => 0,
    };
    let marks: Vec<u8> = cells.iter().map(mark).collect();
    Column {
        absent,
        known: rows(|cell| matches!(cell, Cell::Value(_))),
        blank: rows(|cell| *cell == Cell::Blank),
        na: rows(|cell| matches!(cell, Cell::Na(_))),
        dk: rows(|cell| matches!(cell, Cell::Dk(_))),
        invalid: rows(|cell| *cell == Cell::Invalid),
        marks: marks.iter().any(|mark| *mark > 0).then_some(marks),
        data: data(ty, cells, chunk, chance),
    }
}

fn data(ty: &Type, cells: &[&Cell], chunk: &mut RawChunk, chance: &mut Chance) -> Data {
    let value = |cell: &&Cell| match cell {
        Cell::Value(value) => Some(value.clone()),
        _ => None,
    };
    let values: Vec<Option<Value>> = cells.iter().map(value).collect();
    let number = |value: &Option<Value>| match value {
        Some(Value::Number(number) | Value::DateTime(number)) => *number,
        _ => i64::MIN,
    };
    let short = |value: &Option<Value>| match value {
        Some(Value::Date(number) | Value::YearMonth(number)) => *number,
        _ => i32::MAX,
    };
    let rubbish = u8::try_from(chance.below(256)).unwrap();
    match ty {
        Type::Option(_) => Data::Options(
            values
                .iter()
                .map(|value| if let Some(Value::Option(code)) = value { *code } else { rubbish })
                .collect(),
        ),
        Type::Multi(_) => {
            let part = |value: &Option<Value>| match value {
                Some(Value::Multi { set, listed }) => (*set, *listed),
                _ => (u64::MAX, 9),
            };
            let (set, listed) = values.iter().map(part).unzip();
            Data::Multi { set, listed }
        }
        Type::Text | Type::Code => {
            let text = |value: &Option<Value>| match value {
                Some(Value::Text(text)) => chunk.keep(text).expect("room for a few texts"),
                _ => TextRef::own(4_000, 17),
            };
            Data::Text(values.iter().map(text).collect())
        }
        Type::Date => Data::Dates(values.iter().map(short).collect()),
        Type::YearMonth => Data::Months(values.iter().map(short).collect()),
        Type::DateTime => Data::DateTimes(values.iter().map(number).collect()),
        Type::Number { .. } | Type::Condition => Data::Numbers(values.iter().map(number).collect()),
    }
}
