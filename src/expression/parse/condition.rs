//! Conditions: `if`, `iff`, `or`, `and`, `not`, and the comparison and state tests.
//!
//! Invariants
//! - The span of a node reaches from the first to the last token of its parts.
//! - Each function reads one line of the grammar.

use super::token::{Kind, Symbol, Word};
use super::{Parser, unreadable};
use crate::diagnostic::Localized;
use crate::diagnostic::code::expression as codes;
use crate::expression::notes::{both, write_instead};
use crate::expression::tree::{CompareOp, Expr, ExprKind};
use crate::source::Span;

impl Parser<'_> {
    /// `condition = "if" equiv "then" condition [ "else" condition ] | equiv`
    pub(super) fn condition(&mut self) -> Expr {
        self.nested(|parser| match parser.take_word(Word::If) {
            Some(start) => parser.choice(start),
            None => parser.equivalence(),
        })
    }

    /// What follows `if`.
    fn choice(&mut self, start: Span) -> Expr {
        let condition = self.equivalence();
        if self.take_word(Word::Then).is_none() {
            self.unexpected(&both("`then`", "`then`"));
        }
        let then = self.condition();
        let otherwise = self.take_word(Word::Else).map(|_| Box::new(self.condition()));
        let kind = ExprKind::If { condition: Box::new(condition), then: Box::new(then), otherwise };
        Expr { kind, span: self.since(start) }
    }

    /// An `if` where an operand stands: reported, and read as if in parentheses.
    pub(super) fn misplaced_if(&mut self) -> Expr {
        let start = self.span();
        let behind = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        let behind = behind.map_or(start, |token| self.text.span(token.start, token.end));
        let first = self.first_report();
        self.advance();
        let inner = self.nested(|parser| parser.choice(start));
        if first {
            let fix = self.notes.slice(inner.span).to_owned();
            let note = self
                .notes
                .about(&codes::IF_NEEDS_PARENTHESES)
                .with("found", format!("`{}`", self.notes.slice(behind)))
                .label(self.notes.mark(inner.span, both("この if", "this `if`")))
                .suggest(Localized::new(format!("`({fix})` と書いてください。"), format!("write `({fix})`")));
            self.notes.push(note);
        }
        let span = inner.span;
        Expr { kind: ExprKind::Parenthesis(Box::new(inner)), span }
    }

    /// `equiv = disj [ "iff" disj ]`
    fn equivalence(&mut self) -> Expr {
        let mut left = self.disjunction();
        let mut count = 0;
        while self.is_word(Word::Iff) {
            count += 1;
            if count == 2 {
                let fix = Localized::new(
                    "iff は一つだけです。括弧で `(a iff b) iff c` のようにまとめてください。".to_owned(),
                    "only one `iff`; group with parentheses: `(a iff b) iff c`".to_owned(),
                );
                self.unexpected_with(
                    &both("`and` か `or` か式の終わり", "`and`, `or` or the end"),
                    Some(fix),
                );
            }
            self.advance();
            let right = self.disjunction();
            let span = left.span.to(right.span);
            left = Expr { kind: ExprKind::Iff { left: Box::new(left), right: Box::new(right) }, span };
            if count > super::MAX_DEPTH {
                self.report_depth(span);
                self.give_up();
                return unreadable(span);
            }
        }
        left
    }

    /// `disj = conj { "or" conj }`
    fn disjunction(&mut self) -> Expr {
        let first = self.conjunction();
        let mut parts = vec![first];
        while self.take_word(Word::Or).is_some() {
            parts.push(self.conjunction());
        }
        joined(parts, ExprKind::Or)
    }

    /// `conj = neg { "and" neg }`; two tests with nothing between them are taken for a missing `and`.
    fn conjunction(&mut self) -> Expr {
        let first = self.negation();
        let mut parts = vec![first];
        loop {
            let flawed = self.is_flawed() && !self.is_word(Word::And);
            if self.take_word(Word::And).is_none() && !self.missing_operator() {
                break;
            }
            let part = self.negation();
            parts.push(if flawed { unreadable(part.span) } else { part });
        }
        joined(parts, ExprKind::And)
    }

    /// `neg = "not" neg | test`
    fn negation(&mut self) -> Expr {
        let Some(start) = self.take_word(Word::Not) else { return self.test() };
        let inner = self.nested(Self::negation);
        let span = start.to(inner.span);
        Expr { kind: ExprKind::Not(Box::new(inner)), span }
    }

    /// `test`: a sum and what is asked of it, `relevant(…)`, or a state.
    fn test(&mut self) -> Expr {
        if matches!(self.kind(), Kind::Name(name) if &**name == "relevant")
            && *self.ahead(1) == Kind::Symbol(Symbol::OpenParenthesis)
        {
            return self.relevant();
        }
        let subject = self.sum();
        if let Some(op) = self.compare_op() {
            return self.comparison(subject, op);
        }
        self.membership(subject)
    }

    /// `"relevant" "(" ref ")"`
    fn relevant(&mut self) -> Expr {
        let start = self.advance();
        let opened = self.advance();
        let kind = match self.reference(&both("項目名", "a field")) {
            Some(reference) => ExprKind::Relevant(reference),
            None => ExprKind::Unreadable,
        };
        let ends = *self.kind() == Kind::End || self.is_symbol(Symbol::CloseParenthesis);
        let calls = self.is_symbol(Symbol::OpenParenthesis);
        if !ends && (calls || !self.begins_operand()) {
            let fix = Localized::new(
                "relevant の括弧の中には項目名を一つだけ書いてください。".to_owned(),
                "`relevant` takes the name of one field".to_owned(),
            );
            self.unexpected_with(&both("`)`", "`)`"), Some(fix));
            self.skip_group();
            return unreadable(self.since(start));
        }
        self.close(opened, "(", Symbol::CloseParenthesis);
        Expr { kind, span: self.since(start) }
    }

    fn compare_op(&self) -> Option<CompareOp> {
        let Kind::Symbol(symbol) = self.kind() else { return None };
        Some(match symbol {
            Symbol::Equal => CompareOp::Equal,
            Symbol::NotEqual => CompareOp::NotEqual,
            Symbol::Less => CompareOp::Less,
            Symbol::LessOrEqual => CompareOp::LessOrEqual,
            Symbol::Greater => CompareOp::Greater,
            Symbol::GreaterOrEqual => CompareOp::GreaterOrEqual,
            _ => return None,
        })
    }

    /// `compare = op sum`; further comparisons behind it are reported and dropped.
    fn comparison(&mut self, left: Expr, op: CompareOp) -> Expr {
        let op_span = self.advance();
        let right = self.sum();
        let span = left.span.to(right.span);
        let mut chain = None;
        while let Some(next) = self.compare_op() {
            let second = self.advance();
            let last = self.sum();
            chain = chain.or(Some(((next, second), last)));
        }
        if let Some((second, last)) = chain {
            self.report_chain((&left, &right, &last), (op, op_span), second);
        }
        let kind = ExprKind::Compare { op, op_span, left: Box::new(left), right: Box::new(right) };
        Expr { kind, span }
    }

    fn report_chain(
        &mut self,
        (left, middle, last): (&Expr, &Expr, &Expr),
        first: (CompareOp, Span),
        (second, second_span): (CompareOp, Span),
    ) {
        let written = |expr: &Expr| self.notes.slice(expr.span);
        let (left_text, middle_text, last_text) = (written(left), written(middle), written(last));
        let between = |low: &str, high: &str| {
            let fix = format!("{middle_text} between {low} and {high}");
            Localized::new(
                format!("両端を含むなら `{fix}` と書いてください。"),
                format!("if both ends are included, write `{fix}`"),
            )
        };
        let fix = match [first.0, second] {
            [CompareOp::Less | CompareOp::LessOrEqual, CompareOp::Less | CompareOp::LessOrEqual] => {
                between(left_text, last_text)
            }
            [
                CompareOp::Greater | CompareOp::GreaterOrEqual,
                CompareOp::Greater | CompareOp::GreaterOrEqual,
            ] => between(last_text, left_text),
            _ => {
                let (one, two) = (self.notes.slice(first.1), self.notes.slice(second_span));
                write_instead(&format!("{left_text} {one} {middle_text} and {middle_text} {two} {last_text}"))
            }
        };
        let note = self
            .notes
            .about(&codes::CHAINED_COMPARISON)
            .label(self.notes.mark(second_span, both("二つ目の比較", "the second comparison")))
            .label(self.notes.mark(left.span.to(last.span), both("比較の連なり", "the chain")))
            .suggest(fix);
        self.notes.push(note);
    }
}

/// One part stays itself; several become a list.
fn joined(mut parts: Vec<Expr>, connective: impl Fn(Vec<Expr>) -> ExprKind) -> Expr {
    let span = parts.iter().map(|part| part.span).reduce(Span::to).unwrap_or_default();
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            Expr { kind: connective(parts), span }
        }
        None => unreadable(span),
    }
}
