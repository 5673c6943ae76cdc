//! What is told of a number of records where it cannot be had, and which units and combinations are missing.
//!
//! Invariants
//! - Every number that is expected was counted by hand.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::program::{command, text};

const SCHEMA: &str = r#"{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "ex",
  "type": "object",
  "x-label": { "ja": "例", "en": "Example" },
  "properties": {
    "id": { "type": "string", "x-kind": "code", "x-column-required": true, "x-label": { "ja": "番号", "en": "Id" } },
    "size": { "enum": ["small", "large"], "x-column-required": false, "x-required": false, "x-label": { "ja": "規模", "en": "Size" } },
    "place": { "enum": ["north", "east", "south", "west"], "x-column-required": false, "x-required": false, "x-label": { "ja": "地域", "en": "Place" } }
  }
}"#;

const REGISTER: &str = r#"{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "register",
  "type": "object",
  "x-label": { "ja": "名簿", "en": "Register" },
  "properties": {
    "id": { "type": "string", "x-kind": "code", "x-label": { "ja": "番号", "en": "Id" } },
    "state": { "enum": ["open", "shut"], "x-column-required": false, "x-label": { "ja": "状態", "en": "State" } }
  }
}"#;

const MANIFEST: &str = r#"
[survey]
id       = "ex"
wave     = "1"
waves    = ["1"]
schema   = "schemas/ex.json"
key      = ["id"]
title.ja = "例"
title.en = "Example"

[link.register]
schema = "schemas/register.json"
on     = { id = "id" }
"#;

/// A rule over many records with one demand.
fn rule(id: &str, demand: &str, message: &str) -> String {
    format!(
        "[[rule]]\nid = \"{id}\"\nslug = \"slug-{}\"\nseverity = \"warning\"\n{demand}\nsource = \"test\"\ntitle.ja = \"題\"\ntitle.en = \"title\"\nmessage.ja = \"文。{message}\"\nmessage.en = \"Text. {message}\"\n\n",
        id.to_lowercase()
    )
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let rules = [
        rule("PER", "count = { per = \"place\", min = 2 }", "{place} {count}"),
        rule("MOST", "count = { of = 'size = \"small\"', max = 1 }", "{count}"),
        rule("SHARE", "share = { of = 'size = \"small\"', max = 50 }", "{percent}"),
        rule("ALL", "complete = [\"size\", \"place\"]", "{missing}: {missing_list}"),
        rule(
            "UNITS",
            "covers = { table = \"register\", when = 'register.state = \"open\"' }",
            "{missing}: {missing_list}",
        ),
    ];
    for (name, content) in [
        ("schemas/ex.json", SCHEMA),
        ("schemas/register.json", REGISTER),
        ("rules/ex/1/survey.toml", MANIFEST),
        ("rules/ex/1/10.toml", &rules.concat()),
    ] {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    folder
}

/// The findings of a run, as `(rule, message)`.
fn findings(folder: &Path, words: &[&str]) -> Vec<(String, String)> {
    let output = command(folder)
        .args(["check", "--survey", "rules/ex/1", "--format", "json", "--lang", "en", "--values", "show"])
        .args(words)
        .output()
        .unwrap();
    let report: Value = serde_json::from_str(&text(&output)).unwrap_or_else(|_| panic!("{output:?}"));
    let word = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
    let findings = report["findings"].as_array().unwrap().iter();
    findings.map(|finding| (word(finding, "rule"), word(finding, "message"))).collect()
}

fn of<'f>(found: &'f [(String, String)], rule: &str) -> Vec<&'f str> {
    found.iter().filter(|(id, _)| id == rule).map(|(_, message)| message.as_str()).collect()
}

#[test]
fn a_number_by_a_column_that_no_file_has_is_not_told_but_that_the_column_is_lacking() {
    let folder = folder();
    fs::write(folder.path().join("in.csv"), "id,size\na,small\nb,small\n").unwrap();
    let found = findings(folder.path(), &["in.csv"]);
    assert_eq!(of(&found, "PER"), [""; 0], "nobody knows where they are: {found:?}");
    assert_eq!(of(&found, "ALL"), [""; 0], "{found:?}");
    assert_eq!(of(&found, "MOST"), ["Text. 2"], "what can be counted is: {found:?}");
    let lacking = of(&found, "KP-A082");
    assert_eq!(lacking.len(), 2, "{found:?}");
    for (told, rule) in lacking.iter().zip(["PER", "ALL"]) {
        let parts = ["in.csv has no column for place", rule, "2 of the records", "--ignore"];
        assert!(parts.iter().all(|part| told.contains(part)), "{told}");
    }
}

#[test]
fn records_without_the_column_leave_open_only_what_they_could_turn() {
    let folder = folder();
    let place = folder.path();
    fs::write(place.join("a.csv"), "id,size\na,small\n").unwrap();
    fs::write(place.join("b.csv"), "id,size,place\nb,small,north\nc,large,north\nd,large,east\n").unwrap();
    fs::write(place.join("c.csv"), "id,place\ne,south\n").unwrap();
    let found = findings(place, &["a.csv", "b.csv", "c.csv"]);
    // One record of unknown place: east and south may have their two, west may not.
    assert_eq!(of(&found, "PER"), ["Text. west 0"], "{found:?}");
    // Of 4 known 2 are small; one of unknown size could make it 3 of 5.
    assert_eq!(of(&found, "SHARE"), [""; 0], "{found:?}");
    assert_eq!(of(&found, "MOST"), ["Text. 2"], "two are too many, whatever the third is: {found:?}");
    let lacking = of(&found, "KP-A082");
    assert!(
        lacking.iter().any(|told| told.contains("a.csv and c.csv has") || told.contains("a.csv, c.csv")),
        "{lacking:?}"
    );
}

#[test]
fn missing_combinations_and_units_are_named_the_first_of_them() {
    let folder = folder();
    let place = folder.path();
    fs::write(place.join("in.csv"), "id,size,place\na,small,north\nb,large,east\n").unwrap();
    let rows = (0..9).map(|number| format!("u{number},open\n")).collect::<Vec<_>>().concat();
    fs::write(place.join("register.csv"), format!("id,state\na,open\nb,shut\nz,shut\n{rows}")).unwrap();
    let found = findings(place, &["in.csv", "--link", "register=register.csv"]);
    let all = of(&found, "ALL");
    assert_eq!(
        all,
        ["Text. 6: small × east, small × south, small × west, large × north, large × south, and 1 more"],
        "{found:?}"
    );
    assert_eq!(of(&found, "UNITS"), ["Text. 9: u0, u1, u2, u3, u4, and 4 more"], "{found:?}");
    fs::write(place.join("bare.csv"), "id\na\nu1\n").unwrap();
    let found = findings(place, &["in.csv", "--link", "register=bare.csv"]);
    assert_eq!(of(&found, "UNITS"), [""; 0], "{found:?}");
    let told = of(&found, "KP-A082");
    assert!(
        told.iter()
            .any(|told| told.starts_with("\"Register\" has no column for state") && told.contains("UNITS")),
        "{found:?}"
    );
}
