//! The questionnaire's JSON Schema is the authority for shape, by two differential tests over random records: a cell
//! is INVALID exactly when the property's subschema rejects its value, and every accepted record validates as a whole.
//!
//! Left out, as the design says: cells that are missing, and cells that are respelled (their canonical value is
//! another one than was written), are not compared one by one; numbers stay within 64 bits, and keys are unique.
//!
//! Invariants
//! - Seeds are fixed; the schema is asked about the value as it was written, before the program reads it.

use kenpyo::batch::Batch;
use kenpyo::diagnostic::Severity;
use kenpyo::expression::{OptionList, Type};
use kenpyo::questionnaire::{Field, Questionnaire};
use serde_json::{Map, Value as Json, json};

use crate::chance::Chance;
use crate::survey_run::{ASSUMED, Run, canonical, generated, json_lines, state, told, validator};

type Record = Map<String, Json>;

const FORMS: [(Option<&str>, &str); 2] =
    [(None, "hospital-cyber-2024"), (Some(ASSUMED), "hospital-cyber-2024-assumed")];

fn file(survey: Option<&str>, arguments: &[&str]) -> Vec<u8> {
    let survey = survey.into_iter().flat_map(|survey| ["--survey", survey]);
    generated(&arguments.iter().copied().chain(survey).collect::<Vec<&str>>())
}

/// The record in canonical form: the cells that have a value, the others left out.
fn whole(form: &Questionnaire, batch: &Batch, row: usize) -> Json {
    let cells = form.fields.iter().filter_map(|field| {
        let value = canonical(form, batch, field.id, row)?;
        Some((field.name.to_string(), value))
    });
    Json::Object(cells.collect())
}

fn is_invalid(form: &Questionnaire, batch: &Batch, row: usize) -> bool {
    form.fields.iter().any(|field| state(batch.column(field.id).unwrap(), row) == "invalid")
}

/// How many records were accepted and held.
#[derive(Debug, Default)]
struct Count {
    accepted: usize,
    held: usize,
}

/// Every accepted record of the file validates as a whole, and so does what can be read of one that is held.
fn validate(survey: Option<&str>, schema: &str, name: &str, bytes: &[u8]) -> Count {
    let (run, validator) = (Run::of(survey), validator(schema));
    let form = &run.pack().questionnaire;
    let mut count = Count::default();
    for block in run.judge(name, bytes) {
        let told = told(&block.findings);
        for row in 0..block.batch.len() {
            let number = block.batch.chunk.records[row].number;
            let held = told.iter().any(|told| told.record == number && told.severity >= Severity::Error);
            let record = whole(form, &block.batch, row);
            let problems: Vec<String> =
                validator.iter_errors(&record).map(|error| error.to_string()).collect();
            assert_eq!(problems, [""; 0], "{name}, record {number}: {record}");
            if held {
                count.held += 1;
            } else {
                assert!(
                    !is_invalid(form, &block.batch, row),
                    "an accepted record has no invalid cell: {record}"
                );
                count.accepted += 1;
            }
        }
    }
    count
}

#[test]
fn every_accepted_record_validates_as_a_whole() {
    for (survey, schema) in FORMS {
        let clean = validate(survey, schema, "x.csv", &file(survey, &["--seed", "21"]));
        assert!(clean.accepted > 5_000 && clean.held == 0, "{clean:?}");
        let labels = ["--records", "800", "--labels", "label", "--format", "jsonl", "--nested"];
        let labels = validate(survey, schema, "x.jsonl", &file(survey, &labels));
        assert_eq!((labels.accepted, labels.held), (800, 0));
        let mutated = validate(survey, schema, "x.csv", &file(survey, &["--mutate", "100", "--seed", "22"]));
        assert!(mutated.accepted > 500 && mutated.held > 2_000, "{mutated:?}");
        println!("{schema}: {clean:?}, by labels {labels:?}, mutated {mutated:?}");
    }
    let natural = validate(None, FORMS[0].1, "x.csv", &file(None, &["--recipe", "natural", "--seed", "23"]));
    assert!(natural.accepted > 5_000 && natural.held == 0, "{natural:?}");
}

