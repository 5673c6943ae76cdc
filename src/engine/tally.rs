//! Counting: outcomes by rule, findings by id and by severity.
//!
//! Invariants
//! - Counts are complete, whatever a listing shows.
//! - A heading over findings that share a cause is not counted; what it heads is.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::block::Judged;
use super::event::{FileLine, RuleLine, Summary};
use crate::diagnostic::{Diagnostic, Notice, Severity};
use crate::evaluate::{Finding, RecordFindings, RuleCounts};
use crate::plan::Plan;

/// An id with its instance: what is counted.
type Id = (Arc<str>, Option<Arc<str>>);

/// The findings of one id.
#[derive(Debug, Clone)]
struct Line {
    notice: Arc<Notice>,
    severity: Severity,
    findings: u64,
    records: u64,
}

/// Findings by id and by severity.
#[derive(Debug, Clone, Default)]
pub(super) struct Lines {
    by_id: BTreeMap<Id, Line>,
    by_severity: [u64; 4],
    records_with_errors: u64,
}

/// What is counted of a finding: itself unless it is a heading, and its followers.
fn counted(finding: &Finding) -> impl Iterator<Item = &Diagnostic> {
    (!finding.heading).then_some(&finding.diagnostic).into_iter().chain(&finding.followers)
}

fn id(diagnostic: &Diagnostic) -> Id {
    (Arc::clone(&diagnostic.notice.id), diagnostic.notice.instance.clone())
}

const fn place(severity: Severity) -> usize {
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
            lines.record(&record.findings);
        }
        lines
    }

    fn record(&mut self, findings: &[Finding]) {
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
        self.records_with_errors += u64::from(worst >= Severity::Error);
    }

    fn finding(&mut self, diagnostic: &Diagnostic) -> Id {
        let id = id(diagnostic);
        let line = self.by_id.entry(id.clone()).or_insert_with(|| Line {
            notice: Arc::clone(&diagnostic.notice),
            severity: diagnostic.severity,
            findings: 0,
            records: 0,
        });
        line.findings += 1;
        line.severity = line.severity.max(diagnostic.severity);
        if let Some(count) = self.by_severity.get_mut(place(diagnostic.severity)) {
            *count += 1;
        }
        id
    }

    fn add(&mut self, other: &Self) {
        for (id, line) in &other.by_id {
            match self.by_id.get_mut(id) {
                None => {
                    self.by_id.insert(id.clone(), line.clone());
                }
                Some(sum) => {
                    sum.findings += line.findings;
                    sum.records += line.records;
                    sum.severity = sum.severity.max(line.severity);
                }
            }
        }
        for (sum, count) in self.by_severity.iter_mut().zip(other.by_severity) {
            *sum += count;
        }
        self.records_with_errors += other.records_with_errors;
    }
}

/// The counts of a run.
#[derive(Debug)]
pub(super) struct Tally {
    lines: Lines,
    counts: Vec<RuleCounts>,
    records: u64,
    faults: u64,
}

impl Tally {
    pub(super) fn new(plan: &Plan) -> Self {
        let counts = vec![RuleCounts::default(); plan.rules.len()];
        Self { lines: Lines::default(), counts, records: 0, faults: 0 }
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
        for (sum, counts) in self.counts.iter_mut().zip(&judged.counts) {
            sum.join(counts);
        }
        self.records += judged.records;
        self.faults += judged.faults;
    }

    /// The closing part of the report: codes and other findings by id, then every judged rule in the pack's order.
    pub(super) fn summary(mut self, plan: &Plan, files: Vec<FileLine>) -> Summary {
        let rules = plan.rules.iter().zip(&plan.severities).zip(self.counts);
        let rules: Vec<RuleLine> = rules
            .filter_map(|((index, severity), counts)| {
                let notice = &plan.pack.rules.get(*index)?.notice;
                let found = self.lines.by_id.remove(&(Arc::clone(&notice.id), notice.instance.clone()));
                Some(line(notice, *severity, Some(counts), found.as_ref()))
            })
            .collect();
        // Rules over many records wait for the whole of them, which no run reads together yet.
        let not_run = RuleCounts { not_run: self.records, ..RuleCounts::default() };
        let waiting = plan.elsewhere.iter().filter_map(|index| plan.pack.rules.get(*index));
        let waiting: Vec<RuleLine> = waiting
            .filter(|rule| rule.table == 0)
            .map(|rule| line(&rule.notice, rule.notice.severity, Some(not_run.clone()), None))
            .collect();
        let others =
            self.lines.by_id.values().map(|found| line(&found.notice, found.severity, None, Some(found)));
        Summary {
            files,
            waiting: u64::try_from(waiting.len()).unwrap_or(u64::MAX),
            rules: others.chain(rules).chain(waiting).collect(),
            findings: self.lines.by_severity,
            records_with_errors: self.lines.records_with_errors,
            records: self.records,
            partial: plan.partial,
            faults: self.faults,
        }
    }
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
        records: found.map_or(0, |found| found.records),
    }
}
