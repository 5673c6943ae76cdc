//! The whole walk of a run: files → blocks → batches → outcomes → findings → events.
//!
//! Invariants
//! - Blocks are judged in parallel and merged in order: the events are the same whatever the threads and chunks.
//! - At most two waves of blocks are in memory; memory does not grow with the file.
//! - One unreadable file, one bad record or one fault of our own never stops the rest.

mod block;
pub mod event;
mod receipt;
pub mod survey;
mod tally;
pub mod verdict;
mod version;

use std::path::PathBuf;
use std::sync::Arc;

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::batch::convert::Converter;
use crate::batch::excerpt;
use crate::diagnostic::code::{internal, structure};
use crate::diagnostic::{Argument, Diagnostic, Diagnostics, Place, Severity, system};
use crate::error::Error;
use crate::evaluate::{Finding, Judging, KeyTable, Wants};
use crate::input::{Block, FormNeeds, InputFormat, ReadOptions, Reader, UnknownKeys};
use crate::plan::Plan;
use crate::rule_pack::RulePack;
use crate::source::encoding::Stated;
use crate::source::reader::Stream;
use crate::source::{SourceId, SourceText, reader};
use block::{DrawnKey, Judge, Judged};
use event::{FileLine, Progress, Reporter, RunHeader, Summary};
use receipt::Receipt;
use tally::Tally;
use verdict::{Failure, Policy};

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
        }
    }
}

/// Blocks of a wave for each thread: enough that none waits long for another, few enough to stay small.
const BLOCKS_PER_THREAD: usize = 4;

/// Judges `inputs` by `plan` and tells `reporter` what it finds, in order.
///
/// An error means that the report could not be written; a file that cannot be read is a finding.
pub fn check(
    plan: &Plan,
    inputs: &[InputFile],
    options: &CheckOptions,
    reporter: &mut dyn Reporter,
) -> Result<Summary, Error> {
    let mut run = Run::new(plan, inputs, options, reporter);
    run.reporter.start(&run.header)?;
    run.tell(plan.missing_parameters())?;
    for (input, id) in inputs.iter().zip(run.header.files.clone()) {
        run.file(input, id)?;
    }
    run.over_many_records()?;
    let summary = run.tally.summary(plan, run.files).measured(options.policy);
    run.reporter.finish(&summary)?;
    Ok(summary)
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
    let summary = Summary { failures, ..tally::of_findings(&findings) }.measured(Policy::default());
    reporter.finish(&summary)?;
    Ok(summary)
}

/// A run under way.
struct Run<'a> {
    header: RunHeader,
    form: Arc<FormNeeds>,
    converter: Converter,
    read: ReadOptions,
    plan: &'a Plan,
    wants: Wants,
    workers: Workers,
    reporter: &'a mut dyn Reporter,
    tally: Tally,
    keys: KeyTable,
    files: Vec<FileLine>,
    progress: Progress,
}

impl<'a> Run<'a> {
    fn new(
        plan: &'a Plan,
        inputs: &[InputFile],
        options: &CheckOptions,
        reporter: &'a mut dyn Reporter,
    ) -> Self {
        let pack = &plan.pack;
        let mut names: std::collections::BTreeMap<SourceId, Arc<str>> =
            pack.sources.iter().map(|source| (source.id, Arc::clone(&source.name))).collect();
        let first = names.last_key_value().map_or(0, |(id, _)| id.0.saturating_add(1));
        let files: Vec<SourceId> = (first..).map(SourceId).take(inputs.len()).collect();
        names.extend(files.iter().zip(inputs).map(|(id, input)| (*id, Arc::clone(&input.name))));
        let header = RunHeader {
            survey: Arc::clone(&pack.survey),
            wave: Arc::clone(&pack.wave),
            title: pack.title.clone(),
            hash: Arc::clone(&pack.hash),
            names,
            files,
            partial: plan.partial,
            refused: false,
        };
        let wants = Wants {
            excerpts: reporter.wants_excerpts(),
            values: reporter.wants_values(),
            keys: reporter.wants_keys(),
        };
        Self {
            header,
            form: Arc::new(form_needs(pack)),
            converter: Converter::new(pack),
            read: ReadOptions {
                format: options.format,
                encoding: options.encoding,
                records: options.records.clone(),
                chunk_records: options.chunk_records.max(1),
            },
            plan,
            wants,
            workers: Workers { wanted: options.threads, pool: None },
            reporter,
            tally: Tally::new(plan),
            keys: KeyTable::default(),
            files: Vec::new(),
            progress: Progress { of_bytes: inputs.iter().map(size).sum(), ..Progress::default() },
        }
    }

