//! The records of a linked file as batches of their own: for tables that count units, or an earlier wave.
//!
//! Invariants
//! - A row is linked, to itself; but a further row of a key is none, since a unit is one however often it is listed. The
//!   submissions' table is not there.
//! - What is not kept is absent.

use std::collections::BTreeSet;

use super::LinkedTable;
use super::gather::Columns;
use super::piece::Piece;
use crate::batch::example::type_of;
use crate::batch::{Batch, Column, Mask, Table, missing};
use crate::expression::{FieldId, Type};
use crate::input::RawChunk;
use crate::rule_pack::RulePack;

impl LinkedTable {
    /// The records of the file, some hundred at a time, in its order. Of rows with one key the first is linked; those
    /// without key are if they may be `keyless`.
    pub fn own_batches<'a>(&'a self, pack: &'a RulePack, keyless: bool) -> impl Iterator<Item = Batch> + 'a {
        let firsts = std::iter::once(0).chain(self.ends.iter().copied());
        let keyed = self.first_rows();
        let further: BTreeSet<u32> = self.repeated().flat_map(|rows| rows.iter().skip(1)).copied().collect();
        self.pieces.iter().zip(firsts).map(move |(piece, first)| {
            let mut linked = Mask::none(piece.len());
            for (row, place) in (first..).zip(0..piece.len()) {
                let counts = if keyless { !further.contains(&row) } else { keyed.contains(&row) };
                if counts {
                    linked.set(place);
                }
            }
            self.own_batch(pack, piece, linked)
        })
    }

    fn own_batch(&self, pack: &RulePack, piece: &Piece, linked: Mask) -> Batch {
        let rows = piece.len();
        let link = usize::from(self.table).checked_sub(1).and_then(|link| pack.links.get(link));
        let fields = link.into_iter().flat_map(|link| &link.questionnaire.fields);
        let mut chunk = RawChunk::default();
        let mut kept = Columns::new(pack, self, rows);
        (0..rows).for_each(|row| kept.copy(piece, row, row, &mut chunk));
        let mut columns: Vec<Column> = fields.map(|field| absent(pack, field.id, rows)).collect();
        for (field, column) in kept.finish() {
            if let Some(place) = columns.get_mut(usize::from(field.index)) {
                *place = column;
            }
        }
        let own = Table { linked, columns, rows: Vec::new() };
        let empty = || Table { linked: Mask::none(rows), columns: Vec::new(), rows: Vec::new() };
        let mut tables: Vec<Table> = (0..=pack.links.len()).map(|_| empty()).collect();
        if let Some(place) = tables.get_mut(usize::from(self.table)) {
            *place = own;
        }
        Batch {
            chunk,
            tables,
            unreadable: Mask::none(rows),
            findings: Vec::new(),
            about: self.table,
            keys: std::sync::Arc::default(),
        }
    }
}

fn absent(pack: &RulePack, id: FieldId, rows: usize) -> Column {
    let column = missing::blank(type_of(pack, id).unwrap_or(&Type::INTEGER), rows);
    Column { absent: true, blank: Mask::none(rows), ..column }
}
