//! The walk over one schema file: typed reading of values, and the findings made on the way.
//!
//! Invariants
//! - A reader that returns `None` has reported why.
//! - One mistake is reported once, also where several properties share the definition that holds it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::sync::Arc;

use super::json_tree::{Member, Node, Value};
use super::{Pattern, PatternSyntax};
use crate::diagnostic::code::questionnaire::WRONG_VALUE;
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Argument, Code, Diagnostic, Diagnostics, Label, Language, Localized, Place};
use crate::source::{SourceText, Span};

/// Text in both languages, as an argument or beside a mark.
pub(super) fn both(ja: &str, en: &str) -> Argument {
    Argument::Localized(Localized::new(Arc::from(ja), Arc::from(en)))
}

/// Names as a list for a message; `…` at its end says that there are more.
pub(super) fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> Argument {
    const LONGEST: usize = 60;
    let mut names = names.into_iter();
    let mut shown: Vec<Argument> = names.by_ref().take(LONGEST).map(Argument::from).collect();
    if names.next().is_some() {
        shown.push(Argument::from("…"));
    }
    Argument::List(shown)
}

/// The suggestion of the candidate nearest to `found`. `None`: none is near.
pub(super) fn meant<'a>(
    found: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<Localized<String>> {
    let name = nearest(found, candidates)?;
    Some(Localized::new(format!("「{name}」のことですか。"), format!("did you mean \"{name}\"?")))
}

/// An object of the schema, or several laid over each other, by key.
#[derive(Debug, Clone)]
pub(super) struct View<'t> {
    /// In order of writing; no key twice.
    pub members: Vec<&'t Member<'t>>,
    /// The object that was written last.
    pub span: Span,
}

impl<'t> View<'t> {
    pub(super) fn of(node: &'t Node<'t>) -> Self {
        Self { members: node.members().iter().collect(), span: node.span }
    }

    pub(super) fn get(&self, key: &str) -> Option<&'t Member<'t>> {
        self.members.iter().copied().find(|member| member.key == key)
    }

    /// The node under `key`.
    pub(super) fn node(&self, key: &str) -> Option<&'t Node<'t>> {
        self.get(key).map(|member| &member.node)
    }

    /// This object with the keys of `base` that it does not give itself; its own `except` is left out.
    pub(super) fn laid_over(self, base: &View<'t>, except: &str) -> Self {
        let own: Vec<_> = self.members.into_iter().filter(|member| member.key != except).collect();
        let inherited = base.members.iter().copied().filter(|member| own.iter().all(|o| o.key != member.key));
        Self { members: inherited.chain(own.iter().copied()).collect(), span: self.span }
    }
}

/// The file that is read, and what was found in it.
#[derive(Debug)]
pub(super) struct Walk {
    pub source: SourceText,
    found: Diagnostics,
    /// Start and text of what was pushed.
    seen: BTreeSet<(u64, String)>,
    /// Expressions that have been read, by keyword and text: fields of one form share them.
    patterns: BTreeMap<(String, String), Pattern>,
    /// Whether the file is inside the binary: the tests have read its expressions.
    proven: bool,
}

impl Walk {
    pub(super) fn new(source: SourceText) -> Self {
        let (found, seen, patterns) = (Diagnostics::new(), BTreeSet::new(), BTreeMap::new());
        Self { source, found, seen, patterns, proven: false }
    }

    /// The same, of a file inside the binary if `proven`.
    pub(super) fn proven(self, proven: bool) -> Self {
        Self { proven, ..self }
    }

    #[cfg(test)]
    pub(super) fn of_text(name: &str, text: &str) -> Self {
        let id = crate::source::SourceId(0);
        Self::new(SourceText { id, name: Arc::from(name), text: text.into() })
    }

