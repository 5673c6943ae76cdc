//! One property of the schema → one field of the form.
//!
//! Invariants
//! - A property that cannot be read becomes no field; why has been reported.
//! - What needs other fields (place in the form, routing, unique headers) is left to the form.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::cases::{self, NamedController};
use super::domain::{self, Read};
use super::joined;
use super::json_tree::{Member, Node, Value};
use super::keyword::{Site, check_site};
use super::options::{self, Options, Synonyms, plain};
use super::walk::{Alphabet, View, Walk, both};
use super::{Declared, Field, InvalidCase, Mark, OffPath, Required, marks};
use crate::diagnostic::code::questionnaire::{
    CYCLIC_REFERENCE, DEFINITION_OF_BASE, KEYWORD_MISSING, REFUSED_REFERENCE, UNRESOLVED_REFERENCE,
};
use crate::diagnostic::{Argument, Localized, Severity};
use crate::expression::FieldId;
use crate::expression::tree::{ExpressionText, Offsets};
use crate::source::json::unescape_with_offsets;
use crate::source::{SourceId, SourceText, Span};

/// Steps from one shared definition to the next.
const LONGEST_REFERENCE: usize = 8;

/// The start of a reference to a shared definition.
const DEFINITION: &str = "#/$defs/";

/// A KRE condition as it stands in the schema.
#[derive(Debug, Clone)]
pub(super) struct Condition {
    pub source: SourceId,
    pub text: Arc<str>,
    /// The string with its quotes.
    pub span: Span,
    /// Offset of each byte and of the end. `None`: it stands there letter by letter.
    offsets: Option<Arc<[u64]>>,
}

impl Condition {
    /// Reads the string at `node`.
    pub(super) fn read(walk: &mut Walk, node: &Node<'_>) -> Option<Self> {
        let text = walk.text("x-relevant", node)?;
        let first = node.span.start + 1;
        let offsets = match &node.value {
            // Only a string with escapes is owned.
            Value::Text(std::borrow::Cow::Owned(_)) => {
                let inner = walk.source.slice(Span::new(first, node.span.end.saturating_sub(1)));
                let (_, offsets) = unescape_with_offsets(inner).ok()?;
                let offset = |at: usize| first + u64::try_from(at).unwrap_or(0);
                Some(offsets.into_iter().map(offset).collect())
            }
            _ => None,
        };
        Some(Self { source: walk.source.id, text: Arc::from(text), span: node.span, offsets })
    }

    /// The condition as the expression parser takes it; `source` is the file in which it stands.
    pub(super) fn expression<'a>(&'a self, source: &'a SourceText) -> ExpressionText<'a> {
        let direct = Offsets::Direct(self.span.start + 1);
        let offsets = self.offsets.as_deref().map_or(direct, Offsets::Mapped);
        ExpressionText { source, text: &self.text, offsets }
    }
}

/// A field and what the form still has to resolve.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub field: Field,
    pub condition: Option<Condition>,
    /// Key of its section.
    pub section: Option<(Arc<str>, Span)>,
    /// The field of the base after which it stands.
    pub after: Option<(Arc<str>, Span)>,
    /// Fields that `x-finding-ids` calls controllers.
    pub controllers: Vec<NamedController>,
    /// Its subschema for the joined schema.
    pub schema: serde_json::Value,
}

/// What the fields of one file share.
pub(super) struct Shared<'t> {
    /// `$defs`.
    pub definitions: Option<&'t Node<'t>>,
    /// Names in the `$defs` of the questionnaires that are extended, with the id of each.
    pub inherited: BTreeMap<Arc<str>, Arc<str>>,
    /// Marks of the root.
    pub marks: Vec<Mark>,
    /// `x-synonyms` of the root.
    pub synonyms: BTreeMap<Arc<str>, Arc<str>>,
    /// `x-question-word` of the root.
    pub question_word: Option<Localized<Arc<str>>>,
    /// The table of the fields' ids.
    pub table: u16,
    /// Options by the place and limit of their list, so that a shared definition is built once.
    pub options: BTreeMap<(u64, usize), Options>,
    /// Cases by the place of their list, likewise.
    pub cases: BTreeMap<u64, Vec<InvalidCase>>,
}

