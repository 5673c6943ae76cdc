//! Rows that the form itself prints below its header: the header once more, numbers of columns, units, words such as
//! "mandatory" in every column.
//!
//! Invariants
//! - A row is the form's own only if every cell of it is; one cell that may be an answer makes it a record.

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

    /// Whether every cell is a unit, a note, or a word that the form prints there.
    fn is_own(&self, form: &FormNeeds, written: &[(usize, &str)]) -> bool {
        written.iter().all(|(place, cell)| {
            let column = self.columns.get(*place).copied().flatten();
            let unit = match column.and_then(|column| form.answer(column)) {
                Some((Type::Number { unit: Some(unit), .. }, _)) => Some(fold(unit)),
                _ => None,
            };
            let text = fold(cell);
            let bare = text.trim_matches(|letter| matches!(letter, '(' | ')' | '[' | ']'));
            let says = |patterns| form.match_any(patterns, cell);
            unit.is_some_and(|unit| unit == bare) || says(&form.rows.note) || says(&form.rows.printed)
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
