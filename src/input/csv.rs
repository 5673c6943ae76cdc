//! Delimited text: the header's cells, rows cut into blocks, and the cells of a block.
//!
//! Invariants
//! - Splitting happens on the original bytes; spans are theirs. Decoding is done cell by cell, and only where a cell
//!   is not ASCII.
//! - Rows that hold nothing, notes and sample rows are no records; every other row is one, readable or not.

use std::sync::Arc;

use super::aside::{Aside, Skipped, Watch};
use super::heading::{self, HeaderRow};
use super::intake::{Cut, Intake, record};
use super::row_fault::{LONGEST, RowFault, finding};
use super::scan::{self, Breach, Cell, Dialect, Extent, Row};
use super::{Block, Layout, RawCell, RawChunk, RawKind, RawRecord, TextRef, offset, short};
use crate::diagnostic::{Argument, Diagnostics, Label, RecordPlace};
use crate::error::Error;
use crate::source::encoding::Encoding;
use crate::source::{Position, SourceId, Span};

/// How much of a row that is too long is kept, to show where it begins.
const KEPT: usize = 1 << 10;

/// The rows of one file, in order.
#[derive(Debug)]
pub(super) struct Rows {
    /// How the file is delimited.
    pub dialect: Dialect,
    /// Line on which the next row begins.
    line: u64,
    /// The same with each row of answers counted as one line.
    sheet_row: u64,
    number: u64,
    /// Inside a row that was too long.
    skipping: bool,
    /// Rows that are no records. `None`: the header has not been found yet.
    asides: Option<Asides>,
}

/// The rows of one file that are no records.
#[derive(Debug)]
pub(super) struct Asides {
    /// Looks for them.
    pub watch: Watch,
    /// Those that were left out.
    pub skipped: Skipped,
    /// The file.
    pub source: SourceId,
}

/// The first rows of a file.
#[derive(Debug)]
pub(super) struct Head {
    /// The rows, blank ones included.
    pub rows: Vec<HeaderRow>,
    /// Where the next one begins among the bytes of the intake, and its line.
    ends: Vec<(usize, u64)>,
}

impl Rows {
    /// From the first line of the file on.
    pub(super) const fn new(delimiter: u8) -> Self {
        let dialect = Dialect::new(delimiter);
        Self { dialect, line: 1, sheet_row: 1, number: 0, skipping: false, asides: None }
    }

    /// The first rows of the file, among which its header is sought; nothing is taken yet.
    pub(super) fn head(&self, intake: &mut Intake) -> Result<Head, Error> {
        let mut head = Head { rows: Vec::new(), ends: Vec::new() };
        let (mut at, mut line) = (0, self.line);
        while head.rows.len() < heading::MOST_ROWS && (at == 0 || at < heading::MOST_BYTES) {
            let (Row::Whole(extent) | Row::Broken(extent, _)) =
                scan::row(intake.bytes(), at, intake.ended(), self.dialect)
            else {
                let grew = intake.bytes().len() <= LONGEST && intake.more()?;
                if grew || (intake.ended() && intake.bytes().len() > at) {
                    continue;
                }
                break;
            };
            if extent.next == at {
                break;
            }
            let bytes = intake.bytes().get(at..extent.end).unwrap_or(&[]).to_vec();
            let cells = header_cells(&bytes, self.dialect.delimiter, intake.encoding());
            let (origin, encoding) = (intake.file_offset(at), intake.encoding());
            head.rows.push(HeaderRow { cells, bytes, origin, line, encoding, grid: None });
            (at, line) = (extent.next, line + extent.lines);
            head.ends.push((at, line));
        }
        Ok(head)
    }

    /// Goes on behind the first `count` rows of `head`; `asides`: which of the rows behind them are no records.
    pub(super) fn begin(&mut self, intake: &mut Intake, head: &Head, count: usize, asides: Asides) {
        self.asides = Some(asides);
        let Some((next, line)) = count.checked_sub(1).and_then(|last| head.ends.get(last)) else { return };
        intake.consume(*next);
        (self.line, self.sheet_row) = (*line, *line);
    }

    /// What was left out, after the last row.
    pub(super) fn skipped(self) -> Diagnostics {
        self.asides.map(|asides| asides.skipped.finish()).unwrap_or_default()
    }

    /// The next block of at most `most` rows. `None`: there is none.
    pub(super) fn block(
        &mut self,
        intake: &mut Intake,
        source: SourceId,
        layout: &Arc<Layout>,
        most: usize,
    ) -> Result<Option<Block>, Error> {
        if self.skipping {
            self.skip_line(intake)?;
        }
        let mut cut = Cut::default();
        while cut.is_open(most) && !self.skipping && self.next_row(intake, &mut cut)? {}
        Ok(cut.finish(intake, source, layout))
    }

