//! From a block of records to their raw cells: pure, so that blocks may be done in parallel.
//!
//! Invariants
//! - The same block gives the same chunk, on any thread.
//! - A record whose cells cannot be told apart has none; why is one finding.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::remark::{self, Remark};
use super::row_fault::{JsonFault, RowFault, finding};
use super::scan::Dialect;
use super::{FormNeeds, Grid, GridCell, RawCell, RawChunk, RawRecord, Slot, csv, grid, json, offset};
use crate::source::encoding::Encoding;
use crate::source::{SourceId, Span};

/// Records of one file, cut out but not yet told apart.
#[derive(Debug, Clone)]
pub struct Block {
    /// The file.
    pub source: SourceId,
    /// Where the fields' cells stand in its records: one for all blocks of a file, or of a workbook's sheet.
    pub layout: Arc<Layout>,
    /// How its bytes are to be read.
    pub encoding: Encoding,
    /// The original bytes; of UTF-16 and of workbooks, UTF-8 made of them.
    pub bytes: Vec<u8>,
    /// Where the cells stand on a workbook's sheet. `None`: no workbook.
    pub grid: Option<Grid>,
    /// The records, in order.
    pub records: Vec<RawRecord>,
    /// Those that are known to be unreadable.
    pub(super) faults: Vec<(usize, RowFault)>,
    /// What is to be told of cells of a workbook.
    pub(super) remarks: Vec<Remark>,
}

impl Block {
    /// The bytes of `record` in the file.
    pub fn span(&self, record: &RawRecord) -> Span {
        let bytes = self.bytes.get(offset(record.span.0)..offset(record.span.1));
        Span::new(record.origin, record.origin + self.encoding.file_length(bytes.unwrap_or(&[])))
    }

    /// The block of one record of this one, read just as within it. A row past the end gives a block of none.
    #[must_use]
    pub fn single(&self, row: usize) -> Self {
        self.picked(&[row])
    }

    /// The block of the records of these rows, which are in order, read just as within this one. Rows past the end are
    /// left out.
    #[must_use]
    pub fn picked(&self, rows: &[usize]) -> Self {
        let place = |row: usize| rows.binary_search(&row).ok();
        let faults = self.faults.iter().filter_map(|(row, fault)| Some((place(*row)?, *fault)));
        let remark = |remark: &Remark| Some(Remark { row: place(remark.row)?, ..remark.clone() });
        Self {
            source: self.source,
            layout: Arc::clone(&self.layout),
            encoding: self.encoding,
            bytes: self.bytes.clone(),
            grid: self.grid.clone(),
            records: rows.iter().filter_map(|row| self.records.get(*row).copied()).collect(),
            faults: faults.collect(),
            remarks: self.remarks.iter().filter_map(remark).collect(),
        }
    }
}

/// How records of a file are told apart.
#[derive(Debug, Clone)]
#[cfg_attr(not(feature = "xlsx"), expect(dead_code, reason = "sheets are of workbooks"))]
pub(super) enum Shape {
    /// Delimited text; slot by column of the file.
    Rows(Dialect, Vec<Option<usize>>),
    /// JSON objects.
    Json,
    /// Rows of a workbook's sheet; slot by column of the sheet, the first being column 1.
    Sheet(Vec<Option<usize>>),
    /// One record a sheet; slot by row and column of the answer.
    FormSheet(BTreeMap<(u32, u32), usize>),
}

/// Where each field's cells stand in the records of one file.
#[derive(Debug, Clone)]
pub struct Layout {
    form: Arc<FormNeeds>,
    shape: Shape,
    slots: Vec<Slot>,
    absent: Vec<bool>,
}

impl Layout {
    /// Delimited text whose columns are those of the form at `columns`.
    pub(super) fn rows(form: Arc<FormNeeds>, dialect: Dialect, columns: &[Option<usize>]) -> Self {
        Self::by_column(form, columns, |by_column| Shape::Rows(dialect, by_column))
    }

    /// Rows of a sheet whose columns, from the first of the sheet on, are those of the form at `columns`.
    #[cfg(feature = "xlsx")]
    pub(super) fn sheet(form: Arc<FormNeeds>, columns: &[Option<usize>]) -> Self {
        Self::by_column(form, columns, Shape::Sheet)
    }

