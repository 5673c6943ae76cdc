//! `--annotate`: listens to a run, and writes a copy of the file with the cells marked that findings are about.
//!
//! Invariants
//! - A text file becomes a workbook with the same rows and cells, as texts; a workbook stays what it is.
//! - What is left out (findings beyond the cap, a file beyond the limit) is told.

use std::path::{Path, PathBuf};

use super::CopyNotes;
use super::remark::Remarks;
use crate::diagnostic::Language;
use crate::engine::event::{FileLine, Reporter, RunHeader, Summary};
use crate::error::Error;
use crate::evaluate::{Finding, RecordFindings};
use crate::source::sink::Sink;

/// Findings that a copy tells of where the caller sets no number.
pub const MOST_FINDINGS: usize = 10_000;

/// Bytes of the largest text file of which a workbook is made: it is held in memory, some ten times.
pub const LARGEST: u64 = 64 << 20;

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Annotated {
    /// The copy was written.
    Written {
        /// Cells that are marked.
        cells: u64,
        /// Findings that are not told in it.
        left_out: u64,
        /// What is to be said of the copy of a workbook.
        notes: CopyNotes,
    },
    /// The file has no cells to be marked: JSON.
    NotATable,
    /// The file could not be read.
    NotRead,
    /// The file is larger than [`LARGEST`], or than a workbook can be.
    TooLarge,
}

/// Writes the annotated copy of one file.
#[derive(Debug)]
pub struct Annotator {
    language: Language,
    original: PathBuf,
    copy: Option<(PathBuf, Sink)>,
    remarks: Remarks,
    /// What came of it. `None`: the run is not over.
    pub outcome: Option<Annotated>,
}

impl Annotator {
    /// The copy of `original` goes to `copy`; comments are in `language`, and tell of `most` findings.
    ///
    /// # Errors
    /// Nothing can be written there.
    pub fn new(original: &Path, copy: &Path, language: Language, most: usize) -> Result<Self, Error> {
        Ok(Self {
            language,
            original: original.to_path_buf(),
            copy: Some((copy.to_path_buf(), Sink::create(copy)?)),
            remarks: Remarks::new(language, most),
            outcome: None,
        })
    }

    fn write(&mut self, summary: &Summary) -> Result<Annotated, Error> {
        let Some(file) = summary.files.first() else { return Ok(Annotated::NotRead) };
        let Some((path, sink)) = self.copy.take() else { return Ok(Annotated::NotRead) };
        let remarks = std::mem::replace(&mut self.remarks, Remarks::new(self.language, 0));
        self.written(&path, sink, file, remarks)
    }

    #[cfg(feature = "xlsx")]
    fn written(
        &self,
        path: &Path,
        mut sink: Sink,
        file: &FileLine,
        remarks: Remarks,
    ) -> Result<Annotated, Error> {
        let fault = |source| Error::Write { path: path.to_path_buf(), source };
        let package = match super::workbook::open(&self.original) {
            Ok(package) => package,
            // Why has been told by the run.
            Err(Error::Read { .. }) => return Ok(Annotated::NotRead),
            Err(error) => return Err(error),
        };
        let told = remarks.told;
        let kept = remarks.into_kept();
        let left_out = told.saturating_sub(u64::try_from(kept.len()).unwrap_or(told));
        let (cells, notes) = if let Some(mut package) = package {
            super::workbook::annotate(&mut package, &mut sink, &kept, left_out, self.language)
                .map_err(fault)?
        } else {
            let separator = match (file.separator, file.format) {
                (Some(separator), _) => separator,
                (None, Some(_)) => return Ok(Annotated::NotATable),
                (None, None) => return Ok(Annotated::NotRead),
            };
            let Some(bytes) = self.whole(path)? else { return Ok(Annotated::TooLarge) };
            let rows = crate::input::written_rows(&bytes, separator, file.encoding);
            let made = super::table::workbook(&rows, &kept, left_out, self.language).map_err(fault)?;
            let Some((workbook, cells, cut)) = made else { return Ok(Annotated::TooLarge) };
            std::io::Write::write_all(&mut sink, &workbook).map_err(fault)?;
            (cells, CopyNotes { cut, ..CopyNotes::default() })
        };
        sink.commit()?;
        Ok(Annotated::Written { cells, left_out, notes })
    }

    /// All bytes of the original. `None`: it is too large.
    #[cfg(feature = "xlsx")]
    fn whole(&self, path: &Path) -> Result<Option<Vec<u8>>, Error> {
        use std::io::Read as _;

        let fault = |source| Error::Write { path: path.to_path_buf(), source };
        let mut bytes = Vec::new();
        let read = crate::source::reader::open(&self.original)?.into_read();
        let read = crate::source::text_stream::unpacked(read).map_err(fault)?;
        read.take(LARGEST + 1).read_to_end(&mut bytes).map_err(fault)?;
        Ok(Some(bytes).filter(|bytes| u64::try_from(bytes.len()).is_ok_and(|length| length <= LARGEST)))
    }

    /// Without workbooks there is nothing to write into; the command line has said so.
    #[cfg(not(feature = "xlsx"))]
    fn written(&self, _: &Path, _: Sink, _: &FileLine, _: Remarks) -> Result<Annotated, Error> {
        let _ = &self.original;
        Ok(Annotated::NotATable)
    }
}

impl Reporter for Annotator {
    fn start(&mut self, _: &RunHeader) -> Result<(), Error> {
        Ok(())
    }

    fn file_findings(&mut self, findings: &[Finding]) -> Result<(), Error> {
        self.remarks.take(findings);
        Ok(())
    }

    fn records(&mut self, records: &[RecordFindings]) -> Result<(), Error> {
        for record in records {
            self.remarks.take(&record.findings);
        }
        Ok(())
    }

    fn finish(&mut self, summary: &Summary) -> Result<(), Error> {
        self.outcome = Some(self.write(summary)?);
        Ok(())
    }
}
