//! The rows of one file that were left out, as findings: each note, each run of blank rows, each sample row.
//!
//! Invariants
//! - Blank lines at the end of a file are no rows: every text ends in one.
//! - What is kept has an end, however many rows are left out.

use std::sync::Arc;

use crate::diagnostic::code::structure;
use crate::diagnostic::{Argument, Diagnostic, Diagnostics, Label, Localized, Place, RecordPlace};
use crate::input::MOST_MARKS;
use crate::source::SourceId;

/// Rows that hold nothing, one after the other.
#[derive(Debug)]
struct Run {
    first: u64,
    last: u64,
    /// The last that is more than a line end. `None`: none is.
    written: Option<u64>,
    label: Option<Label>,
}

/// What was left out of one file so far.
#[derive(Debug)]
pub(in crate::input) struct Skipped {
    source: SourceId,
    found: Diagnostics,
    run: Option<Run>,
    told: usize,
    /// Places that are only counted.
    further: u64,
}

impl Skipped {
    /// Nothing yet, of the file `source`.
    pub fn new(source: SourceId) -> Self {
        Self { source, found: Diagnostics::new(), run: None, told: 0, further: 0 }
    }

    /// A blank row; `written`: it has more than its line end. The label of a run is that of its first row.
    pub fn blank(&mut self, line: u64, written: bool, label: impl FnOnce() -> Option<Label>) {
        let run =
            self.run.get_or_insert_with(|| Run { first: line, last: line, written: None, label: label() });
        run.last = line;
        if written {
            run.written = Some(line);
        }
    }

    /// Rows from `first` to `last` that are a note.
    pub fn note(&mut self, first: u64, last: u64, label: Option<Label>) {
        self.row();
        self.tell(first, last, label);
    }

    /// A sample row that reads as a record.
    pub fn sample(&mut self, place: RecordPlace, label: Option<Label>) {
        self.row();
        if self.told >= MOST_MARKS {
            self.further += 1;
            return;
        }
        self.told += 1;
        let line = place.line;
        let mut finding = Diagnostic::new(&structure::SAMPLE_ROW, Place::Record(Arc::new(place)));
        finding.labels.extend(label);
        self.found.push(finding.with("line", line));
    }

    /// A row that holds something: a run of blank ones ends.
    pub fn row(&mut self) {
        if let Some(Run { first, last, label, .. }) = self.run.take() {
            self.tell(first, last, label);
        }
    }

    fn tell(&mut self, first: u64, last: u64, label: Option<Label>) {
        if self.told >= MOST_MARKS {
            self.further += 1;
            return;
        }
        self.told += 1;
        let mut finding = Diagnostic::new(&structure::ROW_SKIPPED, Place::File(self.source));
        finding.labels.extend(label);
        self.found.push(finding.with("line", lines(first, last)));
    }

    /// What was left out, after the last row.
    pub fn finish(mut self) -> Diagnostics {
        if let Some(Run { first, written: Some(last), label, .. }) = self.run.take() {
            self.tell(first, last, label);
        }
        if self.further > 0 {
            let further = Diagnostic::new(&structure::ROWS_SKIPPED, Place::File(self.source));
            self.found.push(further.with("count", self.further));
        }
        self.found
    }
}

/// The lines from `first` to `last`.
fn lines(first: u64, last: u64) -> Argument {
    if first == last {
        return first.into();
    }
    Localized::new(Arc::from(format!("{first}～{last}")), Arc::from(format!("{first}-{last}"))).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Language;

    fn told(skipped: Skipped) -> Vec<String> {
        let text = |finding: &Diagnostic| finding.message(Language::En);
        skipped.finish().iter().map(text).map(|text| text.split(" was").next().unwrap().to_owned()).collect()
    }

    #[test]
    fn a_run_of_blank_rows_is_one_finding_and_the_end_of_the_file_is_none() {
        let mut skipped = Skipped::new(SourceId(3));
        for (line, written) in [(3, false), (4, true), (5, false)] {
            skipped.blank(line, written, || None);
        }
        skipped.row();
        skipped.note(7, 7, None);
        for (line, written) in [(8, true), (9, false)] {
            skipped.blank(line, written, || None);
        }
        assert_eq!(told(skipped), ["Line 3-5", "Line 7", "Line 8"]);
        let mut ended = Skipped::new(SourceId(3));
        ended.blank(9, false, || None);
        assert!(told(ended).is_empty());
    }

    #[test]
    fn beyond_so_many_rows_are_counted() {
        let mut skipped = Skipped::new(SourceId(3));
        (1..=1_000).for_each(|line| skipped.note(line, line, None));
        let told = told(skipped);
        assert_eq!(told.len(), MOST_MARKS + 1);
        assert!(told.last().unwrap().contains("980"), "{told:?}");
    }
}
