//! Routing: who is asked what, from `x-relevant` of fields and sections.
//!
//! Invariants
//! - R(q) is q's own condition with every test on a controller c read as `R(c) and test`, so a closed question has
//!   no value for anybody who asks about it.
//! - The graph is acyclic, no deeper than [`DEEPEST_CHAIN`], and R no larger than [`LARGEST_CONDITION`] nodes.
//! - A condition reads fields of its own form and parameters, never a link or a lookup.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::field::Condition;
use super::unique::label;
use super::walk::{both, list, meant};
use super::{Field, Questionnaire, Routing};
use crate::diagnostic::code::questionnaire::{
    CYCLIC_RELEVANCE, NOT_A_CONTROLLER, RELEVANCE_BEYOND_FORM, RELEVANCE_LOOKS_AHEAD, RELEVANCE_TOO_LARGE,
};
use crate::diagnostic::{Argument, Code, Diagnostic, Diagnostics, Label, Place};
use crate::expression::{FieldId, Names, Node, Type, TypedExpr, parse, typing};
use crate::source::{SourceText, Span};

/// Nodes of R, counted with repetition: the limit of every typed tree.
const LARGEST_CONDITION: usize = typing::MAX_NODES;

/// Controllers behind each other; forms have three or four.
const DEEPEST_CHAIN: usize = 32;

/// What the form says about one field's routing.
#[derive(Debug, Clone, Default)]
pub(super) struct Conditions {
    /// The field's `x-relevant`.
    pub own: Option<Condition>,
    /// That of its section.
    pub section: Option<Condition>,
    /// The fields that its `x-finding-ids` calls controllers.
    pub named: Vec<(Arc<str>, Span)>,
}

/// Types every condition, fills `routing` and `routing_order`, and reports what is wrong with them.
///
/// A condition with a mistake leaves its field without routing; the mistake is an error, so nothing is judged by it.
pub(super) fn route(
    questionnaire: &mut Questionnaire,
    conditions: &[Conditions],
    names: &Names,
    sources: &[SourceText],
) -> Diagnostics {
    let mut router = Router {
        fields: &questionnaire.fields,
        names,
        sources,
        gates: vec![None; questionnaire.fields.len()],
        found: Diagnostics::new(),
    };
    let own: Vec<Option<TypedExpr>> = conditions.iter().map(|conditions| router.own(conditions)).collect();
    let (order, cycle) = order(&own);
    router.report_cycle(&cycle);
    for &index in &order {
        if let Some(condition) = own.get(index).and_then(Option::as_ref) {
            router.close(index, condition);
        }
    }
    router.look_ahead(&own);
    router.compare_controllers(conditions);
    let Router { gates, found, .. } = router;
    questionnaire.routing = gates.into_iter().map(|gate| gate.map(|gate| gate.routing)).collect();
    questionnaire.routing_order = order;
    found
}

/// A field's routing while the others are built upon it.
#[derive(Debug, Clone)]
struct Gate {
    routing: Routing,
    /// R, shared by the conditions that read the field.
    full: Arc<TypedExpr>,
    /// Nodes of R, repetitions counted.
    size: usize,
    /// Controllers behind each other.
    depth: usize,
}

struct Router<'a> {
    fields: &'a [Field],
    names: &'a Names,
    sources: &'a [SourceText],
    gates: Vec<Option<Gate>>,
    found: Diagnostics,
}

