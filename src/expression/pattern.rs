//! Patterns of `matches`: a linear-time engine with a limit on size.
//!
//! Invariants
//! - Compiling and searching cost time in proportion to pattern and text; there is no back-tracking.

use regex::{Regex, RegexBuilder};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

/// Most bytes of a pattern's text.
const LONGEST: usize = 8 * 1024;

/// Most bytes of a compiled pattern.
const LARGEST: usize = 4 * 1024 * 1024;

/// Instructions, by a rough count, below which a pattern stays far from [`LARGEST`].
const SURELY_SMALL: usize = 5_000;

/// Deepest nesting of a pattern.
const DEEPEST: u32 = 64;

/// Compiles `text`; it searches, so a whole match needs `^` and `$`.
///
/// `Err`: one line that says why not.
pub fn compile(text: &str) -> Result<Regex, String> {
    if text.len() > LONGEST {
        return Err(format!("longer than {LONGEST} bytes"));
    }
    RegexBuilder::new(text)
        .size_limit(LARGEST)
        .dfa_size_limit(LARGEST)
        .nest_limit(DEEPEST)
        .build()
        .map_err(|error| one_line(&error))
}

/// Whether [`compile`] would succeed, found out without compiling where the pattern is surely small: a tenth of
/// the time.
///
/// `Err`: one line that says why not.
pub fn check(text: &str) -> Result<(), String> {
    if text.len() > LONGEST {
        return compile(text).map(drop);
    }
    match ParserBuilder::new().nest_limit(DEEPEST).build().parse(text) {
        Ok(hir) if instructions(&hir) <= SURELY_SMALL => Ok(()),
        _ => compile(text).map(drop),
    }
}

/// A rough count of the compiled instructions, saturating: repetitions multiply.
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
            parts.iter().map(instructions).fold(1, usize::saturating_add)
        }
    }
}

/// The last line of the engine's drawing: the reason without the picture.
fn one_line(error: &regex::Error) -> String {
    if let regex::Error::CompiledTooBig(limit) = error {
        return format!("larger than {limit} bytes when compiled");
    }
    let text = error.to_string();
    let line = text.lines().last().unwrap_or_default().trim();
    line.strip_prefix("error: ").unwrap_or(line).to_owned()
}

/// Whether the pattern says anywhere, outside a class, where in the text it must match.
pub fn has_anchor(text: &str) -> bool {
    let mut characters = text.chars();
    let mut in_class = false;
    while let Some(character) = characters.next() {
        match character {
            '\\' if matches!(characters.next(), Some('A' | 'z')) => return true,
            '[' => in_class = true,
            ']' => in_class = false,
            '^' | '$' if !in_class => return true,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_one_line() {
        for text in ["(", "(?=x)", r"\1", "a{1000}{1000}{1000}", &"(".repeat(100), &"x".repeat(9000)] {
            let reason = compile(text).expect_err(text);
            assert_eq!(check(text).expect_err(text), reason);
            assert!(!reason.is_empty() && !reason.contains('\n'), "{reason}");
        }
    }

    #[test]
    fn anchors_are_seen_outside_classes_only() {
        for text in ["^a", "a$", "(?i)^a", r"\Aa", r"a\z", r"[\]]^"] {
            assert!(has_anchor(text), "{text}");
        }
        for text in ["a", "[^a]", r"\^a", "[$]", r"a\$"] {
            assert!(!has_anchor(text), "{text}");
        }
    }
}
