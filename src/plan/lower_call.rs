//! Lowering of function calls.
//!
//! Invariants
//! - One arm a function; what the function does stands in `evaluate`.
//! - A call whose arguments typing should have refused is unknown, never a panic.

use std::sync::Arc;

use super::keys::keys;
use super::lower::{Lowering, scale_of};
use super::step::{Calendar, CheckDigit, Scaled, Spelled, Spelling, Step, StepId, TimeKind, time_kind};
use crate::expression::function::FunctionId;
use crate::expression::{FieldId, Node, Type, TypedExpr, Value};

impl Lowering<'_> {
    /// The step of `function` over `arguments`, giving a value of `ty`.
    pub(super) fn call(&mut self, function: FunctionId, arguments: &[TypedExpr], ty: &Type) -> Step {
        let scale = scale_of(ty);
        match function {
            FunctionId::Sum => Step::Sum(self.numbers(arguments), scale),
            FunctionId::SumPresent => Step::SumPresent(self.numbers(arguments), scale),
            FunctionId::Min => Step::Extreme { greatest: false, of: self.numbers(arguments), scale },
            FunctionId::Max => Step::Extreme { greatest: true, of: self.numbers(arguments), scale },
            FunctionId::CountAnswered => Step::CountAnswered(self.steps_of(arguments)),
            FunctionId::CountTrue => Step::CountTrue(self.steps_of(arguments)),
            FunctionId::Concat => Step::Concat(self.steps_of(arguments)),
            FunctionId::Substring => Step::Substring(self.substring(arguments)),
            FunctionId::Coalesce => {
                Step::Coalesce(arguments.iter().map(|argument| self.lower_as(argument, ty)).collect())
            }
            FunctionId::Distinct => self.distinct(arguments),
            FunctionId::Occurrences => {
                let all: Vec<&TypedExpr> = arguments.iter().collect();
                Step::Occurrences(self.steps_of(arguments), Self::keys_of(&all))
            }
            FunctionId::Fingerprint => {
                Step::Fingerprint(arguments.iter().map(|argument| self.spelled(argument)).collect())
            }
            _ => match arguments {
                [one] => self.of_one(function, one, scale),
                [first, second] => self.of_two(function, first, second, scale),
                [part, whole, _] if function == FunctionId::Percent => {
                    Step::Percent([self.scaled(part), self.scaled(whole)], scale)
                }
                _ => Step::Missing,
            },
        }
    }

    fn steps_of(&mut self, arguments: &[TypedExpr]) -> Vec<StepId> {
        arguments.iter().map(|argument| self.lower(argument)).collect()
    }

    fn numbers(&mut self, arguments: &[TypedExpr]) -> Vec<Scaled> {
        arguments.iter().map(|argument| self.scaled(argument)).collect()
    }

    fn substring(&mut self, arguments: &[TypedExpr]) -> Vec<StepId> {
        let whole = |(place, argument)| match place {
            0 => self.lower(argument),
            _ => self.lower_as(argument, &Type::INTEGER),
        };
        arguments.iter().enumerate().map(whole).collect()
    }

    /// A single multiple-answer cell is distinct when no item is written twice.
    fn distinct(&mut self, arguments: &[TypedExpr]) -> Step {
        let all: Vec<&TypedExpr> = arguments.iter().collect();
        Step::Distinct(self.steps_of(arguments), Self::keys_of(&all))
    }

    fn of_one(&mut self, function: FunctionId, one: &TypedExpr, scale: u8) -> Step {
        match function {
            FunctionId::Abs => Step::Abs(self.lower_as(one, &Type::Number { scale, unit: None })),
            FunctionId::RoundHalfUp => Step::Rescale(self.scaled(one), scale),
            FunctionId::Count => Step::Count { set: self.set_of(one), listed: false },
            FunctionId::CountListed => Step::Count { set: self.set_of(one), listed: true },
            FunctionId::Length => Step::Length(self.lower(one)),
            FunctionId::Normalized => Step::Normalized(self.lower(one)),
            FunctionId::Luhn => Step::CheckDigit(self.lower(one), CheckDigit::Luhn),
            FunctionId::JisX0402 => Step::CheckDigit(self.lower(one), CheckDigit::JisX0402),
            FunctionId::Year => self.calendar(Calendar::Year, &[one]),
            FunctionId::Month => self.calendar(Calendar::Month, &[one]),
            FunctionId::FiscalYear => self.calendar(Calendar::FiscalYear, &[one]),
            FunctionId::Date => self.calendar(Calendar::Date, &[one]),
            _ => Step::Missing,
        }
    }

    fn of_two(&mut self, function: FunctionId, first: &TypedExpr, second: &TypedExpr, scale: u8) -> Step {
        match function {
            FunctionId::RoundHalfUp => Step::Rescale(self.scaled(first), scale),
            FunctionId::Percent => Step::Percent([self.scaled(first), self.scaled(second)], scale),
            FunctionId::CountParts => Step::CountParts([self.lower(first), self.lower(second)]),
            FunctionId::Starts => Step::Starts(self.lower(first), self.lower(second)),
            FunctionId::Similarity => Step::Similarity([self.lower(first), self.lower(second)]),
            FunctionId::Matches => match text_of(second).and_then(|pattern| self.pattern(&pattern)) {
                Some(pattern) => Step::Matches(self.lower(first), pattern),
                None => Step::Fixed(None),
            },
            FunctionId::Marked => match (field_of(first), text_of(second)) {
                (Some(field), Some(name)) => self.marked(field, &name),
                _ => Step::Fixed(None),
            },
            FunctionId::Same => self.alike(first, second),
            FunctionId::DaysBetween => self.calendar(Calendar::DaysBetween, &[first, second]),
            FunctionId::YearsBetween => self.calendar(Calendar::YearsBetween, &[first, second]),
            FunctionId::AddDays => self.calendar(Calendar::AddDays, &[first, second]),
            FunctionId::AddMonths => self.calendar(Calendar::AddMonths, &[first, second]),
            FunctionId::AddYears => self.calendar(Calendar::AddYears, &[first, second]),
            _ => Step::Missing,
        }
    }

    fn calendar(&mut self, function: Calendar, arguments: &[&TypedExpr]) -> Step {
        let kind = arguments.first().map_or(TimeKind::Date, |argument| time_kind(&argument.ty));
        let steps = arguments
            .iter()
            .map(|argument| match argument.ty {
                Type::Number { .. } => self.lower_as(argument, &Type::INTEGER),
                _ => self.lower(argument),
            })
            .collect();
        Step::Calendar(function, kind, steps)
    }

    /// Names of a field's marks, in order; a derived value has none.
    fn marks(&self, field: FieldId) -> Vec<Arc<str>> {
        let marks = self.field(field).map(|field| field.marks.iter());
        marks.into_iter().flatten().map(|mark| Arc::clone(&mark.name)).collect()
    }

    /// A mark that the field does not have is on none of its cells.
    fn marked(&self, field: FieldId, name: &str) -> Step {
        let place = self.marks(field).iter().position(|mark| &**mark == name);
        let number = place.and_then(|place| u8::try_from(place + 1).ok());
        number.map_or(Step::Marked(field, 0), |number| Step::Marked(field, number))
    }

    fn alike(&mut self, left: &TypedExpr, right: &TypedExpr) -> Step {
        let names = |expr: &TypedExpr| field_of(expr).map(|field| self.marks(field)).unwrap_or_default();
        let (ours, theirs) = (names(left), names(right));
        let number = |name: &Arc<str>| {
            let place = theirs.iter().position(|other| other == name);
            place.and_then(|place| u8::try_from(place + 1).ok()).unwrap_or(0)
        };
        let marks = ours.iter().map(number).collect();
        let keys = keys(&[&left.ty, &right.ty], None);
        Step::Alike { sides: [self.lower(left), self.lower(right)], keys, marks }
    }

    fn spelled(&mut self, argument: &TypedExpr) -> Spelled {
        let spelling = match &argument.ty {
            Type::Number { scale, .. } => Spelling::Number(*scale),
            Type::Option(list) | Type::Multi(list) => {
                Spelling::Codes(list.items.iter().map(|item| Arc::clone(&item.code)).collect())
            }
            time @ (Type::Date | Type::DateTime | Type::YearMonth) => Spelling::Time(time_kind(time)),
            Type::Text | Type::Code | Type::Condition => Spelling::Text,
        };
        let marks = field_of(argument).map(|field| self.marks(field)).unwrap_or_default();
        Spelled { step: self.lower(argument), spelling, marks: marks.into() }
    }
}

fn field_of(expr: &TypedExpr) -> Option<FieldId> {
    match &expr.resolved().node {
        Node::Field(field) => Some(*field),
        _ => None,
    }
}

fn text_of(expr: &TypedExpr) -> Option<Arc<str>> {
    match &expr.resolved().node {
        Node::Literal(Value::Text(text)) => Some(Arc::clone(text)),
        _ => None,
    }
}
