//! Linked files as they come: in every format, in any order, broken, hostile; and what nobody may see of them.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Output;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value as Json, json};

use crate::linked::{report, rule, survey};
use crate::program::{command, text};

const SUBMISSIONS: &str = "id,kind,band,beds\nA,1,1,10\nB,2,2,200\nC,1,,30\nD,2,1,40\n";

/// Name, band, beds, state of each unit; the name and the private column are of the frame alone.
const UNITS: [[&str; 6]; 5] = [
    ["A", "7", "10", "1", "見本病院", "PRIVATE-A"],
    ["B", "8", "98765", "1", "髙橋病院", "PRIVATE-B"],
    ["C", "7", "30", "2", "あ病院", "PRIVATE-C"],
    ["Y", "7", "86420", "1", "未提出病院", "PRIVATE-Y"],
    ["Z", "8", "86421", "1", "未提出病院二", "PRIVATE-Z"],
];
const COLUMNS: [&str; 6] = ["id", "band", "beds", "state", "name", "secret"];

fn rules() -> String {
    let told = rule("rule", "BEDS", "warning", "require = 'beds = frame.beds'").replace(
        "message.en = 'it is BEDS'",
        "message.en = '{beds} here, {frame.beds} there; {frame.name}; {let.secret}'\nlet.secret = 'frame.secret'\n\
         let.name = 'frame.name'",
    );
    let told = told.replace(
        "message.ja = 'BEDSです'",
        "message.ja = '{beds}、{frame.beds}、{frame.name}、{let.secret}'",
    );
    [
        told,
        rule("rule", "BAND", "error", "require = 'band = frame.band'"),
        rule("rule", "THERE", "error", "exists-in = { fields = ['id'], table = 'frame' }"),
        rule("rule", "ALL", "info", "covers = { table = 'frame', when = 'frame.state = \"open\"' }")
            .replace("it is ALL", "{missing} are missing"),
        rule("linked_rule", "F-NAME", "warning", "table = 'frame'\nrequire = 'beds < 80000'\nlet.id = 'id'")
            .replace("it is F-NAME", "{beds} beds, {id}"),
    ]
    .concat()
    .replace("message.ja = 'ALLです'", "message.ja = '{missing}'")
    .replace("message.ja = 'F-NAMEです'", "message.ja = '{beds}、{id}'")
}

fn delimited(separator: &str, units: &[[&str; 6]]) -> String {
    let mut text = COLUMNS.join(separator) + "\n";
    for unit in units {
        writeln!(text, "{}", unit.join(separator)).unwrap();
    }
    text
}

fn objects(units: &[[&str; 6]]) -> Vec<Json> {
    let object = |unit: &[&str; 6]| {
        let members = COLUMNS.iter().zip(unit).map(|(name, value)| ((*name).to_owned(), json!(value)));
        Json::Object(members.collect())
    };
    units.iter().map(object).collect()
}

fn workbook(units: &[[&str; 6]]) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, unit) in (0..).zip([COLUMNS].iter().chain(units)) {
        for (column, text) in (0..).zip(unit) {
            sheet.write(row, column, *text).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

fn packed(text: &str) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(text.as_bytes()).unwrap();
    packer.finish().unwrap()
}

/// A folder with the survey and the submissions.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    survey(folder.path(), &rules());
    fs::write(folder.path().join("in.csv"), SUBMISSIONS).unwrap();
    fs::write(folder.path().join("frame.csv"), delimited(",", &UNITS)).unwrap();
    folder
}

/// Findings as rule, file, record and message: those of submissions, of the run, and of rules about the linked file.
fn told(report: &Json) -> BTreeSet<(String, u64, String)> {
    let own = |finding: &&Json| !finding["rule"].as_str().unwrap().starts_with("KP-");
    let one = |finding: &Json| {
        let text = |name: &str| finding[name].as_str().unwrap_or_default().to_owned();
        (text("rule"), finding["place"]["record"].as_u64().unwrap_or(0), text("message"))
    };
    report["findings"].as_array().unwrap().iter().filter(own).map(one).collect()
}

