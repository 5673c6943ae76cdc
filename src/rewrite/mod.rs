//! What goes back to the respondent: a corrected copy with a change log, and an annotated copy.
//!
//! Invariants
//! - The original is only read. Whatever is written is a new file, and appears whole or not at all.
//! - A corrected copy differs from the original in the cells of the log and in its encoding, and in nothing else.
//! - Only what is certain is written into it (a spelling, a derived value); what is only proposed never is.
//! - Corrected again, a corrected copy stays as it is, byte for byte.

pub mod annotate;
pub mod clean;
mod correction;
pub mod fix;
#[cfg(feature = "xlsx")]
mod habit;
mod json_member;
mod log;
#[cfg_attr(not(feature = "xlsx"), expect(dead_code, reason = "without workbooks nothing is commented"))]
mod remark;
mod splice;
#[cfg(feature = "xlsx")]
mod table;
#[cfg(feature = "xlsx")]
mod workbook;

pub use annotate::{Annotated, Annotator};
pub use fix::{Fixed, Fixer};

/// What a copy of a workbook is not, or not any more.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CopyNotes {
    /// The workbook was signed; the copy's signature is broken.
    pub signature_broken: bool,
    /// The workbook has macros, and the copy has them too: a spreadsheet opens it only if its name ends in `.xlsm`.
    pub has_macros: bool,
    /// Cells are commented and not filled: the workbook has no styles.
    pub without_fills: bool,
    /// Cells that hold a conversation, and so got no comment.
    pub in_conversation: u64,
    /// Addresses of cells that were not corrected, because a formula gives their value.
    pub by_formula: Vec<String>,
    /// Addresses of cells that were not corrected, because merged cells hide them: only their first cell shows.
    pub covered: Vec<String>,
    /// Cells of a text file that are longer than a cell of a workbook can be, and end in `…`.
    pub cut: u64,
}
