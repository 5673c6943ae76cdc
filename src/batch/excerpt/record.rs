//! The excerpt of one record of a batch: which of its bytes are cells, and which of those are withheld.
//!
//! Invariants
//! - Of a record whose cells cannot be told apart nothing is shown if the file has a column that is withheld.

use super::{Excerpt, Region};
use crate::batch::Batch;
use crate::diagnostic::Label;
use crate::expression::FieldId;
use crate::input::{GridCell, RawChunk, RawKind, RawRecord};
use crate::rule_pack::RulePack;

/// The excerpt of record `row` for `labels`, without answers of fields that are `withheld`.
///
/// Empty if there is no such record, or if nobody can tell which of its bytes are withheld.
pub fn excerpt(
    batch: &Batch,
    pack: &RulePack,
    row: usize,
    labels: &[Label],
    withheld: &dyn Fn(FieldId) -> bool,
) -> Excerpt {
    let chunk = &batch.chunk;
    let Some(record) = chunk.records.get(row) else { return Excerpt::default() };
    let fields = &pack.questionnaire.fields;
    let guarded =
        chunk.slots.iter().any(|slot| fields.get(slot.field).is_some_and(|field| withheld(field.id)));
    if guarded && !record.readable {
        return Excerpt::default();
    }
    let mut cells = cells(chunk, pack, row, record, withheld);
    // What a label names is an answer to that field, also where it is not the one that was read.
    for label in labels {
        let field = label.field.as_ref().and_then(|name| fields.iter().find(|field| field.name == *name));
        if let Some((field, (start, end))) = field.zip(chunk.within(record, label.span))
            && !cells.iter().any(|cell| (cell.0, cell.1) == (start, end))
        {
            // A key that is missing is marked at the bracket of its record.
            cells.push((start, end, withheld(field.id) && (start, end) != (0, 1)));
        }
    }
    let (start, end) = (index(record.span.0), index(record.span.1));
    let region = Region {
        bytes: chunk.bytes.get(start..end).unwrap_or(&[]),
        origin: record.origin,
        encoding: chunk.encoding,
        row: chunk.grid.as_ref().is_some_and(|grid| !grid.labelled)
            || chunk.grid.is_none()
                && (0..chunk.slots.len())
                    .any(|slot| chunk.column(slot).get(row).is_some_and(|cell| cell.kind == RawKind::Text)),
        cells,
        guarded,
        sheet: chunk.grid.is_some(),
        labels: labels_of_cells(chunk, record),
    };
    region.cut(labels)
}

/// Of a sheet that is one record: each cell with the nearest one before it on its row that is no answer.
fn labels_of_cells(chunk: &RawChunk, record: &RawRecord) -> Vec<(usize, usize, usize)> {
    let Some(grid) = chunk.grid.as_ref().filter(|grid| grid.labelled) else { return Vec::new() };
    let is_answer =
        |cell: &GridCell| chunk.cells.iter().any(|raw| raw.kind != RawKind::Missing && raw.span == cell.span);
    let relative = |at: u32| index(at.saturating_sub(record.span.0));
    let mut labels = Vec::new();
    let mut label: Option<&GridCell> = None;
    for cell in &grid.cells {
        if is_answer(cell) {
            let label = label.filter(|label| label.row == cell.row);
            labels.extend(
                label.map(|label| (relative(cell.span.0), relative(label.span.0), relative(label.span.1))),
            );
        } else {
            label = Some(cell);
        }
    }
    labels
}

fn cells(
    chunk: &RawChunk,
    pack: &RulePack,
    row: usize,
    record: &RawRecord,
    withheld: &dyn Fn(FieldId) -> bool,
) -> Vec<(usize, usize, bool)> {
    let private = |field: usize| pack.questionnaire.fields.get(field).is_some_and(|field| withheld(field.id));
    let slots = chunk.slots.iter().enumerate();
    slots
        .filter_map(|(index, slot)| Some((chunk.column(index).get(row)?, private(slot.field))))
        .filter(|(cell, _)| cell.kind != RawKind::Missing)
        .map(|(cell, private)| {
            let relative = |at: u32| index(at.saturating_sub(record.span.0));
            (relative(cell.span.0), relative(cell.span.1), private)
        })
        .collect()
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
