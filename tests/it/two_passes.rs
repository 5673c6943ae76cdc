//! Acceptance, by the two passes: held against what the first pass tells, which is what `check` tells.
//!
//! Invariants
//! - What is accepted must follow from what the first pass tells, record by record; the second pass is not asked how.
//! - Seeds are fixed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use kenpyo::diagnostic::{Diagnostic, Place, Severity};
use kenpyo::engine::admission::{Admission, Settled, Totals};
use kenpyo::engine::event::{Reporter, RunHeader, Summary};
use kenpyo::engine::fold::{Fold, LostRecord, SettledBlock};
use kenpyo::engine::{CheckOptions, InputFile, InputPlace, Needs, Part, first_pass, second_pass, spooled};
use kenpyo::error::Error;
use kenpyo::evaluate::{Finding, RecordFindings};
use kenpyo::plan::{Plan, Selection};
use kenpyo::rule_pack::{Exemption, RulePack};
use kenpyo::source::SourceId;

use crate::survey_run::{generated, pack};

/// A file, and a record's number there.
type Id = (SourceId, u64);

/// Everything that the first pass tells.
#[derive(Default)]
struct Told {
    header: RunHeader,
    records: BTreeMap<Id, Vec<Diagnostic>>,
    files: BTreeMap<SourceId, Vec<Diagnostic>>,
    summary: Summary,
}

impl Reporter for Told {
    fn start(&mut self, header: &RunHeader) -> Result<(), Error> {
        self.header = header.clone();
        Ok(())
    }

    fn file_findings(&mut self, findings: &[Finding]) -> Result<(), Error> {
        for diagnostic in findings.iter().flat_map(Finding::counted) {
            match &diagnostic.place {
                Place::Record(place) => {
                    self.records.entry((place.source, place.record)).or_default().push(diagnostic.clone());
                }
                Place::File(file) => self.files.entry(*file).or_default().push(diagnostic.clone()),
                Place::Run => {}
            }
        }
        Ok(())
    }

    fn records(&mut self, records: &[RecordFindings]) -> Result<(), Error> {
        for record in records {
            let own = self.records.entry((record.place.source, record.place.record)).or_default();
            own.extend(record.findings.iter().flat_map(Finding::counted).cloned());
        }
        Ok(())
    }

    fn finish(&mut self, summary: &Summary) -> Result<(), Error> {
        self.summary = summary.clone();
        Ok(())
    }
}

/// Everything that the second pass gives, in order.
#[derive(Default)]
struct Collected(Vec<(Id, Settled)>);

impl Fold for Collected {
    type Part = Vec<(Id, Settled)>;

    fn block(&self, block: &SettledBlock<'_>) -> Self::Part {
        assert_eq!(block.rows.len(), block.batch.len());
        let numbers = block.batch.chunk.records.iter().map(|record| (block.source, record.number));
        numbers.zip(block.rows.iter().map(|row| row.settled.clone())).collect()
    }

    fn lost(&self, record: &LostRecord<'_>) -> Self::Part {
        vec![((record.block.source, record.block.records[0].number), record.row.settled.clone())]
    }

    fn merge(&mut self, part: Self::Part) -> Result<(), Error> {
        self.0.extend(part);
        Ok(())
    }
}

/// A submission in memory.
fn input(name: &str, bytes: &[u8]) -> InputFile {
    InputFile { name: name.into(), place: InputPlace::Bytes(bytes.to_vec()), levels: Arc::default() }
}

fn plan(pack: RulePack) -> Plan {
    let (plan, found) = Plan::new(Arc::new(pack), &Selection::default());
    plan.unwrap_or_else(|| panic!("{found:?}"))
}

struct Run {
    told: Told,
    collected: Vec<(Id, Settled)>,
    totals: Totals,
}

fn run(plan: &Plan, inputs: &[InputFile], options: &CheckOptions, hold_unconfirmed: bool) -> Run {
    let (mut told, mut fold) = (Told::default(), Collected::default());
    let parts = [Part { plan, inputs, links: &[] }];
    let mut first =
        first_pass(&parts, options, Needs { values: false, hold_unconfirmed }, &mut told).unwrap();
    let totals = second_pass(&parts, options, &mut first, &mut fold).unwrap();
    Run { told, collected: fold.0, totals }
}

