//! Documents: formats that are written when the run is over, of a bounded number of findings.
//!
//! Invariants
//! - At most [`Collected::most`] findings are held: the gravest, of equal ones the first; they stand in the order of the
//!   listing. How many are left out is known, and every document declares it.
//! - Answers are held of records with a finding that is held, and of no more records than the document shows.
//! - A document is written whatever the run came to.

use std::collections::BTreeMap;

use super::fingerprint::Fingerprints;
use super::{Audience, Names, Output, Spot, marked_fields};
use crate::batch::Excerpt;
use crate::diagnostic::{Diagnostic, Place, RecordPlace, Severity};
use crate::engine::event::{Reporter, RunHeader, Summary};
use crate::error::Error;
use crate::evaluate::{Finding, RecordAnswers, RecordFindings, RecordId};
use crate::source::SourceId;

/// Findings of a document where nobody says otherwise.
pub const MOST: u64 = 10_000;

/// One finding of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The finding.
    pub diagnostic: Diagnostic,
    /// Full id of the finding under which it is shown. `None`: it stands by itself.
    pub group: Option<String>,
    /// The piece of its record. `None`: not asked for, nothing to show, or shown with its group's.
    pub excerpt: Option<Excerpt>,
    /// By what it is known again; unlike any other of the document.
    pub fingerprint: String,
}

/// The findings of a run, as a document holds them.
#[derive(Debug)]
pub struct Collected {
    /// What the run was about.
    pub header: RunHeader,
    /// The findings that are held, in order.
    pub entries: Vec<Entry>,
    /// How many are held at most.
    pub most: u64,
    /// How many are left out.
    pub left_out: u64,
    /// What came of the run; its counts are of all findings.
    pub summary: Summary,
    /// For whom the document is.
    pub audience: Audience,
    /// The answers of the first records with findings; empty where the document does not ask for them, or values are
    /// hidden.
    pub answers: BTreeMap<RecordId, RecordAnswers>,
    pub(super) names: Names,
}

impl Collected {
    /// The name of a file; empty for one that the run did not announce.
    pub fn name(&self, source: SourceId) -> &str {
        self.names.get(source)
    }

    /// What a reader may be told of the finding: its message, or, where values are hidden, its title.
    pub fn text(&self, diagnostic: &Diagnostic) -> String {
        super::told(diagnostic, self.audience)
    }

    /// The record's key. `None`: it has none, or it may not be told.
    pub fn key<'a>(&self, place: &'a RecordPlace) -> Option<&'a str> {
        place.key.as_deref().filter(|_| !self.audience.hide_keys)
    }

    /// The fields that the finding marks, each once, the most suspect first.
    pub fn fields<'a>(&self, diagnostic: &'a Diagnostic) -> Vec<&'a str> {
        marked_fields(diagnostic)
    }

    /// Where the finding is shown, as far as the audience may know it.
    pub(super) fn spot(&self, diagnostic: &Diagnostic) -> Spot {
        Spot::new(diagnostic, self.audience)
    }

    /// The files of the run, and what else findings are about, each with its findings in their order; those without one
    /// stand too. `None`: the run itself.
    pub fn by_file(&self) -> Vec<(Option<&str>, Vec<&Entry>)> {
        let mut files: Vec<(Option<&str>, Vec<&Entry>)> = Vec::new();
        let mut places: BTreeMap<Option<&str>, usize> = BTreeMap::new();
        for file in self.summary.all_files() {
            places.entry(Some(&*file.name)).or_insert_with(|| {
                files.push((Some(&*file.name), Vec::new()));
                files.len() - 1
            });
        }
        for entry in &self.entries {
            let name = self.spot(&entry.diagnostic).file.map(|file| self.name(file));
            let place = *places.entry(name).or_insert_with(|| {
                files.push((name, Vec::new()));
                files.len() - 1
            });
            files.get_mut(place).into_iter().for_each(|(_, entries)| entries.push(entry));
        }
        files
    }

    /// Where a record begins, as far as the audience may know it.
    #[cfg(feature = "html")]
    pub(super) fn start_of(&self, place: &Place) -> Spot {
        Spot { column: None, ..Spot::of(place, self.audience) }
    }

    /// The record of a finding. `None`: it is about a file or the run.
    pub fn record<'a>(&self, diagnostic: &'a Diagnostic) -> Option<&'a RecordPlace> {
        match &diagnostic.place {
            Place::Record(place) => Some(place),
            Place::Run | Place::File(_) => None,
        }
    }
}

/// A format that is written as a whole.
pub trait Document {
    /// Writes the document into `output`, which the caller finishes.
    fn write(&self, collected: &Collected, output: &mut Output) -> Result<(), Error>;

    /// Whether [`Entry::excerpt`] is looked at.
    fn wants_excerpts(&self) -> bool {
        false
    }

    /// Of how many records [`Collected::answers`] are looked at.
    fn records_with_answers(&self) -> usize {
        0
    }
}

