//! The rival of the benchmark `rate`: the checks of the 2024 survey written by hand, for this one survey.
//!
//! A typed struct, serde, plain ifs, rayon over blocks of the file: what a good engineer would write in a day if
//! there were no rule language. It tells each finding as a line of JSON (rule, record, line) and counts findings by
//! rule; it writes no sentences, marks no cells and counts no outcomes, so whatever it saves there is to its favour.
//!
//! Invariants
//! - The same findings as the shipped pack on the same file: `rate` compares the counts of every rule.
//! - Memory does not grow with the file; findings are written in the order of the file.
//! - Reads UTF-8 only, CSV by the columns' published names and JSON Lines by the fields' names.

mod answer;
mod blocks;
mod cell;
mod choice;
mod code;
mod edits;
mod form;
mod report;
mod routing;

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use rayon::prelude::*;

use self::blocks::{Block, Blocks, Layout};
use self::report::Report;

/// Blocks read ahead of the threads that check them.
const WAVE: usize = 8;

/// Findings by rule id.
pub type Counts = BTreeMap<&'static str, u64>;

/// Checks the file at `path`, writes its findings to `sink`, and counts them.
pub fn check(path: &Path, sink: &mut dyn Write) -> Result<Counts, Box<dyn Error>> {
    let layout = match path.extension().and_then(|suffix| suffix.to_str()) {
        Some("csv") => Layout::Rows,
        Some("jsonl") => Layout::Lines,
        _ => return Err("the rival reads .csv and .jsonl".into()),
    };
    let mut blocks = Blocks::new(File::open(path)?, layout);
    let columns = match layout {
        Layout::Rows => form::Columns::find(&blocks.header()?)?,
        Layout::Lines => form::Columns::default(),
    };
    let mut counts = Counts::new();
    let mut wave: Vec<Block> = (0..WAVE).map(|_| Block::default()).collect();
    loop {
        let mut filled = 0;
        for block in &mut wave {
            if !blocks.fill(block)? {
                break;
            }
            filled += 1;
        }
        let reports = wave.par_iter().take(filled).map(|block| match layout {
            Layout::Rows => rows(block, &columns),
            Layout::Lines => lines(block),
        });
        for report in reports.collect::<Vec<_>>() {
            let report = report?;
            sink.write_all(&report.lines)?;
            for (rule, count) in report.counts {
                *counts.entry(rule).or_default() += count;
            }
        }
        if filled < WAVE {
            return Ok(counts);
        }
    }
}

/// Checks a block of CSV.
fn rows(block: &Block, columns: &form::Columns) -> io::Result<Report> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(block.bytes.as_slice());
    let mut report = Report::new(block.first_record, block.first_line);
    let mut row = csv::StringRecord::new();
    while reader.read_record(&mut row)? {
        report.begin(row.position().map_or(1, csv::Position::line));
        if row.len() == columns.width {
            let mut form = columns.form(&row).map_err(io::Error::other)?;
            edits::judge(&mut form, &mut report);
        } else {
            report.fail("KP-S009");
        }
    }
    Ok(report)
}

/// Checks a block of JSON Lines.
fn lines(block: &Block) -> io::Result<Report> {
    let mut report = Report::new(block.first_record, block.first_line);
    for (number, line) in (1..).zip(block.bytes.split(|byte| *byte == b'\n')) {
        if line.trim_ascii().is_empty() {
            continue;
        }
        report.begin(number);
        let mut form: form::Form<'_> = serde_json::from_slice(line)?;
        edits::judge(&mut form, &mut report);
    }
    Ok(report)
}
