//! The backstop behind the table of keys: survey files, rule files and questionnaires against their JSON Schemas.
//!
//! Invariants
//! - A mismatch in a value in which an error has been marked is not told again: the walk's words are better.
//! - Dates of TOML are texts, as the schemas say.

use serde_json::{Map, Value as Json};

use super::chain::File;
use super::foreign::is_json;
use super::mistake;
use super::toml_file::{Item, Table, Written};
use crate::diagnostic::Diagnostics;
use crate::diagnostic::code::pack as code;
use crate::error::Error;
use crate::questionnaire::meta::{MetaSchema, QUESTIONNAIRES, is_reported};
use crate::source::{SourceText, Span};

/// A schema of ours, as it was when the program was built.
struct Own {
    name: &'static str,
    text: &'static str,
}

const RULE_FILES: Own = Own {
    name: "schemas/kenpyo/rule-file.json",
    text: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/kenpyo/rule-file.json")),
};

const SURVEY_FILES: Own = Own {
    name: "schemas/kenpyo/survey-file.json",
    text: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/kenpyo/survey-file.json")),
};

/// Reports what the schemas refuse in survey and rule files.
///
/// # Errors
/// A schema of ours cannot be used.
pub fn check_files(files: &[File<'_>], found: &mut Diagnostics) -> Result<(), Error> {
    for (own, of_surveys) in [(SURVEY_FILES, true), (RULE_FILES, false)] {
        let schema = MetaSchema::new(own.text)?;
        for file in files.iter().filter(|file| file.is_survey() == of_surveys) {
            check_table(&schema, own.name, &file.root, file.source, found);
        }
    }
    Ok(())
}

/// Reports what `schema`, which is called `name`, refuses in the file whose tree is `root`.
pub fn check_table(
    schema: &MetaSchema,
    name: &str,
    root: &Table<'_>,
    source: &SourceText,
    found: &mut Diagnostics,
) {
    for mismatch in schema.mismatches(&object(root)) {
        let (mark, whole) = place(root, &mismatch.path);
        if !is_reported(found, source, whole) {
            let finding = mistake::at(&code::NOT_OF_OUR_SCHEMA, source, mark);
            found.push(finding.with("schema", name).with("reason", mismatch.reason));
        }
    }
}

/// Reports what their schema refuses in the questionnaires among `sources`.
///
/// # Errors
/// The schema of questionnaires cannot be used.
pub fn check_questionnaires(sources: &[SourceText], found: &mut Diagnostics) -> Result<(), Error> {
    let schema = MetaSchema::new(QUESTIONNAIRES)?;
    for source in sources.iter().filter(|source| is_json(&source.name)) {
        found.append(schema.validate(source, found));
    }
    Ok(())
}

fn object(table: &Table<'_>) -> Json {
    let entries = table.entries.iter().map(|entry| (entry.key.to_string(), value(&entry.item)));
    Json::Object(entries.collect::<Map<_, _>>())
}

fn value(item: &Item<'_>) -> Json {
    match &item.value {
        Written::Text(text) => Json::from(&**text),
        // What is no number of JSON (inf, or too many digits) stays a text, which no schema takes for a number.
        Written::Integer(digits) | Written::Float(digits) => {
            digits.parse().map_or_else(|_| Json::from(&**digits), Json::Number)
        }
        Written::Flag(flag) => Json::from(*flag),
        Written::Moment(moment) => Json::from(&**moment),
        Written::List(items) => items.iter().map(value).collect(),
        Written::Table(table) => object(table),
    }
}

/// Where the value at `path` is marked, and all that belongs to it, its key included; of a path that leads nowhere the
/// last value on it.
fn place(root: &Table<'_>, path: &[String]) -> (Span, Span) {
    let mut table = Some(root);
    let mut items: &[Item<'_>] = &[];
    let mut at = (root.span, hull(root));
    for step in path {
        let entry = table.and_then(|table| table.entry(step));
        let by_index = || items.get(step.parse::<usize>().ok()?);
        let Some(item) = entry.map(|entry| &entry.item).or_else(by_index) else { break };
        let whole = extent(item);
        at = (item.span, entry.map_or(whole, |entry| around(whole, entry.key_span)));
        (table, items) = (item.table(), item.items());
    }
    at
}

fn around(one: Span, other: Span) -> Span {
    Span::new(one.start.min(other.start), one.end.max(other.end))
}

fn hull(table: &Table<'_>) -> Span {
    let parts = table.entries.iter().flat_map(|entry| [entry.key_span, extent(&entry.item)]);
    parts.fold(table.span, around)
}

fn extent(item: &Item<'_>) -> Span {
    let parts = item.items().iter().map(extent).chain(item.table().map(hull));
    parts.fold(item.span, around)
}
