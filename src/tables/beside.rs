//! What stands beside a figure: earlier waves, and what was published.
//!
//! Invariants
//! - A wave is counted from its own records where they were read, else taken as published with its mark; never both.
//! - Only waves that are comparable reach this place.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::counts::{EarlierCounts, TableCounts};
use super::figures::{EarlierAverages, EarlierFigure, Published, WaveBeside};
use super::making::{ALL, Making};
use super::programme::{AnswerRow, EarlierCount, PlannedRow};
use super::ratio::{Decimal, Ratio, ratio, whole};
use crate::expression::FieldId;
use crate::rule_pack::tabulation::PublishedFigure;

impl Making<'_> {
    pub(super) fn waves(&self) -> Vec<WaveBeside> {
        let beside = self.table.earlier.iter().enumerate().map(|(number, wave)| {
            let link = wave.question.as_ref().map(|question| question.field.table);
            let repeated = link.and_then(|link| self.counts.repeated.get(&link)).copied();
            let columns = self.lacking(number).into_iter().flatten();
            let titles = columns.filter_map(|field| self.programme.pack.field(*field));
            WaveBeside {
                wave: Arc::clone(&wave.wave),
                recomputed: self.is_counted(number, wave),
                lacking: titles.map(|field| Arc::from(&*field.column)).collect(),
                repeated: repeated.filter(|_| self.is_counted(number, wave)).unwrap_or(0),
            }
        });
        beside.collect()
    }

    /// What the file of a wave lacks for this table. `None`: nothing.
    fn lacking(&self, number: usize) -> Option<&BTreeSet<FieldId>> {
        self.counts.lacking.get(&(self.place_of_table()?, number))
    }

    fn place_of_table(&self) -> Option<usize> {
        self.programme.tables.iter().position(|table| table.place == self.table.place)
    }

    fn is_counted(&self, number: usize, wave: &EarlierCount) -> bool {
        let read = |table: u16| self.counts.waves_read.contains(&table);
        wave.question.as_ref().is_some_and(|question| read(question.field.table))
            && self.lacking(number).is_none()
    }

    /// What was published under `row` and the column at `places` of `wave`.
    fn published(&self, wave: &str, row: &str, places: &[usize]) -> Option<Published> {
        let column: &str = match places {
            // Without bands the one column there is holds all.
            [place] if !self.axis.columns.is_empty() => &self.axis.columns.get(*place)?.name,
            _ => ALL,
        };
        let waves = &self.programme.pack.tabulation.waves;
        let figures = waves.iter().find(|known| &*known.wave == wave)?;
        let fits = |figure: &&PublishedFigure| {
            figure.table == self.declared.name && &*figure.row == row && &*figure.column == column
        };
        figures.published.iter().find(fits).map(|figure| Published {
            value: Decimal { digits: figure.digits, decimals: figure.decimals },
            upper: figure.upper.map(|digits| Decimal { digits, decimals: figure.decimals }),
            source: Arc::clone(&figure.source),
            reconstructed: figure.reconstructed,
        })
    }

    /// What was published of this wave.
    pub(super) fn published_here(&self, row: &str, places: &[usize]) -> Option<Published> {
        self.published(&self.programme.pack.wave, row, places)
    }

    fn earlier_counts(&self, wave: usize) -> Option<&[EarlierCounts]> {
        match self.counts.tables.get(self.place_of_table()?)? {
            TableCounts::Answers(_, earlier) => earlier.get(wave).map(Vec::as_slice),
            _ => None,
        }
    }

    /// Whether the row of theirs is compared.
    fn has_row(wave: &EarlierCount, row: usize) -> bool {
        let rows = wave.question.as_ref().map(|question| &question.rows);
        rows.and_then(|rows| rows.get(row)).is_some_and(|options| options.contains(&true))
    }

    pub(super) fn earlier_cell(
        &self,
        place: usize,
        row: &PlannedRow,
        places: &[usize],
    ) -> Vec<Option<EarlierFigure>> {
        let one = |(number, wave): (usize, &EarlierCount)| {
            if row.kind != AnswerRow::Option {
                return None;
            }
            if !self.is_counted(number, wave) {
                let published = self.published(&wave.wave, &row.name, places).map(EarlierFigure::Published);
                let unknown = self.lacking(number).map(|_| EarlierFigure::Unknown);
                return published.or(unknown);
            }
            if !Self::has_row(wave, place) {
                return None;
            }
            let cells = self.earlier_counts(number)?;
            let own: Vec<EarlierCounts> =
                places.iter().filter_map(|&place| cells.get(place)).cloned().collect();
            let sum = EarlierCounts::sum(&own);
            Some(EarlierFigure::Recomputed(sum.rows.get(place).copied().unwrap_or(0), sum.base))
        };
        self.table.earlier.iter().enumerate().map(one).collect()
    }

    pub(super) fn earlier_averages(&self, place: usize, row: &PlannedRow) -> Vec<Option<EarlierAverages>> {
        let one = |(number, wave): (usize, &EarlierCount)| {
            if row.kind != AnswerRow::Option {
                return None;
            }
            if !self.is_counted(number, wave) {
                let every: Vec<usize> = (0..=self.axis.columns.len()).collect();
                return self.published(&wave.wave, &row.name, &every).map(EarlierAverages::Published);
            }
            if !Self::has_row(wave, place) {
                return None;
            }
            let cells = self.earlier_counts(number)?;
            let sum = EarlierCounts::sum(cells);
            let count = |cell: &EarlierCounts| cell.rows.get(place).copied().unwrap_or(0);
            let bands = cells.get(..self.axis.columns.len()).unwrap_or_default();
            let shares: Vec<Ratio> = bands.iter().filter_map(|cell| ratio(count(cell), cell.base)).collect();
            let number = u64::try_from(shares.len()).ok().filter(|number| *number > 0);
            let mean = number.map(|number| shares.into_iter().sum::<Ratio>() / whole(number));
            Some(EarlierAverages::Recomputed(ratio(count(&sum), sum.base), mean))
        };
        self.table.earlier.iter().enumerate().map(one).collect()
    }
}
