//! Why a file cannot be read as a workbook.
//!
//! Invariants
//! - Every reason is a variant of its own, with a sentence in both languages that says what to do.
//! - The sentences are constant; what comes from the file is in [`Refusal::place`] alone, without control characters.

use std::fmt;
use std::io;

#[cfg(feature = "xlsx")]
use super::address::CellAddress;

/// Why a file, or a sheet of it, is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// Locked with a password.
    Encrypted,
    /// The binary format of Excel 97 to 2003 (`.xls`).
    LegacyXls,
    /// Another document in an OLE container, such as Word's.
    OtherOle,
    /// A web page, whatever the file's name says.
    Html,
    /// XML in one piece, such as "XML Spreadsheet 2003".
    PlainXml,
    /// Neither a zip file nor anything else that is known: perhaps text.
    PlainText,
    /// The binary format of Excel 2007 and later (`.xlsb`).
    Xlsb,
    /// A document of `LibreOffice` and its like (`.ods`).
    OpenDocument,
    /// A zip file that holds no workbook.
    NotAWorkbook,
    /// Begins like a zip file and has no end.
    Truncated,
    /// The zip directory cannot be believed: it cannot be read, or entries lie over each other.
    BrokenZip,
    /// Two entries of the same name.
    DuplicateEntry {
        /// The name.
        part: String,
    },
    /// More entries than [`super::Limits::entries`].
    TooManyEntries,
    /// A part, or all of them, are larger when inflated than [`super::Limits`] allow.
    TooLarge {
        /// The part at which reading was stopped.
        part: String,
        /// The limit in bytes.
        limit: u64,
    },
    /// A part inflates to another size or other bytes than the directory says, or is compressed in an unusual way.
    DamagedPart {
        /// The part.
        part: String,
    },
    /// A part that another one names is not there.
    MissingPart {
        /// The part.
        part: String,
    },
    /// A text longer than a cell can hold.
    CellTextTooLong {
        /// Part and cell, or the part alone where the text belongs to several cells.
        place: String,
    },
    /// A cell outside of what a sheet can hold.
    FarCell {
        /// Part and address.
        place: String,
    },
    /// More of something than [`super::Limits`] allow: cells, texts, merged ranges, styles, comments.
    TooMany {
        /// The part.
        part: String,
    },
    /// A part holds a DOCTYPE, which a workbook never needs.
    Doctype {
        /// The part.
        part: String,
    },
    /// A part is no well-formed XML, or nests deeper than any workbook does.
    BrokenXml {
        /// The part.
        part: String,
        /// Byte of the inflated part near which it was seen.
        offset: u64,
    },
    /// A part is in another encoding than UTF-8.
    XmlEncoding {
        /// The part.
        part: String,
    },
    /// The workbook contradicts itself: rows or cells repeated or out of order, a text that is not there.
    Contradiction {
        /// Part and cell.
        place: String,
    },
    /// The sheet asked for is a chart or a macro sheet, or there is none of this number.
    NoSuchSheet,
    /// The operating system could not read the file.
    Unreadable(io::ErrorKind),
}

impl Refusal {
    /// What to tell a person: (Japanese, English), each with a way out. Where it happened is [`Refusal::place`].
    #[rustfmt::skip]
    pub const fn reason(&self) -> (&'static str, &'static str) {
        match self {
            Self::Encrypted => (
                "ブックはパスワードで保護（暗号化）されています。Excel で開き、［ファイル］→［情報］→［ブックの保護］→［パスワードを使用して暗号化］を空欄にして保存し直してください。",
                "the workbook is locked with a password: open it in Excel, clear File > Info > Protect Workbook > Encrypt with Password, and save it again",
            ),
            Self::LegacyXls => (
                "Excel 97-2003 形式（.xls）のブックです。Excel で開き、「Excel ブック（*.xlsx）」として保存し直してください。",
                "this is a workbook of Excel 97-2003 (.xls): open it in Excel and save it as an Excel Workbook (*.xlsx)",
            ),
            Self::OtherOle => (
                "Excel ブックではない文書（旧形式の Word など）です。回答の入った Excel ブック（*.xlsx）を指定してください。",
                "this is another kind of document, such as one of an older Word: please give the Excel Workbook (*.xlsx) with the answers",
            ),
            Self::Html => (
                "拡張子にかかわらず、中身は HTML（ウェブページ）です。Excel で開き、「Excel ブック（*.xlsx）」として保存し直してください。",
                "whatever its name says, this is an HTML page: open it in Excel and save it as an Excel Workbook (*.xlsx)",
            ),
            Self::PlainXml => (
                "中身は XML の文書です。Excel で開き、「Excel ブック（*.xlsx）」として保存し直してください。",
                "this is an XML document: open it in Excel and save it as an Excel Workbook (*.xlsx)",
            ),
            Self::PlainText => (
                "中身は Excel ブックではありません（CSV などの文字データかもしれません）。拡張子を中身に合わせるか、Excel で「Excel ブック（*.xlsx）」として保存し直してください。",
                "this is no Excel workbook; perhaps it is text such as CSV: give it the extension of what it is, or save it in Excel as an Excel Workbook (*.xlsx)",
            ),
            Self::Xlsb => (
                "Excel バイナリブック（.xlsb）です。Excel で開き、「Excel ブック（*.xlsx）」として保存し直してください。",
                "this is an Excel Binary Workbook (.xlsb): open it in Excel and save it as an Excel Workbook (*.xlsx)",
            ),
            Self::OpenDocument => (
                "OpenDocument 形式（LibreOffice など）の文書です。「Excel 2007-365（*.xlsx）」として保存し直してください。",
                "this is an OpenDocument file, as LibreOffice writes: save it as Excel 2007-365 (*.xlsx)",
            ),
            Self::NotAWorkbook => (
                "ZIP ファイルですが、Excel ブックが入っていません。圧縮されている場合は展開し、中のブック（*.xlsx）を指定してください。",
                "this is a zip file without an Excel workbook: if the workbook is packed inside, unpack it and give the *.xlsx itself",
            ),
            Self::Truncated => (
                "ファイルが途中で切れています。もう一度コピーするか、送り直してもらってください。",
                "the file is cut short: please copy it again, or ask for it again",
            ),
            _ => self.reason_inside(),
        }
    }

