//! How far settling one record can move a published figure, all others standing as they do: whom to call first.
//!
//! Figures are the shares that a table prints: of each column, of the total, and its averages. A share that there is not
//! yet, because its base is empty, and that the record would make, counts as moved by all of it; so does one that would go
//! with the record. The column of records that could not be classified is a rest and is no figure.
//!
//! Invariants
//! - Exact: no figure is rounded before it is compared.
//! - A held record moves no figure out of the range that is printed of it.
//! - What a turn of a row does is computed once, however many records can make it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use num_traits::{One as _, Signed as _, Zero as _};

use super::axis::Axis;
use super::counts::{AnswerCounts, ColumnCounts, Counts, TableCounts};
use super::making::{ALL, prints, total_label};
use super::naming::response_row;
use super::programme::{Counting, Programme};
use super::ratio::{Ratio, percent, ratio};
use super::reach::{RATE, Reach, Stand, Turn, rows as rows_of};
use super::strata::{Stratum, mean_now, weighted_now};
use crate::diagnostic::{Localized, standing};
use crate::rule_pack::tabulation::{AverageKind, PublishedTable};

/// Digits behind the point in which a movement is told.
const DECIMALS: u8 = 2;

/// How far settling one record can move a published figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Impact {
    /// The largest movement, as a share: a hundred times as much are percentage points.
    pub change: Ratio,
    /// How many figures it can move at all.
    pub cells: u64,
    /// The same in words and digits, with the figure that moves most: the first of those that move alike.
    pub told: Arc<standing::Impact>,
}

/// One figure of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    /// The share in the record's own column.
    Column,
    /// The share of the total.
    All,
    /// An average over the columns.
    Average(AverageKind),
}

/// One row of one table that records can move, as it stands.
struct Row<'a> {
    declared: &'a PublishedTable,
    axis: &'a Axis,
    /// The place of the axis in the programme.
    axis_place: usize,
    name: Arc<str>,
    label: Localized<Arc<str>>,
    /// By column, the one that is not known last.
    strata: Vec<Stratum>,
    /// Whether its base is units asked, which no answer changes.
    of_units: bool,
    averages: Vec<AverageKind>,
}

/// A turn of one row, for a record of one column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    row: usize,
    column: usize,
    turn: Turn,
}

/// What a turn can do.
struct Move {
    change: Ratio,
    cells: u64,
    target: Target,
}

/// How far each of the records of `reaches` can move a figure, parallel to them. `None`: it can move none.
pub fn impacts(programme: &Programme, counts: &Counts, reaches: &[&Reach]) -> Vec<Option<Impact>> {
    let rows = rows(programme, counts);
    let distinct: BTreeSet<Key> = reaches.iter().flat_map(|reach| keys(&rows, reach)).collect();
    let turned = distinct.into_iter().filter_map(|key| Some((key, rows.get(key.row)?.moved(key))));
    let mut moves: Vec<(Key, Move)> = turned.filter(|(_, one)| one.cells > 0).collect();
    // Stable: of those that move alike the first in the order of the tables stays first.
    moves.sort_by(|(_, left), (_, right)| right.change.cmp(&left.change));
    let places: BTreeMap<Key, usize> =
        moves.iter().enumerate().map(|(place, (key, _))| (*key, place)).collect();
    let impact = |reach: &&Reach| {
        let own: Vec<usize> = keys(&rows, reach).filter_map(|key| places.get(&key)).copied().collect();
        let (key, first) = moves.get(own.iter().copied().min()?)?;
        let cells = own.iter().filter_map(|&place| moves.get(place)).map(|(_, one)| one.cells).sum();
        let told = rows.get(key.row)?.told(*key, first, cells);
        Some(Impact { change: first.change.clone(), cells, told: Arc::new(told) })
    };
    reaches.iter().map(impact).collect()
}

/// The turns that a record can make.
fn keys<'a>(rows: &'a [Row<'a>], reach: &'a Reach) -> impl Iterator<Item = Key> + 'a {
    let turns = rows.iter().zip(&reach.turns).enumerate().filter(|(_, (_, turn))| turn.moves());
    turns.filter_map(|(row, (of, turn))| {
        Some(Key { row, column: *reach.columns.get(of.axis_place)?, turn: *turn })
    })
}

