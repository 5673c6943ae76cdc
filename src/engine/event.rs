//! What a run tells while it goes: the events that reports are written from.
//!
//! Invariants
//! - Order of events: `start`; per file the findings about it and those of its records, by record; then those over
//!   many records; `finish`. The same run gives the same events, whatever the threads and chunks.
//! - Counts are complete; nothing here is capped. No event holds a time, a host or an absolute path.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostic::{Localized, Severity};
use crate::error::Error;
use crate::evaluate::{FieldName, Finding, RecordFindings, RuleCounts};
use crate::input::InputFormat;
use crate::source::SourceId;
use crate::source::encoding::Encoding;

use super::verdict::{Failure, Verdict};

/// Writes a report while the run goes.
pub trait Reporter {
    /// Before anything is read.
    fn start(&mut self, header: &RunHeader) -> Result<(), Error>;

    /// Findings about one file or about the run, in order; also those over many records.
    fn file_findings(&mut self, findings: &[Finding]) -> Result<(), Error>;

    /// Findings of records, in order. Called for every merged chunk that has any.
    fn records(&mut self, records: &[RecordFindings]) -> Result<(), Error>;

    /// After everything; the report is whole only now.
    fn finish(&mut self, summary: &Summary) -> Result<(), Error>;

    /// Whether [`Finding::excerpt`] is looked at; asked once, before the first record.
    fn wants_excerpts(&self) -> bool {
        false
    }

    /// Whether [`RecordFindings::answers`] is looked at; asked once, before the first record.
    fn wants_answers(&self) -> bool {
        false
    }

    /// Whether answers may stand in findings; asked once, before the first record.
    fn wants_values(&self) -> bool {
        true
    }

    /// Whether answers that name a record may stand in findings; asked once, before the first record.
    fn wants_keys(&self) -> bool {
        true
    }

    /// Whether findings about linked files may hold what stands there; asked once, before the first record.
    fn wants_linked_values(&self) -> bool {
        self.wants_values()
    }

    /// How far the run is; asked for nothing, may be ignored.
    fn progress(&mut self, progress: Progress) -> Result<(), Error> {
        let _ = progress;
        Ok(())
    }
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Records judged.
    pub records: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Bytes of all files. `None`: not known (standard input, compressed files).
    pub of_bytes: Option<u64>,
}

/// The rule pack of one part of a run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pack {
    /// `hospital-cyber`.
    pub survey: Arc<str>,
    /// `2024`.
    pub wave: Arc<str>,
    /// The survey's title.
    pub title: Localized<Arc<str>>,
    /// The pack's hash, in hexadecimal digits.
    pub hash: Arc<str>,
}

/// What a run is about.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RunHeader {
    /// `hospital-cyber`.
    pub survey: Arc<str>,
    /// `2024`.
    pub wave: Arc<str>,
    /// The survey's title.
    pub title: Localized<Arc<str>>,
    /// The pack's hash, in hexadecimal digits.
    pub hash: Arc<str>,
    /// The packs of a run's further parts; empty in a run of one survey.
    pub further: Vec<Pack>,
    /// Every file that a label or a place may name: its name as shown.
    pub names: BTreeMap<SourceId, Arc<str>>,
    /// The submissions among them, in order.
    pub files: Vec<SourceId>,
    /// The linked files among them, in order.
    pub links: Vec<SourceId>,
    /// Whether rules were deselected.
    pub partial: bool,
    /// Whether nothing is judged because the rule pack, or the choice of its rules, is wrong.
    pub refused: bool,
}

impl RunHeader {
    /// Survey, wave and hash of the pack of each part, in order.
    pub fn packs(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        let first = std::iter::once((&*self.survey, &*self.wave, &*self.hash));
        first.chain(self.further.iter().map(|pack| (&*pack.survey, &*pack.wave, &*pack.hash)))
    }
}

/// Findings by the options of one question: complete, whatever a listing shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breakdown {
    /// The question.
    pub field: FieldName,
    /// Which part of the run, from 0.
    pub part: usize,
    /// Its options in order, then the records of which the answer is not known.
    pub lines: Vec<BreakdownLine>,
}

/// One option of a [`Breakdown`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BreakdownLine {
    /// The option's name in rules, and its label. `None`: not answered, or not to be read.
    pub option: Option<(Arc<str>, Localized<Arc<str>>)>,
    /// Records.
    pub records: u64,
    /// Records with at least one finding of error or above.
    pub records_with_errors: u64,
    /// Findings about its records by severity: info, warning, error, fatal.
    pub findings: [u64; 4],
}

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
    pub title: Localized<Arc<str>>,
    /// The counts. `None`: no rule but a code of the reader.
    pub counts: Option<RuleCounts>,
    /// Findings, accepted ones included.
    pub findings: u64,
    /// How many of them are accepted.
    pub accepted: u64,
    /// Records with at least one.
    pub records: u64,
    /// Which part of the run, from 0.
    pub part: usize,
}

impl RuleLine {
    /// Whether a missing or unusable answer kept the rule from more than a fifth of its records: how a rule that
    /// silently never fires is found.
    pub fn is_mostly_silent(&self) -> bool {
        self.silent().is_some_and(|(silent, all)| silent.saturating_mul(5) > all)
    }

    /// Share of undecided and skipped records in per cent, rounded half up. `None`: no record, or no rule.
    pub fn silent_percent(&self) -> Option<u64> {
        let (silent, all) = self.silent()?;
        let doubled = silent.saturating_mul(200).saturating_add(all);
        doubled.checked_div(all.saturating_mul(2))
    }

    /// Undecided and skipped records, and all. `None`: no record, or no rule.
    fn silent(&self) -> Option<(u64, u64)> {
        let counts = self.counts.as_ref()?;
        let all = counts.total();
        (all > 0).then(|| (counts.undecided.saturating_add(counts.skipped), all))
    }
}

