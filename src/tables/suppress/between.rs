//! The sums between tables: what one table of answers tells of another.
//!
//! Invariants
//! - A base is the number of accepted records, or the count of the answers that open its question; tables of one routing
//!   have one base; the same answers in other columns have one total; a column of answers is a row of that question.
//! - A routing that reads several questions makes no sum of printed counts.

use std::collections::BTreeMap;

use super::sums::{Sums, Variable};
use crate::expression::{FieldId, Value};
use crate::rule_pack::opening::holds;
use crate::rule_pack::{ExampleValue, RulePack};

use super::super::axis::Axis;
use super::super::figures::{Figures, TableFigures};
use super::super::programme::{BaseConvention, Counting, Programme, Question};

impl Sums {
    /// The base of a question, told by other tables.
    pub(super) fn between(
        &mut self,
        programme: &Programme,
        figures: &Figures,
        table: usize,
        shown: &TableFigures,
        question: &Question,
    ) {
        let columns = shown.columns.len();
        let last = columns.saturating_sub(1);
        let form = &programme.pack.questionnaire;
        if form.routing_of(question.field).is_none() {
            for column in 0..last {
                let accepted = self.place(&Variable::Accepted(self.axis(table), column));
                self.sum([self.place(&Variable::Base(table, column))], accepted);
            }
            // Of all accepted records there is no secret.
            if programme.convention == BaseConvention::Asked {
                self.fixed(vec![self.place(&Variable::Base(table, last))]);
            }
        }
        for (other, theirs) in figures.tables.iter().enumerate() {
            let Some(Counting::Answers(their)) = programme.tables.get(other).map(|table| &table.counting)
            else {
                continue;
            };
            let alike = self.axis(table) == self.axis(other) && theirs.columns.len() == columns;
            let shared: Vec<(usize, usize)> = if alike {
                (0..columns).map(|column| (column, column)).collect()
            } else {
                vec![(last, theirs.columns.len().saturating_sub(1))]
            };
            let one_base = form.routing_of(question.field).map(|routing| &routing.own)
                == form.routing_of(their.field).map(|routing| &routing.own);
            let opening = opening(&programme.pack, question.field, their);
            for (own, column) in shared {
                let base = self.place(&Variable::Base(table, own));
                if other < table && one_base {
                    self.sum([self.place(&Variable::Base(other, column))], base);
                }
                if other < table && their.field == question.field {
                    self.same_rows((table, shown, own), (other, theirs, column));
                }
                if let Some(rows) = &opening {
                    let parts: Vec<Option<usize>> = rows
                        .iter()
                        .filter_map(|name| theirs.rows.iter().position(|row| *row.name == **name))
                        .map(|row| self.place(&Variable::Cell(other, row, column)))
                        .collect();
                    self.sum(parts, base);
                }
            }
        }
    }

    /// A column of the answers to a question holds as many records as the row of that answer.
    pub(super) fn columns_of_answers(
        &mut self,
        programme: &Programme,
        figures: &Figures,
        table: usize,
        shown: &TableFigures,
        question: &Question,
    ) {
        let last = shown.columns.len().saturating_sub(1);
        for (other, theirs) in figures.tables.iter().enumerate() {
            let axis = self.axis(other);
            if programme.axes.get(axis).and_then(Axis::first_field) != Some(question.field) {
                continue;
            }
            for (column, head) in theirs.columns.iter().enumerate() {
                let row = shown.rows.iter().position(|row| row.name == head.name);
                let Some(row) = row.and_then(|row| self.place(&Variable::Cell(table, row, last))) else {
                    continue;
                };
                let accepted = self.place(&Variable::Accepted(axis, column));
                if accepted.is_some() {
                    self.sum([Some(row)], accepted);
                }
            }
        }
    }

    fn same_rows(
        &mut self,
        (table, shown, own): (usize, &TableFigures, usize),
        (other, theirs, column): (usize, &TableFigures, usize),
    ) {
        for (row, line) in shown.rows.iter().enumerate() {
            if let Some(same) = theirs.rows.iter().position(|their| their.name == line.name) {
                let ours = self.place(&Variable::Cell(table, row, own));
                self.sum([self.place(&Variable::Cell(other, same, column))], ours);
            }
        }
    }
}

/// The rows of `controller` whose answers open `field`. `None`: it is not opened by these answers alone.
fn opening(pack: &RulePack, field: FieldId, controller: &Question) -> Option<Vec<std::sync::Arc<str>>> {
    let form = &pack.questionnaire;
    let routing = form.routing_of(field)?;
    if routing.nearest.len() != 1 || !routing.nearest.contains(&controller.field) || controller.multi {
        return None;
    }
    let opens = |option: usize| {
        let value = ExampleValue::Value(Value::Option(u8::try_from(option).ok()?));
        holds(form, &routing.own, &BTreeMap::from([(controller.field, value)]))
    };
    let mut rows = Vec::new();
    for row in controller.rows.iter().filter(|row| row.options.contains(&true)) {
        let own = row.options.iter().enumerate().filter(|(_, own)| **own);
        let opened: Vec<bool> = own.map(|(option, _)| opens(option)).collect::<Option<_>>()?;
        if opened.iter().all(|open| *open) {
            rows.push(std::sync::Arc::clone(&row.name));
        } else if opened.contains(&true) {
            return None;
        }
    }
    Some(rows)
}
