//! The linked files of a run: read before the submissions, judged by the rules about them, and kept to be joined.
//!
//! Invariants
//! - A linked file that cannot be read is told like a submission that cannot be read, and fails the run: nothing is ever
//!   unlinked in silence.
//! - What its cells give rise to is nobody's to correct in this run: it is told as a warning at most, and a kind of which
//!   there is much is counted.
//! - No piece of a linked file is drawn, and nothing of it is written back.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::event::{FileLine, LinkLine};
use super::opening::{open, unreadable};
use super::receipt::Receipt;
use super::run::{Run, Section};
use super::workers::{Wave, next_wave};
use super::{LinkedFile, Part};
use crate::batch::convert::Converter;
use crate::diagnostic::code::linked as code;
use crate::diagnostic::{Argument, Diagnostic, Diagnostics, Place, Severity};
use crate::error::Error;
use crate::evaluate::{
    Finding, Gathered, Judging, KeyTable, RuleCounts, Sought, Units, Wants, diagnose, gather, judge, units,
};
use crate::input::{Block, FormNeeds, Layout, ReadOptions, Reader, UnknownKey, UnknownKeys};
use crate::linked::{Linked, LinkedTable, Loading, Piece, Wanted};
use crate::plan::Plan;
use crate::rule_pack::Link;
use crate::source::SourceId;

/// Most findings of one kind on cells, and most repeated keys, that are told one by one.
const MOST_ALIKE: u64 = 10;

/// Most records that one finding names.
const MOST_RECORDS: usize = 5;

/// How the records of one linked file are judged and kept.
struct Work<'a> {
    /// The rules about the file.
    plan: &'a Plan,
    /// The programme of the run, which may ask for all units of the file.
    asking: &'a Plan,
    link: &'a Link,
    converter: &'a Converter,
    wanted: &'a Wanted,
    wants: Wants,
}

/// What a block of a linked file comes to.
#[derive(Default)]
struct Read {
    pieces: Vec<Piece>,
    units: Vec<Units>,
    /// Of cells and of rules.
    findings: Vec<Finding>,
    counts: Vec<RuleCounts>,
    gathered: Vec<Gathered>,
    unknown_keys: Vec<UnknownKey>,
    records: u64,
    unreadable: u64,
    faults: u64,
    /// Whether a column of the key is lacking.
    keyless: bool,
}

impl Read {
    fn append(&mut self, mut other: Self) {
        self.pieces.append(&mut other.pieces);
        append_units(&mut self.units, other.units);
        self.findings.append(&mut other.findings);
        if self.counts.is_empty() {
            self.counts = other.counts;
        } else {
            self.counts.iter_mut().zip(&other.counts).for_each(|(sum, counts)| sum.join(counts));
        }
        self.gathered.append(&mut other.gathered);
        self.unknown_keys.append(&mut other.unknown_keys);
        self.records += other.records;
        self.unreadable += other.unreadable;
        self.faults += other.faults;
        self.keyless |= other.keyless;
    }
}

impl Work<'_> {
    fn block(&self, block: &Block) -> Read {
        let whole = catch_unwind(AssertUnwindSafe(|| self.walk(block.clone())));
        whole.unwrap_or_else(|_| {
            let mut all = Read::default();
            for (row, _) in block.records.iter().enumerate() {
                let single = block.single(row);
                let one = catch_unwind(AssertUnwindSafe(|| self.walk(single.clone())));
                all.append(one.unwrap_or_else(|_| self.lost(&single)));
            }
            all
        })
    }

    fn walk(&self, block: Block) -> Read {
        let layout = Arc::clone(&block.layout);
        let mut chunk = layout.cells(block);
        let unknown_keys = std::mem::take(&mut chunk.unknown_keys);
        let mut batch = self.converter.convert(&layout, chunk);
        for finding in batch.findings.iter_mut().filter(|finding| finding.field.is_some()) {
            finding.severity = finding.severity.min(Severity::Warning);
            finding.fix = None;
        }
        let piece = Piece::of(&batch, &self.plan.pack, self.wanted);
        let outcomes = judge(self.plan, &mut batch);
        let gathered = (!self.plan.dataset.is_empty())
            .then(|| gather(self.plan, &batch, self.wants, false, Sought::Everything));
        let records = diagnose(self.plan, &batch, &outcomes, self.wants);
        let count = |verdict| {
            let mut counts = RuleCounts::default();
            counts.add(verdict);
            counts
        };
        let absent = |theirs: &crate::expression::FieldId| layout.is_absent(usize::from(theirs.index));
        Read {
            pieces: vec![piece],
            units: units(self.asking, &batch),
            findings: records.into_iter().flat_map(|record| record.findings).collect(),
            counts: outcomes.rules.iter().map(count).collect(),
            gathered: gathered.into_iter().collect(),
            unknown_keys,
            records: length(batch.len()),
            unreadable: batch.unreadable.count(),
            faults: 0,
            keyless: self.link.on.iter().any(|(_, theirs)| absent(theirs)),
        }
    }

    /// A record on which our own code failed: it is not linked, and every rule is skipped on it.
    fn lost(&self, block: &Block) -> Read {
        Read {
            findings: vec![Finding::from(super::fault(Place::File(block.source)))],
            counts: vec![RuleCounts { skipped: 1, ..RuleCounts::default() }; self.plan.rules.len()],
            gathered: vec![Gathered::lost(self.plan)],
            records: 1,
            faults: 1,
            ..Read::default()
        }
    }
}

