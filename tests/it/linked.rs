//! Linked files: random frames and submissions against a twin that compares every record with every other and tries every
//! answer that could have been given where none was; and linked files as they should not be.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde_json::Value as Json;

use crate::program::{command, text};

const OPTIONS: &str = r#""kind": { "x-q": "1", "x-label": { "ja": "種", "en": "Kind" }, "oneOf": [
      { "const": 1, "x-name": "one", "x-label": { "ja": "一", "en": "One" } },
      { "const": 2, "x-name": "two", "x-label": { "ja": "二", "en": "Two" } } ] }"#;

const BAND: &str = r#""band": { "x-label": { "ja": "区分", "en": "Band" }, "oneOf": [
      { "const": 1, "x-name": "b1", "x-label": { "ja": "小", "en": "Small" } },
      { "const": 2, "x-name": "b2", "x-label": { "ja": "大", "en": "Large" } } ] }"#;

const HEAD: &str = r#""$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
  "x-label": { "ja": "例", "en": "Example" }, "x-missing": { "na": ["-"], "dk": ["?"] }"#;

const ID: &str = r#""id": { "type": "string", "x-kind": "code", "pattern": "^[A-Z]+$", "x-column-required": true,
      "x-label": { "ja": "番号", "en": "Id" } }"#;

const BEDS: &str =
    r#""beds": { "type": "integer", "minimum": 0, "x-label": { "ja": "病床数", "en": "Beds" } }"#;

pub fn schemas() -> [(&'static str, String); 3] {
    let asked =
        BAND.replace("\"x-label\": { \"ja\": \"区分\"", "\"x-q\": \"2\", \"x-label\": { \"ja\": \"区分\"");
    let beds = BEDS.replace("\"type\"", "\"x-q\": \"3\", \"type\"");
    // The codes of the options are others, their names the same.
    let other = BAND.replace("\"const\": 1", "\"const\": 7").replace("\"const\": 2", "\"const\": 8");
    let state = r#""state": { "x-label": { "ja": "状態", "en": "State" }, "oneOf": [
      { "const": 1, "x-name": "open", "x-label": { "ja": "開", "en": "Open" } },
      { "const": 2, "x-name": "closed", "x-label": { "ja": "閉", "en": "Closed" } } ] }"#;
    let name = r#""name": { "type": "string", "x-label": { "ja": "名", "en": "Name" } },
      "secret": { "type": "string", "x-private": true, "x-label": { "ja": "秘", "en": "Secret" } }"#;
    [
        (
            "schemas/linked.json",
            format!(
                "{{ {HEAD}, \"$id\": \"linked\", \"properties\": {{ {ID}, {OPTIONS}, {asked}, {beds} }} }}"
            ),
        ),
        (
            "schemas/frame.json",
            format!(
                "{{ {HEAD}, \"$id\": \"frame\", \"properties\": {{ {ID}, {other}, {BEDS}, {state}, {name} }} }}"
            ),
        ),
        (
            "schemas/prev.json",
            format!("{{ {HEAD}, \"$id\": \"prev\", \"properties\": {{ {ID}, {OPTIONS} }} }}"),
        ),
    ]
}

const SURVEY: &str = "
[survey]
id = 'linked'
wave = '2024'
waves = ['2024']
schema = 'schemas/linked.json'
key = ['id']
title.ja = '例'
title.en = 'Example'
timezone = 'Asia/Tokyo'

[lookup.units]
file = 'rules/linked/2024/units.csv'
key = ['band']
columns.band = { type = 'option(band)' }
columns.units = { type = 'int' }

[link.frame]
schema = 'schemas/frame.json'
on = { id = 'id' }

[link.prev]
schema = 'schemas/prev.json'
on = { id = 'id' }
";

