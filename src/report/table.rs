//! The closing table of the human report: how each rule came out.
//!
//! Invariants
//! - All six counts of a rule are printed; they sum to the number of records.
//! - It fits the terminal: in one line a rule with its title, or without, or in two lines a rule.
//! - Only rules with findings, and rules that could mostly not be decided, have a line; how many others there
//!   are is said.

use std::fmt::Write;

use super::terminal::{Appearance, Ink};
use super::words::{self, COLUMNS};
use super::wrap::{pad, pad_left, shorten};
use crate::diagnostic::Language;
use crate::engine::event::RuleLine;
use crate::source::{display_width, picture};

/// Rules that could mostly not be decided are listed up to this number.
const SILENT: usize = 10;
/// Blanks between columns.
const GAP: usize = 2;
/// Columns of a title below which it is left out.
const NARROWEST_TITLE: usize = 16;

/// The table of `rules` with its heading and, below, the lines about rules that could not be decided; empty if there is
/// nothing to tell.
pub fn table(rules: &[&RuleLine], look: &Appearance) -> String {
    let told: Vec<&RuleLine> =
        rules.iter().copied().filter(|rule| rule.findings > 0 || rule.is_mostly_silent()).collect();
    let mut page = String::new();
    if !told.is_empty() {
        page.push('\n');
        page.push_str(&Table::new(&told, look).draw());
    }
    page.push_str(&silent(rules, look));
    let others = rules.iter().filter(|rule| rule.counts.is_some()).count()
        - told.iter().filter(|rule| rule.counts.is_some()).count();
    if others > 0 {
        let line = words::no_finding(u64::try_from(others).unwrap_or(u64::MAX), look.language);
        page.push_str(&look.paint(Ink::Dim, &line));
        page.push('\n');
    }
    page
}

/// The rules that could mostly not be decided, a line each; the table has those for which there is no line.
fn silent(rules: &[&RuleLine], look: &Appearance) -> String {
    let silent = rules.iter().copied().filter(|rule| rule.is_mostly_silent());
    let lines: Vec<(&RuleLine, u64)> =
        silent.filter_map(|rule| Some((rule, rule.silent_percent()?))).collect();
    if lines.is_empty() {
        return String::new();
    }
    let heading = super::wrap::wrap(words::silent_heading(look.language), look.width).join("\n");
    let mut page = format!("\n{}\n", look.paint(Ink::Strong, &heading));
    let id_width = lines.iter().take(SILENT).map(|(rule, _)| display_width(&rule.id)).max().unwrap_or(0);
    for (rule, percent) in lines.iter().take(SILENT) {
        let title = picture::visible(rule.title.get(look.language)).into_owned();
        let room = look.width.saturating_sub(id_width + 10);
        let id = pad(&picture::visible(&rule.id), id_width);
        let _ = writeln!(page, "  {id}  {percent:>3}%  {}", shorten(&title, room));
    }
    if lines.len() > SILENT {
        let _ = writeln!(page, "  {}", words::more_rules(lines.len() - SILENT, look.language));
    }
    page
}

/// The cells of the table as text.
struct Table<'a> {
    look: &'a Appearance,
    rules: &'a [&'a RuleLine],
    /// Findings, records, and the six counts; one row a rule.
    numbers: Vec<[String; 8]>,
}

/// The three ways to fit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// Full headings, and the title in so many columns (0: none).
    Wide(usize),
    /// Short headings, no title.
    Narrow,
    /// Id and title on one line, the numbers on the next.
    Stacked,
}

