//! Files that are no workbooks, or workbooks that mean harm: refused with their own reason, at once.
//!
//! Invariants
//! - Each file is refused with its own reason, at once and without what it claims to hold being held.

use std::io::Cursor;

use super::super::{Limits, Package, Refusal};
use super::{MAIN, WORKBOOK_RELATIONS, book, cells, open, parts, read, sheet};

const SHEET: &str = "xl/worksheets/sheet1.xml";

/// An entry as it is to stand in a zip file, true or not.
struct Entry {
    name: String,
    deflated: bool,
    bytes: Vec<u8>,
    size: u32,
    checksum: u32,
}

impl Entry {
    fn stored(name: &str, content: &str) -> Self {
        let bytes = content.as_bytes().to_vec();
        let size = u32::try_from(bytes.len()).unwrap();
        let mut checksum = u32::MAX;
        for byte in &bytes {
            checksum ^= u32::from(*byte);
            for _ in 0..8 {
                checksum = (checksum >> 1) ^ (0xEDB8_8320 & 0_u32.wrapping_sub(checksum & 1));
            }
        }
        Self { name: name.to_owned(), deflated: false, bytes, size, checksum: !checksum }
    }
}

/// A zip file of these entries; `count` in its end record, and a list of (entry, other entry whose bytes it shares).
fn raw_zip(entries: &[Entry], shared: Option<(usize, usize)>) -> Vec<u8> {
    let mut file = Vec::new();
    let mut directory = Vec::new();
    let mut offsets = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let mut offset = u32::try_from(file.len()).unwrap();
        if let Some((_, other)) = shared.filter(|(own, _)| *own == index) {
            offset = offsets[other];
        }
        offsets.push(offset);
        let packed = u32::try_from(entry.bytes.len()).unwrap();
        let name = u16::try_from(entry.name.len()).unwrap();
        let mut head = vec![20, 0, 0, 0, if entry.deflated { 8 } else { 0 }, 0, 0, 0, 0x21, 0];
        for number in [entry.checksum, packed, entry.size] {
            head.extend(number.to_le_bytes());
        }
        head.extend(name.to_le_bytes());
        head.extend([0, 0]);
        if shared.is_none_or(|(own, _)| own != index) {
            file.extend(b"PK\x03\x04");
            file.extend(&head);
            file.extend(entry.name.as_bytes());
            file.extend(&entry.bytes);
        }
        directory.extend(b"PK\x01\x02\x14\0");
        directory.extend(&head);
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(entry.name.as_bytes());
    }
    let start = u32::try_from(file.len()).unwrap();
    let count = u16::try_from(entries.len()).unwrap().to_le_bytes();
    file.extend(&directory);
    file.extend(b"PK\x05\x06\0\0\0\0");
    file.extend(count);
    file.extend(count);
    file.extend(u32::try_from(directory.len()).unwrap().to_le_bytes());
    file.extend(start.to_le_bytes());
    file.extend([0, 0]);
    file
}

/// `head`, and then `unit` (258 bytes) `count` times (an even number) and once more, deflated by hand: two and a half
/// bytes for each unit, so that a gigabyte takes ten megabytes and no time.
fn bomb(head: &str, unit: &str, count: usize) -> Vec<u8> {
    assert_eq!(unit.len(), 258);
    let first = [head, unit].concat();
    let length = u16::try_from(first.len()).unwrap();
    let mut bytes = vec![0];
    bytes.extend(length.to_le_bytes());
    bytes.extend((!length).to_le_bytes());
    bytes.extend(first.as_bytes());
    // A block with the fixed code, not the last one: 258 bytes from 258 bytes before, again and again.
    let mut bits: Vec<u8> = vec![0, 1, 0];
    let unit_bits = |bits: &mut Vec<u8>| {
        bits.extend([1, 1, 0, 0, 0, 1, 0, 1]);
        bits.extend([1, 0, 0, 0, 0]);
        bits.extend([1, 0, 0, 0, 0, 0, 0]);
    };
    for _ in 0..4 {
        unit_bits(&mut bits);
    }
    let packed: Vec<u8> =
        bits.chunks(8).map(|eight| eight.iter().enumerate().map(|(index, bit)| bit << index).sum()).collect();
    bytes.push(packed[0]);
    bytes.extend(packed[1..6].repeat(count / 2));
    bytes
}

