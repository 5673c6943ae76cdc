//! Answers of controllers that open a question, for examples that name the question only.
//!
//! Invariants
//! - An answer that the example gives is never changed; a controller without opening answer stays blank.
//! - Of several answers that open, the first in form order is taken.
//! - Conditions are read by Kleene's tables over the few kinds of test that routings consist of; what is read
//!   otherwise is unknown and opens nothing.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::ExampleValue;
use crate::expression::function::FunctionId;
use crate::expression::tree::StateTest;
use crate::expression::typed::By;
use crate::expression::{FieldId, Node, OptionList, Type, TypedExpr, Value};
use crate::questionnaire::{Questionnaire, Required};

/// A record as an example gives it; fields that it does not hold are blank.
pub type Record = BTreeMap<FieldId, ExampleValue>;

/// Most combinations of answers that are tried for one question.
const MOST_TRIED: usize = 10_000;

/// Fills the controllers of every field that `record` names, and theirs.
pub fn open(form: &Questionnaire, record: &mut Record) {
    let mut waiting: Vec<FieldId> = record.keys().copied().collect();
    // Later questions first: what they need may decide what their controllers answer.
    waiting.sort_by_key(|field| {
        std::cmp::Reverse(form.routing_order.iter().position(|index| *index == usize::from(field.index)))
    });
    let mut next = 0;
    while let Some(field) = waiting.get(next).copied() {
        next += 1;
        let Some(routing) = form.routing_of(field) else { continue };
        let free: Vec<FieldId> =
            routing.nearest.iter().copied().filter(|controller| !record.contains_key(controller)).collect();
        if let Some(answers) = answers(form, &routing.own, record, &free) {
            record.extend(answers);
        }
        waiting.extend(routing.nearest.iter().copied().filter(|controller| record.contains_key(controller)));
        waiting = dedup(waiting, next);
    }
}

/// Drops what stands a second time behind `kept`, so that the walk ends.
fn dedup(mut waiting: Vec<FieldId>, kept: usize) -> Vec<FieldId> {
    let mut seen: Vec<FieldId> = Vec::new();
    let mut index = 0;
    waiting.retain(|field| {
        index += 1;
        let again = index > kept && seen.contains(field);
        seen.push(*field);
        !again
    });
    waiting
}

/// Answers of `free` under which `condition` holds. `None`: none of those tried.
fn answers(
    form: &Questionnaire,
    condition: &TypedExpr,
    record: &Record,
    free: &[FieldId],
) -> Option<Vec<(FieldId, ExampleValue)>> {
    let candidates: Vec<Vec<Value>> = free.iter().map(|field| candidates(form, condition, *field)).collect();
    let total = candidates.iter().fold(1_usize, |product, list| product.saturating_mul(list.len()));
    for number in 0..total.min(MOST_TRIED) {
        let mut trial = record.clone();
        let mut rest = number;
        let mut chosen = Vec::new();
        for (field, list) in free.iter().zip(&candidates) {
            let value = list.get(rest.checked_rem(list.len()).unwrap_or(0))?.clone();
            rest = rest.checked_div(list.len()).unwrap_or(0);
            chosen.push((*field, ExampleValue::Value(value.clone())));
            trial.insert(*field, ExampleValue::Value(value));
        }
        if holds(form, condition, &trial) == Some(true) {
            return Some(chosen);
        }
    }
    None
}

/// Values worth trying: every option; around the numbers that the condition names; its texts and dates.
pub fn candidates(form: &Questionnaire, condition: &TypedExpr, field: FieldId) -> Vec<Value> {
    let Some(field) = form.get(field) else { return Vec::new() };
    let options = |list: &OptionList| (0..list.items.len()).filter_map(|index| u8::try_from(index).ok());
    match &field.ty {
        Type::Option(list) => options(list).map(Value::Option).collect(),
        Type::Multi(list) => options(list)
            .map(|index| Value::Multi { set: 1_u64.checked_shl(u32::from(index)).unwrap_or(0), listed: 1 })
            .collect(),
        _ => {
            let mut found = Vec::new();
            condition.walk(&mut |part| match &part.node {
                Node::Literal(value) => found.extend(around(value)),
                Node::In { members, .. } => found.extend(members.iter().flat_map(around)),
                _ => {}
            });
            found.extend(around(&neutral(&field.ty)));
            found
                .retain(|value| std::mem::discriminant(value) == std::mem::discriminant(&neutral(&field.ty)));
            found
        }
    }
}

/// A value of a type without options.
fn neutral(ty: &Type) -> Value {
    match ty {
        Type::Date => Value::Date(0),
        Type::DateTime => Value::DateTime(0),
        Type::YearMonth => Value::YearMonth(0),
        Type::Text | Type::Code => Value::Text("1".into()),
        _ => Value::Number(1),
    }
}

fn around(value: &Value) -> Vec<Value> {
    match value {
        Value::Number(number) => {
            vec![
                value.clone(),
                Value::Number(number.saturating_add(1)),
                Value::Number(number.saturating_sub(1)),
            ]
        }
        Value::Date(day) => {
            vec![value.clone(), Value::Date(day.saturating_add(1)), Value::Date(day.saturating_sub(1))]
        }
        _ => vec![value.clone()],
    }
}

