//! The blank template: it is what the reader knows, the same bytes every time, and a filled-in one checks clean.
//!
//! Invariants
//! - A template is judged by reading it back: filled in with clean answers it has no finding.

use std::fs;
use std::path::Path;

use crate::program::{kenpyo, text};

fn made(folder: &Path, name: &str, more: &[&str]) -> Vec<u8> {
    let out = folder.join(name);
    let out = out.to_str().unwrap();
    let output = kenpyo(&[&["form", "--force", "-o", out], more].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    fs::read(out).unwrap()
}

/// A clean submission by `generate`, as rows of cells without its header.
fn answers(more: &[&str]) -> Vec<csv::StringRecord> {
    let output = kenpyo(&[&["generate", "--records", "7"], more].concat());
    let mut reader = csv::Reader::from_reader(output.stdout.as_slice());
    reader.records().map(Result::unwrap).collect()
}

#[test]
fn a_filled_in_csv_template_checks_clean() {
    let folder = tempfile::tempdir().unwrap();
    for survey in ["hospital-cyber/2024", "hospital-cyber/2024-assumed"] {
        let blank = made(folder.path(), "様式.csv", &["--survey", survey]);
        assert!(blank.starts_with("\u{FEFF}調査年,".as_bytes()) && blank.ends_with(b"\r\n"));
        assert_eq!(String::from_utf8_lossy(&blank).lines().count(), 1, "the header row only");
        let mut filled = csv::Writer::from_writer(blank);
        for record in answers(&["--survey", survey, "--labels", "label"]) {
            filled.write_record(&record).unwrap();
        }
        let path = folder.path().join("記入済み.csv");
        fs::write(&path, filled.into_inner().unwrap()).unwrap();
        let output = kenpyo(&["check", path.to_str().unwrap(), "--survey", survey, "--format", "short"]);
        assert_eq!((output.status.code(), text(&output).as_str()), (Some(0), ""));
    }
}

#[test]
fn an_empty_template_has_nothing_to_check_and_no_complaint_about_its_header() {
    let folder = tempfile::tempdir().unwrap();
    made(folder.path(), "t.csv", &[]);
    let path = folder.path().join("t.csv");
    let output = kenpyo(&["check", path.to_str().unwrap(), "--format", "short"]);
    assert_eq!(output.status.code(), Some(3));
    let told = text(&output);
    assert!(told.starts_with("kenpyo: ") && told.lines().count() == 1, "{told}");
}

#[test]
fn a_sheet_of_one_record_is_no_csv() {
    let output = kenpyo(&["form", "-o", "never.csv", "--layout", "sheet", "--lang", "en"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("KP-U009"));
    assert!(!Path::new("never.csv").exists());
}

/// It may have been filled in by then.
#[test]
fn a_form_that_is_there_is_replaced_on_demand_alone() {
    let folder = tempfile::tempdir().unwrap();
    let blank = made(folder.path(), "t.csv", &[]);
    let path = folder.path().join("t.csv");
    fs::write(&path, "記入済み").unwrap();
    let form =
        |more: &[&str]| kenpyo(&[&["form", "-o", path.to_str().unwrap(), "--lang", "ja"], more].concat());
    let refused = form(&[]);
    assert_eq!(refused.status.code(), Some(2));
    let told = String::from_utf8(refused.stderr).unwrap();
    assert!(told.contains("KP-U050") && told.contains("--force"), "{told}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "記入済み");
    assert!(form(&["--force"]).status.success());
    assert_eq!(fs::read(&path).unwrap(), blank);
}

#[test]
fn a_template_has_the_name_of_what_it_is() {
    for (name, format, code, right) in [
        ("never.ods", "xlsx", "KP-U048", "never.xlsx"),
        ("never.xls", "xlsx", "KP-U048", "never.xlsx"),
        ("never.xlsx", "csv", "KP-U048", "never.csv"),
        ("-", "xlsx", "KP-U006", ""),
    ] {
        let output = kenpyo(&["form", "-o", name, "--format", format, "--lang", "en"]);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{name}: {told}");
        assert!(told.contains(code) && told.contains(right), "{name}: {told}");
        assert!(!crate::program::root().join(name).exists());
    }
}

/// The first sheet of a workbook as `LibreOffice` reads it, as CSV in UTF-8. `None`: that is not installed, which is told.
pub fn as_csv(workbook: &Path) -> Option<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let profile = format!("-env:UserInstallation=file://{}/profile", folder.path().display());
    // Token 76: UTF-8. Every cell as text, the first sheet only.
    let filter = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,1";
    let run = std::process::Command::new("soffice")
        .args(["--headless", &profile, "--convert-to", filter, "--outdir"])
        .arg(folder.path())
        .arg(workbook)
        .output();
    let Ok(output) = run else {
        assert!(std::env::var_os("KENPYO_TESTS_NEED_PROGRAMS").is_none(), "soffice is not installed");
        eprintln!("left out: soffice (LibreOffice) is not installed");
        return None;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut made = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
    let made = made.find(|path| path.extension().is_some_and(|ending| ending == "csv"));
    Some(fs::read(made.expect("one sheet")).unwrap())
}

#[cfg(feature = "xlsx")]
mod workbook {
    use std::io::Cursor;

    use super::*;
    use crate::packing::part;

    #[test]
    fn the_same_template_has_the_same_bytes() {
        let folder = tempfile::tempdir().unwrap();
        for layout in ["list", "sheet"] {
            for lang in ["ja", "en"] {
                let more = ["--layout", layout, "--lang", lang];
                assert!(made(folder.path(), "a.xlsx", &more) == made(folder.path(), "b.xlsx", &more));
            }
        }
        let core = part(&made(folder.path(), "a.xlsx", &[]), "docProps/core.xml");
        assert!(core.contains("2000-01-01T00:00:00Z"), "{core}");
    }

    #[test]
    fn every_option_column_has_its_list_and_every_code_column_keeps_its_zeros() {
        let folder = tempfile::tempdir().unwrap();
        let workbook = made(folder.path(), "t.xlsx", &[]);
        let sheet = part(&workbook, "xl/worksheets/sheet1.xml");
        let styles = part(&workbook, "xl/styles.xml");
        assert_eq!(sheet.matches("type=\"list\"").count(), 19, "band and eighteen questions");
        assert!(sheet.contains("\"はい,いいえ\""));
        // The guide lets the number of an option be written, so no list may forbid it.
        let lists = sheet.split("<dataValidation ").filter(|one| one.contains("type=\"list\""));
        for list in lists {
            assert!(list.contains("errorStyle=\"warning\""), "{list}");
            assert!(list.contains("選択肢の番号または選択肢のとおりに記入"), "{list}");
        }
        assert!(sheet.contains("type=\"whole\"") && sheet.contains("type=\"date\""));
        assert!(sheet.contains("state=\"frozen\""));
        assert!(styles.contains("numFmtId=\"49\""), "text");
        let comments = part(&workbook, "xl/comments1.xml");
        assert!(comments.contains("問4「自組織において電子カルテシステムを使用している」が「はい」の場合"));
        assert!(
            comments
                .contains("those for whom question 11 (Backup data of the EHR are made) is &quot;Yes&quot;")
                || comments
                    .contains("those for whom question 11 (Backup data of the EHR are made) is \"Yes\"")
        );
    }

    /// Where an answer must be given, a mark in its place is a finding: the guide does not offer one.
    #[test]
    fn the_guide_offers_marks_where_they_are_taken_alone() {
        use kenpyo::workbook::{Limits, Package, Value};
        let folder = tempfile::tempdir().unwrap();
        let bytes = made(folder.path(), "t.xlsx", &[]);
        let mut package = Package::open(Box::new(Cursor::new(bytes)), &Limits::default()).unwrap();
        let mut rows = package.rows(1).unwrap();
        let (mut required, mut offered) = (0, 0);
        while let Some(row) = rows.next_row().unwrap() {
            let text = |column| match row.cell(column).map(|cell| cell.value) {
                Some(Value::Text(text)) => text.to_owned(),
                _ => String::new(),
            };
            let marks = text(8);
            if row.number() > 10 && !marks.is_empty() {
                offered += 1;
                assert!(marks.contains("非該当") || marks.contains("不明"), "{marks}");
                assert!(!text(7).contains("【必須】"), "{}: {marks}", text(2));
            }
            required += u32::from(row.number() > 10 && text(7).contains("【必須】"));
        }
        assert!(required > 10 && offered > 0, "{required} required, {offered} with marks");
    }

    #[test]
    fn a_spreadsheet_opens_the_template() {
        let folder = tempfile::tempdir().unwrap();
        let csv = made(folder.path(), "t.csv", &[]);
        made(folder.path(), "t.xlsx", &[]);
        let Some(read) = as_csv(&folder.path().join("t.xlsx")) else { return };
        let header = String::from_utf8(read).unwrap().lines().next().unwrap().to_owned();
        assert_eq!(header, String::from_utf8(csv).unwrap().trim_matches(['\u{FEFF}', '\r', '\n']));
        made(folder.path(), "s.xlsx", &["--layout", "sheet"]);
        let sheet = String::from_utf8(as_csv(&folder.path().join("s.xlsx")).unwrap()).unwrap();
        assert!(
            sheet.contains("問4_電子カルテ使用,問4　自組織において電子カルテシステムを使用している,"),
            "{sheet}"
        );
    }

    /// The template with `answers` (row, column, text) written into its first sheet.
    fn filled(template: &[u8], answers: &[(u32, u32, String)]) -> Vec<u8> {
        use kenpyo::workbook::copy::{Change, NewValue, write_copy};
        use kenpyo::workbook::{CellAddress, Limits, Package};
        let mut package =
            Package::open(Box::new(Cursor::new(template.to_vec())), &Limits::default()).unwrap();
        let change = |(row, column, text): &(u32, u32, String)| {
            let digits = !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
            let value = if digits { NewValue::Number(text.clone()) } else { NewValue::Text(text.clone()) };
            Change { sheet: 0, cell: CellAddress::new(*row, *column), value, style: None }
        };
        let changes: Vec<Change> = answers.iter().filter(|answer| !answer.2.is_empty()).map(change).collect();
        let mut copy = Cursor::new(Vec::new());
        write_copy(&mut package, &mut copy, &[], &changes).unwrap();
        copy.into_inner()
    }

    /// Asks nothing of the program but that it reads workbooks; until it does the test says that it was left out.
    #[test]
    fn a_filled_in_workbook_template_checks_clean() {
        if kenpyo::input::InputFormat::named("xlsx").is_none() {
            eprintln!("left out: workbooks are not read yet");
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let records = answers(&["--labels", "label"]);
        let number = |place: usize| u32::try_from(place).unwrap();
        let list: Vec<(u32, u32, String)> = (2..)
            .zip(&records)
            .flat_map(|(row, record)| {
                (1..)
                    .zip(record)
                    .map(move |(column, text)| (row, column, text.to_owned()))
                    .collect::<Vec<_>>()
            })
            .collect();
        let blank = made(folder.path(), "sheet.xlsx", &["--layout", "sheet"]);
        // The rows of the questions are those whose first cell is a heading of the CSV template.
        let csv = made(folder.path(), "t.csv", &[]);
        let headings = String::from_utf8(csv).unwrap();
        let headings: Vec<&str> = headings.trim_matches(['\u{FEFF}', '\r', '\n']).split(',').collect();
        let mut package = kenpyo::workbook::Package::open(
            Box::new(Cursor::new(blank.clone())),
            &kenpyo::workbook::Limits::default(),
        )
        .unwrap();
        let mut sheet = Vec::new();
        let mut rows = package.rows(0).unwrap();
        while let Some(row) = rows.next_row().unwrap() {
            let Some(kenpyo::workbook::Value::Text(name)) = row.cell(1).map(|cell| cell.value) else {
                continue;
            };
            if let Some(place) = headings.iter().position(|heading| *heading == name) {
                sheet.push((row.number(), 4, records[0][place].to_owned()));
            }
        }
        assert_eq!(number(sheet.len()), number(headings.len()));
        let list_blank = made(folder.path(), "list.xlsx", &[]);
        for (name, blank, answers) in [("l.xlsx", list_blank, list), ("s.xlsx", blank, sheet)] {
            let path = folder.path().join(name);
            fs::write(&path, filled(&blank, &answers)).unwrap();
            let output =
                kenpyo(&["check", path.to_str().unwrap(), "--format", "short", "--fail-on", "warning"]);
            assert_eq!(output.status.code(), Some(0), "{name}: {}", text(&output));
            // The guide is our own: that it is not read is no news.
            assert!(!text(&output).contains("KP-S043"), "{name}: {}", text(&output));
        }
    }
}
