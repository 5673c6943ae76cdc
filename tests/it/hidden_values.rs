//! What nobody may learn from a report: answers where values are hidden, and private answers anywhere.
//!
//! A survey of its own is filled with answers that occur nowhere else (canaries), so that every kind of finding is
//! made of them. Where values are hidden two files that differ in nothing but their answers must give the same bytes:
//! a length is told by a column, an offset, a line or the width of a frame as well as by the answer itself.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::program::{command, text};
use crate::report_readers;

const SCHEMA: &str = r#"{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "ex",
  "type": "object",
  "x-label": { "ja": "例", "en": "Example" },
  "x-missing": { "na": ["-"], "dk": ["unknown"] },
  "properties": {
    "ex_key": { "type": "string", "x-kind": "code", "x-column": "番号", "x-column-required": true,
      "x-label": { "ja": "番号", "en": "Number" }, "x-missing": {} },
    "ex_mail": { "type": "string", "minLength": 12, "x-private": true, "x-pointer": "/contact/mail",
      "x-label": { "ja": "連絡先", "en": "Contact" } },
    "ex_pin": { "type": "integer", "minimum": 0, "maximum": 99999, "x-private": true, "x-pointer": "/contact/pin",
      "x-label": { "ja": "暗証", "en": "PIN" } },
    "ex_vote": {
      "oneOf": [
        { "const": 1, "x-name": "aye", "x-label": { "ja": "VOTE賛成", "en": "VOTE aye" } },
        { "const": 2, "x-name": "nay", "x-label": { "ja": "VOTE反対", "en": "VOTE nay" } }
      ],
      "x-private": true, "x-label": { "ja": "投票", "en": "Vote" }, "x-synonyms": { "PRIVATEYEAH": "aye" }
    },
    "ex_place": { "type": "string", "x-kind": "code", "x-private": true, "x-label": { "ja": "場所", "en": "Place" } },
    "ex_size": { "type": "integer", "x-column-required": true, "minimum": 0, "maximum": 9000000000000000, "x-q": "1",
      "x-label": { "ja": "大きさ", "en": "Size" } },
    "ex_band": {
      "oneOf": [
        { "const": 1, "x-name": "small", "x-label": { "ja": "CANARY小", "en": "CANARY small" } },
        { "const": 2, "x-name": "large", "x-label": { "ja": "CANARY大きい区分", "en": "CANARY large" } }
      ],
      "x-q": "2", "x-label": { "ja": "区分", "en": "Band" }, "x-synonyms": { "CANARYS": "small", "CANARYGROSS": "large" },
      "x-invalid": [
        { "matches": "CASE", "id": "EX-C1", "slug": "odd-band", "severity": "error",
          "title": { "ja": "変わった区分", "en": "odd band" },
          "message": { "ja": "{question}の「{value}」です。", "en": "{question} is \"{value}\"." } }
      ]
    },
    "ex_kinds": {
      "type": "array", "x-kind": "multi", "x-separator": ";", "x-duplicates": "info",
      "items": { "oneOf": [
        { "const": 1, "x-name": "one", "x-label": { "ja": "CANARY甲", "en": "CANARY one" } },
        { "const": 2, "x-name": "two", "x-label": { "ja": "CANARY乙", "en": "CANARY two" } }
      ] },
      "x-required": false, "x-q": "3", "x-label": { "ja": "種類", "en": "Kinds" }
    },
    "ex_day": { "type": "string", "format": "date", "x-kind": "date", "x-label": { "ja": "日付", "en": "Day" } },
    "ex_note": { "type": "string", "x-q": "4", "x-relevant": "ex_size is answered", "x-label": { "ja": "内容", "en": "Text" } },
    "ex_area": { "type": "string", "x-kind": "code", "x-label": { "ja": "地域", "en": "Area" } }
  }
}"#;

const SURVEY: &str = r#"
[survey]
id = 'ex'
wave = '2024'
waves = ['2024']
schema = 'schemas/ex.json'
key = ['ex_key']
breakdown = 'ex_band'
title.ja = '例'
title.en = 'Example'
timezone = 'Asia/Tokyo'

