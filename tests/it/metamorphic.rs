//! Metamorphic properties: what must not change the findings, and how they must change where they do.
//!
//! The records are mutations of clean ones, so that most have findings and many have cells that cannot be read.
//!
//! Invariants
//! - No finding is written down here: runs are compared with other runs of the same records.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use kenpyo::diagnostic::Severity;
use kenpyo::evaluate::Outcome;
use kenpyo::expression::{Node, Type, TypedExpr};
use kenpyo::plan::Selection;
use kenpyo::rule_pack::{Demand, EditRule};
use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};

use crate::survey_run::{Run, Told, csv_of, generated, json_lines, pack, rows};

static RUN: LazyLock<Run> = LazyLock::new(|| Run::of(None));

/// The header and 240 mutated records.
static POOL: LazyLock<Vec<Vec<String>>> =
    LazyLock::new(|| rows(&generated(&["--records", "240", "--mutate", "100", "--seed", "41"])));

/// A clean record for each stratum of the form.
static CLEAN: LazyLock<Vec<Vec<String>>> =
    LazyLock::new(|| rows(&generated(&["--records", "24", "--seed", "42"])));

/// The findings of each record, by its place in the pool; record numbers taken out.
type ByRow = BTreeMap<usize, Vec<Told>>;

/// `found` by the place in the pool that each record has in `order`.
fn by_row(found: Vec<Told>, order: &[usize]) -> ByRow {
    let mut all = ByRow::new();
    for told in found {
        let place = order[usize::try_from(told.record).unwrap() - 1];
        // A record without a key is called by its line.
        let message = if told.rule == "KP-S017" { String::new() } else { told.message };
        all.entry(place).or_default().push(Told { record: 0, message, ..told });
    }
    for list in all.values_mut() {
        list.sort();
    }
    all
}

fn file_of(order: &[usize]) -> Vec<u8> {
    csv_of(std::iter::once(&POOL[0]).chain(order.iter().map(|place| &POOL[1 + place])))
}

fn findings_of(order: &[usize]) -> ByRow {
    by_row(RUN.told("x.csv", &file_of(order)), order)
}

/// The pool's records at `order` with every row changed.
fn changed(order: &[usize], change: impl Fn(&[String]) -> Vec<String>) -> Vec<u8> {
    let rows = std::iter::once(&POOL[0]).chain(order.iter().map(|place| &POOL[1 + place]));
    csv_of(&rows.map(|row| change(row)).collect::<Vec<_>>())
}

fn column_of(field: &str) -> usize {
    usize::from(RUN.id(field).index)
}

/// Some records of the pool, in any order.
fn some() -> impl Strategy<Value = Vec<usize>> {
    proptest::sample::subsequence((0..240_usize).collect::<Vec<_>>(), 1..40).prop_shuffle()
}

