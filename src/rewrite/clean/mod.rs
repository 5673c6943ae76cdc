//! `clean`: the records that may be counted and those that may not, the queries about them, and what is enough to do it
//! again, in one folder.
//!
//! Invariants
//! - A record is written once: into the file of its outcome.
//! - Private fields stand in the queries and nowhere else in the folder.
//! - Memory does not grow with the records, but for workbooks.

mod columns;
mod file_queries;
mod json;
mod manifest;
mod not_received;
mod output;
mod query;
mod sheet;
mod text;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

pub use file_queries::FileQueries;
pub use manifest::{Options, Stated};
pub use not_received::reads as reads_of_units;

use crate::batch::Batch;
use crate::diagnostic::Language;
use crate::engine::admission::{Admission, Totals};
use crate::engine::fold::{Fold, LostRecord, OpenedFile, SettledBlock, SettledRow};
use crate::engine::{FirstPass, Part};
use crate::error::Error;
use crate::input::InputFormat;
use crate::rule_pack::RulePack;
use crate::source::folder::{Folder, Known};
use columns::{Columns, Value, free_names};
use output::{Output, Shape, place};
use query::{Given, Queries};
use text::TextShape;

/// How the folders are known.
pub const KNOWN: Known = Known { list: "manifest.json", sign: "\"document\": \"kenpyo-clean\"" };

/// The file of the queries.
const QUERIES: &str = "queries.csv";

/// The file of what is wrong with linked files and the run as a whole.
const OF_OFFICE: &str = "office.csv";

/// Records of one outcome for one reason.
type Reasons = BTreeMap<(Admission, Arc<str>), u64>;

/// What came of the records of one input.
#[derive(Debug, Clone, Copy, Default)]
struct InputCounts {
    /// Which output they stand in. `None`: it has no record that could be read.
    output: Option<usize>,
    /// By outcome.
    records: [u64; 4],
}

/// What the folder is written with, beside the records.
#[derive(Debug, Clone)]
pub struct Words {
    /// The language of the queries.
    pub language: Language,
    /// By when replies are asked for. `None`: nobody says.
    pub deadline: Option<String>,
    /// What names the run in its queries.
    pub run: Arc<str>,
    /// Whether all JSON is said to be JSON Lines.
    pub json_lines: bool,
}

/// Writes the folder while the second pass goes.
pub struct Cleaner {
    folder: Folder,
    columns: Vec<Columns>,
    /// Whether all JSON is said to be JSON Lines.
    json_lines: bool,
    queries: Queries,
    outputs: Vec<Output>,
    inputs: Vec<InputCounts>,
    /// The name of the file whose records come now.
    name: Arc<str>,
    reasons: Reasons,
    asked: u64,
    /// Findings that are the office's to look after.
    of_office: u64,
}

/// What comes of one block.
#[derive(Debug, Default)]
pub struct Piece {
    records: [u64; 4],
    bytes: [Vec<u8>; 4],
    rows: [Vec<Vec<String>>; 4],
    queries: String,
    asked: u64,
    reasons: Reasons,
}

impl Piece {
    fn add(&mut self, row: &SettledRow<'_>, bytes: &[u8], cells: Option<Vec<String>>) {
        let settled = &row.settled;
        let place = place(settled.admission);
        if let Some(records) = self.records.get_mut(place) {
            *records += 1;
        }
        if let Some(all) = self.bytes.get_mut(place) {
            all.extend_from_slice(bytes);
        }
        if let (Some(rows), Some(cells)) = (self.rows.get_mut(place), cells) {
            rows.push(cells);
        }
        for reason in &settled.reasons {
            *self.reasons.entry((settled.admission, Arc::clone(reason))).or_default() += 1;
        }
    }
}

