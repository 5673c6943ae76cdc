//! Counting: outcomes by rule, findings by id and by severity.
//!
//! Invariants
//! - Counts are complete, whatever a listing shows.
//! - A heading over findings that share a cause is not counted; what it heads is.
//! - By severity only open findings are counted; by rule all are, and how many of them are accepted.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::block::Judged;
use super::breakdown::Shares;
use super::event::{FileLine, RuleLine, Summary};
use crate::diagnostic::{Diagnostic, Notice, Place, Severity};
use crate::evaluate::{Finding, RecordFindings, RecordId, RuleCounts};
use crate::expression::FieldId;
use crate::plan::Plan;
use crate::source::SourceId;

/// An id with its instance: what is counted.
type Id = (Arc<str>, Option<Arc<str>>);

/// The findings of one id.
#[derive(Debug, Clone)]
struct Line {
    notice: Arc<Notice>,
    severity: Severity,
    findings: u64,
    accepted: u64,
    records: u64,
}

/// Findings by id and by severity.
#[derive(Debug, Clone, Default)]
pub(super) struct Lines {
    by_id: BTreeMap<Id, Line>,
    /// Of open findings.
    by_severity: [u64; 4],
    accepted: u64,
    with_errors: Vec<RecordId>,
}

/// Records of the run, a bit each.
#[derive(Debug, Clone, Default)]
pub(super) struct RecordSet {
    /// By file; bit n of the words is record n.
    files: BTreeMap<SourceId, Vec<u64>>,
}

impl RecordSet {
    fn insert(&mut self, (source, record): RecordId) {
        let words = self.files.entry(source).or_default();
        let word = usize::try_from(record / 64).unwrap_or(usize::MAX);
        if word >= words.len() {
            words.resize(word.saturating_add(1), 0);
        }
        if let Some(word) = words.get_mut(word) {
            *word |= 1 << (record % 64);
        }
    }

    /// Its records, by file.
    pub(super) fn iter(&self) -> impl Iterator<Item = RecordId> {
        self.files.iter().flat_map(|(source, words)| {
            let words = (0_u64..).zip(words).filter(|(_, word)| **word != 0);
            words.flat_map(move |(place, word)| {
                (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| (*source, place * 64 + bit))
            })
        })
    }

    fn len(&self) -> u64 {
        self.files.values().flatten().map(|word| u64::from(word.count_ones())).sum()
    }
}

/// What is counted of a finding: itself unless it is a heading, and its followers.
pub(super) fn counted(finding: &Finding) -> impl Iterator<Item = &Diagnostic> {
    (!finding.heading).then_some(&finding.diagnostic).into_iter().chain(&finding.followers)
}

fn id(diagnostic: &Diagnostic) -> Id {
    (Arc::clone(&diagnostic.notice.id), diagnostic.notice.instance.clone())
}

pub(super) const fn place(severity: Severity) -> usize {
    match severity {
        Severity::Info => 0,
        Severity::Warning => 1,
        Severity::Error => 2,
        Severity::Fatal => 3,
    }
}

impl Lines {
    /// Counts the findings of some records.
    pub(super) fn of(records: &[RecordFindings]) -> Self {
        let mut lines = Self::default();
        for record in records {
            if lines.record(&record.findings) >= Severity::Error {
                lines.with_errors.push((record.place.source, record.place.record));
            }
        }
        lines
    }

