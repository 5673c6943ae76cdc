//! `kenpyo check --watch`: judges, waits until a file changes, and judges again.
//!
//! Files are looked at twice a second by size and time of change. Being told by the system would need a crate for each
//! of them and is silent on network shares, where a survey's files often stand; a folder of thousands of files is listed
//! in some milliseconds.
//!
//! Invariants
//! - Never on by itself; it ends by Ctrl-C, when the output is closed, or when a command line is refused at once that no
//!   watched file could mend.
//! - Each run begins with the words of the command line: settings and rules are read anew.
//! - What is watched is what the run reads: submissions, the list of their names, the rules folder, the settings.
//! - The screen is cleared only where standard output is one.

use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use glob::Pattern;

use super::arguments::{Command, Common};
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

/// What a run reads, and how that was before it.
pub(super) struct Watched {
    /// Files, folders and patterns.
    names: Vec<PathBuf>,
    /// A list of further names.
    list: Option<PathBuf>,
    exclude: Vec<Pattern>,
    /// The root around the rules folder. `None`: the survey is an embedded one, or none.
    root: Option<PathBuf>,
    /// Files of settings, which need not be there.
    settings: Vec<PathBuf>,
    before: Stamps,
}

impl Watched {
    /// What `command` reads. `None`: it does not watch; an error: it cannot, and that was said.
    ///
    /// Taken before the run, so that what changes meanwhile is seen.
    pub(super) fn of(session: &Session, common: &Common, command: &Command) -> Result<Option<Self>, Exit> {
        let Command::Check(arguments) = command else { return Ok(None) };
        if !arguments.watch {
            return Ok(None);
        }
        let mut named = arguments.submissions.files.iter().chain(&arguments.submissions.files_from);
        if named.any(|name| name == Path::new("-")) {
            return Err(session.refuse([usage(&CANNOT_BE_WATCHED, session.line.mark_value("-"))]));
        }
        let root =
            survey::find(arguments.judged_by.survey.as_deref()).ok().and_then(|survey| match survey.root {
                SurveyRoot::Folder(root) => Some(root),
                _ => None,
            });
        let here = std::env::current_dir().unwrap_or_default();
        let found = here.ancestors().flat_map(|folder| SETTINGS.map(|name| folder.join(name)));
        let linked = arguments
            .judged_by
            .link
            .iter()
            .filter_map(|given| given.split_once('='))
            .map(|(_, file)| PathBuf::from(file));
        let mut watched = Self {
            names: arguments.submissions.files.clone(),
            list: arguments.submissions.files_from.clone(),
            exclude: arguments
                .submissions
                .exclude
                .iter()
                .filter_map(|pattern| Pattern::new(pattern).ok())
                .collect(),
            root,
            // What is given may be a setting and no file; then there is no such file, and there never is.
            settings: common.config.iter().map(PathBuf::from).chain(linked).chain(found).collect(),
            before: Stamps::default(),
        };
        watched.before = watched.stamps();
        Ok(Some(watched))
    }

    /// Waits until something has changed since the run that ended with `exit`. `false`: nothing is to be waited for.
    pub(super) fn goes_on(&self, session: &Session, exit: Exit, first: bool) -> bool {
        let mendable = self.root.is_some() || self.settings.iter().any(|file| file.is_file());
        if session.output_closed() || (first && exit == Exit::Usage && !mendable) {
            return false;
        }
        session.note(match session.language {
            Language::Ja => "変更を待っています（終了は Ctrl-C）。",
            Language::En => "Waiting for changes; Ctrl-C ends.",
        });
        let changed = self.changed();
        if session.terminals.output.is_some() && print(CLEAR).is_err() {
            return false;
        }
        session.note(&told(&changed, session.language));
        true
    }

    /// Waits until something is not as it was and is no longer being written, and tells what.
    fn changed(&self) -> Vec<PathBuf> {
        let mut now = self.stamps();
        while now == self.before {
            sleep(PAUSE);
            now = self.stamps();
        }
        for _ in 0..MOST_SETTLING {
            sleep(SETTLING);
            let next = self.stamps();
            if next == now {
                break;
            }
            now = next;
        }
        now.changed_since(&self.before).into_iter().map(Path::to_path_buf).collect()
    }

    /// Everything as it is now.
    fn stamps(&self) -> Stamps {
        let mut stamps = Stamps::default();
        let mut names = self.names.clone();
        if let Some(list) = &self.list {
            stamps.add(list);
            names.extend(listing::names_in(list).unwrap_or_default());
        }
        for file in listing::list(&names, &self.exclude).map(|listing| listing.files).unwrap_or_default() {
            stamps.add(&file);
        }
        if let Some(root) = &self.root {
            for folder in ["rules", "schemas"] {
                stamps.add_folder(&root.join(folder));
            }
        }
        for file in &self.settings {
            stamps.add(file);
        }
        stamps
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
