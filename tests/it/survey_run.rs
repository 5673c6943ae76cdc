//! The shipped surveys judged inside the test, so that every cell, outcome and finding can be looked at.
//!
//! Invariants
//! - The steps are those of a run of the program, in the same order; nothing is judged otherwise than there.

use std::collections::BTreeMap;
use std::sync::Arc;

use kenpyo::batch::convert::Converter;
use kenpyo::batch::{Batch, Column, Data};
use kenpyo::diagnostic::{Diagnostic, Diagnostics, Language, Severity};
use kenpyo::evaluate::{
    Finding, Judging, KeyTable, Outcomes, RecordFindings, Sought, Wants, diagnose, gather, judge,
};
use kenpyo::expression::{FieldId, OptionList, Type, Value, calendar};
use kenpyo::input::{FormNeeds, ReadOptions, Reader};
use kenpyo::plan::{Plan, Selection};
use kenpyo::questionnaire::Questionnaire;
use kenpyo::rule_pack::RulePack;
use kenpyo::source::SourceId;
use kenpyo::source::reader::Stream;
use serde_json::{Value as Json, json};

use crate::program::{kenpyo, text};

/// The form with the six assumed questions.
pub const ASSUMED: &str = "hospital-cyber/2024-assumed";

pub fn pack(survey: Option<&str>) -> RulePack {
    kenpyo::engine::survey::open(survey).unwrap().pack.unwrap()
}

/// A survey with a plan for it.
pub struct Run {
    pub plan: Plan,
    form: Arc<FormNeeds>,
    converter: Converter,
}

/// Records read together.
pub struct Block {
    pub batch: Batch,
    pub outcomes: Outcomes,
    pub findings: Vec<RecordFindings>,
}

/// A finding, as far as the tests compare it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Told {
    pub key: String,
    pub record: u64,
    pub rule: String,
    pub severity: Severity,
    /// Fields of the marked cells, the most suspect first.
    pub fields: Vec<String>,
    pub message: String,
    /// The finding in which this one is shown; empty: it stands alone.
    pub under: String,
}

impl Run {
    /// All rules, those of profiles included.
    pub fn of(survey: Option<&str>) -> Self {
        let pack = pack(survey);
        let profiles = pack.profiles.iter().map(|profile| profile.name.to_string()).collect();
        Self::new(pack, &Selection { profiles, ..Selection::default() })
    }

    pub fn new(pack: RulePack, selection: &Selection) -> Self {
        let pack = Arc::new(pack);
        let (plan, findings) = Plan::new(Arc::clone(&pack), selection);
        let plan = plan.unwrap_or_else(|| panic!("{findings:?}"));
        let form = Arc::new(kenpyo::engine::form_needs(&pack));
        Self { plan, form, converter: Converter::new(&pack) }
    }

    pub fn pack(&self) -> &RulePack {
        &self.plan.pack
    }

    pub fn id(&self, field: &str) -> FieldId {
        self.pack().questionnaire.field(field).unwrap_or_else(|| panic!("{field}")).id
    }

    /// The records as read, before anything is derived; and the findings about the file.
    pub fn read(&self, name: &str, bytes: &[u8]) -> (Vec<Batch>, Diagnostics) {
        self.read_as(SourceId(1000), name, bytes)
    }

    /// The same, as one of several files.
    pub fn read_as(&self, id: SourceId, name: &str, bytes: &[u8]) -> (Vec<Batch>, Diagnostics) {
        let stream = Stream::from(bytes.to_vec());
        let (mut reader, mut file) =
            Reader::open(id, name, stream, &self.form, &ReadOptions::default()).unwrap();
        let mut batches = Vec::new();
        while let Some(block) = reader.next_block().unwrap() {
            let layout = Arc::clone(&block.layout);
            batches.push(self.converter.convert(&layout, layout.cells(block)));
        }
        file.append(reader.finish());
        (batches, file)
    }

