//! What is seen of a sheet while its answers are read, and what is told of it at the end.
//!
//! Invariants
//! - Memory does not grow with the rows; a finding marks a limited number of cells and says how many more there are.
//! - Columns and rows of the answers alone count: what stands elsewhere on the sheet is nobody's answer, but a column
//!   beside them that holds something is told as one without a name.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::runs::Runs;
use crate::diagnostic::code::{structure, workbook};
use crate::diagnostic::{Argument, Code, Diagnostic, Diagnostics, Label, Place};
use crate::input::workbook_file::both;
use crate::input::{MOST_MARKS, address, range};
use crate::source::{Position, SourceId, Span};
use crate::workbook::address::column_name;
use crate::workbook::drawing::Shape;
use crate::workbook::note::Note;
use crate::workbook::{CellAddress, CellRange, SheetFacts};

/// Most columns beside the answers that are told of.
const MOST_OUTSIDE: usize = 100;

/// A colour means something where at most one cell in so many has one.
const FEW: u64 = 5;
/// The same, for all cells of the sheet, where a column has fewer than [`FEW`].
const FEW_OF_ALL: u64 = 20;

/// What stands around the cells of a sheet.
#[derive(Debug, Clone, Default)]
pub(super) struct Surroundings {
    /// Merged ranges, hidden columns.
    pub facts: SheetFacts,
    /// Its comments.
    pub notes: Vec<Note>,
    /// What lies over it.
    pub shapes: Vec<Shape>,
}

/// What one answer cell is like.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    /// Row, from 1.
    pub row: u32,
    /// Column, from 1.
    pub column: u32,
    /// Whether it says something.
    pub filled: bool,
    /// Whether its row is hidden.
    pub hidden: bool,
    /// Whether it has a colour.
    pub coloured: bool,
}

#[derive(Debug, Clone, Default)]
struct Colours {
    all: u64,
    coloured: u64,
    rows: Runs,
}

/// What was seen of one sheet.
#[derive(Debug)]
pub(super) struct Watch {
    source: SourceId,
    sheet: Arc<str>,
    around: Surroundings,
    /// Cells with a comment of ours, whose colour is ours too.
    ours: BTreeSet<(u32, u32)>,
    /// Columns of answers; of a form sheet, those with the rows of each.
    answers: BTreeMap<u32, Runs>,
    hidden_rows: Runs,
    hidden_columns: BTreeMap<u32, Runs>,
    colours: BTreeMap<u32, Colours>,
    outside: BTreeMap<u32, (Runs, Option<String>)>,
    /// Whether the sheet is one record.
    is_form: bool,
    /// The row of answers before this one.
    last_row: u32,
}

impl Watch {
    /// Nothing seen yet.
    pub(super) fn new(source: SourceId, sheet: Arc<str>, around: Surroundings, is_form: bool) -> Self {
        let ours = around.notes.iter().filter(|note| note.is_mark());
        let ours = ours.map(|note| (note.cell.row, note.cell.column)).collect();
        Self {
            source,
            sheet,
            around,
            ours,
            answers: BTreeMap::new(),
            hidden_rows: Runs::default(),
            hidden_columns: BTreeMap::new(),
            colours: BTreeMap::new(),
            outside: BTreeMap::new(),
            is_form,
            last_row: 0,
        }
    }

    /// The ranges of the sheet whose cells are merged.
    pub(super) fn merged_cells(&self) -> &[CellRange] {
        &self.around.facts.merged
    }

    /// An answer cell, filled in or not, in the order of rows.
    pub(super) fn answer(&mut self, seen: Seen) {
        let Seen { row, column, .. } = seen;
        let before = self.before(row);
        self.answers.entry(column).or_default().add_after(row, before);
        if seen.filled && seen.hidden {
            self.hidden_rows.add(row);
        }
        let is_hidden = |(first, last): &(u32, u32)| (*first..=*last).contains(&column);
        if seen.filled && self.around.facts.hidden_columns.iter().any(is_hidden) {
            self.hidden_columns.entry(column).or_default().add_after(row, before);
        }
        let colours = self.colours.entry(column).or_default();
        colours.all += 1;
        if seen.coloured && !self.ours.contains(&(row, column)) {
            colours.coloured += 1;
            colours.rows.add(row);
        }
    }

    /// The rows of a list are one block, whatever blank rows stand between them.
    fn before(&self, row: u32) -> u32 {
        if self.is_form { row.saturating_sub(1) } else { self.last_row }
    }

    /// The row of answers is at its end.
    pub(super) fn end_row(&mut self, row: u32) {
        self.last_row = row;
    }

    /// A cell beside the answers that says something, under a `heading` that names nothing of the form.
    pub(super) fn outside(&mut self, row: u32, column: u32, heading: Option<&str>) {
        if self.outside.len() < MOST_OUTSIDE || self.outside.contains_key(&column) {
            let name = || (Runs::default(), heading.map(str::to_owned));
            self.outside.entry(column).or_insert_with(name).0.add(row);
        }
    }

    /// Everything that is to be told of the sheet.
    pub(super) fn finish(self) -> Diagnostics {
        let mut found = Diagnostics::new();
        for (column, (rows, heading)) in &self.outside {
            found.push(self.unread(*column, rows, heading.as_deref()));
        }
        let told = [
            (&workbook::MERGED_ANSWERS, self.merged()),
            (&workbook::HIDDEN_ANSWERS, self.hidden()),
            (&structure::FORMAT_NOT_READ, self.coloured()),
            (&structure::SHAPES_NOT_READ, self.lying_over()),
        ];
        for (code, (ranges, further)) in told {
            if !ranges.is_empty() {
                found.push(told_of(code, self.source, &self.sheet, &ranges, further));
            }
        }
        found
    }

