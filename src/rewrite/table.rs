//! A text file as a workbook: the same rows and cells, the cells marked that remarks are about, and a list of the
//! remarks.
//!
//! Invariants
//! - Every cell is a text, so that nothing is taken for a number, a date or a formula.
//! - The same file and findings give the same bytes.

use std::collections::BTreeMap;
use std::io;

use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, IgnoreError, Note, Workbook,
    Worksheet, XlsxError,
};

use super::remark::{Remark, Said, Spot, comment, fill};
use crate::diagnostic::{Language, Severity};
use crate::input::WrittenRow;
use crate::report::words;
use crate::source::display_width;
use crate::workbook::cell_text::{LONGEST_CELL, clipped, is_longer};

/// Rows and columns of a sheet.
const MOST_ROWS: usize = 1_048_576;
const MOST_COLUMNS: usize = 16_384;

/// Widest column, in letters.
const WIDEST: usize = 40;

/// Rows that are measured for the widths of columns.
const MEASURED: usize = 200;

/// A cell: row and column, from 0.
type At = (u32, u16);

/// The workbook, how many cells are marked, and how many had to be cut. `None`: the file has more rows or columns than a workbook.
pub(super) fn workbook(
    rows: &[WrittenRow],
    remarks: &[Remark],
    left_out: u64,
    language: Language,
) -> io::Result<Option<(Vec<u8>, u64, u64)>> {
    if rows.len() > MOST_ROWS || rows.iter().any(|row| row.texts.len() > MOST_COLUMNS) {
        return Ok(None);
    }
    let marks = marks(rows, remarks);
    let cells = u64::try_from(marks.len()).unwrap_or(u64::MAX);
    let written = write(rows, remarks, &marks, left_out, language).map_err(io::Error::other)?;
    let texts = rows.iter().flat_map(|row| &row.texts);
    let cut = u64::try_from(texts.filter(|text| is_longer(text, LONGEST_CELL)).count()).unwrap_or(u64::MAX);
    Ok(Some((written, cells, cut)))
}

/// The remarks of each cell, gravest first.
fn marks<'r>(rows: &[WrittenRow], remarks: &'r [Remark]) -> BTreeMap<At, Vec<&'r Remark>> {
    let mut marks: BTreeMap<At, Vec<&Remark>> = BTreeMap::new();
    for remark in remarks {
        for spot in &remark.spots {
            let cell = marks.entry(place(rows, spot)).or_default();
            if !cell.iter().any(|known| std::ptr::eq(*known, remark)) {
                cell.push(remark);
            }
        }
    }
    marks
}

/// The cell of a spot; what is about the file as a whole stands at the first cell that holds something.
fn place(rows: &[WrittenRow], spot: &Spot) -> At {
    let (row, column) = match spot {
        Spot::Byte(byte) => {
            let behind = rows.partition_point(|row| row.places.first().is_some_and(|first| first <= byte));
            let row = behind.saturating_sub(1);
            let cells = rows.get(row).map_or(0, |row| row.places.partition_point(|place| place <= byte));
            (row, cells.saturating_sub(1))
        }
        Spot::File | Spot::Cell(..) => {
            let filled = |row: &WrittenRow| row.texts.iter().position(|text| !text.trim().is_empty());
            rows.iter().enumerate().find_map(|(at, row)| Some((at, filled(row)?))).unwrap_or_default()
        }
    };
    (u32::try_from(row).unwrap_or(0), u16::try_from(column).unwrap_or(0))
}

fn write(
    rows: &[WrittenRow],
    remarks: &[Remark],
    marks: &BTreeMap<At, Vec<&Remark>>,
    left_out: u64,
    language: Language,
) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let mut answers = Worksheet::new();
    answers.set_name(words::pick(language, "回答", "Answers"))?;
    answered(&mut answers, rows)?;
    for (&at, about) in marks {
        mark(&mut answers, rows, at, about, language)?;
    }
    workbook.push_worksheet(answers);
    let mut list = Worksheet::new();
    list.set_name(words::pick(language, "指摘一覧", "Findings"))?;
    listed(&mut list, rows, remarks, left_out, language)?;
    workbook.push_worksheet(list);
    workbook.save_to_buffer()
}

pub(super) fn plain() -> Format {
    Format::new().set_font_name("Yu Gothic").set_font_size(10).set_num_format_index(49)
}

/// All cells of the file.
fn answered(sheet: &mut Worksheet, rows: &[WrittenRow]) -> Result<(), XlsxError> {
    let format = plain();
    let mut widths: Vec<usize> = Vec::new();
    for (row, written) in (0_u32..).zip(rows) {
        for (column, text) in (0_u16..).zip(&written.texts) {
            if !text.is_empty() {
                sheet.write_string_with_format(row, column, fitting(text), &format)?;
            }
            let place = usize::from(column);
            if usize::try_from(row).is_ok_and(|row| row < MEASURED) {
                widths.resize(widths.len().max(place + 1), 8);
                if let Some(width) = widths.get_mut(place) {
                    let longest = text.lines().map(display_width).max().unwrap_or(0);
                    *width = (*width).max(longest + 2).min(WIDEST);
                }
            }
        }
    }
    for (column, width) in (0_u16..).zip(&widths) {
        sheet.set_column_width(column, u32::try_from(*width).unwrap_or(8))?;
    }
    let last = (u32::try_from(rows.len()).unwrap_or(1), u16::try_from(widths.len()).unwrap_or(1));
    let (last_row, last_column) = (last.0.saturating_sub(1), last.1.saturating_sub(1));
    sheet.ignore_error_range(0, 0, last_row, last_column, IgnoreError::NumberStoredAsText)?;
    Ok(())
}

