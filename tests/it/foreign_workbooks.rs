//! Workbooks as other programs write them: read alike, and marked without losing anything.
//!
//! Invariants
//! - The workbooks were written by the programs that they are called after, and are kept in `fixtures/workbooks`.

use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;
use std::path::Path;

use kenpyo::workbook::copy::{Colour, Mark, write_copy};
use kenpyo::workbook::style::NumberKind;
use kenpyo::workbook::{CellAddress, CellRange, Limits, Package, Value, Visibility};

use crate::packing::parts;

const WRITERS: [&str; 2] = ["openpyxl", "openpyxl-libreoffice"];

fn bytes(writer: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/workbooks");
    fs::read(folder.join(format!("{writer}.xlsx"))).unwrap()
}

fn open(bytes: Vec<u8>) -> Package {
    Package::open(Box::new(Cursor::new(bytes)), &Limits::default()).unwrap()
}

fn cell(text: &str) -> CellAddress {
    CellAddress::parse(text).unwrap()
}

/// What the cells that hold something hold, by address; `=` before it: a formula gave it.
fn cells(package: &mut Package) -> BTreeMap<CellAddress, String> {
    let mut rows = package.rows(0).unwrap();
    let mut found = BTreeMap::new();
    while let Some(row) = rows.next_row().unwrap() {
        for cell in row.cells() {
            let value = match cell.value {
                Value::Blank => continue,
                Value::Text(text) | Value::Number(text) | Value::Error(text) | Value::Iso(text) => {
                    text.to_owned()
                }
                Value::Boolean(yes) => yes.to_string(),
            };
            found.insert(cell.address, if cell.has_formula { format!("={value}") } else { value });
        }
    }
    found
}

#[test]
fn what_two_programs_write_of_one_sheet_is_read_alike() {
    for writer in WRITERS {
        let mut package = open(bytes(writer));
        let names: Vec<_> =
            package.sheets().iter().map(|sheet| (sheet.name.as_str(), sheet.visibility)).collect();
        assert_eq!(names, [("回答票", Visibility::Visible), ("記入要領", Visibility::Hidden)], "{writer}");
        let found = cells(&mut package);
        let expected =
            [("A1", "調査票（見本）"), ("A4", "髙橋病院"), ("B6", "106"), ("D4", "45326"), ("A8", "合計")];
        for (address, expected) in expected {
            assert_eq!(found[&cell(address)], expected, "{writer} {address}");
        }
        // openpyxl computes nothing, so its formulas have no value.
        let computed = found.get(&cell("C4")).map(String::as_str);
        assert_eq!(computed, (writer == "openpyxl-libreoffice").then_some("=208"));
        let facts = package.facts(0).unwrap();
        let merged = ["A1:F1", "A8:B9"].map(|range| CellRange::parse(range).unwrap());
        assert_eq!(facts.merged, merged, "{writer}");
        assert_eq!(facts.filters.len(), 1, "{writer}");
        let notes: Vec<_> =
            package.notes(0).unwrap().into_iter().map(|note| (note.cell, note.text)).collect();
        assert_eq!(notes, [(cell("F4"), "前からあるコメント".to_owned())], "{writer}");
        let mut rows = package.rows(0).unwrap();
        while let Some(row) = rows.next_row().unwrap() {
            for found in row.cells().filter(|found| (4..=6).contains(&found.address.row)) {
                let look = found.look;
                assert_eq!(
                    look.number == NumberKind::Date,
                    found.address.column == 4,
                    "{writer} {}",
                    found.address
                );
                assert_eq!(
                    look.struck && look.coloured,
                    found.address == cell("E5"),
                    "{writer} {}",
                    found.address
                );
                assert_eq!(look.filled, found.address == cell("E6"), "{writer} {}", found.address);
            }
        }
    }
}

/// A sheet without what marking may change: styles of cells, empty cells, rows without cells, the drawing reference.
fn without_marks(sheet: &[u8]) -> String {
    let text = std::str::from_utf8(sheet).unwrap();
    let cell_style = regex::Regex::new(r#"(<c\b[^>]*?) s="\d+""#).unwrap();
    let empty_cell = regex::Regex::new(r#"<c r="[A-Z]+\d+"\s*/>"#).unwrap();
    let empty_row = regex::Regex::new(r#"<row r="\d+"></row>"#).unwrap();
    let reference = regex::Regex::new(r"<legacyDrawing[^>]*/>").unwrap();
    let text = cell_style.replace_all(text, "$1");
    let text = empty_cell.replace_all(&text, "");
    let text = empty_row.replace_all(&text, "");
    reference.replace_all(&text, "").into_owned()
}

#[test]
fn a_marked_copy_differs_in_nothing_but_its_marks() {
    for writer in WRITERS {
        let original = bytes(writer);
        let marks: Vec<Mark> = ["B5", "D6", "F4", "B9", "C9", "E12"]
            .map(|address| Mark {
                sheet: 0,
                cell: cell(address),
                colour: Colour(0xFF, 0xC7, 0xCE),
                text: format!("{address} を確認してください。"),
            })
            .to_vec();
        let mut out = Cursor::new(Vec::new());
        let mut package = open(original.clone());
        write_copy(&mut package, &mut out, &marks, &[]).unwrap();
        let copied = out.into_inner();
        let (before, after) = (parts(&original), parts(&copied));
        assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>(), "{writer}");
        for (name, content) in &before {
            let may_differ =
                ["styles.xml", "sheet1.xml", "comment", ".vml"].iter().any(|part| name.contains(part));
            assert!(may_differ || *content == after[name], "{writer} {name}");
        }
        let sheet = "xl/worksheets/sheet1.xml";
        assert_ne!(before[sheet], after[sheet]);
        assert_eq!(without_marks(&before[sheet]), without_marks(&after[sheet]), "{writer}");
        let mut package = open(copied);
        assert_eq!(cells(&mut package), cells(&mut open(original)), "{writer}");
        let notes = package.notes(0).unwrap();
        let told: Vec<String> = notes.iter().map(|note| note.cell.to_string()).collect();
        assert_eq!(told, ["F4", "B5", "D6", "A8", "C9", "E12"], "{writer}");
        assert!(
            notes[0].text.starts_with("前からあるコメント\n")
                && notes[0].text.ends_with("F4 を確認してください。")
        );
    }
}
