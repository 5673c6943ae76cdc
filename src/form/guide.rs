//! The guide: every question with its options, who must answer it, and the marks that may stand in place of an answer.
//!
//! Invariants
//! - Both languages side by side; no cell is to be filled in.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::look;
use super::workbook::Form;
use crate::questionnaire::Required;

/// Headings and widths of the columns.
const HEADINGS: [(&str, f64); 8] = [
    ("区分 Section", 18.0),
    ("項目 Item", 20.0),
    ("設問", 34.0),
    ("Question", 34.0),
    ("選択肢・書き方", 36.0),
    ("Options, how to write", 36.0),
    ("回答対象 Asked of", 40.0),
    ("答えの代わりに使える記号 Marks in place of an answer", 26.0),
];

/// Row of the headings.
const HEADINGS_ROW: u32 = 9;

/// What is said above the table.
const ABOVE: [&str; 6] = [
    "・「回答 Answers」のシートに記入してください。項目名（見出し）は変更しないでください。",
    "・選択肢のある欄は、一覧から選ぶか、番号または選択肢のとおりに記入してください。",
    "・回答対象でない設問は空欄のままにしてください。",
    "* Please fill in the sheet \"回答 Answers\" and leave its headings as they are.",
    "* Where there are options, choose one from the list, or write its number or its words.",
    "* Leave questions blank that are not asked of you.",
];

/// Writes the sheet.
pub(super) fn write(form: &Form<'_>, sheet: &mut Worksheet) -> Result<(), XlsxError> {
    let title = &form.pack.questionnaire.title;
    sheet.write_string_with_format(0, 0, format!("記入要領　{}", title.ja), &look::title())?;
    sheet.write_string_with_format(1, 0, format!("Guide: {}", title.en), &look::subtitle())?;
    for (row, line) in (2_u32..).zip(ABOVE) {
        sheet.write_string_with_format(row, 0, line, &look::subtitle())?;
    }
    for (place, (heading, width)) in (0_u16..).zip(HEADINGS) {
        sheet.set_column_width(place, width)?;
        sheet.write_string_with_format(HEADINGS_ROW, place, heading, &look::heading(Required::Yes))?;
    }
    sheet.set_row_height(HEADINGS_ROW, look::height(HEADINGS))?;
    for (row, column) in (HEADINGS_ROW + 1..).zip(form.columns) {
        let section = column.field.section.and_then(|place| form.pack.questionnaire.sections.get(place));
        let section = section.map_or_else(String::new, |of| format!("{}\n{}", of.label.ja, of.label.en));
        let (title, how, asked) = (column.title(), column.how(form.pack), column.asked_of(form.pack));
        let (required, marks) = (column.required(form.pack), column.marks(form.pack));
        let help = column.field.help.as_ref().map(|help| help.map(ToString::to_string)).unwrap_or_default();
        let beside = |text: &str, help: &str| {
            if help.is_empty() { text.to_owned() } else { format!("{text}\n{help}") }
        };
        let asked = format!("【{}】{}\n[{}] {}", required.ja, asked.ja, required.en, asked.en);
        let marks = if marks.ja.is_empty() { String::new() } else { format!("{}\n{}", marks.ja, marks.en) };
        let cells = [
            section,
            column.header.to_owned(),
            beside(&title.ja, &help.ja),
            beside(&title.en, &help.en),
            how.ja,
            how.en,
            asked,
            marks,
        ];
        for (place, text) in (0_u16..).zip(&cells) {
            sheet.write_string_with_format(row, place, text, &look::cell())?;
        }
        let widths = HEADINGS.iter().map(|(_, width)| *width);
        sheet.set_row_height(row, look::height(cells.iter().map(String::as_str).zip(widths)))?;
    }
    sheet.set_freeze_panes(HEADINGS_ROW + 1, 2)?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    sheet.set_repeat_rows(HEADINGS_ROW, HEADINGS_ROW)?;
    Ok(())
}
