//! `unique`, `at-most`, `determines`: what is demanded of the records that share a key.
//!
//! Invariants
//! - All that are accused of a group fail or none does, so no record is accused for coming later.
//! - Whoever is accused is accused by what is known: a record that is left out may leave the others undecided, never
//!   accuse them.
//! - Each names some of the others and how many there are: a group of thousands costs no more to tell than one of ten.

use std::collections::BTreeSet;

use super::bounds::{Fraction, Limits};
use super::told::{Classes, records};
use super::{GroupOf, Judging, Member, Verdict};
use crate::diagnostic::Argument;
use crate::evaluate::reason::Outcome;
use crate::plan::DatasetDemand;

/// Which records of a group an outcome is about; the others are left out, and undecided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whom {
    All,
    /// Those that count.
    Counted,
    /// Those of which it is known what is compared.
    Known,
}

/// What is said of the records of one key.
pub(super) struct Ruling<'t> {
    outcome: Outcome,
    whom: Whom,
    /// What those that fail are told. `None`: none fails.
    told: Option<Told<'t>>,
}

struct Told<'t> {
    classes: Classes<'t>,
    /// The class of each record, in order.
    class_of: Vec<u32>,
    records: Argument,
    count: Argument,
}

impl<'t> Ruling<'t> {
    /// What `demand` says of `group`.
    pub(super) fn of(
        demand: &DatasetDemand,
        group: GroupOf<'t>,
        limits: &Limits,
        judging: Judging<'_>,
    ) -> Self {
        match demand {
            DatasetDemand::AtMost { .. } => Self::at_most(group, limits, judging),
            DatasetDemand::Determines { .. } => Self::determines(group, judging),
            _ => Self::unique(group, judging),
        }
    }

    fn unique(group: GroupOf<'t>, judging: Judging<'_>) -> Self {
        let (classes, class_of) = Classes::of(group, judging);
        let whom = Whom::All;
        if classes.len() < 2 {
            return Self { outcome: Outcome::Pass, whom, told: None };
        }
        Self {
            outcome: Outcome::Fail,
            whom,
            told: Some(Told::new(group, whom, (classes, class_of), judging)),
        }
    }

    fn at_most(group: GroupOf<'t>, limits: &Limits, judging: Judging<'_>) -> Self {
        let (mut certain, mut open) = (0_u64, 0_u64);
        for member in group.members() {
            *(if member.stub.of.is_some() { &mut certain } else { &mut open }) += 1;
        }
        let whole = |above: u64| Fraction { above, below: 1 };
        let outcome = match limits.hold(whole(certain), whole(certain + open)).0 {
            Some(true) => Outcome::Pass,
            Some(false) => Outcome::Fail,
            None => Outcome::Undecided,
        };
        Self::alone(group, outcome, Whom::Counted, judging)
    }

    fn determines(group: GroupOf<'t>, judging: Judging<'_>) -> Self {
        let (mut known, mut open, mut all) = (BTreeSet::new(), false, 0_u64);
        for member in group.members() {
            all += 1;
            match member.stub.distinct {
                // Two differ already: which further ones there are is of no consequence.
                Some(value) if known.len() < 2 => drop(known.insert(value.into_owned())),
                Some(_) => {}
                None => open = true,
            }
        }
        let outcome = match known.len() {
            2.. => Outcome::Fail,
            _ if open && all > 1 => Outcome::Undecided,
            _ => return Self { outcome: Outcome::Pass, whom: Whom::All, told: None },
        };
        Self::alone(group, outcome, Whom::Known, judging)
    }

    /// Each record names the others.
    fn alone(group: GroupOf<'t>, outcome: Outcome, whom: Whom, judging: Judging<'_>) -> Self {
        let fails = outcome == Outcome::Fail;
        let told = fails.then(|| Told::new(group, whom, Classes::alone(group, judging), judging));
        Self { outcome, whom, told }
    }

    /// What is said of the record at `place` of the group.
    pub(super) fn verdict(&self, place: usize, member: &Member<'_>) -> Verdict {
        if !self.whom.has(member) {
            return Verdict::plain(Outcome::Undecided);
        }
        let told = self.told.as_ref().and_then(|told| Some((told, *told.class_of.get(place)?)));
        let Some((told, class)) = told else { return Verdict::plain(self.outcome) };
        let published = vec![
            ("records", told.records.clone()),
            ("count", told.count.clone()),
            ("others", told.classes.others(class)),
        ];
        Verdict { outcome: self.outcome, published }
    }
}

impl Whom {
    const fn has(self, member: &Member<'_>) -> bool {
        match self {
            Self::All => true,
            Self::Counted => member.stub.of.is_some(),
            Self::Known => member.stub.distinct.is_some(),
        }
    }
}

impl<'t> Told<'t> {
    fn new(
        group: GroupOf<'t>,
        whom: Whom,
        (classes, class_of): (Classes<'t>, Vec<u32>),
        judging: Judging<'_>,
    ) -> Self {
        let count = group.members().filter(|member| whom.has(member)).count();
        let count = Argument::from(u64::try_from(count).unwrap_or(u64::MAX));
        Self { classes, class_of, records: records(group, judging), count }
    }
}
