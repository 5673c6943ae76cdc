//! A schema file as a tree in which every value and every key knows its bytes.
//!
//! Invariants
//! - The tree borrows the text; strings without escapes are not copied.
//! - No object holds one key twice: the first stays, the others have been reported.
//! - No deeper than [`DEEPEST`], so that recursion over a tree is safe.
//! - The first mistake of the syntax ends the reading of a file.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::walk::{Walk, both};
use crate::diagnostic::Argument;
use crate::diagnostic::code::questionnaire::{NESTED_TOO_DEEPLY, NOT_JSON, REPEATED_KEY};
use crate::source::Span;
use crate::source::json::{Fault, FaultKind, Kind, Scanner, Token, unescape};

/// Levels of a file; a questionnaire needs eight.
pub const DEEPEST: usize = 32;

/// A value and its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node<'t> {
    /// What it is.
    pub value: Value<'t>,
    /// Its bytes, quotes and brackets included.
    pub span: Span,
}

/// The kinds of value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'t> {
    /// `null`
    Null,
    /// `true`, `false`
    Truth(bool),
    /// A number, as written.
    Number(&'t str),
    /// A string; owned if it was written with escapes.
    Text(Cow<'t, str>),
    /// An array.
    List(Vec<Node<'t>>),
    /// An object, in order of writing.
    Object(Vec<Member<'t>>),
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member<'t> {
    /// Escapes undone.
    pub key: Cow<'t, str>,
    /// Its bytes, quotes included.
    pub key_span: Span,
    /// What it names.
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

/// Reads the whole text of `walk`'s file. `None`: it is no JSON, which has been reported.
pub(super) fn parse<'t>(text: &'t str, walk: &mut Walk) -> Option<Node<'t>> {
    let mut reader = Reader { text, scanner: Scanner::new(text.as_bytes(), 0), walk };
    let read = reader.document();
    read.map_err(|mistake| reader.report(&mistake)).ok()
}

/// Why the reading stopped.
enum Mistake {
    /// The scanner met no token.
    Fault(Fault),
    /// A token that may not stand here. `None`: the text ended.
    Order(Option<Token>),
    /// A level too many.
    Depth(Token),
}

struct Reader<'t, 'w> {
    text: &'t str,
    scanner: Scanner<'t>,
    walk: &'w mut Walk,
}

impl<'t> Reader<'t, '_> {
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
                let finding = self.walk.at(&REPEATED_KEY, member.key_span, both("2回目", "again here"));
                let earlier = self.walk.label(earlier, both("1回目", "first here"));
                self.walk.push(finding.label(earlier).with("key", Argument::written(&member.key)));
            } else {
                first.insert(member.key.clone(), member.key_span);
                kept.push(member);
            }
        }
        kept
    }

    fn report(&mut self, mistake: &Mistake) {
        let finding = match *mistake {
            Mistake::Depth(token) => self
                .walk
                .at(&NESTED_TOO_DEEPLY, span(token.start, token.end), both("ここ", "here"))
                .with("limit", DEEPEST),
            Mistake::Order(token) => {
                let end = self.text.len();
                let (start, end) = token.map_or((end, end), |token| (token.start, token.end));
                let text = match token {
                    Some(_) => both("ここに書けない記号", "not allowed here"),
                    None => both("ファイルが途中で終わっている", "the file ends too early"),
                };
                self.walk.at(&NOT_JSON, span(start, end), text)
            }
            Mistake::Fault(fault) => {
                let length =
                    self.text.get(fault.at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
                self.walk.at(&NOT_JSON, span(fault.at, fault.at + length), reason(fault.kind))
            }
        };
        self.walk.push(finding);
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

fn span(start: usize, end: usize) -> Span {
    let offset = |at: usize| u64::try_from(at).unwrap_or(u64::MAX);
    Span::new(offset(start), offset(end))
}

fn reason(kind: FaultKind) -> Argument {
    match kind {
        FaultKind::Unexpected => both("JSONにない文字", "no JSON value begins with this"),
        FaultKind::OpenString => both("閉じられていない文字列", "this string has no end"),
        FaultKind::Control => both("文字列の中の制御文字", "a control character in a string"),
        FaultKind::Escape => both("JSONにないエスケープ", "an escape that JSON does not have"),
        FaultKind::Number => both("JSONの数値ではない", "not a number of JSON"),
        FaultKind::Encoding => both("UTF-8ではない", "not UTF-8"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Language;

    fn read(text: &str) -> (Option<Node<'_>>, Walk) {
        let mut walk = Walk::of_text("schemas/ex.json", text);
        (parse(text, &mut walk), walk)
    }

    fn codes(text: &str) -> Vec<String> {
        read(text).1.into_found().iter().map(|finding| finding.notice.id.to_string()).collect()
    }

    #[test]
    fn every_span_cut_from_the_text_is_the_value() {
        let text = r#" { "a" : [ 1.50 , "あ\n" , null ] , "b" : { "c" : true } } "#;
        let (tree, walk) = read(text);
        let tree = tree.unwrap();
        let source = walk.source.clone();
        let cut = |span: Span| source.slice(span);
        assert!(walk.into_found().is_empty());
        assert_eq!(cut(tree.span), text.trim());
        let items: Vec<&str> =
            tree.get("a").unwrap().node.items().iter().map(|item| cut(item.span)).collect();
        assert_eq!(items, ["1.50", "\"あ\\n\"", "null"]);
        assert_eq!(cut(tree.get("b").unwrap().key_span), "\"b\"");
        assert_eq!(tree.get("a").unwrap().node.items()[1].text(), Some("あ\n"));
    }

    #[test]
    fn a_repeated_key_is_told_with_both_places_and_the_first_stays() {
        for filler in [0, 30] {
            let filler = (0..filler).map(|n| format!("\"k{n}\":0,")).collect::<Vec<_>>().concat();
            let text = format!("{{{filler}\"a\":1,\"\\u0061\":2}}");
            let (tree, walk) = read(&text);
            let found = walk.into_found();
            assert_eq!(found.len(), 1);
            assert_eq!(found.iter().next().unwrap().labels.len(), 2);
            assert_eq!(tree.unwrap().get("a").unwrap().node.value, Value::Number("1"));
        }
    }

    #[test]
    fn text_that_is_no_json_gives_one_finding_at_its_place() {
        for text in
            ["", "{", "[1,]", "{\"a\" 1}", "{\"a\":1,}", "{1:2}", "[1 2]", "nul", "\"a", "[01]", "1 2"]
        {
            assert_eq!(codes(text), ["KP-P100"], "{text}");
        }
    }

    #[test]
    fn deep_nesting_is_refused_before_it_costs_stack() {
        let text = "[".repeat(100_000);
        assert_eq!(codes(&text), ["KP-P102"]);
        let deepest = format!("{}{}", "[".repeat(DEEPEST), "]".repeat(DEEPEST));
        assert!(codes(&deepest).is_empty());
    }

    #[test]
    fn a_path_leads_to_the_node_or_as_near_as_it_goes() {
        let (tree, _) = read(r#"{"a":[{"b":7}]}"#);
        let tree = tree.unwrap();
        let at = |path: &[&str]| {
            let (node, whole) = tree.nearest_at(path);
            (node.span, whole)
        };
        assert_eq!(at(&["a", "0", "b"]), (Span::new(11, 12), Span::new(7, 12)));
        assert_eq!(at(&["a", "0", "missing"]), (Span::new(6, 13), Span::new(6, 13)));
    }

    #[test]
    fn the_finding_says_why() {
        let (_, walk) = read("[\u{1}]");
        let found = walk.into_found();
        assert_eq!(
            found.iter().next().unwrap().labels[0].text.print(Language::En),
            "no JSON value begins with this"
        );
    }
}
