//! Random submissions, frames and previous waves, as files and as what their cells say to a rule.
//!
//! Invariants
//! - A cell's text and what it says are drawn together, so that nothing here reads a cell.
//! - Small enough that every answer that could have been given can be tried; the seed is the caller's.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;

/// What a cell says to a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cell {
    Value(&'static str),
    Missing,
    Invalid,
}

use Cell::{Invalid, Missing, Value};

impl Cell {
    pub fn known(self) -> Option<&'static str> {
        match self {
            Value(value) => Some(value),
            Missing | Invalid => None,
        }
    }

    /// Every value that it could have, of `all`.
    pub fn could(self, all: [&'static str; 2]) -> Vec<&'static str> {
        match self {
            Value(value) => vec![value],
            Missing => all.to_vec(),
            Invalid => Vec::new(),
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub struct Record {
    pub file: usize,
    pub number: u64,
    pub id: Cell,
    pub kind: Cell,
    pub band: Cell,
    pub beds: Cell,
}

#[derive(Debug, Clone, Copy)]
pub struct Unit {
    pub id: Cell,
    pub band: Cell,
    pub beds: Cell,
    pub state: Cell,
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

pub struct Survey {
    pub records: Vec<Record>,
    pub frame: Vec<Unit>,
    pub prev: Vec<(Cell, Cell)>,
    pub files: Vec<String>,
    pub links: Vec<String>,
}

/// Random submissions, frame and previous wave, written into `folder`.
pub fn random_survey(random: &mut ChaCha8Rng, folder: &Path) -> Survey {
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
