//! Counts: what is known of the records that have been counted so far.
//!
//! Invariants
//! - Counts of parts add up to the counts of the whole, in any order.
//! - Every record is counted once in each set of columns; behind the columns stands one for records of which the column
//!   is not known.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::possible::Possible;
use super::programme::{Counting, Programme};
use super::strata::{Moving, Stratum};
use crate::expression::FieldId;

/// Units and records of one column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ColumnCounts {
    /// Units of the frame file.
    pub listed: u64,
    /// Units asked.
    pub frame: u64,
    /// Units of which it cannot be told whether they were asked.
    pub unsettled: u64,
    /// Records.
    pub received: u64,
    /// Records in scope that no later one supersedes.
    pub eligible: u64,
    /// Accepted records.
    pub accepted: u64,
    /// Records that are held.
    pub held: u64,
    /// How many of these can be accepted together.
    pub enters: u64,
    /// Accepted records with open warnings (要確認).
    pub to_confirm: u64,
}

/// All columns of one axis.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AxisCounts {
    /// One a column, then the one that is not known.
    pub columns: Vec<ColumnCounts>,
    /// Accepted records that a later field than the first put into their column.
    pub otherwise: u64,
    /// Accepted records of which a later field says another column than the first.
    pub disputed: u64,
}

/// One column of a table of answers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AnswerCounts {
    /// Accepted records in the base.
    pub base: u64,
    /// Accepted records that the question was not asked of.
    pub closed: u64,
    /// Accepted records of which it is not known whether it was asked of them.
    pub undetermined: u64,
    /// Accepted records that were asked and are not in the base, because only answers are.
    pub unanswered: [u64; 3],
    /// By row: count, and what held records can add. `base`, `accepted` and `frame` are filled in when figures are made.
    pub rows: Vec<Stratum>,
    /// Held records that can enter in the base.
    pub enters: u64,
}

/// Of one question in one column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NonResponse {
    /// Records that were asked.
    pub base: u64,
    /// Of which it is not known.
    pub undetermined: u64,
    /// Those who did not answer.
    pub no_answer: u64,
}

/// Of an earlier wave in one column.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EarlierCounts {
    /// Records that were asked.
    pub base: u64,
    /// By row.
    pub rows: Vec<u64>,
}

/// What names a row that is found while counting.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum RowKey {
    /// A record of a kind: held, out of scope, superseded.
    Word(&'static str),
    /// A rule, or a code.
    Id(Arc<str>),
    /// A day since 1970-01-01.
    Day(i64),
    /// A record without day.
    NoDay,
}

/// The counts of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TableCounts {
    /// By column; and of each wave beside, by column.
    Answers(Vec<AnswerCounts>, Vec<Vec<EarlierCounts>>),
    /// All is in the axis.
    Response,
    /// By row and column.
    Keyed(BTreeMap<RowKey, Vec<u64>>),
    /// By question and column.
    NonResponse(Vec<Vec<NonResponse>>),
}

/// Held records of which one at most can be accepted: where it can then stand.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rivals {
    /// By place of the axis and of the column.
    pub(super) columns: BTreeSet<(usize, usize)>,
    /// What it can be, by place of the table and of the column.
    pub(super) answers: BTreeMap<(usize, usize), Possible>,
}

impl Rivals {
    /// Adds what one of them can be.
    pub(super) fn add(&mut self, place: (usize, usize), possible: Possible) {
        match self.answers.get_mut(&place) {
            Some(known) => known.join(&possible),
            None => {
                self.answers.insert(place, possible);
            }
        }
    }

    fn join(&mut self, other: Self) {
        self.columns.extend(other.columns);
        other.answers.into_iter().for_each(|(place, possible)| self.add(place, possible));
    }
}

/// What has been counted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    /// Parallel to the programme's axes.
    pub axes: Vec<AxisCounts>,
    /// Parallel to its tables.
    pub tables: Vec<TableCounts>,
    /// Findings that the office has set aside, by decision and rule.
    pub decisions: BTreeMap<(Arc<str>, Arc<str>), u64>,
    /// Records out of scope, and superseded.
    pub out_of_scope: u64,
    /// Records that a later submission supersedes.
    pub superseded: u64,
    /// Whether the frame was read.
    pub has_frame: bool,
    /// Held records of which one at most can be accepted, by their key.
    pub rivals: BTreeMap<Arc<[u8]>, Rivals>,
    /// Tables of links whose records were read as those of an earlier wave.
    pub waves_read: Vec<u16>,
    /// By place among the tables and among its waves beside: columns that the wave's file lacks, so that its shares cannot
    /// be computed from its records.
    pub lacking: BTreeMap<(usize, usize), BTreeSet<FieldId>>,
    /// By table of a link: keys that stand in several of its records, of which the first counts.
    pub repeated: BTreeMap<u16, u64>,
}

