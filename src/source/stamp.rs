//! Whether files have changed: their sizes and times of last change, looked at again.
//!
//! Invariants
//! - Nothing is opened and nothing is asked of the system but what a listing says, so that it works on network shares too.
//! - A time is compared and never shown; no report knows it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

/// Size in bytes, and time of last change since 1970. `None` for the time: the file system keeps none.
type Stamp = (u64, Option<Duration>);

/// The stamps of some files. `None`: no such file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stamps(BTreeMap<PathBuf, Option<Stamp>>);

impl Stamps {
    /// Adds the file `path`, which need not be there.
    pub fn add(&mut self, path: &Path) {
        let stamp = fs::metadata(path).ok().map(|found| {
            let changed = found.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
            (found.len(), changed)
        });
        self.0.insert(path.to_path_buf(), stamp);
    }

    /// Adds every file below `folder`; links to folders are not followed.
    pub fn add_folder(&mut self, folder: &Path) {
        let mut open = vec![folder.to_path_buf()];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() => open.push(entry.path()),
                    Ok(_) => self.add(&entry.path()),
                    Err(_) => {}
                }
            }
        }
    }

    /// Whether the file `path` is as it was when it was added.
    pub fn holds(&self, path: &Path) -> bool {
        let mut now = Self::default();
        now.add(path);
        self.0.get(path) == now.0.get(path)
    }

    /// The files that are not as they were in `earlier`, sorted.
    pub fn changed_since<'s>(&'s self, earlier: &'s Self) -> Vec<&'s Path> {
        let other = |of: &'s Self, than: &'s Self| {
            of.0.iter().filter(move |(path, stamp)| than.0.get(*path).copied().flatten() != **stamp)
        };
        let mut changed: Vec<&Path> =
            other(self, earlier).chain(other(earlier, self)).map(|(path, _)| path.as_path()).collect();
        changed.sort();
        changed.dedup();
        changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_made_or_taken_away_has_changed_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::create_dir(path("inside")).unwrap();
        for name in ["a", "b", "inside/c"] {
            fs::write(path(name), "1").unwrap();
        }
        let stamps = || {
            let mut stamps = Stamps::default();
            stamps.add_folder(folder.path());
            stamps.add(&path("elsewhere"));
            stamps
        };
        let before = stamps();
        assert!(stamps().changed_since(&before).is_empty());
        fs::write(path("b"), "12").unwrap();
        fs::write(path("d"), "").unwrap();
        fs::write(path("elsewhere"), "").unwrap();
        fs::remove_file(path("inside/c")).unwrap();
        let after = stamps();
        let names = ["b", "d", "elsewhere", "inside/c"].map(path);
        assert_eq!(after.changed_since(&before), names.iter().collect::<Vec<_>>());
    }
}
