//! Small cells that are not shown, and those beside them that would tell of them.
//!
//! Primary: a count, or the rest of its base, from 1 to the threshold less one. Complementary: as many further cells as
//! it takes until, of the sums that hold within a table and between tables, none tells a hidden count. Everything made
//! of a hidden count is hidden with it: shares, ranges, averages, earlier waves.
//!
//! Invariants
//! - Counts are told by the sums in `sums`; after suppression every hidden count can be another one while all that is
//!   shown stays as it is, and such another set of counts has been found for each of them.
//! - Totals of records, and units of the frame, are never hidden.

mod elimination;
mod sums;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use elimination::Elimination;
use sums::{Sums, Variable};

use super::figures::{Averages, CellFigures, Figures, RowKind, TableFigures};
use super::programme::Programme;

/// Hides what tells of counts below `threshold`.
pub fn suppress(programme: &Programme, figures: &mut Figures, threshold: u64) {
    let sums = Sums::of(programme, figures);
    let mut hidden: BTreeSet<usize> = BTreeSet::new();
    for (table, shown) in figures.tables.iter().enumerate() {
        for (row, line) in shown.rows.iter().enumerate() {
            let cells =
                line.cells.iter().enumerate().filter(|(_, cell)| is_small(line.kind, cell, threshold));
            hidden.extend(cells.filter_map(|(column, _)| sums.place(&Variable::Cell(table, row, column))));
        }
    }
    protect(&sums, &mut hidden);
    for (table, shown) in figures.tables.iter_mut().enumerate() {
        apply(&sums, &hidden, table, shown);
    }
}

/// Whether a cell is too small to be shown.
fn is_small(kind: RowKind, cell: &CellFigures, threshold: u64) -> bool {
    let (Some(count), Some(base)) = (cell.count.now, cell.base.now) else { return false };
    let small = |number: u64| (1..threshold).contains(&number);
    match kind {
        // Units are no records, and the count of a rate is that of its row.
        RowKind::Count => false,
        _ => small(count) || base >= count && small(base - count),
    }
}

/// Adds to `hidden` until none of it can be told.
fn protect(sums: &Sums, hidden: &mut BTreeSet<usize>) {
    loop {
        let alone = sums.equations.iter().find_map(|equation| {
            let mut known = equation.iter().filter(|(place, _)| hidden.contains(place));
            match (known.next(), known.next()) {
                (Some((place, _)), None) => Some((*place, equation)),
                _ => None,
            }
        });
        let told = match alone {
            Some((_, equation)) => Some(equation.iter().map(|(place, _)| *place).collect()),
            None => Elimination::of(sums, hidden).first_told().map(|place| sums.beside(place, hidden)),
        };
        let Some(places): Option<BTreeSet<usize>> = told else { return };
        let cheapest = places
            .iter()
            .copied()
            .filter(|place| !hidden.contains(place))
            .min_by_key(|&place| sums.cost(place));
        match cheapest {
            Some(place) => hidden.insert(place),
            // Every sum that holds it is hidden as a whole; nothing more can be done, and nothing tells it.
            None => return,
        };
    }
}

/// Marks what is hidden, and takes the numbers away.
fn apply(sums: &Sums, hidden: &BTreeSet<usize>, table: usize, shown: &mut TableFigures) {
    let is_hidden = |variable: Variable| sums.place(&variable).is_some_and(|place| hidden.contains(&place));
    let mut any = false;
    let axis_told =
        (0..shown.columns.len()).any(|column| is_hidden(Variable::Accepted(sums.axis(table), column)));
    for (column, head) in shown.columns.iter_mut().enumerate() {
        head.hidden = is_hidden(Variable::Base(table, column))
            || is_hidden(Variable::Accepted(sums.axis(table), column));
        any |= head.hidden;
    }
    for (row, line) in shown.rows.iter_mut().enumerate() {
        let mut hides = axis_told;
        for (column, cell) in line.cells.iter_mut().enumerate() {
            let base_hidden = is_hidden(Variable::Base(table, column));
            cell.hidden = is_hidden(Variable::Cell(table, row, column)) || base_hidden;
            hides |= cell.hidden;
            if cell.hidden {
                cell.count = super::strata::Moving::default();
                cell.base = super::strata::Moving::default();
                cell.share = super::strata::Moving::default();
                cell.earlier.iter_mut().for_each(|earlier| *earlier = None);
                cell.published = None;
            }
        }
        any |= hides;
        let total_hidden = line.cells.last().is_some_and(|cell| cell.hidden);
        if hides {
            let pooled =
                if total_hidden { super::strata::Moving::default() } else { line.averages.pooled.clone() };
            let earlier = line.averages.earlier.iter().map(|_| None).collect();
            line.averages = Averages { pooled, earlier, hidden: true, ..Averages::default() };
        }
    }
    for head in shown.columns.iter_mut().filter(|head| head.hidden) {
        head.base = super::strata::Moving::default();
    }
    shown.notes.suppressed |= any;
    if any {
        let notes = &mut shown.notes;
        for count in
            [&mut notes.not_applicable, &mut notes.no_answer, &mut notes.unusable, &mut notes.undetermined]
        {
            *count = count.map(|_| 0);
        }
    }
}
