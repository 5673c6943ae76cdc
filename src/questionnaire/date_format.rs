//! Accepted spellings of dates (`x-date-format`), and the proof that no text has two readings.
//!
//! Invariants
//! - A spelling is a list of [`Piece`]s; each part of a date occurs at most once, and all that the kind needs occur.
//! - A list in which one text could be two dates is refused with such a text, not guessed at run time.
//! - Eras and serial numbers are no spellings of this list: they are the reader's own matter.

use std::sync::Arc;

use super::DateFormats;
use super::json_tree::Node;
use super::walk::{Walk, both};
use crate::diagnostic::Argument;
use crate::diagnostic::code::questionnaire::{DATE_OF_TWO_READINGS, UNREADABLE_DATE_FORMAT};
use crate::source::Span;

/// A part of a date spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Piece {
    /// A number; the flag says that two digits are demanded (years: always four).
    Number(Part, bool),
    /// `Z` or `±hh:mm`.
    Offset,
    /// A character that stands for itself.
    Other(char),
}

/// The numbers of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Four digits.
    Year,
    /// 1 to 12.
    Month,
    /// 1 to 31.
    Day,
    /// 0 to 23.
    Hour,
    /// 0 to 59.
    Minute,
    /// 0 to 59.
    Second,
}

/// The kinds of moment that a field may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeKind {
    /// A day.
    Date,
    /// A day with its time.
    DateTime,
    /// A month of a year.
    YearMonth,
}

impl TimeKind {
    /// The spelling of ISO 8601, which is always accepted.
    pub const fn canonical(self) -> &'static str {
        match self {
            Self::Date => "YYYY-MM-DD",
            Self::DateTime => "YYYY-MM-DDThh:mm:ss",
            Self::YearMonth => "YYYY-MM",
        }
    }

    const fn needed(self) -> &'static [Part] {
        match self {
            Self::Date => &[Part::Year, Part::Month, Part::Day],
            Self::DateTime => &[Part::Year, Part::Month, Part::Day, Part::Hour, Part::Minute],
            Self::YearMonth => &[Part::Year, Part::Month],
        }
    }

    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Date => ("YYYY と M（MM）と D（DD）", "YYYY, M or MM, and D or DD"),
            Self::DateTime => (
                "YYYY と M（MM）と D（DD）と h（hh）と mm（ほかに ss、Z）",
                "YYYY, M or MM, D or DD, h or hh, and mm (also ss and Z)",
            ),
            Self::YearMonth => ("YYYY と M（MM）", "YYYY, and M or MM"),
        }
    }
}

/// The tokens of a spelling, longest first.
const TOKENS: &[(&str, Piece)] = &[
    ("YYYY", Piece::Number(Part::Year, true)),
    ("MM", Piece::Number(Part::Month, true)),
    ("DD", Piece::Number(Part::Day, true)),
    ("hh", Piece::Number(Part::Hour, true)),
    ("mm", Piece::Number(Part::Minute, true)),
    ("ss", Piece::Number(Part::Second, true)),
    ("M", Piece::Number(Part::Month, false)),
    ("D", Piece::Number(Part::Day, false)),
    ("h", Piece::Number(Part::Hour, false)),
    ("Z", Piece::Offset),
];

/// The pieces of `spelling` for a field of `kind`. `None`: a part is missing, occurs twice, or does not belong.
pub fn pieces(spelling: &str, kind: TimeKind) -> Option<Vec<Piece>> {
    let mut found: Vec<Piece> = Vec::new();
    let mut rest = spelling;
    while let Some(first) = rest.chars().next() {
        let token = TOKENS.iter().find_map(|(token, piece)| Some((rest.strip_prefix(token)?, *piece)));
        let (tail, piece) = match token {
            Some(token) => token,
            // The letters of unfinished tokens are mistakes and not texts.
            None if matches!(first, 'Y' | 'm' | 's') => return None,
            None => (rest.strip_prefix(first)?, Piece::Other(first)),
        };
        found.push(piece);
        rest = tail;
    }
    complete(&found, kind).then_some(found)
}

