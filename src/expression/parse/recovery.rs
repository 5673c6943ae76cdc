//! What the parser says about a token that does not fit, and how it goes on.
//!
//! Invariants
//! - About one token at most one thing is said.
//! - Going on always consumes a token or leaves the decision to a caller that does.

use super::Parser;
use super::token::{Kind, Symbol, WORDS, Word};
use crate::diagnostic::code::expression as codes;
use crate::diagnostic::nearest::{fold, nearest};
use crate::diagnostic::{Argument, Localized};
use crate::expression::notes::{both, did_you_mean};
use crate::expression::tree::Name;
use crate::source::Span;

impl Parser<'_> {
    /// True the first time that something is said about the current token.
    pub(super) fn first_report(&mut self) -> bool {
        let first = self.reported_at != Some(self.at);
        self.reported_at = Some(self.at);
        first && !self.is_flawed()
    }

    /// Whether the lexer said something about the current token.
    pub(super) fn is_flawed(&self) -> bool {
        self.token().is_some_and(|token| token.flawed)
    }

    /// Says that `expected` was expected here.
    pub(super) fn unexpected(&mut self, expected: &Argument) {
        let suggestion = self.word_in_disguise();
        self.unexpected_with(expected, suggestion);
    }

    /// Says that `expected` was expected here, with a suggestion of the caller's.
    pub(super) fn unexpected_with(&mut self, expected: &Argument, suggestion: Option<Localized<String>>) {
        if !self.first_report() {
            return;
        }
        let mut note = self
            .notes
            .about(&codes::UNEXPECTED_TOKEN)
            .with("expected", expected.clone())
            .with("found", self.found())
            .label(self.notes.mark(self.span(), expected.clone()));
        note.suggestion = suggestion;
        self.notes.push(note);
    }

    /// A name that is nearly a reserved word: `AND`, `beetween`.
    fn word_in_disguise(&self) -> Option<Localized<String>> {
        let Kind::Name(name) = self.kind() else { return None };
        let folded = fold(name);
        let words = WORDS.iter().map(|(spelling, _)| *spelling);
        nearest(&folded, words).map(|word| did_you_mean(&format!("`{word}`")))
    }

    /// Leaves a token that an enclosing construct waits for, and skips any other.
    pub(super) fn skip_or_stop(&mut self) {
        let at = self.at;
        match self.kind() {
            Kind::End => {}
            Kind::Symbol(
                Symbol::CloseParenthesis | Symbol::CloseBrace | Symbol::CloseBracket | Symbol::Comma,
            )
            | Kind::Word(Word::And | Word::Or | Word::Then | Word::Else | Word::Iff)
                if self.depth > 0 => {}
            _ => {
                self.advance();
                // What follows a skipped token is a consequence of it.
                if self.reported_at == Some(at) {
                    self.reported_at = Some(self.at);
                }
            }
        }
    }

    /// Goes behind the `)` that closes the group in which the current token stands; says nothing about what it skips.
    pub(super) fn skip_group(&mut self) {
        let mut open = 1_usize;
        while *self.kind() != Kind::End && open > 0 {
            match self.kind() {
                Kind::Symbol(Symbol::OpenParenthesis) => open += 1,
                Kind::Symbol(Symbol::CloseParenthesis) => open -= 1,
                _ => {}
            }
            self.advance();
        }
    }

    /// Whether the current token can begin an operand.
    pub(super) fn begins_operand(&self) -> bool {
        begins_operand(self.kind())
    }

    /// Whether a test begins where an operator should stand; reported, and read as a missing `and`.
    pub(super) fn missing_operator(&mut self) -> bool {
        if !self.begins_operand() {
            return false;
        }
        if self.notes.is_full() {
            self.give_up();
            return false;
        }
        // Behind a token that was reported, the next one tells nothing new.
        if self.reported_at.is_none_or(|at| at + 1 < self.at) {
            self.unexpected(&both("演算子", "an operator"));
        }
        if self.word_in_disguise().is_some() && begins_operand(self.ahead(1)) {
            self.advance();
        }
        true
    }

    /// The closing partner of the bracket at `opened`.
    pub(super) fn close(&mut self, opened: Span, bracket: &'static str, closing: Symbol) {
        if self.take_symbol(closing).is_some() || !self.first_report() {
            return;
        }
        let note = self
            .notes
            .about(&codes::UNCLOSED_BRACKET)
            .with("found", format!("`{bracket}`"))
            .with("expected", format!("`{}`", closing.spelling()))
            .label(self.notes.mark(self.span(), both("ここで閉じるはずです", "expected to close here")))
            .label(self.notes.mark(opened, both("ここで開いている", "opened here")));
        self.notes.push(note);
    }

    /// A name; a reserved word in its place is reported and taken as the name that was meant.
    pub(super) fn name(&mut self, expected: &Argument) -> Option<Name> {
        let span = self.span();
        match self.kind().clone() {
            Kind::Name(text) => {
                self.advance();
                Some(Name { text, span })
            }
            Kind::Word(word) => {
                self.report_reserved(word.spelling(), span);
                self.advance();
                Some(Name { text: word.spelling().into(), span })
            }
            _ => {
                self.unexpected(expected);
                None
            }
        }
    }

    pub(super) fn report_reserved(&mut self, word: &str, span: Span) {
        if !self.first_report() {
            return;
        }
        let fix = match word {
            "it" | "param" | "let" => {
                ("別の名前に変えてください。".to_owned(), "give the thing another name".to_owned())
            }
            _ => (
                format!("項目の名前であれば、逆引用符で囲んで `{word}` と書いてください。"),
                format!("if it is the name of a field, write it in back-quotes: `{word}`"),
            ),
        };
        let note = self
            .notes
            .about(&codes::RESERVED_WORD)
            .with("found", word)
            .label(self.notes.mark(span, both("予約語", "reserved")))
            .suggest(Localized::new(fix.0, fix.1));
        self.notes.push(note);
    }
}

/// Whether a token of this kind can begin an operand.
fn begins_operand(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::Name(_)
            | Kind::Number(_)
            | Kind::Text(_)
            | Kind::Date(_)
            | Kind::Word(
                Word::Not | Word::True | Word::False | Word::Param | Word::Let | Word::It | Word::If
            )
            | Kind::Symbol(Symbol::OpenParenthesis)
    )
}
