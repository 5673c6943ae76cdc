//! Rows and cells of delimited text, told apart on the original bytes.
//!
//! An own scan, because a ready-made one does not give what is needed here: the same reading of quotes in the
//! sequential search for row ends and in the parallel search for cells, spans of the original bytes, and the
//! recovery of a row whose quote is never closed.
//!
//! Invariants
//! - Works on UTF-8 and CP932 alike: delimiter, quote, CR and LF are never part of a longer character of either.
//! - A quote counts only at the start of a cell; anywhere else it is a letter.
//! - A row of several lines is believed only if it has the right number of cells, and if none of the lines inside its
//!   quotes reads as a row. Else it is taken as one bad line, and reading goes on with the next line, so neither an
//!   unclosed quote nor two stray ones swallow the records of others.
//! - What a row is depends on the bytes alone, never on how much of them is in the buffer.
//! - The search ahead stops at [`AHEAD`] bytes, at [`AHEAD_LINES`] lines and at the first cell too many, so the
//!   whole takes time linear in the file (times the number of columns at worst).
#![expect(
    clippy::indexing_slicing,
    reason = "byte loops over a buffer whose length is checked in the loop's head"
)]

use memchr::{memchr, memchr_iter, memchr2, memchr3};

/// Longest row of several lines, in bytes.
pub(super) const AHEAD: usize = 1 << 20;

/// Longest row of several lines, in lines.
const AHEAD_LINES: usize = 1_000;

/// Fewest cells of a row that is recognised inside a quoted cell: with fewer, separators are punctuation.
const FEWEST_CELLS: usize = 5;

/// What begins at a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Row {
    /// A row.
    Whole(Extent),
    /// A line that is no row.
    Broken(Extent, Breach),
    /// The buffer ends too early to tell.
    More,
}

/// The bytes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extent {
    /// Byte after its last, the line end excluded.
    pub end: usize,
    /// Where the next one begins.
    pub next: usize,
    /// Line ends from its start to `next`.
    pub lines: u64,
}

/// Why a line is no row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Breach {
    /// A quote that is never closed.
    Open,
    /// Read over several lines it has so many cells, which is not the right number.
    Cells(usize),
    /// A line inside its quotes is a row itself.
    Rows,
}

/// How a file is delimited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect {
    /// Between cells.
    pub delimiter: u8,
    /// Fewest cells of a row: up to the header's last name. The header itself: 0.
    pub least: usize,
    /// Most cells of a row: those of the header, blank ones behind its last name included.
    pub most: usize,
}

impl Dialect {
    /// Before the header is known.
    pub(super) const fn new(delimiter: u8) -> Self {
        Self { delimiter, least: 0, most: usize::MAX }
    }

    /// Whether the cell `bytes`, the `count`th of its row, is one too many: behind the header's last name only blank
    /// cells may stand, and only as many as in the header: a comma in an answer may have moved a blank one there.
    fn is_surplus(self, count: usize, bytes: &[u8]) -> bool {
        count > self.most
            || (self.most < usize::MAX && count > self.least && !is_blank(bytes, self.delimiter))
    }

    /// Whether rows stand in `text`, which is quoted and the cell at `place` of its row: a line that has the separators
    /// of a row, or the end of one row and the beginning of another.
    fn holds_rows(self, place: usize, text: &[u8]) -> bool {
        if self.most == usize::MAX || self.least < FEWEST_CELLS {
            return false;
        }
        let mut lines = text
            .split(|byte| matches!(byte, b'\n' | b'\r'))
            .map(|line| memchr_iter(self.delimiter, line).count());
        let first = lines.next().unwrap_or(0);
        let (mut last, mut whole) = (0, false);
        for separators in lines {
            last = separators;
            whole |= (self.least..=self.most).contains(&(separators + 1));
        }
        whole || (last == place && (self.least..=self.most).contains(&(place + 1 + first)))
    }
}

