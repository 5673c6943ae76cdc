//! What is made of the records when everything is settled: the second pass gives blocks to folds.
//!
//! Invariants
//! - A fold sees every record of the run exactly once: in a settled block, or as one that was lost.
//! - Parts are made on any thread and merged in the order of the files and of their records, so that neither threads
//!   nor the size of blocks change what comes of them.

use std::sync::Arc;

use super::admission::Settled;
use super::event::FileLine;
use crate::batch::Batch;
use crate::error::Error;
use crate::evaluate::{Finding, Outcomes, RecordFindings};
use crate::input::{Block, HeaderRow, Layout};
use crate::plan::Plan;
use crate::source::SourceId;

/// Makes something of the settled records of a run.
pub trait Fold: Sync {
    /// What comes of one block.
    type Part: Send;

    /// Whether findings are to hold answers; asked once. Without, their ids and severities are right, and their
    /// arguments are not given.
    fn wants_values(&self) -> bool {
        false
    }

    /// Before the first record of a file, in the order of the files.
    ///
    /// # Errors
    /// It cannot be written.
    fn file(&mut self, file: &OpenedFile<'_>) -> Result<(), Error> {
        let _ = file;
        Ok(())
    }

    /// What comes of `block`; called on any thread.
    fn block(&self, block: &SettledBlock<'_>) -> Self::Part;

    /// What comes of a record on which our own code failed; called on any thread.
    fn lost(&self, record: &LostRecord<'_>) -> Self::Part;

    /// Adds what came of the next block.
    ///
    /// # Errors
    /// It cannot be written.
    fn merge(&mut self, part: Self::Part) -> Result<(), Error>;
}

/// Two folds of one pass.
impl<A: Fold, B: Fold> Fold for (A, B) {
    type Part = (A::Part, B::Part);

    fn wants_values(&self) -> bool {
        self.0.wants_values() || self.1.wants_values()
    }

    fn file(&mut self, file: &OpenedFile<'_>) -> Result<(), Error> {
        self.0.file(file)?;
        self.1.file(file)
    }

    fn block(&self, block: &SettledBlock<'_>) -> Self::Part {
        (self.0.block(block), self.1.block(block))
    }

    fn lost(&self, record: &LostRecord<'_>) -> Self::Part {
        (self.0.lost(record), self.1.lost(record))
    }

    fn merge(&mut self, (first, second): Self::Part) -> Result<(), Error> {
        self.0.merge(first)?;
        self.1.merge(second)
    }
}

/// A file whose records are about to come.
#[derive(Debug)]
pub struct OpenedFile<'a> {
    /// Which part of the run, from 0.
    pub part: usize,
    /// The programme of that part.
    pub plan: &'a Plan,
    /// The file.
    pub source: SourceId,
    /// What the first pass read of it.
    pub line: &'a FileLine,
    /// Its header; of a workbook, those of its lists. Empty: it has none, or one that is beyond all forms.
    pub headers: &'a [HeaderRow],
}

/// Some records of one file, judged and settled.
#[derive(Debug)]
pub struct SettledBlock<'a> {
    /// Which part of the run, from 0.
    pub part: usize,
    /// The programme of that part.
    pub plan: &'a Plan,
    /// The file.
    pub source: SourceId,
    /// Where the fields' cells stand in the records.
    pub layout: &'a Arc<Layout>,
    /// The records; derived values are computed, linked tables joined.
    pub batch: &'a Batch,
    /// The verdicts of the rules that are judged record by record.
    pub outcomes: &'a Outcomes,
    /// One a row of the batch.
    pub rows: &'a [SettledRow<'a>],
}

/// One record of a block.
#[derive(Debug)]
pub struct SettledRow<'a> {
    /// What the run settled of it.
    pub settled: Settled,
    /// The findings of the record by itself, in order; severities of this run, decisions and acceptances applied.
    pub own: &'a [Finding],
    /// The findings over many records about it, likewise.
    pub over_many: &'a [Finding],
}

impl SettledRow<'_> {
    /// Every finding about the record that counts: headings are left out, what they head is not.
    pub fn counted(&self) -> impl Iterator<Item = &crate::diagnostic::Diagnostic> {
        self.own.iter().chain(self.over_many).flat_map(Finding::counted)
    }
}

/// A record on which our own code failed: it is held, and nothing is known of its answers.
#[derive(Debug)]
pub struct LostRecord<'a> {
    /// Which part of the run, from 0.
    pub part: usize,
    /// The programme of that part.
    pub plan: &'a Plan,
    /// The block that holds it alone.
    pub block: &'a Block,
    /// What the run settled of it.
    pub row: SettledRow<'a>,
    /// The finding that says so.
    pub finding: &'a RecordFindings,
}
