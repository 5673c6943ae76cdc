//! How long one submission takes, from process start to verdict.
//!
//!     cargo bench --bench start [-- --runs NUMBER]
//!
//! Runs `kenpyo check` on a file of one record, and for comparison `kenpyo version`, which reads no pack.
//!
//! Invariants
//! - Both commands run in turn, so that what else the machine does hits both alike.

mod bench;

use std::ffi::OsStr;
use std::path::Path;
use std::process::{ExitCode, Stdio};
use std::time::Instant;

use bench::{Fault, Folder, KENPYO};

/// Most milliseconds that the median may take.
const BAR: f64 = 10.0;

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
    let file = folder.submissions(1, "csv")?;
    let (mut check, mut version) = (Vec::with_capacity(runs), Vec::with_capacity(runs));
    for _ in 0..runs {
        check.push(milliseconds(&[OsStr::new("check"), file.as_os_str()])?);
        version.push(milliseconds(&[OsStr::new("version")])?);
    }
    println!("{runs} runs, milliseconds       median      p95      max");
    let median = print("kenpyo check one.csv", check);
    print("kenpyo version", version);
    println!("bar: median at most {BAR} ms: {}", if median <= BAR { "OK" } else { "OVER" });
    Ok(())
}

/// Prints a line and returns the median.
fn print(name: &str, mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    let at = |percent: usize| times.get((times.len() - 1) * percent / 100).copied().unwrap_or(f64::NAN);
    println!("{name:<22}{:>9.2}{:>9.2}{:>9.2}", at(50), at(95), at(100));
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
