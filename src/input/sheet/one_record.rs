//! A sheet that is one record, from its rows to a block and what is told of it.
//!
//! Invariants
//! - Labels and answers are put in row by row, so that an answer can be shown beside its label.
//! - An item that a file must have and the sheet has not is told; of one that was answered twice the cell is INVALID.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::builder::Builder;
use super::form_sheet::{FormSheet, Said, row_at};
use super::opening::{KeptCell, KeptRow};
use super::sending::Sending;
use super::watch::{Seen, Watch, label};
use crate::diagnostic::code::structure::{COLUMN_OF_ANOTHER_FORM, COLUMN_UNKNOWN};
use crate::diagnostic::code::workbook::LABEL_MISSING;
use crate::diagnostic::{Argument, Code, Diagnostic, Diagnostics, Label, Place};
use crate::input::heading::did_you_mean;
use crate::input::remark::What;
use crate::input::{FormNeeds, RawKind};
use crate::source::SourceId;

/// Puts the sheet into `builder` as one record. `date1904`: the workbook counts its days from 1904.
pub(super) fn read(
    rows: &[KeptRow],
    sheet: &FormSheet,
    date1904: bool,
    builder: &mut Builder,
    watch: &mut Watch,
    sending: &mut Sending,
) {
    // By row and column: whether it is an answer.
    let mut cells: BTreeMap<(u32, u32), bool> = BTreeMap::new();
    for item in &sheet.items {
        cells.entry(item.label).or_insert(false);
        cells.insert(item.answer, true);
        for other in &item.others {
            cells.entry(*other).or_insert(false);
        }
    }
    let said: BTreeMap<(u32, u32), &Said> =
        sheet.items.iter().map(|item| (item.answer, &item.said)).collect();
    let mut spans = BTreeMap::new();
    for (&(row, column), &is_answer) in &cells {
        let kept_row = row_at(rows, row);
        let cell = kept_row.and_then(|row| row.cell(column));
        let said = said.get(&(row, column));
        let text = match said {
            Some(Said::Chosen { label, .. }) => label,
            _ => cell.map_or("", |cell| &cell.text),
        };
        let span = builder.cell((row, column), text, cell.map_or(RawKind::Text, |cell| cell.kind));
        spans.insert((row, column), span);
        if is_answer {
            let (filled, coloured) = (!text.trim().is_empty(), cell.is_some_and(|cell| cell.coloured));
            let hidden = kept_row.is_some_and(|row| row.hidden);
            watch.answer(Seen { row, column, filled, hidden, coloured });
            match said {
                Some(Said::Chosen { label, mark }) => {
                    builder.remark(span.0, What::Chosen { label: label.clone(), mark: mark.clone() });
                }
                Some(Said::Unclear) => builder.remark(span.0, What::Unclear),
                _ => {}
            }
            if let Some(cell) = cell {
                remarks(cell, span.0, date1904, builder, sending);
            }
        }
    }
    for ((row, column), heading) in &sheet.beside {
        watch.outside(*row, *column, heading.as_deref());
    }
    for item in sheet.items.iter().filter(|item| !item.others.is_empty()) {
        let others = item.others.iter().filter_map(|other| spans.get(other)).copied().collect();
        if let Some((at, _)) = spans.get(&item.answer) {
            builder.remark(*at, What::Twice(others, item.answered));
        }
    }
    let first = cells.keys().next().map_or(1, |(row, _)| *row);
    builder.end_record(sending.next_number(), first);
}

fn remarks(cell: &KeptCell, at: u32, date1904: bool, builder: &mut Builder, sending: &mut Sending) {
    if cell.formula && cell.kind != RawKind::SheetError {
        builder.remark(at, What::Formula);
    }
    if cell.struck && !cell.text.trim().is_empty() {
        builder.remark(at, What::Struck);
    }
    if let Some(serial) = cell.serial.as_ref().filter(|_| date1904 && !sending.dates_told) {
        builder.remark(at, What::From1904(serial.clone()));
        sending.dates_told = true;
    }
}

/// What is wrong with the items of the sheet called `name`.
pub(super) fn told(sheet: &FormSheet, name: &Arc<str>, source: SourceId, form: &FormNeeds) -> Diagnostics {
    let there = |column: usize| sheet.items.iter().any(|item| item.column == column);
    let about = |code: &'static Code| Diagnostic::new(code, Place::File(source));
    let mut found = Diagnostics::new();
    for (_, column) in form.mandatory().filter(|(column, _)| !there(*column)) {
        let place = Label { field: Some(Arc::clone(&column.name)), ..label(source, name, (1, 1)) };
        let finding = about(&LABEL_MISSING).with("found", &**name).with("column", &*column.header);
        found.push(finding.label(place));
    }
    for (cell, text) in &sheet.unknown {
        let code = if form.is_foreign(text) { &COLUMN_OF_ANOTHER_FORM } else { &COLUMN_UNKNOWN };
        let mut finding = about(code).with("column", Argument::written(text));
        if let Some(meant) = form.meant(text, |column| !there(column)) {
            finding = finding.suggest(did_you_mean(meant));
        }
        found.push(finding.label(label(source, name, *cell)));
    }
    found
}
