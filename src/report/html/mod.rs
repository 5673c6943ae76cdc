//! The format `html`: one page that needs nothing but itself, for a screen, a telephone and paper.
//!
//! Invariants
//! - Nothing is loaded from elsewhere: style and script stand in the page, and its policy allows them by their hashes
//!   and nothing else, whatever a submission holds.
//! - Every text goes through the template's escaping, with pictures in place of controls and marks of direction; only
//!   our own style and script are put in as they are. No name or address in the page is made of what was submitted.
//! - Everything can be read without the script, which only filters and opens.
//! - Where values are hidden there are no answers, and nothing is broken down by one.

mod chart;
mod finding;
mod model;
mod record;
mod words;

use std::io;
use std::path::PathBuf;

use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::Output;
use super::collected::{Collected, Document};
use crate::error::Error;
use model::Page;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// Records whose answers are shown.
const RECORDS_WITH_ANSWERS: usize = 500;

/// The page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Html;

impl Document for Html {
    fn write(&self, collected: &Collected, output: &mut Output) -> Result<(), Error> {
        let page = Page::of(collected).render().map_err(|fault| Error::Write {
            path: PathBuf::from("html"),
            source: io::Error::other(fault.to_string()),
        })?;
        output.write(page.as_bytes())
    }

    fn records_with_answers(&self) -> usize {
        RECORDS_WITH_ANSWERS
    }
}

/// What the page may load: its own style and script.
fn policy() -> String {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}

#[cfg(test)]
mod tests;
