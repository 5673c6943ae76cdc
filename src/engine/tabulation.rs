//! The tables of a run: a fold of the second pass, and the linked files that tables count.
//!
//! Invariants
//! - What is accepted is what the run has settled; nothing is judged here.
//! - A table counts one survey: the records of one part of a run.

use std::sync::Arc;

use super::FirstPass;
use super::admission::Admission;
use super::fold::{Fold, LostRecord, SettledBlock, SettledRow};
use crate::diagnostic::Severity;
use crate::error::Error;
use crate::evaluate::{Finding, Rivals};
use crate::plan::Plan;
use crate::tables::{Acceptance, Counts, Failure, Programme, Settled};

/// Counts the records of a run into tables.
pub struct Tabulator<'a> {
    programme: &'a Programme,
    /// What has been counted so far.
    pub counts: Counts,
}

impl<'a> Tabulator<'a> {
    /// By `programme`, with the units of the frame and the records of earlier waves that `first` has read for its first
    /// part, which `plan` judged.
    pub fn new(programme: &'a Programme, plan: &Plan, first: &FirstPass) -> Self {
        let mut counts = Counts::new(programme);
        let linked = first.kept.first().map(|part| &part.linked);
        let table = |table: u16| linked.and_then(|linked| linked.table(table));
        let tabulation = &programme.pack.tabulation;
        if let Some(frame) = tabulation.frame.and_then(table) {
            counts.has_frame = true;
            // Who has no key is no unit that could be asked.
            let batches = frame.own_batches(&programme.pack, false);
            batches.for_each(|batch| counts.add_frame(programme, plan, &batch));
        }
        for wave in tabulation.waves.iter().filter_map(|wave| wave.link) {
            let batches =
                table(wave).into_iter().flat_map(|linked| linked.own_batches(&programme.pack, true));
            batches.for_each(|batch| counts.add_earlier(programme, plan, wave, &batch));
            let repeated = table(wave).map_or(0, |linked| linked.repeated().count());
            counts.repeated.insert(wave, u64::try_from(repeated).unwrap_or(u64::MAX));
        }
        Self { programme, counts }
    }
}

impl Fold for Tabulator<'_> {
    type Part = Counts;

    fn block(&self, block: &SettledBlock<'_>) -> Counts {
        let mut counts = Counts::new(self.programme);
        let mut keys = Rivals::new(block.plan, block.batch);
        let settled = block.rows.iter().enumerate().map(|(row, settled)| {
            let rivals = keys.of(row, settled.over_many.iter().flat_map(Finding::counted));
            Settled { rivals, ..self::settled(settled) }
        });
        let settled: Vec<Settled> = settled.collect();
        counts.add(self.programme, block.plan, block.batch, &settled);
        counts
    }

    fn lost(&self, record: &LostRecord<'_>) -> Counts {
        let mut counts = Counts::new(self.programme);
        counts.add_lost(self.programme, &settled(&record.row));
        counts
    }

    fn merge(&mut self, part: Counts) -> Result<(), Error> {
        self.counts.merge(part);
        Ok(())
    }
}

/// What was settled of a record, as the tables need it.
pub(super) fn settled(row: &SettledRow<'_>) -> Settled {
    let mut failures: Vec<Failure> = Vec::new();
    for diagnostic in row.counted() {
        let decision = diagnostic.standing.decision.as_ref().map(|decision| Arc::clone(&decision.number));
        if diagnostic.severity < Severity::Warning && decision.is_none() {
            continue;
        }
        let id = diagnostic.notice.full_id();
        if failures.iter().all(|known| *known.id != *id) {
            failures.push(Failure { id: Arc::from(id), severity: diagnostic.severity, decision });
        }
    }
    Settled {
        acceptance: match row.settled.admission {
            Admission::Accepted => Acceptance::Accepted,
            Admission::Held => Acceptance::Held,
            Admission::OutOfScope => Acceptance::OutOfScope,
            Admission::Superseded => Acceptance::Superseded,
        },
        open_warnings: u64::from(row.settled.open_warnings),
        reasons: row.settled.reasons.clone(),
        failures,
        rivals: None,
    }
}
