//! Published figures: the CSV files that `[tables.wave.X]` names.
//!
//! Invariants
//! - Each row names a table, a row and a column of the pack, each cell once; a figure is kept with the digits that were
//!   printed.

use std::sync::Arc;

use csv_core::Reader;

use super::super::chain;
use super::super::csv_rows::{self, Row};
use super::super::mistake;
use super::super::param::keep;
use super::super::toml_file::Text;
use super::super::{Lookup, LookupKeys};
use super::{Classing, PublishedFigure, Reading, Tabulation};
use crate::diagnostic::code::pack as code;
use crate::diagnostic::{Diagnostics, Localized};
use crate::error::Error;
use crate::expression::number::parse_scaled;
use crate::expression::{FieldId, Type, Value};
use crate::source::SourceText;

/// The header of such a file.
const HEADER: [&str; 8] = ["table", "row", "band", "value", "to", "mark", "source", "note"];

/// The column of all records: a total, or the printed average.
const ALL: &str = "all";

/// Reads what was published of each wave into `tabulation`.
pub(super) fn read(
    reading: &Reading<'_>,
    tabulation: &mut Tabulation,
    sources: &mut Vec<SourceText>,
    found: &mut Diagnostics,
) -> Result<(), Error> {
    let mut named: Vec<(&str, Text<'_>, &SourceText)> = Vec::new();
    for file in reading.files.iter().filter(|file| file.is_survey()) {
        let waves = file.root.table("tables").and_then(|tables| tables.table("wave"));
        for entry in waves.map(|waves| waves.entries.as_slice()).unwrap_or_default() {
            named.retain(|(wave, ..)| *wave != &*entry.key);
            let path = entry.item.table().and_then(|table| table.text("published"));
            named.extend(path.map(|path| (&*entry.key, path, file.source)));
        }
    }
    let mut cells = Reader::new();
    for (wave, path, source) in named {
        let Some(path) = keep(chain::file_at(reading.root, path, source), found) else { continue };
        let file = chain::read_file(reading.root, &path, sources)?;
        if !reading.published {
            continue;
        }
        let rows = csv_rows::rows(&mut cells, &file);
        let figures = Figures { tabulation, file: &file }.read(&rows, found);
        if let Some(wave) = tabulation.waves.iter_mut().find(|known| &*known.wave == wave) {
            wave.published = figures;
        }
    }
    Ok(())
}

struct Figures<'a> {
    tabulation: &'a Tabulation,
    file: &'a SourceText,
}

