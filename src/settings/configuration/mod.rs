//! `kenpyo.toml`: found, read, and laid below the command line and the environment.
//!
//! A value is that of an option of the command line; else of the environment; else of `--config 'key = value'`; else of
//! the file; else the default. The variables that count are those of [`keys`]. The locale and `CI` are no such wish but
//! tell where the program runs: they only make the default.
//!
//! The file is the nearest one upward from the working folder, to the root of the file system. It is not stopped by a
//! folder that holds `.git`: ruff and cargo do not stop there either, and the survey files of several repositories may
//! stand below one office's configuration. Whoever wants none says `--isolated`.
//!
//! The JSON Schema is asked by `kenpyo config show` only: to compile it takes 0.7 ms and more, our own reading takes
//! 0.04 ms, and a test holds that the two agree on every setting.
//!
//! Invariants
//! - Whatever is wrong is told before anything else is opened, with its place; nothing is half used.
//! - What a file of settings may have written is inside its folder ([`base`]); what it may read is not restricted.
//! - Without a file nothing is done but to look for one.

pub mod base;
pub mod effective;
pub mod given;
pub mod keys;
mod own_schema;
pub mod path_entry;
mod reading;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Environment, appearance};
use crate::diagnostic::code::configuration::{NEITHER_FILE_NOR_SETTING, NOT_TOML, UNREADABLE_CONFIGURATION};
use crate::diagnostic::code::usage::{CONFLICT, REPEATED};
use crate::diagnostic::{
    Argument, Diagnostic, Diagnostics, Label, Language, Localized, Place, Severity, system,
};
use crate::error::Error;
use crate::rule_pack::mistake;
use crate::rule_pack::toml_file::{self, Table};
use crate::source::nearest_file::{steps_up, text_within};
use crate::source::{SourceId, SourceText};
use base::Base;
use given::{Given, Value};
use path_entry::{PathEntry, PathSettings};
use reading::Read;

/// The name under which a configuration is looked for.
pub const FILE_NAME: &str = "kenpyo.toml";

/// Bytes of the largest configuration; real ones are a thousandth of it.
const LARGEST_FILE: u64 = 1 << 20;

/// Stands for the file among the sources of a drawing; overrides follow below.
const FILE_SOURCE: u32 = u32::MAX - 1;

/// What the command line says about the configuration.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked<'a> {
    /// Each `--config`: a file, or `key = value`.
    pub config: &'a [String],
    /// `--isolated`: no file is looked for.
    pub isolated: bool,
    /// Whether the JSON Schema is asked too, which costs more than all else that is done here.
    pub thorough: bool,
}

/// The settings of file and overrides.
#[derive(Debug, Clone, Default)]
pub struct Configuration {
    /// The file, as seen from the working folder. `None`: there is none.
    pub file: Option<Arc<str>>,
    base: Base,
    given: BTreeMap<String, Given>,
    paths: Vec<PathEntry>,
    marks: BTreeMap<String, Label>,
    sources: Vec<SourceText>,
}

/// Why a configuration cannot be used.
#[derive(Debug)]
pub struct Refused {
    /// All mistakes.
    pub found: Diagnostics,
    /// The texts in which they stand.
    pub sources: Vec<SourceText>,
    /// The language that the configuration asks for, as far as it can be read. `None`: it asks for none.
    pub language: Option<Language>,
}

impl Configuration {
    /// Finds and reads the configuration for a run in the folder `here`, which is absolute.
    ///
    /// # Errors
    /// Something is wrong with it, or a schema of our own cannot be used.
    pub fn gather(asked: Asked<'_>, here: &Path) -> Result<Self, Box<Refused>> {
        let mut gathering =
            Gathering { thorough: asked.thorough, found: Diagnostics::new(), configuration: Self::default() };
        gathering.all(asked, here);
        let Gathering { found, configuration, .. } = gathering;
        if found.is_empty() {
            return Ok(configuration);
        }
        let language = configuration.given.get("lang").and_then(|given| language(&given.value));
        Err(Box::new(Refused { found, sources: configuration.sources, language }))
    }

    /// The value of `key` that file or overrides give (`param.NAME`, `severity.RULE` for members of tables).
    /// `None`: they give none, or a variable of the environment goes before them.
    pub fn configured(&self, key: &str, environment: &Environment) -> Option<&Value> {
        let above = keys::key(key).and_then(|key| effective::speaking(key, environment));
        self.given.get(key).filter(|_| above.is_none()).map(|given| &given.value)
    }

