//! The files of records: one for each outcome, and a set of them for each kind of input.
//!
//! Invariants
//! - Inputs that are written alike (format, encoding, separator and header) share their files: their records follow one
//!   another in the order of the inputs, whatever their number, and keep their bytes.
//! - The files of accepted and of held records are always there; the others where there is such a record.

use crate::engine::admission::Admission;
use crate::error::Error;
use crate::questionnaire::Questionnaire;
use crate::source::folder::Folder;

use super::sheet;
use super::text::TextShape;

/// How records are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shape {
    /// Rows of cells.
    Text(TextShape),
    /// One object a line; in a document they are a list.
    Json {
        /// Whether it is a document.
        document: bool,
    },
    /// A workbook, under these columns of the form.
    Sheet(Vec<(String, (usize, usize))>),
}

impl Shape {
    /// The columns of the form of a workbook.
    pub(super) fn sheet(form: &Questionnaire) -> Self {
        Self::Sheet(sheet::columns(form))
    }

    const fn ending(&self) -> &'static str {
        match self {
            Self::Text(TextShape { separator: b'\t', .. }) => "tsv",
            Self::Text(_) => "csv",
            Self::Json { document: true } => "json",
            Self::Json { document: false } => "jsonl",
            Self::Sheet(_) => "xlsx",
        }
    }

    /// The word of the manifest.
    pub(super) const fn format(&self) -> &'static str {
        self.ending()
    }
}

/// The files of inputs that are written alike.
#[derive(Debug)]
pub(super) struct Output {
    /// The part of the run.
    pub(super) part: usize,
    /// How its records are written.
    pub(super) shape: Shape,
    /// The names of the further columns.
    pub(super) further: Vec<String>,
    /// Behind the word of the outcome: `-2`.
    suffix: String,
    /// Records written, by outcome.
    pub(super) records: [u64; 4],
    /// Rows that are written at the end, by outcome.
    rows: [Vec<Vec<String>>; 4],
}

impl Output {
    /// Files of a new kind, the files of accepted and held records begun; `before` are those of other kinds.
    pub(super) fn begin(
        (part, shape, further): (usize, Shape, Vec<String>),
        before: &[Self],
        folder: &mut Folder,
    ) -> Result<Self, Error> {
        let alike = before.iter().filter(|other| other.shape.ending() == shape.ending()).count();
        let suffix = if alike == 0 { String::new() } else { format!("-{}", alike + 1) };
        let output =
            Self { part, shape, further, suffix, records: [0; 4], rows: std::array::from_fn(|_| Vec::new()) };
        folder.append(&output.name(Admission::Accepted), &output.head())?;
        folder.append(&output.name(Admission::Held), &output.head())?;
        Ok(output)
    }

    /// The name of the file of one outcome.
    pub(super) fn name(&self, admission: Admission) -> String {
        format!("{}{}.{}", admission.word(), self.suffix, self.shape.ending())
    }

    /// Whether the file of one outcome is there.
    pub(super) fn is_there(&self, place: usize) -> bool {
        place < 2 || self.records.get(place).is_some_and(|records| *records > 0)
    }

    fn head(&self) -> Vec<u8> {
        match &self.shape {
            Shape::Text(shape) => shape.head(&self.further),
            Shape::Json { document: true } => b"[".to_vec(),
            Shape::Json { document: false } | Shape::Sheet(_) => Vec::new(),
        }
    }

    /// Adds records of one outcome, `count` of them: their bytes, or the rows of a workbook.
    pub(super) fn add(
        &mut self,
        admission: Admission,
        count: u64,
        (bytes, rows): (&[u8], Vec<Vec<String>>),
        folder: &mut Folder,
    ) -> Result<(), Error> {
        let (name, head) = (self.name(admission), self.head());
        let place = place(admission);
        let (Some(records), Some(kept)) = (self.records.get_mut(place), self.rows.get_mut(place)) else {
            return Ok(());
        };
        if count == 0 {
            return Ok(());
        }
        let first = *records == 0;
        *records += count;
        kept.extend(rows);
        if first && place >= 2 {
            folder.append(&name, &head)?;
        }
        // Objects of a list stand with a comma before each, which the first does without.
        let bytes = match self.shape {
            Shape::Json { document: true } if first => bytes.get(1..).unwrap_or_default(),
            Shape::Sheet(_) => return Ok(()),
            _ => bytes,
        };
        folder.append(&name, bytes)
    }

    /// Ends the files.
    pub(super) fn finish(&mut self, folder: &mut Folder) -> Result<(), Error> {
        for admission in Admission::ALL {
            let (at, name) = (place(admission), self.name(admission));
            if !self.is_there(at) {
                continue;
            }
            let rows = self.rows.get_mut(at).map(std::mem::take).unwrap_or_default();
            let end = match &self.shape {
                Shape::Text(_) | Shape::Json { document: false } => continue,
                Shape::Json { document: true } => b"\n]\n".to_vec(),
                Shape::Sheet(columns) => {
                    let header = columns.iter().map(|(header, _)| header.clone());
                    let header: Vec<String> = header.chain(self.further.iter().cloned()).collect();
                    let fault = |source| Error::Write { path: name.as_str().into(), source };
                    sheet::workbook(&header, &rows).map_err(fault)?
                }
            };
            folder.append(&name, &end)?;
        }
        Ok(())
    }
}

/// Where the records of an outcome are counted.
pub(super) fn place(admission: Admission) -> usize {
    Admission::ALL.iter().position(|one| *one == admission).unwrap_or(0)
}
