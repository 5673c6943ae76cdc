//! How the answer to an item looks, as far as a sheet's layout must be told by it: printed options and their marks, and
//! whether a text beside an answer may be another answer.
//!
//! Invariants
//! - Nothing is read here: what an answer means is said where cells are converted.
//! - Texts are compared in the folded form; a number in front of an option is no part of its name.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::diagnostic::nearest::fold;
use crate::diagnostic::width::one_width;
use crate::expression::{OptionList, Type};
use crate::input::FormNeeds;
use crate::questionnaire::Pattern;

/// The words of one form.
#[derive(Debug)]
pub(super) struct AnswerWords<'f> {
    form: &'f FormNeeds,
    /// Marks of what is chosen, folded, and those of what is not.
    chosen: BTreeSet<String>,
    open: BTreeSet<String>,
    /// By column of a closed question: its options, and their labels and synonyms, folded.
    closed: BTreeMap<usize, (Arc<OptionList>, BTreeMap<String, usize>)>,
}

/// What one cell among options says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// An option, by its place in the list; whether a mark beside its name says that it is chosen.
    Option(usize, Option<bool>),
    /// A mark: whether it says that something is chosen.
    Mark(bool),
    /// Something else.
    Other,
}

impl<'f> AnswerWords<'f> {
    /// The words of `form`.
    pub(super) fn new(form: &'f FormNeeds) -> Self {
        let folded = |words: &[Arc<str>]| words.iter().map(|word| fold(word)).collect();
        let closed = (0..form.columns.len()).filter_map(|column| Some((column, closed(form, column)?)));
        let (chosen, open) = (folded(&form.check_marks.chosen), folded(&form.check_marks.open));
        Self { form, chosen, open, closed: closed.collect() }
    }

    /// The options of the form's `column`. `None`: it is no closed question.
    pub(super) fn options(&self, column: usize) -> Option<Options<'_>> {
        let (list, names) = self.closed.get(&column)?;
        Some(Options { words: self, list, names })
    }

    /// Whether `text` is what forms print beside an answer: a unit, a note.
    pub(super) fn is_printed(&self, column: usize, text: &str) -> bool {
        let unit = match self.form.answer(column) {
            Some((Type::Number { unit: Some(unit), .. }, _)) => fold(unit) == fold(text),
            _ => false,
        };
        let matches = |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.is_match(text));
        unit || matches(&self.form.rows.note) || matches(&self.form.rows.sample)
    }

    /// Whether `text` may be an answer to the form's `column`, where that can be told by its look.
    pub(super) fn is_answer(&self, column: usize, text: &str) -> bool {
        if let Some(options) = self.options(column) {
            return options.names_option(text);
        }
        let text = one_width(text.trim());
        let is_digit = |letter: char| letter.is_ascii_digit();
        let only = |allowed: &str| {
            text.contains(is_digit) && text.chars().all(|letter| is_digit(letter) || allowed.contains(letter))
        };
        match self.form.answer(column) {
            Some((Type::Number { unit, .. }, _)) => {
                let unit = unit.as_deref().unwrap_or("");
                let number = text.strip_suffix(unit).unwrap_or(&text);
                number.contains(is_digit)
                    && number.chars().all(|letter| is_digit(letter) || ",.' -".contains(letter))
            }
            Some((Type::Date | Type::DateTime | Type::YearMonth, _)) => {
                only("年月日時分秒/-.: TZ元令和平成RH")
            }
            Some((Type::Code, _)) => {
                text.contains(is_digit)
                    && text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-')
            }
            _ => false,
        }
    }
}

/// The options of one question.
#[derive(Debug)]
pub(super) struct Options<'w> {
    words: &'w AnswerWords<'w>,
    list: &'w OptionList,
    /// Labels and synonyms, folded.
    names: &'w BTreeMap<String, usize>,
}

/// The options of `column` with their names. `None`: it is no closed question.
fn closed(form: &FormNeeds, column: usize) -> Option<(Arc<OptionList>, BTreeMap<String, usize>)> {
    let (ty, synonyms) = form.answer(column)?;
    let (Type::Option(list) | Type::Multi(list)) = ty else { return None };
    let mut names = BTreeMap::new();
    for (place, item) in list.items.iter().enumerate() {
        for name in [&item.label.ja, &item.label.en] {
            names.entry(fold(name)).or_insert(place);
        }
    }
    for (spelling, name) in synonyms {
        if let Some(place) = list.index_of(name) {
            names.entry(fold(spelling)).or_insert(usize::from(place));
        }
    }
    Some((Arc::clone(list), names))
}

impl Options<'_> {
    /// What a cell of the row says.
    pub(super) fn part(&self, text: &str) -> Part {
        let text = text.trim();
        let folded = fold(text);
        if self.words.chosen.contains(&folded) {
            return Part::Mark(true);
        }
        if self.words.open.contains(&folded) {
            return Part::Mark(false);
        }
        if let Some(place) = self.named(text) {
            return Part::Option(place, None);
        }
        let signs = [(true, &self.words.chosen), (false, &self.words.open)];
        for (chosen, sign) in
            signs.iter().flat_map(|(chosen, signs)| signs.iter().map(|sign| (*chosen, sign)))
        {
            if sign.chars().any(char::is_alphanumeric) {
                continue;
            }
            let rest = folded.strip_prefix(sign.as_str()).or_else(|| folded.strip_suffix(sign.as_str()));
            if let Some(place) = rest.and_then(|rest| self.named(rest)) {
                return Part::Option(place, Some(chosen));
            }
        }
        Part::Other
    }

    /// The option whose code `text` is. `None`: none.
    pub(super) fn coded(&self, text: &str) -> Option<usize> {
        let folded = fold(text.trim());
        self.list.items.iter().position(|item| fold(&item.code) == folded)
    }

    /// What a person reads of the option at `place`; empty if there is none.
    pub(super) fn label(&self, place: usize) -> &str {
        self.list.items.get(place).map_or("", |item| &item.label.ja)
    }

    fn names_option(&self, text: &str) -> bool {
        self.coded(text).is_some() || !matches!(self.part(text), Part::Other | Part::Mark(false))
    }

    /// The option that `text` names, with or without a number in front.
    fn named(&self, text: &str) -> Option<usize> {
        if let Some(place) = self.names.get(&fold(text)) {
            return Some(*place);
        }
        let is_number = |letter: char| letter.is_numeric() || "()（）.．:：、,) 　".contains(letter);
        let rest = text.trim_start_matches(is_number);
        if rest.len() == text.len() || rest.is_empty() {
            return None;
        }
        self.names.get(&fold(rest)).copied()
    }
}
