//! JSON as a run of records: one value, values one after the other, the elements of an array, or lines.
//!
//! Invariants
//! - Brackets and strings are balanced without recursion; what is between them is the parser's matter.
//! - A record that cannot be balanced is one bad record; reading goes on at the next place where one can begin.
//! - Bytes that are searched in vain are counted, and a file that wastes too many is given up, so that the whole
//!   takes linear time.

use super::intake::{Cut, Intake, record};
use super::json_balance::{Balance, balance, boundary};
use super::row_fault::{JsonFault, LONGEST, RowFault};
use super::{Block, RawRecord, line_breaks, short};
use crate::error::Error;
use crate::source::SourceId;

/// How much of a record that is too long is kept, to show where it begins.
const KEPT: usize = 1 << 10;

/// Bytes that may be searched in vain, beside eight times those that were read.
const WASTE: u64 = 64 << 20;

/// How records follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    /// One on each line.
    Lines,
    /// Values, blanks between them; at most one where `single`.
    Values {
        /// The value that a pointer has named.
        single: bool,
    },
    /// Elements of an array whose bracket has been read; `inner`: the array stands inside a larger value.
    Elements {
        /// What follows the array is not looked at.
        inner: bool,
    },
}

/// The records of one file, in order.
#[derive(Debug)]
pub(super) struct Values {
    framing: Framing,
    line: u64,
    /// Offset in the file of the first byte of `line`.
    line_start: u64,
    number: u64,
    wasted: u64,
    skipping: bool,
    /// A comma has been read, so an element must follow.
    after_comma: bool,
    end: End,
}

/// Whether the records have come to an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// Not yet.
    Open,
    /// As they should.
    Reached,
    /// Too early, or with something behind it: why, and on which line.
    Fault(JsonFault, u64),
}

impl Values {
    /// From `start` bytes of the file on, which are consumed here.
    pub(super) fn new(framing: Framing, intake: &mut Intake, start: usize) -> Self {
        let mut values = Self {
            framing,
            line: 1,
            line_start: intake.offset(),
            number: 0,
            wasted: 0,
            skipping: false,
            after_comma: false,
            end: End::Open,
        };
        values.pass(intake, 0, start);
        intake.consume(start);
        values
    }

    /// What ended the file too early, and its line. `None`: nothing, as far as it has been read.
    pub(super) const fn fault(&self) -> Option<(JsonFault, u64)> {
        match self.end {
            End::Fault(fault, line) => Some((fault, line)),
            End::Open | End::Reached => None,
        }
    }

    /// The next block of at most `most` records. `None`: there is none.
    pub(super) fn block(
        &mut self,
        intake: &mut Intake,
        source: SourceId,
        most: usize,
    ) -> Result<Option<Block>, Error> {
        if self.skipping {
            self.skip(intake)?;
        }
        let mut cut = Cut::default();
        while cut.is_open(most) && !self.skipping && self.end == End::Open {
            if !self.step(intake, &mut cut) && !intake.more()? && intake.ended() {
                self.step_at_end(intake, &mut cut);
            }
        }
        Ok(cut.finish(intake, source))
    }

    /// Takes what comes next; `false`: more bytes are needed.
    fn step(&mut self, intake: &mut Intake, cut: &mut Cut) -> bool {
        match self.framing {
            Framing::Lines => self.next_line(intake, cut),
            Framing::Values { .. } | Framing::Elements { .. } => self.next_value(intake, cut),
        }
    }

    /// The same where no more bytes will come: what is left is a record, or nothing.
    fn step_at_end(&mut self, intake: &mut Intake, cut: &mut Cut) {
        if self.step(intake, cut) {
            return;
        }
        let rest = intake.bytes().get(cut.at..).unwrap_or(&[]);
        let start = cut.at + rest.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(rest.len());
        let end = cut.at + rest.len();
        if start < end {
            self.pass(intake, cut.at, start);
            self.push(intake, cut, start, end, Some(JsonFault::Ends));
        }
        let cut_off = matches!(self.framing, Framing::Elements { .. });
        self.end = if cut_off { End::Fault(JsonFault::Ends, self.line) } else { End::Reached };
    }

