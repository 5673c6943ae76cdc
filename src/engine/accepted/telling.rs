//! Findings about the file of accepted findings: entries that nothing met, that have expired, that say the same twice.
//!
//! Invariants
//! - Told only of a run that judged all there is: of a part of the rules, files or records nothing follows.
//! - No record's key stands in a message; the place tells the entry.

use std::collections::BTreeSet;

use super::{Accepted, Entry};
use crate::diagnostic::code::accepted::{ENTRY_EXPIRED, ENTRY_TWICE, ENTRY_UNUSED, EXPIRY_NOT_SEEN};
use crate::diagnostic::{Argument, Code, Diagnostic, Place};
use crate::engine::event::Summary;
use crate::evaluate::Finding;
use crate::rule_pack::mistake;
use crate::source::SourceText;

impl Accepted {
    /// What is to be said of the entries after a run that came to `summary` and met the entries `met`.
    pub(in crate::engine) fn findings(&self, met: &BTreeSet<usize>, summary: &Summary) -> Vec<Finding> {
        let source = self.source();
        let about = |code: &'static Code, entry: &Entry| {
            mistake::at(code, &source, entry.span)
                .with("rule", &*entry.rule)
                .with("date", &*entry.acceptance.date)
                .with("author", &*entry.acceptance.author)
        };
        let mut found: Vec<Diagnostic> = Vec::new();
        let dated = self.entries.iter().filter(|entry| entry.expires.is_some()).count();
        if self.given.as_of.is_none() && dated > 0 {
            let count = u64::try_from(dated).unwrap_or(u64::MAX);
            found.push(Diagnostic::new(&EXPIRY_NOT_SEEN, Place::File(super::SOURCE)).with("count", count));
        }
        let mut unmet: Vec<&Entry> = Vec::new();
        if is_whole(summary) && !self.given.some_files {
            for (number, entry) in self.entries.iter().enumerate() {
                if let Some(twin) = entry.twin.and_then(|twin| self.entries.get(twin)) {
                    let line = source.position(twin.span.start).line;
                    found.push(about(&ENTRY_TWICE, entry).with("line", line));
                } else if let Some(day) = self.expired(entry) {
                    found.push(about(&ENTRY_EXPIRED, entry).with("expires", &*day));
                } else if !met.contains(&number) {
                    unmet.push(entry);
                }
            }
        }
        found.extend(told_once(&unmet, &source));
        found.into_iter().map(Finding::from).collect()
    }
}

/// Entries without a finding that are marked; how many there are is said.
const MARKED: usize = 5;

/// One finding of all entries that nothing met: in a run of some of the files that is nothing unusual.
fn told_once(entries: &[&Entry], source: &SourceText) -> Option<Diagnostic> {
    let first = entries.first()?;
    let rules: BTreeSet<&str> = entries.iter().map(|entry| &*entry.rule).collect();
    let rules: Vec<Argument> = rules.into_iter().take(MARKED).map(Argument::from).collect();
    let count = u64::try_from(entries.len()).unwrap_or(u64::MAX);
    let mut finding = mistake::at(&ENTRY_UNUSED, source, first.span);
    for entry in entries.iter().skip(1).take(MARKED - 1) {
        finding.labels.extend(mistake::at(&ENTRY_UNUSED, source, entry.span).labels);
    }
    Some(finding.with("count", count).with("rules", Argument::List(rules)))
}

/// Whether every rule was judged on every record of every file.
pub(super) fn is_whole(summary: &Summary) -> bool {
    !summary.partial
        && summary.faults == 0
        && !summary.nothing_checked()
        && summary.files.iter().all(|file| file.readable)
}
