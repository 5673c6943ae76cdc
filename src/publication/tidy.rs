//! Figures as a tidy table: one datum a row, by the uniform rule for machine-readable tables of statistics.
//!
//! One long table serves CSV (a file has one header, and its rows can be filtered by table); a workbook has the same rows
//! on a sheet for each table. Each datum stands in a cell of its own as a number; names are repeated on every row rather
//! than left out; the unit, the year and, where columns are areas, their code stand beside. Where there is no number a
//! status says why.
//!
//! Invariants
//! - The cell of a number holds a number or nothing; signs for people are not in it.
//! - Shares are per cent, rounded half up from the exact ratio; count and base stand beside in rows of their own.

use std::sync::Arc;

use crate::diagnostic::Language;
use crate::report::words::pick;
use crate::rule_pack::tabulation::AverageKind;
use crate::tables::{
    CellFigures, ColumnFigures, ColumnKind, Decimal, EarlierAverages, EarlierFigure, Figures, Moving,
    Published, Ratio, RowFigures, RowKind, TableFigures, percent, prints, ratio,
};

/// Names of the columns.
pub const COLUMNS: [&str; 18] = [
    "survey",
    "year",
    "table",
    "title",
    "base",
    "row",
    "row_label",
    "column",
    "column_label",
    "area_code",
    "measure",
    "unit",
    "value",
    "low",
    "high",
    "status",
    "origin",
    "source",
];

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Records or units.
    Count,
    /// Records or units of which it is a share.
    Base,
    /// Per cent.
    Percent,
    /// Per cent: Σ count / Σ base.
    Pooled,
    /// Per cent: the mean of the bands.
    Bands,
    /// Per cent: weighted by the frame.
    Frame,
}

impl Measure {
    /// The word of machine formats.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Base => "base",
            Self::Percent => "percent",
            Self::Pooled => "average_pooled",
            Self::Bands => "average_bands",
            Self::Frame => "average_frame",
        }
    }

    /// Its unit.
    pub const fn unit(self, language: Language) -> &'static str {
        match self {
            Self::Count | Self::Base => pick(language, "件", "records"),
            _ => pick(language, "％", "percent"),
        }
    }
}

/// Why a datum is what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It has a number.
    Given,
    /// Its base is empty.
    NoBase,
    /// It is not shown.
    Suppressed,
    /// It is not known: there is no frame, or no column by which it could be counted.
    NotKnown,
}

impl Status {
    /// The word of machine formats.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::NoBase => "no_base",
            Self::Suppressed => "suppressed",
            Self::NotKnown => "not_known",
        }
    }

    /// Of a figure that is `hidden`, or has a number or none; `without`: why it may have none.
    pub const fn of(hidden: bool, has_number: bool, without: Self) -> Self {
        match (hidden, has_number) {
            (true, _) => Self::Suppressed,
            (false, true) => Self::Given,
            (false, false) => without,
        }
    }
}

/// Why a share has no number.
pub const fn without_share(cell: &CellFigures) -> Status {
    if cell.base.now.is_none() { Status::NotKnown } else { Status::NoBase }
}

/// Why an average of `table` has no number.
pub fn without_average(table: &TableFigures, kind: AverageKind) -> Status {
    let is_unknown = |column: &ColumnFigures| column.kind == ColumnKind::Band && column.frame.is_none();
    match kind {
        AverageKind::Frame if table.columns.iter().any(is_unknown) => Status::NotKnown,
        _ => Status::NoBase,
    }
}

/// One datum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Datum<'a> {
    /// The wave.
    pub year: &'a str,
    /// The table.
    pub table: &'a TableFigures,
    /// The row.
    pub row: &'a RowFigures,
    /// Name and label of the column.
    pub column: (&'a str, Arc<str>),
    /// The code of the area that the column is. `None`: it is none.
    pub area: Option<&'a str>,
    /// What is measured.
    pub measure: Measure,
    /// The number, and its range. `None`: there is none.
    pub value: Option<Decimal>,
    /// The lowest.
    pub low: Option<Decimal>,
    /// The highest.
    pub high: Option<Decimal>,
    /// Why it is what it is.
    pub status: Status,
    /// `counted`, `recomputed` (from the records of the wave), `published`, `reconstructed`.
    pub origin: &'static str,
    /// Where it was published; empty: it was not.
    pub source: &'a str,
}

/// Digits behind the point of a row's shares.
pub const fn decimals(row: &RowFigures) -> u8 {
    match row.kind {
        RowKind::Rate => 1,
        _ => 0,
    }
}

/// Whether a row has shares.
pub const fn has_share(row: &RowFigures) -> bool {
    !matches!(row.kind, RowKind::Count)
}

/// A count as it is printed.
pub fn number(count: u64) -> Decimal {
    Decimal { digits: i64::try_from(count).unwrap_or(i64::MAX), decimals: 0 }
}