fn counts(report: &Json, rule: &str) -> Json {
    let rules = report["summary"]["rules"].as_array().unwrap();
    rules.iter().find(|line| line["rule"] == rule).unwrap_or_else(|| panic!("{rule}"))["outcomes"].clone()
}

#[test]
fn a_frame_says_the_same_in_every_format_and_encoding() {
    let folder = folder();
    let expected = told(&report(folder.path(), &["in.csv", "--link", "frame=frame.csv"]));
    let rules: BTreeSet<&str> = expected.iter().map(|(rule, ..)| rule.as_str()).collect();
    assert_eq!(rules, BTreeSet::from(["BEDS", "THERE", "ALL", "F-NAME", "band:must-answer"]), "{expected:?}");
    assert!(expected.iter().any(|(_, _, message)| message.contains("98765") && message.contains("髙橋病院")));
    let csv = delimited(",", &UNITS);
    let lines = |units| objects(units).iter().map(Json::to_string).collect::<Vec<_>>().join("\n");
    let utf16: Vec<u8> =
        std::iter::once(0xFEFF).chain(csv.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let files: [(&str, Vec<u8>); 9] = [
        ("f.tsv", delimited("\t", &UNITS).into_bytes()),
        ("f-mark.csv", format!("\u{feff}{csv}").into_bytes()),
        ("f-sjis.csv", encoding_rs::SHIFT_JIS.encode(&csv).0.into_owned()),
        ("f-utf16.csv", utf16),
        ("f.csv.gz", packed(&csv)),
        ("f.json", Json::Array(objects(&UNITS)).to_string().into_bytes()),
        ("f.jsonl", lines(&UNITS).into_bytes()),
        ("f.jsonl.gz", packed(&lines(&UNITS))),
        ("f.xlsx", workbook(&UNITS)),
    ];
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
        let link = format!("frame={name}");
        let report = report(folder.path(), &["in.csv", "--link", &link]);
        assert_eq!(told(&report), expected, "{name}");
        let read = &report["summary"]["links"][0];
        assert_eq!(
            (&read["link"], &read["name"], &read["records"]),
            (&json!("frame"), &json!(name), &json!(5))
        );
        assert_eq!(read["sha256"].as_str().unwrap().len(), 64, "{name}");
    }
}

#[test]
fn the_order_of_a_frame_is_of_no_consequence_and_a_unit_that_nobody_answers_is_only_missing() {
    let folder = folder();
    let with = |units: &[[&str; 6]]| {
        fs::write(folder.path().join("other.csv"), delimited(",", units)).unwrap();
        report(folder.path(), &["in.csv", "--link", "frame=other.csv"])
    };
    let own = |report: &Json| {
        let mut told = told(report);
        // Its own records stand elsewhere in another order.
        told.retain(|(rule, ..)| rule != "F-NAME");
        told
    };
    let expected = with(&UNITS);
    let mut units = UNITS;
    for _ in 0..units.len() {
        units.rotate_left(1);
        units.swap(0, 2);
        let found = with(&units);
        assert_eq!(own(&found), own(&expected));
        assert_eq!(found["summary"]["rules"], expected["summary"]["rules"]);
    }
    let fewer = with(&UNITS[..4]);
    let except = |report: &Json| {
        let mut told = own(report);
        told.retain(|(rule, ..)| rule != "ALL");
        told
    };
    assert_eq!(except(&fewer), except(&expected));
    for rule in ["BEDS", "BAND", "THERE"] {
        assert_eq!(counts(&fewer, rule), counts(&expected, rule), "{rule}");
    }
    let missing = |report: &Json| counts(report, "ALL")["fail"].as_u64();
    assert_eq!((missing(&fewer), missing(&expected)), (Some(1), Some(2)));
}

