//! Rules over many records look a second time at the records that they may speak of: whatever the files come from, the
//! same is told, and a file that changes meanwhile is told as such.
//!
//! Invariants
//! - A file changes at a moment that the run itself tells, so nothing here depends on time.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use kenpyo::diagnostic::Place;
use kenpyo::engine::event::{Progress, Reporter, RunHeader, Summary};
use kenpyo::engine::{CheckOptions, InputFile, InputPlace, check};
use kenpyo::error::Error;
use kenpyo::evaluate::{Finding, RecordFindings};
use kenpyo::plan::{Plan, Selection};
use serde_json::Value as Json;

use crate::program::{command, text};
use crate::survey_run::pack;

/// A form with one row a hospital; the first and the last have one id, and `rows` others have their own.
fn submissions(folder: &Path, rows: u32) -> String {
    let made = command(folder)
        .args(["generate", "--quiet", "--format", "csv", "--records", &(rows + 1).to_string()])
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let made = text(&made);
    let first = made.lines().nth(1).unwrap();
    format!("{made}{first}\n")
}

/// What is told of each record, by rule, number and message.
fn told(report: &[u8]) -> Vec<(String, u64, String)> {
    let report: Json = serde_json::from_slice(report).unwrap();
    let one = |finding: &Json| {
        let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
        let record = finding["place"]["record"].as_u64().unwrap_or_default();
        (text(&finding["rule"]), record, text(&finding["message"]["en"]))
    };
    report["findings"].as_array().unwrap().iter().map(one).collect()
}

#[test]
fn standard_input_and_a_pipe_are_told_like_a_file() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("all.csv"), submissions(folder.path(), 2_000)).unwrap();
    let words = ["check", "--format", "json", "--values", "show"];
    let of_file = command(folder.path()).args(words).arg("all.csv").output().unwrap();
    let expected = told(&of_file.stdout);
    let repeated = expected.iter().filter(|(rule, ..)| rule == "HCS-U001").map(|(_, record, _)| *record);
    assert_eq!(repeated.collect::<Vec<u64>>(), [1, 2_002], "{}", String::from_utf8_lossy(&of_file.stderr));
    let file = fs::File::open(folder.path().join("all.csv")).unwrap();
    let of_input = command(folder.path()).args(words).arg("-").stdin(Stdio::from(file)).output().unwrap();
    assert_eq!(told(&of_input.stdout), expected);
    if cfg!(unix) {
        let pipe = folder.path().join("pipe.csv");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let all = fs::read(folder.path().join("all.csv")).unwrap();
        let writer = std::thread::spawn(move || fs::write(pipe, all).unwrap());
        let of_pipe = command(folder.path()).args(words).arg("pipe.csv").output().unwrap();
        writer.join().unwrap();
        assert_eq!(told(&of_pipe.stdout), expected);
    }
}

/// Writes other bytes into a file as soon as its records have been read.
struct Meddler {
    file: PathBuf,
    bytes: Option<Vec<u8>>,
    told: Vec<(String, Place)>,
    summary: Summary,
}

impl Reporter for Meddler {
    fn start(&mut self, _: &RunHeader) -> Result<(), Error> {
        Ok(())
    }

    fn records(&mut self, _: &[RecordFindings]) -> Result<(), Error> {
        Ok(())
    }

    fn file_findings(&mut self, findings: &[Finding]) -> Result<(), Error> {
        let all = findings.iter().flat_map(Finding::counted);
        self.told.extend(all.map(|one| (one.notice.full_id(), one.place.clone())));
        Ok(())
    }

    fn progress(&mut self, _: Progress) -> Result<(), Error> {
        if let Some(bytes) = self.bytes.take() {
            fs::write(&self.file, bytes).unwrap();
        }
        Ok(())
    }

    fn finish(&mut self, summary: &Summary) -> Result<(), Error> {
        self.summary = summary.clone();
        Ok(())
    }
}

#[test]
fn a_file_that_changes_before_the_second_look_is_told_and_the_others_are_compared() {
    let folder = tempfile::tempdir().unwrap();
    let all = submissions(folder.path(), 4);
    let header = all.lines().next().unwrap();
    let (plan, found) = Plan::new(Arc::new(pack(None)), &Selection::default());
    let plan = plan.unwrap_or_else(|| panic!("{found:?}"));
    for (what, other) in [
        ("shorter", format!("{header}\n")),
        ("another", all.replacen("2024", "2023", 1) + " "),
        ("gone", String::new()),
    ] {
        let inputs: Vec<InputFile> = ["a.csv", "b.csv"]
            .map(|name| {
                let path = folder.path().join(name);
                fs::write(&path, &all).unwrap();
                InputFile { name: name.into(), place: InputPlace::Path(path), levels: Arc::default() }
            })
            .into();
        let mut meddler = Meddler {
            file: folder.path().join("a.csv"),
            bytes: Some(other.into_bytes()),
            told: Vec::new(),
            summary: Summary::default(),
        };
        let summary = check(&plan, &inputs, &CheckOptions::default(), &mut meddler).unwrap();
        let changed: Vec<&(String, Place)> =
            meddler.told.iter().filter(|(id, _)| id.starts_with("KP-")).collect();
        assert!(matches!(&changed[..], [(id, Place::File(_))] if id == "KP-S049"), "{what}: {changed:?}");
        let repeated = meddler.told.iter().filter(|(id, _)| id == "HCS-U001").count();
        assert_eq!(repeated, 2, "{what}: the two of the other file: {:?}", meddler.told);
        for rule in summary.rules.iter().filter(|rule| rule.id.starts_with("HCS-U001")) {
            let counts = rule.counts.as_ref().unwrap();
            let all = counts.pass + counts.fail + counts.not_applicable + counts.undecided + counts.skipped;
            assert_eq!((all + counts.not_run, counts.fail), (12, 2), "{what}: every record has an outcome");
        }
    }
}
