//! What is wrong with the columns of a header: missing, repeated, unknown, turned into a date.
//!
//! Invariants
//! - Of a repeated column the first is read; the finding holds every record of the file, because nobody knows
//!   which of the two is meant.
//! - A header may have millions of cells: work does not grow with their square, and what is told has an end.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{HeaderRow, date};
use crate::diagnostic::code::structure;
use crate::diagnostic::{Argument, Code, Diagnostic, Diagnostics, Fix, FixClass, Label, Localized, Place};
use crate::input::unknown_key::MOST_KEYS;
use crate::input::{FormNeeds, MOST_MARKS, RawChunk, RawRecord, short};
use crate::source::SourceId;

/// The columns of a file, while what is wrong with them is told.
#[derive(Debug)]
struct Columns<'a> {
    /// Column of the form by column of the file.
    matched: Vec<Option<usize>>,
    cells: &'a [Written],
    form: &'a FormNeeds,
    marks: Marks,
    found: Diagnostics,
}

/// The columns of the form that are read, by column of the file: `matched` without those that are repeated; and what
/// is wrong with the header `row`.
pub(super) fn tell(
    row: &HeaderRow,
    matched: Vec<Option<usize>>,
    source: SourceId,
    form: &FormNeeds,
) -> (Vec<Option<usize>>, Diagnostics) {
    let cells = row.cells.get(..matched.len()).unwrap_or(&[]);
    let there: BTreeSet<usize> = matched.iter().flatten().copied().collect();
    let marks = Marks::new(row, source);
    let mut columns = Columns { matched, cells, form, marks, found: Diagnostics::new() };
    let dates = columns.dates(&there);
    for column in form.missing(&there.union(&dates.meant).copied().collect()) {
        let finding = columns.marks.finding(&structure::COLUMN_MISSING).with("column", &*column.header);
        let label = Label { field: Some(Arc::clone(&column.name)), ..columns.marks.whole(row) };
        columns.found.push(finding.label(label));
    }
    let (mut unknown, mut left) = (0, 0);
    for (cell, places) in columns.alike() {
        match cell {
            Cell::Known(column) => columns.repeated(column, &places),
            _ if places.iter().any(|place| dates.places.contains(place)) => {}
            // A sheet's columns are told when something is found in them: the table need not begin in the first.
            Cell::Nameless(_) if row.grid.is_some() => {}
            _ if unknown == MOST_KEYS => left += places.len(),
            _ => {
                unknown += 1;
                columns.unknown(cell, &places, &there);
            }
        }
    }
    if left > 0 {
        let finding = columns.marks.finding(&structure::COLUMN_UNKNOWN).with("column", further(left));
        columns.found.push(finding);
    }
    (columns.matched, columns.found)
}

/// The finding that no row of `rows` is the header; marks the row that comes nearest. Where its columns are those of
/// another survey, that is said instead.
pub(super) fn missing(nearest: &HeaderRow, source: SourceId, form: &FormNeeds) -> Diagnostic {
    let marks = Marks::new(nearest, source);
    let finding = match &form.others {
        None => marks.finding(&structure::HEADER_MISSING).with("expected", expected(nearest, form)),
        Some((survey, others)) => {
            let headers: Vec<&str> = texts(nearest).collect();
            match (others.fitting)(&headers).filter(|other| **survey != **other) {
                Some(other) => marks
                    .finding(&structure::HEADER_OF_ANOTHER_SURVEY)
                    .with("found", &**survey)
                    .with("expected", other),
                None => marks
                    .finding(&structure::HEADER_OF_NO_SURVEY)
                    .with("expected", expected(nearest, form))
                    .with("found", &**survey)
                    .with("known", known((others.known)())),
            }
        }
    };
    if nearest.bytes.is_empty() { finding } else { finding.label(marks.whole(nearest)) }
}

/// Most cells of a row that are compared with the names of columns.
const MOST_COMPARED: usize = 64;

/// Most columns that the finding lists.
const MOST_LISTED: usize = 8;

/// What stands in the first cells of `row`.
fn texts(row: &HeaderRow) -> impl Iterator<Item = &str> {
    row.cells.iter().take(MOST_COMPARED).map(|(text, _)| text.as_str()).filter(|text| !text.is_empty())
}

fn known(surveys: Vec<&'static str>) -> Argument {
    Argument::List(surveys.into_iter().map(Argument::from).collect())
}

/// A mark on the whole of `row`.
pub(in crate::input) fn whole(row: &HeaderRow, source: SourceId) -> Label {
    Marks::new(row, source).whole(row)
}

