//! One schema file → its form: root keywords, sections and fields, laid behind those of its base.
//!
//! Invariants
//! - An overlay adds sections and fields; what its base declares it cannot change.
//! - The base's fields keep their order; an overlay's stand where `x-after` puts them, else at the end.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::field::{self, Condition, Draft, Shared};
use super::json_tree::{Member, Node, Value};
use super::keyword::{Site, check_site};
use super::table::{self, VersionsDraft};
use super::walk::{Alphabet, Walk, both, meant};
use super::{CheckMarks, Declared, Mark, RowWords, Section, marks};
use crate::diagnostic::code::questionnaire::{
    DECLARED_IN_BASE, ID_DIFFERS, KEYWORD_MISSING, KEYWORD_OUT_OF_PLACE, REFUSED_REFERENCE, UNKNOWN_OPTION,
    UNKNOWN_PREDECESSOR,
};
use crate::diagnostic::{Argument, Localized};
use crate::expression::Type;
use crate::source::Span;

/// The only dialect.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// A section and its condition.
#[derive(Debug, Clone)]
pub(super) struct SectionDraft {
    pub section: Section,
    pub condition: Option<Condition>,
}

/// A form, its base joined, before numbers are given and conditions are typed.
#[derive(Debug)]
pub(super) struct Form {
    pub id: Arc<str>,
    pub title: Localized<Arc<str>>,
    pub sections: Vec<SectionDraft>,
    pub drafts: Vec<Draft>,
    /// Marks of the root, which an overlay inherits.
    pub marks: Vec<Mark>,
    /// `x-synonyms` of the root, likewise.
    pub synonyms: BTreeMap<Arc<str>, Arc<str>>,
    /// `x-answer-heads`; an overlay adds its own.
    pub answer_heads: Vec<Arc<str>>,
    /// `x-check-marks`; an overlay that gives them replaces them.
    pub check_marks: CheckMarks,
    /// `x-question-word`, likewise, for its own questions.
    pub question_word: Option<Localized<Arc<str>>>,
    /// `x-rows`, likewise.
    pub rows: RowWords,
    /// `x-versions`, likewise.
    pub versions: Option<VersionsDraft>,
    /// Names in `$defs`, with the id of the file: what an overlay cannot refer to.
    pub definitions: BTreeMap<Arc<str>, Arc<str>>,
    /// Whether a property was lost to a mistake.
    pub incomplete: bool,
}

/// The id of the questionnaire that this one extends, with its place. `None`: it stands alone.
pub(super) fn base_of<'t>(walk: &mut Walk, tree: &'t Node<'_>) -> Option<(&'t str, Span)> {
    let member = tree.get("allOf")?;
    let Value::List(items) = &member.node.value else {
        walk.wrong(
            "allOf",
            member.node.span,
            both("{ \"$ref\": 元の調査票 } を1つ", "one { \"$ref\": BASE }"),
        );
        return None;
    };
    for further in items.iter().skip(1) {
        let finding = walk.at(&REFUSED_REFERENCE, further.span, both("2つ目の参照", "a second reference"));
        walk.push(finding.with("found", Argument::written(walk.source.slice(further.span))));
    }
    let first = items.first()?;
    check_site(walk, "allOf", first, Site::Base);
    let reference = &first.get("$ref")?.node;
    let id = reference.text().filter(|id| Alphabet::Id.holds(id));
    if id.is_none() {
        let finding = walk.at(&REFUSED_REFERENCE, reference.span, both("この参照", "this reference"));
        walk.push(finding.with("found", Argument::written(walk.source.slice(reference.span))));
    }
    id.map(|id| (id, reference.span))
}

/// Reads the form of the file; `base` is that of the questionnaire which it extends.
pub(super) fn read<'t>(walk: &mut Walk, tree: &'t Node<'t>, table: u16, base: Option<Form>) -> Option<Form> {
    check_site(walk, "$schema", tree, Site::Root);
    check_frame(walk, tree, base.is_some());
    let id = id(walk, tree);
    let title = node(tree, "x-label").and_then(|node| walk.localized("x-label", node));
    let mut form = base.unwrap_or_else(Form::empty);
    if let Some(node) = node(tree, "x-missing") {
        form.marks = marks::read(walk, node);
    }
    let own_synonyms =
        node(tree, "x-synonyms").map(|node| field::written_synonyms(walk, node)).unwrap_or_default();
    let names = own_synonyms.iter().map(|(spelling, name, _)| (Arc::from(spelling.trim()), Arc::from(*name)));
    form.synonyms.extend(names);
    if let Some(node) = node(tree, "x-answer-heads") {
        let heads = walk.texts("x-answer-heads", node);
        form.answer_heads.extend(heads.into_iter().map(|(head, _)| Arc::from(head.trim())));
    }
    if let Some(node) = node(tree, "x-check-marks") {
        form.check_marks = table::check_marks(walk, node);
    }
    if let Some(node) = node(tree, "x-question-word") {
        form.question_word = walk.localized("x-question-word", node);
    }
    read_sections(walk, tree, &mut form.sections);
    read_fields(walk, tree, table, &mut form);
    for (_, name, span) in own_synonyms {
        refuse_unknown_option(walk, &form.drafts, name, span);
    }
    if let Some(node) = node(tree, "x-rows") {
        form.rows = table::rows(walk, node);
    }
    if let Some(node) = node(tree, "x-versions") {
        let names = form.drafts.iter().map(|draft| &*draft.field.name);
        form.versions = table::versions(walk, node, names);
    }
    form.id = id?;
    form.title = title?;
    for member in node(tree, "$defs").map(Node::members).unwrap_or_default() {
        form.definitions.insert(Arc::from(&*member.key), Arc::clone(&form.id));
    }
    Some(form)
}

