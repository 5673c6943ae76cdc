//! What the layers of a pack declare by name: `[param.X]`, `[lookup.X]` and their like.
//!
//! Invariants
//! - A later layer's declaration takes the place of an earlier one of the same name, so that numbers given in order
//!   of declaration stay.
//! - Names are compared in NFKC.

use std::sync::Arc;

use super::chain::File;
use super::mistake::{self, Spot};
use super::toml_file::Table;
use crate::diagnostic::code::pack as code;
use crate::diagnostic::{Diagnostics, Localized};
pub use crate::expression::names::nfkc;
use crate::source::{SourceText, Span};

/// Words that an expression reads in a way of its own.
const RESERVED: &[&str] = &["param", "let", "it", "true", "false", "lookup", "blanks"];

/// Whether an expression or a message reads `name` in a way of its own.
pub fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name)
}

/// A table with a name.
#[derive(Debug, Clone)]
pub struct Declaration<'a> {
    /// NFKC.
    pub name: Arc<str>,
    /// Where the name stands.
    pub name_span: Span,
    /// The file.
    pub source: &'a SourceText,
    /// What it says.
    pub table: &'a Table<'a>,
}

impl<'a> Declaration<'a> {
    /// The declaration as a place for messages about `key`.
    pub const fn spot<'k>(&self, key: &'k str) -> Spot<'k>
    where
        'a: 'k,
    {
        Spot { source: self.source, key }
    }
}

/// All `[block.NAME]` of the pack, in order of first declaration.
pub fn named<'a>(files: &'a [File<'a>], block: &str) -> Vec<Declaration<'a>> {
    let mut all: Vec<Declaration<'a>> = Vec::new();
    for file in files.iter().filter(|file| file.is_survey()) {
        let entries = file.root.table(block).map(|table| table.entries.as_slice()).unwrap_or_default();
        for entry in entries {
            let Some(table) = entry.item.table() else { continue };
            let declaration =
                Declaration { name: nfkc(&entry.key), name_span: entry.key_span, source: file.source, table };
            match all.iter_mut().find(|earlier| earlier.name == declaration.name) {
                Some(earlier) => *earlier = declaration,
                None => all.push(declaration),
            }
        }
    }
    all
}

/// Both texts of a table with `ja` and `en`. `None`: one is missing, which the check of keys reports.
pub fn both(table: Option<&Table<'_>>) -> Option<Localized<Arc<str>>> {
    let table = table?;
    Some(Localized::new(Arc::from(table.text("ja")?.text), Arc::from(table.text("en")?.text)))
}

/// Reports names that are reserved, or that `taken` knows already.
pub fn check_name(
    declaration: &Declaration<'_>,
    taken: impl Fn(&str) -> bool,
    found: &mut Diagnostics,
) -> bool {
    let free = !RESERVED.contains(&&*declaration.name) && !taken(&declaration.name);
    if !free {
        let mistake = mistake::at(&code::NAME_TAKEN, declaration.source, declaration.name_span);
        found.push(mistake.with("found", &*declaration.name));
    }
    free
}

/// `rules/x/survey.toml:12`.
pub fn place(source: &SourceText, span: Span) -> Arc<str> {
    Arc::from(format!("{}:{}", source.name, source.position(span.start).line))
}
