//! The header of a submission wherever it stands, however it is merged; and the rows that are no records.
//!
//! Invariants
//! - Files are made of header and records of the clean fixture; what is told is compared with its line in the file as
//!   it stands.

use std::fs;

use kenpyo::diagnostic::{FixClass, Language};
use serde_json::Value;

use crate::program::{command, root, text};
use crate::survey_run::Run;

/// The header and the first records of the clean fixture.
fn clean() -> (String, Vec<String>) {
    let whole = fs::read_to_string(root().join("fixtures/submissions/clean.csv")).unwrap();
    let mut lines = whole.lines().map(str::to_owned);
    (lines.next().unwrap(), lines.take(3).collect())
}

fn report(content: &str) -> (Option<i32>, Value) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("x.csv"), content).unwrap();
    let words = ["check", "x.csv", "--format", "json", "--values", "show", "--lang", "en"];
    let output = command(folder.path()).args(words).output().unwrap();
    (output.status.code(), serde_json::from_str(&text(&output)).unwrap())
}

/// (rule, line of the first label) of what is told beside the findings of records.
fn told(report: &Value) -> Vec<(&str, u64)> {
    let findings = report["findings"].as_array().unwrap().iter();
    let structure = findings.filter(|one| one["rule"].as_str().unwrap().starts_with("KP-S"));
    structure
        .map(|one| (one["rule"].as_str().unwrap(), one["labels"][0]["line"].as_u64().unwrap_or(0)))
        .collect()
}

/// A row of the header's width with `text` in its first cell.
fn padded(header: &str, text: &str) -> String {
    format!("{text}{}", ",".repeat(header.matches(',').count()))
}

#[test]
fn lines_stay_right_behind_titles_and_merged_headers() {
    let (header, records) = clean();
    let bad = records[0].replace(",123,", ",x,");
    let (_, plain) = report(&format!("{header}\n{bad}\n"));
    let (_, titled) = report(&format!("調査票\n\n{}\n{header}\n{bad}\n", padded(&header, "※ 記入要領")));
    let cell = |report: &Value| {
        let findings = report["findings"].as_array().unwrap();
        let one = findings.iter().find(|one| one["labels"][0]["field"] == "beds_total").unwrap();
        (one["rule"].clone(), one["labels"][0]["line"].as_u64().unwrap(), one["place"]["record"].clone())
    };
    let (one, other) = (cell(&plain), cell(&titled));
    assert_eq!((one.1, other.1), (2, 5));
    assert_eq!((one.0, one.2), (other.0, other.2));
    assert_eq!(told(&titled), [("KP-S010", 1)]);
}

#[test]
fn two_and_three_rows_of_header_name_the_same_columns() {
    let (header, records) = clean();
    let names: Vec<(&str, &str)> = header
        .split(',')
        .map(|name| name.split_once('_').filter(|_| name.starts_with('問')).unwrap_or((name, "")))
        .collect();
    let mut before = "";
    let upper = names.iter().map(|(above, below)| {
        let shown = if *above == before && !below.is_empty() { "" } else { above };
        before = above;
        shown
    });
    let upper = upper.collect::<Vec<_>>().join(",");
    let lower = names.iter().map(|(_, below)| *below).collect::<Vec<_>>().join(",");
    let sections = padded(&header, "病院の概要");
    let (_, plain) = report(&format!("{header}\n{}\n", records.join("\n")));
    for above in [format!("{upper}\n{lower}\n"), format!("{sections}\n{upper}\n{lower}\n")] {
        let (exit, merged) = report(&format!("{above}{}\n", records.join("\n")));
        let skipped: Vec<_> = told(&merged).into_iter().filter(|(rule, _)| *rule != "KP-S010").collect();
        assert_eq!((exit, skipped), (Some(0), vec![]));
        assert_eq!(merged["summary"]["records"], plain["summary"]["records"]);
    }
}

#[test]
fn a_sample_row_is_an_error_and_no_submission() {
    let (header, records) = clean();
    let sample = records[0].replacen("2024", "記入例", 1);
    let (exit, found) = report(&format!("{header}\n{sample}\n{}\n", records.join("\n")));
    assert_eq!((exit, told(&found)), (Some(1), vec![("KP-S011", 2)]));
    assert_eq!(found["summary"]["records"], 3);
    let one = &found["findings"].as_array().unwrap().iter().find(|one| one["rule"] == "KP-S011").unwrap();
    assert_eq!(one["place"]["kind"], "record", "it holds itself, and not the file");
    // Only the heading of a sample: nothing is held.
    let (exit, found) =
        report(&format!("{header}\n{}\n{}\n", padded(&header, "（記入例）"), records.join("\n")));
    assert_eq!((exit, told(&found)), (Some(0), vec![("KP-S010", 2)]));
    // Nothing but the sample: nothing was checked.
    assert_eq!(report(&format!("{header}\n{sample}\n")).0, Some(3));
}

