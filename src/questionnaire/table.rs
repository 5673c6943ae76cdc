//! What a questionnaire says of its table in files: rows that are no records, and the versions of the form.
//!
//! Invariants
//! - Patterns are read when the questionnaire is; a wrong one is a finding there, never in a run.

use std::sync::Arc;

use super::json_tree::{Member, Node};
use super::walk::{Walk, both, list, meant};
use super::{CheckMarks, Pattern, PatternSyntax, RowWords};
use crate::diagnostic::Argument;
use crate::diagnostic::code::questionnaire::{KEYWORD_MISSING, UNKNOWN_KEYWORD, UNREADABLE_PATTERN};
use crate::source::Span;

/// Which field gives the version of the form, and which versions are this form's, before fields have positions.
#[derive(Debug, Clone)]
pub(super) struct VersionsDraft {
    pub field: Arc<str>,
    pub accepted: Vec<Arc<str>>,
}

/// Reads `x-rows`: `{ "note": [PATTERN, …], "sample": [PATTERN, …], "total": […], "printed": […] }`.
pub(super) fn rows(walk: &mut Walk, node: &Node<'_>) -> RowWords {
    let mut words = RowWords::default();
    for member in walk.object("x-rows", node) {
        match &*member.key {
            "note" => words.note = patterns(walk, member),
            "sample" => words.sample = patterns(walk, member),
            "total" => words.total = patterns(walk, member),
            "printed" => words.printed = patterns(walk, member),
            _ => unknown(walk, member, &["note", "sample", "total", "printed"]),
        }
    }
    words
}

/// Reads `x-check-marks`: `{ "chosen": [TEXT, …], "open": [TEXT, …] }`.
pub(super) fn check_marks(walk: &mut Walk, node: &Node<'_>) -> CheckMarks {
    let mut marks = CheckMarks::default();
    for member in walk.object("x-check-marks", node) {
        let list = match &*member.key {
            "chosen" => &mut marks.chosen,
            "open" => &mut marks.open,
            _ => {
                unknown(walk, member, &["chosen", "open"]);
                continue;
            }
        };
        let texts = walk.texts(&member.key, &member.node).into_iter();
        *list = texts.map(|(text, _)| text.trim().into()).collect();
    }
    marks
}

fn patterns(walk: &mut Walk, member: &Member<'_>) -> Vec<Pattern> {
    let mut found = Vec::new();
    for (written, span) in walk.texts(&member.key, &member.node) {
        match walk.pattern("x-rows", written, PatternSyntax::Engine) {
            Ok(pattern) => found.push(pattern),
            Err(reason) => {
                let finding = walk.at(&UNREADABLE_PATTERN, span, both("この式", "this expression"));
                walk.push(finding.with("keyword", "x-rows").with("reason", Argument::written(&reason)));
            }
        }
    }
    found
}

/// Reads `x-versions`: `{ "field": NAME, "accepted": [VERSION, …] }`; `names` are those of the fields.
pub(super) fn versions<'n>(
    walk: &mut Walk,
    node: &Node<'_>,
    names: impl Iterator<Item = &'n str>,
) -> Option<VersionsDraft> {
    for member in walk.object("x-versions", node) {
        if !matches!(&*member.key, "field" | "accepted") {
            unknown(walk, member, &["field", "accepted"]);
        }
    }
    let (field, accepted) = (part(walk, node, "field")?, part(walk, node, "accepted")?);
    let name = walk.text("field", field)?;
    let names: Vec<&str> = names.collect();
    if !names.contains(&name) {
        walk.wrong("field", field.span, both("この調査票の項目名", "the name of a field of this form"));
        return None;
    }
    let accepted = walk.texts("accepted", accepted).into_iter().map(|(text, _)| Arc::from(text.trim()));
    Some(VersionsDraft { field: Arc::from(name), accepted: accepted.collect() })
}

/// The value of `key` of `x-versions`. `None`: it is missing, which has been reported.
fn part<'t>(walk: &mut Walk, node: &'t Node<'t>, key: &str) -> Option<&'t Node<'t>> {
    let found = node.get(key).map(|member| &member.node);
    if found.is_none() {
        let start = Span::new(node.span.start, node.span.start + 1);
        let finding = walk.at(&KEYWORD_MISSING, start, both("ここ", "here"));
        walk.push(finding.with("keyword", key).with("place", "x-versions"));
    }
    found
}

fn unknown(walk: &mut Walk, member: &Member<'_>, known: &[&'static str]) {
    let finding = walk.at(&UNKNOWN_KEYWORD, member.key_span, both("知られていない", "unknown"));
    let finding =
        finding.with("keyword", Argument::written(&member.key)).with("known", list(known.iter().copied()));
    walk.push_meant(finding, meant(&member.key, known.iter().copied()));
}
