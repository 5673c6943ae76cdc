//! The folders of a pack: its own and those that it extends, and their files.
//!
//! Invariants
//! - Folders stand base first, so that what comes later adds to or changes what came before.
//! - A chain has at most [`DEEPEST`] folders and never comes back to one; every path stays inside the root.

use super::mistake::{self, Refused};
use super::toml_file::{self, Table, Text};
use crate::diagnostic::code::pack as code;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::error::Error;
use crate::source::root::{Standing, SurveyRoot};
use crate::source::{SourceText, next_id};

/// Most folders that extend each other: a base, and more overlays than a survey has had.
const DEEPEST: usize = 8;

/// The name of the file that makes a folder a pack.
const SURVEY_FILE: &str = "survey.toml";

/// A folder and its files.
#[derive(Debug)]
pub struct Layer {
    /// `survey.toml`.
    pub survey: SourceText,
    /// Its other TOML files, in order of name.
    pub rules: Vec<SourceText>,
}

/// One file as a tree.
#[derive(Debug)]
pub struct File<'a> {
    /// Its text.
    pub source: &'a SourceText,
    /// Its name without folder and ending: `60-backup`.
    pub stem: &'a str,
    /// Which folder of the chain, the base is 0.
    pub layer: usize,
    /// What it holds.
    pub root: Table<'a>,
}

/// Reads all files of the pack in `folder`. Errors: that folder's own files cannot be read.
pub fn read(
    root: &SurveyRoot,
    folder: &str,
    sources: &mut Vec<SourceText>,
    found: &mut Diagnostics,
) -> Result<Vec<Layer>, Error> {
    let mut surveys =
        vec![(folder.to_owned(), read_file(root, &format!("{folder}/{SURVEY_FILE}"), sources)?)];
    while let Some((folder, survey)) = surveys.last() {
        let seen: Vec<&str> = surveys.iter().map(|(folder, _)| folder.as_str()).collect();
        match base_of(root, survey, folder, &seen) {
            Ok(None) => break,
            Ok(Some(base)) => {
                let survey = read_file(root, &format!("{base}/{SURVEY_FILE}"), sources)?;
                surveys.push((base, survey));
            }
            Err(mistake) => {
                found.push(*mistake);
                break;
            }
        }
    }
    let layer = |(folder, survey): (String, SourceText)| -> Result<Layer, Error> {
        let names = root.list(&folder)?;
        let rules = names.iter().filter(|name| is_toml(name) && name.as_str() != &*survey.name);
        let rules = rules.map(|name| read_file(root, name, sources)).collect::<Result<_, Error>>()?;
        Ok(Layer { survey, rules })
    };
    surveys.into_iter().rev().map(layer).collect()
}

/// Whether a file is TOML by the ending of its name, in either case.
fn is_toml(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("toml"))
}

/// Reads one file and gives it the next number.
pub fn read_file(root: &SurveyRoot, path: &str, sources: &mut Vec<SourceText>) -> Result<SourceText, Error> {
    let id = next_id(sources);
    let source = SourceText { id, name: path.into(), text: root.read(path)? };
    sources.push(source.clone());
    Ok(source)
}

/// The folder that `survey` extends. `Ok(None)`: none, or the file is no TOML, which is reported elsewhere.
fn base_of(
    root: &SurveyRoot,
    survey: &SourceText,
    folder: &str,
    seen: &[&str],
) -> Result<Option<String>, Refused> {
    // Most packs extend nothing, and reading the tree twice would cost them a start.
    if !survey.text.contains("extends") {
        return Ok(None);
    }
    let Ok(tree) = toml_file::of_file(root, survey) else { return Ok(None) };
    let Some(extends) = tree.table("survey").and_then(|block| block.text("extends")) else { return Ok(None) };
    let at = |code| mistake::at(code, survey, extends.span).with("found", extends.text);
    let Some(base) = beside(folder, extends.text) else { return Err(Box::new(at(&code::PATH_REFUSED))) };
    if seen.contains(&base.as_str()) {
        return Err(Box::new(at(&code::EXTENDS_CYCLE)));
    }
    if seen.len() >= DEEPEST {
        return Err(Box::new(at(&code::EXTENDS_DEPTH).with("limit", DEEPEST)));
    }
    if !root.exists(&format!("{base}/{SURVEY_FILE}")) {
        return Err(Box::new(at(&code::FILE_MISSING).with("found", format!("{base}/{SURVEY_FILE}"))));
    }
    Ok(Some(base))
}

