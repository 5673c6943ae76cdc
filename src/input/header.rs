//! The header of delimited text: which column of the file is which column of the form.
//!
//! Invariants
//! - Columns are matched by name, never by place, after folding of width, case, kana and dashes.
//! - Of a repeated column the first is read; the finding holds every record of the file, because nobody knows
//!   which of the two is meant.
//! - What stands behind the last named column of the header is no column.
//! - A header may have millions of cells: work does not grow with their square, and what is told has an end.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::csv::HeaderRow;
use super::unknown_key::MOST_KEYS;
use super::{FormNeeds, MOST_MARKS, RawChunk, RawRecord, short};
use crate::diagnostic::code::structure;
use crate::diagnostic::{Argument, Code, Diagnostic, Diagnostics, Label, Localized, Place};
use crate::source::SourceId;

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
pub(super) fn read(row: &HeaderRow, source: SourceId, form: &FormNeeds) -> Header {
    let width = row.cells.iter().rposition(|(text, _)| !text.is_empty()).map_or(0, |last| last + 1);
    let cells = row.cells.get(..width).unwrap_or(&[]);
    let matched: Vec<Option<usize>> = cells.iter().map(|(text, _)| form.column_named(text)).collect();
    let marks = Marks::new(row, source);
    let usable = match form.mandatory().next() {
        Some(_) => form.mandatory().any(|(column, _)| matched.contains(&Some(column))),
        None => matched.iter().any(Option::is_some),
    };
    if !usable {
        let diagnostics =
            std::iter::once(marks.finding(&structure::HEADER_MISSING).with("expected", expected(form)));
        return Header { columns: Vec::new(), diagnostics: diagnostics.collect(), usable };
    }
    let there: BTreeSet<usize> = matched.iter().flatten().copied().collect();
    let mut header = Header { columns: matched, diagnostics: Diagnostics::new(), usable };
    for column in form.missing(&there) {
        let finding = marks.finding(&structure::COLUMN_MISSING).with("column", &*column.header);
        let label = Label { field: Some(Arc::clone(&column.name)), ..marks.whole(row) };
        header.diagnostics.push(finding.label(label));
    }
    let (mut unknown, mut left) = (0, 0);
    for (cell, places) in header.alike(cells) {
        match cell {
            Cell::Known(column) => header.repeated(column, &places, cells, form, &marks),
            _ if unknown == MOST_KEYS => left += places.len(),
            _ => {
                unknown += 1;
                header.unknown(cell, &places, cells, form, &marks, &there);
            }
        }
    }
    if left > 0 {
        header.diagnostics.push(marks.finding(&structure::COLUMN_UNKNOWN).with("column", further(left)));
    }
    header
}

/// A cell's text and its bytes in the header row.
type Written = (String, (u32, u32));

/// What a cell of the header is, for finding those that are alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Cell<'t> {
    /// A column of the form.
    Known(usize),
    /// A name that the form does not have.
    Unknown(&'t str),
    /// Nothing, at this place.
    Nameless(usize),
}

impl Header {
    /// The kinds of cells with their places, in the order of their first places.
    fn alike<'t>(&self, cells: &'t [Written]) -> Vec<(Cell<'t>, Vec<usize>)> {
        let mut places: BTreeMap<Cell<'t>, Vec<usize>> = BTreeMap::new();
        for (place, ((text, _), known)) in cells.iter().zip(&self.columns).enumerate() {
            let cell = match known {
                Some(column) => Cell::Known(*column),
                None if text.is_empty() => Cell::Nameless(place),
                None => Cell::Unknown(text),
            };
            places.entry(cell).or_default().push(place);
        }
        let mut alike: Vec<_> = places.into_iter().collect();
        alike.sort_by_key(|(_, places)| places.first().copied());
        alike
    }

    /// Reports a column that stands at several places; the first is read.
    fn repeated(
        &mut self,
        column: usize,
        places: &[usize],
        cells: &[Written],
        form: &FormNeeds,
        marks: &Marks,
    ) {
        let Some(declared) = form.columns.get(column).filter(|_| places.len() > 1) else { return };
        let mut finding = marks
            .finding(&structure::COLUMN_REPEATED)
            .with("column", &*declared.header)
            .with("count", places.len());
        for (index, &place) in places.iter().enumerate() {
            let note = if index == 0 {
                note("この列を読み取った", "this column was read")
            } else {
                note("この列は読み取っていない", "this column was not read")
            };
            if index < MOST_MARKS {
                let label = cells.get(place).and_then(|(_, range)| marks.label(*range, note));
                let field = Some(Arc::clone(&declared.name));
                finding.labels.extend(label.map(|label| Label { field, ..label }));
            }
            if let Some(column) = self.columns.get_mut(place).filter(|_| index > 0) {
                *column = None;
            }
        }
        self.diagnostics.push(finding);
    }

    /// Reports a column that the form does not know, once however often it occurs.
    fn unknown(
        &mut self,
        cell: Cell<'_>,
        places: &[usize],
        cells: &[Written],
        form: &FormNeeds,
        marks: &Marks,
        there: &BTreeSet<usize>,
    ) {
        let (name, text) = match cell {
            Cell::Unknown(text) => (Argument::written(text), text),
            Cell::Nameless(place) => (nameless(place + 1), ""),
            Cell::Known(_) => return,
        };
        let code = if form.is_foreign(text) {
            &structure::COLUMN_OF_ANOTHER_FORM
        } else {
            &structure::COLUMN_UNKNOWN
        };
        let mut finding = marks.finding(code).with("column", name);
        for (_, range) in places.iter().take(MOST_MARKS).filter_map(|&place| cells.get(place)) {
            finding.labels.extend(marks.label(*range, Argument::Nothing));
        }
        let meant = form.meant(text, |column| !there.contains(&column));
        if let Some(meant) = meant.filter(|_| !text.is_empty()) {
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

fn further(count: usize) -> Argument {
    Localized::new(Arc::from(format!("（ほか{count}列）")), Arc::from(format!("({count} further columns)")))
        .into()
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
    fn new(row: &HeaderRow, source: SourceId) -> Self {
        let end = short(row.bytes.len());
        let (line, span) = (row.line, (0, end));
        let origin = row.origin;
        let record =
            RawRecord { number: 0, line, sheet_row: Some(line), column: 1, span, origin, readable: true };
        let chunk = RawChunk {
            source: Some(source),
            encoding: row.encoding,
            grid: row.grid.clone(),
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
            span: self.chunk.span(&self.record, (0, end)),
            position: self.chunk.position(&self.record, 0),
            cell: None,
            pointer: None,
            text: Argument::Nothing,
        };
        self.label((0, end), Argument::Nothing).unwrap_or(place)
    }
}
