//! What each format writes of the run in `sample`, and that no cell can break any of them.
//!
//! Invariants
//! - All formats are told the same run; what they write is parsed where it is a document.

use std::sync::Arc;

use jsonschema::{Registry, Validator};
use proptest::prelude::*;
use serde_json::Value;

use super::json::Json;
use super::jsonl::JsonLines;
use super::output::tests::Page;
use super::short::Short;
use super::terminal::{Appearance, Caps, Full};
use super::*;
use crate::diagnostic::{Argument, Localized};
use crate::engine::event::FileLine;
use crate::engine::verdict::{Failure, Verdict};
use crate::evaluate::{Answer, AnswerState, RecordAnswers};

pub(super) fn audience(language: Language, hide: bool) -> Audience {
    Audience { language, hide_values: hide, hide_keys: hide, secret: None }
}

fn print(make: impl FnOnce(Output) -> Box<dyn Reporter>) -> String {
    let page = Page::default();
    sample::tell(&mut *make(page.output()));
    page.text()
}

fn json(language: Language, hide: bool) -> Value {
    let text = print(|output| Box::new(Json::new(output, audience(language, hide))));
    serde_json::from_str(&text).unwrap()
}

fn json_lines(language: Language, hide: bool) -> Vec<Value> {
    let text = print(|output| Box::new(JsonLines::new(output, audience(language, hide))));
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn schema(name: &str) -> Value {
    let path = format!("{}/schemas/kenpyo/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&crate::source::listing::text_of(std::path::Path::new(&path)).unwrap()).unwrap()
}

/// The validator of a part of `report.json`.
fn validator(part: &str) -> Validator {
    let base = "json-schema:///kenpyo/";
    let registry = Registry::new()
        .add(format!("{base}diagnostic"), schema("diagnostic"))
        .unwrap()
        .add(format!("{base}report"), schema("report"))
        .unwrap()
        .prepare()
        .unwrap();
    let whole = serde_json::json!({ "$ref": format!("{base}report#/$defs/{part}") });
    jsonschema::options().with_registry(&registry).build(&whole).unwrap()
}

#[test]
fn documents_and_events_follow_their_schemas() {
    let (document, event) = (validator("document"), validator("event"));
    for (language, hide) in [(Language::Ja, false), (Language::En, true)] {
        let report = json(language, hide);
        let problems: Vec<String> = document.iter_errors(&report).map(|error| error.to_string()).collect();
        assert_eq!(problems, Vec::<String>::new());
        for line in json_lines(language, hide) {
            assert!(event.is_valid(&line), "{line}");
        }
    }
    let mut wrong = json(Language::Ja, false);
    wrong["findings"][1]["arguments"]["ex_total"]["kind"] = "float".into();
    assert!(!document.is_valid(&wrong));
}

#[test]
fn json_gives_typed_arguments_exact_places_and_both_titles() {
    let report = json(Language::En, false);
    let finding = &report["findings"][1];
    assert_eq!(finding["rule"], "EX-X001");
    assert_eq!(finding["title"], "bed count outside the declared band");
    assert_eq!(finding["titles"]["ja"], "病床数と病床数区分が一致しない");
    assert_eq!(finding["arguments"]["ex_total"], serde_json::json!({ "kind": "number", "value": 812 }));
    assert_eq!(finding["arguments"]["band:label"]["value"]["ja"], "20～99床");
    assert_eq!(finding["place"]["key"], "AB12345");
    assert_eq!(
        (&finding["labels"][0]["column"], &finding["labels"][0]["display_column"]),
        (&32.into(), &26.into())
    );
    assert_eq!(report["summary"]["rules"][2]["outcomes"]["fail"], 1);
    assert_eq!(report["summary"]["rules"][0]["outcomes"], Value::Null);
}

#[test]
fn ids_and_arguments_do_not_change_with_the_language() {
    let (mut ja, mut en) = (json(Language::Ja, false), json(Language::En, false));
    assert_ne!(ja["findings"], en["findings"]);
    for report in [&mut ja, &mut en] {
        for finding in report["findings"].as_array_mut().unwrap() {
            let finding = finding.as_object_mut().unwrap();
            for text in ["title", "message", "help"] {
                finding.remove(text);
            }
            for label in finding["labels"].as_array_mut().unwrap() {
                label.as_object_mut().unwrap().remove("text");
            }
        }
    }
    assert_eq!(ja["findings"], en["findings"]);
}

#[test]
fn a_follower_is_a_finding_of_its_own_and_names_its_group() {
    let rules: Vec<(String, Value)> = json_lines(Language::Ja, false)
        .into_iter()
        .filter(|event| event["event"] == "finding")
        .map(|event| (event["rule"].as_str().unwrap().to_owned(), event["group"].clone()))
        .collect();
    let follower = rules.iter().find(|(rule, _)| rule == "EX-K019").unwrap();
    assert_eq!(follower.1, "EX-K001/ex_system");
    assert_eq!(rules.len(), 6);
}

#[test]
fn hidden_values_are_nowhere() {
    let whole = [
        json(Language::Ja, true).to_string(),
        print(|output| Box::new(Short::new(output, audience(Language::Ja, true)))),
        print(|output| {
            let look = Appearance::default();
            Box::new(Full::new(output, audience(Language::Ja, true), look, Caps::default(), true))
        }),
    ];
    for text in whole {
        for secret in ["812", "AB12345", "厚生", "20～99", "更新頻渡", "赤", "悪い"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
        assert!(text.contains("病床数と病床数区分が一致しない"));
    }
}

#[test]
fn short_is_a_line_a_finding() {
    let text = print(|output| Box::new(Short::new(output, audience(Language::En, false))));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 6);
    assert_eq!(
        lines[1],
        "提出/回答.csv:2:26: error EX-X001[beds-outside-declared-band] The bed count is 812, but the band given is \"20–99\". The band of 812 beds is \"500 or more\". Please correct the bed count or the band."
    );
    assert!(lines[5].contains("hidden<U+202E>slug") && lines[5].contains("␛[31m赤<U+202E>"));
}

#[test]
fn a_run_without_files_is_one_valid_document() {
    let page = Page::default();
    let mut report = Json::new(page.output(), Audience::default());
    report.start(&RunHeader::default()).unwrap();
    report.finish(&Summary::default()).unwrap();
    let document: Value = serde_json::from_str(&page.text()).unwrap();
    assert_eq!(
        (&document["summary"]["nothing_checked"], &document["findings"]),
        (&true.into(), &Value::Array(vec![]))
    );
    assert!(validator("document").is_valid(&document));
}

/// A run in which everything that a submission can hold is `text`.
pub(super) fn hostile(text: &str, reporter: &mut dyn Reporter) {
    let mut header = sample::header();
    header.names.values_mut().for_each(|name| *name = Arc::from(text));
    let mut records = sample::of_records();
    for record in &mut records {
        let mut place = (*record.place).clone();
        place.key = Some(text.into());
        record.place = Arc::new(place);
        for finding in &mut record.findings {
            let followers = finding.followers.iter_mut();
            for diagnostic in followers.chain([&mut finding.diagnostic]) {
                diagnostic.place = Place::Record(Arc::clone(&record.place));
            }
        }
    }
    let cell = text.replace([',', '\n'], "");
    let row = format!("AB,{cell},1,2,{cell},,,\n");
    let place = sample::place(1, text);
    let mut finding = sample::finding(&sample::band(), vec![text.into(); 3], &place, &row, &[4, 1]);
    finding.diagnostic.suggestion = Some(Localized::new(text.to_owned(), text.to_owned()));
    for label in &mut finding.diagnostic.labels {
        label.text = Argument::written(text);
        label.pointer = Some(text.into());
    }
    let answer =
        || Answer { state: AnswerState::Given, written: text.into(), understood: Argument::written(text) };
    let fields = sample::fields();
    let answers = RecordAnswers { answers: fields.iter().map(|_| answer()).collect(), fields };
    records.push(RecordFindings { place, findings: vec![finding], answers });
    reporter.start(&header).unwrap();
    reporter.records(&records).unwrap();
    let file = FileLine { name: text.into(), records: 3, ..FileLine::default() };
    let failures = vec![Failure::Unreadable(text.into())];
    reporter
        .finish(&Summary { files: vec![file], failures, verdict: Verdict::Failed, ..sample::summary() })
        .unwrap();
}

fn hostile_page(text: &str, make: impl FnOnce(Output) -> Box<dyn Reporter>) -> String {
    let page = Page::default();
    hostile(text, &mut *make(page.output()));
    page.text()
}

pub(super) fn first_unsafe(page: &str) -> Option<char> {
    page.chars().filter(|character| *character != '\n').find(|c| crate::source::picture::is_unsafe(*c))
}

/// Text as an attacker would write it: controls, marks of direction, quotes, beside ordinary characters.
pub(super) fn cells() -> impl Strategy<Value = String> {
    let nasty = prop::sample::select(vec![
        "\u{1b}[2J",
        "\u{9b}1m",
        "\u{7}",
        "\u{202e}",
        "\u{2066}",
        "\u{200b}",
        "\u{feff}",
        "\r",
        "\n",
        "\t",
        "\"",
        "\\",
        "\0",
        "\u{7f}",
        "\u{e0041}",
        "\u{85}",
        "\u{2028}",
        "<",
        "漢",
        "が",
        "👩‍👩‍👧",
        "ﾊﾞ",
        "{x}",
        "{0}",
        "](http://x.example)",
        "[a",
        "![a](b)",
        "<script>alert(1)</script>",
        "&lt;",
        "]]>",
        "</failure>",
        "\u{fffe}",
        "::error::x",
        "##[error]",
        "%0A::warning::",
        ",title=",
        "|",
        "`",
        "**",
        "__",
        "~~",
        "$x$",
        "1. ",
        "- ",
        "# ",
        "@somebody",
        "#12",
        "GH-1",
        ":tada:",
        "https://x.example/a_b",
        "www.x.example",
        "a@x.example",
        "=1+1",
        "＝1",
        "'",
        ";",
        "\\",
        "/",
    ]);
    prop::collection::vec(
        prop_oneof![nasty.prop_map(str::to_owned), any::<char>().prop_map(String::from)],
        0..24,
    )
    .prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn no_cell_reaches_the_terminal_as_it_is(text in cells(), width in 40_usize..170, ascii: bool) {
        let look = Appearance { width, ascii, ..Appearance::default() };
        let audience = Audience::default();
        let full = hostile_page(&text, |output| Box::new(Full::new(output, audience, look, Caps::default(), true)));
        prop_assert_eq!(first_unsafe(&full), None);
        let short = hostile_page(&text, |output| Box::new(Short::new(output, audience)));
        prop_assert_eq!(first_unsafe(&short), None);
        prop_assert_eq!(short.lines().count(), 7);
    }

    #[test]
    fn json_always_parses_gives_the_text_back_and_is_safe_to_print(text in cells()) {
        let page = hostile_page(&text, |output| Box::new(Json::new(output, Audience::default())));
        prop_assert_eq!(first_unsafe(&page), None);
        let document: Value = serde_json::from_str(&page).unwrap();
        let finding = document["findings"].as_array().unwrap().last().unwrap();
        prop_assert_eq!(finding["place"]["key"].as_str(), Some(text.as_str()));
        prop_assert_eq!(finding["arguments"]["ex_total"]["value"].as_str(), Some(text.as_str()));
        let lines = hostile_page(&text, |output| Box::new(JsonLines::new(output, Audience::default())));
        prop_assert!(lines.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()));
    }
}
