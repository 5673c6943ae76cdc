//! Text → [`Expr`]: the frozen grammar, with recovery so that several mistakes are reported at once.
//!
//! Invariants
//! - Total: every text gives a tree and its mistakes; time and stack are bounded by the limits.
//! - A part that could not be read is [`ExprKind::Unreadable`] and has been reported.
//! - One mistake is reported for one place: what follows from it is not.

mod atom;
mod condition;
mod lexer;
mod membership;
mod recovery;
mod respell;
mod token;

#[cfg(test)]
mod tests;

use token::{Kind, Symbol, Token, Word};

use super::notes::{Notes, both};
use super::tree::{Expr, ExprKind, ExpressionText};
use crate::diagnostic::code::expression as codes;
use crate::diagnostic::{Argument, Diagnostics};
use crate::source::Span;

pub(super) use token::is_reserved;

/// Most bytes of one expression.
pub const MAX_BYTES: usize = 64 * 1024;

/// Deepest nesting of one expression, parentheses not counted in the tree.
pub const MAX_DEPTH: usize = 64;

/// Parses `text`. The tree is whole if no error is among the diagnostics.
pub fn parse(text: ExpressionText<'_>) -> (Expr, Diagnostics) {
    let mut notes = Notes::new(text);
    let whole = text.span(0, text.text.len());
    if text.text.len() > MAX_BYTES {
        let note = notes
            .about(&codes::EXPRESSION_TOO_LARGE)
            .with("limit", both("64 KiB", "64 KiB"))
            .label(notes.mark(whole, ""));
        notes.push(note);
        return (unreadable(whole), notes.finish());
    }
    let tokens = respell::respelled(lexer::tokens(text, &mut notes), text, &mut notes);
    let mut parser = Parser { text, tokens, at: 0, depth: 0, notes, reported_at: None, gave_up: false };
    let mut expr = parser.whole();
    if height(&expr) > MAX_DEPTH {
        if !parser.gave_up {
            parser.report_depth(whole);
        }
        expr = unreadable(whole);
    }
    (expr, parser.notes.finish())
}

const fn unreadable(span: Span) -> Expr {
    Expr { kind: ExprKind::Unreadable, span }
}

/// Levels of the tree, parentheses not counted.
fn height(expr: &Expr) -> usize {
    let below = expr.children().into_iter().map(height).max().unwrap_or(0);
    if matches!(expr.kind, ExprKind::Parenthesis(_)) { below } else { below + 1 }
}

struct Parser<'a> {
    text: ExpressionText<'a>,
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    notes: Notes<'a>,
    /// The token about which something was said last: nothing more is said about it.
    reported_at: Option<usize>,
    /// The expression was too deep, and that was said.
    gave_up: bool,
}

impl Parser<'_> {
    /// The whole expression; what stands behind it is reported, and read for further mistakes.
    fn whole(&mut self) -> Expr {
        let expr = self.condition();
        if *self.kind() == Kind::End {
            return expr;
        }
        let start = expr.span;
        while *self.kind() != Kind::End {
            self.unexpected(&both("演算子か式の終わり", "an operator or the end"));
            self.skip_or_stop();
            if self.begins_operand() {
                self.condition();
            }
        }
        unreadable(self.since(start))
    }

    fn token(&self) -> Option<&Token> {
        self.tokens.get(self.at).or_else(|| self.tokens.last())
    }

    fn kind(&self) -> &Kind {
        self.token().map_or(&Kind::End, |token| &token.kind)
    }

    /// The kind of the token `ahead` places further.
    fn ahead(&self, ahead: usize) -> &Kind {
        self.tokens.get(self.at + ahead).map_or(&Kind::End, |token| &token.kind)
    }

    fn span(&self) -> Span {
        self.token().map_or_else(Span::default, |token| self.text.span(token.start, token.end))
    }

    /// The span from `start` to the end of the token read last.
    fn since(&self, start: Span) -> Span {
        let last = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        let end = last.map_or(start.end, |token| self.text.span(token.start, token.end).end);
        Span::new(start.start, end.max(start.end))
    }

    fn advance(&mut self) -> Span {
        let span = self.span();
        if self.at + 1 < self.tokens.len() {
            self.at += 1;
        }
        span
    }

    fn is_word(&self, word: Word) -> bool {
        *self.kind() == Kind::Word(word)
    }

    fn is_symbol(&self, symbol: Symbol) -> bool {
        *self.kind() == Kind::Symbol(symbol)
    }

    fn take_word(&mut self, word: Word) -> Option<Span> {
        self.is_word(word).then(|| self.advance())
    }

    fn take_symbol(&mut self, symbol: Symbol) -> Option<Span> {
        self.is_symbol(symbol).then(|| self.advance())
    }

    /// The current token, quoted for a message.
    fn found(&self) -> Argument {
        match self.kind() {
            Kind::End => both("式の終わり", "the end of the expression"),
            Kind::Word(word) => both(format!("`{}`", word.spelling()), format!("`{}`", word.spelling())),
            Kind::Symbol(symbol) => {
                both(format!("`{}`", symbol.spelling()), format!("`{}`", symbol.spelling()))
            }
            _ => self.notes.written(self.span()),
        }
    }

    /// Runs `read` one level deeper; at a limit the rest of the expression is given up.
    fn nested(&mut self, read: impl FnOnce(&mut Self) -> Expr) -> Expr {
        if self.notes.is_full() {
            self.give_up();
            return unreadable(self.span());
        }
        if self.depth >= MAX_DEPTH {
            let span = self.span();
            self.report_depth(span);
            self.give_up();
            return unreadable(span);
        }
        self.depth += 1;
        let expr = read(self);
        self.depth -= 1;
        expr
    }

    fn report_depth(&mut self, span: Span) {
        let note = self
            .notes
            .about(&codes::EXPRESSION_TOO_DEEP)
            .with("limit", MAX_DEPTH)
            .label(self.notes.mark(span, ""));
        self.notes.push(note);
    }

    /// Goes to the end, and says nothing about it.
    fn give_up(&mut self) {
        self.at = self.tokens.len().saturating_sub(1);
        self.reported_at = Some(self.at);
        self.gave_up = true;
    }
}
