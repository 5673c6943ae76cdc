//! The list form: a header row with the form's column names, and empty rows, one a record.
//!
//! Invariants
//! - The header is the first row, and holds nothing but the names by which the reader knows the columns.

use rust_xlsxwriter::{Note, Worksheet, XlsxError};

use super::column::Column;
use super::look;
use super::validation::{self, Offered};
use super::workbook::Form;
use crate::diagnostic::Language;
use crate::source::display_width;

/// Rows prepared for answers; below them the columns keep their formats, but not their lists.
const ROWS: u32 = 200;

/// Author of the notes.
const AUTHOR: &str = "kenpyo";

/// Width of a note, in letters of half width.
const NOTE_WIDTH: usize = 52;

/// Writes the sheet.
pub(super) fn write(form: &Form<'_>, sheet: &mut Worksheet, offered: &mut Offered) -> Result<(), XlsxError> {
    let mut headings = Vec::new();
    for (place, column) in (0_u16..).zip(form.columns) {
        let width = look::width(column);
        sheet.set_column_width(place, width)?;
        headings.push((column.header, width));
        sheet.write_string_with_format(0, place, column.header, &look::heading(column.need(form.pack)))?;
        sheet.insert_note(0, place, &note(form, column))?;
        let format = look::answers(column);
        sheet.set_column_format(place, &unbordered(column))?;
        for row in 1..=ROWS {
            sheet.write_blank(row, place, &format)?;
        }
        sheet.add_data_validation(1, place, ROWS, place, &validation::of(form, column, offered)?)?;
        sheet.ignore_error_range(1, place, ROWS, place, rust_xlsxwriter::IgnoreError::NumberStoredAsText)?;
    }
    sheet.set_row_height(0, look::height(headings))?;
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_landscape().set_paper_size(8);
    sheet.set_repeat_rows(0, 0)?;
    Ok(())
}

/// The format of the column below the prepared rows.
fn unbordered(column: &Column<'_>) -> rust_xlsxwriter::Format {
    look::answers(column).set_border(rust_xlsxwriter::FormatBorder::None)
}

/// What is said about the column in both languages, that of the template first.
fn note(form: &Form<'_>, column: &Column<'_>) -> Note {
    let other = match form.language {
        Language::Ja => Language::En,
        Language::En => Language::Ja,
    };
    let mut lines = column.explanation(form.pack, form.language);
    lines.push(String::new());
    lines.extend(column.explanation(form.pack, other));
    let shown: usize = lines.iter().map(|line| display_width(line).div_ceil(NOTE_WIDTH).max(1)).sum();
    let height = u32::try_from(shown + 1).unwrap_or(20).saturating_mul(16).min(600);
    Note::new(lines.join("\n"))
        .set_author(AUTHOR)
        .add_author_prefix(false)
        .set_font_name("Yu Gothic")
        .set_font_size(9)
        .set_width(380)
        .set_height(height)
}
