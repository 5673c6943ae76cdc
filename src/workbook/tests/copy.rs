//! Marked copies: what differs from the original, and that nothing else does.
//!
//! Invariants
//! - A copy is compared part by part with its original: what need not change has the same compressed bytes.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use super::super::copy::{Change, Colour, Copied, CopyFault, Mark, NewValue, write_copy, write_marked};
use super::super::style::NumberKind;
use super::super::{CellAddress, Refusal};
use super::{CONTENT_TYPES, MAIN, WORKBOOK_RELATIONS, book, cells, open, sheet};

const SHEET: &str = "xl/worksheets/sheet1.xml";
const RED: Colour = Colour(0xFF, 0xC7, 0xCE);
const YELLOW: Colour = Colour(0xFF, 0xEB, 0x9C);

fn mark(cell: &str, colour: Colour, text: &str) -> Mark {
    Mark { sheet: 0, cell: CellAddress::parse(cell).unwrap(), colour, text: text.to_owned() }
}

fn change(cell: &str, value: NewValue) -> Change {
    Change { sheet: 0, cell: CellAddress::parse(cell).unwrap(), value, style: None }
}

fn copy(original: &[u8], marks: &[Mark], changes: &[Change]) -> (Vec<u8>, Copied) {
    let mut out = Cursor::new(Vec::new());
    let mut package = open(original.to_vec()).unwrap();
    let copied = write_copy(&mut package, &mut out, marks, changes).unwrap();
    (out.into_inner(), copied)
}

/// The entries of a zip file in their order: name, compressed bytes, bytes.
fn entries(bytes: &[u8]) -> Vec<(String, Vec<u8>, String)> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut found = Vec::new();
    for index in 0..zip.len() {
        let mut raw = Vec::new();
        zip.by_index_raw(index).unwrap().read_to_end(&mut raw).unwrap();
        let mut file = zip.by_index(index).unwrap();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        found.push((file.name().unwrap().into_owned(), raw, String::from_utf8_lossy(&content).into_owned()));
    }
    found
}

fn content(bytes: &[u8]) -> BTreeMap<String, String> {
    entries(bytes).into_iter().map(|(name, _, content)| (name, content)).collect()
}

fn styles() -> String {
    format!(
        r#"<styleSheet xmlns="{MAIN}"><fonts count="1"><font/></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellXfs count='2'><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/><xf numFmtId="14" fontId="0" fillId="0" borderId="0"><alignment wrapText="1"/></xf></cellXfs></styleSheet>"#
    )
}

fn with_styles(own: &[(&str, &str)]) -> Vec<u8> {
    let styles = styles();
    let mut parts = vec![("xl/styles.xml", styles.as_str())];
    parts.extend(own);
    book(&parts)
}

