//! `unique`: no two records alike.
//!
//! Invariants
//! - All of a group fail or none does, so no record is accused for coming later.
//! - Each names some of the others and how many there are: a group of thousands costs no more to tell than one of ten.

use super::super::reason::Outcome;
use super::told::{Classes, records};
use super::{Judging, Member, Verdict};
use crate::diagnostic::Argument;

/// What `unique` says of the records of one key.
pub(super) fn verdicts(members: &[Member<'_>], judging: Judging<'_>) -> Vec<Verdict> {
    let (classes, class_of) = Classes::of(members, judging);
    if classes.len() < 2 {
        return members.iter().map(|_| Verdict::plain(Outcome::Pass)).collect();
    }
    let group = records(members, judging);
    let count = Argument::from(u64::try_from(members.len()).unwrap_or(u64::MAX));
    let fail = |class: usize| Verdict {
        outcome: Outcome::Fail,
        published: vec![
            ("records", group.clone()),
            ("count", count.clone()),
            ("others", classes.others(class)),
        ],
    };
    class_of.into_iter().map(fail).collect()
}
