//! What the template is given: every text ready but for its escaping.
//!
//! Invariants
//! - Fragments are made of numbers, never of what was submitted or of an id.
//! - Findings stand in the order of the listing; rules by findings, those with most first.

use std::collections::BTreeMap;

use askama::Template;

use super::chart::{Chart, Look, by_findings, charts};
use super::finding::{self, Mark, Shown, line};
use super::record::{self, Answers, Record};
use super::words::{self, Words};
use super::{RECORDS_WITH_ANSWERS, SCRIPT, STYLE};
use crate::diagnostic::{Diagnostic, Language, RecordPlace, Severity};
use crate::engine::event::{FileLine, RuleLine};
use crate::engine::verdict::Verdict;
use crate::evaluate::RecordId;
use crate::report::collected::{Collected, Entry};
use crate::report::words as common;
use crate::report::wrap::grouped;

/// Lists of findings stand open up to this many findings.
const OPEN: usize = 40;
/// Answers stand open up to this many records.
const OPEN_ANSWERS: usize = 3;

/// The page.
#[derive(Debug, Template)]
#[template(path = "report.html")]
#[expect(clippy::struct_excessive_bools, reason = "a template asks plain questions")]
pub(super) struct Page {
    lang: &'static str,
    words: Words,
    policy: String,
    style: &'static str,
    script: &'static str,
    program: &'static str,
    /// The survey's title, or its id where it could not be read.
    title: String,
    verdict: Banner,
    /// What the run was about and what came of it.
    sentences: Vec<String>,
    /// What the page does not hold.
    remarks: Vec<String>,
    counts: Vec<(&'static str, &'static str, String)>,
    receipt: String,
    files: Vec<File>,
    hashes: bool,
    charts: Vec<Chart>,
    columns: Vec<&'static str>,
    tables: Vec<Table>,
    severities: Vec<Mark>,
    groups: Vec<Group>,
    about_files: Vec<Shown>,
    records: Vec<Record>,
    /// Whether the run found nothing, and did not fail either.
    nothing_found: bool,
    open: bool,
    open_answers: bool,
    hide_values: bool,
}

/// The headline.
#[derive(Debug)]
struct Banner {
    class: &'static str,
    sign: &'static str,
    word: &'static str,
    /// Why the run failed.
    failures: Vec<String>,
}

#[derive(Debug)]
struct File {
    name: String,
    records: String,
    unreadable: String,
    readable: bool,
    hash: String,
}

/// The rules of one part of the run.
#[derive(Debug)]
struct Table {
    /// What its survey is called; empty in a run of one survey.
    name: String,
    /// Rules with findings, and rules that could mostly not be decided.
    rules: Vec<Rule>,
    /// All others.
    quiet: Vec<Rule>,
}

/// A line of the closing table.
#[derive(Debug)]
struct Rule {
    id: String,
    title: String,
    severity: Mark,
    /// The fragment of its findings; empty: none are held.
    anchor: String,
    /// Findings, records, and the six counts; empty: no rule but a code of the reader.
    numbers: Vec<String>,
    silent: bool,
}

/// The findings of one rule.
#[derive(Debug)]
struct Group {
    anchor: String,
    id: String,
    title: String,
    severity: Mark,
    count: String,
    findings: Vec<Shown>,
}

impl Page {
    /// The page of `collected`.
    pub(super) fn of(collected: &Collected) -> Self {
        let audience = collected.audience;
        let language = audience.language;
        let words = Words::of(language);
        let (header, summary) = (&collected.header, &collected.summary);
        let lists = Lists::of(collected);
        let parts = parts(collected);
        let look = Look { words: &words, language, hide_values: audience.hide_values, parts: &parts };
        let failures: Vec<String> =
            summary.failures.iter().map(|cause| line(&common::failure(cause, language))).collect();
        let sentences = common::summary(header, summary, language).into_iter();
        let sentences = sentences.map(|sentence| line(&sentence)).filter(|text| !failures.contains(text));
        let sentences = sentences.collect();
        Self {
            lang: common::pick(language, "ja", "en"),
            policy: super::policy(),
            style: STYLE,
            script: SCRIPT,
            program: concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION")),
            title: title(collected),
            verdict: banner(summary.verdict, failures, language),
            sentences,
            remarks: remarks(collected, lists.records.len(), &words),
            counts: counts(collected, &words),
            receipt: line(&common::labelled_receipt(header, summary, !audience.hide_values, language)),
            files: summary.all_files().map(|file| File::of(file, audience.hide_values)).collect(),
            hashes: !audience.hide_values,
            charts: charts(summary, look),
            columns: common::COLUMNS
                .iter()
                .skip(2)
                .map(|(ja, en, _)| common::pick(language, ja, en))
                .collect(),
            tables: lists.tables(&parts, collected),
            severities: lists.severities(collected),
            groups: lists.groups(collected),
            about_files: lists.about_files(collected),
            records: lists.records(&words, collected),
            nothing_found: summary.findings.iter().all(|count| *count == 0) && summary.failures.is_empty(),
            open: collected.entries.len() <= OPEN,
            open_answers: lists.records.len() <= OPEN_ANSWERS,
            hide_values: audience.hide_values,
            words,
        }
    }
}

