//! Rules over many records as steps: who takes part, by which key, and what is compared.
//!
//! Invariants
//! - Made for the kinds that a run can judge; the others stay rules that are not run, and are told as such.
//! - `reads` is what a record needs to take part; what it is only compared by stands in the demand.

use std::collections::{BTreeMap, BTreeSet};

use super::lower::Lowering;
use super::step::StepId;
use crate::diagnostic::Severity;
use crate::expression::{FieldId, ParamId, Value};
use crate::rule_pack::{DatasetKind, Demand, EditRule, RulePack};

/// What is demanded of the records that share a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatasetDemand {
    /// There is one record only; with `distinct`, one value of that field.
    Unique {
        /// The field that must differ for records to be different. `None`: every record is.
        distinct: Option<FieldId>,
    },
    /// Of records in several files the latest counts.
    Latest {
        /// The date or time.
        by: FieldId,
    },
}

/// A rule over many records, ready to be judged.
#[derive(Debug)]
pub struct DatasetRule {
    /// Its position in `pack.rules`.
    pub index: usize,
    /// Its severity in this run.
    pub severity: Severity,
    /// Whether it was selected. One that was not is judged all the same where others depend on it, and told nowhere.
    pub selected: bool,
    /// What it demands.
    pub(crate) demand: DatasetDemand,
    /// The fields by which records belong together.
    pub(crate) key: Vec<FieldId>,
    /// Conditions that a record must meet to take part.
    pub(crate) when: Vec<StepId>,
    /// Values for its messages, parallel to the rule's `lets`.
    pub(crate) lets: Vec<StepId>,
    /// All columns that a record needs to take part.
    pub(crate) reads: Vec<FieldId>,
    /// Links that `when` asks for.
    pub(crate) guards: Vec<u16>,
    /// Whether every parameter that it reads is known.
    pub(crate) runnable: bool,
}

/// Whether a run judges the rule, which is about many records.
pub(super) fn is_judged(pack: &RulePack, rule: &EditRule) -> bool {
    matches!(&rule.demand, Demand::Dataset(kind) if rule.table == 0 && demand(pack, kind).is_some())
}

/// Whether other rules over many records depend on the rule: what it supersedes takes no part in them.
pub(super) fn supersedes(pack: &RulePack, rule: &EditRule) -> bool {
    let latest = |kind| matches!(demand(pack, kind), Some(DatasetDemand::Latest { .. }));
    matches!(&rule.demand, Demand::Dataset(kind) if rule.table == 0 && latest(kind))
}

/// `None`: a kind that no run judges yet.
fn demand(pack: &RulePack, kind: &DatasetKind) -> Option<DatasetDemand> {
    let field = |key: &str| pack.named(kind.settings.get(key)?);
    match &*kind.kind {
        "unique" => {
            let distinct = field("distinct");
            (distinct.is_some() || !kind.settings.contains_key("distinct"))
                .then_some(DatasetDemand::Unique { distinct })
        }
        "latest" => Some(DatasetDemand::Latest { by: field("by")? }),
        _ => None,
    }
}

impl Lowering<'_> {
    /// `None`: a rule about one record, or of a kind that no run judges yet.
    pub(super) fn dataset(
        &mut self,
        index: usize,
        severity: Severity,
        params: &BTreeMap<ParamId, Value>,
    ) -> Option<DatasetRule> {
        let rule = self.pack.rules.get(index)?;
        let Demand::Dataset(kind) = &rule.demand else { return None };
        let demand = demand(self.pack, kind)?;
        let mut asked: BTreeSet<ParamId> = rule.params.clone();
        let conditions: Vec<_> = rule.when.iter().chain(kind.expressions.get("when")).collect();
        for expr in conditions.iter().copied().chain(rule.lets.iter().map(|value| &*value.value)) {
            self.params_of(expr, &mut asked);
        }
        // A record without a time still has a key: others may not be told that it is later than they are.
        let by = match demand {
            DatasetDemand::Latest { by } => Some(by),
            DatasetDemand::Unique { .. } => None,
        };
        Some(DatasetRule {
            index,
            severity,
            selected: true,
            demand,
            key: kind.fields.clone(),
            when: conditions.into_iter().map(|expr| self.lower(expr)).collect(),
            lets: rule.lets.iter().map(|value| self.lower(&value.value)).collect(),
            reads: rule.reads.iter().copied().filter(|field| Some(*field) != by).collect(),
            guards: rule.guards.iter().copied().collect(),
            runnable: asked.iter().all(|param| params.contains_key(param)),
        })
    }
}
