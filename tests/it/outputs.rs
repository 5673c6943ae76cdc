//! Nothing that a run reads is written over, and nothing that it writes is read as a submission.
//!
//! Invariants
//! - Each test works in a folder of its own, and looks at every file of it afterwards.

use std::fs;
use std::path::Path;
use std::process::Output;

use super::program::{command, copy, root};

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(root().join("fixtures/submissions/example.csv"), folder.path().join("a.csv")).unwrap();
    folder
}

fn run(folder: &Path, words: &[&str]) -> Output {
    command(folder).args(["check", "a.csv", "--lang", "en"]).args(words).output().unwrap()
}

#[test]
fn what_tells_the_run_what_to_do_is_never_written_over() {
    let folder = folder();
    let here = folder.path();
    let key = "a long and random secret";
    fs::write(here.join("key"), key).unwrap();
    fs::write(here.join("names.txt"), "a.csv\n").unwrap();
    let accepted = "# nothing yet\n";
    fs::write(here.join("kenpyo-accepted.toml"), accepted).unwrap();
    let configuration = "fingerprint-key-file = \"key\"\n";
    fs::write(here.join("kenpyo.toml"), configuration).unwrap();
    assert_eq!(run(here, &["--format", "json=old.json"]).status.code(), Some(1));
    let old = fs::read(here.join("old.json")).unwrap();
    copy("schemas", &here.join("schemas"));
    copy("rules", &here.join("rules"));
    let schema = "schemas/hospital-cyber-2024.json";
    let survey = ["--survey", "rules/hospital-cyber/2024"];
    for (output, words) in [
        ("kenpyo.toml", &[][..]),
        ("key", &[]),
        ("kenpyo-accepted.toml", &[]),
        ("names.txt", &["--files-from", "names.txt"]),
        ("old.json", &["--since-report", "old.json"]),
        (schema, &survey),
        ("a.csv", &[]),
    ] {
        let before = fs::read(here.join(output)).unwrap();
        for flag in [&["--format", &format!("short={output}")][..], &["--fix", output]] {
            let refused = run(here, &[words, flag].concat());
            let page = String::from_utf8_lossy(&refused.stderr).into_owned();
            assert_eq!(refused.status.code(), Some(2), "{output} {flag:?}: {page}");
            assert_eq!(fs::read(here.join(output)).unwrap(), before, "{output}");
        }
    }
    assert_eq!(fs::read(here.join("old.json")).unwrap(), old);
}

#[test]
fn a_report_inside_the_walked_folder_is_no_submission_of_the_next_run() {
    let folder = folder();
    let words = ["check", ".", "--lang", "en", "--format", "json=report.json", "--format", "csv=report.csv"];
    for _ in 0..3 {
        let output = command(folder.path()).args(words).output().unwrap();
        let page = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{page}");
        assert!(page.contains("in 1 file "), "{page}");
    }
    let named = command(folder.path()).args(words).arg("report.csv").output().unwrap();
    assert_eq!(named.status.code(), Some(2), "{}", String::from_utf8_lossy(&named.stderr));
}

#[test]
fn a_secret_that_could_be_found_by_trying_is_refused_wherever_it_comes_from() {
    let folder = folder();
    let short =
        command(folder.path()).args(["check", "a.csv"]).env("KENPYO_FINGERPRINT_KEY", "a").output().unwrap();
    assert_eq!(short.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&short.stderr).contains("KP-U052"));
    fs::write(folder.path().join("kenpyo.toml"), "fingerprint-key-file = 'key'\n").unwrap();
    for (content, code) in [("short\n", 2), ("a long and random secret\n", 1)] {
        fs::write(folder.path().join("key"), content).unwrap();
        assert_eq!(run(folder.path(), &[]).status.code(), Some(code), "{content}");
    }
    fs::write(folder.path().join("key"), "x".repeat(1 << 20)).unwrap();
    assert_eq!(run(folder.path(), &[]).status.code(), Some(2));
}

#[test]
fn two_that_accept_at_once_lose_nothing_or_are_told() {
    let folder = folder();
    let here = folder.path();
    let start = |author: &str| {
        let mut program = command(here);
        program.args([
            "check",
            "a.csv",
            "--lang",
            "en",
            "--write-baseline",
            "--reason",
            "1",
            "--date",
            "2024-03-01",
        ]);
        program.args(["--author", author]);
        program.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::piped()).spawn().unwrap()
    };
    let children: Vec<_> = ["one", "two", "three", "four"].map(start).into_iter().collect();
    let mut written = 0;
    for child in children {
        let output = child.wait_with_output().unwrap();
        let page = String::from_utf8_lossy(&output.stderr).into_owned();
        match output.status.code() {
            Some(3) => assert!(page.contains("KP-U053"), "{page}"),
            code => {
                assert_eq!(code, Some(1), "{page}");
                written += u32::from(page.contains("1 accepted finding added"));
            }
        }
    }
    // Whoever came later has found it accepted, or was told.
    assert_eq!(written, 1);
    let text = fs::read_to_string(here.join("kenpyo-accepted.toml")).unwrap();
    assert_eq!(text.matches("[[accepted]]").count(), 1, "{text}");
}
