//! Random small surveys: bases, rows and ranges beside what trying everything gives.
//!
//! The twin here shares nothing with the tables but the arithmetic of fractions: it reads routings as data, fills the
//! cells that are open one way after the other, and counts what comes out.
//!
//! Invariants
//! - Surveys are so small that every way of filling them can be tried; seeds are fixed.

mod form;
mod impact;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::*;
use crate::batch::example::batch_of;
use crate::diagnostic::Severity;
use crate::evaluate::judge;
use crate::expression::{FieldId, Value};
use crate::plan::{Plan, Selection};
use crate::rule_pack::{ExampleRecord, ExampleValue, RulePack};
use form::{Cell, Form, NAMES, Random, pack};

/// One record: its unit in the frame, its own band, its answers.
struct Record {
    unit: Option<u8>,
    band: Option<u8>,
    cells: Vec<Cell>,
    /// Whether the office has set aside whatever is wrong with it: it is accepted as it is.
    set_aside: bool,
}

impl Record {
    fn draw(form: &Form, random: &mut Random) -> Self {
        let mut cells: Vec<Cell> = Vec::new();
        for question in 0..form.options.len() {
            let option = u8::try_from(random.below(usize::from(form.options[question]))).unwrap();
            cells.push(Cell::Blank);
            let asked = form.asked_of(question, &cells);
            cells[question] = match random.below(12) {
                0 => Cell::Blank,
                1 if random.below(2) == 0 => Cell::NotApplicable,
                2 if random.below(2) == 0 => Cell::DontKnow,
                3 if random.below(2) == 0 => Cell::Invalid,
                4 => Cell::Value(option),
                _ if asked => Cell::Value(option),
                _ => Cell::Blank,
            };
        }
        let band =
            |random: &mut Random| (random.below(4) > 0).then(|| u8::try_from(random.below(2)).unwrap());
        Self { unit: band(random), band: band(random), cells, set_aside: random.below(8) == 0 }
    }

    fn column(&self) -> Option<u8> {
        self.unit.or(self.band)
    }

    fn example(&self, pack: &RulePack) -> ExampleRecord {
        let mut record = ExampleRecord::default();
        let mut put = |id: FieldId, value| record.values.insert(id, value);
        for (number, cell) in self.cells.iter().enumerate() {
            let id = pack.named(&format!("q{number}")).unwrap();
            put(
                id,
                match cell {
                    Cell::Value(option) => ExampleValue::Value(Value::Option(*option)),
                    Cell::Blank => ExampleValue::Blank,
                    Cell::NotApplicable => ExampleValue::NotApplicable,
                    Cell::DontKnow => ExampleValue::DontKnow,
                    Cell::Invalid => ExampleValue::Invalid,
                },
            );
        }
        if let Some(band) = self.band {
            put(pack.named("band").unwrap(), ExampleValue::Value(Value::Option(band)));
        }
        if let Some(unit) = self.unit {
            put(pack.names.links["frame"].fields["unit"].id, ExampleValue::Value(Value::Option(unit)));
        }
        record
    }

    /// Every set of answers that the record can come in with; `settled`: what it left blank where it was asked stays so, and
    /// what cannot be read.
    fn ways(&self, form: &Form, free: &BTreeSet<usize>, settled: bool) -> Vec<Vec<Cell>> {
        let mut ways = vec![Vec::new()];
        for (question, cell) in self.cells.iter().enumerate() {
            let mut next: Vec<Vec<Cell>> = Vec::new();
            for way in ways {
                let mut padded = way.clone();
                padded.resize(self.cells.len(), Cell::Blank);
                let asked = form.asked_of(question, &padded);
                let stays = settled && form.asked_of(question, &self.cells);
                let is_free = free.contains(&question)
                    || *cell == Cell::Invalid && !settled
                    || *cell == Cell::Blank && form.required[question] && !stays;
                let one = |cell| [way.clone(), vec![cell]].concat();
                match (is_free, asked) {
                    (true, true) => {
                        next.extend((0..form.options[question]).map(|option| one(Cell::Value(option))));
                    }
                    (true, false) => next.push(one(Cell::Blank)),
                    (false, _) => next.push(one(*cell)),
                }
            }
            ways = next;
        }
        ways
    }
}