impl Counts {
    /// Nothing counted yet.
    pub fn new(programme: &Programme) -> Self {
        let axes = programme.axes.iter().map(|axis| AxisCounts {
            columns: vec![ColumnCounts::default(); axis.columns.len() + 1],
            ..AxisCounts::default()
        });
        let tables = programme.tables.iter().map(|table| {
            let columns = programme.axes.get(table.axis).map_or(0, |axis| axis.columns.len()) + 1;
            match &table.counting {
                Counting::Answers(question) => {
                    let rows = vec![Stratum::default(); question.rows.len()];
                    let one = AnswerCounts { rows, ..AnswerCounts::default() };
                    let before = EarlierCounts { base: 0, rows: vec![0; question.rows.len()] };
                    let earlier = table.earlier.iter().map(|_| vec![before.clone(); columns]).collect();
                    TableCounts::Answers(vec![one; columns], earlier)
                }
                Counting::Response => TableCounts::Response,
                Counting::Failures | Counting::Held | Counting::Days(_) => {
                    TableCounts::Keyed(BTreeMap::new())
                }
                Counting::NonResponse(fields) => {
                    TableCounts::NonResponse(vec![vec![NonResponse::default(); columns]; fields.len()])
                }
            }
        });
        Self { axes: axes.collect(), tables: tables.collect(), ..Self::default() }
    }

    /// With rivals as what they are together: one record at most, which can be whatever one of them can be. Rivals in
    /// different columns count as one in each.
    #[must_use]
    pub fn with_rivals(&self) -> Self {
        let mut all = self.clone();
        for rivals in std::mem::take(&mut all.rivals).into_values() {
            for (axis, column) in rivals.columns {
                let column = all.axes.get_mut(axis).and_then(|axis| axis.columns.get_mut(column));
                if let Some(column) = column {
                    column.enters += 1;
                }
            }
            for ((table, column), possible) in rivals.answers {
                if let Some(TableCounts::Answers(cells, _)) = all.tables.get_mut(table)
                    && let Some(cell) = cells.get_mut(column)
                {
                    cell.enter(&possible);
                }
            }
        }
        all
    }

    /// Adds what was counted elsewhere, by the same programme.
    pub fn merge(&mut self, other: Self) {
        for (own, other) in self.axes.iter_mut().zip(other.axes) {
            own.otherwise += other.otherwise;
            own.disputed += other.disputed;
            own.columns.iter_mut().zip(other.columns).for_each(|(own, other)| own.join(other));
        }
        for (own, other) in self.tables.iter_mut().zip(other.tables) {
            own.join(other);
        }
        for (decision, count) in other.decisions {
            *self.decisions.entry(decision).or_default() += count;
        }
        self.out_of_scope += other.out_of_scope;
        self.superseded += other.superseded;
        self.has_frame |= other.has_frame;
        for (key, rivals) in other.rivals {
            self.rivals.entry(key).or_default().join(rivals);
        }
        for (place, fields) in other.lacking {
            self.lacking.entry(place).or_default().extend(fields);
        }
        for (table, keys) in other.repeated {
            *self.repeated.entry(table).or_default() += keys;
        }
        self.waves_read.extend(other.waves_read);
        self.waves_read.sort_unstable();
        self.waves_read.dedup();
    }
}

impl ColumnCounts {
    const fn join(&mut self, other: Self) {
        self.listed += other.listed;
        self.frame += other.frame;
        self.unsettled += other.unsettled;
        self.received += other.received;
        self.eligible += other.eligible;
        self.accepted += other.accepted;
        self.held += other.held;
        self.enters += other.enters;
        self.to_confirm += other.to_confirm;
    }

    /// All of `columns`.
    pub fn sum(columns: &[Self]) -> Self {
        let mut sum = Self::default();
        for column in columns {
            sum.join(*column);
        }
        sum
    }
}

