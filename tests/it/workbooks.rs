//! Workbooks as hospitals send them: what is read, what is told beside the answers, and what is refused.
//!
//! Workbooks are made here by another library than the program reads them with, or as parts by hand.
//!
//! Invariants
//! - What is read is seen in what is told: findings are compared with the cells that they mark.
//! - A refusal is bounded in memory over what the smallest workbook takes.

use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use kenpyo::questionnaire::Questionnaire;
use kenpyo::workbook::{Limits, Package, Value as CellValue};
use rust_xlsxwriter::{Color, Format, Note, Shape, Workbook};
use serde_json::Value;

use crate::hand_made::{
    END, Part, SHEET, SHEET_PART, TEXTS_PART, by_hand, inline, lying, package, rewritten,
};
use crate::memory::high_water;
use crate::program::{command, fixture, kenpyo, root, text};

/// The form, its headers, and records of the example that is shipped.
pub fn example() -> (Questionnaire, Vec<String>, Vec<Vec<String>>) {
    let form = kenpyo::engine::survey::open(None).unwrap().pack.unwrap().questionnaire;
    let path = root().join(fixture("submissions/clean.csv"));
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let row = |record: csv::StringRecord| record.iter().map(str::to_owned).collect();
    let rows = reader.records().map(|record| row(record.unwrap())).take(12).collect();
    (form, header, rows)
}

/// The report on a file with these bytes, and the exit code.
pub fn checked(name: &str, bytes: &[u8], more: &[&str]) -> (Value, Option<i32>) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(name), bytes).unwrap();
    let words = ["check", name, "--format", "json", "--values", "show", "--lang", "en"];
    let output = command(folder.path()).args(words).args(more).output().unwrap();
    let report = serde_json::from_str(&text(&output))
        .unwrap_or_else(|fault| panic!("{fault}: {}", String::from_utf8_lossy(&output.stderr)));
    (report, output.status.code())
}

/// (record, rule, cells of the marks) of every finding, in order.
pub fn told(report: &Value) -> Vec<(u64, String, Vec<String>)> {
    let findings = report["findings"].as_array().unwrap().iter();
    let told = findings.map(|finding| {
        let labels = finding["labels"].as_array().unwrap().iter();
        let cells = labels.map(|label| label["cell"].as_str().unwrap().to_owned()).collect();
        (
            finding["place"]["record"].as_u64().unwrap_or(0),
            finding["rule"].as_str().unwrap().to_owned(),
            cells,
        )
    });
    told.collect()
}

fn expected(list: &[(u64, &str, &[&str])]) -> Vec<(u64, String, Vec<String>)> {
    let cells = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect();
    list.iter().map(|(record, rule, marks)| (*record, (*rule).to_owned(), cells(marks))).collect()
}

pub fn column(header: &[String], form: &Questionnaire, field: &str) -> u16 {
    let name = &form.fields[form.by_name[field]].column;
    u16::try_from(header.iter().position(|header| **header == **name).unwrap()).unwrap()
}

/// What is told of the structure of the file: findings of the rules themselves are other tests' matter.
pub fn structure(report: &Value) -> Vec<(u64, String, Vec<String>)> {
    told(report).into_iter().filter(|(_, rule, _)| rule.starts_with("KP-S")).collect()
}

