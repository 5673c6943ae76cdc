//! Linked files in a programme: which of their columns are read, and the rules about them.
//!
//! Invariants
//! - What is read of a linked file is known before it is opened: nothing else of it is kept.
//! - The programme of a linked file has the pack and the parameters of the run; its rules are those about that file.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use super::lower::{Lowering, routing_of};
use super::{DatasetRule, Plan, dataset};
use crate::diagnostic::{Argument, Decimal, Severity};
use crate::expression::{FieldId, ParamId, Type, Value};
use crate::rule_pack::{EditRule, RulePack};

/// Columns of linked files that the rules at `rules` and `over_many` of `pack`, and its derived values, read.
pub(super) fn reads(pack: &RulePack, rules: &[usize], over_many: &[DatasetRule]) -> BTreeSet<FieldId> {
    let chosen = rules.iter().copied().chain(over_many.iter().map(|rule| rule.index));
    let of_rules = chosen.filter_map(|index| pack.rules.get(index)).flat_map(|rule| &rule.reads);
    let of_derived = pack.derived.iter().flat_map(|derived| &derived.reads);
    let mut open: Vec<FieldId> = of_rules.chain(of_derived).copied().collect();
    open.retain(|field| field.table != 0);
    let mut all: BTreeSet<FieldId> = open.iter().copied().collect();
    // Whether a blank is open depends on the answers that open its question.
    while let Some(field) = open.pop() {
        let controllers = routing_of(pack, field).map(|routing| &routing.controllers);
        open.extend(controllers.into_iter().flatten().copied().filter(|controller| all.insert(*controller)));
    }
    all
}

/// Columns of linked files among whose values the rules at `rules` look for others.
pub(super) fn keys(pack: &RulePack, rules: &[usize]) -> BTreeSet<Vec<FieldId>> {
    let rules = rules.iter().filter_map(|index| pack.rules.get(*index));
    rules.filter_map(|rule| dataset::linked_columns(pack, rule)).collect()
}

impl Plan {
    /// Full ids of the rules of the programme.
    pub fn ids(&self) -> BTreeSet<String> {
        let rules = self.rules.iter().copied().chain(self.dataset.iter().map(|rule| rule.index));
        rules.filter_map(|index| self.pack.rules.get(index)).map(|rule| rule.notice.full_id()).collect()
    }

    /// The programme by which the file of the link `table` is judged itself: its `[[linked_rule]]` blocks that were
    /// chosen. Without any it judges nothing, and still tells what is wrong with cells.
    #[must_use]
    pub fn of_link(&self, table: u16) -> Self {
        let pack = &self.pack;
        let rule = |index: usize| pack.rules.get(index);
        let ours = self
            .elsewhere
            .iter()
            .copied()
            .filter(|&index| rule(index).is_some_and(|rule| rule.table == table));
        let alone = |index: &usize| rule(*index).is_some_and(dataset::is_of_a_record);
        let (rules, over_many): (Vec<usize>, Vec<usize>) = ours.partition(alone);
        let severity = |index: usize| {
            let own = || rule(index).map(|rule: &EditRule| rule.notice.severity);
            self.levels.get(&index).copied().or_else(own)
        };
        let mut lowering = Lowering::new(pack, &self.params);
        let judged = rules.iter().filter_map(|&index| lowering.rule(rule(index)?, &self.params)).collect();
        let dataset = over_many
            .iter()
            .filter_map(|&index| lowering.dataset(index, severity(index)?, &self.params))
            .collect();
        let openings = lowering.openings();
        let relevance = lowering.relevances();
        let (steps, patterns, key_indexes) = (lowering.steps, lowering.patterns, lowering.key_indexes);
        Self {
            severities: rules.iter().filter_map(|&index| severity(index)).collect(),
            rules,
            dataset,
            elsewhere: Vec::new(),
            linked_reads: BTreeSet::new(),
            linked_keys: BTreeSet::new(),
            params: self.params.clone(),
            partial: self.partial,
            hard_edit_deselected: self.hard_edit_deselected,
            judged,
            derived: Vec::new(),
            groups: Vec::new(),
            openings,
            relevance,
            in_scope: None,
            levels: self.levels.clone(),
            steps,
            patterns,
            key_indexes,
            pack: Arc::clone(pack),
            form: OnceLock::new(),
        }
    }
}

impl Plan {
    /// The chosen rules about figures of published tables, with their positions in `pack.rules`.
    pub fn figure_rules(&self) -> impl Iterator<Item = (usize, &EditRule)> {
        let rules = self.elsewhere.iter().filter_map(|&index| Some((index, self.pack.rules.get(index)?)));
        rules.filter(|(_, rule)| usize::from(rule.table) > self.pack.links.len())
    }

    /// The severity that the run gives to the rule at `index` of `pack.rules`. `None`: its own.
    pub fn severity(&self, index: usize) -> Option<Severity> {
        self.levels.get(&index).copied()
    }

    /// A parameter as messages print it.
    pub fn parameter(&self, param: ParamId) -> Argument {
        let ty = self.pack.params.get(usize::from(param.0)).map(|param| &param.ty);
        match (self.params.get(&param), ty) {
            (Some(Value::Number(mantissa)), Some(Type::Number { scale, .. })) => {
                Argument::Number(Decimal { mantissa: *mantissa, scale: *scale })
            }
            (Some(Value::Text(text)), _) => Argument::written(text),
            _ => Argument::NotGiven,
        }
    }

    /// A parameter that is a number: its digits without point, and how many stand behind it. `None`: it is none, or was
    /// not given.
    pub fn number(&self, param: ParamId) -> Option<(i64, u8)> {
        match self.parameter(param) {
            Argument::Number(number) => Some((number.mantissa, number.scale)),
            _ => None,
        }
    }
}
