//! The only writer of files: a temporary name in the same folder, flushed to the disk, then renamed.
//!
//! Invariants
//! - A file is either wholly the old one or wholly the new one, also after a crash.
//! - A sink that is dropped without [`Sink::commit`] leaves nothing behind.

use std::io::Write;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::Error;

/// A file being written.
#[derive(Debug)]
pub struct Sink {
    path: PathBuf,
    file: NamedTempFile,
}

impl Sink {
    /// Begins the file `path`; nothing is seen there until [`Sink::commit`].
    pub fn create(path: &Path) -> Result<Self, Error> {
        let file = temporary(folder(path)).map_err(|source| failed(path, source))?;
        Ok(Self { path: path.to_path_buf(), file })
    }

    /// Puts the file in its place.
    pub fn commit(self) -> Result<(), Error> {
        let Self { path, file } = self;
        file.as_file().sync_all().map_err(|source| failed(&path, source))?;
        file.persist(&path).map_err(|error| failed(&path, error.error))?;
        sync_folder(&path).map_err(|source| failed(&path, source))
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

/// Writes `content` to `path` in one go.
pub fn write(path: &Path, content: &[u8]) -> Result<(), Error> {
    let mut sink = Sink::create(path)?;
    sink.write_all(content).map_err(|source| failed(path, source))?;
    sink.commit()
}

/// Makes the folder `path` and those above it.
pub fn create_folder(path: &Path) -> Result<(), Error> {
    std::fs::create_dir_all(path).map_err(|source| failed(path, source))
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn failed(path: &Path, source: std::io::Error) -> Error {
    Error::Write { path: path.to_path_buf(), source }
}

/// Temporary files are private to their owner, but a report is an ordinary file: the user's mask decides.
#[cfg(unix)]
fn temporary(folder: &Path) -> std::io::Result<NamedTempFile> {
    use std::os::unix::fs::PermissionsExt;
    let ordinary = std::fs::Permissions::from_mode(0o666);
    tempfile::Builder::new().prefix(".kenpyo-").permissions(ordinary).tempfile_in(folder)
}

#[cfg(not(unix))]
fn temporary(folder: &Path) -> std::io::Result<NamedTempFile> {
    tempfile::Builder::new().prefix(".kenpyo-").tempfile_in(folder)
}

/// Without this a crash may forget the new name.
#[cfg(unix)]
fn sync_folder(path: &Path) -> std::io::Result<()> {
    std::fs::File::open(folder(path))?.sync_all()
}

/// Other systems do not open folders.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_appears_only_when_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("報告.json");
        let mut sink = Sink::create(&path).unwrap();
        sink.write_all(b"half").unwrap();
        assert!(!path.exists());
        drop(sink);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        write(&path, b"whole").unwrap();
        write(&path, b"newer").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"newer");
    }

    #[test]
    fn a_folder_that_does_not_exist_is_an_error() {
        assert!(matches!(write(Path::new("no/such/folder/x"), b""), Err(Error::Write { .. })));
    }
}
