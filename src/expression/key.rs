//! Values as keys, so that records of different files can be put together.
//!
//! Invariants
//! - Equal keys, equal values, whatever list or scale they come from: options by name, numbers exactly.
//! - Looked up by order, never by a hash: no choice of keys makes a look-up slow.

use std::collections::BTreeMap;

use super::{Type, Value};

/// Adds one part to a key. Parts are told apart by their length, so that `ab`, `c` is not `a`, `bc`. Always true, for
/// whoever asks whether a value could be added.
pub fn add(key: &mut Vec<u8>, part: &[u8]) -> bool {
    key.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
    key.extend_from_slice(part);
    true
}

/// Adds a value of type `ty` to `key`; whether it has such a form.
pub fn add_value(key: &mut Vec<u8>, value: &Value, ty: &Type) -> bool {
    match value {
        Value::Text(text) => add(key, text.as_bytes()),
        Value::Number(number) => add(key, &exactly(*number, ty)),
        Value::Option(code) => add_option(key, ty, *code),
        Value::Multi { set, .. } => add_options(key, ty, *set),
        Value::Date(day) | Value::YearMonth(day) => add(key, &i64::from(*day).to_be_bytes()),
        Value::DateTime(moment) => add(key, &moment.to_be_bytes()),
        Value::Truth(_) => false,
    }
}

/// The number without zeros behind the point, and its scale.
pub fn exactly(number: i64, ty: &Type) -> [u8; 9] {
    let (mut number, mut scale) = match ty {
        Type::Number { scale, .. } => (number, *scale),
        _ => (number, 0),
    };
    while scale > 0 && number % 10 == 0 {
        (number, scale) = (number / 10, scale - 1);
    }
    let mut bytes = [scale; 9];
    bytes.iter_mut().zip(number.to_be_bytes()).for_each(|(place, byte)| *place = byte);
    bytes
}

/// Adds an option by its name; whether the type has it.
pub fn add_option(key: &mut Vec<u8>, ty: &Type, code: u8) -> bool {
    let (Type::Option(list) | Type::Multi(list)) = ty else { return false };
    list.get(code).is_some_and(|item| add(key, item.name.as_bytes()))
}

/// Adds a set of options by their names; whether the type is one of sets.
pub fn add_options(key: &mut Vec<u8>, ty: &Type, set: u64) -> bool {
    let Type::Multi(list) = ty else { return false };
    let chosen = list.items.iter().enumerate().filter(|(option, _)| set >> (option & 63) & 1 == 1);
    let mut names: Vec<&str> = chosen.map(|(_, item)| &*item.name).collect();
    names.sort_unstable();
    add(key, &names.iter().flat_map(|name| name.bytes().chain([0])).collect::<Vec<u8>>())
}

/// A key as it is sought: its first bytes that differ as a number, then where the whole stands.
#[derive(Debug, Clone, Copy)]
struct Entry {
    prefix: u64,
    start: u32,
    length: u32,
    row: u32,
}

/// What a key is found to name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// The first row that has it.
    pub row: u32,
    /// Whether it is the only one.
    pub alone: bool,
}

/// The keys of one file, each with its row.
#[derive(Debug, Clone, Default)]
pub struct KeyIndex {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
    /// First row → all rows of a key that stands in several, in order.
    repeated: BTreeMap<u32, Vec<u32>>,
}

