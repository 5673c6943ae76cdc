//! The lists of a package with lines added or left out: relationships and content types.
//!
//! Invariants
//! - What stands in a list stays byte for byte, but for the lines that are left out.

use std::io::Write;

use super::super::relation::Relation;
use super::super::xml::{Piece, Tag, XmlPart};
use super::CopyFault;
use super::tag::{opened, prefix_of};

/// Namespace of relationships parts.
const RELATIONSHIPS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";

/// A line of a relationships part: kind, target as it is written, identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NewRelation {
    pub(super) id: String,
    pub(super) kind: &'static str,
    pub(super) target: String,
}

impl NewRelation {
    pub(super) fn line(&self, prefix: &str, family: &str) -> String {
        let Self { id, kind, target } = self;
        format!("<{prefix}Relationship Id=\"{id}\" Type=\"{family}{kind}\" Target=\"{target}\"/>")
    }
}

/// What is before the last word of the types of relationships, in both families.
pub(super) fn family(strict: bool) -> &'static str {
    if strict {
        "http://purl.oclc.org/ooxml/officeDocument/relationships/"
    } else {
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    }
}

/// An identifier that none of `relations` has, the `nth` of them from 1.
pub(super) fn free_id(relations: &[Relation], nth: u32) -> String {
    let number =
        |found: &Relation| found.id.strip_prefix("rId").and_then(|number| number.parse::<u32>().ok());
    let last = relations.iter().filter_map(number).max().unwrap_or(0);
    let mut number = last.saturating_add(nth);
    while relations.iter().any(|found| found.id == format!("rId{number}")) {
        number = number.wrapping_add(1);
    }
    format!("rId{number}")
}

/// A relationships part with these lines alone.
pub(super) fn new_relations(lines: &[NewRelation], strict: bool) -> String {
    let lines: Vec<String> = lines.iter().map(|line| line.line("", family(strict))).collect();
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
    format!("{head}<Relationships xmlns=\"{RELATIONSHIPS}\">{}</Relationships>", lines.concat())
}

/// A relationships part with these lines added.
pub(super) fn with_relations(
    xml: &mut XmlPart<'_>,
    out: &mut impl Write,
    lines: &[NewRelation],
    strict: bool,
) -> Result<(), CopyFault> {
    let lines = |prefix: &str| lines.iter().map(|line| line.line(prefix, family(strict))).collect();
    splice_list(xml, out, |_| true, lines)
}

/// A list with lines added before its end; of its own lines those stay that `keep` accepts.
pub(super) fn splice_list(
    xml: &mut XmlPart<'_>,
    out: &mut impl Write,
    keep: impl Fn(&Tag<'_>) -> bool,
    lines: impl Fn(&str) -> Vec<String>,
) -> Result<(), CopyFault> {
    let mut prefix = String::new();
    loop {
        let depth = xml.depth();
        let mut root_end = None;
        let mut kept = true;
        let mut skipped = false;
        match xml.next()? {
            Piece::Start(tag) if depth == 0 => prefix_of(tag.name()).clone_into(&mut prefix),
            Piece::Empty(tag) if depth == 0 => {
                prefix_of(tag.name()).clone_into(&mut prefix);
                root_end = Some(tag.name().to_owned());
            }
            Piece::Start(tag) if depth == 1 => {
                kept = keep(&tag);
                skipped = !kept;
            }
            Piece::Empty(tag) if depth == 1 => kept = keep(&tag),
            Piece::End(_) if depth == 1 => root_end = Some(String::new()),
            Piece::EndOfPart => return Ok(()),
            _ => {}
        }
        let raw = xml.bytes().to_vec();
        match root_end {
            Some(name) if name.is_empty() => {
                out.write_all(lines(&prefix).concat().as_bytes())?;
                out.write_all(&raw)?;
            }
            Some(name) => {
                let open = opened(&String::from_utf8_lossy(&raw));
                write!(out, "{open}{}</{name}>", lines(&prefix).concat())?;
            }
            None if kept => out.write_all(&raw)?,
            None => {}
        }
        if skipped {
            xml.skip()?;
        }
    }
}
