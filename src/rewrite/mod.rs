//! What goes back to the respondent: a corrected copy with a change log, and an annotated copy.
//!
//! Invariants
//! - The original is only read. Whatever is written is a new file, and appears whole or not at all.
//! - A corrected copy differs from the original in the cells of the log and in its encoding, and in nothing else.
//! - Only what is certain is written into it (a spelling, a derived value); what is only proposed never is.
//! - Corrected again, a corrected copy stays as it is, byte for byte.

pub mod annotate;
mod correction;
pub mod fix;
mod json_member;
mod log;
mod remark;
mod splice;
#[cfg(feature = "xlsx")]
mod table;

pub use annotate::{Annotated, Annotator};
pub use fix::{Fixed, Fixer};
