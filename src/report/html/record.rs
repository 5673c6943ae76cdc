//! One record as the page shows it: its findings, and its answers with the cells marked that they are about.
//!
//! Invariants
//! - A marked cell is marked by a sign and by the ids of its findings, not by colour alone.
//! - There are no answers where values are hidden.

use std::collections::BTreeMap;

use super::finding::{Mark, Shown, line};
use super::words::Words;
use crate::diagnostic::{Argument, Language, RecordPlace, Severity};
use crate::evaluate::{Answer, AnswerState, FieldName};
use crate::report::collected::{Collected, Entry};
use crate::report::words as common;

/// One record with findings.
#[derive(Debug, Clone)]
pub(super) struct Record {
    /// The fragment of its list.
    pub(super) anchor: String,
    /// Its key, or its number.
    pub(super) name: String,
    pub(super) place: String,
    /// Its gravest finding.
    pub(super) worst: Mark,
    /// How many findings, by severity, gravest first; those without are left out.
    pub(super) counts: Vec<(Mark, usize)>,
    pub(super) findings: Vec<Shown>,
    pub(super) answers: Answers,
}

/// The answers of a record.
#[derive(Debug, Clone, Default)]
pub(super) struct Answers {
    pub(super) rows: Vec<Row>,
    /// Fields that the file does not have, as one text; empty: it has all.
    pub(super) absent: String,
}

/// One answer.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) number: String,
    pub(super) label: String,
    /// As written; empty: nothing is, or it is withheld.
    pub(super) written: String,
    /// What a state is called; empty: it has a value.
    pub(super) state: &'static str,
    /// As understood; empty: as written.
    pub(super) understood: String,
    /// The gravest finding about it, with the ids of all. `None`: it is not marked.
    pub(super) marked: Option<(Mark, Vec<String>)>,
}

/// The fields that findings mark: the gravest severity, and the ids.
pub(super) type Marked<'a> = BTreeMap<&'a str, (Severity, Vec<String>)>;

/// What the findings of one record mark.
pub(super) fn marked<'a>(entries: &[&'a Entry], collected: &Collected) -> Marked<'a> {
    let mut marked = Marked::new();
    for entry in entries {
        let diagnostic = &entry.diagnostic;
        let id = line(&diagnostic.notice.full_id());
        for field in collected.fields(diagnostic) {
            let (worst, ids) = marked.entry(field).or_insert((diagnostic.severity, Vec::new()));
            *worst = diagnostic.severity.max(*worst);
            if !ids.contains(&id) {
                ids.push(id.clone());
            }
        }
    }
    marked
}

/// What a record is called: its key, else its number.
pub(super) fn name(place: &RecordPlace, collected: &Collected) -> String {
    let number = || common::record(place.record, collected.audience.language);
    collected.key(place).map_or_else(number, line)
}

impl Answers {
    /// The answers that are held of the record at `place`; nothing where none are.
    pub(super) fn of(place: &RecordPlace, marked: &Marked<'_>, words: &Words, collected: &Collected) -> Self {
        let language = collected.audience.language;
        let held = collected.answers.get(&(place.source, place.record));
        let Some(held) = held.filter(|_| !collected.audience.hide_values) else {
            return Self::default();
        };
        let mut rows = Vec::new();
        let mut absent = Vec::new();
        for (field, answer) in held.fields.iter().zip(&held.answers) {
            let mark = marked.get(&*field.name);
            if answer.state == AnswerState::Absent && mark.is_none() {
                absent.push(line(field.label.get(language)));
                continue;
            }
            let mark = mark.map(|(severity, ids)| (Mark::of(*severity, collected), ids.clone()));
            rows.push(Row { marked: mark, ..row(field, answer, words, language) });
        }
        let comma = common::pick(language, "、", ", ");
        Self { rows, absent: absent.join(comma) }
    }
}

fn row(field: &FieldName, answer: &Answer, words: &Words, language: Language) -> Row {
    let print = |argument: &Argument, nothing: &Argument| {
        if argument == nothing { String::new() } else { line(&argument.print(language)) }
    };
    let number = field.numbered.as_ref().map(|number| number.short.get(language));
    Row {
        number: number.map(|number| line(number)).unwrap_or_default(),
        label: line(field.label.get(language)),
        written: print(&answer.written, &Argument::NotGiven),
        state: state(answer.state, words),
        understood: print(&answer.understood, &Argument::Nothing),
        marked: None,
    }
}

const fn state(state: AnswerState, words: &Words) -> &'static str {
    match state {
        AnswerState::Given => "",
        AnswerState::Filled => words.filled,
        AnswerState::Unanswered => words.unanswered,
        AnswerState::Blank => words.blank,
        AnswerState::NotApplicable => words.not_applicable,
        AnswerState::DontKnow => words.dont_know,
        AnswerState::Unusable => words.unusable,
        AnswerState::Absent => words.absent,
        AnswerState::Withheld => words.withheld,
    }
}
