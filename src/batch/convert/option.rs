//! Answers of closed questions: one option of a list.
//!
//! Invariants
//! - The whole cell is tried before its parts, so that a label may hold a comma or a bracket.
//! - A cell that names two different options is never resolved.

use std::collections::BTreeSet;

use super::FieldReader;
use super::cell::{Desk, Reading, is_compound, read_column};
use super::note::{Change, Note};
use super::notice::Fault;
use super::one_hot::OneHot;
use super::spelling::{Dictionary, How, Meaning, option_form, reading_form, trim};
use crate::batch::{Column, Data, Mask};
use crate::diagnostic::Argument;
use crate::diagnostic::width::one_width;
use crate::expression::{OptionItem, Type};
use crate::input::RawCell;
use crate::questionnaire::{Domain, Field};

/// The options of one question.
#[derive(Debug)]
pub(super) struct Options {
    /// How each option is to be spelled.
    changes: Vec<Change>,
    /// Whether codes are numbers, so that `1.0` is `1`.
    numeric: bool,
    /// `None`: the answer stands in one cell.
    one_hot: Option<OneHot>,
}

impl Options {
    pub(super) fn new(field: &Field) -> Self {
        let (Type::Option(list) | Type::Multi(list)) = &field.ty else {
            return Self { changes: Vec::new(), numeric: false, one_hot: None };
        };
        let change = |item: &OptionItem| Change {
            shown: item.label.clone().into(),
            written: Some((*item.code).into()),
        };
        let one_hot = match &field.domain {
            Domain::Options(ticks) => OneHot::new(ticks),
            _ => None,
        };
        Self { changes: list.items.iter().map(change).collect(), numeric: !list.text_codes, one_hot }
    }

    pub(super) fn column(
        &self,
        reader: &FieldReader,
        desk: &mut Desk,
        position: usize,
        skip: Option<&Mask>,
    ) -> Column {
        let (mut states, mut values) =
            read_column(reader, desk, position, skip, |desk, cell| self.read(&reader.dictionary, desk, cell));
        if let Some(one_hot) = &self.one_hot {
            let slots = one_hot.slots(desk, position);
            let open: Vec<usize> = if slots.is_empty() { Vec::new() } else { states.blank_rows() };
            for (row, value) in
                values.iter_mut().enumerate().filter(|(row, _)| open.binary_search(row).is_ok())
            {
                let (reading, written) = one_hot.read(self, &reader.dictionary, desk, &slots, row);
                if let Some(option) = states.fill(desk, reader, row, &written, reading) {
                    *value = option;
                }
            }
        }
        states.into_column(Data::Options(values))
    }

    fn read(&self, dictionary: &Dictionary, desk: &Desk, cell: &RawCell) -> Reading<u8> {
        if let [byte] = desk.bytes(cell)
            && let Some(Meaning::Option(index, How::Plain)) = dictionary.get_code(*byte)
        {
            return Reading::Value(index);
        }
        let text = desk.text(cell);
        if text.is_empty() {
            return Reading::Blank;
        }
        if is_compound(cell.kind) {
            return Reading::Invalid(
                several_of_array(dictionary, text).map_or(Fault::Option, Fault::Several),
            );
        }
        let reading = match self.option(dictionary, text) {
            Some(reading) => reading,
            None => several(dictionary, text).map_or(Reading::Invalid(Fault::Option), |named| match named {
                Named::One(index) => Reading::Noted(index, self.respelled(index)),
                Named::Several(count) => Reading::Invalid(Fault::Several(count)),
            }),
        };
        if desk.is_padded(cell, text) { reading.respelled(|index| self.change(*index)) } else { reading }
    }

    /// What the whole text means. `None`: nothing.
    pub(super) fn option(&self, dictionary: &Dictionary, text: &str) -> Option<Reading<u8>> {
        let meaning = dictionary.get(text);
        Some(match meaning {
            Some(Meaning::Option(index, How::Plain)) => Reading::Value(index),
            Some(Meaning::Option(index, How::Respelled)) => Reading::Noted(index, self.respelled(index)),
            Some(Meaning::Option(index, How::Synonym)) => {
                Reading::Noted(index, Note::Synonym(self.change(index)))
            }
            Some(Meaning::Mark(mark)) => Reading::Mark(mark),
            Some(Meaning::Text(_)) => return None,
            None => match dictionary.get(self.without_decimals(text)?)? {
                Meaning::Option(index, _) => Reading::Noted(index, self.respelled(index)),
                _ => return None,
            },
        })
    }

    /// `1` of `1.0`, as spreadsheets and statistical programs write it. `None`: no such text.
    fn without_decimals<'t>(&self, text: &'t str) -> Option<&'t str> {
        let (whole, part) = text.split_once('.').filter(|_| self.numeric)?;
        let zeros = !part.is_empty() && part.bytes().all(|byte| byte == b'0');
        let digits = !whole.is_empty() && whole.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        (zeros && digits).then_some(whole)
    }

    /// How the option is to be spelled.
    pub(super) fn change(&self, index: u8) -> Change {
        let known = self.changes.get(usize::from(index)).cloned();
        known.unwrap_or(Change { shown: Argument::Nothing, written: None })
    }

    fn respelled(&self, index: u8) -> Note {
        Note::Respelled(self.change(index))
    }
}

