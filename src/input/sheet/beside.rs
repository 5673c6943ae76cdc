//! Cells beside the answers of a form sheet: which of them may be answers themselves, and are told.
//!
//! Invariants
//! - Units, notes, and what stands alike in many rows is printed by the form and told by nobody.
//! - Under a heading of its own stands what the form asks for beside the answer; only what looks like an answer is told.

use std::collections::BTreeMap;

use super::answer_words::AnswerWords;
use crate::diagnostic::nearest::fold;

/// In so many rows of a column a text stands that the form prints.
const PRINTED_ROWS: usize = 3;

/// Most cells that are looked at.
const MOST: usize = 10_000;

/// A cell beside an answer.
#[derive(Debug)]
struct Cell {
    at: (u32, u32),
    /// The form's column of the item.
    column: usize,
    text: String,
    /// The text above it, and whether that is a heading beside the one over the answers.
    heading: Option<(String, bool)>,
}

/// The cells beside the answers of one sheet.
#[derive(Debug, Default)]
pub(super) struct Surplus(Vec<Cell>);

impl Surplus {
    /// A cell beside the answer to the form's `column`.
    pub(super) fn add(&mut self, at: (u32, u32), column: usize, text: &str, heading: Option<(String, bool)>) {
        if self.0.len() < MOST {
            self.0.push(Cell { at, column, text: text.to_owned(), heading });
        }
    }

    /// Those that are told, with the text above them.
    pub(super) fn told(self, words: &AnswerWords<'_>) -> Vec<((u32, u32), Option<String>)> {
        let mut alike: BTreeMap<(u32, String), usize> = BTreeMap::new();
        for cell in &self.0 {
            *alike.entry((cell.at.1, fold(&cell.text))).or_default() += 1;
        }
        let is_told = |cell: &Cell| {
            if words.is_answer(cell.column, &cell.text) {
                return !cell.heading.as_ref().is_some_and(|(text, _)| words.is_printed(cell.column, text));
            }
            let rows = alike.get(&(cell.at.1, fold(&cell.text))).copied().unwrap_or(0);
            let is_headed = matches!(cell.heading, Some((_, true)));
            !is_headed && rows < PRINTED_ROWS && !words.is_printed(cell.column, &cell.text)
        };
        let told = self.0.into_iter().filter(is_told);
        told.map(|cell| (cell.at, cell.heading.map(|(text, _)| text))).collect()
    }
}
