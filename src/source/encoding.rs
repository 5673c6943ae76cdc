//! Character encodings of submissions.

/// How a file's bytes are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// UTF-8, with or without mark.
    #[default]
    Utf8,
    /// The Windows table of Shift_JIS (CP932).
    Cp932,
}
