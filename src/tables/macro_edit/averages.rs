//! Whether a published average is the one that its table declares.
//!
//! Invariants
//! - Of counted figures the averages are exact; of published percentages they are known as far as their printing goes.
//! - Where a definition cannot be computed, nothing is said against it.

use super::sheet::{Reach, Row, Sheet, Table};
use super::told::{Told, with_one_decimal};
use crate::diagnostic::Localized;
use crate::rule_pack::tabulation::{AverageKind, TableKind};
use crate::tables::figures::{Published, RowKind};
use crate::tables::ratio::{Ratio, whole};

/// Every definition, with its name in messages.
const DEFINITIONS: [(AverageKind, Localized<&str>); 3] = [
    (AverageKind::Pooled, Localized::new("プール平均", "the pooled average")),
    (AverageKind::Bands, Localized::new("区分の単純平均", "the mean of the bands")),
    (AverageKind::Frame, Localized::new("名簿構成による平均", "the average weighted by the frame")),
];

/// Published averages that the definition of their table, one of `kinds`, does not give.
pub(super) fn which(sheet: &Sheet<'_>, kinds: &[AverageKind]) -> Vec<Told> {
    let tables = sheet.tables().filter(|table| kinds.contains(&table.average()));
    tables.flat_map(|table| table.rows.iter().filter_map(|row| not_reproduced(sheet, table, row))).collect()
}

/// `None`: it is reproduced, or nothing can be said.
fn not_reproduced(sheet: &Sheet<'_>, table: &Table<'_>, row: &Row<'_>) -> Option<Told> {
    let published = published(table, row)?;
    let declared = reach(sheet, table, row, table.average())?;
    if declared.can_print(published.value) {
        return None;
    }
    let gives: Vec<&Localized<&str>> = DEFINITIONS
        .iter()
        .filter(|(kind, _)| {
            reach(sheet, table, row, *kind).is_some_and(|reach| reach.can_print(published.value))
        })
        .map(|(_, name)| name)
        .collect();
    let mut told = table.told_of_row(row);
    told.decimal("published", Some(published.value));
    told.words("definition", names(&gives));
    for (name, kind) in [("pooled", AverageKind::Pooled), ("bands", AverageKind::Bands)] {
        let shown = reach(sheet, table, row, kind).map(|reach| shown(&reach));
        let shown = shown.unwrap_or_else(|| Localized::new("不明".to_owned(), "not known".to_owned()));
        told.words(name, shown);
    }
    Some(told)
}

/// The printed average of a row.
pub(super) fn published<'r>(table: &Table<'_>, row: &'r Row<'_>) -> Option<&'r Published> {
    let cell = row.cells.get(table.total()?)?;
    cell.published.as_ref().filter(|_| row.is_share())
}

fn names(names: &[&Localized<&str>]) -> Localized<String> {
    if names.is_empty() {
        return Localized::new(
            "三つのどの定義でもない計算".to_owned(),
            "none of the three definitions".to_owned(),
        );
    }
    let join = |pick: fn(&Localized<&'static str>) -> &'static str, between: &str| {
        let all: Vec<&str> =
            DEFINITIONS.iter().map(|(_, name)| name).filter(|name| names.contains(name)).map(pick).collect();
        all.join(between)
    };
    Localized::new(join(|name| name.ja, "、"), join(|name| name.en, ", "))
}

/// With one decimal, or from where to where it can lie.
fn shown(reach: &Reach) -> Localized<String> {
    let percent = |share: &Ratio| with_one_decimal(&(share * Ratio::from_integer(100.into())));
    let text = if reach.low == reach.high {
        percent(&reach.low)
    } else {
        format!("{}～{}", percent(&reach.low), percent(&reach.high))
    };
    Localized::new(text.clone(), text.replace('～', " to "))
}

/// What a row's average is by a definition, as far as it is known. `None`: it is not.
pub(super) fn reach(sheet: &Sheet<'_>, table: &Table<'_>, row: &Row<'_>, kind: AverageKind) -> Option<Reach> {
    if sheet.counted {
        return row.average(kind).map(Reach::exact);
    }
    let bands: Option<Vec<Reach>> = table.bands().map(|place| row.cells.get(place)?.reach()).collect();
    let bands = bands.filter(|bands| !bands.is_empty())?;
    let weights: Vec<Ratio> = match kind {
        AverageKind::Bands => bands.iter().map(|_| whole(1)).collect(),
        AverageKind::Pooled => weights(sheet, table, "valid")?,
        AverageKind::Frame => weights(sheet, table, "frame")?,
        AverageKind::Unknown | AverageKind::None => return None,
    };
    let all: Ratio = weights.iter().sum();
    let mean = |pick: fn(&Reach) -> &Ratio| {
        bands.iter().zip(&weights).map(|(band, weight)| pick(band) * weight).sum::<Ratio>() / &all
    };
    (all > whole(0)).then(|| Reach { low: mean(|reach| &reach.low), high: mean(|reach| &reach.high) })
}

/// What was published of the bands' sizes, for a table that everyone is asked for: rows of a table of the response.
fn weights(sheet: &Sheet<'_>, table: &Table<'_>, row: &str) -> Option<Vec<Ratio>> {
    if !table.is_of_all() {
        return None;
    }
    let response = sheet.tables().find(|table| table.kind() == TableKind::Response)?;
    let sizes = response.row(row).filter(|row| row.kind() == RowKind::Count)?;
    let of = |place: usize| {
        let name = &table.columns().get(place)?.name;
        let place = response.columns().iter().position(|column| column.name == *name)?;
        sizes.cells.get(place)?.count.map(whole)
    };
    table.bands().map(of).collect()
}