    /// The reason of a file that is a workbook, as far as can be seen, and is not read for what is inside.
    #[rustfmt::skip]
    const fn reason_inside(&self) -> (&'static str, &'static str) {
        match self {
            Self::BrokenZip | Self::DamagedPart { .. } | Self::DuplicateEntry { .. } | Self::MissingPart { .. } => (
                "ブックが壊れています。Excel で開いて修復し、別名で保存し直してください。",
                "the workbook is damaged: open it in Excel, let it be repaired, and save it under another name",
            ),
            Self::TooManyEntries => (
                "ブックの部品が多すぎるため、安全のため読み取りを中止しました。回答のシートだけを新しいブックにコピーして保存してください。",
                "the workbook has too many parts, so it was not read, to be safe: copy the sheet with the answers into a new workbook",
            ),
            Self::TooLarge { .. } | Self::TooMany { .. } => (
                "展開すると大きすぎるため、安全のため読み取りを中止しました。回答のシートだけを新しいブックにコピーして保存してください。",
                "the workbook is too large when unpacked, so it was not read, to be safe: copy the sheet with the answers into a new workbook",
            ),
            Self::CellTextTooLong { .. } => (
                "Excel のセルに入る長さ（32,767 文字）を超える文字があるため、読み取りを中止しました。そのセルの内容を短くしてください。",
                "a text is longer than a cell of Excel can hold (32,767 characters), so the workbook was not read: please shorten it",
            ),
            Self::FarCell { .. } => (
                "回答から遠く離れた場所、またはシートの範囲（1,048,576 行、16,384 列）の外にセルがあるため、読み取りを中止しました。不要な値であればその行と列を削除するか、回答のシートの回答部分だけを新しいブックにコピーして保存してください。",
                "a cell lies far away from the answers, or outside of what a sheet can hold (1,048,576 rows, 16,384 columns), so the workbook was not read: delete its row and column if it is there by mistake, or copy the answers alone into a new workbook",
            ),
            Self::Doctype { .. } => (
                "ブックに使われるはずのない宣言（DOCTYPE）があるため、安全のため読み取りを中止しました。Excel で開いて保存し直してください。",
                "the workbook holds a declaration that no workbook needs (DOCTYPE), so it was not read, to be safe: open it in Excel and save it again",
            ),
            Self::BrokenXml { .. } | Self::XmlEncoding { .. } | Self::Contradiction { .. } => (
                "ブックの内部が正しい形式ではないため読み取れません。Excel で開いて（必要なら修復し）、別名で保存し直してください。",
                "the inside of the workbook is not well-formed: open it in Excel, let it be repaired if it asks, and save it under another name",
            ),
            Self::NoSuchSheet => (
                "指定されたシートは、ブックにないか、セルのないシート（グラフなど）です。",
                "the sheet asked for is not in the workbook, or has no cells (a chart)",
            ),
            _ => (
                "ファイルを読み取れませんでした。ほかのプログラムで開いている場合は閉じてから、もう一度お試しください。",
                "the file could not be read: if another program has it open, close it there and try again",
            ),
        }
    }

    /// Where it was seen: a part of the package, a cell. `None`: it concerns the file as a whole.
    pub fn place(&self) -> Option<String> {
        match self {
            Self::DuplicateEntry { part }
            | Self::TooLarge { part, .. }
            | Self::DamagedPart { part }
            | Self::MissingPart { part }
            | Self::TooMany { part }
            | Self::Doctype { part }
            | Self::XmlEncoding { part } => Some(visible(part)),
            Self::BrokenXml { part, offset } => Some(format!("{} @{offset}", visible(part))),
            Self::CellTextTooLong { place } | Self::FarCell { place } | Self::Contradiction { place } => {
                Some(visible(place))
            }
            _ => None,
        }
    }

    /// The place in the form that [`Refusal::place`] gives for a cell of a part.
    #[cfg(feature = "xlsx")]
    pub(super) fn cell_place(part: &str, cell: CellAddress) -> String {
        format!("{part} {cell}")
    }
}

fn visible(text: &str) -> String {
    let shown = |character: char| if character.is_control() { '\u{FFFD}' } else { character };
    text.chars().take(200).map(shown).collect()
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason().1)?;
        self.place().map_or(Ok(()), |place| write!(f, " ({place})"))
    }
}

impl std::error::Error for Refusal {}

impl From<io::Error> for Refusal {
    /// A refusal that travelled through a reader comes out again; anything else is what the system said.
    fn from(error: io::Error) -> Self {
        let kind = error.kind();
        let carried = error.into_inner().and_then(|inner| inner.downcast::<Self>().ok());
        carried.map_or(Self::Unreadable(kind), |refusal| *refusal)
    }
}

impl From<Refusal> for io::Error {
    fn from(refusal: Refusal) -> Self {
        Self::other(refusal)
    }
}
