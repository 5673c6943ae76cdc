//! What nobody may see of a linked file: its values where they are hidden, its private columns anywhere, and nothing of it
//! in a copy of a submission.
//!
//! Invariants
//! - Every format is looked through, a workbook as the parts of its package.
//! - What must not be seen where values are hidden is seen where they are shown, so that the search can find it.

use std::fs;

use super::frame::{SUBMISSIONS, UNITS, delimited, folder, run, workbook};
use crate::packing::parts;
use crate::program::text;

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

/// A page as text; of a workbook the text of its parts, so that its words can be looked for.
fn unpacked(format: &str, bytes: &[u8]) -> String {
    if format != "xlsx" {
        return String::from_utf8(bytes.to_vec()).unwrap();
    }
    parts(bytes).values().map(|part| String::from_utf8_lossy(part)).collect()
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
