//! Five packages were ordered, and each does work that nothing else here does: without it one of these tests fails.
//!
//! Each test looks at what the package's work is good for, not at the package; that all five are used outside tests
//! and named among the dependencies is the last one.
//!
//! Invariants
//! - What a package is good for is seen from outside the program, as far as it can be.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use serde_json::Value;

use crate::layering::{code, program};
use crate::program::{command, copy, fixture, kenpyo, kenpyo_with, root, text};

const BEDS: &str = "rules/hospital-cyber/2024/10-beds.toml";

/// What `kenpyo rules lint` says of a copy of the shipped survey in which `from` has become `to`.
fn lint(file: &str, from: &str, to: &str) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    for name in ["schemas", "rules"] {
        copy(name, &folder.path().join(name));
    }
    let path = folder.path().join(file);
    let before = fs::read_to_string(&path).unwrap();
    assert!(before.contains(from), "{file} has no {from}");
    fs::write(&path, before.replacen(from, to, 1)).unwrap();
    let words = ["rules", "lint", "--survey", "rules/hospital-cyber/2024", "--lang", "en"];
    let output = command(folder.path()).args(words).output().unwrap();
    (output.status.code(), text(&output))
}

/// The published schemas of our formats are judged by a validator of JSON Schema, so they bind us as they bind
/// anybody else: no walk of our own looks at aliases that repeat or at
/// the length of a list of examples.
#[test]
fn jsonschema_refuses_what_only_the_published_schema_forbids() {
    let (exit, page) =
        lint("schemas/hospital-cyber-2024.json", "\"年度\", \"調査年度（西暦）\"", "\"年度\", \"年度\"");
    assert!(exit == Some(1) && page.contains("KP-P135") && page.contains("non-unique"), "{page}");
    let example = "examples.not-applicable = [ { beds_total = \"@na\" } ]";
    let (exit, page) = lint(BEDS, example, "examples.not-applicable = []");
    assert!(exit == Some(1) && page.contains("KP-P140") && page.contains("less than 1 item"), "{page}");
    assert!(page.contains("examples.not-applicable = []\n    ·                           ──"), "{page}");
    let (exit, page) = lint(BEDS, "# Beds", "# Beds");
    assert_eq!((exit, page.as_str()), (Some(0), ""));
}

