//! A sheet that is one record: labels, and the answers beside them.
//!
//! The answer is in the nearest column to the right that is headed by a word for answers; where no such heading
//! stands, in the cell right of the label, merged cells counting as one. Where the options of the question are printed
//! there, the one that is marked is the answer.
//!
//! Invariants
//! - A label that has no room for an answer before the next label is none: it is a heading of its own.
//! - What stands beside an answer and may be one itself is told.
//! - Of several places for one item the first that is filled in is read; if another says something else, that is told.

use std::collections::{BTreeMap, BTreeSet};

use super::answer_words::{AnswerWords, Options, Part};
use super::beside::Surplus;
use super::content::is_blank;
use super::opening::KeptRow;
use super::printed::{self, Beside, Choice};
use crate::diagnostic::nearest::fold;
use crate::input::labels::Labels;
use crate::input::{FormNeeds, MOST_MARKS};
use crate::workbook::{CellAddress, CellRange};

/// What the cell of an answer says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    /// What stands there.
    AsWritten,
    /// A mark stands for this option.
    Chosen {
        /// What a person reads of it.
        label: String,
        /// The mark.
        mark: String,
    },
    /// Options are printed, and nobody can tell which one is marked.
    Unclear,
}

/// One item on the sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    /// The form's column.
    pub column: usize,
    /// The cell of its label: (row, column).
    pub label: (u32, u32),
    /// The cell of its answer.
    pub answer: (u32, u32),
    /// What that cell says.
    pub said: Said,
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
    /// Cells beside answers that may be answers themselves, with the heading over them.
    pub beside: Vec<((u32, u32), Option<String>)>,
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

    /// Whether any answer is filled in, beside the version of the form, which is printed there.
    pub(super) fn has_answers(&self, rows: &[KeptRow], form: &FormNeeds) -> bool {
        let version = |item: &&Item| {
            let field = form.columns.get(item.column).map(|column| column.slot.field);
            field.is_some() && field == form.version
        };
        self.items
            .iter()
            .filter(|item| !version(item))
            .any(|item| item.said != Said::AsWritten || !text_at(rows, item.answer).trim().is_empty())
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
pub(super) fn find(
    rows: &[KeptRow],
    merged: &[CellRange],
    labels: &Labels<'_>,
    words: &AnswerWords<'_>,
) -> FormSheet {
    let wide = merged.iter().filter(|range| range.last.column > range.first.column);
    let wide = wide.map(|range| (range.first, range.last.column)).collect();
    let mut search = Search {
        rows,
        wide,
        labels,
        words,
        heads: BTreeMap::new(),
        above: None,
        places: BTreeMap::new(),
        surplus: Surplus::default(),
    };
    let mut sheet = FormSheet::default();
    for (index, row) in rows.iter().enumerate() {
        let found = search.labels_in(row);
        if found.is_empty() {
            search.unknown(row, &mut sheet);
        }
        for (place, label) in found.iter().enumerate() {
            let before = found.get(place + 1).map_or(u32::MAX, |next| next.first);
            sheet.headed |= search.place(index, label, before);
        }
        search.heads_in(row, found.is_empty());
    }
    sheet.beside = std::mem::take(&mut search.surplus).told(words);
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

/// A cell that may hold an answer.
#[derive(Clone)]
struct Answer {
    cell: (u32, u32),
    said: Said,
}

/// The cell of a label, and the cells that may hold its answer.
type Place = ((u32, u32), Vec<Answer>);

struct Search<'r> {
    rows: &'r [KeptRow],
    /// Of cells merged across columns: the last column, by the first cell.
    wide: BTreeMap<CellAddress, u32>,
    labels: &'r Labels<'r>,
    words: &'r AnswerWords<'r>,
    /// Columns headed by a word for answers, with the row of the heading.
    heads: BTreeMap<u32, u32>,
    /// The last row without labels that may be a header: it holds several texts.
    above: Option<&'r KeptRow>,
    /// By column of the form: label and candidates for the answer.
    places: BTreeMap<usize, Vec<Place>>,
    surplus: Surplus,
}

impl<'r> Search<'r> {
    fn labels_in(&self, row: &KeptRow) -> Vec<Label> {
        let mut found: Vec<Label> = Vec::new();
        for cell in &row.cells {
            let Some(column) = self.labels.column(&cell.text) else { continue };
            let last = self.last_of(row.number, cell.column);
            match found.iter_mut().rev().find(|label| label.column == column) {
                Some(before) if before.last + 1 == cell.column => before.last = last,
                // What only repeats a label further right is a remark on it.
                Some(_) => {}
                None => found.push(Label { column, first: cell.column, last }),
            }
        }
        found
    }

    fn heads_in(&mut self, row: &'r KeptRow, has_no_label: bool) {
        for cell in row.cells.iter().filter(|cell| self.labels.is_head(&cell.text)) {
            self.heads.insert(cell.column, row.number);
        }
        if has_no_label && row.cells.iter().filter(|cell| !is_blank(&cell.text)).count() > 1 {
            self.above = Some(row);
        }
    }

    /// The columns under a heading for answers between a label and what comes `before` the next.
    fn headed(&self, after: u32, before: u32) -> impl Iterator<Item = u32> {
        self.heads
            .range(after.saturating_add(1)..before.max(after.saturating_add(1)))
            .map(|(column, _)| *column)
    }

    /// Keeps the place of the answer to a label in the row at `index`; whether it stands under a heading.
    fn place(&mut self, index: usize, label: &Label, before: u32) -> bool {
        let Some(row) = self.rows.get(index) else { return false };
        let mut starts: Vec<u32> = self.headed(label.last, before).collect();
        let headed = !starts.is_empty();
        if !headed {
            let beside = label.last.saturating_add(1);
            // Under a heading of its own every answer stands; beside it is something else.
            if beside >= before {
                return false;
            }
            starts.push(beside);
        }
        let mut answers = Vec::new();
        let mut used = BTreeSet::new();
        for (place, &from) in starts.iter().enumerate() {
            let heading = if headed { self.heading_after(from) } else { u32::MAX };
            let until = starts.get(place + 1).copied().unwrap_or(before).min(heading);
            answers.push(self.answer(index, label, (from, until), &mut used));
        }
        used.extend(answers.iter().map(|answer| answer.cell));
        let from = starts.first().copied().unwrap_or(u32::MAX);
        let further = row.cells.iter().filter(|cell| (from..before).contains(&cell.column));
        for cell in further.filter(|cell| !is_blank(&cell.text)) {
            if !used.contains(&(row.number, cell.column)) {
                let heading = self.heading_over(cell.column, headed.then_some(from));
                self.surplus.add((row.number, cell.column), label.column, cell.text.trim(), heading);
            }
        }
        self.places.entry(label.column).or_default().push(((row.number, label.first), answers));
        headed
    }

    /// The answer in the columns from `from` to before `until`; the cells of printed options and of their marks are
    /// `used` up.
    fn answer(
        &self,
        index: usize,
        label: &Label,
        (from, until): (u32, u32),
        used: &mut BTreeSet<(u32, u32)>,
    ) -> Answer {
        let row = self.rows.get(index).map_or(0, |row| row.number);
        let as_written = Answer { cell: (row, from), said: Said::AsWritten };
        let Some(options) = self.words.options(label.column) else { return as_written };
        let cells = self.cells(index, (from, until), &options);
        let Some(choice) = printed::choice(&cells, from, &options) else {
            return self.under_options(index, (from, until), &options).unwrap_or(as_written);
        };
        let known = cells.iter().filter(|cell| options.part(cell.text) != Part::Other);
        used.extend(known.map(|cell| (cell.row, cell.first)));
        match choice {
            Choice::One { option, cell, mark } => {
                let label = options.label(option).to_owned();
                let is_code =
                    options.coded(&mark) == Some(option) && text_at(self.rows, cell).trim() == mark.trim();
                let plain = is_code || fold(&mark) == fold(&label);
                Answer { cell, said: if plain { Said::AsWritten } else { Said::Chosen { label, mark } } }
            }
            Choice::Unclear(cell) => Answer { cell, said: Said::Unclear },
            Choice::Nothing => {
                // A blank cell stands for the answer that is not given.
                let taken = |column: &u32| {
                    cells.iter().any(|cell| cell.row == row && (cell.first..=cell.last).contains(column))
                };
                let blank = (from..=u32::MAX).find(|column| !taken(column) && *column > from);
                Answer { cell: (row, blank.unwrap_or(from)), said: Said::AsWritten }
            }
        }
    }

    /// What stands in the columns from `from` to before `until`, in the row at `index` and in the rows below it that go
    /// on with its options.
    fn cells(&self, index: usize, (from, until): (u32, u32), options: &Options<'_>) -> Vec<Beside<'r>> {
        const MOST: usize = 60;
        let mut cells: Vec<Beside<'r>> = Vec::new();
        let is_option = |cell: &Beside<'_>| matches!(options.part(cell.text), Part::Option(..));
        for (offset, row) in self.rows.iter().skip(index).take(MOST).enumerate() {
            let inside = |column: u32| (from..until).contains(&column);
            let filled = || row.cells.iter().filter(|cell| !is_blank(&cell.text));
            let beside = filled().filter(|cell| inside(cell.column)).map(|cell| Beside {
                row: row.number,
                first: cell.column,
                last: self.last_of(row.number, cell.column),
                text: &cell.text,
            });
            let beside: Vec<Beside<'r>> = beside.collect();
            let follows = cells.last().is_none_or(|last| last.row + 1 == row.number);
            let goes_on = offset == 0 || follows && !filled().any(|cell| cell.column < from);
            if !goes_on || !beside.iter().any(is_option) && offset > 0 {
                break;
            }
            let is_printed = beside.iter().any(is_option);
            cells.extend(beside);
            if !is_printed {
                break;
            }
        }
        cells
    }

    /// The option whose name heads the one column that is marked. `None`: no options stand as headings.
    fn under_options(
        &self,
        index: usize,
        (from, until): (u32, u32),
        options: &Options<'_>,
    ) -> Option<Answer> {
        let (row, above) = (self.rows.get(index)?, self.above?);
        let heads = above.cells.iter().filter(|head| (from..until).contains(&head.column));
        let heads: Vec<(u32, usize)> = heads
            .filter_map(|head| match options.part(&head.text) {
                Part::Option(option, None) => Some((head.column, option)),
                _ => None,
            })
            .collect();
        let different: BTreeSet<usize> = heads.iter().map(|(_, option)| *option).collect();
        let marked = heads.iter().filter(|(column, _)| options.part(row.text(*column)) == Part::Mark(true));
        let marked: Vec<_> = marked.collect();
        let (column, option) = marked.first().filter(|_| different.len() > 1)?;
        let (cell, mark) = ((row.number, *column), row.text(*column).trim());
        let agrees = options.coded(mark).is_none_or(|coded| coded == *option);
        let said = if marked.len() == 1 && agrees {
            Said::Chosen { label: options.label(*option).to_owned(), mark: mark.to_owned() }
        } else {
            Said::Unclear
        };
        Some(Answer { cell, said })
    }

    /// The next column behind `head` that has a heading in the row of that heading.
    fn heading_after(&self, head: u32) -> u32 {
        let row = self.heads.get(&head).and_then(|row| row_at(self.rows, *row));
        let mut after = row.iter().flat_map(|row| &row.cells).filter(|cell| cell.column > head);
        after.find(|cell| !is_blank(&cell.text)).map_or(u32::MAX, |cell| cell.column)
    }

    /// The heading over `column`, and whether it stands in the row of the heading over the answers in `head`.
    fn heading_over(&self, column: u32, head: Option<u32>) -> Option<(String, bool)> {
        let headed = head.and_then(|head| row_at(self.rows, *self.heads.get(&head)?));
        let row = headed.or(self.above)?;
        let text = row.text(column).trim();
        (!text.is_empty()).then(|| (text.to_owned(), headed.is_some()))
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
        let text = |answer: &Answer| match &answer.said {
            Said::AsWritten => text_at(rows, answer.cell).trim().to_owned(),
            Said::Chosen { label, .. } => label.clone(),
            Said::Unclear => "?".to_owned(),
        };
        let mut items = Vec::new();
        for (column, places) in places {
            let all =
                || places.iter().flat_map(|(label, answers)| answers.iter().map(|answer| (*label, answer)));
            let filled: Vec<_> = all().filter(|(_, answer)| !text(answer).is_empty()).collect();
            let Some((label, answer)) = filled.first().copied().or_else(|| all().next()) else { continue };
            let said = text(answer);
            let differs =
                |(_, other): &&((u32, u32), &Answer)| other.cell != answer.cell && text(other) != said;
            let others = filled.iter().filter(differs).map(|(_, other)| other.cell).take(MOST_MARKS);
            items.push(Item {
                column,
                label,
                answer: answer.cell,
                said: answer.said.clone(),
                others: others.collect(),
                answered: filled.len(),
            });
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
        find(&rows(text), &merged, &Labels::new(&form), &AnswerWords::new(&form))
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
