//! A comments part with comments added, and texts added to comments that are there.
//!
//! Invariants
//! - What a person wrote stays, before ours and apart from it by a line.
//! - Of a copy that is marked again our former words go: a comment of ours as a whole, and what we added to another's.
//! - The copy of a threaded comment, which Excel writes for older programs, is left alone.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use super::super::address::CellAddress;
use super::super::archive::Archive;
use super::super::limits::Limits;
use super::super::note::{AUTHOR, SEPARATOR, marked_from};
use super::super::refusal::Refusal;
use super::super::rich_text::{TextFault, keeps_space, read_plain, read_rich};
use super::super::xml::{Piece, XmlPart};
use super::CopyFault;
use super::paint::Paint;
use super::tag::{opened, prefix_of, written};

/// Characters of one comment: no more fit into one of Excel.
const LONGEST: usize = 32_000;

/// What a former marked copy says of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Former {
    /// The whole comment, and what the cell was filled with before it was marked. `None`: it is not known.
    Whole(Option<Paint>),
    /// What follows the first `kept` runs of another's comment, and `part` of the next one.
    Tail {
        /// Runs of the comment that stay.
        kept: usize,
        /// What stays of the run behind them; empty: nothing.
        part: String,
    },
}

/// What stands in a comments part already.
#[derive(Debug, Default)]
pub(super) struct CommentSurvey {
    authors: Vec<String>,
    /// Cells that have a comment.
    pub(super) cells: BTreeSet<CellAddress>,
    /// What former marked copies say.
    pub(super) formers: BTreeMap<CellAddress, Former>,
    /// Cells whose comment is the copy of a conversation.
    pub(super) threads: BTreeSet<CellAddress>,
}

