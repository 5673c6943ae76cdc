//! What workbooks cost: a large one, hostile ones, and a listing of many findings.
//!
//!     cargo bench --bench workbooks [-- --rounds NUMBER]
//!
//! 1. 100,000 submissions as a workbook of 41 columns, beside the same ones as CSV: rate and peak.
//! 2. Workbooks that mean harm, beside one of a single cell: time, peak and exit code of the whole process, and how long
//!    reading went on after the file's bytes had last been asked for, which is before the limit was passed.
//! 3. 10,000 findings listed for people, in a file of 6 MB.
//!
//! Linux only.
//!
//! Invariants
//! - Every run is a process of its own, measured by a small one; medians of rounds that take turns.

mod bench;
mod cost;
#[path = "../tests/it/hand_made.rs"]
#[expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "shared with the tests: what is made there is made right, or nothing is"
)]
#[expect(dead_code, reason = "the tests make more of them")]
mod hand_made;
mod rounds;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Cursor, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use bench::{Fault, Folder, KENPYO};
use cost::{Cost, MEASURE};
use hand_made::{END, Part, SHEET, SHEET_PART, TEXTS_PART};
use kenpyo::input::{FormNeeds, ReadOptions, Reader};
use kenpyo::source::SourceId;
use kenpyo::source::reader::Stream;
use rounds::{median, megabytes};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Records of the large workbook.
const RECORDS: u64 = 100_000;

/// Records of the file that is listed, some 6 MB, and how many of a hundred have a defect: a finding each, or two.
const LISTED: u64 = 28_000;
const SHARE: &str = "35";

/// Findings that are listed of it, and the most seconds that this may take.
const FINDINGS: &str = "10000";
const LISTING_BAR: f64 = 1.0;

/// Most MiB that a refusal may take over what one cell takes, and the most milliseconds after the limit was passed.
const MEMORY_BAR: f64 = 20.0;
const TIME_BAR: f64 = 50.0;

fn main() -> ExitCode {
    let Some(arguments) = bench::arguments(&[MEASURE]) else {
        println!("nothing to test here; run `cargo bench --bench workbooks`");
        return ExitCode::SUCCESS;
    };
    let rounds = |arguments: &[std::ffi::OsString]| match arguments {
        [] => Ok(5),
        [name, value] if name == "--rounds" => value.to_string_lossy().parse::<usize>().map_err(Fault::from),
        _ => Err("known: --rounds NUMBER".into()),
    };
    let done = match arguments.split_first() {
        Some((first, rest)) if first == MEASURE => cost::measure(rest),
        _ => rounds(&arguments).and_then(|rounds| run(rounds.max(1))),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::from(2)
        }
    }
}

fn run(rounds: usize) -> Result<(), Fault> {
    let folder = Folder::open()?;
    large(&folder, rounds)?;
    hostile(&folder, rounds)?;
    listing(&folder, rounds)
}

/// The costs of `kenpyo check` with each list of arguments, a round of all after the other.
fn costs(runs: &[(Vec<&str>, &Path)], rounds: usize) -> Result<Vec<Vec<Cost>>, Fault> {
    let mut costs = vec![Vec::new(); runs.len()];
    for _ in 0..rounds {
        for ((arguments, file), costs) in runs.iter().zip(&mut costs) {
            let arguments = ["check", "--quiet"].iter().chain(arguments).map(Path::new).chain([*file]);
            costs.push(cost::cost(Path::new(KENPYO), &arguments.collect::<Vec<_>>())?);
        }
    }
    Ok(costs)
}

fn of(costs: &[Cost], value: fn(&Cost) -> f64) -> f64 {
    median(costs.iter().map(value))
}

fn seconds(cost: &Cost) -> f64 {
    cost.wall.as_secs_f64()
}

const fn verdict(holds: bool) -> &'static str {
    if holds { "OK" } else { "OVER" }
}

fn large(folder: &Folder, rounds: usize) -> Result<(), Fault> {
    let csv = folder.submissions(RECORDS, "csv")?;
    let workbook = folder.file(&format!("{RECORDS}.xlsx"));
    if !workbook.exists() {
        as_workbook(&csv, &workbook)?;
    }
    let files = [("workbook", &workbook), ("csv", &csv)];
    let runs = files.map(|(_, file)| (vec!["--format", "jsonl"], file.as_path()));
    println!("{RECORDS} records of 41 columns, {rounds} rounds");
    println!("  {:<10}{:>8}{:>9}{:>9}{:>12}{:>10}", "", "MB", "wall s", "cpu s", "records/s", "peak MiB");
    let costs = costs(&runs, rounds)?;
    for ((name, file), costs) in files.iter().zip(&costs) {
        let (wall, cpu) = (of(costs, seconds), of(costs, |cost| cost.cpu.as_secs_f64()));
        let records = f64::from(u32::try_from(RECORDS)?);
        for cost in costs {
            cost.ended_with(&[1])?;
        }
        println!(
            "  {name:<10}{:>8.1}{wall:>9.3}{cpu:>9.3}{:>12.0}{:>10.1}",
            megabytes(file)?,
            records / wall,
            of(costs, Cost::peak_mib)
        );
    }
    if let [workbook, csv] = costs.as_slice() {
        let pairs = || workbook.iter().zip(csv);
        let (wall, cpu) = (
            median(pairs().map(|(one, other)| seconds(one) / seconds(other))),
            median(pairs().map(|(one, other)| one.cpu.as_secs_f64() / other.cpu.as_secs_f64())),
        );
        println!("  {:<10}{:>8}{wall:>9.2}{cpu:>9.2}", "ratio", "");
    }
    Ok(())
}

