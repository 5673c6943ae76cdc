//! Acceptance: whether a record may be counted, and why not. The one definition that every command uses.
//!
//! Invariants
//! - Accepted: in scope (no rule marked `scope` fails), not superseded, and no open fatal or error on the record or on
//!   its file. The four words partition the records of a run.
//! - Computed from the very findings that a report tells: severities after re-levelling, decisions of the office
//!   applied. What the office has set aside fails nothing.
//! - An open warning holds nothing, unless the run asks for that; what is undecided never does.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::put_away::{PutAway, PuttingAway};
use crate::diagnostic::code::internal::RECORD_FAULT;
use crate::diagnostic::{Diagnostic, Notice, Place, Severity};
use crate::error::Error;
use crate::evaluate::{DatasetOutcomes, Finding, Missing, RecordId};
use crate::plan::{DatasetDemand, Plan};
use crate::source::SourceId;

/// Whether a record may be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Admission {
    /// It may.
    Accepted,
    /// Something is wrong with it or with its file.
    Held,
    /// It is about a unit that is not asked.
    OutOfScope,
    /// A later submission stands in its place; nothing else is asked of it.
    Superseded,
}

impl Admission {
    /// Every one, in order.
    pub const ALL: [Self; 4] = [Self::Accepted, Self::Held, Self::OutOfScope, Self::Superseded];

    /// The word of machine formats.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Held => "held",
            Self::OutOfScope => "out-of-scope",
            Self::Superseded => "superseded",
        }
    }
}

/// What the run settled of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// Whether it may be counted.
    pub admission: Admission,
    /// Full ids of what holds it, puts it out of scope or supersedes it; each once, in the order in which they were
    /// found: on the record itself, over many records, on its file. Empty: it is accepted.
    pub reasons: Vec<Arc<str>>,
    /// How many of the reasons, at their end, hold the whole file.
    pub of_file: usize,
    /// Open warnings about it, those over many records among them.
    pub open_warnings: u32,
}

/// How many records came to what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Accepted.
    pub accepted: u64,
    /// Held.
    pub held: u64,
    /// Out of scope.
    pub out_of_scope: u64,
    /// Superseded.
    pub superseded: u64,
    /// Accepted records with at least one open warning.
    pub to_confirm: u64,
    /// The open warnings of accepted records.
    pub open_warnings: u64,
    /// Records on which our own code failed; they are held.
    pub faults: u64,
}

impl Totals {
    /// All records.
    pub const fn records(&self) -> u64 {
        self.accepted + self.held + self.out_of_scope + self.superseded
    }

    /// Adds one record.
    pub fn add(&mut self, settled: &Settled) {
        let count = match settled.admission {
            Admission::Accepted => {
                self.to_confirm += u64::from(settled.open_warnings > 0);
                self.open_warnings += u64::from(settled.open_warnings);
                &mut self.accepted
            }
            Admission::Held => &mut self.held,
            Admission::OutOfScope => &mut self.out_of_scope,
            Admission::Superseded => &mut self.superseded,
        };
        *count += 1;
    }

    /// Adds other records.
    pub(super) fn join(&mut self, other: &Self) {
        self.accepted += other.accepted;
        self.held += other.held;
        self.out_of_scope += other.out_of_scope;
        self.superseded += other.superseded;
        self.to_confirm += other.to_confirm;
        self.open_warnings += other.open_warnings;
        self.faults += other.faults;
    }
}

/// What cannot be known from one record of a part of the run: gathered while every record is judged for the first time.
#[derive(Debug, Default)]
pub(super) struct Settlement {
    /// Full ids of what holds every record of the part.
    whole: Vec<Arc<str>>,
    /// Full ids of what holds every record of a file.
    files: BTreeMap<SourceId, Vec<Arc<str>>>,
    /// Findings over many records.
    records: PuttingAway,
    superseded: BTreeSet<RecordId>,
    /// Units that have not answered.
    pub(super) missing: Vec<Missing>,
    /// Records on which our own code failed.
    lost: BTreeSet<RecordId>,
    /// Ids, with instances, of the rules that are about the scope.
    scope: BTreeSet<(Arc<str>, Option<Arc<str>>)>,
    /// Full ids of the rules that supersede.
    latest: Vec<Arc<str>>,
    hold_unconfirmed: bool,
}

/// Whether `diagnostic` holds what it is about.
fn holds(diagnostic: &Diagnostic) -> bool {
    diagnostic.severity >= Severity::Error && !diagnostic.is_accepted()
}

fn is_open_warning(diagnostic: &Diagnostic) -> bool {
    diagnostic.severity == Severity::Warning && !diagnostic.is_accepted()
}

