//! By what a run is measured: which findings count, and what makes it a failure.
//!
//! Invariants
//! - A run in which nothing was judged never counts as clean, unless the caller allows it.
//! - A failure goes before findings: what was not read may hold anything.

use std::sync::Arc;

use super::event::Summary;
use super::verdict::{Failure, Verdict};
use crate::diagnostic::Severity;

/// What a run is measured by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Lowest severity that is told by the exit code. `None`: none is.
    pub fail_on: Option<Severity>,
    /// Findings are listed, but do not change the exit code.
    pub exit_zero: bool,
    /// Whether a run in which nothing was checked is as good as any.
    pub allow_empty: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self { fail_on: Some(Severity::Error), exit_zero: false, allow_empty: false }
    }
}

impl Policy {
    /// `summary` with its verdict, why it failed, and the exit code.
    pub(super) fn measure(self, mut summary: Summary) -> Summary {
        summary.failures.extend(self.failures(&summary));
        summary.verdict = self.verdict(&summary);
        summary.exit_code = self.exit_code(summary.verdict);
        summary.fail_on = self.fail_on;
        summary
    }

    /// Why a run that came to `summary` failed; empty: it did not.
    fn failures(self, summary: &Summary) -> Vec<Failure> {
        let unreadable = summary.all_files().filter(|file| !file.readable);
        let mut failures: Vec<Failure> =
            unreadable.map(|file| Failure::Unreadable(Arc::clone(&file.name))).collect();
        let links = summary.links.iter().map(|link| &link.file).filter(|_| !self.allow_empty);
        let bare = links.filter(|file| file.readable && file.records == 0);
        failures.extend(bare.map(|file| Failure::EmptyLink(Arc::clone(&file.name))));
        if summary.faults > 0 {
            failures.push(Failure::Fault(summary.faults));
        }
        if summary.nothing_checked() && !self.allow_empty {
            failures.push(match (summary.files.is_empty(), summary.records) {
                (true, _) => Failure::NoFile,
                (false, 0) => Failure::NoRecord,
                (false, _) => Failure::NoRule,
            });
        }
        failures
    }

    /// What a run came to that has `summary`, whose failures are known.
    fn verdict(self, summary: &Summary) -> Verdict {
        let refused = summary.failures.iter().any(|failure| matches!(failure, Failure::Refused(_)));
        if refused {
            return Verdict::Refused;
        }
        if !summary.failures.is_empty() {
            return Verdict::Failed;
        }
        match self.fail_on {
            Some(severity) if summary.findings_from(severity) > 0 => Verdict::Findings,
            _ => Verdict::Clean,
        }
    }

    /// The exit code of a run that came to `verdict`: 0 clean, 1 findings, 2 refused, 3 failed.
    pub const fn exit_code(self, verdict: Verdict) -> u8 {
        match verdict {
            Verdict::Findings if self.exit_zero => 0,
            Verdict::Clean => 0,
            Verdict::Findings => 1,
            Verdict::Refused => 2,
            Verdict::Failed => 3,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::event::FileLine;

    fn file(readable: bool) -> FileLine {
        FileLine { name: "a.csv".into(), readable, ..FileLine::default() }
    }

    #[test]
    fn nothing_judged_is_a_failure_with_its_own_reason() {
        let policy = Policy::default();
        let of = |summary: &Summary| policy.failures(summary);
        assert_eq!(of(&Summary::default()), [Failure::NoFile]);
        let files = vec![file(true)];
        assert_eq!(of(&Summary { files: files.clone(), ..Summary::default() }), [Failure::NoRecord]);
        assert_eq!(of(&Summary { files, records: 3, ..Summary::default() }), [Failure::NoRule]);
        let allowed = Policy { allow_empty: true, ..policy };
        assert_eq!(allowed.failures(&Summary::default()), []);
    }

    #[test]
    fn a_failure_goes_before_findings_and_before_exit_zero() {
        let policy = Policy { exit_zero: true, allow_empty: true, ..Policy::default() };
        let mut summary = Summary { files: vec![file(false)], findings: [0, 0, 1, 0], ..Summary::default() };
        summary.failures = policy.failures(&summary);
        assert_eq!(summary.failures, [Failure::Unreadable("a.csv".into())]);
        assert_eq!(policy.exit_code(policy.verdict(&summary)), 3);
        summary.failures.clear();
        assert_eq!((policy.verdict(&summary), policy.exit_code(Verdict::Findings)), (Verdict::Findings, 0));
    }
}
