//! What is known of other surveys' forms, for a file whose header is not of the survey that it is judged by.
//!
//! Invariants
//! - Asked only where no header was found.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::FormNeeds;

/// The forms of other surveys, for a file that is not of this one.
#[derive(Debug, Clone, Copy)]
pub struct OtherForms {
    /// All that are known, as `--survey` takes them.
    pub known: fn() -> Vec<&'static str>,
    /// The one whose columns these headers are. `None`: they are of none.
    pub fitting: fn(&[&str]) -> Option<&'static str>,
}

impl FormNeeds {
    /// The same, called `survey`, where a file may be of one of `others`.
    #[must_use]
    pub fn beside(mut self, survey: String, others: OtherForms) -> Self {
        self.others = Some((Arc::from(survey), others));
        self
    }

    /// How many of `headers` are columns of the form.
    pub fn known_among(&self, headers: &[&str]) -> usize {
        headers.iter().filter_map(|header| self.column_named(header)).collect::<BTreeSet<_>>().len()
    }
}
