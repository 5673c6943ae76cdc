//! The calendar: days, months and moments as whole numbers, and back.
//!
//! Days count from 1970-01-01, months from January 1970, seconds from 1970-01-01T00:00:00, all in the proleptic
//! Gregorian calendar and without time zone.
//!
//! Invariants
//! - Every function is total: what leaves the years 0000 to 9999 is `None`.
//! - No clock and no time zone is read.

use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime, date};

/// Seconds of a day.
const DAY: i64 = 86_400;

const EPOCH: Date = date(1970, 1, 1);

fn date_of(days: i32) -> Option<Date> {
    let span = jiff::Span::new().try_days(days).ok()?;
    EPOCH.checked_add(span).ok().filter(|date| date.year() >= 0)
}

fn days_since_epoch(date: Date) -> Option<i32> {
    let days = date.since(EPOCH).ok()?.get_days();
    (date.year() >= 0).then_some(days)
}

/// The day called (year, month, day). `None`: the calendar has no such day.
///
/// ```
/// use kenpyo::expression::calendar::{civil, days};
///
/// assert_eq!(days(1970, 1, 2), Some(1));
/// assert_eq!(days(2023, 2, 29), None);
/// assert_eq!(civil(19_782), Some((2024, 2, 29)));
/// ```
pub fn days(year: i32, month: i32, day: i32) -> Option<i32> {
    let year = i16::try_from(year).ok()?;
    let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    days_since_epoch(date)
}

/// Year, month and day of a day. `None`: outside the years 0000 to 9999.
pub fn civil(days: i32) -> Option<(i32, i32, i32)> {
    let date = date_of(days)?;
    Some((i32::from(date.year()), i32::from(date.month()), i32::from(date.day())))
}

/// `2024-02-01`, exactly so. `None`: another spelling, or no day of the calendar.
pub fn parse_date(text: &str) -> Option<i32> {
    let (year, rest) = text.split_once('-')?;
    let (month, day) = rest.split_once('-')?;
    days(digits(year, 4)?, digits(month, 2)?, digits(day, 2)?)
}

/// `2024-02`, exactly so. `None`: another spelling, or no month of the calendar.
pub fn parse_year_month(text: &str) -> Option<i32> {
    let (year, month) = text.split_once('-')?;
    months(digits(year, 4)?, digits(month, 2)?)
}

/// `2024-02-01T09:30` or `2024-02-01T09:30:00`, a blank for `T` too. `None`: another spelling, or no moment.
pub fn parse_date_time(text: &str) -> Option<i64> {
    let (date, time) = text.split_once(['T', ' '])?;
    let mut parts = time.split(':');
    let hour = digits(parts.next()?, 2).filter(|hour| *hour < 24)?;
    let minute = digits(parts.next()?, 2).filter(|minute| *minute < 60)?;
    let second = parts.next().map_or(Some(0), |part| digits(part, 2)).filter(|second| *second < 60)?;
    if parts.next().is_some() {
        return None;
    }
    let clock = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
    Some(i64::from(parse_date(date)?) * DAY + clock)
}

/// A run of exactly `count` ASCII digits.
fn digits(text: &str, count: usize) -> Option<i32> {
    let plain = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

/// The month (year, month). `None`: no such month.
pub fn months(year: i32, month: i32) -> Option<i32> {
    let valid = (0..=9999).contains(&year) && (1..=12).contains(&month);
    valid.then(|| (year - 1970) * 12 + month - 1)
}

/// Year and month of a month. `None`: outside the years 0000 to 9999.
pub fn year_and_month(months: i32) -> Option<(i32, i32)> {
    let year = months.div_euclid(12).checked_add(1970)?;
    (0..=9999).contains(&year).then(|| (year, months.rem_euclid(12) + 1))
}

/// The month in which a day lies.
pub fn month_of_day(days: i32) -> Option<i32> {
    let (year, month, _) = civil(days)?;
    months(year, month)
}

/// The day of a moment.
pub fn day_of_moment(seconds: i64) -> Option<i32> {
    let days = i32::try_from(seconds.div_euclid(DAY)).ok()?;
    date_of(days).map(|_| days)
}

/// The Japanese fiscal year, which begins in April, of (year, month).
pub const fn fiscal_year(year: i32, month: i32) -> i32 {
    if month < 4 { year - 1 } else { year }
}

/// From `a` to `b` in days.
pub fn days_between(a: i32, b: i32) -> i64 {
    i64::from(b) - i64::from(a)
}

/// Completed years from `a` to `b`, negative if `b` is earlier; who is born on 29 February completes a common
/// year on 1 March.
pub fn years_between(a: i32, b: i32) -> Option<i64> {
    if b < a {
        return years_between(b, a).map(|years| -years);
    }
    let (from_year, from_month, from_day) = civil(a)?;
    let (to_year, to_month, to_day) = civil(b)?;
    let begun = i64::from((to_month, to_day) < (from_month, from_day));
    Some(i64::from(to_year) - i64::from(from_year) - begun)
}

/// `count` days later.
pub fn add_days(days: i32, count: i64) -> Option<i32> {
    let sum = i32::try_from(i64::from(days).checked_add(count)?).ok()?;
    date_of(sum).map(|_| sum)
}

/// `count` months later, the last day of the month where it has no such day.
pub fn add_months(days: i32, count: i64) -> Option<i32> {
    let date = date_of(days)?;
    let month = i64::from(months(i32::from(date.year()), i32::from(date.month()))?);
    let (year, month) = year_and_month(i32::try_from(month.checked_add(count)?).ok()?)?;
    let first = Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, 1).ok()?;
    let day = date.day().min(first.days_in_month());
    days_since_epoch(Date::new(first.year(), first.month(), day).ok()?)
}

