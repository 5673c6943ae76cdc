//! The formats of other programs: each read by a parser of its own kind, whatever a file holds.
//!
//! Invariants
//! - No report is looked at as text: each goes through its own parser, and its published schema where there is one.

use proptest::prelude::*;

use super::collected::{Collector, Document};
use super::format_tests::{audience, cells, hostile};
use super::output::tests::Page;
use super::*;
use crate::engine::verdict::{Failure, Verdict};
use crate::source::delimited::harmless;
use crate::source::picture::visible_lines;

#[path = "../../tests/it/published.rs"]
mod published;
#[expect(dead_code, reason = "what the other tests read is not all read here")]
#[path = "../../tests/it/report_readers/mod.rs"]
mod report_readers;

use report_readers::{Report, read};

const FORMATS: [&str; 9] =
    ["sarif", "github", "gitlab", "junit", "checkstyle", "rdjson", "markdown", "csv", "xlsx"];

fn reporter(format: &str, output: Output, audience: Audience, most: u64) -> Box<dyn Reporter> {
    fn held(
        document: impl Document + 'static,
        output: Output,
        audience: Audience,
        most: u64,
    ) -> Box<dyn Reporter> {
        Box::new(Collector::new(document, output, audience, most))
    }
    match format {
        "sarif" => held(sarif::Sarif, output, audience, most),
        "github" => Box::new(github::GitHub::new(output, audience)),
        "gitlab" => held(gitlab::GitLab, output, audience, most),
        "junit" => held(junit::Junit, output, audience, most),
        "checkstyle" => held(checkstyle::Checkstyle, output, audience, most),
        "rdjson" => Box::new(rdjson::RdJson::new(output, audience)),
        "markdown" => held(markdown::Markdown, output, audience, most),
        "csv" => Box::new(csv::Csv::new(output, audience)),
        "xlsx" => held(xlsx::Xlsx, output, audience, most),
        other => panic!("{other}"),
    }
}

/// The report of what `tell` tells, as bytes.
fn bytes(format: &str, audience: Audience, most: u64, tell: impl FnOnce(&mut dyn Reporter)) -> Vec<u8> {
    let page = Page::default();
    tell(&mut *reporter(format, page.output(), audience, most));
    page.bytes()
}

fn report(format: &str, audience: Audience, tell: impl FnOnce(&mut dyn Reporter)) -> Report {
    read(format, &bytes(format, audience, 100, tell))
}

#[test]
fn each_follows_its_schema_and_tells_the_six_findings_with_their_fields() {
    for format in FORMATS {
        for hide in [false, true] {
            let bytes = bytes(format, audience(Language::En, hide), 100, |reporter| sample::tell(reporter));
            assert_eq!(published::mistakes(format, &bytes), Vec::<String>::new(), "{format}");
            let report = read(format, &bytes);
            let rules: Vec<&str> = report.findings.iter().map(|seen| seen.rule.as_str()).collect();
            let expected =
                ["KP-S006", "EX-X001", "EX-K006/ex_frequency", "EX-K001/ex_system", "EX-K019", "EX-X009"];
            assert_eq!(rules, expected, "{format}");
            assert_eq!(report.findings[1].fields, ["band", "ex_total"], "{format}");
            assert!(report.failures.is_empty() && !report.left_out, "{format}");
        }
    }
}

#[test]
fn where_values_are_hidden_none_is_in_any_format() {
    for format in FORMATS {
        let report = report(format, audience(Language::En, true), |reporter| sample::tell(reporter));
        let whole = report.texts.join("\n");
        for secret in ["812", "AB12345", "厚生", "20–99", "更新頻渡", "赤", "悪い", "00ff"] {
            assert!(!whole.contains(secret), "{secret} in {format}");
        }
        assert!(whole.contains("bed count outside the declared band"), "{format}");
        assert!(report.findings.iter().all(|seen| seen.line.is_none_or(|line| line < 4)), "{format}");
    }
}

#[test]
fn a_run_without_files_and_one_that_was_refused_are_whole_documents() {
    for format in FORMATS {
        for verdict in [Verdict::Clean, Verdict::Refused] {
            let refused = verdict == Verdict::Refused;
            let header = RunHeader { refused, ..RunHeader::default() };
            let failures = if refused { vec![Failure::Refused(2)] } else { Vec::new() };
            let summary =
                Summary { verdict, failures, exit_code: 2 * u8::from(refused), ..Summary::default() };
            let bytes = bytes(format, audience(Language::En, true), 100, |reporter| {
                reporter.start(&header).unwrap();
                reporter.finish(&summary).unwrap();
            });
            assert_eq!(published::mistakes(format, &bytes), Vec::<String>::new(), "{format}");
            let report = read(format, &bytes);
            assert_eq!((report.failures.len(), report.findings.len()), (usize::from(refused), 0), "{format}");
        }
    }
}

