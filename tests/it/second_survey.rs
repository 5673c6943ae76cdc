//! A second survey, made as data alone: what its author wrote by hand holds, and nothing that is said to whoever fills it in
//! comes from the first one.
//!
//! Invariants
//! - What must be found stands in `fixtures/checklist-2024`, written by hand; the survey itself is schema and rule
//!   files alone.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::Value;

use crate::program::{findings, fixture, kenpyo, kenpyo_with, report, root, text};

/// The rules of the checklist.
const SURVEY: &str = "rules/cyber-checklist/2024";

/// Findings by record, each as `RULE`, or as `RULE/field` where that is `expected`; 0: of the run or a file.
fn by_record(report: &Value, expected: &BTreeMap<u64, BTreeSet<String>>) -> BTreeMap<u64, BTreeSet<String>> {
    let mut by_record: BTreeMap<u64, BTreeSet<String>> = BTreeMap::new();
    for (record, rule, field) in findings(report) {
        let with_field = format!("{rule}/{field}");
        let named = expected.get(&record).is_some_and(|words| words.contains(&with_field));
        by_record.entry(record).or_default().insert(if named { with_field } else { rule });
    }
    by_record
}

/// The header of the form and its first clean record.
fn form() -> (Vec<String>, Vec<String>) {
    let good = fs::read_to_string(root().join(fixture("checklist-2024/good.csv"))).unwrap();
    let mut rows = csv::ReaderBuilder::new().has_headers(false).from_reader(good.as_bytes());
    let mut row = || rows.records().next().unwrap().unwrap().iter().map(str::to_owned).collect();
    (row(), row())
}

/// What is found in a clean record in which `column` holds `cell`.
fn with_cell(column: &str, cell: &str, language: &str) -> Value {
    let (header, mut record) = form();
    let place = header.iter().position(|name| name == column).unwrap();
    cell.clone_into(&mut record[place]);
    let file = format!("{}\n{}\n", header.join(","), record.join(","));
    let words =
        ["check", "-", "--survey", SURVEY, "--lang", language, "--format", "json", "--values", "show"];
    serde_json::from_str(&text(&kenpyo_with(&words, file.as_bytes()))).unwrap()
}

fn messages(report: &Value, rule: &str) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap().iter();
    let of_rule = findings.filter(|finding| finding["rule"].as_str() == Some(rule));
    of_rule.map(|finding| format!("{} {}", finding["message"], finding["suggestion"])).collect()
}

#[test]
fn the_findings_are_those_that_its_author_wrote_by_hand() {
    let expected: toml::Table =
        toml::from_str(&fs::read_to_string(root().join(fixture("checklist-2024/expected.toml"))).unwrap())
            .unwrap();
    let words = |value: &toml::Value| -> BTreeSet<String> {
        value["findings"].as_array().unwrap().iter().map(|word| word.as_str().unwrap().to_owned()).collect()
    };
    let records = expected["record"].as_table().unwrap().iter();
    let expected: BTreeMap<u64, BTreeSet<String>> = records
        .map(|(number, record)| (number.parse().unwrap(), words(record)))
        .filter(|(_, findings)| !findings.is_empty())
        .collect();
    assert!(expected.len() > 20, "{}", expected.len());
    let bad = report(&["--survey", SURVEY, &fixture("checklist-2024/bad.csv")], None);
    let mut found = by_record(&bad, &expected);
    found.remove(&0);
    assert_eq!(found, expected);
    let good = report(&["--survey", SURVEY, &fixture("checklist-2024/good.csv")], None);
    assert_eq!(
        by_record(&good, &expected).keys().filter(|record| **record > 0).count(),
        0,
        "{}",
        good["findings"]
    );
}

#[test]
fn a_file_of_another_survey_is_told_whose_it_is() {
    let good = fixture("checklist-2024/good.csv");
    let by_itself = report(&[&good], None);
    assert_eq!(messages(&by_itself, "KP-S004"), [""; 0], "nobody names a survey: the one that fits");
    let of_another = report(&[&good, "--survey", "hospital-cyber/2024"], None);
    let told = messages(&of_another, "KP-S004");
    assert_eq!(told.len(), 1);
    assert!(told[0].contains("--survey cyber-checklist/2024"), "{}", told[0]);
    let unknown = report(&["-", "--survey", SURVEY], Some(b"one,two,three,four\n1,2,3,4\n"));
    let mut findings = unknown["findings"].as_array().unwrap().iter();
    let finding = findings.find(|finding| finding["rule"] == "KP-S004").unwrap();
    assert_eq!(finding["slug"], "header-row-of-no-known-survey", "{finding}");
    let said = finding.to_string();
    assert!(said.contains("hospital-cyber/2024"), "the surveys that are known: {said}");
    assert!(said.contains("further columns") && said.len() < 4_000, "the first of many columns: {said}");
}

