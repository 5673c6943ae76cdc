//! One run, several surveys and severities: `[[path]]` of `kenpyo.toml`.
//!
//! Invariants
//! - Whatever is told of a file in a run of several surveys is what a run of its own tells.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::program::{command, root};

const CONFIGURATION: &str = "\
[severity]
HCS-X005 = 'info'

[[path]]
match = ['assumed/**']
survey = 'hospital-cyber/2024-assumed'

[[path]]
match = ['strict/**']
[path.severity]
HCS-X005 = 'error'
";

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let example = fs::read(root().join("fixtures/submissions/example.csv")).unwrap();
    for name in ["assumed", "plain", "strict"] {
        fs::create_dir(folder.path().join(name)).unwrap();
        fs::write(folder.path().join(name).join("a.csv"), &example).unwrap();
    }
    fs::write(folder.path().join("kenpyo.toml"), CONFIGURATION).unwrap();
    folder
}

fn report(folder: &Path, words: &[&str]) -> Value {
    let mut program = command(folder);
    // What stands in several files would be told of each.
    program.args(["check", "--lang", "en", "--format", "json", "--ignore", "HCS-U"]).args(words);
    let output = program.output().unwrap();
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

/// Record, rule, severity and fingerprint of the findings about `file`.
fn about(report: &Value, file: &str) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap().iter();
    let about = findings.filter(|finding| finding["place"]["file"] == file);
    about
        .map(|finding| {
            let part = |name: &str| finding[name].to_string();
            format!(
                "{} {} {} {}",
                finding["place"]["record"],
                part("rule"),
                part("severity"),
                part("fingerprint")
            )
        })
        .collect()
}

#[test]
fn each_file_is_judged_by_the_survey_and_the_severities_of_its_path() {
    let folder = folder();
    let whole = report(folder.path(), &["."]);
    for (file, words) in [
        ("assumed/a.csv", &["assumed/a.csv", "--survey", "hospital-cyber/2024-assumed"][..]),
        ("plain/a.csv", &["plain/a.csv"]),
        ("strict/a.csv", &["strict/a.csv", "--isolated", "--config", "severity.HCS-X005='error'"]),
    ] {
        let alone = about(&report(folder.path(), words), file);
        assert!(!alone.is_empty());
        assert_eq!(about(&whole, file), alone, "{file}");
    }
    let alone = |survey: &str| report(folder.path(), &["plain/a.csv", "--survey", survey])["survey"].clone();
    let (assumed, plain) = (alone("hospital-cyber/2024-assumed"), alone("hospital-cyber/2024"));
    assert_ne!(assumed["hash"], plain["hash"]);
    assert_eq!((&whole["survey"], &whole["further_surveys"]), (&assumed, &Value::Array(vec![plain])));
    let parts: Vec<u64> =
        whole["summary"]["rules"].as_array().unwrap().iter().filter_map(|r| r["part"].as_u64()).collect();
    assert!(parts.contains(&0) && parts.contains(&1) && parts.is_sorted());
    let level = |file: &str| {
        about(&whole, file).iter().any(|line| line.contains("HCS-X005") && line.contains("\"error\""))
    };
    assert_eq!(["assumed/a.csv", "plain/a.csv", "strict/a.csv"].map(level), [false, false, true]);
}

#[test]
fn an_option_goes_before_every_path() {
    let folder = folder();
    let whole = report(folder.path(), &[".", "--survey", "hospital-cyber/2024"]);
    assert_eq!(
        (&whole["survey"]["wave"], &whole["further_surveys"]),
        (&"2024".into(), &Value::Array(vec![]))
    );
}

#[test]
fn a_hard_edit_of_a_path_is_never_levelled_down() {
    let folder = folder();
    let wrong = CONFIGURATION.replace("HCS-X005 = 'error'", "HCS-X001 = 'info'");
    fs::write(folder.path().join("kenpyo.toml"), wrong).unwrap();
    let output = command(folder.path()).args(["check", ".", "--lang", "en"]).output().unwrap();
    let page = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{page}");
    assert!(page.contains("HCS-X001"), "{page}");
}

#[test]
fn the_listing_has_a_table_for_each_survey() {
    let folder = folder();
    let output = command(folder.path()).args(["check", ".", "--lang", "en"]).output().unwrap();
    let page = String::from_utf8(output.stdout).unwrap();
    let tables = page.lines().filter(|line| line.starts_with("hospital-cyber/2024 (")).count();
    assert_eq!(tables, 2, "{page}");
    let notes = String::from_utf8(output.stderr).unwrap();
    let notes = notes.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(notes.matches("hospital-cyber/2024 (").count(), 2, "{notes}");
}
