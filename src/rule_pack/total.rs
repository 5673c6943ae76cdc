//! Whether a lookup keyed by options has a row for each of them.
//!
//! Invariants
//! - Only options that lack a row are named, at most [`MOST_NAMED`] of them.

use std::collections::BTreeMap;

use super::LookupColumn;
use super::lookup::Draft;
use super::mistake;
use crate::diagnostic::Diagnostics;
use crate::diagnostic::code::pack as code;
use crate::expression::{OptionList, Type, Value};

/// Most missing options that one message lists.
const MOST_NAMED: usize = 10;

/// Most combinations of several option keys that are checked; larger products are no reference table.
const MOST_COMBINATIONS: usize = 100_000;

/// Reports the options (or combinations of them) of the keys in `columns` that no row has.
pub(super) fn check(
    draft: &Draft<'_>,
    columns: &[&LookupColumn],
    rows: &BTreeMap<Vec<Value>, usize>,
    found: &mut Diagnostics,
) {
    let lists: Option<Vec<&OptionList>> = columns
        .iter()
        .map(|column| match &column.ty {
            Type::Option(list) => Some(&**list),
            _ => None,
        })
        .collect();
    let Some(lists) = lists.filter(|lists| combinations(lists) <= MOST_COMBINATIONS) else { return };
    let mut missing: Vec<String> = Vec::new();
    walk(&lists, &mut Vec::new(), &mut |key| {
        if missing.len() < MOST_NAMED && !rows.contains_key(key) {
            missing.push(written(&lists, key));
        }
    });
    if !missing.is_empty() {
        let declaration = draft.declaration;
        let mistake = mistake::at(&code::LOOKUP_NOT_TOTAL, declaration.source, declaration.name_span)
            .with("table", &*declaration.name)
            .with("missing", mistake::names(missing));
        found.push(mistake);
    }
}

fn combinations(lists: &[&OptionList]) -> usize {
    lists.iter().fold(1, |product, list| product.saturating_mul(list.items.len()))
}

/// Visits every combination; as deep as there are key columns.
fn walk(lists: &[&OptionList], key: &mut Vec<Value>, visit: &mut impl FnMut(&Vec<Value>)) {
    let Some((first, rest)) = lists.split_first() else {
        visit(key);
        return;
    };
    for index in 0..first.items.len() {
        key.push(Value::Option(u8::try_from(index).unwrap_or(u8::MAX)));
        walk(rest, key, visit);
        key.pop();
    }
}

fn written(lists: &[&OptionList], key: &[Value]) -> String {
    let name = |(list, value): (&&OptionList, &Value)| match value {
        Value::Option(index) => list.get(*index).map(|item| item.name.to_string()),
        _ => None,
    };
    lists.iter().zip(key).filter_map(name).collect::<Vec<_>>().join("+")
}
