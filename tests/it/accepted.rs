//! Accepted findings, through the program: what holds, what lapses, what is written, and what is never told.
//!
//! Invariants
//! - Each test has a survey of its own in a folder of its own; no acceptance of the repository is read.
//! - Which acceptances hold is read off the report, how the file looks off the file.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::Value;

use crate::program::{command, text};

const SCHEMA: &str = r#"{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "acc", "type": "object", "x-label": { "ja": "例", "en": "Example" },
  "x-missing": { "na": ["-"], "dk": ["?"] },
  "properties": {
    "id": { "type": "string", "x-kind": "code", "x-label": { "ja": "番号", "en": "Id" } },
    "size": { "type": "integer", "minimum": 0, "maximum": 100000, "x-label": { "ja": "大きさ", "en": "Size" } },
    "most": { "type": "integer", "minimum": 0, "maximum": 100000, "x-label": { "ja": "上限", "en": "Limit" } },
    "mail": { "type": "string", "x-private": true, "x-label": { "ja": "連絡先", "en": "Contact" } },
    "note": { "type": "string", "x-required": false, "x-label": { "ja": "備考", "en": "Note" } },
    "kind": { "x-label": { "ja": "種", "en": "Kind" }, "x-required": false, "oneOf": [
      { "const": 1, "x-name": "one", "x-label": { "ja": "一", "en": "One" } },
      { "const": 2, "x-name": "two", "x-label": { "ja": "二", "en": "Two" } } ],
      "x-invalid": [ { "matches": "odd", "id": "ACC-C1", "slug": "odd-kind", "severity": "warning",
        "title": { "ja": "変わった種", "en": "odd kind" },
        "message": { "ja": "{question}の「{value}」です。", "en": "{question} is \"{value}\"." } } ] }
  }
}"#;

const SURVEY: &str = "
[survey]
id = 'acc'
wave = '2024'
waves = ['2024']
schema = 'schemas/acc.json'
key = ['id']
title.ja = '例'
title.en = 'Example'
timezone = 'Asia/Tokyo'

[[derive]]
name = 'twice'
type = 'int'
value = 'if size > 500 then 2000 else 0'
";

/// A rule with texts nobody reads.
fn rule(id: &str, severity: &str, demand: &str) -> String {
    format!(
        "[[rule]]\nid = '{id}'\nslug = '{}'\nseverity = '{severity}'\n{demand}\nsource = 'x'\ntitle.ja = '題'\n\
         title.en = 'title'\nmessage.ja = '文'\nmessage.en = 'text'\n\n",
        id.to_lowercase()
    )
}

fn rules() -> String {
    [
        rule("ACC-BIG", "warning", "require = 'size <= most'"),
        rule("ACC-TWICE", "warning", "require = 'twice < 1000'\nrevision = 2"),
        rule("ACC-MAIL", "warning", "require = 'mail = \"a@b\"'"),
        rule("ACC-BAD", "error", "require = 'size != 13'"),
        rule("ACC-INFO", "info", "require = 'size != 14'"),
        rule("ACC-NOTE", "warning", "unique = { fields = ['note'] }"),
    ]
    .concat()
}

/// The default records: S1 and S2 are too big; S3 is fine.
const RECORDS: &str = "id,size,most,mail,note,kind\nS1,700,600,a@b,x,1\nS2,800,90,a@b,y,1\nS3,5,6,a@b,z,1\n";

struct Place(tempfile::TempDir);

impl Place {
    fn new(records: &str) -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        place.write("schemas/acc.json", SCHEMA);
        place.write("rules/acc/2024/survey.toml", SURVEY);
        place.write("rules/acc/2024/10.toml", &rules());
        place.write("in.csv", records);
        place
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap()
    }

    fn run(&self, secret: Option<&str>, arguments: &[&str]) -> Output {
        let mut command = command(self.path());
        command.args(["check", "in.csv", "--survey", "rules/acc/2024"]).args(arguments);
        if !arguments.contains(&"--lang") {
            command.args(["--lang", "en"]);
        }
        command.envs(secret.map(|secret| ("KENPYO_FINGERPRINT_KEY", secret)));
        command.output().unwrap()
    }

    /// The JSON report, and the exit code.
    fn report(&self, secret: Option<&str>, arguments: &[&str]) -> (Value, i32) {
        let output = self.run(secret, &[&["--format", "json"], arguments].concat());
        let document = serde_json::from_str(&text(&output)).unwrap_or_else(|_| panic!("{}", said(&output)));
        (document, output.status.code().unwrap())
    }

    /// Accepts everything that is open.
    fn accept(&self, secret: Option<&str>, arguments: &[&str]) -> String {
        let who = ["--write-baseline", "--reason", "1", "--author", "Yamada", "--date", "2026-02-01"];
        let output = self.run(secret, &[&who[..], arguments].concat());
        assert!(output.status.code() == Some(0) || output.status.code() == Some(1), "{}", said(&output));
        self.read("kenpyo-accepted.toml")
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The findings of `rule` about record `number`.
fn of<'v>(document: &'v Value, rule: &str, number: u64) -> Vec<&'v Value> {
    let findings = document["findings"].as_array().unwrap().iter();
    findings.filter(|one| one["rule"] == rule && one["place"]["record"] == number).collect()
}

