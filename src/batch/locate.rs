//! From (record, field) to a place in the file. Stand-in until the readers bring theirs.
//!
//! Invariants
//! - Knows the record's number and line only.

use std::sync::Arc;

use super::Batch;
use crate::diagnostic::{Argument, Label, RecordPlace};
use crate::expression::FieldId;
use crate::rule_pack::RulePack;
use crate::source::{SourceId, Span};

/// Places of one batch.
#[derive(Debug)]
pub struct Locator<'a> {
    batch: &'a Batch,
}

impl<'a> Locator<'a> {
    /// For the records of `batch`.
    pub fn new(batch: &'a Batch, _pack: &'a RulePack) -> Self {
        Self { batch }
    }

    /// Where the record is.
    pub fn place(&self, row: usize) -> Arc<RecordPlace> {
        let record = self.batch.chunk.records.get(row);
        Arc::new(RecordPlace {
            source: self.batch.chunk.source.unwrap_or(SourceId(0)),
            record: record.map_or(0, |record| record.number),
            line: record.map_or(0, |record| record.line),
            span: record.map_or(Span::default(), |record| self.batch.chunk.span(record.span)),
            key: None,
        })
    }

    /// A mark on the cell.
    pub fn label(&self, _row: usize, _field: FieldId, _text: Argument) -> Option<Label> {
        None
    }

    /// A mark on a range of the chunk.
    pub fn label_at(&self, _row: usize, _range: (u32, u32), _text: Argument) -> Option<Label> {
        None
    }

    /// The cell as written.
    pub fn written(&self, _row: usize, _field: FieldId) -> Argument {
        Argument::NotGiven
    }
}