fn columns() -> impl Strategy<Value = Vec<usize>> {
    Just((0..POOL[0].len()).collect::<Vec<usize>>()).prop_shuffle()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_order_of_the_records_changes_no_finding(order in some()) {
        let mut sorted = order.clone();
        sorted.sort_unstable();
        prop_assert_eq!(findings_of(&order), findings_of(&sorted));
    }

    #[test]
    fn the_order_of_the_columns_changes_no_finding(order in some(), columns in columns()) {
        let moved = changed(&order, |row| columns.iter().map(|column| row[*column].clone()).collect());
        prop_assert_eq!(by_row(RUN.told("x.csv", &moved), &order), findings_of(&order));
    }

    #[test]
    fn a_column_that_nobody_reads_changes_no_finding_about_a_record(
        order in some(), at in 0_usize..40, text in "[0-9a-zはい, \"]{0,6}"
    ) {
        let wider = changed(&order, |row| {
            let mut row = row.to_vec();
            let cell = if row[0] == POOL[0][0] { "院内整理番号".to_owned() } else { text.clone() };
            row.insert(at.min(row.len()), cell);
            row
        });
        let (_, file) = RUN.read("x.csv", &wider);
        let ids: Vec<&str> = file.iter().map(|finding| &*finding.notice.id).collect();
        prop_assert_eq!(ids, ["KP-S006"]);
        prop_assert_eq!(by_row(RUN.told("x.csv", &wider), &order), findings_of(&order));
    }

    #[test]
    fn two_files_give_the_union_of_their_findings(order in some(), cut in 0_usize..40) {
        let (first, second) = order.split_at(cut.min(order.len()));
        let mut union = findings_of(first);
        union.extend(findings_of(second));
        prop_assert_eq!(union, findings_of(&order));
    }

    #[test]
    fn a_clean_record_under_a_new_key_adds_nothing(order in some(), clean in 1_usize..25, at in 0_usize..40) {
        let mut row = CLEAN[clean].clone();
        row[column_of("gmis_id")] = "Z9999999".to_owned();
        let mut places: Vec<usize> = order.clone();
        places.insert(at.min(order.len()), usize::MAX);
        let row_at = |place: &usize| if *place == usize::MAX { &row } else { &POOL[1 + place] };
        let file = csv_of(std::iter::once(&POOL[0]).chain(places.iter().map(row_at)));
        prop_assert_eq!(by_row(RUN.told("x.csv", &file), &places), findings_of(&order));
    }

    /// What is left out is left out alone: the outcomes of the other rules and all cell findings stay.
    #[test]
    fn selecting_rules_takes_away_exactly_the_findings_of_the_others(
        order in some(), kept in proptest::collection::btree_set(0_usize..400, 1..30), ignore in any::<bool>()
    ) {
        let all = &RUN.pack().rules;
        let names: BTreeSet<String> =
            kept.iter().map(|place| all[place % all.len()].notice.full_id()).collect();
        let list: Vec<String> = names.iter().cloned().collect();
        let profiles = RUN.pack().profiles.iter().map(|profile| profile.name.to_string()).collect();
        let (select, ignored) = if ignore { (Vec::new(), list) } else { (list, Vec::new()) };
        let part = Run::new(pack(None), &Selection { select, ignore: ignored, profiles, ..Selection::default() });
        let is_rule = |id: &str| all.iter().any(|rule| rule.notice.full_id() == id);
        let alone = |mut found: ByRow| {
            for list in found.values_mut() {
                list.retain(|told| !is_rule(&told.rule) || names.contains(&told.rule) != ignore);
                // Who is shown inside whom depends on who is there.
                for told in list.iter_mut() {
                    told.under.clear();
                }
                list.sort();
            }
            found.retain(|_, list| !list.is_empty());
            found
        };
        let found = by_row(part.told("x.csv", &file_of(&order)), &order);
        prop_assert_eq!(alone(found), alone(findings_of(&order)));
        let outcomes = |run: &Run| {
            let mut of: BTreeMap<(String, usize), Outcome> = BTreeMap::new();
            for block in run.judge("x.csv", &file_of(&order)) {
                for (planned, place) in run.plan.rules.iter().enumerate() {
                    for row in 0..block.batch.len() {
                        let name = run.pack().rules[*place].notice.full_id();
                        of.insert((name, row), block.outcomes.of(planned, row).unwrap());
                    }
                }
            }
            of
        };
        let (part, whole) = (outcomes(&part), outcomes(&RUN));
        prop_assert!(!part.is_empty() || ignore);
        for (name, outcome) in &part {
            prop_assert_eq!(whole.get(name), Some(outcome));
        }
    }

    /// A missing key, `null`, an empty string and blanks of every width are all BLANK.
    #[test]
    fn every_way_to_leave_a_cell_blank_is_the_same(order in some(), blanks in columns()) {
        let spellings = [None, Some(json!(null)), Some(json!("")), Some(json!(" \u{3000}"))];
        let lines = |blank: &Option<Json>| {
            let records = order.iter().map(|place| {
                let mut record = json_of(&POOL[1 + place], false);
                for column in &blanks[..5] {
                    let name = &*RUN.pack().questionnaire.fields[*column].name;
                    match blank {
                        None => drop(record.remove(name)),
                        Some(value) => drop(record.insert(name.to_owned(), value.clone())),
                    }
                }
                record
            });
            json_lines(&records.collect::<Vec<_>>())
        };
        let found: Vec<ByRow> =
            spellings.iter().map(|blank| by_row(RUN.told("x.jsonl", lines(blank).as_bytes()), &order)).collect();
        for other in &found[1..] {
            prop_assert_eq!(&found[0], other);
        }
        let csv = changed(&order, |row| {
            let blank = |(column, cell): (usize, &String)| {
                if row[0] != POOL[0][0] && blanks[..5].contains(&column) { " \u{3000} ".to_owned() } else { cell.clone() }
            };
            row.iter().enumerate().map(blank).collect()
        });
        prop_assert_eq!(&found[0], &by_row(RUN.told("x.csv", &csv), &order));
    }

    /// Codes, names and labels are one answer. Synonyms, full-width codes and blanks at the edges are too, but for a note
    /// to each.
    #[test]
    fn every_spelling_of_an_option_is_judged_alike(order in some(), spelling in 0_usize..6) {
        let expected = findings_of(&order);
        let mut notes = 0_usize;
        let mut respelled = vec![POOL[0].clone()];
        for place in &order {
            let mut row = POOL[1 + place].clone();
            for field in &RUN.pack().questionnaire.fields {
                let Type::Option(list) = &field.ty else { continue };
                let cell = &mut row[usize::from(field.id.index)];
                let Some(item) = list.items.iter().find(|item| *item.code == **cell) else { continue };
                let synonym = || field.synonyms.iter().find(|(_, name)| **name == item.name).map(|(text, _)| text);
                let (text, noted) = match spelling {
                    0 => (item.name.to_string(), false),
                    1 => (item.label.ja.to_string(), false),
                    2 => (item.label.en.to_string(), false),
                    3 => (format!("\u{3000}{} ", item.label.ja), true),
                    4 => (item.code.chars().map(|digit| char::from_u32(u32::from(digit) + 0xFEE0).unwrap()).collect(), true),
                    _ => synonym().map_or_else(|| (cell.clone(), false), |text| (text.to_string(), true)),
                };
                *cell = text;
                notes += usize::from(noted);
            }
            respelled.push(row);
        }
        let found = RUN.told("x.csv", &csv_of(&respelled));
        let is_note = |told: &Told| {
            told.severity == Severity::Info && told.rule.starts_with("KP-")
        };
        let before: usize = expected.values().flatten().filter(|told| is_note(told)).count();
        prop_assert_eq!(found.iter().filter(|told| is_note(told)).count(), before + notes);
        prop_assert_eq!(shapes(by_row(found, &order), &is_note), shapes(expected, &is_note));
    }

    /// The same records as CSV, TSV, JSON, JSON Lines, nested JSON and in CP932.
    #[test]
    fn every_format_gives_the_same_findings(order in some()) {
        let expected = findings_of(&order);
        let csv = file_of(&order);
        let mut tsv = csv::WriterBuilder::new().delimiter(b'\t').from_writer(Vec::new());
        for row in rows(&csv) {
            tsv.write_record(&row).unwrap();
        }
        let objects = |nested: bool| -> Vec<Map<String, Json>> {
            order.iter().map(|place| json_of(&POOL[1 + place], nested)).collect()
        };
        let lines = |nested| json_lines(&objects(nested));
        let array = |nested| Json::Array(objects(nested).into_iter().map(Json::Object).collect());
        let (cp932, _, lossy) = encoding_rs::SHIFT_JIS.encode(std::str::from_utf8(&csv).unwrap());
        prop_assert!(!lossy);
        let files = [
            ("x.tsv", tsv.into_inner().unwrap()),
            ("x.jsonl", lines(false).into_bytes()),
            ("x.jsonl", lines(true).into_bytes()),
            ("x.json", array(false).to_string().into_bytes()),
            ("x.json", array(true).to_string().into_bytes()),
            ("x.csv", cp932.into_owned()),
            ("x.csv", [b"\xEF\xBB\xBF".to_vec(), csv].concat()),
        ];
        for (name, bytes) in &files {
            prop_assert_eq!(&by_row(RUN.told(name, bytes), &order), &expected, "{}", name);
        }
    }

    /// Every mark, cut from the original bytes, is the cell that was written.
    #[test]
    fn every_span_cuts_out_the_cell_that_it_marks(order in some(), json in any::<bool>()) {
        let bytes = if json {
            let records: Vec<_> = order.iter().map(|place| json_of(&POOL[1 + place], true)).collect();
            json_lines(&records).into_bytes()
        } else {
            file_of(&order)
        };
        let mut marks = 0;
        for block in RUN.judge(if json { "x.jsonl" } else { "x.csv" }, &bytes) {
            for record in &block.findings {
                let row = &POOL[1 + order[usize::try_from(record.place.record).unwrap() - 1]];
                let all = record.findings.iter().flat_map(|finding| std::iter::once(&finding.diagnostic).chain(&finding.followers));
                for label in all.flat_map(|finding| &finding.labels) {
                    let Some(field) = &label.field else { continue };
                    let cut = &bytes[usize::try_from(label.span.start).unwrap()..usize::try_from(label.span.end).unwrap()];
                    let written = &row[column_of(field)];
                    let read = if !json {
                        rows(cut).first().map_or_else(String::new, |row| row[0].clone())
                    } else if written.is_empty() {
                        continue;
                    } else {
                        serde_json::from_slice::<String>(cut).unwrap()
                    };
                    prop_assert_eq!(&read, written, "{}", field);
                    marks += 1;
                }
            }
        }
        prop_assert!(marks > 0 || order.len() < 20);
    }
}