    pub fn judged(&self, mut batch: Batch) -> Block {
        let outcomes = judge(&self.plan, &mut batch);
        let findings = diagnose(
            &self.plan,
            &batch,
            &outcomes,
            Wants { excerpts: false, values: true, keys: true, answers: false, marks: None },
        );
        Block { batch, outcomes, findings }
    }

    /// What the rules over many records say of all of `blocks`, which may be of several files.
    pub fn over_many(&self, blocks: &[Block]) -> Vec<Finding> {
        let wants = Wants { excerpts: false, values: true, keys: true, answers: false, marks: None };
        let mut table = KeyTable::default();
        for block in blocks {
            table.add(gather(&self.plan, &block.batch, wants, true, Sought::Everything));
        }
        let names = BTreeMap::new();
        let plan = &self.plan;
        let judging = Judging {
            plan,
            names: &names,
            keys: true,
            values: true,
            units: &[],
            linked: None,
            pool: None,
            outcomes: false,
        };
        let mut findings = Vec::new();
        table
            .judge(judging, &mut |finding| {
                findings.push(finding);
                Ok(())
            })
            .unwrap();
        findings
    }

    pub fn judge(&self, name: &str, bytes: &[u8]) -> Vec<Block> {
        self.read(name, bytes).0.into_iter().map(|batch| self.judged(batch)).collect()
    }

    /// All findings about records, sorted; those of groups each for itself.
    pub fn told(&self, name: &str, bytes: &[u8]) -> Vec<Told> {
        let mut all: Vec<Told> =
            self.judge(name, bytes).iter().flat_map(|block| told(&block.findings)).collect();
        all.sort();
        all
    }
}

pub fn told(findings: &[RecordFindings]) -> Vec<Told> {
    let mut all = Vec::new();
    for record in findings {
        let key = record.place.key.as_deref().unwrap_or("").to_owned();
        let one = |diagnostic: &Diagnostic, under: &str| Told {
            key: key.clone(),
            record: record.place.record,
            rule: diagnostic.notice.full_id(),
            severity: diagnostic.severity,
            fields: diagnostic
                .labels
                .iter()
                .filter_map(|label| Some(label.field.as_ref()?.to_string()))
                .collect(),
            message: diagnostic.message(Language::En),
            under: under.to_owned(),
        };
        for Finding { diagnostic, followers, heading, .. } in &record.findings {
            let head = diagnostic.notice.full_id();
            if !heading {
                all.push(one(diagnostic, ""));
            }
            all.extend(followers.iter().map(|follower| one(follower, &head)));
        }
    }
    all
}

/// What `kenpyo generate ARGUMENTS` writes.
pub fn generated(arguments: &[&str]) -> Vec<u8> {
    let all: Vec<&str> = std::iter::once("generate").chain(arguments.iter().copied()).collect();
    let output = kenpyo(&all);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    text(&output).into_bytes()
}

/// The letter of the state of a cell: value, blank, not applicable, don't know, invalid; `absent` where it has none.
pub fn state(column: &Column, row: usize) -> &'static str {
    let states = [
        (&column.known, "value"),
        (&column.blank, "blank"),
        (&column.na, "na"),
        (&column.dk, "dk"),
        (&column.invalid, "invalid"),
    ];
    let found: Vec<&str> = states.iter().filter(|(mask, _)| mask.get(row)).map(|(_, name)| *name).collect();
    assert!(found.len() < 2, "a cell has one state");
    found.first().copied().unwrap_or("absent")
}

