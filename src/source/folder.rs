//! A folder of several files that appears whole or not at all.
//!
//! Invariants
//! - Files are written into a folder beside the place, under a name of our own, and that folder is renamed into the
//!   place when all of it is on the disk. Whoever kills the program leaves the place as it was, and beside it a folder
//!   that the next run knows by its name and by what is in it, and takes away.
//! - A folder that another run is still writing is locked, and is left alone.
//! - Nothing is replaced or taken away that is not known to be ours, and as we have written it: what people have put into
//!   such a folder, or changed in it, is theirs.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};
use tempfile::Builder;

use super::digest;
use super::sink::{make_folder, real_path};
use crate::error::Error;

/// Stands in a folder that is being written, and is locked as long as somebody does.
const MARK: &str = ".kenpyo-unfinished";

/// What stands in the mark, for whoever finds it.
const WORDS: &str =
    "kenpyo is writing this folder, or was killed while it did; the next run takes it away.\n";

/// Longest list of contents that is looked through for what makes a folder ours, in bytes.
const LONGEST_LIST: u64 = 4 << 10;

/// What file managers leave in every folder that somebody looks at.
const OF_NOBODY: [&str; 3] = [".DS_Store", "Thumbs.db", "desktop.ini"];

/// What stands at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing.
    Free,
    /// A folder that was made here before, as its list of contents says, and nothing in it has changed since.
    Ours,
    /// One that was made here before, and into which somebody has put something, or changed it.
    Altered,
    /// Anything else.
    Foreign,
}

/// How our folders are known.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    /// The file that lists what is in them; it is written last. It is a JSON object whose member `files` lists objects
    /// with `name` and `sha256`.
    pub list: &'static str,
    /// What stands near its beginning, and in no other file of that name.
    pub sign: &'static str,
}

impl Known {
    /// What stands at `place`.
    pub fn standing(self, place: &Path) -> Standing {
        match fs::symlink_metadata(place) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Standing::Free,
            Ok(found) if found.is_dir() && self.is_ours(place) => {
                if self.altered(place).is_empty() {
                    Standing::Ours
                } else {
                    Standing::Altered
                }
            }
            _ => Standing::Foreign,
        }
    }

    /// Whether `folder` is one that was made here, whatever has become of it: some file of its list is there.
    pub fn is_ours(self, folder: &Path) -> bool {
        self.is_complete(folder) && self.listed(folder).keys().any(|name| folder.join(name).exists())
    }

    /// What stands in `folder` and not in its list, or has other bytes than its list says; by name, folders with `/`.
    /// What was taken out of it is nothing that could be lost.
    pub fn altered(self, folder: &Path) -> Vec<String> {
        let listed = self.listed(folder);
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let altered = entries.filter_map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name == self.list || OF_NOBODY.contains(&name.as_str()) {
                return None;
            }
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                return Some(format!("{name}/"));
            }
            let is_as_written =
                listed.get(&name).is_some_and(|hash| digest::of_file(&entry.path()).as_deref() == Some(hash));
            (!is_as_written).then_some(name)
        });
        let mut altered: Vec<String> = altered.collect();
        altered.sort();
        altered
    }

    /// The files of the list of `folder`, with their digests; none where it cannot be read.
    fn listed(self, folder: &Path) -> BTreeMap<String, String> {
        let read = File::open(folder.join(self.list)).map(io::BufReader::new);
        let list = read.map(serde_json::from_reader::<_, serde_json::Value>);
        let Ok(Ok(list)) = list else { return BTreeMap::new() };
        let files = list.get("files").and_then(serde_json::Value::as_array).into_iter().flatten();
        let text = |file: &serde_json::Value, key: &str| Some(file.get(key)?.as_str()?.to_owned());
        files.filter_map(|file| Some((text(file, "name")?, text(file, "sha256")?))).collect()
    }

    fn is_complete(self, folder: &Path) -> bool {
        use std::io::Read as _;
        let mut head = Vec::new();
        let read = File::open(folder.join(self.list))
            .and_then(|file| file.take(LONGEST_LIST).read_to_end(&mut head));
        read.is_ok() && String::from_utf8_lossy(&head).contains(self.sign)
    }

    /// Whether a folder that has one of our temporary names is one that a killed run has left behind.
    fn is_left_over(self, folder: &Path) -> bool {
        match File::open(folder.join(MARK)) {
            Ok(mark) => !matches!(mark.try_lock(), Err(TryLockError::WouldBlock)),
            // Killed before the mark was there, or after it was gone.
            Err(_) => {
                self.is_complete(folder)
                    || fs::read_dir(folder).is_ok_and(|mut inside| inside.next().is_none())
            }
        }
    }

    /// Takes away what killed runs have left beside `place`; gives how many folders that were. What cannot be taken away
    /// stays.
    pub fn clear(self, place: &Path) -> u64 {
        let (Some(parent), Some(prefix)) = (parent(place), prefix(place)) else { return 0 };
        let named = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().starts_with(&prefix);
        let folders = fs::read_dir(parent).into_iter().flatten().flatten().filter(named);
        let folders = folders.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
        let left = folders.map(|entry| entry.path()).filter(|folder| self.is_left_over(folder));
        let cleared = left.filter(|folder| take_away(folder).is_ok()).count();
        u64::try_from(cleared).unwrap_or(u64::MAX)
    }
}

