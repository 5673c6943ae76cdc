//! Blocks on their way from the thread that reads a workbook to the one that asks for them.
//!
//! Invariants
//! - At most [`AHEAD`] blocks wait, so memory does not grow with the workbook.
//! - Whoever asks may go away at any time; then reading stops.

use std::sync::mpsc::SyncSender;

use super::builder::Builder;
use crate::diagnostic::Diagnostics;
use crate::input::Block;
use crate::workbook::{Limits, Refusal};

/// Blocks that are read ahead.
pub(super) const AHEAD: usize = 2;

/// What the reading thread tells.
#[derive(Debug)]
pub(super) enum Told {
    /// The next records.
    Block(Block),
    /// There are no more; what is to be said of the workbook, and why it was not read to its end.
    End(Diagnostics, Option<Refusal>),
}

/// Why reading stops.
#[derive(Debug)]
pub(super) enum Stop {
    /// The workbook cannot be read any further.
    Refused(Refusal),
    /// Nobody asks any more.
    Gone,
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// The reading thread's end.
#[derive(Debug)]
pub(super) struct Sending {
    to: SyncSender<Told>,
    /// Most records of a block.
    most: usize,
    number: u64,
    /// Bytes of answers so far: cells may share one text, so they can be more than the package has.
    bytes: u64,
    /// Whether it has been told that days are counted from 1904.
    pub dates_told: bool,
}

impl Sending {
    /// Nothing sent yet.
    pub(super) const fn new(to: SyncSender<Told>, most: usize) -> Self {
        Self { to, most, number: 0, bytes: 0, dates_told: false }
    }

    /// The number of the next record of the file.
    pub(super) fn next_number(&mut self) -> u64 {
        self.number += 1;
        self.number
    }

    /// Sends the block if it is full.
    pub(super) fn after_record(&mut self, builder: &mut Builder) -> Result<(), Stop> {
        if builder.is_open(self.most) { Ok(()) } else { self.flush(builder) }
    }

    /// Sends what is in hand.
    pub(super) fn flush(&mut self, builder: &mut Builder) -> Result<(), Stop> {
        self.bytes = self.bytes.saturating_add(u64::try_from(builder.len()).unwrap_or(u64::MAX));
        let limit = Limits::default().total_bytes;
        if self.bytes > limit {
            return Err(Refusal::TooLarge { part: String::new(), limit }.into());
        }
        let Some(block) = builder.take() else { return Ok(()) };
        self.to.send(Told::Block(block)).map_err(|_| Stop::Gone)
    }

    /// Tells that there is nothing more.
    pub(super) fn end(self, found: Diagnostics, refusal: Option<Refusal>) {
        // Where nobody asks any more there is nobody to be told.
        let _ = self.to.send(Told::End(found, refusal));
    }
}
