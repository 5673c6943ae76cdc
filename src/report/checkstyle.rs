//! The format `checkstyle`: the XML of a linter of Java, which many programs read.
//!
//! Invariants
//! - An element a file, in it one a finding; a line that is not known, or not to be told, is left out, as the schema of
//!   that linter asks. Columns count units of UTF-16.
//! - Failures and findings that are left out are errors of a file `kenpyo`.

use super::collected::{Collected, Document, Entry};
use super::xml::Xml;
use super::{Output, extent_of, statement, words};
use crate::diagnostic::Severity;
use crate::engine::verdict::Failure;
use crate::error::Error;

/// The version of that linter whose form is followed.
const VERSION: &str = "8.0";

const OURSELVES: &str = env!("CARGO_PKG_NAME");

/// The document for readers of Checkstyle's reports.
#[derive(Debug, Clone, Copy, Default)]
pub struct Checkstyle;

impl Document for Checkstyle {
    fn write(&self, collected: &Collected, output: &mut Output) -> Result<(), Error> {
        let mut xml = Xml::new();
        xml.open("checkstyle", &[("version", VERSION)]);
        for (name, entries) in collected.by_file() {
            xml.open("file", &[("name", name.unwrap_or(OURSELVES))]);
            for entry in entries {
                finding(&mut xml, collected, entry);
            }
            xml.close("file");
        }
        let own = of_the_run(collected);
        if !own.is_empty() {
            xml.open("file", &[("name", OURSELVES)]);
            for (severity, word, text) in own {
                error(&mut xml, (None, None), severity, &text, word);
            }
            xml.close("file");
        }
        xml.close("checkstyle");
        output.write(&xml.into_bytes())
    }
}

/// What the program says of itself.
fn of_the_run(collected: &Collected) -> Vec<(Severity, &'static str, String)> {
    let language = collected.audience.language;
    let failure = |failure: &Failure| (Severity::Fatal, failure.word(), words::failure(failure, language));
    let mut own: Vec<_> = collected.summary.failures.iter().map(failure).collect();
    if collected.left_out > 0 {
        let text = words::not_shown(collected.left_out, None, collected.most, language);
        own.push((Severity::Info, "findings-left-out", text));
    }
    own
}

fn finding(xml: &mut Xml, collected: &Collected, entry: &Entry) {
    let diagnostic = &entry.diagnostic;
    let spot = collected.spot(diagnostic);
    let column = extent_of(diagnostic, collected.audience).map(|extent| extent.start.utf16);
    let mut text = statement(diagnostic, collected.audience);
    let fields = collected.fields(diagnostic);
    if !fields.is_empty() {
        text = format!("{text} [{}]", fields.join(", "));
    }
    let place = (spot.line.filter(|line| *line > 0), column);
    error(xml, place, diagnostic.severity, &text, &diagnostic.notice.full_id());
}

fn error(
    xml: &mut Xml,
    (line, column): (Option<u64>, Option<u64>),
    severity: Severity,
    text: &str,
    source: &str,
) {
    let digits = |number: Option<u64>| number.map(|number| number.to_string());
    let (line, column) = (digits(line), digits(column));
    let severity = match severity {
        Severity::Fatal | Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    };
    let source = format!("{OURSELVES}.{source}");
    let mut attributes = Vec::new();
    attributes.extend(line.as_deref().map(|line| ("line", line)));
    attributes.extend(column.as_deref().map(|column| ("column", column)));
    attributes.extend([("severity", severity), ("message", text), ("source", source.as_str())]);
    xml.empty("error", &attributes);
}
