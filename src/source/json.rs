//! JSON as tokens with spans: for schemas and for submissions, which `serde_json` would change silently
//! (it drops duplicate keys and long digits).
//!
//! Invariants
//! - Scanning is iterative; nothing here recurses, so depth costs no stack.
//! - A token's span holds exactly its bytes; numbers are not interpreted.
//! - The grammar is RFC 8259; the scanner checks tokens, its user checks their order.

use std::borrow::Cow;

/// The kinds of token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `{`
    ObjectStart,
    /// `}`
    ObjectEnd,
    /// `[`
    ArrayStart,
    /// `]`
    ArrayEnd,
    /// `:`
    Colon,
    /// `,`
    Comma,
    /// A string; whether it holds escapes.
    String {
        /// Holds at least one backslash.
        escaped: bool,
    },
    /// A number.
    Number,
    /// `true`
    True,
    /// `false`
    False,
    /// `null`
    Null,
}

/// A token and its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
}

/// Where and why the bytes are no JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// Byte.
    pub at: usize,
    /// The kind of mistake.
    pub kind: FaultKind,
}

/// The kinds of mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// No token begins with this byte.
    Unexpected,
    /// A string without end.
    OpenString,
    /// A control character inside a string.
    Control,
    /// An escape that JSON does not have, or half of a surrogate pair.
    Escape,
    /// A number such as `01`, `1.` or `+1`.
    Number,
    /// Bytes that are not UTF-8.
    Encoding,
}

/// Reads tokens one after the other.
#[derive(Debug, Clone)]
pub struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Scanner<'a> {
    /// From byte `at` on.
    pub const fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    /// The byte after the last token read.
    pub const fn position(&self) -> usize {
        self.at
    }

    /// The next token. `Ok(None)`: only white space is left.
    pub fn token(&mut self) -> Result<Option<Token>, Fault> {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
        let start = self.at;
        let Some(first) = self.peek() else { return Ok(None) };
        let kind = match first {
            b'{' => self.single(Kind::ObjectStart),
            b'}' => self.single(Kind::ObjectEnd),
            b'[' => self.single(Kind::ArrayStart),
            b']' => self.single(Kind::ArrayEnd),
            b':' => self.single(Kind::Colon),
            b',' => self.single(Kind::Comma),
            b'"' => self.string()?,
            b'-' | b'0'..=b'9' => self.number()?,
            b't' => self.word(b"true", Kind::True)?,
            b'f' => self.word(b"false", Kind::False)?,
            b'n' => self.word(b"null", Kind::Null)?,
            _ => return Err(self.fault(FaultKind::Unexpected)),
        };
        Ok(Some(Token { kind, start, end: self.at }))
    }

    /// The text of a string token of these bytes; escapes undone.
    pub fn unescape(&self, token: Token) -> Result<Cow<'a, str>, FaultKind> {
        unescape(self.bytes.get(token.start..token.end).unwrap_or(&[]))
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    const fn fault(&self, kind: FaultKind) -> Fault {
        Fault { at: self.at, kind }
    }

    fn single(&mut self, kind: Kind) -> Kind {
        self.at += 1;
        kind
    }

    fn word(&mut self, word: &[u8], kind: Kind) -> Result<Kind, Fault> {
        if self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(word)) {
            self.at += word.len();
            return Ok(kind);
        }
        Err(self.fault(FaultKind::Unexpected))
    }

    fn string(&mut self) -> Result<Kind, Fault> {
        let start = self.at;
        self.at += 1;
        let mut escaped = false;
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or(&[]);
            let Some(step) = memchr::memchr2(b'"', b'\\', rest) else {
                return Err(Fault { at: start, kind: FaultKind::OpenString });
            };
            if let Some(control) = rest.iter().take(step).position(|&byte| byte < 0x20) {
                return Err(Fault { at: self.at + control, kind: FaultKind::Control });
            }
            self.at += step;
            if self.peek() == Some(b'"') {
                self.at += 1;
                return Ok(Kind::String { escaped });
            }
            escaped = true;
            self.at += 2;
        }
    }

    fn number(&mut self) -> Result<Kind, Fault> {
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'0'..=b'9' | b'.' | b'+' | b'-' | b'a'..=b'z' | b'A'..=b'Z')) {
            return Err(self.fault(FaultKind::Number));
        }
        Ok(Kind::Number)
    }

    fn digits(&mut self) -> Result<(), Fault> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start { Err(self.fault(FaultKind::Number)) } else { Ok(()) }
    }
}

