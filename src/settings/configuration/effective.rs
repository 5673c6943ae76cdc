//! Every setting as it holds, and who gave it: what `kenpyo config show` prints.
//!
//! Invariants
//! - The order of origins is that of [`super`]; whoever runs asks [`Configuration::configured`], which has the same.
//! - A secret is never among the values: of the key of fingerprints only the file's name is.

use super::Configuration;
use super::given::{Given, Origin, Value};
use super::keys::{KEYS, Key, Otherwise, Shape};
use crate::diagnostic::Localized;
use crate::settings::{Environment, appearance};

/// The file of accepted findings where none is named.
pub const ACCEPTED: &str = "kenpyo-accepted.toml";

/// The variable that holds the key of fingerprints.
const SECRET: &str = "KENPYO_FINGERPRINT_KEY";

/// A setting as it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effective {
    /// Such as `max-findings`, `severity.RULE`, `path.1.survey`.
    pub key: String,
    /// The value. `None`: none is set, or it is a secret.
    pub value: Option<Value>,
    /// Who gave it.
    pub origin: Origin,
    /// What that means where there is no value to show.
    pub meaning: Option<Localized<&'static str>>,
}

/// The variable that gives `key` a value. `None`: none does.
pub fn speaking(key: &Key, environment: &Environment) -> Option<&'static str> {
    // `CLICOLOR_FORCE=0` says nothing.
    let says =
        |name: &str| environment.get(name).is_some_and(|value| name != "CLICOLOR_FORCE" || value != "0");
    key.variables.iter().copied().find(|name| says(name))
}

/// A setting that an option of the command line gives.
pub type ByOption<'a> = (&'a str, &'static str, Value);

/// All settings, in the order of [`KEYS`]; `options` are those of the command line: key, option, value.
pub fn all(
    configuration: &Configuration,
    environment: &Environment,
    options: &[ByOption<'_>],
) -> Vec<Effective> {
    let mut all = Vec::new();
    for key in KEYS {
        let members: Vec<Effective> = match key.shape {
            Shape::Params | Shape::Files | Shape::Severities => members(configuration, key.name).collect(),
            Shape::Paths => paths(configuration).collect(),
            _ => vec![one(configuration, environment, options, key)],
        };
        if members.is_empty() {
            all.push(default(configuration, environment, key));
        }
        all.extend(members);
    }
    // Where nothing is said of keys, they follow the values.
    let values = all.iter().find(|setting| setting.key == "values").and_then(|values| values.value.clone());
    for keys in all.iter_mut().filter(|setting| setting.key == "keys" && setting.value.is_none()) {
        keys.value.clone_from(&values);
    }
    all
}

/// What holds for the file `name`: survey and severities.
pub fn of_path(
    configuration: &Configuration,
    environment: &Environment,
    options: &[ByOption<'_>],
    name: &str,
) -> Vec<Effective> {
    let is_shared = |setting: &Effective| setting.key == "survey" || setting.key.starts_with("severity.");
    let mut settings = all(configuration, environment, options);
    settings.retain(is_shared);
    for entry in configuration.entries_of(name) {
        let survey = entry.survey.iter().map(|given| ("survey".to_owned(), given));
        let severities = entry.severity.iter().map(|(rule, given)| (format!("severity.{rule}"), given));
        for (key, given) in survey.chain(severities) {
            settings.retain(|setting| setting.key != key);
            settings.push(shown(key, given));
        }
    }
    settings.sort_by_key(|setting| (setting.key != "survey", setting.key.clone()));
    settings
}

fn shown(key: String, given: &Given) -> Effective {
    Effective { key, value: Some(given.value.clone()), origin: given.origin.clone(), meaning: None }
}

fn members<'c>(
    configuration: &'c Configuration,
    table: &'static str,
) -> impl Iterator<Item = Effective> + 'c {
    configuration.members(table).map(move |(name, given)| shown(format!("{table}.{name}"), given))
}

fn paths(configuration: &Configuration) -> impl Iterator<Item = Effective> + '_ {
    configuration.paths.iter().enumerate().flat_map(|(index, entry)| {
        let of = move |name: &str| format!("path.{}.{name}", index + 1);
        let plain = [("match", &entry.patterns), ("survey", &entry.survey)];
        let plain = plain.into_iter().filter_map(move |(name, given)| Some(shown(of(name), given.as_ref()?)));
        let severities = entry.severity.iter();
        plain.chain(severities.map(move |(rule, given)| shown(of(&format!("severity.{rule}")), given)))
    })
}

fn one(
    configuration: &Configuration,
    environment: &Environment,
    options: &[ByOption<'_>],
    key: &'static Key,
) -> Effective {
    if let Some((_, option, value)) = options.iter().find(|(name, ..)| *name == key.name) {
        let origin = Origin::Option(option);
        return Effective { key: key.name.to_owned(), value: Some(value.clone()), origin, meaning: None };
    }
    if let Some(variable) = speaking(key, environment) {
        return of_variable(key, variable, environment);
    }
    match configuration.given.get(key.name) {
        Some(given) => shown(key.name.to_owned(), given),
        None => default(configuration, environment, key),
    }
}

fn of_variable(key: &Key, variable: &'static str, environment: &Environment) -> Effective {
    let text = environment.get(variable).unwrap_or_default();
    let number = || text.parse().ok().filter(|_| matches!(key.shape, Shape::Number(..))).map(Value::Number);
    let value = match variable {
        SECRET => None,
        "NO_COLOR" => Some(Value::Text("never".to_owned())),
        "CLICOLOR_FORCE" => Some(Value::Text("always".to_owned())),
        _ => Some(number().unwrap_or_else(|| Value::Text(text.to_owned()))),
    };
    let meaning = value.is_none().then_some(Localized::new("表示しません", "not shown"));
    Effective { key: key.name.to_owned(), value, origin: Origin::Variable(variable), meaning }
}

fn default(configuration: &Configuration, environment: &Environment, key: &'static Key) -> Effective {
    let mut setting =
        Effective { key: key.name.to_owned(), value: None, origin: Origin::Default, meaning: None };
    match &key.otherwise {
        Otherwise::Word(word) => setting.value = Some(Value::Text((*word).to_owned())),
        Otherwise::One(word) => setting.value = Some(Value::List(vec![(*word).to_owned()])),
        Otherwise::Off => setting.value = Some(Value::Flag(false)),
        Otherwise::Empty => setting.value = Some(Value::List(Vec::new())),
        Otherwise::Number(number) => setting.value = Some(Value::Number(*number)),
        Otherwise::Unset(meaning) => setting.meaning = Some(meaning.clone()),
    }
    match key.name {
        "lang" => {
            let (language, variable) = appearance::language_of_locale(environment);
            setting.value = Some(Value::Text(appearance::word_of_language(language).to_owned()));
            setting.origin = variable.map_or(Origin::Default, Origin::Variable);
        }
        "values" if environment.is_ci() => {
            setting.value = Some(Value::Text("hide".to_owned()));
            setting.origin = Origin::Variable("CI");
        }
        "accepted" => {
            setting.value = Some(Value::Text(configuration.accepted().to_string_lossy().into_owned()));
        }
        _ => {}
    }
    setting
}

/// The keys that `config show KEY` takes: settings, and what of them is shown.
pub fn names(shown: &[Effective]) -> Vec<&str> {
    let mut names: Vec<&str> = KEYS.iter().map(|key| key.name).collect();
    names.extend(shown.iter().map(|setting| setting.key.as_str()));
    names
}
