//! Regular expressions of a questionnaire: the two dialects that a schema may write.
//!
//! Invariants
//! - `pattern` of JSON Schema means what ECMA 262 says (`\d` is ASCII), by the same translation as the validator's.
//! - Searching is the engine's business alone: no look-around, no back-references.

use std::borrow::Cow;
use std::sync::Arc;

use crate::expression::pattern;

/// How an expression is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PatternSyntax {
    /// As the keyword `pattern` of JSON Schema.
    Schema,
    /// As the engine reads it (`\d` is any decimal digit of Unicode): `matches` of `x-invalid`, and `x-rows`.
    Engine,
}

/// A regular expression of a schema; cheap to clone.
#[derive(Debug, Clone)]
pub struct Pattern {
    /// As written in the schema.
    written: Arc<str>,
    /// In the dialect of the engine.
    translated: pattern::Pattern,
}

impl Pattern {
    /// Reads `written`.
    ///
    /// # Errors
    /// What the engine cannot read, in its own words (English).
    pub fn new(written: &str, syntax: PatternSyntax) -> Result<Self, String> {
        let translated = match syntax {
            PatternSyntax::Schema => pattern::Pattern::new(&translate(written)?)?,
            PatternSyntax::Engine => pattern::Pattern::new(written)?,
        };
        Ok(Self { written: Arc::from(written), translated })
    }

    /// What [`new`](Self::new) has taken before, without reading it again; another finds nothing.
    ///
    /// # Errors
    /// What cannot be translated.
    pub fn known(written: &str, syntax: PatternSyntax) -> Result<Self, String> {
        let translated = match syntax {
            PatternSyntax::Schema => pattern::Pattern::known(&translate(written)?),
            PatternSyntax::Engine => pattern::Pattern::known(written),
        };
        Ok(Self { written: Arc::from(written), translated })
    }

    /// The expression as written.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// Whether it is found anywhere in `text`.
    pub fn is_match(&self, text: &str) -> bool {
        self.translated.is_match(text)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written && self.translated.as_str() == other.translated.as_str()
    }
}

impl Eq for Pattern {}

/// The expression as the engine is given it.
fn translate(written: &str) -> Result<Cow<'_, str>, String> {
    if dialects_agree(written) {
        return Ok(Cow::Borrowed(written));
    }
    jsonschema_regex::to_rust_regex(written).map_err(|()| "not a regular expression of ECMA 262".to_owned())
}

/// Whether both dialects surely read `written` alike: no escapes, and no brackets or set operators within brackets.
fn dialects_agree(written: &str) -> bool {
    let mut inside = false;
    let mut before = ' ';
    for character in written.chars() {
        let differs = match character {
            '\\' => true,
            '[' | '&' | '~' => inside,
            '-' => inside && before == '-',
            ']' => matches!(before, '[' | '^'),
            _ => false,
        };
        if differs {
            return false;
        }
        inside = character == '[' || inside && character != ']';
        before = character;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_ascii_in_a_schema_and_unicode_in_a_case() {
        assert!(!Pattern::new(r"^\d$", PatternSyntax::Schema).unwrap().is_match("３"));
        assert!(Pattern::new(r"^\d$", PatternSyntax::Schema).unwrap().is_match("3"));
        assert!(Pattern::new(r"^\d$", PatternSyntax::Engine).unwrap().is_match("３"));
        assert!(Pattern::new("^[[&]$", PatternSyntax::Schema).unwrap().is_match("["));
    }

    #[test]
    fn what_the_linear_engine_cannot_read_is_refused_with_its_reason() {
        for written in ["(?=a)", r"(a)\1", "[a", "a{2,1}", "(", "*"] {
            let reason = Pattern::new(written, PatternSyntax::Schema).unwrap_err();
            assert!(!reason.is_empty() && !reason.contains('\n'), "{written}: {reason}");
        }
    }
}