/// The data of `table`, row by row and column by column.
pub fn data<'a>(figures: &'a Figures, table: &'a TableFigures, language: Language) -> Vec<Datum<'a>> {
    let mut all = Vec::new();
    let own = Tidy { year: &figures.wave, table, language };
    for row in &table.rows {
        for (column, cell) in table.columns.iter().zip(&row.cells) {
            let unknown = Status::NotKnown;
            let count = moving(&cell.count, |count| number(*count));
            all.push(own.datum(row, column, Measure::Count, count, (cell.hidden, unknown)));
            if has_share(row) {
                let base = moving(&cell.base, |base| number(*base));
                let hidden = cell.hidden || column.hidden;
                all.push(own.datum(row, column, Measure::Base, base, (hidden, unknown)));
                let share = moving(&cell.share, |share| percent(share, decimals(row)));
                let status = (cell.hidden, without_share(cell));
                all.push(own.datum(row, column, Measure::Percent, share, status));
            }
            for (wave, earlier) in table.waves.iter().zip(&cell.earlier) {
                let Some(earlier) = earlier else { continue };
                all.push(own.beside(row, column, &wave.wave, earlier, cell.hidden));
            }
        }
        own.averages(row, &mut all);
    }
    all
}

/// Value, lowest and highest as printed.
type Printed = [Option<Decimal>; 3];

fn moving<T>(figure: &Moving<T>, print: impl Fn(&T) -> Decimal) -> Printed {
    [&figure.now, &figure.low, &figure.high].map(|value| value.as_ref().map(&print))
}

/// What all data of a table share.
struct Tidy<'a> {
    year: &'a str,
    table: &'a TableFigures,
    language: Language,
}

impl<'a> Tidy<'a> {
    fn datum(
        &self,
        row: &'a RowFigures,
        column: &'a ColumnFigures,
        measure: Measure,
        [value, low, high]: Printed,
        (hidden, without): (bool, Status),
    ) -> Datum<'a> {
        let status = Status::of(hidden, value.is_some(), without);
        let (value, low, high) = if hidden { (None, None, None) } else { (value, low, high) };
        Datum {
            year: self.year,
            table: self.table,
            row,
            column: (&column.name, Arc::clone(column.label.get(self.language))),
            area: (self.table.coded && column.kind == ColumnKind::Band).then_some(&*column.name),
            measure,
            value,
            low,
            high,
            status,
            origin: "counted",
            source: "",
        }
    }

    fn beside(
        &self,
        row: &'a RowFigures,
        column: &'a ColumnFigures,
        wave: &'a str,
        earlier: &'a EarlierFigure,
        hidden: bool,
    ) -> Datum<'a> {
        let (value, origin, source) = match earlier {
            EarlierFigure::Recomputed(count, base) => {
                (ratio(*count, *base).map(|share| percent(&share, decimals(row))), "recomputed", "")
            }
            EarlierFigure::Published(published) => published_as(published),
            EarlierFigure::Unknown => (None, "recomputed", ""),
        };
        let unknown = matches!(earlier, EarlierFigure::Unknown);
        let without = if unknown { Status::NotKnown } else { Status::NoBase };
        let datum = self.datum(row, column, Measure::Percent, [value, None, None], (hidden, without));
        Datum { year: wave, origin, source, ..datum }
    }

    fn averages(&self, row: &'a RowFigures, all: &mut Vec<Datum<'a>>) {
        let Some(column) = self.table.columns.last() else { return };
        let averages = &row.averages;
        let share = |share: &Ratio| percent(share, 0);
        let total_hidden = row.cells.last().is_some_and(|cell| cell.hidden);
        for (kind, measure, figure, hidden) in [
            (AverageKind::Pooled, Measure::Pooled, &averages.pooled, total_hidden),
            (AverageKind::Bands, Measure::Bands, &averages.bands, averages.hidden),
            (AverageKind::Frame, Measure::Frame, &averages.frame, averages.hidden),
        ] {
            if !prints(self.table.average, kind) {
                continue;
            }
            let status = (hidden, without_average(self.table, kind));
            all.push(self.datum(row, column, measure, moving(figure, share), status));
            for (wave, earlier) in self.table.waves.iter().zip(&averages.earlier) {
                let hidden = averages.hidden || total_hidden;
                let (value, origin, source) = match (earlier, kind) {
                    (Some(EarlierAverages::Recomputed(pooled, _)), AverageKind::Pooled) => {
                        (pooled.as_ref().map(share), "recomputed", "")
                    }
                    (Some(EarlierAverages::Recomputed(_, bands)), AverageKind::Bands) => {
                        (bands.as_ref().map(share), "recomputed", "")
                    }
                    _ => continue,
                };
                let status = (hidden, Status::NoBase);
                let datum = self.datum(row, column, measure, [value, None, None], status);
                all.push(Datum { year: &wave.wave, origin, source, ..datum });
            }
        }
    }
}

fn published_as(published: &Published) -> (Option<Decimal>, &'static str, &str) {
    let origin = if published.reconstructed { "reconstructed" } else { "published" };
    (Some(published.value), origin, &published.source)
}
