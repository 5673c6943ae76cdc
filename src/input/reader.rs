//! One submission: its format, its encoding, its header, and then its records in blocks.
//!
//! Invariants
//! - Blocks come in order and hold whole records; how many are in one is the caller's choice and changes nothing.
//! - What is wrong with the file as a whole is a diagnostic; only reading itself can stop the run.
//! - Memory does not grow with the file.

use std::sync::Arc;

use super::aside::{Skipped, Watch};
use super::csv::{Asides, Head, Rows};
use super::format::{self, InputFormat};
use super::heading::{self, HeaderRow, Heading};
use super::intake::Intake;
use super::json_split::Values;
use super::row_fault::JsonFault;
use super::workbook_file::{self, Workbook};
use super::{Block, FormNeeds, Layout, telling};
use crate::diagnostic::code::structure;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::error::Error;
use crate::source::SourceId;
use crate::source::encoding::{Encoding, Stated};
use crate::source::reader::Stream;
use crate::source::text_stream::TextStream;

/// Most columns of a header that is drawn in findings.
const WIDEST_DRAWN: usize = 10_000;

/// How a submission is read.
#[derive(Debug, Clone)]
pub struct ReadOptions {
    /// `None`: told by the name and the first bytes.
    pub format: Option<InputFormat>,
    /// `None`: told by the bytes.
    pub encoding: Option<Stated>,
    /// JSON pointer of the records inside a document. `None`: the document itself.
    pub records: Option<String>,
    /// Most records of a block; at least 1.
    pub chunk_records: usize,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self { format: None, encoding: None, records: None, chunk_records: 512 }
    }
}

/// How the rest of the file is cut.
#[derive(Debug)]
enum Splitter {
    Rows(Box<Rows>),
    Values(Values),
    Sheets(Workbook),
    /// The file cannot be read.
    Nothing,
}

/// A submission being read.
#[derive(Debug)]
pub struct Reader {
    source: SourceId,
    intake: Intake,
    layout: Arc<Layout>,
    splitter: Splitter,
    chunk_records: usize,
    /// Where the records stand. `None`: they are the document.
    records: Option<String>,
    /// The encoding has been told, or need not be.
    told_encoding: bool,
    /// Kept until they are taken, to be drawn.
    headers: Vec<HeaderRow>,
}

impl Reader {
    /// Begins to read the submission called `name` (its ending helps to tell the format); `source` names it in
    /// diagnostics. What is wrong with the file as a whole is in the diagnostics; more of that may come with
    /// [`Reader::finish`].
    pub fn open(
        source: SourceId,
        name: &str,
        stream: Stream,
        form: &Arc<FormNeeds>,
        options: &ReadOptions,
    ) -> Result<(Self, Diagnostics), Error> {
        let (first, stream) = stream.look(name, workbook_file::LOOK)?;
        if workbook_file::is_workbook(name, &first, options.format) {
            return Self::open_workbook(source, name, stream, form, options);
        }
        let text = TextStream::open(stream.into_read(), options.encoding);
        let text = text.map_err(|source| Error::Read { path: name.into(), source })?;
        let (container, mark) = (text.container, text.mark);
        let mut reader =
            Self::new(source, Intake::new(name, text, options.encoding.is_some()), form, options);
        if let Some(container) = container {
            return Ok((reader, Diagnostics::from_iter([telling::no_text(container, source)])));
        }
        reader.intake.more()?;
        let bytes = reader.intake.bytes();
        let format = options.format.unwrap_or_else(|| format::sniff(name, bytes));
        if reader.intake.ended() && bytes.trim_ascii().is_empty() {
            let damaged = reader.intake.damage().is_some();
            let empty = (!damaged).then(|| telling::empty(source));
            return Ok((reader, empty.into_iter().collect()));
        }
        if let Some(unreadable) = reader.intake.unknown() {
            reader.told_encoding = true;
            let refused = telling::unknown(unreadable.like, !format.has_rows(), source);
            return Ok((reader, Diagnostics::from_iter([refused])));
        }
        let encoding = reader.intake.encoding();
        let mut found: Diagnostics = mark
            .filter(|mark| *mark != encoding)
            .map(|mark| telling::contradiction(encoding, mark, source))
            .into_iter()
            .collect();
        found.append(if format.has_rows() {
            reader.open_rows(name, format, form, options)?
        } else {
            reader.open_json(format, options)
        });
        Ok((reader, found))
    }

