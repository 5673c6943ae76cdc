//! The closing part of the formats `json` and `jsonl`: files, rules, counts.
//!
//! Invariants
//! - Counts are of the whole run, whatever was listed.

use super::Texts;
use crate::diagnostic::Language;
use crate::engine::event::{RuleLine, Summary};
use crate::evaluate::RuleCounts;

/// The closing part of the document.
#[derive(serde::Serialize)]
pub(in crate::report) struct JsonSummary<'a> {
    records: u64,
    records_with_errors: u64,
    findings: JsonSeverities,
    nothing_checked: bool,
    partial: bool,
    faults: u64,
    files: Vec<JsonFile<'a>>,
    rules: Vec<JsonRule<'a>>,
}

#[derive(serde::Serialize)]
struct JsonSeverities {
    fatal: u64,
    error: u64,
    warning: u64,
    info: u64,
}

#[derive(serde::Serialize)]
struct JsonFile<'a> {
    name: &'a str,
    readable: bool,
    records: u64,
    unreadable: u64,
}

#[derive(serde::Serialize)]
struct JsonRule<'a> {
    rule: &'a str,
    slug: &'a str,
    severity: &'static str,
    title: &'a str,
    titles: Texts<'a>,
    findings: u64,
    records: u64,
    outcomes: Option<JsonOutcomes>,
}

#[derive(serde::Serialize)]
struct JsonOutcomes {
    pass: u64,
    fail: u64,
    not_applicable: u64,
    undecided: u64,
    skipped: u64,
    not_run: u64,
}

impl From<&RuleCounts> for JsonOutcomes {
    fn from(counts: &RuleCounts) -> Self {
        Self {
            pass: counts.pass,
            fail: counts.fail,
            not_applicable: counts.not_applicable,
            undecided: counts.undecided,
            skipped: counts.skipped,
            not_run: counts.not_run,
        }
    }
}

impl<'a> JsonSummary<'a> {
    pub(in crate::report) fn new(summary: &'a Summary, language: Language) -> Self {
        let [info, warning, error, fatal] = summary.findings;
        let rule = |line: &'a RuleLine| JsonRule {
            rule: &line.id,
            slug: &line.slug,
            severity: line.severity.word(),
            title: line.title.get(language),
            titles: Texts::new(&line.title),
            findings: line.findings,
            records: line.records,
            outcomes: line.counts.as_ref().map(JsonOutcomes::from),
        };
        Self {
            records: summary.records,
            records_with_errors: summary.records_with_errors,
            findings: JsonSeverities { fatal, error, warning, info },
            nothing_checked: summary.nothing_checked(),
            partial: summary.partial,
            faults: summary.faults,
            files: summary
                .files
                .iter()
                .map(|file| JsonFile {
                    name: &file.name,
                    readable: file.readable,
                    records: file.records,
                    unreadable: file.unreadable,
                })
                .collect(),
            rules: summary.rules.iter().map(rule).collect(),
        }
    }
}