/// Rule, severity and fields of the findings that are no notes; answers in messages may be spelled differently.
fn shapes(
    found: ByRow,
    is_note: &dyn Fn(&Told) -> bool,
) -> BTreeMap<usize, Vec<(String, Severity, Vec<String>)>> {
    let shape = |told: Told| (told.rule, told.severity, told.fields);
    let mut all: BTreeMap<usize, Vec<_>> = found
        .into_iter()
        .map(|(row, list)| (row, list.into_iter().filter(|told| !is_note(told)).map(shape).collect()))
        .collect();
    all.retain(|_, list| !list.is_empty());
    all
}

/// A row as JSON, every cell a string; blank cells are left out.
fn json_of(row: &[String], nested: bool) -> Map<String, Json> {
    let mut record = Map::new();
    for (field, cell) in RUN.pack().questionnaire.fields.iter().zip(row).filter(|(_, cell)| !cell.is_empty())
    {
        let pointer = field
            .pointer
            .as_deref()
            .filter(|_| nested)
            .map_or_else(|| format!("/{}", field.name), str::to_owned);
        let steps: Vec<&str> = pointer.split('/').skip(1).collect();
        let (last, above) = steps.split_last().unwrap();
        let mut object = &mut record;
        for step in above {
            let inner = object.entry((*step).to_owned()).or_insert_with(|| json!({}));
            object = inner.as_object_mut().unwrap();
        }
        object.insert((*last).to_owned(), json!(cell));
    }
    record
}

