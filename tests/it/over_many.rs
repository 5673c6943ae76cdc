//! Rules over many records against a twin that compares every record with every other, straight from the text of
//! rule-language section 2.1; and what such rules cost.
//!
//! Invariants
//! - The twin compares every pair of records; seeds are fixed, and each outcome must have been met.
//! - Surveys and files are made in a folder of the test's own.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde_json::Value as Json;

use crate::program::{command, text};

const SCHEMA: &str = r#"{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "many", "type": "object", "x-label": { "ja": "例", "en": "Example" },
  "x-missing": { "na": ["-"], "dk": ["?"] },
  "properties": {
    "id": { "type": "string", "x-kind": "code", "x-label": { "ja": "番号", "en": "Id" } },
    "code": { "type": "string", "x-kind": "code", "pattern": "^[a-z]+$", "x-label": { "ja": "符号", "en": "Code" } },
    "kind": { "x-label": { "ja": "種", "en": "Kind" }, "oneOf": [
      { "const": 1, "x-name": "one", "x-label": { "ja": "一", "en": "One" } },
      { "const": 2, "x-name": "two", "x-label": { "ja": "二", "en": "Two" } } ] },
    "at": { "type": "string", "x-kind": "date", "x-label": { "ja": "日", "en": "Day" } }
  }
}"#;

const SURVEY: &str = "
[survey]
id = 'many'
wave = '2024'
waves = ['2024']
schema = 'schemas/many.json'
key = ['id']
title.ja = '例'
title.en = 'Example'
timezone = 'Asia/Tokyo'
";

const RULES: &str = "
[[rule]]
id = 'LATEST'
slug = 'superseded'
severity = 'warning'
latest = { key = ['id'], by = 'at' }
source = 'x'
title.ja = '旧'
title.en = 'superseded'
message.ja = '{id}は{submitted_at}の回答を採用：{changes}'
message.en = '{id}: the answer of {submitted_at} counts: {changes}'

[[rule]]
id = 'ONE'
slug = 'id-repeated'
severity = 'error'
unique = { fields = ['id'] }
source = 'x'
title.ja = '重複'
title.en = 'repeated'
message.ja = '{id}は{count}件（{records}）'
message.en = '{id} stands {count} times ({records})'

[[rule]]
id = 'CODES'
slug = 'code-shared'
severity = 'warning'
unique = { fields = ['code', 'kind'], distinct = 'id', when = 'kind = \"one\"' }
source = 'x'
title.ja = '共有'
title.en = 'shared'
message.ja = '{code}は{others}も'
message.en = '{code} also of {others}'
";