    /// The expression `written` under `keyword`, read unless it has been read before.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub(super) fn pattern(
        &mut self,
        keyword: &str,
        written: &str,
        syntax: PatternSyntax,
    ) -> Result<Pattern, String> {
        let place = (keyword.to_owned(), written.to_owned());
        if let Some(known) = self.patterns.get(&place) {
            return Ok(known.clone());
        }
        let make = if self.proven { Pattern::known } else { Pattern::new };
        let pattern = make(written, syntax)?;
        self.patterns.insert(place, pattern.clone());
        Ok(pattern)
    }

    pub(super) fn into_found(self) -> Diagnostics {
        self.found
    }

    /// A marked place of this file.
    pub(super) fn label(&self, span: Span, text: Argument) -> Label {
        Label::of(&self.source, span, text)
    }

    /// A finding of this file, marked at `span`; not yet pushed.
    pub(super) fn at(&self, code: &'static Code, span: Span, text: Argument) -> Diagnostic {
        Diagnostic::new(code, Place::File(self.source.id)).label(self.label(span, text))
    }

    /// Adds a finding, unless the same has been reported at the same place.
    pub(super) fn push(&mut self, finding: Diagnostic) {
        let start = finding.labels.first().map_or(0, |label| label.span.start);
        if self.seen.insert((start, finding.message(Language::En))) {
            self.found.push(finding);
        }
    }

    /// Adds a finding with a suggestion, if there is one.
    pub(super) fn push_meant(&mut self, finding: Diagnostic, suggestion: Option<Localized<String>>) {
        self.push(match suggestion {
            Some(suggestion) => finding.suggest(suggestion),
            None => finding,
        });
    }

    /// Reports that `keyword` wants something else than what stands at `span`.
    pub(super) fn wrong(&mut self, keyword: &str, span: Span, expected: Argument) {
        let finding = self.at(&WRONG_VALUE, span, both("この値", "this value"));
        self.push(finding.with("keyword", keyword).with("expected", expected));
    }

    /// A string that is not empty.
    pub(super) fn text<'n>(&mut self, keyword: &str, node: &'n Node<'_>) -> Option<&'n str> {
        let text = node.text().filter(|text| !text.trim().is_empty());
        if text.is_none() {
            self.wrong(keyword, node.span, both("空でない文字列", "a string that is not empty"));
        }
        text
    }

    /// A list of strings that are not empty.
    pub(super) fn texts<'n>(&mut self, keyword: &str, node: &'n Node<'_>) -> Vec<(&'n str, Span)> {
        if !matches!(node.value, Value::List(_)) {
            self.wrong(keyword, node.span, both("文字列の配列", "a list of strings"));
        }
        node.items().iter().filter_map(|item| Some((self.text(keyword, item)?, item.span))).collect()
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, keyword: &str, node: &Node<'_>) -> Option<bool> {
        if let Value::Truth(flag) = node.value {
            return Some(flag);
        }
        self.wrong(keyword, node.span, both("true または false", "true or false"));
        None
    }

    /// A whole number within `range`.
    pub(super) fn whole(
        &mut self,
        keyword: &str,
        node: &Node<'_>,
        range: RangeInclusive<i64>,
    ) -> Option<i64> {
        let number = match node.value {
            Value::Number(digits) => digits.parse().ok().filter(|number| range.contains(number)),
            _ => None,
        };
        if number.is_none() {
            let (low, high) = (range.start(), range.end());
            let ja = format!("{low}から{high}までの整数");
            let en = format!("a whole number from {low} to {high}");
            self.wrong(keyword, node.span, both(&ja, &en));
        }
        number
    }

    /// One of `words`.
    pub(super) fn choice<'n>(
        &mut self,
        keyword: &str,
        node: &'n Node<'_>,
        words: &[&str],
    ) -> Option<&'n str> {
        let found = node.text().filter(|found| words.contains(found));
        if found.is_none() {
            let known = words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>();
            let ja = format!("{}のいずれか", known.join("、"));
            let en = format!("one of {}", known.join(", "));
            let finding = self.at(&WRONG_VALUE, node.span, both("この値", "this value"));
            let finding = finding.with("keyword", keyword).with("expected", both(&ja, &en));
            self.push_meant(finding, meant(node.text().unwrap_or_default(), words.iter().copied()));
        }
        found
    }

    /// `{"ja": …, "en": …}` and nothing else.
    pub(super) fn localized(&mut self, keyword: &str, node: &Node<'_>) -> Option<Localized<Arc<str>>> {
        let known = ["ja", "en"];
        let language =
            |key| node.get(key).and_then(|member| member.node.text()).filter(|text| !text.is_empty());
        let texts = language("ja").zip(language("en"));
        if texts.is_none() || node.members().iter().any(|member| !known.contains(&&*member.key)) {
            let expected =
                both("日本語 ja と英語 en の両方の文", "texts in both languages, as {\"ja\": …, \"en\": …}");
            self.wrong(keyword, node.span, expected);
            return None;
        }
        texts.map(|(ja, en)| Localized::new(Arc::from(ja), Arc::from(en)))
    }

    /// The members of an object; reports anything else.
    pub(super) fn object<'n, 't>(&mut self, keyword: &str, node: &'n Node<'t>) -> &'n [Member<'t>] {
        if !matches!(node.value, Value::Object(_)) {
            self.wrong(keyword, node.span, both("オブジェクト", "an object"));
        }
        node.members()
    }

    /// A text that fits `allowed` (names of a restricted alphabet).
    pub(super) fn named<'n>(
        &mut self,
        keyword: &str,
        node: &'n Node<'_>,
        alphabet: Alphabet,
    ) -> Option<&'n str> {
        let found = node.text().filter(|text| alphabet.holds(text));
        if found.is_none() {
            let (ja, en) = alphabet.words();
            self.wrong(keyword, node.span, both(ja, en));
        }
        found
    }
}

