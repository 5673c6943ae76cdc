//! The survey's list of what files look like: a folder in `fixtures/file-defects/` for each of its 58 defects, with a
//! file as it is sent and what must come of it, and one function that runs them all.
//!
//! A folder is called by the number of its defect and a slug. `case.toml` says, by hand:
//!
//! | key | meaning |
//! |---|---|
//! | `defect` | the number |
//! | `class` | `A` normalised and told, `P` proposed, `Q` asked, `F` refused |
//! | `file` | the file of the folder that is checked |
//! | `further` | files of the folder that are checked together with it, in order |
//! | `[[about_file]]` | `rule`: a finding about the file as a whole, in order; all others must be silent |
//! | `[[record]]` | one for each record of the file, then of the further files, in order |
//! | `findings` | all its findings: `rule` with its instance, `field` of the first mark (absent: the record as a whole); `fix`: what may be written into the cell, `propose`: what is probably meant |
//! | `value`, `state` | field → canonical text of its value; field → `blank`, `na`, `dk`, `invalid` |
//!
//! Invariants
//! - A folder states every record and finding of its files; what is not stated must be silent.
//! - Folders and lines of the list are the same 58.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use kenpyo::diagnostic::{Diagnostic, FixClass, Place, Severity};
use kenpyo::evaluate::{Outcome, RecordFindings};
use kenpyo::plan::Selection;
use kenpyo::source::SourceId;
use serde_json::Value as Json;

use crate::program::root;
use crate::survey_run::{Block, Run, canonical, csv_of, rows, state};

/// The list has so many lines.
const LAST: u8 = 58;

struct Case {
    name: String,
    defect: u8,
    class: String,
    file: PathBuf,
    further: Vec<PathBuf>,
    about_file: Vec<String>,
    records: Vec<Record>,
}

#[derive(Debug)]
struct Record {
    findings: Vec<Told>,
    value: BTreeMap<String, String>,
    state: BTreeMap<String, String>,
}

/// A finding as the case states it, and as it is told.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Told {
    rule: String,
    field: String,
    fix: Option<String>,
    propose: Option<String>,
}

fn word(table: &toml::Table, key: &str) -> Option<String> {
    Some(table.get(key)?.as_str().unwrap_or_else(|| panic!("{key} is a text")).to_owned())
}

fn texts<'t>(table: &'t toml::Table, key: &str) -> Vec<&'t str> {
    let list = table.get(key).map(|list| list.as_array().unwrap().iter());
    list.into_iter().flatten().map(|text| text.as_str().unwrap()).collect()
}

fn tables<'t>(table: &'t toml::Table, key: &str) -> Vec<&'t toml::Table> {
    let list = table.get(key).map(|list| list.as_array().unwrap().iter());
    list.into_iter().flatten().map(|entry| entry.as_table().unwrap()).collect()
}

fn words(table: &toml::Table, key: &str) -> BTreeMap<String, String> {
    let inner = table.get(key).map(|inner| inner.as_table().unwrap());
    inner
        .into_iter()
        .flatten()
        .map(|(key, value)| (key.clone(), value.as_str().unwrap().to_owned()))
        .collect()
}

fn told(table: &toml::Table) -> Told {
    Told {
        rule: word(table, "rule").unwrap(),
        field: word(table, "field").unwrap_or_default(),
        fix: word(table, "fix"),
        propose: word(table, "propose"),
    }
}

fn record(table: &toml::Table) -> Record {
    let mut findings: Vec<Told> = tables(table, "findings").into_iter().map(told).collect();
    findings.sort();
    Record { findings, value: words(table, "value"), state: words(table, "state") }
}

