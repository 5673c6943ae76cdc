//! Which files a run reads: folders walked, patterns expanded, what is no submission left out.
//!
//! Invariants
//! - The result is sorted by path and holds no file twice, whatever the order of the arguments and of the folder.
//! - A folder is walked without following links to folders, so it has an end.
//! - A file that is named outright is always listed; only walked folders and patterns are filtered by suffix.
//! - Submissions are only listed here; what is read is lists of names and rule files to be rewritten.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use glob::{MatchOptions, Pattern};

use crate::error::Error;

/// Suffixes of submissions, in lower case; each may be followed by `.gz`. Workbooks that cannot be read are among them:
/// a hospital's answers in an old format are to be refused aloud, not left out of a folder.
const SUFFIXES: [&str; 10] = ["csv", "tsv", "json", "jsonl", "ndjson", "xlsx", "xlsm", "xlsb", "xls", "ods"];

/// The files of a run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listing {
    /// To be read, sorted.
    pub files: Vec<PathBuf>,
    /// Left out of a walked folder or a pattern, sorted: lock files, thumbnails, other kinds of file.
    pub skipped: Vec<PathBuf>,
    /// Of `files`, those that a spreadsheet seems to have open: what is not yet saved is not read.
    pub open: Vec<PathBuf>,
    /// Patterns that match no file, and folders without a submission, in order of the arguments.
    pub empty: Vec<PathBuf>,
}

/// Expands `arguments`: files, folders, and patterns with `*`, `?` or `[…]`; `exclude` are patterns of files and
/// folders to be left out.
///
/// A name that exists is never taken for a pattern. A file that does not exist is listed: reading it says so.
pub fn list(arguments: &[PathBuf], exclude: &[Pattern]) -> Result<Listing, Error> {
    let mut walk = Walk { exclude, files: BTreeSet::new(), skipped: BTreeSet::new() };
    let mut empty = Vec::new();
    for argument in arguments {
        let before = walk.files.len() + walk.skipped.len();
        walk.argument(argument)?;
        if walk.files.len() + walk.skipped.len() == before && (argument.is_dir() || is_pattern(argument)) {
            empty.push(argument.clone());
        }
    }
    let Walk { files, skipped, .. } = walk;
    let files = each_once(files);
    Ok(Listing {
        open: files.iter().filter(|path| has_lock_file(path)).cloned().collect(),
        skipped: skipped.difference(&files).cloned().collect(),
        files: files.into_iter().collect(),
        empty,
    })
}

/// The names in the list `path`, one a line; blank lines are left out.
pub fn names_in(path: &Path) -> Result<Vec<PathBuf>, Error> {
    let fault = |source| Error::Read { path: path.to_path_buf(), source };
    let text = if path == Path::new("-") {
        io::read_to_string(io::stdin().lock()).map_err(fault)?
    } else {
        fs::read_to_string(path).map_err(fault)?
    };
    let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
    Ok(lines.filter(|line| !line.is_empty()).map(PathBuf::from).collect())
}

/// The files of `folder` itself with `suffix`, sorted.
pub fn texts_in(folder: &Path, suffix: &str) -> Result<Vec<PathBuf>, Error> {
    let fault = |source| Error::Read { path: folder.to_path_buf(), source };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(fault)? {
        let path = entry.map_err(fault)?.path();
        if path.extension().is_some_and(|found| found == suffix) && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The whole text of a rule file that is to be rewritten.
pub fn text_of(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(|source| Error::Read { path: path.to_path_buf(), source })
}

/// The files without those that are another one under a further name (a link, another way to write its place): judged
/// twice, its records would be their own repetition. What does not exist is left for reading to say so.
fn each_once(files: BTreeSet<PathBuf>) -> BTreeSet<PathBuf> {
    let mut known = BTreeSet::new();
    files.into_iter().filter(|path| fs::canonicalize(path).map_or(true, |real| known.insert(real))).collect()
}

struct Walk<'a> {
    exclude: &'a [Pattern],
    files: BTreeSet<PathBuf>,
    skipped: BTreeSet<PathBuf>,
}

impl Walk<'_> {
    fn argument(&mut self, argument: &Path) -> Result<(), Error> {
        if argument.is_dir() {
            return self.folder(argument);
        }
        if is_pattern(argument) {
            return self.pattern(&argument.to_string_lossy());
        }
        if self.excluded(argument) {
            return Ok(());
        }
        // A shell expands `*` to lock files too.
        if is_left_over(&name_of(argument)) {
            self.skipped.insert(tidy(argument));
        } else {
            self.files.insert(tidy(argument));
        }
        Ok(())
    }

    fn pattern(&mut self, pattern: &str) -> Result<(), Error> {
        let usage = |message: String| Error::Usage { message };
        let found = glob::glob_with(pattern, MATCHING)
            .map_err(|error| usage(format!("{pattern} is no pattern of file names: {error}")))?;
        for path in found.flatten() {
            if path.is_dir() {
                self.folder(&path)?;
            } else {
                self.found(&path);
            }
        }
        Ok(())
    }

    fn folder(&mut self, folder: &Path) -> Result<(), Error> {
        let mut pending = vec![folder.to_path_buf()];
        while let Some(folder) = pending.pop() {
            let fault = |source| Error::Read { path: folder.clone(), source };
            for entry in fs::read_dir(&folder).map_err(fault)? {
                let entry = entry.map_err(fault)?;
                let kind = entry.file_type().map_err(fault)?;
                let path = entry.path();
                // A link to a folder may lead back here.
                if kind.is_dir() && !self.excluded(&path) && !is_hidden(&path) {
                    pending.push(path);
                } else if kind.is_file() || (kind.is_symlink() && path.is_file()) {
                    self.found(&path);
                }
            }
        }
        Ok(())
    }

    fn found(&mut self, path: &Path) {
        if self.excluded(path) {
            return;
        }
        let path = tidy(path);
        if is_submission(&path) {
            self.files.insert(path)
        } else {
            self.skipped.insert(path)
        };
    }

    fn excluded(&self, path: &Path) -> bool {
        let path = tidy(path);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        self.exclude.iter().any(|pattern| {
            pattern.matches_path_with(&path, MATCHING) || pattern.matches_with(&name, MATCHING)
        })
    }
}

