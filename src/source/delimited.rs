//! Cells of delimited text on their way out.
//!
//! Invariants
//! - What is written is read back letter by letter, whatever it holds.

/// Adds `text` as a cell of a file delimited by `separator`: in quotes where it holds the separator, a quote or a line
/// end.
pub fn push_cell(text: &str, separator: char, into: &mut String) {
    let special = |letter: char| letter == separator || matches!(letter, '"' | ',' | '\t' | '\r' | '\n');
    if !text.contains(special) {
        into.push_str(text);
        return;
    }
    into.push('"');
    for letter in text.chars() {
        if letter == '"' {
            into.push('"');
        }
        into.push(letter);
    }
    into.push('"');
}

/// Adds `cells` as one row that ends with CR and LF, as spreadsheets write it.
pub fn push_row<'t>(cells: impl IntoIterator<Item = &'t str>, separator: char, into: &mut String) {
    for (place, cell) in cells.into_iter().enumerate() {
        if place > 0 {
            into.push(separator);
        }
        push_cell(cell, separator, into);
    }
    into.push_str("\r\n");
}

/// `text` so that no spreadsheet takes it for a formula: one that begins like a formula, or with an apostrophe, gets an
/// apostrophe in front.
pub fn harmless(text: &str) -> String {
    let risky = |first: char| {
        matches!(first, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠' | '\'')
    };
    // Blanks and invisible marks in front do not keep a spreadsheet from it.
    let first = text.trim_start_matches([' ', '\u{3000}', '\u{FEFF}', '\u{200B}']).chars().next();
    if first.is_some_and(risky) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_would_be_read_otherwise_is_quoted() {
        let mut row = String::new();
        push_row(["a", "b\"c", "d,e", "", "f\r\ng", " h "], ',', &mut row);
        assert_eq!(row, "a,\"b\"\"c\",\"d,e\",,\"f\r\ng\", h \r\n");
    }

    #[test]
    fn what_begins_like_a_formula_gets_an_apostrophe() {
        for text in ["=1+1", "+1", "-1", "@x", "\tx", "＝A1", "＋1", "－", "＠", " =1", "'x"] {
            assert_eq!(harmless(text), format!("'{text}"));
        }
        assert_eq!(harmless("1-2"), "1-2");
    }

    proptest! {
        /// What was written is what is left when one apostrophe is taken away, and never two texts become one.
        #[test]
        fn what_was_written_can_be_told(text in any::<String>()) {
            let written = harmless(&text);
            prop_assert_eq!(written.strip_prefix('\'').unwrap_or(&written), text.as_str());
        }
    }
}
