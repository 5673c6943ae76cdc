//! Small files that are looked for: which folder above holds one, what stands in it, whether a place lies inside.
//!
//! Invariants
//! - A file over the limit is not read, and a name that is a pipe or a device is never found.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::{Component, Path, PathBuf};

use crate::error::Error;

/// How many folders above `folder` (0: itself) the nearest regular file called `name` stands. `None`: in none, up to
/// the root of the file system.
pub fn steps_up(name: &str, folder: &Path) -> Option<usize> {
    folder.ancestors().position(|above| above.join(name).is_file())
}

/// The text of the file at `path`, which may have a byte order mark.
///
/// # Errors
/// It cannot be read, is longer than `most` bytes, or is no UTF-8.
pub fn text_within(path: &Path, most: u64) -> Result<String, Error> {
    let read = || {
        let mut bytes = Vec::new();
        File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
        if u64::try_from(bytes.len()).is_ok_and(|length| length > most) {
            return Err(io::Error::new(ErrorKind::FileTooLarge, format!("larger than {most} bytes")));
        }
        String::from_utf8(bytes).map_err(|_| io::Error::new(ErrorKind::InvalidData, "it is not UTF-8 text"))
    };
    read().map_err(|source| Error::Read { path: path.to_path_buf(), source })
}

/// Whether `path`, which is relative, is inside `folder` when all links that are there are followed.
pub fn stays_inside(folder: &Path, path: &Path) -> bool {
    let Ok(real) = fs::canonicalize(folder) else { return false };
    let mut place = real.clone();
    for part in path.components() {
        match part {
            Component::Normal(part) => place.push(part),
            Component::CurDir => continue,
            _ => return false,
        }
        if fs::symlink_metadata(&place).is_ok() {
            // A link that leads nowhere may lead anywhere tomorrow.
            match fs::canonicalize(&place) {
                Ok(found) if found.starts_with(&real) => place = found,
                _ => return false,
            }
        }
    }
    true
}

/// `path` without `.` and `..`, as far as its own parts tell; links are not followed.
pub fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(plain.components().next_back(), Some(Component::Normal(_))) => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_file_above_is_found_and_no_folder_of_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("a/b/c");
        fs::create_dir_all(deep.join("x.toml")).unwrap();
        assert_eq!(steps_up("x.toml", &deep), None);
        fs::write(folder.path().join("x.toml"), "").unwrap();
        assert_eq!(steps_up("x.toml", &deep), Some(3));
        fs::write(folder.path().join("a/b/x.toml"), "").unwrap();
        assert_eq!(steps_up("x.toml", &deep), Some(1));
    }

    #[test]
    fn what_is_too_long_or_no_text_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        fs::write(&path, "12345").unwrap();
        assert_eq!(text_within(&path, 5).unwrap(), "12345");
        assert!(text_within(&path, 4).is_err());
        fs::write(&path, b"\x93\xfa").unwrap();
        assert!(text_within(&path, 9).is_err() && text_within(&folder.path().join("y"), 9).is_err());
    }

    #[test]
    fn dots_go_as_far_as_there_are_names() {
        for (written, found) in
            [("a/./b/../c", "a/c"), ("../a", "../a"), ("/../a", "/../a"), ("a/../..", "..")]
        {
            assert_eq!(plain(Path::new(written)), Path::new(found));
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_may_not_lead_out() {
        let outside = tempfile::tempdir().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let link = |to: &Path, name: &str| std::os::unix::fs::symlink(to, folder.path().join(name)).unwrap();
        fs::create_dir(folder.path().join("in")).unwrap();
        link(outside.path(), "out");
        link(&folder.path().join("in"), "also-in");
        link(Path::new("nowhere"), "dangling");
        let inside = |path: &str| stays_inside(folder.path(), Path::new(path));
        assert!(inside("x.json") && inside("in/x.json") && inside("also-in/x.json") && inside("new/x.json"));
        assert!(!inside("out/x.json") && !inside("dangling") && !inside("../x.json") && !inside("/x.json"));
    }
}
