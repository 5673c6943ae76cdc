//! Cells as keys: see [`crate::expression::key`].
//!
//! Invariants
//! - A record whose key has a part without value has no key.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Column, Data};
use crate::expression::key::{KeyIndex, add, add_option, add_options, exactly};
use crate::expression::{FieldId, Type};
use crate::input::RawChunk;

/// Adds the value of `row` to `key`; whether there is one.
pub fn add_cell(key: &mut Vec<u8>, column: &Column, ty: &Type, row: usize, chunk: &RawChunk) -> bool {
    if column.absent || !column.known.get(row) {
        return false;
    }
    match &column.data {
        Data::Text(texts) => texts.get(row).is_some_and(|text| add(key, chunk.text_bytes(*text))),
        Data::Numbers(numbers) => numbers.get(row).is_some_and(|number| add(key, &exactly(*number, ty))),
        Data::Options(codes) => codes.get(row).is_some_and(|code| add_option(key, ty, *code)),
        Data::Multi { set, .. } => set.get(row).is_some_and(|set| add_options(key, ty, *set)),
        Data::Dates(days) | Data::Months(days) => {
            days.get(row).is_some_and(|day| add(key, &i64::from(*day).to_be_bytes()))
        }
        Data::DateTimes(moments) => moments.get(row).is_some_and(|moment| add(key, &moment.to_be_bytes())),
    }
}

/// The keys of the files beside the submissions: those of some columns of one table, by the columns.
pub type KeySets = BTreeMap<Vec<FieldId>, Arc<KeyIndex>>;
