//! A survey root: the folder that holds `schemas/` and `rules/`, on disk or inside the binary.
//!
//! Invariants
//! - Paths are relative to the root, with `/`; a path that leaves the root, links included, is refused.
//! - Reading has no other effect, and a file over 16 MiB is not read at all.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::WholeText;
use crate::error::Error;

/// Bytes of the largest rule, schema or reference file; real ones are a thousandth of it.
const LARGEST_FILE: u64 = 16 << 20;

/// Where a survey's data stands.
#[derive(Debug, Clone)]
pub enum SurveyRoot {
    /// Inside the binary: every file, sorted by path, and how much of their trees is asked for.
    Embedded(&'static [EmbeddedFile], Trees),
    /// A folder.
    Folder(PathBuf),
    /// In memory, for tests and trials: (path, content), sorted by path.
    Memory(Vec<(String, String)>),
}

/// How much of the trees inside the binary is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trees {
    /// All.
    Whole,
    /// No examples of rules: more than half of a rule file, and nobody judges by them.
    Brief,
}

/// A file inside the binary.
#[derive(Debug)]
pub struct EmbeddedFile {
    /// Relative to the root.
    pub path: &'static str,
    /// Its content.
    pub text: &'static str,
    /// SHA-256 of its content, computed when the binary was built.
    pub digest: [u8; 32],
    /// Its tree, written by `postcard` when the binary was built: a [`json_tree::Node`](super::json_tree::Node) or a
    /// [`toml_tree::Table`](super::toml_tree::Table) by its ending. Empty: neither.
    pub tree: &'static [u8],
    /// The same without the examples of rules. Empty: it has none, or no tree.
    pub brief: &'static [u8],
}

/// What stands under a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// A regular file.
    File,
    /// A folder, a pipe, a device.
    Other,
    /// A link that leads out of the root.
    Outside,
    /// Nothing.
    Nothing,
}

impl SurveyRoot {
    /// The root around a rules folder on disk, and the folder's path inside it: the nearest folder above that holds
    /// both `schemas/` and `rules/`. `None`: no such folder, or none such above it.
    pub fn around(folder: &Path) -> Option<(Self, String)> {
        let folder = fs::canonicalize(folder).ok().filter(|folder| folder.is_dir())?;
        let is_root = |above: &&Path| above.join("schemas").is_dir() && above.join("rules").is_dir();
        let root = folder.ancestors().skip(1).find(is_root)?;
        let inside = folder.strip_prefix(root).ok()?;
        let parts: Option<Vec<&str>> = inside.iter().map(|part| part.to_str()).collect();
        Some((Self::Folder(root.to_path_buf()), parts?.join("/")))
    }

    /// The text of the file at `path`, relative to the root; each run of bytes that is no UTF-8 is U+FFFD, and
    /// [`not_utf8`](Self::not_utf8) tells where the first stands.
    ///
    /// # Errors
    /// No such file, no regular file, larger than 16 MiB, or outside the root (also by a link).
    pub fn read(&self, path: &str) -> Result<WholeText, Error> {
        self.try_read(path).map_err(|source| Error::Read { path: self.name(path), source })
    }

    /// The first byte of the file at `path` that is no UTF-8, and how many stand before it. `None`: there is none.
    pub fn not_utf8(&self, path: &str) -> Option<(u8, usize)> {
        let Self::Folder(root) = self else { return None };
        let bytes = resolve(root, path).and_then(fs::read).ok()?;
        let before = std::str::from_utf8(&bytes).err()?.valid_up_to();
        bytes.get(before).map(|byte| (*byte, before))
    }

    /// SHA-256 of `text`, which was read from `path`.
    pub fn digest(&self, path: &str, text: &str) -> [u8; 32] {
        let embedded = self.embedded(path).map(|file| file.digest);
        embedded.unwrap_or_else(|| Sha256::digest(text).into())
    }

