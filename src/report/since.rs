//! A run beside the report of an earlier one: what is new, what is still open, what is fixed.
//!
//! Invariants
//! - Findings are known again by fingerprint, as often as the earlier report has them; never by a line.
//! - Only of files and rules that this run judged too can a finding be fixed.
//! - Memory is bounded by the earlier report, which is not trusted: its size and depth are limited.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::sync::Arc;

use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::fingerprint::{Fingerprints, Manner};
use super::{Audience, Names};
use crate::diagnostic::Localized;
use crate::diagnostic::standing::Since;
use crate::engine::event::{FixedFinding, RunHeader, SinceReport, Summary};
use crate::evaluate::Finding;
use crate::source::secret::Secret;

/// Largest earlier report, in bytes.
pub const LARGEST: u64 = 256 << 20;

/// Fixed findings that are listed.
const MOST_LISTED: usize = 100;

/// Why a report cannot be compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unusable {
    /// It is no report of ours, or not a whole one.
    NotAReport(Localized<&'static str>),
    /// Its survey and wave.
    OtherSurvey(String),
    /// Its fingerprints were made with a key that is not configured.
    OtherKey,
}

/// The findings of an earlier report, and how many of them this run has met.
#[derive(Debug)]
pub struct Earlier {
    audience: Audience,
    /// Survey and wave.
    survey: String,
    findings: Vec<FixedFinding>,
    /// Places in `findings` that are not met yet, by fingerprint.
    left: BTreeMap<Box<str>, VecDeque<usize>>,
    fingerprints: Option<Fingerprints>,
    names: Names,
    new: u64,
    open: u64,
}

/// A document, or an event of `jsonl`: all members of both, as far as they are looked at.
#[derive(Deserialize)]
struct Piece<'a> {
    #[serde(borrow, default)]
    tool: Option<Tool<'a>>,
    #[serde(borrow, default)]
    survey: Option<Survey<'a>>,
    #[serde(default)]
    keys: Option<Cow<'a, str>>,
    #[serde(default)]
    fingerprints: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    findings: Listed<'a>,
    #[serde(borrow, default)]
    summary: Option<Closing<'a>>,
    #[serde(default)]
    verdict: Option<Cow<'a, str>>,
    #[serde(default)]
    rule: Option<Cow<'a, str>>,
    #[serde(default)]
    fingerprint: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    place: Option<Spot<'a>>,
}

#[derive(Deserialize)]
struct Tool<'a> {
    name: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Survey<'a> {
    id: Cow<'a, str>,
    wave: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Closing<'a> {
    verdict: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Old<'a> {
    #[serde(borrow)]
    rule: Cow<'a, str>,
    #[serde(borrow)]
    fingerprint: Cow<'a, str>,
    #[serde(borrow)]
    place: Spot<'a>,
}

/// The findings of a document; the counts that stand under the same name in the last event of `jsonl` are none.
#[derive(Default)]
struct Listed<'a>(Vec<Old<'a>>);

impl<'de: 'a, 'a> Deserialize<'de> for Listed<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListVisitor)
    }
}

struct ListVisitor;

impl<'de> Visitor<'de> for ListVisitor {
    type Value = Listed<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("findings, or their counts")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut found = Vec::new();
        while let Some(item) = items.next_element()? {
            found.push(item);
        }
        Ok(Listed(found))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Listed::default())
    }
}

#[derive(Deserialize)]
struct Spot<'a> {
    #[serde(default)]
    file: Option<Cow<'a, str>>,
    #[serde(default)]
    record: Option<u64>,
    #[serde(default)]
    key: Option<Cow<'a, str>>,
}

const fn no_report() -> Unusable {
    Unusable::NotAReport(Localized::new(
        "kenpyo の報告ではないか、途中で切れています",
        "it is no report of kenpyo, or was cut off",
    ))
}

/// What is gathered of a report while its pieces are read.
#[derive(Default)]
struct Gathering {
    head: Option<(String, Manner)>,
    verdict: Option<String>,
    findings: Vec<FixedFinding>,
    left: BTreeMap<Box<str>, VecDeque<usize>>,
    texts: BTreeSet<Arc<str>>,
}

impl Gathering {
    fn piece(&mut self, piece: Piece<'_>) {
        if let (Some(tool), Some(survey)) = (&piece.tool, &piece.survey)
            && tool.name == env!("CARGO_PKG_NAME")
        {
            let manner = Manner::read(piece.fingerprints.as_deref(), piece.keys.as_deref() == Some("hide"));
            self.head = Some((format!("{}/{}", survey.id, survey.wave), manner));
        }
        if let (Some(rule), Some(fingerprint), Some(place)) = (piece.rule, piece.fingerprint, piece.place) {
            self.finding(Old { rule, fingerprint, place });
        }
        piece.findings.0.into_iter().for_each(|finding| self.finding(finding));
        let verdict = piece.summary.map(|summary| summary.verdict).or(piece.verdict);
        self.verdict = verdict.map(Cow::into_owned).or(self.verdict.take());
    }

