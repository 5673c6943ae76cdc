//! One folder per case in `fixtures/cases/`: input and expectation side by side, and one function that runs them all.
//!
//! A folder has the slug of its rule for a name. `submission.*` is the input, kept by hand; `expected.txt` is what a
//! person sees, and with `KENPYO_BLESS=1` it is written anew. `case.toml` says by hand what must be found:
//!
//! | key | meaning |
//! |---|---|
//! | `rule` | the rule, with its instance if it has one; a list for several instances of a family |
//! | `arguments` | further words of the command line, run in the folder: `--link frame=frame.csv` |
//! | `[outcomes]` | record key → outcome, a list where `rule` is one; `"finding"` or `"none"` where nothing is judged: a finding about a cell, a derived value, a group |
//! | `[also]` | record key → findings of other rules that cannot be helped; all others must be silent |
//!
//! Invariants
//! - A case states all findings of its file: whatever else is told fails it.
//! - Each record is judged in the file and alone, with the same outcome.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use kenpyo::engine::survey;
use kenpyo::rule_pack::{Demand, ExpectedOutcome, RulePack};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use serde_json::Value;

use crate::program::{command, report_in, root, text};

/// The six words of a judged rule, as `case.toml` and as the report writes them.
const OUTCOMES: [(&str, &str); 6] = [
    ("pass", "pass"),
    ("fail", "fail"),
    ("not-applicable", "not_applicable"),
    ("undecided", "undecided"),
    ("skipped", "skipped"),
    ("not-run", "not_run"),
];

/// The surveys whose rules have a case each.
const SHIPPED: [Option<&str>; 4] =
    [None, Some("hospital-cyber/2024-assumed"), Some("hospital-cyber/2023"), Some("cyber-checklist/2024")];

struct Case {
    /// The folder's name.
    name: String,
    folder: PathBuf,
    rules: Vec<String>,
    arguments: Vec<String>,
    /// By key, one a rule.
    outcomes: BTreeMap<String, Vec<String>>,
    also: BTreeMap<String, Vec<String>>,
}

/// A text, or a list of texts.
fn words(value: &toml::Value) -> Vec<String> {
    let one = |value: &toml::Value| value.as_str().unwrap().to_owned();
    value.as_array().map_or_else(|| vec![one(value)], |list| list.iter().map(one).collect())
}

fn words_by_key(manifest: &toml::Table, name: &str) -> BTreeMap<String, Vec<String>> {
    let table = manifest.get(name).map(|table| table.as_table().unwrap());
    table.into_iter().flatten().map(|(key, value)| (key.clone(), words(value))).collect()
}

fn cases() -> Vec<Case> {
    let entries = fs::read_dir(root().join("fixtures/cases")).unwrap();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    folders.retain(|path| path.is_dir());
    folders.sort();
    let read = |folder: PathBuf| {
        let manifest: toml::Table =
            toml::from_str(&fs::read_to_string(folder.join("case.toml")).unwrap()).unwrap();
        Case {
            name: folder.file_name().unwrap().to_str().unwrap().to_owned(),
            rules: words(&manifest["rule"]),
            arguments: manifest.get("arguments").map(words).unwrap_or_default(),
            outcomes: words_by_key(&manifest, "outcomes"),
            also: words_by_key(&manifest, "also"),
            folder,
        }
    };
    folders.into_iter().map(read).collect()
}

