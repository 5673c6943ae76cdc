//! Shares as exact ratios, and how they are printed.
//!
//! Invariants
//! - No floating point. Ratios are of unlimited length: the frame-weighted average over k bands has denominators up to the
//!   product of the bands' counts, and six bands of a million records already pass 10^36, prefectures any fixed width.
//! - Printed half up (四捨五入) from the exact ratio, never from a rounded one.

use std::fmt;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed as _, ToPrimitive as _, Zero as _};

/// An exact share; a percentage is a hundred times as much.
pub type Ratio = BigRational;

/// `count` of `base`. `None`: the base is empty.
pub fn ratio(count: u64, base: u64) -> Option<Ratio> {
    (base > 0).then(|| Ratio::new(BigInt::from(count), BigInt::from(base)))
}

/// A whole number as a ratio.
pub fn whole(number: u64) -> Ratio {
    Ratio::from_integer(BigInt::from(number))
}

/// A decimal number as it is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Decimal {
    /// The digits without the point.
    pub digits: i64,
    /// How many of them stand behind it.
    pub decimals: u8,
}

impl Decimal {
    /// The number itself.
    pub fn exact(self) -> Ratio {
        Ratio::new(BigInt::from(self.digits), BigInt::from(10).pow(u32::from(self.decimals)))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = 10_u64.checked_pow(u32::from(self.decimals)).unwrap_or(u64::MAX);
        let size = self.digits.unsigned_abs();
        let sign = if self.digits < 0 { "-" } else { "" };
        let (before, behind) = (size.checked_div(scale).unwrap_or(0), size.checked_rem(scale).unwrap_or(0));
        if self.decimals == 0 {
            write!(f, "{sign}{before}")
        } else {
            write!(f, "{sign}{before}.{behind:0width$}", width = usize::from(self.decimals))
        }
    }
}

/// `share` in per cent, rounded half up to `decimals`.
///
/// ```
/// use kenpyo::tables::{percent, ratio};
///
/// let print = |count, base| percent(&ratio(count, base).unwrap(), 0).to_string();
/// assert_eq!([print(1, 8), print(2, 16), print(0, 3), print(3, 3)], ["13", "13", "0", "100"]);
/// ```
pub fn percent(share: &Ratio, decimals: u8) -> Decimal {
    let scale = BigInt::from(10).pow(u32::from(decimals)) * 100;
    let (above, below) = (share.numer() * scale * 2 + share.denom(), share.denom() * 2);
    let digits = floor_div(&above, &below).to_i64().unwrap_or(i64::MAX);
    Decimal { digits, decimals }
}

/// The largest whole number not above `above / below`; `below` is positive.
fn floor_div(above: &BigInt, below: &BigInt) -> BigInt {
    if below.is_zero() {
        return BigInt::zero();
    }
    let quotient = above / below;
    let rest = above % below;
    if rest.is_negative() { quotient - 1 } else { quotient }
}

/// Whether two ratios print alike to `decimals`.
pub fn prints_as(share: &Ratio, printed: Decimal) -> bool {
    percent(share, printed.decimals) == printed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_rounded_up_and_nothing_else_is() {
        let print = |count, base, decimals| percent(&ratio(count, base).unwrap(), decimals).to_string();
        assert_eq!(print(1, 8, 0), "13");
        assert_eq!(print(425, 1000, 0), "43");
        assert_eq!(print(424_999, 1_000_000, 0), "42");
        assert_eq!(print(5353, 8171, 1), "65.5");
        assert_eq!(print(1, 2000, 1), "0.1");
        assert_eq!(print(1, 2001, 1), "0.0");
        assert_eq!(print(3, 2, 0), "150");
        assert!(ratio(0, 0).is_none());
    }
}
