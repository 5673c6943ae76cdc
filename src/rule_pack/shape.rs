//! Checks a file's tree against the table of keys.
//!
//! Invariants
//! - Whatever passes has only known keys, each with a value of its shape, and every required key.
//! - All mistakes are reported, each at the key or value that makes it.

use std::collections::BTreeSet;

use super::keys::{Block, COLUMN, Key, LET, Shape, TEXTS};
use super::mistake;
use super::toml_file::{self, Entry, Item, Table, Written};
use crate::diagnostic::code::pack as code;
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Argument, Diagnostics, Localized};
use crate::source::{SourceText, Span};

/// Reports everything in `table` that `block` does not foresee.
pub fn check(block: &Block, table: &Table<'_>, source: &SourceText, found: &mut Diagnostics) {
    Checker { source, found }.block(block, table);
}

/// Whether the text at `span` is a literal string, in which every byte stands for itself.
pub fn is_literal(source: &SourceText, span: Span) -> bool {
    source.slice(span).starts_with('\'')
}

/// The keys of `block` that are probably in `table` under another spelling: that is reported, and not that they lack.
pub fn meant(block: &Block, table: &Table<'_>) -> BTreeSet<&'static str> {
    let unknown = table.entries.iter().filter(|entry| block.key(&entry.key).is_none());
    unknown.filter_map(|entry| nearest(&entry.key, block.keys().map(|key| key.name))).collect()
}

struct Checker<'a> {
    source: &'a SourceText,
    found: &'a mut Diagnostics,
}

