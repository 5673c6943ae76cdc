//! The backstop behind the hand-written walks: files of ours against their JSON Schemas.
//!
//! Invariants
//! - A mismatch that touches a place where the walk has marked an error is not told again: the walk's words are better.
//! - No reference leaves the meta-schema, and patterns run on the linear-time engine.

use jsonschema::paths::LocationSegment;
use jsonschema::{PatternOptions, ValidationError, Validator};
use serde_json::Value as Json;

use super::json_tree;
use super::walk::{Walk, both};
use crate::diagnostic::code::questionnaire::MISMATCH;
use crate::diagnostic::{Diagnostics, Severity};
use crate::error::Error;
use crate::source::{SourceText, Span};

/// Mismatches told of one file; the first ones are the causes.
const MOST_MISMATCHES: usize = 20;

/// Bytes of a value that a reason may repeat.
const LONGEST_VALUE: usize = 80;

/// The schema of questionnaires, as it was when the program was built.
pub const QUESTIONNAIRES: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/kenpyo/questionnaire.json"));

/// A meta-schema, compiled.
#[derive(Debug)]
pub struct MetaSchema(Validator);

/// What a meta-schema refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// Keys and indices from the root to the place.
    pub path: Vec<String>,
    /// The keyword that refuses it, in words.
    pub reason: String,
}

impl MetaSchema {
    /// Compiles `text`, a JSON Schema of draft 2020-12 that refers to nothing outside itself.
    ///
    /// # Errors
    /// It is no such schema.
    pub fn new(text: &str) -> Result<Self, Error> {
        let unusable = |reason: &dyn std::fmt::Display| Error::Usage {
            message: format!("a schema of our own cannot be used: {reason}"),
        };
        let schema: Json = serde_json::from_str(text).map_err(|error| unusable(&error))?;
        jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .with_pattern_options(PatternOptions::regex())
            .should_validate_formats(true)
            .build(&schema)
            .map(Self)
            .map_err(|error| unusable(&error))
    }

    /// What the meta-schema refuses in `value`, as far as the first twenty places.
    pub fn mismatches(&self, value: &Json) -> Vec<Mismatch> {
        let mismatch = |error: ValidationError<'_>| {
            let steps = error.instance_path().segments().map(|segment| match segment {
                LocationSegment::Property(name) => name.into_owned(),
                LocationSegment::Index(index) => index.to_string(),
            });
            let path = steps.collect();
            let short = error.instance().to_string().len() <= LONGEST_VALUE;
            let reason = if short { error.to_string() } else { error.masked_with("this").to_string() };
            Mismatch { path, reason }
        };
        self.0.iter_errors(value).take(MOST_MISMATCHES).map(mismatch).collect()
    }

    /// What the meta-schema refuses in the questionnaire file `source`, except where `reported` has marked an error.
    ///
    /// A file that is no JSON gives nothing here: the walk has said so.
    pub fn validate(&self, source: &SourceText, reported: &Diagnostics) -> Diagnostics {
        let mut walk = Walk::new(source.clone());
        let Some(tree) = json_tree::parse(&source.text, &mut walk) else { return Diagnostics::new() };
        let Ok(value) = serde_json::from_str::<Json>(&source.text) else { return Diagnostics::new() };
        let mut walk = Walk::new(source.clone());
        for Mismatch { path, reason } in self.mismatches(&value) {
            let (node, whole) = tree.nearest_at(&path);
            if !is_reported(reported, source, whole) {
                let finding = walk.at(&MISMATCH, node.span, both("この箇所", "this place"));
                walk.push(finding.with("reason", reason));
            }
        }
        walk.into_found()
    }
}

/// Whether the mark of an error touches `span`.
pub fn is_reported(reported: &Diagnostics, source: &SourceText, span: Span) -> bool {
    let errors = reported.iter().filter(|finding| finding.severity >= Severity::Error);
    let mut ours = errors.flat_map(|finding| &finding.labels).filter(|label| label.source == source.id);
    ours.any(|label| label.span.start < span.end && span.start < label.span.end)
}