#[test]
fn notes_and_blank_rows_are_left_out_and_told() {
    let (header, records) = clean();
    let blank = padded(&header, "");
    let content = format!(
        "{header}\n{}\n{blank}\n\n{blank}\n{}\n※ 病床数,は,総数\n{}\n以上\n{blank}\n\n\n",
        records[0],
        records[1],
        padded(&header, "\"注1） 改行も\n読み飛ばす\"")
    );
    let (exit, found) = report(&content);
    let lines: Vec<(&str, u64)> = [3, 7, 8, 10, 11].map(|line| ("KP-S010", line)).to_vec();
    assert_eq!((exit, told(&found)), (Some(0), lines));
    assert_eq!(found["summary"]["records"], 2);
    let told = found["findings"].as_array().unwrap().iter().map(|one| one["message"].to_string());
    assert!(told.clone().any(|text| text.contains("Line 3-5 ")), "{:?}", told.collect::<Vec<_>>());
}

#[test]
fn many_notes_and_blank_rows_cost_no_memory_and_end_in_a_count() {
    let (header, records) = clean();
    let content = format!("{header}\n{}\n{}", records[0], "※ 注\n\n".repeat(50_000));
    let (_, found) = report(&content);
    let told = told(&found);
    assert_eq!(told.len(), 21, "{told:?}");
    assert!(found.to_string().contains("99979"), "{:?}", found["findings"].as_array().unwrap().last());
}

#[test]
fn the_version_of_another_form_is_told_once_and_holds_the_file() {
    let (header, records) = clean();
    let other: Vec<String> =
        records.iter().map(|row| row.replacen("2024,2023,2024", "2024,2023,2022年版", 1)).collect();
    let (exit, found) = report(&format!("{header}\n{}\n{}\n{}\n", records[0], other[1], other[2]));
    assert_eq!((exit, told(&found)), (Some(1), vec![("KP-S016", 3)]));
    let one = &found["findings"].as_array().unwrap().iter().find(|one| one["rule"] == "KP-S016").unwrap();
    assert_eq!(one["place"]["kind"], "file");
    let expected = "The layout version of this form is \"2022年版\". Please use the form \"2024\".";
    assert_eq!(one["message"], expected);
    let blank = records[0].replacen("2024,2023,2024", "2024,2023,", 1);
    assert_eq!(report(&format!("{header}\n{blank}\n")).0, Some(0));
}

#[test]
fn a_question_number_that_became_a_date_is_proposed_where_the_form_has_it() {
    let mut pack = Run::of(None).pack().clone();
    let place = pack.questionnaire.by_name["q09_software"];
    pack.questionnaire.fields[place].question = Some("9-1".into());
    let run = Run::new(pack, &kenpyo::plan::Selection::default());
    let (header, records) = clean();
    for date in ["9月1日", "1-Sep", "9-Jan", "45170", "2023/9/1"] {
        let changed = header.replace("問9_不要ソフトウェア停止", date);
        let (batches, file) = run.read("x.csv", format!("{changed}\n{}\n", records[0]).as_bytes());
        assert_eq!(batches.len(), 1);
        let told: Vec<_> = file.iter().collect();
        assert_eq!(told.len(), 1, "neither unknown nor missing: {told:?}");
        assert_eq!(&*told[0].notice.id, "KP-S008");
        let fix = told[0].fix.as_ref().unwrap();
        assert_eq!((&*fix.after, fix.class), ("問9_不要ソフトウェア停止", FixClass::Proposed), "{date}");
        assert!(told[0].suggestion.as_ref().unwrap().get(Language::En).contains("問9_"));
    }
}

#[test]
fn stray_quotes_cost_their_own_line_and_no_other_record() {
    let (header, records) = clean();
    let last = |row: &str, cell: &str| format!("{}{cell}", &row[..=row.rfind(',').unwrap()]);
    // The quote of the first record would end in that of the third.
    let swallowing = [last(&records[0], "\"x"), records[1].clone(), last(&records[2], "x\"")];
    let (exit, found) = report(&format!("{header}\n{}\n", swallowing.join("\n")));
    assert_eq!((exit, told(&found)), (Some(1), vec![("KP-S023", 2)]));
    assert_eq!(found["summary"]["records"], 3, "the second and the third are read");
    // Lines and commas of a text are no records.
    let text = last(&records[0], "\"x\ny,z,,\n\"");
    assert_eq!(told(&report(&format!("{header}\n{text}\n")).1), vec![]);
}

#[test]
fn text_behind_a_closing_quote_is_refused_with_its_cell_as_it_stands() {
    let (header, records) = clean();
    let glued = records[0].replace(",123,", ",\"1\"23,");
    let (exit, found) = report(&format!("{header}\n{glued}\n{}\n", records[1]));
    assert_eq!((exit, told(&found)), (Some(1), vec![("KP-S023", 2)]));
    let one = found["findings"].as_array().unwrap().iter().find(|one| one["rule"] == "KP-S023").unwrap();
    let before = u64::try_from(glued.find("\"1\"23").unwrap()).unwrap();
    assert_eq!(one["labels"][0]["column"], before + 1);
    let spaced = records[0].replace(",123,", ",\"123\" ,");
    let (exit, found) = report(&format!("{header}\n{spaced}\n"));
    assert_eq!((exit, told(&found)), (Some(0), vec![]), "blanks are nothing");
}

