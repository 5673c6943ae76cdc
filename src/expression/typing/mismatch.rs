//! What can be compared with what, and what is said where it cannot.
//!
//! Invariants
//! - Equality of types is decided in [`equality`], order in [`order`]; nothing else decides it.

use super::choice::units_agree;
use super::{Typer, words};
use crate::diagnostic::code::expression as codes;
use crate::diagnostic::{Argument, Diagnostic, Localized};
use crate::expression::calendar;
use crate::expression::notes::{both, localized, write_instead};
use crate::expression::tree::Expr;
use crate::expression::typed::{By, Node, TypedExpr};
use crate::expression::value::{OptionList, Type};
use crate::source::Span;

/// A verb in both languages.
pub(super) type Action = (&'static str, &'static str);

pub(super) const COMPARE: Action = ("比較", "compare");

/// How values of these types are compared for equality. `None`: not at all.
pub(super) fn equality(left: &Type, right: &Type) -> Option<By> {
    match (left, right) {
        (Type::Option(left), Type::Option(right)) if left.same_names(right) => Some(By::Name),
        (Type::Option(left), Type::Option(right)) => one_scale(left, right).then_some(By::Rank),
        (Type::Text | Type::Code, Type::Text | Type::Code) => Some(By::Text),
        _ => plain(left, right),
    }
}

/// Types that are compared alike for equality and for order.
fn plain(left: &Type, right: &Type) -> Option<By> {
    match (left, right) {
        (Type::Number { unit: left, .. }, Type::Number { unit: right, .. }) => {
            units_agree(left.as_ref(), right.as_ref()).then_some(By::Number)
        }
        (Type::Date, Type::Date) | (Type::DateTime, Type::DateTime) | (Type::YearMonth, Type::YearMonth) => {
            Some(By::Time)
        }
        _ => None,
    }
}

/// Whether both lists name the same scale and have ranks.
fn one_scale(left: &OptionList, right: &OptionList) -> bool {
    left.scale.is_some() && left.scale == right.scale && ranked(left) && ranked(right)
}

fn ranked(list: &OptionList) -> bool {
    list.items.iter().any(|item| item.rank.is_some())
}

/// How two operands are compared by order. `None`: not at all.
fn order(left: &TypedExpr, right: &TypedExpr) -> Option<By> {
    match (&left.ty, &right.ty) {
        (Type::Option(ours), Type::Option(theirs)) => {
            let constant = [left, right].into_iter().any(|side| side.fields().is_empty());
            let one_list = constant && ours == theirs && ranked(ours) && has_rank(left) && has_rank(right);
            (one_list || one_scale(ours, theirs)).then_some(By::Rank)
        }
        (left, right) => plain(left, right),
    }
}

/// False for a constant option without rank.
fn has_rank(typed: &TypedExpr) -> bool {
    match (&typed.node, &typed.ty) {
        (Node::Literal(crate::expression::Value::Option(index)), Type::Option(list)) => {
            list.get(*index).is_some_and(|item| item.rank.is_some())
        }
        _ => true,
    }
}

/// Whether one side is of a link and the other is not, so that waves with different options may meet.
fn across_links(left: &TypedExpr, right: &TypedExpr) -> bool {
    let tables = |side: &TypedExpr| side.fields().iter().map(|field| field.table).max();
    matches!((tables(left), tables(right)), (Some(left), Some(right)) if left != right)
}

/// Two option fields of different waves with at least one name in common.
fn by_name_across(left: &TypedExpr, right: &TypedExpr) -> Option<By> {
    let (Type::Option(ours), Type::Option(theirs)) = (&left.ty, &right.ty) else { return None };
    let shared = ours.items.iter().any(|item| theirs.index_of(&item.name).is_some());
    (shared && across_links(left, right)).then_some(By::Name)
}

