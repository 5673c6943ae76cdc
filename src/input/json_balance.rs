//! Where a JSON value ends, and where the next record can begin behind one that has no end.
//!
//! Invariants
//! - Only strings and brackets are looked at; nothing recurses, and no byte is looked at twice.

use super::json_split::Framing;

/// Where a value ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Balance {
    /// The byte after it.
    End(usize),
    /// It cannot be balanced; so far was it searched.
    Broken(usize),
    /// The buffer ends too early to tell.
    More,
}

/// Where a record after `start` can begin: the end of the bad one, and the start of the next.
///
/// Records of a list are objects, so `}`, a comma and `{` mark the place; values one after the other begin a line;
/// lines end with the line.
pub(super) fn boundary(bytes: &[u8], start: usize, framing: Framing) -> Option<(usize, usize)> {
    let rest = bytes.get(start..)?;
    if framing == Framing::Lines {
        return memchr::memchr(b'\n', rest).map(|step| (start + step, start + step + 1));
    }
    if framing != Framing::Elements {
        return memchr::memmem::find(rest, b"\n{").map(|step| (start + step, start + step + 1));
    }
    memchr::memchr_iter(b'}', rest).find_map(|step| {
        let mut behind =
            rest.iter().enumerate().skip(step + 1).filter(|(_, byte)| !byte.is_ascii_whitespace());
        behind.next().filter(|(_, byte)| **byte == b',')?;
        let (next, _) = behind.next().filter(|(_, byte)| **byte == b'{')?;
        Some((start + step + 1, start + next))
    })
}

/// Where the value at `start` ends.
pub(super) fn balance(bytes: &[u8], start: usize, ended: bool) -> Balance {
    let cut = if ended { Balance::Broken(bytes.len()) } else { Balance::More };
    // One bit a level: whether it is an object. Deeper levels than the word has are only counted.
    let (mut kinds, mut depth, mut at) = (0_u128, 0_u32, start);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => match string_end(bytes, at + 1) {
                Some(end) => at = end,
                None if raw_line_end(bytes, at) => return Balance::Broken(at),
                None => return cut,
            },
            b'{' | b'[' => {
                kinds = kinds << 1 | u128::from(byte == b'{');
                depth += 1;
                at += 1;
            }
            b'}' | b']' => {
                let fits = depth > 0 && (depth > 128 || (kinds & 1 == 1) == (byte == b'}'));
                if !fits {
                    return if depth == 0 && at > start { Balance::End(at) } else { Balance::Broken(at) };
                }
                kinds >>= 1;
                depth -= 1;
                at += 1;
            }
            // No value begins with a comma; saying that one ends there would stand still.
            b',' if depth == 0 && at == start => return Balance::Broken(at),
            b',' | b' ' | b'\t' | b'\r' | b'\n' if depth == 0 => return Balance::End(at),
            _ => {
                at += 1;
                continue;
            }
        }
        if depth == 0 {
            return Balance::End(at);
        }
    }
    // A number or word at the end of the file has no mark behind it.
    if ended && depth == 0 && at > start { Balance::End(at) } else { cut }
}

/// The byte after the closing quote of the string whose text begins at `from`. `None`: there is none before a line
/// end, which a string cannot hold, or before the end of the buffer.
fn string_end(bytes: &[u8], mut from: usize) -> Option<usize> {
    loop {
        let step = memchr::memchr3(b'"', b'\\', b'\n', bytes.get(from..)?)?;
        match bytes.get(from + step) {
            Some(b'"') => return Some(from + step + 1),
            Some(b'\\') => from += step + 2,
            _ => return None,
        }
    }
}

/// Whether the string that begins at `at` meets a line end before the end of the buffer.
fn raw_line_end(bytes: &[u8], at: usize) -> bool {
    bytes.get(at..).is_some_and(|rest| memchr::memchr(b'\n', rest).is_some())
}
