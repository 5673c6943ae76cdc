//! How much text a spreadsheet takes, and what is left of more.
//!
//! Invariants
//! - Counted in units of UTF-16, as spreadsheets count; a letter of two units is never halved.
//! - A text that is cut ends with `…`, which is within the limit.

use std::borrow::Cow;

/// Units of UTF-16 that a cell holds.
pub const LONGEST_CELL: usize = 32_767;

/// Whether `text` has more than `most` units of UTF-16.
pub fn is_longer(text: &str, most: usize) -> bool {
    // A text has no more units than bytes.
    text.len() > most && text.encode_utf16().count() > most
}

/// The text as far as `most` units of UTF-16, with `…` where it was cut.
pub fn clipped(text: &str, most: usize) -> Cow<'_, str> {
    if !is_longer(text, most) {
        return Cow::Borrowed(text);
    }
    // One unit is that of the sign.
    let mut units = 1;
    let end = text.char_indices().find(|(_, letter)| {
        units += letter.len_utf16();
        units > most
    });
    let kept = end.and_then(|(at, _)| text.get(..at)).unwrap_or(text);
    Cow::Owned(format!("{kept}…"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_where_a_spreadsheet_would_refuse_them() {
        assert_eq!(clipped("あいう", 3), "あいう");
        assert_eq!(clipped("あいうえ", 3), "あい…");
        // A letter of two units is never halved.
        assert_eq!(clipped("𠮷𠮷", 3), "𠮷…");
    }
}
