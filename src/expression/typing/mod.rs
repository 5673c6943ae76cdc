//! [`Expr`] + [`Names`] → [`TypedExpr`]: every name resolved, every type, unit and option checked.
//!
//! Invariants
//! - Total: whatever tree comes in, mistakes come out; parts already reported as unreadable stay silent.
//! - A constant takes its type from the other operand; nothing else is converted.
//! - A tree that comes out has at most 10,000 nodes, 128 levels and 128 fields, `let`s counted in place.

mod arithmetic;
mod blank;
mod call;
mod choice;
mod compare;
mod literal;
mod membership;
mod mismatch;
mod reference;
mod words;

#[cfg(test)]
mod tests;

use super::names::{NamedField, Names};
use super::notes::{Notes, both};
use super::tree::{ArithmeticOp, Expr, ExprKind, ExpressionText, Literal};
use super::typed::{Node, TypedExpr};
use super::value::Type;
use crate::diagnostic::code::expression as codes;
use crate::diagnostic::{Argument, Diagnostics};
use crate::source::Span;

pub(super) use words::option_words;
use words::type_words;

/// Most nodes of a typed tree, `let`s counted wherever they stand.
pub const MAX_NODES: usize = 10_000;

/// Most levels of a typed tree, `let`s counted wherever they stand.
pub const MAX_TYPED_DEPTH: usize = 128;

/// Most fields that an expression, or all expressions of a rule together, may read.
pub const MAX_FIELDS: usize = 128;

/// Types `expr` as a condition: `when`, `require`, relevance. `None`: there are errors among the diagnostics.
pub fn condition(expr: &Expr, names: &Names, text: ExpressionText<'_>) -> (Option<TypedExpr>, Diagnostics) {
    let mut session = Typer { names, notes: Notes::new(text) };
    let typed = session.condition(expr);
    session.finish(expr, typed)
}

/// Types `expr` as a value, or as a condition: `let`, derived values, arguments of dataset kinds.
///
/// With `expected`, constants take that type and the result fits it: a number may come with fewer decimals
/// than expected (its reader aligns it), text and code stand for one another, options are of the same names
/// in the same order.
pub fn value(
    expr: &Expr,
    names: &Names,
    text: ExpressionText<'_>,
    expected: Option<&Type>,
) -> (Option<TypedExpr>, Diagnostics) {
    let mut session = Typer { names, notes: Notes::new(text) };
    let hint = expected.map(|ty| Hint { ty: ty.clone(), subject: None, field: None });
    let typed = session.any(expr, hint.as_ref()).and_then(|typed| session.fit(expr, typed, expected));
    session.finish(expr, typed)
}

/// What the other operand says about the type of a constant.
#[derive(Debug, Clone)]
struct Hint<'a> {
    ty: Type,
    /// The other operand. `None`: the type is demanded from outside.
    subject: Option<Span>,
    /// The other operand's field, if it is one.
    field: Option<&'a NamedField>,
}

struct Typer<'a> {
    names: &'a Names,
    notes: Notes<'a>,
}

impl<'a> Typer<'a> {
    fn finish(mut self, expr: &Expr, typed: Option<TypedExpr>) -> (Option<TypedExpr>, Diagnostics) {
        let typed = typed.filter(|typed| self.within_limits(expr, typed));
        let diagnostics = self.notes.finish();
        (typed.filter(|_| !diagnostics.has_errors()), diagnostics)
    }

    fn within_limits(&mut self, expr: &Expr, typed: &TypedExpr) -> bool {
        let mut nodes = MAX_NODES;
        let note = match depth(typed, &mut nodes) {
            None => self.notes.about(&codes::EXPRESSION_TOO_LARGE).with(
                "limit",
                both(format!("let を含めて{MAX_NODES}節"), format!("{MAX_NODES} nodes, `let`s included")),
            ),
            Some(depth) if depth > MAX_TYPED_DEPTH => {
                self.notes.about(&codes::EXPRESSION_TOO_DEEP).with("limit", MAX_TYPED_DEPTH)
            }
            Some(_) => {
                let fields = super::reads(typed, self.names).len();
                if fields <= MAX_FIELDS {
                    return true;
                }
                self.notes.about(&codes::TOO_MANY_FIELDS).with("found", fields).with("limit", MAX_FIELDS)
            }
        };
        let note = note.label(self.notes.mark(expr.span, ""));
        self.notes.push(note);
        false
    }

    /// Types `expr`, which must be a condition.
    fn condition(&mut self, expr: &Expr) -> Option<TypedExpr> {
        let typed = self.any(expr, None)?;
        if typed.ty == Type::Condition {
            return Some(typed);
        }
        let found = self.notes.written(expr.span);
        let note = self
            .notes
            .about(&codes::VALUE_AS_CONDITION)
            .with("found", found)
            .with("type", words::type_phrase(&typed.ty))
            .label(self.notes.mark(expr.span, type_words(&typed.ty)));
        self.notes.push(note);
        None
    }

    /// Types `expr`, which must be a value.
    fn value(&mut self, expr: &Expr, hint: Option<&Hint<'a>>) -> Option<TypedExpr> {
        let typed = self.any(expr, hint)?;
        if typed.ty != Type::Condition {
            return Some(typed);
        }
        self.report_condition(expr.span);
        None
    }

