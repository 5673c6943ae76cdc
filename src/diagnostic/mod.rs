//! What can be said about a run, a file, a record, a cell or a rule.
//!
//! Invariants
//! - A [`Diagnostic`] owns its arguments and never borrows or keeps the source.
//! - Equal inputs give equal diagnostics in equal order; nothing here reads a clock or an environment.
//! - Texts exist in Japanese and in English; which one is printed is decided by `report`, not here.
//! - Knows no questionnaire and no output format.

mod argument;
pub mod code;
mod collection;
pub mod dash;
pub mod nearest;
pub mod standing;
pub mod system;
mod template;
pub mod width;

pub use argument::{Argument, Decimal};
pub use code::Code;
pub use collection::Diagnostics;
pub use standing::Standing;
pub use template::{Piece, Template};

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::source::{Extent, Position, SourceId, SourceText, Span};

/// A language in which a person reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Language {
    /// Japanese, the default: the respondents' language.
    #[default]
    Ja,
    /// English.
    En,
}

/// The same thing in both languages.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Localized<T> {
    /// Japanese.
    pub ja: T,
    /// English.
    pub en: T,
}

impl<T> Localized<T> {
    /// Both texts.
    pub const fn new(ja: T, en: T) -> Self {
        Self { ja, en }
    }

    /// The text in `language`.
    pub const fn get(&self, language: Language) -> &T {
        match language {
            Language::Ja => &self.ja,
            Language::En => &self.en,
        }
    }

    /// Applies `f` to both texts.
    pub fn map<U>(&self, f: impl Fn(&T) -> U) -> Localized<U> {
        Localized { ja: f(&self.ja), en: f(&self.en) }
    }
}

/// How loudly a finding is shown, and whether it holds a record. Later is graver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Severity {
    /// Shown, never blocks (each automatic normalisation is one).
    Info,
    /// A soft edit: to be confirmed (要確認).
    Warning,
    /// A hard edit: must be corrected before the record counts.
    Error,
    /// The engine's only: the file or the record cannot be read (受付不能).
    Fatal,
}

impl Severity {
    /// The word of machine formats and rule files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Fatal => "fatal",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// The texts that all findings of one code or of one rule instance share.
#[derive(Debug, PartialEq, Eq)]
pub struct Notice {
    /// `KP-S009`, `HCS-X001`; without the instance.
    pub id: Arc<str>,
    /// The field of a family's instance (`q05_rules` of `HCS-K001/q05_rules`). `None`: the id stands alone.
    pub instance: Option<Arc<str>>,
    /// Kebab-case English that states the defect.
    pub slug: Arc<str>,
    /// How grave the finding is unless the run re-levels it.
    pub severity: Severity,
    /// One line that stands alone: no value, no advice. All that is shown where values are hidden.
    pub title: Localized<Arc<str>>,
    /// Full polite sentences with placeholders and every way out.
    pub message: Localized<Template>,
    /// How to find out. `None`: the message says it all.
    pub help: Option<Localized<Template>>,
    /// Names of the arguments, in the order of [`Diagnostic::arguments`]; templates refer to them by index.
    pub slots: Vec<Arc<str>>,
}

impl Notice {
    /// `HCS-K001/q05_rules`: what counts, fingerprints and accepted findings use.
    pub fn full_id(&self) -> String {
        match &self.instance {
            Some(instance) => format!("{}/{instance}", self.id),
            None => self.id.to_string(),
        }
    }

    /// Puts `argument` where `arguments` has the slot `name`; a name that the notice does not have changes nothing.
    pub(crate) fn fill(&self, arguments: &mut [Argument], name: &str, argument: Argument) {
        let slot = self.slots.iter().position(|slot| &**slot == name);
        if let Some(place) = slot.and_then(|slot| arguments.get_mut(slot)) {
            *place = argument;
        }
    }
}

/// One record as the reader met it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RecordPlace {
    /// The file.
    pub source: SourceId,
    /// Counted from 1 within the file, by the reader; never derived from a place in a chunk.
    pub record: u64,
    /// Line of the file on which the record starts, counted from 1.
    pub line: u64,
    /// The same where line ends inside answers do not count, as spreadsheets number their rows. `None`: the lines
    /// before it depend on what is answered (JSON).
    pub sheet_row: Option<u64>,
    /// The sheet of the workbook that it stands on. `None`: no workbook.
    pub sheet: Option<Arc<str>>,
    /// The record's bytes in the original file; of a workbook, in the text of its sheet (a tab between cells).
    pub span: Span,
    /// The values of the survey's key fields, joined by `+`. `None`: blank or unreadable.
    pub key: Option<Box<str>>,
}

/// What a diagnostic is about. The order is the order of listing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Place {
    /// The run itself.
    Run,
    /// One file as a whole.
    File(SourceId),
    /// One record of a file.
    Record(Arc<RecordPlace>),
}