#[test]
fn threads_and_chunks_change_no_byte() {
    let folder = folder();
    let mut many = SUBMISSIONS.to_owned();
    let mut frame = delimited(",", &UNITS);
    for number in 0..3000_u32 {
        let id: String = [676, 26, 1]
            .map(|place| char::from(b'A' + u8::try_from(number / place % 26).unwrap()))
            .iter()
            .collect();
        writeln!(many, "{id},{},{},{}", number % 3, number % 4, number % 50).unwrap();
        let unit = (number * 7) % 3000;
        let id: String = [676, 26, 1]
            .map(|place| char::from(b'A' + u8::try_from(unit / place % 26).unwrap()))
            .iter()
            .collect();
        writeln!(frame, "{id},{},{},{},n,p", 7 + number % 3, number % 50, number % 3).unwrap();
    }
    fs::write(folder.path().join("in.csv"), many).unwrap();
    fs::write(folder.path().join("frame.csv"), frame).unwrap();
    let run = |threads: &str, chunk: &str| {
        let words = [
            "--survey",
            "rules/linked/2024",
            "--format",
            "json",
            "--threads",
            threads,
            "--chunk-records",
            chunk,
        ];
        let output = command(folder.path())
            .args(["check", "in.csv", "--link", "frame=frame.csv"])
            .args(words)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        output.stdout
    };
    let expected = run("1", "512");
    for (threads, chunk) in [("2", "512"), ("8", "512"), ("1", "7"), ("8", "1"), ("2", "1000")] {
        assert!(run(threads, chunk) == expected, "{threads} threads, {chunk} records");
    }
}

fn run(folder: &Path, words: &[&str]) -> Output {
    let common = ["check", "--survey", "rules/linked/2024", "--lang", "en"];
    command(folder).args(common).args(words).output().unwrap()
}

#[test]
fn a_linked_file_that_cannot_be_read_fails_the_run_and_is_never_silently_unlinked() {
    let folder = folder();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    write("empty.csv", b"");
    write("notes.csv", b"dear all,\nplease find the list enclosed\n");
    write("keyless.csv", b"band,beds,state\n7,10,1\n");
    write("broken.json", b"[{\"id\": \"A\"}, {\"id\": ");
    write("broken.xlsx", b"PK\x03\x04 and no more");
    write("image.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    write("cut.csv.gz", &packed(&delimited(",", &UNITS))[..40]);
    fs::create_dir(folder.path().join("folder.csv")).unwrap();
    for name in [
        "nothing.csv",
        "empty.csv",
        "notes.csv",
        "keyless.csv",
        "broken.json",
        "broken.xlsx",
        "image.csv",
        "cut.csv.gz",
        "folder.csv",
    ] {
        let link = format!("frame={name}");
        let output = run(folder.path(), &["in.csv", "--format", "json", "--link", &link]);
        assert_eq!(output.status.code(), Some(3), "{name}: {output:?}");
        let report: Json = serde_json::from_slice(&output.stdout).unwrap();
        let failure = &report["summary"]["failures"][0];
        assert_eq!(
            (&failure["kind"], &failure["file"]),
            (&json!("unreadable-file"), &json!(name)),
            "{report}"
        );
        let grave = report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|finding| finding["place"]["file"] == name && finding["severity"] == "fatal");
        assert!(grave.count() > 0, "{name}: {report}");
        // Nobody is accused of what could not be looked up.
        assert_eq!(counts(&report, "THERE")["not_run"], 4, "{name}");
        assert_eq!(counts(&report, "ALL")["not_run"], 4, "{name}");
        assert_eq!(counts(&report, "BAND")["not_run"], 4, "{name}");
    }
    write("bare.csv", b"id,band,beds,state,name,secret\n");
    let report = report(folder.path(), &["in.csv", "--link", "frame=bare.csv"]);
    assert!(
        report["findings"].as_array().unwrap().iter().any(|finding| finding["rule"] == "KP-S048"),
        "{report}"
    );
    assert_eq!(counts(&report, "THERE")["fail"], 4);
}

#[test]
fn without_a_frame_its_rules_are_not_run() {
    let folder = folder();
    let report = report(folder.path(), &["in.csv"]);
    for rule in ["BEDS", "BAND", "THERE", "ALL"] {
        assert_eq!(counts(&report, rule)["not_run"], 4, "{rule}");
    }
    assert_eq!(report["summary"]["links"], json!([]));
}

