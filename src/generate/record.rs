//! A record while it is made: one cell a field.
//!
//! Invariants
//! - Cells stand in form order, `cells[i]` is the field at position i.
//! - A cell holds a value of its field's type, a blank, or text written in place of one (a defect).

use std::borrow::Cow;

use jiff::civil::{Date, DateTime};

use crate::expression::Type;
use crate::questionnaire::Field;

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Cell {
    /// Nothing.
    #[default]
    Blank,
    /// Index into the field's options.
    Option(u8),
    /// A whole number.
    Number(i64),
    /// A day.
    Date(Date),
    /// A moment without zone.
    Moment(DateTime),
    /// Text or code.
    Text(String),
    /// Whatever a defect writes; it stands in the file as it is.
    Written(String),
}

/// One hospital, household, firm: whatever the survey asks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Record {
    /// Number of the unit among all that were asked, counted from 1.
    pub serial: u64,
    /// Position of its stratum.
    pub stratum: usize,
    /// By position of the field.
    pub cells: Vec<Cell>,
}

impl Record {
    /// The cell of the field at `field`; blank if there is none.
    pub fn cell(&self, field: usize) -> &Cell {
        self.cells.get(field).unwrap_or(&Cell::Blank)
    }

    /// Puts `cell` into the field at `field`; without such a field nothing changes.
    pub fn put(&mut self, field: usize, cell: Cell) {
        if let Some(place) = self.cells.get_mut(field) {
            *place = cell;
        }
    }
}

/// How options are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Labels {
    /// By their code, the canonical form.
    #[default]
    Code,
    /// By their Japanese label, as people write.
    Label,
    /// By the name that rules use.
    Name,
}

/// The text of `cell` in a file; empty for a blank.
pub fn text<'a>(cell: &'a Cell, field: &'a Field, labels: Labels) -> Cow<'a, str> {
    match cell {
        Cell::Blank => Cow::Borrowed(""),
        Cell::Option(index) => Cow::Borrowed(option_text(*index, field, labels)),
        Cell::Number(number) => Cow::Owned(number.to_string()),
        Cell::Date(date) => Cow::Owned(date.to_string()),
        Cell::Moment(moment) => Cow::Owned(moment.to_string()),
        Cell::Text(text) | Cell::Written(text) => Cow::Borrowed(text),
    }
}

fn option_text(index: u8, field: &Field, labels: Labels) -> &str {
    let Type::Option(options) = &field.ty else { return "" };
    let Some(item) = options.get(index) else { return "" };
    match labels {
        Labels::Code => &item.code,
        Labels::Label => &item.label.ja,
        Labels::Name => &item.name,
    }
}
