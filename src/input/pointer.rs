//! JSON pointers: where a value stands in its record, and where the records stand in a document.
//!
//! Invariants
//! - Pointers are those of RFC 6901.
//! - Nothing recurses; a text that is no JSON has no pointer, and no panic.

use super::json_balance::{Balance, balance};
use crate::source::json::{Kind, Scanner, unescape};

/// The pointer of the value that begins at byte `at` of the JSON text in `record`. `None`: no value begins there.
pub fn pointer_at(record: &[u8], at: usize) -> Option<String> {
    let mut scanner = Scanner::new(record, 0);
    let mut open: Vec<Step> = Vec::new();
    let mut key_next = false;
    loop {
        let token = scanner.token().ok()??;
        if key_next && let (Kind::String { .. }, Some(Step::Key(key))) = (token.kind, open.last_mut()) {
            *key = unescape(record.get(token.start..token.end)?).ok()?.into_owned();
            key_next = false;
            continue;
        }
        if token.start == at
            && !matches!(token.kind, Kind::Colon | Kind::Comma | Kind::ObjectEnd | Kind::ArrayEnd)
        {
            return Some(open.iter().map(Step::print).collect());
        }
        match token.kind {
            Kind::ObjectStart => {
                open.push(Step::Key(String::new()));
                key_next = true;
            }
            Kind::ArrayStart => open.push(Step::Index(0)),
            Kind::ObjectEnd | Kind::ArrayEnd => {
                open.pop()?;
                key_next = false;
            }
            Kind::Comma => match open.last_mut()? {
                Step::Key(_) => key_next = true,
                Step::Index(index) => *index += 1,
            },
            _ => {}
        }
    }
}

/// One step of a pointer.
enum Step {
    Key(String),
    Index(usize),
}

impl Step {
    fn print(&self) -> String {
        match self {
            Self::Key(key) => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            Self::Index(index) => format!("/{index}"),
        }
    }
}

/// What a pointer leads to in a document of which perhaps only the beginning is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Located {
    /// A list: the byte after its bracket.
    List(usize),
    /// An object: its first byte.
    Object(usize),
    /// Nothing, or no records.
    Nothing,
    /// More bytes are needed.
    More,
}

/// Follows `pointer` from the beginning of `bytes`; `ended`: nothing comes after them.
pub(super) fn locate(bytes: &[u8], pointer: &str, ended: bool) -> Located {
    let unknown = if ended { Located::Nothing } else { Located::More };
    let mut at = 0;
    for segment in pointer.split('/').skip(1) {
        let key = segment.replace("~1", "/").replace("~0", "~");
        match member(bytes, at, &key, ended) {
            Ok(Some(value)) => at = value,
            Ok(None) => return Located::Nothing,
            Err(()) => return unknown,
        }
    }
    match Scanner::new(bytes, at).token() {
        Ok(Some(token)) if token.kind == Kind::ArrayStart => Located::List(token.end),
        Ok(Some(token)) if token.kind == Kind::ObjectStart => Located::Object(token.start),
        Ok(Some(_)) => Located::Nothing,
        Ok(None) | Err(_) => unknown,
    }
}

/// Where the value of `wanted` begins in the object at `at`. `Ok(None)`: no object, or no such key; `Err`: the bytes
/// end too early, or are no JSON.
fn member(bytes: &[u8], at: usize, wanted: &str, ended: bool) -> Result<Option<usize>, ()> {
    let mut scanner = Scanner::new(bytes, at);
    let next = |scanner: &mut Scanner<'_>| scanner.token().ok().flatten().ok_or(());
    if next(&mut scanner)?.kind != Kind::ObjectStart {
        return Ok(None);
    }
    loop {
        let token = next(&mut scanner)?;
        match token.kind {
            Kind::Comma => continue,
            Kind::String { .. } => {}
            _ => return Ok(None),
        }
        let key = bytes.get(token.start..token.end).and_then(|quoted| unescape(quoted).ok()).ok_or(())?;
        let found = key == wanted;
        next(&mut scanner)?;
        let value = next(&mut scanner)?;
        if found {
            return Ok(Some(value.start));
        }
        match balance(bytes, value.start, ended) {
            Balance::End(end) => scanner = Scanner::new(bytes, end),
            Balance::More | Balance::Broken(_) => return Err(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_its_pointer() {
        let text = r#"{"a": {"b/c": [10, {"~": 20}]}, "d": "x", "e": null}"#;
        let pointer = |value: &str| pointer_at(text.as_bytes(), text.find(value).unwrap());
        assert_eq!(pointer("10").as_deref(), Some("/a/b~1c/0"));
        assert_eq!(pointer("20").as_deref(), Some("/a/b~1c/1/~0"));
        assert_eq!(pointer("\"x\"").as_deref(), Some("/d"));
        assert_eq!(pointer("null").as_deref(), Some("/e"));
        assert_eq!(pointer("{").as_deref(), Some(""));
        assert_eq!(pointer(", \"d\""), None);
        assert_eq!(pointer_at(b"{\"a\": ", 3), None);
    }

    #[test]
    fn records_are_found_below_other_values() {
        let text = br#" {"meta": {"records": []}, "body": {"records": [ {}, {} ]}}"#;
        let found = locate(text, "/body/records", true);
        assert_eq!(found, Located::List(text.iter().rposition(|byte| *byte == b'[').unwrap() + 1));
        assert_eq!(locate(text, "/body/none", true), Located::Nothing);
        assert_eq!(locate(text, "/meta", true), Located::Object(10));
        assert_eq!(locate(text.get(..20).unwrap(), "/body/records", false), Located::More);
        assert_eq!(locate(b"[1]", "", true), Located::List(1));
    }
}
