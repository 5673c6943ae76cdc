//! Which survey judges a file, where nobody names one.
//!
//! Invariants
//! - No survey is named but where that is the point; which one judged is read off what a person is told.

use std::fs;
use std::path::Path;

use crate::program::{command, root};
use crate::survey_run::generated;

fn ran(folder: &Path, words: &[&str]) -> (Option<i32>, String) {
    let output = command(folder).args(words).args(["--lang", "en"]).output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn a_file_is_judged_by_the_embedded_survey_that_it_fits_and_a_folder_by_each() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir(path("in")).unwrap();
    fs::copy(root().join("fixtures/checklist-2024/good.csv"), path("in/checklist.csv")).unwrap();
    let alone = "in/checklist.csv";
    for words in [&["check", alone][..], &["clean", alone, "--out", "one"]] {
        let (code, told) = ran(folder.path(), words);
        assert!(code == Some(0) && told.contains("Judged by cyber-checklist/2024"), "{words:?}: {told}");
    }
    let (code, told) = ran(folder.path(), &["tabulate", alone]);
    assert!(code == Some(2) && told.contains("KP-U122") && told.contains("cyber-checklist/2024"), "{told}");

    fs::write(path("in/hospital.csv"), generated(&["--recipe", "clean", "--records", "3"])).unwrap();
    for words in [&["check", "in"][..], &["clean", "in", "--out", "both"]] {
        let (code, told) = ran(folder.path(), words);
        assert!(code == Some(0) && told.contains("checklist.csv"), "{words:?}: {told}");
        assert!(!told.contains("hospital.csv:"), "only what is not as always is told: {told}");
    }
    let manifest = fs::read_to_string(path("both/manifest.json")).unwrap();
    assert!(
        manifest.contains("\"cyber-checklist\"") && manifest.contains("\"hospital-cyber\""),
        "{manifest}"
    );
    let (code, told) = ran(folder.path(), &["tabulate", "in"]);
    assert!(code == Some(2) && told.contains("KP-U121"), "tables are of one survey: {told}");
    let (code, told) = ran(folder.path(), &["check", alone, "--survey", "hospital-cyber/2024"]);
    assert!(
        code == Some(3) && told.contains("by hospital-cyber/2024"),
        "whoever names a survey has it: {told}"
    );
}
