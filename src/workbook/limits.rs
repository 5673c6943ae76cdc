//! How much of a workbook is read before it is refused.
//!
//! Invariants
//! - Every limit is a number here; none stands in the code that reads.
//! - The defaults let pass whatever Excel itself can hold, but for sizes that only an attack reaches.

/// What a workbook may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Entries of the zip directory.
    pub entries: usize,
    /// Bytes inflated of one part.
    pub part_bytes: u64,
    /// Bytes inflated of all parts; a part that is read twice counts once.
    pub total_bytes: u64,
    /// Bytes of all shared strings as they are held.
    pub shared_bytes: usize,
    /// Characters of one cell's text, as in Excel.
    pub cell_characters: usize,
    /// Bytes of the texts that stand in the cells of one row themselves, so not as shared strings.
    pub row_bytes: usize,
    /// Last row of a sheet, as in Excel.
    pub rows: u32,
    /// Last column of a sheet, as in Excel.
    pub columns: u32,
    /// Rows without any value between one with a value and the next: what stands farther away is no part of a table.
    pub empty_rows: u32,
    /// Columns without any value to the left of a cell with one, in the sheet so far.
    pub empty_columns: u32,
    /// Cells of one sheet, empty ones with a style included.
    pub cells: u64,
    /// Bytes of one piece of XML: a tag, or the text between two tags.
    pub xml_piece: usize,
    /// How deep XML elements may stand in each other.
    pub xml_depth: usize,
    /// Things of one kind in a part other than cells: sheets, relations, styles, merged ranges, comments, shapes.
    pub things: usize,
    /// Bytes of all comments of a sheet, and of all shapes of a sheet.
    pub note_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            entries: 10_000,
            part_bytes: 1 << 30,
            total_bytes: 1 << 30,
            shared_bytes: 256 << 20,
            cell_characters: 32_767,
            row_bytes: 8 << 20,
            rows: 1_048_576,
            columns: 16_384,
            empty_rows: 100_000,
            empty_columns: 2_000,
            cells: 100_000_000,
            xml_piece: 1 << 20,
            xml_depth: 128,
            things: 100_000,
            note_bytes: 4 << 20,
        }
    }
}
