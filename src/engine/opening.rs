//! Opening a submission, and what is said when the operating system does not give it.
//!
//! Invariants
//! - A file that cannot be opened is a finding about that file; it stops nothing.

use super::{InputFile, InputPlace};
use crate::diagnostic::code::structure;
use crate::diagnostic::{Argument, Diagnostic, Diagnostics, Place, system};
use crate::error::Error;
use crate::source::SourceId;
use crate::source::reader::{self, Stream};

/// The bytes of `input`.
pub(super) fn open(input: &InputFile) -> Result<Stream, Error> {
    match &input.place {
        InputPlace::Path(path) => reader::open(path),
        InputPlace::Stdin => Ok(reader::standard_input()),
        InputPlace::Bytes(bytes) => Ok(Stream::from(bytes.clone())),
        InputPlace::Spool(spool) => Ok(spool.stream()),
    }
}

/// How many bytes an input has. `None`: not known before it is read.
pub(super) fn size(input: &InputFile) -> Option<u64> {
    match &input.place {
        InputPlace::Path(path) => reader::size(path),
        InputPlace::Stdin => None,
        InputPlace::Bytes(bytes) => u64::try_from(bytes.len()).ok(),
        InputPlace::Spool(spool) => Some(spool.length()),
    }
}

/// A file that the operating system does not give us.
pub(super) fn unreadable(id: SourceId, error: &Error) -> Diagnostics {
    let reason = match error {
        Error::Read { source, .. } if reader::is_locked(source) => {
            return Diagnostics::from_iter([Diagnostic::new(&structure::FILE_LOCKED, Place::File(id))]);
        }
        Error::Read { source, .. } => system::reason(source),
        other => Argument::written(&other.to_string()),
    };
    let finding = Diagnostic::new(&structure::FILE_UNREADABLE, Place::File(id)).with("found", reason);
    Diagnostics::from_iter([finding])
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn a_file_that_another_program_has_open_is_told_as_such() {
        let told = |kind: std::io::ErrorKind| {
            let error = Error::Read { path: PathBuf::from("回答.xlsx"), source: kind.into() };
            let found = unreadable(SourceId(0), &error);
            found.iter().map(|finding| finding.notice.slug.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(told(std::io::ErrorKind::ResourceBusy), ["file-locked"]);
        assert_eq!(told(std::io::ErrorKind::NotFound), ["file-unreadable"]);
    }
}
