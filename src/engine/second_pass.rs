//! The second pass: what was read is read again, and given to a fold with what became of each record.
//!
//! Invariants
//! - A record is settled by the same code that judged it the first time, so that no command tells otherwise.
//! - The files are those of the first pass, byte for byte, or the run stops.

use std::sync::Arc;

use super::admission::{Settled, Totals};
use super::block::{Judge, guarded, lost_record};
use super::event::{FileLine, RunHeader, Summary};
use super::fold::{Fold, LostRecord, OpenedFile, SettledBlock, SettledRow};
use super::opening::open;
use super::put_away::OverMany;
use super::receipt::Receipt;
use super::run::{KeptPart, Section};
use super::workers::{Wave, Workers, next_wave};
use super::{CheckOptions, InputFile, InputPlace, Part};
use crate::error::Error;
use crate::evaluate::{Finding, Missing, Wants, judge as outcomes_of};
use crate::input::{Block, RawRecord, ReadOptions, Reader};
use crate::linked::LinkedTable;
use crate::source::SourceId;
use crate::source::stamp::Stamps;

/// A run whose records have all been judged once: what it told, and what the second pass needs.
#[derive(Debug)]
pub struct FirstPass {
    /// What the run is about.
    pub header: RunHeader,
    /// What it came to.
    pub summary: Summary,
    pub(super) kept: Vec<KeptPart>,
    pub(super) workers: Workers,
    pub(super) stamps: Stamps,
}

impl FirstPass {
    /// Units of linked files that have not answered, for each rule that asks for all of them: which part of the run, who,
    /// and the linked file.
    pub fn missing(&self) -> impl Iterator<Item = (usize, &Missing, &LinkedTable)> {
        self.kept.iter().enumerate().flat_map(|(part, kept)| {
            let tables = |missing: &Missing| kept.linked.table(missing.table);
            kept.settlement.missing.iter().filter_map(move |missing| Some((part, missing, tables(missing)?)))
        })
    }
}

/// The sizes and times of the files of a run.
pub(super) fn stamps(parts: &[Part<'_>]) -> Stamps {
    let mut stamps = Stamps::default();
    for input in parts.iter().flat_map(|part| part.inputs) {
        if let InputPlace::Path(path) = &input.place {
            stamps.add(path);
        }
    }
    stamps
}

/// Gives every record of the run to `fold`, in order, and counts what became of them.
///
/// # Errors
/// The fold cannot write, or a file is not what it was when `first` read it.
pub fn second_pass<F: Fold>(
    parts: &[Part<'_>],
    options: &CheckOptions,
    first: &mut FirstPass,
    fold: &mut F,
) -> Result<Totals, Error> {
    unchanged(parts, &first.stamps)?;
    let wants = Wants {
        excerpts: false,
        values: fold.wants_values(),
        keys: fold.wants_values(),
        answers: false,
        marks: options.accepted.as_ref().map(|accepted| accepted.marks()),
    };
    let mut pass = SecondPass {
        options,
        wants,
        read: options.reading(),
        several_files: first.header.files.len() > 1,
        workers: &mut first.workers,
        totals: Totals::default(),
    };
    let mut files = first.header.files.iter().zip(&first.summary.files);
    for ((number, part), kept) in parts.iter().enumerate().zip(&first.kept) {
        let section = Section::new(part.plan);
        for input in part.inputs {
            let Some((id, line)) = files.next() else { break };
            let settling = Settling { number, section: &section, kept, id: *id };
            pass.file(&settling, input, line, fold)?;
        }
    }
    let totals = pass.totals;
    unchanged(parts, &first.stamps)?;
    Ok(totals)
}

fn unchanged(parts: &[Part<'_>], then: &Stamps) -> Result<(), Error> {
    let now = stamps(parts);
    let changed = now.changed_since(then);
    let is_changed = |input: &&InputFile| matches!(&input.place, InputPlace::Path(path) if changed.contains(&path.as_path()));
    let first = parts.iter().flat_map(|part| part.inputs).find(is_changed);
    first.map_or(Ok(()), |input| Err(changed_file(input)))
}

fn changed_file(input: &InputFile) -> Error {
    Error::Changed { name: Arc::clone(&input.name) }
}

/// The second pass under way.
struct SecondPass<'a> {
    options: &'a CheckOptions,
    wants: Wants,
    read: ReadOptions,
    several_files: bool,
    workers: &'a mut Workers,
    totals: Totals,
}

/// What is settled of one file by.
struct Settling<'a> {
    number: usize,
    section: &'a Section<'a>,
    kept: &'a KeptPart,
    id: SourceId,
}

/// The same, with the findings over many records about those in hand.
struct InHand<'a> {
    settling: &'a Settling<'a>,
    over_many: OverMany,
}

impl InHand<'_> {
    /// What comes of the record `number`, whose own findings are `own`, and the findings over many records about it.
    fn settle(&self, number: u64, own: &[Finding], readable: bool) -> (Settled, &[Finding]) {
        let over_many = self.over_many.get(&number).map(Vec::as_slice).unwrap_or_default();
        let id = (self.settling.id, number);
        (self.settling.kept.settlement.settle(id, (own, over_many), readable), over_many)
    }
}

