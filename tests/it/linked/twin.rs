//! The twin: every rule over records and links again, by comparing every record with every other and trying every answer
//! that could have been given where none was.
//!
//! Invariants
//! - Shares nothing with the program but the ids of rules and the names of outcomes.
//! - What is left open is open because two ways of answering give two verdicts, never by a rule of thumb.

use std::collections::{BTreeMap, BTreeSet};

use super::random::Cell::{self, Invalid, Missing, Value};
use super::random::{Record, Survey, Unit};

/// Rule and outcome → how many; rule → findings; the failing records.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Verdicts {
    pub counts: BTreeMap<(String, &'static str), u64>,
    pub findings: BTreeMap<String, u64>,
    pub failing: BTreeSet<(String, String, u64)>,
}

impl Verdicts {
    fn count(&mut self, rule: &str, outcome: &'static str) {
        *self.counts.entry((rule.to_owned(), outcome)).or_default() += 1;
    }

    fn say(&mut self, rule: &str, record: &Record, outcome: &'static str) {
        self.count(rule, outcome);
        if outcome == "fail" {
            *self.findings.entry(rule.to_owned()).or_default() += 1;
            self.failing.insert((rule.to_owned(), format!("{}.csv", record.file), record.number));
        }
    }

    /// The verdict on something as a whole: a failure is one finding.
    fn whole(&mut self, rule: &str, verdict: &'static str) {
        if verdict == "fail" {
            *self.findings.entry(rule.to_owned()).or_default() += 1;
        }
    }
}

/// Equality of two cells, of which the first had to be answered.
fn equal(ours: Cell, theirs: Cell) -> &'static str {
    match (ours, theirs) {
        (Invalid, _) | (_, Invalid) => "skipped",
        (Value(one), Value(other)) if one == other => "pass",
        (Value(_), Value(_)) => "fail",
        (Missing, _) => "undecided",
        (_, Missing) => "not_applicable",
    }
}