[param.goal]
type = 'int'
from = 'run'
required = true

[lookup.town]
file = 'rules/ex/2024/town.csv'
key = ['ex_place']
columns.ex_place = { type = 'code' }
columns.ja = { type = 'text' }
columns.en = { type = 'text' }
label.ja = 'ja'
label.en = 'en'
missing = 'undecided'

[[derive]]
name = 'mail_start'
type = 'code'
value = 'substring(ex_mail, 1, 7)'

[[derive]]
name = 'mail_start_again'
type = 'code'
value = 'concat(mail_start, "+")'

[[derive]]
name = 'area_of_mail'
type = 'code'
value = 'substring(ex_mail, 1, 9)'
fallback-for = 'ex_area'
id = 'EX-D1'
slug = 'area-derived'
source = 'example'
title.ja = '地域を判定'
title.en = 'area derived'
message.ja = '「{ex_area}」と判定しました。'
message.en = 'Taken as "{ex_area}".'

[[group]]
id = 'EX-G1'
slug = 'sizes-together'
followers = ['EX-1', 'EX-2']
all = true
title.ja = '大きさの指摘'
title.en = 'findings about the size'
message.ja = '{ex_size:q}をご確認ください。'
message.en = 'Please look at {ex_size:q}.'
"#;

const RULES: &str = r#"
[[rule]]
id = 'EX-1'
slug = 'size-outside-band'
severity = 'error'
when = 'ex_band is answered'
require = 'if ex_band = "small" then ex_size < 100 else ex_size >= 100'
let.twice = 'ex_size + ex_size'
source = 'example'
title.ja = '大きさと区分が不一致'
title.en = 'size outside the band'
message.ja = '大きさ{ex_size}（2倍{let.twice}）は{ex_band:label}（{ex_band}）ではありません。'
message.en = 'Size {ex_size} (twice {let.twice}) is not {ex_band:label} ({ex_band}).'
help.ja = '{ex_size}を見直してください。'
help.en = 'look at {ex_size} again'

[[rule]]
id = 'EX-2'
slug = 'size-of-nobody'
severity = 'warning'
require = 'ex_size < 0'
source = 'example'
title.ja = '大きさの確認'
title.en = 'size to be confirmed'
message.ja = '{ex_size}です。'
message.en = 'It is {ex_size}.'

[[rule]]
id = 'EX-3'
slug = 'private-read'
severity = 'warning'
require = 'ex_mail = "x" or mail_start = "y" or mail_start_again = "y" or ex_pin = 3 or ex_vote = "aye" and ex_vote = "nay" or ex_area = "z"'
on-blank = 'fail'
blame = ['ex_mail', 'ex_pin', 'ex_vote', 'ex_area', 'ex_day', 'ex_size']
let.start = 'concat(mail_start_again, "!")'
let.sure = { type = "cond", value = 'ex_pin > 3' }
source = 'example'
title.ja = '連絡先の確認'
title.en = 'contact to be confirmed'
message.ja = '{ex_mail} {ex_pin} {ex_vote} {ex_vote:label} {mail_start} {mail_start_again} {let.start} {let.sure} {ex_area}'
message.en = '{ex_mail} {ex_pin} {ex_vote} {ex_vote:label} {mail_start} {mail_start_again} {let.start} {let.sure} {ex_area}'

[[rule]]
id = 'EX-4'
slug = 'place-read'
severity = 'info'
require = 'ex_place is blank'
source = 'example'
title.ja = '場所の確認'
title.en = 'place to be confirmed'
message.ja = '{lookup.town:label}の{ex_place}です。'
message.en = 'It is {ex_place} in {lookup.town:label}.'

[[rule]]
id = 'EX-5'
slug = 'product-too-large'
severity = 'warning'
require = 'ex_size * 9000000000 >= 0'
source = 'example'
title.ja = '積の確認'
title.en = 'product to be confirmed'
message.ja = '{ex_size}です。'
message.en = 'It is {ex_size}.'
"#;

