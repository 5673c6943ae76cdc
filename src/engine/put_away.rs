//! Findings over many records, put away until their records come round again in the second pass.
//!
//! Invariants
//! - Memory holds where a finding stands, in some tens of bytes, and not the finding: a file in which each record repeats
//!   another has as many as records.
//! - What comes back is what was put away, but for excerpts, which no second pass shows; those of one record come in the
//!   order in which they were told.

use std::collections::BTreeMap;
use std::io;
use std::ops::RangeInclusive;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::diagnostic::standing::Standing;
use crate::diagnostic::{Argument, Diagnostic, Fix, Label, Localized, Notice, Place, Severity};
use crate::error::Error;
use crate::evaluate::{Finding, RecordId};
use crate::source::SourceId;
use crate::source::spool::{Copied, Spool};

/// Bytes that are read at once of a finding: nearly all are shorter.
const WINDOW: usize = 1 << 10;

/// Bytes before a finding that say how long it is.
const HEAD: usize = size_of::<u32>();

/// Findings while they are told.
#[derive(Debug, Default)]
pub(super) struct PuttingAway {
    bytes: Copied,
    notices: Notices,
    places: Vec<Kept>,
}

/// Findings that have been told, by record.
#[derive(Debug)]
pub(super) struct PutAway {
    bytes: Spool,
    notices: Vec<Arc<Notice>>,
    /// Sorted.
    places: Vec<Kept>,
}

/// A record, and where a finding about it begins.
type Kept = (RecordId, u64);

/// Findings of some records of one file, by their numbers.
pub(super) type OverMany = BTreeMap<u64, Vec<Finding>>;

/// The notices met so far, each once: they are the rules' own, and as few.
#[derive(Debug, Default)]
struct Notices {
    all: Vec<Arc<Notice>>,
    numbers: BTreeMap<(Arc<str>, Option<Arc<str>>), u32>,
}

impl Notices {
    fn number(&mut self, notice: &Arc<Notice>) -> u32 {
        let Self { all, numbers } = self;
        let key = (Arc::clone(&notice.id), notice.instance.clone());
        *numbers.entry(key).or_insert_with(|| {
            all.push(Arc::clone(notice));
            u32::try_from(all.len() - 1).unwrap_or(u32::MAX)
        })
    }
}

/// A diagnostic as it is read back; its notice by number.
#[derive(Deserialize)]
struct Read {
    notice: u32,
    severity: Severity,
    arguments: Vec<Argument>,
    place: Place,
    labels: Vec<Label>,
    suggestion: Option<Localized<String>>,
    fix: Option<Fix>,
    standing: Standing,
}

/// The same as it is written.
#[derive(Serialize)]
struct Written<'a> {
    notice: u32,
    severity: Severity,
    arguments: &'a [Argument],
    place: &'a Place,
    labels: &'a [Label],
    suggestion: &'a Option<Localized<String>>,
    fix: &'a Option<Fix>,
    standing: &'a Standing,
}

/// A finding: whether it is only a heading, its diagnostic, its followers.
type Parts<T> = (bool, T, Vec<T>);

impl PuttingAway {
    /// Puts away `finding`, which is about `record`.
    ///
    /// # Errors
    /// It cannot be written down: our own fault.
    pub(super) fn add(&mut self, record: RecordId, finding: &Finding) -> Result<(), Error> {
        let notices = &mut self.notices;
        let mut written = |diagnostic| written(diagnostic, notices);
        let head = written(&finding.diagnostic);
        let parts: Parts<Written<'_>> =
            (finding.heading, head, finding.followers.iter().map(written).collect());
        let bytes = postcard::to_allocvec(&parts).map_err(fault)?;
        let length = u32::try_from(bytes.len()).map_err(fault)?;
        let at = self.bytes.add(&[&length.to_le_bytes()[..], &bytes].concat());
        self.places.push((record, at));
        Ok(())
    }

    /// All that was put away.
    ///
    /// # Errors
    /// The disk did not take it.
    pub(super) fn told(mut self) -> Result<PutAway, Error> {
        // Of one record the earlier one stands before the later.
        self.places.sort_unstable();
        self.places.shrink_to_fit();
        Ok(PutAway { bytes: self.bytes.spool()?, notices: self.notices.all, places: self.places })
    }
}

fn written<'f>(diagnostic: &'f Diagnostic, notices: &mut Notices) -> Written<'f> {
    let Diagnostic { notice, severity, arguments, place, labels, suggestion, fix, standing } = diagnostic;
    let (notice, severity) = (notices.number(notice), *severity);
    Written { notice, severity, arguments, place, labels, suggestion, fix, standing }
}

