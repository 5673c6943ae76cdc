//! Texts and codes: trimmed, else as written.
//!
//! Invariants
//! - A text is never changed. Of a code only the width of its letters, and blanks and hyphens between its digits, and
//!   that only where the schema's pattern then holds and did not before. A synonym that the schema lists is replaced by
//!   the code that it stands for.
//! - Blanks at the edges are told of a code, because it is compared letter by letter; of a text only where they are
//!   such as nobody types by chance or can see (U+3000, no-break and zero-width ones): programs pad texts with ASCII
//!   blanks and line ends, which mean nothing and would bury what is worth reading.
//! - Patterns are searched, lengths count Unicode scalars, as JSON Schema has it.

use super::FieldReader;
use super::cell::{Desk, Reading, is_unreadable, read_column};
use super::garbled::is_garbled;
use super::note::{Change, Note, Proposal};
use super::notice::Fault;
use super::remark::{is_date, is_free, named_questions};
use super::spelling::{Meaning, trim};
use crate::batch::{Column, Data, Mask};
use crate::diagnostic::dash::same_dash;
use crate::diagnostic::width::one_width;
use crate::expression::Type;
use crate::input::{RawCell, RawKind, TextRef};
use crate::questionnaire::{Field, Questionnaire, TextDomain};

/// The texts that one field may have.
#[derive(Debug)]
pub(super) struct Texts {
    domain: TextDomain,
    is_code: bool,
    /// Whether it stands beside the questions, so that what is written there may be out of place.
    is_free: bool,
}

impl Texts {
    pub(super) fn new(field: &Field, domain: &TextDomain, questionnaire: &Questionnaire) -> Self {
        let is_free = is_free(field, questionnaire);
        Self { domain: domain.clone(), is_code: matches!(field.ty, Type::Code), is_free }
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
        states.into_column(Data::Text(values))
    }

    fn read(&self, reader: &FieldReader, desk: &mut Desk, cell: &RawCell) -> Reading<TextRef> {
        let text = desk.text(cell);
        if text.is_empty() {
            return Reading::Blank;
        }
        let meaning = if reader.dictionary.is_empty() { None } else { reader.dictionary.get(text) };
        if let Some(Meaning::Mark(mark)) = meaning {
            return Reading::Mark(mark);
        }
        if is_unreadable(cell.kind, text) {
            return Reading::Invalid(Fault::Type);
        }
        if let Some(keyword) = self.broken(text) {
            let canonical = match meaning {
                Some(Meaning::Text(index)) => reader.dictionary.text(index),
                _ => None,
            };
            return match canonical.filter(|text| self.broken(text).is_none()) {
                Some(canonical) => {
                    let kept = desk.keep(canonical);
                    Reading::Noted(kept, Note::Synonym(Change::text(&**canonical)))
                }
                None => self.respelled(desk, cell, keyword),
            };
        }
        if self.is_code {
            return self.code(desk, cell);
        }
        if is_garbled(text) {
            return Reading::Invalid(Fault::Garbled);
        }
        let value = Reading::Value(desk.trimmed(cell));
        match self.remark(reader, cell.kind, text) {
            Some(note) => Reading::Noted(desk.trimmed(cell), note),
            None if desk.is_padded(cell, text) && has_odd_edge(desk.untrimmed(cell)) => {
                value.respelled(|_| Change::text(text))
            }
            None => value,
        }
    }

    /// A code that the schema accepts as it is.
    fn code(&self, desk: &Desk, cell: &RawCell) -> Reading<TextRef> {
        let text = desk.text(cell);
        let value = desk.trimmed(cell);
        match self.capitals(text) {
            Some(capitals) => Reading::Noted(value, Note::SmallLetters(Change::text(capitals))),
            None if desk.is_padded(cell, text) => Reading::Value(value).respelled(|_| Change::text(text)),
            None => Reading::Value(value),
        }
    }

