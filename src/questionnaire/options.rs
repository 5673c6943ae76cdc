//! Options of closed questions: `oneOf` of consts, `enum` of strings, and the spellings that mean them.
//!
//! Invariants
//! - Names and codes are unique, and no spelling means two options (compared in NFKC, trimmed).
//! - An `enum` of strings is a list of options whose names, codes and labels are the strings.
//! - A list that several fields share by `$ref` is built once and shared.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use unicode_normalization::UnicodeNormalization;

use super::json_tree::{Member, Node, Value};
use super::keyword::{Site, check_site};
use super::walk::{Alphabet, Walk, both, list, meant};
use crate::diagnostic::code::questionnaire::{
    KEYWORD_MISSING, REPEATED_OPTION, SCALE_WITHOUT_RANK, SPELLING_OF_TWO, TOO_MANY, UNKNOWN_OPTION,
};
use crate::diagnostic::{Argument, Localized};
use crate::expression::{OptionItem, OptionList};
use crate::source::Span;

/// Options of a question; a batch holds an option in a byte.
pub const MOST_OPTIONS: usize = 250;

/// Options of a multiple-answer question; a batch holds a set in 64 bits.
pub const MOST_MULTI_OPTIONS: usize = 64;

/// What `true` in `x-synonyms` of a field or of the root means: spelling → name, with its place.
pub(super) type Synonyms<'t> = Vec<(&'t str, &'t str, Span)>;

/// A list of options with the spellings that the options themselves give.
#[derive(Debug, Clone)]
pub(super) struct Options {
    pub list: Arc<OptionList>,
    /// In NFKC → position of the option: names, codes, labels, synonyms.
    pub spellings: BTreeMap<Arc<str>, usize>,
    /// `x-synonyms` of the options, as written → name of the option.
    pub synonyms: BTreeMap<Arc<str>, Arc<str>>,
}

/// The form in which spellings are compared here: trimmed, NFKC.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    if text.is_ascii() { Cow::Borrowed(text) } else { Cow::Owned(text.nfkc().collect()) }
}

/// Reads the options under `oneOf` or `enum`.
pub(super) fn read(walk: &mut Walk, member: &Member<'_>, limit: usize) -> Options {
    let node = &member.node;
    if !matches!(&node.value, Value::List(items) if !items.is_empty()) {
        let expected = both("1つ以上の選択肢の配列", "a list of at least one option");
        walk.wrong(&member.key, node.span, expected);
    }
    if node.items().len() > limit {
        let finding = walk.at(&TOO_MANY, member.key_span, both("この一覧", "this list"));
        let finding = finding.with("what", both("選択肢", "options")).with("limit", limit);
        walk.push(finding.with("found", node.items().len()));
    }
    let consts = member.key == "oneOf";
    let mut reader = Reader::default();
    for item in node.items().iter().take(limit) {
        if consts { reader.option(walk, item) } else { reader.code(walk, item) }
    }
    reader.finish()
}

#[derive(Default)]
struct Reader {
    items: Vec<OptionItem>,
    text_codes: Option<bool>,
    spellings: BTreeMap<Arc<str>, usize>,
    synonyms: BTreeMap<Arc<str>, Arc<str>>,
}

impl Reader {
    fn finish(self) -> Options {
        let text_codes = self.text_codes.unwrap_or(false);
        let list = OptionList { items: self.items, scale: None, text_codes };
        Options { list: Arc::new(list), spellings: self.spellings, synonyms: self.synonyms }
    }

    /// One string of `enum`.
    fn code(&mut self, walk: &mut Walk, node: &Node<'_>) {
        let Some(code) = walk.text("enum", node) else { return };
        let code: Arc<str> = Arc::from(code);
        let label = Localized::new(Arc::clone(&code), Arc::clone(&code));
        self.text_codes = Some(true);
        self.add(walk, OptionItem { name: Arc::clone(&code), code, label, rank: None }, node.span);
    }

    /// One object of `oneOf`.
    fn option(&mut self, walk: &mut Walk, node: &Node<'_>) {
        check_site(walk, "oneOf", node, Site::Choice);
        let code = node.get("const").and_then(|member| self.read_const(walk, &member.node));
        let name = node.get("x-name").and_then(|m| walk.named("x-name", &m.node, Alphabet::Name));
        let label = node.get("x-label").and_then(|member| walk.localized("x-label", &member.node));
        let rank = node.get("x-rank").and_then(|m| walk.whole("x-rank", &m.node, i64::MIN..=i64::MAX));
        for keyword in ["const", "x-name", "x-label"] {
            if node.get(keyword).is_none() && matches!(node.value, Value::Object(_)) {
                let finding = walk.at(&KEYWORD_MISSING, node.span, both("この選択肢", "this option"));
                walk.push(finding.with("keyword", keyword).with("place", Site::Choice.words()));
            }
        }
        notes(walk, node);
        let (Some(code), Some(name), Some(label)) = (code, name, label) else { return };
        let name: Arc<str> = Arc::from(name);
        self.add(walk, OptionItem { name: Arc::clone(&name), code, label, rank }, node.span);
        if let Some(member) = node.get("x-synonyms") {
            for (spelling, span) in walk.texts("x-synonyms", &member.node) {
                self.spell(walk, spelling, span);
                self.synonyms.insert(Arc::from(spelling.trim()), Arc::clone(&name));
            }
        }
    }

