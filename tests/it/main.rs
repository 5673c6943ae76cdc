//! The integration tests, one binary: a file a topic.
//!
//! Invariants
//! - One binary, so that the library is linked once; a file or folder a topic, by whose name its tests are asked for.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
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

mod accepted;
mod annotate;
mod answers;
mod around;
mod authoring;
mod authors;
mod book;
mod build;
mod canaries;
mod cases;
mod cell_spellings;
mod chance;
mod clean;
mod clean_again;
#[cfg(target_os = "linux")]
mod clean_killed;
mod clean_queries;
mod command_line;
mod command_line_check;
mod configuration;
mod counted;
mod defects;
mod determinism;
mod documents;
mod encodings;
mod explained;
mod file_defects;
mod fitting;
mod fix;
#[cfg(feature = "xlsx")]
mod foreign_workbooks;
mod form;
#[cfg(feature = "xlsx")]
mod form_sheets;
mod formats;
mod generate;
#[cfg(feature = "xlsx")]
mod hand_made;
mod headings;
mod hidden_values;
mod hostile;
mod hostile_reading;
mod judging;
mod layering;
mod linked;
mod matrix;
mod memory;
mod metamorphic;
mod misspell;
mod misspellings;
mod misspelt;
mod mistakes_told;
mod natural;
mod no_network;
mod null_form;
mod null_table;
mod oracle;
mod oracle_grow;
mod oracle_mutations;
mod oracle_number;
mod oracle_patterns;
mod oracle_plain;
mod oracle_reading;
mod oracle_record;
mod oracle_survey;
mod oracle_twin;
mod oracle_value;
mod ordered_packages;
mod outputs;
mod over_many;
mod own_schemas;
mod packing;
#[cfg(feature = "html")]
mod page;
mod parts;
mod program;
mod published;
mod ranking;
mod readme;
#[cfg(all(feature = "formats", feature = "xlsx"))]
mod report_formats;
mod report_readers;
mod schema_authority;
mod second_look;
mod second_survey;
mod shipped_rules;
mod since;
mod since_report;
mod small_cells;
mod survey_run;
mod tabulate;
mod tabulate_links;
mod tabulate_told;
mod two_passes;
mod unreadable_cells;
mod verdict;
#[cfg(feature = "xlsx")]
mod workbook_copies;
#[cfg(feature = "xlsx")]
mod workbooks;