#[test]
fn a_date_without_year_is_proposed_in_the_period_and_examples_are_of_it() {
    let report = with_cell("1-1_安全管理責任者_確認日", "1/15", "ja");
    let told = messages(&report, "KP-C018");
    assert_eq!(told.len(), 1, "{}", report["findings"]);
    assert!(
        told[0].contains("2025-01-15"),
        "January of a fiscal year is of the next calendar year: {}",
        told[0]
    );
    assert!(told[0].contains("「令和6年4月15日」または「2024-04-15」"), "{}", told[0]);
    let report = with_cell("記入日", "2024-13-40", "en");
    let told = messages(&report, "KP-C018").concat();
    assert!(told.contains("2024-04-15 or 令和6年4月15日"), "{told}");
}

#[test]
fn its_items_are_called_by_the_forms_own_word() {
    let said = |language| with_cell("2-2_リモート保守機器", "5", language)["findings"].to_string();
    let (said, in_english) = (said("ja"), said("en"));
    assert!(said.contains("項目2-2「") && in_english.contains("item 2-2 ("), "{said} {in_english}");
    assert!(!said.contains("問2-2"), "{said}");
    let noted = with_cell("備考", "項目2-2は来月の予定", "ja");
    assert!(noted["findings"].to_string().contains("KP-C025"), "{}", noted["findings"]);
}

#[test]
fn a_wrong_version_of_the_form_is_told_before_all_else_of_the_file() {
    let (header, mut record) = form();
    record[0] = "R5".to_owned();
    let file = format!("{},別の列\n{},x\n", header.join(","), record.join(","));
    let report = report(&["-", "--survey", SURVEY], Some(file.as_bytes()));
    let rules: Vec<&str> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["rule"].as_str().unwrap())
        .collect();
    let place = |rule: &str| rules.iter().position(|found| *found == rule).unwrap();
    assert!(place("KP-S016") < place("KP-S006"), "{rules:?}");
}

#[test]
fn a_header_cut_short_is_told_what_it_was() {
    let (mut header, record) = form();
    header[13] = "1-1".to_owned();
    let file = format!("{}\n{}\n", header.join(","), record.join(","));
    let report = report(&["-", "--survey", SURVEY], Some(file.as_bytes()));
    let told = messages(&report, "KP-S006");
    assert_eq!(told.len(), 1, "{}", report["findings"]);
    assert!(told[0].contains("1-1_安全管理責任者"), "{}", told[0]);
}

#[test]
fn the_help_names_no_recipe_of_a_survey() {
    let help = text(&kenpyo(&["generate", "--help"]));
    assert!(!help.contains("natural"), "{help}");
}

#[test]
fn one_cause_is_told_in_a_few_lines_and_all_are_counted() {
    let words =
        ["check", &fixture("checklist-2024/bad.csv"), "--survey", SURVEY, "--lang", "en", "--values", "show"];
    let page = text(&kenpyo(&words));
    let group = page.split("CCL-K020").nth(1).unwrap().split("\n\n").next().unwrap();
    assert_eq!(group.matches("└ CCL-K007/").count(), 5, "{group}");
    assert!(group.contains("12 more (") && group.contains("c303"), "{group}");
    let counted = page.lines().find(|line| line.starts_with("CCL-K007/c303")).map(str::to_owned);
    assert!(counted.is_some(), "each has its line in the table: {page}");
}

#[test]
fn the_book_prints_what_check_prints() {
    let book = text(&kenpyo(&["rules", "book", "--survey", SURVEY, "--lang", "ja"]));
    assert!(
        !book.contains("「未記入」と記入") && !book.contains("の「未記入」は「非該当」"),
        "a mark is no blank"
    );
    let entry =
        |id: &str| book.split(&format!("### {id} ")).nth(1).unwrap().split("###").next().unwrap().to_owned();
    assert!(entry("CCL-K011").contains("に「該当なし」と記入されていますが"), "{}", entry("CCL-K011"));
    assert!(!book.contains("\\{"), "no placeholder is left as it is written");
}

#[cfg(feature = "xlsx")]
#[test]
fn the_form_says_itself_which_form_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("form.xlsx");
    let out = place.to_str().unwrap();
    let made = kenpyo(&["form", "--survey", SURVEY, "--layout", "sheet", "-o", out]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let file = Box::new(fs::File::open(&place).unwrap());
    let mut package = kenpyo::workbook::Package::open(file, &kenpyo::workbook::Limits::default()).unwrap();
    let mut rows = package.rows(0).unwrap();
    let mut version = None;
    while let Some(row) = rows.next_row().unwrap() {
        if row.cell(1).is_some_and(|cell| cell.value == kenpyo::workbook::Value::Text("様式の版")) {
            version = row.cell(4).map(|cell| format!("{:?}", cell.value));
        }
    }
    assert_eq!(version.as_deref(), Some("Text(\"R6\")"));
    let checked = kenpyo(&["check", out, "--survey", SURVEY, "--format", "short", "--lang", "en"]);
    let told = text(&checked);
    assert!(!told.contains("KP-S016"), "the version is this form's: {told}");
}
