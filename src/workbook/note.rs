//! The comments of a sheet, of both kinds.
//!
//! Invariants
//! - A threaded comment is given once: the copy that older programs see, which begins with a notice, is left out.
//! - The texts of all comments of a sheet are bounded together.
//! - What a marked copy says is known by its first line, because not every spreadsheet keeps authors; other comments by
//!   the same author (the notes of a blank form) are no part of a mark.

use super::address::CellAddress;
use super::archive::Archive;
use super::limits::Limits;
use super::refusal::Refusal;
use super::relation::relations;
use super::rich_text::{TextFault, read_plain, read_rich};
use super::xml::{Piece, XmlPart};

/// Who says what a check found.
pub(super) const AUTHOR: &str = "kenpyo";

/// The line between a comment that was there and what a marked copy adds to it.
pub(super) const SEPARATOR: &str = "――――――――";

/// Where in the text of a comment begins what a marked copy says: at its start, or behind the line that parts it from
/// what was there; then that line is counted in. `None`: all of it is somebody's own.
pub fn marked_from(text: &str) -> Option<usize> {
    if begins_like_a_mark(text) {
        return Some(0);
    }
    let mut lines = text.match_indices(SEPARATOR);
    lines.find_map(|(at, line)| {
        let (before, behind) = (text.get(..at)?, text.get(at + line.len()..)?);
        let alone = before.is_empty() || before.ends_with('\n');
        let behind = behind.strip_prefix('\n').filter(|_| alone)?;
        begins_like_a_mark(behind).then(|| before.strip_suffix('\n').map_or(at, str::len))
    })
}

/// `【要修正】EX-1　…` or `[error] EX-1  …`.
fn begins_like_a_mark(text: &str) -> bool {
    let wide = text.strip_prefix('【').and_then(|rest| rest.split_once('】'));
    let narrow = || text.strip_prefix('[').and_then(|rest| rest.split_once("] "));
    let Some((word, rest)) = wide.or_else(narrow) else { return false };
    let is_word = (1..=8).contains(&word.chars().count()) && word.chars().all(char::is_alphabetic);
    let id = rest.split([' ', '\u{3000}', '\n']).next().unwrap_or_default();
    let is_id = id.starts_with(|first: char| first.is_ascii_uppercase())
        && id.contains('-')
        && id.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '/'));
    is_word && (is_id || id == AUTHOR)
}

impl Note {
    /// Whether it is this program's own: what a marked copy says, or a note of a blank form.
    pub fn is_ours(&self) -> bool {
        let by_author =
            self.author.strip_prefix(AUTHOR).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
        by_author || marked_from(&self.text) == Some(0)
    }

    /// Whether a marked copy says something in it, so that the colour of its cell is ours too.
    pub fn is_mark(&self) -> bool {
        self.is_ours() || marked_from(&self.text).is_some()
    }
}

/// One comment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    /// Its cell.
    pub cell: CellAddress,
    /// Who wrote it, as the workbook says; empty for a conversation, whose authors are told apart elsewhere.
    pub author: String,
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
    let mut authors: Vec<String> = Vec::new();
    // Cell of the comment being read; whether it is threaded, and the author.
    let mut open: Option<(CellAddress, bool, String)> = None;
    loop {
        match xml.next()? {
            Piece::Start(tag) => match tag.local() {
                "author" => {
                    let mut name = String::new();
                    taken(read_plain(&mut xml, &mut name, false, limits.cell_characters), part)?;
                    authors.push(name);
                }
                kind @ ("comment" | "threadedComment") => {
                    let cell = tag.attribute("ref").and_then(|cell| CellAddress::parse(&cell));
                    let author = tag.number("authorId").and_then(|author| usize::try_from(author).ok());
                    let author = author.and_then(|author| authors.get(author)).cloned().unwrap_or_default();
                    open = cell.map(|cell| (cell, kind == "threadedComment", author));
                }
                "text" => {
                    let mut text = String::new();
                    let Some((cell, threaded, author)) = open.take() else { continue };
                    if threaded {
                        taken(read_plain(&mut xml, &mut text, true, limits.cell_characters), part)?;
                    } else {
                        taken(read_rich(&mut xml, &mut text, limits.cell_characters).map(|_| ()), part)?;
                    }
                    *bytes = bytes.saturating_add(text.len());
                    let has_thread = |note: &Note| note.threaded && note.cell == cell;
                    // The copy of a thread has an author of its own.
                    if !(author.starts_with("tc=") && notes.iter().any(has_thread)) {
                        notes.push(Note { cell, author, threaded, text });
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_known_by_their_first_line_whoever_the_author_is() {
        for (text, expected) in [
            ("【要修正】EX-R001　題\n文", Some(0)),
            ("[error] EX-K001/q04_ehr  title\ntext", Some(0)),
            ("【参考】kenpyo　ほかに7件", Some(0)),
            ("確認済み\n――――――――\n【参考】KP-C016　題", Some("確認済み".len())),
            ("\n――――――――\n【参考】KP-C016　題", Some(0)),
            ("――――――――\n【参考】KP-C016　題", Some(0)),
            ("【重要】院長に確認済み", None),
            ("[済] 確認", None),
            ("確認\n――――――――\n以下余白", None),
            ("確認――――――――\n【参考】KP-C016　題", None),
            ("", None),
        ] {
            assert_eq!(marked_from(text), expected, "{text}");
        }
    }

    #[test]
    fn comments_are_ours_by_their_author_or_by_what_they_say() {
        let note = |author: &str, text: &str| Note {
            cell: CellAddress::new(1, 1),
            author: author.to_owned(),
            threaded: false,
            text: text.to_owned(),
        };
        for (author, text, ours, mark) in [
            ("kenpyo", "この欄の説明", true, true),
            ("kenpyo rgb=FFFFFBE6", "【要修正】EX-1　題", true, true),
            // `LibreOffice` writes a blank for every author.
            (" ", "【要修正】EX-1　題", true, true),
            ("事務", "確認済み\n――――――――\n【要修正】EX-1　題", false, true),
            ("kenpyou", "確認済み", false, false),
        ] {
            let note = note(author, text);
            assert_eq!((note.is_ours(), note.is_mark()), (ours, mark), "{author}: {text}");
        }
    }
}
