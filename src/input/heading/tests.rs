//! The search for the header, on rows as text gives them.
//!
//! Invariants
//! - The rows are given as text, the form is that of the room's other tests: no file is read.

use super::*;
use crate::diagnostic::{FixClass, Language};
use crate::input::form::tests::form;

/// The rows of a comma-separated text.
fn rows(text: &str) -> Vec<HeaderRow> {
    let (mut origin, mut found) = (0_u64, Vec::new());
    for (line, row) in (1..).zip(text.split('\n')) {
        let (mut at, mut cells) = (0, Vec::new());
        for cell in row.split(',') {
            let end = at + u32::try_from(cell.len()).unwrap();
            cells.push((cell.trim().to_owned(), (at, end)));
            at = end + 1;
        }
        let bytes = row.as_bytes().to_vec();
        let length = u64::try_from(bytes.len()).unwrap();
        found.push(HeaderRow { cells, bytes, origin, line, encoding: Encoding::Utf8, grid: None });
        origin += length + 1;
    }
    found
}

/// Rows above, rows of the header, the form's columns, and ids of what was told.
fn found(text: &str) -> (usize, usize, Vec<Option<usize>>, Vec<String>) {
    let heading = find(&rows(text), SourceId(0), &form());
    let told = heading.diagnostics.iter().map(|one| one.notice.id.to_string()).collect();
    (heading.above, heading.height, heading.columns, told)
}

#[test]
fn titles_and_notes_above_are_passed_over() {
    let text = "調査票,,\n\n※ 病床数は総数,,\n施設名,病床数,\nA,1,";
    assert_eq!(found(text), (3, 1, vec![Some(0), Some(1)], vec![]));
}

#[test]
fn merged_cells_give_names_of_several_parts() {
    assert_eq!(found("病床,施設名\n数,\n1,A"), (0, 2, vec![Some(1), Some(0)], vec![]));
    let heading = find(&rows("表題,\n病床,施設名\n（数）,\n1,A"), SourceId(0), &form());
    assert_eq!((heading.above, heading.height), (1, 2));
    let cells = &heading.row.cells;
    assert_eq!([&*cells[0].0, &*cells[1].0], ["病床／（数）", "施設名"]);
    let bytes = |place: usize| {
        let (_, (start, end)) = cells[place];
        heading.row.bytes.get(usize::try_from(start).unwrap()..usize::try_from(end).unwrap()).unwrap()
    };
    assert_eq!([bytes(0), bytes(1)], ["（数）".as_bytes(), "施設名".as_bytes()]);
}

#[test]
fn a_file_without_header_tells_which_row_came_nearest() {
    let heading = find(&rows("あ,い\n施設名,x,y,z\n1,2"), SourceId(0), &form());
    assert!(!heading.is_usable());
    assert_eq!(heading.row.line, 2);
    let told: Vec<_> = heading.diagnostics.iter().collect();
    assert_eq!((told.len(), &*told[0].notice.id, told[0].labels.len()), (1, "KP-S004", 1));
}

#[test]
fn a_row_of_answers_is_no_second_row_of_the_header() {
    // The answer happens to be the name of a column that the header lacks.
    assert_eq!(
        found("病床数,備考,x\n1,施設名,3\n2,b,c"),
        (0, 1, vec![Some(1), None, None], vec!["KP-S006".into(); 2])
    );
}

#[test]
fn a_date_in_the_header_is_the_question_that_it_was_made_of() {
    let mut form = form();
    form.columns[1].number = Some("9-1".to_owned());
    let heading = find(&rows("施設名,病床数,9月1日"), SourceId(0), &form);
    let told: Vec<_> = heading.diagnostics.iter().map(|one| &*one.notice.id).collect();
    assert_eq!(told, ["KP-S008"]);
    form.columns[0].mandatory = true;
    form.columns[0].number = Some("3-2".to_owned());
    let heading = find(&rows("病床数,2-Mar"), SourceId(0), &form);
    let told: Vec<_> = heading.diagnostics.iter().collect();
    assert_eq!(told.len(), 1, "neither missing nor unknown: {told:?}");
    let fix = told[0].fix.as_ref().unwrap();
    assert_eq!((&*fix.after, fix.class), ("施設名", FixClass::Proposed));
    assert!(told[0].message(Language::Ja).contains("「2-Mar」"));
}
