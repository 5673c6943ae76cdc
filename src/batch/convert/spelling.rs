//! What a spelling means in one field: options, marks, and texts that stand for a code.
//!
//! Invariants
//! - A spelling is compared as written first, and only then in the reading form; so what the schema spells out goes
//!   before what merely resembles it.
//! - Of options and marks with one spelling the option wins; among options codes go before names, names before
//!   labels, labels before synonyms.
//! - The reading form changes width, case, dashes and blanks at the edges, never a letter into another one: ー stays
//!   a long vowel, and hiragana and katakana stay apart.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::{Arc, OnceLock};

use unicode_normalization::UnicodeNormalization;

use crate::diagnostic::dash::same_dash;
use crate::diagnostic::width::one_width;
use crate::expression::{OptionList, Type};
use crate::questionnaire::Field;

/// How an option was spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// As its code, name or label.
    Plain,
    /// The same but for width, case, dashes or brackets.
    Respelled,
    /// As a synonym of the schema.
    Synonym,
}

/// What a spelling means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// The option at this position.
    Option(u8, How),
    /// The mark at this position.
    Mark(u8),
    /// The canonical text at this position of [`Dictionary::texts`].
    Text(usize),
}

/// The spellings of one field, made for the first cell that is no one-letter code.
#[derive(Debug, Clone)]
pub(super) struct Dictionary {
    field: Arc<Field>,
    /// Codes of one ASCII character, which most cells are.
    short: Vec<Option<Meaning>>,
    exact: OnceLock<Exact>,
    /// Made for the first cell that is not spelled exactly.
    folded: OnceLock<Folded>,
}

/// Spellings as they stand.
#[derive(Debug, Clone, Default)]
struct Exact {
    meanings: BTreeMap<Arc<str>, Meaning>,
    /// The keys of `meanings`, those that go before others first.
    ranked: Vec<Arc<str>>,
    /// Canonical texts that synonyms of a code or text stand for.
    texts: Vec<Arc<str>>,
}

/// A reading form.
type Form = fn(&str) -> Cow<'_, str>;

/// Spellings in the reading form.
#[derive(Debug, Clone)]
struct Folded {
    meanings: BTreeMap<Box<str>, Meaning>,
    /// Bytes of the longest spelling; what is four times longer cannot be one.
    longest: usize,
}

/// Whether a letter at the edge of a cell is no part of the answer: blanks of every width, and invisible marks.
fn is_margin(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '\u{FEFF}' | '\u{200B}'..='\u{200D}' | '\u{2060}')
}

/// `text` without blanks and invisible marks at its edges.
pub(super) fn trim(text: &str) -> &str {
    match text.as_bytes() {
        [first, .., last] if is_plain_edge(*first) && is_plain_edge(*last) => text,
        [only] if is_plain_edge(*only) => text,
        _ => text.trim_matches(is_margin),
    }
}

const fn is_plain_edge(byte: u8) -> bool {
    byte.is_ascii_graphic()
}

/// The form in which spellings are compared when they are not found as written.
pub(super) fn reading_form(text: &str) -> Cow<'_, str> {
    let plain = |byte: u8| byte.is_ascii() && !byte.is_ascii_uppercase();
    if text.bytes().all(plain) {
        return Cow::Borrowed(text);
    }
    let folded: String = one_width(text).chars().flat_map(char::to_lowercase).map(same_dash).collect();
    Cow::Owned(folded.trim_matches(is_margin).to_owned())
}

/// The reading form of what may name an option: a single number in a circle is that number, ⑴ is (1).
pub(super) fn option_form(text: &str) -> Cow<'_, str> {
    let mut letters = text.chars();
    match (letters.next(), letters.next()) {
        (Some(mark @ '\u{2460}'..='\u{2487}'), None) => Cow::Owned(mark.nfkc().collect()),
        _ => reading_form(text),
    }
}

impl Exact {
    fn new(field: &Field) -> Self {
        let mut made = Self::default();
        if let Type::Option(list) | Type::Multi(list) = &field.ty {
            made.add_options(list);
            made.add_option_synonyms(field, list);
        } else {
            made.add_texts(field);
        }
        for (index, mark) in (0..=u8::MAX).zip(&field.marks) {
            for token in &mark.tokens {
                made.add(token, Meaning::Mark(index));
            }
        }
        made
    }

    fn add_options(&mut self, list: &OptionList) {
        let items = || (0..=u8::MAX).zip(&list.items);
        for (index, item) in items() {
            self.add(&item.code, Meaning::Option(index, How::Plain));
        }
        for (index, item) in items() {
            self.add(&item.name, Meaning::Option(index, How::Plain));
        }
        for (index, item) in items() {
            self.add(&item.label.ja, Meaning::Option(index, How::Plain));
            self.add(&item.label.en, Meaning::Option(index, How::Plain));
        }
        for (index, item) in items() {
            for marked in [format!("({})", item.code), format!("{}.", item.code)] {
                self.add(&marked, Meaning::Option(index, How::Respelled));
            }
        }
    }

    /// Synonyms name the option; a code or a position is understood too.
    fn add_option_synonyms(&mut self, field: &Field, list: &OptionList) {
        for (spelling, target) in &field.synonyms {
            let by_code = || list.items.iter().position(|item| item.code == *target);
            let by_code = || by_code().and_then(|index| u8::try_from(index).ok());
            if let Some(index) = list.index_of(target).or_else(by_code) {
                self.add(spelling, Meaning::Option(index, How::Synonym));
            }
        }
    }