/// The folder around `place`.
fn parent(place: &Path) -> Option<PathBuf> {
    let parent = place.parent()?;
    Some(if parent.as_os_str().is_empty() { PathBuf::from(".") } else { parent.to_path_buf() })
}

/// How the temporary names beside `place` begin. `None`: the place has no name of its own.
fn prefix(place: &Path) -> Option<String> {
    let name = place.file_name()?.to_string_lossy();
    // Long names leave no room for ours.
    let short: String = name.chars().take(40).collect();
    Some(format!(".kenpyo-folder-{short}-"))
}

/// A folder being written.
#[derive(Debug)]
pub struct Folder {
    place: PathBuf,
    /// Where it is written. `None`: it stands at its place.
    staging: Option<PathBuf>,
    /// Keeps the lock.
    mark: Option<File>,
    known: Known,
    files: BTreeMap<String, Running>,
}

/// What has been written of a file so far.
#[derive(Debug, Default)]
struct Running {
    hash: Sha256,
    length: u64,
}

/// A file of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its name in the folder.
    pub name: String,
    /// SHA-256 of its bytes, in hexadecimal digits.
    pub hash: Arc<str>,
    /// How many bytes it has.
    pub length: u64,
}

impl Folder {
    /// Begins the folder `place`; whatever stands there stays untouched until [`Folder::commit`].
    ///
    /// # Errors
    /// The folder around it cannot be made or written.
    pub fn begin(place: &Path, known: Known) -> Result<Self, Error> {
        let fault = |source| Error::Write { path: place.to_path_buf(), source };
        let place = real_path(place);
        let (Some(parent), Some(prefix)) = (parent(&place), prefix(&place)) else {
            return Err(fault(io::ErrorKind::InvalidFilename.into()));
        };
        make_folder(&parent)?;
        let mut name = Builder::new();
        name.prefix(&prefix);
        ordinary_permissions(&mut name);
        let staging = name.tempdir_in(&parent).map_err(fault)?.keep();
        let mut folder =
            Self { place, staging: Some(staging.clone()), mark: None, known, files: BTreeMap::new() };
        let mark = OpenOptions::new().write(true).create_new(true).open(staging.join(MARK));
        let mut mark = mark.map_err(|source| folder.fault(source))?;
        // Where files cannot be locked, two runs at one place at once are the caller's to avoid.
        let _ = mark.try_lock();
        mark.write_all(WORDS.as_bytes()).map_err(|source| folder.fault(source))?;
        folder.mark = Some(mark);
        Ok(folder)
    }

    fn fault(&self, source: io::Error) -> Error {
        Error::Write { path: self.place.clone(), source }
    }

    /// Adds `bytes` to the end of the file `name`, which is made by the first of them.
    ///
    /// # Errors
    /// They cannot be written.
    pub fn append(&mut self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let Some(staging) = &self.staging else { return Ok(()) };
        let open = OpenOptions::new().append(true).create(true).open(staging.join(name));
        open.and_then(|mut file| file.write_all(bytes)).map_err(|source| self.fault(source))?;
        let running = self.files.entry(name.to_owned()).or_default();
        running.hash.update(bytes);
        running.length = running.length.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        Ok(())
    }

