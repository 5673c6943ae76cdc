//! Which encoding a window of a file is in, why, and what else it could be.
//!
//! Invariants
//! - The decision depends on the first window that holds a byte above 0x7F (or the escapes of ISO-2022-JP, or the
//!   zeros of UTF-16), and on nothing else; windows have a fixed size, so it never depends on how records are grouped.
//! - A reading that could as well be another one names its rival. What is no Japanese is never taken for CP932.

use encoding_rs::{EUC_JP, Encoding as Table, GBK};

use super::plausible::{Scripts, Tally};
use super::{Encoding, mark};

/// What a window of a file says about its encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detection {
    /// Only ASCII so far: the next window decides.
    Undecided,
    /// This one.
    Found(Judgement),
    /// None of those that can be read; it looks like the one that is named. `None`: like none that is known.
    Unknown(Option<&'static str>),
}

/// An encoding, and on what ground it was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judgement {
    /// The encoding.
    pub encoding: Encoding,
    /// The ground.
    pub reason: Reason,
    /// The encoding that it could as well be. `None`: nothing else can be meant.
    pub rival: Option<&'static str>,
}

/// On what ground an encoding was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The file has no character that would differ.
    Ascii,
    /// The file begins with its mark.
    Mark,
    /// The caller says so.
    Stated,
    /// Every character is well-formed in it.
    WellFormed,
    /// It is not UTF-8, and all of it is Japanese text in this encoding.
    Japanese,
    /// Most lines can be read in it, and not all in any.
    MostLines,
}

/// Judges one window; `last` says that the file ends with it, so that a character may not be cut there.
pub fn detect(window: &[u8], last: bool) -> Detection {
    if let Some(name) = unmarked(window) {
        return Detection::Unknown(Some(name));
    }
    if window.is_ascii() {
        return Detection::Undecided;
    }
    let whole = if last { window } else { without_tail(window) };
    if let Some(text) = utf8(window, last) {
        return Detection::Found(judge_utf8(text, whole));
    }
    if Encoding::Cp932.decode(whole).is_some() {
        return judge_cp932(whole);
    }
    majority(whole)
}

/// Which of two bytes is the more significant.
type Order = fn([u8; 2]) -> u16;

/// The encodings that no mark tells, and that are no text of ours: what they look like.
fn unmarked(window: &[u8]) -> Option<&'static str> {
    if let [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] = window {
        return Some("UTF-32");
    }
    if mark(window).is_none() && memchr::memchr(0, window).is_some() && !is_japanese_utf8(window) {
        let orders: [(&str, Order); 2] =
            [("UTF-16 LE", u16::from_le_bytes), ("UTF-16 BE", u16::from_be_bytes)];
        for (name, order) in orders {
            if is_utf16(window, order) {
                return Some(name);
            }
        }
    }
    let escapes: [&[u8]; 3] = [b"\x1b$B", b"\x1b$@", b"\x1b$(D"];
    let mut found = memchr::memchr_iter(0x1B, window).filter_map(|at| window.get(at..));
    found.any(|rest| escapes.iter().any(|escape| rest.starts_with(escape))).then_some("ISO-2022-JP (JIS)")
}

/// Whether the window is UTF-8 that nothing else can be: with characters of three bytes.
fn is_japanese_utf8(window: &[u8]) -> bool {
    utf8(window, false).is_some_and(|text| Scripts::of(text).japanese > 0)
}

/// Whether the window is text in UTF-16: no control characters, and some of its units part cells or lines.
fn is_utf16(window: &[u8], order: Order) -> bool {
    let (mut breaks, mut strays) = (0_usize, 0_usize);
    for unit in window.chunks_exact(2) {
        let value = order([unit.first().copied().unwrap_or(0), unit.get(1).copied().unwrap_or(0)]);
        match value {
            0x09 | 0x0A | 0x0D | 0x2C | 0x3B => breaks += 1,
            // Nobody types control characters; letters may end in a zero byte (U+4E00).
            0..0x20 | 0x7F => return false,
            _ => strays += usize::from(unit.iter().any(|byte| matches!(byte, 0x0A | 0x0D))),
        }
    }
    // Hiragana is nothing but ASCII bytes in UTF-16. In a text of ASCII with a stray zero byte lines end without one.
    breaks > 0 && (!window.is_ascii() || breaks >= strays)
}

/// The window as UTF-8, up to a character that it cuts. `None`: it is no UTF-8.
fn utf8(window: &[u8], last: bool) -> Option<&str> {
    match std::str::from_utf8(window) {
        Ok(text) => Some(text),
        // No length: the error is a character cut off at the end of the window.
        Err(error) if !last && error.error_len().is_none() => {
            std::str::from_utf8(window.get(..error.valid_up_to())?).ok()
        }
        Err(_) => None,
    }
}

fn judge_utf8(text: &str, whole: &[u8]) -> Judgement {
    let scripts = Scripts::of(text);
    let found = |encoding, rival| Judgement { encoding, reason: Reason::WellFormed, rival };
    let cp932 = Encoding::Cp932;
    // Half-width kana in pairs are well-formed UTF-8 too: letters of two bytes, which Japanese texts have few of.
    let as_cp932 = || cp932.decode(whole).map(|_| Tally::of(whole));
    if scripts.japanese + scripts.other == 0 {
        return match as_cp932() {
            Some(tally) if tally.half * 2 > tally.total() => found(cp932, Some(Encoding::Utf8.name())),
            Some(_) => found(Encoding::Utf8, Some(cp932.name())),
            None => found(Encoding::Utf8, None),
        };
    }
    // Characters of three bytes hardly ever arise by chance, and many of them never.
    let doubtful = scripts.other > scripts.japanese || scripts.japanese < 8;
    let rival = if doubtful { as_cp932().filter(Tally::is_plain).map(|_| cp932.name()) } else { None };
    found(Encoding::Utf8, rival)
}

