//! What a run of a program costs.
//!
//! A run is measured by a process of its own, which starts the program, waits for it and asks the system what its
//! one child has used: exact to the microsecond and the page, and no moment can be missed.
//!
//! Invariants
//! - The measuring process is small, since a child's peak begins at what its parent held when it was started.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::bench::{Fault, quiet};

/// The argument that makes a benchmark's process measure another program.
pub const MEASURE: &str = "--measure";

/// What one run has cost.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    /// From start to end.
    pub wall: Duration,
    /// Of all threads, in the program and in the system.
    pub cpu: Duration,
    /// Most memory resident at a time, in KiB.
    pub peak: u64,
    /// What it ended with.
    pub exit: u64,
}

impl Cost {
    /// Most memory resident at a time.
    pub fn peak_mib(&self) -> f64 {
        f64::from(u32::try_from(self.peak).unwrap_or(u32::MAX)) / 1024.0
    }

    /// The same; an error where the program ended with another code than these.
    pub fn ended_with(self, codes: &[u64]) -> Result<Self, Fault> {
        if codes.contains(&self.exit) { Ok(self) } else { Err(format!("ended with {}", self.exit).into()) }
    }
}

/// Runs a program with its arguments, and what it has cost.
pub fn cost<A: AsRef<OsStr>>(program: &Path, arguments: &[A]) -> Result<Cost, Fault> {
    let output = quiet(&std::env::current_exe()?).arg(MEASURE).arg(program).args(arguments).output()?;
    let text = String::from_utf8(output.stdout)?;
    let numbers = text.split_whitespace().map(str::parse).collect::<Result<Vec<u64>, _>>()?;
    match (output.status.success(), numbers.as_slice()) {
        (true, [wall, cpu, peak, exit]) => Ok(Cost {
            wall: Duration::from_micros(*wall),
            cpu: Duration::from_micros(*cpu),
            peak: *peak,
            exit: *exit,
        }),
        _ => Err(format!("{}: {}", program.display(), String::from_utf8_lossy(&output.stderr)).into()),
    }
}

/// Measures a program (the first argument) and prints wall and CPU time in microseconds, the peak in KiB, and the exit
/// code.
pub fn measure(arguments: &[OsString]) -> Result<(), Fault> {
    let (program, arguments) = arguments.split_first().ok_or("nothing to measure")?;
    let start = Instant::now();
    let status = quiet(Path::new(program)).args(arguments).stdout(Stdio::null()).status()?;
    let wall = start.elapsed().as_micros();
    let exit = status.code().ok_or_else(|| format!("ended with {status}"))?;
    let (cpu, peak) = used_by_child()?;
    println!("{wall} {cpu} {peak} {exit}");
    Ok(())
}

/// CPU time in microseconds and peak in KiB of the only child of this process.
#[cfg(target_os = "linux")]
fn used_by_child() -> Result<(i64, i64), Fault> {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeValLike;

    let used = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    Ok(((used.user_time() + used.system_time()).num_microseconds(), used.max_rss()))
}

#[cfg(not(target_os = "linux"))]
fn used_by_child() -> Result<(i64, i64), Fault> {
    Err("CPU time and memory of a process are measured on Linux only".into())
}
