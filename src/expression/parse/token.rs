//! Tokens of the language.
//!
//! Invariants
//! - A token's span is bytes of the expression's text; tokens do not overlap and rise.
//! - Reserved words are tokens of their own; a back-quoted name never is one.

use std::sync::Arc;

/// A token and where it stands in the expression's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
    /// Something was said about it already: where it does not fit is no news.
    pub(super) flawed: bool,
}

/// The kinds of token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name in NFKC, without back-quotes.
    Name(Arc<str>),
    /// Digits without `_`.
    Number(Arc<str>),
    /// What stands between the quotes.
    Text(Arc<str>),
    /// `2024-02-01`.
    Date(Arc<str>),
    /// A reserved word.
    Word(Word),
    /// An operator or a bracket.
    Symbol(Symbol),
    /// Behind the last byte.
    End,
}

/// The reserved words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    If,
    Then,
    Else,
    Iff,
    And,
    Or,
    Not,
    In,
    Between,
    Within,
    Of,
    Has,
    Is,
    True,
    False,
    Param,
    Let,
    It,
}

/// Every reserved word with its spelling.
pub(super) const WORDS: &[(&str, Word)] = &[
    ("if", Word::If),
    ("then", Word::Then),
    ("else", Word::Else),
    ("iff", Word::Iff),
    ("and", Word::And),
    ("or", Word::Or),
    ("not", Word::Not),
    ("in", Word::In),
    ("between", Word::Between),
    ("within", Word::Within),
    ("of", Word::Of),
    ("has", Word::Has),
    ("is", Word::Is),
    ("true", Word::True),
    ("false", Word::False),
    ("param", Word::Param),
    ("let", Word::Let),
    ("it", Word::It),
];

/// Whether `text`, capitals apart, is a reserved word.
pub(in crate::expression) fn is_reserved(text: &str) -> bool {
    Word::of(&text.to_lowercase()).is_some()
}

impl Word {
    /// The reserved word spelled `text`. `None`: it is a name.
    pub(super) fn of(text: &str) -> Option<Self> {
        WORDS.iter().find(|(spelling, _)| *spelling == text).map(|(_, word)| *word)
    }

    pub(super) fn spelling(self) -> &'static str {
        WORDS.iter().find(|(_, word)| *word == self).map_or("", |(spelling, _)| spelling)
    }
}

/// Operators and brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Symbol {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Plus,
    Minus,
    Star,
    Slash,
    Percent,
    OpenParenthesis,
    CloseParenthesis,
    OpenBrace,
    CloseBrace,
    OpenBracket,
    CloseBracket,
    Comma,
    Dot,
}

/// Every symbol with its spelling, longer ones first.
pub(super) const SYMBOLS: &[(&str, Symbol)] = &[
    ("!=", Symbol::NotEqual),
    ("<=", Symbol::LessOrEqual),
    (">=", Symbol::GreaterOrEqual),
    ("=", Symbol::Equal),
    ("<", Symbol::Less),
    (">", Symbol::Greater),
    ("+", Symbol::Plus),
    ("-", Symbol::Minus),
    ("*", Symbol::Star),
    ("/", Symbol::Slash),
    ("%", Symbol::Percent),
    ("(", Symbol::OpenParenthesis),
    (")", Symbol::CloseParenthesis),
    ("{", Symbol::OpenBrace),
    ("}", Symbol::CloseBrace),
    ("[", Symbol::OpenBracket),
    ("]", Symbol::CloseBracket),
    (",", Symbol::Comma),
    (".", Symbol::Dot),
];

impl Symbol {
    pub(super) fn spelling(self) -> &'static str {
        SYMBOLS.iter().find(|(_, symbol)| *symbol == self).map_or("", |(spelling, _)| spelling)
    }
}

/// Operators of other languages, longer ones first, each with what is written here.
pub(super) const FOREIGN: &[(&str, &str)] = &[
    ("===", "="),
    ("!==", "!="),
    ("==", "="),
    ("<>", "!="),
    ("=<", "<="),
    ("=>", ">="),
    ("&&", "and"),
    ("||", "or"),
    ("≦", "<="),
    ("≧", ">="),
    ("≤", "<="),
    ("≥", ">="),
    ("≠", "!="),
    ("!", "not"),
    ("&", "and"),
    ("|", "or"),
    ("×", "*"),
    ("÷", "/"),
    ("−", "-"),
];

/// The token that `spelling` (a word or a symbol of the language) is.
pub(super) fn kind_of(spelling: &str) -> Option<Kind> {
    let symbol = SYMBOLS.iter().find(|(text, _)| *text == spelling).map(|(_, symbol)| Kind::Symbol(*symbol));
    symbol.or_else(|| Word::of(spelling).map(Kind::Word))
}
