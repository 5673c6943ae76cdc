//! The entries of the edit rules, one a family.
//!
//! Invariants
//! - A family speaks by its first instance; the others are named by their questions.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::facts::{self, Facts};
use super::sample::Samples;
use super::{Draft, Entry, Place, anchor, applies, titles, words};
use crate::diagnostic::Language;
use crate::expression::FieldId;
use crate::report::words as report_words;
use crate::rule_pack::{EditRule, Origin, RulePack};

/// The entries of all rules, in the pack's order.
pub(super) fn drafts(pack: &Arc<RulePack>, language: Language) -> Vec<Draft> {
    let families = families(pack);
    let firsts = families.iter().filter_map(|family| family.first().copied());
    let samples = Samples::of(pack, firsts, language);
    families.iter().filter_map(|family| draft(pack, family, &samples, language)).collect()
}

/// The positions of the rules in the pack, those of one id together, in the order of each first.
fn families(pack: &RulePack) -> Vec<Vec<usize>> {
    let mut families: Vec<Vec<usize>> = Vec::new();
    // What is demanded of published tables is not the respondent's to answer.
    let of_answers = |rule: &EditRule| usize::from(rule.table) <= pack.links.len();
    for (position, rule) in pack.rules.iter().enumerate().filter(|(_, rule)| of_answers(rule)) {
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

/// `None`: the family is empty.
fn draft(pack: &RulePack, family: &[usize], samples: &Samples, language: Language) -> Option<Draft> {
    let rules: Vec<&EditRule> = family.iter().filter_map(|&position| pack.rules.get(position)).collect();
    let (rule, rest) = rules.split_first()?;
    let over_many = rule.is_over_many() || rule.table != 0;
    let place = if over_many { Place::ManyRecords } else { Place::of(pack, rule.blame.first().copied()) };
    let own = rules.iter().filter(|rule| rule.table == 0);
    let fields: BTreeSet<FieldId> =
        own.flat_map(|rule| rule.reads.iter().chain(&rule.blame).copied()).collect();
    let notice = &rule.notice;
    let sample = family.first().and_then(|first| samples.get(*first));
    let message = sample.and_then(|sample| sample.message.clone());
    let written = || facts::about_nobody(&notice.message, &rule.placeholders).get(language).clone();
    let help = sample.and_then(|sample| sample.help.clone());
    let written_help = || {
        let help = notice.help.as_ref();
        help.map(|help| facts::about_nobody(help, &rule.placeholders).get(language).clone())
    };
    let generated = matches!(rule.origin, Origin::Generated(_));
    let entry = Entry {
        id: notice.id.to_string(),
        anchor: anchor(&notice.id),
        severity: notice.severity.word(),
        word: (*report_words::severity(notice.severity).get(language)).to_owned(),
        title: notice.title.get(language).to_string(),
        applies: applies::to(pack, rule, language),
        profile: applies::profile(pack, rule, language),
        note: if generated { (*words::GENERATED.get(language)).to_owned() } else { String::new() },
        message: message.unwrap_or_else(written),
        help: help.or_else(written_help).unwrap_or_default(),
        ways: titles(pack, rule.blame.iter().copied(), language),
        questions: titles(pack, rule.reads.iter().copied(), language),
        likewise: titles(pack, rest.iter().filter_map(|rule| rule.blame.first().copied()), language),
        table: sample.and_then(|sample| sample.table.clone()),
        conditions: if generated { Vec::new() } else { conditions(pack, rule, language) },
    };
    Some(Draft { place, entry, fields })
}

/// The conditions as they are written: name and text.
fn conditions(pack: &RulePack, rule: &EditRule, language: Language) -> Vec<(String, String)> {
    let mut facts = Facts::default();
    facts::conditions(&mut facts, pack, rule);
    let is_condition = |name: &str| matches!(name, "let" | "when" | "require");
    let facts = facts.0.into_iter().filter(|(name, ..)| is_condition(name));
    facts
        .map(|(en, ja, text)| (report_words::pick(language, ja, en).to_owned(), text.get(language).clone()))
        .collect()
}