    /// A sheet that is one record: the cells (row, column) hold the answers to the form's columns.
    #[cfg(feature = "xlsx")]
    pub(super) fn form_sheet(form: Arc<FormNeeds>, answers: &[((u32, u32), usize)]) -> Self {
        let mut slots = Vec::new();
        let mut by_cell = BTreeMap::new();
        for (cell, column) in answers {
            let Some(column) = form.columns.get(*column) else { continue };
            by_cell.insert(*cell, slots.len());
            slots.push(column.slot);
        }
        Self::of(form, Shape::FormSheet(by_cell), slots)
    }

    fn by_column(
        form: Arc<FormNeeds>,
        columns: &[Option<usize>],
        shape: impl FnOnce(Vec<Option<usize>>) -> Shape,
    ) -> Self {
        let mut slots = Vec::new();
        let mut by_column = Vec::with_capacity(columns.len());
        for column in columns {
            let slot = column.and_then(|column| form.columns.get(column)).map(|column| column.slot);
            by_column.push(slot.map(|_| slots.len()));
            slots.extend(slot);
        }
        Self::of(form, shape(by_column), slots)
    }

    fn of(form: Arc<FormNeeds>, shape: Shape, slots: Vec<Slot>) -> Self {
        let absent =
            (0..form.fields.len()).map(|field| slots.iter().all(|slot| slot.field != field)).collect();
        Self { form, shape, slots, absent }
    }

    /// JSON: every field has a slot, and none is absent, because a missing key is a blank answer.
    pub(super) fn json(form: Arc<FormNeeds>) -> Self {
        let slots: Vec<Slot> = form.columns.iter().map(|column| column.slot).collect();
        let absent = vec![false; form.fields.len()];
        Self { form, shape: Shape::Json, slots, absent }
    }

    #[cfg(test)]
    pub(super) fn sample() -> Arc<Self> {
        Arc::new(Self::json(Arc::new(super::form::tests::form())))
    }

    /// What each slot of a chunk is.
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// Whether the file has no column for the field at this position of the form.
    pub fn is_absent(&self, field: usize) -> bool {
        self.absent.get(field).copied().unwrap_or(true)
    }

    /// The form that the file is read by.
    pub(super) fn form(&self) -> &FormNeeds {
        &self.form
    }

    /// Tells the cells of `block` apart.
    pub fn cells(&self, block: Block) -> RawChunk {
        let Block { source, layout: _, encoding, bytes, grid, records, faults, remarks } = block;
        let cells = vec![RawCell::default(); self.slots.len() * records.len()];
        let slots = self.slots.clone();
        let source = Some(source);
        let mut chunk =
            RawChunk { source, encoding, bytes, grid, records, slots, cells, ..RawChunk::default() };
        // What the splitter could not balance is read all the same: the parser tells better what is wrong.
        let (unbalanced, certain): (Vec<_>, Vec<_>) = faults.into_iter().partition(
            |(_, fault)| matches!(fault, RowFault::NotJson(_, fault) if *fault != JsonFault::Missing),
        );
        refuse(&mut chunk, certain);
        match &self.shape {
            Shape::Rows(dialect, columns) => csv::fill(&mut chunk, *dialect, columns),
            Shape::Json => json::fill(&mut chunk, &self.form),
            Shape::Sheet(columns) => self.grid_cells(&mut chunk, remarks, &|cell| {
                let index = usize::try_from(cell.column).ok()?.checked_sub(1)?;
                *columns.get(index)?
            }),
            Shape::FormSheet(by_cell) => {
                self.grid_cells(&mut chunk, remarks, &|cell| by_cell.get(&(cell.row, cell.column)).copied());
            }
        }
        refuse(&mut chunk, unbalanced);
        chunk.findings.sort_by_key(|finding| finding.row);
        chunk
    }

    fn grid_cells(
        &self,
        chunk: &mut RawChunk,
        remarks: Vec<Remark>,
        slot_of: &dyn Fn(&GridCell) -> Option<usize>,
    ) {
        grid::fill(chunk, slot_of);
        remark::tell(chunk, remarks, &self.form, slot_of);
    }
}

/// Makes records unreadable, with one finding each, unless they are so already.
fn refuse(chunk: &mut RawChunk, faults: Vec<(usize, RowFault)>) {
    for (row, fault) in faults {
        if chunk.records.get(row).is_some_and(|record| record.readable) {
            chunk.reject(row);
            let finding = finding(chunk, row, fault);
            chunk.findings.push(finding);
        }
    }
}
