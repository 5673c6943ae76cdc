//! Reports in the order of what settling a record can do to the published figures.
//!
//! Findings about files and the run are told as they come, so they stand first. Those of records are kept until the order
//! is known; then each record is told whole, what was found over many records behind what was found of it alone.
//!
//! Invariants
//! - The same findings as without an order; only the order differs, and what is said of the impact.
//! - Records of which something is open come first: by the largest movement, then by the number of figures, then in the
//!   order of the files. Records of which nothing is open come last.
//! - Findings of records are held and nothing else: memory grows with them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Reports;
use crate::diagnostic::{Diagnostic, Place, RecordPlace};
use crate::engine::event::{Reporter, RunHeader, Summary};
use crate::engine::ranking::is_open;
use crate::error::Error;
use crate::evaluate::{Finding, RecordAnswers, RecordFindings, RecordId};
use crate::source::SourceId;
use crate::tables::Impact;

/// Reports that are told of records only when their order is known.
pub struct Ranked {
    reports: Reports,
    /// The submissions; a record of a linked file is nobody's to settle here.
    files: BTreeSet<SourceId>,
    kept: BTreeMap<RecordId, RecordFindings>,
    summary: Option<Summary>,
}

impl Ranked {
    /// All of `reports`.
    pub fn new(reports: Reports) -> Self {
        Self { reports, files: BTreeSet::new(), kept: BTreeMap::new(), summary: None }
    }

    /// Tells every record by its impact, and closes the reports. A record that is not among `impacts` moves no figure.
    ///
    /// # Errors
    /// A report cannot be written.
    pub fn tell(&mut self, impacts: &BTreeMap<RecordId, Impact>) -> Result<(), Error> {
        let kept = std::mem::take(&mut self.kept);
        let mut records: Vec<(Option<&Impact>, RecordFindings)> =
            kept.into_iter().map(|(record, findings)| (impacts.get(&record), findings)).collect();
        // Stable: what is alike stays in the order of the files.
        records.sort_by_cached_key(|(impact, record)| {
            let open = record.findings.iter().flat_map(Finding::counted).any(is_open);
            let size = impact.filter(|_| open).map(|impact| (impact.change.clone(), impact.cells));
            Reverse((open, size))
        });
        for (impact, mut record) in records {
            if let Some(impact) = impact {
                record.findings.iter_mut().for_each(|finding| mark(finding, impact));
            }
            self.reports.records(&[record])?;
        }
        self.summary.take().map_or(Ok(()), |summary| self.reports.finish(&summary))
    }

    /// The record that `finding` is about. `None`: it is about a file, the run, or a record of a linked file.
    fn record(&self, finding: &Finding) -> Option<Arc<RecordPlace>> {
        match &finding.diagnostic.place {
            Place::Record(place) if self.files.contains(&place.source) => Some(Arc::clone(place)),
            _ => None,
        }
    }
}

/// Notes the impact with every open finding.
fn mark(finding: &mut Finding, impact: &Impact) {
    let mark = |diagnostic: &mut Diagnostic| {
        if is_open(diagnostic) {
            diagnostic.standing.impact = Some(Arc::clone(&impact.told));
        }
    };
    mark(&mut finding.diagnostic);
    finding.followers.iter_mut().for_each(mark);
}

impl Reporter for Ranked {
    fn start(&mut self, header: &RunHeader) -> Result<(), Error> {
        self.files = header.files.iter().copied().collect();
        self.reports.start(header)
    }

    fn file_findings(&mut self, findings: &[Finding]) -> Result<(), Error> {
        let mut first: Vec<Finding> = Vec::new();
        for finding in findings {
            match self.record(finding) {
                Some(place) => {
                    let id = (place.source, place.record);
                    let none =
                        || RecordFindings { place, findings: Vec::new(), answers: RecordAnswers::default() };
                    self.kept.entry(id).or_insert_with(none).findings.push(finding.clone());
                }
                None => first.push(finding.clone()),
            }
        }
        if first.is_empty() { Ok(()) } else { self.reports.file_findings(&first) }
    }

    fn records(&mut self, records: &[RecordFindings]) -> Result<(), Error> {
        for record in records {
            let mut own = record.clone();
            if let Some(before) = self.kept.remove(&(record.place.source, record.place.record)) {
                own.findings.extend(before.findings);
            }
            self.kept.insert((record.place.source, record.place.record), own);
        }
        Ok(())
    }

    fn finish(&mut self, summary: &Summary) -> Result<(), Error> {
        self.summary = Some(summary.clone());
        Ok(())
    }

    fn wants_excerpts(&self) -> bool {
        self.reports.wants_excerpts()
    }

    fn wants_answers(&self) -> bool {
        self.reports.wants_answers()
    }

    fn wants_values(&self) -> bool {
        self.reports.wants_values()
    }

    fn wants_keys(&self) -> bool {
        self.reports.wants_keys()
    }
}
