//! Four submissions, and a frame of five units in every format, under rules that read it.
//!
//! Invariants
//! - What the frame alone says (names, beds, the private column) occurs nowhere in the submissions, so that a page that
//!   has it has it of the frame.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::{Value as Json, json};

use super::survey::{rule, survey};
use crate::program::command;

pub const SUBMISSIONS: &str = "id,kind,band,beds\nA,1,1,10\nB,2,2,200\nC,1,,30\nD,2,1,40\n";

/// Name, band, beds, state of each unit; the name and the private column are of the frame alone.
pub const UNITS: [[&str; 6]; 5] = [
    ["A", "7", "10", "1", "見本病院", "PRIVATE-A"],
    ["B", "8", "98765", "1", "髙橋病院", "PRIVATE-B"],
    ["C", "7", "30", "2", "あ病院", "PRIVATE-C"],
    ["Y", "7", "86420", "1", "未提出病院", "PRIVATE-Y"],
    ["Z", "8", "86421", "1", "未提出病院二", "PRIVATE-Z"],
];

const COLUMNS: [&str; 6] = ["id", "band", "beds", "state", "name", "secret"];

fn rules() -> String {
    let told = rule("rule", "BEDS", "warning", "require = 'beds = frame.beds'").replace(
        "message.en = 'it is BEDS'",
        "message.en = '{beds} here, {frame.beds} there; {frame.name}; {let.secret}'\nlet.secret = 'frame.secret'\n\
         let.name = 'frame.name'",
    );
    let told = told.replace(
        "message.ja = 'BEDSです'",
        "message.ja = '{beds}、{frame.beds}、{frame.name}、{let.secret}'",
    );
    [
        told,
        rule("rule", "BAND", "error", "require = 'band = frame.band'"),
        rule("rule", "THERE", "error", "exists-in = { fields = ['id'], table = 'frame' }"),
        rule("rule", "ALL", "info", "covers = { table = 'frame', when = 'frame.state = \"open\"' }")
            .replace("it is ALL", "{missing} are missing"),
        rule("linked_rule", "F-NAME", "warning", "table = 'frame'\nrequire = 'beds < 80000'\nlet.id = 'id'")
            .replace("it is F-NAME", "{beds} beds, {id}"),
    ]
    .concat()
    .replace("message.ja = 'ALLです'", "message.ja = '{missing}'")
    .replace("message.ja = 'F-NAMEです'", "message.ja = '{beds}、{id}'")
}

pub fn delimited(separator: &str, units: &[[&str; 6]]) -> String {
    let mut text = COLUMNS.join(separator) + "\n";
    for unit in units {
        writeln!(text, "{}", unit.join(separator)).unwrap();
    }
    text
}

pub fn objects(units: &[[&str; 6]]) -> Vec<Json> {
    let object = |unit: &[&str; 6]| {
        let members = COLUMNS.iter().zip(unit).map(|(name, value)| ((*name).to_owned(), json!(value)));
        Json::Object(members.collect())
    };
    units.iter().map(object).collect()
}

pub fn workbook(units: &[[&str; 6]]) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, unit) in (0..).zip([COLUMNS].iter().chain(units)) {
        for (column, text) in (0..).zip(unit) {
            sheet.write(row, column, *text).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

/// A folder with the survey and the submissions.
pub fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    survey(folder.path(), &rules());
    fs::write(folder.path().join("in.csv"), SUBMISSIONS).unwrap();
    fs::write(folder.path().join("frame.csv"), delimited(",", &UNITS)).unwrap();
    folder
}

/// Findings as rule, file, record and message: those of submissions, of the run, and of rules about the linked file.
pub fn told(report: &Json) -> BTreeSet<(String, u64, String)> {
    let own = |finding: &&Json| !finding["rule"].as_str().unwrap().starts_with("KP-");
    let one = |finding: &Json| {
        let text = |name: &str| finding[name].as_str().unwrap_or_default().to_owned();
        (text("rule"), finding["place"]["record"].as_u64().unwrap_or(0), text("message"))
    };
    report["findings"].as_array().unwrap().iter().filter(own).map(one).collect()
}

pub fn counts(report: &Json, rule: &str) -> Json {
    let rules = report["summary"]["rules"].as_array().unwrap();
    rules.iter().find(|line| line["rule"] == rule).unwrap_or_else(|| panic!("{rule}"))["outcomes"].clone()
}

pub fn run(folder: &Path, words: &[&str]) -> Output {
    let common = ["check", "--survey", "rules/linked/2024", "--lang", "en"];
    command(folder).args(common).args(words).output().unwrap()
}