#[test]
fn a_marked_sheet_differs_in_styles_made_cells_and_the_reference_alone() {
    let original = format!(
        "\u{FEFF}<?xml version=\"1.0\"?>\r\n<worksheet xmlns=\"{MAIN}\" xmlns:rr=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><dimension ref=\"A1\"/><cols><col min=\"5\" max=\"9\" style=\"1\"></col></cols>\n<sheetData>\n <row r=\"2\" spans='1:3'><c r=\"A2\"  s='1' t=\"str\"><f>1&amp;2</f><v>&#x3042;</v></c><!-- a note --><c r=\"C2\"/></row><row r=\"4\" s=\"1\" customFormat=\"1\"/><row r=\"5\"></row></sheetData><pageMargins left=\"0.7\"/><drawing rr:id=\"rId1\"/><tableParts count=\"0\"/><extLst/></worksheet>\n<!-- end -->"
    );
    let relations = "<Relationships xmlns=\"x\"><Relationship Id=\"rId1\" Type=\"x/drawing\" Target=\"../drawings/drawing1.xml\"/></Relationships>";
    let bytes = with_styles(&[
        (SHEET, &original),
        ("xl/worksheets/_rels/sheet1.xml.rels", relations),
        ("xl/drawings/drawing1.xml", "<x/>"),
    ]);
    let marks = [
        mark("E1", RED, "a"),
        mark("A2", RED, "b"),
        mark("B2", RED, ""),
        mark("C2", YELLOW, "d"),
        mark("D2", RED, ""),
        mark("B4", RED, ""),
        mark("A5", RED, ""),
        mark("A9", RED, ""),
        mark("F9", RED, ""),
    ];
    let (copied, report) = copy(&bytes, &marks, &[]);
    assert_eq!(report, Copied::default());
    // Own styles 0 and 1; new ones by own style and colour: 2 = (0, red), 3 = (0, yellow), 4 = (1, red).
    let expected = original
        .replace("<sheetData>\n <row r=\"2\"", "<sheetData>\n <row r=\"1\"><c r=\"E1\" s=\"4\"/></row><row r=\"2\"")
        .replace("<c r=\"A2\"  s='1' t", "<c r=\"A2\" s=\"4\" t")
        .replace("<c r=\"C2\"/>", "<c r=\"B2\" s=\"2\"/><c r=\"C2\" s=\"3\"/><c r=\"D2\" s=\"2\"/>")
        .replace("customFormat=\"1\"/>", "customFormat=\"1\"><c r=\"B4\" s=\"4\"/></row>")
        .replace("<row r=\"5\"></row>", "<row r=\"5\"><c r=\"A5\" s=\"2\"/></row><row r=\"9\"><c r=\"A9\" s=\"2\"/><c r=\"F9\" s=\"4\"/></row>")
        .replace("<tableParts", "<legacyDrawing rr:id=\"rId3\"/><tableParts");
    assert_eq!(content(&copied)[SHEET], expected);
    let added = content(&copied)["xl/worksheets/_rels/sheet1.xml.rels"].clone();
    assert!(added.starts_with(relations.strip_suffix("</Relationships>").unwrap()));
    assert!(added.contains("Id=\"rId2\"") && added.contains("Target=\"../comments1.xml\""));
    assert!(added.contains("Id=\"rId3\"") && added.contains("Target=\"../drawings/vmlDrawing1.vml\""));
    let styles = content(&copied)["xl/styles.xml"].clone();
    assert!(styles.contains("<fills count=\"4\">") && styles.contains("<cellXfs count=\"5\">"), "{styles}");
    assert!(styles.contains("<xf numFmtId=\"14\" fontId=\"0\" fillId=\"2\" borderId=\"0\" applyFill=\"1\"><alignment wrapText=\"1\"/></xf></cellXfs>"));
    let mut package = open(copied).unwrap();
    let mut rows = package.rows(0).unwrap();
    while let Some(row) = rows.next_row().unwrap() {
        assert!(row.cells().all(|cell| cell.look.filled));
        if let Some(cell) = row.cell(1).filter(|_| row.number() == 2) {
            assert_eq!(cell.look.number, NumberKind::Date);
        }
    }
}

#[test]
fn entries_that_need_not_change_are_equal_compressed_bytes_and_all() {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    for name in ["回答", "別紙"] {
        let sheet = workbook.add_worksheet().set_name(name).unwrap();
        sheet.write(0, 0, "医療機関名").unwrap();
        sheet.insert_note(1, 1, &rust_xlsxwriter::Note::new("控え").set_author("事務")).unwrap();
    }
    workbook.add_worksheet().set_name("空").unwrap();
    let original = workbook.save_to_buffer().unwrap();
    let marks = [mark("B2", RED, "必須です"), mark("C9", RED, "必須です")];
    let (copied, _) = copy(&original, &marks, &[]);
    let (before, after) = (entries(&original), entries(&copied));
    let names = |entries: &[(String, Vec<u8>, String)]| -> Vec<String> {
        entries.iter().map(|(name, _, _)| name.clone()).collect()
    };
    assert_eq!(names(&before), names(&after));
    let changed: Vec<&str> = before
        .iter()
        .zip(&after)
        .filter(|(before, after)| before.1 != after.1)
        .map(|(before, _)| before.0.as_str())
        .collect();
    let mut changed = changed;
    changed.sort_unstable();
    assert_eq!(changed, ["xl/comments1.xml", "xl/drawings/vmlDrawing1.vml", "xl/styles.xml", SHEET]);
    assert_eq!(copy(&original, &marks, &[]).0, copied);
}

