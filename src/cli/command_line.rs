//! The command line as it was typed, as far as that can be known: the text under which usage errors put their caret.
//!
//! Invariants
//! - One line, safe to print; words that a shell would split or expand are quoted.
//! - A mark never lies outside a word.

use std::ffi::OsString;
use std::sync::Arc;

use crate::diagnostic::{Argument, Label, Language};
use crate::report::words;
use crate::settings::configuration::Configuration;
use crate::source::{SourceId, SourceText, Span, display_width, picture};

/// Stands for the command line among the sources of a drawing.
const SOURCE: SourceId = SourceId(u32::MAX);

/// The words of the command line.
#[derive(Debug, Clone)]
pub(super) struct CommandLine {
    /// Without the program's name.
    words: Vec<String>,
    text: String,
    /// Where each word stands in `text`, quotes left out.
    places: Vec<(usize, usize)>,
    /// Where words stand that the command line does not have.
    configuration: Configuration,
}

impl CommandLine {
    /// From the arguments behind the program's name.
    pub(super) fn new(arguments: &[OsString]) -> Self {
        let words: Vec<String> =
            arguments.iter().map(|argument| argument.to_string_lossy().into_owned()).collect();
        let mut text = String::from(env!("CARGO_PKG_NAME"));
        let mut places = Vec::with_capacity(words.len());
        for word in &words {
            let safe = picture::visible(word);
            let quote = if needs_quotes(&safe) { "'" } else { "" };
            text.push(' ');
            text.push_str(quote);
            places.push((text.len(), text.len() + safe.len()));
            text.push_str(&safe);
            text.push_str(quote);
        }
        Self { words, text, places, configuration: Configuration::default() }
    }

    /// What is not found on the command line is sought in `configuration` from now on.
    pub(super) fn continue_in(&mut self, configuration: Configuration) {
        self.configuration = configuration;
    }

    /// The configuration that goes below the command line.
    pub(super) const fn configuration(&self) -> &Configuration {
        &self.configuration
    }

    /// The words, in order.
    pub(super) fn words(&self) -> &[String] {
        &self.words
    }

    /// The texts to draw over: the command line, and what stands below it.
    pub(super) fn sources(&self, language: Language) -> Vec<SourceText> {
        let configuration = self.configuration.sources().iter().cloned();
        std::iter::once(self.source(language)).chain(configuration).collect()
    }

    /// The command line as a text to draw over.
    pub(super) fn source(&self, language: Language) -> SourceText {
        let name = words::pick(language, "コマンドライン", "command line");
        SourceText { id: SOURCE, name: Arc::from(name), text: self.text.as_str().into() }
    }

    /// Marks the word at `index`.
    pub(super) fn mark_word(&self, index: usize) -> Option<Label> {
        self.places.get(index).map(|&(start, end)| self.label(start, end))
    }

    /// Marks the end of the line: something is missing there.
    pub(super) fn mark_end(&self) -> Label {
        self.label(self.text.len(), self.text.len())
    }

    /// Marks `value` where it stands as a word, behind a word's `=`, or as a part of a list; else in the configuration.
    /// `None`: nowhere.
    pub(super) fn mark_value(&self, value: &str) -> Option<Label> {
        let safe = picture::visible(value);
        let whole = self.words.iter().position(|word| word == value);
        whole.and_then(|index| self.mark_word(index)).or_else(|| {
            let parts = self.places.iter().flat_map(|&(start, end)| self.parts(start, end));
            let found = parts.into_iter().find(|&(start, end)| self.text.get(start..end) == Some(&*safe));
            found.map(|(start, end)| self.label(start, end)).or_else(|| self.configuration.mark(value))
        })
    }

    /// Marks `value` where it is the value of `flag`, else as [`CommandLine::mark_value`] does.
    pub(super) fn mark_output(&self, flag: &str, value: &str) -> Option<Label> {
        let after =
            |index: usize| self.words.get(index + 1).is_some_and(|next| next == value).then_some(index + 1);
        let split = self.words.iter().position(|word| word == flag).and_then(after);
        let joined = || {
            let whole = format!("{flag}={value}");
            let index = self.words.iter().position(|word| *word == whole)?;
            let (_, end) = self.places.get(index)?;
            Some(self.label(end.checked_sub(picture::visible(value).len())?, *end))
        };
        split.and_then(|index| self.mark_word(index)).or_else(joined).or_else(|| self.mark_value(value))
    }

    /// The stretches of a word between `=` and `,`, and what follows its first `=`.
    fn parts(&self, start: usize, end: usize) -> Vec<(usize, usize)> {
        let word = self.text.get(start..end).unwrap_or("");
        let mut parts = Vec::new();
        if let Some((before, _)) = word.split_once('=') {
            parts.push((start + before.len() + 1, end));
        }
        let mut from = start;
        for piece in word.split(['=', ',']) {
            parts.push((from, from + piece.len()));
            from += piece.len() + 1;
        }
        parts
    }

    fn label(&self, start: usize, end: usize) -> Label {
        let number = |at: usize| u64::try_from(at).unwrap_or(u64::MAX);
        let before = self.text.get(..start).unwrap_or("");
        Label {
            source: SOURCE,
            field: None,
            span: Span::new(number(start), number(end)),
            position: crate::source::Position {
                line: 1,
                column: number(start) + 1,
                display: number(display_width(before)) + 1,
            },
            extent: None,
            cell: None,
            pointer: None,
            text: Argument::Nothing,
        }
    }
}

/// Whether a shell would not take `word` as it is.
fn needs_quotes(word: &str) -> bool {
    word.is_empty()
        || word.contains([
            ' ', '\'', '"', '$', '*', '?', '[', '(', ')', ';', '&', '|', '<', '>', '\\', '`', '　',
        ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(words: &[&str]) -> CommandLine {
        CommandLine::new(&words.iter().map(OsString::from).collect::<Vec<_>>())
    }

    fn marked(line: &CommandLine, label: Option<Label>) -> Option<String> {
        let span = label?.span;
        Some(line.source(Language::En).slice(span).to_owned())
    }

    #[test]
    fn values_are_found_alone_behind_an_equals_sign_and_in_lists() {
        let line = line(&["check", "--format=jsno=a b", "--select", "HCS-X001,HCS-Y", "回答 1.csv"]);
        for (value, found) in
            [("jsno", "jsno"), ("HCS-Y", "HCS-Y"), ("回答 1.csv", "回答 1.csv"), ("jsno=a b", "jsno=a b")]
        {
            assert_eq!(marked(&line, line.mark_value(value)).as_deref(), Some(found));
        }
        assert_eq!(line.mark_value("nowhere"), None);
        assert_eq!(line.text, "kenpyo check '--format=jsno=a b' --select HCS-X001,HCS-Y '回答 1.csv'");
    }

    #[test]
    fn the_line_is_safe_to_print() {
        let line = line(&["check", "a\u{1b}[31m\n.csv"]);
        assert_eq!(marked(&line, line.mark_word(1)).as_deref(), Some("a␛[31m␊.csv"));
    }
}
