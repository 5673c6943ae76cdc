//! The edit rules of a pack as a document for respondents: what is looked at, what will be said, and what to do then.
//!
//! Invariants
//! - A document is of one language; the same pack and language give the same bytes.
//! - What a respondent will read is what the evaluator says on the rule's own example, not a second wording.
//! - Holds plain text: each format escapes what it writes, because a pack's texts are not ours.

mod answer;
mod applies;
pub mod facts;
#[cfg(feature = "html")]
mod html;
pub mod layout;
mod markdown;
mod sample;
pub mod words;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::diagnostic::{Language, Severity};
use crate::expression::FieldId;
use crate::report::words as report_words;
use crate::rule_pack::{Demand, EditRule, RulePack};
use facts::Facts;
use sample::{Samples, Table};

#[cfg(feature = "html")]
pub use html::html;
pub use markdown::markdown;

/// The document.
#[derive(Debug, Clone)]
pub struct Book {
    /// Its language.
    pub language: Language,
    /// The survey's title.
    pub title: String,
    /// `survey/wave`.
    pub survey: String,
    /// The pack's hash.
    pub hash: String,
    /// The rules, by the section of the question that they are about first.
    pub groups: Vec<Group>,
    /// The questions in form order, each with its rules.
    pub index: Vec<Question>,
}

/// The rules of one section of the form.
#[derive(Debug, Clone)]
pub struct Group {
    /// Its heading.
    pub heading: String,
    /// In the pack's order.
    pub entries: Vec<Entry>,
}

/// One rule; of a family, all its instances.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The id without instance.
    pub id: String,
    /// The name of its place in the document.
    pub anchor: String,
    /// How grave.
    pub severity: Severity,
    /// What a clerk calls that.
    pub word: String,
    /// One line.
    pub title: String,
    /// Whom it is about.
    pub applies: String,
    /// Of which profile it is, in words. Empty: it is always judged.
    pub profile: String,
    /// Whether it follows from the form's routing.
    pub generated: bool,
    /// What a respondent reads, with the values of the failing example.
    pub message: String,
    /// How to find out. Empty: the message says it all.
    pub help: String,
    /// The questions one of which is to be corrected, most suspect first: the ways out.
    pub ways: Vec<String>,
    /// All questions that it reads.
    pub questions: Vec<String>,
    /// The further instances of its family, by question.
    pub likewise: Vec<String>,
    /// A passing and a failing example. `None`: there is none.
    pub table: Option<Table>,
    /// The conditions as they are written, name and text.
    pub conditions: Vec<(String, String)>,
}

/// A question in the index.
#[derive(Debug, Clone)]
pub struct Question {
    /// Number and label.
    pub title: String,
    /// Ids of its rules with their anchors, in the document's order.
    pub rules: Vec<(String, String)>,
}

impl Book {
    /// The document of `pack`, which must have been loaded with its examples.
    pub fn of(pack: &Arc<RulePack>, language: Language) -> Self {
        let families = families(pack);
        let samples =
            Samples::of(pack, families.iter().filter_map(|family| family.first().copied()), language);
        let mut groups: Vec<(Place, Group)> = Vec::new();
        for family in &families {
            let Some(first) = family.first().and_then(|first| pack.rules.get(*first)) else { continue };
            let place = Place::of(pack, first);
            let entry = entry(pack, family, &samples, language);
            match groups.iter_mut().find(|(known, _)| *known == place) {
                Some((_, group)) => group.entries.push(entry),
                None => groups
                    .push((place, Group { heading: place.heading(pack, language), entries: vec![entry] })),
            }
        }
        groups.sort_by_key(|(place, _)| *place);
        let groups: Vec<Group> = groups.into_iter().map(|(_, group)| group).collect();
        Self {
            language,
            title: pack.title.get(language).to_string(),
            survey: format!("{}/{}", pack.survey, pack.wave),
            hash: pack.hash.to_string(),
            index: index(pack, &families, language),
            groups,
        }
    }

    /// How many rules are described, families counted once.
    pub fn entries(&self) -> usize {
        self.groups.iter().map(|group| group.entries.len()).sum()
    }
}

/// Where a rule stands: by the section of its first question, then what is in none, then what is about many records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Section(usize),
    Elsewhere,
    ManyRecords,
}

impl Place {
    fn of(pack: &RulePack, rule: &EditRule) -> Self {
        if matches!(rule.demand, Demand::Dataset(_)) || rule.table != 0 {
            return Self::ManyRecords;
        }
        let section = rule.blame.first().and_then(|&field| pack.questionnaire.get(field)?.section);
        section.map_or(Self::Elsewhere, Self::Section)
    }