impl<'a> Table<'a> {
    fn new(rules: &'a [&'a RuleLine], look: &'a Appearance) -> Self {
        let none = if look.ascii { "-" } else { "–" };
        let row = |rule: &&RuleLine| {
            let outcomes = rule.counts.as_ref().map(|counts| {
                [
                    counts.pass,
                    counts.fail,
                    counts.not_applicable,
                    counts.undecided,
                    counts.skipped,
                    counts.not_run,
                ]
            });
            std::array::from_fn(|column| match column {
                0 => rule.findings.to_string(),
                1 => rule.records.to_string(),
                _ => {
                    let number = outcomes.and_then(|outcomes| outcomes.get(column - 2).copied());
                    number.map_or_else(|| none.to_owned(), |number| number.to_string())
                }
            })
        };
        let numbers = rules.iter().map(row).collect();
        Self { look, rules, numbers }
    }

    /// Headings of the eight number columns.
    fn headings(&self, short: bool) -> [&'static str; 8] {
        let [_, _, rest @ ..] = COLUMNS;
        rest.map(|(ja, en, brief)| match (self.look.language, short) {
            (Language::Ja, _) => ja,
            (Language::En, true) => brief,
            (Language::En, false) => en,
        })
    }

    fn first_heading(&self, column: usize) -> &'static str {
        let heading = COLUMNS.get(column).copied().unwrap_or_default();
        words::pick(self.look.language, heading.0, heading.1)
    }

    /// Widths of the number columns.
    fn widths(&self, short: bool) -> [usize; 8] {
        let mut widths = self.headings(short).map(display_width);
        for row in &self.numbers {
            for (width, number) in widths.iter_mut().zip(row) {
                *width = (*width).max(number.len());
            }
        }
        widths
    }

    fn severity(&self, rule: &RuleLine) -> &'static str {
        words::severity(rule.severity).get(self.look.language)
    }

    /// Widths of the first two columns.
    fn names(&self) -> (usize, usize) {
        let ids = self.rules.iter().map(|rule| display_width(&rule.id));
        let severities = self.rules.iter().map(|rule| display_width(self.severity(rule)));
        (
            ids.chain([display_width(self.first_heading(0))]).max().unwrap_or(0),
            severities.chain([display_width(self.first_heading(1))]).max().unwrap_or(0),
        )
    }

    fn layout(&self) -> Layout {
        let (id, severity) = self.names();
        let sum = |short: bool| self.widths(short).iter().map(|width| width + GAP).sum::<usize>();
        let wide = id + GAP + severity + sum(false);
        if wide <= self.look.width {
            let room = self.look.width - wide;
            let title = room.saturating_sub(GAP);
            return Layout::Wide(if title < NARROWEST_TITLE { 0 } else { title });
        }
        let narrow = id + GAP + severity + self.widths(true).iter().map(|width| width + 1).sum::<usize>();
        if narrow <= self.look.width { Layout::Narrow } else { Layout::Stacked }
    }

    fn draw(&self) -> String {
        let layout = self.layout();
        let short = !matches!(layout, Layout::Wide(_));
        let gap = if layout == Layout::Narrow { 1 } else { GAP };
        let widths = self.widths(short);
        let (id_width, severity_width) = self.names();
        let numbers = |cells: &[&str]| {
            let cells = cells.iter().zip(widths).map(|(cell, width)| pad_left(cell, width + gap));
            cells.collect::<String>()
        };
        let headings = numbers(&self.headings(short));
        let first = format!(
            "{}{:GAP$}{}",
            pad(self.first_heading(0), id_width),
            "",
            pad(self.first_heading(1), severity_width)
        );
        let heading = match layout {
            Layout::Stacked => format!("{first}\n{headings}"),
            Layout::Wide(_) | Layout::Narrow => format!("{first}{headings}"),
        };
        let mut page = String::new();
        for line in heading.lines() {
            page.push_str(&self.look.paint(Ink::Dim, line));
            page.push('\n');
        }
        for (rule, row) in self.rules.iter().zip(&self.numbers) {
            let row: Vec<&str> = row.iter().map(String::as_str).collect();
            page.push_str(&self.line(rule, &numbers(&row), layout, id_width, severity_width));
        }
        page
    }

    fn line(&self, rule: &RuleLine, numbers: &str, layout: Layout, id: usize, severity: usize) -> String {
        let word = pad(self.severity(rule), severity);
        let word = self.look.paint(Ink::Severity(rule.severity), &word);
        let first = format!("{}{:GAP$}{word}", pad(&picture::visible(&rule.id), id), "");
        let title = picture::visible(rule.title.get(self.look.language)).into_owned();
        match layout {
            Layout::Wide(0) | Layout::Narrow => format!("{first}{numbers}\n"),
            Layout::Wide(room) => format!("{first}{numbers}{:GAP$}{}\n", "", shorten(&title, room)),
            Layout::Stacked => {
                let room = self.look.width.saturating_sub(id + severity + 2 * GAP);
                format!("{first}{:GAP$}{}\n{numbers}\n", "", shorten(&title, room))
            }
        }
    }
}
