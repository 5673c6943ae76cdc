//! A JSON document on the way to its records: what stands around the list that a pointer names.
//!
//! Invariants
//! - All of the document is checked to be JSON, before the records and behind them; none of it is kept.
//! - A name of the pointer that is given twice is a fault: nobody knows which of the two is meant.
//! - Nothing recurses: only the levels that the pointer names are open, anything else is skipped as one value.

use super::json::check;
use super::json_balance::{Balance, balance};
use super::row_fault::{JsonFault, LONGEST};
use crate::source::json::{Fault, FaultKind, Kind, Scanner, unescape};

/// What stands at a place of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// The list of records: the byte after its bracket. The caller reads it to its end and calls
    /// [`Document::leave`].
    List(usize),
    /// One record: its first byte. The caller reads it and calls [`Document::leave`].
    Object(usize),
    /// Nothing of interest before this byte.
    Passed(usize),
    /// The document ends before this byte.
    End(usize),
    /// No JSON, from this byte on.
    Fault(JsonFault, usize),
    /// More bytes are needed.
    More,
}

/// Where one document has been read to.
#[derive(Debug)]
pub(super) struct Document {
    /// The pointer's names and numbers.
    steps: Vec<String>,
    open: Vec<Level>,
    state: State,
    /// Whether the pointer has led to records.
    pub found: bool,
}

/// An object or list that the pointer leads through.
#[derive(Debug)]
struct Level {
    object: bool,
    /// Elements of a list before the present one.
    index: usize,
    /// The pointer's name has been met.
    met: bool,
}

/// What comes next in the innermost level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// A member, or the end of the level.
    First,
    /// A member.
    Member,
    /// A value; whether the pointer leads on into it.
    Value(bool),
    /// A comma, or the end of the level.
    Behind,
}

impl Document {
    /// At the first byte of a document; `pointer` is a JSON Pointer.
    pub(super) fn new(pointer: &str) -> Self {
        let steps =
            pointer.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~")).collect();
        Self { steps, open: Vec::new(), state: State::Value(true), found: false }
    }

    /// The same for the next document of the file.
    pub(super) fn restart(&mut self) {
        self.open.clear();
        self.state = State::Value(true);
        self.found = false;
    }

    /// The records have been read.
    pub(super) const fn leave(&mut self) {
        self.state = State::Behind;
    }

    /// What stands at `at`; `ended`: nothing comes after `bytes`.
    pub(super) fn step(&mut self, bytes: &[u8], at: usize, ended: bool) -> Found {
        if self.state == State::Behind && self.open.is_empty() {
            return Found::End(at);
        }
        let rest = bytes.get(at..).unwrap_or(&[]);
        let Some(blank) = rest.iter().position(|byte| !byte.is_ascii_whitespace()) else {
            return if ended {
                Found::Fault(JsonFault::Ends, at)
            } else {
                Found::Passed(bytes.len()).or_more(at)
            };
        };
        let (start, first) = (at + blank, rest.get(blank).copied().unwrap_or_default());
        let found = match self.state {
            State::Value(true) => self.enter(bytes, start, first, ended),
            State::Value(false) => self.skip(bytes, start, ended),
            State::Behind if first == b',' => self.pass(State::Member, start + 1),
            State::First | State::Behind if self.closes(first) => {
                self.open.pop();
                self.pass(State::Behind, start + 1)
            }
            State::Behind => Found::Fault(JsonFault::Order, start),
            State::First | State::Member => self.member(bytes, start, ended),
        };
        match found {
            Found::More if bytes.len().saturating_sub(start) > LONGEST => {
                Found::Fault(JsonFault::Long, start)
            }
            found => found,
        }
    }

    const fn pass(&mut self, state: State, next: usize) -> Found {
        self.state = state;
        Found::Passed(next)
    }

    fn closes(&self, byte: u8) -> bool {
        self.open.last().is_some_and(|level| byte == if level.object { b'}' } else { b']' })
    }

    /// A value into which the pointer leads.
    fn enter(&mut self, bytes: &[u8], start: usize, first: u8, ended: bool) -> Found {
        let there = self.open.len() == self.steps.len();
        match first {
            b'{' if there => {
                self.found = true;
                Found::Object(start)
            }
            b'[' if there => {
                self.found = true;
                Found::List(start + 1)
            }
            b'{' | b'[' => {
                self.open.push(Level { object: first == b'{', index: 0, met: false });
                self.pass(State::First, start + 1)
            }
            _ => self.skip(bytes, start, ended),
        }
    }

    /// A value of no interest.
    fn skip(&mut self, bytes: &[u8], start: usize, ended: bool) -> Found {
        match balance(bytes, start, ended) {
            Balance::More => Found::More,
            Balance::End(end) => match check(bytes, start, end) {
                Ok(()) => self.pass(State::Behind, end),
                Err(fault) => Found::Fault(fault, start),
            },
            Balance::Broken(end) => match check(bytes, start, end) {
                Ok(()) => Found::Fault(JsonFault::Order, start),
                Err(fault) => Found::Fault(fault, start),
            },
        }
    }

    /// A member of the innermost level: its name, or its number.
    fn member(&mut self, bytes: &[u8], start: usize, ended: bool) -> Found {
        let Some(wanted) = self.open.len().checked_sub(1).and_then(|depth| self.steps.get(depth)) else {
            return Found::Fault(JsonFault::Order, start);
        };
        let Some(level) = self.open.last_mut() else { return Found::Fault(JsonFault::Order, start) };
        if !level.object {
            let leads = *wanted == level.index.to_string();
            level.index += 1;
            return self.pass(State::Value(leads), start);
        }
        let (key, next) = match key(bytes, start) {
            Ok(Some(found)) => found,
            Ok(None) if ended => return Found::Fault(JsonFault::Ends, start),
            Ok(None) => return Found::More,
            // A text may go on behind the last byte.
            Err(JsonFault::Token(FaultKind::OpenString)) if !ended => return Found::More,
            Err(fault) => return Found::Fault(fault, start),
        };
        let leads = key == *wanted;
        if leads && level.met {
            return Found::Fault(JsonFault::Twice, start);
        }
        level.met = level.met || leads;
        self.pass(State::Value(leads), next)
    }
}

impl Found {
    /// More bytes are needed where nothing would be passed.
    fn or_more(self, at: usize) -> Self {
        if self == Self::Passed(at) { Self::More } else { self }
    }
}

/// The key at `start`, and the byte after its colon. `Ok(None)`: the bytes end too early.
fn key(bytes: &[u8], start: usize) -> Result<Option<(String, usize)>, JsonFault> {
    let fault = |fault: Fault| JsonFault::Token(fault.kind);
    let mut scanner = Scanner::new(bytes, start);
    let Some(key) = scanner.token().map_err(fault)? else { return Ok(None) };
    if !matches!(key.kind, Kind::String { .. }) {
        return Err(JsonFault::Order);
    }
    let text = unescape(bytes.get(key.start..key.end).unwrap_or(&[])).map_err(JsonFault::Token)?;
    match scanner.token().map_err(fault)? {
        None => Ok(None),
        Some(colon) if colon.kind == Kind::Colon => Ok(Some((text.into_owned(), colon.end))),
        Some(_) => Err(JsonFault::Order),
    }
}
