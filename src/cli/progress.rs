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
use crate::report::wrap::{grouped, shorten};

/// A run shorter than this shows nothing.
const PATIENCE: Duration = Duration::from_secs(1);
/// Between two changes of the line.
const PAUSE: Duration = Duration::from_millis(200);

/// Shows how far the run is.
pub(super) struct ProgressLine {
    language: Language,
    /// Columns of the terminal.
    width: usize,
    begun: Instant,
    shown: Option<Instant>,
}

impl ProgressLine {
    /// For a terminal of `width` columns: a longer line would not be cleared whole.
    pub(super) fn new(language: Language, width: usize) -> Self {
        Self { language, width, begun: Instant::now(), shown: None }
    }

    fn text(&self, progress: Progress, elapsed: Duration) -> String {
        let seconds = u128::from(elapsed.as_secs().max(1));
        let rate = u64::try_from(u128::from(progress.records) / seconds).unwrap_or(u64::MAX);
        let records = (grouped(progress.records), grouped(rate));
        let line = match self.language {
            Language::Ja => format!("{}票 · 毎秒{}票", records.0, records.1),
            Language::En => format!("{} records · {} a second", records.0, records.1),
        };
        let Some(all) = progress.of_bytes.filter(|all| *all > 0 && progress.bytes > 0) else { return line };
        let (done, all) = (u128::from(progress.bytes.min(all)), u128::from(all));
        let percent = done * 100 / all;
        let left = (all - done) * elapsed.as_millis() / done / 1000;
        match self.language {
            Language::Ja => format!("{percent}% · {line} · 残り約{left}秒"),
            Language::En => format!("{percent}% · {line} · about {left} s left"),
        }
    }

    /// What fits into the terminal, its last column left free.
    fn line(&self, progress: Progress, elapsed: Duration) -> String {
        shorten(&self.text(progress, elapsed), self.width.saturating_sub(1))
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
            let _ = write!(std::io::stderr(), "\r\u{1b}[K{}", self.line(progress, elapsed));
            self.shown = Some(now);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_never_breaks_on_a_narrow_terminal() {
        let progress = Progress { records: 12_000, bytes: 250, of_bytes: Some(1000) };
        for language in [Language::Ja, Language::En] {
            for width in [2, 10, 20, 40, 80] {
                let line = ProgressLine::new(language, width).line(progress, Duration::from_secs(4));
                assert!(crate::source::display_width(&line) < width.max(2), "{width}: {line}");
            }
        }
    }

    #[test]
    fn the_share_and_the_time_left_stand_where_the_size_is_known() {
        let text = |language, bytes, of_bytes| {
            let progress = Progress { records: 12_000, bytes, of_bytes };
            ProgressLine::new(language, 80).text(progress, Duration::from_secs(4))
        };
        assert_eq!(
            text(Language::En, 250, Some(1000)),
            "25% · 12,000 records · 3,000 a second · about 12 s left"
        );
        assert_eq!(text(Language::Ja, 1200, Some(1000)), "100% · 12,000票 · 毎秒3,000票 · 残り約0秒");
        assert_eq!(text(Language::En, 250, None), "12,000 records · 3,000 a second");
    }
}
