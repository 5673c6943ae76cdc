//! Decimal text ↔ scaled whole numbers, exactly.
//!
//! Invariants
//! - No floating point: every digit of the text counts, and what does not fit is said so.
//! - Only ASCII digits, one leading `-` and one `.` between digits; other spellings are the caller's matter.

use std::fmt;

/// Most digits behind the point that a number type may have.
pub const MAX_SCALE: u8 = 9;

/// Why a text is not a number of the wanted scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberMistake {
    /// It is no decimal number at all.
    NotANumber,
    /// It has digits other than zero beyond the wanted scale.
    TooManyDecimals,
    /// It does not fit in 64 bits.
    TooLarge,
}

impl fmt::Display for NumberMistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotANumber => "not a decimal number",
            Self::TooManyDecimals => "too many decimals",
            Self::TooLarge => "too large",
        })
    }
}

impl std::error::Error for NumberMistake {}

/// The number in `text` times 10^`scale`.
///
/// Zeros beyond the scale are dropped (`1.0` is 1), other digits there are [`NumberMistake::TooManyDecimals`].
///
/// ```
/// use kenpyo::expression::number::{NumberMistake, parse_scaled};
///
/// assert_eq!(parse_scaled("-12.50", 1), Ok(-125));
/// assert_eq!(parse_scaled("12.55", 1), Err(NumberMistake::TooManyDecimals));
/// ```
pub fn parse_scaled(text: &str, scale: u8) -> Result<i64, NumberMistake> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    if [whole, part].iter().any(|run| run.is_empty() || !run.bytes().all(|byte| byte.is_ascii_digit())) {
        return Err(NumberMistake::NotANumber);
    }
    let part = part.trim_end_matches('0');
    if part.len() > usize::from(scale) {
        return Err(NumberMistake::TooManyDecimals);
    }
    let missing = usize::from(scale).saturating_sub(part.len());
    let all = whole.bytes().chain(part.bytes()).chain(std::iter::repeat_n(b'0', missing));
    collect(all, negative)
}

/// Adds the digits up towards the sign, so that the lowest number fits too.
fn collect(digits: impl Iterator<Item = u8>, negative: bool) -> Result<i64, NumberMistake> {
    let mut number: i64 = 0;
    for digit in digits {
        let digit = i64::from(digit.wrapping_sub(b'0'));
        let signed = if negative { -digit } else { digit };
        number = number
            .checked_mul(10)
            .and_then(|tenfold| tenfold.checked_add(signed))
            .ok_or(NumberMistake::TooLarge)?;
    }
    Ok(number)
}

/// The least scale at which `text` (digits and perhaps a point) is whole. Over 255 is 255.
pub fn scale_of(text: &str) -> u8 {
    let part = text.split_once('.').map_or("", |(_, part)| part.trim_end_matches('0'));
    u8::try_from(part.len()).unwrap_or(u8::MAX)
}

/// `number` of scale `from` at scale `to`. `None`: it would lose digits or not fit.
pub fn rescale(number: i64, from: u8, to: u8) -> Option<i64> {
    let factor = 10_i64.checked_pow(u32::from(from.abs_diff(to)))?;
    if to >= from {
        number.checked_mul(factor)
    } else {
        (number.checked_rem(factor)? == 0).then(|| number.checked_div(factor)).flatten()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_three_mistakes_are_told_apart() {
        let found = ["", "-", ".5", "5.", "1e3", "+1", "1 ", "１", "--1", "1.2.3", "1.-2"];
        for text in found {
            assert_eq!(parse_scaled(text, 2), Err(NumberMistake::NotANumber), "{text}");
        }
        assert_eq!(parse_scaled("0.001", 2), Err(NumberMistake::TooManyDecimals));
        assert_eq!(parse_scaled("9223372036854775808", 0), Err(NumberMistake::TooLarge));
        assert_eq!(parse_scaled("92233720368547758.08", 3), Err(NumberMistake::TooLarge));
    }

    #[test]
    fn the_ends_of_the_range_are_read() {
        assert_eq!(parse_scaled("9223372036854775807", 0), Ok(i64::MAX));
        assert_eq!(parse_scaled("-9223372036854775808", 0), Ok(i64::MIN));
        assert_eq!(parse_scaled("-0", 3), Ok(0));
        assert_eq!(parse_scaled("000012.3400", 2), Ok(1234));
    }

    #[test]
    fn rescaling_loses_nothing_silently() {
        assert_eq!(rescale(125, 1, 3), Some(12500));
        assert_eq!(rescale(12500, 3, 1), Some(125));
        assert_eq!(rescale(125, 2, 1), None);
        assert_eq!(rescale(i64::MAX, 0, 1), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn any_text_gives_an_answer(text in "[-0-9._e ]{0,30}", scale in 0_u8..=9) {
            if let Ok(number) = parse_scaled(&text, scale) {
                let printed = crate::diagnostic::Decimal { mantissa: number, scale }.to_string();
                prop_assert_eq!(parse_scaled(&printed, scale), Ok(number));
            }
        }
    }
}