fn cases() -> Vec<Case> {
    let entries = fs::read_dir(root().join("fixtures/file-defects")).unwrap();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    folders.retain(|path| path.is_dir());
    folders.sort();
    let read = |folder: PathBuf| {
        let text = fs::read_to_string(folder.join("case.toml")).unwrap();
        let manifest: toml::Table = toml::from_str(&text).unwrap();
        Case {
            name: folder.file_name().unwrap().to_str().unwrap().to_owned(),
            defect: u8::try_from(manifest["defect"].as_integer().unwrap()).unwrap(),
            class: word(&manifest, "class").unwrap(),
            file: folder.join(word(&manifest, "file").unwrap()),
            further: texts(&manifest, "further").iter().map(|name| folder.join(name)).collect(),
            about_file: tables(&manifest, "about_file")
                .iter()
                .map(|one| word(one, "rule").unwrap())
                .collect(),
            records: tables(&manifest, "record").into_iter().map(record).collect(),
        }
    };
    folders.into_iter().map(read).collect()
}

/// What came of a file.
struct Judged {
    about_file: Vec<(String, Severity)>,
    blocks: Vec<Block>,
    over_many: Vec<Diagnostic>,
}

impl Judged {
    fn of(run: &Run, name: &str, bytes: &[u8]) -> Self {
        Self::of_all(run, &[(name, bytes)])
    }

    fn of_case(run: &Run, case: &Case) -> Self {
        let paths = || std::iter::once(&case.file).chain(&case.further);
        let bytes: Vec<Vec<u8>> = paths().map(|path| fs::read(path).unwrap()).collect();
        let names = paths().map(|path| path.to_str().unwrap());
        Self::of_all(run, &names.zip(bytes.iter().map(Vec::as_slice)).collect::<Vec<_>>())
    }

    fn of_all(run: &Run, files: &[(&str, &[u8])]) -> Self {
        let (mut about_file, mut blocks) = (Vec::new(), Vec::new());
        for (id, (name, bytes)) in (1000..).map(SourceId).zip(files) {
            let (batches, file) = run.read_as(id, name, bytes);
            about_file.extend(file.iter().map(|one| (one.notice.full_id(), one.severity)));
            blocks.extend(batches.into_iter().map(|batch| run.judged(batch)));
        }
        let over_many = run.over_many(&blocks);
        Self { about_file, blocks, over_many: over_many.into_iter().map(|one| one.diagnostic).collect() }
    }

    /// The findings of the record at `place` of the files, those of groups each for itself.
    fn findings(&self, place: usize) -> Vec<&Diagnostic> {
        let (block, row) = self.row(place);
        let (source, number) = (block.batch.chunk.source.unwrap(), block.batch.chunk.records[row].number);
        let own = block.findings.iter().filter(|record| record.place.record == number).flat_map(single);
        let over_many = self.over_many.iter().filter(|one| {
            matches!(&one.place, Place::Record(place) if (place.source, place.record) == (source, number))
        });
        own.chain(over_many).collect()
    }

    /// The block and row of the record at `place`.
    fn row(&self, place: usize) -> (&Block, usize) {
        let mut left = place;
        for block in &self.blocks {
            if left < block.batch.len() {
                return (block, left);
            }
            left -= block.batch.len();
        }
        panic!("no record {place}")
    }

    fn len(&self) -> usize {
        self.blocks.iter().map(|block| block.batch.len()).sum()
    }

    /// State and canonical text of a cell; empty where it has no value.
    fn cell(&self, run: &Run, place: usize, field: &str) -> (&'static str, String) {
        let (block, row) = self.row(place);
        let id = run.id(field);
        let value = match canonical(&run.pack().questionnaire, &block.batch, id, row) {
            None => String::new(),
            Some(Json::String(text)) => text,
            Some(other) => other.to_string(),
        };
        (state(block.batch.column(id).unwrap(), row), value)
    }
}

fn single(record: &RecordFindings) -> Vec<&Diagnostic> {
    let all = record.findings.iter().flat_map(|finding| {
        let own = (!finding.heading).then_some(&finding.diagnostic);
        own.into_iter().chain(&finding.followers)
    });
    all.collect()
}

fn as_told(diagnostic: &Diagnostic) -> Told {
    let of_class = |class| diagnostic.fix.as_ref().filter(|fix| fix.class == class);
    let text = |class| of_class(class).map(|fix| fix.after.to_string());
    Told {
        rule: diagnostic.notice.full_id(),
        field: diagnostic.labels.first().and_then(|label| label.field.as_deref()).unwrap_or("").to_owned(),
        fix: text(FixClass::Automatic),
        propose: text(FixClass::Proposed),
    }
}

