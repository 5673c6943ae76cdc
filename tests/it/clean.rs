//! `kenpyo clean`: the folder that it writes, held against the submissions and against `check`.
//!
//! Invariants
//! - Of the folder only its files are looked at; which records belong where is taken from `check`, not from `clean`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::Value as Json;

use crate::program::{command, root};
use crate::survey_run::{csv_of, generated, pack, rows};

/// Runs `kenpyo clean WORDS` in `folder`.
pub fn clean(folder: &Path, words: &[&str]) -> Output {
    command(folder).arg("clean").args(words).args(["--lang", "en"]).output().unwrap()
}

/// The files of a folder with their bytes.
pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let read = |entry: fs::DirEntry| {
        (entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path()).unwrap())
    };
    entries.map(read).collect()
}

fn manifest(folder: &Path) -> Json {
    serde_json::from_slice(&fs::read(folder.join("manifest.json")).unwrap()).unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Mutated records without a layout version: one that is none of this form's holds the whole file.
fn mutated(recipe: &str, records: &str, seed: &str) -> Vec<u8> {
    let bytes = generated(&["--recipe", recipe, "--records", records, "--mutate", "30", "--seed", seed]);
    let mut table = rows(&bytes);
    let version = pack(None).questionnaire.field("layout_version").unwrap().id;
    table[1..].iter_mut().for_each(|row| row[usize::from(version.index)].clear());
    csv_of(&table)
}

/// The cells of a column of a CSV file.
fn column(bytes: &[u8], name: &str) -> Vec<String> {
    let table = rows(bytes);
    let place = table[0].iter().position(|header| header == name).unwrap_or_else(|| panic!("{name}"));
    table[1..].iter().map(|row| row[place].clone()).collect()
}

fn numbers(bytes: &[u8]) -> BTreeSet<u64> {
    column(bytes, "source_record").iter().map(|number| number.parse().unwrap()).collect()
}

#[test]
fn clean_accepts_exactly_the_records_of_which_check_tells_no_error() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.csv"), mutated("natural", "600", "41")).unwrap();
    let output = clean(folder.path(), &["a.csv", "--out", "out"]);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    let report = crate::program::report_in(folder.path(), &["a.csv"], None);
    let mut errors: BTreeMap<u64, BTreeSet<String>> = BTreeMap::new();
    for finding in report["findings"].as_array().unwrap() {
        let record = finding["place"]["record"].as_u64();
        if let (Some(record), "error" | "fatal") = (record, finding["severity"].as_str().unwrap()) {
            errors.entry(record).or_default().insert(finding["rule"].as_str().unwrap().to_owned());
        }
    }
    let out = files(&folder.path().join("out"));
    let (accepted, held) = (numbers(&out["accepted.csv"]), numbers(&out["held.csv"]));
    assert_eq!(held, errors.keys().copied().collect());
    assert_eq!(accepted, (1..=600).filter(|number| !errors.contains_key(number)).collect());
    assert!(held.len() > 50 && accepted.len() > 300, "{} held", held.len());
    let reasons = column(&out["held.csv"], "valid_reason");
    for (record, reasons) in column(&out["held.csv"], "source_record").iter().zip(&reasons) {
        let reasons: BTreeSet<String> = reasons.split(';').map(str::to_owned).collect();
        assert_eq!(reasons, errors[&record.parse::<u64>().unwrap()], "record {record}");
    }
    assert!(column(&out["accepted.csv"], "valid").iter().all(|valid| valid == "1"));
    assert!(column(&out["held.csv"], "valid").iter().all(|valid| valid == "0"));
    let said = manifest(&folder.path().join("out"));
    let queries = usize::try_from(said["queries"].as_u64().unwrap()).unwrap();
    assert_eq!(rows(&out["queries.csv"]).len() - 1, queries);
    assert_eq!(said["records"]["all"], 600);
    assert_eq!(said["records"]["held"], held.len());
}

