//! `kenpyo check` and `kenpyo rules` with the embedded survey: what is read, what is printed where, how it ends.
//!
//! Invariants
//! - Run in folders made for the test, with the survey that comes with the program.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Output, Stdio};

use serde_json::Value;

use crate::program::{copy, typed};

/// A record with one error (its bed count is outside its band) among many unanswered questions.
const RECORD: &str = r#"{"gmis_id":"AB12345","beds_total":812,"band":1,"facility_name":"厚生第一病院"}"#;

fn run(folder: &Path, words: &[&str]) -> Output {
    typed(folder, words).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A folder with a submission, a folder in it, and what is none.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("県 1")).unwrap();
    for (name, content) in [("b.jsonl", RECORD), ("県 1/a.jsonl", RECORD), ("~$b.csv", ""), ("Thumbs.db", "")]
    {
        fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

fn files_of(output: &Output) -> Vec<String> {
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    report["files"].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

#[test]
fn exit_codes_tell_findings_from_failures() {
    let folder = folder();
    let code = |words: &[&str]| run(folder.path(), &[&["check", "-q"], words].concat()).status.code();
    assert_eq!(code(&["b.jsonl"]), Some(1));
    assert_eq!(code(&["b.jsonl", "--exit-zero"]), Some(0));
    assert_eq!(code(&["b.jsonl", "--fail-on", "never"]), Some(0));
    assert_eq!(code(&["b.jsonl", "--select", "HCS-R003"]), Some(0));
    assert_eq!(code(&["b.jsonl", "gone.csv"]), Some(3));
    assert_eq!(code(&["gone.csv", "--exit-zero", "--allow-empty"]), Some(3));
    assert_eq!(code(&["*.tsv"]), Some(3));
    assert_eq!(code(&["*.tsv", "--allow-empty"]), Some(0));
    assert_eq!(code(&["b.jsonl", "--ignore", "HCS", "--select", "HCS-R003"]), Some(3));
}

#[test]
fn folders_patterns_and_lists_are_read_in_one_order() {
    let folder = folder();
    fs::write(folder.path().join("list.txt"), "b.jsonl\n\n県 1/a.jsonl\n").unwrap();
    for words in [
        &["."][..],
        &["b.jsonl", "県 1"],
        &["*/*.jsonl", "b.jsonl", "./b.jsonl"],
        &["--files-from", "list.txt"],
    ] {
        let output = run(folder.path(), &[&["check", "--format", "json"], words].concat());
        assert_eq!(files_of(&output), ["b.jsonl", "県 1/a.jsonl"], "{words:?}");
    }
    let output = run(folder.path(), &["check", ".", "--exclude", "県*", "--format", "json"]);
    assert_eq!(files_of(&output), ["b.jsonl"]);
    assert!(
        text(&output.stderr).contains("3 files are not read: Thumbs.db, list.txt, ~$b.csv"),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn reports_never_name_an_absolute_path() {
    let folder = folder();
    let path = folder.path().join("b.jsonl");
    let elsewhere = tempfile::tempdir().unwrap();
    let output = run(elsewhere.path(), &["check", path.to_str().unwrap(), "--format", "json"]);
    assert_eq!(files_of(&output), ["b.jsonl"]);
    assert!(!text(&output.stdout).contains(folder.path().to_str().unwrap()));
}

#[test]
fn standard_input_has_the_name_that_it_is_given() {
    let folder = folder();
    let mut child =
        typed(folder.path(), &["check", "-", "--stdin-filename", "x.jsonl", "--format", "short", "-q"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
    child.stdin.take().unwrap().write_all(RECORD.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let lines = text(&output.stdout);
    assert!(
        lines.lines().all(|line| line.starts_with("x.jsonl:1:")) && lines.contains(" error HCS-X001["),
        "{lines}"
    );
}

#[test]
fn several_reports_of_one_run_agree() {
    let folder = folder();
    let words =
        ["check", "b.jsonl", "--format", "json=r.json", "--format", "jsonl", "--format", "full=r.txt"];
    let output = run(folder.path(), &words);
    let document: Value =
        serde_json::from_str(&fs::read_to_string(folder.path().join("r.json")).unwrap()).unwrap();
    let events = text(&output.stdout);
    let findings = events.lines().filter(|line| line.starts_with(r#"{"event":"finding""#)).count();
    assert_eq!(document["findings"].as_array().unwrap().len(), findings);
    let page = fs::read_to_string(folder.path().join("r.txt")).unwrap();
    assert!(page.contains("── AB12345 · record 1 ") && page.contains("Checked 1 record in 1 file"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 6, "no temporary file is left");
}

#[test]
fn values_are_hidden_in_ci_and_keys_only_with_them() {
    let folder = folder();
    let page = |words: &[&str]| {
        let output = typed(folder.path(), &[&["check", "b.jsonl", "--format", "json"], words].concat())
            .env("CI", "true")
            .output()
            .unwrap();
        text(&output.stdout)
    };
    let hidden = page(&[]);
    assert!(!hidden.contains("812") && !hidden.contains("AB12345") && !hidden.contains("厚生"), "{hidden}");
    assert!(page(&["--keys", "show"]).contains("AB12345") && !page(&["--keys", "show"]).contains("812"));
    assert!(page(&["--values", "show"]).contains("812"));
}

#[test]
fn a_misspelt_wish_to_hide_values_shows_none() {
    let folder = folder();
    let words = ["check", "b.jsonl", "--format", "short"];
    let output = typed(folder.path(), &words).env("KENPYO_VALUES", "hidden").output().unwrap();
    let page = text(&output.stderr);
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(2), ""), "{page}");
    assert!(page.contains("KENPYO_VALUES") && page.contains("did you mean \"hide\"?"), "{page}");
    let output = typed(folder.path(), &[&words[..], &["--values", "hide"]].concat())
        .env("KENPYO_VALUES", "hidden")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "a flag goes before the environment");
}

#[test]
fn what_is_wrong_with_a_header_is_drawn_under_its_cell() {
    let folder = folder();
    let listed = |name: &str, content: &str| {
        fs::write(folder.path().join(name), content).unwrap();
        text(&run(folder.path(), &["check", name, "--select", "HCS-R003", "--max-findings", "99"]).stdout)
    };
    let page = listed("h.csv", "gmis_id,beds_totl,beds_total,病床数,注記\nAB12345,1,2,3,4\n");
    for drawn in [
        " 1 │ gmis_id,beds_totl,beds_total,…\n   ·         ─────────\n",
        " 1 │ …,病床数,注記\n   ·          ────\n",
        " 1 │ …,beds_totl,beds_total,病床数,注記\n   ·             ─────┬──── ───┬──\n",
    ] {
        assert!(page.contains(drawn), "{drawn}\n{page}");
    }
    let page = listed("m.csv", "gmis_id,band\nAB12345,1\n");
    assert!(page.contains(" 1 │ gmis_id,band\n   · ────────────\n"), "{page}");
    let page = listed("k.jsonl", "{\"gmis_id\": \"AB12345\", \"beds_totl\": 5}\n");
    assert!(page.contains(" 1 │ … \"beds_totl\" …\n   ·   ───────────\n"), "{page}");
}

#[test]
fn the_day_is_given_where_a_rule_asks_for_it_and_refused_where_none_does() {
    let folder = folder();
    let refused = run(folder.path(), &["check", "b.jsonl", "--as-of", "2024-02-29"]);
    let page = text(&refused.stderr);
    let told = "Nothing was checked: 1 mistake in the rule pack, the settings or the options.\n";
    assert_eq!((refused.status.code(), text(&refused.stdout).as_str()), (Some(2), told));
    assert!(page.contains("KP-U025") && page.contains("field_start, field_end"), "{page}");
    copy("schemas", &folder.path().join("schemas"));
    copy("rules", &folder.path().join("rules"));
    let survey = "rules/hospital-cyber/2024";
    let file = folder.path().join(survey).join("survey.toml");
    let more = "\n[param.as_of]\ntype = \"date\"\nfrom = \"run\"\nrequired = true\n";
    fs::write(&file, fs::read_to_string(&file).unwrap() + more).unwrap();
    let rule = "\n[[rule]]\nid = \"HCS-X999\"\nslug = \"answered-after-today\"\nseverity = \"error\"\n\
        require = 'answered_on <= param.as_of'\nsource = \"example\"\ntitle.ja = \"回答日が未来\"\n\
        title.en = \"answered after today\"\nmessage.ja = \"{answered_on}は{param.as_of}より後です。\"\n\
        message.en = \"{answered_on} is after {param.as_of}.\"\n";
    fs::write(folder.path().join(survey).join("99-day.toml"), rule).unwrap();
    let record = r#"{"gmis_id": "AB12345", "answered_on": "2024-02-29"}"#;
    fs::write(folder.path().join("d.jsonl"), record).unwrap();
    let check = |words: &[&str]| {
        let all = ["check", "d.jsonl", "--survey", survey, "--select", "HCS-X999", "--format", "short", "-q"];
        let output = run(folder.path(), &[&all[..], words].concat());
        (output.status.code(), text(&output.stdout) + &text(&output.stderr))
    };
    let (code, page) = check(&["--as-of", "2024-02-28"]);
    assert_eq!(code, Some(1), "{page}");
    assert!(page.contains("2024-02-29 is after 2024-02-28."), "{page}");
    assert_eq!(check(&["--as-of", "2024-02-29"]).0, Some(0));
    assert!(check(&[]).1.contains("KP-A016"));
    for (words, meant) in [
        (&["--as-of", "2024-02-30"][..], "KP-U016"),
        (&["--as-of", "2024-02-28", "--param", "as_of=2024-02-29"], "KP-U009"),
    ] {
        let (code, page) = check(words);
        assert_eq!(code, Some(2), "{page}");
        assert!(page.contains(meant), "{page}");
    }
}

#[test]
fn the_summary_is_on_standard_error_and_quiet_silences_it() {
    let folder = folder();
    let output = run(folder.path(), &["check", "b.jsonl"]);
    assert!(text(&output.stderr).starts_with("Checked 1 record in 1 file by hospital-cyber/2024"));
    assert!(!text(&output.stdout).contains("Checked 1 record"));
    assert_eq!(text(&run(folder.path(), &["check", "b.jsonl", "-q"]).stderr), "");
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_ends_the_check_quietly() {
    let folder = folder();
    fs::write(folder.path().join("many.jsonl"), format!("{RECORD}\n").repeat(3000)).unwrap();
    let mut child = typed(folder.path(), &["check", "many.jsonl", "--format", "jsonl"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(0), ""));
}

#[test]
fn a_message_prints_the_parameter_that_the_run_gives() {
    let folder = folder();
    let words = ["check", "b.jsonl", "--param", "population_min=900", "--select", "HCS-R002", "--lang", "en"];
    let report: Value =
        serde_json::from_slice(&run(folder.path(), &[&words[..], &["--format", "json"]].concat()).stdout)
            .unwrap();
    let mut findings = report["findings"].as_array().unwrap().iter();
    let finding = findings.find(|finding| finding["id"] == "HCS-R002").unwrap();
    assert!(finding["message"].as_str().unwrap().contains("with 900 beds"), "{report}");
    assert!(finding["arguments"].to_string().contains("900"), "{finding}");
}

#[test]
fn wrong_rules_parameters_and_surveys_are_marked_on_the_command_line() {
    let folder = folder();
    for (words, code, meant) in [
        (&["check", "b.jsonl", "--select", "HCS-X001,HCX-X002"][..], "KP-A010", "HCS-X002"),
        (&["check", "b.jsonl", "--param", "population_mni=20"], "KP-U015", "population_min"),
        (&["check", "b.jsonl", "--param", "population_min=twenty"], "KP-U016", "cannot be \"twenty\""),
        (&["check", "b.jsonl", "--param", "population_min"], "KP-U017", "NAME=VALUE"),
        (&["check", "b.jsonl", "--profile", "three-tow-one"], "KP-A012", "three-two-one"),
        (&["check", "b.jsonl", "--survey", "hospital-cyber/2042"], "KP-U024", "hospital-cyber/2024"),
        (&["check", "b.jsonl", "--exclude", "[a"], "KP-U019", "pattern"),
        (&["explain", "HCS-X0011"], "KP-U018", "HCS-X001"),
        (&["rules", "format"], "KP-U020", "--survey FOLDER"),
    ] {
        let output = run(folder.path(), words);
        let page = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{page}");
        assert!(page.contains(code) && page.contains(meant), "{page}");
    }
}

#[test]
fn a_pack_with_a_mistake_is_drawn_and_nothing_is_checked() {
    let folder = folder();
    copy("schemas", &folder.path().join("schemas"));
    copy("rules", &folder.path().join("rules"));
    let file = folder.path().join("rules/hospital-cyber/2024/10-beds.toml");
    let rules = fs::read_to_string(&file).unwrap();
    fs::write(&file, rules.replace("when      = 'band is answered'", "when      = 'bend is answered'"))
        .unwrap();
    let output = run(folder.path(), &["check", "b.jsonl", "--survey", "rules/hospital-cyber/2024"]);
    let page = text(&output.stderr);
    let told = "Nothing was checked: 1 mistake in the rule pack, the settings or the options.\n";
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(2), told), "{page}");
    assert!(page.contains("bend is answered") && page.contains("band") && page.contains("KP-U023"), "{page}");
    let lint = run(folder.path(), &["rules", "lint", "--survey", "rules/hospital-cyber/2024"]);
    assert_eq!(lint.status.code(), Some(1));
    assert!(text(&lint.stdout).contains("10-beds.toml:"), "{}", text(&lint.stdout));
}

#[test]
fn formatting_changes_expressions_and_nothing_else() {
    let folder = folder();
    copy("schemas", &folder.path().join("schemas"));
    copy("rules", &folder.path().join("rules"));
    let file = folder.path().join("rules/hospital-cyber/2024/10-beds.toml");
    let before = fs::read_to_string(&file).unwrap();
    let changed = before.replace("'beds_total > 0'  ", "'beds_total   >0'  ");
    assert_ne!(before, changed);
    fs::write(&file, &changed).unwrap();
    let format = |words: &[&str]| {
        run(folder.path(), &[&["rules", "format", "--survey", "rules/hospital-cyber/2024"], words].concat())
    };
    let check = format(&["--check"]);
    assert_eq!(check.status.code(), Some(1));
    assert!(text(&check.stdout).contains("10-beds.toml"));
    assert_eq!(fs::read_to_string(&file).unwrap(), changed);
    assert_eq!(format(&[]).status.code(), Some(0));
    assert_eq!(fs::read_to_string(&file).unwrap(), before);
    assert_eq!(format(&["--check"]).status.code(), Some(0));
}

#[test]
fn every_rule_and_code_has_a_page() {
    let folder = folder();
    let list = run(folder.path(), &["rules", "list", "--format", "json"]);
    let list: Value = serde_json::from_slice(&list.stdout).unwrap();
    let rules = list["rules"].as_array().unwrap();
    assert!(rules.len() > 50);
    for rule in rules.iter().step_by(7) {
        let id = rule["rule"].as_str().unwrap();
        let page = run(folder.path(), &["explain", id]);
        assert_eq!(page.status.code(), Some(0), "{id}");
        assert!(text(&page.stdout).contains(rule["titles"]["ja"].as_str().unwrap()), "{id}");
    }
    for id in ["HCS-C015", "HCS-D001", "HCS-K001", "KP-S009", "copies-fewer-than-methods"] {
        assert_eq!(run(folder.path(), &["explain", id]).status.code(), Some(0), "{id}");
    }
}
