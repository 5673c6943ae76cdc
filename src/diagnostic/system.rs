//! Why the operating system refuses a file, in both languages.
//!
//! Invariants
//! - What is common is said in words that a person understands; all else is the system's own text, which is English.

use std::io::{Error, ErrorKind};
use std::sync::Arc;

use super::{Argument, Localized};

/// The reason of `error` for a message.
pub fn reason(error: &Error) -> Argument {
    let (ja, en) = match error.kind() {
        ErrorKind::NotFound => {
            ("その名前のファイルやフォルダーがありません", "there is no file or folder of that name")
        }
        ErrorKind::PermissionDenied => ("権限がありません", "permission is denied"),
        ErrorKind::IsADirectory => ("フォルダーです", "it is a folder"),
        ErrorKind::NotADirectory => {
            ("途中の名前がフォルダーではありません", "a name on the way to it is no folder")
        }
        ErrorKind::ReadOnlyFilesystem => ("書き込みのできない場所です", "the place is read-only"),
        ErrorKind::StorageFull => ("空き容量がありません", "there is no space left"),
        ErrorKind::InvalidFilename => {
            ("使えない名前か、長すぎる名前です", "the name cannot be used or is too long")
        }
        _ => return Argument::from(error.to_string()),
    };
    Argument::Localized(Localized::new(Arc::from(ja), Arc::from(en)))
}
