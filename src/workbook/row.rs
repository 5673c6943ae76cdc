//! One row of a sheet as it is stored.
//!
//! Invariants
//! - Texts are borrowed: of the row itself, or of the texts that cells share. Nothing is copied for a cell.

use super::address::CellAddress;
use super::rich_text::RunLook;
use super::shared_text::SharedTexts;
use super::style::{Look, Styles};

/// What a cell holds, as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'a> {
    /// Nothing: the cell is there for its style, or its formula gave nothing.
    Blank,
    /// Text: shared, of its own, or what a formula gave.
    Text(&'a str),
    /// A number as it is written in the file: `1.311408916E9`. See [`super::number::display_number`].
    Number(&'a str),
    /// Yes or no.
    Boolean(bool),
    /// An error such as `#N/A`.
    Error(&'a str),
    /// A day or a time as ISO 8601 writes it.
    Iso(&'a str),
}

/// Where the value of a cell stands.
#[derive(Debug, Clone, Copy)]
pub(super) enum Stored {
    Blank,
    Shared(u32),
    Text(Place),
    Number(Place),
    Boolean(bool),
    Error(Place),
    Iso(Place),
}

/// Bytes of the row's own text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) start: usize,
    pub(super) end: usize,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct StoredCell {
    pub(super) column: u32,
    pub(super) style: u32,
    pub(super) stored: Stored,
    pub(super) formula: bool,
    /// The formula serves other cells too, so it cannot be taken away.
    pub(super) bound: bool,
    pub(super) look: RunLook,
}

/// The reader's own row, filled anew for each.
#[derive(Debug, Default)]
pub(super) struct StoredRow {
    pub(super) number: u32,
    pub(super) hidden: bool,
    /// Style of the cells that are not stored.
    pub(super) style: Option<u32>,
    /// Height in points, where it is not the usual one.
    pub(super) height: Option<f64>,
    pub(super) text: String,
    pub(super) cells: Vec<StoredCell>,
}

/// One row.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    pub(super) stored: &'a StoredRow,
    pub(super) texts: &'a SharedTexts,
    pub(super) styles: &'a Styles,
}

/// One cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell<'a> {
    /// Where it is.
    pub address: CellAddress,
    /// What it holds.
    pub value: Value<'a>,
    /// Its style index.
    pub style: u32,
    /// How it looks, with what its runs of text say themselves.
    pub look: Look,
    /// Whether the value is what a formula gave, also one that it shares with other cells.
    pub has_formula: bool,
}

impl<'a> Row<'a> {
    /// Its number, from 1.
    pub fn number(&self) -> u32 {
        self.stored.number
    }

    /// Whether it is not shown: hidden by hand, by a filter, by a folded outline, or of no height.
    pub fn is_hidden(&self) -> bool {
        self.stored.hidden
    }

    /// How many cells are stored, empty ones included.
    pub fn len(&self) -> usize {
        self.stored.cells.len()
    }

    /// Whether no cell is stored.
    pub fn is_empty(&self) -> bool {
        self.stored.cells.is_empty()
    }

    /// The cells that are stored, by column.
    pub fn cells(&self) -> impl Iterator<Item = Cell<'a>> + use<'a> {
        let row = *self;
        row.stored.cells.iter().map(move |cell| row.cell_of(cell))
    }

    /// The cell in this column, from 1. `None`: none is stored there.
    pub fn cell(&self, column: u32) -> Option<Cell<'a>> {
        let cells = &self.stored.cells;
        let at = cells.binary_search_by_key(&column, |cell| cell.column).ok()?;
        cells.get(at).map(|cell| self.cell_of(cell))
    }

    fn cell_of(&self, cell: &StoredCell) -> Cell<'a> {
        let text = |place: Place| self.stored.text.get(place.start..place.end).unwrap_or_default();
        let value = match cell.stored {
            Stored::Blank => Value::Blank,
            Stored::Shared(index) => Value::Text(self.texts.get(index).unwrap_or_default()),
            Stored::Text(place) => Value::Text(text(place)),
            Stored::Number(place) => Value::Number(text(place)),
            Stored::Boolean(yes) => Value::Boolean(yes),
            Stored::Error(place) => Value::Error(text(place)),
            Stored::Iso(place) => Value::Iso(text(place)),
        };
        let runs = if let Stored::Shared(index) = cell.stored { self.texts.look(index) } else { cell.look };
        let look = self.styles.look(cell.style);
        let look =
            Look { struck: look.struck || runs.struck, coloured: look.coloured || runs.coloured, ..look };
        Cell {
            address: CellAddress::new(self.stored.number, cell.column),
            value,
            style: cell.style,
            look,
            has_formula: cell.formula,
        }
    }
}
