//! Survey and rule files against the published schemas of their formats.
//!
//! Invariants
//! - What the table of keys or a walk has marked is not told again: their words are better.
//! - A TOML date counts as a text, as the schemas say.

use serde_json::{Number, Value};

use super::mistake;
use super::toml_file::{self, Item, Table, Written};
use crate::diagnostic::code::pack::FORM_MISMATCH;
use crate::diagnostic::{Diagnostics, Localized};
use crate::questionnaire::meta::{MetaSchema, is_reported};
use crate::source::{SourceText, Span};

/// What `meta`, read from `schema`, refuses in the survey or rule file `source`, except inside what `reported` has
/// marked.
///
/// A file that is no TOML gives nothing here: the reader has said so.
pub fn validate(meta: &MetaSchema, schema: &str, source: &SourceText, reported: &Diagnostics) -> Diagnostics {
    let Ok(root) = toml_file::read(source) else { return Diagnostics::new() };
    let mut found = Diagnostics::new();
    for (steps, reason) in meta.mismatches(&object(&root)) {
        let span = place(&root, &steps);
        if !is_reported(reported, source, span) {
            let text = Localized::new("この箇所".to_owned(), "this place".to_owned());
            let mistake = mistake::labelled(&FORM_MISMATCH, source, span, text);
            found.push(mistake.with("schema", schema).with("reason", reason));
        }
    }
    found
}

fn object(table: &Table<'_>) -> Value {
    Value::Object(table.entries.iter().map(|entry| (entry.key.to_string(), json(&entry.item))).collect())
}

fn json(item: &Item<'_>) -> Value {
    match &item.value {
        Written::Text(text) => Value::from(&**text),
        Written::Integer(digits) | Written::Float(digits) => number(digits),
        Written::Flag(flag) => Value::from(*flag),
        Written::Moment(text) => Value::from(text.as_str()),
        Written::List(items) => Value::Array(items.iter().map(json).collect()),
        Written::Table(table) => object(table),
    }
}

/// The number; what JSON has no number for (`inf`, digits without end) stays a text.
fn number(digits: &str) -> Value {
    let whole = digits.parse::<i64>().ok().map(Number::from);
    let number = whole.or_else(|| digits.parse::<f64>().ok().and_then(Number::from_f64));
    number.map_or_else(|| Value::from(digits), Value::Number)
}

/// The innermost place that is there on the way of `steps`.
fn place(root: &Table<'_>, steps: &[String]) -> Span {
    let mut span = root.span;
    let (mut table, mut items) = (Some(root), [].as_slice());
    for step in steps {
        let below = table.and_then(|table| table.get(step));
        let Some(item) = below.or_else(|| items.get(step.parse::<usize>().ok()?)) else { break };
        span = item.span;
        (table, items) = (item.table(), item.items());
    }
    span
}
