//! What is to be told of single cells of a workbook beside what they say.
//!
//! Invariants
//! - A remark is made by whoever reads the sheet and becomes a finding of its cell's field, so that an answer that is
//!   withheld stays withheld.

use super::{CellFinding, FormNeeds, GridCell, RawChunk, Slot};
use crate::diagnostic::code::{structure, workbook};
use crate::diagnostic::{Argument, Code};

/// Something about the cell that begins at the byte `at`, of the record at `row` of its block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Remark {
    /// Row within the block.
    pub row: usize,
    /// First byte of the cell within the block.
    pub at: u32,
    /// What.
    pub what: What,
}

/// What there is to say.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(not(feature = "xlsx"), expect(dead_code, reason = "sheets are of workbooks"))]
pub(super) enum What {
    /// Its value is what a formula gave.
    Formula,
    /// It is struck through.
    Struck,
    /// It is the workbook's first date, and the workbook counts from 1904; the stored number.
    From1904(Box<str>),
    /// The cells at these bytes answer the same item otherwise; so many answer it.
    Twice(Vec<(u32, u32)>, usize),
    /// A mark stands for a printed option, whose label was put into its place.
    Chosen {
        /// What a person reads of the option.
        label: String,
        /// The mark.
        mark: String,
    },
    /// Options are printed, and nobody can tell which one is marked.
    Unclear,
}

/// Turns `remarks` into findings of `chunk`. `slot_of`: the slot of a cell.
pub(super) fn tell(
    chunk: &mut RawChunk,
    remarks: Vec<Remark>,
    form: &FormNeeds,
    slot_of: &dyn Fn(&GridCell) -> Option<usize>,
) {
    let mut found = Vec::with_capacity(remarks.len());
    for remark in remarks {
        let Some(cell) = chunk.grid_cell(remark.at).copied() else { continue };
        let Some(slot) = slot_of(&cell).and_then(|slot| chunk.slots.get(slot)).copied() else { continue };
        found.push(finding(chunk, &remark, &cell, slot, form));
    }
    chunk.findings.append(&mut found);
}

fn finding(chunk: &RawChunk, remark: &Remark, cell: &GridCell, slot: Slot, form: &FormNeeds) -> CellFinding {
    let code: &'static Code = match &remark.what {
        What::Formula => &workbook::FORMULA_IN_ANSWER,
        What::Struck => &structure::FORMAT_NOT_READ,
        What::From1904(_) => &structure::DATE_SYSTEM_1904,
        What::Twice(..) => &workbook::LABEL_REPEATED,
        What::Chosen { .. } => &structure::SPELLING_NORMALISED,
        What::Unclear => &workbook::CHOICE_UNCLEAR,
    };
    let bytes = super::offset(cell.span.0)..super::offset(cell.span.1);
    let text = std::str::from_utf8(chunk.bytes.get(bytes).unwrap_or(&[])).unwrap_or_default().trim();
    let written = if text.is_empty() { Argument::NotGiven } else { Argument::written(text) };
    let address = cell.short_address();
    let finding = CellFinding::new(code, remark.row, form.fields.get(slot.field).copied())
        .with("cell", address.as_str())
        .with("range", address.as_str())
        .with("found", written.clone())
        .with("after", written);
    let column = form.columns.iter().find(|column| column.slot == slot);
    let finding = match column {
        Some(column) => finding.with("column", &*column.header),
        None => finding,
    };
    match &remark.what {
        What::Formula | What::Struck | What::Unclear => finding,
        What::Chosen { label, mark } => {
            finding.with("before", Argument::written(mark)).with("after", Argument::written(label))
        }
        What::From1904(serial) => finding.with("before", &**serial),
        What::Twice(others, count) => {
            let finding = finding.with("count", *count);
            others.iter().fold(finding, |finding, other| finding.further(*other, Argument::Nothing))
        }
    }
}