#[test]
fn a_key_that_stands_twice_links_nothing_and_both_places_are_told() {
    let folder = folder();
    let mut units = UNITS.to_vec();
    units.push(["A", "8", "11", "1", "x", "PRIVATE-2"]);
    fs::write(folder.path().join("frame.csv"), delimited(",", &units)).unwrap();
    let report = report(folder.path(), &["in.csv", "--link", "frame=frame.csv"]);
    let repeated: Vec<&Json> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["rule"] == "KP-S044")
        .collect();
    let [repeated] = repeated.as_slice() else { panic!("{report}") };
    let lines = repeated["labels"].as_array().unwrap().iter().map(|label| label["line"].as_u64().unwrap());
    assert_eq!(lines.collect::<Vec<_>>(), [2, 7], "{repeated}");
    assert!(repeated["message"].as_str().unwrap().contains("\"A\""), "{repeated}");
    // A is in the frame, and has answered; but nothing is compared with it.
    assert_eq!(counts(&report, "THERE")["fail"], 1);
    assert_eq!(counts(&report, "ALL")["fail"], 2);
    assert_eq!(counts(&report, "BEDS")["not_run"], 2);
}

#[test]
fn what_a_frame_says_is_never_seen_where_values_are_hidden_nor_its_private_columns_anywhere() {
    let folder = folder();
    let mut units = UNITS.to_vec();
    units.push(["Q", "7", "CANARY-BEDS", "1", "CANARY-NAME", "PRIVATE-Q"]);
    units.push(["QQQ", "7", "5", "1", "CANARY-NAME", "PRIVATE-Q"]);
    units.push(["QQQ", "7", "5", "1", "CANARY-NAME", "PRIVATE-Q"]);
    fs::write(folder.path().join("frame.csv"), delimited(",", &units)).unwrap();
    let formats = [
        "full",
        "short",
        "json",
        "jsonl",
        "html",
        "csv",
        "xlsx",
        "markdown",
        "sarif",
        "github",
        "gitlab",
        "junit",
        "checkstyle",
        "rdjson",
    ];
    for values in ["hide", "show"] {
        let written = formats.map(|format| format!("{format}=out/{format}"));
        fs::create_dir_all(folder.path().join("out")).unwrap();
        let mut words = vec!["in.csv", "--values", values, "--link", "frame=frame.csv"];
        for format in &written {
            words.extend(["--format", format]);
        }
        let output = run(folder.path(), &words);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let mut pages: Vec<(String, String)> = formats
            .map(|format| {
                let bytes = fs::read(folder.path().join("out").join(format)).unwrap();
                (format.to_owned(), unpacked(format, &bytes))
            })
            .to_vec();
        pages.push(("summary".to_owned(), text(&output) + &String::from_utf8_lossy(&output.stderr)));
        for (what, page) in &pages {
            assert!(!page.contains("PRIVATE"), "{what} {values}");
            for canary in ["98765", "86420", "86421", "CANARY", "髙橋", "未提出病院", "QQQ"] {
                assert!(values == "show" || !page.contains(canary), "{what}: {canary}");
            }
        }
        let full = &pages.iter().find(|(what, _)| what == "full").unwrap().1;
        assert_eq!(full.contains("98765"), values == "show", "{full}");
    }
}

/// A workbook's parts as text, so that its words can be looked for.
fn unpacked(format: &str, bytes: &[u8]) -> String {
    if format != "xlsx" {
        return String::from_utf8(bytes.to_vec()).unwrap();
    }
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut all = String::new();
    for place in 0..archive.len() {
        let mut part = archive.by_index(place).unwrap();
        std::io::Read::read_to_string(&mut part, &mut all).unwrap_or_default();
    }
    all
}