    fn next_line(&mut self, intake: &mut Intake, cut: &mut Cut) -> bool {
        let bytes = intake.bytes();
        let rest = bytes.get(cut.at..).unwrap_or(&[]);
        let end = match memchr::memchr(b'\n', rest) {
            Some(step) => cut.at + step,
            None if rest.len() > LONGEST => {
                self.too_long(intake, cut);
                return true;
            }
            None if !intake.ended() || rest.is_empty() => {
                if intake.ended() {
                    self.end = End::Reached;
                }
                return intake.ended();
            }
            None => bytes.len(),
        };
        let next = bytes.len().min(end + 1);
        let line = bytes.get(cut.at..end).unwrap_or(&[]);
        let blank = line.len() - line.trim_ascii_start().len();
        let (start, stop) = (cut.at + blank, cut.at + line.trim_ascii_end().len());
        if stop <= start {
            self.pass(intake, cut.at, next);
            cut.skip_to(next, intake);
        } else {
            self.pass(intake, cut.at, start);
            self.push(intake, cut, start, stop, None);
            self.pass(intake, stop, next);
            cut.at = next;
        }
        true
    }

    /// One value, or the punctuation before it.
    fn next_value(&mut self, intake: &mut Intake, cut: &mut Cut) -> bool {
        let rest = intake.bytes().get(cut.at..).unwrap_or(&[]);
        let Some(blank) = rest.iter().position(|byte| !byte.is_ascii_whitespace()) else {
            return self.only_blanks(intake, cut);
        };
        let (start, first) = (cut.at + blank, rest.get(blank).copied());
        self.pass(intake, cut.at, start);
        cut.skip_to(start, intake);
        let start = cut.at;
        if let Framing::Elements { inner } = self.framing
            && first == Some(b']')
        {
            self.close(intake, cut, inner);
            return true;
        }
        if matches!(self.framing, Framing::Values { single: true }) && self.number > 0 {
            self.end = End::Reached;
            return true;
        }
        match self.value_end(intake, start) {
            Balance::More if intake.bytes().len() - start > LONGEST => self.too_long(intake, cut),
            Balance::More => return false,
            Balance::End(end) if end - start > LONGEST => self.too_long(intake, cut),
            Balance::End(end) => return self.take(intake, cut, start, end),
            Balance::Broken(searched) => return self.recover(intake, cut, start, searched),
        }
        true
    }

    fn only_blanks(&mut self, intake: &mut Intake, cut: &mut Cut) -> bool {
        let end = intake.bytes().len();
        self.pass(intake, cut.at, end);
        cut.skip_to(end, intake);
        let done = intake.ended() && matches!(self.framing, Framing::Values { .. });
        if done {
            self.end = End::Reached;
        }
        done
    }

    /// Where the value at `start` ends; an element that is missing ends where it begins.
    fn value_end(&self, intake: &Intake, start: usize) -> Balance {
        let bytes = intake.bytes();
        match bytes.get(start) {
            Some(b',') if matches!(self.framing, Framing::Elements { .. }) => Balance::End(start),
            _ => balance(bytes, start, intake.ended()),
        }
    }

    /// Adds the value, and in an array the comma behind it.
    fn take(&mut self, intake: &mut Intake, cut: &mut Cut, start: usize, end: usize) -> bool {
        if !matches!(self.framing, Framing::Elements { .. }) {
            self.push(intake, cut, start, end, None);
            return true;
        }
        let rest = intake.bytes().get(end..).unwrap_or(&[]);
        let Some(blank) = rest.iter().position(|byte| !byte.is_ascii_whitespace()) else {
            return false;
        };
        let follows = end + blank;
        match rest.get(blank) {
            Some(b',') => {
                self.push(intake, cut, start, end, (start == end).then_some(JsonFault::Order));
                self.pass(intake, end, follows + 1);
                cut.at = follows + 1;
                self.after_comma = true;
                true
            }
            Some(b']') => {
                self.push(intake, cut, start, end, None);
                self.after_comma = false;
                true
            }
            _ => self.recover(intake, cut, start, follows),
        }
    }

