//! Dates and months of the Japanese eras: 令和6年2月1日, R6.2.1, 令6/2/1, 令和6年2月.
//!
//! Invariants
//! - An era's first and last day are those of the law that named it; a day of 1989 is of 昭和 until 7 January and of
//!   平成 from the 8th on, and never of both. The month in which an era ends is of both.
//! - A date that its era does not have (平成36年) is never read; the day that it would be is only proposed.

use crate::expression::calendar;

/// One era.
#[derive(Debug)]
struct Era {
    /// The name, its first kanji, its letter, in the reading form in capitals; the sign that holds the whole name.
    spellings: [&'static str; 4],
    /// The first day: year, month, day.
    first: (i32, i32, i32),
}

const fn era(spellings: [&'static str; 4], first: (i32, i32, i32)) -> Era {
    Era { spellings, first }
}

/// The eras, oldest first; each ends on the day before the next begins. 明治 is counted from the day of its edict; days
/// before 1873, of the old calendar, are taken as if they were of this one.
const ERAS: [Era; 5] = [
    era(["明治", "明", "M", "㍾"], (1868, 10, 23)),
    era(["大正", "大", "T", "㍽"], (1912, 7, 30)),
    era(["昭和", "昭", "S", "㍼"], (1926, 12, 25)),
    era(["平成", "平", "H", "㍻"], (1989, 1, 8)),
    era(["令和", "令", "R", "㋿"], (2019, 5, 1)),
];

/// What the name of an era and the numbers after it say: a day, a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OfEra<T> {
    /// One of that era.
    Known(T),
    /// One of the calendar that the era does not have: before its first or after its last day.
    Impossible(T),
    /// None of the calendar (13月, 2月30日, 0年).
    Nothing,
}

impl<T> OfEra<T> {
    /// What `make` makes of it; where it makes nothing of it, nothing is said.
    pub(super) fn and_then<U>(self, make: impl FnOnce(T) -> Option<U>) -> OfEra<U> {
        match self {
            Self::Known(found) => make(found).map_or(OfEra::Nothing, OfEra::Known),
            Self::Impossible(found) => make(found).map_or(OfEra::Nothing, OfEra::Impossible),
            Self::Nothing => OfEra::Nothing,
        }
    }
}

/// The date that `form` (a reading form in capitals) spells. `None`: it does not begin with an era, or goes on
/// otherwise than a date.
pub(super) fn read(form: &str) -> Option<OfEra<i32>> {
    date(form).filter(|(_, rest)| rest.is_empty()).map(|(found, _)| found)
}

/// The date at the beginning of `form`, and what follows, its blanks too. `None`: as with [`read`].
pub(super) fn date(form: &str) -> Option<(OfEra<i32>, &str)> {
    let (place, rest) = name(form)?;
    let (year, separator, rest) = year(rest)?;
    let (month, rest) = number(rest, 2)?;
    let next = if separator == '年' { '月' } else { separator };
    let (_, rest) = self::separator(rest, [next])?;
    let (day, rest) = number(rest, 2)?;
    let rest = if separator == '年' { rest.trim_start().strip_prefix('日')? } else { rest };
    let era = ERAS.get(place)?;
    let found = (year > 0).then(|| calendar::days(era.first.0 + year - 1, month, day)).flatten();
    Some((judge(place, found, Some), rest))
}

/// The month that `form` (a reading form in capitals) spells. `None`: it does not begin with an era, or goes on
/// otherwise than a month.
pub(super) fn month(form: &str) -> Option<OfEra<i32>> {
    let (place, rest) = name(form)?;
    let (year, separator, rest) = year(rest)?;
    let (month, rest) = number(rest, 2)?;
    let rest = if separator == '年' { rest.trim_start().strip_prefix('月')? } else { rest };
    let era = ERAS.get(place).filter(|_| rest.is_empty())?;
    let found = (year > 0).then(|| calendar::months(era.first.0 + year - 1, month)).flatten();
    Some(judge(place, found, calendar::month_of_day))
}

/// The era at the beginning of `form`, and what follows. `None`: there is none.
fn name(form: &str) -> Option<(usize, &str)> {
    ERAS.iter().enumerate().find_map(|(place, era)| {
        Some((place, era.spellings.iter().find_map(|spelling| form.strip_prefix(spelling))?))
    })
}

/// 令和6年2月15日, 令和元年5月1日; a day before all eras, or beyond the calendar, as ISO 8601 spells it.
pub(super) fn print(day: i32) -> String {
    let begun = |era: &&Era| {
        let (year, month, first) = era.first;
        calendar::days(year, month, first).is_some_and(|first| first <= day)
    };
    match (ERAS.iter().rev().find(begun), calendar::civil(day)) {
        (Some(Era { spellings: [name, ..], first: (first, ..) }), Some((year, month, day))) => {
            let year = match year - first + 1 {
                1 => "元".to_owned(),
                year => year.to_string(),
            };
            format!("{name}{year}年{month}月{day}日")
        }
        _ => calendar::print_date(day),
    }
}

/// Whether `found` is of the era at `place`; `unit` is what `found` counts, of a day.
fn judge(place: usize, found: Option<i32>, unit: fn(i32) -> Option<i32>) -> OfEra<i32> {
    let Some(found) = found else { return OfEra::Nothing };
    let first = |place: usize| {
        let (year, month, day) = ERAS.get(place)?.first;
        calendar::days(year, month, day)
    };
    let begun = first(place).and_then(unit).is_some_and(|first| first <= found);
    let last = first(place + 1).and_then(|next| unit(next - 1));
    let over = last.is_some_and(|last| last < found);
    if begun && !over { OfEra::Known(found) } else { OfEra::Impossible(found) }
}

/// `6年`, `6.`, `06/`, `元-`: the year, its separator, and what follows. `None`: another text.
fn year(text: &str) -> Option<(i32, char, &str)> {
    let text = text.trim_start();
    let (year, rest) = match text.strip_prefix('元') {
        Some(rest) => (1, rest),
        None => number(text, 3)?,
    };
    let (separator, rest) = separator(rest, ['年', '.', '/', '-'])?;
    Some((year, separator, rest))
}

/// A number of at most `most` digits, blanks before it (spreadsheets pad 6年 2月 1日), and what follows.
fn number(text: &str, most: usize) -> Option<(i32, &str)> {
    let text = text.trim_start();
    let count = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at_checked(count).filter(|_| count <= most)?;
    Some((number.parse().ok()?, rest))
}

/// One of `known`, blanks before it, and what follows.
fn separator<const N: usize>(text: &str, known: [char; N]) -> Option<(char, &str)> {
    let text = text.trim_start();
    let found = text.chars().next().filter(|letter| known.contains(letter))?;
    Some((found, text.get(found.len_utf8()..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(form: &str) -> Option<String> {
        read(form).map(|found| match found {
            OfEra::Known(day) => calendar::print_date(day),
            OfEra::Impossible(day) => format!("not {}", calendar::print_date(day)),
            OfEra::Nothing => "no day".to_owned(),
        })
    }

    fn printed_month(form: &str) -> Option<String> {
        month(form).map(|found| match found {
            OfEra::Known(month) => calendar::print_year_month(month),
            OfEra::Impossible(month) => format!("not {}", calendar::print_year_month(month)),
            OfEra::Nothing => "no month".to_owned(),
        })
    }

    #[test]
    fn a_month_is_of_every_era_that_has_a_day_of_it() {
        for (form, expected) in [
            ("令和6年6月", "2024-06"),
            ("R6.6", "2024-06"),
            ("令06/06", "2024-06"),
            ("令和 6年 6月", "2024-06"),
            ("令和元年5月", "2019-05"),
            ("S64.1", "1989-01"),
            ("H1.1", "1989-01"),
            ("S1-12", "1926-12"),
            ("T15.12", "1926-12"),
            ("H31.4", "2019-04"),
            ("S64.2", "not 1989-02"),
            ("H31.5", "not 2019-05"),
            ("令和元年4月", "not 2019-04"),
            ("R6.13", "no month"),
            ("R0.1", "no month"),
        ] {
            assert_eq!(printed_month(form).as_deref(), Some(expected), "{form}");
        }
        for form in ["R6.6.1", "令和6年6月1日", "令和6年", "R6", "6.6", "令和6年6", "R6.6x"] {
            assert_eq!(month(form), None, "{form}");
        }
    }

    #[test]
    fn what_follows_a_date_is_left_to_the_caller() {
        let rest =
            |form: &'static str| date(form).map(|(found, rest)| (found == read("R6.6.10").unwrap(), rest));
        assert_eq!(rest("令和6年6月10日 9:30"), Some((true, " 9:30")));
        assert_eq!(rest("R6.6.10T09:30:00"), Some((true, "T09:30:00")));
        assert_eq!(rest("R6.6.101"), None);
    }

    #[test]
    fn every_era_has_its_first_and_its_last_day() {
        for (before, first, last, after) in [
            ("M1.10.22", "M1.10.23", "M45.7.29", "M45.7.30"),
            ("T1.7.29", "T1.7.30", "T15.12.24", "T15.12.25"),
            ("S1.12.24", "S1.12.25", "S64.1.7", "S64.1.8"),
            ("H1.1.7", "H1.1.8", "H31.4.30", "H31.5.1"),
            ("R1.4.30", "R1.5.1", "R981.12.31", "R982.1.1"),
        ] {
            let found = [before, first, last, after].map(|form| matches!(read(form), Some(OfEra::Known(_))));
            let open = after.starts_with('R');
            assert_eq!(found, [false, true, true, open], "{first} {last}");
        }
        assert_eq!(printed("M1.10.23").as_deref(), Some("1868-10-23"));
        assert_eq!(printed("S64.1.7").as_deref(), Some("1989-01-07"));
    }

    #[test]
    fn the_spellings_of_a_date_are_one_day() {
        for form in ["令和6年2月1日", "令6.2.1", "R6/2/1", "R06-02-01", "㋿6年2月1日", "令和 6年 2月 1日"]
        {
            assert_eq!(printed(form).as_deref(), Some("2024-02-01"), "{form}");
        }
        assert_eq!(printed("令和元年5月7日").as_deref(), Some("2019-05-07"));
    }

    #[test]
    fn what_no_era_has_is_not_a_day_of_it() {
        assert_eq!(printed("平成36年2月1日").as_deref(), Some("not 2024-02-01"));
        assert_eq!(printed("令和元年4月30日").as_deref(), Some("not 2019-04-30"));
        for form in ["令和6年13月1日", "R6.2.30", "R0.1.1", "平成0年1月1日"] {
            assert_eq!(printed(form).as_deref(), Some("no day"), "{form}");
        }
        for form in [
            "6.2.1",
            "R6.2",
            "R6.2/1",
            "令和6年2月1",
            "令和6年2.1日",
            "R6.2.1x",
            "R",
            "慶応3年1月1日",
            "R6.123.1",
        ] {
            assert_eq!(read(form), None, "{form}");
        }
    }
}
