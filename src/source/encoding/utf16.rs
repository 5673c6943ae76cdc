//! UTF-16 as UTF-8, while it is read.
//!
//! Invariants
//! - A lone surrogate becomes U+FFFD; every other unit keeps its meaning, wherever the source was cut into reads.
//! - Half a unit at the end is left out, and [`Utf16Reader`] says so.

use std::io::Read;

use encoding_rs::{CoderResult, Decoder, UTF_16BE, UTF_16LE};

use super::Encoding;

/// Bytes that are asked of the source at a time.
const STEP: usize = 32 << 10;

/// Gives the UTF-8 of a source in UTF-16, its mark already taken.
pub struct Utf16Reader<R> {
    source: R,
    decoder: Decoder,
    /// Bytes of the source that are not yet decoded.
    input: Vec<u8>,
    /// UTF-8 that is not yet given, from `given` on.
    output: Vec<u8>,
    given: usize,
    ended: bool,
    /// Told when the source ends within a unit.
    on_half: Box<dyn FnMut() + Send>,
}

impl<R: Read> Utf16Reader<R> {
    /// Reads `source` in the byte order of `encoding`; `on_half` is called if it ends within a unit.
    pub fn new(source: R, encoding: Encoding, on_half: Box<dyn FnMut() + Send>) -> Self {
        let table = if encoding == Encoding::Utf16Be { UTF_16BE } else { UTF_16LE };
        let decoder = table.new_decoder_without_bom_handling();
        Self { source, decoder, input: Vec::new(), output: Vec::new(), given: 0, ended: false, on_half }
    }

    /// Decodes what the source gives next.
    fn step(&mut self) -> std::io::Result<()> {
        let limit = u64::try_from(STEP).unwrap_or(u64::MAX);
        let count = self.source.by_ref().take(limit).read_to_end(&mut self.input)?;
        self.ended = count < STEP;
        let whole = self.input.len() & !1;
        if self.ended && whole < self.input.len() {
            (self.on_half)();
        }
        let (mut at, more) = (0, 16 + whole * 3);
        self.output.clear();
        self.given = 0;
        let mut text = vec![0; more];
        loop {
            let rest = self.input.get(at..whole).unwrap_or(&[]);
            let (result, read, written, _) = self.decoder.decode_to_utf8(rest, &mut text, self.ended);
            at += read;
            self.output.extend_from_slice(text.get(..written).unwrap_or(&[]));
            if result == CoderResult::InputEmpty {
                break;
            }
        }
        self.input.drain(..at);
        Ok(())
    }
}

impl<R: Read> Read for Utf16Reader<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        while self.given >= self.output.len() && !self.ended {
            self.step()?;
        }
        let rest = self.output.get(self.given..).unwrap_or(&[]);
        let count = rest.len().min(into.len());
        if let Some((place, rest)) = into.get_mut(..count).zip(rest.get(..count)) {
            place.copy_from_slice(rest);
        }
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    fn read(units: &[u16], cut: usize, encoding: Encoding) -> (String, bool) {
        let bytes = |unit: &u16| match encoding {
            Encoding::Utf16Be => unit.to_be_bytes(),
            _ => unit.to_le_bytes(),
        };
        let mut all: Vec<u8> = units.iter().flat_map(bytes).collect();
        all.truncate(all.len() - cut);
        let half = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&half);
        let mut text = String::new();
        let on_half = Box::new(move || told.store(true, Ordering::Relaxed));
        Utf16Reader::new(Cursor::new(all), encoding, on_half).read_to_string(&mut text).unwrap();
        (text, half.load(Ordering::Relaxed))
    }

    #[test]
    fn pairs_survive_the_bounds_of_reads_and_lone_halves_are_marked() {
        // An odd number of units before the pairs, so that one of them is cut by the bound.
        let text = format!("a{}", "𠮷".repeat(STEP));
        let units: Vec<u16> = text.encode_utf16().collect();
        for encoding in [Encoding::Utf16Le, Encoding::Utf16Be] {
            assert!(read(&units, 0, encoding) == (text.clone(), false), "{encoding:?}");
        }
        let lone = [0x61, 0xD842, 0x62, 0xDFB7, 0xD842];
        assert_eq!(read(&lone, 0, Encoding::Utf16Le).0, "a\u{FFFD}b\u{FFFD}\u{FFFD}");
        assert_eq!(read(&[0x61, 0x62], 1, Encoding::Utf16Le), ("a".to_owned(), true));
    }
}