    /// The members of the table `table` that file and overrides give, by name.
    pub fn members<'c>(&'c self, table: &'c str) -> impl Iterator<Item = (&'c str, &'c Given)> {
        self.given
            .iter()
            .filter_map(move |(key, given)| Some((key.strip_prefix(table)?.strip_prefix('.')?, given)))
    }

    /// Severities of soft edits in the whole run, by full id, id or slug.
    pub fn severities(&self) -> BTreeMap<String, Severity> {
        levels(self.members("severity"))
    }

    /// The language that file or overrides ask for. `None`: they ask for none.
    pub fn language(&self) -> Option<Language> {
        self.given.get("lang").and_then(|given| language(&given.value))
    }

    /// Where the file of accepted findings stands, as seen from the working folder.
    pub fn accepted(&self) -> PathBuf {
        let given = self.given.get("accepted").and_then(|given| given.value.text());
        PathBuf::from(given.map_or_else(|| self.base.path(effective::ACCEPTED), str::to_owned))
    }

    /// Where the key of fingerprints stands, as seen from the working folder. `None`: not in a file. The variable
    /// `KENPYO_FINGERPRINT_KEY`, which holds the key itself, goes before it.
    pub fn fingerprint_key_file(&self) -> Option<PathBuf> {
        self.given.get("fingerprint-key-file").and_then(|given| given.value.text()).map(PathBuf::from)
    }

    /// What holds for the file `name`, as seen from the working folder or absolute. A survey that the command line
    /// names goes before the one that is given here.
    pub fn of_path(&self, name: &str) -> PathSettings {
        let mut settings = PathSettings { survey: None, severity: self.severities() };
        for entry in self.entries_of(name) {
            let survey = entry.survey.as_ref().and_then(|given| given.value.text());
            settings.survey = survey.map(str::to_owned).or(settings.survey);
            settings
                .severity
                .extend(levels(entry.severity.iter().map(|(rule, given)| (rule.as_str(), given))));
        }
        settings
    }

    /// Whether the folder `path`, as seen from the working folder, is inside that of the configuration: a command that
    /// writes into a survey does not go further by a configuration's word.
    pub fn holds(&self, path: &str) -> bool {
        self.base.holds(path)
    }

    /// Whether any setting holds for some files only.
    pub fn has_paths(&self) -> bool {
        !self.paths.is_empty()
    }

    /// The entries that are for the file `name`, in their order.
    fn entries_of(&self, name: &str) -> impl Iterator<Item = &PathEntry> {
        self.paths.iter().filter(move |entry| entry.is_for(&self.base, name))
    }

    /// Where the given `text` stands. `None`: neither file nor overrides give it.
    pub fn mark(&self, text: &str) -> Option<Label> {
        self.marks.get(text).cloned()
    }

    /// The texts in which marks stand.
    pub fn sources(&self) -> &[SourceText] {
        &self.sources
    }

    /// Lays what was read over what there is.
    fn lay(&mut self, read: Read) {
        // `as-of` and the parameter are two spellings of one thing; the later goes before the earlier.
        for (one, other) in [("as-of", "param.as_of"), ("param.as_of", "as-of")] {
            if read.given.contains_key(one) && !read.given.contains_key(other) {
                self.given.remove(other);
            }
        }
        self.given.extend(read.given);
        self.paths.extend(read.paths);
        self.marks.extend(read.marks);
    }
}

fn language(value: &Value) -> Option<Language> {
    value.text().and_then(appearance::language_of_word)
}

fn levels<'g>(given: impl Iterator<Item = (&'g str, &'g Given)>) -> BTreeMap<String, Severity> {
    given
        .filter_map(|(rule, given)| Some((rule.to_owned(), path_entry::severity(given.value.text()?)?)))
        .collect()
}

/// A configuration in the making.
struct Gathering {
    thorough: bool,
    found: Diagnostics,
    configuration: Configuration,
}

