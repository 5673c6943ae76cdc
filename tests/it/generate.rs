//! Synthetic submissions: exact counts, the same bytes again, and fixture files that are what their recipes make.
//!
//! Invariants
//! - Fixture files are held against what their recipes make today, byte for byte.
//! - Seeds are fixed; a share is counted, never estimated.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use kenpyo::diagnostic::{Diagnostics, Language};
use kenpyo::generate::{
    Change, Format, GenerateOptions, Injection, Labels, Output, OutputEncoding, Percent, Recipe, Summary,
    generate, load_defects, load_recipe,
};
use kenpyo::questionnaire::{self, Questionnaire};
use kenpyo::source::root::SurveyRoot;
use kenpyo::source::{SourceId, SourceText};
use serde_json::Value;

use crate::survey_run::rows;

const CLEAN: &str = "rules/hospital-cyber/2024/generate/clean.toml";
const NATURAL: &str = "rules/hospital-cyber/2024/generate/natural.toml";
const EVERYONE: &str = "rules/hospital-cyber/2024/generate/everyone.toml";
const FORM: &str = "schemas/hospital-cyber-2024.json";

/// A form with a recipe for it.
struct Made {
    questionnaire: Questionnaire,
    recipe: Recipe,
}

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn messages(diagnostics: &Diagnostics) -> Vec<String> {
    let message = |diagnostic: &kenpyo::diagnostic::Diagnostic| {
        format!(
            "{} {:?} {}",
            diagnostic.notice.id,
            diagnostic.labels[0].position,
            diagnostic.message(Language::En)
        )
    };
    diagnostics.iter().map(message).collect()
}

impl Made {
    fn new(form: &str, recipe: &str) -> Self {
        let root = SurveyRoot::Folder(folder().to_path_buf());
        let mut sources = Vec::new();
        let (questionnaire, found) = questionnaire::load::load(&root, form, 0, &mut sources).unwrap();
        assert!(!found.has_errors(), "{:#?}", messages(&found));
        let questionnaire = questionnaire.unwrap();
        let (recipe, found) =
            load_recipe(recipe, &|path| root.read(path), &questionnaire, &mut sources).unwrap();
        assert_eq!(messages(&found), Vec::<String>::new());
        Self { questionnaire, recipe: recipe.unwrap() }
    }

    /// The file, the truth list, and what the run says of itself.
    fn run(&self, options: &GenerateOptions) -> (Vec<u8>, String, Summary) {
        let (mut file, mut truth) = (Vec::new(), Vec::new());
        let out = Output { name: Path::new("file"), write: &mut file };
        let list = Output { name: Path::new("truth"), write: &mut truth };
        let key = vec!["gmis_id".to_owned()];
        let options = GenerateOptions { key, ..options.clone() };
        let summary = generate(&self.recipe, &self.questionnaire, &options, out, Some(list)).unwrap();
        (file, String::from_utf8(truth).unwrap(), summary)
    }

    fn defects(&self, file: &str, pairs: bool) -> Injection {
        let text = fs::read_to_string(folder().join(file)).unwrap();
        let text = SourceText { id: SourceId(0), name: file.into(), text: text.into() };
        let (kinds, found) = load_defects(text, &self.questionnaire, &self.recipe.strata);
        assert_eq!(messages(&found), Vec::<String>::new());
        Injection::new(kinds.unwrap(), &[], pairs, true)
    }

    fn of(&self, summary: &Summary, field: &str, option: usize) -> Vec<u64> {
        let position = self.questionnaire.by_name[field];
        (0..6).map(|stratum| summary.marginals.count(Some(stratum), position, option)).collect()
    }
}

fn share(text: &str) -> Percent {
    Percent::parse(text).unwrap()
}

#[test]
fn published_counts_come_out_exactly() {
    let made = Made::new(FORM, CLEAN);
    let (_, _, summary) = made.run(&GenerateOptions::default());
    assert_eq!(summary.sizes.asked, [2940, 2810, 1015, 673, 357, 376]);
    assert_eq!(summary.sizes.answered, [1794, 1816, 698, 474, 270, 301]);
    assert_eq!(made.of(&summary, "q04_ehr", 0), [1023, 1271, 523, 408, 246, 292]);
    assert_eq!(made.of(&summary, "q11_backup", 0), [1012, 1258, 518, 404, 243, 289]);
    assert_eq!(made.of(&summary, "q14_methods", 0), [101, 164, 78, 61, 39, 72]);
    assert_eq!(made.of(&summary, "q14_methods", 1), [354, 478, 217, 189, 121, 125]);
    assert_eq!(made.of(&summary, "q14_methods", 2), [557, 616, 223, 154, 83, 92]);
    let larger = GenerateOptions { records: Some(53_530), ..GenerateOptions::default() };
    let (_, _, summary) = made.run(&larger);
    assert_eq!(made.of(&summary, "q14_methods", 0), [1010, 1640, 780, 610, 390, 720]);
}