/// Where an accepted record stands in the table of a question: outside its base, or in a row by name.
fn stand(form: &Form, question: usize, cells: &[Cell], rows: &[&str]) -> Option<String> {
    form.asked_of(question, cells).then(|| match cells[question] {
        Cell::Value(option) => {
            let name = NAMES[usize::from(option)];
            if rows.contains(&name) { name.to_owned() } else { "other".to_owned() }
        }
        Cell::Blank => "no-answer".to_owned(),
        Cell::NotApplicable => "not-applicable".to_owned(),
        Cell::DontKnow | Cell::Invalid => "unusable".to_owned(),
    })
}

/// What came of one survey: per record its column, and the places where it can stand; accepted records have one.
type Stands = Vec<(Option<u8>, bool, BTreeSet<Option<String>>)>;

/// Every way in which the held records can stand out or come in.
fn worlds(stands: &Stands) -> Vec<Vec<(Option<u8>, Option<String>)>> {
    let mut worlds = vec![Vec::new()];
    for (column, accepted, places) in stands {
        let mut next = if *accepted { Vec::new() } else { worlds.clone() };
        for place in places {
            next.extend(worlds.iter().map(|world| [world.clone(), vec![(*column, place.clone())]].concat()));
        }
        worlds = next;
    }
    worlds
}

/// Count, base, accepted of a row in the columns that `of` takes.
fn tally(world: &[(Option<u8>, Option<String>)], row: &str, of: impl Fn(Option<u8>) -> bool) -> [u64; 3] {
    let mut tally = [0; 3];
    for (_, place) in world.iter().filter(|(column, _)| of(*column)) {
        tally[0] += u64::from(place.as_deref() == Some(row));
        tally[1] += u64::from(place.is_some());
        tally[2] += 1;
    }
    tally
}

fn ends<T: Ord + Clone>(values: impl Iterator<Item = Option<T>>) -> (Option<T>, Option<T>) {
    let values: Vec<T> = values.flatten().collect();
    (values.iter().min().cloned(), values.iter().max().cloned())
}

fn agrees<T: Ord + Clone + std::fmt::Debug>(
    figure: &Moving<T>,
    worlds: &[Vec<(Option<u8>, Option<String>)>],
    what: &str,
    of: impl Fn(&[(Option<u8>, Option<String>)]) -> Option<T>,
) {
    assert_eq!(
        (figure.low.clone(), figure.high.clone()),
        ends(worlds.iter().map(|world| of(world))),
        "{what}"
    );
}

