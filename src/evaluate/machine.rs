//! The machine: evaluates steps over one batch, each at most once.
//!
//! Invariants
//! - Lazy: a step is computed when first asked for and then kept for the batch.
//! - A cell that is not there (an absent column, an unlinked record) counts as blank; rules never see it,
//!   because they are not-run there, and derived values are defined so.
//! - Nothing outlives the batch, and nothing is shared between threads.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::truth::Truth;
use super::values::{RowValue, Values};
use crate::batch::{Batch, Column, Data, Mask};
use crate::expression::FieldId;
use crate::expression::tree::StateTest;
use crate::plan::{Opening, Plan, Step, StepId};

/// The steps of one plan over one batch.
pub(crate) struct Machine<'p, 'b> {
    pub(crate) plan: &'p Plan,
    pub(crate) batch: &'b Batch,
    pub(crate) len: usize,
    truths: Vec<Option<Rc<Truth>>>,
    values: Vec<Option<Rc<Values<'b>>>>,
    open: BTreeMap<FieldId, Rc<Mask>>,
}

impl<'p, 'b> Machine<'p, 'b> {
    /// Nothing computed yet.
    pub(crate) fn new(plan: &'p Plan, batch: &'b Batch) -> Self {
        let steps = plan.step_count();
        Self {
            plan,
            batch,
            len: batch.len(),
            truths: vec![None; steps],
            values: vec![None; steps],
            open: BTreeMap::new(),
        }
    }

    /// The answers of a condition step.
    pub(crate) fn truth(&mut self, id: StepId) -> Rc<Truth> {
        if let Some(Some(known)) = self.truths.get(id.index()) {
            return Rc::clone(known);
        }
        let plan = self.plan;
        let truth = plan.step(id).and_then(|step| self.condition(step));
        let truth = Rc::new(truth.unwrap_or_else(|| Truth::fixed(None, self.len)));
        if let Some(place) = self.truths.get_mut(id.index()) {
            *place = Some(Rc::clone(&truth));
        }
        truth
    }

