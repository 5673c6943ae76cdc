//! Marks that stand for no value (`x-missing`), and which of them count as an answer.
//!
//! Invariants
//! - A field's `x-missing` takes the place of the root's as a whole.
//! - `na` and `dk` stand first; a mark without a spelling does not exist.
//! - No spelling belongs to two marks. That an option wins over a mark is the reader's matter.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Mark;
use super::json_tree::{Member, Node};
use super::options::{plain, report_two};
use super::walk::{Alphabet, Walk, both, list, meant};
use crate::diagnostic::Argument;
use crate::diagnostic::code::questionnaire::{KEYWORD_MISSING, UNKNOWN_KEYWORD, UNKNOWN_MARK};

/// Most marks that a field may have: a batch holds a mark in a byte.
const MOST_MARKS: usize = 250;

/// Reads `x-missing`.
pub(super) fn read(walk: &mut Walk, node: &Node<'_>) -> Vec<Mark> {
    let mut marks = Vec::new();
    for member in walk.object("x-missing", node).iter().take(MOST_MARKS) {
        marks.extend(mark(walk, member));
    }
    // The sort is stable: own names keep the order in which they are written.
    marks.sort_by_key(|mark: &Mark| match &*mark.name {
        "na" => 0,
        "dk" => 1,
        _ => 2,
    });
    refuse_shared_spellings(walk, node, &marks);
    marks.retain(|mark| !mark.tokens.is_empty());
    marks
}

fn mark(walk: &mut Walk, member: &Member<'_>) -> Option<Mark> {
    let name = &*member.key;
    let (tokens, dont_know) = match name {
        "na" | "dk" => (walk.texts(name, &member.node), name == "dk"),
        _ => own_mark(walk, member)?,
    };
    let tokens = tokens.into_iter().map(|(token, _)| Arc::from(token.trim())).collect();
    Some(Mark { name: Arc::from(name), dont_know, tokens })
}

/// A mark with a name of its own: `{ "tokens": […], "as": "na" }`.
fn own_mark<'n>(
    walk: &mut Walk,
    member: &'n Member<'_>,
) -> Option<(Vec<(&'n str, crate::source::Span)>, bool)> {
    if !Alphabet::Name.holds(&member.key) {
        let expected = both("「na」「dk」または英小文字の名前", "\"na\", \"dk\" or a lower-case name");
        walk.wrong("x-missing", member.key_span, expected);
        return None;
    }
    for inner in walk.object(&member.key, &member.node) {
        if !matches!(&*inner.key, "tokens" | "as") {
            let finding = walk.at(&UNKNOWN_KEYWORD, inner.key_span, both("知られていない", "unknown"));
            let finding = finding.with("keyword", Argument::written(&inner.key));
            let finding = finding.with("known", list(["tokens", "as"]));
            walk.push_meant(finding, meant(&inner.key, ["tokens", "as"]));
        }
    }
    let mut part = |key| {
        let found = member.node.get(key);
        if found.is_none() {
            let finding = walk.at(&KEYWORD_MISSING, member.key_span, both("この印", "this mark"));
            walk.push(finding.with("keyword", key).with("place", both("名前のある印", "a mark with a name")));
        }
        found
    };
    let (tokens, kind) = (part("tokens")?, part("as")?);
    let kind = walk.choice("as", &kind.node, &["na", "dk"])?;
    Some((walk.texts("tokens", &tokens.node), kind == "dk"))
}

fn refuse_shared_spellings(walk: &mut Walk, node: &Node<'_>, marks: &[Mark]) {
    let mut seen: BTreeMap<String, &Mark> = BTreeMap::new();
    for mark in marks {
        for token in &mark.tokens {
            let first = *seen.entry(plain(token).into_owned()).or_insert(mark);
            if first.name != mark.name {
                report_two(walk, token, node.span, &first.name, &mark.name);
            }
        }
    }
}

/// Reads `x-marks-allowed`: names of the field's marks.
pub(super) fn allowed(walk: &mut Walk, node: &Node<'_>, marks: &[Mark]) -> BTreeSet<Arc<str>> {
    let names = || marks.iter().map(|mark| &*mark.name);
    let mut found = BTreeSet::new();
    for (name, span) in walk.texts("x-marks-allowed", node) {
        if names().any(|known| known == name) {
            found.insert(Arc::from(name));
        } else {
            let finding = walk.at(&UNKNOWN_MARK, span, both("この印", "this mark"));
            let finding = finding.with("found", Argument::written(name)).with("known", list(names()));
            walk.push_meant(finding, meant(name, names()));
        }
    }
    found
}