    /// The files as far as they are written, by name.
    pub fn files(&self) -> Vec<Written> {
        let written = |(name, running): (&String, &Running)| Written {
            name: name.clone(),
            hash: digest::hexadecimal(&running.hash.clone().finalize()),
            length: running.length,
        };
        self.files.iter().map(written).collect()
    }

    /// Puts the folder into its place; `replace`: in the place of one of ours that stands there unaltered.
    ///
    /// # Errors
    /// The disk does not take it, or something else stands there by now.
    pub fn commit(mut self, replace: bool) -> Result<(), Error> {
        let Some(staging) = self.staging.clone() else { return Ok(()) };
        self.settle(&staging).map_err(|source| self.fault(source))?;
        let put = match (self.known.standing(&self.place), replace) {
            (Standing::Free, _) => fs::rename(&staging, &self.place),
            (Standing::Ours, true) => exchange(&staging, &self.place),
            _ => Err(io::ErrorKind::AlreadyExists.into()),
        };
        put.map_err(|source| self.fault(source))?;
        self.staging = None;
        flush_folder(&self.place);
        Ok(())
    }

    /// All files on the disk, and the mark gone: its list of contents tells from now on what it is.
    fn settle(&mut self, staging: &Path) -> io::Result<()> {
        for entry in fs::read_dir(staging)? {
            OpenOptions::new().write(true).open(entry?.path())?.sync_all()?;
        }
        self.mark = None;
        fs::remove_file(staging.join(MARK))?;
        flush_folder(&staging.join(MARK));
        Ok(())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Some(staging) = self.staging.take() {
            self.mark = None;
            // What stays is taken away by the next run.
            let _ = take_away(&staging);
        }
    }
}

/// Puts `new` in the place of `old`, which is taken away.
fn exchange(new: &Path, old: &Path) -> io::Result<()> {
    if swap(new, old).is_err() {
        // Between these two nothing stands at the place; a killed run leaves both folders under names of ours.
        let mut aside = new.as_os_str().to_owned();
        aside.push("-old");
        fs::rename(old, &aside)?;
        if let Err(error) = fs::rename(new, old) {
            fs::rename(&aside, old)?;
            return Err(error);
        }
        return take_away(Path::new(&aside));
    }
    take_away(new)
}

/// Takes a folder of ours away so that it is known as one to be taken away, whenever that is broken off.
fn take_away(folder: &Path) -> io::Result<()> {
    if !folder.join(MARK).exists() {
        fs::write(folder.join(MARK), WORDS)?;
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.file_name().is_some_and(|name| name != MARK) {
            if path.is_dir() { fs::remove_dir_all(path)? } else { fs::remove_file(path)? }
        }
    }
    fs::remove_file(folder.join(MARK))?;
    fs::remove_dir(folder)
}