    /// Counts the findings of one record; the gravest of them.
    fn record(&mut self, findings: &[Finding]) -> Severity {
        let mut ids: Vec<Id> = Vec::new();
        let mut worst = Severity::Info;
        for diagnostic in findings.iter().flat_map(counted) {
            worst = worst.max(diagnostic.severity);
            let id = self.finding(diagnostic);
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        for id in &ids {
            if let Some(line) = self.by_id.get_mut(id) {
                line.records += 1;
            }
        }
        worst
    }

    fn finding(&mut self, diagnostic: &Diagnostic) -> Id {
        let id = id(diagnostic);
        let line = self.by_id.entry(id.clone()).or_insert_with(|| Line {
            notice: Arc::clone(&diagnostic.notice),
            severity: diagnostic.severity,
            findings: 0,
            accepted: 0,
            records: 0,
        });
        line.findings += 1;
        line.severity = line.severity.max(diagnostic.severity);
        if diagnostic.is_accepted() {
            line.accepted += 1;
            self.accepted += 1;
        } else if let Some(count) = self.by_severity.get_mut(place(diagnostic.severity)) {
            *count += 1;
        }
        id
    }

    /// Their lines of the closing table, by id.
    fn rules(&self) -> impl Iterator<Item = RuleLine> {
        self.by_id.values().map(|found| line(&found.notice, found.severity, None, Some(found)))
    }

    fn add(&mut self, other: &Self) {
        for (id, line) in &other.by_id {
            match self.by_id.get_mut(id) {
                None => {
                    self.by_id.insert(id.clone(), line.clone());
                }
                Some(sum) => {
                    sum.findings += line.findings;
                    sum.accepted += line.accepted;
                    sum.records += line.records;
                    sum.severity = sum.severity.max(line.severity);
                }
            }
        }
        self.accepted += other.accepted;
        for (sum, count) in self.by_severity.iter_mut().zip(other.by_severity) {
            *sum += count;
        }
    }
}

/// The counts of a run.
#[derive(Debug)]
pub(super) struct Tally {
    lines: Lines,
    counts: Vec<RuleCounts>,
    over_many: Vec<RuleCounts>,
    with_errors: RecordSet,
    records: u64,
    faults: u64,
    breakdown: Option<Shares>,
    /// Of rules about linked files: position in the pack, severity, counts.
    of_links: Vec<(usize, Severity, RuleCounts)>,
}

impl Tally {
    pub(super) fn new(plan: &Plan) -> Self {
        let counts = vec![RuleCounts::default(); plan.rules.len()];
        let over_many = vec![RuleCounts::default(); plan.dataset.len()];
        Self {
            lines: Lines::default(),
            counts,
            over_many,
            with_errors: RecordSet::default(),
            records: 0,
            faults: 0,
            breakdown: Shares::of(&plan.pack),
            of_links: Vec::new(),
        }
    }

    /// By whose options findings are counted. `None`: nothing is broken down.
    pub(super) fn breakdown_field(&self) -> Option<FieldId> {
        self.breakdown.as_ref().map(Shares::field)
    }

    /// Adds records on which our own code failed.
    pub(super) const fn faults(&mut self, faults: u64) {
        self.faults += faults;
    }

    /// Adds findings that are not about a record.
    pub(super) fn findings(&mut self, findings: &[Finding]) {
        for diagnostic in findings.iter().flat_map(counted) {
            self.lines.finding(diagnostic);
        }
    }

    /// Adds one judged block.
    pub(super) fn block(&mut self, judged: &Judged) {
        self.lines.add(&judged.lines);
        judged.lines.with_errors.iter().for_each(|record| self.with_errors.insert(*record));
        for (sum, counts) in self.counts.iter_mut().zip(&judged.counts) {
            sum.join(counts);
        }
        if let Some(shares) = &mut self.breakdown {
            shares.block(judged);
        }
        self.records += judged.records;
        self.faults += u64::try_from(judged.lost.len()).unwrap_or(u64::MAX);
    }

    /// Adds what a rule over many records found of a record.
    pub(super) fn over_many(&mut self, finding: &Finding) {
        let worst = self.lines.record(std::slice::from_ref(finding));
        if let (Some(shares), Place::Record(place)) = (&mut self.breakdown, &finding.diagnostic.place) {
            shares.findings((place.source, place.record), std::slice::from_ref(finding));
        }
        if let (Place::Record(place), true) = (&finding.diagnostic.place, worst >= Severity::Error) {
            self.with_errors.insert((place.source, place.record));
        }
    }

    /// Adds the outcomes of the rules over many records.
    pub(super) fn over_many_counts(&mut self, counts: &[RuleCounts]) {
        for (sum, counts) in self.over_many.iter_mut().zip(counts) {
            sum.join(counts);
        }
    }

