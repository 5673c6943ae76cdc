//! A stream of bytes before it is text: gzip is unpacked, UTF-16 becomes UTF-8, and what is no text is told by its
//! first bytes.
//!
//! Invariants
//! - Everything is decided by the first bytes, never by a name.
//! - Nothing is held but a few kilobytes: what unpacks to a million times its size costs time, not memory.
//! - A packed stream that breaks off or is damaged ends where it can no longer be read, and [`Damage`] says so; only
//!   what the operating system refuses is an error. gzip within gzip is not unpacked.

use std::io::{BufReader, Cursor, Read};
use std::sync::{Arc, OnceLock};

use flate2::read::MultiGzDecoder;

use super::encoding::{Encoding, Stated, Utf16Reader, mark};

/// First bytes that are looked at.
pub const HEAD: u64 = 512;

/// Packed bytes that are asked of the source at a time.
const STEP: usize = 64 << 10;

/// What a file is that is no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Container {
    /// A zip archive, as which workbooks (.xlsx) are stored.
    Zip,
    /// A compound file of OLE: an old workbook (.xls), or one with a password.
    Ole,
    /// PDF.
    Pdf,
    /// A web page, also one called .xls.
    Html,
    /// Packed twice.
    Gzip,
}

impl Container {
    /// What begins with `head`. `None`: it may be text.
    pub fn of(head: &[u8]) -> Option<Self> {
        match head {
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Self::Zip),
            [0xD0, 0xCF, 0x11, 0xE0, ..] => Some(Self::Ole),
            [b'%', b'P', b'D', b'F', b'-', ..] => Some(Self::Pdf),
            [0x1F, 0x8B, ..] => Some(Self::Gzip),
            _ => is_html(head).then_some(Self::Html),
        }
    }
}

fn is_html(head: &[u8]) -> bool {
    let text = head.strip_prefix(super::encoding::UTF8_MARK).unwrap_or(head).trim_ascii_start();
    let tag = text.get(..9).unwrap_or(text).to_ascii_lowercase();
    [&b"<!doctype"[..], b"<html", b"<head", b"<table"].iter().any(|begin| tag.starts_with(begin))
}

/// Why a stream ended before its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Damage {
    /// The packed stream breaks off.
    PackedBreaksOff,
    /// The packed stream is not what its checks say.
    PackedWrong,
    /// The last character of UTF-16 has only one of its two bytes.
    HalfUnit,
}

/// A file that is ready to be read as text.
pub struct TextStream {
    /// The text: of UTF-16, UTF-8 without mark; of all others the bytes of the file, unpacked.
    pub read: Box<dyn Read + Send>,
    /// What it is if it is no text.
    pub container: Option<Container>,
    /// The encoding that its mark tells. `None`: it has no mark.
    pub mark: Option<Encoding>,
    /// The encoding as far as decided: by the caller, or else by the mark.
    pub encoding: Option<Encoding>,
    /// How many bytes of the file stand before the first byte that `read` gives.
    pub origin: u64,
    damage: Arc<OnceLock<Damage>>,
}

impl std::fmt::Debug for TextStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { read: _, container, mark, encoding, origin, damage } = self;
        let mut shown = f.debug_struct("TextStream");
        shown.field("container", container).field("mark", mark).field("encoding", encoding);
        shown.field("origin", origin).field("damage", &damage.get()).finish_non_exhaustive()
    }
}

impl TextStream {
    /// Looks at the first bytes of `read`. `stated`: what the caller says of the encoding.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn open(mut read: Box<dyn Read + Send>, stated: Option<Stated>) -> std::io::Result<Self> {
        let damage = Arc::new(OnceLock::new());
        let mut head = first(&mut read)?;
        if head.starts_with(&[0x1F, 0x8B]) {
            let packed = BufReader::with_capacity(STEP, Cursor::new(head).chain(read));
            read = Box::new(Unpacked { decoder: MultiGzDecoder::new(packed), damage: Arc::clone(&damage) });
            head = first(&mut read)?;
        }
        let (mark, length) = mark(&head).map_or((None, 0), |(encoding, length)| (Some(encoding), length));
        let encoding = match stated {
            Some(Stated::Exactly(encoding)) => Some(encoding),
            Some(Stated::Utf16) => mark.filter(|mark| mark.is_transcoded()).or(Some(Encoding::Utf16Le)),
            None => mark,
        };
        let container = Container::of(&head);
        // A mark that the caller contradicts is no mark of what is read, but it is no answer either.
        let origin = u64::try_from(length).unwrap_or(0);
        head.drain(..length);
        let rest = Cursor::new(head).chain(read);
        let read: Box<dyn Read + Send> = match encoding.filter(|encoding| encoding.is_transcoded()) {
            Some(encoding) => {
                let damage = Arc::clone(&damage);
                let on_half = move || drop(damage.set(Damage::HalfUnit));
                Box::new(Utf16Reader::new(rest, encoding, Box::new(on_half)))
            }
            None => Box::new(rest),
        };
        Ok(Self { read, container, mark, encoding, origin, damage })
    }

    /// Without any byte: what is read is not read through it.
    pub fn nothing() -> Self {
        Self {
            read: Box::new(std::io::empty()),
            container: None,
            mark: None,
            encoding: None,
            origin: 0,
            damage: Arc::default(),
        }
    }

    /// Where to look for why the stream ended before its end.
    pub fn damage(&self) -> Arc<OnceLock<Damage>> {
        Arc::clone(&self.damage)
    }
}

