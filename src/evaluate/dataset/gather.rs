//! Gathering: what the records of one batch give to the rules over many records.
//!
//! Invariants
//! - At first a record gives a number for its key; its stub is made when its number has been met twice.
//! - What is gathered of a record does not depend on the others of its batch.

use std::rc::Rc;
use std::sync::Arc;

use super::covers;
use super::hashed::{Doubtful, Hashed, hashed};
use super::key::{key, parts};
use super::stub::Stub;
use super::stubs::Stubs;
use super::taking_part::{Applying, applying, entering};
use crate::batch::{Batch, Mask};
use crate::evaluate::Wants;
use crate::evaluate::finding::RuleCounts;
use crate::evaluate::machine::Machine;
use crate::evaluate::reason::Outcome;
use crate::evaluate::truth::Truth;
use crate::expression::FieldId;
use crate::plan::{DatasetDemand, DatasetRule, Plan, StepId};
use crate::source::SourceId;

/// What is asked of the records of a batch.
#[derive(Debug, Clone, Copy)]
pub enum Sought<'d> {
    /// All that a finding may need: where no second look is to come.
    Everything,
    /// Of rules that compare records, which of them may be told of.
    Keys,
    /// What is told of these, and nothing else.
    Stubs(&'d Doubtful),
}

/// What one batch gives, for each rule over many records of the plan.
#[derive(Debug)]
pub struct Gathered {
    pub(super) source: SourceId,
    /// The number of its first record.
    pub(super) first: u64,
    /// How many records.
    pub(super) records: u64,
    /// Units of linked files, by table and row, of which there is a record here.
    pub(super) answered: Vec<(u16, Vec<u32>)>,
    pub(super) sheet: Option<Arc<str>>,
    /// Parallel to the plan's rules over many records.
    pub(super) rules: Vec<Entrants>,
}

/// What one batch gives to one rule.
#[derive(Debug, Default)]
pub(super) struct Entrants {
    /// Outcomes of the records that do not take part, or whose outcome is known already.
    pub(super) settled: RuleCounts,
    /// Records without a key that would be counted with one, whatever it is.
    pub(super) loose: u64,
    /// Where each that takes part begins in `bytes`: its key, then its stub.
    pub(super) starts: Box<[u32]>,
    pub(super) bytes: Box<[u8]>,
    /// Of a rule about the records as a whole the columns that it reads and the file does not have.
    pub(super) lacking: Box<[FieldId]>,
    /// Of a rule that compares records those that take part, where their stubs may come later.
    hashed: Box<[Hashed]>,
}

impl Gathered {
    /// What a record gives on which our own code failed: every rule is skipped on it.
    pub fn lost(plan: &Plan) -> Self {
        let skipped = || Entrants {
            settled: RuleCounts { skipped: 1, ..RuleCounts::default() },
            ..Entrants::default()
        };
        let rules = plan.dataset.iter().map(|_| skipped()).collect();
        Self { source: SourceId(0), first: 0, records: 1, answered: Vec::new(), sheet: None, rules }
    }

    /// The records that take part in the rule at `place`, where their stubs may come later.
    pub(super) fn hashed(&self, place: usize) -> &[Hashed] {
        self.rules.get(place).map(|entrants| &*entrants.hashed).unwrap_or_default()
    }

    /// The outcome of the only record of a batch under rule number `rule`, if it does not depend on others. `None`: it
    /// does.
    pub fn settled(&self, rule: usize) -> Option<Outcome> {
        let counts = &self.rules.get(rule)?.settled;
        let outcomes = [
            (counts.pass, Outcome::Pass),
            (counts.not_applicable, Outcome::NotApplicable),
            (counts.undecided, Outcome::Undecided),
            (counts.skipped, Outcome::Skipped),
            (counts.not_run, Outcome::NotRun),
        ];
        outcomes.into_iter().find(|(count, _)| *count > 0).map(|(_, outcome)| outcome)
    }
}

/// What the records of `batch`, whose derived values are computed, give to the rules over many records;
/// `several_files`: whether the run has other files.
pub fn gather(plan: &Plan, batch: &Batch, wants: Wants, several_files: bool, sought: Sought<'_>) -> Gathered {
    let mut gathering = Gathering {
        plan,
        batch,
        wants,
        several_files,
        sought,
        machine: Machine::new(plan, batch),
        stubs: None,
    };
    let rules = plan.dataset.iter().enumerate();
    let rules = rules.map(|(place, rule)| gathering.entrants(place, rule)).collect();
    let again = matches!(sought, Sought::Stubs(_));
    Gathered {
        source: batch.chunk.source.unwrap_or(SourceId(0)),
        first: batch.chunk.records.first().map_or(0, |record| record.number),
        records: if again { 0 } else { u64::try_from(batch.len()).unwrap_or(u64::MAX) },
        answered: if again { Vec::new() } else { covers::answered(plan, batch) },
        sheet: batch.chunk.grid.as_ref().map(|grid| Arc::clone(&grid.sheet)),
        rules,
    }
}

struct Gathering<'p, 'b, 'd> {
    plan: &'p Plan,
    batch: &'b Batch,
    wants: Wants,
    several_files: bool,
    sought: Sought<'d>,
    machine: Machine<'p, 'b>,
    /// `None`: no stub has been asked for yet.
    stubs: Option<Stubs<'p, 'b>>,
}

