//! Gathering: what the records of one batch give to the rules over many records.
//!
//! Invariants
//! - A record takes part in a rule when the rule applies to it and its key is known; every other has its outcome here.
//! - What may not be told is withheld here, as in every finding.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use super::covers;
use super::stub::{Answer, LabelStub, Marks, PlaceStub, Stub, Told};
use crate::batch::locate::Locator;
use crate::batch::{Batch, Column, Data, Mask};
use crate::diagnostic::standing::Answers;
use crate::diagnostic::{Argument, Label, RecordPlace, Severity};
use crate::evaluate::Wants;
use crate::evaluate::argument::{Arguments, Setting};
use crate::evaluate::finding::RuleCounts;
use crate::evaluate::judge::{lacking, unlinked};
use crate::evaluate::machine::Machine;
use crate::evaluate::marking::{Marked, Marking, codes};
use crate::evaluate::reason::Outcome;
use crate::evaluate::truth::Truth;
use crate::evaluate::values::RowValue;
use crate::evaluate::withheld::Withheld;
use crate::expression::{FieldId, Type};
use crate::plan::{DatasetDemand, DatasetRule, Plan, StepId};
use crate::rule_pack::EditRule;
use crate::source::SourceId;

/// Most cells that a stub marks: the key, and what it is compared by.
const MOST_LABELS: usize = 4;

/// What one batch gives, for each rule over many records of the plan.
#[derive(Debug)]
pub struct Gathered {
    pub(super) source: SourceId,
    /// How many records.
    pub(super) records: u64,
    /// Units of linked files, by table and row, of which there is a record here.
    pub(super) answered: Vec<(u16, Vec<u32>)>,
    pub(super) sheet: Option<Arc<str>>,
    /// Parallel to the plan's rules over many records.
    pub(super) rules: Vec<Entrants>,
}

/// What one batch gives to one rule.
#[derive(Debug, Default)]
pub(super) struct Entrants {
    /// Outcomes of the records that do not take part, or whose outcome is known already.
    pub(super) settled: RuleCounts,
    /// Records without a key that would be counted with one, whatever it is.
    pub(super) loose: u64,
    /// Where each that takes part begins in `bytes`: its key, then its stub.
    pub(super) starts: Box<[u32]>,
    pub(super) bytes: Box<[u8]>,
}

impl Gathered {
    /// What a record gives on which our own code failed: every rule is skipped on it.
    pub fn lost(plan: &Plan) -> Self {
        let skipped = || Entrants {
            settled: RuleCounts { skipped: 1, ..RuleCounts::default() },
            ..Entrants::default()
        };
        let rules = plan.dataset.iter().map(|_| skipped()).collect();
        Self { source: SourceId(0), records: 1, answered: Vec::new(), sheet: None, rules }
    }

    /// The outcome of the only record of a batch under rule number `rule`, if it does not depend on others. `None`: it
    /// does.
    pub fn settled(&self, rule: usize) -> Option<Outcome> {
        let counts = &self.rules.get(rule)?.settled;
        let outcomes = [
            (counts.pass, Outcome::Pass),
            (counts.not_applicable, Outcome::NotApplicable),
            (counts.undecided, Outcome::Undecided),
            (counts.skipped, Outcome::Skipped),
            (counts.not_run, Outcome::NotRun),
        ];
        outcomes.into_iter().find(|(count, _)| *count > 0).map(|(_, outcome)| outcome)
    }
}

/// What the records of `batch`, which is judged, give to the rules over many records; `several_files`: whether the
/// run has other files.
pub fn gather(plan: &Plan, batch: &Batch, wants: Wants, several_files: bool) -> Gathered {
    let arguments = Arguments {
        machine: Machine::new(plan, batch),
        locator: Locator::new(batch, &plan.pack),
        withheld: Withheld::of(&plan.pack, wants.keys),
    };
    let (marking, places) = (Marking::new(plan, wants.marks), vec![None; batch.len()]);
    let mut gathering = Gathering { plan, batch, wants, several_files, arguments, marking, places };
    Gathered {
        source: batch.chunk.source.unwrap_or(SourceId(0)),
        records: u64::try_from(batch.len()).unwrap_or(u64::MAX),
        answered: covers::answered(plan, batch),
        sheet: batch.chunk.grid.as_ref().map(|grid| Arc::clone(&grid.sheet)),
        rules: plan.dataset.iter().map(|rule| gathering.entrants(rule)).collect(),
    }
}

