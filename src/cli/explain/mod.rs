//! `kenpyo explain ID`: a rule, a generated finding, a derived value, or one of the engine's codes as its page.
//!
//! Invariants
//! - Both languages, unless `--lang` was given; conditions as they are written in the rule file.
//! - Says which records a page is about (routing, profile), where it comes from, and what it reads; no answer.

mod page;

use std::sync::Arc;

use super::arguments::ExplainArguments;
use super::session::{Exit, Session, print};
use super::usage::{suggest, usage};
use crate::book::facts::{self, Facts, same, written};
use crate::diagnostic::code::usage::UNKNOWN_ID;
use crate::diagnostic::{Code, Localized, Notice, code};
use crate::questionnaire::InvalidCase;
use crate::rule_pack::{DerivedValue, EditRule, RulePack};
use page::Page;

/// The engine's own code of this id or slug. `None`: there is none; it may be a rule's.
pub(super) fn engine_code(id: &str) -> Option<&'static Code> {
    code::all().find(|code| code.id.eq_ignore_ascii_case(id) || code.slug == id)
}

/// Runs the command.
pub(super) fn run(session: &Session, arguments: &ExplainArguments) -> Exit {
    let id = arguments.id.as_str();
    if let Some(code) = engine_code(id) {
        return super::printed(session, print(&of_code(code).text(session)));
    }
    let loaded = match super::open(session, arguments.survey.as_deref()) {
        Ok(loaded) => loaded,
        Err(exit) => return exit,
    };
    let Some(pack) = loaded.pack else {
        return session.refuse_pack(&loaded.diagnostics, &loaded.sources);
    };
    let pages: Vec<Page> = pages(&pack, id);
    if pages.is_empty() {
        let known = known(&pack);
        let unknown = usage(&UNKNOWN_ID, session.line.mark_value(id)).with("found", id);
        return session.refuse([suggest(unknown, id, known.iter().map(|name| &**name))]);
    }
    let text: Vec<String> = pages.iter().map(|page| page.text(session)).collect();
    super::printed(session, print(&text.join("\n")))
}

/// Everything that has a page, in the order in which it is found.
fn known(pack: &RulePack) -> Vec<Arc<str>> {
    let mut names: Vec<Arc<str>> = Vec::new();
    for rule in &pack.rules {
        names.extend([
            rule.notice.full_id().into(),
            Arc::clone(&rule.notice.id),
            Arc::clone(&rule.notice.slug),
        ]);
    }
    names.extend(cases(pack).map(|(_, case)| Arc::clone(&case.id)));
    names.extend(notices(pack).map(|notice| Arc::clone(&notice.id)));
    names.extend(code::all().map(|code| Arc::from(code.id)));
    names.sort();
    names.dedup();
    names
}

fn cases(pack: &RulePack) -> impl Iterator<Item = (&Localized<Arc<str>>, &InvalidCase)> {
    let fields = pack.questionnaire.fields.iter();
    fields.flat_map(|field| field.invalid.iter().map(move |case| (&field.label, case)))
}

fn notices(pack: &RulePack) -> impl Iterator<Item = &Notice> {
    let derived = pack.derived.iter().filter_map(|derived| derived.notice.as_ref());
    let groups = pack.groups.iter().filter_map(|group| group.notice.as_ref());
    derived.chain(groups).map(|(notice, _)| &**notice)
}

fn pages(pack: &RulePack, id: &str) -> Vec<Page> {
    let is = |notice: &Notice| notice.full_id() == id || &*notice.slug == id;
    let whole: Vec<&EditRule> = pack.rules.iter().filter(|rule| is(&rule.notice)).collect();
    let family: Vec<&EditRule> = pack.rules.iter().filter(|rule| &*rule.notice.id == id).collect();
    let rules = if whole.is_empty() { family } else { whole };
    if let Some((first, rest)) = rules.split_first() {
        return vec![of_rule(pack, first, rest)];
    }
    if let Some(derived) = pack.derived.iter().find(|derived| notice_is(derived, id)) {
        return vec![of_derived(pack, derived)];
    }
    if let Some(notice) = notices(pack).find(|notice| &*notice.id == id) {
        return vec![of_notice(notice)];
    }
    cases(pack)
        .filter(|(_, case)| &*case.id == id)
        .take(1)
        .map(|(label, case)| of_case(label, case))
        .collect()
}

fn notice_is(derived: &DerivedValue, id: &str) -> bool {
    derived.notice.as_ref().is_some_and(|(notice, _)| &*notice.id == id || &*notice.slug == id)
}

fn of_code(code: &'static Code) -> Page {
    of_notice(&code.notice())
}

fn of_notice(notice: &Notice) -> Page {
    Page {
        id: notice.full_id(),
        slug: notice.slug.to_string(),
        severity: Some(notice.severity),
        title: notice.title.map(ToString::to_string),
        message: written(&notice.message, &notice.slots),
        help: notice.help.as_ref().map(|help| written(help, &notice.slots)),
        facts: Facts::default(),
    }
}

fn of_case(label: &Localized<Arc<str>>, case: &InvalidCase) -> Page {
    let slots: Vec<Arc<str>> = ["question", "value", "options"].map(Arc::from).to_vec();
    let mut page = Page {
        id: case.id.to_string(),
        slug: case.slug.to_string(),
        severity: Some(case.severity),
        title: case.title.map(ToString::to_string),
        message: written(&case.message, &slots),
        help: None,
        facts: Facts::default(),
    };
    page.facts.fact("field", "項目", label.map(ToString::to_string));
    if let Some(pattern) = &case.matches {
        page.facts.fact("matches", "一致", same(pattern.as_str()));
    }
    page
}

/// The texts of the first instance; conditions, examples and places of all.
fn of_rule(pack: &RulePack, first: &EditRule, rest: &[&EditRule]) -> Page {
    let mut page = of_notice(&first.notice);
    if !rest.is_empty() {
        page.id = first.notice.id.to_string();
    }
    for rule in std::iter::once(first).chain(rest.iter().copied()) {
        if !rest.is_empty() {
            page.facts.fact("instance", "対象", same(rule.notice.full_id()));
        }
        facts::conditions(&mut page.facts, pack, rule);
        facts::examples(&mut page.facts, pack, rule);
    }
    facts::origin(&mut page.facts, pack, first);
    page
}

fn of_derived(pack: &RulePack, derived: &DerivedValue) -> Page {
    let notice = derived.notice.as_ref().map(|(notice, _)| &**notice);
    let mut page = notice.map(of_notice).unwrap_or_default();
    page.facts.fact("value", "値", same(facts::slice(pack, derived.declared.source, derived.value.span)));
    facts::reads(&mut page.facts, pack, &derived.reads);
    facts::declared(&mut page.facts, pack, derived.declared);
    page
}
