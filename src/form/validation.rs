//! What a cell of the template accepts: drop-down lists, ranges of numbers, dates, and the message beside the cell.
//!
//! Invariants
//! - A list of more than 255 letters, or with a comma in an option, stands on the sheet of options.
//! - What the reader takes may be written: the number of an option, and what the schema takes in place of an answer
//!   (marks). A list is an offer, so beside it nothing is refused, and the message says what else may be written.

use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DataValidationRule, ExcelDateTime, Formula, Worksheet,
    XlsxError,
};

use super::column::{Column, Entry, bounds};
use super::look;
use super::workbook::Form;
use crate::diagnostic::{Decimal, Language};
use crate::input::OPTIONS_SHEET;
use crate::workbook::cell_text::clipped;

/// Longest list that stands in the cell itself, and longest message, in UTF-16 units.
const LONGEST: usize = 255;

/// Longest title of a message.
const LONGEST_TITLE: usize = 32;

/// Largest number whose digits a spreadsheet keeps.
const LARGEST: i64 = 999_999_999_999_999;

/// Lists of options that stand on a sheet of their own, a column each.
#[derive(Debug, Default)]
pub(super) struct Offered(Vec<Vec<String>>);

impl Offered {
    /// Whether no list needs the sheet.
    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The place of the list, as a formula refers to it.
    fn place(&mut self, list: &[String]) -> String {
        let known = self.0.iter().position(|known| known == list);
        let column = known.unwrap_or_else(|| {
            self.0.push(list.to_vec());
            self.0.len() - 1
        });
        let letters = u16::try_from(column).map(rust_xlsxwriter::utility::column_number_to_name);
        let letters = letters.unwrap_or_default();
        format!("='{OPTIONS_SHEET}'!${letters}$1:${letters}${}", list.len())
    }

    /// Writes the lists, each into its column.
    pub(super) fn write(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let format = look::plain().set_num_format_index(look::TEXT);
        for (column, list) in (0_u16..).zip(&self.0) {
            sheet.set_column_width(column, 28)?;
            for (row, option) in (0_u32..).zip(list) {
                sheet.write_string_with_format(row, column, option, &format)?;
            }
        }
        Ok(())
    }
}

/// What the cells of `column` accept.
pub(super) fn of(
    form: &Form<'_>,
    column: &Column<'_>,
    offered: &mut Offered,
) -> Result<DataValidation, XlsxError> {
    let rule = DataValidation::new().ignore_blank(true);
    let marked = column.field.marks.iter().any(|mark| !mark.tokens.is_empty());
    let style = match column.entry {
        Entry::Option(_) | Entry::Tick(_) => DataValidationErrorStyle::Warning,
        _ if marked => DataValidationErrorStyle::Warning,
        _ => DataValidationErrorStyle::Stop,
    };
    let rule = match column.entry {
        Entry::Option(list) => {
            let labels = list.items.iter().map(|item| item.label.get(form.language).to_string());
            one_of(rule, &labels.chain(allowed(column)).collect::<Vec<_>>(), offered)?
        }
        Entry::Tick(mark) => one_of(rule, &[mark.to_owned()], offered)?,
        Entry::Number(scale, _, domain) => number(rule, scale, bounds(domain)),
        Entry::Date | Entry::DateTime => {
            let first = ExcelDateTime::from_ymd(1900, 1, 1)?;
            rule.allow_date(DataValidationRule::GreaterThanOrEqualTo(first))
        }
        Entry::Several(..) | Entry::Month | Entry::Code | Entry::Text => rule.allow_any_value(),
    };
    told(form, column, rule.set_error_style(style))
}

/// Marks that the schema takes as an answer.
fn allowed<'c>(column: &'c Column<'_>) -> impl Iterator<Item = String> + use<'c> {
    let field = column.field;
    let allowed = field.marks.iter().filter(|mark| field.marks_allowed.contains(&mark.name));
    allowed.filter_map(|mark| mark.tokens.first().map(ToString::to_string))
}

fn one_of(rule: DataValidation, list: &[String], offered: &mut Offered) -> Result<DataValidation, XlsxError> {
    let units = list.iter().map(|option| option.encode_utf16().count() + 1).sum::<usize>().saturating_sub(1);
    let splits = |option: &String| option.contains([',', '"']) || option.trim() != option;
    if units <= LONGEST && !list.iter().any(splits) {
        return rule.allow_list_strings(list);
    }
    Ok(rule.allow_list_formula(Formula::new(offered.place(list))))
}

fn number(rule: DataValidation, scale: u8, (low, high): (Option<i64>, Option<i64>)) -> DataValidation {
    let bound = |mantissa: Option<i64>, otherwise: i64| {
        let decimal = mantissa
            .map_or(Decimal { mantissa: otherwise, scale: 0 }, |mantissa| Decimal { mantissa, scale });
        Formula::new(decimal.to_string())
    };
    let range = DataValidationRule::Between(bound(low, -LARGEST), bound(high, LARGEST));
    if scale == 0 { rule.allow_whole_number_formula(range) } else { rule.allow_decimal_number_formula(range) }
}

/// The message beside the cell, and the one on a wrong entry.
fn told(form: &Form<'_>, column: &Column<'_>, rule: DataValidation) -> Result<DataValidation, XlsxError> {
    let lines = column.explanation(form.pack, form.language);
    let refused = refusal(column.entry, form.language);
    rule.set_input_title(clipped(column.header, LONGEST_TITLE))?
        .set_input_message(clipped(&lines.join("\n"), LONGEST))?
        .set_error_title(clipped(column.header, LONGEST_TITLE))?
        .set_error_message(refused)
}

/// What is said of an entry that the cell did not expect.
fn refusal(entry: Entry<'_>, language: Language) -> &'static str {
    match (entry, language) {
        (Entry::Option(_), Language::Ja) => {
            "一覧にない値です。一覧から選ぶか、選択肢の番号または選択肢のとおりに記入してください（そのように記入した場合は、このまま続けられます）。"
        }
        (Entry::Option(_), Language::En) => {
            "This is not on the list. Please choose from the list, or write the number or the words of an option; if that is what you wrote, go on."
        }
        (_, Language::Ja) => "この欄では予定していない値です。欄の説明をご確認ください。",
        (_, Language::En) => "This cell does not expect that value. Please look at the note of the column.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_that_no_cell_can_hold_stand_on_the_sheet_of_options_once() {
        let mut offered = Offered::default();
        let short = ["はい".to_owned(), "いいえ".to_owned()];
        one_of(DataValidation::new(), &short, &mut offered).unwrap();
        assert!(offered.is_empty());
        let long: Vec<String> = (0..40).map(|number| format!("選択肢{number:05}")).collect();
        let comma = ["a,b".to_owned(), "c".to_owned()];
        for _ in 0..2 {
            one_of(DataValidation::new(), &long, &mut offered).unwrap();
            one_of(DataValidation::new(), &comma, &mut offered).unwrap();
        }
        assert_eq!(offered.0.len(), 2);
        assert_eq!(offered.place(&comma), "='選択肢 Options'!$B$1:$B$2");
    }
}
