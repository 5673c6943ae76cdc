//! `kenpyo check --rank impact`: whom to call first.
//!
//! Invariants
//! - Impacts are worked out by hand in the comments, or by settling the record and making the tables again.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};

use crate::own_schemas::{assert_valid, validator};
use crate::program::{command, fixture, kenpyo, kenpyo_with, report, root, text};

/// Answers to questions 1 to 18 that contradict nothing.
const ANSWERS: &str = "1,1,2,,2,1,2,1,1,1,2,,,,,,,2,";

/// Nine hospitals of 20 to 99 beds, four of 300 to 399 and two of 500 or more, all with the same answers, but that the first of
/// those with 300 beds consults its vendor and does not know whom to call; before and behind them one of 20 to 99 beds and
/// one of 500 or more that did not answer question 8.
fn few_and_many() -> String {
    let clean = fs::read_to_string(root().join(fixture("submissions/clean.csv"))).unwrap();
    let mut lines = clean.lines();
    let mut page = lines.next().unwrap().to_owned() + "\n";
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    let of = |band: &'static str| rows.iter().filter(move |row| row[20] == band);
    let mut put = |row: &[&str], answers: &str| {
        let line = [&row[..21], &answers.split(',').collect::<Vec<_>>(), &[""]].concat().join(",");
        page += &(line + "\n");
    };
    let silent = ANSWERS.replacen("1,2,1,1,1,2", "1,2,1,,1,2", 1);
    let unsure = ANSWERS.replacen("1,1,2", "1,2,2", 1);
    for (place, row) in of("1").take(10).enumerate() {
        put(row, if place == 0 { &silent } else { ANSWERS });
    }
    for (place, row) in of("4").take(4).enumerate() {
        put(row, if place == 0 { &unsure } else { ANSWERS });
    }
    for (place, row) in of("6").take(3).enumerate() {
        put(row, if place == 2 { &silent } else { ANSWERS });
    }
    page
}

fn ranked(page: &str, more: &[&str]) -> String {
    let mut words = vec!["check", "-", "--quiet", "--rank", "impact"];
    words.extend(more);
    let output = kenpyo_with(&words, page.as_bytes());
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    text(&output)
}

/// Each record in the order in which a report tells it, with its impact.
fn records(report: &Value) -> Vec<(u64, Value)> {
    let mut records: Vec<(u64, Value)> = Vec::new();
    for finding in report["findings"].as_array().unwrap() {
        let Some(number) = finding["place"]["record"].as_u64() else { continue };
        match records.last_mut().filter(|(last, _)| *last == number) {
            Some((_, impact)) if impact.is_null() => *impact = finding["impact"].clone(),
            Some(_) => {}
            None => records.push((number, finding["impact"].clone())),
        }
    }
    records
}

/// By hand: of those with 500 beds or more two answered "yes" to question 8; a third who says "no" makes it 2 of 3. Of those
/// with 20 to 99 beds it would be 9 of 10. The one with 300 beds who does not know whom to call makes 4 of 4 of 3 of 4 if it
/// knows after all, or 3 of 4 of 4 of 4 who consult a vendor if it consults somebody else.
///
/// The figures that each of the first can move: of question 8 the two rows of the band and of the total; and, because one of
/// all does not know whom to call, both rows of the total of question 2. The one in the middle: yes and no of question 2 in
/// the band, in the total and in the mean of the bands, and the six options of question 3 likewise.
#[test]
fn a_band_of_few_hospitals_outranks_a_band_of_many() {
    let page = few_and_many();
    let report: Value = serde_json::from_str(&ranked(&page, &["--format", "json"])).unwrap();
    let impact = |table: &str, band: &str, points: &str, ratio: &str, cells: u64| json!({ "table": table, "row": "yes", "band": band, "average": null, "points": points, "ratio": ratio, "cells": cells });
    let expected = [
        (17, impact("T07b", "b500", "33.33", "1/3", 6)),
        (11, impact("T03", "b300", "25.00", "1/4", 24)),
        (1, impact("T07b", "b020", "10.00", "1/10", 6)),
    ];
    assert_eq!(records(&report), expected);
    assert_valid(&validator("report"), &report, "--rank impact");
    // Without the question there is no answer.
    let usual = kenpyo_with(&["check", "-", "--quiet", "--format", "json"], page.as_bytes());
    let usual: Value = serde_json::from_slice(&usual.stdout).unwrap();
    assert_eq!(records(&usual), [1, 11, 17].map(|number| (number, Value::Null)));
}

