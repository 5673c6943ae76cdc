//! How a lookup's row is found, prepared for the keys that one expression gives.
//!
//! Invariants
//! - Options are found by name, numbers exactly, whatever their lists and scales.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::keys::recode;
use super::lower::scale_of;
use super::step::{KeyForm, Way};
use crate::expression::{Type, Value};
use crate::rule_pack::{Lookup, LookupKeys};

/// The way from keys of `types` to a row of `table`.
pub(super) fn way(table: &Lookup, types: &[&Type]) -> Way {
    let (columns, rows) = match &table.keys {
        LookupKeys::Interval { ty, .. } => return Way::Interval(scale_of(ty)),
        LookupKeys::Exact(columns, rows) => (columns, rows),
    };
    let key_types: Vec<Option<&Type>> = columns
        .iter()
        .map(|&column| table.columns.get(usize::from(column)).map(|column| &column.ty))
        .collect();
    match (key_types.as_slice(), types) {
        ([Some(Type::Option(theirs))], [Type::Option(ours)]) => Way::Option(
            recode(ours, theirs)
                .into_iter()
                .map(|option| {
                    rows.get(&vec![Value::Option(option?)]).and_then(|&row| u32::try_from(row).ok())
                })
                .collect(),
        ),
        ([Some(Type::Text | Type::Code)], _) => Way::Text(by_text(rows)),
        ([Some(ty)], _) => Way::Number(by_number(rows), scale_of(ty)),
        _ => Way::All(key_types.iter().zip(types).map(|(theirs, ours)| form(*theirs, ours)).collect()),
    }
}

fn by_text(rows: &BTreeMap<Vec<Value>, usize>) -> Vec<(Arc<str>, u32)> {
    rows.iter()
        .filter_map(|(key, &row)| match key.as_slice() {
            [Value::Text(text)] => Some((Arc::clone(text), u32::try_from(row).ok()?)),
            _ => None,
        })
        .collect()
}

fn by_number(rows: &BTreeMap<Vec<Value>, usize>) -> Vec<(i64, u32)> {
    rows.iter()
        .filter_map(|(key, &row)| {
            let number = match key.as_slice() {
                [Value::Number(number) | Value::DateTime(number)] => *number,
                [Value::Date(number) | Value::YearMonth(number)] => i64::from(*number),
                _ => return None,
            };
            Some((number, u32::try_from(row).ok()?))
        })
        .collect()
}

fn form(theirs: Option<&Type>, ours: &Type) -> KeyForm {
    match (theirs, ours) {
        (Some(Type::Option(theirs)), Type::Option(ours)) if theirs != ours => {
            KeyForm::Option(recode(ours, theirs))
        }
        (Some(Type::Number { scale, .. }), Type::Number { scale: from, .. }) if scale != from => {
            KeyForm::Number(*scale)
        }
        _ => KeyForm::AsIs,
    }
}
