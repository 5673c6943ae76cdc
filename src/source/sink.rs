//! The only writer of files.
//!
//! Invariants
//! - A file appears whole or not at all: it is written without a name, and when it is whole it is copied to a
//!   temporary name beside its place, flushed to the disk, and renamed. A sink that is dropped without
//!   [`Sink::commit`], or a program that is stopped while writing, leaves nothing behind.
//! - What is not a regular file (`/dev/null`, a pipe) is written to directly, never replaced.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::Builder;

use crate::error::Error;

/// The one name of the file at `path`, whether or not it is there yet: two paths to one file have the same.
pub fn real_path(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let beside = || Some(fs::canonicalize(folder).ok()?.join(path.file_name()?));
    fs::canonicalize(path).ok().or_else(beside).unwrap_or_else(|| path.to_path_buf())
}

/// A file without a name that holds what `read` gives, at its front; `name` is what errors call the input.
pub fn spool(read: &mut dyn Read, name: &Path) -> Result<File, Error> {
    let fault = |source| Error::Read { path: name.to_path_buf(), source };
    let mut file = tempfile::tempfile().map_err(fault)?;
    io::copy(read, &mut file).map_err(fault)?;
    file.rewind().map_err(fault)?;
    Ok(file)
}

/// Makes the folder `path` and those above it, as far as they are not there.
pub fn make_folder(path: &Path) -> Result<(), Error> {
    fs::create_dir_all(path).map_err(|source| Error::Write { path: path.to_path_buf(), source })
}

/// A file being written.
#[derive(Debug)]
pub struct Sink {
    path: PathBuf,
    target: Target,
}

#[derive(Debug)]
enum Target {
    /// Has no name until it is whole; then it takes its place in `folder`.
    Nameless { file: BufWriter<File>, folder: PathBuf },
    /// A device or a pipe.
    Direct(BufWriter<File>),
}

impl Sink {
    /// Begins the file `path`; an existing one stays untouched until [`Sink::commit`].
    pub fn create(path: &Path) -> Result<Self, Error> {
        let fault = |source| Error::Write { path: path.to_path_buf(), source };
        let special = fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir());
        let target = if special {
            Target::Direct(BufWriter::new(OpenOptions::new().write(true).open(path).map_err(fault)?))
        } else {
            let folder =
                path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let file = BufWriter::new(tempfile::tempfile_in(folder).map_err(fault)?);
            Target::Nameless { file, folder: folder.to_path_buf() }
        };
        Ok(Self { path: path.to_path_buf(), target })
    }

    /// Puts the file into its place.
    pub fn commit(self) -> Result<(), Error> {
        let Self { path, target } = self;
        let fault = |source| Error::Write { path: path.clone(), source };
        match target {
            Target::Direct(mut file) => file.flush().map_err(fault),
            Target::Nameless { file, folder } => {
                let mut whole = file.into_inner().map_err(|error| fault(error.into_error()))?;
                whole.rewind().map_err(fault)?;
                let mut name = Builder::new();
                ordinary_permissions(name.prefix(".kenpyo-"));
                let mut file = name.tempfile_in(folder).map_err(fault)?;
                io::copy(&mut whole, &mut file).map_err(fault)?;
                file.as_file().sync_all().map_err(fault)?;
                file.persist(&path).map(drop).map_err(|error| fault(error.error))
            }
        }
    }

    /// Puts `after` into the place of the file that read `before`; of one that was not there, where `before` is empty.
    /// `false`: it reads otherwise by now, and stays as it is. Whoever else does the same waits for us.
    pub fn replace(path: &Path, before: &str, after: &str) -> Result<bool, Error> {
        let fault = |source| Error::Write { path: path.to_path_buf(), source };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // The lock is of the folder, since the file itself is another one when it is replaced. Where folders cannot be
        // locked (on Windows) the comparison is all there is.
        let lock = fs::File::open(folder).ok();
        if let Some(lock) = &lock {
            let _ = lock.lock();
        }
        let now = match fs::read(path) {
            Ok(now) => now,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(fault(error)),
        };
        if now != before.as_bytes() {
            return Ok(false);
        }
        Self::write_whole(path, after.as_bytes()).map(|()| true)
    }

    /// Writes `content` to `path` as a whole.
    pub fn write_whole(path: &Path, content: &[u8]) -> Result<(), Error> {
        let mut sink = Self::create(path)?;
        sink.write_all(content).map_err(|source| Error::Write { path: path.to_path_buf(), source })?;
        sink.commit()
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.target {
            Target::Nameless { file, .. } | Target::Direct(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.target {
            Target::Nameless { file, .. } | Target::Direct(file) => file.flush(),
        }
    }
}

/// For what is written from its end, as zip files are; not every device can.
impl Seek for Sink {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match &mut self.target {
            Target::Nameless { file, .. } | Target::Direct(file) => file.seek(to),
        }
    }
}

/// Temporary files are private to their user; a report is an ordinary file, as far as the umask allows.
#[cfg(unix)]
fn ordinary_permissions(name: &mut Builder<'_, '_>) {
    use std::os::unix::fs::PermissionsExt;
    name.permissions(fs::Permissions::from_mode(0o666));
}

#[cfg(not(unix))]
fn ordinary_permissions(_: &mut Builder<'_, '_>) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_appears_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("報告.json");
        let mut sink = Sink::create(&path).unwrap();
        sink.write_all(b"half").unwrap();
        sink.flush().unwrap();
        assert_eq!(
            fs::read_dir(folder.path()).unwrap().count(),
            0,
            "whoever kills the program now cleans up"
        );
        drop(sink);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        assert!(Sink::replace(&path, "", "first").unwrap());
        assert!(!Sink::replace(&path, "", "second").unwrap());
        assert_eq!(fs::read(&path).unwrap(), b"first");
        Sink::write_whole(&path, b"whole").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"whole");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error_with_the_path() {
        let error = Sink::create(Path::new("/nowhere/at/all.json")).unwrap_err();
        assert_eq!(error.to_string(), "cannot write /nowhere/at/all.json");
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_never_replaced() {
        let mut sink = Sink::create(Path::new("/dev/null")).unwrap();
        sink.write_all(b"x").unwrap();
        sink.commit().unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }
}
