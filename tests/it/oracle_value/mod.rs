//! The twin's values: expressions that are no conditions.
//!
//! Invariants
//! - Computed row by row with plain integers; of the evaluator it shares the typed tree and nothing else.
//! - Where there is no value it says why, as far as a rule's outcome depends on it.

mod call;
mod computed;

use std::cmp::Ordering;

use kenpyo::expression::tree::ArithmeticOp;
use kenpyo::expression::typed::By;
use kenpyo::expression::{FieldId, LookupId, Node, Type, TypedExpr, Value};
use kenpyo::questionnaire::Domain;
use kenpyo::rule_pack::{LookupKeys, LookupMissing};

use crate::oracle_plain as own;
use crate::oracle_plain::ten;
use crate::oracle_twin::{Cell, Twin, name, ordering, plain, scale};

/// Why there is no value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lack {
    /// An absent key of a lookup whose tests are then false.
    pub fails: bool,
    /// A calculation without result.
    pub fault: bool,
    /// An empty bound.
    pub unbounded: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Val {
    Is(Value),
    Not(Lack),
}

const NOTHING: Val = Val::Not(Lack { fails: false, fault: false, unbounded: false });
const FAULT: Val = Val::Not(Lack { fails: false, fault: true, unbounded: false });

impl Val {
    pub fn get(&self) -> Option<&Value> {
        match self {
            Self::Is(value) => Some(value),
            Self::Not(_) => None,
        }
    }

    pub fn lack(&self) -> Option<Lack> {
        match self {
            Self::Is(_) => None,
            Self::Not(lack) => Some(*lack),
        }
    }

    pub fn unbounded(&self) -> bool {
        self.lack().is_some_and(|lack| lack.unbounded)
    }
}

fn number(found: Option<i64>) -> Val {
    found.map_or(FAULT, |number| Val::Is(Value::Number(number)))
}

fn count(found: usize) -> Val {
    Val::Is(Value::Number(i64::try_from(found).unwrap()))
}

fn words(found: String) -> Val {
    Val::Is(Value::Text(found.into()))
}

/// A lack that takes over the failures and faults of what it was made from.
fn lacking(from: &[Val]) -> Val {
    let lacks: Vec<Lack> = from.iter().filter_map(Val::lack).collect();
    Val::Not(Lack {
        fails: lacks.iter().any(|lack| lack.fails),
        fault: lacks.iter().any(|lack| lack.fault),
        unbounded: false,
    })
}

fn text_of(value: &Value) -> &str {
    match value {
        Value::Text(text) => text,
        other => panic!("{other:?} is no text"),
    }
}

fn field_of(expr: &TypedExpr) -> Option<FieldId> {
    match &expr.node {
        Node::Field(field) => Some(*field),
        Node::Let(part) => field_of(part),
        _ => None,
    }
}

