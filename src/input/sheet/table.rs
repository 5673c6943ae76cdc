//! The first rows of a sheet as rows among which the header of a table is sought.
//!
//! Invariants
//! - Rows that are not stored are there as blank ones, so that what follows what is as on the sheet.

use std::sync::Arc;

use super::opening::KeptRow;
use crate::input::csv::is_margin;
use crate::input::heading::{HeaderRow, MOST_BYTES, MOST_ROWS};
use crate::input::{Grid, GridCell, RawKind, short};
use crate::source::encoding::Encoding;

/// The rows from the first of the sheet on; their text begins at `origin`.
pub(super) fn header_rows(kept: &[KeptRow], sheet: &Arc<str>, origin: u64) -> Vec<HeaderRow> {
    let most = u32::try_from(MOST_ROWS).unwrap_or(u32::MAX);
    let last = kept.iter().map(|row| row.number).take_while(|number| *number <= most).last().unwrap_or(0);
    let mut rows: Vec<HeaderRow> = Vec::new();
    let mut at = origin;
    for number in 1..=last {
        let row = super::form_sheet::row_at(kept, number);
        let row = header_row(number, row, sheet, at);
        at += u64::try_from(row.bytes.len()).unwrap_or(0) + 1;
        let beyond = at - origin > u64::try_from(MOST_BYTES).unwrap_or(u64::MAX);
        if beyond && rows.iter().any(|row| !row.is_blank()) {
            break;
        }
        rows.push(row);
    }
    rows
}

fn header_row(number: u32, row: Option<&KeptRow>, sheet: &Arc<str>, origin: u64) -> HeaderRow {
    let (mut bytes, mut cells, mut texts) = (Vec::new(), Vec::new(), Vec::new());
    let width = row.and_then(|row| row.cells.last()).map_or(0, |last| last.column);
    for column in 1..=width {
        if column > 1 {
            bytes.push(b'\t');
        }
        let cell = row.and_then(|row| row.cell(column));
        let text = cell.map_or("", |cell| &cell.text);
        let start = short(bytes.len());
        bytes.extend_from_slice(text.as_bytes());
        let span = (start, short(bytes.len()));
        let kind = cell.map_or(RawKind::Text, |cell| cell.kind);
        cells.push(GridCell { span, row: number, column, kind });
        texts.push((text.trim_matches(is_margin).to_owned(), span));
    }
    let grid = Grid { sheet: Arc::clone(sheet), cells, labelled: false, from_1904: false };
    let (line, encoding) = (u64::from(number), Encoding::Utf8);
    HeaderRow { cells: texts, bytes, origin, line, encoding, grid: Some(grid) }
}
