//! The formats that are tables: `csv` and `xlsx`.
//!
//! Invariants
//! - Both have the same columns in the same order; no cell is a formula.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};

use super::{Report, Seen};

/// The columns of the formats `csv` and `xlsx`.
const COLUMNS: [&str; 18] = [
    "file",
    "sheet",
    "record",
    "key",
    "line",
    "column",
    "cell",
    "severity",
    "rule",
    "slug",
    "title",
    "message",
    "fields",
    "labels",
    "suggestion",
    "fix",
    "standing",
    "fingerprint",
];

/// A row of them.
fn row(cells: &[String], report: &mut Report) {
    assert_eq!(cells.len(), COLUMNS.len());
    let get = |name: &str| cells[COLUMNS.iter().position(|known| *known == name).unwrap()].clone();
    report.texts.extend(cells.iter().cloned());
    if get("rule") == "kenpyo" {
        report.failures.push(get("slug"));
        return;
    }
    report.findings.push(Seen {
        file: get("file"),
        record: get("record").parse().ok(),
        line: get("line").parse().ok(),
        rule: get("rule"),
        fields: get("fields").split(", ").filter(|field| !field.is_empty()).map(str::to_owned).collect(),
    });
}

/// The format `csv`.
pub fn csv(bytes: &[u8]) -> Report {
    let text = bytes.strip_prefix("\u{feff}".as_bytes()).expect("Excel needs the mark");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text);
    let rows: Vec<Vec<String>> =
        reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect();
    let mut report = Report::default();
    assert_eq!(rows[0], COLUMNS);
    rows[1..].iter().for_each(|cells| row(cells, &mut report));
    report
}

/// The format `xlsx`; every cell of it must be a text or a number.
pub fn xlsx(bytes: &[u8]) -> Report {
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    let mut report = Report::default();
    let names = book.sheet_names();
    let mut sheets = names.iter().map(|name| {
        assert!(book.worksheet_formula(name).unwrap().is_empty(), "a formula");
        let cells = book.worksheet_range(name).unwrap();
        let text = |cell: &Data| match cell {
            Data::String(text) => text.clone(),
            Data::Float(number) => number.to_string(),
            Data::Int(number) => number.to_string(),
            Data::Empty => String::new(),
            other => panic!("{other:?}"),
        };
        cells.rows().map(|row| row.iter().map(text).collect()).collect::<Vec<Vec<String>>>()
    });
    let (findings, rules, summary) = (sheets.next().unwrap(), sheets.next().unwrap(), sheets.next().unwrap());
    findings[1..].iter().for_each(|cells| row(cells, &mut report));
    assert!(rules[0].len() > 10);
    let told = |name: &str| -> Vec<String> {
        summary.iter().filter(|row| row[0] == name).map(|row| row[1].clone()).collect()
    };
    report.left_out = !told("findings left out").is_empty();
    if told("verdict").iter().any(|verdict| verdict == "not completed" || verdict == "not begun") {
        report.failures.extend(told("summary"));
    }
    report.texts.extend(summary.into_iter().flatten());
    report
}
