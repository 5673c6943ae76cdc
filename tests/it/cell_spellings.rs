//! What one cell of the shipped form may be: for every cell row of the survey's list of file defects, what is written,
//! the state it must have, the one finding it must give, and the value that is read.
//!
//! The table is written by hand from the list (its numbers are the first column) and from the texts of the edits.
//!
//! Invariants
//! - One line of the table is one cell of a record that is otherwise clean; the program and the oracle read the same
//!   lines.

use kenpyo::batch::Batch;
use kenpyo::diagnostic::Severity;
use kenpyo::expression::{Value, calendar};
use serde_json::{Value as Json, json};

use crate::oracle_reading::Reading;
use crate::oracle_twin::Cell;
use crate::survey_run::{Run, canonical, csv_of, rows, state};

/// One line of the table.
struct Row {
    /// Number in the list of file defects; 0: beside the list.
    defect: u8,
    field: &'static str,
    written: &'static str,
    state: &'static str,
    /// The cell's finding; empty: none may be told.
    finding: &'static str,
    /// `null`: there is none.
    value: Json,
}

/// A cell that is read, with its finding (empty: none).
fn read(defect: u8, field: &'static str, written: &'static str, finding: &'static str, value: Json) -> Row {
    Row { defect, field, written, state: "value", finding, value }
}

/// A cell that is asked back.
fn asked(defect: u8, field: &'static str, written: &'static str, finding: &'static str) -> Row {
    Row { defect, field, written, state: "invalid", finding, value: Json::Null }
}

/// A cell that carries a mark, or nothing; the cell itself is told nothing of.
fn marked(defect: u8, field: &'static str, written: &'static str, state: &'static str) -> Row {
    Row { defect, field, written, state, finding: "", value: Json::Null }
}

fn numbers() -> Vec<Row> {
    let beds = "beds_total";
    let mut table = Vec::new();
    for written in [
        "１００床",
        "100床",
        "１００",
        "100 床",
        "100.0",
        "0100",
        "　100",
        "100 ",
        "\u{A0}100",
        "\u{200B}100",
    ] {
        table.push(read(4, beds, written, "KP-S018", json!(100)));
    }
    for written in [
        "1,024",
        "1，024",
        "1 024",
        "1'024",
        "１，０２４床",
        "1,024床",
        "1\u{A0}024",
        "1\u{3000}024",
        "1’024",
    ] {
        table.push(read(5, beds, written, "KP-S018", json!(1024)));
    }
    table.push(read(5, beds, "1,234,567", "KP-S018", json!(1_234_567)));
    table.push(read(0, beds, "100", "", json!(100)));
    for (defect, written) in [
        (5, "1,02"),
        (5, "1,0244"),
        (5, ",024"),
        (5, "1,,024"),
        (5, "1,024'000"),
        (5, "1024,000"),
        (5, "1、024"),
        (4, "100台"),
        (4, "床"),
        (34, "100.5"),
        (41, "199（稼働180）"),
        (42, "約200"),
        (42, "200程度"),
        (42, "190～200"),
        (33, "1.31E+09"),
        (48, "#REF!"),
        (48, "#N/A"),
        (48, "#DIV/0!"),
        (29, "2/1"),
    ] {
        table.push(asked(defect, beds, written, "HCS-R001"));
    }
    table.push(asked(42, "beds_general", "約200", "HCS-R004"));
    table.push(asked(21, "beds_general", "なし", "HCS-R004"));
    table
}