fn rules_of(document: &Value) -> Vec<&str> {
    document["findings"].as_array().unwrap().iter().map(|one| one["rule"].as_str().unwrap()).collect()
}

#[test]
fn what_is_accepted_stays_visible_and_does_not_count() {
    let place = Place::new(RECORDS);
    let (before, exit) = place.report(None, &["--fail-on", "warning"]);
    assert_eq!((exit, &before["summary"]["findings"]["warning"]), (1, &4.into()));
    assert_eq!(before["findings"][0]["acceptance"], Value::Null);
    place.accept(None, &[]);
    let (after, exit) = place.report(None, &["--fail-on", "warning"]);
    assert_eq!(exit, 0, "{after}");
    assert_eq!(rules_of(&after), rules_of(&before));
    let summary = &after["summary"];
    assert_eq!((&summary["findings"]["warning"], &summary["accepted"]), (&0.into(), &4.into()));
    let line = summary["rules"].as_array().unwrap().iter().find(|line| line["rule"] == "ACC-BIG").unwrap();
    assert_eq!((&line["findings"], &line["accepted"]), (&2.into(), &2.into()));
    let acceptance = &of(&after, "ACC-BIG", 1)[0]["acceptance"];
    assert_eq!((&acceptance["holds"], &acceptance["author"]), (&true.into(), &"Yamada".into()));
    for (lang, expected) in [("en", "accepted: 1 confirmed"), ("ja", "確認済：1 実態どおり確認済")]
    {
        let full = place.run(None, &["--lang", lang]);
        assert_eq!(text(&full).matches(expected).count(), 4, "{}", text(&full));
    }
    let short = text(&place.run(None, &["--format", "short"]));
    assert_eq!(short.matches(" [accepted: 1]\n").count(), 4, "{short}");
    assert!(said(&place.run(None, &[])).contains("4 warnings are accepted (ACC-BIG 2, ACC-TWICE 2)"));
}

#[test]
fn what_is_accepted_does_not_crowd_out_what_is_open() {
    let mut records = "id,size,most,mail,note,kind\n".to_owned();
    for number in 1..=8 {
        writeln!(records, "S{number},70,60,a@b,n{number},1").unwrap();
    }
    let place = Place::new(&records);
    place.accept(None, &[]);
    place.write("in.csv", &records.replace("S7,70", "S7,71").replace("S8,70", "S8,71"));
    let full = text(&place.run(None, &[]));
    assert_eq!(full.matches("lapsed because").count(), 2, "{full}");
    assert_eq!((full.matches("accepted: 1").count(), full.matches("╭─").count()), (5, 2), "{full}");
    assert!(full.contains("1 more finding is not shown"), "{full}");
}

#[test]
fn it_lapses_when_an_answer_that_the_rule_reads_changes_and_not_when_another_does() {
    let place = Place::new(RECORDS);
    place.accept(None, &[]);
    // The size of S1: read by both, by one of them through what is computed of it. The limit of S2: by one.
    place.write("in.csv", "id,size,most,mail,note,kind\nS1,701,600,a@b,x,1\nS2,800,91,c@d,q,2\n");
    let (document, exit) = place.report(None, &["--fail-on", "warning", "--ignore", "ACC-MAIL"]);
    let lapse = |rule, record| of(&document, rule, record)[0]["acceptance"]["lapse"]["kind"].clone();
    assert_eq!((lapse("ACC-BIG", 1), lapse("ACC-TWICE", 1)), ("answers".into(), "answers".into()));
    assert_eq!((lapse("ACC-BIG", 2), lapse("ACC-TWICE", 2)), ("answers".into(), Value::Null));
    assert_eq!((exit, &document["summary"]["findings"]["warning"]), (1, &3.into()));
    let full = text(&place.run(None, &[]));
    assert!(full.contains("was accepted on 2026-02-01 by Yamada; lapsed because"), "{full}");
    let japanese = text(&place.run(None, &["--lang", "ja"]));
    assert!(japanese.contains("2026-02-01にYamadaが確認済としましたが、"), "{japanese}");
}

