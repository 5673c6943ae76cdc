//! Marks: by what something is known again without being told, plain or keyed with a secret.
//!
//! Invariants
//! - The parts of a mark cannot run into each other: each counts with its length.
//! - A keyed mark can be made only by who has the secret; a plain one of few answers can be found by trying them all.
//! - The secret itself is never kept, only its hash, and never printed.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::digest::hexadecimal;

/// A secret of which only its hash is kept.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Secret([u8; 32]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// The secret that somebody configured as `text`; space around it does not count. `None`: nothing is left of it.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self(Sha256::digest(text).into()))
    }

    /// Thirty-two hexadecimal digits that only the owner of the secret can make of `parts`.
    pub fn mark(&self, parts: &[&str]) -> String {
        let Ok(mut code) = Hmac::<Sha256>::new_from_slice(&self.0) else { return String::new() };
        code.update(&framed(parts));
        first_half(&code.finalize().into_bytes())
    }
}

/// Thirty-two hexadecimal digits that anybody can make of `parts`.
pub fn plain_mark(parts: &[&str]) -> String {
    first_half(&Sha256::digest(framed(parts)))
}

fn first_half(hash: &[u8]) -> String {
    hexadecimal(hash.get(..16).unwrap_or(hash)).to_string()
}

/// The parts, each with its length, so that they cannot run into each other.
fn framed(parts: &[&str]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        bytes.extend(part.as_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_never_printed_and_an_empty_one_is_none() {
        assert_eq!(Secret::new(" \n"), None);
        assert_eq!(format!("{:?}", Secret::new("hush").unwrap()), "Secret(…)");
    }

    #[test]
    fn parts_do_not_run_into_each_other_and_secrets_differ() {
        assert_ne!(plain_mark(&["ab", "c"]), plain_mark(&["a", "bc"]));
        let (one, other) = (Secret::new("one").unwrap(), Secret::new("other").unwrap());
        assert_ne!(one.mark(&["a"]), other.mark(&["a"]));
        assert_ne!(one.mark(&["a"]), plain_mark(&["a"]));
        assert_eq!(one.mark(&["a"]), Secret::new(" one\n").unwrap().mark(&["a"]));
    }
}
