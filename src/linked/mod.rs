//! Linked files: the frame, the previous wave, joined to the submissions by key.
//!
//! Invariants
//! - Only the keys and the columns that somebody reads are kept; memory grows by these and not by the file.
//! - A record without key joins nothing, and so does a key that stands twice in the linked file.
//! - Keys are compared as they are: no name is rewritten, and no spelling is taken for another.
//! - Rows of a linked file come in its own order, so that what is told of them does not depend on the submissions.

mod gather;
mod own;
mod piece;

pub use piece::Piece;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::batch::key::KeySets;
use crate::batch::{Batch, Mask, locate};
use crate::diagnostic::{Label, Place};
use crate::expression::key::{Found, KeyIndex};
use crate::expression::{FieldId, Type};
use crate::plan::Plan;
use crate::rule_pack::{Link, RulePack};
use gather::Columns;
use piece::record_key;

/// What is to be kept of one linked file.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Columns, rising.
    pub columns: BTreeSet<FieldId>,
    /// Columns by whose values records are sought, those of the join first.
    pub keys: Vec<Vec<FieldId>>,
}

impl Wanted {
    /// What a run of `plan` asks of the file of `link`; `whole`: all columns are asked for.
    pub fn of(plan: &Plan, link: &Link, whole: bool) -> Self {
        let ours = |field: &&FieldId| field.table == link.table;
        let all = link.questionnaire.fields.iter().map(|field| field.id);
        let columns = plan.linked_reads.iter().filter(ours).copied().chain(all.filter(|_| whole)).collect();
        let on: Vec<FieldId> = link.on.iter().map(|(_, theirs)| *theirs).collect();
        let further = plan.linked_keys.iter().filter(|keys| keys.iter().all(|field| ours(&field)));
        let further: Vec<Vec<FieldId>> = further.filter(|keys| **keys != on).cloned().collect();
        Self { columns, keys: std::iter::once(on).chain(further).collect() }
    }
}

/// A linked file while it is read.
#[derive(Debug)]
pub struct Loading {
    table: u16,
    ours: Vec<FieldId>,
    wanted: Wanted,
    indexes: Vec<KeyIndex>,
    pieces: Vec<Piece>,
    /// The row behind the last of each piece.
    ends: Vec<u32>,
    /// Whether a key could not be kept, because there are too many.
    overfull: bool,
}

impl Loading {
    /// Nothing read yet.
    pub fn new(link: &Link, wanted: Wanted) -> Self {
        Self {
            table: link.table,
            ours: link.on.iter().map(|(ours, _)| *ours).collect(),
            indexes: vec![KeyIndex::default(); wanted.keys.len()],
            wanted,
            pieces: Vec::new(),
            ends: Vec::new(),
            overfull: false,
        }
    }

    /// What is kept of each block.
    pub const fn wanted(&self) -> &Wanted {
        &self.wanted
    }

    /// Adds what is kept of the next block.
    pub fn add(&mut self, mut piece: Piece) {
        let first = self.ends.last().copied().unwrap_or(0);
        for (index, keys) in self.indexes.iter_mut().zip(std::mem::take(&mut piece.keys)) {
            for (row, key) in (first..).zip(keys) {
                if let Some(key) = key {
                    self.overfull |= !index.add(&key, row);
                }
            }
        }
        let rows = u32::try_from(piece.len()).unwrap_or(u32::MAX);
        self.ends.push(first.saturating_add(rows));
        self.pieces.push(piece);
    }

    /// Whether there are more keys than can be kept (4 GiB of them): then nothing may be judged by the file.
    pub const fn is_overfull(&self) -> bool {
        self.overfull
    }

    /// The whole file, ready to be joined.
    pub fn finish(mut self) -> LinkedTable {
        self.indexes.iter_mut().for_each(KeyIndex::finish);
        let sets = self.wanted.keys.iter().cloned().zip(self.indexes.into_iter().map(Arc::new));
        LinkedTable {
            table: self.table,
            ours: self.ours,
            theirs: self.wanted.keys.first().cloned().unwrap_or_default(),
            columns: self.wanted.columns.into_iter().collect(),
            sets: sets.collect(),
            pieces: self.pieces,
            ends: self.ends,
        }
    }
}

/// A linked file, read.
#[derive(Debug)]
pub struct LinkedTable {
    /// Its table.
    pub table: u16,
    ours: Vec<FieldId>,
    theirs: Vec<FieldId>,
    /// Columns that are kept.
    columns: Vec<FieldId>,
    sets: BTreeMap<Vec<FieldId>, Arc<KeyIndex>>,
    pieces: Vec<Piece>,
    ends: Vec<u32>,
}

