//! How a cell of a CSV file is to be read, written a second time from the tables of the survey's dossier and of
//! rule-language section 1.1, for the spellings that random mutations make.
//!
//! Invariants
//! - Nothing of the program's reading is used: tables and calendar are its own, and shape is asked of the JSON
//!   Schema.

use jsonschema::Validator;
use kenpyo::diagnostic::Severity;
use kenpyo::expression::{OptionList, Type, Value};
use kenpyo::questionnaire::{Field, Questionnaire};
use serde_json::{Value as Json, json};
use unicode_normalization::UnicodeNormalization;

use crate::oracle_plain::{civil, days};
use crate::oracle_twin::Cell;

/// What a cell is, and how gravely its spelling is told of: an info where it was read as another, a warning where
/// another is asked about.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    pub cell: Cell,
    pub told: Option<Severity>,
}

/// The fields of a form, each with the validator of its property.
pub struct Reading<'a> {
    fields: Vec<(&'a Field, Validator)>,
}

const fn plain(cell: Cell) -> Read {
    Read { cell, told: None }
}

fn respelled(cell: Cell) -> Read {
    Read { cell, told: Some(Severity::Info) }
}

/// Every width as one, every dash as one; no other sign is touched.
fn one_form(text: &str) -> String {
    let wide = |letter: char| matches!(letter, '\u{A0}' | '\u{3000}' | '！'..='～');
    let narrow = |letter: char| if wide(letter) { letter.nfkc().collect() } else { letter.to_string() };
    text.chars().map(narrow).collect::<String>().replace(['‐', '‑', '‒', '–', '—', '―', '−'], "-")
}

/// Width and case do not matter where nothing is spelled so.
fn folded(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).collect()
}

impl<'a> Reading<'a> {
    pub fn new(form: &'a Questionnaire) -> Self {
        let validator = |field: &Field| {
            jsonschema::options()
                .with_pattern_options(jsonschema::PatternOptions::regex())
                .should_validate_formats(true)
                .build(&form.schema["properties"][&*field.name])
                .unwrap()
        };
        Self { fields: form.fields.iter().map(|field| (field, validator(field))).collect() }
    }

    /// The cell of the field at `place` of the form.
    pub fn cell(&self, place: usize, written: &str) -> Read {
        let edge = |letter: char| letter.is_whitespace() || matches!(letter, '\u{200B}' | '\u{FEFF}');
        let text = written.trim_matches(edge);
        if text.is_empty() {
            return plain(Cell::Blank);
        }
        let read = self.trimmed(place, text);
        let padded = text != written && !matches!(self.fields[place].0.ty, Type::Text);
        match &read {
            Read { cell: Cell::Value(_), told: None } if padded => respelled(read.cell),
            _ => read,
        }
    }

    fn trimmed(&self, place: usize, text: &str) -> Read {
        let (field, validator) = &self.fields[place];
        if let Type::Option(list) = &field.ty
            && let Some(read) = option(field, list, text)
        {
            return read;
        }
        if let Some(mark) = mark(field, text) {
            return plain(mark);
        }
        let valid = |json: &Json| validator.is_valid(json);
        match &field.ty {
            Type::Number { scale: 0, unit } => number(text, unit.as_deref().unwrap_or(""), valid),
            Type::Text | Type::Code => words(field, text, valid),
            Type::Date => {
                let value = |day: i64| Cell::Value(Value::Date(i32::try_from(day).unwrap()));
                let known = |text: &str| date(text).or_else(|| date(&dashed(text)?));
                let form = one_form(text);
                match (known(text), known(&form).or_else(|| otherwise(&form)).or_else(|| with_more(&form))) {
                    (Some(day), _) => plain(value(day)),
                    (None, Some(day)) => respelled(value(day)),
                    (None, None) => plain(Cell::Invalid),
                }
            }
            Type::DateTime => {
                let form = one_form(text);
                let number = |day: i64| Cell::Value(Value::DateTime(day * 86_400));
                let midnight = || bare(&form).or_else(|| otherwise(&form)).or_else(|| of_week(&form));
                match (moment(text), midnight()) {
                    (Some(at), _) => plain(Cell::Value(Value::DateTime(at))),
                    (None, Some(day)) => respelled(number(day)),
                    (None, None) => plain(Cell::Invalid),
                }
            }
            Type::Option(_) => plain(Cell::Invalid),
            other => panic!("no mutation is read as {other:?}"),
        }
    }
}

