//! Records as the bytes of a file: CSV, TSV, JSON Lines, a JSON array.
//!
//! Invariants
//! - Columns stand in form order; every field has one, blank cells included (JSON leaves blank cells out).
//! - A record's bytes depend on the record alone.

use std::fmt::Write as _;

use super::defect::RowEdit;
use super::record::{Cell, Labels, Record, text};
use crate::expression::Type;
use crate::questionnaire::{Field, Questionnaire};
use crate::source::delimited::push_cell;

/// The formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// Comma-separated, with a header.
    #[default]
    Csv,
    /// Tab-separated, with a header.
    Tsv,
    /// One JSON object a line.
    JsonLines,
    /// A JSON array of objects.
    Json,
}

impl Format {
    /// Whether it has rows of cells.
    pub const fn has_rows(self) -> bool {
        matches!(self, Self::Csv | Self::Tsv)
    }

    const fn separator(self) -> char {
        match self {
            Self::Tsv => '\t',
            _ => ',',
        }
    }
}

/// How records are written.
#[derive(Debug, Clone)]
pub struct Writer<'a> {
    questionnaire: &'a Questionnaire,
    format: Format,
    labels: Labels,
    /// Members of nested objects; empty: flat, by field name.
    nested: Vec<Member>,
}

/// A member of a nested object: a value or an object of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Member {
    name: String,
    /// Position of the field. `None`: an object.
    field: Option<usize>,
    members: Vec<Member>,
}

impl<'a> Writer<'a> {
    /// Writes records of `questionnaire`; `nested` JSON follows the fields' pointers, else names are flat.
    pub fn new(questionnaire: &'a Questionnaire, format: Format, labels: Labels, nested: bool) -> Self {
        let mut members = Vec::new();
        if nested {
            for (position, field) in questionnaire.fields.iter().enumerate() {
                let pointer =
                    field.pointer.as_deref().map_or_else(|| format!("/{}", field.name), str::to_owned);
                place(&mut members, pointer.split('/').skip(1), position);
            }
        }
        Self { questionnaire, format, labels, nested: members }
    }

    /// What stands before the records.
    pub fn head(&self) -> String {
        match self.format {
            Format::JsonLines => String::new(),
            Format::Json => "[\n".to_owned(),
            Format::Csv | Format::Tsv => {
                let mut line = String::new();
                for (position, field) in self.questionnaire.fields.iter().enumerate() {
                    self.cell(&field.column, position, &mut line);
                }
                line.push('\n');
                line
            }
        }
    }

    /// What stands after the records; `any`: whether there was one.
    pub const fn tail(&self, any: bool) -> &'static str {
        match (self.format, any) {
            (Format::Json, true) => "\n]\n",
            (Format::Json, false) => "]\n",
            _ => "",
        }
    }

    /// Adds a record; `first` of the file or not.
    pub fn record(&self, record: &Record, row: RowEdit, first: bool, into: &mut String) {
        match self.format {
            Format::Csv | Format::Tsv => self.row(record, row, into),
            Format::JsonLines => {
                self.object(record, into);
                into.push('\n');
            }
            Format::Json => {
                into.push_str(if first { "" } else { ",\n" });
                self.object(record, into);
            }
        }
    }

    fn row(&self, record: &Record, row: RowEdit, into: &mut String) {
        let columns = self.questionnaire.fields.len();
        let kept = if row == RowEdit::Short { columns.saturating_sub(1) } else { columns };
        for (position, field) in self.questionnaire.fields.iter().take(kept).enumerate() {
            self.cell(&text(record.cell(position), field, self.labels), position, into);
        }
        if row == RowEdit::Long {
            self.cell("*", columns, into);
        }
        into.push('\n');
    }

    fn cell(&self, text: &str, position: usize, into: &mut String) {
        if position > 0 {
            into.push(self.format.separator());
        }
        push_cell(text, self.format.separator(), into);
    }

    fn object(&self, record: &Record, into: &mut String) {
        if !self.nested.is_empty() {
            self.members(&self.nested, record, into);
            return;
        }
        into.push('{');
        let mut any = false;
        for (position, field) in self.questionnaire.fields.iter().enumerate() {
            if *record.cell(position) != Cell::Blank {
                member(&field.name, &mut any, into);
                self.value(record.cell(position), field, into);
            }
        }
        into.push('}');
    }

    /// Recursion goes as deep as the longest pointer of the questionnaire.
    fn members(&self, members: &[Member], record: &Record, into: &mut String) {
        into.push('{');
        let mut any = false;
        for entry in members {
            let Some(position) = entry.field else {
                if has_value(&entry.members, record) {
                    member(&entry.name, &mut any, into);
                    self.members(&entry.members, record, into);
                }
                continue;
            };
            let Some(field) = self.questionnaire.fields.get(position) else { continue };
            if *record.cell(position) != Cell::Blank {
                member(&entry.name, &mut any, into);
                self.value(record.cell(position), field, into);
            }
        }
        into.push('}');
    }

    fn value(&self, cell: &Cell, field: &Field, into: &mut String) {
        let text = text(cell, field, self.labels);
        let bare = match cell {
            Cell::Number(_) => true,
            Cell::Option(_) => {
                self.labels == Labels::Code
                    && matches!(&field.ty, Type::Option(options) if !options.text_codes)
            }
            _ => false,
        };
        if bare {
            into.push_str(&text);
        } else {
            string(&text, into);
        }
    }
}