/// What the survey of each part of the run is called; empty in a run of one survey.
fn parts(collected: &Collected) -> Vec<String> {
    let header = &collected.header;
    let all = header.packs().map(|(survey, wave, _)| line(&format!("{survey}/{wave}")));
    if header.further.is_empty() { Vec::new() } else { all.collect() }
}

/// The titles of the surveys, or the id of one that could not be read.
fn title(collected: &Collected) -> String {
    let header = &collected.header;
    let language = collected.audience.language;
    let mut titles: Vec<&str> = vec![header.title.get(language)];
    titles.extend(header.further.iter().map(|pack| &**pack.title.get(language)));
    titles.dedup();
    let titles = titles.join(" / ");
    line(if titles.is_empty() { &header.survey } else { &titles })
}

fn banner(verdict: Verdict, failures: Vec<String>, language: Language) -> Banner {
    let (class, sign) = match verdict {
        Verdict::Clean => ("good", "✔"),
        Verdict::Findings => ("open", "▲"),
        Verdict::Failed | Verdict::Refused => ("bad", "✖"),
    };
    Banner { class, sign, word: common::verdict(verdict).get(language), failures }
}

/// What the page, which lists `records`, leaves out.
fn remarks(collected: &Collected, records: usize, words: &Words) -> Vec<String> {
    let language = collected.audience.language;
    let mut remarks = Vec::new();
    if collected.left_out > 0 {
        remarks.push(words::left_out(collected.left_out, collected.most, language));
    }
    if collected.audience.hide_values {
        remarks.push(words.values_hidden.to_owned());
    } else if collected.answers.len() >= RECORDS_WITH_ANSWERS && records > RECORDS_WITH_ANSWERS {
        remarks.push(words::answers_limit(RECORDS_WITH_ANSWERS, language));
    }
    remarks
}

/// The figures at the top: class, name, number.
fn counts(collected: &Collected, words: &Words) -> Vec<(&'static str, &'static str, String)> {
    let summary = &collected.summary;
    let [info, warning, error, fatal] = summary.findings;
    let severity = |severity: Severity, count: u64| {
        let word: &'static str = common::severity(severity).get(collected.audience.language);
        (if count == 0 { "none" } else { severity.word() }, word, grouped(count))
    };
    vec![
        ("", words.records_in_all, grouped(summary.records)),
        ("", words.records_to_correct, grouped(summary.records_with_errors)),
        severity(Severity::Fatal, fatal),
        severity(Severity::Error, error),
        severity(Severity::Warning, warning),
        severity(Severity::Info, info),
    ]
}

impl File {
    fn of(file: &FileLine, hide_values: bool) -> Self {
        let hash = file.hash.as_deref().filter(|_| !hide_values).unwrap_or_default();
        Self {
            name: line(&file.name),
            records: grouped(file.records),
            unreadable: grouped(file.unreadable),
            readable: file.readable,
            hash: hash.to_owned(),
        }
    }
}

/// The findings by rule and by record, with the fragments of both lists.
struct Lists<'a> {
    /// Full ids of rules with findings that are held, in order of the table, with their findings.
    rules: Vec<(String, Vec<&'a Entry>)>,
    /// Place in `rules`.
    place_of: BTreeMap<String, usize>,
    /// Records with findings, in order of their first one.
    records: Vec<(&'a RecordPlace, Vec<&'a Entry>)>,
    /// Place in `records`.
    place_of_record: BTreeMap<RecordId, usize>,
}

impl<'a> Lists<'a> {
    fn of(collected: &'a Collected) -> Self {
        let mut by_rule: BTreeMap<String, Vec<&Entry>> = BTreeMap::new();
        let mut records: Vec<(&RecordPlace, Vec<&Entry>)> = Vec::new();
        let mut place_of_record = BTreeMap::new();
        for entry in &collected.entries {
            by_rule.entry(entry.diagnostic.notice.full_id()).or_default().push(entry);
            let Some(place) = collected.record(&entry.diagnostic) else { continue };
            let id = (place.source, place.record);
            let at = *place_of_record.entry(id).or_insert(records.len());
            match records.get_mut(at) {
                Some((_, entries)) => entries.push(entry),
                None => records.push((place, vec![entry])),
            }
        }
        let order = by_findings(&collected.summary);
        let mut rules: Vec<(String, Vec<&Entry>)> =
            order.iter().filter_map(|line| by_rule.remove_entry(&*line.id)).collect();
        rules.extend(by_rule);
        let places = rules.iter().enumerate().map(|(place, (id, _))| (id.clone(), place));
        Self { place_of: places.collect(), rules, records, place_of_record }
    }

    fn anchor(&self, rule: &str) -> String {
        self.place_of.get(rule).map(|place| format!("rule-{}", place + 1)).unwrap_or_default()
    }

