//! Cells of every kind, and the spellings of the format that occur.
//!
//! Invariants
//! - Cells are compared as the format stores them; no value is rounded or turned into a day.

use super::super::style::NumberKind;
use super::super::{Refusal, Visibility};
use super::{MAIN, WORKBOOK, WORKBOOK_RELATIONS, book, cells, open, read, sheet};

fn rows(rows: &str) -> Vec<String> {
    read(&[("xl/worksheets/sheet1.xml", &sheet(rows))]).unwrap()
}

#[test]
fn every_kind_of_cell_is_read_as_stored() {
    let found = rows(
        r#"<row r="1"><c r="A1"><v>1.311408916E9</v></c><c r="B1" t="n"><v> 2 </v></c><c r="C1" t="b"><v>1</v></c>
        <c r="D1" t="b"><v>0</v></c><c r="E1" t="e"><v>#N/A</v></c><c r="F1" t="d"><v>2024-02-01T00:00:00</v></c>
        <c r="G1" t="inlineStr"><is><t>はい</t></is></c><c r="H1" t="str"><f>A1&amp;""</f><v>&lt;x&gt;</v></c>
        <c r="I1" s="3"/><c r="J1" t="str"><f>""</f><v></v></c></row>"#,
    );
    let expected = [
        "A1=number:1.311408916E9",
        "B1=number:2",
        "C1=boolean:true",
        "D1=boolean:false",
        "E1=error:#N/A",
        "F1=iso:2024-02-01T00:00:00",
        "G1=text:はい",
        "H1=text!:<x>",
        "I1=blank",
        "J1=text!:",
    ];
    assert_eq!(found, expected);
}

#[test]
fn shared_texts_are_joined_without_readings() {
    let texts = format!(
        r#"<sst xmlns="{MAIN}"><si><t>医療機関名</t><rPh sb="0" eb="2"><t>イリョウ</t></rPh><phoneticPr fontId="1"/></si>
        <si><r><t xml:space="preserve">はい </t></r><r><rPr><strike/><color rgb="FFFF0000"/></rPr><t>いいえ</t></r></si>
        <si><t> 1 </t></si><si><t>一_x000D_
二</t></si><si/><si><t xml:space="preserve"> 2 </t></si><si><r><rPr><strike val="0"/><color theme="1"/></rPr><t>x</t></r></si></sst>"#
    );
    let own =
        ["0", "1", "2", "3", "4", "5", "6"].map(|index| format!("<c t=\"s\"><v>{index}</v></c>")).concat();
    let bytes = book(&[
        ("xl/worksheets/sheet1.xml", &sheet(&format!("<row>{own}</row>"))),
        ("xl/sharedStrings.xml", &texts),
    ]);
    let mut package = open(bytes).unwrap();
    let found = cells(&mut package).unwrap();
    let expected = [
        "A1=text:医療機関名",
        "B1=text:はい いいえ",
        "C1=text:1",
        "D1=text:一\r\n二",
        "E1=text:",
        "F1=text: 2 ",
        "G1=text:x",
    ];
    assert_eq!(found, expected);
    let mut rows = package.rows(0).unwrap();
    let row = rows.next_row().unwrap().unwrap();
    let looks: Vec<_> = row.cells().map(|cell| (cell.look.struck, cell.look.coloured)).collect();
    assert_eq!(looks[1], (true, true));
    assert!(looks.iter().enumerate().all(|(index, look)| index == 1 || *look == (false, false)));
}

#[test]
fn rows_and_cells_without_addresses_follow_each_other() {
    let found = rows(
        r#"<row><c><v>1</v></c><c><v>2</v></c><c r="F1"><v>3</v></c><c><v>4</v></c></row><row r="5"><c><v>5</v></c></row><row/>
        <row><c><v>6</v></c></row>"#,
    );
    assert_eq!(
        found,
        ["A1=number:1", "B1=number:2", "F1=number:3", "G1=number:4", "A5=number:5", "A7=number:6"]
    );
}

