//! The styles part with fills added, and cell styles that are copies of others with such a fill.
//!
//! Invariants
//! - A cell keeps its number format, font, border and alignment: its own style is copied, and only the fill differs.
//! - Nothing that stands in the part changes but the two counts.
//! - A fill that stands in the part already is used, not written again.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use super::super::archive::Archive;
use super::super::limits::Limits;
use super::super::refusal::Refusal;
use super::super::xml::{Piece, Tag, XmlPart};
use super::CopyFault;
use super::paint::Paint;
use super::tag::{prefix_of, with_attribute};

/// The styles that marked cells get.
#[derive(Debug, Default)]
pub(super) struct NewStyles {
    /// Style index by the cell's own and the paint.
    by_cell: BTreeMap<(u32, Paint), u32>,
    fills: String,
    styles: String,
    fill_count: usize,
    style_count: usize,
}

/// What stands in the part already.
#[derive(Debug, Default)]
pub(super) struct StyleSurvey {
    /// `None`: a pattern or a gradient.
    fills: Vec<Option<Paint>>,
    styles: usize,
    prefix: String,
    /// The styles to be copied, as they are written.
    raw: BTreeMap<u32, String>,
}

impl StyleSurvey {
    /// What stands in a part of [`new_part`] before anything is added.
    pub(super) fn blank() -> Self {
        Self { fills: vec![Some(Paint::Unfilled), None], styles: 1, ..Self::default() }
    }

    /// Whether there are lists to add to.
    pub(super) fn is_usable(&self) -> bool {
        !self.fills.is_empty() && self.styles > 0
    }

    /// What cells of this style are filled with. `None`: with what no paint is.
    pub(super) fn paint(&self, style: u32) -> Option<&Paint> {
        let fill = self.raw.get(&style).and_then(|raw| super::tag::attribute_of(head(raw).0, "fillId"));
        let fill = fill.map_or(Some(0), |fill| fill.trim().parse::<usize>().ok())?;
        self.fills.get(fill)?.as_ref()
    }
}

/// The first tag of an element as it is written, and the rest.
fn head(raw: &str) -> (&str, &str) {
    let end = raw.find('>').map_or(raw.len(), |end| end + 1);
    raw.split_at_checked(end).unwrap_or((raw, ""))
}

impl NewStyles {
    /// The style of a marked cell whose own is `style`. `None`: the workbook has no styles to copy from.
    pub(super) fn index(&self, style: u32, paint: &Paint) -> Option<u32> {
        self.by_cell.get(&(style, paint.clone())).copied()
    }

    /// The styles for these cells.
    pub(super) fn plan(survey: &StyleSurvey, wanted: &BTreeSet<(u32, Paint)>) -> Self {
        let mut planned = Self::default();
        let mut fill_ids: BTreeMap<&Paint, usize> = BTreeMap::new();
        let p = &survey.prefix;
        for paint in wanted.iter().map(|(_, paint)| paint).collect::<BTreeSet<_>>() {
            // The first fill is none, whatever is written there.
            let known = survey.fills.iter().position(|known| known.as_ref() == Some(paint));
            let known = if *paint == Paint::Unfilled { Some(0) } else { known };
            fill_ids.insert(paint, known.unwrap_or(survey.fills.len() + planned.fill_count));
            if known.is_none() {
                let fill = format!(
                    "<{p}fill><{p}patternFill patternType=\"solid\"><{p}fgColor{}/><{p}bgColor indexed=\"64\"/></{p}patternFill></{p}fill>",
                    paint.attributes()
                );
                planned.fills.push_str(&fill);
                planned.fill_count += 1;
            }
        }
        let plain = format!("<{p}xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>");
        for ((style, paint), index) in wanted.iter().zip(survey.styles..) {
            let (head, rest) = head(survey.raw.get(style).unwrap_or(&plain));
            let fill = fill_ids.get(paint).copied().unwrap_or_default().to_string();
            let head = with_attribute(head, "fillId", Some(&fill));
            planned.styles.push_str(&with_attribute(&head, "applyFill", Some("1")));
            planned.styles.push_str(rest);
            planned.by_cell.insert((*style, paint.clone()), u32::try_from(index).unwrap_or(u32::MAX));
        }
        planned.style_count = wanted.len();
        planned
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

/// The part of a workbook that has none: what every workbook has, and these styles.
pub(super) fn new_part(added: &NewStyles, strict: bool) -> String {
    let namespace = if strict {
        "http://purl.oclc.org/ooxml/spreadsheetml/main"
    } else {
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    };
    let StyleSurvey { fills, styles, .. } = StyleSurvey::blank();
    let (fill_count, style_count) = (fills.len() + added.fill_count, styles + added.style_count);
    let plain = "<xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/>";
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<styleSheet xmlns=\"{namespace}\"><fonts count=\"1\"><font><sz val=\"11\"/><name val=\"Calibri\"/><family val=\"2\"/></font></fonts><fills count=\"{fill_count}\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill>{}</fills><borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count=\"1\">{plain}</cellStyleXfs><cellXfs count=\"{style_count}\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>{}</cellXfs><cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles></styleSheet>",
        added.fills, added.styles
    )
}

/// Reads the part of this name; `wanted` are the styles to be copied.
pub(super) fn survey(
    archive: &mut Archive,
    part: &str,
    limits: &Limits,
    wanted: &BTreeSet<u32>,
) -> Result<StyleSurvey, Refusal> {
    let mut xml = XmlPart::as_written(archive, part, limits)?;
    let mut survey = StyleSurvey::default();
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
            Piece::Start(tag) | Piece::Empty(tag) if list == List::Fills => {
                keep_fill(&tag, &mut survey.fills);
            }
            Piece::EndOfPart => return Ok(survey),
            _ => {}
        }
        if begins && list == List::Fills {
            survey.fills.push(None);
        }
        if begins && list == List::Cells {
            let index = u32::try_from(survey.styles).unwrap_or(u32::MAX);
            keeping = wanted.contains(&index).then_some(index);
            survey.styles += 1;
        }
        if let Some(index) = keeping {
            let text = String::from_utf8_lossy(xml.bytes()).into_owned();
            survey.raw.entry(index).or_default().push_str(&text);
        }
        if xml.depth() <= 2 {
            keeping = None;
        }
        if survey.fills.len().max(survey.styles) > limits.things {
            return Err(Refusal::TooMany { part: part.to_owned() });
        }
    }
}

/// Takes a tag inside a fill for what it says of it.
fn keep_fill(tag: &Tag<'_>, fills: &mut [Option<Paint>]) {
    let Some(fill) = fills.last_mut() else { return };
    match tag.local() {
        "patternFill" => match tag.attribute("patternType").as_deref() {
            None | Some("none") => *fill = Some(Paint::Unfilled),
            // Until its colour is read.
            Some("solid") => *fill = Some(Paint::Solid(Vec::new())),
            Some(_) => *fill = None,
        },
        "fgColor" if *fill == Some(Paint::Solid(Vec::new())) => {
            *fill = Paint::solid(|name| tag.attribute(name).map(std::borrow::Cow::into_owned));
        }
        _ => {}
    }
}