    /// The code as its canonical text; all codes of a list are whole numbers, or all are strings.
    fn read_const(&mut self, walk: &mut Walk, node: &Node<'_>) -> Option<Arc<str>> {
        let (code, is_text) = match &node.value {
            Value::Number(digits) => (digits.parse::<i64>().ok().map(|n| n.to_string()), false),
            Value::Text(text) => (Some(text.to_string()).filter(|text| !text.trim().is_empty()), true),
            _ => (None, false),
        };
        let first = *self.text_codes.get_or_insert(is_text);
        if code.is_none() || first != is_text {
            let expected = both(
                "整数または文字列のコード（1つの一覧ではどちらかに統一）",
                "a whole number or a string, the same kind in the whole list",
            );
            walk.wrong("const", node.span, expected);
            return None;
        }
        code.map(Arc::from)
    }

    fn add(&mut self, walk: &mut Walk, item: OptionItem, span: Span) {
        let twin = self.items.iter().find_map(|other| {
            if other.name == item.name {
                Some(&other.name)
            } else {
                (other.code == item.code).then_some(&item.code)
            }
        });
        if let Some(found) = twin {
            let finding = walk.at(&REPEATED_OPTION, span, both("2つ目", "the second one"));
            walk.push(finding.with("found", &**found));
            return;
        }
        let spellings = [&item.name, &item.code, &item.label.ja, &item.label.en].map(Arc::clone);
        self.items.push(item);
        for spelling in spellings {
            self.spell(walk, &spelling, span);
        }
    }

    /// Notes that `spelling` means the option added last.
    fn spell(&mut self, walk: &mut Walk, spelling: &str, span: Span) {
        let index = self.items.len().saturating_sub(1);
        let other = *self.spellings.entry(Arc::from(&*plain(spelling))).or_insert(index);
        if other != index {
            report_two(walk, spelling, span, self.name(other), self.name(index));
        }
    }

    fn name(&self, index: usize) -> &str {
        self.items.get(index).map_or("", |item| &item.name)
    }
}

/// Keywords of an option that are checked here and used by no part of the program yet.
fn notes(walk: &mut Walk, option: &Node<'_>) {
    let part = |keyword| option.get(keyword).map(|member| &member.node);
    part("x-help").map(|node| walk.localized("x-help", node));
    part("x-q").map(|node| walk.named("x-q", node, Alphabet::Number));
    for keyword in ["x-section", "x-source"] {
        part(keyword).map(|node| walk.text(keyword, node));
    }
}

/// Reports a spelling that means two things.
pub(super) fn report_two(walk: &mut Walk, spelling: &str, span: Span, first: &str, second: &str) {
    let finding = walk.at(&SPELLING_OF_TWO, span, both("この表記", "this spelling"));
    let finding = finding.with("found", Argument::written(spelling));
    walk.push(finding.with("first", format!("\"{first}\"")).with("second", format!("\"{second}\"")));
}

/// Adds `x-synonyms` of the field, then those of the root which name an option of this list, to the options' own.
///
/// A field's spelling may not contradict its options; the root's yields to both.
pub(super) fn synonyms(
    walk: &mut Walk,
    options: &Options,
    field: &Synonyms<'_>,
    root: &BTreeMap<Arc<str>, Arc<str>>,
) -> BTreeMap<Arc<str>, Arc<str>> {
    let mut all = options.synonyms.clone();
    let names = || options.list.items.iter().map(|item| &*item.name);
    for &(spelling, name, span) in field {
        let Some(index) = options.list.index_of(name) else {
            let finding = walk.at(&UNKNOWN_OPTION, span, both("この選択肢", "this option"));
            let finding = finding.with("found", Argument::written(name)).with("known", list(names()));
            walk.push_meant(finding, meant(name, names()));
            continue;
        };
        match options.spellings.get(&*plain(spelling)) {
            Some(&other) if other != usize::from(index) => {
                let other = names().nth(other).unwrap_or_default();
                report_two(walk, spelling, span, other, name);
            }
            _ => drop(all.insert(Arc::from(spelling.trim()), Arc::from(name))),
        }
    }
    for (spelling, name) in root {
        if options.list.index_of(name).is_some() && !options.spellings.contains_key(&*plain(spelling)) {
            all.entry(Arc::clone(spelling)).or_insert_with(|| Arc::clone(name));
        }
    }
    all
}

/// The list with its scale; every option of a scale needs a rank.
pub(super) fn with_scale(walk: &mut Walk, options: &Options, scale: &str, span: Span) -> Arc<OptionList> {
    if let Some(item) = options.list.items.iter().find(|item| item.rank.is_none()) {
        let finding = walk.at(&SCALE_WITHOUT_RANK, span, both("この尺度", "this scale"));
        walk.push(finding.with("option", &*item.name));
    }
    let list = OptionList { scale: Some(Arc::from(scale)), ..OptionList::clone(&options.list) };
    Arc::new(list)
}
