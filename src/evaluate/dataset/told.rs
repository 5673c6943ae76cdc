//! How messages name the records of a group.
//!
//! Invariants
//! - Some are named, the others counted: a message does not grow with its group.
//! - A key that may not be told is not told here either.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Judging, Member};
use crate::diagnostic::{Argument, Localized};
use crate::evaluate::argument::hidden;
use crate::evaluate::withheld::Withheld;

/// Most records that a message names.
const MOST_RECORDS: usize = 5;

/// Most classes that are looked through for names.
const MOST_CLASSES: usize = 50;

/// The same text in two languages.
pub(super) fn fixed(ja: &str, en: &str) -> Argument {
    Argument::Localized(Localized::new(Arc::from(ja), Arc::from(en)))
}

/// The first of `items`, at most `most`, then how many more there are in the words of `further`.
pub(super) fn listed(
    mut items: Vec<Argument>,
    most: usize,
    further: impl Fn(usize) -> (String, String),
) -> Argument {
    let more = items.len().saturating_sub(most);
    items.truncate(most);
    if more > 0 {
        let (ja, en) = further(more);
        items.push(fixed(&ja, &en));
    }
    Argument::List(items)
}

fn further(more: usize) -> (String, String) {
    (format!("ほか{more}件"), format!("and {more} more"))
}

/// Where the records of a group stand: their numbers, and their files where there are several.
pub(super) fn records(members: &[Member<'_>], judging: Judging<'_>) -> Argument {
    let first = members.first().map(|member| member.batch.source);
    let one_file = members.iter().all(|member| Some(member.batch.source) == first);
    let place = |member: &Member<'_>| {
        let number = member.stub.place.record;
        match judging.names.get(&member.batch.source).filter(|_| !one_file) {
            Some(name) => fixed(&format!("{name}の{number}件目"), &format!("record {number} of {name}")),
            None => fixed(&format!("{number}件目"), &format!("record {number}")),
        }
    };
    let named: Vec<Argument> = members.iter().take(MOST_RECORDS).map(place).collect();
    let told = named.len();
    with_rest(named, members.len(), told)
}

/// Records of one group by what must differ: those of a class do not accuse each other.
pub(super) struct Classes<'m> {
    /// Names of the records of each class, some of them, and how many records it has; in order of appearance.
    all: Vec<(Vec<Named<'m>>, usize)>,
    records: usize,
    /// Whether no key may be told.
    withheld: bool,
}

/// A record's key. The number: where it has none, its place.
type Named<'m> = Result<&'m str, u64>;

impl<'m> Classes<'m> {
    /// The classes of `members`, and the class of each of them.
    pub(super) fn of(members: &'m [Member<'_>], judging: Judging<'_>) -> (Self, Vec<usize>) {
        Self::by(members, judging, |member| member.stub.distinct.as_deref())
    }

    /// Each member as a class of its own.
    pub(super) fn alone(members: &'m [Member<'_>], judging: Judging<'_>) -> (Self, Vec<usize>) {
        Self::by(members, judging, |_| None)
    }

    fn by(
        members: &'m [Member<'_>],
        judging: Judging<'_>,
        value: impl Fn(&'m Member<'_>) -> Option<&'m [u8]>,
    ) -> (Self, Vec<usize>) {
        let pack = &judging.plan.pack;
        let withheld = Withheld::of(pack, judging.keys);
        let withheld = pack.key.iter().chain(&pack.fallback_key).any(|field| withheld.holds(*field));
        let mut known: BTreeMap<&[u8], usize> = BTreeMap::new();
        let mut classes: Vec<(Vec<Named<'m>>, usize)> = Vec::new();
        let mut class_of = Vec::with_capacity(members.len());
        for member in members {
            let next = classes.len();
            let class = value(member).map_or(next, |value| *known.entry(value).or_insert(next));
            if class == next {
                classes.push((Vec::new(), 0));
            }
            if let Some((names, count)) = classes.get_mut(class) {
                let name = member.name().ok_or(member.stub.place.record);
                if names.len() < MOST_RECORDS && !names.contains(&name) {
                    names.push(name);
                }
                *count += 1;
            }
            class_of.push(class);
        }
        (Self { all: classes, records: members.len(), withheld }, class_of)
    }

    /// How many there are.
    pub(super) const fn len(&self) -> usize {
        self.all.len()
    }

    /// The keys of the records outside `class`, each once; of a record without one, where it stands.
    pub(super) fn others(&self, class: usize) -> Argument {
        if self.withheld {
            return hidden();
        }
        let own = self.all.get(class).map_or(0, |(_, count)| *count);
        let (mut shown, mut told): (Vec<Named<'m>>, usize) = (Vec::new(), 0);
        for (_, (of_class, count)) in
            self.all.iter().enumerate().filter(|(at, _)| *at != class).take(MOST_CLASSES)
        {
            let before = shown.len();
            let new = of_class.iter().filter(|name| !shown.contains(name)).copied();
            let new: Vec<Named<'m>> = new.take(MOST_RECORDS.saturating_sub(before)).collect();
            let all_told = of_class.iter().all(|name| shown.contains(name) || new.contains(name));
            shown.extend(new);
            told += if all_told { *count } else { shown.len() - before };
        }
        let named: Vec<Argument> = shown.into_iter().map(named).collect();
        with_rest(named, self.records - own, told)
    }
}

fn named(name: Named<'_>) -> Argument {
    match name {
        Ok(key) => Argument::written(key),
        Err(number) => fixed(&format!("{number}件目の票"), &format!("record {number}")),
    }
}

/// `named`, which tell of `told` records of `all`, and how many more there are.
fn with_rest(mut named: Vec<Argument>, all: usize, told: usize) -> Argument {
    let more = all.saturating_sub(told);
    if more > 0 {
        let (ja, en) = further(more);
        named.push(fixed(&ja, &en));
    }
    Argument::List(named)
}