    /// The end of the array at `cut.at`.
    fn close(&mut self, intake: &mut Intake, cut: &mut Cut, inner: bool) {
        let at = cut.at;
        if self.after_comma {
            self.push(intake, cut, at, at, Some(JsonFault::Order));
        }
        self.pass(intake, at, at + 1);
        cut.at = at + 1;
        let rest = intake.bytes().get(cut.at..).unwrap_or(&[]);
        let follows = !inner && rest.iter().any(|byte| !byte.is_ascii_whitespace());
        self.end = if follows { End::Fault(JsonFault::Follows, self.line) } else { End::Reached };
    }

    /// Takes what cannot be balanced as one bad record, up to where the next can begin; `false`: more bytes are
    /// needed to find that.
    fn recover(&mut self, intake: &mut Intake, cut: &mut Cut, start: usize, searched: usize) -> bool {
        let found = boundary(intake.bytes(), start, self.framing);
        let Some((end, next)) = found else {
            let long = intake.bytes().len() - start > LONGEST;
            if long {
                self.too_long(intake, cut);
            }
            return long;
        };
        self.wasted += u64::try_from(searched.saturating_sub(end)).unwrap_or(0);
        self.push(intake, cut, start, end, Some(JsonFault::Order));
        self.pass(intake, end, next);
        cut.at = next;
        if self.wasted > WASTE.saturating_add(intake.offset().saturating_mul(8)) {
            self.end = End::Fault(JsonFault::Order, self.line);
        }
        true
    }

    fn push(&mut self, intake: &Intake, cut: &mut Cut, start: usize, end: usize, fault: Option<JsonFault>) {
        let fault = fault.map(|fault| RowFault::NotJson(short(end), fault));
        let record = self.record(intake, start, end);
        cut.push(record, fault);
        self.pass(intake, start, end);
        cut.at = end;
        self.after_comma = false;
    }

    /// The next record, on the bytes from `start` to before `end`.
    fn record(&mut self, intake: &Intake, start: usize, end: usize) -> RawRecord {
        self.number += 1;
        let column = (intake.offset() + wide(start)).saturating_sub(self.line_start) + 1;
        let sheet_row = (self.framing == Framing::Lines).then_some(self.line);
        RawRecord { sheet_row, column, ..record(self.number, self.line, start, end) }
    }

    /// A record beyond the limit: its beginning is kept, the rest is skipped.
    fn too_long(&mut self, intake: &Intake, cut: &mut Cut) {
        let start = cut.at;
        let record = self.record(intake, start, start + KEPT);
        cut.push(record, Some(RowFault::TooLong));
        self.pass(intake, start, start + KEPT);
        cut.at = start + KEPT;
        self.skipping = true;
    }

    /// Goes on behind a record that was too long.
    fn skip(&mut self, intake: &mut Intake) -> Result<(), Error> {
        self.skipping = false;
        self.after_comma = false;
        loop {
            if let Some((_, next)) = boundary(intake.bytes(), 0, self.framing) {
                self.pass(intake, 0, next);
                intake.consume(next);
                return Ok(());
            }
            // A boundary may begin in the tail that is kept.
            let tail = intake.bytes().len().min(64);
            let gone = intake.bytes().len() - tail;
            self.pass(intake, 0, gone);
            intake.consume(gone);
            if !intake.more()? && intake.ended() {
                let cut_off = matches!(self.framing, Framing::Elements { .. });
                self.end = if cut_off { End::Fault(JsonFault::Ends, self.line) } else { End::Reached };
                intake.consume(tail);
                return Ok(());
            }
        }
    }

    /// Counts the lines of the bytes from `start` to before `end`.
    fn pass(&mut self, intake: &Intake, start: usize, end: usize) {
        let (count, last) = line_breaks(intake.bytes().get(start..end).unwrap_or(&[]));
        if count > 0 {
            self.line += count;
            self.line_start = intake.offset() + wide(start + last);
        }
    }
}