fn options() -> Vec<Row> {
    let q = "q01_manager";
    let mut table = Vec::new();
    for written in ["1", "はい", "yes"] {
        table.push(read(9, q, written, "", json!(1)));
    }
    for written in ["①", "１", "(1)", "1.", "（１）", "1.0", "⑴", "１．", "はい "] {
        table.push(read(9, q, written, "KP-S018", json!(1)));
    }
    for written in ["○", "有", "Yes", "済", "TRUE", "true", "〇", "◯", "O", "o", "レ", "✓", "Ｏ"] {
        let finding = if written == "Yes" { "" } else { "KP-C016" };
        table.push(read(if written == "TRUE" { 23 } else { 12 }, q, written, finding, json!(1)));
    }
    for written in ["×", "✕", "X", "x", "無", "未", "FALSE", "ｲｲｴ"] {
        table.push(read(13, q, written, "KP-C016", json!(2)));
    }
    table.push(read(8, q, "ﾊｲ", "KP-C016", json!(1)));
    for written in ["　はい ", "はい ", " はい", "はい\u{A0}", "はい\u{200B}", "\u{FEFF}はい", "はい\n"]
    {
        table.push(read(6, q, written, "KP-S018", json!(1)));
    }
    table.push(read(6, q, " 1", "KP-S018", json!(1)));
    table.push(read(6, q, " ○", "KP-C016", json!(1)));
    for written in ["①はい", "1：はい", "(1)はい", "1. はい"] {
        table.push(read(10, q, written, "KP-S018", json!(1)));
    }
    table.push(read(16, q, "1,1", "KP-S018", json!(1)));
    table.push(asked(11, q, "①いいえ", "KP-C014"));
    for written in ["1,2", "①②", "1・2", "はい、いいえ"] {
        table.push(asked(16, q, written, "KP-C014"));
    }
    table.push(asked(16, "q03_consult", "1,3", "KP-C014"));
    for written in ["はい（令和6年4月から）", "はい\n（一部）", "はい（一部）"] {
        table.push(asked(17, q, written, "HCS-C015"));
    }
    for written in ["△", "一部", "ほぼ", "検討中", "予定", "来年度予定", "準備中"] {
        table.push(asked(18, q, written, "HCS-C015"));
    }
    for written in ["0", "０"] {
        table.push(asked(22, q, written, "HCS-C017"));
    }
    for written in ["ー", "9", "未定"] {
        table.push(asked(13, q, written, "KP-C013"));
    }
    for written in ["#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!"] {
        table.push(asked(48, q, written, "KP-C013"));
    }
    table
}

fn marks_and_bands() -> Vec<Row> {
    let mut table = Vec::new();
    for written in
        ["該当なし", "非該当", "対象外", "N/A", "－", "-", "―", "／", "*", "/", "＊", "−", "n/a", " － "]
    {
        table.push(marked(19, "q16_offline", written, "na"));
    }
    for written in ["不明", "わからない", "?", "？"] {
        table.push(marked(20, "q16_offline", written, "dk"));
    }
    table.push(read(20, "q09_software", "わからない", "", json!(4)));
    for written in ["不明", "?", "？"] {
        table.push(read(20, "q09_software", written, "KP-C016", json!(4)));
    }
    for written in ["20～99", "20〜99", "20-99", "20―99", "20－99"] {
        table.push(read(38, "band", written, "KP-C016", json!(1)));
    }
    table.push(read(38, "band", "20～99床", "", json!(1)));
    table.push(read(38, "band", "２０~９９床", "KP-S018", json!(1)));
    table.push(read(38, "band", "２０～９９床", "KP-S018", json!(1)));
    for (written, code) in [("100床以上200床未満", 2), ("500~", 6), ("500～", 6)] {
        table.push(read(39, "band", written, "KP-C016", json!(code)));
    }
    table.push(read(39, "band", "500床以上", "", json!(6)));
    table.push(asked(40, "band", "100床以下", "HCS-C012"));
    for written in ["", "　", "\u{200B}", " \u{A0}"] {
        table.push(marked(21, "beds_general", written, "blank"));
    }
    table
}

fn codes() -> Vec<Row> {
    let mut table = Vec::new();
    for written in [
        "13-1-9900013",
        "13 1 9900013",
        "１３１９９０００１３",
        "13‐1‐9900013",
        "13－1－9900013",
        " 1319900013",
    ] {
        table.push(read(35, "inst_code", written, "KP-S018", json!("1319900013")));
    }
    table.push(read(35, "muni_code", "13-9912", "KP-S018", json!("139912")));
    table.push(read(32, "inst_code", "110113719", "", json!("110113719")));
    table.push(read(36, "inst_code", "0113719", "", json!("0113719")));
    for written in ["1.31E+09", "1319900013.0"] {
        table.push(asked(33, "inst_code", written, "HCS-C006"));
    }
    table.push(asked(0, "inst_code", "13-1-99", "HCS-C003"));
    table.push(asked(0, "inst_code", "4819900013", "HCS-C007"));
    table.push(asked(48, "inst_code", "#N/A", "HCS-C003"));
    table.push(read(37, "gmis_id", "ａｂ１２３４５", "KP-C023", json!("ab12345")));
    table.push(read(37, "gmis_id", "ab12345", "KP-C023", json!("ab12345")));
    table.push(read(37, "gmis_id", "ＡＢ１２３４５", "KP-S018", json!("AB12345")));
    table.push(read(37, "gmis_id", "AB12345", "", json!("AB12345")));
    table.push(asked(0, "gmis_id", "ab123", "HCS-C001"));
    table.push(asked(0, "gmis_id", "S00#0001", "HCS-C001"));
    table.push(asked(0, "gmis_id", "1319900013", "HCS-C002"));
    table.push(read(9, "pref_code", "東京都", "KP-C016", json!("13")));
    table.push(read(9, "pref_code", "１３", "KP-S018", json!("13")));
    table.push(asked(0, "pref_code", "48", "HCS-C010"));
    table
}

