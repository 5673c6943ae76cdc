//! Mistakes of survey and rule files: a code, a marked place, and the name that was probably meant.
//!
//! Invariants
//! - Every mistake has a label in the file in which it was made.

use std::fmt::Display;
use std::sync::Arc;

use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Argument, Code, Diagnostic, Label, Localized, Place};
use crate::source::{SourceText, Span};

/// A mistake of `code` at `span`, marked without words.
pub fn at(code: &'static Code, source: &SourceText, span: Span) -> Diagnostic {
    Diagnostic::new(code, Place::File(source.id)).label(label(source, span, Argument::from("")))
}

/// A mistake of `code` at `span`, with `text` beside the mark.
pub fn labelled(code: &'static Code, source: &SourceText, span: Span, text: Localized<String>) -> Diagnostic {
    Diagnostic::new(code, Place::File(source.id)).label(label(source, span, both(text)))
}

/// A marked place of a pack's file.
pub fn label(source: &SourceText, span: Span, text: Argument) -> Label {
    Label::of(source, span, text)
}

/// An argument that differs by language.
pub fn both(text: Localized<String>) -> Argument {
    Argument::Localized(Localized::new(Arc::from(text.ja), Arc::from(text.en)))
}

/// The same for texts that are known when the program is built.
pub fn fixed(text: &Localized<&'static str>) -> Argument {
    Argument::Localized(text.map(|text| Arc::from(*text)))
}

/// Names as an argument: each as it is, with a comma between them.
pub fn names<T: Display>(names: impl IntoIterator<Item = T>) -> Argument {
    Argument::List(names.into_iter().map(|name| Argument::from(name.to_string())).collect())
}

/// Adds "did you mean" where one of `candidates` is near to `found`.
pub fn suggested<'c>(
    mistake: Diagnostic,
    found: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Diagnostic {
    match nearest(found, candidates) {
        Some(name) => mistake.suggest(did_you_mean(name)),
        None => mistake,
    }
}

/// The question whether `name` was meant.
pub fn did_you_mean(name: &str) -> Localized<String> {
    Localized::new(format!("「{name}」ではありませんか。"), format!("did you mean \"{name}\"?"))
}

/// Why something cannot be used; boxed, since most of what is read can.
pub type Refused = Box<Diagnostic>;

/// Where a value stands, for messages about it.
#[derive(Debug, Clone, Copy)]
pub struct Spot<'a> {
    /// The file.
    pub source: &'a SourceText,
    /// The key or the field whose value it is.
    pub key: &'a str,
}
