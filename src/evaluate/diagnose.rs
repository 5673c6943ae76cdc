//! Diagnosing: set bits → findings with arguments and labels, by record.
//!
//! Invariants
//! - Order: by row; within a row the reader's findings, then filled values, then rules in the plan's order.
//! - Nothing is made for a record without findings.
//! - Without `values` no answer is in a finding; private answers never are, nor what is computed of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::answers::{FieldName, RecordAnswers};
use super::argument::{Arguments, Setting, hidden};
use super::finding::{Finding, RecordFindings};
use super::group::apply;
use super::judge::Outcomes;
use super::machine::Machine;
use super::marking::{AnswerMarks, Marked, Marking};
use super::withheld::Withheld;
use crate::batch::excerpt::excerpt;
use crate::batch::locate::Locator;
use crate::batch::{Batch, Excerpt, Mask};
use crate::diagnostic::code::analysis::RULE_FAULT;
use crate::diagnostic::standing::{Decision, Standing};
use crate::diagnostic::{Argument, Diagnostic, Fix, FixClass, Label, Notice, Place, RecordPlace, Severity};
use crate::expression::FieldId;
use crate::input::CellFinding;
use crate::plan::Plan;
use crate::rule_pack::{EditRule, Exemption, Placeholder, RulePack};

/// What a report will look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is asked for by itself")]
pub struct Wants {
    /// Pieces of the record for drawing.
    pub excerpts: bool,
    /// Answers in arguments and labels. Without, arguments stay empty.
    pub values: bool,
    /// Answers that name a record. Without, they are treated as private ones.
    pub keys: bool,
    /// Every answer of a record with findings; only together with `values`.
    pub answers: bool,
    /// By what acceptances of warnings are held to the answers. `None`: nobody asks.
    pub marks: Option<AnswerMarks>,
}

/// A finding, and the planned rule that failed. `None`: no rule.
pub(super) struct Entry {
    pub(super) finding: Finding,
    pub(super) rule: Option<usize>,
}

/// The findings of every record that has any, by record.
pub fn diagnose(plan: &Plan, batch: &Batch, outcomes: &Outcomes, wants: Wants) -> Vec<RecordFindings> {
    let mut writer = Writer {
        plan,
        batch,
        wants,
        arguments: Arguments {
            machine: Machine::new(plan, batch),
            locator: Locator::new(batch, &plan.pack),
            withheld: Withheld::of(&plan.pack, wants.keys),
        },
        marking: Marking::new(plan, wants.marks),
        places: BTreeMap::new(),
        rows: BTreeMap::new(),
        names: (wants.answers && wants.values)
            .then(|| plan.pack.questionnaire.fields.iter().map(FieldName::of).collect()),
    };
    for finding in &batch.findings {
        writer.cell(finding);
    }
    for (derived, rows) in &outcomes.filled {
        writer.filled(*derived, rows);
    }
    for (planned, verdict) in outcomes.rules.iter().enumerate() {
        writer.rule(planned, &verdict.fail, &verdict.faulted);
    }
    writer.finish()
}

struct Writer<'p, 'b> {
    plan: &'p Plan,
    batch: &'b Batch,
    wants: Wants,
    arguments: Arguments<'p, 'b>,
    /// `None`: nobody asks for marks.
    marking: Option<Marking>,
    places: BTreeMap<usize, Arc<RecordPlace>>,
    rows: BTreeMap<usize, Vec<Entry>>,
    /// How the fields are called whose answers are told. `None`: none are.
    names: Option<Arc<[FieldName]>>,
}

impl Writer<'_, '_> {
    fn push(&mut self, row: usize, diagnostic: Diagnostic, rule: Option<usize>) {
        let finding = Finding::from(diagnostic);
        self.rows.entry(row).or_default().push(Entry { finding, rule });
    }

    fn place(&mut self, row: usize) -> Place {
        let locator = &self.arguments.locator;
        Place::Record(Arc::clone(self.places.entry(row).or_insert_with(|| locator.place(row))))
    }

