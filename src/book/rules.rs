//! The entries of the edit rules, one a family.
//!
//! Invariants
//! - A family speaks by its first instance; the others are named by their questions.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::facts::{self, Facts};
use super::sample::Samples;
use super::{Draft, Entry, Place, anchor, applies, demand, titles, words};
use crate::diagnostic::Language;
use crate::expression::FieldId;
use crate::report::words as report_words;
use crate::rule_pack::{EditRule, Origin, RulePack};

/// The entries of all rules, in the pack's order.
pub(super) fn drafts(pack: &Arc<RulePack>, language: Language) -> Vec<Draft> {
    let families = families(pack);
    let spoken = families.iter().flat_map(|family| speaking(pack, family));
    let samples = Samples::of(pack, spoken, language);
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

/// Of a family the instances that have words of their own: the first, and each that says something else than it.
fn speaking(pack: &RulePack, family: &[usize]) -> Vec<usize> {
    let message = |position: &usize| pack.rules.get(*position).map(|rule| &rule.notice.message);
    let first = family.first().and_then(message);
    let speaks = |&(place, position): &(usize, &usize)| place == 0 || message(position) != first;
    family.iter().enumerate().filter(speaks).map(|(_, position)| *position).collect()
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
    let said = |position: usize, rule: &EditRule| {
        let message = samples.get(position).and_then(|sample| sample.message.clone());
        let written = || facts::about_nobody(&rule.notice.message, &rule.placeholders);
        message.unwrap_or_else(|| written().get(language).clone())
    };
    let further = speaking(pack, family).into_iter().skip(1).filter_map(|position| {
        let rule = pack.rules.get(position)?;
        Some(words::of_instance(&question(pack, rule, language)?, &said(position, rule), language))
    });
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
        demand: demands(pack, &rules, language),
        profile: applies::profile(pack, rule, language),
        note: if generated { (*words::GENERATED.get(language)).to_owned() } else { String::new() },
        message: said(*family.first()?, rule),
        further: further.collect(),
        help: help.or_else(written_help).unwrap_or_default(),
        ways: titles(pack, rule.blame.iter().copied(), language),
        questions: titles(pack, rule.reads.iter().copied(), language),
        likewise: titles(pack, rest.iter().filter_map(|rule| rule.blame.first().copied()), language),
        table: sample.and_then(|sample| sample.table.clone()),
        conditions: if generated { Vec::new() } else { conditions(pack, &rules, language) },
    };
    Some(Draft { place, entry, fields })
}

/// The question that an instance is about first.
fn question(pack: &RulePack, rule: &EditRule, language: Language) -> Option<String> {
    titles(pack, rule.blame.iter().copied().take(1), language).pop()
}

/// What the instances of a family demand of many records, each demand once.
fn demands(pack: &RulePack, rules: &[&EditRule], language: Language) -> String {
    let mut told: Vec<String> = Vec::new();
    for rule in rules {
        let demand = demand::in_words(pack, rule).get(language).clone();
        if !demand.is_empty() && !told.contains(&demand) {
            told.push(demand);
        }
    }
    told.join(report_words::pick(language, "。", "; "))
}

/// The conditions as they are written, name and text: those of the first instance, and what others have otherwise.
fn conditions(pack: &RulePack, rules: &[&EditRule], language: Language) -> Vec<(String, String)> {
    let mut all: Vec<(&'static str, String, String)> = Vec::new();
    for (place, rule) in rules.iter().enumerate() {
        let mut facts = Facts::default();
        facts::conditions(&mut facts, pack, rule);
        for (name, ja, text) in facts.0 {
            let text = text.get(language).clone();
            let known = all.iter().any(|(known, _, other)| *known == name && *other == text);
            if known || !matches!(name, "let" | "when" | "require") {
                continue;
            }
            let called = report_words::pick(language, ja, name);
            let of_it = question(pack, rule, language).filter(|_| place > 0);
            let called =
                of_it.map_or_else(|| called.to_owned(), |of| words::condition_of(called, &of, language));
            all.push((name, called, text));
        }
    }
    all.into_iter().map(|(_, called, text)| (called, text)).collect()
}
