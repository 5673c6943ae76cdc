//! Values of different lists and scales brought into one order.
//!
//! Invariants
//! - Exact: numbers are aligned in 128 bits, options by name or rank, texts by code point.

use super::values::{Cells, Plain, Values};
use crate::batch::Batch;
use crate::plan::Keys;

/// One value in the common order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key<'a> {
    /// Numbers, times, options, sets.
    Number(i128),
    /// Texts.
    Text(&'a str),
}

/// 10 to the power of `exponent`, which is at most 36.
pub(crate) fn power(exponent: u8) -> i128 {
    10_i128.checked_pow(u32::from(exponent)).unwrap_or(i128::MAX)
}

/// The factor that brings operand `place` to the largest of `scales`.
pub(crate) fn factor(scales: &[u8], place: usize) -> i128 {
    let largest = scales.iter().copied().max().unwrap_or(0);
    power(largest - scales.get(place).copied().unwrap_or(largest))
}

/// The key of operand number `place` in `row`. `None`: unknown, or an option without key.
pub(crate) fn key<'a>(
    values: &'a Values<'_>,
    keys: &Keys,
    place: usize,
    row: usize,
    batch: &'a Batch,
) -> Option<Key<'a>> {
    let number = match keys {
        Keys::Numbers(scales) => i128::from(values.number(row)?) * factor(scales, place),
        Keys::Times => i128::from(values.number(row)?),
        Keys::Codes => i128::from(values.option(row)?),
        Keys::Text => return values.text(row, batch).map(Key::Text),
        Keys::Options(tables) => {
            let option = usize::from(values.option(row)?);
            i128::from((*tables.get(place)?.get(option)?)?)
        }
        Keys::Sets(tables) => shared_set(values.set(row)?.0, tables.get(place)?).cast_signed(),
    };
    Some(Key::Number(number))
}

/// `set` with each bit at its place in the shared numbering.
fn shared_set(set: u64, table: &[Option<i64>]) -> u128 {
    let chosen = table.iter().enumerate().filter(|(option, _)| set >> option & 1 == 1);
    let places = chosen.filter_map(|(_, place)| u32::try_from((*place)?).ok());
    places.fold(0, |bits, place| bits | 1_u128.checked_shl(place).unwrap_or(0))
}

/// Plain numbers of one scale, to be compared as they are. `None`: they need [`key`].
pub(crate) fn plain<'v>(values: &'v Values<'_>, keys: &Keys) -> Option<&'v Plain<'v, i64>> {
    let alike = match keys {
        Keys::Numbers(scales) => scales.windows(2).all(|pair| matches!(pair, [a, b] if a == b)),
        Keys::Times => true,
        _ => false,
    };
    match &values.cells {
        Cells::Numbers(numbers) if alike => Some(numbers),
        _ => None,
    }
}

/// Option codes of one list, to be compared as they are. `None`: they need [`key`].
pub(crate) fn codes<'v>(values: &'v Values<'_>, keys: &Keys) -> Option<&'v Plain<'v, u8>> {
    match &values.cells {
        Cells::Options(options) if *keys == Keys::Codes => Some(options),
        _ => None,
    }
}