/// `*` stays within a folder and does not match hidden files, as in a shell.
const MATCHING: MatchOptions =
    MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: true };

fn is_pattern(argument: &Path) -> bool {
    argument.to_string_lossy().contains(['*', '?', '[']) && !argument.exists()
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
}

/// Lock files, thumbnails and files of other kinds are none.
fn is_submission(path: &Path) -> bool {
    let name = name_of(path).to_lowercase();
    let suffix = name.strip_suffix(".gz").unwrap_or(&name).rsplit_once('.').map(|(_, suffix)| suffix);
    !is_left_over(&name) && !is_hidden(path) && suffix.is_some_and(|suffix| SUFFIXES.contains(&suffix))
}

/// Whether a program leaves a file of this name beside those that people make: Excel's `~$book.xlsx`,
/// `LibreOffice`'s `.~lock.book.xlsx#`, the thumbnails of Windows.
fn is_left_over(name: &str) -> bool {
    name.starts_with("~$") || name.starts_with(".~lock.") || name.eq_ignore_ascii_case("thumbs.db")
}

/// Whether the lock file of a spreadsheet stands beside `path`.
fn has_lock_file(path: &Path) -> bool {
    let name = name_of(path);
    let locks = [format!("~${name}"), format!(".~lock.{name}#")];
    !name.is_empty() && locks.iter().any(|lock| path.with_file_name(lock).is_file())
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Without `./` at the front, so that one file has one name.
fn tidy(path: &Path) -> PathBuf {
    let tidied: PathBuf = path.components().filter(|part| *part != std::path::Component::CurDir).collect();
    if tidied.as_os_str().is_empty() { path.to_path_buf() } else { tidied }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("県")).unwrap();
        for name in ["b.csv", "a.JSON", "~$b.csv", "Thumbs.db", "県/回答 １.csv", "県/x.pdf", ".hidden.csv"]
        {
            fs::write(folder.path().join(name), "").unwrap();
        }
        folder
    }

    fn names(paths: &[PathBuf], root: &Path) -> Vec<String> {
        let relative =
            |path: &PathBuf| path.strip_prefix(root).unwrap_or(path).to_string_lossy().into_owned();
        paths.iter().map(relative).collect()
    }

    #[test]
    fn a_folder_is_walked_in_order_without_lock_files() {
        let folder = tree();
        let listing = list(&[folder.path().to_path_buf()], &[]).unwrap();
        assert_eq!(names(&listing.files, folder.path()), ["a.JSON", "b.csv", "県/回答 １.csv"]);
        assert_eq!(
            names(&listing.skipped, folder.path()),
            [".hidden.csv", "Thumbs.db", "~$b.csv", "県/x.pdf"]
        );
    }

    #[test]
    fn a_quoted_pattern_is_expanded_and_a_file_listed_once() {
        let folder = tree();
        let arguments =
            [folder.path().join("b.csv"), folder.path().join("*.csv"), folder.path().join("*.tsv")];
        let listing = list(&arguments, &[]).unwrap();
        assert_eq!(names(&listing.files, folder.path()), ["b.csv"]);
        assert_eq!(names(&listing.empty, folder.path()), ["*.tsv"]);
    }

    #[test]
    fn what_is_excluded_is_neither_read_nor_noted() {
        let folder = tree();
        let exclude = [Pattern::new("県").unwrap(), Pattern::new("~$*").unwrap()];
        let listing = list(&[folder.path().to_path_buf()], &exclude).unwrap();
        assert_eq!(names(&listing.files, folder.path()), ["a.JSON", "b.csv"]);
        assert_eq!(names(&listing.skipped, folder.path()), [".hidden.csv", "Thumbs.db"]);
    }

    #[test]
    fn a_lock_file_is_left_out_even_if_named_and_tells_that_its_workbook_is_open() {
        let folder = tree();
        let named = ["b.csv", "~$b.csv", "a.JSON"].map(|name| folder.path().join(name));
        let listing = list(&named, &[]).unwrap();
        assert_eq!(names(&listing.files, folder.path()), ["a.JSON", "b.csv"]);
        assert_eq!(names(&listing.skipped, folder.path()), ["~$b.csv"]);
        assert_eq!(names(&listing.open, folder.path()), ["b.csv"]);
    }

    #[test]
    fn workbooks_and_packed_texts_are_submissions_in_letters_of_any_case() {
        let found = ["a.XLSX", "b.xls", "c.csv.GZ", "d.jsonl.gz", "e.gz", "f.pdf.gz", "gz", ".xlsx"];
        let found = found.map(|name| is_submission(Path::new(name)));
        assert_eq!(found, [true, true, true, true, false, false, false, false]);
    }

    #[test]
    fn a_file_that_is_named_is_listed_whatever_its_suffix() {
        let listing = list(&[PathBuf::from("./nothing.dat")], &[]).unwrap();
        assert_eq!(listing.files, [PathBuf::from("nothing.dat")]);
    }
}
