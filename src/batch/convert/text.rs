//! Texts and codes: trimmed, else as written.
//!
//! Invariants
//! - A text is never changed; only a synonym that the schema lists is replaced by the code that it stands for.
//! - Patterns are searched, lengths count Unicode scalars, as JSON Schema has it.

use super::FieldReader;
use super::cell::{Desk, Reading, is_compound, is_truth, read_column};
use super::notice::{Fault, Note};
use super::spelling::Meaning;
use crate::batch::{Column, Data, Mask};
use crate::input::{RawCell, TextRef};
use crate::questionnaire::TextDomain;

/// The texts that one field may have.
#[derive(Debug)]
pub(super) struct Texts {
    domain: TextDomain,
}

impl Texts {
    pub(super) fn new(domain: &TextDomain) -> Self {
        Self { domain: domain.clone() }
    }

    pub(super) fn column(
        &self,
        reader: &FieldReader,
        desk: &mut Desk,
        position: usize,
        skip: Option<&Mask>,
    ) -> Column {
        let (states, values) =
            read_column(reader, desk, position, skip, |desk, cell| self.read(reader, desk, cell));
        states.into_column(Data::Text(values))
    }

    fn read(&self, reader: &FieldReader, desk: &mut Desk, cell: &RawCell) -> Reading<TextRef> {
        let text = desk.text(cell);
        if text.is_empty() {
            return Reading::Blank;
        }
        if is_compound(cell.kind) || is_truth(cell.kind) {
            return Reading::Invalid(Fault::Type);
        }
        let meaning = if reader.dictionary.is_empty() { None } else { reader.dictionary.get(text) };
        if let Some(Meaning::Mark(mark)) = meaning {
            return Reading::Mark(mark);
        }
        let Some(keyword) = self.broken(text) else {
            return Reading::Value(desk.trimmed(cell));
        };
        let canonical = match meaning {
            Some(Meaning::Text(index)) => reader.dictionary.text(index),
            _ => None,
        };
        match canonical.filter(|text| self.broken(text).is_none()) {
            Some(canonical) => {
                let kept = desk.keep(canonical);
                Reading::Noted(kept, Note::Synonym((&**canonical).into()))
            }
            None => Reading::Invalid(Fault::Domain(keyword)),
        }
    }

    /// The keyword that `text` breaks. `None`: none.
    fn broken(&self, text: &str) -> Option<&'static str> {
        let TextDomain { patterns, min_length, max_length } = &self.domain;
        if min_length.is_some() || max_length.is_some() {
            let length = text.chars().count();
            if min_length.is_some_and(|least| length < least) {
                return Some("minLength");
            }
            if max_length.is_some_and(|most| length > most) {
                return Some("maxLength");
            }
        }
        patterns.iter().any(|pattern| !pattern.is_match(text)).then_some("pattern")
    }
}