/// Writes the rows of a CSV file as a spreadsheet stores them: numbers as numbers, every other text once.
fn as_workbook(csv: &Path, to: &Path) -> Result<(), Fault> {
    let mut texts: BTreeMap<String, usize> = BTreeMap::new();
    let options = SimpleFileOptions::default();
    let half = to.with_extension("half");
    // What a workbook needs beside its rows and texts is taken from one without either.
    let mut from = zip::ZipArchive::new(Cursor::new(hand_made::package(&[])))?;
    let mut zip = ZipWriter::new(BufWriter::new(File::create(&half)?));
    for entry in 0..from.len() {
        zip.raw_copy_file(from.by_index_raw(entry)?)?;
    }
    zip.start_file(SHEET_PART, options)?;
    zip.write_all(SHEET.as_bytes())?;
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_path(csv)?;
    for row in reader.records() {
        let mut line = String::from("<row>");
        for cell in &row? {
            let number =
                cell.len() < 10 && cell.parse::<u32>().is_ok_and(|number| number.to_string() == cell);
            if cell.is_empty() {
                line.push_str("<c/>");
            } else if number {
                line.extend(["<c><v>", cell, "</v></c>"]);
            } else {
                let next = texts.len();
                let text = texts.entry(cell.to_owned()).or_insert(next);
                line.extend(["<c t=\"s\"><v>", &text.to_string(), "</v></c>"]);
            }
        }
        zip.write_all(line.as_bytes())?;
        zip.write_all(b"</row>")?;
    }
    zip.write_all(END.as_bytes())?;
    zip.start_file(TEXTS_PART, options)?;
    zip.write_all(b"<sst>")?;
    let mut numbered: Vec<(usize, String)> = texts.into_iter().map(|(text, number)| (number, text)).collect();
    numbered.sort_unstable();
    for (_, text) in numbered {
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        zip.write_all(format!("<si><t>{text}</t></si>").as_bytes())?;
    }
    zip.write_all(b"</sst>")?;
    zip.finish()?.flush()?;
    Ok(std::fs::rename(half, to)?)
}

/// A workbook whose sheet is `unit` again and again.
fn endless(head: &str, unit: &str, bytes: usize) -> Vec<u8> {
    let times = bytes / unit.len();
    let head = format!("{SHEET}<row>{head}");
    hand_made::package(&[Part { name: SHEET_PART, head, unit, times, tail: END.to_owned() }])
}

/// What is refused, by name.
fn attacks() -> Result<Vec<(&'static str, Vec<u8>)>, Fault> {
    let cell = "<c t=\"inlineStr\"><is><t>x</t></is></c>";
    let bomb = endless("</row>", "                ", 1 << 30);
    let long = "a".repeat(64);
    let text = format!("<si><t>{}</t></si>", "あ".repeat(10_000));
    let texts = Part {
        name: TEXTS_PART,
        head: "<sst>".to_owned(),
        unit: &text,
        times: (400 << 20) / text.len(),
        tail: String::new(),
    };
    let rows = Part::of(SHEET_PART, format!("{SHEET}<row><c t=\"s\"><v>0</v></c></row>{END}"));
    let whole = hand_made::by_hand(&format!("{SHEET}<row>{cell}</row>{END}"));
    let cut = whole.get(..whole.len() / 2).unwrap_or_default().to_vec();
    let lure = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;\">]>";
    let encrypted = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/workbooks/encrypted.xlsx");
    let names: Vec<String> = (0..10_001).map(|number| format!("xl/media/{number}")).collect();
    let many: Vec<Part<'_>> = names.iter().map(|name| Part::of(name, "x")).collect();
    let far = format!("{SHEET}<row r=\"1048577\"><c r=\"A1048577\"/></row>{END}");
    let wide = format!("{SHEET}<row r=\"1\">{cell}<c r=\"XFE1\"/></row>{END}");
    Ok(vec![
        ("one cell", whole),
        ("zip bomb, 2 GiB by its directory", hand_made::lying(bomb.clone(), SHEET_PART, 2 << 30)),
        ("zip bomb, 1 GiB and so it says", bomb.clone()),
        ("lying size, 4 KiB by its directory", hand_made::lying(bomb, SHEET_PART, 4 << 10)),
        ("cell of 300 MB", endless("<c t=\"inlineStr\"><is><t>", &long, 300 << 20)),
        ("shared texts of 400 MiB", hand_made::package(&[rows, texts])),
        ("cells without end in one row", endless("", "<c/>", 300 << 20)),
        ("far cell, row 1,048,577", hand_made::by_hand(&far)),
        ("far cell, column XFE", hand_made::by_hand(&wide)),
        ("DOCTYPE", hand_made::by_hand(&format!("{lure}{SHEET}<row>{cell}</row>{END}"))),
        ("truncated", cut),
        ("encrypted", std::fs::read(encrypted)?),
        ("more than 10,000 parts", hand_made::package(&many)),
    ])
}

