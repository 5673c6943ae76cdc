//! A line on standard error that tells how far a long run is.
//!
//! Invariants
//! - Only on a terminal, only after one second, and cleared at the end.
//! - The clock decides only whether and what is shown here; no report knows it.

use std::io::Write;
use std::time::{Duration, Instant};

use crate::diagnostic::Language;
use crate::engine::event::{Progress, Reporter, RunHeader, Summary};
use crate::error::Error;
use crate::evaluate::{Finding, RecordFindings};
use crate::report::wrap::grouped;

/// A run shorter than this shows nothing.
const PATIENCE: Duration = Duration::from_secs(1);
/// Between two changes of the line.
const PAUSE: Duration = Duration::from_millis(200);

/// Shows how far the run is.
pub(super) struct ProgressLine {
    language: Language,
    begun: Instant,
    shown: Option<Instant>,
}

impl ProgressLine {
    pub(super) fn new(language: Language) -> Self {
        Self { language, begun: Instant::now(), shown: None }
    }

    fn text(&self, progress: Progress, elapsed: Duration) -> String {
        let seconds = u128::from(elapsed.as_secs().max(1));
        let rate = u64::try_from(u128::from(progress.records) / seconds).unwrap_or(u64::MAX);
        let records = (grouped(progress.records), grouped(rate));
        let left = progress.of_bytes.filter(|_| progress.bytes > 0).map(|all| {
            let rest = u128::from(all.saturating_sub(progress.bytes));
            u64::try_from(rest * elapsed.as_millis() / u128::from(progress.bytes) / 1000).unwrap_or(u64::MAX)
        });
        match (self.language, left) {
            (Language::Ja, Some(left)) => format!("{}票 · 毎秒{}票 · 残り約{left}秒", records.0, records.1),
            (Language::Ja, None) => format!("{}票 · 毎秒{}票", records.0, records.1),
            (Language::En, Some(left)) => {
                format!("{} records · {} a second · about {left} s left", records.0, records.1)
            }
            (Language::En, None) => format!("{} records · {} a second", records.0, records.1),
        }
    }

    /// Clears the line; that nobody looks is no fault.
    fn clear(&mut self) {
        if self.shown.take().is_some() {
            let _ = write!(std::io::stderr(), "\r\u{1b}[K");
        }
    }
}

impl Drop for ProgressLine {
    fn drop(&mut self) {
        self.clear();
    }
}

impl Reporter for ProgressLine {
    fn start(&mut self, _: &RunHeader) -> Result<(), Error> {
        Ok(())
    }

    fn file_findings(&mut self, _: &[Finding]) -> Result<(), Error> {
        Ok(())
    }

    fn records(&mut self, _: &[RecordFindings]) -> Result<(), Error> {
        Ok(())
    }

    fn finish(&mut self, _: &Summary) -> Result<(), Error> {
        self.clear();
        Ok(())
    }

    fn progress(&mut self, progress: Progress) -> Result<(), Error> {
        let now = Instant::now();
        let elapsed = now - self.begun;
        if elapsed >= PATIENCE && self.shown.is_none_or(|shown| now - shown >= PAUSE) {
            let _ = write!(std::io::stderr(), "\r\u{1b}[K{}", self.text(progress, elapsed));
            self.shown = Some(now);
        }
        Ok(())
    }
}
