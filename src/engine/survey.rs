//! Finding a survey: a rules folder on disk, or one inside the binary.
//!
//! Invariants
//! - A folder on disk is named by a path; `name/wave` without such a folder names an embedded survey.
//! - The survey root of a folder is the nearest folder above it that holds both `schemas/` and `rules/`.

use std::path::{Component, Path};
use std::sync::{Arc, OnceLock};

use super::{InputFile, InputPlace};
use crate::diagnostic::nearest::nearest;
use crate::error::Error;
use crate::input::FormNeeds;
use crate::rule_pack::Link;
use crate::rule_pack::load::{Loaded, Purpose, load, load_for};
use crate::source::root::{EmbeddedFile, SurveyRoot, Trees};

/// The survey data inside the binary, sorted by path.
static EMBEDDED: &[EmbeddedFile] = include!(concat!(env!("OUT_DIR"), "/survey_data.rs"));

/// The embedded survey that is judged by when none is named.
pub const DEFAULT_SURVEY: &str = "hospital-cyber/2024";

/// The root of the embedded surveys.
pub fn embedded() -> SurveyRoot {
    SurveyRoot::Embedded(EMBEDDED, Trees::Whole)
}

/// The embedded surveys, as `name/wave`, sorted.
pub fn embedded_names() -> Vec<&'static str> {
    let names =
        EMBEDDED.iter().filter_map(|file| file.path.strip_prefix("rules/")?.strip_suffix("/survey.toml"));
    names.collect()
}

/// A survey that was found: where its data stands, and its rules folder there.
#[derive(Debug, Clone)]
pub struct Survey {
    /// Holds `schemas/` and `rules/`.
    pub root: SurveyRoot,
    /// Such as `rules/hospital-cyber/2024`, relative to the root.
    pub folder: String,
}

impl Survey {
    /// Loads the rule pack. What is wrong inside is in the result; an error means that a file cannot be read.
    pub fn load(&self) -> Result<Loaded, Error> {
        load(&self.root, &self.folder)
    }

    /// Loads the rule pack as [`load`](Self::load) does, as far as `purpose` needs it.
    pub fn load_for(&self, purpose: Purpose) -> Result<Loaded, Error> {
        load_for(&self.root, &self.folder, purpose)
    }

    /// Paths of the recipes for synthetic submissions, sorted; none if the survey has no folder `generate/`.
    pub fn recipes(&self) -> Vec<String> {
        self.root.list(&format!("{}/generate", self.folder)).unwrap_or_default()
    }
}

/// Finds the survey `name`: a rules folder, or `name/wave` of an embedded one. `None`: the embedded default.
///
/// An error: there is no such survey.
pub fn find(name: Option<&str>) -> Result<Survey, Error> {
    let name = name.unwrap_or(DEFAULT_SURVEY).trim_end_matches('/');
    if let Some((root, folder)) = SurveyRoot::around(Path::new(name)) {
        return Ok(Survey { root, folder });
    }
    if embedded_names().contains(&name) {
        return Ok(Survey { root: embedded(), folder: format!("rules/{name}") });
    }
    Err(Error::Usage { message: unknown(name) })
}

/// Fewest headers that tell a form.
const FEWEST_HEADERS: usize = 3;

/// The embedded survey whose columns most of `headers` are, the first of equals. `None`: none has half of them.
///
/// All embedded forms are read when this is asked for the first time: nobody else pays for them.
pub fn fitting(headers: &[&str]) -> Option<&'static str> {
    static FORMS: OnceLock<Vec<(&str, FormNeeds)>> = OnceLock::new();
    let forms = FORMS.get_or_init(|| {
        let form = |name: &'static str| {
            let pack = open_for(Some(name), Purpose::Judge).ok()?.pack?;
            Some((name, FormNeeds::new(&pack.questionnaire)))
        };
        embedded_names().into_iter().filter_map(form).collect()
    });
    let known = forms.iter().rev().map(|(name, form)| (form.known_among(headers), *name));
    let (count, name) = known.max_by_key(|(count, _)| *count)?;
    (count >= FEWEST_HEADERS && count * 2 >= headers.len()).then_some(name)
}

/// What a report calls the survey `name` that could not be loaded: survey and wave, without the path that led to it.
pub fn shown_name(name: Option<&str>) -> String {
    let parts = Path::new(name.unwrap_or(DEFAULT_SURVEY)).components();
    let parts = parts.filter_map(|part| match part {
        Component::Normal(part) => Some(part.to_string_lossy()),
        _ => None,
    });
    let parts: Vec<_> = parts.collect();
    parts.get(parts.len().saturating_sub(2)..).unwrap_or_default().join("/")
}

