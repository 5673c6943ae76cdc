//! Workbooks as records: sheets with a row a record, and sheets that are one record.
//!
//! A thread of its own reads the sheets one after the other and sends blocks; so a sheet is parsed while the block
//! before is judged, and reading is a plain walk.
//!
//! Invariants
//! - What each sheet is has been found out before the first record; record numbers run on over the sheets.
//! - Memory does not grow with a sheet; what is held of the workbook is the texts that its cells share.
//! - What can be said of a sheet as a whole is told after its records.

mod answer_words;
mod beside;
mod builder;
mod content;
mod form_sheet;
mod list;
mod one_record;
mod opening;
mod printed;
mod runs;
mod sending;
mod survey;
mod table;
mod watch;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use self::answer_words::AnswerWords;
use self::builder::{Builder, origin_of};
use self::content::Reading;
use self::list::List;
use self::opening::{OF_A_FORM, first_rows};
use self::sending::{AHEAD, Sending, Stop, Told};
use self::survey::{Planned, Role, Survey, survey};
use self::watch::{Surroundings, Watch};
use super::heading::{HeaderRow, Heading};
use super::labels::Labels;
use super::workbook_file::refused;
use super::{Block, FormNeeds, Layout};
use crate::diagnostic::Diagnostics;
use crate::error::Error;
use crate::source::SourceId;
use crate::source::reader::ReadSeek;
use crate::workbook::{Limits, Package, Refusal};

/// A workbook being read.
#[derive(Debug)]
pub(super) struct Workbook {
    source: SourceId,
    blocks: Receiver<Told>,
    /// What was told at the end.
    found: Diagnostics,
    /// Whether it was read to its end, as far as is known.
    whole: bool,
    /// Whether there are no more blocks.
    ended: bool,
    /// What errors call it.
    name: String,
}

/// A workbook that has been looked at.
#[derive(Debug)]
pub(super) struct Opened {
    /// What is wrong with it so far.
    pub found: Diagnostics,
    /// The headers of its lists, to be drawn.
    pub headers: Vec<HeaderRow>,
    /// `None`: no sheet of it can be read.
    pub workbook: Option<Workbook>,
}

/// Looks at the workbook `read`, which is called `name`, and begins to read its records, at most `most` a block.
pub(super) fn open(
    source: SourceId,
    name: &str,
    read: Box<dyn ReadSeek + Send>,
    form: &Arc<FormNeeds>,
    most: usize,
) -> Opened {
    let begun = begin(source, read, form);
    let (package, reading, Survey { planned, found }) = match begun {
        Ok(begun) => begun,
        Err(refusal) => {
            let found = Diagnostics::from_iter([refused(source, &refusal)]);
            return Opened { found, headers: Vec::new(), workbook: None };
        }
    };
    // A row that is no header may hold answers, so it is not drawn.
    let headers = planned.iter().filter_map(|sheet| match &sheet.role {
        Role::List(heading) => Some(heading.row.clone()),
        Role::Form => None,
    });
    let headers: Vec<HeaderRow> = headers.collect();
    if planned.is_empty() {
        return Opened { found, headers, workbook: None };
    }
    let (to, blocks) = sync_channel(AHEAD);
    let form = Arc::clone(form);
    thread::spawn(move || {
        let walk = Walk { source, form, package, reading, found: Diagnostics::new() };
        walk.run(planned, Sending::new(to, most));
    });
    let workbook = Workbook {
        source,
        blocks,
        found: Diagnostics::new(),
        whole: true,
        ended: false,
        name: name.to_owned(),
    };
    Opened { found, headers, workbook: Some(workbook) }
}

fn begin(
    source: SourceId,
    read: Box<dyn ReadSeek + Send>,
    form: &FormNeeds,
) -> Result<(Package, Reading, Survey), Refusal> {
    let mut package = Package::open(Box::new(read), &Limits::default())?;
    let reading = Reading { styles: package.styles().clone(), date1904: package.date1904() };
    let survey = survey(&mut package, &reading, source, form)?;
    Ok((package, reading, survey))
}

