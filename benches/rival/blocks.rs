//! The file in blocks of whole records.
//!
//! Invariants
//! - A block ends behind a line break that ends a record: outside quotes, in CSV.
//! - The bytes of a block are reused; a block grows only for a record that is longer than it.

use std::io::{self, Read};

/// Bytes read at a time.
const READ: usize = 1 << 20;

/// How records stand in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// CSV, whose quoted cells may hold line breaks.
    Rows,
    /// A record a line.
    Lines,
}

/// Whole records.
#[derive(Debug, Default)]
pub struct Block {
    /// Their bytes.
    pub bytes: Vec<u8>,
    /// Number of the first record in the file, from 1.
    pub first_record: u64,
    /// Number of its line, from 1.
    pub first_line: u64,
}

/// Reads blocks.
#[derive(Debug)]
pub struct Blocks<R> {
    input: R,
    layout: Layout,
    /// What was read behind the last whole record.
    rest: Vec<u8>,
    record: u64,
    line: u64,
}

/// The whole records at the start of some bytes.
struct Whole {
    end: usize,
    records: u64,
    lines: u64,
}

impl<R: Read> Blocks<R> {
    pub fn new(input: R, layout: Layout) -> Self {
        Self { input, layout, rest: Vec::new(), record: 1, line: 1 }
    }

    /// The first row; to be called before any block is read.
    pub fn header(&mut self) -> Result<csv::StringRecord, Box<dyn std::error::Error>> {
        self.input.by_ref().take(READ.try_into()?).read_to_end(&mut self.rest)?;
        let mark = if self.rest.starts_with("\u{feff}".as_bytes()) { 3 } else { 0 };
        let end = memchr::memchr(b'\n', &self.rest).map_or(self.rest.len(), |at| at + 1);
        let header: Vec<u8> = self.rest.drain(..end).skip(mark).collect();
        self.line = 2;
        let mut row = csv::StringRecord::new();
        let reader = csv::ReaderBuilder::new().has_headers(false).from_reader(header.as_slice());
        let mut reader = reader;
        reader.read_record(&mut row)?;
        Ok(row)
    }

    /// Fills `block` with the next records; whether there were any.
    pub fn fill(&mut self, block: &mut Block) -> io::Result<bool> {
        block.bytes.clear();
        block.bytes.append(&mut self.rest);
        let mut more = true;
        let mut whole = self.whole(&block.bytes);
        while more && (whole.end == 0 || block.bytes.len() < READ) {
            let room = u64::try_from(READ).unwrap_or(u64::MAX);
            more = self.input.by_ref().take(room).read_to_end(&mut block.bytes)? > 0;
            whole = self.whole(&block.bytes);
        }
        if more {
            self.rest.extend(block.bytes.drain(whole.end..));
        } else if whole.end < block.bytes.len() {
            whole.records += 1; // the last record has no line break
        }
        block.first_record = self.record;
        block.first_line = self.line;
        self.record += whole.records;
        self.line += whole.lines;
        Ok(!block.bytes.is_empty())
    }

    fn whole(&self, bytes: &[u8]) -> Whole {
        let mut whole = Whole { end: 0, records: 0, lines: 0 };
        let (mut quoted, mut open) = (false, 0);
        for at in memchr::memchr2_iter(b'\n', b'"', bytes) {
            if bytes.get(at) == Some(&b'"') {
                quoted ^= self.layout == Layout::Rows;
                continue;
            }
            open += 1;
            if !quoted {
                let line = bytes.get(whole.end..at).unwrap_or_default();
                whole.records += u64::from(!line.trim_ascii().is_empty());
                whole.lines += open;
                whole.end = at + 1;
                open = 0;
            }
        }
        whole
    }
}
