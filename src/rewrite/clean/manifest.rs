//! The manifest of a cleaned folder: what was read, by what it was judged, what came of it, and what was written
//! (`schemas/kenpyo/clean-manifest.json`).
//!
//! Invariants
//! - Enough to do it again: with these inputs, links, options, rules and this program the folder is the same, byte for
//!   byte. No time, host or absolute path stands in it.
//! - The structs here mirror the format and nothing else does; their fields are a promise (`schema_version`).

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::Cleaner;
use super::output::Shape;
use crate::diagnostic::Severity;
use crate::engine::FirstPass;
use crate::engine::admission::{Admission, Totals};
use crate::engine::event::FileLine;
use crate::source::digest;
use crate::source::encoding::Encoding;
use crate::source::folder::Written;

/// Rises when a field changes its meaning or goes; not when one is added.
const SCHEMA_VERSION: u32 = 1;

/// A file that told the run what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stated {
    /// As reports show it.
    pub name: String,
    /// SHA-256 of its bytes, in hexadecimal digits.
    pub sha256: String,
}

/// What the run was asked for.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The file of accepted findings. `None`: nothing was accepted.
    pub accepted: Option<Stated>,
    /// Options that change what comes of the run, by name; those that were not given are not among them.
    pub given: BTreeMap<&'static str, serde_json::Value>,
}

impl Options {
    /// What names the run in its queries: the same for the same inputs, rules, options and program.
    pub fn run(&self, first: &FirstPass) -> Arc<str> {
        let given = serde_json::to_string(&self.given).unwrap_or_default();
        let accepted = self.accepted.as_ref().map(|accepted| accepted.sha256.as_str());
        let packs = first.header.packs().map(|(_, _, hash)| hash);
        let hashes = first.summary.all_files().filter_map(|file| file.hash.as_deref());
        let parts =
            [env!("CARGO_PKG_VERSION"), &given].into_iter().chain(accepted).chain(packs).chain(hashes);
        let all = digest::of_bytes(parts.collect::<Vec<_>>().join("\n").as_bytes());
        all.get(..12).unwrap_or_default().into()
    }
}

#[derive(Debug, Serialize)]
struct Manifest<'a> {
    document: &'static str,
    schema_version: u32,
    tool: Tool,
    run: &'a str,
    surveys: Vec<Survey<'a>>,
    options: &'a BTreeMap<&'static str, serde_json::Value>,
    accepted_findings: Option<&'a Stated>,
    inputs: Vec<Input<'a>>,
    links: Vec<Link<'a>>,
    records: Counts,
    reasons: Vec<Reason<'a>>,
    not_run: Vec<NotRun<'a>>,
    failures: Vec<&'static str>,
    queries: u64,
    office: u64,
    files: Vec<File<'a>>,
}

#[derive(Debug, Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Debug, Serialize)]
struct Survey<'a> {
    #[serde(rename = "survey")]
    id: &'a str,
    wave: &'a str,
    sha256: &'a str,
}

/// What came of the records of an input, or of all.
#[derive(Debug, Serialize)]
struct Counts {
    all: u64,
    accepted: u64,
    held: u64,
    out_of_scope: u64,
    superseded: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    to_confirm: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    open_warnings: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    faults: Option<u64>,
}

impl Counts {
    fn of([accepted, held, out_of_scope, superseded]: [u64; 4]) -> Self {
        Self {
            all: accepted + held + out_of_scope + superseded,
            accepted,
            held,
            out_of_scope,
            superseded,
            to_confirm: None,
            open_warnings: None,
            faults: None,
        }
    }
}

#[derive(Debug, Serialize)]
struct Input<'a> {
    name: &'a str,
    /// Place in `surveys`.
    survey: usize,
    sha256: Option<&'a str>,
    readable: bool,
    encoding: Option<&'static str>,
    records: Counts,
    /// The files in which its records stand, in order, behind those of the inputs before.
    files: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Link<'a> {
    #[serde(rename = "link")]
    called: &'a str,
    survey: usize,
    name: &'a str,
    sha256: Option<&'a str>,
    records: u64,
}

#[derive(Debug, Serialize)]
struct Reason<'a> {
    outcome: &'static str,
    id: &'a str,
    records: u64,
}

#[derive(Debug, Serialize)]
struct NotRun<'a> {
    rule: &'a str,
    survey: usize,
    records: u64,
}

#[derive(Debug, Serialize)]
struct File<'a> {
    name: &'a str,
    sha256: &'a str,
    bytes: u64,
    #[serde(flatten)]
    records: Option<RecordFile>,
}

