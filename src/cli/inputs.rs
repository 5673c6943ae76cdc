//! The submissions of a run: names on the command line and in lists, as the engine takes them.
//!
//! Invariants
//! - Sorted by path, standard input first; a file that is named twice is read once.
//! - Names in reports are relative, with `/`: no report holds an absolute path.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use glob::Pattern;

use super::arguments::CheckArguments;
use super::session::Session;
use super::usage::usage;
use crate::diagnostic::code::usage::{
    BAD_PATTERN, CHANGES_UNKNOWN, RUN_STOPPED, STDIN_IS_TERMINAL, UNUSABLE_FILE,
};
use crate::diagnostic::{Argument, Diagnostic, Language, Localized, system};
use crate::engine::{InputFile, InputPlace};
use crate::error::Error;
use crate::rewrite::clean::KNOWN;
use crate::settings::{Destination, Report};
use crate::source::listing::{self, Listing};
use crate::source::revision::{Changes, Unknown};
use crate::source::sink::real_path;

/// Names printed in a note about skipped files.
const NAMED: usize = 5;

/// The submissions that the command line names; notes about the rest are printed.
pub(super) fn gather(
    session: &Session,
    arguments: &CheckArguments,
    reports: &[Report],
) -> Result<Vec<InputFile>, Box<Diagnostic>> {
    let exclude = arguments.submissions.exclude.iter().map(|pattern| compile(session, pattern));
    let exclude = exclude.collect::<Result<Vec<Pattern>, Box<Diagnostic>>>()?;
    let mut names = arguments.submissions.files.clone();
    if let Some(list) = &arguments.submissions.files_from {
        names.extend(listing::names_in(list).map_err(|error| Box::new(unusable(session, &error)))?);
    }
    let dash = Path::new("-");
    let from_stdin = names.iter().any(|name| name == dash);
    if from_stdin && session.terminals.input {
        return Err(Box::new(usage(&STDIN_IS_TERMINAL, session.line.mark_value("-"))));
    }
    names.retain(|name| name != dash);
    let mut listing = listing::list(&names, &exclude).map_err(|error| Box::new(unusable(session, &error)))?;
    leave_out_reports(session, &names, reports, &mut listing);
    leave_out_cleaned(session, &names, &mut listing);
    if let Some(revision) = &arguments.since {
        keep_changed(session, arguments, revision, &mut listing)?;
    }
    notes(session, &listing);
    let stdin = from_stdin.then(|| InputFile {
        name: Arc::from(arguments.submissions.stdin_filename.as_deref().unwrap_or("(stdin)")),
        place: InputPlace::Stdin,
        levels: Arc::default(),
    });
    let here = std::env::current_dir().unwrap_or_default();
    let shown = shown_names(&listing.files, &here);
    let files = listing.files.into_iter().zip(shown);
    let files = files.map(|(path, name)| InputFile {
        name: Arc::from(name),
        place: InputPlace::Path(path),
        levels: Arc::default(),
    });
    Ok(stdin.into_iter().chain(files).collect())
}

/// Leaves out of a folder or a pattern what the run itself writes there: the report of the run before is no submission. A
/// file that is named outright stays, and is refused as an output.
fn leave_out_reports(session: &Session, names: &[PathBuf], reports: &[Report], listing: &mut Listing) {
    let written = reports.iter().filter_map(|report| match &report.destination {
        Destination::File(path) => Some(real_path(path)),
        Destination::Standard => None,
    });
    let outright: BTreeSet<PathBuf> = names.iter().map(|name| real_path(name)).collect();
    let left_out: BTreeSet<PathBuf> = written.filter(|path| !outright.contains(path)).collect();
    if left_out.is_empty() {
        return;
    }
    let (own, files) = std::mem::take(&mut listing.files)
        .into_iter()
        .partition::<Vec<PathBuf>, _>(|path| left_out.contains(&real_path(path)));
    listing.files = files;
    listing.open.retain(|path| !own.contains(path));
    if !own.is_empty() {
        let names = own.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ");
        session.note(&match session.language {
            Language::Ja => format!("この実行の報告の出力先なので検査しません：{names}"),
            Language::En => format!("Not judged, because this run writes its report there: {names}"),
        });
    }
}

