//! Answers as texts, and files of them in every format and encoding that is read.
//!
//! A file keeps what was written into each of its cells, so that a mark in it can be held against that.
//!
//! Invariants
//! - What a cell holds is what was written into it; nothing here asks the program how it reads it.
//! - The same answers give the same files.

use std::collections::BTreeMap;
#[cfg(feature = "xlsx")]
use std::io::Cursor;
use std::ops::Range;

#[cfg(feature = "xlsx")]
use calamine::{Data, Reader, Xlsx};
use encoding_rs::SHIFT_JIS;
#[cfg(feature = "xlsx")]
use kenpyo::expression::{Type, calendar};
use kenpyo::questionnaire::Questionnaire;
use serde_json::{Map, Value};

use crate::packing::packed;
use crate::program::{fixture, root};

/// Records taken from the fixture, one in twenty with a defect.
const RECORDS: usize = 1_200;

/// Answers as texts: one column a field, in form order.
pub struct Answers {
    pub form: Questionnaire,
    pub rows: Vec<Vec<String>>,
}

impl Answers {
    /// The first records of the fixture that have as many cells as its header.
    pub fn of_fixture() -> Self {
        let form = kenpyo::engine::survey::open(None).unwrap().pack.unwrap().questionnaire;
        let path = root().join(fixture("submissions/clean-5pct-defects.csv"));
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path).unwrap();
        let header = reader.headers().unwrap().clone();
        let places: Vec<Option<usize>> =
            form.fields.iter().map(|field| header.iter().position(|name| *name == *field.column)).collect();
        let records = reader.records().map(Result::unwrap).filter(|record| record.len() == header.len());
        let row = |record: csv::StringRecord| {
            places.iter().map(|place| place.map_or(String::new(), |at| record[at].to_owned())).collect()
        };
        let rows = records.take(RECORDS).map(row).collect();
        Self { form, rows }
    }

    /// A sound record for each of `cells` with this one cell changed, in a text, a number, an option and a date.
    pub fn hostile(cells: &[&str]) -> Self {
        let Self { form, rows } = Self::of_fixture();
        let sound = rows[0].clone();
        let fields = ["facility_name", "beds_general", "q11_backup", "answered_on", "gmis_id", "notes"];
        let mut hostile = Vec::new();
        for cell in cells {
            for field in fields {
                let mut row = sound.clone();
                (*cell).clone_into(&mut row[form.by_name[field]]);
                hostile.push(row);
            }
        }
        Self { form, rows: hostile }
    }

    fn delimited(&self, delimiter: u8) -> String {
        let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
        writer.write_record(self.form.fields.iter().map(|field| &*field.column)).unwrap();
        self.rows.iter().for_each(|row| writer.write_record(row).unwrap());
        String::from_utf8(writer.into_inner().unwrap()).unwrap()
    }

    /// The record at `index`; of its blank cells every third is left out, every third null, every third empty.
    fn object(&self, index: usize, nested: bool) -> Value {
        let mut object = Value::Object(Map::new());
        for (place, (field, cell)) in self.form.fields.iter().zip(&self.rows[index]).enumerate() {
            let value = match (cell.is_empty(), (index + place) % 3) {
                (true, 0) => continue,
                (true, 1) => Value::Null,
                _ => Value::from(cell.as_str()),
            };
            let pointer = field.pointer.as_deref().filter(|_| nested);
            let steps: Vec<&str> =
                pointer.map_or_else(|| vec![&*field.name], |path| path.split('/').skip(1).collect());
            let mut target = &mut object;
            for step in steps {
                let members = target.as_object_mut().unwrap();
                target = members.entry(step).or_insert_with(|| Value::Object(Map::new()));
            }
            *target = value;
        }
        object
    }

    fn objects(&self, nested: bool) -> Vec<Value> {
        (0..self.rows.len()).map(|index| self.object(index, nested)).collect()
    }

    /// The cells as one of the three kinds of workbook.
    #[cfg(feature = "xlsx")]
    fn workbook(&self, kind: Sheets) -> Vec<u8> {
        let mut book = rust_xlsxwriter::Workbook::new();
        if kind == Sheets::Forms {
            for row in &self.rows {
                let sheet = book.add_worksheet();
                for (line, (field, cell)) in (0..).zip(self.form.fields.iter().zip(row)) {
                    sheet.write_string(line, 0, &*field.column).unwrap();
                    sheet.write_string(line, 1, cell).unwrap();
                }
            }
            return book.save_to_buffer().unwrap();
        }
        let sheet = book.add_worksheet().set_name("回答").unwrap();
        for (place, field) in (0..).zip(&self.form.fields) {
            sheet.write_string(0, place, &*field.column).unwrap();
        }
        let date = rust_xlsxwriter::Format::new().set_num_format("yyyy/m/d");
        for (line, row) in (1..).zip(&self.rows) {
            for (place, (cell, field)) in (0..).zip(row.iter().zip(&self.form.fields)) {
                let typed = kind == Sheets::TypedList;
                let day = || calendar::parse_date(cell).filter(|_| typed && field.ty == Type::Date);
                if let Some(number) = whole_number(cell).filter(|_| typed) {
                    sheet.write_number(line, place, number).unwrap();
                } else if day().is_some() {
                    let day = rust_xlsxwriter::ExcelDateTime::parse_from_str(cell).unwrap();
                    sheet.write_datetime_with_format(line, place, day, &date).unwrap();
                } else {
                    sheet.write_string(line, place, cell).unwrap();
                }
            }
        }
        book.save_to_buffer().unwrap()
    }

    fn lines(&self, nested: bool) -> String {
        self.objects(nested).iter().fold(String::new(), |text, object| text + &object.to_string() + "\n")
    }
}