impl Twin<'_> {
    pub fn value(&mut self, expr: &TypedExpr) -> Val {
        let found = self.value_of(expr);
        let counts = self.tally.entry(name(expr)).or_default();
        counts[0] += 1;
        counts[1] += u64::from(found.get().is_some());
        found
    }

    fn value_of(&mut self, expr: &TypedExpr) -> Val {
        match &expr.node {
            Node::Literal(value) => Val::Is(value.clone()),
            Node::Let(part) => self.value(part),
            Node::Field(field) => match self.cell(*field) {
                Cell::Value(value) => Val::Is(value.clone()),
                _ => NOTHING,
            },
            Node::Param(param) => self.params.get(param).map_or(NOTHING, |value| Val::Is(value.clone())),
            Node::Lookup { lookup, keys, column } => self.lookup(*lookup, keys, *column),
            Node::Arithmetic { op, left, right } => self.arithmetic(*op, left, right, scale(&expr.ty)),
            Node::Negate(part) => {
                let found = self.value(part);
                let found = self.adapted(found, &part.ty, &expr.ty);
                self.made(&[found], |values| number(i64::try_from(-plain(&values[0])).ok()))
            }
            Node::Choose { condition, then, otherwise } => {
                let (asked, then_, otherwise_) =
                    (self.truth(condition), self.value(then), self.value(otherwise));
                match asked.is {
                    None => Val::Not(Lack { fault: asked.fault, ..Lack::default() }),
                    Some(true) => self.adapted(then_, &then.ty, &expr.ty),
                    Some(false) => self.adapted(otherwise_, &otherwise.ty, &expr.ty),
                }
            }
            Node::Call { function, arguments } => self.call(*function, arguments, &expr.ty),
            other => panic!("{other:?} is no value"),
        }
    }

    /// A value in the scale or option list of another type.
    pub fn adapted(&self, found: Val, from: &Type, to: &Type) -> Val {
        match (&found, from, to) {
            (Val::Is(Value::Number(found)), Type::Number { scale: a, .. }, Type::Number { scale: b, .. }) => {
                number(own::nearest(i128::from(*found) * ten(*b), ten(*a)))
            }
            (Val::Is(Value::Option(code)), Type::Option(from), Type::Option(to)) => {
                let option = to.index_of(&from.items[usize::from(*code)].name);
                option.map_or(NOTHING, |option| Val::Is(Value::Option(option)))
            }
            _ => found,
        }
    }

    /// Computes from values; unknown where one is missing.
    fn made(&self, found: &[Val], make: impl Fn(&[Value]) -> Val) -> Val {
        if found.iter().any(|found| found.get().is_none()) {
            return lacking(found);
        }
        let values: Vec<Value> = found.iter().filter_map(|found| found.get().cloned()).collect();
        make(&values)
    }

    fn values(&mut self, arguments: &[TypedExpr]) -> Vec<Val> {
        arguments.iter().map(|argument| self.value(argument)).collect()
    }

    /// A set; a blank cell is the empty one where the questionnaire says so.
    pub fn set(&mut self, expr: &TypedExpr) -> Val {
        let empty = field_of(expr)
            .and_then(|id| self.pack.field(id))
            .is_some_and(|field| matches!(&field.domain, Domain::Multi(layout) if layout.blank_is_empty_set));
        let blank = field_of(expr).is_some_and(|id| matches!(self.cell(id), Cell::Blank | Cell::Absent));
        if empty && blank {
            return Val::Is(Value::Multi { set: 0, listed: 0 });
        }
        self.value(expr)
    }

    fn arithmetic(&mut self, op: ArithmeticOp, left: &TypedExpr, right: &TypedExpr, to: u8) -> Val {
        let found = [self.value(left), self.value(right)];
        let (a, b) = (scale(&left.ty), scale(&right.ty));
        self.made(&found, |values| {
            let (l, r) = (plain(&values[0]), plain(&values[1]));
            number(match op {
                ArithmeticOp::Add => own::nearest((l * ten(b) + r * ten(a)) * ten(to), ten(a + b)),
                ArithmeticOp::Subtract => own::nearest((l * ten(b) - r * ten(a)) * ten(to), ten(a + b)),
                ArithmeticOp::Multiply if to > a + b => own::nearest(l * r * ten(to - a - b), 1),
                ArithmeticOp::Multiply => own::nearest(l * r, ten(a + b - to)),
                ArithmeticOp::Divide => own::nearest(l * ten(b) * ten(to), r * ten(a)),
            })
        })
    }

    /// The lookup's row. `None`: it has no such key.
    pub fn row_of(&self, lookup: LookupId, values: &[Value], types: &[&Type]) -> Option<usize> {
        let table = &self.pack.lookups[usize::from(lookup.0)];
        match &table.keys {
            LookupKeys::Interval { lows, highs, ty } => {
                let (ours, theirs) = (scale(types[0]), scale(ty));
                let wanted = plain(&values[0]) * ten(theirs);
                let bound = |bound: i64| i128::from(bound) * ten(ours);
                (0..lows.len()).find(|&row| {
                    bound(lows[row]) <= wanted && (highs[row] == i64::MAX || wanted <= bound(highs[row]))
                })
            }
            LookupKeys::Exact(columns, _) => {
                let column = |index: &u16| &table.columns[usize::from(*index)];
                let rows = table.columns[0].cells.len();
                (0..rows).find(|&row| {
                    columns.iter().zip(values.iter().zip(types)).all(|(index, (value, ty))| {
                        let theirs = column(index);
                        theirs.cells[row].as_ref().is_some_and(|cell| equal((value, ty), (cell, &theirs.ty)))
                    })
                })
            }
        }
    }

    fn lookup(&mut self, lookup: LookupId, keys: &[TypedExpr], column: u16) -> Val {
        let found = self.values(keys);
        let types: Vec<&Type> = keys.iter().map(|key| &key.ty).collect();
        let table = &self.pack.lookups[usize::from(lookup.0)];
        let column = &table.columns[usize::from(column)];
        self.made(&found, |values| match self.row_of(lookup, values, &types) {
            Some(row) => match &column.cells[row] {
                Some(value) => Val::Is(value.clone()),
                None => Val::Not(Lack { unbounded: column.unbounded, ..Lack::default() }),
            },
            None => Val::Not(Lack {
                fails: table.missing == LookupMissing::Fail,
                fault: table.missing == LookupMissing::Error,
                unbounded: false,
            }),
        })
    }
}

/// Whether two values of comparable types are equal.
pub fn equal(left: (&Value, &Type), right: (&Value, &Type)) -> bool {
    let by = match left.1 {
        Type::Number { .. } => By::Number,
        Type::Option(_) => By::Name,
        Type::Text | Type::Code => By::Text,
        Type::Multi(_) => {
            let names = |(value, ty): (&Value, &Type)| match (value, ty) {
                (Value::Multi { set, .. }, Type::Multi(list)) => {
                    let chosen = list.items.iter().enumerate().filter(|(option, _)| set >> option & 1 == 1);
                    chosen.map(|(_, item)| item.name.to_string()).collect::<std::collections::BTreeSet<_>>()
                }
                other => panic!("{other:?}"),
            };
            return names(left) == names(right);
        }
        _ => By::Time,
    };
    ordering(by, left, right) == Some(Ordering::Equal)
}
