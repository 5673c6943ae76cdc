//! JSON records: which value is which cell.
//!
//! Invariants
//! - Keys are matched as the form spells them, then folded like headers; values stand under flat names or at the
//!   form's pointers.
//! - Nothing recurses, and nesting is bounded; all of a record is checked to be JSON, known or not.
//! - A name given twice is never resolved in silence: its cell has a finding and becomes INVALID.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::form::FormNeeds;
use super::row_fault::{DEEPEST, JsonFault, RowFault, finding};
use super::unknown_key::{MOST_KEYS, UnknownKey};
use super::{CellFinding, MOST_MARKS, RawCell, RawChunk, RawKind, TextRef, offset, short};
use crate::diagnostic::code::structure;
use crate::diagnostic::{Argument, Localized};
use crate::source::json::{Fault, FaultKind, Kind, Scanner, Token, unescape};

/// Reads the cells of every readable record of `chunk`.
pub(super) fn fill(chunk: &mut RawChunk, form: &FormNeeds) {
    let mut parser = Parser::new(form);
    for row in 0..chunk.records.len() {
        let Some(record) = chunk.records.get(row).copied().filter(|record| record.readable) else { continue };
        match parser.read(&chunk.bytes, offset(record.span.0), offset(record.span.1)) {
            Ok(()) => parser.store(chunk, row),
            Err(fault) => {
                chunk.reject(row);
                let finding = finding(chunk, row, fault);
                chunk.findings.push(finding);
            }
        }
    }
}

/// Checks that `bytes[start..end]` is one JSON value and nothing else.
pub(super) fn check(bytes: &[u8], start: usize, end: usize) -> Result<(), JsonFault> {
    let view = bytes.get(..end).unwrap_or(bytes);
    let mut tokens = Tokens { scanner: Scanner::new(view, start), end };
    let whole = tokens.next().and_then(|first| tokens.skip(first, 0)).and_then(|_| tokens.finish());
    whole.map_err(|fault| match fault {
        RowFault::NotJson(_, fault) => fault,
        _ => JsonFault::Order,
    })
}

/// A value that belongs to a column of the form.
#[derive(Debug)]
struct Member {
    column: usize,
    cell: RawCell,
    /// The text where escapes were undone. `None`: it stands in the bytes as it is.
    unescaped: Option<String>,
}

/// Reads records of one form, one after the other; the vectors are those of the present record.
struct Parser<'f> {
    form: &'f FormNeeds,
    members: Vec<Member>,
    /// Places whose object has been entered, with the span of the key.
    entered: Vec<(usize, (u32, u32))>,
    /// Places entered twice: first and second key.
    entered_again: Vec<(usize, [(u32, u32); 2])>,
    /// Places that must be objects and are not, with the span of what stands there.
    plain: Vec<(usize, (u32, u32))>,
    /// Keys that are not on the form: the place around them, and their span.
    unknown: Vec<(usize, (u32, u32))>,
    /// Names of those that the chunk has noted, and their places there.
    noted: BTreeMap<Box<str>, usize>,
    /// By place: the key that followed it last time, and where that led. Records of one file are alike.
    after: Vec<Option<(Box<str>, usize)>>,
    /// By place: the same for the first key inside its object.
    first: Vec<Option<(Box<str>, usize)>>,
}

impl<'f> Parser<'f> {
    fn new(form: &'f FormNeeds) -> Self {
        let places = form.nodes().len();
        Self {
            form,
            members: Vec::new(),
            entered: Vec::new(),
            entered_again: Vec::new(),
            plain: Vec::new(),
            unknown: Vec::new(),
            noted: BTreeMap::new(),
            after: vec![None; places],
            first: vec![None; places],
        }
    }

    /// Reads the record in `bytes[start..end]`.
    fn read(&mut self, bytes: &[u8], start: usize, end: usize) -> Result<(), RowFault> {
        self.members.clear();
        self.entered.clear();
        self.entered_again.clear();
        self.plain.clear();
        self.unknown.clear();
        let view = bytes.get(..end).unwrap_or(&[]);
        if let Err(error) = std::str::from_utf8(view.get(start..).unwrap_or(&[])) {
            let at = short(start + error.valid_up_to());
            return Err(RowFault::Undecodable((at, at.saturating_add(1))));
        }
        let mut tokens = Tokens { scanner: Scanner::new(view, start), end };
        let first = tokens.next()?;
        if first.kind == Kind::ObjectStart {
            self.object(&mut tokens, view)?;
            tokens.finish()
        } else {
            tokens.skip(first, 0)?;
            tokens.finish().and(Err(RowFault::NotObject))
        }
    }

