//! Judging: plan + batch → [`Outcomes`] → diagnostics.
//!
//! Invariants
//! - The six outcomes of a rule partition the records.
//! - Diagnostics are made only for set bits.
//! - One production evaluator, by columns; the row-at-a-time twin lives in `tests/it/oracle.rs`.

mod finding;

pub use finding::{Finding, RecordFindings, RuleCounts};

use crate::batch::Mask;

/// The verdicts of one rule over a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleOutcomes {
    /// The demand holds.
    pub pass: Mask,
    /// It does not.
    pub fail: Mask,
    /// The rule does not apply, or nobody had to answer.
    pub not_applicable: Mask,
    /// A missing answer leaves it open.
    pub undecided: Mask,
    /// A cell that it reads is already reported as invalid.
    pub skipped: Mask,
    /// It reads a column, a record or a parameter that is not there.
    pub not_run: Mask,
    /// Undecided records on which an overflow, a division by zero or an absent lookup key took part.
    pub faulted: Mask,
}

/// The verdicts of all planned rules over a batch, in the plan's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcomes {
    /// One a planned rule.
    pub rules: Vec<RuleOutcomes>,
    /// For each derived value of the pack that fills blanks: the rows that it filled.
    pub filled: Vec<(usize, Mask)>,
}
