//! The sums by which printed counts tell of each other.
//!
//! Within a table: rows add to the base, bands to the total; what was received was accepted, held, out of scope or
//! superseded. Between tables: see `between`.
//!
//! Invariants
//! - Every equation holds of the true counts; what does not hold of them is left out, since it tells nothing.
//! - What sums of public counts give by itself is public: it is in no equation, and has no place.

use std::collections::{BTreeMap, BTreeSet};

use crate::rule_pack::tabulation::{TableBase, TableKind};

use super::super::adding::{HELD, OUT_OF_SCOPE, SUPERSEDED};
use super::super::figures::{Figures, RowFigures, RowKind, TableFigures};
use super::super::programme::{Counting, PlannedTable, Programme};

/// A count that may be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Variable {
    /// Table, row, column.
    Cell(usize, usize, usize),
    /// Table, column.
    Base(usize, usize),
    /// Axis, column: accepted records.
    Accepted(usize, usize),
    /// Axis, column: records that were received.
    Received(usize, usize),
    /// Axis, column: those of them in scope that no later one supersedes.
    Eligible(usize, usize),
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
    /// Whether a table is one of the work: of what was received, not of what was answered.
    working: Vec<bool>,
    /// What the bases of a table's columns are.
    heads: Vec<Head>,
}

/// What the base of a column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Head {
    /// One of the table's own.
    Own,
    /// Units, which are public.
    Units,
    /// Records received.
    Received,
    /// Records received, in scope and latest.
    Eligible,
}

/// Whether a row without shares counts records; else it counts units.
pub(super) fn counts_records(row: &RowFigures) -> bool {
    matches!(&*row.name, "valid" | "received")
}

impl Sums {
    /// All that `figures` print.
    pub(super) fn of(programme: &Programme, figures: &Figures) -> Self {
        let mut sums = Self {
            axes: programme.tables.iter().map(|table| table.axis).collect(),
            columns: figures.tables.iter().map(|table| table.columns.len()).collect(),
            working: figures
                .tables
                .iter()
                .map(|table| !matches!(table.kind, TableKind::Answers | TableKind::Response))
                .collect(),
            heads: programme.tables.iter().map(|table| head(programme, table)).collect(),
            ..Self::default()
        };
        for (table, shown) in figures.tables.iter().enumerate() {
            sums.counts(table, shown);
        }
        for (table, shown) in figures.tables.iter().enumerate() {
            sums.within(table, shown);
            let all_accepted = figures.records.accepted == figures.records.received;
            sums.received(table, shown, all_accepted);
        }
        for (table, shown) in figures.tables.iter().enumerate() {
            if let Some(Counting::Answers(question)) =
                programme.tables.get(table).map(|table| &table.counting)
            {
                sums.between(programme, figures, table, shown, question);
                sums.columns_of_answers(programme, figures, table, shown, question);
            }
        }
        sums.leave_out_public();
        sums
    }

    /// The sums that tables of the work have no part in.
    pub(super) fn published(&self) -> Self {
        let own = |equation: &&Equation| equation.iter().all(|(place, _)| !self.is_working(*place));
        Self {
            places: self.places.clone(),
            variables: self.variables.clone(),
            values: self.values.clone(),
            equations: self.equations.iter().filter(own).cloned().collect(),
            axes: self.axes.clone(),
            columns: self.columns.clone(),
            working: self.working.clone(),
            heads: self.heads.clone(),
        }
    }

    /// Whether a count stands in tables of the work only.
    pub(super) fn is_working(&self, place: usize) -> bool {
        match self.variables.get(place) {
            Some(Variable::Cell(table, ..) | Variable::Base(table, _)) => {
                self.working.get(*table).copied().unwrap_or(false)
            }
            Some(Variable::Received(..) | Variable::Eligible(..)) => true,
            Some(Variable::Accepted(..)) | None => false,
        }
    }

    /// The places of all bases, and of the records of columns.
    pub(super) fn heads(&self) -> impl Iterator<Item = usize> {
        let is_head = |variable: &Variable| !matches!(variable, Variable::Cell(..));
        self.places.iter().filter(move |(variable, _)| is_head(variable)).map(|(_, place)| *place)
    }

    /// The true count at `place`.
    pub(super) fn value(&self, place: usize) -> i64 {
        self.values.get(place).copied().unwrap_or(0)
    }

    /// The place of the base of a table's column. `None`: it is public.
    pub(super) fn head(&self, table: usize, column: usize) -> Option<usize> {
        let variable = match self.heads.get(table)? {
            Head::Own => Variable::Base(table, column),
            Head::Units => return None,
            Head::Received => Variable::Received(self.axis(table), column),
            Head::Eligible => Variable::Eligible(self.axis(table), column),
        };
        self.place(&variable)
    }

