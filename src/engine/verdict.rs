//! What came of a run, in one word, and why a run failed: what every report says in its own terms.
//!
//! Invariants
//! - Words only: who measures a run by them is [`super::policy`].

use std::sync::Arc;

/// What came of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Verdict {
    /// No finding at or above the severity that counts.
    #[default]
    Clean,
    /// At least one.
    Findings,
    /// A file or limit failed, our own fault, or nothing was checked.
    Failed,
    /// The rule pack or the choice of rules is wrong: no submission was opened.
    Refused,
}

impl Verdict {
    /// The word of machine formats.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Findings => "findings",
            Self::Failed => "failed",
            Self::Refused => "refused",
        }
    }

    /// Whether the run came to its end as it was meant to.
    pub const fn is_complete(self) -> bool {
        matches!(self, Self::Clean | Self::Findings)
    }
}

/// Why a run is [`Verdict::Failed`] or [`Verdict::Refused`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// There was no file to read.
    NoFile,
    /// The files have no record.
    NoRecord,
    /// Every rule was deselected.
    NoRule,
    /// The linked file has no record, so nothing was linked.
    EmptyLink(Arc<str>),
    /// The file could not be read to its end.
    Unreadable(Arc<str>),
    /// Our own fault kept so many records from being judged.
    Fault(u64),
    /// So many mistakes in the rule pack, the settings or the options.
    Refused(u64),
}

impl Failure {
    /// The file that it is about. `None`: it is about none.
    pub const fn file(&self) -> Option<&Arc<str>> {
        match self {
            Self::Unreadable(name) | Self::EmptyLink(name) => Some(name),
            Self::NoFile | Self::NoRecord | Self::NoRule | Self::Fault(_) | Self::Refused(_) => None,
        }
    }

    /// The word of machine formats.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::NoFile => "no-file",
            Self::NoRecord => "no-record",
            Self::NoRule => "no-rule",
            Self::EmptyLink(_) => "empty-linked-file",
            Self::Unreadable(_) => "unreadable-file",
            Self::Fault(_) => "internal-fault",
            Self::Refused(_) => "refused",
        }
    }
}
