//! JSON records: which value is which cell, and what is told of a record.
//!
//! Invariants
//! - Chunks are made by hand; nothing is read from a file.

use super::*;
use crate::input::RawKind::{JsonArray, JsonNull, JsonNumber, JsonString, JsonTrue, Missing};
use crate::input::RawRecord;
use crate::input::form::tests::form;

fn chunk(records: &[&str]) -> RawChunk {
    let form = form();
    let mut chunk = RawChunk { source: Some(crate::source::SourceId(0)), ..RawChunk::default() };
    for (number, text) in (1..).zip(records) {
        let start = short(chunk.bytes.len());
        chunk.bytes.extend(text.as_bytes());
        let span = (start, short(chunk.bytes.len()));
        chunk.records.push(RawRecord {
            number,
            line: number,
            sheet_row: Some(number),
            column: 1,
            span,
            origin: u64::from(start),
            readable: true,
        });
        chunk.bytes.push(b'\n');
    }
    chunk.cells = vec![RawCell::default(); form.columns.len() * records.len()];
    fill(&mut chunk, &form);
    chunk
}

fn cells(chunk: &RawChunk, column: usize) -> Vec<(RawKind, &str)> {
    chunk.column(column).iter().map(|cell| (cell.kind, chunk.text(cell.text))).collect()
}

fn ids(chunk: &RawChunk) -> Vec<(usize, &str)> {
    chunk.findings.iter().map(|finding| (finding.row, &*finding.notice.id)).collect()
}

#[test]
fn values_are_found_by_name_header_alias_and_pointer() {
    let found = chunk(&[
        r#"{"beds": 1, "name": "a\"b"}"#,
        r#"{"bed_box": {"count": 1e3, "x": [1, {"y": 2}]}, "施設名": null}"#,
        r#"{"ＢＥＤＳ": "12", "病院名": true}"#,
        r#"{"\u0062eds": [1, 2]}"#,
    ]);
    let beds = [(JsonNumber, "1"), (JsonNumber, "1e3"), (JsonString, "12"), (JsonArray, "[1, 2]")];
    assert_eq!(cells(&found, 1), beds);
    let names = [(JsonString, "a\"b"), (JsonNull, ""), (JsonTrue, "true"), (Missing, "")];
    assert_eq!(cells(&found, 0), names);
    assert_eq!(found.findings, []);
}

#[test]
fn every_fault_costs_its_record_alone() {
    let deep = format!("{{\"x\": {}1{}}}", "[".repeat(64), "]".repeat(64));
    let records = [
        "{\"beds\": 1}",
        "{\"beds\": 01}",
        "{\"beds\": 1,}",
        "{\"x\": [1, }",
        "{\"beds\": 1",
        "{} {}",
        "[1]",
        "{\"x\": \"\\q\"}",
        "{\"beds\" 1}",
        &deep,
        "{\"beds\": 2}",
    ];
    let found = chunk(&records);
    let bad: Vec<usize> = found.findings.iter().map(|finding| finding.row).collect();
    assert_eq!(bad, (1..=9).collect::<Vec<_>>());
    assert_eq!(found.findings.get(5).map(|finding| &*finding.notice.id), Some("KP-S024"));
    let readable: Vec<bool> = found.records.iter().map(|record| record.readable).collect();
    assert_eq!(readable.iter().filter(|readable| **readable).count(), 2);
    assert_eq!(cells(&found, 1).last(), Some(&(RawKind::JsonNumber, "2")));
}

#[test]
fn a_name_given_twice_has_one_finding_with_both_places() {
    let found =
        chunk(&[r#"{"beds": 1, "病床数": 2, "bed_box": {"count": 3}}"#, r#"{"bed_box": {}, "bed_box": {}}"#]);
    assert_eq!(ids(&found), [(0, "KP-S019"), (1, "KP-S019")]);
    let spans = |finding: &CellFinding| finding.further.iter().map(|(range, _)| *range).collect::<Vec<_>>();
    assert_eq!(found.findings.iter().map(|finding| spans(finding).len()).collect::<Vec<_>>(), [2, 2]);
    assert!(found.findings.iter().map(|finding| finding.field.is_some()).eq([true, false]));
}

#[test]
fn unknown_keys_are_noted_once_with_their_path() {
    let found = chunk(&[r#"{"x": 1, "bed_box": {"x": 2}}"#, r#"{"x": 3, "bed_box": 4}"#]);
    let names: Vec<&str> = found.unknown_keys.iter().map(|key| &*key.name).collect();
    assert_eq!(names, ["x", "/bed_box/x"]);
    assert_eq!(ids(&found), [(1, "KP-S028")]);
}

#[test]
fn keys_beyond_the_limit_are_counted() {
    let keys = |from: usize, to: usize| {
        (from..to).map(|number| format!("\"k{number}\": 1")).collect::<Vec<_>>().join(",")
    };
    let records = [format!("{{{}}}", keys(0, 1_200)), format!("{{{}}}", keys(0, 1_300))];
    let layout = super::super::Layout::json(std::sync::Arc::new(form()));
    let told = |chunks: &[&[&str]]| {
        let mut keys = super::super::UnknownKeys::default();
        let mut found = Vec::new();
        for records in chunks {
            let new = chunk(records).unknown_keys.into_iter();
            found.extend(new.filter_map(|key| keys.report(&layout, key)));
        }
        assert_eq!(found.len(), MOST_KEYS);
        keys.further().map(|finding| finding.arguments)
    };
    let [first, second] = [&*records[0], &*records[1]];
    let whole = told(&[&[first, second]]);
    assert_eq!(whole, told(&[&[first], &[second]]));
    assert!(format!("{whole:?}").contains("500"), "{whole:?}");
}
