//! Files and standard input as bytes, a window at a time.
//!
//! Invariants
//! - Never more than the unconsumed bytes and one window are held, whatever the file's size.
//! - Windows end at multiples of [`WINDOW`] from the start of the file, so whatever is decided by a window does not
//!   depend on how the caller consumes.
//! - Nothing is read twice: standard input works like a file.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::error::Error;

/// Bytes of one window.
pub const WINDOW: usize = 1 << 20;

/// Opens a file for reading.
pub fn open(path: &Path) -> Result<Box<dyn Read + Send>, Error> {
    match File::open(path) {
        Ok(file) => Ok(Box::new(file)),
        Err(source) => Err(Error::Read { path: path.to_path_buf(), source }),
    }
}

/// Whether a file cannot be opened because another program holds it, as Excel does with an open workbook on Windows.
pub fn is_locked(error: &std::io::Error) -> bool {
    // ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION.
    let on_windows = cfg!(windows) && matches!(error.raw_os_error(), Some(32 | 33));
    on_windows || error.kind() == std::io::ErrorKind::ResourceBusy
}

/// How many bytes a file has. `None`: it has no such number (a pipe), or the system does not tell.
pub fn size(path: &Path) -> Option<u64> {
    let metadata = std::fs::metadata(path).ok()?;
    metadata.is_file().then_some(metadata.len())
}

/// The whole text of a small trusted file, such as a configuration.
pub fn read_text(path: &Path) -> Result<String, Error> {
    std::fs::read_to_string(path).map_err(|source| Error::Read { path: path.to_path_buf(), source })
}

/// The process's standard input.
pub fn standard_input() -> Box<dyn Read + Send> {
    Box::new(std::io::stdin())
}

/// The bytes of one input, consumed from the front and filled at the back.
pub struct Windows {
    name: PathBuf,
    read: Box<dyn Read + Send>,
    buffer: Vec<u8>,
    /// Bytes of `buffer` that the caller has consumed.
    consumed: usize,
    /// Offset of `buffer` in the input.
    base: u64,
    ended: bool,
}

impl std::fmt::Debug for Windows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { name, read: _, buffer, consumed, base, ended } = self;
        f.debug_struct("Windows")
            .field("name", name)
            .field("held", &buffer.len().saturating_sub(*consumed))
            .field("base", base)
            .field("ended", ended)
            .finish()
    }
}

impl Windows {
    /// The input `read`, called `name` in errors. Nothing is read yet.
    pub fn new(name: impl Into<PathBuf>, read: Box<dyn Read + Send>) -> Self {
        Self { name: name.into(), read, buffer: Vec::new(), consumed: 0, base: 0, ended: false }
    }

    /// The bytes read and not yet consumed.
    pub fn bytes(&self) -> &[u8] {
        self.buffer.get(self.consumed..).unwrap_or(&[])
    }

    /// Where [`Windows::bytes`] begins in the input.
    pub fn offset(&self) -> u64 {
        self.base + u64::try_from(self.consumed).unwrap_or(0)
    }

    /// Whether nothing comes after [`Windows::bytes`].
    pub fn ended(&self) -> bool {
        self.ended
    }

    /// Drops the first `count` bytes.
    pub fn consume(&mut self, count: usize) {
        self.consumed = self.consumed.saturating_add(count).min(self.buffer.len());
    }

    /// Reads one more window and returns it: it is the end of [`Windows::bytes`]. Empty: the input has ended.
    pub fn more(&mut self) -> Result<&[u8], Error> {
        self.base = self.offset();
        self.buffer.drain(..self.consumed);
        self.consumed = 0;
        let before = self.buffer.len();
        let limit = u64::try_from(WINDOW).unwrap_or(u64::MAX);
        let read = self.read.by_ref().take(limit).read_to_end(&mut self.buffer);
        let count = read.map_err(|source| Error::Read { path: self.name.clone(), source })?;
        self.ended = count < WINDOW;
        Ok(self.buffer.get(before..).unwrap_or(&[]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte at a time, as a slow pipe does.
    struct Slow(Vec<u8>);

    impl Read for Slow {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            let Some(slot) = into.first_mut() else { return Ok(0) };
            let Some(byte) = self.0.pop() else { return Ok(0) };
            *slot = byte;
            Ok(1)
        }
    }

    #[test]
    fn windows_are_whole_whatever_the_pipe_gives() {
        let mut windows = Windows::new("x", Box::new(Slow(vec![b'a'; WINDOW + 3])));
        assert_eq!(windows.more().unwrap().len(), WINDOW);
        assert!(!windows.ended());
        windows.consume(WINDOW - 2);
        assert_eq!(windows.more().unwrap().len(), 3);
        assert!(windows.ended());
        assert_eq!((windows.bytes().len(), windows.offset()), (5, u64::try_from(WINDOW).unwrap() - 2));
    }

    #[test]
    fn a_missing_file_stops_the_run() {
        assert!(matches!(open(Path::new("no/such/file")), Err(Error::Read { .. })));
    }
}