/// The number that a spreadsheet would make of `cell` without changing how it looks. `None`: none.
#[cfg(feature = "xlsx")]
fn whole_number(cell: &str) -> Option<f64> {
    let short = cell.len() < 10 && cell.bytes().all(|byte| byte.is_ascii_digit());
    cell.parse::<f64>().ok().filter(|number| short && number.to_string() == cell)
}

/// How answers stand in a workbook.
#[cfg(feature = "xlsx")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sheets {
    /// A row a record, every cell a text.
    List,
    /// A row a record, numbers and days as spreadsheets keep them.
    TypedList,
    /// A sheet a record: labels, and the answers beside them.
    Forms,
}

/// How a text is written as bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spelled {
    Utf8,
    Utf8Marked,
    Cp932,
    Utf16Le,
    Utf16Be,
}

impl Spelled {
    const ALL: [(&'static str, Self); 5] = [
        ("utf8", Self::Utf8),
        ("marked", Self::Utf8Marked),
        ("cp932", Self::Cp932),
        ("utf16le", Self::Utf16Le),
        ("utf16be", Self::Utf16Be),
    ];

    /// `None`: it cannot say this.
    fn bytes(self, text: &str) -> Option<Vec<u8>> {
        let units =
            |bytes: fn(u16) -> [u8; 2]| format!("\u{FEFF}{text}").encode_utf16().flat_map(bytes).collect();
        match self {
            Self::Utf8 => Some(text.as_bytes().to_vec()),
            Self::Utf8Marked => Some(format!("\u{FEFF}{text}").into_bytes()),
            Self::Cp932 => {
                Some(SHIFT_JIS.encode(text)).filter(|found| !found.2).map(|found| found.0.into_owned())
            }
            Self::Utf16Le => Some(units(u16::to_le_bytes)),
            Self::Utf16Be => Some(units(u16::to_be_bytes)),
        }
    }

    /// The first byte of each line.
    fn lines(self, bytes: &[u8]) -> Vec<usize> {
        // No byte of a longer character is a line feed, but for UTF-16, of which every unit is looked at.
        let feed: &[u8] = match self {
            Self::Utf16Le => b"\n\0",
            Self::Utf16Be => b"\0\n",
            _ => b"\n",
        };
        let feeds = memchr::memmem::find_iter(bytes, feed).filter(|at| at % feed.len() == 0);
        std::iter::once(0).chain(feeds.map(|at| at + feed.len())).collect()
    }

    /// What a piece of a file says.
    fn text(self, bytes: &[u8]) -> String {
        let table = match self {
            Self::Utf8 | Self::Utf8Marked => encoding_rs::UTF_8,
            Self::Cp932 => SHIFT_JIS,
            Self::Utf16Le => encoding_rs::UTF_16LE,
            Self::Utf16Be => encoding_rs::UTF_16BE,
        };
        let text = table.decode_without_bom_handling_and_without_replacement(bytes);
        text.unwrap_or_else(|| panic!("{bytes:?} is cut amid a character")).into_owned()
    }
}

/// A file, and the arguments that it needs beside its name.
pub struct Written {
    pub name: String,
    /// Its bytes as places count them: unpacked.
    bytes: Vec<u8>,
    pub arguments: &'static [&'static str],
    pub packed: bool,
    spelled: Spelled,
    /// The first byte of each line.
    lines: Vec<usize>,
    /// What another library reads in the cells of a workbook, by address.
    cells: BTreeMap<String, String>,
}

impl Written {
    fn text(name: String, text: &str, spelled: Spelled) -> Option<Self> {
        let bytes = spelled.bytes(text)?;
        let lines = spelled.lines(&bytes);
        Some(Self { name, bytes, arguments: &[], packed: false, spelled, lines, cells: BTreeMap::new() })
    }

