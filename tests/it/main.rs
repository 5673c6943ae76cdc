//! The integration tests, one binary: a file a topic.

mod build;
mod command_line;
mod layering;
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
