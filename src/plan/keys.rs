//! How operands of different lists and scales are made comparable.
//!
//! Invariants
//! - Decided once, from types alone.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::lower::scale_of;
use super::step::{KeyTable, Keys};
use crate::expression::typed::By;
use crate::expression::{OptionList, Type};

/// How values of `types` are compared. `by`: as typing decided; `None`: for equality only.
pub(super) fn keys(types: &[&Type], by: Option<By>) -> Keys {
    match types.first() {
        Some(Type::Option(_)) if by == Some(By::Rank) => Keys::Options(lists(types).map(ranks).collect()),
        Some(Type::Option(_)) => {
            if alike(types) {
                Keys::Codes
            } else {
                Keys::Options(numbered(types))
            }
        }
        Some(Type::Multi(_)) => Keys::Sets(numbered(types)),
        Some(Type::Text | Type::Code) => Keys::Text,
        Some(Type::Date | Type::DateTime | Type::YearMonth) => Keys::Times,
        Some(Type::Number { .. } | Type::Condition) | None => {
            Keys::Numbers(types.iter().map(|ty| scale_of(ty)).collect())
        }
    }
}

/// Option of `from` → the option of the same name of `to`.
pub(super) fn recode(from: &OptionList, to: &OptionList) -> Vec<Option<u8>> {
    from.items.iter().map(|item| to.index_of(&item.name)).collect()
}

fn lists<'a>(types: &'a [&Type]) -> impl Iterator<Item = &'a Arc<OptionList>> {
    types.iter().filter_map(|ty| match ty {
        Type::Option(list) | Type::Multi(list) => Some(list),
        _ => None,
    })
}

fn alike(types: &[&Type]) -> bool {
    let mut lists = lists(types);
    lists.next().is_none_or(|first| lists.all(|list| Arc::ptr_eq(first, list) || first == list))
}

fn ranks(list: &Arc<OptionList>) -> KeyTable {
    list.items.iter().map(|item| item.rank).collect()
}

/// One number for each name, over all lists.
fn numbered(types: &[&Type]) -> Vec<KeyTable> {
    let mut names: BTreeMap<Arc<str>, i64> = BTreeMap::new();
    let mut number = |name: &Arc<str>| {
        let next = i64::try_from(names.len()).unwrap_or(i64::MAX);
        Some(*names.entry(Arc::clone(name)).or_insert(next))
    };
    lists(types).map(|list| list.items.iter().map(|item| number(&item.name)).collect()).collect()
}