    /// What stands alone in a sum whose whole is public is public, and then known in every other sum.
    fn leave_out_public(&mut self) {
        loop {
            let alone: BTreeSet<usize> = self
                .equations
                .iter()
                .filter_map(|equation| match equation.as_slice() {
                    [(place, _)] => Some(*place),
                    _ => None,
                })
                .collect();
            if alone.is_empty() {
                return;
            }
            self.places.retain(|_, place| !alone.contains(place));
            self.equations
                .iter_mut()
                .for_each(|equation| equation.retain(|(place, _)| !alone.contains(place)));
            self.equations.retain(|equation| !equation.is_empty());
        }
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
            Some(Variable::Received(..) | Variable::Eligible(..)) => (1, 0),
            Some(Variable::Accepted(..)) | None => (3, 0),
        };
        (kind + 4 * total, u8::from(value == 0), value)
    }

    /// Counts that share a sum with the one at `place`, or with one that shares a sum with it and so on, until one of them is
    /// `free` to be hidden.
    pub(super) fn beside(&self, place: usize, free: impl Fn(usize) -> bool) -> BTreeSet<usize> {
        let mut near = BTreeSet::from([place]);
        loop {
            let joined: BTreeSet<usize> = self
                .equations
                .iter()
                .filter(|equation| equation.iter().any(|(one, _)| near.contains(one)))
                .flat_map(|equation| equation.iter().map(|(one, _)| *one))
                .collect();
            if joined.iter().any(|one| free(*one)) {
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
    pub(super) fn sum(&mut self, parts: impl IntoIterator<Item = Option<usize>>, whole: Option<usize>) {
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
                let axis = self.axis(table);
                self.add(Variable::Accepted(axis, column), head.accepted);
                match self.heads.get(table) {
                    Some(Head::Received) => {
                        self.add(Variable::Received(axis, column), head.base.now.unwrap_or(0));
                    }
                    Some(Head::Eligible) => {
                        self.add(Variable::Eligible(axis, column), head.base.now.unwrap_or(0));
                    }
                    _ => {}
                }
            }
            // Each question of a table of several has a base of its own, which is not printed as one.
            if shown.kind == TableKind::Answers {
                self.add(Variable::Base(table, column), head.base.now.unwrap_or(0));
            }
        }
        for (row, line) in shown.rows.iter().enumerate() {
            // Units of the frame are public, and totals of records too.
            let is_public = line.kind == RowKind::Count && !counts_records(line);
            let totals = shown.kind == TableKind::Response || became(shown, line);
            for (column, cell) in line.cells.iter().enumerate() {
                let is_total = column + 1 == line.cells.len() && totals;
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
                match self.head(table, column) {
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
        for of in [Variable::Accepted, Variable::Received, Variable::Eligible] {
            let columns: Vec<Option<usize>> =
                (0..last).map(|column| self.place(&of(self.axis(table), column))).collect();
            self.fixed(columns);
        }
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
    pub(super) fn fixed(&mut self, parts: Vec<Option<usize>>) {
        let equation: Equation = parts.into_iter().flatten().map(|place| (place, 1)).collect();
        if !equation.is_empty() && !self.equations.contains(&equation) {
            self.equations.push(equation);
        }
    }

    /// Received are accepted, held, out of scope and superseded; eligible the first two of these. How many there are of each
    /// is public, so where all were accepted every column tells them twice.
    fn received(&mut self, table: usize, shown: &TableFigures, all_accepted: bool) {
        let axis = self.axis(table);
        let rows = |names: &[&str]| -> Vec<usize> {
            let own = shown.rows.iter().enumerate().filter(|(_, row)| names.contains(&&*row.name));
            own.map(|(row, _)| row).collect()
        };
        let (all, held, received) =
            (rows(&[HELD, OUT_OF_SCOPE, SUPERSEDED]), rows(&[HELD]), rows(&["received"]));
        for column in 0..shown.columns.len().saturating_sub(1) {
            let place = |sums: &Self, of: fn(usize, usize) -> Variable| sums.place(&of(axis, column));
            let cells = |sums: &Self, rows: &[usize]| -> Vec<Option<usize>> {
                rows.iter().map(|&row| sums.place(&Variable::Cell(table, row, column))).collect()
            };
            if shown.kind == TableKind::Held {
                for (rows, whole) in
                    [(&all, place(self, Variable::Received)), (&held, place(self, Variable::Eligible))]
                {
                    let mut parts = cells(self, rows);
                    parts.push(place(self, Variable::Accepted));
                    if whole.is_some() {
                        self.sum(parts, whole);
                    }
                }
            }
            for of in [Variable::Received, Variable::Accepted] {
                let whole = place(self, of);
                let told = matches!(of(axis, column), Variable::Received(..)) || all_accepted;
                if shown.kind == TableKind::Response && whole.is_some() && told {
                    let parts = cells(self, &received);
                    self.sum(parts, whole);
                }
            }
            if all_accepted {
                for of in [Variable::Received, Variable::Eligible] {
                    let whole = place(self, of);
                    if whole.is_some() {
                        self.sum([place(self, Variable::Accepted)], whole);
                    }
                }
            }
        }
    }
}

/// What the bases of a table are.
fn head(programme: &Programme, table: &PlannedTable) -> Head {
    match (&table.counting, programme.declared(table).map(|declared| &declared.base)) {
        (Counting::Answers(_), _) => Head::Own,
        (Counting::Response, _) => Head::Units,
        (Counting::NonResponse(_), _) | (_, Some(TableBase::Eligible)) => Head::Eligible,
        _ => Head::Received,
    }
}

/// Whether a row says what became of records: then its total is public.
fn became(table: &TableFigures, row: &RowFigures) -> bool {
    table.kind == TableKind::Held && [HELD, OUT_OF_SCOPE, SUPERSEDED].contains(&&*row.name)
}
