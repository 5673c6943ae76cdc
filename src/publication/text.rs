//! Tables for people, in columns of a terminal.
//!
//! Invariants
//! - No line is wider than asked for, as far as labels can be shortened: columns that do not fit come in a further block.
//! - Widths are those of a terminal, on which a Japanese letter takes two columns.
//! - The signs are those of official tables: 「-」 none, 「…」 not known or not shown, 「・」 cannot be.

use super::Publication;
use super::tidy::{decimals, has_share};
use super::words::{self, IMPOSSIBLE, NOUGHT, UNKNOWN};
use crate::diagnostic::Language;
use crate::evaluate::Finding;
use crate::report::words::pick;
use crate::report::wrap::{grouped, pad, pad_left, shorten, wrap};
use crate::rule_pack::tabulation::{AverageKind, TableKind};
use crate::source::{display_width, picture};
use crate::tables::{
    CellFigures, ColumnFigures, EarlierAverages, EarlierFigure, Figures, Moving, Ratio, RowFigures,
    TableFigures, percent, prints, ratio,
};

/// Columns between two of a table.
const GAP: usize = 1;

/// The tables, at most `width` columns wide.
pub fn text(publication: &Publication<'_>, width: usize) -> String {
    let (figures, language) = (publication.figures, publication.language);
    let mut page = String::new();
    let mut line = |text: &str| {
        for line in wrap(&picture::visible(text), width) {
            page.push_str(&line);
            page.push('\n');
        }
    };
    line(figures.title.get(language));
    line(&words::records(figures, language));
    if let Some(sentence) = words::not_run(&publication.not_run, language) {
        line(&sentence);
    }
    line(words::legend(language));
    for table in &figures.tables {
        page.push('\n');
        page.push_str(&Drawing { figures, table, language, width }.draw());
    }
    page.push('\n');
    page.push_str(&macro_findings(publication.macro_findings, language, width));
    page
}

/// What macro edits found: a heading, and a paragraph each.
pub fn macro_findings(findings: &[Finding], language: Language, width: usize) -> String {
    let mut lines = vec![words::macro_heading(language).to_owned()];
    lines.extend(findings.iter().map(|finding| words::macro_finding(finding, language)));
    if findings.is_empty() {
        lines.push(words::macro_silence(language).to_owned());
    }
    let wrapped = lines.iter().flat_map(|line| wrap(&picture::visible(line), width));
    wrapped.fold(String::new(), |text, line| text + &line + "\n")
}

/// One line of a table: a label, and a text for each column; a range stands behind a line end.
pub(super) struct Line {
    pub(super) label: String,
    pub(super) cells: Vec<String>,
}

/// A table as texts.
pub(super) struct Grid {
    pub(super) header: Vec<String>,
    pub(super) lines: Vec<Line>,
}

/// The texts of `table`.
#[cfg(feature = "html")]
pub(super) fn grid(figures: &Figures, table: &TableFigures, language: Language) -> Grid {
    Drawing { figures, table, language, width: 0 }.texts()
}

struct Drawing<'a> {
    figures: &'a Figures,
    table: &'a TableFigures,
    language: Language,
    width: usize,
}

