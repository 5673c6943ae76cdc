//! The text of a cell, a comment or a shared string: runs joined, readings left out, escapes undone.
//!
//! Invariants
//! - A text is bounded while it is read: no more than a cell can hold is ever kept.
//! - `_x000D_` and its like become the character they stand for; `_x005F_` protects what looks like one.

use super::refusal::Refusal;
use super::xml::{Piece, Tag, XmlPart};

/// How the runs of a text look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RunLook {
    /// Whether a run is struck through.
    pub struck: bool,
    /// Whether a run has a colour other than automatic or black.
    pub coloured: bool,
}

/// Why a text was not read to its end.
#[derive(Debug)]
pub(super) enum TextFault {
    /// It is longer than allowed.
    TooLong,
    /// The part is not readable.
    Refused(Refusal),
}

impl From<Refusal> for TextFault {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Appends to `text` what stands in the element that was just opened (`si`, `is`, `text`), up to its end.
pub(super) fn read_rich(
    xml: &mut XmlPart<'_>,
    text: &mut String,
    limit: usize,
) -> Result<RunLook, TextFault> {
    let outside = xml.depth().saturating_sub(1);
    let start = text.len();
    let mut look = RunLook::default();
    let mut in_run_look = None;
    while xml.depth() > outside {
        let depth = xml.depth();
        match xml.next()? {
            Piece::Start(tag) => match tag.local() {
                "t" => {
                    let preserve = keeps_space(&tag);
                    read_plain(xml, text, preserve, limit)?;
                    if is_longer(text.get(start..).unwrap_or_default(), limit) {
                        return Err(TextFault::TooLong);
                    }
                }
                "rPh" => xml.skip()?,
                "rPr" => in_run_look = Some(depth),
                "strike" if in_run_look.is_some() => look.struck |= tag.flag("val").unwrap_or(true),
                "color" if in_run_look.is_some() => look.coloured |= is_colour(&tag, Ground::Text),
                _ => {}
            },
            Piece::End(_) if in_run_look.is_some_and(|run| depth == run + 1) => in_run_look = None,
            Piece::EndOfPart => break,
            _ => {}
        }
    }
    Ok(look)
}

/// Whether the element keeps blanks at both ends of its text.
pub(super) fn keeps_space(tag: &Tag<'_>) -> bool {
    tag.attribute("xml:space").is_some_and(|space| space == "preserve")
}

/// Appends to `text` the text of the element that was just opened (`t`, `v`), up to its end.
pub(super) fn read_plain(
    xml: &mut XmlPart<'_>,
    text: &mut String,
    preserve: bool,
    limit: usize,
) -> Result<(), TextFault> {
    let outside = xml.depth().saturating_sub(1);
    // An escape takes seven bytes for one unit, and a character four.
    let most = limit.saturating_mul(7);
    let mut raw = String::new();
    while xml.depth() > outside {
        match xml.next()? {
            Piece::Text(piece) => raw.push_str(&piece),
            Piece::EndOfPart => break,
            _ => {}
        }
        if raw.len() > most {
            return Err(TextFault::TooLong);
        }
    }
    let kept = if preserve { raw.as_str() } else { raw.trim_matches([' ', '\t', '\r', '\n']) };
    unescape_into(kept, text);
    Ok(())
}

/// Whether `text` has more than `limit` characters.
pub(super) fn is_longer(text: &str, limit: usize) -> bool {
    text.len() > limit && text.chars().count() > limit
}

/// Appends `raw` with each `_xHHHH_` as the UTF-16 unit that it stands for; half a pair becomes U+FFFD.
pub(super) fn unescape_into(raw: &str, text: &mut String) {
    let mut rest = raw;
    let mut units = Vec::new();
    while let Some(at) = rest.find("_x") {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        if let Some((unit, after)) = escape_at(from) {
            if !before.is_empty() {
                flush(&mut units, text);
                text.push_str(before);
            }
            units.push(unit);
            rest = after;
        } else {
            flush(&mut units, text);
            text.push_str(before);
            text.push('_');
            rest = from.strip_prefix('_').unwrap_or_default();
        }
    }
    flush(&mut units, text);
    text.push_str(rest);
}

fn escape_at(text: &str) -> Option<(u16, &str)> {
    let digits = text.get(2..6).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    let after = text.get(6..)?.strip_prefix('_')?;
    Some((u16::from_str_radix(digits, 16).ok()?, after))
}

fn flush(units: &mut Vec<u16>, text: &mut String) {
    text.extend(char::decode_utf16(units.drain(..)).map(|unit| unit.unwrap_or('\u{FFFD}')));
}

/// What a colour is the colour of: what counts as none differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ground {
    /// Letters: black is none.
    Text,
    /// The cell behind them: white is none.
    Fill,
}

/// Whether an element such as `color` or `fgColor` names a colour other than the usual one.
pub(super) fn is_colour(tag: &Tag<'_>, ground: Ground) -> bool {
    if tag.flag("auto") == Some(true) {
        return false;
    }
    if let Some(rgb) = tag.attribute("rgb") {
        let six = rgb.get(rgb.len().saturating_sub(6)..).unwrap_or_default();
        let usual = if ground == Ground::Text { "000000" } else { "FFFFFF" };
        return !six.eq_ignore_ascii_case(usual);
    }
    let tinted = tag
        .attribute("tint")
        .and_then(|tint| tint.trim().parse::<f64>().ok())
        .is_some_and(|tint| tint != 0.0);
    if let Some(theme) = tag.number("theme") {
        // 0 is the window's colour, 1 the text's.
        return tinted || theme != u32::from(ground == Ground::Text);
    }
    match tag.number("indexed") {
        Some(index) => !match ground {
            Ground::Text => matches!(index, 0 | 8 | 64 | 32767),
            Ground::Fill => matches!(index, 1 | 9 | 64 | 65),
        },
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unescaped(raw: &str) -> String {
        let mut text = String::new();
        unescape_into(raw, &mut text);
        text
    }

    #[test]
    fn escapes_are_undone_and_protected_ones_kept() {
        assert_eq!(unescaped("a_x000D_\nb"), "a\r\nb");
        assert_eq!(unescaped("_x005F_x000D_"), "_x000D_");
        assert_eq!(unescaped("_xD842__xDFB7_野家"), "𠮷野家");
        assert_eq!(unescaped("_xD842_野"), "\u{FFFD}野");
        for plain in ["_x", "_x00", "_x000G_", "__x_", "_x000D", "あ_xア", "x_y_", "_x000あ_"] {
            assert_eq!(unescaped(plain), plain);
        }
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert!(!is_longer("あああ", 3) && is_longer("ああああ", 3) && !is_longer("abc", 3));
    }
}
