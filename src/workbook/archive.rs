//! The zip file: its directory, checked before anything is inflated, and its parts as counted streams.
//!
//! Invariants
//! - The directory is bounded before it is held: by what its end record says, and by the bytes read for it.
//! - Inflated bytes are counted as they come; what the directory says of sizes is only ever a reason to refuse earlier.
//! - A part is found whatever the case of its name and whichever slashes it has; names are never paths.

use std::collections::BTreeMap;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::ZipError;

use super::ReadSeek;
use super::limits::Limits;
use super::refusal::Refusal;

/// Longest comment of a zip file with its end record.
const TAIL: u64 = 65_535 + 22;

/// Bytes of the directory that one entry may take on average, before the directory counts as too large.
const DIRECTORY_ENTRY: u64 = 256;

/// The bytes of the whole file, no more of them than `left`: while the directory is read there is a budget.
pub(super) struct Source {
    inner: BufReader<Box<dyn ReadSeek + Send>>,
    left: Arc<AtomicU64>,
}

impl Read for Source {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(into)?;
        let left = self.left.load(Ordering::Relaxed);
        let left =
            left.checked_sub(u64::try_from(count).unwrap_or(u64::MAX)).ok_or(Refusal::TooManyEntries)?;
        self.left.store(left, Ordering::Relaxed);
        Ok(count)
    }
}

impl Seek for Source {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

/// A zip file whose directory has been checked.
pub(super) struct Archive {
    pub(super) zip: ZipArchive<Source>,
    /// Index of each part by its name in lower case with `/`, without a leading one.
    parts: BTreeMap<String, usize>,
    limits: Limits,
    /// Most bytes that were inflated of each entry in one go.
    inflated: Vec<u64>,
    total: u64,
}

impl Archive {
    /// Reads the directory of `read` and checks it.
    pub(super) fn open(mut read: Box<dyn ReadSeek + Send>, limits: &Limits) -> Result<Self, Refusal> {
        check_end(&mut read, limits)?;
        let entries = u64::try_from(limits.entries).unwrap_or(u64::MAX);
        let left = Arc::new(AtomicU64::new(entries.saturating_mul(DIRECTORY_ENTRY).saturating_add(1 << 20)));
        let source = Source { inner: BufReader::new(read), left: Arc::clone(&left) };
        let mut zip = ZipArchive::new(source).map_err(|error| directory_fault(error, &Refusal::BrokenZip))?;
        if zip.len() > limits.entries {
            return Err(Refusal::TooManyEntries);
        }
        let parts = index(&zip)?;
        let overlap = zip.has_overlapping_entries();
        if overlap.map_err(|error| directory_fault(error, &Refusal::BrokenZip))? {
            return Err(Refusal::BrokenZip);
        }
        left.store(u64::MAX, Ordering::Relaxed);
        let inflated = vec![0; zip.len()];
        Ok(Self { zip, parts, limits: *limits, inflated, total: 0 })
    }

    /// The entry with this name, whatever its case and slashes. `None`: there is none.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.parts.get(&key(name)).copied()
    }

    /// Whether any entry stands in this folder (`_xmlsignatures/`).
    pub(super) fn has_folder(&self, folder: &str) -> bool {
        let folder = key(folder);
        self.parts.range(folder.clone()..).next().is_some_and(|(name, _)| name.starts_with(&folder))
    }

    /// The inflated bytes of a part, counted.
    pub(super) fn read(&mut self, name: &str) -> Result<Inflating<'_>, Refusal> {
        let missing = || Refusal::MissingPart { part: name.to_owned() };
        let entry = self.find(name).ok_or_else(missing)?;
        let damaged = Refusal::DamagedPart { part: name.to_owned() };
        let file = self.zip.by_index(entry).map_err(|error| directory_fault(error, &damaged))?;
        let most = self.inflated.get_mut(entry).ok_or_else(missing)?;
        let limit = self.limits.part_bytes.min(self.limits.total_bytes);
        if file.size() > limit {
            return Err(Refusal::TooLarge { part: name.to_owned(), limit });
        }
        let meter =
            Meter { part: name.to_owned(), count: 0, most, total: &mut self.total, limits: self.limits };
        Ok(Inflating { file, meter })
    }
}

fn key(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_ascii_lowercase()
}

