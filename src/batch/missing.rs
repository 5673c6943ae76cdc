//! Columns without answers: blank ones, absent ones, and those of links without a record.
//!
//! Invariants
//! - Every column has room for every row, so that kernels may walk its values without asking for states.

use super::{Column, Data, Mask, Table};
use crate::expression::Type;
use crate::input::TextRef;
use crate::questionnaire::Questionnaire;
use crate::rule_pack::RulePack;

/// Room for `rows` values of type `ty`.
pub fn data(ty: &Type, rows: usize) -> Data {
    match ty {
        Type::Option(_) => Data::Options(vec![0; rows]),
        Type::Multi(_) => Data::Multi { set: vec![0; rows], listed: vec![0; rows] },
        Type::Text | Type::Code => Data::Text(vec![TextRef::default(); rows]),
        Type::Date => Data::Dates(vec![0; rows]),
        Type::DateTime => Data::DateTimes(vec![0; rows]),
        Type::YearMonth => Data::Months(vec![0; rows]),
        Type::Number { .. } | Type::Condition => Data::Numbers(vec![0; rows]),
    }
}

/// A column in which no row has any state: nobody has such a cell.
pub fn stateless(ty: &Type, rows: usize) -> Column {
    let none = || Mask::none(rows);
    Column {
        absent: false,
        known: none(),
        blank: none(),
        na: none(),
        dk: none(),
        invalid: none(),
        marks: None,
        data: data(ty, rows),
    }
}

/// A column in which every row is BLANK.
pub fn blank(ty: &Type, rows: usize) -> Column {
    Column { blank: Mask::all(rows), ..stateless(ty, rows) }
}

/// A column that the file does not have.
pub fn absent(ty: &Type, rows: usize) -> Column {
    Column { absent: true, ..stateless(ty, rows) }
}

/// The table of a link in which no row has a record.
pub fn unlinked(questionnaire: &Questionnaire, rows: usize) -> Table {
    let columns = questionnaire.fields.iter().map(|field| stateless(&field.ty, rows)).collect();
    Table { linked: Mask::none(rows), rows: Vec::new(), columns }
}

/// The columns of the submissions where the rows are none: nobody has them.
pub fn no_submission(pack: &RulePack, rows: usize) -> Table {
    let fields = pack.questionnaire.fields.iter().map(|field| &field.ty);
    let derived = pack.derived.iter().filter(|derived| !derived.fallback).map(|derived| &derived.ty);
    let columns = fields.chain(derived).map(|ty| absent(ty, rows)).collect();
    Table { linked: Mask::none(rows), rows: Vec::new(), columns }
}
