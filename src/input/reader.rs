//! One submission: its format, its encoding, its header, and then its records in blocks.
//!
//! Invariants
//! - Blocks come in order and hold whole records; how many are in one is the caller's choice and changes nothing.
//! - What is wrong with the file as a whole is a diagnostic; only reading itself can stop the run.
//! - Memory does not grow with the file.

use std::sync::Arc;

use super::csv::Rows;
use super::heading::{self, HeaderRow};
use super::intake::Intake;
use super::json_balance::{Balance, balance};
use super::json_split::{Framing, Values};
use super::row_fault::JsonFault;
use super::workbook_file::{self, Workbook};
use super::{Block, FormNeeds, Layout};
use crate::diagnostic::code::structure;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::error::Error;
use crate::source::SourceId;
use crate::source::encoding::{Encoding, UTF8_MARK};
use crate::source::reader::{Stream, Windows};

/// Most columns of a header that is drawn in findings.
const WIDEST_DRAWN: usize = 10_000;

/// The formats that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputFormat {
    /// Comma-separated.
    Csv,
    /// Tab-separated.
    Tsv,
    /// One JSON value: an object, or an array of objects.
    Json,
    /// One JSON object on each line.
    JsonLines,
    /// A workbook.
    Xlsx,
}

impl InputFormat {
    /// The names on a command line, in the order of help.
    pub const NAMES: &'static [&'static str] = &["csv", "tsv", "json", "jsonl", "xlsx"];

    /// The format called `name`. `None`: no such format.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "csv" => Some(Self::Csv),
            "tsv" => Some(Self::Tsv),
            "json" => Some(Self::Json),
            "jsonl" => Some(Self::JsonLines),
            "xlsx" => Some(Self::Xlsx),
            _ => None,
        }
    }
}

