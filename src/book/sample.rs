//! The examples of a rule as a respondent may read them: a passing and a failing record, and what is said of the latter.
//!
//! Invariants
//! - A written rule shows its own first examples. A rule that follows from the routing has none: answers are tried that
//!   open or close its question, and the evaluator says which of them pass and fail.
//! - Every example of all rules is judged together, so that a whole book costs two passes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{answer, words};
use crate::diagnostic::Language;
use crate::evaluate::Outcome;
use crate::expression::{FieldId, Type, Value};
use crate::questionnaire::Field;
use crate::rule_pack::opening;
use crate::rule_pack::{EditRule, ExampleRecord, ExampleValue, ExpectedOutcome, Origin, RulePack};
use crate::rule_trial::{Shown, show};

/// Most fields that an example shows as blank only because the rule reads them.
const MOST_BLANKS: usize = 6;

/// A day that stands for any: 2024-04-01.
const A_DAY: i32 = 19_814;

/// Questions and the answers of the examples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// A heading for each record, and whether it fails.
    pub records: Vec<(String, bool)>,
    /// A question with the answer of each record.
    pub rows: Vec<(String, Vec<String>)>,
}

/// What one rule shows.
#[derive(Debug, Clone, Default)]
pub(super) struct Sample {
    pub(super) message: Option<String>,
    pub(super) help: Option<String>,
    pub(super) table: Option<Table>,
}

/// The samples by position of the rule.
#[derive(Debug, Default)]
pub(super) struct Samples(BTreeMap<usize, Sample>);

impl Samples {
    /// The samples of the rules at `positions`.
    pub(super) fn of(
        pack: &Arc<RulePack>,
        positions: impl Iterator<Item = usize>,
        language: Language,
    ) -> Self {
        let mut candidates: Vec<(usize, Vec<ExampleRecord>)> = Vec::new();
        for position in positions {
            let Some(rule) = pack.rules.get(position) else { continue };
            candidates.extend(records(pack, rule).into_iter().map(|records| (position, records)));
        }
        let asked: Vec<(usize, &[ExampleRecord])> =
            candidates.iter().map(|(rule, records)| (*rule, records.as_slice())).collect();
        let shown = show(pack, &asked, &|place| Arc::from(words::file(place, language)));
        let mut chosen: BTreeMap<usize, Chosen<'_>> = BTreeMap::new();
        for ((rule, records), shown) in candidates.iter().zip(&shown) {
            chosen.entry(*rule).or_default().take(records, shown);
        }
        let samples = chosen.into_iter().filter_map(|(position, chosen)| {
            Some((position, chosen.sample(pack, pack.rules.get(position)?, language)))
        });
        Self(samples.collect())
    }

    /// `None`: the rule has no sample.
    pub(super) fn get(&self, position: usize) -> Option<&Sample> {
        self.0.get(&position)
    }
}

/// The first records that pass, and the first that fail.
#[derive(Default)]
struct Chosen<'r> {
    passing: Option<&'r [ExampleRecord]>,
    failing: Option<(&'r [ExampleRecord], &'r Shown)>,
}

impl<'r> Chosen<'r> {
    fn take(&mut self, records: &'r [ExampleRecord], shown: &'r Shown) {
        // What is said of records as a whole is said of none of them.
        let has = |outcome| match shown.verdict {
            Some(verdict) => verdict == outcome,
            None => shown.outcomes.contains(&Some(outcome)),
        };
        if has(Outcome::Fail) {
            // One that is told goes before one that is hidden behind another finding.
            let told = |failing: &(&[ExampleRecord], &Shown)| failing.1.finding.is_some();
            if self.failing.is_none() || (shown.finding.is_some() && !self.failing.as_ref().is_some_and(told))
            {
                self.failing = Some((records, shown));
            }
        } else if has(Outcome::Pass) && self.passing.is_none() {
            self.passing = Some(records);
        }
    }

    fn sample(&self, pack: &RulePack, rule: &EditRule, language: Language) -> Sample {
        let finding = self.failing.and_then(|(_, shown)| shown.finding.as_ref());
        let message = finding.map(|finding| finding.message(language));
        let help = finding.and_then(|finding| finding.help(language));
        let failing = self.failing.map(|(records, _)| records);
        let parts = [(self.passing, words::PASSES, false), (failing, words::FAILS, true)];
        let parts =
            parts.into_iter().filter_map(|(records, heading, fails)| Some((records?, heading, fails)));
        let mut columns: Vec<(String, bool, &ExampleRecord)> = Vec::new();
        for (records, heading, fails) in parts {
            let heading = *heading.get(language);
            for (place, record) in records.iter().enumerate() {
                let heading = words::record(heading, place, records.len(), language);
                columns.push((heading, fails && (records.len() == 1 || record.fails), record));
            }
        }
        let table = (!columns.is_empty()).then(|| table(pack, rule, &columns, language));
        Sample { message, help, table: table.filter(|table| !table.rows.is_empty()) }
    }
}