/// A small survey in `folder`.
fn survey(folder: &Path) {
    for (name, text) in [
        ("schemas/many.json", SCHEMA),
        ("rules/many/2024/survey.toml", SURVEY),
        ("rules/many/2024/10.toml", RULES),
    ] {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

/// What a cell says to a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cell {
    Value(&'static str),
    Missing,
    Invalid,
}

#[derive(Debug, Clone, Copy)]
struct Record {
    file: usize,
    number: u64,
    id: Cell,
    code: Cell,
    kind: Cell,
    at: Cell,
}

fn pick(random: &mut ChaCha8Rng, values: &[(&'static str, Cell)]) -> (&'static str, Cell) {
    let at = usize::try_from(random.next_u32()).unwrap() % values.len();
    values[at]
}

/// Random files with many equal cells; the records as the twin sees them.
fn files(random: &mut ChaCha8Rng, folder: &Path) -> (Vec<String>, Vec<Record>) {
    use Cell::{Invalid, Missing, Value};
    let (mut names, mut records) = (Vec::new(), Vec::new());
    let count = 1 + random.next_u32() % 3;
    for file in 0..usize::try_from(count).unwrap() {
        let mut text = "id,code,kind,at\n".to_owned();
        for number in 1..=u64::from(random.next_u32() % 9) {
            let ids = [
                ("A", Value("A")),
                ("B", Value("B")),
                ("C", Value("C")),
                ("D", Value("D")),
                ("", Missing),
                ("?", Missing),
            ];
            let codes =
                [("x", Value("x")), ("y", Value("y")), ("-", Missing), ("9", Invalid), ("x", Value("x"))];
            let kinds =
                [("1", Value("1")), ("2", Value("2")), ("1", Value("1")), ("", Missing), ("7", Invalid)];
            let days = [
                ("2024-02-01", Value("2024-02-01")),
                ("2024-02-02", Value("2024-02-02")),
                ("2024-02-03", Value("2024-02-03")),
                ("", Missing),
                ("no", Invalid),
            ];
            let (id, code, kind, at) =
                (pick(random, &ids), pick(random, &codes), pick(random, &kinds), pick(random, &days));
            writeln!(text, "{},{},{},{}", id.0, code.0, kind.0, at.0).unwrap();
            records.push(Record { file, number, id: id.1, code: code.1, kind: kind.1, at: at.1 });
        }
        let name = format!("{file}.csv");
        fs::write(folder.join(&name), text).unwrap();
        names.push(name);
    }
    (names, records)
}

/// Rule, outcome → how many; and the failing records.
type Verdicts = (BTreeMap<(String, &'static str), u64>, BTreeSet<(String, String, u64)>);

/// Each record compared with each other. One without its key is no record that can be judged.
fn twin(records: &[Record]) -> Verdicts {
    use Cell::{Invalid, Missing, Value};
    let mut verdicts: Verdicts = (BTreeMap::new(), BTreeSet::new());
    let mut say = |rule: &str, one: &Record, outcome: &'static str| {
        *verdicts.0.entry((rule.to_owned(), outcome)).or_insert(0) += 1;
        if outcome == "fail" {
            verdicts.1.insert((rule.to_owned(), format!("{}.csv", one.file), one.number));
        }
    };
    let day = |record: &Record| match record.at {
        Value(day) => Some(day),
        Missing | Invalid => None,
    };
    // The latest day of an id that a file gives.
    let last = |id: Cell, file: usize| {
        records.iter().filter(|one| one.id == id && one.file == file).filter_map(day).max()
    };
    let superseded = |one: &Record| {
        let Value(_) = one.id else { return false };
        let others = records.iter().filter(|other| other.file != one.file && other.id == one.id);
        day(one).is_some() && others.filter_map(day).any(|day| Some(day) > last(one.id, one.file))
    };
    for one in records {
        let of_it: Vec<&Record> = records.iter().filter(|other| other.id == one.id).collect();
        let outcome = match (one.id, one.at) {
            (Invalid | Missing, _) | (_, Invalid) => "skipped",
            _ if superseded(one) => "fail",
            _ if of_it.iter().all(|other| other.file == one.file) => "pass",
            _ if of_it.iter().all(|other| other.file == one.file || superseded(other)) => "pass",
            (_, Missing) => "undecided",
            _ => "undecided",
        };
        say("LATEST", one, outcome);
        let outcome = match one.id {
            Invalid | Missing => "skipped",
            Value(_) if superseded(one) => "not_applicable",
            Value(_) if of_it.iter().filter(|other| !superseded(other)).count() > 1 => "fail",
            Value(_) => "pass",
        };
        say("ONE", one, outcome);
        let takes_part = |one: &Record| {
            matches!((one.id, one.code, one.kind), (Value(_), Value(_), Value("1"))) && !superseded(one)
        };
        let shares = |other: &Record| takes_part(other) && other.code == one.code && other.id != one.id;
        let outcome = match (one.id, one.code, one.kind) {
            (_, Invalid, _) | (_, _, Invalid) | (Invalid | Missing, _, _) => "skipped",
            // Nobody had to say which kind it is.
            (_, _, Missing | Value("2")) => "not_applicable",
            (_, Missing, _) => "undecided",
            _ if !takes_part(one) => "not_applicable",
            _ if records.iter().any(shares) => "fail",
            _ => "pass",
        };
        say("CODES", one, outcome);
    }
    verdicts
}

/// The same from the program.
fn program(folder: &Path, names: &[String]) -> Verdicts {
    let output = command(folder)
        .args(["check", "--survey", "rules/many/2024", "--format", "json", "--values", "show"])
        .args(names)
        .output()
        .unwrap();
    let report: Json = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    let mut verdicts: Verdicts = (BTreeMap::new(), BTreeSet::new());
    for finding in report["findings"].as_array().unwrap() {
        let rule = finding["rule"].as_str().unwrap();
        if ["LATEST", "ONE", "CODES"].contains(&rule) {
            let place = &finding["place"];
            let place = (place["file"].as_str().unwrap(), place["record"].as_u64().unwrap());
            assert!(
                verdicts.1.insert((rule.to_owned(), place.0.to_owned(), place.1)),
                "{rule} {place:?} twice"
            );
        }
    }
    for rule in report["summary"]["rules"].as_array().unwrap() {
        for outcome in ["pass", "fail", "not_applicable", "undecided", "skipped", "not_run"] {
            let count = rule["outcomes"][outcome].as_u64().unwrap_or(0);
            if count > 0 {
                verdicts.0.insert((rule["rule"].as_str().unwrap().to_owned(), outcome), count);
            }
        }
    }
    verdicts
}

#[test]
fn a_twin_that_compares_all_pairs_agrees() {
    let folder = tempfile::tempdir().unwrap();
    survey(folder.path());
    let mut random = ChaCha8Rng::seed_from_u64(51);
    let mut failing: BTreeMap<String, usize> = BTreeMap::new();
    for round in 0..300 {
        let (names, records) = files(&mut random, folder.path());
        let (expected, found) = (twin(&records), program(folder.path(), &names));
        assert_eq!(expected, found, "round {round}: {records:?}");
        for (rule, ..) in expected.1 {
            *failing.entry(rule).or_default() += 1;
        }
    }
    assert!(failing.len() == 3 && failing.values().all(|count| *count > 50), "{failing:?}");
}

/// Rules of the findings of a run, with file and record, in order.
fn told(folder: &Path, words: &[&str]) -> Vec<(String, String, u64)> {
    let mut all = vec!["check", "--survey", "rules/many/2024", "--format", "json", "--values", "show"];
    all.extend(words);
    let output = command(folder).args(all).output().unwrap();
    let report: Json = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    let findings = report["findings"].as_array().unwrap().iter();
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let one = |finding: &Json| {
        let place = &finding["place"];
        (text(&finding["rule"]), text(&place["file"]), place["record"].as_u64().unwrap_or(0))
    };
    findings.map(one).collect()
}

#[test]
fn what_is_superseded_does_not_depend_on_which_rules_are_wanted() {
    let folder = tempfile::tempdir().unwrap();
    survey(folder.path());
    fs::write(folder.path().join("a.csv"), "id,code,kind,at\nA,x,2,2024-02-01\n").unwrap();
    fs::write(folder.path().join("b.csv"), "id,code,kind,at\nA,x,2,2024-02-02\n").unwrap();
    let files = ["a.csv", "b.csv"];
    let with = |words: &[&str]| told(folder.path(), &[&files[..], words].concat());
    assert_eq!(with(&[]), [("LATEST".to_owned(), "a.csv".to_owned(), 1)]);
    assert_eq!(with(&["--select", "ONE"]), []);
    assert_eq!(with(&["--ignore", "LATEST"]), []);
}

#[test]
fn the_latest_of_three_files_counts_whatever_their_formats_and_their_order() {
    let folder = tempfile::tempdir().unwrap();
    survey(folder.path());
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    let line =
        |id: &str, code: &str, day: &str| format!(r#"{{"id":"{id}","code":"{code}","kind":2,"at":"{day}"}}"#);
    write("1.csv", "id,code,kind,at\nA,x,2,2024-02-01\nB,x,2,2024-02-03\nC,x,2,2024-02-05\nD,x,2,\n");
    write(
        "2.json",
        &format!(
            "[{},{},{}]",
            line("A", "y", "2024-02-02"),
            line("B", "x", "2024-02-03"),
            line("D", "x", "2024-02-09")
        ),
    );
    write(
        "3.jsonl",
        &[line("A", "z", "2024-02-03"), line("B", "z", "2024-02-02"), line("C", "x", "2024-02-05")]
            .join("\n"),
    );
    let expected: BTreeSet<(String, String, u64)> = [
        // A: the third counts. B: two of the same day are left open, the third is behind both. C: both of one day.
        ("LATEST", "1.csv", 1),
        ("LATEST", "2.json", 1),
        ("LATEST", "3.jsonl", 2),
        ("ONE", "1.csv", 2),
        ("ONE", "2.json", 2),
        ("ONE", "1.csv", 3),
        ("ONE", "3.jsonl", 3),
        // D: one does not say when, so nobody can tell which is the later.
        ("ONE", "1.csv", 4),
        ("ONE", "2.json", 3),
    ]
    .map(|(rule, file, record)| (rule.to_owned(), file.to_owned(), record))
    .into();
    for files in
        [["1.csv", "2.json", "3.jsonl"], ["3.jsonl", "1.csv", "2.json"], ["2.json", "3.jsonl", "1.csv"]]
    {
        let found: BTreeSet<(String, String, u64)> = told(folder.path(), &files).into_iter().collect();
        assert_eq!(found, expected, "{files:?}");
    }
    let output = command(folder.path())
        .args([
            "check",
            "1.csv",
            "2.json",
            "3.jsonl",
            "--survey",
            "rules/many/2024",
            "--format",
            "short",
            "--lang",
            "en",
        ])
        .output()
        .unwrap();
    let page = text(&output);
    let changes = page.lines().find(|line| line.starts_with("1.csv:2:") && line.contains("LATEST")).unwrap();
    assert!(changes.contains("A: the answer of 2024-02-03 counts: Code"), "{page}");
}

#[cfg(unix)]
#[test]
fn a_file_under_two_names_is_one_file() {
    let folder = tempfile::tempdir().unwrap();
    survey(folder.path());
    fs::write(folder.path().join("a.csv"), "id,code,kind,at\nA,x,2,2024-02-01\n").unwrap();
    std::os::unix::fs::symlink("a.csv", folder.path().join("b.csv")).unwrap();
    let whole = folder.path().canonicalize().unwrap().join("a.csv");
    assert_eq!(told(folder.path(), &["a.csv", "b.csv", whole.to_str().unwrap()]), []);
}

#[test]
fn a_day_without_a_clock_supersedes_no_moment_of_that_day() {
    let folder = tempfile::tempdir().unwrap();
    let record = |at: &str| {
        let example =
            fs::read_to_string(crate::program::root().join("fixtures/submissions/clean.csv")).unwrap();
        let (header, rows) = example.split_once('\n').unwrap();
        let place = header.split(',').position(|name| name == "提出日時").unwrap();
        let mut cells: Vec<&str> = rows.lines().next().unwrap().split(',').collect();
        cells[place] = at;
        format!("{header}\n{}\n", cells.join(","))
    };
    let rules = |first: &str, second: &str| {
        fs::write(folder.path().join("a.csv"), record(first)).unwrap();
        fs::write(folder.path().join("b.csv"), record(second)).unwrap();
        let words = ["check", "a.csv", "b.csv", "--format", "short", "--select", "HCS-U", "--values", "show"];
        let output = command(folder.path()).args(words).output().unwrap();
        let page = text(&output);
        let rules = page.lines().filter_map(|line| line.split(" HCS-").nth(1)?.split('[').next());
        rules.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(rules("2024-02-20T09:00:00", "2024-02-20"), ["U001", "U001"]);
    assert_eq!(rules("2024-02-20T09:00:00", "2024-02-21"), ["U002"]);
    assert_eq!(rules("2024-02-20", "2024-02-21T00:00:01"), ["U002"]);
}

/// The examples of `ONE`, tried.
fn tried(examples: &str) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    survey(folder.path());
    let rules = RULES.replace("[[rule]]\nid = 'CODES'", &format!("{examples}\n[[rule]]\nid = 'CODES'"));
    assert_ne!(rules, RULES);
    fs::write(folder.path().join("rules/many/2024/10.toml"), rules).unwrap();
    let words = ["rules", "test", "--survey", "rules/many/2024", "--lang", "en"];
    let output = command(folder.path()).args(words).output().unwrap();
    (output.status.code(), text(&output) + &String::from_utf8_lossy(&output.stderr))
}

#[test]
fn examples_over_many_records_are_tried_as_files_of_their_own() {
    let right = "examples.pass = [ [ { id = 'A' }, { id = 'B' } ], \
        [ { id = 'A', at = '2024-02-01' }, { id = 'A', at = '2024-02-02' } ] ]\n\
        examples.fail = [ [ { id = 'A', '@fail' = true }, { id = 'B' }, { id = 'A', '@fail' = true } ] ]";
    let (exit, page) = tried(right);
    assert_eq!(exit, Some(0), "{page}");
    assert!(page.contains("3 examples"), "{page}");
    for wrong in [
        "examples.pass = [ [ { id = 'A' }, { id = 'A' } ] ]",
        "examples.fail = [ [ { id = 'A', '@fail' = true }, { id = 'A' } ] ]",
        "examples.fail = [ [ { id = 'A' }, { id = 'B' } ] ]",
        "examples.undecided = [ [ { id = 'A' } ] ]",
    ] {
        let (exit, page) = tried(wrong);
        assert_eq!(exit, Some(1), "{wrong}: {page}");
        assert!(page.contains("ONE"), "{wrong}: {page}");
    }
}
