//! Why hard edits were not judged on some records, each cause with its way out.
//!
//! Invariants
//! - A cause is told of the programme and of the files that were named: what was lacking in a record is not asked again.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::diagnostic::{Argument, Language, Localized, Severity};
use crate::engine::event::Summary;
use crate::plan::{Plan, option_of};
use crate::publication::NotRun;
use crate::rule_pack::{Demand, EditRule, Link};

/// Most columns that are named.
const MOST_COLUMNS: usize = 3;

/// Hard edits that lacked a linked file, a parameter or a column on some records; `given`: the tables of the linked files
/// that were named.
pub(super) fn edits(plan: &Plan, given: &BTreeSet<u16>, summary: &Summary) -> Vec<NotRun> {
    let lacked = summary.rules.iter().filter_map(|line| {
        let records = line.counts.as_ref()?.not_run;
        (records > 0 && line.severity == Severity::Error).then(|| {
            let rule = plan.pack.rules.iter().find(|rule| rule.notice.full_id() == *line.id);
            NotRun {
                id: Arc::clone(&line.id),
                title: line.title.clone(),
                records,
                cause: rule.map(|rule| cause(plan, given, rule)).unwrap_or_default(),
            }
        })
    });
    lacked.collect()
}

fn cause(plan: &Plan, given: &BTreeSet<u16>, rule: &EditRule) -> Localized<Arc<str>> {
    let mut told: Vec<Localized<String>> = Vec::new();
    for id in rule.params.iter().filter(|id| !plan.params.contains_key(*id)) {
        let Some(param) = plan.pack.params.get(usize::from(id.0)) else { continue };
        let option = option_of(&param.name);
        told.push(Localized::new(
            format!("パラメータ「{}」の指定がない（{}）", param.name, option.ja),
            format!("the parameter \"{}\" has no value ({})", param.name, option.en),
        ));
    }
    let links = links(plan, rule);
    for link in links.iter().filter(|link| !given.contains(&link.table)) {
        told.push(Localized::new(
            format!("突合ファイル {0} の指定がない（--link {0}=ファイル）", link.name),
            format!("no file was given as {0} (--link {0}=FILE)", link.name),
        ));
    }
    if told.is_empty() {
        let linked: Vec<&str> = links.iter().map(|link| &*link.name).collect();
        told.push(lacking(&linked, &columns(plan, rule)));
    }
    let joined = |language: Language, between: &str| {
        let parts: Vec<&str> = told.iter().map(|told| told.get(language).as_str()).collect();
        Arc::from(parts.join(between))
    };
    Localized::new(joined(Language::Ja, "、"), joined(Language::En, ", "))
}

/// What records can lack of which the files are there.
fn lacking(linked: &[&str], columns: &Localized<String>) -> Localized<String> {
    let without = Localized::new(
        format!(
            "規則が読む列（{}）がファイルにない（様式どおりの列で提出し直すよう依頼してください）",
            columns.ja
        ),
        format!(
            "a file lacks a column that it reads ({}); please have it sent again with all columns of the form",
            columns.en
        ),
    );
    if linked.is_empty() {
        return without;
    }
    let names = linked.join(", ");
    Localized::new(
        format!("{names} に対応する行がない、または{}", without.ja),
        format!("there is no record in {names}, or {}", without.en),
    )
}

/// The linked files that the rule reads beside the one that it may be about.
fn links<'p>(plan: &'p Plan, rule: &EditRule) -> Vec<&'p Link> {
    let table = match &rule.demand {
        Demand::Dataset(kind) => kind.settings.get("table"),
        Demand::Require(_) => None,
    };
    let reads = |link: &&Link| {
        link.table != rule.table
            && (rule.reads.iter().any(|field| field.table == link.table) || table == Some(&link.name))
    };
    plan.pack.links.iter().filter(reads).collect()
}

/// The columns of the rule's own file that it reads, the first of them.
fn columns(plan: &Plan, rule: &EditRule) -> Localized<String> {
    let own = rule.reads.iter().filter(|field| field.table == rule.table);
    let named: Vec<Argument> =
        own.filter_map(|field| Some(Argument::from(plan.pack.field(*field)?.column.to_string()))).collect();
    let more = named.len().saturating_sub(MOST_COLUMNS);
    let listed = |language: Language, further: String| {
        let named = named.iter().take(MOST_COLUMNS).cloned();
        let further = Some(Argument::from(further)).filter(|_| more > 0);
        Argument::List(named.chain(further).collect()).print(language)
    };
    Localized::new(
        listed(Language::Ja, format!("ほか{more}列")),
        listed(Language::En, format!("{more} more")),
    )
}