const TOWNS: &str = "ex_place,ja,en\nPRIVATE01,PRIVATE町,PRIVATE town\n";

/// Two ways to answer with the same findings: one short, one long, wide and over several lines.
struct Answers {
    key: &'static str,
    mail: &'static str,
    short_mail: &'static str,
    pin: &'static str,
    vote: &'static str,
    size: (&'static str, &'static str),
    huge: &'static str,
    synonym: &'static str,
    unknown: &'static str,
    case: &'static str,
    kinds: &'static str,
    day: &'static str,
    note: &'static str,
}

const SHORT: Answers = Answers {
    key: "CANARYK",
    mail: "PRIVATE@CANARY.example",
    short_mail: "PRIVATE@CAN",
    pin: "40414",
    vote: "PRIVATEYEAH",
    size: ("86753", "1"),
    huge: "8675300000000000",
    synonym: "CANARYS",
    unknown: "CANARY smll",
    case: "CANARYCASE",
    kinds: "1;1",
    day: "CANARYDAY",
    note: "CANARY",
};

const LONG: Answers = Answers {
    key: "CANARYの長い番号0123456789",
    mail: "PRIVATE@CANARYもっと長い連絡先.example",
    short_mail: "PRIVATE短い",
    pin: "40414",
    vote: "PRIVATEYEAH",
    size: ("26", "2"),
    huge: "8675300000000001",
    synonym: "CANARYGROSS",
    unknown: "CANARYまったく別の長い長い長い答え",
    case: "CANARYとても変わったCASE",
    kinds: "1;2;1;2;2",
    day: "CANARY令和のある日",
    note: "CANARY\nで始まる\r\n何行もの\n\n文章です、長い。",
};

/// Rows of (key, mail, pin, vote, place, size, band, kinds, day, note): a kind of finding each.
fn rows(of: &Answers) -> Vec<[String; 10]> {
    let key = |number: usize| format!("{}{number}", of.key);
    let row = |number: usize, cells: [&str; 9]| {
        let [mail, pin, vote, place, size, band, kinds, day, note] = cells.map(str::to_owned);
        [key(number), mail, pin, vote, place, size, band, kinds, day, note]
    };
    let (size, band) = of.size;
    let (mail, pin, vote, note) = (of.mail, of.pin, of.vote, of.note);
    vec![
        row(1, [mail, pin, "1", "PRIVATE01", size, band, "1", "2024-02-01", note]),
        row(2, [of.short_mail, "404140", "PRIVATE中", "PRIVATE01", size, of.unknown, of.kinds, of.day, note]),
        row(3, [mail, "PRIVATEx", vote, "PRIVATE01", "CANARYx", of.synonym, "1", "-", note]),
        row(4, [mail, "００40414", "1;2", "PRIVATE01", of.huge, "1;2", "CANARY;1", "unknown", note]),
        row(5, [mail, pin, "2", "PRIVATE02", "００86753", of.case, "", "", ""]),
        row(6, [mail, pin, "", "", "", "", "", "", note]),
        row(7, [mail, pin, "unknown", "-", "86753", "2", "2", "", ""]),
    ]
}

const HEADER: &str = "番号,ex_mail,ex_pin,ex_vote,ex_place,ex_size,ex_band,ex_kinds,ex_day,ex_note,ex_area";

fn csv(of: &Answers) -> Vec<u8> {
    let quoted = |cell: &String| format!("\"{cell}\"");
    let mut file = format!("{HEADER},CANARYCOLUMN\n");
    let surplus = of.note.replace(['\n', '\r'], "");
    for row in rows(of) {
        file.extend([&*row.iter().map(quoted).collect::<Vec<_>>().join(","), ",,", &surplus, "\n"]);
    }
    // No key; too few cells; a blank row.
    writeln!(file, ",{},{},,,,,,,,,", of.mail, of.pin).unwrap();
    writeln!(file, "{},{},{}", of.key, of.mail, of.pin).unwrap();
    file += ",,,,,,,,,,,\n";
    let mut bytes = file.into_bytes();
    // Bytes that are no characters, beside a private answer; a quote that is never closed.
    bytes.extend(format!("{},{},", of.key, of.mail).bytes());
    bytes.extend(b"\xff\xfe,,,,,,,,,\n");
    bytes.extend(format!("{},\"{},{}\n", of.key, of.mail.replace('"', ""), of.pin).bytes());
    bytes
}

