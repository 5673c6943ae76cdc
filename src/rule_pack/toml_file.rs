//! Survey and rule files as trees, and what is wrong with their syntax as findings.
//!
//! Invariants
//! - A file inside the binary was read when that was built: its tree is there, and nothing is wrong with it.
//! - Which keys exist is no matter of this file; the table of keys has its own walk.

use super::mistake::{self, Refused};
use crate::diagnostic::code::pack as code;
use crate::diagnostic::{Diagnostic, Localized};
use crate::source::root::SurveyRoot;
use crate::source::toml_tree::{self, span};
pub use crate::source::toml_tree::{Entry, Item, Table, Text, Written};
use crate::source::{SourceText, Span};

/// The tree of a file of `root`, or where it first stops being TOML.
pub fn of_file<'a>(root: &SurveyRoot, source: &'a SourceText) -> Result<Table<'a>, Refused> {
    root.tree(&source.name).map_or_else(|| read(source), Ok)
}

/// Reads the file's text, or says where it first stops being TOML.
pub fn read(source: &SourceText) -> Result<Table<'_>, Refused> {
    toml_tree::read(&source.text).map_err(|error| Box::new(syntax(source, &error)))
}

fn syntax(source: &SourceText, error: &toml::de::Error) -> Diagnostic {
    let span = error.span().map_or(Span::new(0, 0), span);
    if error.message().contains("duplicate key") {
        let key = source.slice(span).to_owned();
        let text = Localized::new("二度目の記述".to_owned(), "given a second time".to_owned());
        return mistake::labelled(&code::DUPLICATE_KEY, source, span, text).with("key", key);
    }
    mistake::at(&code::TOML_SYNTAX, source, span).with("reason", error.message().replace('\n', ", "))
}

/// What it is, for messages.
pub const fn kind(item: &Item<'_>) -> Localized<&'static str> {
    match item.value {
        Written::Text(_) => Localized::new("文字列", "a string"),
        Written::Integer(_) => Localized::new("整数", "a whole number"),
        Written::Float(_) => Localized::new("小数", "a number"),
        Written::Flag(_) => Localized::new("真偽値", "true or false"),
        Written::Moment(_) => Localized::new("日付", "a date"),
        Written::List(_) => Localized::new("配列", "a list"),
        Written::Table(_) => Localized::new("表", "a table"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceId;

    fn source(text: &str) -> SourceText {
        SourceText { id: SourceId(0), name: "rules/ex.toml".into(), text: text.into() }
    }

    #[test]
    fn entries_keep_their_order_and_their_bytes() {
        let source = source("z = 'あ'\na.ja = \"い\"\na.en = 0x10\n[[r]]\nb = { y = 1, x = '''\nt''' }\n");
        let root = read(&source).unwrap();
        assert_eq!(root.entries.iter().map(|entry| &*entry.key).collect::<Vec<_>>(), ["z", "a", "r"]);
        assert_eq!(source.slice(root.get("z").unwrap().span), "'あ'");
        let texts = root.table("a").unwrap();
        assert_eq!((texts.text("ja").unwrap().text, texts.integer("en")), ("い", Some(16)));
        let rule = root.tables("r").next().unwrap();
        let inline = rule.table("b").unwrap();
        assert_eq!(inline.entries.iter().map(|entry| &*entry.key).collect::<Vec<_>>(), ["y", "x"]);
        assert_eq!(source.slice(inline.get("x").unwrap().span), "'''\nt'''");
        assert_eq!(source.slice(rule.span), "[[r]]");
    }

    #[test]
    fn the_first_mistake_of_syntax_is_marked() {
        let source = source("a = 1\nb = yes no\nc = \n");
        let mistake = read(&source).unwrap_err();
        assert_eq!((&*mistake.notice.id, mistake.labels[0].position.line), ("KP-P050", 2));
    }

    #[test]
    fn a_key_given_twice_is_named() {
        let source = source("[[rule]]\nid = 'A'\nslug = 'b'\nid = 'B'\n");
        let mistake = read(&source).unwrap_err();
        assert_eq!((&*mistake.notice.id, mistake.labels[0].position.line), ("KP-P054", 4));
        assert_eq!(mistake.arguments[0].print(crate::diagnostic::Language::En), "id");
    }
}