impl Figures<'_> {
    fn read(&self, rows: &[Row], found: &mut Diagnostics) -> Vec<PublishedFigure> {
        let Some((header, rows)) = rows.split_first() else { return Vec::new() };
        if header.cells != HEADER {
            let expected = Localized::new("見出し", "the header");
            self.wrong(header, 0, &HEADER.join(","), &expected, found);
            return Vec::new();
        }
        let mut figures: Vec<PublishedFigure> = Vec::new();
        for row in rows {
            let Some(figure) = self.figure(row, found) else { continue };
            let place = |one: &PublishedFigure| [&one.table, &one.row, &one.column].map(Arc::clone);
            if figures.iter().any(|known| place(known) == place(&figure)) {
                let expected = Localized::new(
                    "前の行にない表・行・列の組",
                    "a table, row and column that stand together in no earlier row",
                );
                self.wrong(row, 1, "", &expected, found);
                continue;
            }
            figures.push(figure);
        }
        figures
    }

    /// `None`: it names something that is not there, or its value is no number; this is reported.
    fn figure(&self, row: &Row, found: &mut Diagnostics) -> Option<PublishedFigure> {
        let [table, option, column, value, to, mark, source, _note] = row.cells.as_slice() else {
            let expected = Localized::new("8列", "eight cells");
            self.wrong(row, 0, &HEADER.join(","), &expected, found);
            return None;
        };
        let mut check = |fits: bool, place: usize, known: String, what: Localized<&'static str>| {
            if !fits {
                self.wrong(row, place, &known, &what, found);
            }
            fits
        };
        let tables = &self.tabulation.tables;
        let known = tables.iter().map(|table| &*table.name).collect::<Vec<_>>().join(" ");
        let declared = tables.iter().find(|one| *one.name == **table);
        if declared.is_none() && self.tabulation.unusable.iter().any(|name| **name == **table) {
            return None;
        }
        if !check(declared.is_some(), 0, known, Localized::new("表", "a table")) {
            return None;
        }
        let declared = declared?;
        let fits = declared.rows.iter().any(|row| **row == **option);
        let what = Localized::new("表の行", "a row of the table");
        let fits = check(fits, 1, declared.rows.join(" "), what);
        let columns: Vec<&str> = declared.columns.iter().map(|name| &**name).chain([ALL]).collect();
        let what = Localized::new("表の列", "a column of the table");
        let fits = check(columns.contains(&column.as_str()), 2, columns.join(" "), what) && fits;
        let decimals = value.split_once('.').map_or(0, |(_, part)| part.len());
        let decimals = u8::try_from(decimals).unwrap_or(u8::MAX);
        let number = |text: &str| parse_scaled(text, decimals).ok().filter(|digits| *digits >= 0);
        let digits = number(value);
        let what = Localized::new("印刷された数", "a number as printed");
        let fits = check(digits.is_some(), 3, "65.5".to_owned(), what.clone()) && fits;
        let upper = number(to).filter(|upper| digits.is_some_and(|lower| lower <= *upper));
        let fits = check(to.is_empty() || upper.is_some(), 4, "65.5".to_owned(), what) && fits;
        let what = Localized::new("出所の印", "the mark of its origin");
        let marked = ["report", "reconstructed"].contains(&&**mark);
        let fits = check(marked, 5, "report reconstructed".to_owned(), what) && fits;
        let digits = digits.filter(|_| fits)?;
        Some(PublishedFigure {
            table: Arc::clone(&declared.name),
            row: Arc::from(option.as_str()),
            column: Arc::from(column.as_str()),
            digits,
            upper,
            decimals,
            source: Arc::from(source.as_str()),
            reconstructed: mark == "reconstructed",
        })
    }

    fn wrong(
        &self,
        row: &Row,
        place: usize,
        known: &str,
        expected: &Localized<&'static str>,
        found: &mut Diagnostics,
    ) {
        let cell = row.cells.get(place).map_or("", String::as_str);
        let mistake = mistake::at(&code::PUBLISHED_FIGURE, self.file, row.place(place))
            .with("found", cell)
            .with("expected", mistake::fixed(expected))
            .with("known", known);
        found.push(mistake::suggested(mistake, cell, known.split(' ')));
    }
}

impl Reading<'_> {
    /// Names of the columns into which `classing` puts records.
    pub(super) fn column_names(&self, classing: &Classing) -> Vec<Arc<str>> {
        let labels = classing.labels.and_then(|id| self.lookups.get(usize::from(id.0)));
        if let Some(lookup) = labels {
            return keys(lookup);
        }
        let first = classing.by.first().and_then(|&id| self.type_of(id));
        match first {
            Some(Type::Option(list)) => list.items.iter().map(|item| Arc::clone(&item.name)).collect(),
            _ => Vec::new(),
        }
    }

    fn type_of(&self, id: FieldId) -> Option<&Type> {
        let links = self.names.links.values().flat_map(|link| link.fields.values());
        self.names.fields.values().chain(links).find(|field| field.id == id).map(|field| &field.ty)
    }
}

/// The keys of a lookup of one text or code key, in the order of its rows.
fn keys(lookup: &Lookup) -> Vec<Arc<str>> {
    let LookupKeys::Exact(_, rows) = &lookup.keys else { return Vec::new() };
    let mut keys: Vec<(usize, &Arc<str>)> = rows
        .iter()
        .filter_map(|(key, row)| match key.as_slice() {
            [Value::Text(text)] => Some((*row, text)),
            _ => None,
        })
        .collect();
    keys.sort_unstable();
    keys.into_iter().map(|(_, key)| Arc::clone(key)).collect()
}
