//! Kernels: tight loops over whole columns, 64 records a word.
//!
//! Invariants
//! - They compute for every row, known or not: unknown rows hold some number, and masks are applied afterwards.
//! - No branch in the inner loops, no allocation but the result.

use super::values::Plain;
use crate::batch::Mask;
use crate::expression::tree::CompareOp;

/// The rows whose value satisfies `test`.
pub(crate) fn bits<T: Copy>(values: &[T], len: usize, test: impl Fn(T) -> bool) -> Mask {
    let mut mask = Mask::none(len);
    for (word, values) in mask.words_mut().iter_mut().zip(values.chunks(64)) {
        *word = values.iter().rev().fold(0, |bits, &value| bits << 1 | u64::from(test(value)));
    }
    mask.seal();
    mask
}

/// The rows whose two values satisfy `test`.
fn bits_of_two<T: Copy>(left: &[T], right: &[T], len: usize, test: impl Fn(T, T) -> bool) -> Mask {
    let mut mask = Mask::none(len);
    let pairs = left.chunks(64).zip(right.chunks(64));
    for (word, (left, right)) in mask.words_mut().iter_mut().zip(pairs) {
        let pairs = left.iter().zip(right).rev();
        *word = pairs.fold(0, |bits, (&a, &b)| bits << 1 | u64::from(test(a, b)));
    }
    mask.seal();
    mask
}

/// The rows in which `left op right`.
pub(crate) fn compare<T: Copy + Ord>(
    op: CompareOp,
    left: &Plain<'_, T>,
    right: &Plain<'_, T>,
    len: usize,
) -> Mask {
    match op {
        CompareOp::Equal => compared(left, right, len, |a, b| a == b),
        CompareOp::NotEqual => compared(left, right, len, |a, b| a != b),
        CompareOp::Less => compared(left, right, len, |a, b| a < b),
        CompareOp::LessOrEqual => compared(left, right, len, |a, b| a <= b),
        CompareOp::Greater => compared(left, right, len, |a, b| a > b),
        CompareOp::GreaterOrEqual => compared(left, right, len, |a, b| a >= b),
    }
}

fn compared<T: Copy>(
    left: &Plain<'_, T>,
    right: &Plain<'_, T>,
    len: usize,
    test: impl Fn(T, T) -> bool,
) -> Mask {
    match (left, right) {
        (Plain::Same(a), Plain::Same(b)) => {
            if test(*a, *b) {
                Mask::all(len)
            } else {
                Mask::none(len)
            }
        }
        (Plain::Each(values), Plain::Same(b)) => bits(values, len, |a| test(a, *b)),
        (Plain::Same(a), Plain::Each(values)) => bits(values, len, |b| test(*a, b)),
        (Plain::Each(left), Plain::Each(right)) => bits_of_two(left, right, len, test),
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    #[test]
    fn every_row_stands_at_its_own_bit() {
        let values: Vec<i64> = (0..130).collect();
        let left = Plain::Each(Cow::Borrowed(values.as_slice()));
        let rows = |op, right| compare(op, &left, &Plain::Same(right), 130).rows().collect::<Vec<_>>();
        assert_eq!(rows(CompareOp::Less, 2), [0, 1]);
        assert_eq!(rows(CompareOp::GreaterOrEqual, 128), [128, 129]);
        assert_eq!(rows(CompareOp::Equal, 64), [64]);
        assert_eq!(compare(CompareOp::NotEqual, &left, &left, 130).count(), 0);
    }
}
