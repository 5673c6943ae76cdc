//! Published sentences held against the tables.
//!
//! Invariants
//! - A sentence speaks of what a reader sees: percentages as they are printed, not exact shares.
//! - Bands of which no figure is known are passed over.

use super::sheet::{Row, Sheet, Table};
use super::told::Told;
use crate::rule_pack::macro_edit::{Claim, ClaimColumns, ClaimKind};
use crate::tables::figures::ColumnKind;
use crate::tables::ratio::{Decimal, Ratio, percent};

/// A finding for each column in which a claim does not hold.
pub(super) fn broken(sheet: &Sheet<'_>, claims: &[Claim]) -> Vec<Told> {
    claims.iter().flat_map(|claim| of_claim(sheet, claim)).collect()
}

fn of_claim(sheet: &Sheet<'_>, claim: &Claim) -> Vec<Told> {
    let Some(table) = sheet.table(claim.table) else { return Vec::new() };
    if claim.other_base {
        return vec![told(claim, table, None, None)];
    }
    let rows: Option<Vec<&Row<'_>>> = claim.rows.iter().map(|row| table.row(row)).collect();
    let Some(rows) = rows else { return Vec::new() };
    let columns: Vec<usize> = match &claim.columns {
        ClaimColumns::Each => table.bands().collect(),
        ClaimColumns::One(name) => {
            table.columns().iter().position(|column| column.name == *name).into_iter().collect()
        }
    };
    let published = claim.kind == ClaimKind::SumAtLeast;
    let figures: Vec<(usize, Decimal)> =
        columns.into_iter().filter_map(|place| Some((place, together(&rows, place, published)?))).collect();
    let limit = claim.limit.map(|(digits, decimals)| Decimal { digits, decimals });
    let about = Decimal { digits: claim.about.0, decimals: claim.about.1 };
    let fails = |place: usize, value: Decimal, before: Option<Decimal>| {
        let against = match (claim.kind, limit) {
            (ClaimKind::Rising, _) => before.is_some_and(|before| value.exact() < before.exact()),
            (ClaimKind::AtLeast | ClaimKind::SumAtLeast, Some(limit)) => {
                value.exact() < limit.exact() - about.exact()
            }
            (ClaimKind::AtMost, Some(limit)) => value.exact() > limit.exact() + about.exact(),
            (_, None) => false,
        };
        against.then(|| told(claim, table, Some(place), Some(value)))
    };
    let before = std::iter::once(None).chain(figures.iter().map(|(_, value)| Some(*value)));
    figures.iter().zip(before).filter_map(|((place, value), before)| fails(*place, *value, before)).collect()
}

/// What the rows show together in a column; what was published goes before what was counted where it is `published` that
/// the sentence is made of. `None`: one of them is not known.
fn together(rows: &[&Row<'_>], place: usize, published: bool) -> Option<Decimal> {
    let cells = || rows.iter().map(|row| row.cells.get(place));
    let printed: Option<Vec<Decimal>> =
        cells().map(|cell| cell?.published.as_ref().map(|published| published.value)).collect();
    let shares: Option<Vec<&Ratio>> = cells().map(|cell| cell?.share.as_ref()).collect();
    let counted = shares.map(|shares| percent(&shares.into_iter().sum(), 0));
    let printed = printed.and_then(|printed| sum(&printed));
    if published { printed.or(counted) } else { counted.or(printed) }
}

fn sum(figures: &[Decimal]) -> Option<Decimal> {
    let decimals = figures.iter().map(|figure| figure.decimals).max()?;
    let digits = figures.iter().map(|figure| {
        figure
            .digits
            .saturating_mul(10_i64.saturating_pow(u32::from(decimals - figure.decimals.min(decimals))))
    });
    Some(Decimal { digits: digits.sum(), decimals })
}

fn told(claim: &Claim, table: &Table<'_>, place: Option<usize>, value: Option<Decimal>) -> Told {
    let mut told = table.told();
    told.localized("claim", claim.sentence.clone());
    if let Some(place) = place {
        table.tell_column(place, &mut told);
        // A sentence about the whole means the printed average.
        if table.columns().get(place).is_some_and(|column| column.kind == ColumnKind::All) {
            told.words(
                "band:label",
                crate::diagnostic::Localized::new("全体".to_owned(), "the whole".to_owned()),
            );
        }
    }
    told.decimal("percent", value);
    told.decimal("limit", claim.limit.map(|(digits, decimals)| Decimal { digits, decimals }));
    told
}
