//! Filling a record by the draws of a recipe.
//!
//! Invariants
//! - What a draw gives depends on the seed, the unit, the draw and the record's earlier values, on nothing else.

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time};

use super::random::{Dice, Words};
use super::recipe::{Draw, PerStratum, Recipe, Source};
use super::record::{Cell, Record};
use super::selection::Unit;
use super::template;
use crate::questionnaire::Questionnaire;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// What all records of a run share.
#[derive(Debug, Clone, Copy)]
pub struct Drawing<'a> {
    /// The recipe.
    pub recipe: &'a Recipe,
    /// Its fields.
    pub questionnaire: &'a Questionnaire,
    /// The run's seed.
    pub seed: u64,
}

impl Drawing<'_> {
    /// The record of `unit`, drawn with the numbers of `words`.
    pub fn record(&self, unit: &Unit, words: &Words) -> Record {
        let cells = vec![Cell::Blank; self.questionnaire.fields.len()];
        let mut record = Record { serial: unit.serial, stratum: unit.stratum, cells };
        for (index, draw) in self.recipe.draws.iter().enumerate() {
            if draw.when.holds(&record) {
                self.draw(draw, unit, &mut words.dice(index), &mut record);
            }
        }
        record
    }

    fn draw(&self, draw: &Draw, unit: &Unit, dice: &mut Dice<'_>, record: &mut Record) {
        let Some(case) = draw.cases.iter().find(|case| case.given.holds(record)) else { return };
        if let Source::Split { total, less } = &case.source {
            let taken: i64 = less.iter().map(|&field| number(record, field)).sum();
            let rest = number(record, *total).saturating_sub(taken).max(0);
            for (&field, part) in draw.fields.iter().zip(parts(rest, draw.fields.len(), dice)) {
                record.put(field, Cell::Number(part));
            }
        } else if let Some(&field) = draw.fields.first() {
            let cell = self.cell(&case.source, unit, dice, record);
            record.put(field, cell);
        }
    }

    fn cell(&self, source: &Source, unit: &Unit, dice: &mut Dice<'_>, record: &Record) -> Cell {
        match source {
            Source::Value(cell) => cell.clone(),
            Source::Stratum(cells) => cells.get(unit.stratum).cloned().unwrap_or_default(),
            Source::Exact(index) => self.exact(*index, unit).unwrap_or_default(),
            Source::Weighted { cells, reached } => {
                let reached = reached.get(unit.stratum).map_or(&[][..], Vec::as_slice);
                cells.get(pick(reached, dice)).cloned().unwrap_or_default()
            }
            Source::Integer { low, high, at_most } => {
                let bound = |bound: &PerStratum<i64>| bound.get(unit.stratum).copied().unwrap_or(0);
                let cap =
                    at_most.map_or(i64::MAX, |(percent, field)| percent.floor_of(number(record, field)));
                let high = bound(high).min(cap);
                Cell::Number(dice.between(bound(low).min(high), high))
            }
            // Splits fill several fields and are drawn by `draw`.
            Source::Split { .. } => Cell::Blank,
            Source::Date { first, last } => Cell::Date(day_between(*first, *last, dice)),
            Source::Moment { after, days, last, opens, closes } => {
                let Cell::Date(first) = record.cell(*after) else { return Cell::Blank };
                let latest = later(*first, *days).min(*last).max(*first);
                Cell::Moment(DateTime::from_parts(
                    day_between(*first, latest, dice),
                    time_between(*opens, *closes, dice),
                ))
            }
            Source::Template(pieces) => {
                Cell::Text(template::fill(pieces, record, self.seed, self.questionnaire, dice))
            }
            Source::Mix { reached, ways } => {
                let way = ways.get(pick(reached, dice));
                way.map_or(Cell::Blank, |way| self.cell(way, unit, dice, record))
            }
        }
    }

    fn exact(&self, index: usize, unit: &Unit) -> Option<Cell> {
        let option = unit.exact.get(index).copied().flatten()?;
        self.recipe.exact.get(index)?.options.get(option).map(|&option| Cell::Option(option))
    }
}

fn number(record: &Record, field: usize) -> i64 {
    match record.cell(field) {
        Cell::Number(number) => *number,
        _ => 0,
    }
}

/// The first entry whose running sum is above a number below the last sum.
fn pick(reached: &[u64], dice: &mut Dice<'_>) -> usize {
    let at = dice.below(reached.last().copied().unwrap_or(0));
    reached.partition_point(|&sum| sum <= at)
}

/// `total` cut at `count - 1` random places.
fn parts(total: i64, count: usize, dice: &mut Dice<'_>) -> Vec<i64> {
    let mut cuts: Vec<i64> = (1..count).map(|_| dice.between(0, total)).collect();
    cuts.sort_unstable();
    cuts.push(total);
    let mut before = 0;
    cuts.into_iter()
        .map(|cut| {
            let part = cut - before;
            before = cut;
            part
        })
        .collect()
}

/// So many days later; the same day past the end of the calendar.
fn later(day: Date, days: i64) -> Date {
    day.checked_add(SignedDuration::from_secs(days.saturating_mul(DAY))).unwrap_or(day)
}

fn day_between(first: Date, last: Date, dice: &mut Dice<'_>) -> Date {
    let days = first.duration_until(last).as_secs() / DAY;
    later(first, dice.between(0, days))
}

fn time_between(first: Time, last: Time, dice: &mut Dice<'_>) -> Time {
    let seconds = first.duration_until(last).as_secs();
    first.checked_add(SignedDuration::from_secs(dice.between(0, seconds))).unwrap_or(first)
}

#[cfg(test)]
mod tests {
    use super::super::random::{Purpose, Streams};
    use super::*;

    #[test]
    fn parts_of_a_split_add_up_and_are_never_negative() {
        let mut words = Words::default();
        for record in 0..200 {
            Streams::new(1, Purpose::Answers).fill(record, 1, &mut words);
            let total = i64::try_from(record).unwrap() % 7;
            let cut = parts(total, 3, &mut words.dice(0));
            assert_eq!((cut.len(), cut.iter().sum::<i64>()), (3, total));
            assert!(cut.iter().all(|&part| part >= 0));
        }
        assert_eq!(parts(5, 1, &mut words.dice(0)), [5]);
    }

    #[test]
    fn a_value_of_weight_zero_is_never_picked() {
        let mut words = Words::default();
        let picked: Vec<usize> = (0..200)
            .map(|record| {
                Streams::new(1, Purpose::Answers).fill(record, 1, &mut words);
                pick(&[0, 3, 3, 5], &mut words.dice(0))
            })
            .collect();
        assert!(picked.iter().all(|&place| place == 1 || place == 3));
        assert!(picked.contains(&1) && picked.contains(&3));
    }
}