    /// A finding of the reader or of the conversion.
    fn cell(&mut self, found: &CellFinding) {
        let withheld = found.field.is_some_and(|field| self.arguments.withheld.holds(field));
        let name = found.field.and_then(|field| Some(Arc::clone(&self.plan.pack.field(field)?.name)));
        let mut labels = Vec::new();
        if let Some(field) = found.field {
            let text = self.arguments.beside(field, found.row, false);
            labels.extend(self.arguments.locator.label(found.row, field, text));
        }
        for (range, text) in &found.further {
            let label = self.arguments.locator.label_at(found.row, *range, text.clone());
            labels.extend(label.map(|label| Label { field: name.clone(), ..label }));
        }
        let arguments = found.arguments.iter().enumerate();
        let arguments = arguments.map(|(slot, argument)| match found.notice.slots.get(slot) {
            _ if !self.wants.values => Argument::NotGiven,
            Some(name) if withheld && !is_of_the_form(name) => hidden(),
            _ => argument.clone(),
        });
        let answers = self.marking.as_ref().filter(|_| found.severity == Severity::Warning);
        let answers = answers.and_then(|marking| {
            let (rule, place) = (found.notice.full_id(), self.arguments.locator.place(found.row));
            let of = Marked { rule: &rule, revision: 1, key: place.key.as_deref() };
            marking.cell(&self.arguments.locator, &self.plan.pack, of, found.field, found.row)
        });
        let diagnostic = Diagnostic {
            notice: Arc::clone(&found.notice),
            severity: found.severity,
            arguments: arguments.collect(),
            place: self.place(found.row),
            labels,
            suggestion: found.suggestion.clone().filter(|_| self.wants.values && !withheld),
            fix: found.fix.clone().filter(|_| self.wants.values && !withheld),
            standing: Standing { answers, ..Standing::default() },
        };
        self.push(found.row, diagnostic, None);
    }

    /// Cells that a derived value filled.
    fn filled(&mut self, derived: usize, rows: &Mask) {
        let pack = &self.plan.pack;
        let Some(derived) = pack.derived.get(derived) else { return };
        let Some((notice, placeholders)) = &derived.notice else { return };
        let blame: Vec<FieldId> = std::iter::once(derived.id).chain(derived.reads.iter().copied()).collect();
        let setting = Setting { lets: &[], steps: &[], blame: &blame };
        for row in rows.rows() {
            let mut diagnostic = self.diagnostic(notice, notice.severity, placeholders, &setting, row);
            diagnostic.fix = self.filling(derived.id, row, &diagnostic.labels);
            self.push(row, diagnostic, None);
        }
    }

    /// What the blank cell would say that a derived value filled. `None`: it is not the first label, or may not be told.
    fn filling(&self, field: FieldId, row: usize, labels: &[Label]) -> Option<Fix> {
        let name = &self.plan.pack.field(field)?.name;
        let first = labels.first().and_then(|label| label.field.as_ref());
        let withheld = &self.arguments.withheld;
        if !self.wants.values || withheld.holds(field) || withheld.fills(field) || first != Some(name) {
            return None;
        }
        let after = self.arguments.locator.canonical(row, field)?.into_boxed_str();
        Some(Fix { after, class: FixClass::Automatic })
    }

    fn rule(&mut self, planned: usize, fail: &Mask, faulted: &Mask) {
        let plan = self.plan;
        let (Some(rule), Some(judged)) = (plan.rule(planned), plan.judged.get(planned)) else { return };
        let severity = plan.severities.get(planned).copied().unwrap_or(rule.notice.severity);
        let setting = Setting { lets: &rule.lets, steps: &judged.lets, blame: &rule.blame };
        let exemptions = exemptions_of(&plan.pack, rule);
        for row in fail.rows() {
            let mut diagnostic = self.diagnostic(&rule.notice, severity, &rule.placeholders, &setting, row);
            set_aside(&mut diagnostic, &exemptions);
            // Of a hard edit nothing can be accepted, whatever the run makes of it.
            let marking = self.marking.as_ref().filter(|_| rule.notice.severity <= Severity::Warning);
            diagnostic.standing.answers = marking.and_then(|marking| {
                let Place::Record(place) = &diagnostic.place else { return None };
                let (id, key) = (rule.notice.full_id(), place.key.as_deref());
                let of = Marked { rule: &id, revision: rule.revision, key };
                marking.columns(&self.arguments.machine, of, &rule.reads, row)
            });
            self.push(row, diagnostic, Some(planned));
        }
        for row in faulted.rows() {
            let place = self.place(row);
            let mut diagnostic = Diagnostic::new(&RULE_FAULT, place).with("rule", rule.notice.full_id());
            diagnostic.labels = self.labels(&rule.blame, row);
            self.push(row, diagnostic, None);
        }
    }