impl Gathering {
    fn all(&mut self, asked: Asked<'_>, here: &Path) {
        let mut overrides = Vec::new();
        let mut files = Vec::new();
        for (index, text) in asked.config.iter().enumerate() {
            let number = u32::try_from(index).unwrap_or(u32::MAX / 2);
            let source = source(FILE_SOURCE - 1 - number, "--config", text.clone());
            // What is no setting may still be a file; an empty name is neither.
            if toml_file::read(&source).is_ok_and(|table| !table.entries.is_empty()) {
                overrides.push(source);
            } else {
                files.push(text);
            }
        }
        self.configuration.base = Base::here(here);
        match files.as_slice() {
            [] if asked.isolated => {}
            [] => self.nearest(here),
            [file] if asked.isolated => {
                let both =
                    about(&CONFLICT).with("flag", "--isolated").with("other", format!("--config {file}"));
                self.found.push(both);
            }
            [file] => self.named(here, file),
            [_, ..] => self.found.push(about(&REPEATED).with("flag", "--config FILE")),
        }
        for source in overrides {
            self.text(source, &Base::here(here), false);
        }
    }

    fn nearest(&mut self, here: &Path) {
        let Some(steps) = steps_up(FILE_NAME, here) else { return };
        let base = Base::above(here, steps);
        let name = base.path(FILE_NAME);
        self.file(&name, &base);
    }

    fn named(&mut self, here: &Path, file: &str) {
        if Path::new(file).exists() {
            return self.file(file, &Base::of(here, Path::new(file)));
        }
        let neither = about(&NEITHER_FILE_NOR_SETTING).with("found", file);
        self.found.push(match quoted(file) {
            Some(meant) => neither.suggest(mistake::did_you_mean(&meant)),
            None => neither,
        });
    }

    fn file(&mut self, name: &str, base: &Base) {
        match text_within(Path::new(name), LARGEST_FILE) {
            Ok(text) => {
                self.configuration.file = Some(Arc::from(name));
                self.configuration.base = base.clone();
                self.text(source(FILE_SOURCE, name, text), base, true);
            }
            Err(error) => {
                let reason = match &error {
                    Error::Read { source, .. } => system::reason(source),
                    other => Argument::from(other.to_string()),
                };
                let unreadable = about(&UNREADABLE_CONFIGURATION).with("path", name);
                self.found.push(unreadable.with("reason", reason));
            }
        }
    }

    fn text(&mut self, source: SourceText, base: &Base, is_file: bool) {
        match toml_file::read(&source) {
            Ok(root) => {
                let mut read = reading::read(&root, &source, base, is_file);
                if self.thorough && read.found.is_empty() {
                    self.backstop(&root, &source, &mut read.found);
                }
                self.found.append(std::mem::take(&mut read.found));
                self.configuration.lay(read);
            }
            Err(refused) => self.found.push(not_toml(&refused)),
        }
        self.configuration.sources.push(source);
    }

    /// The schema says what our own reading has overlooked; where that found something, its words are better.
    fn backstop(&mut self, root: &Table<'_>, source: &SourceText, found: &mut Diagnostics) {
        if let Err(error) = own_schema::check(root, source, found) {
            self.found.push(
                about(&UNREADABLE_CONFIGURATION)
                    .with("path", &*source.name)
                    .with("reason", error.to_string()),
            );
        }
    }
}

fn about(code: &'static crate::diagnostic::Code) -> Diagnostic {
    Diagnostic::new(code, Place::Run)
}

fn source(id: u32, name: &str, text: String) -> SourceText {
    SourceText { id: SourceId(id), name: Arc::from(name), text: text.into() }
}

/// `lang = ja`, as a shell leaves it of `lang = "ja"`, with its quotes. `None`: that would not help.
fn quoted(text: &str) -> Option<String> {
    let (name, value) = text.split_once('=')?;
    let known = keys::key(name.trim().split('.').next()?)?;
    let value = Value::Text(value.trim().trim_matches(['[', ']']).to_owned());
    let listed = matches!(known.shape, keys::Shape::Texts | keys::Shape::Patterns | keys::Shape::Formats);
    let value = if listed { format!("[{value}]") } else { value.to_string() };
    Some(format!("{} = {value}", name.trim()))
}

/// The mistake of syntax in words of the configuration: those of rule files have codes of their own.
fn not_toml(refused: &Diagnostic) -> Diagnostic {
    let reason = match refused.notice.slots.iter().position(|slot| &**slot == "reason") {
        Some(slot) => refused.arguments.get(slot).cloned().unwrap_or(Argument::Nothing),
        None => mistake::both(Localized::new("同じキーが二度あります".into(), "a key stands twice".into())),
    };
    let mistaken = Diagnostic { labels: refused.labels.clone(), ..about(&NOT_TOML) };
    mistaken.with("reason", reason)
}

#[cfg(test)]
mod tests;
