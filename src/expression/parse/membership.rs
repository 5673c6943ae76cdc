//! The tests written in words: `in`, `between`, `within`, `has`, `is`.
//!
//! Invariants
//! - `not` may stand before `in`, `between` and `has`, and behind `is`; elsewhere it is reported with the right place.

use super::token::{Kind, Symbol, Word};
use super::{Parser, unreadable};
use crate::diagnostic::Localized;
use crate::diagnostic::code::expression as codes;
use crate::diagnostic::nearest::nearest;
use crate::expression::notes::{both, did_you_mean, write_instead};
use crate::expression::tree::{
    Expr, ExprKind, InList, Literal, Member, Name, Reference, StateTest, Tolerance,
};
use crate::source::Span;

/// The words behind `is`.
const STATES: &[(&str, StateTest)] = &[
    ("blank", StateTest::Blank),
    ("answered", StateTest::Answered),
    ("known", StateTest::Known),
    ("inapplicable", StateTest::Inapplicable),
];

/// What authors write for a state, folded, and the state's word.
const STATE_SYNONYMS: &[(&str, &str)] = &[
    ("null", "blank"),
    ("empty", "blank"),
    ("missing", "blank"),
    ("none", "blank"),
    ("unanswered", "blank"),
    ("filled", "answered"),
    ("given", "answered"),
    ("present", "answered"),
    ("valid", "known"),
    ("value", "known"),
    ("na", "inapplicable"),
    ("applicable", "not inapplicable"),
];

