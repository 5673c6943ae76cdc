//! The house is as `ARCHITECTURE.md` says: rooms use only rooms below them, and each keeps its own tools.
//!
//! Read as text, so that a broken rule is named with its line even where the compiler is content.
//!
//! Invariants
//! - What is declared under `#[cfg(test)]` is no part of the program, and may use what it likes.
//! - A broken rule is told with file and line; all of them at once.

use std::fs;
use std::path::{Path, PathBuf};

/// Rooms from the ground up; those of one line do not use each other.
const FLOORS: &[&[&str]] = &[
    &["error"],
    &["source"],
    &["diagnostic", "workbook"],
    &["expression"],
    &["questionnaire"],
    &["rule_pack", "input"],
    &["plan", "batch"],
    &["linked"],
    &["evaluate"],
    &["rule_trial", "tables"],
    &["engine"],
    &["report", "generate", "form"],
    &["rewrite", "book", "publication"],
    &["settings"],
    &["cli"],
    &["lib", "main"],
];

/// What may stand only in some rooms: (text, rooms, why).
const TOOLS: &[(&str, &[&str], &str)] = &[
    (
        "miette::",
        &["src/error.rs", "src/report/terminal", "src/cli/"],
        "drawing for people stays at the edge",
    ),
    ("std::fs", &["src/source/"], "only source opens files"),
    ("File::open", &["src/source/"], "only source opens files"),
    ("File::create", &["src/source/"], "only source writes files"),
    ("std::net", &[], "nothing opens a socket"),
    ("SystemTime", &[], "no report may depend on a clock"),
    ("HashMap", &[], "iteration order is part of the result"),
];

/// Longest file, in lines.
const LONGEST_FILE: usize = 500;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file below `folder`, as (path relative to the repository with `/`, content), sorted.
fn files(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

fn room(path: &str) -> &str {
    path.trim_start_matches("src/").split(['/', '.']).next().unwrap()
}

/// The files of `src/` that are compiled into the program: what is declared under `#[cfg(test)]` is left out.
pub fn program() -> Vec<(String, String)> {
    let all = files(&root().join("src"));
    let mut tests = Vec::new();
    for (path, content) in &all {
        let folder = path.trim_end_matches("mod.rs").trim_end_matches(".rs").trim_end_matches('/');
        let mut lines = content.lines().map(str::trim);
        while lines.any(|line| line == "#[cfg(test)]") {
            let module = lines.next().unwrap().split("mod ").nth(1).and_then(|rest| rest.strip_suffix(';'));
            tests.extend(module.map(|module| format!("{folder}/{module}")));
        }
    }
    let is_test = |path: &str| {
        tests.iter().any(|test| path == format!("{test}.rs") || path.starts_with(&format!("{test}/")))
    };
    all.into_iter().filter(|(path, _)| !is_test(path)).collect()
}

/// The part of a file before its unit tests: tests may use what they like.
pub fn code(content: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = content.lines().enumerate().map(|(index, line)| (index + 1, line));
    lines
        .take_while(|(_, line)| line.trim() != "#[cfg(test)]")
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

#[test]
fn rooms_use_only_rooms_below_them() {
    let mut broken = Vec::new();
    for (path, content) in program() {
        let own = room(&path);
        let own_floor = floor(own).unwrap_or_else(|| panic!("{path} is in no room of the layering"));
        for (number, line) in code(&content) {
            for used in line.split("crate::").skip(1) {
                let used = used.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap();
                let allowed = used == own || floor(used).is_some_and(|used_floor| used_floor < own_floor);
                if !allowed && floor(used).is_some() {
                    broken.push(format!("{path}:{number}: {own} uses {used}"));
                }
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn each_tool_stays_in_its_room() {
    let mut broken = Vec::new();
    for (path, content) in program() {
        for (number, line) in code(&content) {
            for (tool, rooms, why) in TOOLS {
                if line.contains(tool) && !rooms.iter().any(|room| path.starts_with(room)) {
                    broken.push(format!("{path}:{number}: {tool} ({why})"));
                }
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// The program is built for Windows too: what only Unix has stands behind a condition.
#[test]
fn nothing_only_unix_has_stands_outside_a_condition() {
    let mut broken = Vec::new();
    for (path, content) in files(&root().join("src")) {
        let lines: Vec<&str> = content.lines().collect();
        for (number, line) in lines.iter().enumerate() {
            let only_unix = ["std::os::unix", "std::os::linux", "libc::", "nix::", "\"/dev/", "\"/proc/"];
            let used =
                only_unix.iter().any(|call| line.contains(call)) && !line.trim_start().starts_with("//");
            // The condition stands on the item that holds the line, a little above it.
            let guarded =
                lines.iter().take(number).rev().take(40).any(|above| above.contains("#[cfg(unix)]"));
            if used && !guarded {
                broken.push(format!("{path}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn every_file_is_short_and_says_what_it_is_for_and_what_holds() {
    let mut broken = Vec::new();
    for (path, content) in ["src", "tests", "benches"].iter().flat_map(|folder| files(&root().join(folder))) {
        if content.lines().count() > LONGEST_FILE {
            broken.push(format!("{path}: {} lines", content.lines().count()));
        }
        if !content.starts_with("//! ") {
            broken.push(format!("{path}: does not open with its purpose"));
        }
        if !content.lines().take_while(|line| line.starts_with("//!")).any(|line| line == "//! Invariants") {
            broken.push(format!("{path}: tells no invariants"));
        }
        if content.lines().any(|line| line.trim_start().starts_with("#[allow(")) {
            broken.push(format!("{path}: #[allow]; #[expect] tells when it is no longer needed"));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// Words of the surveys that come with the program: no text that it prints by itself may have one.
const WORDS_OF_A_SURVEY: [&str; 22] = [
    "貴院",
    "病院",
    "医療",
    "病床",
    "施設",
    "バックアップ",
    "電子カルテ",
    "ベンダー",
    "集計に使用",
    "回答として集計",
    "令和6年",
    "2024-02-15",
    "3-2-1",
    "Hospital",
    "backup",
    "beds",
    " bed ",
    "facility",
    "checklist",
    "チェックリスト",
    "G-MIS",
    "natural, ",
];

#[test]
fn no_text_of_the_program_has_words_of_a_survey() {
    let mut broken = Vec::new();
    for (path, content) in program() {
        // What a program must know of eras and of names of institutions is no survey's.
        let known = ["src/batch/convert/era.rs", "src/evaluate/name_form.rs"];
        if known.contains(&path.as_str()) || path.ends_with("/sample.rs") {
            continue;
        }
        for (number, line) in code(&content).filter(|(_, line)| line.contains('"')) {
            for word in WORDS_OF_A_SURVEY.iter().filter(|word| line.contains(**word)) {
                broken.push(format!("{path}:{number}: {word}"));
            }
        }
    }
    for template in ["templates/report.html", "templates/book.html", "templates/tables.html"] {
        let page = fs::read_to_string(root().join(template)).unwrap();
        broken.extend(
            WORDS_OF_A_SURVEY
                .iter()
                .filter(|word| page.contains(**word))
                .map(|word| format!("{template}: {word}")),
        );
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn nothing_in_src_knows_a_survey() {
    let mut broken = Vec::new();
    for (path, content) in program() {
        for (number, line) in code(&content) {
            for word in ["gmis", "HCS-", "hospital", "beds_", "q04_", "q11_", "q17_"] {
                if line.contains(word) && !line.contains("DEFAULT_SURVEY") {
                    broken.push(format!("{path}:{number}: {word}"));
                }
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
