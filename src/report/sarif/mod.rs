//! The format `sarif`: SARIF 2.1.0, as code scanning reads it.
//!
//! Invariants
//! - One run, a result a finding; addresses of files are relative and percent-encoded, columns count units of UTF-16.
//! - What a message holds is text: braces are doubled and no link can be read into it, as the standard asks.
//! - A result is known again by its fingerprint alone: no position has a part in it.

mod model;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use self::model::{
    Artifact, ArtifactChange, ArtifactLocation, Configuration, Described, Descriptor, Driver, FixObject,
    Help, Invocation, Location, Log, LogicalLocation, Message, Notification, Pack, PhysicalLocation, Region,
    Replacement, ResultObject, ResultProperties, Rule, RuleProperties, Run, RunProperties, Suppression, Tool,
};
use super::collected::{Collected, Document, Entry};
use super::json::document;
use super::words::pick;
use super::{Output, Spot, extent_of, replacement, standing, words};
use crate::diagnostic::standing::Since;
use crate::diagnostic::{Argument, Diagnostic, FixClass, Label, Language, Localized, Severity};
use crate::engine::verdict::Failure;
use crate::error::Error;
use crate::source::Extent;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The folder that all addresses are relative to.
const BASE: &str = "%SRCROOT%";

/// The document in SARIF.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sarif;

impl Document for Sarif {
    fn write(&self, collected: &Collected, output: &mut Output) -> Result<(), Error> {
        output.write(document(&log(collected)).as_bytes())
    }
}

fn log(collected: &Collected) -> Log<'_> {
    let addresses = Addresses::new(collected);
    let (rules, places) = rules(collected);
    let result = |entry| result(collected, entry, &addresses, &places);
    let run = Run {
        tool: Tool {
            driver: Driver {
                name: env!("CARGO_PKG_NAME"),
                version: env!("CARGO_PKG_VERSION"),
                semantic_version: env!("CARGO_PKG_VERSION"),
                rules,
            },
        },
        invocations: [invocation(collected, &addresses)],
        base_ids: BTreeMap::from([(BASE, Described { description: message(base(collected)) })]),
        artifacts: artifacts(collected, &addresses),
        results: collected.entries.iter().map(result).collect(),
        column_kind: "utf16CodeUnits",
        language: match collected.audience.language {
            Language::Ja => "ja",
            Language::En => "en",
        },
        properties: RunProperties {
            packs: packs(collected),
            verdict: collected.summary.verdict.word(),
            records: collected.summary.records,
            findings: collected.summary.findings.iter().sum(),
            receipt: words::labelled_receipt(
                &collected.header,
                &collected.summary,
                !collected.audience.hide_values,
                collected.audience.language,
            ),
        },
    };
    Log { schema: SCHEMA, version: "2.1.0", runs: [run] }
}

fn base(collected: &Collected) -> &'static str {
    pick(collected.audience.language, "kenpyo を実行したフォルダー", "The folder in which kenpyo was run.")
}

fn packs(collected: &Collected) -> Vec<Pack<'_>> {
    let packs = collected.header.packs();
    packs.map(|(survey, wave, hash)| Pack { survey: format!("{survey}/{wave}"), hash }).collect()
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Fatal | Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// `text` as a message in which nothing is a placeholder or a link.
fn message(text: impl AsRef<str>) -> Message {
    let text = text.as_ref().replace('{', "{{").replace('}', "}}").replace("](", "] (");
    Message { text }
}

/// The rules of the run and of the findings, and where each stands among them.
fn rules(collected: &Collected) -> (Vec<Rule<'_>>, BTreeMap<String, usize>) {
    let packs = packs(collected);
    let mut rules = Vec::new();
    let mut places = BTreeMap::new();
    let mut add = |id: String, told, pack| {
        places.entry(id.clone()).or_insert_with(|| {
            rules.push(rule(collected.audience.language, id, told, pack));
            rules.len() - 1
        });
    };
    for line in &collected.summary.rules {
        // The engine's own codes are of no pack.
        let pack = packs.get(line.part).filter(|_| line.counts.is_some());
        add(line.id.to_string(), (&*line.slug, line.severity, &line.title), pack);
    }
    for entry in &collected.entries {
        let notice = &entry.diagnostic.notice;
        add(notice.full_id(), (&*notice.slug, notice.severity, &notice.title), None);
    }
    (rules, places)
}