struct Gathering<'p, 'b> {
    plan: &'p Plan,
    batch: &'b Batch,
    wants: Wants,
    several_files: bool,
    arguments: Arguments<'p, 'b>,
    /// `None`: nobody asks for marks.
    marking: Option<Marking>,
    places: Vec<Option<Arc<RecordPlace>>>,
}

impl Gathering<'_, '_> {
    fn entrants(&mut self, planned: &DatasetRule) -> Entrants {
        let mut settled = RuleCounts::default();
        let Some(rule) = self.plan.pack.rules.get(planned.index) else { return Entrants::default() };
        match &planned.demand {
            DatasetDemand::Covers { .. } => return Entrants::default(),
            demand if demand.is_of_the_whole() => return self.counted(planned),
            _ => {}
        }
        let (mut taking_part, _) = self.applies(planned, &mut settled);
        if let (DatasetDemand::Latest { by }, false) = (&planned.demand, self.several_files) {
            self.alone(*by, &taking_part, &mut settled);
            return Entrants { settled, ..Entrants::default() };
        }
        let of = match &planned.demand {
            DatasetDemand::AtMost { of: Some(of), .. } => Some(self.arguments.machine.truth(*of)),
            _ => None,
        };
        if let Some(of) = &of {
            settled.not_applicable += taking_part.and(&of.no).count();
            taking_part.remove(&of.no);
        }
        let mut kept = Kept::default();
        for row in taking_part.rows() {
            let Some(key) = key(&self.arguments.machine, &planned.key, row) else { continue };
            let labels = self.labels(rule, row);
            let place = self.place(row);
            let arguments = self.told(rule, planned, row);
            let marks = self.marks(rule, planned, row, place.key.as_deref());
            let mark = |(field, label)| LabelStub::of(&self.plan.pack, field, label, &place);
            let counts = of.as_ref().is_none_or(|of| of.yes.get(row));
            let mut stub = Stub {
                place: PlaceStub::of(&place, &key),
                labels: labels.iter().map(|(field, label)| (*field, label)).map(mark).collect(),
                arguments: arguments.iter().map(|argument| Told::of(argument, &key)).collect(),
                marks: marks.as_ref().map(Marks::of),
                ..Stub::untold(0, Some(true), counts.then_some(true))
            };
            match &planned.demand {
                DatasetDemand::Unique { distinct } => {
                    let value = |field| key_part(&self.arguments.machine, field, row);
                    stub.distinct = distinct.and_then(value).map(Cow::Owned);
                }
                DatasetDemand::Determines { fields } => {
                    stub.distinct = self::key(&self.arguments.machine, fields, row).map(Cow::Owned);
                }
                DatasetDemand::Latest { by } => self.dated(*by, row, &mut stub, &mut settled),
                _ => {}
            }
            kept.add(&key, &stub, &mut settled);
        }
        kept.entrants(settled, 0)
    }

    /// What a rule about the records as a whole keeps of each: no finding will be about it.
    fn counted(&mut self, planned: &DatasetRule) -> Entrants {
        let mut settled = RuleCounts::default();
        let (keyed, asked) = self.applies(planned, &mut settled);
        let (of, among) = match &planned.demand {
            DatasetDemand::Count { of, .. } => (*of, None),
            DatasetDemand::Share { of, among, .. } => (Some(*of), *among),
            _ => (None, None),
        };
        let len = self.batch.len();
        let mut truth = |step: Option<StepId>| match step {
            Some(step) => self.arguments.machine.truth(step),
            None => Rc::new(Truth::fixed(Some(true), len)),
        };
        let (of, among) = (truth(of), truth(among));
        // What is not among those of which a part is counted, or is no part of a number, has nothing to do with it.
        let outside = if matches!(planned.demand, DatasetDemand::Count { .. }) { &of.no } else { &among.no };
        let loose = asked.minus(&keyed);
        let unconcerned = loose.and(outside).count();
        settled.undecided -= unconcerned.min(settled.undecided);
        settled.not_applicable += unconcerned + keyed.and(outside).count();
        let mut kept = Kept::default();
        let said = |truth: &Truth, row| {
            truth.yes.get(row).then_some(true).or_else(|| truth.no.get(row).then_some(false))
        };
        for row in keyed.minus(outside).rows() {
            let machine = &self.arguments.machine;
            let key = match planned.demand {
                DatasetDemand::Complete => parts(machine, &planned.key, row),
                _ => key(machine, &planned.key, row),
            };
            let number = self.batch.chunk.records.get(row).map_or(0, |record| record.number);
            let stub = Stub::untold(number, said(&among, row), said(&of, row));
            kept.add(&key.unwrap_or_default(), &stub, &mut settled);
        }
        kept.entrants(settled, loose.count() - unconcerned)
    }

