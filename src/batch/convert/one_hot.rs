//! A question of one option that was filled in with a column for each option.
//!
//! Invariants
//! - Just one ticked column is that option; two or more are never resolved; none is a blank.
//! - The column of the whole answer goes first: where it holds anything, the others are not looked at.

use std::sync::Arc;

use super::cell::{Desk, Reading};
use super::note::{Change, Note};
use super::notice::Fault;
use super::option::Options;
use super::spelling::Dictionary;
use super::tick::{Tick, Tokens};
use crate::questionnaire::Ticks;

/// The columns of one question.
#[derive(Debug)]
pub(super) struct OneHot {
    headers: Vec<Arc<str>>,
    tokens: Tokens,
}

impl OneHot {
    /// `None`: the form gives the question only one column.
    pub(super) fn new(ticks: &Ticks) -> Option<Self> {
        let tokens = Tokens::new(&ticks.tokens);
        (!ticks.columns.is_empty()).then(|| Self { headers: ticks.columns.clone(), tokens })
    }

    /// The slots of the columns that the file has, with the places of their options.
    pub(super) fn slots(&self, desk: &Desk, position: usize) -> Vec<(u8, usize)> {
        let parts = (0..=u8::MAX).zip(1..=self.headers.len());
        parts.filter_map(|(option, part)| Some((option, desk.slot(position, part)?))).collect()
    }

    /// What the columns of a row say together, and what stands for the answer in a finding: the chosen columns, or the
    /// text that cannot be read.
    pub(super) fn read(
        &self,
        options: &Options,
        dictionary: &Dictionary,
        desk: &Desk,
        slots: &[(u8, usize)],
        row: usize,
    ) -> (Reading<u8>, String) {
        let (mut chosen, mut marked) = (Vec::new(), None);
        for (option, slot) in slots {
            let cell = desk.cell(Some(*slot), row);
            let text = desk.text(&cell);
            match self.tokens.read(dictionary, text) {
                Tick::Chosen => chosen.push(*option),
                Tick::Not => {}
                Tick::Mark(mark) => marked = Some((mark, text)),
                Tick::Unclear => return (Reading::Invalid(Fault::Option), text.to_owned()),
            }
        }
        let headers = chosen.iter().filter_map(|option| self.headers.get(usize::from(*option)));
        let headers = headers.map(|header| &**header).collect::<Vec<&str>>().join("、");
        match (chosen.as_slice(), marked) {
            ([], None) => (Reading::Blank, headers),
            ([], Some((mark, _))) => (Reading::Mark(mark), headers),
            // A mark beside an answer says two things at once.
            (_, Some((_, text))) => (Reading::Invalid(Fault::Option), text.to_owned()),
            ([only], None) => {
                let change = Change { written: None, ..options.change(*only) };
                (Reading::Noted(*only, Note::Respelled(change)), headers)
            }
            (several, None) => (Reading::Invalid(Fault::Several(several.len())), headers),
        }
    }
}