#[test]
fn the_flags_and_words_of_a_record_follow_from_its_routing() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.csv"), generated(&["--recipe", "natural", "--records", "300"])).unwrap();
    clean(folder.path(), &["a.csv", "--out", "out"]);
    let accepted = fs::read(folder.path().join("out/accepted.csv")).unwrap();
    let of = |name: &str| column(&accepted, name);
    let (ehr, backup) = (of("問4_電子カルテ使用"), of("問11_バックアップ作成"));
    let (in_ehr, in_backup, all) = (of("base_ehr"), of("base_backup"), of("base_all"));
    let (frequency, state) = (of("問12_更新頻度"), of("q12_frequency_state"));
    for row in 0..ehr.len() {
        assert_eq!(all[row], "1");
        assert_eq!(in_ehr[row] == "1", ehr[row] == "1");
        assert_eq!(in_backup[row] == "1", ehr[row] == "1" && backup[row] == "1");
        let expected = if frequency[row].is_empty() { "非該当" } else { "回答" };
        assert_eq!(state[row], expected);
    }
    let (beds, band) = (of("病床数"), of("table_band"));
    let lows = [(500, "b500"), (400, "b400"), (300, "b300"), (200, "b200"), (100, "b100"), (20, "b020")];
    for (beds, band) in beds.iter().zip(&band) {
        let beds: u32 = beds.parse().unwrap();
        assert_eq!(lows.iter().find(|(low, _)| *low <= beds).unwrap().1, band);
    }
}

#[test]
fn the_same_answers_in_every_format_are_accepted_alike_and_again() {
    let folder = tempfile::tempdir().unwrap();
    let defects = root().join("fixtures/defects.toml");
    let mut seen: Option<(Vec<u64>, Json)> = None;
    for format in ["csv", "tsv", "json", "jsonl"] {
        let name = format!("a.{format}");
        let words =
            ["generate", "--records", "120", "--share", "30", "--quiet", "--format", format, "--out", &name];
        let made = command(folder.path()).args(words).arg("--defects").arg(&defects).output().unwrap();
        assert!(made.status.success(), "{}", told(&made));
        let out = format!("out-{format}");
        let output = clean(folder.path(), &[&name, "--out", &out]);
        assert_eq!(output.status.code(), Some(1), "{}", told(&output));
        let said = manifest(&folder.path().join(&out));
        let counts = ["accepted", "held", "superseded", "out_of_scope"]
            .map(|key| said["records"][key].as_u64().unwrap());
        assert_eq!(counts.iter().sum::<u64>(), said["records"]["all"].as_u64().unwrap());
        let found = (counts.to_vec(), said["reasons"].clone());
        // A row with too many cells is a defect of rows only.
        if format != "csv" && format != "tsv" {
            assert!(counts[0] > 50, "{counts:?}");
        } else {
            assert_eq!(*seen.get_or_insert_with(|| found.clone()), found, "{format}");
        }
        let again =
            clean(folder.path(), &[&format!("{out}/accepted.{format}"), "--out", &format!("{out}-again")]);
        let again_said = manifest(&folder.path().join(format!("{out}-again")));
        assert_eq!(again_said["records"]["accepted"], counts[0], "{format}: {}", told(&again));
        assert_eq!(again_said["records"]["all"], counts[0]);
        let about_file = fs::read(folder.path().join(format!("{out}-again/queries.csv"))).unwrap();
        assert!(
            column(&about_file, "record").iter().all(|record| !record.is_empty()),
            "{format}: its own columns are known"
        );
    }
}

#[test]
fn inputs_that_are_written_alike_share_their_files_and_others_have_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    let table = rows(&generated(&["--recipe", "clean", "--records", "30"]));
    let part =
        |from: usize, to: usize| -> Vec<u8> { csv_of(std::iter::once(&table[0]).chain(&table[from..to])) };
    write("a.csv", &part(1, 11));
    write("b.csv", &part(11, 16));
    let utf8 = String::from_utf8(part(16, 21)).unwrap();
    write("c.csv", &encoding_rs_bytes(&utf8));
    let fewer: Vec<Vec<String>> =
        std::iter::once(&table[0]).chain(&table[21..31]).map(|row| row[3..].to_vec()).collect();
    write("d.csv", &csv_of(&fewer));
    let output = clean(folder.path(), &["a.csv", "b.csv", "c.csv", "d.csv", "--out", "out"]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let out = files(&folder.path().join("out"));
    let names: Vec<&str> = out.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "accepted-2.csv",
            "accepted-3.csv",
            "accepted.csv",
            "held-2.csv",
            "held-3.csv",
            "held.csv",
            "manifest.json",
            "queries.csv",
        ]
    );
    assert_eq!(column(&out["accepted.csv"], "source_file").len(), 15);
    assert!(String::from_utf8(out["accepted-2.csv"].clone()).is_err(), "CP932 stays CP932");
    assert!(out["accepted-2.csv"].windows(4).any(|bytes| bytes == [0x89, 0xF1, 0x93, 0x9A]), "回答");
    assert_eq!(rows(&out["accepted-3.csv"]).len(), 11);
    let said = manifest(&folder.path().join("out"));
    assert_eq!(said["inputs"][1]["files"], serde_json::json!(["accepted.csv"]));
}

