//! `kenpyo rules format`: expressions in their canonical spelling.
//!
//! Invariants
//! - Only the text between the quotes of an expression changes; comments, order and layout stay byte for byte.
//! - An expression that has a mistake, or that stands over several lines, is left as it is.
//! - A file is written only if it changes, and as a whole.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use toml_edit::{Document, Item, Value};

use super::session::{Exit, Session, print};
use super::usage::usage;
use crate::diagnostic::Language;
use crate::diagnostic::code::usage::NOTHING_TO_FORMAT;
use crate::error::Error;
use crate::expression::format::format;
use crate::expression::parse::parse;
use crate::expression::tree::{ExpressionText, Offsets};
use crate::source::sink::Sink;
use crate::source::{SourceId, SourceText, listing};

/// Keys whose literal strings are expressions.
const KEYS: [&str; 9] = ["when", "require", "value", "of", "among", "max", "min", "equal", "min-records"];
/// Tables all of whose literal strings are expressions.
const TABLES: [&str; 1] = ["let"];
/// Tables in which no string is one.
const TEXTS: [&str; 6] = ["title", "message", "help", "examples", "param", "set"];

/// Runs the command on the folder `survey`.
pub(super) fn run(session: &Session, survey: Option<&str>, check: bool) -> Exit {
    let folder = survey.map(Path::new).filter(|folder| folder.is_dir());
    let Some(folder) = folder else {
        let label = survey.and_then(|name| session.line.mark_value(name));
        return session.refuse([usage(&NOTHING_TO_FORMAT, label)]);
    };
    match format_folder(folder, check) {
        Ok(changed) => {
            session.note(&match session.language {
                Language::Ja if check => format!("整形が必要なファイル：{changed}件"),
                Language::Ja => format!("整形したファイル：{changed}件"),
                Language::En if check => format!("Files to be formatted: {changed}"),
                Language::En => format!("Files formatted: {changed}"),
            });
            if check && changed > 0 { Exit::Findings } else { Exit::Clean }
        }
        Err(error) => session.stopped(&error, Exit::Failed),
    }
}

fn format_folder(folder: &Path, check: bool) -> Result<usize, Error> {
    let mut changed = 0;
    for path in listing::texts_in(folder, "toml")? {
        let text = listing::text_of(&path)?;
        let formatted = formatted(&text, canonical);
        if formatted == text {
            continue;
        }
        changed += 1;
        print(&format!("{}\n", path.display()))?;
        if !check {
            Sink::write_whole(&path, formatted.as_bytes())?;
        }
    }
    Ok(changed)
}

/// The canonical spelling of an expression. `None`: it has a mistake.
fn canonical(text: &str) -> Option<String> {
    let source = SourceText { id: SourceId(0), name: Arc::from(""), text: "".into() };
    let (expr, found) = parse(ExpressionText { source: &source, text, offsets: Offsets::Direct(0) });
    (!found.has_errors()).then(|| format(&expr))
}

/// The file `text` with every expression passed through `canonical`.
fn formatted(text: &str, canonical: impl Fn(&str) -> Option<String>) -> String {
    let Ok(document) = Document::parse(text) else { return text.to_owned() };
    let mut spans = Vec::new();
    walk(document.as_item(), "", &mut spans);
    spans.sort_by_key(|span| span.start);
    let mut result = String::with_capacity(text.len());
    let mut reached = 0;
    for span in spans {
        let quoted = text.get(span.clone()).unwrap_or("");
        let inner = quoted.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
        let Some(inner) = inner.filter(|inner| !inner.starts_with('\'')) else { continue };
        let Some(new) = canonical(inner).filter(|new| !new.contains(['\'', '\n'])) else { continue };
        result.push_str(text.get(reached..=span.start).unwrap_or(""));
        result.push_str(&new);
        reached = span.end - 1;
    }
    result.push_str(text.get(reached..).unwrap_or(""));
    result
}

fn walk(item: &Item, key: &str, spans: &mut Vec<Range<usize>>) {
    match item {
        Item::Value(value) => walk_value(value, key, spans),
        Item::Table(table) => {
            for (name, item) in table.iter().filter(|(name, _)| !TEXTS.contains(name)) {
                walk(item, below(key, name), spans);
            }
        }
        Item::ArrayOfTables(tables) => {
            for table in tables {
                for (name, item) in table.iter().filter(|(name, _)| !TEXTS.contains(name)) {
                    walk(item, below(key, name), spans);
                }
            }
        }
        Item::None => {}
    }
}

fn walk_value(value: &Value, key: &str, spans: &mut Vec<Range<usize>>) {
    match value {
        Value::String(text) if KEYS.contains(&key) || TABLES.contains(&key) => spans.extend(text.span()),
        Value::InlineTable(table) => {
            for (name, value) in table {
                walk_value(value, below(key, name), spans);
            }
        }
        _ => {}
    }
}

/// The key that decides for an entry `name` under `key`: everything under `let` is an expression, except types.
fn below<'a>(key: &'a str, name: &'a str) -> &'a str {
    if TABLES.contains(&key) && name != "type" { key } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_expressions_change_and_everything_else_stays() {
        let text = "# top\n[[rule]] # here\nid = 'a'\nwhen   = 'x'   # why\nrequire = \"x\"\nlet.b = { type = 'c', value = 'x' }\nlet.d = 'x'\nmessage.en = 'x'\nunique = { fields = ['x'], when = 'x' }\nexamples.pass = [{ when = 'x' }]\n";
        let expected = text
            .replace("when   = 'x'", "when   = 'XX'")
            .replace("value = 'x'", "value = 'XX'")
            .replace("let.d = 'x'", "let.d = 'XX'")
            .replace("['x'], when = 'x'", "['x'], when = 'XX'");
        assert_eq!(formatted(text, |inner| (inner == "x").then(|| "XX".to_owned())), expected);
    }

    #[test]
    fn an_expression_with_a_mistake_and_a_broken_file_stay() {
        for text in ["[[rule]]\nwhen = 'x'\n", "[[rule\n"] {
            assert_eq!(formatted(text, |_| None), text);
        }
    }
}
