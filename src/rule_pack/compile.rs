//! From the text of an expression in a pack file to its typed tree.
//!
//! Invariants
//! - A text is parsed once, however many instances are typed from it.
//! - Texts that are no literal strings have been reported by the check of keys and are not parsed.

use super::shape::is_literal;
use super::toml_file::{Item, Text};
use crate::diagnostic::Diagnostics;
use crate::expression::tree::{ExpressionText, Offsets};
use crate::expression::{Expr, Names, Type, TypedExpr, lint, parse, typing};
use crate::source::{SourceText, Span};

/// An expression as parsed, with its place.
#[derive(Debug)]
pub struct Parsed<'a> {
    expr: Expr,
    text: ExpressionText<'a>,
    /// The whole string, quotes included.
    pub span: Span,
}

/// Parses `item`. `None`: absent, no literal string, or with mistakes of grammar, which are reported.
pub fn parse_item<'a>(
    source: &'a SourceText,
    item: Option<&'a Item<'_>>,
    found: &mut Diagnostics,
) -> Option<Parsed<'a>> {
    parse_text(source, item?.text()?, found)
}

/// Parses the string `written` of the file `source`.
pub fn parse_text<'a>(
    source: &'a SourceText,
    written: Text<'a>,
    found: &mut Diagnostics,
) -> Option<Parsed<'a>> {
    if !is_literal(source, written.span) || written.text.trim().is_empty() {
        return None;
    }
    let text =
        ExpressionText { source, text: written.text, offsets: Offsets::Direct(first_byte(source, written)) };
    let (expr, mistakes) = parse::parse(text);
    let broken = mistakes.has_errors();
    found.append(mistakes);
    (!broken).then_some(Parsed { expr, text, span: written.span })
}

/// Behind the quotes, and behind the line break that `'''` swallows.
fn first_byte(source: &SourceText, written: Text<'_>) -> u64 {
    let raw = source.slice(written.span);
    let quotes = if raw.starts_with("'''") { "'''" } else { "'" };
    let inner = raw.strip_prefix(quotes).unwrap_or(raw);
    let swallowed = if quotes == "'" {
        0
    } else if inner.starts_with("\r\n") {
        2
    } else {
        u64::from(inner.starts_with('\n'))
    };
    written.span.start + u64::try_from(quotes.len()).unwrap_or(0) + swallowed
}

impl Parsed<'_> {
    /// The condition. `None`: it has errors, which are reported.
    pub fn condition(&self, names: &Names, found: &mut Diagnostics) -> Option<TypedExpr> {
        let (typed, mistakes) = typing::condition(&self.expr, names, self.text);
        self.linted(typed, mistakes, names, found)
    }

    /// The value, of type `expected` where one is given. `None`: it has errors, which are reported.
    pub fn value(
        &self,
        names: &Names,
        expected: Option<&Type>,
        found: &mut Diagnostics,
    ) -> Option<TypedExpr> {
        let (typed, mistakes) = typing::value(&self.expr, names, self.text, expected);
        self.linted(typed, mistakes, names, found)
    }

    fn linted(
        &self,
        typed: Option<TypedExpr>,
        mistakes: Diagnostics,
        names: &Names,
        found: &mut Diagnostics,
    ) -> Option<TypedExpr> {
        found.append(mistakes);
        let typed = typed?;
        found.append(lint::lint(&typed, &self.expr, names, self.text));
        Some(typed)
    }
}
