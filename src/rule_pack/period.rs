//! The days from which a survey's dates mostly are, for examples and for dates that leave the year out.
//!
//! Invariants
//! - Nothing is judged by it: it only proposes.

use crate::expression::calendar;

/// A first and a last day, since 1970-01-01, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    first: i32,
    last: i32,
}

/// The day of an example: no month is called by it, so that nobody takes it for one.
const EXAMPLE_DAY: i32 = 15;

impl Period {
    /// From `first` to `last`. `None`: they are the wrong way round.
    pub fn new(first: i32, last: i32) -> Option<Self> {
        (first <= last).then_some(Self { first, last })
    }

    /// The calendar year that `wave` is called by. `None`: it is no year.
    pub fn of_year(wave: &str) -> Option<Self> {
        let year = Some(wave).filter(|wave| wave.len() == 4)?.parse().ok()?;
        Self::new(calendar::days(year, 1, 1)?, calendar::days(year, 12, 31)?)
    }

    /// A day of it that may stand for any: the first 15th, or its last day where there is none.
    pub fn example(self) -> i32 {
        let mut day = self.first;
        while day < self.last && calendar::civil(day).is_none_or(|(_, _, of_month)| of_month != EXAMPLE_DAY) {
            day += 1;
        }
        day
    }

    /// The day that is called by `month` and `day`, of the year in which it is in the period or nearest to it; of two such
    /// years the earlier one. `None`: no year around has that day.
    pub fn dated(self, month: i32, day: i32) -> Option<i32> {
        let (first, _, _) = calendar::civil(self.first)?;
        let (last, _, _) = calendar::civil(self.last)?;
        let days = (first..=last).filter_map(|year| calendar::days(year, month, day));
        days.min_by_key(|day| (self.first - day).max(day - self.last).max(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(first: &str, last: &str) -> Period {
        let [first, last] = [first, last].map(|text| calendar::parse_date(text).unwrap());
        Period::new(first, last).unwrap()
    }

    #[test]
    fn a_date_without_year_is_of_the_year_in_which_it_lies_in_the_period() {
        let fiscal = period("2024-04-01", "2025-03-31");
        let dated = |period: Period, month, day| {
            period.dated(month, day).map(calendar::print_date).unwrap_or_default()
        };
        assert_eq!(dated(fiscal, 4, 1), "2024-04-01");
        assert_eq!(dated(fiscal, 1, 15), "2025-01-15");
        assert_eq!(dated(fiscal, 3, 31), "2025-03-31");
        assert_eq!(dated(fiscal, 2, 30), "");
        assert_eq!(dated(period("2024-02-01", "2024-03-08"), 12, 24), "2024-12-24");
        let year = Period::of_year("2023").unwrap();
        assert_eq!([dated(year, 2, 29), dated(year, 12, 31)], ["", "2023-12-31"]);
        assert_eq!([Period::of_year("R5"), Period::of_year("20240")], [None; 2]);
    }

    #[test]
    fn an_example_is_a_fifteenth_of_the_period_or_its_last_day() {
        let example = |first, last| calendar::print_date(period(first, last).example());
        assert_eq!(example("2024-02-01", "2024-03-08"), "2024-02-15");
        assert_eq!(example("2024-04-20", "2025-03-31"), "2024-05-15");
        assert_eq!(example("2024-04-20", "2024-05-02"), "2024-05-02");
    }
}
