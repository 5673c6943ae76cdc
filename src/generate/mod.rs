//! Synthetic submissions, drawn by a recipe, with a truth list of the defects put into them.
//!
//! Invariants
//! - Nothing here judges a record: conditions of recipes and defects are plain tables, and the findings that a
//!   defect must give are written by hand.
//! - The same recipe, seed and options give the same bytes, with any number of threads; memory does not grow with
//!   the number of records.
//! - Knows no survey: fields, options, counts and shares are data.

mod defect;
mod draw;
mod marginals;
mod mutate;
mod output;
mod random;
mod recipe;
mod record;
mod run;
#[cfg(test)]
mod sample;
mod selection;
mod template;
mod tree;

pub use defect::{ExpectedFinding, Injection, Kind, load as load_defects};
pub use marginals::Marginals;
pub use output::Format;
pub use recipe::{Percent, Recipe, Stratum, load as load_recipe};
pub use record::Labels;
pub use run::{Change, GenerateOptions, Output, OutputEncoding, Summary, generate};
pub use selection::Sizes;
