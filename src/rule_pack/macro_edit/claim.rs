//! Published sentences as data: a CSV file, one claim a row.
//!
//! Invariants
//! - Each row names a table, rows and a column of the pack; a figure is kept with the digits that are written.
//! - The file is read once for each macro edit that names it; what is wrong in it is told once (see `telling`).

use std::sync::Arc;

use csv_core::Reader;

use super::super::csv_rows::{self, Row};
use super::super::param::keep;
use super::super::tabulation::decimal;
use super::super::toml_file::Text;
use super::super::{chain, mistake};
use super::{Claim, ClaimColumns, ClaimKind, Reading};
use crate::diagnostic::code::pack as code;
use crate::diagnostic::{Diagnostics, Localized};
use crate::error::Error;
use crate::source::SourceText;

/// The header of such a file.
const HEADER: [&str; 10] =
    ["kind", "table", "options", "band", "limit", "about", "base", "sentence_ja", "sentence_en", "source"];

/// The claims of the file that `path` names. `None`: it is not there, or not such a file, which is reported.
///
/// # Errors
/// The file cannot be read.
pub(super) fn read(
    reading: &Reading<'_>,
    path: Text<'_>,
    source: &SourceText,
    sources: &mut Vec<SourceText>,
    found: &mut Diagnostics,
) -> Result<Option<Vec<Claim>>, Error> {
    let Some(file) = file(reading, path, source, sources, found)? else { return Ok(None) };
    let rows = csv_rows::rows(&mut Reader::new(), &file);
    let Some((header, rows)) = rows.split_first() else { return Ok(Some(Vec::new())) };
    let mut claims = Claims { reading, file: &file, found };
    if header.cells != HEADER {
        claims.wrong(header, 0, &HEADER.join(","), &Localized::new("見出し", "the header"));
        return Ok(None);
    }
    Ok(Some(rows.iter().filter_map(|row| claims.claim(row)).collect()))
}

/// The file that `path` names, read once. `None`: it is not there, which is reported.
///
/// # Errors
/// The file cannot be read.
pub(super) fn file(
    reading: &Reading<'_>,
    path: Text<'_>,
    source: &SourceText,
    sources: &mut Vec<SourceText>,
    found: &mut Diagnostics,
) -> Result<Option<SourceText>, Error> {
    let Some(path) = keep(chain::file_at(reading.root, path, source), found) else { return Ok(None) };
    let known = sources.iter().find(|known| *known.name == *path).cloned();
    known.map_or_else(|| chain::read_file(reading.root, &path, sources), Ok).map(Some)
}

struct Claims<'c, 'a> {
    reading: &'c Reading<'a>,
    file: &'c SourceText,
    found: &'c mut Diagnostics,
}

impl Claims<'_, '_> {
    /// `None`: it names something that is not there, which is reported.
    fn claim(&mut self, row: &Row) -> Option<Claim> {
        let [kind, table, options, band, limit, about, base, ja, en, source] = row.cells.as_slice() else {
            self.wrong(row, 0, &HEADER.join(","), &Localized::new("10列", "ten cells"));
            return None;
        };
        let words = ClaimKind::ALL.map(|(word, _)| word).join(" ");
        let kind = self.checked(
            ClaimKind::of(kind),
            row,
            0,
            &words,
            &Localized::new("記述の種類", "a kind of claim"),
        )?;
        let tables = &self.reading.tabulation.tables;
        let names = tables.iter().map(|table| &*table.name).collect::<Vec<_>>().join(" ");
        let place = tables.iter().position(|declared| *declared.name == **table);
        // Why the table cannot be made has been reported.
        if self.reading.tabulation.unusable.iter().any(|name| **name == **table) {
            return None;
        }
        let table = self.checked(place, row, 1, &names, &Localized::new("表", "a table"))?;
        let declared = tables.get(table)?;
        let rows: Option<Vec<Arc<str>>> = options
            .split('+')
            .map(|option| declared.rows.iter().find(|row| ***row == *option.trim()).cloned())
            .collect();
        let what = Localized::new("表の行（＋でつなぐ）", "rows of the table, joined by +");
        let rows = self.checked(rows, row, 2, &declared.rows.join(" "), &what)?;
        let names: Vec<&str> = declared.columns.iter().map(|name| &**name).chain(["all"]).collect();
        let columns = match band.as_str() {
            "*" => Some(ClaimColumns::Each),
            name => names.contains(&name).then(|| ClaimColumns::One(Arc::from(name))),
        };
        let what = Localized::new("表の列（* は各区分）", "a column of the table (* for each band)");
        let columns = self.checked(columns, row, 3, &names.join(" "), &what)?;
        let number = Localized::new("数", "a number");
        let needs_limit = kind != ClaimKind::Rising;
        let limit = match limit.as_str() {
            "" if !needs_limit => None,
            digits => Some(self.checked(decimal(digits), row, 4, "80", &number)?),
        };
        let about = match about.as_str() {
            "" => (0, 0),
            digits => self.checked(decimal(digits), row, 5, "5", &number)?,
        };
        let sentence = Localized::new(Arc::from(ja.as_str()), Arc::from(en.as_str()));
        let other_base = !base.is_empty();
        Some(Claim {
            kind,
            table,
            rows,
            columns,
            limit,
            about,
            other_base,
            sentence,
            source: Arc::from(source.as_str()),
        })
    }

    /// `value`; that there is none is reported.
    fn checked<T>(
        &mut self,
        value: Option<T>,
        row: &Row,
        place: usize,
        known: &str,
        expected: &Localized<&'static str>,
    ) -> Option<T> {
        if value.is_none() {
            self.wrong(row, place, known, expected);
        }
        value
    }

    fn wrong(&mut self, row: &Row, place: usize, known: &str, expected: &Localized<&'static str>) {
        let cell = row.cells.get(place).map_or("", String::as_str);
        let mistake = mistake::at(&code::PUBLISHED_FIGURE, self.file, row.place(place))
            .with("found", cell)
            .with("expected", mistake::fixed(expected))
            .with("known", known);
        self.found.push(mistake::suggested(mistake, cell, known.split(' ')));
    }
}
