//! The configured secret, by which fingerprints and marks of answers are made where nobody may guess what is behind them.
//!
//! Invariants
//! - The variable `KENPYO_FINGERPRINT_KEY` goes before the file that the configuration names.
//! - The secret itself is never printed, and a short one is refused: its marks could be found by trying.

use super::session::Session;
use super::usage::usage;
use crate::diagnostic::code::usage::{SECRET_TOO_SHORT, UNUSABLE_FILE};
use crate::diagnostic::{Argument, Diagnostic, Localized, system};
use crate::error::Error;
use crate::source::reader;
use crate::source::secret::Secret;

/// The variable that holds the secret.
const VARIABLE: &str = "KENPYO_FINGERPRINT_KEY";

/// Fewest bytes of a secret.
const SHORTEST: u64 = 16;

/// Largest file of a secret, in bytes.
const LARGEST: u64 = 64 << 10;

/// The secret. `None`: none is configured.
pub(super) fn configured(session: &Session) -> Result<Option<Secret>, Box<Diagnostic>> {
    if let Some(text) = session.environment.get(VARIABLE) {
        return long_enough(text, VARIABLE).map(Some);
    }
    let Some(path) = session.line.configuration().fingerprint_key_file() else { return Ok(None) };
    let place = path.display().to_string();
    let unusable = |reason: Argument| {
        let label = session.line.mark_value(&place);
        Box::new(usage(&UNUSABLE_FILE, label).with("path", place.as_str()).with("reason", reason))
    };
    if std::path::Path::exists(&path) && reader::size(&path).is_none() {
        let reason = Localized::new("通常のファイルではありません".into(), "it is no regular file".into());
        return Err(unusable(Argument::Localized(reason)));
    }
    let bytes = reader::bytes_within(&path, LARGEST).map_err(|error| {
        unusable(match &error {
            Error::Read { source, .. } => system::reason(source),
            other => Argument::written(&other.to_string()),
        })
    })?;
    long_enough(&String::from_utf8_lossy(&bytes), &place).map(Some)
}

fn long_enough(text: &str, given_as: &str) -> Result<Secret, Box<Diagnostic>> {
    let long = u64::try_from(text.trim().len()).is_ok_and(|length| length >= SHORTEST);
    let secret = Secret::new(text).filter(|_| long);
    secret.ok_or_else(|| {
        Box::new(usage(&SECRET_TOO_SHORT, None).with("found", given_as).with("count", SHORTEST))
    })
}