    /// The records that take part; the outcomes of the others are counted.
    ///
    /// Also those that would take part if their key were known.
    fn applies(&mut self, rule: &DatasetRule, settled: &mut RuleCounts) -> (Mask, Mask) {
        let machine = &mut self.arguments.machine;
        let mut left = self.batch.unreadable.complement();
        settled.skipped = self.batch.unreadable.count();
        let unlinked = unlinked(machine, &rule.guards);
        let not_run =
            if rule.runnable { lacking(machine, &rule.reads, &unlinked).and(&left) } else { left.clone() };
        left.remove(&not_run);
        settled.not_run = not_run.count();
        let unlinked = unlinked.and(&left);
        left.remove(&unlinked);
        settled.not_applicable = unlinked.count();
        let invalid = machine.any_invalid(&rule.reads).and(&left);
        left.remove(&invalid);
        settled.skipped += invalid.count();
        let mut asked = left.clone();
        let mut closed = Mask::none(machine.len);
        for &step in &rule.when {
            let truth: Rc<Truth> = machine.truth(step);
            asked.keep(&truth.yes);
            closed.join(&truth.no.and(&left));
        }
        settled.not_applicable += closed.count();
        left.remove(&closed);
        // A condition that is not known where nobody had to answer asks nothing of the record.
        let unknown = left.minus(&asked);
        let open = machine.any_open(&rule.reads).and(&unknown);
        settled.undecided = open.count();
        settled.not_applicable += unknown.minus(&open).count();
        let mut keyed = asked.clone();
        let distinct = match &rule.demand {
            DatasetDemand::Unique { distinct } => *distinct,
            // A combination of which a part is not known is one all the same.
            DatasetDemand::Complete => return (keyed, asked),
            _ => None,
        };
        for &field in rule.key.iter().chain(&distinct) {
            keyed.keep(&machine.state(field, |column| &column.known));
        }
        settled.undecided += asked.minus(&keyed).count();
        (keyed, asked)
    }

    /// Of a submission that cannot be superseded, because there is no other file, nothing need be kept.
    fn alone(&self, by: FieldId, taking_part: &Mask, settled: &mut RuleCounts) {
        let machine = &self.arguments.machine;
        let not_run = machine.absent(by).and(taking_part);
        let skipped = machine.state(by, |column| &column.invalid).and(taking_part).minus(&not_run);
        settled.not_run += not_run.count();
        settled.skipped += skipped.count();
        settled.pass += taking_part.minus(&not_run).minus(&skipped).count();
    }

    fn dated(&self, by: FieldId, row: usize, stub: &mut Stub<'_>, settled: &mut RuleCounts) {
        let machine = &self.arguments.machine;
        if let Some(RowValue::Number(time)) = machine.one(by, row) {
            stub.time = Some(time);
        } else if machine.absent(by).get(row) {
            stub.settled = true;
            settled.not_run += 1;
        } else if machine.column(by).is_some_and(|column| column.invalid.get(row)) {
            stub.settled = true;
            settled.skipped += 1;
        }
        let fields = &self.plan.pack.questionnaire.fields;
        stub.answers = fields.iter().map(|field| self.answer(field.id, row)).collect();
    }

