//! Each format read back by a parser of its own kind: what a program that takes the report would see of it.
//!
//! Invariants
//! - Nothing here is the program's own code: JSON, XML, CSV, XLSX and Markdown are read by other libraries, workflow
//!   commands by the grammar of GitHub's runner.
//! - A report that is not of its format stops the test.

mod of_json;
mod of_tables;
mod of_text;
mod of_xml;

use of_json::{gitlab, json, json_lines, rdjson, sarif};
use of_tables::{csv, xlsx};
use of_text::{github, markdown};
use of_xml::{checkstyle, junit};

/// The formats that can be read back here.
pub const FORMATS: [&str; 11] = [
    "json",
    "jsonl",
    "sarif",
    "github",
    "gitlab",
    "junit",
    "checkstyle",
    "rdjson",
    "markdown",
    "csv",
    "xlsx",
];

/// One finding as a reader of a report sees it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Seen {
    /// As the report names it.
    pub file: String,
    /// `None`: the format does not tell it, or there is none.
    pub record: Option<u64>,
    /// `None`: the same.
    pub line: Option<u64>,
    /// Full id.
    pub rule: String,
    /// The most suspect first.
    pub fields: Vec<String>,
}

/// A whole report.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// The findings, in order.
    pub findings: Vec<Seen>,
    /// Every text that a reader is shown or given, one by one.
    pub texts: Vec<String>,
    /// Why the run failed, in the format's own terms: the words of the failures.
    pub failures: Vec<String>,
    /// Whether findings are said to be left out.
    pub left_out: bool,
}

/// Reads a report of `format`; one for people in English.
pub fn read(format: &str, bytes: &[u8]) -> Report {
    match format {
        "json" => json(bytes),
        "jsonl" => json_lines(bytes),
        "sarif" => sarif(bytes),
        "github" => github(bytes),
        "gitlab" => gitlab(bytes),
        "junit" => junit(bytes),
        "checkstyle" => checkstyle(bytes),
        "rdjson" => rdjson(bytes),
        "markdown" => markdown(bytes),
        "csv" => csv(bytes),
        "xlsx" => xlsx(bytes),
        other => panic!("no reader of {other}"),
    }
}

/// The fields that stand in brackets at the end of a text.
fn fields_behind(text: &str) -> (String, Vec<String>) {
    let found = text.strip_suffix(']').and_then(|text| text.rsplit_once(" ["));
    found.map_or((text.to_owned(), Vec::new()), |(text, fields)| {
        (text.to_owned(), fields.split(", ").map(str::to_owned).collect())
    })
}

/// The record that a text names at its beginning, in English.
fn record_before(text: &str) -> Option<u64> {
    text.strip_prefix("record ")?.split_once(": ")?.0.parse().ok()
}

/// The row of the cell that a text names at its beginning.
fn row_before(text: &str) -> Option<u64> {
    row_of(text.split_once(": ")?.0)
}

/// The row of `Sheet!C7`.
fn row_of(cell: &str) -> Option<u64> {
    let (_, cell) = cell.rsplit_once('!')?;
    cell.trim_start_matches(|letter: char| letter.is_ascii_uppercase()).parse().ok()
}
