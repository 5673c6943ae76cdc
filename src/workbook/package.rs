//! A workbook as a package: what it is, its sheets, its styles and its texts.
//!
//! Invariants
//! - Opening reads the directory, the workbook part and the styles; sheets and texts are read when they are asked for.
//! - Sheets are numbered from 0 in the order of their tabs, whatever their kind.

use std::io::{Read, SeekFrom};

use super::archive::Archive;
use super::container::{Container, SNIFF, judge_ole, sniff};
use super::facts::SheetFacts;
use super::limits::Limits;
use super::refusal::Refusal;
use super::relation::{Relation, content_type, relations};
use super::shared_text::SharedTexts;
use super::sheet::SheetReader;
use super::style::Styles;
use super::xml::{Piece, XmlPart, is_yes};
use super::{ReadSeek, drawing, facts, note};

/// Whether a person sees a sheet's tab.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    /// Shown.
    Visible,
    /// Hidden; a person can show it.
    Hidden,
    /// Hidden by a program; no menu shows it.
    VeryHidden,
}

/// One sheet of a workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// What its tab says.
    pub name: String,
    /// Whether its tab is shown.
    pub visibility: Visibility,
    /// Whether it has cells: charts and macro sheets have none.
    pub has_cells: bool,
    /// Name of its part.
    pub part: String,
}

/// A workbook whose directory and main part have been read.
pub struct Package {
    pub(super) archive: Archive,
    pub(super) limits: Limits,
    pub(super) workbook_part: String,
    pub(super) relations: Vec<Relation>,
    sheets: Vec<Sheet>,
    date1904: bool,
    has_macros: bool,
    is_signed: bool,
    styles: Styles,
    texts: Option<SharedTexts>,
}

impl std::fmt::Debug for Package {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Package")
            .field("workbook_part", &self.workbook_part)
            .field("sheets", &self.sheets)
            .finish_non_exhaustive()
    }
}

impl Package {
    /// Opens a workbook.
    pub fn open(mut read: Box<dyn ReadSeek + Send>, limits: &Limits) -> Result<Self, Refusal> {
        let mut first = Vec::new();
        read.by_ref().take(u64::try_from(SNIFF).unwrap_or(u64::MAX)).read_to_end(&mut first)?;
        read.seek(SeekFrom::Start(0))?;
        match sniff(&first) {
            Some(Container::Zip) => {}
            Some(Container::Ole) => return Err(judge_ole(&mut read)),
            Some(Container::Html) => return Err(Refusal::Html),
            Some(Container::Xml) => return Err(Refusal::PlainXml),
            None => return Err(Refusal::PlainText),
        }
        let mut archive = Archive::open(read, limits)?;
        let workbook_part = workbook_part(&mut archive, limits)?;
        let kind = content_type(&mut archive, &workbook_part, limits)?.unwrap_or_default();
        let ending = workbook_part.rsplit('.').next().unwrap_or_default();
        if kind.contains("ms-excel.sheet.binary") || ending.eq_ignore_ascii_case("bin") {
            return Err(Refusal::Xlsb);
        }
        let relations = relations(&mut archive, &workbook_part, limits)?;
        let mut package = Self {
            has_macros: kind.contains("macroEnabled")
                || relations.iter().any(|found| found.kind == "vbaProject"),
            is_signed: archive.has_folder("_xmlsignatures/"),
            archive,
            limits: *limits,
            workbook_part,
            relations,
            sheets: Vec::new(),
            date1904: false,
            styles: Styles::default(),
            texts: None,
        };
        package.read_workbook()?;
        if let Some(part) = package.related("styles") {
            package.styles = Styles::read(&mut package.archive, &part, limits)?;
        }
        Ok(package)
    }

    /// The sheets in the order of their tabs.
    pub fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    /// Whether days are counted from 1904, as once on the Macintosh.
    pub fn date1904(&self) -> bool {
        self.date1904
    }

    /// Whether it holds macros.
    pub fn has_macros(&self) -> bool {
        self.has_macros
    }

    /// Whether it is signed: any change breaks the signature.
    pub fn is_signed(&self) -> bool {
        self.is_signed
    }

    /// How its cells look.
    pub fn styles(&self) -> &Styles {
        &self.styles
    }