    /// A text that breaks `keyword`, read in one width and without the signs between its digits where that is a code.
    fn respelled(&self, desk: &mut Desk, cell: &RawCell, keyword: &'static str) -> Reading<TextRef> {
        let invalid = Reading::Invalid(Fault::Domain(keyword));
        if !self.is_code {
            return invalid;
        }
        let wide: String = one_width(desk.text(cell)).chars().map(same_dash).collect();
        let spellings = [wide.trim().to_owned(), joined_digits(wide.trim())];
        if let Some(code) = spellings.iter().find(|text| self.broken(text).is_none()) {
            let kept = desk.keep(code);
            let change = Change::text(code.as_str());
            return Reading::Noted(
                kept,
                match self.capitals(code) {
                    Some(capitals) => Note::SmallLetters(Change::text(capitals)),
                    None => Note::Respelled(change),
                },
            );
        }
        let capitals = spellings.iter().find_map(|text| self.capitals(text));
        capitals
            .map_or(invalid, |capitals| Reading::Doubtful(Fault::Domain(keyword), Proposal(capitals.into())))
    }

    /// The code in capitals, where the field's codes are written so and this one is not. `None`: nothing to ask.
    fn capitals(&self, text: &str) -> Option<String> {
        if !self.domain.capitals || !text.bytes().any(|byte| byte.is_ascii_lowercase()) {
            return None;
        }
        Some(text.to_ascii_uppercase()).filter(|capitals| self.broken(capitals).is_none())
    }

    /// What is asked about a free text. `None`: nothing.
    fn remark(&self, reader: &FieldReader, kind: RawKind, text: &str) -> Option<Note> {
        if kind == RawKind::SheetDate {
            return Some(Note::DateAlone);
        }
        if !self.is_free {
            return None;
        }
        if is_date(text) {
            return Some(Note::DateAlone);
        }
        let named = named_questions(text, &reader.pack.questionnaire);
        (!named.is_empty())
            .then(|| Note::NamesQuestions(named.into_iter().map(|field| field.title().into()).collect()))
    }

    /// The keyword that `text` breaks. `None`: none.
    fn broken(&self, text: &str) -> Option<&'static str> {
        let TextDomain { patterns, min_length, max_length, .. } = &self.domain;
        if min_length.is_some() || max_length.is_some() {
            let length = text.chars().count();
            if min_length.is_some_and(|least| length < least) {
                return Some("minLength");
            }
            if max_length.is_some_and(|most| length > most) {
                return Some("maxLength");
            }
        }
        patterns.iter().any(|pattern| !pattern.is_match(text)).then_some("pattern")
    }
}

/// Whether the text has the shape of a date of our times, which is no code with hyphens but an answer out of place.
fn is_dated(text: &str) -> bool {
    let mut parts = text.split('-');
    let year =
        parts.next().filter(|year| year.len() == 4 && (year.starts_with("19") || year.starts_with("20")));
    year.is_some() && parts.count() == 2
}

/// `13-1-1234567` and `13 1 1234567` as `1311234567`: hyphens and blanks that stand between two digits fall out.
fn joined_digits(text: &str) -> String {
    if is_dated(text) {
        return text.to_owned();
    }
    let mut joined = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    let mut before = None;
    while let Some(letter) = letters.next() {
        let is_digit = |letter: Option<&char>| letter.is_some_and(char::is_ascii_digit);
        let between = is_digit(before.as_ref()) && is_digit(letters.peek());
        if !(between && matches!(letter, '-' | ' ')) {
            joined.push(letter);
        }
        before = Some(letter);
    }
    joined
}

/// Whether the edges of a cell hold more than ASCII blanks and line ends.
fn has_odd_edge(untrimmed: &str) -> bool {
    let plain = untrimmed.trim_matches(|letter: char| letter.is_ascii_whitespace());
    trim(plain).len() < plain.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_signs_between_two_digits_fall_out() {
        let found = ["13-1-1234567", "13 1 1234567", "-13", "13-", "1--3", "A-1", "1-A", "2024-02-30"]
            .map(joined_digits);
        assert_eq!(found, ["1311234567", "1311234567", "-13", "13-", "1--3", "A-1", "1-A", "2024-02-30"]);
    }

    #[test]
    fn only_edges_that_nobody_sees_are_odd() {
        let found = ["a", " a\r\n", "\u{3000}a", "a \u{200B}", "\u{A0}a"].map(has_odd_edge);
        assert_eq!(found, [false, false, true, true, true]);
    }
}
