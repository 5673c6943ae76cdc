//! Kinds of defect: what is done to a clean record, and the findings that it must then give.
//!
//! Invariants
//! - The findings of a kind are written by hand; nothing here judges a record.
//! - Two kinds are combined only where neither can change the other's findings, as their areas say.

mod inject;
mod load;

use std::collections::BTreeSet;
use std::sync::Arc;

pub use inject::{Injection, Truth, choose};
pub use load::load;

use super::recipe::Given;
use super::record::Cell;
use super::template::Piece;
use crate::diagnostic::Localized;

/// A finding that a kind must give.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ExpectedFinding {
    /// The full id: `HCS-K006/q12_frequency`, `KP-C013`.
    pub rule: Arc<str>,
    /// The field of the primary label. `None`: about the record as a whole.
    pub field: Option<Arc<str>>,
    /// Only there in a check with this profile. `None`: always.
    pub profile: Option<Arc<str>>,
}

/// What is done to one cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// It becomes this.
    Put(Cell),
    /// This is written in its place, whatever it means.
    Write(Arc<str>),
    /// So much is added to a number.
    Plus(i64),
    /// Of the text only the characters from the first to the last are kept (counted from 1).
    Keep(usize, usize),
    /// The character at this place is taken out.
    Drop(usize),
    /// The digit at this place becomes the next one, 9 becomes 0.
    Turn(usize),
    /// This is written behind the text.
    After(Arc<str>),
    /// A text put together from parts is written in its place, a different one for each record.
    Fill(Vec<Piece>),
}

/// What is done to the row of a CSV or TSV file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RowEdit {
    /// Nothing.
    #[default]
    Whole,
    /// The last cell is missing.
    Short,
    /// There is a cell too many.
    Long,
}

/// A kind of defect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    /// Its name in truth lists.
    pub name: Arc<str>,
    /// What a person would say.
    pub what: Localized<Arc<str>>,
    /// The clean records to which it can be done.
    pub given: Given,
    /// By position of the field, in the order of the file.
    pub edits: Vec<(usize, Edit)>,
    /// What is done to the row.
    pub row: RowEdit,
    /// What it must have for itself.
    pub areas: BTreeSet<Arc<str>>,
    /// What it needs as it is, but leaves to others that need it too.
    pub shares: BTreeSet<Arc<str>>,
    /// What it must give, sorted.
    pub findings: Vec<ExpectedFinding>,
    /// Why exactly these.
    pub reason: Arc<str>,
}

/// The area that excludes every other.
const EVERYTHING: &str = "*";

impl Kind {
    /// Whether both can be done to one record.
    pub fn combines(&self, other: &Self) -> bool {
        let alone = |kind: &Self| kind.areas.contains(EVERYTHING);
        let keeps_off = |kind: &Self, other: &Self| {
            kind.areas.is_disjoint(&other.areas) && kind.areas.is_disjoint(&other.shares)
        };
        !alone(self) && !alone(other) && keeps_off(self, other) && keeps_off(other, self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(areas: &[&str], shares: &[&str]) -> Kind {
        Kind {
            name: "k".into(),
            what: Localized::default(),
            given: Given::default(),
            edits: Vec::new(),
            row: RowEdit::Whole,
            areas: areas.iter().map(|&area| area.into()).collect(),
            shares: shares.iter().map(|&area| area.into()).collect(),
            findings: Vec::new(),
            reason: "".into(),
        }
    }

    #[test]
    fn kinds_combine_where_neither_takes_what_the_other_needs() {
        let combines = |one: (&[&str], &[&str]), other: (&[&str], &[&str])| {
            kind(one.0, one.1).combines(&kind(other.0, other.1))
        };
        assert!(combines((&["a"], &["x"]), (&["b"], &["x"])));
        assert!(!combines((&["a"], &[]), (&["a", "b"], &[])));
        assert!(!combines((&["a"], &["x"]), (&["x"], &[])));
        assert!(!combines((&["x"], &[]), (&["a"], &["x"])));
        assert!(!combines((&["*"], &[]), (&["b"], &[])));
    }
}
