//! Numbers of questions that a spreadsheet turned into dates: `9-1` became `9月1日`, `1-Sep` or `45170`.
//!
//! Invariants
//! - Nothing is decided here; a text gives the numbers that it may stand for, the likeliest first.
//! - Only a text that is a date as a whole is one.

use std::sync::LazyLock;

use regex::Regex;

use crate::diagnostic::width::one_width;
use crate::expression::calendar::civil;

/// The months as spreadsheets abbreviate them.
const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// First and last serial number of the years in which a spreadsheet may have been filled in: 2000 to 2049.
const SERIALS: std::ops::RangeInclusive<i64> = 36_526..=54_788;

/// 1970-01-01 as a serial number of spreadsheets.
const EPOCH: i64 = 25_569;

static MONTH_DAY: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^(?:\d{4}\s*年\s*)?(\d{1,2})\s*月\s*(\d{1,2})\s*日$").ok());
static NAMED_MONTH: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^(?:(\d{1,2})[-/. ]([a-z]{3})|([a-z]{3})[-/. ](\d{1,2}))$").ok());
static WHOLE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(?:19|20)\d{2}[-/.](\d{1,2})[-/.](\d{1,2})(?:[ t]0{1,2}:00(?::00)?)?$").ok()
});

/// The numbers of questions that `text` may stand for; none: it is no date.
pub(super) fn numbers(text: &str) -> Vec<String> {
    // A header that is no date begins with a letter or is long; most are told apart here.
    if text.len() > 40 || !text.chars().any(char::is_numeric) {
        return Vec::new();
    }
    let text = one_width(text.trim()).to_lowercase();
    let pairs = pairs(&text);
    let valid = pairs.into_iter().filter(|(first, second)| *first > 0 && *second > 0);
    valid.map(|(first, second)| format!("{first}-{second}")).collect()
}

/// The pairs of numbers in a date: month and day, and day and month where both orders are typed.
fn pairs(text: &str) -> Vec<(u32, u32)> {
    let number = |text: &str| text.parse::<u32>().ok();
    let found = |regex: &LazyLock<Option<Regex>>| regex.as_ref().and_then(|regex| regex.captures(text));
    if let Some(date) = found(&MONTH_DAY).or_else(|| found(&WHOLE)) {
        let part = |index: usize| date.get(index).and_then(|part| number(part.as_str()));
        return part(1).zip(part(2)).filter(|(month, day)| *month <= 12 && *day <= 31).into_iter().collect();
    }
    if let Some(date) = found(&NAMED_MONTH) {
        let part = |index: usize| date.get(index).map(|part| part.as_str());
        let named =
            part(2).or_else(|| part(3)).and_then(|name| MONTHS.iter().position(|month| *month == name));
        let month = named.and_then(|month| u32::try_from(month + 1).ok());
        let day = part(1).or_else(|| part(4)).and_then(number);
        let both = month.zip(day).map(|(month, day)| vec![(month, day), (day, month)]);
        return both.unwrap_or_default();
    }
    serial(text).into_iter().collect()
}

/// Month and day of a serial number of spreadsheets.
fn serial(text: &str) -> Option<(u32, u32)> {
    let days = Some(text).filter(|text| text.len() == 5)?.parse::<i64>().ok()?;
    let days = i32::try_from(Some(days).filter(|days| SERIALS.contains(days))? - EPOCH).ok()?;
    let (_, month, day) = civil(days)?;
    u32::try_from(month).ok().zip(u32::try_from(day).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_in_which_spreadsheets_spell_the_first_of_september_is_nine_one() {
        for text in
            ["9月1日", "９月１日", "2023年9月1日", "1-Sep", "Sep-1", "45170", "2023-09-01", "2023/9/1 0:00"]
        {
            assert_eq!(numbers(text).first().map(String::as_str), Some("9-1"), "{text}");
        }
        assert_eq!(numbers("9-Jan"), ["1-9", "9-1"]);
    }

    #[test]
    fn names_of_columns_are_no_dates() {
        for text in
            ["問9", "9-1", "9/1", "2024", "13月1日", "45170床", "99999", "1-abc", "2024-13-01", "回答日"]
        {
            assert!(numbers(text).is_empty(), "{text}");
        }
    }
}
