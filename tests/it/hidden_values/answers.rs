//! Answers that occur nowhere else, twice over, as a file of every format.
//!
//! Invariants
//! - The short and the long answers give the same findings and differ in length, width and number of lines.
//! - `PRIVATE` and `40414` stand in private answers only, `CANARY` and `86753` in others as well.

use std::fmt::Write as _;

use serde_json::Value;

/// Two ways to answer with the same findings: one short, one long, wide and over several lines.
pub struct Answers {
    pub key: &'static str,
    pub mail: &'static str,
    pub short_mail: &'static str,
    pub pin: &'static str,
    pub vote: &'static str,
    pub size: (&'static str, &'static str),
    pub huge: &'static str,
    pub synonym: &'static str,
    pub unknown: &'static str,
    pub case: &'static str,
    pub kinds: &'static str,
    pub day: &'static str,
    pub note: &'static str,
}

pub const SHORT: Answers = Answers {
    key: "CANARYK",
    mail: "PRIVATE@CANARY.example",
    short_mail: "PRIVATE@CAN",
    pin: "40414",
    vote: "PRIVATEYEAH",
    size: ("86753", "1"),
    huge: "8675300000000000",
    synonym: "CANARYS",
    unknown: "CANARY smll",
    case: "CANARYCASE",
    kinds: "1;1",
    day: "CANARYDAY",
    note: "CANARY",
};

pub const LONG: Answers = Answers {
    key: "CANARYの長い番号0123456789",
    mail: "PRIVATE@CANARYもっと長い連絡先.example",
    short_mail: "PRIVATE短い",
    pin: "40414",
    vote: "PRIVATEYEAH",
    size: ("26", "2"),
    huge: "8675300000000001",
    synonym: "CANARYGROSS",
    unknown: "CANARYまったく別の長い長い長い答え",
    case: "CANARYとても変わったCASE",
    kinds: "1;2;1;2;2",
    day: "CANARY令和のある日",
    note: "CANARY\nで始まる\r\n何行もの\n\n文章です、長い。",
};

/// Rows of (key, mail, pin, vote, place, size, band, kinds, day, note): a kind of finding each.
fn rows(of: &Answers) -> Vec<[String; 10]> {
    let key = |number: usize| format!("{}{number}", of.key);
    let row = |number: usize, cells: [&str; 9]| {
        let [mail, pin, vote, place, size, band, kinds, day, note] = cells.map(str::to_owned);
        [key(number), mail, pin, vote, place, size, band, kinds, day, note]
    };
    let (size, band) = of.size;
    let (mail, pin, vote, note) = (of.mail, of.pin, of.vote, of.note);
    vec![
        row(1, [mail, pin, "1", "PRIVATE01", size, band, "1", "2024-02-01", note]),
        row(2, [of.short_mail, "404140", "PRIVATE中", "PRIVATE01", size, of.unknown, of.kinds, of.day, note]),
        row(3, [mail, "PRIVATEx", vote, "PRIVATE01", "CANARYx", of.synonym, "1", "-", note]),
        row(4, [mail, "００40414", "1;2", "PRIVATE01", of.huge, "1;2", "CANARY;1", "unknown", note]),
        row(5, [mail, pin, "2", "PRIVATE02", "００86753", of.case, "", "", ""]),
        row(6, [mail, pin, "", "", "", "", "", "", note]),
        row(7, [mail, pin, "unknown", "-", "86753", "2", "2", "", ""]),
    ]
}

const HEADER: &str = "番号,ex_mail,ex_pin,ex_vote,ex_place,ex_size,ex_band,ex_kinds,ex_day,ex_note,ex_area";

fn csv(of: &Answers) -> Vec<u8> {
    let quoted = |cell: &String| format!("\"{cell}\"");
    let mut file = format!("{HEADER},CANARYCOLUMN\n");
    let surplus = of.note.replace(['\n', '\r'], "");
    for row in rows(of) {
        file.extend([&*row.iter().map(quoted).collect::<Vec<_>>().join(","), ",,", &surplus, "\n"]);
    }
    // No key; too few cells; a blank row.
    writeln!(file, ",{},{},,,,,,,,,", of.mail, of.pin).unwrap();
    writeln!(file, "{},{},{}", of.key, of.mail, of.pin).unwrap();
    file += ",,,,,,,,,,,\n";
    let mut bytes = file.into_bytes();
    // Bytes that are no characters, beside a private answer; a quote that is never closed.
    bytes.extend(format!("{},{},", of.key, of.mail).bytes());
    bytes.extend(b"\xff\xfe,,,,,,,,,\n");
    bytes.extend(format!("{},\"{},{}\n", of.key, of.mail.replace('"', ""), of.pin).bytes());
    bytes
}

