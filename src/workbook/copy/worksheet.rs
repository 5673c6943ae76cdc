//! A worksheet part with styles set, cells changed, and the reference to its comment boxes.
//!
//! Invariants
//! - The part is copied piece by piece, byte for byte; only what a plan names is written anew.
//! - Rows, cells and the reference stand where the order of the format wants them.

use std::collections::BTreeMap;
use std::collections::btree_map;
use std::io::Write;
use std::iter::Peekable;

use super::super::address::{CellAddress, CellRange};
use super::super::facts::Layout;
use super::super::refusal::Refusal;
use super::super::sheet::{cell_head, row_head};
use super::super::xml::{Piece, XmlPart};
use super::listing::family;
use super::tag::{emptied, opened, prefix_of, with_attribute, written};
use super::{CopyFault, NewValue};

/// Elements of a worksheet that stand after the reference to its comment boxes.
const AFTER_BOXES: [&str; 9] = [
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
    "AlternateContent",
];

/// What becomes of one cell.
#[derive(Debug, Clone, Default)]
pub(super) struct Edit {
    /// Its style. `None`: its own.
    pub(super) style: Option<u32>,
    /// Its value. `None`: its own.
    pub(super) value: Option<NewValue>,
}

/// What becomes of one sheet.
#[derive(Debug, Default)]
pub(super) struct SheetPlan {
    pub(super) edits: BTreeMap<CellAddress, Edit>,
    /// Identifier of the relation to the comment boxes, where the sheet gets its first ones.
    pub(super) boxes: Option<String>,
    pub(super) strict: bool,
}

/// What a person's sheet looks like, as far as a copy needs it.
#[derive(Debug, Default)]
pub(super) struct SheetView {
    pub(super) merged: Vec<CellRange>,
    pub(super) layout: Layout,
    /// Heights of rows, in points, where they are not the usual one; hidden rows have none.
    pub(super) heights: BTreeMap<u32, f64>,
}

impl SheetView {
    /// The cell that shows what is written to `cell`, and the cells that it covers.
    pub(super) fn shown(&self, cell: CellAddress) -> CellRange {
        let merged = self.merged.iter().find(|range| range.contains(cell));
        merged.copied().unwrap_or(CellRange { first: cell, last: cell })
    }

    /// Style of a cell of this column that is not stored.
    pub(super) fn column_style(&self, column: u32) -> u32 {
        let mut spans = self.layout.columns.iter();
        let span = spans.find(|span| (span.first..=span.last).contains(&column));
        span.and_then(|span| span.style).unwrap_or(0)
    }
}

type Edits<'a> = Peekable<btree_map::Iter<'a, CellAddress, Edit>>;

/// What the last piece was.
enum Seen {
    Root { relations: Option<String> },
    Cells { name: String, empty: bool },
    Row { name: String, number: Option<u32>, empty: bool },
    Cell { name: String, column: Option<u32>, empty: bool },
    RowEnd,
    CellsEnd,
    AfterBoxes,
    SheetEnd,
    Other,
    End,
}

/// Writes the part as the plan says.
pub(super) fn rewrite(
    xml: &mut XmlPart<'_>,
    out: &mut impl Write,
    plan: &SheetPlan,
) -> Result<(), CopyFault> {
    let mut writing = Writing {
        out,
        edits: plan.edits.iter().peekable(),
        prefix: String::new(),
        relations: None,
        boxes: plan.boxes.as_deref(),
        strict: plan.strict,
        row: 0,
        column: 0,
        past_cells: false,
    };
    loop {
        let seen = look(xml, writing.past_cells)?;
        if matches!(seen, Seen::End) {
            return Ok(());
        }
        writing.piece(xml, seen)?;
    }
}

fn look(xml: &mut XmlPart<'_>, past_cells: bool) -> Result<Seen, Refusal> {
    let depth = xml.depth();
    let piece = xml.next()?;
    let empty = matches!(piece, Piece::Empty(_));
    Ok(match piece {
        Piece::Start(tag) | Piece::Empty(tag) => {
            let name = tag.name().to_owned();
            match (depth, tag.local()) {
                (0, _) => {
                    let mut attributes = tag.attributes().flatten();
                    let prefix = attributes.find(|(name, value)| {
                        name.starts_with("xmlns:") && value.trim_end_matches('/').ends_with("/relationships")
                    });
                    let prefix = prefix.and_then(|(name, _)| name.strip_prefix("xmlns:").map(str::to_owned));
                    Seen::Root { relations: prefix }
                }
                (1, "sheetData") => Seen::Cells { name, empty },
                (1, local) if past_cells && AFTER_BOXES.contains(&local) => Seen::AfterBoxes,
                (2, "row") if !past_cells => match row_head(&tag) {
                    Some(head) => Seen::Row { name, number: head.number, empty },
                    None => return Err(xml.broken()),
                },
                (3, "c") if !past_cells => match cell_head(&tag) {
                    Some(head) => Seen::Cell { name, column: head.address.map(|cell| cell.column), empty },
                    None => return Err(xml.broken()),
                },
                _ => Seen::Other,
            }
        }
        Piece::End(tag) if depth == 3 && !past_cells && tag.local() == "row" => Seen::RowEnd,
        Piece::End(tag) if depth == 2 && !past_cells && tag.local() == "sheetData" => Seen::CellsEnd,
        Piece::End(_) if depth == 1 => Seen::SheetEnd,
        Piece::EndOfPart => Seen::End,
        _ => Seen::Other,
    })
}

struct Writing<'a, W> {
    out: &'a mut W,
    edits: Edits<'a>,
    /// Prefix of the sheet's own elements.
    prefix: String,
    /// Prefix of the namespace of relations. `None`: the sheet declares none.
    relations: Option<String>,
    boxes: Option<&'a str>,
    strict: bool,
    row: u32,
    column: u32,
    past_cells: bool,
}

