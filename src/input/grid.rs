//! The cells of a workbook's sheet: where each stands among a block's bytes, and on the sheet.
//!
//! Invariants
//! - Cells are in the order of their bytes; no two begin at the same byte, because a tab stands between them.
//! - Rows and columns are counted from 1.

use super::RawKind;

/// The cells of some records of one sheet. Blank cells under a column of the form are among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grid {
    /// The sheet's name.
    pub sheet: std::sync::Arc<str>,
    /// By the place of their bytes.
    pub cells: Vec<GridCell>,
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

/// An address as spreadsheets write it: `Sheet1!C7`, `'My sheet'!C7`.
pub fn address(sheet: &str, row: u32, column: u32) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '.');
    let named = sheet.chars().next().is_some_and(|first| !first.is_ascii_digit()) && sheet.chars().all(plain);
    let cell = format!("{}{row}", letters(column));
    if named { format!("{sheet}!{cell}") } else { format!("'{}'!{cell}", sheet.replace('\'', "''")) }
}

/// The letters of a column: A, Z, AA. Empty for 0, which is no column.
fn letters(column: u32) -> String {
    let mut rest = column;
    let mut found = Vec::new();
    while rest > 0 {
        let digit = u8::try_from((rest - 1) % 26).unwrap_or(0);
        found.push(char::from(b'A' + digit));
        rest = (rest - 1) / 26;
    }
    found.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_letters_and_odd_sheet_names_are_quoted() {
        let found = [1, 26, 27, 702, 703, 16_384].map(letters);
        assert_eq!(found, ["A", "Z", "AA", "ZZ", "AAA", "XFD"]);
        let found = ["回答", "My sheet", "it's", "2024", "a_1"].map(|sheet| address(sheet, 7, 3));
        assert_eq!(found, ["回答!C7", "'My sheet'!C7", "'it''s'!C7", "'2024'!C7", "a_1!C7"]);
    }
}
