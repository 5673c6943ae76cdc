//! What stands in a sheet around its cells.
//!
//! Invariants
//! - Cells are passed over by looking for the end of their element, not parsed; where comments or CDATA stand among
//!   them, which no spreadsheet program writes, they are parsed after all.
//! - Ranges are bounded by number; one that cannot be read is left out.

use memchr::memmem;

use super::address::CellRange;
use super::archive::Archive;
use super::limits::Limits;
use super::package::relation_id;
use super::refusal::Refusal;
use super::relation::relations;
use super::xml::{Piece, Tag, XmlPart};

/// What stands in a sheet around its cells.
#[derive(Debug, Clone, PartialEq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct SheetFacts {
    /// Ranges whose cells are merged into their top left one.
    pub merged: Vec<CellRange>,
    /// First and last column of each run of hidden columns, from 1.
    pub hidden_columns: Vec<(u32, u32)>,
    /// The ranges that have filter buttons: the sheet's own, and those of its tables.
    pub filters: Vec<Filter>,
    /// The ranges that are tables.
    pub tables: Vec<CellRange>,
    /// Whether rows that are not stored are hidden.
    pub hides_other_rows: bool,
    /// Whether cells can only be changed with a password or after unprotecting the sheet.
    pub is_protected: bool,
    /// Whether shapes, pictures or charts may lie over it.
    pub has_drawing: bool,
    /// Whether it has comments.
    pub has_notes: bool,
    pub(super) layout: Layout,
}

/// What a copy needs to know of a sheet beside its cells.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Layout {
    /// Columns with a width or a style of their own, in their order.
    pub(super) columns: Vec<ColumnSpan>,
    /// Width of the other columns, in characters.
    pub(super) usual_width: Option<f64>,
    /// Height of the other rows, in points.
    pub(super) usual_height: Option<f64>,
    /// The relation by which the sheet names its comment boxes and controls.
    pub(super) legacy_drawing: Option<String>,
}

/// Columns that look alike.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ColumnSpan {
    /// First one, from 1.
    pub(super) first: u32,
    /// Last one.
    pub(super) last: u32,
    /// Style of the cells that are not stored.
    pub(super) style: Option<u32>,
    /// In characters; 0 where they are hidden.
    pub(super) width: Option<f64>,
}

/// A range with filter buttons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filter {
    /// Its cells, heading included.
    pub range: CellRange,
    /// Whether rows are filtered out at this time.
    pub active: bool,
}

/// Reads the facts of the sheet in `part`.
pub(super) fn read(archive: &mut Archive, part: &str, limits: &Limits) -> Result<SheetFacts, Refusal> {
    let mut facts = SheetFacts::default();
    if !read_sheet(archive, part, limits, &mut facts, true)? {
        facts = SheetFacts::default();
        read_sheet(archive, part, limits, &mut facts, false)?;
    }
    let related = relations(archive, part, limits)?;
    facts.has_notes = related.iter().any(|found| matches!(&*found.kind, "comments" | "threadedComment"));
    facts.has_drawing = related.iter().any(|found| found.kind == "drawing");
    for table in related.iter().filter(|found| found.kind == "table" && !found.external) {
        if archive.find(&table.target).is_some() {
            read_table(archive, &table.target, limits, &mut facts)?;
        }
    }
    Ok(facts)
}

/// False: the cells cannot be passed over, and nothing but a whole parse will do.
fn read_sheet(
    archive: &mut Archive,
    part: &str,
    limits: &Limits,
    facts: &mut SheetFacts,
    passing: bool,
) -> Result<bool, Refusal> {
    let mut xml = XmlPart::as_written(archive, part, limits)?;
    if passing {
        xml.ignore_end_names();
    }
    let mut in_filter = false;
    loop {
        let depth = xml.depth();
        let mut cells = None;
        match xml.next()? {
            Piece::Start(tag) if passing && depth == 1 && tag.local() == "sheetData" => {
                cells = Some(tag.name().to_owned());
            }
            Piece::Start(tag) | Piece::Empty(tag) => match (depth, tag.local()) {
                (1, "autoFilter") => in_filter = keep_filter(&tag, facts),
                (2, "filterColumn") if in_filter => activate(facts),
                (1, name) => {
                    in_filter = false;
                    keep_format(name, &tag, facts);
                }
                (2, "mergeCell") => facts.merged.extend(range(&tag)),
                (2, "col") => facts.layout.columns.extend(columns(&tag, limits)),
                _ => {}
            },
            Piece::EndOfPart => break,
            _ => {}
        }
        if let Some(name) = cells
            && !pass_over(&mut xml, &name)?
        {
            return Ok(false);
        }
        if facts.merged.len().max(facts.layout.columns.len()) > limits.things {
            return Err(Refusal::TooMany { part: part.to_owned() });
        }
    }
    let hidden = facts.layout.columns.iter().filter(|span| span.width == Some(0.0));
    facts.hidden_columns = hidden.map(|span| (span.first, span.last)).collect();
    Ok(true)
}