fn table(
    pack: &RulePack,
    rule: &EditRule,
    columns: &[(String, bool, &ExampleRecord)],
    language: Language,
) -> Table {
    let mut fields: BTreeSet<FieldId> =
        columns.iter().flat_map(|(_, _, record)| record.values.keys().copied()).collect();
    fields.extend(rule.blame.iter().copied());
    let blank: Vec<FieldId> = rule.reads.iter().copied().filter(|field| field.table == rule.table).collect();
    if blank.len() <= MOST_BLANKS {
        fields.extend(blank);
    }
    let mut rows: Vec<(String, Vec<String>)> = Vec::new();
    for field in fields {
        let Some(question) = answer::question(pack, field, language) else { continue };
        let of = |(_, _, record): &(String, bool, &ExampleRecord)| {
            answer::printed(pack, field, record.values.get(&field), language)
        };
        rows.push((question, columns.iter().map(of).collect()));
    }
    let params: BTreeSet<_> =
        columns.iter().flat_map(|(_, _, record)| record.params.keys().copied()).collect();
    for id in params {
        let Some(param) = pack.params.get(usize::from(id.0)) else { continue };
        let of = |(_, _, record): &(String, bool, &ExampleRecord)| {
            let value = record.params.get(&id).or(param.value.as_ref());
            value.map_or_else(String::new, |value| answer::of(value, &param.ty, language))
        };
        rows.push((words::parameter(&param.name, language), columns.iter().map(of).collect()));
    }
    Table { records: columns.iter().map(|(heading, fails, _)| (heading.clone(), *fails)).collect(), rows }
}

/// Lists of records worth showing, the best first.
fn records(pack: &RulePack, rule: &EditRule) -> Vec<Vec<ExampleRecord>> {
    if usize::from(rule.table) > pack.links.len() {
        return Vec::new();
    }
    if matches!(rule.origin, Origin::Written) {
        let shown = [ExpectedOutcome::Pass, ExpectedOutcome::Fail];
        let examples = rule.examples.iter().filter(|example| shown.contains(&example.expected));
        let mut records: Vec<Vec<ExampleRecord>> = examples.map(|example| example.records.clone()).collect();
        // An example that answers what the rule is about shows more than one that leaves it blank.
        records.sort_by_key(|records| std::cmp::Reverse(answered(rule, records)));
        return records;
    }
    rule.blame.first().map_or_else(Vec::new, |&field| tried(pack, field))
}

/// How many of the questions to be looked at the first of `records` answers.
fn answered(rule: &EditRule, records: &[ExampleRecord]) -> usize {
    let given = |field: &&FieldId| {
        let values = records.first().map(|record| &record.values);
        matches!(values.and_then(|values| values.get(*field)), Some(ExampleValue::Value(_)))
    };
    rule.blame.iter().filter(given).count()
}

/// Answers to `field` on every branch: its question opened, and closed by each answer of what it depends on.
fn tried(pack: &RulePack, field: FieldId) -> Vec<Vec<ExampleRecord>> {
    let form = &pack.questionnaire;
    let Some(asked) = form.get(field) else { return Vec::new() };
    let mut branches: Vec<Option<(FieldId, Value)>> = vec![None];
    let controllers = form.routing_of(field).map(|routing| routing.controllers.iter().copied());
    for controller in controllers.into_iter().flatten() {
        let values = form.get(controller).map(values).unwrap_or_default();
        branches.extend(values.into_iter().map(|value| Some((controller, value))));
    }
    let mut answers: Vec<ExampleValue> = values(asked).into_iter().take(1).map(ExampleValue::Value).collect();
    answers.extend([ExampleValue::Blank, ExampleValue::NotApplicable]);
    answers.extend(asked.marks.iter().map(|mark| ExampleValue::Mark(Arc::clone(&mark.name))));
    let mut tried = Vec::new();
    for branch in &branches {
        for answer in &answers {
            let mut values = BTreeMap::from([(field, answer.clone())]);
            values.extend(branch.clone().map(|(controller, value)| (controller, ExampleValue::Value(value))));
            let mut opened = values.clone();
            opening::open(form, &mut opened);
            let plain = branch.is_some().then_some(values);
            let records = std::iter::once(opened).chain(plain);
            tried.extend(records.map(|values| vec![ExampleRecord { values, ..ExampleRecord::default() }]));
        }
    }
    tried
}

/// Answers that the question may have: every option, or one of another type.
fn values(field: &Field) -> Vec<Value> {
    match &field.ty {
        Type::Option(list) => {
            let indices = (0..list.items.len()).filter_map(|index| u8::try_from(index).ok());
            indices.map(Value::Option).collect()
        }
        Type::Multi(_) => vec![Value::Multi { set: 1, listed: 1 }],
        Type::Date => vec![Value::Date(A_DAY)],
        Type::DateTime => vec![Value::DateTime(i64::from(A_DAY) * 86_400)],
        Type::YearMonth => vec![Value::YearMonth(A_DAY / 30)],
        Type::Text | Type::Code => vec![Value::Text("…".into())],
        Type::Number { .. } => vec![Value::Number(1)],
        Type::Condition => Vec::new(),
    }
}
