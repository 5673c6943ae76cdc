//! The format `json`: one document for the whole run (`schemas/kenpyo/report.json`).
//!
//! Invariants
//! - The structs here mirror the format and nothing else does; their fields are a promise (`schema_version`).
//! - Ids, arguments, places and positions do not change with the language; titles are given in both.
//! - Where values are hidden places and labels have no column, no offset and no pointer: they tell lengths.
//! - Numbers are exact: whole ones as JSON numbers, others as text of digits. Nothing passes through a float.
//! - Characters that would act on a terminal are escaped (`\u202e`), so the document may be printed anywhere;
//!   a JSON reader gets them back unchanged.

mod standing;
mod summary;

use std::io::{self, Write};

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::ser::{CompactFormatter, Formatter};

use super::fingerprint::{Fingerprints, Manner};
use super::{Audience, Names, Output, Spot, marked_fields};
use crate::diagnostic::{Argument, Diagnostic, Fix, FixClass, Label, Language, Localized, Place};
use crate::engine::event::{Pack, Reporter, RunHeader, Summary};
use crate::error::Error;
use crate::evaluate::{Finding, RecordFindings};
use crate::source::picture;

use crate::diagnostic::standing::Since;
use standing::{JsonAcceptance, JsonDecision, JsonImpact};
pub(super) use summary::JsonSummary;

/// Rises when a field changes its meaning or goes; not when one is added.
pub const SCHEMA_VERSION: u32 = 1;

/// Writes the format `json`.
pub struct Json {
    output: Output,
    findings: Findings,
    /// Whether a finding was written, so that the next one needs a comma.
    begun: bool,
}

impl Json {
    /// For `audience`, into `output`.
    pub fn new(output: Output, audience: Audience) -> Self {
        Self { output, findings: Findings::new(audience), begun: false }
    }

    fn write_findings(&mut self, findings: &[Finding]) -> Result<(), Error> {
        for finding in findings {
            for line in self.findings.of(finding) {
                self.output.write(if self.begun { b",\n    " } else { b"\n    " })?;
                self.begun = true;
                self.output.write(&line)?;
            }
        }
        Ok(())
    }
}

impl Reporter for Json {
    fn start(&mut self, header: &RunHeader) -> Result<(), Error> {
        self.findings.start(header);
        let head = text(&JsonHeader::new(header, self.findings.audience));
        // The header's members open the document; its closing brace comes with the summary.
        self.output.write(head.strip_suffix(b"}").unwrap_or(&head))?;
        self.output.write(b",\n  \"findings\": [")
    }

    fn file_findings(&mut self, findings: &[Finding]) -> Result<(), Error> {
        self.write_findings(findings)
    }

    fn records(&mut self, records: &[RecordFindings]) -> Result<(), Error> {
        records.iter().try_for_each(|record| self.write_findings(&record.findings))
    }

    fn finish(&mut self, summary: &Summary) -> Result<(), Error> {
        self.output.write(if self.begun { b"\n  ],\n  \"summary\": " } else { b"],\n  \"summary\": " })?;
        self.output.write(&text(&JsonSummary::new(summary, self.findings.audience)))?;
        self.output.write(b"\n}\n")?;
        self.output.finish()
    }
}

/// What turns findings into JSON texts, for this format and for `jsonl`.
pub(super) struct Findings {
    pub(super) audience: Audience,
    names: Names,
    fingerprints: Fingerprints,
}

impl Findings {
    pub(super) fn new(audience: Audience) -> Self {
        let fingerprints = Fingerprints::new(audience, &RunHeader::default());
        Self { audience, names: Names::default(), fingerprints }
    }

    pub(super) fn start(&mut self, header: &RunHeader) {
        self.names = Names(header.names.clone());
        self.fingerprints = Fingerprints::new(self.audience, header);
    }

    /// A text for the finding and each of its followers; none for a heading, which is not counted.
    pub(super) fn of(&self, finding: &Finding) -> Vec<Vec<u8>> {
        let head = (!finding.heading).then_some((&finding.diagnostic, None));
        let group = finding.diagnostic.notice.full_id();
        let followers = finding.followers.iter().map(|follower| (follower, Some(group.as_str())));
        let whole = head.into_iter().chain(followers);
        whole.map(|(diagnostic, group)| text(&JsonFinding::new(diagnostic, group, self))).collect()
    }
}

/// `value` as JSON that is safe to print.
pub(super) fn text(value: &impl Serialize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(512);
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, Printable(CompactFormatter));
    // A vector takes everything, and the mirror structs have text keys only: this cannot fail.
    let written = value.serialize(&mut serializer);
    debug_assert!(written.is_ok(), "the mirror structs are plain data");
    bytes
}

/// A whole document of plain data, ended by a line feed; safe to print.
pub fn document(value: &impl Serialize) -> String {
    let mut document = String::from_utf8(text(value)).unwrap_or_default();
    document.push('\n');
    document
}

/// Escapes what may not reach a terminal.
struct Printable(CompactFormatter);

