//! The whole walk of a run: files → blocks → batches → outcomes → findings → events.
//!
//! Invariants
//! - Blocks are judged in parallel and merged in order: the events are the same whatever the threads and chunks.
//! - At most two waves of blocks are in memory; memory does not grow with the file.
//! - One unreadable file, one bad record or one fault of our own never stops the rest.

pub mod accepted;
pub mod admission;
mod block;
mod breakdown;
pub mod event;
pub mod fitting;
pub mod fold;
mod linking;
mod opening;
pub mod policy;
mod put_away;
pub mod ranking;
mod receipt;
mod run;
mod second_look;
mod second_pass;
pub mod survey;
pub mod tabulation;
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
use crate::expression::FieldId;
use crate::input::{FormNeeds, InputFormat, OtherForms, ReadOptions};
use crate::plan::Plan;
use crate::questionnaire::Required;
use crate::rule_pack::{RulePack, further};
use crate::source::SourceText;
use crate::source::encoding::Stated;
use crate::source::reader::standard_input;
use crate::source::spool::Spool;
pub use second_pass::{FirstPass, second_pass};

use accepted::Accepted;
use event::{Reporter, RunHeader, Summary};
use policy::Policy;
use run::{Done, Run};
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
    /// What gives its bytes only once, kept to be read again.
    Spool(Spool),
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

impl CheckOptions {
    /// How the submissions are read.
    fn reading(&self) -> ReadOptions {
        ReadOptions {
            format: self.format,
            encoding: self.encoding,
            records: self.records.clone(),
            chunk_records: self.chunk_records.max(1),
        }
    }
}

/// What a second pass needs of the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Needs {
    /// Whether findings over many records are to hold answers.
    pub values: bool,
    /// Whether open warnings hold a record.
    pub hold_unconfirmed: bool,
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
    walk(parts, options, None, reporter).map(|done| done.summary)
}

/// Judges the parts of a run as [`check_parts`] does, and keeps what [`second_pass`] needs. The submissions must be such
/// as can be read twice; see [`spooled`].
///
/// # Errors
/// The report could not be written.
pub fn first_pass(
    parts: &[Part<'_>],
    options: &CheckOptions,
    needs: Needs,
    reporter: &mut dyn Reporter,
) -> Result<FirstPass, Error> {
    let Done { header, summary, kept, workers, stamps } = walk(parts, options, Some(needs), reporter)?;
    Ok(FirstPass { header, summary, kept, workers, stamps })
}

fn walk(
    parts: &[Part<'_>],
    options: &CheckOptions,
    needs: Option<Needs>,
    reporter: &mut dyn Reporter,
) -> Result<Done, Error> {
    let mut run = Run::new(parts, options, needs, reporter);
    for part in parts {
        part.plan.prepare();
    }
    run.start()?;
    for part in parts {
        run.part(part)?;
    }
    run.finish(options.policy)
}

/// The submissions, those that give their bytes only once (standard input, pipes) spooled, so that they can be read
/// twice. What cannot be opened stays as it is: that is told where it is read.
///
/// # Errors
/// The bytes end in a fault, or the disk does not take them.
pub fn spooled(inputs: Vec<InputFile>) -> Result<Vec<InputFile>, Error> {
    let spooled = |input: InputFile| {
        let place = match &input.place {
            InputPlace::Stdin => Some(Spool::of(standard_input(), &input.name)?),
            InputPlace::Path(path) => Spool::of_special(path)?,
            InputPlace::Bytes(_) | InputPlace::Spool(_) => None,
        };
        Ok(match place {
            Some(spool) => InputFile { place: InputPlace::Spool(spool), ..input },
            None => input,
        })
    };
    inputs.into_iter().map(spooled).collect()
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
    let foreign = pack.foreign_columns.clone();
    let keys = pack.key.iter().chain(&pack.fallback_key).copied();
    let further = pack.further_columns();
    let others = OtherForms { known: survey::embedded_names, fitting: survey::fitting };
    let form = &pack.questionnaire;
    // An answer that is filled in from others needs no column.
    let is_filled = |field: FieldId| pack.derived.iter().any(|derived| derived.id == field);
    let demanded = form.fields.iter().filter(|field| {
        field.required == Required::Yes && form.routing_of(field.id).is_none() && !is_filled(field.id)
    });
    FormNeeds::new(form)
        .apart_from(move || foreign.get().keys().map(Arc::clone).collect())
        .keyed_by(keys)
        .demanding(demanded.map(|field| field.id))
        .followed_by(further, further::MEMBER)
        .beside(format!("{}/{}", pack.survey, pack.wave), others)
}

/// The finding about a record on which our own code failed.
fn fault(place: Place) -> Diagnostic {
    Diagnostic::new(&internal::RECORD_FAULT, place)
}
