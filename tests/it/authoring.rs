//! What whoever writes a survey as data is told, and what the rule files take: a small pack of two waves, made anew for
//! each test.
//!
//! Invariants
//! - The pack as it stands has one rule without an example and no mistake; a test changes one thing of it.

use std::fs;
use std::path::Path;

use crate::program::{command, text};

const SCHEMA: &str = r##"{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "ex-1",
  "type": "object",
  "x-label": { "ja": "例", "en": "Example" },
  "x-missing": { "na": ["該当なし"] },
  "$defs": {
    "yn": {
      "oneOf": [
        { "const": 1, "x-name": "yes", "x-label": { "ja": "はい", "en": "Yes" }, "x-synonyms": ["○"] },
        { "const": 2, "x-name": "no", "x-label": { "ja": "いいえ", "en": "No" } }
      ]
    },
    "day": { "type": "string", "format": "date" }
  },
  "properties": {
    "id": { "type": "string", "x-kind": "code", "x-column": "ID", "x-column-required": true, "x-label": { "ja": "番号", "en": "Id" } },
    "a": { "$ref": "#/$defs/yn", "x-q": "1", "x-column": "A", "x-label": { "ja": "甲", "en": "A" }, "x-required": false },
    "a_on": { "$ref": "#/$defs/day", "x-column": "A日", "x-label": { "ja": "甲の日", "en": "Day of A" } },
    "b": { "$ref": "#/$defs/yn", "x-q": "2(2)", "x-column": "B", "x-label": { "ja": "乙", "en": "B" }, "x-required": false },
    "b_on": { "$ref": "#/$defs/day", "x-column": "B日", "x-label": { "ja": "乙の日", "en": "Day of B" } }
  }
}"##;

const MANIFEST: &str = r#"
[survey]
id       = "ex"
wave     = "1"
waves    = ["1", "2"]
schema   = "schemas/ex-1.json"
key      = ["id"]
period   = ["first", "last"]
title.ja = "例"
title.en = "Example"

[param.first]
type  = "date"
value = "2024-04-01"

[param.last]
type  = "date"
value = "2025-03-31"

[param.as_of]
type = "date"
from = "run"
"#;

const RULES: &str = r#"
[[rule]]
id = "EX-1"
slug = "day-before-the-first"
severity = "error"
each = [{ it = "a_on", done = "a" }, { it = "b_on", done = "b" }]
when = 'done = "yes"'
require = 'it >= param.first'
blame = ["it", "done"]
source = "test"
title.ja = "日が早い"
title.en = "day too early"
message.ja = "{question}の{it}は{param.first}より前です（{done:label}、{done:q}）。"
message.en = "{it} of {question} is before {param.first} ({done:label}, {done:q})."
examples.pass = [{ done = "yes", it = "2024-04-01" }]
examples.fail = [{ done = "yes", it = "2024-03-31" }]
examples.not-applicable = [{ done = "no", it = "2024-03-31" }]

[[rule]]
id = "EX-2"
slug = "day-in-the-future"
severity = "warning"
require = 'a_on <= param.as_of'
source = "test"
title.ja = "日が未来"
title.en = "day in the future"
message.ja = "{a_on}は{param.as_of}より後です。"
message.en = "{a_on} is after {param.as_of}."
"#;

/// A folder with the pack, each of whose files `change` may write otherwise.
fn pack(change: impl Fn(&str, String) -> String) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let files =
        [("schemas/ex-1.json", SCHEMA), ("rules/ex/1/survey.toml", MANIFEST), ("rules/ex/1/10.toml", RULES)];
    for (name, content) in files {
        write(folder.path(), name, &change(name, content.to_owned()));
    }
    folder
}