/// The row that begins at `at`; `ended`: nothing comes after `bytes`.
pub(super) fn row(bytes: &[u8], at: usize, ended: bool, dialect: Dialect) -> Row {
    let mut from = at;
    loop {
        let Some(step) = memchr3(b'\n', b'\r', b'"', &bytes[from..]) else {
            return if ended { whole(bytes.len(), bytes.len(), 0) } else { Row::More };
        };
        let hit = from + step;
        if bytes[hit] != b'"' {
            return line_end(bytes, hit, ended).map_or(Row::More, |next| whole(hit, next, 1));
        }
        let opens = hit == at || bytes[hit - 1] == dialect.delimiter;
        from = hit + 1;
        if opens {
            match closing(bytes, from, ended) {
                Some(close) if memchr2(b'\n', b'\r', &bytes[from..close]).is_none() => from = close + 1,
                _ => return long_row(bytes, at, ended, dialect),
            }
        }
    }
}

const fn whole(end: usize, next: usize, lines: u64) -> Row {
    Row::Whole(Extent { end, next, lines })
}

/// Where the next line begins after the line end at `at`. `None`: CR at the end of the buffer, LF may follow.
fn line_end(bytes: &[u8], at: usize, ended: bool) -> Option<usize> {
    match (bytes[at], bytes.get(at + 1)) {
        (b'\r', Some(b'\n')) => Some(at + 2),
        (b'\r', None) if !ended => None,
        _ => Some(at + 1),
    }
}

/// The closing quote of a cell whose text begins at `from`. `None`: there is none, or the buffer ends before that
/// is certain.
fn closing(bytes: &[u8], mut from: usize, ended: bool) -> Option<usize> {
    loop {
        let close = from + memchr(b'"', &bytes[from..])?;
        match bytes.get(close + 1) {
            Some(b'"') => from = close + 2,
            None if !ended => return None,
            _ => return Some(close),
        }
    }
}

/// A row that may span lines, walked cell by cell.
fn long_row(bytes: &[u8], at: usize, ended: bool, dialect: Dialect) -> Row {
    let bound = bytes.len().min(at + AHEAD);
    // At the bound the file counts as ended: what is not closed by then is not closed.
    let bounded = bound < bytes.len() || ended;
    let view = &bytes[..bound];
    let (mut from, mut cells, mut lines) = (at, 0, 0);
    loop {
        let mut after = from;
        if view.get(from) == Some(&b'"') {
            match closing(view, from + 1, bounded) {
                Some(close) => {
                    let inside = breaks(&view[from..close]);
                    if inside > 0 && dialect.holds_rows(cells, &view[from + 1..close]) {
                        return one_line(bytes, at, ended, Breach::Rows);
                    }
                    lines += inside;
                    after = close + 1;
                }
                None if bounded => return one_line(bytes, at, ended, Breach::Open),
                None => return Row::More,
            }
        }
        cells += 1;
        let stop = memchr3(b'\n', b'\r', dialect.delimiter, &view[after..]).map(|step| after + step);
        if !bounded && stop.is_none() {
            return Row::More;
        }
        let cell = &view[from..stop.unwrap_or(bound)];
        if dialect.is_surplus(cells, cell) || lines > AHEAD_LINES {
            return one_line(bytes, at, ended, Breach::Cells(cells));
        }
        match stop {
            Some(delimiter) if bytes[delimiter] == dialect.delimiter => from = delimiter + 1,
            // The end of a view that is not the end of the file: no row is that long.
            None if bound < bytes.len() || !ended => return one_line(bytes, at, ended, Breach::Open),
            _ if cells < dialect.least => {
                return one_line(bytes, at, ended, Breach::Cells(cells));
            }
            None => return whole(bound, bound, count(lines)),
            Some(end) => {
                return line_end(bytes, end, ended)
                    .map_or(Row::More, |next| whole(end, next, count(lines) + 1));
            }
        }
    }
}

fn count(lines: usize) -> u64 {
    u64::try_from(lines).unwrap_or(u64::MAX)
}

fn breaks(bytes: &[u8]) -> usize {
    let alone = memchr_iter(b'\r', bytes).filter(|&at| bytes.get(at + 1) != Some(&b'\n')).count();
    alone + memchr_iter(b'\n', bytes).count()
}

/// Only the first line of what begins at `at`.
fn one_line(bytes: &[u8], at: usize, ended: bool, breach: Breach) -> Row {
    let Some(step) = memchr2(b'\n', b'\r', &bytes[at..]) else {
        let end = bytes.len();
        return if ended { Row::Broken(Extent { end, next: end, lines: 0 }, breach) } else { Row::More };
    };
    let end = at + step;
    line_end(bytes, end, ended).map_or(Row::More, |next| Row::Broken(Extent { end, next, lines: 1 }, breach))
}

