//! Days as spreadsheets number them: 45323 is 2024-02-01.
//!
//! Invariants
//! - Only the system that counts from 1900 is read from a number; which system a workbook counts by is known where
//!   workbooks are read, and their dates arrive as dates.
//! - Outside the window a number is a number: a bed count or a postal code is never taken for a day.

use crate::expression::calendar;

/// Days from 1899-12-30, the day 0 of the system of 1900 (which counts a 29 February 1900), to 1970-01-01.
const TO_EPOCH: i32 = 25_569;

/// The numbers that may be days of a survey: 1982-01-01 to 2100-12-31.
const WINDOW: std::ops::RangeInclusive<i32> = 29_952..=73_415;

/// The day that the number in `form` is. `None`: no number, one with a time of day, or one outside the window.
pub(super) fn read(form: &str) -> Option<i32> {
    let whole = match form.split_once('.') {
        Some((whole, part)) if !part.is_empty() && part.bytes().all(|byte| byte == b'0') => whole,
        Some(_) => return None,
        None => form,
    };
    let digits = whole.len() == 5 && whole.bytes().all(|byte| byte.is_ascii_digit());
    let number: i32 = digits.then(|| whole.parse().ok()).flatten()?;
    let day = WINDOW.contains(&number).then(|| number - TO_EPOCH)?;
    calendar::civil(day).map(|_| day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_is_from_1982_to_2100() {
        let found = [
            "45323", "45323.0", "29952", "73415", "29951", "73416", "45323.5", "45323.", "4532", "045323",
            "1e4",
        ]
        .map(|form| read(form).map(calendar::print_date));
        let days = ["2024-02-01", "2024-02-01", "1982-01-01", "2100-12-31"].map(|day| Some(day.to_owned()));
        assert_eq!(found.get(..4), Some(&days[..]));
        assert_eq!(found.get(4..), Some(&[const { None }; 7][..]));
    }
}