/// Findings on cells of a linked file, of each kind the first.
#[derive(Default)]
struct Alike(BTreeMap<String, u64>);

impl Alike {
    /// Whether the finding is to be told; every other is counted.
    fn tells(&mut self, finding: &Finding) -> bool {
        let count = self.0.entry(finding.diagnostic.notice.full_id()).or_default();
        *count += 1;
        *count <= MOST_ALIKE
    }

    /// What was not told, a finding for each kind.
    fn rest(self, link: &Link, source: SourceId) -> Diagnostics {
        let more = self.0.into_iter().filter(|(_, count)| *count > MOST_ALIKE);
        let told = |(rule, count): (String, u64)| {
            Diagnostic::new(&code::FURTHER_FINDINGS, Place::File(source))
                .with("link", &*link.name)
                .with("rule", rule)
                .with("count", count - MOST_ALIKE)
        };
        more.map(told).collect()
    }
}

/// A linked file while it is read, and until it is joined.
struct Loaded {
    loading: Loading,
    units: Vec<Units>,
    counts: Vec<RuleCounts>,
    keys: KeyTable,
    line: FileLine,
    /// Whether a column of the key is lacking.
    keyless: bool,
    alike: Alike,
    unknown: UnknownKeys,
    /// What is told behind the records.
    after: Diagnostics,
}

impl Loaded {
    fn new(work: &Work<'_>, line: FileLine) -> Self {
        Self {
            loading: Loading::new(work.link, work.wanted.clone()),
            units: Units::of(work.asking, work.link.table),
            counts: vec![RuleCounts::default(); work.plan.rules.len()],
            keys: KeyTable::default(),
            line,
            keyless: false,
            alike: Alike::default(),
            unknown: UnknownKeys::default(),
            after: Diagnostics::new(),
        }
    }

    /// Adds the next block; gives back what is told of it: all that rules say, and of cells what is not too much.
    fn take(&mut self, read: Read, layout: &Layout, rules: &BTreeSet<String>) -> Vec<Finding> {
        self.line.records += read.records;
        self.line.unreadable += read.unreadable;
        self.keyless |= read.keyless;
        self.counts.iter_mut().zip(&read.counts).for_each(|(sum, counts)| sum.join(counts));
        read.gathered.into_iter().for_each(|gathered| self.keys.add(gathered));
        read.pieces.into_iter().for_each(|piece| self.loading.add(piece));
        append_units(&mut self.units, read.units);
        let (unknown, alike) = (&mut self.unknown, &mut self.alike);
        let keys = read.unknown_keys.into_iter().filter_map(|key| unknown.report(layout, key));
        self.after.extend(keys);
        let told = read.findings.into_iter();
        told.filter(|finding| rules.contains(&finding.diagnostic.notice.full_id()) || alike.tells(finding))
            .collect()
    }

