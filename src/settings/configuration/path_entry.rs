//! Settings that hold for some files only: `[[path]]`.
//!
//! Invariants
//! - Later entries go before earlier ones, and all of them before the settings of the whole file.

use std::collections::BTreeMap;

use glob::Pattern;

use super::base::Base;
use super::given::Given;
use crate::diagnostic::Severity;

/// One `[[path]]`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PathEntry {
    /// Patterns of files, relative to the folder of the configuration. `None`: refused.
    pub patterns: Option<Given>,
    /// The survey of these files, as `--survey` would name it. `None`: that of all files.
    pub survey: Option<Given>,
    /// Severities of soft edits, by full id, id or slug.
    pub severity: BTreeMap<String, Given>,
}

impl PathEntry {
    /// Whether the file `name` is one of these.
    pub(super) fn is_for(&self, base: &Base, name: &str) -> bool {
        let patterns = self.patterns.iter().flat_map(|given| given.value.list());
        patterns.filter_map(|text| Pattern::new(text).ok()).any(|pattern| base.matches(&pattern, name))
    }
}

/// What holds for one file beside what holds for the whole run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PathSettings {
    /// The survey, as `--survey` would name it. `None`: no `[[path]]` names one.
    pub survey: Option<String>,
    /// Severities of soft edits, by full id, id or slug: those of the whole configuration, and over them those of the
    /// entries that are for the file.
    pub severity: BTreeMap<String, Severity>,
}

/// The severity of a word of ours. `None`: it is none to which a soft edit may be changed.
pub fn severity(word: &str) -> Option<Severity> {
    [Severity::Info, Severity::Warning, Severity::Error].into_iter().find(|severity| severity.word() == word)
}
