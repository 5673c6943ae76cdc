//! The figures as macro edits see them: counted ones with what was published beside, or published ones alone.
//!
//! Invariants
//! - Tables stand at their place in the pack; one that was not made is not there.
//! - A share is exact, or known as far as its printing goes: then it is somewhere between two bounds.

use std::sync::Arc;

use num_bigint::BigInt;

use super::Judged;
use super::told::Told;
use crate::diagnostic::Localized;
use crate::evaluate::FieldName;
use crate::rule_pack::RulePack;
use crate::rule_pack::macro_edit::NamedRow;
use crate::rule_pack::tabulation::{AverageKind, TableKind};
use crate::tables::figures::{
    CellFigures, ColumnFigures, ColumnKind, EarlierFigure, Figures, Published, RowFigures, RowKind,
    TableFigures,
};
use crate::tables::ratio::{Decimal, Ratio, percent, ratio};

/// From where to where a share can lie, both ends included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reach {
    pub(super) low: Ratio,
    pub(super) high: Ratio,
}

impl Reach {
    /// What is known exactly.
    pub(super) fn exact(share: &Ratio) -> Self {
        Self { low: share.clone(), high: share.clone() }
    }

    /// What prints as `decimal` per cent.
    pub(super) fn printed(decimal: Decimal) -> Self {
        let unit: BigInt = BigInt::from(10).pow(u32::from(decimal.decimals)) * 200;
        let doubled: BigInt = BigInt::from(decimal.digits) * 2;
        Self { low: Ratio::new(&doubled - 1, unit.clone()), high: Ratio::new(doubled + 1, unit) }
    }

    /// Whether some share of it prints as `decimal` per cent.
    pub(super) fn can_print(&self, decimal: Decimal) -> bool {
        if self.low == self.high {
            return percent(&self.low, decimal.decimals) == decimal;
        }
        let printed = Self::printed(decimal);
        self.low < printed.high && printed.low <= self.high
    }

    /// Its middle: what is shown of it.
    pub(super) fn middle(&self) -> Ratio {
        (&self.low + &self.high) / BigInt::from(2)
    }
}

/// A figure of an earlier wave, in per cent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Earlier {
    pub(super) share: Ratio,
    pub(super) reconstructed: bool,
}

/// A cell.
#[derive(Debug, Clone, Default)]
pub(super) struct Cell {
    /// Records.
    pub(super) count: Option<u64>,
    /// Of so many.
    pub(super) base: Option<u64>,
    /// The share, where it was counted.
    pub(super) share: Option<Ratio>,
    /// What was published of this wave.
    pub(super) published: Option<Published>,
    /// The wave before.
    pub(super) earlier: Option<Earlier>,
    /// Whether it may not be shown: then it has nothing of these.
    pub(super) hidden: bool,
}

impl Cell {
    /// The share, as far as it is known.
    pub(super) fn reach(&self) -> Option<Reach> {
        let published = || self.published.as_ref().map(|published| Reach::printed(published.value));
        self.share.as_ref().map(Reach::exact).or_else(published)
    }
}

/// A row.
#[derive(Debug)]
pub(super) struct Row<'f> {
    figures: &'f RowFigures,
    /// Parallel to the table's columns.
    pub(super) cells: Vec<Cell>,
}

impl Row<'_> {
    /// Its name.
    pub(super) fn name(&self) -> &Arc<str> {
        &self.figures.name
    }

    /// What it stands for.
    pub(super) const fn kind(&self) -> RowKind {
        self.figures.kind
    }

    /// Whether its figures are shares.
    pub(super) const fn is_share(&self) -> bool {
        matches!(self.figures.kind, RowKind::Answer(_) | RowKind::Rate | RowKind::Question)
    }

    /// An average of counted figures.
    pub(super) fn average(&self, kind: AverageKind) -> Option<&Ratio> {
        let averages = &self.figures.averages;
        if averages.hidden || self.figures.cells.iter().any(|cell| cell.hidden) {
            return None;
        }
        match kind {
            AverageKind::Pooled => averages.pooled.now.as_ref(),
            AverageKind::Bands => averages.bands.now.as_ref(),
            AverageKind::Frame => averages.frame.now.as_ref(),
            AverageKind::Unknown | AverageKind::None => None,
        }
    }
}

/// A table.
#[derive(Debug)]
pub(super) struct Table<'f> {
    figures: &'f TableFigures,
    /// The rows.
    pub(super) rows: Vec<Row<'f>>,
}

