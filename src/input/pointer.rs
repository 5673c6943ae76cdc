//! JSON pointers: where a value stands in its record.
//!
//! Invariants
//! - Pointers are those of RFC 6901.
//! - Nothing recurses; a text that is no JSON has no pointer, and no panic.

use crate::source::json::{Kind, Scanner, Token, unescape};

/// The pointer of the value that begins at byte `at` of the JSON text in `record`. `None`: no value begins there.
pub fn pointer_at(record: &[u8], at: usize) -> Option<String> {
    walk(record, |open, token| (token.start == at).then(|| open.iter().map(Step::print).collect()))
}

/// Where the value at `pointer` begins in the JSON text in `record`. `None`: there is no such value.
pub fn value_at(record: &[u8], pointer: &str) -> Option<usize> {
    let depth = pointer.matches('/').count();
    let is =
        |open: &[Step]| open.len() == depth && open.iter().map(Step::print).collect::<String>() == pointer;
    walk(record, |open, token| is(open).then_some(token.start))
}

/// Where the values stand in the JSON text in `record` for which `wanted` holds, in order and none within another; it is
/// asked by the last key that leads to each, and by the keys that lead to it, from the outermost. Elements of lists have
/// an empty key. `None`: the text is no JSON.
pub fn values_where(
    record: &[u8],
    mut wanted: impl FnMut(&str, &[&str]) -> bool,
) -> Option<Vec<(usize, usize)>> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    let mut broken = false;
    walk(record, |open, token| -> Option<()> {
        let keys: Vec<&str> = open.iter().map(Step::key).collect();
        let is_within = found.last().is_some_and(|(_, end)| token.start < *end);
        if let Some(last) = keys.last().filter(|_| !is_within)
            && wanted(last, &keys)
        {
            match end_of(record, token) {
                Some(end) => found.push((token.start, end)),
                None => broken = true,
            }
        }
        broken.then_some(())
    });
    (!broken).then_some(found)
}

/// Behind the value that begins with `first`. `None`: it has no end.
fn end_of(record: &[u8], first: Token) -> Option<usize> {
    if !matches!(first.kind, Kind::ObjectStart | Kind::ArrayStart) {
        return Some(first.end);
    }
    let mut scanner = Scanner::new(record, first.start);
    let mut depth = 0_usize;
    loop {
        let token = scanner.token().ok()??;
        match token.kind {
            Kind::ObjectStart | Kind::ArrayStart => depth += 1,
            Kind::ObjectEnd | Kind::ArrayEnd => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return Some(token.end);
        }
    }
}

/// The first that `visit` gives for a value of the JSON text in `record`: it is shown the steps to each, and the token
/// with which it begins. `None`: it gave nothing, or the text is no JSON.
fn walk<T>(record: &[u8], mut visit: impl FnMut(&[Step], Token) -> Option<T>) -> Option<T> {
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
        if !matches!(token.kind, Kind::Colon | Kind::Comma | Kind::ObjectEnd | Kind::ArrayEnd)
            && let Some(found) = visit(&open, token)
        {
            return Some(found);
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
    /// That of a list is empty.
    fn key(&self) -> &str {
        match self {
            Self::Key(key) => key,
            Self::Index(_) => "",
        }
    }

    fn print(&self) -> String {
        match self {
            Self::Key(key) => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            Self::Index(index) => format!("/{index}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_under_a_key_is_found_wherever_it_stands() {
        let text = r#"{"a": {"b": [10, {"b": 20}]}, "b": "x", "c": {"\u0062": null}, "b": 3}"#;
        let found = values_where(text.as_bytes(), |key, _| key == "b").unwrap();
        let found: Vec<&str> = found.into_iter().map(|(start, end)| text.get(start..end).unwrap()).collect();
        assert_eq!(found, [r#"[10, {"b": 20}]"#, "\"x\"", "null", "3"]);
        let below = values_where(text.as_bytes(), |_, keys| keys == ["a", "b"]).unwrap();
        assert_eq!(below.len(), 1);
    }

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
        for place in ["", "/a", "/a/b~1c/0", "/a/b~1c/1/~0", "/d", "/e"] {
            let at = value_at(text.as_bytes(), place).unwrap();
            assert_eq!(pointer_at(text.as_bytes(), at).as_deref(), Some(place));
        }
        assert_eq!(value_at(text.as_bytes(), "/a/x"), None);
    }
}
