//! One call of the program: how it was called, and how it speaks to the person who called it.
//!
//! Invariants
//! - Findings and documents go to standard output; refusals, notes and the summary to standard error.
//! - `--quiet` silences notes and summary, never a refusal.

use std::cell::Cell;

use super::arguments::Common;
use super::command_line::CommandLine;
use crate::diagnostic::code::clean::FILE_CHANGED;
use crate::diagnostic::code::usage::{PACK_REFUSED, RUN_STOPPED, UNUSABLE_FILE};
use crate::diagnostic::{Diagnostic, Diagnostics, Language, Place, system};
use crate::engine::event::Summary;
use crate::error::Error;
use crate::report::terminal::{Appearance, draw_pack};
use crate::report::wrap::wrap;
use crate::report::{Audience, Output};
use crate::settings::Environment;
use crate::settings::appearance::{self, ColorChoice};
use crate::settings::configuration::given::Value;
use crate::settings::configuration::{Asked, Configuration, Refused};
use crate::source::{SourceText, picture};

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// Nothing to complain about, or the reader of the output went away.
    Clean,
    /// Findings at or above `--fail-on`.
    Findings,
    /// The command line, a setting or the rule pack is wrong; nothing was read.
    Usage,
    /// A file or limit failed, our own fault, or nothing was checked.
    Failed,
}

impl Exit {
    /// How a run ends that came to `summary`.
    pub(super) const fn of(summary: &Summary) -> Self {
        match summary.exit_code {
            0 => Self::Clean,
            1 => Self::Findings,
            2 => Self::Usage,
            _ => Self::Failed,
        }
    }

    /// The exit code.
    pub(super) const fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Findings => 1,
            Self::Usage => 2,
            Self::Failed => 3,
        }
    }
}

/// What the program's streams are. Widths are of terminals; `None`: no terminal.
#[derive(Debug, Clone, Copy, Default)]
pub struct Terminals {
    /// Standard output.
    pub output: Option<usize>,
    /// Standard error.
    pub error: Option<usize>,
    /// Whether standard input is a terminal.
    pub input: bool,
}

/// One call of the program.
pub(super) struct Session {
    pub(super) line: CommandLine,
    pub(super) environment: Environment,
    pub(super) terminals: Terminals,
    pub(super) language: Language,
    pub(super) quiet: bool,
    color: ColorChoice,
    ascii: bool,
    /// Whether the reader of the output went away.
    closed: Cell<bool>,
}

impl Session {
    /// As far as the words tell before they are understood: refusals must already be in the right language.
    pub(super) fn guess(line: CommandLine, environment: Environment, terminals: Terminals) -> Self {
        let value = |flag: &str| {
            let words = line.words();
            let behind = words.iter().position(|word| word == flag).and_then(|at| words.get(at + 1));
            let joined = words.iter().find_map(|word| word.strip_prefix(flag)?.strip_prefix('='));
            joined.or(behind.map(String::as_str)).map(str::to_owned)
        };
        let flag = match value("--lang").as_deref() {
            Some("ja") => Some(Language::Ja),
            Some("en") => Some(Language::En),
            _ => None,
        };
        let color = match value("--color").as_deref() {
            Some("always") => ColorChoice::Always,
            Some("never") => ColorChoice::Never,
            _ => ColorChoice::Auto,
        };
        let ascii = line.words().iter().any(|word| word == "--ascii");
        let language = appearance::language(flag, &environment);
        Self { line, environment, terminals, language, quiet: false, color, ascii, closed: Cell::new(false) }
    }

    /// Takes over what the understood command line says, and below it the configuration.
    pub(super) fn adopt(&mut self, common: &Common) {
        let configuration = self.line.configuration();
        let configured = |key: &str| configuration.configured(key, &self.environment);
        let color = configured("color").and_then(|value| appearance::color_of_word(value.text()?));
        let language = common.lang.map(Into::into).or_else(|| configuration.language());
        self.ascii = common.ascii || configured("ascii") == Some(&Value::Flag(true));
        self.color = common.color.map(Into::into).or(color).unwrap_or_default();
        self.quiet = common.quiet;
        self.language = appearance::language(language, &self.environment);
    }

