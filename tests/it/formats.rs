//! The same answers give the same findings in every format, but for where they stand; and what a finding marks is
//! what it speaks of.
//!
//! The answers are rows of the fixture with known defects, and hostile cells that all formats can say. They are
//! written here as delimited text in three encodings, as JSON flat and nested, and through standard input.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use encoding_rs::SHIFT_JIS;
use kenpyo::questionnaire::Questionnaire;
use serde_json::{Map, Value};

use crate::program::{command, fixture, kenpyo_with, root, text};

/// Records taken from the fixture, one in twenty with a defect.
const RECORDS: usize = 1_200;

/// The note in which encoding a file was read, where it is not UTF-8.
const ENCODING_READ: &str = "KP-S002";

/// Answers as texts: one column a field, in form order.
struct Answers {
    form: Questionnaire,
    rows: Vec<Vec<String>>,
}

impl Answers {
    /// The first records of the fixture that have as many cells as its header.
    fn of_fixture() -> Self {
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
    fn hostile(cells: &[&str]) -> Self {
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

    /// A workbook with a row a record, or with a sheet a record: labels, and the answers beside them.
    #[cfg(feature = "xlsx")]
    fn workbook(&self, list: bool) -> Vec<u8> {
        let mut book = rust_xlsxwriter::Workbook::new();
        if list {
            let sheet = book.add_worksheet().set_name("回答").unwrap();
            let header: Vec<String> = self.form.fields.iter().map(|field| field.column.to_string()).collect();
            for (line, row) in (0..).zip(std::iter::once(&header).chain(&self.rows)) {
                for (place, cell) in (0..).zip(row) {
                    sheet.write_string(line, place, cell).unwrap();
                }
            }
        } else {
            for row in &self.rows {
                let sheet = book.add_worksheet();
                for (line, (field, cell)) in (0..).zip(self.form.fields.iter().zip(row)) {
                    sheet.write_string(line, 0, &*field.column).unwrap();
                    sheet.write_string(line, 1, cell).unwrap();
                }
            }
        }
        book.save_to_buffer().unwrap()
    }

    fn lines(&self, nested: bool) -> String {
        self.objects(nested).iter().fold(String::new(), |text, object| text + &object.to_string() + "\n")
    }
}

/// A file, and the arguments that it needs beside its name.
struct Written {
    name: &'static str,
    bytes: Vec<u8>,
    arguments: &'static [&'static str],
}

/// The answers in every format. Without `cp932` that encoding is left out: it cannot say everything.
fn written(answers: &Answers, cp932: bool) -> Vec<Written> {
    let list = Value::Array(answers.objects(false));
    let inside = serde_json::json!({ "about": "test", "data": { "records": answers.objects(true) } });
    let plain = answers.delimited(b',');
    let marked = [b"\xEF\xBB\xBF".as_slice(), plain.as_bytes()].concat();
    let mut files = vec![
        Written { name: "plain.csv", bytes: plain.clone().into_bytes(), arguments: &[] },
        Written { name: "marked.csv", bytes: marked, arguments: &[] },
        Written { name: "tabs.tsv", bytes: answers.delimited(b'\t').into_bytes(), arguments: &[] },
        Written { name: "array.json", bytes: list.to_string().into_bytes(), arguments: &[] },
        Written {
            name: "inside.json",
            bytes: serde_json::to_vec_pretty(&inside).unwrap(),
            arguments: &["--records", "/data/records"],
        },
        Written { name: "flat.jsonl", bytes: answers.lines(false).into_bytes(), arguments: &[] },
        Written { name: "nested.jsonl", bytes: answers.lines(true).into_bytes(), arguments: &[] },
    ];
    #[cfg(feature = "xlsx")]
    for (name, list) in [("list.xlsx", true), ("form.xlsx", false)] {
        files.push(Written { name, bytes: answers.workbook(list), arguments: &[] });
    }
    if cp932 {
        let (bytes, _, unsayable) = SHIFT_JIS.encode(&plain);
        assert!(!unsayable, "the rows are to be what CP932 can say");
        files.push(Written { name: "windows.csv", bytes: bytes.into_owned(), arguments: &[] });
    }
    files
}

fn document(folder: &Path, file: &Written, language: &str, stdin: bool) -> Value {
    fs::write(folder.join(file.name), &file.bytes).unwrap();
    let options = ["--format", "json", "--values", "show", "--profile", "three-two-one", "--lang", language];
    let output = if stdin {
        let words = ["check", "-", "--stdin-filename", file.name];
        kenpyo_with(&[&words[..], &options, file.arguments].concat(), &file.bytes)
    } else {
        let words = ["check", file.name];
        command(folder).args(words).args(options).args(file.arguments).output().unwrap()
    };
    serde_json::from_str(&text(&output)).unwrap()
}

/// The findings about records. Of a file nothing may be told but the encoding in which it was read.
fn of_records(document: &Value) -> impl Iterator<Item = &Value> {
    let (records, files): (Vec<&Value>, Vec<&Value>) = document["findings"]
        .as_array()
        .unwrap()
        .iter()
        .partition(|finding| finding["place"]["kind"] == "record");
    assert!(files.iter().all(|finding| finding["rule"] == ENCODING_READ), "{files:?}");
    records.into_iter()
}

/// The table of rules, without what is told of a file.
fn counts(document: &Value) -> Vec<&Value> {
    let rules = document["summary"]["rules"].as_array().unwrap();
    rules.iter().filter(|line| line["rule"] != ENCODING_READ).collect()
}

/// What a finding says, without where.
fn said(document: &Value) -> Vec<Value> {
    let said = of_records(document).map(|finding| {
        let mut said = finding.clone();
        let place = &finding["place"];
        said["place"] = serde_json::json!([place["record"], place["key"]]);
        let labels = finding["labels"].as_array().unwrap().iter();
        said["labels"] = labels.map(|label| serde_json::json!([label["field"], label["text"]])).collect();
        said
    });
    said.collect()
}

fn compare(answers: &Answers, cp932: bool, least: usize) {
    let folder = tempfile::tempdir().unwrap();
    let files = written(answers, cp932);
    for language in ["ja", "en"] {
        let expected = document(folder.path(), &files[0], language, false);
        assert_eq!(expected["summary"]["records"], answers.rows.len());
        let (first, expected) = (expected.clone(), said(&expected));
        assert!(expected.len() >= least, "{} findings", expected.len());
        for (file, stdin) in files.iter().flat_map(|file| [(file, false), (file, true)]) {
            // Standard input differs from a file in nothing that the format could change.
            if stdin && language == "en" {
                continue;
            }
            let found = document(folder.path(), file, language, stdin);
            assert_eq!(counts(&found), counts(&first), "{}", file.name);
            let found = said(&found);
            let difference = expected.iter().zip(&found).find(|(one, other)| one != other);
            assert_eq!(difference, None, "{} in {language}, standard input: {stdin}", file.name);
            assert_eq!(expected.len(), found.len(), "{}", file.name);
        }
    }
}

/// Hostile cells in characters that all the encodings have.
const HOSTILE: [&str; 30] = [
    "8\n1",
    "\"",
    "a\"\"b\"",
    "a,b;c",
    "a\tb",
    "=1+1",
    "＝１＋１",
    "@SUM(A1)",
    "\u{1b}[31m赤\u{1b}[0m",
    "\u{7}\u{8}\u{7f}",
    "12345678901234567890123",
    "1e400",
    "-1e308",
    "-0",
    "56.99999",
    "0.1e1",
    "NaN",
    "inf",
    "0x10",
    "1_000",
    "　",
    " 1 ",
    "１",
    "null",
    "true",
    "[1]",
    "{\"a\":1}",
    "\\u0041\\n",
    "../../etc/passwd",
    "<script>&amp;%s{0}",
];

/// Hostile cells for Unicode only.
const UNICODE: [&str; 9] = [
    "\u{202e}812\u{202c}",
    "8\u{200b}12",
    "\u{feff}1",
    "👩\u{200d}⚕️",
    "e\u{301}",
    "\u{2028}",
    "\u{85}",
    "\u{10ffff}",
    "\u{e0041}１",
];

#[test]
fn answers_with_defects_give_the_same_findings_in_every_format() {
    compare(&Answers::of_fixture(), true, 60);
}

#[test]
fn hostile_cells_give_the_same_findings_in_every_format() {
    let long = "あ".repeat(5_000);
    let cells: Vec<&str> = HOSTILE.into_iter().chain([long.as_str()]).collect();
    compare(&Answers::hostile(&cells), true, 60);
    compare(&Answers::hostile(&UNICODE), false, 20);
}

/// The cell as its format writes it, read by other means than the program's.
fn read(name: &str, bytes: &[u8]) -> String {
    let suffix = name.rsplit('.').next().unwrap();
    if suffix.starts_with("json") {
        return match serde_json::from_slice(bytes).unwrap() {
            Value::String(text) => text,
            Value::Null => String::new(),
            other => panic!("{other} was not written"),
        };
    }
    let decoded = if name == "windows.csv" {
        SHIFT_JIS.decode_without_bom_handling(bytes).0.into_owned()
    } else {
        String::from_utf8(bytes.to_vec()).unwrap()
    };
    let inner = decoded.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inner.map(|inner| inner.replace("\"\"", "\"")).unwrap_or(decoded)
}

/// Holds a mark in a workbook against the cell in which the answer was written, and against its text.
fn is_marked(answers: &Answers, name: &str, finding: &Value, label: &Value, cell: &str) {
    let field = answers.form.by_name[label["field"].as_str().unwrap()];
    let record = finding["place"]["record"].as_u64().unwrap();
    let expected = if name.starts_with("list") {
        let letter = |at: usize| char::from(b'A' + u8::try_from(at).unwrap());
        let (high, low) = (field / 26, letter(field % 26));
        let high = high.checked_sub(1).map(letter);
        format!("回答!{}{low}{}", high.map(String::from).unwrap_or_default(), record + 1)
    } else {
        format!("Sheet{record}!B{}", field + 1)
    };
    assert_eq!(label["cell"], expected, "{name}: {finding}");
    assert_eq!(
        (&label["start"], &label["end"]),
        (&Value::from(0), &Value::from(cell.len())),
        "{name}: {finding}"
    );
}

/// Compares every label of every finding with the cell that was written; gives back how many.
fn marks(answers: &Answers, file: &Written, document: &Value) -> usize {
    let number = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
    let mut compared = 0;
    for finding in of_records(document) {
        let row = &answers.rows[number(&finding["place"]["record"]) - 1];
        let mut cells: BTreeMap<&str, &str> = BTreeMap::new();
        for label in finding["labels"].as_array().unwrap() {
            let field = label["field"].as_str().unwrap();
            let cell = &row[answers.form.by_name[field]];
            if file.name.ends_with("xlsx") {
                is_marked(answers, file.name, finding, label, cell);
                cells.insert(field, cell);
                compared += 1;
                continue;
            }
            let bytes = &file.bytes[number(&label["start"])..number(&label["end"])];
            cells.insert(field, cell);
            // A key that is left out has no place of its own: the beginning of its record is marked.
            if bytes == b"{" && cell.is_empty() {
                continue;
            }
            assert_eq!(&read(file.name, bytes), cell, "{} {field}: {finding}", file.name);
            let line = file.bytes[..number(&label["start"])].split(|&byte| byte == b'\n').count();
            assert_eq!(number(&label["line"]), line, "{}: {finding}", file.name);
            compared += 1;
        }
        let value = finding["arguments"]["value"]["value"].as_str();
        if let Some(value) =
            value.filter(|value| finding["arguments"]["value"]["kind"] == "text" && !value.ends_with('…'))
        {
            // White space around a value is no part of it, nor is a byte order mark.
            let around = |letter: char| letter.is_whitespace() || letter == '\u{feff}';
            let quoted = cells.values().any(|cell| cell.trim_matches(around) == value);
            assert!(quoted, "{}: {finding} quotes what is not marked", file.name);
        }
    }
    compared
}

#[test]
fn every_mark_cut_from_the_file_is_the_value_that_is_quoted() {
    let folder = tempfile::tempdir().unwrap();
    let all = [
        (Answers::of_fixture(), true),
        (Answers::hostile(&HOSTILE), true),
        (Answers::hostile(&UNICODE), false),
    ];
    for (answers, cp932) in &all {
        for file in written(answers, *cp932) {
            let compared = marks(answers, &file, &document(folder.path(), &file, "en", false));
            assert!(compared > 20, "{}: {compared}", file.name);
        }
    }
}
