//! Text → tokens.
//!
//! Invariants
//! - Total: every text gives tokens up to an end, whatever its mistakes; each step consumes at least one character.
//! - A wrong spelling that has one evident meaning is reported and read as that meaning.

use std::ops::Range;
use std::sync::Arc;

use super::token::{FOREIGN, Kind, SYMBOLS, Symbol, Token, Word, kind_of};
use crate::diagnostic::Localized;
use crate::diagnostic::code::expression as codes;
use crate::expression::names::nfkc;
use crate::expression::notes::{Notes, both, write_instead};
use crate::expression::tree::ExpressionText;

/// The tokens of `text`, an end behind them.
pub(super) fn tokens<'a>(text: ExpressionText<'a>, notes: &mut Notes<'a>) -> Vec<Token> {
    let mut lexer = Lexer { text, at: 0, notes, tokens: Vec::new(), flaw: false };
    while lexer.step() {}
    let end = text.text.len();
    lexer.push(Kind::End, end);
    lexer.tokens
}

struct Lexer<'a, 'n> {
    text: ExpressionText<'a>,
    at: usize,
    notes: &'n mut Notes<'a>,
    tokens: Vec<Token>,
    /// Something was said about the next token, or about what stood before it.
    flaw: bool,
}

/// The ASCII character for which a full-width one stands; others stand for themselves.
fn narrow(character: char) -> char {
    match character {
        '\u{3000}' => ' ',
        '！'..='～' => {
            u32::from(character).checked_sub(0xFEE0).and_then(char::from_u32).unwrap_or(character)
        }
        _ => character,
    }
}

/// How many bytes at the front of `rest` spell `wanted`, full-width characters counted as ASCII.
fn prefix(rest: &str, wanted: &str) -> Option<usize> {
    let mut left = wanted.chars();
    let mut length = 0;
    for character in rest.chars() {
        let Some(next) = left.next() else { return Some(length) };
        if next != character && next != narrow(character) {
            return None;
        }
        length += character.len_utf8();
    }
    left.next().is_none().then_some(length)
}

/// How many bytes at the front of `rest` are characters of which `accept` (given them narrowed) is true.
fn run(rest: &str, accept: impl Fn(char) -> bool) -> usize {
    rest.chars().take_while(|character| accept(narrow(*character))).map(char::len_utf8).sum()
}

fn is_digit(character: char) -> bool {
    character.is_ascii_digit()
}

fn narrowed(text: &str) -> String {
    text.chars().map(narrow).collect()
}

