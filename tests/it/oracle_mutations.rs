//! Random mutations of clean records: the oracle reads every cell and judges every rule by itself, and the program
//! must tell exactly what follows.
//!
//! Invariants
//! - Cells are read by the oracle from the text of the file, and compared one by one before any rule is.
//! - Findings are compared as a whole, record by record.

use std::collections::{BTreeMap, BTreeSet};

use kenpyo::batch::Batch;
use kenpyo::diagnostic::Severity;
use kenpyo::evaluate::Outcome;
use kenpyo::expression::FieldId;
use kenpyo::rule_pack::{EditRule, RulePack};
use rayon::prelude::*;

use crate::oracle_reading::{Read, Reading};
use crate::oracle_twin::{Cell, Record, Tally, Twin};
use crate::survey_run::{ASSUMED, Block, Run, generated, rows, state, told, value};

/// A finding that must be told: rule (or what kind of cell finding), severity, field of the cell findings.
type Due = (String, Severity, String);

/// What a file came to.
#[derive(Default)]
struct Sum {
    records: usize,
    outcomes: BTreeMap<Outcome, u64>,
    findings: usize,
    invalid: usize,
    followers: usize,
    /// Rules that failed.
    failed: BTreeSet<String>,
}

/// One record as the oracle sees it, before anything is derived.
struct Seen {
    cells: Vec<Read>,
    record: Record,
}

fn seen(pack: &RulePack, reading: &Reading<'_>, row: &[String]) -> Seen {
    let form = &pack.questionnaire;
    let cells: Vec<Read> = row.iter().enumerate().map(|(place, text)| reading.cell(place, text)).collect();
    assert_eq!(cells.len(), form.fields.len());
    let by_id = form.fields.iter().zip(&cells).map(|(field, read)| (field.id, read.cell.clone()));
    let blank = |id: &FieldId| cells[usize::from(id.index)].cell == Cell::Blank;
    let unreadable = pack.key.iter().chain(&pack.fallback_key).all(blank);
    let linked = (0..=pack.links.len()).map(|table| table == 0).collect();
    Seen { record: Record { cells: by_id.collect(), linked, unreadable }, cells }
}

/// Each cell is read alike by both.
fn compare_cells(run: &Run, batch: &Batch, row: usize, seen: &Seen, written: &[String]) {
    for (field, read) in run.pack().questionnaire.fields.iter().zip(&seen.cells) {
        let expected = match &read.cell {
            Cell::Value(_) => "value",
            Cell::Blank => "blank",
            Cell::Na(_) => "na",
            Cell::Dk(_) => "dk",
            Cell::Invalid => "invalid",
            Cell::Absent => "absent",
        };
        let text = &written[usize::from(field.id.index)];
        let column = batch.column(field.id).unwrap();
        assert_eq!(state(column, row), expected, "{} = {text:?}", field.name);
        if let Cell::Value(expected) = &read.cell {
            assert_eq!(value(batch, field.id, row).as_ref(), Some(expected), "{} = {text:?}", field.name);
        }
        if let Cell::Na(mark) | Cell::Dk(mark) = &read.cell {
            assert_eq!(column.marks.as_ref().unwrap()[row], *mark, "{} = {text:?}", field.name);
        }
    }
}

/// What must be told about the cells: one finding for each that cannot be read or was respelled.
fn due_of_cells(pack: &RulePack, seen: &Seen) -> Vec<Due> {
    let fields = pack.questionnaire.fields.iter().zip(&seen.cells);
    let cells = fields.filter_map(|(field, read)| match read {
        Read { cell: Cell::Invalid, .. } => {
            Some(("cell".to_owned(), Severity::Error, field.name.to_string()))
        }
        Read { told: Some(severity), .. } => Some(("cell".to_owned(), *severity, field.name.to_string())),
        _ => None,
    });
    let mut due: Vec<Due> = cells.collect();
    if seen.record.unreadable {
        due.push(("KP-S017".to_owned(), Severity::Fatal, String::new()));
    }
    due
}

/// Judges one record by the twin, compares every outcome, and returns what must be told.
fn due(run: &Run, block: &Block, row: usize, seen: &Seen, sum: &mut Sum) -> Vec<Due> {
    let pack = run.pack();
    let mut due = due_of_cells(pack, seen);
    let mut tally = Tally::new();
    let mut twin = Twin { pack, params: &run.plan.params, record: seen.record.clone(), tally: &mut tally };
    twin.derive();
    for derived in pack.derived.iter().filter(|derived| derived.fallback) {
        let filled = matches!(twin.cell(derived.id), Cell::Value(_));
        if filled && seen.record.cells[&derived.id] == Cell::Blank {
            let (notice, _) = derived.notice.as_ref().unwrap();
            due.push((notice.full_id(), notice.severity, String::new()));
        }
    }
    for (planned, place) in run.plan.rules.iter().enumerate() {
        let rule = &pack.rules[*place];
        let (expected, fault) = twin.judge(rule);
        let name = rule.notice.full_id();
        assert_eq!(block.outcomes.of(planned, row), Some(expected), "{name} in row {row}: {:?}", seen.cells);
        *sum.outcomes.entry(expected).or_default() += 1;
        if expected == Outcome::Fail {
            sum.failed.insert(name.clone());
            due.push((name, rule.notice.severity, String::new()));
        }
        if fault {
            due.push(("KP-A020".to_owned(), Severity::Warning, String::new()));
        }
    }
    due
}

