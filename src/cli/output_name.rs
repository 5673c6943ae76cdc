//! The names of files to be written: whether a name says what the file will hold.
//!
//! Invariants
//! - A name whose ending is that of another format is refused before anything is read: a spreadsheet, or this program
//!   itself, would refuse the file. An ending that says nothing of its content may be any.
//! - `-` is standard input and nothing else, so it is no name of a file.

use std::path::{Path, PathBuf};

use super::command_line::CommandLine;
use super::usage::usage;
use crate::diagnostic::code::usage::{ENDING_OF_ANOTHER_FORMAT, VALUE_NOT_USABLE};
use crate::diagnostic::{Argument, Diagnostic, Localized};

/// Endings that tell a program what a file holds.
const TELLING: [&str; 22] = [
    "csv", "tsv", "tab", "txt", "json", "jsonl", "ndjson", "xlsx", "xlsm", "xltx", "xltm", "xls", "xlsb",
    "ods", "numbers", "gz", "zip", "pdf", "html", "htm", "md", "markdown",
];

/// Endings of tables as text.
pub(super) const CSV: &[&str] = &["csv", "txt"];

/// Endings of workbooks without macros.
pub(super) const XLSX: &[&str] = &["xlsx"];

/// Endings of pages for a browser.
pub(super) const HTML: &[&str] = &["html", "htm"];

/// Endings of documents for any editor.
pub(super) const MARKDOWN: &[&str] = &["md", "markdown", "txt"];

/// Endings of what nobody wrote: the format of the original is not known by its name.
const ANY_TEXT_OR_WORKBOOK: &[&str] =
    &["csv", "tsv", "tab", "txt", "json", "jsonl", "ndjson", "xlsx", "xlsm", "xltx", "xltm"];

/// The last ending of a name in small letters; empty: it has none.
fn ending(path: &Path) -> String {
    path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase()).unwrap_or_default()
}

/// Endings that fit a file written as `original` is, unpacked.
pub(super) fn like(original: &Path) -> &'static [&'static str] {
    let unpacked =
        if ending(original) == "gz" { original.with_extension("") } else { original.to_path_buf() };
    match ending(&unpacked).as_str() {
        "csv" => CSV,
        "tsv" | "tab" => &["tsv", "tab", "txt"],
        "txt" => &["txt", "csv", "tsv", "tab"],
        "json" => &["json"],
        "jsonl" | "ndjson" => &["jsonl", "ndjson"],
        "xlsx" => XLSX,
        "xlsm" => &["xlsm"],
        "xltx" => &["xltx"],
        "xltm" => &["xltm"],
        _ => ANY_TEXT_OR_WORKBOOK,
    }
}

/// Endings that fit a marked copy of `original`: of a workbook its own, else that of a workbook.
pub(super) fn marked(original: &Path) -> &'static [&'static str] {
    match like(original) {
        own if own.first().is_some_and(|first| first.starts_with("xl")) => own,
        own if own.len() == ANY_TEXT_OR_WORKBOOK.len() => &["xlsx", "xlsm"],
        _ => XLSX,
    }
}

/// Why `flag` cannot write to `path` what has one of the endings `fitting`. `None`: it can.
pub(super) fn refused(
    line: &CommandLine,
    flag: &'static str,
    path: &Path,
    fitting: &'static [&'static str],
) -> Option<Diagnostic> {
    let place = path.display().to_string();
    let label = line.mark_output(flag, &place);
    if place == "-" {
        let expected = Localized::new("ファイル名".into(), "the name of a file".into());
        let refused = usage(&VALUE_NOT_USABLE, label).with("flag", flag).with("found", place);
        return Some(refused.with("expected", Argument::Localized(expected)));
    }
    let found = ending(path);
    if fitting.contains(&found.as_str()) || !TELLING.contains(&found.as_str()) {
        return None;
    }
    let right = renamed(path, fitting).display().to_string();
    let proposed = Localized::new(
        format!("「{right}」のように指定してください。"),
        format!("please give a name such as \"{right}\""),
    );
    let expected = format!(".{}", fitting.first().copied().unwrap_or_default());
    let refused = usage(&ENDING_OF_ANOTHER_FORMAT, label).with("flag", flag).with("place", place);
    Some(refused.with("expected", expected).suggest(proposed))
}

/// The name with an ending that fits: without its last one, where the one before it does.
fn renamed(path: &Path, fitting: &[&str]) -> PathBuf {
    let shorter = path.with_extension("");
    if fitting.contains(&ending(&shorter).as_str()) {
        return shorter;
    }
    path.with_extension(fitting.first().copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_fits_what_is_written_or_another_is_proposed() {
        let fit = |original: &str, copy: &str| {
            let fitting = like(Path::new(original));
            let found = ending(Path::new(copy));
            let fits = fitting.contains(&found.as_str()) || !TELLING.contains(&found.as_str());
            if fits { copy.to_owned() } else { renamed(Path::new(copy), fitting).display().to_string() }
        };
        for (original, copy, expected) in [
            ("a.csv", "訂正済み.csv", "訂正済み.csv"),
            ("a.csv", "x.xlsx", "x.csv"),
            ("a.CSV", "x.CSV", "x.CSV"),
            ("a.xlsx", "x.csv", "x.xlsx"),
            ("a.xlsm", "x.xlsx", "x.xlsm"),
            ("a.csv.gz", "y.csv.gz", "y.csv"),
            ("a.csv.gz", "y.csv", "y.csv"),
            ("a.tsv", "y.csv", "y.tsv"),
            ("a.jsonl", "y.ndjson", "y.ndjson"),
            ("a.json", "y.fixed", "y.fixed"),
            ("unnamed", "y.csv", "y.csv"),
            ("unnamed", "y.xls", "y.csv"),
        ] {
            assert_eq!(fit(original, copy), expected, "{original} → {copy}");
        }
        assert_eq!(marked(Path::new("a.csv.gz")), ["xlsx"]);
        assert_eq!(marked(Path::new("a.xlsm")), ["xlsm"]);
        assert_eq!(marked(Path::new("unnamed")), ["xlsx", "xlsm"]);
    }
}
