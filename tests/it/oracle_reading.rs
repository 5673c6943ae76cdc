//! How a cell of a CSV file is to be read, written a second time from the tables of the survey's dossier and of
//! rule-language section 1.1, for the spellings that random mutations make.

use jsonschema::Validator;
use kenpyo::expression::{OptionList, Type, Value};
use kenpyo::questionnaire::{Field, Questionnaire};
use serde_json::{Value as Json, json};
use unicode_normalization::UnicodeNormalization;

use crate::oracle_plain::{civil, days};
use crate::oracle_twin::Cell;

/// What a cell is, and whether it was spelled otherwise than it prints, which is told.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    pub cell: Cell,
    pub respelled: bool,
}

/// The fields of a form, each with the validator of its property.
pub struct Reading<'a> {
    fields: Vec<(&'a Field, Validator)>,
}

const fn plain(cell: Cell) -> Read {
    Read { cell, respelled: false }
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
        let (field, validator) = &self.fields[place];
        let text = written.trim();
        if text.is_empty() {
            return plain(Cell::Blank);
        }
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
            Type::Number { scale: 0, .. } => number(text, valid),
            Type::Text | Type::Code => words(field, text, valid),
            Type::Date => {
                let day = date(text).or_else(|| date(&slashed(text)?));
                plain(day.map_or(Cell::Invalid, |day| Cell::Value(Value::Date(i32::try_from(day).unwrap()))))
            }
            Type::DateTime => {
                plain(moment(text).map_or(Cell::Invalid, |at| Cell::Value(Value::DateTime(at))))
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
        .map(|place| Read { cell: value(place), respelled: true })
}

fn mark(field: &Field, text: &str) -> Option<Cell> {
    let has = |tokens: &[std::sync::Arc<str>]| tokens.iter().any(|token| folded(token) == folded(text));
    let (place, mark) = field.marks.iter().enumerate().find(|(_, mark)| has(&mark.tokens))?;
    let number = u8::try_from(place + 1).unwrap();
    Some(if mark.dont_know { Cell::Dk(number) } else { Cell::Na(number) })
}

fn number(text: &str, valid: impl Fn(&Json) -> bool) -> Read {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return plain(Cell::Invalid);
    }
    let Ok(number) = text.parse::<i64>() else { return plain(Cell::Invalid) };
    if !valid(&json!(number)) {
        return plain(Cell::Invalid);
    }
    Read { cell: Cell::Value(Value::Number(number)), respelled: number.to_string() != text }
}

/// As written; a synonym stands for its code where the text itself is none.
fn words(field: &Field, text: &str, valid: impl Fn(&Json) -> bool) -> Read {
    let value = |text: &str| Cell::Value(Value::Text(text.into()));
    if valid(&json!(text)) {
        return plain(value(text));
    }
    match field.synonyms.iter().find(|(spelling, _)| folded(spelling) == folded(text)) {
        Some((_, code)) if valid(&json!(&**code)) => Read { cell: value(code), respelled: true },
        _ => plain(Cell::Invalid),
    }
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

/// `2024/2/9` as `2024-02-09`.
fn slashed(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split('/').collect();
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
