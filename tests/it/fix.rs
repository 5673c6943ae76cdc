//! `check --fix`: a new file in which only certain cells differ, a log of them, and nothing else.
//!
//! Invariants
//! - The original is never written; of the copy every cell that differs stands in the log, and no other.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use crate::packing::packed;
use crate::program::{command, kenpyo, kenpyo_with, root, text};

const EXAMPLE: &str = "fixtures/submissions/example.csv";

/// What a correction made of a file.
struct Corrected {
    output: Output,
    copy: Vec<u8>,
    /// Rows of the change log, without its header.
    log: Vec<Vec<String>>,
}

fn corrected(input: &Path, more: &[&str]) -> Corrected {
    let ending = input.extension().unwrap().to_str().unwrap();
    let copy = input.with_extension(format!("fixed.{ending}"));
    let output =
        kenpyo(&[&["check", input.to_str().unwrap(), "--fix", copy.to_str().unwrap()], more].concat());
    let log = PathBuf::from(format!("{}.changes.csv", copy.display()));
    Corrected { copy: fs::read(&copy).unwrap_or_default(), log: rows(&log), output }
}

fn rows(log: &Path) -> Vec<Vec<String>> {
    let Ok(bytes) = fs::read(log) else { return Vec::new() };
    let text = String::from_utf8(bytes).unwrap();
    let text = text.strip_prefix('\u{FEFF}').expect("a mark");
    assert!(text.starts_with("record,key,line,cell,field,before,after,rule\r\n"), "{text}");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// A submission by `generate`, changed by `change`, in `folder`.
fn submission(folder: &Path, name: &str, more: &[&str], change: impl Fn(String) -> String) -> PathBuf {
    let records = if more.contains(&"--records") { &[][..] } else { &["--records", "40"] };
    let output = kenpyo(&[&["generate"], records, more].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let path = folder.join(name);
    fs::write(&path, change(text(&output))).unwrap();
    path
}

/// The CSV without any bed band and any prefecture.
#[expect(clippy::needless_pass_by_value, reason = "a change takes the text and gives another")]
fn without_derivable(text: String) -> String {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|cell| cell == name).unwrap();
    let (band, prefecture) = (at("病床数区分"), at("都道府県"));
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&header).unwrap();
    for row in reader.records() {
        let row = row.unwrap();
        let blank = |(place, cell)| if place == band || place == prefecture { "" } else { cell };
        writer.write_record(row.iter().enumerate().map(blank)).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

/// Corrected again, the copy stays as it is, and its log is empty.
fn assert_settled(copy: &Path, more: &[&str]) {
    let again = corrected(copy, more);
    assert!(again.copy == fs::read(copy).unwrap(), "{}", copy.display());
    assert_eq!(again.log, Vec::<Vec<String>>::new());
}

#[test]
fn derived_values_are_filled_in_and_nothing_else_changes() {
    let folder = tempfile::tempdir().unwrap();
    let clean = submission(folder.path(), "clean.csv", &[], |text| text);
    let input = submission(folder.path(), "回答.csv", &[], without_derivable);
    let before = fs::read(&input).unwrap();
    let found = corrected(&input, &["--lang", "ja"]);
    assert_eq!(fs::read(&input).unwrap(), before, "the original");
    assert!(found.copy == fs::read(&clean).unwrap());
    assert_eq!(found.log.len(), 80);
    assert!(found.log.iter().all(|row| row[5].is_empty() && !row[6].is_empty() && !row[1].is_empty()));
    let rules: std::collections::BTreeSet<&str> = found.log.iter().map(|row| row[7].as_str()).collect();
    assert_eq!(rules.into_iter().collect::<Vec<_>>(), ["HCS-D001", "HCS-D002"]);
    let told = String::from_utf8(found.output.stderr).unwrap();
    assert!(told.contains("80か所を訂正"), "{told}");
    assert_settled(&input.with_extension("fixed.csv"), &[]);
    let clean = kenpyo(&["check", input.with_extension("fixed.csv").to_str().unwrap(), "--format", "short"]);
    assert_eq!(text(&clean), "");
}

#[test]
fn a_copy_of_another_encoding_is_utf8_with_a_mark() {
    let folder = tempfile::tempdir().unwrap();
    let input = submission(folder.path(), "a.csv", &["--labels", "label"], without_derivable);
    let unicode = fs::read_to_string(&input).unwrap();
    let plain = corrected(&input, &[]).copy;
    assert!(!plain.starts_with("\u{FEFF}".as_bytes()), "a file without mark stays without");
    let cp932 = encoding_rs::SHIFT_JIS.encode(&unicode);
    assert!(!cp932.2);
    fs::write(&input, cp932.0).unwrap();
    let found = corrected(&input, &[]);
    assert!(found.copy == ["\u{FEFF}".as_bytes(), &plain].concat());
    assert_eq!(found.log.len(), 80);
    assert_settled(&input.with_extension("fixed.csv"), &[]);
}

/// UTF-16 and gzip are read by places of their own; the copy is the same as that of the plain file.
#[test]
fn packed_files_and_utf16_give_the_same_copy() {
    let folder = tempfile::tempdir().unwrap();
    let input = submission(folder.path(), "a.csv", &["--labels", "label"], without_derivable);
    let plain = corrected(&input, &[]);
    let content = fs::read_to_string(&input).unwrap();
    let utf16: Vec<u8> = format!("\u{FEFF}{content}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    fs::write(&input, &utf16).unwrap();
    let found = corrected(&input, &[]);
    assert!(found.copy == ["\u{FEFF}".as_bytes(), &plain.copy].concat());
    assert_eq!(found.log.len(), plain.log.len());
    fs::write(&input, packed(&content)).unwrap();
    let found = corrected(&input, &[]);
    assert!(found.copy == plain.copy, "unpacked");
    assert_eq!(found.log, plain.log);
}

#[test]
fn json_gets_members_where_the_record_has_its_kind() {
    let folder = tempfile::tempdir().unwrap();
    let cases = [
        ("flat.json", r#"[{"gmis_id":"AB12345","beds_total":150,"muni_code":"13101"}]"#, 2),
        (
            "nested.json",
            r#"[{"facility":{"gmis_id":"AB12345","muni_code":"13101"},"beds":{"total":150}}]"#,
            2,
        ),
        (
            "null.json",
            r#"[{"gmis_id":"AB12345","beds_total":150,"band":null,"pref_code":"","muni_code":"13101"}]"#,
            2,
        ),
        (
            "lines.jsonl",
            "{\"gmis_id\":\"AB12345\",\"beds_total\":150}\n{\"gmis_id\":\"AB12346\",\"beds_total\":20}\n",
            2,
        ),
        ("pretty.json", "[\n  {\n    \"gmis_id\": \"AB12345\",\n    \"beds_total\": 150\n  }\n]\n", 1),
    ];
    for (name, content, changes) in cases {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        let found = corrected(&path, &[]);
        let copy = String::from_utf8(found.copy).unwrap();
        assert_eq!(found.log.len(), changes, "{name}: {copy}");
        for line in copy.lines().filter(|_| name.ends_with('l')) {
            serde_json::from_str::<serde_json::Value>(line).unwrap();
        }
        if name.ends_with("json") {
            let value: serde_json::Value = serde_json::from_str(&copy).unwrap();
            let record = &value[0];
            let band = if name.starts_with("nested") { &record["beds"]["band"] } else { &record["band"] };
            assert_eq!(band.as_i64(), Some(2), "{copy}");
        }
        let copy = path.with_extension(format!("fixed.{}", path.extension().unwrap().to_str().unwrap()));
        assert_settled(&copy, &[]);
    }
}

#[test]
fn what_would_be_lost_is_refused_before_anything_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let input = submission(folder.path(), "a.csv", &[], |text| text);
    let (a, b) = (input.to_str().unwrap(), folder.path().join("b.csv"));
    fs::copy(&input, &b).unwrap();
    let (b, out) = (b.to_str().unwrap(), folder.path().join("out.csv"));
    let out = out.to_str().unwrap();
    let before = fs::read(&input).unwrap();
    let refused = |arguments: &[&str], code: &str| {
        let output = kenpyo_with(&[&["check", "--lang", "en"], arguments].concat(), b"x");
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {told}");
        assert!(told.contains(code), "{arguments:?}: {told}");
        assert!(output.stdout.is_empty());
    };
    refused(&[a, "--fix", a], "KP-U030");
    refused(&[a, "--fix", out, "--fix-log", a], "KP-U030");
    refused(&[a, "--fix", out, "--fix-log", out], "KP-U042");
    refused(&[a, "--fix", out, "--format", &format!("json={out}")], "KP-U042");
    refused(&[a, b, "--fix", out], "KP-U041");
    refused(&["-", "--fix", out], "KP-U041");
    refused(&[a, "--fix", out, "--values", "hide"], "KP-U009");
    // What is written is what was read: CSV in a name that ends otherwise would open nowhere.
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    refused(&[a, "--fix", &at("x.xlsx")], "x.csv");
    refused(&[a, "--fix", &at("x.csv.gz")], "KP-U048");
    refused(&[a, "--fix", &at("x.json")], "KP-U048");
    refused(&[a, "--fix", out, "--fix-log", &at("x.xlsx")], "KP-U048");
    refused(&[a, "--fix", "-"], "KP-U006");
    refused(&[a, "--fix", out, "--fix-log", "-"], "KP-U006");
    refused(&[a, "--input-format", "json", "--fix", &at("x.csv")], "KP-U048");
    #[cfg(unix)]
    {
        let link = folder.path().join("link.csv");
        std::os::unix::fs::symlink(&input, &link).unwrap();
        refused(&[a, "--fix", link.to_str().unwrap()], "KP-U030");
        refused(&[link.to_str().unwrap(), "--fix", a], "KP-U030");
    }
    assert_eq!(fs::read(&input).unwrap(), before);
    assert!(!Path::new(out).exists());
}

/// The caret stands below the output, not below the input of the same name.
#[test]
fn a_refused_output_is_the_word_that_is_marked() {
    let output = kenpyo_with(&["check", "a.csv", "--lang", "en", "--fix", "-"], b"");
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("command line:1:36"), "{told}");
    for split in [&["--fix", EXAMPLE][..], &[&format!("--fix={EXAMPLE}")]] {
        let output = kenpyo(&[&["check", EXAMPLE, "--lang", "en"], split].concat());
        let told = String::from_utf8(output.stderr).unwrap();
        let column = format!("kenpyo check {EXAMPLE} --lang en --fix ").len() + 1;
        assert!(told.contains(&format!("command line:1:{column}")), "{told}");
    }
}

/// A copy is UTF-8 as a whole, or there is none.
#[test]
fn bytes_that_are_no_text_are_not_copied() {
    let folder = tempfile::tempdir().unwrap();
    let input = submission(folder.path(), "a.csv", &[], without_derivable);
    let mut bytes = fs::read(&input).unwrap();
    bytes.extend_from_slice(b"S0000099,\x83e\x83X\x83g\n");
    fs::write(&input, &bytes).unwrap();
    let found = corrected(&input, &["--lang", "en", "--encoding", "utf-8"]);
    let told = String::from_utf8(found.output.stderr).unwrap();
    assert!(told.contains("KP-U049"), "{told}");
    assert_eq!(found.output.status.code(), Some(3));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing was written");
}

#[test]
fn a_file_that_cannot_be_read_to_its_end_is_not_copied() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.json");
    fs::write(&path, r#"[{"gmis_id":"AB12345","beds_total":150},"#).unwrap();
    let found = corrected(&path, &["--lang", "en"]);
    assert_eq!(found.output.status.code(), Some(3));
    assert!(String::from_utf8(found.output.stderr).unwrap().contains("KP-U043"));
    assert!(found.copy.is_empty());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

/// The copy is asked for by name; the reports of a build server still show nothing of an answer.
#[test]
fn in_ci_the_copy_is_written_and_the_reports_hide_values_as_ever() {
    let folder = tempfile::tempdir().unwrap();
    let input = submission(folder.path(), "a.csv", &[], without_derivable);
    for format in ["full", "short", "json", "jsonl"] {
        let run = |more: &[&str]| {
            let mut run = command(&root());
            run.env("CI", "true").args(["check", input.to_str().unwrap(), "--format", format]).args(more);
            run.output().unwrap().stdout
        };
        let out = folder.path().join("out.csv");
        assert!(run(&[]) == run(&["--fix", out.to_str().unwrap()]), "{format}");
        assert_eq!(rows(&folder.path().join("out.csv.changes.csv")).len(), 80);
    }
}

/// Findings as (record, field, rule), by `--format jsonl`.
fn findings(path: &Path) -> std::collections::BTreeSet<(u64, String, String)> {
    let output = kenpyo(&["check", path.to_str().unwrap(), "--format", "jsonl"]);
    let mut found = std::collections::BTreeSet::new();
    for line in text(&output).lines() {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        let field = value.pointer("/labels/0/field").and_then(serde_json::Value::as_str);
        let record = value.pointer("/place/record");
        if let (Some(field), Some(record)) = (field, record.and_then(serde_json::Value::as_u64)) {
            found.insert((record, field.to_owned(), value["id"].as_str().unwrap().to_owned()));
        }
    }
    found
}

/// Corrects `path`; the copy has none of the findings that were applied, and is its own correction.
fn assert_corrected(path: &Path) -> usize {
    let found = corrected(path, &["--quiet"]);
    let original = fs::read(path).unwrap();
    if found.copy.is_empty() || (found.log.is_empty() && found.copy == original) {
        return 0;
    }
    let before = findings(path);
    let ending = path.extension().unwrap().to_str().unwrap();
    let copy = path.with_extension(format!("fixed.{ending}"));
    let after = findings(&copy);
    for row in &found.log {
        let applied = (row[0].parse().unwrap(), row[4].clone(), row[7].clone());
        assert!(before.contains(&applied), "{}: {row:?}", path.display());
        assert!(!after.contains(&applied), "{}: {row:?}", path.display());
        assert_ne!(row[5], row[6]);
    }
    assert_settled(&copy, &["--quiet"]);
    found.log.len()
}

#[test]
fn no_fixture_keeps_a_finding_that_was_applied() {
    let folder = tempfile::tempdir().unwrap();
    let mut open = vec![root().join("fixtures")];
    let (mut files, mut cells) = (0, 0);
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_owned();
            if path.is_dir() {
                open.push(path);
            } else if matches!(ending.as_str(), "csv" | "tsv" | "json" | "jsonl")
                && fs::metadata(&path).unwrap().len() < 200_000
            {
                files += 1;
                let copy = folder.path().join(format!("{files}.{ending}"));
                fs::copy(&path, &copy).unwrap();
                cells += assert_corrected(&copy);
            }
        }
    }
    assert!(files > 50 && cells > 20, "{files} files, {cells} cells");
}

#[test]
fn no_random_spelling_keeps_a_finding_that_was_applied() {
    let folder = tempfile::tempdir().unwrap();
    let mut cells = 0;
    for (seed, more) in [
        ("1", &["--format", "csv", "--labels", "label"][..]),
        ("2", &["--format", "csv"]),
        ("3", &["--format", "tsv", "--labels", "label"]),
        ("4", &["--format", "json", "--nested"]),
        ("5", &["--format", "jsonl"]),
    ] {
        let more = [&["--records", "150", "--mutate", "60", "--seed", seed], more].concat();
        let format = more[more.iter().position(|word| *word == "--format").unwrap() + 1];
        // Wide digits and blanks: spellings that no mutation makes in numbers.
        let respelled = |text: String| {
            let mut made = String::new();
            for (place, letter) in text.chars().enumerate() {
                match letter {
                    '1' if place % 7 == 0 && format != "json" && format != "jsonl" => made.push('１'),
                    '"' if place % 5 == 0 && format.starts_with("json") => made.push('"'),
                    other => made.push(other),
                }
            }
            made
        };
        let path = submission(folder.path(), &format!("{seed}.{format}"), &more, respelled);
        cells += assert_corrected(&path);
    }
    assert!(cells > 100, "{cells} cells");
}
