//! `in`, `has`, `is`, `relevant`: tests of one cell or value.
//!
//! Invariants
//! - Members are values of the subject's own type and scale.

use std::sync::Arc;

use super::{Hint, Typer, words};
use crate::diagnostic::code::expression as codes;
use crate::diagnostic::nearest::nearest;
use crate::expression::names::NamedSet;
use crate::expression::notes::{both, did_you_mean, write_instead};
use crate::expression::number::rescale;
use crate::expression::tree::{Expr, ExprKind, InList, Member, Name, Reference, StateTest};
use crate::expression::typed::{Node, TypedExpr};
use crate::expression::value::{FieldId, Type, Value};
use crate::source::Span;

impl<'a> Typer<'a> {
    /// The tests of the grammar that are no connective.
    pub(super) fn test(&mut self, expr: &Expr) -> Option<TypedExpr> {
        let span = expr.span;
        let typed = |node| TypedExpr { node, ty: Type::Condition, span };
        let (negated, node) = match &expr.kind {
            ExprKind::Compare { op, op_span, left, right } => {
                (false, self.compare(*op, *op_span, left, right)?)
            }
            ExprKind::In { negated, subject, list } => (*negated, self.member(subject, list)?),
            ExprKind::Between { negated, subject, low, high } => {
                (*negated, self.between(subject, low, high)?)
            }
            ExprKind::Within { subject, tolerance, percent, of } => {
                (false, self.within(subject, tolerance, *percent, of)?)
            }
            ExprKind::State { negated, subject, state } => (*negated, self.state(subject, *state, span)?),
            ExprKind::Linked { negated, link } => (*negated, self.linked(link)?),
            ExprKind::Relevant(reference) => (false, self.relevant(reference, span)?),
            ExprKind::Has { negated, subject, option } => (*negated, self.has(subject, option)?),
            _ => return None,
        };
        Some(if negated { typed(Node::Not(Box::new(typed(node)))) } else { typed(node) })
    }

    fn member(&mut self, subject: &Expr, list: &InList) -> Option<Node> {
        let typed = self.value(subject, None)?;
        if let Type::Multi(_) = typed.ty {
            self.report_multi(subject, &typed);
            return None;
        }
        match list {
            InList::Named(name) => self.named_members(typed, name),
            InList::Members(members) => {
                let hint = self.hint(subject, &typed);
                let fitted: Vec<Fitted> =
                    members.iter().map(|member| self.one_member(member, subject, &typed, &hint)).collect();
                let mut members = Vec::with_capacity(fitted.len());
                for member in fitted {
                    match member {
                        Fitted::Value(value) => members.push(value),
                        Fitted::Never => {}
                        Fitted::Mistake => return None,
                    }
                }
                Some(Node::In { subject: Box::new(typed), members })
            }
        }
    }

    fn one_member(&mut self, member: &Member, subject: &Expr, typed: &TypedExpr, hint: &Hint<'a>) -> Fitted {
        if !member.negative && self.blank_member(&member.literal, member.span, subject, typed) {
            return Fitted::Mistake;
        }
        let constant = self.constant(&member.literal, member.negative, member.span, Some(hint));
        let Some((value, ty)) = constant else { return Fitted::Mistake };
        fit_number(value, &ty, &typed.ty).map_or_else(
            || {
                self.report_never_equal(member.span, typed);
                Fitted::Never
            },
            Fitted::Value,
        )
    }

    fn report_multi(&mut self, subject: &Expr, typed: &TypedExpr) {
        let written = self.notes.slice(subject.span);
        let note = self
            .notes
            .about(&codes::TYPE_MISMATCH)
            .with("left", words::type_phrase(&typed.ty))
            .with("right", both("値の並び", "a list of values"))
            .with("action", both("比較", "compare"))
            .label(self.notes.mark(subject.span, words::type_words(&typed.ty)))
            .suggest(write_instead(&format!("{written} has \"…\"")));
        self.notes.push(note);
    }

    /// `in NAME`: a set's members, or a lookup's keys.
    fn named_members(&mut self, subject: TypedExpr, name: &Name) -> Option<Node> {
        let names = self.names;
        if let Some(set) = names.sets.get(&name.text) {
            if !self.agree_with_key(subject.span, &subject, &set.of) {
                return None;
            }
            let members = set_members(set, &subject.ty);
            return Some(Node::In { subject: Box::new(subject), members });
        }
        let Some(lookup) = names.lookups.get(&name.text) else {
            let known = names.sets.keys().chain(names.lookups.keys()).map(|key| &**key);
            let near = nearest(&name.text, known);
            self.report_unknown(&codes::UNKNOWN_SET, name, near.map(did_you_mean));
            return None;
        };
        let [key] = lookup.keys.as_slice() else {
            let note = self
                .notes
                .about(&codes::WRONG_ARGUMENT_COUNT)
                .with("function", &*name.text)
                .with(
                    "expected",
                    both(format!("{}個", lookup.keys.len()), format!("{} keys", lookup.keys.len())),
                )
                .with("found", 1_usize)
                .with("signature", both("値 in 表", "value in table"))
                .label(self.notes.mark(name.span, both("キーが複数の参照表", "a table with several keys")));
            self.notes.push(note);
            return None;
        };
        if !self.agree_with_key(subject.span, &subject, key) {
            return None;
        }
        Some(Node::InLookup { subject: Box::new(subject), lookup: lookup.id })
    }

