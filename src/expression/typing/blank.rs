//! Blanks, marks and don't-knows compared as if they were values.
//!
//! Invariants
//! - A spelling that is a real option, field or number of the compared type is never taken for a blank.

use super::Typer;
use crate::diagnostic::code::expression as codes;
use crate::diagnostic::nearest::fold;
use crate::expression::notes::{both, write_instead};
use crate::expression::tree::{CompareOp, Expr, ExprKind, Literal};
use crate::expression::typed::{Node, TypedExpr};
use crate::expression::value::Type;
use crate::source::Span;

/// Names of other languages for a blank, folded.
const BLANKS: &[&str] = &[
    "null",
    "nil",
    "none",
    "blank",
    "empty",
    "missing",
    "nothing",
    "undefined",
    "nan",
    "@blank",
    "空",
    "空欄",
    "空白",
    "みきにゅう",
    "未記入",
    "無回答",
];

/// Names of the not-applicable mark, folded.
const INAPPLICABLE: &[&str] =
    &["na", "n/a", "n.a.", "@na", "inapplicable", "notapplicable", "非該当", "該当なし", "該当せず", "-"];

/// Names of the don't-know mark, folded.
const UNKNOWN: &[&str] = &["dk", "@dk", "dontknow", "don'tknow", "unknown", "不明"];

/// What a spelling means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meant {
    Blank,
    Inapplicable,
    DontKnow,
}

fn meant_by(word: &str) -> Option<Meant> {
    let folded = fold(word);
    let is_in = |list: &[&str]| list.contains(&folded.as_str());
    if folded.is_empty() || is_in(BLANKS) {
        Some(Meant::Blank)
    } else if is_in(INAPPLICABLE) {
        Some(Meant::Inapplicable)
    } else if is_in(UNKNOWN) {
        Some(Meant::DontKnow)
    } else {
        None
    }
}

/// What a constant means beside an operand of type `ty`. `None`: it is a value.
fn meant_by_literal(literal: &Literal, ty: Option<&Type>) -> Option<Meant> {
    match (literal, ty) {
        (Literal::Text(text), _) if fold(text).is_empty() => Some(Meant::Blank),
        (Literal::Text(text), Some(Type::Option(list) | Type::Multi(list))) => {
            meant_by(text).filter(|_| list.index_of(text).is_none())
        }
        (Literal::Text(text), Some(Type::Number { .. } | Type::Date | Type::DateTime | Type::YearMonth)) => {
            meant_by(text)
        }
        (Literal::Number(digits), Some(ty)) if &**digits == "0" => match ty {
            Type::Number { .. } | Type::Condition => None,
            Type::Option(list) | Type::Multi(list) => {
                list.items.iter().all(|item| &*item.code != "0").then_some(Meant::Blank)
            }
            _ => Some(Meant::Blank),
        },
        _ => None,
    }
}

impl Typer<'_> {
    /// Reports `constant` if it stands for a blank or a mark. True: it was reported.
    pub(super) fn blank_spelling(
        &mut self,
        constant: &Expr,
        subject: &Expr,
        typed: Option<&TypedExpr>,
        op: Option<(CompareOp, Span)>,
    ) -> bool {
        let ty = typed.map(|typed| &typed.ty);
        let meant = match &constant.bare().kind {
            ExprKind::Literal(literal) => meant_by_literal(literal, ty),
            ExprKind::Reference(reference)
                if reference.prefix.is_none() && self.named_field(reference).is_none() =>
            {
                let name = &reference.name.text;
                let option = matches!(ty, Some(Type::Option(list)) if list.index_of(name).is_some());
                meant_by(name).filter(|_| !option)
            }
            _ => None,
        };
        let Some(meant) = meant else { return false };
        let span = op.map_or(constant.span, |(_, op)| op.to(constant.span));
        self.report_blank(span, constant.span, subject, typed, op.map(|(op, _)| op), meant);
        true
    }

    /// The same for a member of `in { … }`.
    pub(super) fn blank_member(
        &mut self,
        literal: &Literal,
        span: Span,
        subject: &Expr,
        typed: &TypedExpr,
    ) -> bool {
        let Some(meant) = meant_by_literal(literal, Some(&typed.ty)) else { return false };
        self.report_blank(span, span, subject, Some(typed), None, meant);
        true
    }

    fn report_blank(
        &mut self,
        span: Span,
        constant: Span,
        subject: &Expr,
        typed: Option<&TypedExpr>,
        op: Option<CompareOp>,
        meant: Meant,
    ) {
        let note = self.notes.about(&codes::BLANK_SPELLING).with("found", self.written(constant)).label(
            self.notes.mark(
                span,
                both(
                    "空欄のときは真にも偽にもならず、不明になります",
                    "this can never be true or false for a blank answer: it is undecided",
                ),
            ),
        );
        let cell = typed.is_some_and(|typed| matches!(typed.node, Node::Field(_)));
        let mut note = note;
        if cell {
            let fix = right_spelling(self.notes.slice(subject.span), op, meant);
            note.suggestion = Some(write_instead(&fix));
        }
        self.notes.push(note);
    }
}

/// The test that was meant.
fn right_spelling(subject: &str, op: Option<CompareOp>, meant: Meant) -> String {
    let positive = matches!(op, None | Some(CompareOp::Equal));
    match (meant, positive) {
        (Meant::Blank, true) => format!("{subject} is blank"),
        (Meant::Blank, false) => format!("{subject} is answered"),
        (Meant::Inapplicable, true) => format!("{subject} is inapplicable"),
        (Meant::Inapplicable, false) => format!("{subject} is not inapplicable"),
        (Meant::DontKnow, true) => format!("marked({subject}, \"dk\")"),
        (Meant::DontKnow, false) => format!("not marked({subject}, \"dk\")"),
    }
}