    /// The values of a value step.
    pub(crate) fn values(&mut self, id: StepId) -> Rc<Values<'b>> {
        if let Some(Some(known)) = self.values.get(id.index()) {
            return Rc::clone(known);
        }
        let plan = self.plan;
        let values = plan.step(id).and_then(|step| self.value(step));
        let values = Rc::new(values.unwrap_or_else(|| Values::unknown(self.len)));
        if let Some(place) = self.values.get_mut(id.index()) {
            *place = Some(Rc::clone(&values));
        }
        values
    }

    /// The values of several steps.
    pub(crate) fn all(&mut self, ids: &[StepId]) -> Vec<Rc<Values<'b>>> {
        ids.iter().map(|&id| self.values(id)).collect()
    }

    /// The field of which a step is the plain cell. `None`: computed.
    pub(crate) fn field_of(&self, id: StepId) -> Option<FieldId> {
        match self.plan.step(id)? {
            Step::Field(field) | Step::Ticked(field) => Some(*field),
            _ => None,
        }
    }

    pub(crate) fn column(&self, id: FieldId) -> Option<&'b Column> {
        self.batch.column(id)
    }

    /// Rows whose cell has one state of the column.
    pub(crate) fn state(&self, id: FieldId, of: impl Fn(&Column) -> &Mask) -> Mask {
        self.column(id).map_or_else(|| Mask::none(self.len), |column| of(column).clone())
    }

    /// The value of one cell. `None`: it has none.
    pub(crate) fn one(&self, id: FieldId, row: usize) -> Option<RowValue<'b>> {
        let column = self.column(id).filter(|column| column.known.get(row))?;
        Some(match &column.data {
            Data::Numbers(numbers) | Data::DateTimes(numbers) => RowValue::Number(*numbers.get(row)?),
            Data::Dates(numbers) | Data::Months(numbers) => RowValue::Number(i64::from(*numbers.get(row)?)),
            Data::Options(codes) => RowValue::Option(*codes.get(row)?),
            Data::Multi { set, listed } => RowValue::Set((*set.get(row)?, *listed.get(row)?)),
            Data::Text(texts) => RowValue::Text(self.batch.text(*texts.get(row)?)),
        })
    }

    /// Whether one cell is blank, or not there.
    pub(crate) fn is_blank(&self, id: FieldId, row: usize) -> bool {
        self.column(id).is_none_or(|column| {
            [&column.known, &column.na, &column.dk, &column.invalid].iter().all(|mask| !mask.get(row))
        })
    }

    /// Rows whose cell is blank, or not there.
    pub(crate) fn blank(&self, id: FieldId) -> Mask {
        self.column(id).map_or_else(
            || Mask::all(self.len),
            |column| {
                let mut there = column.known.or(&column.na);
                there.join(&column.dk);
                there.join(&column.invalid);
                there.complement()
            },
        )
    }

    /// Rows whose cell is not there: the file lacks the column, or the record its linked one (unless the link
    /// says that its cells are blank then).
    pub(crate) fn absent(&self, id: FieldId) -> Mask {
        let mut absent = match self.column(id) {
            Some(column) if !column.absent => self.blank(id).minus(&column.blank),
            _ => Mask::all(self.len),
        };
        let link = usize::from(id.table).checked_sub(1).and_then(|link| self.plan.pack.links.get(link));
        if link.is_some_and(|link| link.missing_is_blank) {
            absent.keep(&self.linked(id.table));
        }
        absent
    }

    /// Rows that have a record in `table`.
    pub(crate) fn linked(&self, table: u16) -> Mask {
        let table = self.batch.tables.get(usize::from(table));
        table.map_or_else(|| Mask::none(self.len), |table| table.linked.clone())
    }

    /// What a state test gives; it is unknown on an invalid cell.
    pub(crate) fn state_test(&self, id: FieldId, test: StateTest) -> Truth {
        let yes = match test {
            StateTest::Blank => self.blank(id),
            StateTest::Answered => {
                self.state(id, |column| &column.known).or(&self.state(id, |column| &column.dk))
            }
            StateTest::Known => self.state(id, |column| &column.known),
            StateTest::Inapplicable => self.state(id, |column| &column.na),
        };
        Truth::among(yes, &self.state(id, |column| &column.invalid).complement())
    }

    /// Rows in which the cell could still be answered (rule-language section 1.3).
    pub(crate) fn open(&mut self, id: FieldId) -> Rc<Mask> {
        if let Some(known) = self.open.get(&id) {
            return Rc::clone(known);
        }
        let plan = self.plan;
        let mut open = match plan.opening(id) {
            None | Some(Opening::Never) => Mask::none(self.len),
            Some(Opening::When(step)) => {
                let mut open = self.blank(id).and(&self.linked(id.table));
                if let Some(step) = step.filter(|_| !open.is_none()) {
                    open.keep(&self.truth(step).yes);
                }
                open
            }
            Some(Opening::Through(fields)) => self.any_open(fields).and(&self.blank(id)),
        };
        open.join(&self.state(id, |column| &column.dk));
        let open = Rc::new(open);
        self.open.insert(id, Rc::clone(&open));
        open
    }

    /// Rows in which one of `fields` is open.
    pub(crate) fn any_open(&mut self, fields: &[FieldId]) -> Mask {
        let mut any = Mask::none(self.len);
        for &field in fields {
            any.join(&self.open(field));
        }
        any
    }

    /// Rows in which one of `fields` is invalid.
    pub(crate) fn any_invalid(&self, fields: &[FieldId]) -> Mask {
        let mut any = Mask::none(self.len);
        for column in fields.iter().filter_map(|&field| self.column(field)) {
            any.join(&column.invalid);
        }
        any
    }
}
