//! From the tree of a `kenpyo.toml`, or of a `--config 'key = value'`, to settings.
//!
//! Invariants
//! - All mistakes are told, each at the key or value that makes it; what is mistaken gives no setting.
//! - Whatever is written for another version of the program is not judged by this one.

use std::collections::BTreeMap;
use std::sync::Arc;

use glob::Pattern;
use semver::{Version, VersionReq};

use super::base::Base;
use super::given::{Given, Origin, Value};
use super::keys::{KEYS, Key, PATH_KEYS, SEVERITIES, Shape, expected};
use super::path_entry::PathEntry;
use crate::diagnostic::code::configuration::{
    OTHER_VERSION_REQUIRED, SETTING_NOT_USABLE, UNKNOWN_SETTING, UNKNOWN_WORD, WRITES_OUTSIDE,
};
use crate::diagnostic::code::usage::{BAD_PATTERN, NUMBER_OUT_OF_RANGE};
use crate::diagnostic::{Argument, Diagnostic, Diagnostics, Label, Localized};
use crate::engine::survey::embedded_names;
use crate::expression::calendar::parse_date;
use crate::rule_pack::mistake;
use crate::rule_pack::toml_file::{self, Entry, Item, Table, Written};
use crate::settings::formats::FORMATS;
use crate::source::{SourceText, Span};

/// The version of the program, which `required-version` is about.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What one text of settings gives.
#[derive(Debug, Default)]
pub(super) struct Read {
    /// By key; entries of tables by `table.name`.
    pub(super) given: BTreeMap<String, Given>,
    /// In their order.
    pub(super) paths: Vec<PathEntry>,
    /// Every text that was given, and where it stands: complaints that come later mark it.
    pub(super) marks: Vec<(String, Label)>,
    /// What is wrong.
    pub(super) found: Diagnostics,
}

/// Reads the settings of `root`. `is_file`: it is a file, which may have come with the submissions; no option of the
/// command line.
pub(super) fn read(root: &Table<'_>, source: &SourceText, base: &Base, is_file: bool) -> Read {
    let mut reader = Reader { source, base, is_file, read: Read::default() };
    match reader.other_version(root) {
        Some(refused) => reader.read.found.push(refused),
        None => reader.whole(root),
    }
    reader.read
}

/// The survey that a configuration in the folder of `base` calls `text`, as `--survey` would name it.
fn survey(base: &Base, text: &str) -> String {
    let embedded = || embedded_names().contains(&text.trim_end_matches('/')).then(|| text.to_owned());
    base.folder(text).or_else(embedded).unwrap_or_else(|| base.path(text))
}

struct Reader<'a> {
    source: &'a SourceText,
    base: &'a Base,
    is_file: bool,
    read: Read,
}