    /// Tells findings that are not about one record.
    fn tell(&mut self, found: Diagnostics) -> Result<(), Error> {
        self.tell_drawn(&found.into_iter().map(Finding::from).collect::<Vec<_>>())
    }

    fn tell_drawn(&mut self, findings: &[Finding]) -> Result<(), Error> {
        if findings.is_empty() {
            return Ok(());
        }
        self.tally.findings(findings);
        self.reporter.file_findings(findings)
    }

    fn file(&mut self, input: &InputFile, id: SourceId) -> Result<(), Error> {
        let mut line = FileLine { name: Arc::clone(&input.name), ..FileLine::default() };
        let begun = self.progress.bytes;
        let receipt = Receipt::begin(&input.place);
        let opened = open(input).and_then(|read| Reader::open(id, &input.name, read, &self.form, &self.read));
        match opened {
            Err(error) => self.tell(unreadable(id, &error))?,
            Ok((mut reader, found)) => {
                line.readable = reader.is_readable();
                let headers = reader.take_headers();
                let headers = || headers.iter().filter(|_| self.wants.excerpts);
                let drawn = |diagnostic: Diagnostic| {
                    let excerpt = headers().find_map(|header| excerpt::of_header(header, &diagnostic.labels));
                    Finding { excerpt, ..Finding::from(diagnostic) }
                };
                self.tell_drawn(&found.into_iter().map(drawn).collect::<Vec<_>>())?;
                let rest = self.records(&mut reader, &mut line)?;
                line.readable = line.readable && reader.is_readable();
                (line.format, line.encoding) = (reader.format(), reader.encoding());
                line.separator = reader.separator();
                self.tell_drawn(&rest)?;
                self.tell(reader.finish())?;
            }
        }
        line.hash = receipt.hash();
        self.files.push(line);
        // What was not counted while reading: the header, a file that cannot be read.
        if let Some(size) = size(input) {
            self.progress.bytes = begun.saturating_add(size);
        }
        Ok(())
    }

    /// All records of a file; gives back what can be said of the file only after them.
    fn records(&mut self, reader: &mut Reader, line: &mut FileLine) -> Result<Vec<Finding>, Error> {
        let layout = Arc::clone(reader.layout());
        let mut keys = UnknownKeys::default();
        let mut after: Vec<Finding> = Vec::new();
        let mut version: Option<Diagnostic> = None;
        let mut wave = next_wave(reader, self.workers.wave());
        loop {
            let blocks = match wave {
                Ok(blocks) if blocks.is_empty() => {
                    after.extend(version.into_iter().chain(keys.further()).map(Finding::from));
                    return Ok(after);
                }
                Ok(blocks) => blocks,
                Err(error) => {
                    line.readable = false;
                    let place = self.header.files.get(self.files.len()).copied();
                    after.extend(version.into_iter().chain(keys.further()).map(Finding::from));
                    let stopped = place.map(|id| unreadable(id, &error)).unwrap_or_default();
                    after.extend(stopped.into_iter().map(Finding::from));
                    return Ok(after);
                }
            };
            let work = Judge {
                plan: self.plan,
                converter: &self.converter,
                wants: self.wants,
                several_files: self.header.files.len() > 1,
            };
            let (judged, next) = match blocks.as_slice() {
                // The file's last block: starting threads costs more than judging it.
                [last] => (vec![work.block(last)], next_wave(reader, self.workers.wave())),
                blocks => {
                    let (pool, size) = self.workers.pool()?;
                    pool.install(|| rayon::join(|| judge(work, blocks), || next_wave(reader, size)))
                }
            };
            for mut judged in judged {
                // Told once a file: blocks come in its order.
                version = version.or_else(|| judged.version.take());
                for (key, excerpt) in self.merge(judged, line)? {
                    let finding = keys.report(&layout, key);
                    after.extend(finding.map(|found| Finding { excerpt, ..Finding::from(found) }));
                }
            }
            wave = next;
        }
    }

