//! Comparisons, intervals and tolerances.
//!
//! Invariants
//! - Both operands have been found comparable before a node is made.

use super::{Typer, mismatch};
use crate::diagnostic::code::expression as codes;
use crate::diagnostic::nearest::nearest;
use crate::expression::notes::both;
use crate::expression::notes::did_you_mean;
use crate::expression::number::{MAX_SCALE, parse_scaled, scale_of};
use crate::expression::tree::{CompareOp, Expr, ExprKind, Tolerance as WrittenTolerance};
use crate::expression::typed::{By, Node, Tolerance, TypedExpr};
use crate::expression::value::Type;
use crate::source::Span;

impl Typer<'_> {
    /// `left op right`
    pub(super) fn compare(
        &mut self,
        op: CompareOp,
        op_span: Span,
        left: &Expr,
        right: &Expr,
    ) -> Option<Node> {
        let left_is_constant = self.is_open(left) && !self.is_open(right);
        let (subject, constant) = if left_is_constant { (right, left) } else { (left, right) };
        let subject_typed = self.value(subject, None);
        if self.blank_spelling(constant, subject, subject_typed.as_ref(), Some((op, op_span))) {
            return None;
        }
        if subject_typed.is_none() && matches!(constant.bare().kind, ExprKind::Literal(_)) {
            return None;
        }
        let hint = subject_typed.as_ref().map(|typed| self.hint(subject, typed));
        let constant_typed = self.value(constant, hint.as_ref());
        let (subject_typed, constant_typed) = (subject_typed?, constant_typed?);
        let (left_typed, right_typed) =
            if left_is_constant { (constant_typed, subject_typed) } else { (subject_typed, constant_typed) };
        let ordered = !matches!(op, CompareOp::Equal | CompareOp::NotEqual);
        let by = self.agree((left, &left_typed), (right, &right_typed), ordered)?;
        if by == By::Number && !ordered {
            self.warn_never_equal(&left_typed, &right_typed);
            self.warn_never_equal(&right_typed, &left_typed);
        }
        Some(Node::Compare { op, by, left: Box::new(left_typed), right: Box::new(right_typed) })
    }

    /// `subject between low and high`
    pub(super) fn between(&mut self, subject: &Expr, low: &Expr, high: &Expr) -> Option<Node> {
        let parts = [subject, low, high];
        let typed = self.group(&parts, None);
        for (part, typed) in parts.iter().zip(&typed) {
            if typed.as_ref().is_some_and(|typed| typed.ty == Type::Condition) {
                self.report_condition(part.span);
                return None;
            }
        }
        let mut typed = typed.into_iter();
        let (value, from, to) = (typed.next()??, typed.next()??, typed.next()??);
        let by = self.agree((subject, &value), (low, &from), true)?;
        self.agree((subject, &value), (high, &to), true)?;
        Some(Node::Between { by, subject: Box::new(value), low: Box::new(from), high: Box::new(to) })
    }

    /// `subject within tolerance [%] of other`
    pub(super) fn within(
        &mut self,
        subject: &Expr,
        tolerance: &WrittenTolerance,
        percent: bool,
        of: &Expr,
    ) -> Option<Node> {
        let (value, other) = (self.value(subject, None), self.value(of, None));
        let tolerance = self.tolerance(tolerance);
        let (value, other) = (value?, other?);
        for (part, typed) in [(subject, &value), (of, &other)] {
            if !matches!(typed.ty, Type::Number { .. }) {
                self.report_no_number(part.span, &typed.ty, ("within で比較", "compare by `within`"));
                return None;
            }
        }
        self.agree((subject, &value), (of, &other), true)?;
        Some(Node::Within { subject: Box::new(value), tolerance: tolerance?, percent, of: Box::new(other) })
    }

    fn tolerance(&mut self, tolerance: &WrittenTolerance) -> Option<Tolerance> {
        match tolerance {
            WrittenTolerance::Number(digits) => {
                let scale = scale_of(&digits.text);
                let number = parse_scaled(&digits.text, scale).ok().filter(|_| scale <= MAX_SCALE);
                if number.is_none() {
                    let note = self
                        .notes
                        .about(&codes::NUMBER_OUT_OF_RANGE)
                        .with("found", self.written(digits.span))
                        .with("limit", u64::from(MAX_SCALE))
                        .label(self.notes.mark(digits.span, ""));
                    self.notes.push(note);
                }
                number.map(|number| Tolerance::Number(number, scale))
            }
            WrittenTolerance::Param(name) => {
                let names = self.names;
                let Some((id, ty)) = names.params.get(&name.text) else {
                    let near = nearest(&name.text, names.params.keys().map(|key| &**key));
                    self.report_unknown(&codes::UNKNOWN_PARAMETER, name, near.map(did_you_mean));
                    return None;
                };
                let Type::Number { scale, .. } = ty else {
                    self.report_no_number(name.span, ty, ("許容差に使用", "use as a tolerance"));
                    return None;
                };
                Some(Tolerance::Param(*id, *scale))
            }
        }
    }

    /// A constant with more decimals than the other operand can hold.
    fn warn_never_equal(&mut self, constant: &TypedExpr, other: &TypedExpr) {
        let (Node::Literal(_), Node::Field(_)) = (&constant.node, &other.node) else { return };
        let (Type::Number { scale: fine, .. }, Type::Number { scale: coarse, .. }) =
            (&constant.ty, &other.ty)
        else {
            return;
        };
        if fine > coarse {
            self.report_never_equal(constant.span, other);
        }
    }

    pub(super) fn report_never_equal(&mut self, constant: Span, other: &TypedExpr) {
        let note = self
            .notes
            .about(&codes::NEVER_EQUAL)
            .with("found", self.written(constant))
            .with("left", self.written(other.span))
            .label(self.notes.mark(constant, both("等しくなることはない", "never equal")))
            .label(self.notes.mark(other.span, super::type_words(&other.ty)));
        self.notes.push(note);
    }

    /// Whether two typed operands may stand side by side in a call or choice, compared for equality.
    pub(super) fn alike(&mut self, left: (&Expr, &TypedExpr), right: (&Expr, &TypedExpr)) -> bool {
        if let Some(By::Rank) = mismatch::equality(&left.1.ty, &right.1.ty) {
            // One scale is enough to compare, not to be the same value.
            let note = self.mismatch(left, right, mismatch::COMPARE, None);
            self.notes.push(note);
            return false;
        }
        self.agree(left, right, false).is_some()
    }
}
