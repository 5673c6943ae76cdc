//! A sheet with a row a record: its rows below the header, one by one.
//!
//! Invariants
//! - A row in which no column of the form says anything is no record.
//! - Only the columns of the form are kept; what stands beside them is seen, and told at the end.

use super::builder::Builder;
use super::content::{Content, Reading};
use super::sending::{Sending, Stop};
use super::watch::{Seen, Watch};
use crate::input::RawKind;
use crate::input::remark::What;
use crate::workbook::{Cell, Row, SheetReader};

/// Reads the rows behind row `header`. `columns`: those of the sheet that the form knows, rising.
pub(super) fn read(
    rows: &mut SheetReader<'_>,
    reading: &Reading,
    header: u32,
    columns: &[u32],
    builder: &mut Builder,
    watch: &mut Watch,
    sending: &mut Sending,
) -> Result<(), Stop> {
    while let Some(row) = rows.next_row()? {
        if row.number() <= header {
            continue;
        }
        let list = List { reading, columns };
        if list.row(&row, builder, watch, sending) {
            sending.after_record(builder)?;
        }
    }
    sending.flush(builder)
}

struct List<'a> {
    reading: &'a Reading,
    columns: &'a [u32],
}

impl List<'_> {
    /// Reads one row; whether it is a record.
    fn row(&self, row: &Row<'_>, builder: &mut Builder, watch: &mut Watch, sending: &mut Sending) -> bool {
        let mut stored = row.cells().peekable();
        let mut cells: Vec<(Option<Cell<'_>>, Content<'_>)> = Vec::with_capacity(self.columns.len());
        for column in self.columns {
            while let Some(beside) = stored.next_if(|cell| cell.address.column < *column) {
                self.beside(&beside, watch);
            }
            let cell = stored.next_if(|cell| cell.address.column == *column);
            let blank = Content { text: "".into(), kind: RawKind::Text, serial: None };
            let content = cell.as_ref().map_or(blank, |cell| self.reading.content(cell));
            cells.push((cell, content));
        }
        stored.for_each(|beside| self.beside(&beside, watch));
        let says = |(cell, content): &(Option<Cell<'_>>, Content<'_>)| {
            !content.is_blank() || cell.is_some_and(|cell| cell.has_formula && !content.text.is_empty())
        };
        if !cells.iter().any(says) {
            return false;
        }
        let (number, hidden) = (row.number(), row.is_hidden());
        for (column, (cell, content)) in self.columns.iter().zip(&cells) {
            let (at, _) = builder.cell((number, *column), &content.text, content.kind);
            let look = cell.map(|cell| cell.look).unwrap_or_default();
            let (filled, coloured) = (!content.is_blank(), look.filled || look.coloured);
            watch.answer(Seen { row: number, column: *column, filled, hidden, coloured });
            let formula = cell.is_some_and(|cell| cell.has_formula);
            if formula && content.kind != RawKind::SheetError {
                builder.remark(at, What::Formula);
            }
            if look.struck && filled {
                builder.remark(at, What::Struck);
            }
            if let Some(serial) = content.serial.filter(|_| self.reading.date1904 && !sending.dates_told) {
                builder.remark(at, What::From1904(serial.into()));
                sending.dates_told = true;
            }
        }
        watch.end_row(number);
        builder.end_record(sending.next_number(), number);
        true
    }

    fn beside(&self, cell: &Cell<'_>, watch: &mut Watch) {
        if !self.reading.content(cell).is_blank() {
            watch.outside(cell.address.row, cell.address.column);
        }
    }
}
