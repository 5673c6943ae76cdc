//! The header of delimited text: which column of the file is which column of the form.
//!
//! Invariants
//! - Columns are matched by name, never by place, after folding of width, case, kana and dashes.
//! - Of a repeated column the first is read; the finding holds every record of the file, because nobody knows
//!   which of the two is meant.
//! - What stands behind the last named column of the header is no column.

use std::sync::Arc;

use super::csv::HeaderRow;
use super::{FormNeeds, RawChunk, RawRecord, short};
use crate::diagnostic::code::structure;
use crate::diagnostic::{Argument, Code, Diagnostic, Diagnostics, Label, Localized, Place};
use crate::source::SourceId;
use crate::source::encoding::Encoding;

/// The columns of a file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Header {
    /// Column of the form by column of the file.
    pub columns: Vec<Option<usize>>,
    /// What is wrong with it.
    pub diagnostics: Diagnostics,
    /// Whether records may be read under it.
    pub usable: bool,
}

/// Matches the header `row` with the form.
pub(super) fn read(row: &HeaderRow, encoding: Encoding, source: SourceId, form: &FormNeeds) -> Header {
    let width = row.cells.iter().rposition(|(text, _)| !text.is_empty()).map_or(0, |last| last + 1);
    let cells = row.cells.get(..width).unwrap_or(&[]);
    let matched: Vec<Option<usize>> = cells.iter().map(|(text, _)| form.column_named(text)).collect();
    let marks = Marks::new(row, encoding, source);
    let is_there = |column: usize| matched.contains(&Some(column));
    let usable = match form.mandatory().next() {
        Some(_) => form.mandatory().any(|(column, _)| is_there(column)),
        None => matched.iter().any(Option::is_some),
    };
    if !usable {
        let diagnostics =
            std::iter::once(marks.finding(&structure::HEADER_MISSING).with("expected", expected(form)));
        return Header { columns: Vec::new(), diagnostics: diagnostics.collect(), usable };
    }
    let mut header = Header { columns: matched.clone(), diagnostics: Diagnostics::new(), usable };
    for (_, column) in form.mandatory().filter(|(column, _)| !is_there(*column)) {
        let finding = marks.finding(&structure::COLUMN_MISSING).with("column", &*column.header);
        let label = Label { field: Some(Arc::clone(&column.name)), ..marks.whole(row) };
        header.diagnostics.push(finding.label(label));
    }
    for (place, (text, _)) in cells.iter().enumerate() {
        match matched.get(place).copied().flatten() {
            Some(column) => header.repeated(place, column, form, &marks, row),
            None => header.unknown(place, text, cells, form, &marks),
        }
    }
    header
}

impl Header {
    /// Reports the column if it has stood there before, once for all its places.
    fn repeated(&mut self, place: usize, column: usize, form: &FormNeeds, marks: &Marks, row: &HeaderRow) {
        let first = self.columns.iter().position(|other| *other == Some(column));
        if first != Some(place) {
            return;
        }
        let places: Vec<usize> = (place..self.columns.len())
            .filter(|&other| self.columns.get(other).copied().flatten() == Some(column))
            .collect();
        let Some(declared) = form.columns.get(column).filter(|_| places.len() > 1) else { return };
        let mut finding = marks
            .finding(&structure::COLUMN_REPEATED)
            .with("column", &*declared.header)
            .with("count", places.len());
        for (index, &other) in places.iter().enumerate() {
            let range = row.cells.get(other).map_or((0, 0), |(_, range)| *range);
            let note = if index == 0 {
                note("この列を読み取った", "this column was read")
            } else {
                note("この列は読み取っていない", "this column was not read")
            };
            let label = marks.label(range, note);
            let field = Some(Arc::clone(&declared.name));
            finding.labels.extend(label.map(|label| Label { field, ..label }));
            if let Some(column) = self.columns.get_mut(other).filter(|_| index > 0) {
                *column = None;
            }
        }
        self.diagnostics.push(finding);
    }

    /// Reports a column that the form does not know, once however often it occurs.
    fn unknown(
        &mut self,
        place: usize,
        text: &str,
        cells: &[(String, (u32, u32))],
        form: &FormNeeds,
        marks: &Marks,
    ) {
        let repeats = !text.is_empty();
        let before = cells.get(..place).unwrap_or(&[]);
        if repeats && before.iter().any(|(other, _)| other == text) {
            return;
        }
        let name = if text.is_empty() { nameless(place + 1) } else { Argument::written(text) };
        let code = if form.is_foreign(text) {
            &structure::COLUMN_OF_ANOTHER_FORM
        } else {
            &structure::COLUMN_UNKNOWN
        };
        let mut finding = marks.finding(code).with("column", name);
        for (other, range) in cells.get(place..).unwrap_or(&[]) {
            if other == text {
                finding.labels.extend(marks.label(*range, Argument::Nothing));
            }
            if !repeats {
                break;
            }
        }
        let open = |column: usize| !self.columns.contains(&Some(column));
        if let Some(meant) = form.meant(text, open).filter(|_| repeats) {
            finding = finding.suggest(did_you_mean(meant));
        }
        self.diagnostics.push(finding);
    }
}

/// The suggestion that `name` was meant.
pub(super) fn did_you_mean(name: &str) -> Localized<String> {
    Localized::new(format!("「{name}」ではありませんか"), format!("did you mean \"{name}\"?"))
}

fn note(ja: &str, en: &str) -> Argument {
    Localized::new(Arc::from(ja), Arc::from(en)).into()
}

fn nameless(number: usize) -> Argument {
    Localized::new(
        Arc::from(format!("（{number}列目、項目名なし）")),
        Arc::from(format!("(column {number}, without a name)")),
    )
    .into()
}

fn expected(form: &FormNeeds) -> Argument {
    let mandatory: Vec<Argument> =
        form.mandatory().map(|(_, column)| Argument::from(&*column.header)).collect();
    if !mandatory.is_empty() {
        return Argument::List(mandatory);
    }
    Argument::List(form.columns.iter().map(|column| Argument::from(&*column.header)).collect())
}

/// Makes labels on the header row.
struct Marks {
    chunk: RawChunk,
    record: RawRecord,
}

impl Marks {
    fn new(row: &HeaderRow, encoding: Encoding, source: SourceId) -> Self {
        let end = short(row.bytes.len());
        let (line, span) = (row.line, (0, end));
        let record = RawRecord { number: 0, line, sheet_row: Some(line), column: 1, span, readable: true };
        let chunk = RawChunk {
            source: Some(source),
            encoding,
            base: row.base,
            bytes: row.bytes.clone(),
            ..RawChunk::default()
        };
        Self { chunk, record }
    }

    fn finding(&self, code: &'static Code) -> Diagnostic {
        Diagnostic::new(code, self.chunk.source.map_or(Place::Run, Place::File))
    }

    fn label(&self, range: (u32, u32), text: Argument) -> Option<Label> {
        self.chunk.label(&self.record, range, text)
    }

    /// The whole header, for what is not there.
    fn whole(&self, row: &HeaderRow) -> Label {
        let end = short(row.bytes.len());
        let place = Label {
            source: self.chunk.source.unwrap_or(SourceId(0)),
            field: None,
            span: self.chunk.span((0, end)),
            position: self.chunk.position(&self.record, 0),
            pointer: None,
            text: Argument::Nothing,
        };
        self.label((0, end), Argument::Nothing).unwrap_or(place)
    }
}
