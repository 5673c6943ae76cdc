//! The answers of a record with findings: as written and as understood, for a report that shows the record.
//!
//! Invariants
//! - Made only where a report asks for them, and never where values are hidden.
//! - An answer that is withheld is told as such: neither what was written nor what it means is in it.

use std::sync::Arc;

use super::argument::Arguments;
use crate::diagnostic::{Argument, Language, Localized};
use crate::expression::FieldId;
use crate::questionnaire::{Field, Numbered};

/// What became of the cell of one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerState {
    /// It has a value.
    Given,
    /// It was blank, and its value comes from other answers.
    Filled,
    /// It is blank, although an answer is asked for.
    Unanswered,
    /// It is blank, and need not be answered.
    Blank,
    /// It is marked as not applicable.
    NotApplicable,
    /// It is marked as not known.
    DontKnow,
    /// It cannot be read as an answer.
    Unusable,
    /// The file has no such column.
    Absent,
    /// It may not be shown.
    Withheld,
}

/// The answer to one field of the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What became of it.
    pub state: AnswerState,
    /// As it stands in the file, cut like every text of a finding. [`Argument::NotGiven`]: nothing stands there, or it
    /// is withheld.
    pub written: Argument,
    /// As it was understood: an option's label, a number, a date. [`Argument::Nothing`]: no otherwise than written, or
    /// not at all.
    pub understood: Argument,
}

impl Answer {
    fn without_text(state: AnswerState) -> Self {
        Self { state, written: Argument::NotGiven, understood: Argument::Nothing }
    }
}

/// How a field of the form is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldName {
    /// In rules and schema.
    pub name: Arc<str>,
    /// Its number. `None`: no numbered question.
    pub question: Option<Arc<str>>,
    /// The same with the form's word before it.
    pub numbered: Option<Numbered>,
    /// What a person reads.
    pub label: Localized<Arc<str>>,
}

impl FieldName {
    /// How `field` is called.
    pub fn of(field: &Field) -> Self {
        Self {
            name: Arc::clone(&field.name),
            question: field.question.clone(),
            numbered: field.numbered(),
            label: field.label.clone(),
        }
    }
}

/// The answers of one record.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecordAnswers {
    /// The fields of the form, in its order; shared by the records of a batch.
    pub fields: Arc<[FieldName]>,
    /// One a field. Empty: not asked for, not to be told, or the record cannot be read.
    pub answers: Vec<Answer>,
}

impl Arguments<'_, '_> {
    /// The answers of the record in `row`, to the fields that are called `names`.
    pub(super) fn answers(&mut self, names: &Arc<[FieldName]>, row: usize) -> RecordAnswers {
        let fields = Arc::clone(names);
        if self.machine.batch.unreadable.get(row) {
            return RecordAnswers { fields, answers: Vec::new() };
        }
        let all = &self.machine.plan.pack.questionnaire.fields;
        RecordAnswers { fields, answers: all.iter().map(|field| self.answer(field.id, row)).collect() }
    }

    fn answer(&mut self, field: FieldId, row: usize) -> Answer {
        let filled = self.is_filled(field, row);
        if self.withheld.holds(field) || filled && self.withheld.fills(field) {
            return Answer::without_text(AnswerState::Withheld);
        }
        let Some(column) = self.machine.column(field).filter(|column| !column.absent || filled) else {
            return Answer::without_text(AnswerState::Absent);
        };
        let state = if filled {
            AnswerState::Filled
        } else if column.known.get(row) {
            AnswerState::Given
        } else if column.na.get(row) {
            AnswerState::NotApplicable
        } else if column.dk.get(row) {
            AnswerState::DontKnow
        } else if column.invalid.get(row) {
            AnswerState::Unusable
        } else if self.machine.open(field).get(row) {
            AnswerState::Unanswered
        } else {
            AnswerState::Blank
        };
        let written = self.locator.written(row, field);
        let understood = match state {
            AnswerState::Given | AnswerState::Filled => self.value(field, row, true),
            _ => None,
        };
        // A number or a date that stands there as it was understood says nothing new.
        let other = |value: &Argument| {
            matches!(value, Argument::Localized(_) | Argument::List(_))
                || value.print(Language::En) != written.print(Language::En)
        };
        Answer { state, understood: understood.filter(other).unwrap_or(Argument::Nothing), written }
    }
}