    fn new(source: SourceId, intake: Intake, form: &Arc<FormNeeds>, options: &ReadOptions) -> Self {
        Self {
            source,
            intake,
            layout: Arc::new(Layout::json(Arc::clone(form))),
            splitter: Splitter::Nothing,
            chunk_records: options.chunk_records.max(1),
            records: None,
            told_encoding: false,
            headers: Vec::new(),
        }
    }

    /// A workbook is read from any place, so nothing of it passes through the windows.
    fn open_workbook(
        source: SourceId,
        name: &str,
        stream: Stream,
        form: &Arc<FormNeeds>,
        options: &ReadOptions,
    ) -> Result<(Self, Diagnostics), Error> {
        let nothing = Intake::new(name, TextStream::nothing(), true);
        let mut reader = Self::new(source, nothing, form, options);
        let (headers, splitter, found) =
            workbook_file::open(source, name, stream, form, reader.chunk_records)?;
        reader.headers = headers;
        if let Some(workbook) = splitter {
            reader.splitter = Splitter::Sheets(workbook);
        }
        Ok((reader, found))
    }

    /// The headers as they stand in the file, only once: at most one, but of a workbook one a sheet.
    pub fn take_headers(&mut self) -> Vec<HeaderRow> {
        std::mem::take(&mut self.headers)
    }

    /// Where the fields' cells stand.
    pub fn layout(&self) -> &Arc<Layout> {
        &self.layout
    }

    /// What the file is read as: JSON Lines and documents are not told apart. `None`: it cannot be read.
    pub const fn format(&self) -> Option<InputFormat> {
        match &self.splitter {
            Splitter::Rows(rows) if rows.dialect.delimiter == b'\t' => Some(InputFormat::Tsv),
            Splitter::Rows(_) => Some(InputFormat::Csv),
            Splitter::Values(_) => Some(InputFormat::Json),
            Splitter::Sheets(_) => Some(InputFormat::Xlsx),
            Splitter::Nothing => None,
        }
    }

    /// What stands between the cells. `None`: it is no delimited text.
    pub const fn separator(&self) -> Option<u8> {
        match &self.splitter {
            Splitter::Rows(rows) => Some(rows.dialect.delimiter),
            _ => None,
        }
    }

    /// How its bytes are read, as far as it has been read.
    pub fn encoding(&self) -> Encoding {
        self.intake.encoding()
    }

    /// Whether all of the file can be read, as far as it has been read.
    pub fn is_readable(&self) -> bool {
        let whole = match &self.splitter {
            Splitter::Rows(_) => true,
            Splitter::Values(values) => values.is_whole(),
            Splitter::Sheets(workbook) => workbook.is_whole(),
            Splitter::Nothing => false,
        };
        whole && self.intake.damage().is_none()
    }

    /// The next records. `None`: there are no more.
    pub fn next_block(&mut self) -> Result<Option<Block>, Error> {
        let (source, most) = (self.source, self.chunk_records);
        match &mut self.splitter {
            Splitter::Rows(rows) => rows.block(&mut self.intake, source, &self.layout, most),
            Splitter::Values(values) => values.block(&mut self.intake, source, &self.layout, most),
            Splitter::Sheets(workbook) => workbook.next_block(),
            Splitter::Nothing => Ok(None),
        }
    }

    /// What is known of the file only after its last block: rows that were left out, a late decision on its encoding,
    /// an end that comes too early.
    pub fn finish(mut self) -> Diagnostics {
        let mut found = Diagnostics::new();
        self.tell_encoding(&mut found);
        let source = self.source;
        if let Some(damage) = self.intake.damage() {
            found.push(telling::damage(damage, source));
        }
        let values = match self.splitter {
            Splitter::Values(ref values) => values,
            Splitter::Sheets(workbook) => return workbook.finish(),
            Splitter::Rows(rows) => {
                found.append(rows.skipped());
                return found;
            }
            Splitter::Nothing => return found,
        };
        if let Some((fault, line)) = values.fault() {
            found.push(self.not_json(fault, line));
        } else if let Some((count, line)) = values.without_records() {
            let missing = self.about_file(&structure::RECORDS_NOT_FOUND);
            let pointer = self.records.as_deref().unwrap_or_default();
            found.push(missing.with("expected", pointer).with("count", count).with("line", line));
        }
        found
    }