impl<'a> Lexer<'a, '_> {
    fn rest(&self) -> &'a str {
        self.text.text.get(self.at..).unwrap_or_default()
    }

    fn slice(&self, range: Range<usize>) -> &'a str {
        self.text.text.get(range).unwrap_or_default()
    }

    /// Reads one token or one run of blanks. False: nothing is left.
    fn step(&mut self) -> bool {
        let Some(first) = self.rest().chars().next() else { return false };
        if first.is_whitespace() {
            self.blanks();
        } else if is_digit(narrow(first)) {
            self.number();
        } else if matches!(first, '"' | '＂' | '“' | '”' | '\'') {
            self.quoted_text(first);
        } else if first == '`' {
            self.quoted_name();
        } else if unicode_ident::is_xid_start(first) || first == '_' {
            self.name(first);
        } else {
            self.symbol(first);
        }
        true
    }

    fn push(&mut self, kind: Kind, end: usize) {
        let start = self.at;
        self.at = end;
        let flawed = std::mem::take(&mut self.flaw);
        self.tokens.push(Token { kind, start, end, flawed });
    }

    fn blanks(&mut self) {
        let length = run(self.rest(), char::is_whitespace);
        let end = self.at + length;
        if let Some(wide) = self.slice(self.at..end).find('\u{3000}') {
            self.report_width(self.at + wide..self.at + wide + '\u{3000}'.len_utf8(), " ");
        }
        self.at = end;
    }

    fn report_width(&mut self, range: Range<usize>, instead: &str) {
        let span = self.text.span(range.start, range.end);
        let note = self
            .notes
            .about(&codes::FULL_WIDTH_CHARACTER)
            .with("found", self.notes.written(span))
            .label(self.notes.mark(span, both("全角", "full-width")))
            .suggest(write_instead(instead));
        self.notes.push(note);
    }

    /// Reports the token from here to `end` if it has a full-width character.
    fn check_width(&mut self, end: usize) {
        let written = self.slice(self.at..end);
        let narrow = narrowed(written);
        if written != narrow {
            self.report_width(self.at..end, &narrow);
        }
    }

    fn number(&mut self) {
        let rest = self.rest();
        if let Some(length) = date_length(rest) {
            let end = self.at + length;
            self.check_width(end);
            let text = narrowed(self.slice(self.at..end));
            self.push(Kind::Date(Arc::from(text)), end);
            return;
        }
        let whole = run(rest, |character| is_digit(character) || character == '_');
        let after = rest.get(whole..).unwrap_or_default();
        let part = prefix(after, ".")
            .map(|point| (point, run(after.get(point..).unwrap_or_default(), is_digit)))
            .filter(|(_, digits)| *digits > 0)
            .map_or(0, |(point, digits)| point + digits);
        let end = self.at + whole + part;
        let digits: String = narrowed(self.slice(self.at..end)).replace('_', "");
        let tail = self.malformed_tail(end);
        let behind = narrowed(self.slice(end..end + tail));
        if Word::of(&behind).is_some() {
            // `1and`: the number and the word are both clear.
            self.report_number(self.at..end + tail, &format!("{digits} {behind}"));
            return self.push(Kind::Number(Arc::from(digits)), end);
        }
        if tail > 0 {
            let meant = raised(&digits, &behind).unwrap_or_else(|| digits.clone());
            self.report_number(self.at..end + tail, &meant);
        } else {
            self.check_width(end);
        }
        self.push(Kind::Number(Arc::from(digits)), end + tail);
    }

    /// Bytes behind a number that cannot stand there: letters, or a point without digits.
    fn malformed_tail(&self, end: usize) -> usize {
        let rest = self.text.text.get(end..).unwrap_or_default();
        let point = prefix(rest, ".").unwrap_or(0);
        let behind = rest.get(point..).unwrap_or_default();
        point + run(behind, unicode_ident::is_xid_continue)
    }

    fn report_number(&mut self, range: Range<usize>, instead: &str) {
        let span = self.text.span(range.start, range.end);
        let note = self
            .notes
            .about(&codes::MALFORMED_NUMBER)
            .with("found", self.notes.written(span))
            .label(self.notes.mark(span, both("数に続く文字", "not only a number")))
            .suggest(write_instead(instead));
        self.notes.push(note);
    }

    fn quoted_text(&mut self, opening: char) {
        let closes = |character: char| match opening {
            '\'' => character == '\'',
            '“' | '”' => matches!(character, '”' | '“' | '"'),
            '＂' => narrow(character) == '"',
            _ => character == '"',
        };
        let mut text = String::new();
        let mut characters = self.rest().char_indices().skip(1).peekable();
        let mut end = None;
        while let Some((index, character)) = characters.next() {
            if character == '\n' {
                break;
            }
            if !closes(character) {
                text.push(character);
            } else if characters.peek().is_some_and(|(_, next)| closes(*next)) && opening == '"' {
                text.push(character);
                characters.next();
            } else {
                end = Some(self.at + index + character.len_utf8());
                break;
            }
        }
        let Some(end) = end else { return self.unclosed(opening) };
        self.check_quotes(end, &text);
        self.push(Kind::Text(Arc::from(text)), end);
    }

    /// Reports quotes other than `"` around a text that ends before `end`.
    fn check_quotes(&mut self, end: usize, text: &str) {
        let written = self.slice(self.at..end);
        if written.starts_with('"') && written.ends_with('"') {
            return;
        }
        let instead = format!("\"{}\"", text.replace('"', "\"\""));
        if written.starts_with(['＂', '"']) {
            return self.report_width(self.at..end, &instead);
        }
        self.report_foreign(self.at..end, &instead);
    }

    /// A text or name without end: read up to the end of the line.
    fn unclosed(&mut self, opening: char) {
        let rest = self.rest();
        let end = self.at + rest.find('\n').unwrap_or(rest.len());
        let span = self.text.span(self.at, self.at + opening.len_utf8());
        let note = self
            .notes
            .about(&codes::UNCLOSED_QUOTE)
            .with("found", opening.to_string())
            .label(self.notes.mark(span, both("ここから閉じられていない", "opened here")));
        self.notes.push(note);
        self.flaw = true;
        let inner: Arc<str> = Arc::from(self.slice(self.at + opening.len_utf8()..end));
        self.push(if opening == '`' { Kind::Name(inner) } else { Kind::Text(inner) }, end);
    }

    fn quoted_name(&mut self) {
        let inner = self.rest().get(1..).and_then(|rest| rest.split_once('`')).map(|(inner, _)| inner);
        let Some(inner) = inner else { return self.unclosed('`') };
        let end = self.at + inner.len() + 2;
        let name = nfkc(inner);
        if name.is_empty() {
            self.report_empty_name(end);
        }
        if matches!(Word::of(&name), Some(Word::It | Word::Param | Word::Let)) {
            self.report_reserved(end, &name);
        }
        self.push(Kind::Name(name), end);
    }

    fn report_empty_name(&mut self, end: usize) {
        let span = self.text.span(self.at, end);
        let expected = both("逆引用符の間の名前", "a name between back-quotes");
        let note = self
            .notes
            .about(&codes::UNEXPECTED_TOKEN)
            .with("expected", expected.clone())
            .with("found", self.notes.written(span))
            .label(self.notes.mark(span, expected));
        self.notes.push(note);
    }

    /// `it`, `param` and `let` stand for something even in back-quotes.
    fn report_reserved(&mut self, end: usize, name: &str) {
        let span = self.text.span(self.at, end);
        let note = self
            .notes
            .about(&codes::RESERVED_WORD)
            .with("found", name)
            .label(self.notes.mark(span, both("項目の名前を変えてください", "rename the field")));
        self.notes.push(note);
    }

    fn name(&mut self, first: char) {
        let length = run_of_name(self.rest());
        let end = self.at + length;
        if first == '_' {
            self.report_character(self.at..end);
        }
        let written = self.slice(self.at..end);
        let name = nfkc(written);
        let word = Word::of(&name);
        if word.is_some() && *written != *name {
            self.report_width(self.at..end, &name);
        }
        self.push(word.map_or(Kind::Name(name), Kind::Word), end);
    }

    fn symbol(&mut self, first: char) {
        let rest = self.rest();
        let foreign = FOREIGN.iter().find_map(|(wrong, right)| Some((prefix(rest, wrong)?, *right)));
        let own = SYMBOLS.iter().find_map(|(text, symbol)| Some((prefix(rest, text)?, *symbol)));
        if let Some((length, right)) =
            foreign.filter(|(length, _)| own.is_none_or(|(mine, _)| *length > mine))
        {
            self.report_foreign(self.at..self.at + length, right);
            if let Some(kind) = kind_of(right) {
                return self.push(kind, self.at + length);
            }
        }
        if let Some((length, symbol)) = own {
            if symbol == Symbol::Dot && self.fraction_without_whole(length) {
                return;
            }
            self.check_width(self.at + length);
            return self.push(Kind::Symbol(symbol), self.at + length);
        }
        let mut length = first.len_utf8() + self.unreadable_tail(first.len_utf8());
        self.report_character(self.at..self.at + length);
        if narrow(first) == '#' {
            // What was meant as a comment is not read for further mistakes.
            length = rest.find('\n').unwrap_or(rest.len());
        }
        self.at += length;
        self.flaw = true;
    }

    /// `.5` where no name stands before the point.
    fn fraction_without_whole(&mut self, point: usize) -> bool {
        let digits = run(self.rest().get(point..).unwrap_or_default(), is_digit);
        let after_name = self.tokens.last().is_some_and(|token| {
            let named = matches!(token.kind, Kind::Name(_) | Kind::Word(_));
            token.end == self.at && (named || token.kind == Kind::Symbol(Symbol::CloseBracket))
        });
        if digits == 0 || after_name {
            return false;
        }
        let end = self.at + point + digits;
        let number = format!("0{}", narrowed(self.slice(self.at..end)));
        self.report_number(self.at..end, &number);
        self.push(Kind::Number(Arc::from(number)), end);
        true
    }

    /// Further bytes that begin no token, so that a run of them is one mistake.
    fn unreadable_tail(&self, from: usize) -> usize {
        let rest = self.rest().get(from..).unwrap_or_default();
        run(rest, |character| {
            let known = character.is_whitespace()
                || character.is_alphanumeric()
                || "\"'`_=!<>&|+-*/%(){}[],.“”≦≧≤≥≠×÷−".contains(character);
            !known
        })
    }

    fn report_character(&mut self, range: Range<usize>) {
        let fix = match self.slice(range.clone()).chars().next().map(narrow) {
            Some('#') => (
                "注釈は式の外、TOMLの行の # の後に書いてください。",
                "a comment stands outside the expression, behind the # of a line of TOML",
            ),
            Some(';') => (
                "式に終わりの記号はありません。条件は `and` でつないでください。",
                "an expression has no closing sign; join conditions by `and`",
            ),
            _ => (
                "項目名に記号を含める場合は、`項目名` のように逆引用符で囲んでください。",
                "a name with such a character is written in back-quotes: `name`",
            ),
        };
        let span = self.text.span(range.start, range.end);
        let note = self
            .notes
            .about(&codes::UNREADABLE_CHARACTER)
            .with("found", self.notes.written(span))
            .label(self.notes.mark(span, both("読めない文字", "cannot be read")))
            .suggest(Localized::new(fix.0.to_owned(), fix.1.to_owned()));
        self.notes.push(note);
    }

    fn report_foreign(&mut self, range: Range<usize>, instead: &str) {
        let span = self.text.span(range.start, range.end);
        let note = self
            .notes
            .about(&codes::FOREIGN_OPERATOR)
            .with("found", self.notes.written(span))
            .label(self.notes.mark(span, both("別の言語の書き方", "of another language")))
            .suggest(write_instead(instead));
        self.notes.push(note);
    }
}

