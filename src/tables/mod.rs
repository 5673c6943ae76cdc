//! Tables: accepted records → counts → figures, each with the range in which it can still move.
//!
//! Invariants
//! - Pure: nothing here reads a file or knows a format. Counts of parts add up, in any order, to the counts of the whole.
//! - The base of a question is where its routing is true: the step of its skip edits. What is not known is counted apart.
//! - No table is known here; a pack declares them.
//! - Every printed figure is an exact ratio of counts.

mod adding;
mod axis;
mod beside;
mod counts;
mod figures;
mod impact;
mod macro_edit;
mod making;
mod naming;
mod possible;
mod programme;
mod ratio;
mod reach;
mod settled;
mod strata;
mod suppress;
#[cfg(test)]
mod tests;

pub use axis::{Axis, AxisColumn, Place};
pub use counts::{
    AnswerCounts, AxisCounts, ColumnCounts, Counts, EarlierCounts, NonResponse, RowKey, TableCounts,
};
pub use figures::{
    Averages, BaseText, CellFigures, ColumnFigures, ColumnKind, Decision, EarlierAverages, EarlierFigure,
    Figures, Notes, Published, Records, RowFigures, RowKind, TableFigures, WaveBeside,
};
pub use impact::{Impact, impacts};
pub use macro_edit::{Judged, macro_findings};
pub use making::{ALL, UNCLASSIFIED, figures, prints};
pub use programme::{
    AnswerRow, BaseConvention, Counting, PlannedRow, PlannedTable, Programme, Question, linked_reads,
};
pub use ratio::{Decimal, Ratio, percent, prints_as, ratio, whole};
pub use reach::{Open, Reach, reach_of_lost, reaches};
pub use settled::{Acceptance, Failure, Settled};
pub use strata::{Moving, Stratum, frame_weighted, mean_of_bands};
pub use suppress::suppress;