impl Drawing<'_> {
    fn draw(&self) -> String {
        let table = self.table;
        let mut page = String::new();
        let number = table.question.as_ref().and_then(|field| field.numbered.as_ref());
        let question = number
            .map(|number| match self.language {
                Language::Ja => format!("（{}）", number.full.ja),
                Language::En => format!(" ({})", number.full.en),
            })
            .unwrap_or_default();
        let unit = words::unit(table.kind);
        let unit = unit.get(self.language);
        let heading = format!("{} {}{question}  [{unit}]", table.name, table.title.get(self.language));
        for line in wrap(&picture::visible(&heading), self.width) {
            page.push_str(&line);
            page.push('\n');
        }
        page.push_str(&self.grid());
        for note in words::notes(self.figures, table, self.language) {
            for (place, line) in
                wrap(&picture::visible(&note), self.width.saturating_sub(2)).iter().enumerate()
            {
                page.push_str(if place == 0 { "* " } else { "  " });
                page.push_str(line);
                page.push('\n');
            }
        }
        page
    }

    fn lines(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        let base = |column: &ColumnFigures| {
            if column.hidden { UNKNOWN.to_owned() } else { moving(&column.base, |base| grouped(*base)) }
        };
        if self.table.kind != TableKind::Response {
            let label = pick(self.language, "母数", "base").to_owned();
            lines.push(Line { label, cells: self.table.columns.iter().map(base).collect() });
        }
        for row in &self.table.rows {
            self.row(row, &mut lines);
        }
        lines
    }

    fn row(&self, row: &RowFigures, lines: &mut Vec<Line>) {
        let label = row.label.get(self.language);
        let label = match row.kind {
            crate::tables::RowKind::Id => format!("{} {label}", row.name),
            _ => label.to_string(),
        };
        let count = |cell: &CellFigures| match cell.count.now {
            _ if cell.hidden => UNKNOWN.to_owned(),
            Some(0) if cell.count.high == Some(0) => NOUGHT.to_owned(),
            _ => moving(&cell.count, |count| grouped(*count)),
        };
        let share = |cell: &CellFigures| {
            if cell.hidden {
                return UNKNOWN.to_owned();
            }
            moving(&cell.share, |share: &Ratio| format!("{}%", percent(share, decimals(row))))
        };
        if row.kind != crate::tables::RowKind::Rate {
            lines.push(Line { label: label.clone(), cells: row.cells.iter().map(count).collect() });
        }
        if has_share(row) && self.table.kind != TableKind::Held && self.table.kind != TableKind::Failures {
            let own = if row.kind == crate::tables::RowKind::Rate { label } else { "  %".to_owned() };
            let cells: Vec<String> = row.cells.iter().map(share).chain(self.averages(row)).collect();
            if !is_nothing(row) {
                lines.push(Line { label: own, cells });
            }
        }
        for (place, wave) in self.table.waves.iter().enumerate() {
            let cells: Vec<String> = row.cells.iter().map(|cell| earlier(cell, place)).collect();
            if cells.iter().any(|cell| cell != IMPOSSIBLE) {
                let cells = cells.into_iter().chain(self.earlier_averages(row, place)).collect();
                lines.push(Line { label: format!("  {} %", wave.wave), cells });
            }
        }
    }

    /// The averages that the table prints, each a column behind the total.
    fn kinds(&self) -> Vec<AverageKind> {
        let all = [AverageKind::Pooled, AverageKind::Bands, AverageKind::Frame];
        let known = |kind: &AverageKind| *kind != AverageKind::Frame || self.figures.has_frame;
        all.into_iter().filter(|kind| prints(self.table.average, *kind)).filter(known).collect()
    }

    fn averages(&self, row: &RowFigures) -> Vec<String> {
        let averages = &row.averages;
        let total_hidden = row.cells.last().is_some_and(|cell| cell.hidden);
        let print = |kind: AverageKind| {
            let (figure, hidden) = match kind {
                AverageKind::Pooled => (&averages.pooled, total_hidden),
                AverageKind::Bands => (&averages.bands, averages.hidden),
                _ => (&averages.frame, averages.hidden),
            };
            if hidden {
                return UNKNOWN.to_owned();
            }
            moving(figure, |share| format!("{}%", percent(share, 0)))
        };
        self.kinds().into_iter().map(print).collect()
    }

    /// The averages of a wave beside.
    fn earlier_averages(&self, row: &RowFigures, wave: usize) -> Vec<String> {
        let print = |kind: AverageKind| {
            let share = match row.averages.earlier.get(wave).and_then(Option::as_ref) {
                Some(_) if row.averages.hidden => return UNKNOWN.to_owned(),
                Some(EarlierAverages::Recomputed(pooled, bands)) => match kind {
                    AverageKind::Pooled => pooled.as_ref(),
                    AverageKind::Bands => bands.as_ref(),
                    _ => None,
                },
                _ => None,
            };
            share.map_or_else(String::new, |share| format!("{}%", percent(share, 0)))
        };
        self.kinds().into_iter().map(print).collect()
    }

    fn texts(&self) -> Grid {
        let mut lines = self.lines();
        let columns = self.table.columns.iter().map(|column| column.label.get(self.language).to_string());
        let averages =
            self.kinds().into_iter().map(|kind| words::short_average(kind).get(self.language).to_string());
        let header: Vec<String> = columns.chain(averages).collect();
        for line in &mut lines {
            line.cells.resize(header.len(), String::new());
        }
        Grid { header, lines }
    }

    fn grid(&self) -> String {
        let Grid { header, lines } = self.texts();
        let widest = |texts: &mut dyn Iterator<Item = &str>| {
            texts.flat_map(str::lines).map(display_width).max().unwrap_or(0)
        };
        let labels = widest(&mut lines.iter().map(|line| line.label.as_str()));
        let label_width = labels.min((self.width / 3).max(16));
        let widths: Vec<usize> = header
            .iter()
            .enumerate()
            .map(|(place, title)| {
                let cells = lines.iter().filter_map(|line| line.cells.get(place)).map(String::as_str);
                widest(&mut std::iter::once(title.as_str()).chain(cells)) + GAP
            })
            .collect();
        let mut page = String::new();
        for block in blocks(&widths, self.width.saturating_sub(label_width)) {
            let own = |cells: &[String]| cells.get(block.clone()).unwrap_or_default().to_vec();
            let own_widths = widths.get(block.clone()).unwrap_or_default();
            page.push_str(&drawn("", &own(&header), label_width, own_widths));
            for line in &lines {
                let cells = own(&line.cells);
                if cells.iter().any(|cell| !cell.is_empty()) {
                    page.push_str(&drawn(&line.label, &cells, label_width, own_widths));
                }
            }
        }
        page
    }
}

