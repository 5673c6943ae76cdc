//! `--since REV`: what has not changed is not judged, and what cannot be known is said.
//!
//! Invariants
//! - Each test has a repository of its own in a temporary folder, and a `git` without the machine's configuration.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use super::program::command;

fn git(folder: &Path, words: &[&str]) {
    let mut command = Command::new("git");
    command.current_dir(folder).args(["-c", "user.name=t", "-c", "user.email=t@example.invalid"]);
    command.args(["-c", "commit.gpgsign=false", "-c", "init.defaultBranch=main"]).args(words);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// A repository with two committed files of one record each.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), &["init", "-q"]);
    for (name, id) in [("一.csv", "AB12345"), ("b.csv", "AB12346")] {
        fs::write(folder.path().join(name), format!("gmis_id,band\n{id},1\n")).unwrap();
    }
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "-q", "-m", "first"]);
    folder
}

fn checked(folder: &Path, words: &[&str]) -> (Option<i32>, Vec<String>, String) {
    let mut program = command(folder);
    program.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    let output: Output =
        program.args(["check", "--lang", "en", "--format", "json"]).args(words).output().unwrap();
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let files = document["files"].as_array().cloned().unwrap_or_default();
    let files = files.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect();
    (output.status.code(), files, String::from_utf8(output.stderr).unwrap())
}

#[test]
fn only_changed_and_new_files_are_judged() {
    let repository = repository();
    let folder = repository.path();
    let (code, files, notes) = checked(folder, &[".", "--since", "HEAD"]);
    assert_eq!((code, files), (Some(3), Vec::new()), "{notes}");
    assert!(notes.contains("2 files have not changed since HEAD"), "{notes}");
    let (code, ..) = checked(folder, &[".", "--since", "HEAD", "--allow-empty"]);
    assert_eq!(code, Some(0));

    fs::write(folder.join("一.csv"), "gmis_id,band\nAB12345,2\n").unwrap();
    fs::write(folder.join("c.csv"), "gmis_id,band\nAB12347,2\n").unwrap();
    let (_, files, _) = checked(folder, &[".", "--since", "HEAD"]);
    assert_eq!(files, ["c.csv", "一.csv"]);
    git(folder, &["add", "."]);
    git(folder, &["commit", "-q", "-m", "second"]);
    assert_eq!(checked(folder, &[".", "--since", "HEAD"]).1, Vec::<String>::new());
    assert_eq!(checked(folder, &[".", "--since", "HEAD~1"]).1, ["c.csv", "一.csv"]);
    fs::remove_file(folder.join("c.csv")).unwrap();
    assert_eq!(checked(folder, &[".", "--since", "HEAD~1"]).1, ["一.csv"]);
}

#[test]
fn a_folder_below_the_top_and_a_file_outside_the_repository_are_judged() {
    let repository = repository();
    let outside = tempfile::tempdir().unwrap();
    let other = outside.path().join("o.csv");
    fs::write(&other, "gmis_id,band\nAB12349,1\n").unwrap();
    let below = repository.path().join("below");
    fs::create_dir(&below).unwrap();
    fs::write(below.join("d.csv"), "gmis_id,band\nAB12348,1\n").unwrap();
    let (_, files, notes) = checked(&below, &[".", "..", other.to_str().unwrap(), "--since", "HEAD"]);
    let mut names: Vec<&str> = files.iter().filter_map(|name| name.rsplit('/').next()).collect();
    names.sort_unstable();
    assert_eq!(names, ["d.csv", "o.csv"], "{notes}");
}

#[test]
fn what_cannot_be_known_is_refused_with_its_reason() {
    let repository = repository();
    for (revision, reason) in
        [("nosuch", "no such revision"), ("--output=x", "no such revision"), ("", "no such revision")]
    {
        let (code, _, page) = checked(repository.path(), &["b.csv", "--since", revision]);
        assert_eq!(code, Some(2), "{page}");
        assert!(page.contains("KP-U051") && page.contains(reason), "{page}");
    }
    assert!(!repository.path().join("x").exists());
    let bare = tempfile::tempdir().unwrap();
    let (code, _, page) = checked(bare.path(), &[".", "--since", "HEAD"]);
    assert_eq!(code, Some(2));
    assert!(page.contains("this folder is in no git"), "{page}");
}

/// A repository that a stranger made may name programs; none is run.
#[cfg(unix)]
#[test]
fn nothing_that_the_repository_names_is_run() {
    let repository = repository();
    let folder = repository.path();
    let told = folder.join("run");
    let script = folder.join("script.sh");
    fs::write(&script, format!("#!/bin/sh\ntouch '{}'\n", told.display())).unwrap();
    std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let script = script.to_str().unwrap();
    git(folder, &["config", "core.fsmonitor", script]);
    git(folder, &["config", "diff.external", script]);
    fs::write(folder.join("b.csv"), "gmis_id,band\nAB12346,2\n").unwrap();
    fs::remove_file(&told).ok();
    assert_eq!(checked(folder, &["b.csv", "--since", "HEAD"]).1, ["b.csv"]);
    assert!(!told.exists());
}
