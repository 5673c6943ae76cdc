//! Cleaned records as JSON: the members of a record as they were written, and one further member behind them.
//!
//! Invariants
//! - One record a line, in JSON Lines and in a document alike.
//! - What an earlier cleaning has added is taken out again, and no other member is.
//! - The values of private fields become `null`, however often they are given; no other value is touched.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};

use super::columns::Value;
use super::text::{private, spellings};
use crate::batch::Batch;
use crate::diagnostic::nearest::fold;
use crate::input::{value_at, values_where};
use crate::rule_pack::RulePack;
use crate::rule_pack::further::MEMBER;

/// The record of `row` with the further values called `names`.
pub(super) fn record(
    pack: &RulePack,
    batch: &Batch,
    row: usize,
    names: &[String],
    values: &[Value],
) -> Vec<u8> {
    let readable = batch.chunk.records.get(row).is_some_and(|record| record.readable);
    let written = readable.then(|| members(pack, batch, row)).flatten();
    with(written.as_deref().unwrap_or_default(), names, values)
}

/// A record of which nothing can be shown, with the further values.
pub(super) fn blank(names: &[String], values: &[Value]) -> Vec<u8> {
    with(&[], names, values)
}

/// `members` of an object, and the further one.
fn with(members: &[u8], names: &[String], values: &[Value]) -> Vec<u8> {
    let further = names.iter().zip(values);
    let further = further.map(|(name, value)| format!("{}:{}", Json::from(name.as_str()), value.json()));
    let further = further.collect::<Vec<String>>().join(",");
    let name = |name: &&String| value_at(&[b"{", members, b"}"].concat(), &format!("/{name}")).is_none();
    let names = [MEMBER.to_owned(), format!("{MEMBER}_2"), format!("{MEMBER}_3")];
    let name = names.iter().find(name).map_or(MEMBER, String::as_str);
    let between = if members.iter().all(u8::is_ascii_whitespace) { "" } else { "," };
    let further = format!("{between}{}:{{{further}}}", Json::from(name));
    [b"{", members, further.as_bytes(), b"}"].concat()
}

/// What stands between the braces of the record, on one line. `None`: it is no object.
fn members(pack: &RulePack, batch: &Batch, row: usize) -> Option<Vec<u8>> {
    let chunk = &batch.chunk;
    let record = chunk.records.get(row)?;
    let (start, end) = (usize::try_from(record.span.0).ok()?, usize::try_from(record.span.1).ok()?);
    let bytes = chunk.bytes.get(start..end)?;
    let mut emptied = Private::of(pack).places(bytes)?;
    let read = private(pack, chunk, row).into_iter();
    emptied.extend(read.filter_map(|(from, to)| Some((from.checked_sub(start)?, to.checked_sub(start)?))));
    emptied.sort_unstable();
    let mut kept = Vec::with_capacity(bytes.len());
    let mut at = 0;
    for (from, to) in emptied {
        // The same place twice, or one within another.
        if from >= at {
            kept.extend_from_slice(bytes.get(at..from)?);
            kept.extend_from_slice(b"null");
            at = to;
        }
    }
    kept.extend_from_slice(bytes.get(at..)?);
    // Between tokens a line end is as good as a blank, and inside of strings there is none.
    kept.iter_mut().filter(|byte| matches!(byte, b'\r' | b'\n')).for_each(|byte| *byte = b' ');
    let inside = kept.trim_ascii().strip_prefix(b"{")?.strip_suffix(b"}")?;
    Some(without_own(inside).to_vec())
}

/// Where values of private fields may stand: under the names of the field, wherever these are, and at its pointer, which
/// may end in a word that others end in too.
struct Private {
    names: BTreeSet<String>,
    pointers: BTreeSet<Vec<String>>,
}

impl Private {
    fn of(pack: &RulePack) -> Self {
        let private = pack.questionnaire.fields.iter().filter(|field| field.private);
        let pointers = private.filter_map(|field| field.pointer.as_deref()).map(|pointer| {
            let keys = pointer.split('/').skip(1);
            keys.map(|key| fold(&key.replace("~1", "/").replace("~0", "~"))).collect()
        });
        Self { names: spellings(pack).map(fold).collect(), pointers: pointers.collect() }
    }

    /// The values in `record` that may be private, each time that they are given. `None`: it is no JSON.
    fn places(&self, record: &[u8]) -> Option<Vec<(usize, usize)>> {
        values_where(record, |last, keys| {
            self.names.contains(&fold(last))
                || self.pointers.iter().any(|pointer| {
                    pointer.len() == keys.len()
                        && pointer.iter().zip(keys).all(|(own, key)| *own == fold(key))
                })
        })
    }
}

/// `members` without the one that an earlier cleaning has added at their end.
fn without_own(members: &[u8]) -> &[u8] {
    let sign = format!("\"{MEMBER}\":{{\"source_file\":");
    let Some(at) = memchr::memmem::rfind(members, sign.as_bytes()) else { return members };
    let (before, own) = members.split_at(at);
    let is_last = serde_json::from_slice::<Map<String, Json>>(&[b"{", own, b"}"].concat());
    let before = before.trim_ascii_end();
    match (is_last.is_ok_and(|own| own.len() == 1), before.strip_suffix(b",")) {
        (true, Some(before)) => before,
        (true, None) if before.is_empty() => before,
        _ => members,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_a_private_field_shares_with_others_hides_no_other_value() {
        let names = BTreeSet::from(["contact_name".to_owned()]);
        let pointers = BTreeSet::from([vec!["contact".to_owned(), "name".to_owned()]]);
        let private = Private { names, pointers };
        let text =
            r#"{"facility":{"name":"a"},"contact":{"name":"x","name":["y"]},"contact_name":"z","name":1}"#;
        let places = private.places(text.as_bytes()).unwrap();
        let places: Vec<&str> = places.into_iter().map(|(from, to)| text.get(from..to).unwrap()).collect();
        assert_eq!(places, ["\"x\"", "[\"y\"]", "\"z\""]);
    }

    #[test]
    fn what_was_added_is_taken_out_again_and_nothing_else() {
        let names = ["source_file".to_owned(), "valid".to_owned()];
        let values = [Value::Text("a.json".into()), Value::Number(1)];
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let once = text(with(br#""id":"A" "#, &names, &values));
        assert_eq!(once, r#"{"id":"A" ,"kenpyo":{"source_file":"a.json","valid":1}}"#);
        let inside = once.strip_prefix('{').unwrap().strip_suffix('}').unwrap();
        assert_eq!(without_own(inside.as_bytes()), br#""id":"A" "#);
        assert_eq!(without_own(br#""kenpyo":{"source_file":1}"#), b"");
        let other = br#""x":"\"kenpyo\":{\"source_file\":","y":1"#;
        assert_eq!(without_own(other), other);
        let theirs = br#""kenpyo":3"#;
        assert_eq!(text(with(theirs, &names[1..], &values[1..])), r#"{"kenpyo":3,"kenpyo_2":{"valid":1}}"#);
    }
}
