//! The records of a linked file as batches of their own: for tables that count units, or an earlier wave.
//!
//! Invariants
//! - Every row is linked, to itself; the submissions' table is not there.
//! - What is not kept is absent.

use super::LinkedTable;
use super::gather::Columns;
use super::piece::Piece;
use crate::batch::example::type_of;
use crate::batch::{Batch, Column, Mask, Table, missing};
use crate::expression::{FieldId, Type};
use crate::input::RawChunk;
use crate::rule_pack::RulePack;

impl LinkedTable {
    /// The records of the file, some hundred at a time, in its order.
    pub fn own_batches<'a>(&'a self, pack: &'a RulePack) -> impl Iterator<Item = Batch> + 'a {
        self.pieces.iter().map(|piece| self.own_batch(pack, piece))
    }

    fn own_batch(&self, pack: &RulePack, piece: &Piece) -> Batch {
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
        let own = Table { linked: Mask::all(rows), columns, rows: Vec::new() };
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