    /// Finds the header, and by it what separates the cells.
    fn open_rows(
        &mut self,
        name: &str,
        format: InputFormat,
        form: &Arc<FormNeeds>,
        options: &ReadOptions,
    ) -> Result<Diagnostics, Error> {
        let separators = format::separators(name, self.intake.bytes(), format, options.format.is_some());
        let mut best: Option<(u8, Head, Heading)> = None;
        for &separator in separators {
            let head = Rows::new(separator).head(&mut self.intake)?;
            let heading = heading::find(&head.rows, self.source, form);
            let known = heading.known;
            if best.as_ref().is_none_or(|(_, _, best)| known > best.known) {
                best = Some((separator, head, heading));
            }
            // One column may be known by chance, more are not.
            if known > 1 {
                break;
            }
        }
        let mut found = Diagnostics::new();
        self.tell_encoding(&mut found);
        let Some((separator, head, mut heading)) = best else { return Ok(found) };
        found.append(std::mem::take(&mut heading.diagnostics));
        if heading.is_usable() {
            let contradicted = format::contradicted(name, separator);
            found.extend(contradicted.map(|ending| telling::separator(separator, &ending, self.source)));
            self.begin_rows(separator, &head, &heading, form);
        }
        // A header beyond all forms is told of, but not drawn: each picture is cut from the whole of it. Nor is a row that
        // is none: it may hold answers.
        let drawn = heading.is_usable() && heading.row.cells.len() <= WIDEST_DRAWN;
        self.headers = Some(heading.row).filter(|_| drawn).into_iter().collect();
        Ok(found)
    }

    /// The records begin behind the header; what stands above it is left out.
    fn begin_rows(&mut self, separator: u8, head: &Head, heading: &Heading, form: &Arc<FormNeeds>) {
        let watch = Watch::new(form, &heading.columns, &heading.row.cells, self.intake.encoding());
        let mut skipped = Skipped::new(self.source);
        let above = head.rows.get(..heading.above).unwrap_or(&[]);
        if let Some((first, last)) = above.first().zip(above.last()) {
            skipped.note(first.line, last.line, Some(heading::whole(first, self.source)));
        }
        let mut rows = Rows::new(separator);
        rows.begin(&mut self.intake, head, heading.rows(), Asides { watch, skipped, source: self.source });
        rows.dialect.least = heading.columns.len();
        rows.dialect.most = heading.row.cells.len();
        self.layout = Arc::new(Layout::rows(Arc::clone(form), rows.dialect, &heading.columns));
        self.splitter = Splitter::Rows(Box::new(rows));
    }

    fn open_json(&mut self, format: InputFormat, options: &ReadOptions) -> Diagnostics {
        if self.intake.encoding() == Encoding::Cp932 {
            // JSON between systems is UTF-8 (RFC 8259), and a program that writes it can be mended, as a spreadsheet
            // cannot. In CP932 its brackets would be halves of characters: cutting it would need a second map of offsets.
            self.told_encoding = true;
            return Diagnostics::from_iter([telling::not_utf8(self.source)]);
        }
        let mut found = Diagnostics::new();
        self.tell_encoding(&mut found);
        self.splitter = Splitter::Values(if let Some(pointer) = &options.records {
            Values::at(pointer, &mut self.intake)
        } else {
            let (framing, start) = format::framing(self.intake.bytes(), format, options.format.is_some());
            Values::new(framing, &mut self.intake, start)
        });
        self.records.clone_from(&options.records);
        found
    }

    fn about_file(&self, code: &'static Code) -> Diagnostic {
        Diagnostic::new(code, Place::File(self.source))
    }

    fn not_json(&self, fault: JsonFault, line: u64) -> Diagnostic {
        self.about_file(&structure::FILE_NOT_JSON).with("line", line).with("found", fault.argument())
    }

    /// Tells how the bytes are read, once that is decided.
    fn tell_encoding(&mut self, found: &mut Diagnostics) {
        let Some(judged) = self.intake.judged().filter(|_| !self.told_encoding) else { return };
        self.told_encoding = true;
        match self.intake.unknown() {
            Some(unreadable) => found.push(telling::unknown(unreadable.like, false, self.source)),
            None => found.extend(telling::encoding(judged, self.source)),
        }
    }
}