/// What must come of a record, from what is told of it and of its file alone.
fn due(plan: &Plan, told: &Told, id: Id, hold_unconfirmed: bool) -> (Admission, BTreeSet<String>) {
    let none = Vec::new();
    let own = told.records.get(&id).unwrap_or(&none);
    let file = told.files.get(&id.0).unwrap_or(&none);
    let ids = |test: &dyn Fn(&Diagnostic) -> bool, all: &[&Vec<Diagnostic>]| -> BTreeSet<String> {
        let all = all.iter().flat_map(|list| list.iter());
        all.filter(|one| test(one)).map(|one| one.notice.full_id()).collect()
    };
    let rule =
        |one: &Diagnostic| plan.pack.rules.iter().find(|rule| rule.notice.full_id() == one.notice.full_id());
    let latest = |one: &Diagnostic| &*one.notice.id == "HCS-U002";
    let scope =
        |one: &Diagnostic| rule(one).is_some_and(|rule| rule.scope) && one.standing.decision.is_none();
    let holds = |one: &Diagnostic| {
        let lowest = if hold_unconfirmed { Severity::Warning } else { Severity::Error };
        let of_file = matches!(one.place, Place::File(_));
        let lowest = if of_file { Severity::Error } else { lowest };
        one.severity >= lowest && !one.is_accepted()
    };
    if own.iter().any(latest) {
        return (Admission::Superseded, ids(&latest, &[own]));
    }
    if own.iter().any(scope) {
        return (Admission::OutOfScope, ids(&scope, &[own]));
    }
    let held = ids(&holds, &[own, file]);
    (if held.is_empty() { Admission::Accepted } else { Admission::Held }, held)
}

/// Holds the second pass against the first, record by record; gives the totals.
fn agrees(plan: &Plan, run: &Run, hold_unconfirmed: bool) -> Totals {
    let mut totals = Totals::default();
    let mut numbers: BTreeMap<SourceId, u64> = BTreeMap::new();
    for (id, settled) in &run.collected {
        let number = numbers.entry(id.0).or_default();
        *number += 1;
        assert_eq!(id.1, *number, "every record once, in order");
        let (admission, reasons) = due(plan, &run.told, *id, hold_unconfirmed);
        let found: BTreeSet<String> = settled.reasons.iter().map(ToString::to_string).collect();
        assert_eq!((settled.admission, &found), (admission, &reasons), "{id:?}");
        assert_eq!(found.len(), settled.reasons.len(), "each reason once");
        let warnings = run.told.records.get(id).into_iter().flatten();
        let open = warnings.filter(|one| one.severity == Severity::Warning && !one.is_accepted()).count();
        assert_eq!(settled.open_warnings as usize, open, "{id:?}");
        totals.add(settled);
    }
    assert_eq!(totals, run.totals);
    assert_eq!(totals.records(), run.told.summary.records, "the four add to the records");
    totals
}

/// Mutated records, all without a layout version: one that is none of this form's holds the whole file.
fn mutated(recipe: &str, seed: &str) -> Vec<u8> {
    let bytes = generated(&["--recipe", recipe, "--records", "700", "--mutate", "30", "--seed", seed]);
    let mut table = crate::survey_run::rows(&bytes);
    let version = pack(None).questionnaire.field("layout_version").unwrap().id;
    table[1..].iter_mut().for_each(|row| row[usize::from(version.index)].clear());
    crate::survey_run::csv_of(&table)
}

#[test]
fn both_passes_agree_on_random_mutations_and_resubmissions() {
    let plan = plan(pack(None));
    // The second file answers most of the first anew, and the third is a copy: then nobody can tell which counts.
    for (files, accepted) in
        [(&[("clean", "21"), ("natural", "22")][..], true), (&[("clean", "21"); 2], false)]
    {
        let inputs: Vec<InputFile> = files
            .iter()
            .enumerate()
            .map(|(place, (recipe, seed))| input(&format!("{place}.csv"), &mutated(recipe, seed)))
            .collect();
        for hold in [false, true] {
            let run = run(&plan, &inputs, &CheckOptions::default(), hold);
            let totals = agrees(&plan, &run, hold);
            println!("{files:?} {hold}: {totals:?}");
            assert!(totals.held > 100, "{totals:?}");
            assert_eq!(totals.superseded > 0, accepted, "{totals:?}");
            assert_eq!(totals.accepted > 100, accepted, "{totals:?}");
            assert!(!accepted || (totals.to_confirm > 0) != hold, "{totals:?}");
        }
    }
}

