//! Workbooks made in memory, and what is read of them.
//!
//! Invariants
//! - Parts are given as text and packed in memory: what a test does not name is as a plain workbook has it.

#![cfg(feature = "xlsx")]

mod copy;
mod differential;
mod facts;
mod hostile;
mod reading;

use std::io::{Cursor, Write};

use super::{Limits, Package, Refusal, Value};

pub(super) const CONTENT_TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"#;

pub(super) const ROOT_RELATIONS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;

pub(super) const WORKBOOK: &str = r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="回答" sheetId="1" r:id="rId1"/></sheets></workbook>"#;

pub(super) const WORKBOOK_RELATIONS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#;

pub(super) const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

/// The parts of a small workbook; those in `parts` replace or join them, in their order. An empty one is left out.
pub(super) fn parts(parts: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = [
        ("[Content_Types].xml", CONTENT_TYPES),
        ("_rels/.rels", ROOT_RELATIONS),
        ("xl/workbook.xml", WORKBOOK),
        ("xl/_rels/workbook.xml.rels", WORKBOOK_RELATIONS),
        ("xl/worksheets/sheet1.xml", &sheet("")),
    ]
    .map(|(name, content)| (name.to_owned(), content.to_owned()))
    .to_vec();
    for (name, content) in parts {
        match all.iter_mut().find(|(found, _)| found == name) {
            Some((_, old)) => (*content).clone_into(old),
            None => all.push(((*name).to_owned(), (*content).to_owned())),
        }
    }
    all.retain(|(_, content)| !content.is_empty());
    all
}

/// A worksheet with these rows.
pub(super) fn sheet(rows: &str) -> String {
    format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData></worksheet>")
}

pub(super) fn zip(parts: &[(String, String)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A workbook of [`parts`].
pub(super) fn book(own: &[(&str, &str)]) -> Vec<u8> {
    zip(&parts(own))
}

pub(super) fn open(bytes: Vec<u8>) -> Result<Package, Refusal> {
    Package::open(Box::new(Cursor::new(bytes)), &Limits::default())
}

/// What the first sheet holds, as `A1=text:はい` and so on; `!` after the kind: a formula gave it.
pub(super) fn cells(package: &mut Package) -> Result<Vec<String>, Refusal> {
    let mut found = Vec::new();
    let mut rows = package.rows(0)?;
    while let Some(row) = rows.next_row()? {
        for cell in row.cells() {
            let formula = if cell.has_formula { "!" } else { "" };
            found.push(match cell.value {
                Value::Blank => format!("{}=blank{formula}", cell.address),
                Value::Text(text) => format!("{}=text{formula}:{text}", cell.address),
                Value::Number(text) => format!("{}=number{formula}:{text}", cell.address),
                Value::Boolean(yes) => format!("{}=boolean{formula}:{yes}", cell.address),
                Value::Error(text) => format!("{}=error{formula}:{text}", cell.address),
                Value::Iso(text) => format!("{}=iso{formula}:{text}", cell.address),
            });
        }
    }
    Ok(found)
}

/// What the workbook of these parts holds, or why it is refused.
pub(super) fn read(own: &[(&str, &str)]) -> Result<Vec<String>, Refusal> {
    cells(&mut open(book(own))?)
}
