//! Whether a verdict may be trusted: nothing submitted is lost, and nothing that was not judged passes for judged.
//!
//! Invariants
//! - Each test runs the program as a clerk would, on a copy of the shipped survey where the survey is changed.

use std::fs;

use serde_json::Value;

use crate::program::{command, copy, fixture, report, root, text};

const SURVEY: &str = "rules/hospital-cyber/2024";

/// The JSON report on the example file by the shipped survey with `text` added to the pack's file `name`.
fn judged_with(name: &str, text_added: &str) -> (Option<i32>, Value, String) {
    let folder = tempfile::tempdir().unwrap();
    for name in ["schemas", "rules"] {
        copy(name, &folder.path().join(name));
    }
    let file = folder.path().join(SURVEY).join(name);
    let before = fs::read_to_string(&file).unwrap_or_default();
    fs::write(&file, format!("{before}\n{text_added}")).unwrap();
    let example = root().join(fixture("submissions/example.csv"));
    let output = command(folder.path())
        .args(["check", "--survey", SURVEY, "--format", "json", "--values", "show", "--lang", "en"])
        .arg(example)
        .output()
        .unwrap();
    let note = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), serde_json::from_str(&text(&output)).unwrap_or_else(|_| panic!("{note}")), note)
}

#[test]
fn no_output_is_written_over_what_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let submitted = fs::read(root().join(fixture("submissions/example.csv"))).unwrap();
    let here = |name: &str| folder.path().join(name);
    fs::create_dir(here("sub")).unwrap();
    fs::write(here("in.csv"), &submitted).unwrap();
    let absolute = here("in.csv").display().to_string();
    for target in ["in.csv", "./in.csv", "sub/../in.csv", &absolute] {
        let output = command(folder.path())
            .args(["check", "in.csv", "--lang", "en", "--format"])
            .arg(format!("json={target}"))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{target}: {said}");
        assert!(said.contains("KP-U030") && said.contains("never"), "{said}");
        assert_eq!(fs::read(here("in.csv")).unwrap(), submitted, "{target}");
    }
    let generate =
        |words: &[&str]| command(folder.path()).arg("generate").args(words).output().unwrap().status;
    assert_eq!(generate(&["--out", "o.csv", "--truth", "./o.csv"]).code(), Some(2));
    assert_eq!(generate(&["--format", "jsonl", "--encoding", "cp932"]).code(), Some(2), "JSON is UTF-8");
    assert!(!here("o.csv").exists());
}

#[test]
fn what_the_office_has_set_aside_stays_visible_and_holds_nothing() {
    let exemption = |key: &str| {
        format!(
            "[[exemption]]\nrule = \"HCS-X001\"\nkey = [\"{key}\"]\ndecision = \"D-2024-17\"\nreason = \"the band was agreed\"\n"
        )
    };
    let of = |document: &Value| {
        let findings = document["findings"].as_array().unwrap();
        findings.iter().find(|finding| finding["rule"] == "HCS-X001").unwrap().clone()
    };
    let (exit, document, _) = judged_with("survey.toml", &exemption("S0000557"));
    let finding = of(&document);
    assert_eq!(finding["severity"], "info");
    let said = finding["decision"].to_string();
    assert!(said.contains("D-2024-17") && said.contains("the band was agreed"), "{said}");
    assert_eq!(exit, Some(1), "the other records still have errors");
    let (_, document, _) = judged_with("survey.toml", &exemption("S0000558"));
    assert_eq!(of(&document)["severity"], "error", "another record's exemption");
}

#[test]
fn a_rule_over_many_records_has_its_line_among_the_rules() {
    let rule = "[[rule]]\nid = \"HCS-X900\"\nslug = \"names-differ\"\nseverity = \"error\"\n\
        at-most = { per = [\"facility_name\"], max = 1 }\nblame = [\"facility_name\"]\nsource = \"test\"\n\
        title.ja = \"名前の重複\"\ntitle.en = \"names repeat\"\n\
        message.ja = \"名前が重複しています。\"\nmessage.en = \"The name repeats.\"\n";
    let (_, document, note) = judged_with("99-added.toml", rule);
    let lines = document["summary"]["rules"].as_array().unwrap();
    let line = lines.iter().find(|line| line["rule"] == "HCS-X900").expect("the rule has a line");
    assert_eq!((&line["outcomes"]["not_run"], &line["outcomes"]["pass"]), (&0.into(), &5.into()));
    assert!(!note.contains("over many records"), "{note}");
}

#[test]
fn an_absurd_width_is_a_wide_page() {
    for columns in ["18446744073709551615", "99999999999", "0", "x"] {
        let output = command(&root())
            .args(["check", &fixture("submissions/example.csv")])
            .env("COLUMNS", columns)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{columns}");
        assert!(text(&output).lines().all(|line| line.len() < 8_000), "{columns}");
    }
}

#[test]
fn whoever_answers_that_the_key_is_unknown_is_nobody() {
    let example = fs::read_to_string(root().join(fixture("submissions/example.csv"))).unwrap();
    let lines: Vec<&str> = example.lines().take(2).collect();
    let nameless = lines.join("\n").replace("S0000020,3419949627", "不明,");
    assert!(nameless.contains("不明"));
    let document = report(&["-", "--input-format", "csv"], Some(nameless.as_bytes()));
    let ids: Vec<&str> =
        document["findings"].as_array().unwrap().iter().map(|f| f["rule"].as_str().unwrap()).collect();
    assert_eq!(ids, ["KP-S017"]);
}
