//! Copies of a respondent's own workbook: marked and commented, or corrected.
//!
//! Invariants
//! - What is not marked or corrected stays as it is; that is `workbook::copy`'s promise.
//! - Nothing is added but comments and fills: what is about the file as a whole stands at its first cell.
//! - A value is written into the cell that it is of, or nowhere: what a formula gives, and what merged cells hide, is
//!   left and told. A comment on a hidden cell stands at the cell that shows, and names its own.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io::{self, Seek, Write};
use std::path::Path;
use std::sync::Arc;

use super::CopyNotes;
use super::correction::Correction;
use super::habit::{Habit, Written};
use super::log::Log;
use super::remark::{Remark, Said, Spot, comment, fill};
use crate::diagnostic::{Language, Severity};
use crate::error::Error;
use crate::expression::FieldId;
use crate::questionnaire::Questionnaire;
use crate::source::reader;
use crate::workbook::copy::{Change, Colour, Copied, CopyFault, Mark, write_copy, write_marked};
use crate::workbook::number::display_number;
use crate::workbook::style::NumberKind;
use crate::workbook::{
    CellAddress, CellRange, Container, Limits, Package, Refusal, Value, Visibility, container, sniff,
};

/// All that marks can be about.
const SEVERITIES: [Severity; 4] = [Severity::Fatal, Severity::Error, Severity::Warning, Severity::Info];

/// The workbook at `path`. `None`: the file is something else.
pub(super) fn open(path: &Path) -> Result<Option<Package>, Error> {
    let wanted = u64::try_from(container::SNIFF).unwrap_or(u64::MAX);
    let name = path.display().to_string();
    let (first, stream) = reader::open(path)?.look(&name, wanted)?;
    if sniff(&first) != Some(Container::Zip) {
        return Ok(None);
    }
    let read = stream.into_seekable(&name, u64::MAX)?;
    let fault = |refusal: Refusal| Error::Read { path: path.to_path_buf(), source: refused(&refusal) };
    Package::open(Box::new(read), &Limits::default()).map(Some).map_err(fault)
}

/// A refusal as an error of reading.
fn refused(refusal: &Refusal) -> io::Error {
    let (ja, en) = refusal.reason();
    io::Error::new(io::ErrorKind::InvalidData, format!("{en} / {ja}"))
}

fn unwritten(fault: CopyFault) -> io::Error {
    match fault {
        CopyFault::Refused(refusal) => refused(&refusal),
        CopyFault::Unwritten(error) => error,
    }
}

/// Writes the annotated copy; gives how many cells are marked.
pub(super) fn annotate<W: Write + Seek>(
    package: &mut Package,
    write: W,
    remarks: &[Remark],
    left_out: u64,
    language: Language,
) -> io::Result<(u64, CopyNotes)> {
    let sheets = numbers(package);
    let first = first_cell(package, &sheets, remarks).map_err(|refusal| refused(&refusal))?;
    let merged = merged(package, remarks, &sheets).map_err(|refusal| refused(&refusal))?;
    let mut cells: BTreeMap<(usize, CellAddress), Vec<Said<'_>>> = BTreeMap::new();
    for remark in remarks {
        for spot in &remark.spots {
            let (sheet, cell) = match spot {
                Spot::Cell(sheet, row, column) => {
                    sheets.get(&**sheet).map_or(first, |sheet| (*sheet, CellAddress::new(*row, *column)))
                }
                Spot::File | Spot::Byte(_) => first,
            };
            let shown = showing(&merged, sheet, cell);
            let about = cells.entry((sheet, shown)).or_default();
            let said = Said { remark, hidden: (shown != cell).then(|| cell.to_string()) };
            if !about.iter().any(|known| std::ptr::eq(known.remark, remark) && known.hidden == said.hidden) {
                about.push(said);
            }
        }
    }
    let mark = |(&(sheet, cell), about): (&(usize, CellAddress), &Vec<Said<'_>>)| {
        let gravest = about.iter().map(|said| said.remark.severity).max().unwrap_or(Severity::Info);
        Mark { sheet, cell, colour: colour(fill(gravest)), text: comment(about, language) }
    };
    let mut marks: Vec<Mark> = cells.iter().map(mark).collect();
    if left_out > 0 {
        let text = super::remark::left_out_note(left_out, language);
        marks.push(Mark { sheet: first.0, cell: first.1, colour: colour(fill(Severity::Info)), text });
    }
    let count = u64::try_from(cells.len()).unwrap_or(u64::MAX);
    let colours = SEVERITIES.map(|severity| colour(fill(severity)));
    let copied = write_marked(package, write, &marks, &colours).map_err(unwritten)?;
    Ok((count, notes(&copied)))
}