fn has_value(members: &[Member], record: &Record) -> bool {
    members.iter().any(|member| match member.field {
        Some(position) => *record.cell(position) != Cell::Blank,
        None => has_value(&member.members, record),
    })
}

fn place<'p>(members: &mut Vec<Member>, mut path: impl Iterator<Item = &'p str>, field: usize) {
    let mut at = members;
    let Some(mut name) = path.next() else { return };
    for next in path {
        let unescaped = unescape(name);
        let known = at.iter().position(|member| member.field.is_none() && member.name == unescaped);
        let index = known.unwrap_or_else(|| {
            at.push(Member { name: unescaped, field: None, members: Vec::new() });
            at.len() - 1
        });
        let Some(member) = at.get_mut(index) else { return };
        at = &mut member.members;
        name = next;
    }
    at.push(Member { name: unescape(name), field: Some(field), members: Vec::new() });
}

fn unescape(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}

fn member(name: &str, any: &mut bool, into: &mut String) {
    if *any {
        into.push(',');
    }
    *any = true;
    string(name, into);
    into.push(':');
}

/// Adds `text` as a JSON string.
pub fn string(text: &str, into: &mut String) {
    into.push('"');
    for character in text.chars() {
        match character {
            '"' => into.push_str("\\\""),
            '\\' => into.push_str("\\\\"),
            control if u32::from(control) < 0x20 => {
                // Writing to a string cannot fail.
                let _ = write!(into, "\\u{:04x}", u32::from(control));
            }
            other => into.push(other),
        }
    }
    into.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::sample;

    fn written(format: Format, labels: Labels, nested: bool, rows: &[RowEdit]) -> String {
        let questionnaire = sample::questionnaire();
        let writer = Writer::new(&questionnaire, format, labels, nested);
        let mut file = writer.head();
        for (index, &row) in rows.iter().enumerate() {
            writer.record(&sample::record(), row, index == 0, &mut file);
        }
        file.push_str(writer.tail(!rows.is_empty()));
        file
    }

    #[test]
    fn rows_have_a_header_and_quotes_where_they_are_needed() {
        let rows = [RowEdit::Whole, RowEdit::Short, RowEdit::Long];
        assert_eq!(
            written(Format::Csv, Labels::Code, false, &rows),
            "ID,病床数,使用,\"名,前\",区分,日,時\nA01,120,1,\"a\"\"b\",,,\nA01,120,1,\"a\"\"b\",,\nA01,120,1,\"a\"\"b\",,,,*\n"
        );
        assert_eq!(
            written(Format::Tsv, Labels::Label, false, &rows[..1]).lines().last(),
            Some("A01\t120\tはい\t\"a\"\"b\"\t\t\t")
        );
    }

    #[test]
    fn json_is_flat_or_nested_and_leaves_blanks_out() {
        let two = [RowEdit::Whole, RowEdit::Whole];
        let flat = r#"{"code":"A01","beds":120,"ehr":1,"name":"a\"b"}"#;
        assert_eq!(written(Format::Json, Labels::Code, false, &two), format!("[\n{flat},\n{flat}\n]\n"));
        assert_eq!(written(Format::Json, Labels::Code, false, &[]), "[\n]\n");
        let nested = r#"{"who":{"code":"A01","name":"a\"b"},"beds":120,"ehr":"yes"}"#;
        assert_eq!(written(Format::JsonLines, Labels::Name, true, &two[..1]), format!("{nested}\n"));
        let parsed: serde_json::Value = serde_json::from_str(nested).unwrap();
        assert_eq!(parsed["who"]["name"], "a\"b");
    }
}
