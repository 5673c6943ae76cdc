//! Who must answer a question, in words.
//!
//! Invariants
//! - Made of the routing itself, so that it cannot say anything else than what is judged.
//! - A condition that has no plain words names the questions that it depends on.

use crate::diagnostic::{Argument, Decimal, Language, Localized};
use crate::expression::tree::{CompareOp, StateTest};
use crate::expression::{FieldId, Node, Type, TypedExpr, Value, calendar};
use crate::questionnaire::Field;
use crate::rule_pack::RulePack;

/// Whom the question is asked of.
pub fn asked_of(pack: &RulePack, field: FieldId) -> Localized<String> {
    let Some(routing) = pack.questionnaire.routing_of(field) else {
        return pack.everyone.map(ToString::to_string);
    };
    match words(pack, &routing.own) {
        Some(condition) => {
            Localized::new(format!("{}の場合", condition.ja), format!("those for whom {}", condition.en))
        }
        None => depending(pack, routing.nearest.iter().filter_map(|&id| pack.field(id))),
    }
}

fn depending<'f>(pack: &RulePack, fields: impl Iterator<Item = &'f Field>) -> Localized<String> {
    let titles: Vec<Localized<std::sync::Arc<str>>> = fields.map(Field::title).collect();
    if titles.is_empty() {
        return pack.everyone.map(ToString::to_string);
    }
    let join = |language: Language, between: &str| {
        titles.iter().map(|title| &**title.get(language)).collect::<Vec<_>>().join(between)
    };
    Localized::new(
        format!("{}の回答による", join(Language::Ja, "、")),
        format!("depends on the answer to {}", join(Language::En, ", ")),
    )
}

/// The condition as a noun in Japanese, as a clause in English. `None`: it has no plain words.
///
/// Recursion goes as deep as the condition, which the loader has bounded.
pub fn words(pack: &RulePack, condition: &TypedExpr) -> Option<Localized<String>> {
    match &condition.resolved().node {
        Node::And(parts) => joined(pack, parts, "、かつ", " and "),
        Node::Or(parts) => joined(pack, parts, "、または", " or "),
        Node::Compare { op: op @ (CompareOp::Equal | CompareOp::NotEqual), left, right, .. } => {
            let (field, value) = field_and_value(left, right).or_else(|| field_and_value(right, left))?;
            Some(is(pack.field(field)?, &[value], *op == CompareOp::Equal))
        }
        Node::Compare { op, left, right, .. } => {
            let (field, value) = field_and_value(left, right)?;
            compared(pack.field(field)?, &value, *op)
        }
        Node::Relevant(field) => {
            let title = pack.field(*field)?.title();
            Some(Localized::new(format!("{}の回答対象", title.ja), format!("{} is asked", title.en)))
        }
        Node::Linked { table } => {
            let link = usize::from(*table).checked_sub(1).and_then(|place| pack.links.get(place))?;
            let title = &link.questionnaire.title;
            Some(Localized::new(
                format!("「{}」に記録がある票", title.ja),
                format!("there is a record in \"{}\"", title.en),
            ))
        }
        Node::In { subject, members } => {
            let Node::Field(field) = subject.resolved().node else { return None };
            let values: Option<Vec<Argument>> =
                members.iter().map(|member| argument(member, &subject.resolved().ty)).collect();
            Some(is(pack.field(field)?, &values?, true))
        }
        Node::Has { subject, option } => {
            let Node::Field(field) = subject.resolved().node else { return None };
            Some(is(pack.field(field)?, &[argument(&Value::Option(*option), &subject.resolved().ty)?], true))
        }
        Node::State { field, state } => {
            let title = pack.field(*field)?.title();
            let (ja, en) = match state {
                StateTest::Blank => ("未記入", "blank"),
                StateTest::Answered | StateTest::Known => ("回答あり", "answered"),
                StateTest::Inapplicable => ("非該当", "marked as not applicable"),
            };
            Some(Localized::new(format!("{}が{ja}", title.ja), format!("{} is {en}", title.en)))
        }
        _ => None,
    }
}

fn joined(pack: &RulePack, parts: &[TypedExpr], ja: &str, en: &str) -> Option<Localized<String>> {
    // A mixture of "and" and "or" would not tell which binds first.
    let mixed = |part: &TypedExpr| matches!(part.resolved().node, Node::And(_) | Node::Or(_));
    if parts.iter().any(mixed) {
        return None;
    }
    let parts: Option<Vec<Localized<String>>> = parts.iter().map(|part| words(pack, part)).collect();
    let parts = parts?;
    let join = |language: Language, between: &str| {
        parts.iter().map(|part| part.get(language).as_str()).collect::<Vec<_>>().join(between)
    };
    Some(Localized::new(join(Language::Ja, ja), join(Language::En, en)))
}

fn field_and_value(field: &TypedExpr, value: &TypedExpr) -> Option<(FieldId, Argument)> {
    let Node::Field(id) = field.resolved().node else { return None };
    let Node::Literal(literal) = &value.resolved().node else { return None };
    Some((id, argument(literal, &value.resolved().ty)?))
}

/// The field's title and the values that it has, or has not.
fn is(field: &Field, values: &[Argument], equal: bool) -> Localized<String> {
    let title = field.title();
    let listed = |language: Language, open: &str, close: &str, between: &str| {
        let printed = |value: &Argument| {
            let mut text = String::new();
            value.write(&mut text, language);
            format!("{open}{text}{close}")
        };
        values.iter().map(printed).collect::<Vec<_>>().join(between)
    };
    let (ja, en) = (listed(Language::Ja, "「", "」", "または"), listed(Language::En, "\"", "\"", " or "));
    if equal {
        Localized::new(format!("{}が{ja}", title.ja), format!("{} is {en}", title.en))
    } else {
        Localized::new(format!("{}が{ja}以外", title.ja), format!("{} is other than {en}", title.en))
    }
}

/// The field's title and the bound of its number. `None`: it is no number.
fn compared(field: &Field, value: &Argument, op: CompareOp) -> Option<Localized<String>> {
    let Argument::Number(number) = value else { return None };
    let title = field.title();
    let (ja, en) = match op {
        CompareOp::Less => ("より小さい値", "less than"),
        CompareOp::LessOrEqual => ("以下", "at most"),
        CompareOp::Greater => ("より大きい値", "more than"),
        CompareOp::GreaterOrEqual => ("以上", "at least"),
        CompareOp::Equal | CompareOp::NotEqual => return None,
    };
    Some(Localized::new(format!("{}が{number}{ja}", title.ja), format!("{} is {en} {number}", title.en)))
}

/// A constant as a person reads it. `None`: it is no value of an answer.
pub fn argument(value: &Value, ty: &Type) -> Option<Argument> {
    Some(match (value, ty) {
        (Value::Option(index), Type::Option(list) | Type::Multi(list)) => {
            list.get(*index)?.label.clone().into()
        }
        (Value::Number(mantissa), Type::Number { scale, .. }) => {
            Argument::Number(Decimal { mantissa: *mantissa, scale: *scale })
        }
        (Value::Text(text), _) => Argument::Text((&**text).into()),
        (Value::Date(days), _) => Argument::from(calendar::print_date(*days)),
        (Value::YearMonth(months), _) => Argument::from(calendar::print_year_month(*months)),
        _ => return None,
    })
}