#[test]
fn what_stands_around_the_answers_is_told_with_its_cells() {
    let (form, header, rows) = example();
    let at = |field: &str| column(&header, &form, field);
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("回答").unwrap();
    sheet.write_string(0, 0, "調査票（記入要領は別紙）").unwrap();
    // The table begins in the second column, below a title and a blank row.
    for (place, name) in (1..).zip(&header) {
        sheet.write_string(2, place, name).unwrap();
    }
    for (line, row) in (3..).zip(&rows) {
        for (place, cell) in (1..).zip(row).filter(|(_, cell)| !cell.is_empty()) {
            sheet.write_string(line, place, cell).unwrap();
        }
    }
    let name = at("facility_name") + 1;
    sheet.write_formula(4, name, rust_xlsxwriter::Formula::new("\"A\"&\"B\"").set_result("AB")).unwrap();
    let struck = Format::new().set_font_strikethrough();
    sheet.write_string_with_format(5, name, "病院", &struck).unwrap();
    let red = Format::new().set_background_color(Color::Red);
    sheet.write_string_with_format(6, name, "赤い病院", &red).unwrap();
    let first = at("beds_tb") + 1;
    sheet.merge_range(7, first, 7, first + 1, &rows[4][usize::from(first) - 1], &Format::new()).unwrap();
    sheet.set_row_hidden(8).unwrap();
    sheet.set_column_hidden(at("facility_name") + 2).unwrap();
    sheet.insert_note(9, name, &Note::new("電話で確認").set_author("担当者")).unwrap();
    sheet.insert_note(10, name, &Note::new("HCS-X001").set_author("kenpyo")).unwrap();
    sheet.insert_shape(10, name + 3, &Shape::textbox()).unwrap();
    sheet.write_string(5, u16::try_from(header.len()).unwrap() + 3, "要確認").unwrap();
    book.add_worksheet().set_name("説明").unwrap().write_string(0, 0, "記入要領").unwrap();
    let spare = book.add_worksheet().set_name("控え").unwrap();
    for (line, row) in (0..).zip([&header, &rows[0]]) {
        for (place, cell) in (0..).zip(row) {
            spare.write_string(line, place, cell).unwrap();
        }
    }
    spare.set_hidden(true);
    let (report, code) = checked("a.xlsx", &book.save_to_buffer().unwrap(), &[]);
    let told = structure(&report);
    assert_eq!(report["summary"]["records"], rows.len());
    let all: [(u64, &str, &[&str]); 10] = [
        (0, "KP-S015", &["控え!A1"]),
        (0, "KP-S043", &[]),
        (2, "KP-S013", &["回答!G5"]),
        (3, "KP-S030", &["回答!G6"]),
        (0, "KP-S010", &["回答!A1"]),
        (0, "KP-S006", &["回答!AS6"]),
        (0, "KP-S014", &["回答!T8"]),
        (0, "KP-S015", &["回答!B9", "回答!H4"]),
        (0, "KP-S030", &["回答!G7"]),
        (0, "KP-S031", &["回答!G10", "回答!J11"]),
    ];
    assert_eq!(told, expected(&all));
    assert!(code == Some(0) || code == Some(1), "{code:?}");
}

/// The labels of a form sheet in the words of people, and the answers of `row` beside them.
fn form_sheet(form: &Questionnaire, row: &[String], header: &[String]) -> Workbook {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("様式").unwrap();
    sheet.write_string(0, 0, "病院調査　調査票").unwrap();
    for (place, word) in ["設問", "", "ご回答", "備考"].iter().enumerate() {
        sheet.write_string(2, u16::try_from(place).unwrap(), *word).unwrap();
    }
    for (line, field) in (3..).zip(&form.fields) {
        let label = match (line % 4, &field.question) {
            (0, Some(number)) => format!("問{number}．{}", field.label.ja),
            (1, _) => field.label.en.to_string(),
            (2, _) => format!("*{}：", field.label.ja),
            _ => field.column.to_string(),
        };
        sheet.write_string(line, 0, label).unwrap();
        sheet.write_string(line, 1, "選択肢から選んでください").unwrap();
        let cell = &row[header.iter().position(|name| **name == *field.column).unwrap()];
        sheet.write_string(line, 2, cell).unwrap();
        sheet.write_string(line, 3, "―").unwrap();
    }
    book
}

