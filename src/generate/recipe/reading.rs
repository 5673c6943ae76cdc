//! Walking a file's tree by hand, so that every mistake has its place and a suggestion.
//!
//! Invariants
//! - Reading goes on after a mistake; `None` always means that the mistake has been reported.
//! - A key that a table does not know is reported once.

use std::sync::Arc;

use jiff::civil::{Date, Time};

use super::super::tree::{Key, Node, Tree};
use super::Percent;
use crate::diagnostic::code::recipe as code;
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Argument, Code, Diagnostic, Diagnostics, Label, Localized, Place};
use crate::expression::{OptionList, Type};
use crate::questionnaire::{Field, Questionnaire};
use crate::source::{SourceText, Span};

/// The keys of one table, all known.
#[derive(Debug, Clone, Copy)]
pub struct Table<'t> {
    /// Its bytes.
    pub span: Span,
    /// Its entries in the file's order.
    pub entries: &'t [(Key, Tree)],
}

impl<'t> Table<'t> {
    /// The value of `key`. `None`: it is not given.
    pub fn get(&self, key: &str) -> Option<&'t Tree> {
        self.entries.iter().find(|(name, _)| &*name.name == key).map(|(_, tree)| tree)
    }
}

/// A list; a single value is read as a list of one.
pub fn items(tree: &Tree) -> &[Tree] {
    match &tree.node {
        Node::List(items) => items,
        _ => std::slice::from_ref(tree),
    }
}

/// A file being read.
#[derive(Debug)]
pub struct Reading<'a> {
    /// What its fields and options must be of.
    pub questionnaire: &'a Questionnaire,
    /// The file.
    pub text: SourceText,
    /// What was found.
    pub diagnostics: Diagnostics,
}

impl<'a> Reading<'a> {
    /// Starts reading `text`.
    pub fn new(questionnaire: &'a Questionnaire, text: SourceText) -> Self {
        Self { questionnaire, text, diagnostics: Diagnostics::new() }
    }

    /// Reports `code` at `span`, its slots filled from `slots`.
    pub fn report(&mut self, code: &'static Code, span: Span, slots: &[(&str, Argument)]) {
        self.report_nearest(code, span, slots, None);
    }

    fn report_nearest(
        &mut self,
        code: &'static Code,
        span: Span,
        slots: &[(&str, Argument)],
        meant: Option<&str>,
    ) {
        let label = Label::of(&self.text, span, Argument::Nothing);
        let mut diagnostic = Diagnostic::new(code, Place::File(self.text.id)).label(label);
        for (name, argument) in slots {
            diagnostic = diagnostic.with(name, argument.clone());
        }
        if let Some(meant) = meant {
            let text = Localized::new(
                format!("「{meant}」ではありませんか。"),
                format!("did you mean \"{meant}\"?"),
            );
            diagnostic = diagnostic.suggest(text);
        }
        self.diagnostics.push(diagnostic);
    }

    /// Reports a name that is none of `known`, with the nearest of them.
    pub fn unknown(
        &mut self,
        code: &'static Code,
        span: Span,
        found: &str,
        known: &[&str],
        field: Option<&Field>,
    ) {
        let options = known.iter().map(|&name| Argument::from(name)).collect();
        let mut slots = vec![("found", Argument::from(found)), ("options", Argument::List(options))];
        if let Some(field) = field {
            slots.push(("field", Argument::from(&*field.name)));
        }
        let meant = nearest(found, known.iter().copied());
        self.report_nearest(code, span, &slots, meant);
    }

    /// Reports that something else was expected here.
    pub fn wrong(&mut self, span: Span, expected: &Localized<&str>) {
        let expected = Argument::Localized(expected.map(|text| Arc::from(*text)));
        self.report(&code::WRONG_TYPE, span, &[("expected", expected)]);
    }

    /// Reports that `field` cannot hold what stands here.
    pub fn does_not_fit(&mut self, span: Span, field: &Field, expected: &Localized<&str>) {
        let expected = Argument::Localized(expected.map(|text| Arc::from(*text)));
        let slots = [("field", Argument::from(&*field.name)), ("expected", expected)];
        self.report(&code::DOES_NOT_FIT, span, &slots);
    }

