//! Trying rules on their own examples.
//!
//! Invariants
//! - Examples are judged by the production evaluator, as batches.
//! - Every example is tried, those of profiles that are off included, of rules about one record and over many, about
//!   submissions and about linked files.
//! - Each record of an example over many records is a file of its own.

mod shown;

use shown::together;
pub use shown::{Shown, show};

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::batch::Batch;
use crate::batch::example::batch_about;
use crate::diagnostic::code::analysis::EXAMPLE_DISAGREES;
use crate::diagnostic::{Argument, Diagnostic, Diagnostics, Label, Localized, Place};
use crate::evaluate::{Outcome, Outcomes, Reason, judge, reasons};
use crate::expression::{ParamId, Value};
use crate::plan::{Plan, Selection};
use crate::questionnaire::Declared;
use crate::rule_pack::{Demand, EditRule, Example, ExampleRecord, ExpectedOutcome, Origin, RulePack};

/// How many examples were tried, and what they showed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trial {
    /// Examples judged.
    pub examples: usize,
    /// A finding for each that does not give the outcome under which it stands, by rule and example.
    pub diagnostics: Diagnostics,
}

/// One example with its place.
struct Tried<'p> {
    rule: usize,
    place: usize,
    example: &'p Example,
    record: &'p ExampleRecord,
}

/// A finding, and by what it is sorted: its rule and its example.
type Placed = ((usize, usize), Diagnostic);

/// Judges every example of `pack`.
pub fn run(pack: &Arc<RulePack>) -> Trial {
    let (mut examples, mut found) = over_many_records(pack);
    // Examples about one table with the same run parameters share a plan and a batch.
    let mut batches: BTreeMap<(u16, &BTreeMap<ParamId, Value>), Vec<Tried<'_>>> = BTreeMap::new();
    for (rule, edit) in pack.rules.iter().enumerate() {
        if !is_of_a_file(pack, edit) || !matches!(edit.demand, Demand::Require(_)) {
            continue;
        }
        for (place, example) in edit.examples.iter().enumerate() {
            for record in &example.records {
                let tried = Tried { rule, place, example, record };
                batches.entry((edit.table, &record.params)).or_default().push(tried);
            }
        }
    }
    for ((table, params), tried) in batches {
        examples += tried.len();
        found.extend(judged(pack, table, params, &tried));
    }
    found.sort_by_key(|(place, _)| *place);
    Trial {
        examples,
        diagnostics: once(found.into_iter().map(|(_, diagnostic)| diagnostic)).into_iter().collect(),
    }
}

/// Most instances that are named together.
const MOST_NAMED: usize = 3;

/// One finding for an example of a family that disagrees on several instances in the same way, naming them all.
fn once(found: impl Iterator<Item = Diagnostic>) -> Vec<Diagnostic> {
    let rule = |told: &Diagnostic| told.notice.slots.iter().position(|slot| &**slot == "rule");
    let of = |told: &Diagnostic| rule(told).and_then(|at| told.arguments.get(at)).cloned();
    let mut kept: Vec<(Diagnostic, Vec<Argument>)> = Vec::new();
    for told in found {
        let alike = |other: &Diagnostic| other.labels.first() == told.labels.first();
        let rule = of(&told).unwrap_or(Argument::Nothing);
        match kept.iter_mut().find(|(other, _)| alike(other)) {
            Some((_, rules)) => rules.push(rule),
            None => kept.push((told, vec![rule])),
        }
    }
    let named = |(mut told, mut rules): (Diagnostic, Vec<Argument>)| {
        let more = rules.len().saturating_sub(MOST_NAMED);
        if rules.len() > 1 {
            rules.truncate(MOST_NAMED);
            if more > 0 {
                let (ja, en) = (format!("ほか{more}件"), format!("{more} more"));
                rules.push(Argument::Localized(Localized::new(Arc::from(ja), Arc::from(en))));
            }
            if let Some(argument) = rule(&told).and_then(|at| told.arguments.get_mut(at)) {
                *argument = Argument::List(rules);
            }
        }
        told
    };
    kept.into_iter().map(named).collect()
}