/// An optional column may be missing: rules that read it are not run, and all others are judged as with a blank one.
#[test]
fn a_missing_column_is_a_blank_one_but_for_the_rules_that_read_it() {
    let order: Vec<usize> = (0..240).collect();
    let fields = RUN.pack().questionnaire.fields.iter();
    let optional: Vec<usize> =
        fields.filter(|field| !field.column_required).map(|field| usize::from(field.id.index)).collect();
    assert!(optional.len() >= 15, "{optional:?}");
    for column in optional {
        let id = RUN.pack().questionnaire.fields[column].id;
        let blank = changed(&order, |row| {
            let mut row = row.to_vec();
            if row[0] != POOL[0][0] {
                row[column].clear();
            }
            row
        });
        let missing = changed(&order, |row| [&row[..column], &row[column + 1..]].concat());
        let spoiled: BTreeSet<_> = [id].into();
        let (blank, missing) = (RUN.judge("x.csv", &blank), RUN.judge("x.csv", &missing));
        for (blank, missing) in blank.iter().zip(&missing) {
            for (planned, place) in RUN.plan.rules.iter().enumerate() {
                let rule = &RUN.pack().rules[*place];
                for row in 0..blank.batch.len() {
                    let (blank, missing) =
                        (blank.outcomes.of(planned, row), missing.outcomes.of(planned, row));
                    let name = rule.notice.full_id();
                    if rule.reads.is_disjoint(&spoiled) {
                        assert_eq!(blank, missing, "{name} without column {column}, row {row}");
                    } else if blank == Some(Outcome::Skipped) && missing == Some(Outcome::Skipped) {
                        // The record cannot be read at all.
                    } else {
                        assert_eq!(
                            missing,
                            Some(Outcome::NotRun),
                            "{name} without column {column}, row {row}"
                        );
                    }
                }
            }
        }
    }
}

