//! How cells look, as far as it may carry meaning: number format, strike-through, colours.
//!
//! Invariants
//! - A cell's style index that the workbook does not define looks plain.
//! - Conditional formats are not read: what they colour follows from the values.

use std::collections::BTreeMap;

use super::archive::Archive;
use super::limits::Limits;
use super::number_format;
use super::refusal::Refusal;
use super::rich_text::{Ground, is_colour};
use super::xml::{Piece, Tag, XmlPart};

/// What a number format shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NumberKind {
    /// As it comes.
    #[default]
    General,
    /// A number with digits of its own choice.
    Number,
    /// A share in percent.
    Percent,
    /// A day.
    Date,
    /// A day with a time.
    DateTime,
    /// A time of day, or a span of time.
    Time,
    /// Text, whatever it looks like.
    Text,
}

/// How a cell looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Look {
    /// What its number format shows.
    pub number: NumberKind,
    /// Whether it is struck through.
    pub struck: bool,
    /// Whether its letters have a colour other than automatic or black.
    pub coloured: bool,
    /// Whether it is filled with a colour other than white.
    pub filled: bool,
}

/// The looks of a workbook's cells, by style index.
#[derive(Debug, Clone, Default)]
pub struct Styles {
    looks: Vec<(Look, u32)>,
    codes: BTreeMap<u32, String>,
}

impl Styles {
    /// How a cell with this style index looks; an index that is not defined looks plain.
    pub fn look(&self, style: u32) -> Look {
        self.entry(style).map_or_else(Look::default, |(look, _)| *look)
    }

    /// The code of the number format of this style. `None`: a built-in one, which has no code in the file.
    pub fn format_code(&self, style: u32) -> Option<&str> {
        self.codes.get(&self.entry(style)?.1).map(String::as_str)
    }

    fn entry(&self, style: u32) -> Option<&(Look, u32)> {
        usize::try_from(style).ok().and_then(|index| self.looks.get(index))
    }

    /// Reads the part of this name.
    pub(super) fn read(archive: &mut Archive, part: &str, limits: &Limits) -> Result<Self, Refusal> {
        let mut xml = XmlPart::open(archive, part, limits)?;
        let mut reading = Reading::default();
        loop {
            let depth = xml.depth();
            match xml.next()? {
                Piece::Start(tag) => reading.start(&tag, depth),
                Piece::EndOfPart => return Ok(Self { looks: reading.looks, codes: reading.codes }),
                _ => {}
            }
            if reading.things > limits.things {
                return Err(Refusal::TooMany { part: part.to_owned() });
            }
        }
    }
}

/// Which list of the part is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum List {
    #[default]
    Other,
    Formats,
    Fonts,
    Fills,
    Cells,
}

#[derive(Debug, Default)]
struct Reading {
    list: List,
    codes: BTreeMap<u32, String>,
    fonts: Vec<(bool, bool)>,
    fills: Vec<bool>,
    /// The pattern of the fill being read covers the cell.
    pattern: bool,
    looks: Vec<(Look, u32)>,
    things: usize,
}

impl Reading {
    fn start(&mut self, tag: &Tag<'_>, depth: usize) {
        self.things = self.things.saturating_add(usize::from(depth == 2));
        match (depth, tag.local()) {
            (1, name) => {
                self.list = match name {
                    "numFmts" => List::Formats,
                    "fonts" => List::Fonts,
                    "fills" => List::Fills,
                    "cellXfs" => List::Cells,
                    _ => List::Other,
                }
            }
            (2, "numFmt") if self.list == List::Formats => {
                let code = tag.attribute("formatCode").unwrap_or_default();
                if let Some(id) = tag.number("numFmtId") {
                    self.codes.insert(id, code.into_owned());
                }
            }
            (2, "font") if self.list == List::Fonts => self.fonts.push((false, false)),
            (3, name) if self.list == List::Fonts => self.font(name, tag),
            (2, "fill") if self.list == List::Fills => self.fills.push(false),
            (3.., name) if self.list == List::Fills => self.fill(name, tag),
            (2, "xf") if self.list == List::Cells => self.cell(tag),
            _ => {}
        }
    }

    fn font(&mut self, name: &str, tag: &Tag<'_>) {
        let Some((struck, coloured)) = self.fonts.last_mut() else { return };
        match name {
            "strike" => *struck = tag.flag("val").unwrap_or(true),
            "color" => *coloured = is_colour(tag, Ground::Text),
            _ => {}
        }
    }

    fn fill(&mut self, name: &str, tag: &Tag<'_>) {
        let Some(filled) = self.fills.last_mut() else { return };
        match name {
            "patternFill" => {
                let pattern = tag.attribute("patternType");
                let pattern = pattern.as_deref().unwrap_or("none");
                self.pattern = pattern == "solid";
                // Dots and lines cover a cell whatever their colour; `gray125` is the second fill of every workbook.
                *filled = !matches!(pattern, "solid" | "none" | "gray125");
            }
            "fgColor" if self.pattern => *filled = is_colour(tag, Ground::Fill),
            "gradientFill" => *filled = true,
            _ => {}
        }
    }

    fn cell(&mut self, tag: &Tag<'_>) {
        let number = |name: &str| tag.number(name).unwrap_or(0);
        let format = number("numFmtId");
        let by_code = || self.codes.get(&format).map(|code| number_format::judge(code));
        let at = |name: &str| usize::try_from(number(name)).unwrap_or(usize::MAX);
        let (struck, coloured) = self.fonts.get(at("fontId")).copied().unwrap_or_default();
        let filled = self.fills.get(at("fillId")).copied().unwrap_or_default();
        let kind = by_code().or_else(|| number_format::built_in(format)).unwrap_or_default();
        self.looks.push((Look { number: kind, struck, coloured, filled }, format));
    }
}