    /// A table whose keys are all in `known` (empty: any); others are reported and left out of account.
    pub fn table<'t>(&mut self, tree: &'t Tree, known: &[&str]) -> Option<Table<'t>> {
        let Node::Table(entries) = &tree.node else {
            self.wrong(tree.span, &Localized::new("表（テーブル）", "a table"));
            return None;
        };
        for (key, _) in entries {
            if !known.is_empty() && !known.contains(&&*key.name) {
                self.unknown(&code::UNKNOWN_KEY, key.span, &key.name, known, None);
            }
        }
        Some(Table { span: tree.span, entries })
    }

    /// The value of a key that must be given.
    pub fn require<'t>(&mut self, table: &Table<'t>, key: &str) -> Option<&'t Tree> {
        let found = table.get(key);
        if found.is_none() {
            self.report(&code::MISSING_KEY, table.span, &[("expected", Argument::from(key))]);
        }
        found
    }

    /// A string.
    pub fn string<'t>(&mut self, tree: &'t Tree) -> Option<&'t Arc<str>> {
        let Node::Text(text) = &tree.node else {
            self.wrong(tree.span, &Localized::new("文字列", "a string"));
            return None;
        };
        Some(text)
    }

    /// A whole number.
    pub fn integer(&mut self, tree: &Tree) -> Option<i64> {
        let Node::Integer(number) = tree.node else {
            self.wrong(tree.span, &Localized::new("整数", "a whole number"));
            return None;
        };
        Some(number)
    }

    /// A whole number of 0 or more.
    pub fn count(&mut self, tree: &Tree) -> Option<u64> {
        let number = self.integer(tree)?;
        let count = u64::try_from(number).ok();
        if count.is_none() {
            self.wrong(tree.span, &Localized::new("0以上の整数", "a whole number of 0 or more"));
        }
        count
    }

    /// A percentage.
    pub fn percent(&mut self, tree: &Tree) -> Option<Percent> {
        let percent = match &tree.node {
            Node::Integer(number) => Percent::parse(&number.to_string()),
            Node::Decimal(digits) => Percent::parse(digits),
            _ => None,
        };
        if percent.is_none() {
            let expected = Localized::new(
                "0から100までの割合（小数は6桁まで）",
                "a share from 0 to 100, at most six decimals",
            );
            self.wrong(tree.span, &expected);
        }
        percent
    }

    /// A day.
    pub fn date(&mut self, tree: &Tree) -> Option<Date> {
        let date = match &tree.node {
            Node::Time(moment) => moment.date.and_then(|date| {
                let (month, day) = (i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?);
                Date::new(i16::try_from(date.year).ok()?, month, day).ok()
            }),
            _ => None,
        };
        if date.is_none() {
            self.wrong(
                tree.span,
                &Localized::new(
                    "日付（引用符なし、例：2024-02-01）",
                    "a date without quotes, such as 2024-02-01",
                ),
            );
        }
        date
    }

    /// A time of day.
    pub fn time(&mut self, tree: &Tree) -> Option<Time> {
        let time = match &tree.node {
            Node::Time(moment) => moment.time.and_then(|time| {
                let (hour, minute) = (i8::try_from(time.hour).ok()?, i8::try_from(time.minute).ok()?);
                let second = i8::try_from(time.second.unwrap_or(0)).ok()?;
                Time::new(hour, minute, second, 0).ok()
            }),
            _ => None,
        };
        if time.is_none() {
            self.wrong(
                tree.span,
                &Localized::new(
                    "時刻（引用符なし、例：09:00:00）",
                    "a time of day without quotes, such as 09:00:00",
                ),
            );
        }
        time
    }

    /// The position of the field that a string names.
    pub fn field(&mut self, tree: &Tree) -> Option<usize> {
        let name = self.string(tree)?;
        self.field_named(name, tree.span)
    }

    /// The position of the field called `name`, which stands at `span`.
    pub fn field_named(&mut self, name: &str, span: Span) -> Option<usize> {
        let questionnaire = self.questionnaire;
        let found = questionnaire.by_name.get(name).copied();
        if found.is_none() {
            let known: Vec<&str> = questionnaire.fields.iter().map(|field| &*field.name).collect();
            self.unknown(&code::UNKNOWN_FIELD, span, name, &known, None);
        }
        found
    }

    /// The options of the field at `field`. `None`: it has none, reported.
    pub fn options(&mut self, field: usize, span: Span) -> Option<Arc<OptionList>> {
        let questionnaire = self.questionnaire;
        let declared = questionnaire.fields.get(field)?;
        if let Type::Option(options) = &declared.ty {
            return Some(Arc::clone(options));
        }
        self.does_not_fit(span, declared, &Localized::new("選択肢のある項目", "a field with options"));
        None
    }

    /// The option called `name` of the field at `field`.
    pub fn option(&mut self, field: usize, name: &str, span: Span) -> Option<u8> {
        let options = self.options(field, span)?;
        let found = options.index_of(name);
        if found.is_none() {
            let known: Vec<&str> = options.items.iter().map(|item| &*item.name).collect();
            let questionnaire = self.questionnaire;
            self.unknown(&code::UNKNOWN_OPTION, span, name, &known, questionnaire.fields.get(field));
        }
        found
    }

    /// Both languages under `key`, as `key.ja` and `key.en`.
    pub fn localized(&mut self, table: &Table<'_>, key: &str) -> Option<Localized<Arc<str>>> {
        let texts = self.require(table, key)?;
        let texts = self.table(texts, &["ja", "en"])?;
        let ja = self.require(&texts, "ja").and_then(|tree| self.string(tree));
        let en = self.require(&texts, "en").and_then(|tree| self.string(tree));
        Some(Localized::new(Arc::clone(ja?), Arc::clone(en?)))
    }
}
