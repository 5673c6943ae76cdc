//! Accepted findings: warnings that somebody has looked into, and that are therefore counted apart.
//!
//! Invariants
//! - Only a warning can be accepted. It stays a finding, and every report shows it.
//! - An acceptance is known by the record's key and the rule, never by a line, and holds as long as the answers that
//!   the rule reads and the rule's revision are those of then.
//! - Immutable while a run goes, and as large as its file.

mod reading;
mod telling;
mod writing;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use reading::Given;
pub use writing::{Baseline, Confirmation, Written};

use crate::diagnostic::standing::{Acceptance, Answers, Lapse};
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::evaluate::{AnswerMarks, Finding};
use crate::source::secret::Secret;
use crate::source::{SourceId, SourceText, Span};

/// Stands for the file of accepted findings among the files that a report names.
pub const SOURCE: SourceId = SourceId(u32::MAX - 90);

/// Whose finding an entry accepts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Who {
    Key(Arc<str>),
    /// A mark of the key that only the owner of the secret can make.
    Mark(Arc<str>),
}

/// The answers for which it was accepted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Held {
    Plain(Arc<str>),
    Keyed(Arc<str>),
}

impl Held {
    /// Whether `answers` are those of then.
    fn fits(&self, answers: &Answers) -> bool {
        match self {
            Self::Plain(mark) => answers.plain.as_deref() == Some(mark),
            Self::Keyed(mark) => answers.keyed.as_deref() == Some(mark),
        }
    }
}

/// One `[[accepted]]` of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    who: Who,
    /// Full id.
    rule: Arc<str>,
    held: Held,
    revision: u32,
    acceptance: Arc<Acceptance>,
    /// The last day on which it holds. `None`: it has none.
    expires: Option<Arc<str>>,
    /// Where it begins, and where its rule is named.
    span: Span,
    rule_span: Span,
    /// The entry that says the same before it.
    twin: Option<usize>,
}

/// The accepted findings of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The file's name as reports show it.
    pub name: Arc<str>,
    text: Arc<str>,
    entries: Vec<Entry>,
    by_who: BTreeMap<Who, Vec<usize>>,
    has_marks: bool,
    given: Given,
}

impl Accepted {
    /// None yet, in a file that will be called `name`.
    pub fn none(name: &str, given: Given) -> Self {
        Self::of(name, "", Vec::new(), given)
    }

    fn of(name: &str, text: &str, entries: Vec<Entry>, given: Given) -> Self {
        let mut by_who: BTreeMap<Who, Vec<usize>> = BTreeMap::new();
        for (number, entry) in entries.iter().enumerate() {
            by_who.entry(entry.who.clone()).or_default().push(number);
        }
        let has_marks = entries.iter().any(|entry| matches!(entry.who, Who::Mark(_)));
        Self { name: name.into(), text: text.into(), entries, by_who, has_marks, given }
    }

    /// Whether the file accepts nothing.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The file, for drawing over it.
    pub fn source(&self) -> SourceText {
        SourceText { id: SOURCE, name: Arc::clone(&self.name), text: Arc::clone(&self.text).into() }
    }

    /// Which marks of answers findings must have to be held against the entries, and for new entries.
    pub fn marks(&self) -> AnswerMarks {
        let secret = self.given.secret;
        let has_plain = self.entries.iter().any(|entry| matches!(entry.held, Held::Plain(_)));
        AnswerMarks { plain: secret.is_none() || has_plain, secret }
    }

    /// Says of `finding` and its followers who has accepted them, or had; `met` gets the entries that speak of them.
    pub(super) fn apply(&self, finding: &mut Finding, met: &mut Vec<usize>) {
        let head = (!finding.heading).then_some(&mut finding.diagnostic);
        for diagnostic in head.into_iter().chain(&mut finding.followers) {
            self.apply_to(diagnostic, met);
        }
    }

    fn apply_to(&self, diagnostic: &mut Diagnostic, met: &mut Vec<usize>) {
        let Place::Record(place) = &diagnostic.place else { return };
        let Some(key) = place.key.as_deref().filter(|_| diagnostic.severity == Severity::Warning) else {
            return;
        };
        let rule = diagnostic.notice.full_id();
        let of = |who: &Who| self.by_who.get(who).map(Vec::as_slice).unwrap_or_default();
        let mark = self.given.secret.filter(|_| self.has_marks).map(|secret| Who::Mark(mark_of(secret, key)));
        let numbers = of(&Who::Key(key.into())).iter().chain(mark.iter().flat_map(of));
        let ours = numbers.filter_map(|&number| Some((number, self.entries.get(number)?)));
        let ours = ours.filter(|(_, entry)| *entry.rule == *rule);
        let lapsed =
            |(number, entry)| (number, entry, self.lapse(entry, diagnostic.standing.answers.as_ref()));
        let judged: Vec<(usize, &Entry, Option<Lapse>)> = ours.map(lapsed).collect();
        if let Some((number, entry, _)) = judged.iter().find(|(_, _, lapse)| lapse.is_none()) {
            met.push(*number);
            diagnostic.standing.acceptance = Some(Arc::clone(&entry.acceptance));
            return;
        }
        met.extend(judged.iter().map(|(number, ..)| *number));
        // What came nearest to holding is what a reader would look for.
        let nearest = judged.into_iter().min_by_key(|(_, _, lapse)| lapse.as_ref().map(distance));
        diagnostic.standing.acceptance = nearest
            .map(|(_, entry, lapse)| Arc::new(Acceptance { lapse, ..Acceptance::clone(&entry.acceptance) }));
    }

    /// Why the entry does not hold for a finding of `answers`. `None`: it holds.
    fn lapse(&self, entry: &Entry, answers: Option<&Answers>) -> Option<Lapse> {
        let Some(answers) = answers else { return Some(Lapse::Answers) };
        if entry.revision != answers.revision {
            // With another revision the rule may read other answers, so that these tell nothing.
            return Some(Lapse::Revision { then: entry.revision, now: answers.revision });
        }
        if !entry.held.fits(answers) {
            return Some(Lapse::Answers);
        }
        self.expired(entry).map(Lapse::Expired)
    }

    /// The day on which the entry expired. `None`: it has not, or nobody knows.
    fn expired(&self, entry: &Entry) -> Option<Arc<str>> {
        // Days are written alike (2026-02-01), so that their order is that of their texts.
        let (last, today) = (entry.expires.as_ref()?, self.given.as_of.as_ref()?);
        (today > last).then(|| Arc::clone(last))
    }
}

const fn distance(lapse: &Lapse) -> u8 {
    match lapse {
        Lapse::Expired(_) => 0,
        Lapse::Revision { .. } => 1,
        Lapse::Answers => 2,
    }
}

/// What stands for a record's key where it may not stand in a file.
fn mark_of(secret: Secret, key: &str) -> Arc<str> {
    secret.mark(&["kenpyo-accepted-key-1", key]).into()
}
