//! The format `csv`: a row a finding, for spreadsheets.
//!
//! Invariants
//! - UTF-8 with mark, lines ended by CR and LF, quoted as RFC 4180 says, the names of the columns first: Excel opens it.
//! - No spreadsheet takes a cell for a formula: one that begins like a formula, or with an apostrophe, gets an apostrophe
//!   in front.
//! - What kept the run from its end is a row too, of the rule `kenpyo`.

use super::columns::{COLUMNS, Row};
use super::fingerprint::Fingerprints;
use super::{Audience, Names, Output};
use crate::engine::event::{Reporter, RunHeader, Summary};
use crate::error::Error;
use crate::evaluate::{Finding, RecordFindings};
use crate::source::delimited::{harmless, push_row};

/// Writes the format `csv`.
pub struct Csv {
    output: Output,
    audience: Audience,
    names: Names,
    fingerprints: Fingerprints,
}

impl Csv {
    /// For `audience`, into `output`.
    pub fn new(output: Output, audience: Audience) -> Self {
        let fingerprints = Fingerprints::new(audience, &RunHeader::default());
        Self { output, audience, names: Names::default(), fingerprints }
    }

    fn row(&mut self, row: &Row) -> Result<(), Error> {
        let cells = row.cells.each_ref().map(|cell| harmless(cell));
        let mut line = String::new();
        push_row(cells.iter().map(String::as_str), ',', &mut line);
        self.output.write(line.as_bytes())
    }
}

impl Reporter for Csv {
    fn start(&mut self, header: &RunHeader) -> Result<(), Error> {
        self.names = Names(header.names.clone());
        self.fingerprints = Fingerprints::new(self.audience, header);
        let mut line = String::from('\u{FEFF}');
        push_row(COLUMNS.map(|(name, _, _)| name), ',', &mut line);
        self.output.write(line.as_bytes())
    }

    fn file_findings(&mut self, findings: &[Finding]) -> Result<(), Error> {
        for diagnostic in findings.iter().flat_map(Finding::counted) {
            let fingerprint = self.fingerprints.of(diagnostic, &self.names);
            self.row(&Row::new(diagnostic, self.audience, &self.names, &fingerprint))?;
        }
        Ok(())
    }

    fn records(&mut self, records: &[RecordFindings]) -> Result<(), Error> {
        records.iter().try_for_each(|record| self.file_findings(&record.findings))
    }

    fn finish(&mut self, summary: &Summary) -> Result<(), Error> {
        for failure in &summary.failures {
            self.row(&Row::failure(failure, self.audience.language))?;
        }
        self.output.finish()
    }
}
