//! Types and option lists in words, for messages and labels.
//!
//! Invariants
//! - Both languages say the same; nothing here decides anything.

use std::sync::Arc;

use crate::diagnostic::{Argument, Localized};
use crate::expression::names::NamedField;
use crate::expression::notes::{both, localized};
use crate::expression::value::{OptionList, Type};

/// Most options that a label lists.
const MOST_OPTIONS: usize = 8;

/// The type, as a label says it: `whole number, unit 床`.
pub(super) fn type_words(ty: &Type) -> Localized<Arc<str>> {
    let (ja, en) = match ty {
        Type::Condition => ("条件", "condition"),
        Type::Number { scale, unit } => return number_words(*scale, unit.as_deref()),
        Type::Option(_) => ("選択肢（一つ）", "one option"),
        Type::Multi(_) => ("選択肢（複数）", "several options"),
        Type::Text => ("文字列", "text"),
        Type::Code => ("コード", "code"),
        Type::Date => ("日付", "date"),
        Type::DateTime => ("日時", "date and time"),
        Type::YearMonth => ("年月", "month of a year"),
    };
    localized(ja, en)
}

fn number_words(scale: u8, unit: Option<&str>) -> Localized<Arc<str>> {
    let (mut ja, mut en) = match scale {
        0 => ("整数".to_owned(), "whole number".to_owned()),
        _ => (
            format!("小数{scale}桁の数"),
            format!("number with {scale} decimal{}", if scale == 1 { "" } else { "s" }),
        ),
    };
    if let Some(unit) = unit {
        ja.push_str("、単位 ");
        ja.push_str(unit);
        en.push_str(", unit ");
        en.push_str(unit);
    }
    localized(ja, en)
}

/// The type inside a sentence: `a whole number (床)`.
pub(super) fn type_phrase(ty: &Type) -> Argument {
    let words = match ty {
        Type::Number { scale, .. } => number_words(*scale, None),
        _ => type_words(ty),
    };
    let unit = match ty {
        Type::Number { unit: Some(unit), .. } => Some(unit),
        _ => None,
    };
    let (open, close) =
        unit.map_or((String::new(), String::new()), |unit| (format!("（{unit}）"), format!(" ({unit})")));
    let article = if matches!(ty, Type::Text | Type::Option(_) | Type::Multi(_)) { "" } else { "a " };
    both(format!("{}{open}", words.ja), format!("{article}{}{close}", words.en))
}

/// Where a field is asked and declared: `question 11, schemas/x.json:212`.
pub(super) fn field_place(field: &NamedField) -> Argument {
    if field.declared.is_empty() {
        return Argument::Localized(field.title.clone());
    }
    both(format!("{}、{}", field.title.ja, field.declared), format!("{}, {}", field.title.en, field.declared))
}

/// The options with codes and labels, the first few of a long list.
pub(in crate::expression) fn option_words(list: &OptionList) -> Argument {
    let shown = |language: fn(&Localized<Arc<str>>) -> &Arc<str>| {
        let words: Vec<String> = list
            .items
            .iter()
            .take(MOST_OPTIONS)
            .map(|item| format!("\"{}\" ({} {})", item.name, item.code, language(&item.label)))
            .collect();
        words.join(", ")
    };
    let left = list.items.len().saturating_sub(MOST_OPTIONS);
    let (ja, en) = match left {
        0 => (String::new(), String::new()),
        _ => (format!(" ほか{left}件"), format!(" and {left} more")),
    };
    both(
        format!("選択肢: {}{ja}", shown(|label| &label.ja)),
        format!("options: {}{en}", shown(|label| &label.en)),
    )
}