impl Reader<'_> {
    /// Said alone: a configuration for another version may hold what this one takes for a mistake.
    fn other_version(&self, root: &Table<'_>) -> Option<Diagnostic> {
        let given = root.text("required-version")?;
        let required = VersionReq::parse(given.text).ok()?;
        let version = Version::parse(VERSION).ok()?;
        (!required.matches(&version)).then(|| {
            let refused = mistake::at(&OTHER_VERSION_REQUIRED, self.source, given.span);
            refused.with("required", given.text).with("version", VERSION)
        })
    }

    fn whole(&mut self, root: &Table<'_>) {
        for entry in &root.entries {
            let key = KEYS.iter().find(|key| key.name == entry.key);
            match (key.map(|key| key.shape), entry.item.table()) {
                (Some(Shape::Params), Some(table)) => self.params(table),
                (Some(Shape::Files), Some(table)) => self.files(&entry.key, table),
                (Some(Shape::Severities), Some(table)) => {
                    let severities = self.severities("severity", table);
                    let named =
                        severities.into_iter().map(|(rule, given)| (format!("severity.{rule}"), given));
                    self.read.given.extend(named);
                }
                (Some(Shape::Paths), _) => self.paths(&entry.item),
                (Some(shape), _) => {
                    if let Some(given) = self.given(&entry.key, shape, &entry.item) {
                        self.read.given.insert(entry.key.to_string(), given);
                    }
                }
                (None, _) => self.unknown("kenpyo.toml", KEYS, entry),
            }
        }
    }

    fn label(&self, span: Span) -> Label {
        mistake::label(self.source, span, Argument::from(""))
    }

    fn mark(&mut self, text: &str, span: Span) {
        let label = self.label(span);
        self.read.marks.push((text.to_owned(), label));
    }

    fn of(&self, value: Value, span: Span) -> Given {
        let label = self.label(span);
        let origin = if self.is_file {
            Origin::File(Arc::clone(&self.source.name), label.position.line)
        } else {
            Origin::Override
        };
        Given { value, origin, label: Some(label) }
    }

    fn unknown(&mut self, block: &str, keys: &'static [Key], entry: &Entry<'_>) {
        let known = || keys.iter().map(|key| key.name);
        let unknown = mistake::at(&UNKNOWN_SETTING, self.source, entry.key_span)
            .with("block", block)
            .with("found", Argument::written(&entry.key))
            .with("known", mistake::names(known()));
        let unknown = match above_tables(&entry.key) {
            Some(advice) if block != "kenpyo.toml" => unknown.suggest(advice),
            _ => mistake::suggested(unknown, &entry.key, known()),
        };
        self.read.found.push(unknown);
    }

    fn wrong(&mut self, name: &str, shape: Shape, item: &Item<'_>) {
        let found = match &item.value {
            Written::Text(text) => {
                let text = Argument::written(text).print(crate::diagnostic::Language::En);
                mistake::both(Localized::new(format!("「{text}」"), format!("\"{text}\"")))
            }
            _ => mistake::fixed(&toml_file::kind(item)),
        };
        let wrong = mistake::at(&SETTING_NOT_USABLE, self.source, item.span)
            .with("key", name)
            .with("found", found)
            .with("expected", mistake::fixed(&expected(shape)));
        let listed = matches!(shape, Shape::Texts | Shape::Patterns | Shape::Formats);
        let wrong = match &item.value {
            Written::Text(_) if listed => {
                let written = format!("{name} = [{}]", self.source.slice(item.span));
                wrong.suggest(Localized::new(
                    format!("{written} と書いてください"),
                    format!("write {written}"),
                ))
            }
            _ => wrong,
        };
        self.read.found.push(wrong);
    }

    fn given(&mut self, name: &str, shape: Shape, item: &Item<'_>) -> Option<Given> {
        let value = match (shape, &item.value) {
            (Shape::Word(words), Written::Text(text)) => self.word(name, words, text, item.span)?,
            (Shape::Texts | Shape::Patterns | Shape::Formats, Written::List(items)) => {
                self.list(name, shape, items)?
            }
            (Shape::Flag, Written::Flag(flag)) => Value::Flag(*flag),
            (Shape::Number(low, high), Written::Integer(digits)) => {
                self.number(name, (low, high), digits, item.span)?
            }
            (Shape::Date, Written::Moment(text)) if parse_date(text).is_some() => Value::Text(text.clone()),
            (_, Written::Text(text)) if !text.trim().is_empty() => {
                match self.text(name, shape, text, item.span)? {
                    Some(text) => Value::Text(text),
                    None => return self.refuse(name, shape, item),
                }
            }
            _ => return self.refuse(name, shape, item),
        };
        if let Value::Text(text) = &value {
            self.mark(text, item.span);
        }
        if let Written::Text(text) = &item.value {
            self.mark(text, item.span);
        }
        Some(self.of(value, item.span))
    }

    fn refuse(&mut self, name: &str, shape: Shape, item: &Item<'_>) -> Option<Given> {
        self.wrong(name, shape, item);
        None
    }

    /// A setting that is one text, paths as seen from the working folder. `None`: refused, and said so; `Some(None)`:
    /// not of this shape.
    #[expect(clippy::option_option, reason = "refused with words of its own, of another shape, or usable")]
    fn text(&mut self, name: &str, shape: Shape, text: &str, at: Span) -> Option<Option<String>> {
        Some(match shape {
            Shape::Text => Some(text.to_owned()),
            Shape::Date => parse_date(text).map(|_| text.to_owned()),
            Shape::Version => VersionReq::parse(text).ok().map(|_| text.to_owned()),
            Shape::Survey => Some(survey(self.base, text)),
            Shape::Input => Some(self.base.path(text)),
            Shape::Output => Some(self.output(name, text, at)?),
            _ => None,
        })
    }

    fn word(&mut self, name: &str, words: &'static [&'static str], text: &str, at: Span) -> Option<Value> {
        if words.contains(&text) {
            return Some(Value::Text(text.to_owned()));
        }
        self.unknown_word(name, words, text, at);
        None
    }

    fn unknown_word(&mut self, name: &str, words: &[&'static str], text: &str, at: Span) {
        let unknown = mistake::at(&UNKNOWN_WORD, self.source, at)
            .with("key", name)
            .with("found", Argument::written(text))
            .with("known", mistake::names(words));
        let words = words.iter().copied();
        self.read.found.push(mistake::suggested(unknown, text, words));
    }

    fn number(&mut self, name: &str, (low, high): (u64, u64), digits: &str, at: Span) -> Option<Value> {
        let number = digits.parse().ok().filter(|number| (low..=high).contains(number));
        if number.is_none() {
            let out = mistake::at(&NUMBER_OUT_OF_RANGE, self.source, at).with("flag", name);
            let out = out.with("found", Argument::written(digits)).with("low", low).with("high", high);
            self.read.found.push(out);
        }
        number.map(Value::Number)
    }

    /// A list; `None` where one of its members is refused.
    fn list(&mut self, name: &str, shape: Shape, items: &[Item<'_>]) -> Option<Value> {
        let mut texts = Vec::with_capacity(items.len());
        let mut whole = true;
        for item in items {
            let Some(text) = item.text().filter(|text| !text.text.trim().is_empty()) else {
                self.wrong(name, shape, item);
                whole = false;
                continue;
            };
            let members = match shape {
                Shape::Patterns => self.patterns(name, text.text, item.span),
                Shape::Formats => self.format(name, text.text, item).map(|text| vec![text]),
                _ => Some(vec![text.text.to_owned()]),
            };
            self.mark(text.text, item.span);
            for member in members.iter().flatten() {
                self.mark(member, item.span);
            }
            whole &= members.is_some();
            texts.extend(members.unwrap_or_default());
        }
        whole.then_some(Value::List(texts))
    }

    fn patterns(&mut self, name: &str, text: &str, at: Span) -> Option<Vec<String>> {
        if let Err(error) = Pattern::new(text) {
            let bad = mistake::at(&BAD_PATTERN, self.source, at);
            self.read.found.push(bad.with("found", Argument::written(text)).with("reason", error.msg));
            return None;
        }
        // Those of a `[[path]]` are matched from the folder of the file, where they are written.
        Some(if name == "match" { vec![text.to_owned()] } else { self.base.patterns(text) })
    }

    fn format(&mut self, name: &str, text: &str, item: &Item<'_>) -> Option<String> {
        let (format, file) = text.split_once('=').map_or((text, None), |(format, file)| (format, Some(file)));
        let known: Vec<&str> = FORMATS.iter().map(|(name, _)| *name).collect();
        if !known.contains(&format) {
            self.unknown_word(name, &known, format, item.span);
            return None;
        }
        match file {
            None | Some("-") => Some(text.to_owned()),
            Some("") => {
                self.wrong(name, Shape::Formats, item);
                None
            }
            Some(file) => self.output(name, file, item.span).map(|file| format!("{format}={file}")),
        }
    }

    /// A file that will be written. `None`: it may not be.
    fn output(&mut self, name: &str, file: &str, at: Span) -> Option<String> {
        if let Some(reason) = self.base.refused(file).filter(|_| self.is_file) {
            let refused = mistake::at(&WRITES_OUTSIDE, self.source, at).with("key", name);
            let refused =
                refused.with("found", Argument::written(file)).with("reason", mistake::fixed(&reason));
            self.read.found.push(refused);
            return None;
        }
        Some(self.base.path(file))
    }

    fn params(&mut self, table: &Table<'_>) {
        for entry in &table.entries {
            let text = match &entry.item.value {
                Written::Text(text) | Written::Integer(text) | Written::Float(text) => text.to_string(),
                Written::Flag(flag) => flag.to_string(),
                Written::Moment(text) => text.clone(),
                Written::List(_) | Written::Table(_) => {
                    self.wrong(&format!("param.{}", entry.key), Shape::Params, &entry.item);
                    continue;
                }
            };
            self.mark(&entry.key, entry.key_span);
            self.mark(&text, entry.item.span);
            let given = self.of(Value::Text(text), entry.item.span);
            self.read.given.insert(format!("param.{}", entry.key), given);
        }
    }

    /// Files by name.
    fn files(&mut self, block: &str, table: &Table<'_>) {
        for entry in &table.entries {
            let name = format!("{block}.{}", entry.key);
            self.mark(&entry.key, entry.key_span);
            if entry.item.text().is_none_or(|text| text.text.trim().is_empty()) {
                self.wrong(&name, Shape::Files, &entry.item);
            } else if let Some(given) = self.given(&name, Shape::Input, &entry.item) {
                self.read.given.insert(name, given);
            }
        }
    }

    /// Severities by rule; what is mistaken is left out.
    fn severities(&mut self, block: &str, table: &Table<'_>) -> BTreeMap<String, Given> {
        let mut severities = BTreeMap::new();
        for entry in &table.entries {
            let name = format!("{block}.{}", entry.key);
            let known = entry.item.text().filter(|text| SEVERITIES.contains(&text.text));
            match known {
                Some(text) => {
                    self.mark(&entry.key, entry.key_span);
                    let given = self.of(Value::Text(text.text.to_owned()), entry.item.span);
                    severities.insert(entry.key.to_string(), given);
                }
                // `lang = "ja"` below `[severity]` belongs to that table, which is easily overlooked.
                None if above_tables(&entry.key).is_some() => {
                    self.unknown(&format!("[{block}]"), KEYS, entry);
                }
                None => drop(self.given(&name, Shape::Word(SEVERITIES), &entry.item)),
            }
        }
        severities
    }

    fn paths(&mut self, item: &Item<'_>) {
        let tables = item.items();
        if !matches!(item.value, Written::List(_)) || tables.iter().any(|item| item.table().is_none()) {
            return self.wrong("path", Shape::Paths, item);
        }
        for table in tables.iter().filter_map(Item::table) {
            self.path(table);
        }
    }

    fn path(&mut self, table: &Table<'_>) {
        let mut path = PathEntry::default();
        for entry in &table.entries {
            match (&*entry.key, entry.item.table()) {
                ("match", _) => path.patterns = self.given("match", Shape::Patterns, &entry.item),
                ("survey", _) => path.survey = self.given("survey", Shape::Survey, &entry.item),
                ("severity", Some(severities)) => {
                    path.severity = self.severities("path.severity", severities);
                }
                ("severity", None) => self.wrong("severity", Shape::Severities, &entry.item),
                _ => self.unknown("[[path]]", PATH_KEYS, entry),
            }
        }
        if table
            .get("match")
            .is_none_or(|item| matches!(&item.value, Written::List(items) if items.is_empty()))
        {
            let missing = mistake::at(&SETTING_NOT_USABLE, self.source, table.span).with("key", "path.match");
            let nothing = Localized::new("空の値", "an empty value");
            let missing = missing.with("found", mistake::fixed(&nothing));
            self.read.found.push(missing.with("expected", mistake::fixed(&expected(Shape::Patterns))));
        }
        self.read.paths.push(path);
    }
}

/// What to say of a key that stands in a table and belongs above all tables. `None`: it is no such key.
fn above_tables(name: &str) -> Option<Localized<String>> {
    KEYS.iter().any(|key| key.name == name).then(|| {
        Localized::new(
            format!("「{name}」は、最初の [ ] の行より上に書いてください。"),
            format!("\"{name}\" belongs above the first line in [ ]"),
        )
    })
}
