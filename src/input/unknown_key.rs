//! Keys of JSON records that the form does not know: one finding a file and key.
//!
//! Invariants
//! - Each chunk notes its keys by itself; merging the chunks in order gives the same findings whatever their size,
//!   because a chunk notes all of its keys; those beyond what a file may report are counted.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Layout;
use super::heading::did_you_mean;
use crate::diagnostic::code::structure;
use crate::diagnostic::{Argument, Diagnostic, Label, Localized, Place};
use crate::source::SourceId;

/// Most keys that are reported of one file.
pub(super) const MOST_KEYS: usize = 1_000;

/// Longest name that is kept, in bytes.
const LONGEST_NAME: usize = 256;

/// A key that the form does not know, at its first occurrence in a chunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownKey {
    /// The key; inside an object of the form, its JSON pointer.
    pub name: Box<str>,
    /// The key alone.
    pub key: Box<str>,
    /// The place of the form's tree of names whose object it stands in; the root is 0.
    pub(super) place: usize,
    /// How often it occurs in the chunk.
    pub count: u64,
    /// Where it stands. `None`: so many others stand before it that it is only counted.
    pub label: Option<Label>,
}

impl UnknownKey {
    /// `key` as it is kept.
    pub(super) fn cut(key: &str) -> Box<str> {
        let end = key
            .char_indices()
            .map(|(at, letter)| at + letter.len_utf8())
            .take_while(|end| *end <= LONGEST_NAME);
        key.get(..end.last().unwrap_or(0)).unwrap_or(key).into()
    }
}

/// The keys of one file that have been reported.
#[derive(Debug, Default)]
pub struct UnknownKeys {
    seen: BTreeSet<Box<str>>,
    /// How often others occur.
    left: u64,
    /// Where they do.
    source: Option<SourceId>,
}

impl UnknownKeys {
    /// How often keys occur that were not reported one by one, after the last chunk. `None`: all were.
    pub fn further(&self) -> Option<Diagnostic> {
        let (left, source) = (self.left, self.source.filter(|_| self.left > 0)?);
        let words = Localized::new(
            Arc::from(format!("（ほか{left}か所）")),
            Arc::from(format!("({left} further places)")),
        );
        let finding = Diagnostic::new(&structure::COLUMN_UNKNOWN, Place::File(source));
        Some(finding.with("column", Argument::from(words)))
    }

    /// The finding about a key that a chunk has met; chunks come in the order of the file. `None`: it is not new.
    pub fn report(&mut self, layout: &Layout, key: UnknownKey) -> Option<Diagnostic> {
        let UnknownKey { name, key, place, count, label } = key;
        let is_further = place == 0 && layout.form().is_further_member(&key);
        if is_further || self.seen.contains(&name) {
            return None;
        }
        let Some(label) = label.filter(|_| self.seen.len() < MOST_KEYS) else {
            self.left += count;
            return None;
        };
        self.source = Some(label.source);
        let form = layout.form();
        let code = if form.is_foreign(&key) {
            &structure::COLUMN_OF_ANOTHER_FORM
        } else {
            &structure::COLUMN_UNKNOWN
        };
        let finding = Diagnostic::new(code, Place::File(label.source))
            .with("column", Argument::written(&name))
            .label(label);
        self.seen.insert(name);
        Some(match form.key_meant(&key, place) {
            Some(meant) => finding.suggest(did_you_mean(meant)),
            None => finding,
        })
    }
}
