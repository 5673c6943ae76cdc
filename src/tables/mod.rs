//! Tables: accepted records → counts → figures, each with the range in which it can still move.
//!
//! Invariants
//! - Pure: nothing here reads a file or knows a format. Counts of parts add up, in any order, to the counts of the whole.
//! - The base of a question is where its routing is true: the step of its skip edits. What is not known is counted apart.
//! - No table is known here; a pack declares them.
//! - Every printed figure is an exact ratio of counts.

mod axis;
mod ratio;
mod strata;

pub use axis::{Axis, AxisColumn, Place};
pub use ratio::{Decimal, Ratio, percent, prints_as, ratio, whole};
pub use strata::{Moving, Stratum, frame_weighted, mean_of_bands};
