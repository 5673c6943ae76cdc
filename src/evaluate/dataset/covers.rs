//! `covers`: every unit of a linked file has answered.
//!
//! Invariants
//! - A unit has answered when a record that could be read has its key: whether that record may be counted is another
//!   question.
//! - The missing units come in the order of the linked file.
//! - A unit of which nobody can tell whether it was asked is not called missing; how many there are is told.

use std::collections::BTreeSet;

use super::gather::lacking_columns;
use super::{Judging, Missing};
use crate::batch::Batch;
use crate::evaluate::finding::RuleCounts;
use crate::evaluate::judge::{lacking, unlinked};
use crate::evaluate::machine::Machine;
use crate::evaluate::truth::Truth;
use crate::expression::FieldId;
use crate::plan::{DatasetDemand, DatasetRule, Plan};

/// What a rule that asks for all units of a linked file says of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Yes,
    No,
    /// A missing answer leaves it open.
    Open,
    /// A cell that it reads cannot be read, or the whole record.
    Skipped,
    /// It reads a column that the file does not have.
    NotRun,
    /// There is no such unit.
    Nobody,
}

/// The units of a linked file, as one rule of a programme asks for them.
#[derive(Debug, Clone)]
pub struct Units {
    rule: usize,
    table: u16,
    asked: Vec<Asked>,
    /// Columns that the rule reads and the file does not have.
    lacking: BTreeSet<FieldId>,
    /// Rows that have one key; of others the first row stands for all.
    twins: Vec<Vec<u32>>,
}

impl Units {
    /// For each rule of `plan` that asks for all units of the file of `table`; no unit yet.
    pub fn of(plan: &Plan, table: u16) -> Vec<Self> {
        let rules = plan.dataset.iter().enumerate();
        let ours = rules.filter(|(_, rule)| rule.demand == DatasetDemand::Covers { table });
        ours.map(|(rule, _)| Self {
            rule,
            table,
            asked: Vec::new(),
            lacking: BTreeSet::new(),
            twins: Vec::new(),
        })
        .collect()
    }

    /// Adds the units of the next records.
    pub fn append(&mut self, mut other: Self) {
        self.asked.append(&mut other.asked);
        self.lacking.append(&mut other.lacking);
    }

    /// Takes the record of `row` away: it is no unit.
    pub fn leave_out(&mut self, row: usize) {
        if let Some(asked) = self.asked.get_mut(row) {
            *asked = Asked::Nobody;
        }
    }

    /// Whether they are asked for by the rule at position `index` of the pack.
    pub fn is_of(&self, plan: &Plan, index: usize) -> bool {
        plan.dataset.get(self.rule).is_some_and(|rule| rule.index == index)
    }

    /// The columns that the rule reads and the file does not have, where that leaves units out.
    pub(super) fn lacking(&self) -> Vec<FieldId> {
        if self.asked.contains(&Asked::NotRun) { self.lacking.iter().copied().collect() } else { Vec::new() }
    }

    /// Rows that share a key: an answer is that of all of them.
    pub fn share(&mut self, twins: Vec<Vec<u32>>) {
        self.twins = twins;
    }
}

/// The units that the records of `batch`, which are a linked file's own, are for each rule of `plan` about them.
pub fn units(plan: &Plan, batch: &Batch) -> Vec<Units> {
    let mut all = Units::of(plan, batch.about);
    for units in &mut all {
        let Some(rule) = plan.dataset.get(units.rule) else { continue };
        let mut machine = Machine::new(plan, batch);
        let guards = unlinked(&machine, &[]);
        let not_run = lacking(&machine, &rule.reads, &guards);
        let skipped = machine.any_invalid(&rule.reads).or(&batch.unreadable);
        let mut when = Truth::fixed(Some(true), batch.len());
        for &step in &rule.when {
            when.and(&machine.truth(step));
        }
        let asked = |row| match () {
            () if batch.unreadable.get(row) => Asked::Skipped,
            () if not_run.get(row) || !rule.runnable => Asked::NotRun,
            () if skipped.get(row) => Asked::Skipped,
            () if when.yes.get(row) => Asked::Yes,
            () if when.no.get(row) => Asked::No,
            () => Asked::Open,
        };
        units.asked = (0..batch.len()).map(asked).collect();
        units.lacking = lacking_columns(&machine, &rule.reads).into_vec().into_iter().collect();
    }
    all
}

/// Units, by table and row, of which `batch` has a record, for the rules of `plan` that ask for all.
pub(super) fn answered(plan: &Plan, batch: &Batch) -> Vec<(u16, Vec<u32>)> {
    let tables = plan.dataset.iter().filter_map(|rule| match rule.demand {
        DatasetDemand::Covers { table } => Some(table),
        _ => None,
    });
    let tables: BTreeSet<u16> = tables.collect();
    let rows = |table: u16| Some((table, batch.tables.get(usize::from(table))?));
    let rows = tables.into_iter().filter_map(rows);
    rows.map(|(table, linked)| (table, linked.rows.iter().copied().flatten().collect())).collect()
}

/// The units that the rule at `place` asks for. `None`: there is no file.
pub(super) fn of_rule(place: usize, judging: Judging<'_>) -> Option<&Units> {
    judging.units.iter().find(|units| units.rule == place)
}

/// What a rule says of the units: the outcomes, the missing ones, and how many were left out. `None`: there is no file.
pub(super) fn missing(
    place: usize,
    rule: &DatasetRule,
    judging: Judging<'_>,
    answered: &BTreeSet<(u16, u32)>,
) -> Option<(RuleCounts, Missing, u64)> {
    let units = of_rule(place, judging)?;
    let mut there: BTreeSet<u32> = BTreeSet::new();
    for (_, row) in answered.range((units.table, 0)..=(units.table, u32::MAX)) {
        there.insert(*row);
    }
    for twins in &units.twins {
        if twins.iter().any(|row| there.contains(row)) {
            there.extend(twins);
        }
    }
    let (mut counts, mut rows, mut open) = (RuleCounts::default(), Vec::new(), 0);
    // A unit that the file has in several rows is missing once.
    let mut listed: BTreeSet<u32> = BTreeSet::new();
    for (row, asked) in (0_u32..).zip(&units.asked) {
        match (asked, there.contains(&row)) {
            (Asked::Nobody, _) => {}
            (Asked::No, _) => counts.not_applicable += 1,
            (Asked::Skipped, _) => counts.skipped += 1,
            (Asked::NotRun, _) => counts.not_run += 1,
            (Asked::Yes | Asked::Open, true) => counts.pass += 1,
            (Asked::Yes, false) if listed.contains(&row) => {}
            (Asked::Yes, false) => {
                counts.fail += 1;
                rows.push(row);
                listed.extend(units.twins.iter().filter(|twins| twins.contains(&row)).flatten());
            }
            (Asked::Open, false) => {
                counts.undecided += 1;
                open += 1;
            }
        }
    }
    let known = counts.pass + counts.fail + counts.not_applicable + counts.undecided;
    let is_known = counts.not_run == 0 || known > 0;
    Some((counts, Missing { rule: rule.index, table: units.table, rows, is_known }, open))
}
