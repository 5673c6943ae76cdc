//! A run beside the report of an earlier one, through the program.
//!
//! Invariants
//! - The earlier report is one that the program itself wrote, of the same file before it was changed.
//! - New and open findings are counted one by one, and must be those of the summary.

use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::Value;

use crate::program::{command, fixture, root, text};

fn copy_of(name: &str, folder: &Path) -> String {
    let text = fs::read_to_string(root().join(fixture(name))).unwrap();
    fs::write(folder.join("in.csv"), &text).unwrap();
    text
}

fn run(folder: &Path, secret: Option<&str>, arguments: &[&str]) -> Output {
    let mut command = command(folder);
    command.args(["check", "in.csv", "--lang", "en"]).args(arguments);
    command.envs(secret.map(|secret| ("KENPYO_FINGERPRINT_KEY", secret)));
    command.output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn since(folder: &Path, secret: Option<&str>, arguments: &[&str]) -> Value {
    let output = run(folder, secret, &[&["--format", "json"], arguments].concat());
    let document: Value =
        serde_json::from_str(&text(&output)).unwrap_or_else(|_| panic!("{}", said(&output)));
    let findings = document["findings"].as_array().unwrap();
    let count = |word: &str| findings.iter().filter(|finding| finding["since"] == word).count();
    let since = &document["summary"]["since"];
    assert_eq!((&since["new"], &since["open"]), (&count("new").into(), &count("open").into()));
    assert_eq!(count("new") + count("open"), findings.len());
    since.clone()
}

#[test]
fn fixed_open_and_new_are_told_apart_whatever_rows_stand_where() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let before = copy_of("submissions/example.csv", here);
    for format in ["json", "jsonl"] {
        fs::write(here.join("in.csv"), &before).unwrap();
        let old = format!("old.{format}");
        run(here, None, &["--format", &format!("{format}={old}")]);
        let same = since(here, None, &["--since-report", &old]);
        assert_eq!((&same["new"], &same["fixed"]), (&0.into(), &0.into()));
        let open = same["open"].as_u64().unwrap();
        assert!(open > 3);
        // The header, then the records the other way round, without the first of those that have findings.
        let lines: Vec<&str> = before.lines().collect();
        let turned: Vec<&str> = lines[..1].iter().chain(lines[1..].iter().rev()).copied().collect();
        fs::write(here.join("in.csv"), turned.join("\n")).unwrap();
        assert_eq!(since(here, None, &["--since-report", &old]), same);
        let first = serde_json::from_str::<Value>(&text(&run(here, None, &["--format", "json"]))).unwrap();
        let number = usize::try_from(first["findings"][0]["place"]["record"].as_u64().unwrap()).unwrap();
        let fewer: Vec<&str> =
            turned.iter().enumerate().filter(|(line, _)| *line != number).map(|(_, line)| *line).collect();
        fs::write(here.join("in.csv"), fewer.join("\n")).unwrap();
        let less = since(here, None, &["--since-report", &old]);
        let fixed = less["fixed"].as_u64().unwrap();
        assert!(fixed > 0 && less["open"].as_u64().unwrap() + fixed == open, "{less}");
        assert_eq!(less["fixed_findings"].as_array().unwrap().len() as u64, fixed);
        assert!(
            less["fixed_findings"][0]["rule"].is_string() && less["fixed_findings"][0]["key"].is_string()
        );
        let full = run(here, None, &["--since-report", &old]);
        assert!(text(&full).contains("Fixed since the earlier report:"), "{}", text(&full));
        assert!(said(&full).contains(&format!("{fixed} fixed")), "{}", said(&full));
        assert_eq!(full.status.code(), Some(1), "the exit code is that of all open findings");
        let fewer_before = run(here, None, &["--format", "json=fewer.json"]);
        assert_eq!(fewer_before.status.code(), Some(1));
        fs::write(here.join("in.csv"), &before).unwrap();
        let more = since(here, None, &["--since-report", "fewer.json"]);
        assert_eq!(more["new"].as_u64(), Some(fixed), "{more}");
    }
}