impl PutAway {
    /// The findings about the records `numbers` of the file `source`.
    ///
    /// # Errors
    /// They cannot be read back.
    pub(super) fn of(&self, source: SourceId, numbers: &RangeInclusive<u64>) -> Result<OverMany, Error> {
        let mut found = OverMany::new();
        let first = self.places.partition_point(|(record, _)| *record < (source, *numbers.start()));
        let places = self.places.get(first..).unwrap_or_default().iter();
        for ((_, number), at) in places.take_while(|(record, _)| *record <= (source, *numbers.end())) {
            found.entry(*number).or_default().push(self.finding(*at)?);
        }
        Ok(found)
    }

    fn finding(&self, at: u64) -> Result<Finding, Error> {
        let mut piece = self.bytes.piece(at, WINDOW)?;
        let length = piece.first_chunk::<HEAD>().map_or(0, |head| u32::from_le_bytes(*head));
        let end = HEAD.saturating_add(usize::try_from(length).map_err(fault)?);
        if piece.len() < end {
            piece = self.bytes.piece(at, end)?;
        }
        let bytes = piece.get(HEAD..end).unwrap_or_default();
        let (heading, head, followers): Parts<Read> = postcard::from_bytes(bytes).map_err(fault)?;
        let followers = followers.into_iter().map(|follower| self.diagnostic(follower));
        Ok(Finding {
            diagnostic: self.diagnostic(head)?,
            excerpt: None,
            followers: followers.collect::<Result<_, _>>()?,
            heading,
        })
    }

    fn diagnostic(&self, read: Read) -> Result<Diagnostic, Error> {
        let Read { notice, severity, arguments, place, labels, suggestion, fix, standing } = read;
        let notice = usize::try_from(notice).ok().and_then(|number| self.notices.get(number));
        let notice = Arc::clone(notice.ok_or_else(|| fault("a notice that nobody has written"))?);
        Ok(Diagnostic { notice, severity, arguments, place, labels, suggestion, fix, standing })
    }
}

/// What was put away cannot be told from its bytes.
fn fault(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::Read { path: std::env::temp_dir(), source: io::Error::new(io::ErrorKind::InvalidData, cause) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::code::internal::RECORD_FAULT;
    use crate::diagnostic::code::usage::SURVEY_NOT_CLEAR;
    use crate::diagnostic::{FixClass, RecordPlace};
    use crate::source::{Position, Span};

    fn finding(record: RecordId, text: &str, followers: usize) -> Finding {
        let place = RecordPlace {
            source: record.0,
            record: record.1,
            line: record.1 + 1,
            sheet_row: None,
            sheet: Some(Arc::from("表")),
            span: Span::new(3, 9),
            key: Some("13A0001".into()),
        };
        let label = Label {
            source: record.0,
            field: Some(Arc::from("beds")),
            span: Span::new(4, 5),
            position: Position { line: 2, column: 3, display: 4 },
            extent: None,
            cell: None,
            pointer: Some("/beds".into()),
            text: Argument::List(vec![Argument::written(text), Argument::Nothing]),
        };
        let of = |code| Diagnostic {
            labels: vec![label.clone()],
            fix: Some(Fix { after: text.into(), class: FixClass::Proposed }),
            suggestion: Some(Localized::new("は".to_owned(), "yes".to_owned())),
            ..Diagnostic::new(code, Place::Record(Arc::new(place.clone())))
        };
        let followers = (0..followers).map(|_| of(&SURVEY_NOT_CLEAR).with("found", text)).collect();
        Finding { diagnostic: of(&RECORD_FAULT), excerpt: None, followers, heading: text.is_empty() }
    }

    #[test]
    fn what_was_put_away_comes_back_by_record_in_the_order_of_telling() {
        let record = |file: u32, number: u64| (SourceId(file), number);
        let long = "長い".repeat(WINDOW);
        let told: Vec<(RecordId, Finding)> = [(1, 7), (0, 2), (1, 3), (1, 7), (0, 1), (1, 4)]
            .into_iter()
            .zip(["a", &long, "", "b", "c", "d"])
            .enumerate()
            .map(|(index, ((file, number), text))| {
                (record(file, number), finding(record(file, number), text, index % 3))
            })
            .collect();
        let mut away = PuttingAway::default();
        for (record, finding) in &told {
            away.add(*record, finding).unwrap();
        }
        let away = away.told().unwrap();
        assert_eq!(away.notices.len(), 2, "each notice once");
        for numbers in [1..=9, 3..=3, 4..=7, 8..=9] {
            for file in [0, 1, 2] {
                let mut expected = OverMany::new();
                for ((_, number), finding) in told
                    .iter()
                    .filter(|((source, number), _)| *source == SourceId(file) && numbers.contains(number))
                {
                    expected.entry(*number).or_default().push(finding.clone());
                }
                assert_eq!(away.of(SourceId(file), &numbers).unwrap(), expected, "{file} {numbers:?}");
            }
        }
    }
}
