//! Judging: derived values first, then every rule, each record one of six outcomes.
//!
//! Invariants
//! - Precedence: unreadable (skipped), not-run, not-applicable for want of a link that `when` asks for, skipped,
//!   then the truth table of rule-language section 1.3.
//! - The six masks of a rule partition the records.

use super::derive::fill;
use super::machine::Machine;
use super::truth::{Truth, join};
use crate::batch::{Batch, Mask};
use crate::expression::FieldId;
use crate::plan::{JudgedRule, Plan};
use crate::rule_pack::OnBlank;

/// The verdicts of one rule over a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleOutcomes {
    /// The demand holds.
    pub pass: Mask,
    /// It does not.
    pub fail: Mask,
    /// The rule does not apply, or nobody had to answer.
    pub not_applicable: Mask,
    /// A missing answer leaves it open.
    pub undecided: Mask,
    /// A cell that it reads is already reported as invalid, or the record cannot be read.
    pub skipped: Mask,
    /// It reads a column, a record or a parameter that is not there.
    pub not_run: Mask,
    /// Records whose truth value is unknown because of an overflow, a division by zero or an absent lookup key,
    /// whatever outcome that becomes.
    pub faulted: Mask,
}

/// The verdicts of all planned rules over a batch, in the plan's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcomes {
    /// One a planned rule.
    pub rules: Vec<RuleOutcomes>,
    /// For each derived value of the pack that fills blanks: its place in `pack.derived`, and the rows filled.
    pub filled: Vec<(usize, Mask)>,
}

/// Computes the derived values into `batch`, then judges every planned rule.
pub fn judge(plan: &Plan, batch: &mut Batch) -> Outcomes {
    let filled = fill(plan, batch);
    let mut machine = Machine::new(plan, batch);
    let rules = plan.judged.iter().map(|rule| outcomes(&mut machine, rule)).collect();
    Outcomes { rules, filled }
}

fn outcomes(machine: &mut Machine<'_, '_>, rule: &JudgedRule) -> RuleOutcomes {
    let len = machine.len;
    let mut verdict = RuleOutcomes {
        pass: Mask::none(len),
        fail: Mask::none(len),
        not_applicable: Mask::none(len),
        undecided: Mask::none(len),
        skipped: machine.batch.unreadable.clone(),
        not_run: Mask::none(len),
        faulted: Mask::none(len),
    };
    let mut left = verdict.skipped.complement();
    let unlinked = unlinked(machine, &rule.guards);
    let there = rule.needs.as_ref().is_none_or(|columns| machine.batch.keys.contains_key(columns));
    verdict.not_run = if rule.runnable && there {
        lacking(machine, &rule.reads, &unlinked).and(&left)
    } else {
        left.clone()
    };
    left.remove(&verdict.not_run);
    verdict.not_applicable = unlinked.and(&left);
    left.remove(&verdict.not_applicable);
    let invalid = machine.any_invalid(&rule.reads).and(&left);
    left.remove(&invalid);
    verdict.skipped.join(&invalid);
    if !left.is_none() {
        decide(machine, rule, &left, &mut verdict);
    }
    verdict
}

/// Records without one of the links that `when` asks for.
pub(super) fn unlinked(machine: &Machine<'_, '_>, guards: &[u16]) -> Mask {
    let mut unlinked = Mask::none(machine.len);
    for &table in guards {
        unlinked.join(&machine.linked(table).complement());
    }
    unlinked
}

/// Records in which one of the cells `reads` is not there. Where a link is missing that `when` asks for, only the
/// record's own columns count.
pub(super) fn lacking(machine: &Machine<'_, '_>, reads: &[FieldId], unlinked: &Mask) -> Mask {
    let (pack, about) = (&machine.plan.pack, machine.batch.about);
    let own = |id: FieldId| id.table == about && pack.field(id).is_some();
    let mut lacking = Mask::none(machine.len);
    for &id in reads {
        if own(id) {
            lacking.join(&machine.absent(id));
        } else {
            lacking.join(&machine.absent(id).minus(unlinked));
        }
    }
    lacking
}

/// The truth table, on the records that are `left`.
fn decide(machine: &mut Machine<'_, '_>, rule: &JudgedRule, left: &Mask, verdict: &mut RuleOutcomes) {
    let when = match rule.when {
        None => Truth::fixed(Some(true), machine.len),
        Some(when) => (*machine.truth(when)).clone(),
    };
    let closed = left.and(&when.no);
    let asked = left.minus(&closed);
    verdict.not_applicable.join(&closed);
    if asked.is_none() {
        return;
    }
    let require = machine.truth(rule.require);
    let applies = asked.and(&when.yes);
    verdict.pass.join(&asked.and(&require.yes));
    verdict.fail.join(&applies.and(&require.no));
    let mut open = asked.minus(&verdict.pass).minus(&verdict.fail);
    let mut fault = require.fault.clone();
    join(&mut fault, when.fault.as_ref());
    if let Some(fault) = fault {
        verdict.faulted = fault.and(&open);
    }
    let blank = open.and(&applies);
    match rule.on_blank {
        OnBlank::Undecided => {}
        OnBlank::Fail => {
            verdict.fail.join(&blank);
            open.remove(&blank);
        }
        OnBlank::Pass => {
            verdict.pass.join(&blank);
            open.remove(&blank);
        }
    }
    if open.is_none() {
        return;
    }
    let asked = if rule.keyed { open.and(&applies) } else { Mask::none(open.len()) };
    verdict.undecided = machine.any_open(&rule.reads).and(&open).or(&asked);
    verdict.not_applicable.join(&open.minus(&verdict.undecided));
}
