//! What a rule says of its own examples: the message that a respondent would read.
//!
//! Invariants
//! - Said by the production evaluator; nothing here fills a message.
//! - The answers are the author's, but what the survey calls private is withheld as it is in every report.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::plan;
use crate::batch::example::batch_of;
use crate::diagnostic::{Diagnostic, Notice};
use crate::evaluate::{Finding, Judging, KeyTable, Outcome, Wants, diagnose, gather, judge};
use crate::expression::{ParamId, Value};
use crate::plan::Plan;
use crate::rule_pack::{Demand, ExampleRecord, RulePack};
use crate::source::SourceId;

/// Records judged, and what came of them.
#[derive(Debug, Clone, Default)]
pub struct Shown {
    /// One a record. `None`: the rule has none for it.
    pub outcomes: Vec<Option<Outcome>>,
    /// The rule's first finding. `None`: it has none.
    pub finding: Option<Diagnostic>,
}

/// Judges each list of records by the rule at that position of `pack.rules`.
///
/// `name` gives the name of the file in which the record at a place stands: those of a rule over many records are each
/// a file of their own.
pub fn show(
    pack: &Arc<RulePack>,
    asked: &[(usize, &[ExampleRecord])],
    name: &dyn Fn(usize) -> Arc<str>,
) -> Vec<Shown> {
    let mut shown = vec![Shown::default(); asked.len()];
    // What has the same run parameters shares a plan, and alone records share a batch.
    let mut by_params: BTreeMap<BTreeMap<ParamId, Value>, Vec<usize>> = BTreeMap::new();
    for (place, (_, records)) in asked.iter().enumerate() {
        let params = records.iter().flat_map(|record| record.params.clone()).collect();
        by_params.entry(params).or_default().push(place);
    }
    for (params, places) in &by_params {
        let Some(plan) = plan(pack, params) else { continue };
        let (many, alone): (Vec<usize>, Vec<usize>) = places.iter().partition(|&&place| {
            let rule = asked.get(place).and_then(|(rule, _)| pack.rules.get(*rule));
            rule.is_some_and(|rule| matches!(rule.demand, Demand::Dataset(_)))
        });
        for (place, told) in one_by_one(&plan, asked, &alone) {
            shown.get_mut(place).into_iter().for_each(|shown| *shown = told.clone());
        }
        for place in many {
            let Some((rule, records)) = asked.get(place) else { continue };
            let told = together(&plan, *rule, records, name);
            shown.get_mut(place).into_iter().for_each(|shown| *shown = told.clone());
        }
    }
    shown
}

const WANTS: Wants = Wants { excerpts: false, values: true, keys: true, answers: false, marks: None };

/// Rules about one record: the first record of each list counts.
fn one_by_one(plan: &Plan, asked: &[(usize, &[ExampleRecord])], places: &[usize]) -> Vec<(usize, Shown)> {
    let first =
        |place: &usize| asked.get(*place).and_then(|(rule, records)| Some((*place, *rule, records.first()?)));
    let rows: Vec<(usize, usize, &ExampleRecord)> = places.iter().filter_map(first).collect();
    let records: Vec<ExampleRecord> = rows.iter().map(|(_, _, record)| (*record).clone()).collect();
    let mut batch = batch_of(&plan.pack, &records);
    let outcomes = judge(plan, &mut batch);
    let mut findings: BTreeMap<u64, Vec<Finding>> = BTreeMap::new();
    for record in diagnose(plan, &batch, &outcomes, WANTS) {
        findings.insert(record.place.record, record.findings);
    }
    let told = (0_usize..).zip(&rows).filter_map(|(row, &(place, rule, _))| {
        let notice = &plan.pack.rules.get(rule)?.notice;
        let number = u64::try_from(row).ok()? + 1;
        let planned = plan.rules.iter().position(|&planned| planned == rule);
        let finding = findings.get(&number).and_then(|found| found.iter().find_map(|one| about(one, notice)));
        let outcome = planned.and_then(|planned| outcomes.of(planned, row));
        Some((place, Shown { outcomes: vec![outcome], finding: finding.cloned() }))
    });
    told.collect()
}

/// A rule over many records: each a file of its own, as in the trial.
pub(super) fn together(
    plan: &Plan,
    rule: usize,
    records: &[ExampleRecord],
    name: &dyn Fn(usize) -> Arc<str>,
) -> Shown {
    let Some(planned) = plan.dataset.iter().position(|planned| planned.index == rule) else {
        return Shown::default();
    };
    let Some(notice) = plan.pack.rules.get(rule).map(|rule| &rule.notice) else { return Shown::default() };
    let mut table = KeyTable::default();
    let mut outcomes = Vec::new();
    let mut names = BTreeMap::new();
    for (place, (file, record)) in (0..).map(SourceId).zip(records).enumerate() {
        names.insert(file, name(place));
        let mut batch = batch_of(&plan.pack, std::slice::from_ref(record));
        batch.chunk.source = Some(file);
        judge(plan, &mut batch);
        let gathered = gather(plan, &batch, WANTS, true);
        outcomes.push(gathered.settled(planned));
        table.add(gathered);
    }
    let judging = Judging { plan, names: &names, keys: true, pool: None, outcomes: true };
    let mut finding = None;
    let judged = table.judge(judging, &mut |told: Finding| {
        if finding.is_none() {
            finding = about(&told, notice).cloned();
        }
        Ok(())
    });
    let decided = judged.map(|judged| judged.decided).unwrap_or_default();
    for ((file, _), outcome) in decided.get(planned).into_iter().flatten() {
        let place = usize::try_from(file.0).ok().and_then(|place| outcomes.get_mut(place));
        if let Some(place) = place {
            *place = Some(*outcome);
        }
    }
    Shown { outcomes, finding }
}

/// The part of `finding` that the rule of `notice` says; it may stand inside a group's.
fn about<'f>(finding: &'f Finding, notice: &Arc<Notice>) -> Option<&'f Diagnostic> {
    let ours = |diagnostic: &&Diagnostic| Arc::ptr_eq(&diagnostic.notice, notice);
    let own = Some(&finding.diagnostic).filter(|_| !finding.heading);
    own.into_iter().chain(&finding.followers).find(ours)
}