fn dates() -> Vec<Row> {
    let day = "answered_on";
    let mut table = Vec::new();
    for written in [
        "令和6年2月1日",
        "R6.2.1",
        "R6/2/1",
        "r6-2-1",
        "令和６年２月１日",
        "令6.2.1",
        "Ｒ６．２．１",
        "㋿6年2月1日",
        "令和 6年 2月 1日",
        "R06.02.01",
    ] {
        table.push(read(24, day, written, "KP-C019", json!("2024-02-01")));
    }
    table.push(read(25, day, "令和元年5月7日", "KP-C019", json!("2019-05-07")));
    table.push(read(25, day, "R元.5.1", "KP-C019", json!("2019-05-01")));
    table.push(read(25, day, "平成31年4月30日", "KP-C019", json!("2019-04-30")));
    table.push(read(24, day, "S64.1.7", "KP-C019", json!("1989-01-07")));
    for written in ["平成36年2月1日", "令和元年4月30日", "平成31年5月1日", "昭和64年1月8日", "令和0年1月1日"]
    {
        table.push(asked(26, day, written, "KP-C018"));
    }
    for written in
        ["令和6年13月1日", "2024-02-30", "令和6年2月30日", "2024/13/1", "#VALUE!", "100", "99999", "45323.5"]
    {
        table.push(asked(26, day, written, "KP-C018"));
    }
    for written in ["45323", "４５３２３", "45323.0", " 45323"] {
        table.push(read(27, day, written, "KP-C019", json!("2024-02-01")));
    }
    for written in ["2/1", "2月1日", "2-1"] {
        table.push(asked(29, day, written, "KP-C018"));
    }
    table.push(read(0, day, "2024-02-01", "", json!("2024-02-01")));
    table.push(read(0, day, "2024/2/1", "", json!("2024-02-01")));
    table.push(read(0, day, "２０２４/２/１", "KP-S018", json!("2024-02-01")));
    table.push(read(6, day, " 2024/2/1", "KP-S018", json!("2024-02-01")));
    let moment = "submitted_at";
    for written in ["令和6年2月1日 9:30", "R6.2.1 09:30", "令和６年２月１日　９：３０", "令6/2/1T09:30"]
    {
        table.push(read(24, moment, written, "KP-C019", json!("2024-02-01T09:30:00")));
    }
    table.push(read(25, moment, "令和元年5月7日 0:00:01", "KP-C019", json!("2019-05-07T00:00:01")));
    for written in ["令和6年2月1日", "2024/2/1", "2024-2-1", "2024年2月1日（木）", "45323"] {
        table.push(read(24, moment, written, "KP-C019", json!("2024-02-01T00:00:00")));
    }
    table.push(read(27, moment, "45323.75", "KP-C019", json!("2024-02-01T18:00:00")));
    for written in ["2024/2/1 0:00", "2024-02-01T18:00:00", "2024-2-1（木）", "令和6年2月1日(木曜日)"]
    {
        table.push(read(24, day, written, "KP-C019", json!("2024-02-01")));
    }
    table.push(asked(26, day, "2024-02-01（金）", "KP-C018"));
    for written in ["2024-02-30T00:00:00", "平成36年2月1日 9:30", "令和6年2月1日 9時"] {
        table.push(asked(26, moment, written, "KP-C018"));
    }
    table
}

fn texts() -> Vec<Row> {
    let (name, notes) = ("facility_name", "notes");
    let mut table = Vec::new();
    for written in ["髙橋病院", "高橋病院", "鎌ヶ谷病院", "鎌ケ谷病院"] {
        table.push(read(52, name, written, "", json!(written)));
    }
    table.push(read(53, name, "医療法人社団○○会 △△病院", "", json!("医療法人社団○○会 △△病院")));
    for written in
        ["?田病院", "山?病院", "医療法人??会", "\u{FFFD}田病院", "〓田病院", "\u{E000}田病院", "????"]
    {
        table.push(asked(54, name, written, "KP-S003"));
    }
    for written in [
        "どうすればよいですか?",
        "対象ですか??",
        "問題ない?と思う。",
        "A?B",
        "?",
        "What is this?",
        "本当ですか?病院です。",
    ] {
        if written != "?" {
            table.push(read(54, notes, written, "", json!(written)));
        }
    }
    table.push(read(6, notes, " abc ", "", json!("abc")));
    table.push(read(6, notes, "　あ", "KP-S018", json!("あ")));
    table.push(read(6, notes, "あ\u{200B}", "KP-S018", json!("あ")));
    table.push(read(31, notes, "2003/2/1", "KP-C024", json!("2003/2/1")));
    table.push(read(31, notes, "3月2日", "KP-C024", json!("3月2日")));
    table.push(read(31, notes, "2003/2/1に開設", "", json!("2003/2/1に開設")));
    for written in ["問12は週1回", "Q12は週1回", "設問１２：週1回", "第12問は週1回", "問 12 週1回"]
    {
        table.push(read(58, notes, written, "KP-C025", json!(written)));
    }
    for written in ["問99は空欄", "質問12件", "疑問1", "FAQ12", "問題ありません"] {
        table.push(read(58, notes, written, "", json!(written)));
    }
    for written in ["#REF!", "#N/A"] {
        table.push(asked(48, notes, written, "notes:type"));
    }
    table
}

