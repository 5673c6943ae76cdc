//! Text functions, in Unicode scalars.
//!
//! Invariants
//! - Only rows with a value are looked at: what stands elsewhere is no text.
//! - Cost is bounded: texts over [`LONGEST_COMPARED`] scalars are not compared for similarity.

use std::fmt::Write as _;
use std::sync::Arc;

use super::calendar::print_time;
use super::machine::Machine;
use super::name_form::name_form;
use super::number::half_up;
use super::states::Argument;
use super::values::{Cells, Values};
use crate::batch::Mask;
use crate::diagnostic::Decimal;
use crate::plan::{Spelled, Spelling, StepId};

/// Longest text that `similarity` compares, in Unicode scalars; the cost grows with the product of two lengths.
const LONGEST_COMPARED: usize = 256;

/// Decimals of a similarity: `dec(6)`.
const SIMILARITY_SCALE: i128 = 1_000_000;

/// Whether the last digit is the check digit of the others by weights 2, 1, 2, … from the right.
///
/// False for anything but two or more ASCII digits.
pub(super) fn luhn(text: &str) -> bool {
    let Some(digits) = digits(text).filter(|digits| digits.len() >= 2) else { return false };
    let weighted = digits.iter().rev().enumerate().map(|(place, &digit)| {
        let product = if place % 2 == 1 { digit * 2 } else { digit };
        product / 10 + product % 10
    });
    weighted.sum::<u32>() % 10 == 0
}

/// Whether the sixth digit of a municipality code is right: last digit of 11 − (6a + 5b + 4c + 3d + 2e) mod 11.
///
/// False for anything but six ASCII digits.
pub(super) fn jis_x0402(text: &str) -> bool {
    let Some([code @ .., check]) = digits(text).and_then(|digits| <[u32; 6]>::try_from(digits).ok()) else {
        return false;
    };
    let weighted: u32 = code.iter().zip([6, 5, 4, 3, 2]).map(|(digit, weight)| digit * weight).sum();
    (11 - weighted % 11) % 10 == check
}

/// `None`: not only ASCII digits.
fn digits(text: &str) -> Option<Vec<u32>> {
    text.chars().map(|character| character.to_digit(10)).collect()
}

/// 1 − distance / longer length, in millionths, half up. `None`: a text is too long to be compared.
fn similarity(left: &str, right: &str) -> Option<i64> {
    let longer = left.chars().count().max(right.chars().count());
    if longer > LONGEST_COMPARED {
        return None;
    }
    if longer == 0 {
        return i64::try_from(SIMILARITY_SCALE).ok();
    }
    let alike = longer - strsim::levenshtein(left, right);
    half_up(i128::try_from(alike).ok()? * SIMILARITY_SCALE, i128::try_from(longer).ok()?)
}

/// The piece of `text` from scalar `first`, counted from 1. `None`: empty, or it begins before the text.
fn substring(text: &str, first: i64, length: Option<i64>) -> Option<&str> {
    let skipped = usize::try_from(first.checked_sub(1)?).ok()?;
    let start = text.char_indices().nth(skipped)?.0;
    let rest = text.get(start..)?;
    let piece = match length {
        None => rest,
        Some(length) => {
            let wanted = usize::try_from(length).ok()?;
            rest.char_indices().nth(wanted).map_or(Some(rest), |(end, _)| rest.get(..end))?
        }
    };
    (!piece.is_empty()).then_some(piece)
}

