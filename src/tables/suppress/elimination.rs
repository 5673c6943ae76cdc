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

/// By how much counts move together; nobody's is nought.
type Direction = BTreeMap<usize, i128>;

/// The ways in which two directions can be gone together.
const SIGNS: [[i128; 2]; 4] = [[1, 1], [1, -1], [-1, 1], [-1, -1]];

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
        let moves: Vec<Direction> =
            free.map(|free| self.direction(free)).filter(|direction| self.keeps(direction)).collect();
        for direction in &moves {
            if [1, -1]
                .into_iter()
                .any(|sign| self.fits(direction.iter().map(|(at, by)| (*at, by.saturating_mul(sign)))))
            {
                open.retain(|place| !direction.contains_key(place));
            }
        }
        self.pairs(&moves, &mut open);
        open
    }

    /// Takes from `open` what two of `moves` together move, for what one alone would push below nought. Two that have no
    /// count in common do no more together than each by itself.
    fn pairs(&self, moves: &[Direction], open: &mut BTreeSet<usize>) {
        let mut by_place: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (number, direction) in moves.iter().enumerate() {
            for place in direction.keys() {
                by_place.entry(*place).or_default().push(number);
            }
        }
        for (number, first) in moves.iter().enumerate() {
            if !first.keys().any(|place| open.contains(place)) {
                continue;
            }
            let beside: BTreeSet<usize> =
                first.keys().filter_map(|place| by_place.get(place)).flatten().copied().collect();
            let others =
                beside.iter().filter(|other| **other != number).filter_map(|other| moves.get(*other));
            for (second, signs) in others.flat_map(|second| SIGNS.map(|signs| (second, signs))) {
                if self.fits(both(first, second, signs)) {
                    for (place, _) in both(first, second, signs).filter(|(_, by)| *by != 0) {
                        open.remove(&place);
                    }
                }
            }
        }
    }

    /// By how much each count moves when `free` does, as whole numbers.
    fn direction(&self, free: usize) -> Direction {
        let moved = self.solved.iter().filter_map(|(place, by)| Some((*place, *by.get(&free)?)));
        let moved: Vec<(usize, Number)> = moved.filter(|(_, factor)| *factor.numer() != 0).collect();
        let common = moved.iter().fold(1_i128, |common, (_, factor)| common.lcm(factor.denom()));
        let mut direction: Direction =
            moved.into_iter().map(|(place, factor)| (place, (factor * common).to_integer())).collect();
        direction.insert(free, common);
        direction
    }

    /// Whether every sum stays as it is when all move along `direction`: seen from the sums themselves, so that nothing
    /// rests on how the direction was found.
    fn keeps(&self, direction: &Direction) -> bool {
        self.sums.equations.iter().all(|equation| {
            let moved = |(place, sign): &(usize, i8)| {
                direction.get(place).map_or(Some(0), |factor| factor.checked_mul(i128::from(*sign)))
            };
            equation.iter().map(moved).try_fold(0_i128, |sum, moved| sum.checked_add(moved?)) == Some(0)
        })
    }

    /// Whether no count falls below nought when each moves as `moved` says: places, and by how much.
    fn fits(&self, mut moved: impl Iterator<Item = (usize, i128)>) -> bool {
        moved.all(|(place, by)| {
            let value = self.sums.values.get(place).copied().unwrap_or(0);
            // So far no count moves: it is a number that has grown too large to be trusted.
            i64::try_from(by).is_ok_and(|by| value.checked_add(by).is_some_and(|left| left >= 0))
        })
    }
}

/// What is moved, by `signs`, when both directions are gone: places in no order, those of both with the sum.
fn both(first: &Direction, second: &Direction, signs: [i128; 2]) -> impl Iterator<Item = (usize, i128)> {
    let [one, other] = signs;
    let own = first.iter().map(move |(place, by)| {
        (
            *place,
            by.saturating_mul(one).saturating_add(second.get(place).map_or(0, |by| by.saturating_mul(other))),
        )
    });
    own.chain(
        second
            .iter()
            .filter(|(place, _)| !first.contains_key(place))
            .map(move |(place, by)| (*place, by.saturating_mul(other))),
    )
}

fn add(row: &mut BTreeMap<usize, Number>, place: usize, factor: Number) {
    let sum = row.remove(&place).unwrap_or_else(|| Number::from_integer(0)) + factor;
    if *sum.numer() != 0 {
        row.insert(place, sum);
    }
}
