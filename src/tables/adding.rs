//! Counting: the records of a batch into the counts.
//!
//! Invariants
//! - Accepted records make the figures, held ones only their ranges; what was received and not accepted is in no base.
//! - The frame and earlier waves are counted from their own records, once a run.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::axis::Place;
use super::counts::{Counts, Rivals, RowKey, TableCounts};
use super::possible::{OpenRecord, Possible};
use super::programme::{AnswerRow, BaseConvention, Counting, PlannedTable, Programme, Question};
use super::settled::{Acceptance, Settled};
use crate::batch::{Batch, Data};
use crate::diagnostic::Severity;
use crate::evaluate::{Base, Word, WordMasks, Words};
use crate::expression::FieldId;
use crate::plan::Plan;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// The row of records that are held, whatever the reason.
pub(super) const HELD: &str = "held";
/// The row of records out of scope.
pub(super) const OUT_OF_SCOPE: &str = "out-of-scope";
/// The row of records that a later one supersedes.
pub(super) const SUPERSEDED: &str = "superseded";

/// One batch with what was settled of its records.
pub(super) struct Block<'a> {
    pub(super) programme: &'a Programme,
    pub(super) plan: &'a Plan,
    pub(super) batch: &'a Batch,
    pub(super) settled: &'a [Settled],
    /// By axis and row.
    places: Vec<Vec<Option<Place>>>,
}

impl Counts {
    /// Adds the records of `batch`, of which `settled` has one each.
    pub fn add(&mut self, programme: &Programme, plan: &Plan, batch: &Batch, settled: &[Settled]) {
        let block = Block::new(programme, plan, batch, settled);
        self.records(&block);
        let mut words = Words::new(plan, batch);
        for (place, (table, counts)) in programme.tables.iter().zip(&mut self.tables).enumerate() {
            block.table(table, counts, &mut words);
            if let (Counting::Answers(question), TableCounts::Answers(cells, _)) = (&table.counting, counts) {
                block.held(place, question, cells, &mut self.rivals);
            }
        }
    }

    /// Adds a record of which nothing is known but what was settled: our own fault kept it from being judged.
    pub fn add_lost(&mut self, programme: &Programme, settled: &Settled) {
        for axis in &mut self.axes {
            let Some(column) = axis.columns.last_mut() else { continue };
            column.received += 1;
            column.eligible += 1;
            column.held += 1;
            column.enters += 1;
        }
        for (table, counts) in programme.tables.iter().zip(&mut self.tables) {
            let columns = programme.axes.get(table.axis).map_or(0, |axis| axis.columns.len());
            match (&table.counting, counts) {
                (Counting::Answers(question), TableCounts::Answers(cells, _)) => {
                    if let Some(cell) = cells.last_mut() {
                        cell.enter(&Possible::anything(question));
                    }
                }
                (Counting::Failures, TableCounts::Keyed(keyed)) => {
                    for failure in &settled.failures {
                        one(keyed, RowKey::Id(Arc::clone(&failure.id)), columns, columns + 1);
                    }
                }
                (Counting::Held, TableCounts::Keyed(keyed)) => held(keyed, settled, columns, columns + 1),
                (Counting::Days(_), TableCounts::Keyed(keyed)) => {
                    one(keyed, RowKey::NoDay, columns, columns + 1);
                }
                _ => {}
            }
        }
    }

    /// Adds the units of the frame: a batch of the frame's own records.
    pub fn add_frame(&mut self, programme: &Programme, plan: &Plan, batch: &Batch) {
        let Some(table) = programme.pack.tabulation.frame else { return };
        self.has_frame = true;
        let in_scope = Words::new(plan, batch).in_scope();
        let linked = batch.tables.get(usize::from(table)).map(|table| &table.linked);
        for row in linked.into_iter().flat_map(crate::batch::Mask::rows) {
            for (axis, counts) in programme.axes.iter().zip(&mut self.axes) {
                let column = axis.place(batch, row).map_or(axis.columns.len(), |place| place.column);
                let Some(column) = counts.columns.get_mut(column) else { continue };
                column.listed += 1;
                column.frame += u64::from(in_scope.yes.get(row));
                column.unsettled += u64::from(in_scope.unknown.get(row));
            }
        }
    }

