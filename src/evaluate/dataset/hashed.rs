//! The first of two steps: of every record a number for its key, by which most are known to be well.
//!
//! Invariants
//! - A rule that compares records can speak only of those whose number is met again; the others are counted here.
//! - Two keys with one number make their records doubtful and nothing worse: the second step compares the keys
//!   themselves.
//! - Sixteen bytes a record and rule, whatever the record holds.

use std::collections::BTreeSet;

use rayon::ThreadPool;
use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};
use rayon::slice::ParallelSliceMut as _;

use super::bounds::{Fraction, Limits, limits_of};
use super::gather::Gathered;
use super::key::number;
use super::taking_part::Entering;
use super::{JudgedRule, Judging, KeyTable, RecordId};
use crate::evaluate::finding::RuleCounts;
use crate::evaluate::machine::Machine;
use crate::evaluate::reason::Outcome;
use crate::plan::{DatasetDemand, DatasetRule};
use crate::source::SourceId;

/// How a record takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// It has an outcome to come.
    Compared,
    /// Its outcome is known and counted; it takes part for the others' sake.
    Settled,
    /// Whether it counts is open, so it is left undecided.
    Open,
}

/// A record that takes part in a rule.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hashed {
    key: u64,
    /// Its number, from that of the first record of its batch.
    record: u32,
    standing: Standing,
}

/// The records of a batch that are compared with others by `rule`; `counts` gets those that cannot be.
pub(super) fn hashed(
    machine: &Machine<'_, '_>,
    rule: &DatasetRule,
    entering: &Entering,
    counts: &mut RuleCounts,
) -> Box<[Hashed]> {
    let records = &machine.batch.chunk.records;
    let first = records.first().map_or(0, |record| record.number);
    let mut all = Vec::with_capacity(usize::try_from(entering.rows.count()).unwrap_or_default());
    for row in entering.rows.rows() {
        let standing = match () {
            () if entering.settled.get(row) => Standing::Settled,
            () if entering.open.get(row) => Standing::Open,
            () => Standing::Compared,
        };
        let record = records.get(row).and_then(|record| u32::try_from(record.number - first).ok());
        match number(machine, &rule.key, row).zip(record) {
            Some((key, record)) => all.push(Hashed { key, record, standing }),
            None => counts.undecided += u64::from(standing != Standing::Settled),
        }
    }
    all.into_boxed_slice()
}

/// The records of which rules over many records may have something to tell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Doubtful {
    /// For each rule, in order.
    rules: Vec<Vec<RecordId>>,
    /// Those of all rules, each once, in order.
    all: Vec<RecordId>,
}

impl Doubtful {
    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Those of one file, in order.
    pub fn of_file(&self, file: SourceId) -> &[RecordId] {
        let first = self.all.partition_point(|(source, _)| *source < file);
        let end = self.all.partition_point(|(source, _)| *source <= file);
        self.all.get(first..end).unwrap_or_default()
    }

    /// Whether any rule may speak of `record`.
    pub fn holds(&self, record: RecordId) -> bool {
        self.all.binary_search(&record).is_ok()
    }

    /// Whether the rule at `place` may speak of `record`.
    pub(super) fn may_speak(&self, place: usize, record: RecordId) -> bool {
        self.rules.get(place).is_some_and(|records| records.binary_search(&record).is_ok())
    }

    /// Those of the rule at `place`, in order.
    pub(super) fn of_rule(&self, place: usize) -> &[RecordId] {
        self.rules.get(place).map(Vec::as_slice).unwrap_or_default()
    }
}

/// A record that takes part, among those of all batches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    key: u64,
    batch: u32,
    index: u32,
}

impl KeyTable {
    /// Of which records the rules of `judging` may have something to tell, by the numbers of their keys.
    pub fn weigh(&self, judging: Judging<'_>) -> Doubtful {
        let rules = judging.plan.dataset.iter().enumerate();
        let rules: Vec<Vec<RecordId>> =
            rules.map(|(place, rule)| self.doubtful(place, rule, judging)).collect();
        let mut all: Vec<RecordId> = rules.iter().flatten().copied().collect();
        all.sort_unstable();
        all.dedup();
        Doubtful { rules, all }
    }