    /// The rows of a sheet, by its number from 0.
    pub fn rows(&mut self, sheet: usize) -> Result<SheetReader<'_>, Refusal> {
        let part = self.cells_part(sheet)?;
        if self.texts.is_none() {
            let texts = match self.related("sharedStrings") {
                Some(name) => SharedTexts::read(&mut self.archive, &name, &self.limits)?,
                None => SharedTexts::default(),
            };
            self.texts = Some(texts);
        }
        let Self { archive, limits, styles, texts, .. } = self;
        SheetReader::open(archive, &part, limits, styles, texts.get_or_insert_default())
    }

    /// What stands in a sheet around its cells, so merged ranges, hidden columns, filters. The cells are passed over
    /// without being parsed, so this is much cheaper than [`Package::rows`].
    pub fn facts(&mut self, sheet: usize) -> Result<SheetFacts, Refusal> {
        let part = self.cells_part(sheet)?;
        facts::read(&mut self.archive, &part, &self.limits)
    }

    /// The comments of a sheet, in the order of their cells.
    pub fn notes(&mut self, sheet: usize) -> Result<Vec<note::Note>, Refusal> {
        let part = self.cells_part(sheet)?;
        note::read(&mut self.archive, &part, &self.limits)
    }

    /// The shapes and pictures that lie over a sheet, form controls left out.
    pub fn shapes(&mut self, sheet: usize) -> Result<Vec<drawing::Shape>, Refusal> {
        let part = self.cells_part(sheet)?;
        drawing::read(&mut self.archive, &part, &self.limits)
    }

    pub(super) fn cells_part(&self, sheet: usize) -> Result<String, Refusal> {
        let sheet = self.sheets.get(sheet).filter(|sheet| sheet.has_cells).ok_or(Refusal::NoSuchSheet)?;
        Ok(sheet.part.clone())
    }

    /// The part that the workbook relates to in this way. `None`: none, or it is not in the package.
    pub(super) fn related(&self, kind: &str) -> Option<String> {
        let mut found = self.relations.iter().filter(|found| found.kind == kind && !found.external);
        found.find(|found| self.archive.find(&found.target).is_some()).map(|found| found.target.clone())
    }

    fn read_workbook(&mut self) -> Result<(), Refusal> {
        let mut xml = XmlPart::open(&mut self.archive, &self.workbook_part, &self.limits)?;
        let mut found = Vec::new();
        loop {
            let depth = xml.depth();
            match xml.next()? {
                Piece::Start(tag) => match (depth, tag.local()) {
                    (0, "workbook") => {}
                    (0, _) => return Err(Refusal::NotAWorkbook),
                    (1, "workbookPr") => {
                        self.date1904 = tag.attribute("date1904").is_some_and(|value| is_yes(&value));
                    }
                    (2, "sheet") => {
                        let visibility = match tag.attribute("state").as_deref() {
                            Some("hidden") => Visibility::Hidden,
                            Some("veryHidden") => Visibility::VeryHidden,
                            _ => Visibility::Visible,
                        };
                        let text = |name: &str| tag.attribute(name).unwrap_or_default().into_owned();
                        found.push((text("name"), visibility, relation_id(&tag)));
                    }
                    _ => {}
                },
                Piece::EndOfPart => break,
                _ => {}
            }
            if found.len() > self.limits.things {
                return Err(Refusal::TooMany { part: self.workbook_part.clone() });
            }
        }
        drop(xml);
        for (name, visibility, id) in found {
            let relation = self.relations.iter().find(|relation| relation.id == id && !relation.external);
            let Some(relation) = relation.filter(|relation| self.archive.find(&relation.target).is_some())
            else {
                return Err(Refusal::MissingPart { part: name });
            };
            let has_cells = relation.kind == "worksheet";
            self.sheets.push(Sheet { name, visibility, has_cells, part: relation.target.clone() });
        }
        if self.sheets.is_empty() { Err(Refusal::NotAWorkbook) } else { Ok(()) }
    }
}

/// The attribute `r:id`, whatever its prefix; `id` without one is another thing.
pub(super) fn relation_id(tag: &super::xml::Tag<'_>) -> String {
    let mut attributes = tag.attributes().flatten();
    let found = attributes.find(|(name, _)| name.rsplit_once(':').is_some_and(|(_, local)| local == "id"));
    found.map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// The main part of the package, or what the package is instead.
fn workbook_part(archive: &mut Archive, limits: &Limits) -> Result<String, Refusal> {
    let roots = relations(archive, "", limits)?;
    let main = roots.iter().find(|root| root.kind == "officeDocument" && !root.external);
    let main = main.map(|root| root.target.clone()).filter(|part| archive.find(part).is_some());
    if let Some(part) = main {
        return Ok(part);
    }
    let holds = |name: &str| archive.find(name).is_some();
    if holds("xl/workbook.xml") {
        return Ok("xl/workbook.xml".to_owned());
    }
    if holds("xl/workbook.bin") {
        return Err(Refusal::Xlsb);
    }
    let is_open_document = holds("mimetype") && (holds("content.xml") || holds("META-INF/manifest.xml"));
    Err(if is_open_document { Refusal::OpenDocument } else { Refusal::NotAWorkbook })
}
