//! Sums, products, constants, references, lookups and calls.
//!
//! Invariants
//! - Chains of one operator lean to the left and are no longer than the depth limit.
//! - A function's name is one only before `(`; otherwise it is a name like any other.

use std::sync::Arc;

use super::token::{Kind, Symbol, Word};
use super::{MAX_DEPTH, Parser, unreadable};
use crate::diagnostic::{Argument, Localized};
use crate::expression::notes::both;
use crate::expression::tree::{ArithmeticOp, Expr, ExprKind, Literal, Name, Reference};
use crate::source::Span;

impl Parser<'_> {
    /// `sum = product { ( "+" | "-" ) product }`
    pub(super) fn sum(&mut self) -> Expr {
        self.chain(Self::product, |symbol| match symbol {
            Symbol::Plus => Some(ArithmeticOp::Add),
            Symbol::Minus => Some(ArithmeticOp::Subtract),
            _ => None,
        })
    }

    /// `product = atom { ( "*" | "/" ) atom }`
    fn product(&mut self) -> Expr {
        self.chain(Self::atom, |symbol| match symbol {
            Symbol::Star => Some(ArithmeticOp::Multiply),
            Symbol::Slash => Some(ArithmeticOp::Divide),
            _ => None,
        })
    }

    fn chain(
        &mut self,
        part: impl Fn(&mut Self) -> Expr,
        operator: impl Fn(Symbol) -> Option<ArithmeticOp>,
    ) -> Expr {
        let mut left = part(self);
        let mut count = 0;
        while let Kind::Symbol(symbol) = self.kind() {
            let Some(op) = operator(*symbol) else { break };
            count += 1;
            if count > MAX_DEPTH {
                let span = self.span();
                self.report_depth(span);
                self.give_up();
                return unreadable(span);
            }
            self.advance();
            let right = part(self);
            let span = left.span.to(right.span);
            let kind = ExprKind::Arithmetic { op, left: Box::new(left), right: Box::new(right) };
            left = Expr { kind, span };
        }
        left
    }

    /// `atom = literal | ref | call | "-" atom | "(" condition ")"`
    fn atom(&mut self) -> Expr {
        let start = self.span();
        if let Some(literal) = self.literal() {
            return Expr { kind: ExprKind::Literal(literal), span: start };
        }
        match self.kind() {
            Kind::Symbol(Symbol::Minus) => {
                self.advance();
                let inner = self.nested(Self::atom);
                let span = start.to(inner.span);
                Expr { kind: ExprKind::Negate(Box::new(inner)), span }
            }
            Kind::Symbol(Symbol::OpenParenthesis) => {
                self.advance();
                let inner = self.condition();
                self.close(start, "(", Symbol::CloseParenthesis);
                Expr { kind: ExprKind::Parenthesis(Box::new(inner)), span: self.since(start) }
            }
            Kind::Name(_) | Kind::Word(Word::Param | Word::Let | Word::It) => self.named(start),
            Kind::Word(Word::If) => self.misplaced_if(),
            _ => self.no_operand(start),
        }
    }

    /// What begins with a name: a call, a lookup or a reference.
    fn named(&mut self, start: Span) -> Expr {
        if let Kind::Name(text) = self.kind().clone() {
            let name = Name { text, span: start };
            match self.ahead(1) {
                Kind::Symbol(Symbol::OpenParenthesis) => return self.call(name),
                Kind::Symbol(Symbol::OpenBracket) => return self.lookup(name),
                _ => {}
            }
        }
        let reference = self.reference(&both("項目名", "a field"));
        let kind = reference.map_or(ExprKind::Unreadable, ExprKind::Reference);
        Expr { kind, span: self.since(start) }
    }

    /// Nothing that could be an operand.
    fn no_operand(&mut self, start: Span) -> Expr {
        let expected = both("項目名や値", "a field or a value");
        if let Kind::Word(word) = self.kind().clone()
            && matches!(word, Word::In | Word::Of | Word::Has | Word::Is | Word::Between | Word::Within)
            && matches!(self.ahead(1), Kind::Symbol(_) | Kind::Word(_) | Kind::End)
        {
            self.report_reserved(word.spelling(), start);
            self.advance();
            return unreadable(start);
        }
        let suggestion = self.is_symbol(Symbol::OpenBrace).then(|| {
            Localized::new(
                "値の並び `{ … }` は in の後だけに書けます。".to_owned(),
                "a list `{ … }` stands only behind `in`".to_owned(),
            )
        });
        match suggestion {
            Some(_) => self.unexpected_with(&expected, suggestion),
            None => self.unexpected(&expected),
        }
        self.skip_or_stop();
        unreadable(start)
    }

    /// `literal = NUMBER | TEXT | DATE | "true" | "false"`
    pub(super) fn literal(&mut self) -> Option<Literal> {
        let literal = match self.kind().clone() {
            Kind::Number(text) => Literal::Number(text),
            Kind::Text(text) => Literal::Text(text),
            Kind::Date(text) => Literal::Date(text),
            Kind::Word(Word::True) => Literal::Truth(true),
            Kind::Word(Word::False) => Literal::Truth(false),
            _ => return None,
        };
        self.advance();
        Some(literal)
    }

    /// `[ IDENT "." ] IDENT`, with `it`, `param.x` and `let.x`.
    pub(super) fn reference(&mut self, expected: &Argument) -> Option<Reference> {
        let span = self.span();
        let first = match self.kind().clone() {
            Kind::Word(word @ (Word::Param | Word::Let)) if *self.ahead(1) != Kind::Symbol(Symbol::Dot) => {
                self.report_reserved(word.spelling(), span);
                self.advance();
                return None;
            }
            Kind::Word(word @ (Word::It | Word::Param | Word::Let)) => {
                self.advance();
                Name { text: Arc::from(word.spelling()), span }
            }
            _ => self.name(expected)?,
        };
        if self.take_symbol(Symbol::Dot).is_none() {
            return Some(Reference { prefix: None, name: first });
        }
        let name = self.name(&both("点の後の名前", "a name behind the point"))?;
        Some(Reference { prefix: Some(first), name })
    }

    /// `IDENT "[" sum { "," sum } "]" "." IDENT`
    fn lookup(&mut self, table: Name) -> Expr {
        self.advance();
        let opened = self.advance();
        let mut keys = Vec::new();
        loop {
            keys.push(self.nested(Self::sum));
            if self.take_symbol(Symbol::Comma).is_none() {
                break;
            }
        }
        self.close(opened, "[", Symbol::CloseBracket);
        let expected = both("`.` と列名", "`.` and a column");
        let column = if self.take_symbol(Symbol::Dot).is_some() {
            self.name(&expected)
        } else {
            self.unexpected(&expected);
            None
        };
        let span = self.since(table.span);
        let Some(column) = column else { return unreadable(span) };
        Expr { kind: ExprKind::Lookup { table, keys, column }, span }
    }

    /// `FUNC "(" condition { "," condition } ")"`
    fn call(&mut self, function: Name) -> Expr {
        self.advance();
        let opened = self.advance();
        let mut arguments = Vec::new();
        while !self.is_symbol(Symbol::CloseParenthesis) {
            arguments.push(self.condition());
            if self.take_symbol(Symbol::Comma).is_none() {
                break;
            }
        }
        self.close(opened, "(", Symbol::CloseParenthesis);
        let span = self.since(function.span);
        Expr { kind: ExprKind::Call { function, arguments }, span }
    }
}