fn judge_cp932(whole: &[u8]) -> Detection {
    let tally = Tally::of(whole);
    let rival = rival(whole);
    if tally.is_hopeless() {
        return Detection::Unknown(rival);
    }
    let sure = tally.is_sure() && rival.is_none();
    let rival = (!sure).then(|| rival.unwrap_or("Windows-1252"));
    Detection::Found(Judgement { encoding: Encoding::Cp932, reason: Reason::Japanese, rival })
}

/// The encoding of East Asia in which `whole` could be read as well. `None`: there is none.
fn rival(whole: &[u8]) -> Option<&'static str> {
    let reads =
        |table: &'static Table| table.decode_without_bom_handling_and_without_replacement(whole).is_some();
    // Bytes from 0x80 to 0xA0 are rare in GBK, where they begin or end the rarest of its characters.
    let low = whole.iter().any(|byte| (0x80..0xA1).contains(byte));
    match (reads(EUC_JP), !low && reads(GBK)) {
        (true, _) => Some("EUC-JP"),
        (false, true) => Some("GBK"),
        (false, false) => None,
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
    let mut kept = [Vec::new(), Vec::new()];
    for line in window.split(|&byte| byte == b'\n').filter(|line| !line.is_ascii()) {
        lines += 1;
        for ((count, kept), encoding) in
            readable.iter_mut().zip(&mut kept).zip([Encoding::Utf8, Encoding::Cp932])
        {
            if encoding.decode(line).is_some() {
                *count += 1;
                kept.extend_from_slice(line);
                kept.push(b'\n');
            }
        }
    }
    let [utf8, cp932] = readable;
    let [as_utf8, as_cp932] = kept;
    let scripts = Scripts::of(&String::from_utf8_lossy(&as_utf8));
    let found = |encoding| Judgement { encoding, reason: Reason::MostLines, rival: None };
    if utf8 * 2 > lines && utf8 >= cp932 && scripts.japanese > scripts.two_bytes {
        Detection::Found(found(Encoding::Utf8))
    } else {
        // What reads as a whole in another encoding is not CP932 of which some lines are damaged.
        let rival = rival(window);
        let japanese = rival.is_none() && cp932 * 2 > lines && Tally::of(&as_cp932).is_sure();
        if japanese { Detection::Found(found(Encoding::Cp932)) } else { Detection::Unknown(rival) }
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::SHIFT_JIS;

    use super::*;

    fn cp932(text: &str) -> Vec<u8> {
        SHIFT_JIS.encode(text).0.into_owned()
    }

    fn surely(bytes: &[u8], last: bool) -> Option<Encoding> {
        match detect(bytes, last) {
            Detection::Found(Judgement { encoding, rival: None, .. }) => Some(encoding),
            _ => None,
        }
    }

    #[test]
    fn each_encoding_is_told_by_its_bytes() {
        assert_eq!(detect(b"a,b\n", true), Detection::Undecided);
        assert_eq!(surely("問1,①\n".as_bytes(), true), Some(Encoding::Utf8));
        assert_eq!(surely(&cp932("問1,①髙～\n"), true), Some(Encoding::Cp932));
        assert_eq!(detect(&[0xFF, 0x42, 0x01, 0xA0, 0xFD], true), Detection::Unknown(None));
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        assert_eq!(detect(&utf16("病院,床\n名,1\n"), true), Detection::Unknown(Some("UTF-16 LE")));
        assert_eq!(detect(b"\x1b$BIB1!\x1b(B,1\n", true), Detection::Unknown(Some("ISO-2022-JP (JIS)")));
        let euc = EUC_JP.encode("病院の名称,はい,いいえ,データ\n").0;
        assert_eq!(detect(&euc, true), Detection::Unknown(Some("EUC-JP")));
    }

    #[test]
    fn half_width_kana_that_are_utf8_too_are_asked_about() {
        for text in ["ﾂｱ", "a,ﾃｽ\n", "ﾄﾞｱ"] {
            let Detection::Found(found) = detect(&cp932(text), true) else { panic!("{text}") };
            assert!(found.rival.is_some(), "{text}: {found:?}");
        }
        assert!(matches!(detect("±".as_bytes(), true), Detection::Found(Judgement { rival: Some(_), .. })));
    }

    #[test]
    fn a_character_cut_by_the_window_decides_nothing() {
        let text = "病床数".as_bytes();
        let cut = text.get(..8).unwrap();
        assert_eq!(surely(cut, false), Some(Encoding::Utf8));
        let sjis = cp932("病院\n病");
        assert_eq!(surely(&sjis[..6], false), Some(Encoding::Cp932));
    }

    #[test]
    fn one_damaged_line_does_not_change_the_encoding() {
        let mut bytes = "あ\nい\nう\n".as_bytes().to_vec();
        bytes.extend([0xFF, 0xFE, b'\n']);
        assert_eq!(surely(&bytes, true), Some(Encoding::Utf8));
    }
}
