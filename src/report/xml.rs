//! XML on its way out.
//!
//! Invariants
//! - Whatever text is given, the document is well-formed and holds it as text: what XML has no letters for, and what would
//!   act on a terminal, becomes a picture.

use std::fmt::Write;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use crate::source::picture;

/// A document as far as written.
pub(super) struct Xml(Writer<Vec<u8>>);

impl Xml {
    /// With its declaration.
    pub(super) fn new() -> Self {
        let mut xml = Self(Writer::new_with_indent(Vec::new(), b' ', 2));
        xml.write(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        xml
    }

    /// Begins an element.
    pub(super) fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.write(Event::Start(tag(name, attributes)));
    }

    /// Ends it.
    pub(super) fn close(&mut self, name: &str) {
        self.write(Event::End(BytesEnd::new(name)));
    }

    /// An element without content.
    pub(super) fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.write(Event::Empty(tag(name, attributes)));
    }

    /// An element of text.
    pub(super) fn text(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.open(name, attributes);
        self.write(Event::Text(BytesText::new(&fit(text))));
        self.close(name);
    }

    /// The document, ended by a line feed.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        let mut bytes = self.0.into_inner();
        bytes.push(b'\n');
        bytes
    }

    fn write(&mut self, event: Event<'_>) {
        // A vector takes everything that is written to it.
        let _ = self.0.write_event(event);
    }
}

fn tag<'a>(name: &'a str, attributes: &[(&'a str, &str)]) -> BytesStart<'a> {
    let mut tag = BytesStart::new(name);
    for (name, value) in attributes {
        tag.push_attribute((*name, &*fit(value)));
    }
    tag
}

/// `text` in letters that XML has.
fn fit(text: &str) -> String {
    let mut fitting = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' => fitting.push(character),
            // A `String` takes everything that is written to it.
            '\u{FFFE}' | '\u{FFFF}' => drop(write!(fitting, "<U+{:04X}>", u32::from(character))),
            _ => picture::push(&mut fitting, character),
        }
    }
    fitting
}