/// A figure, and its range where it has one.
fn moving<T>(figure: &Moving<T>, print: impl Fn(&T) -> String) -> String {
    let [now, low, high] = [&figure.now, &figure.low, &figure.high].map(|value| value.as_ref().map(&print));
    let shown = now.unwrap_or_else(|| UNKNOWN.to_owned());
    match (low, high) {
        // A range that is not seen in what is printed tells nothing.
        (Some(low), Some(high)) if low != shown || high != shown => format!("{shown}\n[{low}–{high}]"),
        _ => shown,
    }
}

/// Whether a row of a state has no record, and none can come.
fn is_nothing(row: &RowFigures) -> bool {
    use crate::tables::AnswerRow::{NoAnswer, NotApplicable, Unusable};
    let is_state = matches!(row.kind, crate::tables::RowKind::Answer(NoAnswer | NotApplicable | Unusable));
    is_state && row.cells.iter().all(|cell| !cell.hidden && cell.count.high == Some(0))
}

/// Runs of columns that fit in `room`; at least one column each.
fn blocks(widths: &[usize], room: usize) -> Vec<std::ops::Range<usize>> {
    let mut blocks: Vec<std::ops::Range<usize>> = Vec::new();
    let mut used = 0;
    for (place, width) in widths.iter().enumerate() {
        match blocks.last_mut() {
            Some(block) if used + width <= room => {
                block.end = place + 1;
                used += width;
            }
            _ => {
                blocks.push(place..place + 1);
                used = *width;
            }
        }
    }
    blocks
}

/// A line of the table, and a second one where a cell has a range.
fn drawn(label: &str, cells: &[String], label_width: usize, widths: &[usize]) -> String {
    let height = cells.iter().map(|cell| cell.lines().count()).max().unwrap_or(1).max(1);
    let mut page = String::new();
    for row in 0..height {
        let label = if row == 0 { shorten(&picture::visible(label), label_width) } else { String::new() };
        let mut line = pad(&label, label_width);
        for (cell, width) in cells.iter().zip(widths) {
            line.push_str(&pad_left(&picture::visible(cell.lines().nth(row).unwrap_or("")), *width));
        }
        page.push_str(line.trim_end());
        page.push('\n');
    }
    page
}

/// The share of a wave beside.
fn earlier(cell: &CellFigures, place: usize) -> String {
    let figure = cell.earlier.get(place).and_then(Option::as_ref);
    match figure {
        None => IMPOSSIBLE.to_owned(),
        Some(_) if cell.hidden => UNKNOWN.to_owned(),
        Some(EarlierFigure::Unknown) => UNKNOWN.to_owned(),
        Some(EarlierFigure::Recomputed(count, base)) => ratio(*count, *base)
            .map_or_else(|| UNKNOWN.to_owned(), |share| format!("{}%", percent(&share, 0))),
        Some(EarlierFigure::Published(published)) => {
            let upper = published.upper.map(|upper| format!("–{upper}")).unwrap_or_default();
            let mark = if published.reconstructed { "†" } else { "" };
            format!("{}{upper}%{mark}", published.value)
        }
    }
}
