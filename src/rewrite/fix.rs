//! `--fix`: listens to a run, and writes the corrected copy and its log when the run is over.
//!
//! Invariants
//! - Memory grows with the number of corrections, and not with the file.
//! - A file that could not be read to its end is not copied: nobody knows what of it is missing.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::CopyNotes;
use super::correction::{Correction, Corrections};
use super::log::Log;
use super::splice::{Form, is_undecodable, splice};
use crate::engine::event::{Reporter, RunHeader, Summary};
use crate::error::Error;
use crate::evaluate::{Finding, RecordFindings};
use crate::rule_pack::RulePack;
use crate::source::sink::Sink;
use crate::source::{reader, text_stream};

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fixed {
    /// The copy was written; so many cells of it differ, and this is to be said of it.
    Written(u64, CopyNotes),
    /// The file could not be read to its end.
    NotRead,
    /// The file holds bytes that are not of its encoding: a copy in UTF-8 would hold them too, or lose them.
    Undecodable,
}

/// Writes the corrected copy of one file.
#[derive(Debug)]
pub struct Fixer {
    pack: Arc<RulePack>,
    original: PathBuf,
    copy: Option<(PathBuf, Sink)>,
    log: Option<Sink>,
    corrections: Corrections,
    /// What came of it. `None`: the run is not over.
    pub outcome: Option<Fixed>,
}

impl Fixer {
    /// The copy of `original` goes to `copy`, the change log to `log`.
    ///
    /// # Errors
    /// Nothing can be written there.
    pub fn new(pack: Arc<RulePack>, original: &Path, copy: &Path, log: &Path) -> Result<Self, Error> {
        Ok(Self {
            pack,
            original: original.to_path_buf(),
            copy: Some((copy.to_path_buf(), Sink::create(copy)?)),
            log: Some(Sink::create(log)?),
            corrections: Corrections::default(),
            outcome: None,
        })
    }

    fn write(&mut self, summary: &Summary) -> Result<Fixed, Error> {
        let Some(file) = summary.files.first().filter(|file| file.readable) else {
            return Ok(Fixed::NotRead);
        };
        let (Some((path, mut copy)), Some(mut kept)) = (self.copy.take(), self.log.take()) else {
            return Ok(Fixed::NotRead);
        };
        let corrections = std::mem::take(&mut self.corrections).sorted();
        let mut log = Log::new();
        let fault = |source| Error::Write { path: path.clone(), source };
        let form = &self.pack.questionnaire;
        let notes = if let Some(notes) = self.workbook(&path, &mut copy, &corrections, &mut log)? {
            notes
        } else {
            if file.format.is_none() {
                return Ok(Fixed::NotRead);
            }
            let form = Form { questionnaire: form, encoding: file.encoding, separator: file.separator };
            let original = reader::open(&self.original)?.into_read();
            let mut original = text_stream::unpacked(original).map_err(fault)?;
            match splice(form, &mut original, &mut copy, &corrections, &mut log) {
                Err(error) if is_undecodable(&error) => return Ok(Fixed::Undecodable),
                spliced => spliced.map_err(fault)?,
            }
            CopyNotes::default()
        };
        let changes = log.changes;
        kept.write_all(&log.into_bytes()).map_err(fault)?;
        copy.commit()?;
        kept.commit()?;
        Ok(Fixed::Written(changes, notes))
    }

    /// The corrected copy of a workbook. `None`: the original is none.
    #[cfg(feature = "xlsx")]
    fn workbook(
        &self,
        path: &Path,
        copy: &mut Sink,
        corrections: &[Correction],
        log: &mut Log,
    ) -> Result<Option<CopyNotes>, Error> {
        let Some(mut package) = super::workbook::open(&self.original)? else { return Ok(None) };
        super::workbook::fix(&mut package, copy, corrections, &self.pack.questionnaire, log)
            .map(Some)
            .map_err(|source| Error::Write { path: path.to_path_buf(), source })
    }

    #[cfg(not(feature = "xlsx"))]
    #[expect(clippy::unnecessary_wraps, reason = "with workbooks it can fail")]
    fn workbook(
        &self,
        _: &Path,
        _: &mut Sink,
        _: &[Correction],
        _: &mut Log,
    ) -> Result<Option<CopyNotes>, Error> {
        Ok(None)
    }
}

impl Reporter for Fixer {
    fn start(&mut self, _: &RunHeader) -> Result<(), Error> {
        Ok(())
    }

    fn file_findings(&mut self, findings: &[Finding]) -> Result<(), Error> {
        self.corrections.take(findings);
        Ok(())
    }

    fn records(&mut self, records: &[RecordFindings]) -> Result<(), Error> {
        for record in records {
            self.corrections.take(&record.findings);
        }
        Ok(())
    }

    fn finish(&mut self, summary: &Summary) -> Result<(), Error> {
        self.outcome = Some(self.write(summary)?);
        Ok(())
    }
}
