//! What `kenpyo clean` asks of whom: queries to the respondents, and what is the office's to look after.
//!
//! Invariants
//! - Queries are read off the files that are written, as whoever sends them would read them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value as Json;

use crate::clean::{clean, files};
use crate::program::{command, root};
use crate::survey_run::{csv_of, generated, pack, rows};

fn table_of(folder: &Path, name: &str) -> Vec<Vec<String>> {
    rows(&fs::read(folder.join(name)).unwrap())
}

/// The cells of a column.
fn column(table: &[Vec<String>], name: &str) -> Vec<String> {
    let place = table[0].iter().position(|header| header == name).unwrap();
    table[1..].iter().map(|row| row[place].clone()).collect()
}

fn place_of(field: &str) -> usize {
    usize::from(pack(None).questionnaire.field(field).unwrap().id.index)
}

#[test]
fn no_two_queries_have_one_key() {
    let folder = tempfile::tempdir().unwrap();
    let mut table = rows(&generated(&["--recipe", "clean", "--records", "4"]));
    // One rule about two questions of a record, and a record twice, in one file and in another.
    for field in ["q14_methods", "q15_generations", "q12_frequency"] {
        table[1][place_of(field)] = "?".to_owned();
        table[2][place_of(field)] = "99".to_owned();
    }
    table.push(table[1].clone());
    fs::write(folder.path().join("a.csv"), csv_of(&table)).unwrap();
    fs::write(folder.path().join("b.csv"), csv_of(&table[..3])).unwrap();
    for (inputs, out) in [(&["a.csv"][..], "one"), (&["a.csv", "b.csv"], "two")] {
        clean(folder.path(), &[inputs, &["--out", out]].concat());
        let keys = column(&table_of(folder.path(), &format!("{out}/queries.csv")), "query");
        assert!(keys.len() > 8, "{keys:?}");
        assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), keys.len(), "{keys:#?}");
        assert_eq!(keys.iter().any(|key| key.contains("@b.csv#")), out == "two", "{keys:#?}");
    }
}

#[test]
fn answers_are_told_as_the_respondent_knows_them_and_a_blank_only_where_it_is_an_answer() {
    let folder = tempfile::tempdir().unwrap();
    let mut table = rows(&generated(&["--recipe", "clean", "--records", "3"]));
    table[1][place_of("q01_manager")].clear();
    let ehr = place_of("q04_ehr");
    let with = table.iter().skip(2).position(|row| row[ehr] == "1").map(|row| row + 2);
    let with = with.unwrap_or(2);
    table[with][ehr] = "2".to_owned();
    fs::write(folder.path().join("a.csv"), csv_of(&table)).unwrap();
    clean(folder.path(), &["a.csv", "--out", "out"]);
    let asked = table_of(folder.path(), "out/queries.csv");
    let (rules, answers) = (column(&asked, "rule"), column(&asked, "answers"));
    let choices = column(&asked, "choices");
    let manager = rules.iter().position(|rule| rule == "HCS-K001/q01_manager").unwrap();
    assert!(!choices[manager].contains("blank"), "that it is blank is what is asked: {}", choices[manager]);
    assert!(answers[manager].ends_with("not given"), "{}", answers[manager]);
    let coded: Vec<&String> =
        answers.iter().filter(|answer| answer.contains("\"2\"") || answer.contains("\"1\"")).collect();
    assert_eq!(coded, [""; 0], "codes are no answers");
    assert!(
        answers.iter().any(|answer| answer.contains("\"Not used\"") || answer.contains("\"No\"")),
        "{answers:#?}"
    );
}

#[test]
fn of_the_frame_no_respondent_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let frame = rows(&fs::read(root().join("fixtures/linked/frame.csv")).unwrap());
    let mut few = frame[..41].to_vec();
    let mut other = frame[3].clone();
    other[2] = "別の名称".to_owned();
    few.push(other);
    fs::write(path("frame.csv"), csv_of(&few)).unwrap();
    fs::write(path("empty.csv"), csv_of(&frame[..1])).unwrap();
    let all = rows(&fs::read(root().join("fixtures/submissions/clean.csv")).unwrap());
    fs::write(path("a.csv"), csv_of(&all[..3])).unwrap();
    let output = clean(folder.path(), &["a.csv", "--link", "frame=frame.csv", "--out", "out"]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("office.csv") && told.contains("a linked file needs correction"), "{told}");
    let asked = column(&table_of(folder.path(), "out/queries.csv"), "rule");
    assert!(
        asked.iter().all(|rule| !rule.starts_with("HCS-F008") && !rule.starts_with("KP-S017")),
        "{asked:?}"
    );
    let office = table_of(folder.path(), "out/office.csv");
    let ids = column(&office, "rule");
    assert!(
        ids.contains(&"HCS-F008/gmis_id".to_owned()) && ids.contains(&"HCS-F008/band".to_owned()),
        "{ids:?}"
    );
    assert!(column(&office, "file").iter().all(|file| file == "frame.csv"), "{office:#?}");
    let manifest: Json = serde_json::from_slice(&files(&path("out"))["manifest.json"]).unwrap();
    assert_eq!(manifest["office"], office.len() - 1);
    assert_eq!(manifest["queries"], asked.len());
    let missing = column(&table_of(folder.path(), "out/not-received.csv"), "G-MIS ID");
    assert_eq!(missing.iter().collect::<BTreeSet<_>>().len(), missing.len(), "{missing:?}");

    for link in ["frame=frame.csv", "frame=empty.csv"] {
        let words = ["tabulate", "a.csv", "--link", link, "--table", "T01", "--lang", "en"];
        let output = command(folder.path()).args(words).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(told.contains("HCS-F008/band") && !told.contains("not given of the frame"), "{told}");
        assert!(told.contains(&format!("{}: error HCS-F008", &link[6..])), "{told}");
    }
}

