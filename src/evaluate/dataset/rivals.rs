//! Records of which one at most can be accepted: those that `unique` holds together.
//!
//! Invariants
//! - Records have one key here when a rule that they fail says that only one of them may be; a rule that asks for one value
//!   of a field says no such thing.

use std::sync::Arc;

use super::key;
use crate::batch::Batch;
use crate::diagnostic::{Diagnostic, Severity};
use crate::evaluate::machine::Machine;
use crate::plan::{DatasetDemand, DatasetRule, Plan};

/// The keys of the records of one batch.
pub struct Rivals<'p, 'b> {
    machine: Machine<'p, 'b>,
    rules: Vec<(String, &'p DatasetRule)>,
}

impl<'p, 'b> Rivals<'p, 'b> {
    /// By the rules of `plan`.
    pub fn new(plan: &'p Plan, batch: &'b Batch) -> Self {
        let unique = |rule: &&DatasetRule| rule.demand == DatasetDemand::Unique { distinct: None };
        let named = |rule: &'p DatasetRule| Some((plan.pack.rules.get(rule.index)?.notice.full_id(), rule));
        let rules = plan.dataset.iter().filter(unique).filter_map(named).collect();
        Self { machine: Machine::new(plan, batch), rules }
    }

    /// The key that the record of `row`, about which `findings` are, shares with its rivals. `None`: it has none.
    pub fn of<'f>(
        &mut self,
        row: usize,
        findings: impl Iterator<Item = &'f Diagnostic>,
    ) -> Option<Arc<[u8]>> {
        let hard = |one: &&Diagnostic| one.severity >= Severity::Error && one.standing.decision.is_none();
        let failed: Vec<String> = findings.filter(hard).map(|one| one.notice.full_id()).collect();
        let (id, rule) = self.rules.iter().find(|(id, _)| failed.contains(id))?;
        let mut bytes = id.as_bytes().to_vec();
        bytes.push(0);
        bytes.extend(key::key(&self.machine, &rule.key, row)?);
        Some(bytes.into())
    }
}