/// Reads one property. `None`: it has no usable type or label.
pub(super) fn read<'t>(walk: &mut Walk, shared: &mut Shared<'t>, member: &'t Member<'t>) -> Option<Draft> {
    check_site(walk, &member.key, &member.node, Site::Field);
    let definitions = Definitions { own: shared.definitions, inherited: &shared.inherited };
    let view = resolve(walk, definitions, View::of(&member.node))?;
    let items = items(walk, definitions, &view);
    let options = &mut shared.options;
    let mut options_of = |walk: &mut Walk, list: &'t Member<'t>, limit: usize| {
        let place = (list.node.span.start, limit);
        options.entry(place).or_insert_with(|| options::read(walk, list, limit)).clone()
    };
    let read = domain::read(walk, member, &view, items.as_ref(), &mut options_of)?;
    let schema = joined::property(&view, items.as_ref(), &read.ty, read.time);
    let section = place(walk, &view, "x-section");
    let after = place(walk, &view, "x-after");
    let condition = view.node("x-relevant").and_then(|node| Condition::read(walk, node));
    let ids = view.node("x-finding-ids").map(|node| cases::finding_ids(walk, node));
    let (finding_ids, controllers) = ids.unwrap_or_default();
    let field = Field { finding_ids, ..field(walk, shared, member, &view, read)? };
    Some(Draft { field, condition, section, after, controllers, schema })
}

/// What a reference may lead to, and what it may not.
#[derive(Clone, Copy)]
struct Definitions<'t, 's> {
    own: Option<&'t Node<'t>>,
    /// Names of the extended questionnaires' definitions, with the id of each.
    inherited: &'s BTreeMap<Arc<str>, Arc<str>>,
}

/// The object with its `$ref` followed: what it says itself is laid over the definition, key by key.
fn resolve<'t>(walk: &mut Walk, definitions: Definitions<'t, '_>, view: View<'t>) -> Option<View<'t>> {
    let mut view = view;
    let mut path: Vec<&str> = Vec::new();
    while let Some(reference) = view.get("$ref") {
        let definition = definition(walk, definitions, &reference.node)?;
        if path.contains(&&*definition.key) || path.len() >= LONGEST_REFERENCE {
            path.push(&definition.key);
            let finding = walk.at(&CYCLIC_REFERENCE, reference.node.span, both("ここ", "here"));
            walk.push(finding.with("limit", LONGEST_REFERENCE).with("path", path.join(" → ")));
            return None;
        }
        path.push(&definition.key);
        view = view.laid_over(&View::of(&definition.node), "$ref");
    }
    Some(view)
}

fn definition<'t>(
    walk: &mut Walk,
    definitions: Definitions<'t, '_>,
    node: &Node<'_>,
) -> Option<&'t Member<'t>> {
    let written = walk.text("$ref", node)?;
    let Some(name) = written.strip_prefix(DEFINITION).filter(|name| !name.contains(['/', '~', '%'])) else {
        let finding = walk.at(&REFUSED_REFERENCE, node.span, both("この参照", "this reference"));
        walk.push(finding.with("found", Argument::written(written)));
        return None;
    };
    let found = definitions.own.and_then(|own| own.get(name));
    if let Some(base) = definitions.inherited.get(name).filter(|_| found.is_none()) {
        let finding = walk.at(&DEFINITION_OF_BASE, node.span, both("この参照", "this reference"));
        walk.push(finding.with("found", Argument::written(name)).with("base", &**base));
    } else if found.is_none() {
        let known = definitions.own.map(Node::members).unwrap_or_default().iter().map(|member| &*member.key);
        let finding = walk.at(&UNRESOLVED_REFERENCE, node.span, both("この参照", "this reference"));
        walk.push_meant(finding.with("found", Argument::written(written)), super::walk::meant(name, known));
    }
    found
}

