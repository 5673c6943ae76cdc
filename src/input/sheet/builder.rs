//! A block of a sheet while it is being filled: texts between tabs, and where each cell stands.
//!
//! Invariants
//! - Every cell that is put in has an address and bytes of its own, blank ones too.
//! - Offsets of one sheet rise and never meet those of another: each sheet has a range of its own.

use std::sync::Arc;

use super::super::remark::{Remark, What};
use crate::input::{Block, Grid, GridCell, Layout, RawKind, RawRecord, short};
use crate::source::SourceId;
use crate::source::encoding::Encoding;

/// A block is closed when it has so many bytes, whatever the number of its records.
const BLOCK_BYTES: usize = 4 << 20;

/// The first offset of a sheet's text: beyond whatever a sheet before it can hold.
pub(super) fn origin_of(sheet: usize) -> u64 {
    u64::try_from(sheet + 1).unwrap_or(1).saturating_mul(1 << 40)
}

/// A block being filled.
#[derive(Debug)]
pub(super) struct Builder {
    source: SourceId,
    layout: Arc<Layout>,
    sheet: Arc<str>,
    labelled: bool,
    from_1904: bool,
    /// Offset of the first byte in hand.
    origin: u64,
    bytes: Vec<u8>,
    cells: Vec<GridCell>,
    records: Vec<RawRecord>,
    remarks: Vec<Remark>,
    /// Where the record that is open began.
    start: usize,
}

impl Builder {
    /// For records of `sheet`. `labelled`: a record takes several rows, and labels are put in too.
    pub(super) fn new(
        source: SourceId,
        layout: Arc<Layout>,
        sheet: Arc<str>,
        origin: u64,
        labelled: bool,
        from_1904: bool,
    ) -> Self {
        Self {
            source,
            layout,
            sheet,
            labelled,
            from_1904,
            origin,
            bytes: Vec::new(),
            cells: Vec::new(),
            records: Vec::new(),
            remarks: Vec::new(),
            start: 0,
        }
    }

    /// Puts the next cell of the open record in; its bytes.
    pub(super) fn cell(&mut self, (row, column): (u32, u32), text: &str, kind: RawKind) -> (u32, u32) {
        if self.bytes.len() > self.start {
            let same_row = self.cells.last().is_none_or(|last| last.row == row);
            self.bytes.push(if same_row { b'\t' } else { b'\n' });
        } else if self.cells.last().is_some_and(|last| offset_of(last) >= self.start) {
            // The first cell of the record was blank.
            self.bytes.push(b'\t');
        }
        let start = short(self.bytes.len());
        self.bytes.extend_from_slice(text.as_bytes());
        let span = (start, short(self.bytes.len()));
        self.cells.push(GridCell { span, row, column, kind });
        span
    }

    /// Remarks something about the cell of the open record that begins at `at`.
    pub(super) fn remark(&mut self, at: u32, what: What) {
        self.remarks.push(Remark { row: self.records.len(), at, what });
    }

    /// Ends the open record.
    pub(super) fn end_record(&mut self, number: u64, row: u32) {
        let span = (short(self.start), short(self.bytes.len()));
        let origin = self.origin + u64::from(span.0);
        let line = u64::from(row);
        self.records.push(RawRecord {
            number,
            line,
            sheet_row: Some(line),
            column: 1,
            span,
            origin,
            readable: true,
        });
        self.bytes.push(b'\n');
        self.start = self.bytes.len();
    }

    /// Whether it may take another record.
    pub(super) fn is_open(&self, most: usize) -> bool {
        self.records.len() < most && self.bytes.len() < BLOCK_BYTES
    }

    /// How many bytes are in hand.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The block; the next one follows it. `None`: it has no record.
    pub(super) fn take(&mut self) -> Option<Block> {
        if self.records.is_empty() {
            return None;
        }
        self.origin += u64::try_from(self.bytes.len()).unwrap_or(0);
        self.start = 0;
        Some(Block {
            source: self.source,
            layout: Arc::clone(&self.layout),
            encoding: Encoding::Utf8,
            bytes: std::mem::take(&mut self.bytes),
            grid: Some(Grid {
                sheet: Arc::clone(&self.sheet),
                cells: std::mem::take(&mut self.cells),
                labelled: self.labelled,
                from_1904: self.from_1904,
            }),
            records: std::mem::take(&mut self.records),
            faults: Vec::new(),
            remarks: std::mem::take(&mut self.remarks),
        })
    }
}

fn offset_of(cell: &GridCell) -> usize {
    crate::input::offset(cell.span.0)
}
