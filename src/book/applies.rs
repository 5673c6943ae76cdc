//! Whom a rule is about, in words.
//!
//! Invariants
//! - Made of the condition itself; what has no plain words names the questions that decide.

use std::collections::BTreeSet;

use super::{answer, demand, words};
use crate::diagnostic::{Argument, Language, Localized};
use crate::expression::FieldId;
use crate::form::condition;
use crate::rule_pack::{Demand, EditRule, Origin, RulePack};

/// The records that `rule` is about.
pub(super) fn to(pack: &RulePack, rule: &EditRule, language: Language) -> String {
    if let Origin::Generated(kind) = &rule.origin {
        return rule.blame.first().map_or_else(String::new, |&field| generated(pack, field, kind, language));
    }
    let told = match &rule.when {
        None => match rule.demand {
            _ if rule.table != 0 => words::every_one(&demand::records_of(pack, rule.table)),
            Demand::Dataset(_) => words::ALL_RECORDS_TOGETHER.map(|text| (*text).to_owned()),
            Demand::Require(_) => pack.everyone.map(ToString::to_string),
        },
        Some(when) => match condition::words(pack, when) {
            Some(clause) => words::in_case(&clause),
            None => words::depending(&named(pack, &when.fields())),
        },
    };
    told.get(language).clone()
}

/// Of the rules that follow from the routing: who is asked, or who is not.
fn generated(pack: &RulePack, field: FieldId, kind: &str, language: Language) -> String {
    let asked = condition::asked_of(pack, field);
    let closed = kind.starts_with("closed-by") || kind == "mark-accepted";
    let told = if closed { words::not_asked(&asked) } else { asked };
    told.get(language).clone()
}

/// The questions' titles, joined as each language joins them.
fn named(pack: &RulePack, fields: &BTreeSet<FieldId>) -> Localized<String> {
    let joined = |language: Language| {
        let titles = fields.iter().filter_map(|&field| answer::question(pack, field, language));
        Argument::List(titles.map(Argument::from).collect()).print(language)
    };
    Localized::new(joined(Language::Ja), joined(Language::En))
}

/// The profile that switches `rule` on, in words. Empty: it is always judged.
pub(super) fn profile(pack: &RulePack, rule: &EditRule, language: Language) -> String {
    let Some(name) = &rule.profile else { return String::new() };
    let title = pack.profiles.iter().find(|profile| profile.name == *name);
    let title = title.map_or_else(|| name.to_string(), |profile| profile.title.get(language).to_string());
    words::only_with(&title, name, language)
}
