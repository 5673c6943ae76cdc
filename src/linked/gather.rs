//! The columns of linked records beside the records that they are joined to.
//!
//! Invariants
//! - A row without linked record is in no mask of any column.
//! - A column that the linked file does not have is absent.

use super::{LinkedTable, Piece};
use crate::batch::{Column, Data, Mask, missing};
use crate::expression::{FieldId, Type};
use crate::input::RawChunk;
use crate::rule_pack::RulePack;

/// Columns being filled, row by row.
pub(super) struct Columns {
    rows: usize,
    columns: Vec<(FieldId, Column)>,
}

impl Columns {
    /// The columns that are kept of `linked`, beside `rows` records.
    pub(super) fn new(pack: &RulePack, linked: &LinkedTable, rows: usize) -> Self {
        let column = |field: &FieldId| {
            let ty = pack.field(*field).map_or(&Type::INTEGER, |field| &field.ty);
            let mut column = missing::stateless(ty, rows);
            let mut theirs = linked.pieces.iter().filter_map(|piece| piece.column(*field)).peekable();
            column.absent = theirs.peek().is_some() && theirs.all(|theirs| theirs.absent);
            (*field, column)
        };
        Self { rows, columns: linked.columns.iter().map(column).collect() }
    }

    /// Puts the linked record `at` of `piece` beside the record `row`.
    pub(super) fn copy(&mut self, piece: &Piece, at: usize, row: usize, chunk: &mut RawChunk) {
        for (field, column) in &mut self.columns {
            let Some(theirs) = piece.column(*field).filter(|theirs| !theirs.absent) else { continue };
            let states: [(&Mask, &mut Mask); 5] = [
                (&theirs.known, &mut column.known),
                (&theirs.blank, &mut column.blank),
                (&theirs.na, &mut column.na),
                (&theirs.dk, &mut column.dk),
                (&theirs.invalid, &mut column.invalid),
            ];
            for (theirs, ours) in states {
                ours.put(row, theirs.get(at));
            }
            if let Some(mark) =
                theirs.marks.as_ref().and_then(|marks| marks.get(at)).filter(|mark| **mark > 0)
            {
                let marks = column.marks.get_or_insert_with(|| vec![0; self.rows]);
                put(marks, row, *mark);
            }
            if theirs.known.get(at) && !value(&mut column.data, row, &theirs.data, at, piece, chunk) {
                // What cannot be kept is not made up: the cell has no value that could be read.
                column.known.clear(row);
                column.invalid.set(row);
            }
        }
    }

    /// The filled columns.
    pub(super) fn finish(self) -> Vec<(FieldId, Column)> {
        self.columns
    }
}

fn value(data: &mut Data, row: usize, theirs: &Data, at: usize, piece: &Piece, chunk: &mut RawChunk) -> bool {
    match (data, theirs) {
        (Data::Options(ours), Data::Options(theirs)) => copy(ours, row, theirs, at),
        (Data::Numbers(ours), Data::Numbers(theirs)) | (Data::DateTimes(ours), Data::DateTimes(theirs)) => {
            copy(ours, row, theirs, at)
        }
        (Data::Dates(ours), Data::Dates(theirs)) | (Data::Months(ours), Data::Months(theirs)) => {
            copy(ours, row, theirs, at)
        }
        (Data::Multi { set, listed }, Data::Multi { set: sets, listed: items }) => {
            copy(set, row, sets, at) && copy(listed, row, items, at)
        }
        (Data::Text(ours), Data::Text(theirs)) => {
            let text = theirs.get(at).and_then(|text| chunk.keep(piece.texts.text(*text)));
            text.is_some_and(|text| put(ours, row, text))
        }
        _ => false,
    }
}

fn copy<T: Copy>(ours: &mut [T], row: usize, theirs: &[T], at: usize) -> bool {
    theirs.get(at).is_some_and(|value| put(ours, row, *value))
}

fn put<T>(cells: &mut [T], row: usize, value: T) -> bool {
    cells.get_mut(row).map(|cell| *cell = value).is_some()
}