/// Columns whose name was turned into a date.
#[derive(Debug, Default)]
struct Dates {
    /// Where they stand.
    places: BTreeSet<usize>,
    /// Columns of the form that they stand for.
    meant: BTreeSet<usize>,
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

impl<'a> Columns<'a> {
    /// The kinds of cells with their places, in the order of their first places.
    fn alike(&self) -> Vec<(Cell<'a>, Vec<usize>)> {
        let mut places: BTreeMap<Cell<'a>, Vec<usize>> = BTreeMap::new();
        for (place, ((text, _), known)) in self.cells.iter().zip(&self.matched).enumerate() {
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

    /// Reports numbers of questions that a spreadsheet turned into dates.
    fn dates(&mut self, there: &BTreeSet<usize>) -> Dates {
        let mut dates = Dates::default();
        let unknown =
            self.cells.iter().zip(&self.matched).enumerate().filter(|(_, (_, known))| known.is_none());
        for (place, ((text, range), _)) in unknown {
            let numbers = date::numbers(text);
            if numbers.is_empty() || dates.places.len() >= MOST_KEYS {
                continue;
            }
            dates.places.insert(place);
            let open = |column: &usize| !there.contains(column) && !dates.meant.contains(column);
            let meant = numbers.iter().find_map(|number| self.form.numbered(number).filter(open));
            let mut finding =
                self.marks.finding(&structure::HEADER_IS_DATE).with("found", Argument::written(text));
            finding.labels.extend(self.marks.label(*range, Argument::Nothing));
            if let Some((column, declared)) = meant.and_then(|at| Some((at, self.form.columns.get(at)?))) {
                finding.fix = Some(Fix { after: Box::from(&*declared.header), class: FixClass::Proposed });
                finding = finding.suggest(did_you_mean(&declared.header));
                dates.meant.insert(column);
            }
            self.found.push(finding);
        }
        dates
    }

    /// Reports a column that stands at several places; the first is read.
    fn repeated(&mut self, column: usize, places: &[usize]) {
        let Some(declared) = self.form.columns.get(column).filter(|_| places.len() > 1) else { return };
        let mut finding = self
            .marks
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
                let label = self.cells.get(place).and_then(|(_, range)| self.marks.label(*range, note));
                let field = Some(Arc::clone(&declared.name));
                finding.labels.extend(label.map(|label| Label { field, ..label }));
            }
            if let Some(column) = self.matched.get_mut(place).filter(|_| index > 0) {
                *column = None;
            }
        }
        self.found.push(finding);
    }

    /// Reports a column that the form does not know, once however often it occurs.
    fn unknown(&mut self, cell: Cell<'_>, places: &[usize], there: &BTreeSet<usize>) {
        let (name, text) = match cell {
            Cell::Unknown(text) => (Argument::written(text), text),
            Cell::Nameless(place) => (nameless(place + 1), ""),
            Cell::Known(_) => return,
        };
        if self.form.is_further(text, self.cells.iter().map(|(text, _)| text.as_str())) {
            return;
        }
        let code = if self.form.is_foreign(text) {
            &structure::COLUMN_OF_ANOTHER_FORM
        } else {
            &structure::COLUMN_UNKNOWN
        };
        let mut finding = self.marks.finding(code).with("column", name);
        for (_, range) in places.iter().take(MOST_MARKS).filter_map(|&place| self.cells.get(place)) {
            finding.labels.extend(self.marks.label(*range, Argument::Nothing));
        }
        let meant = self.form.meant(text, |column| !there.contains(&column));
        if let Some(meant) = meant.filter(|_| !text.is_empty()) {
            finding = finding.suggest(did_you_mean(meant));
        }
        self.found.push(finding);
    }
}

/// The suggestion that `name` was meant.
pub(in crate::input) fn did_you_mean(name: &str) -> Localized<String> {
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

/// The columns that a file must have, else those of the form: first those to which a cell of `nearest` comes near.
fn expected(nearest: &HeaderRow, form: &FormNeeds) -> Argument {
    let mut headers: Vec<&str> = form.mandatory().map(|(_, column)| &*column.header).collect();
    if headers.is_empty() {
        headers = form.columns.iter().map(|column| &*column.header).collect();
    }
    let near: BTreeSet<&str> = texts(nearest).filter_map(|text| form.meant(text, |_| true)).collect();
    headers.sort_by_key(|header| !near.contains(header));
    let left = headers.len().saturating_sub(MOST_LISTED);
    let mut listed: Vec<Argument> = headers.into_iter().take(MOST_LISTED).map(Argument::from).collect();
    if left > 0 {
        listed.push(further(left));
    }
    Argument::List(listed)
}

/// Makes labels on the header row.
#[derive(Debug)]
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
            extent: None,
            cell: None,
            pointer: None,
            text: Argument::Nothing,
        };
        self.label((0, end), Argument::Nothing).unwrap_or(place)
    }
}