impl Router<'_> {
    /// The section's condition and the field's own.
    fn own(&mut self, conditions: &Conditions) -> Option<TypedExpr> {
        let section = conditions.section.as_ref().and_then(|condition| self.typed(condition));
        let own = conditions.own.as_ref().and_then(|condition| self.typed(condition));
        match (section, own) {
            (Some(section), Some(own)) => {
                let span = own.span;
                Some(TypedExpr { node: Node::And(vec![section, own]), ty: Type::Condition, span })
            }
            (section, own) => section.or(own),
        }
    }

    fn typed(&mut self, condition: &Condition) -> Option<TypedExpr> {
        let source = self.sources.iter().find(|source| source.id == condition.source)?;
        let text = condition.expression(source);
        let (expr, mistakes) = parse::parse(text);
        self.once(mistakes);
        let (typed, mistakes) = typing::condition(&expr, self.names, text);
        self.once(mistakes);
        let typed = typed?;
        if self.beyond_form(&typed) {
            let finding = Diagnostic::new(&RELEVANCE_BEYOND_FORM, Place::File(source.id));
            let label = Label::of(source, condition.span, both("この条件", "this condition"));
            self.once(Diagnostics::from_iter([finding.label(label)]));
            return None;
        }
        Some(typed)
    }

    /// Adds findings, each once: a section's condition is typed for each of its fields.
    fn once(&mut self, findings: Diagnostics) {
        for finding in findings {
            if !self.found.iter().any(|known| *known == finding) {
                self.found.push(finding);
            }
        }
    }

    fn beyond_form(&self, condition: &TypedExpr) -> bool {
        let ours =
            |field: &FieldId| self.fields.get(usize::from(field.index)).is_some_and(|f| f.id == *field);
        let mut beyond = false;
        condition.walk(&mut |part| {
            beyond |= match &part.node {
                Node::Linked { .. } | Node::Lookup { .. } | Node::InLookup { .. } => true,
                Node::Field(field) | Node::State { field, .. } | Node::Relevant(field) => !ours(field),
                _ => false,
            };
        });
        beyond
    }

    /// Builds R of the field at `index`, whose controllers have theirs.
    fn close(&mut self, index: usize, own: &TypedExpr) {
        let Some(field) = self.fields.get(index) else { return };
        let nearest = named(own);
        let mut gating = Gating { gates: &self.gates, size: 0 };
        let (full, _) = gating.condition(own.clone());
        let size = gating.size;
        let above = nearest.iter().filter_map(|c| self.gates.get(usize::from(c.index))?.as_ref());
        let depth = above.clone().map(|gate| gate.depth).max().unwrap_or(0) + 1;
        let mut controllers: BTreeSet<FieldId> =
            above.flat_map(|gate| &gate.routing.controllers).copied().collect();
        controllers.extend(&nearest);
        for (found, limit) in [(size, LARGEST_CONDITION), (depth, DEEPEST_CHAIN)] {
            if found > limit {
                let finding = self.about(&RELEVANCE_TOO_LARGE, field, both("この項目", "this field"));
                self.found.push(finding.with("found", found).with("limit", limit));
                return;
            }
        }
        let routing = Routing { own: own.clone(), full: full.clone(), nearest, controllers };
        if let Some(gate) = self.gates.get_mut(index) {
            *gate = Some(Gate { routing, full: Arc::new(full), size, depth });
        }
    }

    fn about(&self, code: &'static Code, field: &Field, text: Argument) -> Diagnostic {
        let finding = Diagnostic::new(code, Place::File(field.declared.source)).with("field", &*field.name);
        label(field, text, self.sources).into_iter().fold(finding, Diagnostic::label)
    }

    fn report_cycle(&mut self, cycle: &[usize]) {
        let fields: Vec<&Field> = cycle.iter().filter_map(|&index| self.fields.get(index)).collect();
        let Some(first) = fields.first() else { return };
        let path: Vec<&str> = fields.iter().chain([first]).map(|field| &*field.name).collect();
        let finding = self.about(&CYCLIC_RELEVANCE, first, both("この項目から", "from this field"));
        self.found.push(finding.with("path", path.join(" → ")));
    }

    /// A question that decides whether another is asked should come before it.
    fn look_ahead(&mut self, own: &[Option<TypedExpr>]) {
        for (field, condition) in self.fields.iter().zip(own) {
            let later = condition.iter().flat_map(named).find(|controller| controller.index > field.id.index);
            if let Some(controller) = later.and_then(|id| self.fields.get(usize::from(id.index))) {
                let finding = self.about(&RELEVANCE_LOOKS_AHEAD, field, both("この項目", "this field"));
                let mark =
                    label(controller, both("条件が見る項目", "the field that it looks at"), self.sources);
                let finding = mark.into_iter().fold(finding, Diagnostic::label);
                self.found.push(finding.with("controller", &*controller.name));
            }
        }
    }

    /// `closed-by:c` in `x-finding-ids` must name a controller of the field.
    fn compare_controllers(&mut self, conditions: &[Conditions]) {
        let fields = self.fields;
        for (field, conditions) in fields.iter().zip(conditions) {
            let gate = self.gates.get(usize::from(field.id.index)).and_then(Option::as_ref);
            // A condition that could not be typed has been reported; nothing follows from it.
            if gate.is_none() && (conditions.own.is_some() || conditions.section.is_some()) {
                continue;
            }
            let controllers = gate.map(|gate| gate.routing.controllers.clone()).unwrap_or_default();
            let known: Vec<&str> = controllers
                .iter()
                .filter_map(|id| fields.get(usize::from(id.index)))
                .map(|controller| &*controller.name)
                .collect();
            for (name, span) in &conditions.named {
                if !known.contains(&&**name) {
                    self.report_no_controller(field, name, *span, &known);
                }
            }
        }
    }

    fn report_no_controller(&mut self, field: &Field, name: &str, span: Span, known: &[&str]) {
        let Some(source) = self.sources.iter().find(|source| source.id == field.declared.source) else {
            return;
        };
        let label = Label::of(source, span, both("この項目", "this field"));
        let finding = Diagnostic::new(&NOT_A_CONTROLLER, Place::File(source.id)).label(label);
        let finding = finding.with("found", Argument::written(name)).with("field", &*field.name);
        let finding = finding.with("known", list(known.iter().copied()));
        self.found.push(match meant(name, known.iter().copied()) {
            Some(suggestion) => finding.suggest(suggestion),
            None => finding,
        });
    }
}

