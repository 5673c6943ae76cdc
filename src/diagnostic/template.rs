//! Message templates: text with numbered slots.
//!
//! Invariants
//! - A template is parsed once, when its code or rule is loaded; filling it never fails.
//! - `{{` and `}}` stand for braces.

use std::sync::Arc;

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
        while let Some((before, at)) = rest.split_once(['{', '}']).map(|(before, _)| (before, before.len())) {
            literal.push_str(before);
            let (brace, after) = rest.split_at(at).1.split_at(1);
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

#[cfg(test)]
mod tests {
    use super::*;

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