#[test]
fn it_lapses_when_the_rule_is_revised() {
    let place = Place::new(RECORDS);
    place.accept(None, &[]);
    place.write("rules/acc/2024/10.toml", &rules().replace("revision = 2", "revision = 3"));
    let (document, _) = place.report(None, &[]);
    let lapse = &of(&document, "ACC-TWICE", 1)[0]["acceptance"]["lapse"];
    assert_eq!((&lapse["kind"], &lapse["then"], &lapse["now"]), (&"revision".into(), &2.into(), &3.into()));
    assert_eq!(of(&document, "ACC-BIG", 1)[0]["acceptance"]["holds"], true);
}

#[test]
fn rows_and_columns_may_move() {
    let place = Place::new(RECORDS);
    place.accept(None, &[]);
    place.write(
        "in.csv",
        "most,kind,id,note,size,mail\n6,1,S3,z,5,a@b\n90,1,S2,y,８００,a@b\n600,1,S1,x,700,a@b\n",
    );
    let (document, exit) = place.report(None, &["--fail-on", "warning"]);
    assert_eq!((exit, &document["summary"]["accepted"]), (0, &4.into()), "{document}");
}

#[test]
fn of_two_records_with_one_key_only_the_one_with_the_answers_of_then_is_accepted() {
    let place = Place::new(RECORDS);
    place.accept(None, &[]);
    place.write("in.csv", &format!("{RECORDS}S1,900,600,a@b,w,1\nS1,700,600,a@b,v,1\n"));
    let (document, _) = place.report(None, &[]);
    let holds = |record| of(&document, "ACC-BIG", record)[0]["acceptance"]["holds"].clone();
    assert_eq!([holds(1), holds(4), holds(5)], [Value::from(true), false.into(), true.into()]);
    // The entry holds for one of them, so that of the other is a new one.
    let before = place.read("kenpyo-accepted.toml");
    let after = place.accept(None, &[]);
    assert!(after.starts_with(&before), "{after}");
    assert_eq!(place.report(None, &["--fail-on", "warning"]).1, 0);
}

#[test]
fn expiry_is_held_against_the_day_that_is_given() {
    let place = Place::new(RECORDS);
    let file = place.accept(None, &[]);
    place.write(
        "kenpyo-accepted.toml",
        &file.replacen("date = \"2026-02-01\"", "date = 2026-02-01\nexpires = 2026-03-31", 1),
    );
    let (document, _) = place.report(None, &[]);
    assert_eq!(document["summary"]["accepted"], 4);
    assert!(rules_of(&document).contains(&"KP-A033"), "{:?}", rules_of(&document));
    let (document, exit) = place.report(None, &["--as-of", "2026-03-31", "--fail-on", "warning"]);
    assert_eq!((exit, &document["summary"]["accepted"]), (0, &4.into()));
    assert_eq!(rules_of(&document).iter().filter(|rule| rule.starts_with("KP-A")).count(), 0);
    let (document, exit) = place.report(None, &["--as-of", "2026-04-01", "--fail-on", "warning"]);
    assert_eq!((exit, &document["summary"]["accepted"]), (1, &3.into()));
    assert_eq!(rules_of(&document).last(), Some(&"KP-A031"));
    let lapse = &of(&document, "ACC-BIG", 1)[0]["acceptance"]["lapse"];
    assert_eq!((&lapse["kind"], &lapse["expired"]), (&"expired".into(), &"2026-03-31".into()));
    let output = command(place.path())
        .args(["check", "in.csv", "--survey", "rules/acc/2024", "--lang", "en", "--format", "short"])
        .env("KENPYO_AS_OF", "2026-04-01")
        .output()
        .unwrap();
    assert!(text(&output).contains("[acceptance lapsed: expired]"), "{}", text(&output));
    let wrong = place.run(None, &["--as-of", "April"]);
    assert!(wrong.status.code() == Some(2) && said(&wrong).contains("KP-U006"), "{}", said(&wrong));
}

