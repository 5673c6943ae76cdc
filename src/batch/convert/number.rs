//! Numbers: whole or with a fixed number of decimals, judged from their text.
//!
//! Invariants
//! - No floating point: every digit counts. An exponent, too many decimals or too many digits are INVALID.
//! - What is spelled otherwise than the number prints (`1.0`, `007`, `１２`, `1,024`, the field's own unit behind it) is
//!   read, and told. A word beside the number (約, 程度, another unit) is another meaning, and is not.

use super::FieldReader;
use super::cell::{Desk, Reading, has_digits, is_unreadable, mark, read_column};
use super::note::{Change, Proposal};
use super::notice::Fault;
use super::spelling::{reading_form, trim};
use super::thousands::without_separators;
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
    /// In the reading form; empty: the field has none.
    unit: Box<str>,
    domain: NumberDomain,
    /// Whether a mark is spelled with digits (999), so that every number must be looked up.
    sentinels: bool,
}

impl Numbers {
    pub(super) fn new(field: &Field, domain: &NumberDomain) -> Self {
        let (scale, unit) = match &field.ty {
            Type::Number { scale, unit } => (*scale, unit.as_deref().unwrap_or("")),
            _ => (0, ""),
        };
        let unit = reading_form(unit).into();
        Self { scale, unit, domain: domain.clone(), sentinels: has_digits(&field.marks) }
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
            return self.judge(number, false);
        }
        let text = desk.text(cell);
        if text.is_empty() {
            return Reading::Blank;
        }
        if let Some(mark) = mark(reader, text) {
            return Reading::Mark(mark);
        }
        if is_unreadable(cell.kind, text) {
            return Reading::Invalid(Fault::Type);
        }
        let form = reading_form(text);
        match self.parse(&form) {
            Ok((number, bare)) => {
                let plain = bare && form == text && is_plain(text, self.scale) && !desk.is_padded(cell, text);
                self.judge(number, !plain)
            }
            Err(NumberMistake::TooLarge) => Reading::Invalid(Fault::Domain(self.overflow(text))),
            Err(NumberMistake::NotANumber | NumberMistake::TooManyDecimals) => self.doubtful(&form),
        }
    }

    /// The number of a reading form, without the field's unit and the separators of thousands; and whether it had none.
    fn parse(&self, form: &str) -> Result<(i64, bool), NumberMistake> {
        let mistake = match parse_scaled(form, self.scale) {
            Ok(number) => return Ok((number, true)),
            Err(NumberMistake::TooLarge) => return Err(NumberMistake::TooLarge),
            Err(mistake) => mistake,
        };
        let dressed = |number: &str| Ok((parse_scaled(number, self.scale)?, false));
        let bare = match form.strip_suffix(&*self.unit) {
            Some(bare) if !self.unit.is_empty() => trim(bare),
            _ => form,
        };
        match without_separators(bare) {
            Some(joined) => dressed(&joined),
            None if bare.len() < form.len() => dressed(bare),
            None => Err(mistake),
        }
    }

    /// What cannot be read; a number with a remark in brackets behind it is proposed without the remark.
    fn doubtful(&self, form: &str) -> Reading<i64> {
        let remarked = form.strip_suffix(')').and_then(|form| form.split_once('('));
        let number = remarked.and_then(|(number, _)| self.parse(trim(number)).ok());
        match number.map(|(number, _)| number).filter(|number| self.domain.broken(*number).is_none()) {
            Some(number) => Reading::Doubtful(Fault::Type, Proposal(self.decimal(number).to_string().into())),
            None => Reading::Invalid(Fault::Type),
        }
    }

    /// `told`: it is spelled otherwise than it prints.
    fn judge(&self, number: i64, told: bool) -> Reading<i64> {
        match self.domain.broken(number) {
            Some(keyword) => Reading::Invalid(Fault::Domain(keyword)),
            None if told => Reading::Value(number).respelled(|number| self.change(*number)),
            None => Reading::Value(number),
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

    const fn decimal(&self, mantissa: i64) -> Decimal {
        Decimal { mantissa, scale: self.scale }
    }

    fn change(&self, number: i64) -> Change {
        let decimal = self.decimal(number);
        Change { shown: Argument::Number(decimal), written: Some(decimal.to_string().into()) }
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
