//! The rows of a sheet, pulled one by one.
//!
//! Invariants
//! - Only one row is held. Rows and cells that are not stored cost nothing, however far apart the stored ones are.
//! - Rows and cells come in ascending order; a sheet that repeats or disorders them is refused, never merged.
//! - A row or cell without an address follows the one before it.

use super::address::{CellAddress, CellRange};
use super::archive::Archive;
use super::limits::Limits;
use super::refusal::Refusal;
use super::rich_text::{RunLook, TextFault, is_longer, keeps_space, read_plain, read_rich};
use super::row::{Place, Row, Stored, StoredCell, StoredRow};
use super::shared_text::SharedTexts;
use super::style::Styles;
use super::xml::{Piece, Tag, XmlPart, is_yes, unescaped};

/// Ranges of array formulas that may be open at one row.
const OPEN_ARRAYS: usize = 1024;

/// Reads the rows of one sheet.
pub struct SheetReader<'a> {
    xml: XmlPart<'a>,
    limits: &'a Limits,
    styles: &'a Styles,
    texts: &'a SharedTexts,
    row: StoredRow,
    /// Whether `sheetData` is open.
    inside: bool,
    cells: u64,
    /// The last row and the farthest column with a value so far.
    filled: (u32, u32),
    /// Ranges filled by one formula each, as far as rows below may still belong to them.
    arrays: Vec<CellRange>,
}

impl std::fmt::Debug for SheetReader<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SheetReader").field("row", &self.row.number).finish_non_exhaustive()
    }
}

/// How a cell says that its value is to be understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Shared,
    Formula,
    Inline,
    Boolean,
    Error,
    Iso,
}

impl Kind {
    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "n" => Self::Number,
            "s" => Self::Shared,
            "str" => Self::Formula,
            "inlineStr" => Self::Inline,
            "b" => Self::Boolean,
            "e" => Self::Error,
            "d" => Self::Iso,
            _ => return None,
        })
    }
}

/// The attributes of a cell.
pub(super) struct CellHead {
    pub(super) address: Option<CellAddress>,
    style: u32,
    kind: Kind,
}

impl<'a> SheetReader<'a> {
    pub(super) fn open(
        archive: &'a mut Archive,
        part: &str,
        limits: &'a Limits,
        styles: &'a Styles,
        texts: &'a SharedTexts,
    ) -> Result<Self, Refusal> {
        let xml = XmlPart::open(archive, part, limits)?;
        let row = StoredRow::default();
        Ok(Self {
            xml,
            limits,
            styles,
            texts,
            row,
            inside: false,
            cells: 0,
            filled: (0, 0),
            arrays: Vec::new(),
        })
    }