#[test]
fn what_is_wrong_with_many_cells_of_a_linked_file_is_counted() {
    let folder = folder();
    let mut frame = delimited(",", &UNITS);
    for number in 0..2000_u32 {
        let id: String = [676, 26, 1]
            .map(|place| char::from(b'A' + u8::try_from(number / place % 26).unwrap()))
            .iter()
            .collect();
        writeln!(frame, "{id},7,many,1,n,p").unwrap();
        writeln!(frame, "{id},7,３０,1,n,p").unwrap();
    }
    fs::write(folder.path().join("frame.csv"), frame).unwrap();
    let report = report(folder.path(), &["in.csv", "--link", "frame=frame.csv"]);
    let findings = report["findings"].as_array().unwrap();
    assert!(findings.len() < 60, "{}", findings.len());
    let of = |rule: &str| findings.iter().filter(|finding| finding["rule"] == rule).collect::<Vec<_>>();
    assert_eq!(of("beds:type").len(), 10);
    assert!(of("beds:type").iter().all(|finding| finding["severity"] == "warning"));
    assert_eq!(of("KP-S044").len(), 10);
    let further: Vec<&str> =
        of("KP-S046").iter().map(|finding| finding["message"].as_str().unwrap()).collect();
    assert!(further.iter().any(|text| text.contains("1990 more places of beds:type")), "{further:?}");
    assert!(further.iter().any(|text| text.contains("1990 more places of KP-S044")), "{further:?}");
}

#[test]
fn names_of_links_are_held_against_the_survey() {
    let folder = folder();
    for (words, exit, says) in [
        (&["--link", "fram=frame.csv"][..], 2, "did you mean \"frame\"?"),
        (&["--link", "frame"], 2, "is not of the form NAME=FILE"),
        (&["--link", "frame="], 2, "is not of the form NAME=FILE"),
        (&["--link", "frame=a.csv", "--link", "frame=frame.csv"], 2, "exclude each other"),
        (&["--link", "frame=in.csv"], 2, "no submission"),
        (
            &["--link", "frame=frame.csv", "--format", "json=frame.csv"],
            2,
            "\"frame.csv\" is a file that is read",
        ),
        (&["--link", "frame=./frame.csv", "--fix", "frame.csv"], 2, "\"frame.csv\" is a file that is read"),
    ] {
        let output = run(folder.path(), &[&["in.csv"], words].concat());
        let page = String::from_utf8_lossy(&output.stderr).replace("\n  │ ", " ");
        assert_eq!(output.status.code(), Some(exit), "{words:?} {page}");
        assert!(page.contains(says), "{words:?} {page}");
    }
    assert_eq!(fs::read_to_string(folder.path().join("frame.csv")).unwrap(), delimited(",", &UNITS));
}

#[test]
fn a_frame_in_the_folder_of_submissions_is_none_of_them() {
    let folder = folder();
    let inside = folder.path().join("all");
    fs::create_dir(&inside).unwrap();
    fs::write(inside.join("in.csv"), SUBMISSIONS).unwrap();
    fs::write(inside.join("frame.csv"), delimited(",", &UNITS)).unwrap();
    let output = run(folder.path(), &["all", "--format", "json", "--link", "frame=all/frame.csv"]);
    let report: Json = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["files"], json!(["all/in.csv"]));
    assert_eq!(report["summary"]["records"], 4);
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("because it is a linked file: all/frame.csv"),
        "{output:?}"
    );
}

