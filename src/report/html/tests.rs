//! The page as a browser would take it apart: by an HTML parser, not by looking for texts.
//!
//! Invariants
//! - Whatever a cell holds, the page has the same elements and attributes: only its text differs.

use proptest::prelude::*;
use scraper::{ElementRef, Html as Dom, Node, Selector};

use super::*;
use crate::diagnostic::{Diagnostic, Language, Place};
use crate::engine::event::{Reporter, Summary};
use crate::engine::verdict::{Failure, Verdict};
use crate::evaluate::{Finding, RecordFindings};
use crate::report::Audience;
use crate::report::collected::{Collector, MOST};
use crate::report::format_tests::{cells, first_unsafe, hostile};
use crate::report::output::tests::Page as Paper;
use crate::report::sample;

fn audience(language: Language, hide: bool) -> Audience {
    Audience { language, hide_values: hide, hide_keys: hide, secret: None }
}

fn written(audience: Audience, most: u64, tell: impl FnOnce(&mut dyn Reporter)) -> String {
    let paper = Paper::default();
    tell(&mut Collector::new(Html, paper.output(), audience, most));
    paper.text()
}

fn page(language: Language, hide: bool) -> String {
    written(audience(language, hide), MOST, |reporter| sample::tell(reporter))
}

fn all<'d>(dom: &'d Dom, selector: &str) -> Vec<ElementRef<'d>> {
    dom.select(&Selector::parse(selector).unwrap()).collect()
}

fn texts(dom: &Dom, selector: &str) -> Vec<String> {
    let text = |element: ElementRef<'_>| element.text().collect::<Vec<_>>().join(" ");
    let squeezed = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    all(dom, selector).into_iter().map(|element| squeezed(text(element))).collect()
}

/// The elements with their attributes, in order, without any text.
fn skeleton(page: &str) -> Vec<String> {
    let dom = Dom::parse_document(page);
    let element = |node: &Node| {
        let element = node.as_element()?;
        let attributes: Vec<String> =
            element.attrs().map(|(name, value)| format!("{name}={value:?}")).collect();
        Some(format!("{} {}", element.name(), attributes.join(" ")))
    };
    dom.tree.nodes().filter_map(|node| element(node.value())).collect()
}

#[test]
fn a_record_has_its_findings_and_its_answers_with_the_conflicting_cells_marked() {
    let dom = Dom::parse_document(&page(Language::En, false));
    assert_eq!(texts(&dom, ".record h3"), ["About files as a whole", "AB12345", "CD␛[0m17"]);
    let marked = texts(&dom, "#record-1 tr.mark");
    assert_eq!(marked.len(), 4, "{marked:?}");
    assert_eq!(marked[0], "▶ column 2 812 ✖ error see EX-X001");
    assert_eq!(marked[1], "▶ column 3 1 read as 20–99 ✖ error see EX-X001");
    let whole = texts(&dom, "#record-1 .answers tbody tr");
    assert_eq!((whole.len(), &*whole[0]), (8, "column 0 (private)"));
    assert_eq!(
        texts(&dom, "#record-2 tr.mark")[1],
        "▶ Q4 column 4 not answered, although asked ✖ error see EX-K001/ex_system EX-K019"
    );
    assert_eq!(texts(&dom, "#record-1 .finding .head").len(), 2);
    assert_eq!(texts(&dom, "#by-rule .finding").len(), 6);
    assert_eq!(texts(&dom, ".record .finding").len(), 6);
}