    /// The tree of the file at `path` as it was read when the binary was built. `None`: no such file inside the
    /// binary, or none that could be read as `T`.
    pub fn tree<T: Deserialize<'static>>(&self, path: &str) -> Option<T> {
        let file = self.embedded(path)?;
        let tree = if self.is_brief() && !file.brief.is_empty() { file.brief } else { file.tree };
        if tree.is_empty() { None } else { postcard::from_bytes(tree).ok() }
    }

    /// The same files; of those inside the binary, `trees` are asked for. Any other is read whole.
    #[must_use]
    pub fn with(&self, trees: Trees) -> Self {
        match self {
            Self::Embedded(files, _) => Self::Embedded(files, trees),
            Self::Folder(_) | Self::Memory(_) => self.clone(),
        }
    }

    const fn is_brief(&self) -> bool {
        matches!(self, Self::Embedded(_, Trees::Brief))
    }

    /// Whether it is inside the binary. Its files are as they should be, which the tests see to on the same files on
    /// disk; every start would pay for looking again.
    pub const fn is_embedded(&self) -> bool {
        matches!(self, Self::Embedded(..))
    }

    /// What stands at `path`.
    pub fn standing(&self, path: &str) -> Standing {
        if self.exists(path) {
            return Standing::File;
        }
        let Self::Folder(root) = self else { return Standing::Nothing };
        match resolve(root, path) {
            Ok(_) => Standing::Other,
            Err(error) if error.kind() == ErrorKind::PermissionDenied => Standing::Outside,
            Err(_) => Standing::Nothing,
        }
    }

    /// The paths of the files directly inside `folder`, sorted; folders within it are left out.
    ///
    /// # Errors
    /// No such folder, or outside the root.
    pub fn list(&self, folder: &str) -> Result<Vec<String>, Error> {
        let mut found =
            self.try_list(folder).map_err(|source| Error::Read { path: self.name(folder), source })?;
        found.sort_unstable();
        Ok(found)
    }

    /// Where the file at `path` is on disk, or would be: it need not be there. `None`: the root is not on disk.
    pub fn path(&self, path: &str) -> Option<PathBuf> {
        match self {
            Self::Folder(root) => Some(resolve(root, path).unwrap_or_else(|_| root.join(path))),
            Self::Embedded(..) | Self::Memory(_) => None,
        }
    }

    /// Whether [`read`](Self::read) would find a file at `path`.
    pub fn exists(&self, path: &str) -> bool {
        match self {
            Self::Folder(root) => resolve(root, path).is_ok_and(|path| path.is_file()),
            _ => self.held(path).is_some(),
        }
    }

    /// The path that an error names: relative to the root for what is held in memory.
    fn name(&self, path: &str) -> PathBuf {
        match self {
            Self::Folder(root) => root.join(path),
            _ => PathBuf::from(path),
        }
    }

    fn try_read(&self, path: &str) -> io::Result<WholeText> {
        let Self::Folder(root) = self else {
            refuse_outside(path)?;
            let embedded = self.embedded(path).map(|file| WholeText::Embedded(file.text));
            let held = || self.held(path).map(WholeText::from);
            return embedded.or_else(held).ok_or_else(|| ErrorKind::NotFound.into());
        };
        let path = resolve(root, path)?;
        let about = fs::metadata(&path)?;
        if !about.is_file() {
            return Err(io::Error::new(ErrorKind::InvalidInput, "not a regular file"));
        }
        if about.len() > LARGEST_FILE {
            return Err(io::Error::new(ErrorKind::FileTooLarge, "larger than 16 MiB"));
        }
        let bytes = fs::read(path)?;
        Ok(WholeText::Read(Arc::from(String::from_utf8_lossy(&bytes))))
    }

    fn try_list(&self, folder: &str) -> io::Result<Vec<String>> {
        let Self::Folder(root) = self else {
            refuse_outside(folder)?;
            let found: Vec<String> =
                self.paths().into_iter().filter(|path| parent(path) == folder).map(str::to_owned).collect();
            return if found.is_empty() { Err(ErrorKind::NotFound.into()) } else { Ok(found) };
        };
        let mut found = Vec::new();
        for entry in fs::read_dir(resolve(root, folder)?)? {
            let entry = entry?;
            let name = entry.file_name();
            // A name that is not UTF-8 cannot be written in a pack, so nothing can refer to it.
            if let Some(name) = name.to_str().filter(|_| entry.path().is_file()) {
                found.push(if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") });
            }
        }
        Ok(found)
    }

    fn embedded(&self, path: &str) -> Option<&'static EmbeddedFile> {
        match self {
            Self::Embedded(files, _) => files.iter().find(|file| file.path == path),
            Self::Folder(_) | Self::Memory(_) => None,
        }
    }

    fn held(&self, path: &str) -> Option<&str> {
        match self {
            Self::Embedded(..) => self.embedded(path).map(|file| file.text),
            Self::Memory(files) => files.iter().find(|(name, _)| name == path).map(|(_, text)| text.as_str()),
            Self::Folder(_) => None,
        }
    }

    fn paths(&self) -> Vec<&str> {
        match self {
            Self::Embedded(files, _) => files.iter().map(|file| file.path).collect(),
            Self::Memory(files) => files.iter().map(|(name, _)| name.as_str()).collect(),
            Self::Folder(_) => Vec::new(),
        }
    }
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Refuses what is not a plain relative path: `..`, absolute, drive letters, back-slashes, empty parts.
fn refuse_outside(path: &str) -> io::Result<()> {
    let plain = |part: &str| !matches!(part, "" | "." | "..") && !part.contains(['\\', ':', '\0']);
    if path.is_empty() || path.split('/').all(plain) {
        return Ok(());
    }
    Err(io::Error::new(ErrorKind::PermissionDenied, "the path leaves the survey root"))
}

