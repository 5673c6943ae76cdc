//! The entries of what is said when a cell is read: cases of `x-invalid`, findings whose ids the schema publishes,
//! values that are filled in, and messages that stand for several findings.
//!
//! Invariants
//! - A question is named and options are listed; an answer, of which there is no example, is `…`.
//! - What several questions share stands once.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::facts::AN_ANSWER;
use super::{Draft, Entry, Place, anchor, titles, words};
use crate::diagnostic::{Argument, Language, Localized, Severity, Template};
use crate::expression::{FieldId, Type};
use crate::form::condition;
use crate::questionnaire::{CASE_SLOTS, Field};
use crate::report::words as report_words;
use crate::rule_pack::{Group, Placeholder, RulePack};

/// What is said of one field.
struct Told<'p> {
    id: &'p str,
    severity: Severity,
    title: &'p Localized<Arc<str>>,
    message: &'p Localized<Template>,
    arguments: Vec<Argument>,
    /// The field that is read or filled, then those that it depends on.
    fields: Vec<FieldId>,
    note: Localized<&'static str>,
}

/// The entries, in form order; those of one id together.
pub(super) fn drafts(pack: &RulePack, language: Language) -> Vec<Draft> {
    let mut drafts: Vec<Draft> = Vec::new();
    for told in all(pack) {
        let Some(&field) = told.fields.first() else { continue };
        let known = drafts.iter_mut().find(|draft| draft.entry.id == told.id);
        match known {
            Some(draft) => {
                if draft.fields.insert(field) {
                    draft.entry.likewise.extend(titles(pack, [field], language));
                }
            }
            None => drafts.push(draft(pack, field, &told, language)),
        }
    }
    drafts
}

fn draft(pack: &RulePack, field: FieldId, told: &Told<'_>, language: Language) -> Draft {
    let entry = Entry {
        id: told.id.to_owned(),
        anchor: anchor(told.id),
        severity: told.severity.word(),
        word: (*report_words::severity(told.severity).get(language)).to_owned(),
        title: told.title.get(language).to_string(),
        applies: condition::asked_of(pack, field).get(language).clone(),
        note: (*told.note.get(language)).to_owned(),
        message: told.message.get(language).fill(&told.arguments, language),
        ways: titles(pack, [field], language),
        questions: titles(pack, told.fields.iter().copied(), language),
        ..Entry::default()
    };
    let fields: BTreeSet<FieldId> = told.fields.iter().copied().collect();
    Draft { place: Place::of(pack, Some(field)), entry, fields }
}

fn all(pack: &RulePack) -> Vec<Told<'_>> {
    let mut all = Vec::new();
    for field in &pack.questionnaire.fields {
        let of_case = |slot: &str| match slot {
            "question" => Argument::from(field.title()),
            "options" => options(field),
            _ => Argument::from(AN_ANSWER),
        };
        all.extend(field.invalid.iter().map(|case| Told {
            id: &case.id,
            severity: case.severity,
            title: &case.title,
            message: &case.message,
            arguments: CASE_SLOTS.iter().map(|slot| of_case(slot)).collect(),
            fields: vec![field.id],
            note: words::OF_A_CELL,
        }));
        let published = pack.cell_notices.iter().filter(|((of, _), _)| *of == field.id);
        all.extend(published.map(|(_, notice)| Told {
            id: &notice.id,
            severity: notice.severity,
            title: &notice.title,
            message: &notice.message,
            arguments: notice.slots.iter().map(|slot| of_case(slot)).collect(),
            fields: vec![field.id],
            note: words::OF_A_CELL,
        }));
    }
    for derived in &pack.derived {
        let Some((notice, placeholders)) = &derived.notice else { continue };
        let argument = |placeholder: &Placeholder| match placeholder {
            Placeholder::Fixed(text) => Argument::from(text.clone()),
            _ => Argument::from(AN_ANSWER),
        };
        all.push(Told {
            id: &notice.id,
            severity: notice.severity,
            title: &notice.title,
            message: &notice.message,
            arguments: placeholders.iter().map(argument).collect(),
            fields: std::iter::once(derived.id).chain(derived.reads.iter().copied()).collect(),
            note: words::FILLED_IN,
        });
    }
    all.extend(pack.groups.iter().filter_map(|group| together(pack, group)));
    all
}

/// One message for several findings. `None`: it has no text of its own.
fn together<'p>(pack: &'p RulePack, group: &'p Group) -> Option<Told<'p>> {
    let (notice, placeholders) = group.notice.as_ref()?;
    let followers =
        pack.rules.iter().filter(|rule| group.followers.iter().any(|id| **id == rule.notice.full_id()));
    let fields: Vec<FieldId> = followers.filter_map(|rule| rule.blame.first().copied()).collect();
    let argument = |placeholder: &Placeholder| match placeholder {
        Placeholder::Fixed(text) => Argument::from(text.clone()),
        Placeholder::Blanks => {
            let titles = fields.iter().filter_map(|&field| pack.field(field));
            Argument::List(titles.map(|field| Argument::from(field.title())).collect())
        }
        _ => Argument::from(AN_ANSWER),
    };
    Some(Told {
        id: &notice.id,
        severity: notice.severity,
        title: &notice.title,
        message: &notice.message,
        arguments: placeholders.iter().map(argument).collect(),
        fields,
        note: words::TOGETHER,
    })
}

/// The labels of the field's options. [`AN_ANSWER`]: it has none.
fn options(field: &Field) -> Argument {
    match &field.ty {
        Type::Option(list) | Type::Multi(list) => {
            Argument::List(list.items.iter().map(|item| Argument::from(item.label.clone())).collect())
        }
        _ => Argument::from(AN_ANSWER),
    }
}