impl Typer<'_> {
    /// How two typed operands are compared; a mismatch is reported.
    pub(super) fn agree(
        &mut self,
        left: (&Expr, &TypedExpr),
        right: (&Expr, &TypedExpr),
        ordered: bool,
    ) -> Option<By> {
        let by = if ordered {
            order(left.1, right.1)
        } else {
            equality(&left.1.ty, &right.1.ty).or_else(|| by_name_across(left.1, right.1))
        };
        if by.is_none() {
            self.report_mismatch(left, right, ordered);
        }
        by
    }

    fn report_mismatch(&mut self, left: (&Expr, &TypedExpr), right: (&Expr, &TypedExpr), ordered: bool) {
        if let (Type::Option(_), Type::Option(_)) = (&left.1.ty, &right.1.ty) {
            return self.report_options(left, right, ordered);
        }
        let fix = self.mismatch_fix(left, right).or_else(|| self.mismatch_fix(right, left));
        let note = self.mismatch(left, right, COMPARE, fix);
        self.notes.push(note);
    }

    fn report_options(&mut self, left: (&Expr, &TypedExpr), right: (&Expr, &TypedExpr), ordered: bool) {
        let mark = |typer: &Self, side: (&Expr, &TypedExpr)| {
            let text = match &side.1.ty {
                Type::Option(list) => words::option_words(list),
                _ => Argument::Nothing,
            };
            typer.notes.mark(side.0.span, text)
        };
        let note = if ordered {
            let note = self.notes.about(&codes::OPTIONS_NOT_ORDERED);
            note.with("left", self.written(left.0.span)).with("right", self.written(right.0.span))
        } else {
            let fix = Localized::new(
                "選択肢の名前が同じ項目どうし、または同じ x-scale を持つ項目どうしを比べてください。"
                    .to_owned(),
                "only fields with the same option names, or of one x-scale, are comparable".to_owned(),
            );
            let quoted = |span: Span| {
                both(
                    format!("{}の選択肢", self.notes.slice(span)),
                    format!("an option of {}", self.notes.slice(span)),
                )
            };
            self.notes
                .about(&codes::TYPE_MISMATCH)
                .with("left", quoted(left.0.span))
                .with("right", quoted(right.0.span))
                .with("action", both(COMPARE.0, COMPARE.1))
                .suggest(fix)
        };
        let note = note.label(mark(self, left)).label(mark(self, right));
        self.notes.push(note);
    }

    /// Two operands that do not go together, each marked with its type.
    pub(super) fn mismatch(
        &self,
        left: (&Expr, &TypedExpr),
        right: (&Expr, &TypedExpr),
        action: Action,
        fix: Option<Localized<String>>,
    ) -> Diagnostic {
        let mut note = self
            .notes
            .about(&codes::TYPE_MISMATCH)
            .with("left", words::type_phrase(&left.1.ty))
            .with("right", words::type_phrase(&right.1.ty))
            .with("action", both(action.0, action.1))
            .label(self.notes.mark(left.0.span, words::type_words(&left.1.ty)))
            .label(self.notes.mark(right.0.span, words::type_words(&right.1.ty)));
        note.suggestion = fix;
        note
    }

    /// The way out for the first of two operands, seen against the second.
    fn mismatch_fix(
        &self,
        side: (&Expr, &TypedExpr),
        other: (&Expr, &TypedExpr),
    ) -> Option<Localized<String>> {
        let written = self.notes.slice(side.0.span);
        match (&side.1.ty, &other.1.ty) {
            (Type::Number { .. }, Type::Number { .. }) => Some(unit_fix()),
            (Type::DateTime, Type::Date) => Some(write_instead(&format!("date({written})"))),
            (Type::Multi(_), Type::Option(_)) => Some(Localized::new(
                format!("`{written} has \"選択肢の名前\"` と書いてください。"),
                format!("write `{written} has \"option\"`"),
            )),
            (Type::Multi(_), Type::Number { .. }) => Some(write_instead(&format!("count({written})"))),
            (Type::Text | Type::Code, Type::Number { .. }) => {
                Some(write_instead(&format!("length({written})")))
            }
            (Type::Date, Type::Number { .. }) if spaced_date(self.notes.slice(other.0.span)).is_some() => {
                spaced_date(self.notes.slice(other.0.span)).map(|date| write_instead(&date))
            }
            (Type::Date | Type::YearMonth, Type::Number { .. }) => {
                Some(write_instead(&format!("year({written})")))
            }
            (Type::Text | Type::Code, Type::Text | Type::Code) => Some(Localized::new(
                "文字列に大小はありません。`=`、`starts`、`matches` を使ってください。".to_owned(),
                "text has no order; use `=`, `starts` or `matches`".to_owned(),
            )),
            _ => None,
        }
    }

    /// Something that is no number where one is needed.
    pub(super) fn report_no_number(&mut self, span: Span, ty: &Type, action: Action) {
        let note = self
            .notes
            .about(&codes::TYPE_MISMATCH)
            .with("left", words::type_phrase(ty))
            .with("right", both("数以外", "something that is no number"))
            .with("action", both(action.0, action.1))
            .label(self.notes.mark(span, words::type_words(ty)));
        self.notes.push(note);
    }
}

/// `2024-1-1` and `2024/01/01` → `2024-01-01`: by the grammar a calculation, but hardly meant as one. `None`: no date.
fn spaced_date(written: &str) -> Option<String> {
    let parts: Vec<u32> =
        written.split(['-', '/']).map(|part| part.trim().parse().ok()).collect::<Option<_>>()?;
    let [year, month, day] = parts.as_slice() else { return None };
    let date = format!("{year:04}-{month:02}-{day:02}");
    calendar::parse_date(&date).map(|_| date)
}

/// The way out where units differ.
pub(super) fn unit_fix() -> Localized<String> {
    localized(
        "それぞれを定数と比べるか、両方の項目に同じ x-unit を付けてください。",
        "compare each with a constant, or give both fields the same x-unit",
    )
    .map(ToString::to_string)
}
