//! The integration tests, one binary: a file a topic.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at its first surprise"
)]
#![expect(
    clippy::as_conversions,
    clippy::explicit_counter_loop,
    clippy::match_same_arms,
    clippy::type_complexity,
    clippy::unused_self,
    reason = "the oracle is written straight from the tables of the language, row by row"
)]

mod build;
mod cases;
mod command_line;
mod command_line_check;
mod defects;
mod determinism;
mod generate;
mod hidden_values;
mod layering;
mod memory;
mod natural;
mod null_form;
mod null_table;
mod oracle;
mod oracle_grow;
mod oracle_number;
mod oracle_plain;
mod oracle_record;
mod oracle_survey;
mod oracle_twin;
mod oracle_value;
mod program;
mod readme;
