//! What is open about whole files and about the run, while every record is judged for the first time.
//!
//! Invariants
//! - Findings about records are left to the second pass, which has their answers.

use super::query::is_open;
use crate::diagnostic::Place;
use crate::engine::event::{Reporter, RunHeader, Summary};
use crate::error::Error;
use crate::evaluate::{Finding, RecordFindings};

/// Gathers the findings that are about no record.
#[derive(Debug, Default)]
pub struct FileQueries {
    /// In the order in which they were told.
    pub found: Vec<Finding>,
}

impl Reporter for FileQueries {
    fn start(&mut self, _: &RunHeader) -> Result<(), Error> {
        Ok(())
    }

    fn file_findings(&mut self, findings: &[Finding]) -> Result<(), Error> {
        let about_files =
            findings.iter().filter(|finding| !matches!(finding.diagnostic.place, Place::Record(_)));
        self.found.extend(about_files.filter(|finding| is_open(finding)).cloned());
        Ok(())
    }

    fn records(&mut self, _: &[RecordFindings]) -> Result<(), Error> {
        Ok(())
    }

    fn finish(&mut self, _: &Summary) -> Result<(), Error> {
        Ok(())
    }
}
