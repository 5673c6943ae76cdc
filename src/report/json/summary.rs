//! The closing part of the formats `json` and `jsonl`: files, rules, counts.
//!
//! Invariants
//! - Counts are of the whole run, whatever was listed.
//! - Where values are hidden nothing is broken down: how many records gave an answer tells of the answers.

use super::Texts;
use crate::diagnostic::Language;
use crate::engine::event::{
    Breakdown, BreakdownLine, FileLine, FixedFinding, RuleLine, SinceReport, Summary,
};
use crate::engine::verdict::Failure;
use crate::evaluate::RuleCounts;
use crate::report::{Audience, words};

/// The closing part of the document.
#[derive(serde::Serialize)]
pub(in crate::report) struct JsonSummary<'a> {
    records: u64,
    records_with_errors: u64,
    findings: JsonSeverities,
    accepted: u64,
    nothing_checked: bool,
    partial: bool,
    faults: u64,
    verdict: &'static str,
    exit_code: u8,
    failures: Vec<JsonFailure<'a>>,
    breakdowns: Vec<JsonBreakdown<'a>>,
    files: Vec<JsonFile<'a>>,
    links: Vec<JsonLink<'a>>,
    rules: Vec<JsonRule<'a>>,
    since: Option<JsonSince<'a>>,
}

/// The run beside an earlier report.
#[derive(serde::Serialize)]
struct JsonSince<'a> {
    new: u64,
    open: u64,
    fixed: u64,
    not_judged: u64,
    fixed_findings: Vec<JsonFixed<'a>>,
    fixed_left_out: u64,
}

#[derive(serde::Serialize)]
struct JsonFixed<'a> {
    rule: &'a str,
    file: Option<&'a str>,
    record: Option<u64>,
    key: Option<&'a str>,
}

impl<'a> JsonSince<'a> {
    fn new(since: &'a SinceReport, audience: Audience) -> Self {
        let fixed = |finding: &'a FixedFinding| JsonFixed {
            rule: &finding.rule,
            file: finding.file.as_deref(),
            record: finding.record,
            key: finding.key.as_deref().filter(|_| !audience.hide_keys),
        };
        let listed = u64::try_from(since.fixed_first.len()).unwrap_or(u64::MAX);
        Self {
            new: since.new,
            open: since.open,
            fixed: since.fixed,
            not_judged: since.not_judged,
            fixed_findings: since.fixed_first.iter().map(fixed).collect(),
            fixed_left_out: since.fixed.saturating_sub(listed),
        }
    }
}

/// Why the run failed.
#[derive(serde::Serialize)]
struct JsonFailure<'a> {
    kind: &'static str,
    text: String,
    texts: OwnedTexts,
    file: Option<&'a str>,
    count: Option<u64>,
}

#[derive(serde::Serialize)]
struct OwnedTexts {
    ja: String,
    en: String,
}

impl<'a> JsonFailure<'a> {
    fn new(failure: &'a Failure, language: Language) -> Self {
        let file = failure.file().map(|name| &**name);
        let count = match failure {
            Failure::Fault(count) | Failure::Refused(count) => Some(*count),
            _ => None,
        };
        let text = |language| words::failure(failure, language);
        let texts = OwnedTexts { ja: text(Language::Ja), en: text(Language::En) };
        Self { kind: failure.word(), text: text(language), texts, file, count }
    }
}

#[derive(serde::Serialize)]
struct JsonSeverities {
    fatal: u64,
    error: u64,
    warning: u64,
    info: u64,
}

/// Findings by the options of a question.
#[derive(serde::Serialize)]
struct JsonBreakdown<'a> {
    part: usize,
    field: &'a str,
    label: Texts<'a>,
    options: Vec<JsonShare<'a>>,
}

#[derive(serde::Serialize)]
struct JsonShare<'a> {
    option: Option<&'a str>,
    label: Option<Texts<'a>>,
    records: u64,
    records_with_errors: u64,
    findings: JsonSeverities,
}

impl<'a> JsonBreakdown<'a> {
    fn new(breakdown: &'a Breakdown) -> Self {
        let share = |line: &'a BreakdownLine| {
            let [info, warning, error, fatal] = line.findings;
            JsonShare {
                option: line.option.as_ref().map(|(name, _)| &**name),
                label: line.option.as_ref().map(|(_, label)| Texts::new(label)),
                records: line.records,
                records_with_errors: line.records_with_errors,
                findings: JsonSeverities { fatal, error, warning, info },
            }
        };
        Self {
            part: breakdown.part,
            field: &breakdown.field.name,
            label: Texts::new(&breakdown.field.label),
            options: breakdown.lines.iter().map(share).collect(),
        }
    }
}

#[derive(serde::Serialize)]
struct JsonFile<'a> {
    name: &'a str,
    readable: bool,
    records: u64,
    unreadable: u64,
    sha256: Option<&'a str>,
}

/// A linked file.
#[derive(serde::Serialize)]
struct JsonLink<'a> {
    link: &'a str,
    part: usize,
    #[serde(flatten)]
    file: JsonFile<'a>,
}

impl<'a> JsonFile<'a> {
    fn new(file: &'a FileLine, audience: Audience) -> Self {
        Self {
            name: &file.name,
            readable: file.readable,
            records: file.records,
            unreadable: file.unreadable,
            sha256: file.hash.as_deref().filter(|_| !audience.hide_values),
        }
    }
}

#[derive(serde::Serialize)]
struct JsonRule<'a> {
    rule: &'a str,
    slug: &'a str,
    severity: &'static str,
    title: &'a str,
    titles: Texts<'a>,
    findings: u64,
    accepted: u64,
    records: u64,
    part: usize,
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
    pub(in crate::report) fn new(summary: &'a Summary, audience: Audience) -> Self {
        let language = audience.language;
        let [info, warning, error, fatal] = summary.findings;
        let rule = |line: &'a RuleLine| JsonRule {
            rule: &line.id,
            slug: &line.slug,
            severity: line.severity.word(),
            title: line.title.get(language),
            titles: Texts::new(&line.title),
            findings: line.findings,
            accepted: line.accepted,
            records: line.records,
            part: line.part,
            outcomes: line.counts.as_ref().map(JsonOutcomes::from),
        };
        Self {
            records: summary.records,
            records_with_errors: summary.records_with_errors,
            findings: JsonSeverities { fatal, error, warning, info },
            accepted: summary.accepted,
            nothing_checked: summary.nothing_checked(),
            partial: summary.partial,
            faults: summary.faults,
            verdict: summary.verdict.word(),
            exit_code: summary.exit_code,
            failures: summary.failures.iter().map(|failure| JsonFailure::new(failure, language)).collect(),
            breakdowns: summary
                .breakdowns
                .iter()
                .filter(|_| !audience.hide_values)
                .map(JsonBreakdown::new)
                .collect(),
            files: summary.files.iter().map(|file| JsonFile::new(file, audience)).collect(),
            links: summary
                .links
                .iter()
                .map(|line| JsonLink {
                    link: &line.link,
                    part: line.part,
                    file: JsonFile::new(&line.file, audience),
                })
                .collect(),
            rules: summary.rules.iter().map(rule).collect(),
            since: summary.since.as_ref().map(|since| JsonSince::new(since, audience)),
        }
    }
}
