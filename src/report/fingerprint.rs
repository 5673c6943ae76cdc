//! By what a finding is known again in a later run: record key, rule and fields, never a line or a position.
//!
//! Invariants
//! - Where keys may be seen the fingerprint is a plain hash of them; where they are hidden it is keyed with the
//!   configured secret, and without one it is made of the file and the record's number, which are shown anyway: a
//!   plain hash of a key could be found by trying all keys.
//! - No answer has a part in it.

use super::{Audience, Names, marked_fields};
use crate::diagnostic::{Diagnostic, Place};
use crate::engine::event::RunHeader;
use crate::source::secret::plain_mark;

pub use crate::source::secret::Secret;

/// Of what the fingerprints of a report about records are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Manner {
    /// The record's key.
    Key,
    /// File and number of the record.
    Record,
    /// The record's key and a secret, which the digits tell from others.
    Keyed(String),
}

impl Manner {
    /// How a report for `audience` makes them.
    pub fn of(audience: Audience) -> Self {
        match audience.secret.filter(|_| audience.hide_keys) {
            Some(secret) => Self::Keyed(told_apart(secret)),
            None if audience.hide_keys => Self::Record,
            None => Self::Key,
        }
    }

    /// What a report says of it; one that says nothing tells by whether it hides keys.
    pub fn read(word: Option<&str>, hide_keys: bool) -> Self {
        match word {
            Some("key") => Self::Key,
            Some(other) if other.starts_with("keyed:") => {
                Self::Keyed(other.trim_start_matches("keyed:").to_owned())
            }
            None if !hide_keys => Self::Key,
            _ => Self::Record,
        }
    }

    /// The word of machine formats.
    pub fn word(&self) -> String {
        match self {
            Self::Key => "key".to_owned(),
            Self::Record => "record".to_owned(),
            Self::Keyed(digits) => format!("keyed:{digits}"),
        }
    }

    /// An audience for whom they are made so. `None`: `secret` is not the one.
    pub fn audience(&self, secret: Option<Secret>) -> Option<Audience> {
        let hidden = Audience { hide_keys: true, ..Audience::default() };
        match self {
            Self::Key => Some(Audience::default()),
            Self::Record => Some(hidden),
            Self::Keyed(digits) => {
                let secret = secret.filter(|secret| told_apart(*secret) == *digits)?;
                Some(Audience { secret: Some(secret), ..hidden })
            }
        }
    }
}

/// Eight digits by which a secret is told from others, and that tell no more of it than each fingerprint does.
fn told_apart(secret: Secret) -> String {
    secret.mark(&["kenpyo-fingerprint-key-1"]).chars().take(8).collect()
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
            secret.map_or_else(|| plain_mark(&parts), |secret| secret.mark(&parts))
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
}
