//! Which files have changed since a revision: what `git` says of the repository around the working folder.
//!
//! Invariants
//! - `git` is only asked: nothing is fetched, refreshed or run on behalf of the repository's own configuration.
//! - What is given as a revision is never taken for an option.
//! - Files that are not yet known to the repository count as changed; files that are gone are not listed.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Why nobody can tell what has changed.
#[derive(Debug)]
pub enum Unknown {
    /// There is no `git` that could be run.
    NoGit(io::Error),
    /// The working folder is in no repository.
    NoRepository,
    /// The repository has no such revision.
    NoRevision,
    /// `git` gave up, with these words.
    Failed(String),
}

/// What has changed in a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// The repository's top folder, without links.
    top: PathBuf,
    /// The changed files that are there, without links.
    files: BTreeSet<PathBuf>,
}

impl Changes {
    /// What has changed in the repository around `folder` since `revision`, committed or not.
    pub fn since(revision: &str, folder: &Path) -> Result<Self, Unknown> {
        let git = |words: &[&str]| ask(folder, words);
        let top = git(&["rev-parse", "--show-toplevel"])?;
        if !top.status.success() {
            return Err(Unknown::NoRepository);
        }
        let top = path_of(top.stdout.trim_ascii_end());
        let top = std::fs::canonicalize(&top).unwrap_or(top);
        let commit = format!("{revision}^{{commit}}");
        let found = ask(&top, &["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])?;
        if !found.status.success() {
            return Err(Unknown::NoRevision);
        }
        let commit = String::from_utf8_lossy(found.stdout.trim_ascii()).into_owned();
        let changed = told(ask(
            &top,
            &["diff", "--name-only", "--no-renames", "--diff-filter=d", "-z", &commit, "--"],
        )?)?;
        let unknown = told(ask(&top, &["ls-files", "--others", "--exclude-standard", "-z"])?)?;
        let names = [&changed, &unknown].into_iter().flat_map(|list| list.split(|byte| *byte == 0));
        let files = names.filter(|name| !name.is_empty()).map(|name| top.join(path_of(name)));
        let files = files.filter_map(|path| std::fs::canonicalize(path).ok()).collect();
        Ok(Self { top, files })
    }

    /// Whether the file has changed. A file outside the repository counts as changed: nobody can tell.
    pub fn has(&self, path: &Path) -> bool {
        std::fs::canonicalize(path)
            .map_or(true, |real| self.files.contains(&real) || !real.starts_with(&self.top))
    }
}

/// What `git` says to `words` in `folder`.
fn ask(folder: &Path, words: &[&str]) -> Result<Output, Unknown> {
    // A repository may name programs to be run for it; none is wanted.
    let quiet = ["-c", "core.fsmonitor=false", "-c", "core.hooksPath=", "-c", "core.quotePath=false"];
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(quiet).args(words);
    command.env("GIT_NO_LAZY_FETCH", "1").env("GIT_OPTIONAL_LOCKS", "0").env("GIT_TERMINAL_PROMPT", "0");
    command.output().map_err(Unknown::NoGit)
}

fn told(output: Output) -> Result<Vec<u8>, Unknown> {
    if output.status.success() {
        return Ok(output.stdout);
    }
    let words = String::from_utf8_lossy(&output.stderr);
    Err(Unknown::Failed(words.lines().next().unwrap_or_default().to_owned()))
}

#[cfg(unix)]
fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(OsStr::new(&*String::from_utf8_lossy(bytes)))
}
