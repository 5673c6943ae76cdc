//! The schemas of our own formats: what the program writes and what it is given both follow `schemas/kenpyo/`.
//!
//! Invariants
//! - Schemas are those of the repository, judged by a validator that is not asked how the program reads them.

use std::fs;

use jsonschema::{PatternOptions, Registry, Validator};
use serde_json::{Value as Json, json};

use crate::program::{command, copy, fixture, kenpyo, root, text};

const BASE: &str = "json-schema:///kenpyo/";

/// The validator of a schema of ours, or of a part of it (`report#/$defs/event`).
pub fn validator(part: &str) -> Validator {
    let file = |name: &str| -> Json {
        let path = root().join(format!("schemas/kenpyo/{name}.json"));
        serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
    };
    let names = ["diagnostic", "report", "questionnaire", "rule-file", "survey-file", "accepted", "tables"];
    let registry = names
        .into_iter()
        .fold(Registry::new(), |all, name| all.add(format!("{BASE}{name}"), file(name)).unwrap())
        .prepare()
        .unwrap();
    jsonschema::options()
        .with_pattern_options(PatternOptions::regex())
        .with_registry(&registry)
        .build(&json!({ "$ref": format!("{BASE}{part}") }))
        .unwrap()
}

pub fn assert_valid(validator: &Validator, value: &Json, what: &str) {
    let problems: Vec<String> =
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert_eq!(problems, [""; 0], "{what}");
}

/// TOML as the schemas see it: dates are texts.
fn json_of(value: &toml::Value) -> Json {
    match value {
        toml::Value::String(text) => json!(text),
        toml::Value::Integer(number) => json!(number),
        toml::Value::Float(number) => json!(number),
        toml::Value::Boolean(flag) => json!(flag),
        toml::Value::Datetime(moment) => json!(moment.to_string()),
        toml::Value::Array(items) => items.iter().map(json_of).collect(),
        toml::Value::Table(table) => {
            Json::Object(table.iter().map(|(key, value)| (key.clone(), json_of(value))).collect())
        }
    }
}

/// The files of `folder` with an ending, by name.
fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root().join(folder)).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|own| own == ending) {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            found.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
    found.sort();
    found
}

#[test]
fn every_shipped_questionnaire_and_pack_file_is_valid() {
    let questionnaire = validator("questionnaire");
    let forms = files("schemas", "json");
    for (name, text) in &forms {
        assert_valid(&questionnaire, &serde_json::from_str(text).unwrap(), name);
    }
    assert!(forms.len() >= 4, "{}", forms.len());
    let (rules, surveys) = (validator("rule-file"), validator("survey-file"));
    let mut read = 0;
    for folder in ["rules/hospital-cyber/2024", "rules/hospital-cyber/2024-assumed"] {
        for (name, text) in files(folder, "toml") {
            let value = json_of(&toml::Value::Table(toml::from_str(&text).unwrap()));
            let schema = if name == "survey.toml" { &surveys } else { &rules };
            assert_valid(schema, &value, &name);
            read += 1;
        }
    }
    assert!(read >= 11, "{read}");
}

/// Checks that `kenpyo check ARGUMENTS` writes valid documents, in both formats and with values shown and hidden.
fn check_reports(what: &str, arguments: &[&str], findings: bool) {
    let (document, event) = (validator("report"), validator("report#/$defs/event"));
    for shown in [["--values", "show"], ["--values", "hide"]] {
        for language in ["ja", "en"] {
            let mut all = vec!["check", "--lang", language, "--format", "json"];
            all.extend(shown.iter().chain(arguments));
            let output = kenpyo(&all);
            let report: Json = serde_json::from_str(&text(&output)).unwrap_or_else(|fault| {
                panic!("{what}: {fault}: {}", String::from_utf8_lossy(&output.stderr))
            });
            assert_valid(&document, &report, what);
            assert_eq!(report["findings"].as_array().unwrap().is_empty(), !findings, "{what}");
            all[4] = "jsonl";
            let lines = text(&kenpyo(&all));
            assert!(lines.lines().count() >= 2, "{what}: {lines}");
            for line in lines.lines() {
                assert_valid(&event, &serde_json::from_str(line).unwrap(), what);
            }
        }
    }
}

