//! The header of a table, in delimited text and on a workbook's sheet alike: which of the first rows it is, and which
//! column of the file is which column of the form.
//!
//! Invariants
//! - Columns are matched by name, never by place, after folding of width, case, kana and dashes; where no name fits, by
//!   the title or the number of a question, as the labels of a form sheet are.
//! - The rows that match most columns are the header, up to three of them; of equals the fewer, then the first.
//! - A row of answers is never taken for a part of the header.
//! - What stands behind the last named column of the header is no column.

mod columns;
mod date;
mod search;
#[cfg(test)]
mod tests;

pub(super) use columns::{did_you_mean, whole};

use super::{FormNeeds, Grid};
use crate::diagnostic::Diagnostics;
use crate::source::SourceId;
use crate::source::encoding::Encoding;

/// Among so many rows from the top of the file the header is sought, blank ones included …
pub(super) const MOST_ROWS: usize = 30;

/// … and among so many bytes, except that the first row may be longer.
pub(super) const MOST_BYTES: usize = 64 << 10;

/// A row in which the header may stand, and the header as it was found.
///
/// A header of several rows is one of these: its bytes are those of all its rows, a line end between them, and the
/// texts of its cells are the names of the columns, joined by `／`.
#[derive(Debug, Clone)]
pub struct HeaderRow {
    /// Its cells as text, trimmed, with their bytes in `bytes`.
    pub cells: Vec<(String, (u32, u32))>,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Offset of its first byte in the file; of a workbook, in the text of its sheet.
    pub origin: u64,
    /// Its line; of a workbook, its row.
    pub line: u64,
    /// How the bytes are to be read.
    pub encoding: Encoding,
    /// Where the cells stand on a workbook's sheet. `None`: no workbook.
    pub grid: Option<Grid>,
}

impl HeaderRow {
    /// Whether no cell of it holds anything.
    pub fn is_blank(&self) -> bool {
        self.cells.iter().all(|(text, _)| text.is_empty())
    }

    /// The row that stands for a header where there is no row at all.
    pub(super) const fn nothing(encoding: Encoding) -> Self {
        Self { cells: Vec::new(), bytes: Vec::new(), origin: 0, line: 1, encoding, grid: None }
    }

    /// How many of its cells have a name: up to the last that has one.
    fn width(&self) -> usize {
        self.cells.iter().rposition(|(text, _)| !text.is_empty()).map_or(0, |last| last + 1)
    }
}

/// The header of a file, as [`find`] found it.
#[derive(Debug)]
pub(super) struct Heading {
    /// How many of the rows stand above it: titles, notes, blank rows. 0 where it was not found.
    pub above: usize,
    /// How many rows it has. 0: it was not found, and no record can be read.
    pub height: usize,
    /// How many columns of the form it names.
    pub known: usize,
    /// Column of the form by column of the file, up to the last that has a name.
    pub columns: Vec<Option<usize>>,
    /// What is wrong with it.
    pub diagnostics: Diagnostics,
    /// The header itself, or the row that comes nearest to one; in it the labels of the diagnostics stand.
    pub row: HeaderRow,
}

impl Heading {
    /// Whether records may be read under it.
    pub const fn is_usable(&self) -> bool {
        self.height > 0
    }

    /// How many of the rows are read when the records begin.
    pub const fn rows(&self) -> usize {
        self.above + self.height
    }
}

/// Finds the header among `rows`, the first of the file (at most [`MOST_ROWS`], blank ones included), and matches it
/// with the form.
pub(super) fn find(rows: &[HeaderRow], source: SourceId, form: &FormNeeds) -> Heading {
    match search::search(rows, form) {
        search::Found::Header { above, height, row, columns } => {
            let known = search::distinct(&columns);
            let (columns, diagnostics) = columns::tell(&row, columns, source, form);
            Heading { above, height, known, columns, diagnostics, row }
        }
        search::Found::Nothing(nearest) => {
            let row = nearest.cloned().unwrap_or_else(|| HeaderRow::nothing(Encoding::default()));
            let diagnostics = Diagnostics::from_iter([columns::missing(&row, source, form)]);
            Heading { above: 0, height: 0, known: 0, columns: Vec::new(), diagnostics, row }
        }
    }
}