#[test]
fn prefixes_and_strict_namespaces_do_not_matter() {
    let strict = r#"<?xml version="1.0" encoding="utf-8"?><x:worksheet xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main"><x:dimension ref="A1"/><x:sheetData><x:row r="2"><x:c r="B2" t="inlineStr"><x:is><x:t>はい</x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>"#;
    let relations = WORKBOOK_RELATIONS.replace(
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "http://purl.oclc.org/ooxml/officeDocument/relationships",
    );
    let workbook = WORKBOOK.replace("xmlns:r=", "xmlns:zz=").replace("r:id", "zz:id");
    let own = [
        ("xl/worksheets/sheet1.xml", strict),
        ("xl/_rels/workbook.xml.rels", &relations),
        ("xl/workbook.xml", &workbook),
    ];
    assert_eq!(read(&own).unwrap(), ["B2=text:はい"]);
}

#[test]
fn parts_are_found_whatever_their_case_and_slashes() {
    let relations = WORKBOOK_RELATIONS.replace("worksheets/sheet1.xml", "\\XL\\Worksheets\\Sheet1.XML");
    let found = read(&[
        ("xl/_rels/workbook.xml.rels", &relations),
        ("xl/worksheets/sheet1.xml", &sheet("<row><c><v>1</v></c></row>")),
    ]);
    assert_eq!(found.unwrap(), ["A1=number:1"]);
}

#[test]
fn a_formula_is_told_also_where_it_is_shared() {
    let found = rows(
        r#"<row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">B1</f><v>1</v></c><c r="B1"><f t="array" ref="B1:C2">D1:E2</f><v>2</v></c>
        <c r="C1"><v>3</v></c><c r="D1"><v>4</v></c></row>
        <row r="2"><c r="A2"><f t="shared" si="0"/><v>5</v></c><c r="B2"><v>6</v></c><c r="C2"><v>7</v></c></row><row r="3"><c r="B3"><v>8</v></c></row>"#,
    );
    let expected = [
        "A1=number!:1",
        "B1=number!:2",
        "C1=number!:3",
        "D1=number:4",
        "A2=number!:5",
        "B2=number!:6",
        "C2=number!:7",
        "B3=number:8",
    ];
    assert_eq!(found, expected);
}

#[test]
fn hidden_rows_are_told() {
    let own = sheet(
        r#"<row r="1"/><row r="2" hidden="1"/><row r="3" ht="0" customHeight="1"/><row r="4" ht="15" hidden="false"/><row r="5" hidden="true"/>"#,
    );
    let mut package = open(book(&[("xl/worksheets/sheet1.xml", &own)])).unwrap();
    let mut rows = package.rows(0).unwrap();
    let mut hidden = Vec::new();
    while let Some(row) = rows.next_row().unwrap() {
        if row.is_hidden() {
            hidden.push(row.number());
        }
    }
    assert_eq!(hidden, [2, 3, 5]);
}

