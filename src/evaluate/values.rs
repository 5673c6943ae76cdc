//! Values of a step over a batch: data with the masks that say which of it counts.
//!
//! Invariants
//! - Data of rows outside `known` is never read.
//! - `unbounded`, `fails` and `fault` hold unknown rows only.

use std::borrow::Cow;
use std::sync::Arc;

use super::truth::{join, without};
use crate::batch::{Batch, Mask};
use crate::input::TextRef;

/// Plain values: one for all rows, or one a row.
#[derive(Debug, Clone)]
pub(crate) enum Plain<'b, T: Copy> {
    /// The same for every row.
    Same(T),
    /// By row.
    Each(Cow<'b, [T]>),
}

impl<T: Copy> Plain<'_, T> {
    /// The value of `row`. `None`: past the end.
    pub(crate) fn get(&self, row: usize) -> Option<T> {
        match self {
            Self::Same(value) => Some(*value),
            Self::Each(values) => values.get(row).copied(),
        }
    }
}

/// Texts: one for all rows, references into the batch, or one a row.
#[derive(Debug, Clone)]
pub(crate) enum Texts<'b> {
    /// The same for every row.
    Same(Arc<str>),
    /// Into the batch's chunk.
    Cells(&'b [TextRef]),
    /// Computed.
    Each(Vec<Arc<str>>),
}

impl Texts<'_> {
    /// The text of `row`; empty past the end.
    pub(crate) fn get<'a>(&'a self, row: usize, batch: &'a Batch) -> &'a str {
        match self {
            Self::Same(text) => text,
            Self::Cells(cells) => cells.get(row).map_or("", |cell| batch.text(*cell)),
            Self::Each(texts) => texts.get(row).map_or("", |text| text),
        }
    }
}

/// A multiple answer: the set, and how many items were written.
pub(crate) type Ticks = (u64, u16);

/// The data of a step. Times are numbers: days, seconds or months.
#[derive(Debug, Clone)]
pub(crate) enum Cells<'b> {
    /// Numbers and times.
    Numbers(Plain<'b, i64>),
    /// Indices into an option list.
    Options(Plain<'b, u8>),
    /// Sets of options.
    Sets(Plain<'b, Ticks>),
    /// Text and codes.
    Texts(Texts<'b>),
}

/// The value of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowValue<'a> {
    /// A number or time.
    Number(i64),
    /// An option.
    Option(u8),
    /// A set of options, and how many items were written.
    Set(Ticks),
    /// Text or code.
    Text(&'a str),
}

/// Why a row has no value, where that matters; and the data of those that have.
#[derive(Debug, Clone)]
pub(crate) struct Values<'b> {
    /// The data.
    pub(crate) cells: Cells<'b>,
    /// Rows that have a value.
    pub(crate) known: Mask,
    /// An empty bound of a lookup. `None`: none.
    pub(crate) unbounded: Option<Mask>,
    /// A lookup's absent key where a test that reads it is false. `None`: none.
    pub(crate) fails: Option<Mask>,
    /// A calculation without result. `None`: none.
    pub(crate) fault: Option<Mask>,
}

impl<'b> Values<'b> {
    /// Values without anything odd.
    pub(crate) fn new(cells: Cells<'b>, known: Mask) -> Self {
        Self { cells, known, unbounded: None, fails: None, fault: None }
    }

    /// No row has a value.
    pub(crate) fn unknown(len: usize) -> Self {
        Self::new(Cells::Numbers(Plain::Same(0)), Mask::none(len))
    }

    /// Computed numbers.
    pub(crate) fn numbers(numbers: Vec<i64>, known: Mask) -> Self {
        Self::new(Cells::Numbers(Plain::Each(Cow::Owned(numbers))), known)
    }

    /// Computed texts.
    pub(crate) fn texts(texts: Vec<Arc<str>>, known: Mask) -> Self {
        Self::new(Cells::Texts(Texts::Each(texts)), known)
    }

    /// Takes over the failures and faults of the operands for rows without value.
    #[must_use]
    pub(crate) fn after(mut self, operands: &[&Values<'_>]) -> Self {
        for operand in operands {
            join(&mut self.fails, operand.fails.as_ref());
            join(&mut self.fault, operand.fault.as_ref());
        }
        self.fails = without(self.fails, &[&self.known]);
        self.fault = without(self.fault, &[&self.known]);
        self
    }

    /// The value of `row`. `None`: unknown.
    pub(crate) fn one<'a>(&'a self, row: usize, batch: &'a Batch) -> Option<RowValue<'a>> {
        Some(match &self.cells {
            Cells::Numbers(_) => RowValue::Number(self.number(row)?),
            Cells::Options(_) => RowValue::Option(self.option(row)?),
            Cells::Sets(_) => RowValue::Set(self.set(row)?),
            Cells::Texts(_) => RowValue::Text(self.text(row, batch)?),
        })
    }

    /// The number of `row`. `None`: unknown, or no number.
    pub(crate) fn number(&self, row: usize) -> Option<i64> {
        match &self.cells {
            Cells::Numbers(numbers) if self.known.get(row) => numbers.get(row),
            _ => None,
        }
    }

    /// The option of `row`. `None`: unknown, or no option.
    pub(crate) fn option(&self, row: usize) -> Option<u8> {
        match &self.cells {
            Cells::Options(options) if self.known.get(row) => options.get(row),
            _ => None,
        }
    }

    /// The set of `row`. `None`: unknown, or no set.
    pub(crate) fn set(&self, row: usize) -> Option<Ticks> {
        match &self.cells {
            Cells::Sets(sets) if self.known.get(row) => sets.get(row),
            _ => None,
        }
    }

    /// The text of `row`. `None`: unknown, or no text.
    pub(crate) fn text<'a>(&'a self, row: usize, batch: &'a Batch) -> Option<&'a str> {
        match &self.cells {
            Cells::Texts(texts) if self.known.get(row) => Some(texts.get(row, batch)),
            _ => None,
        }
    }
}