#[test]
fn what_this_run_did_not_judge_is_not_fixed() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    copy_of("submissions/example.csv", here);
    run(here, None, &["--format", "json=old.json"]);
    let part = since(here, None, &["--since-report", "old.json", "--select", "HCS-X001"]);
    assert_eq!(part["fixed"], 0, "{part}");
    assert!(part["not_judged"].as_u64().unwrap() > 0, "{part}");
    fs::write(here.join("other.csv"), fs::read(root().join(fixture("submissions/clean.csv"))).unwrap())
        .unwrap();
    fs::rename(here.join("in.csv"), here.join("away.csv")).unwrap();
    fs::rename(here.join("other.csv"), here.join("in.csv")).unwrap();
    let same_name = since(here, None, &["--since-report", "old.json"]);
    assert!(same_name["fixed"].as_u64().unwrap() > 0 && same_name["not_judged"] == 0, "{same_name}");
    fs::rename(here.join("in.csv"), here.join("clean.csv")).unwrap();
    let output = command(here)
        .args(["check", "clean.csv", "--format", "json", "--since-report", "old.json"])
        .output()
        .unwrap();
    let document: Value = serde_json::from_str(&text(&output)).unwrap();
    let other = &document["summary"]["since"];
    assert!(other["fixed"] == 0 && other["not_judged"].as_u64().unwrap() > 0, "{other}");
}

#[test]
fn reports_that_hide_keys_are_compared_with_their_key_or_by_their_rows() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    copy_of("submissions/example.csv", here);
    run(here, Some("hush, a long secret"), &["--format", "json=keyed.json", "--values", "hide"]);
    run(here, None, &["--format", "json=rows.json", "--values", "hide"]);
    for (secret, old) in [
        (Some("hush, a long secret"), "keyed.json"),
        (None, "rows.json"),
        (Some("hush, a long secret"), "rows.json"),
    ] {
        for values in ["show", "hide"] {
            let same = since(here, secret, &["--since-report", old, "--values", values]);
            assert_eq!((&same["new"], &same["fixed"]), (&0.into(), &0.into()), "{old} {values}");
        }
    }
    for secret in [None, Some("other, a long secret")] {
        let refused = run(here, secret, &["--since-report", "keyed.json"]);
        assert!(refused.status.code() == Some(2) && said(&refused).contains("KP-U099"), "{}", said(&refused));
    }
    // A report that shows keys does not show them again where they are hidden now.
    run(here, None, &["--format", "json=shown.json"]);
    copy_of("submissions/clean.csv", here);
    let output = run(here, None, &["--format", "json", "--values", "hide", "--since-report", "shown.json"]);
    let shown = fs::read_to_string(here.join("shown.json")).unwrap();
    let shown: Value = serde_json::from_str(&shown).unwrap();
    let key = shown["findings"][0]["place"]["key"].as_str().unwrap();
    assert!(text(&output).contains("\"fixed_findings\":[{") && !text(&output).contains(key));
}

#[test]
fn what_is_no_whole_report_of_the_survey_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    copy_of("submissions/example.csv", here);
    run(here, None, &["--format", "json=old.json", "--format", "jsonl=old.jsonl"]);
    let read = |name: &str| fs::read_to_string(here.join(name)).unwrap();
    let (json, lines) = (read("old.json"), read("old.jsonl"));
    let cut = lines.trim_end().rsplit_once('\n').unwrap().0;
    let deep = "[".repeat(200_000);
    let half = &json[..json.floor_char_boundary(json.len() / 2)];
    let cases: [(&str, &str); 8] = [
        ("", "KP-U097"),
        ("{}", "KP-U097"),
        ("[1, 2", "KP-U097"),
        (&deep, "KP-U097"),
        (half, "KP-U097"),
        (cut, "KP-U097"),
        (&json.replacen("hospital-cyber", "other", 1), "KP-U098"),
        (&json.replacen("\"verdict\":\"findings\"", "\"verdict\":\"refused\"", 1), "KP-U097"),
    ];
    for (text, code) in cases {
        fs::write(here.join("bad.json"), text).unwrap();
        let output = run(here, None, &["--since-report", "bad.json"]);
        let said = said(&output);
        assert!(output.status.code() == Some(2) && said.contains(code), "{code}: {said}");
    }
    let missing = run(here, None, &["--since-report", "nowhere.json"]);
    assert!(missing.status.code() == Some(2) && said(&missing).contains("KP-U021"));
    let japanese = command(here)
        .args(["check", "in.csv", "--lang", "ja", "--since-report", "bad.json"])
        .output()
        .unwrap();
    assert!(said(&japanese).contains("前回の報告として使えません"), "{}", said(&japanese));
}
