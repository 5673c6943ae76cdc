//! Regular expressions of a questionnaire, compiled at their first use.
//!
//! Invariants
//! - A [`Pattern`] that exists is valid for the linear-time engine: its syntax is read when it is made, which costs
//!   a tenth of compiling it, and one that could pass the engine's size limit is compiled at once.
//! - `pattern` of JSON Schema means what ECMA 262 says (`\d` is ASCII), by the same translation as the validator's.
//! - Searching is the engine's business alone: no look-around, no back-references.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use regex::Regex;
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

use crate::expression::pattern::compile;

/// Instructions, by a rough count, and bytes below which an expression stays far from the engine's limits.
const SURELY_SMALL: usize = 5_000;

/// Groups inside each other, as the engine is told.
const DEEPEST: u32 = 64;

/// A regular expression that is searched in a text; cheap to clone, clones share what was compiled.
#[derive(Debug, Clone)]
pub struct Pattern(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// As written in the schema.
    written: Box<str>,
    /// Whether `\d`, `\w` and `\s` are those of ECMA 262.
    ecma: bool,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// A `pattern` keyword, in the dialect of JSON Schema.
    ///
    /// # Errors
    /// What the engine cannot read, in its own words (English).
    pub fn of_schema(written: &str) -> Result<Self, String> {
        Self::new(written, true)
    }

    /// A `matches` of `x-invalid`, in the dialect of the engine (`\d` is any decimal digit of Unicode).
    ///
    /// # Errors
    /// What the engine cannot read, in its own words (English).
    pub fn of_case(written: &str) -> Result<Self, String> {
        Self::new(written, false)
    }

    fn new(written: &str, ecma: bool) -> Result<Self, String> {
        let translated = translate(written, ecma)?;
        let parsed = ParserBuilder::new().nest_limit(DEEPEST).build().parse(&translated);
        let hir = parsed.map_err(|error| last_line(&error))?;
        let compiled = OnceLock::new();
        if translated.len() > SURELY_SMALL || instructions(&hir) > SURELY_SMALL {
            let regex = compile(&translated)?;
            compiled.get_or_init(|| Some(regex));
        }
        Ok(Self(Arc::new(Inner { written: written.into(), ecma, compiled })))
    }

    /// The expression as written.
    pub fn as_str(&self) -> &str {
        &self.0.written
    }

    /// Whether it is found anywhere in `text`.
    pub fn is_match(&self, text: &str) -> bool {
        self.regex().is_some_and(|regex| regex.is_match(text))
    }

    /// The compiled expression, for a kernel that searches many cells. `None` does not occur: see the invariants.
    pub fn regex(&self) -> Option<&Regex> {
        let inner = &self.0;
        let first = || compile(&translate(&inner.written, inner.ecma).ok()?).ok();
        inner.compiled.get_or_init(first).as_ref()
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str() && self.0.ecma == other.0.ecma
    }
}

impl Eq for Pattern {}

/// The expression as the engine is given it.
fn translate(written: &str, ecma: bool) -> Result<Cow<'_, str>, String> {
    if !ecma || dialects_agree(written) {
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

/// The engine draws the expression with a caret and says the reason last; we draw it ourselves.
fn last_line(error: &dyn std::fmt::Display) -> String {
    let text = error.to_string();
    let line = text.lines().last().unwrap_or_default();
    line.strip_prefix("error: ").unwrap_or(line).to_owned()
}

/// A rough count of the compiled instructions, saturating: repetitions multiply. The depth is limited by the parser.
fn instructions(hir: &Hir) -> usize {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => 1,
        HirKind::Literal(literal) => literal.0.len(),
        HirKind::Class(Class::Unicode(class)) => class.ranges().len().saturating_mul(4),
        HirKind::Class(Class::Bytes(class)) => class.ranges().len(),
        HirKind::Repetition(repetition) => {
            let times = repetition.max.unwrap_or(repetition.min.saturating_add(1)).max(1);
            instructions(&repetition.sub).saturating_mul(usize::try_from(times).unwrap_or(usize::MAX))
        }
        HirKind::Capture(capture) => instructions(&capture.sub).saturating_add(2),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().fold(1, |sum: usize, part| sum.saturating_add(instructions(part)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_compiled_before_the_first_search() {
        let pattern = Pattern::of_schema("^[0-9A-Za-z]{7,8}$").unwrap();
        assert!(pattern.0.compiled.get().is_none());
        assert!(pattern.is_match("AB12345") && !pattern.is_match("AB1234"));
        assert!(pattern.clone().0.compiled.get().is_some());
    }

    #[test]
    fn digits_are_ascii_in_a_schema_and_unicode_in_a_case() {
        assert!(!Pattern::of_schema(r"^\d$").unwrap().is_match("３"));
        assert!(Pattern::of_schema(r"^\d$").unwrap().is_match("3"));
        assert!(Pattern::of_case(r"^\d$").unwrap().is_match("３"));
        assert!(Pattern::of_schema("^[[&]$").unwrap().is_match("["));
    }

    #[test]
    fn what_the_linear_engine_cannot_read_is_refused_with_its_reason() {
        for written in ["(?=a)", r"(a)\1", "[a", "a{2,1}", "(", "*"] {
            let reason = Pattern::of_schema(written).unwrap_err();
            assert!(!reason.is_empty() && !reason.contains('\n'), "{written}: {reason}");
        }
    }

    #[test]
    fn an_expression_over_the_size_limit_is_refused_when_it_is_made() {
        assert!(Pattern::of_case(r"(?:\w{100}){1000}").is_err());
        assert!(Pattern::of_case(r"[a-z]{6000}").unwrap().0.compiled.get().is_some());
    }
}