    fn diagnostic(
        &mut self,
        notice: &Arc<Notice>,
        severity: Severity,
        placeholders: &[Placeholder],
        setting: &Setting<'_>,
        row: usize,
    ) -> Diagnostic {
        let arguments = if self.wants.values {
            self.arguments.all(placeholders, setting, row)
        } else {
            vec![Argument::NotGiven; placeholders.len()]
        };
        let (place, labels) = (self.place(row), self.labels(setting.blame, row));
        Diagnostic {
            notice: Arc::clone(notice),
            severity,
            arguments,
            place,
            labels,
            suggestion: None,
            fix: None,
            standing: Standing::default(),
        }
    }

    /// Marks on the blamed cells, the most suspect first.
    fn labels(&mut self, blame: &[FieldId], row: usize) -> Vec<Label> {
        let mut labels = Vec::new();
        for &field in blame {
            let text = self.arguments.beside(field, row, self.wants.values);
            labels.extend(self.arguments.locator.label(row, field, text));
        }
        labels
    }

    fn finish(mut self) -> Vec<RecordFindings> {
        let rows = std::mem::take(&mut self.rows);
        rows.into_iter().map(|(row, entries)| self.record(row, entries)).collect()
    }

    fn record(&mut self, row: usize, entries: Vec<Entry>) -> RecordFindings {
        let plan = self.plan;
        let entries = apply(plan, entries, |notice, placeholders, followers| {
            let blame: Vec<FieldId> =
                followers.iter().filter_map(|&planned| plan.rule(planned)?.blame.first().copied()).collect();
            let setting = Setting { lets: &[], steps: &[], blame: &blame };
            self.diagnostic(notice, notice.severity, placeholders, &setting, row)
        });
        let mut findings: Vec<Finding> = entries.into_iter().map(|entry| entry.finding).collect();
        if self.wants.excerpts {
            for finding in &mut findings {
                finding.excerpt = self.cut(row, &finding.diagnostic.labels);
            }
        }
        let answers = match &self.names {
            Some(names) => self.arguments.answers(names, row),
            None => RecordAnswers::default(),
        };
        let Place::Record(place) = self.place(row) else {
            return RecordFindings { place: self.arguments.locator.place(row), findings, answers };
        };
        RecordFindings { place, findings, answers }
    }

    /// `None`: nothing to show.
    fn cut(&self, row: usize, labels: &[Label]) -> Option<Excerpt> {
        let withheld = |field| self.arguments.withheld.holds(field);
        let piece = excerpt(self.batch, &self.plan.pack, row, labels, &withheld);
        (!piece.text.is_empty()).then_some(piece)
    }
}

/// What the survey's office has decided on `rule`, by the key of the record.
pub(super) fn exemptions_of<'p>(pack: &'p RulePack, rule: &EditRule) -> BTreeMap<&'p str, &'p Exemption> {
    if pack.exemptions.is_empty() {
        return BTreeMap::new();
    }
    let id = rule.notice.full_id();
    let ours = pack.exemptions.iter().filter(|exemption| *exemption.rule == *id);
    ours.map(|exemption| (&*exemption.key, exemption)).collect()
}

/// A finding that the office has set aside stays visible, with the decision, and holds nothing any more.
pub(super) fn set_aside(diagnostic: &mut Diagnostic, exemptions: &BTreeMap<&str, &Exemption>) {
    let Place::Record(place) = &diagnostic.place else { return };
    let Some(exemption) = place.key.as_deref().and_then(|key| exemptions.get(key)) else { return };
    let (number, reason) = (Arc::clone(&exemption.decision), Arc::clone(&exemption.reason));
    diagnostic.severity = Severity::Info;
    diagnostic.standing.decision = Some(Arc::new(Decision { number, reason }));
}

/// Whether the slot of a cell finding says something of the form or of the file, and nothing of the answer.
fn is_of_the_form(slot: &str) -> bool {
    matches!(
        slot,
        "question" | "column" | "options" | "expected" | "line" | "encoding" | "cell" | "range" | "count"
    )
}