fn complete(pieces: &[Piece], kind: TimeKind) -> bool {
    let count =
        |part| pieces.iter().filter(|piece| matches!(piece, Piece::Number(p, _) if *p == part)).count();
    let offsets = pieces.iter().filter(|piece| **piece == Piece::Offset).count();
    let with_time = kind == TimeKind::DateTime;
    let optional = |part| part == Part::Second && with_time;
    let every = [Part::Year, Part::Month, Part::Day, Part::Hour, Part::Minute, Part::Second];
    every.into_iter().all(|part| match count(part) {
        0 => !kind.needed().contains(&part),
        1 => kind.needed().contains(&part) || optional(part),
        _ => false,
    }) && offsets <= usize::from(with_time)
}

/// Reads `x-date-format`; without it, or where it is unreadable, only ISO 8601 is accepted.
pub(super) fn read(walk: &mut Walk, node: Option<&Node<'_>>, kind: TimeKind) -> DateFormats {
    let mut formats = vec![Format::new(kind.canonical(), kind, node.map_or_else(Span::default, |n| n.span))];
    let written = node.map(|node| walk.texts("x-date-format", node)).unwrap_or_default();
    for (spelling, span) in written {
        if spelling == kind.canonical() {
            continue;
        }
        let format = Format::new(spelling, kind, span);
        if format.is_none() {
            let (ja, en) = kind.words();
            let finding = walk.at(&UNREADABLE_DATE_FORMAT, span, both("この書式", "this spelling"));
            walk.push(finding.with("found", Argument::written(spelling)).with("needed", both(ja, en)));
        }
        formats.push(format);
    }
    let formats: Vec<Format> = formats.into_iter().flatten().collect();
    refuse_two_readings(walk, &formats);
    DateFormats { spellings: formats.into_iter().map(|format| format.spelling).collect() }
}

fn refuse_two_readings(walk: &mut Walk, formats: &[Format]) {
    for (index, format) in formats.iter().enumerate() {
        let mut earlier = formats.iter().take(index + 1);
        let Some((other, clash)) = earlier.find_map(|other| Some((other, clash(other, format)?))) else {
            continue;
        };
        let finding = walk.at(&DATE_OF_TWO_READINGS, format.span, both("この書式", "this spelling"));
        let finding = finding.label(walk.label(other.span, both("もう1つの書式", "the other spelling")));
        let finding =
            finding.with("text", clash.text).with("first", clash.readings.0).with("second", clash.readings.1);
        walk.push(finding);
    }
}

/// One spelling with the fixed layouts that it allows.
struct Format {
    spelling: Arc<str>,
    span: Span,
    layouts: Vec<Vec<Slot>>,
}

impl Format {
    fn new(spelling: &str, kind: TimeKind, span: Span) -> Option<Self> {
        Some(Self { spelling: Arc::from(spelling), span, layouts: layouts(&pieces(spelling, kind)?) })
    }
}

/// One character of a fixed layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    /// A digit of a part: worth `10^place`.
    Digit(Part, u32),
    /// A digit of an offset, which is no reading of its own.
    OffsetDigit,
    /// `+` or `-`.
    Sign,
    Char(char),
}

impl Slot {
    /// Whether one character can fill both.
    fn meets(self, other: Self) -> bool {
        let class = |slot| match slot {
            Self::Digit(..) | Self::OffsetDigit => Class::Digit,
            Self::Sign => Class::Sign,
            Self::Char(character) => Class::Char(character),
        };
        match (class(self), class(other)) {
            (Class::Char(character), Class::Digit) | (Class::Digit, Class::Char(character)) => {
                character.is_ascii_digit()
            }
            (Class::Char(character), Class::Sign) | (Class::Sign, Class::Char(character)) => {
                matches!(character, '+' | '-')
            }
            (one, two) => one == two,
        }
    }
}

#[derive(PartialEq, Eq)]
enum Class {
    Digit,
    Sign,
    Char(char),
}

