//! The format `xlsx`: a workbook of three sheets, the findings, the rules and the run.
//!
//! Invariants
//! - Every text is a string cell: never a formula, never a link, however it begins.
//! - The same run gives the same bytes: nothing in the file depends on when or where it was made.
//! - What does not fit is counted and said on the last sheet.

use std::io;
use std::path::PathBuf;

use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use super::collected::{Collected, Document};
use super::columns::{COLUMNS, Row};
use super::words::pick;
use super::{Output, words};
use crate::diagnostic::{Language, Severity};
use crate::error::Error;
use crate::evaluate::RuleCounts;
use crate::source::picture;
use crate::workbook::cell_text::{LONGEST_CELL, clipped};

/// The day on which every workbook says that it was made: the first that its date system is sure of.
const MADE: (u16, u8, u8) = (2000, 1, 1);

/// Most rows of findings: a sheet has some more.
const MOST_ROWS: usize = 1_000_000;

const FONT: &str = "Yu Gothic";

/// The document as a workbook.
#[derive(Debug, Clone, Copy, Default)]
pub struct Xlsx;

impl Document for Xlsx {
    fn write(&self, collected: &Collected, output: &mut Output) -> Result<(), Error> {
        let bytes = workbook(collected)
            .map_err(|error| Error::Write { path: PathBuf::from("xlsx"), source: io::Error::other(error) })?;
        output.write(&bytes)
    }
}

fn workbook(collected: &Collected) -> Result<Vec<u8>, XlsxError> {
    let language = collected.audience.language;
    let made = ExcelDateTime::from_ymd(MADE.0, MADE.1, MADE.2)?;
    let mut workbook = Workbook::new();
    workbook
        .set_properties(&DocProperties::new().set_title(env!("CARGO_PKG_NAME")).set_creation_datetime(&made));
    let mut findings = named(pick(language, "指摘", "Findings"))?;
    findings_sheet(collected, &mut findings)?;
    workbook.push_worksheet(findings);
    let mut rules = named(pick(language, "規則", "Rules"))?;
    rules_sheet(collected, &mut rules)?;
    workbook.push_worksheet(rules);
    let mut summary = named(pick(language, "概要", "Summary"))?;
    summary_sheet(collected, &mut summary)?;
    workbook.push_worksheet(summary);
    workbook.save_to_buffer()
}

fn named(name: &str) -> Result<Worksheet, XlsxError> {
    let mut sheet = Worksheet::new();
    sheet.set_name(name)?;
    Ok(sheet)
}

fn plain() -> Format {
    Format::new().set_font_name(FONT).set_font_size(10).set_text_wrap().set_align(FormatAlign::Top)
}

fn heading() -> Format {
    plain().set_bold().set_background_color(Color::RGB(0x00D9_E2F3)).set_border(FormatBorder::Thin)
}

fn coloured(severity: Severity) -> Format {
    let colour = match severity {
        Severity::Fatal => 0x00E6_B8B7,
        Severity::Error => 0x00F8_CBAD,
        Severity::Warning => 0x00FF_E699,
        Severity::Info => 0x00DD_EBF7,
    };
    plain().set_background_color(Color::RGB(colour))
}

/// Writes `text` as text; what a cell cannot hold of it is cut, with `…` to show it.
fn put(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    text: &str,
    format: &Format,
) -> Result<(), XlsxError> {
    let text = picture::visible_lines(text);
    sheet.write_string_with_format(row, column, clipped(&text, LONGEST_CELL), format)?;
    Ok(())
}

/// Writes a count; one that a spreadsheet's numbers cannot tell is text.
fn count(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    number: u64,
    format: &Format,
) -> Result<(), XlsxError> {
    match u32::try_from(number) {
        Ok(number) => {
            sheet.write_number_with_format(row, column, number, format)?;
            Ok(())
        }
        Err(_) => put(sheet, (row, column), &number.to_string(), format),
    }
}

