//! Files as bytes: identity, spans, positions, encodings; the only reader and the only writer of files.
//!
//! Invariants
//! - A [`Span`] counts bytes of the original file, also after transcoding.
//! - No other module opens a file ([`sink`] is the only writer: temporary name, then rename).
//! - Knows no format: CSV, JSON and TOML are other modules' matter.

pub mod delimited;
pub mod digest;
pub mod encoding;
pub mod folder;
pub mod json;
pub mod json_tree;
pub mod listing;
pub mod nearest_file;
pub mod picture;
pub mod reader;
pub mod revision;
pub mod root;
pub mod secret;
pub mod sink;
pub mod span;
pub mod spool;
pub mod stamp;
pub mod text_stream;
pub mod toml_tree;

use std::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use span::Span;
use unicode_width::UnicodeWidthChar;

/// Which file; numbered in the order in which the run names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SourceId(pub u32);

/// Where a span starts, for people and for machines. All counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Position {
    /// Line.
    pub line: u64,
    /// Column in bytes.
    pub column: u64,
    /// Column in display characters: wide characters count two.
    pub display: u64,
}

/// Columns of a place on its line, counted from 1 in the line's text, however the file's bytes are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Columns {
    /// In bytes of UTF-8.
    pub utf8: u64,
    /// In units of UTF-16.
    pub utf16: u64,
}

impl Columns {
    /// Where a place is that `text` stands before on the line.
    pub fn after(text: &str) -> Self {
        Self { utf8: 1, utf16: 1 }.past(text)
    }

    /// The place behind `text` that begins here.
    #[must_use]
    pub fn past(self, text: &str) -> Self {
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        let units: usize = text.chars().map(char::len_utf16).sum();
        Self { utf8: self.utf8 + count(text.len()), utf16: self.utf16 + count(units) }
    }
}

/// From where to where a piece of text stands on its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Extent {
    /// Its beginning.
    pub start: Columns,
    /// Behind its end. `None`: it ends on another line.
    pub end: Option<Columns>,
}

/// The text of a rule, survey or schema file, kept for the run (submissions are never kept).
#[derive(Debug, Clone)]
pub struct SourceText {
    /// Which file.
    pub id: SourceId,
    /// Path relative to the survey root, with `/`.
    pub name: Arc<str>,
    /// The whole text.
    pub text: WholeText,
}

/// The whole text of a file. What is inside the binary is not copied: hardly a start asks for any of it.
#[derive(Debug, Clone)]
pub enum WholeText {
    /// Inside the binary.
    Embedded(&'static str),
    /// Read; cheap to clone.
    Read(Arc<str>),
}

impl Deref for WholeText {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Embedded(text) => text,
            Self::Read(text) => text,
        }
    }
}

impl<T: Into<Arc<str>>> From<T> for WholeText {
    fn from(text: T) -> Self {
        Self::Read(text.into())
    }
}

/// The number that the next file behind `sources` gets. They need not be numbered without gap.
pub fn next_id(sources: &[SourceText]) -> SourceId {
    sources.iter().map(|source| source.id.0.saturating_add(1)).max().map_or(SourceId(0), SourceId)
}

impl SourceText {
    /// Line and columns of the byte `offset`; past the end is the end.
    pub fn position(&self, offset: u64) -> Position {
        let offset = usize::try_from(offset).unwrap_or(usize::MAX).min(self.text.len());
        let before = self.text.get(..offset).unwrap_or(&self.text);
        position_after(before.as_bytes(), before)
    }

    /// The text of `span`; empty where the span is not on character boundaries of this file.
    pub fn slice(&self, span: Span) -> &str {
        let range = usize::try_from(span.start).ok().zip(usize::try_from(span.end).ok());
        range.and_then(|(start, end)| self.text.get(start..end)).unwrap_or("")
    }
}

fn position_after(bytes: &[u8], text: &str) -> Position {
    let line_start = memchr::memrchr(b'\n', bytes).map_or(0, |at| at + 1);
    let lines = memchr::memchr_iter(b'\n', bytes).count() + 1;
    let column = bytes.len() - line_start + 1;
    let display = text.get(line_start..).map_or(column, |tail| display_width(tail) + 1);
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    Position { line: count(lines), column: count(column), display: count(display) }
}

/// Columns that `text` takes on a terminal; control characters count one, as their pictures do.
pub fn display_width(text: &str) -> usize {
    text.chars().map(|character| character.width().unwrap_or(1)).sum()
}
