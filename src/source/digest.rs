//! SHA-256 of files and bytes, in hexadecimal digits.
//!
//! Invariants
//! - A file is hashed a window at a time; memory does not grow with it.

use std::fmt::Write;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

/// Bytes read at once.
const WINDOW: usize = 64 << 10;

/// The digest of `bytes`.
pub fn of_bytes(bytes: &[u8]) -> Arc<str> {
    hexadecimal(&Sha256::digest(bytes))
}

/// The digest of a file's bytes. `None`: it cannot be read to its end.
pub fn of_file(path: &Path) -> Option<Arc<str>> {
    let mut file = File::open(path).ok()?;
    let mut hash = Sha256::new();
    let mut window = vec![0; WINDOW];
    loop {
        match file.read(&mut window) {
            Ok(0) => return Some(hexadecimal(&hash.finalize())),
            Ok(count) => hash.update(window.get(..count)?),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => return None,
        }
    }
}

/// Two digits a byte, in small letters.
pub fn hexadecimal(bytes: &[u8]) -> Arc<str> {
    let mut digits = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // A `String` takes everything that is written to it.
        let _ = write!(digits, "{byte:02x}");
    }
    digits.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_and_its_bytes_have_one_digest_whatever_its_size() {
        // FIPS 180-2, example B.1.
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(&*of_bytes(b"abc"), abc);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        let bytes = vec![b'a'; WINDOW * 2 + 7];
        std::fs::write(&path, &bytes).unwrap();
        assert_eq!(of_file(&path), Some(of_bytes(&bytes)));
        assert_eq!(of_file(folder.path()), None);
    }
}
