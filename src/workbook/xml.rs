//! A part as XML pieces, pulled one by one.
//!
//! Invariants
//! - No piece larger than [`Limits::xml_piece`] is ever held: reading stops inside it.
//! - A DOCTYPE, an unknown entity, a tag that is not closed, more depth or attributes than allowed: a [`Refusal`].
//! - Elements are told by their local name at their place; prefixes and the two families of namespaces do not matter.
//! - Where asked to, the exact bytes of each piece are kept, so that a copy can be spliced byte for byte.

use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesEnd, BytesRef, BytesStart, Event};

use super::archive::{Archive, Inflating};
use super::limits::Limits;
use super::refusal::Refusal;

/// Bytes inflated at a time.
const WINDOW: usize = 64 << 10;

const DOCTYPE: &[u8] = b"<!DOCTYPE";

/// What stands next in a part.
#[derive(Debug)]
pub(super) enum Piece<'a> {
    /// An element opens. An empty element is opened and closed, unless the part is read as written.
    Start(Tag<'a>),
    /// An empty element, where the part is read as written.
    Empty(Tag<'a>),
    /// An element closes: the one whose start was the last open one.
    End(EndTag<'a>),
    /// Text, or a part of it: several may follow each other.
    Text(Cow<'a, str>),
    /// A comment, an instruction or the declaration.
    Other,
    /// Nothing more: every element is closed.
    EndOfPart,
}

/// A closing tag.
#[derive(Debug)]
pub(super) struct EndTag<'a> {
    end: BytesEnd<'a>,
}

impl EndTag<'_> {
    /// Name without prefix.
    pub(super) fn local(&self) -> &str {
        self.end.local_name().into_inner()
    }
}

/// An opening tag.
#[derive(Debug)]
pub(super) struct Tag<'a> {
    start: BytesStart<'a>,
}

impl Tag<'_> {
    /// Name without prefix.
    pub(super) fn local(&self) -> &str {
        self.start.local_name().into_inner()
    }

    /// Name with prefix.
    pub(super) fn name(&self) -> &str {
        self.start.name().into_inner()
    }

    /// Each attribute as (name with prefix, raw value). `None` of an item: it cannot be read.
    pub(super) fn attributes(&self) -> impl Iterator<Item = Option<(&str, Cow<'_, str>)>> {
        let mut attributes = self.start.attributes();
        attributes.with_checks(false);
        attributes.map(|found| found.ok().map(|attribute| (attribute.key.into_inner(), attribute.value)))
    }

    /// The value of the attribute `name`; a name without prefix also stands for one with any (`id` for `r:id`).
    /// `None`: there is none.
    pub(super) fn attribute(&self, name: &str) -> Option<Cow<'_, str>> {
        let exact = self.attributes().flatten().find(|(found, _)| *found == name);
        let local = |found: &str| found.rsplit(':').next() == Some(name) && !found.starts_with("xmlns");
        let found = exact.or_else(|| self.attributes().flatten().find(|(found, _)| local(found)));
        found.map(|(_, value)| unescaped(value))
    }

    /// Whether an attribute says yes, as `1`, `true` or `on`. `None`: it is not there.
    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        self.attribute(name).map(|value| is_yes(&value))
    }

    /// An attribute as a number. `None`: it is not there, or is none.
    pub(super) fn number(&self, name: &str) -> Option<u32> {
        self.attribute(name)?.trim().parse().ok()
    }
}

/// Whether an XML boolean says yes.
pub(super) fn is_yes(value: &str) -> bool {
    matches!(value.trim(), "1" | "true" | "on" | "True" | "TRUE")
}

