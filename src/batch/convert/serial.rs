//! Days as spreadsheets number them: 45323 is 2024-02-01, 45323.75 its evening at six.
//!
//! Invariants
//! - Which system a workbook counts by is known where it is read; other files count from 1900.
//! - Outside the window a number is a number: a bed count or a postal code is never taken for a day.

use crate::expression::calendar;

/// Days from 1899-12-30, the day 0 of the system of 1900 (which counts a 29 February 1900), to 1970-01-01.
const TO_EPOCH: i32 = 25_569;

/// Days from the day 0 of the system of 1900 to that of the system of 1904.
const FROM_1904: i32 = 1_462;

/// The numbers that may be days of a survey, counted from 1900: 1982-01-01 to 2100-12-31.
const WINDOW: std::ops::RangeInclusive<i32> = 29_952..=73_415;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// Most digits behind the point that are looked at; spreadsheets write at most ten of a moment.
const DIGITS: usize = 12;

/// The day that the number in `form` is, and the seconds of that day. `None`: no number, or one outside the window.
pub(super) fn read(form: &str, from_1904: bool) -> Option<(i32, i64)> {
    let (whole, part) = form.split_once('.').map_or((form, None), |(whole, part)| (whole, Some(part)));
    let digits = whole.len() == 5 && whole.bytes().all(|byte| byte.is_ascii_digit());
    let number: i32 = digits.then(|| whole.parse().ok()).flatten()?;
    let number = if from_1904 { number + FROM_1904 } else { number };
    let day = WINDOW.contains(&number).then(|| number - TO_EPOCH)?;
    let seconds = part.map_or(Some(0), seconds)?;
    let day = if seconds == DAY { day + 1 } else { day };
    calendar::civil(day).map(|_| (day, seconds % DAY))
}

/// A part of a day in seconds, rounded. `None`: no digits.
fn seconds(part: &str) -> Option<i64> {
    if part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part = part.get(..DIGITS).unwrap_or(part);
    let unit = 10_i64.checked_pow(u32::try_from(part.len()).ok()?)?;
    let part: i64 = part.parse().ok()?;
    Some((part * DAY + unit / 2) / unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(form: &str, from_1904: bool) -> Option<String> {
        let (day, seconds) = read(form, from_1904)?;
        Some(calendar::print_date_time(i64::from(day) * DAY + seconds))
    }

    #[test]
    fn the_window_is_from_1982_to_2100() {
        for (form, day) in [
            ("45323", Some("2024-02-01T00:00:00")),
            ("45323.0", Some("2024-02-01T00:00:00")),
            ("29952", Some("1982-01-01T00:00:00")),
            ("73415", Some("2100-12-31T00:00:00")),
            ("45323.75", Some("2024-02-01T18:00:00")),
            ("45323.3958333333", Some("2024-02-01T09:30:00")),
            ("45323.999999999", Some("2024-02-02T00:00:00")),
            ("29951", None),
            ("73416", None),
            ("45323.", None),
            ("4532", None),
            ("045323", None),
            ("1e4", None),
        ] {
            assert_eq!(printed(form, false).as_deref(), day, "{form}");
        }
    }

    #[test]
    fn a_workbook_of_1904_counts_from_its_own_day() {
        assert_eq!(printed("43861", true).as_deref(), Some("2024-02-01T00:00:00"));
        assert_eq!(printed("71954", true), None);
    }
}
