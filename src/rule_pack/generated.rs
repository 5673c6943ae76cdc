//! The rules that follow from the routing (rule-language section 3.2), one instance a field and kind.
//!
//! Invariants
//! - They are ordinary rules: judging knows no routing beside `relevant(f)`.
//! - On one open cell at most one of must-answer and marked-not-applicable fails, on one closed cell at most one of
//!   the `closed-by`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::closing::closings;
use super::condition::{all, any, marked, not, of, relevant, state};
use super::generated_text::{Published, Texted};
use super::making::{Drafted, Making, Order};
use super::placeholder::Scope;
use super::{Demand, EditRule, OnBlank, Origin, routing_texts};
use crate::diagnostic::{Diagnostics, Localized, Severity};
use crate::expression::tree::StateTest;
use crate::expression::{FieldId, Names, Node, TypedExpr};
use crate::questionnaire::{Field, FindingKind, Required};
use crate::source::{SourceText, Span};

/// From where a rule without published id comes.
const SCHEMA: &str = "schema: x-required, x-relevant";

/// A generated rule before its texts.
struct Sketch {
    kind: FindingKind,
    severity: Severity,
    when: TypedExpr,
    require: TypedExpr,
    blame: Vec<FieldId>,
    controller: Localized<Arc<str>>,
}

/// All generated rules of the form, field by field.
pub fn rules<'a>(
    making: &Making<'a>,
    names: &Names,
    published: &mut Published<'a>,
    found: &mut Diagnostics,
) -> Vec<Drafted<'a>> {
    let mut drafted = Vec::new();
    for field in &making.form.fields {
        let Some(source) = making.source(field.declared) else { continue };
        let rules = sketches(making, field).into_iter();
        let finished =
            rules.filter_map(|sketch| finish(making, names, published, field, source, sketch, found));
        drafted.extend(merged(finished.collect()));
    }
    drafted
}

fn sketches(making: &Making<'_>, field: &Field) -> Vec<Sketch> {
    let mut sketches = Vec::new();
    let asked_of = Making::asked_of(making.form, field.id, &making.everyone);
    let routing = making.form.routing_of(field.id);
    let span = routing.map_or(field.declared.span, |routing| routing.own.span);
    let open = routing.map(|_| relevant(field.id, span));
    let above: Vec<FieldId> = std::iter::once(field.id)
        .chain(routing.iter().flat_map(|routing| routing.nearest.iter().copied()))
        .collect();
    let severity = match field.required {
        Required::No => None,
        Required::Soft => Some(Severity::Warning),
        Required::Yes => Some(Severity::Error),
    };
    if let Some(severity) = severity {
        sketches.push(must_answer(field, severity, open.clone(), &above, &asked_of, span));
        sketches.extend(marked_not_applicable(field, severity, open, &above, &asked_of, span));
    }
    if let Some((severity, _)) = field.off_path.zip(routing) {
        for closing in closings(making.form, field.id) {
            let Some(controller) = making.form.get(closing.controller) else { continue };
            sketches.push(Sketch {
                kind: FindingKind::ClosedBy(Arc::clone(&controller.name)),
                severity,
                when: closing.when,
                require: not(state(field.id, StateTest::Answered, span)),
                blame: vec![field.id, controller.id],
                controller: controller.title(),
            });
        }
        sketches.extend(mark_accepted(field, &asked_of, span));
    }
    sketches
}

/// Names of the field's not-applicable marks, the allowed ones first.
fn not_applicable_marks(field: &Field) -> (Vec<&Arc<str>>, Vec<&Arc<str>>) {
    let marks = field.marks.iter().filter(|mark| !mark.dont_know).map(|mark| &mark.name);
    marks.partition(|name| field.marks_allowed.contains(*name))
}

