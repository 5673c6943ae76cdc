//! Workbooks made part by part, as no spreadsheet writes them; for the tests, and for the benchmark of workbooks.
//!
//! Invariants
//! - Used by the benchmark of workbooks too, so it needs nothing of the other tests.
//! - A part may be larger than memory: it is written piece by piece.

use std::io::{Cursor, Read, Write};

use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// What opens and what closes a sheet around its rows.
pub const SHEET: &str =
    "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>";
pub const END: &str = "</sheetData></worksheet>";

pub const SHEET_PART: &str = "xl/worksheets/sheet1.xml";
pub const TEXTS_PART: &str = "xl/sharedStrings.xml";

/// One part of a package: `head`, then `unit` so many `times`, then `tail`. Nothing of it is held as a whole.
pub struct Part<'a> {
    pub name: &'a str,
    pub head: String,
    pub unit: &'a str,
    pub times: usize,
    pub tail: String,
}

impl<'a> Part<'a> {
    pub fn of(name: &'a str, content: impl Into<String>) -> Self {
        Self { name, head: content.into(), unit: "", times: 0, tail: String::new() }
    }

    fn write(&self, to: &mut impl Write) {
        to.write_all(self.head.as_bytes()).unwrap();
        // In pieces of some size, or the packing would take its time.
        let piece = self.unit.repeat(self.times.min(1024));
        for _ in 0..self.times / 1024 {
            to.write_all(piece.as_bytes()).unwrap();
        }
        if self.times > 1024 {
            to.write_all(self.unit.repeat(self.times % 1024).as_bytes()).unwrap();
        } else if self.times < 1024 {
            to.write_all(piece.as_bytes()).unwrap();
        }
        to.write_all(self.tail.as_bytes()).unwrap();
    }
}

/// A workbook of one sheet called S, with these parts of its own.
pub fn package(own: &[Part<'_>]) -> Vec<u8> {
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let package = "http://schemas.openxmlformats.org/package/2006";
    let parts = [
        Part::of(
            "[Content_Types].xml",
            format!(
                "{head}<Types xmlns=\"{package}/content-types\"><Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/></Types>"
            ),
        ),
        Part::of(
            "_rels/.rels",
            format!(
                "{head}<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"r1\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        Part::of(
            "xl/workbook.xml",
            format!(
                "{head}<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        Part::of(
            "xl/_rels/workbook.xml.rels",
            format!(
                "{head}<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"r1\" Type=\"{office}/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"r2\" Type=\"{office}/sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>"
            ),
        ),
    ];
    let mut to = ZipWriter::new(Cursor::new(Vec::new()));
    // Fast rather than small: some of the parts have hundreds of megabytes.
    let options = SimpleFileOptions::default().compression_level(Some(1));
    for part in parts.iter().chain(own) {
        to.start_file(part.name, options).unwrap();
        part.write(&mut to);
    }
    to.finish().unwrap().into_inner()
}

/// A workbook of one sheet, part by part.
pub fn by_hand(sheet: &str) -> Vec<u8> {
    package(&[Part::of(SHEET_PART, sheet)])
}

/// A row with these cells, each with its own text.
pub fn inline(row: usize, cells: &[String]) -> String {
    let cell = |cell: &String| format!("<c t=\"inlineStr\"><is><t>{cell}</t></is></c>");
    let cells = cells.iter().map(cell).collect::<Vec<_>>().concat();
    format!("<row r=\"{row}\">{cells}</row>")
}

/// The workbook, whose directory and whose part itself say that the part `name` has `size` bytes.
pub fn lying(mut bytes: Vec<u8>, name: &str, size: u32) -> Vec<u8> {
    // Where the size and the name stand after the sign of the part itself, and of its line in the directory.
    for (sign, at, named) in [(b"PK\x03\x04", 22, 30), (b"PK\x01\x02", 24, 46)] {
        let places: Vec<usize> = memchr::memmem::find_iter(&bytes, sign).collect();
        let is_it = |place: &&usize| bytes[**place + named..].starts_with(name.as_bytes());
        let place = *places.iter().find(is_it).unwrap();
        bytes[place + at..place + at + 4].copy_from_slice(&size.to_le_bytes());
    }
    bytes
}

/// The workbook with each part as `change` makes it, and with these parts more.
pub fn rewritten(bytes: &[u8], change: &dyn Fn(&str, String) -> String, more: &[(&str, &[u8])]) -> Vec<u8> {
    let mut from = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut to = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..from.len() {
        let mut file = from.by_index(index).unwrap();
        let name = file.name().unwrap().to_string();
        let mut content = String::new();
        file.read_to_string(&mut content).unwrap();
        to.start_file(name.clone(), SimpleFileOptions::default()).unwrap();
        to.write_all(change(&name, content).as_bytes()).unwrap();
    }
    for (name, content) in more {
        to.start_file(*name, SimpleFileOptions::default()).unwrap();
        to.write_all(content).unwrap();
    }
    to.finish().unwrap().into_inner()
}
