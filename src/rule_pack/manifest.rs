//! `[survey]`: which survey in which wave, and what names a record.
//!
//! Invariants
//! - What a layer does not say is that of the layer below it.
//! - The plain struct [`Manifest`] is checked by `validator`; its findings are sorted before they are reported.

use std::borrow::Cow;
use std::sync::Arc;

use validator::{Validate, ValidationError};

use super::chain::File;
use super::mistake;
use super::toml_file::{Table, Text};
use super::zone::Zone;
use crate::diagnostic::code::pack as code;
use crate::diagnostic::{Diagnostic, Diagnostics, Localized, Place};
use crate::questionnaire::meta::is_reported;
use crate::source::{SourceText, Span};

/// What `[survey]` says, all layers together.
#[derive(Debug, Clone, Default, Validate)]
pub struct Manifest {
    /// `hospital-cyber`.
    #[validate(custom(function = "is_identifier"))]
    pub id: String,
    /// `2024`.
    #[validate(custom(function = "is_identifier"))]
    pub wave: String,
    /// All waves, oldest first.
    #[validate(custom(function = "are_identifiers"))]
    pub waves: Vec<String>,
    /// Languages of the texts.
    #[validate(length(min = 2), custom(function = "are_languages"))]
    pub locales: Vec<String>,
    /// The survey's time zone.
    #[validate(custom(function = "is_zone"))]
    pub timezone: String,
    /// Key fields.
    #[validate(length(min = 1, max = 8))]
    pub key: Vec<String>,
    /// Title in both languages.
    #[validate(length(min = 2))]
    pub title: Vec<String>,
}

/// The entries of one layer's `[survey]`, the layer's file beside it.
#[derive(Debug, Clone, Copy)]
pub struct Entries<'a> {
    /// The file.
    pub source: &'a SourceText,
    /// The table.
    pub table: &'a Table<'a>,
}

/// All layers' `[survey]`, the top layer first.
#[derive(Debug, Clone)]
pub struct Survey<'a> {
    layers: Vec<Entries<'a>>,
}