    /// The next row that is stored. `None`: there is none any more, and the part was read to its end.
    pub fn next_row(&mut self) -> Result<Option<Row<'_>>, Refusal> {
        if !self.find_row()? {
            return Ok(None);
        }
        self.read_cells()?;
        Ok(Some(Row { stored: &self.row, texts: self.texts, styles: self.styles }))
    }

    /// Goes on to the start of a row and takes over what it says of itself. False: the part has ended.
    fn find_row(&mut self) -> Result<bool, Refusal> {
        loop {
            let depth = self.xml.depth();
            let head = match self.xml.next()? {
                Piece::Start(tag) => match (depth, tag.local()) {
                    (0, "worksheet") => continue,
                    (0, _) => None,
                    (1, "sheetData") => {
                        self.inside = true;
                        continue;
                    }
                    (2, "row") if self.inside => row_head(&tag),
                    _ => continue,
                },
                Piece::End(_) => {
                    self.inside &= depth > 2;
                    continue;
                }
                Piece::EndOfPart => return Ok(false),
                _ => continue,
            };
            let Some(head) = head else { return Err(self.xml.broken()) };
            let number = head.number.unwrap_or(self.row.number.saturating_add(1));
            let at = CellAddress::new(number, 1);
            if number > self.limits.rows {
                return Err(Refusal::FarCell { place: self.place(at) });
            }
            if number <= self.row.number {
                return Err(Refusal::Contradiction { place: self.place(at) });
            }
            self.arrays.retain(|range| range.last.row >= number);
            let StoredRow { text, cells, .. } = &mut self.row;
            text.clear();
            cells.clear();
            self.row.number = number;
            self.row.hidden = head.hidden;
            self.row.style = head.style;
            self.row.height = head.height;
            return Ok(true);
        }
    }

    fn read_cells(&mut self) -> Result<(), Refusal> {
        while self.xml.depth() > 2 {
            let head = match self.xml.next()? {
                Piece::Start(tag) if tag.local() == "c" => Some(cell_head(&tag)),
                Piece::Start(_) => None,
                Piece::EndOfPart => break,
                _ => continue,
            };
            match head {
                Some(Some(head)) => self.read_cell(&head)?,
                Some(None) => return Err(self.xml.broken()),
                None => self.xml.skip()?,
            }
        }
        Ok(())
    }

    fn read_cell(&mut self, head: &CellHead) -> Result<(), Refusal> {
        let before = self.row.cells.last().map_or(0, |cell| cell.column);
        let follows = CellAddress::new(self.row.number, before.saturating_add(1));
        let at = head.address.unwrap_or(follows);
        if at.row > self.limits.rows || at.column > self.limits.columns {
            return Err(Refusal::FarCell { place: self.place(at) });
        }
        if at.row != self.row.number || at.column <= before {
            return Err(Refusal::Contradiction { place: self.place(at) });
        }
        self.cells += 1;
        if self.cells > self.limits.cells {
            return Err(Refusal::TooMany { part: self.xml.part().to_owned() });
        }
        let mut formula = self.arrays.iter().any(|range| range.contains(at));
        let mut bound = formula;
        let mut look = RunLook::default();
        let start = self.row.text.len();
        while self.xml.depth() > 3 {
            let child = match self.xml.next()? {
                Piece::Start(tag) => Child::of(&tag),
                Piece::EndOfPart => break,
                _ => continue,
            };
            match child {
                Child::Value { preserve } => {
                    let read = |xml: &mut XmlPart<'a>, text: &mut String, limit| {
                        read_plain(xml, text, preserve, limit).map(|()| RunLook::default())
                    };
                    self.read_text(at, read)?;
                }
                Child::Inline => look = self.read_text(at, read_rich)?,
                Child::Formula { array, serves } => {
                    formula = true;
                    bound |= serves;
                    self.keep_array(array)?;
                    self.xml.skip()?;
                }
                Child::Other => self.xml.skip()?,
            }
        }
        let stored = self.understand(head.kind, start, at)?;
        if !matches!(stored, Stored::Blank) {
            self.fill(at)?;
        }
        self.row.cells.push(StoredCell {
            column: at.column,
            style: head.style,
            stored,
            formula,
            bound,
            look,
        });
        Ok(())
    }

    /// A cell with a value stands near the others: far away it is a slip of the hand, or a trap for dense readers.
    fn fill(&mut self, at: CellAddress) -> Result<(), Refusal> {
        let (row, column) = self.filled;
        let (rows, columns) = (at.row.saturating_sub(row), at.column.saturating_sub(column));
        if rows > self.limits.empty_rows || columns > self.limits.empty_columns {
            return Err(Refusal::FarCell { place: self.place(at) });
        }
        self.filled = (at.row, column.max(at.column));
        Ok(())
    }

    /// Appends a text of the open element to the row's own.
    fn read_text(
        &mut self,
        at: CellAddress,
        read: impl FnOnce(&mut XmlPart<'a>, &mut String, usize) -> Result<RunLook, TextFault>,
    ) -> Result<RunLook, Refusal> {
        let start = self.row.text.len();
        let limit = self.limits.cell_characters;
        let look = match read(&mut self.xml, &mut self.row.text, limit) {
            Ok(look) => look,
            Err(TextFault::TooLong) => return Err(Refusal::CellTextTooLong { place: self.place(at) }),
            Err(TextFault::Refused(refusal)) => return Err(refusal),
        };
        if is_longer(self.row.text.get(start..).unwrap_or_default(), limit) {
            return Err(Refusal::CellTextTooLong { place: self.place(at) });
        }
        if self.row.text.len() > self.limits.row_bytes {
            let limit = u64::try_from(self.limits.row_bytes).unwrap_or(u64::MAX);
            return Err(Refusal::TooLarge { part: self.xml.part().to_owned(), limit });
        }
        Ok(look)
    }

    /// What the text from `start` on means by the kind of its cell.
    fn understand(&mut self, kind: Kind, start: usize, at: CellAddress) -> Result<Stored, Refusal> {
        let text = self.row.text.get(start..).unwrap_or_default();
        let place = Place { start, end: self.row.text.len() };
        let kept_as_it_is = matches!(kind, Kind::Formula | Kind::Inline);
        if text.is_empty() && !kept_as_it_is {
            return Ok(Stored::Blank);
        }
        Ok(match kind {
            Kind::Number => Stored::Number(place),
            Kind::Error => Stored::Error(place),
            Kind::Iso => Stored::Iso(place),
            Kind::Inline if text.is_empty() => Stored::Blank,
            Kind::Formula | Kind::Inline => Stored::Text(place),
            Kind::Boolean => Stored::Boolean(is_yes(text)),
            Kind::Shared => {
                let index = text.parse().ok().filter(|index| self.texts.get(*index).is_some());
                let Some(index) = index else {
                    return Err(Refusal::Contradiction { place: self.place(at) });
                };
                self.row.text.truncate(start);
                Stored::Shared(index)
            }
        })
    }

    fn keep_array(&mut self, range: Option<CellRange>) -> Result<(), Refusal> {
        self.arrays.extend(range);
        if self.arrays.len() > OPEN_ARRAYS {
            return Err(Refusal::TooMany { part: self.xml.part().to_owned() });
        }
        Ok(())
    }

    fn place(&self, at: CellAddress) -> String {
        Refusal::cell_place(self.xml.part(), at)
    }
}