    /// Adds the records of an earlier wave: a batch of the own records of the link that is `table`.
    pub fn add_earlier(&mut self, programme: &Programme, plan: &Plan, table: u16, batch: &Batch) {
        if !self.waves_read.contains(&table) {
            self.waves_read.push(table);
        }
        let Some(linked) = batch.tables.get(usize::from(table)).map(|table| table.linked.clone()) else {
            return;
        };
        let mut words = Words::new(plan, batch);
        for (place, (planned, counts)) in programme.tables.iter().zip(&mut self.tables).enumerate() {
            let TableCounts::Answers(_, earlier) = counts else { continue };
            for (wave, (beside, cells)) in planned.earlier.iter().zip(earlier).enumerate() {
                let Some(question) = beside.question.as_ref().filter(|one| one.field.table == table) else {
                    continue;
                };
                let is_absent = |field: &&FieldId| batch.column(**field).is_none_or(|column| column.absent);
                let absent: BTreeSet<FieldId> = question.reads.iter().filter(is_absent).copied().collect();
                if !absent.is_empty() {
                    self.lacking.entry((place, wave)).or_default().extend(absent);
                    continue;
                }
                let mut base = words.base(question.field).yes.and(&linked);
                if programme.convention == BaseConvention::Answered {
                    base.keep(&words.of(question.field).answered);
                }
                for row in base.rows() {
                    let column = question.axis.place(batch, row).map(|place| place.column);
                    let Some(cell) = cells.get_mut(column.unwrap_or(question.axis.columns.len())) else {
                        continue;
                    };
                    cell.base += 1;
                    for (own, count) in question.rows.iter().zip(&mut cell.rows) {
                        *count += u64::from(chosen(batch, question.field, row, own));
                    }
                }
            }
        }
    }

    fn records(&mut self, block: &Block<'_>) {
        for (axis, (places, counts)) in block.places.iter().zip(&mut self.axes).enumerate() {
            for (settled, place) in block.settled.iter().zip(places) {
                let unknown = counts.columns.len().saturating_sub(1);
                let at = place.map_or(unknown, |place| place.column);
                let Some(column) = counts.columns.get_mut(at) else { continue };
                column.received += 1;
                column.eligible += u64::from(is_eligible(settled));
                match settled.acceptance {
                    Acceptance::Accepted => {
                        column.accepted += 1;
                        column.to_confirm += u64::from(settled.open_warnings > 0);
                        counts.otherwise += u64::from(place.is_none_or(|place| place.by > 0));
                        counts.disputed += u64::from(place.is_some_and(|place| place.disputed));
                    }
                    Acceptance::Held => {
                        column.held += 1;
                        match &settled.rivals {
                            Some(key) => {
                                let rivals = self.rivals.entry(Arc::clone(key)).or_default();
                                rivals.columns.insert((axis, at));
                            }
                            None => column.enters += 1,
                        }
                    }
                    Acceptance::OutOfScope | Acceptance::Superseded => {}
                }
            }
        }
        for settled in block.settled {
            self.out_of_scope += u64::from(settled.acceptance == Acceptance::OutOfScope);
            self.superseded += u64::from(settled.acceptance == Acceptance::Superseded);
            for failure in &settled.failures {
                if let Some(decision) = &failure.decision {
                    *self.decisions.entry((Arc::clone(decision), Arc::clone(&failure.id))).or_default() += 1;
                }
            }
        }
    }
}

/// Whether a record is in scope, and superseded by no other.
fn is_eligible(settled: &Settled) -> bool {
    matches!(settled.acceptance, Acceptance::Accepted | Acceptance::Held)
}

/// Adds one to `key` in `column`.
fn one(keyed: &mut std::collections::BTreeMap<RowKey, Vec<u64>>, key: RowKey, column: usize, columns: usize) {
    let counts = keyed.entry(key).or_insert_with(|| vec![0; columns]);
    if let Some(count) = counts.get_mut(column) {
        *count += 1;
    }
}

/// Adds what keeps a record from being accepted.
fn held(
    keyed: &mut std::collections::BTreeMap<RowKey, Vec<u64>>,
    settled: &Settled,
    column: usize,
    columns: usize,
) {
    match settled.acceptance {
        Acceptance::Accepted => {}
        Acceptance::OutOfScope => one(keyed, RowKey::Word(OUT_OF_SCOPE), column, columns),
        Acceptance::Superseded => one(keyed, RowKey::Word(SUPERSEDED), column, columns),
        Acceptance::Held => {
            one(keyed, RowKey::Word(HELD), column, columns);
            for reason in &settled.reasons {
                one(keyed, RowKey::Id(Arc::clone(reason)), column, columns);
            }
        }
    }
}

