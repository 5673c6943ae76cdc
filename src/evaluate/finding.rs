//! What judging hands to the reports: findings by record, counts by rule.
//!
//! Invariants
//! - Counts are complete; nothing here is capped.

use std::sync::Arc;

use super::answers::RecordAnswers;
use super::judge::RuleOutcomes;
use crate::batch::Excerpt;
use crate::diagnostic::{Diagnostic, RecordPlace};

/// One finding with what is needed to draw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The finding.
    pub diagnostic: Diagnostic,
    /// Its excerpt. `None`: not asked for, or nothing to show.
    pub excerpt: Option<Excerpt>,
    /// Findings shown inside this one (groups): they count, but have no message of their own.
    pub followers: Vec<Diagnostic>,
    /// Whether `diagnostic` is only a heading over its followers (a group with a text of its own): then the
    /// followers are counted, and it is not.
    pub heading: bool,
}

impl Finding {
    /// The findings that count: itself, unless it is only a heading, and its followers.
    pub fn counted(&self) -> impl Iterator<Item = &Diagnostic> {
        let head = (!self.heading).then_some(&self.diagnostic);
        head.into_iter().chain(&self.followers)
    }
}

impl From<Diagnostic> for Finding {
    fn from(diagnostic: Diagnostic) -> Self {
        Self { diagnostic, excerpt: None, followers: Vec::new(), heading: false }
    }
}

/// The findings of one record, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordFindings {
    /// The record.
    pub place: Arc<RecordPlace>,
    /// At least one.
    pub findings: Vec<Finding>,
    /// The record's answers; empty where no report asks for them.
    pub answers: RecordAnswers,
}

/// The six counts of a rule, and its findings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RuleCounts {
    /// Records that pass.
    pub pass: u64,
    /// Records that fail.
    pub fail: u64,
    /// Not applicable.
    pub not_applicable: u64,
    /// Undecided.
    pub undecided: u64,
    /// Skipped.
    pub skipped: u64,
    /// Not run.
    pub not_run: u64,
}

impl RuleCounts {
    /// Adds the counts of other records.
    pub fn join(&mut self, other: &Self) {
        self.pass += other.pass;
        self.fail += other.fail;
        self.not_applicable += other.not_applicable;
        self.undecided += other.undecided;
        self.skipped += other.skipped;
        self.not_run += other.not_run;
    }

    /// Adds the records of one batch.
    pub fn add(&mut self, verdict: &RuleOutcomes) {
        self.pass += verdict.pass.count();
        self.fail += verdict.fail.count();
        self.not_applicable += verdict.not_applicable.count();
        self.undecided += verdict.undecided.count();
        self.skipped += verdict.skipped.count();
        self.not_run += verdict.not_run.count();
    }

    /// All records.
    pub fn total(&self) -> u64 {
        [self.pass, self.fail, self.not_applicable, self.undecided, self.skipped, self.not_run].iter().sum()
    }
}
