//! The same answers give the same findings in every format, but for where they stand; and what a finding marks is
//! what it speaks of.
//!
//! The answers are rows of the fixture with known defects, hostile cells, and random spellings.
//!
//! Invariants
//! - All formats are compared with one of them, finding by finding; how the files came to be is known, and not read
//!   back.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::Path;
use std::sync::LazyLock;

use kenpyo::diagnostic::{Argument, Diagnostic, Label, Language, Place};
use kenpyo::expression::Type;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample;
use proptest::test_runner::RngSeed;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

use crate::answers::{Answers, Written, written};
use crate::program::{command, kenpyo_with, text};
use crate::survey_run::Run;

/// The note in which encoding a file was read, where it is not UTF-8.
const ENCODING_READ: &str = "KP-S002";

fn document(folder: &Path, file: &Written, language: &str, stdin: bool) -> Value {
    fs::write(folder.join(&file.name), file.sent()).unwrap();
    let options = ["--format", "json", "--values", "show", "--profile", "three-two-one", "--lang", language];
    let output = if stdin {
        let words = ["check", "-", "--stdin-filename", &file.name];
        kenpyo_with(&[&words[..], &options, file.arguments].concat(), &file.sent())
    } else {
        let words = ["check", &file.name];
        command(folder).args(words).args(options).args(file.arguments).output().unwrap()
    };
    serde_json::from_str(&text(&output)).unwrap()
}

/// The findings about records. Of a file nothing may be told but the encoding in which it was read.
fn of_records(document: &Value) -> impl Iterator<Item = &Value> {
    let (records, files): (Vec<&Value>, Vec<&Value>) = document["findings"]
        .as_array()
        .unwrap()
        .iter()
        .partition(|finding| finding["place"]["kind"] == "record");
    assert!(files.iter().all(|finding| finding["rule"] == ENCODING_READ), "{files:?}");
    records.into_iter()
}

/// The table of rules, without what is told of a file.
fn counts(document: &Value) -> Vec<&Value> {
    let rules = document["summary"]["rules"].as_array().unwrap();
    rules.iter().filter(|line| line["rule"] != ENCODING_READ).collect()
}

/// What a finding says, without where.
fn said(document: &Value) -> Vec<Value> {
    let said = of_records(document).map(|finding| {
        let mut said = finding.clone();
        let place = &finding["place"];
        said["place"] = serde_json::json!([place["record"], place["key"]]);
        let labels = finding["labels"].as_array().unwrap().iter();
        said["labels"] = labels.map(|label| serde_json::json!([label["field"], label["text"]])).collect();
        said
    });
    said.collect()
}

fn compare(answers: &Answers, least: usize) {
    let folder = tempfile::tempdir().unwrap();
    let files = written(answers);
    for language in ["ja", "en"] {
        let first = document(folder.path(), &files[0], language, false);
        assert_eq!(first["summary"]["records"], answers.rows.len());
        let expected = said(&first);
        assert!(expected.len() >= least, "{} findings", expected.len());
        let same = |file: &Written, stdin: bool| {
            let found = document(folder.path(), file, language, stdin);
            assert_eq!(counts(&found), counts(&first), "{}", file.name);
            let found = said(&found);
            let difference = expected.iter().zip(&found).find(|(one, other)| one != other);
            assert_eq!(difference, None, "{} in {language}, standard input: {stdin}", file.name);
            assert_eq!(expected.len(), found.len(), "{}", file.name);
        };
        // Neither standard input nor packing differs in anything that the language could change.
        files.par_iter().for_each(|file| match (language, file.packed) {
            ("ja", false) => [false, true].into_iter().for_each(|stdin| same(file, stdin)),
            ("ja", true) => same(file, true),
            (_, packed) if packed => {}
            _ => same(file, false),
        });
    }
}

