//! A comments part with comments added, and texts added to comments that are there.
//!
//! Invariants
//! - What a person wrote stays, before ours and apart from it by a line.
//! - The copy of a threaded comment, which Excel writes for older programs, is left alone.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use super::super::address::CellAddress;
use super::super::archive::Archive;
use super::super::limits::Limits;
use super::super::refusal::Refusal;
use super::super::rich_text::{TextFault, read_plain};
use super::super::xml::{Piece, XmlPart};
use super::tag::{opened, prefix_of, written};
use super::{CopyFault, SEPARATOR};

/// Who says what a check found.
const AUTHOR: &str = "kenpyo";

/// Characters of one comment: no more fit into one of Excel.
const LONGEST: usize = 32_000;

/// What stands in a comments part already.
#[derive(Debug, Default)]
pub(super) struct CommentSurvey {
    authors: Vec<String>,
    /// Cells that have a comment.
    pub(super) cells: BTreeSet<CellAddress>,
    /// Cells whose comment is the copy of a conversation.
    pub(super) threads: BTreeSet<CellAddress>,
}

impl CommentSurvey {
    /// Reads the part of this name.
    pub(super) fn read(archive: &mut Archive, part: &str, limits: &Limits) -> Result<Self, Refusal> {
        let mut xml = XmlPart::open(archive, part, limits)?;
        let mut survey = Self::default();
        loop {
            match xml.next()? {
                Piece::Start(tag) => match tag.local() {
                    "author" => {
                        let mut name = String::new();
                        match read_plain(&mut xml, &mut name, true, limits.cell_characters) {
                            Ok(()) => survey.authors.push(name),
                            Err(TextFault::Refused(refusal)) => return Err(refusal),
                            Err(TextFault::TooLong) => {
                                return Err(Refusal::CellTextTooLong { place: part.to_owned() });
                            }
                        }
                    }
                    "comment" => {
                        let Some(cell) = tag.attribute("ref").and_then(|cell| CellAddress::parse(&cell))
                        else {
                            continue;
                        };
                        let author = tag.number("authorId").and_then(|author| usize::try_from(author).ok());
                        let author = author.and_then(|author| survey.authors.get(author));
                        if author.is_some_and(|author| author.starts_with("tc=")) {
                            survey.threads.insert(cell);
                        }
                        survey.cells.insert(cell);
                    }
                    _ => {}
                },
                Piece::EndOfPart => return Ok(survey),
                _ => {}
            }
            if survey.authors.len().max(survey.cells.len()) > limits.things {
                return Err(Refusal::TooMany { part: part.to_owned() });
            }
        }
    }

    fn author(&self) -> usize {
        self.authors.iter().position(|author| author == AUTHOR).unwrap_or(self.authors.len())
    }
}

/// A comments part of these comments alone.
pub(super) fn new_part(notes: &BTreeMap<CellAddress, String>, strict: bool) -> String {
    let namespace = if strict {
        "http://purl.oclc.org/ooxml/spreadsheetml/main"
    } else {
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    };
    let comments: Vec<String> = notes.iter().map(|(cell, text)| comment("", *cell, 0, text)).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<comments xmlns=\"{namespace}\"><authors><author>{AUTHOR}</author></authors><commentList>{}</commentList></comments>",
        comments.concat()
    )
}

fn comment(p: &str, cell: CellAddress, author: usize, text: &str) -> String {
    let run = run(p, text);
    format!(
        "<{p}comment ref=\"{cell}\" authorId=\"{author}\" shapeId=\"0\"><{p}text>{run}</{p}text></{p}comment>"
    )
}

fn run(p: &str, text: &str) -> String {
    let look = format!(
        "<{p}rPr><{p}sz val=\"9\"/><{p}color indexed=\"81\"/><{p}rFont val=\"MS P ゴシック\"/><{p}family val=\"3\"/><{p}charset val=\"128\"/></{p}rPr>"
    );
    format!("<{p}r>{look}<{p}t xml:space=\"preserve\">{}</{p}t></{p}r>", written(text, LONGEST))
}

