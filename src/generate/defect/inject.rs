//! Doing defects to records, and telling what must be found.
//!
//! Invariants
//! - Which kind a record gets depends on the seed and the record alone.
//! - The truth of a combination is the union of its kinds' findings.

use std::sync::Arc;

use super::super::random::Dice;
use super::super::record::{Cell, Labels, Record, text};
use super::super::template;
use super::{Edit, ExpectedFinding, Kind, RowEdit};
use crate::questionnaire::{Field, Questionnaire};

/// What a run injects.
#[derive(Debug, Clone)]
pub struct Injection {
    /// The kinds that the run may use.
    pub kinds: Vec<Kind>,
    /// Whether two kinds are done to a record where two combine.
    pub pairs: bool,
    /// By kind: the rarer the records to which it can be done, the heavier, so that no kind is left out by chance.
    weights: Vec<u64>,
}

/// What a permutation of serials would take for its seed; a defect needs none.
const NO_SEED: u64 = 0;

/// Weight of a kind that fits no record of the probe.
const HEAVIEST: u64 = 1_000_000;

impl Injection {
    /// Keeps of `kinds` those that `names` asks for (empty: all; a name before `/` means its whole family) and,
    /// without `rows`, those that leave the row whole.
    pub fn new(kinds: Vec<Kind>, names: &[String], pairs: bool, rows: bool) -> Self {
        let asked = |kind: &Kind| {
            let family = kind.name.split('/').next().unwrap_or_default();
            names.is_empty() || names.iter().any(|name| **name == *kind.name || name == family)
        };
        let fits = |kind: &Kind| asked(kind) && (rows || kind.row == RowEdit::Whole);
        let kinds: Vec<Kind> = kinds.into_iter().filter(fits).collect();
        let weights = vec![1; kinds.len()];
        Self { kinds, pairs, weights }
    }

    /// The same with weights from a `probe` of clean records.
    #[must_use]
    pub fn weighed(mut self, probe: &[Record]) -> Self {
        for (kind, weight) in self.kinds.iter().zip(&mut self.weights) {
            let fitting = probe.iter().filter(|record| kind.given.holds(record)).count();
            *weight = HEAVIEST / u64::try_from(fitting + 1).unwrap_or(HEAVIEST);
        }
        self
    }

    /// One of the kinds that `fits`, by weight.
    fn pick(&self, dice: &mut Dice<'_>, fits: impl Fn(&Kind) -> bool) -> Option<&Kind> {
        let fitting = || self.kinds.iter().zip(&self.weights).filter(|(kind, _)| fits(kind));
        let mut at = dice.below(fitting().map(|(_, weight)| weight).sum());
        for (kind, weight) in fitting() {
            if at < *weight {
                return Some(kind);
            }
            at -= weight;
        }
        None
    }
}

/// What was done to one record and what must be found in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Truth {
    /// Names of the kinds.
    pub kinds: Vec<Arc<str>>,
    /// Sorted, without repetition.
    pub findings: Vec<ExpectedFinding>,
    /// What was done to the row.
    pub row: RowEdit,
}

/// Does one kind (or two) to `record`. `None`: none can be done to it.
pub fn choose(
    injection: &Injection,
    record: &mut Record,
    dice: &mut Dice<'_>,
    questionnaire: &Questionnaire,
) -> Option<Truth> {
    let first = injection.pick(dice, |kind| kind.given.holds(record))?;
    let fits = |kind: &Kind| injection.pairs && kind.combines(first) && kind.given.holds(record);
    let second = injection.pick(dice, fits);
    let mut truth = Truth::default();
    for kind in [Some(first), second].into_iter().flatten() {
        for (field, edit) in &kind.edits {
            if let Some(declared) = questionnaire.fields.get(*field) {
                let changed = match edit {
                    Edit::Fill(pieces) => {
                        Cell::Written(template::fill(pieces, record, NO_SEED, questionnaire, dice))
                    }
                    other => edited(record.cell(*field), other, declared),
                };
                record.put(*field, changed);
            }
        }
        truth.kinds.push(Arc::clone(&kind.name));
        truth.findings.extend(kind.findings.iter().cloned());
        if kind.row != RowEdit::Whole {
            truth.row = kind.row;
        }
    }
    truth.findings.sort();
    truth.findings.dedup();
    Some(truth)
}

/// What `cell` becomes by `edit`.
fn edited(cell: &Cell, edit: &Edit, field: &Field) -> Cell {
    let written = |change: &dyn Fn(Vec<char>) -> String| {
        Cell::Written(change(text(cell, field, Labels::Code).chars().collect()))
    };
    match edit {
        Edit::Put(put) => put.clone(),
        Edit::Write(raw) => Cell::Written(raw.to_string()),
        Edit::Plus(more) => match cell {
            Cell::Number(number) => Cell::Number(number.saturating_add(*more)),
            other => other.clone(),
        },
        Edit::Keep(from, to) => written(&|characters| {
            let kept = characters.into_iter().take(*to).skip(from.saturating_sub(1));
            kept.collect()
        }),
        Edit::Drop(place) => written(&|characters| {
            let kept = characters.into_iter().zip(1..).filter(|(_, at)| at != place);
            kept.map(|(character, _)| character).collect()
        }),
        Edit::Turn(place) => written(&|characters| {
            let turned = characters.into_iter().zip(1..);
            turned
                .map(|(character, at)| if at == *place { next_digit(character) } else { character })
                .collect()
        }),
        Edit::After(more) => written(&|characters| characters.into_iter().chain(more.chars()).collect()),
        // Made of the whole record, by its caller.
        Edit::Fill(_) => cell.clone(),
    }
}

fn next_digit(character: char) -> char {
    character.to_digit(10).and_then(|digit| char::from_digit((digit + 1) % 10, 10)).unwrap_or(character)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::sample;

    #[test]
    fn edits_change_the_canonical_text() {
        let questionnaire = sample::questionnaire();
        let code = questionnaire.field("code").unwrap();
        let cell = Cell::Text("0199".to_owned());
        let change = |edit: Edit| match edited(&cell, &edit, code) {
            Cell::Written(text) => text,
            other => panic!("text expected, not {other:?}"),
        };
        let found = [
            change(Edit::Keep(2, 3)),
            change(Edit::Drop(1)),
            change(Edit::Turn(4)),
            change(Edit::Turn(1)),
            change(Edit::After(".0".into())),
            change(Edit::Write("x".into())),
        ];
        assert_eq!(found, ["19", "199", "0190", "1199", "0199.0", "x"]);
        let beds = questionnaire.field("beds").unwrap();
        assert_eq!(edited(&Cell::Number(4), &Edit::Plus(-1), beds), Cell::Number(3));
        assert_eq!(edited(&Cell::Blank, &Edit::Plus(-1), beds), Cell::Blank);
    }
}
