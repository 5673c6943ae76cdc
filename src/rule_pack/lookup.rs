//! Reference tables: `[lookup.X]` and its CSV file.
//!
//! Invariants
//! - A key stands in one row only; a lookup whose keys are all options has a row for each of them.
//! - Rows of an interval lookup rise, without gap and without overlap.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::chain::{self, File};
use super::csv_rows::{self, Row};
use super::declaration::{self, Declaration};
use super::mistake::{self, Spot};
use super::param::keep;
use super::toml_file::{Table, Text};
use super::zone::Zone;
use super::{Lookup, LookupColumn, LookupKeys, LookupMissing, declared_type, interval, total, written_value};
use crate::diagnostic::code::pack as code;
use crate::diagnostic::{Diagnostic, Diagnostics, Localized};
use crate::error::Error;
use crate::expression::names::{NamedColumn, NamedLookup};
use crate::expression::{FieldId, LookupId, Names, Type, Value};
use crate::questionnaire::meta::is_reported;
use crate::source::SourceText;
use crate::source::root::SurveyRoot;

/// What reading a lookup needs.
pub struct Reading<'a> {
    /// Where its file is.
    pub root: &'a SurveyRoot,
    /// The survey's time zone.
    pub zone: Zone,
    /// The files read so far; the table's own is added.
    pub sources: &'a mut Vec<SourceText>,
}

/// A lookup in the making: its declaration, its file, its rows.
pub(super) struct Draft<'a> {
    /// What the survey file says.
    pub(super) declaration: &'a Declaration<'a>,
    /// The CSV file.
    pub(super) file: SourceText,
    /// Its header.
    pub(super) header: Vec<String>,
    /// Its rows.
    pub(super) rows: Vec<Row>,
    /// Its columns, typed, with as many cells as rows.
    pub(super) columns: Vec<LookupColumn>,
    /// Whether every row could be read: only then can one be missing.
    whole: bool,
}

/// Reads all lookups and makes them known to `names`.
pub fn read(
    files: &[File<'_>],
    reading: &mut Reading<'_>,
    names: &mut Names,
    found: &mut Diagnostics,
) -> Result<Vec<Lookup>, Error> {
    let (mut lookups, mut cells) = (Vec::new(), csv_core::Reader::new());
    for declaration in declaration::named(files, "lookup") {
        if !declaration::check_name(&declaration, |name| names.lookups.contains_key(name), found) {
            continue;
        }
        let Some(draft) = draft(&declaration, &mut cells, reading, names, found)? else {
            names.faulty.insert(Arc::clone(&declaration.name));
            continue;
        };
        let id = LookupId(u16::try_from(lookups.len()).unwrap_or(u16::MAX));
        let Some(lookup) = draft.finish(names, found) else {
            names.faulty.insert(Arc::clone(&declaration.name));
            continue;
        };
        names.lookups.insert(Arc::clone(&declaration.name), named(&lookup, id));
        lookups.push(lookup);
    }
    Ok(lookups)
}

fn draft<'a>(
    declaration: &'a Declaration<'a>,
    cells: &mut csv_core::Reader,
    reading: &mut Reading<'_>,
    names: &Names,
    found: &mut Diagnostics,
) -> Result<Option<Draft<'a>>, Error> {
    let Some(path) = declaration.table.text("file") else { return Ok(None) };
    let Some(path) = keep(chain::file_at(reading.root, path, declaration.source), found) else {
        return Ok(None);
    };
    // Several lookups may read one file.
    let known = reading.sources.iter().find(|source| *source.name == *path).cloned();
    let file = match known {
        Some(file) => file,
        None => chain::read_file(reading.root, &path, reading.sources)?,
    };
    let mut rows = csv_rows::rows(cells, &file);
    if rows.is_empty() {
        let span = declaration.table.text("file").map_or(declaration.name_span, |text| text.span);
        let mistake = mistake::at(&code::LOOKUP_BARE, declaration.source, span);
        found.push(mistake.with("table", &*declaration.name));
        return Ok(None);
    }
    let header = rows.remove(0).cells;
    let mut draft = Draft { declaration, file, header, rows, columns: Vec::new(), whole: true };
    let before = found.len();
    draft.check_rows(found);
    draft.check_columns(found);
    draft.columns = draft.typed_columns(names, reading.zone, found);
    draft.whole &= found.len() == before;
    Ok(Some(draft))
}

