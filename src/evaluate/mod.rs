//! Judging: plan + batch → [`Outcomes`] → diagnostics.
//!
//! Invariants
//! - The six outcomes of a rule partition the records.
//! - Diagnostics are made only for set bits.
//! - One production evaluator, by columns; the row-at-a-time twin lives in `tests/it/oracle.rs`.

mod calendar;
mod condition;
mod derive;
mod exact;
mod finding;
mod judge;
mod kernel;
mod keyed;
mod lookup;
mod machine;
mod name_form;
mod number;
mod states;
mod text;
mod truth;
mod value;
mod values;

pub use finding::{Finding, RecordFindings, RuleCounts};
pub use judge::{Outcomes, RuleOutcomes, judge};