    fn heading(self, pack: &RulePack, language: Language) -> String {
        let section = |place: usize| pack.questionnaire.sections.get(place);
        match self {
            Self::Section(place) => {
                section(place).map_or_else(String::new, |of| of.label.get(language).to_string())
            }
            Self::Elsewhere => words::ELSEWHERE.get(language).to_string(),
            Self::ManyRecords => words::MANY_RECORDS.get(language).to_string(),
        }
    }
}

/// The positions of the rules in the pack, those of one id together, in the order of each first.
fn families(pack: &RulePack) -> Vec<Vec<usize>> {
    let mut families: Vec<Vec<usize>> = Vec::new();
    for (position, rule) in pack.rules.iter().enumerate() {
        let ours = |family: &&mut Vec<usize>| {
            let first = family.first().and_then(|first| pack.rules.get(*first));
            first.is_some_and(|first| first.notice.id == rule.notice.id)
        };
        match families.iter_mut().find(ours) {
            Some(family) => family.push(position),
            None => families.push(vec![position]),
        }
    }
    families
}

/// The name of the place of `id`: no blank, so that a link reaches it.
fn anchor(id: &str) -> String {
    format!("rule-{}", id.split_whitespace().collect::<Vec<_>>().join("-"))
}

fn entry(pack: &RulePack, family: &[usize], samples: &Samples, language: Language) -> Entry {
    let rules: Vec<&EditRule> = family.iter().filter_map(|&position| pack.rules.get(position)).collect();
    let Some((rule, rest)) = rules.split_first() else { return Entry::nothing() };
    let notice = &rule.notice;
    let sample = family.first().and_then(|first| samples.get(*first));
    let message = sample.and_then(|sample| sample.message.clone());
    let help = sample.and_then(|sample| sample.help.clone());
    let written_help =
        || notice.help.as_ref().map(|help| facts::written(help, &notice.slots).get(language).clone());
    let mut written = Facts::default();
    if matches!(rule.origin, crate::rule_pack::Origin::Written) {
        facts::conditions(&mut written, pack, rule);
    }
    let is_condition = |name: &str| matches!(name, "let" | "when" | "require");
    Entry {
        id: notice.id.to_string(),
        anchor: anchor(&notice.id),
        severity: notice.severity,
        word: (*report_words::severity(notice.severity).get(language)).to_owned(),
        title: notice.title.get(language).to_string(),
        applies: applies::to(pack, rule, language),
        profile: applies::profile(pack, rule, language),
        generated: !matches!(rule.origin, crate::rule_pack::Origin::Written),
        message: message
            .unwrap_or_else(|| facts::written(&notice.message, &notice.slots).get(language).clone()),
        help: help.or_else(written_help).unwrap_or_default(),
        ways: titles(pack, rule.blame.iter().copied(), language),
        questions: titles(pack, rule.reads.iter().copied(), language),
        likewise: titles(pack, rest.iter().filter_map(|rule| rule.blame.first().copied()), language),
        table: sample.and_then(|sample| sample.table.clone()),
        conditions: written
            .0
            .into_iter()
            .filter(|(name, ..)| is_condition(name))
            .map(|(en, ja, text)| {
                (report_words::pick(language, ja, en).to_owned(), text.get(language).clone())
            })
            .collect(),
    }
}

impl Entry {
    fn nothing() -> Self {
        Self {
            id: String::new(),
            anchor: String::new(),
            severity: Severity::Info,
            word: String::new(),
            title: String::new(),
            applies: String::new(),
            profile: String::new(),
            generated: false,
            message: String::new(),
            help: String::new(),
            ways: Vec::new(),
            questions: Vec::new(),
            likewise: Vec::new(),
            table: None,
            conditions: Vec::new(),
        }
    }
}

/// Number and label of each question, once; what no question gives is left out.
fn titles(pack: &RulePack, fields: impl Iterator<Item = FieldId>, language: Language) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let fields = fields.filter(|field| seen.insert(*field));
    let titled = fields.filter_map(|field| answer::question(pack, field, language));
    titled.collect()
}

fn index(pack: &RulePack, families: &[Vec<usize>], language: Language) -> Vec<Question> {
    let mut index = Vec::new();
    for field in &pack.questionnaire.fields {
        let mut rules: Vec<(String, String)> = Vec::new();
        for family in families {
            let about = |position: &usize| {
                pack.rules.get(*position).is_some_and(|rule| {
                    rule.table == 0 && (rule.reads.contains(&field.id) || rule.blame.contains(&field.id))
                })
            };
            let first = family.first().and_then(|first| pack.rules.get(*first));
            if let Some(first) = first.filter(|_| family.iter().any(about)) {
                rules.push((first.notice.id.to_string(), anchor(&first.notice.id)));
            }
        }
        if !rules.is_empty() {
            index.push(Question { title: field.title().get(language).to_string(), rules });
        }
    }
    index
}
