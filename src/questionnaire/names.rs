//! What expressions may know of the fields: names, types, notes.
//!
//! Invariants
//! - Names are in NFKC; the notes name a file and a line, never a path of the machine.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Declared, Domain, Field, Questionnaire, Required};
use crate::expression::names::NamedField;
use crate::source::{SourceId, SourceText};

impl Questionnaire {
    /// The fields as expressions name them; `sources` are the files from which the questionnaire was loaded.
    pub fn named_fields(&self, sources: &[SourceText]) -> BTreeMap<Arc<str>, NamedField> {
        let own: BTreeSet<SourceId> = self.fields.iter().map(|field| field.declared.source).collect();
        let lines = Lines::of(sources.iter().filter(|source| own.contains(&source.id)));
        let named = |field: &Field| {
            let routing = self.routing_of(field.id);
            let blank_is_empty_set =
                matches!(&field.domain, Domain::Multi(layout) if layout.blank_is_empty_set);
            NamedField {
                id: field.id,
                ty: field.ty.clone(),
                title: field.title(),
                declared: lines.place(field.declared),
                optional: field.required != Required::Yes || routing.is_some(),
                derived: false,
                blank_is_empty_set,
                marks: field.marks.iter().map(|mark| Arc::clone(&mark.name)).collect(),
                controllers: routing.map(|routing| routing.controllers.clone()).unwrap_or_default(),
            }
        };
        self.fields.iter().map(|field| (Arc::clone(&field.name), named(field))).collect()
    }
}

/// Where lines begin: a file is scanned once and not once a field.
struct Lines<'s> {
    files: BTreeMap<SourceId, (&'s str, Vec<u64>)>,
}

impl<'s> Lines<'s> {
    fn of(sources: impl Iterator<Item = &'s SourceText>) -> Self {
        let ends = |text: &str| {
            let ends = memchr::memchr_iter(b'\n', text.as_bytes());
            ends.map(|at| u64::try_from(at).unwrap_or(u64::MAX)).collect()
        };
        Self { files: sources.map(|s| (s.id, (&*s.name, ends(&s.text)))).collect() }
    }

    /// `schemas/x.json:212`; empty where the file is not known.
    fn place(&self, declared: Declared) -> Arc<str> {
        let Some((name, ends)) = self.files.get(&declared.source) else { return Arc::from("") };
        let line = ends.partition_point(|&end| end < declared.span.start) + 1;
        Arc::from(format!("{name}:{line}"))
    }
}
