//! A copy of a workbook in which cells are marked, commented or changed.
//!
//! Invariants
//! - Every entry that need not change is copied as it is stored, compressed bytes and all, in its place.
//! - What must change changes by splices: content types, styles, the marked sheets, their relations, comments and
//!   comment boxes. New parts stand at the end, with a fixed date.
//! - The same input gives the same bytes, on every host.

mod comment_part;
mod listing;
mod paint;
mod plan;
mod style_part;
mod tag;
mod vml;
mod worksheet;

use std::io::{self, Seek, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::address::CellAddress;
use super::package::Package;
use super::refusal::Refusal;
use super::xml::{Tag, XmlPart};
use plan::{Action, Plan};

/// A colour as red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Colour(pub u8, pub u8, pub u8);

impl Colour {
    /// Six hexadecimal digits.
    pub(super) fn hex(self) -> String {
        format!("{:02X}{:02X}{:02X}", self.0, self.1, self.2)
    }
}

/// A cell to be filled and commented.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Number of the sheet, from 0.
    pub sheet: usize,
    /// The cell; of merged cells the one that shows is taken.
    pub cell: CellAddress,
    /// What to fill it with. Of several marks on one cell the first one's is taken.
    pub colour: Colour,
    /// What to say, of several marks one after the other. Empty: the cell is only filled.
    pub text: String,
}

/// What a cell is to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewValue {
    /// Nothing.
    Empty,
    /// Text; it is never read as a formula.
    Text(String),
    /// A number as it is to be stored. What is no number is stored as text.
    Number(String),
}

/// A cell whose value is to be another one; a formula in it is removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Number of the sheet, from 0.
    pub sheet: usize,
    /// The cell. Of several changes of one cell the last one counts.
    pub cell: CellAddress,
    /// Its new value.
    pub value: NewValue,
    /// The style that it gets, one of the workbook's own. `None`: its style stays.
    pub style: Option<u32>,
}

/// What the copy is not, or not any more.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Copied {
    /// The workbook was signed; the copy's signature is broken.
    pub signature_broken: bool,
    /// The workbook has macros; the copy has them too, unchanged.
    pub has_macros: bool,
    /// Cells (sheet, cell) that hold a conversation: they are filled and got no comment.
    pub in_conversation: Vec<(usize, CellAddress)>,
    /// Cells (sheet, cell) that were not changed, because other cells need the formula in them.
    pub unchanged: Vec<(usize, CellAddress)>,
    /// Cells (sheet, cell) that were not changed, because merged cells hide them: what they hold nobody sees, and the
    /// cell that shows is another one.
    pub covered: Vec<(usize, CellAddress)>,
    /// No cell was filled: the workbook's styles have no lists to add to. Comments were made all the same.
    pub without_fills: bool,
}

/// Why no copy was made.
#[derive(Debug)]
pub enum CopyFault {
    /// The workbook cannot be read.
    Refused(Refusal),
    /// The copy cannot be written.
    Unwritten(io::Error),
}