/// With the frame there are a response rate, of the band and of the whole, which who comes in raises, and an average weighted
/// by the units asked of each row whose share moves in a band.
#[test]
fn the_linked_frame_gives_a_rate_and_a_weighted_average_that_can_move() {
    let page = ranked(&few_and_many(), &["--format", "json", "--link", "frame=fixtures/linked/frame.csv"]);
    let report: Value = serde_json::from_str(&page).unwrap();
    let sizes: Vec<(u64, Value, Value)> = records(&report)
        .into_iter()
        .map(|(number, impact)| (number, impact["ratio"].clone(), impact["cells"].clone()))
        .collect();
    let expected = [(17, "1/3", 8), (11, "1/4", 32), (1, "1/10", 8)];
    assert_eq!(sizes, expected.map(|(number, ratio, cells)| (number, json!(ratio), json!(cells))));
}

/// The impact is what `tabulate` says when the record is settled by hand.
#[test]
fn settling_the_first_record_moves_its_figure_by_the_points_that_were_told() {
    let page = few_and_many();
    let settled = page.lines().enumerate().map(|(row, line)| {
        let line = if row == 17 { line.replace("1,2,1,,1,2", "1,2,1,2,1,2") } else { line.to_owned() };
        line + "\n"
    });
    let share = |page: &str| {
        let words = ["tabulate", "-", "--quiet", "--table", "T07b", "--format", "json"];
        let document: Value = serde_json::from_slice(&kenpyo_with(&words, page.as_bytes()).stdout).unwrap();
        let cell = &document["tables"][0]["rows"][0]["cells"][5];
        (cell["count"]["value"].clone(), cell["percent"]["value"].clone())
    };
    let (before, after) = (share(&page), share(&settled.collect::<String>()));
    assert_eq!(before, (json!(2), json!(100)));
    assert_eq!(after, (json!(2), json!(67)));
}

#[test]
fn what_a_record_can_move_is_told_in_both_languages_and_in_the_formats_of_lines() {
    let page = few_and_many();
    let listing = |language: &str| ranked(&page, &["--lang", language]).replace("\n   ", " ");
    let english = listing("en");
    let sentence = "impact: settling this record can move \"Yes\" of T07b (Alerts and vulnerability notices collected), 500 beds or more, by up to 33.33 points; figures that it can move: 6.";
    assert_eq!(english.matches(sentence).count(), 1, "{english}");
    assert_eq!(english.matches("impact: ").count(), 3, "once a record: {english}");
    let japanese = ranked(&page, &["--lang", "ja"]).replace("\n   ", "");
    let sentence = "影響：この票の扱いにより、表T07b「注意喚起・脆弱性情報の収集・確認」の「はい」（500床以上）が最大33.33ポイント動きます（動き得る数値は6個）。";
    assert_eq!(japanese.matches(sentence).count(), 1, "{japanese}");
    let short = ranked(&page, &["--format", "short", "--lang", "en"]);
    let tags: Vec<&str> = short.lines().filter_map(|line| Some(line.split_once(" [impact: ")?.1)).collect();
    assert_eq!(tags, ["33.33 T07b/yes/b500 of 6]", "25.00 T03/yes/b300 of 24]", "10.00 T07b/yes/b020 of 6]"]);
    let lines = ranked(&page, &["--format", "jsonl"]);
    let event = validator("report#/$defs/event");
    let points: Vec<Value> = lines
        .lines()
        .map(|line| {
            let line: Value = serde_json::from_str(line).unwrap();
            assert_valid(&event, &line, "a line");
            line["impact"]["points"].clone()
        })
        .filter(|points| !points.is_null())
        .collect();
    assert_eq!(points, ["33.33", "25.00", "10.00"]);
}

