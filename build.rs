//! Lists the survey data (`schemas/` and `rules/`) for embedding, so that the binary needs no other file.
//!
//! Invariants
//! - Sorted by path with `/`, whatever the file system's order: the pack's hash must not depend on the machine.
//! - Every file stands with the SHA-256 of its bytes and with its tree, which no start has to make again; with one without
//!   the examples of its rules too, which most starts have no use for. Trees are made
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
        let (tree, brief) = trees(&name, &bytes);
        fs::write(out.join(format!("tree-{number}")), tree)?;
        fs::write(out.join(format!("brief-{number}")), brief)?;
        let included =
            |kind: &str| format!("include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{kind}-{number}\"))");
        // No absolute path: what is built may be kept for a copy of the repository that stands elsewhere.
        let text = format!("include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {:?}))", format!("/{name}"));
        let (tree, brief) = (included("tree"), included("brief"));
        let rest = format!("digest: {digest:?}, tree: {tree}, brief: {brief}");
        writeln!(list, "    EmbeddedFile {{ path: {name:?}, text: {text}, {rest} }},")
            .map_err(|_| io::ErrorKind::InvalidData)?;
    }
    list.push_str("]\n");
    fs::write(out.join("survey_data.rs"), list)
}

/// The tree of a file, and the same without the examples of rules, written by `postcard`; empty where there is none.
fn trees(name: &str, bytes: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let Ok(text) = std::str::from_utf8(bytes) else { return <_>::default() };
    match name.rsplit_once('.') {
        Some((_, "toml")) => {
            let Ok(mut tree) = toml_tree::read(text) else { return <_>::default() };
            let whole = written(&tree);
            let brief = if leave_out_examples(&mut tree) { written(&tree) } else { Vec::new() };
            (whole, brief)
        }
        Some((_, "json")) => {
            let reading = json_tree::read(text);
            let whole = reading.tree.ok().filter(|_| reading.repeated.is_empty());
            (whole.map(|tree| written(&tree)).unwrap_or_default(), Vec::new())
        }
        _ => <_>::default(),
    }
}

fn written(tree: &impl serde::Serialize) -> Vec<u8> {
    postcard::to_allocvec(tree).unwrap_or_default()
}

/// Takes the examples out of the blocks of a rule file. `false`: there are none.
fn leave_out_examples(file: &mut toml_tree::Table<'_>) -> bool {
    let mut found = false;
    for item in file.entries.iter_mut().map(|entry| &mut entry.item) {
        let toml_tree::Written::List(blocks) = &mut item.value else { continue };
        for block in blocks {
            if let toml_tree::Written::Table(block) = &mut block.value {
                let before = block.entries.len();
                block.entries.retain(|entry| entry.key != "examples");
                found |= block.entries.len() < before;
            }
        }
    }
    found
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
