//! All that listens to a run of `check`: its reports, its copies, what it remembers of earlier runs, and who waits for it.
//!
//! Invariants
//! - What is remembered comes first, so that reports and copies tell the same.
//! - A run ends when nobody reads any of its reports any more, unless it writes something else.

use std::collections::BTreeMap;

use super::acceptance::Memory;
use super::copies::Copies;
use super::progress::ProgressLine;
use super::ranking;
use super::reporters::{Frame, reporter};
use super::session::Session;
use crate::engine::event::{Progress, Reporter, RunHeader, Summary};
use crate::error::Error;
use crate::evaluate::{Finding, RecordFindings, RecordId};
use crate::report::Reports;
use crate::report::ranked::Ranked;
use crate::settings::Report;
use crate::tables::Impact;

/// All reports and copies of a run; keeps its header for the summary.
pub(super) struct Run {
    pub(super) header: RunHeader,
    pub(super) reports: Reports,
    /// Those that are told of records when their order is known. `None`: there is no order.
    ranked: Option<Ranked>,
    pub(super) copies: Copies,
    pub(super) memory: Memory,
    /// How far the run is. `None`: nobody looks.
    line: Option<ProgressLine>,
    /// What any of the reports may show.
    shown: Shown,
}

/// Whether answers, and what names a record, are looked at by any report.
#[derive(Debug, Clone, Copy, Default)]
struct Shown {
    values: bool,
    keys: bool,
}

impl Run {
    /// The reports `asked` for, without copies and memory.
    pub(super) fn new(
        session: &Session,
        asked: &[Report],
        frame: &Frame,
        progress: bool,
    ) -> Result<Self, Error> {
        let mut members: Vec<Box<dyn Reporter>> = Vec::new();
        let mut ranked: Vec<Box<dyn Reporter>> = Vec::new();
        let mut shown = Shown::default();
        for report in asked {
            let in_order = frame.ranked && ranking::is_ranked(report, frame);
            let list = if in_order { &mut ranked } else { &mut members };
            list.push(reporter(session, report, frame)?);
            let audience = frame.audience(report.format);
            shown.values |= !audience.hide_values;
            // A secret makes fingerprints of keys that are not shown.
            shown.keys |= !audience.hide_keys || audience.secret.is_some();
        }
        let width = session.terminals.error.filter(|_| progress && !session.quiet);
        let reports = Reports::new(members);
        Ok(Self {
            header: RunHeader::default(),
            reports,
            ranked: frame.ranked.then(|| Ranked::new(Reports::new(ranked))),
            copies: Copies::default(),
            memory: Memory::default(),
            line: width.map(|width| ProgressLine::new(session.language, width)),
            shown,
        })
    }
}

impl Run {
    /// The same with what is written beside the reports, and what is remembered.
    pub(super) fn with(self, copies: Copies, memory: Memory) -> Self {
        Self { copies, memory, ..self }
    }
}

impl Run {
    /// Tells every report; one kind of them may be read no more, or not be there.
    fn tell(&mut self, tell: impl Fn(&mut dyn Reporter) -> Result<(), Error>) -> Result<(), Error> {
        let told = tell(&mut self.reports);
        let Some(ranked) = &mut self.ranked else { return told };
        match (told, tell(ranked)) {
            (Err(Error::OutputClosed), other) | (other, Err(Error::OutputClosed)) => other,
            (told, other) => told.and(other),
        }
    }

    /// Tells the ranked reports of their records, and closes them.
    pub(super) fn tell_ranked(&mut self, impacts: &BTreeMap<RecordId, Impact>) -> Result<(), Error> {
        let told = self.ranked.as_mut().map_or(Ok(()), |ranked| ranked.tell(impacts));
        self.heard(told)
    }

    /// That nobody reads the reports any more ends a run, unless it writes a copy or accepted findings.
    fn heard(&self, told: Result<(), Error>) -> Result<(), Error> {
        match told {
            Err(Error::OutputClosed) if self.copies.wants_values() || self.memory.writes() => Ok(()),
            told => told,
        }
    }
}

impl Reporter for Run {
    fn start(&mut self, header: &RunHeader) -> Result<(), Error> {
        self.header = header.clone();
        self.memory.start(header);
        let told = self.tell(|reports| reports.start(header));
        self.heard(told)?;
        self.copies.start(header)
    }

    fn file_findings(&mut self, findings: &[Finding]) -> Result<(), Error> {
        let findings = self.memory.findings(findings);
        let told = self.tell(|reports| reports.file_findings(&findings));
        self.heard(told)?;
        self.copies.file_findings(&findings)
    }

    fn records(&mut self, records: &[RecordFindings]) -> Result<(), Error> {
        let records = self.memory.records(records);
        let told = self.tell(|reports| reports.records(&records));
        self.heard(told)?;
        self.copies.records(&records)
    }

    fn finish(&mut self, summary: &Summary) -> Result<(), Error> {
        let summary = self.memory.closed(summary);
        self.line.take();
        let told = self.tell(|reports| reports.finish(&summary));
        self.heard(told)?;
        self.copies.finish(&summary)
    }

    fn wants_excerpts(&self) -> bool {
        self.reports.wants_excerpts() || self.ranked.as_ref().is_some_and(Reporter::wants_excerpts)
    }

    fn wants_answers(&self) -> bool {
        self.reports.wants_answers() || self.ranked.as_ref().is_some_and(Reporter::wants_answers)
    }

    fn wants_values(&self) -> bool {
        self.shown.values || self.copies.wants_values()
    }

    fn wants_keys(&self) -> bool {
        self.shown.keys || self.copies.wants_keys()
    }

    fn progress(&mut self, progress: Progress) -> Result<(), Error> {
        self.line.as_mut().map_or(Ok(()), |line| line.progress(progress))
    }
}
