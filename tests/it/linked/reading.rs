//! Linked files as they come: in every format and encoding, in any order, broken, empty, with keys that stand twice.
//!
//! Invariants
//! - A frame that cannot be read fails the run: no rule judges as if a unit were not in it.
//! - Neither format nor order, threads nor chunks change what is found.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;

use serde_json::{Value as Json, json};

use super::frame::{SUBMISSIONS, UNITS, counts, delimited, folder, objects, run, told, workbook};
use super::survey::report;
use crate::packing::packed;
use crate::program::command;

/// The id of three letters that is the `number`th.
fn letters(number: u32) -> String {
    let letter = |place: u32| char::from(b'A' + u8::try_from(number / place % 26).unwrap());
    [676, 26, 1].map(letter).iter().collect()
}

#[test]
fn a_frame_says_the_same_in_every_format_and_encoding() {
    let folder = folder();
    let expected = told(&report(folder.path(), &["in.csv", "--link", "frame=frame.csv"]));
    let rules: BTreeSet<&str> = expected.iter().map(|(rule, ..)| rule.as_str()).collect();
    assert_eq!(rules, BTreeSet::from(["BEDS", "THERE", "ALL", "F-NAME", "band:must-answer"]), "{expected:?}");
    assert!(expected.iter().any(|(_, _, message)| message.contains("98765") && message.contains("髙橋病院")));
    let csv = delimited(",", &UNITS);
    let lines = |units| objects(units).iter().map(Json::to_string).collect::<Vec<_>>().join("\n");
    let utf16: Vec<u8> =
        std::iter::once(0xFEFF).chain(csv.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let files: [(&str, Vec<u8>); 9] = [
        ("f.tsv", delimited("\t", &UNITS).into_bytes()),
        ("f-mark.csv", format!("\u{feff}{csv}").into_bytes()),
        ("f-sjis.csv", encoding_rs::SHIFT_JIS.encode(&csv).0.into_owned()),
        ("f-utf16.csv", utf16),
        ("f.csv.gz", packed(&csv)),
        ("f.json", Json::Array(objects(&UNITS)).to_string().into_bytes()),
        ("f.jsonl", lines(&UNITS).into_bytes()),
        ("f.jsonl.gz", packed(lines(&UNITS))),
        ("f.xlsx", workbook(&UNITS)),
    ];
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
        let link = format!("frame={name}");
        let report = report(folder.path(), &["in.csv", "--link", &link]);
        assert_eq!(told(&report), expected, "{name}");
        let read = &report["summary"]["links"][0];
        assert_eq!(
            (&read["link"], &read["name"], &read["records"]),
            (&json!("frame"), &json!(name), &json!(5))
        );
        assert_eq!(read["sha256"].as_str().unwrap().len(), 64, "{name}");
    }
}

#[test]
fn the_order_of_a_frame_is_of_no_consequence_and_a_unit_that_nobody_answers_is_only_missing() {
    let folder = folder();
    let with = |units: &[[&str; 6]]| {
        fs::write(folder.path().join("other.csv"), delimited(",", units)).unwrap();
        report(folder.path(), &["in.csv", "--link", "frame=other.csv"])
    };
    let own = |report: &Json| {
        let mut told = told(report);
        // Its own records stand elsewhere in another order.
        told.retain(|(rule, ..)| rule != "F-NAME");
        told
    };
    let expected = with(&UNITS);
    let mut units = UNITS;
    for _ in 0..units.len() {
        units.rotate_left(1);
        units.swap(0, 2);
        let found = with(&units);
        assert_eq!(own(&found), own(&expected));
        assert_eq!(found["summary"]["rules"], expected["summary"]["rules"]);
    }
    let fewer = with(&UNITS[..4]);
    let except = |report: &Json| {
        let mut told = own(report);
        told.retain(|(rule, ..)| rule != "ALL");
        told
    };
    assert_eq!(except(&fewer), except(&expected));
    for rule in ["BEDS", "BAND", "THERE"] {
        assert_eq!(counts(&fewer, rule), counts(&expected, rule), "{rule}");
    }
    let missing = |report: &Json| counts(report, "ALL")["fail"].as_u64();
    assert_eq!((missing(&fewer), missing(&expected)), (Some(1), Some(2)));
}

#[test]
fn threads_and_chunks_change_no_byte() {
    let folder = folder();
    let mut many = SUBMISSIONS.to_owned();
    let mut frame = delimited(",", &UNITS);
    for number in 0..3000_u32 {
        let id = letters(number);
        writeln!(many, "{id},{},{},{}", number % 3, number % 4, number % 50).unwrap();
        let unit = (number * 7) % 3000;
        let id = letters(unit);
        writeln!(frame, "{id},{},{},{},n,p", 7 + number % 3, number % 50, number % 3).unwrap();
    }
    fs::write(folder.path().join("in.csv"), many).unwrap();
    fs::write(folder.path().join("frame.csv"), frame).unwrap();
    let run = |threads: &str, chunk: &str| {
        let words = [
            "--survey",
            "rules/linked/2024",
            "--format",
            "json",
            "--threads",
            threads,
            "--chunk-records",
            chunk,
        ];
        let output = command(folder.path())
            .args(["check", "in.csv", "--link", "frame=frame.csv"])
            .args(words)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        output.stdout
    };
    let expected = run("1", "512");
    for (threads, chunk) in [("2", "512"), ("8", "512"), ("1", "7"), ("8", "1"), ("2", "1000")] {
        assert!(run(threads, chunk) == expected, "{threads} threads, {chunk} records");
    }
}