    fn answer(&self, field: FieldId, row: usize) -> Answer<'static> {
        let Some(column) = self.arguments.machine.column(field).filter(|column| !column.absent) else {
            return Answer::Absent;
        };
        let mark = column.marks.as_ref().and_then(|marks| marks.get(row)).copied().unwrap_or(0);
        if column.blank.get(row) {
            return Answer::Blank;
        }
        if column.na.get(row) || column.dk.get(row) {
            return Answer::Mark(mark);
        }
        let locator = &self.arguments.locator;
        let chosen = || self.chosen(column, field, row);
        match locator.canonical(row, field).or_else(chosen).filter(|_| column.known.get(row)) {
            Some(value) => Answer::Value(Cow::Owned(value)),
            None => Answer::Unreadable(Cow::Owned(
                locator.written(row, field).print(crate::diagnostic::Language::En),
            )),
        }
    }

    /// The codes of a multiple answer. `None`: it is none.
    fn chosen(&self, column: &Column, field: FieldId, row: usize) -> Option<String> {
        let Data::Multi { set, .. } = &column.data else { return None };
        let Type::Multi(list) = &self.plan.pack.field(field)?.ty else { return None };
        Some(codes(list, *set.get(row)?))
    }

    fn place(&mut self, row: usize) -> Arc<RecordPlace> {
        let locator = &self.arguments.locator;
        match self.places.get_mut(row) {
            Some(place) => Arc::clone(place.get_or_insert_with(|| locator.place(row))),
            None => locator.place(row),
        }
    }

    fn labels(&self, rule: &EditRule, row: usize) -> Vec<(FieldId, Label)> {
        let mark = |&field: &FieldId| {
            let text = self.arguments.beside(field, row, self.wants.values);
            Some((field, self.arguments.locator.label(row, field, text)?))
        };
        rule.blame.iter().filter_map(mark).take(MOST_LABELS).collect()
    }

    /// By what an acceptance of the finding would be held to the record's own answers.
    fn marks(
        &self,
        rule: &EditRule,
        planned: &DatasetRule,
        row: usize,
        key: Option<&str>,
    ) -> Option<Answers> {
        let marking = self.marking.as_ref().filter(|_| rule.notice.severity <= Severity::Warning)?;
        let compared = planned.demand.compared();
        let read = rule.reads.iter().chain(&planned.key).copied().chain(compared).collect();
        let of = Marked { rule: &rule.notice.full_id(), revision: rule.revision, key };
        marking.columns(&self.arguments.machine, of, &read, row)
    }

    fn told(&mut self, rule: &EditRule, planned: &DatasetRule, row: usize) -> Vec<Argument> {
        if !self.wants.values {
            return Vec::new();
        }
        let setting = Setting { lets: &rule.lets, steps: &planned.lets, blame: &rule.blame };
        self.arguments.all(&rule.placeholders, &setting, row)
    }
}

/// What is kept of the records of one batch that take part.
#[derive(Default)]
struct Kept {
    starts: Vec<u32>,
    bytes: Vec<u8>,
}

impl Kept {
    fn add(&mut self, key: &[u8], stub: &Stub<'_>, settled: &mut RuleCounts) {
        // Writing into memory does not fail, and one batch does not come to 4 GiB; a record that could not be kept
        // all the same would be left open, and nothing else lost.
        let (Ok(mut entry), Ok(at)) = (postcard::to_allocvec(&(key, stub)), u32::try_from(self.bytes.len()))
        else {
            settled.undecided += u64::from(!stub.settled);
            return;
        };
        self.bytes.append(&mut entry);
        self.starts.push(at);
    }

    fn entrants(self, settled: RuleCounts, loose: u64) -> Entrants {
        let (starts, bytes) = (self.starts.into_boxed_slice(), self.bytes.into_boxed_slice());
        Entrants { settled, loose, starts, bytes }
    }
}

/// The values of `fields`, each for itself, of which some may be missing.
fn parts(machine: &Machine<'_, '_>, fields: &[FieldId], row: usize) -> Option<Vec<u8>> {
    let parts: Vec<Option<Vec<u8>>> = fields.iter().map(|field| key_part(machine, *field, row)).collect();
    postcard::to_allocvec(&parts).ok()
}

/// The values of `fields` as one key: equal keys, equal values. `None`: one has no value.
fn key(machine: &Machine<'_, '_>, fields: &[FieldId], row: usize) -> Option<Vec<u8>> {
    if let [only] = fields {
        return key_part(machine, *only, row);
    }
    let parts: Vec<Vec<u8>> =
        fields.iter().map(|field| key_part(machine, *field, row)).collect::<Option<_>>()?;
    postcard::to_allocvec(&parts).ok()
}

/// The value of one field as a key. `None`: it has none.
fn key_part(machine: &Machine<'_, '_>, field: FieldId, row: usize) -> Option<Vec<u8>> {
    Some(match machine.one(field, row)? {
        RowValue::Text(text) => text.as_bytes().to_vec(),
        RowValue::Number(number) => number.to_be_bytes().to_vec(),
        RowValue::Option(option) => vec![option],
        RowValue::Set((set, _)) => set.to_be_bytes().to_vec(),
    })
}