impl Case {
    fn submission(&self) -> String {
        let entries = fs::read_dir(&self.folder).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.starts_with("submission.")).min().unwrap()
    }

    /// What a person sees.
    fn picture(&self) -> String {
        let mut command = command(&self.folder);
        command.args(["check", "--lang", "ja", "--values", "show", "--color", "never"]);
        text(&command.arg(self.submission()).args(&self.arguments).output().unwrap())
    }

    /// The report over `input`, in the format of the case's submission.
    fn judged(&self, input: &[u8]) -> Value {
        let name = self.submission();
        let mut arguments = vec!["-", "--stdin-filename", &name];
        arguments.extend(self.arguments.iter().map(String::as_str));
        report_in(&self.folder, &arguments, Some(input))
    }

    /// The submission with all records, and by key with only that one.
    fn inputs(&self) -> (Vec<u8>, BTreeMap<String, Vec<u8>>) {
        let whole = fs::read_to_string(self.folder.join(self.submission())).unwrap();
        let (header, rows) = whole.split_once('\n').unwrap();
        let row_of = |key: &str| {
            // A key of several fields is written with a + between them.
            let is_of = |row: &&str| key.split('+').all(|part| row.split(',').any(|cell| cell == part));
            let found: Vec<&str> = rows.lines().filter(is_of).collect();
            assert_eq!(found.len(), 1, "{}: records with the key {key}", self.name);
            format!("{header}\n{}\n", found[0]).into_bytes()
        };
        let single: BTreeMap<String, Vec<u8>> =
            self.outcomes.keys().map(|key| (key.clone(), row_of(key))).collect();
        assert_eq!(rows.lines().count(), single.len(), "{}: records without an outcome", self.name);
        (whole.into_bytes(), single)
    }

    /// What `rule` made of the records of a report: the six counts, or whether there is a finding.
    fn outcome(rule: &str, report: &Value) -> String {
        let lines = report["summary"]["rules"].as_array().unwrap();
        let line = lines.iter().find(|line| line["rule"] == rule);
        if let Some(counts) = line.and_then(|line| line["outcomes"].as_object()) {
            let reached = OUTCOMES.iter().filter(|(_, name)| counts[*name] != 0);
            return reached.map(|(word, _)| *word).collect::<Vec<_>>().join(" and ");
        }
        let found = report["findings"].as_array().unwrap();
        let told = found.iter().any(|finding| finding["rule"] == rule || finding["group"] == rule);
        if told { "finding" } else { "none" }.to_owned()
    }

    /// All findings that the case states, sorted: (key, rule). A group is none of its own: those that it holds stand
    /// in `also`.
    fn stated(&self, groups: &BTreeSet<String>) -> Vec<(String, String)> {
        let mut stated = Vec::new();
        for (key, outcomes) in &self.outcomes {
            assert_eq!(outcomes.len(), self.rules.len(), "{}: outcomes of {key}", self.name);
            for (rule, outcome) in self.rules.iter().zip(outcomes) {
                if ["fail", "finding"].contains(&&**outcome) && !groups.contains(rule) {
                    stated.push((key.clone(), rule.clone()));
                }
            }
        }
        for (key, rules) in &self.also {
            stated.extend(rules.iter().map(|rule| (key.clone(), rule.clone())));
        }
        stated.sort();
        stated
    }
}

fn packs() -> Vec<RulePack> {
    SHIPPED.iter().map(|name| survey::open(*name).unwrap().pack.unwrap()).collect()
}

/// The groups with a text of their own; the others are told by their head.
fn group_ids(pack: &RulePack) -> Vec<String> {
    let own = pack.groups.iter().filter(|group| group.notice.is_some());
    own.map(|group| group.id.to_string()).collect()
}

/// Slug and id of all that a pack can tell of one record: its rules, findings about cells, derived values, groups with
/// a text. What it tells across records is shown by the file defect of that kind, and what it tells of another file
/// or of the tables is no finding on a record.
fn shipped(pack: &RulePack) -> Vec<(String, String)> {
    let derived = pack.derived.iter().filter_map(|value| value.notice.as_ref()).map(|(notice, _)| notice);
    let groups = pack.groups.iter().filter_map(|group| group.notice.as_ref()).map(|(notice, _)| notice);
    let of_a_record =
        pack.rules.iter().filter(|rule| rule.table == 0 && matches!(rule.demand, Demand::Require(_)));
    let notices = of_a_record.map(|rule| &rule.notice).chain(derived).chain(groups);
    let mut all: Vec<(String, String)> =
        notices.map(|notice| (notice.slug.to_string(), notice.id.to_string())).collect();
    let cells = pack.questionnaire.fields.iter().flat_map(|field| &field.invalid);
    all.extend(cells.map(|case| (case.slug.to_string(), case.id.to_string())));
    all
}

