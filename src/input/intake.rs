//! The bytes of one submission on their way into blocks: windows, encoding, and the block being cut.
//!
//! Invariants
//! - The encoding is decided by the caller, by the file's mark, or by the first window that tells; it never changes
//!   again.
//! - A block holds whole records; how many are in one never changes what is read of them.
//! - Offsets are those of the file (unpacked, where it is packed), also where what is held is not what it has.

use std::cell::Cell;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use super::row_fault::RowFault;
use super::{Block, Layout, RawRecord, short};
use crate::error::Error;
use crate::source::SourceId;
use crate::source::encoding::{Detection, Encoding, Judgement, Reason, detect};
use crate::source::reader::Windows;
use crate::source::text_stream::{Damage, TextStream};

/// A block is closed when it has so many bytes, whatever the number of its records.
const BLOCK_BYTES: usize = 4 << 20;

/// That a file is of no encoding that can be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unreadable {
    /// The encoding that it looks like. `None`: none that is known.
    pub like: Option<&'static str>,
}

/// The bytes of one submission.
#[derive(Debug)]
pub(super) struct Intake {
    windows: Windows,
    judged: Option<Judgement>,
    /// The deciding window was of no encoding that can be read.
    unknown: Option<Unreadable>,
    /// Offset in the file of the first byte of [`Intake::bytes`].
    origin: u64,
    /// The place among [`Intake::bytes`] up to which units were counted last, and its offset in the file: records are
    /// asked for in order, and nothing is to be counted twice.
    counted: Cell<(usize, u64)>,
    damage: Arc<OnceLock<Damage>>,
}

impl Intake {
    /// The bytes of `stream`, which errors call `name`; `stated`: the caller knows the encoding.
    pub(super) fn new(name: impl Into<PathBuf>, stream: TextStream, stated: bool) -> Self {
        let reason = if stated { Reason::Stated } else { Reason::Mark };
        let judged = stream.encoding.map(|encoding| Judgement { encoding, reason, rival: None });
        let (origin, damage) = (stream.origin, stream.damage());
        let windows = Windows::new(name, stream.read);
        Self { windows, judged, unknown: None, origin, counted: Cell::new((0, origin)), damage }
    }

    #[cfg(test)]
    pub(super) fn of_bytes(bytes: Vec<u8>) -> Self {
        let text = TextStream::open(Box::new(std::io::Cursor::new(bytes)), None).unwrap();
        Self::new("x", text, false)
    }

    /// Reads one more window; `false`: the input has ended before.
    pub(super) fn more(&mut self) -> Result<bool, Error> {
        let before = self.bytes().len();
        self.windows.more()?;
        let window = self.windows.bytes().get(before..).unwrap_or(&[]);
        if self.judged.is_none() {
            match detect(window, self.windows.ended()) {
                Detection::Undecided => {}
                Detection::Found(judgement) => self.judged = Some(judgement),
                Detection::Unknown(like) => {
                    self.unknown = Some(Unreadable { like });
                    let encoding = Encoding::default();
                    self.judged = Some(Judgement { encoding, reason: Reason::Ascii, rival: None });
                }
            }
        }
        Ok(!window.is_empty())
    }

    /// The bytes read and not yet consumed.
    pub(super) fn bytes(&self) -> &[u8] {
        self.windows.bytes()
    }

    /// Offset in the file of [`Intake::bytes`].
    pub(super) const fn offset(&self) -> u64 {
        self.origin
    }

    /// Offset in the file of the byte `at` of [`Intake::bytes`].
    pub(super) fn file_offset(&self, at: usize) -> u64 {
        let encoding = self.encoding();
        if !encoding.is_transcoded() {
            return self.origin + u64::try_from(at).unwrap_or(0);
        }
        let (from, offset) =
            Some(self.counted.get()).filter(|(from, _)| *from <= at).unwrap_or((0, self.origin));
        let found = offset + encoding.file_length(self.bytes().get(from..at).unwrap_or(&[]));
        self.counted.set((at, found));
        found
    }

    /// Whether nothing comes after [`Intake::bytes`].
    pub(super) fn ended(&self) -> bool {
        self.windows.ended()
    }

    /// Drops the first `count` bytes.
    pub(super) fn consume(&mut self, count: usize) {
        let count = count.min(self.bytes().len());
        self.origin = self.file_offset(count);
        self.counted.set((0, self.origin));
        self.windows.consume(count);
    }

    /// The encoding as far as decided.
    pub(super) fn encoding(&self) -> Encoding {
        self.judged.map(|judged| judged.encoding).unwrap_or_default()
    }

    /// The encoding, and on what ground it was taken. `None`: nothing but ASCII so far.
    pub(super) const fn judged(&self) -> Option<Judgement> {
        self.judged
    }

    /// What the deciding window looks like, where it was of no encoding that can be read and UTF-8 is assumed.
    /// `None`: it can be read.
    pub(super) const fn unknown(&self) -> Option<Unreadable> {
        self.unknown
    }

    /// Why the file ended before its end. `None`: it did not, as far as it has been read.
    pub(super) fn damage(&self) -> Option<&Damage> {
        self.damage.get()
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
