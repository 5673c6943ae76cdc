//! The sums by which printed counts tell of each other.
//!
//! Within a table: rows add to the base, bands to the total. Between tables: a base is the number of accepted records, or
//! the count of the answers that open its question; tables of one routing have one base; the same answers in other
//! columns have one total; what was received was accepted, held, out of scope or superseded.
//!
//! Invariants
//! - Every equation holds of the true counts; what does not hold of them is left out, since it tells nothing.
//! - A routing that reads several questions makes no sum of printed counts.

use std::collections::{BTreeMap, BTreeSet};

use crate::expression::{FieldId, Value};
use crate::rule_pack::opening::holds;
use crate::rule_pack::tabulation::TableKind;
use crate::rule_pack::{ExampleValue, RulePack};

use super::super::adding::{HELD, OUT_OF_SCOPE, SUPERSEDED};
use super::super::figures::{Figures, RowKind, TableFigures};
use super::super::programme::{Counting, Programme, Question};

/// A count that may be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Variable {
    /// Table, row, column.
    Cell(usize, usize, usize),
    /// Table, column.
    Base(usize, usize),
    /// Axis, column: accepted records.
    Accepted(usize, usize),
}

/// A sum that is nought: variables and their signs.
pub(super) type Equation = Vec<(usize, i8)>;

/// All counts, and the sums that hold of them.
#[derive(Debug, Default)]
pub(super) struct Sums {
    places: BTreeMap<Variable, usize>,
    variables: Vec<Variable>,
    /// The true counts.
    pub(super) values: Vec<i64>,
    pub(super) equations: Vec<Equation>,
    /// Axis of each table.
    axes: Vec<usize>,
    /// Columns of each table.
    columns: Vec<usize>,
}

impl Sums {
    /// All that `figures` print.
    pub(super) fn of(programme: &Programme, figures: &Figures) -> Self {
        let mut sums = Self {
            axes: programme.tables.iter().map(|table| table.axis).collect(),
            columns: figures.tables.iter().map(|table| table.columns.len()).collect(),
            ..Self::default()
        };
        for (table, shown) in figures.tables.iter().enumerate() {
            sums.counts(table, shown);
        }
        for (table, shown) in figures.tables.iter().enumerate() {
            sums.within(table, shown);
            sums.received(table, shown);
        }
        for (table, shown) in figures.tables.iter().enumerate() {
            if let Some(Counting::Answers(question)) =
                programme.tables.get(table).map(|table| &table.counting)
            {
                sums.between(programme, figures, table, shown, question);
            }
        }
        sums
    }

    /// Where a count stands. `None`: it is not printed.
    pub(super) fn place(&self, variable: &Variable) -> Option<usize> {
        self.places.get(variable).copied()
    }

    /// The axis of a table.
    pub(super) fn axis(&self, table: usize) -> usize {
        self.axes.get(table).copied().unwrap_or(0)
    }

    /// What it costs to hide a count: cells before bases, bands before totals, small ones before large ones, and what is
    /// nought last, since it can only be more.
    pub(super) fn cost(&self, place: usize) -> (u8, u8, i64) {
        let value = self.values.get(place).copied().unwrap_or(0);
        let last = |table: usize, column: usize| {
            u8::from(self.columns.get(table).is_some_and(|columns| column + 1 == *columns))
        };
        let (kind, total) = match self.variables.get(place) {
            Some(Variable::Cell(table, _, column)) => (0, last(*table, *column)),
            Some(Variable::Base(table, column)) => (2, last(*table, *column)),
            Some(Variable::Accepted(..)) | None => (3, 0),
        };
        (kind + 4 * total, u8::from(value == 0), value)
    }

    /// Counts that share a sum with the one at `place`, or with one that shares a sum with it and is hidden.
    pub(super) fn beside(&self, place: usize, hidden: &BTreeSet<usize>) -> BTreeSet<usize> {
        let mut near = BTreeSet::from([place]);
        loop {
            let joined: BTreeSet<usize> = self
                .equations
                .iter()
                .filter(|equation| equation.iter().any(|(one, _)| near.contains(one)))
                .flat_map(|equation| equation.iter().map(|(one, _)| *one))
                .collect();
            if joined.iter().any(|one| !hidden.contains(one)) {
                return joined;
            }
            if joined.len() <= near.len() {
                return BTreeSet::new();
            }
            near = joined;
        }
    }

    fn add(&mut self, variable: Variable, value: u64) -> usize {
        if let Some(place) = self.places.get(&variable) {
            return *place;
        }
        let place = self.variables.len();
        self.places.insert(variable, place);
        self.variables.push(variable);
        self.values.push(i64::try_from(value).unwrap_or(i64::MAX));
        place
    }

