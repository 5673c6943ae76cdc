//! Why a record could not be read, and the finding that says so.
//!
//! Invariants
//! - One finding a record: the first fault is told.
//! - Every one of these is fatal for its record, and for nothing else.

use super::{CellFinding, RawChunk};
use crate::diagnostic::{Argument, Code, Localized, code::structure};
use crate::source::json::FaultKind;

/// Deepest nesting of a JSON record.
pub(super) const DEEPEST: usize = 64;

/// Longest record, in bytes.
pub(super) const LONGEST: usize = 16 << 20;

/// Why the record of a row could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RowFault {
    /// So many cells, which is not the header's number.
    Cells {
        /// In this row.
        found: usize,
        /// In the header.
        expected: usize,
    },
    /// A quote that is never closed.
    QuoteOpen,
    /// Text behind the closing quote of the cell at this range.
    QuoteInside((u32, u32)),
    /// A line inside quotes that is a row itself.
    RowsQuoted,
    /// Longer than [`LONGEST`].
    TooLong,
    /// Bytes of the range are not of the file's encoding.
    Undecodable((u32, u32)),
    /// No JSON, from this byte of the chunk on.
    NotJson(u32, JsonFault),
    /// JSON, but no object.
    NotObject,
}

/// What is wrong with a text that should be JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum JsonFault {
    /// A token that JSON does not have.
    Token(FaultKind),
    /// A token where JSON does not have it.
    Order,
    /// The text ends too early.
    Ends,
    /// Deeper than [`DEEPEST`].
    Deep,
    /// Something follows where the text should end.
    Follows,
    /// A comma without a value before or behind it.
    Missing,
    /// The name of the place of the records is given twice.
    Twice,
    /// A value around the records is longer than [`LONGEST`].
    Long,
}

impl JsonFault {
    /// What is wrong, as a clause for people.
    pub(super) const fn reason(self) -> Localized<&'static str> {
        match self {
            Self::Token(FaultKind::OpenString) => {
                Localized::new("文字列の引用符が閉じられていない", "a quotation mark is not closed")
            }
            Self::Token(FaultKind::Control) => {
                Localized::new("文字列の中に制御文字（改行など）がある", "a string holds a control character")
            }
            Self::Token(FaultKind::Escape) => {
                Localized::new("\\ で始まる表記に誤りがある", "an escape sequence is wrong")
            }
            Self::Token(FaultKind::Number) => {
                Localized::new("数の書き方がJSONのものでない", "a number is not written as JSON writes it")
            }
            Self::Token(FaultKind::Encoding) => {
                Localized::new("文字として読み取れない部分がある", "some bytes are no characters")
            }
            Self::Token(FaultKind::Unexpected) => Localized::new(
                "JSONにない語または記号がある",
                "there is a word or sign that JSON does not have",
            ),
            Self::Order => Localized::new(
                "記号（コンマ、コロン、括弧など）の過不足がある",
                "a comma, colon or bracket is missing or too many",
            ),
            Self::Ends => Localized::new("途中で終わっている", "it ends too early"),
            Self::Deep => Localized::new("入れ子が64段より深い", "it is nested more than 64 levels deep"),
            Self::Follows => Localized::new("終わりの後に余分な内容がある", "something follows its end"),
            Self::Missing => {
                Localized::new("コンマの前後にあるべき値がない", "a value is missing beside a comma")
            }
            Self::Twice => Localized::new(
                "記録の場所の名前が2つあり、どちらが正しいか決められない",
                "the name of the place of the records is given twice",
            ),
            Self::Long => Localized::new("16 MiBより長い値がある", "a value is longer than 16 MiB"),
        }
    }

    /// The same as an argument of a message.
    pub(super) fn argument(self) -> Argument {
        self.reason().map(|text| std::sync::Arc::from(*text)).into()
    }
}

/// The finding for `fault` of `row`; marks its cause, or else the record.
pub(super) fn finding(chunk: &RawChunk, row: usize, fault: RowFault) -> CellFinding {
    let (line, whole) = chunk.records.get(row).map_or((0, (0, 0)), |record| (record.line, record.span));
    let code: &'static Code = match fault {
        RowFault::Cells { .. } => &structure::ROW_RAGGED,
        RowFault::QuoteOpen => &structure::QUOTE_OPEN,
        RowFault::QuoteInside(_) => &structure::QUOTE_INSIDE,
        RowFault::RowsQuoted => &structure::ROWS_QUOTED,
        RowFault::TooLong => &structure::RECORD_TOO_LONG,
        RowFault::Undecodable(_) => &structure::RECORD_UNDECODABLE,
        RowFault::NotJson(..) => &structure::RECORD_NOT_JSON,
        RowFault::NotObject => &structure::RECORD_NOT_OBJECT,
    };
    let finding = CellFinding::new(code, row, None).with("line", line);
    match fault {
        RowFault::Cells { found, expected } => {
            finding.with("found", found).with("expected", expected).further(whole, Argument::Nothing)
        }
        RowFault::TooLong => finding.with("expected", "16 MiB").further(whole, Argument::Nothing),
        RowFault::Undecodable(range) => {
            finding.with("encoding", chunk.encoding.name()).further(range, Argument::Nothing)
        }
        RowFault::NotJson(at, fault) => {
            finding.with("found", fault.argument()).further((at, at.saturating_add(1)), fault.argument())
        }
        RowFault::QuoteInside(range) => finding.further(range, Argument::Nothing),
        RowFault::QuoteOpen | RowFault::RowsQuoted | RowFault::NotObject => {
            finding.further(whole, Argument::Nothing)
        }
    }
}
