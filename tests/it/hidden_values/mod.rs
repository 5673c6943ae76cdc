//! What nobody may learn from a report: answers where values are hidden, and private answers anywhere.
//!
//! A survey of its own is filled with answers that occur nowhere else (canaries), so that every kind of finding is
//! made of them. Where values are hidden two files that differ in nothing but their answers must give the same bytes:
//! a length is told by a column, an offset, a line or the width of a frame as well as by the answer itself.
//!
//! Invariants
//! - Every file is judged in every format that is built in, in both languages, and both streams are looked through.
//! - That the canaries would be seen is shown beside: where values are shown they are found.

mod answers;
mod survey;

use std::fs;
use std::path::Path;

use serde_json::Value;

use answers::{Answers, FILES, LONG, SHORT};
use survey::{SCHEMA, folder};

use crate::program::{command, text};
use crate::report_readers;

const FORMATS: &[&str] = &[
    "full",
    "short",
    "json",
    "jsonl",
    #[cfg(feature = "formats")]
    "sarif",
    #[cfg(feature = "formats")]
    "github",
    #[cfg(feature = "formats")]
    "gitlab",
    #[cfg(feature = "formats")]
    "junit",
    #[cfg(feature = "formats")]
    "checkstyle",
    #[cfg(feature = "formats")]
    "rdjson",
    #[cfg(feature = "formats")]
    "markdown",
    #[cfg(feature = "formats")]
    "csv",
    #[cfg(feature = "xlsx")]
    "xlsx",
    #[cfg(feature = "html")]
    "html",
];

/// All that `kenpyo check` prints of the file, on both streams.
fn printed(folder: &Path, file: &str, words: &[&str], ci: bool) -> String {
    let mut command = command(folder);
    command.args(["check", file, "--survey", "rules/ex/2024", "--max-findings", "1000"]).args(words);
    if ci {
        command.env("CI", "true");
    }
    let output = command.output().unwrap();
    let errors = String::from_utf8(output.stderr.clone()).unwrap();
    assert!(matches!(output.status.code(), Some(1 | 3)), "{errors}");
    // A workbook is packed: its cells are looked at.
    match output.stdout.strip_prefix(b"PK") {
        Some(_) => report_readers::read("xlsx", &output.stdout).texts.join("\n") + &errors,
        None => text(&output) + &errors,
    }
}

/// Every file of `of`, in every format and language: (what it is, what is printed).
fn pages(of: &Answers, words: &[&str], ci: bool) -> Vec<(String, String)> {
    pages_in(&folder(), of, words, ci)
}

/// The same by the survey in `folder`.
fn pages_in(folder: &tempfile::TempDir, of: &Answers, words: &[&str], ci: bool) -> Vec<(String, String)> {
    let mut pages = Vec::new();
    for (file, content) in FILES {
        fs::write(folder.path().join(file), content(of)).unwrap();
        for format in FORMATS {
            for language in ["ja", "en"] {
                let words = [&["--format", format, "--lang", language][..], words].concat();
                let page = printed(folder.path(), file, &words, ci);
                pages.push((format!("{file} as {format} in {language}"), page));
            }
        }
    }
    pages
}

fn ids(page: &str) -> Vec<String> {
    let events = page.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut ids: Vec<String> = events.filter_map(|event| Some(event["rule"].as_str()?.to_owned())).collect();
    ids.sort();
    ids.dedup();
    ids
}

