//! Of whom a question was asked, and what its answer is in the statistician's four words.
//!
//! Invariants
//! - R of a question is the step of its skip edits: a base and an edit cannot disagree.
//! - The four words partition the records.

use crate::batch::{Batch, Mask};
use crate::diagnostic::Localized;
use crate::expression::FieldId;
use crate::plan::Plan;
use crate::questionnaire::Domain;

use super::machine::Machine;

/// What an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Word {
    /// 回答
    Answered,
    /// 無回答
    NoAnswer,
    /// 非該当
    NotApplicable,
    /// 不詳
    Unusable,
}

impl Word {
    /// All of them, in the order of printing.
    pub const ALL: [Self; 4] = [Self::Answered, Self::NoAnswer, Self::NotApplicable, Self::Unusable];

    /// As it is printed.
    pub const fn label(self) -> Localized<&'static str> {
        match self {
            Self::Answered => Localized::new("回答", "answered"),
            Self::NoAnswer => Localized::new("無回答", "no answer"),
            Self::NotApplicable => Localized::new("非該当", "not applicable"),
            Self::Unusable => Localized::new("不詳", "unusable"),
        }
    }
}

/// Of whom a question was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// R is true.
    pub yes: Mask,
    /// R is not known.
    pub unknown: Mask,
}

/// The words of one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordMasks {
    /// 回答: there is a value.
    pub answered: Mask,
    /// 無回答: blank, or not there, where the question was asked or it is not known whether it was.
    pub no_answer: Mask,
    /// 非該当: a mark of not applicable; blank where the question was not asked.
    pub not_applicable: Mask,
    /// 不詳: a mark of not knowing, or what cannot be read as an answer.
    pub unusable: Mask,
}

impl WordMasks {
    /// The word of the record in `row`. `None`: past the end.
    pub fn of(&self, row: usize) -> Option<Word> {
        let masks = [&self.answered, &self.no_answer, &self.not_applicable, &self.unusable];
        Word::ALL.into_iter().zip(masks).find(|(_, mask)| mask.get(row)).map(|(word, _)| word)
    }
}

/// Words and bases of the questions of one batch, each routing computed once.
pub struct Words<'p, 'b> {
    machine: Machine<'p, 'b>,
}

impl<'p, 'b> Words<'p, 'b> {
    /// Of a batch that was judged, so that what is derived is in it.
    pub fn new(plan: &'p Plan, batch: &'b Batch) -> Self {
        Self { machine: Machine::new(plan, batch) }
    }

    /// Of whom `field` was asked: a field of the record or of a link.
    pub fn base(&mut self, field: FieldId) -> Base {
        let len = self.machine.len;
        match self.machine.plan.relevance.get(&field) {
            None => Base { yes: Mask::all(len), unknown: Mask::none(len) },
            Some(&step) => {
                let truth = self.machine.truth(step);
                Base { yes: truth.yes.clone(), unknown: truth.unknown() }
            }
        }
    }

    /// The words of `field`.
    pub fn of(&mut self, field: FieldId) -> WordMasks {
        let base = self.base(field);
        let machine = &self.machine;
        let form = machine.plan.pack.field(field).map(|field| &field.domain);
        let empty_set = matches!(form, Some(Domain::Multi(layout)) if layout.blank_is_empty_set);
        let mut answered = machine.state(field, |column| &column.known);
        let mut blank = machine.blank(field);
        if empty_set {
            // Nothing ticked is an answer where the question was asked.
            let nothing = machine.state(field, |column| &column.blank).and(&base.yes);
            answered.join(&nothing);
            blank.remove(&nothing);
        }
        let open = base.yes.or(&base.unknown);
        WordMasks {
            answered,
            no_answer: blank.and(&open),
            not_applicable: machine.state(field, |column| &column.na).or(&blank.minus(&open)),
            unusable: machine
                .state(field, |column| &column.dk)
                .or(&machine.state(field, |column| &column.invalid)),
        }
    }

    /// Units of the frame that were asked: where the pack's condition holds of the linked record, and where it cannot be told.
    pub fn in_scope(&mut self) -> Base {
        let len = self.machine.len;
        match self.machine.plan.in_scope {
            None => Base { yes: Mask::all(len), unknown: Mask::none(len) },
            Some(step) => {
                let truth = self.machine.truth(step);
                Base { yes: truth.yes.clone(), unknown: truth.unknown() }
            }
        }
    }
}
