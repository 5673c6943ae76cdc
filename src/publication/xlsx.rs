//! Tables as a workbook: a sheet for each, by the uniform rule for machine-readable tables.
//!
//! Invariants
//! - The names of the columns stand in the first row, and a datum in each row below; no title, no note, no blank row, no
//!   merged cell, no formula, no picture.
//! - Numbers are numbers. A datum without a number leaves its cell out, and its status says why.
//! - The same figures give the same bytes.

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::Publication;
use super::csv::cells;
use super::tidy::{COLUMNS, data};
use crate::error::Error;
use crate::tables::{Decimal, TableFigures};

/// The day on which every workbook says that it was made.
const MADE: (u16, u8, u8) = (2000, 1, 1);

/// Places of the columns that hold numbers.
const NUMBERS: std::ops::Range<usize> = 12..15;

/// Most letters of a sheet's name.
const LONGEST_NAME: usize = 31;

/// The whole file.
///
/// # Errors
/// It cannot be made.
pub fn xlsx(publication: &Publication<'_>) -> Result<Vec<u8>, Error> {
    workbook(publication)
        .map_err(|error| Error::Write { path: PathBuf::from("xlsx"), source: io::Error::other(error) })
}

fn workbook(publication: &Publication<'_>) -> Result<Vec<u8>, XlsxError> {
    let made = ExcelDateTime::from_ymd(MADE.0, MADE.1, MADE.2)?;
    let mut workbook = Workbook::new();
    workbook
        .set_properties(&DocProperties::new().set_title(env!("CARGO_PKG_NAME")).set_creation_datetime(&made));
    let tables = &publication.figures.tables;
    let names: Vec<&str> = tables.iter().map(|table| &*table.name).collect();
    for (name, table) in names_of_sheets(&names).into_iter().zip(tables) {
        workbook.push_worksheet(sheet(publication, table, name)?);
    }
    workbook.save_to_buffer()
}

fn sheet(publication: &Publication<'_>, table: &TableFigures, name: String) -> Result<Worksheet, XlsxError> {
    let mut sheet = Worksheet::new();
    sheet.set_name(name)?;
    let heading = Format::new().set_bold();
    for (place, column) in (0..).zip(COLUMNS) {
        sheet.write_string_with_format(0, place, column, &heading)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    for (row, datum) in (1..).zip(data(publication.figures, table, publication.language)) {
        let texts = cells(publication, &datum);
        let numbers = [datum.value, datum.low, datum.high];
        for (place, text) in texts.iter().enumerate() {
            let column = u16::try_from(place).unwrap_or(u16::MAX);
            let number =
                place.checked_sub(NUMBERS.start).and_then(|place| numbers.get(place)).copied().flatten();
            match number {
                Some(number) => {
                    sheet.write_number(row, column, float(number))?;
                }
                None if NUMBERS.contains(&place) || text.is_empty() => {}
                None => {
                    sheet.write_string(row, column, text)?;
                }
            }
        }
    }
    Ok(sheet)
}

/// A printed number of few digits, of which a spreadsheet's number is the nearest.
fn float(number: Decimal) -> f64 {
    number.to_string().parse().unwrap_or(f64::NAN)
}

/// The tables' names, as far as sheets may have them: a workbook tells names apart by more than their case. A table whose
/// name cannot be its sheet's has a number.
fn names_of_sheets(tables: &[&str]) -> Vec<String> {
    let fits = |letter: char| !matches!(letter, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'');
    let is_fit =
        |name: &str| !name.is_empty() && name.chars().all(fits) && name.chars().count() <= LONGEST_NAME;
    let mut taken: BTreeSet<String> = tables.iter().map(|name| name.to_lowercase()).collect();
    let mut met: BTreeSet<String> = BTreeSet::new();
    let mut names = Vec::new();
    for (number, &table) in (1_u32..).zip(tables) {
        if met.insert(table.to_lowercase()) && is_fit(table) {
            names.push(table.to_owned());
            continue;
        }
        let further = (2_u32..).map(|time| format!("{number}-{time}"));
        let free = std::iter::once(number.to_string()).chain(further).find(|name| !taken.contains(name));
        let free = free.unwrap_or_default();
        taken.insert(free.clone());
        names.push(free);
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sheet_has_a_name_of_its_own() {
        assert_eq!(names_of_sheets(&["S1", "s1", "a/b", "3", ""]), ["S1", "2", "3-2", "3", "5"]);
        let long = "x".repeat(40);
        assert_eq!(names_of_sheets(&[&long, "1"]), ["1-2", "1"]);
    }
}