#[test]
fn a_cut_document_says_so() {
    for format in ["sarif", "gitlab", "junit", "checkstyle", "markdown", "xlsx"] {
        let bytes = bytes(format, audience(Language::En, false), 2, |reporter| sample::tell(reporter));
        let report = read(format, &bytes);
        assert_eq!((report.findings.len(), report.left_out), (2, true), "{format}");
    }
}

#[test]
fn a_summary_of_a_step_stays_below_what_a_step_may_show() {
    let long = "*".repeat(3_000);
    let report = report("markdown", audience(Language::En, false), |reporter| {
        let mut header = sample::header();
        header.names.values_mut().for_each(|name| *name = long.as_str().into());
        reporter.start(&header).unwrap();
        for _ in 0..30 {
            reporter.records(&sample::of_records()).unwrap();
        }
        let failures = vec![Failure::Unreadable(long.as_str().into()); 150];
        reporter.finish(&Summary { failures, verdict: Verdict::Failed, ..sample::summary() }).unwrap();
    });
    assert!(!report.failures.is_empty());
}

#[test]
fn sarif_says_what_may_be_written_instead_and_where_the_others_are() {
    let mut findings = sample::of_records();
    let diagnostic = &mut findings[0].findings[0].diagnostic;
    diagnostic.fix =
        Some(crate::diagnostic::Fix { after: "500".into(), class: crate::diagnostic::FixClass::Proposed });
    let tell = |reporter: &mut dyn Reporter| {
        reporter.start(&sample::header()).unwrap();
        reporter.records(&findings).unwrap();
        reporter.finish(&sample::summary()).unwrap();
    };
    let bytes = bytes("sarif", audience(Language::En, false), 100, tell);
    assert_eq!(published::mistakes("sarif", &bytes), Vec::<String>::new());
    let log: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    let result = &log["runs"][0]["results"][0];
    let location = &result["locations"][0]["physicalLocation"];
    assert_eq!(location["artifactLocation"]["uri"], "%E6%8F%90%E5%87%BA/%E5%9B%9E%E7%AD%94.csv");
    assert_eq!(location["region"]["startColumn"], 20);
    assert_eq!(result["relatedLocations"].as_array().unwrap().len(), 1);
    let replacement = &result["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(replacement["insertedContent"]["text"], "500");
    assert_eq!(replacement["deletedRegion"]["byteLength"], 1);
    let hidden = self::bytes("sarif", audience(Language::En, true), 100, tell);
    let log: serde_json::Value = serde_json::from_slice(&hidden).unwrap();
    let result = &log["runs"][0]["results"][0];
    assert_eq!(result["locations"][0]["physicalLocation"]["region"], serde_json::json!({ "startLine": 2 }));
    assert!(result["fixes"].is_null() && result["relatedLocations"].is_null());
    assert!(log["runs"][0]["artifacts"][0]["hashes"].is_null());
}

/// `text` as a format shows it that has no letters for some of its own.
fn shown(format: &str, text: &str) -> String {
    let visible = visible_lines(text).into_owned();
    match format {
        "sarif" | "gitlab" | "rdjson" => text.to_owned(),
        "junit" | "checkstyle" => visible.replace('\u{fffe}', "<U+FFFE>").replace('\u{ffff}', "<U+FFFF>"),
        "csv" => harmless(&visible),
        _ => visible,
    }
}

/// Blanks at the ends of Markdown's lines are nobody's.
fn without_blanks(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    /// The canary is the name of the file, the key, and what the messages quote.
    #[test]
    fn whatever_a_file_holds_comes_back_as_text_and_as_nothing_else(text in cells()) {
        for format in FORMATS {
            let bytes = bytes(format, audience(Language::En, false), 100, |reporter| hostile(&text, reporter));
            let report = read(format, &bytes);
            prop_assert_eq!(report.findings.len(), 6, "{}", format);
            prop_assert_eq!(report.failures.is_empty(), false, "{}", format);
            let (shown, name) = (shown(format, &text), report.findings[0].file.as_str());
            match format {
                // A relative address has no slash in front.
                "sarif" => prop_assert_eq!(name, text.trim_start_matches('/')),
                "markdown" => prop_assert_eq!(without_blanks(name), without_blanks(&shown)),
                _ => prop_assert_eq!(name, shown.as_str(), "{}", format),
            }
            let quoted = match format {
                // No link may be read into a message.
                "sarif" => text.replace("](", "] ("),
                "csv" => visible_lines(&text).into_owned(),
                _ => shown,
            };
            let quoted = without_blanks(&quoted);
            let told = report.texts.iter().any(|told| {
                let told = without_blanks(told);
                told.contains(&format!("bedcountis{quoted},")) && told.contains(&format!("givenis\"{quoted}\""))
            });
            prop_assert!(told, "{}: {:?} in {:?}", format, quoted, report.texts);
            if !["xlsx", "sarif"].contains(&format) {
                let page = String::from_utf8(bytes).unwrap();
                let own = page.trim_start_matches('\u{feff}').replace('\r', "");
                prop_assert_eq!(super::format_tests::first_unsafe(&own), None, "{}", format);
            }
        }
    }
}
