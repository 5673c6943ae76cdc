//! JSON pointers: where a value stands in its record.
//!
//! Invariants
//! - Pointers are those of RFC 6901.
//! - Nothing recurses; a text that is no JSON has no pointer, and no panic.

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
}
