//! What the sums tell of hidden counts: elimination over the rationals, and other counts that fit.
//!
//! Invariants
//! - A hidden count is told unless another whole set of counts, none below nought, has been found that differs in it and
//!   fits every sum.

use std::collections::{BTreeMap, BTreeSet};

use num_integer::Integer as _;
use num_rational::Ratio;

use super::sums::Sums;

type Number = Ratio<i128>;

/// The sums over hidden counts, solved for some of them by the others.
pub(super) struct Elimination<'a> {
    sums: &'a Sums,
    hidden: &'a BTreeSet<usize>,
    /// A count, and what it moves by when each of the free ones moves by one.
    solved: BTreeMap<usize, BTreeMap<usize, Number>>,
}

impl<'a> Elimination<'a> {
    /// Solves the sums for the counts that are `hidden`; the others are known.
    pub(super) fn of(sums: &'a Sums, hidden: &'a BTreeSet<usize>) -> Self {
        let mut solved: BTreeMap<usize, BTreeMap<usize, Number>> = BTreeMap::new();
        for equation in &sums.equations {
            let mut row: BTreeMap<usize, Number> = BTreeMap::new();
            for (place, sign) in equation.iter().filter(|(place, _)| hidden.contains(place)) {
                let sign = Number::from_integer(i128::from(*sign));
                match solved.get(place) {
                    Some(by) => by.iter().for_each(|(free, factor)| add(&mut row, *free, sign * factor)),
                    None => add(&mut row, *place, sign),
                }
            }
            let Some((pivot, factor)) = row.pop_first() else { continue };
            let by: BTreeMap<usize, Number> =
                row.into_iter().map(|(free, other)| (free, -other / factor)).collect();
            for moved in solved.values_mut() {
                if let Some(factor) = moved.remove(&pivot) {
                    for (free, other) in &by {
                        add(moved, *free, factor * other);
                    }
                }
            }
            solved.insert(pivot, by);
        }
        Self { sums, hidden, solved }
    }

    /// The hidden counts for which no other counts fit.
    pub(super) fn told(&self) -> BTreeSet<usize> {
        let free = self.hidden.iter().copied().filter(|place| !self.solved.contains_key(place));
        let mut open: BTreeSet<usize> = self.hidden.clone();
        let moves: Vec<BTreeMap<usize, i128>> =
            free.map(|free| self.direction(free)).filter(|direction| self.keeps(direction)).collect();
        for direction in &moves {
            if self.fits(direction, 1) || self.fits(direction, -1) {
                open.retain(|place| !direction.contains_key(place));
            }
        }
        // Two at a time, for what one alone would push below nought.
        for (place, first) in moves.iter().enumerate() {
            if open.is_empty() {
                break;
            }
            for second in moves.iter().skip(place + 1) {
                for sign in [1, -1] {
                    let mut both = first.clone();
                    for (place, factor) in second {
                        *both.entry(*place).or_default() += sign * factor;
                    }
                    both.retain(|_, factor| *factor != 0);
                    if both.keys().any(|place| open.contains(place))
                        && (self.fits(&both, 1) || self.fits(&both, -1))
                    {
                        open.retain(|place| !both.contains_key(place));
                    }
                }
            }
        }
        open
    }

    /// By how much each count moves when `free` does, as whole numbers.
    fn direction(&self, free: usize) -> BTreeMap<usize, i128> {
        let moved = self.solved.iter().filter_map(|(place, by)| Some((*place, *by.get(&free)?)));
        let moved: Vec<(usize, Number)> = moved.filter(|(_, factor)| *factor.numer() != 0).collect();
        let common = moved.iter().fold(1_i128, |common, (_, factor)| common.lcm(factor.denom()));
        let mut direction: BTreeMap<usize, i128> =
            moved.into_iter().map(|(place, factor)| (place, (factor * common).to_integer())).collect();
        direction.insert(free, common);
        direction
    }

    /// Whether every sum stays as it is when all move along `direction`: seen from the sums themselves, so that nothing
    /// rests on how the direction was found.
    fn keeps(&self, direction: &BTreeMap<usize, i128>) -> bool {
        self.sums.equations.iter().all(|equation| {
            let moved = |(place, sign): &(usize, i8)| {
                direction.get(place).map_or(Some(0), |factor| factor.checked_mul(i128::from(*sign)))
            };
            equation.iter().map(moved).try_fold(0_i128, |sum, moved| sum.checked_add(moved?)) == Some(0)
        })
    }

    /// Whether no count falls below nought when all move along `direction`.
    fn fits(&self, direction: &BTreeMap<usize, i128>, sign: i128) -> bool {
        direction.iter().all(|(place, factor)| {
            let value = self.sums.values.get(*place).copied().unwrap_or(0);
            factor
                .checked_mul(sign)
                .and_then(|moved| moved.checked_add(i128::from(value)))
                .is_some_and(|left| left >= 0)
        })
    }
}

fn add(row: &mut BTreeMap<usize, Number>, place: usize, factor: Number) {
    let sum = row.remove(&place).unwrap_or_else(|| Number::from_integer(0)) + factor;
    if *sum.numer() != 0 {
        row.insert(place, sum);
    }
}
