//! The integration tests, one binary: a file a topic.

mod build;
mod cases;
mod command_line;
mod defects;
mod determinism;
mod generate;
mod layering;
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
