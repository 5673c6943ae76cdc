//! The engine's own codes: `KP-`, a letter, a number, and a slug.
//!
//! Letters: S structure of a file, C cell, P pack (rule and schema files), A analysis, U usage, I internal.
//!
//! Invariants
//! - A code is a constant with both languages beside it; it is never re-used for another defect.
//! - Every code is in [`all`], which `kenpyo explain` and a snapshot test walk.

pub mod accepted;
pub mod analysis;
pub mod cell;
pub mod clean;
pub mod configuration;
pub mod expression;
pub mod internal;
pub mod linked;
pub mod pack;
pub mod questionnaire;
pub mod ranking;
pub mod recipe;
pub mod structure;
pub mod tabulate;
pub mod usage;
pub mod workbook;

use std::sync::{Arc, OnceLock};

use super::{Localized, Notice, Severity, Template};

/// One of the engine's own codes.
#[derive(Debug)]
pub struct Code {
    /// `KP-S009`.
    pub id: &'static str,
    /// `row-with-wrong-number-of-cells`.
    pub slug: &'static str,
    /// How grave.
    pub severity: Severity,
    /// One line without values.
    pub title: Localized<&'static str>,
    /// Full sentences; `{name}` is a slot.
    pub message: Localized<&'static str>,
    /// How to find out or mend. `None`: the message says it.
    pub help: Option<Localized<&'static str>>,
    /// The parsed texts, made at first use. Always `OnceLock::new()`.
    pub parsed: OnceLock<Arc<Notice>>,
}

impl Code {
    /// The texts in the form that diagnostics share.
    pub fn notice(&'static self) -> Arc<Notice> {
        Arc::clone(self.parsed.get_or_init(|| Arc::new(self.parse())))
    }

    fn parse(&self) -> Notice {
        let mut slots: Vec<Arc<str>> = Vec::new();
        let mut template = |text: &str| {
            Template::parse(text, |name| {
                slots.iter().position(|slot| &**slot == name).unwrap_or_else(|| {
                    slots.push(Arc::from(name));
                    slots.len() - 1
                })
            })
        };
        let message = Localized::new(template(self.message.ja), template(self.message.en));
        let help = self.help.as_ref().map(|help| Localized::new(template(help.ja), template(help.en)));
        Notice {
            id: Arc::from(self.id),
            instance: None,
            slug: Arc::from(self.slug),
            severity: self.severity,
            title: self.title.map(|text| Arc::from(*text)),
            message,
            help,
            slots,
        }
    }
}

/// Every code, by letter and number.
pub fn all() -> impl Iterator<Item = &'static Code> {
    [
        structure::ALL,
        workbook::ALL,
        linked::ALL,
        cell::ALL,
        expression::ALL,
        questionnaire::ALL,
        pack::ALL,
        recipe::ALL,
        analysis::ALL,
        usage::ALL,
        configuration::ALL,
        accepted::ALL,
        clean::ALL,
        tabulate::ALL,
        ranking::ALL,
        internal::ALL,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// Declares codes as constants and lists them in `ALL`.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $id:literal $slug:literal $severity:ident
        title $title_ja:literal $title_en:literal
        message $ja:literal $en:literal
        $(help $help_ja:literal $help_en:literal)?;)*) => {
        $(
            $(#[$doc])*
            pub static $name: $crate::diagnostic::Code = $crate::diagnostic::Code {
                id: $id,
                slug: $slug,
                severity: $crate::diagnostic::Severity::$severity,
                title: $crate::diagnostic::Localized::new($title_ja, $title_en),
                message: $crate::diagnostic::Localized::new($ja, $en),
                help: codes!(@help $($help_ja $help_en)?),
                parsed: std::sync::OnceLock::new(),
            };
        )*
        /// Every code of this file, in order of number.
        pub static ALL: &[&$crate::diagnostic::Code] = &[$(&$name),*];
    };
    (@help) => { None };
    (@help $ja:literal $en:literal) => { Some($crate::diagnostic::Localized::new($ja, $en)) };
}
pub(crate) use codes;