#[test]
fn comments_that_are_there_are_kept_and_ours_follow() {
    let notes = format!(
        r#"<comments xmlns="{MAIN}"><authors><author>事務</author><author>tc={{1}}</author></authors><commentList><comment ref="A1" authorId="0"><text><r><t>前から</t></r></text></comment><comment ref="A2" authorId="0"><text><t>素の文</t><rPh sb="0" eb="1"><t>ス</t></rPh></text></comment><comment ref="A3" authorId="1"><text><t>[Threaded comment]</t></text></comment><comment ref="A4" authorId="0"><text/></comment></commentList></comments>"#
    );
    let boxes = "<xml xmlns:v=\"urn:schemas-microsoft-com:vml\"><br><v:shape id=\"_x0000_s2050\"/></xml>";
    let own = format!(
        "<x:worksheet xmlns:x=\"{MAIN}\" xmlns:r=\"http://x/relationships\"><x:sheetData/><x:legacyDrawing r:id=\"b\"/></x:worksheet>"
    );
    let relations = r#"<Relationships><Relationship Id="a" Type="x/comments" Target="../comments1.xml"/><Relationship Id="b" Type="x/vmlDrawing" Target="../drawings/v.vml"/></Relationships>"#;
    let bytes = with_styles(&[
        (SHEET, &own),
        ("xl/worksheets/_rels/sheet1.xml.rels", relations),
        ("xl/comments1.xml", &notes),
        ("xl/drawings/v.vml", boxes),
    ]);
    let marks = ["A1", "A2", "A3", "A4", "A5"].map(|cell| mark(cell, RED, "検票の指摘"));
    let (copied, report) = copy(&bytes, &marks, &[]);
    assert_eq!(report.in_conversation, [(0, CellAddress::new(3, 1))]);
    let all = content(&copied);
    assert_eq!(all["xl/worksheets/_rels/sheet1.xml.rels"], relations);
    assert_eq!(all["[Content_Types].xml"], CONTENT_TYPES);
    let cells = "<x:row r=\"1\"><x:c r=\"A1\" s=\"2\"/></x:row>";
    assert!(
        all[SHEET].contains(cells)
            && all[SHEET].ends_with("</x:sheetData><x:legacyDrawing r:id=\"b\"/></x:worksheet>")
    );
    let boxes_after = &all["xl/drawings/v.vml"];
    assert!(
        boxes_after.starts_with(boxes.strip_suffix("</xml>").unwrap())
            && boxes_after.contains("_x0000_s2051\"")
    );
    assert_eq!(boxes_after.matches("ObjectType=\"Note\"").count(), 1);
    let added = |before: &str| format!("{before}\n――――――――\n検票の指摘");
    let mut package = open(copied).unwrap();
    let found: Vec<String> = package.notes(0).unwrap().into_iter().map(|note| note.text).collect();
    let expected = [
        added("前から"),
        added("素の文"),
        "[Threaded comment]".to_owned(),
        added(""),
        "検票の指摘".to_owned(),
    ];
    assert_eq!(found, expected);
    assert!(all["xl/comments1.xml"].contains("<r><t>素の文</t></r><r><rPr>"));
    assert!(all["xl/comments1.xml"].contains("<author>kenpyo</author></authors>"));
}

