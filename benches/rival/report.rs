//! What is told: a line of JSON for each finding, and counts.
//!
//! Invariants
//! - Rule ids need no escapes in JSON.

use std::io::Write;

use super::Counts;

/// The findings of one block.
#[derive(Debug)]
pub struct Report {
    /// Lines of JSON.
    pub lines: Vec<u8>,
    /// Findings by rule id.
    pub counts: Counts,
    next_record: u64,
    first_line: u64,
    line: u64,
}

impl Report {
    /// For a block whose first record has the number `record` and stands in `line`.
    pub fn new(record: u64, line: u64) -> Self {
        Self { lines: Vec::new(), counts: Counts::new(), next_record: record, first_line: line, line }
    }

    /// Goes on to the record that begins in `line` of the block, from 1.
    pub fn begin(&mut self, line: u64) {
        self.next_record += 1;
        self.line = self.first_line + line - 1;
    }

    /// A rule fails on the record.
    pub fn fail(&mut self, rule: &'static str) {
        *self.counts.entry(rule).or_default() += 1;
        let (record, line) = (self.next_record - 1, self.line);
        let text = format_args!("{{\"rule\":\"{rule}\",\"record\":{record},\"line\":{line}}}\n");
        // Writing to a vector cannot fail.
        let _ = self.lines.write_fmt(text);
    }
}
