//! By what a finding is known again in a later run: record key, rule and fields, never a line or a position.
//!
//! Invariants
//! - Where keys may be seen the fingerprint is a plain hash of them; where they are hidden it is keyed with the
//!   configured secret, and without one it is made of the file and the record's number, which are shown anyway: a
//!   plain hash of a key could be found by trying all keys.
//! - No answer has a part in it.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::{Audience, Names, marked_fields};
use crate::diagnostic::{Diagnostic, Place};
use crate::engine::event::RunHeader;
use crate::source::digest::hexadecimal;

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
fn plain(parts: &[&str]) -> String {
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

/// Makes the fingerprints of a run.
#[derive(Debug, Clone)]
pub struct Fingerprints {
    audience: Audience,
    survey: String,
}

impl Fingerprints {
    /// For what `audience` may see of the run that `header` describes.
    pub fn new(audience: Audience, header: &RunHeader) -> Self {
        Self { audience, survey: format!("{}/{}", header.survey, header.wave) }
    }

    /// The fingerprint of a finding: thirty-two hexadecimal digits. Two findings of one rule about the same fields of
    /// one record have the same.
    pub(super) fn of(&self, diagnostic: &Diagnostic, names: &Names) -> String {
        let rule = diagnostic.notice.full_id();
        let fields = marked_fields(diagnostic).join(",");
        let about = |kind: &'static str, what: &str, number: &str, secret: Option<Secret>| {
            let parts = ["kenpyo-fingerprint-1", &self.survey, kind, what, number, &rule, &fields];
            secret.map_or_else(|| plain(&parts), |secret| secret.mark(&parts))
        };
        match &diagnostic.place {
            Place::Run => about("run", "", "", None),
            Place::File(source) => about("file", names.get(*source), "", None),
            Place::Record(record) => {
                let secret = self.audience.secret.filter(|_| self.audience.hide_keys);
                match &record.key {
                    Some(key) if !self.audience.hide_keys || secret.is_some() => {
                        about("key", key, "", secret)
                    }
                    _ => about("record", names.get(record.source), &record.record.to_string(), None),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    fn of(audience: Audience, record: u64, key: &str) -> String {
        let place = sample::place(record, key);
        let notice = sample::notice(
            ("HCS-X001", None),
            "slug",
            crate::diagnostic::Severity::Error,
            ("題", "title"),
            ("文", "text"),
        );
        let mut diagnostic =
            Diagnostic::new(&crate::diagnostic::code::internal::RECORD_FAULT, Place::Record(place));
        diagnostic.notice = notice;
        Fingerprints::new(audience, &RunHeader::default()).of(&diagnostic, &Names::default())
    }

    #[test]
    fn a_moved_row_keeps_its_fingerprint_where_its_key_may_be_used() {
        let open = Audience::default();
        assert_eq!(of(open, 1, "S1"), of(open, 2, "S1"));
        assert_ne!(of(open, 1, "S1"), of(open, 1, "S2"));
        let secret = Secret::new(" hush\n");
        let keyed = Audience { hide_keys: true, hide_values: true, secret, ..open };
        assert_eq!(of(keyed, 1, "S1"), of(keyed, 2, "S1"));
        assert_ne!(of(keyed, 1, "S1"), of(open, 1, "S1"));
        let other = Audience { secret: Secret::new("other"), ..keyed };
        assert_ne!(of(keyed, 1, "S1"), of(other, 1, "S1"));
    }

    #[test]
    fn without_a_secret_a_hidden_key_has_no_part_in_it() {
        let hidden = Audience { hide_keys: true, hide_values: true, ..Audience::default() };
        assert_eq!(of(hidden, 1, "S1"), of(hidden, 1, "S2"));
        assert_ne!(of(hidden, 1, "S1"), of(hidden, 2, "S1"));
    }

    #[test]
    fn a_secret_is_never_printed_and_an_empty_one_is_none() {
        assert_eq!(Secret::new(" \n"), None);
        assert_eq!(format!("{:?}", Secret::new("hush").unwrap()), "Secret(…)");
    }
}
