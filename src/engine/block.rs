//! One block of records, from bytes to findings: what a thread does.
//!
//! Invariants
//! - The same block gives the same result on any thread.
//! - A fault of our own is caught: the block is judged again record by record, and only the guilty record is lost.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::batch::convert::Converter;
use crate::batch::{Excerpt, excerpt};
use crate::diagnostic::{Diagnostic, Place, RecordPlace, Severity};
use crate::evaluate::{
    Finding, Gathered, Outcomes, RecordAnswers, RecordFindings, RuleCounts, UNKNOWN_GROUP, Wants, diagnose,
    gather, groups, judge as outcomes_of,
};
use crate::expression::FieldId;
use crate::input::{Block, UnknownKey};
use crate::linked::Linked;
use crate::plan::Plan;
use crate::source::SourceId;

use super::accepted::Accepted;
use super::run::relevel;
use super::tally::Lines;
use super::version;

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
    pub version: Option<Diagnostic>,
    /// Records.
    pub records: u64,
    /// Records that could not be read.
    pub unreadable: u64,
    /// Records on which our own code failed.
    pub faults: u64,
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
        let Self { plan, .. } = *self;
        let singles = || block.records.iter().enumerate().map(|(row, _)| block.single(row));
        let whole = catch_unwind(AssertUnwindSafe(|| self.walk(block.clone())));
        let mut judged = whole.unwrap_or_else(|_| {
            let mut all =
                Judged { counts: vec![RuleCounts::default(); plan.rules.len()], ..Judged::default() };
            for single in singles() {
                let lost = lost(plan, &single);
                let one = catch_unwind(AssertUnwindSafe(|| self.walk(single))).unwrap_or(lost);
                all.append(one);
            }
            all
        });
        if !self.levels.is_empty() {
            let findings = judged.findings.iter_mut().flat_map(|record| &mut record.findings);
            findings.for_each(|finding| relevel(finding, self.levels));
        }
        if let Some(accepted) = self.accepted {
            let findings = judged.findings.iter_mut().flat_map(|record| &mut record.findings);
            findings.for_each(|finding| accepted.apply(finding, &mut judged.met));
        }
        judged.lines = Lines::of(&judged.findings);
        judged
    }

    #[expect(clippy::panic, reason = "a fault is what was asked for, and it is caught like any other")]
    fn fail_where_asked(&self, block: &Block) {
        let asked = self.fault_at.filter(|_| cfg!(debug_assertions));
        if let Some(number) = asked.filter(|asked| block.records.iter().any(|record| record.number == *asked))
        {
            panic!("a fault was asked for at record {number}");
        }
    }

    fn walk(&self, block: Block) -> Judged {
        let Self { plan, converter, linked, wants, several_files, breakdown, .. } = *self;
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
        let mut batch = converter.convert(&layout, chunk);
        linked.join(&plan.pack, &mut batch);
        let outcomes = outcomes_of(plan, &mut batch);
        let over_many = !plan.dataset.is_empty() && !batch.is_empty();
        let gathered = over_many.then(|| gather(plan, &batch, wants, several_files));
        Judged {
            source,
            gathered: gathered.into_iter().collect(),
            groups: breakdown.map(|field| groups(&batch, field)).unwrap_or_default(),
            findings: diagnose(plan, &batch, &outcomes, wants),
            counts: counts(&outcomes),
            lines: Lines::default(),
            unknown_keys,
            version,
            records: length(batch.len()),
            unreadable: batch.unreadable.count(),
            faults: 0,
            bytes,
            met: Vec::new(),
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

/// What a record comes to on which our own code failed: it is held, and every rule is skipped on it.
fn lost(plan: &Plan, block: &Block) -> Judged {
    let Some(record) = block.records.first() else { return Judged::default() };
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
    Judged {
        findings: vec![RecordFindings { place, findings: vec![finding], answers: RecordAnswers::default() }],
        counts: vec![RuleCounts { skipped: 1, ..RuleCounts::default() }; plan.rules.len()],
        gathered: vec![Gathered::lost(plan)],
        source: Some(block.source),
        groups: vec![(record.number, UNKNOWN_GROUP)],
        records: 1,
        faults: 1,
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
        self.faults += other.faults;
        self.bytes += other.bytes;
        self.met.append(&mut other.met);
    }
}

fn length(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
