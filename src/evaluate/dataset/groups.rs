//! `at-most` and `determines`: what is demanded of the records that share a key, beside that they are different.
//!
//! Invariants
//! - Whoever is accused is accused by what is known: a record that is left out may leave the others undecided, never
//!   accuse them.

use std::collections::BTreeSet;

use super::bounds::{Fraction, Limits};
use super::told::{Classes, records};
use super::{Judging, Member, Verdict};
use crate::diagnostic::Argument;
use crate::evaluate::reason::Outcome;

/// What `at-most` says of the records of one key.
pub(super) fn at_most(members: &[Member<'_>], limits: &Limits, judging: Judging<'_>) -> Vec<Verdict> {
    let count = |counted: bool| members.iter().filter(|member| member.stub.of.is_some() == counted).count();
    let whole = |above: usize| Fraction { above: u64::try_from(above).unwrap_or(u64::MAX), below: 1 };
    let (certain, open) = (count(true), count(false));
    let (verdict, _) = limits.hold(whole(certain), whole(certain.saturating_add(open)));
    let outcome = match verdict {
        Some(true) => Outcome::Pass,
        Some(false) => Outcome::Fail,
        None => Outcome::Undecided,
    };
    of_each(members, outcome, judging, |member| member.stub.of.is_some())
}

/// What `determines` says of the records of one key.
pub(super) fn determines(members: &[Member<'_>], judging: Judging<'_>) -> Vec<Verdict> {
    let known: BTreeSet<&[u8]> =
        members.iter().filter_map(|member| member.stub.distinct.as_deref()).collect();
    let open = members.iter().any(|member| member.stub.distinct.is_none());
    let outcome = match known.len() {
        2.. => Outcome::Fail,
        _ if open && members.len() > 1 => Outcome::Undecided,
        _ => Outcome::Pass,
    };
    of_each(members, outcome, judging, |member| outcome == Outcome::Pass || member.stub.distinct.is_some())
}

/// `outcome` for the members that `count`; the others are left out.
fn of_each(
    members: &[Member<'_>],
    outcome: Outcome,
    judging: Judging<'_>,
    counts: impl Fn(&Member<'_>) -> bool,
) -> Vec<Verdict> {
    let plain = |member| Verdict::plain(if counts(member) { outcome } else { Outcome::Undecided });
    if outcome != Outcome::Fail {
        return members.iter().map(plain).collect();
    }
    let (classes, class_of) = Classes::alone(members, judging);
    let group = records(members, judging);
    let count = Argument::from(
        u64::try_from(members.iter().filter(|member| counts(member)).count()).unwrap_or(u64::MAX),
    );
    let verdict = |(member, class): (&Member<'_>, usize)| {
        if !counts(member) {
            return Verdict::plain(Outcome::Undecided);
        }
        let published =
            vec![("records", group.clone()), ("count", count.clone()), ("others", classes.others(class))];
        Verdict { outcome, published }
    };
    members.iter().zip(class_of).map(verdict).collect()
}
