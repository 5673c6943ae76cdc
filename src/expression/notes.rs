//! Building diagnostics about one expression: labels with positions, suggestions in both languages.
//!
//! Invariants
//! - At most [`MOST`] mistakes of one expression are kept, and the cut is itself reported.
//! - Every label lies inside the file in which the expression stands.

use std::sync::Arc;

use super::tree::ExpressionText;
use crate::diagnostic::code::expression::TOO_MANY_MISTAKES;
use crate::diagnostic::{Argument, Code, Diagnostic, Diagnostics, Label, Localized, Place};
use crate::source::{Position, Span};

/// Most mistakes of one expression that are listed.
pub(super) const MOST: usize = 30;

/// A text in both languages, as the value of a slot or beside a mark.
pub(super) fn both(ja: impl AsRef<str>, en: impl AsRef<str>) -> Argument {
    Argument::Localized(localized(ja, en))
}

/// A text in both languages.
pub(super) fn localized(ja: impl AsRef<str>, en: impl AsRef<str>) -> Localized<Arc<str>> {
    Localized::new(Arc::from(ja.as_ref()), Arc::from(en.as_ref()))
}

/// "did you mean": `text` is what would be written.
pub(super) fn did_you_mean(text: &str) -> Localized<String> {
    Localized::new(format!("{text} ではありませんか。"), format!("did you mean {text}?"))
}

/// "write": `text` is what would be written.
pub(super) fn write_instead(text: &str) -> Localized<String> {
    Localized::new(format!("`{text}` と書いてください。"), format!("write `{text}`"))
}

/// The mistakes of one expression, collected.
#[derive(Debug)]
pub(super) struct Notes<'a> {
    text: ExpressionText<'a>,
    list: Vec<Diagnostic>,
}

impl<'a> Notes<'a> {
    pub(super) fn new(text: ExpressionText<'a>) -> Self {
        Self { text, list: Vec::new() }
    }

    /// A mistake without labels or arguments yet.
    pub(super) fn about(&self, code: &'static Code) -> Diagnostic {
        Diagnostic::new(code, Place::File(self.text.source.id))
    }

    /// A mark at `span`.
    pub(super) fn mark(&self, span: Span, text: impl Into<Argument>) -> Label {
        Label {
            source: self.text.source.id,
            field: None,
            span,
            // Finding a line costs time in proportion to the file: not for what nobody will see.
            position: if self.is_full() {
                Position::default()
            } else {
                self.text.source.position(span.start)
            },
            extent: None,
            cell: None,
            pointer: None,
            text: text.into(),
        }
    }

    /// The file's text at `span`, cut where it is long.
    pub(super) fn written(&self, span: Span) -> Argument {
        Argument::written(self.text.source.slice(span))
    }

    /// The file's text at `span`, whole.
    pub(super) fn slice(&self, span: Span) -> &'a str {
        self.text.source.slice(span)
    }

    /// Adds a mistake, or the remark that there are too many.
    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        if self.list.len() < MOST {
            self.list.push(diagnostic);
        } else if self.list.len() == MOST {
            let whole = self.text.span(0, self.text.text.len());
            let note = self.about(&TOO_MANY_MISTAKES).with("limit", MOST).label(self.mark(whole, ""));
            self.list.push(note);
        }
    }

    /// Whether nothing more will be kept: what costs time need not be said any more.
    pub(super) fn is_full(&self) -> bool {
        self.list.len() > MOST
    }

    /// All of them, by place of the first mark; those of one place in the order in which they were found.
    pub(super) fn finish(mut self) -> Diagnostics {
        self.list.sort_by_key(|diagnostic| diagnostic.labels.first().map(|label| label.span.start));
        self.list.into_iter().collect()
    }
}
