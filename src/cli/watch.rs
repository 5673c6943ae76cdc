//! `kenpyo check --watch`: judges, waits until a file changes, and judges again.
//!
//! Files are looked at twice a second by size and time of change. Being told by the system would need a crate for each
//! of them and is silent on network shares, where a survey's files often stand; a folder of thousands of files is listed
//! in some milliseconds.
//!
//! Invariants
//! - Never on by itself; it ends by Ctrl-C, when the output is closed, or when a command line is refused that no watched
//!   file could mend.
//! - What is watched is what the run reads: submissions, the list of their names, the rules folder, the settings.
//! - The screen is cleared only where standard output is one.

use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use glob::Pattern;

use super::arguments::CheckArguments;
use super::check;
use super::session::{Exit, Session, print};
use super::usage::usage;
use crate::diagnostic::Language;
use crate::diagnostic::code::usage::CANNOT_BE_WATCHED;
use crate::engine::survey;
use crate::source::listing;
use crate::source::root::SurveyRoot;
use crate::source::stamp::Stamps;

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(500);

/// Between two looks at files that are being written.
const SETTLING: Duration = Duration::from_millis(100);

/// Most looks at files that never stop being written.
const MOST_SETTLING: usize = 50;

/// Most changed files that are named.
const NAMED: usize = 3;

/// Files of settings that a run finds by itself, in the folder of the call and above.
const SETTINGS: [&str; 2] = ["kenpyo.toml", "kenpyo-accepted.toml"];

/// Clears the screen and what can be scrolled back to.
const CLEAR: &str = "\u{1b}[2J\u{1b}[3J\u{1b}[H";

/// Runs the command until it is ended.
pub(super) fn run(session: &Session, arguments: &CheckArguments) -> Exit {
    let dash = Path::new("-");
    let named = arguments.files.iter().chain(&arguments.files_from);
    if named.into_iter().any(|name| name == dash) {
        return session.refuse([usage(&CANNOT_BE_WATCHED, session.line.mark_value("-"))]);
    }
    let mut first = true;
    loop {
        // Taken before the run, so that what changes meanwhile is seen.
        let before = stamps(arguments);
        let exit = check::run(session, arguments);
        if session.output_closed() || (first && exit == Exit::Usage && rules_folder(arguments).is_none()) {
            return exit;
        }
        first = false;
        session.note(match session.language {
            Language::Ja => "変更を待っています（終了は Ctrl-C）。",
            Language::En => "Waiting for changes; Ctrl-C ends.",
        });
        let changed = changed(arguments, &before);
        if session.terminals.output.is_some() && print(CLEAR).is_err() {
            return Exit::Clean;
        }
        session.note(&told(&changed, session.language));
    }
}

/// Waits until something is not as it was in `before` and is no longer being written, and tells what.
fn changed(arguments: &CheckArguments, before: &Stamps) -> Vec<PathBuf> {
    let mut now = stamps(arguments);
    while now == *before {
        sleep(PAUSE);
        now = stamps(arguments);
    }
    for _ in 0..MOST_SETTLING {
        sleep(SETTLING);
        let next = stamps(arguments);
        if next == now {
            break;
        }
        now = next;
    }
    now.changed_since(before).into_iter().map(Path::to_path_buf).collect()
}

/// Everything that the run reads, as it is now.
fn stamps(arguments: &CheckArguments) -> Stamps {
    let mut stamps = Stamps::default();
    let mut names = arguments.files.clone();
    if let Some(list) = &arguments.files_from {
        stamps.add(list);
        names.extend(listing::names_in(list).unwrap_or_default());
    }
    let exclude: Vec<Pattern> =
        arguments.exclude.iter().filter_map(|pattern| Pattern::new(pattern).ok()).collect();
    for file in listing::list(&names, &exclude).map(|listing| listing.files).unwrap_or_default() {
        stamps.add(&file);
    }
    if let Some(root) = rules_folder(arguments) {
        for folder in ["rules", "schemas"] {
            stamps.add_folder(&root.join(folder));
        }
    }
    let here = std::env::current_dir().unwrap_or_default();
    for folder in here.ancestors() {
        for name in SETTINGS {
            stamps.add(&folder.join(name));
        }
    }
    stamps
}

/// The root around the rules folder. `None`: the survey is an embedded one, or none.
fn rules_folder(arguments: &CheckArguments) -> Option<PathBuf> {
    match survey::find(arguments.survey.as_deref()).ok()?.root {
        SurveyRoot::Folder(root) => Some(root),
        _ => None,
    }
}

/// What changed, in words.
fn told(changed: &[PathBuf], language: Language) -> String {
    let name = |path: &PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let names: Vec<String> = changed.iter().take(NAMED).map(name).collect();
    let more = changed.len().saturating_sub(NAMED);
    match language {
        Language::Ja if more > 0 => format!("変更：{}ほか{more}件", names.join("、")),
        Language::Ja => format!("変更：{}", names.join("、")),
        Language::En if more > 0 => format!("Changed: {} and {more} more", names.join(", ")),
        Language::En => format!("Changed: {}", names.join(", ")),
    }
}
