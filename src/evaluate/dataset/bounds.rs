//! Limits of numbers of records, for the values that the records are counted by.
//!
//! Invariants
//! - A limit is computed by the evaluator, on a record that says nothing but the values counted by.
//! - Compared exactly, as fractions.

use std::collections::BTreeMap;

use super::Judging;
use crate::batch::Batch;
use crate::batch::example::{batch_about, type_of};
use crate::diagnostic::{Argument, Decimal};
use crate::evaluate::keyed::power;
use crate::evaluate::machine::Machine;
use crate::expression::{FieldId, Type, Value};
use crate::plan::{Bounds, DatasetRule, Scaled};
use crate::rule_pack::{ExampleRecord, ExampleValue, RulePack};

/// A limit. `None`: it has no value.
pub(super) type Limit = Option<Decimal>;

/// The limits for one value. The outer `None`: there is no such limit.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Limits {
    min: Option<Limit>,
    max: Option<Limit>,
    equal: Option<Limit>,
}

/// A whole number of records, or a part of some in per cent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fraction {
    pub(super) above: u64,
    pub(super) below: u64,
}

impl Fraction {
    /// How it compares with `limit`.
    fn cmp(self, limit: Decimal) -> std::cmp::Ordering {
        let left = i128::from(self.above).saturating_mul(power(limit.scale));
        left.cmp(&i128::from(limit.mantissa).saturating_mul(i128::from(self.below)))
    }
}

/// Whether a number is within a limit. `None`: it depends on what is not known.
type Check<'c> = &'c dyn Fn(Decimal) -> Option<bool>;

impl Limits {
    /// Whether a number that is at least `low` and at most `high` is within the limits, and the limit that it breaks or
    /// may break. `None` first: it depends on what is not known.
    pub(super) fn hold(&self, low: Fraction, high: Fraction) -> (Option<bool>, Limit) {
        let mut whole = (Some(true), None);
        let checks: [(Option<Limit>, Check<'_>); 3] = [
            (self.min, &|limit| decided(high.cmp(limit).is_lt(), low.cmp(limit).is_ge())),
            (self.max, &|limit| decided(low.cmp(limit).is_gt(), high.cmp(limit).is_le())),
            (self.equal, &|limit| {
                let outside = low.cmp(limit).is_gt() || high.cmp(limit).is_lt();
                decided(outside, low.cmp(limit).is_eq() && high.cmp(limit).is_eq())
            }),
        ];
        for (limit, check) in checks {
            let Some(limit) = limit else { continue };
            match limit.map(check) {
                Some(Some(true)) => {}
                Some(Some(false)) => return (Some(false), limit),
                Some(None) | None => whole = (None, limit),
            }
        }
        whole
    }

    /// Whether they only say how many there may be, so that fewer are within them too.
    pub(super) const fn is_upper(&self) -> bool {
        self.min.is_none() && self.equal.is_none() && self.max.is_some()
    }

    /// Whether one record alone is certainly within the limits.
    pub(super) fn allow_one(&self) -> bool {
        let one = Fraction { above: 1, below: 1 };
        self.hold(one, one).0 == Some(true)
    }
}

fn decided(fails: bool, holds: bool) -> Option<bool> {
    holds.then_some(true).or_else(|| fails.then_some(false))
}

/// A limit as an argument.
pub(super) fn printed(limit: Limit) -> Argument {
    limit.map_or(Argument::NotGiven, Argument::Number)
}

/// Values that records are counted by: one of each group.
pub(super) type Group = BTreeMap<FieldId, Value>;

/// A batch whose records say nothing but the values of `groups`, in order.
pub(super) fn batch(pack: &RulePack, table: u16, groups: &[Group]) -> Batch {
    let record = |group: &Group| ExampleRecord {
        values: group.iter().map(|(field, value)| (*field, ExampleValue::Value(value.clone()))).collect(),
        ..ExampleRecord::default()
    };
    let records: Vec<ExampleRecord> = groups.iter().map(record).collect();
    batch_about(pack, &records, table)
}

/// The limits for each record of `batch`.
pub(super) fn limits(judging: Judging<'_>, bounds: &Bounds, batch: &Batch) -> Vec<Limits> {
    let mut machine = Machine::new(judging.plan, batch);
    let mut of = |bound: &Option<Scaled>| {
        let bound = (*bound)?;
        let values = machine.values(bound.step);
        let limit = |row| values.number(row).map(|mantissa| Decimal { mantissa, scale: bound.scale });
        Some((0..batch.len()).map(limit).collect::<Vec<Limit>>())
    };
    let [min, max, equal] = [of(&bounds.min), of(&bounds.max), of(&bounds.equal)];
    let at = |limits: &Option<Vec<Limit>>, row: usize| {
        limits.as_ref().map(|limits| limits.get(row).copied().flatten())
    };
    (0..batch.len())
        .map(|row| Limits { min: at(&min, row), max: at(&max, row), equal: at(&equal, row) })
        .collect()
}

/// The limits for the records that share `key`.
pub(super) fn limits_of(judging: Judging<'_>, rule: &DatasetRule, bounds: &Bounds, key: &[u8]) -> Limits {
    let pack = &judging.plan.pack;
    let table = pack.rules.get(rule.index).map_or(0, |rule| rule.table);
    let group = if bounds.fixed { Group::new() } else { decoded(pack, &rule.key, key) };
    limits(judging, bounds, &batch(pack, table, &[group])).first().copied().unwrap_or_default()
}

/// The values of `fields` that `key` was made of.
pub(super) fn decoded(pack: &RulePack, fields: &[FieldId], key: &[u8]) -> Group {
    let parts: Vec<Vec<u8>> = match fields {
        [_] => vec![key.to_vec()],
        _ => postcard::from_bytes(key).unwrap_or_default(),
    };
    let value = |(field, part): (&FieldId, Vec<u8>)| Some((*field, value(type_of(pack, *field)?, &part)?));
    fields.iter().zip(parts).filter_map(value).collect()
}

/// The value of type `ty` that a part of a key was made of. `None`: it was made of none.
pub(super) fn value(ty: &Type, part: &[u8]) -> Option<Value> {
    let number = || <[u8; 8]>::try_from(part).ok().map(i64::from_be_bytes);
    let day = || number().and_then(|number| i32::try_from(number).ok());
    Some(match ty {
        Type::Option(_) => Value::Option(*part.first()?),
        Type::Multi(_) => {
            let set = number()?.cast_unsigned();
            Value::Multi { set, listed: u16::try_from(set.count_ones()).ok()? }
        }
        Type::Text | Type::Code => Value::Text(std::str::from_utf8(part).ok()?.into()),
        Type::Date => Value::Date(day()?),
        Type::YearMonth => Value::YearMonth(day()?),
        Type::DateTime => Value::DateTime(number()?),
        Type::Number { .. } | Type::Condition => Value::Number(number()?),
    })
}
