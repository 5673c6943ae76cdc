//! Reference tables as rows of text: CSV with a header.
//!
//! Invariants
//! - Cells are trimmed; empty lines are no rows.
//! - A row knows its bytes, so that a mistake in it can be marked.

use csv_core::{ReadRecordResult, Reader};

use crate::source::{SourceText, Span};

/// Most columns of a reference table.
const MOST_COLUMNS: usize = 256;

/// One line of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its cells.
    pub cells: Vec<String>,
    /// Its bytes, line end excluded.
    pub span: Span,
    /// The bytes of each cell, quotes included, blanks around it not.
    places: Vec<Span>,
}

impl Row {
    /// Where the cell at `index` stands; the row where that is not clear, or the cell is empty.
    pub fn place(&self, index: usize) -> Span {
        let place =
            self.places.get(index).filter(|place| !place.is_empty() && self.places.len() == self.cells.len());
        place.copied().unwrap_or(self.span)
    }
}

/// The bytes of the cells of one row that begins at `start`.
fn places(bytes: &[u8], start: usize) -> Vec<Span> {
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let mut quoted = false;
    let mut at = start;
    let cells = bytes.split(|byte| {
        quoted ^= *byte == b'"';
        *byte == b',' && !quoted
    });
    let place = |cell: &[u8]| {
        let blank = cell.len() - cell.trim_ascii_start().len();
        let inner = cell.trim_ascii().len();
        let place = Span::new(count(at + blank), count(at + blank + inner));
        at += cell.len() + 1;
        place
    };
    cells.map(place).collect()
}

/// The rows of a CSV file, the header first. A row of over 256 columns ends the file.
///
/// To make a `reader` costs more than to read a small table, so it is used again.
pub fn rows(reader: &mut Reader, source: &SourceText) -> Vec<Row> {
    let text = source.text.strip_prefix('\u{feff}').unwrap_or(&source.text);
    let mut at = source.text.len() - text.len();
    reader.reset();
    let mut output = vec![0; text.len()];
    let mut ends = [0; MOST_COLUMNS];
    let mut rows = Vec::new();
    loop {
        let rest = source.text.as_bytes().get(at..).unwrap_or_default();
        let (mut written, mut fields, start) = (0, 0, at);
        let result = loop {
            let rest = source.text.as_bytes().get(at..).unwrap_or_default();
            let (Some(out), Some(end)) = (output.get_mut(written..), ends.get_mut(fields..)) else {
                return rows;
            };
            let (result, read, wrote, ended) = reader.read_record(rest, out, end);
            at += read;
            written += wrote;
            fields += ended;
            // With the whole text in hand the first "input empty" means its end, which an empty input confirms.
            if !matches!(result, ReadRecordResult::InputEmpty) {
                break result;
            }
        };
        if !matches!(result, ReadRecordResult::Record) {
            return rows;
        }
        let bytes = rest.get(..at - start).unwrap_or_default();
        rows.push(row(bytes, start, &output, ends.get(..fields).unwrap_or_default()));
    }
}

fn row(bytes: &[u8], start: usize, output: &[u8], ends: &[usize]) -> Row {
    let mut from = 0;
    let mut cells = Vec::with_capacity(ends.len());
    for &end in ends {
        let cell = output.get(from..end).and_then(|cell| std::str::from_utf8(cell).ok()).unwrap_or_default();
        cells.push(cell.trim().to_owned());
        from = end;
    }
    let blank = bytes.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let tail = bytes.iter().rev().take_while(|byte| byte.is_ascii_whitespace()).count();
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let places = places(bytes, start);
    Row {
        cells,
        places,
        span: Span::new(count(start + blank), count(start + bytes.len().saturating_sub(tail))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceId;

    #[test]
    fn rows_know_their_bytes() {
        let text = "\u{feff}a,\"b\nb\"\r\n\r\n 01 ,北海道\r\nx";
        let source = SourceText { id: SourceId(0), name: "x.csv".into(), text: text.into() };
        let mut reader = Reader::new();
        assert_eq!(rows(&mut reader, &source), rows(&mut reader, &source));
        let rows = rows(&mut reader, &source);
        let cells: Vec<Vec<&str>> =
            rows.iter().map(|row| row.cells.iter().map(String::as_str).collect()).collect();
        assert_eq!(cells, [vec!["a", "b\nb"], vec!["01", "北海道"], vec!["x"]]);
        let texts: Vec<&str> = rows.iter().map(|row| source.slice(row.span)).collect();
        assert_eq!(texts, ["a,\"b\nb\"", "01 ,北海道", "x"]);
        let cells = [rows[0].place(1), rows[1].place(0), rows[1].place(1), rows[2].place(0)];
        assert_eq!(cells.map(|cell| source.slice(cell)), ["\"b\nb\"", "01", "北海道", "x"]);
    }
}