fn headings<'a>(sheet: &mut Worksheet, names: impl Iterator<Item = (&'a str, u16)>) -> Result<(), XlsxError> {
    let format = heading();
    for (place, (name, width)) in (0..).zip(names) {
        put(sheet, (0, place), name, &format)?;
        sheet.set_column_width(place, width)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_repeat_rows(0, 0)?;
    sheet.set_landscape();
    Ok(())
}

fn findings_sheet(collected: &Collected, sheet: &mut Worksheet) -> Result<(), XlsxError> {
    let language = collected.audience.language;
    headings(sheet, COLUMNS.iter().map(|(name, ja, en)| (pick(language, ja, en), width(name))))?;
    let format = plain();
    let mut last = 0;
    for (row, entry) in (1_u32..).zip(collected.entries.iter().take(MOST_ROWS)) {
        let line = Row::new(&entry.diagnostic, collected.audience, &collected.names, &entry.fingerprint);
        let severity = coloured(line.severity);
        for (place, (cell, (name, _, _))) in (0_u16..).zip(line.cells.iter().zip(COLUMNS)) {
            let format = if name == "severity" { &severity } else { &format };
            match cell.parse::<u64>() {
                Ok(number) if matches!(name, "record" | "line" | "column") => {
                    count(sheet, (row, place), number, format)?;
                }
                _ => put(sheet, (row, place), cell, format)?,
            }
        }
        last = row;
    }
    let columns = u16::try_from(COLUMNS.len()).unwrap_or(1);
    sheet.autofilter(0, 0, last, columns.saturating_sub(1))?;
    Ok(())
}

/// Width of a column, in letters.
fn width(name: &str) -> u16 {
    match name {
        "message" => 60,
        "title" | "labels" => 36,
        "file" | "slug" | "fields" | "suggestion" => 26,
        "rule" | "key" | "fix" | "fingerprint" => 18,
        _ => 10,
    }
}

/// A number of the closing table. `None`: it has none.
type Number = fn(&RuleCounts) -> u64;

const OUTCOMES: [Number; 6] = [
    |counts| counts.pass,
    |counts| counts.fail,
    |counts| counts.not_applicable,
    |counts| counts.undecided,
    |counts| counts.skipped,
    |counts| counts.not_run,
];

fn rules_sheet(collected: &Collected, sheet: &mut Worksheet) -> Result<(), XlsxError> {
    let language = collected.audience.language;
    let mut names: Vec<(&str, u16)> =
        words::COLUMNS.iter().map(|(ja, en, _)| (pick(language, ja, en), 12)).collect();
    names.insert(1, (pick(language, "題", "title"), 50));
    if let Some(first) = names.first_mut() {
        first.1 = 26;
    }
    names.push((pick(language, "調査", "survey"), 30));
    headings(sheet, names.iter().copied())?;
    let format = plain();
    let packs: Vec<String> =
        collected.header.packs().map(|(survey, wave, _)| format!("{survey}/{wave}")).collect();
    for (row, line) in (1_u32..).zip(&collected.summary.rules) {
        put(sheet, (row, 0), &line.id, &format)?;
        put(sheet, (row, 1), line.title.get(language), &format)?;
        put(sheet, (row, 2), words::severity(line.severity).get(language), &coloured(line.severity))?;
        count(sheet, (row, 3), line.findings, &format)?;
        count(sheet, (row, 4), line.records, &format)?;
        for (place, number) in (5..).zip(OUTCOMES) {
            if let Some(counts) = &line.counts {
                count(sheet, (row, place), number(counts), &format)?;
            }
        }
        // The engine's own codes are of no survey.
        let pack = packs.get(line.part).filter(|_| line.counts.is_some());
        put(sheet, (row, 11), pack.map_or("", String::as_str), &format)?;
    }
    Ok(())
}

fn summary_sheet(collected: &Collected, sheet: &mut Worksheet) -> Result<(), XlsxError> {
    let (header, summary, language) = (&collected.header, &collected.summary, collected.audience.language);
    let mut lines: Vec<(&str, String)> = Vec::new();
    lines
        .push((pick(language, "結果", "verdict"), words::verdict(summary.verdict).get(language).to_string()));
    let receipt = words::receipt(header, summary, !collected.audience.hide_values, language);
    lines.push((words::receipt_label(language), receipt));
    for line in words::summary(header, summary, language) {
        lines.push((pick(language, "概要", "summary"), line));
    }
    let unwritten = collected.entries.len().saturating_sub(MOST_ROWS);
    let left_out = collected.left_out.saturating_add(u64::try_from(unwritten).unwrap_or(u64::MAX));
    if left_out > 0 {
        let text = words::not_shown(left_out, None, collected.most, language);
        lines.push((pick(language, "記載していない指摘", "findings left out"), text));
    }
    for file in &summary.files {
        let records = match language {
            Language::Ja => format!("{}（{}票）", file.name, file.records),
            Language::En => format!("{} ({} records)", file.name, file.records),
        };
        let name = if file.readable {
            pick(language, "ファイル", "file")
        } else {
            pick(language, "読み取れないファイル", "unreadable file")
        };
        lines.push((name, records));
    }
    for link in &summary.links {
        let name = pick(language, "突合ファイル", "linked file");
        lines.push((name, format!("{}: {}", link.link, link.file.name)));
    }
    sheet.set_column_width(0, 24)?;
    sheet.set_column_width(1, 100)?;
    let (left, right) = (heading(), plain());
    for (row, (name, text)) in (0_u32..).zip(&lines) {
        put(sheet, (row, 0), name, &left)?;
        put(sheet, (row, 1), text, &right)?;
    }
    Ok(())
}