#[test]
fn a_form_sheet_is_read_by_every_kind_of_label() {
    let (form, header, rows) = example();
    let mut book = form_sheet(&form, &rows[0], &header);
    let (report, code) = checked("a.xlsx", &book.save_to_buffer().unwrap(), &[]);
    assert_eq!((told(&report), code), (vec![], Some(0)));
    assert_eq!(report["summary"]["records"], 1);
    // Another answer further down, an item that is gone, one that nobody knows.
    let mut book = form_sheet(&form, &rows[0], &header);
    let sheet = book.worksheet_from_index(0).unwrap();
    let line = u32::try_from(form.by_name["facility_name"]).unwrap() + 3;
    sheet.write_string(60, 0, "施設名").unwrap().write_string(60, 2, "別の病院").unwrap();
    sheet.write_string(u32::try_from(form.by_name["q17_bcp"]).unwrap() + 3, 0, "BCPのこと").unwrap();
    sheet.write_string(line, 1, "").unwrap();
    let (report, _) = checked("a.xlsx", &book.save_to_buffer().unwrap(), &[]);
    let bcp = form.by_name["q17_bcp"] + 4;
    let mark = format!("様式!C{bcp}");
    let first = format!("様式!C{}", line + 1);
    let all: [(u64, &str, &[&str]); 3] =
        [(1, "KP-S007", &[&first, "様式!C61"]), (0, "KP-S005", &["様式!A1"]), (0, "KP-S006", &[&mark])];
    assert_eq!(structure(&report), expected(&all));
}

#[test]
fn a_code_book_beside_a_list_is_no_form_and_every_form_sheet_is_a_record() {
    let (form, header, rows) = example();
    let mut book = Workbook::new();
    let guide = book.add_worksheet().set_name("項目一覧").unwrap();
    for (line, name) in (0..).zip(&header) {
        guide.write_string(line, 0, name).unwrap().write_string(line, 1, "記入してください").unwrap();
    }
    let list = book.add_worksheet().set_name("回答").unwrap();
    for (line, row) in (0..).zip([&header, &rows[0], &rows[1]]) {
        for (place, cell) in (0..).zip(row) {
            list.write_string(line, place, cell).unwrap();
        }
    }
    let (report, _) = checked("a.xlsx", &book.save_to_buffer().unwrap(), &[]);
    assert_eq!(told(&report), expected(&[(0, "KP-S043", &[])]));
    assert_eq!(report["summary"]["records"], 2);
    let mut many = Workbook::new();
    for (number, row) in rows.iter().take(3).enumerate() {
        let sheet = many.add_worksheet().set_name(format!("病院 {number}")).unwrap();
        for (line, field) in (0..).zip(&form.fields) {
            let cell = &row[header.iter().position(|name| **name == *field.column).unwrap()];
            sheet.write_string(line, 1, &*field.name).unwrap().write_string(line, 2, cell).unwrap();
        }
    }
    let (report, code) = checked("a.xlsx", &many.save_to_buffer().unwrap(), &[]);
    assert_eq!((told(&report), code), (vec![], Some(0)));
    assert_eq!(report["summary"]["records"], 3);
}