/// Leaves out of a folder or a pattern what lies in a folder that `clean` has written: accepted records, queries and lists
/// are no submissions. A file that is named outright stays: accepted records may be judged again.
fn leave_out_cleaned(session: &Session, names: &[PathBuf], listing: &mut Listing) {
    let outright: BTreeSet<PathBuf> = names.iter().map(|name| real_path(name)).collect();
    let mut known: BTreeMap<PathBuf, bool> = BTreeMap::new();
    let mut left_out: BTreeSet<PathBuf> = BTreeSet::new();
    for paths in [&mut listing.files, &mut listing.skipped, &mut listing.open] {
        paths.retain(|path| {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            let folder = folder.unwrap_or_else(|| Path::new("."));
            let is_cleaned = known.get(folder).copied().unwrap_or_else(|| {
                let is_cleaned = KNOWN.is_ours(folder);
                known.insert(folder.to_path_buf(), is_cleaned);
                is_cleaned
            });
            let stays = !is_cleaned || outright.contains(&real_path(path));
            if !stays {
                left_out.insert(folder.to_path_buf());
            }
            stays
        });
    }
    if !left_out.is_empty() {
        let names = left_out.iter().map(|folder| folder.display().to_string()).collect::<Vec<_>>().join(", ");
        session.note(&match session.language {
            Language::Ja => format!(
                "kenpyo clean が書き出したフォルダなので、中のファイルは提出ファイルとしては検査しません（検査するときはファイル名を指定してください）：{names}"
            ),
            Language::En => format!(
                "Not judged as submissions, because kenpyo clean has written the folder (a file in it is judged where it is named): {names}"
            ),
        });
    }
}

/// Leaves only the files that have changed since `revision`, and says how many have not.
fn keep_changed(
    session: &Session,
    arguments: &CheckArguments,
    revision: &str,
    listing: &mut Listing,
) -> Result<(), Box<Diagnostic>> {
    let here = std::env::current_dir().unwrap_or_default();
    let changes = Changes::since(revision, &here).map_err(|unknown| {
        let both = |ja: &str, en: &str| Argument::Localized(Localized::new(ja.into(), en.into()));
        let reason = match unknown {
            Unknown::NoGit(_) => both("git を実行できません", "git cannot be run"),
            Unknown::NoRepository => {
                both("git のリポジトリの中ではありません", "this folder is in no git repository")
            }
            Unknown::NoRevision => both("そのような版はありません", "there is no such revision"),
            Unknown::Failed(words) => Argument::written(&words),
        };
        let problem = usage(&CHANGES_UNKNOWN, session.line.mark_value(revision));
        Box::new(problem.with("found", revision).with("reason", reason))
    })?;
    let all = listing.files.len();
    listing.files.retain(|path| changes.has(path));
    listing.open.retain(|path| changes.has(path));
    let left_out = all - listing.files.len();
    if left_out > 0 {
        session.note(&match session.language {
            Language::Ja => format!("{revision} 以降に変更のない{left_out}ファイルは検査しません。"),
            Language::En if left_out == 1 => {
                format!("1 file has not changed since {revision} and is not judged.")
            }
            Language::En => format!("{left_out} files have not changed since {revision} and are not judged."),
        });
    }
    if all > 0 && listing.files.is_empty() && !arguments.allow_empty {
        session.note(match session.language {
            Language::Ja => {
                "変更されたファイルがないため、検査するものがありません。それで正常な場合は --allow-empty を付けてください。"
            }
            Language::En => {
                "No file has changed, so there is nothing to judge. Where that is as it should be, give --allow-empty."
            }
        });
    }
    Ok(())
}