#[test]
fn a_mark_on_merged_cells_goes_to_the_one_that_shows() {
    let own = format!(
        "<worksheet xmlns=\"{MAIN}\"><sheetData/><mergeCells><mergeCell ref=\"B2:D4\"/></mergeCells></worksheet>"
    );
    let bytes = with_styles(&[(SHEET, &own)]);
    let (copied, _) = copy(&bytes, &[mark("C3", RED, "一"), mark("D4", YELLOW, "二")], &[]);
    let all = content(&copied);
    assert!(all[SHEET].contains("<row r=\"2\"><c r=\"B2\" s=\"2\"/></row></sheetData>"));
    assert!(
        all[SHEET].ends_with(" r:id=\"rId2\"/></worksheet>") && all[SHEET].contains("legacyDrawing xmlns:r=")
    );
    assert!(all["xl/drawings/vmlDrawing1.vml"].contains("<x:Anchor>4, 12,"));
    assert!(all["xl/worksheets/_rels/sheet1.xml.rels"].contains("rId1"));
    let types = &all["[Content_Types].xml"];
    assert!(types.contains("Extension=\"vml\"") && types.contains("PartName=\"/xl/comments1.xml\""));
    let mut package = open(copied).unwrap();
    let notes = package.notes(0).unwrap();
    assert_eq!((notes.len(), notes[0].text.as_str()), (1, "一\n\n二"));
}

#[test]
fn texts_are_safe_whatever_they_hold() {
    let text = "<b>&\"'\u{1b}[31m\u{0}𠮷 _x000D_\r\n二行目\u{FFFF}";
    let (copied, _) =
        copy(&with_styles(&[]), &[mark("A1", RED, text)], &[change("A1", NewValue::Text(text.into()))]);
    let mut package = open(copied).unwrap();
    let clean = "<b>&\"'[31m𠮷 _x000D_\n二行目";
    assert_eq!(package.notes(0).unwrap()[0].text, clean);
    assert_eq!(cells(&mut package).unwrap(), [format!("A1=text:{clean}")]);
}

#[test]
fn changed_cells_keep_their_style_and_lose_their_formula() {
    let own = sheet(
        r#"<row r="1"><c r="A1" s="1" t="s"><v>0</v></c><c r="B1" t="str" cm="1"><f>A1</f><v>x</v></c><c r="C1"><f t="shared" ref="C1:C2" si="0">A1</f><v>1</v></c><c r="D1"/></row><row r="2"><c r="C2"><f t="shared" si="0"/><v>1</v></c></row>"#,
    );
    let texts = format!("<sst xmlns=\"{MAIN}\"><si><t>x</t></si></sst>");
    let relations = WORKBOOK_RELATIONS.replace(
        "</Relationships>",
        "<Relationship Id=\"c\" Type=\"x/calcChain\" Target=\"calcChain.xml\"/></Relationships>",
    );
    let types = CONTENT_TYPES
        .replace("</Types>", "<Override PartName=\"/xl/calcChain.xml\" ContentType=\"c\"/></Types>");
    let bytes = with_styles(&[
        (SHEET, &own),
        ("xl/sharedStrings.xml", &texts),
        ("xl/_rels/workbook.xml.rels", &relations),
        ("[Content_Types].xml", &types),
        ("xl/calcChain.xml", "<calcChain/>"),
    ]);
    let number = |text: &str| NewValue::Number(text.to_owned());
    let changes = [
        change("A1", NewValue::Text("＝1".into())),
        change("B1", number("12.5")),
        change("C1", number("1")),
        change("D1", number("NaN")),
        change("C2", NewValue::Empty),
        change("B3", number("3")),
    ];
    let (copied, report) = copy(&bytes, &[], &changes);
    assert_eq!(report.unchanged, [(0, CellAddress::new(1, 3))]);
    assert!(!report.without_fills);
    let all = content(&copied);
    assert!(!all.contains_key("xl/calcChain.xml") && all["xl/styles.xml"] == styles());
    assert!(
        !all["[Content_Types].xml"].contains("calcChain")
            && !all["xl/_rels/workbook.xml.rels"].contains("calcChain")
    );
    let mut package = open(copied).unwrap();
    let expected =
        ["A1=text:＝1", "B1=number:12.5", "C1=number!:1", "D1=text:NaN", "C2=blank", "B3=number:3"];
    assert_eq!(cells(&mut package).unwrap(), expected);
    assert!(
        all[SHEET].contains("<c r=\"A1\" s=\"1\" t=\"inlineStr\"><is>")
            && all[SHEET].contains("<c r=\"B1\" s=\"0\"><v>")
    );
    // Without a formula taken away, the chain stays.
    let (copied, _) = copy(&bytes, &[], &changes[..1]);
    assert!(content(&copied).contains_key("xl/calcChain.xml"));
}