    fn has(&mut self, subject: &Expr, option: &Name) -> Option<Node> {
        let typed = self.value(subject, None)?;
        let Type::Multi(list) = &typed.ty else {
            let written = self.notes.slice(subject.span);
            let fix = matches!(typed.ty, Type::Option(_) | Type::Text | Type::Code)
                .then(|| write_instead(&format!("{written} = \"{}\"", option.text)));
            let mut note = self
                .notes
                .about(&codes::TYPE_MISMATCH)
                .with("left", words::type_phrase(&typed.ty))
                .with("right", both("選択肢", "an option"))
                .with("action", both("has で検査", "test by `has`"))
                .label(self.notes.mark(subject.span, words::type_words(&typed.ty)));
            note.suggestion = fix;
            self.notes.push(note);
            return None;
        };
        let list = Arc::clone(list);
        let hint = self.hint(subject, &typed);
        let (value, _) = self.option(&option.text, option.span, Some(&hint), &list)?;
        let Value::Option(option) = value else { return None };
        Some(Node::Has { subject: Box::new(typed), option })
    }

    fn state(&mut self, subject: &Reference, state: StateTest, span: Span) -> Option<Node> {
        let field = self.cell(subject, reference_span(subject), span)?;
        Some(Node::State { field, state })
    }

    /// The cell that a reference names; a `let` may be one too.
    pub(super) fn cell(&mut self, reference: &Reference, span: Span, whole: Span) -> Option<FieldId> {
        if let Some(field) = self.named_field(reference) {
            return Some(field.id);
        }
        let typed = self.reference(reference, span, None)?;
        if let Node::Field(field) = typed.resolved().node {
            return Some(field);
        }
        let note = self
            .notes
            .about(&codes::STATE_OF_VALUE)
            .with("found", self.written(span))
            .label(self.notes.mark(span, both("セルではない", "not a cell")))
            .label(self.notes.mark(whole, both("状態の検査", "asks for a state")));
        self.notes.push(note);
        None
    }

    fn linked(&mut self, link: &Name) -> Option<Node> {
        let names = self.names;
        let Some(found) = names.links.get(&link.text) else {
            let near = nearest(&link.text, names.links.keys().map(|key| &**key));
            self.report_unknown(&codes::UNKNOWN_LINK, link, near.map(did_you_mean));
            return None;
        };
        Some(Node::Linked { table: found.table })
    }

    fn relevant(&mut self, reference: &Reference, span: Span) -> Option<Node> {
        let at = reference_span(reference);
        let Some(field) = self.named_field(reference) else {
            // Reports a name that nobody knows; whatever else it is has no routing.
            self.reference(reference, at, None)?;
            self.report_no_routing(at, span);
            return None;
        };
        if field.derived {
            self.report_no_routing(at, span);
            return None;
        }
        Some(Node::Relevant(field.id))
    }

    fn report_no_routing(&mut self, at: Span, whole: Span) {
        let note = self
            .notes
            .about(&codes::WRONG_ARGUMENT)
            .with("function", "relevant")
            .with("expected", both("調査票の項目", "a field of the form"))
            .with("found", self.written(at))
            .label(self.notes.mark(at, both("調査票の項目ではない", "not a field of the form")))
            .label(self.notes.mark(whole, ""));
        self.notes.push(note);
    }
}

/// What a member is for its subject.
enum Fitted {
    /// A value that it can have.
    Value(Value),
    /// A number that it can never be.
    Never,
    /// Something that was reported.
    Mistake,
}

/// The whole of a reference.
pub(super) fn reference_span(reference: &Reference) -> Span {
    reference.prefix.as_ref().map_or(reference.name.span, |prefix| prefix.span.to(reference.name.span))
}

/// A number at the scale of `wanted`; other values stay. `None`: it would lose digits.
fn fit_number(value: Value, ty: &Type, wanted: &Type) -> Option<Value> {
    match (value, ty, wanted) {
        (Value::Number(number), Type::Number { scale, .. }, Type::Number { scale: wanted, .. }) => {
            rescale(number, *scale, *wanted).map(Value::Number)
        }
        (value, ..) => Some(value),
    }
}

/// A set's members as values of the subject's type; what it can never be is left out.
fn set_members(set: &NamedSet, wanted: &Type) -> Vec<Value> {
    let member = |value: &Value| match (value, &set.of, wanted) {
        (Value::Option(index), Type::Option(theirs), Type::Option(ours)) => {
            theirs.get(*index).and_then(|item| ours.index_of(&item.name)).map(Value::Option)
        }
        _ => fit_number(value.clone(), &set.of, wanted),
    };
    set.members.iter().filter_map(member).collect()
}
