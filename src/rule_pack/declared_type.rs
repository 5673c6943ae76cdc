//! The types that survey files write: `int`, `dec(2)[床]`, `option(band)`.
//!
//! Invariants
//! - An option list is never written in a pack; it is always that of a field.

use std::sync::Arc;

use super::declaration::nfkc;
use super::mistake::{self, Refused, Spot};
use super::toml_file::Text;
use crate::diagnostic::code::pack as code;
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Diagnostic, Localized};
use crate::expression::names::NamedField;
use crate::expression::number::MAX_SCALE;
use crate::expression::{Names, Type};

const WORDS: &[(&str, Type)] = &[
    ("cond", Type::Condition),
    ("text", Type::Text),
    ("code", Type::Code),
    ("date", Type::Date),
    ("datetime", Type::DateTime),
    ("yearmonth", Type::YearMonth),
    ("int", Type::INTEGER),
];

/// The type that `text` names.
pub fn read(text: Text<'_>, names: &Names, spot: Spot<'_>) -> Result<Type, Refused> {
    let written = text.text.trim();
    if let Some((_, ty)) = WORDS.iter().find(|(word, _)| *word == written) {
        return Ok(ty.clone());
    }
    if let Some(number) = number(written) {
        return Ok(number);
    }
    match written.split_once('(').and_then(|(word, rest)| Some((word, rest.strip_suffix(')')?))) {
        Some(("option", field)) => options(field, text, names, spot, false),
        Some(("multi", field)) => options(field, text, names, spot, true),
        _ => Err(Box::new(unreadable(text, spot))),
    }
}

fn unreadable(text: Text<'_>, spot: Spot<'_>) -> Diagnostic {
    let mistake = mistake::at(&code::UNREADABLE_TYPE, spot.source, text.span).with("found", text.text);
    let word = text.text.split(['(', '[']).next().unwrap_or_default();
    let words = || WORDS.iter().map(|(word, _)| *word).chain(["dec", "option", "multi"]);
    // The word itself may be right, and what stands behind it wrong.
    if nearest(word, words()) == Some(word) { mistake } else { mistake::suggested(mistake, word, words()) }
}

/// `int`, `dec(2)`, each with an optional unit.
fn number(written: &str) -> Option<Type> {
    let (word, unit) = match written.split_once('[') {
        Some((word, unit)) => (word, Some(unit.strip_suffix(']').filter(|unit| !unit.is_empty())?)),
        None => (written, None),
    };
    let scale = match word {
        "int" => 0,
        _ => {
            word.strip_prefix("dec(")?.strip_suffix(')')?.parse().ok().filter(|scale| *scale <= MAX_SCALE)?
        }
    };
    Some(Type::Number { scale, unit: unit.map(Arc::from) })
}

fn options(field: &str, text: Text<'_>, names: &Names, spot: Spot<'_>, multi: bool) -> Result<Type, Refused> {
    let Some(found) = field_of(field, names) else {
        let mistake = mistake::at(&code::UNKNOWN_FIELD, spot.source, text.span);
        let mistake = mistake.with("key", spot.key).with("found", field);
        return Err(Box::new(mistake::suggested(mistake, field, names.fields.keys().map(|name| &**name))));
    };
    match &found.ty {
        Type::Option(list) | Type::Multi(list) if multi => Ok(Type::Multi(Arc::clone(list))),
        Type::Option(list) | Type::Multi(list) => Ok(Type::Option(Arc::clone(list))),
        other => {
            let expected = Localized::new("選択肢を持つ項目", "a field with options");
            let mistake = mistake::at(&code::TYPE_HERE, spot.source, text.span).with("key", spot.key);
            let mistake = mistake.with("expected", mistake::fixed(&expected));
            Err(Box::new(mistake.with("found", mistake::both(describe(other)))))
        }
    }
}

fn field_of<'n>(field: &str, names: &'n Names) -> Option<&'n NamedField> {
    match field.split_once('.') {
        Some((link, field)) => names.links.get(&nfkc(link))?.fields.get(&nfkc(field)),
        None => names.fields.get(&nfkc(field)),
    }
}

/// A type in words.
pub fn describe(ty: &Type) -> Localized<String> {
    let text = |ja: &str, en: &str| Localized::new(ja.to_owned(), en.to_owned());
    match ty {
        Type::Condition => text("条件", "a condition"),
        Type::Number { scale: 0, unit: None } => text("整数", "a whole number"),
        Type::Number { scale: 0, unit: Some(unit) } => {
            Localized::new(format!("整数（{unit}）"), format!("a whole number ({unit})"))
        }
        Type::Number { scale, .. } => Localized::new(
            format!("小数{scale}桁までの数"),
            format!("a number with at most {scale} decimal{}", if *scale == 1 { "" } else { "s" }),
        ),
        Type::Option(_) => text("選択肢", "an option"),
        Type::Multi(_) => text("選択肢の集合", "a set of options"),
        Type::Text => text("文字列", "a text"),
        Type::Code => text("コード（文字列）", "a code (a text)"),
        Type::Date => text("日付（YYYY-MM-DD）", "a date (YYYY-MM-DD)"),
        Type::DateTime => text("日時（YYYY-MM-DDThh:mm:ss）", "a date and time (YYYY-MM-DDThh:mm:ss)"),
        Type::YearMonth => text("年月（YYYY-MM）", "a month (YYYY-MM)"),
    }
}
