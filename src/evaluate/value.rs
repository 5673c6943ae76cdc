//! Value steps: where each stands.
//!
//! Invariants
//! - A result that does not exist (overflow, division by zero, an absent key) is unknown and a fault, never a
//!   panic and never a wrap.

use std::borrow::Cow;
use std::sync::Arc;

use super::machine::Machine;
use super::values::{Cells, Plain, Texts, Values};
use crate::batch::{Data, Mask};
use crate::expression::{FieldId, Value};
use crate::plan::Step;

impl<'b> Machine<'_, 'b> {
    /// What a value step gives. `None`: it is no value.
    pub(crate) fn value(&mut self, step: &Step) -> Option<Values<'b>> {
        Some(match step {
            Step::Constant(value) => Values::new(constant(value)?, Mask::all(self.len)),
            Step::Missing => Values::unknown(self.len),
            Step::Field(field) => self.cells(*field)?,
            Step::Ticked(field) => self.ticked(*field)?,
            Step::Lookup(finder, keys, column) => self.lookup(finder, keys, *column)?,
            Step::Arithmetic(op, sides, scale) => self.arithmetic(*op, *sides, *scale),
            Step::Negate(part) => self.each_number(*part, i64::checked_neg),
            Step::Abs(part) => self.each_number(*part, i64::checked_abs),
            Step::Rescale(part, scale) => self.rescale(*part, *scale),
            Step::Recode(part, table) => self.recode(*part, table),
            Step::Choose(parts) => self.choose(*parts),
            Step::Coalesce(parts) => self.coalesce(parts)?,
            Step::Sum(of, scale) => self.sum(of, *scale),
            Step::SumPresent(of, scale) => self.sum_present(of, *scale),
            Step::Extreme { greatest, of, scale } => self.extreme(*greatest, of, *scale),
            Step::Percent(sides, scale) => self.percent(*sides, *scale),
            Step::Count { set, listed } => self.count(*set, *listed),
            Step::CountAnswered(of) => self.count_answered(of),
            Step::CountTrue(of) => self.count_true(of),
            Step::CountParts(parts) => self.count_parts(*parts),
            Step::Occurrences(of, keys) => self.occurrences(of, keys)?,
            Step::Length(text) => self.length(*text),
            Step::Substring(parts) => self.substring(parts)?,
            Step::Concat(parts) => self.concat(parts),
            Step::Fingerprint(parts) => self.fingerprint(parts),
            Step::Normalized(text) => self.normalized(*text),
            Step::Similarity(sides) => self.similarity(*sides),
            Step::Calendar(function, kind, arguments) => self.calendar(*function, *kind, arguments)?,
            _ => return None,
        })
    }

    /// The cells of a column, as they are. `None`: no such column.
    fn cells(&self, field: FieldId) -> Option<Values<'b>> {
        let column = self.column(field)?;
        let widened = |values: &[i32]| Plain::Each(values.iter().map(|&value| i64::from(value)).collect());
        let cells = match &column.data {
            Data::Options(codes) => Cells::Options(Plain::Each(Cow::Borrowed(codes))),
            Data::Numbers(numbers) | Data::DateTimes(numbers) => {
                Cells::Numbers(Plain::Each(Cow::Borrowed(numbers)))
            }
            Data::Dates(values) | Data::Months(values) => Cells::Numbers(widened(values)),
            Data::Text(texts) => Cells::Texts(Texts::Cells(texts)),
            Data::Multi { set, listed } => {
                Cells::Sets(Plain::Each(set.iter().copied().zip(listed.iter().copied()).collect()))
            }
        };
        Some(Values::new(cells, column.known.clone()))
    }

    /// A multiple answer whose blanks are the empty set.
    fn ticked(&self, field: FieldId) -> Option<Values<'b>> {
        let mut values = self.cells(field)?;
        let blank = self.blank(field);
        if let Cells::Sets(Plain::Each(sets)) = &mut values.cells {
            for row in blank.rows() {
                if let Some(set) = sets.to_mut().get_mut(row) {
                    *set = (0, 0);
                }
            }
        }
        values.known.join(&blank);
        Some(values)
    }

    fn recode(&mut self, part: crate::plan::StepId, table: &[Option<u8>]) -> Values<'b> {
        let from = self.values(part);
        let (mut codes, mut known) = (vec![0; self.len], Mask::none(self.len));
        for row in from.known.rows() {
            let code = from.option(row).and_then(|code| *table.get(usize::from(code))?);
            if let (Some(code), Some(place)) = (code, codes.get_mut(row)) {
                *place = code;
                known.set(row);
            }
        }
        Values::new(Cells::Options(Plain::Each(Cow::Owned(codes))), known).after(&[&from])
    }
}

fn constant(value: &Value) -> Option<Cells<'static>> {
    Some(match value {
        Value::Truth(_) => return None,
        Value::Number(number) | Value::DateTime(number) => Cells::Numbers(Plain::Same(*number)),
        Value::Date(number) | Value::YearMonth(number) => Cells::Numbers(Plain::Same(i64::from(*number))),
        Value::Option(code) => Cells::Options(Plain::Same(*code)),
        Value::Multi { set, listed } => Cells::Sets(Plain::Same((*set, *listed))),
        Value::Text(text) => Cells::Texts(Texts::Same(Arc::clone(text))),
    })
}