impl LinkedTable {
    /// How many records the file has, unreadable ones included.
    pub fn len(&self) -> u32 {
        self.ends.last().copied().unwrap_or(0)
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Rows of each key that stands in several, by the first of them.
    pub fn repeated(&self) -> impl Iterator<Item = &[u32]> {
        let index = self.sets.get(&self.theirs);
        index.into_iter().flat_map(|index| index.repeated().values()).map(Vec::as_slice)
    }

    /// The first row of each key, counted from 0 over the file.
    fn first_rows(&self) -> BTreeSet<u32> {
        self.sets.get(&self.theirs).into_iter().flat_map(|index| index.rows()).collect()
    }

    /// The piece of `row`, counted from 0 over the file, and its row there.
    fn piece(&self, row: u32) -> Option<(&Piece, usize)> {
        let place = self.ends.partition_point(|end| *end <= row);
        let first = place.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        Some((self.pieces.get(place)?, usize::try_from(row.checked_sub(first)?).ok()?))
    }

    /// Where the record of `row` stands; with `key`, what it is called.
    pub fn place(&self, row: u32, key: Option<Box<str>>) -> Option<Place> {
        let (piece, row) = self.piece(row)?;
        piece.place(row, key)
    }

    /// A mark on the record of `row`.
    pub fn label(&self, row: u32, text: crate::diagnostic::Argument) -> Option<Label> {
        let (piece, row) = self.piece(row)?;
        piece.label(row, text)
    }

    /// The number of the record of `row` in its file.
    pub fn number(&self, row: u32) -> Option<u64> {
        let (piece, row) = self.piece(row)?;
        piece.number(row)
    }

    /// The canonical text of a cell: an option's code, digits, an ISO date. `None`: it has no value, or the column is not
    /// kept.
    pub fn text(&self, pack: &RulePack, field: FieldId, row: u32) -> Option<String> {
        let (piece, row) = self.piece(row)?;
        locate::canonical(piece.column(field)?, &pack.field(field)?.ty, row, &piece.texts)
    }

    /// The key of which `row` is the first row, as a record is called by it. `None`: it has none, or one that is no text.
    pub fn key(&self, pack: &RulePack, row: u32) -> Option<String> {
        let is_text = |field: &FieldId| {
            pack.field(*field).is_some_and(|field| matches!(field.ty, Type::Text | Type::Code))
        };
        let parts = self.sets.get(&self.theirs).filter(|_| self.theirs.iter().all(is_text))?.parts(row)?;
        let texts: Option<Vec<&str>> = parts.into_iter().map(|part| std::str::from_utf8(part).ok()).collect();
        texts.map(|texts| texts.join("+"))
    }

    fn find(&self, batch: &Batch, pack: &RulePack, row: usize) -> Option<Found> {
        let key = record_key(batch, pack, &self.ours, row)?;
        self.sets.get(&self.theirs)?.find(&key)
    }
}

/// The linked files of a run. A link without a file has none here: every record is unlinked.
#[derive(Debug, Default)]
pub struct Linked {
    tables: Vec<LinkedTable>,
    keys: Arc<KeySets>,
}

impl Linked {
    /// For the files that were read.
    pub fn new(tables: Vec<LinkedTable>) -> Self {
        let sets = tables.iter().flat_map(|table| &table.sets);
        let keys = sets.map(|(fields, index)| (fields.clone(), Arc::clone(index))).collect();
        Self { tables, keys: Arc::new(keys) }
    }

    /// The file of the link whose table is `table`. `None`: none was given, or it cannot be read.
    pub fn table(&self, table: u16) -> Option<&LinkedTable> {
        self.tables.iter().find(|linked| linked.table == table)
    }

    /// All files, by table.
    pub fn tables(&self) -> &[LinkedTable] {
        &self.tables
    }

    /// Fills the tables of `batch`, which holds submissions: which rows have a linked record, and what it says.
    pub fn join(&self, pack: &RulePack, batch: &mut Batch) {
        for linked in &self.tables {
            let found: Vec<Option<Found>> =
                (0..batch.len()).map(|row| linked.find(batch, pack, row)).collect();
            let mut mask = Mask::none(batch.len());
            for (row, _) in
                found.iter().enumerate().filter(|(_, found)| found.is_some_and(|found| found.alone))
            {
                mask.set(row);
            }
            let mut columns = Columns::new(pack, linked, batch.len());
            for row in mask.rows() {
                let theirs = found.get(row).copied().flatten();
                if let Some((piece, at)) = theirs.and_then(|theirs| linked.piece(theirs.row)) {
                    columns.copy(piece, at, row, &mut batch.chunk);
                }
            }
            let Some(table) = batch.tables.get_mut(usize::from(linked.table)) else { continue };
            for (field, column) in columns.finish() {
                if let Some(place) = table.columns.get_mut(usize::from(field.index)) {
                    *place = column;
                }
            }
            table.linked = mask;
            table.rows = found.into_iter().map(|found| found.map(|found| found.row)).collect();
        }
        batch.keys = Arc::clone(&self.keys);
    }
}

/// The keys of the linked records of examples, for each set of columns in which rules of `plan` look: `batch` was made of
/// the examples.
pub fn keys_of_examples(plan: &Plan, batch: &Batch) -> Arc<KeySets> {
    let index = |columns: &Vec<FieldId>| {
        let mut index = KeyIndex::default();
        for row in 0..batch.len() {
            if let Some(key) = record_key(batch, &plan.pack, columns, row) {
                index.add(&key, u32::try_from(row).unwrap_or(u32::MAX));
            }
        }
        index.finish();
        (columns.clone(), Arc::new(index))
    };
    Arc::new(plan.linked_keys.iter().map(index).collect())
}