    /// Adds one row to `cut`; `false`: there is none.
    fn next_row(&mut self, intake: &mut Intake, cut: &mut Cut) -> Result<bool, Error> {
        let (start, held) = (cut.at, intake.bytes().len());
        let (extent, breach) = match scan::row(intake.bytes(), start, intake.ended(), self.dialect) {
            Row::More if held.saturating_sub(start) > LONGEST => {
                self.too_long(intake, cut, true);
                return Ok(true);
            }
            Row::More => return Ok(intake.more()? || intake.bytes().len() > start || !intake.ended()),
            Row::Whole(extent) => (extent, None),
            Row::Broken(extent, breach) => (extent, Some(breach)),
        };
        if extent.next == start {
            return Ok(false);
        }
        if extent.end - start > LONGEST {
            self.too_long(intake, cut, false);
            self.end_row(extent.lines);
            cut.at = extent.next;
            return Ok(true);
        }
        if extent.lines == 0 && intake.damage().is_some() {
            // Of a file that breaks off, the last line is not known to be whole.
            return Ok(false);
        }
        if self.leave_out(intake, start, extent) {
            cut.skip_to(extent.next, intake);
        } else {
            let fault = breach.map(|breach| self.fault(breach));
            let record = self.record(intake, start, extent.end);
            cut.push(record, fault);
            cut.at = extent.next;
        }
        self.end_row(extent.lines);
        Ok(true)
    }

    /// Leaves the row out, unless it is a record.
    fn leave_out(&mut self, intake: &Intake, start: usize, extent: Extent) -> bool {
        let row = intake.bytes().get(start..extent.end).unwrap_or(&[]);
        let (delimiter, encoding, line) = (self.dialect.delimiter, intake.encoding(), self.line);
        let is_blank = is_blank_row(row, delimiter, encoding);
        let Some(asides) = &mut self.asides else { return is_blank };
        let source = asides.source;
        let label = || Some(row_label(intake, source, line, start, extent.end));
        if is_blank {
            asides.skipped.blank(line, !row.is_empty(), label);
            return true;
        }
        let aside = asides.watch.may_be(row, delimiter).then(|| {
            let cells = header_cells(row, delimiter, encoding);
            asides.watch.judge(&cells.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>())
        });
        match aside.flatten() {
            None => asides.skipped.row(),
            Some(Aside::Note) => asides.skipped.note(line, line, label()),
            Some(Aside::Sample) => {
                let mark = label();
                let span = mark.as_ref().map(|mark| mark.span).unwrap_or_default();
                self.number += 1;
                let (record, sheet_row) = (self.number, Some(self.sheet_row));
                let place = RecordPlace { source, record, line, sheet_row, sheet: None, span, key: None };
                asides.skipped.sample(place, mark);
            }
        }
        aside.flatten().is_some()
    }

    /// The next record, on the bytes from `start` to before `end`.
    fn record(&mut self, intake: &Intake, start: usize, end: usize) -> RawRecord {
        self.number += 1;
        RawRecord { sheet_row: Some(self.sheet_row), ..record(intake, self.number, self.line, start, end) }
    }

    /// A row of so many lines has been read.
    fn end_row(&mut self, lines: u64) {
        self.line += lines;
        self.sheet_row += 1;
    }

    /// Adds a row that is too long. `open`: its end is not yet in hand; the block ends inside it.
    fn too_long(&mut self, intake: &Intake, cut: &mut Cut, open: bool) {
        let end = cut.at + KEPT;
        let record = self.record(intake, cut.at, end);
        cut.push(record, Some(RowFault::TooLong));
        cut.at = end;
        self.skipping = open;
    }

    fn skip_line(&mut self, intake: &mut Intake) -> Result<(), Error> {
        loop {
            let end = memchr::memchr2(b'\n', b'\r', intake.bytes());
            let crlf = |at: usize| intake.bytes().get(at..at + 2) == Some(b"\r\n");
            match end {
                // CR may be followed by LF in the next window.
                Some(at) if at + 1 < intake.bytes().len() || intake.ended() => {
                    let length = if crlf(at) { 2 } else { 1 };
                    intake.consume(at + length);
                    self.end_row(1);
                    self.skipping = false;
                    return Ok(());
                }
                Some(at) => intake.consume(at),
                None => intake.consume(intake.bytes().len()),
            }
            if !intake.more()? && intake.bytes().is_empty() {
                self.skipping = false;
                return Ok(());
            }
        }
    }

