//! Shapes and pictures that lie over a sheet.
//!
//! Invariants
//! - Buttons, boxes and other form controls are left out, and so are charts: they hold no answer drawn by hand.
//! - The texts of all shapes of a sheet are bounded together.

use super::address::{CellAddress, CellRange};
use super::archive::Archive;
use super::limits::Limits;
use super::refusal::Refusal;
use super::relation::relations;
use super::xml::{Piece, XmlPart};

/// What lies over the cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShapeKind {
    /// A drawn shape, such as a ring or a text box.
    Shape,
    /// A line or an arrow.
    Line,
    /// A picture.
    Picture,
}

/// One shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// What it is.
    pub kind: ShapeKind,
    /// The cells under it. `None`: it is not bound to cells.
    pub range: Option<CellRange>,
    /// The text in it; empty without one.
    pub text: String,
}

/// Reads the shapes over the sheet in `part`.
pub(super) fn read(archive: &mut Archive, part: &str, limits: &Limits) -> Result<Vec<Shape>, Refusal> {
    let related = relations(archive, part, limits)?;
    let mut shapes = Vec::new();
    for relation in related.iter().filter(|found| found.kind == "drawing" && !found.external) {
        if archive.find(&relation.target).is_some() {
            read_part(archive, &relation.target, limits, &mut shapes)?;
        }
    }
    Ok(shapes)
}

/// Which corner's numbers are being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Corner {
    From,
    To,
}

#[derive(Debug, Default)]
struct Anchor {
    from: (Option<u32>, Option<u32>),
    to: (Option<u32>, Option<u32>),
    shapes: Vec<(ShapeKind, String)>,
    is_control: bool,
}

impl Anchor {
    fn range(&self) -> Option<CellRange> {
        let cell = |(row, column): (Option<u32>, Option<u32>)| {
            Some(CellAddress::new(row?.checked_add(1)?, column?.checked_add(1)?))
        };
        let from = cell(self.from)?;
        Some(CellRange::between(from, cell(self.to).unwrap_or(from)))
    }

    fn keep(&mut self, corner: Option<Corner>, is_row: bool, text: &str) {
        let number = text.trim().parse().ok();
        let place = match corner {
            Some(Corner::From) => &mut self.from,
            Some(Corner::To) => &mut self.to,
            None => return,
        };
        if is_row { place.0 = number } else { place.1 = number }
    }
}

/// What the text that comes next is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    Nothing,
    Row,
    Column,
    Words,
}

fn read_part(
    archive: &mut Archive,
    part: &str,
    limits: &Limits,
    shapes: &mut Vec<Shape>,
) -> Result<(), Refusal> {
    let mut xml = XmlPart::open(archive, part, limits)?;
    let mut anchor = Anchor::default();
    let mut corner = None;
    let mut expected = Expected::Nothing;
    let mut bytes = 0_usize;
    let mut anchor_depth = None;
    loop {
        let depth = xml.depth();
        let mut in_fallback = false;
        match xml.next()? {
            Piece::Start(tag) => match tag.local() {
                "twoCellAnchor" | "oneCellAnchor" | "absoluteAnchor" => {
                    anchor = Anchor::default();
                    anchor_depth = Some(depth);
                }
                "Fallback" => in_fallback = true,
                "from" => corner = Some(Corner::From),
                "to" => corner = Some(Corner::To),
                "row" => expected = Expected::Row,
                "col" => expected = Expected::Column,
                "sp" => anchor.shapes.push((ShapeKind::Shape, String::new())),
                "cxnSp" => anchor.shapes.push((ShapeKind::Line, String::new())),
                "pic" => anchor.shapes.push((ShapeKind::Picture, String::new())),
                "compatExt" => anchor.is_control = true,
                "t" => expected = Expected::Words,
                _ => {}
            },
            Piece::Text(text) => match expected {
                Expected::Row => anchor.keep(corner, true, &text),
                Expected::Column => anchor.keep(corner, false, &text),
                Expected::Words => {
                    bytes = bytes.saturating_add(text.len());
                    if let Some((_, words)) = anchor.shapes.last_mut() {
                        words.push_str(&text);
                    }
                }
                Expected::Nothing => {}
            },
            Piece::End(_) => {
                expected = Expected::Nothing;
                if anchor_depth == depth.checked_sub(1) {
                    anchor_depth = None;
                    finish(&mut anchor, shapes);
                }
            }
            Piece::EndOfPart => return Ok(()),
            _ => {}
        }
        if in_fallback {
            xml.skip()?;
        }
        if shapes.len().max(anchor.shapes.len()) > limits.things || bytes > limits.note_bytes {
            return Err(Refusal::TooMany { part: part.to_owned() });
        }
    }
}

fn finish(anchor: &mut Anchor, shapes: &mut Vec<Shape>) {
    let range = anchor.range();
    if !anchor.is_control {
        let found = anchor.shapes.drain(..);
        shapes.extend(found.map(|(kind, text)| Shape { kind, range, text }));
    }
    *anchor = Anchor::default();
}
