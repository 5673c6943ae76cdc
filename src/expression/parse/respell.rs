//! Reserved words in capitals (`AND`, `Not`), read as the words they are where no name can stand.
//!
//! Invariants
//! - A name in capitals stays a name where an operand is expected; back-quotes keep it one everywhere.

use super::token::{Kind, Symbol, Token, Word};
use crate::diagnostic::code::expression::FOREIGN_OPERATOR;
use crate::expression::notes::{Notes, both, write_instead};
use crate::expression::tree::ExpressionText;

/// The tokens with capitalised words replaced and reported.
pub(super) fn respelled(
    mut tokens: Vec<Token>,
    text: ExpressionText<'_>,
    notes: &mut Notes<'_>,
) -> Vec<Token> {
    let mut before = Kind::End;
    let mut behind: Vec<Kind> = tokens.iter().skip(1).map(|token| token.kind.clone()).collect();
    behind.push(Kind::End);
    for (token, behind) in tokens.iter_mut().zip(behind) {
        let quoted = text.text.get(token.start..).is_some_and(|rest| rest.starts_with('`'));
        let word = capitalised(&token.kind).filter(|word| !quoted && fits(*word, &before, &behind));
        if let Some(word) = word {
            let span = text.span(token.start, token.end);
            let note = notes
                .about(&FOREIGN_OPERATOR)
                .with("found", notes.written(span))
                .label(notes.mark(span, both("大文字で書かれた語", "a word in capitals")))
                .suggest(write_instead(word.spelling()));
            notes.push(note);
            token.kind = Kind::Word(word);
        }
        before = token.kind.clone();
    }
    tokens
}

/// The word that a name is but for its capitals.
fn capitalised(kind: &Kind) -> Option<Word> {
    let Kind::Name(name) = kind else { return None };
    Word::of(&name.to_lowercase())
}

/// Whether `word` can stand between these neighbours, and a name cannot.
fn fits(word: Word, before: &Kind, behind: &Kind) -> bool {
    match word {
        Word::True | Word::False => !matches!(before, Kind::Symbol(Symbol::Dot)),
        Word::If | Word::Not => matches!(behind, Kind::Name(_) | Kind::Symbol(Symbol::OpenParenthesis)),
        Word::Param | Word::Let | Word::It => false,
        _ => ends_operand(before),
    }
}

fn ends_operand(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::Name(_)
            | Kind::Number(_)
            | Kind::Text(_)
            | Kind::Date(_)
            | Kind::Word(Word::True | Word::False | Word::It | Word::Not)
            | Kind::Symbol(
                Symbol::CloseParenthesis | Symbol::CloseBrace | Symbol::CloseBracket | Symbol::Percent
            )
    )
}