/// The parts of a small workbook, `name` among them with these deflated bytes and this size.
fn with_bomb(name: &str, bytes: Vec<u8>, size: u32) -> Vec<u8> {
    let mut entries: Vec<Entry> = parts(&[])
        .iter()
        .filter(|(found, _)| found != name)
        .map(|(name, content)| Entry::stored(name, content))
        .collect();
    entries.push(Entry { name: name.to_owned(), deflated: true, bytes, size, checksum: 0 });
    raw_zip(&entries, None)
}

fn too_large(part: &str, limit: u64) -> Refusal {
    Refusal::TooLarge { part: part.to_owned(), limit }
}

#[test]
fn what_is_no_workbook_is_told_by_its_own_name() {
    let refusal = |bytes: &[u8]| open(bytes.to_vec()).err().unwrap();
    assert_eq!(refusal(b"a,b\n1,2\n"), Refusal::PlainText);
    assert_eq!(refusal(b""), Refusal::PlainText);
    assert_eq!(refusal(b"<html><table>"), Refusal::Html);
    assert_eq!(refusal(b"<?xml version=\"1.0\"?><Workbook/>"), Refusal::PlainXml);
    assert_eq!(refusal(&book(&[("_rels/.rels", ""), ("xl/workbook.xml", "")])), Refusal::NotAWorkbook);
    let other = super::ROOT_RELATIONS.replace("xl/workbook.xml", "word/document.xml");
    let document = book(&[("_rels/.rels", &other), ("xl/workbook.xml", ""), ("word/document.xml", "<w/>")]);
    assert_eq!(refusal(&document), Refusal::NotAWorkbook);
    let open_document = super::zip(&[
        ("mimetype".to_owned(), "application/vnd.oasis.opendocument.spreadsheet".to_owned()),
        ("content.xml".to_owned(), "<x/>".to_owned()),
    ]);
    assert_eq!(refusal(&open_document), Refusal::OpenDocument);
    let binary = super::ROOT_RELATIONS.replace("workbook.xml", "workbook.bin");
    assert_eq!(refusal(&book(&[("_rels/.rels", &binary), ("xl/workbook.bin", "x")])), Refusal::Xlsb);
}

#[test]
fn a_file_that_is_cut_short_is_refused_wherever_it_is_cut() {
    let whole = book(&[(SHEET, &sheet("<row><c><v>1</v></c></row>"))]);
    assert!(cells(&mut open(whole.clone()).unwrap()).is_ok());
    for length in 4..whole.len() {
        let refusal = open(whole[..length].to_vec()).err();
        assert_eq!(refusal, Some(Refusal::Truncated), "{length} of {}", whole.len());
    }
}

#[test]
fn a_changed_byte_never_panics_and_is_never_believed() {
    let whole = book(&[(SHEET, &sheet("<row><c><v>123456</v></c></row>"))]);
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        if let Ok(found) = open(bytes).and_then(|mut package| cells(&mut package)) {
            assert_eq!(found, ["A1=number:123456"], "byte {at}");
        }
    }
}

#[test]
fn ten_gigabytes_of_zeros_are_not_inflated() {
    let zeros = "\0".repeat(258);
    let count = 10 * (1 << 30) / 258 / 2 * 2;
    let piece = u64::try_from(Limits::default().xml_piece).unwrap();
    for (size, expected) in [
        (u32::MAX - 1, too_large(SHEET, 1 << 30)),
        (1 << 29, too_large(SHEET, piece)),
        (1000, Refusal::DamagedPart { part: SHEET.to_owned() }),
    ] {
        let bytes = with_bomb(SHEET, bomb("<worksheet>", &zeros, count), size);
        let refusal = open(bytes).and_then(|mut package| cells(&mut package)).err();
        assert_eq!(refusal, Some(expected), "{size}");
    }
    // A part that nobody reads costs nothing.
    let bytes = with_bomb("xl/media/image1.png", bomb("", &zeros, count), u32::MAX - 1);
    assert_eq!(open(bytes).and_then(|mut package| cells(&mut package)), Ok(Vec::new()));
}

