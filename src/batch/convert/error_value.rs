//! What spreadsheets write where a formula failed.
//!
//! Invariants
//! - Only delimited text and workbooks have error values; a JSON string of these letters is a text as any other.

use crate::input::RawKind;

/// The error values of the spreadsheets in use, as every language version writes them into files.
const ERROR_VALUES: [&str; 13] = [
    "#REF!",
    "#N/A",
    "#NAME?",
    "#VALUE!",
    "#DIV/0!",
    "#NUM!",
    "#NULL!",
    "#SPILL!",
    "#CALC!",
    "#FIELD!",
    "#BLOCKED!",
    "#CONNECT!",
    "#GETTING_DATA",
];

/// Whether the cell holds an error value and no answer.
pub(super) fn is_error(kind: RawKind, text: &str) -> bool {
    match kind {
        RawKind::SheetError => true,
        RawKind::Text => text.starts_with('#') && ERROR_VALUES.contains(&text),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_formula_is_told_from_what_somebody_wrote() {
        assert!(is_error(RawKind::Text, "#REF!") && is_error(RawKind::SheetError, "#ANY"));
        assert!(!is_error(RawKind::JsonString, "#REF!") && !is_error(RawKind::Text, "#1"));
    }
}
