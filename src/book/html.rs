//! The document as one self-contained page.
//!
//! Invariants
//! - Nothing is loaded from elsewhere and nothing runs: no script, no font, no picture, no address beside the page's own.
//! - Every text of the pack goes through the template's escaping; none is marked as safe.

use std::borrow::Cow;

use askama::Template;

use super::words::{self, INTRODUCTION};
use super::{Book, Entry};
use crate::diagnostic::Localized;
use crate::report::words::pick;
use crate::source::picture;

#[derive(Template)]
#[template(path = "book.html")]
struct Page<'b> {
    book: &'b Book,
}

impl Page<'_> {
    /// A word of the document's own.
    fn word(&self, word: &Localized<&'static str>) -> &'static str {
        word.get(self.book.language)
    }

    /// The value of the attribute `lang`.
    fn lang(&self) -> &'static str {
        pick(self.book.language, "ja", "en")
    }

    fn introduction(&self) -> Vec<&'static str> {
        INTRODUCTION.iter().map(|point| *point.get(self.book.language)).collect()
    }

    /// The facts of a rule that are one text: name, class and text, those that are empty left out.
    fn facts<'e>(&self, entry: &'e Entry) -> Vec<(&'static str, &'static str, &'e str)> {
        let all = [
            (words::APPLIES, "", &entry.applies),
            (words::DEMAND, "", &entry.demand),
            (words::PROFILE, "", &entry.profile),
            (words::MESSAGE, "message", &entry.message),
            (words::HELP, "", &entry.help),
        ];
        let told = all.into_iter().filter(|(_, _, text)| !text.is_empty());
        told.map(|(name, class, text)| (*name.get(self.book.language), class, text.as_str())).collect()
    }

    /// The facts of a rule that are lists of questions.
    fn lists<'e>(&self, entry: &'e Entry) -> Vec<(&'static str, &'e [String])> {
        let all = [
            (words::FURTHER, entry.further.as_slice()),
            (words::WAYS, entry.ways.as_slice()),
            (words::QUESTIONS, entry.questions.as_slice()),
            (words::LIKEWISE, entry.likewise.as_slice()),
        ];
        let told = all.into_iter().filter(|(_, list)| !list.is_empty());
        told.map(|(name, list)| (*name.get(self.book.language), list)).collect()
    }
}

/// `text` with pictures in place of what cannot be seen or may not stand in a page.
fn seen(text: &str) -> Cow<'_, str> {
    picture::visible_lines(text)
}

/// The whole page. `None`: the template failed, which is our own fault.
pub fn html(book: &Book) -> Option<String> {
    Page { book }.render().ok()
}
