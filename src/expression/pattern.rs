//! Patterns of `matches`: a linear-time engine with a limit on size.
//!
//! Invariants
//! - Compiling and searching cost time in proportion to pattern and text; there is no back-tracking.

use regex::{Regex, RegexBuilder};

/// Most bytes of a pattern's text.
const LONGEST: usize = 8 * 1024;

/// Most bytes of a compiled pattern.
const LARGEST: usize = 4 * 1024 * 1024;

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
        .nest_limit(64)
        .build()
        .map_err(|error| one_line(&error))
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
            '^' if in_class => {}
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
