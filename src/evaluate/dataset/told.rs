//! How messages name the records of a group.
//!
//! Invariants
//! - Some are named, the others counted: a message does not grow with its group.
//! - A key that may not be told is not told here either.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::{GroupOf, Judging, Member, Missing, RecordId};
use crate::diagnostic::{Argument, Localized};
use crate::evaluate::argument::hidden;
use crate::evaluate::withheld::Withheld;

/// Most records that a message names.
const MOST_RECORDS: usize = 5;

/// Most files, units or combinations that a message names.
pub(super) const MOST_NAMED: usize = 5;

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
pub(super) fn records(group: GroupOf<'_>, judging: Judging<'_>) -> Argument {
    let (mut first, mut one_file, mut all) = (None, true, 0);
    let mut heads: Vec<RecordId> = Vec::new();
    for member in group.members() {
        let (source, number) = member.id();
        one_file &= *first.get_or_insert(source) == source;
        if heads.len() < MOST_RECORDS {
            heads.push((source, number));
        }
        all += 1;
    }
    let place = |(source, number): &RecordId| match judging.names.get(source).filter(|_| !one_file) {
        Some(name) => fixed(&format!("{name}の{number}件目"), &format!("record {number} of {name}")),
        None => fixed(&format!("{number}件目"), &format!("record {number}")),
    };
    let named: Vec<Argument> = heads.iter().map(place).collect();
    let told = named.len();
    with_rest(named, all, told)
}

/// Records of one group by what must differ: those of a class do not accuse each other.
pub(super) struct Classes<'m> {
    /// Names of the records of each class, some of them, and how many records it has; in order of appearance.
    all: Vec<(Vec<Named<'m>>, u32)>,
    records: usize,
    /// Whether no key may be told.
    withheld: bool,
}

/// A record's key. The number: where it has none, its place.
type Named<'m> = Result<&'m str, u64>;

impl<'m> Classes<'m> {
    /// The classes of the members of `group`, and the class of each of them.
    pub(super) fn of(group: GroupOf<'m>, judging: Judging<'_>) -> (Self, Vec<u32>) {
        Self::by(group, judging, |member| member.stub.distinct.take().map(Cow::into_owned))
    }

    /// Each member as a class of its own.
    pub(super) fn alone(group: GroupOf<'m>, judging: Judging<'_>) -> (Self, Vec<u32>) {
        Self::by(group, judging, |_| None)
    }

    fn by(
        group: GroupOf<'m>,
        judging: Judging<'_>,
        value: impl Fn(&mut Member<'m>) -> Option<Vec<u8>>,
    ) -> (Self, Vec<u32>) {
        let pack = &judging.plan.pack;
        let withheld = Withheld::of(pack, judging.keys);
        let withheld = pack.key.iter().chain(&pack.fallback_key).any(|field| withheld.holds(*field));
        let mut known: BTreeMap<Vec<u8>, u32> = BTreeMap::new();
        let mut classes: Vec<(Vec<Named<'m>>, u32)> = Vec::new();
        let mut class_of = Vec::new();
        for mut member in group.members() {
            let next = u32::try_from(classes.len()).unwrap_or(u32::MAX);
            let class = value(&mut member).map_or(next, |value| *known.entry(value).or_insert(next));
            if class == next {
                classes.push((Vec::new(), 0));
            }
            let place = usize::try_from(class).unwrap_or(usize::MAX);
            if let Some((names, count)) = classes.get_mut(place) {
                let name = member.name().ok_or(member.stub.place.record);
                // Of later classes none is ever named.
                if place <= MOST_CLASSES && names.len() < MOST_RECORDS && !names.contains(&name) {
                    names.push(name);
                }
                *count += 1;
            }
            class_of.push(class);
        }
        (Self { all: classes, records: class_of.len(), withheld }, class_of)
    }

    /// How many there are.
    pub(super) const fn len(&self) -> usize {
        self.all.len()
    }

    /// The keys of the records outside `class`, each once; of a record without one, where it stands.
    pub(super) fn others(&self, class: u32) -> Argument {
        if self.withheld {
            return hidden();
        }
        let class = usize::try_from(class).unwrap_or(usize::MAX);
        let count = |count: u32| usize::try_from(count).unwrap_or(usize::MAX);
        let own = self.all.get(class).map_or(0, |(_, own)| count(*own));
        let (mut shown, mut told): (Vec<Named<'m>>, usize) = (Vec::new(), 0);
        for (_, (of_class, records)) in
            self.all.iter().enumerate().filter(|(at, _)| *at != class).take(MOST_CLASSES)
        {
            let before = shown.len();
            let new = of_class.iter().filter(|name| !shown.contains(name)).copied();
            let new: Vec<Named<'m>> = new.take(MOST_RECORDS.saturating_sub(before)).collect();
            let all_told = of_class.iter().all(|name| shown.contains(name) || new.contains(name));
            shown.extend(new);
            told += if all_told { count(*records) } else { shown.len() - before };
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

/// The units of a linked file that have not answered: their keys, else where they stand in it.
pub(super) fn units(missing: &Missing, judging: Judging<'_>) -> Argument {
    let pack = &judging.plan.pack;
    let withheld = Withheld::of(pack, judging.keys);
    let link = usize::from(missing.table).checked_sub(1).and_then(|link| pack.links.get(link));
    let on = link.map(|link| link.on.as_slice()).unwrap_or_default();
    if on.iter().any(|(ours, theirs)| withheld.holds(*ours) || withheld.holds(*theirs)) {
        return hidden();
    }
    let table = judging.linked.and_then(|linked| linked.table(missing.table));
    let name = |row: &u32| {
        let key = table.and_then(|table| table.key(pack, *row));
        let number = table.and_then(|table| table.number(*row)).unwrap_or_else(|| u64::from(*row) + 1);
        key.map_or_else(
            || fixed(&format!("{number}件目"), &format!("record {number}")),
            |key| Argument::written(&key),
        )
    };
    let named: Vec<Argument> = missing.rows.iter().take(MOST_NAMED).map(name).collect();
    let told = named.len();
    with_rest(named, missing.rows.len(), told)
}

/// `named`, which tell of `told` records of `all`, and how many more there are.
pub(super) fn with_rest(mut named: Vec<Argument>, all: usize, told: usize) -> Argument {
    let more = all.saturating_sub(told);
    if more > 0 {
        let (ja, en) = further(more);
        named.push(fixed(&ja, &en));
    }
    Argument::List(named)
}