#[test]
fn both_layouts_of_our_own_template_read_back_when_they_are_filled_in() {
    let (_, header, rows) = example();
    let folder = tempfile::tempdir().unwrap();
    for layout in ["list", "sheet"] {
        let out = folder.path().join("t.xlsx");
        let made = kenpyo(&["form", "-o", out.to_str().unwrap(), "--force", "--layout", layout]);
        let blank = if made.status.success() {
            fs::read(&out).unwrap()
        } else {
            let made = kenpyo(&["form", "-o", out.to_str().unwrap(), "--layout", layout]);
            assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
            fs::read(&out).unwrap()
        };
        let answer = |name: &str| {
            header.iter().position(|known| known == name).map(|at| rows[0][at].clone()).unwrap_or_default()
        };
        // Where each answer goes: below its header, or in the fourth column of its row.
        let mut package = Package::open(Box::new(Cursor::new(blank.clone())), &Limits::default()).unwrap();
        let mut places: Vec<(String, String)> = Vec::new();
        let mut sheet = package.rows(0).unwrap();
        while let Some(row) = sheet.next_row().unwrap() {
            for cell in row.cells() {
                let CellValue::Text(name) = cell.value else { continue };
                let mut at = cell.address;
                if layout == "sheet" {
                    if at.column > 1 {
                        continue;
                    }
                    at.column = 4;
                } else {
                    at.row += 1;
                }
                let text = answer(name);
                if !text.is_empty() {
                    places.push((at.to_string(), text));
                }
            }
        }
        assert!(places.len() > 20, "{layout}: {places:?}");
        let filled = rewritten(
            &blank,
            &|name, mut content| {
                if name == "xl/worksheets/sheet1.xml" {
                    for (cell, text) in &places {
                        let start =
                            content.find(&format!("<c r=\"{cell}\"")).unwrap_or_else(|| panic!("{cell}"));
                        let end = start + content[start..].find('>').unwrap() - 1;
                        // The form itself says of which version it is.
                        if !content[end..].starts_with("/>") {
                            continue;
                        }
                        let inline = format!(" t=\"inlineStr\"><is><t>{text}</t></is></c>");
                        content.replace_range(end..end + 2, &inline);
                    }
                }
                content
            },
            &[],
        );
        fs::remove_file(&out).unwrap();
        let (report, code) = checked("記入済み.xlsx", &filled, &[]);
        assert_eq!(report["summary"]["records"], 1, "{layout}");
        let grave: Vec<_> = told(&report).into_iter().filter(|(_, rule, _)| rule != "KP-S043").collect();
        assert_eq!((grave, code), (vec![], Some(0)), "{layout}");
    }
}

/// Runs the program on a file; the exit code, the highest resident memory in KiB, the time, and the report.
fn watched(folder: &Path, name: &str, words: &[&str]) -> (Option<i32>, u64, Duration, Value) {
    let begun = Instant::now();
    let report = folder.join("report.json");
    let mut child = command(folder)
        .args(["check", name, "--quiet", "--format", "json=report.json", "--values", "show", "--lang", "en"])
        .args(words)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut peak = 0;
    while let Some(now) = high_water(child.id()) {
        peak = now;
        sleep(Duration::from_millis(1));
    }
    let status = child.wait().unwrap();
    let taken = begun.elapsed();
    (status.code(), peak, taken, serde_json::from_str(&fs::read_to_string(report).unwrap()).unwrap())
}

/// Most memory in KiB that a refusal may take over what a workbook of one cell takes.
const MOST_OF_A_REFUSAL: u64 = 20 << 10;

/// Writes a workbook of one cell, in which nothing is to be found, and gives back the memory in KiB that it takes.
fn of_one_cell(folder: &Path) -> u64 {
    let small = by_hand(&format!("{SHEET}{}{END}", inline(1, &["x".to_owned()])));
    fs::write(folder.join("small.xlsx"), small).unwrap();
    let (code, least, _, report) = watched(folder, "small.xlsx", &[]);
    assert_eq!((code, report["findings"][0]["rule"].as_str()), (Some(3), Some("KP-S004")));
    least
}

/// Checks a workbook that is to be refused by this rule and for this reason, in little more memory than `least` KiB.
fn is_refused(folder: &Path, least: u64, (name, bytes, rule, reason): (&str, &[u8], &str, &str)) {
    fs::write(folder.join(name), bytes).unwrap();
    let (code, peak, taken, report) = watched(folder, name, &[]);
    assert_eq!(code, Some(3), "{name}");
    let findings = report["findings"].as_array().unwrap();
    let found = findings.iter().find(|finding| finding["severity"] == "fatal").unwrap();
    assert_eq!(found["rule"], *rule, "{name}: {found}");
    let help = found["help"].as_str().unwrap_or_else(|| panic!("{found}"));
    assert!(help.contains(reason), "{name}: {help}");
    println!("{name}: {taken:?}, {} KiB more than for one cell", peak.saturating_sub(least));
    assert!(peak.saturating_sub(least) < MOST_OF_A_REFUSAL, "{name}: {least} KiB, {peak} KiB");
}