/// The bytes of a file as its places count them: unpacked where it is packed, and not decoded.
///
/// # Errors
/// What the operating system says.
pub fn unpacked(mut read: Box<dyn Read + Send>) -> std::io::Result<Box<dyn Read + Send>> {
    let head = first(&mut read)?;
    let packed = head.starts_with(&[0x1F, 0x8B]);
    let whole = BufReader::with_capacity(STEP, Cursor::new(head).chain(read));
    if !packed {
        return Ok(Box::new(whole));
    }
    Ok(Box::new(Unpacked { decoder: MultiGzDecoder::new(whole), damage: Arc::default() }))
}

/// The first bytes of `read`; fewer only where there are no more.
fn first(read: &mut Box<dyn Read + Send>) -> std::io::Result<Vec<u8>> {
    let mut head = Vec::new();
    read.by_ref().take(HEAD).read_to_end(&mut head)?;
    Ok(head)
}

/// A packed stream, which ends where it is damaged.
struct Unpacked<R> {
    decoder: MultiGzDecoder<R>,
    damage: Arc<OnceLock<Damage>>,
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        if self.damage.get().is_some() {
            return Ok(0);
        }
        match self.decoder.read(into) {
            Err(error)
                if error.raw_os_error().is_none() && error.kind() != std::io::ErrorKind::Interrupted =>
            {
                let cut = error.kind() == std::io::ErrorKind::UnexpectedEof;
                let damage = if cut { Damage::PackedBreaksOff } else { Damage::PackedWrong };
                self.damage.get_or_init(|| damage);
                Ok(0)
            }
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn read(bytes: Vec<u8>, stated: Option<Stated>) -> (Vec<u8>, TextStream) {
        let mut stream = TextStream::open(Box::new(Cursor::new(bytes)), stated).unwrap();
        let mut text = Vec::new();
        stream.read.read_to_end(&mut text).unwrap();
        (text, stream)
    }

    #[test]
    fn several_members_are_one_text_and_damage_ends_it() {
        let mut two = packed(b"a,b\n");
        two.extend(packed(b"1,2\n"));
        let (text, stream) = read(two.clone(), None);
        assert_eq!((text.as_slice(), stream.damage().get()), (&b"a,b\n1,2\n"[..], None));
        two.truncate(two.len() - 3);
        let (text, stream) = read(two.clone(), None);
        assert_eq!(
            (text.as_slice(), stream.damage().get()),
            (&b"a,b\n1,2\n"[..], Some(&Damage::PackedBreaksOff))
        );
        let mut wrong = packed(&b"a,b\n".repeat(100));
        let check = wrong.len() - 6;
        wrong[check] ^= 1;
        assert_eq!(read(wrong, None).1.damage().get(), Some(&Damage::PackedWrong));
        assert_eq!(read(packed(&packed(b"a")), None).1.container, Some(Container::Gzip));
    }

    #[test]
    fn what_is_no_text_is_told_by_its_first_bytes() {
        let of = |head: &[u8]| read(head.to_vec(), None).1.container;
        assert_eq!(of(b"PK\x03\x04abc"), Some(Container::Zip));
        assert_eq!(of(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1]), Some(Container::Ole));
        assert_eq!(of(b"%PDF-1.7"), Some(Container::Pdf));
        assert_eq!(of(b"\xEF\xBB\xBF\r\n<HTML>"), Some(Container::Html));
        assert_eq!([of(b"PKO,1"), of(b""), of(b"<5,1")], [None; 3]);
    }

    #[test]
    fn marks_are_taken_and_utf16_is_read_as_utf8() {
        let le: Vec<u8> = "\u{FEFF}病\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let (text, stream) = read(le.clone(), None);
        assert_eq!(
            (text.as_slice(), stream.encoding, stream.origin),
            ("病\n".as_bytes(), Some(Encoding::Utf16Le), 2)
        );
        let be: Vec<u8> = "\u{FEFF}病\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        for stated in [None, Some(Stated::Utf16), Some(Encoding::Utf16Be.into())] {
            assert_eq!(read(packed(&be), stated).0, "病\n".as_bytes());
        }
        let unmarked = le.get(2..).unwrap().to_vec();
        assert_eq!(read(unmarked, Some(Stated::Utf16)).0, "病\n".as_bytes());
        let (text, stream) = read(b"\xEF\xBB\xBFa".to_vec(), None);
        assert_eq!((text.as_slice(), stream.mark, stream.origin), (&b"a"[..], Some(Encoding::Utf8), 3));
        let half = read(le.get(..5).unwrap().to_vec(), None).1;
        assert_eq!(half.damage().get(), Some(&Damage::HalfUnit));
    }
}
