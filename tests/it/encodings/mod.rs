//! Encodings: ten thousand generated files of each are read as what they are, or the reader asks; what is no encoding of
//! ours is never read in silence; and files of each as a person sends them.
//!
//! Invariants
//! - The words are those of the survey's files; one fixed seed.
//! - `generated` asks the reader, by the path that the program takes; `sent` asks the program.

mod generated;
mod sent;
mod words;