/// A rule that demands more fails wherever it failed.
#[test]
fn strengthening_a_rule_never_removes_a_finding() {
    let file = file_of(&(0..240).collect::<Vec<usize>>());
    let weak = RUN.judge("x.csv", &file);
    let mut stronger = pack(None);
    let old = stronger.rules.clone();
    let mut joined = 0;
    for (place, rule) in stronger.rules.iter_mut().enumerate() {
        let fits = |other: &&EditRule| {
            let of_a_record = other.table == rule.table && matches!(other.demand, Demand::Require(_));
            of_a_record && other.reads.is_subset(&rule.reads) && other.params.is_subset(&rule.params)
        };
        // Another rule's demand about the same fields, the next one in the pack.
        let other = old.iter().cycle().skip(place + 1).take(old.len() - 1).find(fits);
        let (Demand::Require(own), Some(Demand::Require(more))) =
            (&rule.demand, other.map(|other| &other.demand))
        else {
            continue;
        };
        let both = Node::And(vec![own.clone(), more.clone()]);
        rule.demand = Demand::Require(TypedExpr { node: both, ty: Type::Condition, span: own.span });
        joined += 1;
    }
    assert!(joined * 2 > old.len(), "{joined} of {}", old.len());
    let profiles = stronger.profiles.iter().map(|profile| profile.name.to_string()).collect();
    let strong = Run::new(stronger, &Selection { profiles, ..Selection::default() });
    assert_eq!(strong.plan.rules, RUN.plan.rules);
    let (mut kept, mut more) = (0, 0);
    for (weak, strong) in weak.iter().zip(strong.judge("x.csv", &file)) {
        for (planned, before) in weak.outcomes.rules.iter().enumerate() {
            let after = &strong.outcomes.rules[planned];
            let name = RUN.pack().rules[RUN.plan.rules[planned]].notice.full_id();
            assert!(before.fail.minus(&after.fail).is_none(), "{name} lost a finding");
            assert!(after.pass.minus(&before.pass).is_none(), "{name} passes where it did not");
            kept += before.fail.count();
            more += after.fail.minus(&before.fail).count();
        }
    }
    assert!(kept > 100 && more > 100, "{kept} kept, {more} more");
}

/// The program itself, given the two halves of a file, tells what it tells of the whole.
#[test]
fn the_program_judges_two_files_as_it_judges_them_together() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, order: Vec<usize>| {
        let path = folder.path().join(name);
        std::fs::write(&path, file_of(&order)).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (first, second, whole) = (
        write("a.csv", (0..100).collect()),
        write("b.csv", (100..240).collect()),
        write("c.csv", (0..240).collect()),
    );
    let of = |files: &[&str]| {
        let report = crate::program::report(files, None);
        let one = |finding: &Json| {
            (finding["place"]["key"].to_string(), finding["rule"].to_string(), finding["message"].to_string())
        };
        // The version of another form is told once a file, however many records name it.
        let once_a_file = |rule: &Json| rule["rule"] == "KP-S016";
        let findings = report["findings"].as_array().unwrap().iter().filter(|finding| !once_a_file(finding));
        let mut found: Vec<_> = findings.map(one).collect();
        found.sort();
        let rules = report["summary"]["rules"].as_array().unwrap().iter().filter(|line| !once_a_file(line));
        (found, rules.cloned().collect::<Vec<_>>(), report["summary"]["records"].clone())
    };
    assert_eq!(of(&[&first, &second]), of(&[&whole]));
}

#[test]
fn the_pool_is_worth_comparing() {
    let found = findings_of(&(0..240).collect::<Vec<usize>>());
    let rules: BTreeSet<&str> = found.values().flatten().map(|told| &*told.rule).collect();
    assert!(found.len() > 150 && rules.len() > 40, "{} records, {} rules", found.len(), rules.len());
    assert!(RUN.told("x.csv", &csv_of(CLEAN.iter())).is_empty());
}
