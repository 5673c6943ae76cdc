//! Rules over many records: gathered batch by batch, judged when every file has been read.
//!
//! Invariants
//! - The verdict depends on the records alone, not on batches or threads; groups come in the order of their first
//!   record, and their records in the order of the files.
//! - `latest` goes before the others: a record that a later submission supersedes takes part in none of them.
//! - Of a record a number for its key is kept, and a stub once that number has been met twice: memory grows by the
//!   keys and not by the file.

mod bounds;
mod complete;
mod covers;
mod gather;
mod groups;
mod hashed;
mod key;
mod lacking;
mod latest;
mod rivals;
mod stub;
mod stubs;
mod taking_part;
mod told;
mod whole;

pub use covers::{Units, units};
pub use gather::{Gathered, Sought, gather};
pub use hashed::Doubtful;
pub use rivals::Rivals;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::ThreadPool;
use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};
use rayon::slice::ParallelSliceMut as _;

use super::diagnose::{exemptions_of, set_aside};
use super::finding::{Finding, RuleCounts};
use super::marking::in_group;
use super::reason::Outcome;
use crate::diagnostic::{Argument, Diagnostic, Place, RecordPlace};
use crate::error::Error;
use crate::linked::Linked;
use crate::plan::{DatasetDemand, DatasetRule, Plan};
use crate::rule_pack::{EditRule, Placeholder};
use crate::source::SourceId;
use bounds::{Limits, limits_of};
use groups::Ruling;
use latest::Latest;
use stub::Stub;

/// A record of the run: its file, and its number there.
pub type RecordId = (SourceId, u64);

/// What the records of a run give to the rules over many records.
#[derive(Debug, Default)]
pub struct KeyTable {
    batches: Vec<Gathered>,
    /// Units of linked files, by table and row, of which there is a record.
    answered: BTreeSet<(u16, u32)>,
    /// The records of which stubs have been asked for, where numbers were given first.
    doubtful: Doubtful,
}

/// The units of a linked file that have not answered, by one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The rule's position in `pack.rules`.
    pub rule: usize,
    /// The table of the link.
    pub table: u16,
    /// Rows of the linked file, from 0, in its order.
    pub rows: Vec<u32>,
    /// Whether it could be told of any unit whether it was asked: else the list is empty because nothing is known.
    pub is_known: bool,
}

/// The verdicts of the rules over many records; their findings are told as they are made.
#[derive(Debug, Default)]
pub struct DatasetOutcomes {
    /// The six counts, one a rule, in the plan's order.
    pub counts: Vec<RuleCounts>,
    /// Records in whose place a later submission stands.
    pub superseded: BTreeSet<RecordId>,
    /// Units that have not answered, for each selected rule that asks for all.
    pub missing: Vec<Missing>,
    /// For each rule about the records as a whole its verdict. `None`: a rule that is judged record by record, or not
    /// at all.
    pub verdicts: Vec<Option<Outcome>>,
    /// For each rule, the outcomes of the records that take part, in no order.
    pub decided: Vec<Vec<(RecordId, Outcome)>>,
}

/// What judging is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Judging<'a> {
    /// The programme.
    pub plan: &'a Plan,
    /// The files' names, as messages show them.
    pub names: &'a BTreeMap<SourceId, Arc<str>>,
    /// Whether the keys of records may be named.
    pub keys: bool,
    /// Whether answers, and what is counted of them, may be told.
    pub values: bool,
    /// The units of the linked files of which all are asked for.
    pub units: &'a [Units],
    /// The linked files, by which units are called. `None`: by where they stand.
    pub linked: Option<&'a Linked>,
    /// Threads that share the work. `None`: the one that asks does it.
    pub pool: Option<&'a ThreadPool>,
    /// Whether each record's outcome is asked for, and not only the counts.
    pub outcomes: bool,
}

/// Takes the findings, by rule, by group, by record.
pub type Tell<'t> = dyn FnMut(Finding) -> Result<(), Error> + 't;

/// A record that takes part: where its key and stub are, and the beginning of the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entrant {
    prefix: u64,
    batch: u32,
    start: u32,
}

impl Entrant {
    /// Its place among the records of the run.
    const fn place(&self) -> (u32, u32) {
        (self.batch, self.start)
    }
}

/// A record of a group, with its stub.
#[derive(Debug)]
struct Member<'t> {
    batch: &'t Gathered,
    /// Its key as text; empty where it is none.
    key: &'t str,
    stub: Stub<'t>,
}