/// `count` years later; 29 February becomes 28 in a common year.
pub fn add_years(days: i32, count: i64) -> Option<i32> {
    add_months(days, count.checked_mul(12)?)
}

/// `2024-02-01`. Outside the years 0000 to 9999: the number of days.
pub fn print_date(days: i32) -> String {
    date_of(days).map_or_else(|| days.to_string(), |date| date.to_string())
}

/// `2024-02-01T09:30:00`. Outside the years 0000 to 9999: the number of seconds.
pub fn print_date_time(seconds: i64) -> String {
    moment(seconds).map_or_else(|| seconds.to_string(), |moment| moment.to_string())
}

fn moment(seconds: i64) -> Option<DateTime> {
    let midnight = date_of(day_of_moment(seconds)?)?.at(0, 0, 0, 0);
    midnight.checked_add(seconds.rem_euclid(DAY).seconds()).ok()
}

/// `2024-02`. Outside the years 0000 to 9999: the number of months.
pub fn print_year_month(months: i32) -> String {
    year_and_month(months).map_or_else(|| months.to_string(), |(year, month)| format!("{year:04}-{month:02}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> i32 {
        parse_date(text).expect("a date")
    }

    #[test]
    fn impossible_dates_are_refused() {
        for text in
            ["2023-02-29", "2024-13-01", "2024-00-10", "2024-04-31", "24-04-01", "2024-4-1", "2024/04/01"]
        {
            assert_eq!(parse_date(text), None, "{text}");
        }
        assert_eq!(parse_date("2024-02-29"), Some(19_782));
        assert_eq!(parse_date("1969-12-31"), Some(-1));
    }

    #[test]
    fn moments_are_read_as_written() {
        assert_eq!(parse_date_time("1970-01-02T00:00:01"), Some(86_401));
        assert_eq!(parse_date_time("1969-12-31 23:59"), Some(-60));
        assert_eq!(day_of_moment(-60), Some(-1));
        for text in ["2024-02-01", "2024-02-01T24:00", "2024-02-01T09:60", "2024-02-01T09:00:00:00"] {
            assert_eq!(parse_date_time(text), None, "{text}");
        }
    }

    #[test]
    fn the_fiscal_year_begins_in_april() {
        assert_eq!([fiscal_year(2024, 3), fiscal_year(2024, 4)], [2023, 2024]);
    }

    #[test]
    fn a_birthday_on_29_february_counts_from_1_march() {
        let birth = day("2000-02-29");
        let found = ["2001-02-28", "2001-03-01", "2004-02-28", "2004-02-29"]
            .map(|text| years_between(birth, day(text)));
        assert_eq!(found, [Some(0), Some(1), Some(3), Some(4)]);
        assert_eq!(years_between(day("2004-02-29"), birth), Some(-4));
    }

    #[test]
    fn months_are_clipped_to_their_last_day() {
        let clipped = |from: &str, count| add_months(day(from), count).map(print_date);
        assert_eq!(clipped("2024-01-31", 1).as_deref(), Some("2024-02-29"));
        assert_eq!(clipped("2024-03-31", -1).as_deref(), Some("2024-02-29"));
        assert_eq!(clipped("2023-12-31", 2).as_deref(), Some("2024-02-29"));
        assert_eq!(add_years(day("2024-02-29"), 1).map(print_date).as_deref(), Some("2025-02-28"));
    }

    #[test]
    fn what_leaves_the_calendar_is_none() {
        assert_eq!(add_days(day("9999-12-31"), 1), None);
        assert_eq!(add_days(day("0000-01-01"), -1), None);
        assert_eq!(add_months(0, i64::MAX), None);
        assert_eq!(add_years(0, i64::MIN), None);
        assert_eq!(day_of_moment(i64::MAX), None);
        assert_eq!(year_and_month(i32::MIN), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn days_and_dates_are_one_to_one(number in -719_528_i32..=2_932_896) {
            let (year, month, day) = civil(number).expect("in range");
            prop_assert_eq!(days(year, month, day), Some(number));
            prop_assert_eq!(parse_date(&print_date(number)), Some(number));
            prop_assert_eq!(parse_date_time(&print_date_time(i64::from(number) * DAY + 61)), Some(i64::from(number) * DAY + 61));
        }

        #[test]
        fn nothing_panics(days in any::<i32>(), other in any::<i32>(), count in any::<i64>()) {
            let _ = (civil(days), years_between(days, other), add_days(days, count), add_months(days, count));
            let _ = (add_years(days, count), day_of_moment(count), print_date(days), print_date_time(count));
            let _ = (print_year_month(days), month_of_day(days));
        }
    }
}