impl<'b> Machine<'_, 'b> {
    /// Computes texts row by row where all operands are known. `None` from `result`: unknown.
    fn texts(
        &self,
        operands: &[&Values<'_>],
        known: &Mask,
        result: impl Fn(usize) -> Option<Arc<str>>,
    ) -> Values<'b> {
        let nothing: Arc<str> = Arc::from("");
        let mut texts = vec![Arc::clone(&nothing); self.len];
        let mut found = Mask::none(self.len);
        for row in known.rows() {
            if let (Some(text), Some(place)) = (result(row), texts.get_mut(row)) {
                *place = text;
                found.set(row);
            }
        }
        Values::texts(texts, found).after(operands)
    }

    pub(super) fn length(&mut self, text: StepId) -> Values<'b> {
        let (text, batch) = (self.values(text), self.batch);
        self.computed(&[&text], &text.known, |row| i64::try_from(text.text(row, batch)?.chars().count()).ok())
    }

    pub(super) fn substring(&mut self, parts: &[StepId]) -> Option<Values<'b>> {
        let (all, batch) = (self.all(parts), self.batch);
        let operands: Vec<&Values<'_>> = all.iter().map(|values| &**values).collect();
        let known = self.known_to(&operands);
        let (text, first, length) = (all.first()?, all.get(1)?, all.get(2));
        Some(self.texts(&operands, &known, |row| {
            let length = match length {
                None => None,
                Some(length) => Some(length.number(row)?),
            };
            substring(text.text(row, batch)?, first.number(row)?, length).map(Arc::from)
        }))
    }

    pub(super) fn concat(&mut self, parts: &[StepId]) -> Values<'b> {
        let (all, batch) = (self.all(parts), self.batch);
        let operands: Vec<&Values<'_>> = all.iter().map(|values| &**values).collect();
        let known = self.known_to(&operands);
        self.texts(&operands, &known, |row| {
            let joined: Option<String> = operands.iter().map(|values| values.text(row, batch)).collect();
            joined.map(Arc::from)
        })
    }

    /// Parts that are not empty once trimmed; none in a blank cell or beside a not-applicable mark.
    pub(super) fn count_parts(&mut self, parts: [StepId; 2]) -> Values<'b> {
        let [text, separator] = parts;
        let (text, separator, batch) = (self.argument(text), self.values(separator), self.batch);
        let known = text.unknown.complement().and(&separator.known);
        self.computed(&[&text.values, &separator], &known, |row| {
            let Some(whole) = text.values.text(row, batch) else { return Some(0) };
            let separator = separator.text(row, batch)?;
            let parts = if separator.is_empty() { vec![whole] } else { whole.split(separator).collect() };
            i64::try_from(parts.into_iter().filter(|part| !part.trim().is_empty()).count()).ok()
        })
    }

    pub(super) fn normalized(&mut self, text: StepId) -> Values<'b> {
        let (text, batch) = (self.values(text), self.batch);
        self.texts(&[&text], &text.known, |row| text.text(row, batch).map(|text| Arc::from(name_form(text))))
    }

    pub(super) fn similarity(&mut self, sides: [StepId; 2]) -> Values<'b> {
        let ([left, right], batch) = (sides.map(|side| self.values(side)), self.batch);
        let known = self.known_to(&[&left, &right]);
        self.computed(&[&left, &right], &known, |row| {
            similarity(left.text(row, batch)?, right.text(row, batch)?)
        })
    }

    /// The arguments as `=VALUE` or `~STATE`, with `|` between them; `\` stands before a `\` or `|` of a value.
    pub(super) fn fingerprint(&mut self, parts: &[Spelled]) -> Values<'b> {
        let steps: Vec<StepId> = parts.iter().map(|part| part.step).collect();
        let arguments = self.arguments(&steps);
        let computed: Vec<bool> = steps.iter().map(|&step| self.field_of(step).is_none()).collect();
        let mut known = Mask::all(self.len);
        for (argument, computed) in arguments.iter().zip(computed) {
            if computed {
                known.keep(&argument.values.known);
            }
        }
        let operands: Vec<&Values<'_>> = arguments.iter().map(|argument| &*argument.values).collect();
        self.texts(&operands, &known, |row| {
            let mut text = String::new();
            for (place, (argument, part)) in arguments.iter().zip(parts).enumerate() {
                if place > 0 {
                    text.push('|');
                }
                self.spell(&mut text, argument, part, row)?;
            }
            Some(Arc::from(text))
        })
    }

    fn spell(&self, into: &mut String, argument: &Argument<'_>, part: &Spelled, row: usize) -> Option<()> {
        let values = &argument.values;
        if !values.known.get(row) {
            let mark = usize::from(argument.mark(row)).checked_sub(1).and_then(|place| part.marks.get(place));
            let state = match mark {
                Some(mark) => mark,
                None if argument.blank.get(row) => "blank",
                None if argument.na.get(row) => "na",
                None => "dk",
            };
            into.push('~');
            into.push_str(state);
            return Some(());
        }
        into.push('=');
        match (&part.spelling, &values.cells) {
            (Spelling::Number(scale), _) => {
                let number = Decimal { mantissa: values.number(row)?, scale: *scale };
                write!(into, "{number}").ok()
            }
            (Spelling::Time(kind), _) => {
                into.push_str(&print_time(values.number(row)?, *kind));
                Some(())
            }
            (Spelling::Text, _) => {
                escape(into, values.text(row, self.batch)?);
                Some(())
            }
            (Spelling::Codes(codes), Cells::Options(_)) => {
                escape(into, codes.get(usize::from(values.option(row)?))?);
                Some(())
            }
            (Spelling::Codes(codes), _) => {
                let set = values.set(row)?.0;
                let chosen = codes.iter().enumerate().filter(|(option, _)| set >> option & 1 == 1);
                let chosen: Vec<&str> = chosen.map(|(_, code)| &**code).collect();
                escape(into, &chosen.join(","));
                Some(())
            }
        }
    }
}

fn escape(into: &mut String, text: &str) {
    for character in text.chars() {
        if matches!(character, '\\' | '|') {
            into.push('\\');
        }
        into.push(character);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_of_known_codes_hold() {
        assert!(luhn("0110113719") && luhn("110113719"));
        assert!(!luhn("0110113718") && !luhn("") && !luhn("0") && !luhn("12a4"));
        for code in ["011002", "131016", "271004", "472018", "010006", "130001"] {
            assert!(jis_x0402(code), "{code}");
        }
        assert!(!jis_x0402("011003") && !jis_x0402("01100") && !jis_x0402("０１１００２"));
    }

    #[test]
    fn similarity_counts_scalars() {
        assert_eq!(similarity("", ""), Some(1_000_000));
        assert_eq!(similarity("病院", ""), Some(0));
        assert_eq!(similarity("中央病院", "中央医院"), Some(750_000));
        assert_eq!(similarity("abc", "abd"), Some(666_667));
        assert_eq!(similarity(&"a".repeat(257), "a"), None);
    }

    #[test]
    fn pieces_are_counted_from_one() {
        assert_eq!(substring("東京都", 1, Some(2)), Some("東京"));
        assert_eq!(substring("東京都", 3, Some(9)), Some("都"));
        assert_eq!(substring("東京都", 2, None), Some("京都"));
        for (first, length) in [(4, Some(1)), (0, Some(2)), (1, Some(0)), (1, Some(-1)), (i64::MIN, None)] {
            assert_eq!(substring("東京都", first, length), None);
        }
    }
}