#[test]
fn hostile_workbooks_are_refused_with_a_reason_and_cost_little() {
    let folder = tempfile::tempdir().unwrap();
    let (_, header, rows) = example();
    let least = of_one_cell(folder.path());
    let whole = by_hand(&format!("{SHEET}{}{}{END}", inline(1, &header), inline(2, &rows[0])));
    let ole = [&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1][..], &[0; 2048]].concat();
    let doctype = format!("<!DOCTYPE x [<!ENTITY a \"b\">]>{SHEET}{END}");
    let far = format!("{SHEET}<row r=\"9999999\"><c r=\"A9999999\"><v>1</v></c></row>{END}");
    let wide = format!("{SHEET}<row r=\"1\"><c r=\"XFE1\"><v>1</v></c></row>{END}");
    let torn = format!("{SHEET}{}<row", inline(1, &header));
    let encrypted = fs::read(root().join(fixture("workbooks/encrypted.xlsx"))).unwrap();
    let stray = format!(
        "{SHEET}{}<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>{END}",
        inline(1, &header)
    );
    let files: [(&str, &[u8], &str, &str); 11] = [
        ("old.xls", &ole, "KP-S012", "another kind of document"),
        ("old.xlsx", &ole, "KP-S012", "another kind of document"),
        ("page.xlsx", b"<html><table><tr><td>1</td></tr></table></html>", "KP-S012", "HTML page"),
        ("text.xlsx", "医療機関,病床数\n1,2\n".as_bytes(), "KP-S012", "perhaps it is text"),
        ("cut.xlsx", &whole[..whole.len() / 2], "KP-S040", "cut short"),
        ("doctype.xlsx", &by_hand(&doctype), "KP-S040", "DOCTYPE"),
        ("far.xlsx", &by_hand(&far), "KP-S041", "1,048,576 rows"),
        ("stray.xlsx", &by_hand(&stray), "KP-S041", "far away from the answers"),
        ("wide.xlsx", &by_hand(&wide), "KP-S041", "16,384 columns"),
        ("torn.xlsx", &by_hand(&torn), "KP-S040", "well-formed"),
        ("locked.xlsx", &encrypted, "KP-S012", "locked with a password"),
    ];
    for file in files {
        is_refused(folder.path(), least, file);
    }
    // A file that is refused takes nothing from the others, by whatever name a workbook comes.
    fs::write(folder.path().join("whole.csv"), &whole).unwrap();
    let output = command(folder.path()).args(["check", "cut.xlsx", "whole.csv", "--format", "json"]).output();
    let output = output.unwrap();
    let report: Value = serde_json::from_str(&text(&output)).unwrap();
    assert_eq!((output.status.code(), &report["summary"]["records"]), (Some(3), &Value::from(1)));
}

/// Parts that are small in the file and hundreds of megabytes when they are inflated.
#[test]
fn what_inflates_without_end_is_refused_and_costs_little() {
    let folder = tempfile::tempdir().unwrap();
    let (_, header, _) = example();
    let least = of_one_cell(folder.path());
    let start = |text: &str| format!("{SHEET}{}<row r=\"2\">{text}", inline(1, &header));
    let sheet = |head: &str, unit, times| {
        package(&[Part { name: SHEET_PART, head: start(head), unit, times, tail: END.to_owned() }])
    };
    let cell = sheet("<c t=\"inlineStr\"><is><t>", "aaaaaaaaaaaaaaaa", 300 << 16);
    let bomb = sheet("</row>", "                ", 300 << 16);
    // Honest about its size, it could be read to its end: there is nothing in it.
    let files: [(&str, &[u8], &str, &str); 3] = [
        ("cell.xlsx", &cell, "KP-S041", "too large"),
        ("bomb.xlsx", &lying(bomb.clone(), SHEET_PART, 2 << 30), "KP-S041", "too large"),
        ("lying.xlsx", &lying(bomb, SHEET_PART, 4 << 10), "KP-S040", "damaged"),
    ];
    for file in files {
        is_refused(folder.path(), least, file);
    }
}