    fn fault(&self, breach: Breach) -> RowFault {
        match breach {
            Breach::Open => RowFault::QuoteOpen,
            Breach::Rows => RowFault::RowsQuoted,
            Breach::Cells(found) => RowFault::Cells { found, expected: self.dialect.least },
        }
    }
}

/// A mark on the row from `start` to before `end`, which begins `line`.
fn row_label(intake: &Intake, source: SourceId, line: u64, start: usize, end: usize) -> Label {
    Label {
        source,
        field: None,
        span: Span::new(intake.file_offset(start), intake.file_offset(end)),
        position: Position { line, column: 1, display: 1 },
        extent: None,
        cell: None,
        pointer: None,
        text: Argument::Nothing,
    }
}

fn is_blank_row(row: &[u8], delimiter: u8, encoding: Encoding) -> bool {
    match row.first() {
        None => true,
        // U+3000 begins with 0xE3 in UTF-8 and 0x81 in CP932.
        Some(0xE3 | 0x81) => encoding
            .decode_lossy(row)
            .chars()
            .all(|letter| letter.is_whitespace() || letter == '"' || letter == char::from(delimiter)),
        Some(_) => scan::is_blank(row, delimiter),
    }
}

fn header_cells(bytes: &[u8], delimiter: u8, encoding: Encoding) -> Vec<(String, (u32, u32))> {
    let mut cells = Vec::new();
    let mut at = Some(0);
    while let Some(start) = at {
        let cell = scan::cell(bytes, start, bytes.len(), delimiter);
        let text = bytes.get(cell.text.0..cell.text.1).unwrap_or(&[]);
        let text = if cell.escaped { scan::unquote(text) } else { text.to_vec() };
        let text = encoding.decode_lossy(&text).trim_matches(is_margin).to_owned();
        cells.push((text, (short(cell.start), short(cell.end))));
        at = cell.next;
    }
    cells
}

/// The text of a cell whose bytes, quotes included, are all of `bytes`; what cannot be decoded becomes U+FFFD.
pub fn cell_text(bytes: &[u8], delimiter: u8, encoding: Encoding) -> String {
    let cell = scan::cell(bytes, 0, bytes.len(), delimiter);
    let text = bytes.get(cell.text.0..cell.text.1).unwrap_or(&[]);
    let text = if cell.escaped { scan::unquote(text) } else { text.to_vec() };
    encoding.decode_lossy(&text).into_owned()
}

/// Blanks of every width, and the marks that programs leave at the edges of cells.
pub(super) fn is_margin(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '\u{FEFF}' | '\u{200B}'..='\u{200D}' | '\u{2060}')
}

/// Tells the cells of every readable row of `chunk` apart. `columns`: slot by column of the file.
pub(super) fn fill(chunk: &mut RawChunk, dialect: Dialect, columns: &[Option<usize>]) {
    let text = is_utf8(chunk.encoding, &chunk.bytes);
    for row in 0..chunk.records.len() {
        let Some(record) = chunk.records.get(row).copied().filter(|record| record.readable) else { continue };
        let filler = Filler { dialect, columns, row, trusted: text };
        if let Err(fault) = filler.fill(chunk, offset(record.span.0), offset(record.span.1)) {
            chunk.reject(row);
            let finding = finding(chunk, row, fault);
            chunk.findings.push(finding);
        }
    }
}

/// Fills the cells of one row.
struct Filler<'a> {
    dialect: Dialect,
    columns: &'a [Option<usize>],
    row: usize,
    /// All bytes of the chunk are known to be UTF-8.
    trusted: bool,
}

