//! Who takes part in a rule over many records, and the outcomes of those who do not.
//!
//! Invariants
//! - A record takes part when the rule applies to it and its key is known; every other has its outcome here.
//! - Asked of the same record twice, the answer is the same: what is told of a record later is what was counted first.

use std::rc::Rc;

use crate::batch::Mask;
use crate::evaluate::finding::RuleCounts;
use crate::evaluate::judge::{lacking, unlinked};
use crate::evaluate::machine::Machine;
use crate::evaluate::truth::Truth;
use crate::expression::FieldId;
use crate::plan::{DatasetDemand, DatasetRule};

/// The records of a batch to which a rule applies.
pub(super) struct Applying {
    /// Those whose key is known.
    pub(super) keyed: Mask,
    /// Also those whose key is not.
    pub(super) asked: Mask,
    /// The outcomes of all others than `keyed`.
    pub(super) counts: RuleCounts,
}

/// To which records of a batch `rule` applies.
pub(super) fn applying(machine: &mut Machine<'_, '_>, rule: &DatasetRule) -> Applying {
    let mut counts = RuleCounts::default();
    let mut left = machine.batch.unreadable.complement();
    counts.skipped = machine.batch.unreadable.count();
    let unlinked = unlinked(machine, &rule.guards);
    let not_run =
        if rule.runnable { lacking(machine, &rule.reads, &unlinked).and(&left) } else { left.clone() };
    left.remove(&not_run);
    counts.not_run = not_run.count();
    let unlinked = unlinked.and(&left);
    left.remove(&unlinked);
    counts.not_applicable = unlinked.count();
    let invalid = machine.any_invalid(&rule.reads).and(&left);
    left.remove(&invalid);
    counts.skipped += invalid.count();
    let mut asked = left.clone();
    let mut closed = Mask::none(machine.len);
    for &step in &rule.when {
        let truth: Rc<Truth> = machine.truth(step);
        asked.keep(&truth.yes);
        closed.join(&truth.no.and(&left));
    }
    counts.not_applicable += closed.count();
    left.remove(&closed);
    // A condition that is not known where nobody had to answer asks nothing of the record.
    let unknown = left.minus(&asked);
    if !unknown.is_none() {
        let open = machine.any_open(&rule.reads).and(&unknown);
        counts.undecided = open.count();
        counts.not_applicable += unknown.minus(&open).count();
    }
    let mut keyed = asked.clone();
    let distinct = match &rule.demand {
        DatasetDemand::Unique { distinct } => *distinct,
        // A combination of which a part is not known is one all the same.
        DatasetDemand::Complete => return Applying { keyed, asked, counts },
        _ => None,
    };
    for &field in rule.key.iter().chain(&distinct) {
        keyed.keep(&machine.state(field, |column| &column.known));
    }
    counts.undecided += asked.minus(&keyed).count();
    Applying { keyed, asked, counts }
}

/// The records of a batch that are compared with others by a rule about those that share a key.
pub(super) struct Entering {
    /// All of them.
    pub(super) rows: Mask,
    /// Of these, those that take part for the others' sake: their outcome is among `counts`.
    pub(super) settled: Mask,
    /// Of these, those of which it is open whether they count; the rule leaves them undecided.
    pub(super) open: Mask,
    /// The outcomes that do not depend on other records.
    pub(super) counts: RuleCounts,
}

/// Which records of a batch are compared with others by `rule`; `several_files`: whether the run has other files.
pub(super) fn entering(machine: &mut Machine<'_, '_>, rule: &DatasetRule, several_files: bool) -> Entering {
    let Applying { keyed: mut rows, mut counts, .. } = applying(machine, rule);
    let (mut settled, mut open) = (Mask::none(machine.len), Mask::none(machine.len));
    match &rule.demand {
        DatasetDemand::Latest { by } => {
            settled = undated(machine, *by, &rows, &mut counts);
            if !several_files {
                // Nothing can supersede a submission where there is no other file.
                counts.pass += rows.minus(&settled).count();
                (rows, settled) = (Mask::none(machine.len), Mask::none(machine.len));
            }
        }
        DatasetDemand::AtMost { of: Some(of), .. } => {
            let of = machine.truth(*of);
            counts.not_applicable += rows.and(&of.no).count();
            rows.remove(&of.no);
            open = rows.minus(&of.yes);
        }
        _ => {}
    }
    Entering { rows, settled, open, counts }
}

/// Submissions whose time cannot be had from what was handed in.
fn undated(machine: &Machine<'_, '_>, by: FieldId, rows: &Mask, counts: &mut RuleCounts) -> Mask {
    let dated = machine.state(by, |column| &column.known);
    let not_run = machine.absent(by).and(rows).minus(&dated);
    let skipped = machine.state(by, |column| &column.invalid).and(rows).minus(&not_run);
    counts.not_run += not_run.count();
    counts.skipped += skipped.count();
    not_run.or(&skipped)
}
