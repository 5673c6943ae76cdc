//! One width for every letter.
//!
//! Invariants
//! - Only width changes: full and half width, small forms, blanks. What NFKC would make of superscripts, fractions,
//!   numbers in circles, Roman numerals and squares is another meaning (10² is not 102), and stays as it is.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Whether the letter is another one but for its width.
const fn has_width(letter: char) -> bool {
    matches!(
        letter,
        '\u{A0}' | '\u{2007}' | '\u{2011}' | '\u{202F}' | '\u{3000}' | '\u{FE50}'..='\u{FE6F}' | '\u{FF01}'..='\u{FFEE}'
    )
}

/// `text` in the width of ASCII for Latin letters, digits and signs, and in full width for kana; composed.
///
/// ```
/// use kenpyo::diagnostic::width::one_width;
///
/// assert_eq!(one_width("１２　ＢＥＤ－ﾍﾞｯﾄﾞ"), "12 BED-ベッド");
/// assert_eq!(one_width("10²①Ⅳ½㍉"), "10²①Ⅳ½㍉");
/// ```
pub fn one_width(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || (!text.chars().any(has_width) && is_nfc_quick(text.chars()) == IsNormalized::Yes) {
        return Cow::Borrowed(text);
    }
    let mut changed = String::with_capacity(text.len());
    for letter in text.chars() {
        if has_width(letter) {
            changed.extend(std::iter::once(letter).nfkd());
        } else {
            changed.push(letter);
        }
    }
    Cow::Owned(changed.nfc().collect())
}
