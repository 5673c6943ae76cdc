//! The walk from recipe to file: decide in sequence, draw and write in parallel, merge in order.
//!
//! Invariants
//! - A block of records is all that is in memory; blocks and the chunks in them are written in order.
//! - Marginals count what was drawn, not what defects made of it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use super::defect::{Injection, RowEdit, Truth, choose};
use super::draw::Drawing;
use super::marginals::Marginals;
use super::mutate::{self, mutate};
use super::output::{Format, Writer, string};
use super::random::{Purpose, Streams, Words};
use super::recipe::{Percent, Recipe};
use super::record::{Labels, Record, text};
use super::selection::{Selection, Sizes, Unit};
use crate::diagnostic::Language;
use crate::error::Error;
use crate::questionnaire::Questionnaire;

/// Records made by one thread at a time.
const CHUNK: usize = 512;
/// Chunks in memory at a time.
const CHUNKS: usize = 16;
/// Records looked at to tell which kinds of defect fit few.
const PROBE: usize = 2048;

/// How the bytes of a file stand for its characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OutputEncoding {
    /// UTF-8.
    #[default]
    Utf8,
    /// UTF-8 with a mark in front.
    Utf8WithMark,
    /// The Windows table of Shift_JIS.
    Cp932,
}

/// What is done to drawn records.
#[derive(Debug, Clone, Default)]
pub enum Change {
    /// Nothing.
    #[default]
    None,
    /// A share of them, exact, gets a known defect.
    Defects(Injection, Percent),
    /// A share of them, exact, gets random mutations.
    Mutations(Percent),
}

impl Change {
    fn share(&self) -> Percent {
        match self {
            Self::None => Percent::default(),
            Self::Defects(_, share) | Self::Mutations(share) => *share,
        }
    }
}

/// What a run of the generator is asked for.
#[derive(Debug, Clone, Default)]
pub struct GenerateOptions {
    /// Records to write. `None`: as many as the recipe says.
    pub records: Option<u64>,
    /// Random seed. `None`: the recipe's.
    pub seed: Option<u64>,
    /// Format of the file.
    pub format: Format,
    /// Encoding of the file; the truth list is always UTF-8.
    pub encoding: OutputEncoding,
    /// How options are written.
    pub labels: Labels,
    /// JSON by the fields' pointers (else flat, by name).
    pub nested: bool,
    /// What is done to the records.
    pub change: Change,
    /// Names of the fields whose text is the record's key in the truth list.
    pub key: Vec<String>,
}

/// Where bytes go, and what the place is called in messages.
pub struct Output<'a> {
    /// Such as the file's path, or `-`.
    pub name: &'a Path,
    /// The place.
    pub write: &'a mut dyn io::Write,
}

impl Output<'_> {
    fn put(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.write.write_all(bytes).map_err(|source| match source.kind() {
            io::ErrorKind::BrokenPipe => Error::OutputClosed,
            _ => Error::Write { path: self.name.to_path_buf(), source },
        })
    }
}

/// What a run has made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The seed that was used.
    pub seed: u64,
    /// Asked and answered, by stratum.
    pub sizes: Sizes,
    /// Counts of the drawn records.
    pub marginals: Marginals,
    /// Records that were to be changed.
    pub marked: u64,
    /// Records that were changed (a record that fits no kind stays clean).
    pub changed: u64,
    /// How often each kind of defect or mutation was done.
    pub kinds: BTreeMap<Arc<str>, u64>,
}

impl Summary {
    /// What a person reads after the run: the marginals, and what was changed.
    pub fn print(&self, recipe: &Recipe, questionnaire: &Questionnaire, language: Language) -> String {
        let mut text = self.marginals.table(recipe, &self.sizes, questionnaire, language);
        let (seed, marked, changed) = (self.seed, self.marked, self.changed);
        // Writing to a string cannot fail.
        let _ = match language {
            Language::Ja => writeln!(text, "乱数の種 {seed}、変更した記録 {changed}件（予定 {marked}件）"),
            Language::En => {
                writeln!(text, "seed {seed}, records changed {changed} (of {marked} to be changed)")
            }
        };
        for (kind, count) in &self.kinds {
            let _ = writeln!(text, "{count:>8}  {kind}");
        }
        text
    }
}

