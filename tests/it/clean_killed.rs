//! `kenpyo clean`, killed at fifty moments: its folder is absent or complete, and what is left is known and taken away.
//!
//! Invariants
//! - Whatever stands under the name of the folder is the whole of one run; moments are spread over the time of a run
//!   that nobody killed.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::clean::{clean, files};
use crate::program::command;
use crate::survey_run::generated;

/// Moments for each way.
const MOMENTS: u32 = 25;

/// Begins `kenpyo clean` and kills it after `moment`.
fn killed(folder: &Path, words: &[&str], moment: Duration) {
    let mut child =
        command(folder).arg("clean").args(words).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(moment);
    // It may have come to its end, which is as good.
    let _ = child.kill();
    child.wait().unwrap();
}

/// What stands in `folder` beside the submissions and the folder that is written.
fn left_over(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let names = names.map(|name| name.to_string_lossy().into_owned());
    names.filter(|name| name.starts_with(".kenpyo-")).collect()
}

/// Kills runs of `words` at moments from the first to a little behind the last of an undisturbed one. `check` is asked
/// after each, with whether the folder is there.
fn kill_all(folder: &Path, words: &[&str], whole: Duration, check: &dyn Fn(u32)) -> usize {
    let mut most_left = 0;
    for moment in 1..=MOMENTS {
        killed(folder, words, whole * moment / (MOMENTS - 1));
        check(moment);
        most_left = most_left.max(left_over(folder).len());
    }
    most_left
}

#[test]
fn killed_at_any_moment_the_folder_is_absent_or_complete() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (first, second) = (path("a.csv"), path("b.csv"));
    fs::write(&first, generated(&["--recipe", "natural", "--records", "1500", "--seed", "51"])).unwrap();
    fs::write(&second, generated(&["--recipe", "natural", "--records", "1500", "--seed", "52"])).unwrap();
    let begun = Instant::now();
    assert_eq!(clean(folder.path(), &["a.csv", "--out", "reference"]).status.code(), Some(0));
    let whole = begun.elapsed();
    let expected = files(&path("reference"));
    let words = ["a.csv", "--out", "out", "--lang", "en"];
    let left = kill_all(folder.path(), &words, whole, &|moment| {
        if path("out").exists() {
            assert!(files(&path("out")) == expected, "moment {moment}: a folder that is neither");
            fs::remove_dir_all(path("out")).unwrap();
        }
    });
    assert!(left > 0, "no run was killed while it wrote");
    assert!(left <= 2, "{left} folders: each run takes away what the one before has left");
    assert_eq!(clean(folder.path(), &["a.csv", "--out", "out"]).status.code(), Some(0));
    assert!(files(&path("out")) == expected, "as if nobody had been killed");
    assert_eq!(left_over(folder.path()), [""; 0]);
    // In the place of an earlier one: the one or the other is there.
    assert_eq!(clean(folder.path(), &["b.csv", "--out", "other"]).status.code(), Some(0));
    let other = files(&path("other"));
    let is_one = |found: &BTreeMap<String, Vec<u8>>| *found == expected || *found == other;
    let words = ["b.csv", "--out", "out", "--force", "--lang", "en"];
    kill_all(folder.path(), &words, whole, &|moment| {
        assert!(is_one(&files(&path("out"))), "moment {moment}: a folder that is neither");
    });
    assert_eq!(clean(folder.path(), &["b.csv", "--out", "out", "--force"]).status.code(), Some(0));
    assert!(files(&path("out")) == other);
    assert_eq!(left_over(folder.path()), [""; 0]);
}