    fn report_condition(&mut self, span: Span) {
        let note = self
            .notes
            .about(&codes::CONDITION_AS_VALUE)
            .with("found", self.notes.written(span))
            .label(self.notes.mark(span, type_words(&Type::Condition)));
        self.notes.push(note);
    }

    /// Types `expr` as whatever it is.
    fn any(&mut self, expr: &Expr, hint: Option<&Hint<'a>>) -> Option<TypedExpr> {
        if self.notes.is_full() {
            return None;
        }
        let span = expr.span;
        let is_condition = |node| Some(TypedExpr { node, ty: Type::Condition, span });
        match &expr.kind {
            ExprKind::Unreadable => None,
            ExprKind::Parenthesis(inner) => self.any(inner, hint),
            ExprKind::Literal(Literal::Truth(truth)) => is_condition(Node::Truth(*truth)),
            ExprKind::Literal(literal) => self.literal(literal, false, span, hint),
            ExprKind::Negate(inner) => self.negate(inner, span, hint),
            ExprKind::Reference(reference) => self.reference(reference, span, hint),
            ExprKind::Lookup { table, keys, column } => self.lookup(table, keys, column, span),
            ExprKind::Call { function, arguments } => self.call(function, arguments, span, hint),
            ExprKind::Arithmetic { op, left, right } => self.arithmetic(*op, left, right, span),
            ExprKind::And(parts) => self.conditions(parts).and_then(|parts| is_condition(Node::And(parts))),
            ExprKind::Or(parts) => self.conditions(parts).and_then(|parts| is_condition(Node::Or(parts))),
            ExprKind::Not(inner) => {
                let inner = self.condition(inner)?;
                is_condition(Node::Not(Box::new(inner)))
            }
            ExprKind::Iff { left, right } => {
                let (left, right) = (self.condition(left), self.condition(right));
                is_condition(Node::Iff(Box::new(left?), Box::new(right?)))
            }
            ExprKind::If { condition, then, otherwise } => {
                self.choice(condition, then, otherwise.as_deref(), span, hint)
            }
            _ => self.test(expr),
        }
    }

    fn conditions(&mut self, parts: &[Expr]) -> Option<Vec<TypedExpr>> {
        let typed: Vec<Option<TypedExpr>> = parts.iter().map(|part| self.condition(part)).collect();
        typed.into_iter().collect()
    }

    /// Types several expressions of one kind: constants among them take their type from the first other one.
    fn group(&mut self, parts: &[&Expr], hint: Option<&Hint<'a>>) -> Vec<Option<TypedExpr>> {
        let leader = parts.iter().position(|part| !self.is_open(part)).filter(|_| hint.is_none());
        let first = leader.and_then(|at| parts.get(at)).and_then(|part| Some((part, self.any(part, None)?)));
        let taken = first.as_ref().map(|(part, typed)| self.hint(part, typed));
        let hint = hint.or(taken.as_ref());
        let mut first = first.map(|(_, typed)| typed);
        parts
            .iter()
            .enumerate()
            .map(|(at, part)| if leader == Some(at) { first.take() } else { self.any(part, hint) })
            .collect()
    }

    /// What a typed operand says about a constant beside it.
    fn hint(&self, expr: &Expr, typed: &TypedExpr) -> Hint<'a> {
        let field = match &expr.bare().kind {
            ExprKind::Reference(reference) => self.named_field(reference),
            _ => None,
        };
        Hint { ty: typed.ty.clone(), subject: Some(expr.span), field }
    }

    /// Whether the type of `expr` is decided by its surroundings: a constant, or a name that nobody knows.
    fn is_open(&self, expr: &Expr) -> bool {
        match &expr.bare().kind {
            ExprKind::Literal(literal) => !matches!(literal, Literal::Truth(_)),
            ExprKind::Negate(inner) => self.is_open(inner),
            ExprKind::Reference(reference) => {
                reference.prefix.is_none() && self.named_field(reference).is_none()
            }
            ExprKind::If { then, otherwise, .. } => {
                self.is_open(then) && otherwise.as_ref().is_none_or(|otherwise| self.is_open(otherwise))
            }
            ExprKind::Call { function, arguments } if &*function.text == "coalesce" => {
                arguments.iter().all(|argument| self.is_open(argument))
            }
            _ => false,
        }
    }

    /// The text at `span` as the author wrote it, in both languages.
    fn written(&self, span: Span) -> Argument {
        self.notes.written(span)
    }
}

/// Levels of `typed`. `None`: more nodes than `left`.
fn depth(typed: &TypedExpr, left: &mut usize) -> Option<usize> {
    *left = left.checked_sub(1)?;
    let mut deepest = 0;
    for child in typed.children() {
        deepest = deepest.max(depth(child, left)?);
    }
    Some(deepest + 1)
}

/// The symbol of an operator.
const fn arithmetic_words(op: ArithmeticOp) -> (&'static str, &'static str) {
    match op {
        ArithmeticOp::Add => ("加算", "add"),
        ArithmeticOp::Subtract => ("減算", "subtract"),
        ArithmeticOp::Multiply => ("乗算", "multiply"),
        ArithmeticOp::Divide => ("除算", "divide"),
    }
}
