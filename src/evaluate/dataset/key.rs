//! Keys: the values by which records belong together, as bytes and as a number.
//!
//! Invariants
//! - Equal keys, equal values, equal numbers; that unlike keys may have one number too costs time and never a verdict.
//! - The bytes and the numbers are nobody's matter outside one run.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use crate::evaluate::machine::Machine;
use crate::evaluate::values::RowValue;
use crate::expression::FieldId;

/// The values of `fields`, each for itself, of which some may be missing.
pub(super) fn parts(machine: &Machine<'_, '_>, fields: &[FieldId], row: usize) -> Option<Vec<u8>> {
    let parts: Vec<Option<Vec<u8>>> = fields.iter().map(|field| key_part(machine, *field, row)).collect();
    postcard::to_allocvec(&parts).ok()
}

/// The values of `fields` as one key: equal keys, equal values. `None`: one has no value.
pub(super) fn key(machine: &Machine<'_, '_>, fields: &[FieldId], row: usize) -> Option<Vec<u8>> {
    if let [only] = fields {
        return key_part(machine, *only, row);
    }
    let parts: Vec<Vec<u8>> =
        fields.iter().map(|field| key_part(machine, *field, row)).collect::<Option<_>>()?;
    postcard::to_allocvec(&parts).ok()
}

/// The value of one field as a key. `None`: it has none.
pub(super) fn key_part(machine: &Machine<'_, '_>, field: FieldId, row: usize) -> Option<Vec<u8>> {
    Some(match machine.one(field, row)? {
        RowValue::Text(text) => text.as_bytes().to_vec(),
        RowValue::Number(number) => number.to_be_bytes().to_vec(),
        RowValue::Option(option) => vec![option],
        RowValue::Set((set, _)) => set.to_be_bytes().to_vec(),
    })
}

/// The values of `fields` as one number. `None`: one has no value.
pub(super) fn number(machine: &Machine<'_, '_>, fields: &[FieldId], row: usize) -> Option<u64> {
    let mut hasher = DefaultHasher::new();
    for &field in fields {
        match machine.one(field, row)? {
            RowValue::Text(text) => text.hash(&mut hasher),
            RowValue::Number(number) => number.hash(&mut hasher),
            RowValue::Option(option) => option.hash(&mut hasher),
            RowValue::Set((set, _)) => set.hash(&mut hasher),
        }
    }
    Some(hasher.finish())
}