/// The text of a string token, quotes included in `quoted`; escapes undone.
pub fn unescape(quoted: &[u8]) -> Result<Cow<'_, str>, FaultKind> {
    let inner = quoted.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")).unwrap_or(quoted);
    let text = std::str::from_utf8(inner).map_err(|_| FaultKind::Encoding)?;
    if !text.contains('\\') {
        return Ok(Cow::Borrowed(text));
    }
    unescape_with_offsets(text).map(|(text, _)| Cow::Owned(text))
}

/// Undoes the escapes of `text` (without quotes); also gives, for each byte of the result and its end, the byte
/// of `text` from which it came.
pub fn unescape_with_offsets(text: &str) -> Result<(String, Vec<usize>), FaultKind> {
    let mut result = String::with_capacity(text.len());
    let mut offsets = Vec::with_capacity(text.len() + 1);
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        let meant = if character == '\\' { escape(&mut characters)? } else { character };
        result.push(meant);
        offsets.extend(std::iter::repeat_n(at, meant.len_utf8()));
    }
    offsets.push(text.len());
    Ok((result, offsets))
}

fn escape(characters: &mut std::str::CharIndices<'_>) -> Result<char, FaultKind> {
    let (_, letter) = characters.next().ok_or(FaultKind::Escape)?;
    Ok(match letter {
        '"' | '\\' | '/' => letter,
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => return unicode(characters),
        _ => return Err(FaultKind::Escape),
    })
}

fn unicode(characters: &mut std::str::CharIndices<'_>) -> Result<char, FaultKind> {
    let high = unit(characters)?;
    if !(0xD800..0xE000).contains(&high) {
        return char::from_u32(high).ok_or(FaultKind::Escape);
    }
    let pair =
        characters.next().map(|(_, c)| c) == Some('\\') && characters.next().map(|(_, c)| c) == Some('u');
    let low = if pair { unit(characters)? } else { 0 };
    if high >= 0xDC00 || !(0xDC00..0xE000).contains(&low) {
        return Err(FaultKind::Escape);
    }
    char::from_u32(0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00)).ok_or(FaultKind::Escape)
}

fn unit(characters: &mut std::str::CharIndices<'_>) -> Result<u32, FaultKind> {
    let mut value = 0;
    for _ in 0..4 {
        let digit = characters.next().and_then(|(_, c)| c.to_digit(16)).ok_or(FaultKind::Escape)?;
        value = value * 16 + digit;
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Result<Vec<Kind>, FaultKind> {
        let mut scanner = Scanner::new(text.as_bytes(), 0);
        let mut found = Vec::new();
        while let Some(token) = scanner.token().map_err(|fault| fault.kind)? {
            found.push(token.kind);
        }
        Ok(found)
    }

    #[test]
    fn every_kind_of_token_is_told_apart() {
        use Kind::{
            ArrayEnd, ArrayStart, Colon, Comma, False, Null, Number, ObjectEnd, ObjectStart, String, True,
        };
        let plain = String { escaped: false };
        assert_eq!(
            kinds(r#"{"a":[1,-0.5e+3,true,false,null]}"#),
            Ok(vec![
                ObjectStart,
                plain,
                Colon,
                ArrayStart,
                Number,
                Comma,
                Number,
                Comma,
                True,
                Comma,
                False,
                Comma,
                Null,
                ArrayEnd,
                ObjectEnd
            ])
        );
        assert_eq!(kinds(r#""\"""#), Ok(vec![String { escaped: true }]));
    }

    #[test]
    fn what_json_does_not_have_is_a_fault() {
        let faults = ["01", "1.", "+1", "1e", "--1", "\"a", "\"\u{1}\"", "tru", "nan"].map(kinds);
        assert!(faults.iter().all(Result::is_err), "{faults:?}");
    }

    #[test]
    fn escapes_are_undone_with_their_offsets() {
        assert_eq!(unescape(r#""a\u3042\ud83d\ude00\n""#.as_bytes()).as_deref(), Ok("aあ😀\n"));
        assert_eq!(unescape(r#""\ud83d""#.as_bytes()), Err(FaultKind::Escape));
        let (text, offsets) = unescape_with_offsets(r#"a\"b"#).unwrap();
        assert_eq!((text.as_str(), offsets), ("a\"b", vec![0, 1, 3, 4]));
    }
}