/// Exchanges two folders in one step, where the system can.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn swap(one: &Path, other: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)?)
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn swap(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Makes the names in the folder around `path` durable, where the system lets folders be opened.
fn flush_folder(path: &Path) {
    if let Some(folder) = parent(path).and_then(|folder| File::open(folder).ok()) {
        let _ = folder.sync_all();
    }
}

/// A temporary folder is its user's alone; what comes of it is an ordinary one, as far as the umask allows.
#[cfg(unix)]
fn ordinary_permissions(name: &mut Builder<'_, '_>) {
    use std::os::unix::fs::PermissionsExt;
    name.permissions(fs::Permissions::from_mode(0o777));
}

#[cfg(not(unix))]
fn ordinary_permissions(_: &mut Builder<'_, '_>) {}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: Known = Known { list: "list.json", sign: "\"made-by\": \"us\"" };

    fn written(place: &Path, text: &str) -> Folder {
        let mut folder = Folder::begin(place, KNOWN).unwrap();
        folder.append("a.csv", b"1\n").unwrap();
        folder.append("a.csv", text.as_bytes()).unwrap();
        let hash = &folder.files()[0].hash;
        let list =
            format!("{{\"made-by\": \"us\", \"files\": [{{\"name\": \"a.csv\", \"sha256\": \"{hash}\"}}]}}");
        folder.append("list.json", list.as_bytes()).unwrap();
        folder
    }

    fn inside(folder: &Path) -> Vec<String> {
        let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = names.map(|name| name.to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_folder_appears_whole_or_not_at_all() {
        let around = tempfile::tempdir().unwrap();
        let place = around.path().join("結果");
        drop(written(&place, "2\n"));
        assert_eq!(inside(around.path()), [""; 0]);
        written(&place, "2\n").commit(false).unwrap();
        assert_eq!(inside(around.path()), ["結果"]);
        assert_eq!(inside(&place), ["a.csv", "list.json"]);
        assert_eq!(fs::read_to_string(place.join("a.csv")).unwrap(), "1\n2\n");
        assert!(written(&place, "3\n").commit(false).is_err(), "it stands there");
        assert_eq!(fs::read_to_string(place.join("a.csv")).unwrap(), "1\n2\n");
        written(&place, "4\n").commit(true).unwrap();
        assert_eq!(fs::read_to_string(place.join("a.csv")).unwrap(), "1\n4\n");
        assert_eq!(inside(around.path()), ["結果"]);
    }

    #[test]
    fn what_is_not_ours_is_neither_replaced_nor_taken_away() {
        let around = tempfile::tempdir().unwrap();
        let place = around.path().join("out");
        fs::create_dir(&place).unwrap();
        fs::write(place.join("mine.txt"), "x").unwrap();
        assert_eq!(KNOWN.standing(&place), Standing::Foreign);
        assert!(written(&place, "2\n").commit(true).is_err());
        assert_eq!(inside(&place), ["mine.txt"]);
        let other = around.path().join(".kenpyo-folder-out-mine");
        fs::create_dir(&other).unwrap();
        fs::write(other.join("mine.txt"), "x").unwrap();
        assert_eq!(KNOWN.clear(&place), 0);
        assert!(other.join("mine.txt").exists());
    }

    #[test]
    fn a_folder_of_ours_in_which_somebody_has_worked_is_not_replaced() {
        let around = tempfile::tempdir().unwrap();
        let place = around.path().join("out");
        written(&place, "2\n").commit(false).unwrap();
        assert_eq!(KNOWN.standing(&place), Standing::Ours);
        fs::write(place.join(".DS_Store"), "x").unwrap();
        assert_eq!(KNOWN.standing(&place), Standing::Ours, "nobody has put that there");
        fs::write(place.join("a.csv"), "1\n2,reply\n").unwrap();
        assert_eq!(
            (KNOWN.standing(&place), KNOWN.altered(&place)),
            (Standing::Altered, vec!["a.csv".into()])
        );
        assert!(written(&place, "3\n").commit(true).is_err());
        assert_eq!(fs::read_to_string(place.join("a.csv")).unwrap(), "1\n2,reply\n");
        fs::write(place.join("a.csv"), "1\n2\n").unwrap();
        fs::create_dir(place.join("replies")).unwrap();
        fs::write(place.join("notes.txt"), "x").unwrap();
        assert_eq!(KNOWN.altered(&place), ["notes.txt", "replies/"]);
        fs::remove_dir(place.join("replies")).unwrap();
        fs::remove_file(place.join("notes.txt")).unwrap();
        written(&place, "3\n").commit(true).unwrap();
        let other = around.path().join("other");
        fs::create_dir(&other).unwrap();
        fs::copy(place.join("list.json"), other.join("list.json")).unwrap();
        fs::write(other.join("mine.txt"), "x").unwrap();
        assert_eq!(KNOWN.standing(&other), Standing::Foreign, "a list alone makes no folder ours");
    }

    #[test]
    fn what_a_killed_run_leaves_is_known_and_taken_away_and_what_a_live_one_writes_is_not() {
        let around = tempfile::tempdir().unwrap();
        let place = around.path().join("out");
        let live = written(&place, "2\n");
        let begun = around.path().join(".kenpyo-folder-out-1");
        let whole = around.path().join(".kenpyo-folder-out-2");
        let empty = around.path().join(".kenpyo-folder-out-3");
        for folder in [&begun, &whole, &empty] {
            fs::create_dir(folder).unwrap();
        }
        fs::write(begun.join(MARK), WORDS).unwrap();
        fs::write(begun.join("a.csv"), "1").unwrap();
        fs::write(whole.join("list.json"), "{\"made-by\": \"us\"}").unwrap();
        assert_eq!(KNOWN.clear(&place), 3);
        assert_eq!(inside(around.path()).len(), 1, "that of the live run");
        live.commit(false).unwrap();
        assert_eq!(inside(around.path()), ["out"]);
    }
}