fn write(folder: &Path, name: &str, content: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

/// Exit code, and both streams.
fn run(folder: &Path, words: &[&str]) -> (i32, String) {
    let output = command(folder).args(words).args(["--lang", "en"]).output().unwrap();
    let said = text(&output) + &String::from_utf8_lossy(&output.stderr);
    // Sentences are wrapped, with a bar before what goes on.
    (output.status.code().unwrap(), said.replace("\n  │ ", " "))
}

fn lint(folder: &Path) -> (i32, String) {
    run(folder, &["rules", "lint", "--survey", "rules/ex/1"])
}

#[test]
fn a_rule_over_groups_of_fields_is_judged_by_their_names() {
    let folder = pack(|_, content| content);
    let (code, said) = run(folder.path(), &["rules", "test", "--survey", "rules/ex/1"]);
    assert!(code == 0 && said.contains("Ran 6 examples"), "three examples for each of two groups: {said}");
    write(folder.path(), "in.csv", "ID,A,A日,B,B日\n1,1,2024-05-01,1,2024-03-01\n");
    let (_, said) = run(
        folder.path(),
        &["check", "in.csv", "--survey", "rules/ex/1", "--format", "short", "--values", "show"],
    );
    assert!(said.contains("EX-1/b_on") && !said.contains("EX-1/a_on"), "{said}");
    assert!(said.contains("2024-03-01 of Day of B is before 2024-04-01 (Yes, question 2(2) (B))."), "{said}");
}

#[test]
fn groups_with_other_names_or_names_of_fields_are_refused() {
    for (from, to, reason) in [
        ("{ it = \"b_on\", done = \"b\" }", "{ it = \"b_on\", finished = \"b\" }", "the same names"),
        ("done = \"a\" }", "a = \"a\" }", "name is that of a field"),
        ("done = \"b\" }", "done = \"c\" }", "KP-P"),
    ] {
        let folder = pack(|_, content| content.replace(from, to));
        let (code, said) = lint(folder.path());
        assert!(code == 1 && said.contains(reason), "{to}: {said}");
    }
}

#[test]
fn rules_without_examples_are_told_by_lint_and_test() {
    let folder = pack(|_, content| content);
    for action in ["lint", "test"] {
        let (code, said) = run(folder.path(), &["rules", action, "--survey", "rules/ex/1"]);
        assert!(code == 0 && said.contains("1 rule has no example: EX-2"), "{said}");
    }
}

#[test]
fn a_run_tells_rules_without_parameter_and_values_of_its_own() {
    let folder = pack(|_, content| content);
    write(folder.path(), "in.csv", "ID,A,A日,B,B日\n1,2,,2,\n");
    let check = ["check", "in.csv", "--survey", "rules/ex/1"];
    let (code, said) = run(folder.path(), &check);
    assert!(
        code == 0 && said.contains("KP-A080") && said.contains("EX-2") && said.contains("--as-of DATE"),
        "{said}"
    );
    let given = [&check[..], &["--as-of", "2024-06-01", "--param", "first=2024-04-02"]].concat();
    let (_, said) = run(folder.path(), &given);
    assert!(!said.contains("KP-A080"), "{said}");
    assert!(said.contains("was \"2024-04-02\"") && said.contains("not \"2024-04-01\""), "{said}");
}

#[test]
fn lint_finds_what_nothing_uses_and_what_two_share() {
    let folder = pack(|name, content| match name {
        "rules/ex/1/survey.toml" => content + "\n[param.lastt]\ntype = \"date\"\nvalue = \"2024-04-01\"\n",
        "schemas/ex-1.json" => content.replace("\"2(2)\"", "\"1\""),
        _ => content,
    });
    let (code, said) = lint(folder.path());
    assert!(code == 1 && said.contains("0 errors, 2 warnings"), "{said}");
    assert!(said.contains("KP-P200") && said.contains("KP-P201") && said.contains("\"lastt\""), "{said}");
    let case = |severity: &str| {
        format!(
            r#""x-invalid": [{{ "id": "EX-C1", "slug": "unreadable-day", "severity": "{severity}", "title": {{ "ja": "題", "en": "title" }}, "message": {{ "ja": "文。", "en": "Text." }} }}], "#
        )
    };
    let folder = pack(|_, content| {
        let content = content.replace("\"x-column\": \"A日\"", &(case("error") + "\"x-column\": \"A日\""));
        content.replace("\"x-column\": \"B日\"", &(case("warning") + "\"x-column\": \"B日\""))
    });
    let (_, said) = lint(folder.path());
    assert!(said.contains("KP-P202") && said.contains("1 warning."), "{said}");
}

/// The second wave, which takes the place of `EX-1` with fewer groups.
fn second_wave(folder: &Path, retire: &str) {
    write(
        folder,
        "rules/ex/2/survey.toml",
        &format!("[survey]\nid = \"ex\"\nwave = \"2\"\nextends = \"../1\"\n{retire}\n"),
    );
    let rule = RULES.split("[[rule]]").nth(1).unwrap();
    let rule = rule.replace(", { it = \"b_on\", done = \"b\" }", "");
    write(folder, "rules/ex/2/10.toml", &format!("[[rule]]\nreplaces = \"EX-1\"\nrevision = 2{rule}"));
}

#[test]
fn a_replacement_that_judges_fewer_fields_is_told_unless_they_are_retired() {
    let folder = pack(|_, content| content);
    second_wave(folder.path(), "");
    let lint = || run(folder.path(), &["rules", "lint", "--survey", "rules/ex/2"]);
    let (code, said) = lint();
    assert!(code == 1 && said.contains("KP-P203") && said.contains("EX-1/b_on"), "{said}");
    second_wave(folder.path(), "retire = [\"EX-1/b_on\"]");
    let (code, said) = lint();
    assert!(code == 0, "{said}");
}

#[test]
fn an_example_that_disagrees_on_several_instances_is_told_once() {
    let folder = pack(|_, content| {
        content.replace("it = \"2024-03-31\" }]\nexamples.not", "it = \"2024-05-31\" }]\nexamples.not")
    });
    let (code, said) = run(folder.path(), &["rules", "test", "--survey", "rules/ex/1"]);
    assert_eq!((code, said.matches("KP-P041").count()), (1, 1), "{said}");
    assert!(said.contains("EX-1/a_on, EX-1/b_on"), "{said}");
}

#[test]
fn an_instance_may_have_words_of_its_own_and_may_name_what_it_marks() {
    let family = r#"
[[rule]]
id = "EX-3"
slug = "no-day"
severity = "warning"
instance = "a_on"
when = 'a = "yes"'
require = 'a_on is answered'
blame = ["a_on", "b_on"]
source = "test"
title.ja = "日がない"
title.en = "no day"
message.ja = "甲の日がありません。"
message.en = "There is no day of A."
examples.fail = [{ a = "yes" }]

[[rule]]
id = "EX-3"
instance = "b_on"
when = 'b = "yes"'
require = 'b_on is answered'
blame = ["b_on", "a_on"]
message.ja = "乙の日がありません（甲は{a_on}）。"
message.en = "There is no day of B, but {a_on} of A."
examples.fail = [{ b = "yes" }]
"#;
    let folder = pack(|name, content| if name.ends_with("10.toml") { content + family } else { content });
    let (code, said) = lint(folder.path());
    assert!(code == 0, "{said}");
    write(folder.path(), "in.csv", "ID,A,A日,B,B日\n1,2,2024-05-01,1,\n2,1,,2,\n");
    let (_, said) = run(
        folder.path(),
        &["check", "in.csv", "--survey", "rules/ex/1", "--format", "short", "--values", "show"],
    );
    assert!(said.contains("There is no day of B, but 2024-05-01 of A."), "{said}");
    assert!(said.contains("There is no day of A."), "{said}");
    let folder = pack(|name, content| {
        let other =
            family.replace("instance = \"b_on\"\nwhen", "instance = \"b_on\"\nseverity = \"error\"\nwhen");
        if name.ends_with("10.toml") { content + &other } else { content }
    });
    assert!(lint(folder.path()).1.contains("KP-P093"), "an instance has its family's severity");
}

#[test]
fn a_mark_before_a_schema_is_no_part_of_it() {
    let folder = pack(
        |name, content| if name.starts_with("schemas") { format!("\u{feff}{content}") } else { content },
    );
    let (code, said) = lint(folder.path());
    assert_eq!(code, 0, "{said}");
}

#[test]
fn severities_may_be_given_for_rules_of_several_surveys() {
    let folder = pack(|_, content| content);
    let second = pack(|_, content| {
        content.replace("EX-", "OTHER-").replace("id       = \"ex\"", "id       = \"other\"")
    });
    write(
        folder.path(),
        "rules/other/1/survey.toml",
        &fs::read_to_string(second.path().join("rules/ex/1/survey.toml")).unwrap(),
    );
    write(
        folder.path(),
        "rules/other/1/10.toml",
        &fs::read_to_string(second.path().join("rules/ex/1/10.toml")).unwrap(),
    );
    for name in ["one.csv", "two.csv"] {
        write(folder.path(), name, "ID,A,A日,B,B日\n1,2,,2,\n");
    }
    let configuration = "[severity]\n\"EX-2\" = \"info\"\n\"OTHER-2\" = \"info\"\n\n[[path]]\nmatch = [\"one.csv\"]\nsurvey = \"rules/ex/1\"\n\n[[path]]\nmatch = [\"two.csv\"]\nsurvey = \"rules/other/1\"\n";
    write(folder.path(), "kenpyo.toml", configuration);
    let (code, said) = run(folder.path(), &["check", "one.csv", "two.csv"]);
    assert!(code == 0 && !said.contains("KP-A010"), "{said}");
    write(folder.path(), "kenpyo.toml", &configuration.replace("OTHER-2", "OTHER-9"));
    let (code, said) = run(folder.path(), &["check", "one.csv", "two.csv"]);
    assert!(code == 2 && said.contains("KP-A010") && said.contains("OTHER-9"), "{said}");
}

#[cfg(feature = "xlsx")]
#[test]
fn a_correction_is_written_as_its_column_writes_answers() {
    let folder = pack(|_, content| content);
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    let day = rust_xlsxwriter::Format::new().set_num_format("yyyy/m/d");
    for (column, name) in (0_u16..).zip(["ID", "A", "A日", "B", "B日"]) {
        sheet.write_string(0, column, name).unwrap();
    }
    for row in 1..=4 {
        sheet.write_string(row, 0, format!("k{row}")).unwrap();
        sheet.write_string(row, 1, "はい").unwrap();
        let date = rust_xlsxwriter::ExcelDateTime::from_ymd(2024, 5, 1).unwrap();
        sheet.write_datetime_with_format(row, 2, &date, &day).unwrap();
        sheet.write_number(row, 3, 1).unwrap();
        sheet.write_string(row, 4, "2024-05-01").unwrap();
    }
    sheet.write_string(4, 1, "○").unwrap();
    sheet.write_string(4, 2, "令和6年6月3日").unwrap();
    sheet.write_string(4, 3, "○").unwrap();
    sheet.write_string(4, 4, "令和6年6月3日").unwrap();
    workbook.save(folder.path().join("in.xlsx")).unwrap();
    let (code, said) = run(
        folder.path(),
        &["check", "in.xlsx", "--survey", "rules/ex/1", "--fix", "out.xlsx", "--as-of", "2030-01-01"],
    );
    assert!(code == 0, "{said}");
    let log = fs::read_to_string(folder.path().join("out.xlsx.changes.csv")).unwrap();
    assert!(log.contains("○,はい") && log.contains("○,1,"), "{log}");
    let file = Box::new(fs::File::open(folder.path().join("out.xlsx")).unwrap());
    let mut package = kenpyo::workbook::Package::open(file, &kenpyo::workbook::Limits::default()).unwrap();
    let mut rows = package.rows(0).unwrap();
    let mut last = Vec::new();
    while let Some(row) = rows.next_row().unwrap() {
        last = row.cells().map(|cell| (format!("{:?}", cell.value), cell.look.number)).collect();
    }
    let values: Vec<&str> = last.iter().map(|(value, _)| value.as_str()).collect();
    assert_eq!(
        values,
        ["Text(\"k4\")", "Text(\"はい\")", "Number(\"45446\")", "Number(\"1\")", "Text(\"2024-06-03\")"]
    );
    assert_eq!(last[2].1, kenpyo::workbook::style::NumberKind::Date);
    let (code, said) =
        run(folder.path(), &["check", "out.xlsx", "--survey", "rules/ex/1", "--as-of", "2030-01-01"]);
    assert!(code == 0 && !said.contains("KP-C01"), "{said}");
}

#[test]
fn a_pack_whose_base_is_not_there_is_told_that_alone() {
    let folder = pack(|_, content| content);
    second_wave(folder.path(), "");
    fs::rename(folder.path().join("rules/ex/1"), folder.path().join("rules/ex/0")).unwrap();
    let (code, said) = run(folder.path(), &["rules", "lint", "--survey", "rules/ex/2"]);
    assert!(code == 1 && said.contains("KP-P061") && said.contains("1 error, 0 warnings"), "{said}");
}

#[test]
fn a_placeholder_with_an_unknown_ending_is_told_those_that_there_are() {
    let folder = pack(|_, content| content.replace("{done:label}", "{done:ラベル}"));
    let (_, said) = lint(folder.path());
    assert!(said.contains("KP-P086") && said.contains("{done:label} or {done:q}?"), "{said}");
}
