//! What a rule says of its own examples: the message that a respondent would read.
//!
//! Invariants
//! - Said by the production evaluator; nothing here fills a message.
//! - The answers are the author's, but what the survey calls private is withheld as it is in every report.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::plan;
use crate::batch::Batch;
use crate::batch::example::batch_about;
use crate::diagnostic::{Diagnostic, Notice};
use crate::evaluate::{
    Finding, Judging, KeyTable, Outcome, Sought, Units, Wants, diagnose, gather, judge, units,
};
use crate::expression::{ParamId, Value};
use crate::linked::keys_of_examples;
use crate::plan::Plan;
use crate::rule_pack::{Demand, EditRule, ExampleRecord, RulePack};
use crate::source::SourceId;

/// Records judged, and what came of them.
#[derive(Debug, Clone, Default)]
pub struct Shown {
    /// One a record. `None`: the rule has none for it.
    pub outcomes: Vec<Option<Outcome>>,
    /// Of a rule about the records as a whole, its verdict. `None`: another rule.
    pub verdict: Option<Outcome>,
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
    // What is about one file and has the same run parameters shares a plan, and alone records share a batch.
    let mut by_params: BTreeMap<(u16, BTreeMap<ParamId, Value>), Vec<usize>> = BTreeMap::new();
    for (place, (rule, records)) in asked.iter().enumerate() {
        let params = records.iter().flat_map(|record| record.params.clone()).collect();
        let table = pack.rules.get(*rule).map_or(0, |rule| rule.table);
        by_params.entry((table, params)).or_default().push(place);
    }
    for ((table, params), places) in &by_params {
        let Some(plan) = plan(pack, params).map(|plan| super::about(plan, *table)) else { continue };
        let (many, alone): (Vec<usize>, Vec<usize>) = places.iter().partition(|&&place| {
            let rule = asked.get(place).and_then(|(rule, _)| pack.rules.get(*rule));
            rule.is_some_and(|rule| matches!(rule.demand, Demand::Dataset(_)))
        });
        for (place, told) in one_by_one(&plan, *table, asked, &alone) {
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
fn one_by_one(
    plan: &Plan,
    table: u16,
    asked: &[(usize, &[ExampleRecord])],
    places: &[usize],
) -> Vec<(usize, Shown)> {
    let first =
        |place: &usize| asked.get(*place).and_then(|(rule, records)| Some((*place, *rule, records.first()?)));
    let rows: Vec<(usize, usize, &ExampleRecord)> = places.iter().filter_map(first).collect();
    let records: Vec<ExampleRecord> = rows.iter().map(|(_, _, record)| (*record).clone()).collect();
    let mut batch = batch_about(&plan.pack, &records, table);
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
        Some((place, Shown { outcomes: vec![outcome], verdict: None, finding: finding.cloned() }))
    });
    told.collect()
}

/// Records that are judged together, each a file of its own, by a rule over many records, or one that looks them up.
///
/// The programme is that of what the rule is about: submissions, or a linked file.
pub(super) fn together(
    plan: &Plan,
    rule: usize,
    records: &[ExampleRecord],
    name: &dyn Fn(usize) -> Arc<str>,
) -> Shown {
    let Some(edit) = plan.pack.rules.get(rule) else { return Shown::default() };
    if !edit.is_over_many() {
        return looked_up(plan, rule, edit, records);
    }
    let Some(planned) = plan.dataset.iter().position(|planned| planned.index == rule) else {
        return Shown::default();
    };
    let mut table = KeyTable::default();
    let mut outcomes = Vec::new();
    let mut names = BTreeMap::new();
    let asked = units_of(plan, rule, records);
    for (place, (file, record)) in (0..).map(SourceId).zip(records).enumerate() {
        names.insert(file, name(place));
        let mut batch = batch_about(&plan.pack, std::slice::from_ref(record), edit.table);
        batch.chunk.source = Some(file);
        answers(&mut batch, record, place);
        judge(plan, &mut batch);
        let gathered = gather(plan, &batch, WANTS, true, Sought::Everything);
        outcomes.push(gathered.settled(planned));
        table.add(gathered);
    }
    let judging = Judging {
        plan,
        names: &names,
        keys: true,
        values: true,
        units: &asked,
        linked: None,
        pool: None,
        outcomes: true,
    };
    let mut finding = None;
    let judged = table.judge(judging, &mut |told: Finding| {
        if finding.is_none() {
            finding = about(&told, &edit.notice).cloned();
        }
        Ok(())
    });
    let judged = judged.unwrap_or_default();
    for ((file, _), outcome) in judged.decided.get(planned).into_iter().flatten() {
        let place = usize::try_from(file.0).ok().and_then(|place| outcomes.get_mut(place));
        if let Some(place) = place {
            *place = Some(*outcome);
        }
    }
    let verdict = judged.verdicts.get(planned).copied().flatten();
    Shown { outcomes, verdict, finding }
}

/// The units that the examples name, for a rule that asks whether all have answered; the place of a record is its row.
fn units_of(plan: &Plan, rule: usize, records: &[ExampleRecord]) -> Vec<Units> {
    let asked = plan.pack.links.iter().flat_map(|link| {
        let named = |record: &ExampleRecord| record.linked.contains(&link.table);
        let batch = batch_about(&plan.pack, records, link.table);
        let mut asked = units(plan, &batch);
        for (row, _) in records.iter().enumerate().filter(|(_, record)| !named(record)) {
            for units in &mut asked {
                units.leave_out(row);
            }
        }
        asked
    });
    asked.filter(|units| units.is_of(plan, rule)).collect()
}

/// A record with answers of its own stands for the unit that it names; one without is a unit that has not answered.
fn answers(batch: &mut Batch, record: &ExampleRecord, place: usize) {
    let answered = record.values.keys().any(|field| field.table == 0);
    for table in batch.tables.iter_mut().skip(1).filter(|table| answered && table.linked.get(0)) {
        table.rows = vec![u32::try_from(place).ok()];
    }
}

/// A rule that looks each of `records` up among what the others and itself are linked to.
fn looked_up(plan: &Plan, rule: usize, edit: &EditRule, records: &[ExampleRecord]) -> Shown {
    let Some(planned) = plan.rules.iter().position(|&planned| planned == rule) else {
        return Shown::default();
    };
    let mut batch = batch_about(&plan.pack, records, edit.table);
    batch.keys = keys_of_examples(plan, &batch);
    let outcomes = judge(plan, &mut batch);
    let findings = diagnose(plan, &batch, &outcomes, WANTS);
    let mut finding = findings.iter().flat_map(|record| &record.findings);
    Shown {
        outcomes: (0..records.len()).map(|row| outcomes.of(planned, row)).collect(),
        verdict: None,
        finding: finding.find_map(|finding| about(finding, &edit.notice)).cloned(),
    }
}

/// The part of `finding` that the rule of `notice` says; it may stand inside a group's.
fn about<'f>(finding: &'f Finding, notice: &Arc<Notice>) -> Option<&'f Diagnostic> {
    let ours = |diagnostic: &&Diagnostic| Arc::ptr_eq(&diagnostic.notice, notice);
    let own = Some(&finding.diagnostic).filter(|_| !finding.heading);
    own.into_iter().chain(&finding.followers).find(ours)
}