/// Gathers findings for a [`Document`] while the run goes.
pub struct Collector<D> {
    document: D,
    output: Output,
    audience: Audience,
    header: RunHeader,
    most: u64,
    met: u64,
    /// By severity, gravest first: finding, its group, its excerpt, and its number among all.
    held: [Vec<Held>; 4],
    /// How many findings of the record are held, and its answers.
    answers: BTreeMap<RecordId, (u64, RecordAnswers)>,
}

fn record_of(diagnostic: &Diagnostic) -> Option<RecordId> {
    match &diagnostic.place {
        Place::Record(place) => Some((place.source, place.record)),
        Place::Run | Place::File(_) => None,
    }
}

struct Held {
    number: u64,
    diagnostic: Diagnostic,
    group: Option<String>,
    excerpt: Option<Excerpt>,
}

const fn rank(severity: Severity) -> usize {
    match severity {
        Severity::Fatal => 0,
        Severity::Error => 1,
        Severity::Warning => 2,
        Severity::Info => 3,
    }
}

impl<D: Document> Collector<D> {
    /// For `audience`, into `output`, of at most `most` findings.
    pub fn new(document: D, output: Output, audience: Audience, most: u64) -> Self {
        let header = RunHeader::default();
        Self {
            document,
            output,
            audience,
            header,
            most,
            met: 0,
            held: Default::default(),
            answers: BTreeMap::new(),
        }
    }

    fn take(&mut self, diagnostic: &Diagnostic, group: Option<&str>, excerpt: Option<&Excerpt>) {
        self.met += 1;
        let rank = rank(diagnostic.severity);
        let held: usize = self.held.iter().map(Vec::len).sum();
        if u64::try_from(held).unwrap_or(u64::MAX) >= self.most {
            // The last of the least grave ones makes room for a graver one.
            let worst = self.held.iter().rposition(|list| !list.is_empty());
            let Some(list) = worst.filter(|worst| *worst > rank).and_then(|worst| self.held.get_mut(worst))
            else {
                return;
            };
            let record = list.pop().and_then(|gone| record_of(&gone.diagnostic));
            if let Some((held, _)) = record.and_then(|record| self.answers.get_mut(&record)) {
                *held = held.saturating_sub(1);
            }
            if let Some(record) = record.filter(|record| Some(*record) != record_of(diagnostic)) {
                self.forget_if_unseen(record);
            }
        }
        if let Some((held, _)) = record_of(diagnostic).and_then(|record| self.answers.get_mut(&record)) {
            *held += 1;
        }
        if let Some(list) = self.held.get_mut(rank) {
            list.push(Held {
                number: self.met,
                diagnostic: diagnostic.clone(),
                group: group.map(str::to_owned),
                excerpt: excerpt.cloned(),
            });
        }
    }

    /// Nothing of a record is left to be shown: its answers make room for those of another one.
    fn forget_if_unseen(&mut self, record: RecordId) {
        if self.answers.get(&record).is_some_and(|(held, _)| *held == 0) {
            self.answers.remove(&record);
        }
    }

    fn collected(&mut self, summary: &Summary) -> Collected {
        let mut held: Vec<Held> = self.held.iter_mut().flat_map(std::mem::take).collect();
        held.sort_by_key(|held| held.number);
        let names = Names(self.header.names.clone());
        let mut answers = std::mem::take(&mut self.answers);
        answers.retain(|_, (held, _)| *held > 0);
        let fingerprints = Fingerprints::new(self.audience, &self.header);
        let mut met: BTreeMap<String, u64> = BTreeMap::new();
        let mut unlike_others = |fingerprint: String| {
            let before = met.entry(fingerprint.clone()).or_default();
            *before += 1;
            if *before == 1 { fingerprint } else { format!("{fingerprint}-{before}") }
        };
        let entry = |held: Held| Entry {
            fingerprint: unlike_others(fingerprints.of(&held.diagnostic, &names)),
            diagnostic: held.diagnostic,
            group: held.group,
            excerpt: held.excerpt,
        };
        let entries: Vec<Entry> = held.into_iter().map(entry).collect();
        let left_out = self.met.saturating_sub(u64::try_from(entries.len()).unwrap_or(u64::MAX));
        Collected {
            entries,
            names,
            left_out,
            header: std::mem::take(&mut self.header),
            most: self.most,
            summary: summary.clone(),
            audience: self.audience,
            answers: answers.into_iter().map(|(record, (_, answers))| (record, answers)).collect(),
        }
    }
}

impl<D: Document> Reporter for Collector<D> {
    fn start(&mut self, header: &RunHeader) -> Result<(), Error> {
        self.header = header.clone();
        Ok(())
    }

    fn file_findings(&mut self, findings: &[Finding]) -> Result<(), Error> {
        for finding in findings {
            let head = &finding.diagnostic;
            if !finding.heading {
                self.take(head, None, finding.excerpt.as_ref());
            }
            let group = (!finding.followers.is_empty()).then(|| head.notice.full_id());
            for follower in &finding.followers {
                self.take(follower, group.as_deref(), None);
            }
        }
        Ok(())
    }