impl CommentSurvey {
    /// Reads the part of this name.
    pub(super) fn read(archive: &mut Archive, part: &str, limits: &Limits) -> Result<Self, Refusal> {
        let mut xml = XmlPart::open(archive, part, limits)?;
        let mut survey = Self::default();
        let mut open = None;
        let taken = |fault| match fault {
            TextFault::Refused(refusal) => refusal,
            TextFault::TooLong => Refusal::CellTextTooLong { place: part.to_owned() },
        };
        loop {
            match xml.next()? {
                Piece::Start(tag) => match tag.local() {
                    "author" => {
                        let mut name = String::new();
                        read_plain(&mut xml, &mut name, true, limits.cell_characters).map_err(taken)?;
                        survey.authors.push(name);
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
                        } else {
                            open = Some((cell, author.cloned().unwrap_or_default()));
                        }
                        survey.cells.insert(cell);
                    }
                    "text" => {
                        let runs = runs(&mut xml, limits).map_err(taken)?;
                        let former =
                            open.take().and_then(|(cell, author)| Some((cell, former(&runs, &author)?)));
                        survey.formers.extend(former);
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

    /// All authors of a part in which these comments stand, those that are there already first.
    fn all_authors(&self, notes: &BTreeMap<CellAddress, NewNote>) -> Vec<String> {
        let mut all = self.authors.clone();
        for (cell, note) in notes {
            if !self.cells.contains(cell) && !all.contains(&note.author()) {
                all.push(note.author());
            }
        }
        all
    }
}

/// A comment to be written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct NewNote {
    /// What it says.
    pub(super) text: String,
    /// What the cell is filled with but for the mark. `None`: nothing, or nothing that is written down.
    pub(super) fill: Option<Paint>,
}

impl NewNote {
    /// Our name, and behind it what the cell was filled with: every spreadsheet shows the first and keeps both, so that
    /// the fill comes back when the cell is corrected and marked no more.
    fn author(&self) -> String {
        match self.fill.as_ref().and_then(Paint::name) {
            Some(fill) => format!("{AUTHOR} {fill}"),
            None => AUTHOR.to_owned(),
        }
    }
}

/// The texts of a comment's runs, after its `text` was opened.
fn runs(xml: &mut XmlPart<'_>, limits: &Limits) -> Result<Vec<String>, TextFault> {
    let outside = xml.depth().saturating_sub(1);
    let mut runs = Vec::new();
    while xml.depth() > outside {
        match xml.next()? {
            Piece::Start(tag) => match tag.local() {
                "t" => {
                    let (preserve, mut text) = (keeps_space(&tag), String::new());
                    read_plain(xml, &mut text, preserve, limits.cell_characters)?;
                    runs.push(text);
                }
                "r" => {
                    let mut text = String::new();
                    read_rich(xml, &mut text, limits.cell_characters)?;
                    runs.push(text);
                }
                _ => xml.skip()?,
            },
            Piece::EndOfPart => break,
            _ => {}
        }
    }
    Ok(runs)
}

/// What of a comment is ours. `None`: nothing.
fn former(runs: &[String], author: &str) -> Option<Former> {
    let from = marked_from(&runs.concat())?;
    if from == 0 {
        let fill = author.strip_prefix(AUTHOR).and_then(|rest| Paint::of_name(rest.trim_start()));
        return Some(Former::Whole(fill));
    }
    let (mut start, mut kept) = (0, 0);
    for run in runs {
        let end = start + run.len();
        if end > from {
            let part = run.get(..from.saturating_sub(start)).unwrap_or_default().to_owned();
            return Some(Former::Tail { kept, part });
        }
        (start, kept) = (end, kept + 1);
    }
    None
}

/// A comments part of these comments alone.
pub(super) fn new_part(notes: &BTreeMap<CellAddress, NewNote>, strict: bool) -> String {
    let namespace = if strict {
        "http://purl.oclc.org/ooxml/spreadsheetml/main"
    } else {
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    };
    let authors = CommentSurvey::default().all_authors(notes);
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<comments xmlns=\"{namespace}\"><authors>{}</authors><commentList>{}</commentList></comments>",
        listed("", &authors),
        comments("", notes.iter(), &authors)
    )
}

fn listed(p: &str, authors: &[String]) -> String {
    let line = |author: &String| format!("<{p}author>{}</{p}author>", written(author, LONGEST));
    authors.iter().map(line).collect()
}

fn comments<'n>(
    p: &str,
    notes: impl Iterator<Item = (&'n CellAddress, &'n NewNote)>,
    authors: &[String],
) -> String {
    let place = |note: &NewNote| authors.iter().position(|author| *author == note.author()).unwrap_or(0);
    notes.map(|(cell, note)| comment(p, *cell, place(note), &note.text)).collect()
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
    notes: &BTreeMap<CellAddress, NewNote>,
) -> Result<(), CopyFault> {
    let mut prefix = String::new();
    let mut cell = None;
    let mut done = None;
    let all = survey.all_authors(notes);
    let new_authors = all.get(survey.authors.len()..).unwrap_or_default();
    loop {
        let depth = xml.depth();
        let place = place(xml, depth, &mut prefix, &mut cell)?;
        let p = prefix.as_str();
        if place == Place::Comment
            && let Some((former, note)) =
                cell.and_then(|cell| Some((survey.formers.get(&cell)?, notes.get(&cell))))
        {
            match former {
                Former::Whole(_) => xml.skip()?,
                Former::Tail { kept, part } => {
                    let added = note.map(|note| addition(p, note));
                    shorten(xml, out, p, (*kept, part), added.as_deref())?;
                }
            }
            cell = None;
            continue;
        }
        let raw = xml.bytes();
        let open_cell = cell.filter(|cell| !survey.threads.contains(cell) && done != Some(*cell));
        let added = open_cell.and_then(|cell| notes.get(&cell));
        if matches!(place, Place::EmptyText | Place::TextEnd | Place::Reading) {
            done = cell;
        }
        let own = |note: &NewNote| addition(p, note);
        let text = || String::from_utf8_lossy(raw);
        let authors = listed(p, new_authors);
        let others =
            || -> String { comments(p, notes.iter().filter(|(cell, _)| !survey.cells.contains(cell)), &all) };
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
            Place::Other | Place::Comment | Place::Plain | Place::PlainEnd => {
                (String::new(), String::new(), false)
            }
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

/// What is added to another's comment.
fn addition(p: &str, note: &NewNote) -> String {
    run(p, &format!("\n{SEPARATOR}\n{}", note.text))
}

/// Writes a comment, of which the start was just read, with its first `kept` runs and `part` of the next one.
fn shorten(
    xml: &mut XmlPart<'_>,
    out: &mut impl Write,
    p: &str,
    (kept, part): (usize, &str),
    added: Option<&str>,
) -> Result<(), CopyFault> {
    let outside = xml.depth().saturating_sub(1);
    out.write_all(xml.bytes())?;
    let mut runs = 0;
    while xml.depth() > outside {
        let depth = xml.depth();
        let (mut is_run, mut is_plain, mut ends) = (false, false, false);
        match xml.next()? {
            Piece::Start(tag) | Piece::Empty(tag) if depth == outside + 2 => {
                is_plain = tag.local() == "t";
                is_run = is_plain || tag.local() == "r";
            }
            Piece::End(tag) => ends = depth == outside + 2 && tag.local() == "text",
            _ => {}
        }
        if !is_run {
            out.write_all(added.filter(|_| ends).unwrap_or_default().as_bytes())?;
            out.write_all(xml.bytes())?;
            continue;
        }
        runs += 1;
        if runs > kept {
            if runs == kept + 1 && !part.is_empty() {
                out.write_all(run(p, part).as_bytes())?;
            }
            while xml.depth() > depth {
                xml.next()?;
            }
            continue;
        }
        // A text without a run may stand alone only.
        let (start, end) =
            if is_plain { (format!("<{p}r>"), format!("</{p}r>")) } else { (String::new(), String::new()) };
        out.write_all(start.as_bytes())?;
        out.write_all(xml.bytes())?;
        while xml.depth() > depth {
            xml.next()?;
            out.write_all(xml.bytes())?;
        }
        out.write_all(end.as_bytes())?;
    }
    Ok(())
}

/// Where something may have to be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A comment begins.
    Comment,
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
                if empty { Place::Other } else { Place::Comment }
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