    fn finding(&mut self, old: Old<'_>) {
        let left = self.left.entry(old.fingerprint.as_ref().into()).or_default();
        left.push_back(self.findings.len());
        let rule = self.text(&old.rule);
        let file = old.place.file.map(|file| self.text(&file));
        let key = old.place.key.map(|key| Arc::from(key.as_ref()));
        self.findings.push(FixedFinding { rule, file, record: old.place.record, key });
    }

    /// A text that many findings share.
    fn text(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.texts.get(text) {
            return Arc::clone(known);
        }
        let new: Arc<str> = text.into();
        self.texts.insert(Arc::clone(&new));
        new
    }
}

impl Earlier {
    /// The report that `bytes` are, in the format `json` or `jsonl`; `secret` is the one that is configured now.
    pub fn read(bytes: &[u8], secret: Option<Secret>) -> Result<Self, Unusable> {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let mut gathering = Gathering::default();
        for piece in serde_json::Deserializer::from_slice(bytes).into_iter::<Piece<'_>>() {
            gathering.piece(piece.map_err(|_| no_report())?);
        }
        let Gathering { head, verdict, findings, left, .. } = gathering;
        let (survey, manner) = head.ok_or_else(no_report)?;
        match verdict.as_deref() {
            None => return Err(no_report()),
            Some("refused") => {
                return Err(Unusable::NotAReport(Localized::new(
                    "その実行では何も検査していません",
                    "nothing was judged in that run",
                )));
            }
            Some(_) => {}
        }
        let audience = manner.audience(secret).ok_or(Unusable::OtherKey)?;
        Ok(Self {
            audience,
            survey,
            findings,
            left,
            fingerprints: None,
            names: Names::default(),
            new: 0,
            open: 0,
        })
    }

    /// Whether it is of the survey and wave `survey` (`hospital/2024`).
    pub fn is_of(&self, survey: &str) -> Result<(), Unusable> {
        if self.survey == survey { Ok(()) } else { Err(Unusable::OtherSurvey(self.survey.clone())) }
    }

    /// Before the first finding.
    pub fn start(&mut self, header: &RunHeader) {
        self.fingerprints = Some(Fingerprints::new(self.audience, header));
        self.names = Names(header.names.clone());
    }

    /// Says of each finding whether the earlier report has it.
    pub fn mark(&mut self, findings: &mut [Finding]) {
        let Some(fingerprints) = &self.fingerprints else { return };
        for finding in findings {
            let head = (!finding.heading).then_some(&mut finding.diagnostic);
            for diagnostic in head.into_iter().chain(&mut finding.followers) {
                let fingerprint = fingerprints.of(diagnostic, &self.names);
                let met = self.left.get_mut(fingerprint.as_str()).and_then(VecDeque::pop_front);
                let (since, count) = match met {
                    Some(_) => (Since::Open, &mut self.open),
                    None => (Since::New, &mut self.new),
                };
                diagnostic.standing.since = Some(since);
                *count += 1;
            }
        }
    }

    /// What came of a run of `files` that came to `summary`.
    pub fn closed(&self, summary: &Summary) -> SinceReport {
        let files: BTreeSet<&str> =
            summary.all_files().filter(|file| file.readable).map(|file| &*file.name).collect();
        let judged = summary.rules.iter().filter(|rule| rule.counts.is_some());
        let rules: BTreeSet<&str> = judged.map(|rule| &*rule.id).collect();
        let mut gone: Vec<usize> = self.left.values().flatten().copied().collect();
        gone.sort_unstable();
        let by_number = Manner::of(self.audience) == Manner::Record;
        let mut report = SinceReport { new: self.new, open: self.open, by_number, ..SinceReport::default() };
        for finding in gone.into_iter().filter_map(|place| self.findings.get(place)) {
            let file = finding.file.as_ref().is_none_or(|file| files.contains(&**file));
            // What is told of no rule, such as an unreadable cell, is looked for in every run.
            let rule = !summary.partial || rules.contains(&*finding.rule);
            if !file || !rule {
                report.not_judged += 1;
                continue;
            }
            report.fixed += 1;
            if report.fixed_first.len() < MOST_LISTED {
                report.fixed_first.push(finding.clone());
            }
        }
        report
    }
}
