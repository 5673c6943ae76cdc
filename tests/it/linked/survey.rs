//! A small survey with two links, the frame and the previous wave, and a run of `check` over it.
//!
//! Invariants
//! - The options of submission and frame have other codes and the same names, so that nothing can be compared by code.
//! - Made in a folder of the test's own; its rules are those of the caller.

use std::fs;
use std::path::Path;

use serde_json::Value as Json;

use crate::program::{command, text};

const OPTIONS: &str = r#""kind": { "x-q": "1", "x-label": { "ja": "種", "en": "Kind" }, "oneOf": [
      { "const": 1, "x-name": "one", "x-label": { "ja": "一", "en": "One" } },
      { "const": 2, "x-name": "two", "x-label": { "ja": "二", "en": "Two" } } ] }"#;

const BAND: &str = r#""band": { "x-label": { "ja": "区分", "en": "Band" }, "oneOf": [
      { "const": 1, "x-name": "b1", "x-label": { "ja": "小", "en": "Small" } },
      { "const": 2, "x-name": "b2", "x-label": { "ja": "大", "en": "Large" } } ] }"#;

const HEAD: &str = r#""$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
  "x-label": { "ja": "例", "en": "Example" }, "x-missing": { "na": ["-"], "dk": ["?"] }"#;

const ID: &str = r#""id": { "type": "string", "x-kind": "code", "pattern": "^[A-Z]+$", "x-column-required": true,
      "x-label": { "ja": "番号", "en": "Id" } }"#;

const BEDS: &str =
    r#""beds": { "type": "integer", "minimum": 0, "x-label": { "ja": "病床数", "en": "Beds" } }"#;

pub fn schemas() -> [(&'static str, String); 3] {
    let asked =
        BAND.replace("\"x-label\": { \"ja\": \"区分\"", "\"x-q\": \"2\", \"x-label\": { \"ja\": \"区分\"");
    let beds = BEDS.replace("\"type\"", "\"x-q\": \"3\", \"type\"");
    // The codes of the options are others, their names the same.
    let other = BAND.replace("\"const\": 1", "\"const\": 7").replace("\"const\": 2", "\"const\": 8");
    let state = r#""state": { "x-label": { "ja": "状態", "en": "State" }, "oneOf": [
      { "const": 1, "x-name": "open", "x-label": { "ja": "開", "en": "Open" } },
      { "const": 2, "x-name": "closed", "x-label": { "ja": "閉", "en": "Closed" } } ] }"#;
    let name = r#""name": { "type": "string", "x-label": { "ja": "名", "en": "Name" } },
      "secret": { "type": "string", "x-private": true, "x-label": { "ja": "秘", "en": "Secret" } }"#;
    [
        (
            "schemas/linked.json",
            format!(
                "{{ {HEAD}, \"$id\": \"linked\", \"properties\": {{ {ID}, {OPTIONS}, {asked}, {beds} }} }}"
            ),
        ),
        (
            "schemas/frame.json",
            format!(
                "{{ {HEAD}, \"$id\": \"frame\", \"properties\": {{ {ID}, {other}, {BEDS}, {state}, {name} }} }}"
            ),
        ),
        (
            "schemas/prev.json",
            format!("{{ {HEAD}, \"$id\": \"prev\", \"properties\": {{ {ID}, {OPTIONS} }} }}"),
        ),
    ]
}

const SURVEY: &str = "
[survey]
id = 'linked'
wave = '2024'
waves = ['2024']
schema = 'schemas/linked.json'
key = ['id']
title.ja = '例'
title.en = 'Example'
timezone = 'Asia/Tokyo'

[lookup.units]
file = 'rules/linked/2024/units.csv'
key = ['band']
columns.band = { type = 'option(band)' }
columns.units = { type = 'int' }

[link.frame]
schema = 'schemas/frame.json'
on = { id = 'id' }

[link.prev]
schema = 'schemas/prev.json'
on = { id = 'id' }
";

/// A rule with what every rule has.
pub fn rule(block: &str, id: &str, severity: &str, rest: &str) -> String {
    let slug = id.to_lowercase();
    format!(
        "\n[[{block}]]\nid = '{id}'\nslug = 'defect-{slug}'\nseverity = '{severity}'\nsource = 'x'\n\
         title.ja = '{id}の誤り'\ntitle.en = 'defect of {slug}'\nmessage.ja = '{id}です'\nmessage.en = 'it is {id}'\n{rest}\n"
    )
}

/// A small survey with two links in `folder`, judged by `rules`.
pub fn survey(folder: &Path, rules: &str) {
    let schemas = schemas();
    let mut all: Vec<(&str, &str)> = schemas.iter().map(|(name, text)| (*name, text.as_str())).collect();
    all.extend([
        ("rules/linked/2024/survey.toml", SURVEY),
        ("rules/linked/2024/units.csv", "band,units\nb1,2\nb2,1\n"),
        ("rules/linked/2024/10.toml", rules),
    ]);
    for (name, text) in all {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

/// A run of `check` in JSON.
pub fn report(folder: &Path, words: &[&str]) -> Json {
    let output = command(folder)
        .args([
            "check",
            "--survey",
            "rules/linked/2024",
            "--format",
            "json",
            "--values",
            "show",
            "--lang",
            "en",
        ])
        .args(words)
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}{}", text(&output), String::from_utf8_lossy(&output.stderr)))
}