impl Formatter for Printable {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, character)) = rest.char_indices().find(|(_, c)| picture::is_unsafe(*c)) {
            let (before, after) = rest.split_at_checked(at).unwrap_or((rest, ""));
            self.0.write_string_fragment(writer, before)?;
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = after.strip_prefix(character).unwrap_or("");
        }
        self.0.write_string_fragment(writer, rest)
    }
}

/// Texts in both languages.
#[derive(serde::Serialize)]
struct Texts<'a> {
    ja: &'a str,
    en: &'a str,
}

impl<'a> Texts<'a> {
    fn new<T: AsRef<str>>(text: &'a Localized<T>) -> Self {
        Self { ja: text.ja.as_ref(), en: text.en.as_ref() }
    }
}

/// What the run is about: the first members of the document, the first event of `jsonl`.
#[derive(serde::Serialize)]
pub(super) struct JsonHeader<'a> {
    schema_version: u32,
    tool: JsonTool,
    survey: JsonSurvey<'a>,
    further_surveys: Vec<JsonSurvey<'a>>,
    language: &'static str,
    values: &'static str,
    keys: &'static str,
    fingerprints: String,
    partial: bool,
    files: Vec<&'a str>,
}

#[derive(serde::Serialize)]
struct JsonTool {
    name: &'static str,
    version: &'static str,
}

#[derive(serde::Serialize)]
struct JsonSurvey<'a> {
    id: &'a str,
    wave: &'a str,
    title: Texts<'a>,
    hash: &'a str,
}

impl<'a> JsonSurvey<'a> {
    fn of_part(pack: &'a Pack) -> Self {
        Self { id: &pack.survey, wave: &pack.wave, title: Texts::new(&pack.title), hash: &pack.hash }
    }
}

impl<'a> JsonHeader<'a> {
    pub(super) fn new(header: &'a RunHeader, audience: Audience) -> Self {
        let shown = |hidden| if hidden { "hide" } else { "show" };
        Self {
            schema_version: SCHEMA_VERSION,
            tool: JsonTool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
            survey: JsonSurvey {
                id: &header.survey,
                wave: &header.wave,
                title: Texts::new(&header.title),
                hash: &header.hash,
            },
            further_surveys: header.further.iter().map(JsonSurvey::of_part).collect(),
            language: match audience.language {
                Language::Ja => "ja",
                Language::En => "en",
            },
            values: shown(audience.hide_values),
            keys: shown(audience.hide_keys),
            fingerprints: Manner::of(audience).word(),
            partial: header.partial,
            files: header
                .files
                .iter()
                .filter_map(|file| header.names.get(file))
                .map(|name| &**name)
                .collect(),
        }
    }
}

/// One finding (`schemas/kenpyo/diagnostic.json`).
#[derive(serde::Serialize)]
struct JsonFinding<'a> {
    rule: String,
    id: &'a str,
    instance: Option<&'a str>,
    slug: &'a str,
    severity: &'static str,
    title: &'a str,
    titles: Texts<'a>,
    message: Option<String>,
    help: Option<String>,
    arguments: Option<Arguments<'a>>,
    place: JsonPlace<'a>,
    labels: Vec<JsonLabel<'a>>,
    suggestion: Option<Texts<'a>>,
    fix: Option<JsonFix<'a>>,
    decision: Option<JsonDecision<'a>>,
    acceptance: Option<JsonAcceptance<'a>>,
    since: Option<&'static str>,
    impact: Option<JsonImpact<'a>>,
    group: Option<&'a str>,
    fingerprint: String,
}

impl<'a> JsonFinding<'a> {
    fn new(diagnostic: &'a Diagnostic, group: Option<&'a str>, findings: &'a Findings) -> Self {
        let notice = &diagnostic.notice;
        let Audience { language, hide_values, .. } = findings.audience;
        let shown = !hide_values;
        Self {
            rule: notice.full_id(),
            id: &notice.id,
            instance: notice.instance.as_deref(),
            slug: &notice.slug,
            severity: diagnostic.severity.word(),
            title: notice.title.get(language),
            titles: Texts::new(&notice.title),
            message: shown.then(|| diagnostic.message(language)),
            help: diagnostic.help(language).filter(|_| shown),
            arguments: shown.then_some(Arguments(diagnostic)),
            place: JsonPlace::new(&diagnostic.place, findings),
            labels: JsonLabel::all(diagnostic, findings),
            suggestion: diagnostic.suggestion.as_ref().filter(|_| shown).map(Texts::new),
            fix: diagnostic.fix.as_ref().filter(|_| shown).map(JsonFix::new),
            decision: JsonDecision::of(diagnostic, shown),
            acceptance: JsonAcceptance::of(diagnostic, shown),
            since: diagnostic.standing.since.map(Since::word),
            impact: JsonImpact::of(diagnostic, shown),
            group,
            fingerprint: findings.fingerprints.of(diagnostic, &findings.names),
        }
    }
}

