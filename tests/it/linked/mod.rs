//! Linked files: random frames and submissions against a twin, and linked files as they should not be.
//!
//! Invariants
//! - One small survey with a frame and a previous wave is judged in all of these tests; nothing of `fixtures/` is read.

mod agreement;
mod examples;
mod frame;
mod naming;
mod random;
mod reading;
mod secrecy;
mod survey;
mod twin;