#[test]
fn validator_refuses_settings_and_manifests_out_of_range() {
    let refused = |words: &[&str]| {
        let output = kenpyo(&[words, &["--lang", "en", &fixture("submissions/example.csv")]].concat());
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    for (flag, value, range) in [
        ("--threads", "1025", "1 to 1024"),
        ("--threads", "0", "1 to 1024"),
        ("--chunk-records", "65537", "1 to 65536"),
        ("--max-findings", "10000001", "1 to 10000000"),
    ] {
        let (exit, page) = refused(&["check", flag, value]);
        // A long sentence is broken over lines.
        let words = page.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ");
        let told = words.contains(&format!("{flag} cannot be \"{value}\"")) && words.contains(range);
        assert!(exit == Some(2) && told, "{page}");
    }
    let survey = "rules/hospital-cyber/2024/survey.toml";
    let nine = (1..=9).map(|_| "\"gmis_id\"").collect::<Vec<_>>().join(", ");
    for (from, to) in [
        ("key          = [\"gmis_id\"]", format!("key          = [{nine}]")),
        ("\"Asia/Tokyo\"", "\"Asia/Tokio\"".to_owned()),
        ("[\"ja\", \"en\"]", "[\"ja\"]".to_owned()),
    ] {
        let (exit, page) = lint(survey, from, &to);
        assert!(exit == Some(1) && page.contains("survey.toml:"), "{to}: {page}");
    }
}

/// The processor time in milliseconds that each thread has had so far, but for the first and the one that reads forms
/// while the pack is loaded.
#[cfg(target_os = "linux")]
fn thread_times(process: u32, times: &mut BTreeMap<String, u64>) {
    let Ok(threads) = fs::read_dir(format!("/proc/{process}/task")) else { return };
    for thread in threads.flatten() {
        let name = thread.file_name().into_string().unwrap();
        let Ok(line) = fs::read_to_string(thread.path().join("schedstat")) else { continue };
        let Some(nanoseconds) = line.split(' ').next().and_then(|part| part.parse::<u64>().ok()) else {
            continue;
        };
        let called = fs::read_to_string(thread.path().join("comm")).unwrap_or_default();
        if name != process.to_string() && !["forms", "rules"].contains(&called.trim()) {
            times.insert(name, nanoseconds / 1_000_000);
        }
    }
}

/// How many threads of a check have worked for more than a few milliseconds.
#[cfg(target_os = "linux")]
fn busy_threads(threads: &str) -> usize {
    let file = fixture("submissions/clean.csv");
    let mut child = command(&root())
        .args(["check", "--quiet", "--threads", threads, &file])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut times = BTreeMap::new();
    while child.try_wait().unwrap().is_none() {
        thread_times(child.id(), &mut times);
        sleep(Duration::from_millis(1));
    }
    times.values().filter(|&&time| time > 4).count()
}

#[cfg(target_os = "linux")]
#[test]
fn rayon_judges_on_as_many_threads_as_are_asked_for() {
    assert_eq!(busy_threads("1"), 1);
    let four = busy_threads("4");
    assert!((2..=4).contains(&four), "{four} threads have worked");
}

#[test]
fn serde_json_writes_documents_that_parse_and_numbers_as_they_were_written() {
    // 2^53 + 1 is no number of a float: once as it was written, once as a sum that was computed.
    let record = "{\"gmis_id\":\"AB12345\",\"beds_total\":9007199254740995,\"beds_general\":9007199254740993,\
                  \"beds_ltc\":0,\"beds_psych\":0,\"beds_tb\":0,\"beds_infect\":0,\"notes\":\"\\\"\\u001b\\\\\"}\n";
    for format in ["json", "jsonl"] {
        let words = ["check", "-", "--stdin-filename", "a.jsonl", "--format", format, "--values", "show"];
        let page = text(&kenpyo_with(&words, record.as_bytes()));
        let values: Vec<Value> = match format {
            "json" => vec![serde_json::from_str(&page).unwrap()],
            _ => page.lines().map(|line| serde_json::from_str(line).unwrap()).collect(),
        };
        assert!(!values.is_empty());
        for exact in ["\"value\":\"9007199254740995\"}", "\"value\":9007199254740993}"] {
            assert!(page.contains(exact), "{exact}: {page}");
        }
    }
}

#[test]
fn miette_draws_the_answers_with_a_mark_under_each() {
    let record = "{\"gmis_id\":\"AB12345\",\"beds_total\":812,\"band\":1}\n";
    let words = ["check", "-", "--stdin-filename", "a.jsonl", "--select", "HCS-X001", "--lang", "en", "-q"];
    let page = text(&kenpyo_with(&words, record.as_bytes()));
    let frame = "
   ╭─[a.jsonl:1:46]
 1 │ … \"beds_total\":812,\"band\":1}
   ·                ─┬─        ┬
   ·                 │         ╰── Bed band: 20 to 99 beds
   ·                 ╰── Bed count
   ╰────
";
    assert!(page.contains(frame), "{page}");
}

#[test]
fn each_of_the_five_is_a_dependency_that_the_program_uses() {
    let manifest: toml::Table =
        toml::from_str(&fs::read_to_string(root().join("Cargo.toml")).unwrap()).unwrap();
    let dependencies = manifest["dependencies"].as_table().unwrap();
    let files = program();
    for package in ["jsonschema", "validator", "rayon", "serde_json", "miette"] {
        assert!(dependencies.contains_key(package), "{package}");
        let path = format!("{package}::");
        let has_path = |(_, content): &&(String, String)| code(content).any(|(_, line)| line.contains(&path));
        let used: Vec<&str> = files.iter().filter(has_path).map(|(name, _)| name.as_str()).collect();
        assert!(used.iter().any(|name| Path::new(name).starts_with("src")), "nothing uses {package}");
    }
}