/// `items` of a multiple-answer question with its reference followed.
fn items<'t>(walk: &mut Walk, definitions: Definitions<'t, '_>, view: &View<'t>) -> Option<View<'t>> {
    let node = view.node("items")?;
    domain::check_items(walk, node);
    resolve(walk, definitions, View::of(node))
}

fn place(walk: &mut Walk, view: &View<'_>, keyword: &str) -> Option<(Arc<str>, Span)> {
    let node = view.node(keyword)?;
    Some((Arc::from(&*plain(walk.text(keyword, node)?)), node.span))
}

fn field<'t>(
    walk: &mut Walk,
    shared: &mut Shared<'t>,
    member: &Member<'_>,
    view: &View<'t>,
    read: Read,
) -> Option<Field> {
    let name: Arc<str> = Arc::from(&*plain(&member.key));
    if name.is_empty() || name.contains('`') {
        walk.wrong(
            "properties",
            member.key_span,
            both("空でなく「`」を含まない名前", "a name, without back-quotes"),
        );
    }
    let label = label(walk, member, view)?;
    let question = view.node("x-q").and_then(|node| walk.named("x-q", node, Alphabet::Number)).map(Arc::from);
    let own_marks = view.node("x-missing").map(|node| marks::read(walk, node));
    let marks = own_marks.unwrap_or_else(|| shared.marks.clone());
    let synonyms = synonyms(walk, shared, view, &read);
    let (column, aliases) = headers(walk, view, &name);
    let help = notes(walk, view);
    Some(Field {
        id: FieldId { table: shared.table, index: 0 },
        ty: read.ty,
        domain: read.domain,
        label,
        help,
        required: required(walk, view, question.is_some()),
        question,
        question_word: shared.question_word.clone(),
        section: None,
        column,
        aliases,
        pointer: view.node("x-pointer").and_then(|node| pointer(walk, node)),
        column_required: flag(walk, view, "x-column-required"),
        off_path: off_path(walk, view),
        marks_allowed: view
            .node("x-marks-allowed")
            .map(|node| marks::allowed(walk, node, &marks))
            .unwrap_or_default(),
        marks,
        synonyms,
        invalid: view.node("x-invalid").map(|node| cases_of(walk, shared, node)).unwrap_or_default(),
        finding_ids: BTreeMap::new(),
        private: flag(walk, view, "x-private"),
        weight: weight(walk, view),
        comparable: comparable(walk, view),
        declared: Declared { source: walk.source.id, span: member.key_span },
        name,
    })
}

fn label(walk: &mut Walk, member: &Member<'_>, view: &View<'_>) -> Option<Localized<Arc<str>>> {
    let Some(node) = view.node("x-label") else {
        let finding = walk.at(&KEYWORD_MISSING, member.key_span, both("この項目", "this field"));
        walk.push(finding.with("keyword", "x-label").with("place", Site::Field.words()));
        return None;
    };
    walk.localized("x-label", node)
}

/// The help; the other notes are checked here and used by no part of the program.
fn notes(walk: &mut Walk, view: &View<'_>) -> Option<Localized<Arc<str>>> {
    for keyword in ["x-source", "$comment", "title", "description"] {
        view.node(keyword).map(|node| walk.text(keyword, node));
    }
    view.node("x-help").and_then(|node| walk.localized("x-help", node))
}

fn flag(walk: &mut Walk, view: &View<'_>, keyword: &str) -> bool {
    view.node(keyword).and_then(|node| walk.flag(keyword, node)).unwrap_or(false)
}

/// Default: a numbered question must be answered.
fn required(walk: &mut Walk, view: &View<'_>, numbered: bool) -> Required {
    match view.node("x-required").map(|node| (&node.value, node.span)) {
        Some((Value::Truth(true), _)) => Required::Yes,
        Some((Value::Truth(false), _)) => Required::No,
        Some((Value::Text(text), _)) if text == "soft" => Required::Soft,
        Some((_, span)) => {
            walk.wrong("x-required", span, both("true、false または \"soft\"", "true, false or \"soft\""));
            Required::No
        }
        None if numbered => Required::Yes,
        None => Required::No,
    }
}