impl SecondPass<'_> {
    /// Every record of one file, of which the first pass said `line`.
    fn file<F: Fold>(
        &mut self,
        settling: &Settling<'_>,
        input: &InputFile,
        line: &FileLine,
        fold: &mut F,
    ) -> Result<(), Error> {
        let receipt = Receipt::begin(&input.place);
        let form = &settling.section.form;
        let opened =
            open(input).and_then(|read| Reader::open(settling.id, &input.name, read, form, &self.read));
        let records = match opened {
            Ok((mut reader, _)) => {
                let headers = reader.take_headers();
                let plan = settling.section.plan;
                fold.file(&OpenedFile {
                    part: settling.number,
                    plan,
                    source: settling.id,
                    line,
                    headers: &headers,
                })?;
                self.records(settling, input, &mut reader, fold)
            }
            Err(error) => Err(error),
        };
        let records = match records {
            // What could not be read the first time was told then.
            Err(Error::Read { .. }) if !line.readable => return Ok(()),
            other => other?,
        };
        let same = records == line.records && receipt.hash() == line.hash;
        if same { Ok(()) } else { Err(changed_file(input)) }
    }

    /// How many records there were.
    fn records<F: Fold>(
        &mut self,
        settling: &Settling<'_>,
        input: &InputFile,
        reader: &mut Reader,
        fold: &mut F,
    ) -> Result<u64, Error> {
        let judge = Judge {
            plan: settling.section.plan,
            converter: &settling.section.converter,
            linked: &settling.kept.linked,
            wants: self.wants,
            breakdown: None,
            several_files: self.several_files,
            levels: &input.levels,
            fault_at: self.options.fault_at,
            accepted: self.options.accepted.as_deref(),
        };
        let mut records = 0;
        let mut wave = next_wave(reader, self.workers.wave())?;
        while !wave.is_empty() {
            let numbers = wave.iter().flat_map(|block| &block.records).map(|record| record.number);
            let (first, last) = (numbers.clone().min().unwrap_or(0), numbers.max().unwrap_or(0));
            let over_many = settling.kept.over_many.of(settling.id, &(first..=last))?;
            let hand = &InHand { settling, over_many };
            let shared: &F = fold;
            let work = |block: &Block| settled(judge, hand, block, shared);
            let Wave { judged, next } = self.workers.judge(&work, &wave, reader)?;
            for (part, totals) in judged.into_iter().flatten() {
                records += totals.records();
                self.totals.join(&totals);
                fold.merge(part)?;
            }
            wave = next?;
        }
        Ok(records)
    }
}

/// What comes of one block: one part, or where our own code fails one a record.
fn settled<F: Fold>(judge: Judge<'_>, hand: &InHand<'_>, block: &Block, fold: &F) -> Vec<(F::Part, Totals)> {
    guarded(
        block,
        |block| whole(judge, hand, block, fold),
        |block, record| guilty(judge, hand, (block, record), fold),
    )
}

fn whole<F: Fold>(judge: Judge<'_>, hand: &InHand<'_>, block: Block, fold: &F) -> (F::Part, Totals) {
    judge.fail_where_asked(&block);
    let layout = Arc::clone(&block.layout);
    let mut batch = judge.batch(&layout, layout.cells(block));
    let outcomes = outcomes_of(judge.plan, &mut batch);
    let found = judge.findings(&batch, &outcomes, &mut Vec::new());
    let mut found = found.iter().peekable();
    let mut totals = Totals::default();
    let rows = batch.chunk.records.iter().enumerate().map(|(row, record)| {
        let of_this = found.next_if(|findings| findings.place.record == record.number);
        let own = of_this.map_or(&[][..], |findings| &findings.findings);
        let (settled, over_many) = hand.settle(record.number, own, !batch.unreadable.get(row));
        totals.add(&settled);
        SettledRow { settled, own, over_many }
    });
    let rows: Vec<SettledRow<'_>> = rows.collect();
    let part = fold.block(&SettledBlock {
        part: hand.settling.number,
        plan: judge.plan,
        source: hand.settling.id,
        layout: &layout,
        batch: &batch,
        outcomes: &outcomes,
        rows: &rows,
    });
    (part, totals)
}

/// A record on which our own code fails.
fn guilty<F: Fold>(
    judge: Judge<'_>,
    hand: &InHand<'_>,
    (block, record): (&Block, &RawRecord),
    fold: &F,
) -> (F::Part, Totals) {
    let finding = lost_record(block, record);
    let (settled, over_many) = hand.settle(record.number, &finding.findings, false);
    let mut totals = Totals { faults: 1, ..Totals::default() };
    totals.add(&settled);
    let row = SettledRow { settled, own: &finding.findings, over_many };
    let part = fold.lost(&LostRecord {
        part: hand.settling.number,
        plan: judge.plan,
        block,
        row,
        finding: &finding,
    });
    (part, totals)
}
