//! Message templates: text with numbered slots.
//!
//! Invariants
//! - A template is parsed once, when its code or rule is loaded; filling it never fails.
//! - `{{` and `}}` stand for braces.

use std::sync::Arc;

use memchr::memchr2;

use super::{Argument, Language};

/// A part of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Literal text.
    Text(Arc<str>),
    /// Index into the arguments of the diagnostic.
    Slot(usize),
}

/// A message with slots.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Template {
    /// In reading order.
    pub pieces: Vec<Piece>,
}

impl Template {
    /// Splits `text` at its `{name}` placeholders; `slot` gives each name its index.
    ///
    /// A brace without its partner is literal text.
    pub fn parse(text: &str, mut slot: impl FnMut(&str) -> usize) -> Self {
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some((before, from)) = next_brace(rest).and_then(|at| rest.split_at_checked(at)) {
            literal.push_str(before);
            let (brace, after) = from.split_at(1);
            rest = after;
            if let Some(doubled) = after.strip_prefix(brace) {
                literal.push_str(brace);
                rest = doubled;
            } else if let Some((name, tail)) = after.split_once('}').filter(|_| brace == "{") {
                if !literal.is_empty() {
                    pieces.push(Piece::Text(Arc::from(std::mem::take(&mut literal))));
                }
                pieces.push(Piece::Slot(slot(name)));
                rest = tail;
            } else {
                literal.push_str(brace);
            }
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            pieces.push(Piece::Text(Arc::from(literal)));
        }
        Self { pieces }
    }

    /// Where the first brace stands that has no partner, in bytes. `None`: each has one.
    ///
    /// A brace that opens a second placeholder inside one shows that the first was not closed.
    pub fn stray_brace(text: &str) -> Option<usize> {
        let mut at = 0;
        loop {
            let rest = text.get(at..)?;
            let start = at + next_brace(rest)?;
            let (brace, after) = text.get(start..)?.split_at_checked(1)?;
            at = if after.starts_with(brace) {
                start + 2
            } else if brace == "{"
                && let Some((name, _)) = after.split_once('}').filter(|(name, _)| !name.contains('{'))
            {
                start + name.len() + 2
            } else {
                return Some(start);
            };
        }
    }

    /// The text in `language` with `arguments` put into the slots; a slot without argument prints nothing.
    pub fn fill(&self, arguments: &[Argument], language: Language) -> String {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(literal) => text.push_str(literal),
                Piece::Slot(slot) => {
                    if let Some(argument) = arguments.get(*slot) {
                        argument.write(&mut text, language);
                    }
                }
            }
        }
        text
    }
}

fn next_brace(text: &str) -> Option<usize> {
    memchr2(b'{', b'}', text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_brace_without_partner_is_found() {
        for (text, at) in
            [("a {b", Some(2)), ("{a {b}", Some(0)), ("{{a}} b}", Some(7)), ("{a} {{}} {b}", None)]
        {
            assert_eq!(Template::stray_brace(text), at, "{text}");
        }
    }

    #[test]
    fn placeholders_are_filled_in_both_orders_and_braces_survive() {
        let mut names: Vec<String> = Vec::new();
        let template = Template::parse("{b}床 {{x}} {a}} {", |name| {
            names.push(name.to_owned());
            names.len() - 1
        });
        assert_eq!(names, ["b", "a"]);
        let arguments = [Argument::from("12"), Argument::from("い")];
        assert_eq!(template.fill(&arguments, Language::Ja), "12床 {x} い} {");
    }
}