#[test]
fn entries_that_nothing_met_and_twins_are_told_with_their_place_but_not_of_a_part_of_a_run() {
    let place = Place::new(RECORDS);
    let file = place.accept(None, &[]);
    place.write("in.csv", "id,size,most,mail,note,kind\nS2,800,90,a@b,y,1\n");
    let (document, exit) = place.report(None, &["--fail-on", "warning"]);
    assert_eq!(rules_of(&document), ["ACC-BIG", "ACC-TWICE", "KP-A030"]);
    let unused = &document["findings"][2];
    assert_eq!((&unused["severity"], exit), (&"info".into(), 0));
    assert_eq!(unused["labels"][0]["file"], "kenpyo-accepted.toml");
    let line = usize::try_from(unused["labels"][0]["line"].as_u64().unwrap()).unwrap();
    assert_eq!(file.lines().nth(line - 1), Some("[[accepted]]"));
    let (part, _) = place.report(None, &["--select", "ACC-BIG"]);
    assert_eq!(rules_of(&part), ["ACC-BIG"]);
    let last = file.rfind("[[accepted]]").unwrap();
    place.write("kenpyo-accepted.toml", &format!("{file}\n{}", &file[last..]));
    let (twice, _) = place.report(None, &[]);
    assert!(rules_of(&twice).contains(&"KP-A032"), "{:?}", rules_of(&twice));
    let japanese = text(&place.run(None, &["--lang", "ja"]));
    assert!(japanese.contains("記載が二重") || japanese.contains("確認が二重"), "{japanese}");
}

#[test]
fn writing_again_changes_nothing_and_comments_and_order_stay() {
    let place = Place::new(RECORDS);
    let first = place.accept(None, &[]);
    assert_eq!(first, place.accept(None, &[]));
    let told = first.replacen("reason = 1", "reason = 1 # by telephone", 1);
    let told = told.replacen("[[accepted]]", "# the first of all\n[[accepted]]", 1) + "\n# the end\n";
    place.write("kenpyo-accepted.toml", &told);
    place.write("in.csv", &RECORDS.replace("S3,5,6", "S3,5,4").replace("S1,700", "S1,710"));
    // A part of a run adds and never renews.
    let part = place.accept(None, &["--select", "ACC-BIG"]);
    assert_eq!((part.matches("[[accepted]]").count(), part.matches("key = \"S1\"").count()), (6, 3));
    for kept in told.split("\n\n") {
        assert!(part.contains(kept.trim_end()), "{kept} is gone: {part}");
    }
    place.write("kenpyo-accepted.toml", &told);
    let whole = place.accept(None, &["--text", "again"]);
    assert_eq!((whole.matches("[[accepted]]").count(), whole.matches("key = \"S1\"").count()), (5, 2));
    for kept in ["# by telephone", "# the first of all", "# the end"] {
        assert_eq!(whole.matches(kept).count(), 1, "{whole}");
    }
    assert_eq!(whole.matches("text = \"again\"").count(), 3, "{whole}");
    assert_eq!(place.report(None, &["--fail-on", "info"]).1, 0);
}

#[test]
fn an_entry_says_who_when_and_why_or_nothing_is_written() {
    let place = Place::new(RECORDS);
    let cases: [(&[&str], &str); 7] = [
        (&["--write-baseline"], "--reason 1-4, --author NAME, --date DATE"),
        (&["--write-baseline", "--reason", "4", "--author", "A", "--date", "2026-02-01"], "--text TEXT"),
        (&["--write-baseline", "--reason", "0", "--author", "A", "--date", "2026-02-01"], "KP-U005"),
        (&["--write-baseline", "--reason", "1", "--author", " ", "--date", "2026-02-01"], "--author NAME"),
        (&["--write-baseline", "--reason", "1", "--author", "A", "--date", "2026-02-30"], "KP-U006"),
        (&["--write-baseline=in.csv", "--reason", "1", "--author", "A", "--date", "2026-02-01"], "KP-U030"),
        (&["--accepted", "other.toml"], "KP-U021"),
    ];
    for (arguments, expected) in cases {
        let output = place.run(None, arguments);
        let said = said(&output).split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.contains(expected), "{arguments:?}: {said}");
    }
    assert!(!place.path().join("kenpyo-accepted.toml").exists());
    let with_day = ["--write-baseline=b.toml", "--reason", "1", "--author", "A", "--as-of", "2026-02-01"];
    assert!(place.run(None, &with_day).status.success());
    assert!(place.read("b.toml").contains("date = \"2026-02-01\""));
}