fn must_answer(
    field: &Field,
    severity: Severity,
    open: Option<TypedExpr>,
    above: &[FieldId],
    asked_of: &Localized<Arc<str>>,
    span: Span,
) -> Sketch {
    let (allowed, refused) = not_applicable_marks(field);
    let allowed_mark = |name: &Arc<str>| marked(field.id, &field.ty, name, span);
    let blank_mark = state(field.id, StateTest::Inapplicable, span);
    // A mark that is not allowed has a rule of its own, so exactly one of the two fails.
    let not_marked = match (refused.is_empty(), allowed.is_empty()) {
        (true, _) => None,
        (false, true) => Some(not(blank_mark)),
        (false, false) => {
            let accepted = allowed.iter().map(|name| allowed_mark(name));
            Some(any(std::iter::once(not(blank_mark)).chain(accepted).collect(), span))
        }
    };
    let given = std::iter::once(state(field.id, StateTest::Known, span))
        .chain(field.marks_allowed.iter().map(allowed_mark))
        .collect();
    Sketch {
        kind: FindingKind::MustAnswer,
        severity,
        when: all(open.into_iter().chain(not_marked).collect(), span),
        require: any(given, span),
        blame: above.to_vec(),
        controller: asked_of.clone(),
    }
}

/// `None`: the field has no not-applicable mark, or all of them are allowed.
fn marked_not_applicable(
    field: &Field,
    severity: Severity,
    open: Option<TypedExpr>,
    above: &[FieldId],
    asked_of: &Localized<Arc<str>>,
    span: Span,
) -> Option<Sketch> {
    let (allowed, refused) = not_applicable_marks(field);
    if refused.is_empty() {
        return None;
    }
    let others = allowed.iter().map(|name| not(marked(field.id, &field.ty, name, span)));
    let marked = std::iter::once(state(field.id, StateTest::Inapplicable, span)).chain(others);
    Some(Sketch {
        kind: FindingKind::MarkedNotApplicable,
        severity,
        when: all(open.into_iter().chain(marked).collect(), span),
        require: of(Node::Truth(false), span),
        blame: above.to_vec(),
        controller: asked_of.clone(),
    })
}

/// `None`: the field has no not-applicable mark.
fn mark_accepted(field: &Field, asked_of: &Localized<Arc<str>>, span: Span) -> Option<Sketch> {
    let (allowed, refused) = not_applicable_marks(field);
    if allowed.is_empty() && refused.is_empty() {
        return None;
    }
    let when = vec![not(relevant(field.id, span)), state(field.id, StateTest::Inapplicable, span)];
    Some(Sketch {
        kind: FindingKind::MarkAccepted,
        severity: Severity::Info,
        when: all(when, span),
        require: of(Node::Truth(false), span),
        blame: vec![field.id],
        controller: asked_of.clone(),
    })
}

/// `must-answer`, `closed-by:q04_ehr`.
pub fn kind_word(kind: &FindingKind) -> String {
    match kind {
        FindingKind::Type => "type".to_owned(),
        FindingKind::Domain => "domain".to_owned(),
        FindingKind::Keyword(keyword) => keyword.to_string(),
        FindingKind::Duplicate => "duplicate".to_owned(),
        FindingKind::MustAnswer => "must-answer".to_owned(),
        FindingKind::MarkedNotApplicable => "marked-not-applicable".to_owned(),
        FindingKind::ClosedBy(controller) => format!("closed-by:{controller}"),
        FindingKind::MarkAccepted => "mark-accepted".to_owned(),
    }
}

/// Where the rules of `field` stand: in its section, before those that are written.
fn order(making: &Making<'_>, field: &Field) -> Order {
    let section = field.section.and_then(|section| making.form.sections.get(section));
    Order {
        section: section.map_or_else(|| Arc::from(""), |section| Arc::clone(&section.name)),
        written: false,
        place: vec![usize::from(field.id.index)],
    }
}