/// A marked place in a file: of a submission, or of a rule pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// The file in which the place is.
    pub source: SourceId,
    /// The field whose cell, or whose column in the header, is marked. `None`: no field's (a line, a rule file).
    pub field: Option<Arc<str>>,
    /// Bytes of the original file; of a workbook, of the text of its sheet (a tab between cells).
    pub span: Span,
    /// Where the span starts, for people. Of a workbook: row and column of the cell.
    pub position: Position,
    /// The same in the line's text, for formats that count letters otherwise than in bytes. `None`: a cell of a workbook, or
    /// what stands before it on its line was not at hand.
    pub extent: Option<Extent>,
    /// The address of the cell, such as `Sheet1!C7`. `None`: no workbook.
    pub cell: Option<Box<str>>,
    /// The JSON pointer of the value within its record. `None`: not JSON.
    pub pointer: Option<Box<str>>,
    /// What stands beside the mark.
    pub text: Argument,
}

impl Label {
    /// A mark on `span` of a file whose whole text is at hand: a rule file, a schema, a recipe.
    pub fn of(source: &SourceText, span: Span, text: Argument) -> Self {
        Self {
            source: source.id,
            field: None,
            span,
            position: source.position(span.start),
            extent: None,
            cell: None,
            pointer: None,
            text,
        }
    }
}

/// How surely a [`Fix`] says what was meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum FixClass {
    /// The same answer in its canonical spelling (class A), or a derived value: may be written without asking.
    Automatic,
    /// What was probably meant (class P): to be confirmed by the respondent.
    Proposed,
}

/// What the cell of the first label would say instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// The text to be written into it: an option's code, digits, an ISO date. Read again, it has the same value and
    /// gives no finding of this kind.
    pub after: Box<str>,
    /// How surely.
    pub class: FixClass,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The texts.
    pub notice: Arc<Notice>,
    /// As judged in this run (a soft edit may be re-levelled).
    pub severity: Severity,
    /// Values for the notice's slots, in their order.
    pub arguments: Vec<Argument>,
    /// What it is about.
    pub place: Place,
    /// Marked places, the first is the primary one.
    pub labels: Vec<Label>,
    /// A suggestion made for this case (did you mean …). `None`: none.
    pub suggestion: Option<Localized<String>>,
    /// What the cell of the first label would say instead. `None`: nobody can tell, or values are hidden.
    pub fix: Option<Fix>,
    /// What was decided or accepted of it before, and whether an earlier report had it.
    pub standing: Standing,
}

impl Diagnostic {
    /// A finding of one of the engine's own codes, about `place`.
    ///
    /// Slots not given by [`Diagnostic::with`] stay [`Argument::NotGiven`].
    pub fn new(code: &'static Code, place: Place) -> Self {
        let notice = code.notice();
        let arguments = vec![Argument::NotGiven; notice.slots.len()];
        Self {
            severity: notice.severity,
            notice,
            arguments,
            place,
            labels: Vec::new(),
            suggestion: None,
            fix: None,
            standing: Standing::default(),
        }
    }

    /// Whether somebody has accepted it, and the acceptance holds: it is shown, and counted apart.
    pub fn is_accepted(&self) -> bool {
        self.standing.acceptance.as_ref().is_some_and(|acceptance| acceptance.lapse.is_none())
    }

    /// Fills the slot `name`; a name that the notice does not have changes nothing.
    #[must_use]
    pub fn with(mut self, name: &str, argument: impl Into<Argument>) -> Self {
        self.notice.fill(&mut self.arguments, name, argument.into());
        self
    }

    /// Adds a marked place.
    #[must_use]
    pub fn label(mut self, label: Label) -> Self {
        self.labels.push(label);
        self
    }

    /// Adds a suggestion in both languages.
    #[must_use]
    pub fn suggest(mut self, suggestion: Localized<String>) -> Self {
        self.suggestion = Some(suggestion);
        self
    }

    /// The whole message in `language`, arguments filled in.
    pub fn message(&self, language: Language) -> String {
        let template = self.notice.message.get(language);
        let message = template.fill(&self.arguments, language);
        match template.pieces.first() {
            Some(Piece::Slot(slot)) if language == Language::En => {
                Self::as_beginning(message, self.arguments.get(*slot))
            }
            _ => message,
        }
    }

    /// An English message that begins with the title of a numbered question, as a sentence begins.
    fn as_beginning(message: String, first: Option<&Argument>) -> String {
        match (first, message.strip_prefix("question ")) {
            // What somebody wrote stays as it is.
            (Some(Argument::Localized(_) | Argument::List(_)), Some(rest)) => format!("Question {rest}"),
            _ => message,
        }
    }

    /// The help in `language`, arguments filled in. `None`: the notice has none.
    pub fn help(&self, language: Language) -> Option<String> {
        let help = self.notice.help.as_ref()?;
        Some(help.get(language).fill(&self.arguments, language))
    }
}
