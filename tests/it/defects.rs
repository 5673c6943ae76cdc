//! The clean file has no finding; each kind of defect gives exactly the findings that were written by hand.
//!
//! Invariants
//! - What a kind of defect must give is written in its list by hand; the truth list of a file is made of nothing
//!   else.
//! - Findings are compared as a whole: one too many fails as one too few.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use kenpyo::rule_pack::Demand;
use serde_json::Value;

use crate::program::{Found, findings, fixture, kenpyo, report, root, text};

/// The full ids of all rules that the shipped pack judges.
/// The rules about one record: a kind of defect is made in one. Those across records have files of their own, and no
/// submission closes its hospital in the frame.
fn shipped() -> BTreeSet<String> {
    let pack = kenpyo::engine::survey::open(None).unwrap().pack.unwrap();
    let of_a_record =
        pack.rules.iter().filter(|rule| rule.table == 0 && matches!(rule.demand, Demand::Require(_)));
    of_a_record.map(|rule| rule.notice.full_id()).filter(|id| id != "HCS-F006").collect()
}

fn kinds(file: &str) -> Vec<toml::Table> {
    let text = fs::read_to_string(root().join(fixture(file))).unwrap();
    let document: toml::Table = toml::from_str(&text).unwrap();
    document["kind"].as_array().unwrap().iter().map(|kind| kind.as_table().unwrap().clone()).collect()
}

/// The rules that a kind must give: one for each field of `each`, which `{it}` stands for.
fn rules_of(kind: &toml::Table) -> Vec<String> {
    let findings = kind["findings"].as_array().unwrap().iter();
    let rules: Vec<&str> = findings.map(|finding| finding["rule"].as_str().unwrap()).collect();
    let Some(each) = kind.get("each") else { return rules.into_iter().map(str::to_owned).collect() };
    let fields = each.as_array().unwrap().iter().map(|field| field.as_str().unwrap());
    fields.flat_map(|field| rules.iter().map(move |rule| rule.replace("{it}", field))).collect()
}

/// The kinds that are done to a record alone.
const ALONE: &str = "defects.toml";

/// Those against the frame and the last wave, which agree with the clean file.
const LINKED: &str = "defects-linked.toml";

/// Makes a file with defects of `list` and its truth list, and compares what the program finds with the latter.
fn compare(name: &str, list: &str, extra: &[&str], check: &[&str]) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let (file, truth) = (folder.path().join("submission.csv"), folder.path().join("truth.jsonl"));
    let (file, truth) = (file.to_str().unwrap(), truth.to_str().unwrap());
    let list = fixture(list);
    let mut arguments = vec!["generate", "--out", file, "--defects", &list, "--truth", truth];
    arguments.extend(extra);
    let made = kenpyo(&arguments);
    assert!(made.status.success(), "{name}: {}", String::from_utf8_lossy(&made.stderr));
    let mut expected: Vec<Found> = Vec::new();
    for line in fs::read_to_string(truth).unwrap().lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        for finding in line["findings"].as_array().unwrap() {
            let field = finding["field"].as_str().unwrap_or("").to_owned();
            expected.push((
                line["record"].as_u64().unwrap(),
                finding["rule"].as_str().unwrap().to_owned(),
                field,
            ));
        }
    }
    expected.sort();
    let mut arguments = vec![file];
    arguments.extend(check);
    let found = findings(&report(&arguments, None));
    let (wanted, got): (BTreeSet<_>, BTreeSet<_>) = (expected.iter().collect(), found.iter().collect());
    let missing: Vec<_> = wanted.difference(&got).take(8).collect();
    let surplus: Vec<_> = got.difference(&wanted).take(8).collect();
    assert!(missing.is_empty() && surplus.is_empty(), "{name}\nmissing: {missing:#?}\nsurplus: {surplus:#?}");
    assert_eq!(found.len(), expected.len(), "{name}: a finding twice");
    found.len()
}

#[test]
fn the_clean_file_has_no_finding() {
    let file = fixture("submissions/clean.csv");
    let output = kenpyo(&["check", &file]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    let found = report(&[&file, "--profile", "three-two-one"], None);
    assert_eq!(findings(&found), [], "the clean file");
    assert_eq!(found["summary"]["records"], 5353);
}

#[test]
fn injected_defects_give_exactly_their_findings() {
    let few = compare("5 %", ALONE, &["--share", "5"], &["--profile", "three-two-one"]);
    let all = compare("100 %", ALONE, &["--share", "100"], &["--profile", "three-two-one"]);
    assert!(few > 200 && all > 5_000, "{few}, {all}");
}

#[test]
fn pairs_of_kinds_give_the_union_of_their_findings() {
    let found = compare("pairs", ALONE, &["--share", "100", "--pairs"], &["--profile", "three-two-one"]);
    assert!(found > 8_000, "{found}");
}

#[test]
fn defects_against_linked_files_give_exactly_their_findings() {
    let linked = [
        "--link",
        "frame=fixtures/linked/frame.csv",
        "--link",
        "prev=fixtures/linked/last-wave.csv",
        // Who has not answered is told of the frame, whatever is submitted.
        "--ignore",
        "HCS-F007",
    ];
    assert_eq!(compare("none", LINKED, &["--share", "0"], &linked), 0, "the files agree");
    let all = compare("100 %", LINKED, &["--share", "100"], &linked);
    let pairs = compare("pairs", LINKED, &["--share", "100", "--pairs"], &linked);
    assert!(all > 3_000 && pairs > all, "{all}, {pairs}");
}

#[test]
fn no_defect_gives_no_finding() {
    assert_eq!(compare("0 %", ALONE, &["--share", "0", "--records", "500"], &[]), 0);
}

#[test]
fn every_shipped_rule_is_the_target_of_a_kind() {
    let kinds = [ALONE, LINKED].map(kinds);
    let mut targets: BTreeMap<String, usize> = BTreeMap::new();
    for kind in kinds.iter().flatten() {
        for rule in rules_of(kind) {
            *targets.entry(rule).or_default() += 1;
        }
    }
    let missed: Vec<_> = shipped().into_iter().filter(|rule| !targets.contains_key(rule)).collect();
    assert!(missed.is_empty(), "no kind of defect gives {missed:?}");
}