/// What the cell of the first label would say instead.
#[derive(serde::Serialize)]
struct JsonFix<'a> {
    after: &'a str,
    class: &'static str,
}

impl<'a> JsonFix<'a> {
    fn new(fix: &'a Fix) -> Self {
        let class = match fix.class {
            FixClass::Automatic => "automatic",
            FixClass::Proposed => "proposed",
        };
        Self { after: &fix.after, class }
    }
}

/// The arguments by name, in the order of the notice's slots.
struct Arguments<'a>(&'a Diagnostic);

impl Serialize for Arguments<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (slot, argument) in self.0.notice.slots.iter().zip(&self.0.arguments) {
            map.serialize_entry(&**slot, &JsonArgument(argument))?;
        }
        map.end()
    }
}

/// One argument: `{"kind": …, "value": …}`.
struct JsonArgument<'a>(&'a Argument);

impl Serialize for JsonArgument<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self.0 {
            Argument::NotGiven => map.serialize_entry("kind", "not-given")?,
            Argument::Nothing => map.serialize_entry("kind", "none")?,
            Argument::Text(text) => entry(&mut map, "text", &**text)?,
            Argument::Number(number) => {
                let digits = number.to_string();
                match digits.parse::<i64>() {
                    Ok(whole) => entry(&mut map, "number", &whole)?,
                    Err(_) => entry(&mut map, "decimal", &digits)?,
                }
            }
            Argument::Localized(text) => entry(&mut map, "localized", &Texts::new(text))?,
            Argument::List(items) => entry(&mut map, "list", &Items(items))?,
        }
        map.end()
    }
}

fn entry<M: SerializeMap>(
    map: &mut M,
    kind: &str,
    value: &(impl Serialize + ?Sized),
) -> Result<(), M::Error> {
    map.serialize_entry("kind", kind)?;
    map.serialize_entry("value", value)
}

struct Items<'a>(&'a [Argument]);

impl Serialize for Items<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut items = serializer.serialize_seq(Some(self.0.len()))?;
        self.0.iter().try_for_each(|item| items.serialize_element(&JsonArgument(item)))?;
        items.end()
    }
}

/// What a finding is about.
#[derive(serde::Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum JsonPlace<'a> {
    Run,
    File {
        file: &'a str,
    },
    Record {
        file: &'a str,
        record: u64,
        sheet: Option<&'a str>,
        line: Option<u64>,
        start: Option<u64>,
        end: Option<u64>,
        key: Option<&'a str>,
    },
}

impl<'a> JsonPlace<'a> {
    fn new(place: &'a Place, findings: &'a Findings) -> Self {
        match place {
            Place::Run => Self::Run,
            Place::File(source) => Self::File { file: findings.names.get(*source) },
            Place::Record(record) => {
                let shown = !findings.audience.hide_values;
                Self::Record {
                    file: findings.names.get(record.source),
                    record: record.record,
                    sheet: record.sheet.as_deref().filter(|_| shown),
                    line: if shown { Some(record.line) } else { record.sheet_row },
                    start: (shown && record.sheet.is_none()).then_some(record.span.start),
                    end: (shown && record.sheet.is_none()).then_some(record.span.end),
                    key: record.key.as_deref().filter(|_| !findings.audience.hide_keys),
                }
            }
        }
    }
}

/// A marked place; columns and offsets in bytes.
#[derive(serde::Serialize, Default)]
struct JsonLabel<'a> {
    file: &'a str,
    field: Option<&'a str>,
    line: Option<u64>,
    column: Option<u64>,
    display_column: Option<u64>,
    start: Option<u64>,
    end: Option<u64>,
    cell: Option<&'a str>,
    pointer: Option<&'a str>,
    text: Option<String>,
}

impl<'a> JsonLabel<'a> {
    /// The labels of a finding; where values are hidden one for each field, without its position.
    fn all(diagnostic: &'a Diagnostic, findings: &'a Findings) -> Vec<Self> {
        let labels = &diagnostic.labels;
        if !findings.audience.hide_values {
            return labels.iter().map(|label| Self::new(label, findings)).collect();
        }
        let spot = Spot::new(diagnostic, findings.audience);
        let file = spot.file.map_or("", |file| findings.names.get(file));
        let fields = marked_fields(diagnostic).into_iter();
        fields.map(|field| Self { file, field: Some(field), line: spot.line, ..Self::default() }).collect()
    }

    fn new(label: &'a Label, findings: &'a Findings) -> Self {
        let text = (label.text != Argument::Nothing).then(|| label.text.print(findings.audience.language));
        Self {
            file: findings.names.get(label.source),
            field: label.field.as_deref(),
            line: Some(label.position.line),
            column: Some(label.position.column),
            display_column: Some(label.position.display),
            start: Some(if label.cell.is_some() { 0 } else { label.span.start }),
            end: Some(if label.cell.is_some() { label.span.len() } else { label.span.end }),
            cell: label.cell.as_deref(),
            pointer: label.pointer.as_deref(),
            text,
        }
    }
}