    fn unread(&self, column: u32, rows: &Runs, heading: Option<&str>) -> Diagnostic {
        let unnamed = || {
            let name = column_name(column);
            both(&format!("（{name}列、項目名なし）"), &format!("(column {name}, without a name)"))
        };
        let name = heading.map_or_else(unnamed, Argument::written);
        let ranges: Vec<CellRange> = down(column, rows).collect();
        told_of(&structure::COLUMN_UNKNOWN, self.source, &self.sheet, &ranges, rows.further())
            .with("column", name)
    }

    fn merged(&self) -> (Vec<CellRange>, usize) {
        let ranges = self.around.facts.merged.iter().filter(|range| self.answers_in(range) > 1);
        at_most(ranges.copied())
    }

    /// How many answer cells the range holds, at most two being counted down a column.
    fn answers_in(&self, range: &CellRange) -> usize {
        let columns = self.answers.range(range.first.column..=range.last.column.max(range.first.column));
        let rows = |runs: &Runs| {
            let inside = runs.kept().iter().map(|(first, last)| {
                let (first, last) = ((*first).max(range.first.row), (*last).min(range.last.row));
                if first > last { 0 } else { usize::try_from(last - first).unwrap_or(1).min(1) + 1 }
            });
            inside.sum::<usize>()
        };
        columns.map(|(_, runs)| rows(runs)).sum()
    }

    fn hidden(&self) -> (Vec<CellRange>, usize) {
        let (first, last) = (self.answers.keys().next(), self.answers.keys().next_back());
        let (Some(first), Some(last)) = (first, last) else { return (Vec::new(), 0) };
        let rows = self.hidden_rows.kept().iter().map(|(from, until)| CellRange {
            first: CellAddress::new(*from, *first),
            last: CellAddress::new(*until, *last),
        });
        let columns = self.hidden_columns.iter().flat_map(|(column, rows)| down(*column, rows));
        let further: usize = self.hidden_columns.values().map(Runs::further).sum();
        let (ranges, more) = at_most(rows.chain(columns));
        (ranges, more + further + self.hidden_rows.further())
    }

    fn coloured(&self) -> (Vec<CellRange>, usize) {
        let total = |count: fn(&Colours) -> u64| self.colours.values().map(count).sum::<u64>();
        let (all, coloured) = (total(|column| column.all), total(|column| column.coloured));
        let is_rare = |column: &Colours| {
            if self.is_form {
                coloured * FEW <= all
            } else if column.all < FEW {
                coloured * FEW_OF_ALL <= all
            } else {
                column.coloured * FEW <= column.all
            }
        };
        let rare = || self.colours.iter().filter(|(_, column)| column.coloured > 0 && is_rare(column));
        let further: usize = rare().map(|(_, column)| column.rows.further()).sum();
        let (ranges, more) = at_most(rare().flat_map(|(column, colours)| down(*column, &colours.rows)));
        (ranges, more + further)
    }

    /// Comments on answers, and shapes over them.
    fn lying_over(&self) -> (Vec<CellRange>, usize) {
        let notes = self.around.notes.iter().filter(|note| !note.is_ours());
        let notes = notes.map(|note| CellRange { first: note.cell, last: note.cell });
        let shapes = self.around.shapes.iter().filter_map(|shape| shape.range);
        at_most(notes.chain(shapes).filter(|range| self.answers_in(range) > 0))
    }
}

fn down(column: u32, rows: &Runs) -> impl Iterator<Item = CellRange> {
    rows.kept().iter().map(move |(first, last)| CellRange {
        first: CellAddress::new(*first, column),
        last: CellAddress::new(*last, column),
    })
}

/// As many ranges as a finding marks, and how many there are beyond.
fn at_most(ranges: impl Iterator<Item = CellRange>) -> (Vec<CellRange>, usize) {
    let mut ranges = ranges;
    let kept: Vec<CellRange> = ranges.by_ref().take(MOST_MARKS).collect();
    (kept, ranges.count())
}

/// A finding about `ranges` of a sheet, beside `further` that are not named.
pub(super) fn told_of(
    code: &'static Code,
    source: SourceId,
    sheet: &str,
    ranges: &[CellRange],
    further: usize,
) -> Diagnostic {
    let corner = |cell: CellAddress| (cell.row, cell.column);
    let mut names: Vec<Argument> =
        ranges.iter().map(|found| range(sheet, corner(found.first), corner(found.last)).into()).collect();
    if further > 0 {
        names.push(both(&format!("ほか{further}か所"), &format!("{further} more")));
    }
    let mut finding = Diagnostic::new(code, Place::File(source)).with("range", Argument::List(names));
    finding.labels = ranges.iter().map(|range| label(source, sheet, corner(range.first))).collect();
    finding
}

/// A mark on a cell of which no text is quoted.
pub(super) fn label(source: SourceId, sheet: &str, (row, column): (u32, u32)) -> Label {
    let (line, column_number) = (u64::from(row), u64::from(column));
    Label {
        source,
        field: None,
        span: Span::default(),
        position: Position { line, column: column_number, display: column_number },
        extent: None,
        cell: Some(address(sheet, row, column).into()),
        pointer: None,
        text: Argument::Nothing,
    }
}