    /// The members of the record, its `{` having been read.
    fn object(&mut self, tokens: &mut Tokens<'_>, view: &[u8]) -> Result<(), RowFault> {
        let mut open = vec![0];
        let (mut expect, mut before) = (Expect::KeyOrEnd, None);
        while let Some(&place) = open.last() {
            let token = tokens.next()?;
            match (token.kind, expect) {
                (Kind::ObjectEnd, Expect::KeyOrEnd | Expect::After) => {
                    before = open.pop();
                    expect = Expect::After;
                }
                (Kind::Comma, Expect::After) => expect = Expect::Key,
                (Kind::String { escaped }, Expect::KeyOrEnd | Expect::Key) => {
                    let key = key_text(view, token, escaped)?;
                    let child = self.child(place, before, &key);
                    tokens.expect(Kind::Colon)?;
                    let value = tokens.next()?;
                    expect = if self.enters(child, value, token) {
                        open.push(child.unwrap_or(0));
                        before = None;
                        Expect::KeyOrEnd
                    } else {
                        self.value(tokens, view, place, child, token, value, open.len())?;
                        before = child;
                        Expect::After
                    };
                }
                _ => return Err(order(token)),
            }
        }
        Ok(())
    }

    /// The place that `key` leads to below `place`. `None`: the form has no such key.
    fn child(&mut self, place: usize, before: Option<usize>, key: &str) -> Option<usize> {
        let guesses = if before.is_some() { &mut self.after } else { &mut self.first };
        let guess = guesses.get_mut(before.unwrap_or(place))?;
        if let Some((expected, child)) = guess
            && &**expected == key
        {
            return Some(*child);
        }
        let node = self.form.nodes().get(place)?;
        let child =
            node.children.get(key).or_else(|| node.folded.get(&crate::diagnostic::nearest::fold(key)));
        let child = *child?;
        *guess = Some((key.into(), child));
        Some(child)
    }

    /// Whether `value` is an object whose members are looked up below `child`.
    fn enters(&mut self, child: Option<usize>, value: Token, key: Token) -> bool {
        let Some(child) = child.filter(|_| value.kind == Kind::ObjectStart) else { return false };
        if self.form.nodes().get(child).is_none_or(|node| node.children.is_empty()) {
            return false;
        }
        let span = (short(key.start), short(key.end));
        match self.entered.iter().find(|(place, _)| *place == child) {
            // Told once, however often.
            Some(_) if self.entered_again.iter().any(|(place, _)| *place == child) => {}
            Some((_, first)) => self.entered_again.push((child, [*first, span])),
            None => self.entered.push((child, span)),
        }
        true
    }

    /// Takes a value that is not entered.
    #[expect(clippy::too_many_arguments, reason = "one step of the loop above, cut out of it to be readable")]
    fn value(
        &mut self,
        tokens: &mut Tokens<'_>,
        view: &[u8],
        place: usize,
        child: Option<usize>,
        key: Token,
        value: Token,
        depth: usize,
    ) -> Result<(), RowFault> {
        let end = tokens.skip(value, depth)?;
        let column = child.and_then(|child| self.form.nodes().get(child)?.column);
        let Some(column) = column else {
            // `"beds": null` says of each value inside that it is blank.
            if let Some(child) = child {
                if value.kind != Kind::Null {
                    self.plain.push((child, (short(value.start), short(end))));
                }
            } else {
                self.unknown.push((place, (short(key.start), short(key.end))));
            }
            return Ok(());
        };
        let span = (short(value.start), short(end));
        let whole = TextRef::own(span.0, span.1 - span.0);
        let (kind, text) = match value.kind {
            Kind::String { .. } => (RawKind::JsonString, whole.part(1, span.1 - span.0 - 2)),
            Kind::Number => (RawKind::JsonNumber, whole),
            Kind::True => (RawKind::JsonTrue, whole),
            Kind::False => (RawKind::JsonFalse, whole),
            Kind::Null => (RawKind::JsonNull, TextRef::default()),
            Kind::ArrayStart => (RawKind::JsonArray, whole),
            _ => (RawKind::JsonObject, whole),
        };
        let unescaped = match value.kind {
            Kind::String { escaped: true } => Some(text_of(view, value)?.into_owned()),
            _ => None,
        };
        self.members.push(Member { column, cell: RawCell { text, span, kind }, unescaped });
        Ok(())
    }

