//! Small cells that are not shown, and those beside them that would tell of them.
//!
//! Primary: a count, or the rest of its base, from 1 to the threshold less one. Complementary: as many further cells as
//! it takes until, of the sums that hold within a table and between tables, none tells a hidden count. Everything made
//! of a hidden count is hidden with it: shares, averages, what was published. Ranges, and earlier waves counted from their
//! records, are left out everywhere.
//!
//! Tables of the work (failures, held records, days, non-response) cost those of answers nothing: the latter are first made
//! safe by themselves, and then only counts of the former are hidden until nothing is told by all of them together.
//!
//! Invariants
//! - Counts are told by the sums in `sums`; after suppression every hidden count can be another one while all that is
//!   shown stays as it is, and such another set of counts has been found for each of them.
//! - Totals of records, and units of the frame, are never hidden; nor is a count that these give by themselves.

mod between;
mod elimination;
mod sums;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use elimination::Elimination;
use sums::{Sums, Variable};

use super::figures::{
    Averages, CellFigures, EarlierAverages, EarlierFigure, Figures, RowFigures, RowKind, TableFigures,
};
use super::programme::Programme;

/// Hides what tells of counts below `threshold`.
pub fn suppress(programme: &Programme, figures: &mut Figures, threshold: u64) {
    let sums = Sums::of(programme, figures);
    let small = |number: i64| (1..i64::try_from(threshold).unwrap_or(i64::MAX)).contains(&number);
    let mut primary: BTreeSet<usize> = sums.heads().filter(|&place| small(sums.value(place))).collect();
    for (table, shown) in figures.tables.iter().enumerate() {
        for (row, line) in shown.rows.iter().enumerate() {
            let cells = line.cells.iter().enumerate().filter(|(_, cell)| is_small(line, cell, threshold));
            primary.extend(cells.filter_map(|(column, _)| sums.place(&Variable::Cell(table, row, column))));
        }
    }
    let published = sums.published();
    let mut hidden: BTreeSet<usize> =
        primary.iter().copied().filter(|place| !sums.is_working(*place)).collect();
    protect(&published, &mut hidden, |_| true);
    hidden.extend(primary);
    protect(&sums, &mut hidden, |place| sums.is_working(place));
    // What they cannot protect by themselves.
    protect(&sums, &mut hidden, |_| true);
    for (table, shown) in figures.tables.iter_mut().enumerate() {
        apply(&sums, &hidden, table, shown);
        leave_out_further(shown);
    }
}

/// Takes away what tells of few records beside the counts: how far held records can move a figure (one held record in a band
/// shows by the ranges what it answered), and an earlier wave counted from its records, whose counts nobody has made safe.
fn leave_out_further(shown: &mut TableFigures) {
    for head in &mut shown.columns {
        head.base.leave_out_range();
    }
    for line in &mut shown.rows {
        for cell in &mut line.cells {
            cell.count.leave_out_range();
            cell.base.leave_out_range();
            cell.share.leave_out_range();
            for earlier in &mut cell.earlier {
                earlier.take_if(|figure| matches!(figure, EarlierFigure::Recomputed(..)));
            }
        }
        let Averages { pooled, bands, frame, earlier, .. } = &mut line.averages;
        for average in [pooled, bands, frame] {
            average.leave_out_range();
        }
        for average in earlier {
            average.take_if(|average| matches!(average, EarlierAverages::Recomputed(..)));
        }
    }
}

/// Whether a cell is too small to be shown.
fn is_small(line: &RowFigures, cell: &CellFigures, threshold: u64) -> bool {
    let small = |number: u64| (1..threshold).contains(&number);
    let rest = cell.base.now.zip(cell.count.now).and_then(|(base, count)| base.checked_sub(count));
    match line.kind {
        // Units are no records; of a count without share there is no rest.
        RowKind::Count => sums::counts_records(line) && cell.count.now.is_some_and(small),
        // Those that have not answered are no one's answer.
        RowKind::Rate => cell.count.now.is_some_and(small),
        _ => cell.count.now.is_some_and(small) || rest.is_some_and(small),
    }
}

/// Adds counts that `may` be hidden to `hidden` until none of it can be told, as far as that goes: one that cannot be
/// protected leaves the others to be.
fn protect(sums: &Sums, hidden: &mut BTreeSet<usize>, may: impl Fn(usize) -> bool) {
    loop {
        // A sum with one hidden count gives it away.
        let alone = sums.equations.iter().find_map(|equation| {
            let known = equation.iter().filter(|(place, _)| hidden.contains(place)).count();
            let free = equation
                .iter()
                .map(|(place, _)| *place)
                .filter(|place| !hidden.contains(place) && may(*place));
            if known == 1 { free.min_by_key(|&place| sums.cost(place)) } else { None }
        });
        let added = match alone {
            Some(place) => BTreeSet::from([place]),
            None => beside_told(sums, hidden, &may),
        };
        if added.is_empty() {
            return;
        }
        hidden.extend(added);
    }
}

/// For each hidden count that is told a further one beside it, unless one that is added for another may protect it too: to
/// find out what is told costs most, and is done once for all of them.
fn beside_told(sums: &Sums, hidden: &BTreeSet<usize>, may: &impl Fn(usize) -> bool) -> BTreeSet<usize> {
    let mut added: BTreeSet<usize> = BTreeSet::new();
    for place in Elimination::of(sums, hidden).told() {
        let free = |place: usize| !hidden.contains(&place) && may(place);
        let beside = sums.beside(place, free);
        if added.is_disjoint(&beside) {
            added.extend(
                beside.into_iter().filter(|place| free(*place)).min_by_key(|&place| sums.cost(place)),
            );
        }
    }
    added
}

/// Marks what is hidden, and takes the numbers away.
fn apply(sums: &Sums, hidden: &BTreeSet<usize>, table: usize, shown: &mut TableFigures) {
    let is_hidden = |variable: Variable| sums.place(&variable).is_some_and(|place| hidden.contains(&place));
    let mut any = false;
    let axis_told =
        (0..shown.columns.len()).any(|column| is_hidden(Variable::Accepted(sums.axis(table), column)));
    for (column, head) in shown.columns.iter_mut().enumerate() {
        head.hidden = sums.head(table, column).is_some_and(|place| hidden.contains(&place))
            || is_hidden(Variable::Accepted(sums.axis(table), column));
        any |= head.hidden;
    }
    for (row, line) in shown.rows.iter_mut().enumerate() {
        let mut hides = axis_told;
        for (column, cell) in line.cells.iter_mut().enumerate() {
            let base_hidden = sums.head(table, column).is_some_and(|place| hidden.contains(&place));
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
