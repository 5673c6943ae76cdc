//! A run under way: its parts, their files, and what is merged of them.
//!
//! Invariants
//! - Files are told in the order of the parts and, within a part, of its inputs; blocks in the order of the file.
//! - Each part has its own counts and keys; the reporter, the threads and the files are the run's.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::accepted::{self, Accepted};
use super::admission::Settlement;
use super::block::{DrawnKey, Judge, Judged};
use super::event::{FileLine, LinkLine, Pack, Progress, Reporter, RunHeader, Summary};
use super::opening::{size, unreadable};
use super::policy::Policy;
use super::put_away::PutAway;
use super::receipt::Receipt;
use super::tally::{self, Tally};
use super::version::ForeignVersion;
use super::workers::{Wave, Workers, next_wave};
use super::{CheckOptions, InputFile, Needs, Part, form_needs, second_pass};
use crate::batch::convert::Converter;
use crate::batch::excerpt;
use crate::diagnostic::{Diagnostic, Diagnostics, Place, Severity};
use crate::error::Error;
use crate::evaluate::{Finding, Judging, KeyTable, Units, Wants};
use crate::input::{Block, FormNeeds, ReadOptions, Reader, UnknownKeys};
use crate::linked::Linked;
use crate::plan::Plan;
use crate::source::SourceId;
use crate::source::spool::Copied;
use crate::source::stamp::Stamps;

/// A run under way.
pub(super) struct Run<'a> {
    pub(super) header: RunHeader,
    pub(super) read: ReadOptions,
    pub(super) wants: Wants,
    /// The same of findings about linked files.
    pub(super) about_links: Wants,
    /// Open findings of error or above so far, but for those about records.
    pub(super) errors: u64,
    pub(super) workers: Workers,
    fault_at: Option<u64>,
    reporter: &'a mut dyn Reporter,
    files: Vec<FileLine>,
    /// The linked files that have been read.
    pub(super) links: Vec<LinkLine>,
    /// How many linked files the parts before have.
    pub(super) links_before: usize,
    /// Whether all columns of linked files are kept, for whoever writes them.
    pub(super) whole_links: bool,
    progress: Progress,
    summaries: Vec<Summary>,
    accepted: Option<Arc<Accepted>>,
    /// Its entries that were met.
    met: BTreeSet<usize>,
    /// What a second pass is for, and what is kept for it of each part so far. `None`: there is none.
    kept: Option<(Needs, Vec<KeptPart>)>,
    /// The files as they were when the run began; empty where none may be read again.
    pub(super) stamps: Stamps,
}

/// What a second pass needs of one part.
#[derive(Debug)]
pub(super) struct KeptPart {
    pub(super) settlement: Settlement,
    /// Findings over many records.
    pub(super) over_many: PutAway,
    pub(super) linked: Linked,
}

/// What is left when a run is over.
pub(super) struct Done {
    pub(super) header: RunHeader,
    pub(super) summary: Summary,
    /// One a part; empty where no second pass is to come.
    pub(super) kept: Vec<KeptPart>,
    pub(super) workers: Workers,
    pub(super) stamps: Stamps,
}

/// A part of the run while its files are read.
pub(super) struct Section<'a> {
    pub(super) plan: &'a Plan,
    pub(super) form: Arc<FormNeeds>,
    pub(super) converter: Converter,
    pub(super) tally: Tally,
    pub(super) keys: KeyTable,
    pub(super) linked: Linked,
    /// What was read of inputs that give their bytes only once.
    pub(super) copies: BTreeMap<SourceId, Copied>,
    /// The units of linked files of which all are asked for.
    pub(super) units: Vec<Units>,
    /// Severities of the files that have their own.
    levels: BTreeMap<SourceId, Arc<BTreeMap<String, Severity>>>,
    /// What is kept for a second pass. `None`: there is none.
    pub(super) settlement: Option<Settlement>,
}