/// Hostile cells in characters that all the encodings have.
const HOSTILE: [&str; 30] = [
    "8\n1",
    "\"",
    "a\"\"b\"",
    "a,b;c",
    "a\tb",
    "=1+1",
    "＝１＋１",
    "@SUM(A1)",
    "\u{1b}[31m赤\u{1b}[0m",
    "\u{7}\u{8}\u{7f}",
    "12345678901234567890123",
    "1e400",
    "-1e308",
    "-0",
    "56.99999",
    "0.1e1",
    "NaN",
    "inf",
    "0x10",
    "1_000",
    "　",
    " 1 ",
    "１",
    "null",
    "true",
    "[1]",
    "{\"a\":1}",
    "\\u0041\\n",
    "../../etc/passwd",
    "<script>&amp;%s{0}",
];

/// Hostile cells for Unicode only.
const UNICODE: [&str; 9] = [
    "\u{202e}812\u{202c}",
    "8\u{200b}12",
    "\u{feff}1",
    "👩\u{200d}⚕️",
    "e\u{301}",
    "\u{2028}",
    "\u{85}",
    "\u{10ffff}",
    "\u{e0041}１",
];

#[test]
fn answers_with_defects_give_the_same_findings_in_every_format() {
    compare(&Answers::of_fixture(), 60);
}

#[test]
fn hostile_cells_give_the_same_findings_in_every_format() {
    let long = "あ".repeat(5_000);
    let cells: Vec<&str> = HOSTILE.into_iter().chain([long.as_str()]).collect();
    compare(&Answers::hostile(&cells), 60);
    compare(&Answers::hostile(&UNICODE), 20);
}

#[test]
fn every_format_is_written_in_every_encoding_that_can_say_it() {
    let names = |answers: &Answers| written(answers).into_iter().map(|file| file.name).collect::<Vec<_>>();
    let (all, unicode) = (names(&Answers::hostile(&HOSTILE)), names(&Answers::hostile(&UNICODE)));
    let (workbooks, packed) = (3 * usize::from(cfg!(feature = "xlsx")), 2);
    assert_eq!(all.len(), (2 * 5 + 4) * packed + workbooks, "{all:?}");
    assert_eq!(unicode.len(), all.len() - 2 * packed, "{unicode:?}");
}

/// A finding, as far as it says where it is and what it quotes.
struct Told {
    record: usize,
    marks: Vec<Mark>,
    /// Texts that it quotes, by the slot of its message.
    quoted: Vec<(String, String)>,
    /// The whole of it, for people.
    shown: String,
}

/// One mark of a finding.
struct Mark {
    field: String,
    bytes: Range<usize>,
    line: usize,
    column: usize,
    cell: Option<String>,
}

impl Told {
    /// From a report.
    fn reported(finding: &Value) -> Self {
        let number = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
        let mark = |label: &Value| Mark {
            field: label["field"].as_str().unwrap().to_owned(),
            bytes: number(&label["start"])..number(&label["end"]),
            line: number(&label["line"]),
            column: number(&label["column"]),
            cell: label["cell"].as_str().map(str::to_owned),
        };
        let texts = finding["arguments"].as_object().unwrap().iter();
        let texts = texts.filter(|(_, argument)| argument["kind"] == "text");
        Self {
            record: number(&finding["place"]["record"]),
            marks: finding["labels"].as_array().unwrap().iter().map(mark).collect(),
            quoted: texts
                .map(|(slot, text)| (slot.clone(), text["value"].as_str().unwrap().to_owned()))
                .collect(),
            shown: finding.to_string(),
        }
    }

    /// From a run in the test itself. `None`: it is about the file.
    fn made(finding: &Diagnostic) -> Option<Self> {
        let Place::Record(place) = &finding.place else { return None };
        let number = |value: u64| usize::try_from(value).unwrap();
        let mark = |label: &Label| Mark {
            field: label.field.as_deref().unwrap().to_owned(),
            // In a workbook it is the bytes of the cell that count.
            bytes: match &label.cell {
                Some(_) => 0..number(label.span.len()),
                None => number(label.span.start)..number(label.span.end),
            },
            line: number(label.position.line),
            column: number(label.position.column),
            cell: label.cell.as_deref().map(str::to_owned),
        };
        let slots = finding.notice.slots.iter().zip(&finding.arguments);
        let texts = slots.filter_map(|(slot, argument)| match argument {
            Argument::Text(text) => Some((slot.to_string(), text.to_string())),
            _ => None,
        });
        Some(Self {
            record: number(place.record),
            marks: finding.labels.iter().map(mark).collect(),
            quoted: texts.collect(),
            shown: format!("{} {}", finding.notice.full_id(), finding.message(Language::En)),
        })
    }
}

