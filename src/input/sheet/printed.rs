//! Options that a form prints beside a label, and which of them is marked.
//!
//! Marks stand beside the names, all behind them or all in front of them, or in the cells of the names themselves.
//!
//! Invariants
//! - One marked option is the answer; where it is not certain which one is marked, that is said and nothing is read.
//! - Printed options of which none is marked are no answer.

use std::collections::BTreeSet;

/// Whether a printed option and a mark stand side by side.
type Side<'s> = dyn Fn(&Beside<'_>, &Beside<'_>) -> bool + 's;

use super::answer_words::{Options, Part};

/// A cell of the rows of one item, beside the label.
#[derive(Debug, Clone, Copy)]
pub(super) struct Beside<'r> {
    /// Its row.
    pub row: u32,
    /// Its first column.
    pub first: u32,
    /// Its last column, merged cells counted.
    pub last: u32,
    /// What it says.
    pub text: &'r str,
}

/// What the printed options of an item say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Choice {
    /// This option is marked, in that cell, by that mark.
    One {
        /// Its place in the list.
        option: usize,
        /// The cell of its name.
        cell: (u32, u32),
        /// The mark.
        mark: String,
    },
    /// No option is marked.
    Nothing,
    /// Nobody can tell which one; the cell of a mark, or of the first option.
    Unclear((u32, u32)),
}

/// One printed option: its place, its cell, whether a mark in the cell says that it is chosen.
type Printed<'r> = (usize, Beside<'r>, Option<bool>);

