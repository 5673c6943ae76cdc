//! A JSON file as a tree in which every value and every key knows its bytes.
//!
//! Invariants
//! - The tree borrows the text; strings without escapes are not copied.
//! - No object holds one key twice: the first stays, the others are told.
//! - No deeper than [`DEEPEST`], so that recursion over a tree is safe.
//! - The first mistake of the syntax ends the reading of a file.
//! - Also read by `build.rs`, which keeps the trees of what is compiled in; so it uses only its neighbours here.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::json::{Fault, Kind, Scanner, Token, unescape};
use super::span::Span;

/// Levels of a file; a questionnaire needs eight.
pub const DEEPEST: usize = 32;

/// A value and its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node<'t> {
    /// What it is.
    #[serde(borrow)]
    pub value: Value<'t>,
    /// Its bytes, quotes and brackets included.
    pub span: Span,
}

/// The kinds of value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Value<'t> {
    /// `null`
    Null,
    /// `true`, `false`
    Truth(bool),
    /// A number, as written.
    Number(#[serde(borrow)] &'t str),
    /// A string; owned if it was written with escapes.
    Text(#[serde(borrow)] Cow<'t, str>),
    /// An array.
    List(#[serde(borrow)] Vec<Node<'t>>),
    /// An object, in order of writing.
    Object(#[serde(borrow)] Vec<Member<'t>>),
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member<'t> {
    /// Escapes undone.
    #[serde(borrow)]
    pub key: Cow<'t, str>,
    /// Its bytes, quotes included.
    pub key_span: Span,
    /// What it names.
    #[serde(borrow)]
    pub node: Node<'t>,
}

impl<'t> Node<'t> {
    /// The members, in order; none if this is no object.
    pub fn members(&self) -> &[Member<'t>] {
        match &self.value {
            Value::Object(members) => members,
            _ => &[],
        }
    }

    /// The items, in order; none if this is no array.
    pub fn items(&self) -> &[Self] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The member called `key`. `None`: no such key, or no object.
    pub fn get(&self, key: &str) -> Option<&Member<'t>> {
        self.members().iter().find(|member| member.key == key)
    }

    /// The text of a string. `None`: something else.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text under `key`. `None`: no such key, or no text.
    pub fn text_at(&self, key: &str) -> Option<&str> {
        self.get(key)?.node.text()
    }

    /// The node at a path of keys and indices, or the nearest one on the way to it; and its bytes with those of its
    /// key.
    pub fn nearest_at(&self, path: &[impl AsRef<str>]) -> (&Self, Span) {
        let (mut node, mut whole) = (self, self.span);
        for step in path.iter().map(AsRef::as_ref) {
            let member = node.get(step);
            let item = step.parse().ok().and_then(|index: usize| node.items().get(index));
            match member.map(|member| &member.node).or(item) {
                Some(next) => node = next,
                None => break,
            }
            whole = Span::new(member.map_or(node.span.start, |member| member.key_span.start), node.span.end);
        }
        (node, whole)
    }
}

/// A text as a tree, and what is wrong with it.
#[derive(Debug)]
pub struct Reading<'t> {
    /// The tree, or why there is none.
    pub tree: Result<Node<'t>, Mistake>,
    /// Keys that an object has already, in order; those before a mistake too.
    pub repeated: Vec<Repeated>,
}

/// A key that its object has already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeated {
    /// Escapes undone.
    pub key: String,
    /// Where it stands first.
    pub first: Span,
    /// Where it stands again.
    pub again: Span,
}

/// Reads the whole of `text`; a mark of UTF-8 before it is no part of it.
pub fn read(text: &str) -> Reading<'_> {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut reader = Reader { text, scanner: Scanner::new(text.as_bytes(), start), repeated: Vec::new() };
    let tree = reader.document();
    Reading { tree, repeated: reader.repeated }
}

/// Why the reading stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mistake {
    /// The scanner met no token.
    Fault(Fault),
    /// A token that may not stand here. `None`: the text ended.
    Order(Option<Token>),
    /// A level too many.
    Depth(Token),
}

struct Reader<'t> {
    text: &'t str,
    scanner: Scanner<'t>,
    repeated: Vec<Repeated>,
}