fn wide(at: usize) -> u64 {
    u64::try_from(at).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;
    use crate::input::offset;
    use crate::source::reader::Windows;

    type Found = (u64, u64, u64, String, bool);

    fn read(text: &str, framing: Framing, most: usize) -> (Vec<Found>, Option<(JsonFault, u64)>) {
        let windows = Windows::new("x", Box::new(Cursor::new(text.as_bytes().to_vec())));
        let mut intake = Intake::new(windows, None);
        intake.more().unwrap();
        let start = usize::from(matches!(framing, Framing::Elements { .. }));
        let mut values = Values::new(framing, &mut intake, start);
        let mut found = Vec::new();
        while let Some(block) = values.block(&mut intake, SourceId(0), most).unwrap() {
            for (index, record) in block.records.iter().enumerate() {
                let bytes = &block.bytes[offset(record.span.0)..offset(record.span.1)];
                let bad = block.faults.iter().any(|(row, _)| *row == index);
                let text = String::from_utf8(bytes.to_vec()).unwrap();
                found.push((record.number, record.line, record.column, text, bad));
            }
        }
        (found, values.fault())
    }

    const ARRAY: Framing = Framing::Elements { inner: false };

    fn texts(found: &[Found]) -> Vec<(&str, bool)> {
        found.iter().map(|(_, _, _, text, bad)| (text.as_str(), *bad)).collect()
    }

    #[test]
    fn elements_of_an_array_are_found_with_line_and_column() {
        let (found, fault) = read("[\n {\"a\": \"}],{\"},\n  [1, {}] , 3,{}]\n", ARRAY, 2);
        let expected =
            [(1, 2, 2, "{\"a\": \"}],{\"}"), (2, 3, 3, "[1, {}]"), (3, 3, 13, "3"), (4, 3, 15, "{}")];
        let expected: Vec<Found> = expected
            .map(|(number, line, column, text)| (number, line, column, text.to_owned(), false))
            .into();
        assert_eq!((found, fault), (expected, None));
    }

    #[test]
    fn a_bad_element_costs_one_record() {
        let (found, fault) =
            read("[{\"a\":1, {\"b\":2}, {\"c\":[3}, {\"d\":\"x\ny\"}, {\"e\":5}]", ARRAY, 512);
        let expected = [
            ("{\"a\":1, {\"b\":2}", true),
            ("{\"c\":[3}", true),
            ("{\"d\":\"x\ny\"}", true),
            ("{\"e\":5}", false),
        ];
        assert_eq!((texts(&found), fault), (expected.to_vec(), None));
    }

    #[test]
    fn a_missing_element_is_a_bad_record() {
        let (found, fault) = read("[{},,{},]", ARRAY, 512);
        assert_eq!(texts(&found), [("{}", false), ("", true), ("{}", false), ("", true)]);
        assert_eq!(fault, None);
    }

    #[test]
    fn a_file_that_is_cut_off_says_so() {
        let (found, fault) = read("[{\"a\":1},\n{\"b\":", ARRAY, 512);
        assert_eq!(texts(&found), [("{\"a\":1}", false), ("{\"b\":", true)]);
        assert_eq!(fault, Some((JsonFault::Ends, 2)));
        assert_eq!(read("[{}] x", ARRAY, 512).1, Some((JsonFault::Follows, 1)));
    }

    #[test]
    fn lines_and_values_are_records() {
        let (lines, fault) = read("{\"a\":1}\n\n  {\"b\":\r\n{}", Framing::Lines, 512);
        assert_eq!(texts(&lines), [("{\"a\":1}", false), ("{\"b\":", false), ("{}", false)]);
        assert_eq!(
            lines.iter().map(|found| (found.1, found.2)).collect::<Vec<_>>(),
            [(1, 1), (3, 3), (4, 1)]
        );
        assert_eq!(fault, None);
        let (values, _) = read("{\n\"a\":1}{}\n{\"b\":[}\n{}", Framing::Values { single: false }, 1);
        assert_eq!(
            texts(&values),
            [("{\n\"a\":1}", false), ("{}", false), ("{\"b\":[}", true), ("{}", false)]
        );
    }

    #[test]
    fn many_open_strings_take_linear_time() {
        let text = format!("[{}{{}}]", "{\"a\":\"x},".repeat(100_000));
        let (found, _) = read(&text, ARRAY, 512);
        assert!(!found.is_empty());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn records_do_not_depend_on_the_block_size(text in "[\\[\\]{}\",:a \n]{0,60}", most in 1_usize..4) {
            for framing in [ARRAY, Framing::Lines, Framing::Values { single: false }] {
                let text = format!("[{text}");
                prop_assert_eq!(read(&text, framing, most), read(&text, framing, 1000));
            }
        }
    }
}