/// A value that a cell of `field` may hold, most of them such as respondents write.
fn random_value(field: &Field, chance: &mut Chance) -> Json {
    let texts = [
        "",
        "x",
        "はい",
        "1",
        "12",
        "不明",
        "-",
        "2024-02-29",
        "2024-02-30",
        "0110113719",
        "東京都",
        "13",
        "S0000001",
    ];
    match (chance.below(12), &field.ty) {
        (0, _) => Json::Null,
        (1, _) => json!(chance.percent(50)),
        (2, _) => json!([1, "x"]),
        (3, _) => json!({ "a": 1 }),
        (4, _) => json!(f64::from(i32::try_from(chance.below(4_000)).unwrap() - 400) / 100.0),
        (5 | 6, _) => json!(*chance.pick(&texts)),
        (7, _) => json!(i64::from_ne_bytes(chance.next().to_ne_bytes())),
        (_, Type::Option(list)) => random_option(list, chance),
        (_, Type::Date) => json!(format!("2024-{:02}-{:02}", chance.below(14), chance.below(33))),
        (_, Type::DateTime) => json!(format!(
            "2024-{:02}-{:02}T{:02}:00:{:02}",
            1 + chance.below(12),
            1 + chance.below(31),
            chance.below(26),
            chance.below(62)
        )),
        (_, Type::Text | Type::Code) => {
            let length = chance.below(12);
            json!(
                (0..length).map(|_| *chance.pick(&['0', '1', '2', 'A', 'z', '.', '医'])).collect::<String>()
            )
        }
        // Near the bounds, where a reader errs, and far from them.
        _ => json!(
            i64::try_from(if chance.percent(50) { chance.below(7) } else { chance.below(3_000) }).unwrap()
                - 3
        ),
    }
}

fn random_option(list: &OptionList, chance: &mut Chance) -> Json {
    let place = chance.below(list.items.len() + 1);
    let code = list.items.get(place).map_or("77", |item| &item.code);
    if list.text_codes { json!(code) } else { serde_json::from_str(code).unwrap() }
}

/// Clean records with one to four random cells.
fn random_records(survey: Option<&str>, form: &Questionnaire, seed: u64) -> Vec<Record> {
    let lines = String::from_utf8(file(survey, &["--format", "jsonl", "--records", "6000"])).unwrap();
    let mut chance = Chance(seed);
    let spoil = |line: &str| {
        let mut record: Record = serde_json::from_str(line).unwrap();
        for _ in 0..=chance.below(4) {
            let field = chance.pick(&form.fields).clone();
            record.insert(field.name.to_string(), random_value(&field, &mut chance));
        }
        record
    };
    lines.lines().map(spoil).collect()
}

/// Equal as JSON Schema has it: 1 and 1.0 are one number.
fn same(one: &Json, two: &Json) -> bool {
    match (one, two) {
        (Json::Number(one), Json::Number(two)) => one.as_f64() == two.as_f64(),
        _ => one == two,
    }
}

#[test]
fn a_cell_is_invalid_exactly_when_the_subschema_rejects_its_value() {
    for (survey, schema) in FORMS {
        let (run, authority) = (Run::of(survey), validator(schema));
        let form = &run.pack().questionnaire;
        let records = random_records(survey, form, 31);
        let lines = json_lines(&records);
        let property = |field: &Field| {
            jsonschema::options()
                .with_pattern_options(jsonschema::PatternOptions::regex())
                .should_validate_formats(true)
                .build(&form.schema["properties"][&*field.name])
                .unwrap()
        };
        let properties: Vec<jsonschema::Validator> = form.fields.iter().map(property).collect();
        let (batches, _) = run.read("x.jsonl", lines.as_bytes());
        let (mut compared, mut invalid, mut rejected) = (0, 0, 0);
        let mut left = records.iter();
        for batch in &batches {
            for row in 0..batch.len() {
                let record = left.next().unwrap();
                for (field, property) in form.fields.iter().zip(&properties) {
                    let Some(written) = record.get(&*field.name) else { continue };
                    let state = state(batch.column(field.id).unwrap(), row);
                    let respelled =
                        canonical(form, batch, field.id, row).is_some_and(|read| !same(&read, written));
                    if matches!(state, "blank" | "na" | "dk") || respelled {
                        continue;
                    }
                    // White space around a cell is spelling, not meaning.
                    let value = written.as_str().map_or_else(|| written.clone(), |text| json!(text.trim()));
                    assert_eq!(state == "invalid", !property.is_valid(&value), "{} = {written}", field.name);
                    compared += 1;
                    invalid += usize::from(state == "invalid");
                }
                // As a whole: with an invalid cell the schema rejects the record, as anybody would read it.
                if is_invalid(form, batch, row) {
                    assert!(!authority.is_valid(&Json::Object(record.clone())), "{record:?}");
                    rejected += 1;
                }
            }
        }
        println!("{schema}: {compared} cells compared, {invalid} of them invalid, in {rejected} records");
        assert!(left.next().is_none() && invalid > 2_000 && compared > 100_000, "{compared} {invalid}");
    }
}

#[test]
fn every_accepted_random_record_validates_as_a_whole() {
    for (survey, schema) in FORMS {
        let form = Run::of(survey).pack().questionnaire.clone();
        let records = random_records(survey, &form, 32);
        let lines = json_lines(&records);
        let count = validate(survey, schema, "x.jsonl", lines.as_bytes());
        println!("{schema}: {count:?}");
        assert!(count.accepted > 200 && count.held > 1_000, "{count:?}");
    }
}
