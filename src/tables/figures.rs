//! Figures: what is printed, and what macro edits read.
//!
//! Invariants
//! - Shares are exact; whoever prints them rounds them, once, half up.
//! - Cells of a row are parallel to the table's columns. `None` in a figure is an empty base, printed as 「…」.

use std::sync::Arc;

use super::programme::{AnswerRow, BaseConvention};
use super::ratio::{Decimal, Ratio};
use super::strata::Moving;
use crate::diagnostic::Localized;
use crate::evaluate::FieldName;
use crate::rule_pack::tabulation::{AverageKind, TableKind};

/// All tables of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// `hospital-cyber`.
    pub survey: Arc<str>,
    /// `2024`.
    pub wave: Arc<str>,
    /// The survey's title.
    pub title: Localized<Arc<str>>,
    /// Who is in the base of a question.
    pub convention: BaseConvention,
    /// Whether the units asked are known.
    pub has_frame: bool,
    /// All records.
    pub records: Records,
    /// What the office has set aside, by decision and rule.
    pub decisions: Vec<Decision>,
    /// In the pack's order.
    pub tables: Vec<TableFigures>,
}

/// What became of all records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Records {
    /// Received.
    pub received: u64,
    /// Accepted.
    pub accepted: u64,
    /// Held.
    pub held: u64,
    /// Out of scope.
    pub out_of_scope: u64,
    /// Superseded by a later one.
    pub superseded: u64,
    /// Accepted with open warnings (要確認).
    pub to_confirm: u64,
}

/// A decision of the office, and on how many records it set a finding aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Its number.
    pub decision: Arc<str>,
    /// Full id of the rule.
    pub rule: Arc<str>,
    /// Records.
    pub records: u64,
}

/// One table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableFigures {
    /// `T05`.
    pub name: Arc<str>,
    /// Its title.
    pub title: Localized<Arc<str>>,
    /// What it counts.
    pub kind: TableKind,
    /// The question. `None`: it is about no one question.
    pub question: Option<FieldName>,
    /// Of which records it is made.
    pub base: BaseText,
    /// How its printed average is made.
    pub average: AverageKind,
    /// Whether its rows add to its base; else rows are shares of it that overlap.
    pub adds_up: bool,
    /// What the columns are. `None`: there is only the total.
    pub axis: Option<Localized<Arc<str>>>,
    /// Whether names of columns are codes that a reader knows.
    pub coded: bool,
    /// Bands, then records of which the band is not known (only where there are some), then all.
    pub columns: Vec<ColumnFigures>,
    /// The rows.
    pub rows: Vec<RowFigures>,
    /// Waves that stand beside.
    pub waves: Vec<WaveBeside>,
    /// What the footnote says.
    pub notes: Notes,
}

/// How a base is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseText {
    /// `A`. `None`: it has no name.
    pub name: Option<Arc<str>>,
    /// In words.
    pub title: Localized<Arc<str>>,
    /// As a condition. `None`: everyone.
    pub expression: Option<Arc<str>>,
}

/// What a column stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// One band.
    Band,
    /// Records of which the band is not known.
    Unclassified,
    /// All records.
    All,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnFigures {
    /// Name of the option or code; `unclassified`, `all`.
    pub name: Arc<str>,
    /// What a person reads.
    pub label: Localized<Arc<str>>,
    /// What it stands for.
    pub kind: ColumnKind,
    /// Units asked (N). `None`: not known, or there is no such column of units.
    pub frame: Option<u64>,
    /// Accepted records (v).
    pub accepted: u64,
    /// Records in the base (n), as far as the whole column has one base.
    pub base: Moving<u64>,
    /// Whether the base may not be shown.
    pub hidden: bool,
}

