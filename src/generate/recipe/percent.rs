//! Percentages, read exactly.
//!
//! Invariants
//! - No floating point: a percentage is a whole number of millionths of a percent.

use std::fmt;

/// Millionths in one percent.
const ONE: u64 = 1_000_000;

/// A share from 0 to 100 %, in millionths of a percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Percent(u64);

impl Percent {
    /// All.
    pub const WHOLE: Self = Self(100 * ONE);

    /// Reads `5`, `0.1`, `99.999999`. `None`: no such number, above 100, or more than six decimals.
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(part) || part.len() > 6 {
            return None;
        }
        let part: u64 = format!("{part:0<6}").parse().ok()?;
        let millionths = whole.parse::<u64>().ok()?.checked_mul(ONE)?.checked_add(part)?;
        (millionths <= Self::WHOLE.0).then_some(Self(millionths))
    }

    /// In millionths of a percent.
    pub const fn millionths(self) -> u64 {
        self.0
    }

    /// This share of `number`, half up.
    pub fn of(self, number: u64) -> u64 {
        let whole = u128::from(Self::WHOLE.0);
        let product = u128::from(number) * u128::from(self.0);
        u64::try_from((2 * product + whole) / (2 * whole)).unwrap_or(u64::MAX)
    }

    /// This share of `number`, rounded down; 0 of a negative number.
    pub fn floor_of(self, number: i64) -> i64 {
        let product = i128::from(number.max(0)) * i128::from(self.0);
        i64::try_from(product / i128::from(Self::WHOLE.0)).unwrap_or(i64::MAX)
    }

    /// What is missing to a whole after `others`; `None`: they are more than a whole.
    pub fn rest_after(others: u64) -> Option<Self> {
        Self::WHOLE.0.checked_sub(others).map(Self)
    }
}

/// Prints millionths of a percent as a decimal.
pub fn print(millionths: u64) -> String {
    Percent(millionths).to_string()
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.0 / ONE, self.0 % ONE);
        let part = format!("{part:06}");
        match part.trim_end_matches('0') {
            "" => write!(f, "{whole}"),
            part => write!(f, "{whole}.{part}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact_and_nothing_else_is_read() {
        let read = ["0", "5", "0.1", "99.999999", "100", "100.0"]
            .map(|text| Percent::parse(text).map(|p| p.to_string()));
        assert_eq!(read.map(Option::unwrap), ["0", "5", "0.1", "99.999999", "100", "100"]);
        let refused = ["", "-1", "1e1", "100.000001", "0.0000001", "1.", ".5", "+5", "999999999999999999999"];
        assert!(refused.iter().all(|text| Percent::parse(text).is_none()));
    }

    #[test]
    fn shares_are_rounded_half_up() {
        let of = |text: &str, number| Percent::parse(text).unwrap().of(number);
        assert_eq!((of("5", 5353), of("12.5", 4), of("12.4", 4), of("100", u64::MAX)), (268, 1, 0, u64::MAX));
        assert_eq!(Percent::parse("10").unwrap().floor_of(29), 2);
    }
}
