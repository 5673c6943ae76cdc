//! The format `jsonl`: one event a line (`schemas/kenpyo/report.json`, `$defs/event`).
//!
//! Invariants
//! - The first line is the header, the last the summary; without it the run did not come to its end.
//! - The members of an event are those of the format `json`, behind `event`.

use super::json::{Findings, JsonHeader, JsonSummary, text};
use super::{Audience, Output};
use crate::engine::event::{Reporter, RunHeader, Summary};
use crate::error::Error;
use crate::evaluate::{Finding, RecordFindings};

/// Writes the format `jsonl`.
pub struct JsonLines {
    output: Output,
    findings: Findings,
}

impl JsonLines {
    /// For `audience`, into `output`.
    pub fn new(output: Output, audience: Audience) -> Self {
        Self { output, findings: Findings::new(audience) }
    }

    /// One line: `{"event":"…",` and the members of `object`.
    fn event(&mut self, name: &str, object: &[u8]) -> Result<(), Error> {
        self.output.write(b"{\"event\":\"")?;
        self.output.write(name.as_bytes())?;
        self.output.write(b"\",")?;
        self.output.write(object.strip_prefix(b"{").unwrap_or(object))?;
        self.output.write(b"\n")
    }
}

impl Reporter for JsonLines {
    fn start(&mut self, header: &RunHeader) -> Result<(), Error> {
        self.findings.start(header);
        let header = text(&JsonHeader::new(header, self.findings.audience));
        self.event("header", &header)
    }

    fn file_findings(&mut self, findings: &[Finding]) -> Result<(), Error> {
        for finding in findings {
            for line in self.findings.of(finding) {
                self.event("finding", &line)?;
            }
        }
        Ok(())
    }

    fn records(&mut self, records: &[RecordFindings]) -> Result<(), Error> {
        records.iter().try_for_each(|record| self.file_findings(&record.findings))
    }

    fn finish(&mut self, summary: &Summary) -> Result<(), Error> {
        let summary = text(&JsonSummary::new(summary, self.findings.audience));
        self.event("summary", &summary)?;
        self.output.finish()
    }
}