/// The options that the parts of a cell name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Named {
    /// All the same.
    One(u8),
    /// So many different ones.
    Several(usize),
}

/// The options that a cell of several parts names. `None`: it has one part, or a part that is no option.
fn several(dictionary: &Dictionary, text: &str) -> Option<Named> {
    if let Some((mark, label)) = mark_and_label(text)
        && let (Some(first), Some(second)) = (option(dictionary, &mark), option(dictionary, &label))
    {
        return Some(if first == second { Named::One(first) } else { Named::Several(2) });
    }
    let parts = parts(text);
    if parts.len() < 2 {
        return None;
    }
    let named: Option<BTreeSet<u8>> = parts.iter().map(|part| option(dictionary, part)).collect();
    let named = named?;
    match named.first() {
        Some(only) if named.len() == 1 => Some(Named::One(*only)),
        _ => Some(Named::Several(named.len())),
    }
}

/// How many different options a JSON array names. `None`: fewer than two, or something else too.
fn several_of_array(dictionary: &Dictionary, text: &str) -> Option<usize> {
    let items: Vec<serde_json::Value> = serde_json::from_str(text).ok()?;
    let item = |item: &serde_json::Value| match item {
        serde_json::Value::String(text) => option(dictionary, trim(text)),
        serde_json::Value::Number(number) => option(dictionary, &number.to_string()),
        _ => None,
    };
    let named: BTreeSet<u8> = items.iter().map(item).collect::<Option<_>>()?;
    (named.len() > 1).then_some(named.len())
}

fn option(dictionary: &Dictionary, text: &str) -> Option<u8> {
    match dictionary.get(text) {
        Some(Meaning::Option(index, _)) => Some(index),
        _ => None,
    }
}

/// `①はい`, `1：はい`, `(1) はい`: the mark, and what follows it. `None`: the text does not begin with a mark.
fn mark_and_label(text: &str) -> Option<(String, String)> {
    let first = text.chars().next()?;
    if is_circled(first) {
        let rest = reading_form(text.get(first.len_utf8()..)?).into_owned();
        return Some((option_form(&first.to_string()).into_owned(), label(&rest))).filter(has_label);
    }
    let form = reading_form(text);
    let rest = form.strip_prefix('(').unwrap_or(&form);
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (mark, rest) = (rest.get(..digits)?, rest.get(digits..)?);
    Some((mark.to_owned(), label(rest))).filter(|(mark, _)| !mark.is_empty()).filter(has_label)
}

/// What follows a mark, without the sign between the two.
fn label(rest: &str) -> String {
    trim(trim(rest).trim_start_matches([')', '.', ':', '、', ','])).to_owned()
}

fn has_label((_, label): &(String, String)) -> bool {
    !label.is_empty()
}

/// Numbers in circles: each is a mark of its own, though NFKC makes one number of ①②.
const fn is_circled(letter: char) -> bool {
    matches!(letter, '\u{2460}'..='\u{2473}' | '\u{2474}'..='\u{2487}' | '\u{2776}'..='\u{277F}' | '\u{24F5}'..='\u{24FE}')
}

/// The parts of a cell: every circled number, and what stands between separators.
fn parts(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut part = String::new();
    for letter in text.chars() {
        let separates =
            letter.is_whitespace() || one_width(letter.encode_utf8(&mut [0; 4])).chars().all(is_separator);
        if separates || is_circled(letter) {
            found.push(std::mem::take(&mut part));
        }
        if is_circled(letter) {
            found.push(letter.to_string());
        } else if !separates {
            part.push(letter);
        }
    }
    found.push(part);
    found.retain(|part| !part.is_empty());
    found
}

const fn is_separator(letter: char) -> bool {
    matches!(letter, ',' | '、' | '・' | '/' | ';' | '&' | '+')
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn an_array_of_several_options_is_several() {
        let dictionary = Dictionary::new(&std::sync::Arc::new(sample::yes_no()));
        let found = ["[1,2]", "[\"1\", \"いいえ\"]", "[1]", "[1,1]", "[1,9]", "{\"1\":2}"]
            .map(|text| several_of_array(&dictionary, text));
        assert_eq!(found, [Some(2), Some(2), None, None, None, None]);
    }

    #[test]
    fn marks_with_labels_and_several_options_are_told_apart() {
        let dictionary = Dictionary::new(&std::sync::Arc::new(sample::yes_no()));
        let found = [
            "①はい",
            "1：はい",
            "(1) はい",
            "1.はい",
            "①:はい",
            "① ： はい",
            "①いいえ",
            "①②",
            "1,2",
            "はい・いいえ",
            "1、1",
            "はい（令和6年から）",
            "3",
        ]
        .map(|text| several(&dictionary, text));
        let (yes, two) = (Some(Named::One(0)), Some(Named::Several(2)));
        assert_eq!(found, [yes, yes, yes, yes, yes, yes, two, two, two, two, yes, None, None]);
    }
}
