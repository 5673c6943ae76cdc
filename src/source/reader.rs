//! Files and standard input as bytes, a window at a time.
//!
//! Invariants
//! - Never more than the unconsumed bytes and one window are held, whatever the file's size.
//! - Windows end at multiples of [`WINDOW`] from the start of the file, so whatever is decided by a window does not
//!   depend on how the caller consumes.
//! - Nothing is read twice from a pipe: what must be read from any place (a workbook) is spooled to a nameless file.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::sink;
use crate::error::Error;

/// Bytes of one window.
pub const WINDOW: usize = 1 << 20;

/// Bytes that can be read from any place.
pub trait ReadSeek: Read + Seek {}

impl<T: Read + Seek> ReadSeek for T {}

/// One input before anybody knows what it is.
pub enum Stream {
    /// A file, or bytes in memory.
    Seekable(Box<dyn ReadSeek + Send>),
    /// A pipe, which gives its bytes once.
    Once(Box<dyn Read + Send>),
}

impl From<Vec<u8>> for Stream {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Seekable(Box::new(Cursor::new(bytes)))
    }
}

impl Stream {
    /// The first bytes, at most `count`, and the input with nothing consumed; `name` is what errors call it.
    pub fn look(self, name: &str, count: u64) -> Result<(Vec<u8>, Self), Error> {
        let fault = |source| Error::Read { path: name.into(), source };
        let mut first = Vec::new();
        match self {
            Self::Seekable(mut read) => {
                read.by_ref().take(count).read_to_end(&mut first).map_err(fault)?;
                // A named pipe opens like a file.
                if read.seek(SeekFrom::Start(0)).is_ok() {
                    return Ok((first, Self::Seekable(read)));
                }
                Ok((first.clone(), Self::Once(Box::new(Cursor::new(first).chain(read)))))
            }
            Self::Once(mut read) => {
                read.by_ref().take(count).read_to_end(&mut first).map_err(fault)?;
                Ok((first.clone(), Self::Once(Box::new(Cursor::new(first).chain(read)))))
            }
        }
    }

    /// The bytes from the front on.
    pub fn into_read(self) -> Box<dyn Read + Send> {
        match self {
            Self::Seekable(read) => Box::new(read),
            Self::Once(read) => read,
        }
    }

    /// The bytes so that they can be read from any place. A pipe is read to its end, into a file without a name that
    /// is gone with it; more than `most` bytes are not taken from it.
    pub fn into_seekable(self, name: &str, most: u64) -> Result<Box<dyn ReadSeek + Send>, Error> {
        match self {
            Self::Seekable(read) => Ok(read),
            Self::Once(read) => Ok(Box::new(sink::spool(&mut read.take(most), Path::new(name))?)),
        }
    }
}

/// Opens a file for reading.
pub fn open(path: &Path) -> Result<Stream, Error> {
    match File::open(path) {
        Ok(file) => Ok(Stream::Seekable(Box::new(file))),
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

/// The bytes of a file of at most `most` bytes.
///
/// # Errors
/// It cannot be read, or is longer.
pub fn bytes_within(path: &Path, most: u64) -> Result<Vec<u8>, Error> {
    let read = || {
        let mut bytes = Vec::new();
        File::open(path)?.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
        if u64::try_from(bytes.len()).is_ok_and(|length| length > most) {
            let reason = format!("larger than {most} bytes");
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, reason));
        }
        Ok(bytes)
    };
    read().map_err(|source| Error::Read { path: path.to_path_buf(), source })
}

/// The process's standard input.
pub fn standard_input() -> Stream {
    Stream::Once(Box::new(io::stdin()))
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
    fn a_pipe_is_looked_at_and_then_read_whole_or_from_any_place() {
        let bytes: Vec<u8> = (0..=255).cycle().take(3 * WINDOW / 2).collect();
        let pipe = || Stream::Once(Box::new(Cursor::new(bytes.clone())));
        for stream in [pipe(), Stream::from(bytes.clone())] {
            let (first, stream) = stream.look("x", 4).unwrap();
            assert_eq!(first, [0, 1, 2, 3]);
            let mut all = Vec::new();
            stream.into_read().read_to_end(&mut all).unwrap();
            assert_eq!(all, bytes);
        }
        let (_, stream) = pipe().look("x", 4).unwrap();
        let mut seekable = stream.into_seekable("x", u64::MAX).unwrap();
        seekable.seek(SeekFrom::Start(2)).unwrap();
        let mut all = Vec::new();
        seekable.read_to_end(&mut all).unwrap();
        assert_eq!(all, bytes[2..]);
    }

    #[test]
    fn a_missing_file_stops_the_run() {
        assert!(matches!(open(Path::new("no/such/file")), Err(Error::Read { .. })));
    }
}