/// The real path of `path` inside `root`; following links may not lead out of it.
fn resolve(root: &Path, path: &str) -> io::Result<PathBuf> {
    refuse_outside(path)?;
    let root = root.canonicalize()?;
    let real = root.join(path).canonicalize()?;
    if real.starts_with(&root) {
        return Ok(real);
    }
    Err(io::Error::new(ErrorKind::PermissionDenied, "a link leaves the survey root"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory() -> SurveyRoot {
        let files = ["rules/a/10.toml", "rules/a/reference/x.csv", "rules/a/survey.toml", "schemas/s.json"];
        SurveyRoot::Memory(files.map(|name| (name.to_owned(), format!("text of {name}"))).to_vec())
    }

    fn on_disk() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("root/rules")).unwrap();
        fs::write(folder.path().join("root/rules/b.toml"), "b").unwrap();
        fs::write(folder.path().join("root/rules/a.toml"), "a").unwrap();
        fs::write(folder.path().join("secret"), "s").unwrap();
        folder
    }

    #[test]
    fn files_in_memory_are_read_and_listed_by_folder() {
        let root = memory();
        assert_eq!(&*root.read("schemas/s.json").unwrap(), "text of schemas/s.json");
        assert_eq!(root.list("rules/a").unwrap(), ["rules/a/10.toml", "rules/a/survey.toml"]);
        assert!(root.exists("rules/a/10.toml") && !root.exists("rules/a"));
        assert!(root.read("schemas/t.json").is_err() && root.list("nowhere").is_err());
    }

    #[test]
    fn a_folder_is_listed_in_order_of_name() {
        let folder = on_disk();
        let root = SurveyRoot::Folder(folder.path().join("root"));
        assert_eq!(root.list("rules").unwrap(), ["rules/a.toml", "rules/b.toml"]);
        assert_eq!(&*root.read("rules/b.toml").unwrap(), "b");
    }

    #[test]
    fn every_way_out_of_the_root_is_refused() {
        let folder = on_disk();
        let outside = folder.path().join("secret");
        let outside = outside.to_str().unwrap();
        for root in [memory(), SurveyRoot::Folder(folder.path().join("root"))] {
            for path in
                ["../secret", "rules/../../secret", "/secret", "rules//a.toml", "c:/x", "a\\b", outside]
            {
                assert!(root.read(path).is_err() && !root.exists(path), "{path}");
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_out_of_the_root_is_refused_and_one_inside_is_followed() {
        let folder = on_disk();
        let rules = folder.path().join("root/rules");
        std::os::unix::fs::symlink(folder.path().join("secret"), rules.join("out")).unwrap();
        std::os::unix::fs::symlink(rules.join("a.toml"), rules.join("in")).unwrap();
        let root = SurveyRoot::Folder(folder.path().join("root"));
        assert!(root.read("rules/out").is_err() && !root.exists("rules/out"));
        assert_eq!(root.standing("rules/out"), Standing::Outside);
        assert_eq!(&*root.read("rules/in").unwrap(), "a");
    }

    #[test]
    fn a_file_that_is_no_file_or_too_large_is_refused() {
        let folder = on_disk();
        let path = folder.path().join("root/rules/large");
        fs::File::create(path).unwrap().set_len(LARGEST_FILE + 1).unwrap();
        let root = SurveyRoot::Folder(folder.path().join("root"));
        assert!(root.read("rules/large").is_err() && root.read("rules").is_err());
        assert_eq!(root.standing("rules"), Standing::Other);
        assert_eq!(root.standing("rules/gone"), Standing::Nothing);
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced_and_the_first_is_told() {
        let folder = on_disk();
        fs::write(folder.path().join("root/rules/bytes"), b"a\x93\xfab").unwrap();
        let root = SurveyRoot::Folder(folder.path().join("root"));
        assert_eq!(&*root.read("rules/bytes").unwrap(), "a\u{fffd}\u{fffd}b");
        assert_eq!((root.not_utf8("rules/bytes"), root.not_utf8("rules/a.toml")), (Some((0x93, 1)), None));
    }
}
