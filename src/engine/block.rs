//! One block of records, from bytes to findings: what a thread does.
//!
//! Invariants
//! - The same block gives the same result on any thread.
//! - A fault of our own is caught: the block is judged again record by record, and only the guilty record is lost.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::batch::convert::Converter;
use crate::batch::{Batch, Excerpt, excerpt};
use crate::diagnostic::{Place, RecordPlace, Severity};
use crate::evaluate::{
    Finding, Gathered, Outcomes, RecordAnswers, RecordFindings, RuleCounts, Sought, UNKNOWN_GROUP, Wants,
    diagnose, gather, groups, judge as outcomes_of,
};
use crate::expression::FieldId;
use crate::input::{Block, Layout, RawChunk, RawRecord, UnknownKey};
use crate::linked::Linked;
use crate::plan::Plan;
use crate::source::SourceId;

use super::accepted::Accepted;
use super::run::relevel;
use super::tally::Lines;
use super::version::{self, ForeignVersion};

/// A key that the form does not know, and the piece of its record that shows it.
pub(super) type DrawnKey = (UnknownKey, Option<Excerpt>);

/// What a block came to.
#[derive(Debug, Default)]
pub(super) struct Judged {
    /// Records with findings, in order.
    pub findings: Vec<RecordFindings>,
    /// One a judged rule of the plan.
    pub counts: Vec<RuleCounts>,
    /// Findings and records by id.
    pub lines: Lines,
    /// What the records give to the rules over many records.
    pub gathered: Vec<Gathered>,
    /// Keys of JSON records that the form does not know.
    pub unknown_keys: Vec<DrawnKey>,
    /// The file. `None`: nothing was judged.
    pub source: Option<SourceId>,
    /// Of each record its number and the option by which it is counted; empty where nothing is broken down.
    pub groups: Vec<(u64, u8)>,
    /// The first record that names the version of another form.
    pub version: Option<ForeignVersion>,
    /// Records.
    pub records: u64,
    /// Records that could not be read.
    pub unreadable: u64,
    /// Records on which our own code failed, by number.
    pub lost: Vec<u64>,
    /// Bytes.
    pub bytes: u64,
    /// Entries of the file of accepted findings that were met.
    pub met: Vec<usize>,
}

/// All that is needed to judge blocks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Judge<'a> {
    /// The programme of the run.
    pub plan: &'a Plan,
    /// How cells are read; made once a run.
    pub converter: &'a Converter,
    /// The linked files.
    pub linked: &'a Linked,
    /// What findings are to carry.
    pub wants: Wants,
    /// By whose options findings are counted. `None`: nothing is broken down.
    pub breakdown: Option<FieldId>,
    /// Whether other files may hold other answers of the same respondents.
    pub several_files: bool,
    /// Severities of soft edits in the file, by full id.
    pub levels: &'a BTreeMap<String, Severity>,
    /// See [`CheckOptions::fault_at`](super::CheckOptions::fault_at).
    pub fault_at: Option<u64>,
    /// What somebody has accepted. `None`: nothing.
    pub accepted: Option<&'a Accepted>,
}

