//! What the documents show is true: every command line in a block is run, in a copy of what it needs, and every flag and
//! format that a document, a hook or an action names is one that the program has.
//!
//! A block of `sh` or `console` in README.md, CONTRIBUTING.md or docs/ is run line by line as far as its lines begin with
//! `kenpyo` or `cargo run`; other lines belong to other programs. Each must exit with 0 unless the comment above the block
//! says otherwise: `<!-- exit: 0 1 -->`, a code a command or one for all, or `<!-- until: TEXT -->` for a command that is
//! interrupted when it has told TEXT.
//!
//! Invariants
//! - The documents of the repository themselves are read, never a copy of their text; what is run is run in a copy.

mod blocks;
mod flags;
mod integrations;
#[cfg(unix)]
mod run;

pub use blocks::{Block, blocks};