#[test]
fn repeated_and_disordered_cells_are_refused_not_merged() {
    let at = |place: &str| Err(Refusal::Contradiction { place: format!("xl/worksheets/sheet1.xml {place}") });
    for (own, place) in [
        (r#"<row r="2"/><row r="1"/>"#, "A1"),
        (r#"<row r="2"/><row r="2"/>"#, "A2"),
        (r#"<row r="1"><c r="B1"/><c r="A1"/></row>"#, "A1"),
        (r#"<row r="1"><c r="B1"/><c r="B1"/></row>"#, "B1"),
        (r#"<row r="1"><c r="B2"/></row>"#, "B2"),
        (r#"<row r="1"><c r="A1" t="s"><v>0</v></c></row>"#, "A1"),
    ] {
        assert_eq!(read(&[("xl/worksheets/sheet1.xml", &sheet(own))]), at(place), "{own}");
    }
}

#[test]
fn sheets_come_in_the_order_of_their_tabs() {
    let workbook = WORKBOOK
        .replace("<sheets>", r#"<workbookPr date1904="true"/><sheets><sheet name="a&amp;b" sheetId="9" state="veryHidden" r:id="rId9"/>"#)
        .replace("</sheets>", r#"<sheet name="図" sheetId="7" state="hidden" r:id="rId7"/></sheets>"#);
    let relations = WORKBOOK_RELATIONS.replace(
        "</Relationships>",
        r#"<Relationship Id="rId9" Type="x/worksheet" Target="/xl/worksheets/sheet1.xml"/><Relationship Id="rId7" Type="x/chartsheet" Target="styles.xml"/></Relationships>"#,
    );
    let styles = format!("<styleSheet xmlns=\"{MAIN}\"/>");
    let bytes = book(&[
        ("xl/workbook.xml", &workbook),
        ("xl/_rels/workbook.xml.rels", &relations),
        ("xl/styles.xml", &styles),
    ]);
    let mut package = open(bytes).unwrap();
    assert!(package.date1904());
    let found: Vec<_> = package
        .sheets()
        .iter()
        .map(|sheet| (sheet.name.as_str(), sheet.visibility, sheet.has_cells))
        .collect();
    assert_eq!(
        found,
        [
            ("a&b", Visibility::VeryHidden, true),
            ("回答", Visibility::Visible, true),
            ("図", Visibility::Hidden, false)
        ]
    );
    assert_eq!(package.rows(2).err(), Some(Refusal::NoSuchSheet));
    assert_eq!(package.rows(3).err(), Some(Refusal::NoSuchSheet));
}

#[test]
fn looks_are_read_from_the_styles() {
    let styles = format!(
        r#"<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="176" formatCode="[$-411]ggge&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/></numFmts>
        <fonts><font><sz val="11"/><color theme="1"/></font><font><strike/><color rgb="FFFF0000"/></font></fonts>
        <fills><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>
        <fill><patternFill patternType="solid"><fgColor rgb="FFFFFF00"/><bgColor indexed="64"/></patternFill></fill>
        <fill><patternFill patternType="solid"><fgColor theme="0"/></patternFill></fill>
        <fill><patternFill patternType="solid"><fgColor theme="0" tint="-0.15"/></patternFill></fill></fills>
        <cellStyleXfs><xf numFmtId="14" fontId="1"/></cellStyleXfs>
        <cellXfs><xf numFmtId="0" fontId="0" fillId="0"/><xf numFmtId="176" fontId="1" fillId="2"/><xf numFmtId="14" fillId="3"/><xf numFmtId="9" fillId="4"/></cellXfs></styleSheet>"#
    );
    let package = open(book(&[("xl/styles.xml", &styles)])).unwrap();
    let look = |style: u32| {
        let look = package.styles().look(style);
        (look.number, look.struck, look.coloured, look.filled)
    };
    assert_eq!(look(0), (NumberKind::General, false, false, false));
    assert_eq!(look(1), (NumberKind::Date, true, true, true));
    assert_eq!(look(2), (NumberKind::Date, false, false, false));
    assert_eq!(look(3), (NumberKind::Percent, false, false, true));
    assert_eq!(look(99), (NumberKind::General, false, false, false));
    assert_eq!(package.styles().format_code(1), Some("[$-411]ggge\"年\"m\"月\"d\"日\""));
}

#[test]
fn a_workbook_of_a_known_writer_is_read() {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet().set_name("回答").unwrap();
    let date = rust_xlsxwriter::Format::new().set_num_format("yyyy\"年\"m\"月\"d\"日\"");
    sheet.write(0, 0, "医療機関名").unwrap();
    sheet.write(1, 0, "髙橋病院\n①").unwrap();
    sheet.write(1, 1, 100.5).unwrap();
    sheet.write(1, 2, true).unwrap();
    sheet.write_number_with_format(1, 3, 45323, &date).unwrap();
    sheet.write_formula(1, 4, rust_xlsxwriter::Formula::new("=1+1").set_result("2")).unwrap();
    let bytes = workbook.save_to_buffer().unwrap();
    let mut package = open(bytes).unwrap();
    let expected = [
        "A1=text:医療機関名",
        "A2=text:髙橋病院\n①",
        "B2=number:100.5",
        "C2=boolean:true",
        "D2=number:45323",
        "E2=number!:2",
    ];
    assert_eq!(cells(&mut package).unwrap(), expected);
    let mut rows = package.rows(0).unwrap();
    rows.next_row().unwrap();
    let row = rows.next_row().unwrap().unwrap();
    assert_eq!(row.cell(4).unwrap().look.number, NumberKind::Date);
    assert_eq!(row.cell(9), None);
}
