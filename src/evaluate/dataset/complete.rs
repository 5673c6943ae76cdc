//! `complete`: every combination of the values of some fields occurs.
//!
//! Invariants
//! - Of options all are asked for, of other fields the values that occur.
//! - A record of which a part is not known may be any combination that fits; nothing is missing for certain while such
//!   records could be all that is missing.

use std::collections::{BTreeMap, BTreeSet};

use crate::batch::example::type_of;
use crate::expression::{FieldId, Type};
use crate::rule_pack::RulePack;

/// Most combinations that are looked at one by one.
const MOST: usize = 100_000;

/// Most different combinations with unknown parts that are looked at one by one; with more nothing is certain.
const MOST_PATTERNS: usize = 1_000;

/// A combination of which parts may be unknown.
pub(super) type Pattern = Vec<Option<Vec<u8>>>;

/// What the combinations of all records come to.
#[derive(Debug, Default)]
pub(super) struct Combinations {
    whole: BTreeSet<Pattern>,
    /// With how many records each.
    open: BTreeMap<Pattern, u64>,
    /// Records of which nothing is known, because their file lacks a column.
    unknown: u64,
}

impl Combinations {
    /// Adds `records` of one combination; whether all of it is known.
    pub(super) fn add(&mut self, key: &[u8], records: u64) -> bool {
        let pattern: Pattern = postcard::from_bytes(key).unwrap_or_default();
        let known = pattern.iter().all(Option::is_some);
        if known {
            self.whole.insert(pattern);
        } else {
            *self.open.entry(pattern).or_default() += records;
        }
        known
    }

    /// Adds `records` of which nothing is known.
    pub(super) const fn add_unknown(&mut self, records: u64) {
        self.unknown += records;
    }

    /// How many records are left out, but for those of which nothing is known.
    pub(super) fn left_out(&self) -> u64 {
        self.open.values().sum()
    }

    /// The first `most` combinations that are missing, in order.
    pub(super) fn first_missing(&self, pack: &RulePack, fields: &[FieldId], most: usize) -> Vec<Pattern> {
        let values: Vec<Vec<Vec<u8>>> =
            fields.iter().enumerate().map(|(place, field)| self.values(pack, place, *field)).collect();
        let mut at = vec![0_usize; values.len()];
        let mut found = Vec::new();
        while found.len() < most {
            let parts = values.iter().zip(&at).map(|(values, at)| values.get(*at).cloned());
            let Some(parts) = parts.collect::<Option<Vec<Vec<u8>>>>() else { break };
            let pattern: Pattern = parts.into_iter().map(Some).collect();
            if !self.whole.contains(&pattern) {
                found.push(pattern);
            }
            // The next combination: the last part goes on first.
            let turned = at.iter_mut().zip(&values).rev().any(|(at, values)| {
                *at += 1;
                let goes_on = *at < values.len();
                if !goes_on {
                    *at = 0;
                }
                goes_on
            });
            if !turned {
                break;
            }
        }
        found
    }

    /// How many combinations are missing, and whether that is certain.
    pub(super) fn missing(&self, pack: &RulePack, fields: &[FieldId]) -> (u64, bool) {
        let values: Vec<Vec<Vec<u8>>> =
            fields.iter().enumerate().map(|(place, field)| self.values(pack, place, *field)).collect();
        let sizes = values.iter().map(|values| u64::try_from(values.len()).unwrap_or(u64::MAX));
        let all = sizes.fold(1_u64, u64::saturating_mul);
        let there = u64::try_from(self.whole.len()).unwrap_or(u64::MAX);
        let missing = all.saturating_sub(there);
        let left = self.left_out().saturating_add(self.unknown);
        if missing == 0 || left < missing || usize::try_from(all).map_or(true, |all| all > MOST) {
            return (missing, left < missing);
        }
        (missing, !self.could_fill(&values))
    }

    fn values(&self, pack: &RulePack, place: usize, field: FieldId) -> Vec<Vec<u8>> {
        if let Some(Type::Option(list)) = type_of(pack, field) {
            return (0_u8..).take(list.items.len()).map(|code| vec![code]).collect();
        }
        let patterns = self.whole.iter().chain(self.open.keys());
        let seen: BTreeSet<&Vec<u8>> =
            patterns.filter_map(|pattern| pattern.get(place).and_then(Option::as_ref)).collect();
        seen.into_iter().cloned().collect()
    }

    /// Whether the records of which a part is unknown could be all that is missing: each gives one, and every missing
    /// combination needs one that fits (augmenting paths).
    fn could_fill(&self, values: &[Vec<Vec<u8>>]) -> bool {
        if self.open.len() > MOST_PATTERNS {
            return true;
        }
        let mut missing: Vec<Pattern> = vec![Vec::new()];
        for values in values {
            let longer = missing.iter().flat_map(|pattern| {
                values.iter().map(move |value| pattern.iter().cloned().chain([Some(value.clone())]).collect())
            });
            missing = longer.collect();
        }
        missing.retain(|pattern| !self.whole.contains(pattern));
        let anything: Pattern = vec![None; values.len()];
        let unknown = std::iter::once((&anything, self.unknown)).filter(|(_, count)| *count > 0);
        let open: Vec<(&Pattern, u64)> =
            self.open.iter().map(|(pattern, count)| (pattern, *count)).chain(unknown).collect();
        let mut given: Vec<Vec<usize>> = vec![Vec::new(); open.len()];
        (0..missing.len()).all(|wanted| {
            let mut seen = vec![false; open.len()];
            augment(wanted, &missing, &open, &mut given, &mut seen)
        })
    }
}

/// Whether the missing combination `wanted` can be given a record, others being given another one where need be.
fn augment(
    wanted: usize,
    missing: &[Pattern],
    open: &[(&Pattern, u64)],
    given: &mut [Vec<usize>],
    seen: &mut [bool],
) -> bool {
    let Some(pattern) = missing.get(wanted) else { return false };
    for (place, (known, count)) in open.iter().enumerate() {
        let fits = known.iter().zip(pattern).all(|(known, asked)| known.is_none() || known == asked);
        match seen.get_mut(place) {
            Some(seen) if fits && !*seen => *seen = true,
            _ => continue,
        }
        let holders = given.get(place).cloned().unwrap_or_default();
        let free = u64::try_from(holders.len()).is_ok_and(|held| held < *count);
        let mut moved = None;
        if !free {
            moved = holders.iter().position(|&holder| augment(holder, missing, open, given, seen));
            if moved.is_none() {
                continue;
            }
        }
        if let Some(holders) = given.get_mut(place) {
            if let Some(moved) = moved {
                holders.remove(moved);
            }
            holders.push(wanted);
        }
        return true;
    }
    false
}