#[test]
fn every_case_reads_as_expected() {
    let wrong: Vec<String> = cases()
        .par_iter()
        .filter_map(|case| {
            let found = case.picture();
            let expected = case.folder.join("expected.txt");
            if std::env::var_os("KENPYO_BLESS").is_some() {
                fs::write(&expected, &found).unwrap();
                return None;
            }
            let differs = fs::read_to_string(&expected).unwrap_or_default() != found;
            differs.then(|| format!("{}:\n{found}", case.name))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_record_of_a_case_has_the_outcome_that_it_states() {
    let wrong: Vec<String> = cases()
        .par_iter()
        .flat_map_iter(|case| {
            let (_, single) = case.inputs();
            single.into_iter().filter_map(|(key, input)| {
                let report = case.judged(&input);
                let found: Vec<String> = case.rules.iter().map(|rule| Case::outcome(rule, &report)).collect();
                let stated = &case.outcomes[&key];
                (found != *stated).then(|| format!("{} {key}: {found:?}, not {stated:?}", case.name))
            })
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_case_gives_just_the_findings_that_it_states() {
    let groups: BTreeSet<String> = packs().iter().flat_map(group_ids).collect();
    for case in cases() {
        let report = case.judged(&case.inputs().0);
        let mut found = Vec::new();
        for finding in report["findings"].as_array().unwrap() {
            let rule = finding["rule"].as_str().unwrap();
            found.push((finding["place"]["key"].as_str().unwrap().to_owned(), rule.to_owned()));
            if case.rules.iter().any(|own| own == rule) {
                assert_eq!(finding["slug"], *case.name, "the folder of {rule}");
            }
        }
        found.sort();
        assert_eq!(found, case.stated(&groups), "{}", case.name);
        assert!(!found.is_empty(), "{}: nothing is shown", case.name);
    }
}

#[test]
fn every_shipped_rule_has_a_case_and_every_case_a_rule() {
    let mut rules: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (slug, id) in packs().iter().flat_map(shipped) {
        rules.entry(slug).or_default().insert(id);
    }
    let cases: BTreeMap<String, Case> = cases().into_iter().map(|case| (case.name.clone(), case)).collect();
    let without: Vec<_> = rules.iter().filter(|(slug, _)| !cases.contains_key(*slug)).collect();
    assert!(without.is_empty(), "no folder in fixtures/cases for {without:?}");
    for (name, case) in &cases {
        let ids = rules.get(name).unwrap_or_else(|| panic!("{name} is the slug of no shipped rule"));
        for rule in &case.rules {
            let id = rule.split('/').next().unwrap();
            assert!(ids.contains(id), "{name} is about {ids:?}, not about {id}");
        }
    }
}

#[test]
fn a_case_has_a_record_for_each_outcome_that_its_rule_has_examples_of() {
    let mut reachable: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for rule in packs().iter().flat_map(|pack| &pack.rules) {
        let outcomes = rule.examples.iter().map(|example| match example.expected {
            ExpectedOutcome::Pass => "pass",
            ExpectedOutcome::Fail => "fail",
            ExpectedOutcome::Undecided => "undecided",
            ExpectedOutcome::NotApplicable => "not-applicable",
        });
        reachable.entry(rule.notice.slug.to_string()).or_default().extend(outcomes);
    }
    for case in cases() {
        let shown: BTreeSet<&str> = case.outcomes.values().flatten().map(String::as_str).collect();
        let missing: Vec<_> = reachable.get(&case.name).into_iter().flatten().copied().collect();
        let missing: Vec<_> = missing.into_iter().filter(|outcome| !shown.contains(outcome)).collect();
        assert!(missing.is_empty(), "{}: no record is {missing:?}", case.name);
    }
}