/// The same rows as JSON objects, the contact inside an object of its own.
fn objects(of: &Answers) -> Vec<String> {
    let names = HEADER.split(',').collect::<Vec<_>>();
    let quote = |text: &str| serde_json::to_string(text).unwrap();
    let object = |row: &[String; 10]| {
        let flat = names.iter().zip(row).filter(|(name, _)| !matches!(**name, "ex_mail" | "ex_pin"));
        let mut members: Vec<String> =
            flat.map(|(name, cell)| format!("{}: {}", quote(name), quote(cell))).collect();
        let contact = format!("\"contact\": {{\"mail\": {}, \"pin\": {}}}", quote(&row[1]), quote(&row[2]));
        members.insert(1, contact);
        format!("{{{}}}", members.join(", "))
    };
    let mut objects: Vec<String> = rows(of).iter().map(object).collect();
    let (key, mail, pin) = (quote(of.key), quote(of.mail), quote(of.pin));
    objects.extend([
        // A private answer twice, its object twice, an unknown key, a public answer twice.
        format!("{{\"番号\": {key}, \"ex_mail\": {mail}, \"ex_mail\": {mail}, \"ex_size\": 5, \"ex_size\": 86753}}"),
        format!("{{\"番号\": {key}, \"contact\": {{\"mail\": {mail}}}, \"contact\": {{\"pin\": {pin}}}}}"),
        format!("{{\"番号\": {key}, \"CANARYCOLUMN\": {mail}}}"),
        format!("{{\"ex_mail\": {mail}, \"ex_pin\": {{\"PRIVATE\": {pin}}}}}"),
        // No JSON, in several ways, beside private answers.
        format!("{{\"番号\": {key}, \"ex_mail\": {mail}, \"ex_pin\" {pin}}}"),
        format!("{{\"番号\": {key}, \"ex_mail\": {mail} {pin}}}"),
        format!("[{mail}, {pin}]"),
        mail,
    ]);
    objects
}

fn json_lines(of: &Answers) -> Vec<u8> {
    let mut file = objects(of).join("\n").into_bytes();
    file.extend(format!("\n{{\"番号\": \"{}\", \"ex_mail\": \"PRIVATE", of.key).bytes());
    file.extend(b"\xff\"}\n");
    file
}

/// One document over many lines; how many lines a record takes depends on its answers.
fn json(of: &Answers) -> Vec<u8> {
    let whole: Vec<Value> =
        objects(of).iter().filter_map(|object| serde_json::from_str(object).ok()).collect();
    let mut whole: Vec<Value> = whole.into_iter().filter(Value::is_object).collect();
    for record in &mut whole {
        let Some(kinds) = record["ex_kinds"].as_str().filter(|kinds| !kinds.contains("CANARY")) else {
            continue;
        };
        let kinds: Vec<i64> = kinds.split(';').filter_map(|kind| kind.parse().ok()).collect();
        record["ex_kinds"] = if kinds.is_empty() { Value::Null } else { kinds.into() };
    }
    serde_json::to_vec_pretty(&whole).unwrap()
}

fn cp932(of: &Answers) -> Vec<u8> {
    let text = String::from_utf8_lossy(&csv(of)).replace('\u{fffd}', "?");
    let (bytes, _, lossy) = encoding_rs::SHIFT_JIS.encode(&text);
    assert!(!lossy, "the canaries can be written in CP932");
    bytes.into_owned()
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::create_dir_all(path.join("schemas")).unwrap();
    fs::create_dir_all(path.join("rules/ex/2024")).unwrap();
    fs::write(path.join("schemas/ex.json"), SCHEMA).unwrap();
    fs::write(path.join("rules/ex/2024/survey.toml"), SURVEY).unwrap();
    fs::write(path.join("rules/ex/2024/10-rules.toml"), RULES).unwrap();
    fs::write(path.join("rules/ex/2024/town.csv"), TOWNS).unwrap();
    folder
}