/// The choice among the options printed in `cells`, which begin in the column `from`. `None`: no options are printed.
pub(super) fn choice(cells: &[Beside<'_>], from: u32, options: &Options<'_>) -> Option<Choice> {
    let (mut printed, mut marks, mut coded) = (Vec::new(), Vec::new(), Vec::new());
    for cell in cells {
        match options.part(cell.text) {
            Part::Option(place, mark) => printed.push((place, *cell, mark)),
            Part::Mark(chosen) => marks.push((*cell, chosen)),
            Part::Other => coded.extend(options.coded(cell.text).map(|place| (place, *cell, None))),
        }
    }
    let different =
        |printed: &[Printed<'_>]| printed.iter().map(|(place, ..)| *place).collect::<BTreeSet<_>>().len();
    let signed = printed.iter().any(|(_, _, mark)| mark.is_some());
    if different(&printed) < 2 && !signed {
        // Names that are marks elsewhere (○ and ×), and codes alone, are options where several of them stand.
        let as_code = marks.iter().filter_map(|(cell, _)| Some((options.coded(cell.text)?, *cell, None)));
        let all: Vec<Printed<'_>> = printed.into_iter().chain(coded).chain(as_code).collect();
        return (different(&all) > 1)
            .then(|| Choice::Unclear(all.first().map_or((0, 0), |(_, cell, _)| at(cell))));
    }
    let chosen: Vec<_> = marks.iter().filter(|(_, chosen)| *chosen).map(|(cell, _)| *cell).collect();
    let first = chosen
        .first()
        .or(coded.first().map(|(_, cell, _)| cell))
        .or(printed.first().map(|(_, cell, _)| cell));
    let unclear = Choice::Unclear(first.map_or((0, 0), at));
    let own: Vec<&Printed<'_>> = printed.iter().filter(|(_, _, mark)| *mark == Some(true)).collect();
    let is_repeated = different(&printed) < printed.len();
    if own.is_empty() && chosen.is_empty() && coded.is_empty() && answers(&printed, from) {
        return None;
    }
    Some(match (own.as_slice(), chosen.as_slice(), coded.as_slice()) {
        _ if is_repeated => unclear,
        ([], [], []) => Choice::Nothing,
        ([(option, cell, _)], [], []) => {
            Choice::One { option: *option, cell: at(cell), mark: cell.text.into() }
        }
        ([], [_, ..], []) => match marked(&printed, &marks, from) {
            Some((option, cell, mark)) if options.coded(mark).is_none_or(|coded| coded == option) => {
                Choice::One { option, cell, mark: mark.into() }
            }
            _ => unclear,
        },
        // The number of an option in a cell of its own, behind all of them.
        ([], [], [(option, cell, _)])
            if printed.iter().all(|(_, name, _)| (name.row, name.last) < (cell.row, cell.first)) =>
        {
            Choice::One { option: *option, cell: at(cell), mark: cell.text.into() }
        }
        _ => unclear,
    })
}

/// Whether the first cell is no printed option but the answer itself: the same option is printed again behind it, among
/// options of which each stands once.
fn answers(printed: &[Printed<'_>], from: u32) -> bool {
    let Some(((answer, ..), behind)) = printed.split_first().filter(|((_, cell, _), _)| cell.first == from)
    else {
        return false;
    };
    let names: BTreeSet<usize> = behind.iter().map(|(place, ..)| *place).collect();
    names.len() > 1 && names.len() == behind.len() && names.contains(answer)
}

/// The one option with a mark beside it, its cell and the mark. `None`: there is not exactly one, or marks may belong
/// to either neighbour.
fn marked<'r>(
    printed: &[Printed<'r>],
    marks: &[(Beside<'r>, bool)],
    from: u32,
) -> Option<(usize, (u32, u32), &'r str)> {
    let behind = |name: &Beside<'_>, mark: &Beside<'_>| {
        name.row == mark.row && name.last.checked_add(1) == Some(mark.first)
    };
    let front = |name: &Beside<'_>, mark: &Beside<'_>| behind(mark, name);
    let sides: [&Side<'_>; 2] = [&behind, &front];
    let room = [true, printed.iter().all(|(_, name, _)| name.first > from)];
    let mut found = None;
    for (side, _) in sides.iter().zip(room).filter(|(_, room)| *room) {
        let owner = |mark: &Beside<'_>| printed.iter().find(|(_, name, _)| side(name, mark));
        if !marks.iter().all(|(mark, _)| owner(mark).is_some()) {
            continue;
        }
        let mut chosen = marks.iter().filter(|(_, chosen)| *chosen);
        let (only, further) = (chosen.next(), chosen.next());
        let (Some((mark, _)), None, None) = (only, further, &found) else { return None };
        found = owner(mark).map(|(option, name, _)| (*option, at(name), mark.text));
    }
    found
}

fn at(cell: &Beside<'_>) -> (u32, u32) {
    (cell.row, cell.first)
}

#[cfg(test)]
mod tests {
    use super::super::answer_words::AnswerWords;
    use super::*;
    use crate::input::form::tests::{closed, form};

    /// The choice among cells parted by `|`, rows by `/`; the label stands in the first column.
    fn chosen(text: &str) -> Option<Result<usize, bool>> {
        let mut form = form();
        closed(&mut form, 0, &["はい", "いいえ"]);
        let words = AnswerWords::new(&form);
        let options = words.options(0).unwrap();
        let rows = (1..).zip(text.split('/'));
        let cells: Vec<Beside<'_>> = rows
            .flat_map(|(row, line)| {
                let cells = (2..).zip(line.split('|')).filter(|(_, text)| !text.trim().is_empty());
                cells.map(move |(column, text)| Beside { row, first: column, last: column, text })
            })
            .collect();
        Some(match choice(&cells, 2, &options)? {
            Choice::One { option, .. } => Ok(option),
            Choice::Nothing => Err(false),
            Choice::Unclear(_) => Err(true),
        })
    }

    #[test]
    fn an_answer_before_the_options_that_are_printed_again_is_the_answer() {
        for text in ["はい|はい|いいえ", "いいえ|1 はい|2 いいえ", "はい||1 はい|2 いいえ"]
        {
            assert_eq!(chosen(text), None, "{text}");
        }
        // Which of two is meant, nobody can tell; it is never nothing.
        for text in ["はい|いいえ|いいえ", "はい|はい|いいえ|いいえ"] {
            assert_eq!(chosen(text), Some(Err(true)), "{text}");
        }
    }

    #[test]
    fn one_mark_beside_one_option_is_the_answer() {
        for (text, expected) in [
            ("はい|  |いいえ|○", 1),
            ("はい|レ|いいえ|", 0),
            ("はい|□|いいえ|☑", 1),
            ("○|はい||いいえ", 0),
            ("□はい|☑いいえ", 1),
            ("☑はい", 0),
            ("1 はい|1|２．いいえ|", 0),
            ("はい|いいえ|2", 1),
            ("はい|/いいえ|○", 1),
            ("|はい||いいえ|○", 1),
        ] {
            assert_eq!(chosen(text), Some(Ok(expected)), "{text}");
        }
    }

    #[test]
    fn what_is_not_certain_is_asked_and_no_mark_is_no_answer() {
        for text in [
            "はい|○|いいえ|○",
            "|はい|○|いいえ",
            "はい|いいえ|1",
            "☑はい|☑いいえ",
            "はい|いいえ||○",
            "1|2",
            "はい|2|いいえ|",
        ] {
            assert_eq!(chosen(text), Some(Err(true)), "{text}");
        }
        for text in ["はい|いいえ", "□はい|□いいえ", "はい|□|いいえ|□"] {
            assert_eq!(chosen(text), Some(Err(false)), "{text}");
        }
        for text in ["はい", "○", "1", "", "はい|確認済み", "2|床"] {
            assert_eq!(chosen(text), None, "{text}");
        }
    }
}
