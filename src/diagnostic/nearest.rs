//! The name that was probably meant.
//!
//! Invariants
//! - Comparison is by a folded form: NFKC, case, kana width and kind, dashes, blanks.
//! - A name at an edit distance over 3 (or over a third of a short name) is never suggested.
//! - The order of candidates decides between equals, so the answer is always the same.

/// The candidate nearest to `found`. `None`: none is near enough.
pub fn nearest<'a>(found: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let _ = found;
    candidates.into_iter().find(|_| false)
}
