//! The numbers of what was drawn: records by stratum, and each option's share.
//!
//! Invariants
//! - Counts are those of the drawn records, before any defect; percentages are half up, from whole numbers.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr;

use super::recipe::Recipe;
use super::record::{Cell, Record};
use super::selection::Sizes;
use crate::diagnostic::Language;
use crate::expression::Type;
use crate::questionnaire::Questionnaire;

/// Counts by stratum, field and option.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Marginals {
    /// Records by stratum.
    records: Vec<u64>,
    /// By stratum, position of the field and option.
    options: Vec<Vec<Vec<u64>>>,
}

impl Marginals {
    /// Nothing counted yet.
    pub fn new(strata: usize, questionnaire: &Questionnaire) -> Self {
        let fields = questionnaire.fields.iter().map(|field| match &field.ty {
            Type::Option(options) => vec![0; options.items.len()],
            _ => Vec::new(),
        });
        let fields: Vec<Vec<u64>> = fields.collect();
        Self { records: vec![0; strata], options: vec![fields; strata] }
    }

    /// Counts a record.
    pub fn add(&mut self, record: &Record) {
        if let Some(count) = self.records.get_mut(record.stratum) {
            *count += 1;
        }
        let Some(fields) = self.options.get_mut(record.stratum) else { return };
        for (cell, counts) in record.cells.iter().zip(fields) {
            if let Cell::Option(option) = cell
                && let Some(count) = counts.get_mut(usize::from(*option))
            {
                *count += 1;
            }
        }
    }

    /// Adds the counts of another part of the run.
    pub fn join(&mut self, other: &Self) {
        for (count, more) in self.records.iter_mut().zip(&other.records) {
            *count += more;
        }
        let own = self.options.iter_mut().flatten().flatten();
        for (count, more) in own.zip(other.options.iter().flatten().flatten()) {
            *count += more;
        }
    }

    /// Records in all.
    pub fn records(&self) -> u64 {
        self.records.iter().sum()
    }

    /// How many records of `stratum` (`None`: of all) have the option of the field at `field`.
    pub fn count(&self, stratum: Option<usize>, field: usize, option: usize) -> u64 {
        let of = |fields: &Vec<Vec<u64>>| {
            fields.get(field).and_then(|counts| counts.get(option)).copied().unwrap_or(0)
        };
        match stratum {
            Some(stratum) => self.options.get(stratum).map_or(0, of),
            None => self.options.iter().map(of).sum(),
        }
    }

    /// The table that a run prints: asked and answered, then each option's share of those who answered, in percent.
    pub fn table(
        &self,
        recipe: &Recipe,
        sizes: &Sizes,
        questionnaire: &Questionnaire,
        language: Language,
    ) -> String {
        let words = |ja, en| match language {
            Language::Ja => ja,
            Language::En => en,
        };
        let mut rows: Vec<Vec<String>> = Vec::new();
        let strata = recipe.strata.iter().map(|stratum| stratum.name.to_string());
        rows.push(
            [recipe.title.get(language).to_string()]
                .into_iter()
                .chain(strata)
                .chain([words("計", "all").to_owned()])
                .collect(),
        );
        rows.push(counts_row(words("対象", "asked"), &sizes.asked));
        rows.push(counts_row(words("回答", "answered"), &self.records));
        let rate = |asked: &u64, answered: &u64| percent(*answered, *asked);
        let mut rates: Vec<String> =
            sizes.asked.iter().zip(&self.records).map(|(asked, answered)| rate(asked, answered)).collect();
        rates.push(rate(&sizes.asked.iter().sum(), &self.records()));
        rows.push([words("回答率 %", "rate %").to_owned()].into_iter().chain(rates).collect());
        for (position, field) in questionnaire.fields.iter().enumerate() {
            let Type::Option(options) = &field.ty else { continue };
            for (option, item) in options.items.iter().enumerate() {
                let columns = (0..recipe.strata.len()).map(Some).chain([None]);
                let cells = columns.map(|stratum| self.share(stratum, position, option, options.items.len()));
                rows.push([format!("{} {}", field.name, item.name)].into_iter().chain(cells).collect());
            }
        }
        aligned(&rows)
    }

    fn share(&self, stratum: Option<usize>, field: usize, option: usize, options: usize) -> String {
        let base: u64 = (0..options).map(|other| self.count(stratum, field, other)).sum();
        percent(self.count(stratum, field, option), base)
    }
}

fn counts_row(name: &str, counts: &[u64]) -> Vec<String> {
    let all: u64 = counts.iter().sum();
    [name.to_owned()].into_iter().chain(counts.iter().chain([&all]).map(u64::to_string)).collect()
}

/// `part` of `base` in percent, one decimal, half up; `…` where the base is empty.
fn percent(part: u64, base: u64) -> String {
    if base == 0 {
        return "…".to_owned();
    }
    let tenths = (u128::from(part) * 2000 + u128::from(base)) / (u128::from(base) * 2);
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// The first column flush left, the others flush right.
fn aligned(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let mut text = String::new();
    for row in rows {
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let blanks = " ".repeat(width.saturating_sub(cell.width()));
            // Writing to a string cannot fail.
            let _ =
                if column == 0 { write!(text, "{cell}{blanks}") } else { write!(text, "  {blanks}{cell}") };
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_are_half_up_and_an_empty_base_is_shown_as_unknown() {
        assert_eq!(
            [percent(1, 8), percent(1, 16), percent(3, 3), percent(0, 0)],
            ["12.5", "6.3", "100.0", "…"]
        );
    }

    #[test]
    fn columns_are_aligned_by_display_width() {
        let rows = [["対象", "10"], ["rate", "5"]].map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(aligned(&rows), "対象  10\nrate   5\n");
    }
}