/// The one verdict of all, or that it is open.
fn only(verdicts: &BTreeSet<&'static str>) -> &'static str {
    match verdicts.len() {
        1 => verdicts.first().unwrap(),
        _ => "undecided",
    }
}

/// Every way in which the missing cells of `records` could have been answered.
fn completions(
    records: &[(Cell, Cell)],
    values: [[&'static str; 2]; 2],
) -> Vec<Vec<(&'static str, &'static str)>> {
    let mut all: Vec<Vec<(&'static str, &'static str)>> = vec![Vec::new()];
    for (one, other) in records {
        let mut longer = Vec::new();
        for made in &all {
            for one in one.could(values[0]) {
                for other in other.could(values[1]) {
                    longer.push(made.iter().copied().chain([(one, other)]).collect());
                }
            }
        }
        all = longer;
    }
    all
}

const YES: [[&str; 2]; 2] = [["one", "two"], ["b1", "b2"]];

pub fn twin(survey: &Survey) -> Verdicts {
    let mut said = Verdicts::default();
    let Survey { records, frame, .. } = survey;
    let has_prev = survey.links.len() > 1;
    let readable: Vec<Record> = records.iter().copied().filter(|record| record.id != Missing).collect();
    for record in records {
        if record.id == Missing {
            for rule in [
                "BEDS",
                "BAND",
                "PREV",
                "THERE",
                "ELSEWHERE",
                "LOOK",
                "FEW",
                "FIX",
                "SHARE",
                "COUNT",
                "WHOLE",
            ] {
                said.count(rule, "skipped");
            }
            continue;
        }
        let units: Vec<&Unit> =
            frame.iter().filter(|unit| record.id.known().is_some() && unit.id == record.id).collect();
        let unit = if let [only] = units.as_slice() { Some(**only) } else { None };
        said.say("BEDS", record, unit.map_or("not_run", |unit| equal(record.beds, unit.beds)));
        said.say("BAND", record, unit.map_or("not_run", |unit| equal(record.band, unit.band)));
        let before: Vec<&(Cell, Cell)> =
            survey.prev.iter().filter(|(id, _)| record.id.known().is_some() && *id == record.id).collect();
        let outcome = match before.as_slice() {
            // What was asked last year, and not answered, is open as well.
            [(_, Missing)] if has_prev && record.kind != Invalid => "undecided",
            [(_, kind)] if has_prev => equal(record.kind, *kind),
            _ => "not_applicable",
        };
        said.say("PREV", record, outcome);
        let outcome = match record.id {
            Value(_) if frame.iter().any(|unit| unit.id == record.id) => "pass",
            Value(_) => "fail",
            _ => "skipped",
        };
        said.say("THERE", record, outcome);
        let among = |values: &[Cell]| match record.beds {
            Invalid => "skipped",
            Missing => "undecided",
            value if values.contains(&value) => "pass",
            Value(_) => "fail",
        };
        // A unit without id cannot be read, and has no beds.
        let beds: Vec<Cell> = frame.iter().filter(|unit| unit.id != Missing).map(|unit| unit.beds).collect();
        said.say("ELSEWHERE", record, among(&beds));
        said.say("LOOK", record, among(&[Value("2"), Value("1")]));
        of_a_group(&mut said, record, &readable);
    }
    as_a_whole(&mut said, &readable);
    units(&mut said, survey);
    said
}

/// `at-most` and `determines`.
fn of_a_group(said: &mut Verdicts, record: &Record, readable: &[Record]) {
    let alike: Vec<&Record> =
        readable.iter().filter(|other| other.beds == record.beds && other.kind != Invalid).collect();
    let outcome = match (record.beds, record.kind) {
        (Invalid, _) | (_, Invalid) => "skipped",
        // It is of no consequence which beds it has, if it does not count.
        (Missing, _) => "undecided",
        (_, Value("two")) => "not_applicable",
        (_, Missing) => "undecided",
        _ => {
            let ones = alike.iter().filter(|other| other.kind == Value("one")).count();
            let perhaps = alike.iter().filter(|other| other.kind == Missing).count();
            match (ones > 2, ones + perhaps > 2) {
                (true, _) => "fail",
                (false, true) => "undecided",
                (false, false) => "pass",
            }
        }
    };
    said.say("FEW", record, outcome);
    let alike: Vec<&Record> =
        readable.iter().filter(|other| other.beds == record.beds && other.band != Invalid).collect();
    let bands: BTreeSet<Cell> =
        alike.iter().map(|other| other.band).filter(|band| *band != Missing).collect();
    let outcome = match (record.beds, record.band) {
        (Invalid, _) | (_, Invalid) => "skipped",
        (Missing, _) => "undecided",
        _ if alike.len() == 1 => "pass",
        (_, Missing) => "undecided",
        _ if bands.len() > 1 => "fail",
        _ if alike.iter().any(|other| other.band == Missing) => "undecided",
        _ => "pass",
    };
    said.say("FIX", record, outcome);
}

/// `share`, `count` and `complete`, by trying every answer.
fn as_a_whole(said: &mut Verdicts, readable: &[Record]) {
    let usable: Vec<&Record> =
        readable.iter().filter(|record| record.kind != Invalid && record.band != Invalid).collect();
    for _ in 0..readable.len() - usable.len() {
        for rule in ["SHARE", "COUNT", "WHOLE"] {
            said.count(rule, "skipped");
        }
    }
    let cells: Vec<(Cell, Cell)> = usable.iter().map(|record| (record.kind, record.band)).collect();
    let all = completions(&cells, YES);
    let share = |made: &Vec<(&str, &str)>| {
        let base = made.iter().filter(|(_, band)| *band == "b1").count();
        let ones = made.iter().filter(|(kind, band)| *band == "b1" && *kind == "one").count();
        match base {
            0 | 1 => "not_applicable",
            _ if 2 * ones <= base => "pass",
            _ => "fail",
        }
    };
    let verdict = only(&all.iter().map(share).collect());
    said.whole("SHARE", verdict);
    for (kind, band) in &cells {
        said.count(
            "SHARE",
            match (kind, band) {
                (_, Value("b2")) => "not_applicable",
                (Missing, _) | (_, Missing) => "undecided",
                _ => verdict,
            },
        );
    }
    let count = |wanted: &str| {
        let verdicts = all.iter().map(|made| {
            let ones = made.iter().filter(|(kind, band)| *band == wanted && *kind == "one").count();
            if (1..=2).contains(&ones) { "pass" } else { "fail" }
        });
        only(&verdicts.collect())
    };
    let by_band: BTreeMap<&str, &'static str> = ["b1", "b2"].map(|band| (band, count(band))).into();
    for verdict in by_band.values() {
        said.whole("COUNT", verdict);
    }
    for (kind, band) in &cells {
        said.count(
            "COUNT",
            match (kind, band) {
                (Value("two"), _) => "not_applicable",
                (Missing, _) | (_, Missing) => "undecided",
                (_, band) => by_band[band.known().unwrap()],
            },
        );
    }
    let complete = |made: &Vec<(&str, &str)>| {
        let different: BTreeSet<&(&str, &str)> = made.iter().collect();
        if different.len() == 4 { "pass" } else { "fail" }
    };
    let verdict = only(&all.iter().map(complete).collect());
    if !cells.is_empty() {
        said.whole("WHOLE", verdict);
    }
    for (kind, band) in &cells {
        let known = *kind != Missing && *band != Missing;
        said.count("WHOLE", if known { verdict } else { "undecided" });
    }
}

/// Whether a row of the frame is a unit that has answered.
fn of_unit(unit: &Unit, survey: &Survey) -> &'static str {
    let answered = unit.id.known().is_some() && survey.records.iter().any(|record| record.id == unit.id);
    match (unit.id, unit.state) {
        (Missing, _) | (_, Invalid) => "skipped",
        (_, Value("closed")) => "not_applicable",
        _ if answered => "pass",
        (_, Missing) => "undecided",
        _ => "fail",
    }
}

/// `covers`, and the rules about the frame itself.
fn units(said: &mut Verdicts, survey: &Survey) {
    let (mut missing, mut listed) = (0, Vec::new());
    let usable: Vec<&Unit> = survey.frame.iter().filter(|unit| unit.id != Missing).collect();
    for unit in &survey.frame {
        let outcome = of_unit(unit, survey);
        // A unit with several rows is missing once.
        if outcome != "fail" || !listed.contains(&unit.id) {
            said.count("ALL", outcome);
            missing += u64::from(outcome == "fail");
        }
        if outcome == "fail" && unit.id.known().is_some() {
            listed.push(unit.id);
        }
        let alike = usable.iter().filter(|other| other.id == unit.id).count();
        let outcome = match unit.id {
            Missing | Invalid => "skipped",
            Value(_) if alike > 1 => "fail",
            Value(_) => "pass",
        };
        said.count("F-ID", outcome);
        if outcome == "fail" {
            said.whole("F-ID", "fail");
        }
        let outcome = match (unit.id, unit.beds) {
            (Missing, _) | (_, Invalid) => "skipped",
            (_, Value("2")) => "fail",
            (_, Value(_)) => "pass",
            // Nobody has to fill a frame.
            (_, Missing) => "not_applicable",
        };
        said.count("F-BEDS", outcome);
        said.whole("F-BEDS", outcome);
    }
    if missing > 0 {
        said.whole("ALL", "fail");
    }
    let cells: Vec<(Cell, Cell)> = usable
        .iter()
        .filter(|unit| unit.state != Invalid && unit.band != Invalid)
        .map(|unit| (unit.state, unit.band))
        .collect();
    for _ in 0..survey.frame.len() - cells.len() {
        said.count("F-COUNT", "skipped");
    }
    let all = completions(&cells, [["open", "closed"], ["b1", "b2"]]);
    let count = |wanted: &str, units: usize| {
        let verdicts = all.iter().map(|made| {
            let open = made.iter().filter(|(state, band)| *band == wanted && *state == "open").count();
            if open == units { "pass" } else { "fail" }
        });
        only(&verdicts.collect())
    };
    let by_band: BTreeMap<&str, &'static str> =
        [("b1", 2), ("b2", 1)].map(|(band, units)| (band, count(band, units))).into();
    for verdict in by_band.values() {
        said.whole("F-COUNT", verdict);
    }
    for (state, band) in &cells {
        said.count(
            "F-COUNT",
            match (state, band) {
                (Value("closed"), _) => "not_applicable",
                (Missing, _) | (_, Missing) => "undecided",
                (_, band) => by_band[band.known().unwrap()],
            },
        );
    }
}