fn off_path(walk: &mut Walk, view: &View<'_>) -> OffPath {
    let node = view.node("x-off-path");
    match node.and_then(|node| walk.choice("x-off-path", node, &["error", "warning", "ignore"])) {
        Some("warning") => Some(Severity::Warning),
        Some("ignore") => None,
        _ => Some(Severity::Error),
    }
}

fn weight(walk: &mut Walk, view: &View<'_>) -> u32 {
    let written =
        view.node("x-weight").and_then(|node| walk.whole("x-weight", node, 1..=i64::from(u32::MAX)));
    written.and_then(|weight| u32::try_from(weight).ok()).unwrap_or(1)
}

fn comparable(walk: &mut Walk, view: &View<'_>) -> BTreeMap<Arc<str>, Arc<str>> {
    let Some(node) = view.node("x-comparable") else { return BTreeMap::new() };
    let mut waves = BTreeMap::new();
    for member in walk.object("x-comparable", node) {
        if !Alphabet::Id.holds(&member.key) {
            let expected = both(
                "回の名前（「2023」など）をキーとするオブジェクト",
                "waves such as \"2023\" as its keys",
            );
            walk.wrong("x-comparable", member.key_span, expected);
        }
        if let Some(word) = walk.choice(&member.key, &member.node, &["same", "changed", "absent"]) {
            waves.insert(Arc::from(&*member.key), Arc::from(word));
        }
    }
    waves
}

fn headers(walk: &mut Walk, view: &View<'_>, name: &Arc<str>) -> (Arc<str>, Vec<Arc<str>>) {
    let column = view.node("x-column").and_then(|node| walk.text("x-column", node));
    let aliases = view.node("x-column-aliases").map(|node| walk.texts("x-column-aliases", node));
    let aliases = aliases.unwrap_or_default().into_iter().map(|(alias, _)| Arc::from(alias.trim())).collect();
    (column.map_or_else(|| Arc::clone(name), |column| Arc::from(column.trim())), aliases)
}

/// A JSON Pointer of at least one key, with `~` escaped.
fn pointer(walk: &mut Walk, node: &Node<'_>) -> Option<Arc<str>> {
    let escaped = |part: &str| part.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']));
    let parts = node.text().and_then(|text| text.strip_prefix('/'));
    let pointer = parts.filter(|parts| parts.split('/').all(|part| !part.is_empty() && escaped(part)));
    if pointer.is_none() {
        let expected = both("JSONポインター（例：/answers/q01）", "a JSON Pointer such as /answers/q01");
        walk.wrong("x-pointer", node.span, expected);
    }
    pointer.and_then(|_| node.text()).map(Arc::from)
}

fn cases_of(walk: &mut Walk, shared: &mut Shared<'_>, node: &Node<'_>) -> Vec<InvalidCase> {
    shared.cases.entry(node.span.start).or_insert_with(|| cases::read(walk, node)).clone()
}

fn synonyms(
    walk: &mut Walk,
    shared: &Shared<'_>,
    view: &View<'_>,
    read: &Read,
) -> BTreeMap<Arc<str>, Arc<str>> {
    let written = view.node("x-synonyms").map(|node| written_synonyms(walk, node)).unwrap_or_default();
    if let Some(options) = &read.options {
        return options::synonyms(walk, options, &written, &shared.synonyms);
    }
    written.into_iter().map(|(spelling, text, _)| (Arc::from(spelling.trim()), Arc::from(text))).collect()
}

/// `x-synonyms` of a field or of the root: spelling → option name or canonical text.
pub(super) fn written_synonyms<'n>(walk: &mut Walk, node: &'n Node<'_>) -> Synonyms<'n> {
    let members = walk.object("x-synonyms", node);
    members
        .iter()
        .filter_map(|member| Some((&*member.key, walk.text("x-synonyms", &member.node)?, member.node.span)))
        .collect()
}

/// Checks the keywords of a shared definition, which need not be a whole field.
pub(super) fn check_definition(walk: &mut Walk, member: &Member<'_>) {
    check_site(walk, &member.key, &member.node, Site::Field);
}
