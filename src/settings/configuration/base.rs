//! From where the paths of a configuration count: the folder of its file, seen from the working folder.
//!
//! Invariants
//! - What is resolved here is relative to the working folder (or as a person typed it), so nothing printed is absolute.
//! - A file that a configuration may write stays inside its folder, and out of hidden folders (`.git` runs programs).

use std::path::{Component, Path, PathBuf};

use glob::{MatchOptions, Pattern};

use crate::diagnostic::Localized;
use crate::source::nearest_file::{plain, stays_inside};
use crate::source::sink::real_path;

/// As for `--exclude`: `*` stays within a folder.
const MATCHING: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: false,
};

/// The folder of a configuration.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Base {
    /// The working folder, absolute.
    here: PathBuf,
    /// The folder, absolute; never printed.
    folder: PathBuf,
    /// The folder as seen from the working folder; empty: itself.
    prefix: PathBuf,
}

impl Base {
    /// The working folder itself.
    pub fn here(here: &Path) -> Self {
        Self { here: here.to_path_buf(), folder: here.to_path_buf(), prefix: PathBuf::new() }
    }

    /// The folder `steps` above the working folder.
    pub fn above(here: &Path, steps: usize) -> Self {
        let folder = here.ancestors().nth(steps).unwrap_or(here).to_path_buf();
        Self { here: here.to_path_buf(), folder, prefix: std::iter::repeat_n("..", steps).collect() }
    }

    /// The folder in which `file` stands, which a person named.
    pub fn of(here: &Path, file: &Path) -> Self {
        let prefix = file.parent().unwrap_or(Path::new("")).to_path_buf();
        Self { here: here.to_path_buf(), folder: plain(&here.join(&prefix)), prefix }
    }

    /// The path that the file calls `text`, as seen from the working folder.
    pub fn path(&self, text: &str) -> String {
        self.prefix.join(text).to_string_lossy().into_owned()
    }

    /// The folder that the file calls `text`, as seen from the working folder. `None`: there is none.
    pub fn folder(&self, text: &str) -> Option<String> {
        let path = self.prefix.join(text);
        path.is_dir().then(|| path.to_string_lossy().into_owned())
    }

    /// The pattern `text` as patterns that are matched against paths as seen from the working folder. A bare name
    /// matches in every folder and stays as it is.
    pub fn patterns(&self, text: &str) -> Vec<String> {
        if self.folder == self.here || !text.contains('/') || Path::new(text).is_absolute() {
            return vec![text.to_owned()];
        }
        let prefix = Pattern::escape(&self.prefix.to_string_lossy());
        let mut patterns = vec![format!("{prefix}/{}", text.trim_start_matches("./"))];
        if let Ok(inside) = self.here.strip_prefix(&self.folder) {
            patterns.extend(below(text.trim_start_matches("./"), inside));
        }
        patterns
    }

    /// Whether the file `name`, as seen from the working folder or absolute, matches `pattern`.
    pub fn matches(&self, pattern: &Pattern, name: &str) -> bool {
        let inside = |path: &Path, folder: &Path| {
            path.strip_prefix(folder).is_ok_and(|path| pattern.matches_path_with(path, MATCHING))
        };
        let path = self.here.join(name);
        // An absolute name may go to the folder by a link.
        inside(&plain(&path), &self.folder)
            || (Path::new(name).is_absolute() && inside(&real_path(&path), &real_path(&self.folder)))
    }

    /// Whether `path`, as seen from the working folder, is inside the folder, links followed.
    pub fn holds(&self, path: &str) -> bool {
        let path = plain(&self.here.join(path));
        path.strip_prefix(&self.folder).is_ok_and(|path| stays_inside(&self.folder, path))
    }

