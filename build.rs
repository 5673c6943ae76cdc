//! Lists the survey data (`schemas/` and `rules/`) for embedding, so that the binary needs no other file.
//!
//! Invariants
//! - Sorted by path with `/`, whatever the file system's order: the pack's hash must not depend on the machine.
//! - Every file stands with the SHA-256 of its bytes and with its tree, which no start has to make again. Trees are made
//!   by the readers of the program itself; what those refuse has none, and is read when it is needed.
//! - Adding a file to the data needs no change of code.

#[path = "src/source/json.rs"]
#[expect(dead_code, reason = "what submissions need of it")]
mod json;
#[path = "src/source/json_tree.rs"]
#[expect(dead_code, reason = "walking is the program's matter")]
mod json_tree;
#[path = "src/source/span.rs"]
#[expect(dead_code, reason = "what labels need of it")]
mod span;
#[path = "src/source/toml_tree.rs"]
#[expect(dead_code, reason = "walking is the program's matter")]
mod toml_tree;

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
    for reader in ["json.rs", "json_tree.rs", "span.rs", "toml_tree.rs"] {
        println!("cargo::rerun-if-changed=src/source/{reader}");
    }
    files.sort();
    let mut list = String::from("&[\n");
    for (number, (name, path)) in files.into_iter().enumerate() {
        let bytes = fs::read(&path)?;
        let digest: [u8; 32] = Sha256::digest(&bytes).into();
        fs::write(out.join(format!("tree-{number}")), tree(&name, &bytes))?;
        let tree = format!("include_bytes!(concat!(env!(\"OUT_DIR\"), \"/tree-{number}\"))");
        // No absolute path: what is built may be kept for a copy of the repository that stands elsewhere.
        let text = format!("include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {:?}))", format!("/{name}"));
        let rest = format!("digest: {digest:?}, tree: {tree}");
        writeln!(list, "    EmbeddedFile {{ path: {name:?}, text: {text}, {rest} }},")
            .map_err(|_| io::ErrorKind::InvalidData)?;
    }
    list.push_str("]\n");
    fs::write(out.join("survey_data.rs"), list)
}

/// The tree of a file, written by `postcard`; empty where there is none.
fn tree(name: &str, bytes: &[u8]) -> Vec<u8> {
    let Ok(text) = std::str::from_utf8(bytes) else { return Vec::new() };
    let written = match name.rsplit_once('.') {
        Some((_, "toml")) => toml_tree::read(text).ok().map(|tree| postcard::to_allocvec(&tree)),
        Some((_, "json")) => {
            let reading = json_tree::read(text);
            let whole = reading.tree.ok().filter(|_| reading.repeated.is_empty());
            whole.map(|tree| postcard::to_allocvec(&tree))
        }
        _ => None,
    };
    written.and_then(Result::ok).unwrap_or_default()
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
