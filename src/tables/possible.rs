//! What a record of which something is open can still be in the table of one question.
//!
//! Of a held record the cells that its failed hard edits read, those that cannot be read as an answer, and those that are
//! blank although they must be answered, take any value of their domain; all others stay. Where the routing of a question
//! then holds it has a value, and where it does not it has none and the record is outside the base: a freed cell behind a
//! closed question is blank, and one that stays behind a closed question is not counted there, as always. Of an accepted
//! record the same is asked with the cells that are to be confirmed.
//!
//! Invariants
//! - Routing is asked of the same steps as the skip edits, over records made of the answers in question.
//! - A domain without end is tried at the values around those that the routing names, and at its own ends.

use std::collections::{BTreeMap, BTreeSet};

use super::programme::{AnswerRow, Programme, Question};
use crate::batch::example::batch_of;
use crate::batch::{Batch, Column, Data};
use crate::evaluate::Words;
use crate::expression::{FieldId, Value};
use crate::plan::Plan;
use crate::questionnaire::{Domain, Field, Required};
use crate::rule_pack::opening::candidates;
use crate::rule_pack::{ExampleRecord, ExampleValue, RulePack};

/// What is known of a cell.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Known {
    /// Nothing; it can take any value.
    Nothing,
    /// It is blank, and takes any value where its question is asked.
    BlankUnlessAsked,
    /// It stays what it is.
    Stays(ExampleValue),
}

/// Where a record can come to stand by the routing of one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Routed {
    /// In the base.
    pub(super) inside: bool,
    /// Outside it, or where it is not known.
    pub(super) outside: bool,
}

/// What a record can be in the table of one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Possible {
    /// Accepted outside the base.
    pub(super) out: bool,
    /// For each row: accepted in it; accepted in the base and not in it.
    pub(super) rows: Vec<(bool, bool)>,
}

impl Possible {
    /// Nothing is known of the record.
    pub(super) fn anything(question: &Question) -> Self {
        let mut all = Self { out: true, rows: vec![(false, false); question.rows.len()] };
        all.any_value(question);
        all
    }

    /// Either this or `other`.
    pub(super) fn join(&mut self, other: &Self) {
        self.out |= other.out;
        for (own, other) in self.rows.iter_mut().zip(&other.rows) {
            own.0 |= other.0;
            own.1 |= other.1;
        }
    }

    /// The cell of the question takes any value of its domain.
    fn any_value(&mut self, question: &Question) {
        let (least, most) = question.items;
        for (row, possible) in question.rows.iter().zip(&mut self.rows) {
            let own = row.options.iter().filter(|own| **own).count();
            let others = row.options.len() - own;
            possible.0 |= own > 0 && most > 0;
            possible.1 |= others > 0 && least <= others || question.multi && least == 0;
        }
    }

    /// The record is in the rows that `is_in` tells, and beside the others.
    fn stands(&mut self, is_in: impl Fn(usize) -> bool) {
        for (row, possible) in self.rows.iter_mut().enumerate() {
            if is_in(row) {
                possible.0 = true;
            } else {
                possible.1 = true;
            }
        }
    }
}

/// A record of a batch of which something is open.
pub(super) struct OpenRecord<'a> {
    pub(super) programme: &'a Programme,
    pub(super) plan: &'a Plan,
    pub(super) batch: &'a Batch,
    pub(super) row: usize,
    /// The fields that are open: of a held record those that its failed hard edits read.
    pub(super) free: &'a BTreeSet<FieldId>,
    /// The fields that stay as they are, although they are blank or cannot be read: of an accepted record those of which
    /// nothing is open. Empty of a held one.
    pub(super) stays: &'a BTreeSet<FieldId>,
}

impl OpenRecord<'_> {
    /// What it can be in the table of `question`.
    pub(super) fn possible(&self, question: &Question) -> Possible {
        let routed = self.routed(question);
        let mut possible = Possible { out: routed.outside, rows: vec![(false, false); question.rows.len()] };
        if !routed.inside {
            return possible;
        }
        match self.cell(question.field) {
            // A blank that is the empty set is an answer without options.
            Known::BlankUnlessAsked | Known::Stays(ExampleValue::Blank)
                if question.multi && question.items.0 == 0 =>
            {
                possible.stands(|_| false);
            }
            Known::Nothing | Known::BlankUnlessAsked => possible.any_value(question),
            Known::Stays(ExampleValue::Value(Value::Option(option))) => {
                let own = question.row_of(option);
                possible.stands(|row| Some(row) == own);
            }
            Known::Stays(ExampleValue::Value(Value::Multi { set, .. })) => possible.stands(|row| {
                let options = question.rows.get(row).map(|row| row.options.as_slice()).unwrap_or_default();
                options.iter().enumerate().any(|(bit, own)| *own && set >> (bit & 63) & 1 == 1)
            }),
            Known::Stays(state) => {
                let kind = match state {
                    ExampleValue::DontKnow | ExampleValue::Invalid => AnswerRow::Unusable,
                    ExampleValue::NotApplicable | ExampleValue::Mark(_) => AnswerRow::NotApplicable,
                    ExampleValue::Blank | ExampleValue::Value(_) => AnswerRow::NoAnswer,
                };
                match question.row(kind) {
                    Some(own) => possible.stands(|row| row == own),
                    // Who did not answer is in no base that counts answers.
                    None => possible.out = true,
                }
            }
        }
        possible
    }

    fn routed(&self, question: &Question) -> Routed {
        if question.controllers.is_empty() {
            return Routed { inside: true, outside: false };
        }
        let known: Vec<Known> = question.controllers.iter().map(|&field| self.cell(field)).collect();
        let key = (question.field, known);
        if let Ok(remembered) = self.programme.routed.lock()
            && let Some(routed) = remembered.get(&key)
        {
            return *routed;
        }
        let routed = try_all(self.plan, &self.programme.pack, question, &key.1);
        if let Ok(mut remembered) = self.programme.routed.lock() {
            remembered.insert(key, routed);
        }
        routed
    }

    /// What is known of a cell.
    fn cell(&self, field: FieldId) -> Known {
        if self.free.contains(&field) || self.batch.unreadable.get(self.row) {
            return Known::Nothing;
        }
        let pack = &self.programme.pack;
        let stays = self.stays.contains(&field);
        let value = match self.batch.column(field) {
            Some(column) if column.invalid.get(self.row) && !stays => return Known::Nothing,
            Some(column) if column.invalid.get(self.row) => ExampleValue::Invalid,
            Some(column) => cell(pack, self.batch, column, field, self.row),
            None => ExampleValue::Blank,
        };
        let required = || pack.questionnaire.get(field).is_some_and(is_required);
        if value == ExampleValue::Blank && !stays && required() {
            return Known::BlankUnlessAsked;
        }
        Known::Stays(value)
    }
}

