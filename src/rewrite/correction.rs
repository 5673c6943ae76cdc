//! Corrections: what the findings of a run say that a cell would say instead, and may be written without asking.
//!
//! Invariants
//! - One correction a cell: the first that a finding gives.
//! - Sorted by place in the file.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, FixClass, Label, Notice, Place, RecordPlace};
use crate::evaluate::Finding;

/// What one cell would say instead.
#[derive(Debug, Clone)]
pub(super) struct Correction {
    /// The record.
    pub place: Arc<RecordPlace>,
    /// The cell; of a JSON key that is missing, the opening bracket of its record.
    pub label: Label,
    /// What is written into it.
    pub after: Box<str>,
    /// The finding that says so.
    pub notice: Arc<Notice>,
}

/// The corrections of a run, in the order in which they are told.
#[derive(Debug, Default)]
pub(super) struct Corrections(Vec<Correction>);

impl Corrections {
    /// Takes what `findings` say.
    pub(super) fn take(&mut self, findings: &[Finding]) {
        for finding in findings {
            for diagnostic in std::iter::once(&finding.diagnostic).chain(&finding.followers) {
                self.0.extend(correction(diagnostic));
            }
        }
    }

    /// All of them, by place.
    pub(super) fn sorted(mut self) -> Vec<Correction> {
        self.0.sort_by_key(|one| (one.place.record, one.label.span.start));
        self.0.dedup_by(|later, first| {
            let cell = |one: &Correction| (one.place.record, one.label.span, one.label.field.clone());
            cell(later) == cell(first)
        });
        self.0
    }
}

fn correction(diagnostic: &Diagnostic) -> Option<Correction> {
    let Place::Record(place) = &diagnostic.place else { return None };
    let fix = diagnostic.fix.as_ref().filter(|fix| fix.class == FixClass::Automatic)?;
    Some(Correction {
        place: Arc::clone(place),
        label: diagnostic.labels.first()?.clone(),
        after: fix.after.clone(),
        notice: Arc::clone(&diagnostic.notice),
    })
}
