//! One finding as the page shows it, in the list of its rule and in that of its record.
//!
//! Invariants
//! - Where values are hidden there is a title with fields, and nothing else.

use crate::diagnostic::{Argument, Diagnostic, Language, Severity};
use crate::report::collected::{Collected, Entry};
use crate::report::{Spot, standing, words as common};
use crate::source::picture;

/// One finding.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    /// Full id of its rule.
    pub(super) rule: String,
    /// The fragment of its rule's list.
    pub(super) anchor: String,
    pub(super) severity: Mark,
    pub(super) title: String,
    /// Its message; where values are hidden, title and fields.
    pub(super) text: String,
    pub(super) help: Option<String>,
    pub(super) suggestion: Option<String>,
    /// Whether it is accepted, set aside or new, a sentence each.
    pub(super) standing: Vec<String>,
    /// Id of the finding with which it is to be read.
    pub(super) group: Option<String>,
    /// The cells that it is about.
    pub(super) cells: Vec<String>,
    pub(super) place: String,
    /// What its record is called, and the fragment of its list. `None`: it is about a file or the run.
    pub(super) record: Option<(String, String)>,
}

/// A severity by colour, sign and word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    /// The class of its colour.
    pub(super) class: &'static str,
    /// Its sign, so that it is told without colour.
    pub(super) sign: &'static str,
    pub(super) word: &'static str,
}

impl Mark {
    pub(super) fn of(severity: Severity, collected: &Collected) -> Self {
        let sign = match severity {
            Severity::Fatal => "⛔",
            Severity::Error => "✖",
            Severity::Warning => "▲",
            Severity::Info => "ℹ",
        };
        let words = common::severity(severity);
        Self { class: severity.word(), sign, word: words.get(collected.audience.language) }
    }
}

pub(super) fn visible(text: &str) -> String {
    picture::visible_lines(text).into_owned()
}

/// Text on one line.
pub(super) fn line(text: &str) -> String {
    picture::visible(text).into_owned()
}

impl Shown {
    /// The finding of `entry`, whose rule's list is at `anchor`.
    pub(super) fn of(
        entry: &Entry,
        anchor: String,
        record: Option<(String, String)>,
        collected: &Collected,
    ) -> Self {
        let (diagnostic, audience) = (&entry.diagnostic, collected.audience);
        let shown = !audience.hide_values;
        let language = audience.language;
        let title = line(diagnostic.notice.title.get(language));
        let help = diagnostic.help(language).filter(|_| shown);
        let suggestion = diagnostic.suggestion.as_ref().filter(|_| shown);
        Self {
            rule: line(&diagnostic.notice.full_id()),
            anchor,
            severity: Mark::of(diagnostic.severity, collected),
            text: visible(&collected.text(diagnostic)),
            title: if shown { title } else { String::new() },
            help: help.map(|help| visible(&help)),
            suggestion: suggestion.map(|text| visible(text.get(language))),
            standing: standing::sentences(diagnostic, audience).iter().map(|text| line(text)).collect(),
            group: entry.group.as_deref().map(line),
            cells: if shown { cells(diagnostic, collected) } else { Vec::new() },
            place: place(&collected.spot(diagnostic), collected),
            record,
        }
    }
}

/// What stands beside the marks of a finding, with their places in the file.
fn cells(diagnostic: &Diagnostic, collected: &Collected) -> Vec<String> {
    let language = collected.audience.language;
    let labels = diagnostic.labels.iter().filter(|label| label.text != Argument::Nothing);
    let texts = labels.map(|label| {
        let position = label.position;
        let place = label.cell.as_deref().map_or_else(
            || format!("{}:{}", position.line, position.display),
            |cell| cell.rsplit('!').next().unwrap_or(cell).to_owned(),
        );
        let text = label.text.print(language);
        line(&match language {
            Language::Ja => format!("{text}（{place}）"),
            Language::En => format!("{text} ({place})"),
        })
    });
    texts.filter(|text| !text.is_empty()).collect()
}

/// Where a finding is, as far as it may be told; empty: nowhere in particular.
pub(super) fn place(spot: &Spot, collected: &Collected) -> String {
    spot.file.map(|file| line(&spot.print(collected.name(file)))).unwrap_or_default()
}
