//! The blank template of a survey: what a respondent fills in and sends back.
//!
//! Invariants
//! - Made of the questionnaire alone: columns in form order, under the headers that the reader knows best.
//! - Whatever the template offers (an option of a drop-down list, a date) the reader takes without a word.
//! - The same survey, language and layout give the same bytes: no clock, no host.

pub mod column;
pub mod condition;
#[cfg(feature = "xlsx")]
mod guide;
#[cfg(feature = "xlsx")]
mod list;
#[cfg(feature = "xlsx")]
mod look;
#[cfg(feature = "xlsx")]
mod sheet;
#[cfg(feature = "xlsx")]
mod validation;
#[cfg(feature = "xlsx")]
pub mod workbook;

use crate::rule_pack::RulePack;
use crate::source::delimited::push_row;

/// How the answers stand in a workbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FormLayout {
    /// A row a record, a column a question.
    #[default]
    List,
    /// One record: a row a question, with the answer beside it.
    Sheet,
}

/// The template as CSV: the header row, UTF-8 with mark, as spreadsheets open it without asking.
pub fn csv(pack: &RulePack) -> Vec<u8> {
    let mut text = String::from('\u{FEFF}');
    let columns = column::columns(&pack.questionnaire);
    push_row(columns.iter().map(|column| column.header), ',', &mut text);
    text.into_bytes()
}