/// Adds an id unless it is there.
fn once(ids: &mut Vec<Arc<str>>, notice: &Notice) {
    let id = notice.full_id();
    if !ids.iter().any(|known| **known == *id) {
        ids.push(Arc::from(id));
    }
}

impl Settlement {
    /// Nothing is known yet; `hold_unconfirmed`: open warnings hold a record too.
    pub(super) fn new(plan: &Plan, hold_unconfirmed: bool) -> Self {
        let scope = plan.pack.rules.iter().filter(|rule| rule.scope);
        let latest = plan.dataset.iter().filter(|rule| matches!(rule.demand, DatasetDemand::Latest { .. }));
        let latest = latest.filter_map(|rule| plan.pack.rules.get(rule.index));
        Self {
            scope: scope.map(|rule| key(&rule.notice)).collect(),
            latest: latest.map(|rule| Arc::from(rule.notice.full_id())).collect(),
            hold_unconfirmed,
            ..Self::default()
        }
    }

    /// Notes findings about a file.
    pub(super) fn file_findings(&mut self, findings: &[Finding]) {
        for diagnostic in findings.iter().flat_map(Finding::counted).filter(|one| holds(one)) {
            if let Place::File(file) = diagnostic.place {
                once(self.files.entry(file).or_default(), &diagnostic.notice);
            }
        }
    }

    /// Notes a finding over many records.
    ///
    /// # Errors
    /// It cannot be put away.
    pub(super) fn over_many(&mut self, finding: &Finding) -> Result<(), Error> {
        match &finding.diagnostic.place {
            Place::Record(place) => return self.records.add((place.source, place.record), finding),
            // Over several files: then it is about each of them.
            Place::Run if holds(&finding.diagnostic) => once(&mut self.whole, &finding.diagnostic.notice),
            _ => self.file_findings(std::slice::from_ref(finding)),
        }
        Ok(())
    }

    /// Notes what the rules over many records came to.
    pub(super) fn outcomes(&mut self, outcomes: DatasetOutcomes) {
        self.superseded.extend(outcomes.superseded);
        self.missing.extend(outcomes.missing);
    }

    /// Notes that our own code failed on `record`.
    pub(super) fn lost(&mut self, record: RecordId) {
        self.lost.insert(record);
    }

    /// The findings over many records that have been noted. They are here no more.
    ///
    /// # Errors
    /// The disk did not take them.
    pub(super) fn take_over_many(&mut self) -> Result<PutAway, Error> {
        std::mem::take(&mut self.records).told()
    }

    /// What comes of `record`, with its own findings and those over many records about it; `readable`: whether its cells
    /// could be told apart and it has a name.
    pub(super) fn settle(
        &self,
        record: RecordId,
        (own, over): (&[Finding], &[Finding]),
        readable: bool,
    ) -> Settled {
        let all = || own.iter().chain(over).flat_map(Finding::counted);
        let open_warnings = all().filter(|one| is_open_warning(one)).count();
        let settled = |admission, reasons, of_file| Settled {
            admission,
            reasons,
            of_file,
            open_warnings: u32::try_from(open_warnings).unwrap_or(u32::MAX),
        };
        if self.superseded.contains(&record) {
            return settled(Admission::Superseded, self.latest.clone(), 0);
        }
        let mut reasons = Vec::new();
        let out =
            |one: &&Diagnostic| one.standing.decision.is_none() && self.scope.contains(&key(&one.notice));
        all().filter(out).for_each(|one| once(&mut reasons, &one.notice));
        if !reasons.is_empty() {
            return settled(Admission::OutOfScope, reasons, 0);
        }
        let held = |one: &&Diagnostic| holds(one) || self.hold_unconfirmed && is_open_warning(one);
        all().filter(held).for_each(|one| once(&mut reasons, &one.notice));
        if self.lost.contains(&record) {
            once(&mut reasons, &RECORD_FAULT.notice());
        }
        if !readable && reasons.is_empty() {
            // Whatever is said of it, no rule has judged it.
            own.iter().flat_map(Finding::counted).for_each(|one| once(&mut reasons, &one.notice));
        }
        let before = reasons.len();
        let of_its_file = self.files.get(&record.0).into_iter().flatten();
        for id in of_its_file.chain(&self.whole) {
            if !reasons.contains(id) {
                reasons.push(Arc::clone(id));
            }
        }
        let admission = if reasons.is_empty() { Admission::Accepted } else { Admission::Held };
        let of_file = reasons.len() - before;
        settled(admission, reasons, of_file)
    }
}

fn key(notice: &Notice) -> (Arc<str>, Option<Arc<str>>) {
    (Arc::clone(&notice.id), notice.instance.clone())
}
