//! The corrected and the annotated copy of a respondent's own workbook, as the command line writes them: what differs,
//! what is told of it, and that nothing else differs.
//!
//! Invariants
//! - Copies are read by another library and by their parts; what differs is compared with what the log says.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::Output;

use calamine::{Reader, Xlsx};
use kenpyo::workbook::{Limits, Package};
use rust_xlsxwriter::{Format, Formula, Note, Workbook};
use serde_json::Value;

use crate::hand_made::rewritten;
use crate::packing::{packed, parts};
use crate::program::{command, fixture, root, text};

/// Cells of the workbook: record, column, what stands there instead of what the example has, what is written there
/// in its place, and by which rule.
const RESPELLED: [(usize, &str, &str, &str, &str); 7] = [
    (1, "回答日", "令和6年2月20日", "2024-02-20", "KP-C019"),
    (1, "一般病床数", "６３床", "63", "KP-S018"),
    (2, "都道府県", "", "14", "HCS-D002"),
    (2, "病床数区分", "", "4", "HCS-D001"),
    (3, "施設名", "ﾃｽﾄ病院　", "ﾃｽﾄ病院", "KP-S018"),
    // Nobody may write an answer for these two.
    (3, "問17_BCP策定", "9", "9", ""),
    (2, "回答日", "2024-02-30", "2024-02-30", ""),
];

/// Rows above the records: a title, a blank row, the header.
const ABOVE: usize = 3;

/// A workbook as a hospital sends it: a table below a title, comments, formulas, colours, and a second sheet.
fn sent() -> Vec<u8> {
    let mut reader = csv::Reader::from_path(root().join(fixture("submissions/clean.csv"))).unwrap();
    let header = reader.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|column| column == name).unwrap();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("回答").unwrap();
    sheet.write_string(0, 0, "令和6年　調査票（当院控え）").unwrap();
    let bold = Format::new().set_bold().set_background_color("#DDEEFF");
    for (place, name) in (0..).zip(&header) {
        sheet.write_string_with_format(2, place, name, &bold).unwrap();
    }
    let wide = Format::new().set_text_wrap();
    for (record, row) in (1_u32..).zip(reader.records().take(4)) {
        for (place, cell) in (0_u16..).zip(&row.unwrap()) {
            let is_here = |(of, column, ..): &&(usize, &str, &str, &str, &str)| {
                u32::try_from(*of).unwrap() == record && at(column) == usize::from(place)
            };
            let cell = RESPELLED.iter().find(is_here).map_or(cell, |respelled| respelled.2);
            let line = record + 2;
            match cell.parse::<f64>().ok().filter(|number| number.to_string() == cell) {
                _ if cell.is_empty() => sheet.write_blank(line, place, &wide).unwrap(),
                Some(number) => sheet.write_number(line, place, number).unwrap(),
                None => sheet.write_string_with_format(line, place, cell, &wide).unwrap(),
            };
        }
    }
    let (name, day) = (u16::try_from(at("施設名")).unwrap(), u16::try_from(at("回答日")).unwrap());
    let beds = u16::try_from(at("病床数")).unwrap();
    sheet.insert_note(3, day, &Note::new("院長に確認済み").set_author("事務部 見本")).unwrap();
    sheet.insert_note(4, name, &Note::new("正式名称です").set_author("事務部 見本")).unwrap();
    sheet.write_formula(6, beds, Formula::new("SUM(1,2)").set_result("3")).unwrap();
    let spare = book.add_worksheet().set_name("メモ").unwrap();
    spare.write_string(1, 1, "院内用").unwrap().insert_note(1, 1, &Note::new("消さないこと")).unwrap();
    book.save_to_buffer().unwrap()
}

/// The workbook, with a macro and with a signature.
fn with_macros_and_signature() -> Vec<u8> {
    let types = |name: &str, content: String| {
        match name {
        "[Content_Types].xml" => content
            .replace(
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
                "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
            )
            .replace(
                "</Types>",
                "<Default Extension=\"bin\" ContentType=\"application/vnd.ms-office.vbaProject\"/></Types>",
            ),
        "xl/_rels/workbook.xml.rels" => content.replace(
            "</Relationships>",
            "<Relationship Id=\"rIdVba\" Type=\"http://schemas.microsoft.com/office/2006/relationships/vbaProject\" Target=\"vbaProject.bin\"/></Relationships>",
        ),
        _ => content,
    }
    };
    let more: [(&str, &[u8]); 3] = [
        ("xl/vbaProject.bin", b"\xD0\xCF\x11\xE0 macros \x00\xFF"),
        ("_xmlsignatures/origin.sigs", b""),
        ("_xmlsignatures/sig1.xml", b"<Signature/>"),
    ];
    rewritten(&sent(), &types, &more)
}

