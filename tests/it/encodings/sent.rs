//! Files as they are sent: UTF-16, JSON, packed, damaged, with another separator than their name says, or no text at all.
//!
//! Invariants
//! - A mark is held against the bytes of the file itself, in its own encoding.
//! - One submission of two records is written in each of these ways.

use std::fmt::Write as _;

use encoding_rs::SHIFT_JIS;
use serde_json::Value;

use super::words::{encoded, utf16};
use crate::packing::packed;
use crate::program::{command, text};

/// A file with a record, its name in Japanese; `separator` between cells.
fn submission(separator: char) -> String {
    let text =
        "gmis_id,施設名,病床数,備考\r\nS0000001,髙﨑病院①,100,\"𠮷,\r\nｶﾅ\"\r\nS0000002,北,１００,あ\r\n";
    text.replace(',', &separator.to_string())
}

fn report(name: &str, bytes: &[u8], arguments: &[&str]) -> (Option<i32>, Value) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(name), bytes).unwrap();
    let words = ["check", name, "--format", "json", "--values", "show", "--lang", "en"];
    let output = command(folder.path()).args(words).args(arguments).output().unwrap();
    (output.status.code(), serde_json::from_str(&text(&output)).unwrap())
}

fn rules(report: &Value) -> Vec<&str> {
    let findings = report["findings"].as_array().unwrap();
    let of_file = findings.iter().filter(|finding| finding["place"]["kind"] != "record");
    of_file.map(|finding| finding["rule"].as_str().unwrap()).filter(|rule| *rule != "KP-S005").collect()
}

/// What a label marks, cut from the file; for findings about the cell `１００` and the row of notes.
fn marked(report: &Value, bytes: &[u8], field: &str) -> Vec<u8> {
    let number = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
    let findings = report["findings"].as_array().unwrap().iter();
    let mut labels =
        findings.filter(|one| one["place"]["record"] == 2).flat_map(|one| one["labels"].as_array().unwrap());
    let label = labels.find(|label| label["field"] == field).unwrap_or_else(|| panic!("{field}: {report}"));
    bytes[number(&label["start"])..number(&label["end"])].to_vec()
}

#[test]
fn utf16_is_read_in_both_orders_and_marks_are_those_of_the_file() {
    for (order, name) in [(u16::to_le_bytes as fn(u16) -> [u8; 2], "x.csv"), (u16::to_be_bytes, "x.txt")] {
        let separator = if name == "x.csv" { ',' } else { '\t' };
        let bytes = utf16(&format!("\u{FEFF}{}", submission(separator)), order);
        let (_, found) = report(name, &bytes, &[]);
        assert_eq!(rules(&found), ["KP-S002"], "{name}");
        assert_eq!(found["summary"]["records"], 2);
        assert_eq!(marked(&found, &bytes, "beds_total"), utf16("１００", order));
        let utf8 = submission(separator).into_bytes();
        let (_, plain) = report(name, &utf8, &[]);
        let rest = |report: &Value| {
            let findings = report["findings"].as_array().unwrap().iter();
            findings
                .map(|one| one["rule"].to_string())
                .filter(|rule| !rule.contains("S002"))
                .collect::<Vec<_>>()
        };
        assert_eq!(rest(&found), rest(&plain));
    }
}

#[test]
fn json_in_utf16_has_the_same_findings_and_marks() {
    let record = "{\"gmis_id\": \"S0000001\", \"facility_name\": \"髙﨑病院\", \"beds_total\": \"１００\"}";
    for (name, content) in
        [("x.json", format!("[{record},\n{record}]")), ("x.jsonl", format!("{record}\n{record}\n"))]
    {
        let bytes = utf16(&format!("\u{FEFF}{content}"), u16::to_le_bytes);
        let (_, found) = report(name, &bytes, &[]);
        assert_eq!(
            (rules(&found), &found["summary"]["records"]),
            (vec!["KP-S002"], &Value::from(2)),
            "{name}"
        );
        assert_eq!(marked(&found, &bytes, "beds_total"), utf16("\"１００\"", u16::to_le_bytes), "{name}");
    }
}

#[test]
fn the_encoding_can_be_given_and_a_mark_that_contradicts_is_told() {
    let plain = submission(',');
    let unmarked = utf16(&plain, u16::to_le_bytes);
    let (exit, found) = report("x.csv", &unmarked, &[]);
    assert_eq!((exit, rules(&found)), (Some(3), vec!["KP-S001"]));
    assert!(found["findings"][0]["help"].as_str().unwrap().contains("UTF-16 LE"), "{found}");
    for name in ["utf-16", "utf-16le"] {
        let (_, found) = report("x.csv", &unmarked, &["--encoding", name]);
        assert_eq!(
            (rules(&found), &found["summary"]["records"]),
            (vec!["KP-S002"], &Value::from(2)),
            "{name}"
        );
    }
    let marked = format!("\u{FEFF}{plain}");
    let (_, found) = report("x.csv", marked.as_bytes(), &["--encoding", "auto"]);
    assert!(rules(&found).is_empty());
    let (_, found) = report("x.csv", marked.as_bytes(), &["--encoding", "cp932"]);
    assert_eq!(rules(&found).first(), Some(&"KP-S033"), "{found}");
}

