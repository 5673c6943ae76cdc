//! A sheet that is one record: labels, and the answers beside them.
//!
//! The answer is in the nearest column to the right that is headed by a word for answers; where no such heading
//! stands, in the cell right of the label, merged cells counting as one.
//!
//! Invariants
//! - A label that has no room for an answer before the next label is none: it is a heading of its own.
//! - Of several places for one item the first that is filled in is read; if another says something else, that is told.

use std::collections::{BTreeMap, BTreeSet};

use super::labels::Labels;
use super::opening::KeptRow;
use crate::input::{FormNeeds, MOST_MARKS};
use crate::workbook::{CellAddress, CellRange};

/// One item on the sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    /// The form's column.
    pub column: usize,
    /// The cell of its label: (row, column).
    pub label: (u32, u32),
    /// The cell of its answer.
    pub answer: (u32, u32),
    /// Further cells that answer it otherwise, as many as a finding marks.
    pub others: Vec<(u32, u32)>,
    /// How many cells answer it.
    pub answered: usize,
}

/// What a sheet has of a form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct FormSheet {
    /// By column of the form.
    pub items: Vec<Item>,
    /// Whether a heading stands over answers.
    pub headed: bool,
    /// Cells in the column of answers that no known label stands before, with what stands there instead.
    pub unknown: Vec<((u32, u32), String)>,
}

impl FormSheet {
    /// How many of the columns that a file must have are on it.
    pub(super) fn mandatory(&self, form: &FormNeeds) -> usize {
        let there: BTreeSet<usize> = self.items.iter().map(|item| item.column).collect();
        form.mandatory().filter(|(column, _)| there.contains(column)).count()
    }

    /// Whether it has enough of the form to be one: a third of the columns that a file must have, or of all.
    pub(super) fn is_form(&self, form: &FormNeeds) -> bool {
        match form.mandatory().count() {
            0 => self.items.len() > 1 && self.items.len() * 3 >= form.columns.len(),
            all => self.mandatory(form) * 3 >= all,
        }
    }

    /// Whether any answer is filled in.
    pub(super) fn has_answers(&self, rows: &[KeptRow]) -> bool {
        self.items.iter().any(|item| !text_at(rows, item.answer).trim().is_empty())
    }
}

/// The text of a cell; empty where there is none.
pub(super) fn text_at(rows: &[KeptRow], (row, column): (u32, u32)) -> &str {
    row_at(rows, row).map_or("", |row| row.text(column))
}

/// The row of this number. `None`: it holds nothing.
pub(super) fn row_at(rows: &[KeptRow], number: u32) -> Option<&KeptRow> {
    let at = rows.binary_search_by_key(&number, |row| row.number).ok()?;
    rows.get(at)
}

/// Finds the items of the form among `rows`.
pub(super) fn find(rows: &[KeptRow], merged: &[CellRange], labels: &Labels<'_>) -> FormSheet {
    let wide = merged.iter().filter(|range| range.last.column > range.first.column);
    let wide = wide.map(|range| (range.first, range.last.column)).collect();
    let mut search = Search { rows, wide, heads: BTreeMap::new(), places: BTreeMap::new() };
    let mut sheet = FormSheet::default();
    for row in rows {
        let found = search.labels_in(row, labels);
        if found.is_empty() {
            search.unknown(row, &mut sheet);
        }
        for (index, label) in found.iter().enumerate() {
            let before = found.get(index + 1).map_or(u32::MAX, |next| next.first);
            sheet.headed |= search.place(row, label, before);
        }
        search.heads_in(row, labels);
    }
    sheet.items = search.items();
    sheet
}

/// A label in a row: one cell, or several beside each other that name the same column.
struct Label {
    column: usize,
    first: u32,
    /// Its last column, merged cells counted.
    last: u32,
}

/// The cell of a label, and the cells that may hold its answer.
type Place = ((u32, u32), Vec<(u32, u32)>);

struct Search<'r> {
    rows: &'r [KeptRow],
    /// Of cells merged across columns: the last column, by the first cell.
    wide: BTreeMap<CellAddress, u32>,
    /// Columns headed by a word for answers, with the row of the heading.
    heads: BTreeMap<u32, u32>,
    /// By column of the form: label and candidates for the answer.
    places: BTreeMap<usize, Vec<Place>>,
}

