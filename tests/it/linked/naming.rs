//! Which file a link has: by the option, the configuration or the survey; and names that cannot be.
//!
//! Invariants
//! - A linked file is read and nothing else: it is no submission, and nothing is written over it.

use std::fs;

use serde_json::{Value as Json, json};

use super::frame::{SUBMISSIONS, UNITS, counts, delimited, folder, run};
use super::survey::report;

#[test]
fn names_of_links_are_held_against_the_survey() {
    let folder = folder();
    for (words, exit, says) in [
        (&["--link", "fram=frame.csv"][..], 2, "did you mean \"frame\"?"),
        (&["--link", "frame"], 2, "is not of the form NAME=FILE"),
        (&["--link", "frame="], 2, "is not of the form NAME=FILE"),
        (&["--link", "frame=a.csv", "--link", "frame=frame.csv"], 2, "exclude each other"),
        (&["--link", "frame=in.csv"], 2, "no submission"),
        (
            &["--link", "frame=frame.csv", "--format", "json=frame.csv"],
            2,
            "\"frame.csv\" is a file that is read",
        ),
        (&["--link", "frame=./frame.csv", "--fix", "frame.csv"], 2, "\"frame.csv\" is a file that is read"),
    ] {
        let output = run(folder.path(), &[&["in.csv"], words].concat());
        let page = String::from_utf8_lossy(&output.stderr).replace("\n  │ ", " ");
        assert_eq!(output.status.code(), Some(exit), "{words:?} {page}");
        assert!(page.contains(says), "{words:?} {page}");
    }
    assert_eq!(fs::read_to_string(folder.path().join("frame.csv")).unwrap(), delimited(",", &UNITS));
}

#[test]
fn a_frame_in_the_folder_of_submissions_is_none_of_them() {
    let folder = folder();
    let inside = folder.path().join("all");
    fs::create_dir(&inside).unwrap();
    fs::write(inside.join("in.csv"), SUBMISSIONS).unwrap();
    fs::write(inside.join("frame.csv"), delimited(",", &UNITS)).unwrap();
    let output = run(folder.path(), &["all", "--format", "json", "--link", "frame=all/frame.csv"]);
    let report: Json = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["files"], json!(["all/in.csv"]));
    assert_eq!(report["summary"]["records"], 4);
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("because it is a linked file: all/frame.csv"),
        "{output:?}"
    );
}

#[test]
fn the_file_of_a_link_is_that_of_the_option_else_of_the_configuration_else_of_the_survey() {
    let folder = folder();
    let name = |report: &Json| report["summary"]["links"][0]["name"].clone();
    let path = folder.path().join("rules/linked/2024/survey.toml");
    let own = fs::read_to_string(&path)
        .unwrap()
        .replace("schema = 'schemas/frame.json'", "schema = 'schemas/frame.json'\nfile = 'lists/units.csv'");
    fs::write(&path, &own).unwrap();
    fs::create_dir(folder.path().join("lists")).unwrap();
    fs::write(folder.path().join("lists/units.csv"), delimited(",", &UNITS[..1])).unwrap();
    let of_survey = report(folder.path(), &["in.csv"]);
    assert_eq!(
        (name(&of_survey), counts(&of_survey, "THERE")["fail"].clone()),
        (json!("lists/units.csv"), json!(3))
    );
    fs::write(folder.path().join("kenpyo.toml"), "[link]\nframe = 'frame.csv'\n").unwrap();
    let configured = report(folder.path(), &["in.csv"]);
    assert_eq!(
        (name(&configured), counts(&configured, "THERE")["fail"].clone()),
        (json!("frame.csv"), json!(1))
    );
    fs::write(folder.path().join("third.csv"), delimited(",", &UNITS[..2])).unwrap();
    let asked = report(folder.path(), &["in.csv", "--link", "frame=third.csv"]);
    assert_eq!((name(&asked), counts(&asked, "THERE")["fail"].clone()), (json!("third.csv"), json!(2)));
    // A file that the survey names and that is not there is not passed over.
    fs::remove_file(folder.path().join("kenpyo.toml")).unwrap();
    fs::remove_file(folder.path().join("lists/units.csv")).unwrap();
    assert_eq!(run(folder.path(), &["in.csv"]).status.code(), Some(3));
    for outside in ["../units.csv", "/etc/hostname", "lists/../../units.csv"] {
        fs::write(&path, own.replace("lists/units.csv", outside)).unwrap();
        let output = run(folder.path(), &["in.csv"]);
        assert_eq!(output.status.code(), Some(2), "{outside} {output:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("KP-P060"), "{outside} {output:?}");
    }
}