#[test]
fn packed_files_of_every_format_give_what_the_files_give() {
    let csv = submission(',').into_bytes();
    let json = b"[{\"gmis_id\": \"S0000001\", \"beds_total\": \"x\"}]".to_vec();
    let cp932 = encoded(SHIFT_JIS, &submission(',').replace('𠮷', "吉")).unwrap();
    let utf16 = utf16(&format!("\u{FEFF}{}", submission('\t')), u16::to_le_bytes);
    for (name, bytes) in [("x.csv", csv), ("x.json", json), ("y.csv", cp932), ("z.txt", utf16)] {
        let (_, plain) = report(name, &bytes, &[]);
        let (_, found) = report(&format!("{name}.gz"), &packed(&bytes), &[]);
        let labels = |report: &Value| {
            let findings = report["findings"].as_array().unwrap().iter();
            findings.map(|one| (one["rule"].clone(), one["labels"][0]["start"].clone())).collect::<Vec<_>>()
        };
        assert_eq!(labels(&found), labels(&plain), "{name}");
        // By the bytes, whatever the name.
        let (_, unnamed) = report(name, &packed(&bytes), &[]);
        assert_eq!(labels(&unnamed), labels(&plain), "{name}");
    }
}

#[test]
fn a_damaged_packed_file_is_judged_as_far_as_it_can_be_read_and_fails() {
    let mut rows = String::new();
    for number in 0..20_000 {
        writeln!(rows, "S{number:07},サンプル{},{}\r", number * 7919 % 10_007, 20 + number % 900).unwrap();
    }
    let whole = packed(format!("gmis_id,施設名,病床数\r\n{rows}").as_bytes());
    let (exit, found) = report("x.csv.gz", &whole[..whole.len() / 2], &[]);
    assert_eq!(exit, Some(3));
    assert_eq!(rules(&found), ["KP-S036"]);
    let records = found["summary"]["records"].as_u64().unwrap();
    assert!((1_000..19_000).contains(&records), "{records}");
    assert_eq!(found["summary"]["files"][0]["readable"], false);
    // The line at which it breaks off is no record: nothing is told of it.
    let last = found["findings"].as_array().unwrap().iter().filter(|one| one["rule"] == "KP-S009").count();
    assert_eq!(last, 0);
    let (exit, found) = report("x.csv.gz", &[0x1F, 0x8B, 8, 0, 1, 2], &[]);
    assert_eq!((exit, rules(&found)), (Some(3), vec!["KP-S036"]));
    let (exit, found) = report("x.csv.gz", &packed(packed(b"a,b\n")), &[]);
    assert_eq!((exit, rules(&found)), (Some(3), vec!["KP-S035"]));
}

#[test]
fn what_is_no_text_or_nothing_says_so() {
    for (name, bytes, rule) in [
        ("x.csv", &b"%PDF-1.7\n"[..], "KP-S035"),
        ("x.csv", b"<!DOCTYPE html><html><table>", "KP-S035"),
        ("x.csv", b"", "KP-S034"),
        ("x.json", b"\r\n\r\n", "KP-S034"),
        ("x.csv", b"\xEF\xBB\xBF", "KP-S034"),
    ] {
        let (exit, found) = report(name, bytes, &[]);
        assert_eq!((exit, rules(&found)), (Some(3), vec![rule]), "{name} {bytes:?}");
    }
}

#[test]
fn the_separator_is_told_by_the_header_and_openly_where_the_name_says_otherwise() {
    for (name, separator, expected) in [
        ("x.csv", ';', &["KP-S037"][..]),
        ("x.csv", '\t', &["KP-S037"]),
        ("x.tsv", ',', &["KP-S037"]),
        ("x.tsv", '\t', &[]),
        ("x.txt", '\t', &[]),
        ("x.csv.gz", ',', &[]),
    ] {
        let (_, found) = report(name, submission(separator).as_bytes(), &[]);
        assert_eq!(
            (rules(&found), &found["summary"]["records"]),
            (expected.to_vec(), &Value::from(2)),
            "{name}"
        );
    }
    let (_, found) = report("x.dat", submission(';').as_bytes(), &["--input-format", "csv"]);
    assert_eq!(found["summary"]["records"], 2);
}