/// CP932, by the table of the program itself.
fn encoding_rs_bytes(text: &str) -> Vec<u8> {
    kenpyo::source::encoding::Encoding::Cp932.table().encode(text).0.into_owned()
}

#[test]
fn further_columns_never_take_the_name_of_an_own_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut table = rows(&generated(&["--recipe", "clean", "--records", "3"]));
    table[0].push("valid".to_owned());
    table[1..].iter_mut().for_each(|row| row.push("theirs".to_owned()));
    fs::write(folder.path().join("a.csv"), csv_of(&table)).unwrap();
    clean(folder.path(), &["a.csv", "--out", "out"]);
    let accepted = fs::read(folder.path().join("out/accepted.csv")).unwrap();
    assert_eq!(column(&accepted, "valid"), ["theirs"; 3]);
    assert_eq!(column(&accepted, "valid_2"), ["1"; 3]);
    let header = &rows(&accepted)[0];
    assert_eq!(header.iter().collect::<BTreeSet<_>>().len(), header.len(), "{header:?}");
}

#[test]
fn private_fields_stand_in_the_queries_and_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let mut table = rows(&generated(&["--recipe", "natural", "--records", "40"]));
    let form = pack(None).questionnaire;
    let private: Vec<usize> =
        form.fields.iter().enumerate().filter(|(_, field)| field.private).map(|(place, _)| place).collect();
    assert!(private.len() >= 4);
    let manager = form.field("q01_manager").unwrap().id;
    for (number, row) in table[1..].iter_mut().enumerate() {
        for place in &private {
            row[*place] = format!("canary-{place}@example.jp");
        }
        if number % 3 == 0 {
            row[usize::from(manager.index)].clear();
        }
        if number == 5 {
            row.truncate(20);
        }
    }
    fs::write(folder.path().join("a.csv"), csv_of(&table)).unwrap();
    // A second column of a private name, which nobody reads.
    table[0].push(form.fields[private[0]].column.to_string());
    table[1..].iter_mut().filter(|row| row.len() > 20).for_each(|row| row.push("canary-twice".to_owned()));
    fs::write(folder.path().join("c.csv"), csv_of(&table)).unwrap();
    table.iter_mut().filter(|row| row.len() > 20).for_each(|row| drop(row.pop()));
    let lines: Vec<String> = table[1..]
        .iter()
        .filter(|row| row.len() > 20)
        .map(|row| {
            let members: serde_json::Map<String, Json> = form
                .fields
                .iter()
                .zip(row)
                .map(|(field, text)| (field.name.to_string(), Json::from(text.as_str())))
                .collect();
            Json::Object(members).to_string()
        })
        .collect();
    fs::write(folder.path().join("b.jsonl"), lines.join("\n")).unwrap();
    let output =
        clean(folder.path(), &["a.csv", "b.jsonl", "c.csv", "--out", "out", "--format", "json=r.json"]);
    assert!(output.status.code().is_some_and(|code| code < 2), "{}", told(&output));
    for (name, bytes) in files(&folder.path().join("out")) {
        let canaries = String::from_utf8_lossy(&bytes).matches("canary-").count();
        assert_eq!(canaries > 0, name == "queries.csv", "{name}: {canaries}");
    }
}

#[test]
fn threads_and_chunks_change_no_byte_of_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.csv"), mutated("natural", "300", "43")).unwrap();
    fs::write(folder.path().join("b.csv"), mutated("clean", "200", "44")).unwrap();
    let json = generated(&["--recipe", "natural", "--records", "60", "--seed", "45", "--format", "jsonl"]);
    fs::write(folder.path().join("c.jsonl"), json).unwrap();
    let with = |threads: &str, chunk: &str| {
        let out = format!("out-{threads}-{chunk}");
        let words =
            ["a.csv", "b.csv", "c.jsonl", "--out", &out, "--threads", threads, "--chunk-records", chunk];
        clean(folder.path(), &words);
        files(&folder.path().join(out))
    };
    let expected = with("1", "512");
    assert!(expected["queries.csv"].len() > 10_000 && expected.contains_key("superseded.csv"));
    for (threads, chunk) in [("1", "1"), ("2", "7"), ("8", "7"), ("8", "512")] {
        assert!(with(threads, chunk) == expected, "{threads} threads, chunks of {chunk}");
    }
}

