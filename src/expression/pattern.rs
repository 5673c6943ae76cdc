//! Patterns: a linear-time engine with a limit on size, compiled at the first search.
//!
//! Invariants
//! - Compiling and searching cost time in proportion to pattern and text; there is no back-tracking.
//! - A [`Pattern`] that exists can be compiled: its syntax is read when it is made, which costs a tenth of compiling
//!   it, and one that could pass the limit on size is compiled at once.
//! - A file of a hundred records searches too few cells for a fast automaton to earn what it costs to make: the first
//!   searches of a pattern are done by one that is cheap to make. Both find the same.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use regex_automata::meta::{BuildError, Config, Regex};
use regex_automata::nfa::thompson::WhichCaptures;
use regex_automata::util::syntax;
use regex_syntax::ast::parse::ParserBuilder;
use regex_syntax::ast::{Ast, ClassPerlKind, ClassSet, ClassSetItem, RepetitionKind, RepetitionRange};

/// Most bytes of a pattern's text.
const LONGEST: usize = 8 * 1024;

/// Most bytes of a compiled pattern.
const LARGEST: usize = 4 * 1024 * 1024;

/// Instructions, by a rough count, below which a pattern stays far from [`LARGEST`]: an instruction takes some 30
/// bytes, and a range of letters needs up to three times as many as are counted.
const SURELY_SMALL: usize = 30_000;

/// Instructions, by the same count, of the largest class of letters: `\w`.
const LARGEST_CLASS: usize = 3_200;

/// Deepest nesting of a pattern.
const DEEPEST: u32 = 64;

/// A regular expression that is searched in a text; cheap to clone, clones share what was compiled.
#[derive(Debug, Clone)]
pub struct Pattern(Arc<Lazy>);

#[derive(Debug)]
struct Lazy {
    text: Box<str>,
    /// Cheap to make.
    first: OnceLock<Option<Regex>>,
    /// Fast, for a pattern that is searched often.
    fast: OnceLock<Option<Regex>>,
    /// Searches so far, up to [`OFTEN`].
    searches: AtomicU32,
}

/// What a compiled pattern is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Build {
    Cheap,
    Fast,
}

/// Searches after which the fast automaton has earned its making.
const OFTEN: u32 = 2_000;

impl Pattern {
    /// Reads `text`; it is searched, so a whole match needs `^` and `$`.
    ///
    /// `Err`: one line (English) that says why it is no pattern.
    pub fn new(text: &str) -> Result<Self, String> {
        let pattern = Self::known(text);
        if !is_surely_small(text) {
            let regex = compile(text, Build::Cheap)?;
            pattern.0.first.get_or_init(|| Some(regex));
        }
        Ok(pattern)
    }

    /// A pattern that [`new`](Self::new) has taken before; another finds nothing.
    pub fn known(text: &str) -> Self {
        let (first, fast, searches) = (OnceLock::new(), OnceLock::new(), AtomicU32::new(0));
        Self(Arc::new(Lazy { text: text.into(), first, fast, searches }))
    }

    /// The pattern as written.
    pub fn as_str(&self) -> &str {
        &self.0.text
    }

    /// Whether it is found anywhere in `text`.
    pub fn is_match(&self, text: &str) -> bool {
        let Lazy { text: pattern, first, fast, searches } = &*self.0;
        // How often it was searched changes what a search costs, never what it finds: the order does not matter.
        let (compiled, build) = if searches.load(Ordering::Relaxed) < OFTEN {
            searches.fetch_add(1, Ordering::Relaxed);
            (first, Build::Cheap)
        } else {
            (fast, Build::Fast)
        };
        let compiled = compiled.get_or_init(|| compile(pattern, build).ok());
        compiled.as_ref().is_some_and(|regex| regex.is_match(text))
    }

    /// Compiles `patterns` on a thread of its own for their first searches. Nobody waits for it: a search that comes
    /// earlier compiles what it needs itself.
    pub fn prepare(patterns: Vec<Self>) {
        let compile = move || {
            for Self(lazy) in patterns {
                lazy.first.get_or_init(|| compile(&lazy.text, Build::Cheap).ok());
            }
        };
        // Where no thread can be had, the searches compile.
        drop(std::thread::Builder::new().name("patterns".to_owned()).spawn(compile));
    }

    #[cfg(test)]
    pub(crate) fn is_compiled(&self) -> bool {
        self.0.first.get().is_some() || self.0.fast.get().is_some()
    }
}

fn compile(text: &str, build: Build) -> Result<Regex, String> {
    if text.len() > LONGEST {
        return Err(format!("longer than {LONGEST} bytes"));
    }
    let limits = Config::new()
        .which_captures(WhichCaptures::None)
        .nfa_size_limit(Some(LARGEST))
        .hybrid_cache_capacity(LARGEST);
    let config = match build {
        Build::Cheap => limits.hybrid(false).dfa(false).onepass(false),
        Build::Fast => limits,
    };
    let syntax = syntax::Config::new().nest_limit(DEEPEST);
    Regex::builder().configure(config).syntax(syntax).build(text).map_err(|error| one_line(&error))
}

/// Whether [`compile`] surely succeeds, found out without compiling: by the syntax alone.
fn is_surely_small(text: &str) -> bool {
    // Which scripts and properties there are, and what is UTF-8 without Unicode, only the translation knows.
    if text.len() > LONGEST || [r"\p", r"\P", "-u"].iter().any(|part| text.contains(part)) {
        return false;
    }
    let parsed = ParserBuilder::new().nest_limit(DEEPEST).build().parse(text);
    parsed.is_ok_and(|syntax| instructions(&syntax) <= SURELY_SMALL)
}