    #[cfg(feature = "xlsx")]
    fn workbook(name: &str, bytes: Vec<u8>) -> Self {
        let cells = cells(&bytes);
        let name = name.to_owned();
        Self { name, bytes, arguments: &[], packed: false, spelled: Spelled::Utf8, lines: Vec::new(), cells }
    }

    /// The same, packed.
    fn packed(&self) -> Self {
        let name = format!("{}.gz", self.name);
        let (bytes, lines) = (self.bytes.clone(), self.lines.clone());
        Self { name, bytes, packed: true, lines, cells: BTreeMap::new(), ..*self }
    }

    /// Whether it is a zip package, of which places are cells.
    pub fn is_workbook(&self) -> bool {
        self.name.ends_with("xlsx")
    }

    /// The file as it is sent.
    pub fn sent(&self) -> Vec<u8> {
        if self.packed { packed(&self.bytes) } else { self.bytes.clone() }
    }

    /// What stands in these bytes of the file, read by other means than the program's. `None`: a key that is left out
    /// has no place of its own, and the beginning of its record is marked.
    pub fn said(&self, place: Range<usize>) -> Option<String> {
        let text = self.spelled.text(&self.bytes[place]);
        if self.name.contains(".json") {
            return match text.as_str() {
                "{" => None,
                text => Some(match serde_json::from_str(text).unwrap() {
                    Value::String(text) => text,
                    Value::Null => String::new(),
                    other => panic!("{other} was not written"),
                }),
            };
        }
        let inner = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        Some(inner.map(|inner| inner.replace("\"\"", "\"")).unwrap_or(text))
    }

    /// What stands in a cell of the workbook, read by another library; empty: nothing.
    pub fn said_in(&self, cell: &str) -> &str {
        self.cells.get(cell).map_or("", String::as_str)
    }

    /// The line and the byte of it, both from 1, of the byte `at` of the file.
    pub fn position(&self, at: usize) -> (usize, usize) {
        let line = self.lines.partition_point(|begin| *begin <= at);
        (line, at - self.lines[line - 1] + 1)
    }
}

/// The cells of a workbook that hold something, as another library reads them.
#[cfg(feature = "xlsx")]
fn cells(bytes: &[u8]) -> BTreeMap<String, String> {
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    let mut cells = BTreeMap::new();
    for (sheet, range) in book.worksheets() {
        let (top, left) = range.start().unwrap();
        for (row, column, cell) in range.used_cells() {
            let text = match cell {
                Data::String(text) => text.clone(),
                Data::Float(number) => number.to_string(),
                // Days of a spreadsheet are counted from 1899-12-30.
                Data::DateTime(day) => {
                    calendar::print_date(day.as_f64().to_string().parse::<i32>().unwrap() - 25_569)
                }
                other => panic!("{other:?} was not written"),
            };
            let (row, column) = (top + u32::try_from(row).unwrap(), left + u32::try_from(column).unwrap());
            let address = rust_xlsxwriter::utility::row_col_to_cell(row, u16::try_from(column).unwrap());
            cells.insert(format!("{sheet}!{address}"), text);
        }
    }
    cells
}

/// The answers in every format, as far as its encoding can say them.
pub fn written(answers: &Answers) -> Vec<Written> {
    let list = Value::Array(answers.objects(false)).to_string();
    let inside = serde_json::json!({ "about": "test", "data": { "records": answers.objects(true) } });
    let inside = serde_json::to_string_pretty(&inside).unwrap();
    let mut texts = Vec::new();
    for (ending, delimiter) in [("csv", b','), ("tsv", b'\t')] {
        let text = answers.delimited(delimiter);
        for (encoding, spelled) in Spelled::ALL {
            texts.extend(Written::text(format!("{encoding}.{ending}"), &text, spelled));
        }
    }
    let json = [
        ("array.json", list),
        ("inside.json", inside),
        ("flat.jsonl", answers.lines(false)),
        ("nested.jsonl", answers.lines(true)),
    ];
    texts.extend(json.iter().filter_map(|(name, text)| {
        let file = Written::text((*name).to_owned(), text, Spelled::Utf8)?;
        let arguments: &[&str] = if *name == "inside.json" { &["--records", "/data/records"] } else { &[] };
        Some(Written { arguments, ..file })
    }));
    let packed: Vec<Written> = texts.iter().map(Written::packed).collect();
    texts.extend(packed);
    #[cfg(feature = "xlsx")]
    for (name, kind) in
        [("list.xlsx", Sheets::List), ("typed.xlsx", Sheets::TypedList), ("form.xlsx", Sheets::Forms)]
    {
        texts.push(Written::workbook(name, answers.workbook(kind)));
    }
    texts
}
