//! The texts that cells share.
//!
//! Invariants
//! - All texts stand in one string; their number and their bytes are bounded together.
//! - Past [`HELD_AT_ONCE`] bytes the rest of the part is counted before any more is held, so that a part that passes
//!   the limit is refused without ever taking the memory that the limit allows.

use super::archive::Archive;
use super::limits::Limits;
use super::refusal::Refusal;
use super::rich_text::{RunLook, TextFault, read_rich};
use super::xml::{Piece, XmlPart};

/// Bytes that may be held before the part's total is known.
const HELD_AT_ONCE: usize = 4 << 20;

/// Bytes that one text takes beside its characters.
const OVERHEAD: usize = 5;

/// The texts of a workbook, by index.
#[derive(Debug, Default)]
pub struct SharedTexts {
    text: String,
    ends: Vec<u32>,
    looks: Vec<u8>,
}

impl SharedTexts {
    /// The text of this index. `None`: there is none.
    pub fn get(&self, index: u32) -> Option<&str> {
        let index = usize::try_from(index).ok()?;
        let place = |end: &u32| usize::try_from(*end).ok();
        let start = index.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).and_then(place))?;
        self.text.get(start..self.ends.get(index).and_then(place)?)
    }

    /// How the runs of the text of this index look.
    pub fn look(&self, index: u32) -> RunLook {
        let bits = usize::try_from(index).ok().and_then(|index| self.looks.get(index)).copied().unwrap_or(0);
        RunLook { struck: bits & 1 != 0, coloured: bits & 2 != 0 }
    }

    fn bytes(&self) -> usize {
        self.text.len() + self.ends.len() * OVERHEAD
    }

    fn push(&mut self, look: RunLook) {
        self.ends.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
        self.looks.push(u8::from(look.struck) | u8::from(look.coloured) << 1);
    }

    /// Reads the part of this name.
    pub(super) fn read(archive: &mut Archive, part: &str, limits: &Limits) -> Result<Self, Refusal> {
        let limit = limits.shared_bytes.min(usize::try_from(u32::MAX).unwrap_or(usize::MAX));
        if let Some(texts) = Self::read_up_to(archive, part, limits, HELD_AT_ONCE.min(limit))? {
            return Ok(texts);
        }
        let too_large = || {
            let limit = u64::try_from(limit).unwrap_or(u64::MAX);
            Refusal::TooLarge { part: part.to_owned(), limit }
        };
        if count(archive, part, limits, limit)? > limit {
            return Err(too_large());
        }
        Self::read_up_to(archive, part, limits, limit)?.ok_or_else(too_large)
    }

    /// `None`: they take more than `most` bytes.
    fn read_up_to(
        archive: &mut Archive,
        part: &str,
        limits: &Limits,
        most: usize,
    ) -> Result<Option<Self>, Refusal> {
        let mut xml = XmlPart::open(archive, part, limits)?;
        let mut texts = Self::default();
        let mut one = String::new();
        while let Some(look) = next_text(&mut xml, &mut one, limits)? {
            if texts.bytes() + one.len() + OVERHEAD > most {
                return Ok(None);
            }
            texts.text.push_str(&one);
            texts.push(look);
        }
        texts.text.shrink_to_fit();
        Ok(Some(texts))
    }
}

/// Bytes that all texts would take; reading stops where they are more than `limit`.
fn count(archive: &mut Archive, part: &str, limits: &Limits, limit: usize) -> Result<usize, Refusal> {
    let mut xml = XmlPart::open(archive, part, limits)?;
    let mut one = String::new();
    let mut bytes = 0_usize;
    while bytes <= limit && next_text(&mut xml, &mut one, limits)?.is_some() {
        bytes = bytes.saturating_add(one.len()).saturating_add(OVERHEAD);
    }
    Ok(bytes)
}

/// Reads the next text into `one`. `None`: there is none any more.
fn next_text(xml: &mut XmlPart<'_>, one: &mut String, limits: &Limits) -> Result<Option<RunLook>, Refusal> {
    loop {
        let depth = xml.depth();
        match xml.next()? {
            Piece::Start(tag) if depth == 1 && tag.local() == "si" => break,
            Piece::EndOfPart => return Ok(None),
            _ => {}
        }
    }
    one.clear();
    match read_rich(xml, one, limits.cell_characters) {
        Ok(look) => Ok(Some(look)),
        Err(TextFault::TooLong) => Err(Refusal::CellTextTooLong { place: xml.part().to_owned() }),
        Err(TextFault::Refused(refusal)) => Err(refusal),
    }
}