/// The value of a cell in canonical form: codes, JSON numbers, ISO dates. `None`: it has none.
pub fn canonical(form: &Questionnaire, batch: &Batch, id: FieldId, row: usize) -> Option<Json> {
    let (field, column) = (form.get(id)?, batch.column(id)?);
    if !column.known.get(row) {
        return None;
    }
    let code = |index: u8, list: &OptionList| {
        let item = list.get(index).unwrap();
        if list.text_codes { json!(&*item.code) } else { serde_json::from_str(&item.code).unwrap() }
    };
    Some(match (&column.data, &field.ty) {
        (Data::Options(codes), Type::Option(list)) => code(codes[row], list),
        (Data::Multi { set, .. }, Type::Multi(list)) => {
            Json::Array((0..64).filter(|bit| set[row] >> bit & 1 == 1).map(|bit| code(bit, list)).collect())
        }
        (Data::Numbers(numbers), Type::Number { scale, .. }) => {
            let number = kenpyo::diagnostic::Decimal { mantissa: numbers[row], scale: *scale };
            serde_json::from_str(&number.to_string()).unwrap()
        }
        (Data::Text(texts), _) => json!(batch.text(texts[row])),
        (Data::Dates(days), _) => json!(calendar::print_date(days[row])),
        (Data::DateTimes(moments), _) => json!(calendar::print_date_time(moments[row])),
        (Data::Months(months), _) => json!(calendar::print_year_month(months[row])),
        (data, ty) => panic!("{data:?} in a column of {ty:?}"),
    })
}

/// The value of a cell as the oracle has it. `None`: it has none.
pub fn value(batch: &Batch, id: FieldId, row: usize) -> Option<Value> {
    let column = batch.column(id).filter(|column| column.known.get(row))?;
    Some(match &column.data {
        Data::Options(codes) => Value::Option(codes[row]),
        Data::Multi { set, listed } => Value::Multi { set: set[row], listed: listed[row] },
        Data::Numbers(numbers) => Value::Number(numbers[row]),
        Data::Text(texts) => Value::Text(batch.text(texts[row]).into()),
        Data::Dates(days) => Value::Date(days[row]),
        Data::DateTimes(moments) => Value::DateTime(moments[row]),
        Data::Months(months) => Value::YearMonth(months[row]),
    })
}

/// The schema `name` with what it refers to, formats asserted.
pub fn validator(name: &str) -> jsonschema::Validator {
    let base = "json-schema:///schemas/";
    let file = |name: &str| -> Json {
        let path = crate::program::root().join(format!("schemas/{name}.json"));
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    };
    let registry = ["hospital-cyber-2024", "hospital-cyber-2024-assumed"]
        .into_iter()
        .fold(jsonschema::Registry::new(), |all, name| all.add(format!("{base}{name}"), file(name)).unwrap())
        .prepare()
        .unwrap();
    jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .with_pattern_options(jsonschema::PatternOptions::regex())
        .should_validate_formats(true)
        .with_registry(&registry)
        .build(&json!({ "$ref": format!("{base}{name}") }))
        .unwrap()
}

/// Records as JSON Lines.
pub fn json_lines(records: &[serde_json::Map<String, Json>]) -> String {
    let mut lines = String::new();
    for record in records {
        lines.push_str(&Json::Object(record.clone()).to_string());
        lines.push('\n');
    }
    lines
}

/// A CSV file as rows of cells, the header first.
pub fn rows(bytes: &[u8]) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// Rows as a CSV file.
pub fn csv_of<'a>(rows: impl IntoIterator<Item = &'a Vec<String>>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).unwrap();
    }
    writer.into_inner().unwrap()
}

#[test]
fn a_file_in_memory_is_told_as_the_program_tells_it() {
    let name = crate::program::fixture("submissions/clean-5pct-defects.csv");
    let bytes = std::fs::read(crate::program::root().join(&name)).unwrap();
    let mut here: Vec<crate::program::Found> = Run::of(None)
        .told("x.csv", &bytes)
        .into_iter()
        .map(|told| (told.record, told.rule, told.fields.first().cloned().unwrap_or_default()))
        .collect();
    here.sort();
    let report = crate::program::report(&[&name, "--profile", "three-two-one"], None);
    assert_eq!(here, crate::program::findings(&report));
}
