//! Loading. (Stands in for the real one.)
//!
//! Invariants
//! - none yet

use super::RulePack;
use crate::diagnostic::Diagnostics;
use crate::source::SourceText;

/// What loading gives.
#[derive(Debug, Default)]
pub struct Loaded {
    /// `None`: it has errors.
    pub pack: Option<RulePack>,
    /// What was found.
    pub diagnostics: Diagnostics,
    /// The files read.
    pub sources: Vec<SourceText>,
}