/// Whether `condition` holds for `record`. `None`: unknown.
pub fn holds(form: &Questionnaire, condition: &TypedExpr, record: &Record) -> Option<bool> {
    let test = |part: &TypedExpr| holds(form, part, record);
    match &condition.node {
        Node::Truth(truth) => Some(*truth),
        Node::And(parts) => parts.iter().map(test).fold(Some(true), and),
        Node::Or(parts) => negate(parts.iter().map(|part| negate(test(part))).fold(Some(true), and)),
        Node::Not(part) => negate(test(part)),
        Node::If { condition, then, otherwise } => {
            let (asked, then) = (test(condition), test(then));
            let otherwise = otherwise.as_ref().map_or(Some(true), |part| test(part));
            and(or(negate(asked), then), or(asked, otherwise))
        }
        Node::Iff(left, right) => test(left).zip(test(right)).map(|(left, right)| left == right),
        Node::Let(shared) => test(shared),
        Node::Relevant(field) => relevant(form, *field, record),
        Node::State { field, state } => in_state(record.get(field), *state),
        Node::Compare { op, by, left, right } => {
            let order = compare(*by, left, right, record)?;
            Some(op.holds(order))
        }
        Node::In { subject, members } => value(subject, record).map(|value| members.contains(&value)),
        Node::Between { by, subject, low, high } => {
            let above = compare(*by, subject, low, record)? != Ordering::Less;
            Some(above && compare(*by, subject, high, record)? != Ordering::Greater)
        }
        Node::Has { subject, option } => match value(subject, record)? {
            Value::Multi { set, .. } => Some(set.checked_shr(u32::from(*option)).unwrap_or(0) & 1 == 1),
            _ => None,
        },
        Node::Call { function: FunctionId::Marked, arguments } => match arguments.as_slice() {
            [
                TypedExpr { node: Node::Field(field), .. },
                TypedExpr { node: Node::Literal(Value::Text(name)), .. },
            ] => Some(is_marked(record.get(field), name)),
            _ => None,
        },
        _ => None,
    }
}

fn is_marked(cell: Option<&ExampleValue>, name: &str) -> bool {
    match cell {
        Some(ExampleValue::NotApplicable) => name == "na",
        Some(ExampleValue::DontKnow) => name == "dk",
        Some(ExampleValue::Mark(own)) => &**own == name,
        _ => false,
    }
}

const fn negate(truth: Option<bool>) -> Option<bool> {
    match truth {
        Some(truth) => Some(!truth),
        None => None,
    }
}

fn and(left: Option<bool>, right: Option<bool>) -> Option<bool> {
    match (left, right) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

fn or(left: Option<bool>, right: Option<bool>) -> Option<bool> {
    negate(and(negate(left), negate(right)))
}

/// R: unknown counts as false where no controller is open.
fn relevant(form: &Questionnaire, field: FieldId, record: &Record) -> Option<bool> {
    let Some(routing) = form.routing_of(field) else { return Some(true) };
    let open = |controller: &FieldId| is_open(form, *controller, record);
    holds(form, &routing.full, record).or_else(|| (!routing.controllers.iter().any(open)).then_some(false))
}

fn is_open(form: &Questionnaire, field: FieldId, record: &Record) -> bool {
    match record.get(&field) {
        Some(ExampleValue::DontKnow) => true,
        None | Some(ExampleValue::Blank) => {
            form.get(field).is_some_and(|field| field.required != Required::No)
                && relevant(form, field, record) == Some(true)
        }
        _ => false,
    }
}

fn in_state(cell: Option<&ExampleValue>, state: StateTest) -> Option<bool> {
    let cell = cell.unwrap_or(&ExampleValue::Blank);
    if *cell == ExampleValue::Invalid {
        return None;
    }
    Some(match state {
        StateTest::Blank => *cell == ExampleValue::Blank,
        StateTest::Answered => matches!(cell, ExampleValue::Value(_) | ExampleValue::DontKnow),
        StateTest::Known => matches!(cell, ExampleValue::Value(_)),
        StateTest::Inapplicable => matches!(cell, ExampleValue::NotApplicable),
    })
}

fn value(expr: &TypedExpr, record: &Record) -> Option<Value> {
    match &expr.resolved().node {
        Node::Literal(value) => Some(value.clone()),
        Node::Field(field) => match record.get(field)? {
            ExampleValue::Value(value) => Some(value.clone()),
            _ => None,
        },
        _ => None,
    }
}

fn compare(by: By, left: &TypedExpr, right: &TypedExpr, record: &Record) -> Option<Ordering> {
    let (a, b) = (value(left, record)?, value(right, record)?);
    match (by, &left.ty, &right.ty) {
        (By::Number, Type::Number { scale: ours, .. }, Type::Number { scale: theirs, .. }) => {
            let (Value::Number(a), Value::Number(b)) = (a, b) else { return None };
            let up = |number: i64, scale: u8| {
                i128::from(number).checked_mul(10_i128.checked_pow(u32::from(scale))?)
            };
            Some(up(a, *theirs)?.cmp(&up(b, *ours)?))
        }
        (By::Name | By::Rank, Type::Option(ours), Type::Option(theirs)) => {
            let (Value::Option(a), Value::Option(b)) = (a, b) else { return None };
            let (a, b) = (ours.get(a)?, theirs.get(b)?);
            match by {
                By::Rank => Some(a.rank?.cmp(&b.rank?)),
                _ => Some(a.name.cmp(&b.name)),
            }
        }
        _ => Some(a.cmp(&b)),
    }
}
