//! The bytes of one submission on their way into blocks: windows, encoding, and the block being cut.
//!
//! Invariants
//! - The encoding is decided by the first window with a byte above 0x7F, or by the caller; it never changes again.
//! - A block holds whole records; how many are in one never changes what is read of them.

use std::sync::Arc;

use super::row_fault::RowFault;
use super::{Block, Layout, RawRecord, short};
use crate::error::Error;
use crate::source::SourceId;
use crate::source::encoding::{Detection, Encoding, detect};
use crate::source::reader::Windows;

/// A block is closed when it has so many bytes, whatever the number of its records.
const BLOCK_BYTES: usize = 4 << 20;

/// The bytes of one submission.
#[derive(Debug)]
pub(super) struct Intake {
    windows: Windows,
    encoding: Option<Encoding>,
    unknown: bool,
}

impl Intake {
    /// `forced`: the caller knows the encoding.
    pub(super) const fn new(windows: Windows, forced: Option<Encoding>) -> Self {
        Self { windows, encoding: forced, unknown: false }
    }

    /// Reads one more window; `false`: the input has ended before.
    pub(super) fn more(&mut self) -> Result<bool, Error> {
        let before = self.bytes().len();
        self.windows.more()?;
        let window = self.windows.bytes().get(before..).unwrap_or(&[]);
        if self.encoding.is_none() {
            match detect(window, self.windows.ended()) {
                Detection::Undecided => {}
                Detection::Found(encoding) => self.encoding = Some(encoding),
                Detection::Unknown => {
                    self.unknown = true;
                    self.encoding = Some(Encoding::Utf8);
                }
            }
        }
        Ok(!window.is_empty())
    }

    /// The bytes read and not yet consumed.
    pub(super) fn bytes(&self) -> &[u8] {
        self.windows.bytes()
    }

    /// Offset of [`Intake::bytes`] in the file.
    pub(super) fn offset(&self) -> u64 {
        self.windows.offset()
    }

    /// Offset in the file of the byte `at` of [`Intake::bytes`].
    pub(super) fn file_offset(&self, at: usize) -> u64 {
        self.offset() + u64::try_from(at).unwrap_or(0)
    }

    /// Whether nothing comes after [`Intake::bytes`].
    pub(super) fn ended(&self) -> bool {
        self.windows.ended()
    }

    /// Drops the first `count` bytes.
    pub(super) fn consume(&mut self, count: usize) {
        self.windows.consume(count);
    }

    /// The encoding as far as decided.
    pub(super) fn encoding(&self) -> Encoding {
        self.encoding.unwrap_or_default()
    }

    /// Decides the encoding: the file has a mark.
    pub(super) fn force(&mut self, encoding: Encoding) {
        self.encoding = Some(encoding);
        self.unknown = false;
    }

    /// Whether the deciding window was of no known encoding; then UTF-8 is assumed.
    pub(super) const fn is_unknown(&self) -> bool {
        self.unknown
    }
}

/// A block while it is being cut from the front of an [`Intake`].
#[derive(Debug, Default)]
pub(super) struct Cut {
    /// The records so far.
    pub records: Vec<RawRecord>,
    /// Those that the splitter knows to be unreadable.
    pub faults: Vec<(usize, RowFault)>,
    /// How many bytes of the intake belong to it.
    pub at: usize,
}

impl Cut {
    /// Whether it may take another record.
    pub(super) fn is_open(&self, most: usize) -> bool {
        self.records.len() < most && self.at < BLOCK_BYTES
    }

    /// Adds a record; `fault`: it cannot be read.
    pub(super) fn push(&mut self, record: RawRecord, fault: Option<RowFault>) {
        self.faults.extend(fault.map(|fault| (self.records.len(), fault)));
        self.records.push(record);
    }

    /// Leaves out the bytes before `next`, which are no record; before the first record they are let go at once, so
    /// that a gap of any length costs no memory.
    pub(super) fn skip_to(&mut self, next: usize, intake: &mut Intake) {
        self.at = next;
        if self.records.is_empty() {
            intake.consume(next);
            self.at = 0;
        }
    }

    /// The block. `None`: it has no record.
    pub(super) fn finish(self, intake: &mut Intake, source: SourceId, layout: &Arc<Layout>) -> Option<Block> {
        let Self { records, faults, at } = self;
        let layout = Arc::clone(layout);
        let bytes = intake.bytes().get(..at).unwrap_or(&[]).to_vec();
        let encoding = intake.encoding();
        intake.consume(at);
        (!records.is_empty()).then_some(Block {
            source,
            layout,
            encoding,
            bytes,
            grid: None,
            records,
            faults,
            remarks: Vec::new(),
        })
    }
}

/// A record of the bytes of `intake` from `start` to before `end`, which begins its line.
pub(super) fn record(intake: &Intake, number: u64, line: u64, start: usize, end: usize) -> RawRecord {
    let (span, origin) = ((short(start), short(end)), intake.file_offset(start));
    RawRecord { number, line, sheet_row: None, column: 1, span, origin, readable: true }
}
