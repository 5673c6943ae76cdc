//! Numbers, dates and texts as they may stand in a cell.
//!
//! Invariants
//! - A number is whole and not negative; a date is a day of the calendar.

use std::borrow::Cow;

use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
use unicode_normalization::UnicodeNormalization;

use super::cell::{Answer, Cell, State};

/// Spelled otherwise than usual, and read all the same.
pub const RESPELLED: &str = "KP-S018";
const NO_DATE: &str = "KP-C018";

/// The mark that `text` is. `None`: it is none.
pub fn mark<T>(text: &str) -> Option<State<T>> {
    match text {
        "該当なし" | "非該当" | "対象外" | "N/A" | "n/a" | "-" | "―" | "/" | "*" => {
            Some(State::NotApplicable)
        }
        "不明" | "わからない" | "?" => Some(State::DontKnow),
        _ => None,
    }
}

/// `text` without differences of width, case and dash.
pub fn folded(text: &str) -> String {
    let dash = |letter| match letter {
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        '\u{301c}' => '~',
        other => other,
    };
    let folded: String = text.nfkc().flat_map(char::to_lowercase).map(dash).collect();
    folded.trim().to_owned()
}

/// A mark, whatever its width. Folding costs more than all else, so only what begins like a mark is folded.
fn wide_mark<T>(text: &str) -> Option<State<T>> {
    let first = text.chars().next()?;
    let begins = "該非対不わNnＮｎ/／*＊?？-－−".contains(first) || matches!(first, '\u{2010}'..='\u{2015}');
    if begins { mark(text).or_else(|| mark(&folded(text))) } else { None }
}

macro_rules! whole_numbers {
    ($($(#[$doc:meta])* $name:ident = $unreadable:literal;)*) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $name(pub u64);

        impl<'a> Answer<'a> for $name {
            fn read(text: Cow<'a, str>) -> Cell<Self> {
                whole_number(&text, Self, $unreadable)
            }

            fn number(number: u64) -> Cell<Self> {
                Cell::value(Self(number))
            }
        }
    )* };
}

whole_numbers! {
    /// The survey's year.
    SurveyYear = "survey_year:type";
    /// The survey's fiscal year.
    FiscalYear = "fiscal_year:type";
    /// All beds.
    Beds = "HCS-R001";
    /// Beds of one kind.
    KindOfBeds = "HCS-R004";
}

fn whole_number<T>(text: &str, make: impl Fn(u64) -> T, unreadable: &'static str) -> Cell<T> {
    if let Some(number) = digits(text) {
        let usual = text == "0" || !text.starts_with('0');
        return if usual { Cell::value(make(number)) } else { Cell::noted(make(number), RESPELLED) };
    }
    if let Some(mark) = wide_mark(text) {
        return mark.into();
    }
    let folded = folded(text);
    let plain =
        folded.split_once('.').filter(|(_, zeros)| !zeros.is_empty() && zeros.bytes().all(|b| b == b'0'));
    let whole = plain.map_or(&*folded, |(whole, _)| whole);
    match digits(if whole == "-0" { "0" } else { whole }) {
        Some(number) => Cell::noted(make(number), RESPELLED),
        None => Cell::invalid(unreadable),
    }
}

/// The number that `text` consists of. `None`: it has other characters, none, or too many.
fn digits(text: &str) -> Option<u64> {
    let all = !text.is_empty() && text.len() <= 18 && text.bytes().all(|byte| byte.is_ascii_digit());
    all.then(|| text.bytes().fold(0, |number, digit| number * 10 + u64::from(digit - b'0')))
}

/// A text in which marks stand for no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text<'a>(pub Cow<'a, str>);

impl<'a> Answer<'a> for Text<'a> {
    fn read(text: Cow<'a, str>) -> Cell<Self> {
        wide_mark(&text).unwrap_or(State::Value(Self(text))).into()
    }
}

/// A text that is a value whatever it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreeText<'a>(pub Cow<'a, str>);

impl<'a> Answer<'a> for FreeText<'a> {
    fn read(text: Cow<'a, str>) -> Cell<Self> {
        Cell::value(Self(text))
    }
}

/// A day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day(pub Date);

impl<'a> Answer<'a> for Day {
    fn read(text: Cow<'a, str>) -> Cell<Self> {
        dated(&text, |text| date(text).map(Day))
    }
}

/// The day of a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment(pub Date);

impl<'a> Answer<'a> for Moment {
    fn read(text: Cow<'a, str>) -> Cell<Self> {
        dated(&text, |text| moment(text).map(|moment| Moment(moment.date())))
    }
}

fn dated<T>(text: &str, parse: impl Fn(&str) -> Option<T>) -> Cell<T> {
    if let Some(value) = parse(text) {
        return Cell::value(value);
    }
    if let Some(mark) = wide_mark(text) {
        return mark.into();
    }
    match parse(&folded(text).to_uppercase()) {
        Some(value) => Cell::noted(value, RESPELLED),
        None => Cell::invalid(NO_DATE),
    }
}

/// `2024-02-15` or `2024/2/15`.
fn date(text: &str) -> Option<Date> {
    let dashes = text.contains('-');
    let mut parts = text.splitn(3, if dashes { '-' } else { '/' });
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let two = |part: &str| if dashes { part.len() == 2 } else { matches!(part.len(), 1 | 2) };
    let number = |part: &str| digits(part).and_then(|number| i16::try_from(number).ok());
    let short = |part: &str| number(part).and_then(|number| i8::try_from(number).ok());
    if year.len() != 4 || !two(month) || !two(day) {
        return None;
    }
    Date::new(number(year)?, short(month)?, short(day)?).ok()
}

/// `2024-02-15T10:30:00`, `2024-02-15 10:30`, `2024/2/15 9:30`; an offset is moved to the clock of Japan.
fn moment(text: &str) -> Option<DateTime> {
    let (day, time) = text.split_once(['T', ' '])?;
    let (time, zone) = match time.find(['Z', '+', '-']).filter(|_| day.contains('-')) {
        Some(at) => time.split_at_checked(at)?,
        None => (time, ""),
    };
    let mut parts = time.splitn(3, ':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next().unwrap_or("00"));
    if minute.len() != 2 || second.len() != 2 || hour.len() > 2 || (day.contains('-') && hour.len() != 2) {
        return None;
    }
    let number = |part: &str| digits(part).and_then(|number| i8::try_from(number).ok());
    let (hour, minute, second) = (number(hour)?, number(minute)?, number(second)?);
    let moment = date(day)?.to_datetime(jiff::civil::Time::new(hour, minute, second, 0).ok()?);
    if zone.is_empty() { Some(moment) } else { moment.checked_add((540 - offset(zone)?).minutes()).ok() }
}

/// Minutes ahead of UTC: `Z`, `+09:00`.
fn offset(zone: &str) -> Option<i64> {
    if zone == "Z" {
        return Some(0);
    }
    let (sign, clock) = zone.split_at_checked(1)?;
    let (hours, minutes) = clock.split_once(':').filter(|(h, m)| h.len() == 2 && m.len() == 2)?;
    let ahead = i64::try_from(digits(hours)? * 60 + digits(minutes)?).ok()?;
    Some(if sign == "-" { -ahead } else { ahead })
}