/// `1.5` and `e3` → `1500`. `None`: the tail is no exponent, or one too large for a number of the language.
fn raised(digits: &str, tail: &str) -> Option<String> {
    let exponent: usize = tail.strip_prefix(['e', 'E'])?.parse().ok().filter(|exponent| *exponent <= 18)?;
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let moved = format!("{part:0<exponent$}");
    let (moved, rest) = moved.split_at_checked(exponent)?;
    let whole = format!("{whole}{moved}");
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    Some(if rest.is_empty() { whole.to_owned() } else { format!("{whole}.{rest}") })
}

/// Bytes of the name at the front of `rest`.
fn run_of_name(rest: &str) -> usize {
    rest.chars().take_while(|character| unicode_ident::is_xid_continue(*character)).map(char::len_utf8).sum()
}

/// Bytes of a date at the front of `rest`: four digits, two, two, dashes between.
fn date_length(rest: &str) -> Option<usize> {
    let mut length = 0;
    for (index, character) in rest.chars().take(10).enumerate() {
        let dash = matches!(index, 4 | 7);
        let fits = if dash { narrow(character) == '-' } else { is_digit(narrow(character)) };
        if !fits {
            return None;
        }
        length += character.len_utf8();
    }
    (rest.chars().take(10).count() == 10).then_some(length)
}