/// Codes, names and labels as they are; the same in another width or case and synonyms are told.
fn option(field: &Field, list: &OptionList, text: &str) -> Option<Read> {
    let value = |place: usize| Cell::Value(Value::Option(u8::try_from(place).unwrap()));
    let spellings = |place: usize| {
        let item = &list.items[place];
        [&item.code, &item.name, &item.label.ja, &item.label.en].map(ToString::to_string)
    };
    let places = || 0..list.items.len();
    if let Some(place) = places().find(|place| spellings(*place).iter().any(|known| known == text)) {
        return Some(plain(value(place)));
    }
    let synonym = |same: &dyn Fn(&str) -> bool| {
        let named = field.synonyms.iter().find(|(spelling, _)| same(spelling))?.1;
        places().find(|place| list.items[*place].name == *named || list.items[*place].code == *named)
    };
    let again = folded(text);
    synonym(&|spelling| spelling == text)
        .or_else(|| places().find(|place| spellings(*place).iter().any(|known| folded(known) == again)))
        .or_else(|| synonym(&|spelling| folded(spelling) == again))
        .map(|place| respelled(value(place)))
}

fn mark(field: &Field, text: &str) -> Option<Cell> {
    let has = |tokens: &[std::sync::Arc<str>]| tokens.iter().any(|token| folded(token) == folded(text));
    let (place, mark) = field.marks.iter().enumerate().find(|(_, mark)| has(&mark.tokens))?;
    let number = u8::try_from(place + 1).unwrap();
    Some(if mark.dont_know { Cell::Dk(number) } else { Cell::Na(number) })
}

fn number(text: &str, unit: &str, valid: impl Fn(&Json) -> bool) -> Read {
    let form = one_form(text);
    let bare = form.strip_suffix(unit).unwrap_or(&form).trim();
    let whole = bare.split_once('.').map_or(bare, |(whole, zeros)| {
        if !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0') { whole } else { "none" }
    });
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let parts = digits.split([',', ' ', '\'', '’']).collect::<Vec<&str>>();
    let signs: std::collections::BTreeSet<char> =
        digits.chars().filter(|one| !one.is_ascii_digit()).collect();
    let grouped = parts.iter().enumerate().all(|(place, part)| match place {
        0 => parts.len() == 1 || (1..=3).contains(&part.len()),
        _ => part.len() == 3,
    });
    let digits = parts.concat();
    if signs.len() > 1 || !grouped || digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return plain(Cell::Invalid);
    }
    let Ok(number) = format!("{sign}{digits}").parse::<i64>() else { return plain(Cell::Invalid) };
    if !valid(&json!(number)) {
        return plain(Cell::Invalid);
    }
    let cell = Cell::Value(Value::Number(number));
    if number.to_string() == text { plain(cell) } else { respelled(cell) }
}

/// As written; a synonym stands for its code where the text itself is none. Of a code that is none the width is
/// another one, or there are signs between its digits.
fn words(field: &Field, text: &str, valid: impl Fn(&Json) -> bool) -> Read {
    let value = |text: &str| Cell::Value(Value::Text(text.into()));
    let small = |text: &str| *field.name == *"gmis_id" && text.bytes().any(|byte| byte.is_ascii_lowercase());
    let warned = |cell: Cell| Read { cell, told: Some(Severity::Warning) };
    if valid(&json!(text)) {
        return if small(text) { warned(value(text)) } else { plain(value(text)) };
    }
    match field.synonyms.iter().find(|(spelling, _)| folded(spelling) == folded(text)) {
        Some((_, code)) if valid(&json!(&**code)) => return respelled(value(code)),
        _ if matches!(field.ty, Type::Text) => return plain(Cell::Invalid),
        _ => {}
    }
    let narrow = one_form(text);
    let joined = narrow.replace(['-', ' '], "");
    // Signs at the edges or beside a letter belong to the code; so do those of a date.
    let parts: Vec<&str> = narrow.split(['-', ' ']).collect();
    let of_digits = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let dated = date(&dashed(&narrow.replace('-', "/")).unwrap_or_default()).is_some()
        || parts.len() == 3
            && parts[0].len() == 4
            && (parts[0].starts_with("19") || parts[0].starts_with("20"));
    let code = [(&narrow, true), (&joined, parts.iter().all(of_digits) && !dated)];
    match code.into_iter().find(|(code, may)| *may && valid(&json!(code))) {
        Some((code, _)) if small(code) => warned(value(code)),
        Some((code, _)) => respelled(value(code)),
        None => plain(Cell::Invalid),
    }
}

/// Each era with its letter, the year before its first, its first day and the first day of the next.
const ERAS: [(&str, &str, i64, &str, &str); 5] = [
    ("明治", "M", 1867, "1868-10-23", "1912-07-30"),
    ("大正", "T", 1911, "1912-07-30", "1926-12-25"),
    ("昭和", "S", 1925, "1926-12-25", "1989-01-08"),
    ("平成", "H", 1988, "1989-01-08", "2019-05-01"),
    ("令和", "R", 2018, "2019-05-01", "9999-12-31"),
];