/// What a row stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowKind {
    /// Of a table of answers.
    Answer(AnswerRow),
    /// Units, or records: a count without share.
    Count,
    /// Valid records of the units asked.
    Rate,
    /// A rule or code.
    Id,
    /// A word: held, out of scope, superseded, no day.
    Word,
    /// A day.
    Day,
    /// A question.
    Question,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFigures {
    /// Name of the option, id of the rule, and the like.
    pub name: Arc<str>,
    /// What a person reads.
    pub label: Localized<Arc<str>>,
    /// What it stands for.
    pub kind: RowKind,
    /// Parallel to the columns.
    pub cells: Vec<CellFigures>,
    /// Of a row with shares; all `None` elsewhere.
    pub averages: Averages,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellFigures {
    /// Records, or units. `None`: not known.
    pub count: Moving<u64>,
    /// Of so many. `None`: not known.
    pub base: Moving<u64>,
    /// The share; all `None` in rows without one.
    pub share: Moving<Ratio>,
    /// Of the waves beside, parallel to them.
    pub earlier: Vec<Option<EarlierFigure>>,
    /// What was published of this wave.
    pub published: Option<Published>,
    /// Whether it may not be shown: then nothing of it may be.
    pub hidden: bool,
}

/// The averages of a row over the bands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Averages {
    /// Σ count / Σ base.
    pub pooled: Moving<Ratio>,
    /// The unweighted mean of the exact ratios of the bands.
    pub bands: Moving<Ratio>,
    /// Weighted by the units asked.
    pub frame: Moving<Ratio>,
    /// Of the waves beside: pooled, mean of bands.
    pub earlier: Vec<Option<EarlierAverages>>,
    /// Whether the mean of bands and the weighted one may not be shown.
    pub hidden: bool,
}

/// What a wave beside had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EarlierFigure {
    /// Counted from its records: count and base.
    Recomputed(u64, u64),
    /// As published.
    Published(Published),
    /// Its records cannot be counted, and nothing was published.
    Unknown,
}

/// The averages of a wave beside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EarlierAverages {
    /// Counted from its records: pooled, mean of bands.
    Recomputed(Option<Ratio>, Option<Ratio>),
    /// As published, however it was made.
    Published(Published),
}

/// A published figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// As printed.
    pub value: Decimal,
    /// The upper end where only a range is known.
    pub upper: Option<Decimal>,
    /// Where it was published.
    pub source: Arc<str>,
    /// Whether it was put together from other sources than the report: marked, and never held against anything hard.
    pub reconstructed: bool,
}

/// A wave that stands beside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaveBeside {
    /// Its name.
    pub wave: Arc<str>,
    /// Whether its figures were counted from its records; else they are as published.
    pub recomputed: bool,
    /// Columns that its file lacks, as they are called there: then its records are not counted.
    pub lacking: Vec<Arc<str>>,
    /// Keys that stand in several of its records, of which the first was counted.
    pub repeated: u64,
}

/// What a footnote says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Notes {
    /// Accepted records of whom the question was not asked, and those that carry a mark of it (非該当).
    pub not_applicable: Option<u64>,
    /// 無回答 among those asked.
    pub no_answer: Option<u64>,
    /// 不詳 among those asked.
    pub unusable: Option<u64>,
    /// Accepted records of which it is not known whether they were asked.
    pub undetermined: Option<u64>,
    /// Accepted records with open warnings (要確認).
    pub to_confirm: u64,
    /// Accepted records put into a column otherwise than by the first field.
    pub otherwise: u64,
    /// Accepted records of which another field says another column than the first.
    pub disputed: u64,
    /// Bands with an empty base: left out of the mean of bands.
    pub empty_bands: Vec<Localized<Arc<str>>>,
    /// Bands without accepted record: left out of the weighted average.
    pub bands_without_records: Vec<Localized<Arc<str>>>,
    /// Units of the frame file, before the question who of them was asked. `None`: not about units.
    pub listed: Option<u64>,
    /// Whether anything in the table may not be shown.
    pub suppressed: bool,
}
