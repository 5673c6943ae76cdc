//! The hash of a submitted file, by which a hospital and an office see that they speak of the same bytes.
//!
//! Invariants
//! - The hash is of the bytes as they were sent, packed or not.
//! - What gives its bytes once (a pipe) is not read twice, so it has no hash.

use std::sync::Arc;
use std::thread::JoinHandle;

use super::InputPlace;
use crate::source::digest;

/// Files up to this size, in bytes, are hashed at once: a thread would cost more.
const SMALL: u64 = 1 << 20;

/// The hash of one file, being made while the file is judged.
pub(super) enum Receipt {
    /// Known, or known not to be there.
    Ready(Option<Arc<str>>),
    /// Under way.
    Making(JoinHandle<Option<Arc<str>>>),
}

impl Receipt {
    /// Begins to hash what stands at `place`.
    pub(super) fn begin(place: &InputPlace) -> Self {
        match place {
            InputPlace::Stdin => Self::Ready(None),
            InputPlace::Bytes(bytes) => Self::Ready(Some(digest::of_bytes(bytes))),
            InputPlace::Spool(spool) => Self::Ready(spool.hash()),
            InputPlace::Path(path) => match crate::source::reader::size(path) {
                None => Self::Ready(None),
                Some(size) if size <= SMALL => Self::Ready(digest::of_file(path)),
                Some(_) => {
                    let path = path.clone();
                    let thread = std::thread::Builder::new().name("receipt".to_owned());
                    thread.spawn(move || digest::of_file(&path)).map_or(Self::Ready(None), Self::Making)
                }
            },
        }
    }

    /// The hash. `None`: it cannot be known.
    pub(super) fn hash(self) -> Option<Arc<str>> {
        match self {
            Self::Ready(hash) => hash,
            Self::Making(thread) => thread.join().ok().flatten(),
        }
    }
}