fn keep_format(name: &str, tag: &Tag<'_>, facts: &mut SheetFacts) {
    let size = |name: &str| tag.attribute(name).and_then(|size| size.trim().parse().ok());
    match name {
        "sheetFormatPr" => {
            facts.hides_other_rows = tag.flag("zeroHeight") == Some(true);
            facts.layout.usual_width = size("defaultColWidth");
            facts.layout.usual_height = size("defaultRowHeight");
        }
        "sheetProtection" => facts.is_protected = tag.flag("sheet") == Some(true),
        "legacyDrawing" => facts.layout.legacy_drawing = Some(relation_id(tag)),
        _ => {}
    }
}

fn range(tag: &Tag<'_>) -> Option<CellRange> {
    tag.attribute("ref").and_then(|range| CellRange::parse(range.trim()))
}

fn keep_filter(tag: &Tag<'_>, facts: &mut SheetFacts) -> bool {
    let found = range(tag);
    facts.filters.extend(found.map(|range| Filter { range, active: false }));
    found.is_some()
}

fn activate(facts: &mut SheetFacts) {
    if let Some(filter) = facts.filters.last_mut() {
        filter.active = true;
    }
}

fn columns(tag: &Tag<'_>, limits: &Limits) -> Option<ColumnSpan> {
    let (first, last) = (tag.number("min")?, tag.number("max")?);
    let width = tag.attribute("width").and_then(|width| width.trim().parse::<f64>().ok());
    let width = if tag.flag("hidden") == Some(true) { Some(0.0) } else { width };
    let span = ColumnSpan { first, last: last.min(limits.columns), style: tag.number("style"), width };
    (first <= span.last).then_some(span)
}

fn read_table(
    archive: &mut Archive,
    part: &str,
    limits: &Limits,
    facts: &mut SheetFacts,
) -> Result<(), Refusal> {
    let mut xml = XmlPart::open(archive, part, limits)?;
    let mut in_filter = false;
    loop {
        let depth = xml.depth();
        match xml.next()? {
            Piece::Start(tag) => match (depth, tag.local()) {
                (0, "table") => facts.tables.extend(range(&tag)),
                (1, name) => in_filter = name == "autoFilter" && keep_filter(&tag, facts),
                (2, "filterColumn") if in_filter && holds_filter(&tag) => activate(facts),
                _ => {}
            },
            Piece::EndOfPart => return Ok(()),
            _ => {}
        }
    }
}

/// A table lists columns also for hiding their button; such an entry filters nothing.
fn holds_filter(tag: &Tag<'_>) -> bool {
    tag.flag("hiddenButton") != Some(true)
}

/// After an element was opened: goes on to its end without parsing what stands in it. False: that cannot be done here.
fn pass_over(xml: &mut XmlPart<'_>, name: &str) -> Result<bool, Refusal> {
    let end = format!("</{name}");
    let (end, aside) = (memmem::Finder::new(end.as_bytes()), memmem::Finder::new(b"<!"));
    let length = end.needle().len();
    // The end of what was passed, in which the beginning of a mark may stand.
    let mut carried: Vec<u8> = Vec::new();
    loop {
        let window = xml.peek()?;
        if window.is_empty() {
            return Err(xml.broken());
        }
        let head = window.get(..window.len().min(length)).unwrap_or_default();
        let seam = [carried.as_slice(), head].concat();
        let in_seam = end.find(&seam).map(|at| (at + length).saturating_sub(carried.len()));
        let until = in_seam.or_else(|| end.find(window).map(|at| at + length));
        let passed = window.get(..until.unwrap_or(window.len())).unwrap_or(window);
        if aside.find(&seam).is_some() || aside.find(passed).is_some() {
            return Ok(false);
        }
        let count = passed.len();
        carried.extend_from_slice(passed.get(count.saturating_sub(length)..).unwrap_or_default());
        carried.drain(..carried.len().saturating_sub(length - 1));
        xml.leave_out(count);
        if until.is_some() {
            xml.close_unseen();
            return Ok(true);
        }
    }
}
