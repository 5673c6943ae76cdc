//! Numbers: whole or with a fixed number of decimals, judged from their text.
//!
//! Invariants
//! - No floating point: every digit counts. An exponent, too many decimals or too many digits are INVALID.
//! - What is spelled otherwise than the number prints (`1.0`, `007`, `１２`) is read, and told.

use super::FieldReader;
use super::cell::{Desk, Reading, has_digits, is_compound, is_truth, mark, read_column};
use super::notice::{Fault, Note};
use super::spelling::reading_form;
use crate::batch::{Column, Data, Mask};
use crate::diagnostic::{Argument, Decimal};
use crate::expression::Type;
use crate::expression::number::{NumberMistake, parse_scaled};
use crate::input::RawCell;
use crate::questionnaire::{Field, NumberDomain};

/// Longest run of digits that surely fits into 64 bits.
const SAFE_DIGITS: usize = 18;

/// The numbers that one field may have.
#[derive(Debug)]
pub(super) struct Numbers {
    scale: u8,
    domain: NumberDomain,
    /// Whether a mark is spelled with digits (999), so that every number must be looked up.
    sentinels: bool,
}

impl Numbers {
    pub(super) fn new(field: &Field, domain: &NumberDomain) -> Self {
        let scale = match &field.ty {
            Type::Number { scale, .. } => *scale,
            _ => 0,
        };
        Self { scale, domain: domain.clone(), sentinels: has_digits(&field.marks) }
    }

    pub(super) fn column(
        &self,
        reader: &FieldReader,
        desk: &mut Desk,
        position: usize,
        skip: Option<&Mask>,
    ) -> Column {
        let (states, values) =
            read_column(reader, desk, position, skip, |desk, cell| self.read(reader, desk, cell));
        states.into_column(Data::Numbers(values))
    }

    fn read(&self, reader: &FieldReader, desk: &Desk, cell: &RawCell) -> Reading<i64> {
        if let Some(number) = plain_digits(desk.bytes(cell)).filter(|_| self.scale == 0 && !self.sentinels) {
            return self.judge(number, None);
        }
        let text = desk.text(cell);
        if text.is_empty() {
            return Reading::Blank;
        }
        if let Some(mark) = mark(reader, text) {
            return Reading::Mark(mark);
        }
        if is_compound(cell.kind) || is_truth(cell.kind) {
            return Reading::Invalid(Fault::Type);
        }
        let form = reading_form(text);
        match parse_scaled(&form, self.scale) {
            Ok(number) => {
                let told = !(form == text && is_plain(text, self.scale));
                self.judge(number, told.then(|| Note::Respelled(self.print(number))))
            }
            Err(NumberMistake::TooLarge) => Reading::Invalid(Fault::Domain(self.overflow(text))),
            Err(NumberMistake::NotANumber | NumberMistake::TooManyDecimals) => Reading::Invalid(Fault::Type),
        }
    }

    fn judge(&self, number: i64, note: Option<Note>) -> Reading<i64> {
        match (self.domain.broken(number), note) {
            (Some(keyword), _) => Reading::Invalid(Fault::Domain(keyword)),
            (None, Some(note)) => Reading::Noted(number, note),
            (None, None) => Reading::Value(number),
        }
    }

    /// The bound that a number too large for us breaks in any case.
    fn overflow(&self, text: &str) -> &'static str {
        match (text.starts_with('-'), self.domain.below.is_some(), self.domain.above.is_some()) {
            (false, true, _) => "exclusiveMaximum",
            (false, false, _) => "maximum",
            (true, _, true) => "exclusiveMinimum",
            (true, _, false) => "minimum",
        }
    }

    fn print(&self, mantissa: i64) -> Argument {
        Argument::Number(Decimal { mantissa, scale: self.scale })
    }
}

/// The number of a cell that is nothing but digits, as it would be printed. `None`: another cell.
fn plain_digits(bytes: &[u8]) -> Option<i64> {
    let canonical = matches!(bytes, [b'1'..=b'9', ..] | [b'0']) && bytes.len() <= SAFE_DIGITS;
    if !canonical {
        return None;
    }
    bytes
        .iter()
        .try_fold(0_i64, |number, byte| byte.is_ascii_digit().then(|| number * 10 + i64::from(byte - b'0')))
}

/// Whether a decimal number is written as one writes it: no needless zeros, no minus before a zero.
fn is_plain(text: &str, scale: u8) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let zero = digits.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    let leading = whole.len() > 1 && whole.starts_with('0');
    !leading && part.len() <= usize::from(scale) && !(zero && digits.len() < text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_canonical_digits_take_the_short_way() {
        let found = ["0", "120", "007", "", "-1", "1.0", "9999999999999999999", "12a"]
            .map(|text| plain_digits(text.as_bytes()));
        assert_eq!(found, [Some(0), Some(120), None, None, None, None, None, None]);
    }

    #[test]
    fn superscripts_and_squares_are_no_digits() {
        let read = |text: &str| parse_scaled(&reading_form(text), 2).ok();
        assert_eq!(["１０．５", "－３"].map(read), [Some(1050), Some(-300)]);
        assert_eq!(["10²", "1⁵0", "1₀", "①", "½", "Ⅳ", "㏠", "𝟏", "⒈"].map(read), [None; 9]);
    }

    #[test]
    fn needless_zeros_are_told() {
        let plain = ["12", "-12", "0", "1.5", "0.50"].map(|text| is_plain(text, 2));
        assert_eq!(plain, [true; 5]);
        let told = ["012", "-0", "-0.0", "1.500", "1.0"]
            .map(|text| is_plain(text, if text == "1.0" { 0 } else { 2 }));
        assert_eq!(told, [false; 5]);
    }
}
