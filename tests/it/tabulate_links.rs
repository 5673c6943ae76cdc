//! `kenpyo tabulate` with linked files that lack something: what is not known is said to be, and nobody is accused of it.
//!
//! Invariants
//! - One thing is taken out of a linked file that is otherwise whole; what must then be unknown is a status, and no
//!   zero.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::own_schemas::{assert_valid, validator};
use crate::program::{fixture, kenpyo};

/// The lines of a fixture, split at commas.
fn lines(name: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(fixture(name)).unwrap();
    text.trim_start_matches('\u{FEFF}')
        .lines()
        .map(|line| line.split(',').map(str::to_owned).collect())
        .collect()
}

fn frame() -> Vec<Vec<String>> {
    lines("linked/frame.csv")
}

/// The same without the column called `title`.
fn without(mut lines: Vec<Vec<String>>, title: &str) -> Vec<Vec<String>> {
    let place = lines[0].iter().position(|own| own == title).unwrap();
    for line in &mut lines {
        line.remove(place);
    }
    lines
}

/// The tables of the example's submissions with `lines` as the file of `link`.
fn tables(link: &str, lines: &[Vec<String>], more: &[&str]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("linked.csv");
    let text: Vec<String> = lines.iter().map(|line| line.join(",")).collect();
    fs::write(&path, text.join("\r\n")).unwrap();
    document(&["--link", &format!("{link}={}", path.display())], more)
}

fn document(links: &[&str], more: &[&str]) -> Value {
    let submissions = fixture("submissions/example.csv");
    let fixed = ["tabulate", &submissions, "--quiet", "--format", "json"];
    let output = kenpyo(&[&fixed, links, more].concat());
    let document: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    assert_valid(&validator("tables"), &document, &links.join(" "));
    document
}

fn row<'a>(document: &'a Value, id: &str, name: &str) -> &'a Value {
    let table = document["tables"].as_array().unwrap().iter().find(|table| table["id"] == id).unwrap();
    table["rows"].as_array().unwrap().iter().find(|row| row["name"] == name).unwrap()
}

/// Values of a measure of a row of T01, and their statuses.
fn of_units(document: &Value, name: &str, measure: &str) -> (Vec<Value>, Vec<String>) {
    let cells = row(document, "T01", name)["cells"].as_array().unwrap().iter();
    let words = |cell: &Value| cell[measure]["status"].as_str().unwrap().to_owned();
    cells.map(|cell| (cell[measure]["value"].clone(), words(cell))).unzip()
}

