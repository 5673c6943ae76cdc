//! A cell that cannot be read gives one finding, and every rule of its record that does not read it is judged as if
//! nothing had happened.
//!
//! Invariants
//! - Which values cannot be read is for the property's JSON Schema to say.
//! - Every field of the form is spoiled in every base record.

use std::collections::{BTreeMap, BTreeSet};

use kenpyo::diagnostic::Severity;
use kenpyo::evaluate::Outcome;
use kenpyo::expression::{FieldId, Type, TypedExpr};
use kenpyo::questionnaire::Field;
use kenpyo::rule_pack::{Demand, EditRule, RulePack};
use serde_json::{Map, Value as Json, json};

use crate::build;
use crate::survey_run::{ASSUMED, Run, Told, csv_of, generated, json_lines, rows, told};

type Record = Map<String, Json>;

/// Values that may be unreadable, by the type of the field; which of them are is for the property's schema to say.
fn candidates(field: &Field) -> Vec<Json> {
    let mut all = vec![json!({}), json!({ "a": 1 }), json!([]), json!([1, 2])];
    all.extend(match &field.ty {
        Type::Option(_) => {
            vec![
                json!("不明瞭"),
                json!("99"),
                json!(99),
                json!(1.5),
                json!(-1),
                json!("はい・いいえ"),
                json!("12x"),
            ]
        }
        Type::Number { .. } => vec![
            json!("十二"),
            json!("twelve"),
            json!("1.5"),
            json!(1.25),
            json!(-1),
            json!("-3"),
            json!("1e2"),
            json!("2024-02-30"),
            json!(true),
            serde_json::from_str("99999999999999999999999").unwrap(),
        ],
        Type::Date => ["2024-02-30", "2023-02-29", "2024-13-01", "2024-00-10", "2024年", "x", "2024-2"]
            .map(|text| json!(text))
            .into(),
        Type::DateTime => {
            ["2024-02-30T00:00:00", "2024-02-01T25:00:00", "2024-02", "x", "2024-02-01T10:61:00"]
                .map(|text| json!(text))
                .into()
        }
        _ => ["x", "東京 都", "12345678901234", "1.31E+09", "00000", "99"].map(|text| json!(text)).into(),
    });
    all
}

/// The values of `field` that its schema rejects and that stand for nothing that it accepts.
fn unreadable(run: &Run, field: &Field) -> Vec<Json> {
    let property = &run.pack().questionnaire.schema["properties"][&*field.name];
    let validator = jsonschema::options()
        .with_pattern_options(jsonschema::PatternOptions::regex())
        .should_validate_formats(true)
        .build(property)
        .unwrap();
    // A number may stand in a text, as it does in delimited files.
    let spelled = |value: &Json| value.as_str().and_then(|text| serde_json::from_str::<Json>(text).ok());
    let is_number = matches!(field.ty, Type::Number { .. });
    let rejected = |value: &Json| {
        let spelled = spelled(value).filter(|_| is_number);
        !validator.is_valid(value) && spelled.is_none_or(|number| !validator.is_valid(&number))
    };
    candidates(field).into_iter().filter(rejected).collect()
}

/// The fields that a rule reads, found in its expressions.
fn reads(pack: &RulePack, rule: &EditRule) -> BTreeSet<FieldId> {
    let (require, keys): (Option<&TypedExpr>, &[FieldId]) = match &rule.demand {
        Demand::Require(require) => (Some(require), &[]),
        // Whether its key fields occur in another file.
        Demand::Dataset(kind) => (None, &kind.fields),
    };
    let lets = rule.lets.iter().map(|named| &*named.value);
    let read = rule.when.iter().chain(require).chain(lets).flat_map(|expr| build::reads(pack, expr));
    read.chain(keys.iter().copied()).collect()
}

/// The columns that an unreadable cell of `field` spoils in `record`: its own, and derived values computed from it.
fn spoiled(pack: &RulePack, field: FieldId, record: &Record) -> BTreeSet<FieldId> {
    let mut all = BTreeSet::from([field]);
    for derived in &pack.derived {
        let needed = pack.field(derived.id).is_none_or(|filled| !record.contains_key(&*filled.name));
        if needed && derived.reads.iter().any(|read| all.contains(read)) {
            all.insert(derived.id);
        }
    }
    all
}

/// Clean records that differ in what is open: with every branch open, with the backups closed, with all closed, and
/// with the cells left out that the survey derives.
fn bases(survey: Option<&str>) -> Vec<Record> {
    let mut arguments = vec!["--format", "jsonl", "--records", "400"];
    arguments.extend(survey.into_iter().flat_map(|survey| ["--survey", survey]));
    let lines = String::from_utf8(generated(&arguments)).unwrap();
    let all: Vec<Record> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let with = |answers: &[(&str, i64)]| {
        let fits =
            |record: &&Record| answers.iter().all(|(field, code)| record.get(*field) == Some(&json!(code)));
        all.iter().find(fits).unwrap_or_else(|| panic!("a record with {answers:?}")).clone()
    };
    let mut open = with(&[("q04_ehr", 1), ("q11_backup", 1), ("q17_bcp", 1), ("q03_consult", 4)]);
    open.insert("q03_other_text".to_owned(), json!("県の医師会"));
    let mut derived = with(&[("q04_ehr", 1), ("q17_bcp", 2)]);
    for field in ["band", "pref_code"] {
        assert!(derived.remove(field).is_some());
    }
    vec![open, with(&[("q04_ehr", 2), ("q17_bcp", 1)]), with(&[("q04_ehr", 2), ("q17_bcp", 2)]), derived]
}

struct Judged {
    outcomes: Vec<Vec<Outcome>>,
    told: BTreeMap<u64, Vec<Told>>,
}