#[test]
fn only_warnings_can_be_accepted_and_every_mistake_of_the_file_is_marked() {
    let place = Place::new(RECORDS);
    let good = "[[accepted]]\nkey = 'S1'\nrule = 'ACC-BIG'\nanswers = 'plain:00000000000000000000000000000000'\n\
        reason = 1\nauthor = 'A'\ndate = 2026-02-01\n";
    let cases = [
        ("rule = 'ACC-BIG'", "rule = 'ACC-BAD'", "KP-U094", "severity error"),
        ("rule = 'ACC-BIG'", "rule = 'ACC-INFO'", "KP-U094", "severity info"),
        ("rule = 'ACC-BIG'", "rule = 'KP-S009'", "KP-U094", "severity"),
        ("rule = 'ACC-BIG'", "rule = 'ACC-BGI'", "KP-U093", "did you mean \"ACC-BIG\"?"),
        ("author =", "auther =", "KP-P051", "did you mean \"author\"?"),
        ("key = 'S1'\n", "", "KP-U090", "either"),
        ("reason = 1", "reason = 5", "KP-P057", "1, 2, 3, 4"),
        ("reason = 1", "reason = 4", "KP-U091", "text"),
        ("date = 2026-02-01", "date = 'today'", "KP-P052", "a day such as"),
        ("date = 2026-02-01", "date = 2026-02-01T00:00:00", "KP-P052", "a day such as"),
        ("plain:0", "plain:x", "KP-P052", "32 hexadecimal digits"),
        ("plain:", "keyed:", "KP-U092", "KENPYO_FINGERPRINT_KEY"),
        ("date = 2026-02-01", "date = 2026-02-01\nrevision = 0", "KP-P052", "revision"),
        ("author = 'A'", "author = ''", "KP-P056", "author"),
        ("[[accepted]]", "[[accepted]", "KP-P050", "TOML"),
    ];
    place.write("kenpyo-accepted.toml", good);
    let (document, _) = place.report(None, &[]);
    assert_eq!(of(&document, "ACC-BIG", 1)[0]["acceptance"]["lapse"]["kind"], "answers");
    for (from, to, code, words) in cases {
        place.write("kenpyo-accepted.toml", &good.replacen(from, to, 1));
        let output = place.run(None, &[]);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(2), "{to}: {said}");
        let flat = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(code) && flat.contains(words), "{to}: {said}");
        assert!(said.contains("kenpyo-accepted.toml:"), "the place is told: {said}");
        let (document, exit) = place.report(None, &[]);
        assert_eq!((&document["summary"]["verdict"], exit), (&"refused".into(), 2));
        assert!(rules_of(&document).contains(&code), "{document}");
    }
}

#[test]
fn what_cannot_be_an_error_is_never_accepted_by_writing_either() {
    let place = Place::new("id,size,most,mail,note,kind,other\nS1,13,20,a@b,x,1,\nS2,14,20,a@b,y,1,\n");
    let who = ["--write-baseline", "--reason", "1", "--author", "A", "--date", "2026-02-01"];
    let output = place.run(None, &who);
    assert!(said(&output).contains("1 warnings cannot be accepted"), "an unknown column: {}", said(&output));
    assert!(!place.path().join("kenpyo-accepted.toml").exists(), "there was nothing to write");
}

#[test]
fn a_cell_and_a_group_of_records_are_held_to_what_they_said() {
    let records = "id,size,most,mail,note,kind\nS1,1,2,a@b,same,odd\nS2,1,2,a@b,same,1\n";
    let place = Place::new(records);
    place.accept(None, &[]);
    let (document, exit) = place.report(None, &["--fail-on", "warning"]);
    assert_eq!((exit, &document["summary"]["accepted"]), (0, &3.into()), "{document}");
    assert_eq!(of(&document, "ACC-C1", 1)[0]["acceptance"]["holds"], true);
    place.write("in.csv", &records.replace(",odd", ",odder"));
    let (document, _) = place.report(None, &[]);
    assert_eq!(of(&document, "ACC-C1", 1)[0]["acceptance"]["lapse"]["kind"], "answers");
    // A third record makes it another group; the order of rows does not.
    place.write("in.csv", "id,size,most,mail,note,kind\nS2,1,2,a@b,same,1\nS1,1,2,a@b,same,odd\n");
    assert_eq!(place.report(None, &["--fail-on", "warning"]).1, 0);
    place.write("in.csv", &format!("{records}S3,1,2,a@b,same,1\n"));
    let (document, _) = place.report(None, &[]);
    assert_eq!(of(&document, "ACC-NOTE", 1)[0]["acceptance"]["lapse"]["kind"], "answers");
}

