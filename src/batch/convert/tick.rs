//! One column of a question that has a column for each option.
//!
//! Invariants
//! - A column says that its option is chosen, that it is not, or carries a mark; what says anything else is never read
//!   as either.

use super::spelling::{Dictionary, Meaning, reading_form};

/// What a spreadsheet's check boxes, and whoever counts with 0 and 1, leave where an option is not chosen.
const UNTICKED: [&str; 2] = ["0", "false"];

/// What one column says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tick {
    /// Its option is chosen.
    Chosen,
    /// It is not.
    Not,
    /// A mark stands there.
    Mark(u8),
    /// Something else.
    Unclear,
}

/// The tokens of a ticked column.
#[derive(Debug)]
pub(super) struct Tokens(Vec<String>);

impl Tokens {
    pub(super) fn new<T: AsRef<str>>(tokens: &[T]) -> Self {
        Self(tokens.iter().map(|token| reading_form(token.as_ref()).into_owned()).collect())
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What the trimmed `text` of a column says; empty: nothing is chosen.
    pub(super) fn read(&self, dictionary: &Dictionary, text: &str) -> Tick {
        let form = reading_form(text);
        if self.0.iter().any(|token| *token == form) {
            return Tick::Chosen;
        }
        match dictionary.get(text) {
            Some(Meaning::Mark(mark)) => Tick::Mark(mark),
            _ if text.is_empty() || UNTICKED.contains(&&*form) => Tick::Not,
            _ => Tick::Unclear,
        }
    }
}
