//! Answers as meant: typed columns of some hundred records.
//!
//! Invariants
//! - In a column that is not absent, `known`, `blank`, `na`, `dk` and `invalid` partition the records
//!   (rows of a linked table without a linked record are in none of them: they are absent).
//! - Values of rows outside `known` are never read.
//! - A batch owns its chunk, so that text is (start, length) and spans can be resolved until it is dropped.

pub mod convert;
pub mod example;
pub mod excerpt;
pub mod key;
pub mod locate;
pub mod mask;
pub mod missing;

pub use excerpt::Excerpt;
pub use mask::Mask;

use std::sync::Arc;

use crate::expression::FieldId;
use crate::input::{CellFinding, RawChunk, TextRef};
use key::KeySets;

/// The values of a column; rows outside `known` hold anything.
#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    /// Indices into the option list.
    Options(Vec<u8>),
    /// Scaled numbers.
    Numbers(Vec<i64>),
    /// Sets of options, and how many items were written.
    Multi {
        /// Bit i: option i.
        set: Vec<u64>,
        /// Items written, repetitions included.
        listed: Vec<u16>,
    },
    /// Text and codes.
    Text(Vec<TextRef>),
    /// Days since 1970-01-01.
    Dates(Vec<i32>),
    /// Seconds since 1970-01-01T00:00:00.
    DateTimes(Vec<i64>),
    /// Months since January 1970.
    Months(Vec<i32>),
}

/// One field over the records of a batch.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// The file has no such column.
    pub absent: bool,
    /// VALUE.
    pub known: Mask,
    /// BLANK.
    pub blank: Mask,
    /// NA.
    pub na: Mask,
    /// DK.
    pub dk: Mask,
    /// INVALID.
    pub invalid: Mask,
    /// Which mark: 1 + index into the field's marks, 0 none. `None`: no row has a mark.
    pub marks: Option<Vec<u8>>,
    /// The values.
    pub data: Data,
}

/// The columns of one table of the batch.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Rows that have a record in this table; all rows for table 0.
    pub linked: Mask,
    /// Of each row the first record of this table that has its key. Empty: not asked for, or the batch's own table.
    pub rows: Vec<Option<u32>>,
    /// By [`FieldId::index`].
    pub columns: Vec<Column>,
}

/// Some hundred records as typed columns.
#[derive(Debug)]
pub struct Batch {
    /// The chunk that it was made from.
    pub chunk: RawChunk,
    /// Whose records the rows are: 0 submissions, else those of that link's own file.
    pub about: u16,
    /// The keys of the files beside the submissions, as far as rules ask for them.
    pub keys: Arc<KeySets>,
    /// Table 0 and the links. Columns of derived values stand behind the fields of table 0.
    pub tables: Vec<Table>,
    /// Records that could not be read: every rule is skipped on them.
    pub unreadable: Mask,
    /// What the reader and the conversion found, by (row, field).
    pub findings: Vec<CellFinding>,
}

impl Batch {
    /// How many records.
    pub fn len(&self) -> usize {
        self.unreadable.len()
    }

    /// Whether it has no record.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A column of any table. `None`: no such column.
    pub fn column(&self, id: FieldId) -> Option<&Column> {
        self.tables.get(usize::from(id.table))?.columns.get(usize::from(id.index))
    }

    /// The text behind `reference`.
    pub fn text(&self, reference: TextRef) -> &str {
        self.chunk.text(reference)
    }
}