#[test]
fn a_linked_file_that_cannot_be_read_fails_the_run_and_is_never_silently_unlinked() {
    let folder = folder();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    write("empty.csv", b"");
    write("notes.csv", b"dear all,\nplease find the list enclosed\n");
    write("keyless.csv", b"band,beds,state\n7,10,1\n");
    write("broken.json", b"[{\"id\": \"A\"}, {\"id\": ");
    write("broken.xlsx", b"PK\x03\x04 and no more");
    write("image.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    write("cut.csv.gz", &packed(delimited(",", &UNITS))[..40]);
    fs::create_dir(folder.path().join("folder.csv")).unwrap();
    for name in [
        "nothing.csv",
        "empty.csv",
        "notes.csv",
        "keyless.csv",
        "broken.json",
        "broken.xlsx",
        "image.csv",
        "cut.csv.gz",
        "folder.csv",
    ] {
        let link = format!("frame={name}");
        let output = run(folder.path(), &["in.csv", "--format", "json", "--link", &link]);
        assert_eq!(output.status.code(), Some(3), "{name}: {output:?}");
        let report: Json = serde_json::from_slice(&output.stdout).unwrap();
        let failure = &report["summary"]["failures"][0];
        assert_eq!(
            (&failure["kind"], &failure["file"]),
            (&json!("unreadable-file"), &json!(name)),
            "{report}"
        );
        let grave = report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|finding| finding["place"]["file"] == name && finding["severity"] == "fatal");
        assert!(grave.count() > 0, "{name}: {report}");
        // Nobody is accused of what could not be looked up.
        assert_eq!(counts(&report, "THERE")["not_run"], 4, "{name}");
        assert_eq!(counts(&report, "ALL")["not_run"], 4, "{name}");
        assert_eq!(counts(&report, "BAND")["not_run"], 4, "{name}");
    }
    write("bare.csv", b"id,band,beds,state,name,secret\n");
    let report = report(folder.path(), &["in.csv", "--link", "frame=bare.csv"]);
    assert!(
        report["findings"].as_array().unwrap().iter().any(|finding| finding["rule"] == "KP-S048"),
        "{report}"
    );
    assert_eq!(counts(&report, "THERE")["fail"], 4);
}

#[test]
fn without_a_frame_its_rules_are_not_run() {
    let folder = folder();
    let report = report(folder.path(), &["in.csv"]);
    for rule in ["BEDS", "BAND", "THERE", "ALL"] {
        assert_eq!(counts(&report, rule)["not_run"], 4, "{rule}");
    }
    assert_eq!(report["summary"]["links"], json!([]));
}

#[test]
fn a_key_that_stands_twice_links_nothing_and_both_places_are_told() {
    let folder = folder();
    let mut units = UNITS.to_vec();
    units.push(["A", "8", "11", "1", "x", "PRIVATE-2"]);
    fs::write(folder.path().join("frame.csv"), delimited(",", &units)).unwrap();
    let report = report(folder.path(), &["in.csv", "--link", "frame=frame.csv"]);
    let repeated: Vec<&Json> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["rule"] == "KP-S044")
        .collect();
    let [repeated] = repeated.as_slice() else { panic!("{report}") };
    let lines = repeated["labels"].as_array().unwrap().iter().map(|label| label["line"].as_u64().unwrap());
    assert_eq!(lines.collect::<Vec<_>>(), [2, 7], "{repeated}");
    assert!(repeated["message"].as_str().unwrap().contains("\"A\""), "{repeated}");
    // A is in the frame, and has answered; but nothing is compared with it.
    assert_eq!(counts(&report, "THERE")["fail"], 1);
    assert_eq!(counts(&report, "ALL")["fail"], 2);
    assert_eq!(counts(&report, "BEDS")["not_run"], 2);
}

#[test]
fn what_is_wrong_with_many_cells_of_a_linked_file_is_counted() {
    let folder = folder();
    let mut frame = delimited(",", &UNITS);
    for number in 0..2000_u32 {
        let id = letters(number);
        writeln!(frame, "{id},7,many,1,n,p").unwrap();
        writeln!(frame, "{id},7,３０,1,n,p").unwrap();
    }
    fs::write(folder.path().join("frame.csv"), frame).unwrap();
    let report = report(folder.path(), &["in.csv", "--link", "frame=frame.csv"]);
    let findings = report["findings"].as_array().unwrap();
    assert!(findings.len() < 60, "{}", findings.len());
    let of = |rule: &str| findings.iter().filter(|finding| finding["rule"] == rule).collect::<Vec<_>>();
    assert_eq!(of("beds:type").len(), 10);
    assert!(of("beds:type").iter().all(|finding| finding["severity"] == "warning"));
    assert_eq!(of("KP-S044").len(), 10);
    let further: Vec<&str> =
        of("KP-S046").iter().map(|finding| finding["message"].as_str().unwrap()).collect();
    assert!(further.iter().any(|text| text.contains("1990 more places of beds:type")), "{further:?}");
    assert!(further.iter().any(|text| text.contains("1990 more places of KP-S044")), "{further:?}");
}
