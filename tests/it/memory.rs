//! Memory does not grow with the file (DESIGN section 4), for records as rows and as lines.
//!
//! The peak is read from `/proc` while the program runs, so on other systems than Linux there is nothing to test.

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
    let mut child = command(folder)
        .args(["check", "--quiet", "--format", "jsonl", "--threads", "2", name])
        .args(further)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
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
        let [small, large] = files.each_ref().map(|name| peak(folder.path(), name, &["--ignore", "HCS-U"]));
        println!("{format}: {small} KiB for {SMALL} records, {large} KiB for {LARGE}");
        assert!(large <= PEAK, "{format}: {large} KiB for {LARGE} records");
        assert!(large.saturating_sub(small) <= GROWTH, "{format}: {small} KiB grow to {large} KiB");
        if cfg!(feature = "formats") && format == "csv" {
            let streams = ["--format", "github=g", "--format", "rdjson=r", "--format", "csv=c"];
            let words = [&streams[..], &["--ignore", "HCS-U", "--values", "show"]].concat();
            let [small, large] = files.each_ref().map(|name| peak(folder.path(), name, &words));
            println!("github, rdjson, csv: {small} KiB, {large} KiB");
            assert!(large.saturating_sub(small) <= GROWTH, "{small} KiB grow to {large} KiB");
        }
        // A rule across records keeps the keys, and nothing else grows. What threads happen to hold at once moves a
        // peak by some megabytes upward, never downward: of a few runs the least says most.
        let mut told = String::new();
        let mut runs = (0..3).map(|_| {
            let [few, many] = files.each_ref().map(|name| peak(folder.path(), name, &[]));
            let each = (many.saturating_sub(few) * 1024) / u64::from(LARGE - SMALL);
            told = format!("{few} KiB grow to {many} KiB");
            println!("{format}: {each} bytes a record with rules across records ({few} KiB, {many} KiB)");
            each
        });
        let fits = runs.any(|each| each <= KEY);
        assert!(fits, "{format}: {told}");
    }
}