impl Form {
    fn empty() -> Self {
        Self {
            id: Arc::from(""),
            title: Localized::default(),
            sections: Vec::new(),
            drafts: Vec::new(),
            marks: Vec::new(),
            synonyms: BTreeMap::new(),
            answer_heads: Vec::new(),
            check_marks: CheckMarks::default(),
            question_word: None,
            rows: RowWords::default(),
            versions: None,
            definitions: BTreeMap::new(),
            incomplete: false,
        }
    }
}

fn node<'t>(tree: &'t Node<'t>, key: &str) -> Option<&'t Node<'t>> {
    tree.get(key).map(|member| &member.node)
}

/// The keywords that say no more than that this is a questionnaire.
fn check_frame<'t>(walk: &mut Walk, tree: &'t Node<'t>, overlay: bool) {
    let needed: &[&str] = if overlay || tree.get("allOf").is_some() {
        &["$schema", "$id", "x-label", "properties"]
    } else {
        &["$schema", "$id", "x-label", "properties", "type"]
    };
    for keyword in needed.iter().filter(|keyword| tree.get(keyword).is_none()) {
        let start = Span::new(tree.span.start, tree.span.start + 1);
        let finding = walk.at(&KEYWORD_MISSING, start, both("このファイル", "this file"));
        walk.push(finding.with("keyword", *keyword).with("place", Site::Root.words()));
    }
    node(tree, "$schema").map(|node| walk.choice("$schema", node, &[DIALECT]));
    node(tree, "type").map(|node| walk.choice("type", node, &["object"]));
    for keyword in ["$comment", "title", "description"] {
        node(tree, keyword).map(|node| walk.text(keyword, node));
    }
    if let Some(node) = node(tree, "additionalProperties").filter(|node| node.value != Value::Truth(true)) {
        let expected = both(
            "true（様式にない列は指摘になるだけです）",
            "true: an unknown column is a finding, never an invalid record",
        );
        walk.wrong("additionalProperties", node.span, expected);
    }
}

/// `$id`, which must be the file's name, since references are resolved by name.
fn id(walk: &mut Walk, tree: &Node<'_>) -> Option<Arc<str>> {
    let node = &tree.get("$id")?.node;
    let id = walk.named("$id", node, Alphabet::Id)?;
    let name = Arc::clone(&walk.source.name);
    let file = name.rsplit('/').next().unwrap_or_default();
    let stem = file.strip_suffix(".json").unwrap_or(file);
    if stem != id {
        let finding = walk.at(&ID_DIFFERS, node.span, both("このID", "this id"));
        walk.push(finding.with("found", Argument::written(id)).with("expected", stem));
    }
    Some(Arc::from(id))
}

fn read_sections<'t>(walk: &mut Walk, tree: &'t Node<'t>, sections: &mut Vec<SectionDraft>) {
    let Some(node) = node(tree, "x-sections") else { return };
    // The base's sections stand in order of key; an overlay's own go among them by key.
    let base = sections.len();
    for member in walk.object("x-sections", node) {
        let Some(section) = section(walk, member) else { continue };
        if sections.iter().any(|other| other.section.name == section.section.name) {
            let finding = walk.at(&DECLARED_IN_BASE, member.key_span, both("この節", "this section"));
            walk.push(finding.with("name", Argument::written(&member.key)));
            continue;
        }
        let behind = |other: &SectionDraft| other.section.name <= section.section.name;
        let place =
            if base == 0 { sections.len() } else { sections.iter().take_while(|s| behind(s)).count() };
        sections.insert(place, section);
    }
}

