//! Published findings of a field: the cases of `x-invalid` and the ids of `x-finding-ids`.
//!
//! Invariants
//! - Only the last case has no `matches`.
//! - Titles hold no placeholder; messages hold `{question}`, `{value}` and `{options}` at most.
//! - Ids are never of the engine's own family (`KP-`).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::json_tree::{Member, Node};
use super::pattern::{Pattern, PatternSyntax};
use super::walk::{Alphabet, Walk, both, list, meant};
use super::{FindingKind, InvalidCase};
use crate::diagnostic::code::questionnaire::{
    CASE_NEVER_REACHED, KEYWORD_MISSING, UNKNOWN_FINDING_KIND, UNKNOWN_KEYWORD, UNKNOWN_PLACEHOLDER,
    UNREADABLE_PATTERN,
};
use crate::diagnostic::{Argument, Localized, Piece, Severity, Template};
use crate::source::Span;

/// What the messages of a case may show, in the order of their slots.
pub const CASE_SLOTS: [&str; 3] = ["question", "value", "options"];

/// The keys of a case and whether each must be there.
const CASE_KEYS: [(&str, bool); 6] = [
    ("matches", false),
    ("id", true),
    ("slug", false),
    ("severity", true),
    ("title", true),
    ("message", true),
];

/// Keywords of JSON Schema that one cell can break, as names of `x-finding-ids`.
const CELL_KEYWORDS: [&str; 12] = [
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "format",
    "enum",
    "oneOf",
    "minItems",
];

/// Names of `x-finding-ids`, `maxItems` and `closed-by:CONTROLLER` aside.
const KINDS: [(&str, FindingKind); 6] = [
    ("type", FindingKind::Type),
    ("domain", FindingKind::Domain),
    ("duplicate", FindingKind::Duplicate),
    ("must-answer", FindingKind::MustAnswer),
    ("marked-not-applicable", FindingKind::MarkedNotApplicable),
    ("mark-accepted", FindingKind::MarkAccepted),
];

/// Reads `x-invalid`.
pub(super) fn read(walk: &mut Walk, node: &Node<'_>) -> Vec<InvalidCase> {
    if node.items().is_empty() {
        walk.wrong("x-invalid", node.span, both("1つ以上の場合の配列", "a list of at least one case"));
    }
    let cases: Vec<(InvalidCase, Span)> =
        node.items().iter().filter_map(|item| Some((case(walk, item)?, item.span))).collect();
    let last = cases.len().saturating_sub(1);
    for (case, span) in cases.iter().take(last) {
        if case.matches.is_none() {
            let finding =
                walk.at(&CASE_NEVER_REACHED, *span, both("すべてのセルに当てはまる", "fits every cell"));
            walk.push(finding);
        }
    }
    cases.into_iter().map(|(case, _)| case).collect()
}

fn case(walk: &mut Walk, node: &Node<'_>) -> Option<InvalidCase> {
    check_keys(walk, node);
    let value = |key: &str| node.get(key).map(|member| &member.node);
    let matches = match value("matches") {
        None => None,
        Some(node) => Some(pattern(walk, "matches", node, PatternSyntax::Engine)?),
    };
    let id = value("id").and_then(|node| walk.named("id", node, Alphabet::RuleId));
    let slug = value("slug").and_then(|node| walk.named("slug", node, Alphabet::Slug));
    let severity = value("severity").and_then(|node| severity(walk, node));
    let title = value("title").and_then(|node| title(walk, node));
    let message = value("message").and_then(|node| message(walk, node));
    let id = id?;
    Some(InvalidCase {
        matches,
        id: Arc::from(id),
        slug: slug.map_or_else(|| Arc::from(kebab(id)), Arc::from),
        severity: severity?,
        title: title?,
        message: message?,
    })
}

fn check_keys(walk: &mut Walk, node: &Node<'_>) {
    let known = || CASE_KEYS.iter().map(|(key, _)| *key);
    for member in walk.object("x-invalid", node) {
        if !known().any(|key| key == member.key) {
            let finding = walk.at(&UNKNOWN_KEYWORD, member.key_span, both("知られていない", "unknown"));
            let finding =
                finding.with("keyword", Argument::written(&member.key)).with("known", list(known()));
            walk.push_meant(finding, meant(&member.key, known()));
        }
    }
    for (key, needed) in CASE_KEYS {
        if needed && node.get(key).is_none() && !node.members().is_empty() {
            let finding = walk.at(&KEYWORD_MISSING, node.span, both("この場合", "this case"));
            let place = both("x-invalid の場合", "a case of x-invalid");
            walk.push(finding.with("keyword", key).with("place", place));
        }
    }
}

/// The default slug: the id in lower case, its other signs as hyphens.
fn kebab(id: &str) -> String {
    let words = id.split(['.', '_', '-']).filter(|word| !word.is_empty());
    words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-")
}

