//! Whatever a run comes to, every format is a whole document that says so in its own terms, and the exit code tells it.
//!
//! Invariants
//! - Every format that the program knows is in the matrix: a new one without its terms fails here.
//! - Each situation is made in a temporary folder, with files that no other test uses.

use std::fs;
use std::path::Path;

use calamine::{Reader, Xlsx};
use kenpyo::settings::formats::FORMATS;
use serde_json::Value;

use super::program::{command, copy};

/// A run that came to nothing, or not to its end.
struct Situation {
    name: &'static str,
    words: &'static [&'static str],
    /// Set in the environment.
    variable: Option<(&'static str, &'static str)>,
    code: i32,
    /// The word of the machine formats for why.
    kind: &'static str,
}

const fn failed(name: &'static str, words: &'static [&'static str], kind: &'static str) -> Situation {
    Situation { name, words, variable: None, code: 3, kind }
}

const SITUATIONS: [Situation; 10] = [
    failed("no file", &["check", "none"], "no-file"),
    failed("no such file", &["check", "nosuch.csv"], "unreadable-file"),
    failed("empty file", &["check", "empty.csv"], "unreadable-file"),
    failed("header only", &["check", "header.csv"], "no-record"),
    failed("unreadable", &["check", "unreadable.xlsx", "sound.csv"], "unreadable-file"),
    failed(
        "linked file without records",
        &["check", "sound.csv", "--link", "frame=frame.csv"],
        "empty-linked-file",
    ),
    failed("limit hit", &["check", "deep.json"], "unreadable-file"),
    failed(
        "everything deselected",
        &["check", "sound.csv", "--select", "HCS-X001", "--ignore", "HCS-X001"],
        "no-rule",
    ),
    Situation {
        variable: Some(("KENPYO_FAULT_AT", "1")),
        ..failed("fault inside", &["check", "sound.csv"], "internal-fault")
    },
    Situation {
        code: 2,
        ..failed(
            "rule pack broken",
            &["check", "sound.csv", "--survey", "rules/hospital-cyber/2024"],
            "refused",
        )
    },
];

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir(path("none")).unwrap();
    fs::write(path("empty.csv"), "").unwrap();
    let example =
        fs::read_to_string(super::program::root().join("fixtures/submissions/example.csv")).unwrap();
    let header = example.lines().next().unwrap();
    fs::write(path("header.csv"), format!("{header}\n")).unwrap();
    let frame = fs::read_to_string(super::program::root().join("fixtures/linked/frame.csv")).unwrap();
    fs::write(path("frame.csv"), format!("{}\n", frame.lines().next().unwrap())).unwrap();
    fs::write(path("sound.csv"), example.as_bytes()).unwrap();
    fs::write(path("unreadable.xlsx"), b"PK\x03\x04 and no more").unwrap();
    fs::write(path("deep.json"), "[".repeat(100_000)).unwrap();
    copy("schemas", &path("schemas"));
    copy("rules", &path("rules"));
    let rules = path("rules/hospital-cyber/2024/10-beds.toml");
    let text = fs::read_to_string(&rules).unwrap();
    assert!(text.contains("'band is answered'"));
    fs::write(&rules, text.replace("'band is answered'", "'bend is answered'")).unwrap();
    folder
}

/// What a situation gives in a format: the report, and the exit code.
fn run(folder: &Path, situation: &Situation, format: &str) -> (Vec<u8>, Option<i32>) {
    let mut program = command(folder);
    program.args(situation.words).args(["--lang", "en", "--format", &format!("{format}=report")]);
    program.envs(situation.variable);
    let output = program.output().unwrap();
    let report = fs::read(folder.join("report"));
    let report = report.unwrap_or_else(|_| panic!("{}, {format}: {output:?}", situation.name));
    fs::remove_file(folder.join("report")).unwrap();
    (report, output.status.code())
}