/// The alphabets of names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alphabet {
    /// `[a-z][a-z0-9_-]*`: options, marks, scales.
    Name,
    /// `[A-Za-z0-9][A-Za-z0-9._-]*`: questionnaires, sections, waves.
    Id,
    /// An [`Id`](Self::Id) that does not begin with `KP-`.
    RuleId,
    /// `[a-z0-9]+(-[a-z0-9]+)*`
    Slug,
    /// `[0-9A-Za-z]+([.-][0-9A-Za-z]+|\([0-9A-Za-z]+\))*`: numbers of questions.
    Number,
}

impl Alphabet {
    pub(super) fn holds(self, text: &str) -> bool {
        let parts = |separators: &[char], part: fn(char) -> bool| {
            text.split(separators).all(|word| !word.is_empty() && word.chars().all(part))
        };
        let id = text.starts_with(|c: char| c.is_ascii_alphanumeric())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
        match self {
            Self::Name => {
                text.starts_with(|c: char| c.is_ascii_lowercase())
                    && text
                        .chars()
                        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-'))
            }
            Self::Id => id,
            Self::RuleId => id && !text.starts_with("KP-"),
            Self::Slug => parts(&['-'], |c| c.is_ascii_lowercase() || c.is_ascii_digit()),
            Self::Number => is_number(text),
        }
    }

    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Name => (
                "英小文字で始まる名前（a-z、0-9、_、-）",
                "a name of a-z, 0-9, _ and - that begins with a letter",
            ),
            Self::Id => ("英数字で始まる名前（英数字、.、_、-）", "a name of letters, digits, ., _ and -"),
            Self::RuleId => (
                "KP- で始まらない規則のID（英数字、.、_、-）",
                "a rule's id of letters, digits, ., _ and -, not beginning with KP-",
            ),
            Self::Slug => ("英小文字・数字をハイフンでつないだ語", "lower-case words joined by hyphens"),
            Self::Number => (
                "設問番号（「12」「9-1」「2(2)」など）",
                "the number of a question, such as \"12\", \"9-1\" or \"2(2)\"",
            ),
        }
    }
}

/// Whether `text` is a question's number: letters and digits, further ones behind `-` or `.`, or in brackets.
fn is_number(text: &str) -> bool {
    let word = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric());
    let mut parts = text.split('(');
    let plain = |text: &str| text.split(['-', '.']).all(word);
    parts.next().is_some_and(plain)
        && parts.all(|part| {
            part.split_once(')').is_some_and(|(inside, behind)| {
                let goes_on = behind.strip_prefix(['-', '.']).is_some_and(plain);
                word(inside) && (behind.is_empty() || goes_on)
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alphabets_hold_their_names_and_no_others() {
        let held = |alphabet: Alphabet| {
            ["three-plus", "Q9", "9-1", "KP-X", "", "-a", "a--b", "あ", "a b", "hospital.2024", "2(2)", "2()"]
                .map(|text| alphabet.holds(text))
        };
        let x = false;
        let o = true;
        assert_eq!(held(Alphabet::Name), [o, x, x, x, x, x, o, x, x, x, x, x]);
        assert_eq!(held(Alphabet::Id), [o, o, o, o, x, x, o, x, x, o, x, x]);
        assert_eq!(held(Alphabet::RuleId), [o, o, o, x, x, x, o, x, x, o, x, x]);
        assert_eq!(held(Alphabet::Slug), [o, x, o, x, x, x, x, x, x, x, x, x]);
        assert_eq!(held(Alphabet::Number), [o, o, o, o, x, x, x, x, x, o, o, x]);
    }

    #[test]
    fn a_mistake_in_a_shared_definition_is_reported_once() {
        let mut walk = Walk::of_text("schemas/ex.json", "{}");
        walk.wrong("x-q", Span::new(0, 1), both("", ""));
        walk.wrong("x-q", Span::new(0, 1), both("", ""));
        walk.wrong("x-q", Span::new(1, 2), both("", ""));
        assert_eq!(walk.into_found().len(), 2);
    }
}