fn rule<'a>(
    language: Language,
    id: String,
    (slug, severity, title): (&'a str, Severity, &Localized<Arc<str>>),
    pack: Option<&Pack<'a>>,
) -> Rule<'a> {
    let family = id.split('/').next().unwrap_or(&id);
    let command = format!("kenpyo explain {family}");
    let help = match language {
        Language::Ja => [format!("根拠と例：{command}"), format!("根拠と例：`{command}`")],
        Language::En => {
            [format!("Reasons and examples: {command}"), format!("Reasons and examples: `{command}`")]
        }
    };
    let [text, markdown] = help;
    Rule {
        name: slug,
        short_description: message(title.get(language)),
        full_description: message(format!("{} / {}", title.ja, title.en)),
        help: Help { text, markdown },
        default_configuration: Configuration { level: level(severity) },
        properties: RuleProperties {
            severity: severity.word(),
            pack: pack.cloned(),
            problem: match severity {
                Severity::Fatal | Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Info => "recommendation",
            },
        },
        id,
    }
}

/// How the files of the run are named, and where each stands among the artifacts.
struct Addresses(BTreeMap<String, usize>);

impl Addresses {
    fn new(collected: &Collected) -> Self {
        let files = collected.summary.all_files().enumerate();
        Self(files.map(|(place, file)| (file.name.to_string(), place)).collect())
    }

    fn of(&self, name: &str) -> ArtifactLocation {
        let index = self.0.get(name).copied();
        ArtifactLocation { uri: address(name), uri_base_id: Some(BASE), index }
    }
}

/// `name` as a relative address: each byte that is no letter, digit, one of `-._~` or a slash is percent-encoded.
fn address(name: &str) -> String {
    let mut address = String::with_capacity(name.len());
    // One that begins with a slash would name a place of its own.
    for byte in name.trim_start_matches('/').bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                address.push(char::from(byte));
            }
            // A `String` takes everything that is written to it.
            _ => drop(write!(address, "%{byte:02X}")),
        }
    }
    address
}

fn artifacts(collected: &Collected, addresses: &Addresses) -> Vec<Artifact> {
    let artifact = |file: &crate::engine::event::FileLine| Artifact {
        location: ArtifactLocation { index: None, ..addresses.of(&file.name) },
        roles: ["analysisTarget"],
        hashes: file
            .hash
            .iter()
            .filter(|_| !collected.audience.hide_values)
            .map(|hash| ("sha-256", hash.to_string()))
            .collect(),
    };
    collected.summary.all_files().map(artifact).collect()
}

fn invocation(collected: &Collected, addresses: &Addresses) -> Invocation {
    let (summary, language) = (&collected.summary, collected.audience.language);
    let failure = |failure: &Failure| {
        let file = failure.file().map(|name| &**name);
        Notification {
            descriptor: Descriptor { id: failure.word() },
            level: "error",
            message: message(words::failure(failure, language)),
            locations: file.map(|name| whole_file(addresses.of(name))).into_iter().collect(),
        }
    };
    let left_out = (collected.left_out > 0).then(|| Notification {
        descriptor: Descriptor { id: "findings-left-out" },
        level: "warning",
        message: message(words::not_shown(collected.left_out, None, collected.most, language)),
        locations: Vec::new(),
    });
    Invocation {
        execution_successful: summary.verdict.is_complete(),
        exit_code: summary.exit_code,
        exit_code_description: words::verdict(summary.verdict).get(language).to_string(),
        tool_execution_notifications: summary.failures.iter().map(failure).chain(left_out).collect(),
    }
}

fn whole_file(artifact_location: ArtifactLocation) -> Location {
    let physical_location = Some(PhysicalLocation { artifact_location, region: None });
    Location { physical_location, ..Location::default() }
}