    /// Every sum of `parts` that is `whole`.
    fn sum(&mut self, parts: impl IntoIterator<Item = Option<usize>>, whole: Option<usize>) {
        let mut equation: Equation = parts.into_iter().flatten().map(|place| (place, 1)).collect();
        equation.extend(whole.map(|place| (place, -1)));
        // The same count on both sides says nothing.
        let places: BTreeSet<usize> = equation.iter().map(|(place, _)| *place).collect();
        let value =
            |(place, sign): &(usize, i8)| self.values.get(*place).copied().unwrap_or(0) * i64::from(*sign);
        let total: i64 = equation.iter().map(value).sum();
        if total == 0 && equation.len() > 1 && places.len() == equation.len() {
            self.equations.push(equation);
        }
    }

    fn counts(&mut self, table: usize, shown: &TableFigures) {
        for (column, head) in shown.columns.iter().enumerate() {
            if column + 1 < shown.columns.len() {
                self.add(Variable::Accepted(self.axis(table), column), head.accepted);
            }
            // Each question of a table of several has a base of its own, which is not printed as one.
            if shown.kind == TableKind::Answers {
                self.add(Variable::Base(table, column), head.base.now.unwrap_or(0));
            }
        }
        for (row, line) in shown.rows.iter().enumerate() {
            // Units of the frame are public, and totals of records too.
            let is_public =
                line.kind == RowKind::Count && &*line.name != "valid" && &*line.name != "received";
            for (column, cell) in line.cells.iter().enumerate() {
                let is_total = column + 1 == line.cells.len() && shown.kind == TableKind::Response;
                if !is_public && !is_total {
                    self.add(Variable::Cell(table, row, column), cell.count.now.unwrap_or(0));
                }
            }
        }
    }

    /// Rows add to the base, bands to the total.
    fn within(&mut self, table: usize, shown: &TableFigures) {
        let columns = shown.columns.len();
        let cell = |sums: &Self, row: usize, column: usize| sums.place(&Variable::Cell(table, row, column));
        if shown.adds_up {
            for column in 0..columns {
                let rows: Vec<Option<usize>> =
                    (0..shown.rows.len()).map(|row| cell(self, row, column)).collect();
                match self.place(&Variable::Base(table, column)) {
                    Some(base) => self.sum(rows, Some(base)),
                    // A public total: the rows move against each other only.
                    None => self.fixed(rows),
                }
            }
        }
        let last = columns.saturating_sub(1);
        for row in 0..shown.rows.len() {
            let bands: Vec<Option<usize>> = (0..last).map(|column| cell(self, row, column)).collect();
            match cell(self, row, last) {
                Some(total) => self.sum(bands, Some(total)),
                None => self.fixed(bands),
            }
        }
        let bands: Vec<Option<usize>> =
            (0..last).map(|column| self.place(&Variable::Base(table, column))).collect();
        let total = self.place(&Variable::Base(table, last));
        if total.is_some() {
            self.sum(bands, total);
        }
        let accepted: Vec<Option<usize>> =
            (0..last).map(|column| self.place(&Variable::Accepted(self.axis(table), column))).collect();
        self.fixed(accepted);
        // The counts of valid records and of a rate are those of the column.
        for (row, line) in shown.rows.iter().enumerate() {
            if shown.kind == TableKind::Response && matches!(&*line.name, "valid" | "rate") {
                for column in 0..last {
                    let accepted = self.place(&Variable::Accepted(self.axis(table), column));
                    self.sum([cell(self, row, column)], accepted);
                }
            }
        }
    }

    /// A sum whose whole is public.
    fn fixed(&mut self, parts: Vec<Option<usize>>) {
        let equation: Equation = parts.into_iter().flatten().map(|place| (place, 1)).collect();
        if !equation.is_empty() && !self.equations.contains(&equation) {
            self.equations.push(equation);
        }
    }

    /// Received are accepted, held, out of scope and superseded; how many were received is public.
    fn received(&mut self, table: usize, shown: &TableFigures) {
        if shown.kind != TableKind::Held {
            return;
        }
        let rows: Vec<usize> = shown
            .rows
            .iter()
            .enumerate()
            .filter(|(_, row)| [HELD, OUT_OF_SCOPE, SUPERSEDED].contains(&&*row.name))
            .map(|(row, _)| row)
            .collect();
        for column in 0..shown.columns.len().saturating_sub(1) {
            let mut parts: Vec<Option<usize>> =
                rows.iter().map(|&row| self.place(&Variable::Cell(table, row, column))).collect();
            parts.push(self.place(&Variable::Accepted(self.axis(table), column)));
            self.fixed(parts);
        }
    }

    /// The base of a question, told by other tables.
    fn between(
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