const FILES: &[(&str, fn(&Answers) -> Vec<u8>)] = &[
    ("a.csv", csv),
    ("b.jsonl", json_lines),
    ("c.json", json),
    ("d.csv", cp932),
    ("e.csv", without_columns),
    ("f.csv", without_header),
    #[cfg(feature = "xlsx")]
    ("g.xlsx", list_of_a_workbook),
    #[cfg(feature = "xlsx")]
    ("h.xlsx", form_sheets),
];

/// A private answer that a formula gave, one that is struck through, one that is coloured.
#[cfg(feature = "xlsx")]
fn put(sheet: &mut rust_xlsxwriter::Worksheet, at: (u32, u16), text: &str) {
    use rust_xlsxwriter::{Color, Format, Formula};
    let (row, column) = at;
    let written = match (row + u32::from(column)) % 4 {
        // A formula gives a number where it can, and a number has fewer digits than a text may have.
        0 if text.parse::<f64>().is_err() => {
            sheet.write_formula(row, column, Formula::new("A1").set_result(text))
        }
        1 => sheet.write_string_with_format(row, column, text, &Format::new().set_font_strikethrough()),
        2 => sheet.write_string_with_format(row, column, text, &Format::new().set_font_color(Color::Red)),
        _ => sheet.write_string(row, column, text),
    };
    written.unwrap();
}

#[cfg(feature = "xlsx")]
fn list_of_a_workbook(of: &Answers) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (column, name) in (0..).zip(HEADER.split(',')) {
        sheet.write_string(0, column, name).unwrap();
    }
    for (row, cells) in (1..).zip(rows(of)) {
        for (column, cell) in (0..).zip(&cells) {
            put(sheet, (row, column), cell);
        }
    }
    sheet.set_row_hidden(2).unwrap();
    book.save_to_buffer().unwrap()
}

/// Every item twice, the second time with the answers of the next record.
#[cfg(feature = "xlsx")]
fn form_sheets(of: &Answers) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let rows = rows(of);
    for (cells, next) in rows.iter().zip(rows.iter().cycle().skip(1)) {
        let sheet = book.add_worksheet();
        for (row, ((name, one), other)) in (0..).zip(HEADER.split(',').zip(cells).zip(next)) {
            sheet.write_string(row, 0, name).unwrap().write_string(row + 20, 0, name).unwrap();
            put(sheet, (row, 1), one);
            // Whether two answers differ must not depend on what they are.
            put(sheet, (row + 20, 1), &if other.is_empty() { String::new() } else { format!("{other}x") });
        }
    }
    book.save_to_buffer().unwrap()
}

/// A column that must be there is not, and another stands there twice.
fn without_columns(of: &Answers) -> Vec<u8> {
    format!("ex_size,ex_mail,ex_size\n86753,{},1\n", of.mail).into_bytes()
}

fn without_header(of: &Answers) -> Vec<u8> {
    format!("{},{},86753\n{},{},1\n", of.key, of.mail, of.key, of.mail).into_bytes()
}

const FORMATS: &[&str] = &[
    "full",
    "short",
    "json",
    "jsonl",
    #[cfg(feature = "formats")]
    "sarif",
    #[cfg(feature = "formats")]
    "github",
    #[cfg(feature = "formats")]
    "gitlab",
    #[cfg(feature = "formats")]
    "junit",
    #[cfg(feature = "formats")]
    "checkstyle",
    #[cfg(feature = "formats")]
    "rdjson",
    #[cfg(feature = "formats")]
    "markdown",
    #[cfg(feature = "formats")]
    "csv",
    #[cfg(feature = "xlsx")]
    "xlsx",
    #[cfg(feature = "html")]
    "html",
];