/// A regular expression of either dialect.
pub(super) fn pattern(
    walk: &mut Walk,
    keyword: &str,
    node: &Node<'_>,
    syntax: PatternSyntax,
) -> Option<Pattern> {
    let written = walk.text(keyword, node)?;
    match walk.pattern(keyword, written, syntax) {
        Ok(pattern) => Some(pattern),
        Err(reason) => {
            let finding = walk.at(&UNREADABLE_PATTERN, node.span, both("この正規表現", "this expression"));
            walk.push(finding.with("reason", reason));
            None
        }
    }
}

fn severity(walk: &mut Walk, node: &Node<'_>) -> Option<Severity> {
    Some(match walk.choice("severity", node, &["error", "warning", "info"])? {
        "error" => Severity::Error,
        "warning" => Severity::Warning,
        _ => Severity::Info,
    })
}

fn title(walk: &mut Walk, node: &Node<'_>) -> Option<Localized<Arc<str>>> {
    let title = walk.localized("title", node)?;
    let stands_alone = |text: &str| !text.contains(['{', '}']) && !text.ends_with(['.', '。']);
    if stands_alone(&title.ja) && stands_alone(&title.en) {
        return Some(title);
    }
    let expected = both(
        "差し込みも句点もない1行",
        "one line without placeholder and full stop: it is all that is shown where values are hidden",
    );
    walk.wrong("title", node.span, expected);
    None
}

fn message(walk: &mut Walk, node: &Node<'_>) -> Option<Localized<Template>> {
    let texts = walk.localized("message", node)?;
    let mut unknown: Vec<String> = Vec::new();
    let mut parse = |text: &str| {
        Template::parse(text, |name| {
            CASE_SLOTS.iter().position(|slot| *slot == name).unwrap_or_else(|| {
                unknown.push(name.to_owned());
                CASE_SLOTS.len()
            })
        })
    };
    let message = Localized::new(parse(&texts.ja), parse(&texts.en));
    let shown = |template: &Template| {
        CASE_SLOTS.iter().enumerate().map(|(slot, _)| template.pieces.contains(&Piece::Slot(slot))).collect()
    };
    let shown: Localized<Vec<bool>> = message.map(shown);
    if unknown.is_empty() && shown.ja != shown.en {
        let expected = both("両言語で同じ差し込み", "the same placeholders in both languages");
        walk.wrong("message", node.span, expected);
    }
    let complete = unknown.is_empty();
    for name in unknown {
        let finding = walk.at(&UNKNOWN_PLACEHOLDER, node.span, both("この文", "this message"));
        let known = CASE_SLOTS.map(|slot| format!("{{{slot}}}"));
        let finding = finding.with("known", list(known.iter().map(String::as_str)));
        let suggestion = meant(&name, CASE_SLOTS);
        walk.push_meant(finding.with("found", format!("{{{name}}}")), suggestion);
    }
    complete.then_some(message)
}

/// A controller named by `closed-by:`, with its place, to be compared with the routing.
pub(super) type NamedController = (Arc<str>, Span);

/// Reads `x-finding-ids`; also gives the controllers that it names.
pub(super) fn finding_ids(
    walk: &mut Walk,
    node: &Node<'_>,
) -> (BTreeMap<FindingKind, Arc<str>>, Vec<NamedController>) {
    let mut ids = BTreeMap::new();
    let mut controllers = Vec::new();
    for member in walk.object("x-finding-ids", node) {
        let kind = kind(walk, member);
        let id = walk.named("x-finding-ids", &member.node, Alphabet::RuleId);
        let Some((kind, id)) = kind.zip(id) else { continue };
        if let FindingKind::ClosedBy(controller) = &kind {
            controllers.push((Arc::clone(controller), member.key_span));
        }
        ids.insert(kind, Arc::from(id));
    }
    (ids, controllers)
}

fn kind(walk: &mut Walk, member: &Member<'_>) -> Option<FindingKind> {
    let name = &*member.key;
    let fixed = KINDS.iter().find(|(known, _)| *known == name).map(|(_, kind)| kind.clone());
    let controller = name.strip_prefix("closed-by:").filter(|controller| !controller.is_empty());
    let keyword = CELL_KEYWORDS.contains(&name) || name == "maxItems";
    let kind = fixed
        .or_else(|| controller.map(|name| FindingKind::ClosedBy(Arc::from(&*super::options::plain(name)))))
        .or_else(|| keyword.then(|| FindingKind::Keyword(Arc::from(name))));
    if kind.is_none() {
        let known = || KINDS.iter().map(|(name, _)| *name).chain(["closed-by:CONTROLLER"]);
        let finding = walk.at(&UNKNOWN_FINDING_KIND, member.key_span, both("この種類", "this kind"));
        let finding = finding.with("found", Argument::written(name)).with("known", list(known()));
        walk.push_meant(finding, meant(name, known().chain(CELL_KEYWORDS)));
    }
    kind
}
