//! What stands around the cells: merged ranges, filters, comments, shapes.
//!
//! Invariants
//! - What stands around the cells is told without any cell being read.

use super::super::drawing::ShapeKind;
use super::super::facts::Filter;
use super::super::{CellRange, SheetFacts};
use super::{MAIN, book, open, sheet};

fn range(text: &str) -> CellRange {
    CellRange::parse(text).unwrap()
}

const AROUND: (&str, &str) = (
    r#"<sheetFormatPr zeroHeight="1"/><cols><col min="1" max="2" width="9"/><col min="3" max="4" hidden="1"/><col min="5" max="20000" width="0"/></cols>"#,
    r#"<sheetProtection sheet="1"/><autoFilter ref="A1:D9"><filterColumn colId="0"><filters><filter val="1"/></filters></filterColumn></autoFilter><mergeCells count="2"><mergeCell ref="A1:B2"/><mergeCell ref="C1:C3"/></mergeCells>"#,
);

fn around(cells: &str) -> SheetFacts {
    let content = format!("<x:worksheet xmlns:x=\"{MAIN}\">{}{cells}{}</x:worksheet>", AROUND.0, AROUND.1);
    open(book(&[("xl/worksheets/sheet1.xml", &content)])).unwrap().facts(0).unwrap()
}

#[test]
fn facts_before_and_after_the_cells_are_read_without_them() {
    let plain = around(
        "<x:sheetData><x:row><x:c t=\"inlineStr\"><x:is><x:t>sheetData</x:t></x:is></x:c></x:row></x:sheetData >",
    );
    assert_eq!(plain.merged, [range("A1:B2"), range("C1:C3")]);
    assert_eq!(plain.hidden_columns, [(3, 4), (5, 16384)]);
    assert_eq!(plain.filters, [Filter { range: range("A1:D9"), active: true }]);
    assert!(plain.hides_other_rows && plain.is_protected && !plain.has_notes && !plain.has_drawing);
    assert_eq!(around("<x:sheetData/>"), plain);
    assert_eq!(around("<x:sheetData></x:sheetData>"), plain);
    let lure = "<x:sheetData><x:row><x:c><x:v><![CDATA[</x:sheetData><mergeCells><mergeCell ref=\"Z9:Z10\"/></mergeCells>]]></x:v></x:c></x:row></x:sheetData>";
    assert_eq!(around(lure), plain);
    assert_eq!(around("<x:sheetData><!-- </x:sheetData> --><x:row/></x:sheetData>"), plain);
}

#[test]
fn facts_do_not_depend_on_where_a_window_of_the_reader_ends() {
    let plain = around("<x:sheetData/>");
    let row = "<x:row/>";
    for padding in 0..40 {
        let count = (64 << 10) / row.len() - 60;
        let cells = format!("<x:sheetData>{}{}</x:sheetData>", row.repeat(count), " ".repeat(padding * 13));
        assert_eq!(around(&cells), plain, "{padding}");
    }
}

#[test]
fn a_sheet_without_an_end_is_refused() {
    let content = format!("<worksheet xmlns=\"{MAIN}\"><sheetData><row>");
    assert!(open(book(&[("xl/worksheets/sheet1.xml", &content)])).unwrap().facts(0).is_err());
}

fn related(relations: &str, own: &[(&str, &str)]) -> super::Package {
    let relations = format!("<Relationships>{relations}</Relationships>");
    let mut parts = vec![("xl/worksheets/_rels/sheet1.xml.rels", relations.as_str())];
    parts.extend(own);
    open(book(&parts)).unwrap()
}

