//! Lists the survey data (`schemas/` and `rules/`) for embedding, so that the binary needs no other file.
//!
//! Invariants
//! - Sorted by path with `/`, whatever the file system's order: the pack's hash must not depend on the machine.
//! - Every file stands with the SHA-256 of its bytes, which no start has to compute again.
//! - Adding a file to the data needs no change of code.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use sha2::{Digest, Sha256};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or(io::ErrorKind::NotFound)?);
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    let mut files = Vec::new();
    for folder in ["schemas", "rules"] {
        println!("cargo::rerun-if-changed={folder}");
        collect(&root.join(folder), folder, &mut files)?;
    }
    files.sort();
    let mut list = String::from("&[\n");
    for (name, path) in files {
        let digest: [u8; 32] = Sha256::digest(fs::read(&path)?).into();
        // No absolute path: what is built may be kept for a copy of the repository that stands elsewhere.
        let text = format!("include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {:?}))", format!("/{name}"));
        writeln!(list, "    EmbeddedFile {{ path: {name:?}, text: {text}, digest: {digest:?} }},")
            .map_err(|_| io::ErrorKind::InvalidData)?;
    }
    list.push_str("]\n");
    fs::write(out.join("survey_data.rs"), list)
}

fn collect(folder: &Path, name: &str, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let name = format!("{name}/{}", entry.file_name().to_string_lossy());
        if path.is_dir() {
            collect(&path, &name, files)?;
        } else {
            files.push((name, path));
        }
    }
    Ok(())
}