    /// What is to be told when all records have been read.
    fn close(&mut self, about: &Plan, link: &Link, id: SourceId) -> Diagnostics {
        self.after.extend(self.unknown.further());
        self.after.append(std::mem::take(&mut self.alike).rest(link, id));
        let of_file = |code| Diagnostic::new(code, Place::File(id)).with("link", &*link.name);
        let overfull = self.loading.is_overfull();
        for (code, _) in [(&code::KEY_COLUMN_MISSING, self.keyless), (&code::KEYS_TOO_MANY, overfull)]
            .into_iter()
            .filter(|(_, is)| *is)
        {
            self.line.readable = false;
            let titles = link.on.iter().filter_map(|(_, theirs)| about.pack.field(*theirs));
            let titles = titles.map(|field| Argument::from(&*field.column)).collect();
            self.after.push(of_file(code).with("expected", Argument::List(titles)));
        }
        if self.line.readable && self.line.records == 0 {
            self.after.push(of_file(&code::NO_RECORDS));
        }
        std::mem::take(&mut self.after)
    }
}

impl Run<'_> {
    /// Reads and judges the linked files of a part.
    pub(super) fn linked_files(
        &mut self,
        section: &mut Section<'_>,
        part: &Part<'_>,
    ) -> Result<Linked, Error> {
        let before = self.links_before;
        self.links_before += part.links.len();
        let mut tables = Vec::new();
        for (place, linked) in part.links.iter().enumerate() {
            let Some(id) = self.header.links.get(before + place).copied() else { break };
            let link =
                usize::from(linked.table).checked_sub(1).and_then(|link| part.plan.pack.links.get(link));
            let Some(link) = link else { continue };
            tables.extend(self.linked_file(section, part.plan, link, linked, id)?);
        }
        Ok(Linked::new(tables))
    }

    /// `None`: the file cannot be read, which is told.
    fn linked_file(
        &mut self,
        section: &mut Section<'_>,
        plan: &Plan,
        link: &Link,
        linked: &LinkedFile,
        id: SourceId,
    ) -> Result<Option<LinkedTable>, Error> {
        let about = plan.of_link(link.table);
        let before = self.errors;
        let theirs = link.on.iter().map(|(_, theirs)| *theirs);
        let form = Arc::new(FormNeeds::new(&link.questionnaire).keyed_by(theirs));
        let receipt = Receipt::begin(&linked.file.place);
        // What a person says of the submissions is not said of linked files.
        let read = ReadOptions { chunk_records: self.read.chunk_records, ..ReadOptions::default() };
        let opened =
            open(&linked.file).and_then(|stream| Reader::open(id, &linked.file.name, stream, &form, &read));
        let file = FileLine { name: Arc::clone(&linked.file.name), ..FileLine::default() };
        let mut table = None;
        let mut file = match opened {
            Err(error) => {
                self.tell(section, unreadable(id, &error))?;
                file
            }
            Ok((mut reader, found)) => {
                self.tell(section, demoted(found))?;
                let file = FileLine { readable: reader.is_readable(), ..file };
                let mut loaded = self.linked_records(section, (&about, link), &mut reader, (file, id))?;
                loaded.line.readable &= reader.is_readable();
                (loaded.line.format, loaded.line.encoding) = (reader.format(), reader.encoding());
                loaded.line.separator = reader.separator();
                self.tell(section, demoted(reader.finish()))?;
                let Loaded { loading, mut units, counts, keys, line: file, .. } = loaded;
                if file.readable {
                    let whole = loading.finish();
                    let twins: Vec<Vec<u32>> = whole.repeated().map(<[u32]>::to_vec).collect();
                    for units in &mut units {
                        units.share(twins.clone());
                    }
                    section.units.append(&mut units);
                    self.linked_rules(section, &about, (counts, &keys), id)?;
                    self.tell(section, repeated(&whole, &about, link, (id, self.about_links)))?;
                    table = Some(whole);
                }
                file
            }
        };
        file.hash = receipt.hash();
        let errors = self.errors - before;
        self.links.push(LinkLine { link: Arc::clone(&link.name), part: 0, file, errors });
        Ok(table)
    }

    /// All records of a linked file.
    fn linked_records(
        &mut self,
        section: &mut Section<'_>,
        (about, link): (&Plan, &Link),
        reader: &mut Reader,
        (file, id): (FileLine, SourceId),
    ) -> Result<Loaded, Error> {
        let converter = Converter::of_link(&about.pack, link);
        let wanted = Wanted::of(section.plan, link, self.whole_links);
        let (asking, wants) = (section.plan, self.about_links);
        let work = Work { plan: about, asking, link, converter: &converter, wanted: &wanted, wants };
        let mut loaded = Loaded::new(&work, file);
        let (layout, rules) = (Arc::clone(reader.layout()), about.ids());
        let mut wave = next_wave(reader, self.workers.wave());
        loop {
            let blocks = match wave {
                Ok(blocks) if blocks.is_empty() => break,
                Ok(blocks) => blocks,
                Err(error) => {
                    loaded.line.readable = false;
                    loaded.after.append(unreadable(id, &error));
                    break;
                }
            };
            let Wave { judged, next } =
                self.workers.judge(&|block: &Block| work.block(block), &blocks, reader)?;
            for read in judged {
                section.tally.faults(read.faults);
                let told = loaded.take(read, &layout, &rules);
                self.tell_drawn(section, &told)?;
            }
            wave = next;
        }
        self.tell(section, loaded.close(about, link, id))?;
        Ok(loaded)
    }

    /// The rules over many records of a linked file, and the counts of all rules about it.
    fn linked_rules(
        &mut self,
        section: &mut Section<'_>,
        about: &Plan,
        (counts, keys): (Vec<RuleCounts>, &KeyTable),
        id: SourceId,
    ) -> Result<(), Error> {
        let mut over_many = Vec::new();
        if !about.dataset.is_empty() {
            let judging = Judging {
                plan: about,
                names: &self.header.names,
                keys: self.about_links.keys,
                values: self.about_links.values,
                units: &[],
                linked: None,
                pool: self.workers.pool.as_ref(),
                outcomes: false,
            };
            let mut found = Vec::new();
            let outcomes = keys.judge(judging, &mut |mut finding| {
                // Of a file without records the rules do not know which it is.
                if finding.diagnostic.place == Place::Run {
                    finding.diagnostic.place = Place::File(id);
                }
                found.push(finding);
                Ok(())
            })?;
            over_many = outcomes.counts;
            self.tell_drawn(section, &found)?;
        }
        section.tally.linked(about, counts, over_many);
        Ok(())
    }
}