/// Writes the records of `recipe` to `out`, and what was done to them to `truth`.
pub fn generate(
    recipe: &Recipe,
    questionnaire: &Questionnaire,
    options: &GenerateOptions,
    mut out: Output<'_>,
    mut truth: Option<Output<'_>>,
) -> Result<Summary, Error> {
    if options.encoding == OutputEncoding::Cp932 && !options.format.has_rows() {
        let message = "JSONはUTF-8でのみ出力できます / JSON is written in UTF-8 only".to_owned();
        return Err(Error::Usage { message });
    }
    let seed = options.seed.unwrap_or(recipe.seed);
    let sizes = Sizes::new(recipe, options.records);
    let marked = options.change.share().of(sizes.answered.iter().sum());
    let maker = Maker::new(recipe, questionnaire, options, seed, &sizes)?;
    let mut summary = Summary {
        seed,
        marginals: Marginals::new(recipe.strata.len(), questionnaire),
        marked,
        changed: 0,
        kinds: BTreeMap::new(),
        sizes: sizes.clone(),
    };
    if options.encoding == OutputEncoding::Utf8WithMark {
        out.put("\u{feff}".as_bytes())?;
    }
    out.put(&maker.encoded(&maker.writer.head())?)?;
    let mut units = Selection::new(recipe, &sizes, seed, marked);
    loop {
        let block: Vec<Unit> = units.by_ref().take(CHUNK * CHUNKS).collect();
        if block.is_empty() {
            break;
        }
        let parts: Vec<Result<Part, Error>> =
            block.par_chunks(CHUNK).map(|units| maker.part(units)).collect();
        for part in parts {
            let part = part?;
            out.put(&part.bytes)?;
            if let Some(truth) = &mut truth {
                truth.put(part.truth.as_bytes())?;
            }
            summary.marginals.join(&part.marginals);
            summary.changed += part.changed;
            for (kind, count) in part.kinds {
                *summary.kinds.entry(kind).or_default() += count;
            }
        }
    }
    let tail = maker.writer.tail(summary.marginals.records() > 0);
    out.put(tail.as_bytes())?;
    Ok(summary)
}

/// What one thread makes of some units.
struct Part {
    bytes: Vec<u8>,
    truth: String,
    marginals: Marginals,
    changed: u64,
    kinds: BTreeMap<Arc<str>, u64>,
}

/// All that threads share.
struct Maker<'a> {
    drawing: Drawing<'a>,
    options: &'a GenerateOptions,
    writer: Writer<'a>,
    answers: Streams,
    defects: Streams,
    /// Positions of the key fields.
    key: Vec<usize>,
    /// What is done to marked records, kinds of defect weighed.
    change: Change,
}

impl<'a> Maker<'a> {
    fn new(
        recipe: &'a Recipe,
        questionnaire: &'a Questionnaire,
        options: &'a GenerateOptions,
        seed: u64,
        sizes: &Sizes,
    ) -> Result<Self, Error> {
        let key = options.key.iter().map(|name| questionnaire.by_name.get(&**name).copied().ok_or(name));
        let key = key.collect::<Result<Vec<usize>, &String>>().map_err(|name| Error::Usage {
            message: format!(
                "項目「{name}」は調査票にありません / the questionnaire has no field \"{name}\""
            ),
        })?;
        let mut maker = Self {
            drawing: Drawing { recipe, questionnaire, seed },
            options,
            writer: Writer::new(questionnaire, options.format, options.labels, options.nested),
            answers: Streams::new(seed, Purpose::Answers),
            defects: Streams::new(seed, Purpose::Defects),
            key,
            change: Change::None,
        };
        maker.change = match &options.change {
            Change::Defects(injection, share) => {
                Change::Defects(injection.clone().weighed(&maker.probe(sizes)), *share)
            }
            other => other.clone(),
        };
        Ok(maker)
    }

    /// The first records of the run, clean.
    fn probe(&self, sizes: &Sizes) -> Vec<Record> {
        let mut words = Words::default();
        let units = Selection::new(self.drawing.recipe, sizes, self.drawing.seed, 0).take(PROBE);
        let records = units.map(|unit| {
            self.answers.fill(unit.serial, self.drawing.recipe.draws.len(), &mut words);
            self.drawing.record(&unit, &words)
        });
        records.collect()
    }

    fn encoded(&self, text: &str) -> Result<Vec<u8>, Error> {
        if self.options.encoding != OutputEncoding::Cp932 {
            return Ok(text.as_bytes().to_vec());
        }
        let (bytes, _, lossy) = encoding_rs::SHIFT_JIS.encode(text);
        if lossy {
            let message = "CP932にない文字があります。UTF-8で出力してください / some characters do not exist in CP932; please write UTF-8";
            return Err(Error::Usage { message: message.to_owned() });
        }
        Ok(bytes.into_owned())
    }

