//! Tables as one page that needs nothing but itself: a chart by band for each question, and all its figures below.
//!
//! Invariants
//! - Nothing is loaded from elsewhere and nothing runs: the policy allows the page's own style by its hash.
//! - Every text goes through the template's escaping; no name in the page is made of what was submitted.
//! - A chart repeats what its table says; what is hidden has no bar.

mod chart;

use std::io;
use std::path::PathBuf;

use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::{Publication, text, words};
use crate::diagnostic::Language;
use crate::error::Error;
use crate::report::words::pick;
use crate::report::wrap::grouped;
use crate::source::picture;
use crate::tables::{Figures, TableFigures};
use chart::Chart;

/// The look of the page of a run, and what only tables have.
const STYLE: &str = concat!(include_str!("../../report/html/style.css"), include_str!("style.css"));

/// The page.
#[derive(Template)]
#[template(path = "tables.html")]
struct Page {
    lang: &'static str,
    policy: String,
    style: &'static str,
    kind: &'static str,
    title: String,
    contents: &'static str,
    data: &'static str,
    counts: Vec<(&'static str, String)>,
    remarks: Vec<String>,
    legend: &'static str,
    macro_heading: &'static str,
    macro_findings: Vec<String>,
    tables: Vec<TableView>,
    made: String,
}

/// One table of the page.
struct TableView {
    id: String,
    place: usize,
    title: String,
    unit: &'static str,
    header: Vec<String>,
    lines: Vec<LineView>,
    notes: Vec<String>,
    charts: Vec<Chart>,
}

struct LineView {
    label: String,
    inner: bool,
    /// Of each cell the figure, and its range; empty: none.
    cells: Vec<(String, String)>,
}

/// The whole page.
///
/// # Errors
/// It cannot be made.
pub fn html(publication: &Publication<'_>) -> Result<String, Error> {
    let (figures, language) = (publication.figures, publication.language);
    let tables = figures.tables.iter().enumerate();
    let page = Page {
        lang: pick(language, "ja", "en"),
        policy: format!(
            "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
            STANDARD.encode(Sha256::digest(STYLE))
        ),
        style: STYLE,
        kind: pick(language, "集計表", "Tables"),
        title: shown(figures.title.get(language)),
        contents: pick(language, "表の一覧", "Contents"),
        data: pick(language, "回答の受付と審査", "What became of the records"),
        counts: counts(figures, language),
        remarks: words::not_run(&publication.not_run, language)
            .into_iter()
            .map(|text| shown(&text))
            .collect(),
        legend: words::legend(language),
        macro_heading: words::macro_heading(language),
        macro_findings: macro_findings(publication),
        tables: tables.map(|(place, table)| view(figures, table, place, language)).collect(),
        made: format!(
            "kenpyo {} · {}/{} · {}",
            env!("CARGO_PKG_VERSION"),
            figures.survey,
            figures.wave,
            publication.header.hash
        ),
    };
    page.render().map_err(|fault| Error::Write {
        path: PathBuf::from("html"),
        source: io::Error::other(fault.to_string()),
    })
}

/// A line a finding of a macro edit, or that there is none.
fn macro_findings(publication: &Publication<'_>) -> Vec<String> {
    let language = publication.language;
    let lines =
        publication.macro_findings.iter().map(|finding| shown(&words::macro_finding(finding, language)));
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() { vec![words::macro_silence(language).to_owned()] } else { lines }
}

fn shown(text: &str) -> String {
    picture::visible(text).into_owned()
}

fn counts(figures: &Figures, language: Language) -> Vec<(&'static str, String)> {
    let all = figures.records;
    [
        (pick(language, "受付", "received"), all.received),
        (pick(language, "有効", "accepted"), all.accepted),
        (pick(language, "うち要確認", "of these to be confirmed"), all.to_confirm),
        (pick(language, "保留", "held"), all.held),
        (pick(language, "対象外", "out of scope"), all.out_of_scope),
        (pick(language, "差し替え済み", "superseded"), all.superseded),
    ]
    .into_iter()
    .map(|(name, count)| (name, grouped(count)))
    .collect()
}

fn view(figures: &Figures, table: &TableFigures, place: usize, language: Language) -> TableView {
    let grid = text::grid(figures, table, language);
    let line = |line: text::Line| LineView {
        inner: line.label.starts_with(' '),
        label: shown(line.label.trim()),
        cells: line
            .cells
            .iter()
            .map(|cell| {
                let (figure, range) = cell.split_once('\n').unwrap_or((cell, ""));
                (shown(figure), shown(range))
            })
            .collect(),
    };
    let unit = words::unit(table.kind);
    TableView {
        id: shown(&table.name),
        place,
        title: shown(table.title.get(language)),
        unit: unit.get(language),
        header: grid.header.iter().map(|text| shown(text)).collect(),
        lines: grid.lines.into_iter().map(line).collect(),
        notes: words::notes(figures, table, language).iter().map(|note| shown(note)).collect(),
        charts: Chart::of(table, language).into_iter().collect(),
    }
}