impl Draft<'_> {
    pub(super) fn mistake(&self, code: &'static crate::diagnostic::Code, row: &Row) -> Diagnostic {
        mistake::at(code, &self.file, row.span).with("table", &*self.declaration.name)
    }

    /// Rows with another number of cells are reported and left out.
    fn check_rows(&mut self, found: &mut Diagnostics) {
        let width = self.header.len();
        for row in self.rows.iter().filter(|row| row.cells.len() != width) {
            self.whole = false;
            // By another lookup of the same file.
            if is_reported(found, &self.file, row.span) {
                continue;
            }
            found.push(
                self.mistake(&code::LOOKUP_ROW, row).with("found", row.cells.len()).with("expected", width),
            );
        }
        self.rows.retain(|row| row.cells.len() == width);
    }

    /// Every header that the declaration names is there.
    fn check_columns(&self, found: &mut Diagnostics) {
        let table = self.declaration.table;
        // Of two kinds of key nobody knows which is meant: that they are two is reported.
        let interval = table.table("interval").filter(|_| table.get("key").is_none());
        let columns = table.table("columns").map(|table| table.entries.as_slice()).unwrap_or_default();
        let label = table.table("label");
        let texts = |table: Option<&'_ Table<'_>>, keys: [&str; 2]| -> Vec<(String, crate::source::Span)> {
            let texts = keys.iter().filter_map(|key| table?.text(key));
            texts.map(|text| (text.text.to_owned(), text.span)).collect()
        };
        let mut named: Vec<(String, crate::source::Span)> =
            table.texts("key").iter().map(|text| (text.text.to_owned(), text.span)).collect();
        named.extend(texts(interval, ["low", "high"]));
        named.extend(columns.iter().map(|entry| (entry.key.to_string(), entry.key_span)));
        named.extend(texts(label, ["ja", "en"]));
        for (name, span) in named.iter().filter(|(name, _)| self.column(name).is_none()) {
            let known = || self.header.iter().map(String::as_str);
            let mistake = mistake::at(&code::COLUMN_MISSING, self.declaration.source, *span)
                .with("table", &*self.declaration.name)
                .with("found", name.as_str())
                .with("known", mistake::names(known()));
            found.push(mistake::suggested(mistake, name, known()));
        }
    }

    /// The position of the column called `name`. `None`: the header has none.
    pub(super) fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|header| header == name)
    }

    fn typed_columns(&self, names: &Names, zone: Zone, found: &mut Diagnostics) -> Vec<LookupColumn> {
        let typed = |(index, name): (usize, &String)| {
            let (ty, unbounded) = self.column_type(name, names, found);
            let spot = Spot { source: &self.file, key: name };
            let cell = |row: &Row| {
                let text = row.cells.get(index).map(String::as_str).filter(|text| !text.is_empty())?;
                keep(written_value::read_text(text, &ty, zone, row.place(index), spot), found)
            };
            let cells = self.rows.iter().map(cell).collect();
            LookupColumn { name: Arc::from(name.as_str()), ty: ty.clone(), unbounded, cells }
        };
        self.header.iter().enumerate().map(typed).collect()
    }

    /// The declared type, else that of the field with the column's name, else text.
    fn column_type(&self, name: &str, names: &Names, found: &mut Diagnostics) -> (Type, bool) {
        let declared = self.declaration.table.table("columns").and_then(|columns| columns.get(name));
        let field = || names.fields.get(name).map_or(Type::Text, |field| field.ty.clone());
        let Some(item) = declared else { return (field(), false) };
        let table = item.table();
        let text: Option<Text<'_>> = table.map_or_else(|| item.text(), |table| table.text("type"));
        let ty =
            text.and_then(|text| keep(declared_type::read(text, names, self.declaration.spot(name)), found));
        let unbounded = table.and_then(|table| table.flag("unbounded")).unwrap_or(false);
        (ty.unwrap_or_else(field), unbounded)
    }

    fn finish(mut self, names: &Names, found: &mut Diagnostics) -> Option<Lookup> {
        let table = self.declaration.table;
        let keys = match (table.get("key").is_some(), table.table("interval")) {
            (true, None) => self.exact(found)?,
            (false, Some(bounds)) => interval::read(&mut self, bounds, found)?,
            (keys, _) => {
                let reason = if keys {
                    Localized::new("key と interval の両方があります", "it has both `key` and `interval`")
                } else {
                    Localized::new("key も interval もありません", "it has neither `key` nor `interval`")
                };
                found.push(self.wrong_keys(&reason));
                return None;
            }
        };
        let label = |language: &str| {
            let header = table.table("label")?.text(language)?;
            u16::try_from(self.column(header.text)?).ok()
        };
        let labels = label("ja").zip(label("en")).map(|(ja, en)| Localized::new(ja, en));
        let missing = match table.text("missing").map(|text| text.text) {
            Some("undecided") => LookupMissing::Undecided,
            Some("fail") => LookupMissing::Fail,
            _ => LookupMissing::Error,
        };
        let record_keys = self.record_keys(&keys, names);
        let name = Arc::clone(&self.declaration.name);
        Some(Lookup { name, columns: self.columns, keys, record_keys, labels, missing })
    }

    pub(super) fn wrong_keys(&self, reason: &Localized<&'static str>) -> Diagnostic {
        mistake::at(&code::LOOKUP_KEYS, self.declaration.source, self.declaration.name_span)
            .with("table", &*self.declaration.name)
            .with("reason", mistake::fixed(reason))
    }

    fn exact(&self, found: &mut Diagnostics) -> Option<LookupKeys> {
        let keys: Vec<usize> = self
            .declaration
            .table
            .texts("key")
            .iter()
            .map(|text| self.column(text.text))
            .collect::<Option<_>>()?;
        let columns: Vec<&LookupColumn> = keys.iter().filter_map(|key| self.columns.get(*key)).collect();
        let mut rows: BTreeMap<Vec<Value>, usize> = BTreeMap::new();
        for (index, row) in self.rows.iter().enumerate() {
            let cells: Vec<Option<&Value>> =
                columns.iter().map(|column| column.cells.get(index).and_then(Option::as_ref)).collect();
            let Some(key) = cells.iter().copied().map(Option::<&Value>::cloned).collect::<Option<Vec<_>>>()
            else {
                // A cell that could not be read has been reported; one that is empty has not.
                self.report_empty(&keys, row, found);
                continue;
            };
            if rows.insert(key, index).is_some() {
                let text: Vec<&str> =
                    keys.iter().filter_map(|key| row.cells.get(*key)).map(String::as_str).collect();
                found.push(self.mistake(&code::LOOKUP_DUPLICATE, row).with("found", text.join("+")));
            }
        }
        if self.whole {
            total::check(self, &columns, &rows, found);
        }
        let keys = keys.iter().filter_map(|key| u16::try_from(*key).ok()).collect();
        Some(LookupKeys::Exact(keys, rows))
    }

    pub(super) fn report_empty(&self, columns: &[usize], row: &Row, found: &mut Diagnostics) {
        let empty = columns.iter().find(|column| row.cells.get(**column).is_some_and(String::is_empty));
        if let Some(name) = empty.and_then(|column| self.header.get(*column)) {
            found.push(self.mistake(&code::LOOKUP_EMPTY, row).with("found", name.as_str()));
        }
    }

    /// The record's fields called like the key columns; empty unless there is one for each.
    fn record_keys(&self, keys: &LookupKeys, names: &Names) -> Vec<FieldId> {
        let LookupKeys::Exact(keys, _) = keys else { return Vec::new() };
        let field = |key: &u16| {
            let column = self.columns.get(usize::from(*key))?;
            let field = names.fields.get(&column.name)?;
            (std::mem::discriminant(&field.ty) == std::mem::discriminant(&column.ty)).then_some(field.id)
        };
        keys.iter().map(field).collect::<Option<_>>().unwrap_or_default()
    }
}

fn named(lookup: &Lookup, id: LookupId) -> NamedLookup {
    let keys = match &lookup.keys {
        LookupKeys::Exact(keys, _) => {
            let columns = keys.iter().filter_map(|key| lookup.columns.get(usize::from(*key)));
            columns.map(|column| column.ty.clone()).collect()
        }
        LookupKeys::Interval { ty, .. } => vec![ty.clone()],
    };
    let column = |(index, column): (usize, &LookupColumn)| {
        let index = u16::try_from(index).ok()?;
        let named = NamedColumn { index, ty: column.ty.clone(), unbounded: column.unbounded };
        Some((declaration::nfkc(&column.name), named))
    };
    NamedLookup { id, keys, columns: lookup.columns.iter().enumerate().filter_map(column).collect() }
}
