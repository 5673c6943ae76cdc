//! The change log: which cell of the copy says something else than the original, and why.
//!
//! Invariants
//! - CSV, UTF-8 with mark, a line a cell, in the order of the file.
//! - No spreadsheet takes a cell for a formula: one that begins like a formula, or with an apostrophe, gets an
//!   apostrophe in front. So one apostrophe less is what was written, whatever it was.

use super::correction::Correction;
use crate::source::delimited::{harmless, push_row};

/// The columns.
const COLUMNS: [&str; 8] = ["record", "key", "line", "cell", "field", "before", "after", "rule"];

/// The log as far as written.
#[derive(Debug)]
pub(super) struct Log {
    text: String,
    /// Cells that differ.
    pub changes: u64,
}

impl Log {
    /// Without any change.
    pub(super) fn new() -> Self {
        let mut text = String::from('\u{FEFF}');
        push_row(COLUMNS, ',', &mut text);
        Self { text, changes: 0 }
    }

    /// Adds a change; `before` is the text of the cell as it was, and `after` as it is.
    pub(super) fn add(&mut self, correction: &Correction, before: &str, after: &str) {
        let Correction { place, label, notice, .. } = correction;
        let cell = label.cell.as_deref().or(label.pointer.as_deref()).unwrap_or_default();
        let (record, line) = (place.record.to_string(), label.position.line.to_string());
        let rule = notice.full_id();
        let field = label.field.as_deref().unwrap_or_default();
        let key = place.key.as_deref().unwrap_or_default();
        let cells = [&record, key, &line, cell, field, before, after, &rule].map(harmless);
        push_row(cells.iter().map(String::as_str), ',', &mut self.text);
        self.changes += 1;
    }

    /// The whole file.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.text.into_bytes()
    }
}