/// Holds a mark in a workbook against the cell in which the answer was written.
fn is_in_its_cell(answers: &Answers, file: &Written, told: &Told, mark: &Mark) {
    let field = answers.form.by_name[&*mark.field];
    let expected = if file.name.starts_with("form") {
        format!("Sheet{}!B{}", told.record, field + 1)
    } else {
        let letter = |at: usize| char::from(b'A' + u8::try_from(at).unwrap());
        let (high, low) = (field / 26, letter(field % 26));
        let high = high.checked_sub(1).map(letter);
        format!("回答!{}{low}{}", high.map(String::from).unwrap_or_default(), told.record + 1)
    };
    assert_eq!(mark.cell.as_deref(), Some(&*expected), "{}: {}", file.name, told.shown);
    let length = answers.rows[told.record - 1][field].len();
    assert_eq!(mark.bytes, 0..length, "{}: {}", file.name, told.shown);
}

/// What an answer of this type is once it is read, however it is spelled; by other means than the program's.
fn parsed(ty: &Type, answer: &str) -> String {
    let plain: String = answer.nfkc().collect();
    let digits = || plain.split(|letter: char| !letter.is_ascii_digit()).filter(|part| !part.is_empty());
    match ty {
        Type::Number { .. } => {
            let whole = plain.trim().trim_end_matches('床').split('.').next().unwrap_or_default();
            let whole = whole.replace([',', ' '], "");
            whole.trim_start_matches('0').to_owned()
        }
        Type::Date | Type::DateTime => {
            let reiwa = |year: u32| if year < 100 { 2018 + year } else { year };
            let mut parts = digits().map(|part| part.parse::<u32>().unwrap());
            let year = parts.next().map(reiwa).unwrap();
            let parts: Vec<String> =
                std::iter::once(year).chain(parts).map(|part| format!("{part:02}")).collect();
            parts.concat()
        }
        _ => plain.trim().to_uppercase(),
    }
}

/// Whether `quoted` is what the answer in a cell says. Long ones are cut.
fn quotes(cell: &str, quoted: &str) -> bool {
    // White space around a value is no part of it, nor is a byte order mark; told as it was written, it has both.
    let value = cell.trim_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}');
    let begin = quoted.strip_suffix('…').unwrap_or(quoted);
    [cell, value].into_iter().any(|text| text == quoted || (begin.len() > 60 && text.starts_with(begin)))
}

/// Compares every mark of a finding with the cell that was written, and what it quotes with what is marked; gives back
/// how many marks and how many quotations.
fn is_true(answers: &Answers, file: &Written, told: &Told) -> (usize, usize) {
    let (row, mut marked) = (&answers.rows[told.record - 1], BTreeMap::new());
    let mut compared = 0;
    for mark in &told.marks {
        let cell = &row[answers.form.by_name[&*mark.field]];
        let said = if file.is_workbook() {
            is_in_its_cell(answers, file, told, mark);
            Some(file.said_in(mark.cell.as_deref().unwrap()).to_owned())
        } else {
            let at = file.position(mark.bytes.start);
            assert_eq!((mark.line, mark.column), at, "{} {}: {}", file.name, mark.field, told.shown);
            file.said(mark.bytes.clone())
        };
        compared += usize::from(said.is_some());
        let said = said.unwrap_or_default();
        assert_eq!(&said, cell, "{} {}: {}", file.name, mark.field, told.shown);
        marked.insert(&*mark.field, said);
    }
    let mut quotations = 0;
    for (slot, text) in &told.quoted {
        let quoted = match marked.get(&**slot) {
            Some(cell) => {
                let ty = &answers.form.fields[answers.form.by_name[&**slot]].ty;
                parsed(ty, cell) == parsed(ty, text)
            }
            None if slot == "value" || slot == "before" => marked.values().any(|cell| quotes(cell, text)),
            None => continue,
        };
        quotations += 1;
        assert!(quoted, "{}: {} quotes what is not marked: {marked:?}", file.name, told.shown);
    }
    (compared, quotations)
}