/// The same rows as JSON objects, the contact inside an object of its own.
fn objects(of: &Answers) -> Vec<String> {
    let names = HEADER.split(',').collect::<Vec<_>>();
    let quote = |text: &str| serde_json::to_string(text).unwrap();
    let object = |row: &[String; 10]| {
        let flat = names.iter().zip(row).filter(|(name, _)| !matches!(**name, "ex_mail" | "ex_pin"));
        let mut members: Vec<String> =
            flat.map(|(name, cell)| format!("{}: {}", quote(name), quote(cell))).collect();
        let contact = format!("\"contact\": {{\"mail\": {}, \"pin\": {}}}", quote(&row[1]), quote(&row[2]));
        members.insert(1, contact);
        format!("{{{}}}", members.join(", "))
    };
    let mut objects: Vec<String> = rows(of).iter().map(object).collect();
    let (key, mail, pin) = (quote(of.key), quote(of.mail), quote(of.pin));
    objects.extend([
        // A private answer twice, its object twice, an unknown key, a public answer twice.
        format!("{{\"番号\": {key}, \"ex_mail\": {mail}, \"ex_mail\": {mail}, \"ex_size\": 5, \"ex_size\": 86753}}"),
        format!("{{\"番号\": {key}, \"contact\": {{\"mail\": {mail}}}, \"contact\": {{\"pin\": {pin}}}}}"),
        format!("{{\"番号\": {key}, \"CANARYCOLUMN\": {mail}}}"),
        format!("{{\"ex_mail\": {mail}, \"ex_pin\": {{\"PRIVATE\": {pin}}}}}"),
        // No JSON, in several ways, beside private answers.
        format!("{{\"番号\": {key}, \"ex_mail\": {mail}, \"ex_pin\" {pin}}}"),
        format!("{{\"番号\": {key}, \"ex_mail\": {mail} {pin}}}"),
        format!("[{mail}, {pin}]"),
        mail,
    ]);
    objects
}

fn json_lines(of: &Answers) -> Vec<u8> {
    let mut file = objects(of).join("\n").into_bytes();
    file.extend(format!("\n{{\"番号\": \"{}\", \"ex_mail\": \"PRIVATE", of.key).bytes());
    file.extend(b"\xff\"}\n");
    file
}

/// One document over many lines; how many lines a record takes depends on its answers.
fn json(of: &Answers) -> Vec<u8> {
    let whole: Vec<Value> =
        objects(of).iter().filter_map(|object| serde_json::from_str(object).ok()).collect();
    let mut whole: Vec<Value> = whole.into_iter().filter(Value::is_object).collect();
    for record in &mut whole {
        let Some(kinds) = record["ex_kinds"].as_str().filter(|kinds| !kinds.contains("CANARY")) else {
            continue;
        };
        let kinds: Vec<i64> = kinds.split(';').filter_map(|kind| kind.parse().ok()).collect();
        record["ex_kinds"] = if kinds.is_empty() { Value::Null } else { kinds.into() };
    }
    serde_json::to_vec_pretty(&whole).unwrap()
}

fn cp932(of: &Answers) -> Vec<u8> {
    let text = String::from_utf8_lossy(&csv(of)).replace('\u{fffd}', "?");
    let (bytes, _, lossy) = encoding_rs::SHIFT_JIS.encode(&text);
    assert!(!lossy, "the canaries can be written in CP932");
    bytes.into_owned()
}

pub const FILES: &[(&str, fn(&Answers) -> Vec<u8>)] = &[
    ("a.csv", csv),
    ("b.jsonl", json_lines),
    ("c.json", json),
    ("d.csv", cp932),
    ("e.csv", without_columns),
    ("f.csv", without_header),
    #[cfg(feature = "xlsx")]
    ("g.xlsx", list_of_a_workbook),
    #[cfg(feature = "xlsx")]
    ("h.xlsx", form_sheets),
];

/// A private answer that a formula gave, one that is struck through, one that is coloured.
#[cfg(feature = "xlsx")]
fn put(sheet: &mut rust_xlsxwriter::Worksheet, at: (u32, u16), text: &str) {
    use rust_xlsxwriter::{Color, Format, Formula};
    let (row, column) = at;
    let written = match (row + u32::from(column)) % 4 {
        // A formula gives a number where it can, and a number has fewer digits than a text may have.
        0 if text.parse::<f64>().is_err() => {
            sheet.write_formula(row, column, Formula::new("A1").set_result(text))
        }
        1 => sheet.write_string_with_format(row, column, text, &Format::new().set_font_strikethrough()),
        2 => sheet.write_string_with_format(row, column, text, &Format::new().set_font_color(Color::Red)),
        _ => sheet.write_string(row, column, text),
    };
    written.unwrap();
}

#[cfg(feature = "xlsx")]
fn list_of_a_workbook(of: &Answers) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (column, name) in (0..).zip(HEADER.split(',')) {
        sheet.write_string(0, column, name).unwrap();
    }
    for (row, cells) in (1..).zip(rows(of)) {
        for (column, cell) in (0..).zip(&cells) {
            put(sheet, (row, column), cell);
        }
    }
    sheet.set_row_hidden(2).unwrap();
    book.save_to_buffer().unwrap()
}

/// Every item twice, the second time with the answers of the next record.
#[cfg(feature = "xlsx")]
fn form_sheets(of: &Answers) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let rows = rows(of);
    for (cells, next) in rows.iter().zip(rows.iter().cycle().skip(1)) {
        let sheet = book.add_worksheet();
        for (row, ((name, one), other)) in (0..).zip(HEADER.split(',').zip(cells).zip(next)) {
            sheet.write_string(row, 0, name).unwrap().write_string(row + 20, 0, name).unwrap();
            put(sheet, (row, 1), one);
            // Whether two answers differ must not depend on what they are.
            put(sheet, (row + 20, 1), &if other.is_empty() { String::new() } else { format!("{other}x") });
        }
    }
    book.save_to_buffer().unwrap()
}

/// A column that must be there is not, and another stands there twice.
fn without_columns(of: &Answers) -> Vec<u8> {
    format!("ex_size,ex_mail,ex_size\n86753,{},1\n", of.mail).into_bytes()
}

fn without_header(of: &Answers) -> Vec<u8> {
    format!("{},{},86753\n{},{},1\n", of.key, of.mail, of.key, of.mail).into_bytes()
}