/// The fields that a condition names, those of `relevant(f)` included.
fn named(condition: &TypedExpr) -> BTreeSet<FieldId> {
    let mut found = condition.fields();
    condition.walk(&mut |part| {
        if let Node::Relevant(field) = part.node {
            found.insert(field);
        }
    });
    found
}

/// Positions of all fields, each after those that its condition names, else in form order; and one circle of those
/// that could not be placed (empty: there is none).
fn order(own: &[Option<TypedExpr>]) -> (Vec<usize>, Vec<usize>) {
    let reads: Vec<Vec<usize>> = own
        .iter()
        .map(|condition| condition.iter().flat_map(named).map(|field| usize::from(field.index)).collect())
        .collect();
    let mut waiting: Vec<usize> = reads.iter().map(Vec::len).collect();
    let mut readers: Vec<Vec<usize>> = vec![Vec::new(); own.len()];
    for (reader, fields) in reads.iter().enumerate() {
        for &field in fields {
            if let Some(readers) = readers.get_mut(field) {
                readers.push(reader);
            }
        }
    }
    let mut free: BTreeSet<usize> =
        waiting.iter().enumerate().filter(|(_, count)| **count == 0).map(|(index, _)| index).collect();
    let mut order = Vec::with_capacity(own.len());
    while let Some(index) = free.pop_first() {
        order.push(index);
        for &reader in readers.get(index).into_iter().flatten() {
            if let Some(count) = waiting.get_mut(reader) {
                *count -= 1;
                if *count == 0 {
                    free.insert(reader);
                }
            }
        }
    }
    let cycle = circle(&reads, &waiting);
    (order, cycle)
}

/// Follows, among the fields that wait for each other, the first that each one waits for, until one returns.
fn circle(reads: &[Vec<usize>], waiting: &[usize]) -> Vec<usize> {
    let waits = |index: usize| waiting.get(index).is_some_and(|&count| count > 0);
    let mut path: Vec<usize> = Vec::new();
    let mut next = (0..reads.len()).find(|&index| waits(index));
    while let Some(index) = next {
        if let Some(start) = path.iter().position(|&earlier| earlier == index) {
            return path.split_off(start);
        }
        path.push(index);
        next = reads.get(index).and_then(|fields| fields.iter().copied().find(|&field| waits(field)));
    }
    Vec::new()
}

/// Rewrites a condition so that every test on a conditional controller c becomes `R(c) and test`.
struct Gating<'g> {
    gates: &'g [Option<Gate>],
    /// Nodes made so far, those of the controllers' conditions counted each time.
    size: usize,
}