impl<W: Write> Writing<'_, W> {
    fn piece(&mut self, xml: &mut XmlPart<'_>, seen: Seen) -> Result<(), CopyFault> {
        let raw = xml.bytes().to_vec();
        let text = || String::from_utf8_lossy(&raw).into_owned();
        match seen {
            Seen::Root { relations } => self.relations = relations,
            Seen::Cells { name, empty } => {
                prefix_of(&name).clone_into(&mut self.prefix);
                if empty {
                    self.past_cells = true;
                    if self.edits.peek().is_some() {
                        self.write(&opened(&text()))?;
                        self.rows_before(u32::MAX)?;
                        return self.write(&format!("</{name}>"));
                    }
                }
            }
            Seen::Row { name, number, empty } => {
                let number = number.unwrap_or(self.row.saturating_add(1));
                self.rows_before(number)?;
                self.row = number;
                self.column = 0;
                if empty && self.edits.peek().is_some_and(|(cell, _)| cell.row == number) {
                    self.write(&opened(&text()))?;
                    self.cells_before(u32::MAX)?;
                    return self.write(&format!("</{name}>"));
                }
            }
            Seen::Cell { name, column, empty } => {
                let column = column.unwrap_or(self.column.saturating_add(1));
                self.cells_before(column)?;
                self.column = column;
                let here = CellAddress::new(self.row, column);
                if let Some((_, edit)) = self.edits.next_if(|(cell, _)| **cell == here) {
                    return self.cell(xml, &name, &text(), empty, edit);
                }
            }
            Seen::RowEnd => self.cells_before(u32::MAX)?,
            Seen::CellsEnd => {
                self.rows_before(u32::MAX)?;
                self.past_cells = true;
            }
            Seen::AfterBoxes | Seen::SheetEnd => self.reference()?,
            Seen::Other | Seen::End => {}
        }
        self.out.write_all(&raw)?;
        Ok(())
    }

    fn write(&mut self, text: &str) -> Result<(), CopyFault> {
        self.out.write_all(text.as_bytes())?;
        Ok(())
    }

    /// The rows to be made before the row `number`.
    fn rows_before(&mut self, number: u32) -> Result<(), CopyFault> {
        while let Some((cell, _)) = self.edits.peek() {
            if cell.row >= number {
                break;
            }
            self.row = cell.row;
            let p = self.prefix.clone();
            self.write(&format!("<{p}row r=\"{}\">", self.row))?;
            self.cells_before(u32::MAX)?;
            self.write(&format!("</{p}row>"))?;
        }
        Ok(())
    }

    /// The cells to be made in the open row before this column.
    fn cells_before(&mut self, column: u32) -> Result<(), CopyFault> {
        let row = self.row;
        while let Some((cell, edit)) = self.edits.next_if(|(cell, _)| cell.row == row && cell.column < column)
        {
            let style = edit.style.filter(|style| *style > 0).map(|style| format!(" s=\"{style}\""));
            let tag = format!("<{}c r=\"{cell}\"{}/>", self.prefix, style.unwrap_or_default());
            let name = format!("{}c", self.prefix);
            let made =
                edit.value.as_ref().map_or_else(|| tag.clone(), |value| self.with_value(&name, &tag, value));
            self.write(&made)?;
        }
        Ok(())
    }

    /// A cell that is stored, after its tag was read.
    fn cell(
        &mut self,
        xml: &mut XmlPart<'_>,
        name: &str,
        raw: &str,
        empty: bool,
        edit: &Edit,
    ) -> Result<(), CopyFault> {
        let style = edit.style.map(|style| style.to_string());
        let head = style.map_or_else(|| raw.to_owned(), |style| with_attribute(raw, "s", Some(&style)));
        let Some(value) = &edit.value else { return self.write(&head) };
        let bare = ["t", "cm", "vm"].iter().fold(head, |head, name| with_attribute(&head, name, None));
        let bare = if empty { bare } else { emptied(&bare) };
        self.write(&self.with_value(name, &bare, value))?;
        if !empty {
            xml.skip()?;
        }
        Ok(())
    }

    /// The empty cell `tag` with a value.
    fn with_value(&self, name: &str, tag: &str, value: &NewValue) -> String {
        let p = &self.prefix;
        match value {
            NewValue::Empty => tag.to_owned(),
            NewValue::Number(number) if is_number(number) => {
                format!("{}<{p}v>{number}</{p}v></{name}>", opened(tag))
            }
            NewValue::Number(text) | NewValue::Text(text) => {
                let head = opened(&with_attribute(tag, "t", Some("inlineStr")));
                let text = written(text, usize::MAX);
                format!("{head}<{p}is><{p}t xml:space=\"preserve\">{text}</{p}t></{p}is></{name}>")
            }
        }
    }

    /// The reference to the comment boxes, once.
    fn reference(&mut self) -> Result<(), CopyFault> {
        let Some(id) = self.boxes.take() else { return Ok(()) };
        let p = &self.prefix;
        let line = if let Some(relations) = &self.relations {
            format!("<{p}legacyDrawing {relations}:id=\"{id}\"/>")
        } else {
            let namespace = family(self.strict).trim_end_matches('/');
            format!("<{p}legacyDrawing xmlns:r=\"{namespace}\" r:id=\"{id}\"/>")
        };
        self.write(&line)
    }
}

/// Whether `text` is a number as a cell stores it.
fn is_number(text: &str) -> bool {
    let plain = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E'));
    plain && text.parse::<f64>().is_ok_and(f64::is_finite)
}
