//! What a run has settled of a record, as the tables need it.
//!
//! Invariants
//! - Plain data: how a record comes to be accepted is the engine's matter, and is not asked here a second time.

use std::sync::Arc;

use crate::diagnostic::Severity;

/// Whether a record is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acceptance {
    /// It is.
    Accepted,
    /// Not before what holds it is settled.
    Held,
    /// It is none of those asked.
    OutOfScope,
    /// A later submission takes its place.
    Superseded,
}

/// One failure of an edit on a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Full id of the rule, of the finding about a cell, or of the engine's code.
    pub id: Arc<str>,
    /// How grave it is in this run.
    pub severity: Severity,
    /// Number of the office's decision that sets it aside. `None`: there is none.
    pub decision: Option<Arc<str>>,
}

/// One record as settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// Whether it is counted.
    pub acceptance: Acceptance,
    /// Open warnings about it.
    pub open_warnings: u64,
    /// Full ids of what holds it. Empty: nothing does.
    pub reasons: Vec<Arc<str>>,
    /// Everything that failed on it, each id once.
    pub failures: Vec<Failure>,
    /// The key of the records of which one at most can be accepted, it among them. `None`: there is no such rule, or none that
    /// it fails.
    pub rivals: Option<Arc<[u8]>>,
}

impl Settled {
    /// A record that is counted, and about which nothing was found.
    pub const fn accepted() -> Self {
        Self {
            acceptance: Acceptance::Accepted,
            open_warnings: 0,
            reasons: Vec::new(),
            failures: Vec::new(),
            rivals: None,
        }
    }
}
