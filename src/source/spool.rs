//! What gives its bytes only once, kept so that it can be read again.
//!
//! Invariants
//! - The file has no name: it is gone with the last handle to it, also when the program is killed, and only its user
//!   can read it.
//! - Handles do not share a place: each reads from the front on, whatever the others do.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};

use super::digest;
use super::reader::Stream;
use crate::error::Error;

/// Bytes moved at once.
const WINDOW: usize = 1 << 16;

/// Bytes of a copy that are held in memory before a file is made for them.
const IN_MEMORY: usize = 8 << 20;

/// The bytes of an input that cannot be read twice.
#[derive(Debug, Clone)]
pub struct Spool {
    store: Store,
    length: u64,
    hash: Option<Arc<str>>,
}

#[derive(Debug, Clone)]
enum Store {
    File(Arc<File>),
    Memory(Arc<[u8]>),
}

/// Spools are the same if they are one.
impl PartialEq for Spool {
    fn eq(&self, other: &Self) -> bool {
        match (&self.store, &other.store) {
            (Store::File(one), Store::File(other)) => Arc::ptr_eq(one, other),
            (Store::Memory(one), Store::Memory(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
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
        let hash = Some(digest::hexadecimal(&hash.finalize()));
        Ok(Self { store: Store::File(Arc::new(file)), length, hash })
    }

    /// The file `path`, spooled. `None`: it is a regular file, which can be read again where it is.
    ///
    /// # Errors
    /// It cannot be read, or the disk does not take it.
    pub fn of_special(path: &Path) -> Result<Option<Self>, Error> {
        if !is_special(path) {
            return Ok(None);
        }
        Self::of(super::reader::open(path)?, &path.to_string_lossy()).map(Some)
    }

    /// The bytes, from the front on.
    pub fn stream(&self) -> Stream {
        Stream::Seekable(match &self.store {
            Store::File(file) => Box::new(Handle { file: Arc::clone(file), at: 0, length: self.length }),
            Store::Memory(bytes) => Box::new(io::Cursor::new(Arc::clone(bytes))),
        })
    }

    /// The `length` bytes from `at` on; fewer at the end.
    ///
    /// # Errors
    /// They cannot be read back.
    pub fn piece(&self, at: u64, length: usize) -> Result<Vec<u8>, Error> {
        let mut piece = Vec::with_capacity(length);
        let most = u64::try_from(length).unwrap_or(u64::MAX);
        let read = match &self.store {
            Store::File(file) => {
                let handle = Handle { file: Arc::clone(file), at, length: self.length };
                handle.take(most).read_to_end(&mut piece)
            }
            Store::Memory(bytes) => {
                let start = usize::try_from(at).unwrap_or(usize::MAX);
                bytes.get(start..).unwrap_or_default().take(most).read_to_end(&mut piece)
            }
        };
        read.map(|_| piece).map_err(|source| Error::Read { path: std::env::temp_dir(), source })
    }

    /// How many bytes there are.
    pub const fn length(&self) -> u64 {
        self.length
    }

    /// SHA-256 of the bytes, in hexadecimal digits. `None`: it was made while somebody else read, who asked for none.
    pub fn hash(&self) -> Option<Arc<str>> {
        self.hash.clone()
    }
}

/// Whether `path` is a pipe or a device, which gives its bytes once.
pub fn is_special(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

/// A copy of what is read of an input while it is read, or whatever else has to be read once more: findings need not wait
/// for the end of an input, nor memory hold them.
#[derive(Debug, Clone, Default)]
pub struct Copied(Arc<Mutex<Copy>>);

#[derive(Debug, Default)]
struct Copy {
    memory: Vec<u8>,
    /// What memory was too small for. `None`: nothing yet, or no file can be made here.
    file: Option<File>,
    without_file: bool,
    length: u64,
    fault: Option<io::Error>,
}

impl Copied {
    /// `stream`, of which whatever is read goes into this copy too.
    pub fn tap(&self, stream: Stream) -> Stream {
        Stream::Once(Box::new(Tapped { read: stream.into_read(), copy: self.clone() }))
    }

    /// Adds `piece`, and gives back how many bytes stood before it.
    pub fn add(&self, piece: &[u8]) -> u64 {
        let mut copy = self.lock();
        let before = copy.length;
        copy.add(piece);
        before
    }

    /// What has been read so far, to be read again. The copy is empty then.
    ///
    /// # Errors
    /// The disk did not take it.
    pub fn spool(&self) -> Result<Spool, Error> {
        let Copy { memory, file, length, fault, .. } = std::mem::take(&mut *self.lock());
        if let Some(source) = fault {
            return Err(Error::Write { path: std::env::temp_dir(), source });
        }
        let store = file.map_or_else(|| Store::Memory(Arc::from(memory)), |file| Store::File(Arc::new(file)));
        Ok(Spool { store, length, hash: None })
    }

    fn lock(&self) -> MutexGuard<'_, Copy> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Copy {
    fn add(&mut self, piece: &[u8]) {
        if self.fault.is_some() {
            return;
        }
        self.length = self.length.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
        if self.file.is_none() && !self.without_file && self.memory.len() + piece.len() > IN_MEMORY {
            // Where there is no place for files, memory must do.
            match tempfile::tempfile() {
                Ok(mut file) => {
                    self.fault = file.write_all(&self.memory).err();
                    self.memory = Vec::new();
                    self.file = Some(file);
                }
                Err(_) => self.without_file = true,
            }
        }
        match &mut self.file {
            Some(file) => self.fault = self.fault.take().or_else(|| file.write_all(piece).err()),
            None => self.memory.extend_from_slice(piece),
        }
    }
}

struct Tapped {
    read: Box<dyn Read + Send>,
    copy: Copied,
}

impl Read for Tapped {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.read.read(into)?;
        self.copy.add(into.get(..count).unwrap_or_default());
        Ok(count)
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
        assert_eq!(spool.hash(), Some(digest::of_bytes(&bytes)));
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
    fn what_is_read_is_copied_while_it_is_read_and_no_further() {
        for length in [10, IN_MEMORY - 1, IN_MEMORY + 3 * WINDOW] {
            let bytes: Vec<u8> = (0..=250).cycle().take(length).collect();
            let copied = Copied::default();
            let stream = copied.tap(Stream::Once(Box::new(io::Cursor::new(bytes.clone()))));
            let mut some = Vec::new();
            stream.into_read().take(u64::try_from(length).unwrap() - 3).read_to_end(&mut some).unwrap();
            let spool = copied.spool().unwrap();
            assert_eq!(matches!(spool.store, Store::File(_)), length > IN_MEMORY);
            let mut again = Vec::new();
            spool.stream().into_read().read_to_end(&mut again).unwrap();
            assert!(again == bytes[..length - 3], "{length}");
            let end = u64::try_from(length).unwrap() - 5;
            assert_eq!(spool.piece(end, 100).unwrap(), bytes[length - 5..length - 3], "{length}");
            assert_eq!(spool.piece(3, 2).unwrap(), bytes[3..5], "{length}");
            assert_eq!(spool.piece(end + 10, 2).unwrap(), Vec::<u8>::new(), "{length}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn nothing_has_a_name_while_it_is_spooled() {
        let spool = Spool::of(Stream::from(b"secret".to_vec()), "x").unwrap();
        // Only Linux tells under which name a process holds a file open.
        #[cfg(target_os = "linux")]
        {
            use std::os::fd::AsRawFd as _;
            let Store::File(file) = &spool.store else { panic!("a file") };
            let name = std::fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd())).unwrap();
            assert!(name.to_string_lossy().ends_with("(deleted)"), "{}", name.display());
        }
        assert_eq!(spool.length(), 6);
    }
}