    /// A table for each part of the run.
    fn tables(&self, parts: &[String], collected: &Collected) -> Vec<Table> {
        let summary = &collected.summary;
        let found = by_findings(summary);
        let silent = |rule: &&RuleLine| rule.findings == 0 && rule.is_mostly_silent();
        let quiet = |rule: &&RuleLine| rule.findings == 0 && !rule.is_mostly_silent();
        let table = |part: usize| {
            let of = |rule: &&RuleLine| rule.part == part;
            let told = found.iter().copied().chain(summary.rules.iter().filter(silent));
            let others = summary.rules.iter().filter(quiet);
            Table {
                name: parts.get(part).cloned().unwrap_or_default(),
                rules: told.filter(of).map(|rule| self.rule(rule, collected)).collect(),
                quiet: others.filter(of).map(|rule| self.rule(rule, collected)).collect(),
            }
        };
        let tables = (0..parts.len().max(1)).map(table);
        tables.filter(|table| !table.rules.is_empty() || !table.quiet.is_empty()).collect()
    }

    fn rule(&self, of: &RuleLine, collected: &Collected) -> Rule {
        let six = of.counts.as_ref().map(|counts| {
            let (na, run) = (counts.not_applicable, counts.not_run);
            [counts.pass, counts.fail, na, counts.undecided, counts.skipped, run].map(grouped)
        });
        let none = || std::array::from_fn(|_| "–".to_owned());
        let mut numbers = vec![grouped(of.findings), grouped(of.records)];
        numbers.extend(six.unwrap_or_else(none));
        Rule {
            id: line(&of.id),
            title: line(of.title.get(collected.audience.language)),
            severity: Mark::of(of.severity, collected),
            anchor: self.anchor(&of.id),
            numbers,
            silent: of.is_mostly_silent(),
        }
    }

    /// What of `record` is linked to.
    fn link(&self, diagnostic: &Diagnostic, collected: &Collected) -> Option<(String, String)> {
        let place = collected.record(diagnostic)?;
        let at = self.place_of_record.get(&(place.source, place.record))?;
        Some((record::name(place, collected), format!("record-{}", at + 1)))
    }

    fn shown(&self, entry: &Entry, collected: &Collected) -> Shown {
        let anchor = self.anchor(&entry.diagnostic.notice.full_id());
        Shown::of(entry, anchor, self.link(&entry.diagnostic, collected), collected)
    }

    /// The severities that occur, gravest first.
    fn severities(&self, collected: &Collected) -> Vec<Mark> {
        let all = [Severity::Fatal, Severity::Error, Severity::Warning, Severity::Info];
        let occurs = |severity: &Severity| {
            self.rules.iter().flat_map(|(_, of)| of).any(|entry| entry.diagnostic.severity == *severity)
        };
        all.into_iter().filter(occurs).map(|severity| Mark::of(severity, collected)).collect()
    }

    fn groups(&self, collected: &Collected) -> Vec<Group> {
        let language = collected.audience.language;
        let counted = |id: &str| {
            let lines = collected.summary.rules.iter().filter(|line| &*line.id == id);
            lines.map(|line| line.findings).sum::<u64>()
        };
        let group = |(id, entries): &(String, Vec<&Entry>)| {
            let first = entries.first()?;
            let held = u64::try_from(entries.len()).unwrap_or(u64::MAX);
            let all = counted(id).max(held);
            let worst = entries.iter().map(|entry| entry.diagnostic.severity).max()?;
            Some(Group {
                anchor: self.anchor(id),
                id: line(id),
                title: line(first.diagnostic.notice.title.get(language)),
                severity: Mark::of(worst, collected),
                count: if all == held {
                    words::findings(all, language)
                } else {
                    words::some_shown(held, all, language)
                },
                findings: entries.iter().map(|entry| self.shown(entry, collected)).collect(),
            })
        };
        self.rules.iter().filter_map(group).collect()
    }

    fn about_files(&self, collected: &Collected) -> Vec<Shown> {
        let of_none = |entry: &&Entry| collected.record(&entry.diagnostic).is_none();
        let entries = collected.entries.iter().filter(of_none);
        entries.map(|entry| self.shown(entry, collected)).collect()
    }

    fn records(&self, words: &Words, collected: &Collected) -> Vec<Record> {
        let record = |(at, (place, entries)): (usize, &(&RecordPlace, Vec<&Entry>))| {
            let count = |severity: Severity| {
                let of = entries.iter().filter(|entry| entry.diagnostic.severity == severity).count();
                (of > 0).then(|| (Mark::of(severity, collected), of))
            };
            let all = [Severity::Fatal, Severity::Error, Severity::Warning, Severity::Info];
            let counts: Vec<(Mark, usize)> = all.into_iter().filter_map(count).collect();
            let marked = record::marked(entries, collected);
            Some(Record {
                anchor: format!("record-{}", at + 1),
                name: record::name(place, collected),
                place: finding::place(&collected.start_of(&entries.first()?.diagnostic.place), collected),
                worst: counts.first()?.0,
                counts,
                findings: entries.iter().map(|entry| self.shown(entry, collected)).collect(),
                answers: Answers::of(place, &marked, words, collected),
            })
        };
        self.records.iter().enumerate().filter_map(record).collect()
    }
}