#[test]
fn the_file_of_a_link_is_that_of_the_option_else_of_the_configuration_else_of_the_survey() {
    let folder = folder();
    let name = |report: &Json| report["summary"]["links"][0]["name"].clone();
    let path = folder.path().join("rules/linked/2024/survey.toml");
    let own = fs::read_to_string(&path)
        .unwrap()
        .replace("schema = 'schemas/frame.json'", "schema = 'schemas/frame.json'\nfile = 'lists/units.csv'");
    fs::write(&path, &own).unwrap();
    fs::create_dir(folder.path().join("lists")).unwrap();
    fs::write(folder.path().join("lists/units.csv"), delimited(",", &UNITS[..1])).unwrap();
    let of_survey = report(folder.path(), &["in.csv"]);
    assert_eq!(
        (name(&of_survey), counts(&of_survey, "THERE")["fail"].clone()),
        (json!("lists/units.csv"), json!(3))
    );
    fs::write(folder.path().join("kenpyo.toml"), "[link]\nframe = 'frame.csv'\n").unwrap();
    let configured = report(folder.path(), &["in.csv"]);
    assert_eq!(
        (name(&configured), counts(&configured, "THERE")["fail"].clone()),
        (json!("frame.csv"), json!(1))
    );
    fs::write(folder.path().join("third.csv"), delimited(",", &UNITS[..2])).unwrap();
    let asked = report(folder.path(), &["in.csv", "--link", "frame=third.csv"]);
    assert_eq!((name(&asked), counts(&asked, "THERE")["fail"].clone()), (json!("third.csv"), json!(2)));
    // A file that the survey names and that is not there is not passed over.
    fs::remove_file(folder.path().join("kenpyo.toml")).unwrap();
    fs::remove_file(folder.path().join("lists/units.csv")).unwrap();
    assert_eq!(run(folder.path(), &["in.csv"]).status.code(), Some(3));
    for outside in ["../units.csv", "/etc/hostname", "lists/../../units.csv"] {
        fs::write(&path, own.replace("lists/units.csv", outside)).unwrap();
        let output = run(folder.path(), &["in.csv"]);
        assert_eq!(output.status.code(), Some(2), "{outside} {output:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("KP-P060"), "{outside} {output:?}");
    }
}

/// The examples of rules, tried: exit code and page.
fn tried(examples: &str) -> (Option<i32>, String) {
    let folder = folder();
    fs::write(folder.path().join("rules/linked/2024/10.toml"), examples).unwrap();
    let output = command(folder.path())
        .args(["rules", "test", "--survey", "rules/linked/2024", "--lang", "en"])
        .output()
        .unwrap();
    (output.status.code(), text(&output) + &String::from_utf8_lossy(&output.stderr))
}

/// Demands of every kind with an example of each outcome; `B1` and `ALL` stand for records.
const KINDS: [(&str, &str, [&str; 3]); 9] = [
    (
        "rule",
        "exists-in = { fields = ['id'], table = 'frame' }",
        [
            "pass = [ { id = 'A', frame = {} } ]",
            "fail = [ { id = 'A' }, [ { id = 'A', '@fail' = true }, { id = 'B', frame = {} } ] ]",
            "undecided = [ { frame = { id = 'A' } } ]",
        ],
    ),
    (
        "rule",
        "covers = { table = 'frame', when = 'frame.state = \"open\"' }",
        [
            "pass = [ [ { id = 'A', frame = { state = 'open' } } ] ]",
            "fail = [ [ { id = 'A', frame = { state = 'open' } }, { frame = { state = 'open' } } ] ]",
            "undecided = [ [ { frame = {} } ] ]\nexamples.not-applicable = [ [ { frame = { state = 'closed' } } ] ]",
        ],
    ),
    (
        "rule",
        "at-most = { per = ['beds'], max = 1 }",
        [
            "pass = [ [ { beds = 1 }, { beds = 2 } ] ]",
            "fail = [ [ { beds = 1, '@fail' = true }, { beds = 2 }, { beds = 1, '@fail' = true } ] ]",
            "undecided = [ [ {} ] ]",
        ],
    ),
    (
        "rule",
        "determines = { key = 'beds', field = 'band' }",
        [
            "pass = [ [ { beds = 1, band = 'b1' }, { beds = 1, band = 'b1' } ] ]",
            "fail = [ [ { beds = 1, band = 'b1', '@fail' = true }, { beds = 1, band = 'b2', '@fail' = true } ] ]",
            "undecided = [ [ { beds = 1, band = 'b1' }, { beds = 1 } ] ]",
        ],
    ),
    (
        "rule",
        "share = { of = 'kind = \"one\"', among = 'band = \"b1\"', max = 50 }",
        [
            "pass = [ [ B1, { band = 'b1', kind = 'two' } ] ]",
            "fail = [ [ B1 ] ]",
            "undecided = [ [ B1, { kind = 'two' } ] ]",
        ],
    ),
    (
        "rule",
        "count = { of = 'kind = \"one\"', per = 'band', max = 1 }",
        [
            "pass = [ [ B1, { band = 'b2', kind = 'one' } ] ]",
            "fail = [ [ B1, B1 ] ]",
            "undecided = [ [ B1, { kind = 'one' } ] ]",
        ],
    ),
    (
        "rule",
        "complete = ['band', 'kind']",
        [
            "pass = [ [ ALL, { band = 'b2', kind = 'two' } ] ]",
            "fail = [ [ B1 ] ]",
            "undecided = [ [ ALL, { band = 'b2' } ] ]",
        ],
    ),
    (
        "linked_rule",
        "table = 'frame'\nrequire = 'beds > 5'",
        ["pass = [ { beds = 6 } ]", "fail = [ { beds = 5 } ]", "undecided = [ { beds = '@dk' } ]"],
    ),
    (
        "linked_rule",
        "table = 'frame'\ncount = { of = 'state = \"open\"', per = 'band', equal = 'units[band].units' }",
        [
            "pass = [ [ OPEN, OPEN, { band = 'b2', state = 'open' } ] ]",
            "fail = [ [ OPEN ] ]",
            "undecided = [ [ OPEN, { band = 'b1' }, { band = 'b2', state = 'open' } ] ]",
        ],
    ),
];

#[test]
fn examples_of_every_kind_are_tried() {
    let written = |example: &str| {
        let all = "B1, { band = 'b1', kind = 'two' }, { band = 'b2', kind = 'one' }";
        let example = example.replace("ALL", all).replace("B1", "{ band = 'b1', kind = 'one' }");
        example.replace("OPEN", "{ band = 'b1', state = 'open' }")
    };
    for (block, demand, examples) in KINDS {
        let examples = examples.map(written);
        let whole = |examples: &[String]| {
            let lines: Vec<String> = examples.iter().map(|example| format!("examples.{example}")).collect();
            rule(block, "ONE", "warning", &format!("{demand}\n{}", lines.join("\n")))
        };
        let (exit, page) = tried(&whole(&examples));
        assert_eq!(exit, Some(0), "{demand}: {page}");
        // Each stands under its own outcome only.
        let swapped = examples.iter().map(|example| {
            let (outcome, rest) = example.split_once(" = ").unwrap();
            let other = if outcome == "undecided" { "pass" } else { "undecided" };
            format!("{other} = {rest}")
        });
        for wrong in swapped {
            let (exit, page) = tried(&whole(std::slice::from_ref(&wrong)));
            assert_eq!(exit, Some(1), "{demand} {wrong}: {page}");
            assert!(page.contains("KP-P041"), "{demand} {wrong}: {page}");
        }
    }
}

#[test]
fn mistakes_of_kinds_are_told_when_the_pack_is_loaded() {
    let lint = |rules: &str| {
        let folder = folder();
        fs::write(folder.path().join("rules/linked/2024/10.toml"), rules).unwrap();
        let words = ["rules", "lint", "--survey", "rules/linked/2024", "--lang", "en"];
        let output = command(folder.path()).args(words).output().unwrap();
        text(&output) + &String::from_utf8_lossy(&output.stderr)
    };
    for (demand, code) in [
        ("exists-in = { fields = ['kind'], table = 'frame', columns = ['beds'] }", "KP-P171"),
        ("exists-in = { fields = ['kind'], table = 'frame' }", "KP-P072"),
        ("at-most = { per = ['band'], max = 'beds' }", "KP-P172"),
        ("covers = { table = 'frame', when = 'beds > 3' }", "KP-P173"),
    ] {
        let page = lint(&rule("rule", "ONE", "warning", demand));
        assert!(page.contains(code), "{demand} {code}: {page}");
    }
}

#[test]
fn a_rule_that_compares_with_a_changed_question_is_told() {
    let folder = folder();
    let schema = folder.path().join("schemas/linked.json");
    let plain = fs::read_to_string(&schema).unwrap();
    let lint = |said: &str, rule: String| {
        let comparable = format!("\"kind\": {{ \"x-comparable\": {{ \"2023\": \"{said}\" }}, ");
        fs::write(&schema, plain.replace("\"kind\": { ", &comparable)).unwrap();
        let path = folder.path().join("rules/linked/2024/survey.toml");
        let own = fs::read_to_string(&path).unwrap();
        fs::write(&path, own.replace("waves = ['2024']", "waves = ['2023', '2024']")).unwrap();
        let prev = folder.path().join("schemas/prev.json");
        let form =
            fs::read_to_string(&prev).unwrap().replace("\"$id\": \"prev\"", "\"$id\": \"linked-2023\"");
        fs::write(&prev, form).unwrap();
        fs::write(folder.path().join("rules/linked/2024/10.toml"), rule).unwrap();
        let words = ["rules", "lint", "--survey", "rules/linked/2024", "--lang", "en"];
        let output = command(folder.path()).args(words).output().unwrap();
        (text(&output) + &String::from_utf8_lossy(&output.stderr)).replace("\n  │ ", " ")
    };
    let same = || rule("rule", "ONE", "warning", "when = 'prev is linked'\nrequire = 'kind = prev.kind'");
    for said in ["changed", "absent"] {
        let page = lint(said, same());
        assert!(page.contains("KP-P170") && page.contains("prev.kind"), "{said}: {page}");
    }
    let apart = rule("rule", "ONE", "warning", "when = 'prev.kind = \"one\"'\nrequire = 'kind != \"two\"'");
    assert!(lint("changed", apart).contains("KP-P170"));
    assert!(!lint("same", same()).contains("KP-P170"));
    let other = rule("rule", "ONE", "warning", "when = 'prev.kind = \"one\"'\nrequire = 'beds > 2'");
    assert!(!lint("changed", other).contains("KP-P170"));
}

#[test]
fn nothing_that_is_found_in_a_linked_file_goes_into_a_copy_of_a_submission() {
    let folder = folder();
    let mut units = UNITS;
    // Where the submission has an answer, and every cell of the frame's is wrong or spelled otherwise.
    units[0] = ["A", "７", "wrong", "１", "n", "p"];
    units[1] = ["B", "９", "３００００", "１", "n", "p"];
    fs::write(folder.path().join("frame.xlsx"), workbook(&units)).unwrap();
    fs::write(folder.path().join("frame.csv"), delimited(",", &units)).unwrap();
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, line) in (0..).zip(SUBMISSIONS.lines()) {
        for (column, cell) in (0..).zip(line.split(',')) {
            sheet.write(row, column, cell).unwrap();
        }
    }
    fs::write(folder.path().join("in.xlsx"), book.save_to_buffer().unwrap()).unwrap();
    let copies = |link: &str, name: &str| {
        let link = if link.is_empty() { vec![] } else { vec!["--link", link] };
        let fixed = format!("fixed-{name}");
        let words = [&[name, "--ignore", "BEDS,BAND,THERE,ALL,F-NAME", "--fix", &fixed][..], &link].concat();
        let output = run(folder.path(), &words);
        assert_ne!(output.status.code(), Some(2), "{output:?}");
        let log = fs::read_to_string(folder.path().join(format!("{fixed}.changes.csv"))).unwrap();
        let copy = fs::read(folder.path().join(&fixed)).unwrap();
        for made in [format!("{fixed}.changes.csv"), fixed] {
            fs::remove_file(folder.path().join(made)).unwrap();
        }
        (log, copy)
    };
    assert_eq!(copies("frame=frame.csv", "in.csv"), copies("", "in.csv"));
    let marked = |link: &[&str]| {
        let words =
            [&["in.xlsx", "--ignore", "BEDS,BAND,THERE,ALL,F-NAME", "--annotate", "marked.xlsx"][..], link];
        let output = run(folder.path(), &words.concat());
        assert_ne!(output.status.code(), Some(2), "{output:?}");
        let marked = fs::read(folder.path().join("marked.xlsx")).unwrap();
        fs::remove_file(folder.path().join("marked.xlsx")).unwrap();
        unpacked("xlsx", &marked)
    };
    assert_eq!(marked(&["--link", "frame=frame.xlsx"]), marked(&[]));
}
