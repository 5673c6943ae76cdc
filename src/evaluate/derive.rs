//! Derived values: computed before any rule, in the pack's order.
//!
//! Invariants
//! - A derived value of an invalid cell is invalid, without a finding; a fallback only where its cell is blank.
//! - A fallback fills blank cells only; an unknown value fills nothing and leaves a derived column blank.
//! - Where all that a value reads is not there, it is not there either: in none of the column's masks.

use super::machine::Machine;
use super::values::{RowValue, Values};
use crate::batch::{Batch, Column, Data, Mask};
use crate::expression::Value;
use crate::plan::{JudgedDerive, Plan};
use crate::rule_pack::DerivedValue;

/// What a derived value comes to, no longer borrowing the batch.
struct Computed {
    /// Row and value of the rows that have one.
    values: Vec<(usize, Value)>,
    known: Mask,
    invalid: Mask,
    absent: Mask,
}

/// Computes every derived value of the plan's pack into `batch`.
///
/// Gives, for each that fills blank cells, its place in `pack.derived` and the rows filled.
pub fn fill(plan: &Plan, batch: &mut Batch) -> Vec<(usize, Mask)> {
    let mut filled = Vec::new();
    for (place, (derived, judged)) in plan.pack.derived.iter().zip(&plan.derived).enumerate() {
        let computed = compute(plan, batch, judged);
        let rows = put(batch, derived, computed);
        if derived.fallback {
            filled.push((place, rows));
        }
    }
    filled
}

fn compute(plan: &Plan, batch: &Batch, judged: &JudgedDerive) -> Computed {
    // A machine of its own: columns change between one derived value and the next.
    let mut machine = Machine::new(plan, batch);
    let mut absent = if judged.reads.is_empty() && !judged.lacking {
        Mask::none(batch.len())
    } else {
        Mask::all(batch.len())
    };
    for &id in &judged.reads {
        absent.keep(&machine.absent(id));
    }
    let invalid = machine.any_invalid(&judged.reads).or(&batch.unreadable);
    let found = machine.values(judged.value);
    let known = found.known.minus(&invalid).minus(&absent);
    let values = known.rows().filter_map(|row| Some((row, value(&found, row, batch)?))).collect();
    Computed { values, known, invalid: invalid.minus(&batch.unreadable), absent }
}

/// The value of one row. Times come as plain numbers: the column knows which kind it holds.
fn value(values: &Values<'_>, row: usize, batch: &Batch) -> Option<Value> {
    Some(match values.one(row, batch)? {
        RowValue::Number(number) => Value::Number(number),
        RowValue::Option(code) => Value::Option(code),
        RowValue::Set((set, listed)) => Value::Multi { set, listed },
        RowValue::Text(text) => Value::Text(text.into()),
    })
}

/// Writes into the column; gives the rows that now have a value.
fn put(batch: &mut Batch, derived: &DerivedValue, computed: Computed) -> Mask {
    let rows = batch.len();
    let Some(column) = batch.column(derived.id) else { return Mask::none(rows) };
    let Computed { values, known, invalid, absent } = computed;
    let room = if !derived.fallback {
        Mask::all(rows)
    } else if column.absent {
        Mask::none(rows)
    } else {
        column.blank.clone()
    };
    let mut written = Mask::none(rows);
    for (row, value) in values {
        if room.get(row) && write(batch, derived, row, &value) {
            written.set(row);
        }
    }
    debug_assert!(written.minus(&known).is_none(), "only known values are written");
    let Some(column) = column_mut(batch, derived) else { return written };
    let invalid = invalid.and(&room);
    if derived.fallback {
        column.known.join(&written);
        column.invalid.join(&invalid);
        column.blank.remove(&written);
        column.blank.remove(&invalid);
    } else {
        column.blank = written.or(&invalid).or(&absent).complement();
        column.absent = false;
        column.known.clone_from(&written);
        column.invalid = invalid.minus(&absent);
    }
    written
}

fn column_mut<'b>(batch: &'b mut Batch, derived: &DerivedValue) -> Option<&'b mut Column> {
    let table = batch.tables.get_mut(usize::from(derived.id.table))?;
    table.columns.get_mut(usize::from(derived.id.index))
}

/// Puts `value` into its cell; whether that was possible.
fn write(batch: &mut Batch, derived: &DerivedValue, row: usize, value: &Value) -> bool {
    let text = match value {
        Value::Text(text) => batch.chunk.keep(text),
        _ => None,
    };
    let Some(column) = column_mut(batch, derived) else { return false };
    match (&mut column.data, value) {
        (Data::Options(codes), Value::Option(code)) => set(codes, row, *code),
        (Data::Numbers(numbers) | Data::DateTimes(numbers), Value::Number(number)) => {
            set(numbers, row, *number)
        }
        (Data::Dates(days) | Data::Months(days), Value::Number(number)) => {
            i32::try_from(*number).is_ok_and(|day| set(days, row, day))
        }
        (Data::Multi { set: sets, listed }, Value::Multi { set: chosen, listed: items }) => {
            set(sets, row, *chosen) && set(listed, row, *items)
        }
        (Data::Text(texts), Value::Text(_)) => text.is_some_and(|text| set(texts, row, text)),
        _ => false,
    }
}

fn set<T>(cells: &mut [T], row: usize, value: T) -> bool {
    cells.get_mut(row).map(|cell| *cell = value).is_some()
}