/// Writes the corrected copy, and logs what was corrected.
pub(super) fn fix<W: Write + Seek>(
    package: &mut Package,
    write: W,
    corrections: &[Correction],
    form: &Questionnaire,
    log: &mut Log,
) -> io::Result<CopyNotes> {
    let sheets = numbers(package);
    let mut wanted: BTreeMap<(usize, CellAddress), &Correction> = BTreeMap::new();
    for correction in corrections {
        let Spot::Cell(sheet, row, column) = super::remark::spot(&correction.label) else { continue };
        if let Some(sheet) = sheets.get(&*sheet) {
            wanted.entry((*sheet, CellAddress::new(row, column))).or_insert(correction);
        }
    }
    let (before, habits) = texts(package, &wanted, form).map_err(|refusal| refused(&refusal))?;
    wanted.retain(|at, correction| before.get(at).is_none_or(|before| *before.text != *correction.after));
    let address = |correction: &Correction| correction.label.cell.as_deref().unwrap_or_default().to_owned();
    let mut by_formula = Vec::new();
    wanted.retain(|at, correction| {
        let given = before.get(at).is_some_and(|before| before.by_formula);
        by_formula.extend(given.then(|| address(correction)));
        !given
    });
    let counts_from_1904 = package.date1904();
    let none = Habit::default();
    let written = |(&(sheet, cell), correction): (&(usize, CellAddress), &&Correction)| {
        let field = correction.label.field.as_deref().and_then(|name| form.field(name));
        let habit = field.and_then(|field| habits.get(&(sheet, cell.column, field.id))).unwrap_or(&none);
        let shows = before.get(&(sheet, cell)).map_or(NumberKind::General, |before| before.shows);
        ((sheet, cell), habit.write(&correction.after, field, shows, counts_from_1904))
    };
    let written: BTreeMap<(usize, CellAddress), Written> = wanted.iter().map(written).collect();
    let change = |(&(sheet, cell), written): (&(usize, CellAddress), &Written)| Change {
        sheet,
        cell,
        value: written.value.clone(),
        style: written.style,
    };
    let changes: Vec<Change> = written.iter().map(change).collect();
    let copied = write_copy(package, write, &[], &changes).map_err(unwritten)?;
    let mut notes = CopyNotes { by_formula, ..notes(&copied) };
    for (at, correction) in &wanted {
        if copied.covered.contains(at) {
            notes.covered.push(address(correction));
        } else {
            let after = written.get(at).map_or(&*correction.after, |written| &written.text);
            log.add(correction, before.get(at).map_or("", |before| &before.text), after);
        }
    }
    Ok(notes)
}

/// The merged ranges of the sheets that `remarks` are about.
fn merged(
    package: &mut Package,
    remarks: &[Remark],
    sheets: &BTreeMap<Arc<str>, usize>,
) -> Result<BTreeMap<usize, Vec<CellRange>>, Refusal> {
    let mut found = BTreeMap::new();
    for spot in remarks.iter().flat_map(|remark| &remark.spots) {
        if let Spot::Cell(sheet, ..) = spot
            && let Some(&sheet) = sheets.get(&**sheet)
            && let Entry::Vacant(entry) = found.entry(sheet)
        {
            entry.insert(package.facts(sheet)?.merged);
        }
    }
    Ok(found)
}

/// The cell that a person sees in the place of `cell`.
fn showing(merged: &BTreeMap<usize, Vec<CellRange>>, sheet: usize, cell: CellAddress) -> CellAddress {
    let mut ranges = merged.get(&sheet).into_iter().flatten();
    ranges.find(|range| range.contains(cell)).map_or(cell, |range| range.first)
}