/// Writes the part with these texts: added to the cell's comment where there is one, else as a comment of their own.
pub(super) fn rewrite(
    xml: &mut XmlPart<'_>,
    out: &mut impl Write,
    survey: &CommentSurvey,
    notes: &BTreeMap<CellAddress, String>,
) -> Result<(), CopyFault> {
    let mut prefix = String::new();
    let mut cell = None;
    let mut done = None;
    loop {
        let depth = xml.depth();
        let place = place(xml, depth, &mut prefix, &mut cell)?;
        let p = prefix.as_str();
        let raw = xml.bytes();
        let open_cell = cell.filter(|cell| !survey.threads.contains(cell) && done != Some(*cell));
        let added = open_cell.and_then(|cell| notes.get(&cell));
        if matches!(place, Place::EmptyText | Place::TextEnd | Place::Reading) {
            done = cell;
        }
        let own = |text: &String| run(p, &format!("\n{SEPARATOR}\n{text}"));
        let text = || String::from_utf8_lossy(raw);
        let authors = if survey.authors.iter().any(|author| author == AUTHOR) {
            String::new()
        } else {
            format!("<{p}author>{AUTHOR}</{p}author>")
        };
        let others = || -> String {
            let new = notes.iter().filter(|(cell, _)| !survey.cells.contains(cell));
            let new: Vec<String> = new.map(|(cell, text)| comment(p, *cell, survey.author(), text)).collect();
            new.concat()
        };
        let (before, after, open) = match place {
            Place::End => return Ok(()),
            Place::Authors => (String::new(), authors, true),
            Place::AuthorsEnd => (authors, String::new(), false),
            Place::Comments => (String::new(), others(), true),
            Place::CommentsEnd => (others(), String::new(), false),
            Place::EmptyText => (String::new(), added.map(own).unwrap_or_default(), added.is_some()),
            Place::TextEnd | Place::Reading => (added.map(own).unwrap_or_default(), String::new(), false),
            Place::Plain if added.is_some() => (format!("<{p}r>"), String::new(), false),
            Place::PlainEnd if added.is_some() => (String::new(), format!("</{p}r>"), false),
            Place::Other | Place::Plain | Place::PlainEnd => (String::new(), String::new(), false),
        };
        out.write_all(before.as_bytes())?;
        if open {
            let tag = text();
            let name = tag
                .trim_start_matches('<')
                .split([' ', '/', '>', '\t', '\r', '\n'])
                .next()
                .unwrap_or_default();
            write!(out, "{}{after}</{name}>", opened(&tag))?;
        } else {
            out.write_all(raw)?;
            out.write_all(after.as_bytes())?;
        }
    }
}

/// Where something may have to be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// An empty list of authors.
    Authors,
    AuthorsEnd,
    /// An empty list of comments.
    Comments,
    CommentsEnd,
    /// A comment without text.
    EmptyText,
    /// The end of a comment's runs.
    TextEnd,
    /// A text that stands in no run begins or ends.
    Plain,
    PlainEnd,
    /// A reading, which runs stand before.
    Reading,
    Other,
    End,
}

fn place(
    xml: &mut XmlPart<'_>,
    depth: usize,
    prefix: &mut String,
    cell: &mut Option<CellAddress>,
) -> Result<Place, Refusal> {
    let piece = xml.next()?;
    let empty = matches!(piece, Piece::Empty(_));
    Ok(match piece {
        Piece::Start(tag) | Piece::Empty(tag) => match (depth, tag.local()) {
            (0, _) => {
                prefix_of(tag.name()).clone_into(prefix);
                Place::Other
            }
            (1, "authors") if empty => Place::Authors,
            (1, "commentList") if empty => Place::Comments,
            (2, "comment") => {
                *cell = tag.attribute("ref").and_then(|cell| CellAddress::parse(&cell));
                Place::Other
            }
            (3, "text") if empty => Place::EmptyText,
            (4, "t") if !empty => Place::Plain,
            (4, "rPh" | "phoneticPr") => Place::Reading,
            _ => Place::Other,
        },
        Piece::End(tag) => match (depth, tag.local()) {
            (2, "authors") => Place::AuthorsEnd,
            (2, "commentList") => Place::CommentsEnd,
            (4, "text") => Place::TextEnd,
            (5, "t") => Place::PlainEnd,
            _ => Place::Other,
        },
        Piece::EndOfPart => Place::End,
        _ => Place::Other,
    })
}
