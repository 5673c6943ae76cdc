//! Which inputs are workbooks, and what is said of those that cannot be read as one.
//!
//! Invariants
//! - A workbook is told by its first bytes; the name counts only where they say nothing or something else.
//! - What comes from the package (names of parts) is shortened and stands in an argument, never in a text.

use std::sync::Arc;

#[cfg(feature = "xlsx")]
pub(super) use super::sheet::Workbook;

#[cfg(not(feature = "xlsx"))]
use super::Block;
#[cfg(feature = "xlsx")]
use super::sheet;
use super::{FormNeeds, HeaderRow, InputFormat};
#[cfg(not(feature = "xlsx"))]
use crate::diagnostic::code::workbook::WORKBOOK_NOT_BUILT_IN;
#[cfg(feature = "xlsx")]
use crate::diagnostic::code::workbook::{WORKBOOK_DAMAGED, WORKBOOK_REFUSED, WORKBOOK_TOO_LARGE};
#[cfg(feature = "xlsx")]
use crate::diagnostic::{Argument, Localized};
use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use crate::error::Error;
use crate::source::SourceId;
use crate::source::reader::Stream;
use crate::workbook::{Container, container};
#[cfg(feature = "xlsx")]
use crate::workbook::{Limits, Refusal};

/// How many of the first bytes [`is_workbook`] wants to see.
pub(super) const LOOK: u64 = 512;

/// Most bytes of a workbook that comes through a pipe; one byte more and its end is missing, which is told.
#[cfg(feature = "xlsx")]
const LONGEST_PIPE: u64 = 1 << 30;

/// Endings of the names of workbooks, those that only old programs write included.
const ENDINGS: [&str; 7] = ["xlsx", "xlsm", "xltx", "xltm", "xlsb", "xls", "ods"];

/// Whether the input is to be read as a workbook, or refused as one; `told`: the caller has named the format.
pub(super) fn is_workbook(name: &str, first: &[u8], told: Option<InputFormat>) -> bool {
    if let Some(format) = told {
        return format == InputFormat::Xlsx;
    }
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    let named = ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()));
    matches!(container::sniff(first), Some(Container::Zip | Container::Ole)) || named
}

/// What comes of opening a workbook: the headers of its lists, its records, and what is wrong with it. `None`: no sheet
/// of it can be read.
pub(super) type Opening = (Vec<HeaderRow>, Option<Workbook>, Diagnostics);

/// Opens the workbook called `name`; a block has at most `most` records.
#[cfg(feature = "xlsx")]
pub(super) fn open(
    source: SourceId,
    name: &str,
    stream: Stream,
    form: &Arc<FormNeeds>,
    most: usize,
) -> Result<Opening, Error> {
    let read = stream.into_seekable(name, LONGEST_PIPE)?;
    let sheet::Opened { found, headers, workbook } = sheet::open(source, name, read, form, most);
    Ok((headers, workbook, found))
}

/// Without the feature there is nothing that could open it.
#[cfg(not(feature = "xlsx"))]
pub(super) fn open(
    source: SourceId,
    _: &str,
    _: Stream,
    _: &Arc<FormNeeds>,
    _: usize,
) -> Result<Opening, Error> {
    let refused = Diagnostic::new(&WORKBOOK_NOT_BUILT_IN, Place::File(source));
    Ok((Vec::new(), None, Diagnostics::from_iter([refused])))
}

/// Stands where no workbook can be.
#[cfg(not(feature = "xlsx"))]
#[derive(Debug)]
pub(super) enum Workbook {}

#[cfg(not(feature = "xlsx"))]
impl Workbook {
    pub(super) fn next_block(&mut self) -> Result<Option<Block>, Error> {
        match *self {}
    }

    pub(super) const fn is_whole(&self) -> bool {
        match *self {}
    }

    pub(super) fn finish(self) -> Diagnostics {
        match self {}
    }
}

/// Why the workbook `source` is not read, or not read any further.
#[cfg(feature = "xlsx")]
pub(super) fn refused(source: SourceId, refusal: &Refusal) -> Diagnostic {
    let code = match refusal {
        Refusal::Encrypted
        | Refusal::LegacyXls
        | Refusal::OtherOle
        | Refusal::Html
        | Refusal::PlainXml
        | Refusal::PlainText
        | Refusal::Xlsb
        | Refusal::OpenDocument
        | Refusal::NotAWorkbook => &WORKBOOK_REFUSED,
        Refusal::TooManyEntries
        | Refusal::TooLarge { .. }
        | Refusal::TooMany { .. }
        | Refusal::CellTextTooLong { .. }
        | Refusal::FarCell { .. } => &WORKBOOK_TOO_LARGE,
        _ => &WORKBOOK_DAMAGED,
    };
    let (ja, en) = refusal.reason();
    let place = refusal.place();
    let place = place.as_deref().map_or_else(whole_file, Argument::written);
    Diagnostic::new(code, Place::File(source))
        .with("reason", both(ja, en))
        .with("found", place)
        .with("limit", limit(refusal))
}

#[cfg(feature = "xlsx")]
fn whole_file() -> Argument {
    both("ファイル全体", "the file as a whole")
}

/// The limit that was passed. [`Argument::Nothing`]: it is none of size.
#[cfg(feature = "xlsx")]
fn limit(refusal: &Refusal) -> Argument {
    let limits = Limits::default();
    let count = |number: u64, ja: &str, en: &str| both(&format!("{number}{ja}"), &format!("{number} {en}"));
    let wide = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    match refusal {
        Refusal::TooManyEntries => count(wide(limits.entries), "部品", "parts"),
        Refusal::TooLarge { limit, .. } => count(limit >> 20, "MiB", "MiB"),
        Refusal::TooMany { .. } => both("シートと部品に入る数", "what a sheet or a part may hold"),
        Refusal::CellTextTooLong { .. } => {
            count(wide(limits.cell_characters), "文字のセル", "characters in a cell")
        }
        Refusal::FarCell { .. } => {
            let (rows, columns) = (limits.rows, limits.columns);
            let (away, aside) = (limits.empty_rows, limits.empty_columns);
            both(
                &format!("{rows}行、{columns}列、ほかの値から{away}行または{aside}列以内"),
                &format!("{rows} rows, {columns} columns, {away} rows or {aside} columns from other values"),
            )
        }
        _ => Argument::Nothing,
    }
}

/// A text in both languages as an argument.
#[cfg(feature = "xlsx")]
pub(super) fn both(ja: &str, en: &str) -> Argument {
    Localized::new(Arc::from(ja), Arc::from(en)).into()
}
