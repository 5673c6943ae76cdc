//! Which of the first rows are the header: the search, and the names of columns under merged cells.
//!
//! Invariants
//! - A name over several columns is that of the blank cells to its right; a blank cell below a name has that name.
//! - Rows of one header follow each other; a blank row is no part of it.

use std::cell::LazyCell;
use std::collections::BTreeSet;

use super::HeaderRow;
use crate::input::labels::Labels;
use crate::input::{FormNeeds, Grid, GridCell, short};

/// Most rows of a header.
const HIGHEST: usize = 3;

/// Between the parts of a column's name.
const JOINT: &str = "／";

/// As many columns of the form in a row that is mostly something else make it a header all the same.
const CERTAIN: usize = 5;

/// What the search comes to.
#[derive(Debug)]
pub(super) enum Found<'r> {
    /// The header, and the form's columns by its cells.
    Header { above: usize, height: usize, row: HeaderRow, columns: Vec<Option<usize>> },
    /// No row is one; this one comes nearest. `None`: no row holds anything.
    Nothing(Option<&'r HeaderRow>),
}

/// Rows that may be the header.
struct Candidate {
    above: usize,
    height: usize,
    known: usize,
    /// What its lower rows say are parts of names that the form has.
    confirmed: bool,
    columns: Vec<Option<usize>>,
}

/// Searches `rows` for the header of `form`.
pub(super) fn search<'r>(rows: &'r [HeaderRow], form: &FormNeeds) -> Found<'r> {
    let Some(first) = rows.iter().position(|row| !row.is_blank()) else { return Found::Nothing(None) };
    let labels = LazyCell::new(|| Labels::new(form));
    let mut best: Option<Candidate> = None;
    let mut nearest: Option<(usize, &HeaderRow)> = None;
    for (above, row) in rows.iter().enumerate().skip(first).filter(|(_, row)| !row.is_blank()) {
        let columns = single(row, form, &labels);
        let known = distinct(&columns);
        if nearest.is_none_or(|(most, _)| known > most) {
            nearest = Some((known, row));
        }
        let named = row.cells.iter().filter(|(text, _)| !text.is_empty()).count();
        let likely = above == first || known * 2 >= named || known >= CERTAIN;
        let whole = above == first && is_whole(&columns, form);
        if likely && is_usable(&columns, form) {
            better(&mut best, Candidate { above, height: 1, known, confirmed: false, columns });
        }
        // Of a row that names all that a file must have, only the names may go on in the next.
        for height in 2..=if whole { 2 } else { HIGHEST } {
            let Some(group) = rows.get(above..above + height).filter(|group| follow_each_other(group)) else {
                break;
            };
            if let Some((columns, confirmed)) = stacked(group, form)
                .filter(|(columns, confirmed)| is_usable(columns, form) && (*confirmed || !whole))
            {
                let known = distinct(&columns);
                better(&mut best, Candidate { above, height, known, confirmed, columns });
            }
        }
        if whole {
            break;
        }
    }
    let header = best.and_then(|best| {
        let group = rows.get(best.above..best.above + best.height)?;
        Some((joined(group)?, best))
    });
    match header {
        Some((row, Candidate { above, height, columns, .. })) => {
            Found::Header { above, height, row, columns }
        }
        None => Found::Nothing(nearest.map(|(_, row)| row)),
    }
}

/// How many columns of the form are among `columns`.
pub(super) fn distinct(columns: &[Option<usize>]) -> usize {
    columns.iter().flatten().collect::<BTreeSet<_>>().len()
}

/// Keeps the one that knows more columns; of equals one whose lower rows are surely part of it, then the one of fewer
/// rows, then the first.
fn better(best: &mut Option<Candidate>, new: Candidate) {
    let rank = |candidate: &Candidate| {
        (candidate.known, candidate.confirmed, HIGHEST.saturating_sub(candidate.height))
    };
    if best.as_ref().is_none_or(|best| rank(&new) > rank(best)) {
        *best = Some(new);
    }
}