/// What a rule says of one member.
#[derive(Debug)]
struct Verdict {
    outcome: Outcome,
    /// What the kind publishes for the message; empty unless it fails.
    published: Vec<(&'static str, Argument)>,
}

impl Verdict {
    const fn plain(outcome: Outcome) -> Self {
        Self { outcome, published: Vec::new() }
    }
}

/// The records of one key, but for those that are superseded; read anew as often as they are looked at, so that memory
/// does not grow with a group.
#[derive(Clone, Copy)]
struct GroupOf<'t> {
    table: &'t KeyTable,
    /// Of which rule.
    place: usize,
    entrants: &'t [Entrant],
    superseded: &'t BTreeSet<RecordId>,
}

impl<'t> GroupOf<'t> {
    /// In the order of the files.
    fn members(self) -> impl Iterator<Item = Member<'t>> {
        let members = self.entrants.iter().filter_map(move |entrant| self.table.member(self.place, entrant));
        members.filter(move |member| self.superseded.is_empty() || !self.superseded.contains(&member.id()))
    }
}

impl<'t> Member<'t> {
    fn id(&self) -> RecordId {
        (self.batch.source, self.stub.place.record)
    }

    fn place(&self) -> RecordPlace {
        self.stub.place.place(self.batch.source, self.batch.sheet.as_ref(), self.key)
    }

    /// The record's own key. `None`: it has none.
    fn name(&self) -> Option<&'t str> {
        self.stub.place.name(self.key)
    }
}

impl KeyTable {
    /// Adds what a batch gives; batches come in the order of the files.
    pub fn add(&mut self, mut gathered: Gathered) {
        for (table, rows) in std::mem::take(&mut gathered.answered) {
            self.answered.extend(rows.into_iter().map(|row| (table, row)));
        }
        self.batches.push(gathered);
    }

    /// Notes of which records stubs are asked for; they are added like everything else.
    pub fn ask(&mut self, doubtful: Doubtful) {
        self.doubtful = doubtful;
    }

    /// Judges the rules over many records, and tells what it finds.
    ///
    /// An error is one of `tell`.
    pub fn judge(&self, judging: Judging<'_>, tell: &mut Tell<'_>) -> Result<DatasetOutcomes, Error> {
        let rules = || judging.plan.dataset.iter().enumerate();
        let latest = |rule: &DatasetRule| matches!(rule.demand, DatasetDemand::Latest { .. });
        let mut whole = DatasetOutcomes::default();
        for (place, rule) in rules().filter(|(_, rule)| latest(rule)) {
            let mut judged = self.rule(place, rule, judging, &BTreeSet::new(), &mut |_| Ok(()))?;
            whole.superseded.append(&mut judged.failed);
        }
        for (place, rule) in rules() {
            if !rule.selected {
                whole.counts.push(RuleCounts::default());
                whole.verdicts.push(None);
                whole.decided.push(Vec::new());
                continue;
            }
            let none = BTreeSet::new();
            let out = if latest(rule) { &none } else { &whole.superseded };
            let judged = self.rule(place, rule, judging, out, tell)?;
            whole.missing.extend(judged.missing);
            whole.verdicts.push(judged.verdict);
            whole.counts.push(judged.counts);
            whole.decided.push(judged.decided);
        }
        Ok(whole)
    }

    fn rule(
        &self,
        place: usize,
        rule: &DatasetRule,
        judging: Judging<'_>,
        superseded: &BTreeSet<RecordId>,
        tell: &mut Tell<'_>,
    ) -> Result<JudgedRule, Error> {
        if rule.demand.is_of_the_whole() {
            return self.whole(place, rule, judging, superseded, tell);
        }
        let mut judged = JudgedRule::default();
        for batch in &self.batches {
            if let Some(entrants) = batch.rules.get(place) {
                judged.counts.join(&entrants.settled);
            }
        }
        judged.well(self, place, &self.doubtful, superseded, judging.outcomes);
        let entrants = self.sorted(place, judging.pool);
        // A file that could not be read again: nothing can be said of its records.
        let asked = self.doubtful.of_rule(place).len();
        judged.counts.skipped += u64::try_from(asked.saturating_sub(entrants.len())).unwrap_or(u64::MAX);
        let limits = match &rule.demand {
            DatasetDemand::AtMost { bounds, .. } if bounds.fixed => {
                Some(limits_of(judging, rule, bounds, &[]))
            }
            _ => None,
        };
        let content = is_content(rule, limits.as_ref()) && superseded.is_empty() && !judging.outcomes;
        let mut groups: Vec<&[Entrant]> = Vec::new();
        for group in self.groups(place, &entrants) {
            if content && group.len() == 1 {
                judged.counts.pass += 1;
            } else {
                groups.push(group);
            }
        }
        groups.sort_by_key(|group| group.first().map(Entrant::place));
        for entrants in groups {
            if !superseded.is_empty() {
                let members = entrants.iter().filter_map(|entrant| self.member(place, entrant));
                for member in members.filter(|member| superseded.contains(&member.id())) {
                    judged.decide(&member, Outcome::NotApplicable, judging.outcomes);
                }
            }
            let key = || entrants.first().map(|entrant| self.key(place, entrant)).unwrap_or_default();
            let limits = match (&rule.demand, limits) {
                (DatasetDemand::AtMost { bounds, .. }, None) => limits_of(judging, rule, bounds, key()),
                _ => limits.unwrap_or_default(),
            };
            let group = GroupOf { table: self, place, entrants, superseded };
            judged.group(group, rule, (judging, &limits), tell)?;
        }
        Ok(judged)
    }