impl AxisCounts {
    /// Units asked of the columns at `places`, where a frame was read. `None` in all of it: not known, because the frame has
    /// no unit, or nothing by which it could be told which of its units were asked, or into which columns they fall.
    pub fn asked(&self, places: &[usize]) -> Moving<u64> {
        let of = |places: &[usize]| {
            let columns = places.iter().filter_map(|&place| self.columns.get(place)).copied();
            ColumnCounts::sum(&columns.collect::<Vec<_>>())
        };
        let whole = ColumnCounts::sum(&self.columns);
        let bands: Vec<usize> = (0..self.columns.len().saturating_sub(1)).collect();
        let classified = places.len() == self.columns.len() || of(&bands).listed > 0;
        if !classified || whole.listed == 0 || whole.frame == 0 && whole.unsettled > 0 {
            return Moving::default();
        }
        let own = of(places);
        Moving { now: Some(own.frame), low: Some(own.frame), high: Some(own.frame + own.unsettled) }
    }

    /// Whether the units asked are known in every column.
    pub fn are_bands_known(&self) -> bool {
        (0..self.columns.len().saturating_sub(1)).all(|place| self.asked(&[place]).now.is_some())
    }
}

impl AnswerCounts {
    /// Adds what a held record can still be.
    pub(super) fn enter(&mut self, possible: &Possible) {
        let inside = possible.rows.iter().any(|(with, without)| *with || *without);
        self.enters += u64::from(inside);
        for ((with, without), row) in possible.rows.iter().zip(&mut self.rows) {
            row.with += u64::from(*with);
            row.without += u64::from(*without);
            row.idle_without_row += u64::from(possible.out && !with);
            row.idle_within_row += u64::from(possible.out && !without);
        }
    }

    fn join(&mut self, other: &Self) {
        self.base += other.base;
        self.closed += other.closed;
        self.undetermined += other.undetermined;
        self.enters += other.enters;
        self.unanswered.iter_mut().zip(other.unanswered).for_each(|(own, other)| *own += other);
        self.rows.iter_mut().zip(&other.rows).for_each(|(own, other)| *own = Stratum::sum(&[*own, *other]));
    }

    /// All of `columns`.
    pub fn sum(columns: &[Self]) -> Self {
        let Some((first, rest)) = columns.split_first() else { return Self::default() };
        let mut sum = first.clone();
        for column in rest {
            sum.join(column);
        }
        sum
    }
}

impl NonResponse {
    const fn join(&mut self, other: Self) {
        self.base += other.base;
        self.undetermined += other.undetermined;
        self.no_answer += other.no_answer;
    }

    /// All of `columns`.
    pub fn sum(columns: &[Self]) -> Self {
        let mut sum = Self::default();
        for column in columns {
            sum.join(*column);
        }
        sum
    }
}

impl EarlierCounts {
    fn join(&mut self, other: &Self) {
        self.base += other.base;
        self.rows.iter_mut().zip(&other.rows).for_each(|(own, other)| *own += other);
    }

    /// All of `columns`.
    pub fn sum(columns: &[Self]) -> Self {
        let Some((first, rest)) = columns.split_first() else { return Self::default() };
        let mut sum = first.clone();
        for column in rest {
            sum.join(column);
        }
        sum
    }
}

impl TableCounts {
    fn join(&mut self, other: Self) {
        match (self, other) {
            (Self::Answers(own, before), Self::Answers(other, other_before)) => {
                own.iter_mut().zip(&other).for_each(|(own, other)| own.join(other));
                for (own, other) in before.iter_mut().zip(&other_before) {
                    own.iter_mut().zip(other).for_each(|(own, other)| own.join(other));
                }
            }
            (Self::Keyed(own), Self::Keyed(other)) => {
                for (key, counts) in other {
                    let columns = own.entry(key).or_insert_with(|| vec![0; counts.len()]);
                    columns.iter_mut().zip(counts).for_each(|(own, other)| *own += other);
                }
            }
            (Self::NonResponse(own), Self::NonResponse(other)) => {
                for (own, other) in own.iter_mut().zip(other) {
                    own.iter_mut().zip(other).for_each(|(own, other)| own.join(other));
                }
            }
            _ => {}
        }
    }
}
