//! Stored numbers as people see them: what "General" shows, and serial numbers as days.
//!
//! Invariants
//! - A number is judged from its text; whole numbers of up to 15 digits come out exactly.
//! - Serial 60 of the 1900 system is no day: Excel counts a 29 February 1900 that never was.

use jiff::civil::{Date, DateTime, Time};

/// Digits that Excel keeps of a number.
const DIGITS: usize = 15;

/// Serial of 1 January 1970 in the 1900 system.
const UNIX_DAY_1900: i64 = 25_569;

/// Days from a day of the 1904 system to the same day of the 1900 system.
const SHIFT_1904: i64 = 1_462;

/// Serial of the day after the last one, 31 December 9999.
const END: i64 = 2_958_466;

const SECONDS: i64 = 86_400;

/// The number `raw` as "General" shows it in a wide cell: at most 15 digits, no artefacts of binary fractions.
/// What is no number comes back as it is, without blanks around it.
pub fn display_number(raw: &str) -> String {
    let raw = raw.trim();
    let plain = raw.strip_prefix('-').unwrap_or(raw);
    if plain.len() <= DIGITS && !plain.is_empty() && plain.bytes().all(|byte| byte.is_ascii_digit()) {
        let digits = plain.trim_start_matches('0');
        return match (digits, plain.len() < raw.len()) {
            ("", _) => "0".to_owned(),
            (digits, true) => format!("-{digits}"),
            (digits, false) => digits.to_owned(),
        };
    }
    if !raw.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E')) {
        return raw.to_owned();
    }
    raw.parse::<f64>().ok().filter(|number| number.is_finite()).map_or_else(|| raw.to_owned(), shown)
}

fn shown(number: f64) -> String {
    let scientific = format!("{number:.precision$e}", precision = DIGITS - 1);
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let negative = mantissa.starts_with('-');
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_end_matches('0');
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if digits.is_empty() {
        return "0".to_owned();
    }
    let sign = if negative { "-" } else { "" };
    let (first, rest) = digits.split_at_checked(1).unwrap_or((digits, ""));
    if !(-9..=20).contains(&exponent) {
        let point = if rest.is_empty() { "" } else { "." };
        let direction = if exponent < 0 { '-' } else { '+' };
        return format!("{sign}{first}{point}{rest}E{direction}{:02}", exponent.unsigned_abs());
    }
    let Ok(places) = usize::try_from(exponent) else {
        let zeros = "0".repeat(usize::try_from(exponent.unsigned_abs()).unwrap_or(1).saturating_sub(1));
        return format!("{sign}0.{zeros}{digits}");
    };
    match digits.split_at_checked(places + 1) {
        Some((whole, "")) => format!("{sign}{whole}"),
        Some((whole, fraction)) => format!("{sign}{whole}.{fraction}"),
        None => format!("{sign}{digits}{}", "0".repeat((places + 1).saturating_sub(digits.len()))),
    }
}

/// What a serial number stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// A day, with a time where the number has a fraction, in whole seconds.
    Day(DateTime),
    /// A time without a day: the number is below 1 in the 1900 system.
    Time(Time),
    /// Serial 60 of the 1900 system: a 29 February 1900 that never was.
    NeverWas,
}