#[test]
fn threads_and_chunks_settle_every_record_alike() {
    let plan = plan(pack(None));
    let inputs = [input("a.csv", &mutated("clean", "23")), input("b.csv", &mutated("natural", "23"))];
    let with = |threads, chunk_records| {
        run(&plan, &inputs, &CheckOptions { threads, chunk_records, ..CheckOptions::default() }, false)
            .collected
    };
    let expected = with(1, 512);
    for (threads, chunk) in [(1, 1), (2, 7), (8, 64), (8, 512)] {
        assert!(with(threads, chunk) == expected, "{threads} threads, chunks of {chunk}");
    }
}

/// A clean record with some cells changed.
fn record(id: &str, changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let table = crate::survey_run::rows(&generated(&["--recipe", "clean", "--records", "1"]));
    let names =
        pack(None).questionnaire.fields.iter().map(|field| field.name.to_string()).collect::<Vec<_>>();
    let mut cells: Vec<(String, String)> = names.into_iter().zip(table[1].iter().cloned()).collect();
    for (name, value) in std::iter::once(&("gmis_id", id)).chain(changes) {
        let column = cells.iter_mut().find(|(column, _)| column == name).unwrap_or_else(|| panic!("{name}"));
        (*value).clone_into(&mut column.1);
    }
    cells
}

fn file(records: &[Vec<(String, String)>]) -> Vec<u8> {
    let column = |pick: fn(&(String, String)) -> String| {
        move |record: &Vec<(String, String)>| -> Vec<String> { record.iter().map(pick).collect() }
    };
    let header = column(|(name, _)| name.clone())(&records[0]);
    let rows: Vec<Vec<String>> = records.iter().map(column(|(_, value)| value.clone())).collect();
    crate::survey_run::csv_of(std::iter::once(&header).chain(&rows))
}

fn words(run: &Run) -> Vec<(&'static str, Vec<String>)> {
    let word = |(_, settled): &(Id, Settled)| {
        (settled.admission.word(), settled.reasons.iter().map(ToString::to_string).collect())
    };
    run.collected.iter().map(word).collect()
}

fn exemption(rule: &str, key: &str) -> Exemption {
    Exemption {
        rule: rule.into(),
        key: key.into(),
        decision: "6-1".into(),
        reason: "決定済".into(),
        from: None,
        until: None,
    }
}

#[test]
fn what_the_office_sets_aside_holds_nothing_and_takes_nothing_out_of_scope() {
    let few = [("beds_total", "5"), ("beds_general", "5"), ("band", "")];
    let kinds = ["beds_ltc", "beds_psych", "beds_tb", "beds_infect"].map(|kind| (kind, "0"));
    let few: Vec<(&str, &str)> = few.into_iter().chain(kinds).collect();
    let bytes = file(&[record("A000001", &few), record("A000002", &few), record("A000003", &[])]);
    let mut pack = pack(None);
    pack.exemptions.push(exemption("HCS-R002", "A000002"));
    let held = run(&plan(pack.clone()), &[input("a.csv", &bytes)], &CheckOptions::default(), false);
    let found = words(&held);
    assert_eq!(found[0].0, "held", "{found:?}");
    assert!(found[0].1.contains(&"HCS-R002".to_owned()), "{found:?}");
    assert!(!found[1].1.contains(&"HCS-R002".to_owned()), "{found:?}");
    assert_eq!(found[2], ("accepted", vec![]));
    for rule in pack.rules.iter_mut().filter(|rule| &*rule.notice.id == "HCS-R002") {
        rule.scope = true;
    }
    let scoped = run(&plan(pack), &[input("a.csv", &bytes)], &CheckOptions::default(), false);
    let found = words(&scoped);
    assert_eq!(found[0], ("out-of-scope", vec!["HCS-R002".to_owned()]));
    assert_ne!(found[1].0, "out-of-scope");
}

