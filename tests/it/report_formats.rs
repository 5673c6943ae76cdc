//! All formats of one run say the same, follow the published schemas, declare what they leave out, and say in their own
//! terms when a run failed.
//!
//! Invariants
//! - All formats are of one run; findings are compared as read by another library, as far as each format tells them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::program::{command, root};
use crate::published::mistakes;
use crate::report_readers::{FORMATS, Report, Seen, read};

/// The reports of one run in all formats, and its exit code.
fn reports(folder: &Path, arguments: &[&str]) -> (BTreeMap<&'static str, Vec<u8>>, Option<i32>, String) {
    let written = tempfile::tempdir().unwrap();
    let place = |format: &str| written.path().join(format);
    let mut run = command(folder);
    run.args(["check", "--lang", "en"]).args(arguments);
    for format in FORMATS {
        run.arg("--format").arg(format!("{format}={}", place(format).display()));
    }
    let output = run.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let bytes = |format| fs::read(place(format)).unwrap_or_else(|_| panic!("{format}: {said}"));
    (FORMATS.map(|format| (format, bytes(format))).into(), output.status.code(), said)
}

fn read_all(reports: &BTreeMap<&'static str, Vec<u8>>) -> BTreeMap<&'static str, Report> {
    let read = |(format, bytes): (&&'static str, &Vec<u8>)| {
        assert_eq!(mistakes(format, bytes), Vec::<String>::new(), "{format}");
        (*format, read(format, bytes))
    };
    reports.iter().map(read).collect()
}

/// Findings as far as `format` tells them, in an order of their own.
fn as_told(format: &str, findings: &[Seen]) -> Vec<Seen> {
    let told = |seen: &Seen| {
        let mut seen = seen.clone();
        match format {
            // A test tells the record and no line.
            "junit" => seen.line = None,
            // GitLab asks for a line even where none is known.
            "gitlab" => seen.line = seen.line.or(Some(1)),
            // A record is named only in place of a line.
            "github" | "checkstyle" | "rdjson" | "markdown" => {
                seen.record = seen.record.filter(|_| seen.line.is_none());
            }
            _ => {}
        }
        seen
    };
    let mut told: Vec<Seen> = findings.iter().map(told).collect();
    told.sort();
    told
}

/// Compares the findings of every format with those of `json`; gives back how many there are.
fn agree(arguments: &[&str]) -> usize {
    let (bytes, _, said) = reports(&root(), arguments);
    let all = read_all(&bytes);
    let json = &all["json"];
    for (format, report) in &all {
        assert_eq!(report.findings.len(), json.findings.len(), "{format}: {said}");
        let (expected, found) = (as_told(format, &json.findings), as_told(format, &report.findings));
        let difference = expected.iter().zip(&found).find(|(one, other)| one != other);
        assert_eq!(difference, None, "{format}");
        assert_eq!(report.failures.is_empty(), json.failures.is_empty(), "{format}");
        assert!(!report.left_out, "{format}");
    }
    json.findings.len()
}

#[test]
fn every_format_tells_the_same_findings() {
    let several = ["fixtures/submissions/example.csv", "fixtures/submissions/clean-5pct-defects.csv"];
    for values in ["show", "hide"] {
        let least = agree(&[several[0], several[1], "--values", values]);
        assert!(least > 250, "{least}");
        assert!(agree(&["fixtures/submissions/example.jsonl", "--values", values]) > 0);
        // A workbook's cells, and bytes that are no UTF-8.
        let books = agree(&["fixtures/file-defects", "--exclude", "*.json", "--values", values]);
        assert!(books > 20, "{books}");
    }
}

/// The formats that hold a bounded number of findings.
const DOCUMENTS: [&str; 6] = ["sarif", "gitlab", "junit", "checkstyle", "markdown", "xlsx"];

#[test]
fn a_document_holds_the_gravest_findings_and_declares_what_it_leaves_out() {
    let file = "fixtures/submissions/clean-5pct-defects.csv";
    let (bytes, code, _) = reports(&root(), &[file, "--max-findings", "7", "--values", "hide"]);
    let all = read_all(&bytes);
    assert_eq!(code, Some(1));
    let json = &all["json"].findings;
    assert!(json.len() > 100);
    for (format, report) in &all {
        let bounded = DOCUMENTS.contains(format);
        assert_eq!(report.left_out, bounded, "{format}");
        assert_eq!(report.findings.len(), if bounded { 7 } else { json.len() }, "{format}");
    }
    let gravest = |seen: &Seen| seen.rule == "KP-S009";
    assert!(
        json.iter().any(gravest) && DOCUMENTS.iter().all(|format| all[format].findings.iter().any(gravest))
    );
}

#[test]
fn a_run_that_failed_says_so_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let here = |name: &str| folder.path().join(name);
    let example = fs::read(root().join("fixtures/submissions/example.csv")).unwrap();
    let header: Vec<u8> = example.split_inclusive(|byte| *byte == b'\n').next().unwrap().to_vec();
    fs::create_dir(here("none")).unwrap();
    fs::write(here("empty.csv"), b"").unwrap();
    fs::write(here("header.csv"), header).unwrap();
    fs::write(here("binary.csv"), b"PK\x03\x04\0\0\0\0\xff\xfe\0").unwrap();
    fs::write(here("example.csv"), example).unwrap();
    let cases: [(&[&str], i32); 6] = [
        (&["none"], 3),
        (&["empty.csv"], 3),
        (&["header.csv"], 3),
        (&["binary.csv", "example.csv"], 3),
        (&["example.csv", "--select", "HCS-X001", "--ignore", "HCS-X001"], 3),
        (&["example.csv", "--select", "HCS-Z999"], 2),
    ];
    for (arguments, expected) in cases {
        for values in ["show", "hide"] {
            let (bytes, code, said) = reports(folder.path(), &[arguments, &["--values", values]].concat());
            assert_eq!(code, Some(expected), "{arguments:?}: {said}");
            let all = read_all(&bytes);
            for (format, report) in &all {
                assert!(!report.failures.is_empty(), "{format} of {arguments:?}: {said}");
            }
        }
    }
    let (bytes, code, said) = reports(folder.path(), &["none", "--allow-empty"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(read_all(&bytes).values().all(|report| report.failures.is_empty()));
}

#[test]
fn values_are_hidden_by_default_where_a_report_is_shown_to_many() {
    let (bytes, _, _) = reports(&root(), &["fixtures/submissions/example.csv"]);
    let all = read_all(&bytes);
    let json: serde_json::Value = serde_json::from_slice(&bytes["json"]).unwrap();
    let message = json["findings"][0]["message"].as_str().unwrap();
    for (format, report) in &all {
        let hidden = ["sarif", "github", "gitlab", "junit"].contains(format);
        let told = report.texts.iter().any(|text| text.contains(message));
        assert_eq!(told, !hidden, "{format}: {message}");
    }
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    let run = || reports(&root(), &["fixtures/submissions/example.csv", "--values", "show"]).0;
    let (one, other) = (run(), run());
    for format in FORMATS {
        assert!(one[format] == other[format], "{format}");
    }
}

/// The text of a range of a file, by lines and columns of UTF-16, as an editor that reads SARIF marks it.
fn marked<'a>(text: &'a str, region: &serde_json::Value) -> Option<String> {
    let number = |name: &str| region[name].as_u64().map(|number| usize::try_from(number).unwrap());
    let line: &'a str = text.lines().nth(number("startLine")? - 1)?;
    let units: Vec<u16> = line.trim_start_matches('\u{feff}').encode_utf16().collect();
    Some(String::from_utf16(&units[number("startColumn")? - 1..number("endColumn")? - 1]).unwrap())
}

#[test]
fn a_mark_counted_in_any_units_is_the_same_text() {
    let folder = tempfile::tempdir().unwrap();
    let example = fs::read_to_string(root().join("fixtures/submissions/example.csv")).unwrap();
    // Letters of two units of UTF-16 stand before the marks.
    let wide = example.replace("病院", "𠮷野病院");
    assert_ne!(wide, example);
    fs::write(folder.path().join("a.csv"), &wide).unwrap();
    let (bytes, _, _) = reports(folder.path(), &["a.csv", "--values", "show"]);
    let sarif: serde_json::Value = serde_json::from_slice(&bytes["sarif"]).unwrap();
    let rdjson: serde_json::Value = serde_json::from_slice(&bytes["rdjson"]).unwrap();
    let mut compared = 0;
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    for (result, item) in results.iter().zip(rdjson["diagnostics"].as_array().unwrap()) {
        let region = &result["locations"][0]["physicalLocation"]["region"];
        let Some(start) = region["byteOffset"].as_u64() else { continue };
        let start = usize::try_from(start).unwrap();
        let length = usize::try_from(region["byteLength"].as_u64().unwrap()).unwrap();
        let expected = &wide[start..start + length];
        assert_eq!(marked(&wide, region).as_deref(), Some(expected));
        let range = &item["location"]["range"];
        let at = |end: &str| usize::try_from(range[end]["column"].as_u64().unwrap()).unwrap() - 1;
        let line = usize::try_from(range["start"]["line"].as_u64().unwrap()).unwrap() - 1;
        assert_eq!(&wide.lines().nth(line).unwrap()[at("start")..at("end")], expected);
        compared += 1;
    }
    assert!(compared > 5, "{compared}");
}
