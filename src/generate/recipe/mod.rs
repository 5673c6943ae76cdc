//! Recipes: how synthetic submissions are drawn, as data.
//!
//! Invariants
//! - A draw reads only the stratum and fields drawn before it.
//! - Exact counts depend on the stratum and on other exact counts alone, so that they can be decided in sequence.
//! - Percentages are whole millionths; no floating point takes part.

mod given;
mod load;
mod percent;
mod reading;
mod source;

use std::sync::Arc;

use jiff::civil::{Date, Time};

pub use given::{Called, Given};
pub use load::{load, read_tree};
pub use percent::Percent;
pub use reading::{Reading, Table, items};
pub use source::cell;

use super::record::Cell;
use super::template::Piece;
use crate::diagnostic::Localized;

/// A part of the population with numbers of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stratum {
    /// Its name; that of an option where a field holds the stratum.
    pub name: Arc<str>,
    /// Units asked.
    pub asked: u64,
    /// Units that answer.
    pub answered: u64,
}

/// A field whose options occur an exact number of times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExactCounts {
    /// Position of the field.
    pub field: usize,
    /// The options, as indices into the field's list.
    pub options: Vec<u8>,
    /// By stratum: how often each option occurs in the recipe's own size.
    pub by_stratum: Vec<Vec<u64>>,
    /// The exact count, and the position of its option, that a record must have. `None`: all records.
    pub base: Option<(usize, usize)>,
}

/// One entry for all strata, or one for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PerStratum<T> {
    /// The same.
    All(T),
    /// By position of the stratum.
    Each(Vec<T>),
}

impl<T> PerStratum<T> {
    /// The entry of `stratum`. `None`: there is no such stratum.
    pub fn get(&self, stratum: usize) -> Option<&T> {
        match self {
            Self::All(entry) => Some(entry),
            Self::Each(entries) => entries.get(stratum),
        }
    }
}

/// How a value comes about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Always this.
    Value(Cell),
    /// What stands for the stratum, by its position.
    Stratum(Vec<Cell>),
    /// Decided in sequence: position among [`Recipe::exact`].
    Exact(usize),
    /// One of these, by chances.
    Weighted {
        /// The values.
        cells: Vec<Cell>,
        /// Sums of the weights up to and with each value.
        reached: PerStratum<Vec<u64>>,
    },
    /// A whole number between two bounds, each as likely.
    Integer {
        /// Lowest.
        low: PerStratum<i64>,
        /// Highest.
        high: PerStratum<i64>,
        /// Not above this share of another field.
        at_most: Option<(Percent, usize)>,
    },
    /// What is left of a total, cut at random places into as many parts as the draw has fields.
    Split {
        /// The field of the total.
        total: usize,
        /// Fields taken off it first.
        less: Vec<usize>,
    },
    /// A day between two, each as likely.
    Date {
        /// First.
        first: Date,
        /// Last.
        last: Date,
    },
    /// A moment on the day of another field or on one of the days after it.
    Moment {
        /// The field of the day.
        after: usize,
        /// At most so many days later.
        days: i64,
        /// Not after this day.
        last: Date,
        /// Earliest time of day.
        opens: Time,
        /// Latest time of day.
        closes: Time,
    },
    /// A text from parts.
    Template(Vec<Piece>),
    /// One of several ways, by chances.
    Mix {
        /// Sums of the shares up to and with each way.
        reached: Vec<u64>,
        /// The ways.
        ways: Vec<Source>,
    },
}

/// A way to draw, under a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The condition; the first case that holds is taken.
    pub given: Given,
    /// The way.
    pub source: Source,
}

/// One step of a recipe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draw {
    /// The fields that get a value: one, or the parts of a split.
    pub fields: Vec<usize>,
    /// Who has a value at all; all others are blank.
    pub when: Given,
    /// The ways; where none holds the value is blank.
    pub cases: Vec<Case>,
}

/// How submissions are drawn.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recipe {
    /// What it makes.
    pub title: Localized<Arc<str>>,
    /// The stated random seed.
    pub seed: u64,
    /// The parts of the population.
    pub strata: Vec<Stratum>,
    /// In order; each reads only those before it.
    pub draws: Vec<Draw>,
    /// The fields with exact counts, in order of their draws.
    pub exact: Vec<ExactCounts>,
}
