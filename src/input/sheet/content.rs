//! The text of a workbook's cell: what a person sees in it, in the spelling that answers have elsewhere.
//!
//! Invariants
//! - A number is what "General" shows; zeros that its format puts in front stay, because codes begin with them.
//! - What is shown as a date is ISO 8601, whatever its format; a time of midnight is not written.

use std::borrow::Cow;

use crate::input::RawKind;
use crate::workbook::number::{Moment, display_number, serial_to_date};
use crate::workbook::style::{NumberKind, Styles};
use crate::workbook::{Cell, Value};

/// What a cell says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Content<'a> {
    /// Its text.
    pub text: Cow<'a, str>,
    /// [`RawKind::Text`], [`RawKind::SheetDate`] or [`RawKind::SheetError`].
    pub kind: RawKind,
    /// The stored number of a date.
    pub serial: Option<&'a str>,
}

impl<'a> Content<'a> {
    const fn text(text: Cow<'a, str>) -> Self {
        Self { text, kind: RawKind::Text, serial: None }
    }

    /// Whether it says nothing.
    pub(super) fn is_blank(&self) -> bool {
        is_blank(&self.text)
    }
}

/// Whether `text` has no letter that anybody sees.
pub(super) fn is_blank(text: &str) -> bool {
    text.chars().all(crate::input::csv::is_margin)
}

/// How the cells of one workbook are read.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    /// Its styles.
    pub styles: Styles,
    /// Whether days are counted from 1904.
    pub date1904: bool,
}

impl Reading {
    /// What `cell` says.
    pub(super) fn content<'a>(&self, cell: &Cell<'a>) -> Content<'a> {
        match cell.value {
            Value::Blank => Content::text(Cow::Borrowed("")),
            Value::Text(text) => Content::text(Cow::Borrowed(text)),
            Value::Boolean(yes) => Content::text(Cow::Borrowed(if yes { "TRUE" } else { "FALSE" })),
            Value::Error(text) => {
                Content { text: Cow::Borrowed(text), kind: RawKind::SheetError, serial: None }
            }
            Value::Iso(text) => {
                Content { text: Cow::Owned(without_midnight(text)), kind: RawKind::SheetDate, serial: None }
            }
            Value::Number(raw) => self.number(cell, raw),
        }
    }

    fn number<'a>(&self, cell: &Cell<'a>, raw: &'a str) -> Content<'a> {
        if let Some(date) = self.date(cell.look.number, raw) {
            return Content { text: Cow::Owned(date), kind: RawKind::SheetDate, serial: Some(raw) };
        }
        let shown = display_number(raw);
        let width = self.styles.format_code(cell.style).and_then(zeros).unwrap_or(0);
        let padded = shown.len() < width && shown.bytes().all(|byte| byte.is_ascii_digit());
        Content::text(Cow::Owned(if padded { format!("{shown:0>width$}") } else { shown }))
    }

    /// The number as a date. `None`: it is not shown as one, or is none.
    fn date(&self, kind: NumberKind, raw: &str) -> Option<String> {
        let moment = match kind {
            NumberKind::Date | NumberKind::DateTime => serial_to_date(raw, self.date1904)?,
            // A time without a day is counted alike in both systems; a span of a day or more is no time.
            NumberKind::Time => {
                serial_to_date(raw, false).filter(|moment| matches!(moment, Moment::Time(_)))?
            }
            _ => return None,
        };
        match moment {
            Moment::Day(moment) => Some(without_midnight(&moment.strftime("%Y-%m-%dT%H:%M:%S").to_string())),
            Moment::Time(time) => Some(time.strftime("%H:%M:%S").to_string()),
            Moment::NeverWas => None,
        }
    }
}

/// ISO 8601 without a time of midnight, and without parts of seconds.
fn without_midnight(text: &str) -> String {
    let Some((day, time)) = text.split_once('T') else { return text.to_owned() };
    let time = time.split(['.', 'Z']).next().unwrap_or(time);
    if matches!(time, "00:00:00" | "00:00" | "") { day.to_owned() } else { format!("{day}T{time}") }
}

/// How many digits a format shows at least that is nothing but zeros: `0000000000` of ten-digit codes. `None`: other.
fn zeros(code: &str) -> Option<usize> {
    let code = code.split(';').next().unwrap_or(code).trim();
    (code.len() > 1 && code.len() <= 64 && code.bytes().all(|byte| byte == b'0')).then_some(code.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workbook::CellAddress;
    use crate::workbook::style::Look;

    fn shown(value: Value<'_>, number: NumberKind, date1904: bool) -> (String, RawKind) {
        let look = Look { number, ..Look::default() };
        let cell = Cell { address: CellAddress::new(1, 1), value, style: 0, look, has_formula: false };
        let content = Reading { styles: Styles::default(), date1904 }.content(&cell);
        (content.text.into_owned(), content.kind)
    }

    #[test]
    fn a_date_is_iso_whatever_its_format_and_in_both_systems() {
        let date = |raw, kind, date1904| shown(Value::Number(raw), kind, date1904);
        let is = |text: &str| (text.to_owned(), RawKind::SheetDate);
        assert_eq!(date("45323", NumberKind::Date, false), is("2024-02-01"));
        assert_eq!(date("43861", NumberKind::Date, true), is("2024-02-01"));
        assert_eq!(date("45323.395833333336", NumberKind::DateTime, false), is("2024-02-01T09:30:00"));
        assert_eq!(date("45323", NumberKind::DateTime, false), is("2024-02-01"));
        for date1904 in [false, true] {
            assert_eq!(date("0.395833333333333", NumberKind::Time, date1904), is("09:30:00"));
        }
        assert_eq!(date("1.5", NumberKind::Time, false), ("1.5".to_owned(), RawKind::Text));
        assert_eq!(date("-3", NumberKind::Date, false), ("-3".to_owned(), RawKind::Text));
        assert_eq!(shown(Value::Iso("2024-02-01T00:00:00"), NumberKind::General, false), is("2024-02-01"));
    }

    #[test]
    fn what_is_no_date_is_the_text_that_a_person_sees() {
        let text = |value| shown(value, NumberKind::General, false);
        assert_eq!(text(Value::Number("1.024E3")), ("1024".to_owned(), RawKind::Text));
        assert_eq!(text(Value::Boolean(true)), ("TRUE".to_owned(), RawKind::Text));
        assert_eq!(text(Value::Error("#N/A")), ("#N/A".to_owned(), RawKind::SheetError));
        assert_eq!(text(Value::Blank), (String::new(), RawKind::Text));
        assert_eq!(zeros("0000000000"), Some(10));
        assert_eq!(["0", "#,##0", "00\"x\"", "General"].map(zeros), [None; 4]);
    }
}
