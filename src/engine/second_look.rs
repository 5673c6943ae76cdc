//! The second look: what findings show of the records of which rules over many records may speak.
//!
//! Invariants
//! - Only files that hold such records are read again, only those records are converted again, and no further than
//!   to the last of them.
//! - A file that is not what it was gives nothing, and that is told; the other files are compared all the same.
//! - Where no two records have anything in common, nothing is read twice.

use std::sync::Arc;

use super::block::{guarded, lost_record};
use super::opening::open;
use super::run::{Run, Section};
use super::workers::{Wave, next_wave};
use super::{InputFile, InputPlace};
use crate::batch::convert::Converter;
use crate::diagnostic::code::structure;
use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use crate::error::Error;
use crate::evaluate::{Doubtful, Finding, Gathered, Sought, Wants, fill, gather};
use crate::input::{Block, Reader};
use crate::linked::Linked;
use crate::plan::Plan;
use crate::source::SourceId;
use crate::source::reader::Stream;
use crate::source::spool::is_special;

/// What one block gives at the second look.
#[derive(Default)]
struct Seen {
    gathered: Vec<Gathered>,
    /// About records on which our own code failed, with their numbers.
    lost: Vec<(u64, Finding)>,
    records: usize,
    /// Whether the last of the records that are looked for was here.
    last: bool,
}

/// Looks at the records of one file again.
#[derive(Clone, Copy)]
struct Look<'a> {
    plan: &'a Plan,
    converter: &'a Converter,
    linked: &'a Linked,
    wants: Wants,
    several_files: bool,
    doubtful: &'a Doubtful,
}

impl Look<'_> {
    fn block(&self, block: &Block) -> Seen {
        let here = |number: u64| self.doubtful.holds((block.source, number));
        let rows = block.records.iter().enumerate().filter(|(_, record)| here(record.number));
        let rows: Vec<usize> = rows.map(|(row, _)| row).collect();
        let last = self.doubtful.of_file(block.source).last().map(|(_, number)| *number);
        let last = block.records.last().map(|record| record.number) >= last;
        if rows.is_empty() {
            return Seen { last, ..Seen::default() };
        }
        let pieces = guarded(
            &block.picked(&rows),
            |block| Seen { gathered: vec![self.gathered(block)], ..Seen::default() },
            |block, record| {
                let findings = lost_record(block, record).findings.into_iter();
                Seen { lost: findings.map(|finding| (record.number, finding)).collect(), ..Seen::default() }
            },
        );
        let mut seen = Seen { records: rows.len(), last, ..Seen::default() };
        for mut piece in pieces {
            seen.gathered.append(&mut piece.gathered);
            seen.lost.append(&mut piece.lost);
        }
        seen
    }

    fn gathered(&self, block: Block) -> Gathered {
        let layout = Arc::clone(&block.layout);
        let mut batch = self.converter.convert(&layout, layout.cells(block));
        self.linked.join(&self.plan.pack, &mut batch);
        fill(self.plan, &mut batch);
        gather(self.plan, &batch, self.wants, self.several_files, Sought::Stubs(self.doubtful))
    }
}

impl Section<'_> {
    /// The bytes of `input`, copied while they are read where they come only once and may be asked for again.
    pub(super) fn open(&mut self, input: &InputFile, id: SourceId) -> Result<Stream, Error> {
        let stream = open(input)?;
        let once = match &input.place {
            InputPlace::Stdin => true,
            InputPlace::Path(path) => is_special(path),
            InputPlace::Bytes(_) | InputPlace::Spool(_) => false,
        };
        if !once || self.plan.dataset.is_empty() {
            return Ok(stream);
        }
        Ok(self.copies.entry(id).or_default().tap(stream))
    }
}

impl Run<'_> {
    /// Asks the records of `files` that are doubtful for what may be told of them.
    pub(super) fn look_again(
        &mut self,
        section: &mut Section<'_>,
        files: &[(SourceId, &InputFile)],
        doubtful: Doubtful,
    ) -> Result<(), Error> {
        for &(id, input) in files {
            if doubtful.of_file(id).is_empty() {
                continue;
            }
            let seen = self.seen(section, (id, input), &doubtful);
            if let Ok(Some(seen)) = seen {
                self.take(section, id, seen)?;
            } else {
                let told = Diagnostic::new(&structure::FILE_NOT_READ_AGAIN, Place::File(id));
                self.tell(section, Diagnostics::from_iter([told]))?;
            }
        }
        section.keys.ask(doubtful);
        Ok(())
    }

    fn take(&mut self, section: &mut Section<'_>, id: SourceId, seen: Vec<Seen>) -> Result<(), Error> {
        for seen in seen {
            seen.gathered.into_iter().for_each(|gathered| section.keys.add(gathered));
            for (number, finding) in seen.lost {
                if let Some(settlement) = &mut section.settlement {
                    settlement.lost((id, number));
                }
                self.tell_drawn(section, &[finding])?;
            }
        }
        Ok(())
    }

    /// What the doubtful records of a file give. `None`: the file is not what it was.
    fn seen(
        &mut self,
        section: &Section<'_>,
        (id, input): (SourceId, &InputFile),
        doubtful: &Doubtful,
    ) -> Result<Option<Vec<Seen>>, Error> {
        let stream = match section.copies.get(&id) {
            Some(copied) => copied.spool()?.stream(),
            None => open(input)?,
        };
        let look = Look {
            plan: section.plan,
            converter: &section.converter,
            linked: &section.linked,
            wants: self.wants,
            several_files: self.header.files.len() > 1,
            doubtful,
        };
        let (mut reader, _) = Reader::open(id, &input.name, stream, &section.form, &self.read)?;
        let mut all: Vec<Seen> = Vec::new();
        let mut wave = next_wave(&mut reader, self.workers.wave())?;
        while !wave.is_empty() && !all.last().is_some_and(|seen| seen.last) {
            let work = |block: &Block| look.block(block);
            let Wave { judged, next } = self.workers.judge(&work, &wave, &mut reader)?;
            all.extend(judged);
            // What lies behind the last of them may be broken.
            wave = if all.last().is_some_and(|seen| seen.last) { Vec::new() } else { next? };
        }
        let same = match &input.place {
            InputPlace::Path(path) if !section.copies.contains_key(&id) => self.stamps.holds(path),
            _ => true,
        };
        let complete = all.iter().map(|seen| seen.records).sum::<usize>() == doubtful.of_file(id).len();
        Ok((same && complete).then_some(all))
    }
}