fn finish<'a>(
    making: &Making<'a>,
    names: &Names,
    published: &mut Published<'a>,
    field: &Field,
    source: &'a SourceText,
    sketch: Sketch,
    found: &mut Diagnostics,
) -> Option<Drafted<'a>> {
    let word = kind_word(&sketch.kind);
    let alias = format!("{}:{word}", field.name);
    let texted = if let Some(id) = field.finding_ids.get(&sketch.kind) {
        published.texts(id, field, &word, source, found)?
    } else {
        let routed = making.form.routing_of(field.id).is_some();
        let (slug, texts) = routing_texts::general(&sketch.kind, routed, source);
        Texted { id: Arc::from(alias.as_str()), instance: None, slug, texts, provenance: SCHEMA }
    };
    let reads = reads(making, field, &sketch);
    let fixed = BTreeMap::from([("question", field.title()), ("controller", sketch.controller)]);
    let scope = Scope {
        rule: &texted.id,
        names,
        reads: &reads,
        lets: &[],
        lookups: making.lookups,
        published: &[],
        fixed: &fixed,
        value: Some(field.id),
    };
    let placeholders = texted.texts.resolve(&scope, found);
    let notice = texted.texts.notice(&texted.id, texted.instance, texted.slug, sketch.severity);
    let always = matches!(sketch.when.node, Node::Truth(true));
    let rule = EditRule {
        notice: Arc::new(notice),
        placeholders,
        origin: Origin::Generated(Arc::from(word)),
        when: (!always).then_some(sketch.when),
        demand: Demand::Require(sketch.require),
        on_blank: OnBlank::Undecided,
        lets: Vec::new(),
        reads,
        guards: BTreeSet::new(),
        params: BTreeSet::new(),
        blame: sketch.blame,
        source: Arc::from(texted.provenance),
        why: None,
        profile: None,
        tags: Vec::new(),
        scope: false,
        revision: 1,
        table: 0,
        examples: Vec::new(),
        declared: field.declared,
    };
    let full_id = rule.notice.full_id();
    Some(Drafted {
        rule,
        full_id,
        aliases: vec![alias],
        replaces: Vec::new(),
        source,
        order: order(making, field),
        layer: 0,
        current: true,
    })
}

/// The field, and everything that its routing reads.
fn reads(making: &Making<'_>, field: &Field, sketch: &Sketch) -> BTreeSet<FieldId> {
    let mut reads = sketch.require.fields();
    reads.extend(sketch.when.fields());
    sketch.when.walk(&mut |part| {
        if let Node::Relevant(asked) = part.node
            && let Some(routing) = making.form.routing_of(asked)
        {
            reads.extend(&routing.controllers);
        }
    });
    reads.insert(field.id);
    reads
}

/// Rules of one field that share a published id become one: at most one of them fails on a record.
fn merged(rules: Vec<Drafted<'_>>) -> Vec<Drafted<'_>> {
    let mut kept: Vec<Drafted<'_>> = Vec::new();
    for later in rules {
        match kept.iter_mut().find(|earlier| earlier.full_id == later.full_id) {
            Some(earlier) => join(earlier, later),
            None => kept.push(later),
        }
    }
    kept
}

fn join(earlier: &mut Drafted<'_>, later: Drafted<'_>) {
    let (Demand::Require(first), Demand::Require(second)) = (&earlier.rule.demand, later.rule.demand) else {
        return;
    };
    let span = first.span;
    let always = || of(Node::Truth(true), span);
    let implied = |when: &TypedExpr, require: TypedExpr| {
        let then = Box::new(require);
        of(Node::If { condition: Box::new(when.clone()), then, otherwise: None }, span)
    };
    let first_when = earlier.rule.when.take().unwrap_or_else(always);
    let second_when = later.rule.when.unwrap_or_else(always);
    let both = vec![implied(&first_when, first.clone()), implied(&second_when, second)];
    earlier.rule.demand = Demand::Require(all(both, span));
    earlier.rule.when = Some(any(vec![first_when, second_when], span));
    earlier.rule.reads.extend(later.rule.reads);
    earlier.aliases.extend(later.aliases);
    earlier.rule.blame.extend(later.rule.blame.into_iter().skip(1));
    // Told as the graver of the two.
    if later.rule.notice.severity > earlier.rule.notice.severity {
        earlier.rule.notice = later.rule.notice;
        earlier.rule.placeholders = later.rule.placeholders;
    }
}