/// A run of `kenpyo check` on a file of these bytes, and the copy that came of it.
struct Run {
    folder: tempfile::TempDir,
    output: Output,
    copy: Vec<u8>,
}

impl Run {
    /// `flag`: `--fix` or `--annotate`; `name`: of the original, of which the copy has the ending.
    fn of(bytes: &[u8], name: &str, flag: &str, more: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let original = folder.path().join(name);
        fs::write(&original, bytes).unwrap();
        let copy = Path::new("写し").with_extension(original.extension().unwrap());
        let mut run = command(folder.path());
        run.args(["check", name, "--format", "json", "--lang", "ja", flag]).arg(&copy).args(more);
        let output = run.output().unwrap();
        assert!(fs::read(&original).unwrap() == bytes, "the original is not touched");
        let copy = fs::read(folder.path().join(copy)).unwrap_or_else(|_| panic!("{}", told(&output)));
        Self { folder, output, copy }
    }

    fn findings(&self) -> Vec<Value> {
        let report: Value = serde_json::from_str(&text(&self.output)).unwrap();
        report["findings"].as_array().unwrap().clone()
    }

    /// Rows of the change log.
    fn log(&self) -> Vec<Vec<String>> {
        let of_log = |path: &PathBuf| path.to_str().unwrap().ends_with(".changes.csv");
        let mut paths = fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path());
        let log = fs::read_to_string(paths.find(of_log).unwrap()).unwrap();
        let log = log.strip_prefix("\u{FEFF}record,key,line,cell,field,before,after,rule\r\n").unwrap();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(log.as_bytes());
        reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
    }
}