    /// Puts the record's values into the cells of `row`.
    fn store(&mut self, chunk: &mut RawChunk, row: usize) {
        let rows = chunk.records.len();
        for mut member in self.members.drain(..) {
            if let Some(text) = &member.unescaped {
                member.cell.text = chunk.keep(text).unwrap_or_default();
            }
            let Some(kept) = chunk.cells.get_mut(member.column * rows + row) else { continue };
            if kept.kind == RawKind::Missing {
                *kept = member.cell;
            } else {
                report_twice(chunk, self.form, row, member.column, member.cell.span);
            }
        }
        for (place, [first, second]) in self.entered_again.drain(..) {
            let name = self.form.nodes().get(place).map_or("", |node| &node.path);
            let finding = twice(chunk, row, None, name).further(first, first_note());
            chunk.findings.push(finding.further(second, second_note()));
        }
        self.plain.sort_unstable();
        for same in self.plain.chunk_by(|one, other| one.0 == other.0) {
            let Some((place, _)) = same.first() else { continue };
            let line = chunk.records.get(row).map_or(0, |record| record.line);
            let name = self.form.nodes().get(*place).map_or("", |node| node.path.trim_start_matches('/'));
            let mut finding = CellFinding::new(&structure::OBJECT_EXPECTED, row, None)
                .with("line", line)
                .with("column", name);
            finding.further.extend(same.iter().take(MOST_MARKS).map(|(_, span)| (*span, Argument::Nothing)));
            chunk.findings.push(finding);
        }
        for (place, span) in std::mem::take(&mut self.unknown) {
            self.note_unknown(chunk, row, place, span);
        }
    }

    fn note_unknown(&mut self, chunk: &mut RawChunk, row: usize, place: usize, span: (u32, u32)) {
        let bytes = chunk.bytes.get(offset(span.0)..offset(span.1)).unwrap_or(&[]);
        let Ok(key) = unescape(bytes) else { return };
        let key = UnknownKey::cut(&key);
        let path = self.form.nodes().get(place).map_or("", |node| &node.path);
        let name: Box<str> = if path.is_empty() { key.clone() } else { format!("{path}/{key}").into() };
        if let Some(kept) = self.noted.get(&name).and_then(|noted| chunk.unknown_keys.get_mut(*noted)) {
            kept.count += 1;
            return;
        }
        let Some(record) = chunk.records.get(row) else { return };
        // A file reports no more of them, and to find a place takes time.
        let within = chunk.unknown_keys.len() < MOST_KEYS;
        let label = if within { chunk.label(record, span, Argument::Nothing) } else { None };
        self.noted.insert(name.clone(), chunk.unknown_keys.len());
        chunk.unknown_keys.push(UnknownKey { name, key, place, count: 1, label });
    }
}

/// Reports that a column's value is given once more, at `span`.
fn report_twice(chunk: &mut RawChunk, form: &FormNeeds, row: usize, column: usize, span: (u32, u32)) {
    let Some(declared) = form.columns.get(column) else { return };
    let field = form.fields.get(declared.slot.field).copied();
    let notice = structure::KEY_DUPLICATED.notice();
    let same = |finding: &&mut CellFinding| finding.field == field && finding.notice.id == notice.id;
    let mut of_row = chunk.findings.iter_mut().rev().take_while(|finding| finding.row == row);
    if let Some(finding) = of_row.find(same) {
        if finding.further.len() < MOST_MARKS {
            finding.further.push((span, second_note()));
        }
        return;
    }
    let finding = twice(chunk, row, field, &declared.header).further(span, second_note());
    chunk.findings.push(finding);
}

fn twice(chunk: &RawChunk, row: usize, field: Option<crate::expression::FieldId>, name: &str) -> CellFinding {
    let line = chunk.records.get(row).map_or(0, |record| record.line);
    CellFinding::new(&structure::KEY_DUPLICATED, row, field).with("line", line).with("column", name)
}

fn first_note() -> Argument {
    Localized::new("1つ目".into(), "the first".into()).into()
}

fn second_note() -> Argument {
    Localized::new("2つ目以降".into(), "given again".into()).into()
}

/// What may come next inside an object or a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expect {
    KeyOrEnd,
    Key,
    Colon,
    ValueOrEnd,
    Value,
    After,
}

/// The tokens of one record.
struct Tokens<'a> {
    scanner: Scanner<'a>,
    end: usize,
}