#[test]
fn rows_and_texts_without_end_are_refused_at_their_limits() {
    let rows = "<row/>".repeat(43);
    let bytes = with_bomb(SHEET, bomb("<worksheet><sheetData>", &rows, 4_000_000), 1 << 30);
    let refusal = open(bytes).and_then(|mut package| cells(&mut package)).err();
    assert_eq!(refusal, Some(Refusal::FarCell { place: format!("{SHEET} A1048577") }));

    let cells_of_one_row = "<c/>".repeat(64) + "  ";
    let bytes = with_bomb(SHEET, bomb("<worksheet><sheetData><row>", &cells_of_one_row, 4_000_000), 1 << 30);
    let refusal = open(bytes).and_then(|mut package| cells(&mut package)).err();
    assert_eq!(refusal, Some(Refusal::FarCell { place: format!("{SHEET} XFE1") }));

    let text = format!("<c t=\"str\"><v>{}</v></c>", "あ".repeat(78)) + "  ";
    let limits = Limits { row_bytes: 1 << 16, ..Limits::default() };
    let bytes = with_bomb(SHEET, bomb("<worksheet><sheetData><row>", &text, 4_000_000), 1 << 30);
    let refusal =
        Package::open(Box::new(Cursor::new(bytes)), &limits).and_then(|mut package| cells(&mut package));
    assert_eq!(refusal.err(), Some(too_large(SHEET, 1 << 16)));
}

#[test]
fn shared_texts_without_end_are_refused_before_they_are_held() {
    let unit = format!("<si><t>{}</t></si>", "a".repeat(242));
    let part = "xl/sharedStrings.xml";
    let limits = Limits { shared_bytes: 16 << 20, ..Limits::default() };
    let bytes = with_bomb(part, bomb("<sst>", &unit, 1_000_000), 1 << 30);
    let refusal =
        Package::open(Box::new(Cursor::new(bytes)), &limits).and_then(|mut package| cells(&mut package));
    assert_eq!(refusal.err(), Some(too_large(part, 16 << 20)));
}

#[test]
fn all_parts_together_are_bounded_and_reading_twice_counts_once() {
    let own = sheet(&"<row><c><v>1</v></c></row>".repeat(1000));
    let limits = Limits { total_bytes: 40_000, ..Limits::default() };
    let open =
        |limits: &Limits| Package::open(Box::new(Cursor::new(book(&[(SHEET, &own)]))), limits).unwrap();
    let mut package = open(&limits);
    for _ in 0..3 {
        package.facts(0).unwrap();
        cells(&mut package).unwrap();
    }
    let mut package = open(&Limits { total_bytes: 27_000, ..limits });
    assert_eq!(cells(&mut package).err(), Some(too_large(SHEET, 27_000)));
}