/// Whether a blank must be filled where the question is asked.
fn is_required(field: &Field) -> bool {
    field.required == Required::Yes
}

/// A cell that is not invalid, as an example would write it.
fn cell(pack: &RulePack, batch: &Batch, column: &Column, field: FieldId, row: usize) -> ExampleValue {
    if column.known.get(row) {
        return value(batch, column, row).map_or(ExampleValue::Blank, ExampleValue::Value);
    }
    let mark = column.marks.as_ref().and_then(|marks| usize::from(*marks.get(row)?).checked_sub(1));
    let mark = mark.and_then(|mark| pack.questionnaire.get(field)?.marks.get(mark));
    match mark {
        Some(mark) if &*mark.name != "na" && &*mark.name != "dk" => ExampleValue::Mark(mark.name.clone()),
        _ if column.dk.get(row) => ExampleValue::DontKnow,
        _ if column.na.get(row) => ExampleValue::NotApplicable,
        _ => ExampleValue::Blank,
    }
}

fn value(batch: &Batch, column: &Column, row: usize) -> Option<Value> {
    Some(match &column.data {
        Data::Options(codes) => Value::Option(*codes.get(row)?),
        Data::Numbers(numbers) => Value::Number(*numbers.get(row)?),
        Data::Multi { set, listed } => Value::Multi { set: *set.get(row)?, listed: *listed.get(row)? },
        Data::Text(texts) => Value::Text(batch.text(*texts.get(row)?).into()),
        Data::Dates(days) => Value::Date(*days.get(row)?),
        Data::DateTimes(moments) => Value::DateTime(*moments.get(row)?),
        Data::Months(months) => Value::YearMonth(*months.get(row)?),
    })
}

/// Tries every value of the cells of which nothing is known, controllers before those that they open.
fn try_all(plan: &Plan, pack: &RulePack, question: &Question, known: &[Known]) -> Routed {
    let given = question.controllers.iter().zip(known);
    let value = |known: &Known| match known {
        Known::Nothing => None,
        Known::BlankUnlessAsked => Some(ExampleValue::Blank),
        Known::Stays(value) => Some(value.clone()),
    };
    let values = given.clone().filter_map(|(field, known)| Some((*field, value(known)?))).collect();
    let mut records = vec![ExampleRecord { values, ..ExampleRecord::default() }];
    for (&field, known) in given {
        if matches!(known, Known::Stays(_)) {
            continue;
        }
        let domain = domain(pack, question, field);
        let batch = batch_of(pack, &records);
        let base = Words::new(plan, &batch).base(field);
        let mut next = Vec::new();
        for (row, record) in records.into_iter().enumerate() {
            // Behind a closed question there is no value; a domain of which no value is known is left open too.
            if !base.yes.get(row) || domain.is_empty() {
                let mut blank = record;
                blank.values.insert(field, ExampleValue::Blank);
                next.push(blank);
                continue;
            }
            next.extend(domain.iter().map(|value| {
                let mut filled = record.clone();
                filled.values.insert(field, ExampleValue::Value(value.clone()));
                filled
            }));
        }
        records = next;
    }
    let batch = batch_of(pack, &records);
    let base = Words::new(plan, &batch).base(question.field);
    Routed { inside: !base.yes.is_none(), outside: !base.yes.complement().is_none() }
}

/// Values of `field` among which every case of the routing of `question` is.
fn domain(pack: &RulePack, question: &Question, field: FieldId) -> Vec<Value> {
    let Some(routing) = pack.questionnaire.routing_of(question.field) else { return Vec::new() };
    let mut values = candidates(&pack.questionnaire, &routing.full, field);
    if let Some(Domain::Number(domain)) = pack.questionnaire.get(field).map(|field| &field.domain) {
        let ends = [domain.minimum, domain.maximum].into_iter().flatten();
        let above = domain.above.and_then(|bound| bound.checked_add(1));
        let below = domain.below.and_then(|bound| bound.checked_sub(1));
        values.extend(ends.chain(above).chain(below).map(Value::Number));
        values.retain(|value| matches!(value, Value::Number(number) if domain.broken(*number).is_none()));
    }
    values.into_iter().collect::<BTreeSet<Value>>().into_iter().collect()
}

/// What was found of routings, by question and what is known of its controllers.
pub(super) type Remembered = BTreeMap<(FieldId, Vec<Known>), Routed>;
