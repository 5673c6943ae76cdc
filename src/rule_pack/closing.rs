//! When a question is closed, and by which controller: the conditions of `closed-by` (rule-language section 3.2).
//!
//! Invariants
//! - An answer behind several closed controllers is one mistake: of all `closed-by` conditions of one field at most
//!   one is true, and where a controller is itself closed and answered, it is accused and not what it opens.
//! - For a chain of single controllers the conditions are those of the table: `R(c) and not r(q)`, and for an
//!   ancestor `d closes c and c is not answered`.

use std::collections::BTreeSet;

use super::condition::{all, any, conjuncts, not, of, relevant, unanswered};
use crate::expression::{FieldId, Node, Type, TypedExpr};
use crate::questionnaire::{Questionnaire, Routing};
use crate::source::Span;

/// A condition under which `controller` closes a field.
#[derive(Debug, Clone)]
pub struct Closing {
    /// The field whose answer closes it.
    pub controller: FieldId,
    /// When it does.
    pub when: TypedExpr,
}

/// Every controller that can close `field`, nearest branch last, with its condition. Empty: never closed.
pub fn closings(form: &Questionnaire, field: FieldId) -> Vec<Closing> {
    let Some(routing) = form.routing_of(field) else { return Vec::new() };
    let own = direct(form, routing);
    // Only several controllers side by side, here or above, can close a field twice over.
    let manifold = is_manifold(&own)
        || routing
            .controllers
            .iter()
            .filter_map(|above| form.routing_of(*above))
            .any(|above| is_manifold(&direct(form, above)));
    let mut made: Vec<Closing> = Vec::new();
    for &controller in &routing.controllers {
        let mut ways: Vec<TypedExpr> = inherited(form, routing, controller);
        if !ways.is_empty() && manifold {
            ways = vec![all(
                vec![any(ways, routing.own.span), not(relevant(field, routing.own.span))],
                routing.own.span,
            )];
        }
        let here = own.iter().filter(|(closing, _)| closing.controller == controller);
        ways.extend(here.map(|(closing, _)| guarded(form, routing, closing)));
        if ways.is_empty() {
            continue;
        }
        let mut parts = vec![any(ways, routing.own.span)];
        if manifold {
            parts.extend(made.iter().map(|earlier| not(earlier.when.clone())));
        }
        made.push(Closing { controller, when: all(parts, routing.own.span) });
    }
    made
}

fn is_manifold(own: &[(Closing, BTreeSet<FieldId>)]) -> bool {
    own.len() > 1 || own.iter().any(|(_, fields)| fields.len() > 1)
}

/// The parts of a field's own condition, each under the controller that it is named after, with the fields it reads.
fn direct(form: &Questionnaire, routing: &Routing) -> Vec<(Closing, BTreeSet<FieldId>)> {
    let mut found: Vec<(Closing, BTreeSet<FieldId>)> = Vec::new();
    for part in conjuncts(&routing.own) {
        let fields = controllers_in(part);
        // The part is named after the last of its controllers that does not itself stand above another.
        let above = |field: &FieldId| fields.iter().any(|other| is_above(form, *field, *other));
        let Some(controller) = fields.iter().copied().rfind(|field| !above(field)) else { continue };
        let when = fails(form, part, &fields);
        match found.iter_mut().find(|(closing, _)| closing.controller == controller) {
            Some((closing, all_fields)) => {
                closing.when = any(vec![closing.when.clone(), when], part.span);
                all_fields.extend(fields);
            }
            None => found.push((Closing { controller, when }, fields)),
        }
    }
    found
}

fn controllers_in(part: &TypedExpr) -> BTreeSet<FieldId> {
    let mut fields = part.fields();
    part.walk(&mut |part| {
        if let Node::Relevant(field) = part.node {
            fields.insert(field);
        }
    });
    fields
}

/// Whether `above` is among the controllers of `below`.
fn is_above(form: &Questionnaire, above: FieldId, below: FieldId) -> bool {
    form.routing_of(below).is_some_and(|routing| routing.controllers.contains(&above))
}

/// `R(c) and not part`; with several controllers: one of them is open, and the part, read with R, is not true.
fn fails(form: &Questionnaire, part: &TypedExpr, fields: &BTreeSet<FieldId>) -> TypedExpr {
    let span = part.span;
    let routed: Vec<FieldId> =
        fields.iter().copied().filter(|field| form.routing_of(*field).is_some()).collect();
    let open: Vec<TypedExpr> = routed.iter().map(|field| relevant(*field, span)).collect();
    if fields.len() == 1 {
        return all(open.into_iter().chain([not(part.clone())]).collect(), span);
    }
    let folded = not(folded(part, &routed));
    if routed.len() < fields.len() { folded } else { all(vec![any(open, span), folded], span) }
}

/// `part` with every test on a routed controller c read as `R(c) and test`.
fn folded(part: &TypedExpr, routed: &[FieldId]) -> TypedExpr {
    let again = |part: &TypedExpr| folded(part, routed);
    let boxed = |part: &TypedExpr| Box::new(folded(part, routed));
    let node = match &part.node {
        Node::And(parts) => Node::And(parts.iter().map(again).collect()),
        Node::Or(parts) => Node::Or(parts.iter().map(again).collect()),
        Node::Not(inner) => Node::Not(boxed(inner)),
        Node::Iff(left, right) if left.ty == Type::Condition => Node::Iff(boxed(left), boxed(right)),
        Node::If { condition, then, otherwise } => Node::If {
            condition: boxed(condition),
            then: boxed(then),
            otherwise: otherwise.as_ref().map(|inner| boxed(inner)),
        },
        Node::Let(shared) => return folded(shared, routed),
        _ => {
            let read = controllers_in(part);
            let open = routed.iter().filter(|field| read.contains(field));
            let open = open.map(|field| relevant(*field, part.span));
            return all(open.chain([part.clone()]).collect(), part.span);
        }
    };
    of(node, part.span)
}

/// The ways in which `controller` closes fields between itself and the field, none of which is answered.
fn inherited(form: &Questionnaire, routing: &Routing, controller: FieldId) -> Vec<TypedExpr> {
    let span = routing.own.span;
    let between = between(form, routing, controller);
    let closes = |field: &FieldId| -> Vec<TypedExpr> {
        let Some(theirs) = form.routing_of(*field) else { return Vec::new() };
        let direct = direct(form, theirs).into_iter();
        direct
            .filter(|(closing, _)| closing.controller == controller)
            .map(|(closing, _)| closing.when)
            .collect()
    };
    let ways: Vec<TypedExpr> = between.iter().flat_map(closes).collect();
    if ways.is_empty() {
        return Vec::new();
    }
    let silent = between.iter().map(|field| unanswered(*field, span));
    vec![all(std::iter::once(any(ways, span)).chain(silent).collect(), span)]
}

/// The field's controllers that `controller` itself controls.
fn between(form: &Questionnaire, routing: &Routing, controller: FieldId) -> Vec<FieldId> {
    routing.controllers.iter().copied().filter(|field| is_above(form, controller, *field)).collect()
}

/// A direct closing, silent where a field between the two is closed and answered.
fn guarded(form: &Questionnaire, routing: &Routing, closing: &Closing) -> TypedExpr {
    let span: Span = closing.when.span;
    let innocent = between(form, routing, closing.controller)
        .into_iter()
        .map(|field| any(vec![unanswered(field, span), relevant(field, span)], span));
    all(std::iter::once(closing.when.clone()).chain(innocent).collect(), span)
}