/// Every fixed layout of a spelling: each part of one or two digits, each offset as `Z` or as numbers.
fn layouts(pieces: &[Piece]) -> Vec<Vec<Slot>> {
    let mut found: Vec<Vec<Slot>> = vec![Vec::new()];
    for piece in pieces {
        let ends = endings(*piece);
        found = found
            .iter()
            .flat_map(|start| ends.iter().map(move |end| start.iter().chain(end).copied().collect()))
            .collect();
    }
    found
}

fn endings(piece: Piece) -> Vec<Vec<Slot>> {
    let digits = |part, count: u32| (0..count).rev().map(|place| Slot::Digit(part, place)).collect();
    match piece {
        Piece::Number(Part::Year, _) => vec![digits(Part::Year, 4)],
        Piece::Number(part, true) => vec![digits(part, 2)],
        Piece::Number(part, false) => vec![digits(part, 1), digits(part, 2)],
        Piece::Other(character) => vec![vec![Slot::Char(character)]],
        Piece::Offset => {
            let two = [Slot::OffsetDigit; 2];
            let numbers = [&[Slot::Sign], &two[..], &[Slot::Char(':')], &two[..]].concat();
            vec![vec![Slot::Char('Z')], numbers]
        }
    }
}

/// A text with its two readings.
struct Clash {
    text: String,
    readings: (String, String),
}

/// A text that both spellings accept with different readings. `None`: there is none.
fn clash(one: &Format, two: &Format) -> Option<Clash> {
    let pairs = one.layouts.iter().flat_map(|a| two.layouts.iter().map(move |b| (a, b)));
    pairs
        .filter(|(a, b)| a.len() == b.len() && a != b && a.iter().zip(*b).all(|(a, b)| a.meets(*b)))
        .find_map(|(a, b)| witness(a, b))
}

/// Year, month, day, hour, minute, second.
type Reading = [u32; 6];

/// A text of layout `a` that layout `b` reads otherwise.
///
/// Tried are days and months that may stand for each other, in years whose digits are such pairs too: where the
/// layouts differ in a digit of a date, these include a text with two readings.
fn witness(a: &[Slot], b: &[Slot]) -> Option<Clash> {
    let pairs = || (1..=12).flat_map(|month| (1..=28).map(move |day| (month, day)));
    let years = std::iter::once(2024).chain(pairs().map(|(month, day)| month * 100 + day));
    for year in years {
        for (month, day) in pairs() {
            let reading = [year, month, day, month, day, month];
            let Some(text) = write(a, reading) else { continue };
            if let Some(other) = parse(b, &text).filter(|other| differs(a, b, reading, *other)) {
                return Some(Clash { text, readings: (show(a, reading), show(b, other)) });
            }
        }
    }
    None
}

/// Whether a part that both layouts name has two values.
fn differs(a: &[Slot], b: &[Slot], one: Reading, two: Reading) -> bool {
    let named =
        |slots: &[Slot], part| slots.iter().any(|slot| matches!(slot, Slot::Digit(p, _) if *p == part));
    let every = [Part::Year, Part::Month, Part::Day, Part::Hour, Part::Minute, Part::Second];
    every.into_iter().zip(one.iter().zip(two)).any(|(part, (one, two))| {
        let (in_a, in_b) = (named(a, part), named(b, part));
        in_a != in_b || in_a && *one != two
    })
}

fn place_of(part: Part) -> usize {
    match part {
        Part::Year => 0,
        Part::Month => 1,
        Part::Day => 2,
        Part::Hour => 3,
        Part::Minute => 4,
        Part::Second => 5,
    }
}

/// `None`: a part has more digits than the layout gives it.
fn write(layout: &[Slot], reading: Reading) -> Option<String> {
    let mut text = String::with_capacity(layout.len());
    let mut before = None;
    for slot in layout {
        text.push(match *slot {
            Slot::Digit(part, place) => {
                let value = reading.get(place_of(part)).copied()?;
                if before != Some(part) && value >= 10_u32.pow(place + 1) {
                    return None;
                }
                before = Some(part);
                char::from_digit(value / 10_u32.pow(place) % 10, 10)?
            }
            Slot::OffsetDigit => '0',
            Slot::Sign => '+',
            Slot::Char(character) => character,
        });
    }
    Some(text)
}

