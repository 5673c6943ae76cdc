//! What stops a run.
//!
//! Invariants
//! - Whatever can be said about a file, a record, a cell or a rule is a diagnostic and not an `Error`.

use std::path::PathBuf;
use std::sync::Arc;

use miette::Diagnostic;
use thiserror::Error;

/// Why a run could not finish.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be read.
    #[error("cannot read {}", path.display())]
    #[diagnostic(code(kenpyo::read))]
    Read {
        /// The file, as the caller named it.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A file could not be written.
    #[error("cannot write {}", path.display())]
    #[diagnostic(code(kenpyo::write))]
    Write {
        /// The file, as the caller named it.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The rule pack has errors, so no record was judged by it.
    #[error("the rule pack has {count} errors")]
    #[diagnostic(code(kenpyo::rule_pack), help("run `kenpyo rules lint` to see them"))]
    RulePack {
        /// How many.
        count: usize,
    },
    /// A file is not what it was when it was read before.
    #[error("{name} changed while it was read")]
    #[diagnostic(code(kenpyo::changed))]
    Changed {
        /// The file, as reports show it.
        name: Arc<str>,
    },
    /// A setting, an option or an argument is not usable.
    #[error("{message}")]
    #[diagnostic(code(kenpyo::usage))]
    Usage {
        /// What is wrong, and what would be right.
        message: String,
    },
    /// The reader of the output went away; nothing is wrong with the run.
    #[error("the output was closed")]
    #[diagnostic(code(kenpyo::closed))]
    OutputClosed,
}
