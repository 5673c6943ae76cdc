//! Lookup steps: which row a key names, and the cell that stands there.
//!
//! Invariants
//! - Keys are compared exactly, whatever their scale; a number between two whole bounds falls in no gap of its own.
//! - What an absent key gives is the lookup's `missing`.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use super::keyed::power;
use super::machine::Machine;
use super::number::rescaled;
use super::values::{Cells, Plain, Texts, Values};
use crate::batch::{Batch, Mask};
use crate::expression::{Type, Value};
use crate::plan::{Finder, KeyForm, Way};
use crate::rule_pack::{Lookup, LookupColumn, LookupKeys, LookupMissing};

impl<'b> Machine<'_, 'b> {
    /// For each row the lookup's row that its keys name; meaningless where a key is unknown.
    pub(super) fn find(&self, finder: &Finder, keys: &[Rc<Values<'b>>]) -> Vec<Option<u32>> {
        let table = self.plan.pack.lookups.get(usize::from(finder.lookup.0));
        let found = |row| find(table?, finder, keys, row, self.batch);
        (0..self.len).map(found).collect()
    }

    /// The cells of `column` by the keys.
    pub(super) fn lookup(
        &mut self,
        finder: &Finder,
        keys: &[crate::plan::StepId],
        column: u16,
    ) -> Option<Values<'b>> {
        let plan = self.plan;
        let table = plan.pack.lookups.get(usize::from(finder.lookup.0))?;
        let column = table.columns.get(usize::from(column))?;
        let keys = self.all(keys);
        let operands: Vec<&Values<'_>> = keys.iter().map(|key| &**key).collect();
        let asked = self.known_to(&operands);
        let mut rows = self.find(finder, &keys);
        let (mut known, mut missing, mut empty) =
            (Mask::none(self.len), Mask::none(self.len), Mask::none(self.len));
        for (row, found) in rows.iter_mut().enumerate() {
            let cell = |place: u32| column.cells.get(usize::try_from(place).ok()?);
            match found.filter(|_| asked.get(row)).map(cell) {
                Some(Some(Some(_))) => known.set(row),
                Some(_) => empty.set(row),
                None => missing.put(row, asked.get(row)),
            }
            *found = found.filter(|_| known.get(row));
        }
        let mut values = Values::new(gather(column, &rows), known);
        values.unbounded = (column.unbounded && !empty.is_none()).then_some(empty);
        let missing = (!missing.is_none()).then_some(missing);
        match table.missing {
            LookupMissing::Error => values.fault = missing,
            LookupMissing::Fail => values.fails = missing,
            LookupMissing::Undecided => {}
        }
        Some(values.after(&operands))
    }
}

fn find(table: &Lookup, finder: &Finder, keys: &[Rc<Values<'_>>], row: usize, batch: &Batch) -> Option<u32> {
    let (key, scale) = (keys.first()?, finder.scales.first().copied()?);
    match &finder.way {
        Way::Option(rows) => *rows.get(usize::from(key.option(row)?))?,
        Way::Text(rows) => {
            let text = key.text(row, batch)?;
            let place = rows.binary_search_by(|(known, _)| (**known).cmp(text)).ok()?;
            Some(rows.get(place)?.1)
        }
        Way::Number(rows, theirs) => {
            let number = exactly(key.number(row)?, scale, *theirs)?;
            let place = rows.binary_search_by_key(&number, |(known, _)| *known).ok()?;
            Some(rows.get(place)?.1)
        }
        Way::Interval(theirs) => interval(table, key.number(row)?, scale, *theirs),
        Way::All(forms) => {
            let LookupKeys::Exact(columns, rows) = &table.keys else { return None };
            let parts = keys.iter().zip(forms).zip(columns.iter().zip(&finder.scales));
            let parts = parts.map(|((key, form), (&column, &scale))| {
                let ty = &table.columns.get(usize::from(column))?.ty;
                whole_key(key, form, ty, scale, row, batch)
            });
            u32::try_from(*rows.get(&parts.collect::<Option<Vec<Value>>>()?)?).ok()
        }
    }
}

/// `number` in another scale. `None`: it has more decimals, or does not fit.
fn exactly(number: i64, from: u8, to: u8) -> Option<i64> {
    if from > to && i128::from(number) % power(from - to) != 0 {
        return None;
    }
    rescaled(i128::from(number), from, to)
}

/// The interval in which `number` falls, ends included.
fn interval(table: &Lookup, number: i64, from: u8, to: u8) -> Option<u32> {
    let LookupKeys::Interval { lows, highs, .. } = &table.keys else { return None };
    let number = i128::from(number) * power(to.saturating_sub(from));
    let bound = |bound: i64| i128::from(bound) * power(from.saturating_sub(to));
    let place = lows.partition_point(|&low| bound(low) <= number).checked_sub(1)?;
    let high = *highs.get(place)?;
    (high == i64::MAX || number <= bound(high)).then(|| u32::try_from(place).ok()).flatten()
}

fn whole_key(
    key: &Values<'_>,
    form: &KeyForm,
    ty: &Type,
    scale: u8,
    row: usize,
    batch: &Batch,
) -> Option<Value> {
    match (form, ty) {
        (KeyForm::Option(table), _) => Some(Value::Option((*table.get(usize::from(key.option(row)?))?)?)),
        (KeyForm::Number(to), _) => exactly(key.number(row)?, scale, *to).map(Value::Number),
        (KeyForm::AsIs, Type::Option(_)) => key.option(row).map(Value::Option),
        (KeyForm::AsIs, Type::Number { .. }) => key.number(row).map(Value::Number),
        (KeyForm::AsIs, Type::DateTime) => key.number(row).map(Value::DateTime),
        (KeyForm::AsIs, Type::Date) => Some(Value::Date(i32::try_from(key.number(row)?).ok()?)),
        (KeyForm::AsIs, Type::YearMonth) => Some(Value::YearMonth(i32::try_from(key.number(row)?).ok()?)),
        (KeyForm::AsIs, _) => key.text(row, batch).map(|text| Value::Text(Arc::from(text))),
    }
}

/// The column's cells by lookup row; rows without one hold anything.
fn gather(column: &LookupColumn, rows: &[Option<u32>]) -> Cells<'static> {
    let cell = |row: &Option<u32>| {
        let place = usize::try_from((*row)?).ok()?;
        column.cells.get(place)?.as_ref()
    };
    let number = |row| match cell(row) {
        Some(Value::Number(number) | Value::DateTime(number)) => *number,
        Some(Value::Date(number) | Value::YearMonth(number)) => i64::from(*number),
        _ => 0,
    };
    match &column.ty {
        Type::Option(_) => Cells::Options(Plain::Each(Cow::Owned(
            rows.iter()
                .map(|row| if let Some(Value::Option(code)) = cell(row) { *code } else { 0 })
                .collect(),
        ))),
        Type::Text | Type::Code => {
            let nothing: Arc<str> = Arc::from("");
            let text = |row| match cell(row) {
                Some(Value::Text(text)) => Arc::clone(text),
                _ => Arc::clone(&nothing),
            };
            Cells::Texts(Texts::Each(rows.iter().map(text).collect()))
        }
        Type::Multi(_) => Cells::Sets(Plain::Each(Cow::Owned(
            rows.iter()
                .map(|row| match cell(row) {
                    Some(Value::Multi { set, listed }) => (*set, *listed),
                    _ => (0, 0),
                })
                .collect(),
        ))),
        _ => Cells::Numbers(Plain::Each(Cow::Owned(rows.iter().map(number).collect()))),
    }
}