impl<'a> Section<'a> {
    pub(super) fn new(plan: &'a Plan) -> Self {
        Self {
            plan,
            form: Arc::clone(plan.form(form_needs)),
            converter: Converter::new(&plan.pack),
            tally: Tally::new(plan),
            keys: KeyTable::default(),
            linked: Linked::default(),
            copies: BTreeMap::new(),
            units: Vec::new(),
            levels: BTreeMap::new(),
            settlement: None,
        }
    }
}

impl<'a> Run<'a> {
    /// A run about to begin; `needs`: what a second pass needs of it. `None`: there is none.
    pub(super) fn new(
        parts: &[Part<'_>],
        options: &CheckOptions,
        needs: Option<Needs>,
        reporter: &'a mut dyn Reporter,
    ) -> Self {
        let inputs = || parts.iter().flat_map(|part| part.inputs);
        let wants = Wants {
            excerpts: reporter.wants_excerpts(),
            values: reporter.wants_values() || needs.is_some_and(|needs| needs.values),
            keys: reporter.wants_keys() || needs.is_some_and(|needs| needs.values),
            answers: reporter.wants_answers(),
            marks: options.accepted.as_ref().map(|accepted| accepted.marks()),
        };
        let linked = reporter.wants_linked_values();
        let about_links = Wants {
            excerpts: false,
            values: wants.values || linked,
            keys: wants.keys || linked,
            answers: false,
            marks: None,
        };
        let accepted = options.accepted.clone();
        let again = needs.is_some() || parts.iter().any(|part| !part.plan.dataset.is_empty());
        let mut header = header(parts);
        header.names.extend(accepted.as_ref().map(|file| (accepted::SOURCE, Arc::clone(&file.name))));
        Self {
            header,
            read: options.reading(),
            wants,
            workers: Workers { wanted: options.threads, pool: None },
            fault_at: options.fault_at,
            reporter,
            files: Vec::new(),
            links: Vec::new(),
            links_before: 0,
            about_links,
            errors: 0,
            whole_links: false,
            progress: Progress { of_bytes: inputs().map(size).sum(), ..Progress::default() },
            summaries: Vec::new(),
            accepted,
            met: BTreeSet::new(),
            kept: needs.map(|needs| (needs, Vec::new())),
            stamps: if again { second_pass::stamps(parts) } else { Stamps::default() },
        }
    }

    /// Tells what the run is about.
    pub(super) fn start(&mut self) -> Result<(), Error> {
        self.reporter.start(&self.header)
    }

    /// Judges one part.
    pub(super) fn part(&mut self, part: &Part<'_>) -> Result<(), Error> {
        let mut section = Section::new(part.plan);
        let needs = self.kept.as_ref().map(|(needs, _)| *needs);
        section.settlement = needs.map(|needs| Settlement::new(part.plan, needs.hold_unconfirmed));
        self.tell(&mut section, part.plan.missing_parameters())?;
        self.tell(&mut section, part.plan.told_of_parameters())?;
        section.linked = self.linked_files(&mut section, part)?;
        let first = self.files.len();
        for input in part.inputs {
            let Some(id) = self.header.files.get(self.files.len()).copied() else { break };
            if !input.levels.is_empty() {
                section.levels.insert(id, Arc::clone(&input.levels));
            }
            self.file(&mut section, input, id)?;
        }
        self.over_many_records(&mut section, part, first)?;
        let files = self.files.get(first..).unwrap_or_default().to_vec();
        let links = std::mem::take(&mut self.links);
        self.summaries.push(Summary { links, ..section.tally.summary(part.plan, files) });
        if let (Some((_, kept)), Some(mut settlement)) = (&mut self.kept, section.settlement) {
            let over_many = settlement.take_over_many()?;
            kept.push(KeptPart { settlement, over_many, linked: section.linked });
        }
        Ok(())
    }

    /// Tells what came of the run.
    pub(super) fn finish(self, policy: Policy) -> Result<Done, Error> {
        let mut summary = Summary::joined(self.summaries);
        if let Some(accepted) = &self.accepted {
            let findings = accepted.findings(&self.met, &summary);
            if !findings.is_empty() {
                tally::add_findings(&mut summary, &findings);
                self.reporter.file_findings(&findings)?;
            }
        }
        let summary = policy.measure(summary);
        self.reporter.finish(&summary)?;
        let kept = self.kept.map(|(_, kept)| kept).unwrap_or_default();
        Ok(Done { header: self.header, summary, kept, workers: self.workers, stamps: self.stamps })
    }

    /// Tells findings that are not about one record.
    pub(super) fn tell(&mut self, section: &mut Section<'_>, found: Diagnostics) -> Result<(), Error> {
        self.tell_drawn(section, &found.into_iter().map(Finding::from).collect::<Vec<_>>())
    }

    pub(super) fn tell_drawn(
        &mut self,
        section: &mut Section<'_>,
        findings: &[Finding],
    ) -> Result<(), Error> {
        if findings.is_empty() {
            return Ok(());
        }
        section.tally.findings(findings);
        let counted = findings.iter().flat_map(Finding::counted).filter(|found| !found.is_accepted());
        let errors = counted.filter(|found| found.severity >= Severity::Error).count();
        self.errors += u64::try_from(errors).unwrap_or(u64::MAX);
        if let Some(settlement) = &mut section.settlement {
            settlement.file_findings(findings);
        }
        self.reporter.file_findings(findings)
    }

    fn file(&mut self, section: &mut Section<'_>, input: &InputFile, id: SourceId) -> Result<(), Error> {
        let mut line = FileLine { name: Arc::clone(&input.name), ..FileLine::default() };
        let begun = self.progress.bytes;
        let receipt = Receipt::begin(&input.place);
        let opened = section
            .open(input, id)
            .and_then(|read| Reader::open(id, &input.name, read, &section.form, &self.read));
        match opened {
            Err(error) => self.tell(section, unreadable(id, &error))?,
            Ok((mut reader, found)) => {
                line.readable = reader.is_readable();
                let headers = reader.take_headers();
                let headers = || headers.iter().filter(|_| self.wants.excerpts);
                let drawn = |diagnostic: Diagnostic| {
                    let excerpt = headers().find_map(|header| excerpt::of_header(header, &diagnostic.labels));
                    Finding { excerpt, ..Finding::from(diagnostic) }
                };
                let found = found.into_iter().map(drawn).collect();
                let rest = self.records(section, &mut reader, &mut line, found)?;
                line.readable = line.readable && reader.is_readable();
                (line.format, line.encoding) = (reader.format(), reader.encoding());
                line.separator = reader.separator();
                self.tell_drawn(section, &rest)?;
                self.tell(section, reader.finish())?;
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

    /// All records of a file, of which `found` was said when it was opened; gives back what can be said of the file only
    /// after them.
    fn records(
        &mut self,
        section: &mut Section<'_>,
        reader: &mut Reader,
        line: &mut FileLine,
        found: Vec<Finding>,
    ) -> Result<Vec<Finding>, Error> {
        let file = self.header.files.get(self.files.len()).copied();
        let levels = file.and_then(|id| section.levels.get(&id)).map(Arc::clone).unwrap_or_default();
        let layout = Arc::clone(reader.layout());
        let mut keys = UnknownKeys::default();
        let mut after: Vec<Finding> = Vec::new();
        let mut version: Option<ForeignVersion> = None;
        let mut versioned = false;
        let mut opening = Some(found);
        let mut wave = next_wave(reader, self.workers.wave());
        loop {
            let blocks = match wave {
                Ok(blocks) if blocks.is_empty() => {
                    self.opening(section, &mut opening, &mut version)?;
                    let version = version.map(|version| version.finding);
                    after.extend(version.into_iter().chain(keys.further()).map(Finding::from));
                    return Ok(after);
                }
                Ok(blocks) => blocks,
                Err(error) => {
                    line.readable = false;
                    self.opening(section, &mut opening, &mut version)?;
                    let version = version.map(|version| version.finding);
                    after.extend(version.into_iter().chain(keys.further()).map(Finding::from));
                    let stopped = file.map(|id| unreadable(id, &error)).unwrap_or_default();
                    after.extend(stopped.into_iter().map(Finding::from));
                    return Ok(after);
                }
            };
            let work = Judge {
                plan: section.plan,
                converter: &section.converter,
                linked: &section.linked,
                wants: self.wants,
                breakdown: section.tally.breakdown_field(),
                several_files: self.header.files.len() > 1,
                levels: &levels,
                fault_at: self.fault_at,
                accepted: self.accepted.as_deref(),
            };
            let Wave { judged, next } =
                self.workers.judge(&|block: &Block| work.block(block), &blocks, reader)?;
            for mut judged in judged {
                // Told once a file: blocks come in its order.
                let foreign = judged.version.take().filter(|_| !versioned);
                versioned |= foreign.is_some();
                version = version.or(foreign);
                self.opening(section, &mut opening, &mut version)?;
                for (key, excerpt) in self.merge(section, judged, line)? {
                    let finding = keys.report(&layout, key);
                    after.extend(finding.map(|found| Finding { excerpt, ..Finding::from(found) }));
                }
            }
            wave = next;
        }
    }

    /// Tells what was `found` when a file was opened, once; before it that its first record names another version of the
    /// form.
    fn opening(
        &mut self,
        section: &mut Section<'_>,
        found: &mut Option<Vec<Finding>>,
        version: &mut Option<ForeignVersion>,
    ) -> Result<(), Error> {
        let Some(found) = found.take() else { return Ok(()) };
        let first = version.take_if(|version| version.first).map(|version| Finding::from(version.finding));
        self.tell_drawn(section, &first.into_iter().chain(found).collect::<Vec<_>>())
    }

    /// Adds one judged block to the report.
    fn merge(
        &mut self,
        section: &mut Section<'_>,
        mut judged: Judged,
        line: &mut FileLine,
    ) -> Result<Vec<DrawnKey>, Error> {
        judged.gathered.drain(..).for_each(|gathered| section.keys.add(gathered));
        line.records += judged.records;
        line.unreadable += judged.unreadable;
        self.progress.records += judged.records;
        self.progress.bytes += judged.bytes;
        self.met.extend(judged.met.drain(..));
        section.tally.block(&judged);
        if let (Some(settlement), Some(source)) = (&mut section.settlement, judged.source) {
            judged.lost.iter().for_each(|number| settlement.lost((source, *number)));
        }
        if !judged.findings.is_empty() {
            self.reporter.records(&judged.findings)?;
        }
        self.reporter.progress(self.progress)?;
        Ok(judged.unknown_keys)
    }

    /// What can be said only when every record is known.
    ///
    /// The files of the part are those from number `first` on.
    fn over_many_records(
        &mut self,
        section: &mut Section<'_>,
        part: &Part<'_>,
        first: usize,
    ) -> Result<(), Error> {
        if section.plan.dataset.is_empty() {
            return Ok(());
        }
        let judging = asked_of(section, &self.header, (self.wants, &self.workers));
        let doubtful = section.keys.weigh(judging);
        if !doubtful.is_empty() {
            let files = self.header.files.iter().skip(first).copied().zip(part.inputs).collect::<Vec<_>>();
            self.look_again(section, &files, doubtful)?;
        }
        let keys = std::mem::take(&mut section.keys);
        let Section { plan, tally, levels, settlement, units, linked, .. } = section;
        let judging = asked(plan, (units, linked), &self.header, (self.wants, &self.workers));
        let reporter = &mut self.reporter;
        let (accepted, mut met) = (self.accepted.as_deref(), Vec::new());
        let outcomes = keys.judge(judging, &mut |mut finding| {
            if let Place::Record(place) = &finding.diagnostic.place
                && let Some(levels) = levels.get(&place.source)
            {
                relevel(&mut finding, levels);
            }
            if let Some(accepted) = accepted {
                accepted.apply(&mut finding, &mut met);
            }
            tally.over_many(&finding);
            if let Some(settlement) = settlement.as_mut() {
                settlement.over_many(&finding)?;
            }
            reporter.file_findings(&[finding])
        })?;
        self.met.extend(met);
        tally.over_many_counts(&outcomes.counts);
        if let Some(settlement) = settlement {
            settlement.outcomes(outcomes);
        }
        Ok(())
    }
}

/// What judging the rules over many records of a part is asked for.
fn asked_of<'s>(section: &'s Section<'_>, header: &'s RunHeader, wants: (Wants, &'s Workers)) -> Judging<'s> {
    asked(section.plan, (&section.units, &section.linked), header, wants)
}

/// The same of the rules of `plan`, with the linked files and their units.
fn asked<'s>(
    plan: &'s Plan,
    (units, linked): (&'s [Units], &'s Linked),
    header: &'s RunHeader,
    (wants, workers): (Wants, &'s Workers),
) -> Judging<'s> {
    Judging {
        plan,
        names: &header.names,
        keys: wants.keys,
        values: wants.values,
        units,
        linked: Some(linked),
        pool: workers.pool.as_ref(),
        outcomes: false,
    }
}

/// What a run of `parts` is about. Files are numbered behind the files of every pack.
fn header(parts: &[Part<'_>]) -> RunHeader {
    let mut names: BTreeMap<SourceId, Arc<str>> = BTreeMap::new();
    for source in parts.iter().rev().flat_map(|part| &part.plan.pack.sources) {
        names.insert(source.id, Arc::clone(&source.name));
    }
    let first = names.last_key_value().map_or(0, |(id, _)| id.0.saturating_add(1));
    let inputs = || parts.iter().flat_map(|part| part.inputs);
    let files: Vec<SourceId> = (first..).map(SourceId).take(inputs().count()).collect();
    names.extend(files.iter().zip(inputs()).map(|(id, input)| (*id, Arc::clone(&input.name))));
    let linked = || parts.iter().flat_map(|part| part.links);
    let behind = first.saturating_add(u32::try_from(files.len()).unwrap_or(u32::MAX));
    let links: Vec<SourceId> = (behind..).map(SourceId).take(linked().count()).collect();
    names.extend(links.iter().zip(linked()).map(|(id, link)| (*id, Arc::clone(&link.file.name))));
    let mut packs = parts.iter().map(|part| Pack {
        survey: Arc::clone(&part.plan.pack.survey),
        wave: Arc::clone(&part.plan.pack.wave),
        title: part.plan.pack.title.clone(),
        hash: Arc::clone(&part.plan.pack.hash),
    });
    let Pack { survey, wave, title, hash } = packs.next().unwrap_or_default();
    RunHeader {
        survey,
        wave,
        title,
        hash,
        further: packs.collect(),
        names,
        files,
        links,
        partial: parts.iter().any(|part| part.plan.partial),
        refused: false,
    }
}

/// Gives the finding and its followers the severities that their file has for them.
pub(super) fn relevel(finding: &mut Finding, levels: &BTreeMap<String, Severity>) {
    for diagnostic in std::iter::once(&mut finding.diagnostic).chain(&mut finding.followers) {
        // What the office has set aside stays so.
        let level = levels.get(&diagnostic.notice.full_id());
        if let Some(level) = level.filter(|_| diagnostic.standing.decision.is_none()) {
            diagnostic.severity = *level;
        }
    }
}