/// Whether a header with these columns may be read: it has one that a file must have.
fn is_usable(columns: &[Option<usize>], form: &FormNeeds) -> bool {
    match form.mandatory().next() {
        Some(_) => form.mandatory().any(|(column, _)| columns.contains(&Some(column))),
        None => columns.iter().any(Option::is_some),
    }
}

/// Whether nothing that a file must have is missing, so that no other row can be meant.
fn is_whole(columns: &[Option<usize>], form: &FormNeeds) -> bool {
    let there: BTreeSet<usize> = columns.iter().flatten().copied().collect();
    form.mandatory().next().is_some() && form.mandatory().all(|(column, _)| there.contains(&column))
}

/// The form's columns by the cells of one row.
fn single<'f>(
    row: &HeaderRow,
    form: &'f FormNeeds,
    labels: &LazyCell<Labels<'f>, impl FnOnce() -> Labels<'f>>,
) -> Vec<Option<usize>> {
    let named = |text: &str| form.column_named(text).or_else(|| of_lines(text, form));
    let cells = row.cells.iter().take(row.width());
    let columns: Vec<Option<usize>> = cells.clone().map(|(text, _)| named(text)).collect();
    // A title beside the column's own name is another column.
    let there: BTreeSet<usize> = columns.iter().flatten().copied().collect();
    let titled = |text: &str| labels.column(text).filter(|column| !there.contains(column));
    cells.zip(columns).map(|((text, _), column)| column.or_else(|| titled(text))).collect()
}

/// A name that is written over several lines of its cell is a path too.
fn of_lines(text: &str, form: &FormNeeds) -> Option<usize> {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    Some(lines).filter(|lines| lines.len() > 1).and_then(|lines| form.column_of_path(&lines))
}

/// How a cell of a header of several rows was matched.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    /// The path that ends with its own text.
    Path,
    /// Its own text alone.
    Lowest,
    /// What stands above it; the cell itself is blank.
    Above,
    /// What stands above it, although it says something itself.
    AboveAlone,
}

/// The form's columns by the cells of several rows, and whether most of what the lowest says goes on what stands above
/// it. `None`: the lowest is a row of answers.
fn stacked(group: &[HeaderRow], form: &FormNeeds) -> Option<(Vec<Option<usize>>, bool)> {
    let width = group.iter().map(HeaderRow::width).max().unwrap_or(0);
    let names = Names::new(group, width);
    let (mut columns, mut by) = (Vec::with_capacity(width), Vec::new());
    for place in 0..width {
        let found = names.column(place, form);
        columns.push(found.map(|(column, _)| column));
        by.extend(found.map(|(_, by)| by));
    }
    let count = |wanted: By| by.iter().filter(|by| **by == wanted).count();
    // Under the names of a header there are parts of names or blanks; under those of a row above answers, answers.
    let said = group.last()?.cells.iter().filter(|(text, _)| !text.is_empty()).count();
    let confirmed = count(By::Path) >= 2 && count(By::Path) * 2 >= said;
    (count(By::AboveAlone) < count(By::Lowest) + count(By::Path)).then_some((columns, confirmed))
}

/// The names of columns under each other.
struct Names<'r> {
    /// By row, then place: the text and whether it stands in that very cell.
    rows: Vec<Vec<(&'r str, bool)>>,
}

impl<'r> Names<'r> {
    fn new(group: &'r [HeaderRow], width: usize) -> Self {
        let rows = group.iter().enumerate().map(|(index, row)| {
            let lowest = index + 1 == group.len();
            let mut left = "";
            let fill = |place: usize| {
                let text = row.cells.get(place).map_or("", |(text, _)| text.as_str());
                if !text.is_empty() {
                    left = text;
                }
                if lowest { (text, true) } else { (left, !text.is_empty()) }
            };
            (0..width).map(fill).collect()
        });
        Self { rows: rows.collect() }
    }

    /// The parts of the name of a column, from above; a part that only repeats the one above is left out.
    fn parts(&self, place: usize) -> Vec<(&'r str, bool)> {
        let mut parts: Vec<(&str, bool)> = Vec::new();
        for (text, own) in self.rows.iter().filter_map(|row| row.get(place)) {
            if !text.is_empty() && parts.last().is_none_or(|(above, _)| above != text) {
                parts.push((text, *own));
            }
        }
        parts
    }

