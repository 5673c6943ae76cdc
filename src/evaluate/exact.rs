//! Exact comparison of products and quotients.
//!
//! Invariants
//! - No rounding and no overflow, whatever 64-bit numbers come in.

use std::cmp::Ordering;

use super::keyed::power;

/// `a.0 × a.1` against `b.0 × b.1`.
pub(crate) fn compare_products(a: (u128, u128), b: (u128, u128)) -> Ordering {
    wide_product(a.0, a.1).cmp(&wide_product(b.0, b.1))
}

/// The 256-bit product, higher half first.
fn wide_product(a: u128, b: u128) -> (u128, u128) {
    const HALF: u128 = (1 << 64) - 1;
    let (a_high, a_low, b_high, b_low) = (a >> 64, a & HALF, b >> 64, b & HALF);
    let low = a_low * b_low;
    let first = a_high * b_low + (low >> 64);
    let second = a_low * b_high + (first & HALF);
    (a_high * b_high + (first >> 64) + (second >> 64), second << 64 | low & HALF)
}

/// A quotient of mantissas, and the power of ten by which it is multiplied.
pub(crate) type Ratio = (i64, i64, i32);

/// The order of two ratios. `None`: a divisor is 0.
pub(crate) fn compare_quotients(left: Ratio, right: Ratio) -> Option<Ordering> {
    let ((a, b, up), (c, d, other)) = (left, right);
    if b == 0 || d == 0 {
        return None;
    }
    // a/b × 10^up against c/d × 10^other, multiplied by |b| and |d|.
    let left = i128::from(a) * i128::from(d.unsigned_abs()) * i128::from(b.signum());
    let right = i128::from(c) * i128::from(b.unsigned_abs()) * i128::from(d.signum());
    if left.signum() != right.signum() {
        return Some(left.cmp(&right));
    }
    let exponent = |shift: i32| power(u8::try_from(shift.max(0)).unwrap_or(u8::MAX)).unsigned_abs();
    let sizes = compare_products(
        (left.unsigned_abs(), exponent(up - other)),
        (right.unsigned_abs(), exponent(other - up)),
    );
    Some(if left < 0 { sizes.reverse() } else { sizes })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_largest_products_are_told_apart() {
        let most = u128::MAX;
        assert_eq!(compare_products((most, most), (most, most - 1)), Ordering::Greater);
        assert_eq!(compare_products((most, 0), (1, 0)), Ordering::Equal);
        assert_eq!(compare_products((1 << 127, 2), (1 << 126, 4)), Ordering::Equal);
    }

    #[test]
    fn a_negative_divisor_turns_the_order() {
        let order = |left, right| compare_quotients(left, right).expect("no zero");
        assert_eq!(order((1, -2, 0), (1, 2, 0)), Ordering::Less);
        assert_eq!(order((-1, -3, 0), (1, 3, 0)), Ordering::Equal);
        assert_eq!(order((i64::MIN, -1, 9), (i64::MAX, 1, 9)), Ordering::Greater);
        assert_eq!(order((i64::MAX, 1, 18), (i64::MAX, 1, -18)), Ordering::Greater);
        assert_eq!(compare_quotients((1, 0, 0), (1, 1, 0)), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn small_quotients_order_as_fractions(a in -50_i64..50, b in -9_i64..9, c in -50_i64..50, d in 1_i64..9) {
            prop_assume!(b != 0);
            let common = (a * d * b.signum()).cmp(&(c * b.abs()));
            prop_assert_eq!(compare_quotients((a, b, 0), (c, d, 0)), Some(common));
        }
    }
}