impl<'t> Reader<'t> {
    fn document(&mut self) -> Result<Node<'t>, Mistake> {
        let first = self.expect()?;
        let node = self.value(first, 1)?;
        match self.next()? {
            None => Ok(node),
            further => Err(Mistake::Order(further)),
        }
    }

    fn next(&mut self) -> Result<Option<Token>, Mistake> {
        self.scanner.token().map_err(Mistake::Fault)
    }

    fn expect(&mut self) -> Result<Token, Mistake> {
        self.next()?.ok_or(Mistake::Order(None))
    }

    fn value(&mut self, token: Token, depth: usize) -> Result<Node<'t>, Mistake> {
        if depth > DEEPEST {
            return Err(Mistake::Depth(token));
        }
        let value = match token.kind {
            Kind::Null => Value::Null,
            Kind::True => Value::Truth(true),
            Kind::False => Value::Truth(false),
            Kind::Number => Value::Number(self.text.get(token.start..token.end).unwrap_or_default()),
            Kind::String { .. } => Value::Text(self.string(token)?),
            Kind::ArrayStart => Value::List(self.list(depth)?),
            Kind::ObjectStart => Value::Object(self.object(depth)?),
            _ => return Err(Mistake::Order(Some(token))),
        };
        Ok(Node { value, span: span(token.start, self.scanner.position()) })
    }

    fn string(&self, token: Token) -> Result<Cow<'t, str>, Mistake> {
        let quoted = self.text.as_bytes().get(token.start..token.end).unwrap_or_default();
        unescape(quoted).map_err(|kind| Mistake::Fault(Fault { at: token.start, kind }))
    }

    fn list(&mut self, depth: usize) -> Result<Vec<Node<'t>>, Mistake> {
        let mut items = Vec::new();
        let mut token = self.expect()?;
        if token.kind == Kind::ArrayEnd {
            return Ok(items);
        }
        loop {
            items.push(self.value(token, depth + 1)?);
            if self.ends(Kind::ArrayEnd)? {
                return Ok(items);
            }
            token = self.expect()?;
        }
    }

    fn object(&mut self, depth: usize) -> Result<Vec<Member<'t>>, Mistake> {
        let mut members = Vec::new();
        let mut token = self.expect()?;
        if token.kind == Kind::ObjectEnd {
            return Ok(members);
        }
        loop {
            members.push(self.member(token, depth)?);
            if self.ends(Kind::ObjectEnd)? {
                return Ok(self.without_repetitions(members));
            }
            token = self.expect()?;
        }
    }

    fn member(&mut self, token: Token, depth: usize) -> Result<Member<'t>, Mistake> {
        if !matches!(token.kind, Kind::String { .. }) {
            return Err(Mistake::Order(Some(token)));
        }
        let key = self.string(token)?;
        let colon = self.expect()?;
        if colon.kind != Kind::Colon {
            return Err(Mistake::Order(Some(colon)));
        }
        let first = self.expect()?;
        let node = self.value(first, depth + 1)?;
        Ok(Member { key, key_span: span(token.start, token.end), node })
    }

    /// Whether the list or object ends here; else a comma has been read.
    fn ends(&mut self, end: Kind) -> Result<bool, Mistake> {
        let token = self.expect()?;
        match token.kind {
            kind if kind == end => Ok(true),
            Kind::Comma => Ok(false),
            _ => Err(Mistake::Order(Some(token))),
        }
    }

    fn without_repetitions(&mut self, members: Vec<Member<'t>>) -> Vec<Member<'t>> {
        if !repeats(&members) {
            return members;
        }
        let mut first: BTreeMap<Cow<'t, str>, Span> = BTreeMap::new();
        let mut kept = Vec::with_capacity(members.len());
        for member in members {
            if let Some(&earlier) = first.get(&member.key) {
                let (key, again) = (member.key.into_owned(), member.key_span);
                self.repeated.push(Repeated { key, first: earlier, again });
            } else {
                first.insert(member.key.clone(), member.key_span);
                kept.push(member);
            }
        }
        kept
    }
}

/// Whether a key occurs twice. Small objects are compared directly, large ones through an ordered set.
fn repeats(members: &[Member<'_>]) -> bool {
    if members.len() <= 16 {
        let earlier = |(index, member): (usize, &Member<'_>)| {
            members.iter().take(index).any(|earlier| earlier.key == member.key)
        };
        return members.iter().enumerate().any(earlier);
    }
    let mut keys: Vec<&str> = members.iter().map(|member| &*member.key).collect();
    keys.sort_unstable();
    keys.windows(2).any(|pair| pair.first() == pair.last())
}

/// The bytes from `start` to before `end`.
pub fn span(start: usize, end: usize) -> Span {
    let offset = |at: usize| u64::try_from(at).unwrap_or(u64::MAX);
    Span::new(offset(start), offset(end))
}