    fn doubtful(&self, place: usize, rule: &DatasetRule, judging: Judging<'_>) -> Vec<RecordId> {
        let limits = match &rule.demand {
            DatasetDemand::AtMost { bounds, .. } if bounds.fixed => limits_of(judging, rule, bounds, &[]),
            _ => Limits::default(),
        };
        let mut doubtful = Vec::new();
        let entrants = self.by_key(place, judging.pool);
        for group in entrants.chunk_by(|one, other| one.key == other.key) {
            let members = || group.iter().filter_map(|entrant| self.hashed(place, *entrant));
            if !is_well(&rule.demand, &limits, group.len(), members) {
                doubtful.extend(members().map(|(record, _)| record));
            }
        }
        doubtful.sort_unstable();
        doubtful
    }

    fn by_key(&self, place: usize, pool: Option<&ThreadPool>) -> Vec<Place> {
        let of_batch = |(batch, gathered): (u32, &Gathered)| {
            let hashed = gathered.hashed(place).iter();
            let places = (0..).zip(hashed).map(|(index, hashed)| Place { key: hashed.key, batch, index });
            places.collect::<Vec<Place>>()
        };
        let batches: Vec<(u32, &Gathered)> = (0_u32..).zip(&self.batches).collect();
        let Some(pool) = pool else {
            let mut all: Vec<Place> = batches.into_iter().flat_map(of_batch).collect();
            all.sort_unstable();
            return all;
        };
        pool.install(|| {
            let mut all = batches.into_par_iter().map(of_batch).collect::<Vec<_>>().concat();
            all.par_sort_unstable();
            all
        })
    }

    fn hashed(&self, place: usize, entrant: Place) -> Option<(RecordId, Standing)> {
        let batch = self.batches.get(usize::try_from(entrant.batch).ok()?)?;
        let hashed = batch.hashed(place).get(usize::try_from(entrant.index).ok()?)?;
        Some((batch.id(hashed), hashed.standing))
    }
}

impl Gathered {
    fn id(&self, hashed: &Hashed) -> RecordId {
        (self.source, self.first.saturating_add(u64::from(hashed.record)))
    }
}

/// Whether all records of one number are well, whatever their keys.
fn is_well<M: Iterator<Item = (RecordId, Standing)>>(
    demand: &DatasetDemand,
    limits: &Limits,
    size: usize,
    members: impl Fn() -> M,
) -> bool {
    match demand {
        DatasetDemand::Unique { .. } | DatasetDemand::Determines { .. } => size == 1,
        DatasetDemand::Latest { .. } => {
            members().map(|((file, _), _)| file).collect::<BTreeSet<SourceId>>().len() == 1
        }
        DatasetDemand::AtMost { bounds, .. } if bounds.fixed => {
            // Fewer records are as well: those of one number may be of several keys.
            let all = u64::try_from(size).unwrap_or(u64::MAX);
            let whole = |above: u64| Fraction { above, below: 1 };
            limits.is_upper() && limits.hold(whole(all), whole(all)).0 == Some(true)
        }
        _ => false,
    }
}

impl JudgedRule {
    /// Counts the records of which the rule at `place` has nothing to tell, and those that could not be looked at again.
    pub(super) fn well(
        &mut self,
        table: &KeyTable,
        place: usize,
        doubtful: &Doubtful,
        superseded: &BTreeSet<RecordId>,
        keep: bool,
    ) {
        let mut doubtful = doubtful.of_rule(place).iter().peekable();
        for batch in &table.batches {
            for hashed in batch.hashed(place) {
                let record = batch.id(hashed);
                // Both come in the order of the files.
                if doubtful.next_if(|doubtful| **doubtful == record).is_some() {
                    continue;
                }
                match hashed.standing {
                    _ if superseded.contains(&record) => self.settle(record, Outcome::NotApplicable, keep),
                    Standing::Compared => self.settle(record, Outcome::Pass, keep),
                    Standing::Open => self.settle(record, Outcome::Undecided, keep),
                    Standing::Settled => {}
                }
            }
        }
    }
}