impl Cleaner {
    /// Begins to write into `folder` what comes of a run of `parts`; `about_files` are the findings about files and the
    /// run, of which those about submissions are queries.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn begin(
        folder: Folder,
        parts: &[Part<'_>],
        first: &FirstPass,
        about_files: &FileQueries,
        words: Words,
    ) -> Result<Self, Error> {
        let Words { language, deadline, run, json_lines } = words;
        let mut contacts: Vec<Arc<str>> = Vec::new();
        for field in parts.iter().flat_map(|part| &part.plan.pack.questionnaire.fields) {
            if field.private && !contacts.contains(&field.name) {
                contacts.push(Arc::clone(&field.name));
            }
        }
        let queries = Queries {
            language,
            deadline,
            run,
            contacts,
            names: first.header.names.clone(),
            several_files: first.header.files.len() > 1,
        };
        let mut cleaner = Self {
            folder,
            json_lines,
            columns: parts.iter().map(|part| Columns::of(&part.plan.pack)).collect(),
            queries,
            outputs: Vec::new(),
            inputs: Vec::new(),
            name: Arc::default(),
            reasons: Reasons::new(),
            asked: 0,
            of_office: 0,
        };
        let mut text = cleaner.queries.head();
        let mut given = Given::new();
        for finding in &about_files.asked {
            cleaner.queries.line(finding, None, &mut given, &mut text);
            cleaner.asked += 1;
        }
        cleaner.folder.append(QUERIES, text.as_bytes())?;
        if !about_files.of_office.is_empty() {
            let name = |file| cleaner.queries.names.get(&file).map(Arc::clone).unwrap_or_default();
            let text = file_queries::of_office(&about_files.of_office, language, name);
            cleaner.folder.append(OF_OFFICE, text.as_bytes())?;
        }
        cleaner.of_office = about_files.of_office.len().try_into().unwrap_or(u64::MAX);
        for (number, (part, missing, table)) in (1..).zip(first.missing()) {
            let Some(plan) = parts.get(part).map(|part| part.plan) else { continue };
            // An empty list would say that nobody is missing.
            if !missing.is_known {
                continue;
            }
            let text = not_received::text(&plan.pack, missing, table);
            cleaner.folder.append(&not_received::name(number), text.as_bytes())?;
        }
        Ok(cleaner)
    }

    /// How many queries there are.
    pub const fn asked(&self) -> u64 {
        self.asked
    }

    /// Ends the records' files, writes what says all of it, and puts the folder into its place.
    ///
    /// # Errors
    /// It cannot be written, or something stands there by now.
    pub fn finish(
        mut self,
        first: &FirstPass,
        totals: &Totals,
        options: &Options,
        replace: bool,
    ) -> Result<(), Error> {
        for output in &mut self.outputs {
            output.finish(&mut self.folder)?;
        }
        let manifest = manifest::text(&self, first, totals, options);
        self.folder.append(KNOWN.list, manifest.as_bytes())?;
        self.folder.commit(replace)
    }

    /// How the records of `file` are written. `None`: it has none.
    fn shape(&self, file: &OpenedFile<'_>, further: &[String]) -> Option<Shape> {
        match file.line.format? {
            InputFormat::Csv | InputFormat::Tsv => TextShape::of(file, further).map(Shape::Text),
            InputFormat::Xlsx => Some(Shape::sheet(&file.plan.pack.questionnaire)),
            InputFormat::Json | InputFormat::JsonLines => {
                Some(Shape::Json { document: !self.json_lines && !is_called_lines(&file.line.name) })
            }
        }
    }

    /// The output of the file whose records come now.
    fn output(&self) -> Option<&Output> {
        self.outputs.get(self.inputs.last()?.output?)
    }

    /// One record: its bytes, or the cells of a workbook.
    fn write(
        &self,
        row: Option<(&RulePack, &Batch, usize)>,
        values: &[Value],
    ) -> (Vec<u8>, Option<Vec<String>>) {
        let Some(output) = self.output() else { return (Vec::new(), None) };
        let cells = || -> Vec<String> { values.iter().map(Value::cell).collect() };
        match (&output.shape, row) {
            (Shape::Text(shape), Some((pack, batch, row))) => {
                (shape.record(pack, batch, row, &cells()), None)
            }
            (Shape::Text(shape), None) => (shape.blank(&cells()), None),
            (Shape::Json { document }, row) => {
                let object = match row {
                    Some((pack, batch, row)) => json::record(pack, batch, row, &output.further, values),
                    None => json::blank(&output.further, values),
                };
                let line = if *document { [b",\n", &*object].concat() } else { [&*object, b"\n"].concat() };
                (line, None)
            }
            (Shape::Sheet(columns), Some((pack, batch, row))) => {
                (Vec::new(), Some(sheet::record(&pack.questionnaire, columns, batch, row, &cells())))
            }
            (Shape::Sheet(columns), None) => {
                (Vec::new(), Some(columns.iter().map(|_| String::new()).chain(cells()).collect()))
            }
        }
    }
}

