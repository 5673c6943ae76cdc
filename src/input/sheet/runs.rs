//! Runs of numbers that follow each other: rows that have something in common.
//!
//! Invariants
//! - As many runs are kept as one finding marks; how many there were is known all the same.

use crate::input::MOST_MARKS;

/// Runs of rising numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Runs {
    kept: Vec<(u32, u32)>,
    /// The run that was seen last, kept or not.
    last: Option<(u32, u32)>,
    all: usize,
}

impl Runs {
    /// Adds `number`, which is not below those before.
    pub(super) fn add(&mut self, number: u32) {
        self.add_after(number, number.saturating_sub(1));
    }

    /// Adds `number`; nothing that counts stands between it and `before`.
    pub(super) fn add_after(&mut self, number: u32, before: u32) {
        match &mut self.last {
            Some((_, end)) if *end >= before => {
                *end = number;
                if self.all == self.kept.len()
                    && let Some(kept) = self.kept.last_mut()
                {
                    kept.1 = number;
                }
            }
            _ => {
                self.last = Some((number, number));
                self.all += 1;
                if self.kept.len() < MOST_MARKS {
                    self.kept.push((number, number));
                }
            }
        }
    }

    /// The runs that are kept: (first, last).
    pub(super) fn kept(&self) -> &[(u32, u32)] {
        &self.kept
    }

    /// How many runs are not kept.
    pub(super) fn further(&self) -> usize {
        self.all - self.kept.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_follow_each_other_are_one_run() {
        let mut runs = Runs::default();
        for number in [2, 3, 3, 5, 9, 10] {
            runs.add(number);
        }
        assert_eq!((runs.kept(), runs.further()), ([(2, 3), (5, 5), (9, 10)].as_slice(), 0));
        runs.add_after(20, 10);
        assert_eq!(runs.kept().last(), Some(&(9, 20)));
        (0..50).for_each(|step| runs.add(100 + step * 2));
        assert_eq!((runs.kept().len(), runs.further()), (MOST_MARKS, 53 - MOST_MARKS));
        assert_eq!(runs.kept().last(), Some(&(132, 132)));
    }
}
