//! The comments of a sheet, of both kinds.
//!
//! Invariants
//! - A threaded comment is given once: the copy that older programs see, which begins with a notice, is left out.
//! - The texts of all comments of a sheet are bounded together.

use super::address::CellAddress;
use super::archive::Archive;
use super::limits::Limits;
use super::refusal::Refusal;
use super::relation::relations;
use super::rich_text::{TextFault, read_plain, read_rich};
use super::xml::{Piece, XmlPart};

/// One comment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    /// Its cell.
    pub cell: CellAddress,
    /// Whether it belongs to a conversation (a comment of Excel 365) and is no plain note.
    pub threaded: bool,
    /// What it says.
    pub text: String,
}

/// Reads the comments of the sheet in `part`.
pub(super) fn read(archive: &mut Archive, part: &str, limits: &Limits) -> Result<Vec<Note>, Refusal> {
    let related = relations(archive, part, limits)?;
    let mut notes = Vec::new();
    let mut bytes = 0;
    for kind in ["threadedComment", "comments"] {
        for relation in related.iter().filter(|found| found.kind == kind && !found.external) {
            if archive.find(&relation.target).is_some() {
                read_part(archive, &relation.target, limits, &mut notes, &mut bytes)?;
            }
        }
    }
    // Threads were read first: a copy of one stands on a cell that has a thread already.
    notes.sort_by_key(|note| note.cell);
    Ok(notes)
}

fn read_part(
    archive: &mut Archive,
    part: &str,
    limits: &Limits,
    notes: &mut Vec<Note>,
    bytes: &mut usize,
) -> Result<(), Refusal> {
    let mut xml = XmlPart::open(archive, part, limits)?;
    let mut authors: Vec<bool> = Vec::new();
    // Cell of the comment being read; whether it is threaded, and whether it is only a copy of a thread.
    let mut open: Option<(CellAddress, bool, bool)> = None;
    loop {
        match xml.next()? {
            Piece::Start(tag) => match tag.local() {
                "author" => {
                    let mut name = String::new();
                    taken(read_plain(&mut xml, &mut name, false, limits.cell_characters), part)?;
                    authors.push(name.starts_with("tc="));
                }
                kind @ ("comment" | "threadedComment") => {
                    let cell = tag.attribute("ref").and_then(|cell| CellAddress::parse(&cell));
                    let author = tag.number("authorId").and_then(|author| usize::try_from(author).ok());
                    let copy = author.and_then(|author| authors.get(author)).copied().unwrap_or(false);
                    open = cell.map(|cell| (cell, kind == "threadedComment", copy));
                }
                "text" => {
                    let mut text = String::new();
                    let Some((cell, threaded, copy)) = open else { continue };
                    if threaded {
                        taken(read_plain(&mut xml, &mut text, true, limits.cell_characters), part)?;
                    } else {
                        taken(read_rich(&mut xml, &mut text, limits.cell_characters).map(|_| ()), part)?;
                    }
                    *bytes = bytes.saturating_add(text.len());
                    let has_thread = |note: &Note| note.threaded && note.cell == cell;
                    if !(copy && notes.iter().any(has_thread)) {
                        notes.push(Note { cell, threaded, text });
                    }
                }
                _ => {}
            },
            Piece::EndOfPart => return Ok(()),
            _ => {}
        }
        if authors.len().max(notes.len()) > limits.things || *bytes > limits.note_bytes {
            return Err(Refusal::TooMany { part: part.to_owned() });
        }
    }
}

fn taken(read: Result<(), TextFault>, part: &str) -> Result<(), Refusal> {
    match read {
        Ok(()) => Ok(()),
        Err(TextFault::TooLong) => Err(Refusal::CellTextTooLong { place: part.to_owned() }),
        Err(TextFault::Refused(refusal)) => Err(refusal),
    }
}
