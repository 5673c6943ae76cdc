//! What gives its bytes only once, kept so that it can be read again.
//!
//! Invariants
//! - The file has no name: it is gone with the last handle to it, also when the program is killed, and only its user
//!   can read it.
//! - Handles do not share a place: each reads from the front on, whatever the others do.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::digest;
use super::reader::Stream;
use crate::error::Error;

/// Bytes moved at once.
const WINDOW: usize = 1 << 16;

/// The bytes of an input that cannot be read twice.
#[derive(Debug, Clone)]
pub struct Spool {
    file: Arc<File>,
    length: u64,
    hash: Arc<str>,
}

/// Spools are the same if they are one.
impl PartialEq for Spool {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.file, &other.file)
    }
}

impl Eq for Spool {}

impl Spool {
    /// Reads `stream` to its end; `name` is what errors call it.
    ///
    /// # Errors
    /// It cannot be read, or the disk does not take it.
    pub fn of(stream: Stream, name: &str) -> Result<Self, Error> {
        let unread = |source| Error::Read { path: name.into(), source };
        let folder = std::env::temp_dir();
        let unwritten = |source| Error::Write { path: folder.clone(), source };
        let mut read = stream.into_read();
        let mut file = tempfile::tempfile().map_err(unwritten)?;
        let (mut hash, mut length) = (Sha256::new(), 0_u64);
        let mut window = vec![0; WINDOW];
        loop {
            let count = match read.read(&mut window) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(unread(error)),
            };
            let piece = window.get(..count).unwrap_or_default();
            hash.update(piece);
            file.write_all(piece).map_err(unwritten)?;
            length = length.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
        }
        Ok(Self { file: Arc::new(file), length, hash: digest::hexadecimal(&hash.finalize()) })
    }

    /// The file `path`, spooled. `None`: it is a regular file, which can be read again where it is.
    ///
    /// # Errors
    /// It cannot be read, or the disk does not take it.
    pub fn of_special(path: &Path) -> Result<Option<Self>, Error> {
        if std::fs::metadata(path).map_or(true, |found| found.is_file() || found.is_dir()) {
            return Ok(None);
        }
        Self::of(super::reader::open(path)?, &path.to_string_lossy()).map(Some)
    }

    /// The bytes, from the front on.
    pub fn stream(&self) -> Stream {
        Stream::Seekable(Box::new(Handle { file: Arc::clone(&self.file), at: 0, length: self.length }))
    }

    /// How many bytes there are.
    pub const fn length(&self) -> u64 {
        self.length
    }

    /// SHA-256 of the bytes, in hexadecimal digits.
    pub fn hash(&self) -> Arc<str> {
        Arc::clone(&self.hash)
    }
}

/// One reading of a spool.
struct Handle {
    file: Arc<File>,
    at: u64,
    length: u64,
}

impl Read for Handle {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        #[cfg(unix)]
        let count = std::os::unix::fs::FileExt::read_at(&*self.file, into, self.at)?;
        #[cfg(windows)]
        let count = std::os::windows::fs::FileExt::seek_read(&*self.file, into, self.at)?;
        #[cfg(not(any(unix, windows)))]
        let count = {
            // One place for all: readings follow one another there.
            (&*self.file).seek(SeekFrom::Start(self.at))?;
            (&*self.file).read(into)?
        };
        self.at = self.at.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
        Ok(count)
    }
}

impl Seek for Handle {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.length.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_once_is_read_as_often_as_wanted_and_from_any_place() {
        let bytes: Vec<u8> = (0..=255).cycle().take(3 * WINDOW / 2).collect();
        let spool = Spool::of(Stream::Once(Box::new(io::Cursor::new(bytes.clone()))), "x").unwrap();
        assert_eq!(spool.hash(), digest::of_bytes(&bytes));
        let read = |stream: Stream| {
            let mut all = Vec::new();
            stream.into_read().read_to_end(&mut all).unwrap();
            all
        };
        let (first, second) = (spool.stream(), spool.stream());
        let (look, second) = second.look("x", 10).unwrap();
        assert_eq!(look, bytes[..10]);
        assert_eq!([read(first), read(second)], [bytes.clone(), bytes.clone()]);
        let mut seekable = spool.stream().into_seekable("x", u64::MAX).unwrap();
        seekable.seek(SeekFrom::End(-3)).unwrap();
        let mut end = Vec::new();
        seekable.read_to_end(&mut end).unwrap();
        assert_eq!(end, bytes[bytes.len() - 3..]);
    }

    #[test]
    #[cfg(unix)]
    fn nothing_has_a_name_while_it_is_spooled() {
        let spool = Spool::of(Stream::from(b"secret".to_vec()), "x").unwrap();
        // Only Linux tells under which name a process holds a file open.
        #[cfg(target_os = "linux")]
        {
            use std::os::fd::AsRawFd as _;
            let name = std::fs::read_link(format!("/proc/self/fd/{}", spool.file.as_raw_fd())).unwrap();
            assert!(name.to_string_lossy().ends_with("(deleted)"), "{}", name.display());
        }
        assert_eq!(spool.length(), 6);
    }
}