    /// The entrants by key.
    fn groups<'e>(&'e self, place: usize, entrants: &'e [Entrant]) -> impl Iterator<Item = &'e [Entrant]> {
        entrants.chunk_by(move |one: &Entrant, other: &Entrant| {
            one.prefix == other.prefix && self.key(place, one) == self.key(place, other)
        })
    }

    /// Everyone who takes part in rule number `place`, by key; those of one key in the order of the files.
    fn sorted(&self, place: usize, pool: Option<&ThreadPool>) -> Vec<Entrant> {
        let of_batch = |(batch, gathered): (u32, &Gathered)| {
            let starts = gathered.rules.get(place).map(|entrants| &*entrants.starts).unwrap_or_default();
            let entrants = starts.iter().map(|&start| Entrant { prefix: 0, batch, start });
            let entrants = entrants.map(|one| Entrant { prefix: prefix(self.key(place, &one)), ..one });
            entrants.collect::<Vec<Entrant>>()
        };
        let batches: Vec<(u32, &Gathered)> = (0_u32..).zip(&self.batches).collect();
        let mut all: Vec<Entrant> = match pool {
            Some(pool) => pool.install(|| batches.into_par_iter().map(of_batch).collect::<Vec<_>>()).concat(),
            None => batches.into_iter().flat_map(of_batch).collect(),
        };
        let order = |one: &Entrant, other: &Entrant| {
            one.prefix
                .cmp(&other.prefix)
                .then_with(|| self.key(place, one).cmp(self.key(place, other)))
                .then_with(|| one.place().cmp(&other.place()))
        };
        match pool {
            Some(pool) => pool.install(|| all.par_sort_unstable_by(order)),
            None => all.sort_unstable_by(order),
        }
        all
    }

    /// The bytes of an entrant, from its key on.
    fn bytes(&self, place: usize, entrant: &Entrant) -> Option<(&Gathered, &[u8])> {
        let batch = self.batches.get(usize::try_from(entrant.batch).ok()?)?;
        let bytes = &batch.rules.get(place)?.bytes;
        Some((batch, bytes.get(usize::try_from(entrant.start).ok()?..)?))
    }

    fn key(&self, place: usize, entrant: &Entrant) -> &[u8] {
        let key = self.bytes(place, entrant).and_then(|(_, bytes)| postcard::take_from_bytes(bytes).ok());
        key.map(|(key, _)| key).unwrap_or_default()
    }

    fn member(&self, place: usize, entrant: &Entrant) -> Option<Member<'_>> {
        let (batch, bytes) = self.bytes(place, entrant)?;
        let ((key, stub), _) = postcard::take_from_bytes::<(&[u8], Stub<'_>)>(bytes).ok()?;
        Some(Member { batch, key: std::str::from_utf8(key).unwrap_or_default(), stub })
    }
}