fn check(table: &TableFigures, stands: &Stands, frame: [u64; 2], context: &str) {
    let worlds = worlds(stands);
    let now: Vec<_> = stands
        .iter()
        .filter(|(_, accepted, _)| *accepted)
        .map(|(column, _, places)| (*column, places.iter().next().unwrap().clone()))
        .collect();
    for (place, column) in table.columns.iter().enumerate() {
        let of = |own: Option<u8>| match column.kind {
            ColumnKind::All => true,
            ColumnKind::Unclassified => own.is_none(),
            ColumnKind::Band => own == Some(u8::try_from(place).unwrap()),
        };
        let mut rows = 0;
        for row in &table.rows {
            let what = format!("{} {} {}\n{context}", table.name, row.name, column.name);
            let cell = &row.cells[place];
            let [count, base, _] = tally(&now, &row.name, of);
            assert_eq!((cell.count.now, cell.base.now), (Some(count), Some(base)), "{what}");
            rows += count;
            agrees(&cell.count, &worlds, &what, |world| Some(tally(world, &row.name, of)[0]));
            agrees(&cell.base, &worlds, &what, |world| Some(tally(world, &row.name, of)[1]));
            agrees(&cell.share, &worlds, &what, |world| {
                let [count, base, _] = tally(world, &row.name, of);
                ratio(count, base)
            });
        }
        assert_eq!(Some(rows), column.base.now, "rows of {} add to its base\n{context}", table.name);
    }
    // Who is accepted is in the base, outside it, or undetermined, and all three are printed.
    let total = |name: &str| {
        let row = table.rows.iter().find(|row| *row.name == *name);
        row.and_then(|row| row.cells.last()?.count.now).unwrap_or(0)
    };
    let notes = &table.notes;
    let outside = notes.not_applicable.unwrap() - total("not-applicable") + notes.undetermined.unwrap();
    let base = table.columns.last().unwrap().base.now.unwrap();
    assert_eq!(base + outside, u64::try_from(now.len()).unwrap(), "{context}");
    assert_eq!((notes.no_answer, notes.unusable), (Some(total("no-answer")), Some(total("unusable"))));
    for row in &table.rows {
        let what = format!("averages of {} {}\n{context}", table.name, row.name);
        let by_band = |world: &[(Option<u8>, Option<String>)]| {
            [0, 1].map(|band| tally(world, &row.name, |own| own == Some(band)))
        };
        agrees(&row.averages.pooled, &worlds, &what, |world| {
            let [count, base, _] = tally(world, &row.name, |_| true);
            ratio(count, base)
        });
        let mean = |world: &[(Option<u8>, Option<String>)]| {
            let shares: Vec<Ratio> =
                by_band(world).iter().filter_map(|[count, base, _]| ratio(*count, *base)).collect();
            let number = u64::try_from(shares.len()).unwrap();
            (number > 0).then(|| shares.into_iter().sum::<Ratio>() / whole(number))
        };
        assert_eq!(row.averages.bands.now, mean(&now), "{what}");
        agrees(&row.averages.bands, &worlds, &what, mean);
        let weighted = |world: &[(Option<u8>, Option<String>)]| {
            let (mut above, mut below) = (whole(0), whole(0));
            for ([count, base, accepted], units) in by_band(world).into_iter().zip(frame) {
                if accepted > 0 {
                    above += whole(units * count) / whole(accepted);
                    below += whole(units * base) / whole(accepted);
                }
            }
            (below > whole(0)).then(|| above / below)
        };
        assert_eq!(row.averages.frame.now, weighted(&now), "{what}");
        agrees(&row.averages.frame, &worlds, &what, weighted);
    }
}

/// What came of judging a record.
struct Judgement {
    settled: Settled,
    /// The questions that its failed hard edits read.
    hard: BTreeSet<usize>,
    /// Those that its failed soft edits read.
    soft: BTreeSet<usize>,
}

fn settle(plan: &Plan, batch: &mut crate::batch::Batch, records: &[Record]) -> Vec<Judgement> {
    let outcomes = judge(plan, batch);
    let settle = |(row, record): (usize, &Record)| {
        let mut settled = Settled::accepted();
        let (mut hard, mut soft) = (BTreeSet::new(), BTreeSet::new());
        for (place, _) in outcomes.rules.iter().enumerate().filter(|(_, one)| one.fail.get(row)) {
            let rule = plan.rule(place).unwrap();
            let mut severity = plan.severities[place];
            let set_aside = record.set_aside && severity == Severity::Error;
            if set_aside {
                severity = Severity::Info;
            }
            let decision = set_aside.then(|| "1".into());
            settled.failures.push(Failure { id: rule.notice.full_id().into(), severity, decision });
            let reads = rule.reads.iter().filter_map(|id| usize::from(id.index).checked_sub(2));
            match severity {
                Severity::Error => {
                    settled.acceptance = Acceptance::Held;
                    hard.extend(reads);
                }
                Severity::Warning => soft.extend(reads),
                _ => {}
            }
        }
        if record.cells.contains(&Cell::Invalid) && !record.set_aside {
            settled.acceptance = Acceptance::Held;
        }
        Judgement { settled, hard, soft }
    };
    records.iter().enumerate().map(settle).collect()
}

/// A random survey, its records judged and counted.
struct Survey {
    form: Form,
    plan: Plan,
    programme: Programme,
    records: Vec<Record>,
    batch: crate::batch::Batch,
    judged: Vec<Judgement>,
    /// Units asked, by band.
    frame: [u64; 2],
    counts: Counts,
}