/// The arguments of a large run with its frame and the last wave.
fn large<'a>(links: &'a [String; 2], more: &[&'a str]) -> Vec<&'a str> {
    let mut words =
        vec!["fixtures/submissions/clean-5pct-defects.csv", "--link", &links[0], "--link", &links[1]];
    words.extend(more);
    words
}

fn links() -> [String; 2] {
    ["frame=fixtures/linked/frame.csv", "prev=fixtures/linked/last-wave.csv"].map(str::to_owned)
}

#[test]
fn the_same_findings_are_told_record_by_record_from_the_largest_movement_down() {
    let links = links();
    let usual = report(&large(&links, &[]), None);
    let order = report(&large(&links, &["--rank", "impact"]), None);
    let all = |report: &Value| -> Vec<String> {
        let mut all: Vec<String> = report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|finding| {
                let mut finding = finding.clone();
                finding.as_object_mut().unwrap().remove("impact");
                finding.to_string()
            })
            .collect();
        all.sort();
        all
    };
    assert!(all(&usual) == all(&order));
    assert_eq!(usual["summary"], order["summary"]);
    let findings = order["findings"].as_array().unwrap();
    let about_files = findings.iter().take_while(|finding| finding["place"]["kind"] != "record").count();
    let of_records = findings.iter().filter(|finding| finding["place"]["kind"] == "record").count();
    assert_eq!(about_files + of_records, findings.len(), "what is about files stands first");
    let records = records(&order);
    let distinct: BTreeSet<u64> = records.iter().map(|(number, _)| *number).collect();
    assert_eq!(distinct.len(), records.len(), "the findings of a record stand together");
    let sizes: Vec<(f64, u64)> = records
        .iter()
        .map(|(_, impact)| match impact["ratio"].as_str().and_then(|ratio| ratio.split_once('/')) {
            Some((above, below)) => {
                let share: f64 = above.parse::<f64>().unwrap() / below.parse::<f64>().unwrap();
                (share, impact["cells"].as_u64().unwrap())
            }
            None => (0.0, 0),
        })
        .collect();
    assert!(sizes.is_sorted_by(|left, right| left >= right), "{sizes:?}");
    assert!(sizes[0].0 > 0.0 && sizes.iter().any(|size| size.0 == 0.0));
    // Alike ones stand in the order of the file.
    let alike = records.windows(2).zip(sizes.windows(2)).filter(|(_, sizes)| sizes[0] == sizes[1]);
    let alike: Vec<_> = alike.map(|(pair, _)| (pair[0].0, pair[1].0)).collect();
    assert!(alike.len() > 10);
    let open = |number: u64| {
        findings.iter().any(|finding| {
            finding["place"]["record"] == number
                && (finding["severity"] == "error" || finding["severity"] == "warning")
        })
    };
    for (left, right) in alike {
        assert!(left < right || open(left) && !open(right), "{left} {right}");
    }
}

#[test]
fn neither_threads_nor_blocks_nor_the_way_in_change_a_byte() {
    let links = links();
    let run = |threads: &str, chunk: &str| {
        let mut words = vec!["check", "--rank", "impact", "--quiet", "--format", "jsonl"];
        words.extend(large(&links, &["--threads", threads, "--chunk-records", chunk]));
        kenpyo(&words).stdout
    };
    let expected = run("1", "512");
    assert!(expected.len() > 10_000);
    for (threads, chunk) in [("2", "512"), ("8", "7"), ("3", "61")] {
        assert!(run(threads, chunk) == expected, "{threads} threads, blocks of {chunk}");
    }
    let page = few_and_many();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.csv"), &page).unwrap();
    let words = ["check", "a.csv", "--quiet", "--rank", "impact", "--format", "short"];
    let file = text(&command(folder.path()).args(words).output().unwrap());
    assert_eq!(ranked(&page, &["--format", "short", "--stdin-filename", "a.csv"]), file);
}

