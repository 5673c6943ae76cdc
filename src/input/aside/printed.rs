//! Rows that the form itself prints below its header: the header once more, numbers of columns, units, words such as
//! "mandatory" in every column.
//!
//! Invariants
//! - A row is the form's own only if every cell of it is; one cell that may be an answer makes it a record.

use std::collections::BTreeMap;

use crate::diagnostic::nearest::fold;
use crate::diagnostic::width::one_width;
use crate::expression::Type;
use crate::input::FormNeeds;

/// Fewest cells that can show that a row is the form's.
const FEWEST: usize = 3;
/// Fewest numbers in a row that count the columns.
const FEWEST_NUMBERS: usize = 6;

/// What is known of the header.
#[derive(Debug)]
pub(super) struct Printed {
    /// By column of the file: its name, folded.
    names: Vec<String>,
    /// The form's columns likewise.
    columns: Vec<Option<usize>>,
}

impl Printed {
    pub(super) fn new(columns: &[Option<usize>], names: &[(String, (u32, u32))]) -> Self {
        let names = names.iter().map(|(name, _)| fold(name)).collect();
        Self { names, columns: columns.to_vec() }
    }

    /// Whether the row with these cells is the form's own.
    pub(super) fn is_row(&self, form: &FormNeeds, cells: &[&str]) -> bool {
        let written: Vec<(usize, &str)> =
            cells.iter().copied().enumerate().filter(|(_, cell)| !cell.is_empty()).collect();
        written.len() >= FEWEST
            && (self.is_header(&written) || counts(&written) || self.is_own(form, &written))
    }

    /// Whether most cells repeat the names of their columns.
    fn is_header(&self, written: &[(usize, &str)]) -> bool {
        let same =
            |(place, cell): &&(usize, &str)| self.names.get(*place).is_some_and(|name| *name == fold(cell));
        written.iter().filter(same).count() * 4 >= written.len() * 3
    }

    /// Whether every cell is a unit, a note, or a word that stands in column after column.
    fn is_own(&self, form: &FormNeeds, written: &[(usize, &str)]) -> bool {
        if written.iter().any(|(_, cell)| cell.len() > 400) {
            return false;
        }
        let mut alike: BTreeMap<String, usize> = BTreeMap::new();
        for (_, cell) in written {
            *alike.entry(fold(cell)).or_default() += 1;
        }
        written.iter().all(|(place, cell)| {
            let column = self.columns.get(*place).copied().flatten();
            let text = fold(cell);
            let answer = column.and_then(|column| form.answer(column));
            let bare = text.trim_matches(|letter| matches!(letter, '(' | ')' | '[' | ']'));
            let is_unit =
                matches!(answer, Some((Type::Number { unit: Some(unit), .. }, _)) if fold(unit) == bare);
            let is_note = form.rows.note.iter().any(|pattern| pattern.is_match(cell));
            let is_option = match answer {
                Some((Type::Option(list) | Type::Multi(list), synonyms)) => {
                    let items = list.items.iter();
                    let mut labels = items.flat_map(|item| [&item.label.ja, &item.label.en, &item.code]);
                    labels.any(|label| fold(label) == text)
                        || synonyms.keys().any(|spelling| fold(spelling) == text)
                }
                _ => false,
            };
            let is_repeated = alike.get(&text).is_some_and(|count| *count >= FEWEST);
            let has_digit = text.chars().any(char::is_numeric);
            is_unit || is_note || is_repeated && !has_digit && !is_option && !form.is_mark(cell)
        })
    }
}

/// Whether the cells count the columns: numbers that rise by one.
fn counts(written: &[(usize, &str)]) -> bool {
    let number = |cell: &str| -> Option<usize> {
        let text = one_width(cell);
        text.trim_matches(|letter| "()[]#. ".contains(letter)).parse().ok()
    };
    let mut last = None;
    written.len() >= FEWEST_NUMBERS
        && written.iter().all(|(place, cell)| {
            let Some(offset) = number(cell).map(|number| number.wrapping_sub(*place)) else { return false };
            last.replace(offset).is_none_or(|before| before == offset)
        })
}
