//! What is told of a pack's files in the end: each mistake once, and bytes that are no text.
//!
//! Invariants
//! - A mistake is told once, however many links, overlays and families lead to its place.
//! - Where a file has a byte that is no UTF-8, nothing else is said about that place.

use std::collections::{BTreeMap, BTreeSet};

use super::mistake;
use crate::diagnostic::code::pack as code;
use crate::diagnostic::{Diagnostic, Diagnostics, Language, Localized};
use crate::questionnaire::meta::is_reported;
use crate::source::root::SurveyRoot;
use crate::source::{SourceId, SourceText, Span};

/// What stands in the place of bytes that are no UTF-8.
const REPLACEMENT: char = '\u{fffd}';

/// `found` without repetitions, behind a finding for each file among `sources` that is no UTF-8.
pub fn once(found: Diagnostics, root: &SurveyRoot, sources: &[SourceText]) -> Diagnostics {
    // A form that several links have is read for each of them.
    let files: BTreeMap<&str, &SourceText> =
        sources.iter().rev().map(|source| (&*source.name, source)).collect();
    let name =
        |id: SourceId| sources.iter().find(|source| source.id == id).map_or("", |source| &*source.name);
    let mut told: Diagnostics = {
        let first = |source: &&SourceText| files.get(&*source.name).is_some_and(|file| file.id == source.id);
        sources.iter().filter(first).filter_map(|source| not_text(root, source)).collect()
    };
    let bytes = told.clone();
    let mut seen: BTreeSet<(&str, Span, String, String)> = BTreeSet::new();
    for finding in found {
        let Some(label) = finding.labels.first() else {
            told.push(finding);
            continue;
        };
        let file = name(label.source);
        let hidden = files.get(file).is_some_and(|source| is_reported(&bytes, source, label.span));
        let id = finding.notice.id.to_string();
        if !hidden && seen.insert((file, label.span, id, finding.message(Language::En))) {
            told.push(finding);
        }
    }
    told
}

fn not_text(root: &SurveyRoot, source: &SourceText) -> Option<Diagnostic> {
    // Only what was replaced can have been no text, and few files say U+FFFD themselves.
    source.text.find(REPLACEMENT)?;
    let (byte, offset) = root.not_utf8(&source.name)?;
    let start = u64::try_from(offset).ok()?;
    let width = u64::try_from(REPLACEMENT.len_utf8()).ok()?;
    let label = Localized::new("UTF-8でないバイト".to_owned(), "not UTF-8".to_owned());
    let finding = mistake::labelled(&code::NOT_UTF8, source, Span::new(start, start + width), label);
    let line = source.position(start).line;
    Some(finding.with("line", line).with("byte", format!("0x{byte:02X}")).with("offset", start + 1))
}
