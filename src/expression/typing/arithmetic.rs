//! `+ - * /`: scales and units.
//!
//! Invariants
//! - Sums have the larger scale, products the sum of both, quotients six decimals.
//! - Units agree for sums; one factor of a product is a plain number.

use super::{Typer, arithmetic_words, choice, mismatch};
use crate::diagnostic::Localized;
use crate::diagnostic::code::expression as codes;
use crate::expression::notes::write_instead;
use crate::expression::number::MAX_SCALE;
use crate::expression::tree::{ArithmeticOp, Expr, Name};
use crate::expression::typed::{Node, TypedExpr};
use crate::expression::value::Type;
use crate::source::Span;

/// Decimals of a quotient that is not compared.
const QUOTIENT_SCALE: u8 = 6;

impl Typer<'_> {
    /// `left op right`
    pub(super) fn arithmetic(
        &mut self,
        op: ArithmeticOp,
        left: &Expr,
        right: &Expr,
        span: Span,
    ) -> Option<TypedExpr> {
        if self.is_dashed_name(op, left, span) {
            return None;
        }
        let (first, second) = (self.value(left, None), self.value(right, None));
        let (first, second) = (first?, second?);
        let sides = ((left, &first), (right, &second));
        let (Type::Number { scale, unit }, Type::Number { scale: other, unit: theirs }) =
            (&first.ty, &second.ty)
        else {
            let fix = self.arithmetic_fix(op, sides.0, sides.1);
            return self.no_arithmetic(op, sides, fix);
        };
        let ty = match op {
            ArithmeticOp::Add | ArithmeticOp::Subtract => {
                if !choice::units_agree(unit.as_ref(), theirs.as_ref()) {
                    return self.no_arithmetic(op, sides, Some(mismatch::unit_fix()));
                }
                Type::Number { scale: *scale.max(other), unit: unit.clone().or_else(|| theirs.clone()) }
            }
            ArithmeticOp::Multiply => {
                if unit.is_some() && theirs.is_some() {
                    return self.no_arithmetic(op, sides, Some(product_fix()));
                }
                let scale = self.product_scale(*scale, *other, span)?;
                Type::Number { scale, unit: unit.clone().or_else(|| theirs.clone()) }
            }
            ArithmeticOp::Divide => {
                let unit = if theirs.is_none() { unit.clone() } else { None };
                Type::Number { scale: QUOTIENT_SCALE, unit }
            }
        };
        let node = Node::Arithmetic { op, left: Box::new(first), right: Box::new(second) };
        Some(TypedExpr { node, ty, span })
    }

    /// Whether a difference is a field's name with dashes for its underscores, which is reported.
    fn is_dashed_name(&mut self, op: ArithmeticOp, left: &Expr, span: Span) -> bool {
        let written = self.notes.slice(span);
        let known = |name: &str| self.names.fields.contains_key(name);
        if op != ArithmeticOp::Subtract
            || known(self.notes.slice(left.span))
            || !known(&written.replace('-', "_"))
        {
            return false;
        }
        let name = Name { text: written.into(), span };
        self.unknown_field(&name, span, None);
        true
    }

    fn product_scale(&mut self, left: u8, right: u8, span: Span) -> Option<u8> {
        let scale = left.saturating_add(right);
        if scale <= MAX_SCALE {
            return Some(scale);
        }
        let note = self
            .notes
            .about(&codes::NUMBER_OUT_OF_RANGE)
            .with("found", self.written(span))
            .with("limit", u64::from(MAX_SCALE))
            .label(self.notes.mark(span, super::type_words(&Type::Number { scale, unit: None })));
        self.notes.push(note);
        None
    }

    fn no_arithmetic(
        &mut self,
        op: ArithmeticOp,
        sides: ((&Expr, &TypedExpr), (&Expr, &TypedExpr)),
        fix: Option<Localized<String>>,
    ) -> Option<TypedExpr> {
        let note = self.mismatch(sides.0, sides.1, arithmetic_words(op), fix);
        self.notes.push(note);
        None
    }

    /// The function that does what the operator cannot.
    fn arithmetic_fix(
        &self,
        op: ArithmeticOp,
        left: (&Expr, &TypedExpr),
        right: (&Expr, &TypedExpr),
    ) -> Option<Localized<String>> {
        let (first, second) = (self.notes.slice(left.0.span), self.notes.slice(right.0.span));
        let fix = match (op, &left.1.ty, &right.1.ty) {
            (ArithmeticOp::Subtract, Type::Date, Type::Date) => format!("days_between({second}, {first})"),
            (ArithmeticOp::Add, Type::Date, Type::Number { .. }) => format!("add_days({first}, {second})"),
            (ArithmeticOp::Subtract, Type::Date, Type::Number { .. }) => {
                format!("add_days({first}, -{second})")
            }
            (ArithmeticOp::Add, Type::Text | Type::Code, Type::Text | Type::Code) => {
                format!("concat({first}, {second})")
            }
            _ => return None,
        };
        Some(write_instead(&fix))
    }
}

fn product_fix() -> Localized<String> {
    Localized::new(
        "掛け算の一方は単位のない数にしてください。".to_owned(),
        "one factor of a product must be a number without unit".to_owned(),
    )
}
