//! `[table.X]`: one table each.
//!
//! Invariants
//! - Each kind has the field, the rows and the base that it can be made of; anything else is a mistake.

use std::sync::Arc;

use super::super::declaration::{self, Declaration};
use super::super::declared_type::describe;
use super::super::keys;
use super::super::mistake;
use super::super::toml_file::{Table, Text};
use super::{AverageKind, EarlierQuestion, PublishedTable, Reading, TableBase, TableKind, Tabulation};
use crate::diagnostic::code::pack as code;
use crate::diagnostic::{Diagnostics, Localized};
use crate::expression::names::NamedField;
use crate::expression::{OptionList, Type};

/// Rows of [`TableKind::Response`].
const RESPONSE_ROWS: &[&str] = &["listed", "frame", "received", "valid", "rate"];

/// All tables.
pub(super) fn read(
    reading: &Reading<'_>,
    shared: &Tabulation,
    found: &mut Diagnostics,
) -> Vec<PublishedTable> {
    let tables = declaration::named(reading.files, "table");
    tables.iter().filter_map(|declaration| One { reading, shared, declaration }.table(found)).collect()
}

/// One table in the making.
struct One<'a> {
    reading: &'a Reading<'a>,
    shared: &'a Tabulation,
    declaration: &'a Declaration<'a>,
}

