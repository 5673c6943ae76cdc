//! Why a rule gave its outcome on one record: its truth values, and the cells that they came from.
//!
//! Invariants
//! - Made for authors of rules, over examples; never for a respondent's record.

use super::judge::{Outcomes, RuleOutcomes};
use super::machine::Machine;
use super::values::RowValue;
use crate::batch::Batch;
use crate::batch::example::type_of;
use crate::diagnostic::Decimal;
use crate::expression::{FieldId, Type, TypedExpr};
use crate::plan::{Plan, StepId};
use crate::rule_pack::{Demand, RulePack};

/// One of the six outcomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// The demand holds.
    Pass,
    /// It does not.
    Fail,
    /// The rule does not apply, or nobody had to answer.
    NotApplicable,
    /// A missing answer leaves it open.
    Undecided,
    /// A cell that it reads is invalid.
    Skipped,
    /// A column, a record or a parameter is not there.
    NotRun,
}

impl Outcome {
    /// The word of rule files and reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::NotApplicable => "not-applicable",
            Self::Undecided => "undecided",
            Self::Skipped => "skipped",
            Self::NotRun => "not-run",
        }
    }
}

impl RuleOutcomes {
    /// The outcome of record `row`. `None`: no such record.
    pub fn of(&self, row: usize) -> Option<Outcome> {
        let masks = [
            (&self.pass, Outcome::Pass),
            (&self.fail, Outcome::Fail),
            (&self.not_applicable, Outcome::NotApplicable),
            (&self.undecided, Outcome::Undecided),
            (&self.skipped, Outcome::Skipped),
            (&self.not_run, Outcome::NotRun),
        ];
        masks.into_iter().find(|(mask, _)| mask.get(row)).map(|(_, outcome)| outcome)
    }
}

impl Outcomes {
    /// The outcome of the rule at place `planned` of the plan on record `row`.
    pub fn of(&self, planned: usize, row: usize) -> Option<Outcome> {
        self.rules.get(planned)?.of(row)
    }
}

/// A condition's truth value on one record (`None`: unknown), with the cells that it reads, as `name = value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// True, false, or unknown.
    pub truth: Option<bool>,
    /// Such as `beds_total = 99, band is blank`.
    pub cells: String,
}

/// Why the rule at place `planned` gave its outcome on `row` of a judged batch: its `when` (if it has one) and its
/// demand.
pub fn reasons(plan: &Plan, batch: &Batch, planned: usize, row: usize) -> (Option<Reason>, Option<Reason>) {
    let mut machine = Machine::new(plan, batch);
    let Some((rule, judged)) = plan.rule(planned).zip(plan.judged.get(planned)) else { return (None, None) };
    let Demand::Require(require) = &rule.demand else { return (None, None) };
    let mut reason = |step: StepId, expr: &TypedExpr| {
        let truth = machine.truth(step);
        let truth = truth.yes.get(row).then_some(true).or_else(|| truth.no.get(row).then_some(false));
        Reason { truth, cells: cells(&machine, expr, row) }
    };
    let when = judged.when.zip(rule.when.as_ref()).map(|(step, expr)| reason(step, expr));
    (when, Some(reason(judged.require, require)))
}

fn cells(machine: &Machine<'_, '_>, expr: &TypedExpr, row: usize) -> String {
    let cells = expr.fields().into_iter().map(|field| cell(machine, field, row));
    cells.collect::<Vec<String>>().join(", ")
}

/// The name of a column, with the link before it.
pub fn column_name(pack: &RulePack, field: FieldId) -> String {
    let derived = || pack.derived.iter().find(|derived| derived.id == field).map(|derived| &derived.name);
    let name = pack.field(field).map(|field| &field.name).or_else(derived);
    let name = name.map_or("?", |name| name);
    let link = usize::from(field.table).checked_sub(1).and_then(|link| pack.links.get(link));
    link.map_or_else(|| name.to_owned(), |link| format!("{}.{name}", link.name))
}

fn cell(machine: &Machine<'_, '_>, field: FieldId, row: usize) -> String {
    let pack = &machine.plan.pack;
    let name = column_name(pack, field);
    let state = |word: &str| format!("{name} {word}");
    match machine.column(field) {
        Some(column) if column.known.get(row) => {
            let value = type_of(pack, field).and_then(|ty| value(machine, field, ty, row));
            format!("{name} = {}", value.unwrap_or_default())
        }
        Some(column) if column.na.get(row) => state("is inapplicable"),
        Some(column) if column.dk.get(row) => state("is a don't-know"),
        Some(column) if column.invalid.get(row) => state("is invalid"),
        Some(column) if column.blank.get(row) => state("is blank"),
        _ => state("is absent"),
    }
}

fn value(machine: &Machine<'_, '_>, field: FieldId, ty: &Type, row: usize) -> Option<String> {
    Some(match (machine.one(field, row)?, ty) {
        (RowValue::Option(code), Type::Option(list)) => format!("\"{}\"", list.get(code)?.name),
        (RowValue::Set((set, _)), Type::Multi(list)) => {
            let chosen = list.items.iter().enumerate().filter(|(option, _)| set >> (option & 63) & 1 == 1);
            let names: Vec<String> = chosen.map(|(_, item)| format!("\"{}\"", item.name)).collect();
            format!("{{{}}}", names.join(", "))
        }
        (RowValue::Text(text), _) => format!("\"{text}\""),
        (RowValue::Number(mantissa), Type::Number { scale, .. }) => {
            Decimal { mantissa, scale: *scale }.to_string()
        }
        (RowValue::Number(number), ty) => super::calendar::print_time(number, crate::plan::time_kind(ty)),
        _ => return None,
    })
}
