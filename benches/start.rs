//! How long one submission takes, from process start to verdict.
//!
//!     cargo bench --bench start [-- --runs NUMBER]
//!
//! Runs `kenpyo check` on a file of one record and on a clean one of a hundred, `kenpyo --help`, and for comparison
//! `kenpyo version`, which reads no pack.
//!
//! Invariants
//! - The commands run in turn, so that what else the machine does hits all alike.

mod bench;

use std::ffi::OsStr;
use std::path::Path;
use std::process::{ExitCode, Stdio};
use std::time::Instant;

use bench::{Fault, Folder, KENPYO};

/// Most milliseconds that the median of a check may take, and that of the help.
const BARS: (f64, f64) = (10.0, 5.0);

fn main() -> ExitCode {
    let Some(arguments) = bench::arguments(&[]) else {
        println!("nothing to test here; run `cargo bench --bench start`");
        return ExitCode::SUCCESS;
    };
    let runs = match arguments.as_slice() {
        [] => Some(200),
        [name, runs] if name == "--runs" => runs.to_str().and_then(|runs| runs.parse().ok()),
        _ => None,
    };
    let Some(runs) = runs.filter(|runs: &usize| *runs > 0) else {
        eprintln!("known: --runs NUMBER");
        return ExitCode::from(2);
    };
    match run(runs) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::from(2)
        }
    }
}

fn run(runs: usize) -> Result<(), Fault> {
    let folder = Folder::open()?;
    let (one, hundred) = (folder.submissions(1, "csv")?, folder.submissions_with(100, "csv", "0")?);
    let check = OsStr::new("check");
    let cases: [(&str, &[&OsStr], Option<f64>); 4] = [
        ("kenpyo check one.csv", &[check, one.as_os_str()], Some(BARS.0)),
        ("kenpyo check hundred.csv", &[check, hundred.as_os_str()], Some(BARS.0)),
        ("kenpyo --help", &[OsStr::new("--help")], Some(BARS.1)),
        ("kenpyo version", &[OsStr::new("version")], None),
    ];
    let mut times: [Vec<f64>; 4] = std::array::from_fn(|_| Vec::with_capacity(runs));
    for _ in 0..runs {
        for ((_, words, _), times) in cases.iter().zip(&mut times) {
            times.push(milliseconds(words)?);
        }
    }
    println!("{runs} runs, milliseconds       median      p95      max");
    for ((name, _, bar), times) in cases.iter().zip(times) {
        let median = print(name, times);
        if let Some(bar) = bar {
            println!("  bar: median at most {bar} ms: {}", if median <= *bar { "OK" } else { "OVER" });
        }
    }
    Ok(())
}

/// Prints a line and returns the median.
fn print(name: &str, mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    let at = |percent: usize| times.get((times.len() - 1) * percent / 100).copied().unwrap_or(f64::NAN);
    println!("{name:<25}{:>9.2}{:>9.2}{:>9.2}", at(50), at(95), at(100));
    at(50)
}

fn milliseconds(arguments: &[&OsStr]) -> Result<f64, Fault> {
    let mut command = bench::quiet(Path::new(KENPYO));
    command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
    let start = Instant::now();
    let status = command.status()?;
    let took = start.elapsed();
    match status.code() {
        Some(0 | 1) => Ok(took.as_secs_f64() * 1e3),
        _ => Err(format!("kenpyo ended with {status}").into()),
    }
}