#[test]
fn a_folder_that_is_there_is_replaced_only_by_force_and_only_if_it_is_ours() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("a.csv"), generated(&["--recipe", "clean", "--records", "5"])).unwrap();
    fs::write(path("b.csv"), generated(&["--recipe", "clean", "--records", "7"])).unwrap();
    let run = |words: &[&str]| {
        let output = clean(folder.path(), words);
        (output.status.code(), told(&output))
    };
    assert_eq!(run(&["a.csv", "--out", "out"]).0, Some(0));
    let before = files(&path("out"));
    let (code, told) = run(&["b.csv", "--out", "out"]);
    assert!(code == Some(2) && told.contains("KP-U101") && told.contains("--force"), "{told}");
    assert_eq!(files(&path("out")), before);
    assert_eq!(run(&["b.csv", "--out", "out", "--force"]).0, Some(0));
    assert_eq!(manifest(&path("out"))["records"]["all"], 7);
    fs::create_dir(path("mine")).unwrap();
    fs::write(path("mine/notes.txt"), "x").unwrap();
    let (code, told) = run(&["a.csv", "--out", "mine", "--force"]);
    assert!(code == Some(2) && told.contains("KP-U102"), "{told}");
    assert_eq!(files(&path("mine")).len(), 1);
    let (code, told) = run(&["out/accepted.csv", "--out", "out", "--force"]);
    assert!(code == Some(2) && told.contains("KP-U103"), "{told}");
    let (code, told) = run(&["a.csv", "--out", "new", "--ignore", "HCS-R002"]);
    assert!(code == Some(2) && told.contains("KP-U100") && !path("new").exists(), "{told}");
    assert_eq!(
        run(&["a.csv", "--out", "new", "--ignore", "HCS-X010"]).0,
        Some(0),
        "a soft edit may be left out"
    );
    let (code, told) = run(&["a.csv", "--out", "newer", "--deadline", "soon"]);
    assert!(code == Some(2) && told.contains("KP-U104"), "{told}");
    assert_eq!(run(&["none.csv", "--out", "newer"]).0, Some(3));
    assert!(!path("newer").exists());
}

#[test]
fn an_accepted_warning_is_no_open_one_and_open_ones_hold_only_where_that_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.csv"), generated(&["--recipe", "natural", "--records", "80"])).unwrap();
    let counts = |words: &[&str], out: &str| {
        clean(folder.path(), &[&["a.csv", "--out", out], words].concat());
        let said = manifest(&folder.path().join(out));
        ["accepted", "held", "to_confirm"].map(|key| said["records"][key].as_u64().unwrap())
    };
    let [accepted, held, confirm] = counts(&[], "open");
    assert!(accepted == 80 && held == 0 && confirm > 10, "{confirm}");
    let [still, now_held, _] = counts(&["--hold-unconfirmed"], "unconfirmed");
    assert_eq!((still, now_held), (80 - confirm, confirm));
    let words =
        ["check", "a.csv", "--write-baseline", "--reason", "1", "--author", "x", "--date", "2024-03-01"];
    let written = command(folder.path()).args(words).output().unwrap();
    assert_eq!(written.status.code(), Some(0), "{}", told(&written));
    assert_eq!(counts(&["--hold-unconfirmed"], "confirmed"), [80, 0, 0]);
    let said = manifest(&folder.path().join("confirmed"));
    assert_eq!(said["accepted_findings"]["name"], "kenpyo-accepted.toml");
    assert_eq!(said["queries"], 0);
}

#[test]
fn standard_input_gives_the_folder_that_its_file_gives() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = mutated("natural", "50", "46");
    fs::write(folder.path().join("a.csv"), &bytes).unwrap();
    clean(folder.path(), &["a.csv", "--out", "file"]);
    let words = ["clean", "-", "--stdin-filename", "a.csv", "--out", "piped", "--lang", "en"];
    let input = fs::File::open(folder.path().join("a.csv")).unwrap();
    let piped = command(folder.path()).args(words).stdin(input).output().unwrap();
    assert_eq!(piped.status.code(), Some(1));
    assert_eq!(files(&folder.path().join("file")), files(&folder.path().join("piped")));
}

#[test]
fn the_manifest_follows_its_schema_and_every_file_is_as_it_says() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.csv"), mutated("natural", "50", "47")).unwrap();
    clean(folder.path(), &["a.csv", "--out", "out", "--deadline", "2024-04-01"]);
    let out = folder.path().join("out");
    let schema = fs::read_to_string(root().join("schemas/kenpyo/clean-manifest.json")).unwrap();
    let schema: Json = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let said = manifest(&out);
    let problems: Vec<String> = validator.iter_errors(&said).map(|error| error.to_string()).collect();
    assert_eq!(problems, [""; 0]);
    let listed = said["files"].as_array().unwrap();
    assert_eq!(listed.len(), files(&out).len() - 1, "all but itself");
    for file in listed {
        let bytes = fs::read(out.join(file["name"].as_str().unwrap())).unwrap();
        assert_eq!(file["sha256"], *kenpyo::source::digest::of_bytes(&bytes));
        assert_eq!(file["bytes"], bytes.len());
    }
    let queries = fs::read(out.join("queries.csv")).unwrap();
    assert!(column(&queries, "deadline").iter().all(|day| day == "2024-04-01"));
    let run = said["run"].as_str().unwrap();
    assert!(column(&queries, "query").iter().all(|query| query.ends_with(run)));
    let text = fs::read_to_string(out.join("manifest.json")).unwrap();
    assert!(!text.contains(&*folder.path().to_string_lossy()), "no absolute path");
}

