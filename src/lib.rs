//! kenpyo (検票): judges survey submissions by a rule pack before they are counted.
//!
//! Invariants
//! - The rooms stand in the order of `ARCHITECTURE.md`; each uses only those below it.

pub mod batch;
pub mod book;
pub mod cli;
pub mod diagnostic;
pub mod engine;
pub mod error;
pub mod evaluate;
pub mod expression;
pub mod form;
pub mod generate;
pub mod input;
pub mod linked;
pub mod plan;
pub mod publication;
pub mod questionnaire;
pub mod report;
pub mod rewrite;
pub mod rule_pack;
pub mod rule_trial;
pub mod settings;
pub mod source;
pub mod tables;
pub mod workbook;
