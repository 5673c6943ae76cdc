//! From which wave to which a rule or exemption holds.
//!
//! Invariants
//! - Order is that of the survey's `waves` list, never that of the names.

use super::mistake;
use super::toml_file::{Table, Text};
use crate::diagnostic::Diagnostics;
use crate::diagnostic::code::pack as code;
use crate::source::SourceText;

/// The survey's waves and the present one.
#[derive(Debug, Clone, Copy)]
pub struct Waves<'a> {
    /// Oldest first.
    pub all: &'a [String],
    /// This one.
    pub now: &'a str,
}

impl Waves<'_> {
    fn place(&self, wave: &str) -> Option<usize> {
        self.all.iter().position(|known| known == wave)
    }

    fn bound(
        &self,
        table: &Table<'_>,
        key: &str,
        source: &SourceText,
        found: &mut Diagnostics,
    ) -> Option<usize> {
        let text: Text<'_> = table.text(key)?;
        let place = self.place(text.text);
        if place.is_none() {
            let mistake = mistake::at(&code::UNKNOWN_WAVE, source, text.span);
            let mistake = mistake.with("key", key).with("found", text.text);
            found.push(mistake::suggested(mistake, text.text, self.all.iter().map(String::as_str)));
        }
        place
    }

    /// Whether `from` and `until` of `table` include this wave; mistakes in them are reported.
    pub fn include_now(&self, table: &Table<'_>, source: &SourceText, found: &mut Diagnostics) -> bool {
        let from = self.bound(table, "from", source, found);
        let until = self.bound(table, "until", source, found);
        if let (Some(first), Some(last)) = (from, until)
            && first > last
        {
            let text = |key| table.text(key).map_or("", |text| text.text);
            let span = table.get("until").map_or(table.span, |item| item.span);
            let mistake = mistake::at(&code::WAVE_ORDER, source, span);
            found.push(mistake.with("before", text("from")).with("after", text("until")));
        }
        let Some(now) = self.place(self.now) else { return true };
        from.is_none_or(|first| first <= now) && until.is_none_or(|last| now <= last)
    }
}