/// What is to be known of a file of records.
#[derive(Debug, Clone, Serialize)]
struct RecordFile {
    outcome: &'static str,
    records: u64,
    format: &'static str,
    encoding: &'static str,
    separator: Option<String>,
    further_columns: Vec<String>,
}

/// The manifest as text.
pub(super) fn text(cleaner: &Cleaner, first: &FirstPass, totals: &Totals, options: &Options) -> String {
    let of_records = of_records(cleaner);
    let written = cleaner.folder.files();
    let (packs, summary) = (first.header.packs(), &first.summary);
    let survey = |(id, wave, sha256)| Survey { id, wave, sha256 };
    let manifest = Manifest {
        document: "kenpyo-clean",
        schema_version: SCHEMA_VERSION,
        tool: Tool { name: "kenpyo", version: env!("CARGO_PKG_VERSION") },
        run: &cleaner.queries.run,
        surveys: packs.map(survey).collect(),
        options: &options.given,
        accepted_findings: options.accepted.as_ref(),
        inputs: inputs(cleaner, &summary.files),
        links: summary
            .links
            .iter()
            .map(|link| Link {
                called: &link.link,
                survey: link.part,
                name: &link.file.name,
                sha256: link.file.hash.as_deref(),
                records: link.file.records,
            })
            .collect(),
        records: Counts {
            to_confirm: Some(totals.to_confirm),
            open_warnings: Some(totals.open_warnings),
            faults: Some(totals.faults),
            ..Counts::of([totals.accepted, totals.held, totals.out_of_scope, totals.superseded])
        },
        reasons: cleaner
            .reasons
            .iter()
            .map(|((admission, id), records)| Reason { outcome: admission.word(), id, records: *records })
            .collect(),
        not_run: not_run(first),
        failures: summary.failures.iter().map(crate::engine::verdict::Failure::word).collect(),
        queries: cleaner.asked,
        office: cleaner.of_office,
        files: written.iter().map(|file| of_file(file, &of_records)).collect(),
    };
    let mut text = serde_json::to_string_pretty(&manifest).unwrap_or_default();
    text.push('\n');
    text
}

/// Hard edits that were not run on some records, for want of a column, a parameter or a linked file.
fn not_run(first: &FirstPass) -> Vec<NotRun<'_>> {
    let hard = first.summary.rules.iter().filter(|rule| rule.severity >= Severity::Error);
    let lacked = hard.filter_map(|rule| {
        let records = rule.counts.as_ref()?.not_run;
        (records > 0).then_some(NotRun { rule: &rule.id, survey: rule.part, records })
    });
    lacked.collect()
}

fn inputs<'a>(cleaner: &Cleaner, files: &'a [FileLine]) -> Vec<Input<'a>> {
    let input = |(file, counts): (&'a FileLine, &super::InputCounts)| {
        let output = counts.output.and_then(|place| cleaner.outputs.get(place));
        let held_in = |output: &super::Output| {
            let used = Admission::ALL.into_iter().zip(counts.records).filter(|(_, count)| *count > 0);
            used.map(|(admission, _)| output.name(admission)).collect()
        };
        Input {
            name: &file.name,
            survey: output.map_or(0, |output| output.part),
            sha256: file.hash.as_deref(),
            readable: file.readable,
            encoding: file.separator.map(|_| file.encoding.name()),
            records: Counts::of(counts.records),
            files: output.map(held_in).unwrap_or_default(),
        }
    };
    // A file that could not be opened came to nothing.
    let nothing = super::InputCounts::default();
    let counts = cleaner.inputs.iter().chain(std::iter::repeat(&nothing));
    files.iter().zip(counts).map(input).collect()
}

/// What is to be known of the files of records, by name.
fn of_records(cleaner: &Cleaner) -> BTreeMap<String, RecordFile> {
    let mut all = BTreeMap::new();
    for output in &cleaner.outputs {
        for (admission, records) in Admission::ALL.into_iter().zip(output.records) {
            let (encoding, separator) = match &output.shape {
                Shape::Text(text) => (text.encoding, Some(char::from(text.separator).to_string())),
                Shape::Json { .. } | Shape::Sheet(_) => (Encoding::Utf8, None),
            };
            let file = RecordFile {
                outcome: admission.word(),
                records,
                format: output.shape.format(),
                encoding: encoding.name(),
                separator,
                further_columns: output.further.clone(),
            };
            all.insert(output.name(admission), file);
        }
    }
    all
}

fn of_file<'a>(file: &'a Written, of_records: &BTreeMap<String, RecordFile>) -> File<'a> {
    File {
        name: &file.name,
        sha256: &file.hash,
        bytes: file.length,
        records: of_records.get(&file.name).cloned(),
    }
}
