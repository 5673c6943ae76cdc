//! Hostile input to the reader: names without number, JSON that breaks off, and pointers that lead astray.
//!
//! Invariants
//! - What was not read is told, and fails the run; time grows with the file and not with its square.

use std::fs;
use std::time::Instant;

use crate::hostile::{another, answer, checked, errors, object, sound};

/// Makes a file of so many names.
type Make<'m> = &'m dyn Fn(usize) -> String;

/// Seconds of processor time are too coarse for small files, so the larger ones must be answered within the limit and
/// take no more than the smaller ones' share: what grows with the square takes four times as long for twice as much.
#[test]
fn repeated_and_unknown_names_take_time_in_proportion_to_their_number() {
    let (header, row) = sound();
    let column = header.split(',').next().unwrap();
    let shapes: [(&str, Make<'_>); 5] = [
        ("keys.jsonl", &|count| format!("{{{}\"x\":1}}\n", "\"beds_total\":1,".repeat(count))),
        ("groups.jsonl", &|count| format!("{{{}\"x\":1}}\n", "\"beds\":1,".repeat(count))),
        ("rows.jsonl", &|count| {
            "{\"beds_total\":1,\"beds_total\":1,\"band\":1,\"band\":1}\n".repeat(count / 10)
        }),
        ("known.csv", &|count| format!("{header}{}\n{row}\n", format!(",{column}").repeat(count))),
        ("unknown.csv", &|count| {
            let names = (0..count).fold(String::new(), |names, number| names + ",x" + &number.to_string());
            format!("{header}{names}\n{row}\n")
        }),
    ];
    for (name, make) in shapes {
        let folder = tempfile::tempdir().unwrap();
        let took = |count: usize| {
            fs::write(folder.path().join(name), make(count)).unwrap();
            let begun = Instant::now();
            answer(folder.path(), &["check", name, "--format", "jsonl"]);
            begun.elapsed().as_secs_f64()
        };
        let (once, twice) = (took(100_000), took(200_000));
        // Starting the program costs the same for both.
        assert!(twice < 2.5 * once + 0.5, "{name}: {once:.2} s, then {twice:.2} s");
    }
}

#[test]
fn json_of_which_the_rest_cannot_be_read_fails_with_one_fatal_finding() {
    let record = object();
    for file in [
        format!("[{record}] xx"),
        format!("[{record}][{record}]"),
        format!("[{record},{record}"),
        format!("[{record},{{\"gmis_id\":"),
        format!("[{record},"),
        format!("[{record},]"),
    ] {
        let (answer, report) = checked("rest.json", file.as_bytes());
        let fatal: Vec<(u64, String)> =
            errors(&report).into_iter().filter(|(_, rule)| rule.starts_with("KP-S")).collect();
        assert_eq!((answer.exit, fatal), (Some(3), vec![(0, "KP-S025".to_owned())]), "{file}");
        assert_eq!(report["summary"]["files"][0]["readable"], false, "{file}");
    }
    let encoded = encoding_rs::SHIFT_JIS.encode("[{\"facility_name\":\"病院\"}]").0.into_owned();
    let (answer, report) = checked("encoded.json", &encoded);
    assert_eq!((answer.exit, errors(&report)), (Some(3), vec![(0, "KP-S001".to_owned())]));
    assert_eq!(report["findings"].as_array().unwrap().len(), 1);
}

#[test]
fn a_pointer_to_records_is_followed_on_every_line_or_refused() {
    let record = object();
    let folder = tempfile::tempdir().unwrap();
    let run = |file: &str, pointer: &str| {
        fs::write(folder.path().join("a.jsonl"), file).unwrap();
        answer(folder.path(), &["check", "a.jsonl", "--records", pointer, "--lang", "en"])
    };
    for (file, pointer, exit, told) in [
        (format!("{{\"r\":{record}}}\n{{\"r\":{}}}\n", another()), "/r", Some(0), "2 records"),
        (format!("[[1],[{record}]]"), "/1", Some(0), "1 record "),
        (format!("{{\"r\":[{record}],\"r\":[{record}]}}"), "/r", Some(3), "given twice"),
        (format!("{{\"r\":[{record}]"), "/r", Some(3), "KP-S025"),
        (format!("{{\"r\":[{record}]}} garbage"), "/r", Some(3), "KP-S025"),
        (format!("{{\"r\":[{record}],\"x\": bad}}"), "/r", Some(3), "KP-S025"),
        (format!("{{\"r\":[{record}]}}\n{{\"q\":1}}\n"), "/r", Some(3), "KP-S026"),
        (String::new(), "data", Some(2), "\"/data\""),
    ] {
        let found = run(&file, pointer);
        let page = format!("{}{}", found.output, found.complaint);
        assert_eq!(found.exit, exit, "{file}: {page}");
        assert!(page.contains(told), "{file}: {page}");
    }
}
