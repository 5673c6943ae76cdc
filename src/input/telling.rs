//! What is told of a file as a whole before its records: its encoding and why, damage, and what is no text.
//!
//! Invariants
//! - Texts only; what is the case was decided in `source`.

use std::sync::Arc;

use crate::diagnostic::code::structure;
use crate::diagnostic::{Argument, Code, Diagnostic, Localized, Place};
use crate::source::SourceId;
use crate::source::encoding::{Encoding, Judgement, Reason};
use crate::source::text_stream::{Container, Damage};

fn both(ja: &str, en: &str) -> Argument {
    Localized::new(Arc::from(ja), Arc::from(en)).into()
}

fn about(code: &'static Code, source: SourceId) -> Diagnostic {
    Diagnostic::new(code, Place::File(source))
}

/// On what ground an encoding was taken, as a clause.
fn ground(reason: Reason) -> Argument {
    match reason {
        Reason::Ascii => both("ASCII以外の文字がない", "it has no character beyond ASCII"),
        Reason::Mark => both("ファイルの先頭に印（BOM）がある", "the file begins with its mark (BOM)"),
        Reason::Stated => both("--encoding で指定されている", "--encoding says so"),
        Reason::WellFormed => both(
            "すべての文字がこの文字コードの規則に合っている",
            "every character is well-formed in this encoding",
        ),
        Reason::Japanese => both(
            "UTF-8ではなく、この文字コードでは全体を日本語の文として読める",
            "it is not UTF-8, and all of it reads as Japanese text in this encoding",
        ),
        Reason::MostLines => both(
            "全体をそのまま読める文字コードはないが、この文字コードで読める行が最も多い",
            "no encoding reads all of it, and most lines can be read in this one",
        ),
    }
}

/// How the file was read, where that must be told: converted, or by a weak guess.
pub(super) fn encoding(judged: Judgement, source: SourceId) -> Vec<Diagnostic> {
    let Judgement { encoding, reason, rival } = judged;
    let mut found = Vec::new();
    if encoding != Encoding::Utf8 {
        found.push(about(&structure::ENCODING_CONVERTED, source));
    }
    let weak = rival.map(|rival| about(&structure::ENCODING_WEAK, source).with("expected", rival));
    found.extend(weak);
    let told = |finding: Diagnostic| finding.with("encoding", encoding.name()).with("reason", ground(reason));
    found.into_iter().map(told).collect()
}

/// That no encoding reads the file, which looks like `name`. `json`: it is to be JSON.
pub(super) fn unknown(name: Option<&str>, json: bool, source: SourceId) -> Diagnostic {
    if json {
        return about(&structure::JSON_NOT_UTF8, source);
    }
    let reason = match name {
        Some(name) => both(&format!("{name} のファイルと思われる"), &format!("the file seems to be {name}")),
        None => both(
            "UTF-8としてもCP932の日本語の文としても読めない",
            "it reads neither as UTF-8 nor as Japanese text in CP932",
        ),
    };
    about(&structure::ENCODING_UNKNOWN, source).with("reason", reason)
}

/// That JSON is in another encoding than its own.
pub(super) fn not_utf8(source: SourceId) -> Diagnostic {
    about(&structure::JSON_NOT_UTF8, source)
}

/// That the mark is of another encoding than `stated`, the caller's.
pub(super) fn contradiction(stated: Encoding, mark: Encoding, source: SourceId) -> Diagnostic {
    let finding = about(&structure::ENCODING_CONTRADICTS_MARK, source);
    finding.with("encoding", stated.name()).with("expected", mark.name())
}

/// That the file ended before its end.
pub(super) fn damage(damage: &Damage, source: SourceId) -> Diagnostic {
    let found = match damage {
        Damage::PackedBreaksOff => {
            both("圧縮（gzip）が途中で切れている", "its compression (gzip) breaks off")
        }
        Damage::PackedWrong => both("圧縮（gzip）が壊れている", "its compression (gzip) is damaged"),
        Damage::HalfUnit => both("最後の文字が途中で切れている", "its last character is cut in half"),
    };
    about(&structure::FILE_BROKEN_OFF, source).with("found", found)
}

/// That the file is no text.
pub(super) fn no_text(container: Container, source: SourceId) -> Diagnostic {
    let found = match container {
        Container::Zip => both("ZIP形式（Excelブックなど）", "a ZIP archive, such as a workbook"),
        Container::Ole => both(
            "旧形式（.xls）またはパスワード付きのExcelブック",
            "an old workbook (.xls) or one with a password",
        ),
        Container::Pdf => both("PDF", "a PDF document"),
        Container::Html => both("ウェブページ（HTML）", "a web page (HTML)"),
        Container::Gzip => both("二重に圧縮されたファイル（gzip）", "packed twice (gzip)"),
    };
    about(&structure::FILE_NOT_TEXT, source).with("found", found)
}

/// That the cells are separated otherwise than the name's `ending` says.
pub(super) fn separator(separator: u8, ending: &str, source: SourceId) -> Diagnostic {
    let found = match separator {
        b'\t' => both("タブ", "tabs"),
        b';' => both("セミコロン", "semicolons"),
        _ => both("コンマ", "commas"),
    };
    let finding = about(&structure::SEPARATOR_OF_ANOTHER_FORMAT, source);
    finding.with("found", found).with("expected", ending)
}

/// That the file holds nothing.
pub(super) fn empty(source: SourceId) -> Diagnostic {
    about(&structure::FILE_EMPTY, source)
}