impl One<'_> {
    fn table(&self, found: &mut Diagnostics) -> Option<PublishedTable> {
        let table = self.declaration.table;
        let kind = match table.text("kind") {
            Some(word) => TableKind::of(word.text)?,
            None => TableKind::Answers,
        };
        let field = table.text("field").map(|text| self.field(kind, text, found));
        let wrong = field.as_ref().is_some_and(Option::is_none);
        let field = field.flatten();
        if wrong {
            return None;
        }
        let needs = matches!(kind, TableKind::Answers | TableKind::Received);
        if needs != field.is_some() {
            found.push(self.kind_and_field(kind, needs));
            return None;
        }
        if kind == TableKind::Response && self.shared.frame.is_none() && !self.frame_is_reported() {
            let mistake =
                mistake::at(&code::TABLE_WITHOUT_FRAME, self.declaration.source, self.declaration.name_span);
            found.push(mistake.with("table", &*self.declaration.name));
        }
        let own = table.get("by").is_some();
        let classing = own.then(|| self.reading.classing(table, self.declaration.source, found));
        let average = table.text("average").and_then(|word| AverageKind::of(word.text));
        Some(PublishedTable {
            name: Arc::clone(&self.declaration.name),
            title: declaration::both(table.table("title"))?,
            kind,
            field: field.map(|field| field.id),
            rows: self.rows(kind, field, found),
            base: self.base(kind, found)?,
            years: self.years(found),
            average: average.unwrap_or(match kind {
                TableKind::Answers => AverageKind::Unknown,
                _ => AverageKind::None,
            }),
            classing,
            columns: Vec::new(),
            earlier: self.earlier(field, found),
        })
    }

    /// Whether `[tables]` names a frame that cannot be used, or misspells the key: that has been reported.
    fn frame_is_reported(&self) -> bool {
        let layers = self.reading.files.iter().filter(|file| file.is_survey());
        let mut keys = layers.filter_map(|file| file.root.table("tables")).flat_map(|table| &table.entries);
        keys.any(|entry| keys::TABLES.key(&entry.key).is_none_or(|key| key.name == "frame"))
    }

    fn kind_and_field(&self, kind: TableKind, needs: bool) -> crate::diagnostic::Diagnostic {
        let expected = if needs {
            Localized::new("field が必要です", "it needs `field`")
        } else {
            Localized::new("field は書きません", "it takes no `field`")
        };
        mistake::at(&code::TABLE_OF_A_KIND, self.declaration.source, self.declaration.name_span)
            .with("table", &*self.declaration.name)
            .with("kind", kind.word())
            .with("expected", mistake::fixed(&expected))
    }

    /// `None`: no such field, or none that the kind can count.
    fn field(&self, kind: TableKind, text: Text<'_>, found: &mut Diagnostics) -> Option<&NamedField> {
        let field = self.reading.field(text, self.declaration.spot("field"), found)?;
        let (fits, expected) = if kind == TableKind::Received {
            let fits = matches!(field.ty, Type::Date | Type::DateTime);
            (fits, Localized::new("日付または日時の項目", "a field of dates or moments"))
        } else {
            let fits = matches!(field.ty, Type::Option(_) | Type::Multi(_)) && !field.derived;
            (fits, Localized::new("選択肢を持つ設問", "a question with options"))
        };
        if fits && field.id.table == 0 {
            return Some(field);
        }
        let mistake = mistake::at(&code::TYPE_HERE, self.declaration.source, text.span)
            .with("key", "field")
            .with("expected", mistake::fixed(&expected))
            .with("found", mistake::both(describe(&field.ty)));
        found.push(mistake);
        None
    }

    fn rows(&self, kind: TableKind, field: Option<&NamedField>, found: &mut Diagnostics) -> Vec<Arc<str>> {
        let rows = self.declaration.table.texts("rows");
        let whole = |word: &str| rows.is_empty() || matches!(rows.as_slice(), [only] if only.text == word);
        match (kind, field.map(|field| &field.ty)) {
            (TableKind::Answers, Some(Type::Option(list) | Type::Multi(list))) => {
                if whole("options") {
                    return list.items.iter().map(|item| Arc::clone(&item.name)).collect();
                }
                let known = || list.items.iter().map(|item| &*item.name);
                self.known(&rows, known, found)
            }
            (TableKind::Response, _) if rows.is_empty() => {
                ["frame", "valid", "rate"].into_iter().map(Arc::from).collect()
            }
            (TableKind::Response, _) => self.known(&rows, || RESPONSE_ROWS.iter().copied(), found),
            (TableKind::NonResponse, _) => {
                let fields = || self.reading.form.fields.iter();
                if whole("questions") {
                    let asked = fields().filter(|field| field.question.is_some());
                    return asked.map(|field| Arc::clone(&field.name)).collect();
                }
                self.known(&rows, || fields().map(|field| &*field.name), found)
            }
            _ => {
                for row in &rows {
                    found.push(self.unknown_row(row, std::iter::empty()));
                }
                Vec::new()
            }
        }
    }

    fn known<'n, I: Iterator<Item = &'n str>>(
        &self,
        rows: &[Text<'_>],
        known: impl Fn() -> I,
        found: &mut Diagnostics,
    ) -> Vec<Arc<str>> {
        for row in rows.iter().filter(|row| !known().any(|name| name == row.text)) {
            found.push(self.unknown_row(row, known()));
        }
        rows.iter().filter(|row| known().any(|name| name == row.text)).map(|row| row.text.into()).collect()
    }

    fn unknown_row<'n>(
        &self,
        row: &Text<'_>,
        known: impl Iterator<Item = &'n str>,
    ) -> crate::diagnostic::Diagnostic {
        let known: Vec<&str> = known.collect();
        let mistake = mistake::at(&code::UNKNOWN_TABLE_ROW, self.declaration.source, row.span)
            .with("found", row.text)
            .with("table", &*self.declaration.name)
            .with("known", mistake::names(&known));
        mistake::suggested(mistake, row.text, known)
    }

    /// `None`: it names no base, which is reported.
    fn base(&self, kind: TableKind, found: &mut Diagnostics) -> Option<TableBase> {
        let text = self.declaration.table.text("base");
        let word = text.map(|text| text.text);
        let bases = || self.shared.bases.iter();
        let base = match (kind, word) {
            (TableKind::Answers, None) => Some(TableBase::Routing),
            (TableKind::Answers, Some(word)) => {
                bases().position(|base| &*base.name == word).map(TableBase::Named)
            }
            (TableKind::Response, None | Some("frame")) => Some(TableBase::Frame),
            (TableKind::NonResponse, None)
            | (TableKind::NonResponse | TableKind::Failures, Some("eligible")) => Some(TableBase::Eligible),
            (TableKind::Failures | TableKind::Held | TableKind::Received, None | Some("received")) => {
                Some(TableBase::Received)
            }
            _ => None,
        };
        let declared = || declaration::named(self.reading.files, "base");
        if base.is_none()
            && let Some(text) = text
            && !(kind == TableKind::Answers && declared().iter().any(|base| *base.name == *text.text))
        {
            let words: Vec<&str> = match kind {
                TableKind::Answers => bases().map(|base| &*base.name).collect(),
                TableKind::Response => vec!["frame"],
                TableKind::NonResponse => vec!["eligible"],
                TableKind::Failures => vec!["received", "eligible"],
                TableKind::Held | TableKind::Received => vec!["received"],
            };
            let mistake = mistake::at(&code::UNKNOWN_BASE, self.declaration.source, text.span)
                .with("found", text.text)
                .with("table", &*self.declaration.name)
                .with("known", mistake::names(&words));
            found.push(mistake::suggested(mistake, text.text, words));
        }
        base
    }

    fn years(&self, found: &mut Diagnostics) -> Vec<Arc<str>> {
        let years = self.declaration.table.texts("years");
        let known = |year: &&Text<'_>, found: &mut Diagnostics| {
            self.reading.wave(**year, self.declaration.spot("years"), found)
        };
        let beside: Vec<&Text<'_>> = years.iter().filter(|year| known(year, found)).collect();
        let beside = beside.into_iter().filter(|year| year.text != self.reading.waves.now);
        beside.map(|year| Arc::from(year.text)).collect()
    }

    fn earlier(&self, field: Option<&NamedField>, found: &mut Diagnostics) -> Vec<EarlierQuestion> {
        let waves = self.declaration.table.table("earlier");
        let waves = waves.map(|waves| waves.entries.as_slice()).unwrap_or_default();
        let mut earlier = Vec::new();
        for entry in waves {
            let name = Text { text: &entry.key, span: entry.key_span };
            let Some(table) = entry.item.table() else { continue };
            if !self.reading.wave(name, self.declaration.spot("earlier"), found) {
                continue;
            }
            let link = self.shared.waves.iter().find(|wave| &*wave.wave == name.text);
            let link = link.and_then(|wave| wave.link);
            let link = self.reading.links.iter().find(|one| Some(one.table) == link);
            let Some(link) = link else {
                let mistake = mistake::at(&code::WAVE_WITHOUT_LINK, self.declaration.source, name.span);
                found.push(mistake.with("wave", name.text).with("table", &*self.declaration.name));
                continue;
            };
            let theirs = table.text("field").and_then(|text| {
                let theirs = link.questionnaire.field(text.text);
                if theirs.is_none() {
                    let mistake = mistake::at(&code::UNKNOWN_FIELD, self.declaration.source, text.span);
                    let mistake = mistake.with("key", "field").with("found", text.text);
                    let known = link.questionnaire.fields.iter().map(|field| &*field.name);
                    found.push(mistake::suggested(mistake, text.text, known));
                }
                theirs
            });
            let named = field.and_then(|field| self.reading.form.get(field.id));
            let question = theirs.or_else(|| link.questionnaire.field(&named?.name));
            let list = question.and_then(|field| options(&field.ty));
            earlier.push(EarlierQuestion {
                wave: Arc::from(name.text),
                field: theirs.map(|field| field.id),
                rows: self.joined(table, list, found),
            });
        }
        earlier
    }

    /// Our rows and the options of theirs that each takes together.
    fn joined(
        &self,
        table: &Table<'_>,
        list: Option<&OptionList>,
        found: &mut Diagnostics,
    ) -> Vec<(Arc<str>, Vec<Arc<str>>)> {
        let rows = table.table("rows").map(|rows| rows.entries.as_slice()).unwrap_or_default();
        let known: Vec<&str> =
            list.into_iter().flat_map(|list| list.items.iter().map(|item| &*item.name)).collect();
        let mut joined = Vec::new();
        for row in rows {
            let theirs = row.item.texts();
            let names = self.known(&theirs, || known.iter().copied(), found);
            joined.push((Arc::from(&*row.key), names));
        }
        joined
    }
}

fn options(ty: &Type) -> Option<&OptionList> {
    match ty {
        Type::Option(list) | Type::Multi(list) => Some(list),
        _ => None,
    }
}