/// The eight bytes behind the first length: those of most keys differ there.
fn prefix(key: &[u8]) -> u64 {
    let first = key.iter().skip(4).chain(std::iter::repeat(&0)).take(8);
    first.fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

impl KeyIndex {
    /// Adds the key of `row`; rows come in order. A key for which there is no room is left out, and `false` given back.
    pub fn add(&mut self, key: &[u8], row: u32) -> bool {
        let (Ok(start), Ok(length)) = (u32::try_from(self.bytes.len()), u32::try_from(key.len())) else {
            return false;
        };
        self.bytes.extend_from_slice(key);
        self.entries.push(Entry { prefix: prefix(key), start, length, row });
        true
    }

    fn key(&self, entry: &Entry) -> &[u8] {
        let start = usize::try_from(entry.start).unwrap_or(usize::MAX);
        let end = start.saturating_add(usize::try_from(entry.length).unwrap_or(0));
        self.bytes.get(start..end).unwrap_or_default()
    }

    /// Brings the keys into order, after the last was added.
    pub fn finish(&mut self) {
        let mut entries = std::mem::take(&mut self.entries);
        entries.sort_unstable_by(|one, other| {
            let by_key = || self.key(one).cmp(self.key(other));
            one.prefix.cmp(&other.prefix).then_with(by_key).then(one.row.cmp(&other.row))
        });
        let mut kept: Vec<Entry> = Vec::with_capacity(entries.len());
        for entry in entries {
            match kept.last() {
                Some(first) if first.prefix == entry.prefix && self.key(first) == self.key(&entry) => {
                    let first = first.row;
                    self.repeated.entry(first).or_insert_with(|| vec![first]).push(entry.row);
                }
                _ => kept.push(entry),
            }
        }
        self.entries = kept;
    }

    /// The row that `key` names. `None`: no row has it.
    pub fn find(&self, key: &[u8]) -> Option<Found> {
        let sought = prefix(key);
        let order = |entry: &Entry| entry.prefix.cmp(&sought).then_with(|| self.key(entry).cmp(key));
        let place = self.entries.binary_search_by(order).ok()?;
        let row = self.entries.get(place)?.row;
        Some(Found { row, alone: !self.repeated.contains_key(&row) })
    }

    /// The rows of each key that stands in several, by the first of them.
    pub const fn repeated(&self) -> &BTreeMap<u32, Vec<u32>> {
        &self.repeated
    }

    /// The first row of each key, by key.
    pub fn rows(&self) -> impl Iterator<Item = u32> {
        self.entries.iter().map(|entry| entry.row)
    }

    /// The parts of the key of which `row` is the first row. `None`: there is none.
    pub fn parts(&self, row: u32) -> Option<Vec<&[u8]>> {
        let entry = self.entries.iter().find(|entry| entry.row == row)?;
        let (mut rest, mut parts) = (self.key(entry), Vec::new());
        while let Some((length, behind)) = rest.split_first_chunk::<4>() {
            let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
            let (part, behind) = behind.split_at_checked(length)?;
            parts.push(part);
            rest = behind;
        }
        Some(parts)
    }

    /// How many different keys there are.
    pub const fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(parts: &[&str]) -> Vec<u8> {
        let mut key = Vec::new();
        for part in parts {
            add(&mut key, part.as_bytes());
        }
        key
    }

    #[test]
    fn keys_of_several_parts_are_told_apart_by_their_parts() {
        let mut index = KeyIndex::default();
        let keys =
            [key(&["ab", "c"]), key(&["a", "bc"]), key(&["abc", ""]), key(&["", "abc"]), key(&["abc"])];
        for (row, key) in (0..).zip(&keys) {
            assert!(index.add(key, row));
        }
        index.finish();
        assert_eq!(index.len(), keys.len());
        for (row, key) in (0..).zip(&keys) {
            assert_eq!(index.find(key), Some(Found { row, alone: true }));
        }
        assert_eq!(index.find(&key(&["b"])), None);
    }

    #[test]
    fn a_key_that_stands_twice_is_found_and_names_no_row_alone() {
        let mut index = KeyIndex::default();
        for (row, text) in (0..).zip(["same-beginning-1", "same-beginning-2", "same-beginning-1"]) {
            assert!(index.add(&key(&[text]), row));
        }
        index.finish();
        assert_eq!(index.find(&key(&["same-beginning-1"])), Some(Found { row: 0, alone: false }));
        assert_eq!(index.find(&key(&["same-beginning-2"])), Some(Found { row: 1, alone: true }));
        assert_eq!(index.repeated().get(&0), Some(&vec![0, 2]));
    }

    #[test]
    fn a_number_is_the_same_key_in_every_scale() {
        let scaled = |scale| Type::Number { scale, unit: None };
        assert_eq!(exactly(1500, &scaled(2)), exactly(15, &scaled(0)));
        assert_ne!(exactly(1501, &scaled(2)), exactly(15, &scaled(0)));
        assert_eq!(exactly(0, &scaled(3)), exactly(0, &scaled(0)));
    }
}