/// Whether the answer in `row` has one of the options that `own` tells.
pub(super) fn chosen(batch: &Batch, field: FieldId, row: usize, own: &[bool]) -> bool {
    let Some(column) = batch.column(field).filter(|column| column.known.get(row)) else { return false };
    match &column.data {
        Data::Options(codes) => {
            codes.get(row).and_then(|code| own.get(usize::from(*code))).copied().unwrap_or(false)
        }
        Data::Multi { set, .. } => {
            let set = set.get(row).copied().unwrap_or(0);
            own.iter().enumerate().any(|(bit, own)| *own && set >> (bit & 63) & 1 == 1)
        }
        _ => false,
    }
}

/// The row of those who did not answer with an option.
pub(super) const fn row_without_option(word: Option<Word>) -> AnswerRow {
    match word {
        Some(Word::NotApplicable) => AnswerRow::NotApplicable,
        Some(Word::Unusable) => AnswerRow::Unusable,
        Some(Word::NoAnswer | Word::Answered) | None => AnswerRow::NoAnswer,
    }
}

impl<'a> Block<'a> {
    /// The records of `batch`, of which `settled` has one each.
    pub(super) fn new(
        programme: &'a Programme,
        plan: &'a Plan,
        batch: &'a Batch,
        settled: &'a [Settled],
    ) -> Self {
        let rows = || 0..batch.len();
        let places =
            programme.axes.iter().map(|axis| rows().map(|row| axis.place(batch, row)).collect()).collect();
        Self { programme, plan, batch, settled, places }
    }
}