fn result<'a>(
    collected: &'a Collected,
    entry: &'a Entry,
    addresses: &Addresses,
    rules: &BTreeMap<String, usize>,
) -> ResultObject<'a> {
    let Entry { diagnostic, group, fingerprint, .. } = entry;
    let audience = collected.audience;
    let rule_id = diagnostic.notice.full_id();
    let record = collected.record(diagnostic);
    let others = diagnostic.labels.iter().skip(1).filter(|_| !audience.hide_values);
    let related = (1..).zip(others).map(|(id, label)| Location {
        id: Some(id),
        message: (label.text != Argument::Nothing).then(|| message(label.text.print(audience.language))),
        ..of_label(label, addresses.of(collected.name(label.source)))
    });
    let suggestion = diagnostic.suggestion.as_ref().filter(|_| !audience.hide_values);
    let mut text = collected.text(diagnostic);
    if let Some(suggestion) = suggestion {
        text.push(' ');
        text.push_str(suggestion.get(audience.language));
    }
    let suppressions = standing::justification(diagnostic, audience).map(|justification| Suppression {
        kind: "external",
        status: "accepted",
        justification,
    });
    if suppressions.is_none() {
        for sentence in standing::sentences(diagnostic, audience) {
            text.push(' ');
            text.push_str(&sentence);
        }
    }
    ResultObject {
        rule_index: rules.get(&rule_id).copied(),
        rule_id,
        level: level(diagnostic.severity),
        message: message(text),
        locations: location(collected, diagnostic, addresses).into_iter().collect(),
        related_locations: related.collect(),
        partial_fingerprints: BTreeMap::from([("kenpyo/v1", fingerprint.as_str())]),
        fixes: fix(collected, diagnostic, addresses).into_iter().collect(),
        suppressions: suppressions.into_iter().collect(),
        baseline_state: diagnostic.standing.since.map(|since| match since {
            Since::New => "new",
            Since::Open => "unchanged",
        }),
        properties: ResultProperties {
            slug: &diagnostic.notice.slug,
            severity: diagnostic.severity.word(),
            record: record.map(|place| place.record),
            key: record.and_then(|place| collected.key(place)),
            fields: collected.fields(diagnostic),
            group: group.as_deref(),
        },
    }
}

/// Where a finding is shown. `None`: it is about the run.
fn location(collected: &Collected, diagnostic: &Diagnostic, addresses: &Addresses) -> Option<Location> {
    let spot = collected.spot(diagnostic);
    let artifact = addresses.of(collected.name(spot.file?));
    if !collected.audience.hide_values
        && let Some(label) = diagnostic.labels.first()
    {
        return Some(of_label(label, artifact));
    }
    let Spot { line, cell, record, .. } = spot;
    let extent = extent_of(diagnostic, collected.audience);
    let region = line.filter(|_| cell.is_none()).map(|line| of_line(line, extent));
    let name = |fully_qualified_name, kind| LogicalLocation { fully_qualified_name, kind };
    let record = record.map(|number| name(words::record(number, Language::En), "record"));
    let cell = cell.map(|cell| name(cell.into(), "cell"));
    Some(Location {
        physical_location: Some(PhysicalLocation { artifact_location: artifact, region }),
        logical_locations: cell.or(record).into_iter().collect(),
        ..Location::default()
    })
}

fn of_line(line: u64, extent: Option<Extent>) -> Region {
    Region {
        start_line: Some(line.max(1)),
        start_column: extent.map(|extent| extent.start.utf16),
        end_column: extent.and_then(|extent| extent.end).map(|end| end.utf16),
        ..Region::default()
    }
}

fn of_label(label: &Label, artifact_location: ArtifactLocation) -> Location {
    if let Some(cell) = &label.cell {
        let name = LogicalLocation { fully_qualified_name: cell.to_string(), kind: "cell" };
        return Location { logical_locations: vec![name], ..whole_file(artifact_location) };
    }
    let region = Region {
        byte_offset: Some(label.span.start),
        byte_length: Some(label.span.len()),
        ..of_line(label.position.line, label.extent)
    };
    let physical_location = Some(PhysicalLocation { artifact_location, region: Some(region) });
    Location { physical_location, ..Location::default() }
}

fn fix(collected: &Collected, diagnostic: &Diagnostic, addresses: &Addresses) -> Option<FixObject> {
    let (label, fix) = replacement(diagnostic, collected.audience)?;
    let description = match fix.class {
        FixClass::Automatic => {
            Localized::new("同じ回答の標準の書き方", "the same answer in its canonical spelling")
        }
        FixClass::Proposed => Localized::new("推定（要確認）", "what was probably meant, to be confirmed"),
    };
    let artifact_location = addresses.of(collected.name(label.source));
    let deleted_region = Region {
        byte_offset: Some(label.span.start),
        byte_length: Some(label.span.len()),
        ..of_line(label.position.line, label.extent)
    };
    // What is put into a file is no message: nothing in it is doubled.
    let inserted_content = Message { text: fix.after.to_string() };
    Some(FixObject {
        description: message(description.get(collected.audience.language)),
        artifact_changes: [ArtifactChange {
            artifact_location,
            replacements: [Replacement { deleted_region, inserted_content }],
        }],
    })
}