    fn column(&self, place: usize, form: &FormNeeds) -> Option<(usize, By)> {
        let parts = self.parts(place);
        let lowest = self.rows.last()?.get(place).map_or("", |(text, _)| text);
        let texts: Vec<&str> = parts.iter().map(|(text, _)| *text).collect();
        // The whole path first, then less and less of what stands above.
        let mut ends = (0..texts.len()).filter_map(|from| texts.get(from..));
        if let Some((column, length)) = ends.find_map(|path| Some((form.column_of_path(path)?, path.len()))) {
            let by = match (lowest.is_empty(), length) {
                (true, _) => By::Above,
                (false, 1) => By::Lowest,
                (false, _) => By::Path,
            };
            return Some((column, by));
        }
        // A name over several columns is that of the first of them.
        let above = parts.split_last().map_or(&[][..], |(_, above)| above);
        let own = above.iter().filter(|(_, own)| *own).find_map(|(text, _)| form.column_named(text));
        own.map(|column| (column, By::AboveAlone))
    }
}

/// Whether no row is blank and each begins where the one above ends.
fn follow_each_other(group: &[HeaderRow]) -> bool {
    let adjacent = |pair: &[HeaderRow]| matches!(pair, [above, below] if gap(above, below).is_some());
    group.iter().all(|row| !row.is_blank()) && group.windows(2).all(adjacent)
}

/// How many line end characters stand between two rows. `None`: there is more between them.
fn gap(above: &HeaderRow, below: &HeaderRow) -> Option<usize> {
    let end = above.origin + above.encoding.file_length(&above.bytes);
    let unit = above.encoding.file_length(b"\n");
    let gap = below.origin.checked_sub(end)?.checked_div(unit)?;
    usize::try_from(gap).ok().filter(|gap| (1..=2).contains(gap))
}

/// The rows of a header as one. `None`: there is none.
fn joined(group: &[HeaderRow]) -> Option<HeaderRow> {
    let mut rows = group.iter();
    let mut joined = rows.next()?.clone();
    if group.len() == 1 {
        return Some(joined);
    }
    let mut last = group.first()?;
    let mut starts = vec![0];
    for row in rows {
        let between: &[u8] = if gap(last, row) == Some(2) { b"\r\n" } else { b"\n" };
        joined.bytes.extend_from_slice(between);
        let start = short(joined.bytes.len());
        joined.bytes.extend_from_slice(&row.bytes);
        let moved = row.grid.iter().flat_map(|grid| &grid.cells).map(|cell| moved(cell, start));
        joined.grid = match joined.grid.take() {
            Some(mut grid) => {
                grid.cells.extend(moved);
                Some(grid)
            }
            None => row.grid.as_ref().map(|grid| Grid { cells: moved.collect(), ..grid.clone() }),
        };
        starts.push(start);
        last = row;
    }
    let width = group.iter().map(HeaderRow::width).max().unwrap_or(0);
    let names = Names::new(group, width);
    joined.cells =
        (0..width.max(last.cells.len())).map(|place| cell(group, &starts, &names, place)).collect();
    Some(joined)
}

fn moved(cell: &GridCell, by: u32) -> GridCell {
    GridCell { span: (cell.span.0 + by, cell.span.1 + by), ..*cell }
}

/// The name of a column, and the bytes of the lowest cell that says something of it.
fn cell(group: &[HeaderRow], starts: &[u32], names: &Names<'_>, place: usize) -> (String, (u32, u32)) {
    let parts: Vec<&str> = names.parts(place).into_iter().map(|(text, _)| text).collect();
    let cells =
        || group.iter().zip(starts).rev().filter_map(|(row, start)| Some((row.cells.get(place)?, start)));
    let shown = cells().find(|((text, _), _)| !text.is_empty()).or_else(|| cells().next());
    let range = shown.map_or((0, 0), |((_, range), start)| (range.0 + start, range.1 + start));
    (parts.join(JOINT), range)
}
