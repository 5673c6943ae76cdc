//! The text of a date or moment taken apart: numbers by a format, a clock, an offset, a day of the week.
//!
//! Invariants
//! - Text is a reading form in capitals; nothing here knows a field.
//! - Every piece must be there and nothing may follow, unless what follows is given back.

use crate::questionnaire::date_format::{Part, Piece};

/// The numbers of a date as far as read.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Numbers {
    pub(super) year: i32,
    pub(super) month: i32,
    pub(super) day: i32,
    pub(super) hour: i32,
    pub(super) minute: i32,
    pub(super) second: i32,
    pub(super) offset: Option<i64>,
}

/// `Z` or `+09:00` at the start of `text`, in seconds, and what follows. `None`: neither.
fn offset(text: &str) -> Option<(i64, &str)> {
    if let Some(rest) = text.strip_prefix(['Z', 'z']) {
        return Some((0, rest));
    }
    let (sign, rest) = match text.strip_prefix('+') {
        Some(rest) => (1, rest),
        None => (-1, text.strip_prefix('-')?),
    };
    let (hours, rest) = digits(rest, 2, 2)?;
    let (minutes, rest) = digits(rest.strip_prefix(':')?, 2, 2)?;
    (hours < 24 && minutes < 60).then_some((sign * i64::from(hours * 3600 + minutes * 60), rest))
}

/// A number of `least` to `most` digits at the start of `text`, and what follows. `None`: none.
pub(super) fn digits(text: &str, least: usize, most: usize) -> Option<(i32, &str)> {
    let count = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at_checked(count).filter(|_| count >= least)?;
    Some((number.parse().ok()?, rest))
}

/// `2/1`, `2-1`, `2月1日`: month and day. `None`: another text.
pub(super) fn without_year(form: &str) -> Option<(i32, i32)> {
    let (month, rest) = digits(form, 1, 2)?;
    let (rest, ends) = match rest.strip_prefix(['/', '-']) {
        Some(rest) => (rest, ""),
        None => (rest.strip_prefix('月')?, "日"),
    };
    let (day, rest) = digits(rest, 1, 2)?;
    (rest == ends).then_some((month, day))
}

/// The numbers of `text` by `format`. `None`: it is spelled otherwise.
pub(super) fn matched(format: &[Piece], text: &str) -> Option<Numbers> {
    let mut numbers = Numbers::default();
    let mut rest = text;
    for piece in format {
        rest = match *piece {
            Piece::Other(letter) => rest.strip_prefix(letter)?,
            Piece::Offset => {
                let (seconds, rest) = offset(rest)?;
                numbers.offset = Some(seconds);
                rest
            }
            Piece::Number(part, two) => {
                let (least, most) = match part {
                    Part::Year => (4, 4),
                    _ if two => (2, 2),
                    _ => (1, 2),
                };
                let (number, rest) = digits(rest, least, most)?;
                *place(&mut numbers, part) = number;
                rest
            }
        };
    }
    rest.is_empty().then_some(numbers)
}

fn place(numbers: &mut Numbers, part: Part) -> &mut i32 {
    match part {
        Part::Year => &mut numbers.year,
        Part::Month => &mut numbers.month,
        Part::Day => &mut numbers.day,
        Part::Hour => &mut numbers.hour,
        Part::Minute => &mut numbers.minute,
        Part::Second => &mut numbers.second,
    }
}

/// A date with a time of day behind it, as `2024-02-15 9:30`: the date's text. `None`: no time stands behind it, or one
/// by another clock.
pub(super) fn before_clock(form: &str) -> Option<&str> {
    let (date, time) = form.rsplit_once([' ', 'T'])?;
    let (hour, rest) = digits(time, 1, 2)?;
    let (minute, rest) = digits(rest.strip_prefix(':')?, 2, 2)?;
    let rest = match rest.strip_prefix(':') {
        Some(rest) => digits(rest, 2, 2).filter(|(second, _)| *second < 60)?.1,
        None => rest,
    };
    (rest.is_empty() && hour < 24 && minute < 60).then_some(date.trim_end())
}

/// A moment without the fraction of its seconds, as programs write it: `2024-02-20T10:00:00.000Z`. `None`: it has none.
pub(super) fn without_fraction(form: &str) -> Option<String> {
    let (whole, rest) = form.rsplit_once('.')?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (before, second) = whole.rsplit_once(':')?;
    let is_time =
        before.contains(':') && second.len() == 2 && second.bytes().all(|byte| byte.is_ascii_digit());
    (digits > 0 && is_time).then(|| format!("{whole}{}", rest.get(digits..).unwrap_or_default()))
}

/// The days of the week from Thursday on, the day of 1970-01-01.
const WEEKDAYS: [char; 7] = ['木', '金', '土', '日', '月', '火', '水'];

/// A date with its day of the week behind it, as `2月15日(木)` or `2024/2/15 木曜日`: the date's text, and the day of the
/// week counted from that of 1970-01-01. `None`: none stands behind it.
pub(super) fn before_weekday(form: &str) -> Option<(&str, i32)> {
    let open = form.strip_suffix(')').and_then(|inner| inner.rsplit_once('('));
    let bare = || {
        let start = form.strip_suffix("曜日").or_else(|| form.strip_suffix('曜'))?;
        let (at, _) = start.char_indices().next_back()?;
        Some((start.get(..at)?, start.get(at..)?))
    };
    let (date, word) = open.or_else(bare)?;
    let word = word.trim_end_matches('日').trim_end_matches('曜');
    // A lone 日 is Sunday.
    let word = if word.is_empty() { "日" } else { word };
    let mut letters = word.chars();
    let letter = letters.next().filter(|_| letters.next().is_none())?;
    let place = WEEKDAYS.iter().position(|day| *day == letter)?;
    Some((date.trim_end(), i32::try_from(place).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_behind_a_date_is_taken_off() {
        for (form, date) in [
            ("2024/02/20 0:00", Some("2024/02/20")),
            ("2024-02-20T18:00:00", Some("2024-02-20")),
            ("2024-02-20 24:00", None),
            ("2024-02-20 9:5", None),
            ("2024-02-20T18:00Z", None),
            ("2024-02-20", None),
        ] {
            assert_eq!(before_clock(form), date, "{form}");
        }
    }

    #[test]
    fn a_day_of_the_week_behind_a_date_is_taken_off() {
        for (form, found) in [
            ("令和6年2月15日(木)", Some(("令和6年2月15日", 0))),
            ("2024/2/18(日)", Some(("2024/2/18", 3))),
            ("2024/2/18 日曜日", Some(("2024/2/18", 3))),
            ("2024/2/20(火曜)", Some(("2024/2/20", 5))),
            ("2024/2/20(祝)", None),
            ("2024年2月15日", None),
            ("曜日", None),
        ] {
            assert_eq!(before_weekday(form), found, "{form}");
        }
    }
}