#[test]
fn every_mark_cut_from_the_file_is_the_value_that_is_quoted() {
    let folder = tempfile::tempdir().unwrap();
    for answers in [Answers::of_fixture(), Answers::hostile(&HOSTILE), Answers::hostile(&UNICODE)] {
        written(&answers).par_iter().for_each(|file| {
            let document = document(folder.path(), file, "en", false);
            let told = of_records(&document).map(|finding| is_true(&answers, file, &Told::reported(finding)));
            let (marks, quotations) = told.fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1));
            assert!(marks > 20 && quotations > 10, "{}: {marks}, {quotations}", file.name);
        });
    }
}

/// Spellings of a number, a day, an option; and texts, those that only Unicode can say where `unicode` is.
fn cell(unicode: bool) -> impl Strategy<Value = String> {
    let number = (0_u32..3_000, 0_usize..7).prop_map(|(number, spelling)| {
        let wide = |text: String| -> String {
            text.chars().map(|digit| char::from_u32(u32::from(digit) + 0xFEE0).unwrap()).collect()
        };
        match spelling {
            0 => wide(number.to_string()),
            1 => format!("{number}床"),
            2 => format!(" {number}　"),
            3 => format!("{number}.0"),
            4 if number > 999 => format!("{},{:03}", number / 1000, number % 1000),
            _ => number.to_string(),
        }
    });
    let day = (1_u32..13, 1_u32..32, 0_usize..6).prop_map(|(month, day, spelling)| match spelling {
        0 => format!("2024-{month:02}-{day:02}"),
        1 => format!("2024/{month}/{day}"),
        2 => format!("令和6年{month}月{day}日"),
        3 => format!("R6.{month}.{day}"),
        4 => format!("２０２４年{month}月{day}日"),
        _ => format!("{month}月{day}日"),
    });
    let words =
        ["はい", "いいえ", "1", "２", "３．", "毎日", "わからない", "該当なし", "－", "100～199床", "なし"];
    let text = if unicode {
        "[ -~\\t\\nあ-んア-ンｱ-ﾝ髙﨑①～病院𠮷é👩\u{301}]{0,30}"
    } else {
        "[ -}\\t\\nあ-んア-ンｱ-ﾝ髙﨑①病院]{0,30}"
    };
    prop_oneof![3 => number, 2 => day, 2 => sample::select(words.to_vec()).prop_map(str::to_owned), 3 => text]
}

/// Records of the fixture with some of their cells changed.
fn changed() -> impl Strategy<Value = Vec<(sample::Index, sample::Index, String)>> {
    any::<bool>()
        .prop_flat_map(|unicode| vec((any::<sample::Index>(), any::<sample::Index>(), cell(unicode)), 20..60))
}

static SOUND: LazyLock<Answers> = LazyLock::new(Answers::of_fixture);
static RUN: LazyLock<Run> = LazyLock::new(|| Run::of(None));

proptest! {
    #![proptest_config(ProptestConfig {
        rng_seed: RngSeed::Fixed(20_240_610), failure_persistence: None, ..ProptestConfig::with_cases(24)
    })]

    #[test]
    fn whatever_is_answered_every_format_says_the_same_and_every_mark_is_true(changes in changed()) {
        let mut answers = Answers { form: SOUND.form.clone(), rows: SOUND.rows[..20].to_vec() };
        for (row, field, cell) in changes {
            let (row, field) = (row.index(20), field.index(answers.form.fields.len()));
            answers.rows[row][field] = cell;
        }
        let files = written(&answers);
        let expected = RUN.told("utf8.csv", &files[0].sent());
        for file in files.iter().filter(|file| file.arguments.is_empty()) {
            prop_assert_eq!(&RUN.told(&file.name, &file.sent()), &expected, "{}", file.name);
            for block in RUN.judge(&file.name, &file.sent()) {
                let findings = block.findings.iter().flat_map(|record| &record.findings);
                let each = findings.flat_map(|finding| {
                    (!finding.heading).then_some(&finding.diagnostic).into_iter().chain(&finding.followers)
                });
                each.filter_map(Told::made).for_each(|told| {
                    is_true(&answers, file, &told);
                });
            }
        }
    }
}
