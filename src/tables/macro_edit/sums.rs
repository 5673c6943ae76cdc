//! Counts that add up, bases that lie inside each other, percentages that are a whole together.
//!
//! Invariants
//! - Rounding half up of k parts of a whole can show from 100 − ⌊(k−1)/2⌋ to 100 + ⌊k/2⌋ units of the last digit.

use super::sheet::{Sheet, Table};
use super::told::Told;
use crate::diagnostic::Localized;
use crate::rule_pack::macro_edit::NamedRow;
use crate::tables::figures::Published;
use crate::tables::ratio::{Decimal, percent};

/// Where the bands of a row do not add up to its total.
pub(super) fn adds_up(sheet: &Sheet<'_>, named: &NamedRow) -> Vec<Told> {
    let Some((table, row)) = sheet.row(named) else { return Vec::new() };
    let count = |place: usize| row.cells.get(place).and_then(|cell| cell.count);
    let bands: Option<Vec<u64>> = table.bands().map(count).collect();
    let total = table.total().and_then(count);
    let Some((bands, total)) = bands.zip(total) else { return Vec::new() };
    let sum: u64 = bands.iter().sum();
    if sum == total || bands.is_empty() {
        return Vec::new();
    }
    let mut told = table.told_of_row(row);
    told.count("sum", Some(sum));
    told.count("total", Some(total));
    vec![told]
}

/// Where a base is larger than one that should hold it, or differs from one that should be the same.
pub(super) fn nested(sheet: &Sheet<'_>, within: &[Vec<usize>], alike: &[usize]) -> Vec<Told> {
    let mut told = Vec::new();
    let mut compare = |inner: usize, outer: usize, same: bool| {
        let (Some(inner), Some(outer)) = (sheet.table(inner), sheet.table(outer)) else { return };
        for (place, column) in inner.columns().iter().enumerate() {
            let other = outer.columns().iter().position(|other| other.name == column.name);
            // Where nothing was counted there is nothing to compare.
            let bases =
                inner.base(place).zip(other.and_then(|other| outer.base(other))).filter(|_| sheet.counted);
            let Some((small, large)) = bases else { continue };
            if small <= large && (!same || small == large) {
                continue;
            }
            let sign = if same { "≠" } else { ">" };
            let expression = format!("{}: {small} {sign} {}: {large}", inner.name(), outer.name());
            let mut one = inner.told();
            inner.tell_column(place, &mut one);
            one.words("expression", Localized::new(expression.clone(), expression));
            told.push(one);
        }
    };
    for chain in within {
        for (inner, outer) in chain.iter().zip(chain.iter().skip(1)) {
            compare(*inner, *outer, false);
        }
    }
    if let Some((first, rest)) = alike.split_first() {
        for other in rest {
            compare(*other, *first, true);
        }
    }
    told
}

/// Columns whose percentages cannot be a whole.
pub(super) fn rounded(sheet: &Sheet<'_>, own: &[usize], published: &[usize]) -> Vec<Told> {
    let mut told = Vec::new();
    let own = own.iter().filter(|_| sheet.counted).filter_map(|&place| sheet.table(place));
    for table in own.filter(|table| table.adds_up()) {
        told.extend((0..table.columns().len()).filter_map(|place| counted_column(table, place)));
    }
    for table in published.iter().filter_map(|&place| sheet.table(place)) {
        told.extend((0..table.columns().len()).filter_map(|place| published_column(table, place)));
    }
    told
}

fn counted_column(table: &Table<'_>, place: usize) -> Option<Told> {
    let shares: Option<Vec<Decimal>> = table
        .rows
        .iter()
        .map(|row| row.cells.get(place)?.share.as_ref().map(|share| percent(share, 0)))
        .collect();
    let shares = shares?;
    let sum: i64 = shares.iter().map(|share| share.digits).sum();
    let (low, high) = bounds(shares.len(), 0);
    ((sum < low || sum > high) && !shares.is_empty()).then(|| told(table, place, sum, 0))
}

fn published_column(table: &Table<'_>, place: usize) -> Option<Told> {
    // What a part is missing of is no whole.
    if table.rows.iter().any(|row| row.cells.get(place).is_some_and(|cell| cell.hidden)) {
        return None;
    }
    let figures: Vec<&Published> = table
        .rows
        .iter()
        .filter(|row| row.is_share())
        .filter_map(|row| row.cells.get(place)?.published.as_ref())
        .collect();
    let decimals = figures.iter().map(|figure| figure.value.decimals).max()?;
    // Of one figure nothing can be said: it need not be the whole.
    if figures.len() < 2 {
        return None;
    }
    let units = |decimal: Decimal| {
        let shift = u32::from(decimals - decimal.decimals.min(decimals));
        decimal.digits.saturating_mul(10_i64.saturating_pow(shift))
    };
    let least: i64 = figures.iter().map(|figure| units(figure.value)).sum();
    let most: i64 = figures.iter().map(|figure| units(figure.upper.unwrap_or(figure.value))).sum();
    let (low, high) = bounds(figures.len(), decimals);
    if most < low {
        return Some(told(table, place, most, decimals));
    }
    (least > high).then(|| told(table, place, least, decimals))
}

/// What `parts` rounded percentages of `decimals` can add up to, in units of their last digit.
fn bounds(parts: usize, decimals: u8) -> (i64, i64) {
    let whole = 100_i64.saturating_mul(10_i64.saturating_pow(u32::from(decimals)));
    let parts = i64::try_from(parts).unwrap_or(i64::MAX);
    (whole - (parts - 1) / 2, whole + parts / 2)
}

fn told(table: &Table<'_>, place: usize, sum: i64, decimals: u8) -> Told {
    let mut told = table.told();
    table.tell_column(place, &mut told);
    told.decimal("sum", Some(Decimal { digits: sum, decimals }));
    told
}

#[cfg(test)]
mod tests {
    use super::bounds;

    /// Figures of the report and around them: 76, 5 and 17 cannot be a whole, 1 and 7 of 8 print as 13 and 88.
    #[test]
    fn only_what_rounding_can_show_is_a_whole() {
        let fits = |shares: &[i64]| {
            let (low, high) = bounds(shares.len(), 0);
            (low..=high).contains(&shares.iter().sum())
        };
        assert!(!fits(&[76, 5, 17]) && !fits(&[33, 33, 32]));
        assert!(fits(&[10, 35, 55]) && fits(&[33, 33, 33]) && fits(&[13, 88]));
        assert!(!fits(&[50, 49]) && fits(&[100]) && !fits(&[99]));
    }
}
