//! What is written: one file per format, fed by one stream of events.
//!
//! Invariants
//! - A report never holds a time, a duration, a host or an absolute path.
//! - Counts are complete even where a human listing is capped, and a cap is declared.
//! - Formats other than the page-like ones keep memory flat.

use std::sync::Arc;

use crate::diagnostic::Severity;
use crate::evaluate::RuleCounts;

/// One line of the closing table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleLine {
    /// Full id.
    pub id: Arc<str>,
    /// Its slug.
    pub slug: Arc<str>,
    /// Severity in this run.
    pub severity: Severity,
    /// Title.
    pub title: crate::diagnostic::Localized<Arc<str>>,
    /// The counts. `None`: no rule but a code of the reader.
    pub counts: Option<RuleCounts>,
    /// Findings.
    pub findings: u64,
    /// Records with at least one.
    pub records: u64,
}

/// What was read of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileLine {
    /// As the caller named it.
    pub name: Arc<str>,
    /// Records, unreadable ones included.
    pub records: u64,
    /// Records that could not be read.
    pub unreadable: u64,
    /// Whether the file could be read at all.
    pub readable: bool,
}

/// The closing part of a report.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// The files, in order.
    pub files: Vec<FileLine>,
    /// Every judged rule and every code that occurred, in order of the pack, codes first.
    pub rules: Vec<RuleLine>,
    /// Findings by severity: info, warning, error, fatal.
    pub findings: [u64; 4],
    /// Records with at least one finding of error or above.
    pub records_with_errors: u64,
    /// Records in all.
    pub records: u64,
    /// Whether rules were deselected.
    pub partial: bool,
    /// Whether our own fault hit a record.
    pub faults: u64,
}
