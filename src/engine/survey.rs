//! Finding a survey: a rules folder on disk, or one inside the binary.
//!
//! Invariants
//! - A folder on disk is named by a path; `name/wave` without such a folder names an embedded survey.
//! - The survey root of a folder is the nearest folder above it that holds both `schemas/` and `rules/`.

use std::path::Path;

use crate::diagnostic::Diagnostics;
use crate::diagnostic::nearest::nearest;
use crate::error::Error;
use crate::questionnaire::meta::MetaSchema;
use crate::rule_pack::load::{Loaded, load};
use crate::rule_pack::published_form;
use crate::source::root::SurveyRoot;

/// The survey data inside the binary: (path, content), sorted by path.
const EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/survey_data.rs"));

/// The embedded survey that is judged by when none is named.
pub const DEFAULT_SURVEY: &str = "hospital-cyber/2024";

/// The root of the embedded surveys.
pub const fn embedded() -> SurveyRoot {
    SurveyRoot::Embedded(EMBEDDED)
}

/// The embedded surveys, as `name/wave`, sorted.
pub fn embedded_names() -> Vec<&'static str> {
    let names =
        EMBEDDED.iter().filter_map(|(path, _)| path.strip_prefix("rules/")?.strip_suffix("/survey.toml"));
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

/// Finds and loads the survey `name`, as [`find`] and [`Survey::load`] do.
pub fn open(name: Option<&str>) -> Result<Loaded, Error> {
    find(name)?.load()
}

/// What only the published schemas of the formats refuse in the files of a survey.
///
/// Compiling the schemas takes a while: for `rules lint`, not for every start.
///
/// An error: a schema is no schema, which is our own fault.
pub fn misfits(loaded: &Loaded) -> Result<Diagnostics, Error> {
    const QUESTIONNAIRE: &str = "schemas/kenpyo/questionnaire.json";
    const SURVEY_FILE: &str = "schemas/kenpyo/survey-file.json";
    const RULE_FILE: &str = "schemas/kenpyo/rule-file.json";
    let meta = |path: &str| embedded().read(path).and_then(|text| MetaSchema::new(&text));
    let (questionnaire, survey_file, rule_file) =
        (meta(QUESTIONNAIRE)?, meta(SURVEY_FILE)?, meta(RULE_FILE)?);
    let mut found = Diagnostics::new();
    let has_ending =
        |name: &str, ending: &str| Path::new(name).extension().is_some_and(|found| found == ending);
    for source in &loaded.sources {
        found.append(if has_ending(&source.name, "json") {
            questionnaire.validate(source, &loaded.diagnostics)
        } else if source.name.ends_with("/survey.toml") {
            published_form::validate(&survey_file, SURVEY_FILE, source, &loaded.diagnostics)
        } else if has_ending(&source.name, "toml") {
            published_form::validate(&rule_file, RULE_FILE, source, &loaded.diagnostics)
        } else {
            Diagnostics::new()
        });
    }
    Ok(found)
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
