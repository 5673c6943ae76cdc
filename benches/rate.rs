//! How fast submissions are checked, beside a program written by hand for this one survey (`rival`).
//!
//!     cargo bench --bench rate [-- [--rounds NUMBER] [--threads NUMBER]]
//!
//! Makes 100,000 and 1,000,000 submissions, 5 % of them with a defect, as CSV and as JSON Lines, compares the counts
//! of both programs rule by rule, and then runs them in turn. Linux only.
//!
//! Invariants
//! - Rounds are interleaved, so that what else the machine does hits both programs alike; medians are printed.
//! - Both programs are whole processes: start, pack, reading, findings as lines of JSON to nowhere.

mod bench;
mod cost;
mod rival;
mod rounds;

use std::collections::BTreeMap;
use std::error::Error;
use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};

use bench::{Fault, Folder, KENPYO};
use cost::{Cost, MEASURE};
use rounds::{median, megabytes};

/// Records of the small and of the large file.
const SIZES: [u64; 2] = [100_000, 1_000_000];
const FORMATS: [&str; 2] = ["csv", "jsonl"];

/// The rival compares no records with each other, and the keys that this needs grow with the file: `tests/it/memory.rs`
/// holds what they take.
const SAME_WORK: [&str; 2] = ["--ignore", "HCS-U"];

/// Most memory in MiB that the large file may take, and that it may take over the small one.
const PEAK_BAR: f64 = 128.0;
const GROWTH_BAR: f64 = 8.0;

const RIVAL: &str = "--rival";
/// Makes the rival print its counts in the place of its findings.
const COUNTS: &str = "--counts";

fn main() -> ExitCode {
    let Some(arguments) = bench::arguments(&[MEASURE, RIVAL]) else {
        println!("nothing to test here; run `cargo bench --bench rate`");
        return ExitCode::SUCCESS;
    };
    let done = match arguments.split_first() {
        Some((first, rest)) if first == MEASURE => cost::measure(rest),
        Some((first, rest)) if first == RIVAL => run_rival(rest),
        _ => Options::read(&arguments).and_then(|options| run(&options)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::from(2)
        }
    }
}

/// What may be asked for.
struct Options {
    rounds: usize,
    /// `None`: what each program takes by itself.
    threads: Option<String>,
}

impl Options {
    fn read(arguments: &[OsString]) -> Result<Self, Fault> {
        let mut options = Self { rounds: 3, threads: None };
        let mut rest = arguments.iter().map(|argument| argument.to_string_lossy());
        while let Some(name) = rest.next() {
            let value = rest.next().ok_or_else(|| format!("{name} needs a value"))?;
            match &*name {
                "--rounds" => options.rounds = value.parse::<usize>()?.max(1),
                "--threads" => options.threads = Some(value.into_owned()),
                _ => return Err(format!("unknown argument {name}; known: --rounds, --threads").into()),
            }
        }
        Ok(options)
    }
}

/// The rival as a program: findings, or with `--counts` the counts, to standard output.
fn run_rival(arguments: &[OsString]) -> Result<(), Fault> {
    let mut file: Option<&OsString> = None;
    let mut counts = false;
    let mut threads = 0;
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.to_str() {
            Some(COUNTS) => counts = true,
            Some("--threads") => {
                threads = rest.next().and_then(|value| value.to_str()).unwrap_or_default().parse()?;
            }
            _ => file = Some(argument),
        }
    }
    rayon::ThreadPoolBuilder::new().num_threads(threads).build_global()?;
    let path = Path::new(file.ok_or("the rival needs a file")?);
    let mut out = BufWriter::new(io::stdout().lock());
    if counts {
        for (rule, count) in rival::check(path, &mut io::sink())? {
            writeln!(out, "{rule} {count}")?;
        }
    } else {
        rival::check(path, &mut out)?;
    }
    Ok(out.flush()?)
}

fn run(options: &Options) -> Result<(), Fault> {
    let folder = Folder::open()?;
    let mut exceeded = Vec::new();
    println!(
        "{} rounds, interleaved; medians of whole processes; ratio = CPU of kenpyo / CPU of the rival",
        options.rounds
    );
    for format in FORMATS {
        let mut peaks = Vec::new();
        for records in SIZES {
            let file = folder.submissions(records, format)?;
            println!("\n{records} records, {format}, {:.1} MB: {}", megabytes(&file)?, compare(&file)?);
            let rounds = rounds(&file, options)?;
            print_table(records, megabytes(&file)?, &rounds);
            peaks.push(median(rounds.iter().map(|(kenpyo, _)| kenpyo.peak_mib())));
        }
        if let [small, large] = peaks.as_slice() {
            exceeded.push((format, *large, large - small));
        }
    }
    println!("\nmemory of kenpyo, {} records against {}", SIZES[1], SIZES[0]);
    for (format, peak, growth) in exceeded {
        let verdict = |value: f64, bar: f64| if value <= bar { "OK" } else { "OVER" };
        println!(
            "  {format:<6} peak {peak:6.1} MiB (bar {PEAK_BAR}: {}), growth {growth:+5.1} MiB (bar {GROWTH_BAR}: {})",
            verdict(peak, PEAK_BAR),
            verdict(growth, GROWTH_BAR)
        );
    }
    Ok(())
}