#[test]
fn a_text_longer_than_a_cell_is_refused_while_it_is_read() {
    let long = |count: usize| format!("<is><t>{}</t></is>", "あ".repeat(count));
    let cell = |count| sheet(&format!("<row><c/><c t=\"inlineStr\">{}</c></row>", long(count)));
    assert!(read(&[(SHEET, &cell(32_767))]).is_ok());
    let refused = Err(Refusal::CellTextTooLong { place: format!("{SHEET} B1") });
    assert_eq!(read(&[(SHEET, &cell(32_768))]), refused);
    // In pieces, none of which is long.
    let runs =
        format!("<row><c/><c t=\"inlineStr\"><is>{}</is></c></row>", "<r><t>aaaaaaaaaa</t></r>".repeat(4000));
    assert_eq!(read(&[(SHEET, &sheet(&runs))]), refused);
    let references = format!("<row><c/><c t=\"str\"><v>{}</v></c></row>", "&lt;".repeat(300_000));
    assert_eq!(read(&[(SHEET, &sheet(&references))]), refused);
    let shared = format!("<sst xmlns=\"{MAIN}\"><si>{}</si></sst>", long(32_768));
    let refusal = read(&[("xl/sharedStrings.xml", &shared)]);
    assert_eq!(refusal, Err(Refusal::CellTextTooLong { place: "xl/sharedStrings.xml".to_owned() }));
    // Three hundred megabytes between two tags.
    let unit = "あ".repeat(86);
    let head = "<worksheet><sheetData><row><c t=\"inlineStr\"><is><t>";
    let bytes = with_bomb(SHEET, bomb(head, &unit, 1_200_000), 1 << 29);
    let refusal = open(bytes).and_then(|mut package| cells(&mut package)).err();
    assert_eq!(refusal, Some(too_large(SHEET, 1 << 20)));
}