    /// Adds the outcomes of the rules of `plan`, which are about a linked file and have been judged on all of it.
    pub(super) fn linked(&mut self, plan: &Plan, counts: Vec<RuleCounts>, over_many: Vec<RuleCounts>) {
        let alone = plan.rules.iter().zip(&plan.severities).zip(counts);
        self.of_links.extend(alone.map(|((index, severity), counts)| (*index, *severity, counts)));
        let many = plan.dataset.iter().zip(over_many);
        self.of_links.extend(many.map(|(rule, counts)| (rule.index, rule.severity, counts)));
    }

    /// The closing part of the report: codes and other findings by id, then every judged rule in the pack's order.
    pub(super) fn summary(mut self, plan: &Plan, files: Vec<FileLine>) -> Summary {
        let of_a_record = plan.rules.iter().zip(&plan.severities).zip(self.counts);
        let of_a_record = of_a_record.map(|((index, severity), counts)| (*index, *severity, counts));
        let over_many = plan.dataset.iter().zip(self.over_many);
        let over_many = over_many.filter(|(rule, _)| rule.selected);
        let over_many = over_many.map(|(rule, counts)| (rule.index, rule.severity, counts));
        let mut judged: Vec<(usize, Severity, RuleCounts)> =
            of_a_record.chain(over_many).chain(self.of_links).collect();
        judged.sort_by_key(|(index, ..)| *index);
        let rules = judged.into_iter().filter_map(|(index, severity, counts)| {
            let notice = &plan.pack.rules.get(index)?.notice;
            let found = self.lines.by_id.remove(&(Arc::clone(&notice.id), notice.instance.clone()));
            Some(line(notice, severity, Some(counts), found.as_ref()))
        });
        let rules: Vec<RuleLine> = rules.collect();
        // Rules of kinds that no run judges yet.
        let not_run = RuleCounts { not_run: self.records, ..RuleCounts::default() };
        let waiting = plan.elsewhere.iter().filter_map(|index| plan.pack.rules.get(*index));
        let waiting: Vec<RuleLine> = waiting
            .filter(|rule| rule.table == 0)
            .map(|rule| line(&rule.notice, rule.notice.severity, Some(not_run.clone()), None))
            .collect();
        Summary {
            files,
            waiting: u64::try_from(waiting.len()).unwrap_or(u64::MAX),
            rules: self.lines.rules().chain(rules).chain(waiting).collect(),
            findings: self.lines.by_severity,
            accepted: self.lines.accepted,
            records_with_errors: self.with_errors.len(),
            records: self.records,
            breakdowns: self
                .breakdown
                .and_then(|shares| shares.summary(&plan.pack, &self.with_errors))
                .into_iter()
                .collect(),
            partial: plan.partial,
            faults: self.faults,
            ..Summary::default()
        }
    }
}

/// Adds findings that are about no part of the run.
pub(super) fn add_findings(summary: &mut Summary, findings: &[Finding]) {
    let further = of_findings(findings);
    for (sum, count) in summary.findings.iter_mut().zip(further.findings) {
        *sum += count;
    }
    summary.rules.splice(0..0, further.rules);
}

/// The closing part of a run that came to nothing but `findings`, none of which is about a record.
pub(super) fn of_findings(findings: &[Finding]) -> Summary {
    let mut lines = Lines::default();
    for diagnostic in findings.iter().flat_map(counted) {
        lines.finding(diagnostic);
    }
    Summary { rules: lines.rules().collect(), findings: lines.by_severity, ..Summary::default() }
}

fn line(
    notice: &Arc<Notice>,
    severity: Severity,
    counts: Option<RuleCounts>,
    found: Option<&Line>,
) -> RuleLine {
    RuleLine {
        id: Arc::from(notice.full_id()),
        slug: Arc::clone(&notice.slug),
        severity,
        title: notice.title.clone(),
        counts,
        findings: found.map_or(0, |found| found.findings),
        accepted: found.map_or(0, |found| found.accepted),
        records: found.map_or(0, |found| found.records),
        part: 0,
    }
}