/// All that `kenpyo check` prints of the file, on both streams.
fn printed(folder: &Path, file: &str, words: &[&str], ci: bool) -> String {
    let mut command = command(folder);
    command.args(["check", file, "--survey", "rules/ex/2024", "--max-findings", "1000"]).args(words);
    if ci {
        command.env("CI", "true");
    }
    let output = command.output().unwrap();
    let errors = String::from_utf8(output.stderr.clone()).unwrap();
    assert!(matches!(output.status.code(), Some(1 | 3)), "{errors}");
    // A workbook is packed: its cells are looked at.
    match output.stdout.strip_prefix(b"PK") {
        Some(_) => report_readers::xlsx(&output.stdout).texts.join("\n") + &errors,
        None => text(&output) + &errors,
    }
}

/// Every file of `of`, in every format and language: (what it is, what is printed).
fn pages(of: &Answers, words: &[&str], ci: bool) -> Vec<(String, String)> {
    pages_in(&folder(), of, words, ci)
}

/// The same by the survey in `folder`.
fn pages_in(folder: &tempfile::TempDir, of: &Answers, words: &[&str], ci: bool) -> Vec<(String, String)> {
    let mut pages = Vec::new();
    for (file, content) in FILES {
        fs::write(folder.path().join(file), content(of)).unwrap();
        for format in FORMATS {
            for language in ["ja", "en"] {
                let words = [&["--format", format, "--lang", language][..], words].concat();
                let page = printed(folder.path(), file, &words, ci);
                pages.push((format!("{file} as {format} in {language}"), page));
            }
        }
    }
    pages
}

fn ids(page: &str) -> Vec<String> {
    let events = page.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut ids: Vec<String> = events.filter_map(|event| Some(event["rule"].as_str()?.to_owned())).collect();
    ids.sort();
    ids.dedup();
    ids
}