    fn add_texts(&mut self, field: &Field) {
        for (spelling, text) in &field.synonyms {
            let known = self.texts.iter().position(|other| other == text);
            let index = known.unwrap_or(self.texts.len());
            if known.is_none() {
                self.texts.push(Arc::clone(text));
            }
            self.add(spelling, Meaning::Text(index));
        }
    }

    fn add(&mut self, spelling: &str, meaning: Meaning) {
        let spelling = trim(spelling);
        if spelling.is_empty() {
            return;
        }
        let spelling: Arc<str> = Arc::from(spelling);
        if let Entry::Vacant(place) = self.meanings.entry(Arc::clone(&spelling)) {
            place.insert(meaning);
            self.ranked.push(spelling);
        }
    }

    /// `form`: the reading form of this kind of field.
    fn fold(&self, form: Form) -> Folded {
        let mut meanings: BTreeMap<Box<str>, Meaning> = BTreeMap::new();
        for spelling in &self.ranked {
            let respelled = match self.meanings.get(spelling) {
                Some(Meaning::Option(index, How::Plain)) => Meaning::Option(*index, How::Respelled),
                Some(other) => *other,
                None => continue,
            };
            meanings.entry(form(spelling).into()).or_insert(respelled);
        }
        let longest = meanings.keys().map(|spelling| spelling.len()).max().unwrap_or(0);
        Folded { meanings, longest }
    }
}

impl Dictionary {
    /// The spellings of `field`.
    pub(super) fn new(field: &Arc<Field>) -> Self {
        let mut short = vec![None; 128];
        if let Type::Option(list) | Type::Multi(list) = &field.ty {
            for (index, item) in (0..=u8::MAX).zip(&list.items) {
                if let [byte] = item.code.as_bytes()
                    && let Some(place @ None) = short.get_mut(usize::from(*byte))
                {
                    *place = Some(Meaning::Option(index, How::Plain));
                }
            }
        }
        Self { field: Arc::clone(field), short, exact: OnceLock::new(), folded: OnceLock::new() }
    }

    fn exact(&self) -> &Exact {
        self.exact.get_or_init(|| Exact::new(&self.field))
    }

    /// Whether no spelling means anything.
    pub(super) fn is_empty(&self) -> bool {
        self.exact().ranked.is_empty()
    }

    /// The canonical text of a [`Meaning::Text`].
    pub(super) fn text(&self, index: usize) -> Option<&Arc<str>> {
        self.exact().texts.get(index)
    }

    /// What the trimmed `text` means. `None`: nothing.
    pub(super) fn get(&self, text: &str) -> Option<Meaning> {
        match text.as_bytes() {
            [byte] => self.get_code(*byte).or_else(|| self.search(text)),
            _ => self.search(text),
        }
    }

    /// The option whose code is the letter `byte`, without a look at the other spellings. `None`: there is none.
    pub(super) fn get_code(&self, byte: u8) -> Option<Meaning> {
        self.short.get(usize::from(byte)).copied().flatten()
    }

    fn search(&self, text: &str) -> Option<Meaning> {
        let exact = self.exact();
        if let Some(meaning) = exact.meanings.get(text) {
            return Some(*meaning);
        }
        let form: Form = match self.field.ty {
            Type::Option(_) | Type::Multi(_) => option_form,
            _ => reading_form,
        };
        // A letter of another width has at most three bytes, and one at least.
        let folded = self.folded.get_or_init(|| exact.fold(form));
        if text.len() > folded.longest.saturating_mul(4) {
            return None;
        }
        folded.meanings.get(&*form(text)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn what_is_spelled_out_goes_before_what_resembles_it() {
        let dictionary = Dictionary::new(&Arc::new(sample::yes_no()));
        let found = ["1", "yes", "はい", "Yes", "①", "１", "(1)", "YES", "ﾊｲ", "ハイ", "○", "はい い"]
            .map(|text| dictionary.get(text));
        let yes = |how| Some(Meaning::Option(0, how));
        let (plain, respelled, synonym) = (yes(How::Plain), yes(How::Respelled), yes(How::Synonym));
        let expected = [
            plain, plain, plain, plain, respelled, respelled, respelled, respelled, synonym, synonym,
            synonym, None,
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn what_nfkc_would_make_a_code_of_is_none() {
        let dictionary = Dictionary::new(&Arc::new(sample::yes_no()));
        let found = ["¹", "₁", "Ⅰ", "¹.", "𝟏", "①①"].map(|text| dictionary.get(text));
        assert_eq!(found, [None; 6]);
    }

    #[test]
    fn marks_are_known_in_every_width_but_a_long_vowel_is_none() {
        let dictionary = Dictionary::new(&Arc::new(sample::yes_no()));
        let found = ["-", "－", "−", "―", "n/a", "不明", "ー"].map(|text| dictionary.get(text));
        let mark = |index| Some(Meaning::Mark(index));
        assert_eq!(found, [mark(0), mark(0), mark(0), mark(0), mark(0), mark(1), None]);
    }

    #[test]
    fn blanks_of_every_width_are_trimmed() {
        assert_eq!(trim("\u{3000}は い \u{200B}\u{FEFF}\t"), "は い");
        assert_eq!(["", " ", "a", "\u{3000}"].map(trim), ["", "", "a", ""]);
    }
}
