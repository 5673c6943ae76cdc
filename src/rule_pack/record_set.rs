//! The two record sets that are derived from the published tables.
/// What macro edits publish.
pub const PUBLISHED: &[&str] = &[];