impl KeyTable {
    /// The record of an entrant, and what is kept of it.
    fn stub(&self, place: usize, entrant: &Entrant) -> Option<(RecordId, Stub<'_>)> {
        let (batch, bytes) = self.bytes(place, entrant)?;
        let ((_, stub), _) = postcard::take_from_bytes::<(&[u8], Stub<'_>)>(bytes).ok()?;
        Some(((batch.source, stub.place.record), stub))
    }
}

/// The first bytes of a key as a number: most keys differ there already.
fn prefix(key: &[u8]) -> u64 {
    key.iter().chain(std::iter::repeat(&0)).take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

/// Whether a record that stands alone passes, whatever it says.
fn is_content(rule: &DatasetRule, limits: Option<&Limits>) -> bool {
    match &rule.demand {
        DatasetDemand::Unique { .. } | DatasetDemand::Determines { .. } => true,
        DatasetDemand::AtMost { of, .. } => of.is_none() && limits.is_some_and(Limits::allow_one),
        _ => false,
    }
}

/// The verdicts of one rule.
#[derive(Debug, Default)]
struct JudgedRule {
    counts: RuleCounts,
    /// Records that are superseded, where the rule says so.
    failed: BTreeSet<RecordId>,
    decided: Vec<(RecordId, Outcome)>,
    /// Of a rule that asks for all units of a linked file.
    missing: Option<Missing>,
    /// Of a rule about the records as a whole.
    verdict: Option<Outcome>,
}

impl JudgedRule {
    /// Judges the records of one key, and tells of those that fail.
    fn group(
        &mut self,
        group: GroupOf<'_>,
        rule: &DatasetRule,
        (judging, limits): (Judging<'_>, &Limits),
        tell: &mut Tell<'_>,
    ) -> Result<(), Error> {
        if let DatasetDemand::Latest { by } = rule.demand {
            let latest = Latest::of(group, by, judging);
            return self.members(group, rule, judging, tell, |_, member| latest.verdict(member, judging));
        }
        let ruling = Ruling::of(&rule.demand, group, limits, judging);
        self.members(group, rule, judging, tell, |place, member| ruling.verdict(place, member))
    }

    fn members(
        &mut self,
        group: GroupOf<'_>,
        rule: &DatasetRule,
        judging: Judging<'_>,
        tell: &mut Tell<'_>,
        verdict: impl Fn(usize, &Member<'_>) -> Verdict,
    ) -> Result<(), Error> {
        let mut all = None;
        for (place, member) in group.members().enumerate().filter(|(_, member)| !member.stub.settled) {
            let verdict = verdict(place, &member);
            self.decide(&member, verdict.outcome, judging.outcomes);
            if verdict.outcome == Outcome::Fail && matches!(rule.demand, DatasetDemand::Latest { .. }) {
                self.failed.insert(member.id());
            }
            if verdict.outcome == Outcome::Fail
                && let Some(mut finding) = finding(rule, judging.plan, &member, &verdict.published)
            {
                let mark = |marks: &stub::Marks<'_>| {
                    in_group(marks.answers(), *all.get_or_insert_with(|| group.members().count()))
                };
                finding.diagnostic.standing.answers = member.stub.marks.as_ref().map(mark);
                tell(finding)?;
            }
        }
        Ok(())
    }

    fn decide(&mut self, member: &Member<'_>, outcome: Outcome, keep: bool) {
        self.settle(member.id(), outcome, keep);
    }

    /// Counts the outcome of a record; with `keep` it is told by itself too.
    fn settle(&mut self, id: RecordId, outcome: Outcome, keep: bool) {
        let count = match outcome {
            Outcome::Pass => &mut self.counts.pass,
            Outcome::Fail => &mut self.counts.fail,
            Outcome::NotApplicable => &mut self.counts.not_applicable,
            Outcome::Undecided => &mut self.counts.undecided,
            Outcome::Skipped => &mut self.counts.skipped,
            Outcome::NotRun => &mut self.counts.not_run,
        };
        *count += 1;
        if keep {
            self.decided.push((id, outcome));
        }
    }
}

/// The finding about a record that fails. `None`: the rule is not of this pack.
fn finding(
    planned: &DatasetRule,
    plan: &Plan,
    member: &Member<'_>,
    published: &[(&'static str, Argument)],
) -> Option<Finding> {
    let rule: &EditRule = plan.pack.rules.get(planned.index)?;
    let place = member.place();
    let labels = member.stub.labels.iter().map(|label| label.label(&plan.pack, &place));
    let labels = labels.collect();
    let mut diagnostic = Diagnostic {
        notice: Arc::clone(&rule.notice),
        severity: planned.severity,
        arguments: arguments(rule, member, published),
        place: Place::Record(Arc::new(place)),
        labels,
        suggestion: None,
        fix: None,
        standing: crate::diagnostic::Standing::default(),
    };
    set_aside(&mut diagnostic, &exemptions_of(&plan.pack, rule));
    Some(Finding::from(diagnostic))
}

/// What the record told of itself, and what its group tells of it. Without values nothing is told.
fn arguments(rule: &EditRule, member: &Member<'_>, published: &[(&'static str, Argument)]) -> Vec<Argument> {
    if member.stub.arguments.is_empty() {
        return vec![Argument::NotGiven; rule.placeholders.len()];
    }
    let own = member.stub.arguments.iter().zip(&rule.placeholders);
    own.map(|(own, placeholder)| {
        let of_the_group = match placeholder {
            Placeholder::Published(name) => published.iter().find(|(known, _)| **known == **name),
            _ => None,
        };
        of_the_group.map_or_else(|| own.argument(member.key), |(_, argument)| argument.clone())
    })
    .collect()
}
