//! The command line program: asks the system for words, environment and terminals, and hands them to the library.
//!
//! Invariants
//! - Nothing is decided here: what a run does, the library does alike for whoever calls it.

use std::ffi::OsString;
use std::io::{IsTerminal, Write, stderr, stdin, stdout};
use std::panic::PanicHookInfo;
use std::process::ExitCode;

use kenpyo::cli::{Terminals, run};
use kenpyo::settings::Environment;
use terminal_size::{Width, terminal_size_of};

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(tell_fault));
    let words: Vec<OsString> = std::env::args_os().skip(1).collect();
    let environment = Environment::read(|name| std::env::var(name).ok());
    let width =
        |size: Option<(Width, terminal_size::Height)>| size.map(|(Width(columns), _)| usize::from(columns));
    let terminals = Terminals {
        output: stdout().is_terminal().then(|| width(terminal_size_of(stdout())).unwrap_or(80)),
        error: stderr().is_terminal().then(|| width(terminal_size_of(stderr())).unwrap_or(80)),
        input: stdin().is_terminal(),
    };
    ExitCode::from(run(&words, &environment, terminals))
}

/// Says where our own code failed, and not what it said: that may quote an answer.
fn tell_fault(fault: &PanicHookInfo<'_>) {
    let place = fault.location().map_or_else(String::new, |location| {
        let file = location.file().rsplit("/src/").next().unwrap_or_default();
        format!(" ({file}:{})", location.line())
    });
    // That nobody listens is no further fault.
    let _ = writeln!(stderr(), "kenpyo: a fault of this program{place}");
}