impl Search<'_> {
    fn labels_in(&self, row: &KeptRow, labels: &Labels<'_>) -> Vec<Label> {
        let mut found: Vec<Label> = Vec::new();
        for cell in &row.cells {
            let Some(column) = labels.column(&cell.text) else { continue };
            let last = self.last_of(row.number, cell.column);
            match found.last_mut() {
                Some(before) if before.column == column => before.last = last,
                _ => found.push(Label { column, first: cell.column, last }),
            }
        }
        found
    }

    fn heads_in(&mut self, row: &KeptRow, labels: &Labels<'_>) {
        for cell in row.cells.iter().filter(|cell| labels.is_head(&cell.text)) {
            self.heads.insert(cell.column, row.number);
        }
    }

    /// The columns under a heading for answers between a label and what comes `before` the next.
    fn headed(&self, after: u32, before: u32) -> impl Iterator<Item = u32> {
        self.heads
            .range(after.saturating_add(1)..before.max(after.saturating_add(1)))
            .map(|(column, _)| *column)
    }

    /// Keeps the place of a label's answer; whether it stands under a heading.
    fn place(&mut self, row: &KeptRow, label: &Label, before: u32) -> bool {
        let mut answers: Vec<(u32, u32)> =
            self.headed(label.last, before).map(|column| (row.number, column)).collect();
        let headed = !answers.is_empty();
        if answers.is_empty() {
            let beside = label.last.saturating_add(1);
            // Under a heading of its own every answer stands; beside it is something else.
            if beside >= before {
                return false;
            }
            answers.push((row.number, beside));
        }
        self.places.entry(label.column).or_default().push(((row.number, label.first), answers));
        headed
    }

    /// What stands under a heading for answers in a row without any label that is known.
    fn unknown(&self, row: &KeptRow, sheet: &mut FormSheet) {
        const MOST: usize = 100;
        for column in self.heads.keys() {
            let answer = row.text(*column).trim();
            let mut before = row.cells.iter().rev().filter(|cell| cell.column < *column);
            let label = before.find(|cell| !cell.text.trim().is_empty());
            if let Some(label) = label.filter(|_| !answer.is_empty() && sheet.unknown.len() < MOST) {
                sheet.unknown.push(((row.number, *column), label.text.trim().to_owned()));
            }
        }
    }

    /// The last column of the cell, which may be merged with those beside it.
    fn last_of(&self, row: u32, column: u32) -> u32 {
        self.wide.get(&CellAddress::new(row, column)).copied().unwrap_or(column)
    }

    fn items(self) -> Vec<Item> {
        let Self { rows, places, .. } = self;
        let mut items = Vec::new();
        for (column, places) in places {
            let all = places
                .iter()
                .flat_map(|(label, answers)| answers.iter().map(move |answer| (*label, *answer)));
            let filled: Vec<_> =
                all.clone().filter(|(_, answer)| !text_at(rows, *answer).trim().is_empty()).collect();
            let Some((label, answer)) = filled.first().copied().or_else(|| all.clone().next()) else {
                continue;
            };
            let said = text_at(rows, answer).trim();
            let differs = |other: &(u32, u32)| *other != answer && text_at(rows, *other).trim() != said;
            let answered = filled.len();
            let others = filled.into_iter().map(|(_, answer)| answer).filter(differs);
            items.push(Item { column, label, answer, others: others.take(MOST_MARKS).collect(), answered });
        }
        items
    }
}

#[cfg(test)]
mod tests {
    use super::super::opening::KeptCell;
    use super::*;
    use crate::input::RawKind;
    use crate::input::form::tests::form;

    /// Rows of a sheet, cells parted by `|`, from row 1 on.
    fn rows(text: &str) -> Vec<KeptRow> {
        let cell = |(column, text): (u32, &str)| KeptCell {
            column,
            text: text.trim().to_owned(),
            kind: RawKind::Text,
            serial: None,
            formula: false,
            struck: false,
            coloured: false,
        };
        let row = |(number, line): (u32, &str)| {
            let cells = (1..).zip(line.split('|')).filter(|(_, text)| !text.trim().is_empty()).map(cell);
            KeptRow { number, hidden: false, cells: cells.collect() }
        };
        (1..).zip(text.lines()).map(row).filter(|row| !row.cells.is_empty()).collect()
    }

    fn found(text: &str, merged: &[&str]) -> FormSheet {
        let mut form = form();
        form.answer_heads = vec!["回答".into(), "記入欄".into()];
        let merged: Vec<CellRange> = merged.iter().filter_map(|range| CellRange::parse(range)).collect();
        find(&rows(text), &merged, &Labels::new(&form))
    }

    fn answers(sheet: &FormSheet) -> Vec<(usize, (u32, u32))> {
        sheet.items.iter().map(|item| (item.column, item.answer)).collect()
    }

    #[test]
    fn the_answer_stands_beside_its_label_or_under_the_heading_for_answers() {
        let beside = found("題\n施設名|A病院\n\n病床数|120|床", &[]);
        assert_eq!((answers(&beside), beside.headed), (vec![(0, (2, 2)), (1, (4, 2))], false));
        let merged = found("施設名|||A病院\n病床数|name|||", &["A1:C1"]);
        assert_eq!(answers(&merged), [(0, (1, 4))], "a label right beside another has no answer");
        let headed = found("項目|説明|回答|備考\n施設名|正式名|A病院|x\n病床数|beds|120", &[]);
        assert_eq!((answers(&headed), headed.headed), (vec![(0, (2, 3)), (1, (3, 3))], true));
        let two = found("施設名|A病院||病床数|120", &[]);
        assert_eq!(answers(&two), [(0, (1, 2)), (1, (1, 5))]);
    }

    #[test]
    fn two_answers_to_one_item_are_told_where_they_differ() {
        let twice = found("施設名|\n病床数|120\n施設名|A病院\n病床数|130", &[]);
        assert_eq!(answers(&twice), [(0, (3, 2)), (1, (2, 2))]);
        let others: Vec<_> = twice.items.iter().map(|item| item.others.clone()).collect();
        assert_eq!(others, [vec![], vec![(4, 2)]]);
        let columns = found("項目|回答|記入欄\n施設名|A|B\n病床数||9", &[]);
        let others: Vec<_> = columns.items.iter().map(|item| (item.answer, item.others.clone())).collect();
        assert_eq!(others, [((2, 2), vec![(2, 3)]), ((3, 3), vec![])]);
    }

    #[test]
    fn an_answer_under_the_heading_without_a_known_label_is_told() {
        let sheet = found("項目|回答\n施設名|A\n院長名|B\n|C", &[]);
        assert_eq!(sheet.unknown, [((3, 2), "院長名".to_owned())]);
    }

    #[test]
    fn a_sheet_is_a_form_from_a_third_of_the_columns_on() {
        let form = form();
        assert!(found("病床数|1", &[]).is_form(&form));
        assert!(!found("施設名|1", &[]).is_form(&form), "病床数 is what a file must have");
        assert!(!FormSheet::default().is_form(&form));
    }
}
