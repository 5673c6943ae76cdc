//! The whole walk of a run: files → blocks → batches → outcomes → findings → events.
//!
//! Invariants
//! - Blocks are judged in parallel and merged in order: the events are the same whatever the threads and chunks.
//! - At most two waves of blocks are in memory; memory does not grow with the file.
//! - One unreadable file, one bad record or one fault of our own never stops the rest.

pub mod accepted;
mod block;
mod breakdown;
pub mod event;
mod linking;
mod opening;
pub mod policy;
mod receipt;
mod run;
pub mod survey;
mod tally;
pub mod verdict;
mod version;
mod workers;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::diagnostic::code::internal;
use crate::diagnostic::{Diagnostic, Diagnostics, Place, Severity};
use crate::error::Error;
use crate::evaluate::Finding;
use crate::input::{FormNeeds, InputFormat};
use crate::plan::Plan;
use crate::rule_pack::RulePack;
use crate::source::SourceText;
use crate::source::encoding::Stated;
use accepted::Accepted;
use event::{Reporter, RunHeader, Summary};
use policy::Policy;
use run::Run;
use verdict::Failure;

/// Where a submission comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputPlace {
    /// A file.
    Path(PathBuf),
    /// Standard input.
    Stdin,
    /// Bytes in memory.
    Bytes(Vec<u8>),
}

/// One submission of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputFile {
    /// As shown in reports; its suffix tells the format.
    pub name: Arc<str>,
    /// Where its bytes are.
    pub place: InputPlace,
    /// Severities that soft edits have in this file, by full id; they go before those of the plan.
    pub levels: Arc<BTreeMap<String, Severity>>,
}

/// The submissions of a run that are judged by one plan.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// The programme.
    pub plan: &'a Plan,
    /// The submissions, in order.
    pub inputs: &'a [InputFile],
    /// The files of its links, by table; a link without one leaves every record unlinked.
    pub links: &'a [LinkedFile],
}

/// The file of a link: the frame, the previous wave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedFile {
    /// The table of the link.
    pub table: u16,
    /// The file.
    pub file: InputFile,
}

/// How a run goes about its work. None of it changes a finding, but for how the files are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckOptions {
    /// Threads; 0: one a processor.
    pub threads: usize,
    /// Records judged together; at least 1.
    pub chunk_records: usize,
    /// `None`: by the file's name and first bytes.
    pub format: Option<InputFormat>,
    /// `None`: found out.
    pub encoding: Option<Stated>,
    /// JSON Pointer of the list of records. `None`: the document itself.
    pub records: Option<String>,
    /// What the run is measured by.
    pub policy: Policy,
    /// The number of a record on which the engine fails, so that what becomes of our own faults can be tested; without
    /// effect in builds that have no debug assertions. `None`: none.
    pub fault_at: Option<u64>,
    /// What somebody has accepted of earlier runs. `None`: nothing, and nobody will.
    pub accepted: Option<Arc<Accepted>>,
}

impl Default for CheckOptions {
    fn default() -> Self {
        Self {
            threads: 0,
            chunk_records: 512,
            format: None,
            encoding: None,
            records: None,
            policy: Policy::default(),
            fault_at: None,
            accepted: None,
        }
    }
}

/// Judges `inputs` by `plan` and tells `reporter` what it finds, in order.
///
/// An error means that the report could not be written; a file that cannot be read is a finding.
pub fn check(
    plan: &Plan,
    inputs: &[InputFile],
    options: &CheckOptions,
    reporter: &mut dyn Reporter,
) -> Result<Summary, Error> {
    check_parts(&[Part { plan, inputs, links: &[] }], options, reporter)
}

/// Judges the parts of a run one after the other, and tells of them as of one run. A run has at least one part; what is
/// wrong across many records is sought within each.
///
/// An error means that the report could not be written; a file that cannot be read is a finding.
pub fn check_parts(
    parts: &[Part<'_>],
    options: &CheckOptions,
    reporter: &mut dyn Reporter,
) -> Result<Summary, Error> {
    let mut run = Run::new(parts, options, reporter);
    run.start()?;
    for part in parts {
        run.part(part)?;
    }
    run.finish(options.policy)
}

/// Tells `reporter` that nothing was judged because of `mistakes`, which are about `sources`: each report is whole, and
/// says so in its own terms.
pub fn refuse(
    survey: &str,
    mistakes: &Diagnostics,
    sources: &[SourceText],
    reporter: &mut dyn Reporter,
) -> Result<Summary, Error> {
    let (survey, wave) = survey.rsplit_once('/').unwrap_or((survey, ""));
    let header = RunHeader {
        survey: Arc::from(survey),
        wave: Arc::from(wave),
        names: sources.iter().map(|source| (source.id, Arc::clone(&source.name))).collect(),
        refused: true,
        ..RunHeader::default()
    };
    reporter.start(&header)?;
    let findings: Vec<Finding> = mistakes.iter().cloned().map(Finding::from).collect();
    if !findings.is_empty() {
        reporter.file_findings(&findings)?;
    }
    let count = u64::try_from(mistakes.count_from(Severity::Error)).unwrap_or(u64::MAX);
    let failures = vec![Failure::Refused(count)];
    let summary = Summary { failures, ..tally::of_findings(&findings) };
    // That no file was read has its cause above.
    let summary = Policy { allow_empty: true, ..Policy::default() }.measure(summary);
    reporter.finish(&summary)?;
    Ok(summary)
}

/// What a reader must know of the form of `pack`.
pub fn form_needs(pack: &RulePack) -> FormNeeds {
    let foreign = pack.foreign_columns.keys().map(|name| &**name);
    let keys = pack.key.iter().chain(&pack.fallback_key).copied();
    FormNeeds::new(&pack.questionnaire, foreign).keyed_by(keys)
}

/// The finding about a record on which our own code failed.
fn fault(place: Place) -> Diagnostic {
    Diagnostic::new(&internal::RECORD_FAULT, place)
}