#[test]
fn without_a_key_the_file_says_that_it_is_sensitive_and_private_answers_stay_out() {
    let place = Place::new("id,size,most,mail,note,kind\nS1,700,600,other@b,x,1\n");
    let output =
        place.run(None, &["--write-baseline", "--reason", "1", "--author", "A", "--date", "2026-02-01"]);
    assert!(said(&output).contains("1 warnings cannot be accepted"), "{}", said(&output));
    let plain = place.read("kenpyo-accepted.toml");
    let first = plain.lines().next().unwrap();
    assert!(first.starts_with("# 取扱注意") && first.contains("SENSITIVE"), "{first}");
    assert!(!plain.contains("ACC-MAIL") && plain.contains("plain:"), "{plain}");
    // With a key both kinds are held against the answers, and only keyed ones are added.
    let (document, _) = place.report(Some("hush, a long secret"), &[]);
    assert_eq!(document["summary"]["accepted"], 2);
    let both = place.accept(Some("hush, a long secret"), &[]);
    assert!(both.starts_with(&plain) && both.matches("keyed:").count() == 1, "{both}");
    assert_eq!(place.report(Some("hush, a long secret"), &["--fail-on", "warning"]).1, 0);
    let without = place.run(None, &[]);
    assert!(without.status.code() == Some(2) && said(&without).contains("KP-U092"));
    fs::remove_file(place.path().join("kenpyo-accepted.toml")).unwrap();
    let keyed = place.accept(Some("hush, a long secret"), &[]);
    assert!(!keyed.contains("SENSITIVE") && !keyed.contains("plain:"), "{keyed}");
    let (document, _) = place.report(Some("other, a long secret"), &[]);
    assert_eq!(of(&document, "ACC-MAIL", 1)[0]["acceptance"]["lapse"]["kind"], "answers");
}

#[test]
fn where_keys_are_hidden_marks_stand_in_their_place_and_no_report_shows_an_answer() {
    let place = Place::new("id,size,most,mail,note,kind\nCANARYKEY,98765,600,CANARY@b,CANARYNOTE,1\n");
    let who = ["--write-baseline", "--reason", "4", "--author", "CANARYAUTHOR", "--text", "CANARYTEXT 98765"];
    let hidden = [&who[..], &["--date", "2026-02-01", "--values", "hide"]].concat();
    let refused = place.run(None, &hidden);
    assert!(refused.status.code() == Some(2) && said(&refused).contains("KP-U096"), "{}", said(&refused));
    assert!(place.run(Some("hush, a long secret"), &hidden).status.success());
    let file = place.read("kenpyo-accepted.toml");
    assert!(file.contains("mark = ") && !file.contains("key = "), "{file}");
    assert!(!file.contains("CANARYKEY") && !file.contains("600"), "{file}");
    for format in ["full", "short", "json", "jsonl"] {
        let output = place.run(Some("hush, a long secret"), &["--format", format, "--values", "hide"]);
        let all = text(&output) + &said(&output);
        assert!(!all.contains("CANARY") && !all.contains("98765"), "{format}: {all}");
        assert!(all.to_lowercase().contains("accept"), "{format}: {all}");
    }
    let (document, exit) =
        place.report(Some("hush, a long secret"), &["--fail-on", "warning", "--values", "show"]);
    assert_eq!((exit, &document["summary"]["accepted"]), (0, &3.into()));
}

#[test]
fn threads_and_chunks_change_nothing() {
    let mut records = "id,size,most,mail,note,kind\n".to_owned();
    for number in 0..300 {
        writeln!(records, "S{number},{},{},a@b,n{},1", 400 + number, 600 - number, number % 250).unwrap();
    }
    let place = Place::new(&records);
    place.accept(None, &["--select", "ACC-BIG,ACC-NOTE"]);
    let run = |threads: &str, chunk: &str| {
        let output = place.run(None, &["--format", "json", "--threads", threads, "--chunk-records", chunk]);
        text(&output)
    };
    let one = run("1", "512");
    assert!(one.contains("\"accepted\":2"), "{}", &one[one.len() - 2_000..]);
    assert_eq!(one, run("2", "7"));
    assert_eq!(one, run("8", "1"));
}
