//! Texts put together from parts: `S{serial:7}`, `{pref_code}199{shuffled:4}{check:luhn}`.
//!
//! Invariants
//! - A check digit is that of the digits written before it in the same text.
//! - `{shuffled:n}` is different for every unit until 10^n units have had theirs.

use std::fmt::Write as _;
use std::sync::Arc;

use super::random::{Dice, mixed};
use super::record::{Labels, Record, text};
use crate::questionnaire::Questionnaire;

/// How a check digit is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckDigit {
    /// Weights 2 and 1 in turn from the right, digits of the products added.
    Luhn,
    /// Weights 6 to 2 over the last five digits, remainder by 11 (JIS X 0402).
    JisX0402,
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Literal.
    Text(Arc<str>),
    /// The unit's number with leading zeros up to `width`, of it the digits `from` to `to` (counted from 1).
    Serial {
        /// Digits at least.
        width: usize,
        /// First digit taken.
        from: usize,
        /// Last digit taken.
        to: usize,
    },
    /// As many digits, a permutation of the unit's last digits that the seed chooses.
    Shuffled(u32),
    /// As many random digits.
    Digits(u32),
    /// As many random capital letters.
    Letters(u32),
    /// The canonical text of a field.
    Field(usize),
    /// A check digit.
    Check(CheckDigit),
}

/// What placeholders a text may hold, beside names of fields.
pub const PLACEHOLDERS: &str =
    "{serial:7}, {serial:7/1-3}, {shuffled:4}, {digits:2}, {letters:2}, {check:luhn}, {check:jis_x0402}";

/// Splits `text` at its placeholders; `field` gives the position of a field that has a value already.
/// The error is the first placeholder that is not known.
pub fn parse(text: &str, mut field: impl FnMut(&str) -> Option<usize>) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        if !before.is_empty() {
            pieces.push(Piece::Text(Arc::from(before)));
        }
        let (name, tail) = after.split_once('}').ok_or_else(|| after.to_owned())?;
        let piece = placeholder(name).or_else(|| field(name).map(Piece::Field));
        pieces.push(piece.ok_or_else(|| name.to_owned())?);
        rest = tail;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(Arc::from(rest)));
    }
    Ok(pieces)
}

fn placeholder(name: &str) -> Option<Piece> {
    let (name, argument) = name.split_once(':')?;
    let count = || argument.parse().ok().filter(|count| (1..=18).contains(count));
    match name {
        "serial" => serial(argument),
        "shuffled" => count().map(Piece::Shuffled),
        "digits" => count().map(Piece::Digits),
        "letters" => count().map(Piece::Letters),
        "check" if argument == "luhn" => Some(Piece::Check(CheckDigit::Luhn)),
        "check" if argument == "jis_x0402" => Some(Piece::Check(CheckDigit::JisX0402)),
        _ => None,
    }
}

fn serial(argument: &str) -> Option<Piece> {
    let Some((width, range)) = argument.split_once('/') else {
        let width = argument.parse().ok()?;
        return Some(Piece::Serial { width, from: 1, to: usize::MAX });
    };
    let (from, to) = range.split_once('-')?;
    Some(Piece::Serial { width: width.parse().ok()?, from: from.parse().ok()?, to: to.parse().ok()? })
}

/// The text for `record`, with the random numbers of `dice`.
pub fn fill(
    pieces: &[Piece],
    record: &Record,
    seed: u64,
    questionnaire: &Questionnaire,
    dice: &mut Dice<'_>,
) -> String {
    let mut written = String::with_capacity(24);
    for piece in pieces {
        match piece {
            Piece::Text(literal) => written.push_str(literal),
            Piece::Serial { width, from, to } => {
                let digits = format!("{:0width$}", record.serial, width = *width);
                let taken = digits.chars().skip(from.saturating_sub(1));
                written.extend(taken.take(to.saturating_sub(from.saturating_sub(1))));
            }
            Piece::Shuffled(count) => {
                push_number(&mut written, shuffled(record.serial, *count, seed), *count)
            }
            Piece::Digits(count) => {
                let number = dice.below(10_u64.saturating_pow(*count));
                push_number(&mut written, number, *count);
            }
            Piece::Letters(count) => {
                let letters = (0..*count).map(|_| u8::try_from(dice.below(26)).unwrap_or(0));
                written.extend(letters.map(|letter| char::from(b'A' + letter)));
            }
            Piece::Field(field) => {
                if let Some(declared) = questionnaire.fields.get(*field) {
                    written.push_str(&text(record.cell(*field), declared, Labels::Code));
                }
            }
            Piece::Check(kind) => written.extend(check_digit(&written, *kind)),
        }
    }
    written
}

fn push_number(into: &mut String, number: u64, width: u32) {
    // Writing to a string cannot fail.
    let _ = write!(into, "{number:0width$}", width = usize::try_from(width).unwrap_or(0));
}

/// The serial's last `count` digits under an affine permutation: the factor has no divisor in common with 10.
fn shuffled(serial: u64, count: u32, seed: u64) -> u64 {
    let size = u128::from(10_u64.saturating_pow(count));
    let factor = u128::from(mixed(seed) / 10 * 10) + 7;
    let shift = u128::from(mixed(mixed(seed)));
    u64::try_from((u128::from(serial) * (factor % size) + shift) % size).unwrap_or(0)
}

/// The check digit of the digits of `text`; other characters do not count.
pub fn check_digit(text: &str, kind: CheckDigit) -> Option<char> {
    let digits: Vec<u32> = text.chars().filter_map(|character| character.to_digit(10)).collect();
    let digit = match kind {
        CheckDigit::Luhn => {
            let products =
                digits.iter().rev().zip([2, 1].into_iter().cycle()).map(|(digit, weight)| digit * weight);
            let sum: u32 = products.map(|product| product / 10 + product % 10).sum();
            (10 - sum % 10) % 10
        }
        CheckDigit::JisX0402 => {
            let sum: u32 = digits.iter().rev().zip(2..=6).map(|(digit, weight)| digit * weight).sum();
            (11 - sum % 11) % 10
        }
    };
    char::from_digit(digit, 10)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn check_digits_are_those_of_the_published_vectors() {
        let luhn = ["011011371"].map(|text| check_digit(text, CheckDigit::Luhn));
        assert_eq!(luhn, [Some('9')]);
        let codes = ["01100", "13101", "27100", "47201", "01000", "13000"];
        let found: String = codes.iter().filter_map(|code| check_digit(code, CheckDigit::JisX0402)).collect();
        assert_eq!(found, "264861");
    }

    #[test]
    fn shuffled_numbers_are_all_different() {
        let numbers: BTreeSet<u64> = (1..=10_000).map(|serial| shuffled(serial, 4, 99)).collect();
        assert_eq!(numbers.len(), 10_000);
        assert_ne!(shuffled(1, 4, 99), shuffled(1, 4, 98));
    }

    #[test]
    fn placeholders_are_parsed_and_unknown_ones_are_named() {
        let parsed = parse("a{serial:7/1-3}-{x}{check:luhn}", |name| (name == "x").then_some(4)).unwrap();
        let expected = [
            Piece::Text("a".into()),
            Piece::Serial { width: 7, from: 1, to: 3 },
            Piece::Text("-".into()),
            Piece::Field(4),
            Piece::Check(CheckDigit::Luhn),
        ];
        assert_eq!(parsed, expected);
        assert_eq!(parse("{serial}", |_| None), Err("serial".to_owned()));
        assert_eq!(parse("{digits:0}", |_| None), Err("digits:0".to_owned()));
        assert_eq!(parse("a{open", |_| None), Err("open".to_owned()));
    }
}