/// Ids of the written rules that have no example: of a family of which no instance has one, the family's.
pub fn without_examples(pack: &RulePack) -> Vec<String> {
    let written = || pack.rules.iter().filter(|rule| matches!(rule.origin, Origin::Written));
    let judged = |rule: &&EditRule| is_of_a_file(pack, rule) || matches!(rule.demand, Demand::Require(_));
    let mut ids: Vec<String> = Vec::new();
    for rule in written().filter(judged).filter(|rule| rule.examples.is_empty()) {
        let family = || written().filter(|other| other.notice.id == rule.notice.id);
        let all = family().all(|other| other.examples.is_empty());
        let id = if all { rule.notice.id.to_string() } else { rule.notice.full_id() };
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

/// Whether the rule is about submissions or a linked file, and not about published tables.
fn is_of_a_file(pack: &RulePack, rule: &EditRule) -> bool {
    usize::from(rule.table) <= pack.links.len()
}

fn judged(
    pack: &Arc<RulePack>,
    table: u16,
    params: &BTreeMap<ParamId, Value>,
    tried: &[Tried<'_>],
) -> Vec<Placed> {
    let Some(plan) = plan(pack, params).map(|plan| about(plan, table)) else { return Vec::new() };
    let records: Vec<ExampleRecord> = tried.iter().map(|tried| tried.record.clone()).collect();
    let mut batch = batch_about(pack, &records, table);
    let outcomes = judge(&plan, &mut batch);
    let trial = Judged { plan: &plan, batch: &batch, outcomes: &outcomes };
    tried.iter().enumerate().filter_map(|(row, tried)| trial.disagreement(row, tried)).collect()
}

/// The whole of `pack` as a programme, profiles that are off included.
fn plan(pack: &Arc<RulePack>, params: &BTreeMap<ParamId, Value>) -> Option<Plan> {
    let selection = Selection {
        profiles: pack.profiles.iter().map(|profile| profile.name.to_string()).collect(),
        params: params.clone(),
        ..Selection::default()
    };
    Plan::new(Arc::clone(pack), &selection).0
}

/// The programme by which what is about `table` is judged.
fn about(plan: Plan, table: u16) -> Plan {
    if table == 0 { plan } else { plan.of_link(table) }
}

/// Judges the examples of rules over many records: how many there are, and those that disagree.
fn over_many_records(pack: &Arc<RulePack>) -> (usize, Vec<Placed>) {
    let (mut examples, mut found) = (0, Vec::new());
    let mut plans: BTreeMap<(u16, BTreeMap<ParamId, Value>), Option<Plan>> = BTreeMap::new();
    for (rule, edit) in pack.rules.iter().enumerate() {
        if !is_of_a_file(pack, edit) || !matches!(edit.demand, Demand::Dataset(_)) {
            continue;
        }
        for (place, example) in edit.examples.iter().enumerate() {
            let params = example.records.iter().flat_map(|record| record.params.clone()).collect();
            let made = |(table, params): &(u16, BTreeMap<ParamId, Value>)| {
                plan(pack, params).map(|plan| about(plan, *table))
            };
            let Some(plan) = plans.entry((edit.table, params)).or_insert_with_key(made) else { continue };
            let over_many = plan.dataset.iter().map(|planned| planned.index);
            if !over_many.chain(plan.rules.iter().copied()).any(|planned| planned == rule) {
                continue;
            }
            examples += 1;
            let shown = together(plan, rule, &example.records, &|_| Arc::from(""));
            let disagrees = many_disagree(pack, edit, example, &shown);
            found.extend(disagrees.map(|diagnostic| ((rule, place), diagnostic)));
        }
    }
    (examples, found)
}

/// `None`: the example gives what it should.
fn many_disagree(pack: &RulePack, rule: &EditRule, example: &Example, shown: &Shown) -> Option<Diagnostic> {
    // The verdict on the records as a whole is that of the example.
    let verdict = [shown.verdict];
    let outcomes = if shown.verdict.is_some() { verdict.as_slice() } else { &shown.outcomes };
    let has = |outcome| outcomes.contains(&Some(outcome));
    let marked = example.records.iter().map(|record| record.fails);
    // A single record need not be marked: where it stands says the same.
    let unmarked = shown.verdict.is_some() || (!rule.is_over_many() && outcomes.len() == 1);
    let as_marked = marked.zip(outcomes).all(|(fails, outcome)| fails == (*outcome == Some(Outcome::Fail)));
    let agrees = (as_marked || unmarked)
        && match example.expected {
            ExpectedOutcome::Fail => has(Outcome::Fail),
            ExpectedOutcome::Pass => has(Outcome::Pass) && !has(Outcome::Undecided),
            ExpectedOutcome::Undecided => has(Outcome::Undecided),
            ExpectedOutcome::NotApplicable => {
                outcomes.iter().all(|outcome| *outcome == Some(Outcome::NotApplicable))
            }
        };
    if agrees {
        return None;
    }
    let words = outcomes.iter().map(|outcome| outcome.map_or("?", Outcome::word));
    let found = words.collect::<Vec<_>>().join(", ");
    let expected = expected(example.expected).word();
    let mut diagnostic = Diagnostic::new(&EXAMPLE_DISAGREES, Place::File(example.declared.source))
        .with("rule", rule.notice.full_id())
        .with("expected", expected)
        .with("found", found.as_str());
    let mark = format!("{expected} → {found}");
    diagnostic.labels.extend(label(pack, example.declared, Argument::from(mark)));
    Some(diagnostic)
}

/// A judged batch of examples.
struct Judged<'a> {
    plan: &'a Plan,
    batch: &'a Batch,
    outcomes: &'a Outcomes,
}

impl Judged<'_> {
    /// `None`: the example gives what it should.
    fn disagreement(&self, row: usize, tried: &Tried<'_>) -> Option<Placed> {
        let planned = self.plan.rules.iter().position(|&rule| rule == tried.rule)?;
        let rule = self.plan.rule(planned)?;
        let found = self.outcomes.of(planned, row)?;
        let expected = expected(tried.example.expected);
        if found == expected {
            return None;
        }
        let pack = &self.plan.pack;
        let declared = tried.example.declared;
        let mut diagnostic = Diagnostic::new(&EXAMPLE_DISAGREES, Place::File(declared.source))
            .with("rule", rule.notice.full_id())
            .with("expected", expected.word())
            .with("found", found.word());
        let mark = format!("{} → {}", expected.word(), found.word());
        diagnostic.labels.extend(label(pack, declared, Argument::from(mark)));
        diagnostic.labels.extend(self.why(rule, planned, row));
        Some(((tried.rule, tried.place), diagnostic))
    }

    /// Marks on the conditions, with what each was.
    fn why(&self, rule: &EditRule, planned: usize, row: usize) -> Vec<Label> {
        let (when, require) = reasons(self.plan, self.batch, planned, row);
        let mark = |span, reason: Option<Reason>| {
            let declared = Declared { source: rule.declared.source, span };
            label(&self.plan.pack, declared, said(&reason?))
        };
        let when = rule.when.as_ref().and_then(|expr| mark(expr.span, when));
        let require = match &rule.demand {
            Demand::Require(expr) => mark(expr.span, require),
            Demand::Dataset(_) => None,
        };
        require.into_iter().chain(when).collect()
    }
}

const fn expected(outcome: ExpectedOutcome) -> Outcome {
    match outcome {
        ExpectedOutcome::Pass => Outcome::Pass,
        ExpectedOutcome::Fail => Outcome::Fail,
        ExpectedOutcome::Undecided => Outcome::Undecided,
        ExpectedOutcome::NotApplicable => Outcome::NotApplicable,
    }
}

/// `true: beds_total = 99, band = "b020"`.
fn said(reason: &Reason) -> Argument {
    let (ja, en) = match reason.truth {
        Some(true) => ("真", "true"),
        Some(false) => ("偽", "false"),
        None => ("不明", "unknown"),
    };
    let with = |word: &str, separator: &str| match reason.cells.as_str() {
        "" => Arc::from(word),
        cells => Arc::from(format!("{word}{separator}{cells}")),
    };
    Argument::Localized(Localized::new(with(ja, "："), with(en, ": ")))
}

/// `None`: the file is not among the pack's sources.
fn label(pack: &RulePack, declared: Declared, text: Argument) -> Option<Label> {
    let source = pack.sources.iter().find(|source| source.id == declared.source)?;
    Some(Label::of(source, declared.span, text))
}