fn accused(document: &Value) -> Vec<&str> {
    let findings = document["macro_findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["rule"].as_str().unwrap()).collect()
}

#[test]
fn without_a_readable_frame_the_units_asked_are_not_known_and_nobody_is_accused() {
    let nothing = vec![frame()[0].clone()];
    for document in [
        document(&[], &[]),
        tables("frame", &without(frame(), "状態"), &[]),
        tables("frame", &without(frame(), "病床数"), &[]),
        tables("frame", &nothing, &[]),
    ] {
        assert_eq!(document["has_frame"], false);
        for (name, measure) in [("frame", "count"), ("rate", "percent"), ("rate", "base")] {
            let (values, words) = of_units(&document, name, measure);
            assert!(values.iter().all(Value::is_null), "{name} {measure}: {values:?}");
            assert!(words.iter().all(|word| word == "not_known"), "{name} {measure}: {words:?}");
        }
        assert!(!accused(&document).contains(&"HCS-M004"), "{:?}", accused(&document));
    }
}

#[test]
fn a_frame_without_bands_tells_how_many_were_asked_in_all_and_not_in_which_band() {
    let document = tables("frame", &without(frame(), "病床数区分"), &[]);
    let (values, words) = of_units(&document, "frame", "count");
    let (all, bands) = values.split_last().unwrap();
    assert_eq!(all.as_i64(), Some(8171));
    assert!(bands.iter().all(Value::is_null), "{bands:?}");
    assert!(words[..words.len() - 1].iter().all(|word| word == "not_known"), "{words:?}");
    assert!(!accused(&document).contains(&"HCS-M004"));
}

#[test]
fn a_unit_that_is_listed_twice_is_asked_once_and_a_row_without_key_is_none() {
    let mut lines = frame();
    lines.push(lines[1].clone());
    let mut nameless = lines[2].clone();
    nameless[0] = String::new();
    lines.push(nameless);
    let (values, _) = of_units(&tables("frame", &lines, &[]), "frame", "count");
    assert_eq!(values.last().unwrap().as_i64(), Some(8171));
    let (before, _) = of_units(&tables("frame", &frame(), &[]), "frame", "count");
    assert_eq!(values, before);
}

#[test]
fn a_last_wave_without_the_column_of_a_question_is_not_known_to_have_answered_no() {
    let column = "安全管理責任者の設置";
    let document = tables("prev", &without(lines("linked/last-wave.csv"), column), &["--table", "T02,T05"]);
    let wave = |id: &str| {
        let table = document["tables"].as_array().unwrap().iter().find(|table| table["id"] == id).unwrap();
        table["waves"][0].clone()
    };
    assert_eq!(wave("T02")["recomputed"], false);
    assert_eq!(wave("T02")["missing_columns"], serde_json::json!([column]));
    assert_eq!(wave("T05")["recomputed"], true, "what it has is counted");
    let earlier = &row(&document, "T02", "yes")["cells"][0]["earlier"][0];
    assert_eq!((&earlier["published"], earlier["percent"].as_i64()), (&Value::from(true), Some(61)));
    // Neither last year's bands nor its answers: a file of another kind.
    let wrong = tables("prev", &frame(), &["--table", "T05"]);
    let earlier = row(&wrong, "T05", "yes")["cells"][0]["earlier"].clone();
    assert_ne!(earlier[0]["percent"].as_i64(), Some(0), "{earlier}");
}

/// Last year's records of the smallest band: so many said yes, no, nothing, and what cannot be read.
fn last_wave(answers: &[(&str, usize)]) -> Vec<Vec<String>> {
    let header = lines("linked/last-wave.csv")[0].clone();
    let mut all = vec![header.clone()];
    for (answer, times) in answers {
        for _ in 0..*times {
            let mut line = vec![String::new(); header.len()];
            line[0] = format!("S{:07}", all.len());
            (line[1], line[2], line[3]) = ("50".to_owned(), "1".to_owned(), (*answer).to_owned());
            all.push(line);
        }
    }
    all
}

fn of_last_year(document: &Value) -> Option<i64> {
    row(document, "T02", "yes")["cells"][0]["earlier"][0]["percent"].as_i64()
}

#[test]
fn last_years_share_is_taken_of_those_of_whom_this_years_is() {
    let lines = last_wave(&[("1", 8), ("2", 3), ("", 5), ("9", 2)]);
    let asked = tables("prev", &lines, &["--table", "T02", "--base", "asked"]);
    let answered = tables("prev", &lines, &["--table", "T02", "--base", "answered"]);
    // 8 of 18, and 8 of 11.
    assert_eq!((of_last_year(&asked), of_last_year(&answered)), (Some(44), Some(73)));
}

#[test]
fn a_key_that_stands_twice_in_the_last_wave_counts_once_and_is_told() {
    let mut lines = last_wave(&[("1", 1), ("2", 1)]);
    lines.push(lines[1].clone());
    lines.push(lines[1].clone());
    let document = tables("prev", &lines, &["--table", "T02"]);
    assert_eq!(of_last_year(&document), Some(50));
    assert_eq!(document["tables"][0]["waves"][0]["repeated_keys"], 1);
}

#[test]
fn a_list_of_who_has_not_answered_is_not_made_of_a_frame_that_does_not_tell_who_was_asked() {
    let folder = tempfile::tempdir().unwrap();
    let submissions = fixture("submissions/example.csv");
    let list = |name: &str, lines: &[Vec<String>]| {
        let (path, out) = (folder.path().join(format!("{name}.csv")), folder.path().join(name));
        let text: Vec<String> = lines.iter().map(|line| line.join(",")).collect();
        fs::write(&path, text.join("\r\n")).unwrap();
        let link = format!("frame={}", path.display());
        kenpyo(&["clean", &submissions, "--quiet", "--link", &link, "--out", &out.display().to_string()]);
        assert!(Path::new(&out).join("manifest.json").exists());
        Path::new(&out).join("not-received.csv").exists()
    };
    assert!(list("whole", &frame()));
    assert!(!list("stateless", &without(frame(), "状態")));
}

/// Of two records of one hospital in one file one can be kept: the rate can rise by one hospital, and not by two.
#[test]
fn of_rivals_for_one_place_one_at_most_comes_in() {
    let folder = tempfile::tempdir().unwrap();
    let records = lines("submissions/clean.csv");
    let path = folder.path().join("twice.csv");
    let text = [&records[0], &records[1], &records[1], &records[2]].map(|line| line.join(","));
    fs::write(&path, text.join("\r\n")).unwrap();
    let link = format!("frame={}", fixture("linked/frame.csv"));
    let file = path.display().to_string();
    let output = kenpyo(&["tabulate", &file, "--quiet", "--format", "json", "--link", &link]);
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["records"]["held"], 2);
    let last =
        |name: &str, id: &str| row(&document, id, name)["cells"].as_array().unwrap().last().unwrap().clone();
    let valid = &last("valid", "T01")["count"];
    assert_eq!((valid["value"].as_i64(), valid["high"].as_i64()), (Some(1), Some(2)), "{valid}");
    let base = &last("yes", "T02")["base"];
    assert_eq!((base["value"].as_i64(), base["high"].as_i64()), (Some(1), Some(2)), "{base}");
}
