//! A survey root: the folder that holds `schemas/` and `rules/`, on disk or inside the binary.
//!
//! Invariants
//! - Paths are relative to the root, with `/`; a path that leaves the root, links included, is refused.
//! - Reading has no other effect.

use std::path::PathBuf;

/// Where a survey's data stands.
#[derive(Debug, Clone)]
pub enum SurveyRoot {
    /// Inside the binary: (path, content) of every file, sorted by path.
    Embedded(&'static [(&'static str, &'static str)]),
    /// A folder.
    Folder(PathBuf),
    /// In memory, for tests and trials: (path, content), sorted by path.
    Memory(Vec<(String, String)>),
}