/// What was told beside the report.
fn told(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Names of the entries that are not the same in both, those of one alone included.
fn differing(one: &[u8], other: &[u8]) -> BTreeSet<String> {
    let (one, other) = (parts(one), parts(other));
    let names = one.keys().chain(other.keys()).filter(|name| one.get(*name) != other.get(*name));
    names.cloned().collect()
}

/// All cells that hold something, by sheet and address, as another library reads them.
fn cells(bytes: &[u8]) -> BTreeMap<String, String> {
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    let mut cells = BTreeMap::new();
    for (sheet, range) in book.worksheets() {
        let (top, left) = range.start().unwrap();
        for (row, column, cell) in range.used_cells().filter(|(.., cell)| !cell.to_string().is_empty()) {
            let (row, column) = (top + u32::try_from(row).unwrap(), left + u32::try_from(column).unwrap());
            let address = rust_xlsxwriter::utility::row_col_to_cell(row, u16::try_from(column).unwrap());
            cells.insert(format!("{sheet}!{address}"), cell.to_string());
        }
    }
    cells
}

/// The comments of a sheet, by cell.
fn comments(bytes: &[u8], sheet: usize) -> BTreeMap<String, String> {
    let mut package = Package::open(Box::new(Cursor::new(bytes.to_vec())), &Limits::default()).unwrap();
    package.notes(sheet).unwrap().into_iter().map(|note| (note.cell.to_string(), note.text)).collect()
}

/// The address of a record's cell.
fn address(record: usize, column: &str) -> String {
    let cells = cells(&sent());
    let header = cells.iter().find(|(at, text)| *text == column && at.ends_with(&ABOVE.to_string())).unwrap();
    let letters = header.0.strip_suffix(&ABOVE.to_string()).unwrap();
    format!("{letters}{}", ABOVE + record)
}

#[test]
fn the_corrected_workbook_differs_in_the_logged_cells_alone() {
    let original = sent();
    let run = Run::of(&original, "回答.xlsx", "--fix", &[]);
    assert_eq!(run.output.status.code(), Some(1), "what nobody may correct is still wrong");
    assert_eq!(differing(&original, &run.copy), ["xl/worksheets/sheet1.xml".to_owned()].into());
    let mut expected = cells(&original);
    let mut lines = Vec::new();
    for (record, column, before, after, rule) in RESPELLED.into_iter().filter(|cell| !cell.4.is_empty()) {
        let cell = address(record, column);
        expected.insert(cell.clone(), after.to_owned());
        lines.push([
            (ABOVE + record).to_string(),
            cell,
            before.to_owned(),
            after.to_owned(),
            rule.to_owned(),
        ]);
    }
    assert_eq!(cells(&run.copy), expected);
    let log = run.log();
    let found: BTreeSet<[String; 5]> =
        log.iter().map(|row| [2, 3, 5, 6, 7].map(|place| row[place].clone())).collect();
    assert_eq!(found, lines.into_iter().collect());
    assert!(log.iter().all(|row| !row[1].is_empty() && !row[4].is_empty()), "{log:?}");
    assert!(told(&run.output).contains("5か所を訂正"), "{}", told(&run.output));
    assert_eq!(
        [0, 1].map(|sheet| comments(&run.copy, sheet)),
        [0, 1].map(|sheet| comments(&original, sheet))
    );
}

/// Nothing is left to be corrected in a corrected copy, and the copy of it is the same to the byte.
#[test]
fn a_corrected_workbook_is_its_own_correction() {
    let first = Run::of(&sent(), "回答.xlsx", "--fix", &[]);
    let second = Run::of(&first.copy, "回答.xlsx", "--fix", &[]);
    assert!(second.copy == first.copy);
    assert_eq!(second.log(), Vec::<Vec<String>>::new());
    assert!(told(&second.output).contains("0か所を訂正"), "{}", told(&second.output));
    let rules = |run: &Run| -> BTreeMap<String, usize> {
        let mut rules = BTreeMap::new();
        for finding in run.findings() {
            *rules.entry(finding["rule"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        rules
    };
    let (before, after) = (rules(&first), rules(&second));
    for (.., rule) in RESPELLED.iter().filter(|cell| !cell.4.is_empty()) {
        assert!(before.contains_key(*rule) && !after.contains_key(*rule), "{rule}: {before:?}, {after:?}");
    }
    // What else was told of the file is told of the copy.
    let others: BTreeMap<_, _> =
        before.into_iter().filter(|(rule, _)| RESPELLED.iter().all(|cell| cell.4 != rule)).collect();
    assert_eq!(after, others);
    let fixes = second.findings().into_iter().filter(|finding| finding["fix"]["class"] == "automatic");
    assert_eq!(fixes.count(), 0);
}

#[test]
fn every_finding_stands_in_the_annotated_workbook_beside_what_was_there() {
    let original = sent();
    let run = Run::of(&original, "回答.xlsx", "--annotate", &[]);
    assert_eq!(run.output.status.code(), Some(1));
    assert_eq!(cells(&run.copy), cells(&original), "no answer changes");
    let (old, new) = (comments(&original, 0), comments(&run.copy, 0));
    assert_eq!(old.len(), 2);
    assert!(old.iter().all(|(cell, comment)| new[cell].starts_with(comment)), "{new:?}");
    assert_eq!(comments(&run.copy, 1), comments(&original, 1));
    let mut marked = BTreeSet::new();
    for finding in run.findings() {
        let rule = finding["rule"].as_str().unwrap();
        for label in finding["labels"].as_array().unwrap() {
            let cell = label["cell"].as_str().unwrap().strip_prefix("回答!").unwrap();
            let comment = new.get(cell).unwrap_or_else(|| panic!("{cell}: {finding}"));
            let id = rule.split('/').next().unwrap();
            assert!(comment.contains(id), "{cell}: {comment}");
            assert!(comment.contains(finding["message"].as_str().unwrap()), "{cell}: {comment}");
            marked.insert(cell.to_owned());
        }
    }
    assert!(marked.len() > RESPELLED.len(), "{marked:?}");
    let known = |cell: &&String| marked.contains(*cell) || old.contains_key(*cell) || *cell == "A1";
    assert_eq!(new.keys().filter(|cell| !known(cell)).count(), 0, "{new:?}");
    let parts = differing(&original, &run.copy);
    let may = ["[Content_Types].xml", "xl/styles.xml", "sheet1.xml", "comments1.xml", "vmlDrawing1.vml"];
    assert!(parts.iter().all(|part| may.iter().any(|may| part.ends_with(may))), "{parts:?}");
}

/// A spreadsheet opens both copies, and shows in them what it shows in the original.
#[test]
fn a_spreadsheet_opens_the_copies_of_a_workbook() {
    let original = sent();
    let folder = tempfile::tempdir().unwrap();
    let shown = |bytes: &[u8]| {
        let path = folder.path().join("a.xlsx");
        fs::write(&path, bytes).unwrap();
        crate::form::as_csv(&path)
    };
    let Some(before) = shown(&original) else { return };
    assert!(shown(&Run::of(&original, "a.xlsx", "--annotate", &[]).copy).unwrap() == before);
    let mut expected = String::from_utf8(before).unwrap();
    for (_, _, before, after, _) in RESPELLED.iter().filter(|cell| !cell.2.is_empty() && !cell.4.is_empty()) {
        expected = expected.replacen(before, after, 1);
    }
    let fixed = String::from_utf8(shown(&Run::of(&original, "a.xlsx", "--fix", &[]).copy).unwrap()).unwrap();
    // The derived values stand in cells that were empty.
    let line = |text: &str, number: usize| text.lines().nth(number).unwrap().to_owned();
    assert_eq!([3, 5].map(|number| line(&fixed, number)), [3, 5].map(|number| line(&expected, number)));
}

#[test]
fn macros_and_signatures_are_kept_in_the_copy_and_warned_of() {
    let original = with_macros_and_signature();
    for (flag, sheet) in [("--fix", false), ("--annotate", true)] {
        let run = Run::of(&original, "回答.xlsm", flag, &[]);
        assert_eq!(run.output.status.code(), Some(1), "{flag}: {}", told(&run.output));
        for code in ["KP-U046", "KP-U047"] {
            assert!(told(&run.output).contains(code), "{flag}: {}", told(&run.output));
        }
        let (before, after) = (parts(&original), parts(&run.copy));
        for part in ["xl/vbaProject.bin", "_xmlsignatures/origin.sigs", "_xmlsignatures/sig1.xml"] {
            assert!(before[part] == after[part], "{flag}: {part}");
        }
        assert_eq!(cells(&original) == cells(&run.copy), sheet, "{flag}");
        let types = String::from_utf8(after["[Content_Types].xml"].clone()).unwrap();
        assert!(types.contains("macroEnabled") && types.contains("vbaProject"), "{types}");
    }
    // Of a workbook with neither nothing of the kind is said.
    let plain = Run::of(&sent(), "回答.xlsx", "--annotate", &[]);
    assert!(!told(&plain.output).contains("KP-U04"), "{}", told(&plain.output));
}

/// A text file beyond the limit is checked, and no copy is made of it, which is told.
#[test]
fn a_text_file_beyond_the_limit_is_not_annotated() {
    let mut reader = csv::Reader::from_path(root().join(fixture("submissions/clean.csv"))).unwrap();
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let row: Vec<String> = reader.records().next().unwrap().unwrap().iter().map(str::to_owned).collect();
    let notes = header.iter().position(|column| column == "備考").unwrap();
    let file = |megabytes: usize| {
        let mut row = row.clone();
        row[notes] = "a".repeat(1 << 20);
        let line = row.join(",") + "\n";
        packed(header.join(",") + "\n" + &line.repeat(megabytes))
    };
    let folder = tempfile::tempdir().unwrap();
    // What counts is the text, not how small it was packed.
    for (megabytes, refused) in [(2, false), (65, true)] {
        fs::write(folder.path().join("a.csv.gz"), file(megabytes)).unwrap();
        let mut run = command(folder.path());
        let run =
            run.args(["check", "a.csv.gz", "--annotate", "out.xlsx", "--lang", "en", "--format", "json"]);
        let output = run.output().unwrap();
        assert_eq!(told(&output).contains("KP-U045"), refused, "{}", told(&output));
        assert_eq!(output.status.code() == Some(3), refused, "{}", told(&output));
        assert_eq!(folder.path().join("out.xlsx").exists(), !refused);
        let report: Value = serde_json::from_str(&text(&output)).unwrap();
        assert_eq!(report["summary"]["records"], megabytes, "it is checked all the same");
        let _ = fs::remove_file(folder.path().join("out.xlsx"));
    }
}