/// Whether a file's name says that it holds JSON Lines.
fn is_called_lines(name: &str) -> bool {
    let ending =
        |name: &str| Path::new(name).extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    let packed = ending(name).as_deref() == Some("gz");
    let name = if packed { Path::new(name).with_extension("") } else { name.into() };
    matches!(ending(&name.to_string_lossy()).as_deref(), Some("jsonl" | "ndjson"))
}

impl Fold for Cleaner {
    type Part = Piece;

    fn wants_values(&self) -> bool {
        true
    }

    fn file(&mut self, file: &OpenedFile<'_>) -> Result<(), Error> {
        self.name = Arc::clone(&file.line.name);
        let names = self.columns.get(file.part).map(|columns| columns.names.clone()).unwrap_or_default();
        let mut output = None;
        if let Some(shape) = self.shape(file, &names) {
            let further = match &shape {
                Shape::Text(text) => free_names(&names, &|name| text.header.iter().any(|own| own == name)),
                Shape::Sheet(own) => free_names(&names, &|name| own.iter().any(|(own, _)| own == name)),
                Shape::Json { .. } => names,
            };
            let alike = |known: &Output| known.part == file.part && known.shape == shape;
            let found = self.outputs.iter().position(alike);
            if found.is_none() {
                let begun = Output::begin((file.part, shape, further), &self.outputs, &mut self.folder)?;
                self.outputs.push(begun);
            }
            output = found.or(self.outputs.len().checked_sub(1));
        }
        self.inputs.push(InputCounts { output, records: [0; 4] });
        Ok(())
    }

    fn block(&self, block: &SettledBlock<'_>) -> Piece {
        let mut piece = Piece::default();
        let Some(columns) = self.columns.get(block.part) else { return piece };
        let values = columns.values(block, &self.name);
        for (row, (settled, values)) in block.rows.iter().zip(&values).enumerate() {
            let (bytes, cells) = self.write(Some((&block.plan.pack, block.batch, row)), values);
            piece.add(settled, &bytes, cells);
            piece.asked += self.queries.record(block, row, settled, &mut piece.queries);
        }
        piece
    }

    fn lost(&self, record: &LostRecord<'_>) -> Piece {
        let mut piece = Piece::default();
        let Some(columns) = self.columns.get(record.part) else { return piece };
        let values = columns.unknown(record, &self.name);
        let (bytes, cells) = self.write(None, &values);
        piece.add(&record.row, &bytes, cells);
        let mut given = Given::new();
        for finding in &record.finding.findings {
            self.queries.line(finding, None, &mut given, &mut piece.queries);
            piece.asked += 1;
        }
        piece
    }

    fn merge(&mut self, part: Piece) -> Result<(), Error> {
        let Piece { records, bytes, rows, queries, asked, reasons } = part;
        self.asked += asked;
        for (reason, count) in reasons {
            *self.reasons.entry(reason).or_default() += count;
        }
        if !queries.is_empty() {
            self.folder.append(QUERIES, queries.as_bytes())?;
        }
        let Some(counts) = self.inputs.last_mut() else { return Ok(()) };
        for (sum, count) in counts.records.iter_mut().zip(records) {
            *sum += count;
        }
        let Some(output) = counts.output.and_then(|place| self.outputs.get_mut(place)) else { return Ok(()) };
        for (((admission, count), bytes), rows) in
            Admission::ALL.into_iter().zip(records).zip(&bytes).zip(rows)
        {
            output.add(admission, count, (bytes, rows), &mut self.folder)?;
        }
        Ok(())
    }
}