#[test]
fn a_cell_far_away_or_outside_is_refused_and_an_empty_one_costs_nothing() {
    let near = r#"<row r="1"><c r="A1"><v>1</v></c><c r="BXX1"><v>3</v></c></row><row r="100001"><c r="A100001"><v>2</v></c></row>"#;
    assert_eq!(read(&[(SHEET, &sheet(near))]).unwrap(), ["A1=number:1", "BXX1=number:3", "A100001=number:2"]);
    let styled = r#"<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576" s="1"/></row>"#;
    assert_eq!(read(&[(SHEET, &sheet(styled))]).unwrap(), ["A1=number:1", "XFD1048576=blank"]);
    let first = r#"<row r="1"><c r="A1"><v>1</v></c></row>"#;
    let far = |row: u32, cell: &str| format!("{first}<row r=\"{row}\"><c r=\"{cell}\"><v>2</v></c></row>");
    let (stray, below, aside) = (far(1_048_576, "XFD1048576"), far(100_002, "A100002"), far(2, "BXZ2"));
    for (own, place) in [
        (stray.as_str(), "XFD1048576"),
        (&below, "A100002"),
        (&aside, "BXZ2"),
        (r#"<row r="1048577"/>"#, "A1048577"),
        (r#"<row r="1"><c r="XFE1"/></row>"#, "XFE1"),
        (r#"<row r="4294967295"/>"#, "A4294967295"),
    ] {
        let refusal = Refusal::FarCell { place: format!("{SHEET} {place}") };
        assert_eq!(read(&[(SHEET, &sheet(own))]), Err(refusal));
    }
}

#[test]
fn a_doctype_is_refused_in_every_part() {
    let lure = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]>";
    let relations = format!("{lure}{WORKBOOK_RELATIONS}");
    let list = format!("{lure}{}", super::CONTENT_TYPES);
    let main = format!("{lure}{}", super::WORKBOOK);
    let styles = format!("{lure}<styleSheet/>");
    let texts = format!("{lure}<sst/>");
    let own = format!("{lure}{}", sheet("<row><c t=\"str\"><v>&b;</v></c></row>"));
    let long = format!("<!DOCTYPE x [{}]><sst/>", "<!ENTITY a \"b\">".repeat(200_000));
    for (part, content) in [
        ("xl/_rels/workbook.xml.rels", relations.as_str()),
        ("[Content_Types].xml", &list),
        ("xl/workbook.xml", &main),
        ("xl/styles.xml", &styles),
        ("xl/sharedStrings.xml", &texts),
        (SHEET, &own),
        ("xl/sharedStrings.xml", &long),
    ] {
        assert_eq!(read(&[(part, content)]), Err(Refusal::Doctype { part: part.to_owned() }));
    }
}

#[test]
fn broken_xml_is_refused() {
    let deep = format!("<worksheet>{}{}</worksheet>", "<a>".repeat(200), "</a>".repeat(200));
    for own in [
        "<worksheet><sheetData><row></sheetData></worksheet>",
        "<worksheet><sheetData><row><c><v>1",
        "<worksheet><sheetData><row><c><v>&unknown;</v></c></row></sheetData></worksheet>",
        "<worksheet><sheetData><row><c r=A1><v>1</v></c></row></sheetData></worksheet>",
        "<worksheet><sheetData><row r=\"x\"/></sheetData></worksheet>",
        "<worksheet><sheetData><row><c t=\"unheard\"/></row></sheetData></worksheet>",
        "<worksheet><sheetData><row><c r=\"1A\"/></row></sheetData></worksheet>",
        "<chartsheet/>",
        "<worksheet/><worksheet/>",
        &deep,
        "just text",
    ] {
        let refusal = read(&[(SHEET, own)]);
        let is_told = matches!(&refusal, Err(Refusal::BrokenXml { part, .. }) if part == SHEET);
        assert!(is_told, "{own}: {refusal:?}");
    }
    let wide = "<?xml version=\"1.0\" encoding=\"UTF-16\"?><worksheet/>";
    assert_eq!(read(&[(SHEET, wide)]), Err(Refusal::XmlEncoding { part: SHEET.to_owned() }));
}

#[test]
fn a_directory_that_lies_is_refused() {
    let stored = |name: &str| Entry::stored(name, "<x/>");
    let own = || parts(&[]).iter().map(|(name, content)| Entry::stored(name, content)).collect::<Vec<_>>();
    assert!(open(raw_zip(&own(), None)).is_ok());

    let mut twice = own();
    twice.push(stored("xl/Workbook.xml"));
    let duplicate = Refusal::DuplicateEntry { part: "xl/Workbook.xml".to_owned() };
    assert_eq!(open(raw_zip(&twice, None)).err(), Some(duplicate));

    let mut twice = own();
    twice.push(stored("xl/workbook.xml"));
    assert_eq!(open(raw_zip(&twice, None)).err(), Some(Refusal::DuplicateEntry { part: String::new() }));

    let mut over = own();
    over.push(Entry::stored("xl/copy.xml", super::WORKBOOK));
    assert_eq!(open(raw_zip(&over, Some((5, 2)))).err(), Some(Refusal::BrokenZip));

    let mut many = own();
    many.extend((0..10_000).map(|index| stored(&format!("xl/{index}.xml"))));
    assert_eq!(open(raw_zip(&many, None)).err(), Some(Refusal::TooManyEntries));

    for change in [-1_i32, 1, 100] {
        let mut entries = own();
        let last = entries.last_mut().unwrap();
        last.size = last.size.checked_add_signed(change).unwrap();
        let refusal = open(raw_zip(&entries, None)).and_then(|mut package| cells(&mut package));
        assert_eq!(refusal, Err(Refusal::DamagedPart { part: SHEET.to_owned() }), "{change}");
    }
    let mut entries = own();
    entries.last_mut().unwrap().checksum ^= 1;
    let refusal = open(raw_zip(&entries, None)).and_then(|mut package| cells(&mut package));
    assert_eq!(refusal, Err(Refusal::DamagedPart { part: SHEET.to_owned() }));
}

#[test]
fn every_refusal_has_a_sentence_in_both_languages_and_a_clean_place() {
    let refusals = [
        Refusal::Encrypted,
        Refusal::NotAWorkbook,
        Refusal::Unreadable(std::io::ErrorKind::PermissionDenied),
        Refusal::Doctype { part: "xl/\u{1b}[31m\u{7}.xml".to_owned() },
    ];
    for refusal in refusals {
        let (japanese, english) = refusal.reason();
        assert!(japanese.ends_with('。') && english.is_ascii(), "{refusal:?}");
        assert!(refusal.place().is_none_or(|place| !place.chars().any(char::is_control)));
    }
}
