//! The order in which derived values are computed.
//!
//! Invariants
//! - Each comes after those whose columns it reads; among several fallbacks of one field, and wherever reading does
//!   not decide, the order of declaration stands.
//! - A circle is reported once, and its values are left out.

use super::chain::File;
use super::{DerivedValue, mistake};
use crate::diagnostic::Diagnostics;
use crate::diagnostic::code::pack as code;

/// Sorts `values`; reports the first circle.
pub fn sort(values: Vec<DerivedValue>, files: &[File<'_>], found: &mut Diagnostics) -> Vec<DerivedValue> {
    let needs: Vec<Vec<usize>> = (0..values.len()).map(|index| needs(&values, index)).collect();
    let mut order: Vec<usize> = Vec::with_capacity(values.len());
    loop {
        let ready = |index: &usize| {
            !order.contains(index)
                && needs.get(*index).is_some_and(|needs| needs.iter().all(|need| order.contains(need)))
        };
        let Some(next) = (0..values.len()).find(ready) else { break };
        order.push(next);
    }
    if let Some(circle) = circle(&needs, &order) {
        report(&values, &circle, files, found);
    }
    let mut slots: Vec<Option<DerivedValue>> = values.into_iter().map(Some).collect();
    order.iter().filter_map(|index| slots.get_mut(*index).and_then(Option::take)).collect()
}

/// The values that have to be computed before the one at `index`.
fn needs(values: &[DerivedValue], index: usize) -> Vec<usize> {
    let Some(value) = values.get(index) else { return Vec::new() };
    let needed = |(other, candidate): (usize, &DerivedValue)| {
        let earlier_fallback = candidate.id == value.id && other < index;
        (value.reads.contains(&candidate.id) || earlier_fallback).then_some(other)
    };
    values.iter().enumerate().filter_map(needed).collect()
}

/// A circle among the values that `order` lacks: each of them needs another of them. `None`: it lacks none.
fn circle(needs: &[Vec<usize>], order: &[usize]) -> Option<Vec<usize>> {
    let open = |index: &usize| !order.contains(index);
    let mut path = vec![(0..needs.len()).find(open)?];
    loop {
        let next = needs.get(*path.last()?)?.iter().copied().find(open)?;
        if let Some(start) = path.iter().position(|step| *step == next) {
            return path.get(start..).map(<[usize]>::to_vec);
        }
        path.push(next);
    }
}

fn report(values: &[DerivedValue], circle: &[usize], files: &[File<'_>], found: &mut Diagnostics) {
    let steps = circle.iter().chain(circle.first());
    let names: Vec<&str> = steps.filter_map(|step| values.get(*step)).map(|value| &*value.name).collect();
    let Some(first) = circle.first().and_then(|step| values.get(*step)) else { return };
    let Some(file) = files.iter().find(|file| file.source.id == first.declared.source) else { return };
    let mistake = mistake::at(&code::DERIVE_CYCLE, file.source, first.value.span)
        .with("found", &*first.name)
        .with("path", names.join(" → "));
    found.push(mistake);
}
