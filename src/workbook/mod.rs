//! An XLSX package as parts and cells, and a copy of it with marked cells.
//!
//! Invariants
//! - Nothing of a workbook is believed: inflated bytes, entries, depth, text lengths and ranges are counted while they
//!   are read, and reading stops with a [`Refusal`] at the first that passes its [`Limits`].
//! - Memory does not grow with a sheet: rows are pulled one by one. What is held is the shared strings and the styles.
//! - The text of a cell is given as it is stored; nothing is rounded, trimmed of meaning or turned into a date here.
//! - Names inside the package never become paths of the file system.
//! - Knows no questionnaire and makes no diagnostic: the caller turns a [`Refusal`] into its own words.

pub mod address;
#[cfg(feature = "xlsx")]
pub mod cell_text;
pub mod container;
pub mod limits;
pub mod number;
pub mod refusal;

#[cfg(feature = "xlsx")]
mod archive;
#[cfg(feature = "xlsx")]
pub mod copy;
#[cfg(feature = "xlsx")]
pub mod drawing;
#[cfg(feature = "xlsx")]
pub mod facts;
#[cfg(feature = "xlsx")]
pub mod note;
#[cfg(feature = "xlsx")]
mod number_format;
#[cfg(feature = "xlsx")]
pub mod package;
#[cfg(feature = "xlsx")]
mod relation;
#[cfg(feature = "xlsx")]
mod rich_text;
#[cfg(feature = "xlsx")]
pub mod row;
#[cfg(feature = "xlsx")]
mod shared_text;
#[cfg(feature = "xlsx")]
pub mod sheet;
#[cfg(feature = "xlsx")]
pub mod style;
#[cfg(feature = "xlsx")]
mod xml;

pub use address::{CellAddress, CellRange};
pub use container::{Container, sniff};
pub use limits::Limits;
pub use refusal::Refusal;

#[cfg(feature = "xlsx")]
pub use facts::SheetFacts;
#[cfg(feature = "xlsx")]
pub use package::{Package, Sheet, Visibility};
#[cfg(feature = "xlsx")]
pub use row::{Cell, Row, Value};
#[cfg(feature = "xlsx")]
pub use sheet::SheetReader;

use std::io::{Read, Seek};

/// Bytes that can be read from any place.
pub trait ReadSeek: Read + Seek {}

impl<T: Read + Seek> ReadSeek for T {}

#[cfg(test)]
mod tests;
