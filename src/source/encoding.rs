//! Character encodings of submissions: which one a file is in, and its bytes as text.
//!
//! Invariants
//! - The decision depends on the first window that holds a byte above 0x7F, and on nothing else; windows have a
//!   fixed size, so it never depends on how records are grouped.
//! - CP932 is the Windows table (WHATWG calls it `Shift_JIS`): it has ①, 髙 and ～, which strict `Shift_JIS` lacks.
//! - Bytes that are not of the encoding are told, never replaced in an answer.

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

/// What a window of a file says about its encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detection {
    /// Only ASCII so far: the next window decides.
    Undecided,
    /// This one.
    Found(Encoding),
    /// None of those that can be read.
    Unknown,
}

/// The mark of UTF-8.
pub const UTF8_MARK: &[u8] = &[0xEF, 0xBB, 0xBF];

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
            String::from_utf8_lossy(held).chars().map(char::len_utf16).sum::<usize>() * 2
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

    /// The encoding called `name` on a command line. `None`: no such encoding.
    pub fn named(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().replace(['-', '_'], "").as_str() {
            "utf8" => Some(Self::Utf8),
            "cp932" | "shiftjis" | "sjis" | "windows31j" | "ms932" => Some(Self::Cp932),
            _ => None,
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

/// Judges one window; `last` says that the file ends with it, so that a character may not be cut there.
pub fn detect(window: &[u8], last: bool) -> Detection {
    if window.is_ascii() {
        return Detection::Undecided;
    }
    let whole = if last { window } else { without_tail(window) };
    for encoding in [Encoding::Utf8, Encoding::Cp932] {
        let short = encoding == Encoding::Utf8 && is_utf8_prefix(window, last);
        if short || encoding.decode(whole).is_some() {
            return Detection::Found(encoding);
        }
    }
    majority(whole)
}

fn is_utf8_prefix(window: &[u8], last: bool) -> bool {
    match std::str::from_utf8(window) {
        Ok(_) => true,
        // No length: the error is a character cut off at the end of the window.
        Err(error) => !last && error.error_len().is_none(),
    }
}

/// The window up to its last line end: there no character of either encoding is cut.
fn without_tail(window: &[u8]) -> &[u8] {
    let end = memchr::memrchr2(b'\n', b'\r', window).map_or(window.len(), |at| at + 1);
    window.get(..end).unwrap_or(window)
}

/// A few damaged lines must not make a file unreadable: the encoding in which most of the lines that are not
/// plain ASCII can be read.
fn majority(window: &[u8]) -> Detection {
    let mut lines = 0_usize;
    let mut readable = [0_usize; 2];
    for line in window.split(|&byte| byte == b'\n').filter(|line| !line.is_ascii()) {
        lines += 1;
        for (count, encoding) in readable.iter_mut().zip([Encoding::Utf8, Encoding::Cp932]) {
            *count += usize::from(encoding.decode(line).is_some());
        }
    }
    let [utf8, cp932] = readable;
    if utf8 * 2 > lines && utf8 >= cp932 {
        Detection::Found(Encoding::Utf8)
    } else if cp932 * 2 > lines {
        Detection::Found(Encoding::Cp932)
    } else {
        Detection::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cp932(text: &str) -> Vec<u8> {
        SHIFT_JIS.encode(text).0.into_owned()
    }

    #[test]
    fn each_encoding_is_told_by_its_bytes() {
        assert_eq!(detect(b"a,b\n", true), Detection::Undecided);
        assert_eq!(detect("問1,①\n".as_bytes(), true), Detection::Found(Encoding::Utf8));
        assert_eq!(detect(&cp932("問1,①髙～\n"), true), Detection::Found(Encoding::Cp932));
        assert_eq!(detect(&[0xFF, 0xFE, 0x42, 0x00, 0xA0, 0xFD], true), Detection::Unknown);
    }

    #[test]
    fn a_character_cut_by_the_window_decides_nothing() {
        let text = "病床数".as_bytes();
        let cut = text.get(..8).unwrap();
        assert_eq!(detect(cut, false), Detection::Found(Encoding::Utf8));
        let sjis = cp932("病院\n病");
        assert_eq!(detect(&sjis[..6], false), Detection::Found(Encoding::Cp932));
    }

    #[test]
    fn one_damaged_line_does_not_change_the_encoding() {
        let mut bytes = "あ\nい\nう\n".as_bytes().to_vec();
        bytes.extend([0xFF, 0xFE, b'\n']);
        assert_eq!(detect(&bytes, true), Detection::Found(Encoding::Utf8));
    }

    #[test]
    fn windows_letters_survive_decoding() {
        let text = "①髙﨑～－㈱";
        assert_eq!(Encoding::Cp932.decode(&cp932(text)).as_deref(), Some(text));
        assert_eq!(Encoding::Cp932.decode(&[0x83, b',']), None);
    }
}
