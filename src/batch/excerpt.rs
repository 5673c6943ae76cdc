//! A piece of one record's original text, cut out while its bytes are in hand, for drawing.
//!
//! Invariants
//! - Plain data; how it is cut and sanitised is decided where it is made, how it is drawn by `report`.

/// A piece of a record's original text, made while its bytes were in hand, for drawing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Excerpt {
    /// Sanitised text; stretches between the marked cells are elided as `…`.
    pub text: String,
    /// Line of the file on which the excerpt's first line stands.
    pub first_line: u64,
    /// For each label of the diagnostic: its byte range in `text`.
    pub marks: Vec<(usize, usize)>,
}
