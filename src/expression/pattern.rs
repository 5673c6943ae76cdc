//! Patterns: a linear-time engine with a limit on size, compiled at the first search.
//!
//! Invariants
//! - Compiling and searching cost time in proportion to pattern and text; there is no back-tracking.
//! - A [`Pattern`] that exists can be compiled: its syntax is read when it is made, which costs a tenth of compiling
//!   it, and one that could pass the limit on size is compiled at once.

use std::sync::{Arc, OnceLock};

use regex::{Regex, RegexBuilder};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

/// Most bytes of a pattern's text.
const LONGEST: usize = 8 * 1024;

/// Most bytes of a compiled pattern.
const LARGEST: usize = 4 * 1024 * 1024;

/// Instructions, by a rough count, below which a pattern stays far from [`LARGEST`]: an instruction takes some 30
/// bytes, and a range of letters needs up to three times as many as are counted.
const SURELY_SMALL: usize = 30_000;

/// Deepest nesting of a pattern.
const DEEPEST: u32 = 64;

/// A regular expression that is searched in a text; cheap to clone, clones share what was compiled.
#[derive(Debug, Clone)]
pub struct Pattern(Arc<Lazy>);

#[derive(Debug)]
struct Lazy {
    text: Box<str>,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// Reads `text`; it is searched, so a whole match needs `^` and `$`.
    ///
    /// `Err`: one line (English) that says why it is no pattern.
    pub fn new(text: &str) -> Result<Self, String> {
        let compiled = OnceLock::new();
        if !is_surely_small(text) {
            let regex = compile(text)?;
            compiled.get_or_init(|| Some(regex));
        }
        Ok(Self(Arc::new(Lazy { text: text.into(), compiled })))
    }

    /// The pattern as written.
    pub fn as_str(&self) -> &str {
        &self.0.text
    }

    /// Whether it is found anywhere in `text`.
    pub fn is_match(&self, text: &str) -> bool {
        let Lazy { text: pattern, compiled } = &*self.0;
        compiled.get_or_init(|| compile(pattern).ok()).as_ref().is_some_and(|regex| regex.is_match(text))
    }

    #[cfg(test)]
    pub(crate) fn is_compiled(&self) -> bool {
        self.0.compiled.get().is_some()
    }
}

fn compile(text: &str) -> Result<Regex, String> {
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

/// Whether [`compile`] surely succeeds, found out without compiling.
fn is_surely_small(text: &str) -> bool {
    let parsed = ParserBuilder::new().nest_limit(DEEPEST).build().parse(text);
    text.len() <= LONGEST && parsed.is_ok_and(|hir| instructions(&hir) <= SURELY_SMALL)
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
            instructions(&repetition.sub).max(1).saturating_mul(usize::try_from(times).unwrap_or(usize::MAX))
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
            let reason = Pattern::new(text).expect_err(text);
            assert!(!reason.is_empty() && !reason.contains('\n'), "{reason}");
        }
    }

    #[test]
    fn nothing_is_compiled_before_the_first_search() {
        let pattern = Pattern::new("^[0-9A-Za-z]{7,8}$").unwrap();
        assert!(!pattern.is_compiled());
        assert!(pattern.is_match("AB12345") && !pattern.is_match("AB1234"));
        assert!(pattern.clone().is_compiled());
    }

    /// The largest patterns of each kind that are taken without compiling.
    #[test]
    fn what_is_surely_small_compiles() {
        let parts = [
            r"\w",
            r"(?i:\pL)",
            r"\d",
            "[^a]",
            ".",
            "a",
            "(a)",
            "(?:ab|cd|[x-z])",
            r"[\p{Han}ー]",
            "",
            r"\b",
        ];
        for part in parts {
            for limit in [["", ""], ["^(?s:.*)(?:", ")$"], ["(?i)(?:", ")|x"]] {
                let written = |times: u32| format!("{}(?:{part}){{{times}}}{}", limit[0], limit[1]);
                let fits = |times: &u32| is_surely_small(&written(*times));
                let most = (0..=15).rev().map(|power| 1_u32 << power).find(fits).unwrap();
                let text = written(most);
                assert!(compile(&text).is_ok(), "{text}");
            }
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