/// The number of each sheet, by name.
fn numbers(package: &Package) -> BTreeMap<Arc<str>, usize> {
    package.sheets().iter().enumerate().map(|(number, sheet)| (Arc::from(&*sheet.name), number)).collect()
}

/// The first cell that holds something: of the sheet that the first remark is about, else of the first that a person
/// sees and that holds something.
fn first_cell(
    package: &mut Package,
    sheets: &BTreeMap<Arc<str>, usize>,
    remarks: &[Remark],
) -> Result<(usize, CellAddress), Refusal> {
    let spots = remarks.iter().flat_map(|remark| &remark.spots);
    let about = spots.filter_map(|spot| match spot {
        Spot::Cell(sheet, ..) => sheets.get(&**sheet).copied(),
        Spot::File | Spot::Byte(_) => None,
    });
    let seen = |sheet: &crate::workbook::Sheet| sheet.has_cells && sheet.visibility == Visibility::Visible;
    let visible = package.sheets().iter().enumerate().filter(|(_, sheet)| seen(sheet));
    let candidates: Vec<usize> = about.take(1).chain(visible.map(|(number, _)| number)).collect();
    for &number in &candidates {
        let mut rows = package.rows(number)?;
        while let Some(row) = rows.next_row()? {
            if let Some(cell) = row.cells().find(|cell| !matches!(cell.value, Value::Blank)) {
                return Ok((number, cell.address));
            }
        }
    }
    Ok((candidates.first().copied().unwrap_or(0), CellAddress::new(1, 1)))
}

/// What a cell says now.
struct Before {
    text: String,
    by_formula: bool,
    shows: NumberKind,
}

/// What cells say, by sheet and place.
type Befores = BTreeMap<(usize, CellAddress), Before>;

/// The habits of columns: by sheet, column, and the question that is answered there.
type Habits = BTreeMap<(usize, u32, FieldId), Habit>;

/// What the cells of `wanted` say now, of which those that are not stored are not given; and how the other cells of
/// their columns are written.
fn texts(
    package: &mut Package,
    wanted: &BTreeMap<(usize, CellAddress), &Correction>,
    form: &Questionnaire,
) -> Result<(Befores, Habits), Refusal> {
    let mut found = BTreeMap::new();
    let mut habits = Habits::new();
    for ((sheet, cell), correction) in wanted {
        if let Some(field) = correction.label.field.as_deref().and_then(|name| form.field(name)) {
            habits.entry((*sheet, cell.column, field.id)).or_default();
        }
    }
    let mut sheets: Vec<usize> = wanted.keys().map(|(sheet, _)| *sheet).collect();
    sheets.dedup();
    for sheet in sheets {
        let mut rows = package.rows(sheet)?;
        while let Some(row) = rows.next_row()? {
            for cell in row.cells() {
                if !wanted.contains_key(&(sheet, cell.address)) {
                    let column = (sheet, cell.address.column);
                    let first = (column.0, column.1, FieldId { table: 0, index: 0 });
                    let last = (column.0, column.1, FieldId { table: u16::MAX, index: u16::MAX });
                    for ((_, _, field), habit) in habits.range_mut(first..=last) {
                        form.get(*field).into_iter().for_each(|field| habit.take(&cell, field));
                    }
                    continue;
                }
                let text = match cell.value {
                    Value::Blank => String::new(),
                    Value::Number(raw) => display_number(raw),
                    Value::Boolean(truth) => if truth { "TRUE" } else { "FALSE" }.to_owned(),
                    Value::Text(text) | Value::Error(text) | Value::Iso(text) => text.to_owned(),
                };
                let before = Before { text, by_formula: cell.has_formula, shows: cell.look.number };
                found.insert((sheet, cell.address), before);
            }
        }
    }
    Ok((found, habits))
}

fn colour(rgb: u32) -> Colour {
    let [_, red, green, blue] = rgb.to_be_bytes();
    Colour(red, green, blue)
}