/// Texts that cells share are counted before they are held: the cap is a quarter of a gigabyte, and what passes it is
/// refused without ever taking as much.
#[test]
fn shared_texts_beyond_the_cap_are_refused_without_being_held() {
    let folder = tempfile::tempdir().unwrap();
    let least = of_one_cell(folder.path());
    let text = format!("<si><t>{}</t></si>", "あ".repeat(10_000));
    let texts = Part {
        name: TEXTS_PART,
        head: "<sst>".to_owned(),
        unit: &text,
        times: (300 << 20) / text.len(),
        tail: "</sst>".to_owned(),
    };
    let rows = format!("{SHEET}<row r=\"1\"><c t=\"s\"><v>0</v></c></row>{END}");
    let bytes = package(&[Part::of(SHEET_PART, rows), texts]);
    is_refused(folder.path(), least, ("texts.xlsx", &bytes, "KP-S041", "too large"));
}

#[test]
fn memory_does_not_grow_with_the_rows_of_a_workbook() {
    if !cfg!(target_os = "linux") {
        println!("skipped: the memory of a process is read from /proc, which is Linux's");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (_, header, rows) = example();
    let peak = |name: &str, count: usize| {
        let mut sheet = format!("{SHEET}{}", inline(1, &header));
        (0..count).for_each(|line| sheet.push_str(&inline(line + 2, &rows[line % rows.len()])));
        sheet.push_str(END);
        fs::write(folder.path().join(name), by_hand(&sheet)).unwrap();
        // What rules over many records keep of each is measured by `memory`; here it is what the reader keeps.
        let words = ["--ignore", "HCS-U003,HCS-U004,HCS-U005"];
        let (_, peak, taken, report) = watched(folder.path(), name, &words);
        assert_eq!(report["summary"]["records"], count);
        println!("{count} records of a workbook: {taken:?}, {peak} KiB");
        peak
    };
    // The findings are the same for both but for their number: keys are repeated.
    // The small one has as many as are in memory at one time.
    let (small, large) = (peak("small.xlsx", 10_000), peak("large.xlsx", 20_000));
    assert!(large.saturating_sub(small) < 8 << 10, "{small} KiB grow to {large} KiB");
}

#[test]
fn neither_threads_nor_chunks_change_a_word_about_a_workbook() {
    let (_, header, rows) = example();
    let mut sheet = format!("{SHEET}{}", inline(1, &header));
    for line in 0..300 {
        let mut row = rows[line % rows.len()].clone();
        row[line % 40] = "まちがい".to_owned();
        sheet.push_str(&inline(line + 2, &row));
    }
    sheet.push_str(END);
    let bytes = by_hand(&sheet);
    let (first, _) = checked("a.xlsx", &bytes, &["--threads", "1", "--chunk-records", "1"]);
    assert!(told(&first).len() > 200, "{}", told(&first).len());
    for (threads, chunk) in [("2", "7"), ("8", "512")] {
        let (other, _) = checked("a.xlsx", &bytes, &["--threads", threads, "--chunk-records", chunk]);
        assert_eq!(first, other);
    }
}

#[test]
fn workbooks_of_other_programs_are_read_or_refused_with_the_way_out() {
    let read = |name: &str| fs::read(root().join(fixture("workbooks")).join(name)).unwrap();
    let (report, code) = checked("libreoffice.xlsx", &read("libreoffice.xlsx"), &[]);
    assert_eq!((told(&report), code, &report["summary"]["records"]), (vec![], Some(0), &Value::from(2)));
    let refused = [
        ("libreoffice.xls", "Excel 97-2003"),
        ("libreoffice.ods", "OpenDocument"),
        ("encrypted.xlsx", "locked with a password"),
    ];
    for (name, reason) in refused {
        // By whatever name: the first bytes tell.
        for shown in [name, "answers.xlsx"] {
            let (report, code) = checked(shown, &read(name), &[]);
            let finding = &report["findings"][0];
            assert_eq!((finding["rule"].as_str(), code), (Some("KP-S012"), Some(3)), "{name}: {finding}");
            assert!(finding["help"].as_str().unwrap().contains(reason), "{name}: {finding}");
        }
    }
}
