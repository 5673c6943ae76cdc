//! A range of bytes.
//!
//! Invariants
//! - Counts bytes of the original file, also after transcoding.
//! - Also read by `build.rs`, so it uses nothing else of the crate.

use serde::{Deserialize, Serialize};

/// A range of bytes of the original file, end excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: u64,
    /// Byte after the last.
    pub end: u64,
}

impl Span {
    /// From `start` to before `end`.
    pub const fn new(start: u64, end: u64) -> Self {
        Self { start, end }
    }

    /// The smallest span that holds both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// Length in bytes.
    pub const fn len(self) -> u64 {
        self.end.saturating_sub(self.start)
    }

    /// Whether it holds no byte.
    pub const fn is_empty(self) -> bool {
        self.len() == 0
    }
}
