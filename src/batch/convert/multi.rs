//! Multiple answers: a list in one cell, a JSON array, a column for each option, or columns of one code each.
//!
//! Invariants
//! - An item that is no option makes the whole answer INVALID; an answer is never read in part.
//! - Items of a list are trimmed; an empty item of a written list is no item, an empty one of a JSON array is wrong.
//! - Repeated items count once in the set and each time in `listed`.

use super::FieldReader;
use super::cell::{Desk, Reading, States, is_compound};
use super::note::{Change, Note};
use super::notice::Fault;
use super::option::Options;
use super::spelling::{Dictionary, trim};
use super::tick::{Tick, Tokens};
use crate::batch::{Column, Data, Mask};
use crate::diagnostic::Argument;
use crate::input::{RawCell, RawKind};
use crate::questionnaire::{Field, MultiLayout};
use crate::source::json::{Kind, Scanner};

/// The answers of one multiple-answer question.
#[derive(Debug)]
pub(super) struct Items {
    layout: MultiLayout,
    options: Options,
    ticked: Tokens,
}

/// A set of options, how many items were written, and whether one was spelled otherwise, or as a synonym.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Chosen {
    set: u64,
    listed: u16,
    respelled: bool,
    synonym: bool,
}

impl Chosen {
    /// Adds an item; `false`: it is no option.
    fn add(&mut self, reading: &Reading<u8>) -> bool {
        let index = match reading {
            Reading::Value(index) => *index,
            Reading::Noted(index, Note::Synonym(_)) => {
                self.synonym = true;
                *index
            }
            Reading::Noted(index, _) => {
                self.respelled = true;
                *index
            }
            Reading::Blank | Reading::Mark(_) | Reading::Invalid(_) | Reading::Doubtful(..) => return false,
        };
        self.set |= 1_u64.checked_shl(u32::from(index)).unwrap_or(0);
        self.listed = self.listed.saturating_add(1);
        true
    }
}

impl Items {
    pub(super) fn new(field: &Field, layout: &MultiLayout) -> Self {
        Self { layout: layout.clone(), options: Options::new(field), ticked: Tokens::new(&layout.ticked) }
    }

    pub(super) fn column(
        &self,
        reader: &FieldReader,
        desk: &mut Desk,
        position: usize,
        skip: Option<&Mask>,
    ) -> Column {
        let rows = desk.rows();
        let whole = desk.slot(position, 0);
        let parts: Vec<Option<usize>> =
            (1..=self.layout.columns.len()).map(|part| desk.slot(position, part)).collect();
        let mut states = States::new(rows);
        let (mut sets, mut counts) = (vec![0; rows], vec![0; rows]);
        for (row, (set, listed)) in sets.iter_mut().zip(&mut counts).enumerate() {
            if skip.is_some_and(|skip| skip.get(row)) {
                states.set_invalid(row);
                continue;
            }
            let mut cell = desk.cell(whole, row);
            let mut reading = self.whole(&reader.dictionary, desk, &cell);
            if reading == Reading::Blank && !parts.is_empty() {
                (reading, cell) = self.parts(&reader.dictionary, desk, &parts, row);
            }
            let padded = desk.is_padded(&cell, desk.text(&cell));
            let one_cell = whole.is_some() && !desk.text(&desk.cell(whole, row)).is_empty();
            let reading = self.judge(reading, padded, one_cell && !is_compound(cell.kind));
            if let Some(chosen) = states.take(desk, reader, row, &cell, reading) {
                (*set, *listed) = (chosen.set, chosen.listed);
            }
        }
        states.into_column(Data::Multi { set: sets, listed: counts })
    }

    /// The numbers of items that the schema allows, and what is told of repetitions and spellings. `padded`: blanks
    /// stand at the edges of the cell; `one_cell`: it could hold the canonical list.
    fn judge(&self, reading: Reading<Chosen>, padded: bool, one_cell: bool) -> Reading<Chosen> {
        let Reading::Value(chosen) = reading else { return reading };
        let count = usize::from(chosen.listed);
        if self.layout.min_items.is_some_and(|least| count < least) {
            return Reading::Invalid(Fault::Domain("minItems"));
        }
        if self.layout.max_items.is_some_and(|most| count > most) {
            return Reading::Invalid(Fault::Domain("maxItems"));
        }
        let repeated = u32::from(chosen.listed) > chosen.set.count_ones();
        let note: fn(Change) -> Note = match () {
            () if repeated && self.layout.duplicates.is_some() => Note::Repeated,
            () if chosen.synonym => Note::Synonym,
            () if chosen.respelled || padded => Note::Respelled,
            () => return Reading::Value(chosen),
        };
        Reading::Noted(chosen, note(self.change(chosen.set, one_cell)))
    }