/// A rough count of the compiled instructions, saturating: repetitions multiply. The depth is limited by the parser.
fn instructions(syntax: &Ast) -> usize {
    match syntax {
        Ast::Empty(_) | Ast::Flags(_) | Ast::Assertion(_) => 1,
        // With its other case, in UTF-8.
        Ast::Literal(_) => 8,
        Ast::Dot(_) => 16,
        Ast::ClassUnicode(_) => LARGEST_CLASS,
        Ast::ClassPerl(class) => letters(&class.kind),
        Ast::ClassBracketed(class) => members(&class.kind),
        Ast::Repetition(repetition) => {
            let times = match &repetition.op.kind {
                RepetitionKind::ZeroOrOne | RepetitionKind::ZeroOrMore => 1,
                RepetitionKind::OneOrMore => 2,
                RepetitionKind::Range(
                    RepetitionRange::Exactly(times) | RepetitionRange::Bounded(_, times),
                ) => *times,
                RepetitionKind::Range(RepetitionRange::AtLeast(times)) => times.saturating_add(1),
            };
            instructions(&repetition.ast).saturating_mul(usize::try_from(times).unwrap_or(usize::MAX).max(1))
        }
        Ast::Group(group) => instructions(&group.ast).saturating_add(2),
        Ast::Alternation(parts) => sum(&parts.asts),
        Ast::Concat(parts) => sum(&parts.asts),
    }
}

/// As [`instructions`], for what stands in brackets.
fn members(set: &ClassSet) -> usize {
    match set {
        ClassSet::BinaryOp(both) => members(&both.lhs).saturating_add(members(&both.rhs)),
        ClassSet::Item(item) => member(item),
    }
}

fn member(item: &ClassSetItem) -> usize {
    match item {
        ClassSetItem::Empty(_) => 1,
        ClassSetItem::Literal(_) => 8,
        // Within ASCII it has one other case; elsewhere it may fall apart into many.
        ClassSetItem::Range(range) if range.end.c.is_ascii() => 16,
        ClassSetItem::Range(_) => LARGEST_CLASS / 4,
        ClassSetItem::Ascii(_) => 64,
        ClassSetItem::Unicode(_) => LARGEST_CLASS,
        ClassSetItem::Perl(class) => letters(&class.kind),
        ClassSetItem::Bracketed(class) => members(&class.kind),
        ClassSetItem::Union(union) => union.items.iter().map(member).fold(8, usize::saturating_add),
    }
}

fn letters(class: &ClassPerlKind) -> usize {
    match class {
        ClassPerlKind::Digit => LARGEST_CLASS / 10,
        ClassPerlKind::Space => LARGEST_CLASS / 50,
        ClassPerlKind::Word => LARGEST_CLASS,
    }
}

fn sum(parts: &[Ast]) -> usize {
    parts.iter().map(instructions).fold(1, usize::saturating_add)
}

/// The last line of the engine's drawing: the reason without the picture.
fn one_line(error: &BuildError) -> String {
    if let Some(limit) = error.size_limit() {
        return format!("larger than {limit} bytes when compiled");
    }
    let text = error.syntax_error().map_or_else(|| error.to_string(), ToString::to_string);
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

    #[test]
    fn what_is_cheap_to_make_finds_what_the_fast_one_finds() {
        let texts = ["", "AB12345", "ＡＢ１２３４５", "病院", "a\u{301}", "x y", "\n", "9999", "髙﨑①"];
        for pattern in [r"^\w{4,7}$", r"^[0-9A-Za-z]{7,8}$", r"\p{Han}+", r"(?i)ab|病", "^$", r"\s", r"^\d+$"]
        {
            let [cheap, fast] = [Build::Cheap, Build::Fast].map(|build| compile(pattern, build).unwrap());
            let rest = Pattern::new(pattern).unwrap();
            rest.0.searches.store(OFTEN, Ordering::Relaxed);
            for text in texts {
                assert_eq!(cheap.is_match(text), fast.is_match(text), "{pattern} {text}");
                assert_eq!(cheap.is_match(text), rest.is_match(text), "{pattern} {text}");
            }
        }
    }

    /// The largest patterns of each kind that are taken without compiling.
    #[test]
    fn what_is_surely_small_compiles() {
        let parts = [
            r"\w",
            r"(?i:[À-ɏ])",
            r"\d",
            r"[\D\S]",
            "[^a]",
            ".",
            "a",
            "(a)",
            "(?:ab|cd|[x-z])",
            r"[\w--[a-z]]",
            "[ァ-ヶー]",
            "[^０-９]",
            "",
            r"\b",
        ];
        for part in parts {
            for limit in [["", ""], ["^(?s:.*)(?:", ")$"], ["(?i)(?:", ")|x"]] {
                let written = |times: u32| format!("{}(?:{part}){{{times}}}{}", limit[0], limit[1]);
                let fits = |times: &u32| is_surely_small(&written(*times));
                let most = (0..=15).rev().map(|power| 1_u32 << power).find(fits).unwrap();
                let text = written(most);
                assert!(compile(&text, Build::Cheap).is_ok(), "{text}");
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