#[test]
fn the_listing_shows_the_first_records_whole_and_counts_the_others() {
    let links = links();
    let mut words = vec!["check", "--rank", "impact", "--quiet", "--lang", "en", "--max-findings", "6"];
    words.extend(large(&links, &[]));
    let listing = text(&kenpyo(&words));
    assert!(listing.matches("\n   impact: ").count() >= 3, "{listing}");
    assert!(listing.contains("are not listed") || listing.contains("not shown"), "{listing}");
}

#[test]
fn a_report_in_which_values_are_hidden_keeps_its_order_and_tells_no_impact() {
    let page = few_and_many();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.csv"), &page).unwrap();
    let run = |more: &[&str]| {
        let words = ["check", "a.csv", "--quiet", "--format", "github", "--format", "jsonl=a.jsonl"];
        let output = command(folder.path()).args(words).args(more).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
        (text(&output), fs::read_to_string(folder.path().join("a.jsonl")).unwrap())
    };
    if !cfg!(feature = "formats") {
        return;
    }
    let (usual, order) = (run(&[]), run(&["--rank", "impact"]));
    assert_eq!(usual.0, order.0);
    assert_ne!(usual.1, order.1);
    // A configuration only wishes.
    let wish = run(&["--config", "rank = 'impact'", "--values", "hide"]);
    assert_eq!(wish, run(&["--values", "hide"]));
    assert_eq!(run(&["--config", "rank = 'impact'"]), order);
}

#[test]
fn what_cannot_be_ranked_is_refused_with_its_code_and_a_way_out() {
    let file = fixture("submissions/example.csv");
    for (more, code, way) in [
        (vec!["--rank", "impact", "--survey", "hospital-cyber/2023"], "KP-U140", "leave out --rank"),
        (vec!["--rank", "impact", "--ignore", "HCS-X001"], "KP-U141", "leave out --rank"),
        (vec!["--rank", "impact", "--values", "hide"], "KP-U143", "--values show"),
        (vec!["--rank", "impact", "--since", "HEAD"], "KP-U009", "--since"),
        (vec!["--rank", "inpact"], "KP-U005", "did you mean \"impact\"?"),
    ] {
        let output = kenpyo(&[&["check", &file, "--lang", "en"][..], &more].concat());
        let told = String::from_utf8_lossy(&output.stderr).replace("\n  │ ", " ");
        assert!(
            output.status.code() == Some(2) && told.contains(code) && told.contains(way),
            "{more:?}: {told}"
        );
        assert!(output.stdout.is_empty());
    }
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.csv", "b.csv"] {
        fs::copy(root().join(&file), folder.path().join(name)).unwrap();
    }
    let two = "[[path]]\nmatch = ['b.csv']\nsurvey = 'hospital-cyber/2024-assumed'\n";
    fs::write(folder.path().join("kenpyo.toml"), two).unwrap();
    let words = ["check", ".", "--lang", "en", "--rank", "impact"];
    let several = command(folder.path()).args(words).output().unwrap();
    let told = String::from_utf8_lossy(&several.stderr).into_owned();
    assert!(several.status.code() == Some(2) && told.contains("KP-U142"), "{told}");
    let wish = kenpyo(&["check", &file, "--quiet", "--config", "rank = 'impact'", "--ignore", "HCS-X001"]);
    let usual = kenpyo(&["check", &file, "--quiet", "--ignore", "HCS-X001"]);
    assert_eq!((wish.status.code(), text(&wish)), (usual.status.code(), text(&usual)));
}