/// The value of an attribute without its entities; as it stands where they cannot be read.
pub(super) fn unescaped(value: Cow<'_, str>) -> Cow<'_, str> {
    if !value.contains('&') {
        return value;
    }
    match quick_xml::escape::unescape(&value) {
        Ok(text) => Cow::Owned(text.into_owned()),
        Err(_) => value,
    }
}

/// Counts and keeps the bytes of the piece being read.
struct Guard<R> {
    inner: R,
    /// Bytes of the current piece.
    count: usize,
    limit: usize,
    /// The first bytes of the current piece.
    first: Vec<u8>,
    /// All bytes of the current piece, where they are wanted.
    kept: Option<Vec<u8>>,
    /// Bytes of all pieces before.
    offset: u64,
    over: bool,
}

impl<R: BufRead> Guard<R> {
    fn next_piece(&mut self) {
        self.offset = self.offset.saturating_add(u64::try_from(self.count).unwrap_or(u64::MAX));
        self.count = 0;
        self.first.clear();
        if let Some(kept) = &mut self.kept {
            kept.clear();
        }
    }
}

impl<R: BufRead> Read for Guard<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(into)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Guard<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.count > self.limit {
            self.over = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        let wanted = DOCTYPE.len().saturating_sub(self.first.len());
        if wanted > 0 || self.kept.is_some() {
            let bytes = self.inner.fill_buf().ok().and_then(|bytes| bytes.get(..amount)).unwrap_or_default();
            self.first.extend(bytes.iter().take(wanted));
            if let Some(kept) = &mut self.kept {
                kept.extend_from_slice(bytes);
            }
        }
        self.count = self.count.saturating_add(amount);
        self.inner.consume(amount);
    }
}

/// A part being read as XML.
pub(super) struct XmlPart<'a> {
    reader: Reader<Guard<BufReader<Inflating<'a>>>>,
    buffer: Vec<u8>,
    part: String,
    depth: usize,
    /// Whether the outermost element has been seen.
    begun: bool,
    limits: Limits,
}

impl<'a> XmlPart<'a> {
    /// Opens the part `name`; empty elements come as opened and closed.
    pub(super) fn open(archive: &'a mut Archive, name: &str, limits: &Limits) -> Result<Self, Refusal> {
        let mut part = Self::as_written(archive, name, limits)?;
        part.reader.config_mut().expand_empty_elements = true;
        part.reader.get_mut().kept = None;
        Ok(part)
    }

    /// Opens the part `name` to be copied: the bytes of each piece are in [`XmlPart::bytes`].
    pub(super) fn as_written(archive: &'a mut Archive, name: &str, limits: &Limits) -> Result<Self, Refusal> {
        let mut inner = BufReader::with_capacity(WINDOW, archive.read(name)?);
        let first = inner.fill_buf()?;
        let is_utf_16 =
            [&b"\xFF\xFE"[..], b"\xFE\xFF", b"<\0", b"\0<"].iter().any(|mark| first.starts_with(mark));
        if is_utf_16 {
            return Err(Refusal::XmlEncoding { part: name.to_owned() });
        }
        let guard = Guard {
            inner,
            count: 0,
            limit: limits.xml_piece,
            first: Vec::new(),
            kept: Some(Vec::new()),
            offset: 0,
            over: false,
        };
        let reader = Reader::from_reader(guard);
        Ok(Self {
            reader,
            buffer: Vec::new(),
            part: name.to_owned(),
            depth: 0,
            begun: false,
            limits: *limits,
        })
    }

    /// How many elements are open after the last piece.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// Name of the part, as the caller gave it.
    pub(super) fn part(&self) -> &str {
        &self.part
    }

    /// The bytes of the last piece as they stand in the part, where it is read as written.
    pub(super) fn bytes(&mut self) -> &[u8] {
        self.reader.get_mut().kept.as_deref().unwrap_or_default()
    }

    /// The refusal of a part that is no good XML, here.
    pub(super) fn broken(&mut self) -> Refusal {
        broken(self.reader.get_mut(), &self.part)
    }

    /// The bytes inflated and not yet read, to be looked through without being parsed. Empty: the part has ended.
    pub(super) fn peek(&mut self) -> Result<&[u8], Refusal> {
        Ok(self.reader.get_mut().inner.fill_buf()?)
    }

    /// From here on an end needs not have the name of its start: something was passed over.
    pub(super) fn ignore_end_names(&mut self) {
        self.reader.config_mut().check_end_names = false;
    }

