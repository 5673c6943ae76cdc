//! Cell addresses: `C7` and `A1:B2`, and their numbers.
//!
//! Invariants
//! - Rows and columns are counted from 1, as a spreadsheet shows them.
//! - Anything may be parsed; whether an address is inside a sheet is asked of [`super::Limits`].

use std::fmt;

/// One cell of a sheet. Ordered by row, then by column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellAddress {
    /// Row, from 1.
    pub row: u32,
    /// Column, from 1: `A` is 1.
    pub column: u32,
}

/// A rectangle of cells, both corners included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellRange {
    /// Top left.
    pub first: CellAddress,
    /// Bottom right.
    pub last: CellAddress,
}

impl CellAddress {
    /// The cell in `row` and `column`, both from 1.
    pub const fn new(row: u32, column: u32) -> Self {
        Self { row, column }
    }

    /// Reads `C7`, also `$C$7` and `c7`. `None`: it is no address, or its numbers are beyond 32 bits.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix('$').unwrap_or(text);
        let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (name, rest) = text.split_at_checked(letters)?;
        let digits = rest.strip_prefix('$').unwrap_or(rest);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let row = digits.parse().ok().filter(|row| *row > 0)?;
        Some(Self { row, column: column_number(name)? })
    }
}

impl fmt::Display for CellAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", column_name(self.column), self.row)
    }
}

impl CellRange {
    /// The rectangle between two corners, whichever they are.
    pub fn between(one: CellAddress, other: CellAddress) -> Self {
        Self {
            first: CellAddress::new(one.row.min(other.row), one.column.min(other.column)),
            last: CellAddress::new(one.row.max(other.row), one.column.max(other.column)),
        }
    }

    /// Reads `A1:B2` or `A1`. `None`: it is neither.
    pub fn parse(text: &str) -> Option<Self> {
        let (one, other) = text.split_once(':').unwrap_or((text, text));
        Some(Self::between(CellAddress::parse(one)?, CellAddress::parse(other)?))
    }

    /// Whether `cell` is inside.
    pub const fn contains(&self, cell: CellAddress) -> bool {
        self.first.row <= cell.row
            && cell.row <= self.last.row
            && self.first.column <= cell.column
            && cell.column <= self.last.column
    }

    /// Whether it is one cell only.
    pub fn is_one_cell(&self) -> bool {
        self.first == self.last
    }
}

impl fmt::Display for CellRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_one_cell() { self.first.fmt(f) } else { write!(f, "{}:{}", self.first, self.last) }
    }
}

/// The letters of a column counted from 1: 28 is `AB`. Column 0 has none.
pub fn column_name(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = column;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or(0)));
        rest /= 26;
    }
    letters.iter().rev().collect()
}

/// The number of a column by its letters: `AB` is 28. `None`: no letters, others, or too many.
pub fn column_number(name: &str) -> Option<u32> {
    if name.is_empty() {
        return None;
    }
    name.bytes().try_fold(0_u32, |number, byte| {
        let letter = byte.to_ascii_uppercase();
        let digit = letter.is_ascii_uppercase().then(|| u32::from(letter - b'A') + 1)?;
        number.checked_mul(26)?.checked_add(digit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_written_alike() {
        for (text, row, column) in
            [("A1", 1, 1), ("Z9", 9, 26), ("AA10", 10, 27), ("ZZ1", 1, 702), ("XFD1048576", 1_048_576, 16384)]
        {
            assert_eq!(CellAddress::parse(text), Some(CellAddress::new(row, column)));
            assert_eq!(CellAddress::new(row, column).to_string(), text);
        }
        assert_eq!(CellAddress::parse("$c$7"), Some(CellAddress::new(7, 3)));
        for text in ["", "7", "A", "A0", "A-1", "A+1", "A1B", "あ1", "A99999999999", "AAAAAAAAAAAAAA1", "A１"]
        {
            assert_eq!(CellAddress::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_range_has_its_corners_in_order() {
        let range = CellRange::parse("D9:B2").unwrap();
        assert_eq!(range.to_string(), "B2:D9");
        assert!(range.contains(CellAddress::new(2, 2)) && range.contains(CellAddress::new(9, 4)));
        assert!(!range.contains(CellAddress::new(10, 4)) && !range.contains(CellAddress::new(2, 1)));
        assert_eq!(CellRange::parse("B2").map(|range| range.to_string()).as_deref(), Some("B2"));
    }
}
