//! The form sheet: one record, a row a question, with the answer beside it.
//!
//! Invariants
//! - In each row of a question the first cell holds the name by which the reader knows the column, and the fourth is
//!   the answer, under the heading 回答 Answer; the rows of sections have no answer.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::column::Column;
use super::look;
use super::validation::{self, Offered};
use super::workbook::Form;
use crate::questionnaire::Required;
use crate::source::display_width;

/// Headings and widths of the five columns.
const HEADINGS: [(&str, f64); 5] = [
    ("項目 Item", 22.0),
    ("設問", 38.0),
    ("Question", 38.0),
    ("回答 Answer", 26.0),
    ("選択肢・回答対象・注意 Options, who answers, notes", 56.0),
];

/// Row of the headings: above them the title and a sentence in each language.
const HEADINGS_ROW: u32 = 4;

/// Column of the answers.
const ANSWER: u16 = 3;

/// Letters of half width that a line of the last column holds.
const NOTES_WIDTH: usize = 54;

/// Writes the sheet.
pub(super) fn write(form: &Form<'_>, sheet: &mut Worksheet, offered: &mut Offered) -> Result<(), XlsxError> {
    top(form, sheet)?;
    for (place, (heading, width)) in (0_u16..).zip(HEADINGS) {
        sheet.set_column_width(place, width)?;
        sheet.write_string_with_format(HEADINGS_ROW, place, heading, &look::heading(Required::Yes))?;
    }
    sheet.set_row_height(HEADINGS_ROW, look::height(HEADINGS))?;
    let mut row = HEADINGS_ROW + 1;
    let mut section = None;
    for column in form.columns {
        if column.field.section != section {
            section = column.field.section;
            if let Some(declared) = section.and_then(|place| form.pack.questionnaire.sections.get(place)) {
                let heading = format!("{}　{}", declared.label.ja, declared.label.en);
                for place in 0..5 {
                    sheet.write_blank(row, place, &look::section())?;
                }
                sheet.write_string_with_format(row, 0, heading, &look::section_title())?;
                row += 1;
            }
        }
        question(form, column, sheet, row, offered)?;
        row += 1;
    }
    sheet.set_freeze_panes(HEADINGS_ROW + 1, 0)?;
    sheet.set_selection(HEADINGS_ROW + 1, ANSWER, HEADINGS_ROW + 1, ANSWER)?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    sheet.set_repeat_rows(HEADINGS_ROW, HEADINGS_ROW)?;
    Ok(())
}

fn top(form: &Form<'_>, sheet: &mut Worksheet) -> Result<(), XlsxError> {
    let title = &form.pack.questionnaire.title;
    sheet.write_string_with_format(0, 0, &*title.ja, &look::title())?;
    sheet.write_string_with_format(1, 0, &*title.en, &look::subtitle())?;
    let ja = "色の付いた「回答」の欄に記入してください。選択肢のある欄は一覧から選べます。";
    let en = "Please fill in the coloured cells. Where there are options, choose one from the list.";
    sheet.write_string_with_format(2, 0, ja, &look::subtitle())?;
    sheet.write_string_with_format(3, 0, en, &look::subtitle())?;
    Ok(())
}

fn question(
    form: &Form<'_>,
    column: &Column<'_>,
    sheet: &mut Worksheet,
    row: u32,
    offered: &mut Offered,
) -> Result<(), XlsxError> {
    let title = column.title();
    let notes = notes(form, column);
    let texts = [column.header, &title.ja, &title.en, "", &notes];
    for (place, text) in (0_u16..).zip(texts) {
        if place == ANSWER {
            match column.versions(form.pack).first() {
                // Which form it is the form says itself.
                Some(version) => {
                    sheet.write_string_with_format(row, place, &**version, &look::answer(column))?
                }
                None => sheet.write_blank(row, place, &look::answer(column))?,
            };
        } else {
            sheet.write_string_with_format(row, place, text, &look::cell())?;
        }
    }
    sheet.add_data_validation(row, ANSWER, row, ANSWER, &validation::of(form, column, offered)?)?;
    sheet.ignore_error(row, ANSWER, rust_xlsxwriter::IgnoreError::NumberStoredAsText)?;
    let widths = HEADINGS.iter().map(|(_, width)| *width);
    sheet.set_row_height(row, look::height(texts.into_iter().zip(widths)))?;
    Ok(())
}

/// How the answer is written, the help, and of whom it is asked, in both languages.
fn notes(form: &Form<'_>, column: &Column<'_>) -> String {
    let (how, asked, required) =
        (column.how(form.pack), column.asked_of(form.pack), column.required(form.pack));
    let help = column.field.help.as_ref().map(|help| help.map(ToString::to_string)).unwrap_or_default();
    let (who_ja, who_en) =
        (format!("【{}】{}", required.ja, asked.ja), format!("[{}] {}", required.en, asked.en));
    // Short ones share a line, so that the whole form stays short.
    let both = format!("{who_ja}　{who_en}");
    let who = if display_width(&both) <= NOTES_WIDTH { vec![both] } else { vec![who_ja, who_en] };
    let lines = [&how.ja, &how.en, &help.ja, &help.en].into_iter().chain(&who);
    let lines: Vec<&str> = lines.map(String::as_str).filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}
