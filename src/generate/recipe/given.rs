//! Conditions of recipes and defects: a plain table of fields and what they must be.
//!
//! Invariants
//! - Tests look at values only; nothing here is the rule language, so that no evaluator of ours judges its own tests.
//! - All entries of a table must hold; of a list one is enough.

use std::sync::Arc;

use jiff::civil::Date;

use super::super::record::{Cell, Record};
use super::super::tree::{Node, Tree};
use super::{Reading, Stratum, cell, items};
use crate::diagnostic::Localized;
use crate::diagnostic::code::recipe as code;
use crate::expression::Type;

/// The key under which a condition names strata.
const STRATUM: &str = "stratum";

/// Fields by the names that an `each` gives them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Called(Vec<(Arc<str>, usize)>);

impl Called {
    /// One field, called `it`.
    pub fn it(field: usize) -> Self {
        Self(vec![(Arc::from("it"), field)])
    }

    /// Gives the field at `field` a name.
    pub fn add(&mut self, name: &str, field: usize) {
        self.0.push((Arc::from(name), field));
    }

    /// The field called `name`. `None`: none is.
    pub fn field(&self, name: &str) -> Option<usize> {
        self.0.iter().find(|(known, _)| **known == *name).map(|(_, field)| *field)
    }

    /// The one called `it`, else the first. `None`: there is none.
    pub fn judged(&self) -> Option<usize> {
        self.field("it").or_else(|| self.0.first().map(|(_, field)| *field))
    }

    /// All names with their fields.
    pub fn fields(&self) -> impl Iterator<Item = (&str, usize)> {
        self.0.iter().map(|(name, field)| (&**name, *field))
    }
}

/// What a test looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subject {
    /// The field at this position.
    Field(usize),
    /// The record's stratum.
    Stratum,
}

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Sought {
    /// This very cell.
    Cell(Cell),
    /// A number, or a day, in this range, both ends included.
    Range(i64, i64),
    /// The stratum at this position.
    Stratum(usize),
}

/// A condition; without tests it always holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Given {
    tests: Vec<(Subject, Vec<Sought>)>,
}

impl Given {
    /// Whether it holds for `record`.
    pub fn holds(&self, record: &Record) -> bool {
        self.tests.iter().all(|(subject, sought)| sought.iter().any(|sought| found(record, *subject, sought)))
    }

    /// Fields at which it looks.
    pub fn fields(&self) -> impl Iterator<Item = usize> {
        self.tests.iter().filter_map(|(subject, _)| match subject {
            Subject::Field(field) => Some(*field),
            Subject::Stratum => None,
        })
    }

    /// The field and the option, if it asks for one option of one field and nothing else.
    pub fn single_option(&self) -> Option<(usize, u8)> {
        match (self.tests.first(), self.tests.len()) {
            (Some((Subject::Field(field), sought)), 1) => match sought.as_slice() {
                [Sought::Cell(Cell::Option(option))] => Some((*field, *option)),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether it asks for nothing.
    pub fn is_empty(&self) -> bool {
        self.tests.is_empty()
    }

    /// Reads a condition; `called`: the fields that have names of their own there.
    pub fn read(reading: &mut Reading<'_>, tree: &Tree, strata: &[Stratum], called: &Called) -> Option<Self> {
        let table = reading.table(tree, &[])?;
        let mut tests = Vec::new();
        for (key, tree) in table.entries {
            let (subject, sought) = if &*key.name == STRATUM {
                (Subject::Stratum, read_strata(reading, tree, strata))
            } else {
                let own = called.field(&key.name);
                let Some(field) = own.or_else(|| reading.field_named(&key.name, key.span)) else { continue };
                (Subject::Field(field), read_values(reading, tree, field))
            };
            tests.push((subject, sought));
        }
        Some(Self { tests })
    }
}

fn found(record: &Record, subject: Subject, sought: &Sought) -> bool {
    match (subject, sought) {
        (Subject::Field(field), Sought::Cell(cell)) => record.cell(field) == cell,
        (Subject::Field(field), Sought::Range(low, high)) => {
            let number = match record.cell(field) {
                Cell::Number(number) => Some(*number),
                Cell::Date(day) => Some(in_order(*day)),
                _ => None,
            };
            number.is_some_and(|number| (low..=high).contains(&&number))
        }
        (Subject::Stratum, Sought::Stratum(stratum)) => record.stratum == *stratum,
        _ => false,
    }
}

fn read_strata(reading: &mut Reading<'_>, tree: &Tree, strata: &[Stratum]) -> Vec<Sought> {
    let mut sought = Vec::new();
    for item in items(tree) {
        let Some(name) = reading.string(item).map(Arc::clone) else { continue };
        if let Some(stratum) = strata.iter().position(|stratum| stratum.name == name) {
            sought.push(Sought::Stratum(stratum));
        } else {
            let known: Vec<&str> = strata.iter().map(|stratum| &*stratum.name).collect();
            reading.unknown(&code::UNKNOWN_STRATUM, item.span, &name, &known, None);
        }
    }
    sought
}

/// A number that rises from day to day.
fn in_order(day: Date) -> i64 {
    i64::from(day.year()) * 10_000 + i64::from(day.month()) * 100 + i64::from(day.day())
}

/// A number, or on a field of days one that rises with them. `None`: neither, which is reported.
fn bound(reading: &mut Reading<'_>, tree: &Tree, field: usize) -> Option<i64> {
    let declared = reading.questionnaire.fields.get(field)?;
    if declared.ty != Type::Date {
        return reading.integer(tree);
    }
    if let Cell::Date(day) = cell(reading, tree, field)? {
        return Some(in_order(day));
    }
    reading.does_not_fit(tree.span, declared, &Localized::new("日付", "a date"));
    None
}

fn read_values(reading: &mut Reading<'_>, tree: &Tree, field: usize) -> Vec<Sought> {
    let mut sought = Vec::new();
    for item in items(tree) {
        if matches!(item.node, Node::Table(_)) {
            let Some(range) = reading.table(item, &["min", "max"]) else { continue };
            let low = range.get("min").map_or(Some(i64::MIN), |tree| bound(reading, tree, field));
            let high = range.get("max").map_or(Some(i64::MAX), |tree| bound(reading, tree, field));
            sought.extend(low.zip(high).map(|(low, high)| Sought::Range(low, high)));
        } else {
            sought.extend(cell(reading, item, field).map(Sought::Cell));
        }
    }
    sought
}
