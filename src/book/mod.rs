//! The edit rules of a pack as a document for respondents: what is looked at, what will be said, and what to do then.
//!
//! Invariants
//! - A document is of one language; the same pack and language give the same bytes.
//! - What a respondent will read is what the evaluator says on the rule's own example, not a second wording.
//! - Holds plain text: each format escapes what it writes, because a pack's texts are not ours.

mod answer;
mod applies;
mod cells;
mod demand;
pub mod facts;
#[cfg(feature = "html")]
mod html;
pub mod layout;
mod macro_demand;
mod markdown;
mod rules;
mod sample;
pub mod words;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::diagnostic::Language;
use crate::expression::FieldId;
use crate::rule_pack::RulePack;
use sample::Table;

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
#[derive(Debug, Clone, Default)]
pub struct Entry {
    /// The id without instance.
    pub id: String,
    /// The name of its place in the document.
    pub anchor: String,
    /// The word of machine formats for how grave it is.
    pub severity: &'static str,
    /// What a clerk calls that.
    pub word: String,
    /// One line.
    pub title: String,
    /// Whom it is about.
    pub applies: String,
    /// What it demands of many records, in words. Empty: it is about one, and its condition says it.
    pub demand: String,
    /// Of which profile it is, in words. Empty: it is always judged.
    pub profile: String,
    /// From where it comes, where that is not the pack's author. Empty: it was written.
    pub note: String,
    /// What a respondent reads, with the values of the failing example.
    pub message: String,
    /// What is read where another instance has words of its own: its question, and the message.
    pub further: Vec<String>,
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
        let mut drafts = cells::drafts(pack, language);
        drafts.extend(rules::drafts(pack, language));
        // By section; within one, what is said of single cells goes before the rules, and rules stay in their order.
        drafts.sort_by_key(|draft| draft.place);
        let mut groups: Vec<(Place, Group)> = Vec::new();
        let index = index(pack, &drafts, language);
        for draft in drafts {
            if let Some((_, group)) = groups.last_mut().filter(|(place, _)| *place == draft.place) {
                group.entries.push(draft.entry);
            } else {
                let heading = draft.place.heading(pack, language);
                groups.push((draft.place, Group { heading, entries: vec![draft.entry] }));
            }
        }
        Self {
            language,
            title: pack.title.get(language).to_string(),
            survey: format!("{}/{}", pack.survey, pack.wave),
            hash: pack.hash.to_string(),
            index,
            groups: groups.into_iter().map(|(_, group)| group).collect(),
        }
    }
}

/// An entry before it has its place in the document.
struct Draft {
    place: Place,
    entry: Entry,
    /// The fields of the record that it is about.
    fields: BTreeSet<FieldId>,
}

/// Where a rule stands: by the section of its first question, then what is in none, then what is about many records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Section(usize),
    Elsewhere,
    ManyRecords,
}

impl Place {
    /// By the section of `field`.
    fn of(pack: &RulePack, field: Option<FieldId>) -> Self {
        let section = field.and_then(|field| pack.questionnaire.get(field)?.section);
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

/// The name of the place of `id`: no blank, so that a link reaches it.
fn anchor(id: &str) -> String {
    format!("rule-{}", id.split_whitespace().collect::<Vec<_>>().join("-"))
}

/// Number and label of each question, once; what no question gives is left out.
fn titles(pack: &RulePack, fields: impl IntoIterator<Item = FieldId>, language: Language) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let fields = fields.into_iter().filter(|field| seen.insert(*field));
    let titled = fields.filter_map(|field| answer::question(pack, field, language));
    titled.collect()
}

fn index(pack: &RulePack, drafts: &[Draft], language: Language) -> Vec<Question> {
    let mut index = Vec::new();
    for field in &pack.questionnaire.fields {
        let about = drafts.iter().filter(|draft| draft.fields.contains(&field.id));
        let rules: Vec<(String, String)> =
            about.map(|draft| (draft.entry.id.clone(), draft.entry.anchor.clone())).collect();
        if !rules.is_empty() {
            index.push(Question { title: field.title().get(language).to_string(), rules });
        }
    }
    index
}
