//! The page of one rule or code: texts first, then facts, one a line.
//!
//! Invariants
//! - The page of the same rule is the same everywhere but for its language and width.

use std::fmt::Write;

use super::super::session::Session;
use crate::book::facts::Facts;
use crate::diagnostic::{Language, Localized, Severity};
use crate::report::terminal::{Appearance, Ink};
use crate::report::words;
use crate::report::wrap::{pad, wrap};
use crate::source::{display_width, picture};

/// A page before it is laid out.
#[derive(Debug, Clone, Default)]
pub(super) struct Page {
    pub(super) id: String,
    pub(super) slug: String,
    pub(super) severity: Option<Severity>,
    pub(super) title: Localized<String>,
    pub(super) message: Localized<String>,
    pub(super) help: Option<Localized<String>>,
    pub(super) facts: Facts,
}

impl Page {
    /// The page for the session's standard output: both languages, or the one that `--lang` names.
    pub(super) fn text(&self, session: &Session) -> String {
        let look = session.output_look();
        let asked = session.line.words().iter().any(|word| word == "--lang" || word.starts_with("--lang="));
        let languages: &[Language] = match (asked, session.language) {
            (false, _) => &[Language::Ja, Language::En],
            (true, Language::Ja) => &[Language::Ja],
            (true, Language::En) => &[Language::En],
        };
        let mut page = self.head(&look);
        for &language in languages {
            self.texts(&mut page, language, &look);
        }
        self.list(&mut page, &look);
        page
    }

    fn head(&self, look: &Appearance) -> String {
        let severity = self.severity.map(|severity| {
            let word = *words::severity(severity).get(look.language);
            format!("  {}", look.paint(Ink::Severity(severity), word))
        });
        let id = look.paint(Ink::Strong, &picture::visible(&self.id));
        format!("{id}{}  {}\n", severity.unwrap_or_default(), look.paint(Ink::Dim, &self.slug))
    }

    fn texts(&self, page: &mut String, language: Language, look: &Appearance) {
        page.push('\n');
        for line in wrap(&picture::visible(self.title.get(language)), look.width) {
            page.push_str(&look.paint(Ink::Strong, &line));
            page.push('\n');
        }
        let help = self.help.as_ref().map(|help| help.get(language));
        for text in std::iter::once(self.message.get(language)).chain(help) {
            for line in wrap(&picture::visible_lines(text), look.width.saturating_sub(2)) {
                let _ = writeln!(page, "  {line}");
            }
        }
    }

    fn list(&self, page: &mut String, look: &Appearance) {
        let name = |fact: &(&'static str, &'static str, _)| words::pick(look.language, fact.1, fact.0);
        let column = self.facts.0.iter().map(|fact| display_width(name(fact))).max().unwrap_or(0) + 2;
        if !self.facts.0.is_empty() {
            page.push('\n');
        }
        for fact in &self.facts.0 {
            let text = picture::visible_lines(fact.2.get(look.language)).into_owned();
            for (index, line) in wrap(&text, look.width.saturating_sub(column)).iter().enumerate() {
                let name = if index == 0 { name(fact) } else { "" };
                let _ = writeln!(page, "{}{line}", look.paint(Ink::Dim, &pad(name, column)));
            }
        }
    }
}