/// Whether `bytes` hold nothing but blanks, quotes, delimiters, and what old programs fill up the end of a file with.
pub(super) fn is_blank(bytes: &[u8], delimiter: u8) -> bool {
    let nothing = |byte| matches!(byte, b' ' | b'\t' | b'"' | b'\r' | b'\n' | b'\0' | b'\x0C' | b'\x1A');
    bytes.iter().all(|&byte| nothing(byte) || byte == delimiter)
}

/// One cell of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cell {
    /// First byte, quotes included.
    pub start: usize,
    /// Byte after the last, quotes included.
    pub end: usize,
    /// The bytes of its text: without quotes, doubled quotes not yet undone.
    pub text: (usize, usize),
    /// Whether [`unquote`] has something to undo.
    pub escaped: bool,
    /// Whether text follows its closing quote, so that nobody knows where it ends; its text is then all of its bytes.
    pub glued: bool,
    /// Where the next cell of the row begins. `None`: this is the last.
    pub next: Option<usize>,
}

/// The cell that begins at `at` of a row that ends before `end`.
pub(super) fn cell(bytes: &[u8], at: usize, end: usize, delimiter: u8) -> Cell {
    let row = &bytes[..end];
    if row.get(at) == Some(&b'"') {
        return quoted(row, at, delimiter);
    }
    let mut stop = at;
    while stop < end && row[stop] != delimiter {
        stop += 1;
    }
    let next = (stop < end).then_some(stop + 1);
    Cell { start: at, end: stop, text: (at, stop), escaped: false, glued: false, next }
}

fn quoted(row: &[u8], at: usize, delimiter: u8) -> Cell {
    let end = row.len();
    let text = at + 1;
    let Some(close) = closing(row, text, true) else {
        return Cell { start: at, end, text: (text, end), escaped: true, glued: false, next: None };
    };
    let stop = memchr(delimiter, &row[close..]).map_or(end, |step| close + step);
    let next = (stop < end).then_some(stop + 1);
    if !row[close + 1..stop].iter().all(|byte| matches!(byte, b' ' | b'\t')) {
        return Cell { start: at, end: stop, text: (at, stop), escaped: false, glued: true, next };
    }
    let escaped = memchr(b'"', &row[text..close]).is_some();
    Cell { start: at, end: stop, text: (text, close), escaped, glued: false, next }
}