#[test]
fn comments_of_both_kinds_are_given_once() {
    let notes = format!(
        r#"<comments xmlns="{MAIN}"><authors><author>事務</author><author>tc={{1}}</author></authors><commentList>
        <comment ref="C7" authorId="0"><text><r><t>問12は</t></r><r><t>週1回</t></r></text></comment>
        <comment ref="B2" authorId="1"><text><t>[Threaded comment] x</t></text></comment>
        <comment ref="D4" authorId="1"><text><t>alone</t></text></comment></commentList></comments>"#
    );
    let threads = r#"<ThreadedComments><threadedComment ref="B2" id="{1}"><text>確認中</text></threadedComment><threadedComment ref="B2" parentId="{1}"><text>了解</text></threadedComment></ThreadedComments>"#;
    let mut package = related(
        r#"<Relationship Id="a" Type="x/comments" Target="../comments1.xml"/><Relationship Id="b" Type="y/threadedComment" Target="../threads.xml"/>"#,
        &[("xl/comments1.xml", &notes), ("xl/threads.xml", threads)],
    );
    let found: Vec<String> = package
        .notes(0)
        .unwrap()
        .iter()
        .map(|note| format!("{} {} {}", note.cell, note.threaded, note.text))
        .collect();
    assert_eq!(found, ["B2 true 確認中", "B2 true 了解", "D4 false alone", "C7 false 問12は週1回"]);
    assert!(package.facts(0).unwrap().has_notes);
}

#[test]
fn shapes_are_told_and_form_controls_are_not() {
    let drawing = r#"<xdr:wsDr xmlns:xdr="x" xmlns:a="a" xmlns:mc="mc">
        <xdr:twoCellAnchor><xdr:from><xdr:col>2</xdr:col><xdr:colOff>5</xdr:colOff><xdr:row>6</xdr:row></xdr:from><xdr:to><xdr:col>3</xdr:col><xdr:row>7</xdr:row></xdr:to><xdr:sp><xdr:txBody><a:p><a:r><a:t>はい</a:t></a:r></a:p></xdr:txBody></xdr:sp></xdr:twoCellAnchor>
        <mc:AlternateContent><mc:Choice Requires="a14"><xdr:twoCellAnchor><xdr:from><xdr:col>0</xdr:col><xdr:row>0</xdr:row></xdr:from><xdr:sp><xdr:nvSpPr><a:ext><a14:compatExt xmlns:a14="z" spid="_x0000_s1"/></a:ext></xdr:nvSpPr></xdr:sp></xdr:twoCellAnchor></mc:Choice><mc:Fallback><xdr:sp/></mc:Fallback></mc:AlternateContent>
        <xdr:oneCellAnchor><xdr:from><xdr:col>0</xdr:col><xdr:row>0</xdr:row></xdr:from><xdr:pic/></xdr:oneCellAnchor>
        <xdr:twoCellAnchor><xdr:from><xdr:col>0</xdr:col><xdr:row>0</xdr:row></xdr:from><xdr:graphicFrame/></xdr:twoCellAnchor>
        <xdr:absoluteAnchor><xdr:cxnSp/></xdr:absoluteAnchor></xdr:wsDr>"#;
    let mut package = related(
        r#"<Relationship Id="a" Type="x/drawing" Target="../drawings/drawing1.xml"/>"#,
        &[("xl/drawings/drawing1.xml", drawing)],
    );
    let found: Vec<_> = package.shapes(0).unwrap();
    let found: Vec<_> = found.iter().map(|shape| (shape.kind, shape.range, shape.text.as_str())).collect();
    assert_eq!(
        found,
        [
            (ShapeKind::Shape, Some(range("C7:D8")), "はい"),
            (ShapeKind::Picture, Some(range("A1")), ""),
            (ShapeKind::Line, None, ""),
        ]
    );
    assert!(package.facts(0).unwrap().has_drawing);
}

#[test]
fn filters_of_tables_are_told() {
    let table = r#"<table ref="A1:C9"><autoFilter ref="A1:C9"><filterColumn colId="0" hiddenButton="1"/></autoFilter></table>"#;
    let mut package = related(
        r#"<Relationship Id="a" Type="x/table" Target="../tables/table1.xml"/>"#,
        &[("xl/tables/table1.xml", table), ("xl/worksheets/sheet1.xml", &sheet(""))],
    );
    let facts = package.facts(0).unwrap();
    assert_eq!(facts.tables, [range("A1:C9")]);
    assert_eq!(facts.filters, [Filter { range: range("A1:C9"), active: false }]);
}