#[test]
fn fixture_files_are_what_their_recipes_make() {
    let submissions = folder().join("fixtures/submissions");
    let plain = GenerateOptions::default();
    for (recipe, name) in [(CLEAN, "clean.csv"), (NATURAL, "natural.csv")] {
        let (file, _, _) = Made::new(FORM, recipe).run(&plain);
        assert!(fs::read(submissions.join(name)).unwrap() == file, "{name} is stale: see fixtures/README.md");
    }
    let made = Made::new(FORM, CLEAN);
    let change = Change::Defects(made.defects("fixtures/defects.toml", false), share("5"));
    let (file, truth, summary) = made.run(&GenerateOptions { change, ..plain });
    assert_eq!((summary.marked, summary.changed), (268, 268));
    assert!(fs::read(submissions.join("clean-5pct-defects.csv")).unwrap() == file, "stale");
    assert!(
        fs::read_to_string(submissions.join("clean-5pct-defects.truth.jsonl")).unwrap() == truth,
        "stale"
    );
}

/// The frame of the fixtures is everyone who is asked, cut to its columns, all open; who answers is the same there.
#[test]
fn the_frame_is_everyone_who_is_asked() {
    let (file, _, summary) = Made::new(FORM, EVERYONE).run(&GenerateOptions::default());
    assert_eq!(summary.sizes.answered, [2940, 2810, 1015, 673, 357, 376]);
    let frame = fs::read(folder().join("fixtures/linked/frame.csv")).unwrap();
    let (all, frame) = (rows(&file), rows(&frame));
    assert_eq!((all.len(), frame.len()), (8172, 8172), "stale: see fixtures/README.md");
    let places: Vec<Option<usize>> =
        frame[0].iter().map(|name| all[0].iter().position(|own| own == name)).collect();
    for (unit, drawn) in frame[1..].iter().zip(&all[1..]) {
        let cells: Vec<&str> =
            places.iter().map(|place| place.map_or("1", |place| drawn[place].as_str())).collect();
        assert_eq!(*unit, cells, "stale: see fixtures/README.md");
    }
}

#[test]
fn threads_change_no_byte() {
    let made = Made::new(FORM, CLEAN);
    let change = Change::Defects(made.defects("fixtures/defects.toml", true), share("12.5"));
    let options = GenerateOptions { change, records: Some(20_000), ..GenerateOptions::default() };
    let runs = [1, 2, 8].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let (file, truth, _) = pool.install(|| made.run(&options));
        (file, truth)
    });
    assert!(runs[0] == runs[1] && runs[1] == runs[2]);
}

#[test]
fn every_kind_of_defect_is_done_at_full_share() {
    let assumed = "rules/hospital-cyber/2024-assumed/generate/clean.toml";
    let forms = [
        (FORM, CLEAN, "fixtures/defects.toml"),
        ("schemas/hospital-cyber-2024-assumed.json", assumed, "fixtures/defects-assumed.toml"),
    ];
    for (form, recipe, list) in forms {
        let made = Made::new(form, recipe);
        let injection = made.defects(list, false);
        let names: Vec<String> = injection.kinds.iter().map(|kind| kind.name.to_string()).collect();
        let change = Change::Defects(injection, Percent::WHOLE);
        let (_, truth, summary) = made.run(&GenerateOptions { change, ..GenerateOptions::default() });
        let missed: Vec<&String> =
            names.iter().filter(|name| !summary.kinds.contains_key(&***name)).collect();
        assert!(missed.is_empty(), "{list}: {missed:?}");
        assert_eq!((truth.lines().count(), summary.changed), (5353, 5353));
    }
}