fn judged(run: &Run, name: &str, bytes: &[u8]) -> Judged {
    let mut judged = Judged { outcomes: Vec::new(), told: BTreeMap::new() };
    for block in run.judge(name, bytes) {
        for row in 0..block.batch.len() {
            let planned = 0..run.plan.rules.len();
            judged.outcomes.push(planned.map(|rule| block.outcomes.of(rule, row).unwrap()).collect());
        }
        for told in told(&block.findings) {
            judged.told.entry(told.record).or_default().push(told);
        }
    }
    judged
}

/// Compares a record with a spoiled cell with what the clean one came to.
fn compare(
    run: &Run,
    judged: &Judged,
    number: usize,
    base: usize,
    field: &Field,
    base_record: &Record,
    value: &Json,
) {
    let pack = run.pack();
    let what = format!("{} = {value} in record {number}", field.name);
    let told_of =
        |number: usize| judged.told.get(&u64::try_from(number + 1).unwrap()).cloned().unwrap_or_default();
    let spoiled = spoiled(pack, field.id, base_record);
    let (before, after) = (told_of(base), told_of(number));
    let (about, rest): (Vec<&Told>, Vec<&Told>) =
        after.iter().partition(|told| told.fields.first() == Some(&field.name.to_string()));
    assert_eq!(about.len(), 1, "{what}: {after:#?}");
    assert_eq!(about[0].severity, Severity::Error, "{what}");
    // What the clean record was told (a value filled in) it is told still, unless that is spoiled.
    let kept: Vec<(&str, &[String])> = before
        .iter()
        .filter(|told| {
            let derived = pack.derived.iter().find(|derived| {
                derived.notice.as_ref().is_some_and(|(notice, _)| notice.full_id() == told.rule)
            });
            derived.is_none_or(|derived| !spoiled.contains(&derived.id))
        })
        .map(|told| (&*told.rule, &*told.fields))
        .collect();
    let rest: Vec<(&str, &[String])> = rest.iter().map(|told| (&*told.rule, &*told.fields)).collect();
    assert_eq!(rest, kept, "{what}");
    for (planned, place) in run.plan.rules.iter().enumerate() {
        let rule = &pack.rules[*place];
        let (clean, found) = (judged.outcomes[base][planned], judged.outcomes[number][planned]);
        let reads = reads(pack, rule);
        assert_eq!(reads, rule.reads, "{}", rule.notice.full_id());
        // Without another file, what compares with it is not run, whatever the record holds.
        let stays = reads.is_disjoint(&spoiled) || clean == Outcome::NotRun;
        let expected = if stays { clean } else { Outcome::Skipped };
        assert_eq!(found, expected, "{what}: {}", rule.notice.full_id());
    }
}

/// Every field, every base record, every unreadable value, in one JSON Lines file.
fn every_field(survey: Option<&str>) -> usize {
    let run = Run::of(survey);
    let bases = bases(survey);
    let mut records: Vec<Record> = bases.clone();
    let mut cases: Vec<(usize, usize, &Field, Json)> = Vec::new();
    for field in &run.pack().questionnaire.fields {
        let values = unreadable(&run, field);
        assert!(values.len() >= 4, "{} has few unreadable values: {values:?}", field.name);
        for (base, record) in bases.iter().enumerate() {
            // The record without band and prefecture is about what is derived from other cells.
            if base == 3 && !record.contains_key(&*field.name) {
                continue;
            }
            for value in &values {
                let mut spoilt = record.clone();
                spoilt.insert(field.name.to_string(), value.clone());
                cases.push((records.len(), base, field, value.clone()));
                records.push(spoilt);
            }
        }
    }
    let lines = json_lines(&records);
    let judged = judged(&run, "x.jsonl", lines.as_bytes());
    assert_eq!(judged.outcomes.len(), records.len());
    for base in 0..3 {
        assert_eq!(judged.told.get(&u64::try_from(base + 1).unwrap()), None, "the bases are clean");
    }
    for (number, base, field, value) in &cases {
        compare(&run, &judged, *number, *base, field, &bases[*base], value);
    }
    cases.len()
}

#[test]
fn one_finding_for_an_unreadable_cell_and_every_other_rule_is_still_judged() {
    let cases = every_field(None);
    println!("{cases} records with one unreadable cell");
    assert!(cases > 1_000, "{cases}");
}

#[test]
fn the_same_holds_with_the_assumed_questions() {
    assert!(every_field(Some(ASSUMED)) > 1_000);
}

/// The same in CSV, where a cell is text: a cell of each row of a clean file is spoiled in turn.
#[test]
fn the_same_holds_in_delimited_text() {
    let run = Run::of(None);
    let clean = rows(&generated(&["--records", "60"]));
    let fields = &run.pack().questionnaire.fields;
    let mut spoilt = vec![clean[0].clone()];
    let mut expected: Vec<(u64, Vec<String>)> = Vec::new();
    for (place, field) in fields.iter().enumerate() {
        let texts = unreadable(&run, field).into_iter().filter_map(|value| value.as_str().map(str::to_owned));
        for (at, text) in texts.enumerate() {
            let mut row = clean[1 + (place + at) % 60].clone();
            row[place] = text;
            expected.push((u64::try_from(spoilt.len()).unwrap(), vec![field.name.to_string()]));
            spoilt.push(row);
        }
    }
    let found: Vec<(u64, Vec<String>)> = run
        .told("x.csv", &csv_of(&spoilt))
        .into_iter()
        .map(|told| {
            assert_eq!(told.severity, Severity::Error, "{told:?}");
            (told.record, told.fields)
        })
        .collect();
    let mut sorted = found.clone();
    sorted.sort();
    assert!(expected.len() > 100, "{}", expected.len());
    assert_eq!(sorted, expected);
}