#[test]
fn where_values_are_hidden_no_answer_is_in_any_report() {
    let mut found = Vec::new();
    for of in [SHORT, LONG] {
        for (what, page) in pages(&of, &["--values", "hide"], false) {
            for canary in ["CANARY", "PRIVATE", "86753", "40414", of.huge, of.day, of.key] {
                if page.contains(canary) {
                    found.push(format!("{what}: {canary}"));
                }
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn where_values_are_hidden_answers_of_any_length_give_the_same_bytes() {
    let (short, long) = (pages(&SHORT, &[], true), pages(&LONG, &[], true));
    for ((what, one), (_, other)) in short.iter().zip(&long) {
        let differs: Vec<(&str, &str)> =
            one.lines().zip(other.lines()).filter(|(one, other)| one != other).take(3).collect();
        assert!(one == other, "{what}: {differs:#?}");
    }
}

#[test]
fn the_survey_has_findings_of_every_kind() {
    let pages = pages(&SHORT, &["--values", "show"], false);
    let mut met: Vec<String> = pages
        .iter()
        .filter(|(what, _)| what.contains("as jsonl in en"))
        .flat_map(|(_, page)| ids(page))
        .collect();
    met.sort();
    met.dedup();
    let expected = [
        "EX-1",
        "EX-2",
        "EX-3",
        "EX-4",
        "EX-C1",
        "EX-D1",
        "KP-A016",
        "KP-A020",
        "KP-C013",
        "KP-C014",
        "KP-C016",
        "KP-C018",
        "KP-S002",
        "KP-S004",
        "KP-S005",
        "KP-S006",
        "KP-S007",
        "KP-S009",
        #[cfg(feature = "xlsx")]
        "KP-S013",
        #[cfg(feature = "xlsx")]
        "KP-S015",
        #[cfg(feature = "xlsx")]
        "KP-S030",
        "KP-S017",
        "KP-S018",
        "KP-S019",
        "KP-S021",
        "KP-S022",
        "KP-S023",
        "KP-S024",
        "ex_kinds:duplicate",
        "ex_mail:domain",
        "ex_note:closed-by:ex_size",
        "ex_note:must-answer",
        "ex_pin:domain",
        "ex_pin:type",
        "ex_size:type",
    ];
    let missing: Vec<&&str> = expected.iter().filter(|id| !met.iter().any(|met| met == **id)).collect();
    assert!(missing.is_empty(), "{missing:?} of {met:?}");
}

#[test]
fn private_answers_are_in_no_report_though_values_are_shown() {
    for of in [SHORT, LONG] {
        let pages = pages(&of, &["--values", "show"], false);
        let mut found = Vec::new();
        for (what, page) in &pages {
            for canary in ["PRIVATE", "40414"] {
                if let Some((before, after)) = page.split_once(canary) {
                    let before: String = before.chars().rev().take(60).collect();
                    let before: String = before.chars().rev().collect();
                    found.push(format!(
                        "{what}: {before}⟦{canary}⟧{}",
                        after.chars().take(40).collect::<String>()
                    ));
                }
            }
        }
        assert!(found.is_empty(), "{found:#?}");
        // Public answers of the same records are shown, so that this test would see private ones.
        for line in
            pages.iter().filter(|(what, _)| what.contains("as jsonl")).flat_map(|(_, page)| page.lines())
        {
            // The options of a private question are on the form, and what is said of another answer lists them.
            let lists_options = ["KP-C013", "KP-C014"].iter().any(|id| line.contains(id));
            assert!(lists_options || !line.contains("VOTE"), "{line}");
        }
        let json: Vec<&String> = pages
            .iter()
            .filter(|(what, _)| what.starts_with("a.csv as json"))
            .map(|(_, page)| page)
            .collect();
        assert!(json.iter().all(|page| page.contains("CANARY") && page.contains(of.size.0)));
    }
}

#[test]
fn hidden_keys_are_in_no_report_though_values_are_shown() {
    for (what, page) in pages(&LONG, &["--values", "show", "--keys", "hide"], false) {
        assert!(!page.contains(LONG.key), "{what}: {page}");
    }
    let shown = pages(&LONG, &["--values", "hide", "--keys", "show"], false);
    let keyed = shown.iter().filter(|(_, page)| page.contains(LONG.key)).count();
    assert!(keyed >= 6, "{keyed} reports name the records by their keys");
    assert!(shown.iter().all(|(_, page)| !page.contains("86753") && !page.contains("PRIVATE")));
}

/// Every label of the form, of a question and of an option, becomes a word that occurs nowhere else.
fn with_labels_that_are_canaries(folder: &tempfile::TempDir) -> Vec<String> {
    let label = regex::Regex::new(r#""x-label": \{ "ja": "[^"]*", "en": "[^"]*" \}"#).unwrap();
    let mut canaries = Vec::new();
    let schema = label.replace_all(SCHEMA, |_: &regex::Captures<'_>| {
        let number = canaries.len();
        canaries.extend([format!("LABELJA{number}Q"), format!("LABELEN{number}Q")]);
        format!("\"x-label\": {{ \"ja\": \"LABELJA{number}Q\", \"en\": \"LABELEN{number}Q\" }}")
    });
    fs::write(folder.path().join("schemas/ex.json"), &*schema).unwrap();
    canaries
}

#[test]
fn where_values_are_hidden_neither_a_label_nor_a_hash_is_in_any_report() {
    let folder = folder();
    let mut canaries = with_labels_that_are_canaries(&folder);
    assert!(canaries.len() > 20);
    let shown = pages_in(&folder, &SHORT, &["--values", "show"], false);
    assert!(shown.iter().any(|(_, page)| page.contains("LABELEN") || page.contains("LABELJA")));
    // Of an answer also no hash, nor the beginning of one.
    for answer in [SHORT.key, SHORT.mail, SHORT.note, SHORT.huge, SHORT.day, SHORT.size.0] {
        let hash = kenpyo::source::digest::of_bytes(answer.as_bytes());
        canaries.push(hash[..12].to_owned());
    }
    let mut found = Vec::new();
    for (what, page) in pages_in(&folder, &SHORT, &["--values", "hide"], false) {
        found.extend(
            canaries.iter().filter(|canary| page.contains(*canary)).map(|canary| format!("{what}: {canary}")),
        );
    }
    assert!(found.is_empty(), "{found:#?}");
}
