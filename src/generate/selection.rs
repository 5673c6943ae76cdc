//! Exact counts: which units answer, and which of them give an option whose count is fixed.
//!
//! Invariants
//! - Counts come out exactly, over the whole run, with memory that does not grow with it: each unit takes one of
//!   the places that are left, with chances as they are left.
//! - Units are taken in order of their number, by one thread; all else is made from what is decided here.

use super::random::{Dice, Purpose, Streams, Words};
use super::recipe::Recipe;

/// Splits `total` in proportion to `weights` by largest remainders; of equal remainders the first wins.
pub fn apportion(total: u64, weights: &[u64]) -> Vec<u64> {
    let sum: u128 = weights.iter().copied().map(u128::from).sum();
    if sum == 0 {
        return vec![0; weights.len()];
    }
    let parts = weights.iter().map(|&weight| {
        let product = u128::from(total) * u128::from(weight);
        (u64::try_from(product / sum).unwrap_or(u64::MAX), product % sum)
    });
    let (mut shares, remainders): (Vec<u64>, Vec<u128>) = parts.unzip();
    let missing = total.saturating_sub(shares.iter().sum());
    let mut order: Vec<usize> = (0..shares.len()).collect();
    order.sort_by_key(|&index| std::cmp::Reverse(remainders.get(index).copied().unwrap_or(0)));
    for index in order.into_iter().take(usize::try_from(missing).unwrap_or(usize::MAX)) {
        if let Some(share) = shares.get_mut(index) {
            *share += 1;
        }
    }
    shares
}

/// Takes one of the places left; the chance of each kind is its share of them. `None`: no place is left.
fn take(left: &mut [u64], dice: &mut Dice<'_>) -> Option<usize> {
    let all = left.iter().sum();
    if all == 0 {
        return None;
    }
    let mut at = dice.below(all);
    for (index, places) in left.iter_mut().enumerate() {
        if at < *places {
            *places -= 1;
            return Some(index);
        }
        at -= *places;
    }
    None
}

/// How many are asked and answer in each stratum, for a run of some size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sizes {
    /// Units asked, by stratum.
    pub asked: Vec<u64>,
    /// Units that answer, by stratum.
    pub answered: Vec<u64>,
}

impl Sizes {
    /// The recipe's own sizes, or scaled to `records` answers by largest remainders.
    pub fn new(recipe: &Recipe, records: Option<u64>) -> Self {
        let asked: Vec<u64> = recipe.strata.iter().map(|stratum| stratum.asked).collect();
        let answered: Vec<u64> = recipe.strata.iter().map(|stratum| stratum.answered).collect();
        let Some(records) = records.filter(|&records| records != answered.iter().sum::<u64>()) else {
            return Self { asked, answered };
        };
        let all_asked: u128 = asked.iter().copied().map(u128::from).sum();
        let all_answered: u128 = answered.iter().copied().map(u128::from).sum::<u128>().max(1);
        let scaled = u64::try_from(u128::from(records) * all_asked / all_answered).unwrap_or(u64::MAX);
        let answered = apportion(records, &answered);
        let asked = apportion(scaled, &asked);
        let asked = asked.iter().zip(&answered).map(|(&asked, &answered)| asked.max(answered)).collect();
        Self { asked, answered }
    }
}

/// A unit that answers, with all that is decided about it in sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Its number among all units asked, counted from 1.
    pub serial: u64,
    /// Its number among those that answer, counted from 1.
    pub record: u64,
    /// Position of its stratum.
    pub stratum: usize,
    /// By position of the recipe's exact counts: position of the option. `None`: not asked of this unit.
    pub exact: Vec<Option<usize>>,
    /// Whether it is to get a defect.
    pub marked: bool,
}

/// Decides about one unit after the other.
#[derive(Debug)]
pub struct Selection<'r> {
    recipe: &'r Recipe,
    streams: Streams,
    words: Words,
    asked: Vec<u64>,
    answered: Vec<u64>,
    /// By exact count and stratum: places left of each option.
    exact: Vec<Vec<Vec<u64>>>,
    /// Records to be marked, and those not to be.
    marks: [u64; 2],
    serial: u64,
    record: u64,
}

impl<'r> Selection<'r> {
    /// Decides for a run of `sizes`; `marked` of its records get a defect.
    pub fn new(recipe: &'r Recipe, sizes: &Sizes, seed: u64, marked: u64) -> Self {
        let records: u64 = sizes.answered.iter().sum();
        Self {
            recipe,
            streams: Streams::new(seed, Purpose::Selection),
            words: Words::default(),
            asked: sizes.asked.clone(),
            answered: sizes.answered.clone(),
            exact: exact_places(recipe, &sizes.answered),
            marks: [marked.min(records), records.saturating_sub(marked)],
            serial: 0,
            record: 0,
        }
    }

    /// Whether the next unit asked answers, and in which stratum it is. `None`: no unit is left.
    fn next_asked(&mut self) -> Option<(usize, bool)> {
        self.serial += 1;
        self.streams.fill(self.serial, 3 + self.exact.len(), &mut self.words);
        let stratum = take(&mut self.asked, &mut self.words.dice(0))?;
        let asked = self.asked.get(stratum)? + 1;
        let answered = self.answered.get_mut(stratum)?;
        let answers = self.words.dice(1).below(asked) < *answered;
        if answers {
            *answered -= 1;
        }
        Some((stratum, answers))
    }