impl<'f> Table<'f> {
    /// Its name.
    pub(super) fn name(&self) -> &'f Arc<str> {
        &self.figures.name
    }

    /// What it counts.
    pub(super) const fn kind(&self) -> TableKind {
        self.figures.kind
    }

    /// How its printed average is made.
    pub(super) const fn average(&self) -> AverageKind {
        self.figures.average
    }

    /// Whether everyone is in its base.
    pub(super) const fn is_of_all(&self) -> bool {
        self.figures.base.expression.is_none() && matches!(self.figures.kind, TableKind::Answers)
    }

    /// Whether its rows are the whole together.
    pub(super) const fn adds_up(&self) -> bool {
        self.figures.adds_up
    }

    /// The base of the column at `place`. `None`: it is not known, or may not be shown.
    pub(super) fn base(&self, place: usize) -> Option<u64> {
        self.columns().get(place).filter(|column| !column.hidden)?.base.now
    }

    /// Its columns.
    pub(super) fn columns(&self) -> &'f [ColumnFigures] {
        &self.figures.columns
    }

    /// The bands among its columns, by place.
    pub(super) fn bands(&self) -> impl Iterator<Item = usize> + use<'f> {
        self.columns()
            .iter()
            .enumerate()
            .filter(|(_, column)| column.kind == ColumnKind::Band)
            .map(|(place, _)| place)
    }

    /// The place of the column of all records.
    pub(super) fn total(&self) -> Option<usize> {
        self.columns().iter().position(|column| column.kind == ColumnKind::All)
    }

    /// The row called `name`.
    pub(super) fn row(&self, name: &str) -> Option<&Row<'f>> {
        self.rows.iter().find(|row| **row.name() == *name)
    }

    /// What a message says of the table.
    pub(super) fn told(&self) -> Told {
        let title = &self.figures.title;
        let named = |text: &Arc<str>| Arc::from(format!("{} {text}", self.figures.name));
        let mut told = Told::default();
        told.localized("table", Localized::new(named(&title.ja), named(&title.en)));
        if let Some(field) = &self.figures.question {
            told.localized("question", question(field));
        }
        told
    }

    /// What a message says of a row.
    pub(super) fn told_of_row(&self, row: &Row<'_>) -> Told {
        let mut told = self.told();
        told.localized("option", row.figures.label.clone());
        if row.figures.kind == RowKind::Question {
            told.localized("question", row.figures.label.clone());
        }
        told
    }

    /// What a message says of a column.
    pub(super) fn tell_column(&self, place: usize, told: &mut Told) {
        if let Some(column) = self.columns().get(place) {
            told.localized("band:label", column.label.clone());
        }
    }
}

/// Number and title of a question.
fn question(field: &FieldName) -> Localized<Arc<str>> {
    let (Some(number), label) = (&field.numbered, &field.label) else { return field.label.clone() };
    Localized::new(
        Arc::from(format!("{}「{}」", number.short.ja, label.ja)),
        Arc::from(format!("{} \"{}\"", number.short.en, label.en)),
    )
}

/// All tables.
#[derive(Debug)]
pub(super) struct Sheet<'f> {
    /// At their places in the pack.
    tables: Vec<Option<Table<'f>>>,
    /// Whether the figures were counted.
    pub(super) counted: bool,
}

impl<'f> Sheet<'f> {
    pub(super) fn new(pack: &RulePack, figures: &'f Figures, judged: Judged) -> Self {
        let counted = judged == Judged::Counted;
        let table = |name: &str| {
            let figures = figures.tables.iter().find(|table| *table.name == *name)?;
            let row = |row: &'f RowFigures| {
                let cells = row.cells.iter().map(|cell| self::cell(cell, row.kind, counted)).collect();
                Row { figures: row, cells }
            };
            let mut rows: Vec<Row<'f>> = figures.rows.iter().map(row).collect();
            if !counted && figures.kind == TableKind::Response {
                of_published_counts(&mut rows);
            }
            Some(Table { figures, rows })
        };
        Self {
            tables: pack.tabulation.tables.iter().map(|declared| table(&declared.name)).collect(),
            counted,
        }
    }

    /// The table at `place` of the pack. `None`: it was not made.
    pub(super) fn table(&self, place: usize) -> Option<&Table<'f>> {
        self.tables.get(place)?.as_ref()
    }

    /// A row with its table.
    pub(super) fn row(&self, named: &NamedRow) -> Option<(&Table<'f>, &Row<'f>)> {
        let table = self.table(named.table)?;
        Some((table, table.row(&named.row)?))
    }

    /// The tables that were made, with their places.
    pub(super) fn tables(&self) -> impl Iterator<Item = &Table<'f>> {
        self.tables.iter().flatten()
    }
}

/// Gives a published rate the published counts of which it is made.
fn of_published_counts(rows: &mut [Row<'_>]) {
    let counts = |name: &str| -> Vec<Option<u64>> {
        let row = rows.iter().find(|row| **row.name() == *name && row.kind() == RowKind::Count);
        row.map(|row| row.cells.iter().map(|cell| cell.count).collect()).unwrap_or_default()
    };
    let both: Vec<(Option<u64>, Option<u64>)> = counts("valid").into_iter().zip(counts("frame")).collect();
    for row in rows.iter_mut().filter(|row| row.figures.kind == RowKind::Rate) {
        for (cell, both) in row.cells.iter_mut().zip(&both) {
            if let (Some(valid), Some(asked)) = both {
                (cell.count, cell.base, cell.share) = (Some(*valid), Some(*asked), ratio(*valid, *asked));
            }
        }
    }
}

fn cell(figures: &CellFigures, kind: RowKind, counted: bool) -> Cell {
    // What may not be shown may not be told in a message either.
    if figures.hidden {
        return Cell { hidden: true, ..Cell::default() };
    }
    let published = figures.published.clone();
    let earlier = figures.earlier.iter().rev().flatten().next().and_then(|earlier| match earlier {
        EarlierFigure::Recomputed(count, base) => {
            ratio(*count, *base).map(|share| Earlier { share, reconstructed: false })
        }
        EarlierFigure::Published(published) => {
            let share = Reach::printed(published.value).middle();
            Some(Earlier { share, reconstructed: published.reconstructed })
        }
        EarlierFigure::Unknown => None,
    });
    if counted {
        return Cell {
            count: figures.count.now,
            base: figures.base.now,
            share: figures.share.now.clone(),
            published,
            earlier,
            hidden: false,
        };
    }
    let count = published.as_ref().filter(|_| kind == RowKind::Count).and_then(|figure| whole(figure.value));
    Cell { count, published, earlier, ..Cell::default() }
}

/// A count as it was printed. `None`: it has decimals.
fn whole(decimal: Decimal) -> Option<u64> {
    if decimal.decimals == 0 { u64::try_from(decimal.digits).ok() } else { None }
}