    /// How the set is to be spelled.
    fn change(&self, set: u64, one_cell: bool) -> Change {
        let items = (0..64_u8).filter(|index| set >> index & 1 == 1).map(|index| self.options.change(index));
        let (shown, codes): (Vec<Argument>, Vec<Option<Box<str>>>) =
            items.map(|change| (change.shown, change.written)).unzip();
        let codes: Option<Vec<Box<str>>> = codes.into_iter().filter(|_| one_cell).collect();
        let codes = codes.filter(|codes| !codes.is_empty());
        let written = codes.map(|codes| codes.join(&self.layout.separator).into());
        Change { shown: Argument::List(shown), written }
    }

    /// The answer in one cell.
    fn whole(&self, dictionary: &Dictionary, desk: &Desk, cell: &RawCell) -> Reading<Chosen> {
        let text = desk.text(cell);
        if text.is_empty() {
            return Reading::Blank;
        }
        match cell.kind {
            RawKind::JsonObject | RawKind::JsonTrue | RawKind::JsonFalse => {
                return Reading::Invalid(Fault::Type);
            }
            RawKind::JsonArray => return self.array(dictionary, text),
            _ => {}
        }
        let mut chosen = Chosen::default();
        match self.options.option(dictionary, text) {
            Some(Reading::Mark(mark)) => return Reading::Mark(mark),
            Some(reading) => {
                return if chosen.add(&reading) {
                    Reading::Value(chosen)
                } else {
                    Reading::Invalid(Fault::Option)
                };
            }
            None => {}
        }
        let items = text.split(&*self.layout.separator).map(trim).filter(|item| !item.is_empty());
        for item in items {
            let known = self.options.option(dictionary, item).is_some_and(|reading| chosen.add(&reading));
            if !known {
                return Reading::Invalid(Fault::Option);
            }
        }
        Reading::Value(chosen)
    }

    /// A JSON array of codes, names or labels.
    fn array(&self, dictionary: &Dictionary, text: &str) -> Reading<Chosen> {
        let mut scanner = Scanner::new(text.as_bytes(), 1);
        let mut chosen = Chosen::default();
        while let Ok(Some(token)) = scanner.token() {
            let item = match token.kind {
                Kind::Comma => continue,
                Kind::ArrayEnd => break,
                Kind::String { .. } => scanner.unescape(token).ok(),
                Kind::Number => text.get(token.start..token.end).map(Into::into),
                _ => return Reading::Invalid(Fault::Type),
            };
            let known = item
                .and_then(|item| self.options.option(dictionary, trim(&item)))
                .is_some_and(|reading| chosen.add(&reading));
            if !known {
                return Reading::Invalid(Fault::Option);
            }
        }
        Reading::Value(chosen)
    }

    /// The answer in several columns, and the cell that decides what is reported.
    fn parts(
        &self,
        dictionary: &Dictionary,
        desk: &Desk,
        parts: &[Option<usize>],
        row: usize,
    ) -> (Reading<Chosen>, RawCell) {
        let mut chosen = Chosen::default();
        let mut first = None;
        let mut marked = None;
        for (index, slot) in (0..=u8::MAX).zip(parts) {
            let cell = desk.cell(*slot, row);
            let text = desk.text(&cell);
            if text.is_empty() || cell.kind == RawKind::JsonFalse {
                continue;
            }
            first.get_or_insert(cell);
            match self.part(dictionary, index, text) {
                Some(Reading::Mark(mark)) => marked = Some((mark, cell)),
                Some(Reading::Blank) => {}
                Some(reading) if chosen.add(&reading) => {}
                _ => return (Reading::Invalid(Fault::Option), cell),
            }
        }
        let cell = first.unwrap_or_default();
        match marked {
            Some((mark, _)) if chosen.listed == 0 => (Reading::Mark(mark), cell),
            // A mark beside an answer says two things at once.
            Some((_, marked)) => (Reading::Invalid(Fault::Option), marked),
            None if chosen.listed == 0 => (Reading::Blank, cell),
            None => (Reading::Value(chosen), cell),
        }
    }

    /// One column: a tick for its option, or a code.
    fn part(&self, dictionary: &Dictionary, index: u8, text: &str) -> Option<Reading<u8>> {
        if self.ticked.is_empty() {
            return self.options.option(dictionary, text);
        }
        match self.ticked.read(dictionary, text) {
            Tick::Chosen => Some(Reading::Value(index)),
            Tick::Mark(mark) => Some(Reading::Mark(mark)),
            Tick::Not => Some(Reading::Blank),
            Tick::Unclear => None,
        }
    }
}