impl Workbook {
    /// The next records. `None`: there are no more.
    pub(super) fn next_block(&mut self) -> Result<Option<Block>, Error> {
        if self.ended {
            return Ok(None);
        }
        match self.blocks.recv() {
            Ok(Told::Block(block)) => Ok(Some(block)),
            Ok(Told::End(found, refusal)) => {
                self.found.append(found);
                self.whole = refusal.is_none();
                self.found.extend(refusal.map(|refusal| refused(self.source, &refusal)));
                self.ended = true;
                Ok(None)
            }
            // The thread went away without a word: our own code failed, and nobody knows what is missing.
            Err(_) => {
                (self.ended, self.whole) = (true, false);
                let source = std::io::Error::other("the reader of the workbook failed");
                Err(Error::Read { path: self.name.clone().into(), source })
            }
        }
    }

    /// Whether it could be read so far.
    pub(super) const fn is_whole(&self) -> bool {
        self.whole
    }

    /// What is known only after the last block.
    pub(super) fn finish(self) -> Diagnostics {
        self.found
    }
}

/// The reading thread.
struct Walk {
    source: SourceId,
    form: Arc<FormNeeds>,
    package: Package,
    reading: Reading,
    found: Diagnostics,
}

impl Walk {
    fn run(mut self, planned: Vec<Planned>, mut sending: Sending) {
        for sheet in planned {
            match self.sheet(sheet, &mut sending) {
                Ok(()) => {}
                Err(Stop::Gone) => return,
                Err(Stop::Refused(refusal)) => return sending.end(self.found, Some(refusal)),
            }
        }
        sending.end(self.found, None);
    }

    fn sheet(&mut self, sheet: Planned, sending: &mut Sending) -> Result<(), Stop> {
        let Planned { index, name, facts, role } = sheet;
        let notes = if facts.has_notes { self.package.notes(index)? } else { Vec::new() };
        let shapes = if facts.has_drawing { self.package.shapes(index)? } else { Vec::new() };
        let is_form = matches!(role, Role::Form);
        let around = Surroundings { facts, notes, shapes };
        let watch = Watch::new(self.source, Arc::clone(&name), around, is_form);
        match role {
            Role::List(heading) => self.list(index, name, &heading, watch, sending),
            Role::Form => self.one_record(index, &name, watch, sending),
        }
    }

    fn list(
        &mut self,
        index: usize,
        name: Arc<str>,
        heading: &Heading,
        mut watch: Watch,
        sending: &mut Sending,
    ) -> Result<(), Stop> {
        let layout = Arc::new(Layout::sheet(Arc::clone(&self.form), &heading.columns));
        // The texts above and in the header come first.
        let origin = heading.row.origin + u64::try_from(heading.row.bytes.len()).unwrap_or(0) + 1;
        let mut list = List::new(&self.reading, self.source, Arc::clone(&name), heading, &self.form);
        let mut builder = Builder::new(self.source, layout, name, origin, false, self.reading.date1904);
        list.read(&mut self.package.rows(index)?, &mut builder, &mut watch, sending)?;
        self.found.append(list.finish());
        self.found.append(watch.finish());
        Ok(())
    }

    fn one_record(
        &mut self,
        index: usize,
        name: &Arc<str>,
        mut watch: Watch,
        sending: &mut Sending,
    ) -> Result<(), Stop> {
        let rows = first_rows(&mut self.package.rows(index)?, &self.reading, OF_A_FORM)?;
        let sheet = form_sheet::find(
            &rows,
            watch.merged_cells(),
            &Labels::new(&self.form),
            &AnswerWords::new(&self.form),
        );
        let answers: Vec<((u32, u32), usize)> =
            sheet.items.iter().map(|item| (item.answer, item.column)).collect();
        let layout = Arc::new(Layout::form_sheet(Arc::clone(&self.form), &answers));
        let mut builder = Builder::new(
            self.source,
            layout,
            Arc::clone(name),
            origin_of(index),
            true,
            self.reading.date1904,
        );
        one_record::read(&rows, &sheet, self.reading.date1904, &mut builder, &mut watch, sending);
        sending.flush(&mut builder)?;
        self.found.append(one_record::told(&sheet, name, self.source, &self.form));
        self.found.append(watch.finish());
        Ok(())
    }
}
