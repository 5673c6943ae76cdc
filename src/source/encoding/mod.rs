//! Character encodings of submissions: which one a file is in, and its bytes as text.
//!
//! Invariants
//! - CP932 is the Windows table (WHATWG calls it `Shift_JIS`): it has ①, 髙 and ～, which strict `Shift_JIS` lacks.
//! - Bytes that are not of the encoding are told, never replaced in an answer.

mod detect;
mod plausible;
mod utf16;

pub use detect::{Detection, Judgement, Reason, detect};
pub use utf16::Utf16Reader;

use std::borrow::Cow;

use encoding_rs::SHIFT_JIS;

/// How a file's bytes are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// UTF-8, with or without mark.
    #[default]
    Utf8,
    /// The Windows table of `Shift_JIS` (CP932).
    Cp932,
    /// UTF-16, the less significant byte first. What is held of such a file is UTF-8.
    Utf16Le,
    /// UTF-16, the more significant byte first. What is held of such a file is UTF-8.
    Utf16Be,
}

/// What the caller says of a file's encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stated {
    /// This one, whatever the bytes say.
    Exactly(Encoding),
    /// UTF-16; its mark tells the byte order. Without a mark: the less significant byte first, as Windows writes it.
    Utf16,
}

impl From<Encoding> for Stated {
    fn from(encoding: Encoding) -> Self {
        Self::Exactly(encoding)
    }
}

/// The mark of UTF-8.
pub const UTF8_MARK: &[u8] = &[0xEF, 0xBB, 0xBF];

/// The mark at the beginning of `head`: the encoding that it tells, and its bytes. `None`: there is none.
pub fn mark(head: &[u8]) -> Option<(Encoding, usize)> {
    match head {
        [0xEF, 0xBB, 0xBF, ..] => Some((Encoding::Utf8, 3)),
        // UTF-32 begins with the mark of UTF-16 too, and then with a character that no text has.
        [0xFF, 0xFE, 0, 0, ..] => None,
        [0xFF, 0xFE, ..] => Some((Encoding::Utf16Le, 2)),
        [0xFE, 0xFF, ..] => Some((Encoding::Utf16Be, 2)),
        _ => None,
    }
}

impl Encoding {
    /// The name that people know it by.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Cp932 => "CP932 (Shift_JIS)",
            Self::Utf16Le => "UTF-16 LE",
            Self::Utf16Be => "UTF-16 BE",
        }
    }

    /// Whether the bytes that are held of a file are not its own, but UTF-8 made of them.
    pub const fn is_transcoded(self) -> bool {
        matches!(self, Self::Utf16Le | Self::Utf16Be)
    }

    /// How many bytes of the original file `held` bytes are.
    ///
    /// UTF-16 has two bytes a unit; a lone surrogate is held as U+FFFD, which is one unit too.
    pub fn file_length(self, held: &[u8]) -> u64 {
        let length = if self.is_transcoded() {
            // A character has one byte that does not continue another, and of four bytes it is two units.
            let units = |byte: &u8| usize::from(byte & 0xC0 != 0x80) + usize::from(*byte >= 0xF0);
            held.iter().map(units).sum::<usize>() * 2
        } else {
            held.len()
        };
        u64::try_from(length).unwrap_or(u64::MAX)
    }

    /// How many of the `held` bytes the first `count` bytes of the original file are. `None`: fewer are held.
    pub fn held_length(self, held: &[u8], count: u64) -> Option<usize> {
        let count = usize::try_from(count).ok()?;
        if !self.is_transcoded() {
            return Some(count).filter(|count| *count <= held.len());
        }
        let text = std::str::from_utf8(held).ok()?;
        let (mut units, mut at) = (0, 0);
        for letter in text.chars() {
            if units * 2 >= count {
                return Some(at);
            }
            units += letter.len_utf16();
            at += letter.len_utf8();
        }
        (units * 2 >= count).then_some(at)
    }

    /// The table by which the bytes of the original file become text.
    pub const fn table(self) -> &'static encoding_rs::Encoding {
        match self {
            Self::Utf8 => encoding_rs::UTF_8,
            Self::Cp932 => SHIFT_JIS,
            Self::Utf16Le => encoding_rs::UTF_16LE,
            Self::Utf16Be => encoding_rs::UTF_16BE,
        }
    }

    /// Held `bytes` as text. `None`: they are not of this encoding.
    pub fn decode(self, bytes: &[u8]) -> Option<Cow<'_, str>> {
        match self {
            Self::Utf8 | Self::Utf16Le | Self::Utf16Be => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Self::Cp932 => SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes),
        }
    }

    /// `bytes` as text for showing: what cannot be decoded becomes U+FFFD.
    pub fn decode_lossy(self, bytes: &[u8]) -> Cow<'_, str> {
        match self {
            Self::Utf8 | Self::Utf16Le | Self::Utf16Be => String::from_utf8_lossy(bytes),
            Self::Cp932 => SHIFT_JIS.decode_without_bom_handling(bytes).0,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn windows_letters_survive_decoding() {
        let text = "①髙﨑～－㈱";
        let bytes = SHIFT_JIS.encode(text).0;
        assert_eq!(Encoding::Cp932.decode(&bytes).as_deref(), Some(text));
        assert_eq!(Encoding::Cp932.decode(&[0x83, b',']), None);
    }

    proptest! {
        /// What is held of UTF-16 is as long in the file as its units.
        #[test]
        fn lengths_of_utf16_are_those_of_its_units(text in "[a-zあ-ん病院𠮷👩
    ]{0,40}") {
            let units = u64::try_from(text.encode_utf16().count()).unwrap();
            prop_assert_eq!(Encoding::Utf16Le.file_length(text.as_bytes()), units * 2);
            prop_assert_eq!(Encoding::Utf16Be.held_length(text.as_bytes(), units * 2), Some(text.len()));
            prop_assert_eq!(Encoding::Cp932.file_length(text.as_bytes()), u64::try_from(text.len()).unwrap());
        }
    }
}