/// `relative` seen from `folder`. `None`: it leaves the root, or is no relative path.
fn beside(folder: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').collect();
    for part in relative.split('/') {
        match part {
            ".." => drop(parts.pop()?),
            "." => {}
            _ if is_plain(part) => parts.push(part),
            _ => return None,
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

fn is_plain(part: &str) -> bool {
    !matches!(part, "" | "." | "..") && !part.contains(['\\', ':', '\0'])
}

/// The path in `text`, relative to the root, if a file is there.
pub fn file_at(root: &SurveyRoot, text: Text<'_>, source: &SourceText) -> Result<String, Refused> {
    let at = |code| Box::new(mistake::at(code, source, text.span).with("found", text.text));
    if !text.text.split('/').all(is_plain) {
        return Err(at(&code::PATH_REFUSED));
    }
    match root.standing(text.text) {
        Standing::File => Ok(text.text.to_owned()),
        Standing::Outside => Err(at(&code::PATH_REFUSED)),
        Standing::Other => Err(at(&code::NO_FILE)),
        Standing::Nothing => Err(at(&code::FILE_MISSING)),
    }
}

/// The file that `text` names, which need not be there: what is not inside the root is refused all the same.
pub fn path_at(root: &SurveyRoot, text: Text<'_>, source: &SourceText) -> Result<String, Refused> {
    let at = |code| Box::new(mistake::at(code, source, text.span).with("found", text.text));
    let plain = text.text.split('/').all(is_plain);
    match root.standing(text.text) {
        Standing::File | Standing::Nothing if plain => Ok(text.text.to_owned()),
        Standing::Other if plain => Err(at(&code::NO_FILE)),
        _ => Err(at(&code::PATH_REFUSED)),
    }
}

/// The schema that `text` names: a path relative to the root, or the id of one in `schemas/`.
pub fn schema_at(root: &SurveyRoot, text: Text<'_>, source: &SourceText) -> Result<String, Refused> {
    let path = format!("schemas/{}.json", text.text);
    if is_plain(text.text) && root.exists(&path) { Ok(path) } else { file_at(root, text, source) }
}

/// Files as trees, and what is no TOML, each with its layer.
#[derive(Debug, Default)]
pub struct Trees<'a> {
    /// Those that are.
    pub files: Vec<File<'a>>,
    mistakes: Vec<(usize, Diagnostic)>,
}

impl<'a> Trees<'a> {
    /// The survey files of all layers.
    pub fn of_surveys(root: &SurveyRoot, layers: &'a [Layer]) -> Self {
        Self::read(root, layers.iter().enumerate().map(|(layer, folder)| (layer, &folder.survey)))
    }

    /// The rule files of all layers.
    pub fn of_rules(root: &SurveyRoot, layers: &'a [Layer]) -> Self {
        let layers = layers.iter().enumerate();
        Self::read(
            root,
            layers.flat_map(|(layer, folder)| folder.rules.iter().map(move |source| (layer, source))),
        )
    }

    fn read(root: &SurveyRoot, sources: impl Iterator<Item = (usize, &'a SourceText)>) -> Self {
        let mut trees = Self::default();
        for (layer, source) in sources {
            match toml_file::of_file(root, source) {
                Ok(root) => trees.files.push(File { source, stem: stem(&source.name), layer, root }),
                Err(mistake) => trees.mistakes.push((layer, *mistake)),
            }
        }
        trees
    }

    /// The files of both in the order of layers, in each those of `self` first; mistakes likewise.
    pub fn and(mut self, others: Self, found: &mut Diagnostics) -> Vec<File<'a>> {
        self.mistakes.extend(others.mistakes);
        self.mistakes.sort_by_key(|(layer, _)| *layer);
        found.extend(self.mistakes.into_iter().map(|(_, mistake)| mistake));
        self.files.extend(others.files);
        self.files.sort_by_key(|file| file.layer);
        self.files
    }
}

fn stem(path: &str) -> &str {
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

impl File<'_> {
    /// Whether it is a `survey.toml`.
    pub fn is_survey(&self) -> bool {
        self.stem == "survey"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_folders_never_leave_the_root() {
        let from = |relative| beside("rules/ex/2024-b", relative);
        assert_eq!(from("../2024").as_deref(), Some("rules/ex/2024"));
        assert_eq!(from("./more").as_deref(), Some("rules/ex/2024-b/more"));
        for outside in ["../../../..", "../../../../etc", "/etc", "C:/x", "..\\x", "a//b", ""] {
            assert_eq!(from(outside), None, "{outside}");
        }
    }

    fn chain(files: &[(&str, &str)], folder: &str) -> (Vec<String>, Vec<String>) {
        let mut files: Vec<(String, String)> =
            files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        files.sort();
        let (mut sources, mut found) = (Vec::new(), Diagnostics::new());
        let layers = read(&SurveyRoot::Memory(files), folder, &mut sources, &mut found).unwrap();
        let names = layers.iter().flat_map(|layer| std::iter::once(&layer.survey).chain(&layer.rules));
        (
            names.map(|source| source.name.to_string()).collect(),
            found.iter().map(|mistake| mistake.notice.id.to_string()).collect(),
        )
    }

    #[test]
    fn the_base_comes_first_and_files_by_name() {
        let (files, found) = chain(
            &[
                ("rules/ex/1/survey.toml", "[survey]\nid = 'ex'"),
                ("rules/ex/1/20-b.toml", ""),
                ("rules/ex/1/10-a.toml", ""),
                ("rules/ex/1/notes.txt", ""),
                ("rules/ex/2/survey.toml", "[survey]\nextends = '../1'"),
                ("rules/ex/2/15-c.toml", ""),
            ],
            "rules/ex/2",
        );
        assert_eq!(
            files,
            [
                "rules/ex/1/survey.toml",
                "rules/ex/1/10-a.toml",
                "rules/ex/1/20-b.toml",
                "rules/ex/2/survey.toml",
                "rules/ex/2/15-c.toml"
            ]
        );
        assert_eq!(found, [""; 0]);
    }

    #[test]
    fn trees_and_mistakes_stand_in_the_order_of_layers_each_with_its_survey_first() {
        let mut next = 0..;
        let mut source = |name: &str, text: &str| {
            let id = crate::source::SourceId(next.next().unwrap());
            SourceText { id, name: name.into(), text: text.into() }
        };
        let layers = ["a", "b"].map(|layer| Layer {
            survey: source(&format!("{layer}/survey.toml"), if layer == "b" { "[" } else { "" }),
            rules: [("1", ""), ("2", "["), ("3", "")].map(|(name, text)| source(name, text)).to_vec(),
        });
        let mut found = Diagnostics::new();
        let root = SurveyRoot::Memory(Vec::new());
        let rules = Trees::of_rules(&root, &layers);
        let files = Trees::of_surveys(&root, &layers).and(rules, &mut found);
        let ids: Vec<u32> = files.iter().map(|file| file.source.id.0).collect();
        assert_eq!(ids, [0, 1, 3, 5, 7]);
        let ids: Vec<u32> = found.iter().map(|mistake| mistake.labels[0].source.0).collect();
        assert_eq!(ids, [2, 4, 6]);
    }

    #[test]
    fn circles_missing_folders_and_paths_outside_are_told_apart() {
        let one = |extends: &str| {
            let survey = format!("[survey]\nextends = '{extends}'");
            chain(
                &[
                    ("rules/ex/1/survey.toml", &survey),
                    ("rules/ex/2/survey.toml", "[survey]\nextends = '../1'"),
                ],
                "rules/ex/1",
            )
            .1
        };
        assert_eq!(one("../2"), ["KP-P062"]);
        assert_eq!(one("../3"), ["KP-P061"]);
        assert_eq!(one("../../../../x"), ["KP-P060"]);
        assert!(chain(&[("rules/ex/2/survey.toml", "[survey]")], "rules/ex/2").1.is_empty());
    }

    #[test]
    fn a_chain_has_an_end() {
        let files: Vec<(String, String)> = (0..20)
            .map(|number| {
                (format!("rules/ex/{number}/survey.toml"), format!("[survey]\nextends = '../{}'", number + 1))
            })
            .collect();
        let files: Vec<(&str, &str)> =
            files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        assert_eq!(chain(&files, "rules/ex/0").1, ["KP-P063"]);
    }
}
