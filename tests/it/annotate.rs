//! `check --annotate`: the respondent's own cells, those with a finding filled and commented.
//!
//! Invariants
//! - Comments and cells are read off the copy's own parts, and by a spreadsheet where one is installed.
#![cfg(feature = "xlsx")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Output;

use crate::packing::part;
use crate::program::{command, kenpyo, root, text};

const EXAMPLE: &str = "fixtures/submissions/example.csv";

fn annotated(input: &str, out: &Path, more: &[&str]) -> Output {
    kenpyo(&[&["check", input, "--annotate", out.to_str().unwrap()], more].concat())
}

/// The comments of the first sheet, by cell.
fn comments(workbook: &[u8]) -> BTreeMap<String, String> {
    let xml = part(workbook, "xl/comments1.xml");
    let comment = |piece: &str| {
        let (cell, rest) = piece.split_once('"').unwrap();
        let texts = rest.split("<t").skip(1).filter_map(|text| text.split_once('>')?.1.split_once("</t>"));
        (cell.to_owned(), texts.map(|(text, _)| text).collect::<String>())
    };
    xml.split("<comment ref=\"").skip(1).map(comment).collect()
}

#[test]
fn every_finding_stands_beside_its_cells() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("印.xlsx");
    let output = annotated(EXAMPLE, &out, &["--lang", "ja"]);
    assert_eq!(output.status.code(), Some(1), "findings are findings");
    let comments = comments(&fs::read(&out).unwrap());
    // Columns of the form: I date, O beds, U band, AG to AJ questions 11 to 14, AM 17, AN 18.
    let cells: Vec<&str> = comments.keys().map(String::as_str).collect();
    assert_eq!(cells, ["AG4", "AH4", "AI6", "AJ6", "AM5", "AN5", "I5", "O3", "O6", "U3", "U6"]);
    assert!(
        comments["U3"].starts_with("【要修正】HCS-X001　病床数と病床数区分が一致しない"),
        "{}",
        comments["U3"]
    );
    assert!(comments["U3"].contains("KP-C016"), "all that is said of the cell");
    assert!(comments["O3"].contains("病床数または区分を修正してください。"), "every way out");
    assert!(comments["I5"].contains("2024-02-30"));
}

/// Excel of other countries separates by semicolons: each cell is a cell of the copy all the same.
#[test]
fn cells_between_semicolons_are_cells_of_the_copy() {
    let folder = tempfile::tempdir().unwrap();
    let (commas, semicolons) = (folder.path().join("a.xlsx"), folder.path().join("b.xlsx"));
    let text = fs::read_to_string(crate::program::root().join(EXAMPLE)).unwrap();
    assert!(!text.contains(['"', ';']));
    let input = folder.path().join("a.csv");
    fs::write(&input, text.replace(',', ";")).unwrap();
    annotated(EXAMPLE, &commas, &[]);
    annotated(input.to_str().unwrap(), &semicolons, &[]);
    let [commas, semicolons] = [commas, semicolons].map(|path| fs::read(path).unwrap());
    let marked = |copy: &[u8]| {
        let mut comments = comments(copy);
        // The separator itself is told at the first cell of the header.
        comments.remove("A1");
        comments
    };
    assert_eq!(marked(&commas), marked(&semicolons));
    let answers = |copy: &[u8]| part(copy, "xl/worksheets/sheet1.xml").matches("<c r=").count();
    assert_eq!(answers(&commas), answers(&semicolons));
}

#[test]
fn comments_are_in_the_language_of_the_run_and_the_copy_is_the_same_every_time() {
    let folder = tempfile::tempdir().unwrap();
    let copies = ["a.xlsx", "b.xlsx"].map(|name| {
        let out = folder.path().join(name);
        annotated(EXAMPLE, &out, &["--lang", "en"]);
        fs::read(out).unwrap()
    });
    assert!(copies[0] == copies[1]);
    assert!(comments(&copies[0])["O3"].contains("Please correct the bed count or the band."));
}