#[test]
fn every_report_follows_its_schema() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let nonsense = write("nonsense.csv", &[0x81, 0xFF, 0x00, 0xFE, 0x80, b'\n', 0xFF, 0xFF]);
    let torn = write("torn.json", br#"[{"gmis_id":"S0000001","beds_total":{"a":1}},{"gmis_id":"#);
    let doubled = write(
        "doubled.jsonl",
        "{\"gmis_id\":\"S0000001\",\"gmis_id\":\"S0000002\",\"beds_total\":12345678901234567890123,\"更新頻渡\":1}\n".as_bytes(),
    );
    let header = write("header.csv", "G-MIS ID,病床数\n".as_bytes());
    let clean = fixture("submissions/clean.csv");
    let defects = fixture("submissions/clean-5pct-defects.csv");
    let natural = fixture("submissions/natural.csv");
    let example = fixture("submissions/example.jsonl");
    check_reports("clean", &[&clean], false);
    check_reports("defects", &[&defects], true);
    check_reports("natural", &[&natural, "--select", "HCS-X"], true);
    check_reports("json lines", &[&example, &defects], true);
    check_reports("no file of that name", &["nowhere.csv"], true);
    check_reports("no encoding", &[&nonsense], true);
    check_reports("torn json", &[&torn], true);
    check_reports("doubled keys", &[&doubled], true);
    check_reports("a header alone", &[&header], true);
}

#[test]
fn a_written_file_of_accepted_findings_follows_its_schema() {
    let folder = tempfile::tempdir().unwrap();
    let natural = root().join(fixture("submissions/natural.csv"));
    for secret in [None, Some("hush, a long secret")] {
        let mut command = command(folder.path());
        command.arg("check").arg(&natural).envs(secret.map(|secret| ("KENPYO_FINGERPRINT_KEY", secret)));
        command.args(["--values", if secret.is_some() { "hide" } else { "show" }, "--format", "short"]);
        let who =
            ["--write-baseline", "--reason", "4", "--text", "x", "--author", "A", "--date", "2026-02-01"];
        assert!(command.args(who).output().unwrap().status.success());
        let path = folder.path().join("kenpyo-accepted.toml");
        let value =
            json_of(&toml::Value::Table(toml::from_str(&fs::read_to_string(&path).unwrap()).unwrap()));
        assert!(value["accepted"].as_array().unwrap().len() > 3_000);
        assert_valid(&validator("accepted"), &value, "accepted");
        fs::remove_file(path).unwrap();
    }
}

/// A copy of the shipped survey in which one file is changed.
fn changed(file: &str, from: &str, to: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for part in ["schemas", "rules"] {
        copy(part, &folder.path().join(part));
    }
    let path = folder.path().join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file} has no {from}");
    fs::write(&path, text.replacen(from, to, 1)).unwrap();
    folder
}

const SURVEY: &str = "rules/hospital-cyber/2024";

/// A mistake of shape in a file of a pack on disk: which file, what becomes of what, and the codes that may tell it.
const MISTAKES: [(&str, &str, &str, &str); 18] = [
    // A questionnaire: what the walk reads, and what it leaves to the schema.
    (
        "schemas/hospital-cyber-2024.json",
        "\"x-section\": \"10-beds\"",
        "\"x-sektion\": \"10-beds\"",
        "x-sektion",
    ),
    ("schemas/hospital-cyber-2024.json", "\"minimum\": 0,", "\"minimum\": \"0\",", "\"0\""),
    ("schemas/hospital-cyber-2024.json", "\"x-weight\": 100", "\"x-weight\": -100", "-100"),
    (
        "schemas/hospital-cyber-2024.json",
        "\"slug\": \"bed-count-not-a-whole-number\"",
        "\"slug\": \"Bed count\"",
        "\"Bed count\"",
    ),
    ("schemas/hospital-cyber-2024.json", "\"x-private\": true", "\"x-private\": \"yes\"", "\"yes\""),
    (
        "schemas/hospital-cyber-2024.json",
        "\"x-missing\": { \"na\": [],",
        "\"x-missing\": { \"NA\": [],",
        "\"NA\"",
    ),
    // A rule file.
    ("10-beds.toml", "severity  = \"error\"", "severity  = \"grave\"", "\"grave\""),
    ("10-beds.toml", "slug      = \"", "slug      = \"Not Kebab ", "\"Not Kebab "),
    ("10-beds.toml", "source    = \"", "sauce     = \"", "sauce"),
    ("10-beds.toml", "require   = '", "require   = 5 # '", "5"),
    ("10-beds.toml", "title.en  = \"", "title.en  = 3 # \"", "3"),
    // A survey file.
    ("survey.toml", "timezone     = \"Asia/Tokyo\"", "timezone     = \"at home\"", "\"at home\""),
    ("survey.toml", "waves        = [", "waves        = [ \"2024\", ", "[ \"2024\", "),
    ("survey.toml", "locales      = [\"ja\", \"en\"]", "locales      = [\"ja\", \"fr\"]", "\"fr\""),
    ("survey.toml", "fallback-key = [", "fallbag-key = [", "fallbag-key"),
    ("survey.toml", "breakdown    = \"band\"", "breakdown    = [\"band\"]", "[\"band\"]"),
    ("survey.toml", "breakdown    = \"band\"", "breakdown    = \"bend\"", "\"bend\""),
    ("survey.toml", "breakdown    = \"band\"", "breakdown    = \"beds_total\"", "\"beds_total\""),
];

