//! `kenpyo rules book`: the edit rules as a document for respondents, and the record layout.
//!
//! Invariants
//! - A file appears whole or not at all; the same pack and language give the same bytes.

use std::path::Path;
use std::sync::Arc;

use super::arguments::BookFormat;
use super::output_name::{self, CSV, HTML, MARKDOWN};
use super::session::{Exit, Session, print};
use super::usage::usage;
use crate::book::{self, Book};
use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::usage::PAGES_LEFT_OUT;
use crate::rule_pack::RulePack;
use crate::source::sink::Sink;

/// Runs the command.
pub(super) fn run(
    session: &Session,
    survey: Option<&str>,
    format: Option<BookFormat>,
    out: Option<&Path>,
) -> Exit {
    let format = format.or_else(|| by_name(out?)).unwrap_or(BookFormat::Markdown);
    if let Some(problem) = refused(session, format, out) {
        return session.refuse([problem]);
    }
    let loaded = match super::open(session, survey) {
        Ok(loaded) => loaded,
        Err(exit) => return exit,
    };
    let Some(pack) = loaded.pack else {
        return session.refuse_pack(&loaded.diagnostics, &loaded.sources);
    };
    let text = written(session, &Arc::new(pack), format);
    let told = out.map_or_else(|| print(&text), |out| Sink::write_whole(out, text.as_bytes()));
    super::printed(session, told)
}

/// The format that the name of the output tells. `None`: it tells none.
fn by_name(out: &Path) -> Option<BookFormat> {
    let ending = out.extension()?.to_string_lossy().to_ascii_lowercase();
    match ending.as_str() {
        "html" | "htm" => Some(BookFormat::Html),
        "csv" => Some(BookFormat::Layout),
        _ => None,
    }
}

/// What cannot be made. `None`: it can.
fn refused(session: &Session, format: BookFormat, out: Option<&Path>) -> Option<Diagnostic> {
    if format == BookFormat::Html && !cfg!(feature = "html") {
        return Some(usage(&PAGES_LEFT_OUT, None).with("other", "--format markdown"));
    }
    let fitting = match format {
        BookFormat::Markdown => MARKDOWN,
        BookFormat::Html => HTML,
        BookFormat::Layout => CSV,
    };
    let flag = if session.line.words().iter().any(|word| word == "-o") { "-o" } else { "--out" };
    output_name::refused(&session.line, flag, out?, fitting)
}

fn written(session: &Session, pack: &Arc<RulePack>, format: BookFormat) -> String {
    match format {
        BookFormat::Markdown => book::markdown(&Book::of(pack, session.language)),
        BookFormat::Layout => book::layout::layout(pack, session.language),
        BookFormat::Html => page(&Book::of(pack, session.language)),
    }
}

#[cfg(feature = "html")]
fn page(book: &Book) -> String {
    book::html(book).unwrap_or_default()
}

/// Never called: [`refused`] has said why.
#[cfg(not(feature = "html"))]
fn page(_: &Book) -> String {
    String::new()
}