impl From<Refusal> for CopyFault {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<io::Error> for CopyFault {
    fn from(error: io::Error) -> Self {
        Self::Unwritten(error)
    }
}

impl From<zip::result::ZipError> for CopyFault {
    fn from(error: zip::result::ZipError) -> Self {
        match error {
            zip::result::ZipError::Io(error) => Self::Unwritten(error),
            other => Self::Unwritten(io::Error::other(other.to_string())),
        }
    }
}

/// Writes to `out` a copy of the workbook with these marks and changes. What `out` holds after a fault is no workbook.
pub fn write_copy<W: Write + Seek>(
    package: &mut Package,
    out: W,
    marks: &[Mark],
    changes: &[Change],
) -> Result<Copied, CopyFault> {
    let plan = Plan::make(package, marks, changes, None)?;
    write_planned(package, out, plan)
}

/// Writes to `out` a copy of the workbook with these marks in place of those of former copies: their comments go, and
/// their cells get back what they were filled with, where they still have one of the colours that marks have. What was
/// under a mark that was added to somebody's comment, or whose author a spreadsheet has dropped, is not known: such a
/// cell is not filled any more.
pub fn write_marked<W: Write + Seek>(
    package: &mut Package,
    out: W,
    marks: &[Mark],
    colours: &[Colour],
) -> Result<Copied, CopyFault> {
    let plan = Plan::make(package, marks, &[], Some(colours))?;
    write_planned(package, out, plan)
}

fn write_planned<W: Write + Seek>(package: &mut Package, out: W, plan: Plan) -> Result<Copied, CopyFault> {
    let mut writer = ZipWriter::new(out);
    writer.set_raw_comment(package.archive.zip.comment().into())?;
    for entry in 0..package.archive.zip.len() {
        let Some(action) = plan.actions.get(&entry) else {
            let file = package.archive.zip.by_index_raw(entry)?;
            writer.raw_copy_file(file)?;
            continue;
        };
        if matches!(action, Action::LeaveOut) {
            continue;
        }
        let file = package.archive.zip.by_index_raw(entry)?;
        let (name, options) = (file.name()?.into_owned(), file.options());
        drop(file);
        writer.start_file(name.as_str(), options.large_file(false))?;
        rewrite(package, &mut writer, &name, action, &plan)?;
    }
    for (name, content) in &plan.new_parts {
        let options = SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Deflated)
            .last_modified_time(zip::DateTime::DEFAULT)
            .system(zip::System::Dos);
        writer.start_file(name.as_str(), options)?;
        writer.write_all(content.as_bytes())?;
    }
    writer.finish()?;
    Ok(plan.copied)
}

fn rewrite(
    package: &mut Package,
    out: &mut impl Write,
    part: &str,
    action: &Action,
    plan: &Plan,
) -> Result<(), CopyFault> {
    let limits = package.limits;
    let archive = &mut package.archive;
    if let Action::Boxes { gone, notes, view } = action {
        let mut old = Vec::new();
        let most = u64::try_from(limits.note_bytes).unwrap_or(u64::MAX).saturating_mul(4);
        io::Read::read_to_end(&mut io::Read::take(archive.read(part)?, most.saturating_add(1)), &mut old)
            .map_err(Refusal::from)?;
        if u64::try_from(old.len()).unwrap_or(u64::MAX) > most {
            return Err(Refusal::TooLarge { part: part.to_owned(), limit: most }.into());
        }
        let broken = || Refusal::BrokenXml { part: part.to_owned(), offset: 0 };
        let old = vml::without_boxes(&old, gone);
        out.write_all(&vml::with_boxes(&old, notes, view).ok_or_else(broken)?)?;
        return Ok(());
    }
    let xml = &mut XmlPart::as_written(archive, part, &limits)?;
    match action {
        Action::Sheet(sheet) => worksheet::rewrite(xml, out, sheet),
        Action::Styles => plan.styles.write(xml, out),
        Action::Comments { survey, notes } => comment_part::rewrite(xml, out, survey, notes),
        Action::Relations(lines) => listing::with_relations(xml, out, lines, plan.strict),
        Action::ContentTypes => {
            let keep = |tag: &Tag<'_>| plan.keeps(tag.attribute("PartName").as_deref());
            listing::splice_list(xml, out, keep, |prefix| plan.content_types(prefix))
        }
        Action::WorkbookRelations => {
            let keep = |tag: &Tag<'_>| {
                let is_chain = tag.attribute("Type").is_some_and(|kind| kind.ends_with("/calcChain"));
                !(plan.drops_chain() && is_chain)
            };
            let family = listing::family(plan.strict);
            let lines =
                |prefix: &str| plan.workbook_relation.iter().map(|new| new.line(prefix, family)).collect();
            listing::splice_list(xml, out, keep, lines)
        }
        Action::Boxes { .. } | Action::LeaveOut => Ok(()),
    }
}
