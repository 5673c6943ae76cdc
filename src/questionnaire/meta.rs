//! The backstop behind the hand-written walks: a file of a survey against the published schema of its format.
//!
//! Invariants
//! - A mismatch inside a place that the walk has marked is not told again: the walk's words are better.
//! - Compiling a schema takes longer than judging a record, so only `rules lint` does it.
//! - No reference leaves the meta-schema, and patterns run on the linear-time engine.

use std::borrow::Cow;

use jsonschema::paths::LocationSegment;
use jsonschema::{PatternOptions, Validator};

use super::json_tree;
use super::walk::{Walk, both};
use crate::diagnostic::Diagnostics;
use crate::diagnostic::code::questionnaire::MISMATCH;
use crate::error::Error;
use crate::source::{SourceText, Span};

/// Mismatches told of one file; the first ones are the causes.
const MOST_MISMATCHES: usize = 20;

/// A meta-schema, compiled.
#[derive(Debug)]
pub struct MetaSchema(Validator);

impl MetaSchema {
    /// Compiles `text`, a JSON Schema of draft 2020-12 that refers to nothing outside itself.
    ///
    /// # Errors
    /// It is no such schema.
    pub fn new(text: &str) -> Result<Self, Error> {
        let unusable = |reason: &dyn std::fmt::Display| Error::Usage {
            message: format!("a schema of this program's own formats cannot be used: {reason}"),
        };
        let schema: serde_json::Value = serde_json::from_str(text).map_err(|error| unusable(&error))?;
        jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .with_pattern_options(PatternOptions::regex())
            .should_validate_formats(true)
            .build(&schema)
            .map(Self)
            .map_err(|error| unusable(&error))
    }

    /// What the schema refuses in `value`: the steps to the place, and why; the first few.
    pub fn mismatches(&self, value: &serde_json::Value) -> Vec<(Vec<String>, String)> {
        let errors = self.0.iter_errors(value).take(MOST_MISMATCHES);
        // Without the value: it is marked, and may be a whole file.
        errors.map(|error| (steps(error.instance_path().segments()), error.masked().to_string())).collect()
    }

    /// What the meta-schema refuses in the questionnaire file `source`, except inside what `reported` has marked.
    ///
    /// A file that is no JSON gives nothing here: the walk has said so.
    pub fn validate(&self, source: &SourceText, reported: &Diagnostics) -> Diagnostics {
        let mut walk = Walk::new(source.clone());
        let Some(tree) = json_tree::parse(&source.text, &mut walk) else { return Diagnostics::new() };
        let Ok(value) = serde_json::from_str(&source.text) else { return Diagnostics::new() };
        let mut walk = Walk::new(source.clone());
        for (steps, reason) in self.mismatches(&value) {
            let span = tree.nearest_at(steps.into_iter().map(Cow::Owned)).span;
            if !is_reported(reported, source, span) {
                let finding = walk.at(&MISMATCH, span, both("この箇所", "this place"));
                walk.push(finding.with("reason", reason));
            }
        }
        walk.into_found()
    }
}

fn steps<'s>(path: impl Iterator<Item = LocationSegment<'s>>) -> Vec<String> {
    path.map(|segment| match segment {
        LocationSegment::Property(name) => name.into_owned(),
        LocationSegment::Index(index) => index.to_string(),
    })
    .collect()
}

/// Whether a finding's mark touches `span` of `source`.
pub fn is_reported(reported: &Diagnostics, source: &SourceText, span: Span) -> bool {
    let labels = reported.iter().flat_map(|finding| &finding.labels);
    let mut ours = labels.filter(|label| label.source == source.id);
    ours.any(|label| label.span.start < span.end && span.start < label.span.end)
}
