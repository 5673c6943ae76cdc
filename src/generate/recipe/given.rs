//! Conditions of recipes and defects: a plain table of fields and what they must be.
//!
//! Invariants
//! - Tests look at values only; nothing here is the rule language, so that no evaluator of ours judges its own tests.
//! - All entries of a table must hold; of a list one is enough.

use std::sync::Arc;

use super::super::record::{Cell, Record};
use super::super::tree::{Node, Tree};
use super::{Reading, Stratum, cell};
use crate::diagnostic::code::recipe as code;

/// The key under which a condition names strata.
const STRATUM: &str = "stratum";

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
    /// A number in this range, both ends included.
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

    /// Reads a condition; `it` is the field for which that word stands, if any.
    pub fn read(
        reading: &mut Reading<'_>,
        tree: &Tree,
        strata: &[Stratum],
        it: Option<usize>,
    ) -> Option<Self> {
        let table = reading.table(tree, &[])?;
        let mut tests = Vec::new();
        for (key, tree) in table.entries {
            let (subject, sought) = if &*key.name == STRATUM {
                (Subject::Stratum, read_strata(reading, tree, strata))
            } else {
                let own = it.filter(|_| &*key.name == "it");
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
            matches!(record.cell(field), Cell::Number(number) if (low..=high).contains(&number))
        }
        (Subject::Stratum, Sought::Stratum(stratum)) => record.stratum == *stratum,
        _ => false,
    }
}

fn read_strata(reading: &mut Reading<'_>, tree: &Tree, strata: &[Stratum]) -> Vec<Sought> {
    let mut sought = Vec::new();
    for item in reading.items(tree) {
        let Some(name) = reading.string(item).map(Arc::clone) else { continue };
        match strata.iter().position(|stratum| stratum.name == name) {
            Some(stratum) => sought.push(Sought::Stratum(stratum)),
            None => {
                let known: Vec<&str> = strata.iter().map(|stratum| &*stratum.name).collect();
                reading.unknown(&code::UNKNOWN_STRATUM, item.span, &name, &known, None);
            }
        }
    }
    sought
}

fn read_values(reading: &mut Reading<'_>, tree: &Tree, field: usize) -> Vec<Sought> {
    let mut sought = Vec::new();
    for item in reading.items(tree) {
        if matches!(item.node, Node::Table(_)) {
            let Some(range) = reading.table(item, &["min", "max"]) else { continue };
            let low = range.get("min").map_or(Some(i64::MIN), |bound| reading.integer(bound));
            let high = range.get("max").map_or(Some(i64::MAX), |bound| reading.integer(bound));
            sought.extend(low.zip(high).map(|(low, high)| Sought::Range(low, high)));
        } else {
            sought.extend(cell(reading, item, field).map(Sought::Cell));
        }
    }
    sought
}
