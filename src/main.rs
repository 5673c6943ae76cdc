//! The command line program: asks the system for words, environment and terminals, and hands them to the library.

use std::ffi::OsString;
use std::io::{IsTerminal, stderr, stdin, stdout};
use std::process::ExitCode;

use kenpyo::cli::{Terminals, run};
use kenpyo::settings::Environment;
use terminal_size::{Width, terminal_size_of};

fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().skip(1).collect();
    let environment = Environment::read(|name| std::env::var(name).ok());
    let width =
        |size: Option<(Width, terminal_size::Height)>| size.map(|(Width(columns), _)| usize::from(columns));
    let terminals = Terminals {
        output: stdout().is_terminal().then(|| width(terminal_size_of(stdout())).unwrap_or(80)),
        error: stderr().is_terminal().then(|| width(terminal_size_of(stderr())).unwrap_or(80)),
        input: stdin().is_terminal(),
    };
    ExitCode::from(run(&words, environment, terminals))
}
