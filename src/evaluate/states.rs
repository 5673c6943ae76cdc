//! Functions that look at states, not only at values: rule-language section 5.3, the rows that name them.
//!
//! Invariants
//! - An argument that is computed has two states only: a value, or unknown, which counts as a don't-know.
//! - Invalid cells never reach an outcome (the rule is skipped); here they count as unknown.

use std::rc::Rc;
use std::sync::Arc;

use super::keyed::{Key, key};
use super::machine::Machine;
use super::truth::{Truth, join, without};
use super::values::{Cells, Plain, Texts, Values};
use crate::batch::{Batch, Mask};
use crate::plan::{Keys, Scaled, StepId};

/// An argument with its states; `known`, `blank`, `na` and `unknown` partition the rows.
pub(super) struct Argument<'b> {
    pub(super) values: Rc<Values<'b>>,
    pub(super) blank: Mask,
    pub(super) na: Mask,
    /// Don't-know, invalid, or a computed value that is not there.
    pub(super) unknown: Mask,
    marks: Option<&'b [u8]>,
}

impl Argument<'_> {
    /// The mark of `row`, from 1; 0: none that has a name.
    pub(super) fn mark(&self, row: usize) -> u8 {
        self.marks.and_then(|marks| marks.get(row)).copied().unwrap_or(0)
    }
}