impl Checker<'_> {
    fn block(&mut self, block: &Block, table: &Table<'_>) {
        self.called(block.name, block, table);
    }

    /// The same of a block that messages call `name`.
    fn called(&mut self, name: &str, block: &Block, table: &Table<'_>) {
        for entry in &table.entries {
            match block.key(&entry.key) {
                Some(key) => self.shape(&entry.key, key.shape, &entry.item),
                None => self.unknown_key(name, block, entry),
            }
        }
        let meant = meant(block, table);
        let missing = |key: &&Key| key.required && table.get(key.name).is_none() && !meant.contains(key.name);
        for key in block.keys().filter(missing) {
            self.missing_key(name, key, table.span);
        }
    }

    fn unknown_key(&mut self, name: &str, block: &Block, entry: &Entry<'_>) {
        let known = || block.keys().map(|key| key.name);
        let mistake = mistake::at(&code::UNKNOWN_KEY, self.source, entry.key_span)
            .with("key", &*entry.key)
            .with("block", name)
            .with("known", mistake::names(known()));
        self.found.push(mistake::suggested(mistake, &entry.key, known()));
    }

    fn missing_key(&mut self, block: &str, key: &Key, at: Span) {
        let mistake = mistake::at(&code::MISSING_KEY, self.source, at)
            .with("key", key.name)
            .with("block", block)
            .with("meaning", mistake::fixed(&key.doc));
        self.found.push(mistake);
    }

    fn wrong(&mut self, name: &str, item: &Item<'_>, expected: &Localized<&'static str>) {
        // A number of the right kind is out of range: the number says more than its kind.
        let found = match &item.value {
            Written::Integer(digits) => Argument::written(digits),
            _ => mistake::fixed(&toml_file::kind(item)),
        };
        let mistake = mistake::at(&code::WRONG_SHAPE, self.source, item.span)
            .with("key", name)
            .with("found", found)
            .with("expected", mistake::fixed(expected));
        self.found.push(mistake);
    }

    fn shape(&mut self, name: &str, shape: Shape, item: &Item<'_>) {
        match (shape, &item.value) {
            (Shape::Word(words), Written::Text(text)) => self.word(name, words, text, item.span),
            (Shape::Expression | Shape::Bound, Written::Text(text)) => self.expression(name, text, item),
            (Shape::Texts, Written::Table(table)) => self.called(name, &TEXTS, table),
            (Shape::Text | Shape::NameOrNames, Written::Text(text)) => self.not_empty(name, text, item),
            (Shape::Each, Written::List(items)) if items.iter().any(|item| item.table().is_some()) => {
                for item in items {
                    self.shape(name, Shape::NameMap, item);
                }
            }
            (Shape::Names | Shape::NameOrNames | Shape::Each, Written::List(items)) => {
                self.names(name, items, item);
            }
            (Shape::Count, Written::Integer(digits))
                if digits.parse::<u32>().is_ok_and(|count| count > 0) => {}
            (Shape::Bound | Shape::Scalar, Written::Integer(_) | Written::Float(_))
            | (Shape::Scalar, Written::Text(_) | Written::Moment(_))
            | (Shape::Scalar | Shape::Flag, Written::Flag(_))
            | (Shape::Free, Written::Table(_)) => {}
            (Shape::Block(block), Written::Table(table)) => self.block(block, table),
            (Shape::Blocks(block), Written::List(items)) => self.each_table(name, block, items),
            (Shape::Map(block), Written::Table(table)) => self.each_entry(Shape::Block(block), table),
            (Shape::NameMap, Written::Table(table)) => self.each_entry(Shape::Text, table),
            (Shape::NamesMap, Written::Table(table)) => self.each_entry(Shape::Names, table),
            (Shape::Columns, Written::Table(table)) => self.text_or(&COLUMN, Shape::Text, table),
            (Shape::Lets, Written::Table(table)) => self.text_or(&LET, Shape::Expression, table),
            (Shape::Records, Written::List(items)) => self.records(name, items),
            _ => self.wrong(name, item, &expected(shape)),
        }
    }

    fn not_empty(&mut self, name: &str, text: &str, item: &Item<'_>) {
        if text.trim().is_empty() {
            self.found.push(mistake::at(&code::EMPTY_TEXT, self.source, item.span).with("key", name));
        }
    }

    fn word(&mut self, name: &str, words: &[&'static str], text: &str, at: Span) {
        if !words.contains(&text) {
            let mistake = mistake::at(&code::NOT_ONE_OF, self.source, at)
                .with("key", name)
                .with("found", text)
                .with("known", mistake::names(words));
            self.found.push(mistake::suggested(mistake, text, words.iter().copied()));
        }
    }

    /// A basic string undoes escapes, so that places in the expression would not be places in the file.
    fn expression(&mut self, name: &str, text: &str, item: &Item<'_>) {
        self.not_empty(name, text, item);
        if !is_literal(self.source, item.span) {
            let quotes = if text.contains(['\'', '\n']) { "'''" } else { "'" };
            let literal = format!("{quotes}{text}{quotes}");
            let fix =
                Localized::new(format!("{literal} と書いてください"), format!("write {literal} instead"));
            let mistake =
                mistake::at(&code::EXPRESSION_NOT_LITERAL, self.source, item.span).with("key", name);
            self.found.push(mistake.suggest(fix));
        }
    }

    fn names(&mut self, name: &str, items: &[Item<'_>], whole: &Item<'_>) {
        if items.is_empty() {
            self.found.push(mistake::at(&code::EMPTY_TEXT, self.source, whole.span).with("key", name));
        }
        let mut seen = BTreeSet::new();
        for item in items {
            match item.text() {
                Some(text) if !seen.insert(text.text) => {
                    let mistake = mistake::at(&code::REPEATED_NAME, self.source, item.span);
                    self.found.push(mistake.with("key", name).with("found", text.text));
                }
                Some(text) => self.not_empty(name, text.text, item),
                None => self.wrong(name, item, &expected(Shape::Text)),
            }
        }
    }

    fn each_table(&mut self, name: &str, block: &'static Block, items: &[Item<'_>]) {
        for item in items {
            self.shape(name, Shape::Block(block), item);
        }
    }

    fn each_entry(&mut self, shape: Shape, table: &Table<'_>) {
        for entry in &table.entries {
            self.shape(&entry.key, shape, &entry.item);
        }
    }

    fn text_or(&mut self, block: &'static Block, text: Shape, table: &Table<'_>) {
        for entry in &table.entries {
            let shape = if entry.item.table().is_some() { Shape::Block(block) } else { text };
            self.shape(&entry.key, shape, &entry.item);
        }
    }

    /// What a record holds is checked where the fields are known.
    fn records(&mut self, name: &str, items: &[Item<'_>]) {
        for item in items {
            match &item.value {
                Written::Table(_) => {}
                Written::List(records) if records.iter().all(|record| record.table().is_some()) => {}
                _ => self.wrong(name, item, &Localized::new("記録（表）", "a record (a table)")),
            }
        }
    }
}

/// What a shape looks like, for messages.
const fn expected(shape: Shape) -> Localized<&'static str> {
    match shape {
        Shape::Text => Localized::new("文字列", "a string"),
        Shape::Word(_) => Localized::new("決められた語", "one of the known words"),
        Shape::Expression => Localized::new("'…' で囲んだ式", "an expression in '…'"),
        Shape::Texts => Localized::new("ja と en を持つ表", "a table with ja and en"),
        Shape::Names => Localized::new("文字列の配列", "a list of strings"),
        Shape::Each => Localized::new(
            "文字列の配列、または名前ごとの文字列の表の配列",
            "a list of strings, or of tables of strings by name",
        ),
        Shape::NameOrNames => Localized::new("文字列またはその配列", "a string or a list of strings"),
        Shape::Flag => Localized::new("true または false", "true or false"),
        Shape::Count => Localized::new("1以上の整数", "a whole number of one or more"),
        Shape::Scalar => {
            Localized::new("文字列、数、真偽値または日付", "a string, a number, a flag or a date")
        }
        Shape::Bound => Localized::new("数または '…' で囲んだ式", "a number, or an expression in '…'"),
        Shape::Block(_) | Shape::Free => Localized::new("表", "a table"),
        Shape::Blocks(_) => Localized::new("表の配列", "a list of tables"),
        Shape::Map(_) => Localized::new("名前ごとの表", "tables by name"),
        Shape::NameMap => Localized::new("名前ごとの文字列", "strings by name"),
        Shape::NamesMap => Localized::new("名前ごとの文字列の配列", "lists of strings by name"),
        Shape::Columns => Localized::new("列ごとの型", "types by column"),
        Shape::Lets => Localized::new("名前ごとの式", "expressions by name"),
        Shape::Records => Localized::new("記録の配列", "a list of records"),
    }
}