#[test]
fn blank_cells_behind_the_last_column_are_dropped_where_the_header_has_them_too() {
    let (header, records) = clean();
    let (exit, found) = report(&format!("{header},,\n{},,\n{}, ,\"\"\n", records[0], records[1]));
    assert_eq!((exit, told(&found)), (Some(0), vec![]));
    // Else a comma in a name may have shifted the row.
    let (_, found) = report(&format!("{header}\n{},\n", records[0]));
    assert_eq!(told(&found), vec![("KP-S009", 2)]);
    let (_, found) = report(&format!("{header}\n{},,x,\n", records[0]));
    assert_eq!(told(&found), vec![("KP-S009", 2)]);
}

#[test]
fn what_old_programs_fill_up_the_end_of_a_file_with_is_no_record() {
    let (header, records) = clean();
    let (exit, found) = report(&format!("{header}\n{}\n\u{1a}", records[0]));
    assert_eq!((exit, told(&found)), (Some(0), vec![("KP-S010", 3)]));
}

#[test]
fn rows_that_the_form_prints_below_its_header_are_no_records() {
    let (header, records) = clean();
    let names: Vec<&str> = header.split(',').collect();
    let row = |cell: &dyn Fn(usize, &str) -> String| {
        names.iter().enumerate().map(|(place, name)| cell(place, name)).collect::<Vec<_>>().join(",")
    };
    for printed in [
        row(&|_, name| {
            if name.contains("病床数") && name != "病床数区分" { "床".into() } else { String::new() }
        }),
        row(&|_, _| "（必須）".into()),
        row(&|place, _| (place + 1).to_string()),
        row(&|_, name| format!("※{name}")),
        row(&|_, name| name.to_owned()),
    ] {
        let (exit, found) = report(&format!("{header}\n{printed}\n{}\n", records[0]));
        assert_eq!((exit, told(&found)), (Some(0), vec![("KP-S010", 2)]), "{printed}");
        assert_eq!(found["summary"]["records"], 1);
    }
    // A total, and the header once more, wherever they stand.
    let total = row(&|_, name| match name {
        "G-MIS ID" => "合計".into(),
        "病床数" => "442".into(),
        _ => String::new(),
    });
    let all = [&header, &records[0], &records[1], &records[2], &records[0].clone(), &header, &total];
    let (_, found) = report(&format!("{}\n", all.map(String::as_str).join("\n")));
    assert_eq!(told(&found), [("KP-S010", 6), ("KP-S010", 7)]);
}

#[test]
fn a_sample_is_told_by_any_cell_that_says_no_more_than_that() {
    let (header, records) = clean();
    let place = header.split(',').position(|name| name == "施設名").unwrap();
    let with = |text: &str, place: usize| {
        let mut cells: Vec<&str> = records[1].split(',').collect();
        cells[place] = text;
        cells.join(",")
    };
    let last = header.matches(',').count();
    for sample in [with("記入例病院", place), with("記入例", last), with("（記入例）", place - 2)]
    {
        let (exit, found) = report(&format!("{header}\n{sample}\n{}\n", records[0]));
        assert_eq!((exit, told(&found)), (Some(1), vec![("KP-S011", 2)]), "{sample}");
    }
    let (exit, found) = report(&format!("{header}\n{}\n", with("記入例を見て記入した", last)));
    assert_eq!((exit, told(&found)), (Some(0), vec![]));
}

#[test]
fn titles_and_numbers_of_questions_are_headings_too() {
    let (header, records) = clean();
    let form = kenpyo::engine::survey::open(None).unwrap().pack.unwrap().questionnaire;
    let renamed = |other: &dyn Fn(&kenpyo::questionnaire::Field) -> Option<String>| {
        let name = |name: &str| {
            let field = form.fields.iter().find(|field| *field.column == *name);
            field.and_then(other).unwrap_or_else(|| name.to_owned())
        };
        header.split(',').map(name).collect::<Vec<_>>().join(",")
    };
    for changed in [
        renamed(&|field| Some(field.label.ja.to_string())),
        renamed(&|field| Some(format!("\"{}\"", field.label.en))),
        renamed(&|field| Some(format!("設問{}", field.question.as_ref()?))),
        renamed(&|field| Some(format!("Q{}：{}", field.question.as_ref()?, field.label.ja))),
        renamed(&|field| (&*field.name == "beds_total").then(|| "病床数（床）".to_owned())),
    ] {
        assert_ne!(changed, header);
        let (exit, found) = report(&format!("{changed}\n{}\n", records.join("\n")));
        assert_eq!((exit, told(&found)), (Some(0), vec![]), "{changed}");
    }
    // What is in the bracket may change the meaning.
    let (exit, found) =
        report(&format!("{}\n{}\n", header.replacen("病床数", "病床数（稼働）", 1), records[0]));
    assert_eq!((exit, told(&found)), (Some(1), vec![("KP-S005", 1), ("KP-S006", 1)]));
}