/// How a submission is read.
#[derive(Debug, Clone)]
pub struct ReadOptions {
    /// `None`: told by the name and the first bytes.
    pub format: Option<InputFormat>,
    /// `None`: told by the bytes.
    pub encoding: Option<Encoding>,
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
    Rows(Rows),
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
    /// KP-S002 has been given, or does not apply.
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
        let mut reader = Self::new(source, Windows::new(name, stream.into_read()), form, options);
        reader.intake.more()?;
        let utf16 = matches!(reader.intake.bytes(), [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]);
        if reader.intake.bytes().starts_with(UTF8_MARK) && options.encoding != Some(Encoding::Cp932) {
            reader.intake.force(Encoding::Utf8);
            reader.intake.consume(UTF8_MARK.len());
        } else if utf16 && options.encoding.is_none() || reader.intake.is_unknown() {
            let json = matches!(
                options.format.unwrap_or_else(|| sniff(name, reader.intake.bytes())),
                InputFormat::Json | InputFormat::JsonLines
            );
            let code = if json { &structure::JSON_NOT_UTF8 } else { &structure::ENCODING_UNKNOWN };
            let refused = reader.about_file(code);
            return Ok((reader, Diagnostics::from_iter([refused])));
        }
        let format = options.format.unwrap_or_else(|| sniff(name, reader.intake.bytes()));
        let diagnostics = match format {
            InputFormat::Csv => reader.open_rows(b',', form)?,
            InputFormat::Tsv => reader.open_rows(b'\t', form)?,
            InputFormat::Json | InputFormat::JsonLines => reader.open_json(format, options),
            InputFormat::Xlsx => Diagnostics::new(),
        };
        Ok((reader, diagnostics))
    }

    fn new(source: SourceId, windows: Windows, form: &Arc<FormNeeds>, options: &ReadOptions) -> Self {
        Self {
            source,
            intake: Intake::new(windows, options.encoding),
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
        let nothing = Windows::new(name, Box::new(std::io::empty()));
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

    /// How its bytes are read, as far as it has been read.
    pub fn encoding(&self) -> Encoding {
        self.intake.encoding()
    }

    /// Whether all of the file can be read, as far as it has been read.
    pub const fn is_readable(&self) -> bool {
        match &self.splitter {
            Splitter::Rows(_) => true,
            Splitter::Values(values) => values.is_whole(),
            Splitter::Sheets(workbook) => workbook.is_whole(),
            Splitter::Nothing => false,
        }
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

    /// What is known of the file only after its last block: a late change of encoding, JSON that breaks off.
    pub fn finish(mut self) -> Diagnostics {
        let mut found = Diagnostics::new();
        self.tell_encoding(&mut found);
        let values = match self.splitter {
            Splitter::Sheets(workbook) => return workbook.finish(),
            Splitter::Values(ref values) => values,
            Splitter::Rows(_) | Splitter::Nothing => return found,
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

    fn open_rows(&mut self, delimiter: u8, form: &Arc<FormNeeds>) -> Result<Diagnostics, Error> {
        let mut rows = Rows::new(delimiter);
        let head = rows.head(&mut self.intake)?;
        let mut found = Diagnostics::new();
        self.tell_encoding(&mut found);
        let mut heading = heading::find(&head.rows, self.source, form);
        found.append(std::mem::take(&mut heading.diagnostics));
        if heading.is_usable() {
            rows.begin(&mut self.intake, &head, heading.rows());
            rows.dialect.least = heading.columns.len();
            rows.dialect.most = heading.row.cells.len();
            self.layout = Arc::new(Layout::rows(Arc::clone(form), rows.dialect, &heading.columns));
            self.splitter = Splitter::Rows(rows);
        }
        // A header beyond all forms is told of, but not drawn: each picture is cut from the whole of it.
        self.headers = Some(heading.row).filter(|row| row.cells.len() <= WIDEST_DRAWN).into_iter().collect();
        Ok(found)
    }

    fn open_json(&mut self, format: InputFormat, options: &ReadOptions) -> Diagnostics {
        if self.intake.encoding() != Encoding::Utf8 {
            // JSON is UTF-8; in CP932 its brackets would be halves of characters. Nothing is converted.
            self.told_encoding = true;
            return Diagnostics::from_iter([self.about_file(&structure::JSON_NOT_UTF8)]);
        }
        self.splitter = Splitter::Values(if let Some(pointer) = &options.records {
            Values::at(pointer, &mut self.intake)
        } else {
            let (framing, start) = framing(self.intake.bytes(), format, options.format.is_some());
            Values::new(framing, &mut self.intake, start)
        });
        self.records.clone_from(&options.records);
        Diagnostics::new()
    }

    fn about_file(&self, code: &'static Code) -> Diagnostic {
        Diagnostic::new(code, Place::File(self.source))
    }

    fn not_json(&self, fault: JsonFault, line: u64) -> Diagnostic {
        self.about_file(&structure::FILE_NOT_JSON).with("line", line).with("found", fault.argument())
    }

    fn tell_encoding(&mut self, found: &mut Diagnostics) {
        let encoding = self.intake.encoding();
        if encoding != Encoding::Utf8 && !self.told_encoding {
            self.told_encoding = true;
            found.push(self.about_file(&structure::ENCODING_CONVERTED).with("encoding", encoding.name()));
        }
    }
}

/// The format by the name's ending and the first bytes.
fn sniff(name: &str, bytes: &[u8]) -> InputFormat {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    let ending = ending.as_deref();
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    match ending {
        Some("json") => return InputFormat::Json,
        Some("jsonl" | "ndjson") => return InputFormat::JsonLines,
        Some("tsv" | "tab") => return InputFormat::Tsv,
        Some("csv") => {}
        _ if matches!(first, Some(b'{' | b'[')) => return InputFormat::Json,
        _ => {}
    }
    let start = bytes.trim_ascii_start();
    let line = start.split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or(&[]);
    let count = |wanted: u8| memchr::memchr_iter(wanted, line).count();
    // A file called .csv is believed unless its header cannot be one.
    let tabs =
        if ending == Some("csv") { count(b',') == 0 && count(b'\t') > 0 } else { count(b'\t') > count(b',') };
    if tabs { InputFormat::Tsv } else { InputFormat::Csv }
}

/// How records follow each other, and where the first can begin; `told`: the caller has named the format.
fn framing(bytes: &[u8], format: InputFormat, told: bool) -> (Framing, usize) {
    let blank = bytes.len() - bytes.trim_ascii_start().len();
    let list = bytes.get(blank) == Some(&b'[');
    match format {
        InputFormat::JsonLines if told || !list => (Framing::Lines, 0),
        _ if list => (Framing::Elements, blank + 1),
        _ if !told && begins_lines(bytes, blank) => (Framing::Lines, 0),
        _ => (Framing::Values, 0),
    }
}

/// Whether the first line is a whole object and another object follows.
fn begins_lines(bytes: &[u8], start: usize) -> bool {
    let Balance::End(end) = balance(bytes, start, false) else { return false };
    let rest = bytes.get(end..).unwrap_or(&[]);
    let one_line = bytes.get(start..end).is_some_and(|first| !first.contains(&b'\n'));
    let follows = rest.trim_ascii_start().first() == Some(&b'{');
    one_line && follows && rest.iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r')) == Some(&b'\n')
}
