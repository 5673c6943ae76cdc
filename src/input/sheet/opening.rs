//! The first rows of a sheet, kept so that they can be looked at more than once.
//!
//! Invariants
//! - Rows and cells are bounded; a sheet of any length costs the same.
//! - Cells that say nothing and carry nothing are left out.

use super::content::Reading;
use crate::input::RawKind;
use crate::workbook::{Refusal, Row, SheetReader};

/// Most rows of a sheet whose kind is to be found, and of a sheet that is one record.
pub(super) const LOOKED_AT: usize = 500;
/// Most rows of a sheet that is one record.
pub(super) const OF_A_FORM: usize = 5_000;
/// Most cells of all of them, and bytes of their texts.
const CELLS: usize = 100_000;
const BYTES: usize = 8 << 20;

/// A cell that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KeptCell {
    /// Column, from 1.
    pub column: u32,
    /// What it says.
    pub text: String,
    /// How it says it.
    pub kind: RawKind,
    /// The stored number of a date.
    pub serial: Option<Box<str>>,
    /// Whether a formula gave its value.
    pub formula: bool,
    /// Whether it is struck through.
    pub struck: bool,
    /// Whether its ground or its letters have a colour.
    pub coloured: bool,
}

/// A row that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KeptRow {
    /// Its number, from 1.
    pub number: u32,
    /// Whether it is hidden.
    pub hidden: bool,
    /// By column.
    pub cells: Vec<KeptCell>,
}

impl KeptRow {
    fn new(row: &Row<'_>, reading: &Reading) -> Self {
        let mut cells = Vec::new();
        for cell in row.cells() {
            let content = reading.content(&cell);
            let coloured = cell.look.filled || cell.look.coloured;
            if content.text.is_empty() && !cell.has_formula && !coloured {
                continue;
            }
            cells.push(KeptCell {
                column: cell.address.column,
                kind: content.kind,
                serial: content.serial.map(Box::from),
                text: content.text.into_owned(),
                formula: cell.has_formula,
                struck: cell.look.struck,
                coloured,
            });
        }
        Self { number: row.number(), hidden: row.is_hidden(), cells }
    }

    /// The cell in `column`. `None`: it is blank.
    pub(super) fn cell(&self, column: u32) -> Option<&KeptCell> {
        let at = self.cells.binary_search_by_key(&column, |cell| cell.column).ok()?;
        self.cells.get(at)
    }

    /// The text in `column`; empty where there is none.
    pub(super) fn text(&self, column: u32) -> &str {
        self.cell(column).map_or("", |cell| &cell.text)
    }

    /// Whether no cell says anything.
    pub(super) fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| super::content::is_blank(&cell.text))
    }
}

/// The first rows that hold something, at most `most`.
pub(super) fn first_rows(
    rows: &mut SheetReader<'_>,
    reading: &Reading,
    most: usize,
) -> Result<Vec<KeptRow>, Refusal> {
    let mut kept = Vec::new();
    let (mut cells, mut bytes) = (0, 0);
    while kept.len() < most && cells < CELLS && bytes < BYTES {
        let Some(row) = rows.next_row()? else { break };
        let row = KeptRow::new(&row, reading);
        cells += row.cells.len();
        bytes += row.cells.iter().map(|cell| cell.text.len()).sum::<usize>();
        if !row.cells.is_empty() {
            kept.push(row);
        }
    }
    Ok(kept)
}