    fn exact_options(&mut self, stratum: usize) -> Vec<Option<usize>> {
        let mut chosen: Vec<Option<usize>> = Vec::with_capacity(self.exact.len());
        for (index, (counts, places)) in self.recipe.exact.iter().zip(&mut self.exact).enumerate() {
            let open = counts
                .base
                .is_none_or(|(parent, option)| chosen.get(parent).copied().flatten() == Some(option));
            let left = places.get_mut(stratum).filter(|_| open);
            chosen.push(left.and_then(|left| take(left, &mut self.words.dice(3 + index))));
        }
        chosen
    }
}

impl Iterator for Selection<'_> {
    type Item = Unit;

    fn next(&mut self) -> Option<Unit> {
        let stratum = loop {
            let (stratum, answers) = self.next_asked()?;
            if answers {
                break stratum;
            }
        };
        self.record += 1;
        let marked = take(&mut self.marks, &mut self.words.dice(2)) == Some(0);
        let exact = self.exact_options(stratum);
        Some(Unit { serial: self.serial, record: self.record, stratum, exact, marked })
    }
}

/// The places of each exact count, scaled to the number of records to which it applies in each stratum.
fn exact_places(recipe: &Recipe, answered: &[u64]) -> Vec<Vec<Vec<u64>>> {
    let mut all: Vec<Vec<Vec<u64>>> = Vec::with_capacity(recipe.exact.len());
    for counts in &recipe.exact {
        let scaled =
            counts.by_stratum.iter().zip(answered).enumerate().map(|(stratum, (weights, &answered))| {
                let base = match counts.base {
                    None => answered,
                    Some((parent, option)) => all
                        .get(parent)
                        .and_then(|places| places.get(stratum)?.get(option))
                        .copied()
                        .unwrap_or(0),
                };
                apportion(base, weights)
            });
        let scaled = scaled.collect();
        all.push(scaled);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::recipe::{ExactCounts, Stratum};

    #[test]
    fn shares_add_up_and_the_largest_remainders_win() {
        assert_eq!(apportion(10, &[1, 1, 1]), [4, 3, 3]);
        assert_eq!(apportion(100, &[335, 339, 130, 89, 50, 56]), [33, 34, 13, 9, 5, 6]);
        assert_eq!(apportion(0, &[3, 4]), [0, 0]);
        assert_eq!(apportion(5, &[0, 0]), [0, 0]);
        assert_eq!(apportion(u64::MAX, &[1, 1]).iter().sum::<u64>(), u64::MAX);
    }

    fn two_strata() -> Recipe {
        let stratum = |name: &str, asked, answered| Stratum { name: name.into(), asked, answered };
        let yes_no = ExactCounts {
            field: 0,
            options: vec![0, 1],
            by_stratum: vec![vec![30, 20], vec![5, 5]],
            base: None,
        };
        let detail = ExactCounts {
            field: 1,
            options: vec![0, 1],
            by_stratum: vec![vec![10, 20], vec![5, 0]],
            base: Some((0, 0)),
        };
        Recipe {
            strata: vec![stratum("a", 80, 50), stratum("b", 10, 10)],
            exact: vec![yes_no, detail],
            ..Recipe::default()
        }
    }

    /// By stratum: answered, first option of the first count, first option of the second, asked of the second.
    fn counted(recipe: &Recipe, records: Option<u64>, marked: u64) -> ([[u64; 4]; 2], u64) {
        let mut found = [[0; 4]; 2];
        let mut marks = 0;
        for unit in Selection::new(recipe, &Sizes::new(recipe, records), 3, marked) {
            let row = &mut found[unit.stratum];
            row[0] += 1;
            row[1] += u64::from(unit.exact[0] == Some(0));
            row[2] += u64::from(unit.exact[1] == Some(0));
            row[3] += u64::from(unit.exact[1].is_some());
            marks += u64::from(unit.marked);
        }
        (found, marks)
    }

    #[test]
    fn counts_come_out_exactly_and_scale_with_the_number_of_records() {
        let recipe = two_strata();
        assert_eq!(counted(&recipe, None, 7), ([[50, 30, 10, 30], [10, 5, 5, 5]], 7));
        assert_eq!(counted(&recipe, Some(600), 600), ([[500, 300, 100, 300], [100, 50, 50, 50]], 600));
        let (odd, _) = counted(&recipe, Some(7), 0);
        assert_eq!(odd[0][0] + odd[1][0], 7);
    }

    #[test]
    fn units_are_numbered_among_all_that_were_asked() {
        let recipe = two_strata();
        let units: Vec<Unit> = Selection::new(&recipe, &Sizes::new(&recipe, None), 3, 0).collect();
        assert!(units.iter().zip(1..).all(|(unit, record)| unit.record == record));
        assert!(units.windows(2).all(|pair| pair[0].serial < pair[1].serial));
        assert!(units.iter().any(|unit| unit.serial > unit.record));
        assert!(units.iter().all(|unit| unit.serial <= 90));
    }
}
