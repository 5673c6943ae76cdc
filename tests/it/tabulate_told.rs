//! What `tabulate` tells beside its figures: why hard edits were not judged, and what is wrong with linked files.
//!
//! Invariants
//! - Submissions and frame are those of `fixtures/`, cut to what the test is about.

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::program::{command, root, text};

/// A folder with five submissions, and a frame of the given rows.
fn folder(frame: impl Fn(&str, &[&str]) -> String) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let read = |name: &str| fs::read_to_string(root().join("fixtures").join(name)).unwrap();
    fs::write(folder.path().join("in.csv"), read("submissions/example.csv")).unwrap();
    let whole = read("linked/frame.csv");
    let rows: Vec<&str> = whole.lines().skip(1).collect();
    fs::write(folder.path().join("frame.csv"), frame(whole.lines().next().unwrap(), &rows)).unwrap();
    folder
}

fn tabulate(folder: &Path, words: &[&str]) -> (Output, String) {
    let output = command(folder).args(["tabulate", "in.csv", "--lang", "en"]).args(words).output().unwrap();
    let said = text(&output) + &String::from_utf8_lossy(&output.stderr);
    (output, said.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[test]
fn hard_edits_that_were_not_judged_are_told_with_their_cause() {
    let folder = folder(|header, rows| format!("{header}\n{}\n", rows[0]));
    let (_, said) = tabulate(folder.path(), &["--table", "T01"]);
    assert!(
        said.contains("HCS-F001 (5), HCS-F005 (5), because no file was given as frame (--link frame=FILE)."),
        "{said}"
    );
    let (_, said) = tabulate(folder.path(), &["--table", "T01", "--link", "frame=frame.csv"]);
    assert!(
        said.contains("HCS-F005 (4), because there is no record in frame") && !said.contains("HCS-F001 (5)"),
        "{said}"
    );
    let columns = fs::read_to_string(folder.path().join("in.csv")).unwrap();
    let at = columns.lines().next().unwrap().split(',').position(|name| name == "病床数").unwrap();
    let kept = |line: &str| {
        let cells = line.split(',').enumerate().filter(|(place, _)| *place != at).map(|(_, cell)| cell);
        cells.collect::<Vec<_>>().join(",") + "\n"
    };
    let without: String = columns.lines().map(kept).collect();
    fs::write(folder.path().join("in.csv"), without).unwrap();
    let (_, said) = tabulate(folder.path(), &["--table", "T01"]);
    assert!(said.contains("because a file lacks a column that it reads (病床数"), "{said}");
}

#[test]
fn what_is_wrong_with_a_linked_file_is_told_as_check_tells_it() {
    let folder = folder(|header, rows| format!("{header}\n{0}\n{0}\n", rows[0]));
    let (output, said) = tabulate(folder.path(), &["--table", "T01", "--link", "frame=frame.csv"]);
    assert!(output.status.code() != Some(3) && said.contains("KP-S044"), "{said}");
    let (_, said) = tabulate(folder.path(), &["--table", "T01", "--link", "frame=frame.csv", "--quiet"]);
    assert!(!said.contains("KP-S044"), "{said}");
}

#[test]
fn a_linked_file_without_records_fails_the_run_unless_it_is_allowed() {
    let folder = folder(|header, _| format!("{header}\n"));
    let words = ["--table", "T01", "--link", "frame=frame.csv"];
    let (output, said) = tabulate(folder.path(), &words);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("The linked file has no records, so nothing was linked: frame.csv."), "{said}");
    let (output, said) = tabulate(folder.path(), &[&words[..], &["--allow-empty"]].concat());
    assert!(output.status.code() != Some(3) && !said.contains("nothing was linked:"), "{said}");
    let check = |words: &[&str]| {
        command(folder.path())
            .args(["check", "in.csv", "--link", "frame=frame.csv"])
            .args(words)
            .output()
            .unwrap()
    };
    assert_eq!((check(&[]).status.code(), check(&["--allow-empty"]).status.code()), (Some(3), Some(1)));
}

#[test]
fn what_a_row_says_is_no_note_below_the_table() {
    let folder = folder(|header, rows| format!("{header}\n{}\n", rows.join("\n")));
    let (_, said) = tabulate(folder.path(), &["--table", "T01", "--link", "frame=frame.csv"]);
    assert!(said.contains("units asked") && !said.contains("Base: units asked"), "{said}");
    let (_, said) = tabulate(folder.path(), &["--table", "T02", "--link", "frame=frame.csv"]);
    assert!(said.contains("Base: all hospitals"), "{said}");
}