impl Gating<'_> {
    /// The rewritten node, and the fields that it reads outside any test inside it.
    fn condition(&mut self, expr: TypedExpr) -> (TypedExpr, BTreeSet<FieldId>) {
        self.size = self.size.saturating_add(1);
        let TypedExpr { node, ty, span } = expr;
        let mut reads = BTreeSet::new();
        if let Node::Field(field) | Node::State { field, .. } = &node {
            reads.insert(*field);
        }
        let node = map_parts(node, &mut |part| {
            let (part, inner) = self.condition(part);
            reads.extend(inner);
            part
        });
        let joins = matches!(
            node,
            Node::And(_) | Node::Or(_) | Node::Not(_) | Node::If { .. } | Node::Iff(..) | Node::Let(_)
        );
        let expr = TypedExpr { node, ty, span };
        if expr.ty != Type::Condition || joins {
            return (expr, reads);
        }
        (self.gated(expr, &reads), BTreeSet::new())
    }

    /// `R(c) and test`, for every conditional controller that the test names.
    fn gated(&mut self, test: TypedExpr, reads: &BTreeSet<FieldId>) -> TypedExpr {
        let span = test.span;
        let gates = reads.iter().filter_map(|c| self.gates.get(usize::from(c.index))?.as_ref());
        let mut parts: Vec<TypedExpr> = Vec::new();
        for gate in gates {
            self.size = self.size.saturating_add(gate.size).saturating_add(2);
            let node = Node::Let(Arc::clone(&gate.full));
            parts.push(TypedExpr { node, ty: Type::Condition, span });
        }
        if parts.is_empty() {
            return test;
        }
        parts.push(test);
        TypedExpr { node: Node::And(parts), ty: Type::Condition, span }
    }
}

/// The node with `map` applied to its direct parts.
fn map_parts(node: Node, map: &mut impl FnMut(TypedExpr) -> TypedExpr) -> Node {
    let mut boxed = |part: Box<TypedExpr>| Box::new(map(*part));
    match node {
        Node::Not(part) => Node::Not(boxed(part)),
        Node::Negate(part) => Node::Negate(boxed(part)),
        Node::Iff(left, right) => Node::Iff(boxed(left), boxed(right)),
        Node::If { condition, then, otherwise } => {
            Node::If { condition: boxed(condition), then: boxed(then), otherwise: otherwise.map(boxed) }
        }
        Node::Choose { condition, then, otherwise } => {
            Node::Choose { condition: boxed(condition), then: boxed(then), otherwise: boxed(otherwise) }
        }
        Node::Compare { op, by, left, right } => {
            Node::Compare { op, by, left: boxed(left), right: boxed(right) }
        }
        Node::Between { by, subject, low, high } => {
            Node::Between { by, subject: boxed(subject), low: boxed(low), high: boxed(high) }
        }
        Node::Within { subject, tolerance, percent, of } => {
            Node::Within { subject: boxed(subject), tolerance, percent, of: boxed(of) }
        }
        Node::In { subject, members } => Node::In { subject: boxed(subject), members },
        Node::InLookup { subject, lookup } => Node::InLookup { subject: boxed(subject), lookup },
        Node::Has { subject, option } => Node::Has { subject: boxed(subject), option },
        Node::Arithmetic { op, left, right } => {
            Node::Arithmetic { op, left: boxed(left), right: boxed(right) }
        }
        Node::And(parts) => Node::And(parts.into_iter().map(map).collect()),
        Node::Or(parts) => Node::Or(parts.into_iter().map(map).collect()),
        Node::Lookup { lookup, keys, column } => {
            Node::Lookup { lookup, keys: keys.into_iter().map(map).collect(), column }
        }
        Node::Call { function, arguments } => {
            Node::Call { function, arguments: arguments.into_iter().map(map).collect() }
        }
        Node::Let(part) => Node::Let(Arc::new(map(TypedExpr::clone(&part)))),
        leaf @ (Node::Truth(_)
        | Node::State { .. }
        | Node::Linked { .. }
        | Node::Relevant(_)
        | Node::Literal(_)
        | Node::Field(_)
        | Node::Param(_)) => leaf,
    }
}