#[test]
fn findings_about_the_file_stand_at_its_header_and_the_cap_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let generated = text(&kenpyo(&["generate", "--records", "30"]));
    let input = folder.path().join("a.csv");
    fs::write(&input, generated.replacen("備考", "よくわからない列", 1).replace(",1,1,", ",8,9,")).unwrap();
    let out = folder.path().join("out.xlsx");
    let whole = annotated(input.to_str().unwrap(), &out, &["--lang", "en"]);
    let all = comments(&fs::read(&out).unwrap());
    assert!(all.keys().any(|cell| cell.trim_start_matches(char::is_alphabetic) == "1"), "{:?}", all.keys());
    assert!(!String::from_utf8_lossy(&whole.stderr).contains("--max-findings"));
    let capped = annotated(input.to_str().unwrap(), &out, &["--lang", "en", "--max-findings", "3"]);
    let told = String::from_utf8(capped.stderr).unwrap();
    assert!(told.contains("findings are not told in the copy. --max-findings raises"), "{told}");
    let bytes = fs::read(&out).unwrap();
    assert!(comments(&bytes).len() < all.len());
    assert!(part(&bytes, "xl/sharedStrings.xml").contains("further findings are not told in this copy."));
}

#[test]
fn cells_that_had_to_be_cut_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let generated = text(&kenpyo(&["generate", "--records", "3"]));
    let mut rows: Vec<String> = generated.lines().map(str::to_owned).collect();
    let (path, out) = (folder.path().join("a.csv"), folder.path().join("a.xlsx"));
    for (letters, cut) in [(32_767, false), (32_768, true)] {
        let long = "あ".repeat(letters);
        rows[1] = format!("{},{long}", generated.lines().nth(1).unwrap().rsplit_once(',').unwrap().0);
        fs::write(&path, rows.join("\n") + "\n").unwrap();
        let told =
            String::from_utf8(annotated(path.to_str().unwrap(), &out, &["--lang", "en"]).stderr).unwrap();
        assert_eq!(told.contains("a cell of a spreadsheet holds 32,767"), cut, "{told}");
    }
}

#[test]
fn json_has_no_cells_to_mark() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.xlsx");
    for (name, code) in [("a.json", 2), ("unnamed", 3)] {
        let path = folder.path().join(name);
        fs::write(&path, r#"[{"gmis_id":"AB12345"}]"#).unwrap();
        let output = annotated(path.to_str().unwrap(), &out, &["--lang", "en"]);
        assert_eq!(output.status.code(), Some(code));
        assert!(String::from_utf8_lossy(&output.stderr).contains("KP-U044"));
        assert!(!out.exists());
    }
}

#[test]
fn the_original_is_never_the_copy_and_hidden_values_stay_hidden() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("a.csv");
    fs::copy(root().join(EXAMPLE), &input).unwrap();
    let path = input.to_str().unwrap();
    for (arguments, code) in [
        (vec![path, "--annotate", path], "KP-U030"),
        (vec![path, "--annotate", "x.xlsx", "--values", "hide"], "KP-U009"),
        (vec![path, EXAMPLE, "--annotate", "x.xlsx"], "KP-U041"),
        // A workbook is written, whatever the name says.
        (vec![path, "--annotate", "x.csv"], "KP-U048"),
        (vec![path, "--annotate", "x.xls"], "KP-U048"),
        (vec![path, "--annotate", "x.xlsm"], "x.xlsx"),
        (vec![path, "--annotate", "-"], "KP-U006"),
    ] {
        let output = kenpyo(&[vec!["check"], arguments].concat());
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).contains(code));
    }
    assert_eq!(fs::read(&input).unwrap(), fs::read(root().join(EXAMPLE)).unwrap());
}

/// What a spreadsheet reads in the copy is what stood in the file.
#[test]
fn a_spreadsheet_opens_the_copy_and_finds_every_cell_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let rows = text(&kenpyo(&["generate", "--records", "20", "--labels", "label"]));
    let rows = rows.replacen(",1,", ",=1+1,", 3).replacen("はい", " 髙①～\"はい\"", 1);
    let text_file = rows.replace(" 髙①～\"はい\"", "\" 髙①～\"\"はい\"\"\"");
    let input = folder.path().join("a.csv");
    fs::write(&input, encoding_rs::SHIFT_JIS.encode(&text_file).0).unwrap();
    let out = folder.path().join("out.xlsx");
    annotated(input.to_str().unwrap(), &out, &[]);
    let Some(read) = crate::form::as_csv(&out) else { return };
    let cells = |text: &[u8]| -> Vec<Vec<String>> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text);
        reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
    };
    assert_eq!(cells(&read), cells(text_file.as_bytes()));
}

#[test]
fn in_ci_the_copy_is_written_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.xlsx");
    let run = |more: &[&str]| {
        let mut run = command(&root());
        run.env("CI", "true").args(["check", EXAMPLE, "--format", "json"]).args(more).output().unwrap().stdout
    };
    assert!(run(&[]) == run(&["--annotate", out.to_str().unwrap()]));
    assert!(comments(&fs::read(&out).unwrap())["I5"].contains("2024-02-30"));
}