impl<'p: 'b, 'b> Gathering<'p, 'b, '_> {
    fn entrants(&mut self, place: usize, rule: &DatasetRule) -> Entrants {
        let of_the_whole = rule.demand.is_of_the_whole();
        match (&rule.demand, self.sought) {
            (DatasetDemand::Covers { .. }, _) => Entrants::default(),
            (_, Sought::Stubs(_)) if of_the_whole => Entrants::default(),
            _ if of_the_whole => self.counted(rule),
            _ => self.compared(place, rule),
        }
    }

    /// What a rule that compares records keeps of each.
    fn compared(&mut self, place: usize, rule: &DatasetRule) -> Entrants {
        let doubtful = match self.sought {
            Sought::Stubs(doubtful) => {
                let rows = self.rows(doubtful, place);
                if rows.is_none() {
                    return Entrants::default();
                }
                Some(rows)
            }
            Sought::Everything | Sought::Keys => None,
        };
        let mut entering = entering(&mut self.machine, rule, self.several_files);
        let mut settled = std::mem::take(&mut entering.counts);
        if matches!(self.sought, Sought::Keys) {
            let hashed = hashed(&self.machine, rule, &entering, &mut settled);
            return Entrants { settled, hashed, ..Entrants::default() };
        }
        let (plan, batch, wants) = (self.plan, self.batch, self.wants);
        let stubs = self.stubs.get_or_insert_with(|| Stubs::new(plan, batch, wants));
        let again = doubtful.is_some();
        let kept = stubs.of(rule, &entering, &doubtful.unwrap_or_else(|| entering.rows.clone()));
        kept.entrants(if again { RuleCounts::default() } else { settled }, 0)
    }

    /// The rows of which the rule at `place` may have something to tell.
    fn rows(&self, doubtful: &Doubtful, place: usize) -> Mask {
        let source = self.batch.chunk.source.unwrap_or(SourceId(0));
        let mut rows = Mask::none(self.batch.len());
        for (row, record) in self.batch.chunk.records.iter().enumerate() {
            rows.put(row, doubtful.may_speak(place, (source, record.number)));
        }
        rows
    }

    /// What a rule about the records as a whole keeps of each: no finding will be about it.
    fn counted(&mut self, rule: &DatasetRule) -> Entrants {
        let Applying { keyed, asked, counts: mut settled } = applying(&mut self.machine, rule);
        let (of, among) = match &rule.demand {
            DatasetDemand::Count { of, .. } => (*of, None),
            DatasetDemand::Share { of, among, .. } => (Some(*of), *among),
            _ => (None, None),
        };
        let len = self.batch.len();
        let mut truth = |step: Option<StepId>| match step {
            Some(step) => self.machine.truth(step),
            None => Rc::new(Truth::fixed(Some(true), len)),
        };
        let (of, among) = (truth(of), truth(among));
        // What is not among those of which a part is counted, or is no part of a number, has nothing to do with it.
        let outside = if matches!(rule.demand, DatasetDemand::Count { .. }) { &of.no } else { &among.no };
        let loose = asked.minus(&keyed);
        let unconcerned = loose.and(outside).count();
        settled.undecided -= unconcerned.min(settled.undecided);
        settled.not_applicable += unconcerned + keyed.and(outside).count();
        let mut kept = Kept::default();
        let said = |truth: &Truth, row| {
            truth.yes.get(row).then_some(true).or_else(|| truth.no.get(row).then_some(false))
        };
        for row in keyed.minus(outside).rows() {
            let key = match rule.demand {
                DatasetDemand::Complete => parts(&self.machine, &rule.key, row),
                _ => key(&self.machine, &rule.key, row),
            };
            let number = self.batch.chunk.records.get(row).map_or(0, |record| record.number);
            let stub = Stub::untold(number, said(&among, row), said(&of, row));
            kept.add(&key.unwrap_or_default(), &stub);
        }
        let lacking = lacking_columns(&self.machine, &rule.reads);
        Entrants { lacking, ..kept.entrants(settled, loose.count() - unconcerned) }
    }
}

/// The columns among `reads` that the file itself does not have.
pub(super) fn lacking_columns(machine: &Machine<'_, '_>, reads: &[FieldId]) -> Box<[FieldId]> {
    let about = machine.batch.about;
    let is_lacking = |field: &&FieldId| machine.column(**field).is_none_or(|column| column.absent);
    reads.iter().filter(|field| field.table == about).filter(is_lacking).copied().collect()
}

/// What is kept of the records of one batch that take part.
#[derive(Debug, Default)]
pub(super) struct Kept {
    starts: Vec<u32>,
    bytes: Vec<u8>,
    /// Records that could not be kept.
    left_open: u64,
}

impl Kept {
    pub(super) fn add(&mut self, key: &[u8], stub: &Stub<'_>) {
        // Writing into memory does not fail, and one batch does not come to 4 GiB; a record that could not be kept
        // all the same would be left open, and nothing else lost.
        let (Ok(mut entry), Ok(at)) = (postcard::to_allocvec(&(key, stub)), u32::try_from(self.bytes.len()))
        else {
            self.left_open += u64::from(!stub.settled);
            return;
        };
        self.bytes.append(&mut entry);
        self.starts.push(at);
    }

    fn entrants(self, mut settled: RuleCounts, loose: u64) -> Entrants {
        settled.undecided += self.left_open;
        let (starts, bytes) = (self.starts.into_boxed_slice(), self.bytes.into_boxed_slice());
        Entrants { settled, loose, starts, bytes, ..Entrants::default() }
    }
}