impl Survey {
    /// With at most so many records, and so many of them held.
    fn draw(random: &mut Random, most: usize, most_held: usize) -> Self {
        let form = Form::draw(random);
        let pack = pack(&form, random);
        let plan = Plan::new(Arc::clone(&pack), &Selection::default()).0.unwrap();
        let (programme, found) = Programme::new(&plan, &[], BaseConvention::Asked);
        assert!(found.is_empty());
        let mut records: Vec<Record> = Vec::new();
        let mut held = 0;
        for _ in 0..40 {
            let record = Record::draw(&form, random);
            let mut batch = batch_of(&pack, &[record.example(&pack)]);
            let judged = settle(&plan, &mut batch, std::slice::from_ref(&record));
            let is_held = judged[0].settled.acceptance == Acceptance::Held;
            if records.len() < most && (!is_held || held < most_held) {
                held += usize::from(is_held);
                records.push(record);
            }
        }
        let examples: Vec<ExampleRecord> = records.iter().map(|record| record.example(&pack)).collect();
        let mut batch = batch_of(&pack, &examples);
        let judged = settle(&plan, &mut batch, &records);
        let settled: Vec<Settled> = judged.iter().map(|one| one.settled.clone()).collect();
        let mut counts = Counts::new(&programme);
        // In two parts, to see that parts add up.
        let mut other = Counts::new(&programme);
        other.add(&programme, &plan, &batch, &settled);
        counts.merge(other);
        let mut frame = [0; 2];
        let link = &pack.names.links["frame"].fields;
        let units: Vec<ExampleRecord> = (0..6)
            .map(|_| {
                let (unit, open) = (random.below(2), random.below(2));
                frame[unit] += u64::from(open == 0);
                let option = |number| ExampleValue::Value(Value::Option(u8::try_from(number).unwrap()));
                let values =
                    BTreeMap::from([(link["unit"].id, option(unit)), (link["open"].id, option(open))]);
                ExampleRecord { values, ..ExampleRecord::default() }
            })
            .collect();
        counts.add_frame(&programme, &plan, &batch_of(&pack, &units));
        Self { form, plan, programme, records, batch, judged, frame, counts }
    }
}

#[test]
fn every_base_is_the_routing_rows_add_to_it_and_every_range_is_what_trying_everything_gives() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let (mut moved, mut undetermined) = (0, 0);
    for _ in 0..120 {
        let survey = Survey::draw(&mut random, 9, 3);
        let Survey { form, records, judged, .. } = &survey;
        let figures = figures(&survey.programme, &survey.counts);
        for question in 0..form.options.len() {
            let table = figures.tables.iter().find(|table| *table.name == *format!("T{question}")).unwrap();
            let names: Vec<&str> = table
                .rows
                .iter()
                .filter(|row| row.kind == RowKind::Answer(AnswerRow::Option))
                .map(|row| &*row.name)
                .collect();
            let stands: Stands = records
                .iter()
                .zip(judged)
                .map(|(record, one)| {
                    let accepted = one.settled.acceptance == Acceptance::Accepted;
                    let ways = if accepted {
                        vec![record.cells.clone()]
                    } else {
                        record.ways(form, &one.hard, false)
                    };
                    let places = ways.iter().map(|cells| stand(form, question, cells, &names)).collect();
                    (record.column(), accepted, places)
                })
                .collect();
            let cells: Vec<(&Vec<Cell>, &BTreeSet<usize>)> =
                records.iter().zip(judged).map(|(record, one)| (&record.cells, &one.hard)).collect();
            check(table, &stands, survey.frame, &format!("{}\n{cells:?}", form.schema()));
            undetermined += table.notes.undetermined.unwrap();
            moved +=
                table.rows.iter().filter(|row| row.averages.frame.low != row.averages.frame.high).count();
        }
    }
    assert!(moved > 200, "the ranges of {moved} averages move");
    assert!(undetermined > 0, "some routings are not known");
}
