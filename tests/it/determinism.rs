//! Same input, same bytes: whatever the threads, the chunks, the locale and the time zone.
//!
//! Invariants
//! - One thread and whole blocks are what all else is held against.

use std::fs;

use encoding_rs::SHIFT_JIS;

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

/// Broken rows, answers over several lines, other encodings: wherever blocks and threads part them.
#[test]
fn what_is_broken_is_told_alike_wherever_blocks_end() {
    let folder = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(fixture("submissions/clean-5pct-defects.csv")).unwrap();
    let (header, rows) = text.split_once('\n').unwrap();
    // Rows of too many cells, and answers over several lines.
    let mut rows: Vec<String> = rows.lines().take(101).map(str::to_owned).collect();
    for place in [3, 48, 50, 51, 97] {
        rows[place] += ",,x";
        rows[place + 1] = rows[place + 1].replacen(',', ",\"二行\nの名前\",", 1);
    }
    let text = format!("{header}\n{}\n", rows.join("\n"));
    let wide =
        |text: &str| [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let records: Vec<String> = (0..100)
        .map(|number| format!("{{\"gmis_id\": \"{number}\", \"beds_total\": \"{}\"", number % 7))
        .collect();
    let files: [(&str, Vec<u8>); 4] = [
        ("a.csv", text.clone().into_bytes()),
        ("b.csv", SHIFT_JIS.encode(&text).0.into_owned()),
        ("c.csv", wide(&text)),
        // The records of the second half are broken: of each the brace is missing.
        ("d.jsonl", (records[..50].join("}\n") + "}\n" + &records[50..].join("\n")).into_bytes()),
    ];
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        for format in ["jsonl", "full"] {
            let of = |threads, chunk| run(&path.to_string_lossy(), format, threads, chunk, &[]);
            let whole = of("1", "512");
            assert!(whole.len() > 2_000, "{name} has something to tell: {}", String::from_utf8_lossy(&whole));
            for (threads, chunk) in [("2", "50"), ("2", "3"), ("1", "51")] {
                assert!(
                    of(threads, chunk) == whole,
                    "{name} as {format}: {threads} threads, chunks of {chunk}"
                );
            }
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