/// One round after the other: kenpyo, then the rival.
fn rounds(file: &Path, options: &Options) -> Result<Vec<(Cost, Cost)>, Fault> {
    let threads: Vec<OsString> =
        options.threads.iter().flat_map(|threads| ["--threads".into(), OsString::from(threads)]).collect();
    let mut kenpyo: Vec<OsString> = ["check", "--format", "jsonl", "--quiet"].map(OsString::from).into();
    kenpyo.extend(SAME_WORK.map(OsString::from));
    kenpyo.extend(threads.iter().cloned());
    kenpyo.push(file.into());
    let mut rival: Vec<OsString> = vec![RIVAL.into(), file.into()];
    rival.extend(threads);
    let this = std::env::current_exe()?;
    (0..options.rounds)
        .map(|_| {
            // 1 tells findings, which these files are full of.
            let kenpyo = cost::cost(Path::new(KENPYO), &kenpyo)?.ended_with(&[0, 1])?;
            Ok((kenpyo, cost::cost(&this, &rival)?.ended_with(&[0])?))
        })
        .collect()
}

fn print_table(records: u64, megabytes: f64, rounds: &[(Cost, Cost)]) {
    println!("  {:<8}{:>9}{:>9}{:>14}{:>9}{:>10}", "", "wall s", "cpu s", "M records/s", "MB/s", "peak MiB");
    let millions = f64::from(u32::try_from(records).unwrap_or(u32::MAX)) / 1e6;
    let row = |name: &str, costs: &dyn Fn() -> Vec<Cost>| {
        let of = |value: fn(&Cost) -> f64| median(costs().iter().map(value));
        let (wall, cpu) = (of(|cost| cost.wall.as_secs_f64()), of(|cost| cost.cpu.as_secs_f64()));
        let (rate, bytes, peak) = (millions / wall, megabytes / wall, of(Cost::peak_mib));
        println!("  {name:<8}{wall:>9.3}{cpu:>9.3}{rate:>14.2}{bytes:>9.0}{peak:>10.1}");
    };
    row("kenpyo", &|| rounds.iter().map(|(kenpyo, _)| *kenpyo).collect());
    row("rival", &|| rounds.iter().map(|(_, rival)| *rival).collect());
    let ratio = |of: fn(&Cost) -> f64| median(rounds.iter().map(|(kenpyo, rival)| of(kenpyo) / of(rival)));
    let cpu = ratio(|cost| cost.cpu.as_secs_f64());
    let wall = ratio(|cost| cost.wall.as_secs_f64());
    println!("  ratio   {wall:>9.2}{cpu:>9.2}");
}

/// `same counts`, or the differences of both programs by rule.
fn compare(file: &Path) -> Result<String, Fault> {
    let (kenpyo, rival) = (counts_of_kenpyo(file)?, counts_of_rival(file)?);
    let rules = kenpyo.keys().chain(rival.keys());
    let differing: BTreeMap<&String, (u64, u64)> = rules
        .map(|rule| (rule, (count(&kenpyo, rule), count(&rival, rule))))
        .filter(|(_, (ours, theirs))| ours != theirs)
        .collect();
    if differing.is_empty() {
        let findings: u64 = kenpyo.values().sum();
        return Ok(format!("same counts ({findings} findings of {} rules)", kenpyo.len()));
    }
    let lines =
        differing.iter().map(|(rule, (ours, theirs))| format!("\n    {rule}: kenpyo {ours}, rival {theirs}"));
    Ok(format!("COUNTS DIFFER{}", lines.collect::<String>()))
}

fn count(counts: &BTreeMap<String, u64>, rule: &str) -> u64 {
    counts.get(rule).copied().unwrap_or(0)
}

/// Findings by rule, from the last event of the format `jsonl`.
fn counts_of_kenpyo(file: &Path) -> Result<BTreeMap<String, u64>, Fault> {
    let mut command = bench::quiet(Path::new(KENPYO));
    let mut child = command
        .args(["check", "--format", "jsonl", "--quiet"])
        .args(SAME_WORK)
        .arg(file)
        .stdout(Stdio::piped())
        .spawn()?;
    let mut output = BufReader::new(child.stdout.take().ok_or("no output")?);
    let (mut line, mut last) = (String::new(), String::new());
    while output.read_line(&mut line)? > 0 {
        std::mem::swap(&mut line, &mut last);
        line.clear();
    }
    child.wait()?;
    let summary: serde_json::Value = serde_json::from_str(&last)?;
    let rules = summary.get("rules").and_then(|rules| rules.as_array()).ok_or("the report has no rules")?;
    let counted = rules
        .iter()
        .filter_map(|rule| Some((rule.get("rule")?.as_str()?.to_owned(), rule.get("findings")?.as_u64()?)));
    Ok(counted.filter(|(_, findings)| *findings > 0).collect())
}

fn counts_of_rival(file: &Path) -> Result<BTreeMap<String, u64>, Fault> {
    let this: PathBuf = std::env::current_exe()?;
    let output = bench::quiet(&this).arg(RIVAL).arg(file).arg(COUNTS).output()?;
    if !output.status.success() {
        return Err(format!("the rival: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let text = String::from_utf8(output.stdout)?;
    let counted = text.lines().map(|line| {
        let (rule, count) = line.split_once(' ').ok_or("the rival's counts are malformed")?;
        Ok((rule.to_owned(), count.parse()?))
    });
    counted.collect::<Result<_, Box<dyn Error>>>()
}