/// What is told of the file as a whole, where nothing can be written back.
fn demoted(found: Diagnostics) -> Diagnostics {
    found.into_iter().map(|diagnostic| Diagnostic { fix: None, ..diagnostic }).collect()
}

/// A finding for each key that stands in several records.
fn repeated(
    whole: &LinkedTable,
    about: &Plan,
    link: &Link,
    (source, wants): (SourceId, Wants),
) -> Diagnostics {
    let mut found = Diagnostics::new();
    let private =
        link.on.iter().any(|(_, theirs)| about.pack.field(*theirs).is_some_and(|field| field.private));
    let shown = wants.values && wants.keys;
    let mut more = 0_u64;
    for (place, rows) in whole.repeated().enumerate() {
        if length(place) >= MOST_ALIKE {
            more += 1;
            continue;
        }
        let Some(&first) = rows.first() else { continue };
        let key = whole.key(&about.pack, first).filter(|_| !private);
        let numbers = rows.iter().take(MOST_RECORDS).filter_map(|row| whole.number(*row)).map(Argument::from);
        let numbers: Vec<Argument> = numbers.collect();
        let Some(place) = whole.place(first, key.as_deref().map(Box::from)) else { continue };
        let mut finding = Diagnostic::new(&code::KEY_REPEATED, place)
            .with("link", &*link.name)
            .with("count", length(rows.len()))
            .with("records", Argument::List(numbers));
        if let Some(key) = key.as_deref().filter(|_| shown) {
            finding = finding.with("key", Argument::written(key));
        }
        let labels = rows.iter().take(MOST_RECORDS).filter_map(|row| whole.label(*row, Argument::Nothing));
        finding.labels.extend(labels);
        found.push(finding);
    }
    if more > 0 {
        found.push(
            Diagnostic::new(&code::FURTHER_FINDINGS, Place::File(source))
                .with("link", &*link.name)
                .with("rule", code::KEY_REPEATED.id)
                .with("count", more),
        );
    }
    found
}

/// Adds the units of the next records, for each rule.
fn append_units(all: &mut Vec<Units>, next: Vec<Units>) {
    if all.is_empty() {
        *all = next;
    } else {
        all.iter_mut().zip(next).for_each(|(units, next)| units.append(next));
    }
}

fn length(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
