//! The version of the form that records name, where it is not one of this form's.
//!
//! Invariants
//! - One finding a chunk, about its first such record; the caller keeps the first of a file.
//! - What the first record of a file says of its version is told before anything else of the file, since it may be the
//!   cause of all the rest.
//! - A blank version is none: who leaves it blank is taken at his word that the form is this one.

use std::sync::Arc;

use crate::diagnostic::code::structure;
use crate::diagnostic::nearest::fold;
use crate::diagnostic::{Argument, Diagnostic, Label, Place};
use crate::evaluate::Wants;
use crate::input::RawChunk;
use crate::questionnaire::{Questionnaire, Versions};

/// A record that names a version of another form.
#[derive(Debug)]
pub(super) struct ForeignVersion {
    /// What is to be said of it.
    pub finding: Diagnostic,
    /// Whether it is the first record of its file, so that this goes before all that is said of the file.
    pub first: bool,
}

/// The finding about the first record of `chunk` that names a version of another form. `None`: none does.
pub(super) fn foreign(chunk: &RawChunk, form: &Questionnaire, wants: Wants) -> Option<ForeignVersion> {
    let (versions, slot) = slot(chunk, form)?;
    let field = form.get(versions.field)?;
    // Records of one file nearly always name the same version: only a change is looked at closely.
    let mut before: &str = "";
    for (record, cell) in chunk.records.iter().zip(chunk.column(slot)).filter(|(record, _)| record.readable) {
        let text = chunk.text(cell.text).trim();
        if text.is_empty() || text == before || text == "null" {
            continue;
        }
        before = text;
        if is_accepted(versions, text) {
            continue;
        }
        let accepted = versions.accepted.iter().map(|version| Argument::from(&**version)).collect();
        let mut finding = Diagnostic::new(&structure::VERSION_OF_ANOTHER_FORM, Place::File(chunk.source?))
            .with("expected", Argument::List(accepted));
        if wants.values && !field.private {
            finding = finding.with("found", Argument::written(text));
        }
        let label = chunk.label(record, cell.span, Argument::Nothing);
        finding.labels.extend(label.map(|label| Label { field: Some(Arc::clone(&field.name)), ..label }));
        return Some(ForeignVersion { finding, first: record.number == 1 });
    }
    None
}

/// Whether the first record of `chunk` that names a version names one of `form`'s.
pub(super) fn is_named(chunk: &RawChunk, form: &Questionnaire) -> bool {
    let Some((versions, slot)) = slot(chunk, form) else { return false };
    let mut texts = chunk.column(slot).iter().map(|cell| chunk.text(cell.text).trim());
    texts.find(|text| !text.is_empty() && *text != "null").is_some_and(|text| is_accepted(versions, text))
}

/// The versions of `form`, and where the records of `chunk` name theirs.
fn slot<'f>(chunk: &RawChunk, form: &'f Questionnaire) -> Option<(&'f Versions, usize)> {
    let versions = form.versions.as_ref()?;
    let place = usize::from(form.get(versions.field)?.id.index);
    Some((versions, chunk.slots.iter().position(|slot| slot.field == place && slot.part == 0)?))
}

fn is_accepted(versions: &Versions, text: &str) -> bool {
    let folded = fold(text);
    versions.accepted.iter().any(|accepted| fold(accepted) == folded)
}
