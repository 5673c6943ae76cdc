//! JSON values and members that are written into a record.
//!
//! Invariants
//! - A value is canonical: numbers and numeric codes as JSON numbers, several options as an array, else strings.
//! - A new member stands first in its object, set as the one behind it is.

use crate::expression::Type;
use crate::input::value_at;
use crate::questionnaire::{Domain, Field};

/// The JSON value of `text`, an answer to `field`. `None` for the field: it is a string.
pub(super) fn value(field: Option<&Field>, text: &str) -> String {
    match field.map(|field| (&field.ty, &field.domain)) {
        Some((Type::Number { .. }, _)) if is_number(text) => text.to_owned(),
        Some((Type::Option(list), _)) if !list.text_codes && is_number(text) => text.to_owned(),
        Some((Type::Multi(list), Domain::Multi(layout))) => {
            let item = |part: &str| match part.trim() {
                part if !list.text_codes && is_number(part) => part.to_owned(),
                part => string(part),
            };
            let items: Vec<String> = text.split(&*layout.separator).map(item).collect();
            format!("[{}]", items.join(","))
        }
        _ => string(text),
    }
}

fn string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Whether `text` is a number as JSON writes it.
fn is_number(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit() || first == '-')
        && text.ends_with(|last: char| last.is_ascii_digit())
        && serde_json::from_str::<serde_json::Number>(text).is_ok()
}

/// Where a member goes, and its name and value as they are written there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    /// The byte of the record before which it goes.
    pub at: usize,
    /// What is written there.
    pub text: String,
    /// Whether its object is empty without it.
    pub alone: bool,
}

/// A member for `field` at `pointer` of `record`: in the object that the pointer names where the record has it, else
/// under the field's own name in the record itself.
pub(super) fn member(record: &[u8], pointer: &str, name: &str, value: &str) -> Option<Member> {
    let (parent, last) = pointer.rsplit_once('/').unwrap_or(("", name));
    let found = value_at(record, parent).filter(|at| record.get(*at) == Some(&b'{'));
    let (object, key) = match found {
        Some(at) if !parent.is_empty() => (at, last.replace("~1", "/").replace("~0", "~")),
        _ => (value_at(record, "")?, name.to_owned()),
    };
    let behind = record.get(object + 1..)?;
    let blank = behind.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let at = object + 1 + blank;
    let member = format!("{}:{}{value}", string(&key), if blank > 0 { " " } else { "" });
    if record.get(at) == Some(&b'}') {
        return Some(Member { at: object + 1, text: member, alone: true });
    }
    let set = String::from_utf8_lossy(behind.get(..blank)?).into_owned();
    Some(Member { at, text: format!("{member},{set}"), alone: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(record: &str, pointer: &str) -> String {
        let member = member(record.as_bytes(), pointer, "band", "2").unwrap();
        let mut text = record.to_owned();
        text.insert_str(member.at, &member.text);
        assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{text}");
        text
    }

    #[test]
    fn a_new_member_stands_where_the_record_has_its_kind() {
        assert_eq!(with(r#"{"id":"A"}"#, "/beds/band"), r#"{"band":2,"id":"A"}"#);
        assert_eq!(with(r#"{"beds":{"total":1}}"#, "/beds/band"), r#"{"beds":{"band":2,"total":1}}"#);
        assert_eq!(with(r#"{"beds":{}}"#, "/beds/band"), r#"{"beds":{"band":2}}"#);
        assert_eq!(with("{\n  \"id\": 1\n}", "/band"), "{\n  \"band\": 2,\n  \"id\": 1\n}");
        assert_eq!(with("{}", "/band"), "{\"band\":2}");
    }

    #[test]
    fn values_are_canonical() {
        assert!(
            is_number("12") && is_number("-0.5") && !is_number("012") && !is_number("1 ") && !is_number("")
        );
        assert_eq!(value(None, "a\"b"), r#""a\"b""#);
    }
}