fn hostile(folder: &Folder, rounds: usize) -> Result<(), Fault> {
    let mut files: Vec<(&str, PathBuf, f64)> = Vec::new();
    for (number, (name, bytes)) in attacks()?.into_iter().enumerate() {
        let path = folder.file(&format!("hostile-{number}.xlsx"));
        let after = median((0..rounds).map(|_| after_the_last_byte(bytes.clone()).unwrap_or(f64::NAN)));
        std::fs::write(&path, bytes)?;
        files.push((name, path, after));
    }
    let runs: Vec<_> = files.iter().map(|(_, path, _)| (vec!["--format", "json"], path.as_path())).collect();
    let costs = costs(&runs, rounds)?;
    let least = costs.first().map_or(f64::NAN, |costs| of(costs, Cost::peak_mib));
    println!("\nworkbooks that are refused, {rounds} rounds");
    println!(
        "  {:<36}{:>9}{:>10}{:>10}{:>14}{:>6}",
        "", "wall ms", "peak MiB", "over one", "after last ms", "exit"
    );
    for ((name, _, after), costs) in files.iter().zip(&costs) {
        let (peak, wall) = (of(costs, Cost::peak_mib), of(costs, seconds) * 1e3);
        let exit = costs.first().map_or(0, |cost| cost.exit);
        let holds =
            peak - least <= MEMORY_BAR && *after <= TIME_BAR && costs.iter().all(|cost| cost.exit == 3);
        println!(
            "  {name:<36}{wall:>9.1}{peak:>10.1}{:>+10.1}{after:>14.2}{exit:>6}  {}",
            peak - least,
            verdict(holds)
        );
    }
    println!("  bars: {MEMORY_BAR} MiB over one cell, {TIME_BAR} ms after the limit, exit 3");
    Ok(())
}

/// A file in memory that knows when it was last asked for bytes.
struct Watched {
    bytes: Cursor<Vec<u8>>,
    asked: Arc<Mutex<Instant>>,
}

impl Read for Watched {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        self.bytes.read(into)
    }
}

impl Seek for Watched {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.bytes.seek(to)
    }
}

/// Milliseconds from when the file was last asked for bytes until its refusal was told. What was asked for last held
/// the limit, so this is more than what went by after it.
fn after_the_last_byte(bytes: Vec<u8>) -> Result<f64, Fault> {
    let pack = kenpyo::engine::survey::open(None)?.pack.ok_or("no survey")?;
    let form: Arc<FormNeeds> = Arc::new(kenpyo::engine::form_needs(&pack));
    let asked = Arc::new(Mutex::new(Instant::now()));
    let file = Watched { bytes: Cursor::new(bytes), asked: Arc::clone(&asked) };
    let options = ReadOptions::default();
    let (mut reader, mut found) =
        Reader::open(SourceId(0), "x.xlsx", Stream::Seekable(Box::new(file)), &form, &options)?;
    while reader.next_block()?.is_some() {}
    found.append(reader.finish());
    let last = *asked.lock().unwrap_or_else(PoisonError::into_inner);
    if found.is_empty() { Err("it was not refused".into()) } else { Ok(last.elapsed().as_secs_f64() * 1e3) }
}

fn listing(folder: &Folder, rounds: usize) -> Result<(), Fault> {
    let file = folder.submissions_with(LISTED, "csv", SHARE)?;
    let formats =
        [("full, 10,000 findings", "full", FINDINGS), ("full, as ever", "full", ""), ("short", "short", "")];
    let runs = formats.map(|(_, format, most)| {
        let limit = if most.is_empty() { vec![] } else { vec!["--max-findings", most] };
        ([vec!["--format", format], limit].concat(), file.as_path())
    });
    println!("\n{LISTED} records, {SHARE} % with a defect, {:.1} MB, {rounds} rounds", megabytes(&file)?);
    println!("  {:<24}{:>9}{:>9}{:>10}", "", "wall s", "cpu s", "peak MiB");
    for ((name, _, most), costs) in formats.iter().zip(costs(&runs, rounds)?) {
        for cost in &costs {
            cost.ended_with(&[1])?;
        }
        let wall = of(&costs, seconds);
        let cpu = of(&costs, |cost| cost.cpu.as_secs_f64());
        let holds = if most.is_empty() { "" } else { verdict(wall <= LISTING_BAR) };
        println!("  {name:<24}{wall:>9.3}{cpu:>9.3}{:>10.1}  {holds}", of(&costs, Cost::peak_mib));
    }
    println!("  bar: 10,000 findings within {LISTING_BAR} s");
    Ok(())
}