    fn records(&mut self, records: &[RecordFindings]) -> Result<(), Error> {
        for record in records {
            let id = (record.place.source, record.place.record);
            let most = if self.wants_answers() { self.document.records_with_answers() } else { 0 };
            if most > 0 && !record.answers.answers.is_empty() {
                self.answers.insert(id, (0, record.answers.clone()));
            }
            self.file_findings(&record.findings)?;
            self.forget_if_unseen(id);
            // Its findings may have pushed out those of another record, and so made room.
            if self.answers.len() > most {
                self.answers.remove(&id);
            }
        }
        Ok(())
    }

    fn finish(&mut self, summary: &Summary) -> Result<(), Error> {
        let collected = self.collected(summary);
        self.document.write(&collected, &mut self.output)?;
        self.output.finish()
    }

    fn wants_excerpts(&self) -> bool {
        self.document.wants_excerpts() && !self.audience.hide_values
    }

    fn wants_answers(&self) -> bool {
        self.document.records_with_answers() > 0 && !self.audience.hide_values
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use super::*;
    use crate::report::output::tests::Page;
    use crate::report::sample;

    /// Keeps what it is given to write.
    #[derive(Clone, Default)]
    struct Kept(Rc<RefCell<Vec<(String, Severity)>>>, Rc<RefCell<u64>>);

    impl Document for Kept {
        fn write(&self, collected: &Collected, _: &mut Output) -> Result<(), Error> {
            let entries = collected.entries.iter();
            *self.0.borrow_mut() =
                entries.map(|entry| (entry.fingerprint.clone(), entry.diagnostic.severity)).collect();
            *self.1.borrow_mut() = collected.left_out;
            Ok(())
        }
    }

    fn kept(most: u64) -> (Vec<(String, Severity)>, u64) {
        let kept = Kept::default();
        let page = Page::default();
        let mut collector = Collector::new(kept.clone(), page.output(), Audience::default(), most);
        sample::tell(&mut collector);
        let entries = kept.0.borrow().clone();
        let left_out = *kept.1.borrow();
        (entries, left_out)
    }

    #[test]
    fn the_gravest_are_held_in_their_order_and_the_others_counted() {
        let (all, none) = kept(MOST);
        assert_eq!(none, 0);
        let errors: Vec<_> = all.iter().filter(|entry| entry.1 >= Severity::Error).cloned().collect();
        assert!(!errors.is_empty() && errors.len() < all.len());
        let most = u64::try_from(errors.len()).unwrap();
        let (few, left_out) = kept(most);
        assert_eq!(few, errors);
        assert_eq!(left_out, u64::try_from(all.len()).unwrap() - most);
    }

    /// Keeps whose answers it is given.
    #[derive(Clone, Default)]
    struct Answered(Rc<RefCell<Vec<(u64, usize)>>>);

    impl Document for Answered {
        fn write(&self, collected: &Collected, _: &mut Output) -> Result<(), Error> {
            let answers = collected.answers.iter();
            *self.0.borrow_mut() = answers.map(|((_, record), of)| (*record, of.answers.len())).collect();
            Ok(())
        }

        fn records_with_answers(&self) -> usize {
            2
        }
    }

    fn answered(most: u64, audience: Audience, records: &[RecordFindings]) -> Vec<(u64, usize)> {
        let document = Answered::default();
        let page = Page::default();
        let mut collector = Collector::new(document.clone(), page.output(), audience, most);
        assert_eq!(collector.wants_answers(), !audience.hide_values);
        collector.start(&sample::header()).unwrap();
        collector.records(records).unwrap();
        collector.finish(&sample::summary()).unwrap();
        document.0.take()
    }

    #[test]
    fn answers_are_held_of_records_whose_findings_are() {
        let [first, second] = <[RecordFindings; 2]>::try_from(sample::of_records()).unwrap();
        let only = |record: &RecordFindings, at: usize, number: u64| RecordFindings {
            place: sample::place(number, "K"),
            findings: vec![Finding {
                diagnostic: Diagnostic {
                    place: Place::Record(sample::place(number, "K")),
                    ..record.findings[at].diagnostic.clone()
                },
                ..record.findings[at].clone()
            }],
            answers: record.answers.clone(),
        };
        let open = Audience::default();
        let all = [first.clone(), second.clone()];
        assert_eq!(answered(MOST, open, &all), [(1, 8), (2, 8)]);
        assert_eq!(answered(2, open, &all), [(1, 8)], "of the second no finding is left");
        let hidden = Audience { hide_values: true, ..open };
        assert_eq!(answered(MOST, hidden, &all), []);
        // A warning of each record, then errors that push them out.
        let warnings = [3, 4].map(|number| only(&second, 1, number));
        let errors = [5, 6, 7].map(|number| only(&first, 0, number));
        let pushed = [warnings.to_vec(), errors.to_vec()].concat();
        assert_eq!(answered(2, open, &pushed), [(5, 8), (6, 8)]);
    }

    #[test]
    fn no_two_entries_have_the_same_fingerprint() {
        let (all, _) = kept(MOST);
        let unlike: std::collections::BTreeSet<_> = all.iter().map(|entry| &entry.0).collect();
        assert_eq!(unlike.len(), all.len());
    }
}