#[test]
fn a_later_submission_supersedes_and_of_the_earlier_nothing_else_is_asked() {
    let early = record("A000001", &[("submitted_at", "2024-02-05 10:00"), ("q01_manager", "")]);
    let late = record("A000001", &[("submitted_at", "2024-02-09 10:00")]);
    let inputs = [input("a.csv", &file(&[early])), input("b.csv", &file(&[late]))];
    let found = words(&run(&plan(pack(None)), &inputs, &CheckOptions::default(), false));
    assert_eq!(found, [("superseded", vec!["HCS-U002".to_owned()]), ("accepted", vec![])]);
}

#[test]
fn a_file_without_a_mandatory_column_has_no_accepted_record() {
    let without = |record: Vec<(String, String)>| -> Vec<(String, String)> {
        record.into_iter().filter(|(name, _)| name != "q01_manager").collect()
    };
    let bytes = file(&[without(record("A000001", &[])), without(record("A000002", &[]))]);
    let held = run(&plan(pack(None)), &[input("a.csv", &bytes)], &CheckOptions::default(), false);
    assert_eq!((held.totals.held, held.totals.accepted), (2, 0), "{:?}", words(&held));
    assert!(held.collected.iter().all(|(_, settled)| settled.of_file > 0));
}

#[test]
fn a_record_on_which_our_own_code_fails_is_held_and_no_other() {
    let bytes = generated(&["--recipe", "clean", "--records", "40"]);
    let plan = plan(pack(None));
    let with = |fault_at, chunk_records| {
        let options = CheckOptions { fault_at, chunk_records, ..CheckOptions::default() };
        run(&plan, &[input("a.csv", &bytes)], &options, false)
    };
    let whole = with(None, 16);
    for chunk in [1, 16, 512] {
        let lost = with(Some(17), chunk);
        assert_eq!((lost.totals.faults, lost.collected.len()), (1, 40));
        for ((id, found), (_, expected)) in lost.collected.iter().zip(&whole.collected) {
            if id.1 == 17 {
                let expected = (Admission::Held, vec![Arc::from("KP-I001")]);
                assert_eq!((found.admission, found.reasons.clone()), expected);
            } else {
                assert_eq!(found, expected);
            }
        }
    }
}

#[test]
fn a_file_that_changes_between_the_passes_stops_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    let bytes = generated(&["--recipe", "clean", "--records", "5"]);
    let changed = |change: &dyn Fn(&Path)| {
        std::fs::write(&path, &bytes).unwrap();
        let inputs = [InputFile {
            name: "a.csv".into(),
            place: InputPlace::Path(path.clone()),
            levels: Arc::default(),
        }];
        let (plan, options) = (plan(pack(None)), CheckOptions::default());
        let parts = [Part { plan: &plan, inputs: &inputs, links: &[] }];
        let mut first = first_pass(&parts, &options, Needs::default(), &mut Told::default()).unwrap();
        change(&path);
        second_pass(&parts, &options, &mut first, &mut Collected::default())
            .map_err(|error| error.to_string())
    };
    let told = Err("a.csv changed while it was read".to_owned());
    assert_eq!(changed(&|_| {}).map(|totals| totals.records()), Ok(5));
    assert_eq!(changed(&|path| std::fs::write(path, b"").unwrap()), told);
    assert_eq!(changed(&|path| std::fs::remove_file(path).unwrap()), told);
    // The same size, and the same time as far as the file system tells it.
    assert_eq!(
        changed(&|path| {
            let time = std::fs::metadata(path).unwrap().modified().unwrap();
            let mut other = bytes.clone();
            let last = other.len() - 2;
            other[last] = b'x';
            std::fs::write(path, other).unwrap();
            std::fs::File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
        }),
        told
    );
}

#[test]
#[cfg(unix)]
fn a_pipe_is_read_twice_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    assert!(made.unwrap().success());
    let bytes = generated(&["--recipe", "clean", "--records", "5"]);
    let writer = std::thread::spawn({
        let (path, bytes) = (path.clone(), bytes.clone());
        move || std::fs::write(path, bytes).unwrap()
    });
    let inputs =
        vec![InputFile { name: "a.csv".into(), place: InputPlace::Path(path), levels: Arc::default() }];
    let inputs = spooled(inputs).unwrap();
    writer.join().unwrap();
    let found = run(&plan(pack(None)), &inputs, &CheckOptions::default(), false);
    assert_eq!(found.totals.records(), 5);
    assert_eq!(found.told.summary.files[0].hash, Some(kenpyo::source::digest::of_bytes(&bytes)));
}
