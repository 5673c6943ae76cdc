//! Tags and texts as they are written: one attribute changed and the rest left byte for byte.
//!
//! Invariants
//! - What is not asked to change is not touched: quotes, order, blanks, entities.
//! - A text that is written has no character that XML forbids, and reads back as it was.

use std::fmt::Write as _;

/// The tag `raw` (`<c r="A1"/>`) with the attribute `name` set to `value`, or without it where that is `None`.
pub(super) fn with_attribute(raw: &str, name: &str, value: Option<&str>) -> String {
    let end = raw.len() - if raw.ends_with("/>") { 2 } else { usize::from(raw.ends_with('>')) };
    let body = raw.get(..end).unwrap_or(raw);
    let close = raw.get(end..).unwrap_or_default();
    let mut kept_to = body.find(|character: char| character.is_ascii_whitespace()).unwrap_or(body.len());
    let mut written = body.get(..kept_to).unwrap_or_default().to_owned();
    let mut done = false;
    while let Some((full, key)) = attribute_after(body.get(kept_to..).unwrap_or_default()) {
        kept_to += full.len();
        if key != name {
            written.push_str(full);
            continue;
        }
        if let Some(value) = value.filter(|_| !done) {
            let _ = write!(written, " {name}=\"{value}\"");
        }
        done = true;
    }
    if let Some(value) = value.filter(|_| !done) {
        let _ = write!(written, " {name}=\"{value}\"");
    }
    written.push_str(body.get(kept_to..).unwrap_or_default());
    written.push_str(close);
    written
}

/// The attribute at the start of `text` with the blanks before it, and its name. `None`: there is none.
fn attribute_after(text: &str) -> Option<(&str, &str)> {
    let start = text.find(|character: char| !character.is_ascii_whitespace())?;
    let equals = start + text.get(start..)?.find('=')?;
    let key = text.get(start..equals)?.trim_end();
    let value = text.get(equals + 1..)?;
    let blanks = value.len() - value.trim_ascii_start().len();
    let quote = value.get(blanks..)?.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let length = value.get(blanks + 1..)?.find(quote)?;
    Some((text.get(..equals + 1 + blanks + 1 + length + 1)?, key))
}

/// The value of an attribute in the tag `raw`, as it is written. `None`: there is none.
pub(super) fn attribute_of<'a>(raw: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = raw.get(raw.find(|character: char| character.is_ascii_whitespace())?..)?;
    while let Some((full, key)) = attribute_after(rest) {
        if key == name {
            let value = full.get(full.find('=')? + 1..)?.trim_ascii_start();
            return value.get(1..value.len() - 1);
        }
        rest = rest.get(full.len()..)?;
    }
    None
}

/// An empty element's tag as that of an element with something inside: `<a/>` as `<a>`.
pub(super) fn opened(raw: &str) -> String {
    raw.strip_suffix("/>").map_or_else(|| raw.to_owned(), |body| format!("{}>", body.trim_ascii_end()))
}

/// An element's tag as that of an empty one: `<a>` as `<a/>`.
pub(super) fn emptied(raw: &str) -> String {
    match raw.strip_suffix('>') {
        Some(body) if !body.ends_with('/') => format!("{body}/>"),
        _ => raw.to_owned(),
    }
}

/// The prefix of an element's name with its colon, to be put before the names of others: `x:`, or nothing.
pub(super) fn prefix_of(name: &str) -> &str {
    name.find(':').and_then(|colon| name.get(..=colon)).unwrap_or_default()
}

/// `text` for people, to be written between two tags: at most `most` characters, without what XML forbids.
pub(super) fn written(text: &str, most: usize) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut escaped = String::with_capacity(text.len());
    let mut rest = text.as_str();
    let mut count = 0;
    while let Some(character) = rest.chars().next().filter(|_| count < most) {
        if looks_escaped(rest) {
            escaped.push_str("_x005F");
        }
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\n' | '\t' => escaped.push(character),
            _ if character.is_control() || matches!(character, '\u{FFFE}' | '\u{FFFF}') => {}
            _ => escaped.push(character),
        }
        count += 1;
        rest = rest.get(character.len_utf8()..).unwrap_or_default();
    }
    escaped
}

/// Whether `text` begins with what a reader would take for an escaped character (`_x000D_`).
fn looks_escaped(text: &str) -> bool {
    let digits = text.strip_prefix("_x").and_then(|rest| rest.split_at_checked(4));
    digits.is_some_and(|(digits, rest)| {
        rest.starts_with('_') && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::rich_text::unescape_into;
    use super::*;

    #[test]
    fn one_attribute_changes_and_nothing_else() {
        for (raw, name, value, expected) in [
            ("<c r=\"A1\" s=\"1\"/>", "s", Some("7"), "<c r=\"A1\" s=\"7\"/>"),
            ("<c  r='A1'\n s = '1' t=\"s\" >", "s", Some("7"), "<c  r='A1' s=\"7\" t=\"s\" >"),
            ("<c r=\"A1\"/>", "s", Some("7"), "<c r=\"A1\" s=\"7\"/>"),
            ("<c r=\"A1\" />", "s", Some("7"), "<c r=\"A1\" s=\"7\" />"),
            ("<c>", "s", Some("7"), "<c s=\"7\">"),
            ("<x:c a=\" s='1' \" s=\"2\">", "s", Some("7"), "<x:c a=\" s='1' \" s=\"7\">"),
            ("<c r=\"A1\" t=\"s\" s=\"1\">", "t", None, "<c r=\"A1\" s=\"1\">"),
            ("<c r=\"A1\">", "t", None, "<c r=\"A1\">"),
        ] {
            assert_eq!(with_attribute(raw, name, value), expected);
        }
        assert_eq!(attribute_of("<fills count = '3'>", "count"), Some("3"));
        assert_eq!(attribute_of("<fills>", "count"), None);
        assert_eq!(opened("<row r=\"1\" />"), "<row r=\"1\">");
        assert_eq!(emptied("<c r=\"1\">"), "<c r=\"1\"/>");
        assert_eq!(prefix_of("x:row"), "x:");
    }

    #[test]
    fn a_text_reads_back_as_it_was_but_for_what_xml_forbids() {
        for text in ["a<b>&\"'", "一\n二\t三", "_x000D_ と _x005F_", "𠮷", "__x0041_", ""] {
            let raw = written(text, 100).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
            let mut back = String::new();
            unescape_into(&raw, &mut back);
            assert_eq!(back, text);
        }
        assert_eq!(written("a\u{1b}[31m\0\u{FFFF}\r\nb", 100), "a[31m\nb");
        assert_eq!(written("あいう", 2), "あい");
    }
}
