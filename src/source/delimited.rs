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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_read_otherwise_is_quoted() {
        let mut row = String::new();
        push_row(["a", "b\"c", "d,e", "", "f\r\ng", " h "], ',', &mut row);
        assert_eq!(row, "a,\"b\"\"c\",\"d,e\",,\"f\r\ng\", h \r\n");
    }
}
