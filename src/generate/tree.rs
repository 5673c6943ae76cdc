//! A TOML file as a tree in which every key and value knows its bytes.
//!
//! Invariants
//! - Tables keep the order of the file; inline tables, headers and dotted keys look alike.
//! - Decimals keep their digits as written, so that they can be read exactly.

use std::sync::Arc;

use toml_edit::{Datetime, Document, Item, TableLike, TomlError, Value};

use crate::source::Span;

/// A value and its bytes.
#[derive(Debug, Clone)]
pub struct Tree {
    /// Its bytes; those of its entries where a table has no bytes of its own.
    pub span: Span,
    /// What it is.
    pub node: Node,
}

/// The kinds of value.
#[derive(Debug, Clone)]
pub enum Node {
    /// A string.
    Text(Arc<str>),
    /// A whole number.
    Integer(i64),
    /// A number with a point, as written.
    Decimal(Arc<str>),
    /// `true` or `false`.
    Truth(bool),
    /// A date, a time of day, or both.
    Time(Datetime),
    /// An array, or tables under one `[[header]]`.
    List(Vec<Tree>),
    /// A table.
    Table(Vec<(Key, Tree)>),
}

/// A key and its bytes.
#[derive(Debug, Clone)]
pub struct Key {
    /// Without quotes.
    pub name: Arc<str>,
    /// Its bytes.
    pub span: Span,
}

/// Reads `text`; the error is the first one of syntax.
pub fn parse(text: &str) -> Result<Tree, TomlError> {
    let document = Document::parse(text)?;
    let mut tree = table(text, document.as_table(), None);
    tree.span = Span::new(0, 0);
    Ok(tree)
}

fn span(range: Option<std::ops::Range<usize>>) -> Option<Span> {
    let range = range?;
    Some(Span::new(u64::try_from(range.start).ok()?, u64::try_from(range.end).ok()?))
}

fn table(text: &str, entries: &dyn TableLike, own: Option<Span>) -> Tree {
    let mut list = Vec::with_capacity(entries.len());
    for (name, item) in entries.iter() {
        let Some(tree) = item_tree(text, item) else { continue };
        let key = entries.key(name).and_then(|key| span(key.span())).unwrap_or(tree.span);
        list.push((Key { name: Arc::from(name), span: key }, tree));
    }
    let inner = list.iter().map(|(key, tree)| key.span.to(tree.span)).reduce(Span::to);
    Tree { span: own.or(inner).unwrap_or_default(), node: Node::Table(list) }
}

fn item_tree(text: &str, item: &Item) -> Option<Tree> {
    match item {
        Item::None => None,
        Item::Value(value) => Some(value_tree(text, value)),
        Item::Table(entries) => Some(table(text, entries, span(entries.span()))),
        Item::ArrayOfTables(tables) => {
            let list: Vec<Tree> =
                tables.iter().map(|entries| table(text, entries, span(entries.span()))).collect();
            let whole = list.iter().map(|tree| tree.span).reduce(Span::to);
            Some(Tree { span: whole.unwrap_or_default(), node: Node::List(list) })
        }
    }
}

fn value_tree(text: &str, value: &Value) -> Tree {
    let own = span(value.span());
    let node = match value {
        Value::String(string) => Node::Text(Arc::from(string.value().as_str())),
        Value::Integer(number) => Node::Integer(*number.value()),
        Value::Float(number) => {
            Node::Decimal(Arc::from(number.span().and_then(|range| text.get(range)).unwrap_or_default()))
        }
        Value::Boolean(truth) => Node::Truth(*truth.value()),
        Value::Datetime(time) => Node::Time(*time.value()),
        Value::Array(items) => Node::List(items.iter().map(|item| value_tree(text, item)).collect()),
        Value::InlineTable(entries) => return table(text, entries, own),
    };
    Tree { span: own.unwrap_or_default(), node }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_values_know_their_bytes_in_every_spelling_of_a_table() {
        let text = "[[a]]\nb.c = 0.10\nd = { e = [1, \"x\"] }\n";
        let Node::Table(top) = parse(text).unwrap().node else { panic!("table expected") };
        let Node::List(tables) = &top[0].1.node else { panic!("list expected") };
        let Node::Table(entries) = &tables[0].node else { panic!("table expected") };
        let names: Vec<&str> = entries.iter().map(|(key, _)| &*key.name).collect();
        assert_eq!(names, ["b", "d"]);
        let Node::Table(inner) = &entries[0].1.node else { panic!("table expected") };
        let Node::Decimal(digits) = &inner[0].1.node else { panic!("decimal expected") };
        assert_eq!(&**digits, "0.10");
        let at = inner[0].1.span;
        assert_eq!(&text[usize::try_from(at.start).unwrap()..usize::try_from(at.end).unwrap()], "0.10");
    }
}
