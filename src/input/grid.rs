//! The cells of a workbook's sheet: where each stands among a block's bytes, and on the sheet.
//!
//! Invariants
//! - Cells are in the order of their bytes; no two begin at the same byte, because a tab stands between them.
//! - Rows and columns are counted from 1.

use super::{RawCell, RawChunk, RawKind, TextRef};
use crate::workbook::address::column_name;

/// The cells of some records of one sheet. Blank cells under a column of the form are among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grid {
    /// The sheet's name.
    pub sheet: std::sync::Arc<str>,
    /// By the place of their bytes.
    pub cells: Vec<GridCell>,
    /// Whether a record takes several rows: beside each answer stands its label, which is a cell too.
    pub labelled: bool,
    /// Whether the workbook counts its days from 1904.
    pub from_1904: bool,
}

/// One cell of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GridCell {
    /// Its bytes within the block: (start, end).
    pub span: (u32, u32),
    /// Row, counted from 1.
    pub row: u32,
    /// Column, counted from 1.
    pub column: u32,
    /// What it holds: [`RawKind::Text`], [`RawKind::SheetDate`] or [`RawKind::SheetError`].
    pub kind: RawKind,
}

impl Grid {
    /// The cell whose bytes begin at `at`. `None`: none does.
    pub fn at(&self, at: u32) -> Option<&GridCell> {
        let found = self.cells.binary_search_by_key(&at, |cell| cell.span.0).ok()?;
        self.cells.get(found)
    }
}

impl GridCell {
    /// Its address without the sheet: `C7`.
    pub fn short_address(&self) -> String {
        format!("{}{}", column_name(self.column), self.row)
    }
}

/// Puts the cells of the grid into their slots. `slot_of`: the slot of a cell. `None`: it holds no answer.
pub(super) fn fill(chunk: &mut RawChunk, slot_of: &dyn Fn(&GridCell) -> Option<usize>) {
    let RawChunk { grid, records, cells, .. } = chunk;
    let Some(grid) = grid else { return };
    let mut row = 0;
    for cell in &grid.cells {
        // The empty last cell of a record begins where the record ends.
        while records.get(row).is_some_and(|record| record.span.1 < cell.span.0) {
            row += 1;
        }
        let place = slot_of(cell).map(|slot| slot * records.len() + row);
        if let Some(kept) = place.and_then(|place| cells.get_mut(place)) {
            let (start, end) = cell.span;
            let text = TextRef::own(start, end.saturating_sub(start));
            *kept = RawCell { text, span: cell.span, kind: cell.kind };
        }
    }
}

/// A rectangle of cells as spreadsheets write it: `Sheet1!C7:D9`; one cell is no rectangle.
pub fn range(sheet: &str, first: (u32, u32), last: (u32, u32)) -> String {
    let start = address(sheet, first.0, first.1);
    if first == last { start } else { format!("{start}:{}{}", column_name(last.1), last.0) }
}

/// An address as spreadsheets write it: `Sheet1!C7`, `'My sheet'!C7`.
pub fn address(sheet: &str, row: u32, column: u32) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '.');
    let named = sheet.chars().next().is_some_and(|first| !first.is_ascii_digit()) && sheet.chars().all(plain);
    let cell = format!("{}{row}", column_name(column));
    if named { format!("{sheet}!{cell}") } else { format!("'{}'!{cell}", sheet.replace('\'', "''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_letters_and_odd_sheet_names_are_quoted() {
        let found = [1, 26, 27, 702, 703, 16_384].map(column_name);
        assert_eq!(found, ["A", "Z", "AA", "ZZ", "AAA", "XFD"]);
        let found = ["回答", "My sheet", "it's", "2024", "a_1"].map(|sheet| address(sheet, 7, 3));
        assert_eq!(found, ["回答!C7", "'My sheet'!C7", "'it''s'!C7", "'2024'!C7", "a_1!C7"]);
    }
}
