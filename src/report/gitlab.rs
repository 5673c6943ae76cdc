//! The format `gitlab`: the Code Quality report of a merge request.
//!
//! Invariants
//! - An array of entries, each with a fingerprint of its own and a line from 1; what GitLab does not ask for (`record`,
//!   `key`, `fields`) it passes over.
//! - Failures, and findings that are left out, are entries too: an empty array means that nothing was found.

use serde::Serialize;

use super::collected::{Collected, Document, Entry};
use super::json::document;
use super::{Output, statement, words};
use crate::diagnostic::Severity;
use crate::error::Error;

/// The document for GitLab.
#[derive(Debug, Clone, Copy, Default)]
pub struct GitLab;

impl Document for GitLab {
    fn write(&self, collected: &Collected, output: &mut Output) -> Result<(), Error> {
        let mut issues: Vec<Issue<'_>> =
            collected.entries.iter().map(|entry| Issue::of(entry, collected)).collect();
        let language = collected.audience.language;
        for (number, failure) in (1..).zip(&collected.summary.failures) {
            let path = failure.file().map_or(OURSELVES, |name| name);
            let fingerprint = format!("kenpyo-{}-{number}", failure.word());
            issues.push(Issue::own(
                words::failure(failure, language),
                failure.word(),
                fingerprint,
                path,
                BLOCKER,
            ));
        }
        if collected.left_out > 0 {
            let text = words::not_shown(collected.left_out, None, collected.most, language);
            let name = "findings-left-out";
            issues.push(Issue::own(text, name, format!("kenpyo-{name}"), OURSELVES, "info"));
        }
        output.write(document(&issues).as_bytes())
    }
}

/// The path of what is about no file.
const OURSELVES: &str = env!("CARGO_PKG_NAME");

const BLOCKER: &str = "blocker";

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: Location<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
    fields: Vec<&'a str>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u64,
}

impl<'a> Location<'a> {
    fn new(path: &'a str, line: Option<u64>) -> Self {
        Self { path, lines: Lines { begin: line.unwrap_or(1).max(1) } }
    }
}

impl<'a> Issue<'a> {
    fn of(entry: &'a Entry, collected: &'a Collected) -> Self {
        let diagnostic = &entry.diagnostic;
        let spot = collected.spot(diagnostic);
        let record = collected.record(diagnostic);
        Self {
            description: statement(diagnostic, collected.audience),
            check_name: diagnostic.notice.full_id(),
            fingerprint: entry.fingerprint.clone(),
            severity: severity(diagnostic.severity),
            location: Location::new(spot.file.map_or(OURSELVES, |file| collected.name(file)), spot.line),
            record: record.map(|place| place.record),
            key: record.and_then(|place| collected.key(place)),
            fields: collected.fields(diagnostic),
        }
    }

    /// What the program says of itself.
    fn own(
        description: String,
        name: &'static str,
        fingerprint: String,
        path: &'a str,
        severity: &'static str,
    ) -> Self {
        Self {
            description,
            check_name: format!("{OURSELVES}/{name}"),
            fingerprint,
            severity,
            location: Location::new(path, None),
            record: None,
            key: None,
            fields: Vec::new(),
        }
    }
}

const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Fatal => BLOCKER,
        Severity::Error => "critical",
        Severity::Warning => "minor",
        Severity::Info => "info",
    }
}