/// `None`: the text is no date under this layout.
fn parse(layout: &[Slot], text: &str) -> Option<Reading> {
    let mut reading = [0; 6];
    for (slot, character) in layout.iter().zip(text.chars()) {
        match *slot {
            Slot::Digit(part, place) => {
                let value = character.to_digit(10)? * 10_u32.pow(place);
                *reading.get_mut(place_of(part))? += value;
            }
            Slot::Char(expected) if expected != character => return None,
            _ => {}
        }
    }
    let named = |part| layout.iter().any(|slot| matches!(slot, Slot::Digit(p, _) if *p == part));
    let [year, month, day, hour, minute, second] = reading;
    let days = if named(Part::Day) { (1..=28).contains(&day) } else { true };
    ((1..=12).contains(&month) && days && year > 0 && hour < 24 && minute < 60 && second < 60)
        .then_some(reading)
}

/// The reading in ISO 8601, as far as the layout names it.
fn show(layout: &[Slot], [year, month, day, hour, minute, second]: Reading) -> String {
    let named = |part| layout.iter().any(|slot| matches!(slot, Slot::Digit(p, _) if *p == part));
    let parts = [
        (true, format!("{year:04}-{month:02}")),
        (named(Part::Day), format!("-{day:02}")),
        (named(Part::Hour), format!("T{hour:02}:{minute:02}")),
        (named(Part::Second), format!(":{second:02}")),
    ];
    parts.into_iter().filter_map(|(named, text)| named.then_some(text)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::questionnaire::json_tree;

    fn codes(list: &[&str], kind: TimeKind) -> Vec<String> {
        let text = serde_json::to_string(list).unwrap();
        let mut walk = Walk::of_text("schemas/ex.json", &text);
        let tree = json_tree::parse(&text, &mut walk).unwrap();
        read(&mut walk, Some(&tree), kind);
        walk.into_found().iter().map(|finding| finding.notice.id.to_string()).collect()
    }

    #[test]
    fn lists_without_double_readings_are_accepted() {
        let none: [String; 0] = [];
        assert_eq!(codes(&["YYYY-MM-DD", "YYYY/M/D", "YYYY/MM/DD", "YYYY年M月D日"], TimeKind::Date), none);
        assert_eq!(codes(&["YYYYMMDD"], TimeKind::Date), none);
        assert_eq!(codes(&["YYYY/M", "YYYYMM"], TimeKind::YearMonth), none);
        let times = ["YYYY/M/D h:mm:ss", "YYYY/M/D h:mm", "YYYY-MM-DDThh:mm:ssZ", "YYYY-MM-DDThh:mmZ"];
        assert_eq!(codes(&times, TimeKind::DateTime), none);
    }

    #[test]
    fn a_text_with_two_readings_is_shown() {
        for list in [
            &["M/D/YYYY", "D/M/YYYY"][..],
            &["YYYYMD"],
            &["YYYYMMDD", "MMDDYYYY"],
            &["YYYY-DD-MM"],
            &["YYYY/M/D", "YYYY/DD/M"],
        ] {
            assert_eq!(codes(list, TimeKind::Date), ["KP-P120"], "{list:?}");
        }
        assert_eq!(codes(&["YYYY-MM-DD h:mm", "YYYY-DD-MM hh:mm"], TimeKind::DateTime), ["KP-P120"]);
    }

    #[test]
    fn spellings_that_name_no_date_are_refused() {
        for spelling in ["YYYY/M", "YY/M/D", "YYYY/M/D/D", "YYYY/M/D hh:mm", "D/M", "YYYY-m-D", "hello"] {
            assert_eq!(codes(&[spelling], TimeKind::Date), ["KP-P121"], "{spelling}");
        }
        assert_eq!(codes(&["YYYY/M/D"], TimeKind::DateTime), ["KP-P121"]);
    }

    #[test]
    fn the_iso_spelling_stands_first_and_once() {
        let mut walk = Walk::of_text("x", "");
        assert_eq!(read(&mut walk, None, TimeKind::YearMonth).spellings, [Arc::from("YYYY-MM")]);
    }
}
