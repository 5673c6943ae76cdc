//! One folder per case in `fixtures/cases/`: input and expectation side by side, and one function that runs them all.
//!
//! `case.toml` names the rule that the case is about and, for each record key, the outcome that it must have;
//! `submission.*` is the input; `expected.txt` is what a person sees. With `KENPYO_BLESS=1` the last is written anew.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases")
}

fn cases() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> =
        fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.is_dir());
    found.sort();
    found
}

fn submission(case: &Path) -> String {
    let names = fs::read_dir(case).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with("submission.")).min().unwrap()
}

fn run(case: &Path, arguments: &[&str]) -> String {
    let manifest: toml::Table = toml::from_str(&fs::read_to_string(case.join("case.toml")).unwrap()).unwrap();
    let extra = manifest.get("arguments").and_then(|list| list.as_array()).cloned().unwrap_or_default();
    let output = Command::new(env!("CARGO_BIN_EXE_kenpyo"))
        .current_dir(case)
        .env_clear()
        .arg("check")
        .arg(submission(case))
        .args(extra.iter().map(|word| word.as_str().unwrap()))
        .args(arguments)
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// The outcomes that the file states, against those in the machine format: (record key → outcome).
fn stated(case: &Path) -> (String, BTreeMap<String, String>) {
    let manifest: toml::Table = toml::from_str(&fs::read_to_string(case.join("case.toml")).unwrap()).unwrap();
    let rule = manifest["rule"].as_str().unwrap().to_owned();
    let outcomes = manifest["outcomes"].as_table().unwrap();
    (rule, outcomes.iter().map(|(key, value)| (key.clone(), value.as_str().unwrap().to_owned())).collect())
}

#[test]
fn every_case_reads_as_expected() {
    let mut wrong = Vec::new();
    for case in cases() {
        let found = run(&case, &["--lang", "ja", "--values", "show", "--color", "never"]);
        let expected = case.join("expected.txt");
        if std::env::var_os("KENPYO_BLESS").is_some() {
            fs::write(&expected, &found).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != found {
            wrong.push(format!("{}:\n{found}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_case_fails_on_just_the_records_that_it_names() {
    for case in cases() {
        let (rule, outcomes) = stated(&case);
        let document: Value =
            serde_json::from_str(&run(&case, &["--values", "show", "--format", "json"])).unwrap();
        let mut lines = document["summary"]["rules"].as_array().unwrap().iter();
        let line = lines.find(|line| line["rule"] == rule.as_str());
        let counts = &line.unwrap_or_else(|| panic!("{}: {rule} is not judged", case.display()))["outcomes"];
        for outcome in ["pass", "fail", "not_applicable", "undecided", "skipped", "not_run"] {
            let stated = outcomes.values().filter(|value| value.replace('-', "_") == outcome).count();
            assert_eq!(counts[outcome], stated, "{}: {outcome}", case.display());
        }
        let mut failing: Vec<&str> =
            outcomes.iter().filter(|(_, o)| *o == "fail").map(|(key, _)| &**key).collect();
        failing.sort_unstable();
        let findings = document["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|finding| finding["rule"] == rule.as_str());
        let mut found: Vec<&str> =
            findings.map(|finding| finding["place"]["key"].as_str().unwrap()).collect();
        found.sort_unstable();
        assert_eq!(found, failing, "{}", case.display());
    }
}