#[test]
fn where_values_are_hidden_no_answer_is_in_any_report() {
    let mut found = Vec::new();
    for of in [SHORT, LONG] {
        for (what, page) in pages(&of, &["--values", "hide"], false) {
            for canary in ["CANARY", "PRIVATE", "86753", "40414", of.huge, of.day, of.key] {
                if page.contains(canary) {
                    found.push(format!("{what}: {canary}"));
                }
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn where_values_are_hidden_answers_of_any_length_give_the_same_bytes() {
    let (short, long) = (pages(&SHORT, &[], true), pages(&LONG, &[], true));
    for ((what, one), (_, other)) in short.iter().zip(&long) {
        let differs: Vec<(&str, &str)> =
            one.lines().zip(other.lines()).filter(|(one, other)| one != other).take(3).collect();
        assert!(one == other, "{what}: {differs:#?}");
    }
}

#[test]
fn the_survey_has_findings_of_every_kind() {
    let pages = pages(&SHORT, &["--values", "show"], false);
    let mut met: Vec<String> = pages
        .iter()
        .filter(|(what, _)| what.contains("as jsonl in en"))
        .flat_map(|(_, page)| ids(page))
        .collect();
    met.sort();
    met.dedup();
    let expected = [
        "EX-1",
        "EX-2",
        "EX-3",
        "EX-4",
        "EX-C1",
        "EX-D1",
        "KP-A016",
        "KP-A020",
        "KP-C013",
        "KP-C014",
        "KP-C016",
        "KP-C018",
        "KP-S002",
        "KP-S004",
        "KP-S005",
        "KP-S006",
        "KP-S007",
        "KP-S009",
        #[cfg(feature = "xlsx")]
        "KP-S013",
        #[cfg(feature = "xlsx")]
        "KP-S015",
        #[cfg(feature = "xlsx")]
        "KP-S030",
        "KP-S017",
        "KP-S018",
        "KP-S019",
        "KP-S021",
        "KP-S022",
        "KP-S023",
        "KP-S024",
        "ex_kinds:duplicate",
        "ex_mail:domain",
        "ex_note:closed-by:ex_size",
        "ex_note:must-answer",
        "ex_pin:domain",
        "ex_pin:type",
        "ex_size:type",
    ];
    let missing: Vec<&&str> = expected.iter().filter(|id| !met.iter().any(|met| met == **id)).collect();
    assert!(missing.is_empty(), "{missing:?} of {met:?}");
}

#[test]
fn private_answers_are_in_no_report_though_values_are_shown() {
    for of in [SHORT, LONG] {
        let pages = pages(&of, &["--values", "show"], false);
        let mut found = Vec::new();
        for (what, page) in &pages {
            for canary in ["PRIVATE", "40414"] {
                if let Some((before, after)) = page.split_once(canary) {
                    let before: String = before.chars().rev().take(60).collect();
                    let before: String = before.chars().rev().collect();
                    found.push(format!(
                        "{what}: {before}⟦{canary}⟧{}",
                        after.chars().take(40).collect::<String>()
                    ));
                }
            }
        }
        assert!(found.is_empty(), "{found:#?}");
        // Public answers of the same records are shown, so that this test would see private ones.
        for line in
            pages.iter().filter(|(what, _)| what.contains("as jsonl")).flat_map(|(_, page)| page.lines())
        {
            // The options of a private question are on the form, and what is said of another answer lists them.
            let lists_options = ["KP-C013", "KP-C014"].iter().any(|id| line.contains(id));
            assert!(lists_options || !line.contains("VOTE"), "{line}");
        }
        let json: Vec<&String> = pages
            .iter()
            .filter(|(what, _)| what.starts_with("a.csv as json"))
            .map(|(_, page)| page)
            .collect();
        assert!(json.iter().all(|page| page.contains("CANARY") && page.contains(of.size.0)));
    }
}

#[test]
fn hidden_keys_are_in_no_report_though_values_are_shown() {
    for (what, page) in pages(&LONG, &["--values", "show", "--keys", "hide"], false) {
        assert!(!page.contains(LONG.key), "{what}: {page}");
    }
    let shown = pages(&LONG, &["--values", "hide", "--keys", "show"], false);
    let keyed = shown.iter().filter(|(_, page)| page.contains(LONG.key)).count();
    assert!(keyed >= 6, "{keyed} reports name the records by their keys");
    assert!(shown.iter().all(|(_, page)| !page.contains("86753") && !page.contains("PRIVATE")));
}

/// Every label of the form, of a question and of an option, becomes a word that occurs nowhere else.
fn with_labels_that_are_canaries(folder: &tempfile::TempDir) -> Vec<String> {
    let label = regex::Regex::new(r#""x-label": \{ "ja": "[^"]*", "en": "[^"]*" \}"#).unwrap();
    let mut canaries = Vec::new();
    let schema = label.replace_all(SCHEMA, |_: &regex::Captures<'_>| {
        let number = canaries.len();
        canaries.extend([format!("LABELJA{number}Q"), format!("LABELEN{number}Q")]);
        format!("\"x-label\": {{ \"ja\": \"LABELJA{number}Q\", \"en\": \"LABELEN{number}Q\" }}")
    });
    fs::write(folder.path().join("schemas/ex.json"), &*schema).unwrap();
    canaries
}

#[test]
fn where_values_are_hidden_neither_a_label_nor_a_hash_is_in_any_report() {
    let folder = folder();
    let mut canaries = with_labels_that_are_canaries(&folder);
    assert!(canaries.len() > 20);
    let shown = pages_in(&folder, &SHORT, &["--values", "show"], false);
    assert!(shown.iter().any(|(_, page)| page.contains("LABELEN") || page.contains("LABELJA")));
    // Of an answer also no hash, nor the beginning of one.
    for answer in [SHORT.key, SHORT.mail, SHORT.note, SHORT.huge, SHORT.day, SHORT.size.0] {
        let hash = kenpyo::source::digest::of_bytes(answer.as_bytes());
        canaries.push(hash[..12].to_owned());
    }
    let mut found = Vec::new();
    for (what, page) in pages_in(&folder, &SHORT, &["--values", "hide"], false) {
        found.extend(
            canaries.iter().filter(|canary| page.contains(*canary)).map(|canary| format!("{what}: {canary}")),
        );
    }
    assert!(found.is_empty(), "{found:#?}");
}