impl<'b> Machine<'_, 'b> {
    /// The values and states of `id`.
    pub(super) fn argument(&mut self, id: StepId) -> Argument<'b> {
        let values = self.values(id);
        let (blank, na, marks) = match self.field_of(id) {
            None => (Mask::none(self.len), Mask::none(self.len), None),
            Some(field) => {
                let marks = self.column(field).and_then(|column| column.marks.as_deref());
                (self.blank(field).minus(&values.known), self.state(field, |column| &column.na), marks)
            }
        };
        let unknown = values.known.or(&blank).or(&na).complement();
        Argument { values, blank, na, unknown, marks }
    }

    pub(super) fn arguments(&mut self, ids: &[StepId]) -> Vec<Argument<'b>> {
        ids.iter().map(|&id| self.argument(id)).collect()
    }

    /// `same`: both equal, both blank, or both with the mark of one name; unknown beside a don't-know.
    pub(super) fn alike(&mut self, sides: [StepId; 2], keys: &Keys, marks: &[u8]) -> Truth {
        let [left, right] = sides.map(|side| self.argument(side));
        let batch = self.batch;
        let mut yes = left.blank.and(&right.blank);
        for row in left.values.known.and(&right.values.known).rows() {
            let (a, b) = (key(&left.values, keys, 0, row, batch), key(&right.values, keys, 1, row, batch));
            yes.put(row, a.is_some() && a == b);
        }
        for row in left.na.and(&right.na).rows() {
            let same = match usize::from(left.mark(row)).checked_sub(1) {
                None => right.mark(row) == 0,
                Some(place) => marks.get(place).is_some_and(|&mark| mark != 0 && mark == right.mark(row)),
            };
            yes.put(row, same);
        }
        let known = left.unknown.or(&right.unknown).complement();
        settled(Truth::among(yes, &known), &[left, right])
    }

    /// No value twice; marks and blanks are left out, a don't-know makes it unknown unless it is false already.
    pub(super) fn distinct(&mut self, arguments: &[StepId], keys: &Keys) -> Truth {
        let arguments = self.arguments(arguments);
        let batch = self.batch;
        let mut truth = Truth::fixed(Some(true), self.len);
        for row in 0..self.len {
            let known = arguments.iter().enumerate();
            let found: Vec<Key<'_>> = known
                .filter_map(|(place, argument)| key(&argument.values, keys, place, row, batch))
                .collect();
            let listed = |argument: &Argument<'_>| {
                argument.values.set(row).is_some_and(|(set, listed)| u32::from(listed) > set.count_ones())
            };
            if repeated(&found, matches!(keys, Keys::Sets(_))) || arguments.iter().any(listed) {
                truth.yes.clear(row);
                truth.no.set(row);
            }
        }
        for argument in &arguments {
            truth.yes.remove(&argument.unknown);
        }
        settled(truth, &arguments)
    }

    /// How many cells are answered: values and don't-knows.
    pub(super) fn count_answered(&mut self, arguments: &[StepId]) -> Values<'b> {
        let arguments = self.arguments(arguments);
        let mut counts = vec![0; self.len];
        for argument in &arguments {
            add(&mut counts, &argument.values.known.or(&argument.unknown));
        }
        Values::numbers(counts, Mask::all(self.len))
    }

    /// How many conditions hold; unknown if any is.
    pub(super) fn count_true(&mut self, conditions: &[StepId]) -> Values<'b> {
        let mut counts = vec![0; self.len];
        let (mut known, mut fault) = (Mask::all(self.len), None);
        for &condition in conditions {
            let truth = self.truth(condition);
            add(&mut counts, &truth.yes);
            known.keep(&truth.yes.or(&truth.no));
            join(&mut fault, truth.fault.as_ref());
        }
        let mut values = Values::numbers(counts, known);
        values.fault = without(fault, &[&values.known]);
        values
    }

    /// How often the first argument's value stands among the others'.
    pub(super) fn occurrences(&mut self, arguments: &[StepId], keys: &Keys) -> Option<Values<'b>> {
        let (sought, among) = arguments.split_first()?;
        let (sought, among, batch) = (self.values(*sought), self.all(among), self.batch);
        let counts = (0..self.len).map(|row| {
            let Some(wanted) = key(&sought, keys, 0, row, batch) else { return 0 };
            let found = among.iter().enumerate();
            let equal =
                found.filter(|(place, values)| key(values, keys, place + 1, row, batch) == Some(wanted));
            i64::try_from(equal.count()).unwrap_or(i64::MAX)
        });
        let counts = counts.collect();
        Some(Values::numbers(counts, sought.known.clone()).after(&[&sought]))
    }

    /// The sum of the values; blanks and not-applicable marks add nothing, a don't-know makes it unknown, and so
    /// does a blank without any value beside it.
    pub(super) fn sum_present(&mut self, of: &[Scaled], scale: u8) -> Values<'b> {
        let arguments: Vec<Argument<'b>> = of.iter().map(|part| self.argument(part.step)).collect();
        let mut known = Mask::all(self.len);
        let (mut any, mut blank) = (Mask::none(self.len), Mask::none(self.len));
        for argument in &arguments {
            known.remove(&argument.unknown);
            any.join(&argument.values.known);
            blank.join(&argument.blank);
        }
        known.remove(&blank.minus(&any));
        let values: Vec<&Values<'_>> = arguments.iter().map(|argument| &*argument.values).collect();
        self.sum_over(&values, of, scale, &known)
    }

    /// Different options, or items as written.
    pub(super) fn count(&mut self, set: StepId, listed: bool) -> Values<'b> {
        let sets = self.values(set);
        let counts = (0..self.len).map(|row| {
            let (set, items) = sets.set(row).unwrap_or_default();
            if listed { i64::from(items) } else { i64::from(set.count_ones()) }
        });
        Values::numbers(counts.collect(), sets.known.clone()).after(&[&sets])
    }

    /// The first value among the arguments.
    pub(super) fn coalesce(&mut self, arguments: &[StepId]) -> Option<Values<'b>> {
        let all = self.all(arguments);
        let first = all.first()?;
        let mut result = (**first).clone();
        result.unbounded = None;
        for next in all.iter().skip(1) {
            let rows = next.known.minus(&result.known);
            result.cells = merged(&result, next, &rows, self.len, self.batch);
            result.known.join(&rows);
        }
        let operands: Vec<&Values<'_>> = all.iter().map(|values| &**values).collect();
        Some(result.after(&operands))
    }

    /// One of two values, by a condition; unknown where that is.
    pub(super) fn choose(&mut self, parts: [StepId; 3]) -> Values<'b> {
        let [condition, then, otherwise] = parts;
        let (condition, then, otherwise) = (self.truth(condition), self.values(then), self.values(otherwise));
        let pick = |then: Option<&Mask>, otherwise: Option<&Mask>| {
            let mut mask = None;
            join(&mut mask, then.map(|mask| mask.and(&condition.yes)).as_ref());
            join(&mut mask, otherwise.map(|mask| mask.and(&condition.no)).as_ref());
            mask
        };
        let second = otherwise.known.and(&condition.no);
        let mut fault = pick(then.fault.as_ref(), otherwise.fault.as_ref());
        join(&mut fault, condition.fault.as_ref());
        Values {
            cells: merged(&then, &otherwise, &second, self.len, self.batch),
            known: then.known.and(&condition.yes).or(&second),
            unbounded: pick(then.unbounded.as_ref(), otherwise.unbounded.as_ref()),
            fails: pick(then.fails.as_ref(), otherwise.fails.as_ref()),
            fault,
        }
    }
}

