//! How a finding stands, and how far settling its record can move a published figure, in the formats `json` and `jsonl`.
//!
//! Invariants
//! - Where values are hidden nobody's own words are written, nor who wrote them.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::standing::{Impact, Lapse};

/// What the survey's office has decided.
#[derive(serde::Serialize)]
pub(super) struct JsonDecision<'a> {
    number: Option<&'a str>,
    reason: Option<&'a str>,
}

impl<'a> JsonDecision<'a> {
    pub(super) fn of(diagnostic: &'a Diagnostic, shown: bool) -> Option<Self> {
        let decision = diagnostic.standing.decision.as_deref()?;
        let number = shown.then_some(&*decision.number);
        Some(Self { number, reason: shown.then_some(&*decision.reason) })
    }
}

/// How far settling the record can move a published figure.
#[derive(serde::Serialize)]
pub(super) struct JsonImpact<'a> {
    table: &'a str,
    row: &'a str,
    band: Option<&'a str>,
    average: Option<&'a str>,
    points: &'a str,
    ratio: &'a str,
    cells: u64,
}

impl<'a> JsonImpact<'a> {
    pub(super) fn of(diagnostic: &'a Diagnostic, shown: bool) -> Option<Self> {
        let impact = diagnostic.standing.impact.as_deref().filter(|_| shown)?;
        let Impact { table, row, column, average, points, ratio, cells, .. } = impact;
        Some(Self {
            table,
            row,
            band: (!average).then_some(&**column),
            average: average.then_some(&**column),
            points,
            ratio,
            cells: *cells,
        })
    }
}

/// Who has accepted the finding, or had.
#[derive(serde::Serialize)]
pub(super) struct JsonAcceptance<'a> {
    holds: bool,
    reason: u8,
    text: Option<&'a str>,
    author: Option<&'a str>,
    date: &'a str,
    lapse: Option<JsonLapse<'a>>,
}

/// Why it holds no more.
#[derive(serde::Serialize)]
struct JsonLapse<'a> {
    kind: &'static str,
    then: Option<u32>,
    now: Option<u32>,
    expired: Option<&'a str>,
}

impl<'a> JsonAcceptance<'a> {
    pub(super) fn of(diagnostic: &'a Diagnostic, shown: bool) -> Option<Self> {
        let acceptance = diagnostic.standing.acceptance.as_deref()?;
        let lapse = acceptance.lapse.as_ref().map(|lapse| {
            let plain = JsonLapse { kind: lapse.word(), then: None, now: None, expired: None };
            match lapse {
                Lapse::Answers => plain,
                Lapse::Revision { then, now } => JsonLapse { then: Some(*then), now: Some(*now), ..plain },
                Lapse::Expired(day) => JsonLapse { expired: Some(day), ..plain },
            }
        });
        Some(Self {
            holds: lapse.is_none(),
            reason: acceptance.reason.code(),
            text: acceptance.text.as_deref().filter(|_| shown),
            author: shown.then_some(&*acceptance.author),
            date: &acceptance.date,
            lapse,
        })
    }
}