/// A day of an era, or the number of one.
fn otherwise(form: &str) -> Option<i64> {
    let number = form.strip_suffix(".0").unwrap_or(form);
    if number.len() == 5 && number.bytes().all(|byte| byte.is_ascii_digit()) {
        // 2024-01-01 is 45292.
        let day = days(2024, 1, 1) + number.parse::<i64>().unwrap() - 45_292;
        return (days(1982, 1, 1)..=days(2100, 12, 31)).contains(&day).then_some(day);
    }
    let form = form.replace('㋿', "令和").replace(' ', "").to_uppercase();
    let (_, _, before, first, next, rest) =
        ERAS.iter().find_map(|&(name, letter, before, first, next)| {
            let short: String = name.chars().take(1).collect();
            let rest = [name, &short, letter].into_iter().find_map(|start| form.strip_prefix(start))?;
            Some((name, letter, before, first, next, rest))
        })?;
    let slashes = rest.replacen('元', "1", 1).replace(['年', '月', '.', '-'], "/");
    let parts: Vec<i64> =
        slashes.trim_end_matches('日').split('/').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let [year, month, day] = parts[..] else { return None };
    let iso = format!("{:04}-{month:02}-{day:02}", before + year);
    (iso.as_str() >= first && iso.as_str() < next).then(|| date(&iso)).flatten()
}

/// A day in one of the form's spellings.
fn bare(form: &str) -> Option<i64> {
    date(form).or_else(|| date(&dashed(form)?))
}

/// A day with a time behind it, which says no more of the day, or with its day of the week.
fn with_more(form: &str) -> Option<i64> {
    let clock = |text: &str| {
        let parts: Vec<&str> = text.split(':').collect();
        let number =
            |part: &str, end: u32| part.len() <= 2 && part.parse().is_ok_and(|number: u32| number < end);
        let two = |part: &&str| part.len() == 2 && number(part, 60);
        (2..=3).contains(&parts.len()) && number(parts[0], 24) && parts[1..].iter().all(two)
    };
    match form.rsplit_once([' ', 'T', 't']) {
        Some((day, time)) if clock(time) => bare(day).or_else(|| otherwise(day).filter(|_| day.len() > 5)),
        _ => of_week(form),
    }
}

/// A day with its day of the week, which must be that of the day.
fn of_week(form: &str) -> Option<i64> {
    let (day, week) = form.strip_suffix(')')?.rsplit_once('(')?;
    let day = bare(day).or_else(|| otherwise(day).filter(|_| day.len() > 5))?;
    // 2024-02-11 was a Sunday.
    let since = usize::try_from((day - days(2024, 2, 11)).rem_euclid(7)).unwrap();
    week.starts_with(['日', '月', '火', '水', '木', '金', '土'][since]).then_some(day)
}

/// `2024-02-09`, a day of the calendar.
fn date(text: &str) -> Option<i64> {
    let shape = text.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    if !shape || text.len() != 10 {
        return None;
    }
    let part = |range: std::ops::Range<usize>| text[range].parse::<i64>().unwrap();
    let (year, month, day) = (part(0..4), part(5..7), part(8..10));
    let found = days(year, month.clamp(1, 12), day);
    (civil(found) == (year, month, day)).then_some(found)
}

/// `2024/2/9`, `2024.2.9`, `2024-2-9` and `2024年2月9日` as `2024-02-09`.
fn dashed(text: &str) -> Option<String> {
    let signs = |one: &'static str| text.split(|letter| one.contains(letter)).collect::<Vec<&str>>();
    let parts = match text.strip_suffix('日') {
        Some(text) if text.contains('年') => text.split(['年', '月']).collect(),
        _ if text.contains('/') => signs("/"),
        _ if text.contains('-') => signs("-"),
        _ => signs("."),
    };
    let [year, month, day] = parts[..] else { return None };
    let short = |part: &str| (1..=2).contains(&part.len());
    (short(month) && short(day)).then(|| format!("{year}-{month:0>2}-{day:0>2}"))
}

/// `2024-02-09T16:30:00` on the survey's clock.
fn moment(text: &str) -> Option<i64> {
    let (day, time) = text.split_once('T')?;
    let parts: Vec<&str> = time.split(':').collect();
    let [hour, minute, second] = parts[..] else { return None };
    let number = |part: &str, end: i64| {
        let digits = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| part.parse::<i64>().unwrap()).filter(|number| *number < end)
    };
    Some(date(day)? * 86_400 + number(hour, 24)? * 3600 + number(minute, 60)? * 60 + number(second, 60)?)
}