fn section(walk: &mut Walk, member: &Member<'_>) -> Option<SectionDraft> {
    check_site(walk, &member.key, &member.node, Site::Section);
    if !Alphabet::Id.holds(&member.key) {
        let expected = both("英数字で始まる節のキー", "keys of letters, digits, ., _ and -");
        walk.wrong("x-sections", member.key_span, expected);
    }
    let part = |keyword| member.node.get(keyword).map(|member| &member.node);
    part("x-help").map(|node| walk.localized("x-help", node));
    part("x-source").map(|node| walk.text("x-source", node));
    let condition = part("x-relevant").and_then(|node| Condition::read(walk, node));
    let Some(label) = part("x-label") else {
        let finding = walk.at(&KEYWORD_MISSING, member.key_span, both("この節", "this section"));
        walk.push(finding.with("keyword", "x-label").with("place", Site::Section.words()));
        return None;
    };
    let label = walk.localized("x-label", label)?;
    Some(SectionDraft { section: Section { name: Arc::from(&*member.key), label }, condition })
}

fn read_fields<'t>(walk: &mut Walk, tree: &'t Node<'t>, table: u16, form: &mut Form) {
    let definitions = node(tree, "$defs");
    for member in definitions.map(|node| walk.object("$defs", node)).unwrap_or_default() {
        field::check_definition(walk, member);
    }
    let mut shared = Shared {
        definitions,
        inherited: form.definitions.clone(),
        marks: form.marks.clone(),
        synonyms: form.synonyms.clone(),
        question_word: form.question_word.clone(),
        table,
        options: BTreeMap::new(),
        cases: BTreeMap::new(),
    };
    let Some(properties) = node(tree, "properties") else { return };
    let properties = walk.object("properties", properties);
    if properties.is_empty() {
        let span = node(tree, "properties").map_or(tree.span, |node| node.span);
        walk.wrong("properties", span, both("1つ以上の項目", "at least one field"));
    }
    let base: Vec<(Arc<str>, Declared)> =
        form.drafts.iter().map(|draft| (Arc::clone(&draft.field.name), draft.field.declared)).collect();
    let mut own = Vec::new();
    for member in properties {
        match field::read(walk, &mut shared, member) {
            Some(draft) if base.iter().any(|(name, _)| *name == draft.field.name) => {
                let finding = walk.at(&DECLARED_IN_BASE, member.key_span, both("この項目", "this field"));
                walk.push(finding.with("name", Argument::written(&member.key)));
            }
            Some(draft) => own.push(draft),
            None => form.incomplete = true,
        }
    }
    let names: Vec<Arc<str>> = base.into_iter().map(|(name, _)| name).collect();
    for draft in &own {
        check_place(walk, draft, &names);
    }
    join(&mut form.drafts, own);
}

/// Reports an `x-after` that cannot be followed.
fn check_place(walk: &mut Walk, draft: &Draft, base: &[Arc<str>]) {
    let Some((name, span)) = &draft.after else { return };
    if base.is_empty() {
        let finding = walk.at(&KEYWORD_OUT_OF_PLACE, *span, both("ここには書けない", "not allowed here"));
        let finding = finding
            .with("keyword", "x-after")
            .with("place", both("単独の調査票", "a questionnaire without base"));
        let finding =
            finding.with("allowed", both("追加の調査票（allOf）の項目", "a property of an overlay (allOf)"));
        walk.push(
            finding.with(
                "doc",
                both("元の調査票のどの項目の後か", "the field of the base after which it stands"),
            ),
        );
    } else if !base.contains(name) {
        let names = base.iter().map(|name| &**name);
        let finding = walk.at(&UNKNOWN_PREDECESSOR, *span, both("この項目", "this field"));
        walk.push_meant(finding.with("found", Argument::written(name)), meant(name, names));
    }
}

/// Puts the own fields among the base's: after the field that each names, in the order in which they are written.
fn join(base: &mut Vec<Draft>, own: Vec<Draft>) {
    let mut after: BTreeMap<Arc<str>, Vec<Draft>> = BTreeMap::new();
    let mut last = Vec::new();
    for draft in own {
        let place = draft.after.as_ref().map(|(name, _)| name);
        match place.filter(|name| base.iter().any(|draft| draft.field.name == **name)) {
            Some(name) => after.entry(Arc::clone(name)).or_default().push(draft),
            None => last.push(draft),
        }
    }
    let mut joined = Vec::with_capacity(base.len() + last.len());
    for draft in base.drain(..) {
        let followers = after.remove(&draft.field.name);
        joined.push(draft);
        joined.extend(followers.unwrap_or_default());
    }
    joined.extend(last);
    *base = joined;
}

/// A spelling of the root must name an option of at least one field.
fn refuse_unknown_option(walk: &mut Walk, drafts: &[Draft], name: &str, span: Span) {
    let lists = || {
        drafts.iter().filter_map(|draft| match &draft.field.ty {
            Type::Option(list) | Type::Multi(list) => Some(list),
            _ => None,
        })
    };
    if lists().any(|list| list.index_of(name).is_some()) {
        return;
    }
    let names = || lists().flat_map(|list| list.items.iter().map(|item| &*item.name));
    let finding = walk.at(&UNKNOWN_OPTION, span, both("この選択肢", "this option"));
    let finding = finding.with("found", Argument::written(name)).with("known", super::walk::list(names()));
    walk.push_meant(finding, meant(name, names()));
}