/// The file that the survey `name` itself gives one of its links. `None`: it gives none.
pub fn linked_file(name: Option<&str>, link: &Link) -> Option<InputFile> {
    let path = link.file.as_deref()?;
    let root = find(name).ok()?.root;
    let place = match (root.path(path), root.read(path)) {
        (Some(path), _) => InputPlace::Path(path),
        (None, Ok(text)) => InputPlace::Bytes(text.as_bytes().to_vec()),
        // What is not there is told when it is opened.
        (None, Err(_)) => InputPlace::Path(path.into()),
    };
    Some(InputFile { name: Arc::from(path), place, levels: Arc::default() })
}

/// Finds and loads the survey `name`, as [`find`] and [`Survey::load`] do.
pub fn open(name: Option<&str>) -> Result<Loaded, Error> {
    find(name)?.load()
}

/// Finds and loads the survey `name`, as [`find`] and [`Survey::load_for`] do.
pub fn open_for(name: Option<&str>, purpose: Purpose) -> Result<Loaded, Error> {
    find(name)?.load_for(purpose)
}

fn unknown(name: &str) -> String {
    let names = embedded_names();
    let meant = nearest(name, names.iter().copied()).map(|meant| format!("; did you mean `{meant}`?"));
    format!(
        "there is no survey `{name}`: neither a rules folder below a folder with schemas/ and rules/, nor one of {}{}",
        names.join(", "),
        meant.unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Plan, Selection};
    use crate::source::{json_tree, toml_tree};

    /// The one reads with the digests that the build computed, the other computes them.
    #[test]
    fn an_embedded_survey_has_the_hash_of_its_folder_on_disk() {
        for name in embedded_names() {
            let folder = format!("{}/rules/{name}", env!("CARGO_MANIFEST_DIR"));
            let hash = |name: &str| open(Some(name)).unwrap().pack.unwrap().hash;
            assert_eq!(hash(name), hash(&folder), "{name}");
        }
    }

    /// No start reads a text of the binary again, and what it reads instead is the same.
    #[test]
    fn the_trees_of_the_binary_are_those_of_its_files() {
        let (root, brief) = (embedded(), embedded().with(Trees::Brief));
        let (mut count, mut examples) = (0, 0);
        for EmbeddedFile { path, text, .. } in EMBEDDED {
            match path.rsplit_once('.') {
                Some((_, "toml")) => {
                    let mut tree = toml_tree::read(text).ok();
                    assert_eq!(root.tree(path), tree, "{path}");
                    for item in
                        tree.iter_mut().flat_map(|tree| &mut tree.entries).map(|entry| &mut entry.item)
                    {
                        let toml_tree::Written::List(blocks) = &mut item.value else { continue };
                        for block in blocks {
                            let toml_tree::Written::Table(block) = &mut block.value else { continue };
                            block.entries.retain(|entry| {
                                examples += usize::from(entry.key == "examples");
                                entry.key != "examples"
                            });
                        }
                    }
                    assert_eq!(brief.tree(path), tree, "{path}");
                }
                Some((_, "json")) => assert_eq!(root.tree(path), json_tree::read(text).tree.ok(), "{path}"),
                _ => continue,
            }
            count += 1;
        }
        assert!(count > 20 && examples > 100, "{count}, {examples}");
    }

    #[test]
    fn what_is_loaded_for_a_purpose_is_the_whole_survey_but_for_what_it_does_not_need() {
        let mut whole = open(None).unwrap().pack.unwrap();
        assert!(whole.rules.iter().any(|rule| !rule.examples.is_empty()));
        whole.rules.iter_mut().for_each(|rule| rule.examples.clear());
        let of = |purpose| format!("{:?}", open_for(None, purpose).unwrap().pack.unwrap());
        assert_eq!(of(Purpose::Tabulate), format!("{whole:?}"));
        assert!(
            whole.tabulation.waves.iter().all(|wave| !wave.published.is_empty())
                && !whole.macro_edits.is_empty()
        );
        whole.tabulation.waves.iter_mut().for_each(|wave| wave.published.clear());
        whole.macro_edits.clear();
        assert_eq!(of(Purpose::Judge), format!("{whole:?}"));
    }

    /// Compiling is what costs most at the start, and the file of one hospital needs few of them.
    #[test]
    fn no_pattern_of_the_embedded_survey_is_compiled_before_a_cell_needs_it() {
        let pack = open(None).unwrap().pack.unwrap();
        let (plan, _) = Plan::new(Arc::new(pack), &Selection::default());
        let plan = plan.unwrap();
        let patterns: Vec<_> = (0..).map_while(|index| plan.pattern(index)).collect();
        assert!(patterns.len() > 3, "{}", patterns.len());
        for pattern in patterns {
            assert!(!pattern.is_compiled(), "{}", pattern.as_str());
        }
    }
}
