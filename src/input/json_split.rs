//! JSON as a run of records: one value, values one after the other, the elements of an array, or lines.
//!
//! Invariants
//! - Brackets and strings are balanced without recursion; what is between them is the parser's matter.
//! - A record that cannot be balanced is one bad record; reading goes on at the next place where one can begin.
//! - Bytes that are searched in vain are counted, and a file that wastes too many is given up, so that the whole
//!   takes linear time.

use std::sync::Arc;

use super::intake::{Cut, Intake, record};
use super::json::check;
use super::json_balance::{Balance, balance, boundary};
use super::json_document::{Document, Found};
use super::row_fault::{JsonFault, LONGEST, RowFault};
use super::{Block, Layout, RawRecord, line_breaks, short};
use crate::error::Error;
use crate::source::SourceId;
use crate::source::json::FaultKind;

/// How much of a record that is too long is kept, to show where it begins.
const KEPT: usize = 1 << 10;

/// Bytes that may be searched in vain, beside eight times those that were read.
const WASTE: u64 = 64 << 20;

/// How records follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    /// One on each line.
    Lines,
    /// Values, blanks between them.
    Values,
    /// Elements of an array whose bracket has been read.
    Elements,
    /// What stands around the records: the rest of the documents whose records a pointer names, or nothing.
    Around,
    /// The one record that a pointer names.
    Object,
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
    /// What stands around the records. `None`: no pointer names them.
    document: Option<Document>,
    /// Documents in which the pointer leads to no records: how many, and the line of the first.
    without: Option<(u64, u64)>,
    /// Line on which the present document begins.
    document_line: u64,
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
    /// Too early, as the last record says.
    Told,
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
            document: None,
            without: None,
            document_line: 1,
            end: End::Open,
        };
        values.pass(intake, 0, start);
        intake.consume(start);
        values
    }

    /// The records that `pointer` names in the documents of the file.
    pub(super) fn at(pointer: &str, intake: &mut Intake) -> Self {
        let mut values = Self::new(Framing::Around, intake, 0);
        values.document = Some(Document::new(pointer));
        values
    }

    /// Documents in which the pointer leads to no records: how many, and the line of the first. `None`: there is no
    /// such document, as far as the file has been read.
    pub(super) const fn without_records(&self) -> Option<(u64, u64)> {
        self.without
    }

    /// Whether all that has been asked for was read as JSON: nothing was left out, nothing is wrong around the
    /// records.
    pub(super) const fn is_whole(&self) -> bool {
        matches!(self.end, End::Open | End::Reached) && self.without.is_none()
    }

    /// What ended the file too early, and its line. `None`: nothing, as far as it has been read.
    pub(super) const fn fault(&self) -> Option<(JsonFault, u64)> {
        match self.end {
            End::Fault(fault, line) => Some((fault, line)),
            End::Open | End::Reached | End::Told => None,
        }
    }

    /// The next block of at most `most` records. `None`: there is none.
    pub(super) fn block(
        &mut self,
        intake: &mut Intake,
        source: SourceId,
        layout: &Arc<Layout>,
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
        Ok(cut.finish(intake, source, layout))
    }

    /// Takes what comes next; `false`: more bytes are needed.
    fn step(&mut self, intake: &mut Intake, cut: &mut Cut) -> bool {
        match self.framing {
            Framing::Lines => self.next_line(intake, cut),
            Framing::Values | Framing::Elements | Framing::Object => self.next_value(intake, cut),
            Framing::Around => self.around(intake, cut),
        }
    }

    /// The same where no more bytes will come: what is left is a record, or nothing.
    fn step_at_end(&mut self, intake: &mut Intake, cut: &mut Cut) {
        if self.step(intake, cut) {
            return;
        }
        let rest = intake.bytes().get(cut.at..).unwrap_or(&[]);
        let start = cut.at + rest.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(rest.len());
        let end = cut.at + rest.trim_ascii_end().len().max(start - cut.at);
        self.pass(intake, cut.at, start);
        cut.skip_to(start, intake);
        let (start, end) = (cut.at, cut.at + (end - start));
        let cut_off = End::Fault(JsonFault::Ends, self.line);
        self.end = match self.framing {
            Framing::Lines | Framing::Values | Framing::Around => {
                if start < end {
                    self.push(intake, cut, start, end, Some(JsonFault::Ends));
                }
                End::Reached
            }
            Framing::Object | Framing::Elements if start == end => cut_off,
            Framing::Object | Framing::Elements => match check(intake.bytes(), start, end) {
                Ok(()) => {
                    self.push(intake, cut, start, end, None);
                    cut_off
                }
                // Of a record that is cut off nothing can be said but that.
                Err(fault @ (JsonFault::Ends | JsonFault::Token(FaultKind::OpenString))) => {
                    End::Fault(fault, self.line)
                }
                Err(_) => self.last(intake, cut, start, end),
            },
        };
        if start < end && cut.at == start {
            self.pass(intake, start, end);
            cut.skip_to(end, intake);
        }
    }

    /// The last element, which is no JSON, at the end of the file.
    fn last(&mut self, intake: &Intake, cut: &mut Cut, start: usize, end: usize) -> End {
        let closed = self.document.is_none() && intake.bytes().get(end - 1) == Some(&b']');
        self.push(intake, cut, start, end - usize::from(closed), Some(JsonFault::Order));
        if closed { End::Reached } else { End::Told }
    }

    /// What stands before or behind records.
    fn around(&mut self, intake: &mut Intake, cut: &mut Cut) -> bool {
        let Some(document) = &mut self.document else { return self.nothing_more(intake, cut) };
        let (at, line) = (cut.at, self.line);
        let found = document.step(intake.bytes(), at, intake.ended());
        let next = match found {
            Found::More => return false,
            Found::List(next)
            | Found::Object(next)
            | Found::Passed(next)
            | Found::End(next)
            | Found::Fault(_, next) => next,
        };
        self.pass(intake, at, next);
        cut.skip_to(next, intake);
        match found {
            Found::List(_) => self.framing = Framing::Elements,
            Found::Object(_) => self.framing = Framing::Object,
            Found::Fault(fault, _) => self.end = End::Fault(fault, self.line),
            Found::End(_) => return self.document_end(intake, cut, line),
            Found::Passed(_) | Found::More => {}
        }
        true
    }

    /// Another document, or nothing, must follow.
    fn document_end(&mut self, intake: &mut Intake, cut: &mut Cut, line: u64) -> bool {
        let rest = intake.bytes().get(cut.at..).unwrap_or(&[]);
        let first = rest.iter().find(|byte| !byte.is_ascii_whitespace()).copied();
        if first.is_none() && !intake.ended() {
            return false;
        }
        if self.document.as_ref().is_some_and(|document| !document.found) {
            let (count, first) = self.without.unwrap_or((0, self.document_line));
            self.without = Some((count + 1, first));
        }
        match (first, &mut self.document) {
            (Some(b'{' | b'['), Some(document)) => {
                document.restart();
                self.skip_blanks(intake, cut);
                self.document_line = self.line;
            }
            (None, _) => self.end = End::Reached,
            (Some(_), _) => self.end = End::Fault(JsonFault::Follows, line),
        }
        true
    }

    fn nothing_more(&mut self, intake: &mut Intake, cut: &mut Cut) -> bool {
        self.skip_blanks(intake, cut);
        self.end = match intake.bytes().get(cut.at) {
            Some(_) => End::Fault(JsonFault::Follows, self.line),
            None if intake.ended() => End::Reached,
            None => return false,
        };
        true
    }

    fn skip_blanks(&mut self, intake: &mut Intake, cut: &mut Cut) {
        let rest = intake.bytes().get(cut.at..).unwrap_or(&[]);
        let blank = rest.len() - rest.trim_ascii_start().len();
        self.pass(intake, cut.at, cut.at + blank);
        cut.skip_to(cut.at + blank, intake);
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
        if self.framing == Framing::Elements && first == Some(b']') {
            self.close(intake, cut);
            return true;
        }
        match self.value_end(intake, start) {
            Balance::Broken(_) if self.framing == Framing::Object => {
                let fault = check(intake.bytes(), start, intake.bytes().len()).err();
                self.end = End::Fault(fault.unwrap_or(JsonFault::Order), self.line);
            }
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
        let done = intake.ended() && self.framing == Framing::Values;
        if done {
            self.end = End::Reached;
        }
        done
    }

    /// Where the value at `start` ends; an element that is missing ends where it begins.
    fn value_end(&self, intake: &Intake, start: usize) -> Balance {
        let bytes = intake.bytes();
        match bytes.get(start) {
            Some(b',') if self.framing == Framing::Elements => Balance::End(start),
            _ => balance(bytes, start, intake.ended()),
        }
    }

    /// Adds the value, and in an array the comma behind it.
    fn take(&mut self, intake: &mut Intake, cut: &mut Cut, start: usize, end: usize) -> bool {
        if self.framing != Framing::Elements {
            self.push(intake, cut, start, end, None);
            if self.framing == Framing::Object {
                self.leave();
            }
            return true;
        }
        let rest = intake.bytes().get(end..).unwrap_or(&[]);
        let Some(blank) = rest.iter().position(|byte| !byte.is_ascii_whitespace()) else {
            return false;
        };
        let follows = end + blank;
        match rest.get(blank) {
            Some(b',') => {
                self.push(intake, cut, start, end, (start == end).then_some(JsonFault::Missing));
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
    fn close(&mut self, intake: &mut Intake, cut: &mut Cut) {
        self.pass(intake, cut.at, cut.at + 1);
        cut.at += 1;
        if self.after_comma {
            self.end = End::Fault(JsonFault::Missing, self.line);
        }
        self.leave();
    }

    /// Goes on behind the records that a pointer names, or behind the array.
    fn leave(&mut self) {
        self.framing = Framing::Around;
        if let Some(document) = &mut self.document {
            document.leave();
        }
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
        let column = intake.file_offset(start).saturating_sub(self.line_start) + 1;
        let sheet_row = (self.framing == Framing::Lines).then_some(self.line);
        RawRecord { sheet_row, column, ..record(intake, self.number, self.line, start, end) }
    }

    /// A record beyond the limit: its beginning is kept, the rest is skipped.
    fn too_long(&mut self, intake: &Intake, cut: &mut Cut) {
        let start = cut.at;
        let record = self.record(intake, start, start + KEPT);
        cut.push(record, Some(RowFault::TooLong));
        self.pass(intake, start, start + KEPT);
        cut.at = start + KEPT;
        // Behind one object nothing else can begin.
        self.skipping = self.framing != Framing::Object;
        if !self.skipping {
            self.end = End::Told;
        }
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
                let whole = matches!(self.framing, Framing::Lines | Framing::Values);
                self.end = if whole { End::Reached } else { End::Told };
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
            self.line_start = intake.file_offset(start + last);
        }
    }
}

#[cfg(test)]
mod tests;
