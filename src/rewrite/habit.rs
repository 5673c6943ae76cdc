//! How a column of a workbook writes its answers, so that a correction is written likewise: as codes or in the words of the
//! options, and days as text or as the days of a spreadsheet.
//!
//! Invariants
//! - What is written reads as the value of the correction, whatever the habit.
//! - Where a column shows no habit, the canonical text is written.

use std::collections::BTreeMap;

use crate::expression::calendar::parse_date;
use crate::expression::{OptionList, Type};
use crate::questionnaire::Field;
use crate::workbook::copy::NewValue;
use crate::workbook::number::serial_of;
use crate::workbook::style::NumberKind;
use crate::workbook::{Cell, Value};

/// So many digits tell a day that is written as text from a heading.
const DIGITS_OF_A_DAY: usize = 4;

/// What stands in the other cells of a column.
#[derive(Debug, Clone, Default)]
pub(super) struct Habit {
    /// Cells that say an option's label in Japanese, and in English.
    labels: [usize; 2],
    /// Cells that hold a number, and such with a number as text.
    numbers: usize,
    digits: usize,
    /// Cells with a text that may be a day.
    texts: usize,
    /// Days of a spreadsheet, by the style that shows them.
    days: BTreeMap<u32, usize>,
}

/// What is written, and how it is shown. `None`: as the cell is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    /// For a person: the log.
    pub(super) text: String,
    /// For the cell.
    pub(super) value: NewValue,
    /// The style that shows it.
    pub(super) style: Option<u32>,
}

impl Habit {
    /// Takes up another cell of the column in which `field` is answered.
    pub(super) fn take(&mut self, cell: &Cell<'_>, field: &Field) {
        match cell.value {
            Value::Number(_) if cell.look.number == NumberKind::Date => {
                *self.days.entry(cell.style).or_default() += 1;
            }
            Value::Number(_) => self.numbers += 1,
            Value::Text(text) => self.take_text(text.trim(), field),
            Value::Blank | Value::Boolean(_) | Value::Error(_) | Value::Iso(_) => {}
        }
    }

    fn take_text(&mut self, text: &str, field: &Field) {
        let items = list(field).map(|list| list.items.as_slice()).unwrap_or_default();
        let [ja, en] = &mut self.labels;
        if items.iter().any(|item| *item.label.ja == *text) {
            *ja += 1;
        } else if items.iter().any(|item| *item.label.en == *text) {
            *en += 1;
        } else if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            self.digits += 1;
        } else if text.bytes().filter(u8::is_ascii_digit).count() >= DIGITS_OF_A_DAY {
            self.texts += 1;
        }
    }

    /// What `after`, the canonical text of an answer to `field`, is in this column. `shows`: what the cell itself shows;
    /// `counts_from_1904`: the workbook's system of days.
    pub(super) fn write(
        &self,
        after: &str,
        field: Option<&Field>,
        shows: NumberKind,
        counts_from_1904: bool,
    ) -> Written {
        let plain = |value: NewValue| Written { text: after.to_owned(), value, style: None };
        match field.map(|field| &field.ty) {
            Some(Type::Number { .. }) => plain(NewValue::Number(after.to_owned())),
            Some(Type::Option(list)) => self.option(after, list),
            Some(Type::Date) => {
                let usual =
                    self.days.iter().max_by_key(|(style, count)| (**count, std::cmp::Reverse(**style)));
                let in_days = self.days.values().sum::<usize>() > self.texts;
                let serial = parse_date(after).and_then(|day| serial_of(day, counts_from_1904));
                match serial.filter(|_| in_days || shows == NumberKind::Date) {
                    Some(serial) => Written {
                        style: usual.map(|(style, _)| *style).filter(|_| shows != NumberKind::Date),
                        ..plain(NewValue::Number(serial.to_string()))
                    },
                    None => plain(NewValue::Text(after.to_owned())),
                }
            }
            _ => plain(NewValue::Text(after.to_owned())),
        }
    }

    fn option(&self, code: &str, list: &OptionList) -> Written {
        let [ja, en] = self.labels;
        let item = list.items.iter().find(|item| *item.code == *code);
        if let Some(item) = item.filter(|_| ja + en > self.numbers + self.digits) {
            let label = if ja >= en { &item.label.ja } else { &item.label.en };
            return Written {
                text: label.to_string(),
                value: NewValue::Text(label.to_string()),
                style: None,
            };
        }
        let as_text = list.text_codes || self.digits > self.numbers;
        let value = if as_text { NewValue::Text(code.to_owned()) } else { NewValue::Number(code.to_owned()) };
        Written { text: code.to_owned(), value, style: None }
    }
}

fn list(field: &Field) -> Option<&OptionList> {
    match &field.ty {
        Type::Option(list) => Some(list),
        _ => None,
    }
}
