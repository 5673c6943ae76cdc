//! Memory does not grow with the file (DESIGN section 4), for records as rows and as lines.
//!
//! The peak is read from `/proc` while the program runs, so on other systems than Linux there is nothing to test.
//!
//! Invariants
//! - Bounds are absolute, or of a large file over a small one; a peak is that of the whole process.

use std::path::Path;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use crate::program::{command, root};

const SMALL: u32 = 20_000;
const LARGE: u32 = 200_000;

/// Most memory in KiB that a file may take, and that the large one may take over the small one.
const PEAK: u64 = 128 * 1024;
const GROWTH: u64 = 8 * 1024;

/// Most bytes that a record may take for the rules across records: its key of nine digits, where it stands, what its
/// message will say, and its place in the order of the keys.
const KEY: u64 = 96;

/// Writes `records` submissions into `folder`, one in twenty with a defect; gives back the file's name.
fn submissions(folder: &Path, records: u32, format: &str) -> String {
    let name = format!("{records}.{format}");
    let defects = root().join("fixtures/defects.toml");
    let made = command(folder)
        .args(["generate", "--quiet", "--format", format, "--out", &name, "--records", &records.to_string()])
        .arg("--defects")
        .arg(defects)
        .stdout(Stdio::null())
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    name
}

/// The highest resident memory in KiB that a process has had so far. `None`: it has ended.
pub fn high_water(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}

/// The peak in KiB of checking a file, with further words of the command line.
fn peak(folder: &Path, name: &str, further: &[&str]) -> u64 {
    let words = ["check", "--quiet", "--format", "jsonl", "--threads", "2", name];
    peak_of(folder, &[&words, further].concat(), name)
}

/// The same of any command.
fn peak_of(folder: &Path, words: &[&str], name: &str) -> u64 {
    let mut child = command(folder).args(words).stdout(Stdio::null()).spawn().unwrap();
    let mut peak = 0;
    // The mark never falls, so only what the last millisecond adds can be missed.
    while let Some(now) = high_water(child.id()) {
        peak = now;
        sleep(Duration::from_millis(1));
    }
    let status = child.wait().unwrap();
    assert_eq!(status.code(), Some(1), "{name} has findings");
    assert!(peak > 0, "no figure for {name}");
    peak
}

#[test]
fn memory_does_not_grow_with_the_file() {
    if !cfg!(target_os = "linux") {
        println!("skipped: the memory of a process is read from /proc, which is Linux's");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for format in ["csv", "jsonl"] {
        let files = [SMALL, LARGE].map(|records| submissions(folder.path(), records, format));
        let peaks = |words: &[&str]| files.each_ref().map(|name| peak(folder.path(), name, words));
        least_growth(format, GROWTH, || {
            let [small, large] = peaks(&["--ignore", "HCS-U"]);
            assert!(large <= PEAK, "{format}: {large} KiB for {LARGE} records");
            (small, large)
        });
        if cfg!(feature = "formats") && format == "csv" {
            let streams = ["--format", "github=g", "--format", "rdjson=r", "--format", "csv=c"];
            let words = [&streams[..], &["--ignore", "HCS-U", "--values", "show"]].concat();
            least_growth("github, rdjson, csv", GROWTH, || peaks(&words).into());
        }
        // A rule across records keeps the keys, and nothing else grows.
        let keys = KEY * u64::from(LARGE - SMALL) / 1024;
        let one = ["--ignore", "HCS-U003,HCS-U004,HCS-U005"];
        least_growth(&format!("{format} with a rule across records"), keys, || peaks(&one).into());
        // Five such rules, in which every record takes part: sixteen bytes each, and those of one while it is judged.
        least_growth(&format!("{format} with all rules across records"), 2 * keys, || peaks(&[]).into());
    }
}

#[test]
fn memory_of_clean_grows_by_the_keys_and_not_by_the_records() {
    if !cfg!(target_os = "linux") {
        println!("skipped: the memory of a process is read from /proc, which is Linux's");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let files = [SMALL, LARGE].map(|records| submissions(folder.path(), records, "csv"));
    let keys = KEY * u64::from(LARGE - SMALL) / 1024;
    // Of the rules over many records the one that is a hard edit, which no cleaning does without: names and answers of
    // generated records repeat, and what is found of them is kept for the queries.
    let words =
        ["--quiet", "--threads", "2", "--out", "out", "--force", "--ignore", "HCS-U003,HCS-U004,HCS-U005"];
    least_growth("clean", keys + GROWTH, || {
        let peak = |name: &String| peak_of(folder.path(), &[&["clean", name], &words[..]].concat(), name);
        files.each_ref().map(peak).into()
    });
}

/// Measures how many KiB a large file takes over a small one, and stops where that is more than `most`. What threads happen
/// to hold at once moves a peak by some megabytes, and no run can hold less than it needs: of three the least says most.
fn least_growth(what: &str, most: u64, measure: impl Fn() -> (u64, u64)) {
    let mut told = Vec::new();
    let fits = (0..3).any(|_| {
        let (small, large) = measure();
        told.push(format!("{small} KiB for {SMALL} records, {large} KiB for {LARGE}"));
        large.saturating_sub(small) <= most
    });
    println!("{what}: {}", told.join("; "));
    assert!(fits, "{what}: more than {most} KiB, {told:?}");
}