/// What was read of one file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FileLine {
    /// As shown.
    pub name: Arc<str>,
    /// Records, unreadable ones included.
    pub records: u64,
    /// Records that could not be read.
    pub unreadable: u64,
    /// Whether the file could be read to its end.
    pub readable: bool,
    /// What it was read as. `None`: it is of no format that can be read.
    pub format: Option<InputFormat>,
    /// How its bytes were read.
    pub encoding: Encoding,
    /// What stands between its cells. `None`: it is no delimited text.
    pub separator: Option<u8>,
    /// SHA-256 of its bytes as they were sent (packed, where it is packed), in hexadecimal digits. `None`: it is no
    /// regular file, or cannot be read.
    pub hash: Option<Arc<str>>,
}

/// What was read of a linked file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LinkLine {
    /// The link: `frame`, `prev`.
    pub link: Arc<str>,
    /// Which part of the run, from 0.
    pub part: usize,
    /// The file.
    pub file: FileLine,
    /// Open findings about it of error or above.
    pub errors: u64,
}

/// The closing part of a report.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// The files, in order.
    pub files: Vec<FileLine>,
    /// The linked files, in order.
    pub links: Vec<LinkLine>,
    /// Every judged rule and every code that occurred, in order of the pack, codes first.
    pub rules: Vec<RuleLine>,
    /// How many of the rules are over many records, and therefore not run.
    pub waiting: u64,
    /// Open findings by severity: info, warning, error, fatal. What is accepted is not among them.
    pub findings: [u64; 4],
    /// Warnings that somebody has accepted: shown, and counted apart.
    pub accepted: u64,
    /// Records with at least one finding of error or above.
    pub records_with_errors: u64,
    /// Records in all.
    pub records: u64,
    /// Findings by the options of a question, for each part of the run whose survey names one.
    pub breakdowns: Vec<Breakdown>,
    /// Whether rules were deselected.
    pub partial: bool,
    /// Records that our own fault kept from being judged.
    pub faults: u64,
    /// What came of the run.
    pub verdict: Verdict,
    /// Why it failed; empty: it did not.
    pub failures: Vec<Failure>,
    /// Lowest severity that is told by the exit code. `None`: none is.
    pub fail_on: Option<Severity>,
    /// With which the program ends, unless a copy that was asked for cannot be written.
    pub exit_code: u8,
    /// Beside an earlier report. `None`: none was given.
    pub since: Option<SinceReport>,
}

/// A run beside the report of an earlier one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SinceReport {
    /// Findings that the earlier report does not have.
    pub new: u64,
    /// Findings that it has too.
    pub open: u64,
    /// Findings that it has and this run does not, of files and rules that this run judged.
    pub fixed: u64,
    /// Findings of the earlier report whose file or rule this run did not judge.
    pub not_judged: u64,
    /// Whether records were known again by file and number alone: then a row that was inserted makes others new.
    pub by_number: bool,
    /// The first of the fixed ones, in the order of the earlier report.
    pub fixed_first: Vec<FixedFinding>,
}

/// A finding of an earlier report that is no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixedFinding {
    /// Full id of its rule.
    pub rule: Arc<str>,
    /// The file, as the earlier report names it. `None`: it was about the run.
    pub file: Option<Arc<str>>,
    /// The record's number then. `None`: it was about the file.
    pub record: Option<u64>,
    /// The record's key. `None`: it has none, or the earlier report does not show it.
    pub key: Option<Arc<str>>,
}

impl Summary {
    /// Every file that was read: the submissions, then the linked files.
    pub fn all_files(&self) -> impl Iterator<Item = &FileLine> {
        self.files.iter().chain(self.links.iter().map(|link| &link.file))
    }

    /// All findings, accepted ones included: as many as a report lists.
    pub fn told(&self) -> u64 {
        self.findings.iter().sum::<u64>() + self.accepted
    }

    /// Open findings at or above `severity`.
    pub fn findings_from(&self, severity: Severity) -> u64 {
        let levels = [Severity::Info, Severity::Warning, Severity::Error, Severity::Fatal];
        levels
            .iter()
            .zip(&self.findings)
            .filter(|(level, _)| **level >= severity)
            .map(|(_, count)| count)
            .sum()
    }

    /// Whether all that is to be corrected is to be corrected in linked files.
    pub fn only_links_need_correction(&self) -> bool {
        let errors = self.findings_from(Severity::Error);
        errors > 0 && self.links.iter().map(|link| link.errors).sum::<u64>() == errors
    }

    /// Whether no record was judged by any rule: no file, no record, or every rule deselected.
    pub fn nothing_checked(&self) -> bool {
        self.records == 0 || self.rules.iter().all(|rule| rule.counts.is_none())
    }

    /// One summary of all parts of a run.
    pub(super) fn joined(parts: Vec<Self>) -> Self {
        let mut whole = Self::default();
        for (number, part) in parts.into_iter().enumerate() {
            whole.files.extend(part.files);
            whole.links.extend(part.links.into_iter().map(|line| LinkLine { part: number, ..line }));
            whole.rules.extend(part.rules.into_iter().map(|line| RuleLine { part: number, ..line }));
            let breakdowns = part.breakdowns.into_iter();
            whole.breakdowns.extend(breakdowns.map(|breakdown| Breakdown { part: number, ..breakdown }));
            whole.waiting += part.waiting;
            for (sum, count) in whole.findings.iter_mut().zip(part.findings) {
                *sum += count;
            }
            whole.accepted += part.accepted;
            whole.records_with_errors += part.records_with_errors;
            whole.records += part.records;
            whole.partial |= part.partial;
            whole.faults += part.faults;
        }
        whole
    }
}
