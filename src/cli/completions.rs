//! `kenpyo completions SHELL`: what a shell proposes while a command line is typed.
//!
//! Invariants
//! - Made of the same definition as the command line itself; the whole script is there before its first byte is written,
//!   so that a closed pipe is no fault.

use clap::{Args, ValueEnum};
use clap_complete::Shell;

use super::arguments;
use super::session::{Exit, Session, print};

#[derive(Debug, Args)]
pub(super) struct CompletionsArguments {
    /// The shell that will read them
    #[arg(value_name = "SHELL")]
    shell: ShellName,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ShellName {
    Bash,
    Zsh,
    Fish,
    Powershell,
    Elvish,
}

/// Runs the command.
pub(super) fn run(session: &Session, asked: &CompletionsArguments) -> Exit {
    let shell = match asked.shell {
        ShellName::Bash => Shell::Bash,
        ShellName::Zsh => Shell::Zsh,
        ShellName::Fish => Shell::Fish,
        ShellName::Powershell => Shell::PowerShell,
        ShellName::Elvish => Shell::Elvish,
    };
    let mut script = Vec::new();
    let mut definition = arguments::definition(session.language);
    clap_complete::generate(shell, &mut definition, env!("CARGO_PKG_NAME"), &mut script);
    super::printed(session, print(&String::from_utf8_lossy(&script)))
}
