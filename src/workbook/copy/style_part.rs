//! The styles part with fills added, and cell styles that are copies of others with such a fill.
//!
//! Invariants
//! - A cell keeps its number format, font, border and alignment: its own style is copied, and only the fill differs.
//! - Nothing that stands in the part changes but the two counts.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use super::super::archive::Archive;
use super::super::limits::Limits;
use super::super::refusal::Refusal;
use super::super::xml::{Piece, XmlPart};
use super::tag::{prefix_of, with_attribute};
use super::{Colour, CopyFault};

/// The styles that marked cells get.
#[derive(Debug, Default)]
pub(super) struct NewStyles {
    /// Style index by the cell's own and the colour.
    by_cell: BTreeMap<(u32, Colour), u32>,
    fills: String,
    styles: String,
    fill_count: usize,
    style_count: usize,
}

/// What stands in the part already.
#[derive(Debug, Default)]
struct Survey {
    fills: usize,
    styles: usize,
    prefix: String,
    /// The styles to be copied, as they are written.
    raw: BTreeMap<u32, String>,
}

impl NewStyles {
    /// The style of a marked cell whose own is `style`. `None`: the workbook has no styles to copy from.
    pub(super) fn index(&self, style: u32, colour: Colour) -> Option<u32> {
        self.by_cell.get(&(style, colour)).copied()
    }

    /// The styles for these cells. `None`: the part has no lists to add to.
    pub(super) fn plan(
        archive: &mut Archive,
        part: &str,
        limits: &Limits,
        wanted: &BTreeSet<(u32, Colour)>,
    ) -> Result<Option<Self>, Refusal> {
        let survey = survey(archive, part, limits, wanted)?;
        if survey.fills == 0 || survey.styles == 0 {
            return Ok(None);
        }
        let mut planned = Self::default();
        let colours: BTreeSet<Colour> = wanted.iter().map(|(_, colour)| *colour).collect();
        let fill_ids: BTreeMap<Colour, usize> = colours.iter().copied().zip(survey.fills..).collect();
        let p = &survey.prefix;
        for colour in &colours {
            let fill = format!(
                "<{p}fill><{p}patternFill patternType=\"solid\"><{p}fgColor rgb=\"FF{}\"/><{p}bgColor indexed=\"64\"/></{p}patternFill></{p}fill>",
                colour.hex()
            );
            planned.fills.push_str(&fill);
        }
        planned.fill_count = colours.len();
        let plain = format!("<{p}xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>");
        for ((style, colour), index) in wanted.iter().zip(survey.styles..) {
            let own = survey.raw.get(style).unwrap_or(&plain);
            let end = own.find('>').map_or(own.len(), |end| end + 1);
            let (head, rest) = own.split_at_checked(end).unwrap_or((own, ""));
            let fill = fill_ids.get(colour).copied().unwrap_or_default().to_string();
            let head = with_attribute(head, "fillId", Some(&fill));
            planned.styles.push_str(&with_attribute(&head, "applyFill", Some("1")));
            planned.styles.push_str(rest);
            planned.by_cell.insert((*style, *colour), u32::try_from(index).unwrap_or(u32::MAX));
        }
        planned.style_count = wanted.len();
        Ok(Some(planned))
    }

    /// Writes the part with these styles added.
    pub(super) fn write(&self, xml: &mut XmlPart<'_>, out: &mut impl Write) -> Result<(), CopyFault> {
        let mut list = List::Other;
        loop {
            let depth = xml.depth();
            let mut begins = false;
            let mut ends = false;
            match xml.next()? {
                Piece::Start(tag) if depth == 1 => {
                    list = List::of(tag.local());
                    begins = true;
                }
                Piece::End(_) if depth == 2 => ends = true,
                Piece::EndOfPart => return Ok(()),
                _ => {}
            }
            let (lines, count) = match list {
                List::Fills => (self.fills.as_str(), self.fill_count),
                List::Cells => (self.styles.as_str(), self.style_count),
                List::Other => ("", 0),
            };
            let raw = xml.bytes();
            if begins && count > 0 {
                let head = String::from_utf8_lossy(raw);
                let old =
                    super::tag::attribute_of(&head, "count").and_then(|old| old.trim().parse::<usize>().ok());
                let new = old.map(|old| old.saturating_add(count).to_string());
                let head = match &new {
                    Some(new) => with_attribute(&head, "count", Some(new)),
                    None => head.into_owned(),
                };
                out.write_all(head.as_bytes())?;
                continue;
            }
            if ends {
                out.write_all(lines.as_bytes())?;
                list = List::Other;
            }
            out.write_all(raw)?;
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum List {
    Fills,
    Cells,
    Other,
}

impl List {
    fn of(name: &str) -> Self {
        match name {
            "fills" => Self::Fills,
            "cellXfs" => Self::Cells,
            _ => Self::Other,
        }
    }
}

fn survey(
    archive: &mut Archive,
    part: &str,
    limits: &Limits,
    wanted: &BTreeSet<(u32, Colour)>,
) -> Result<Survey, Refusal> {
    let mut xml = XmlPart::as_written(archive, part, limits)?;
    let mut survey = Survey::default();
    let mut list = List::Other;
    let mut keeping = None;
    loop {
        let depth = xml.depth();
        let mut begins = false;
        match xml.next()? {
            Piece::Start(tag) if depth == 1 => {
                list = List::of(tag.local());
                prefix_of(tag.name()).clone_into(&mut survey.prefix);
            }
            Piece::Start(_) | Piece::Empty(_) if depth == 2 => begins = true,
            Piece::EndOfPart => return Ok(survey),
            _ => {}
        }
        if begins && list == List::Fills {
            survey.fills += 1;
        }
        if begins && list == List::Cells {
            let index = u32::try_from(survey.styles).unwrap_or(u32::MAX);
            keeping = wanted.iter().any(|(style, _)| *style == index).then_some(index);
            survey.styles += 1;
        }
        if let Some(index) = keeping {
            let text = String::from_utf8_lossy(xml.bytes()).into_owned();
            survey.raw.entry(index).or_default().push_str(&text);
        }
        if xml.depth() <= 2 {
            keeping = None;
        }
        if survey.fills.max(survey.styles) > limits.things {
            return Err(Refusal::TooMany { part: part.to_owned() });
        }
    }
}