    /// Why a file that the configuration calls `text` may not be written. `None`: it may.
    pub fn refused(&self, text: &str) -> Option<Localized<&'static str>> {
        let path = Path::new(text);
        let leaves = |part: Component<'_>| !matches!(part, Component::Normal(_) | Component::CurDir);
        // A drive letter or a back-slash means something on one system only; it is refused on all.
        if text.contains(['\\', ':', '\0']) || path.components().any(leaves) {
            return Some(Localized::new(
                "設定ファイルのフォルダーの外を指しています",
                "it is not inside the configuration's folder",
            ));
        }
        let hidden = |part: Component<'_>| part.as_os_str().to_string_lossy().starts_with('.');
        if path.components().any(|part| matches!(part, Component::Normal(_)) && hidden(part)) {
            return Some(Localized::new(
                "「.」で始まるファイルやフォルダーです",
                "it is a hidden file or lies in a hidden folder",
            ));
        }
        (!stays_inside(&self.folder, path)).then_some(Localized::new(
            "リンクをたどると設定ファイルのフォルダーの外に出ます",
            "a link leads out of the configuration's folder",
        ))
    }
}

/// The pattern `text` of a folder as a pattern of its subfolder `inside`. `None`: nothing in that folder matches.
fn below(text: &str, inside: &Path) -> Option<String> {
    let mut rest = text;
    for part in inside.components() {
        let (first, behind) = rest.split_once('/')?;
        if first == "**" {
            return Some(rest.to_owned());
        }
        let name = part.as_os_str().to_string_lossy();
        Pattern::new(first).ok().filter(|pattern| pattern.matches(&name))?;
        rest = behind;
    }
    Some(rest.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_patterns_count_from_the_folder_of_the_file() {
        let base = Base::above(Path::new("/a/2023/x"), 2);
        assert_eq!(base.path("rules/s"), "../../rules/s");
        assert_eq!(base.patterns("*.csv"), ["*.csv"]);
        assert_eq!(base.patterns("2023/*/old.csv"), ["../../2023/*/old.csv", "old.csv"]);
        assert_eq!(base.patterns("2024/*/old.csv"), ["../../2024/*/old.csv"]);
        assert_eq!(base.patterns("**/old/*"), ["../../**/old/*", "**/old/*"]);
        let named = Base::of(Path::new("/a"), Path::new("conf/k.toml"));
        assert_eq!((named.path("s"), named.folder.as_path()), ("conf/s".to_owned(), Path::new("/a/conf")));
        assert_eq!(Base::of(Path::new("/a"), Path::new("k.toml")).patterns("b/c"), ["b/c"]);
    }

    #[test]
    fn a_name_matches_wherever_the_run_stands() {
        let base = Base::above(Path::new("/a/2023"), 1);
        let matches = |pattern: &str, name: &str| base.matches(&Pattern::new(pattern).unwrap(), name);
        for name in ["x.csv", "./x.csv", "/a/2023/x.csv", "sub/x.csv", "../2023/x.csv"] {
            assert!(matches("2023/**", name), "{name}");
        }
        for name in ["../2024/x.csv", "/b/2023/x.csv", "../x.csv"] {
            assert!(!matches("2023/**", name), "{name}");
        }
        assert!(matches("2023/*.csv", "x.csv") && !matches("2023/*.csv", "sub/x.csv"));
    }

    #[cfg(unix)]
    #[test]
    fn an_absolute_name_may_come_by_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().join("real");
        std::fs::create_dir(&real).unwrap();
        std::fs::write(real.join("x.csv"), "").unwrap();
        std::os::unix::fs::symlink(&real, folder.path().join("link")).unwrap();
        let base = Base::here(&real.canonicalize().unwrap());
        let name = folder.path().join("link/x.csv");
        assert!(base.matches(&Pattern::new("*.csv").unwrap(), name.to_str().unwrap()));
        assert!(
            base.holds("a/b") && !base.holds("../b") && !base.holds(name.parent().unwrap().to_str().unwrap())
        );
    }

    #[test]
    fn what_a_configuration_may_write_stays_in_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        let base = Base::here(folder.path());
        for good in ["r.json", "out/r.json", "./r.json", "報告 1.html"] {
            assert_eq!(base.refused(good), None, "{good}");
        }
        for bad in
            ["/tmp/r", "../r", "out/../../r", "c:r", "a\\..\\r", ".git/config", "a/.github/x", ".kenpyo"]
        {
            assert!(base.refused(bad).is_some(), "{bad}");
        }
    }
}
