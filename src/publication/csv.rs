//! Tables as CSV: one long tidy table.
//!
//! Invariants
//! - UTF-8 with mark, lines ended by CR and LF, the names of the columns first; no title row, no blank row, no note.
//! - No cell begins like a formula.

use super::Publication;
use super::tidy::{COLUMNS, Datum, data};
use crate::source::delimited::{harmless, push_row};
use crate::tables::Decimal;

/// The whole file.
pub fn csv(publication: &Publication<'_>) -> String {
    let mut file = String::from('\u{FEFF}');
    push_row(COLUMNS, ',', &mut file);
    for table in &publication.figures.tables {
        for datum in data(publication.figures, table, publication.language) {
            let cells = cells(publication, &datum);
            push_row(cells.iter().map(String::as_str), ',', &mut file);
        }
    }
    file
}

/// The cells of one datum; those of numbers hold digits or nothing.
pub(super) fn cells(publication: &Publication<'_>, datum: &Datum<'_>) -> [String; 18] {
    let language = publication.language;
    let print = |number: Option<Decimal>| number.map(|number| number.to_string()).unwrap_or_default();
    let base = &datum.table.base;
    let text = |text: &str| harmless(text);
    [
        text(&publication.figures.survey),
        text(datum.year),
        text(&datum.table.name),
        text(datum.table.title.get(language)),
        text(base.title.get(language)),
        text(&datum.row.name),
        text(datum.row.label.get(language)),
        text(datum.column.0),
        text(&datum.column.1),
        datum.area.map(text).unwrap_or_default(),
        datum.measure.word().to_owned(),
        datum.measure.unit(language).to_owned(),
        print(datum.value),
        print(datum.low),
        print(datum.high),
        datum.status.word().to_owned(),
        datum.origin.to_owned(),
        text(datum.source),
    ]
}