/// What a record is otherwise than the case states. `fix` and `propose` are compared where the case states one.
fn differences(run: &Run, judged: &Judged, place: usize, stated: &Record) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut found: Vec<Told> = judged.findings(place).into_iter().map(as_told).collect();
    for told in &mut found {
        let named = |stated: &&Told| stated.rule == told.rule && stated.field == told.field;
        let named = stated.findings.iter().find(named);
        told.fix = told.fix.take().filter(|_| named.is_some_and(|stated| stated.fix.is_some()));
        told.propose = told.propose.take().filter(|_| named.is_some_and(|stated| stated.propose.is_some()));
    }
    found.sort();
    if found != stated.findings {
        wrong.push(format!("findings {found:?}, not {:?}", stated.findings));
    }
    for (field, value) in &stated.value {
        let cell = judged.cell(run, place, field);
        if cell != ("value", value.clone()) {
            wrong.push(format!("{field} is {cell:?}, not {value:?}"));
        }
    }
    for (field, state) in &stated.state {
        let cell = judged.cell(run, place, field);
        if cell.0 != state {
            wrong.push(format!("{field} is {cell:?}, not {state}"));
        }
    }
    wrong
}

#[test]
fn every_file_comes_to_what_its_folder_states() {
    let run = Run::of(None);
    let mut wrong = Vec::new();
    for case in cases() {
        let judged = Judged::of_case(&run, &case);
        let about_file: Vec<&str> = judged.about_file.iter().map(|(rule, _)| &**rule).collect();
        if about_file != case.about_file || judged.len() != case.records.len() {
            wrong.push(format!("{}: {} records, {about_file:?}", case.name, judged.len()));
            continue;
        }
        for (place, record) in case.records.iter().enumerate() {
            let differences = differences(&run, &judged, place, record);
            wrong.extend(differences.iter().map(|one| format!("{} record {}: {one}", case.name, place + 1)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_findings_of_a_folder_are_of_its_class() {
    let run = Run::of(None);
    for case in cases() {
        let judged = Judged::of_case(&run, &case);
        let records: Vec<&Diagnostic> = (0..judged.len()).flat_map(|place| judged.findings(place)).collect();
        let about_file = judged.about_file.iter().map(|(_, severity)| *severity);
        let severities: Vec<Severity> = records.iter().map(|one| one.severity).chain(about_file).collect();
        let least = |severity: Severity| severities.iter().any(|found| *found >= severity);
        let fits = match &*case.class {
            // What compares names, and what drops empty rows, is told nowhere.
            "A" => {
                case.records.iter().any(|record| record.findings.iter().all(|told| told.propose.is_none()))
            }
            "P" | "Q" => least(Severity::Warning),
            "F" => least(Severity::Fatal),
            other => panic!("{}: no class {other}", case.name),
        };
        assert!(fits, "{} is not of class {}: {severities:?}", case.name, case.class);
        for one in records {
            let automatic = one.fix.as_ref().is_some_and(|fix| fix.class == FixClass::Automatic);
            assert!(!automatic || one.severity == Severity::Info, "{}: {}", case.name, one.notice.full_id());
        }
    }
}

/// What a person sees of a hospital's second submission, in both languages; `KENPYO_BLESS=1` writes it anew.
#[test]
fn a_resubmission_is_told_with_what_has_changed() {
    let case = cases().into_iter().find(|case| case.defect == 51).unwrap();
    let folder = case.file.parent().unwrap();
    let mut page = String::new();
    for language in ["ja", "en"] {
        let mut command = crate::program::command(folder);
        command.args(["check", "--lang", language, "--values", "show", "--color", "never"]);
        let names = std::iter::once(&case.file).chain(&case.further).map(|path| path.file_name().unwrap());
        page.push_str(&crate::program::text(&command.args(names).output().unwrap()));
    }
    let expected = folder.join("expected.txt");
    if std::env::var_os("KENPYO_BLESS").is_some() {
        fs::write(&expected, &page).unwrap();
    }
    assert_eq!(fs::read_to_string(&expected).unwrap_or_default(), page);
}

/// The file with each automatic fix written into its cell. `None`: there is none, or the file is no CSV in UTF-8.
fn fixed(run: &Run, judged: &Judged, bytes: &[u8]) -> Option<(Vec<u8>, Vec<(usize, String)>)> {
    let text = std::str::from_utf8(bytes).ok()?;
    let mut table = rows(text.as_bytes());
    let mut written = Vec::new();
    for place in 0..judged.len() {
        for one in judged.findings(place) {
            let Some(fix) = one.fix.as_ref().filter(|fix| fix.class == FixClass::Automatic) else { continue };
            let field = one.labels.first()?.field.as_deref()?;
            let header = &run.pack().questionnaire.field(field)?.column;
            let column = table.first()?.iter().position(|name| **name == **header)?;
            table[place + 1][column] = fix.after.to_string();
            written.push((place, field.to_owned()));
        }
    }
    (!written.is_empty()).then(|| (csv_of(&table), written))
}

#[test]
fn what_is_normalised_may_be_written_into_the_cell_and_is_then_silent() {
    let run = Run::of(None);
    let mut count = 0;
    for case in cases().into_iter().filter(|case| case.file.extension().is_some_and(|end| end == "csv")) {
        let bytes = fs::read(&case.file).unwrap();
        let before = Judged::of(&run, "x.csv", &bytes);
        let Some((bytes, written)) = fixed(&run, &before, &bytes) else { continue };
        let after = Judged::of(&run, "x.csv", &bytes);
        for (place, field) in written {
            let (one, two) = (before.cell(&run, place, &field), after.cell(&run, place, &field));
            assert_eq!(one, two, "{} record {} {field}", case.name, place + 1);
            let told = after.findings(place).into_iter().map(as_told);
            let again: Vec<Told> = told.filter(|told| told.field == field && told.fix.is_some()).collect();
            assert!(again.is_empty(), "{} record {}: {again:?}", case.name, place + 1);
            count += 1;
        }
    }
    assert!(count > 60, "{count} cells");
}

/// Variants of kanji and corporate prefixes are read as they are written, and equal where a rule compares names: the
/// survey's own rule about hospitals of one name says so, and nothing else is told.
#[test]
fn names_that_differ_in_spelling_only_are_equal_for_comparison() {
    for (defect, name) in [(52, "高橋病院"), (53, "△△病院")] {
        let mut pack = crate::survey_run::pack(None);
        let same = crate::build::parsed(&pack, &format!("normalized(facility_name) = \"{name}\""));
        pack.rules.push(crate::build::rule(&pack, "SAME-NAME", None, same));
        let run = Run::new(pack, &Selection::default());
        let case = cases().into_iter().find(|case| case.defect == defect).unwrap();
        let judged = Judged::of(&run, "x.csv", &fs::read(&case.file).unwrap());
        assert!(judged.len() > 1);
        for place in 0..judged.len() {
            let told: Vec<String> =
                judged.findings(place).into_iter().map(|one| one.notice.full_id()).collect();
            assert_eq!(told, ["HCS-U004"], "{} record {}", case.name, place + 1);
        }
        let planned = run.plan.rules.len() - 1;
        let passed = judged.blocks.iter().all(|block| {
            (0..block.batch.len()).all(|row| block.outcomes.of(planned, row) == Some(Outcome::Pass))
        });
        assert!(passed, "{}", case.name);
    }
}

#[test]
fn every_defect_of_the_list_has_a_folder() {
    let cases = cases();
    for case in &cases {
        assert!(case.name.starts_with(&format!("{:02}-", case.defect)), "{}", case.name);
        assert!((1..=LAST).contains(&case.defect), "{}", case.name);
    }
    let there: BTreeSet<u8> = cases.iter().map(|case| case.defect).collect();
    let missing: Vec<u8> = (1..=LAST).filter(|defect| !there.contains(defect)).collect();
    assert!(missing.is_empty(), "defects without a folder: {missing:?}");
}
