//! Random mutations of clean cells. No list says what they must give: a slow reference evaluator judges them.
//!
//! Invariants
//! - Each change is recorded with the text before and after; a change that changes nothing is none.

use super::random::Dice;
use super::record::{Cell, Labels, Record, text};
use crate::expression::Type;
use crate::questionnaire::{Field, Questionnaire};

/// One changed cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Position of the field.
    pub field: usize,
    /// What was done.
    pub mutation: Mutation,
    /// Canonical text before.
    pub before: String,
    /// Text as written now.
    pub after: String,
}

/// What can be done to a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mutation {
    /// It is emptied.
    Blank,
    /// Another option of the question, or one where none was.
    OtherOption,
    /// A code or text that is outside the domain of most fields.
    OutOfDomain,
    /// A mark of the field (not applicable, don't know).
    Mark,
    /// A number a little or tenfold off.
    Number,
    /// A letter or digit of the text taken away, doubled or put in.
    Letter,
    /// The text of the next field that has one.
    Swap,
}

impl Mutation {
    /// The word of truth lists.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Blank => "blank",
            Self::OtherOption => "other-option",
            Self::OutOfDomain => "out-of-domain",
            Self::Mark => "mark",
            Self::Number => "number",
            Self::Letter => "letter",
            Self::Swap => "swap",
        }
    }
}

const MUTATIONS: [Mutation; 7] = [
    Mutation::Blank,
    Mutation::OtherOption,
    Mutation::OutOfDomain,
    Mutation::Mark,
    Mutation::Number,
    Mutation::Letter,
    Mutation::Swap,
];

/// Texts that are rarely an answer.
const ODD: &[&str] =
    &["0", "9", "99", "-1", "1.5", "x", "十二", "1,2", "2024-02-30", "9999999999999999999999"];

/// Changes one to three cells of `record`. Empty: every change chosen would have changed nothing.
pub fn mutate(record: &mut Record, dice: &mut Dice<'_>, questionnaire: &Questionnaire) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    for _ in 0..=dice.below(3) {
        let field = dice.index(questionnaire.fields.len());
        let Some(declared) = questionnaire.fields.get(field) else { continue };
        let Some(&mutation) = MUTATIONS.get(dice.index(MUTATIONS.len())) else { continue };
        let before = text(record.cell(field), declared, Labels::Code).into_owned();
        let after = mutated(record, field, declared, mutation, dice, questionnaire);
        if before == after || changes.iter().any(|change| change.field == field) {
            continue;
        }
        let cell = if after.is_empty() { Cell::Blank } else { Cell::Written(after.clone()) };
        record.put(field, cell);
        changes.push(Change { field, mutation, before, after });
    }
    changes
}

fn mutated(
    record: &Record,
    position: usize,
    field: &Field,
    mutation: Mutation,
    dice: &mut Dice<'_>,
    questionnaire: &Questionnaire,
) -> String {
    let now = text(record.cell(position), field, Labels::Code);
    match mutation {
        Mutation::Blank => String::new(),
        Mutation::OtherOption => match &field.ty {
            Type::Option(options) => {
                let item = options.items.get(dice.index(options.items.len()));
                item.map_or_else(String::new, |item| item.code.to_string())
            }
            _ => now.into_owned(),
        },
        Mutation::OutOfDomain => ODD.get(dice.index(ODD.len())).copied().unwrap_or_default().to_owned(),
        Mutation::Mark => {
            let tokens: Vec<&str> =
                field.marks.iter().flat_map(|mark| &mark.tokens).map(|token| &**token).collect();
            tokens.get(dice.index(tokens.len())).copied().unwrap_or("-").to_owned()
        }
        Mutation::Number => now.parse::<i64>().map_or_else(|_| now.to_string(), |number| off(number, dice)),
        Mutation::Letter => misspelt(&now, dice),
        Mutation::Swap => {
            let next = questionnaire.fields.iter().enumerate().skip(position + 1);
            let other = next.map(|(at, field)| text(record.cell(at), field, Labels::Code));
            other.into_iter().find(|text| !text.is_empty()).unwrap_or(now).into_owned()
        }
    }
}

/// A number that somebody may have mistyped.
fn off(number: i64, dice: &mut Dice<'_>) -> String {
    let changed = match dice.below(4) {
        0 => number.saturating_add(1),
        1 => number.saturating_sub(1),
        2 => number.saturating_mul(10),
        _ => number / 10,
    };
    changed.to_string()
}

fn misspelt(now: &str, dice: &mut Dice<'_>) -> String {
    let mut characters: Vec<char> = now.chars().collect();
    let place = dice.index(characters.len());
    match (characters.get(place).copied(), dice.below(3)) {
        (None, _) => characters.push('a'),
        (Some(_), 0) => {
            characters.remove(place);
        }
        (Some(character), 1) => characters.insert(place, character),
        (Some(_), _) => characters.insert(place, 'z'),
    }
    characters.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::random::{Purpose, Streams, Words};
    use crate::generate::sample;

    #[test]
    fn every_mutation_occurs_and_every_record_of_a_change_is_true() {
        let questionnaire = sample::questionnaire();
        let mut words = Words::default();
        let mut seen = std::collections::BTreeSet::new();
        for number in 1..400 {
            Streams::new(4, Purpose::Defects).fill(number, 1, &mut words);
            let clean = sample::record();
            let mut record = clean.clone();
            for change in mutate(&mut record, &mut words.dice(0), &questionnaire) {
                let field = &questionnaire.fields[change.field];
                assert_eq!(text(clean.cell(change.field), field, Labels::Code), change.before);
                assert_eq!(text(record.cell(change.field), field, Labels::Code), change.after);
                assert_ne!(change.before, change.after);
                seen.insert(change.mutation.word());
            }
        }
        assert_eq!(seen.len(), MUTATIONS.len(), "{seen:?}");
    }
}