/// Adds 1 in every row of `rows`.
fn add(counts: &mut [i64], rows: &Mask) {
    for row in rows.rows() {
        if let Some(count) = counts.get_mut(row) {
            *count += 1;
        }
    }
}

/// Faults and failures of the arguments, for a condition that may be settled all the same.
fn settled(mut truth: Truth, arguments: &[Argument<'_>]) -> Truth {
    for argument in arguments {
        if let Some(fails) = &argument.values.fails {
            truth.no.join(&fails.minus(&truth.yes));
        }
        join(&mut truth.fault, argument.values.fault.as_ref());
    }
    truth.fault = without(truth.fault.take(), &[&truth.yes, &truth.no]);
    truth
}

/// Whether a key is there twice; sets repeat when they share an option.
fn repeated(keys: &[Key<'_>], sets: bool) -> bool {
    let meet = |a: &Key<'_>, b: &Key<'_>| match (a, b) {
        (Key::Number(a), Key::Number(b)) if sets => a & b != 0,
        _ => a == b,
    };
    keys.iter().enumerate().any(|(place, a)| keys.iter().skip(place + 1).any(|b| meet(a, b)))
}

/// `first`, with the data of `rows` taken from `second`.
fn merged<'b>(first: &Values<'b>, second: &Values<'b>, rows: &Mask, len: usize, batch: &Batch) -> Cells<'b> {
    if rows.is_none() {
        return first.cells.clone();
    }
    match (&first.cells, &second.cells) {
        (Cells::Numbers(a), Cells::Numbers(b)) => Cells::Numbers(mixed(a, b, rows, len)),
        (Cells::Options(a), Cells::Options(b)) => Cells::Options(mixed(a, b, rows, len)),
        (Cells::Sets(a), Cells::Sets(b)) => Cells::Sets(mixed(a, b, rows, len)),
        (Cells::Texts(_), Cells::Texts(_)) => {
            let from = |row| if rows.get(row) { second } else { first };
            let text = |row| Arc::from(from(row).text(row, batch).unwrap_or_default());
            Cells::Texts(Texts::Each((0..len).map(text).collect()))
        }
        // The first has no value at all (a parameter that was not given), whatever its data.
        _ => second.cells.clone(),
    }
}

fn mixed<'b, T: Copy + Default>(a: &Plain<'b, T>, b: &Plain<'b, T>, rows: &Mask, len: usize) -> Plain<'b, T> {
    let value = |row| if rows.get(row) { b.get(row) } else { a.get(row) };
    Plain::Each((0..len).map(|row| value(row).unwrap_or_default()).collect::<Vec<T>>().into())
}
