//! `kenpyo clean` where it has been before: what people have done in its folder, and its own files among the submissions.
//!
//! Invariants
//! - What people have put into the folder is there afterwards, byte for byte.

use std::fs;
use std::path::Path;

use crate::clean::{clean, files};
use crate::program::command;
use crate::survey_run::{generated, rows};

fn ran(folder: &Path, words: &[&str]) -> (Option<i32>, String) {
    let output = clean(folder, words);
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn what_people_have_added_or_changed_in_the_folder_is_never_thrown_away() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("a.csv"), generated(&["--recipe", "natural", "--records", "20"])).unwrap();
    assert_eq!(ran(folder.path(), &["a.csv", "--out", "out"]).0, Some(0));
    let again = ["a.csv", "--out", "out", "--force"];
    assert_eq!(ran(folder.path(), &again).0, Some(0), "nobody has touched it");

    let asked = fs::read_to_string(path("out/queries.csv")).unwrap();
    fs::write(path("out/queries.csv"), asked + "S0000001:HCS-X001:1,123床,誤記\n").unwrap();
    fs::write(path("out/notes.txt"), "notes").unwrap();
    fs::create_dir(path("out/replies")).unwrap();
    fs::write(path("out/replies/1"), "reply").unwrap();
    let (code, told) = ran(folder.path(), &again);
    assert_eq!(code, Some(2), "{told}");
    for word in ["KP-U106", "queries.csv", "notes.txt", "replies/", "--out"] {
        assert!(told.contains(word), "{word}: {told}");
    }
    assert!(!told.contains("accepted.csv"), "what is as it was written is not named: {told}");
    assert_eq!(fs::read_to_string(path("out/notes.txt")).unwrap(), "notes");
    assert!(fs::read_to_string(path("out/queries.csv")).unwrap().contains("誤記"));
    assert_eq!(fs::read_to_string(path("out/replies/1")).unwrap(), "reply");

    fs::create_dir(path("mine")).unwrap();
    fs::copy(path("out/manifest.json"), path("mine/manifest.json")).unwrap();
    fs::write(path("mine/precious"), "x").unwrap();
    let (code, told) = ran(folder.path(), &["a.csv", "--out", "mine", "--force"]);
    assert!(code == Some(2) && told.contains("KP-U102"), "a manifest alone makes no folder ours: {told}");
    assert!(path("mine/precious").exists());
}

#[test]
fn what_clean_has_written_is_no_submission_unless_it_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir(path("in")).unwrap();
    fs::write(path("in/a.csv"), generated(&["--recipe", "natural", "--records", "10"])).unwrap();
    assert_eq!(ran(folder.path(), &["in", "--out", "in/out"]).0, Some(0));
    for words in [&["in", "--out", "elsewhere"][..], &["in", "--out", "in/out", "--force"]] {
        let (code, told) = ran(folder.path(), words);
        assert_eq!(code, Some(0), "{told}");
        assert!(told.contains("kenpyo clean has written") && told.contains("in/out"), "{told}");
    }
    assert_eq!(rows(&files(&path("elsewhere"))["accepted.csv"]).len(), 11);
    for words in [&["check", "in"][..], &["tabulate", "in", "--table", "T05", "--quiet"]] {
        let output = command(folder.path()).args(words).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(ran(folder.path(), &["in/out/accepted.csv", "--out", "again"]).0, Some(0));
    assert_eq!(rows(&files(&path("again"))["accepted.csv"]).len(), 11, "a file that is named is judged");
    let (code, told) = ran(folder.path(), &["in/out/accepted.csv", "--out", "in/out", "--force"]);
    assert!(code == Some(2) && told.contains("KP-U103") && told.contains("--exclude"), "{told}");
}