/// A rule with what every rule has.
pub fn rule(block: &str, id: &str, severity: &str, rest: &str) -> String {
    let slug = id.to_lowercase();
    format!(
        "\n[[{block}]]\nid = '{id}'\nslug = 'defect-{slug}'\nseverity = '{severity}'\nsource = 'x'\n\
         title.ja = '{id}の誤り'\ntitle.en = 'defect of {slug}'\nmessage.ja = '{id}です'\nmessage.en = 'it is {id}'\n{rest}\n"
    )
}

fn rules() -> String {
    [
        rule("rule", "BEDS", "warning", "require = 'beds = frame.beds'"),
        rule("rule", "BAND", "warning", "require = 'band = frame.band'"),
        rule("rule", "PREV", "warning", "when = 'prev is linked'\nrequire = 'kind = prev.kind'"),
        rule("rule", "THERE", "error", "exists-in = { fields = ['id'], table = 'frame' }"),
        rule("rule", "ELSEWHERE", "warning", "exists-in = { fields = ['beds'], table = 'frame' }"),
        rule(
            "rule",
            "LOOK",
            "warning",
            "exists-in = { fields = ['beds'], table = 'units', columns = ['units'] }",
        ),
        rule("rule", "ALL", "info", "covers = { table = 'frame', when = 'frame.state = \"open\"' }"),
        rule("rule", "FEW", "warning", "at-most = { per = ['beds'], of = 'kind = \"one\"', max = 2 }"),
        rule("rule", "FIX", "warning", "determines = { key = 'beds', field = 'band' }"),
        rule(
            "rule",
            "SHARE",
            "warning",
            "share = { of = 'kind = \"one\"', among = 'band = \"b1\"', max = 50, min-records = 2 }",
        ),
        rule("rule", "COUNT", "warning", "count = { of = 'kind = \"one\"', per = 'band', min = 1, max = 2 }"),
        rule("rule", "WHOLE", "info", "complete = ['band', 'kind']"),
        rule("linked_rule", "F-ID", "error", "table = 'frame'\nunique = { fields = ['id'] }"),
        rule("linked_rule", "F-BEDS", "warning", "table = 'frame'\nrequire = 'beds > 5'"),
        rule(
            "linked_rule",
            "F-COUNT",
            "error",
            "table = 'frame'\ncount = { of = 'state = \"open\"', per = 'band', equal = 'units[band].units' }",
        ),
    ]
    .concat()
}