    fn part(&self, units: &[Unit]) -> Result<Part, Error> {
        let recipe = self.drawing.recipe;
        let mut text = String::with_capacity(units.len() * 256);
        let mut part = Part {
            bytes: Vec::new(),
            truth: String::new(),
            marginals: Marginals::new(recipe.strata.len(), self.drawing.questionnaire),
            changed: 0,
            kinds: BTreeMap::new(),
        };
        let mut words = Words::default();
        for unit in units {
            self.answers.fill(unit.serial, recipe.draws.len(), &mut words);
            let mut record = self.drawing.record(unit, &words);
            part.marginals.add(&record);
            let row = if unit.marked { self.change(unit, &mut record, &mut part) } else { RowEdit::Whole };
            self.writer.record(&record, row, unit.record == 1, &mut text);
        }
        part.bytes = self.encoded(&text)?;
        Ok(part)
    }

    /// Does to `record` what the run is asked for, and writes it down.
    fn change(&self, unit: &Unit, record: &mut Record, part: &mut Part) -> RowEdit {
        let questionnaire = self.drawing.questionnaire;
        let mut words = Words::default();
        self.defects.fill(unit.serial, 1, &mut words);
        let mut dice = words.dice(0);
        let key = self.key(record);
        match &self.change {
            Change::None => RowEdit::Whole,
            Change::Defects(injection, _) => {
                let Some(truth) = choose(injection, record, &mut dice, questionnaire) else {
                    return RowEdit::Whole;
                };
                part.changed += 1;
                for kind in &truth.kinds {
                    *part.kinds.entry(Arc::clone(kind)).or_default() += 1;
                }
                defect_line(unit.record, &key, &truth, &mut part.truth);
                truth.row
            }
            Change::Mutations(_) => {
                let changes = mutate(record, &mut dice, questionnaire);
                if !changes.is_empty() {
                    part.changed += 1;
                    for change in &changes {
                        *part.kinds.entry(Arc::from(change.mutation.word())).or_default() += 1;
                    }
                    mutation_line(unit.record, &key, &changes, questionnaire, &mut part.truth);
                }
                RowEdit::Whole
            }
        }
    }

    /// The key of a clean record, as in its file.
    fn key(&self, record: &Record) -> String {
        let fields = self.key.iter().filter_map(|&position| {
            let field = self.drawing.questionnaire.fields.get(position)?;
            Some(text(record.cell(position), field, Labels::Code))
        });
        fields.collect::<Vec<_>>().join("+")
    }
}

fn head(record: u64, key: &str, into: &mut String) {
    // Writing to a string cannot fail.
    let _ = write!(into, "{{\"record\":{record},\"key\":");
    string(key, into);
}

/// A JSON list of `items`, each written by `one`.
fn list<T>(items: &[T], into: &mut String, mut one: impl FnMut(&T, &mut String)) {
    into.push('[');
    for (index, item) in items.iter().enumerate() {
        into.push_str(if index > 0 { "," } else { "" });
        one(item, into);
    }
    into.push(']');
}

fn defect_line(record: u64, key: &str, truth: &Truth, into: &mut String) {
    head(record, key, into);
    into.push_str(",\"kinds\":");
    list(&truth.kinds, into, |kind, into| string(kind, into));
    into.push_str(",\"findings\":");
    list(&truth.findings, into, |finding, into| {
        into.push_str("{\"rule\":");
        string(&finding.rule, into);
        into.push_str(",\"field\":");
        match &finding.field {
            Some(field) => string(field, into),
            None => into.push_str("null"),
        }
        if let Some(profile) = &finding.profile {
            into.push_str(",\"profile\":");
            string(profile, into);
        }
        into.push('}');
    });
    into.push_str("}\n");
}

fn mutation_line(
    record: u64,
    key: &str,
    changes: &[mutate::Change],
    questionnaire: &Questionnaire,
    into: &mut String,
) {
    head(record, key, into);
    into.push_str(",\"changes\":");
    list(changes, into, |change, into| {
        let field = questionnaire.fields.get(change.field).map_or("", |field| &*field.name);
        for (before, text) in [
            ("{\"field\":", field),
            (",\"mutation\":", change.mutation.word()),
            (",\"before\":", &change.before),
            (",\"after\":", &change.after),
        ] {
            into.push_str(before);
            string(text, into);
        }
        into.push('}');
    });
    into.push_str("}\n");
}