/// By the pack's groups: which failed rule is shown inside which finding.
fn followers(pack: &RulePack, failed: &BTreeSet<&str>) -> BTreeMap<String, String> {
    let mut inside: BTreeMap<String, String> = BTreeMap::new();
    for group in &pack.groups {
        let of = |name: &str| {
            let member = |rule: &&str| **rule == *name || rule.split('/').next() == Some(name);
            failed.iter().copied().filter(member).map(str::to_owned).collect::<Vec<String>>()
        };
        let free = |rules: Vec<String>| rules.into_iter().filter(|rule| !inside.contains_key(rule));
        let lists: Vec<Vec<String>> = group.followers.iter().map(|name| free(of(name)).collect()).collect();
        if group.all && lists.iter().any(Vec::is_empty) {
            continue;
        }
        let head = match &group.head {
            None => Some(group.id.to_string()),
            Some(head) => free(of(head)).next(),
        };
        let Some(head) = head else { continue };
        inside.extend(lists.into_iter().flatten().map(|follower| (follower, head.clone())));
    }
    inside
}

/// Judges `file` both ways; panics where they differ.
fn compare(survey: Option<&str>, file: &[u8]) -> Sum {
    let run = Run::of(survey);
    let pack = run.pack();
    let table = rows(file);
    let header: Vec<&str> = pack.questionnaire.fields.iter().map(|field| &*field.column).collect();
    assert_eq!(table[0], header, "the generator writes the columns in form order");
    let reading = Reading::new(&pack.questionnaire);
    let (batches, found) = run.read("x.csv", file);
    assert!(found.is_empty(), "{found:?}");
    let rule_ids: BTreeSet<String> = pack.rules.iter().map(|rule| rule.notice.full_id()).collect();
    let mut sum = Sum::default();
    let mut lines = table[1..].iter();
    for batch in batches {
        let all: Vec<(&Vec<String>, Seen)> =
            lines.by_ref().take(batch.len()).map(|line| (line, seen(pack, &reading, line))).collect();
        assert_eq!(all.len(), batch.len());
        for (row, (line, seen)) in all.iter().enumerate() {
            compare_cells(&run, &batch, row, seen, line);
        }
        let block = run.judged(batch);
        let mut said: BTreeMap<u64, Vec<crate::survey_run::Told>> = BTreeMap::new();
        for told in told(&block.findings) {
            said.entry(told.record).or_default().push(told);
        }
        for (row, (line, seen)) in all.iter().enumerate() {
            let mut due = due(&run, &block, row, seen, &mut sum);
            sum.records += 1;
            let record = u64::try_from(sum.records).unwrap();
            let said = said.remove(&record).unwrap_or_default();
            let known = |rule: &str| {
                let derived = pack.derived.iter().filter_map(|derived| derived.notice.as_ref());
                rule_ids.contains(rule)
                    || ["KP-S017", "KP-A020"].contains(&rule)
                    || derived.into_iter().any(|(notice, _)| notice.full_id() == rule)
            };
            let mut found: Vec<Due> = said
                .iter()
                .map(|told| {
                    if known(&told.rule) {
                        (told.rule.clone(), told.severity, String::new())
                    } else {
                        ("cell".to_owned(), told.severity, told.fields[0].clone())
                    }
                })
                .collect();
            due.sort();
            found.sort();
            assert_eq!(found, due, "record {record}: {line:?}");
            let failed: BTreeSet<&str> =
                due.iter().map(|(rule, ..)| &**rule).filter(|rule| rule_ids.contains(*rule)).collect();
            let expected = followers(pack, &failed);
            let inside: BTreeMap<String, String> = said
                .iter()
                .filter(|told| !told.under.is_empty())
                .map(|told| (told.rule.clone(), told.under.clone()))
                .collect();
            assert_eq!(inside, expected, "record {record}: {failed:?}");
            sum.followers += inside.len();
            sum.findings += found.len();
            sum.invalid += due
                .iter()
                .filter(|(rule, severity, _)| rule == "cell" && *severity == Severity::Error)
                .count();
        }
    }
    sum
}

/// Mutates every record of a clean or natural file.
fn mutated(survey: Option<&str>, recipe: &str, seed: u64) -> Sum {
    let seed = seed.to_string();
    let mut arguments = vec!["--recipe", recipe, "--mutate", "100", "--seed", &seed];
    arguments.extend(survey.into_iter().flat_map(|survey| ["--survey", survey]));
    compare(survey, &generated(&arguments))
}

fn told_much(sums: &[Sum]) {
    for sum in sums {
        println!(
            "{} records, {} findings, {} invalid cells, {} followers, {} rules failed, {:?}",
            sum.records,
            sum.findings,
            sum.invalid,
            sum.followers,
            sum.failed.len(),
            sum.outcomes
        );
        assert!(sum.records >= 5_000 && sum.findings > 5_000 && sum.invalid > 1_000, "little to compare");
    }
}

#[test]
fn the_oracle_agrees_on_mutations_of_the_shipped_survey() {
    let files = [("clean", 11), ("clean", 12), ("natural", 13)];
    let sums: Vec<Sum> = files.into_par_iter().map(|(recipe, seed)| mutated(None, recipe, seed)).collect();
    told_much(&sums);
    assert!(sums.iter().any(|sum| sum.followers > 0), "no group was met");
    let pack = crate::survey_run::pack(None);
    let failed: BTreeSet<&String> = sums.iter().flat_map(|sum| &sum.failed).collect();
    // There is no other file to compare a record with.
    let alone = |rule: &&EditRule| rule.reads.iter().all(|field| field.table == 0);
    let rules = pack.rules.iter().filter(alone).count();
    assert!(failed.len() * 10 >= rules * 6, "{} of {rules} rules failed", failed.len());
}

#[test]
fn the_oracle_agrees_on_mutations_of_the_form_with_assumed_questions() {
    told_much(&[mutated(Some(ASSUMED), "clean", 14)]);
}
