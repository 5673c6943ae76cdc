//! Judging: plan + batch → [`Outcomes`] → diagnostics.
//!
//! Invariants
//! - The six outcomes of a rule partition the records.
//! - Diagnostics are made only for set bits.
//! - One production evaluator, by columns; the row-at-a-time twin lives in `tests/it/oracle.rs`.

mod answers;
mod argument;
mod breakdown;
mod calendar;
mod condition;
mod dataset;
mod derive;
mod diagnose;
mod exact;
mod finding;
mod group;
mod judge;
mod kernel;
mod keyed;
mod lookup;
mod machine;
mod marking;
mod name_form;
mod number;
mod reason;
mod states;
mod text;
mod truth;
mod value;
mod values;
mod withheld;
mod word;

pub use answers::{Answer, AnswerState, FieldName, RecordAnswers};
pub use breakdown::{UNKNOWN_GROUP, breakdown_of, groups};
pub use dataset::{
    DatasetOutcomes, Doubtful, Gathered, Judging, KeyTable, Missing, RecordId, Rivals, Sought, Tell, Units,
    gather, units,
};
pub use derive::fill;
pub use diagnose::{Wants, diagnose};
pub use finding::{Finding, RecordFindings, RuleCounts};
pub use judge::{Outcomes, RuleOutcomes, judge};
pub use marking::AnswerMarks;
pub use reason::{Outcome, Reason, column_name, reasons};
pub use word::{Base, Word, WordMasks, Words};