impl Tokens<'_> {
    /// The next token; the end of the record is a fault.
    fn next(&mut self) -> Result<Token, RowFault> {
        match self.scanner.token() {
            Ok(Some(token)) => Ok(token),
            Ok(None) => Err(RowFault::NotJson(short(self.end), JsonFault::Ends)),
            Err(fault) => Err(token_fault(fault)),
        }
    }

    fn expect(&mut self, kind: Kind) -> Result<(), RowFault> {
        let token = self.next()?;
        if token.kind == kind { Ok(()) } else { Err(order(token)) }
    }

    /// Makes sure that nothing follows.
    fn finish(&mut self) -> Result<(), RowFault> {
        match self.scanner.token() {
            Ok(None) => Ok(()),
            Ok(Some(token)) => Err(RowFault::NotJson(short(token.start), JsonFault::Follows)),
            Err(fault) => Err(token_fault(fault)),
        }
    }

    /// Reads the rest of the value that begins with `first`, inside `depth` levels; returns the byte after it.
    fn skip(&mut self, first: Token, depth: usize) -> Result<usize, RowFault> {
        // Whether each open level is an object.
        let mut open = Vec::new();
        let mut expect = begin(&mut open, first, Expect::Value).ok_or_else(|| order(first))?;
        self.check_escapes(first)?;
        while let Some(&object) = open.last() {
            let token = self.next()?;
            expect = match (token.kind, expect) {
                (Kind::String { .. }, Expect::KeyOrEnd | Expect::Key) => Expect::Colon,
                (Kind::Comma, Expect::After) if object => Expect::Key,
                (Kind::Colon, Expect::Colon) | (Kind::Comma, Expect::After) => Expect::Value,
                (Kind::ObjectEnd, Expect::KeyOrEnd | Expect::After) if object => close(&mut open),
                (Kind::ArrayEnd, Expect::ValueOrEnd | Expect::After) if !object => close(&mut open),
                _ => begin(&mut open, token, expect).ok_or_else(|| order(token))?,
            };
            if open.len() + depth > DEEPEST {
                return Err(RowFault::NotJson(short(token.start), JsonFault::Deep));
            }
            self.check_escapes(token)?;
        }
        Ok(self.scanner.position())
    }

    /// A wrong escape is a fault wherever it stands.
    fn check_escapes(&self, token: Token) -> Result<(), RowFault> {
        if token.kind == (Kind::String { escaped: true }) {
            self.scanner.unescape(token).map_err(|kind| escape_fault(token, kind))?;
        }
        Ok(())
    }
}

/// What comes after a token that begins a value. `None`: no value may or does begin here.
fn begin(open: &mut Vec<bool>, token: Token, expect: Expect) -> Option<Expect> {
    if !matches!(expect, Expect::Value | Expect::ValueOrEnd) {
        return None;
    }
    match token.kind {
        Kind::ObjectStart => {
            open.push(true);
            Some(Expect::KeyOrEnd)
        }
        Kind::ArrayStart => {
            open.push(false);
            Some(Expect::ValueOrEnd)
        }
        Kind::String { .. } | Kind::Number | Kind::True | Kind::False | Kind::Null => Some(Expect::After),
        _ => None,
    }
}

fn close(open: &mut Vec<bool>) -> Expect {
    open.pop();
    Expect::After
}

fn order(token: Token) -> RowFault {
    RowFault::NotJson(short(token.start), JsonFault::Order)
}

fn token_fault(fault: Fault) -> RowFault {
    RowFault::NotJson(short(fault.at), JsonFault::Token(fault.kind))
}

fn escape_fault(token: Token, kind: FaultKind) -> RowFault {
    RowFault::NotJson(short(token.start), JsonFault::Token(kind))
}

fn text_of(view: &[u8], token: Token) -> Result<Cow<'_, str>, RowFault> {
    let quoted = view.get(token.start..token.end).unwrap_or(&[]);
    unescape(quoted).map_err(|kind| escape_fault(token, kind))
}

/// The text of a key. Without escapes it stands in the bytes, which are known to be UTF-8.
fn key_text(view: &[u8], token: Token, escaped: bool) -> Result<Cow<'_, str>, RowFault> {
    if escaped {
        return text_of(view, token);
    }
    let inner = view.get(token.start + 1..token.end.saturating_sub(1)).unwrap_or(&[]);
    Ok(String::from_utf8_lossy(inner))
}

#[cfg(test)]
mod tests;
