//! Text from files and arguments made fit for a terminal: what would move the cursor, turn the reading direction
//! or stay unseen becomes visible.
//!
//! Invariants
//! - The result holds no control character, no bidirectional mark and no character of zero width that hides text.
//! - Kanji with variation selectors, and combining marks, stay as they are: they are how names are written.
//! - Whatever is not replaced keeps its bytes, so that offsets can be followed character by character.

use std::borrow::Cow;
use std::fmt::Write;

/// Whether `character` may not reach a terminal as it is.
pub fn is_unsafe(character: char) -> bool {
    matches!(character,
        '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        // Soft hyphen, Mongolian vowel separator, fillers and joiners: nothing is seen of them.
        | '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
        | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' | '\u{3164}'
        | '\u{feff}' | '\u{ffa0}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e00ff}'
        // Marks of reading direction.
        | '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        // Ends of lines and annotations that no line counter knows.
        | '\u{2028}' | '\u{2029}' | '\u{fff9}'..='\u{fffb}')
}

/// Appends `character`, or its picture, to `into`.
pub fn push(into: &mut String, character: char) {
    if !is_unsafe(character) {
        into.push(character);
        return;
    }
    let picture = match u32::from(character) {
        code @ 0..=0x1f => char::from_u32(0x2400 + code),
        0x7f => Some('␡'),
        _ => None,
    };
    match picture {
        Some(picture) => into.push(picture),
        // A `String` takes everything that is written to it.
        None => drop(write!(into, "<U+{:04X}>", u32::from(character))),
    }
}

/// `text` with pictures in place of what may not reach a terminal.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut result = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        push(&mut result, character);
    }
    Cow::Owned(result)
}

/// The same for text of several lines: line feeds stay.
pub fn visible_lines(text: &str) -> Cow<'_, str> {
    if !text.contains('\n') {
        return visible(text);
    }
    Cow::Owned(text.split('\n').map(visible).collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_bidi_and_zero_width_become_visible() {
        assert_eq!(visible("a\u{1b}[31m\n\u{7f}"), "a␛[31m␊␡");
        assert_eq!(visible("\u{9b}31m\u{202e}x\u{200b}"), "<U+009B>31m<U+202E>x<U+200B>");
        assert_eq!(visible_lines("a\n\tb"), "a\n␉b");
    }

    #[test]
    fn names_stay_as_they_are() {
        let name = "葛\u{e0100}城\u{3000}が\u{3099}ﾊﾞｯｸ①髙～";
        assert!(matches!(visible(name), Cow::Borrowed(same) if same == name));
    }
}