    /// The innermost open element was closed by bytes that were left out.
    pub(super) fn close_unseen(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// Leaves out the first `count` bytes of [`XmlPart::peek`].
    pub(super) fn leave_out(&mut self, count: usize) {
        let guard = self.reader.get_mut();
        guard.inner.consume(count);
        guard.offset = guard.offset.saturating_add(u64::try_from(count).unwrap_or(0));
    }

    /// The next piece.
    pub(super) fn next(&mut self) -> Result<Piece<'_>, Refusal> {
        let Self { reader, buffer, part, depth, begun, limits } = self;
        buffer.clear();
        reader.get_mut().next_piece();
        let event = match reader.read_event_into(buffer) {
            Ok(event) => event,
            Err(error) => return Err(fault(&error, reader.get_mut(), part)),
        };
        let guard = reader.get_mut();
        match event {
            Event::Start(_) | Event::Empty(_) if *depth == 0 && *begun => Err(broken(guard, part)),
            Event::Start(start) => {
                *begun = true;
                *depth += 1;
                if *depth > limits.xml_depth || !has_good_attributes(&start) {
                    return Err(broken(guard, part));
                }
                Ok(Piece::Start(Tag { start }))
            }
            Event::Empty(start) if has_good_attributes(&start) => {
                *begun = true;
                Ok(Piece::Empty(Tag { start }))
            }
            Event::Empty(_) => Err(broken(guard, part)),
            Event::End(end) => {
                *depth = depth.saturating_sub(1);
                Ok(Piece::End(EndTag { end }))
            }
            Event::Text(text) => Ok(Piece::Text(text.xml10_content())),
            Event::CData(text) => Ok(Piece::Text(text.xml10_content())),
            Event::GeneralRef(reference) => match resolve(&reference) {
                Some(character) => Ok(Piece::Text(Cow::Owned(character.to_string()))),
                None => Err(broken(guard, part)),
            },
            Event::Decl(declaration) => match declaration.encoding() {
                Some(Ok(name)) if !is_utf_8(&name) => Err(Refusal::XmlEncoding { part: part.clone() }),
                _ => Ok(Piece::Other),
            },
            Event::Comment(_) | Event::PI(_) => Ok(Piece::Other),
            Event::DocType(_) => Err(Refusal::Doctype { part: part.clone() }),
            Event::Eof if *depth > 0 || !*begun => Err(broken(guard, part)),
            Event::Eof => Ok(Piece::EndOfPart),
        }
    }

    /// After an element was opened: reads on until it is closed.
    pub(super) fn skip(&mut self) -> Result<(), Refusal> {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside {
            self.next()?;
        }
        Ok(())
    }
}

fn is_utf_8(name: &str) -> bool {
    ["utf-8", "utf8", "us-ascii", "ascii"].iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// Whether the attributes can be read. Those of cells and rows are looked at where they are used: there are many.
fn has_good_attributes(start: &BytesStart<'_>) -> bool {
    if matches!(start.name().into_inner(), "c" | "row") {
        return true;
    }
    let mut attributes = start.attributes();
    attributes.with_checks(false).all(|attribute| attribute.is_ok())
}

fn resolve(reference: &BytesRef<'_>) -> Option<char> {
    match reference.as_ref() {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => reference.resolve_char_ref().ok().flatten(),
    }
}

fn broken<R>(guard: &Guard<R>, part: &str) -> Refusal {
    Refusal::BrokenXml { part: part.to_owned(), offset: guard.offset }
}

fn fault<R>(error: &quick_xml::Error, guard: &Guard<R>, part: &str) -> Refusal {
    if guard.first.eq_ignore_ascii_case(DOCTYPE) {
        return Refusal::Doctype { part: part.to_owned() };
    }
    if guard.over {
        let limit = u64::try_from(guard.limit).unwrap_or(u64::MAX);
        return Refusal::TooLarge { part: part.to_owned(), limit };
    }
    match error {
        quick_xml::Error::Io(error) => {
            match error.get_ref().and_then(|inner| inner.downcast_ref::<Refusal>()) {
                Some(refusal) => refusal.clone(),
                None => Refusal::Unreadable(error.kind()),
            }
        }
        _ => broken(guard, part),
    }
}
