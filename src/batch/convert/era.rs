//! Dates of the Japanese eras: 令和6年2月1日, R6.2.1, 令6/2/1.
//!
//! Invariants
//! - An era's first and last day are those of the law that named it; a day of 1989 is of 昭和 until 7 January and of
//!   平成 from the 8th on, and never of both.
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

/// What the name of an era and three numbers say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EraDate {
    /// A day of that era.
    Day(i32),
    /// A day of the calendar that the era does not have: before its first or after its last day.
    Impossible(i32),
    /// No day of the calendar (13月, 2月30日, 0年).
    NoDay,
}

/// The date that `form` (a reading form in capitals) spells. `None`: it does not begin with an era, or goes on
/// otherwise than a date.
pub(super) fn read(form: &str) -> Option<EraDate> {
    let (place, rest) = ERAS.iter().enumerate().find_map(|(place, era)| {
        Some((place, era.spellings.iter().find_map(|spelling| form.strip_prefix(spelling))?))
    })?;
    let (year, month, day) = numbers(rest)?;
    let era = ERAS.get(place)?;
    let date = (year > 0).then(|| calendar::days(era.first.0 + year - 1, month, day)).flatten();
    let Some(date) = date else { return Some(EraDate::NoDay) };
    let begins = |era: &Era| calendar::days(era.first.0, era.first.1, era.first.2);
    let begun = begins(era).is_some_and(|first| first <= date);
    let ended = ERAS.get(place + 1).and_then(begins).is_some_and(|next| next <= date);
    Some(if begun && !ended { EraDate::Day(date) } else { EraDate::Impossible(date) })
}

/// `6年2月1日`, `6.2.1`, `06/02/01`, `元-5-7`: year, month and day. `None`: another text.
fn numbers(text: &str) -> Option<(i32, i32, i32)> {
    let text = text.trim_start();
    let (year, rest) = match text.strip_prefix('元') {
        Some(rest) => (1, rest),
        None => number(text, 3)?,
    };
    let (separator, rest) = separator(rest, ['年', '.', '/', '-'])?;
    let (month, rest) = number(rest, 2)?;
    let next = if separator == '年' { '月' } else { separator };
    let (_, rest) = self::separator(rest, [next])?;
    let (day, rest) = number(rest, 2)?;
    let rest = if separator == '年' { rest.trim_start().strip_prefix('日')? } else { rest };
    rest.is_empty().then_some((year, month, day))
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
            EraDate::Day(day) => calendar::print_date(day),
            EraDate::Impossible(day) => format!("not {}", calendar::print_date(day)),
            EraDate::NoDay => "no day".to_owned(),
        })
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
            let found = [before, first, last, after].map(|form| matches!(read(form), Some(EraDate::Day(_))));
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
