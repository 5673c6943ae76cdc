//! The program and the twin say the same of two hundred random surveys.
//!
//! Invariants
//! - Compared are the counts of every rule and outcome, the number of findings, and which records fail.
//! - One fixed seed; each rule must have passed and failed often enough for agreement to mean something.

use std::collections::BTreeMap;
use std::fs;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::Value as Json;

use super::random::random_survey;
use super::survey::{report, rule, survey};
use super::twin::{Verdicts, twin};

fn rules() -> String {
    [
        rule("rule", "BEDS", "warning", "require = 'beds = frame.beds'"),
        rule("rule", "BAND", "warning", "require = 'band = frame.band'"),
        rule("rule", "PREV", "warning", "when = 'prev is linked'\nrequire = 'kind = prev.kind'"),
        rule("rule", "THERE", "error", "exists-in = { fields = ['id'], table = 'frame' }"),
        rule("rule", "ELSEWHERE", "warning", "exists-in = { fields = ['beds'], table = 'frame' }"),
        rule(
            "rule",
            "LOOK",
            "warning",
            "exists-in = { fields = ['beds'], table = 'units', columns = ['units'] }",
        ),
        rule("rule", "ALL", "info", "covers = { table = 'frame', when = 'frame.state = \"open\"' }"),
        rule("rule", "FEW", "warning", "at-most = { per = ['beds'], of = 'kind = \"one\"', max = 2 }"),
        rule("rule", "FIX", "warning", "determines = { key = 'beds', field = 'band' }"),
        rule(
            "rule",
            "SHARE",
            "warning",
            "share = { of = 'kind = \"one\"', among = 'band = \"b1\"', max = 50, min-records = 2 }",
        ),
        rule("rule", "COUNT", "warning", "count = { of = 'kind = \"one\"', per = 'band', min = 1, max = 2 }"),
        rule("rule", "WHOLE", "info", "complete = ['band', 'kind']"),
        rule("linked_rule", "F-ID", "error", "table = 'frame'\nunique = { fields = ['id'] }"),
        rule("linked_rule", "F-BEDS", "warning", "table = 'frame'\nrequire = 'beds > 5'"),
        rule(
            "linked_rule",
            "F-COUNT",
            "error",
            "table = 'frame'\ncount = { of = 'state = \"open\"', per = 'band', equal = 'units[band].units' }",
        ),
    ]
    .concat()
}

const RULES: [&str; 15] = [
    "BEDS",
    "BAND",
    "PREV",
    "THERE",
    "ELSEWHERE",
    "LOOK",
    "ALL",
    "FEW",
    "FIX",
    "SHARE",
    "COUNT",
    "WHOLE",
    "F-ID",
    "F-BEDS",
    "F-COUNT",
];

/// The same from the program.
fn program(report: &Json) -> Verdicts {
    let mut said = Verdicts::default();
    for finding in report["findings"].as_array().unwrap() {
        let rule = finding["rule"].as_str().unwrap();
        if !RULES.contains(&rule) {
            continue;
        }
        *said.findings.entry(rule.to_owned()).or_default() += 1;
        let place = &finding["place"];
        let file = place["file"].as_str().unwrap_or_default();
        if file != "frame.csv" && !place["record"].is_null() {
            said.failing.insert((rule.to_owned(), file.to_owned(), place["record"].as_u64().unwrap()));
        }
    }
    for rule in report["summary"]["rules"].as_array().unwrap() {
        let id = rule["rule"].as_str().unwrap();
        for outcome in ["pass", "fail", "not_applicable", "undecided", "skipped", "not_run"] {
            let count = rule["outcomes"][outcome].as_u64().unwrap_or(0);
            if count > 0 && RULES.contains(&id) {
                said.counts.insert((id.to_owned(), outcome), count);
            }
        }
    }
    said
}

#[test]
fn a_twin_that_compares_all_pairs_and_tries_all_answers_agrees() {
    let folder = tempfile::tempdir().unwrap();
    survey(folder.path(), &rules());
    let mut random = ChaCha8Rng::seed_from_u64(5);
    let mut seen: BTreeMap<(String, &'static str), usize> = BTreeMap::new();
    for round in 0..200 {
        let made = random_survey(&mut random, folder.path());
        let mut words: Vec<&str> = made.files.iter().map(String::as_str).collect();
        made.links.iter().for_each(|link| words.extend(["--link", link]));
        let (expected, found) = (twin(&made), program(&report(folder.path(), &words)));
        let submissions = fs::read_to_string(folder.path().join("0.csv")).unwrap();
        let frame = fs::read_to_string(folder.path().join("frame.csv")).unwrap();
        assert_eq!(expected, found, "round {round}:\n{submissions}\n{frame}\n{:?}", made.prev);
        expected.counts.into_keys().for_each(|key| *seen.entry(key).or_default() += 1);
    }
    let often =
        |rule: &str, outcome: &'static str| seen.get(&(rule.to_owned(), outcome)).copied().unwrap_or(0);
    for rule in RULES {
        for outcome in ["pass", "fail"] {
            assert!(often(rule, outcome) > 3, "{rule} {outcome} {seen:?}");
        }
    }
    for rule in ["THERE", "FEW", "FIX", "SHARE", "COUNT", "WHOLE", "ALL", "F-COUNT", "BEDS"] {
        assert!(rule == "THERE" || often(rule, "undecided") > 3, "{rule} {seen:?}");
    }
}
