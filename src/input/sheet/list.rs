//! A sheet with a row a record: its rows below the header, one by one.
//!
//! Invariants
//! - A row in which no column of the form says anything is no record; that it was left out is told.
//! - Only the columns of the form are kept; what stands beside them is seen, and told at the end.

use std::sync::Arc;

use super::builder::Builder;
use super::content::{Content, Reading};
use super::sending::{Sending, Stop};
use super::watch::{Seen, Watch, label};
use crate::diagnostic::{Diagnostics, RecordPlace};
use crate::input::aside::{self, Aside, Skipped};
use crate::input::csv::is_margin;
use crate::input::heading::Heading;
use crate::input::remark::What;
use crate::input::{FormNeeds, RawKind};
use crate::source::encoding::Encoding;
use crate::source::{SourceId, Span};
use crate::workbook::{Cell, Row, SheetReader};

/// A cell that is stored, and what it says.
type Stored<'a> = (Cell<'a>, Content<'a>);

/// A list being read.
#[derive(Debug)]
pub(super) struct List<'a> {
    reading: &'a Reading,
    source: SourceId,
    sheet: Arc<str>,
    /// The last row of the header.
    header: u32,
    /// How many columns the header has.
    width: u32,
    /// Columns that the form knows, rising.
    columns: Vec<u32>,
    /// Columns among them without a name, rising.
    nameless: Vec<u32>,
    aside: aside::Watch,
    skipped: Skipped,
    /// The row before.
    before: u32,
}

impl<'a> List<'a> {
    /// The rows below `heading`.
    pub(super) fn new(
        reading: &'a Reading,
        source: SourceId,
        sheet: Arc<str>,
        heading: &Heading,
        form: &Arc<FormNeeds>,
    ) -> Self {
        let known = (1..).zip(&heading.columns).filter(|(_, known)| known.is_some());
        let header = u32::try_from(heading.rows()).unwrap_or(u32::MAX);
        let named = |place: usize| heading.row.cells.get(place).is_some_and(|(text, _)| !text.is_empty());
        let nameless = (1..).zip(0..heading.columns.len()).filter(|(_, place)| !named(*place));
        let mut skipped = Skipped::new(source);
        if let Ok(above) = u64::try_from(heading.above)
            && above > 0
        {
            skipped.note(1, above, Some(label(source, &sheet, (1, 1))));
        }
        Self {
            reading,
            source,
            sheet,
            header,
            width: u32::try_from(heading.columns.len()).unwrap_or(u32::MAX),
            columns: known.map(|(column, _)| column).collect(),
            nameless: nameless.map(|(column, _)| column).collect(),
            aside: aside::Watch::new(form, &heading.columns, &heading.row.cells, Encoding::Utf8),
            skipped,
            before: header,
        }
    }

    /// Reads all rows.
    pub(super) fn read(
        &mut self,
        rows: &mut SheetReader<'_>,
        builder: &mut Builder,
        watch: &mut Watch,
        sending: &mut Sending,
    ) -> Result<(), Stop> {
        while let Some(row) = rows.next_row()? {
            if row.number() > self.header && self.row(&row, builder, watch, sending) {
                sending.after_record(builder)?;
            }
        }
        sending.flush(builder)
    }

    /// What was left out.
    pub(super) fn finish(self) -> Diagnostics {
        self.skipped.finish()
    }

    /// Reads one row; whether it is a record.
    fn row(
        &mut self,
        row: &Row<'_>,
        builder: &mut Builder,
        watch: &mut Watch,
        sending: &mut Sending,
    ) -> bool {
        let stored: Vec<Stored<'_>> = row.cells().map(|cell| (cell, self.reading.content(&cell))).collect();
        let number = row.number();
        self.blanks_before(number);
        let written = |(_, content): &&Stored<'_>| !content.is_blank();
        let Some((first, _)) = stored.iter().find(written) else {
            self.blank(number);
            return false;
        };
        let first = first.address.column;
        if first <= self.width && self.is_aside(number, &stored, first, sending) {
            return false;
        }
        let is_known = |column: u32| self.columns.binary_search(&column).is_ok();
        let is_nameless = |column: u32| {
            !is_known(column) && (column > self.width || self.nameless.binary_search(&column).is_ok())
        };
        let beside = stored.iter().filter(written).filter(|(cell, _)| is_nameless(cell.address.column));
        beside.for_each(|(cell, _)| watch.outside(number, cell.address.column, None));
        if !stored.iter().filter(written).any(|(cell, _)| is_known(cell.address.column)) {
            // What stands beside the table alone has been seen; in its other columns it is no answer.
            if first <= self.width {
                self.note(number, first);
            }
            return false;
        }
        self.skipped.row();
        self.record(row, &stored, builder, watch, sending);
        true
    }

    /// Rows that are not stored.
    fn blanks_before(&mut self, number: u32) {
        let first = self.before.saturating_add(1);
        if first < number {
            self.blank(first);
            self.blank(number - 1);
        }
        self.before = number;
    }

    fn blank(&mut self, number: u32) {
        let mark = label(self.source, &self.sheet, (number, 1));
        self.skipped.blank(u64::from(number), false, || Some(mark));
    }

    fn note(&mut self, number: u32, column: u32) {
        let mark = label(self.source, &self.sheet, (number, column));
        self.skipped.note(u64::from(number), u64::from(number), Some(mark));
    }

    /// Whether the row is a note or a sample, which is told.
    fn is_aside(&mut self, number: u32, stored: &[Stored<'_>], first: u32, sending: &mut Sending) -> bool {
        let text = |column: u32| {
            let at = stored.binary_search_by_key(&column, |(cell, _)| cell.address.column).ok();
            at.and_then(|at| stored.get(at)).map_or("", |(_, content)| content.text.trim_matches(is_margin))
        };
        if !self.aside.may_be(text(first).as_bytes(), b'\t') {
            return false;
        }
        let cells: Vec<&str> = (1..=self.width).map(text).collect();
        match self.aside.judge(&cells) {
            None => return false,
            Some(Aside::Note) => self.note(number, first),
            Some(Aside::Sample) => {
                let place = RecordPlace {
                    source: self.source,
                    record: sending.next_number(),
                    line: u64::from(number),
                    sheet_row: Some(u64::from(number)),
                    sheet: Some(Arc::clone(&self.sheet)),
                    span: Span::default(),
                    key: None,
                };
                self.skipped.sample(place, Some(label(self.source, &self.sheet, (number, first))));
            }
        }
        true
    }

    fn record(
        &self,
        row: &Row<'_>,
        stored: &[Stored<'_>],
        builder: &mut Builder,
        watch: &mut Watch,
        sending: &mut Sending,
    ) {
        let (number, hidden) = (row.number(), row.is_hidden());
        let mut stored = stored.iter().peekable();
        for &column in &self.columns {
            while stored.next_if(|(cell, _)| cell.address.column < column).is_some() {}
            let Some((cell, content)) = stored.next_if(|(cell, _)| cell.address.column == column) else {
                builder.cell((number, column), "", RawKind::Text);
                watch.answer(Seen { row: number, column, filled: false, hidden, coloured: false });
                continue;
            };
            let (at, _) = builder.cell((number, column), &content.text, content.kind);
            let (look, filled) = (cell.look, !content.is_blank());
            watch.answer(Seen {
                row: number,
                column,
                filled,
                hidden,
                coloured: look.filled || look.coloured,
            });
            if cell.has_formula && content.kind != RawKind::SheetError {
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
    }
}
