//! Ids and slugs: their form, and that none is given twice.
//!
//! Invariants
//! - A full id (with instance) names one rule; a slug belongs to one id.
//! - `KP-` is the engine's own.

use std::collections::BTreeMap;

use super::manifest::is_id;
use super::mistake;
use super::toml_file::Text;
use crate::diagnostic::code::pack as code;
use crate::diagnostic::{Argument, Diagnostics, Localized};
use crate::source::{SourceText, Span};

/// Where a name was first given.
type First = (SourceText, Span);

/// The ids and slugs given so far.
#[derive(Debug, Default)]
pub struct Ids {
    full: BTreeMap<String, First>,
    slugs: BTreeMap<String, (String, First)>,
}

/// Reports an id that no rule may have.
pub fn check_id(source: &SourceText, id: Text<'_>, found: &mut Diagnostics) -> bool {
    let fits = is_id(id.text) && !id.text.starts_with("KP-");
    if !fits {
        let expected = Localized::new(
            "英数字で始まる英数字・.・_・-（KP- で始まる番号は本体のものです）",
            "letters, digits, `.`, `_`, `-`, beginning with a letter or digit (`KP-` is the engine's own)",
        );
        found.push(malformed("id", source, id, &expected));
    }
    fits
}

/// Reports a slug that is not kebab-case.
pub fn check_slug(source: &SourceText, slug: Text<'_>, found: &mut Diagnostics) -> bool {
    let plain = |word: &str| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    let fits = slug.text.split('-').all(plain);
    if !fits {
        let expected = Localized::new(
            "欠陥を表す英小文字の語を - でつないだもの",
            "English words in lower case that state the defect, joined by `-`",
        );
        found.push(malformed("slug", source, slug, &expected));
    }
    fits
}

fn malformed(
    key: &str,
    source: &SourceText,
    text: Text<'_>,
    expected: &Localized<&'static str>,
) -> crate::diagnostic::Diagnostic {
    mistake::at(&code::MALFORMED_ID, source, text.span)
        .with("key", key)
        .with("found", text.text)
        .with("expected", mistake::fixed(expected))
}

impl Ids {
    /// Takes the full id; reports one that is taken. `false`: it was taken.
    pub fn claim(&mut self, full: &str, source: &SourceText, span: Span, found: &mut Diagnostics) -> bool {
        if let Some(first) = self.full.get(full) {
            found.push(taken("id", full, source, span, first));
            return false;
        }
        self.full.insert(full.to_owned(), (source.clone(), span));
        true
    }

    /// Gives a full id back: its rule was replaced or retired.
    pub fn release(&mut self, full: &str) {
        self.full.remove(full);
    }

    /// Takes the slug for `id`; reports one that another id has.
    pub fn claim_slug(&mut self, slug: Text<'_>, id: &str, source: &SourceText, found: &mut Diagnostics) {
        match self.slugs.get(slug.text) {
            Some((owner, first)) if owner != id => {
                found.push(taken("slug", slug.text, source, slug.span, first));
            }
            Some(_) => {}
            None => {
                self.slugs.insert(slug.text.to_owned(), (id.to_owned(), (source.clone(), slug.span)));
            }
        }
    }
}

fn taken(
    key: &str,
    name: &str,
    source: &SourceText,
    span: Span,
    first: &First,
) -> crate::diagnostic::Diagnostic {
    let text = Localized::new("先に使われている場所".to_owned(), "first used here".to_owned());
    mistake::at(&code::DUPLICATE_ID, source, span)
        .with("key", key)
        .with("found", Argument::from(name))
        .label(mistake::label(&first.0, first.1, mistake::both(text)))
}