#[test]
fn in_nested_json_only_private_values_are_emptied() {
    let folder = tempfile::tempdir().unwrap();
    let words = ["generate", "--records", "30", "--format", "json", "--nested", "--quiet", "--out", "a.json"];
    assert!(command(folder.path()).args(words).output().unwrap().status.success());
    clean(folder.path(), &["a.json", "--out", "out"]);
    let of = |name: &str| -> Vec<Json> {
        let text = fs::read(folder.path().join(name)).unwrap();
        serde_json::from_slice::<Json>(&text).unwrap().as_array().unwrap().clone()
    };
    let all = of("a.json");
    let kept: Vec<Json> = ["out/accepted.json", "out/held.json"].into_iter().flat_map(of).collect();
    assert_eq!(kept.len(), 30);
    for record in kept {
        let number = usize::try_from(record["kenpyo"]["source_record"].as_u64().unwrap()).unwrap();
        let mut expected = all[number - 1].clone();
        for contact in expected["contact"].as_object_mut().into_iter().flatten() {
            *contact.1 = Json::Null;
        }
        let mut found = record.clone();
        found.as_object_mut().unwrap().remove("kenpyo");
        assert_eq!(found, expected);
    }
}

#[test]
fn a_file_without_the_column_of_a_question_that_everybody_must_answer_is_held() {
    let survey = root().join("docs/example-survey");
    let folder = tempfile::tempdir().unwrap();
    let table = rows(&fs::read(survey.join("submissions/2025-06.csv")).unwrap());
    let without = |name: &str| {
        let place = table[0].iter().position(|header| header == name).unwrap();
        let cut: Vec<Vec<String>> = table
            .iter()
            .map(|row| {
                row.iter().enumerate().filter(|(at, _)| *at != place).map(|(_, cell)| cell.clone()).collect()
            })
            .collect();
        fs::write(folder.path().join("a.csv"), csv_of(&cut)).unwrap();
        let survey = survey.join("rules/school-equipment/2025");
        let survey = survey.to_str().unwrap();
        let output = clean(folder.path(), &["a.csv", "--survey", survey, "--out", "out", "--force"]);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        let manifest: Json =
            serde_json::from_slice(&files(&folder.path().join("out"))["manifest.json"]).unwrap();
        (manifest, told)
    };
    let holds = |manifest: &Json| {
        manifest["reasons"].as_array().unwrap().iter().any(|reason| reason["id"] == "KP-S005")
    };
    let (manifest, told) = without("Tablets");
    assert!(holds(&manifest) && manifest["records"]["accepted"] == 0, "{manifest:#} {told}");
    assert!(told.contains("all columns of the form"), "{told}");
    let (manifest, told) = without("Working");
    assert!(!holds(&manifest), "only some are asked: {manifest:#} {told}");
}

#[test]
fn what_cannot_be_read_gives_no_tables_and_no_name_gives_two_lines() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("x.csv"), "a,b\n1,2\n").unwrap();
    let ran = |words: &[&str]| {
        let output = command(folder.path()).args(words).args(["--lang", "en"]).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let (code, tables, told) = ran(&["tabulate", "x.csv"]);
    assert!(code == Some(3) && tables.is_empty() && told.contains("KP-S004"), "{told} {tables}");
    if cfg!(unix) {
        let name = "a\nkenpyo: error FAKE.csv";
        fs::write(folder.path().join(name), generated(&["--recipe", "clean", "--records", "2"])).unwrap();
        let (code, _, told) = ran(&["check", name]);
        assert!(code == Some(0) && !told.lines().any(|line| line.starts_with("kenpyo: error")), "{told}");
    }
    let (code, _, told) = ran(&["clean", "x.csv", "--out", "out", "--format", "json=out/r.json"]);
    assert!(code == Some(2) && told.contains("KP-U042"), "{told}");
}