/// The rows that records can move, in the order of [`rows_of`].
fn rows<'a>(programme: &'a Programme, counts: &'a Counts) -> Vec<Row<'a>> {
    let mut rows = Vec::new();
    for (table, cells) in programme.tables.iter().zip(&counts.tables) {
        let Some(declared) = programme.declared(table) else { continue };
        let (Some(axis), Some(of_axis)) = (programme.axes.get(table.axis), counts.axes.get(table.axis))
        else {
            continue;
        };
        let frame_known = |kind: &AverageKind| *kind != AverageKind::Frame || counts.has_frame;
        let averages = [AverageKind::Bands, AverageKind::Frame].into_iter();
        let printed = averages.filter(|kind| prints(declared.average, *kind)).filter(frame_known);
        let row = |name: &Arc<str>, label: Localized<Arc<str>>, strata| Row {
            declared,
            axis,
            axis_place: table.axis,
            name: Arc::clone(name),
            label,
            strata,
            of_units: false,
            averages: Vec::new(),
        };
        match (&table.counting, cells) {
            (Counting::Answers(question), TableCounts::Answers(cells, _)) => {
                let printed: Vec<AverageKind> = printed.collect();
                for (place, own) in question.rows.iter().enumerate() {
                    let stratum = |(cell, column): (&AnswerCounts, &ColumnCounts)| Stratum {
                        count: cell.rows.get(place).map_or(0, |row| row.count),
                        base: cell.base,
                        accepted: column.accepted,
                        frame: column.frame,
                        ..Stratum::default()
                    };
                    let strata = cells.iter().zip(&of_axis.columns).map(stratum).collect();
                    let averages = printed.clone();
                    rows.push(Row { averages, ..row(&own.name, own.label.clone(), strata) });
                }
            }
            _ if rows_of(programme, table) > 0 => {
                let stratum = |column: &ColumnCounts| Stratum {
                    count: column.accepted,
                    base: column.frame,
                    ..Stratum::default()
                };
                let strata = of_axis.columns.iter().map(stratum).collect();
                let (label, _) = response_row(RATE);
                rows.push(Row { of_units: true, ..row(&Arc::from(RATE), label, strata) });
            }
            _ => {}
        }
    }
    rows
}

impl Row<'_> {
    /// What the turn of `key` does at most.
    fn moved(&self, key: Key) -> Move {
        let before = self.figures(&self.strata, key.column);
        let mut moved = Move { change: Ratio::zero(), cells: 0, target: Target::All };
        let mut changes = vec![Ratio::zero(); before.len()];
        for stand in key.turn.then() {
            let mut strata = self.strata.clone();
            if let Some(own) = strata.get_mut(key.column) {
                *own = self.turned(*own, key.turn.now, stand);
            }
            let after = self.figures(&strata, key.column);
            for ((largest, (_, before)), (_, after)) in changes.iter_mut().zip(&before).zip(&after) {
                let change = change(before.as_ref(), after.as_ref());
                if change > *largest {
                    *largest = change;
                }
            }
        }
        for (change, (target, _)) in changes.into_iter().zip(before) {
            moved.cells += u64::from(!change.is_zero());
            if change > moved.change {
                moved = Move { change, target, ..moved };
            }
        }
        moved
    }

    /// The figures that a record of `column` can move. `None`: there is none, because its base is empty.
    fn figures(&self, strata: &[Stratum], column: usize) -> Vec<(Target, Option<Ratio>)> {
        let bands = strata.get(..self.axis.columns.len()).unwrap_or_default();
        let share = |stratum: Stratum| ratio(stratum.count, stratum.base);
        let own = bands.get(column).map(|band| (Target::Column, share(*band)));
        let all = (Target::All, share(Stratum::sum(strata)));
        let averages = self.averages.iter().filter(|_| column < bands.len()).map(|kind| {
            let average = if *kind == AverageKind::Frame { weighted_now(bands) } else { mean_now(bands) };
            (Target::Average(*kind), average)
        });
        own.into_iter().chain([all]).chain(averages).collect()
    }

    /// `stratum` when one of its records turns from `now` to `then`.
    fn turned(&self, stratum: Stratum, now: Stand, then: Stand) -> Stratum {
        let turn = |count: u64, least: Stand| {
            (count + u64::from(then >= least)).saturating_sub(u64::from(now >= least))
        };
        Stratum {
            count: turn(stratum.count, Stand::Within),
            base: if self.of_units { stratum.base } else { turn(stratum.base, Stand::Beside) },
            accepted: turn(stratum.accepted, Stand::Outside),
            ..stratum
        }
    }

    /// What is told of a record that moves most by `first`.
    fn told(&self, key: Key, first: &Move, cells: u64) -> standing::Impact {
        let band = self.axis.columns.get(key.column).filter(|_| first.target == Target::Column);
        let (column, column_label, average) = match (first.target, band) {
            (Target::Average(kind), _) => {
                (kind.word().into(), kind.label().map(|text| Arc::from(*text)), true)
            }
            (_, Some(band)) => (Arc::clone(&band.name), band.label.clone(), false),
            _ => (ALL.into(), total_label(), false),
        };
        standing::Impact {
            table: Arc::clone(&self.declared.name),
            title: self.declared.title.clone(),
            row: Arc::clone(&self.name),
            row_label: self.label.clone(),
            column,
            column_label,
            average,
            points: percent(&first.change, DECIMALS).to_string().into(),
            ratio: format!("{}/{}", first.change.numer(), first.change.denom()).into(),
            cells,
        }
    }
}

/// By how much a figure moves; one that comes or goes as a whole moves by all of it.
fn change(before: Option<&Ratio>, after: Option<&Ratio>) -> Ratio {
    match (before, after) {
        (Some(before), Some(after)) => (after - before).abs(),
        (None, None) => Ratio::zero(),
        _ => Ratio::one(),
    }
}