impl Filler<'_> {
    fn fill(&self, chunk: &mut RawChunk, start: usize, end: usize) -> Result<(), RowFault> {
        let delimiter = self.dialect.delimiter;
        let expected = self.columns.len();
        let (mut at, mut count, mut surplus) = (Some(start), 0, false);
        while let Some(from) = at {
            let cell = scan::cell(&chunk.bytes, from, end, delimiter);
            if cell.glued {
                return Err(RowFault::QuoteInside((short(cell.start), short(cell.end))));
            }
            match self.columns.get(count) {
                Some(Some(slot)) => self.keep(chunk, *slot, cell)?,
                Some(None) => {}
                None => {
                    let bytes = chunk.bytes.get(cell.start..cell.end).unwrap_or(&[]);
                    surplus = surplus
                        || count >= self.dialect.most
                        || !is_blank_row(bytes, delimiter, chunk.encoding);
                }
            }
            count += 1;
            at = cell.next;
        }
        if count < expected || surplus {
            return Err(RowFault::Cells { found: count, expected });
        }
        Ok(())
    }

    fn keep(&self, chunk: &mut RawChunk, slot: usize, cell: Cell) -> Result<(), RowFault> {
        let range = (short(cell.start), short(cell.end));
        let text = self.text(chunk, cell).ok_or(RowFault::Undecodable(range))?;
        let place = slot * chunk.records.len() + self.row;
        if let Some(kept) = chunk.cells.get_mut(place) {
            *kept = RawCell { text, span: range, kind: RawKind::Text };
        }
        Ok(())
    }

    /// The cell's text. `None`: its bytes are not of the encoding.
    fn text(&self, chunk: &mut RawChunk, cell: Cell) -> Option<TextRef> {
        let (start, end) = cell.text;
        let bytes = chunk.bytes.get(start..end)?;
        let plain = self.trusted || bytes.is_ascii() || is_utf8(chunk.encoding, bytes);
        if plain && !cell.escaped {
            return Some(TextRef::own(short(start), short(end - start)));
        }
        let unquoted = if cell.escaped { scan::unquote(bytes) } else { bytes.to_vec() };
        let text = chunk.encoding.decode(&unquoted)?.into_owned();
        chunk.keep(&text)
    }
}

fn is_utf8(encoding: Encoding, bytes: &[u8]) -> bool {
    encoding != Encoding::Cp932 && std::str::from_utf8(bytes).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::form::tests::form;

    fn asides() -> Asides {
        let watch = Watch::new(&Arc::new(form()), &[], &[], Encoding::Utf8);
        Asides { watch, skipped: Skipped::new(SourceId(0)), source: SourceId(0) }
    }

    /// Number, line and text of every row, and whether the splitter refused it.
    fn rows(text: &str, most: usize) -> Vec<(u64, u64, String, bool)> {
        let mut intake = Intake::of_bytes(text.as_bytes().to_vec());
        let mut rows = Rows::new(b',');
        let head = rows.head(&mut intake).unwrap();
        let above = head.rows.iter().position(|row| !row.is_blank()).unwrap();
        let width = head.rows[above].cells.len();
        rows.begin(&mut intake, &head, above + 1, asides());
        rows.dialect = Dialect { delimiter: b',', least: width, most: width };
        let mut found = Vec::new();
        while let Some(block) = rows.block(&mut intake, SourceId(0), &Layout::sample(), most).unwrap() {
            for (index, record) in block.records.iter().enumerate() {
                let bytes = &block.bytes[offset(record.span.0)..offset(record.span.1)];
                let text = String::from_utf8(bytes.to_vec()).unwrap();
                let refused = block.faults.iter().any(|(row, _)| *row == index);
                found.push((record.number, record.line, text, refused));
            }
        }
        found
    }

    #[test]
    fn blank_rows_are_no_records_and_lines_are_counted_over_them() {
        let found = rows("\n\na,b\r\n\r\n1,\"x\ny\"\n , \n\u{3000},\n2,z", 7);
        let expected = [(1, 5, "1,\"x\ny\"", false), (2, 9, "2,z", false)];
        assert_eq!(found, expected.map(|(number, line, text, bad)| (number, line, text.to_owned(), bad)));
    }

    #[test]
    fn rows_are_the_same_in_blocks_of_any_size() {
        let text = "a,b\n1,2\n\n3,\"4\n\n5,6\n\"7\n8\",9\n10,11";
        let whole = rows(text, 1000);
        assert_eq!(whole.len(), 4);
        for most in 1..5 {
            assert_eq!(rows(text, most), whole);
        }
    }

    #[test]
    fn a_row_over_the_limit_is_refused_and_the_next_is_read() {
        let text = format!("a,b\n1,{}\n2,3\n", "x".repeat(LONGEST + 5));
        let found = rows(&text, 512);
        let short: Vec<_> =
            found.iter().map(|(number, line, _, refused)| (*number, *line, *refused)).collect();
        assert_eq!(short, [(1, 2, true), (2, 3, false)]);
    }

    #[test]
    fn the_first_rows_are_bounded_in_number_and_in_bytes() {
        let head =
            |text: String| Rows::new(b',').head(&mut Intake::of_bytes(text.into_bytes())).unwrap().rows.len();
        assert_eq!(head(String::new()), 0);
        assert_eq!(head("\n \n,,\na,b".to_owned()), 4);
        assert_eq!(head("a\n".repeat(1_000)), heading::MOST_ROWS);
        let wide = format!("{}\n", "x".repeat(heading::MOST_BYTES));
        assert_eq!(head(wide.repeat(3)), 1);
    }
}