/// What stands in a cell.
enum Child {
    Value {
        preserve: bool,
    },
    Inline,
    /// Range that it fills, and whether other cells need it.
    Formula {
        array: Option<CellRange>,
        serves: bool,
    },
    Other,
}

impl Child {
    fn of(tag: &Tag<'_>) -> Self {
        match tag.local() {
            "v" => Self::Value { preserve: keeps_space(tag) },
            "is" => Self::Inline,
            "f" => {
                let kind = tag.attribute("t");
                let fills = matches!(kind.as_deref(), Some("array" | "dataTable"));
                let range = tag.attribute("ref").and_then(|range| CellRange::parse(&range));
                let range = range.filter(|range| !range.is_one_cell());
                Self::Formula { array: range.filter(|_| fills), serves: range.is_some() }
            }
            _ => Self::Other,
        }
    }
}

/// The attributes of a row.
pub(super) struct RowHead {
    pub(super) number: Option<u32>,
    hidden: bool,
    style: Option<u32>,
    height: Option<f64>,
}

/// `None`: it cannot be read.
pub(super) fn row_head(tag: &Tag<'_>) -> Option<RowHead> {
    let mut head = RowHead { number: None, hidden: false, style: None, height: None };
    let mut styled = false;
    for attribute in tag.attributes() {
        let (name, value) = attribute?;
        match name {
            "r" => head.number = Some(value.trim().parse::<u32>().ok().filter(|number| *number > 0)?),
            "hidden" => head.hidden |= is_yes(&value),
            "ht" => head.height = value.trim().parse().ok(),
            "s" => head.style = value.trim().parse().ok(),
            "customFormat" => styled = is_yes(&value),
            _ => {}
        }
    }
    head.hidden |= head.height == Some(0.0);
    head.style = head.style.filter(|_| styled);
    Some(head)
}

/// `None`: it cannot be read.
pub(super) fn cell_head(tag: &Tag<'_>) -> Option<CellHead> {
    let mut head = CellHead { address: None, style: 0, kind: Kind::Number };
    for attribute in tag.attributes() {
        let (name, value) = attribute?;
        match name {
            "r" => head.address = Some(CellAddress::parse(unescaped(value).trim())?),
            "s" => head.style = value.trim().parse().ok()?,
            "t" => head.kind = Kind::of(value.trim())?,
            _ => {}
        }
    }
    Some(head)
}