#[test]
fn macros_and_signatures_are_told_and_kept() {
    let types = CONTENT_TYPES.replace("spreadsheetml.sheet.main+xml", "x").replace(
        "application/vnd.openxmlformats-officedocument.x",
        "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    );
    let bytes = with_styles(&[
        ("[Content_Types].xml", &types),
        ("xl/vbaProject.bin", "macros"),
        ("_xmlsignatures/sig1.xml", "<Signature/>"),
    ]);
    let (copied, report) = copy(&bytes, &[mark("A1", RED, "x")], &[]);
    assert!(report.has_macros && report.signature_broken);
    assert_eq!(content(&copied)["xl/vbaProject.bin"], "macros");
    assert!(open(copied).unwrap().has_macros());
}

#[test]
fn what_cannot_be_marked_is_refused_or_told() {
    let bare = book(&[("xl/styles.xml", &format!("<styleSheet xmlns=\"{MAIN}\"/>"))]);
    assert!(copy(&bare, &[mark("A1", RED, "x")], &[]).1.without_fills);
    let refusal = |marks: &[Mark]| {
        let mut package = open(book(&[])).unwrap();
        match write_copy(&mut package, Cursor::new(Vec::new()), marks, &[]) {
            Err(CopyFault::Refused(refusal)) => refusal,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(refusal(&[Mark { sheet: 3, ..mark("A1", RED, "x") }]), Refusal::NoSuchSheet);
    let far = Refusal::FarCell { place: format!("{SHEET} XFE1") };
    assert_eq!(refusal(&[mark("XFE1", RED, "x")]), far);
}

/// Programs that write bare workbooks leave the styles out, with or without the relation that leads to them.
#[test]
fn a_workbook_without_styles_is_filled_all_the_same() {
    let unrelated = WORKBOOK_RELATIONS
        .replace("<Relationship Id=\"rId3\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles\" Target=\"styles.xml\"/>", "");
    assert!(unrelated.len() < WORKBOOK_RELATIONS.len());
    for relations in [WORKBOOK_RELATIONS, &unrelated] {
        let own = sheet(r#"<row r="1"><c r="A1" s="5"/><c r="B1"/></row>"#);
        let original = book(&[("xl/_rels/workbook.xml.rels", relations), (SHEET, &own)]);
        let (copied, report) = copy(&original, &[mark("A1", RED, "x"), mark("C2", YELLOW, "y")], &[]);
        assert_eq!(report, Copied::default());
        let all = content(&copied);
        assert_eq!(all["xl/_rels/workbook.xml.rels"].matches("relationships/styles\"").count(), 1);
        assert_eq!(all["[Content_Types].xml"].matches("spreadsheetml.styles+xml").count(), 1);
        assert!(all.contains_key("xl/styles.xml"), "the name under which most programs look for it");
        let mut package = open(copied).unwrap();
        let mut filled = Vec::new();
        let mut rows = package.rows(0).unwrap();
        while let Some(row) = rows.next_row().unwrap() {
            filled.extend(row.cells().filter(|cell| cell.look.filled).map(|cell| cell.address.to_string()));
        }
        assert_eq!(filled, ["A1", "C2"]);
    }
}

#[test]
fn a_copy_of_a_copy_can_be_made() {
    let (first, _) = copy(&with_styles(&[]), &[mark("A1", RED, "一度目")], &[]);
    let (second, _) = copy(&first, &[mark("A1", YELLOW, "二度目"), mark("B1", RED, "新しい")], &[]);
    let mut package = open(second.clone()).unwrap();
    let found: Vec<String> = package.notes(0).unwrap().into_iter().map(|note| note.text).collect();
    assert_eq!(found, ["一度目\n――――――――\n二度目", "新しい"]);
    let all = content(&second);
    assert_eq!(all[SHEET].matches("legacyDrawing").count(), 1);
    assert_eq!(all["[Content_Types].xml"].matches("vml\"").count(), 1);
    assert_eq!(all["xl/comments1.xml"].matches("<author>").count(), 1);
}

/// A copy marked in place of what former copies have marked.
fn renewed(original: &[u8], marks: &[Mark]) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    write_marked(&mut open(original.to_vec()).unwrap(), &mut out, marks, &[RED, YELLOW]).unwrap();
    out.into_inner()
}

/// The comments of the first sheet, and the cells that are filled with their colours as the styles part writes them.
fn marks_of(bytes: &[u8]) -> (BTreeMap<String, String>, BTreeMap<String, String>) {
    let mut package = open(bytes.to_vec()).unwrap();
    let notes =
        package.notes(0).unwrap().into_iter().map(|note| (note.cell.to_string(), note.text)).collect();
    let styles = content(bytes)["xl/styles.xml"].clone();
    let inside = |name: &str| {
        let list = styles.split_once(&format!("<{name} ")).unwrap().1;
        list.split_once(&format!("</{name}>")).unwrap().0.to_owned()
    };
    let (fills, xfs) = (inside("fills"), inside("cellXfs"));
    let fill = |style: u32| {
        let xf = xfs.split("<xf ").nth(usize::try_from(style).unwrap() + 1).unwrap();
        let id: usize = xf.split_once("fillId=\"").unwrap().1.split('"').next().unwrap().parse().unwrap();
        let fill = fills.split("<fill>").nth(id + 1).unwrap();
        fill.split_once("<fgColor ").map(|(_, rest)| rest.split_once("/>").unwrap().0.to_owned())
    };
    let mut filled = BTreeMap::new();
    let mut rows = package.rows(0).unwrap();
    while let Some(row) = rows.next_row().unwrap() {
        for cell in row.cells() {
            filled.extend(fill(cell.style).map(|fill| (cell.address.to_string(), fill)));
        }
    }
    (notes, filled)
}

/// Marked copy, correction, marked copy: what is right by then has no mark any more, and looks as it did.
#[test]
fn a_marked_copy_that_is_marked_again_has_the_new_marks_alone() {
    let filled = styles()
        .replace("<fills count=\"2\">", "<fills count=\"3\">")
        .replace("</fills>", "<fill><patternFill patternType=\"solid\"><fgColor theme=\"7\" tint=\"0.5\"/></patternFill></fill></fills>")
        .replace("numFmtId=\"14\" fontId=\"0\" fillId=\"0\"", "numFmtId=\"14\" fontId=\"0\" fillId=\"2\"");
    let notes = format!(
        r#"<comments xmlns="{MAIN}"><authors><author>事務</author><author>kenpyo</author></authors><commentList><comment ref="C1" authorId="0"><text><r><rPr><b/></rPr><t>事務:</t></r><r><t>確認済み</t></r></text></comment><comment ref="E1" authorId="1"><text><r><t>この欄の説明</t></r></text></comment></commentList></comments>"#
    );
    let shape = |row: u32, column: u32| {
        format!(
            "<v:shape id=\"_x0000_s{}\"><x:ClientData ObjectType=\"Note\"><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>",
            1030 + column
        )
    };
    let boxes =
        format!("<xml xmlns:v=\"urn:schemas-microsoft-com:vml\">{}{}</xml>", shape(0, 2), shape(0, 4));
    let cells =
        r#"<row r="1"><c r="A1" s="1"/><c r="B1"/><c r="C1" s="1"/><c r="D1" s="1"/><c r="E1"/></row>"#;
    let own = sheet(cells).replace("xmlns=", "xmlns:r=\"http://x/relationships\" xmlns=");
    let own = own.replace("</worksheet>", "<legacyDrawing r:id=\"b\"/></worksheet>");
    let relations = r#"<Relationships><Relationship Id="a" Type="x/comments" Target="../comments1.xml"/><Relationship Id="b" Type="x/vmlDrawing" Target="../drawings/v.vml"/></Relationships>"#;
    let original = with_styles(&[
        ("xl/styles.xml", &filled),
        (SHEET, &own),
        ("xl/worksheets/_rels/sheet1.xml.rels", relations),
        ("xl/comments1.xml", &notes),
        ("xl/drawings/v.vml", &boxes),
    ]);
    let says = |text: &str| format!("【要修正】EX-1　{text}");
    let marks = |text: &str, cells: &[&str]| -> Vec<Mark> {
        cells.iter().map(|cell| mark(cell, RED, &says(text))).collect()
    };
    let first = renewed(&original, &marks("一", &["A1", "B1", "C1", "D1", "E1", "F1"]));
    let (said, colours) = marks_of(&first);
    assert_eq!(said["A1"], says("一"));
    assert_eq!(said["C1"], format!("事務:確認済み\n――――――――\n{}", says("一")));
    assert!(colours.values().all(|colour| colour == "rgb=\"FFFFC7CE\"") && colours.len() == 6, "{colours:?}");
    // D1 and F1 are still wrong, or wrong in another way.
    let second = renewed(&first, &marks("二", &["D1", "F1"]));
    let (said, colours) = marks_of(&second);
    let expected =
        [("C1", "事務:確認済み"), ("D1", &says("二")), ("E1", "この欄の説明"), ("F1", &says("二"))];
    assert_eq!(said, expected.map(|(cell, text)| (cell.to_owned(), text.to_owned())).into());
    let (theme, red) = ("theme=\"7\" tint=\"0.5\"", "rgb=\"FFFFC7CE\"");
    // What lay under a mark added to somebody's comment is not known.
    let expected = [("A1", theme), ("D1", red), ("F1", red)];
    assert_eq!(colours, expected.map(|(cell, text)| (cell.to_owned(), text.to_owned())).into());
    let boxes = &content(&second)["xl/drawings/v.vml"];
    assert_eq!(boxes.matches("<v:shape ").count(), 4, "{boxes}");
    // The colour under a mark is not forgotten in a second round.
    let (said, colours) = marks_of(&renewed(&second, &[]));
    assert_eq!(said.keys().collect::<Vec<_>>(), ["C1", "E1"]);
    let expected = [("A1", theme), ("D1", theme)];
    assert_eq!(colours, expected.map(|(cell, text)| (cell.to_owned(), text.to_owned())).into());
    assert!(content(&second)["xl/comments1.xml"].contains("<rPr><b/></rPr><t>事務:</t>"));
}

/// `LibreOffice` drops the authors of comments and cuts their texts into runs of one font each.
#[test]
fn marks_are_known_after_another_spreadsheet_has_saved_them() {
    let (first, _) = copy(&with_styles(&[]), &[mark("A1", RED, "【要修正】EX-1　題\n文")], &[]);
    let own = format!(
        r#"<comments xmlns="{MAIN}"><authors><author> </author></authors><commentList><comment ref="A1" authorId="0"><text><r><t>【要修正】</t></r><r><t>EX-1</t></r><r><t>　題&#10;文</t></r></text></comment><comment ref="B1" authorId="0"><text><r><t>控え</t></r><r><t xml:space="preserve">です&#10;――――――――&#10;【参考】</t></r><r><t>EX-1</t></r><r><t>　題</t></r></text></comment></commentList></comments>"#
    );
    let mut parts: Vec<(String, String)> =
        entries(&first).into_iter().map(|(name, _, content)| (name, content)).collect();
    for (name, content) in &mut parts {
        if name == "xl/comments1.xml" {
            content.clone_from(&own);
        }
    }
    let (said, colours) = marks_of(&renewed(&super::zip(&parts), &[]));
    assert_eq!(said, BTreeMap::from([("B1".to_owned(), "控えです".to_owned())]));
    assert_eq!(colours, BTreeMap::new());
}
