//! Tables as they are published: one file a format, all of the same figures.
//!
//! Invariants
//! - Every format prints the same numbers, rounded in one place; what is hidden is hidden in all of them.
//! - Nothing of a record is in any of them: counts, shares, and how many were counted how.
//! - Labels are in the language asked for; names, codes and numbers are the same in both.

pub mod csv;
#[cfg(feature = "html")]
pub mod html;
pub mod json;
pub mod text;
pub mod tidy;
pub mod words;
#[cfg(feature = "xlsx")]
pub mod xlsx;

use std::sync::Arc;

use crate::diagnostic::{Language, Localized};
use crate::engine::event::{RunHeader, Summary};
use crate::evaluate::Finding;
use crate::tables::Figures;

/// A hard edit that could not be judged on some records, because a file or a parameter was lacking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotRun {
    /// Full id.
    pub id: Arc<str>,
    /// Its title.
    pub title: Localized<Arc<str>>,
    /// Records.
    pub records: u64,
    /// Why, with the way out.
    pub cause: Localized<Arc<str>>,
}

/// What is published.
#[derive(Debug, Clone)]
pub struct Publication<'a> {
    /// The figures.
    pub figures: &'a Figures,
    /// What the run was about.
    pub header: &'a RunHeader,
    /// What came of it.
    pub summary: &'a Summary,
    /// Hard edits that were not judged everywhere: the tables may hold what these would have held back.
    pub not_run: Vec<NotRun>,
    /// What macro edits found, in the order of the pack's rules.
    pub macro_findings: &'a [Finding],
    /// The threshold of suppression. `None`: nothing is suppressed.
    pub suppress: Option<u64>,
    /// The language of labels.
    pub language: Language,
}
