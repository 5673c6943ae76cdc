//! `if` over conditions and over values, and the type that several values share.
//!
//! Invariants
//! - Both branches are conditions, or both are values of one type.

use std::sync::Arc;

use super::{Hint, Typer, mismatch};
use crate::diagnostic::code::expression as codes;
use crate::expression::notes::both;
use crate::expression::tree::Expr;
use crate::expression::typed::{Node, TypedExpr};
use crate::expression::value::{OptionList, Type};
use crate::source::Span;

/// What is done with values of which one is taken.
pub(super) const CHOOSE: mismatch::Action = ("同じ値として使用", "choose between");

impl<'a> Typer<'a> {
    /// `if condition then then [ else otherwise ]`
    pub(super) fn choice(
        &mut self,
        condition: &Expr,
        then: &Expr,
        otherwise: Option<&Expr>,
        span: Span,
        hint: Option<&Hint<'a>>,
    ) -> Option<TypedExpr> {
        let test = self.condition(condition);
        let Some(otherwise) = otherwise else {
            let branch = self.any(then, hint)?;
            if branch.ty != Type::Condition {
                self.report_missing_else(span);
                return None;
            }
            let node = Node::If { condition: Box::new(test?), then: Box::new(branch), otherwise: None };
            return Some(TypedExpr { node, ty: Type::Condition, span });
        };
        let mut branches = self.group(&[then, otherwise], hint).into_iter();
        let (first, second) = (branches.next()??, branches.next()??);
        let ty = self.shared_type((then, &first), (otherwise, &second), CHOOSE)?;
        let (condition, then, otherwise) = (Box::new(test?), Box::new(first), Box::new(second));
        let node = if ty == Type::Condition {
            Node::If { condition, then, otherwise: Some(otherwise) }
        } else {
            Node::Choose { condition, then, otherwise }
        };
        Some(TypedExpr { node, ty, span })
    }

    fn report_missing_else(&mut self, span: Span) {
        let note = self
            .notes
            .about(&codes::MISSING_ELSE)
            .label(self.notes.mark(span, both("値を選ぶ if", "chooses a value")));
        self.notes.push(note);
    }

    /// The type of a node that is one of two values; a mismatch is reported.
    pub(super) fn shared_type(
        &mut self,
        left: (&Expr, &TypedExpr),
        right: (&Expr, &TypedExpr),
        action: mismatch::Action,
    ) -> Option<Type> {
        let shared = shared(&left.1.ty, &right.1.ty);
        if shared.is_none() {
            let units = matches!((&left.1.ty, &right.1.ty), (Type::Number { .. }, Type::Number { .. }));
            let fix = units.then(mismatch::unit_fix);
            let note = self.mismatch(left, right, action, fix);
            self.notes.push(note);
        }
        shared
    }

    /// The typed tree of a whole expression, if it is what the caller demanded.
    pub(super) fn fit(
        &mut self,
        expr: &Expr,
        typed: TypedExpr,
        expected: Option<&Type>,
    ) -> Option<TypedExpr> {
        let Some(expected) = expected else { return Some(typed) };
        if fits(&typed.ty, expected) {
            return Some(typed);
        }
        let note = self
            .notes
            .about(&codes::TYPE_MISMATCH)
            .with("left", super::words::type_phrase(&typed.ty))
            .with("right", super::words::type_phrase(expected))
            .with("action", both("対応付け", "match"))
            .label(self.notes.mark(expr.span, super::type_words(&typed.ty)));
        let rounded = matches!((&typed.ty, expected), (Type::Number { .. }, Type::Number { .. }));
        let mut note = note;
        if let (true, Type::Number { scale, .. }) = (rounded, expected) {
            let written = self.notes.slice(expr.span);
            note.suggestion =
                Some(crate::expression::notes::write_instead(&format!("round_half_up({written}, {scale})")));
        }
        self.notes.push(note);
        None
    }
}

/// Whether a value of type `found` can stand where `expected` is demanded.
fn fits(found: &Type, expected: &Type) -> bool {
    match (found, expected) {
        (Type::Number { scale: found_scale, .. }, Type::Number { scale, .. }) => {
            found_scale <= scale && shared(found, expected).is_some()
        }
        _ => shared(found, expected).is_some(),
    }
}

/// The one type of which values of both can be. `None`: there is none.
pub(super) fn shared(left: &Type, right: &Type) -> Option<Type> {
    match (left, right) {
        (Type::Number { scale: left, unit: ours }, Type::Number { scale: right, unit: theirs }) => {
            let unit = ours.as_ref().or(theirs.as_ref()).cloned();
            units_agree(ours.as_ref(), theirs.as_ref())
                .then(|| Type::Number { scale: *left.max(right), unit })
        }
        (Type::Option(ours), Type::Option(theirs)) => {
            same_order(ours, theirs).then(|| Type::Option(Arc::clone(ours)))
        }
        (Type::Text, Type::Code) | (Type::Code, Type::Text) => Some(Type::Text),
        (Type::Multi(ours), Type::Multi(theirs)) => {
            same_order(ours, theirs).then(|| Type::Multi(Arc::clone(ours)))
        }
        _ => (left == right).then(|| left.clone()),
    }
}

/// Whether two units are one. A number without unit agrees with every unit.
pub(super) fn units_agree(left: Option<&Arc<str>>, right: Option<&Arc<str>>) -> bool {
    left.is_none() || right.is_none() || left == right
}

/// Whether an index means the same option in both lists.
fn same_order(left: &OptionList, right: &OptionList) -> bool {
    left.items.len() == right.items.len()
        && left.items.iter().zip(&right.items).all(|(ours, theirs)| ours.name == theirs.name)
}
