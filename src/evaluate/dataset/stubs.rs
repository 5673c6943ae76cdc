//! Stubs of the records of one batch: what rules over many records may have to tell of them.
//!
//! Invariants
//! - What may not be told is withheld here, as in every finding.
//! - Whether a record takes part is decided elsewhere; a stub decides nothing but by its values.

use std::borrow::Cow;
use std::sync::Arc;

use super::gather::Kept;
use super::key::{key, key_part};
use super::stub::{Answer, LabelStub, Marks, PlaceStub, Stub, Told};
use super::taking_part::Entering;
use crate::batch::locate::Locator;
use crate::batch::{Batch, Column, Data, Mask};
use crate::diagnostic::standing::Answers;
use crate::diagnostic::{Argument, Label, RecordPlace, Severity};
use crate::evaluate::Wants;
use crate::evaluate::argument::{Arguments, Setting};
use crate::evaluate::machine::Machine;
use crate::evaluate::marking::{Marked, Marking, codes};
use crate::evaluate::values::RowValue;
use crate::evaluate::withheld::Withheld;
use crate::expression::{FieldId, Type};
use crate::plan::{DatasetDemand, DatasetRule, Plan};
use crate::rule_pack::EditRule;

/// Most cells that a stub marks: the key, and what it is compared by.
const MOST_LABELS: usize = 4;

/// Makes the stubs of the records of a batch.
pub(super) struct Stubs<'p, 'b> {
    plan: &'p Plan,
    wants: Wants,
    arguments: Arguments<'p, 'b>,
    /// `None`: nobody asks for marks.
    marking: Option<Marking>,
    places: Vec<Option<Arc<RecordPlace>>>,
}

impl<'p: 'b, 'b> Stubs<'p, 'b> {
    pub(super) fn new(plan: &'p Plan, batch: &'b Batch, wants: Wants) -> Self {
        let arguments = Arguments {
            machine: Machine::new(plan, batch),
            locator: Locator::new(batch, &plan.pack),
            withheld: Withheld::of(&plan.pack, wants.keys),
        };
        Self {
            plan,
            wants,
            arguments,
            marking: Marking::new(plan, wants.marks),
            places: vec![None; batch.len()],
        }
    }

    /// The stubs of those of `rows` that are compared with others by `planned`.
    pub(super) fn of(&mut self, planned: &DatasetRule, entering: &Entering, rows: &Mask) -> Kept {
        let mut kept = Kept::default();
        let Some(rule) = self.plan.pack.rules.get(planned.index) else { return kept };
        for row in entering.rows.and(rows).rows() {
            let Some(key) = key(&self.arguments.machine, &planned.key, row) else { continue };
            let labels = self.labels(rule, row);
            let place = self.place(row);
            let arguments = self.told(rule, planned, row);
            let marks = self.marks(rule, planned, row, place.key.as_deref());
            let mark = |(field, label)| LabelStub::of(&self.plan.pack, field, label, &place);
            let counts = !entering.open.get(row);
            let mut stub = Stub {
                settled: entering.settled.get(row),
                place: PlaceStub::of(&place, &key),
                labels: labels.iter().map(|(field, label)| (*field, label)).map(mark).collect(),
                arguments: arguments.iter().map(|argument| Told::of(argument, &key)).collect(),
                marks: marks.as_ref().map(Marks::of),
                ..Stub::untold(0, Some(true), counts.then_some(true))
            };
            match &planned.demand {
                DatasetDemand::Unique { distinct } => {
                    let value = |field| key_part(&self.arguments.machine, field, row);
                    stub.distinct = distinct.and_then(value).map(Cow::Owned);
                }
                DatasetDemand::Determines { fields } => {
                    stub.distinct = self::key(&self.arguments.machine, fields, row).map(Cow::Owned);
                }
                DatasetDemand::Latest { by } => self.date(*by, row, &mut stub),
                _ => {}
            }
            kept.add(&key, &stub);
        }
        kept
    }

    fn date(&self, by: FieldId, row: usize, stub: &mut Stub<'_>) {
        if let Some(RowValue::Number(time)) = self.arguments.machine.one(by, row) {
            stub.time = Some(time);
        }
        let fields = &self.plan.pack.questionnaire.fields;
        stub.answers = fields.iter().map(|field| self.answer(field.id, row)).collect();
    }

    fn answer(&self, field: FieldId, row: usize) -> Answer<'static> {
        let Some(column) = self.arguments.machine.column(field).filter(|column| !column.absent) else {
            return Answer::Absent;
        };
        let mark = column.marks.as_ref().and_then(|marks| marks.get(row)).copied().unwrap_or(0);
        if column.blank.get(row) {
            return Answer::Blank;
        }
        if column.na.get(row) || column.dk.get(row) {
            return Answer::Mark(mark);
        }
        let locator = &self.arguments.locator;
        let chosen = || self.chosen(column, field, row);
        match locator.canonical(row, field).or_else(chosen).filter(|_| column.known.get(row)) {
            Some(value) => Answer::Value(Cow::Owned(value)),
            None => Answer::Unreadable(Cow::Owned(
                locator.written(row, field).print(crate::diagnostic::Language::En),
            )),
        }
    }

    /// The codes of a multiple answer. `None`: it is none.
    fn chosen(&self, column: &Column, field: FieldId, row: usize) -> Option<String> {
        let Data::Multi { set, .. } = &column.data else { return None };
        let Type::Multi(list) = &self.plan.pack.field(field)?.ty else { return None };
        Some(codes(list, *set.get(row)?))
    }

    fn place(&mut self, row: usize) -> Arc<RecordPlace> {
        let locator = &self.arguments.locator;
        match self.places.get_mut(row) {
            Some(place) => Arc::clone(place.get_or_insert_with(|| locator.place(row))),
            None => locator.place(row),
        }
    }

    fn labels(&self, rule: &EditRule, row: usize) -> Vec<(FieldId, Label)> {
        let mark = |&field: &FieldId| {
            let text = self.arguments.beside(field, row, self.wants.values);
            Some((field, self.arguments.locator.label(row, field, text)?))
        };
        rule.blame.iter().filter_map(mark).take(MOST_LABELS).collect()
    }

    /// By what an acceptance of the finding would be held to the record's own answers.
    fn marks(
        &self,
        rule: &EditRule,
        planned: &DatasetRule,
        row: usize,
        key: Option<&str>,
    ) -> Option<Answers> {
        let marking = self.marking.as_ref().filter(|_| rule.notice.severity <= Severity::Warning)?;
        let compared = planned.demand.compared();
        let read = rule.reads.iter().chain(&planned.key).copied().chain(compared).collect();
        let of = Marked { rule: &rule.notice.full_id(), revision: rule.revision, key };
        marking.columns(&self.arguments.machine, of, &read, row)
    }

    fn told(&mut self, rule: &EditRule, planned: &DatasetRule, row: usize) -> Vec<Argument> {
        if !self.wants.values {
            return Vec::new();
        }
        let setting = Setting { lets: &rule.lets, steps: &planned.lets, blame: &rule.blame };
        self.arguments.all(&rule.placeholders, &setting, row)
    }
}
