//! The program under test, run as a person or a job would run it.
//!
//! Invariants
//! - Nothing of the caller's environment reaches the program, and standard input is empty unless it is given.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// The repository.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A file below `fixtures/`, relative to the repository.
pub fn fixture(name: &str) -> String {
    format!("fixtures/{name}")
}

/// Copies a folder with all in it; `from` is named from the repository, or whole.
pub fn copy(from: impl AsRef<Path>, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(root().join(from)).unwrap().map(Result::unwrap) {
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(path, to).unwrap();
        }
    }
}

/// The program, with nothing of the caller's environment.
pub fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kenpyo"));
    command.current_dir(folder).env_clear().stdin(Stdio::null());
    command
}

/// `kenpyo WORDS` in `folder`, as it is typed at a terminal whose letters are UTF-8.
pub fn typed(folder: &Path, words: &[&str]) -> Command {
    let mut command = command(folder);
    command.args(words).env("LANG", "C.UTF-8");
    command
}

/// Runs `kenpyo ARGUMENTS` in the repository.
pub fn kenpyo(arguments: &[&str]) -> Output {
    command(&root()).args(arguments).output().unwrap()
}

/// Runs `kenpyo ARGUMENTS` in the repository with `input` as standard input.
pub fn kenpyo_with(arguments: &[&str], input: &[u8]) -> Output {
    fed(&root(), arguments, input)
}

/// Runs `kenpyo ARGUMENTS` in `folder` with `input` as standard input.
fn fed(folder: &Path, arguments: &[&str], input: &[u8]) -> Output {
    let mut child = command(folder)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        // The program may stop reading before the end, which is its right.
        let _ = pipe.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

/// Standard output as text; a panic with standard error where it is no UTF-8.
pub fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone())
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

/// The report of `kenpyo check … --format json --values show`.
pub fn report(arguments: &[&str], input: Option<&[u8]>) -> Value {
    report_in(&root(), arguments, input)
}

/// The same, run in `folder`, so that files beside the submission have the names that the case gives them.
pub fn report_in(folder: &Path, arguments: &[&str], input: Option<&[u8]>) -> Value {
    let mut all = vec!["check", "--format", "json", "--values", "show", "--lang", "en"];
    all.extend(arguments);
    let output =
        input.map_or_else(|| command(folder).args(&all).output().unwrap(), |input| fed(folder, &all, input));
    serde_json::from_str(&text(&output)).unwrap_or_else(|fault| {
        panic!("{fault}: {}\n{}", text(&output), String::from_utf8_lossy(&output.stderr))
    })
}

/// A finding as (record number, rule with instance, primary field); 0 and "" where there is none.
pub type Found = (u64, String, String);

/// The findings of a report, sorted.
pub fn findings(report: &Value) -> Vec<Found> {
    let list = report["findings"].as_array().expect("a report has findings");
    let mut found: Vec<Found> = list
        .iter()
        .map(|finding| {
            let field = finding["labels"].get(0).and_then(|label| label["field"].as_str()).unwrap_or("");
            let record = finding["place"]["record"].as_u64().unwrap_or(0);
            (record, finding["rule"].as_str().unwrap().to_owned(), field.to_owned())
        })
        .collect();
    found.sort();
    found
}