#[test]
fn a_mistake_of_shape_in_a_pack_on_disk_is_found_at_its_place() {
    for (file, from, to, marked) in MISTAKES {
        let path = if file.starts_with("schemas") { file.to_owned() } else { format!("{SURVEY}/{file}") };
        let folder = changed(&path, from, to);
        let whole = fs::read_to_string(folder.path().join(&path)).unwrap();
        let line = 1 + whole[..whole.find(to).unwrap() + to.find(marked).unwrap()].matches('\n').count();
        let said_by = command(folder.path())
            .args(["rules", "lint", "--lang", "en", "--survey", SURVEY])
            .output()
            .unwrap();
        let said = format!("{}{}", text(&said_by), String::from_utf8_lossy(&said_by.stderr));
        assert!(!said_by.status.success(), "{file}: {to}: {said}");
        let place = format!("{path}:{line}:");
        assert!(said.contains(&place), "{file}: {to} is at {place}\n{said}");
        assert!(said.contains("KP-P"), "{said}");
        for schema in ["KP-P135", "KP-P140"] {
            assert!(!said.contains(schema), "the walk has its own words for it, and they suffice: {said}");
        }
        let submission = root().join(fixture("submissions/example.csv"));
        let check = command(folder.path())
            .args(["check", "--lang", "en", "--survey", SURVEY, submission.to_str().unwrap()])
            .output()
            .unwrap();
        assert_eq!(check.status.code(), Some(2), "{file}: {to}: {}", String::from_utf8_lossy(&check.stderr));
        assert!(
            String::from_utf8_lossy(&check.stderr).contains(&place),
            "{}",
            String::from_utf8_lossy(&check.stderr)
        );
    }
}

/// What the walks of questionnaires and rule files leave to the schemas: each is told once, by the schema's code.
#[test]
fn the_schemas_themselves_are_asked_at_run_time() {
    let form = "schemas/hospital-cyber-2024.json";
    let rules = "rules/hospital-cyber/2024/10-beds.toml";
    let cases = [
        (form, "\"年度\", \"調査年度（西暦）\"", "\"年度\", \"年度\"", "KP-P135"),
        (form, "\"x-synonyms\": [\"ハイ\"", "\"x-synonyms\": [\"○\", \"ハイ\"", "KP-P135"),
        (
            rules,
            "examples.undecided = [ {}, { beds_total = \"@dk\" } ]",
            "examples.undecided = []",
            "KP-P140",
        ),
    ];
    for (file, from, to, code) in cases {
        let folder = changed(file, from, to);
        let whole = fs::read_to_string(folder.path().join(file)).unwrap();
        let line = 1 + whole[..whole.find(to).unwrap()].matches('\n').count();
        let said_by = command(folder.path())
            .args(["rules", "lint", "--lang", "en", "--survey", SURVEY])
            .output()
            .unwrap();
        let said = format!("{}{}", text(&said_by), String::from_utf8_lossy(&said_by.stderr));
        assert_eq!(said.matches("KP-P").count(), 1, "{said}");
        assert!(said.contains(code) && said.contains(&format!("{file}:{line}:")), "{file}:{line} {said}");
        assert_eq!(said_by.status.code(), Some(1), "{said}");
    }
}

#[test]
fn a_copy_of_the_shipped_pack_on_disk_has_no_finding() {
    let folder = changed("schemas/hospital-cyber-2024.json", "\"x-weight\"", "\"x-weight\"");
    for survey in [SURVEY, "rules/hospital-cyber/2024-assumed"] {
        let said_by = command(folder.path()).args(["rules", "lint", "--survey", survey]).output().unwrap();
        let embedded = kenpyo(&["rules", "lint", "--survey", survey.trim_start_matches("rules/")]);
        assert_eq!((text(&said_by), said_by.status.code()), (text(&embedded), embedded.status.code()));
        assert!(said_by.status.success(), "{}{}", text(&said_by), String::from_utf8_lossy(&said_by.stderr));
    }
}