/// The text of an escaped cell: doubled quotes undone.
pub(super) fn unquote(text: &[u8]) -> Vec<u8> {
    let mut result = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr(b'"', rest) {
        result.extend_from_slice(&rest[..=at]);
        let doubled = rest.get(at + 1) == Some(&b'"');
        rest = &rest[at + if doubled { 2 } else { 1 }..];
    }
    result.extend_from_slice(rest);
    result
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CSV: Dialect = Dialect { delimiter: b',', least: 3, most: 3 };

    fn rows(text: &str) -> Vec<(String, bool)> {
        let bytes = text.as_bytes();
        let (mut at, mut found) = (0, Vec::new());
        while at < bytes.len() {
            let (extent, whole) = match row(bytes, at, true, CSV) {
                Row::Whole(extent) => (extent, true),
                Row::Broken(extent, _) => (extent, false),
                Row::More => panic!("the text is all there"),
            };
            found.push((text.get(at..extent.end).unwrap().to_owned(), whole));
            at = extent.next;
        }
        found
    }

    fn cells(text: &str) -> Vec<String> {
        let bytes = text.as_bytes();
        let (mut at, mut found) = (Some(0), Vec::new());
        while let Some(start) = at {
            let cell = cell(bytes, start, bytes.len(), b',');
            let text = &bytes[cell.text.0..cell.text.1];
            let text = if cell.escaped { unquote(text) } else { text.to_vec() };
            found.push(String::from_utf8(text).unwrap());
            at = cell.next;
        }
        found
    }

    #[test]
    fn every_line_end_ends_a_row_but_not_inside_quotes() {
        let found = rows("a,b,c\r\n1,\"x\ny\",3\r4,5,6\n7,8,9");
        let whole = ["a,b,c", "1,\"x\ny\",3", "4,5,6", "7,8,9"].map(|row| (row.to_owned(), true));
        assert_eq!(found, whole);
    }

    #[test]
    fn an_unclosed_quote_costs_one_line() {
        let found = rows("1,\"x,3\n4,5,6\n7,\"y\n,9,\nz,8\n");
        let expected = [("1,\"x,3", false), ("4,5,6", true), ("7,\"y", false), (",9,", true), ("z,8", true)];
        assert_eq!(found, expected.map(|(row, whole)| (row.to_owned(), whole)));
    }

    #[test]
    fn a_quote_inside_a_cell_is_a_letter() {
        assert_eq!(cells("医療法人\"A\",B"), ["医療法人\"A\"", "B"]);
        assert_eq!(cells("\"a\"\"b\",\"c\" ,\"e"), ["a\"b", "c", "e"]);
        assert_eq!(cells("\"c\"d\"\",e"), ["\"c\"d\"\"", "e"], "glued text stays as it is written");
        assert_eq!(cells(",\"\","), ["", "", ""]);
    }

    #[test]
    fn two_stray_quotes_do_not_swallow_the_rows_between_them() {
        const WIDE: Dialect = Dialect { delimiter: b',', least: 5, most: 6 };
        let first = |text: &str| match row(text.as_bytes(), 0, true, WIDE) {
            Row::Whole(extent) => (extent.lines, None),
            Row::Broken(extent, breach) => (extent.lines, Some(breach)),
            Row::More => panic!("the text is all there"),
        };
        for text in [
            "1,2,3,4,\"x\n1,2,3,4,5\n1,2,3,4,x\"\n",
            "1,2,3,4,\"x\n1,2,3,4,5,\n1,2,3,4,x\"\n",
            "1,2,3,4,\"x\r\n1,2,3,4,x\"\n",
            "1,2,\"x,4,5\n1,2,x\",4,5\n",
            "\"1,2,3,4,5\n1\",2,3,4,5\n",
        ] {
            assert_eq!(first(text), (1, Some(Breach::Rows)), "{text:?}");
        }
        for text in ["1,2,3,4,\"x\ny,z\"\n", "1,2,\"x,4\n1,2,x\",4,5\n", "1,2,\"1,2\n\n3,4,5\",4,5\n"] {
            assert_eq!(first(text).1, None, "{text:?}");
        }
    }

    #[test]
    fn the_search_ahead_is_bounded() {
        let long = format!("1,\"{}\",3\n4,5,6\n", "x\n".repeat(AHEAD_LINES + 2));
        assert!(matches!(row(long.as_bytes(), 0, true, CSV), Row::Broken(Extent { end: 4, .. }, _)));
        let wide = format!("1,\"{}\n\",3\n", "x".repeat(AHEAD));
        assert!(matches!(row(wide.as_bytes(), 0, true, CSV), Row::Broken(_, Breach::Open)));
    }

    #[test]
    fn toggling_quotes_take_linear_time() {
        let text = "a\",\"b\n".repeat(200_000);
        let started = rows(&text).len();
        assert_eq!(started, 200_000);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        /// A shorter buffer may only ask for more, never answer otherwise.
        #[test]
        fn what_a_row_is_does_not_depend_on_the_buffer(text in "[ab,\"\n\r]{0,40}", cut in 0_usize..40) {
            let bytes = text.as_bytes();
            let known = &bytes[..cut.min(bytes.len())];
            for dialect in [CSV, Dialect { delimiter: b',', least: 5, most: 6 }] {
                let early = row(known, 0, false, dialect);
                if early != Row::More {
                    prop_assert_eq!(early, row(bytes, 0, true, dialect));
                }
            }
        }

        /// Cells of a well-formed row are what an independent reader finds.
        #[test]
        fn cells_agree_with_another_reader(values in proptest::collection::vec("[ab,\"\n ]{0,6}", 1..5)) {
            let quoted: Vec<String> =
                values.iter().map(|value| format!("\"{}\"", value.replace('"', "\"\""))).collect();
            let line = quoted.join(",");
            prop_assert_eq!(cells(&line), values.clone());
            let mut reader = csv_core::Reader::new();
            let (mut output, mut ends) = (vec![0; line.len() + 1], vec![0; values.len() + 1]);
            let (_, _, written, count) =
                reader.read_record(format!("{line}\n").as_bytes(), &mut output, &mut ends);
            prop_assert_eq!(count, values.len());
            let texts = values.concat();
            prop_assert_eq!(&output[..written], texts.as_bytes());
        }
    }
}