/// Whether the report says, as one of its format, that the run failed.
fn says_so(format: &str, report: &[u8], situation: &Situation) -> bool {
    let text = || std::str::from_utf8(report).unwrap();
    let json = || -> Value { serde_json::from_slice(report).unwrap() };
    let sentence = |text: &str| match situation.kind {
        "no-file" => text.contains("There was no file to check"),
        "no-record" => text.contains("Nothing was checked."),
        "no-rule" => text.contains("Every rule was left out"),
        "empty-linked-file" => text.contains("The linked file has no records"),
        "unreadable-file" => text.contains("Could not be read"),
        "internal-fault" => text.contains("A fault of this program"),
        _ => text.contains("Nothing was checked: 1 mistake"),
    };
    let verdict = if situation.code == 2 { "refused" } else { "failed" };
    let summary = |summary: &Value| {
        summary["verdict"] == verdict
            && summary["exit_code"] == situation.code
            && summary["failures"]
                .as_array()
                .is_some_and(|all| all.iter().any(|one| one["kind"] == situation.kind))
    };
    match format {
        "full" | "short" => sentence(text()),
        "json" => summary(&json()["summary"]),
        "jsonl" => summary(&serde_json::from_str(text().lines().last().unwrap()).unwrap()),
        "sarif" => {
            let invocation = &json()["runs"][0]["invocations"][0];
            let notes = invocation["toolExecutionNotifications"].as_array();
            invocation["executionSuccessful"] == false
                && invocation["exitCode"] == situation.code
                && notes.is_some_and(|notes| {
                    notes.iter().any(|note| sentence(note["message"]["text"].as_str().unwrap_or_default()))
                })
        }
        "github" => text().lines().any(|line| line.starts_with("::error") && sentence(line)),
        "gitlab" => json().as_array().is_some_and(|all| {
            all.iter().any(|entry| sentence(entry["description"].as_str().unwrap_or_default()))
        }),
        "junit" => text().contains("<error ") && sentence(text()),
        "checkstyle" => text().contains("severity=\"error\"") && sentence(text()),
        "rdjson" => json()["diagnostics"].as_array().is_some_and(|all| {
            all.iter().any(|entry| {
                entry["severity"] == "ERROR" && sentence(entry["message"].as_str().unwrap_or_default())
            })
        }),
        "markdown" | "html" | "csv" => sentence(text()),
        "xlsx" => cells_of(report).iter().any(|cell| sentence(cell)),
        other => panic!("the matrix does not know how {other} says that a run failed"),
    }
}

/// Every text of a workbook.
fn cells_of(workbook: &[u8]) -> Vec<String> {
    let mut workbook: Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(workbook)).unwrap();
    let sheets = workbook.worksheets();
    let cells = sheets.iter().flat_map(|(_, sheet)| sheet.rows().flatten());
    cells.map(ToString::to_string).collect()
}

#[test]
fn every_format_says_in_its_own_terms_that_a_run_failed() {
    let folder = folder();
    for situation in &SITUATIONS {
        for (format, _) in FORMATS {
            let (report, code) = run(folder.path(), situation, format);
            assert_eq!(code, Some(situation.code), "{}, {format}", situation.name);
            let shown = String::from_utf8_lossy(&report);
            assert!(says_so(format, &report, situation), "{}, {format}:\n{shown}", situation.name);
        }
    }
}

#[test]
fn a_fault_costs_its_record_and_no_other() {
    let folder = folder();
    let fault =
        Situation { variable: Some(("KENPYO_FAULT_AT", "3")), ..failed("", &["check", "sound.csv"], "") };
    let found = |situation: &Situation| -> Vec<(u64, String)> {
        let (report, _) = run(folder.path(), situation, "json");
        let report: Value = serde_json::from_slice(&report).unwrap();
        let findings = report["findings"].as_array().unwrap().iter();
        let named = |finding: &Value| {
            (finding["place"]["record"].as_u64().unwrap_or(0), finding["rule"].as_str().unwrap().to_owned())
        };
        findings.map(named).collect()
    };
    let (whole, hurt) = (found(&failed("", &["check", "sound.csv"], "")), found(&fault));
    let others = |all: &[(u64, String)]| all.iter().filter(|one| one.0 != 3).cloned().collect::<Vec<_>>();
    assert_eq!(others(&hurt), others(&whole));
    let third: Vec<_> = hurt.iter().filter(|one| one.0 == 3).map(|one| one.1.as_str()).collect();
    assert_eq!(third, ["KP-I001"]);
}
