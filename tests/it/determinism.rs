//! Same input, same bytes: whatever the threads, the chunks, the locale and the time zone.
//!
//! Invariants
//! - Outputs are compared byte for byte, against one thread and the usual chunk.

use std::fs;

use crate::program::{command, fixture, root};

/// A run's standard output.
fn run(file: &str, format: &str, threads: &str, chunk: &str, environment: &[(&str, &str)]) -> Vec<u8> {
    let output = command(&root())
        .args(["check", file, "--format", format, "--threads", threads, "--chunk-records", chunk])
        .args(["--lang", "ja", "--values", "show"])
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    assert!(!output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

#[test]
fn threads_and_chunks_change_no_byte() {
    for (file, format) in [
        ("submissions/clean-5pct-defects.csv", "jsonl"),
        ("submissions/clean-5pct-defects.csv", "full"),
        ("submissions/example.csv", "json"),
        ("submissions/example.jsonl", "json"),
        ("submissions/example.jsonl", "short"),
    ] {
        let file = fixture(file);
        let expected = run(&file, format, "1", "512", &[]);
        for (threads, chunk) in
            [("1", "1"), ("1", "7"), ("2", "512"), ("2", "7"), ("8", "1"), ("8", "7"), ("8", "512")]
        {
            let found = run(&file, format, threads, chunk, &[]);
            assert!(found == expected, "{file} as {format}: {threads} threads, chunks of {chunk} differ");
        }
    }
}

#[test]
fn locale_and_time_zone_change_no_byte() {
    let file = fixture("submissions/example.csv");
    let expected = run(&file, "jsonl", "2", "7", &[]);
    let places = [
        [("TZ", "Asia/Tokyo"), ("LANG", "ja_JP.UTF-8")],
        [("TZ", "America/New_York"), ("LC_ALL", "tr_TR.UTF-8")],
    ];
    for place in places {
        assert!(run(&file, "jsonl", "2", "7", &place) == expected, "{place:?}");
    }
}

#[test]
fn a_record_without_a_key_is_marked_wherever_its_chunk_begins() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.csv"), format!("gmis_id,beds_total\n{}", ",20\n".repeat(9))).unwrap();
    let run = |chunk: &str| {
        let words = ["check", "a.csv", "--format", "json", "--values", "show", "--chunk-records", chunk];
        command(folder.path()).args(words).output().unwrap().stdout
    };
    let whole = run("512");
    assert!(String::from_utf8_lossy(&whole).contains("KP-S017"));
    for chunk in ["1", "2", "7"] {
        assert!(run(chunk) == whole, "chunks of {chunk} differ");
    }
}
