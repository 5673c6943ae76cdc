//! The command line: one file a command.
//!
//! Invariants
//! - Exit codes: 0 nothing to complain about; 1 findings at or above `--fail-on`; 2 the command line, a setting or
//!   the rule pack is wrong, and nothing was read; 3 a file or limit failed, our own fault, or nothing was checked.
//! - A closed output (`kenpyo check … | head`) ends every command quietly with 0, as `rg` does.
//! - Nothing heavy is set up before it is known to be needed: a check of one record takes some milliseconds.

mod acceptance;
mod arguments;
mod check;
mod clean;
mod command_line;
mod completions;
mod config;
mod configured;
mod copies;
mod explain;
mod form;
mod generate;
mod inputs;
mod links;
mod listeners;
mod man;
mod not_run;
mod output_name;
mod outputs;
mod parts;
mod progress;
mod ranking;
mod reporters;
mod rules;
mod rules_book;
mod rules_format;
mod secret;
mod selection;
mod session;
mod tabulate;
mod usage;
mod watch;

use std::ffi::OsString;

use clap::FromArgMatches;
use clap::error::ErrorKind;

use crate::diagnostic::code::usage::UNKNOWN_SURVEY;
use crate::engine::survey;
use crate::error::Error;
use crate::rule_pack::load::{Loaded, Purpose};
use crate::settings::Environment;
use arguments::{Arguments, Command, Common};
use command_line::CommandLine;
use session::{Exit, Session, print};
use watch::Watched;

pub use session::Terminals;

/// Runs the program with the words behind its name; gives the exit code.
pub fn run(words: &[OsString], environment: &Environment, terminals: Terminals) -> u8 {
    let mut first = true;
    loop {
        let (session, exit, watched) = once(words, environment.clone(), terminals);
        if !watched.is_some_and(|watched| watched.goes_on(&session, exit, first)) {
            return exit.code();
        }
        first = false;
    }
}

/// One run, from the words on: settings and rules are read anew each time. With what it read, if that is watched.
fn once(
    words: &[OsString],
    environment: Environment,
    terminals: Terminals,
) -> (Session, Exit, Option<Watched>) {
    let mut session = Session::guess(CommandLine::new(words), environment, terminals);
    let definition = arguments::definition(session.language);
    if let Some(refused) = usage::mistaken_flag(&session.line, &definition) {
        let exit = session.refuse([refused]);
        return (session, exit, None);
    }
    let program = OsString::from(env!("CARGO_PKG_NAME"));
    let matches = definition.clone().try_get_matches_from(std::iter::once(&program).chain(words));
    let Arguments { common, mut command } =
        match matches.and_then(|matches| Arguments::from_arg_matches(&matches)) {
            Ok(arguments) => arguments,
            Err(error) => {
                let exit = clap_speaks(&session, &error, &definition);
                return (session, exit, None);
            }
        };
    session.adopt(&common);
    let thorough = matches!(command, Command::Config(_));
    let configured =
        if reads_configuration(&command) { session.configure(&common, thorough) } else { Ok(()) };
    configured::fill(&session, &mut command);
    match (Watched::of(&session, &common, &command), configured) {
        (Err(exit), _) => (session, exit, None),
        (Ok(watched), Err(exit)) => (session, exit, watched),
        (Ok(watched), Ok(())) => {
            let exit = perform(&session, &common, command);
            (session, exit, watched)
        }
    }
}

/// Whether settings make a difference to the command. What explains a refused configuration must not be refused.
fn reads_configuration(command: &Command) -> bool {
    match command {
        Command::Completions(_) | Command::Man(_) | Command::Version => false,
        Command::Explain(arguments) => explain::engine_code(&arguments.id).is_none(),
        _ => true,
    }
}

fn perform(session: &Session, common: &Common, command: Command) -> Exit {
    match command {
        Command::Check(arguments) => check::run(session, &arguments),
        Command::Clean(arguments) => clean::run(session, &arguments),
        Command::Config(arguments) => config::run(session, common, &arguments),
        Command::Completions(arguments) => completions::run(session, &arguments),
        Command::Explain(arguments) => explain::run(session, &arguments),
        Command::Form(arguments) => form::run(session, &arguments),
        Command::Generate(arguments) => generate::run(session, &arguments),
        Command::Man(arguments) => man::run(session, &arguments),
        Command::Rules(arguments) => rules::run(session, &arguments),
        Command::Tabulate(arguments) => tabulate::run(session, &arguments),
        Command::Version => printed(session, print(&format!("kenpyo {}\n", env!("CARGO_PKG_VERSION")))),
    }
}

/// Loads the survey that `--survey` names, or the embedded one; or says why it cannot.
fn open(session: &Session, name: Option<&str>) -> Result<Loaded, Exit> {
    opened(session, name, survey::open(name))
}

/// As [`open`], as far as `purpose` needs it.
fn open_for(session: &Session, name: Option<&str>, purpose: Purpose) -> Result<Loaded, Exit> {
    opened(session, name, survey::open_for(name, purpose))
}

fn opened(session: &Session, name: Option<&str>, loaded: Result<Loaded, Error>) -> Result<Loaded, Exit> {
    loaded.map_err(|error| {
        let (Error::Usage { .. }, Some(name)) = (&error, name) else {
            return session.stopped(&error, Exit::Usage);
        };
        let known = survey::embedded_names();
        let unknown = usage::usage(&UNKNOWN_SURVEY, session.line.mark_value(name))
            .with("found", name)
            .with("known", usage::list(known.iter().copied()));
        session.refuse([usage::suggest(unknown, name, known)])
    })
}

/// The end of a command that only prints.
fn printed(session: &Session, result: Result<(), Error>) -> Exit {
    match result {
        Ok(()) => Exit::Clean,
        Err(error) => session.stopped(&error, Exit::Failed),
    }
}

/// Help and version are clap's; its complaints are not.
fn clap_speaks(session: &Session, error: &clap::Error, definition: &clap::Command) -> Exit {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let text = error.render();
            let colored = session.output_look().color;
            let text = if colored { text.ansi().to_string() } else { text.to_string() };
            printed(session, print(&text))
        }
        _ => session.refuse([usage::refusal(error, &session.line, definition)]),
    }
}
