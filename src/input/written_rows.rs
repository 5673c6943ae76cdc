//! The rows of delimited text as they stand in a file, whatever they are: titles, header, answers, notes, blank rows.
//!
//! Invariants
//! - Every byte of the file is in one row; rows and cells are told apart as the reader of answers does.
//! - Places are those of the original file, also where it is UTF-16.

use super::csv::cell_text;
use super::scan::{self, Dialect, Row};
use crate::source::encoding::{Encoding, UTF8_MARK};

/// Rows that are looked at to find out how many cells a row has.
const LOOKED_AT: usize = 20;

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenRow {
    /// Where each cell begins in the file, quotes included. At least one; the first is where the row begins.
    pub places: Vec<u64>,
    /// The text of each cell, quotes undone; what cannot be decoded is U+FFFD.
    pub texts: Vec<String>,
}

/// All rows of the file `bytes`, delimited by `delimiter`.
pub fn written_rows(bytes: &[u8], delimiter: u8, encoding: Encoding) -> Vec<WrittenRow> {
    let (mark, bytes) = match bytes {
        [0xFF, 0xFE, rest @ ..] | [0xFE, 0xFF, rest @ ..] if encoding.is_transcoded() => (2, rest),
        _ if encoding == Encoding::Utf8 && bytes.starts_with(UTF8_MARK) => {
            (3, bytes.get(UTF8_MARK.len()..).unwrap_or(&[]))
        }
        _ => (0, bytes),
    };
    if encoding.is_transcoded() {
        let text = encoding.table().decode_without_bom_handling(bytes).0;
        return rows(text.as_bytes(), delimiter, encoding, mark);
    }
    rows(bytes, delimiter, encoding, mark)
}

fn rows(held: &[u8], delimiter: u8, encoding: Encoding, mark: u64) -> Vec<WrittenRow> {
    let mut dialect = Dialect::new(delimiter);
    let widest =
        extents(held, dialect).take(LOOKED_AT).map(|(start, end)| cells(held, start, end, delimiter).len());
    let width = widest.max().unwrap_or(0);
    (dialect.least, dialect.most) = (width, width);
    let mut place = Places { held, encoding, at: 0, place: mark };
    let row = |(start, end): (usize, usize)| {
        let cells = cells(held, start, end, delimiter);
        let text =
            |&(from, to): &(usize, usize)| cell_text(held.get(from..to).unwrap_or(&[]), delimiter, encoding);
        WrittenRow {
            texts: cells.iter().map(text).collect(),
            places: cells.iter().map(|&(from, _)| place.of(from)).collect(),
        }
    };
    extents(held, dialect).map(row).collect()
}

/// First byte and byte after the last of every row.
fn extents(held: &[u8], dialect: Dialect) -> impl Iterator<Item = (usize, usize)> + use<'_> {
    let mut at = 0;
    std::iter::from_fn(move || {
        if at >= held.len() {
            return None;
        }
        let start = at;
        let (Row::Whole(extent) | Row::Broken(extent, _)) = scan::row(held, start, true, dialect) else {
            return None;
        };
        at = extent.next.max(start + 1);
        Some((start, extent.end))
    })
}

/// First byte and byte after the last of every cell of a row.
fn cells(held: &[u8], start: usize, end: usize, delimiter: u8) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut at = Some(start);
    while let Some(from) = at {
        let cell = scan::cell(held, from, end, delimiter);
        found.push((cell.start, cell.end));
        at = cell.next;
    }
    found
}

/// Places in the file of places among the held bytes, asked for in rising order.
struct Places<'h> {
    held: &'h [u8],
    encoding: Encoding,
    at: usize,
    place: u64,
}

impl Places<'_> {
    fn of(&mut self, at: usize) -> u64 {
        self.place += self.encoding.file_length(self.held.get(self.at..at).unwrap_or(&[]));
        self.at = at;
        self.place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_stands_at_its_place_in_any_encoding() {
        let file = "題名\n\n名,数\r\n\"髙\n①\",\"1\"\"2\"\n";
        let texts = |rows: &[WrittenRow]| rows.iter().map(|row| row.texts.join("|")).collect::<Vec<_>>();
        for encoding in [Encoding::Utf8, Encoding::Cp932, Encoding::Utf16Le] {
            let bytes = match encoding {
                Encoding::Utf16Le => {
                    [&[0xFF, 0xFE][..], &file.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>()]
                        .concat()
                }
                Encoding::Utf8 => [UTF8_MARK, file.as_bytes()].concat(),
                _ => encoding.table().encode(file).0.into_owned(),
            };
            let rows = written_rows(&bytes, b',', encoding);
            assert_eq!(texts(&rows), ["題名", "", "名|数", "髙\n①|1\"2"]);
            let place = usize::try_from(rows[3].places[1]).unwrap();
            let quote: &[u8] = if encoding == Encoding::Utf16Le { b"\"\x001\0" } else { b"\"1\"\"" };
            assert_eq!(&bytes[place..place + quote.len()], quote, "{encoding:?}");
        }
    }

    #[test]
    fn a_quote_that_is_never_closed_costs_one_line() {
        let rows = written_rows(b"a,b\n1,\"x\n3,4\n5,6\n", b',', Encoding::Utf8);
        assert_eq!(rows.len(), 4);
        assert_eq!((rows[1].texts[1].as_str(), rows[2].texts[1].as_str()), ("x", "4"));
    }
}