#[test]
#[cfg(feature = "xlsx")]
fn workbooks_come_back_as_workbooks_and_are_accepted_again() {
    let folder = tempfile::tempdir().unwrap();
    let table = rows(&generated(&["--recipe", "natural", "--records", "20"]));
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, cells) in (0..).zip(&table) {
        for (column, text) in (0..).zip(cells) {
            sheet.write_string(row, column, text).unwrap();
        }
    }
    workbook.save(folder.path().join("a.xlsx")).unwrap();
    let first = clean(folder.path(), &["a.xlsx", "--out", "out"]);
    assert!(folder.path().join("out/accepted.xlsx").exists(), "{}", told(&first));
    let again = clean(folder.path(), &["out/accepted.xlsx", "--out", "again"]);
    let [one, two] =
        ["out", "again"].map(|name| manifest(&folder.path().join(name))["records"]["accepted"].clone());
    assert!(one == 20 && two == 20, "{one} {two}: {}", told(&again));
}

#[test]
fn whoever_is_asked_and_has_not_answered_is_listed_for_reminders() {
    let folder = tempfile::tempdir().unwrap();
    let frame = root().join("fixtures/linked/frame.csv");
    let table = rows(&fs::read(&frame).unwrap());
    fs::write(folder.path().join("frame.csv"), csv_of(&table[..41])).unwrap();
    let all = rows(&fs::read(root().join("fixtures/submissions/clean.csv")).unwrap());
    let id = |row: &Vec<String>| row.iter().find(|cell| cell.starts_with("S0")).unwrap().clone();
    let asked: Vec<String> = table[1..41].iter().map(id).collect();
    let answered: Vec<&Vec<String>> = all[1..].iter().filter(|row| asked.contains(&row[3])).collect();
    assert!(answered.len() > 5 && answered.len() < 40, "{}", answered.len());
    fs::write(folder.path().join("a.csv"), csv_of(std::iter::once(&all[0]).chain(answered.iter().copied())))
        .unwrap();
    // So small a frame is told to be none (HCS-F008), which holds no record.
    let output = clean(folder.path(), &["a.csv", "--link", "frame=frame.csv", "--out", "out"]);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    let out = files(&folder.path().join("out"));
    let missing: Vec<String> = rows(&out["not-received.csv"])[1..].iter().map(id).collect();
    let due: Vec<&String> = asked.iter().filter(|id| answered.iter().all(|row| row[3] != **id)).collect();
    assert_eq!(missing.iter().collect::<Vec<_>>(), due, "in the order of the frame");
    let said = manifest(&folder.path().join("out"));
    assert_eq!(said["records"]["accepted"], answered.len());
    assert_eq!(said["links"][0]["link"], "frame");
    assert_eq!(
        said["links"][0]["sha256"],
        *kenpyo::source::digest::of_bytes(&fs::read(folder.path().join("frame.csv")).unwrap())
    );
    assert_eq!(said["not_run"], serde_json::json!([]), "every hard edit was run");
}

#[test]
fn our_own_fault_holds_its_record_and_fails_the_run() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.csv"), generated(&["--recipe", "clean", "--records", "20"])).unwrap();
    let words = ["clean", "a.csv", "--out", "out", "--lang", "en"];
    let output = command(folder.path()).args(words).env("KENPYO_FAULT_AT", "7").output().unwrap();
    if !cfg!(debug_assertions) {
        return;
    }
    assert_eq!(output.status.code(), Some(3));
    let out = files(&folder.path().join("out"));
    assert_eq!(numbers(&out["held.csv"]), BTreeSet::from([7]));
    assert_eq!(column(&out["held.csv"], "valid_reason"), ["KP-I001"]);
    assert_eq!(numbers(&out["accepted.csv"]).len(), 19);
    assert_eq!(manifest(&folder.path().join("out"))["failures"], serde_json::json!(["internal-fault"]));
}