    /// Adds one judged block to the report.
    fn merge(&mut self, mut judged: Judged, line: &mut FileLine) -> Result<Vec<DrawnKey>, Error> {
        judged.gathered.drain(..).for_each(|gathered| self.keys.add(gathered));
        line.records += judged.records;
        line.unreadable += judged.unreadable;
        self.progress.records += judged.records;
        self.progress.bytes += judged.bytes;
        self.tally.block(&judged);
        if !judged.findings.is_empty() {
            self.reporter.records(&judged.findings)?;
        }
        self.reporter.progress(self.progress)?;
        Ok(judged.unknown_keys)
    }

    /// What can be said only when every record is known.
    fn over_many_records(&mut self) -> Result<(), Error> {
        if self.plan.dataset.is_empty() {
            return Ok(());
        }
        let judging = Judging {
            plan: self.plan,
            names: &self.header.names,
            keys: self.wants.keys,
            pool: self.workers.pool.as_ref(),
            outcomes: false,
        };
        let (tally, reporter) = (&mut self.tally, &mut self.reporter);
        let outcomes = self.keys.judge(judging, &mut |finding| {
            tally.over_many(&finding);
            reporter.file_findings(&[finding])
        })?;
        self.tally.over_many_counts(&outcomes.counts);
        Ok(())
    }
}

/// The threads that judge blocks.
struct Workers {
    /// How many; 0: as many as the machine has.
    wanted: usize,
    /// Made for the first file that has more than one block.
    pool: Option<rayon::ThreadPool>,
}

impl Workers {
    /// Blocks that are judged side by side; before there are threads, enough to see whether they are needed.
    fn wave(&self) -> usize {
        self.pool.as_ref().map_or(2, |pool| pool.current_num_threads() * BLOCKS_PER_THREAD)
    }

    /// The threads, and how many blocks they are given at a time.
    fn pool(&mut self) -> Result<(&rayon::ThreadPool, usize), Error> {
        let pool = match self.pool.take() {
            Some(pool) => pool,
            None => start_threads(self.wanted)?,
        };
        let size = pool.current_num_threads() * BLOCKS_PER_THREAD;
        Ok((self.pool.insert(pool), size))
    }
}

fn start_threads(wanted: usize) -> Result<rayon::ThreadPool, Error> {
    let threads = match wanted {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        threads => threads,
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    pool.map_err(|fault| Error::Usage { message: fault.to_string() })
}

fn judge(judge: Judge<'_>, blocks: &[Block]) -> Vec<Judged> {
    blocks.par_iter().map(|block| judge.block(block)).collect()
}

/// The next blocks, as many as a wave has; none at the end of the file.
fn next_wave(reader: &mut Reader, size: usize) -> Result<Vec<Block>, Error> {
    let mut blocks = Vec::with_capacity(size);
    while blocks.len() < size {
        match reader.next_block()? {
            Some(block) => blocks.push(block),
            None => break,
        }
    }
    Ok(blocks)
}

fn open(input: &InputFile) -> Result<Stream, Error> {
    match &input.place {
        InputPlace::Path(path) => reader::open(path),
        InputPlace::Stdin => Ok(reader::standard_input()),
        InputPlace::Bytes(bytes) => Ok(Stream::from(bytes.clone())),
    }
}

/// How many bytes an input has. `None`: not known before it is read.
fn size(input: &InputFile) -> Option<u64> {
    match &input.place {
        InputPlace::Path(path) => reader::size(path),
        InputPlace::Stdin => None,
        InputPlace::Bytes(bytes) => u64::try_from(bytes.len()).ok(),
    }
}

/// A file that the operating system does not give us.
fn unreadable(id: SourceId, error: &Error) -> Diagnostics {
    let reason = match error {
        Error::Read { source, .. } if reader::is_locked(source) => {
            return Diagnostics::from_iter([Diagnostic::new(&structure::FILE_LOCKED, Place::File(id))]);
        }
        Error::Read { source, .. } => system::reason(source),
        other => Argument::written(&other.to_string()),
    };
    let finding = Diagnostic::new(&structure::FILE_UNREADABLE, Place::File(id)).with("found", reason);
    Diagnostics::from_iter([finding])
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_another_program_has_open_is_told_as_such() {
        let told = |kind: std::io::ErrorKind| {
            let error = Error::Read { path: PathBuf::from("回答.xlsx"), source: kind.into() };
            let found = unreadable(SourceId(0), &error);
            found.iter().map(|finding| finding.notice.slug.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(told(std::io::ErrorKind::ResourceBusy), ["file-locked"]);
        assert_eq!(told(std::io::ErrorKind::NotFound), ["file-unreadable"]);
    }
}