    /// Reads the configuration for this call; or says what is wrong with it.
    ///
    /// `thorough`: somebody wants to know whether it is right, and has the time.
    pub(super) fn configure(&mut self, common: &Common, thorough: bool) -> Result<(), Exit> {
        let asked = Asked { config: &common.config, isolated: common.isolated, thorough };
        let here = std::env::current_dir().unwrap_or_default();
        match Configuration::gather(asked, &here) {
            Ok(configuration) => {
                self.line.continue_in(configuration);
                self.adopt(common);
                Ok(())
            }
            Err(refused) => {
                let Refused { found, sources, language } = *refused;
                let language = common.lang.map(Into::into).or(language);
                self.language = appearance::language(language, &self.environment);
                let sources: Vec<SourceText> =
                    std::iter::once(self.line.source(self.language)).chain(sources).collect();
                self.draw_error(&super::selection::mark(self, found).into_iter().collect(), &sources);
                Err(Exit::Usage)
            }
        }
    }

    /// The look of standard output.
    pub(super) fn output_look(&self) -> Appearance {
        self.look(self.terminals.output)
    }

    /// The look of standard error.
    pub(super) fn error_look(&self) -> Appearance {
        self.look(self.terminals.error)
    }

    /// The look of a file: no colour unless it is asked for, 80 columns.
    pub(super) fn file_look(&self) -> Appearance {
        Appearance { color: self.color == ColorChoice::Always, width: 80, ..self.look(None) }
    }

    fn look(&self, terminal: Option<usize>) -> Appearance {
        Appearance {
            language: self.language,
            width: appearance::width(terminal, &self.environment),
            color: appearance::uses_color(self.color, &self.environment, terminal.is_some()),
            ascii: self.ascii,
        }
    }

    /// An audience that sees everything, in this call's language.
    pub(super) fn open_audience(&self) -> Audience {
        Audience { language: self.language, ..Audience::default() }
    }

    /// Says why nothing was done.
    pub(super) fn refuse(&self, diagnostics: impl IntoIterator<Item = Diagnostic>) -> Exit {
        self.warn(diagnostics);
        Exit::Usage
    }

    /// Draws what is to be said about the command line.
    pub(super) fn warn(&self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        let diagnostics: Diagnostics = diagnostics.into_iter().collect();
        self.draw_error(&diagnostics, &self.line.sources(self.language));
    }

    /// Draws `diagnostics` about `sources` on standard error.
    pub(super) fn draw_error(&self, diagnostics: &Diagnostics, sources: &[SourceText]) {
        say(&draw_pack(diagnostics, sources, &self.error_look()));
    }

    /// Says that the pack cannot be used, and why.
    pub(super) fn refuse_pack(&self, diagnostics: &Diagnostics, sources: &[SourceText]) -> Exit {
        self.draw_error(diagnostics, sources);
        say("\n");
        let count = diagnostics.count_from(crate::diagnostic::Severity::Error);
        self.warn([Diagnostic::new(&PACK_REFUSED, Place::Run).with("count", count)]);
        Exit::Usage
    }

    /// Says what stopped the program: quietly nothing if the output was closed.
    pub(super) fn stopped(&self, error: &Error, otherwise: Exit) -> Exit {
        let diagnostic = match error {
            Error::OutputClosed => {
                self.closed.set(true);
                return Exit::Clean;
            }
            Error::Read { path, source } | Error::Write { path, source } => {
                Diagnostic::new(&UNUSABLE_FILE, Place::Run)
                    .with("path", path.display().to_string())
                    .with("reason", system::reason(source))
            }
            Error::Changed { name } => Diagnostic::new(&FILE_CHANGED, Place::Run).with("path", &**name),
            other => Diagnostic::new(&RUN_STOPPED, Place::Run).with("reason", other.to_string()),
        };
        self.draw_error(&Diagnostics::from_iter([diagnostic]), &[]);
        otherwise
    }

    /// Whether something could not be printed because nobody reads it any more.
    pub(super) const fn output_closed(&self) -> bool {
        self.closed.get()
    }

    /// Prints a note for people, wrapped; nothing with `--quiet`.
    pub(super) fn note(&self, text: &str) {
        if !self.quiet {
            let lines = wrap(&picture::visible_lines(text), self.error_look().width);
            say(&(lines.join("\n") + "\n"));
        }
    }

    /// Prints a table for people as it is, since wrapped columns cannot be read; nothing with `--quiet`.
    pub(super) fn note_table(&self, text: &str) {
        if !self.quiet {
            say(text);
        }
    }
}

/// Writes to standard error; that nobody listens is no fault.
fn say(text: &str) {
    let mut output = Output::standard_error();
    let _ = output.write(text.as_bytes()).and_then(|()| output.finish());
}

/// Writes to standard output.
pub(super) fn print(text: &str) -> Result<(), Error> {
    let mut output = Output::standard();
    output.write(text.as_bytes())?;
    output.finish()
}