impl<'a> Survey<'a> {
    /// Of the pack's files, base first. `None`: the top layer has no `[survey]`.
    pub fn of(files: &'a [File<'a>]) -> Option<Self> {
        let top = files.iter().map(|file| file.layer).max();
        let surveys = files.iter().rev().filter(|file| file.is_survey());
        let layers: Vec<(usize, Entries<'a>)> = surveys
            .filter_map(|file| {
                let table = file.root.table("survey")?;
                Some((file.layer, Entries { source: file.source, table }))
            })
            .collect();
        let whole = layers.first().map(|(layer, _)| *layer) == top;
        whole.then(|| Self { layers: layers.into_iter().map(|(_, entries)| entries).collect() })
    }

    /// The topmost layer that has `key`. `None`: no layer has it.
    pub fn with(&self, key: &str) -> Option<Entries<'a>> {
        self.layers.iter().find(|layer| layer.table.get(key).is_some()).copied()
    }

    /// The text under `key`, and the file in which it stands. `None`: no layer has it.
    pub fn text(&self, key: &str) -> Option<(&'a SourceText, Text<'a>)> {
        let entries = self.with(key)?;
        Some((entries.source, entries.table.text(key)?))
    }

    /// The texts under `key`; empty where no layer has it.
    pub fn texts(&self, key: &str) -> Vec<Text<'a>> {
        self.with(key).map(|entries| entries.table.texts(key)).unwrap_or_default()
    }

    /// Both languages under `key`. `None`: no layer has both.
    pub fn both(&self, key: &str) -> Option<Localized<Arc<str>>> {
        let texts = self.with(key)?.table.table(key)?;
        Some(Localized::new(Arc::from(texts.text("ja")?.text), Arc::from(texts.text("en")?.text)))
    }

    /// The rules that any layer retires, with the places where that is said.
    pub fn retired(&self) -> Vec<(&'a SourceText, &'a str, Span)> {
        let of = |entries: &Entries<'a>| {
            let texts = entries.table.texts("retire").into_iter();
            let source = entries.source;
            texts.map(move |text| (source, text.text, text.span)).collect::<Vec<_>>()
        };
        self.layers.iter().flat_map(of).collect()
    }

    /// The mistake that no layer has `key`.
    pub fn without(&self, key: &str) -> Diagnostic {
        let meaning = Localized::new("拡張しない規則集に必要です", "a pack that extends no other has it");
        let diagnostic = match self.place(key) {
            Some((source, span)) => mistake::at(&code::MISSING_KEY, source, span),
            None => Diagnostic::new(&code::MISSING_KEY, Place::Run),
        };
        diagnostic.with("key", key).with("block", "[survey]").with("meaning", mistake::fixed(&meaning))
    }

    /// Where `key` stands, or where `[survey]` begins.
    fn place(&self, key: &str) -> Option<(&'a SourceText, Span)> {
        let entries = self.with(key).or_else(|| self.layers.first().copied())?;
        Some((entries.source, entries.table.get(key).map_or(entries.table.span, |item| item.span)))
    }

    /// Reads the manifest; what it refuses is reported.
    pub fn manifest(&self, found: &mut Diagnostics) -> Manifest {
        let text = |key: &str| self.text(key).map_or_else(String::new, |(_, text)| text.text.to_owned());
        let texts =
            |key: &str| -> Vec<String> { self.texts(key).iter().map(|text| text.text.to_owned()).collect() };
        let or = |given: Vec<String>, default: &[&str]| {
            if given.is_empty() { default.iter().map(|word| (*word).to_owned()).collect() } else { given }
        };
        let timezone = self.text("timezone").map_or("UTC", |(_, text)| text.text).to_owned();
        let title = self.both("title").map(|title| vec![title.ja.to_string(), title.en.to_string()]);
        let manifest = Manifest {
            id: text("id"),
            wave: text("wave"),
            waves: or(texts("waves"), &[&text("wave")]),
            locales: or(texts("locales"), &["ja", "en"]),
            timezone,
            key: texts("key"),
            title: title.unwrap_or_default(),
        };
        self.report(&manifest, found);
        if let Some((source, span)) = self.place("wave").filter(|_| !manifest.waves.contains(&manifest.wave))
        {
            let mistake = mistake::at(&code::UNKNOWN_WAVE, source, span);
            let mistake = mistake.with("key", "wave").with("found", manifest.wave.as_str());
            let known = manifest.waves.iter().map(String::as_str);
            found.push(mistake::suggested(mistake, &manifest.wave, known));
        }
        manifest
    }

    fn report(&self, manifest: &Manifest, found: &mut Diagnostics) {
        let Err(refused) = manifest.validate() else { return };
        let mut keys: Vec<Cow<'static, str>> = refused.field_errors().into_keys().collect();
        // `validator` keeps them in a hash map; the order of a report may not depend on that.
        keys.sort_unstable();
        for key in keys {
            let missing = self.with(&key).is_none();
            let Some((source, span)) = self.place(&key) else { continue };
            // Reported by the check of keys, in better words.
            if is_reported(found, source, span) && !missing {
                continue;
            }
            let text = self.with(&key).and_then(|entries| entries.table.text(&key));
            let written =
                if missing { "" } else { text.map_or_else(|| source.slice(span), |text| text.text) };
            let mistake = mistake::at(&code::MANIFEST, source, span)
                .with("key", &*key)
                .with("found", written)
                .with("expected", mistake::fixed(&expected(&key)));
            found.push(mistake);
        }
    }
}

fn expected(key: &str) -> Localized<&'static str> {
    match key {
        "id" | "wave" | "waves" => Localized::new(
            "英数字で始まる英数字・.・_・-",
            "letters, digits, `.`, `_`, `-`, beginning with a letter or digit",
        ),
        "locales" => Localized::new("[\"ja\", \"en\"]", "[\"ja\", \"en\"]"),
        "timezone" => Localized::new(
            "+09:00 のような時差、または Asia/Tokyo のように時差の変わらない地域名",
            "an offset such as +09:00, or a region without summer time such as Asia/Tokyo",
        ),
        "key" => Localized::new("記録を特定する1から8個の項目", "one to eight fields that name a record"),
        _ => Localized::new("日本語と英語の名称", "a title in Japanese and English"),
    }
}

/// Whether `text` may be an id: of a survey, a wave or a rule.
pub fn is_id(text: &str) -> bool {
    let plain = |character: char| character.is_ascii_alphanumeric() || matches!(character, '.' | '_' | '-');
    text.starts_with(|first: char| first.is_ascii_alphanumeric()) && text.chars().all(plain)
}

fn refuse_unless(fits: bool) -> Result<(), ValidationError> {
    if fits { Ok(()) } else { Err(ValidationError::new("refused")) }
}

fn is_identifier(text: &str) -> Result<(), ValidationError> {
    refuse_unless(is_id(text))
}

fn are_identifiers(texts: &[String]) -> Result<(), ValidationError> {
    refuse_unless(texts.iter().all(|text| is_id(text)))
}

fn are_languages(texts: &[String]) -> Result<(), ValidationError> {
    refuse_unless(["ja", "en"].iter().all(|word| texts.iter().any(|text| text == word)) && texts.len() == 2)
}

fn is_zone(text: &str) -> Result<(), ValidationError> {
    refuse_unless(Zone::parse(text).is_some())
}
