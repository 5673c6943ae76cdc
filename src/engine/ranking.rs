//! How far settling each record can move a published figure: a fold of the second pass, with the tables it counts.
//!
//! Invariants
//! - A record of which nothing is open is counted and not kept; what is kept of the others does not grow with their answers.
//! - What is open is what the run has settled: nothing is judged here.

use std::collections::{BTreeMap, BTreeSet};

use super::FirstPass;
use super::fold::{Fold, LostRecord, SettledBlock, SettledRow};
use super::tabulation::{Tabulator, settled};
use crate::diagnostic::{Diagnostic, Severity};
use crate::error::Error;
use crate::evaluate::RecordId;
use crate::expression::FieldId;
use crate::plan::Plan;
use crate::tables::{Counts, Impact, Open, Programme, Reach, impacts, reach_of_lost, reaches};

/// Whether `diagnostic` waits for somebody: it holds its record, or asks for confirmation.
pub fn is_open(diagnostic: &Diagnostic) -> bool {
    diagnostic.severity >= Severity::Warning && !diagnostic.is_accepted()
}

/// Counts the records of a run, and notes what settling each of the open ones can do.
pub struct Ranker<'a> {
    programme: &'a Programme,
    tabulator: Tabulator<'a>,
    reached: Vec<(RecordId, Reach)>,
}

impl<'a> Ranker<'a> {
    /// By `programme`, with the units of the frame that `first` has read for its first part, which `plan` judged.
    pub fn new(programme: &'a Programme, plan: &Plan, first: &FirstPass) -> Self {
        Self { programme, tabulator: Tabulator::new(programme, plan, first), reached: Vec::new() }
    }

    /// How far settling each record can move a figure, all others standing as they do. Records that can move none are not
    /// among them.
    pub fn impacts(self) -> BTreeMap<RecordId, Impact> {
        let reached: Vec<&Reach> = self.reached.iter().map(|(_, reach)| reach).collect();
        let impacts = impacts(self.programme, &self.tabulator.counts, &reached);
        let records = self.reached.iter().map(|(record, _)| *record);
        records.zip(impacts).filter_map(|(record, impact)| Some((record, impact?))).collect()
    }

    /// What is open of a record. `None`: nothing is.
    fn open(&self, row: usize, of: &SettledRow<'_>) -> Option<Open> {
        let mut open = of.counted().filter(|one| is_open(one)).peekable();
        open.peek()?;
        let fields = open.flat_map(|one| self.read_by(one)).collect();
        Some(Open { row, fields })
    }

    /// The fields that a finding is about: those that its rule reads; of one about a cell, the cell's.
    fn read_by(&self, diagnostic: &Diagnostic) -> BTreeSet<FieldId> {
        if let Some(fields) = self.programme.reads(&diagnostic.notice.full_id()) {
            return fields.clone();
        }
        let form = &self.programme.pack.questionnaire;
        let marked = diagnostic.labels.iter().filter_map(|label| label.field.as_deref());
        marked.filter_map(|name| form.field(name)).map(|field| field.id).collect()
    }
}

impl Fold for Ranker<'_> {
    type Part = (Counts, Vec<(RecordId, Reach)>);

    fn block(&self, block: &SettledBlock<'_>) -> Self::Part {
        let open: Vec<Open> =
            block.rows.iter().enumerate().filter_map(|(row, of)| self.open(row, of)).collect();
        let settled: Vec<crate::tables::Settled> = block.rows.iter().map(settled).collect();
        let reached = reaches(self.programme, block.plan, block.batch, &settled, &open);
        let records = &block.batch.chunk.records;
        let of = |(open, reach): (&Open, Option<Reach>)| {
            Some(((block.source, records.get(open.row)?.number), reach?))
        };
        (self.tabulator.block(block), open.iter().zip(reached).filter_map(of).collect())
    }

    fn lost(&self, record: &LostRecord<'_>) -> Self::Part {
        let place = &record.finding.place;
        let reach = reach_of_lost(self.programme);
        (self.tabulator.lost(record), vec![((place.source, place.record), reach)])
    }

    fn merge(&mut self, (counts, reached): Self::Part) -> Result<(), Error> {
        self.reached.extend(reached);
        self.tabulator.merge(counts)
    }
}