#[test]
fn two_kinds_are_done_to_one_record_where_they_combine() {
    let made = Made::new(FORM, CLEAN);
    let change = Change::Defects(made.defects("fixtures/defects.toml", true), Percent::WHOLE);
    let (_, truth, _) = made.run(&GenerateOptions { change, ..GenerateOptions::default() });
    let mut by_size = BTreeMap::new();
    for line in truth.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        *by_size.entry(line["kinds"].as_array().unwrap().len()).or_insert(0_u32) += 1;
    }
    assert!(by_size[&2] > 5_000 && by_size.keys().all(|&size| size <= 2), "{by_size:?}");
}

#[test]
fn only_the_kinds_asked_for_are_done() {
    let made = Made::new(FORM, CLEAN);
    let all = made.defects("fixtures/defects.toml", false).kinds;
    let names = ["unanswered".to_owned(), "zero/q05_rules".to_owned(), "row-too-short".to_owned()];
    let injection = Injection::new(all, &names, false, false);
    let change = Change::Defects(injection, Percent::WHOLE);
    let options = GenerateOptions {
        change,
        records: Some(400),
        format: Format::JsonLines,
        ..GenerateOptions::default()
    };
    let (_, _, summary) = made.run(&options);
    let families: Vec<&str> = summary.kinds.keys().map(|kind| &**kind).collect();
    assert_eq!(families.len(), 9, "{families:?}");
    assert!(
        families.iter().all(|kind| kind.starts_with("unanswered/") || *kind == "zero/q05_rules"),
        "{families:?}"
    );
}

#[test]
fn mutations_are_all_in_the_truth_list() {
    let made = Made::new(FORM, CLEAN);
    let clean = made.run(&GenerateOptions { records: Some(2_000), ..GenerateOptions::default() }).0;
    let change = Change::Mutations(share("50"));
    let options = GenerateOptions { change, records: Some(2_000), ..GenerateOptions::default() };
    let (file, truth, summary) = made.run(&options);
    let rows =
        |bytes: &[u8]| -> Vec<String> { String::from_utf8_lossy(bytes).lines().map(str::to_owned).collect() };
    let (before, after) = (rows(&clean), rows(&file));
    let told: Vec<usize> = truth
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["record"].as_u64().unwrap().try_into().unwrap()
        })
        .collect();
    let changed: Vec<usize> = (1..before.len()).filter(|&row| before[row] != after[row]).collect();
    assert_eq!(told, changed);
    assert_eq!(summary.changed, u64::try_from(told.len()).unwrap());
    assert!(told.len() > 900, "{}", told.len());
}

#[test]
fn the_same_answers_stand_in_every_format_and_encoding() {
    let made = Made::new(FORM, NATURAL);
    let base = GenerateOptions { records: Some(300), ..GenerateOptions::default() };
    let csv = String::from_utf8(made.run(&base).0).unwrap();
    let cp932 = made.run(&GenerateOptions { encoding: OutputEncoding::Cp932, ..base.clone() }).0;
    assert_eq!(encoding_rs::SHIFT_JIS.decode(&cp932).0, csv);
    let marked = made.run(&GenerateOptions { encoding: OutputEncoding::Utf8WithMark, ..base.clone() }).0;
    assert_eq!(String::from_utf8(marked).unwrap(), format!("\u{feff}{csv}"));
    let nested = GenerateOptions { format: Format::Json, nested: true, labels: Labels::Name, ..base.clone() };
    let nested: Vec<Value> = serde_json::from_slice(&made.run(&nested).0).unwrap();
    let lines = made.run(&GenerateOptions { format: Format::JsonLines, ..base }).0;
    let lines: Vec<Value> =
        String::from_utf8(lines).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((nested.len(), lines.len()), (300, 300));
    for (nested, flat) in nested.iter().zip(&lines) {
        assert_eq!(nested["facility"]["gmis_id"], flat["gmis_id"]);
        assert_eq!(nested["answers"]["q04_ehr"] == "yes", flat["q04_ehr"] == 1);
        assert_eq!(nested["answers"].get("q18_drill").is_some(), flat.get("q18_drill").is_some());
    }
}

#[test]
fn json_is_never_written_as_cp932() {
    let made = Made::new(FORM, CLEAN);
    let options = GenerateOptions {
        encoding: OutputEncoding::Cp932,
        format: Format::Json,
        ..GenerateOptions::default()
    };
    let mut file = Vec::new();
    let out = Output { name: Path::new("file"), write: &mut file };
    let refused = generate(&made.recipe, &made.questionnaire, &options, out, None);
    assert!(refused.unwrap_err().to_string().contains("UTF-8"));
    assert!(file.is_empty());
}