fn index(zip: &ZipArchive<Source>) -> Result<BTreeMap<String, usize>, Refusal> {
    if zip.has_duplicate_names() {
        return Err(Refusal::DuplicateEntry { part: String::new() });
    }
    let mut parts = BTreeMap::new();
    for (entry, name) in zip.file_names().enumerate() {
        let name = name.map_err(|_| Refusal::BrokenZip)?;
        if parts.insert(key(&name), entry).is_some() {
            return Err(Refusal::DuplicateEntry { part: name.into_owned() });
        }
    }
    Ok(parts)
}

/// What a fault of the zip reader means: a refusal on its way out, the system's, or else `otherwise`.
fn directory_fault(error: ZipError, otherwise: &Refusal) -> Refusal {
    match error {
        ZipError::Io(error) => inflating_fault(error, otherwise),
        _ => otherwise.clone(),
    }
}

fn inflating_fault(error: io::Error, otherwise: &Refusal) -> Refusal {
    match Refusal::from(error) {
        Refusal::Unreadable(
            io::ErrorKind::InvalidData
            | io::ErrorKind::InvalidInput
            | io::ErrorKind::UnexpectedEof
            | io::ErrorKind::Other,
        ) => otherwise.clone(),
        refusal => refusal,
    }
}

/// The end records, looked at before the directory is read: whether there is one, and how many entries it names.
fn check_end(read: &mut (impl Read + Seek), limits: &Limits) -> Result<(), Refusal> {
    let length = read.seek(SeekFrom::End(0))?;
    let start = length.saturating_sub(TAIL);
    read.seek(SeekFrom::Start(start))?;
    let mut tail = Vec::new();
    read.take(TAIL).read_to_end(&mut tail)?;
    let mut found = false;
    for at in memchr::memmem::find_iter(&tail, b"PK\x05\x06") {
        let two =
            |from: usize| Some(u16::from_le_bytes(tail.get(at + from..at + from + 2)?.try_into().ok()?));
        let (Some(count), Some(comment)) = (two(10), two(20)) else { continue };
        found |= tail.get(at + 22..at + 22 + usize::from(comment)).is_some();
        let entries = if count == u16::MAX {
            large_count(read, &tail, at).unwrap_or(u64::from(count))
        } else {
            u64::from(count)
        };
        if usize::try_from(entries).map_or(true, |entries| entries > limits.entries) {
            return Err(Refusal::TooManyEntries);
        }
    }
    if found { Ok(()) } else { Err(Refusal::Truncated) }
}

/// The number of entries in the large end record (zip64) that the locator before `at` points to.
fn large_count(read: &mut (impl Read + Seek), tail: &[u8], at: usize) -> Option<u64> {
    let eight = |bytes: &[u8]| Some(u64::from_le_bytes(bytes.try_into().ok()?));
    let locator = tail.get(at.checked_sub(20)?..at)?;
    let record = locator.strip_prefix(b"PK\x06\x07").and_then(|rest| eight(rest.get(4..12)?))?;
    read.seek(SeekFrom::Start(record.checked_add(32)?)).ok()?;
    let mut count = [0_u8; 8];
    read.read_exact(&mut count).ok()?;
    eight(&count)
}

/// Counts what is inflated of one part, in this reading and over all.
struct Meter<'a> {
    part: String,
    count: u64,
    most: &'a mut u64,
    total: &'a mut u64,
    limits: Limits,
}

impl Meter<'_> {
    fn add(&mut self, count: usize) -> Result<(), Refusal> {
        self.count = self.count.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
        if self.count > *self.most {
            *self.total = self.total.saturating_add(self.count - *self.most);
            *self.most = self.count;
        }
        let over = |limit: u64| Refusal::TooLarge { part: self.part.clone(), limit };
        if self.count > self.limits.part_bytes {
            return Err(over(self.limits.part_bytes));
        }
        if *self.total > self.limits.total_bytes {
            return Err(over(self.limits.total_bytes));
        }
        Ok(())
    }
}

/// The inflated bytes of one part. Its errors carry a [`Refusal`].
pub(super) struct Inflating<'a> {
    file: ZipFile<'a, Source>,
    meter: Meter<'a>,
}

impl Read for Inflating<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let damaged = || Refusal::DamagedPart { part: self.meter.part.clone() };
        let count = match self.file.read(into) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
            Err(error) => return Err(inflating_fault(error, &damaged()).into()),
        };
        if count == 0 && !into.is_empty() && self.meter.count != self.file.size() {
            return Err(damaged().into());
        }
        self.meter.add(count)?;
        Ok(count)
    }
}