#[test]
fn rules_stand_by_findings_and_link_to_them() {
    let dom = Dom::parse_document(&page(Language::Ja, false));
    let rows = texts(&dom, "#rules > .wide tbody tr");
    assert!(rows[0].starts_with("EX-K001/ex_system 必須の設問が未回答 ✖ 要修正 1 1 1 1 0 0 0 0"), "{rows:?}");
    for link in all(&dom, "a[href^='#']") {
        let target = link.value().attr("href").unwrap().trim_start_matches('#');
        assert_eq!(all(&dom, &format!("[id='{target}']")).len(), 1, "{target}");
    }
    let mut ids: Vec<&str> = all(&dom, "[id]").iter().filter_map(|element| element.value().id()).collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

#[test]
fn whoever_cannot_see_it_can_read_it() {
    for language in [Language::Ja, Language::En] {
        let dom = Dom::parse_document(&page(language, false));
        let tag = if language == Language::Ja { "ja" } else { "en" };
        assert_eq!(all(&dom, "html")[0].value().attr("lang"), Some(tag));
        let levels: Vec<u32> = all(&dom, "h1, h2, h3, h4")
            .iter()
            .map(|h| h.value().name().trim_start_matches('h').parse().unwrap())
            .collect();
        assert_eq!(levels.iter().filter(|level| **level == 1).count(), 1);
        assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{levels:?}");
        assert_eq!(all(&dom, "table").len(), all(&dom, "table > caption").len());
        assert_eq!(all(&dom, "input, select").len(), all(&dom, "label input, label select").len());
        for svg in all(&dom, "li > svg") {
            let title: String = svg.text().collect();
            let beside = svg.parent().and_then(ElementRef::wrap).unwrap();
            let value: String =
                beside.select(&Selector::parse(".value").unwrap()).flat_map(|v| v.text()).collect();
            assert!(!value.is_empty() && value == title, "a bar says nothing that its text does not");
        }
        assert_eq!(all(&dom, "a.skip[href='#summary'], #summary").len(), 2);
    }
}

#[test]
fn nothing_is_loaded_and_the_policy_knows_our_own_style_and_script_only() {
    let text = page(Language::Ja, false);
    let dom = Dom::parse_document(&text);
    let loads = ["url(", "@import", "fetch", "XMLHttpRequest", "import(", "://"];
    assert!(loads.iter().all(|word| !STYLE.contains(word) && !SCRIPT.contains(word)));
    assert_eq!(
        all(&dom, "link, img, iframe, object, embed, form, base, [src], [style], image, use").len(),
        0
    );
    let policy = all(&dom, "meta[http-equiv='Content-Security-Policy']")[0].value().attr("content").unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    for (name, own) in [("style", STYLE), ("script", SCRIPT)] {
        let found = all(&dom, name);
        assert_eq!(found.len(), 1);
        let inside: String = found[0].text().collect();
        assert_eq!(inside, own, "a hash is of every byte between the tags");
        assert!(policy.contains(&STANDARD.encode(Sha256::digest(inside))));
    }
}

#[test]
fn where_values_are_hidden_there_are_titles_fields_and_numbers() {
    for language in [Language::Ja, Language::En] {
        let text = page(language, true);
        for secret in ["812", "AB12345", "厚生", "20～99", "20–99", "更新頻渡", "赤", "悪い", "00ff"]
        {
            assert!(!text.contains(secret), "{secret}");
        }
        let dom = Dom::parse_document(&text);
        assert_eq!(all(&dom, ".answers, .cells").len(), 0);
        assert_eq!(all(&dom, "#by-rule .finding").len(), 6);
        assert!(text.contains("band"), "the field's name");
    }
}

#[test]
fn what_is_left_out_is_declared_and_counts_stay_whole() {
    let text = written(audience(Language::En, false), 2, |reporter| sample::tell(reporter));
    let dom = Dom::parse_document(&text);
    assert!(texts(&dom, ".remark").concat().contains("at most 2 findings"), "{:?}", texts(&dom, ".remark"));
    assert!(texts(&dom, ".remark").concat().contains("4 more are left out"));
    assert_eq!(all(&dom, "#by-rule .finding").len(), 2);
    assert_eq!(texts(&dom, ".figure.error dd"), ["4"]);
}

#[test]
fn a_run_that_came_to_nothing_has_a_red_headline_with_its_reasons() {
    let failed = |verdict, failure: Failure| {
        written(audience(Language::En, false), MOST, |reporter| {
            reporter
                .start(&crate::engine::event::RunHeader {
                    refused: verdict == Verdict::Refused,
                    ..Default::default()
                })
                .unwrap();
            let failures = vec![failure];
            reporter.finish(&Summary { verdict, failures, ..Summary::default() }).unwrap();
        })
    };
    for (page, reason) in [
        (failed(Verdict::Failed, Failure::NoRecord), "Nothing was checked."),
        (failed(Verdict::Failed, Failure::Unreadable("a<b>.csv".into())), "Could not be read: a<b>.csv"),
        (failed(Verdict::Failed, Failure::Fault(3)), "A fault of this program"),
        (failed(Verdict::Refused, Failure::Refused(1)), "1 mistake in the rule pack"),
    ] {
        let dom = Dom::parse_document(&page);
        let banner = texts(&dom, ".banner.bad").concat();
        assert!(banner.contains(reason) && banner.starts_with("✖ not "), "{banner}");
        assert_eq!(all(&dom, ".banner.good, .banner.open, .list, .remark").len(), 0);
    }
}

/// Relative luminance of `#rrggbb`.
fn luminance(colour: &str) -> f64 {
    let part = |at: usize| {
        let value = f64::from(u8::from_str_radix(colour.get(at..at + 2).unwrap(), 16).unwrap()) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
}

#[test]
fn every_text_stands_out_from_what_is_behind_it() {
    let colour = |name: &str| {
        let short = STYLE.split(&format!("--{name}:")).nth(1).unwrap().split([';', '}']).next().unwrap();
        let digits = short.trim_start_matches('#');
        let twice = |c: char| [c, c];
        if digits.len() == 3 {
            format!("#{}", digits.chars().flat_map(twice).collect::<String>())
        } else {
            short.to_owned()
        }
    };
    for (text, behind) in [
        ("ink", "paper"),
        ("soft", "paper"),
        ("soft", "wash"),
        ("link", "paper"),
        ("link", "wash"),
        ("fatal", "paper"),
        ("error", "paper"),
        ("warning", "paper"),
        ("info", "paper"),
        ("good", "good-wash"),
        ("warning", "warning-wash"),
        ("error", "error-wash"),
        ("info", "info-wash"),
        ("soft", "error-wash"),
        ("soft", "warning-wash"),
        ("soft", "info-wash"),
    ] {
        let (one, two) = (luminance(&colour(text)), luminance(&colour(behind)));
        let contrast = (one.max(two) + 0.05) / (one.min(two) + 0.05);
        assert!(contrast >= 4.5, "{text} on {behind}: {contrast:.2}");
    }
}

#[test]
fn ten_thousand_findings_are_a_page_of_bounded_size() {
    let [first, _] = <[RecordFindings; 2]>::try_from(sample::of_records()).unwrap();
    let record = |number: u64| {
        let place = sample::place(1, &format!("K{number}"));
        let place =
            std::sync::Arc::new(crate::diagnostic::RecordPlace { record: number, ..(*place).clone() });
        let moved = |finding: &Finding| Finding {
            diagnostic: Diagnostic {
                place: Place::Record(std::sync::Arc::clone(&place)),
                ..finding.diagnostic.clone()
            },
            ..finding.clone()
        };
        let findings = first.findings.iter().map(moved).collect();
        RecordFindings { place: std::sync::Arc::clone(&place), findings, answers: first.answers.clone() }
    };
    let text = written(audience(Language::Ja, false), MOST, |reporter| {
        reporter.start(&sample::header()).unwrap();
        for number in 1..=6_000 {
            reporter.records(&[record(number)]).unwrap();
        }
        reporter.finish(&sample::summary()).unwrap();
    });
    assert!(text.len() < 15 << 20, "{}", text.len());
    let dom = Dom::parse_document(&text);
    assert_eq!(all(&dom, "#by-rule .finding").len(), 10_000);
    assert_eq!(all(&dom, "details.answers").len(), RECORDS_WITH_ANSWERS);
    assert!(texts(&dom, ".remark").concat().contains("先頭の500票"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn whatever_a_submission_holds_is_text_and_changes_no_element(text in cells(), english: bool) {
        let language = if english { Language::En } else { Language::Ja };
        let of = |text: &str| {
            written(audience(language, false), MOST, |reporter| hostile(text, reporter))
        };
        let text = format!("x{text}x");
        let page = of(&text);
        prop_assert_eq!(first_unsafe(&page), None);
        prop_assert_eq!(skeleton(&page), skeleton(&of("xx")));
    }
}

#[test]
fn markup_in_cells_names_and_keys_is_shown_and_not_obeyed() {
    let evil = "<img src=x onerror=alert(1)>\"'><script>alert(2)</script></style></title><!--&#0;{{7*7}}";
    let page = written(audience(Language::En, false), MOST, |reporter| hostile(evil, reporter));
    assert_eq!(
        skeleton(&page),
        skeleton(&written(audience(Language::En, false), MOST, |r| hostile("xx", r)))
    );
    let dom = Dom::parse_document(&page);
    assert_eq!(texts(&dom, ".record h3")[0], evil);
    assert!(texts(&dom, "tr.mark").iter().any(|row| row.contains(evil)));
}