/// The day and time of the serial number `raw`, rounded to seconds. `None`: it is no number, or no day of the calendar
/// that Excel knows (up to 31 December 9999).
pub fn serial_to_date(raw: &str, date1904: bool) -> Option<Moment> {
    let number: f64 = display_number(raw).parse().ok()?;
    if !(0.0..2_958_466.0).contains(&number) {
        return None;
    }
    let days: i64 = format!("{:.0}", number.trunc()).parse().ok()?;
    let seconds: i64 = format!("{:.0}", (number.fract() * 86_400.0).round()).parse().ok()?;
    let (days, seconds) = if seconds >= SECONDS { (days + 1, 0) } else { (days, seconds) };
    let days = if date1904 { days + SHIFT_1904 } else { days };
    let part = |count: i64| i8::try_from(count).ok();
    let time = Time::new(part(seconds / 3600)?, part(seconds / 60 % 60)?, part(seconds % 60)?, 0).ok()?;
    let since_1970 = match days {
        0 => return Some(Moment::Time(time)),
        60 => return Some(Moment::NeverWas),
        // Before the day that never was, Excel is one ahead.
        1..=59 => days + 1 - UNIX_DAY_1900,
        61..END => days - UNIX_DAY_1900,
        _ => return None,
    };
    let span = jiff::Span::new().try_days(since_1970).ok()?;
    let day: Date = Date::constant(1970, 1, 1).checked_add(span).ok()?;
    Some(Moment::Day(day.to_datetime(time)))
}

/// The serial number of a day since 1970-01-01. `None`: a system of days does not go back so far, or counts a day there
/// that never was.
pub fn serial_of(day: i32, date1904: bool) -> Option<i64> {
    let serial = i64::from(day) + UNIX_DAY_1900;
    let serial = if date1904 { serial - SHIFT_1904 } else { serial };
    let first = if date1904 { 0 } else { 61 };
    (first..END).contains(&serial).then_some(serial)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_as_people_typed_them() {
        for (raw, expected) in [
            ("100", "100"),
            ("100.0", "100"),
            ("0.30000000000000004", "0.3"),
            ("1.1000000000000001", "1.1"),
            ("56.99999", "56.99999"),
            ("1.311408916E9", "1311408916"),
            ("1.31E+09", "1310000000"),
            ("110113719", "110113719"),
            ("999999999999999", "999999999999999"),
            ("1234567890123456", "1234567890123460"),
            ("12345678901234567890", "12345678901234600000"),
            ("1e20", "100000000000000000000"),
            ("1e21", "1E+21"),
            ("1.5e300", "1.5E+300"),
            ("-0", "0"),
            ("-0.0", "0"),
            ("-12.50", "-12.5"),
            ("0.1", "0.1"),
            ("1E-3", "0.001"),
            ("1.25E-9", "0.00000000125"),
            ("1.25E-10", "1.25E-10"),
            ("007", "7"),
            (" 5 ", "5"),
            ("1e999", "1e999"),
            ("NaN", "NaN"),
            ("inf", "inf"),
            ("", ""),
            ("abc", "abc"),
            ("1,5", "1,5"),
        ] {
            assert_eq!(display_number(raw), expected, "{raw}");
        }
    }

    fn day(raw: &str, date1904: bool) -> String {
        match serial_to_date(raw, date1904) {
            Some(Moment::Day(day)) => day.to_string(),
            Some(Moment::Time(time)) => time.to_string(),
            Some(Moment::NeverWas) => "never was".to_owned(),
            None => "none".to_owned(),
        }
    }

    #[test]
    fn serials_are_days_of_both_systems() {
        for (raw, date1904, expected) in [
            ("45323", false, "2024-02-01T00:00:00"),
            ("43861", true, "2024-02-01T00:00:00"),
            ("1", false, "1900-01-01T00:00:00"),
            ("59", false, "1900-02-28T00:00:00"),
            ("60", false, "never was"),
            ("60.5", false, "never was"),
            ("61", false, "1900-03-01T00:00:00"),
            ("0", true, "1904-01-01T00:00:00"),
            ("0.5", false, "12:00:00"),
            ("45323.75", false, "2024-02-01T18:00:00"),
            ("45323.999999", false, "2024-02-02T00:00:00"),
            ("45323.520833333336", false, "2024-02-01T12:30:00"),
            ("2958465", false, "9999-12-31T00:00:00"),
            ("2958465.9999999", false, "none"),
            ("2958466", false, "none"),
            ("2957004", true, "none"),
            ("-1", false, "none"),
            ("x", false, "none"),
        ] {
            assert_eq!(day(raw, date1904), expected, "{raw} {date1904}");
        }
    }
}
