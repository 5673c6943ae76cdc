//! The format of a submission: by its name and its first bytes.
//!
//! Invariants
//! - What stands in the file goes before what its name says; where the two differ, that is told.

use super::json_balance::{Balance, balance};
use super::json_split::Framing;

/// The formats that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputFormat {
    /// Comma-separated.
    Csv,
    /// Tab-separated.
    Tsv,
    /// One JSON value: an object, or an array of objects.
    Json,
    /// One JSON object on each line.
    JsonLines,
    /// A workbook.
    Xlsx,
}

impl InputFormat {
    /// The names on a command line, in the order of help.
    pub const NAMES: &'static [&'static str] = &["csv", "tsv", "json", "jsonl", "xlsx"];

    /// The format called `name`. `None`: no such format.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "csv" => Some(Self::Csv),
            "tsv" => Some(Self::Tsv),
            "json" => Some(Self::Json),
            "jsonl" => Some(Self::JsonLines),
            "xlsx" => Some(Self::Xlsx),
            _ => None,
        }
    }

    /// Whether its records are rows of cells.
    pub(super) const fn has_rows(self) -> bool {
        matches!(self, Self::Csv | Self::Tsv)
    }
}

/// The ending of a file's name in lower case, that of the packed file where it is called `.gz`. `None`: it has none.
pub(super) fn ending(name: &str) -> Option<String> {
    let lower = name.to_ascii_lowercase();
    let unpacked = lower.strip_suffix(".gz").unwrap_or(&lower);
    unpacked.rsplit_once('.').map(|(_, ending)| ending.to_owned())
}

/// The format by the name's ending and the first bytes; how cells are separated is told by the header.
pub(super) fn sniff(name: &str, bytes: &[u8]) -> InputFormat {
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    match ending(name).as_deref() {
        Some("json") => InputFormat::Json,
        Some("jsonl" | "ndjson") => InputFormat::JsonLines,
        Some("tsv" | "tab") => InputFormat::Tsv,
        Some("csv") => InputFormat::Csv,
        _ if matches!(first, Some(b'{' | b'[')) => InputFormat::Json,
        _ => InputFormat::Csv,
    }
}

/// What may separate the cells, the likeliest first. `told`: the caller has named the format.
pub(super) fn separators(name: &str, bytes: &[u8], format: InputFormat, told: bool) -> &'static [u8] {
    const COMMA: &[u8] = b",\t;";
    const TAB: &[u8] = b"\t,;";
    match (format, told) {
        (InputFormat::Tsv, true) => return b"\t",
        // Semicolons are CSV where the comma is the decimal sign.
        (_, true) => return b",;",
        (InputFormat::Tsv, false) => return TAB,
        _ => {}
    }
    if ending(name).as_deref() == Some("csv") {
        return COMMA;
    }
    let start = bytes.trim_ascii_start();
    let line = start.split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or(&[]);
    let count = |wanted: u8| memchr::memchr_iter(wanted, line).count();
    if count(b'\t') > count(b',') { TAB } else { COMMA }
}

/// The ending that says otherwise than `separator`. `None`: the name agrees, or says nothing of it.
pub(super) fn contradicted(name: &str, separator: u8) -> Option<String> {
    let ending = ending(name)?;
    let expected = match ending.as_str() {
        "csv" => b',',
        "tsv" | "tab" => b'\t',
        _ => return None,
    };
    (separator != expected).then(|| format!(".{ending}"))
}

/// How records follow each other, and where the first can begin; `told`: the caller has named the format.
pub(super) fn framing(bytes: &[u8], format: InputFormat, told: bool) -> (Framing, usize) {
    let blank = bytes.len() - bytes.trim_ascii_start().len();
    let list = bytes.get(blank) == Some(&b'[');
    match format {
        InputFormat::JsonLines if told || !list => (Framing::Lines, 0),
        _ if list => (Framing::Elements, blank + 1),
        _ if !told && begins_lines(bytes, blank) => (Framing::Lines, 0),
        _ => (Framing::Values, 0),
    }
}

/// Whether the first line is a whole object and another object follows.
fn begins_lines(bytes: &[u8], start: usize) -> bool {
    let Balance::End(end) = balance(bytes, start, false) else { return false };
    let rest = bytes.get(end..).unwrap_or(&[]);
    let one_line = bytes.get(start..end).is_some_and(|first| !first.contains(&b'\n'));
    let follows = rest.trim_ascii_start().first() == Some(&b'{');
    one_line && follows && rest.iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r')) == Some(&b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_files_have_the_ending_of_what_is_in_them() {
        assert_eq!(ending("回答/x.CSV.gz").as_deref(), Some("csv"));
        assert_eq!([ending("x.gz"), ending("x")], [None, None]);
        assert_eq!(sniff("x.jsonl.gz", b""), InputFormat::JsonLines);
    }

    #[test]
    fn only_a_name_that_says_so_is_contradicted() {
        assert_eq!(contradicted("x.csv.gz", b';').as_deref(), Some(".csv"));
        assert_eq!(contradicted("x.tsv", b',').as_deref(), Some(".tsv"));
        assert_eq!(
            [contradicted("x.csv", b','), contradicted("x.txt", b'\t'), contradicted("x", b';')],
            [None, None, None]
        );
    }
}