impl Judge<'_> {
    /// Judges one block.
    pub(super) fn block(&self, block: &Block) -> Judged {
        let pieces = guarded(block, |block| self.walk(block), |block, record| lost(self.plan, block, record));
        let mut pieces = pieces.into_iter();
        let mut judged = pieces.next().unwrap_or_default();
        pieces.for_each(|piece| judged.append(piece));
        judged.lines = Lines::of(&judged.findings);
        judged
    }

    /// The records of `chunk` as columns, as every pass judges them.
    pub(super) fn batch(&self, layout: &Layout, chunk: RawChunk) -> Batch {
        let mut batch = self.converter.convert(layout, chunk);
        self.linked.join(&self.plan.pack, &mut batch);
        batch
    }

    /// The findings of the records of `batch` by themselves: severities of this file, decisions and acceptances
    /// applied; `met` gets the entries of the file of accepted findings that speak of them.
    pub(super) fn findings(
        &self,
        batch: &Batch,
        outcomes: &Outcomes,
        met: &mut Vec<usize>,
    ) -> Vec<RecordFindings> {
        let mut found = diagnose(self.plan, batch, outcomes, self.wants);
        for finding in found.iter_mut().flat_map(|record| &mut record.findings) {
            if !self.levels.is_empty() {
                relevel(finding, self.levels);
            }
            if let Some(accepted) = self.accepted {
                accepted.apply(finding, met);
            }
        }
        found
    }

    #[expect(clippy::panic, reason = "a fault is what was asked for, and it is caught like any other")]
    pub(super) fn fail_where_asked(&self, block: &Block) {
        let asked = self.fault_at.filter(|_| cfg!(debug_assertions));
        if let Some(number) = asked.filter(|asked| block.records.iter().any(|record| record.number == *asked))
        {
            panic!("a fault was asked for at record {number}");
        }
    }

    fn walk(&self, block: Block) -> Judged {
        let Self { plan, wants, several_files, breakdown, .. } = *self;
        self.fail_where_asked(&block);
        let bytes = length(block.bytes.len());
        let layout = Arc::clone(&block.layout);
        let source = Some(block.source);
        let mut chunk = layout.cells(block);
        let unknown_keys = std::mem::take(&mut chunk.unknown_keys).into_iter().map(|key| {
            let label = key.label.as_ref().filter(|_| wants.excerpts);
            let excerpt = label.and_then(|label| excerpt::of_key(&chunk, label));
            (key, excerpt)
        });
        let unknown_keys: Vec<DrawnKey> = unknown_keys.collect();
        let version = version::foreign(&chunk, &plan.pack.questionnaire, wants);
        let mut batch = self.batch(&layout, chunk);
        let outcomes = outcomes_of(plan, &mut batch);
        let mut met = Vec::new();
        let over_many = !plan.dataset.is_empty() && !batch.is_empty();
        let gathered = over_many.then(|| gather(plan, &batch, wants, several_files, Sought::Keys));
        Judged {
            source,
            gathered: gathered.into_iter().collect(),
            groups: breakdown.map(|field| groups(&batch, field)).unwrap_or_default(),
            findings: self.findings(&batch, &outcomes, &mut met),
            counts: counts(&outcomes),
            lines: Lines::default(),
            unknown_keys,
            version,
            records: length(batch.len()),
            unreadable: batch.unreadable.count(),
            lost: Vec::new(),
            bytes,
            met,
        }
    }
}

fn counts(outcomes: &Outcomes) -> Vec<RuleCounts> {
    let count = |verdict| {
        let mut counts = RuleCounts::default();
        counts.add(verdict);
        counts
    };
    outcomes.rules.iter().map(count).collect()
}

/// What comes of `block` by `walk`; where our own code fails, what comes of each record by itself, and of the guilty
/// one by `lost`.
pub(super) fn guarded<T>(
    block: &Block,
    walk: impl Fn(Block) -> T,
    lost: impl Fn(&Block, &RawRecord) -> T,
) -> Vec<T> {
    let caught = |block: Block| catch_unwind(AssertUnwindSafe(|| walk(block)));
    if let Ok(whole) = caught(block.clone()) {
        return vec![whole];
    }
    let single = |(row, record)| {
        let single: Block = block.single(row);
        caught(single.clone()).unwrap_or_else(|_| lost(&single, record))
    };
    block.records.iter().enumerate().map(single).collect()
}

/// The finding about `record`, which `block` holds alone and on which our own code failed.
pub(super) fn lost_record(block: &Block, record: &RawRecord) -> RecordFindings {
    let place = RecordPlace {
        source: block.source,
        record: record.number,
        line: record.line,
        sheet_row: record.sheet_row,
        sheet: block.grid.as_ref().map(|grid| Arc::clone(&grid.sheet)),
        span: block.span(record),
        key: None,
    };
    let place = Arc::new(place);
    let finding = Finding::from(super::fault(Place::Record(Arc::clone(&place))));
    RecordFindings { place, findings: vec![finding], answers: RecordAnswers::default() }
}

/// What a record comes to on which our own code failed: it is held, and every rule is skipped on it.
fn lost(plan: &Plan, block: &Block, record: &RawRecord) -> Judged {
    Judged {
        findings: vec![lost_record(block, record)],
        counts: vec![RuleCounts { skipped: 1, ..RuleCounts::default() }; plan.rules.len()],
        gathered: vec![Gathered::lost(plan)],
        source: Some(block.source),
        groups: vec![(record.number, UNKNOWN_GROUP)],
        records: 1,
        lost: vec![record.number],
        bytes: length(block.bytes.len()),
        ..Judged::default()
    }
}

impl Judged {
    fn append(&mut self, mut other: Self) {
        self.findings.append(&mut other.findings);
        for (sum, counts) in self.counts.iter_mut().zip(&other.counts) {
            sum.join(counts);
        }
        self.gathered.append(&mut other.gathered);
        self.source = self.source.or(other.source);
        self.groups.append(&mut other.groups);
        self.unknown_keys.append(&mut other.unknown_keys);
        self.version = self.version.take().or(other.version);
        self.records += other.records;
        self.unreadable += other.unreadable;
        self.lost.append(&mut other.lost);
        self.bytes += other.bytes;
        self.met.append(&mut other.met);
    }
}

fn length(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