/// A small survey with two links in `folder`, judged by `rules`.
pub fn survey(folder: &Path, rules: &str) {
    let schemas = schemas();
    let mut all: Vec<(&str, &str)> = schemas.iter().map(|(name, text)| (*name, text.as_str())).collect();
    all.extend([
        ("rules/linked/2024/survey.toml", SURVEY),
        ("rules/linked/2024/units.csv", "band,units\nb1,2\nb2,1\n"),
        ("rules/linked/2024/10.toml", rules),
    ]);
    for (name, text) in all {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

/// What a cell says to a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Cell {
    Value(&'static str),
    Missing,
    Invalid,
}
use Cell::{Invalid, Missing, Value};

impl Cell {
    fn known(self) -> Option<&'static str> {
        match self {
            Value(value) => Some(value),
            Missing | Invalid => None,
        }
    }

    /// Every value that it could have, of `all`.
    fn could(self, all: [&'static str; 2]) -> Vec<&'static str> {
        match self {
            Value(value) => vec![value],
            Missing => all.to_vec(),
            Invalid => Vec::new(),
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Record {
    file: usize,
    number: u64,
    id: Cell,
    kind: Cell,
    band: Cell,
    beds: Cell,
}

#[derive(Debug, Clone, Copy)]
struct Unit {
    id: Cell,
    band: Cell,
    beds: Cell,
    state: Cell,
}

type Choice = (&'static str, Cell);

fn pick(random: &mut ChaCha8Rng, values: &[Choice]) -> Choice {
    values[usize::try_from(random.next_u32()).unwrap() % values.len()]
}

const IDS: [Choice; 8] = [
    ("A", Value("A")),
    ("B", Value("B")),
    ("C", Value("C")),
    ("D", Value("D")),
    ("E", Value("E")),
    ("F", Value("F")),
    ("", Missing),
    ("9", Invalid),
];
const KINDS: [Choice; 9] = [
    ("1", Value("one")),
    ("1", Value("one")),
    ("2", Value("two")),
    ("2", Value("two")),
    ("1", Value("one")),
    ("2", Value("two")),
    ("1", Value("one")),
    ("", Missing),
    ("7", Invalid),
];
const BANDS: [Choice; 9] = [
    ("1", Value("b1")),
    ("1", Value("b1")),
    ("1", Value("b1")),
    ("2", Value("b2")),
    ("2", Value("b2")),
    ("1", Value("b1")),
    ("2", Value("b2")),
    ("", Missing),
    ("7", Invalid),
];
const NUMBERS: [Choice; 5] =
    [("2", Value("2")), ("10", Value("10")), ("10", Value("10")), ("", Missing), ("x", Invalid)];
const STATES: [Choice; 6] = [
    ("1", Value("open")),
    ("1", Value("open")),
    ("1", Value("open")),
    ("2", Value("closed")),
    ("", Missing),
    ("7", Invalid),
];

struct Survey {
    records: Vec<Record>,
    frame: Vec<Unit>,
    prev: Vec<(Cell, Cell)>,
    files: Vec<String>,
    links: Vec<String>,
}

/// Random submissions, frame and previous wave, written into `folder`.
fn random_survey(random: &mut ChaCha8Rng, folder: &Path) -> Survey {
    let mut made = Survey {
        records: Vec::new(),
        frame: Vec::new(),
        prev: Vec::new(),
        files: Vec::new(),
        links: Vec::new(),
    };
    for file in 0..usize::try_from(1 + random.next_u32() % 2).unwrap() {
        let mut text = "id,kind,band,beds\n".to_owned();
        for number in 1..=u64::from(1 + random.next_u32() % 5) {
            let (id, kind) = (pick(random, &IDS), pick(random, &KINDS));
            let (band, beds) = (pick(random, &BANDS), pick(random, &NUMBERS));
            // A line without anything is no record.
            let id = if [id.0, kind.0, band.0, beds.0].concat().is_empty() { IDS[0] } else { id };
            writeln!(text, "{},{},{},{}", id.0, kind.0, band.0, beds.0).unwrap();
            made.records.push(Record { file, number, id: id.1, kind: kind.1, band: band.1, beds: beds.1 });
        }
        fs::write(folder.join(format!("{file}.csv")), text).unwrap();
        made.files.push(format!("{file}.csv"));
    }
    let mut text = "名前なし列,state,beds,id,band\n".to_owned();
    for _ in 0..random.next_u32() % 8 {
        let (id, state) = (pick(random, &IDS), pick(random, &STATES));
        let (band, beds) = (pick(random, &BANDS), pick(random, &NUMBERS));
        let code = match band.0 {
            "1" => "7",
            "2" => "8",
            "7" => "3",
            other => other,
        };
        writeln!(text, "x,{},{},{},{code}", state.0, beds.0, id.0).unwrap();
        made.frame.push(Unit { id: id.1, band: band.1, beds: beds.1, state: state.1 });
    }
    fs::write(folder.join("frame.csv"), text).unwrap();
    made.links.push("frame=frame.csv".to_owned());
    if !random.next_u32().is_multiple_of(4) {
        let mut text = String::new();
        for _ in 0..random.next_u32() % 5 {
            let (id, kind) = (pick(random, &IDS), pick(random, &KINDS));
            writeln!(text, "{{\"id\":\"{}\",\"kind\":\"{}\"}}", id.0, kind.0).unwrap();
            made.prev.push((id.1, kind.1));
        }
        if !text.is_empty() {
            fs::write(folder.join("prev.jsonl"), text).unwrap();
            made.links.push("prev=prev.jsonl".to_owned());
        }
    }
    made
}

/// Rule and outcome → how many; rule → findings; the failing records.
#[derive(Debug, Default, PartialEq, Eq)]
struct Verdicts {
    counts: BTreeMap<(String, &'static str), u64>,
    findings: BTreeMap<String, u64>,
    failing: BTreeSet<(String, String, u64)>,
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

fn twin(survey: &Survey) -> Verdicts {
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

/// A run of `check` in JSON.
pub fn report(folder: &Path, words: &[&str]) -> Json {
    let output = command(folder)
        .args([
            "check",
            "--survey",
            "rules/linked/2024",
            "--format",
            "json",
            "--values",
            "show",
            "--lang",
            "en",
        ])
        .args(words)
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}{}", text(&output), String::from_utf8_lossy(&output.stderr)))
}

const RULES: [&str; 15] = [
    "BEDS",
    "BAND",
    "PREV",
    "THERE",
    "ELSEWHERE",
    "LOOK",
    "ALL",
    "FEW",
    "FIX",
    "SHARE",
    "COUNT",
    "WHOLE",
    "F-ID",
    "F-BEDS",
    "F-COUNT",
];

/// The same from the program.
fn program(report: &Json) -> Verdicts {
    let mut said = Verdicts::default();
    for finding in report["findings"].as_array().unwrap() {
        let rule = finding["rule"].as_str().unwrap();
        if !RULES.contains(&rule) {
            continue;
        }
        *said.findings.entry(rule.to_owned()).or_default() += 1;
        let place = &finding["place"];
        let file = place["file"].as_str().unwrap_or_default();
        if file != "frame.csv" && !place["record"].is_null() {
            said.failing.insert((rule.to_owned(), file.to_owned(), place["record"].as_u64().unwrap()));
        }
    }
    for rule in report["summary"]["rules"].as_array().unwrap() {
        let id = rule["rule"].as_str().unwrap();
        for outcome in ["pass", "fail", "not_applicable", "undecided", "skipped", "not_run"] {
            let count = rule["outcomes"][outcome].as_u64().unwrap_or(0);
            if count > 0 && RULES.contains(&id) {
                said.counts.insert((id.to_owned(), outcome), count);
            }
        }
    }
    said
}

#[test]
fn a_twin_that_compares_all_pairs_and_tries_all_answers_agrees() {
    let folder = tempfile::tempdir().unwrap();
    survey(folder.path(), &rules());
    let mut random = ChaCha8Rng::seed_from_u64(5);
    let mut seen: BTreeMap<(String, &'static str), usize> = BTreeMap::new();
    for round in 0..200 {
        let made = random_survey(&mut random, folder.path());
        let mut words: Vec<&str> = made.files.iter().map(String::as_str).collect();
        made.links.iter().for_each(|link| words.extend(["--link", link]));
        let (expected, found) = (twin(&made), program(&report(folder.path(), &words)));
        let submissions = fs::read_to_string(folder.path().join("0.csv")).unwrap();
        let frame = fs::read_to_string(folder.path().join("frame.csv")).unwrap();
        assert_eq!(expected, found, "round {round}:\n{submissions}\n{frame}\n{:?}", made.prev);
        expected.counts.into_keys().for_each(|key| *seen.entry(key).or_default() += 1);
    }
    let often =
        |rule: &str, outcome: &'static str| seen.get(&(rule.to_owned(), outcome)).copied().unwrap_or(0);
    for rule in RULES {
        for outcome in ["pass", "fail"] {
            assert!(often(rule, outcome) > 3, "{rule} {outcome} {seen:?}");
        }
    }
    for rule in ["THERE", "FEW", "FIX", "SHARE", "COUNT", "WHOLE", "ALL", "F-COUNT", "BEDS"] {
        assert!(rule == "THERE" || often(rule, "undecided") > 3, "{rule} {seen:?}");
    }
}