impl Block<'_> {
    /// The column of the record in `row`; the last one is that of records of which it is not known.
    fn column(&self, table: &PlannedTable, row: usize) -> (usize, usize) {
        let unknown = self.programme.axes.get(table.axis).map_or(0, |axis| axis.columns.len());
        (self.place(table.axis, row), unknown + 1)
    }

    /// The same by the place of the axis.
    pub(super) fn place(&self, axis: usize, row: usize) -> usize {
        let unknown = self.programme.axes.get(axis).map_or(0, |axis| axis.columns.len());
        let place = self.places.get(axis).and_then(|places| places.get(row)).copied().flatten();
        place.map_or(unknown, |place| place.column)
    }

    fn table(&self, table: &PlannedTable, counts: &mut TableCounts, words: &mut Words<'_, '_>) {
        match (&table.counting, counts) {
            (Counting::Answers(question), TableCounts::Answers(cells, _)) => {
                self.answers(table, question, cells, words);
            }
            (Counting::NonResponse(fields), TableCounts::NonResponse(cells)) => {
                for (field, cells) in fields.iter().zip(cells) {
                    let (base, word) = (words.base(*field), words.of(*field));
                    for (row, settled) in self.settled.iter().enumerate().filter(|(_, one)| is_eligible(one))
                    {
                        let Some(cell) = cells.get_mut(self.column(table, row).0) else { continue };
                        // Of a record that cannot be read nothing is known, also whom it would have been asked.
                        if settled.acceptance == Acceptance::Held && self.batch.unreadable.get(row) {
                            cell.undetermined += 1;
                            continue;
                        }
                        cell.base += u64::from(base.yes.get(row));
                        cell.undetermined += u64::from(base.unknown.get(row));
                        cell.no_answer += u64::from(base.yes.get(row) && word.no_answer.get(row));
                    }
                }
            }
            (counting, TableCounts::Keyed(keyed)) => {
                for (row, settled) in self.settled.iter().enumerate() {
                    let (column, columns) = self.column(table, row);
                    match counting {
                        Counting::Held => held(keyed, settled, column, columns),
                        Counting::Days(field) => one(keyed, self.day(*field, row), column, columns),
                        _ => self.failures(table, keyed, settled, (column, columns)),
                    }
                }
            }
            _ => {}
        }
    }

    fn failures(
        &self,
        table: &PlannedTable,
        keyed: &mut std::collections::BTreeMap<RowKey, Vec<u64>>,
        settled: &Settled,
        (column, columns): (usize, usize),
    ) {
        let eligible = self
            .programme
            .declared(table)
            .is_some_and(|table| table.base == crate::rule_pack::tabulation::TableBase::Eligible);
        if eligible && !is_eligible(settled) {
            return;
        }
        for failure in settled.failures.iter().filter(|failure| failure.severity >= Severity::Warning) {
            one(keyed, RowKey::Id(Arc::clone(&failure.id)), column, columns);
        }
    }

    fn day(&self, field: FieldId, row: usize) -> RowKey {
        let column = self.batch.column(field).filter(|column| column.known.get(row));
        let day = column.and_then(|column| match &column.data {
            Data::Dates(days) => days.get(row).map(|day| i64::from(*day)),
            Data::DateTimes(moments) => moments.get(row).map(|moment| moment.div_euclid(DAY)),
            _ => None,
        });
        day.map_or(RowKey::NoDay, RowKey::Day)
    }

    fn answers(
        &self,
        table: &PlannedTable,
        question: &Question,
        cells: &mut [super::counts::AnswerCounts],
        words: &mut Words<'_, '_>,
    ) {
        let (base, word) = (words.base(question.field), words.of(question.field));
        for (row, settled) in self.settled.iter().enumerate() {
            let Some(cell) = cells.get_mut(self.column(table, row).0) else { continue };
            match settled.acceptance {
                Acceptance::Accepted => self.answer(question, (&base, &word), row, cell),
                Acceptance::Held | Acceptance::OutOfScope | Acceptance::Superseded => {}
            }
        }
    }

    /// What the held records can still be in the table at `place`.
    fn held(
        &self,
        place: usize,
        question: &Question,
        cells: &mut [super::counts::AnswerCounts],
        rivals: &mut std::collections::BTreeMap<Arc<[u8]>, Rivals>,
    ) {
        let Some(table) = self.programme.tables.get(place) else { return };
        let held = |(_, settled): &(usize, &Settled)| settled.acceptance == Acceptance::Held;
        for (row, settled) in self.settled.iter().enumerate().filter(held) {
            let column = self.column(table, row).0;
            let free = self.free(settled);
            let possible = self.open(row, &free, &BTreeSet::new()).possible(question);
            if let Some(key) = &settled.rivals {
                rivals.entry(Arc::clone(key)).or_default().add((place, column), possible);
            } else if let Some(cell) = cells.get_mut(column) {
                cell.enter(&possible);
            }
        }
    }

    /// One accepted record.
    fn answer(
        &self,
        question: &Question,
        (base, word): (&Base, &WordMasks),
        row: usize,
        cell: &mut super::counts::AnswerCounts,
    ) {
        if !base.yes.get(row) {
            if base.unknown.get(row) {
                cell.undetermined += 1;
            } else {
                cell.closed += 1;
            }
            return;
        }
        if word.of(row) == Some(Word::Answered) {
            cell.base += 1;
            for (own, counts) in question.rows.iter().zip(&mut cell.rows) {
                counts.count += u64::from(chosen(self.batch, question.field, row, &own.options));
            }
            return;
        }
        let kind = row_without_option(word.of(row));
        let place = match kind {
            AnswerRow::NotApplicable => 1,
            AnswerRow::Unusable => 2,
            _ => 0,
        };
        if let Some(count) = cell.unanswered.get_mut(place) {
            *count += 1;
        }
        if let Some(counts) = question.row(kind).and_then(|row| cell.rows.get_mut(row)) {
            counts.count += 1;
            cell.base += 1;
        }
    }

    /// The record in `row` with the fields `free` open.
    pub(super) fn open<'b>(
        &'b self,
        row: usize,
        free: &'b BTreeSet<FieldId>,
        stays: &'b BTreeSet<FieldId>,
    ) -> OpenRecord<'b> {
        let Self { programme, plan, batch, .. } = *self;
        OpenRecord { programme, plan, batch, row, free, stays }
    }

    /// The fields that the failed hard edits of a held record read.
    pub(super) fn free(&self, settled: &Settled) -> BTreeSet<FieldId> {
        let hard = settled
            .failures
            .iter()
            .filter(|failure| failure.severity >= Severity::Error && failure.decision.is_none());
        hard.filter_map(|failure| self.programme.reads.get(&failure.id)).flatten().copied().collect()
    }
}