impl Parser<'_> {
    /// What may follow a sum that is no comparison; the sum itself if nothing does.
    pub(super) fn membership(&mut self, subject: Expr) -> Expr {
        let negated = self.is_word(Word::Not)
            && matches!(
                self.ahead(1),
                Kind::Word(Word::In | Word::Between | Word::Has | Word::Within | Word::Is)
            );
        if negated {
            self.advance();
        }
        match self.kind() {
            Kind::Word(Word::In) => self.member(negated, subject),
            Kind::Word(Word::Between) => self.interval(negated, subject),
            Kind::Word(Word::Within) => self.near(negated, subject),
            Kind::Word(Word::Has) => self.has(negated, subject),
            Kind::Word(Word::Is) => self.state(negated, &subject),
            _ => subject,
        }
    }

    /// `[ "not" ] "in" ( "{" … "}" | IDENT )`
    fn member(&mut self, negated: bool, subject: Expr) -> Expr {
        self.advance();
        let list = match self.kind() {
            Kind::Symbol(Symbol::OpenBrace | Symbol::OpenBracket | Symbol::OpenParenthesis) => {
                Some(self.members())
            }
            _ => self.name(&both("`{` か集合の名前", "`{` or the name of a set")).map(InList::Named),
        };
        let span = self.since(subject.span);
        let Some(list) = list else { return unreadable(span) };
        Expr { kind: ExprKind::In { negated, subject: Box::new(subject), list }, span }
    }

    /// The members in their braces; other brackets are reported and read.
    fn members(&mut self) -> InList {
        if !self.is_symbol(Symbol::OpenBrace) {
            let fix = Localized::new(
                "値の並びは波括弧 `{ … }` で囲んでください。".to_owned(),
                "values are listed in braces: `{ … }`".to_owned(),
            );
            self.unexpected_with(&both("`{`", "`{`"), Some(fix));
        }
        let (bracket, closing) = match self.kind() {
            Kind::Symbol(Symbol::OpenParenthesis) => ("(", Symbol::CloseParenthesis),
            Kind::Symbol(Symbol::OpenBracket) => ("[", Symbol::CloseBracket),
            _ => ("{", Symbol::CloseBrace),
        };
        let opened = self.advance();
        let mut members = Vec::new();
        loop {
            members.extend(self.one_member());
            let another =
                matches!(self.kind(), Kind::Number(_) | Kind::Text(_) | Kind::Date(_) | Kind::Name(_));
            if another {
                self.unexpected(&both("`,`", "`,`"));
                continue;
            }
            if self.take_symbol(Symbol::Comma).is_none() {
                break;
            }
        }
        self.close(opened, bracket, closing);
        InList::Members(members)
    }

    /// `signed = [ "-" ] literal`
    fn one_member(&mut self) -> Option<Member> {
        let start = self.span();
        let negative = self.take_symbol(Symbol::Minus).is_some();
        if let Kind::Name(name) = self.kind().clone() {
            self.report_unquoted(&name);
            self.advance();
            return Some(Member { negative, literal: Literal::Text(name), span: self.since(start) });
        }
        let Some(literal) = self.literal() else {
            self.unexpected(&both("値（数、\"…\"、日付）", "a value (number, text or date)"));
            self.skip_or_stop();
            return None;
        };
        Some(Member { negative, literal, span: self.since(start) })
    }

    fn report_unquoted(&mut self, name: &str) {
        if !self.first_report() {
            return;
        }
        let quoted = format!("\"{name}\"");
        let note = self
            .notes
            .about(&codes::UNQUOTED_OPTION)
            .with("found", name)
            .label(self.notes.mark(self.span(), both("引用符がない", "no quotes")))
            .suggest(write_instead(&quoted));
        self.notes.push(note);
    }

    /// `[ "not" ] "between" sum "and" sum`
    fn interval(&mut self, negated: bool, subject: Expr) -> Expr {
        self.advance();
        let low = self.sum();
        if self.take_word(Word::And).is_none() {
            let fix = Localized::new(
                "`between 下限 and 上限` と書いてください。".to_owned(),
                "write `between low and high`".to_owned(),
            );
            self.unexpected_with(&both("`and` と上限", "`and` and the upper end"), Some(fix));
            if self.begins_operand() || self.is_symbol(Symbol::Comma) {
                self.skip_comma_and_sum();
            }
            return unreadable(self.since(subject.span));
        }
        let high = self.sum();
        let span = subject.span.to(high.span);
        let kind = ExprKind::Between {
            negated,
            subject: Box::new(subject),
            low: Box::new(low),
            high: Box::new(high),
        };
        Expr { kind, span }
    }

    /// The upper end of an interval that was not introduced by `and`.
    fn skip_comma_and_sum(&mut self) {
        self.take_symbol(Symbol::Comma);
        self.reported_at = None;
        self.sum();
    }

    /// `"within" ( NUMBER | "param" "." IDENT ) [ "%" ] "of" sum`
    fn near(&mut self, negated: bool, subject: Expr) -> Expr {
        if negated {
            let fix = Localized::new(
                "`not (a within … of b)` と書いてください。".to_owned(),
                "write `not (a within … of b)`".to_owned(),
            );
            self.unexpected_with(&both("`in`、`between`、`has`", "`in`, `between` or `has`"), Some(fix));
        }
        self.advance();
        let tolerance = self.tolerance();
        let percent = self.take_symbol(Symbol::Percent).is_some();
        if self.take_word(Word::Of).is_none() {
            self.unexpected(&both("`of`", "`of`"));
        }
        let of = self.sum();
        let span = subject.span.to(of.span);
        let Some(tolerance) = tolerance else { return unreadable(span) };
        Expr {
            kind: ExprKind::Within { subject: Box::new(subject), tolerance, percent, of: Box::new(of) },
            span,
        }
    }

    fn tolerance(&mut self) -> Option<Tolerance> {
        let span = self.span();
        if let Kind::Number(text) = self.kind().clone() {
            self.advance();
            return Some(Tolerance::Number(Name { text, span }));
        }
        if self.is_word(Word::Param) && *self.ahead(1) == Kind::Symbol(Symbol::Dot) {
            self.advance();
            self.advance();
            return self.name(&both("パラメーター名", "the name of a parameter")).map(Tolerance::Param);
        }
        self.unexpected(&both("許容差（数か param.名前）", "a tolerance (a number or param.NAME)"));
        if self.begins_operand() {
            self.advance();
        }
        None
    }

    /// `[ "not" ] "has" TEXT`
    fn has(&mut self, negated: bool, subject: Expr) -> Expr {
        self.advance();
        let span = self.span();
        let option = match self.kind().clone() {
            Kind::Text(text) => {
                self.advance();
                Some(Name { text, span })
            }
            Kind::Name(text) => {
                self.report_unquoted(&text);
                self.advance();
                Some(Name { text, span })
            }
            _ => {
                let listed = self.is_symbol(Symbol::OpenBrace);
                let fix = listed.then(|| {
                    Localized::new(
                        "has の後には選択肢を一つだけ書きます。いくつかは `or` でつないでください。"
                            .to_owned(),
                        "`has` takes one option; join several tests by `or`".to_owned(),
                    )
                });
                self.unexpected_with(&both("選択肢の名前（\"…\"）", "the name of an option in quotes"), fix);
                if listed {
                    self.members();
                }
                None
            }
        };
        let span = self.since(subject.span);
        let Some(option) = option else { return unreadable(span) };
        Expr { kind: ExprKind::Has { negated, subject: Box::new(subject), option }, span }
    }

    /// `"is" [ "not" ] ( state | "linked" )`
    fn state(&mut self, early_not: bool, subject: &Expr) -> Expr {
        if early_not {
            let fix = Localized::new("`is not` と書いてください。".to_owned(), "write `is not`".to_owned());
            self.unexpected_with(&both("`is not`", "`is not`"), Some(fix));
        }
        self.advance();
        let negated = self.take_word(Word::Not).is_some() || early_not;
        let word = self.span();
        let kind = self.kind().clone();
        let state = match &kind {
            Kind::Name(name) if &**name == "linked" => None,
            Kind::Name(name) => match STATES.iter().find(|(text, _)| *text == &**name) {
                Some((_, state)) => Some(*state),
                None => return self.unknown_state(name, subject),
            },
            _ => {
                self.unexpected_with(&both("状態の名前", "the name of a state"), equality(&kind));
                return unreadable(self.since(subject.span));
            }
        };
        self.advance();
        let span = subject.span.to(word);
        let asked = asked(subject).or_else(|| self.dashed(subject));
        let kind = match (state, asked) {
            (Some(state), Some(reference)) => ExprKind::State { negated, subject: reference, state },
            (None, Some(Reference { prefix: None, name })) => ExprKind::Linked { negated, link: name },
            _ => {
                self.report_no_cell(subject, word);
                ExprKind::Unreadable
            }
        };
        Expr { kind, span }
    }

    /// `q18-drill` of `q18-drill is answered`: grammar takes it for a difference, which has no state, so a name was
    /// meant; who knows the names says which.
    fn dashed(&self, subject: &Expr) -> Option<Reference> {
        let written = self.notes.slice(subject.span);
        let is_word = |letter: char| letter == '-' || letter == '_' || letter.is_alphanumeric();
        let meant = matches!(subject.kind, ExprKind::Arithmetic { .. }) && written.chars().all(is_word);
        meant.then(|| Reference { prefix: None, name: Name { text: written.into(), span: subject.span } })
    }

    fn report_no_cell(&mut self, subject: &Expr, word: Span) {
        if matches!(subject.kind, ExprKind::Unreadable) {
            return;
        }
        let note = self
            .notes
            .about(&codes::STATE_OF_VALUE)
            .with("found", self.notes.written(subject.span))
            .label(self.notes.mark(subject.span, both("セルではない", "not a cell")))
            .label(self.notes.mark(word, both("状態の検査", "asks for a state")));
        self.notes.push(note);
    }

    fn unknown_state(&mut self, name: &str, subject: &Expr) -> Expr {
        let folded = crate::diagnostic::nearest::fold(name);
        let synonym = STATE_SYNONYMS.iter().find(|(text, _)| *text == folded).map(|(_, state)| *state);
        let words = STATES.iter().map(|(text, _)| *text).chain(["linked"]);
        let meant = synonym.or_else(|| nearest(name, words));
        if self.first_report() {
            let mut note = self
                .notes
                .about(&codes::UNKNOWN_STATE)
                .with("found", name)
                .label(self.notes.mark(self.span(), both("状態の名前ではない", "no state")));
            note.suggestion = meant.map(|state| did_you_mean(&format!("`is {state}`")));
            self.notes.push(note);
        }
        self.advance();
        unreadable(self.since(subject.span))
    }
}

/// The reference of which a state is asked. `None`: the subject is something else.
fn asked(subject: &Expr) -> Option<Reference> {
    match &subject.kind {
        ExprKind::Reference(reference) => Some(reference.clone()),
        _ => None,
    }
}

/// `x is "yes"`: an equality was meant.
fn equality(kind: &Kind) -> Option<Localized<String>> {
    matches!(kind, Kind::Text(_) | Kind::Number(_) | Kind::Date(_)).then(|| {
        Localized::new("値との比較は `=` です。".to_owned(), "a value is compared with `=`".to_owned())
    })
}