fn table() -> Vec<Row> {
    [numbers(), options(), marks_and_bands(), codes(), dates(), texts()].into_iter().flatten().collect()
}

/// A clean record in which one cell is written anew, for each line of `table`.
fn file(run: &Run, table: &[Row]) -> Vec<u8> {
    let clean = std::fs::read(crate::program::root().join("fixtures/submissions/clean.csv")).unwrap();
    let clean = rows(&clean);
    let column = |field: &str| {
        let header = &run.pack().questionnaire.field(field).unwrap().column;
        clean[0].iter().position(|name| **name == **header).unwrap()
    };
    let mut all = vec![clean[0].clone()];
    for row in table {
        let mut record = clean[1].clone();
        row.written.clone_into(&mut record[column(row.field)]);
        all.push(record);
    }
    csv_of(&all)
}

/// What is wrong with how a line is read. `None`: nothing.
fn wrong(run: &Run, batch: &Batch, place: usize, row: &Row, found: &[String]) -> Option<String> {
    let id = run.id(row.field);
    let state = state(batch.column(id).unwrap(), place);
    let value = canonical(&run.pack().questionnaire, batch, id, place).unwrap_or(Json::Null);
    let expected: Vec<&str> = if row.finding.is_empty() { Vec::new() } else { vec![row.finding] };
    let fits = state == row.state && value == row.value && *found == expected;
    (!fits).then(|| {
        let Row { defect, field, written, .. } = row;
        format!(
            "{defect} {field} {written:?}: {state} {value} {found:?}, not {} {} {expected:?}",
            row.state, row.value
        )
    })
}

#[test]
fn every_spelling_of_the_list_is_read_as_the_table_says() {
    let (run, table) = (Run::of(None), table());
    let mut lines = table.iter();
    let mut wrongs = Vec::new();
    let (batches, _) = run.read("x.csv", &file(&run, &table));
    for batch in batches {
        for place in 0..batch.len() {
            let row = lines.next().unwrap();
            let id = run.id(row.field);
            let of_cell = batch.findings.iter().filter(|one| one.row == place && one.field == Some(id));
            let found: Vec<String> = of_cell.map(|one| one.notice.full_id()).collect();
            wrongs.extend(wrong(&run, &batch, place, row, &found));
        }
    }
    assert!(lines.next().is_none());
    assert!(wrongs.is_empty(), "{} of {}:\n{}", wrongs.len(), table.len(), wrongs.join("\n"));
}

#[test]
fn the_oracle_reads_numbers_codes_and_dates_as_the_table_says() {
    let run = Run::of(None);
    let form = &run.pack().questionnaire;
    let reading = Reading::new(form);
    let mut compared = 0;
    for row in [numbers(), codes(), dates()].into_iter().flatten().filter(|row| row.field != "submitted_at") {
        let place = usize::from(run.id(row.field).index);
        let read = reading.cell(place, row.written);
        let value = match &read.cell {
            Cell::Value(Value::Number(number)) => json!(number),
            Cell::Value(Value::Text(text)) => json!(&**text),
            Cell::Value(Value::Date(day)) => json!(calendar::print_date(*day)),
            _ => Json::Null,
        };
        let state = if matches!(read.cell, Cell::Value(_)) { "value" } else { "invalid" };
        let told = match row.finding {
            "" => None,
            _ if state == "invalid" => None,
            "KP-C023" => Some(Severity::Warning),
            _ => Some(Severity::Info),
        };
        assert_eq!(
            (state, &value, read.told),
            (row.state, &row.value, told),
            "{} {:?}",
            row.field,
            row.written
        );
        compared += 1;
    }
    assert!(compared > 80, "{compared}");
}