fn compile(session: &Session, pattern: &str) -> Result<Pattern, Box<Diagnostic>> {
    Pattern::new(pattern).map_err(|error| {
        let diagnostic = usage(&BAD_PATTERN, session.line.mark_value(pattern));
        Box::new(diagnostic.with("found", pattern).with("reason", error.msg))
    })
}

fn unusable(session: &Session, error: &Error) -> Diagnostic {
    match error {
        Error::Read { path, source } => {
            let path = path.display().to_string();
            usage(&UNUSABLE_FILE, session.line.mark_value(&path))
                .with("path", path.as_str())
                .with("reason", system::reason(source))
        }
        other => usage(&RUN_STOPPED, None).with("reason", other.to_string()),
    }
}

/// Says what is not read, so that nobody takes it for checked.
fn notes(session: &Session, listing: &Listing) {
    let shown = |paths: &[PathBuf]| {
        let names: Vec<String> = paths.iter().take(NAMED).map(|path| path.display().to_string()).collect();
        let more = if paths.len() > NAMED { ", …" } else { "" };
        names.join(", ") + more
    };
    let (skipped, empty) = (listing.skipped.len(), &listing.empty);
    if skipped > 0 {
        session.note(&match session.language {
            Language::Ja => format!("読まないファイル {skipped}件：{}", shown(&listing.skipped)),
            Language::En if skipped == 1 => format!("1 file is not read: {}", shown(&listing.skipped)),
            Language::En => format!("{skipped} files are not read: {}", shown(&listing.skipped)),
        });
    }
    for name in &listing.open {
        let name = name.display();
        session.note(&match session.language {
            Language::Ja => {
                format!("{name} は表計算ソフトで開かれているようです。最後に保存された内容を検査します。")
            }
            Language::En => {
                format!("{name} seems to be open in a spreadsheet program: what was saved last is checked.")
            }
        });
    }
    for name in empty {
        let name = name.display();
        session.note(&match session.language {
            Language::Ja => format!("{name} に該当するファイルがありません。"),
            Language::En => format!("{name} names no file to check."),
        });
    }
}

/// The name of one file for reports.
pub(super) fn shown_name(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    shown_names(&[path.to_path_buf()], &here).concat()
}

/// The names for reports: relative to the working folder where they lie in it, else to what all others share.
fn shown_names(paths: &[PathBuf], here: &Path) -> Vec<String> {
    let inside = |path: &Path| path.strip_prefix(here).map(Path::to_path_buf).ok();
    let outside: Vec<&PathBuf> =
        paths.iter().filter(|path| path.is_absolute() && inside(path).is_none()).collect();
    let mut shared =
        outside.first().and_then(|path| path.parent()).map(Path::to_path_buf).unwrap_or_default();
    while !outside.iter().all(|path| path.starts_with(&shared)) && shared.pop() {}
    let shown = |path: &PathBuf| {
        let relative = if path.is_relative() { Some(path.clone()) } else { inside(path) };
        relative
            .or_else(|| path.strip_prefix(&shared).map(Path::to_path_buf).ok())
            .unwrap_or_else(|| path.clone())
    };
    paths.iter().map(|path| with_slashes(&shown(path))).collect()
}

fn with_slashes(path: &Path) -> String {
    let parts = path.components().filter(|part| !matches!(part, Component::Prefix(_) | Component::RootDir));
    parts.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_shown_name_is_absolute() {
        let paths = ["/data/in/県 1/a.csv", "/data/in/b.csv", "/home/x/c.csv", "d.csv", "../e.csv"]
            .map(PathBuf::from);
        let shown = shown_names(&paths, Path::new("/home/x"));
        assert_eq!(shown, ["県 1/a.csv", "b.csv", "c.csv", "d.csv", "../e.csv"]);
        assert_eq!(shown_names(&paths[1..2], Path::new("/")), ["data/in/b.csv"]);
    }
}