fn notes(copied: &Copied) -> CopyNotes {
    let count = |cells: &[(usize, CellAddress)]| u64::try_from(cells.len()).unwrap_or(u64::MAX);
    CopyNotes {
        signature_broken: copied.signature_broken,
        has_macros: copied.has_macros,
        without_fills: copied.without_fills,
        in_conversation: count(&copied.in_conversation),
        ..CopyNotes::default()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use rust_xlsxwriter::{Note, Workbook};

    use super::*;
    use crate::diagnostic::code::structure::FILE_UNREADABLE;
    use crate::diagnostic::{Argument, Label, RecordPlace};
    use crate::source::{Position, SourceId, Span};

    /// A note in a sheet above the table, and an answer that somebody has commented.
    fn original() -> Vec<u8> {
        let mut workbook = Workbook::new();
        workbook.add_worksheet().set_name("表紙").unwrap();
        let sheet = workbook.add_worksheet().set_name("回 答").unwrap();
        for (column, text) in [(0, "名"), (1, "数")] {
            sheet.write_string(1, column, text).unwrap();
        }
        sheet.write_string(2, 0, "甲").unwrap();
        sheet.write_string(2, 1, "１２").unwrap();
        sheet.write_number(3, 1, 3.0).unwrap();
        sheet.insert_note(2, 1, &Note::new("確認済み")).unwrap();
        workbook.save_to_buffer().unwrap()
    }

    fn package(bytes: &[u8]) -> Package {
        Package::open(Box::new(Cursor::new(bytes.to_vec())), &Limits::default()).unwrap()
    }

    /// The comments of the second sheet, and its cells.
    fn read(bytes: &[u8]) -> (BTreeMap<String, String>, Vec<String>) {
        let mut package = package(bytes);
        let notes = package.notes(1).unwrap();
        let notes = notes.into_iter().map(|note| (note.cell.to_string(), note.text)).collect();
        let mut cells = Vec::new();
        let mut rows = package.rows(1).unwrap();
        while let Some(row) = rows.next_row().unwrap() {
            cells.extend(row.cells().map(|cell| format!("{} {:?}", cell.address, cell.value)));
        }
        (notes, cells)
    }

    fn remark(rule: &str, severity: Severity, spots: Vec<Spot>) -> Remark {
        Remark { severity, rule: rule.to_owned(), title: "題".to_owned(), text: "文。".to_owned(), spots }
    }

    #[test]
    fn comments_stand_at_their_cells_and_what_was_there_stays() {
        let cell = |row, column| Spot::Cell("回 答".into(), row, column);
        let remarks = [
            remark("EX-1", Severity::Error, vec![cell(3, 2), cell(3, 3)]),
            remark("EX-2", Severity::Info, vec![cell(3, 2)]),
            remark("EX-3", Severity::Fatal, vec![Spot::File]),
        ];
        let (bytes, mut copy) = (original(), Cursor::new(Vec::new()));
        let (cells, notes) = annotate(&mut package(&bytes), &mut copy, &remarks, 7, Language::Ja).unwrap();
        assert_eq!((cells, notes), (3, CopyNotes::default()));
        let (comments, values) = read(copy.get_ref());
        assert_eq!(comments.keys().collect::<Vec<_>>(), ["A2", "B3", "C3"]);
        let before = &read(&bytes).0["B3"];
        assert!(before.contains("確認済み"), "{before}");
        assert!(comments["B3"].starts_with(before.as_str()) && comments["B3"].contains("EX-1"));
        assert!(comments["B3"].contains("EX-2") && !comments["C3"].contains("EX-2"));
        assert!(comments["A2"].contains("EX-3") && comments["A2"].contains("ほかに7件"));
        let kept = |cells: &[String]| {
            cells.iter().filter(|cell| !cell.ends_with("Blank")).cloned().collect::<Vec<_>>()
        };
        assert_eq!(kept(&values), kept(&read(&bytes).1));
    }

    fn correction(cell: &str, row: u64, column: u64, after: &str) -> Correction {
        let place = RecordPlace {
            source: SourceId(0),
            record: 1,
            line: 3,
            sheet_row: Some(3),
            sheet: Some("回 答".into()),
            span: Span::default(),
            key: Some("甲".into()),
        };
        Correction {
            place: Arc::new(place),
            label: Label {
                source: SourceId(0),
                field: Some("f".into()),
                span: Span::default(),
                position: Position { line: row, column, display: column },
                extent: None,
                cell: Some(cell.into()),
                pointer: None,
                text: Argument::Nothing,
            },
            after: after.into(),
            notice: FILE_UNREADABLE.notice(),
        }
    }

    /// The original with B3:B5 merged, `４` hidden in B4, and a formula in C3.
    fn merged_and_calculated() -> Vec<u8> {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet().set_name("表紙").unwrap();
        sheet.write_string(0, 0, "見本").unwrap();
        let sheet = workbook.add_worksheet().set_name("回 答").unwrap();
        sheet.merge_range(2, 1, 4, 1, "１", &rust_xlsxwriter::Format::new()).unwrap();
        sheet.write_string(3, 1, "４").unwrap();
        sheet.write_formula(2, 2, rust_xlsxwriter::Formula::new("\"１\"&\"床\"").set_result("１床")).unwrap();
        workbook.save_to_buffer().unwrap()
    }

    #[test]
    fn what_is_hidden_or_calculated_is_not_corrected_and_told() {
        let corrections = [
            correction("'回 答'!B3", 3, 2, "1"),
            correction("'回 答'!B4", 4, 2, "4"),
            correction("'回 答'!B5", 5, 2, "5"),
            correction("'回 答'!C3", 3, 3, "1"),
        ];
        let form = crate::rewrite::splice::tests::questionnaire();
        let original = merged_and_calculated();
        let (mut log, mut copy) = (Log::new(), Cursor::new(Vec::new()));
        let notes = fix(&mut package(&original), &mut copy, &corrections, &form, &mut log).unwrap();
        assert_eq!(notes.covered, ["'回 答'!B4", "'回 答'!B5"]);
        assert_eq!(notes.by_formula, ["'回 答'!C3"]);
        let log = String::from_utf8(log.into_bytes()).unwrap();
        assert_eq!(log.lines().skip(1).collect::<Vec<_>>(), ["1,甲,3,''回 答'!B3,f,１,1,KP-S027"]);
        let (_, before) = read(&original);
        let expected: Vec<String> =
            before.into_iter().map(|cell| cell.replace("B3 Text(\"１\")", "B3 Text(\"1\")")).collect();
        assert_eq!(read(copy.get_ref()).1, expected);
    }

    #[test]
    fn a_remark_on_a_hidden_cell_stands_where_a_person_sees_it_and_names_its_cell() {
        let cell = |row| Spot::Cell("回 答".into(), row, 2);
        let remarks = [remark("EX-1", Severity::Error, vec![cell(3), cell(4)])];
        let mut copy = Cursor::new(Vec::new());
        let bytes = merged_and_calculated();
        annotate(&mut package(&bytes), &mut copy, &remarks, 0, Language::Ja).unwrap();
        let (comments, _) = read(copy.get_ref());
        assert_eq!(comments.keys().collect::<Vec<_>>(), ["B3"]);
        assert_eq!(
            comments["B3"],
            "【要修正】EX-1　題\n文。\n\n【要修正】EX-1　題\n（結合されて見えないセル B4 について）\n文。"
        );
    }

    #[test]
    fn corrected_cells_are_logged_with_what_they_said() {
        let corrections = [
            correction("'回 答'!B3", 3, 2, "12"),
            correction("'回 答'!B4", 4, 2, "3"),
            correction("'回 答'!C3", 3, 3, "=2"),
        ];
        let form = crate::rewrite::splice::tests::questionnaire();
        let (mut log, mut copy) = (Log::new(), Cursor::new(Vec::new()));
        fix(&mut package(&original()), &mut copy, &corrections, &form, &mut log).unwrap();
        assert_eq!(log.changes, 2, "B4 already says 3");
        let log = String::from_utf8(log.into_bytes()).unwrap();
        let rows: Vec<&str> = log.lines().skip(1).collect();
        assert_eq!(
            rows,
            ["1,甲,3,'回 答'!B3,f,１２,12,KP-S027", "1,甲,3,'回 答'!C3,f,,'=2,KP-S027"].map(|row| {
                // The address begins with an apostrophe, so it is given one.
                row.replace("'回 答'", "''回 答'")
            })
        );
        let (_, cells) = read(copy.get_ref());
        assert!(
            cells.contains(&"B3 Text(\"12\")".to_owned()) && cells.contains(&"C3 Text(\"=2\")".to_owned()),
            "{cells:?}"
        );
    }
}
