//! Form sheets as hospitals fill them in: options that are printed beside the label, and what stands beside the answers.
//!
//! Invariants
//! - Each sheet is the first record of the shipped example, with one row as a hospital would leave it.
//! - An answer is never taken from what is not clearly marked.

use kenpyo::questionnaire::Questionnaire;
use rust_xlsxwriter::{Format, Workbook};

use crate::workbooks::{checked, column, example, structure, told};

/// A sheet of labels in the first column with the first record beside them, cells of the row of `field` replaced.
fn sheet(replaced: &[(&str, &[&str])]) -> Vec<u8> {
    let (_, header, rows) = example();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("様式").unwrap();
    for ((line, name), cell) in (0..).zip(&header).zip(&rows[0]) {
        sheet.write_string(line, 0, name).unwrap();
        let own = replaced.iter().find(|(field, _)| name == field).map(|(_, cells)| *cells);
        for (place, text) in (1..).zip(own.unwrap_or(&[cell])).filter(|(_, text)| !text.is_empty()) {
            sheet.write_string(line, place, *text).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

fn line(form: &Questionnaire, header: &[String], field: &str) -> u16 {
    column(header, form, field) + 1
}

#[test]
fn of_printed_options_the_marked_one_is_the_answer() {
    let (form, header, _) = example();
    let question = "問1_安全管理責任者の設置";
    let row = line(&form, &header, "q01_manager");
    for (cells, option, after) in [
        (&["はい", "", "いいえ", "○"][..], 'D', "いいえ"),
        (&["はい", "□", "いいえ", "☑"], 'D', "いいえ"),
        (&["□はい", "■いいえ"], 'C', "いいえ"),
        (&["レ", "１．はい", "", "２．いいえ"], 'C', "はい"),
    ] {
        let (report, code) = checked("a.xlsx", &sheet(&[(question, cells)]), &[]);
        let mark = (1, "KP-S018".to_owned(), vec![format!("様式!{option}{row}")]);
        assert_eq!((told(&report), code), (vec![mark], Some(0)), "{cells:?}");
        let message = report["findings"][0]["message"].as_str().unwrap();
        assert!(message.contains(&format!("\"{after}\"")), "{message}");
    }
}

#[test]
fn printed_options_without_one_clear_mark_are_never_an_answer() {
    let (form, header, _) = example();
    let question = "問1_安全管理責任者の設置";
    let row = line(&form, &header, "q01_manager");
    for (cells, rule, cell) in [
        (&["はい", "いいえ"][..], "HCS-K001/q01_manager", 'D'),
        (&["はい", "", "いいえ"], "HCS-K001/q01_manager", 'C'),
        (&["", "はい", "○", "いいえ"], "KP-C014", 'D'),
        (&["はい", "○", "いいえ", "○"], "KP-C014", 'C'),
        (&["はい", "いいえ", "1"], "KP-C014", 'D'),
    ] {
        let (report, code) = checked("a.xlsx", &sheet(&[(question, cells)]), &[]);
        let expected = (1, rule.to_owned(), vec![format!("様式!{cell}{row}")]);
        assert_eq!((told(&report), code), (vec![expected], Some(1)), "{cells:?}");
    }
}

#[test]
fn further_values_beside_the_answers_are_told() {
    let (form, header, _) = example();
    let row = line(&form, &header, "beds_total");
    let unread = |cells: &[&str]| structure(&checked("a.xlsx", &sheet(&[("病床数", cells)]), &[]).0);
    assert_eq!(unread(&["123", "319"]), [(0, "KP-S006".to_owned(), vec![format!("様式!C{row}")])]);
    assert_eq!(unread(&["123", "床"]), [], "the unit");
    assert_eq!(unread(&["123", "※許可病床数の合計"]), [], "a note");
    // The answers of a second hospital.
    let (_, header, rows) = example();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("様式").unwrap();
    for (place, text) in (0..).zip(["項目", "回答（A病院）", "回答（B病院）"]) {
        sheet.write_string(0, place, text).unwrap();
    }
    for (line, name) in (1..).zip(&header) {
        sheet.write_string(line, 0, name).unwrap();
        for (place, row) in (1..).zip(&rows[..2]) {
            let cell = &row[usize::try_from(line).unwrap() - 1];
            sheet.write_string(line, place, cell).unwrap();
        }
    }
    let (report, _) = checked("a.xlsx", &book.save_to_buffer().unwrap(), &[]);
    let told = structure(&report);
    assert_eq!(told.iter().map(|(_, rule, _)| &**rule).collect::<Vec<_>>(), ["KP-S006"]);
    assert!(report.to_string().contains("回答（B病院）"), "the column is named");
}

#[test]
fn a_remark_that_repeats_the_label_moves_no_answer() {
    let (_, header, rows) = example();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (place, text) in (0..).zip(["項目", "回答", "メモ"]) {
        sheet.write_string(0, place, text).unwrap();
    }
    for ((line, name), cell) in (1..).zip(&header).zip(&rows[0]) {
        sheet.write_string(line, 0, name).unwrap().write_string(line, 1, cell).unwrap();
        sheet.write_string(line, 2, format!("※{name}")).unwrap();
    }
    let (report, code) = checked("a.xlsx", &book.save_to_buffer().unwrap(), &[]);
    assert_eq!((told(&report), code), (vec![], Some(0)));
}

#[test]
fn a_column_of_a_list_under_a_merged_heading_is_told_when_it_holds_something() {
    let (form, header, rows) = example();
    let beds = column(&header, &form, "beds_total");
    for further in ["", "999"] {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet().set_name("回答").unwrap();
        for (line, row) in (0..).zip([&header, &rows[0]]) {
            for (place, cell) in (0_u16..).zip(row) {
                let place = if place > beds { place + 1 } else { place };
                sheet.write_string(line, place, cell).unwrap();
            }
        }
        sheet.merge_range(0, beds, 0, beds + 1, &header[usize::from(beds)], &Format::new()).unwrap();
        sheet.write_string(1, beds + 1, further).unwrap();
        let (report, _) = checked("a.xlsx", &book.save_to_buffer().unwrap(), &[]);
        let rules: Vec<String> = structure(&report).into_iter().map(|(_, rule, _)| rule).collect();
        assert_eq!(rules, if further.is_empty() { vec![] } else { vec!["KP-S006"] });
    }
}