/// Fills one cell and comments it.
fn mark(
    sheet: &mut Worksheet,
    rows: &[WrittenRow],
    (row, column): At,
    about: &[&Remark],
    language: Language,
) -> Result<(), XlsxError> {
    let gravest = about.iter().map(|remark| remark.severity).max().unwrap_or(Severity::Info);
    let format = plain()
        .set_background_color(Color::RGB(fill(gravest)))
        .set_border(FormatBorder::Thin)
        .set_border_color(Color::RGB(0x0080_8080));
    let written = usize::try_from(row).ok().and_then(|row| rows.get(row));
    match written.and_then(|row| row.texts.get(usize::from(column))).filter(|text| !text.is_empty()) {
        Some(text) => sheet.write_string_with_format(row, column, fitting(text), &format)?,
        None => sheet.write_blank(row, column, &format)?,
    };
    let said: Vec<Said<'_>> = about.iter().copied().map(Said::from).collect();
    sheet.insert_note(row, column, &note(&comment(&said, language)))?;
    Ok(())
}

/// A comment wide enough for its text.
fn note(text: &str) -> Note {
    let lines: usize = text.lines().map(|line| display_width(line).div_ceil(56).max(1)).sum();
    let height = u32::try_from(lines + 1).unwrap_or(30).saturating_mul(17).clamp(60, 700);
    Note::new(text)
        .set_author("kenpyo")
        .add_author_prefix(false)
        .set_font_name("Yu Gothic")
        .set_font_size(9)
        .set_width(400)
        .set_height(height)
}

/// The list of the remarks, in the order of their cells.
fn listed(
    sheet: &mut Worksheet,
    rows: &[WrittenRow],
    remarks: &[Remark],
    left_out: u64,
    language: Language,
) -> Result<(), XlsxError> {
    let heading =
        plain().set_bold().set_background_color(Color::RGB(0x00DD_EBF7)).set_border(FormatBorder::Thin);
    let headings = match language {
        Language::Ja => ["セル", "重大度", "規則", "指摘", "説明"],
        Language::En => ["Cell", "Severity", "Rule", "Finding", "What to do"],
    };
    for ((column, text), width) in (0_u16..).zip(headings).zip([10, 10, 24, 36, 90]) {
        sheet.write_string_with_format(0, column, text, &heading)?;
        sheet.set_column_width(column, width)?;
    }
    let mut ordered: Vec<(At, &Remark)> =
        remarks.iter().filter_map(|remark| Some((place(rows, remark.spots.first()?), remark))).collect();
    ordered.sort_by_key(|(at, _)| *at);
    let wrapped = plain().set_text_wrap().set_align(FormatAlign::Top).set_border(FormatBorder::Hair);
    let mut row = 1;
    for (at, remark) in ordered.into_iter().take(MOST_ROWS - 2) {
        let severity = words::severity(remark.severity);
        let cell = rust_xlsxwriter::utility::row_col_to_cell(at.0, at.1);
        let colored = wrapped.clone().set_background_color(Color::RGB(fill(remark.severity)));
        let texts = [&cell, *severity.get(language), &remark.rule, &remark.title, &remark.text];
        for (column, text) in (0_u16..).zip(texts) {
            let format = if column == 1 { &colored } else { &wrapped };
            sheet.write_string_with_format(row, column, text, format)?;
        }
        let lines: usize = remark.text.lines().map(|line| display_width(line).div_ceil(86).max(1)).sum();
        sheet.set_row_height(row, u32::try_from(lines).unwrap_or(1).saturating_mul(16).clamp(18, 400))?;
        row += 1;
    }
    if left_out > 0 {
        let text = super::remark::left_out(left_out, language);
        sheet.write_string_with_format(row, 0, text, &plain().set_bold())?;
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    Ok(())
}

/// A text that a cell can hold: cut, without what XML has no sign for.
pub(super) fn fitting(text: &str) -> String {
    let plain = |letter: char| match letter {
        '\u{FFFE}' | '\u{FFFF}' => '\u{FFFD}',
        other => other,
    };
    clipped(text, LONGEST_CELL).replace("\r\n", "\n").chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::written_rows;
    use crate::source::encoding::Encoding;

    #[test]
    fn a_place_in_the_file_is_a_cell() {
        let rows = written_rows("\n 題 \n名,数\n\"あ\n\",12\n".as_bytes(), b',', Encoding::Utf8);
        let at = |byte| place(&rows, &Spot::Byte(byte));
        assert_eq!(
            [at(0), at(7), at(12), at(16), at(23), at(24), at(999)],
            [(0, 0), (2, 0), (2, 1), (3, 0), (3, 1), (3, 1), (3, 1)]
        );
        assert_eq!(place(&rows, &Spot::File), (1, 0));
    }

    #[test]
    fn texts_are_cut_where_a_cell_ends() {
        assert_eq!(fitting("a\r\nb\u{FFFF}"), "a\nb\u{FFFD}");
        let cut = fitting(&"𠮷".repeat(20_000));
        assert!(cut.encode_utf16().count() <= LONGEST_CELL && cut.ends_with('…'));
    }
}
