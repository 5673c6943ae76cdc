//! What is told of a cell that was read all the same, and what is proposed for one that was not.
//!
//! Invariants
//! - A [`Change`] says what the cell would say instead so that, read again, it has the same value and gives no finding.
//! - A [`Proposal`] is never read by itself: the cell stays INVALID until somebody confirms it.

use super::notice::did_you_mean;
use crate::diagnostic::{Argument, Fix, FixClass};
use crate::input::CellFinding;

/// How a cell was read, and how it is to be spelled.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Change {
    /// What it was read as, for people.
    pub(super) shown: Argument,
    /// Its canonical text. `None`: the answer stands in several cells, and no one of them could hold it.
    pub(super) written: Option<Box<str>>,
}

impl Change {
    /// A value that is shown as it is spelled.
    pub(super) fn text(text: impl Into<Box<str>>) -> Self {
        let text: Box<str> = text.into();
        Self { shown: Argument::Text(text.clone()), written: Some(text) }
    }

    /// The text that may be written without asking.
    pub(super) fn fix(&self, class: FixClass) -> Option<Fix> {
        self.written.as_ref().map(|after| Fix { after: after.clone(), class })
    }
}

/// What is to be told of a cell that was read all the same.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Note {
    /// Spelled otherwise than it is read.
    Respelled(Change),
    /// Spelled as a synonym.
    Synonym(Change),
    /// A date of an era, or a spreadsheet's number of one.
    Redated(Change),
    /// The number of a day in the cell so called of a workbook that counts from 1904.
    From1904(Change, Box<str>),
    /// A code in small letters, which is probably meant in capitals.
    SmallLetters(Change),
    /// A free text that is nothing but a date, which a spreadsheet may have made of something else.
    DateAlone,
    /// A free text that speaks of these questions.
    NamesQuestions(Vec<Argument>),
    /// An item stands in it more than once.
    Repeated(Change),
}

/// What was probably meant by a cell that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Proposal(pub(super) Box<str>);

impl Proposal {
    /// The cell's finding with the proposal.
    pub(super) fn beside(self, mut finding: CellFinding) -> CellFinding {
        finding.suggestion = Some(did_you_mean(&self.0));
        finding.fix = Some(Fix { after: self.0, class: FixClass::Proposed });
        finding
    }
}
